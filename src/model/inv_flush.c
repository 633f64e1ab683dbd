/*
 * model/inv_flush.c - checks about waiting for items and about their end: I44..I51.
 *
 * "Before the call" means before the call's event in the log.  A call must wait for the
 * queueings that have a smaller event number.
 *
 * Lives here:   one small check per sentence.
 * Never here:   the notes of calls in progress (inv_items.c).
 * Rules:        spec sections 2.2, 5.4, 6, 7.   Licence: MIT.
 */
#include "model/invariant_internal.h"

/* ---- colours ---------------------------------------------------------------------------- */

static void i44_colors(struct inv *c, const struct trace_event *ev)
{
	GET(CENSUS_WQ);

	for (uint32_t i = 1; i <= c->m.nr_pwqs; i++) {
		const struct model_pwq *q = &c->m.pwqs[i];

		if (!q->id || q->freed || q->wq != e.wq)
			continue;
		if (q->flush_color >= 0 && (uint32_t)q->flush_color != e.flush_color)
			inv_breach(c, "I44", ev->n, "pwq %u is waited for in colour %d, its workqueue flushes %u", i,
				   q->flush_color, e.flush_color);
		if (q->work_color != e.work_color)
			inv_breach(c, "I45", ev->n, "pwq %u stamps colour %u, its workqueue %u", i, q->work_color,
				   e.work_color);
	}
}

static void i45_idle(struct inv *c, const struct trace_event *ev)
{
	GET(CENSUS_WQ);

	if (c->m.wqs[e.wq].flushers)
		return;
	if (e.work_color != e.flush_color)
		inv_breach(c, "I45", ev->n, "workqueue %u has no flusher, work colour %u, flush colour %u", e.wq,
			   e.work_color, e.flush_color);
	for (uint32_t i = 1; i <= c->m.nr_pwqs; i++)
		if (c->m.pwqs[i].id && c->m.pwqs[i].wq == e.wq && !c->m.pwqs[i].freed &&
		    c->m.pwqs[i].flush_color >= 0)
			inv_breach(c, "I45", ev->n, "workqueue %u has no flusher, but pwq %u is waited for", e.wq, i);
}

static void i44_count(struct inv *c, const struct trace_event *ev)
{
	for (uint32_t w = 1; w <= c->m.nr_wqs; w++) {
		uint32_t waited = 0;

		if (!c->m.wqs[w].id || c->m.wqs[w].freed)
			continue;
		for (uint32_t i = 1; i <= c->m.nr_pwqs; i++)
			waited += c->m.pwqs[i].id && !c->m.pwqs[i].freed && c->m.pwqs[i].wq == w &&
				  c->m.pwqs[i].flush_color >= 0;
		if (waited != c->m.wqs[w].nr_pwqs_to_flush)
			inv_breach(c, "I44", ev->n, "workqueue %u: nr_pwqs_to_flush %u, %u pwqs are waited for", w,
				   c->m.wqs[w].nr_pwqs_to_flush, waited);
	}
}

/* ---- waiting ------------------------------------------------------------------------------ */

static void i46_flushed(struct inv *c, const struct trace_event *ev)
{
	GET(FLUSH_WQ_END);
	struct inv_task *t = &c->tasks[ev->task];
	uint64_t since = t->flush_n;
	bool mine = t->flush_wq == e.wq;

	t->flush_wq = 0;
	if (!mine)
		return;
	for (uint32_t i = 1; i <= c->m.nr_items; i++) {
		const struct model_item *it = &c->m.items[i];

		if (it->place != AT_NOWHERE && it->wq == e.wq && it->queued_ev < since && !inv_is_barrier(it))
			inv_breach(c, "I46", ev->n, "workqueue %u is flushed, but item %u still waits since #%llu",
				   e.wq, i, (unsigned long long)it->queued_ev);
	}
	for (uint32_t i = 1; i <= c->m.nr_workers; i++) {
		const struct model_worker *w = &c->m.workers[i];

		if (w->item && c->m.pwqs[w->pwq].wq == e.wq && c->workers[i].run_queued_ev < since &&
		    !inv_is_barrier(&c->m.items[w->item]))
			inv_breach(c, "I46", ev->n, "workqueue %u is flushed, but item %u (queued at #%llu) still runs",
				   e.wq, w->item, (unsigned long long)c->workers[i].run_queued_ev);
	}
}

static void i47_flushed(struct inv *c, const struct trace_event *ev)
{
	GET(FLUSH_WORK_END);
	struct inv_task *t = &c->tasks[ev->task];
	const struct model_item *it = &c->m.items[t->barrier_target];
	uint64_t queueing = t->barrier_queued_ev;

	if (!t->barrier_target || t->barrier_target != e.item)
		return;
	t->barrier_target = 0;
	if (it->place != AT_NOWHERE && it->queued_ev == queueing)
		inv_breach(c, "I47", ev->n, "item %u is flushed but still waits", e.item);
	for (uint32_t i = 1; i <= c->m.nr_workers; i++)
		if (c->m.workers[i].item == e.item && c->workers[i].run_queued_ev == queueing)
			inv_breach(c, "I47", ev->n, "item %u is flushed but worker %u still runs it", e.item, i);
}

