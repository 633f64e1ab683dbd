/*
 * model/apply_work.c - applies events about items, pool_workqueues and workqueues.
 *
 * Spec sections 2, 5, 6.  An event that carries a counter carries its value *after* the
 * change.  The model copies it, and the invariants compare it with the count that the
 * model keeps itself.
 *
 * Lives here:   one small handler per kind.
 * Never here:   workers and pools (apply_pool.c), threads and CPUs (apply_machine.c).
 * Licence: MIT.
 */
#include "model/model_internal.h"

#include <stdio.h>

#define WQ_DRAINING_FLAG (1u << 16)

/* ---- the item ------------------------------------------------------------------------ */

/* R1.4, R1.10: a fresh data word; a current run keeps its worker. */
static void on_item_init(struct model *m, const struct trace_event *ev)
{
	GET(ITEM_INIT);
	struct model_item *it = &m->items[e.item];

	model_item_unlink(m, e.item);
	it->func = e.func;
	it->kind = e.kind;
	it->pending = it->inactive = it->linked = it->timer_armed = it->freed = false;
	it->depth = it->pool = it->pwq = it->wq = 0;
}

static void on_pending_set(struct model *m, const struct trace_event *ev)
{
	GET(PENDING_SET);
	struct model_item *it = &m->items[e.item];

	if (it->pending)
		model_fault(m, ev, "PENDING of item %u was taken twice", e.item);
	it->pending = true;
}

static void on_pending_clear(struct model *m, const struct trace_event *ev)
{
	GET(PENDING_CLEAR);
	struct model_item *it = &m->items[e.item];

	if (it->place != AT_NOWHERE)
		model_fault(m, ev, "PENDING of item %u was cleared while it is on a list", e.item);
	it->pending = false;
	it->pool = e.pool;
	it->depth = e.disable;
}

/* R5.7: counted by its pwq from here on, but on no list yet */
static void on_queue_work(struct model *m, const struct trace_event *ev)
{
	GET(QUEUE_WORK);
	struct model_item *it = &m->items[e.item];
	struct model_pwq *q = &m->pwqs[e.pwq];

	if (it->place != AT_NOWHERE)
		model_fault(m, ev, "item %u was queued while it is on a list", e.item);
	it->func = e.func;
	it->wq = e.wq;
	it->pwq = e.pwq;
	it->pool = e.pool;
	it->color = e.color % MODEL_COLORS;
	it->queued++;
	it->queued_at = ev->time;
	it->queued_ev = ev->n;
	q->nr_in_flight[it->color]++;
	q->refcnt++;
}

/* R5.17 */
static void on_activate(struct model *m, const struct trace_event *ev)
{
	GET(ACTIVATE_WORK);
	struct model_item *it = &m->items[e.item];

	if (it->place != AT_NOWHERE && it->place != AT_INACTIVE)
		model_fault(m, ev, "item %u was activated but is active already", e.item);
	model_chain_move(m, e.item, AT_WORKLIST, e.pool);
	it->inactive = it->kind == ITEM_KIND_BARRIER;
	m->pwqs[e.pwq].nr_active = e.nr_active;
}

static void on_inactive(struct model *m, const struct trace_event *ev)
{
	GET(INACTIVE);

	model_item_append(m, e.item, AT_INACTIVE, e.pwq);
	m->items[e.item].inactive = true;
	m->pwqs[e.pwq].nr_active = e.nr_active;
}

static void on_assign(struct model *m, const struct trace_event *ev)
{
	GET(ASSIGN_WORK);
	const struct model_item *it = &m->items[e.item];

	if (it->place != AT_WORKLIST || it->where != e.pool)
		model_fault(m, ev, "item %u was assigned but is not on pool %u's worklist",
			    e.item, e.pool);
	model_chain_move(m, e.item, AT_SCHEDULED, e.worker);
}

/* R2.9b */
static void on_collide(struct model *m, const struct trace_event *ev)
{
	GET(COLLIDE);

	if (m->workers[e.runner].place != WK_BUSY)
		model_fault(m, ev, "item %u was left to worker %u, which runs nothing", e.item, e.runner);
	model_chain_move(m, e.item, AT_SCHEDULED, e.runner);
}

