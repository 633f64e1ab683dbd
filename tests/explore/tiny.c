/*
 * tests/explore/tiny.c - two threads that take one shared step each: the space of schedules is known.
 *
 * When "first" stands at its step, "second" is at its own within the window.  So "first"
 * continues, or lets "second" go first, or waits for the whole window: three schedules.
 * --max-delay 0 excludes longer delays.  No other thread takes a step meanwhile: hogs have none.
 *
 * Licence: MIT.
 */
#include "explore/explore_test.h"

static struct katomic shared;

static int first(void *arg)
{
	katomic_set(&shared, 1);
	mach_hog(2000000);
	return 0;
}

static int second(void *arg)
{
	mach_hog(25000);
	katomic_set(&shared, 2);
	mach_hog(2000000);
	return 0;
}

void explore_main(void)
{
	explore_thread("first", first, NULL, 1);
	explore_thread("second", second, NULL, 2);
	mach_hog(1000000);
}

const struct explore_machine explore_machine = { .cpus = 3 };
