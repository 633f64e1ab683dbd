/*
 * model/inv_items.c - checks about items: I1..I5, I7, I9..I12, I54; and the notes they need.
 *
 * Lives here:   one small check per sentence, and its notes.
 * Never here:   workers (inv_pools.c), counts (inv_accounts.c), flushing (inv_flush.c).
 * Rules:        spec sections 1.2, 2.   Licence: MIT.
 */
#include "model/invariant_internal.h"

/* ---- notes ------------------------------------------------------------------------- */

static void note_work_start(struct inv *c, const struct trace_event *ev)
{
	GET(WORK_START);
	struct inv_item *it = &c->items[e.item];
	struct inv_worker *w = &c->workers[e.worker];

	it->starts++;
	it->accounted = it->active = it->cleared = false;
	w->run_queued_ev = c->m.items[e.item].queued_ev;
	w->start_n = ev->n;
	w->run_func = c->m.items[e.item].func;
	w->lost_sight = false;
}

/* Marks runs of @item that used another workqueue or function than @wq and @func (0: initialized). */
static void lose_sight(struct inv *c, uint32_t item, uint32_t wq, uint32_t func)
{
	for (uint32_t i = 1; c->m.items[item].runner && i <= c->m.nr_workers; i++)
		if (c->m.workers[i].item == item && (c->m.pwqs[c->m.workers[i].pwq].wq != wq ||
						     c->workers[i].run_func != func))
			c->workers[i].lost_sight = true;
}

static void note_queue(struct inv *c, const struct trace_event *ev)
{
	GET(QUEUE_WORK);

	c->items[e.item].accounted = true;
	c->items[e.item].active = false;
	lose_sight(c, e.item, e.wq, e.func);
}

static void note_item_init(struct inv *c, const struct trace_event *ev)
{
	GET(ITEM_INIT);
	struct inv_item *it = &c->items[e.item];

	it->lost |= it->accounted;
	it->accounted = it->active = false;
	lose_sight(c, e.item, 0, 0);
}

static void note_call(struct inv *c, const struct trace_event *ev)
{
	struct inv_task *t = &c->tasks[ev->task];
	struct ev_BARRIER barrier;
	struct ev_FLUSH_WQ flush;
	struct ev_CANCEL cancel;

	if (trace_get_BARRIER(ev, &barrier)) {
		struct inv_task *waiter = &c->tasks[barrier.waiter < c->cap_tasks ? barrier.waiter : 0];

		waiter->barrier_target = barrier.target;
		waiter->barrier_worker = barrier.worker;
		waiter->barrier_queued_ev = barrier.worker ? c->workers[barrier.worker].run_queued_ev
							   : c->m.items[barrier.target].queued_ev;
		c->items[barrier.barrier].accounted = true;
	} else if (trace_get_FLUSH_WQ(ev, &flush)) {
		if (t->flush_wq)	/* it may hand out colours meanwhile (R6.11c) */
			return;
		t->flush_wq = flush.wq;
		t->flush_n = ev->n;
	} else if (trace_get_CANCEL(ev, &cancel)) {
		t->cancel_item = cancel.sync ? cancel.item : 0;
		t->cancel_n = ev->n;
	}
}

