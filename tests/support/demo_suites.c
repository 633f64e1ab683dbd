/*
 * tests/support/demo_suites.c - see demo_suites.h.   Licence: MIT.
 */
#include "tests/support/demo_suites.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- demo_checks: each test is one check of demo_checks.def ------------------------------ */

static int two = 2, limit = 3;
static long minus_one = -1;
static uint64_t word = 255;
static double half = 0.5, nan_value = NAN;
static bool no;
static enum { RED, GREEN } green = GREEN;
static struct {
	unsigned int three : 3;
} bits = { 5 };
static void *low = (void *)0x10, *high = (void *)0x20, *nowhere;
static const char *text = "text", *nothing, *longer = "0123456789 0123456789 0123456789 0123456789";

#define DEMO(name, check, line) static void name(void) { check; }
#include "tests/support/demo_checks.def"
#undef DEMO

const struct test_case suite_demo_checks[] = {
#define DEMO(name, check, line) T(name),
#include "tests/support/demo_checks.def"
#undef DEMO
	{ NULL, NULL }
};

/* ---- demo_outcomes: every way in which a test can end --------------------------------------- */

static void passes(void)
{
	test_note("a note of a test that passes");
	CHECK_TRUE(true);
}

/* Markup, control characters, bytes that are no UTF-8, a noncharacter, and characters that must stay. */
static void fails_with_odd_output(void)
{
	test_note("<&>\"' ]]> \033[31m\a \302\205 \xff\xfe \xef\xbf\xbf caf\303\251 # \\ 1..2");
	CHECK_STR("<a href=\"x\">", "&amp;");
	CHECK_INT(two, 3);
}

static void makes_no_check(void)
{
	test_note("nothing is checked");
}

static void is_skipped(void)
{
	test_skip("no # such thing here");
}

static void is_skipped_and_fails(void)
{
	test_skip("a check comes first");
	CHECK_FAIL("it failed before");
}

static void crashes(void)
{
	test_note("the last words");
	abort();
}

static void ends_its_process(void)
{
	_exit(3);
}

static void hangs(void)
{
	test_note("before it hangs");
	for (;;)
		pause();
}

static void passes_afterwards(void)
{
	CHECK_TRUE(true);
}

const struct test_case suite_demo_outcomes[] = {
	T(passes),
	T(fails_with_odd_output),
	T(makes_no_check),
	T(is_skipped),
	T(is_skipped_and_fails),
	T(crashes),
	T(ends_its_process),
	T(passes_afterwards),
	{ NULL, NULL }
};

const struct test_case suite_demo_hang[] = {
	T(hangs),
	T(passes_afterwards),
	{ NULL, NULL }
};

/* ---- demo_exit: the process fails behind its last test --------------------------------------- */

static void fail_at_exit(void)
{
	test_note("found at exit");
	_exit(5);
}

static void passes_but_leaves_a_handler(void)
{
	CHECK_INT(atexit(fail_at_exit), 0);
}

const struct test_case suite_demo_exit[] = {
	T(passes_but_leaves_a_handler),
	{ NULL, NULL }
};
