/*
 * tests/explore/gone.c - workqueues are created and destroyed while other threads walk their list.
 *
 * Rules: R5.29, R12.8, R13.1: memory is freed after all readers are done.
 * Licence: MIT.
 */
#include "explore/explore_test.h"

static struct katomic ran;

static void work_fn(struct work_struct *w)
{
	katomic_add_return(&ran, 1);
}

static int comes_and_goes(void *arg)
{
	unsigned int flags = arg ? WQ_UNBOUND | WQ_FREEZABLE : WQ_MEM_RECLAIM;
	struct workqueue_struct *wq = alloc_workqueue("come%d", flags, 1, arg ? 1 : 0);
	struct work_struct work;

	INIT_WORK(&work, work_fn);
	queue_work(wq, &work);
	destroy_workqueue(wq);
	return 0;
}

static int freezes(void *arg)
{
	freeze_workqueues_begin();
	freeze_workqueues_busy();
	thaw_workqueues();
	return 0;
}

void explore_main(void)
{
	struct task *t[3];

	t[0] = explore_thread("one", comes_and_goes, NULL, 0);
	t[1] = explore_thread("other", comes_and_goes, (void *)1, 1);
	t[2] = explore_thread("freezes", freezes, NULL, 2);
	show_all_workqueues();
	mach_burn(5000);
	show_all_workqueues();
	for (int i = 0; i < 3; i++)
		explore_join(t[i]);
	explore_check(katomic_read(&ran) == 2);
}

const struct explore_machine explore_machine = { .cpus = 3 };
