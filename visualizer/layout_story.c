/*
 * visualizer/layout_story.c - the story of a run: the subject of each story event, read once.
 *
 * The layout of an event depends on the story events before it: pools stay in view, a worker
 * keeps its row.  This file reads a store once, beside the lanes, and keeps the facts that
 * this needs, so that no frame has to apply all events again.
 *
 * Lives here:   which pools, workers and items an event is about; values before it.
 * Never here:   sizes, rows, cells; the effect of events (model/).
 * Licence: MIT.
 */
#include "visualizer/layout_internal.h"

#include <errno.h>
#include <stdlib.h>

int layout_story_init(struct layout_story *s, const struct trace_store *store)
{
	memset(s, 0, sizeof(*s));
	s->store = store;
	return lanes_init(&s->lanes, store);
}

void layout_story_fini(struct layout_story *s)
{
	lanes_fini(&s->lanes);
	free(s->v);
	free(s->change);
	free(s->running);
	free(s->active);
	free(s->was);
	memset(s, 0, sizeof(*s));
}

/* Room for one more element of @size behind @nr; false without memory. */
static bool grow_array(void **v, size_t nr, size_t *cap, size_t size)
{
	size_t room = *cap ? 2 * *cap : 64;
	void *more;

	if (nr < *cap)
		return true;
	more = realloc(*v, room * size);
	if (!more)
		return false;
	*v = more;
	*cap = room;
	return true;
}

/* Element @id exists; new ones are zero. */
static bool grow_table(void **v, uint32_t *nr, uint32_t id, size_t size)
{
	uint32_t room = id + 32;
	char *more;

	if (id < *nr)
		return true;
	more = realloc(*v, room * size);
	if (!more)
		return false;
	memset(more + *nr * size, 0, (room - *nr) * size);
	*v = more;
	*nr = room;
	return true;
}

/* ---- changes of lanes --------------------------------------------------------------------- */

static uint32_t busy_cpus(const struct model *m)
{
	uint32_t busy = 0;

	for (uint32_t c = 0; c < CPUS_MAX; c++) {
		const struct model_cpu *cpu = &m->cpus[c];

		busy += cpu->exists && (model_cpu_interrupted(cpu) || (cpu->task && cpu->task != cpu->idle_task));
	}
	return busy;
}

static void note_change(struct layout_story *s, uint64_t time)
{
	uint32_t busy = busy_cpus(&s->lanes.m);

	if (s->nr_changes && s->change[s->nr_changes - 1].time == time) {
		s->change[s->nr_changes - 1].busy = busy;
		return;
	}
	if (grow_array((void **)&s->change, s->nr_changes, &s->cap_changes, sizeof(*s->change)))
		s->change[s->nr_changes++] = (struct story_change){ time, busy };
}

/* ---- signs that are in a lane for the first time ------------------------------------------------- */

static void note_sign(struct layout_story *s, const struct lane *lane, uint64_t n)
{
	const struct lane_part *p = lane->nr ? &lane->v[lane->nr - 1] : NULL;

	if (p && p->n == n && p->state < LANE_STATES && !s->first_sign[p->state])
		s->first_sign[p->state] = n;
}

static void note_signs(struct layout_story *s, uint64_t n)
{
	const struct lane *line = &s->lanes.line;
	enum lane_mark mark = line->nr && line->v[line->nr - 1].n == n ? (enum lane_mark)line->v[line->nr - 1].state : MARK_HANDLER;
	enum story_sign sign = mark == MARK_LOST ? SIGN_LOST : SIGN_RAISED;

	for (uint32_t c = 0; c < CPUS_MAX; c++)
		note_sign(s, &s->lanes.cpu[c], n);
	for (uint32_t w = 1; w < s->lanes.nr_workers; w++)
		note_sign(s, &s->lanes.worker[w], n);
	if (mark != MARK_HANDLER && !s->first_sign[sign])
		s->first_sign[sign] = n;
}

/* ---- the subject of an event ----------------------------------------------------------------------- */

static uint32_t field(const struct trace_event *ev, const char *name)
{
	struct trace_value v;

	return trace_event_get(ev, name, &v) ? (uint32_t)v.num : 0;
}

static void add_id(uint32_t *v, unsigned int max, uint32_t id)
{
	for (unsigned int i = 0; i < max && id; i++) {
		if (v[i] == id)
			return;
		if (v[i])
			continue;
		v[i] = id;
		return;
	}
}

uint32_t story_pool_of_item(const struct model *m, uint32_t item)
{
	const struct model_item *it = model_item(m, item);
	const struct model_worker *w;
	const struct model_pwq *q;

	if (!it)
		return 0;
	w = model_worker(m, it->place == AT_SCHEDULED ? it->where : it->runner);
	q = model_pwq(m, it->place == AT_INACTIVE ? it->where : 0);
	return it->place == AT_WORKLIST ? it->where : q ? q->pool : w ? w->pool : 0;
}

