/*
 * tests/explore/slots.c - a cancelled item's slot goes to the next one, and the kernel wakes no worker for it.
 *
 * The first item waits for the last: if no worker runs that one, the run stops there.
 * Rules: R5.8, R5.11, R4.14.
 * Licence: MIT.
 */
#include "explore/explore_test.h"

static struct workqueue_struct *wq;
static struct work_struct waits, gives, more;
static struct completion given;
static struct katomic ran;

static void waits_fn(struct work_struct *w)
{
	wait_for_completion(&given);
}

static void gives_fn(struct work_struct *w)
{
	complete_all(&given);
}

static void more_fn(struct work_struct *w)
{
	katomic_add_return(&ran, 1);
}

static int cancels(void *arg)
{
	mach_burn(6000);
	cancel_work(&waits);
	return 0;
}

static int queues(void *arg)
{
	mach_burn(3000);
	queue_work_on(0, wq, &waits);	/* again: it waits behind its own run, or not yet */
	queue_work_on(0, wq, &more);
	queue_work_on(0, wq, &gives);
	return 0;
}

void explore_main(void)
{
	struct task *t[2];

	wq = alloc_workqueue("q", 0, 2);
	init_completion(&given, "given");
	INIT_WORK(&waits, waits_fn);
	INIT_WORK(&gives, gives_fn);
	INIT_WORK(&more, more_fn);
	queue_work_on(0, wq, &waits);
	t[0] = explore_thread("queues", queues, NULL, 0);
	t[1] = explore_thread("cancels", cancels, NULL, 1);
	explore_join(t[0]);
	explore_join(t[1]);
	cancel_work(&waits);	/* the second slot is free from here on at the latest */
	flush_work(&gives);
	flush_workqueue(wq);
	explore_check(katomic_read(&ran) == 1);
	destroy_workqueue(wq);
}
