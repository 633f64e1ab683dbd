/*
 * cli/page_completion.c - completion for bash, zsh and fish, from the commands' tables.
 *
 * Each script completes commands, options, their values and files.  Names of
 * lessons and words come from the program that is completed, by `list --names` and
 * `help --names`, so a student's own course works too.
 *
 * Lives here:   the three scripts.
 * Never here:   commands and options.   Licence: MIT.
 */
#include "cli/cli.h"

#include <string.h>

#include "cli/pages.h"

#define HEAD "# Completion of kworkshop for %s.  Made by `make docs` from the tables of src/cli.\n"

/* "kwt" of "kwt|lua", and so on; false at the end. */
static bool next_word(const char **list, char *word, size_t size)
{
	size_t n = *list ? strcspn(*list, "|") : 0;

	if (!n)
		return false;
	snprintf(word, size, "%.*s", (int)n, *list);
	*list += n + ((*list)[n] != '\0');
	return true;
}

/* @text with each of @special behind a backslash. */
static void put_escaped(FILE *out, const char *text, const char *special)
{
	for (; *text; text++) {
		if (strchr(special, *text))
			fputc('\\', out);
		fputc(*text, out);
	}
}

/* In single quotes; a single quote itself as '\''. */
static void put_quoted(FILE *out, const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else
			put_escaped(out, (char[]){ *text, '\0' }, special);
	}
}

static int last_place(const struct cli_command *c)
{
	int last = 0;

	for (const struct cli_argument *a = c->arguments; a && a->name; a++)
		if (a->place > last)
			last = a->place;
	return last;
}

/* Option @i of @c, from 0: its own, then those of every command.  NULL at the end. */
static const struct cli_option *option_at(const struct cli_command *c, int i)
{
	for (const struct cli_option *o = c->options; o && o->name; o++)
		if (i-- == 0)
			return o;
	return cli_every_command[i].name ? &cli_every_command[i] : NULL;
}

#define FOR_EACH_OPTION(o, c) \
	for (struct { int i; const struct cli_option *at; } o = { 0, option_at(c, 0) }; o.at; o.at = option_at(c, ++o.i))

/* ---- bash ------------------------------------------------------------------------------- */

static const char bash_engine[] =
	"\n"
	"_kworkshop_words() # WORD...: those that begin as the current word does\n"
	"{\n"
	"\tCOMPREPLY+=($(compgen -W \"$*\" -- \"$cur\"))\n"
	"}\n"
	"\n"
	"_kworkshop_files() # [ENDING...]: files with these endings, and folders\n"
	"{\n"
	"\tlocal IFS=$'\\n' ending\n"
	"\tcompopt -o filenames 2>/dev/null\n"
	"\tif [ $# = 0 ]; then\n"
	"\t\tCOMPREPLY+=($(compgen -f -- \"$cur\"))\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tfor ending; do\n"
	"\t\tCOMPREPLY+=($(compgen -f -X \"!*.$ending\" -- \"$cur\"))\n"
	"\tdone\n"
	"\tCOMPREPLY+=($(compgen -d -- \"$cur\"))\n"
	"}\n"
	"\n"
	"_kworkshop_folders()\n"
	"{\n"
	"\tlocal IFS=$'\\n'\n"
	"\tcompopt -o filenames 2>/dev/null\n"
	"\tCOMPREPLY+=($(compgen -d -- \"$cur\"))\n"
	"}\n"
	"\n"
	"_kworkshop_names() # COMMAND: the output of `kworkshop COMMAND --names`\n"
	"{\n"
	"\t_kworkshop_words $(\"${COMP_WORDS[0]}\" \"$1\" --names 2>/dev/null)\n"
	"}\n"
	"\n"
	"_kworkshop()\n"
	"{\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} command=home option= place=0 word i\n"
	"\tCOMPREPLY=()\n"
	"\t[ \"$cur\" != = ] || cur=\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tword=${COMP_WORDS[i]}\n"
	"\t\tif [ \"$word\" = = ]; then\n"
	"\t\t\tcontinue\n"
	"\t\telif [ -n \"$option\" ]; then\n"
	"\t\t\toption=\n"
	"\t\telif [[ $word == --* ]]; then\n"
	"\t\t\t_kworkshop_takes_value \"$command $word\" && option=$word\n"
	"\t\telif [ $place = 0 ]; then\n"
	"\t\t\tcommand=$word place=1\n"
	"\t\telse\n"
	"\t\t\tplace=$((place + 1))\n"
	"\t\tfi\n"
	"\tdone\n"
	"\tif [ -n \"$option\" ]; then\n"
	"\t\t_kworkshop_value \"$command $option\"\n"
	"\telif [[ $cur == -* ]]; then\n"
	"\t\t_kworkshop_options \"$command\"\n"
	"\telif [ $place = 0 ]; then\n"
	"\t\t_kworkshop_words $_kworkshop_commands\n"
	"\telse\n"
	"\t\t_kworkshop_argument \"$command $place\"\n"
	"\tfi\n"
	"}\n"
	"\n"
	"complete -F _kworkshop kworkshop\n";

