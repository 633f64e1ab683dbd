/*
 * workqueue/ahead.c - calls in atomic context that need mutexes of the engine.
 *
 * 6.12 reports such a call and goes on: a free mutex is taken, for one that is held the CPU would
 * have to schedule.  Halfway through a change it is too late for that.  So the caller takes each
 * mutex of the engine ahead with mutex_trylock(); if one is held, the change does not begin.
 * mutex_lock() of a mutex taken ahead then only counts (machine/sync.c).
 *
 * Lives here:   which mutexes, in which order.
 * Never here:   the calls (the binding of the lesson's language makes them).
 * Rules:        R11 context table.   Licence: MIT.
 */
#include "workqueue/wq_internal.h"

static void release_wqs(struct workqueue_struct *end)
{
	struct workqueue_struct *wq;

	list_for_each_entry(wq, &wqe.workqueues, list) {
		if (wq == end)
			return;
		mutex_release_ahead(&wq->mutex);
	}
}

/* wq_pool_mutex is taken ahead: the list does not change.  False: one is held, and none is taken. */
static bool take_wqs(void)
{
	struct workqueue_struct *wq;

	list_for_each_entry(wq, &wqe.workqueues, list) {
		if (mutex_take_ahead(&wq->mutex))
			continue;
		release_wqs(wq);
		return false;
	}
	return true;
}

static bool take_all(void)
{
	if (!mutex_take_ahead(&wqe.pool_mutex))
		return false;
	if (take_wqs()) {
		if (mutex_take_ahead(&wqe.attach_mutex))
			return true;
		release_wqs(NULL);
	}
	mutex_release_ahead(&wqe.pool_mutex);
	return false;
}

bool workqueue_take_mutexes_ahead(const char *what)
{
	bool taken;

	might_sleep(what);
	taken = take_all();
	if (!taken)
		schedule();	/* in atomic context it reports that, and returns */
	mutex_ahead_here(taken);
	return taken;
}

void workqueue_release_mutexes_ahead(void)
{
	mutex_ahead_here(false);
	mutex_release_ahead(&wqe.attach_mutex);
	release_wqs(NULL);
	mutex_release_ahead(&wqe.pool_mutex);
}
