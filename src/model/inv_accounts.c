/*
 * model/inv_accounts.c - checks about counts: I33..I40, I42.
 *
 * Counts are compared when the pool's lock is about to be released, which is when the
 * engine emits the pwq's census, or when the whole machine is idle.
 *
 * Lives here:   one small check per sentence.
 * Never here:   items (inv_items.c), workers (inv_pools.c), colours (inv_flush.c).
 * Rules:        spec section 5.   Licence: MIT.
 */
#include "model/invariant_internal.h"

#define LIMIT_RACE_NS 100000u	/* a decision under another lock may see the old limit (R5.21) */

struct tally {
	uint32_t active;	/* without barriers: on the worklist, scheduled or running */
	uint32_t all;		/* with barriers and inactive items */
};

static void tally_list(const struct model *m, const struct model_list *l, uint32_t pwq, bool active,
		       struct tally *t)
{
	uint32_t seen = 0;

	for (uint32_t i = l->first; i && seen++ < l->count; i = m->items[i].next) {
		if (m->items[i].pwq != pwq)
			continue;
		t->all++;
		t->active += active && !inv_is_barrier(&m->items[i]);
	}
}

static struct tally tally_pwq(const struct model *m, uint32_t pwq)
{
	uint32_t pool = m->pwqs[pwq].pool;
	struct tally t = { 0, 0 };

	tally_list(m, &m->pwqs[pwq].inactive, pwq, false, &t);
	tally_list(m, &m->pools[pool].worklist, pwq, true, &t);
	for (uint32_t i = 1; i <= m->nr_workers; i++) {
		const struct model_worker *w = &m->workers[i];

		if (w->pool == pool)
			tally_list(m, &w->scheduled, pwq, true, &t);
		if (w->item && w->pwq == pwq) {
			t.all++;
			t.active += !inv_is_barrier(&m->items[w->item]);
		}
	}
	return t;
}

static uint32_t in_flight(const struct model_pwq *q)
{
	uint32_t sum = 0;

	for (int i = 0; i < MODEL_COLORS; i++)
		sum += q->nr_in_flight[i];
	return sum;
}

static void check_pwq(struct inv *c, uint64_t n, uint32_t pwq)
{
	const struct model_pwq *q = &c->m.pwqs[pwq];
	struct tally t = tally_pwq(&c->m, pwq);

	if (q->nr_active != t.active)
		inv_breach(c, "I33", n, "pwq %u: nr_active %u, %u items are active", pwq, q->nr_active, t.active);
	if (in_flight(q) != t.all)
		inv_breach(c, "I38", n, "pwq %u: %u in flight, %u items queued or running", pwq, in_flight(q),
			   t.all);
}

static void i33_i38_census(struct inv *c, const struct trace_event *ev)
{
	GET(CENSUS_PWQ);

	check_pwq(c, ev->n, e.pwq);
}

static void i33_i38_end(struct inv *c, const struct trace_event *ev)
{
	/* A run that was cut off may end inside a critical section. */
	for (uint32_t p = 1; p <= c->m.nr_pools; p++)
		if (c->m.pools[p].worklist.count || c->m.pools[p].nr_running)
			return;
	for (uint32_t q = 1; q <= c->m.nr_pwqs; q++)
		if (c->m.pwqs[q].id && !c->m.pwqs[q].freed && !in_flight(&c->m.pwqs[q]))
			check_pwq(c, ev->n, q);
}

/* ---- limits ------------------------------------------------------------------------------- */

static void note_limit(struct inv *c, const struct trace_event *ev)
{
	GET(WQ_MAX_ACTIVE);
	struct inv_wq *side = &c->wqs[e.wq];

	side->max_before = c->m.wqs[e.wq].max_active;
	side->max_changed_at = ev->time;
}

static void i34_limit(struct inv *c, const struct trace_event *ev)
{
	GET(ACTIVATE_WORK);
	uint32_t wq = c->m.pwqs[e.pwq].wq, limit = c->m.wqs[wq].max_active;
	const struct inv_wq *side = &c->wqs[wq];

	if (!c->m.wqs[wq].id || c->m.wqs[wq].flags & INV_WQ_UNBOUND)
		return;
	if (side->max_changed_at && ev->time <= side->max_changed_at + LIMIT_RACE_NS + c->m.held_ns &&
	    side->max_before > limit)
		limit = side->max_before;
	if (e.nr_active > limit)
		inv_breach(c, "I34", ev->n, "pwq %u activates item %u: nr_active %u, max_active %u", e.pwq, e.item,
			   e.nr_active, limit);
}

static uint32_t node_slot(int32_t node)
{
	return node < 0 || node >= MODEL_NODES_MAX ? MODEL_NODES_MAX : (uint32_t)node;
}

