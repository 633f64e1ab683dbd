/*
 * workqueue/shutdown.c - leaving in order, for programs that go on without us.
 *
 * A lesson's machine may be dropped anywhere; a program that switches the engine off
 * wants its items back: what was queued has run, what waited for a timer is idle.
 *
 * Lives here:   the order of that.
 * Never here:   threads and memory (machine_stop() takes all of it).
 * Read before:  delayed.c, flush.c.      Rules: R6.14, R8.8, R10.7.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

/* Free mode, and no thread calls us any more: what the timers hold is nobody's. */
static void take_back_delayed(void)
{
	struct timer_list *t;

	while ((t = mach_timer_take(delayed_work_timer_fn))) {
		struct delayed_work *dwork = container_of(t, struct delayed_work, timer);
		uint64_t data = work_data(&dwork->work);

		TRACE(DELAYED_OFF, .item = dwork->work.id);
		set_work_pool_and_clear_pending(&dwork->work, work_data_pool(data), work_data_depth(data));
	}
}

/*
 * No workqueue comes or goes any more (the caller's promise), so the list needs no lock.
 * Flushing and not draining: an item of one may still queue to another.
 */
static bool flush_all(void)
{
	struct workqueue_struct *wq;
	bool idle = true;

	list_for_each_entry(wq, &wqe.workqueues, list)
		flush_workqueue_at(wq, NULL);
	list_for_each_entry(wq, &wqe.workqueues, list) {
		wq_lock(wq);
		idle = wq_drained(wq) && idle;
		wq_unlock(wq);
	}
	return idle;
}

void workqueue_shutdown(void)
{
	bool frozen;

	mutex_lock(&wqe.pool_mutex);
	frozen = wqe.freezing;
	mutex_unlock(&wqe.pool_mutex);
	if (frozen)
		thaw_workqueues();
	do {
		take_back_delayed();
		rcu_barrier();
	} while (!flush_all());
	take_back_delayed();	/* armed by the last items */
}
