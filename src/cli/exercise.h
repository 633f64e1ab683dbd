/*
 * cli/exercise.h - what the commands about exercises share: their options, the exercise they name.
 *
 * Lives here:   from the command line to an open exercise, the student's files and sheet.
 * Never here:   running checks (exercise/), printing (plain/).   Licence: MIT.
 */
#ifndef KW_CLI_EXERCISE_H
#define KW_CLI_EXERCISE_H

#include "classroom/config.h"
#include "cli/cli.h"
#include "exercise/exercise.h"
#include "exercise/worksheet.h"
#include "plain/exercise.h"
#include "run/run.h"

struct cli_exercise {
	struct cli_look look;		/* .course, .student */
	uint64_t variant;
	const char *work, *hidden, *set;
	char **files;			/* of the command line, instead of those of the work folder */
	size_t nr_files;
	struct run_inputs settings;	/* of --set; owned */
};
#define CLI_EXERCISE_VARIANT UINT64_MAX	/* --variant was not given */
#define CLI_EXERCISE_NONE { .variant = CLI_EXERCISE_VARIANT }

/* In a struct @type with a member @ex. */
#define CLI_WORK_OPTION(type, member) \
	{ "work", "DIR", "the folder of your files; otherwise KWORKSHOP_WORK, the configuration file, or kworkshop-work", \
	  .takes = TAKES_FOLDER, CLI_INTO(type, member) }
#define CLI_EXERCISE_FOLDER_OPTIONS(type, ex) CLI_WORK_OPTION(type, ex.work), CLI_COURSE_OPTION(type, ex.look)
#define CLI_SET_OPTION(type, member) \
	{ "set", "NAME=VALUE", "a setting of a configure exercise; may be given more than once", CLI_INTO(type, member) }
#define CLI_EXERCISE_OPTIONS(type, ex) \
	{ "variant", "N", "which numbers the exercise uses; computed from the student's id if not given", .lo = 0, .hi = 9999, \
	  CLI_INTO(type, ex.variant) }, \
	CLI_STUDENT_OPTION(type, ex.look), \
	CLI_WORK_OPTION(type, ex.work), \
	CLI_SET_OPTION(type, ex.set), \
	{ "hidden", "FILE", "checks of an instructor: a file with hidden_checks { ... }", .takes = TAKES_FILE, .endings = "lua", \
	  CLI_INTO(type, ex.hidden) }, \
	CLI_COURSE_OPTION(type, ex.look)

/* Takes every --set out of argv.  Return: 0, or EXIT_MISUSE after a message. */
int cli_exercise_take_settings(struct cli_exercise *ex, int *argc, char **argv);
/* The folder of exercises of the course: 0, or EXIT_MISSING after a message. */
int cli_exercises_dir(const struct cli_look *look, char *path, size_t size);
/* Opens the exercise @name.  Return: 0, or an exit status after a message. */
int cli_exercise_open(const struct cli_exercise *ex, const char *name, struct exercise **out);
/* The student's folder of the exercise, which need not exist.  0, or -errno with a sentence. */
int cli_exercise_work(const struct cli_exercise *ex, const struct exercise *x, char *path, size_t size, char *err, size_t err_size);
/* The same from the work option (NULL = none), else KWORKSHOP_WORK, else the config. */
int cli_work_folder(const char *work, const struct config *config, const char *slug, char *path, size_t size, char *err,
		    size_t err_size);
/* The sheet of @x in @folder, with the starter's files that are missing there.  Owner: sheet_close().  0, or -errno with a sentence. */
int cli_exercise_sheet(const struct exercise *x, const char *folder, uint64_t seed, struct worksheet **out, char *err, size_t err_size);

/* The first part of a scheduler exercise: a run in which the student chooses. */
struct cli_choices {
	const struct exercise *x;
	const char *folder;
	bool reached;			/* out: a run has reached the crash */
};
struct run_spec cli_choices_spec(const struct exercise *x);
/* @arg: struct cli_choices.  Keeps the choices of a run that has reached the crash. */
void cli_choices_keep(void *arg, struct run *run);
/* From now on @x has the task of its second part as its story. */
void cli_exercise_second_part(struct exercise *x);

/* Values of the form: those of --set, or else those that were left in the work folder.  Owner of *@out: the caller.  0, or -errno with a sentence. */
int cli_exercise_settings(const struct cli_exercise *ex, const struct exercise *x, struct run_inputs *out, char *err, size_t err_size);
/* The files of the work folder; the starter's where the student has none.  0, or -errno with a sentence. */
int cli_exercise_files(const struct cli_exercise *ex, struct exercise *x, struct run_files **out, char *err,
		       size_t err_size);

#endif
