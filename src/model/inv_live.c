/*
 * model/inv_live.c - checks of progress: I6, I8, I25, I29, I46; and the order of locks: I56.
 *
 * A sentence with "within bounded time" is hard to check, since on a busy machine any step
 * may take long.  So each check looks for the *reason* of a wait.  It reports a breach
 * only if there is none: no worker runs, none was woken, no limit is reached, and no
 * thread is being created.
 *
 * Lives here:   one small check per sentence, and its notes.
 * Never here:   counts at one time (inv_accounts.c), permissions (inv_pools.c).
 * Rules:        spec sections 1.4, 3, 4, 5.   Licence: MIT.
 */
#include "model/invariant_internal.h"

#define TRANSIT_NS_MAX 100000000u	/* limit for an owner between two steps (I6) */
#define WAIT_NS_MAX 1000000000u		/* limit for an item or a flusher that nothing holds back */
#define IDLE_TIMEOUT_NS (300u * UINT64_C(1000000000))

/* ---- I6: PENDING, and nowhere --------------------------------------------------------- */

/* PENDING, but on no list, with no timer and no grace period: its owner is between two steps. */
static bool in_transit(const struct inv *c, uint32_t item)
{
	const struct model_item *it = &c->m.items[item];

	return it->id && it->pending && it->place == AT_NOWHERE && !it->timer_armed && !inv_is_barrier(it) &&
	       !it->freed && !c->items[item].waits_rcu;
}

static void check_transit(struct inv *c, uint64_t n, uint64_t now, uint32_t item)
{
	struct inv_item *side = &c->items[item];

	if (side->transit_since && !side->reported_stuck && !c->m.mode &&
	    now + 1 > side->transit_since + TRANSIT_NS_MAX + c->m.held_ns) {
		side->reported_stuck = true;
		inv_breach(c, "I6", n, "item %u has been PENDING on no list for %llu ms", item,
			   (unsigned long long)(now + 1 - side->transit_since) / 1000000);
	}
}

static void i6_step(struct inv *c, const struct trace_event *ev)
{
	struct inv_item *side;
	uint32_t item;

	if (!trace_event_id(ev, CLS_ITEM, &item) || !item || item >= c->cap_items)
		return;
	side = &c->items[item];
	check_transit(c, ev->n, ev->time, item);
	side->waits_rcu = ev->kind == EV_RCU_QUEUE;
	/* refused by a draining workqueue, or reported: 6.12 leaves such an item as it is (R5.2, R8.4) */
	side->reported_stuck |= ev->kind == EV_DRAIN_REFUSED || ev->kind == EV_BUG;
	if (!in_transit(c, item)) {
		side->transit_since = 0;
		side->reported_stuck = false;
	} else if (!side->transit_since) {
		side->transit_since = ev->time + 1;
	}
}

static void i6_end(struct inv *c, const struct trace_event *ev)
{
	for (uint32_t i = 1; i <= c->m.nr_items && i < c->cap_items; i++)
		check_transit(c, ev->n, ev->time, i);
}

/* ---- I25: no wake-up is lost ------------------------------------------------------------- */

static bool is_on_its_way(const struct model *m, const struct model_worker *w)
{
	if (w->rescuer_of || w->place == WK_DEAD || w->place == WK_NONE)
		return false;
	if (w->place == WK_IDLE)
		return w->woken || m->tasks[w->task].state != MT_BLOCKED;
	/* between two places: it checks the worklist before it sleeps, or creates a worker */
	return w->place == WK_BETWEEN;
}

static bool worker_comes(const struct model *m, uint32_t pool)
{
	for (uint32_t i = 1; i <= m->nr_workers; i++)
		if (m->workers[i].pool == pool && is_on_its_way(m, &m->workers[i]))
			return true;
	return false;
}

/*
 * 6.12 wakes no worker for work that a removal brought to an empty worklist: the barriers
 * behind a stolen inactive item (R2.6), and the item that gets the slot of one stolen from
 * a worker's own list (R5.16).  Free mode does wake one, and has no exception.
 */
static void i25_removal(struct inv *c, const struct trace_event *ev)
{
	struct inv_pool *side;
	uint32_t pool;
	bool empty;

	if (c->m.mode || !trace_event_id(ev, CLS_POOL, &pool) || pool >= c->cap_pools)
		return;
	side = &c->pools[pool];
	empty = !c->m.pools[pool].worklist.count;
	if (ev->kind == EV_STEAL) {
		side->steal_n = ev->n;
		side->left_by_removal |= empty;
	} else if (ev->kind == EV_KICK || !ev->cause || ev->cause != side->steal_retire_n) {
		side->left_by_removal = false;
	} else {
		side->left_by_removal |= empty;
	}
}

static void i25_retired(struct inv *c, const struct trace_event *ev)
{
	GET(RETIRE);
	struct inv_pool *side = &c->pools[c->m.pwqs[e.pwq].pool];

	if (ev->cause && ev->cause == side->steal_n)
		side->steal_retire_n = ev->n;
}

