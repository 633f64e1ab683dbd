/*
 * cli/cli.h - the type of a command, and the parts that all commands share.
 *
 * A command is one file around one `const struct cli_command cmd_NAME` and one
 * row in commands.def.  Its options and arguments are tables: --help, error messages,
 * the manual page and shell completion are made from them.
 *
 * Lives here:   the types, options, error messages, the choice of the front end.
 * Never here:   the work of any one command.
 * Licence: MIT.
 */
#ifndef KW_CLI_CLI_H
#define KW_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/exit_status.h"
#include "base/strbuf.h"
#include "run/course.h"
#include "run/director.h"

/* The kind of a value or an argument, for shell completion. */
enum cli_takes {
	TAKES_ANY,		/* a number, a name: nothing to offer */
	TAKES_ITSELF,		/* the word of .name, as "show" of `progress show` */
	TAKES_FILE,		/* .endings: "kwt", "lua|kws|c|so"; NULL = any file */
	TAKES_FOLDER,
	TAKES_LESSON,		/* a slug of `kworkshop list --names` */
	TAKES_COMMAND,
	TAKES_TOPIC		/* a word of `kworkshop help --names` */
};

enum cli_kind { CLI_FLAG, CLI_INT, CLI_U64, CLI_REAL, CLI_TEXT };

/*
 * One option: how it is read, explained, completed and put into the man page.
 * Values are given as "--seed 7" or "--seed=7".  A table ends with a NULL name.
 */
struct cli_option {
	const char *name;	/* without the dashes */
	const char *arg;	/* "N", "FILE.kwt"; NULL for a flag */
	const char *help;	/* its effect; no capital, no full stop */
	const char *def;	/* as it would be typed; set before the command line is read.  NULL = keep the field */
	const char *values;	/* "auto|always|never": no other value is accepted */
	double lo, hi;		/* bounds of a number; none if equal */
	enum cli_takes takes;
	const char *endings;	/* for TAKES_FILE */
	char letter;		/* 'o': "-o" is accepted too; 0 = none */
	enum cli_kind kind;	/* these two: CLI_INTO() */
	size_t at;
};

/* Option's field @member of struct @type; the kind follows from the field's type. */
#define CLI_INTO(type, member) \
	.at = offsetof(type, member), \
	.kind = _Generic(((type *)NULL)->member, bool: CLI_FLAG, int: CLI_INT, uint64_t: CLI_U64, \
			 double: CLI_REAL, const char *: CLI_TEXT)

#define CLI_UNSET INT32_MIN	/* start value of a number for which 0 is not allowed */

/* One word after the command.  A table ends with a NULL name. */
struct cli_argument {
	const char *name;	/* "NAME", "FILE.kwt", "show" */
	const char *help;	/* NULL: no line of its own in --help */
	int place;		/* 1 = the first; the last place of a table holds for all that follow */
	enum cli_takes takes;
	const char *endings;	/* for TAKES_FILE */
};

struct cli_command {
	const char *name;	/* "run" */
	const char *args;	/* "NAME|FILE": the arguments in the usage line */
	const char *summary;	/* one line, lower case, no full stop */
	const struct cli_argument *arguments;	/* NULL = none */
	const struct cli_option *options;	/* NULL = none */
	const char *notes;	/* whole sentences after the tables, paragraphs by \n; NULL = none */
	/* argv[0] is the command's name; Return: enum exit_status */
	int (*main)(int argc, char **argv);
};

/* every command of commands.def: `cmd_run`, .. */
#define COMMAND(name) extern const struct cli_command cmd_##name;
#include "cli/commands.def"
#undef COMMAND

/* The whole command line.  Return: the exit code. */
int cli_main(int argc, char **argv);

/* All of them in the order of commands.def, then NULL. */
const struct cli_command *const *cli_commands(void);
const struct cli_command *cli_find_command(const char *name);	/* or NULL */

/* ---- options (options.c) -------------------------------------------------------------- */

/*
 * cli_parse - take the options out of argv
 * @argc: in and out; afterwards argv[1..argc-1] are the other arguments
 * @options: NULL = none
 * @into: the struct of CLI_INTO(); options with a .def are set first
 * Everything after "--" is no option.
 * Return: 0, or EXIT_MISUSE after an error message.
 */
int cli_parse(int *argc, char **argv, const struct cli_option *options, void *into);

/* ---- the language of the texts (language.c) --------------------------------------------- */

/* Options of every command, taken out of argv before the command's own: --lang. */
extern const struct cli_option cli_every_command[];
/*
 * cli_language - load the texts of the language: --lang, else the config file, else LC_ALL, LC_MESSAGES, LANG
 * @argc: in and out; --lang and its value are taken out of argv
 * Return: 0, or an exit status after a message about --lang.  A language that the config file or the
 *         locale names and that cannot be used leaves English.
 */
int cli_language(int *argc, char **argv);

/* The text of `kworkshop help WORD` ("": the list of all) in lines of at most @width columns, malloc'ed; NULL without memory. */
char *cli_help_text(const char *word, int width);

