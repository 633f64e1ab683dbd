/*
 * cli/page_man.c - kworkshop(1), from the commands' tables.
 *
 * Lives here:   the sections of the page, and the parts without a table: variables, files, examples.
 * Never here:   commands and options.   Licence: MIT.
 */
#include "cli/cli.h"

#include <string.h>

#include "cli/pages.h"

#define COMMON_COMMANDS 3	/* an option of so many commands, with one text, is explained once */

struct fact {
	const char *name, *text;
};

static const struct fact variables[] = {
	{ "KWORKSHOP_CONFIG_DIR", "the folder of the file `config`; otherwise $XDG_CONFIG_HOME/kworkshop, then "
	  "~/.config/kworkshop." },
	{ "KWORKSHOP_STATE_DIR", "the folder of progress; otherwise $XDG_STATE_HOME/kworkshop, then "
	  "~/.local/state/kworkshop." },
	{ "KWORKSHOP_ID", "the student's id, if `--student` is not given." },
	{ "KWORKSHOP_PLAIN", "a value other than 0 means `--plain`; 0 means the screen." },
	{ "NO_COLOR", "no colours, whatever its value is." },
	{ "COLORFGBG", "the numbers of the colours of text and background, as some terminals set it; the background chooses the "
	  "theme, unless `--theme` names one." },
	{ "LC_ALL, LC_MESSAGES, LANG", "the language of the texts, if neither `--lang` nor the configuration file names one; "
	  "the first that is set counts." },
	{ "TERM", "the kind of terminal; `dumb` means `--plain`." },
	{ "COLUMNS", "the width of lines with `--plain`; 80 if not set." },
	{ "VISUAL, EDITOR", "the editor that the screen opens for the files of an exercise; the first that is set counts." },
	{ "CC", "the compiler of C tests of `explore`; `cc` if not set." },
	{ NULL, NULL }
};

static const struct fact files[] = {
	{ "~/.config/kworkshop/config", "settings, one `key = value` a line; `id` is the student's id." },
	{ "~/.local/state/kworkshop/progress.db", "the answers and the progress of each lesson." },
	{ "PREFIX/share/kworkshop/src/words", "translations: `uk.def` for the language uk." },
	{ "PREFIX/share/kworkshop", "lessons, the Lua library, and the pages that `kworkshop help` reads." },
	{ NULL, NULL }
};

static const struct fact examples[] = {
	{ "kworkshop", "open the home screen." },
	{ "kworkshop run life --plain --seed 7", "run a lesson as lines, under another schedule." },
	{ "kworkshop run life --record life.kwt", "record a run; `kworkshop play life.kwt` shows it again." },
	{ "kworkshop help max_active", "explain a word." },
	{ NULL, NULL }
};

/* Text for roff: `word` in bold, minus signs and backslashes as such. */
static void put(FILE *out, const char *text)
{
	bool bold = false;

	if (*text == '.' || *text == '\'')
		fputs("\\&", out);
	for (; *text; text++) {
		if (*text == '`')
			fputs((bold = !bold) ? "\\fB" : "\\fR", out);
		else if (*text == '-')
			fputs("\\-", out);
		else if (*text == '\\')
			fputs("\\e", out);
		else
			fputc(*text, out);
	}
}

static void put_line(FILE *out, const char *text)
{
	put(out, text);
	fputc('\n', out);
}

/* A term in bold, and its explanation. */
static void put_term(FILE *out, const char *term, const char *text)
{
	fputs(".TP\n\\fB", out);
	put(out, term);
	fputs("\\fR\n", out);
	put_line(out, text);
}

static void put_facts(FILE *out, const char *section, const struct fact *f)
{
	fprintf(out, ".SH %s\n", section);
	for (; f->name; f++)
		put_term(out, f->name, f->text);
}

static void put_option(FILE *out, const struct cli_option *o)
{
	STRBUF(text, 1024);

	fputs(".TP\n\\fB\\-\\-", out);
	put(out, o->name);
	if (o->arg) {
		fputs("\\fR \\fI", out);
		put(out, o->arg);
	}
	if (o->letter)
		fprintf(out, "\\fR, \\fB\\-%c", o->letter);
	fputs("\\fR\n", out);
	cli_option_text(o, &text);
	put_line(out, text.buf);
}


static bool is_common(const struct cli_option *o)
{
	int commands = 0;

	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		for (const struct cli_option *other = (*c)->options; other && other->name; other++)
			commands += cli_same_option(o, other);
	return commands >= COMMON_COMMANDS;
}

