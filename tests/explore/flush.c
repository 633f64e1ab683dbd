/*
 * tests/explore/flush.c - several threads flush a workqueue while items are queued to it.
 *
 * Rules: R6.3, R6.8..R6.12: a flush returns after the items queued before it have ended.
 * Licence: MIT.
 */
#include "explore/explore_test.h"

#define NR 3

static struct workqueue_struct *wq;
static struct work_struct work[NR];
static struct katomic ran[NR];

static void work_fn(struct work_struct *w)
{
	mach_burn(2500);
	katomic_add_return(&ran[w - work], 1);
}

static int feeds_and_flushes(void *arg)
{
	struct work_struct *mine = arg;

	for (int i = 1; i <= 2; i++) {
		queue_work(wq, mine);
		flush_workqueue(wq);
		explore_check(katomic_read(&ran[mine - work]) >= i);
	}
	return 0;
}

void explore_main(void)
{
	struct task *t[NR];

	wq = alloc_workqueue("q", WQ_MEM_RECLAIM, 1);
	for (int i = 0; i < NR; i++)
		INIT_WORK(&work[i], work_fn);
	for (int i = 0; i < NR; i++)
		t[i] = explore_thread("flusher", feeds_and_flushes, &work[i], i % 2);
	for (int i = 0; i < NR; i++)
		explore_join(t[i]);
	destroy_workqueue(wq);
}
