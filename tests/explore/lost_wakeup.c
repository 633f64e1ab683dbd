/*
 * tests/explore/lost_wakeup.c - a wake-up that is lost between the check and the sleep.
 *
 * The waiter reads the flag before it marks itself as sleeping.  If the waker sets the
 * flag and calls the wake-up in between, the wake-up finds no sleeper and the waiter sleeps for ever.
 *
 * Licence: MIT.
 */
#include "explore/explore_test.h"

static struct katomic ready;
static struct task *waiter;

static int wait_for_it(void *arg)
{
	if (!katomic_read(&ready)) {
		/* the bug: the state must be set before the check */
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule();
	}
	return 0;
}

static int announce(void *arg)
{
	mach_burn(5000);
	katomic_set(&ready, 1);
	wake_up_process(waiter);
	return 0;
}

void explore_main(void)
{
	struct task *other;

	waiter = explore_thread("waiter", wait_for_it, NULL, 0);
	other = explore_thread("announcer", announce, NULL, 1);
	explore_join(waiter);
	explore_join(other);
}
