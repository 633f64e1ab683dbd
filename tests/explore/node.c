/*
 * tests/explore/node.c - an unbound limit that pools of two caches share, while it changes.
 *
 * Rules: R5.13, R5.16, R5.18, R5.21: no item is forgotten, in any order of the waiting ones.
 * Licence: MIT.
 */
#include "explore/explore_test.h"

#define NR 4

static struct workqueue_struct *wq;
static struct work_struct work[2 * NR];
static struct katomic ran;

static void work_fn(struct work_struct *w)
{
	mach_burn(2000);
	katomic_add_return(&ran, 1);
}

static int queues(void *arg)
{
	struct work_struct *first = arg;

	for (int i = 0; i < NR; i++) {
		queue_work(wq, &first[i]);
		mach_burn(1500);
	}
	return 0;
}

static int changes(void *arg)
{
	mach_burn(2500);
	workqueue_set_max_active(wq, 3);
	mach_burn(2500);
	workqueue_set_max_active(wq, 1);
	return 0;
}

void explore_main(void)
{
	struct task *t[3];

	wq = alloc_workqueue("u", WQ_UNBOUND, 1);
	for (int i = 0; i < 2 * NR; i++)
		INIT_WORK(&work[i], work_fn);
	t[0] = explore_thread("one", queues, work, 0);
	t[1] = explore_thread("other", queues, work + NR, 3);
	t[2] = explore_thread("changes", changes, NULL, 1);
	for (int i = 0; i < 3; i++)
		explore_join(t[i]);
	flush_workqueue(wq);
	explore_check(katomic_read(&ran) == 2 * NR);
	destroy_workqueue(wq);
}

const struct explore_machine explore_machine = { .cpus = 4, .nodes = 2 };
