/*
 * visualizer/lanes.c - see lanes.h.   Licence: MIT.
 */
#include "visualizer/lanes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int lanes_init(struct lanes *l, const struct trace_store *store)
{
	memset(l, 0, sizeof(*l));
	l->store = store;
	return model_init(&l->m);
}

void lanes_fini(struct lanes *l)
{
	for (uint32_t i = 0; i < l->nr_workers; i++)
		free(l->worker[i].v);
	for (int c = 0; c < CPUS_MAX; c++)
		free(l->cpu[c].v);
	free(l->line.v);
	free(l->worker);
	model_fini(&l->m);
	memset(l, 0, sizeof(*l));
}

static void lane_append(struct lanes *l, struct lane *lane, const struct lane_part *part)
{
	if (lane->nr == lane->cap) {
		size_t cap = lane->cap ? 2 * lane->cap : 16;
		struct lane_part *v = realloc(lane->v, cap * sizeof(*v));

		if (!v) {
			l->cut = true;	/* the timeline is shorter */
			return;
		}
		lane->v = v;
		lane->cap = cap;
	}
	lane->v[lane->nr++] = *part;
}

/* A new part, unless nothing changed. */
static void lane_note(struct lanes *l, struct lane *lane, const struct lane_part *part)
{
	const struct lane_part *last = lane->nr ? &lane->v[lane->nr - 1] : NULL;

	if (last && last->state == part->state && last->what == part->what && last->run == part->run)
		return;
	if (!last && part->state == LANE_NONE)
		return;
	lane_append(l, lane, part);
	l->changed = true;
}

enum lane_state lane_worker_state(const struct model *m, const struct model_worker *w)
{
	const struct model_task *t = model_task(m, w->task);

	if (w->place == WK_NONE)
		return LANE_NONE;
	if (w->place == WK_DEAD)
		return LANE_DYING;
	if (w->manager)
		return LANE_MANAGER;
	if (w->place == WK_BUSY) {
		if (t && t->state == MT_ON_CPU)	/* between the hooks it counts as asleep, on the CPU or not (R4.1) */
			return w->sleeping ? LANE_SLEEPING : LANE_RUNNING;
		if (t && t->state == MT_RUNNABLE)
			return LANE_READY;
		return t && t->state == MT_BLOCKED ? LANE_SLEEPING : w->sleeping ? LANE_SLEEPING : LANE_RUNNING;
	}
	if (w->place == WK_BETWEEN && t && t->state != MT_BLOCKED)
		return LANE_AWAKE;
	return LANE_IDLE;
}

static void note_worker(struct lanes *l, uint32_t id, const struct trace_event *ev)
{
	const struct model_worker *w = model_worker(&l->m, id);
	struct lane_part part = { ev->time, ev->n, LANE_NONE, 0, 0 };

	if (!w)
		return;
	if (id >= l->nr_workers) {
		uint32_t nr = id + 16;
		struct lane *v = realloc(l->worker, nr * sizeof(*v));

		if (!v) {
			l->cut = true;
			return;
		}
		memset(v + l->nr_workers, 0, (nr - l->nr_workers) * sizeof(*v));
		l->worker = v;
		l->nr_workers = nr;
	}
	part.state = (uint8_t)lane_worker_state(&l->m, w);
	part.what = w->place == WK_BUSY ? w->item : 0;
	part.run = part.what ? (uint32_t)w->runs : 0;
	lane_note(l, &l->worker[id], &part);
}

static void note_cpu(struct lanes *l, uint32_t id, const struct trace_event *ev)
{
	const struct model_cpu *c = &l->m.cpus[id];
	const struct model_task *t = model_task(&l->m, c->task);
	const struct model_worker *w = t ? model_worker(&l->m, t->worker) : NULL;
	struct lane_part part = { ev->time, ev->n, LANE_IDLE, 0, 0 };

	if (!c->exists)
		return;
	if (c->irq_line) {
		part.state = LANE_IRQ;
		part.what = c->irq_line;
	} else if (c->softirq) {
		part.state = LANE_SOFTIRQ;
	} else if (!c->online) {
		part.state = LANE_OFF;
	} else if (w) {
		part.state = w->manager ? LANE_MANAGER : w->item ? LANE_RUNNING : LANE_AWAKE;
		part.what = w->item;
		part.run = w->item ? w->id << 16 ^ (uint32_t)w->runs : 0;
	} else if (t && t->id != c->idle_task) {
		part.state = LANE_OTHER;
		part.what = t->id;
	}
	lane_note(l, &l->cpu[id], &part);
}

static void note_line(struct lanes *l, const struct trace_event *ev)
{
	enum lane_mark mark = ev->kind == EV_IRQ_ENTRY ? MARK_HANDLER : ev->kind == EV_IRQ_LOST ? MARK_LOST : MARK_RAISED;
	struct lane_part part = { ev->time, ev->n, (uint8_t)mark, 0, 0 };
	struct trace_value v;

	if (ev->kind != EV_IRQ_ENTRY && ev->kind != EV_IRQ_LOST && ev->kind != EV_IRQ_RAISE)
		return;
	if (trace_event_get(ev, "line", &v))
		part.what = (uint32_t)v.num;
	lane_append(l, &l->line, &part);
}

static void note_task(struct lanes *l, uint32_t id, const struct trace_event *ev)
{
	const struct model_task *t = model_task(&l->m, id);

	if (t && t->worker)
		note_worker(l, t->worker, ev);
}

/* Each worker, thread and CPU of an event may have another state now. */
static void note_all(struct lanes *l, const struct trace_event *ev)
{
	const struct trace_row *row = &trace_rows[ev->kind];
	struct trace_value v;

	for (unsigned int i = 0; i < row->nr_fields; i++) {
		enum trace_type type = row->fields[i].type;

		if (type != TY_worker && type != TY_task)
			continue;
		if (!trace_event_field(ev, i, &v))
			continue;
		if (type == TY_worker)
			note_worker(l, (uint32_t)v.num, ev);
		else
			note_task(l, (uint32_t)v.num, ev);
	}
	note_task(l, ev->task, ev);
	if (ev->cpu < CPUS_MAX)
		note_cpu(l, ev->cpu, ev);
}

bool lanes_grow(struct lanes *l, uint64_t max)
{
	struct trace_event ev;

	while (l->n < l->store->nr && max--) {
		if (!trace_store_event(l->store, l->n + 1, &ev))
			return false;
		l->n++;
		l->changed = false;
		if (model_apply(&l->m, &ev)) {
			l->cut = true;
			return false;
		}
		if (ev.kind >= EV_NR)
			continue;
		note_all(l, &ev);
		note_line(l, &ev);
	}
	return l->n < l->store->nr;
}

const struct lane_part *lane_at(const struct lane *lane, uint64_t time)
{
	size_t lo = 0, hi = lane->nr;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (lane->v[mid].from <= time)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? &lane->v[lo - 1] : NULL;
}
