/*
 * cli/cli.h - what a command is, and what all commands share.
 *
 * A command is one file around one `const struct cli_command cmd_NAME` and one
 * row in commands.def.  The dispatcher answers --help for it; the command reads
 * its options through a table, so that mistakes are told in the same words
 * everywhere.
 *
 * Lives here:   the entry type, options, complaints, how to show.
 * Never here:   what any one command does.
 * Licence: MIT.
 */
#ifndef KW_CLI_CLI_H
#define KW_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/exit_status.h"
#include "run/course.h"
#include "run/director.h"

struct cli_command {
	const char *name;	/* "run" */
	const char *args;	/* "NAME|FILE [--seed N]": what follows the name in the usage line */
	const char *summary;	/* one line, lower case, no full stop */
	const char *help;	/* lines for --help after the usage line; each ends with \n */
	/* argv[0] is the command's name; Return: enum exit_status */
	int (*main)(int argc, char **argv);
};

/* every command of commands.def: `cmd_run`, .. */
#define COMMAND(name) extern const struct cli_command cmd_##name;
#include "cli/commands.def"
#undef COMMAND

/* The whole command line.  Return: the exit code. */
int cli_main(int argc, char **argv);

/* ---- options ------------------------------------------------------------------------ */

/*
 * One option; @to points at a bool, int, uint64_t, double, const char * by kind.
 * Values are given as "--seed 7" or "--seed=7".  A table ends with a NULL name.
 */
enum cli_kind { CLI_FLAG, CLI_INT, CLI_U64, CLI_REAL, CLI_TEXT };
#define CLI_UNSET INT32_MIN	/* start value of a number for which 0 is not allowed */
struct cli_option {
	const char *name;	/* without the dashes */
	enum cli_kind kind;
	void *to;
};

/*
 * cli_parse - take the options out of argv
 * @argc: in and out; afterwards argv[1..argc-1] are the other arguments
 * Everything after "--" is no option.
 * Return: 0, or EXIT_MISUSE after having said what is wrong.
 */
int cli_parse(int *argc, char **argv, const struct cli_option *options);

/* ---- complaints: "kworkshop: ..." on standard error ------------------------------------ */

void cli_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same, and "try: kworkshop NAME --help".  Return: EXIT_MISUSE. */
int cli_misuse(const char *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- what commands that show something have in common (look.c) --------------------------- */

/*
 * How the person wants to see it.  Flag over environment: --plain,
 * KWORKSHOP_PLAIN=1, TERM=dumb, no terminal.
 */
struct cli_look {
	bool plain;		/* lines in, lines out */
	const char *why_plain;	/* "--plain", "TERM=dumb", ..; for plain mode's first line */
	const char *color;	/* "auto", "always", "never" */
	const char *theme;
	bool ascii, no_mouse, no_animation, sync_output;
	const char *course;	/* --course DIR, NULL = ours */
	const char *student;	/* --student ID, NULL = environment, then config file */
};
#define CLI_LOOK_OPTIONS(look) \
	{ "plain", CLI_FLAG, &(look)->plain }, \
	{ "color", CLI_TEXT, &(look)->color }, \
	{ "theme", CLI_TEXT, &(look)->theme }, \
	{ "ascii", CLI_FLAG, &(look)->ascii }, \
	{ "no-mouse", CLI_FLAG, &(look)->no_mouse }, \
	{ "no-animation", CLI_FLAG, &(look)->no_animation }, \
	{ "sync-output", CLI_FLAG, &(look)->sync_output }, \
	{ "course", CLI_TEXT, &(look)->course }
#define CLI_LOOK_USAGE "[--plain] [--color auto|always|never] [--ascii] [--course DIR]"
#define CLI_LOOK_HELP \
	"  --plain            no terminal control at all: lines out, lines in\n" \
	"                     (also TERM=dumb, KWORKSHOP_PLAIN=1, or no terminal)\n" \
	"  --color WHEN       auto (default), always or never; NO_COLOR is obeyed\n" \
	"  --theme NAME       colours by name\n" \
	"  --ascii            no line drawing beyond ASCII\n" \
	"  --no-mouse         leave the mouse to the terminal\n" \
	"  --no-animation     nothing slides\n" \
	"  --sync-output      wrap frames so that terminals that know how show them whole\n" \
	"  --course DIR       lessons from DIR/lessons, exercises from DIR/exercises\n"

/* After cli_parse(): settles .plain and .why_plain, checks .color.  Return: 0 or EXIT_MISUSE. */
int cli_look_settle(struct cli_look *look);
/* Folder of lessons: --course DIR or ours; 0 or EXIT_MISSING after having said so. */
int cli_lessons_dir(const struct cli_look *look, char *path, size_t size);
const char *cli_program(void);	/* the path of this program, for run_open() */

/* What main.c passes down, because cli/ does not know lua/; set before cli_main(). */
extern script_fn cli_script;			/* one lesson in this process (`check`, replays) */
extern course_read_fn cli_read_course;		/* the contents page and the lessons' headings */

#endif
