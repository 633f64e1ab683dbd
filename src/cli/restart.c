/*
 * cli/restart.c - `kworkshop restart`: an exercise's starter files again, or its questions.
 *
 * Lives here:   the command line.
 * Never here:   the folder and its history (exercise/work.c).   Licence: MIT.
 */
#include <stdio.h>

#include "cli/exercise.h"
#include "cli/session.h"
#include "words/texts.h"

struct restart_opts {
	struct cli_exercise ex;
};

/* A new attempt at an exercise that asks; the attempts before it stay. */
static int ask_again(const struct restart_opts *o, const struct exercise *x)
{
	struct session_show what = { .fresh = true };
	const struct course_lesson *asked;
	struct session *s;
	int code;

	code = session_open(&s, &o->ex.look, NULL);
	if (code)
		return code;
	asked = session_asked(s, x);
	if (asked)
		what.id = asked->id;
	code = asked ? session_show(s, &o->ex.look, &what) : cli_misuse("restart", W(RESTART_NOT_KEPT), x->at.slug, x->at.name);
	session_close(s);
	return code;
}

static int bring_starter(const struct restart_opts *o, const struct exercise *x)
{
	struct run_inputs choices = { 0 };
	char folder[1100], err[1400] = "";
	unsigned int aside = 0;
	int rc = cli_exercise_work(&o->ex, x, folder, sizeof(folder), err, sizeof(err));

	if (!rc)
		rc = exercise_restart(x, folder, &aside, err, sizeof(err));
	if (rc) {
		cli_fail(err, rc);
		return exit_status_for(rc);
	}
	printf(W(RESTART_DONE), folder);
	if (aside)
		printf(W(RESTART_ASIDE), aside, x->at.name, aside);
	if (x->about.kind == EXERCISE_SCHEDULER && !exercise_settings_read(x, folder, &choices, err, sizeof(err)) && choices.n)
		printf(W(RESTART_CHOICES), x->at.name);
	run_inputs_fini(&choices);
	return EXIT_RIGHT;
}

/* The name is a lesson's, and no exercise has it. */
static bool is_lesson(const struct restart_opts *o, const char *name)
{
	struct exercise_place at;
	struct course course;
	char dir[1024], err[1400];
	bool is;

	if (cli_exercises_dir(&o->ex.look, dir, sizeof(dir)) || !exercise_find(dir, name, &at, err, sizeof(err)) ||
	    cli_lessons_dir(&o->ex.look, dir, sizeof(dir)) || cli_read_course(dir, name, &course, err, sizeof(err)))
		return false;
	is = course_find(&course, name) != NULL;
	course_free(&course);
	return is;
}

static int restart(const struct restart_opts *o, const char *name)
{
	struct exercise *x;
	int code;

	if (is_lesson(o, name))
		return cli_misuse("restart", W(RESTART_LESSON), name, name);
	code = cli_exercise_open(&o->ex, name, &x);
	if (code)
		return code;
	code = x->about.nr_files || x->about.nr_settings ? bring_starter(o, x) : ask_again(o, x);
	exercise_close(x);
	return code;
}

static const struct cli_argument restart_arguments[] = {
	{ "EXERCISE", "a name of `kworkshop list`, or a folder with an exercise.lua", 1, TAKES_FOLDER, NULL },
	{ .name = NULL }
};

static const struct cli_option restart_options[] = {
	CLI_WORK_OPTION(struct restart_opts, ex.work), CLI_STUDENT_OPTION(struct restart_opts, ex.look),
	CLI_LOOK_OPTIONS(struct restart_opts, ex.look), { .name = NULL }
};

static int restart_main(int argc, char **argv)
{
	struct restart_opts o = { .ex = CLI_EXERCISE_NONE };
	int code = cli_parse(&argc, argv, restart_options, &o);

	if (!code && argc < 2)
		code = cli_misuse("restart", "%s", W(TEST_NAME_EXERCISE));
	if (!code && argc > 2)
		code = cli_misuse("restart", W(CLI_ARGUMENT), argv[2]);
	if (code)
		return code;
	cli_look_settle(&o.ex.look);
	return restart(&o, argv[1]);
}

const struct cli_command cmd_restart = {
	.name = "restart",
	.args = "EXERCISE",
	.summary = "begin an exercise again: its starter files, or its questions",
	.arguments = restart_arguments,
	.options = restart_options,
	.notes = "Your present files are kept as a version of `kworkshop history`. An exercise that asks questions opens at its beginning: "
		 "answers are kept, and the first ones give the points.",
	.main = restart_main,
};
