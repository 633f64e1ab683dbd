/*
 * tests/free_loads.c - the loads of the benchmark, a few items each, on the library alone.
 *
 * kw-loads is the comparison with other thread pools without the libraries of
 * most of them; --check looks at no figure, only that every item has run once.
 *
 * Lives here:   checks that each load of the benchmark does its work.
 * Never here:   how fast anything is (`make bench`).
 * Rules:        R2.1, R2.2, R8.1.   Licence: MIT.
 */
#include "tests/support/shell.h"
#include "tests/test.h"

#include <libgen.h>
#include <stdio.h>
#include <string.h>

#define SAID_MAX 8192

/* Runs these loads and pools; the output is noted if one lost an item. */
static void check_loads(const char *which)
{
	char binary[1024], said[SAID_MAX];

	snprintf(binary, sizeof(binary), "%s", test_binary());
	if (!CHECK_INT(shell_run(said, sizeof(said), "timeout 60 %s/kw-loads --check %s 2>&1", dirname(binary), which), 0))
		test_note("it printed \"%s\"", said);
}

/* RULE(R2.1, R2.2).  The load counts what has run and knows what it has queued, alone,
 * from four threads, from items; the flush at the end is what it waits by. */
static void every_item_of_every_producer_runs_once(void)
{
	check_loads("cmwq unbound one owned four chain tree start");
}

/* RULE(R8.1).  Each of a thousand delayed items was still armed when it was cancelled. */
static void every_delayed_item_can_be_taken_back(void)
{
	check_loads("cmwq delayed");
}

/* RULE(R2.1).  Sixteen items occupy the workers while a thousand others are queued. */
static void items_behind_others_that_wait_are_not_lost(void)
{
	check_loads("cmwq unbound memory sleepers waits waits_unannounced");
}

/* n/a: the pools beside it are driven by their rules, so that the comparison is one. */
static void the_pools_beside_it_run_every_item_once(void)
{
	check_loads("libuv plain bare one owned four chain tree start memory");
}

const struct test_case suite_free_loads[] = {
	T(every_item_of_every_producer_runs_once),
	T(every_delayed_item_can_be_taken_back),
	T(items_behind_others_that_wait_are_not_lost),
	T(the_pools_beside_it_run_every_item_once),
	{ NULL, NULL }
};
