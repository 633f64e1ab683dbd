/*
 * tests/unit_pages.c - the man page and shell completion agree with the tables of the commands.
 *
 * The test skips shells that are not installed; bash always is.
 *
 * Lives here:   comparing the files that are checked in, completing in the shells.
 * Never here:   reading options (unit_cli.c).   Licence: MIT.
 */
#include "tests/support/shell.h"
#include "tests/test.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/pages.h"
#include "words/translate.h"

static void the_pages_that_are_checked_in_are_the_pages_that_are_made(void)
{
	for (const struct cli_page *p = cli_pages; p->path; p++) {
		char path[256], *made = NULL, *kept;
		size_t n;
		FILE *f = open_memstream(&made, &n);

		REQUIRE_NOT_NULL(f);
		p->print(f);
		fclose(f);
		snprintf(path, sizeof(path), "docs/%s", p->path);
		kept = file_read(path, NULL);
		if (CHECK_NOT_NULL(kept)) {
			if (strcmp(made, kept) != 0) {
				test_note("%s is out of date: run `make docs`", path);
				CHECK_FAIL("a page that is out of date");
			}
			free(kept);
		}
		CHECK_GT(n, 1000);
		free(made);
	}
}

/* Variables that only tests set, and those of the system. */
static bool is_internal(const char *name)
{
	return strncmp(name, "KW_", 3) == 0 || strcmp(name, "KWORKSHOP_SCREEN_MARKS") == 0 ||
	       strcmp(name, "HOME") == 0 || strcmp(name, "TMPDIR") == 0;
}

/* The page must name each variable that the sources read. */
static void the_man_page_names_every_variable(void)
{
	static const char *const places[] = { "src/*/*.c", "visualizer/*.c", "lua/*.c", NULL };
	char *page = file_read("docs/man/kworkshop.1", NULL);
	glob_t g;
	int seen = 0;

	REQUIRE_NOT_NULL(page);
	for (int i = 0; places[i]; i++)
		glob(places[i], i ? GLOB_APPEND : 0, NULL, &g);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		char *text, name[64];

		if (strstr(g.gl_pathv[i], "/bench/"))
			continue;
		text = file_read(g.gl_pathv[i], NULL);
		REQUIRE_NOT_NULL(text);
		for (const char *p = text; (p = strstr(p, "env(\"")) != NULL; p++) {
			if (sscanf(p, "env(\"%63[A-Z_]\"", name) != 1 || is_internal(name))
				continue;
			seen++;
			if (!strstr(page, name))
				test_note("%s reads %s", g.gl_pathv[i], name);
			CHECK_HAS(page, name);
		}
		free(text);
	}
	globfree(&g);
	free(page);
	CHECK_GT(seen, 8);
}

static void the_man_page_has_every_command_and_option(void)
{
	char *page = file_read("docs/man/kworkshop.1", NULL), want[128];

	REQUIRE_NOT_NULL(page);
	for (const struct cli_command *const *c = cli_commands(); *c; c++) {
		snprintf(want, sizeof(want), "\n.SS \"kworkshop %s", (*c)->name);
		CHECK_HAS(page, want);
		for (const struct cli_option *o = (*c)->options; o && o->name; o++) {
			char *to = want + snprintf(want, sizeof(want), "\n.TP\n\\fB\\-\\-");

			for (const char *n = o->name; *n; n++)
				to += sprintf(to, *n == '-' ? "\\-" : "%c", *n);
			if (!strstr(page, want))
				test_note("%s: --%s is missing", (*c)->name, o->name);
			CHECK_HAS(page, want);
		}
	}
	free(page);
}

/* ---- shells ------------------------------------------------------------------------------ */

/* Output of the shell command @line in @out, line breaks as blanks.  Return: exit status. */
static int shell(const char *line, char *out, size_t size)
{
	int status = shell_run(out, size, "%s", line);

	for (char *p = out; *p; p++)
		if (*p == '\n')
			*p = ' ';
	return status;
}

static bool has_shell(const char *name)
{
	char line[64], out[64];

	snprintf(line, sizeof(line), "command -v %s", name);
	return shell(line, out, sizeof(out)) == 0;
}

static void the_shells_parse_their_scripts(void)
{
	static const struct {
		const char *shell, *script;
	} rows[] = {
		{ "bash", "kworkshop.bash" }, { "zsh", "_kworkshop" }, { "fish", "kworkshop.fish" },
	};
	char line[256], out[1024];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!has_shell(rows[i].shell))
			continue;
		snprintf(line, sizeof(line), "%s -n docs/completion/%s 2>&1", rows[i].shell, rows[i].script);
		if (!CHECK_INT(shell(line, out, sizeof(out)), 0))
			test_note("%s", out);
	}
}

/* Checks the completions of bash after "kworkshop @words"; the last word is the current one. */
static void bash_completes(const char *words, const char *want)
{
	char line[1024], out[4096];

	snprintf(line, sizeof(line),
		 "bash -c 'source docs/completion/kworkshop.bash; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); "
		 "_kworkshop; printf \"%%s \" \"${COMPREPLY[@]}\"' x %s %s", test_binary(), words);
	CHECK_INT(shell(line, out, sizeof(out)), 0);
	if (!CHECK_STR(out, want))
		test_note("kworkshop %s", words);
}