/* R3.16: current_*, busy hash, unlinked */
static void on_work_start(struct model *m, const struct trace_event *ev)
{
	GET(WORK_START);
	struct model_item *it = &m->items[e.item];
	struct model_worker *w = &m->workers[e.worker];

	if (w->item)
		model_fault(m, ev, "worker %u took item %u while it runs item %u", e.worker, e.item,
			    w->item);
	if (it->place != AT_SCHEDULED || it->where != e.worker)
		model_fault(m, ev, "worker %u took item %u, which is not on its scheduled list",
			    e.worker, e.item);
	model_item_unlink(m, e.item);
	model_idle_remove(m, e.worker);
	it->linked = false;
	it->inactive = false;
	it->runner = e.worker;
	it->pool = e.pool;
	w->item = e.item;
	w->pwq = e.pwq;
	w->last_wq = m->pwqs[e.pwq].wq;
	w->desc[0] = '\0';
	w->place = WK_BUSY;
	w->busy_since = ev->time;
}

static void on_execute_start(struct model *m, const struct trace_event *ev)
{
	GET(EXECUTE_START);
	struct model_item *it = &m->items[e.item];
	struct model_worker *w = &m->workers[e.worker];

	it->in_function = true;
	it->runs++;
	it->started_at = ev->time;
	it->started_ev = ev->n;
	w->runs++;
	m->pwqs[w->pwq].started++;
	m->wqs[e.wq].started++;
}

static void on_execute_end(struct model *m, const struct trace_event *ev)
{
	GET(EXECUTE_END);
	struct model_item *it = &m->items[e.item];
	struct model_source *code = model_source_slot(m, ev);

	it->in_function = false;
	if (code) {
		code->row = MODEL_ROW_END;
		code->n = ev->n;
	}
	it->ended++;
	m->pwqs[m->workers[e.worker].pwq].completed++;
	m->wqs[e.wq].completed++;
}

/* Two runs of one item may overlap if R2.9's conditions do not hold. */
static uint32_t other_runner(const struct model *m, uint32_t item)
{
	for (uint32_t w = 1; w <= m->nr_workers; w++)
		if (m->workers[w].item == item)
			return w;
	return 0;
}

static void on_work_done(struct model *m, const struct trace_event *ev)
{
	GET(WORK_DONE);
	struct model_worker *w = &m->workers[e.worker];

	if (w->item != e.item)
		model_fault(m, ev, "worker %u is done with item %u but was running item %u",
			    e.worker, e.item, w->item);
	w->item = w->pwq = 0;
	w->place = WK_BETWEEN;
	if (m->items[e.item].runner == e.worker)
		m->items[e.item].runner = other_runner(m, e.item);
}

/* R5.15 */
static void on_retire(struct model *m, const struct trace_event *ev)
{
	GET(RETIRE);
	struct model_pwq *q = &m->pwqs[e.pwq];
	uint32_t color = e.color % MODEL_COLORS;

	if (q->nr_in_flight[color] != e.nr_in_flight + 1)
		model_fault(m, ev, "pwq %u retires item %u: nr_in_flight[%u] becomes %u, was %u", e.pwq,
			    e.item, color, e.nr_in_flight, q->nr_in_flight[color]);
	q->nr_active = e.nr_active;
	q->nr_in_flight[color] = e.nr_in_flight;
	q->refcnt -= q->refcnt > 0;
}

/* R2.5, R2.6: off its list; the barriers after it stay, or move to the worklist */
static void on_steal(struct model *m, const struct trace_event *ev)
{
	GET(STEAL);
	struct model_item *it = &m->items[e.item];

	if (it->place == AT_NOWHERE)
		model_fault(m, ev, "item %u was stolen but is on no list", e.item);
	if (e.was_inactive)	/* the barriers after it must not wait for an activation */
		model_chain_move(m, e.item, AT_WORKLIST, e.pool);
	model_item_unlink(m, e.item);
	it->linked = it->inactive = false;
	it->pool = e.pool;
	it->stolen++;
}

static void on_disable(struct model *m, const struct trace_event *ev)
{
	GET(DISABLE);

	m->items[e.item].depth = e.depth;
}

static void on_delayed_arm(struct model *m, const struct trace_event *ev)
{
	GET(DELAYED_ARM);
	struct model_item *it = &m->items[e.item];

	it->wq = e.wq;
	it->timer_armed = true;
	it->timer_expires = e.expires;
}

static void on_delayed_fire(struct model *m, const struct trace_event *ev)
{
	GET(DELAYED_FIRE);

	m->items[e.item].timer_armed = false;
}

static void on_delayed_off(struct model *m, const struct trace_event *ev)
{
	GET(DELAYED_OFF);

	m->items[e.item].timer_armed = false;
}