void inv_note(struct inv *c, const struct trace_event *ev)
{
	static const bool noted[EV_NR] = {
		[EV_QUEUE_WORK] = true, [EV_ACTIVATE_WORK] = true, [EV_STEAL] = true, [EV_FREE_ITEM] = true,
		[EV_PENDING_CLEAR] = true, [EV_WORK_START] = true, [EV_ITEM_INIT] = true, [EV_BARRIER] = true,
		[EV_FLUSH_WQ] = true, [EV_CANCEL] = true,
	};
	struct inv_item *it = &c->items[0];
	uint32_t item;

	if (!noted[ev->kind])
		return;
	if (trace_event_id(ev, CLS_ITEM, &item) && item < c->cap_items)
		it = &c->items[item];
	switch (ev->kind) {
	case EV_QUEUE_WORK:
		note_queue(c, ev);
		break;
	case EV_ACTIVATE_WORK:
		it->active = true;
		break;
	case EV_STEAL:
		it->accounted = it->active = false;
		break;
	case EV_FREE_ITEM:
		it->lost |= it->accounted;
		break;
	case EV_PENDING_CLEAR:
		it->cleared = true;
		break;
	case EV_WORK_START:
		note_work_start(c, ev);
		break;
	case EV_ITEM_INIT:
		note_item_init(c, ev);
		break;
	case EV_BARRIER: case EV_FLUSH_WQ: case EV_CANCEL:
		note_call(c, ev);
		break;
	default:
		break;
	}
}

/* ---- one run at a time --------------------------------------------------------------- */

/*
 * R2.9, R2.10: another workqueue, another function or INIT_WORK permit overlap.  The lists
 * of the engine of before cmwq are independent, so there an item may overlap with itself.
 */
static void i1_one_runner(struct inv *c, const struct trace_event *ev)
{
	GET(WORK_START);

	if (c->m.pools[e.pool].flags & POOL_LEGACY)
		return;
	for (uint32_t i = 1; c->m.items[e.item].runner && i <= c->m.nr_workers; i++)
		if (c->m.workers[i].item == e.item && !c->workers[i].lost_sight)
			inv_breach(c, "I1", ev->n, "worker %u starts item %u, which worker %u still runs",
				   e.worker, e.item, i);
}

static void i10_start(struct inv *c, const struct trace_event *ev)
{
	GET(EXECUTE_START);
	struct inv_worker *w = &c->workers[e.worker];

	if (w->exec_item)
		inv_breach(c, "I10", ev->n, "worker %u calls item %u's function inside that of item %u",
			   e.worker, e.item, w->exec_item);
	w->exec_item = e.item;
	w->exec_func = e.func;
}

static void i10_end(struct inv *c, const struct trace_event *ev)
{
	GET(EXECUTE_END);
	struct inv_worker *w = &c->workers[e.worker];

	if (w->exec_item != e.item || w->exec_func != e.func)
		inv_breach(c, "I10", ev->n, "worker %u ends item %u (func %u) but began item %u (func %u)",
			   e.worker, e.item, e.func, w->exec_item, w->exec_func);
	w->exec_item = w->exec_func = 0;
}

static void i12_cleared(struct inv *c, const struct trace_event *ev)
{
	GET(EXECUTE_START);

	if (!c->items[e.item].cleared)
		inv_breach(c, "I12", ev->n, "item %u's function is called with PENDING of its own queueing still set",
			   e.item);
}

/* ---- where it is ------------------------------------------------------------------------ */

static void i2_nowhere_else(struct inv *c, const struct trace_event *ev)
{
	GET(QUEUE_WORK);
	const struct model_item *it = &c->m.items[e.item];

	if (it->place != AT_NOWHERE)
		inv_breach(c, "I2", ev->n, "item %u is queued while it is on a list", e.item);
}

static void i2_right_pool(struct inv *c, const struct trace_event *ev)
{
	const struct model_item *it;
	uint32_t item, pool, on;
	struct ev_BARRIER barrier;

	if (trace_get_BARRIER(ev, &barrier))
		item = barrier.barrier;
	else if (!trace_event_id(ev, CLS_ITEM, &item))
		return;
	it = &c->m.items[item];
	pool = c->m.pwqs[it->pwq].pool;
	if (it->place == AT_NOWHERE || it->place == AT_INACTIVE || !pool)
		return;
	on = it->place == AT_WORKLIST ? it->where : c->m.workers[it->where].pool;
	if (on != pool)
		inv_breach(c, "I2", ev->n, "item %u is on a list of pool %u, its pwq belongs to pool %u",
			   it->id, on, pool);
}

