/*
 * tests/explore/cancel.c - one item that two CPUs queue and a third cancels, again and again.
 *
 * Rules: R2.1 (never twice at once), R2.5, R2.12 (after cancel_work_sync() it does not
 * run), R1.3 (each successful queueing is one run or one successful cancel).
 * Licence: MIT.
 */
#include "explore/explore_test.h"

static struct workqueue_struct *wq;
static struct work_struct work;
static struct katomic inside, runs, queued, taken;

static void work_fn(struct work_struct *w)
{
	explore_check(katomic_add_return(&inside, 1) == 1);
	mach_burn(3000);
	katomic_add_return(&runs, 1);
	explore_check(katomic_add_return(&inside, -1) == 0);
}

static int queues(void *arg)
{
	for (int i = 0; i < 3; i++) {
		if (queue_work(wq, &work))
			katomic_add_return(&queued, 1);
		mach_burn(4000);
	}
	return 0;
}

static int cancels(void *arg)
{
	for (int i = 0; i < 2; i++) {
		mach_burn(2000);
		if (cancel_work(&work))
			katomic_add_return(&taken, 1);
		if (disable_work_sync(&work))
			katomic_add_return(&taken, 1);
		explore_check(katomic_read(&inside) == 0);
		enable_work(&work);
	}
	return 0;
}

void explore_main(void)
{
	struct task *t[3];

	wq = alloc_workqueue("q", 0, 0);
	INIT_WORK(&work, work_fn);
	t[0] = explore_thread("first", queues, NULL, 0);
	t[1] = explore_thread("second", queues, NULL, 1);
	t[2] = explore_thread("third", cancels, NULL, 2);
	for (int i = 0; i < 3; i++)
		explore_join(t[i]);
	flush_work(&work);
	explore_check(katomic_read(&runs) + katomic_read(&taken) == katomic_read(&queued));
	destroy_workqueue(wq);
}

const struct explore_machine explore_machine = { .cpus = 3 };