static void bash_takes(FILE *out, enum cli_takes takes, const char *values, const char *endings, const char *name)
{
	char word[64];

	if (values) {
		fputs(" _kworkshop_words", out);
		while (next_word(&values, word, sizeof(word)))
			fprintf(out, " %s", word);
		fputc(';', out);
		return;
	}
	switch (takes) {
	case TAKES_ANY:
		break;
	case TAKES_ITSELF:
		fprintf(out, " _kworkshop_words %s;", name);
		break;
	case TAKES_FILE:
		fputs(" _kworkshop_files", out);
		while (next_word(&endings, word, sizeof(word)))
			fprintf(out, " %s", word);
		fputc(';', out);
		break;
	case TAKES_FOLDER:
		fputs(" _kworkshop_folders;", out);
		break;
	case TAKES_LESSON:
		fputs(" _kworkshop_names list;", out);
		break;
	case TAKES_COMMAND:
		fputs(" _kworkshop_words $_kworkshop_commands;", out);
		break;
	case TAKES_TOPIC:
		fputs(" _kworkshop_names help;", out);
		break;
	}
}

static void bash_options(FILE *out)
{
	fputs("\n_kworkshop_options() # COMMAND\n{\n\tcase $1 in\n", out);
	for (const struct cli_command *const *c = cli_commands(); *c; c++) {
		fprintf(out, "\t%s) _kworkshop_words --help", (*c)->name);
		if (*c == &cmd_home)
			fputs(" --version", out);
		FOR_EACH_OPTION(each, *c)
			fprintf(out, " --%s", each.at->name);
		fputs(" ;;\n", out);
	}
	fputs("\tesac\n}\n", out);
}

static void bash_values(FILE *out)
{
	const char *joint = "\t";

	fputs("\n_kworkshop_takes_value() # COMMAND OPTION\n{\n\tcase $1 in\n", out);
	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		FOR_EACH_OPTION(each, *c)
			if (each.at->arg) {
				fprintf(out, "%s\"%s --%s\"", joint, (*c)->name, each.at->name);
				joint = "|\\\n\t";
			}
	fputs(") return 0 ;;\n\tesac\n\treturn 1\n}\n\n_kworkshop_value() # COMMAND OPTION\n{\n\tcase $1 in\n", out);
	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		FOR_EACH_OPTION(each, *c)
			if (each.at->values || each.at->takes != TAKES_ANY) {
				fprintf(out, "\t\"%s --%s\")", (*c)->name, each.at->name);
				bash_takes(out, each.at->takes, each.at->values, each.at->endings, each.at->name);
				fputs(";\n", out);
			}
	fputs("\tesac\n}\n", out);
}

static void bash_arguments(FILE *out)
{
	fputs("\n_kworkshop_argument() # COMMAND PLACE\n{\n\tcase $1 in\n", out);
	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		for (int place = 1; place <= last_place(*c); place++) {
			/* the last place holds for all that follow */
			fprintf(out, place == last_place(*c) ? "\t\"%s \"*)" : "\t\"%s %d\")", (*c)->name, place);
			for (const struct cli_argument *a = (*c)->arguments; a->name; a++)
				if (a->place == place)
					bash_takes(out, a->takes, NULL, a->endings, a->name);
			fputs(" ;;\n", out);
		}
	fputs("\tesac\n}\n", out);
}

void page_bash(FILE *out)
{
	fprintf(out, HEAD "\n_kworkshop_commands=\"", "bash");
	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		fprintf(out, "%s%s", c == cli_commands() ? "" : " ", (*c)->name);
	fputs("\"\n", out);
	bash_options(out);
	bash_values(out);
	bash_arguments(out);
	fputs(bash_engine, out);
}

/* ---- zsh -------------------------------------------------------------------------------- */

static const char zsh_engine[] =
	"\n"
	"_kworkshop_names() { # COMMAND: the output of `kworkshop COMMAND --names`\n"
	"\tlocal -a names\n"
	"\tnames=(${(f)\"$($_kworkshop_program $1 --names 2>/dev/null)\"})\n"
	"\tcompadd -a names\n"
	"}\n"
	"\n"
	"_kworkshop() {\n"
	"\tlocal _kworkshop_program=$words[1] curcontext=$curcontext state line\n"
	"\ttypeset -A opt_args\n"
	"\tif [[ $words[2] == -* || CURRENT -eq 2 && $PREFIX == -* ]]; then\n"
	"\t\t_kworkshop_home\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tif (( CURRENT == 2 )); then\n"
	"\t\t_describe command _kworkshop_commands\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tshift words\n"
	"\t(( CURRENT-- ))\n"
	"\t(( $+functions[_kworkshop_$words[1]] )) && _kworkshop_$words[1]\n"
	"}\n"
	"\n"
	"_kworkshop \"$@\"\n";