static void i2_end(struct inv *c, const struct trace_event *ev)
{
	for (uint32_t i = 1; i <= c->m.nr_items; i++)
		if (c->items[i].accounted && !c->items[i].lost && c->m.items[i].place == AT_NOWHERE)
			inv_breach(c, "I2", ev->n, "item %u was queued and is on no list", i);
}

static void i3_pending(struct inv *c, const struct trace_event *ev)
{
	GET(QUEUE_WORK);

	if (!c->m.items[e.item].pending)
		inv_breach(c, "I3", ev->n, "item %u is queued but not PENDING", e.item);
}

static void i3_not_cleared(struct inv *c, const struct trace_event *ev)
{
	GET(PENDING_CLEAR);

	if (c->m.items[e.item].place != AT_NOWHERE)
		inv_breach(c, "I3", ev->n, "PENDING of item %u is cleared while it is queued", e.item);
}

/* Compares the engine's own bit in its census. */
static void i4_census(struct inv *c, const struct trace_event *ev)
{
	GET(CENSUS_ITEM);
	const struct model_item *it = &c->m.items[e.item];
	bool bit = e.state & ITEM_INACTIVE;

	if (!inv_is_barrier(it) && bit != (it->place == AT_INACTIVE))
		inv_breach(c, "I4", ev->n, "item %u %s INACTIVE but %s its pwq's inactive list", e.item,
			   bit ? "is" : "is not", it->place == AT_INACTIVE ? "is on" : "is not on");
}

static void i4_assign(struct inv *c, const struct trace_event *ev)
{
	GET(ASSIGN_WORK);
	const struct model_item *it = &c->m.items[e.item];

	if (it->inactive && !inv_is_barrier(it))
		inv_breach(c, "I4", ev->n, "worker %u takes item %u, which is inactive", e.worker, e.item);
}

static void check_linked(struct inv *c, const struct trace_event *ev, const struct model_item *it)
{
	const struct model_item *next = &c->m.items[it->next];

	if (!it->linked)
		return;
	if (it->place == AT_NOWHERE || !it->next)
		inv_breach(c, "I5", ev->n, "item %u is LINKED to nothing", it->id);
	else if (!inv_is_barrier(next) || next->pwq != it->pwq)
		inv_breach(c, "I5", ev->n, "item %u is LINKED to item %u, %s", it->id, next->id,
			   inv_is_barrier(next) ? "of another pwq" : "which is no barrier");
}

static void i5_barrier(struct inv *c, const struct trace_event *ev)
{
	GET(BARRIER);

	check_linked(c, ev, &c->m.items[e.target]);
	check_linked(c, ev, &c->m.items[e.barrier]);
}

static void i5_end(struct inv *c, const struct trace_event *ev)
{
	for (uint32_t i = 1; i <= c->m.nr_items; i++)
		if (c->m.items[i].id)
			check_linked(c, ev, &c->m.items[i]);
}

/* ---- disabling, timers ------------------------------------------------------------------- */

static void i7_disabled(struct inv *c, const struct trace_event *ev)
{
	const struct model_item *it;
	uint32_t item;

	if (!trace_event_id(ev, CLS_ITEM, &item))
		return;
	it = &c->m.items[item];
	if (it->depth)
		inv_breach(c, "I7", ev->n, "item %u is %s though it is disabled (depth %u)", it->id,
			   ev->kind == EV_QUEUE_WORK ? "queued" : "armed", it->depth);
}

static void i11_not_early(struct inv *c, const struct trace_event *ev)
{
	GET(DELAYED_FIRE);
	const struct model_item *it = &c->m.items[e.item];

	/* in a run with jitter, expiries may also be earlier */
	if (it->timer_armed && ev->time < it->timer_expires && !c->m.jitter)
		inv_breach(c, "I11", ev->n, "the timer of item %u fires at %llu ns, before %llu ns", e.item,
			   (unsigned long long)ev->time, (unsigned long long)it->timer_expires);
}