/* At the unlock: the thread that put work there must have kicked the pool (R4.11, R4.14). */
static void i25_kicked(struct inv *c, const struct trace_event *ev)
{
	GET(CENSUS_POOL);

	if (!e.worklist.n || e.nr_running || !e.nr_idle || e.flags & (POOL_BH | POOL_LEGACY))
		return;
	if (!worker_comes(&c->m, e.pool) && !c->pools[e.pool].left_by_removal)
		inv_breach(c, "I25", ev->n, "pool %u has %u items, no worker runs, %u are idle and none was woken",
			   e.pool, e.worklist.n, e.nr_idle);
}

/* ---- I8: every wait has a reason ---------------------------------------------------------- */

static bool slot_is_taken(const struct inv *c, const struct model_pwq *q)
{
	const struct model_wq *wq = &c->m.wqs[q->wq];
	int32_t node = c->m.pools[q->pool].node;
	uint32_t slot = node < 0 || node >= MODEL_NODES_MAX ? MODEL_NODES_MAX : (uint32_t)node;

	if (q->plugged || !wq->max_active)
		return true;
	if (!(wq->flags & INV_WQ_UNBOUND))
		return q->nr_active >= wq->max_active;
	/* 6.12: the pwq may be in its node's line since an earlier item, which was activated or
	 * cancelled; it waits until a slot of the node is released (R5.13) */
	return wq->node_nr[slot] >= wq->node_max[slot] || (!c->m.mode && q->node_listed);
}

/* A worker of the pool makes progress, or has a reason to wait. */
static bool pool_is_at_work(const struct inv *c, uint32_t pool)
{
	const struct model_pool *p = &c->m.pools[pool];

	if (p->nr_running || p->flags & (POOL_MANAGER_ACTIVE | POOL_LEGACY) || !p->nr_workers)
		return true;
	if (c->pools[pool].left_by_removal)
		return true;
	if (p->flags & POOL_BH)		/* the vector is being handled, or the CPU is off-line */
		return c->m.cpus[p->cpu].softirq || !c->m.cpus[p->cpu].online || p->nr_idle < p->nr_workers;
	return worker_comes(&c->m, pool);
}

static const char *why_waits(const struct inv *c, const struct model_item *it)
{
	switch (it->place) {
	case AT_INACTIVE:
		return slot_is_taken(c, &c->m.pwqs[it->pwq]) ? NULL : "held back with a slot free";
	case AT_WORKLIST:
		return pool_is_at_work(c, it->where) ? NULL : "on a worklist without an active worker";
	case AT_SCHEDULED:
		return c->m.workers[it->where].item ? NULL : "given to a worker that runs nothing";
	default:
		return NULL;
	}
}

static void i8_waits(struct inv *c, const struct trace_event *ev)
{
	for (uint32_t i = 1; i <= c->m.nr_items && i < c->cap_items; i++) {
		const struct model_item *it = &c->m.items[i];
		const char *why;

		if (!it->id || it->freed || inv_is_barrier(it) || it->place == AT_NOWHERE ||
		    ev->time < it->queued_at + WAIT_NS_MAX + c->m.held_ns || c->items[i].reported_waits)
			continue;
		why = why_waits(c, it);
		if (!why)
			continue;
		c->items[i].reported_waits = true;
		inv_breach(c, "I8", ev->n, "item %u has waited for %llu ms, %s", i,
			   (unsigned long long)(ev->time - it->queued_at) / 1000000, why);
	}
}

/* ---- I29: a cull pass goes to its end ------------------------------------------------------------ */

static void i29_note(struct inv *c, const struct trace_event *ev)
{
	GET(CULL);

	c->pools[e.pool].culled = ev->why.pred == WHY_EXPIRED;	/* false: the pool is destroyed */
}

static void i29_rest(struct inv *c, const struct trace_event *ev)
{
	GET(CENSUS_POOL);
	struct inv_pool *side = &c->pools[e.pool];
	uint32_t idle = e.nr_idle + !!(e.flags & POOL_MANAGER_ACTIVE), tail;

	if (!side->culled)
		return;
	side->culled = false;
	tail = e.idle.n ? e.idle.v[e.idle.n - 1] : 0;
	if (idle <= 2 || (idle - 2) * 4 < e.nr_workers - idle || !tail || tail > c->m.nr_workers)
		return;
	if (ev->time > c->m.workers[tail].idle_since + IDLE_TIMEOUT_NS + 2 * (uint64_t)INV_TICK_NS(&c->m) + c->m.held_ns)
		inv_breach(c, "I29", ev->n, "pool %u was culled, has still %u idle of %u workers, and worker %u is over age",
			   e.pool, idle, e.nr_workers, tail);
}

/* ---- I46: no flusher waits for later items ---------------------------------------------------------- */

