/*
 * tests/explore/delayed.c - a timer that fires while other threads arm, flush and cancel it.
 *
 * Rules: R8.1, R8.3, R8.5, R2.12: after cancel_delayed_work_sync() it neither runs nor is queued.
 * Licence: MIT.
 */
#include "explore/explore_test.h"

static struct workqueue_struct *wq;
static struct delayed_work work;
static struct katomic inside, stopped;

static void work_fn(struct work_struct *w)
{
	explore_check(katomic_add_return(&inside, 1) == 1);
	explore_check(!katomic_read(&stopped));
	mach_burn(3000);
	explore_check(katomic_add_return(&inside, -1) == 0);
}

static int sets(void *arg)
{
	for (int i = 0; i < 4; i++) {
		mod_delayed_work(wq, &work, (unsigned long)(i % 2));
		mach_burn(600000);
	}
	return 0;
}

static int flushes(void *arg)
{
	mach_burn(700000);
	queue_delayed_work_on(1, wq, &work, 1);
	flush_delayed_work(&work);
	return 0;
}

void explore_main(void)
{
	struct task *t[2];

	wq = alloc_workqueue("q", 0, 0);
	INIT_DELAYED_WORK(&work, work_fn);
	t[0] = explore_thread("sets", sets, NULL, 0);
	t[1] = explore_thread("flushes", flushes, NULL, 1);
	mach_burn(900000);
	cancel_delayed_work_sync(&work);
	explore_join(t[0]);
	explore_join(t[1]);
	cancel_delayed_work_sync(&work);
	katomic_set(&stopped, 1);
	explore_check(katomic_read(&inside) == 0 && !delayed_work_pending(&work));
	mach_burn(3000000);
	destroy_workqueue(wq);
}
