/*
 * cli/test.c - `kworkshop test`: the checks of an exercise, or the points of its answers, without a screen.
 *
 * Lives here:   the command line, the exit status.
 * Never here:   running the checks (exercise/), the table of results (plain/exercise.c).   Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "classroom/attempt.h"
#include "cli/exercise.h"
#include "run/course.h"
#include "words/texts.h"

struct test_opts {
	struct cli_exercise ex;
	uint64_t seed;
	double jitter;
	int schedules, jobs;
};

static int check_files(const struct test_opts *o, const struct exercise *x, const struct run_files *files)
{
	struct run_inputs settings = { 0 };
	struct exercise_checking how = { .files = files, .settings = &settings, .seed = o->seed, .jitter = o->jitter,
					 .jobs = o->jobs > 0 ? (unsigned int)o->jobs : 0,
					 .schedules = o->schedules > 0 ? (unsigned int)o->schedules : 0 };
	struct exercise_result *r = calloc(1, sizeof(*r));
	char err[1400] = "";
	int rc = r ? 0 : -ENOMEM, code;

	if (!rc)
		rc = cli_exercise_settings(&o->ex, x, &settings, err, sizeof(err));
	if (!rc)
		rc = exercise_check(x, &how, r, err, sizeof(err));

	if (rc)
		cli_fail(err, rc);
	else
		plain_exercise_result(stdout, x, r);
	code = rc ? exit_status_for(rc) : exercise_holds(x, r) ? EXIT_RIGHT : EXIT_WRONG;
	run_inputs_fini(&settings);
	free(r);
	return code;
}

/* The first answers that progress has. */
static int read_answers(const struct test_opts *o, const struct exercise *x, struct run_inputs *out, uint64_t *seed)
{
	char id[sizeof(COURSE_EXERCISE) + sizeof(x->at.slug)], dir[1024], err[1400] = "";
	struct progress *progress = NULL;
	struct course course;
	int code = cli_lessons_dir(&o->ex.look, dir, sizeof(dir)), rc;

	if (code)
		return code;
	snprintf(id, sizeof(id), COURSE_EXERCISE "%s", x->at.slug);
	rc = cli_read_course(dir, NULL, &course, err, sizeof(err));
	if (!rc) {
		rc = progress_open(&progress, NULL, err, sizeof(err));
		if (!rc)
			rc = attempt_first_answers(progress, course.id, id, x->variant, out, seed);
		if (rc && progress)
			snprintf(err, sizeof(err), "%s", progress_error(progress));
		progress_close(progress);
		course_free(&course);
	}
	if (rc)
		cli_fail(err, rc);
	return rc ? exit_status_for(rc) : 0;
}

/* An exercise that asks: the points of the answers so far, by a run with them. */
static int check_answers(const struct test_opts *o, const struct exercise *x)
{
	struct lesson_points points;
	struct run_inputs in = { 0 };
	char err[1400] = "";
	uint64_t seed = 1;
	int code = read_answers(o, x, &in, &seed), rc;

	if (!code && !in.n) {
		printable_printf(stdout, W(EXERCISE_NO_ANSWER), x->about.title, x->at.name);
		return EXIT_WRONG;
	}
	if (!code) {
		rc = exercise_answers(x, &in, seed, &points, err, sizeof(err));
		if (rc)
			cli_fail(err, rc);
		else
			plain_exercise_answers(stdout, x, &points);
		code = rc ? exit_status_for(rc) : points.halves < x->about.halves ? EXIT_WRONG : EXIT_RIGHT;
	}
	run_inputs_fini(&in);
	return code;
}

static bool asks(const struct exercise *x)
{
	return x->about.kind == EXERCISE_PREDICT || x->about.kind == EXERCISE_OBSERVE || x->about.kind == EXERCISE_DUMP;
}

static int test_exercise(struct test_opts *o, const char *name, char **paths, size_t nr)
{
	struct run_files *files = NULL;
	struct exercise *x;
	char err[1400] = "";
	int code = cli_exercise_open(&o->ex, name, &x), rc;

	if (code)
		return code;
	if (asks(x) && !nr) {
		code = check_answers(o, x);
		exercise_close(x);
		return code;
	}
	o->ex.files = paths;
	o->ex.nr_files = nr;
	rc = cli_exercise_files(&o->ex, x, &files, err, sizeof(err));
	if (rc) {
		cli_fail(err, rc);
		code = exit_status_for(rc);
	} else {
		code = check_files(o, x, files);
	}
	run_files_put(files);
	exercise_close(x);
	return code;
}

static const struct cli_argument test_arguments[] = {
	{ "EXERCISE", "a name of `kworkshop list`, or a folder with an exercise.lua", 1, TAKES_FOLDER, NULL },
	{ "FILES", "your files; otherwise those of the work folder, or the starter's where you have none", 2, TAKES_FILE, "lua" },
	{ .name = NULL }
};

static const struct cli_option test_options[] = {
	CLI_EXERCISE_OPTIONS(struct test_opts, ex),
	{ "seed", "N", "the first schedule of each check", .def = "1", CLI_INTO(struct test_opts, seed) },
	{ "jitter", "X", "vary burns, interrupts, timers and the times of the scene by that share, instead of as each check has it",
	  .lo = 0, .hi = 0.9, CLI_INTO(struct test_opts, jitter) },
	{ "schedules", "N", "run at most N schedules for each check", .lo = 1, .hi = 100000, CLI_INTO(struct test_opts, schedules) },
	{ "jobs", "N", "processes that run schedules", .lo = 1, .hi = 64, CLI_INTO(struct test_opts, jobs) },
	{ .name = NULL }
};

static int test_main(int argc, char **argv)
{
	struct test_opts o = { .ex = CLI_EXERCISE_NONE, .jitter = -1 };
	int code = cli_exercise_take_settings(&o.ex, &argc, argv);

	if (!code)
		code = cli_parse(&argc, argv, test_options, &o);
	if (!code && argc < 2)
		code = cli_misuse("test", "%s", W(TEST_NAME_EXERCISE));
	if (!code)
		code = test_exercise(&o, argv[1], argv + 2, (size_t)argc - 2);
	run_inputs_fini(&o.ex.settings);
	return code;
}

const struct cli_command cmd_test = {
	.name = "test",
	.args = "EXERCISE [FILES]",
	.summary = "run the checks of an exercise on your files",
	.arguments = test_arguments,
	.options = test_options,
	.notes = "An exercise that asks questions has no files: the points are those of the answers that `kworkshop run` kept.\n"
		 "Exit status 0: every check holds, or all points; 1: one fails or cannot be judged, or fewer points.",
	.main = test_main,
};
