/*
 * workqueue/active.c - max_active: which items are on a worklist and which wait in their pwq.
 *
 * An item is active from its insertion into a worklist until it has run, so max_active limits
 * the number of items that wait or run, not only those that run.  A bound workqueue counts per
 * pwq, that is per CPU.  An unbound workqueue has one limit for the whole machine, which is
 * divided among the NUMA nodes.  Each node has a counter, and a list of the pwqs with items
 * that wait for a slot of this node; the pwqs are served round robin.
 *
 * When an item retires, its slot is handed over to the next waiting item.
 *
 * Lives here:   nr_active, inactive items, node shares, plugged pwqs, limits.
 * Never here:   the order of a worklist, waking workers (concurrency.c).
 * Read before:  queue.c.      Rules: R5.11..R5.21, R5.23, R5.24, R5.15, R5.17.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

/* ---- the counters of nodes --------------------------------------------------------- */

/* NULL: a bound workqueue, which counts in the pwq only. */
struct wq_node_nr_active *wq_node_nr_active(struct workqueue_struct *wq, int node)
{
	if (!(wq->flags & WQ_UNBOUND))
		return NULL;
	return &wq->node_nr_active[node == NUMA_NO_NODE ? nr_node_ids() : node];
}

static void node_event(struct pool_workqueue *pwq, struct wq_node_nr_active *nna, int64_t nr)
{
	trace_batch_later();	/* other CPUs change the counter without this lock */
	TRACE(NODE_ACTIVE, .wq = pwq->wq->tid, .node = pwq->pool->node, .nr = (uint32_t)nr,
	      .max = (uint32_t)nna->max);
}

static bool node_tryinc(struct pool_workqueue *pwq, struct wq_node_nr_active *nna)
{
	int64_t nr = katomic_read(&nna->nr);

	while (nr < nna->max) {
		if (katomic_try_cmpxchg(&nna->nr, &nr, nr + 1)) {
			node_event(pwq, nna, nr + 1);
			return true;
		}
	}
	return false;
}

static int64_t node_dec(struct pool_workqueue *pwq, struct wq_node_nr_active *nna)
{
	int64_t nr = katomic_add_return(&nna->nr, -1);

	node_event(pwq, nna, nr);
	return nr;
}

/* Node lock held. */
static void set_pending_on_node(struct pool_workqueue *pwq, struct wq_node_nr_active *nna, bool on)
{
	if (on == pwq->waits_on_node)
		return;
	pwq->waits_on_node = on;
	if (on)
		list_add_tail(&pwq->pending_node, &nna->pending_pwqs);
	else
		list_del_init(&pwq->pending_node);
	nna->nr_pending += on ? 1 : -1;
	trace_batch_later();
	TRACE(NODE_PENDING, .pwq = pwq->tid, .node = pwq->pool->node, .listed = on);
}

/* ---- slots ------------------------------------------------------------------------------- */

/*
 * R5.13.  A pwq that is already on the node's list does not try, because it would overtake
 * the others on the list; it does after the limit was raised (@fill).
 */
static bool unbound_tryinc(struct pool_workqueue *pwq, struct wq_node_nr_active *nna, bool fill)
{
	bool ok;

	if (pwq->plugged)
		return false;
	if (!pwq->waits_on_node) {
		if (node_tryinc(pwq, nna))
			return true;
	} else if (!fill) {
		return false;
	}
	raw_spin_lock(&nna->lock);
	set_pending_on_node(pwq, nna, true);
	/* First list the pwq, then try: a CPU that frees a slot either finds the pwq on
	 * the list, or has freed the slot before this try. */
	smp_mb();
	ok = node_tryinc(pwq, nna);
	if (ok && !fill)
		set_pending_on_node(pwq, nna, false);
	raw_spin_unlock(&nna->lock);
	return ok;
}

