/*
 * model/census.c - compares the engine's own state with the model's.
 *
 * A census event contains the engine's state, emitted when a lock is released or when the
 * whole machine is idle.  It changes nothing here.  The first difference becomes a
 * sentence in .fault, with the object, the field and both values.
 *
 * nr_running and .sleeping change in the running hook, which holds no lock (R4.7).  In
 * lockstep the change and its event are atomic, so the values must be equal.  In free
 * mode nr_running may be ahead of its event by the number of sleepers, and .sleeping is
 * not compared.  A pwq's reference count is copied: not every reference has an event.
 *
 * Lives here:   the comparisons.
 * Never here:   rules about the state (invariant.c).
 * Licence: MIT.
 */
#include "model/model_internal.h"

/* Compares one number; only the first difference is kept. */
static void same(struct model *m, const struct trace_event *ev, const char *object, uint32_t id,
		 const char *field, int64_t model, int64_t engine)
{
	if (model != engine)
		model_fault(m, ev, "census: %s %u, %s: %lld by the events, %lld in the engine", object, id,
			    field, (long long)model, (long long)engine);
}

static void same_items(struct model *m, const struct trace_event *ev, const char *object, uint32_t id,
		       const char *field, const struct model_list *l, struct trace_ids ids)
{
	uint32_t item = l->first;

	for (uint32_t i = 0; i < ids.n; i++, item = m->items[item].next)
		if (item != ids.v[i]) {
			model_fault(m, ev, "census: %s %u, %s, place %u: item %u by the events, item %u in the engine",
				    object, id, field, i, item, ids.v[i]);
			return;
		}
	if (item)
		model_fault(m, ev, "census: %s %u, %s: item %u is on it by the events, not in the engine",
			    object, id, field, item);
}

static void same_idle(struct model *m, const struct trace_event *ev, uint32_t pool, struct trace_ids ids)
{
	uint32_t w = m->pools[pool].idle.first;

	for (uint32_t i = 0; i < ids.n; i++, w = m->workers[w].next)
		if (w != ids.v[i]) {
			model_fault(m, ev, "census: pool %u, idle list, place %u: worker %u by the events, worker %u in the engine",
				    pool, i, w, ids.v[i]);
			return;
		}
	if (w)
		model_fault(m, ev, "census: pool %u: worker %u is idle by the events, not in the engine",
			    pool, w);
}

/* (worker, item) pairs by worker id */
static void same_busy(struct model *m, const struct trace_event *ev, uint32_t pool, struct trace_ids ids)
{
	uint32_t i = 0;

	for (uint32_t w = 1; w <= m->nr_workers; w++) {
		const struct model_worker *worker = &m->workers[w];
		bool busy = worker->place == WK_BUSY && worker->pool == pool;
		bool listed = i + 1 < ids.n && ids.v[i] == w;

		if (busy != listed)
			model_fault(m, ev, "census: pool %u, worker %u: %s by the events, %s in the engine", pool,
				    w, busy ? "busy" : "not busy", listed ? "busy" : "not busy");
		if (busy && listed)
			same(m, ev, "worker", w, "item", worker->item, ids.v[i + 1]);
		if (listed)
			i += 2;
	}
	if (i < ids.n)
		model_fault(m, ev, "census: pool %u, worker %u: busy in the engine, unknown to the events",
			    pool, ids.v[i]);
}

/* Workers whose running hook may have counted before its event. */
static int64_t sleepers(const struct model *m, uint32_t pool)
{
	int64_t n = 0;

	for (uint32_t w = 1; w <= m->nr_workers; w++)
		n += m->workers[w].pool == pool && m->workers[w].sleeping &&
		     !(m->workers[w].flags & WORKER_NOT_RUNNING);
	return n;
}