static void on_free_item(struct model *m, const struct trace_event *ev)
{
	GET(FREE_ITEM);

	m->items[e.item].freed = true;
}

/* R6.2 */
static void on_barrier(struct model *m, const struct trace_event *ev)
{
	GET(BARRIER);
	struct model_item *b = &m->items[e.barrier], *t = &m->items[e.target];
	struct model_pwq *q = &m->pwqs[e.pwq];

	*b = (struct model_item){ .id = e.barrier, .func = b->func, .kind = ITEM_KIND_BARRIER,
				  .pending = true, .inactive = true, .pwq = e.pwq, .wq = q->wq,
				  .pool = e.pool, .color = e.color % MODEL_COLORS,
				  .target = e.target, .waiter = e.waiter, .queued = 1,
				  .queued_at = ev->time, .queued_ev = ev->n };
	if (e.worker) {
		model_item_push(m, e.barrier, AT_SCHEDULED, e.worker);
	} else if (t->place == AT_NOWHERE) {
		model_fault(m, ev, "barrier %u was put behind item %u, which is on no list", e.barrier,
			    e.target);
	} else {
		model_item_insert_after(m, e.barrier, e.target);
		b->linked = t->linked;
		t->linked = true;
	}
	q->nr_in_flight[b->color]++;
	q->refcnt++;
}

/* ---- pool_workqueues, workqueues ---------------------------------------------------------- */

static void on_pwq_new(struct model *m, const struct trace_event *ev)
{
	GET(PWQ_NEW);

	m->pwqs[e.pwq] = (struct model_pwq){ .id = e.pwq, .wq = e.wq, .pool = e.pool, .cpu = e.cpu,
					     .refcnt = 1, .flush_color = -1,
					     .work_color = m->wqs[e.wq].work_color };
}

static void on_pwq_free(struct model *m, const struct trace_event *ev)
{
	GET(PWQ_FREE);

	m->pwqs[e.pwq].freed = true;
}

static void on_pwq_plug(struct model *m, const struct trace_event *ev)
{
	GET(PWQ_PLUG);

	m->pwqs[e.pwq].plugged = e.plugged;
}

static void on_pwq_color(struct model *m, const struct trace_event *ev)
{
	GET(PWQ_COLOR);

	m->pwqs[e.pwq].work_color = e.work_color;
	m->pwqs[e.pwq].flush_color = e.flush_color;
}

static void on_node_active(struct model *m, const struct trace_event *ev)
{
	GET(NODE_ACTIVE);
	uint32_t slot = e.node < 0 || e.node >= MODEL_NODES_MAX ? MODEL_NODES_MAX : (uint32_t)e.node;

	m->wqs[e.wq].node_nr[slot] = e.nr;
	m->wqs[e.wq].node_max[slot] = e.max;
}

static void on_node_pending(struct model *m, const struct trace_event *ev)
{
	GET(NODE_PENDING);

	m->pwqs[e.pwq].node_listed = e.listed;
}

static void on_wq_new(struct model *m, const struct trace_event *ev)
{
	GET(WQ_NEW);
	struct model_wq *q = &m->wqs[e.wq];

	q->flags = e.flags;
	q->max_active = q->asked_max_active = e.max_active;
	q->min_active = e.min_active;
	q->ordered = e.ordered;
}

static void on_worker_desc(struct model *m, const struct trace_event *ev)
{
	GET(WORKER_DESC);
	struct model_worker *w = &m->workers[e.worker];

	snprintf(w->desc, sizeof(w->desc), "%s", e.desc);
}

static void on_wq_attrs(struct model *m, const struct trace_event *ev)
{
	GET(WQ_ATTRS);
	struct model_wq *q = &m->wqs[e.wq];

	q->nice = e.nice;
	q->cpus = e.cpus;
	q->scope = e.scope;
	q->strict = e.strict;
}

static void on_unbound_cpus(struct model *m, const struct trace_event *ev)
{
	GET(UNBOUND_CPUS);

	m->unbound_cpus = e.cpus;
	m->requested_cpus = e.requested;
	m->isolated_cpus = e.isolated;
	m->default_scope = e.scope;
}

static void on_wq_max_active(struct model *m, const struct trace_event *ev)
{
	GET(WQ_MAX_ACTIVE);

	m->wqs[e.wq].max_active = e.max_active;
	if (e.max_active)
		m->wqs[e.wq].asked_max_active = e.max_active;
	m->wqs[e.wq].min_active = e.min_active;
}