static void note_workers(struct story_event *e, const struct trace_event *ev)
{
	const struct trace_row *row = &trace_rows[ev->kind];
	struct trace_value v;

	for (unsigned int i = 0; i < row->nr_fields; i++)
		if (row->fields[i].type == TY_worker && trace_event_field(ev, i, &v))
			add_id(e->worker, STORY_WORKERS_MAX, (uint32_t)v.num);
}

/* The pools whose inside the event is about. */
static void note_need(struct story_event *e, const struct model *m, const struct trace_event *ev)
{
	const struct model_pool *p;
	const struct model_pwq *q = model_pwq(m, field(ev, "pwq"));

	if (ev->kind == EV_KICK && !e->worker[0]) {
		p = model_pool(m, field(ev, "pool"));
		if (!p || !p->worklist.count)
			return;
	}
	if (ev->kind == EV_DELAYED_ARM || ev->kind == EV_DELAYED_FIRE) {
		p = model_cpu_pool(m, ev->cpu, 0);
		add_id(e->need, STORY_POOLS_MAX, p ? p->id : 0);
		e->timer_only = true;
		return;
	}
	add_id(e->need, STORY_POOLS_MAX, field(ev, "to"));
	for (unsigned int i = 0; i < STORY_WORKERS_MAX && e->worker[i]; i++)
		add_id(e->need, STORY_POOLS_MAX, m->workers[e->worker[i]].pool);
	add_id(e->need, STORY_POOLS_MAX, field(ev, "pool"));
	add_id(e->need, STORY_POOLS_MAX, q ? q->pool : 0);
	add_id(e->need, STORY_POOLS_MAX, field(ev, "from"));
	add_id(e->need, STORY_POOLS_MAX, story_pool_of_item(m, field(ev, "item")));
}

/* The first item of @wq on the worklist of @pool (of any workqueue if @wq is 0). */
static uint32_t first_waiting(const struct model *m, uint32_t pool, uint32_t wq)
{
	const struct model_pool *p = model_pool(m, pool);
	uint32_t id = p ? p->worklist.first : 0;

	for (uint32_t i = 0; p && id && i < p->worklist.count; i++, id = m->items[id].next)
		if (!wq || m->items[id].wq == wq)
			return id;
	return 0;
}

static bool is_between_items(const struct trace_event *ev)
{
	switch (ev->kind) {
	case EV_WORKER_IDLE:
	case EV_WORKER_BUSY:
	case EV_WORKER_CREATE:
	case EV_MANAGE_BEGIN:
	case EV_MANAGE_END:
	case EV_CULL:
		return true;
	default:
		return false;
	}
}

static uint32_t talked_item(const struct layout_story *s, const struct trace_event *ev)
{
	const struct model *m = &s->lanes.m;
	const struct model_item *it = model_item(m, field(ev, "item"));
	uint32_t id = it ? it->id : 0;

	if (it && it->kind == ITEM_KIND_BARRIER && it->target)
		return it->target;
	if (ev->kind == EV_MAYDAY || ev->kind == EV_MAYDAY_NONE || ev->kind == EV_STALL)
		id = first_waiting(m, field(ev, "pool"), field(ev, "wq"));
	if (ev->kind == EV_RESCUER_BEGIN)
		id = first_waiting(m, field(ev, "pool"), field(ev, "wq"));
	if (!id && field(ev, "worker") && !is_between_items(ev) && ev->kind != EV_KICK)
		id = m->workers[field(ev, "worker")].item;
	return id ? id : s->item;
}

static void note_subject(struct layout_story *s, struct story_event *e, const struct trace_event *ev)
{
	const struct model *m = &s->lanes.m;
	const struct model_item *it;
	uint32_t wq = field(ev, "wq");

	s->item = talked_item(s, ev);
	it = model_item(m, s->item);
	if (!wq && field(ev, "pwq"))
		wq = m->pwqs[field(ev, "pwq")].wq;
	if (!wq && field(ev, "item") && it)
		wq = it->wq;
	if (wq)
		s->wq = wq;
	if (field(ev, "line"))
		s->line = field(ev, "line");
	e->item = s->item;
	e->wq = s->wq;
	e->line = s->line;
	if (is_between_items(ev))
		e->about = field(ev, "worker");
	if (ev->kind == EV_STALL)
		e->pool_about = field(ev, "pool");
}

/* ---- values at the story event before --------------------------------------------------------------- */

static void note_running(struct layout_story *s, struct story_event *e)
{
	const struct model *m = &s->lanes.m;
	unsigned int nr = 0;

	if (!grow_table((void **)&s->running, &s->nr_running, m->nr_pools, sizeof(*s->running)))
		return;
	for (uint32_t p = 1; p <= m->nr_pools; p++) {
		if (s->running[p] != m->pools[p].nr_running && nr < STORY_POOLS_MAX) {
			e->changed[nr] = p;
			e->was_running[nr++] = s->running[p];
		}
		s->running[p] = m->pools[p].nr_running;
	}
}

/* Items that changed since the last story event: their old values are of use for one event only. */
static void note_touched(struct layout_story *s, const struct trace_event *ev)
{
	if (s->nr_touched < STORY_TOUCHED_MAX && field(ev, "item"))
		s->touched[s->nr_touched++] = field(ev, "item");
}