static void on_census_pool(struct model *m, const struct trace_event *ev)
{
	GET(CENSUS_POOL);
	const struct model_pool *p = &m->pools[e.pool];

	same(m, ev, "pool", e.pool, "flags", p->flags, e.flags);
	if (e.nr_running < p->nr_running ||
	    e.nr_running > p->nr_running + (m->mode ? sleepers(m, e.pool) : 0))
		same(m, ev, "pool", e.pool, "nr_running", p->nr_running, e.nr_running);
	same(m, ev, "pool", e.pool, "nr_workers", p->nr_workers, e.nr_workers);
	same(m, ev, "pool", e.pool, "nr_idle", p->nr_idle, e.nr_idle);
	same(m, ev, "pool", e.pool, "manager", p->manager, e.manager);
	same_items(m, ev, "pool", e.pool, "worklist", &p->worklist, e.worklist);
	same_idle(m, ev, e.pool, e.idle);
	same_busy(m, ev, e.pool, e.busy);
}

static void on_census_pwq(struct model *m, const struct trace_event *ev)
{
	GET(CENSUS_PWQ);
	struct model_pwq *q = &m->pwqs[e.pwq];

	same(m, ev, "pwq", e.pwq, "nr_active", q->nr_active, e.nr_active);
	same(m, ev, "pwq", e.pwq, "work_color", q->work_color, e.work_color);
	same(m, ev, "pwq", e.pwq, "flush_color", q->flush_color, e.flush_color);
	for (uint32_t c = 0; c < e.in_flight.n && c < MODEL_COLORS; c++)
		same(m, ev, "pwq", e.pwq, "nr_in_flight of a colour", q->nr_in_flight[c], e.in_flight.v[c]);
	same_items(m, ev, "pwq", e.pwq, "inactive items", &q->inactive, e.inactive);
	q->refcnt = e.refcnt;
}

static void on_census_worker(struct model *m, const struct trace_event *ev)
{
	GET(CENSUS_WORKER);
	const struct model_worker *w = &m->workers[e.worker];

	same(m, ev, "worker", e.worker, "pool", w->pool, e.pool);
	same(m, ev, "worker", e.worker, "flags", w->flags, e.flags);
	same(m, ev, "worker", e.worker, "item", w->item, e.item);
	if (!m->mode)
		same(m, ev, "worker", e.worker, "sleeping", w->sleeping, e.sleeping);
	same_items(m, ev, "worker", e.worker, "scheduled", &w->scheduled, e.scheduled);
}

static void on_census_wq(struct model *m, const struct trace_event *ev)
{
	GET(CENSUS_WQ);
	const struct model_wq *q = &m->wqs[e.wq];
	uint32_t slots = e.node_nr.n / 2;

	same(m, ev, "workqueue", e.wq, "flags", q->flags, e.flags);
	same(m, ev, "workqueue", e.wq, "max_active", q->max_active, e.max_active);
	same(m, ev, "workqueue", e.wq, "min_active", q->min_active, e.min_active);
	same(m, ev, "workqueue", e.wq, "work_color", q->work_color, e.work_color);
	same(m, ev, "workqueue", e.wq, "flush_color", q->flush_color, e.flush_color);
	for (uint32_t i = 0; i < slots; i++) {
		uint32_t slot = i + 1 == slots ? MODEL_NODES_MAX : i;

		same(m, ev, "workqueue", e.wq, "nr of a node", q->node_nr[slot], e.node_nr.v[2 * i]);
		same(m, ev, "workqueue", e.wq, "max of a node", q->node_max[slot], e.node_nr.v[2 * i + 1]);
	}
}

static void on_census_item(struct model *m, const struct trace_event *ev)
{
	GET(CENSUS_ITEM);
	const struct model_item *it = &m->items[e.item];
	uint32_t known = ITEM_PENDING | ITEM_QUEUED | ITEM_INACTIVE;
	uint32_t state = (it->pending ? ITEM_PENDING : 0) | (it->place != AT_NOWHERE ? ITEM_QUEUED : 0) |
			 (it->inactive ? ITEM_INACTIVE : 0);

	same(m, ev, "item", e.item, "state", state, (int64_t)(e.state & known));
	same(m, ev, "item", e.item, "pool", it->pool, (int64_t)(e.state >> 8) - 1);
}

model_handler *const model_census_handlers[EV_NR] = {
	[EV_CENSUS_POOL] = on_census_pool,
	[EV_CENSUS_PWQ] = on_census_pwq,
	[EV_CENSUS_WORKER] = on_census_worker,
	[EV_CENSUS_WQ] = on_census_wq,
	[EV_CENSUS_ITEM] = on_census_item,
};