static void on_wq_flags(struct model *m, const struct trace_event *ev)
{
	GET(WQ_FLAGS);

	m->wqs[e.wq].flags = e.flags;
	m->wqs[e.wq].draining = e.flags & WQ_DRAINING_FLAG;
}

static void on_wq_sysfs(struct model *m, const struct trace_event *ev)
{
	GET(WQ_SYSFS);

	m->wqs[e.wq].in_sysfs = true;
}

static void on_wq_free(struct model *m, const struct trace_event *ev)
{
	GET(WQ_FREE);

	m->wqs[e.wq].freed = true;
	m->wqs[e.wq].leaked = e.leaked;
}

static void on_flush_wq(struct model *m, const struct trace_event *ev)
{
	GET(FLUSH_WQ);
	struct model_wq *q = &m->wqs[e.wq];

	/* While all colours are in use only waiting flushers get one (R6.11c):
	 * then this is not a new flusher. */
	if (e.color >= 0 && q->flushers_overflow) {
		q->flushers_overflow--;
		return;
	}
	q->flushers++;
	q->flushers_overflow += e.color < 0;
}

static void on_flush_wq_end(struct model *m, const struct trace_event *ev)
{
	GET(FLUSH_WQ_END);

	m->wqs[e.wq].flushers -= m->wqs[e.wq].flushers > 0;
}

static void on_flush_color(struct model *m, const struct trace_event *ev)
{
	GET(FLUSH_COLOR);

	m->wqs[e.wq].work_color = e.work_color;
	m->wqs[e.wq].flush_color = e.flush_color;
	m->wqs[e.wq].nr_pwqs_to_flush = e.nr_pwqs;
}

static void on_drain(struct model *m, const struct trace_event *ev)
{
	GET(DRAIN);

	m->wqs[e.wq].draining = true;
}

static void on_drain_end(struct model *m, const struct trace_event *ev)
{
	GET(DRAIN_END);

	m->wqs[e.wq].draining = m->wqs[e.wq].flags & WQ_DRAINING_FLAG;
}

model_handler *const model_work_handlers[EV_NR] = {
	[EV_ITEM_INIT] = on_item_init,
	[EV_PENDING_SET] = on_pending_set,
	[EV_PENDING_CLEAR] = on_pending_clear,
	[EV_QUEUE_WORK] = on_queue_work,
	[EV_ACTIVATE_WORK] = on_activate,
	[EV_INACTIVE] = on_inactive,
	[EV_ASSIGN_WORK] = on_assign,
	[EV_COLLIDE] = on_collide,
	[EV_WORK_START] = on_work_start,
	[EV_EXECUTE_START] = on_execute_start,
	[EV_EXECUTE_END] = on_execute_end,
	[EV_WORK_DONE] = on_work_done,
	[EV_RETIRE] = on_retire,
	[EV_STEAL] = on_steal,
	[EV_DISABLE] = on_disable,
	[EV_DELAYED_ARM] = on_delayed_arm,
	[EV_DELAYED_FIRE] = on_delayed_fire,
	[EV_DELAYED_OFF] = on_delayed_off,
	[EV_FREE_ITEM] = on_free_item,
	[EV_BARRIER] = on_barrier,
	[EV_PWQ_NEW] = on_pwq_new,
	[EV_PWQ_FREE] = on_pwq_free,
	[EV_PWQ_PLUG] = on_pwq_plug,
	[EV_PWQ_COLOR] = on_pwq_color,
	[EV_NODE_ACTIVE] = on_node_active,
	[EV_NODE_PENDING] = on_node_pending,
	[EV_WQ_NEW] = on_wq_new,
	[EV_WORKER_DESC] = on_worker_desc,
	[EV_WQ_ATTRS] = on_wq_attrs,
	[EV_UNBOUND_CPUS] = on_unbound_cpus,
	[EV_WQ_MAX_ACTIVE] = on_wq_max_active,
	[EV_WQ_FLAGS] = on_wq_flags,
	[EV_WQ_SYSFS] = on_wq_sysfs,
	[EV_WQ_FREE] = on_wq_free,
	[EV_FLUSH_WQ] = on_flush_wq,
	[EV_FLUSH_WQ_END] = on_flush_wq_end,
	[EV_FLUSH_COLOR] = on_flush_color,
	[EV_DRAIN] = on_drain,
	[EV_DRAIN_END] = on_drain_end,
};
