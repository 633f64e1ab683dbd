/*
 * tests/support/suite_runner.h - runs suites, each in a process of its own.
 *
 * The parent starts one child for each suite: this program again, so that nothing
 * is inherited.  The child reports each test with one short line through a pipe.
 * If a test crashes or hangs, the parent ends the child and a new child continues
 * with the next test.
 *
 * Lives here:   processes, time limits, which output belongs to which test.
 * Never here:   the forms of results (report.c), options (main.c).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_SUITE_RUNNER_H
#define KW_TESTS_SUPPORT_SUITE_RUNNER_H

#include "tests/support/report.h"
#include "tests/test.h"

#define SUITES_JOBS_MAX 16

struct suite {
	const char *name;
	const struct test_case *tests;	/* NULL: listed, but not linked in */
	bool waits;			/* its tests mostly wait: it runs beside the others, and takes no CPU's place */
};

struct selection {
	const struct suite *suite;
	const char *only;	/* the one test to run, or NULL */
};

/*
 * suites_run - runs @v[0..@n), @jobs suites at once, and beside them those that mostly wait
 * @program:       this program; started as "@program --child SUITE FROM [TEST]"
 * @limit_seconds: a test that takes longer is ended
 */
void suites_run(const struct selection *v, size_t n, const char *program, int jobs, double limit_seconds,
		struct report *r);

/* The child: runs the tests of @s from number @from on, or only @only.  Return: its exit status. */
int suites_run_child(const struct suite *s, int from, const char *only);

#endif
