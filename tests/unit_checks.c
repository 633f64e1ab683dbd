/*
 * tests/unit_checks.c - the CHECK_ macros: they hold or fail correctly, and print both values.
 *
 * Lives here:   support/checks.
 * Never here:   how results are written (unit_runner.c).   Licence: MIT.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/shell.h"
#include "tests/test.h"

/* The output of `kw-tests demo_checks`: each test's name, then its failures. */
static char *failures_of_the_demo(void)
{
	size_t size = 256 * 1024;
	char *said = malloc(size);

	REQUIRE_NOT_NULL(said);
	CHECK_INT(shell_run(said, size, "'%s' demo_checks 2>&1", shell_self()), 1);
	return said;
}

/* Each row of demo_checks.def fails once, at its line of demo_suites.c, with exactly its text. */
static void a_failed_check_prints_both_values(void)
{
	static const struct {
		const char *name, *line;
	} rows[] = {
#define DEMO(name, check, line) { #name, line },
#include "tests/support/demo_checks.def"
#undef DEMO
	};
	char *said = failures_of_the_demo(), head[128];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *at, *end;

		snprintf(head, sizeof(head), "  FAIL demo_checks.%s\n    tests/support/demo_checks.def:", rows[i].name);
		at = strstr(said, head);
		if (!CHECK_NOT_NULL(at)) {
			test_note("%s", rows[i].name);
			continue;
		}
		at += strlen(head);
		at = strstr(at, ": ") + 2;
		end = strchr(at, '\n');
		if (!CHECK_INT(end - at, strlen(rows[i].line)) || !CHECK_STARTS(at, rows[i].line))
			test_note("%s: %.*s", rows[i].name, (int)(end - at), at);
		/* one failure, and no check after a REQUIRE_ */
		CHECK_TRUE(!strncmp(end, "\n  FAIL ", 8) || !strncmp(end, "\n  again", 8));
	}
	CHECK_LACKS(said, "not reached");
	snprintf(head, sizeof(head), "0 passed, %zu failed\n", sizeof(rows) / sizeof(rows[0]));
	CHECK_HAS(said, head);
	free(said);
}

static void checks_that_hold_return_true(void)
{
	const char *text = "text";
	int i = -1;

	CHECK_TRUE(CHECK_INT(i, -1) && CHECK_INT(2u, 2L) && CHECK_INT(UINT64_MAX, UINT64_MAX) && CHECK_INT(true, 1));
	CHECK_TRUE(CHECK_U64(0xffu, 255) && CHECK_NE(-1, UINT64_MAX) && CHECK_NE(1.0, 2));
	CHECK_TRUE(CHECK_LT(-1, 0u) && CHECK_LE(2, 2u) && CHECK_GT(0.5, 0) && CHECK_GE(UINT64_MAX, INT64_MIN));
	CHECK_TRUE(CHECK_RANGE(3, 3, 5) && CHECK_RANGE(5u, -1, 5) && CHECK_NEAR(1.5, 1, 0.5));
	CHECK_TRUE(CHECK_PTR(text, text) && CHECK_NOT_PTR(text, NULL) && CHECK_NULL(NULL) && CHECK_NOT_NULL(text));
	CHECK_TRUE(CHECK_STR(text, "text") && CHECK_STR(NULL, NULL) && CHECK_NOT_STR(text, "tex"));
	CHECK_TRUE(CHECK_HAS(text, "ext") && CHECK_LACKS(text, "b") && CHECK_STARTS(text, "te"));
	CHECK_TRUE(CHECK_MEM(text, "te", 2) && CHECK_FALSE(i == 0));
}

static int calls;

static int next_call(void)
{
	return ++calls;
}

static void arguments_are_evaluated_once_and_in_order(void)
{
	int first = 0;

	calls = 0;
	CHECK_INT(next_call(), 1);
	CHECK_INT(calls, 1);
	CHECK_LT(next_call(), next_call());
	CHECK_INT(calls, 3);
	CHECK_INT((first = next_call()), first);
	CHECK_RANGE(next_call(), 5, next_call() - 1);
	CHECK_INT(calls, 6);
}

static void *check_often(void *arg)
{
	for (int i = 0; i < 1000; i++)
		CHECK_NOT_NULL(arg);
	return NULL;
}

static void checks_of_all_threads_are_counted(void)
{
	uint64_t before = checks_made();
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, check_often, &before) != 0)
			REQUIRE_FAIL("no thread");
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	CHECK_INT(checks_made() - before, 4000);
}

const struct test_case suite_unit_checks[] = {
	T(a_failed_check_prints_both_values),
	T(checks_that_hold_return_true),
	T(arguments_are_evaluated_once_and_in_order),
	T(checks_of_all_threads_are_counted),
	{ NULL, NULL }
};