bool pwq_tryinc_unbound(struct pool_workqueue *pwq, bool fill)
{
	if (!unbound_tryinc(pwq, wq_node_nr_active(pwq->wq, pwq->pool->node), fill))
		return false;
	pwq->nr_active++;
	pwq_mark_dirty(pwq);
	return true;
}

/* The values that the decision used.  @yes: nr_active was incremented after it. */
struct trace_why why_max_active(struct pool_workqueue *pwq, bool yes)
{
	struct wq_node_nr_active *nna = wq_node_nr_active(pwq->wq, pwq->pool->node);
	int32_t inactive = (int32_t)worklist_len(&pwq->inactive_works) - (yes ? 0 : 1);

	if (nna)
		return BECAUSE(NODE_MAX, yes, (int32_t)katomic_peek(&nna->nr) - yes, nna->max,
			       inactive < 0 ? 0 : inactive);
	return BECAUSE(MAX_ACTIVE, yes, pwq->nr_active - yes, pwq->wq->max_active,
		       inactive < 0 ? 0 : inactive);
}

/* ---- activation ------------------------------------------------------------------------------ */

/* Lock held, slot taken.  Moves @work and the items linked to it to the tail of the worklist. */
void activate_work(struct pool_workqueue *pwq, struct work_struct *work, uint64_t cause)
{
	struct worker_pool *pool = pwq->pool;

	if (list_empty(&pool->worklist))
		pool_touch_watchdog(pool);
	move_linked_works(work, &pool->worklist, NULL);
	__builtin_prefetch(pwq->inactive_works.next->next, 1);	/* it is activated soon, and after a long wait is not in the cache */
	katomic_fetch_and(&work->data, (int64_t)~WORK_STRUCT_INACTIVE);
	work->cause = TRACE_FULLY(cause, WHY_OF(why_max_active(pwq, true)), ACTIVATE_WORK,
				  .item = work->id, .func = work->func_id, .pwq = pwq->tid,
				  .pool = pool->tid, .nr_active = (uint32_t)pwq->nr_active);
}

bool pwq_activate_first_inactive(struct pool_workqueue *pwq, bool fill, uint64_t cause)
{
	struct work_struct *work = list_first_entry_or_null(&pwq->inactive_works,
							    struct work_struct, entry);

	if (!work || !pwq_tryinc_nr_active(pwq, fill))
		return false;
	activate_work(pwq, work, cause);
	return true;
}

/*
 * Returns the first pwq that waits for this node and has an item to run, with the lock of its
 * pool and the node's lock held; NULL: none.  @locked: the pool whose lock is held, on entry
 * and on return.  Never waits for a pool lock while it holds another pool's or the node's lock.
 */
static struct pool_workqueue *next_pending_pwq(struct wq_node_nr_active *nna, struct worker_pool **locked)
{
	for (;;) {
		struct pool_workqueue *pwq = list_first_entry_or_null(&nna->pending_pwqs,
							struct pool_workqueue, pending_node);

		if (!pwq)
			return NULL;
		if (pwq->pool != *locked) {
			pool_unlock(*locked);
			*locked = pwq->pool;
			if (!pool_trylock(pwq->pool)) {
				raw_spin_unlock(&nna->lock);
				pool_lock(*locked);
				raw_spin_lock(&nna->lock);
				continue;	/* the list may have changed */
			}
		}
		if (!list_empty(&pwq->inactive_works))
			return pwq;
		set_pending_on_node(pwq, nna, false);
	}
}

/* A slot of the node is free: gives it to the first waiting pwq (R5.16). */
static void node_activate_pending_pwq(struct wq_node_nr_active *nna, struct worker_pool *caller_pool,
				      uint64_t cause)
{
	struct worker_pool *locked = caller_pool;
	struct pool_workqueue *pwq;

	raw_spin_lock(&nna->lock);
	pwq = next_pending_pwq(nna, &locked);
	if (pwq && node_tryinc(pwq, nna)) {
		struct work_struct *work = list_first_entry(&pwq->inactive_works, struct work_struct,
							    entry);

		pwq->nr_active++;
		pwq_mark_dirty(pwq);
		activate_work(pwq, work, cause);
		if (list_empty(&pwq->inactive_works)) {
			set_pending_on_node(pwq, nna, false);
		} else {
			list_move_tail(&pwq->pending_node, &nna->pending_pwqs);
		}
		if (pwq->pool != caller_pool)
			kick_pool(pwq->pool, work->cause);
	}
	raw_spin_unlock(&nna->lock);
	if (locked != caller_pool) {
		pool_unlock(locked);
		pool_lock(caller_pool);
	}
}