/* True if an item of @wq queued before event @since is left. */
static bool older_left(const struct inv *c, uint32_t wq, uint64_t since)
{
	for (uint32_t i = 1; i <= c->m.nr_items; i++) {
		const struct model_item *it = &c->m.items[i];

		if (it->id && it->place != AT_NOWHERE && it->wq == wq && it->queued_ev < since && !inv_is_barrier(it))
			return true;
	}
	for (uint32_t i = 1; i <= c->m.nr_workers; i++) {
		const struct model_worker *w = &c->m.workers[i];

		if (w->item && c->m.pwqs[w->pwq].wq == wq && c->workers[i].run_queued_ev < since)
			return true;
	}
	return false;
}

/* After the last item's end, the flusher may need as long as a wake-up and the flushers before it. */
static void i46_free(struct inv *c, const struct trace_event *ev)
{
	GET(RETIRE);
	uint32_t wq = c->m.pwqs[e.pwq].wq;

	for (uint32_t t = 1; t < c->cap_tasks; t++)
		if (c->tasks[t].flush_wq == wq && !c->tasks[t].flush_free_at &&
		    !older_left(c, wq, c->tasks[t].flush_n))
			c->tasks[t].flush_free_at = ev->time + 1;
}

static void i46_begin(struct inv *c, const struct trace_event *ev)
{
	GET(FLUSH_WQ);
	struct inv_task *t = &c->tasks[ev->task];

	if (t->flush_n != ev->n)
		return;
	/* in overflow it has no colour yet and waits for more than it must (R6.12) */
	t->flush_overflow = e.color < 0;
	t->flush_free_at = older_left(c, e.wq, ev->n) ? 0 : ev->time + 1;
}

/* A barrier counts in the colour of its target, and a removal wakes no worker for it (I25). */
static bool barrier_left(const struct inv *c, uint32_t wq)
{
	for (uint32_t i = 1; i <= c->m.nr_items && i < c->cap_items; i++) {
		const struct model_item *it = &c->m.items[i];

		if (it->id && inv_is_barrier(it) && it->place == AT_WORKLIST && c->m.pwqs[it->pwq].wq == wq &&
		    c->pools[it->where].left_by_removal)
			return true;
	}
	return false;
}

static void i46_end(struct inv *c, const struct trace_event *ev)
{
	for (uint32_t i = 1; i < c->cap_tasks && i <= c->m.nr_tasks; i++) {
		struct inv_task *t = &c->tasks[i];

		if (!t->flush_wq || t->flush_overflow || !t->flush_free_at || c->m.tasks[i].state != MT_BLOCKED ||
		    ev->time < t->flush_free_at + WAIT_NS_MAX + c->m.held_ns || barrier_left(c, t->flush_wq))
			continue;
		t->flush_free_at = 0;
		inv_breach(c, "I46", ev->n, "task %u still flushes workqueue %u, though all that was queued before has ended",
			   i, t->flush_wq);
	}
}

/* ---- I56: locks ----------------------------------------------------------------------------------------- */

static void i56_order(struct inv *c, const struct trace_event *ev)
{
	GET(BUG);

	if (e.kind == BUG_LOCK_ORDER)
		inv_breach(c, "I56", ev->n, "task %u takes locks in the wrong order: %s", e.who, e.text);
}

const struct inv_row inv_live_rows[] = {
	{ "I6", INV_AFTER, i6_step, { EV_PENDING_SET, EV_STEAL, EV_DELAYED_OFF, EV_DELAYED_FIRE, EV_DELAYED_ARM,
				      EV_QUEUE_WORK, EV_PENDING_CLEAR, EV_ITEM_INIT } },
	{ "I6", INV_AFTER, i6_step, { EV_RCU_QUEUE, EV_DRAIN_REFUSED, EV_BUG, EV_FREE_ITEM, EV_ACTIVATE_WORK,
				      EV_INACTIVE } },
	{ "I6", INV_END, i6_end, { 0 } },
	{ "I8", INV_AFTER, i8_waits, { EV_NO_FUTURE, EV_CENSUS_QUIET } },
	{ "I8", INV_END, i8_waits, { 0 } },
	{ "I25", INV_BEFORE, i25_removal, { EV_STEAL, EV_ACTIVATE_WORK, EV_KICK } },
	{ "I25", INV_AFTER, i25_retired, { EV_RETIRE } },
	{ "I25", INV_AFTER, i25_kicked, { EV_CENSUS_POOL } },
	{ "I29", INV_AFTER, i29_note, { EV_CULL } },
	{ "I29", INV_AFTER, i29_rest, { EV_CENSUS_POOL } },
	{ "I46", INV_AFTER, i46_begin, { EV_FLUSH_WQ } },
	{ "I46", INV_AFTER, i46_free, { EV_RETIRE } },
	{ "I46", INV_END, i46_end, { 0 } },
	{ "I56", INV_AFTER, i56_order, { EV_BUG } },
	{ NULL, INV_END, NULL, { 0 } }
};
