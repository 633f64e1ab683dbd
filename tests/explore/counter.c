/*
 * tests/explore/counter.c - an increment that is a read and a write: one of two can be lost.
 *
 * Licence: MIT.
 */
#include "explore/explore_test.h"

static struct katomic count;

static int add_one(void *arg)
{
	int64_t n;

	mach_burn((uint64_t)(uintptr_t)arg);	/* apart in the default schedule */
	n = katomic_read(&count);
	katomic_set(&count, n + 1);
	return 0;
}

void explore_main(void)
{
	struct task *a = explore_thread("a", add_one, (void *)5000, 0);
	struct task *b = explore_thread("b", add_one, (void *)15000, 1);

	explore_join(a);
	explore_join(b);
	explore_check(katomic_read(&count) == 2);
}