/* The action of _arguments for a value; it has no quotes, since it stands in single quotes. */
static void zsh_action(FILE *out, enum cli_takes takes, const char *values, const char *endings, const char *name)
{
	char word[64];

	if (values) {
		const char *joint = "(";

		while (next_word(&values, word, sizeof(word))) {
			fprintf(out, "%s%s", joint, word);
			joint = " ";
		}
		fputc(')', out);
		return;
	}
	switch (takes) {
	case TAKES_ANY:
		fputc(' ', out);
		break;
	case TAKES_ITSELF:
		fprintf(out, "(%s)", name);
		break;
	case TAKES_FILE:
		fputs("_files", out);
		if (endings)
			fprintf(out, " -g \"*.(%s)(-.)\"", endings);
		break;
	case TAKES_FOLDER:
		fputs("_files -/", out);
		break;
	case TAKES_LESSON:
		fputs("_kworkshop_names list", out);
		break;
	case TAKES_COMMAND:
		fputs("{_describe command _kworkshop_commands}", out);
		break;
	case TAKES_TOPIC:
		fputs("_kworkshop_names help", out);
		break;
	}
}

static void zsh_option(FILE *out, const struct cli_option *o)
{
	fprintf(out, " \\\n\t\t'--%s%s[", o->name, o->arg ? "=" : "");
	put_quoted(out, o->help, "[]:\\");
	fputc(']', out);
	if (o->arg) {
		fprintf(out, ":%s:", o->arg);
		zsh_action(out, o->takes, o->values, o->endings, o->name);
	}
	fputc('\'', out);
}

/*
 * One function completes a place, as several kinds of words may stand there.  It
 * succeeds if it offered something: otherwise _arguments goes on to the options.
 */
static void zsh_place(FILE *out, const struct cli_command *c, int place)
{
	char words[512] = "";

	fprintf(out, "\n_kworkshop_%s_%d() {\n\tlocal ret=1\n", c->name, place);
	for (const struct cli_argument *a = c->arguments; a->name; a++) {
		if (a->place != place)
			continue;
		if (a->takes == TAKES_ITSELF) {
			snprintf(words + strlen(words), sizeof(words) - strlen(words), " %s", a->name);
		} else if (a->takes == TAKES_COMMAND) {
			fputs("\t_describe command _kworkshop_commands && ret=0\n", out);
		} else if (a->takes != TAKES_ANY) {
			fputc('\t', out);
			zsh_action(out, a->takes, NULL, a->endings, a->name);
			fputs(" && ret=0\n", out);
		}
	}
	if (words[0])
		fprintf(out, "\tcompadd%s && ret=0\n", words);
	fputs("\treturn ret\n}\n", out);
}

static void zsh_command(FILE *out, const struct cli_command *c)
{
	int last = last_place(c);

	for (int place = 1; place <= last; place++)
		zsh_place(out, c, place);
	fprintf(out, "\n_kworkshop_%s() {\n\t_arguments '(- *)--help[print the options of this command]'", c->name);
	if (c == &cmd_home)
		fputs(" \\\n\t\t'(- *)--version[print the version]'", out);
	FOR_EACH_OPTION(each, c)
		zsh_option(out, each.at);
	for (int place = 1; place < last; place++)
		fprintf(out, " \\\n\t\t'%d: :_kworkshop_%s_%d'", place, c->name, place);
	if (last)
		fprintf(out, " \\\n\t\t'*: :_kworkshop_%s_%d'", c->name, last);
	fputs("\n}\n", out);
}

void page_zsh(FILE *out)
{
	fputs("#compdef kworkshop\n", out);
	fprintf(out, HEAD "\n_kworkshop_commands=(\n", "zsh");
	for (const struct cli_command *const *c = cli_commands(); *c; c++) {
		fprintf(out, "\t'%s:", (*c)->name);
		put_quoted(out, (*c)->summary, ":\\");
		fputs("'\n", out);
	}
	fputs(")\n", out);
	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		zsh_command(out, *c);
	fputs(zsh_engine, out);
}

/* ---- fish ------------------------------------------------------------------------------- */