static void hand_slot_on(struct pool_workqueue *pwq, uint64_t cause)
{
	struct wq_node_nr_active *nna = wq_node_nr_active(pwq->wq, pwq->pool->node);

	if (!nna) {
		if (believes(ONE_LIMIT))
			belief_hand_slot_on(pwq, cause);
		else if (!list_empty(&pwq->inactive_works))
			pwq_activate_first_inactive(pwq, false, cause);
		return;
	}
	if (node_dec(pwq, nna) >= nna->max)
		return;
	/* Pairs with the fence in unbound_tryinc(). */
	smp_mb();
	if (!nna->nr_pending)
		return;
	pwq->retiring++;	/* the lock may be released while this pwq looks empty */
	node_activate_pending_pwq(nna, pwq->pool, cause);
	pwq->retiring--;
}

static void flush_color_step(struct pool_workqueue *pwq, unsigned int color)
{
	struct workqueue_struct *wq = pwq->wq;
	int64_t left;

	if (likely(pwq->flush_color != (int)color) || pwq->nr_in_flight[color])
		return;
	pwq->flush_color = -1;
	pwq_mark_dirty(pwq);
	TRACE(PWQ_COLOR, .pwq = pwq->tid, .work_color = pwq->work_color, .flush_color = -1);
	left = katomic_add_return(&wq->nr_pwqs_to_flush, -1);
	trace_batch_later();
	TRACE(FLUSH_COLOR, .wq = wq->tid, .work_color = wq->work_color,
	      .flush_color = wq->flush_color, .nr_pwqs = (uint32_t)left);
	if (!left)
		complete(&wq->first_flusher->done);
}

/*
 * The item has run or was stolen: updates the counters (R5.15).  Pool lock held; it may be
 * released for a moment.  Call it last for an item: the pwq may be freed afterwards.
 */
void pwq_dec_nr_in_flight(struct pool_workqueue *pwq, uint64_t work_data, uint32_t item, uint64_t cause)
{
	unsigned int color = work_data_color(work_data);
	bool counted = !(work_data & WORK_STRUCT_INACTIVE);
	uint64_t ev;

	if (counted)
		pwq->nr_active--;
	pwq->nr_in_flight[color]--;
	pwq_mark_dirty(pwq);
	ev = TRACE_CAUSED(cause, RETIRE, .item = item, .pwq = pwq->tid, .color = color,
			  .nr_active = (uint32_t)pwq->nr_active,
			  .nr_in_flight = (uint32_t)pwq->nr_in_flight[color]);
	if (counted)
		hand_slot_on(pwq, ev);
	flush_color_step(pwq, color);
	put_pwq(pwq);
}

/* ---- limits ------------------------------------------------------------------------------------ */

int wq_clamp_max_active(int max_active, const char *name)
{
	int clamped = max_active < 1 ? 1 : max_active > WQ_MAX_ACTIVE ? WQ_MAX_ACTIVE : max_active;

	if (clamped != max_active)
		pr_warn("workqueue: max_active %d requested for %s is out of range, clamping between %d and %d",
			max_active, name, 1, WQ_MAX_ACTIVE);
	return clamped;
}

static void set_node_max(struct workqueue_struct *wq, int node, int max)
{
	struct wq_node_nr_active *nna = wq_node_nr_active(wq, node);

	if (nna->max == max)
		return;
	sync_point();
	nna->max = max;
	TRACE(NODE_ACTIVE, .wq = wq->tid, .node = node, .nr = (uint32_t)katomic_peek(&nna->nr),
	      .max = (uint32_t)max);
}

