/*
 * bench/lessons.c - the number of schedules of an exercise and of lessons that are run and checked per second.
 *
 * The exercise is `unload` with its solution: the runs of its check over 200 schedules, as
 * `kworkshop test` makes them.  A lesson's run is that of `kworkshop explore`.  Both are made by one worker
 * process.  The measure is the CPU time of the processes that have ended: the worker's, and
 * those of the runs that are made alone.
 *
 * Lives here:   these rates; the target is that of the exercise.
 * Never here:   schedules of scenarios (schedules.c).   Licence: MIT.
 */
#include "bench/bench.h"

#include <stdio.h>

#include "base/time.h"
#include "exercise/exercise.h"
#include "explore/explore.h"
#include "lua/script.h"

#define TARGET 1500
#define ROUNDS 5
#define LESSON_RUNS 300
#define SCHEDULES_CHECK 1	/* bit of the exercise's check over many schedules */

static const char *const lessons[] = { "02-life", "11-rescuer" };

/* ---- an exercise ---------------------------------------------------------------- */

/* Return: runs a second, or 0 with the reason in @err. */
static double exercise_rate(const struct exercise *x, const struct run_files *files, char *err, size_t err_size)
{
	struct exercise_checking how = { .files = files, .seed = 1, .jitter = -1, .jobs = 1,
					 .checks = UINT64_C(1) << SCHEDULES_CHECK };
	static struct exercise_result res;
	uint64_t began = time_children_cpu_ns();

	if (exercise_check(x, &how, &res, err, err_size))
		return 0;
	if (!exercise_holds(x, &res)) {
		snprintf(err, err_size, "the check does not hold");
		return 0;
	}
	return (double)res.runs * NS_PER_S / (double)(time_children_cpu_ns() - began);
}

/* Return: 0, or -errno with the reason in @err. */
static int open_exercise(struct exercise **x, struct run_files **files, char *err, size_t err_size)
{
	struct exercise_place at;
	char folder[1200];
	int rc = exercise_find("exercises", "unload", &at, err, err_size);

	if (!rc)
		rc = exercise_open(x, &at, 1, NULL, script_run, err, err_size);
	if (rc)
		return rc;
	if (!exercise_path(&at, "solution", folder, sizeof(folder)))
		snprintf(folder, sizeof(folder), "solution");
	rc = exercise_read(*x, folder, files, err, err_size);
	if (rc)
		exercise_close(*x);
	return rc;
}

static void measure_exercise(void)
{
	const char *what = "unload with its solution";
	struct run_files *files = NULL;
	struct exercise *x = NULL;
	double rates[ROUNDS];
	char err[600] = "";
	int i;

	if (open_exercise(&x, &files, err, sizeof(err))) {
		bench_failed(what, err);
		return;
	}
	for (i = 0; i < ROUNDS; i++) {
		rates[i] = exercise_rate(x, files, err, sizeof(err));
		if (rates[i] <= 0)
			break;
	}
	if (i == ROUNDS)
		bench_at_least(what, bench_median(rates, ROUNDS), TARGET, "/s");
	else
		bench_failed(what, err);
	run_files_put(files);
	exercise_close(x);
}

/* ---- lessons ---------------------------------------------------------------------- */

/* Return: runs a second, or 0 with the reason in @err. */
static double lesson_rate(struct explore_target *t, const struct explore_opts *opts, char *err, size_t err_size)
{
	struct explore_summary sum;
	uint64_t began = time_children_cpu_ns();
	double rate;

	if (explore(t, opts, &sum, err, err_size))
		return 0;
	rate = sum.failed ? 0 : (double)sum.runs * NS_PER_S / (double)(time_children_cpu_ns() - began);
	explore_fini(&sum);
	return rate;
}

static void measure_lesson(const char *id)
{
	struct explore_opts opts = { .on = { .jitter = -1, .script = script_run }, .strategy = STRATEGY_RANDOM,
				     .runs = LESSON_RUNS, .seed = 1, .jobs = 1, .window_ns = EXPLORE_WINDOW_NS,
				     .max_delay_ns = EXPLORE_MAX_DELAY_DEFAULT };
	struct explore_target *t;
	double rates[ROUNDS];
	char path[200], what[80], err[600] = "a run failed";
	int i;

	snprintf(path, sizeof(path), "lessons/%s.lua", id);
	snprintf(what, sizeof(what), "%s, explored", id);
	if (target_open(&t, path, &opts.on, err, sizeof(err))) {
		bench_failed(what, err);
		return;
	}
	for (i = 0; i < ROUNDS; i++) {
		rates[i] = lesson_rate(t, &opts, err, sizeof(err));
		if (rates[i] <= 0)
			break;
	}
	if (i == ROUNDS)
		bench_figure(what, bench_median(rates, ROUNDS), "/s");
	else
		bench_failed(what, err);
	target_close(t);
}

static void lessons_run(void)
{
	measure_exercise();
	for (size_t i = 0; i < sizeof(lessons) / sizeof(lessons[0]); i++)
		measure_lesson(lessons[i]);
}

const struct bench bench_lessons = {
	.name = "lessons",
	.question = "schedules of an exercise and of lessons run and checked per second, on one core",
	.run = lessons_run,
};