static void i48_cancelled(struct inv *c, const struct trace_event *ev)
{
	GET(CANCEL_END);
	struct inv_task *t = &c->tasks[ev->task];
	const struct model_item *it = &c->m.items[e.item];

	if (t->cancel_item != e.item)
		return;
	t->cancel_item = 0;
	if (it->place != AT_NOWHERE && it->queued_ev < t->cancel_n)
		inv_breach(c, "I48", ev->n, "item %u is cancelled but still queued since #%llu", e.item,
			   (unsigned long long)it->queued_ev);
	/* flush waits in the last pool only: an item on two workqueues may still run in the other one (R2.10) */
	for (uint32_t i = 1; i <= c->m.nr_workers; i++)
		if (c->m.workers[i].item == e.item && c->m.workers[i].pool == it->pool &&
		    c->workers[i].start_n < t->cancel_n)
			inv_breach(c, "I48", ev->n, "item %u is cancelled but worker %u still runs it", e.item, i);
}

/* ---- drained, destroyed ----------------------------------------------------------------------- */

static void i49_drained(struct inv *c, const struct trace_event *ev)
{
	GET(WQ_FLAGS);

	if (!(c->m.wqs[e.wq].flags & INV_WQ_DRAINING) || e.flags & INV_WQ_DRAINING)
		return;
	for (uint32_t i = 1; i <= c->m.nr_pwqs; i++) {
		const struct model_pwq *q = &c->m.pwqs[i];

		if (q->id && q->wq == e.wq && !q->freed && (q->nr_active || q->inactive.count))
			inv_breach(c, "I49", ev->n, "workqueue %u is drained, but pwq %u has %u active and %u inactive items",
				   e.wq, i, q->nr_active, q->inactive.count);
	}
}

static void i50_alive(struct inv *c, const struct trace_event *ev)
{
	GET(WORK_START);
	const struct model_pwq *q = &c->m.pwqs[e.pwq];
	const struct model_wq *wq = &c->m.wqs[q->wq];

	if (q->freed)
		inv_breach(c, "I50", ev->n, "item %u starts on pwq %u, which was released", e.item, e.pwq);
	if (wq->freed && !wq->leaked)
		inv_breach(c, "I50", ev->n, "item %u starts on workqueue %u, which was destroyed", e.item, q->wq);
}

/* ---- rescuers ----------------------------------------------------------------------------------- */

static void i51_mayday(struct inv *c, const struct trace_event *ev)
{
	GET(MAYDAY);

	if (c->m.pwqs[e.pwq].on_mayday)
		inv_breach(c, "I51", ev->n, "pwq %u calls mayday twice", e.pwq);
	if (!c->m.wqs[e.wq].rescuer)
		inv_breach(c, "I51", ev->n, "pwq %u calls mayday, but workqueue %u has no rescuer", e.pwq, e.wq);
}

static void i51_rescuer(struct inv *c, const struct trace_event *ev)
{
	GET(WORK_START);
	const struct model_worker *w = &c->m.workers[e.worker];

	if (!w->rescuer_of)
		return;
	if (c->m.pwqs[e.pwq].wq != w->rescuer_of)
		inv_breach(c, "I51", ev->n, "the rescuer of workqueue %u runs item %u of workqueue %u",
			   w->rescuer_of, e.item, c->m.pwqs[e.pwq].wq);
	if (!(w->flags & WORKER_NOT_RUNNING))
		inv_breach(c, "I51", ev->n, "rescuer %u is managed (flags 0x%x)", e.worker, w->flags);
}

const struct inv_row inv_flush_rows[] = {
	{ "I44", INV_AFTER, i44_colors, { EV_CENSUS_WQ } },
	{ "I44", INV_AFTER, i44_count, { EV_CENSUS_QUIET } },
	{ "I45", INV_AFTER, i45_idle, { EV_CENSUS_WQ } },
	{ "I46", INV_AFTER, i46_flushed, { EV_FLUSH_WQ_END } },
	{ "I47", INV_AFTER, i47_flushed, { EV_FLUSH_WORK_END } },
	{ "I48", INV_AFTER, i48_cancelled, { EV_CANCEL_END } },
	{ "I49", INV_BEFORE, i49_drained, { EV_WQ_FLAGS } },
	{ "I50", INV_AFTER, i50_alive, { EV_WORK_START } },
	{ "I51", INV_BEFORE, i51_mayday, { EV_MAYDAY } },
	{ "I51", INV_AFTER, i51_rescuer, { EV_WORK_START } },
	{ NULL, INV_END, NULL, { 0 } }
};
