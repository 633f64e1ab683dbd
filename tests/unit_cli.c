/*
 * tests/unit_cli.c - the command line: options, --help, exit codes, where files are.
 *
 * Lives here:   tests of the files shared by all commands (cli.c, look.c, base/datadir.c).
 * Never here:   single commands.   Licence: MIT.
 */
#include "tests/support/shell.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/datadir.h"
#include "cli/cli.h"
#include "trace/export.h"
#include "visualizer/theme.h"
#include "words/words.h"

/* Complaints of the calls below are expected: keep them out of the test's output. */
static int parse_quietly(int *argc, char **argv, const struct cli_option *options, void *into)
{
	int saved = dup(STDERR_FILENO), status;

	fflush(stderr);
	REQUIRE_NOT_NULL(freopen("/dev/null", "w", stderr));
	status = cli_parse(argc, argv, options, into);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	return status;
}

struct values {
	bool flag;
	int number;
	uint64_t seed;
	double share;
	const char *text, *word;
};

static const struct cli_option options[] = {
	{ "flag", NULL, "a flag", CLI_INTO(struct values, flag) },
	{ "number", "N", "an int", .lo = -5, .hi = 5, CLI_INTO(struct values, number) },
	{ "seed", "N", "a large number", .def = "3", CLI_INTO(struct values, seed) },
	{ "share", "X", "a real number", .lo = 0, .hi = 0.9, CLI_INTO(struct values, share) },
	{ "text", "TEXT", "a text", CLI_INTO(struct values, text) },
	{ "word", "WORD", "one of three", .def = "two", .values = "one|two|three", CLI_INTO(struct values, word) },
	{ .name = NULL }
};

static int parse(struct values *v, int *argc, char **argv)
{
	memset(v, 0, sizeof(*v));
	return parse_quietly(argc, argv, options, v);
}

static void options_are_taken_out_from_between_arguments(void)
{
	char *argv[] = { "run", "--seed", "7", "life", "--flag", "--number=-3", "--share", "0.5",
			 "--text=", "-", "--", "--flag", NULL };
	int argc = 12;
	struct values v;

	CHECK_INT(parse(&v, &argc, argv), 0);
	CHECK_TRUE(v.flag);
	CHECK_INT(v.number, -3);
	CHECK_INT(v.seed, 7);
	CHECK_NEAR(v.share, 0.5, 0);
	CHECK_STR(v.text, "");
	CHECK_STR(v.word, "two");
	REQUIRE_INT(argc, 4);
	CHECK_STR(argv[1], "life");
	CHECK_STR(argv[2], "-");
	CHECK_STR(argv[3], "--flag");
	CHECK_NULL(argv[4]);
}