static void i11_not_armed(struct inv *c, const struct trace_event *ev)
{
	GET(QUEUE_WORK);

	if (c->m.items[e.item].timer_armed)
		inv_breach(c, "I11", ev->n, "item %u is queued while its timer is armed", e.item);
}

/* ---- accounts of one item ------------------------------------------------------------------- */

static void i9_end(struct inv *c, const struct trace_event *ev)
{
	for (uint32_t i = 1; i <= c->m.nr_items; i++) {
		const struct model_item *it = &c->m.items[i];
		uint32_t left = it->queued - c->items[i].starts - it->stolen;
		uint32_t waiting = it->place != AT_NOWHERE;

		if (it->id && !inv_is_barrier(it) && !c->items[i].lost && left != waiting)
			inv_breach(c, "I9", ev->n, "item %u was queued %u times, started %u, stolen %u, and is %s",
				   i, it->queued, c->items[i].starts, it->stolen,
				   waiting ? "still queued" : "not queued");
	}
}

static void i54_activate(struct inv *c, const struct trace_event *ev)
{
	GET(ACTIVATE_WORK);

	if (!c->items[e.item].accounted)
		inv_breach(c, "I54", ev->n, "item %u is activated without having been queued", e.item);
}

static void i54_start(struct inv *c, const struct trace_event *ev)
{
	GET(WORK_START);

	if (!inv_is_barrier(&c->m.items[e.item]) && !c->items[e.item].active)
		inv_breach(c, "I54", ev->n, "item %u is started without having been activated", e.item);
}

static void i54_execute(struct inv *c, const struct trace_event *ev)
{
	GET(EXECUTE_START);

	if (c->m.workers[e.worker].item != e.item)
		inv_breach(c, "I54", ev->n, "worker %u calls item %u's function without having taken it",
			   e.worker, e.item);
}

const struct inv_row inv_item_rows[] = {
	{ "I1", INV_BEFORE, i1_one_runner, { EV_WORK_START } },
	{ "I2", INV_BEFORE, i2_nowhere_else, { EV_QUEUE_WORK } },
	{ "I2", INV_AFTER, i2_right_pool, { EV_ACTIVATE_WORK, EV_ASSIGN_WORK, EV_COLLIDE, EV_BARRIER } },
	{ "I2", INV_END, i2_end, { 0 } },
	{ "I3", INV_AFTER, i3_pending, { EV_QUEUE_WORK } },
	{ "I3", INV_BEFORE, i3_not_cleared, { EV_PENDING_CLEAR } },
	{ "I4", INV_AFTER, i4_census, { EV_CENSUS_ITEM } },
	{ "I4", INV_BEFORE, i4_assign, { EV_ASSIGN_WORK } },
	{ "I5", INV_AFTER, i5_barrier, { EV_BARRIER } },
	{ "I5", INV_END, i5_end, { 0 } },
	{ "I7", INV_AFTER, i7_disabled, { EV_QUEUE_WORK, EV_DELAYED_ARM } },
	{ "I9", INV_END, i9_end, { 0 } },
	{ "I10", INV_AFTER, i10_start, { EV_EXECUTE_START } },
	{ "I10", INV_AFTER, i10_end, { EV_EXECUTE_END } },
	{ "I11", INV_BEFORE, i11_not_early, { EV_DELAYED_FIRE } },
	{ "I11", INV_BEFORE, i11_not_armed, { EV_QUEUE_WORK } },
	{ "I12", INV_AFTER, i12_cleared, { EV_EXECUTE_START } },
	{ "I54", INV_BEFORE, i54_activate, { EV_ACTIVATE_WORK } },
	{ "I54", INV_BEFORE, i54_start, { EV_WORK_START } },
	{ "I54", INV_AFTER, i54_execute, { EV_EXECUTE_START } },
	{ NULL, INV_END, NULL, { 0 } }
};