static void i35_rise(struct inv *c, const struct trace_event *ev)
{
	GET(NODE_ACTIVE);
	uint32_t slot = node_slot(e.node);
	const struct model_wq *q = &c->m.wqs[e.wq];
	struct inv_wq *side = &c->wqs[e.wq];

	if (e.max < q->node_max[slot]) {
		side->node_max_before[slot] = q->node_max[slot];
		side->node_lowered_at[slot] = ev->time;
	}
	/* A decision under another lock may still use the old limit after it was lowered (R5.21). */
	if (e.nr <= side->node_max_before[slot] && side->node_lowered_at[slot] &&
	    ev->time <= side->node_lowered_at[slot] + LIMIT_RACE_NS + c->m.held_ns)
		return;
	if (e.nr > q->node_nr[slot] && e.nr > e.max && e.nr > q->node_max[slot])
		inv_breach(c, "I35", ev->n, "workqueue %u, node %d: nr rises to %u, limit %u", e.wq, e.node, e.nr,
			   e.max);
}

static void i35_sum(struct inv *c, const struct trace_event *ev)
{
	for (uint32_t w = 1; w <= c->m.nr_wqs; w++) {
		const struct model_wq *wq = &c->m.wqs[w];
		uint32_t sum[MODEL_NODES_MAX + 1] = { 0 };

		if (!wq->id || wq->freed || !(wq->flags & INV_WQ_UNBOUND))
			continue;
		for (uint32_t q = 1; q <= c->m.nr_pwqs; q++)
			if (c->m.pwqs[q].wq == w)
				sum[node_slot(c->m.pools[c->m.pwqs[q].pool].node)] += c->m.pwqs[q].nr_active;
		for (uint32_t i = 0; i <= MODEL_NODES_MAX; i++)
			if (sum[i] != wq->node_nr[i])
				inv_breach(c, "I35", ev->n, "workqueue %u, node %d: nr %u, its pwqs sum up to %u", w,
					   i == MODEL_NODES_MAX ? -1 : (int)i, wq->node_nr[i], sum[i]);
	}
}

static void i36_shares(struct inv *c, const struct trace_event *ev)
{
	GET(CENSUS_WQ);

	if (!(e.flags & INV_WQ_UNBOUND) || c->m.frozen)
		return;
	for (uint32_t i = 1; i < e.node_nr.n; i += 2)
		if (e.node_nr.v[i] < e.min_active || e.node_nr.v[i] > e.max_active)
			inv_breach(c, "I36", ev->n, "workqueue %u: a node's limit is %u, min_active %u, max_active %u",
				   e.wq, e.node_nr.v[i], e.min_active, e.max_active);
}

static void i37_slot_wasted(struct inv *c, const struct trace_event *ev)
{
	for (uint32_t i = 1; i <= c->m.nr_pwqs; i++) {
		const struct model_pwq *q = &c->m.pwqs[i];
		const struct model_wq *wq = &c->m.wqs[q->wq];
		uint32_t slot = node_slot(c->m.pools[q->pool].node);
		bool waits;

		if (!q->id || q->freed || !q->inactive.count || q->plugged)
			continue;
		if (wq->flags & INV_WQ_UNBOUND)
			waits = q->node_listed || wq->node_nr[slot] >= wq->node_max[slot];
		else
			waits = q->nr_active >= wq->max_active;
		if (!waits)
			inv_breach(c, "I37", ev->n, "pwq %u: %u items wait inactive, nr_active %u, max_active %u", i,
				   q->inactive.count, q->nr_active, wq->max_active);
	}
}

/* ---- references ------------------------------------------------------------------------------- */

static void i39_census(struct inv *c, const struct trace_event *ev)
{
	GET(CENSUS_PWQ);
	const struct model_pwq *q = &c->m.pwqs[e.pwq];
	uint32_t least = in_flight(q) + q->on_mayday + e.slots;

	c->pwqs[e.pwq].slots = e.slots;
	c->pwqs[e.pwq].census_n = ev->n;
	if (e.refcnt < least)
		inv_breach(c, "I39", ev->n, "pwq %u: %u references, at least %u are held", e.pwq, e.refcnt, least);
}

/* The machine is idle: every reference is accounted for.  A rescuer may still hold that of its mayday. */
static void i39_exact(struct inv *c, const struct trace_event *ev)
{
	for (uint32_t i = 1; i <= c->m.nr_pwqs; i++) {
		const struct model_pwq *q = &c->m.pwqs[i];
		uint32_t rescuer = q->id ? c->m.wqs[q->wq].rescuer : 0;
		uint32_t held = in_flight(q) + q->on_mayday + c->pwqs[i].slots;

		if (q->id && !q->freed && c->pwqs[i].census_n > c->last_quiet_n &&
		    !c->m.workers[rescuer].attached && q->refcnt != held)
			inv_breach(c, "I39", ev->n, "pwq %u: %u references at rest, %u are accounted for", i, q->refcnt,
				   held);
	}
	c->last_quiet_n = ev->n;
}