static void options_that_make_no_sense_are_refused(void)
{
	static char *const bad[][3] = {
		{ "--seed", NULL }, { "--seed=", NULL }, { "--seed", "7x", NULL }, { "--seed=-1", NULL },
		{ "--number", "99999999999", NULL }, { "--flag=1", NULL }, { "--nonsense", NULL }, { "-f", NULL },
		{ "--share", "half", NULL }, { "--share", "1", NULL }, { "--share", "nan", NULL }, { "--number", "6", NULL },
		{ "--number", "-6", NULL }, { "--word", "four", NULL }, { "--word", "on", NULL }, { "--word=", NULL },
		{ "--text", NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *argv[] = { "run", bad[i][0], bad[i][1], NULL };
		int argc = bad[i][1] ? 3 : 2;
		struct values v;

		if (parse(&v, &argc, argv) != EXIT_MISUSE) {
			test_note("%s %s was taken", bad[i][0], bad[i][1] ? bad[i][1] : "");
			CHECK_FAIL("a senseless option was taken");
		}
	}
}

/* ---- the program itself ------------------------------------------------------------- */

/* Runs "kworkshop ARGS"; its output (both streams) goes into the buffer.  Return: exit code. */
static int kworkshop(const char *args, char *said, size_t size)
{
	return shell_run(said, size, "%s %s 2>&1 </dev/null", test_binary(), args);
}

static void every_command_explains_itself(void)
{
	static const char *const names[] = {
#define COMMAND(name) #name,
#include "cli/commands.def"
#undef COMMAND
		NULL
	};
	char args[64], said[8192], usage[64], all[8192];
	int i;

	CHECK_INT(kworkshop("--help", all, sizeof(all)), EXIT_RIGHT);
	for (i = 0; names[i]; i++) {
		snprintf(args, sizeof(args), "%s --help", names[i]);
		snprintf(usage, sizeof(usage), "usage: kworkshop %s", names[i]);
		CHECK_INT(kworkshop(args, said, sizeof(said)), EXIT_RIGHT);
		CHECK_HAS(said, usage);
		snprintf(usage, sizeof(usage), "\n  %s ", names[i]);
		CHECK_HAS(all, usage);
	}
}

static void misuse_is_reported_and_exits_with_two(void)
{
	char said[4096];

	CHECK_INT(kworkshop("nonsense", said, sizeof(said)), EXIT_MISUSE);
	CHECK_HAS(said, "kworkshop: unknown command \"nonsense\"");
	CHECK_INT(kworkshop("nonsense --help", said, sizeof(said)), EXIT_MISUSE);
	CHECK_HAS(said, "kworkshop: unknown command \"nonsense\"");
	CHECK_INT(kworkshop("version --nonsense", said, sizeof(said)), EXIT_MISUSE);
	CHECK_HAS(said, "kworkshop: version: ");
	CHECK_INT(kworkshop("version extra", said, sizeof(said)), EXIT_MISUSE);
}

static void a_number_of_cpus_outside_the_bounds_is_refused(void)
{
	static const char *const bad[] = { "run life --cpus 0", "run life --cpus -1", "run life --cpus 65",
					   "explore lessons/02-life.lua --cpus 0", NULL };
	char said[4096];

	for (int i = 0; bad[i]; i++) {
		CHECK_INT(kworkshop(bad[i], said, sizeof(said)), EXIT_MISUSE);
		CHECK_HAS(said, "is not in 1..64");
	}
}

/* The error messages of rows that a table decides, word for word. */
static void misuse_names_the_fault_and_the_nearest_name(void)
{
	static const struct {
		const char *args, *says;
	} rows[] = {
		{ "run life --varient 3", "kworkshop: run: unknown option --varient; did you mean --variant?\n" },
		{ "run life --SEED 3", "kworkshop: run: unknown option --SEED; did you mean --seed?\n" },
		{ "run life --zzz", "kworkshop: run: unknown option --zzz\n" },
		{ "run life -s 3", "kworkshop: run: unknown option -s; options are long, as in --seed\n" },
		{ "run life --seed", "kworkshop: run: --seed needs a value: --seed N\n" },
		{ "run life --seed x", "kworkshop: run: --seed: expected a whole number, 0 or more, got \"x\"\n" },
		{ "run life --cpus 65", "kworkshop: run: --cpus: 65 is not in 1..64\n" },
		{ "run life --color red", "kworkshop: run: --color: expected auto, always or never, got \"red\"\n" },
		{ "run life --theme red", "kworkshop: run: --theme: expected dark, light, contrast or mono, got \"red\"\n" },
		{ "rnu life", "kworkshop: unknown command \"rnu\"; did you mean run?\n" },
		{ "--plian", "kworkshop: home: unknown option --plian; did you mean --plain?\n" },
	};
	char said[4096];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_INT(kworkshop(rows[i].args, said, sizeof(said)), EXIT_MISUSE);
		if (strncmp(said, rows[i].says, strlen(rows[i].says)))
			test_note("%s: %s", rows[i].args, said);
		CHECK_STARTS(said, rows[i].says);
	}
}