struct config;
/*
 * The keys that the student's config sets, for the screen: cli_keys_apply() reads the file, and
 * reports an error.  Return: an exit status; of cli_keys_take() 0, or -EINVAL with a sentence in @err.
 */
int cli_keys_apply(void);
int cli_keys_take(const struct config *c, void (*warn)(void *arg, const char *sentence), void *arg, char *err,
		  size_t err_size);

/* ---- --help (usage.c) ------------------------------------------------------------------ */

void cli_usage(FILE *out, const struct cli_command *c);
void cli_usage_all(FILE *out);
const char *cli_exit_meaning(int status);	/* @status: 0..EXIT_INTERNAL; a few words */
/* The effect of the option, with its values, bounds and default. */
void cli_option_text(const struct cli_option *o, struct strbuf *out);

/* ---- the texts of the tables (table_text.c) --------------------------------------------- */

/* In the language of words/translate.h. */
const char *cli_summary(const struct cli_command *c);				/* table.command.run */
const char *cli_notes(const struct cli_command *c);				/* table.notes.run; NULL = none */
/* table.argument.run.NAME; NULL = none */
const char *cli_argument_help(const struct cli_command *c, const struct cli_argument *a);
/* table.option.run.seed, with the first command that has the option with this text. */
const char *cli_option_help(const struct cli_option *o);
/* Do both have the same name and help? */
bool cli_same_option(const struct cli_option *a, const struct cli_option *b);
/* Is there a text of the key "table.@key"? */
bool cli_table_key_exists(const char *key);

/* ---- complaints: "kworkshop: ..." on standard error ------------------------------------ */

void cli_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Prints @sentence, or the meaning of the errno @err if it is "": a call without memory makes no sentence. */
void cli_fail(const char *sentence, int err);
/* Before a run: can its recording be written?  Return: EXIT_RIGHT, or a status after a sentence. */
int cli_check_record(const char *path);
/* Reports that memory is missing.  Return: EXIT_INTERNAL. */
int cli_no_memory(void);
/* The same, and "try: kworkshop NAME --help".  Return: EXIT_MISUSE. */
int cli_misuse(const char *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- shared by the commands with a front end (look.c) ------------------------------------- */

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
	const char *date;	/* --date 2026-12-05, NULL = today */
};
#define CLI_FORMATS "text|ndjson|ftrace"	/* those of trace_export_formats() */
#define CLI_THEMES "dark|light|contrast|mono"	/* those of visualizer/theme.c */
#define CLI_COURSE_OPTION(type, look) \
	{ "course", "DIR", "read the lessons from DIR/lessons and the exercises from DIR/exercises", \
	  .takes = TAKES_FOLDER, CLI_INTO(type, look.course) }
#define CLI_STUDENT_OPTION(type, look) \
	{ "student", "ID", "the student's id; otherwise KWORKSHOP_ID, then the configuration file", \
	  CLI_INTO(type, look.student) }
#define CLI_DATE_OPTION(type, look) \
	{ "date", "DATE", "the day that counts as today, such as 2026-12-05: to see what is due then", CLI_INTO(type, look.date) }
/* In a struct @type with a member @look. */
#define CLI_LOOK_OPTIONS(type, look) \
	{ "plain", NULL, "lines in and lines out, without control of the terminal; also with TERM=dumb, " \
	  "KWORKSHOP_PLAIN=1, or without a terminal", CLI_INTO(type, look.plain) }, \
	{ "color", "WHEN", "when to use colours; NO_COLOR is obeyed", .def = "auto", \
	  .values = "auto|always|never", CLI_INTO(type, look.color) }, \
	{ "theme", "NAME", "the colours", .values = CLI_THEMES, CLI_INTO(type, look.theme) }, \
	{ "ascii", NULL, "draw with ASCII characters only", CLI_INTO(type, look.ascii) }, \
	{ "no-mouse", NULL, "leave the mouse to the terminal", CLI_INTO(type, look.no_mouse) }, \
	{ "no-animation", NULL, "show each change at once", CLI_INTO(type, look.no_animation) }, \
	{ "sync-output", NULL, "enclose each frame in the sequences of synchronized output", \
	  CLI_INTO(type, look.sync_output) }, \
	CLI_COURSE_OPTION(type, look)

/* After cli_parse(): settles .plain and .why_plain. */
void cli_look_settle(struct cli_look *look);
/* Folder of lessons: --course DIR or ours; 0, or EXIT_MISSING after an error message. */
int cli_lessons_dir(const struct cli_look *look, char *path, size_t size);
const char *cli_program(void);	/* the path of this program, for run_open() */

/* Set by main.c before cli_main(), because cli/ may not include lua/. */
extern script_fn cli_script;			/* one lesson in this process (`check`, replays) */
/* Files for editors: luacheck's settings, and those of a Lua language server that reads the folder @library. */
extern void (*cli_put_luacheck)(FILE *out);
extern void (*cli_put_luarc)(FILE *out, const char *library);
extern course_read_fn cli_read_course;		/* the contents page and the lessons' headings */
/* course_words.c: titles, questions and parts of @c in the language of the texts. */
void cli_course_words(struct course *c);

#endif
