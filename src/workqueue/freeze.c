/*
 * workqueue/freeze.c - suspending: freezable workqueues start no items until the thaw.
 *
 * Threads are not frozen.  The limit of each freezable workqueue becomes 0: items that have a
 * slot run to their end, all others stay inactive.  When the last slot is released, the system
 * is frozen.  If that takes too long, the freeze has failed: the log shows the busy workqueues,
 * and the limits are restored.
 *
 *     begin: limits 0 --no slot in use--> frozen --thaw: limits back, slots filled-->
 *              |                                              ^
 *              +------------- 20 s are over: report ----------+
 *
 * Lives here:   begin, busy, thaw, the freezer's retries, its report.
 * Never here:   applying a limit (active.c), the lines of the report (dump.c).
 * Read before:  active.c.      Rules: R10.7, R10.8, R5.21, R12.9.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#define FREEZE_RETRY_MIN_MS 1u
#define FREEZE_RETRY_MAX_MS 8u

enum freezer_state { THAWED, FREEZING, FROZEN, FREEZE_FAILED };

static void out_of_sequence(const char *where)
{
	mach_warn_on(BUG_WQ_WARN, where, 0, "workqueue: %s called out of sequence", where);
}

/* pool_mutex held. */
static void adjust_all(void)
{
	struct workqueue_struct *wq;

	list_for_each_entry(wq, &wqe.workqueues, list) {
		wq_lock(wq);
		wq_adjust_max_active(wq);
		wq_unlock(wq);
	}
}

/* pool_mutex held */
static void begin_freezing(void)
{
	wqe.freezing = true;
	TRACE(FREEZE, .state = FREEZING);
	adjust_all();
}

void freeze_workqueues_begin(void)
{
	mutex_lock(&wqe.pool_mutex);
	if (wqe.freezing)
		out_of_sequence("freeze_workqueues_begin");
	begin_freezing();
	mutex_unlock(&wqe.pool_mutex);
}

/* False: another thread freezes or has frozen the system. */
static bool begin_freezing_alone(void)
{
	bool alone;

	mutex_lock(&wqe.pool_mutex);
	alone = !wqe.freezing;
	if (alone)
		begin_freezing();
	mutex_unlock(&wqe.pool_mutex);
	return alone;
}

static bool wq_has_active(struct workqueue_struct *wq)
{
	struct pool_workqueue *pwq;
	unsigned long flags;
	bool active = false;

	wq_lock(wq);	/* guards the list of pwqs */
	list_for_each_entry(pwq, &wq->pwqs, pwqs_node) {
		pool_lock_irqsave(pwq->pool, &flags);
		active |= pwq->nr_active > 0;
		pool_unlock_irqrestore(pwq->pool, flags);
	}
	wq_unlock(wq);
	return active;
}

/* A slot that was released cannot be taken again, so one pass is enough. */
bool freeze_workqueues_busy(void)
{
	struct workqueue_struct *wq;
	bool busy = false;

	mutex_lock(&wqe.pool_mutex);
	if (!wqe.freezing)
		out_of_sequence("freeze_workqueues_busy");
	list_for_each_entry(wq, &wqe.workqueues, list)
		busy |= wq->flags & WQ_FREEZABLE && wq_has_active(wq);
	if (!busy)
		TRACE(FREEZE, .state = FROZEN);
	mutex_unlock(&wqe.pool_mutex);
	return busy;
}

void thaw_workqueues(void)
{
	mutex_lock(&wqe.pool_mutex);
	if (wqe.freezing) {
		wqe.freezing = false;
		TRACE(FREEZE, .state = THAWED);
		adjust_all();
	}
	mutex_unlock(&wqe.pool_mutex);
}

void show_freezable_workqueues(void)
{
	struct workqueue_struct *wq;

	rcu_read_lock();
	printk(6, "Showing freezable workqueues that are still busy:");
	list_for_each_entry_rcu(wq, &wqe.workqueues, list)
		if (wq->flags & WQ_FREEZABLE)
			show_one_workqueue(wq);
	rcu_read_unlock();
}

static void failed_after(unsigned long took)
{
	unsigned int ms = jiffies_to_msecs(took);

	TRACE(FREEZE, .state = FREEZE_FAILED);
	pr_err("Freezing remaining freezable tasks failed after %u.%03u seconds (0 tasks refusing to freeze, wq_busy=1):",
	       ms / 1000, ms % 1000);
	show_freezable_workqueues();
}

int workqueue_freeze(unsigned int within_ms)
{
	unsigned long begin = jiffies, end = begin + msecs_to_jiffies(within_ms);
	unsigned int pause = FREEZE_RETRY_MIN_MS;

	if (might_sleep("workqueue_freeze") || !begin_freezing_alone())
		return -EBUSY;
	while (freeze_workqueues_busy()) {
		if (time_after(jiffies, end)) {
			failed_after(jiffies - begin);
			thaw_workqueues();
			return -EBUSY;
		}
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule_timeout((long)msecs_to_jiffies(pause));
		if (pause < FREEZE_RETRY_MAX_MS)
			pause *= 2;
	}
	return 0;
}