/* The lists in cli.h are copies: the option tables are constants. */
static void listed_values_are_those_of_the_rooms_that_have_them(void)
{
	char list[256] = "", formats[256] = "";

	for (unsigned int t = 0; t < theme_count(); t++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", t ? "|" : "", theme_name(t));
	CHECK_STR(CLI_THEMES, list);
	for (const char *f = trace_export_formats(); *f;) {
		size_t n = strcspn(f, ", ");

		snprintf(formats + strlen(formats), sizeof(formats) - strlen(formats), "%s%.*s", *formats ? "|" : "",
			 (int)n, f);
		f += n + strspn(f + n, ", ");
	}
	CHECK_STR(CLI_FORMATS, formats);
}

static void no_line_of_a_help_text_is_longer_than_80(void)
{
	char *text = NULL, *line, *rest;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	REQUIRE_NOT_NULL(f);
	cli_usage_all(f);
	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		cli_usage(f, *c);
	fclose(f);
	for (rest = text; (line = strsep(&rest, "\n")) != NULL;)
		if (strlen(line) > 80) {
			test_note("%s", line);
			CHECK_FAIL("a line of more than 80 columns");
		}
	free(text);
}

static void version_names_the_kernel_it_imitates(void)
{
	char said[4096];

	CHECK_INT(kworkshop("version", said, sizeof(said)), EXIT_RIGHT);
	CHECK_HAS(said, "Linux 6.12");
	CHECK_INT(kworkshop("--version", said, sizeof(said)), EXIT_RIGHT);
	CHECK_INT(kworkshop("-V", said, sizeof(said)), EXIT_RIGHT);
	CHECK_HAS(said, "Linux 6.12");
}

static void files_are_found_beside_the_build_folder(void)
{
	char path[4096];

	CHECK_INT(datadir_find("kworkshop", "no/such/thing", path, sizeof(path)), -ENOENT);
	CHECK_STR(path, "");
	CHECK_INT(datadir_find("kworkshop", "lessons", path, sizeof(path)), 0);
	CHECK_INT(access(path, R_OK), 0);
	CHECK_INT(datadir_program(path, 4), -ENAMETOOLONG);
}

static bool explains(const char *said, const char *begins, const char *holds)
{
	return said && strncmp(said, begins, strlen(begins)) == 0 && strstr(said, holds);
}

static void words_and_rules_are_explained(void)
{
	CHECK_TRUE(explains(words_rule("R4.1"), "R4.1: ", "nr_running"));
	CHECK_TRUE(explains(words_explain("pwq"), "pwq / pool_workqueue: ", "one workqueue and one pool"));
	CHECK_TRUE(explains(words_explain("Pools"), "pool / ", "workers"));
	CHECK_TRUE(explains(words_explain("pool_workqueue"), "pwq / ", ""));
	CHECK_NULL(words_rule("R99.1"));
	CHECK_NULL(words_rule("R4"));
	CHECK_NULL(words_explain("pw"));
	CHECK_NULL(words_explain(""));
}

/* ---- the language of the texts --------------------------------------------------------- */

/* The program beside a translation into xx, as if installed; its own config folder. */
static char home[] = "/tmp/kw-lang-XXXXXX";

static void language_home(void)
{
	char said[400];

	strcpy(home, "/tmp/kw-lang-XXXXXX");
	folder_make(home);
	CHECK_INT(shell_run(said, sizeof(said), "mkdir -p %s/src/words && cp %s %s/kworkshop && cp tests/words/xx.def %s/src/words && "
			    "printf 'TEXT(VIEW_WHY \\n' >%s/src/words/yy.def", home, test_binary(), home, home, home), 0);
}

static int speak(const char *variables, const char *args, char *said, size_t size)
{
	return shell_run(said, size, "env -u LC_ALL -u LC_MESSAGES -u LANG KWORKSHOP_CONFIG_DIR=%s %s %s/kworkshop %s 2>&1 </dev/null",
			 home, variables, home, args);
}

static void the_language_is_the_options_then_the_locales(void)
{
	static const struct {
		const char *variables, *args;
		int status;
		const char *says;
	} rows[] = {
		{ "", "version", 0, "kernel profile: Linux 6.12" },
		{ "", "--lang xx version", 0, "Kern: Linux 6.12" },
		{ "", "version --lang=xx", 0, "Kern: Linux 6.12" },
		{ "", "version --lang=en --lang=xx", 0, "Kern: Linux 6.12" },
		{ "", "--lang xx_YY.UTF-8 version", 0, "Kern: Linux 6.12" },
		{ "LANG=xx_YY.UTF-8", "version", 0, "Kern: Linux 6.12" },
		{ "LC_MESSAGES=xx LANG=C", "version", 0, "Kern: Linux 6.12" },
		{ "LC_ALL=C.UTF-8 LC_MESSAGES=xx", "version", 0, "kernel profile: Linux 6.12" },
		{ "LANG=xx", "--lang en version", 0, "kernel profile: Linux 6.12" },
		{ "LANG=zz", "version", 0, "kernel profile: Linux 6.12" },
		{ "LANG=../xx", "version", 0, "kernel profile: Linux 6.12" },
		{ "", "--lang tests/words/xx.def nosuch", 2, "kworkshop: unbekannter Befehl \"nosuch\"\n" },
		{ "", "--lang xx run --help", 0, "der Ablauf: gleiche Zahl, gleicher Lauf" },
		{ "", "--lang xx --help", 0, "eine Lektion ausf\xc3\xbchren" },
		{ "", "--lang zz version", 3, "kworkshop: there is no translation into \"zz\"\n" },
		{ "", "--lang ./nosuch.def version", 3, "kworkshop: ./nosuch.def: No such file or directory\n" },
		{ "", "--lang sentence version", 2, "kworkshop: --lang: expected a language" },
		{ "", "--lang= version", 2, "kworkshop: --lang: expected a language" },
		{ "", "version --lang", 2, "kworkshop: --lang needs a value" },
		{ "", "version -- --lang", 2, "unexpected argument \"--lang\"" },
		{ "", "--lang yy version", 2, "src/words/yy.def:2: expected TEXT(KEY, \"text\")\n" },
		{ "LANG=yy", "version", 0, "kernel profile: Linux 6.12" },
	};
	char said[8192];

	language_home();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!CHECK_INT(speak(rows[i].variables, rows[i].args, said, sizeof(said)), rows[i].status) ||
		    !CHECK_HAS(said, rows[i].says))
			test_note("%s kworkshop %s", rows[i].variables, rows[i].args);
	}
	folder_remove(home);
}

