/*
 * workqueue/cancel.c - cancelling, disabling and enabling items.
 *
 * Only the owner of its PENDING bit may change an item.  If the item is idle, the caller sets
 * the bit.  If it is queued or its timer is armed, the caller steals it from there.  Otherwise
 * it is in transit: its owner is between two steps, which is short, so the caller tries again.
 * A run that has begun is not stopped; the _sync forms wait for it, with the item disabled
 * meanwhile.
 *
 * Lives here:   grabbing PENDING, cancel_*(), disable_*(), enable_*().
 * Never here:   waiting for a run (flush.c).
 * Read before:  queue.c, flush.c.      Rules: R2.5..R2.8, R2.12..R2.14.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

/* Longer than any transit takes (I6): after it, the item is stuck. */
#define TRANSIT_NS_MAX ((uint64_t)100 * 1000 * 1000)

/*
 * Lock held.  A removal has moved work to the worklist.  6.12 wakes no worker for it: the
 * work waits until a worker of the pool looks at the list.  A program in free mode relies
 * on the wake-up.
 */
static void kick_after_removal(struct worker_pool *pool, uint64_t cause)
{
	if (!mach_lockstep)
		kick_pool(pool, cause);
}

/* Lock held.  Removes the item from its list and keeps PENDING (R2.5 step 3, R2.6). */
static void steal_work(struct worker_pool *pool, struct pool_workqueue *pwq, struct work_struct *work)
{
	uint64_t data = work_data(work), ev;
	bool was_inactive = data & WORK_STRUCT_INACTIVE, nothing_to_do;

	/* Barriers behind it must not stay inactive: possibly no item would activate
	 * them, and tasks wait for them. */
	if (was_inactive)
		move_linked_works(work, &pool->worklist, NULL);
	list_del_init(&work->entry);
	set_work_pool_and_keep_pending(work, pool->id, 0);
	ev = TRACE(STEAL, .item = work->id, .pwq = pwq->tid, .pool = pool->tid,
		   .was_inactive = was_inactive);
	if (was_inactive && data & WORK_STRUCT_LINKED)
		kick_after_removal(pool, ev);
	nothing_to_do = list_empty(&pool->worklist);
	pwq_dec_nr_in_flight(pwq, data, work->id, ev);
	/* The slot may have gone to another item.  If the stolen item was on the worklist, a
	 * worker is on its way; if it was on a worker's own list, none is. */
	if (nothing_to_do && !list_empty(&pool->worklist))
		kick_after_removal(pool, ev);
}

/* Return: 1: was pending; 0: was idle; -EAGAIN: in transit.  Interrupts are disabled after the first two. */
static int try_to_grab_pending(struct work_struct *work, bool delayed, unsigned long *irq_flags)
{
	struct pool_workqueue *pwq;
	struct worker_pool *pool;

	local_irq_save(irq_flags);
	if (delayed && timer_delete(&to_delayed_work(work)->timer)) {
		TRACE(DELAYED_OFF, .item = work->id);
		return 1;
	}
	if (!work_test_and_set_pending(work))
		return 0;
	rcu_read_lock();
	pool = get_work_pool(work);
	if (pool) {
		pool_lock(pool);
		pwq = get_work_pwq(work);
		if (believes(PENDING_UNTIL_RETURN) && !pwq && find_worker_executing_work(pool, work)) {
			pool_unlock(pool);	/* set by the run itself: nothing is on its way */
			rcu_read_unlock();
			return 0;
		}
		/* While we hold this lock it stays queued here (R1.6). */
		if (pwq && pwq->pool == pool) {
			pwq_mark_dirty(pwq);
			steal_work(pool, pwq, work);
			pool_unlock(pool);
			rcu_read_unlock();
			return 1;
		}
		pool_unlock(pool);
	}
	rcu_read_unlock();
	local_irq_restore(*irq_flags);
	return -EAGAIN;
}

/*
 * This transit never ends: a draining workqueue refused the item, and 6.12 leaves it pending
 * (R5.2).  The kernel spins here for ever.  We report it, and where sleeping is allowed wait
 * for ever without using the CPU.
 */
static void report_lost_owner(struct work_struct *work)
{
	struct wq_wait wait;

	mach_warn(BUG_WAIT_CYCLE, "work_grab_pending", work->id,
		  "workqueue: %s is pending but on no list: this cancel waits for ever", work->name);
	if (in_atomic() || !in_task())
		return;
	wq_wait_begin(&wait, "cancel_work", work->name, work);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule();
	}
}

/*
 * The transit ends when the timer fires or the grace period is over.  A plain form used on a
 * delayed item, or any form on rcu work, spins until then, which is a misuse (R8.8, R1.12).
 */
static bool owner_will_come(struct work_struct *work)
{
	return work->kind == WORK_RCU ||
	       (work->kind == WORK_DELAYED && timer_pending(&to_delayed_work(work)->timer));
}

