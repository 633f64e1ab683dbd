/*
 * tests/free_soak.c - the soak (tests/soak/) for a few seconds: `make soak` runs it for minutes.
 *
 * Lives here:   checks that the soak ends without a discrepancy.
 * Never here:   what it does.   Licence: MIT.
 */
#include "tests/soak/soak.h"
#include "tests/test.h"

/* RULE(R1.20, R2.9, R5.29, R10.2, R11.8).  Every operation of the engine from many real threads at
 * once; each accepted queueing has run or was cancelled, and no run began after a cancel. */
static void everything_at_once_leaves_no_item_unaccounted_for(void)
{
	struct soak_config cfg = { .seconds = test_rounds(6, 3), .seed = seed_from_env(1), .quiet = true };

	CHECK_INT(soak_run(&cfg), 0);
}

const struct test_case suite_free_soak[] = {
	T(everything_at_once_leaves_no_item_unaccounted_for),
	{ NULL, NULL }
};