static void the_config_file_names_the_language(void)
{
	char said[4096];

	language_home();
	CHECK_INT(shell_run(said, sizeof(said), "echo 'lang = xx' >%s/config", home), 0);
	CHECK_INT(speak("LANG=en", "version", said, sizeof(said)), 0);
	CHECK_HAS(said, "Kern: ");
	CHECK_INT(speak("", "--lang en version", said, sizeof(said)), 0);
	CHECK_LACKS(said, "Kern: ");
	CHECK_INT(shell_run(said, sizeof(said), "echo 'lang = zz' >%s/config", home), 0);
	CHECK_INT(speak("LANG=xx", "version", said, sizeof(said)), 0);
	CHECK_STARTS(said, "kworkshop: there is no translation into \"zz\"\nkworkshop ");
	CHECK_LACKS(said, "Kern: ");
	folder_remove(home);
}

const struct test_case suite_unit_cli[] = {
	T(options_are_taken_out_from_between_arguments),
	T(options_that_make_no_sense_are_refused),
	T(every_command_explains_itself),
	T(misuse_is_reported_and_exits_with_two),
	T(a_number_of_cpus_outside_the_bounds_is_refused),
	T(misuse_names_the_fault_and_the_nearest_name),
	T(listed_values_are_those_of_the_rooms_that_have_them),
	T(no_line_of_a_help_text_is_longer_than_80),
	T(version_names_the_kernel_it_imitates),
	T(files_are_found_beside_the_build_folder),
	T(words_and_rules_are_explained),
	T(the_language_is_the_options_then_the_locales),
	T(the_config_file_names_the_language),
	{ NULL, NULL }
};