/* "See COMMON OPTIONS for --plain, --color." */
static void put_common_names(FILE *out, const struct cli_command *c)
{
	const char *joint = ".PP\nSee COMMON OPTIONS for ";

	for (const struct cli_option *o = c->options; o && o->name; o++) {
		if (!is_common(o))
			continue;
		fprintf(out, "%s\\fB\\-\\-", joint);
		put(out, o->name);
		fputs("\\fR", out);
		joint = ", ";
	}
	if (*joint == ',')
		fputs(".\n", out);
}

static void put_command(FILE *out, const struct cli_command *c)
{
	fputs(".SS \"kworkshop ", out);
	put(out, c->name);
	if (*c->args)
		fputc(' ', out);
	put(out, c->args);
	fputs(c->options ? " [OPTIONS]\"\n" : "\"\n", out);
	put_line(out, c->summary);
	for (const struct cli_argument *a = c->arguments; a && a->name; a++)
		if (a->help)
			put_term(out, a->name, a->help);
	for (const struct cli_option *o = c->options; o && o->name; o++)
		if (!is_common(o))
			put_option(out, o);
	put_common_names(out, c);
	for (const char *line = c->notes; line && *line;) {
		size_t n = strcspn(line, "\n");
		char paragraph[1024];

		snprintf(paragraph, sizeof(paragraph), "%.*s", (int)n, line);
		fputs(".PP\n", out);
		put_line(out, paragraph);
		line += n + (line[n] != '\0');
	}
}

/* Is the first command that has @o the command @c? */
static bool is_first_of(const struct cli_option *o, const struct cli_command *c)
{
	for (const struct cli_command *const *other = cli_commands(); *other != c; other++)
		for (const struct cli_option *p = (*other)->options; p && p->name; p++)
			if (cli_same_option(o, p))
				return false;
	return true;
}

static void put_common_options(FILE *out)
{
	fputs(".SH COMMON OPTIONS\n", out);
	put_term(out, "--help", "print the usage, arguments and options of a command; also `-h`.");
	put_term(out, "--version", "print the version, without a command; also `-V`.");
	for (const struct cli_option *o = cli_every_command; o->name; o++)
		put_option(out, o);
	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		for (const struct cli_option *o = (*c)->options; o && o->name; o++)
			if (is_common(o) && is_first_of(o, *c))
				put_option(out, o);
}

static void put_exit_statuses(FILE *out)
{
	char status[12];

	fputs(".SH EXIT STATUS\n", out);
	for (int i = 0; i <= EXIT_INTERNAL; i++) {
		snprintf(status, sizeof(status), "%d", i);
		put_term(out, status, cli_exit_meaning(i));
	}
}

void page_man(FILE *out)
{
	fputs(".\\\" Made by `make docs` from the tables of src/cli.\n"
	      ".TH KWORKSHOP 1 \"\" \"kworkshop\" \"User Commands\"\n"
	      ".SH NAME\nkworkshop \\- learn Linux's concurrency-managed workqueues by running them\n"
	      ".SH SYNOPSIS\n.B kworkshop\n.RI [ options ]\n.br\n"
	      ".B kworkshop\n.I command\n.RI [ arguments ]\n.RI [ options ]\n"
	      ".SH DESCRIPTION\n", out);
	put_line(out, "`kworkshop` runs an engine of concurrency-managed workqueues in a simulated computer with several CPUs. "
		 "It shows which item is queued where, which worker sleeps, which worker is woken, and the reason of each step. "
		 "Lessons ask for predictions, and the answers are computed from the run. "
		 "Time can be stepped and played in both directions.");
	fputs(".PP\n", out);
	put_line(out, "Without a command the home screen opens, with lessons, exercises and progress.");
	fputs(".SH COMMANDS\n", out);
	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		put_command(out, *c);
	put_common_options(out);
	put_exit_statuses(out);
	put_facts(out, "ENVIRONMENT", variables);
	put_facts(out, "FILES", files);
	put_facts(out, "EXAMPLES", examples);
	fputs(".SH SEE ALSO\n.BR cmwq (3)\n", out);
}

const struct cli_page cli_pages[] = {
	{ "man/kworkshop.1", page_man },
	{ "completion/kworkshop.bash", page_bash },
	{ "completion/_kworkshop", page_zsh },
	{ "completion/kworkshop.fish", page_fish },
	{ NULL, NULL }
};
