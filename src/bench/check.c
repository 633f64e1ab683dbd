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

#define LINE_BYTES 300

/* Seconds of one check; < 0: it found an error, or the program could not be run: @why has the first line about it. */
static double seconds_of(const char *path, const char *options, char why[LINE_BYTES])
{
	const char *program = getenv("KW_BINARY");
	char line[1400], text[LINE_BYTES];
	uint64_t began = bench_now_ns();
	int status = -1;
	FILE *out;

	snprintf(why, LINE_BYTES, "check could not be run");
	snprintf(line, sizeof(line), "'%s' check '%s' --jobs 2 %s 2>&1", program ? program : "build/kworkshop", path, options);
	out = popen(line, "r");
	for (bool first = true; out && fgets(text, sizeof(text), out);) {
		if (!first && !strstr(text, ": error: "))
			continue;
		snprintf(why, LINE_BYTES, "%.*s", (int)strcspn(text, "\n"), text);
		first = false;
		if (strstr(text, ": error: "))
			break;
	}
	while (out && fgets(text, sizeof(text), out))
		;
	if (out)
		status = pclose(out);
	return status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? (double)(bench_now_ns() - began) / NS_PER_S : -1;
}

/* The slowest of the files that @pattern names; each one with an error is a missed target. */
static void measure(const char *what, const char *pattern, const char *options, double most)
{
	char text[300], why[LINE_BYTES], slowest[200] = "";
	double worst = 0, cpu = 0;
	glob_t all = { 0 };

	if (glob(pattern, 0, NULL, &all) != 0) {
		bench_failed(what, "there are no such files");
		return;
	}
	for (size_t i = 0; i < all.gl_pathc; i++) {
		uint64_t before = time_children_cpu_ns();
		double s;

		if (translation_is_name(strrchr(all.gl_pathv[i], '/') + 1, NULL))
			continue;
		s = seconds_of(all.gl_pathv[i], options, why);
		if (s < 0)
			bench_failed(what, why);
		if (s <= worst)
			continue;
		worst = s;
		cpu = (double)(time_children_cpu_ns() - before) / NS_PER_S;
		snprintf(slowest, sizeof(slowest), "%.190s", all.gl_pathv[i]);
	}
	if (worst > 0) {
		snprintf(text, sizeof(text), "%s: %s", what, slowest);
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