/* wq->mutex held.  R5.14: computes the share of each node, without CPU @off_cpu (-1 = none). */
void wq_update_node_max_active(struct workqueue_struct *wq, int off_cpu)
{
	struct cpumask effective, online = cpu_online_mask();
	int node, total, min_active = wq->min_active, max_active = wq->max_active;

	if (!(wq->flags & WQ_UNBOUND))
		return;
	effective = wq_effective_cpumask(wq);
	if (off_cpu >= 0)
		cpumask_clear_cpu(off_cpu, &online);
	total = cpumask_weight(cpumask_and(effective, online));
	for (node = 0; node < nr_node_ids(); node++) {
		/* a node's mask has its online CPUs only, on x86 */
		int cpus = cpumask_weight(cpumask_and(cpumask_and(effective, cpumask_of_node(node)), online));
		int share = total ? (max_active * cpus + total - 1) / total : min_active;

		share = share < min_active ? min_active : share;
		set_node_max(wq, node, share > max_active ? max_active : share);
	}
	set_node_max(wq, NUMA_NO_NODE, max_active);
}

/*
 * Pool lock held, limits raised.  A pwq whose waiting items were activated here or
 * cancelled meanwhile stays on its node's list, as in 6.12: its next item waits until a
 * slot of the node is released.  If the node has no active item, no slot ever is.  In
 * free mode the pwq is therefore taken off the list.
 */
static bool fill_one(struct pool_workqueue *pwq, uint64_t cause)
{
	struct wq_node_nr_active *nna = wq_node_nr_active(pwq->wq, pwq->pool->node);

	if (pwq_activate_first_inactive(pwq, true, cause)) {
		kick_pool(pwq->pool, cause);
		return true;
	}
	if (!mach_lockstep && nna && list_empty(&pwq->inactive_works) && pwq->waits_on_node) {
		raw_spin_lock(&nna->lock);
		set_pending_on_node(pwq, nna, false);
		raw_spin_unlock(&nna->lock);
	}
	return false;
}

/* wq->mutex held.  Collects posted items, so that items queued so far get slots by the old limit. */
static void wq_collect(struct workqueue_struct *wq)
{
	struct pool_workqueue *pwq;
	unsigned long flags;

	list_for_each_entry(pwq, &wq->pwqs, pwqs_node)
		if (unlikely(pool_has_post(pwq->pool))) {
			pool_lock_irqsave(pwq->pool, &flags);
			pool_unlock_irqrestore(pwq->pool, flags);
		}
}

/* One activation for each pwq and round, so that the new slots are spread. */
void wq_fill(struct workqueue_struct *wq, uint64_t cause)
{
	struct pool_workqueue *pwq;
	bool activated;

	do {
		activated = false;
		list_for_each_entry_rcu(pwq, &wq->pwqs, pwqs_node) {
			unsigned long flags;

			pool_lock_irqsave(pwq->pool, &flags);
			activated |= fill_one(pwq, cause);
			pool_unlock_irqrestore(pwq->pool, flags);
		}
	} while (activated);
}

/* wq->mutex held.  Applies the configured limits (R5.21), or 0 while frozen (R10.7). */
void wq_adjust_max_active(struct workqueue_struct *wq)
{
	bool frozen = wqe.freezing && wq->flags & WQ_FREEZABLE;
	int max_active = frozen ? 0 : wq->saved_max_active;
	int min_active = frozen ? 0 : wq->saved_min_active;
	uint64_t ev;

	if (wq->max_active == max_active && wq->min_active == min_active)
		return;
	wq_collect(wq);
	sync_point();	/* CPUs whose time is earlier still use the old limit */
	wq->max_active = max_active;
	wq->min_active = min_active;
	ev = TRACE(WQ_MAX_ACTIVE, .wq = wq->tid, .max_active = (uint32_t)wq->max_active,
		   .min_active = (uint32_t)wq->min_active);
	wq_update_node_max_active(wq, -1);
	if (max_active)
		wq_fill(wq, ev);
}

