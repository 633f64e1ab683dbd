/*
 * model/apply_wait.c - the calls in which threads wait for items: flush, cancel, drain.
 *
 * Such a call has an event at its begin and one at its end.  In between the thread has a row
 * in .waits; a drain contains flushes, so there may be two.
 *
 * Lives here:   the effect of these events on the thread that waits.
 * Never here:   their effect on workqueues and items (apply_work.c).   Licence: MIT.
 */
#include "model/model_internal.h"

#include <string.h>

static void begins(struct model *m, const struct trace_event *ev, struct model_wait w)
{
	struct model_task *t = ev->ctx == CTX_TASK && ev->task && ev->task <= m->nr_tasks ? &m->tasks[ev->task] : NULL;

	if (!t || t->nr_waits == MODEL_WAITS_MAX)
		return;
	w.kind = ev->kind;
	w.from = ev->n;
	t->waits[t->nr_waits++] = w;
}

static void ends(struct model *m, const struct trace_event *ev, uint16_t kind)
{
	struct model_task *t = ev->ctx == CTX_TASK && ev->task <= m->nr_tasks ? &m->tasks[ev->task] : NULL;

	while (t && t->nr_waits)
		if (t->waits[--t->nr_waits].kind == kind)
			return;
}

/* While all colours are in use a flusher has none; the oldest one gets the next (R6.11c). */
static bool gets_a_color(struct model *m, uint32_t wq, int32_t color)
{
	struct model_wait *oldest = NULL;

	for (uint32_t i = 1; i <= m->nr_tasks; i++)
		for (uint32_t k = 0; k < m->tasks[i].nr_waits; k++) {
			struct model_wait *w = &m->tasks[i].waits[k];

			if (w->kind == EV_FLUSH_WQ && w->wq == wq && w->color < 0 && (!oldest || w->from < oldest->from))
				oldest = w;
		}
	if (oldest)
		oldest->color = color;
	return oldest != NULL;
}

void model_apply_wait(struct model *m, const struct trace_event *ev)
{
	struct ev_FLUSH_WORK flush;
	struct ev_FLUSH_WQ flush_wq;
	struct ev_CANCEL cancel;
	struct ev_DRAIN drain;

	switch (ev->kind) {
	case EV_FLUSH_WORK:
		if (trace_get_FLUSH_WORK(ev, &flush) && flush.waits)
			begins(m, ev, (struct model_wait){ .item = flush.item, .color = -1 });
		break;
	case EV_FLUSH_WQ:
		if (trace_get_FLUSH_WQ(ev, &flush_wq) && (flush_wq.color < 0 || !gets_a_color(m, flush_wq.wq, flush_wq.color)))
			begins(m, ev, (struct model_wait){ .wq = flush_wq.wq, .color = flush_wq.color });
		break;
	case EV_CANCEL:
		if (trace_get_CANCEL(ev, &cancel) && cancel.sync)
			begins(m, ev, (struct model_wait){ .item = cancel.item, .color = -1 });
		break;
	case EV_DRAIN:
		if (trace_get_DRAIN(ev, &drain))
			begins(m, ev, (struct model_wait){ .wq = drain.wq, .color = -1 });
		break;
	case EV_FLUSH_WORK_END: ends(m, ev, EV_FLUSH_WORK); break;
	case EV_FLUSH_WQ_END: ends(m, ev, EV_FLUSH_WQ); break;
	case EV_CANCEL_END: ends(m, ev, EV_CANCEL); break;
	case EV_DRAIN_END: ends(m, ev, EV_DRAIN); break;
	default: break;
	}
}
