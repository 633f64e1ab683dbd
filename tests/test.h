/*
 * tests/test.h - the form of tests and suites.
 *
 * A test is a function whose name is a sentence in the indicative; a suite is a
 * table of them, listed in suites.def.  Asserts: support/checks.h.   Licence: MIT.
 */
#ifndef KW_TESTS_TEST_H
#define KW_TESTS_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/support/checks.h"

struct test_case {
	const char *name;
	void (*fn)(void);
};

#define T(fn) { #fn, fn }

/* every suite of suites.def; weak: one whose file is not linked in is a failed suite, not a failed build */
#define SUITE(name) extern const struct test_case suite_##name[] __attribute__((weak));
#include "tests/suites.def"
#undef SUITE

/* `make test SEED=41`: the seed to try instead of @def; loops over seeds start there. */
uint64_t seed_from_env(uint64_t def);
/* `KW_QUICK=1` (sanitizers, continuous integration): @full cut down to @quick. */
int test_rounds(int full, int quick);
/* The program under test (build/kworkshop, or the variant's). */
const char *test_binary(void);
/* This program as a machine process whose lessons are C functions that misbehave (support/fault_lessons.c). */
int fault_machine_process(int argc, char **argv);
/* The test that runs cannot be done here: it counts as skipped unless a check fails.  @why must live on. */
void test_skip(const char *why);
/* For the runner: @why of test_skip(), or NULL. */
const char *test_skip_reason(void);
void test_skip_forget(void);
/* Prints a line that explains a failure; shown only when the test fails. */
void test_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