static void bash_completes_commands_options_and_values(void)
{
	static const char *const rows[][2] = {
		{ "ru", "run " },
		{ "run --va", "--variant " },
		{ "run life --see", "--seed " },
		{ "run --seed 7 --var", "--variant " },
		{ "--pl", "--plain " },
		{ "--vers", "--version " },
		{ "run --vers", " " },
		{ "run --color ''", "auto always never " },
		{ "run --color = n", "never " },
		{ "--theme l", "light " },
		{ "export --to ''", "text ndjson ftrace svg " },
		{ "run --seed ''", " " },
		{ "run lif", "life " },
		{ "run --seed 1 lif", "life " },
		{ "progress res", "reset " },
		{ "progress reset lif", "life " },
		{ "inspect x.kwt wq_", "wq_monitor wq_dump " },
		{ "nosuch --", " " },
		{ "play docs/ma", "docs/man " },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		bash_completes(rows[i][0], rows[i][1]);
}

static void bash_offers_only_files_that_fit(void)
{
	bash_completes("conform LIC", " ");
	bash_completes("run --inputs LIC", "LICENSE ");
	bash_completes("run --course LIC", " ");
	bash_completes("explore tests/explore/righ", "tests/explore/right.c ");
	bash_completes("play tests/explore/righ", " ");
}

static void fish_completes_commands_options_and_values(void)
{
	static const char *const rows[][2] = {
		{ "ru", "run\t" },
		{ "run --va", "--variant\t" },
		{ "run --color n", "never\t" },
		{ "export --to nd", "ndjson\t" },
		{ "progress res", "reset\t" },
		{ "--pl", "--plain\t" },
		{ "inspect x.kwt wq_m", "wq_monitor\t" },
	};
	char line[256], out[4096];

	if (!has_shell("fish"))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(line, sizeof(line), "HOME=/dev/null/none fish -c 'source docs/completion/kworkshop.fish; "
			 "complete -C \"kworkshop %s\"' 2>/dev/null", rows[i][0]);
		CHECK_INT(shell(line, out, sizeof(out)), 0);
		if (!CHECK_STARTS(out, rows[i][1]))
			test_note("kworkshop %s", rows[i][0]);
	}
}

/* ---- the tables in another language ------------------------------------------------------- */

static void replace_row(const char *kind, const char *command, const char *name)
{
	char key[160], err[160] = "";

	snprintf(key, sizeof(key), "table.%s.%s%s%s", kind, command, *name ? "." : "", name);
	if (!CHECK_INT(words_replace(key, "other words", err, sizeof(err)), 0))
		test_note("%s", err);
}

static void every_text_of_a_table_can_be_translated(void)
{
	words_table_keys(cli_table_key_exists);
	for (const struct cli_command *const *c = cli_commands(); *c; c++) {
		replace_row("command", (*c)->name, "");
		CHECK_STR(cli_summary(*c), "other words");
		if ((*c)->notes)
			replace_row("notes", (*c)->name, "");
		if ((*c)->notes)
			CHECK_STR(cli_notes(*c), "other words");
		for (const struct cli_argument *a = (*c)->arguments; a && a->name; a++)
			if (a->help) {
				replace_row("argument", (*c)->name, a->name);
				CHECK_STR(cli_argument_help(*c, a), "other words");
			}
		for (const struct cli_option *o = (*c)->options; o && o->name; o++)
			if (strcmp(cli_option_help(o), "other words") != 0) {	/* the first command with it */
				replace_row("option", (*c)->name, o->name);
				CHECK_STR(cli_option_help(o), "other words");
			}
	}
	words_replace_none();
	CHECK_STR(cli_summary(&cmd_run), cmd_run.summary);
}

static void a_text_of_no_table_is_refused(void)
{
	static const char *const wrong[] = {
		"table.command.nosuch", "table.notes.run", "table.option.run.nosuch", "table.option.run.plain",
		"table.argument.progress.FILE", "table.", "table.run",
	};
	char err[160];

	words_table_keys(cli_table_key_exists);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (CHECK_INT(words_replace(wrong[i], "x", err, sizeof(err)), -ENOENT))
			CHECK_HAS(err, wrong[i]);
		else
			test_note("%s", wrong[i]);
	}
	words_table_keys(NULL);
	CHECK_INT(words_replace("table.command.run", "x", err, sizeof(err)), -ENOENT);
}

const struct test_case suite_unit_pages[] = {
	T(every_text_of_a_table_can_be_translated),
	T(a_text_of_no_table_is_refused),
	T(the_pages_that_are_checked_in_are_the_pages_that_are_made),
	T(the_man_page_names_every_variable),
	T(the_man_page_has_every_command_and_option),
	T(the_shells_parse_their_scripts),
	T(bash_completes_commands_options_and_values),
	T(bash_offers_only_files_that_fit),
	T(fish_completes_commands_options_and_values),
	{ NULL, NULL }
};