static bool limits_fixed(struct workqueue_struct *wq, const char *where, bool bound_too)
{
	bool fixed = wq->flags & (WQ_BH | WQ_INT_ORDERED) || (bound_too && !(wq->flags & WQ_UNBOUND)) ||
		     wqe.legacy;

	if (fixed)
		mach_warn_on(BUG_WQ_WARN, where, 0, "workqueue: the limit of %s cannot be set", wq->name);
	return fixed;
}

void workqueue_set_max_active(struct workqueue_struct *wq, int max_active)
{
	if (limits_fixed(wq, "workqueue_set_max_active", false))
		return;
	max_active = wq_clamp_max_active(max_active, wq->name);
	wq_lock(wq);
	wq->saved_max_active = max_active;
	if (wq->flags & WQ_UNBOUND && wq->saved_min_active > max_active)
		wq->saved_min_active = max_active;
	wq_adjust_max_active(wq);
	wq_unlock(wq);
}

void workqueue_set_min_active(struct workqueue_struct *wq, int min_active)
{
	if (limits_fixed(wq, "workqueue_set_min_active", true))
		return;
	wq_lock(wq);
	wq->saved_min_active = min_active < 0 ? 0 :
		min_active > wq->saved_max_active ? wq->saved_max_active : min_active;
	wq_adjust_max_active(wq);
	wq_unlock(wq);
}

/* Free mode: the pwq may be replaced and freed meanwhile, and its list changes. */
static bool congested_for_real(struct workqueue_struct *wq, int cpu)
{
	struct pool_workqueue *pwq;
	bool congested;

	rcu_read_lock();
	pwq = atomic_load(&wq->cpu_pwq[cpu]);
	pool_lock(pwq->pool);
	congested = !list_empty(&pwq->inactive_works);
	pool_unlock(pwq->pool);
	rcu_read_unlock();
	preempt_enable();
	return congested;
}

bool workqueue_congested(int cpu, struct workqueue_struct *wq)
{
	struct pool_workqueue *pwq;
	unsigned long flags;

	preempt_disable();
	if (cpu == WORK_CPU_UNBOUND)
		cpu = smp_processor_id();
	choice_point();
	if (!mach_lockstep)
		return congested_for_real(wq, cpu);
	pwq = atomic_load(&wq->cpu_pwq[cpu]);
	preempt_enable();
	if (unlikely(pool_has_post(pwq->pool))) {
		pool_lock_irqsave(pwq->pool, &flags);
		pool_unlock_irqrestore(pwq->pool, flags);
	}
	return !list_empty(&pwq->inactive_works);
}

/* ---- ordered workqueues: one pwq after the other --------------------------------------------------- */

/*
 * wq->mutex held.  Only the oldest pwq of an ordered workqueue may run items; the newer ones
 * are plugged until it is gone (R5.24).
 */
void unplug_oldest_pwq(struct workqueue_struct *wq)
{
	struct pool_workqueue *pwq = list_first_entry(&wq->pwqs, struct pool_workqueue, pwqs_node);
	struct wq_node_nr_active *nna = wq_node_nr_active(wq, pwq->pool->node);

	pool_lock_irq(pwq->pool);
	if (pwq->plugged) {
		uint64_t ev;

		pwq->plugged = false;
		ev = TRACE(PWQ_PLUG, .pwq = pwq->tid, .plugged = false);
		if (pwq_activate_first_inactive(pwq, true, ev)) {
			/* fill mode has listed the pwq; it stays listed only if more items wait */
			raw_spin_lock(&nna->lock);
			set_pending_on_node(pwq, nna, !list_empty(&pwq->inactive_works));
			raw_spin_unlock(&nna->lock);
			kick_pool(pwq->pool, ev);
		}
	}
	pool_unlock_irq(pwq->pool);
}
