/*
 * tests/explore/crash.c - a pointer used before it is set, in a few schedules.
 *
 * Licence: MIT.
 */
#include "explore/explore_test.h"

static struct katomic published;
static int value = 7, *pointer;

static int publish(void *arg)
{
	katomic_set(&published, 1);	/* the bug: too early */
	katomic_add_return(&published, 1);
	pointer = &value;
	return 0;
}

static int use(void *arg)
{
	mach_burn(20000);
	if (katomic_read(&published))
		explore_check(*pointer == 7);
	return 0;
}

void explore_main(void)
{
	struct task *a = explore_thread("publish", publish, NULL, 0);
	struct task *b = explore_thread("use", use, NULL, 1);

	explore_join(a);
	explore_join(b);
}