static const char fish_engine[] =
	"\n"
	"function __kworkshop_names # COMMAND: the output of `kworkshop COMMAND --names`\n"
	"\tset -l words (commandline -opc)\n"
	"\t$words[1] $argv[1] --names 2>/dev/null\n"
	"end\n"
	"\n"
	"function __kworkshop_at # COMMAND [PLACE]: is that the command, and that argument the current one?\n"
	"\tset -l words (commandline -opc)[2..-1]\n"
	"\tset -l command home\n"
	"\tset -l place 0\n"
	"\tset -l option\n"
	"\tfor word in $words\n"
	"\t\tif test -n \"$option\"\n"
	"\t\t\tset option\n"
	"\t\telse if string match -q -- '--*=*' $word\n"
	"\t\t\tcontinue\n"
	"\t\telse if string match -q -- '--*' $word\n"
	"\t\t\tcontains -- \"$command $word\" $__kworkshop_takes_value; and set option $word\n"
	"\t\telse if test $place = 0\n"
	"\t\t\tset command $word\n"
	"\t\t\tset place 1\n"
	"\t\telse\n"
	"\t\t\tset place (math $place + 1)\n"
	"\t\tend\n"
	"\tend\n"
	"\ttest $command = $argv[1]; or return 1\n"
	"\ttest (count $argv) = 1; or test $place = $argv[2]; or begin\n"
	"\t\ttest (count $argv) = 3; and test $place -ge $argv[2]\n"
	"\tend\n"
	"end\n"
	"\n"
	"complete -c kworkshop -f\n";

/* " -x -a '...'": the value, and no file names. */
static void fish_takes(FILE *out, enum cli_takes takes, const char *values, const char *endings, const char *name)
{
	char word[64];

	fputs(" -x", out);
	if (values) {
		fputs(" -a '", out);
		for (const char *joint = ""; next_word(&values, word, sizeof(word)); joint = " ")
			fprintf(out, "%s%s", joint, word);
		fputc('\'', out);
		return;
	}
	switch (takes) {
	case TAKES_ANY:
		break;
	case TAKES_ITSELF:
		fprintf(out, " -a %s", name);
		break;
	case TAKES_FILE:
		fputs(" -a '(", out);
		if (!endings)
			fputs("__fish_complete_path (commandline -ct)", out);
		for (const char *joint = ""; next_word(&endings, word, sizeof(word)); joint = "; ")
			fprintf(out, "%s__fish_complete_suffix .%s", joint, word);
		fputs(")'", out);
		break;
	case TAKES_FOLDER:
		fputs(" -a '(__fish_complete_directories)'", out);
		break;
	case TAKES_LESSON:
		fputs(" -a '(__kworkshop_names list)'", out);
		break;
	case TAKES_COMMAND:
		fputs(" -a \"$__kworkshop_commands\"", out);
		break;
	case TAKES_TOPIC:
		fputs(" -a '(__kworkshop_names help)'", out);
		break;
	}
}

static void fish_option(FILE *out, const struct cli_command *c, const struct cli_option *o)
{
	fprintf(out, "complete -c kworkshop -n '__kworkshop_at %s' -l %s", c->name, o->name);
	if (o->arg)
		fish_takes(out, o->takes, o->values, o->endings, o->name);
	fputs(" -d '", out);
	put_escaped(out, o->help, "'\\");
	fputs("'\n", out);
}

static void fish_command(FILE *out, const struct cli_command *c)
{
	fprintf(out, "\ncomplete -c kworkshop -n '__kworkshop_at home 0' -a %s -d '", c->name);
	put_escaped(out, c->summary, "'\\");
	fprintf(out, "'\ncomplete -c kworkshop -n '__kworkshop_at %s' -l help -d 'print the options of this command'\n",
		c->name);
	FOR_EACH_OPTION(each, c)
		fish_option(out, c, each.at);
	for (const struct cli_argument *a = c->arguments; a && a->name; a++) {
		if (a->takes == TAKES_ANY)
			continue;
		fprintf(out, "complete -c kworkshop -n '__kworkshop_at %s %d%s'", c->name, a->place,
			a->place == last_place(c) ? " on" : "");
		fish_takes(out, a->takes, NULL, a->endings, a->name);
		if (a->help) {
			fputs(" -d '", out);
			put_escaped(out, a->help, "'\\");
			fputc('\'', out);
		}
		fputc('\n', out);
	}
}

void page_fish(FILE *out)
{
	fprintf(out, HEAD "\nset -g __kworkshop_commands '", "fish");
	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		fprintf(out, "%s%s", c == cli_commands() ? "" : " ", (*c)->name);
	fputs("'\nset -g __kworkshop_takes_value", out);
	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		FOR_EACH_OPTION(each, *c)
			if (each.at->arg)
				fprintf(out, " \\\n\t'%s --%s'", (*c)->name, each.at->name);
	fputc('\n', out);
	fputs(fish_engine, out);
	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		fish_command(out, *c);
	fputs("complete -c kworkshop -n '__kworkshop_at home 0' -l version -d 'print the version'\n", out);
}
