/*
 * bench/check.c - the time that an author waits for `kworkshop check`.
 *
 * Each lesson and exercise of the course is checked by the program, with two worker processes, fast and
 * in full.  The figure is the slowest one, in seconds of the real clock; the CPU time of its processes, halved, is
 * what it takes on two cores that have nothing else to do.  With QUICK=1 two lessons and one exercise are checked.
 *
 * Lives here:   these times and their targets.
 * Never here:   the findings (tests/unit_check.c).   Licence: MIT.
 */
#include "bench/bench.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/time.h"
#include "model/translation.h"

#define FAST_SECONDS 1.0
#define LESSON_SECONDS 20.0
#define EXERCISE_SECONDS 120.0

/* Seconds of one check; < 0: it found an error, or the program could not be run. */
static double seconds_of(const char *path, const char *options)
{
	const char *program = getenv("KW_BINARY");
	char line[1400];
	uint64_t began = bench_now_ns();
	int status;

	snprintf(line, sizeof(line), "'%s' check '%s' --jobs 2 %s >/dev/null 2>&1", program ? program : "build/kworkshop", path, options);
	status = system(line);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? (double)(bench_now_ns() - began) / NS_PER_S : -1;
}

/* The slowest of the files that @pattern names. */
static void measure(const char *what, const char *pattern, const char *options, double most)
{
	char text[300], slowest[200] = "";
	double worst = 0, cpu = 0;
	glob_t all = { 0 };

	if (glob(pattern, 0, NULL, &all) != 0) {
		bench_failed(what, "there are no such files");
		return;
	}
	for (size_t i = 0; i < all.gl_pathc && worst >= 0; i++) {
		uint64_t before = time_children_cpu_ns();
		double s = translation_is_name(strrchr(all.gl_pathv[i], '/') + 1, NULL) ? 0 : seconds_of(all.gl_pathv[i], options);

		if (s >= 0 && s <= worst)
			continue;
		worst = s;
		cpu = (double)(time_children_cpu_ns() - before) / NS_PER_S;
		snprintf(slowest, sizeof(slowest), "%.190s", all.gl_pathv[i]);
	}
	snprintf(text, sizeof(text), "%s: %s", what, slowest);
	if (worst < 0)
		bench_failed(text, "check ended with an error");
	else {
		bench_at_most(text, worst, most, "s");
		bench_figure("its CPU time / 2", cpu / 2, "s");
	}
	globfree(&all);
}

static void check_run(void)
{
	const char *quick = getenv("QUICK");
	bool few = quick && *quick;

	measure("fast, slowest lesson", few ? "lessons/0[25]-*.lua" : "lessons/[0-9]*.lua", "--fast", FAST_SECONDS);
	measure("in full, slowest lesson", few ? "lessons/0[25]-*.lua" : "lessons/[0-9]*.lua", "", LESSON_SECONDS);
	measure("in full, slowest exercise", few ? "exercises/16-*/exercise.lua" : "exercises/*/exercise.lua", "", EXERCISE_SECONDS);
}

const struct bench bench_check = {
	.name = "check",
	.question = "seconds for a check of the slowest lesson and exercise, with two worker processes",
	.run = check_run,
};