static void update_was(struct layout_story *s, uint32_t item)
{
	const struct model_item *it = model_item(&s->lanes.m, item);

	if (!it)
		return;
	s->was[item] = (struct story_was){ it->pending, it->runner };
	s->active[it->pwq] = it->pwq ? s->lanes.m.pwqs[it->pwq].nr_active : 0;
}

static void note_item(struct layout_story *s, struct story_event *e)
{
	const struct model *m = &s->lanes.m;
	const struct model_item *it = model_item(m, e->item);

	if (!grow_table((void **)&s->was, &s->nr_was, m->nr_items, sizeof(*s->was)) ||
	    !grow_table((void **)&s->active, &s->nr_active, m->nr_pwqs, sizeof(*s->active)))
		return;
	if (it) {
		e->was_pending = s->was[it->id].pending;
		e->was_runner = s->was[it->id].runner;
		e->was_active = s->active[it->pwq];
	}
	while (s->nr_touched)
		update_was(s, s->touched[--s->nr_touched]);
}

static bool machine_is_quiet(const struct model *m)
{
	for (uint32_t p = 1; p <= m->nr_pools; p++)
		if (m->pools[p].worklist.count || m->pools[p].manager || m->pools[p].nr_idle != m->pools[p].nr_workers)
			return false;
	return true;
}

/* ---- reading --------------------------------------------------------------------------------------------- */

static void note_worker_of_pool(struct story_event *e, const struct trace_event *ev)
{
	if (ev->kind == EV_WORKER_CREATE || ev->kind == EV_RESCUER_BEGIN)
		e->came = field(ev, "worker");
	if (ev->kind == EV_CULL || ev->kind == EV_RESCUER_END)
		e->left = field(ev, "worker");
}

/* The pool in which a thing can be seen, 0 = none: a CPU has its row in the strip. */
static uint32_t pool_of_thing(const struct model *m, uint32_t cls, uint32_t id)
{
	const struct model_worker *w = cls == CLS_WORKER ? model_worker(m, id) : NULL;

	if (cls == CLS_ITEM)
		return story_pool_of_item(m, id);
	return cls == CLS_POOL ? id : w ? w->pool : 0;
}

/*
 * A scene begins with the first event after a card or question at which every CPU was idle,
 * so that the card itself still has the lanes that it is about.
 */
static void note_scene(struct layout_story *s, struct story_event *e)
{
	if (trace_is_lesson(e->kind)) {
		s->idle_at_card |= (e->kind == EV_SAY || e->kind == EV_ASK || e->kind == EV_LESSON) && !busy_cpus(&s->lanes.m);
		return;
	}
	e->scene = s->idle_at_card;
	s->idle_at_card = false;
}

static void note_story(struct layout_story *s, const struct trace_event *ev)
{
	const struct model *m = &s->lanes.m;
	struct story_event e = { .n = ev->n, .time = ev->time, .kind = ev->kind, .cpu = ev->cpu };

	if (!grow_array((void **)&s->v, s->nr, &s->cap, sizeof(*s->v)))
		return;
	if (ev->kind == EV_LOOK) {
		e.need[0] = pool_of_thing(m, field(ev, "cls"), field(ev, "id"));
	} else if (!trace_is_lesson(ev->kind)) {
		note_workers(&e, ev);
		note_need(&e, m, ev);
		note_worker_of_pool(&e, ev);
	}
	note_subject(s, &e, ev);
	note_running(s, &e);
	note_item(s, &e);
	e.quiet = machine_is_quiet(m);
	note_scene(s, &e);
	if (ev->kind == EV_LESSON)
		s->lesson = ev->n;
	if (!s->begun && (e.item || e.line)) {
		s->begun = true;
		s->begin = s->nr;
	}
	s->v[s->nr++] = e;
}

bool layout_story_grow(struct layout_story *s, uint64_t max)
{
	struct trace_event ev;

	while (s->lanes.n < s->store->nr && max--) {
		if (!trace_store_event(s->store, s->lanes.n + 1, &ev))
			return false;
		lanes_grow(&s->lanes, 1);
		if (s->lanes.n != ev.n)
			return false;
		if (ev.kind >= EV_NR)
			continue;
		if (s->lanes.changed) {
			note_change(s, ev.time);
			if (s->lesson)
				note_signs(s, ev.n);
		}
		note_touched(s, &ev);
		if (trace_event_level(&ev) == TRACE_STORY)
			note_story(s, &ev);
	}
	return s->lanes.n < s->store->nr;
}

size_t layout_story_count(const struct layout_story *s, uint64_t n)
{
	size_t lo = 0, hi = s->nr;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (s->v[mid].n <= n)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

uint64_t layout_event(const struct layout_story *s, uint64_t n)
{
	for (size_t i = layout_story_count(s, n); i > 0; i--)
		if (!trace_is_lesson(s->v[i - 1].kind) && s->v[i - 1].kind != EV_OUTSIDE)
			return s->v[i - 1].n;
	return 0;
}
