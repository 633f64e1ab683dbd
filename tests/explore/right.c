/*
 * tests/explore/right.c - the correct form of the wait in lost_wakeup.c, and a work item that is flushed.
 *
 * Licence: MIT.
 */
#include "explore/explore_test.h"

static struct katomic ready, ran;
static struct task *waiter;
static struct work_struct work;

static int wait_for_it(void *arg)
{
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (katomic_read(&ready))
			break;
		schedule();
	}
	set_current_state(TASK_RUNNING);
	return 0;
}

static int announce(void *arg)
{
	mach_burn(5000);
	katomic_set(&ready, 1);
	wake_up_process(waiter);
	return 0;
}

static void work_fn(struct work_struct *w)
{
	katomic_add_return(&ran, 1);
}

void explore_main(void)
{
	struct task *other;

	INIT_WORK(&work, work_fn);
	waiter = explore_thread("waiter", wait_for_it, NULL, 0);
	other = explore_thread("announcer", announce, NULL, 1);
	queue_work_on(1, system_wq, &work);
	flush_work(&work);
	explore_check(katomic_read(&ran) == 1);
	explore_join(waiter);
	explore_join(other);
}