bool work_grab_pending(struct work_struct *work, bool delayed, unsigned long *irq_flags)
{
	bool reported = !mach_lockstep;	/* free mode does not report it, so it need not read the clock */
	uint64_t since = reported ? 0 : ktime_get_ns();
	int ret;

	for (;;) {
		ret = try_to_grab_pending(work, delayed, irq_flags);
		if (ret >= 0)
			return ret;
		cpu_relax();
		if (unlikely(!reported && owner_will_come(work)))
			since = ktime_get_ns();
		if (unlikely(!reported && ktime_get_ns() - since > TRANSIT_NS_MAX + mach_delayed_ns())) {
			reported = true;
			report_lost_owner(work);
		}
	}
}

/* ---- cancel, disable ------------------------------------------------------------------ */

enum { CANCEL_DELAYED = 1, CANCEL_DISABLE = 2 };

static unsigned int depth_up(struct work_struct *work, unsigned int depth)
{
	if (depth < WORK_OFFQ_DISABLE_MAX)
		return depth + 1;
	if (!wqe.warned_overflow)
		mach_warn(BUG_WQ_WARN, "__cancel_work", work->id, "workqueue: work disable count overflowed");
	wqe.warned_overflow = true;
	return depth;
}

/* PENDING held, off queue.  Clears PENDING and stores a new depth. */
static void release_grabbed(struct work_struct *work, unsigned int depth)
{
	uint64_t data = work_data(work);
	unsigned int old = work_data_depth(data);

	set_work_pool_and_clear_pending(work, work_data_pool(data), depth);
	if (old != depth)
		TRACE(DISABLE, .item = work->id, .depth = depth);
}

static bool cancel_common(struct work_struct *work, unsigned int how, bool sync)
{
	unsigned long flags;
	unsigned int depth;
	bool ret;

	work_register(work);
	ret = work_grab_pending(work, how & CANCEL_DELAYED, &flags);
	depth = work_data_depth(work_data(work));
	if (how & CANCEL_DISABLE)
		depth = depth_up(work, depth);
	release_grabbed(work, depth);
	TRACE(CANCEL, .item = work->id, .was_pending = ret, .sync = sync);
	local_irq_restore(flags);
	return ret;
}

/* Disables the item while it waits, so that it cannot be queued meanwhile (R2.12). */
static bool cancel_common_sync(struct work_struct *work, unsigned int how)
{
	bool ret = cancel_common(work, how | CANCEL_DISABLE, true);

	if (believes(CANCEL_KILLS))
		belief_kill(work);
	if (unlikely(in_hardirq() && work_data(work) & WORK_OFFQ_BH))	/* this interrupt may have interrupted its run */
		mach_warn_on(BUG_WQ_WARN, "__cancel_work_sync", work->id,
			     "workqueue: cancel_work_sync(%s) in a hard interrupt: its run is not waited for", work->name);
	else if (wqe.online)
		flush_work_common(work, true);
	if (!(how & CANCEL_DISABLE))
		enable_work(work);
	TRACE(CANCEL_END, .item = work->id);
	return ret;
}

bool cancel_work(struct work_struct *work)
{
	return cancel_common(work, 0, false);
}

bool cancel_work_sync(struct work_struct *work)
{
	return cancel_common_sync(work, 0);
}

bool cancel_delayed_work(struct delayed_work *dwork)
{
	return cancel_common(&dwork->work, CANCEL_DELAYED, false);
}

bool cancel_delayed_work_sync(struct delayed_work *dwork)
{
	return cancel_common_sync(&dwork->work, CANCEL_DELAYED);
}

bool disable_work(struct work_struct *work)
{
	return cancel_common(work, CANCEL_DISABLE, false);
}

bool disable_work_sync(struct work_struct *work)
{
	return cancel_common_sync(work, CANCEL_DISABLE);
}

bool disable_delayed_work(struct delayed_work *dwork)
{
	return cancel_common(&dwork->work, CANCEL_DELAYED | CANCEL_DISABLE, false);
}

bool disable_delayed_work_sync(struct delayed_work *dwork)
{
	return cancel_common_sync(&dwork->work, CANCEL_DELAYED | CANCEL_DISABLE);
}

/* ---- enable ------------------------------------------------------------------------------ */

/* Once for each of the two functions, as each has its own WARN_ONCE() in 6.12. */
static void warn_underflow(struct work_struct *work, bool delayed)
{
	if (!wqe.warned_underflow[delayed])
		mach_warn(BUG_WQ_WARN, delayed ? "enable_delayed_work" : "enable_work", work->id,
			  "workqueue: work disable count underflowed");
	wqe.warned_underflow[delayed] = true;
}

/*
 * The caller must not enable a pending item.  If the depth is 0 and the item is queued, this
 * removes it from its queue and the run is lost, as in the kernel (R2.8).
 */
static bool enable_common(struct work_struct *work, bool delayed)
{
	unsigned long flags;
	unsigned int depth;

	work_register(work);
	work_grab_pending(work, delayed, &flags);
	depth = work_data_depth(work_data(work));
	if (depth)
		depth--;
	else
		warn_underflow(work, delayed);
	release_grabbed(work, depth);
	local_irq_restore(flags);
	return !depth;
}

bool enable_work(struct work_struct *work)
{
	return enable_common(work, false);
}

bool enable_delayed_work(struct delayed_work *dwork)
{
	return enable_common(&dwork->work, true);
}

bool enable_and_queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	if (!enable_work(work))
		return false;
	queue_work(wq, work);
	return true;
}