static void i39_free(struct inv *c, const struct trace_event *ev)
{
	GET(PWQ_FREE);
	const struct model_pwq *q = &c->m.pwqs[e.pwq];

	if (in_flight(q) || q->inactive.count || q->on_mayday)
		inv_breach(c, "I39", ev->n, "pwq %u goes away with %u items", e.pwq, in_flight(q));
}

/* ---- order -------------------------------------------------------------------------------------- */

static void i40_ordered(struct inv *c, const struct trace_event *ev)
{
	GET(WORK_START);
	uint32_t wq = c->m.pwqs[e.pwq].wq;
	const struct model_item *it = &c->m.items[e.item];
	struct inv_wq *side = &c->wqs[wq];

	if (inv_is_barrier(it) || !(c->m.wqs[wq].ordered || c->m.wqs[wq].flags & INV_WQ_ORDERED))
		return;
	for (uint32_t i = 1; i <= c->m.nr_workers; i++) {
		const struct model_worker *w = &c->m.workers[i];

		if (w->item && c->m.pwqs[w->pwq].wq == wq && !inv_is_barrier(&c->m.items[w->item]))
			inv_breach(c, "I40", ev->n, "ordered workqueue %u starts item %u beside item %u", wq,
				   e.item, w->item);
	}
	if (it->queued_ev < side->last_started_queued_ev)
		inv_breach(c, "I40", ev->n, "ordered workqueue %u starts item %u (queued at #%llu) after a later one",
			   wq, e.item, (unsigned long long)it->queued_ev);
	side->last_started_queued_ev = it->queued_ev;
}

static void i42_completed(struct inv *c, const struct trace_event *ev)
{
	GET(EXECUTE_END);
	const struct model_pwq *q = &c->m.pwqs[c->m.workers[e.worker].pwq];

	if (q->id && q->completed > q->started)
		inv_breach(c, "I42", ev->n, "pwq %u: %u completed, %u started", q->id, q->completed, q->started);
}

/* Until the limit of 0 is in force everywhere, a decision may still use the old one. */
static void i52_waits(struct inv *c, const struct trace_event *ev)
{
	GET(ACTIVATE_WORK);
	uint32_t wq = c->m.pwqs[e.pwq].wq;

	if (!c->m.frozen || !(c->m.wqs[wq].flags & INV_WQ_FREEZABLE) || c->m.items[e.item].place != AT_INACTIVE)
		return;
	if (c->m.frozen == 1 && (c->m.wqs[wq].max_active ||
				 ev->time <= c->wqs[wq].max_changed_at + LIMIT_RACE_NS + c->m.held_ns))
		return;
	inv_breach(c, "I52", ev->n, "item %u of freezable workqueue %u is activated while the system %s", e.item, wq,
		   c->m.frozen == 1 ? "freezes" : "is frozen");
}

static void i52_frozen(struct inv *c, const struct trace_event *ev)
{
	GET(FREEZE);

	for (uint32_t i = 1; e.state == 2 && i <= c->m.nr_pwqs; i++) {
		const struct model_pwq *q = &c->m.pwqs[i];

		if (q->id && !q->freed && c->m.wqs[q->wq].flags & INV_WQ_FREEZABLE && q->nr_active)
			inv_breach(c, "I52", ev->n, "the system is frozen, but pwq %u has %u active items", i,
				   q->nr_active);
	}
}

const struct inv_row inv_account_rows[] = {
	{ "I33", INV_AFTER, i33_i38_census, { EV_CENSUS_PWQ } },
	{ "I38", INV_END, i33_i38_end, { 0 } },
	{ "I34", INV_BEFORE, note_limit, { EV_WQ_MAX_ACTIVE } },
	{ "I34", INV_AFTER, i34_limit, { EV_ACTIVATE_WORK } },
	{ "I35", INV_BEFORE, i35_rise, { EV_NODE_ACTIVE } },
	{ "I35", INV_AFTER, i35_sum, { EV_CENSUS_QUIET } },
	{ "I36", INV_AFTER, i36_shares, { EV_CENSUS_WQ } },
	{ "I37", INV_AFTER, i37_slot_wasted, { EV_CENSUS_QUIET } },
	{ "I39", INV_AFTER, i39_census, { EV_CENSUS_PWQ } },
	{ "I39", INV_AFTER, i39_exact, { EV_CENSUS_QUIET } },
	{ "I39", INV_BEFORE, i39_free, { EV_PWQ_FREE } },
	{ "I40", INV_BEFORE, i40_ordered, { EV_WORK_START } },
	{ "I52", INV_BEFORE, i52_waits, { EV_ACTIVATE_WORK } },
	{ "I52", INV_AFTER, i52_frozen, { EV_FREEZE } },
	{ "I42", INV_AFTER, i42_completed, { EV_EXECUTE_END } },
	{ NULL, INV_END, NULL, { 0 } }
};
