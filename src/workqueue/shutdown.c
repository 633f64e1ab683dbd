/*
 * workqueue/shutdown.c - stopping the engine in a program that continues.
 *
 * The machine of a lesson may be abandoned at any point.  A program that stops the engine needs
 * its items back: queued items must have run, and delayed items must be idle.
 *
 * Lives here:   the steps of that, in their order.
 * Never here:   ending threads, freeing memory (machine_stop()).
 * Read before:  delayed.c, flush.c.      Rules: R6.14, R8.8, R10.7.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

/* Free mode, and no other thread calls the engine any more: takes delayed items from their timers. */
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
 * The caller guarantees that no workqueue is allocated or destroyed any more, so the list needs
 * no lock.  Flushes instead of draining, because an item of one may still queue on another.
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
