/*
 * cli/cli.c - the command line: which command, its --help, its options.
 *
 * Lives here:   the table of commands, reading options by table, complaints.
 * Never here:   what any one command does; the screen.   Licence: MIT.
 */
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/datadir.h"

static const struct cli_command *const commands[] = {
#define COMMAND(name) &cmd_##name,
#include "cli/commands.def"
#undef COMMAND
	NULL
};

script_fn cli_script;
course_read_fn cli_read_course;

const char *cli_program(void)
{
	static char path[4096];	/* the same for the whole life of the process */

	if (!path[0] && datadir_program(path, sizeof(path)) != 0)
		snprintf(path, sizeof(path), "kworkshop");
	return path;
}

/* ---- complaints ------------------------------------------------------------------------ */

static void say(const char *command, const char *fmt, va_list ap)
{
	fprintf(stderr, "kworkshop: %s%s", command ? command : "", command ? ": " : "");
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void cli_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(NULL, fmt, ap);
	va_end(ap);
}

int cli_misuse(const char *command, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(*command ? command : NULL, fmt, ap);
	va_end(ap);
	fprintf(stderr, "try: kworkshop %s%s--help\n", command, *command ? " " : "");
	return EXIT_MISUSE;
}

/* ---- options ------------------------------------------------------------------------------ */

static const struct cli_option *find_option(const struct cli_option *o, const char *name, size_t len)
{
	for (; o->name; o++)
		if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

/* A number is the whole text or nothing: "7x" and "" are refused. */
static bool set_value(const struct cli_option *o, const char *text)
{
	char *end = NULL;
	long n;

	errno = 0;
	switch (o->kind) {
	case CLI_INT:
		n = strtol(text, &end, 0);
		if (n < INT32_MIN || n > INT32_MAX)
			return false;
		*(int *)o->to = (int)n;
		break;
	case CLI_U64:
		if (strchr(text, '-'))
			return false;
		*(uint64_t *)o->to = strtoull(text, &end, 0);
		break;
	case CLI_REAL:
		*(double *)o->to = strtod(text, &end);
		break;
	case CLI_TEXT:
		*(const char **)o->to = text;
		return true;
	case CLI_FLAG:
		return false;
	}
	return errno == 0 && end != text && *end == '\0';
}

/* Takes argv[*at], and the value after it where one is needed. */
static int take_option(const char *command, int argc, char **argv, int *at,
		       const struct cli_option *options)
{
	const char *name = argv[*at] + 2, *value = strchr(name, '=');
	const struct cli_option *o;

	o = find_option(options, name, value ? (size_t)(value - name) : strlen(name));
	if (!o)
		return cli_misuse(command, "no option called \"%s\"", argv[*at]);
	if (o->kind == CLI_FLAG) {
		if (value)
			return cli_misuse(command, "--%s takes no value", o->name);
		*(bool *)o->to = true;
		return 0;
	}
	if (value)
		value++;
	else if (*at + 1 < argc)
		value = argv[++*at];
	else
		return cli_misuse(command, "--%s needs a value", o->name);
	if (!set_value(o, value))
		return cli_misuse(command, "--%s: \"%s\" is no number that fits", o->name, value);
	return 0;
}

int cli_parse(int *argc, char **argv, const struct cli_option *options)
{
	bool only_arguments = false;
	int i, kept = 1, err;

	for (i = 1; i < *argc; i++) {
		if (!only_arguments && strcmp(argv[i], "--") == 0) {
			only_arguments = true;
		} else if (only_arguments || strncmp(argv[i], "-", 1) != 0 || !argv[i][1]) {
			argv[kept++] = argv[i];
		} else if (argv[i][1] != '-') {
			return cli_misuse(argv[0], "no option called \"%s\" (long ones only)", argv[i]);
		} else {
			err = take_option(argv[0], *argc, argv, &i, options);
			if (err)
				return err;
		}
	}
	*argc = kept;
	argv[kept] = NULL;
	return 0;
}

/* ---- which command ---------------------------------------------------------------------------- */

static const struct cli_command *find_command(const char *name)
{
	const struct cli_command *const *c;

	for (c = commands; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

static int help_all(void)
{
	const struct cli_command *const *c;

	printf("kworkshop: watch Linux's workqueues work\n\n"
	       "usage: kworkshop [OPTIONS]       home: lessons, exercises, progress\n"
	       "       kworkshop COMMAND ...\n\n");
	for (c = commands; *c; c++)
		if ((*c)->summary)
			printf("  %-10s %s\n", (*c)->name, (*c)->summary);
	printf("\n`kworkshop COMMAND --help` says more.\n"
	       "exit status: 0 all right, 1 wrong answer or failed check, 2 misuse or a faulty\n"
	       "lesson, 3 a file is missing or unreadable, 4 internal\n");
	return EXIT_RIGHT;
}

static int help_one(const struct cli_command *c)
{
	printf("usage: kworkshop %s%s%s\n\n%s\n", c->name, *c->args ? " " : "", c->args, c->summary);
	if (*c->help)
		printf("\n%s", c->help);
	return EXIT_RIGHT;
}

/* "--help" anywhere before a "--" is a question about the command, not an option of it. */
static bool asks_for_help(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

int cli_main(int argc, char **argv)
{
	const struct cli_command *c = argc > 1 ? find_command(argv[1]) : NULL;

	if (c)
		return asks_for_help(argc - 1, argv + 1) ? help_one(c) : c->main(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "--version") == 0)
		return cmd_version.main(1, argv);
	if (argc > 1 && strcmp(argv[1], "help") == 0 && argc == 3 && find_command(argv[2]))
		return help_one(find_command(argv[2]));
	if (argc == 2 && strcmp(argv[1], "help") == 0)
		return help_all();
	if (argc > 1 && argv[1][0] != '-')	/* before --help: an unknown command has none */
		return cli_misuse("", "no command called \"%s\"", argv[1]);
	if (asks_for_help(argc, argv))
		return help_all();
	return cmd_home.main(argc, argv);
}
