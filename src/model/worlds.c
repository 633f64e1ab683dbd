/*
 * model/worlds.c - see worlds.h.   Licence: MIT.
 */
#include "model/worlds.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the state of an item ------------------------------------------------------------ */

static enum world_state running_state(const struct model *m, const struct model_worker *w)
{
	const struct model_task *t = w ? model_task(m, w->task) : NULL;

	if (t && t->state == MT_ON_CPU)
		return WORLD_RUNS;
	return t && t->state == MT_BLOCKED ? WORLD_ASLEEP : WORLD_WANTS_CPU;
}

static struct world_span span_of(const struct model *m, const struct model_item *it, bool ran)
{
	struct world_span s = { .from = m->time, .cpu = -1 };
	const struct model_worker *w = model_worker(m, it->runner);
	const struct model_task *t = w ? model_task(m, w->task) : NULL;

	if (it->runner && (it->in_function || it->started_ev <= it->queued_ev)) {	/* not after its function has returned */
		s.state = running_state(m, w);
		s.worker = it->runner;
		s.cpu = t ? t->cpu : -1;
	} else if (it->inactive) {
		s.state = WORLD_HELD;
	} else if (it->pending) {
		s.state = WORLD_WAITS;
	} else {
		s.state = ran ? WORLD_DONE : WORLD_NONE;
	}
	return s;
}

static int add_span(struct world_track *t, const struct world_span *s)
{
	struct world_span *last = t->nr ? &t->v[t->nr - 1] : NULL;

	if (last && last->state == s->state && last->worker == s->worker)
		return 0;
	if (last && last->from == s->from) {
		*last = *s;
		return 0;
	}
	if (t->nr == t->cap) {
		size_t cap = t->cap ? 2 * t->cap : 16;
		struct world_span *v = realloc(t->v, cap * sizeof(*v));

		if (!v)
			return -ENOMEM;
		t->v = v;
		t->cap = cap;
	}
	t->v[t->nr++] = *s;
	return 0;
}

/* ---- reading one run -------------------------------------------------------------------- */

#define ITEMS_MAX 4096	/* ids of items in a trace; later ones are not followed */

struct reader {
	struct worlds *w;
	int run;
	struct trace_store *store;
	uint64_t zero;				/* time of the question */
	struct model_replay replay;
	int16_t row[ITEMS_MAX];			/* by id: the item's row + 1, 0 = not known yet, -1 = none */
	uint32_t runs[ITEMS_MAX];		/* runs that had begun before the question */
	bool *worked;				/* by worker */
	uint32_t nr_worked;
};

static struct world_item *add_item(struct worlds *w, const char *name)
{
	if (w->nr == w->cap) {
		size_t cap = w->cap ? 2 * w->cap : 16;
		struct world_item *item = realloc(w->item, cap * sizeof(*item));

		if (!item)
			return NULL;
		w->item = item;
		w->cap = cap;
	}
	w->item[w->nr] = (struct world_item){ .queued = WORLDS_NEVER };
	snprintf(w->item[w->nr].name, sizeof(w->item[0].name), "%s", name);
	return &w->item[w->nr++];
}

/* The row of item @id: made by the real run only; NULL = it has none. */
static struct world_item *item_row(struct reader *r, const struct model_item *it, int *err)
{
	const char *name = trace_store_name(r->store, CLS_ITEM, it->id);
	struct world_item *row = NULL;

	*err = 0;
	if (it->id >= ITEMS_MAX || it->kind == 3 || !name || !strcmp(name, "idle_cull_fn"))
		return NULL;
	if (r->row[it->id])
		return r->row[it->id] > 0 ? &r->w->item[r->row[it->id] - 1] : NULL;
	for (size_t i = 0; i < r->w->nr && !row; i++)
		if (!strcmp(r->w->item[i].name, name))
			row = &r->w->item[i];
	if (!row && r->run == WORLD_REAL) {
		row = add_item(r->w, name);
		*err = row ? 0 : -ENOMEM;
	}
	r->row[it->id] = (int16_t)(row ? row - r->w->item + 1 : -1);
	return row;
}

static int note_items(struct reader *r)
{
	const struct model *m = &r->replay.at;
	unsigned int inside = 0;
	struct world_counts *c = &r->w->count[r->run];

	for (uint32_t id = 1; id <= m->nr_items && id < ITEMS_MAX; id++) {
		const struct model_item *it = model_item(m, id);
		struct world_item *row;
		struct world_span s;
		int err;

		/* an item without anything to do since the question has no row */
		if (!it || (!it->pending && !it->runner && it->runs == r->runs[id]))
			continue;
		row = item_row(r, it, &err);
		if (err)
			return err;
		if (!row)
			continue;
		s = span_of(m, it, it->runs > r->runs[id] || row->run[r->run].nr);
		s.from = m->time - r->zero;
		if (row->queued == WORLDS_NEVER)
			row->queued = s.from;
		if (s.state == WORLD_DONE && (!row->run[r->run].nr || row->run[r->run].v[row->run[r->run].nr - 1].state != WORLD_DONE))
			row->run[r->run].end = s.from;
		else if (s.state != WORLD_DONE)
			row->run[r->run].end = WORLDS_NEVER;
		if (add_span(&row->run[r->run], &s))
			return -ENOMEM;
		inside += it->runner != 0;
		if (it->runner && it->runner < r->nr_worked && !r->worked[it->runner]) {
			r->worked[it->runner] = true;
			c->workers++;
		}
	}
	if (inside > c->at_once)
		c->at_once = inside;
	return 0;
}

/* Items that are inside their function at the question belong to the comparison: their run counts as a later one. */
static void begin_runs(struct reader *r)
{
	for (uint32_t id = 1; id < ITEMS_MAX; id++) {
		const struct model_item *it = model_item(&r->replay.at, id);

		r->runs[id] = it ? it->runs - (it->runner ? 1 : 0) : 0;
	}
}

/* The scene is over: the lesson waits for the student, and each item that had something to do is done. */
static bool scene_over(const struct reader *r, enum trace_kind kind)
{
	bool any = false;

	if (kind != EV_WAIT_INPUT)
		return false;
	for (size_t i = 0; i < r->w->nr; i++) {
		const struct world_track *t = &r->w->item[i].run[r->run];

		if (t->nr && t->end == WORLDS_NEVER)
			return false;
		any |= t->nr != 0;
	}
	return any;
}

static int add_step(struct worlds *w, uint64_t time)
{
	if (w->nr_steps == w->cap_steps) {
		size_t cap = w->cap_steps ? 2 * w->cap_steps : 64;
		uint64_t *step = realloc(w->step, cap * sizeof(*step));

		if (!step)
			return -ENOMEM;
		w->step = step;
		w->cap_steps = cap;
	}
	w->step[w->nr_steps++] = time;
	return 0;
}

static int read_on(struct reader *r, uint64_t last, uint64_t bound)
{
	struct world_counts *c = &r->w->count[r->run];
	struct trace_event ev;
	int err = note_items(r);

	for (uint64_t n = r->replay.at.n + 1; !err && n <= last; n++) {
		if (!trace_store_event(r->store, n, &ev))
			break;
		if (ev.time - r->zero > bound)
			break;
		err = model_replay_seek(&r->replay, n);
		if (!err && !trace_is_lesson(ev.kind))
			err = note_items(r);
		if (!err && !trace_is_lesson(ev.kind) && ev.kind < EV_NR && trace_event_level(&ev) == TRACE_STORY)
			err = add_step(r->w, ev.time - r->zero);
		c->switches += ev.kind == EV_SCHED_SWITCH;
		c->until = ev.time - r->zero;
		if (scene_over(r, ev.kind))
			break;
	}
	for (uint32_t id = 1; id <= r->replay.at.nr_tasks; id++) {
		const struct model_task *t = model_task(&r->replay.at, id);

		c->threads += t && t->worker && t->state != MT_DEAD;
	}
	return err;
}

static int read_run(struct worlds *w, int run, const struct world_run *from, uint64_t last, uint64_t bound)
{
	struct reader *r = calloc(1, sizeof(*r));
	struct trace_event ev;
	int err;

	if (!r || !trace_store_event(from->store, from->asked, &ev)) {
		free(r);
		return -ENOMEM;
	}
	r->w = w;
	r->run = run;
	r->store = from->store;
	r->zero = ev.time;
	r->nr_worked = 4096;
	r->worked = calloc(r->nr_worked, sizeof(bool));
	err = r->worked ? model_replay_init(&r->replay, from->store) : -ENOMEM;
	if (!err) {
		err = model_replay_seek(&r->replay, from->asked);
		begin_runs(r);
		if (!err)
			err = read_on(r, last, bound);
		model_replay_fini(&r->replay);
	}
	free(r->worked);
	free(r);
	return err;
}

/* ---- comparing ------------------------------------------------------------------------------ */

enum world_state worlds_state(const struct world_track *t, uint64_t time)
{
	enum world_state state = WORLD_NONE;

	for (size_t i = 0; i < t->nr && t->v[i].from <= time; i++)
		state = t->v[i].state;
	return state;
}

/* A state held for at most the tolerance is left out: the other run may pass it a moment later. */
static size_t next_span(const struct world_track *t, size_t i)
{
	while (i + 1 < t->nr && t->v[i + 1].from - t->v[i].from <= WORLDS_SAME_NS)
		i++;
	return i;
}

/* The first time at which the two tracks differ, WORLDS_NEVER = up to @bound they do not. */
static uint64_t tracks_part(const struct world_track *a, const struct world_track *b, uint64_t bound)
{
	size_t i = 0, j = 0;

	for (;;) {
		uint64_t at, from_a, from_b;

		i = next_span(a, i);
		j = next_span(b, j);
		from_a = i < a->nr ? a->v[i].from : WORLDS_NEVER;
		from_b = j < b->nr ? b->v[j].from : WORLDS_NEVER;
		at = from_a < from_b ? from_a : from_b;
		if (at == WORLDS_NEVER || at > bound || bound - at <= WORLDS_SAME_NS)
			return WORLDS_NEVER;
		if (from_a == WORLDS_NEVER || from_b == WORLDS_NEVER || a->v[i].state != b->v[j].state ||
		    (from_a > from_b ? from_a - from_b : from_b - from_a) > WORLDS_SAME_NS)
			return at;
		i++;
		j++;
	}
}

static void find_parting(struct worlds *w)
{
	uint64_t bound = w->count[WORLD_REAL].until > w->count[WORLD_OTHER].until ? w->count[WORLD_REAL].until
										   : w->count[WORLD_OTHER].until;

	w->parts = WORLDS_NEVER;
	for (size_t i = 0; i < w->nr; i++) {
		uint64_t at = tracks_part(&w->item[i].run[WORLD_REAL], &w->item[i].run[WORLD_OTHER],
					  w->bounded ? w->bound : bound + WORLDS_SAME_NS + 1);

		if (at >= w->parts)
			continue;
		w->parts = at;
		w->parts_item = i;
		for (int run = 0; run < 2; run++)
			w->parts_state[run] = worlds_state(&w->item[i].run[run], at + WORLDS_SAME_NS);
	}
}

static void count_ends(struct worlds *w, int run)
{
	struct world_counts *c = &w->count[run];

	for (size_t i = 0; i < w->nr; i++) {
		uint64_t end = w->item[i].run[run].end;

		if (!w->item[i].run[run].nr)
			w->item[i].run[run].end = end = WORLDS_NEVER;
		if (end == WORLDS_NEVER)
			c->not_done++;
		else if (end > c->last_end)
			c->last_end = end;
	}
	if (c->not_done)
		c->last_end = WORLDS_NEVER;
}

static int by_queueing(const void *a, const void *b)
{
	const struct world_item *x = a, *y = b;

	return x->queued != y->queued ? (x->queued > y->queued) - (x->queued < y->queued) : strcmp(x->name, y->name);
}

static int by_time(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void sort_steps(struct worlds *w)
{
	size_t kept = 0;

	if (w->nr_steps)
		qsort(w->step, w->nr_steps, sizeof(*w->step), by_time);
	for (size_t i = 0; i < w->nr_steps; i++)
		if (!kept || w->step[i] != w->step[kept - 1])
			w->step[kept++] = w->step[i];
	w->nr_steps = kept;
}

int worlds_compare(struct worlds *w, const struct world_run *real, uint64_t fence, const struct world_run *other)
{
	int err;

	*w = (struct worlds){ .bounded = fence != 0, .bound = WORLDS_NEVER };
	err = read_run(w, WORLD_REAL, real, fence ? fence : real->store->nr, WORLDS_NEVER);
	if (err)
		return err;
	if (fence)
		w->bound = w->count[WORLD_REAL].until;
	err = read_run(w, WORLD_OTHER, other, other->store->nr, w->bound);
	if (err)
		return err;
	qsort(w->item, w->nr, sizeof(*w->item), by_queueing);
	count_ends(w, WORLD_REAL);
	count_ends(w, WORLD_OTHER);
	find_parting(w);
	sort_steps(w);
	return 0;
}

void worlds_fini(struct worlds *w)
{
	for (size_t i = 0; i < w->nr; i++)
		for (int run = 0; run < 2; run++)
			free(w->item[i].run[run].v);
	free(w->item);
	free(w->step);
	*w = (struct worlds){ 0 };
}

uint64_t worlds_last_change(const struct worlds *w)
{
	uint64_t last = 0;

	for (size_t i = 0; i < w->nr; i++)
		for (int run = 0; run < 2; run++) {
			const struct world_track *t = &w->item[i].run[run];

			if (t->nr && t->v[t->nr - 1].from > last)
				last = t->v[t->nr - 1].from;
		}
	return last;
}

uint64_t worlds_step(const struct worlds *w, uint64_t at, bool on)
{
	uint64_t before = on ? at : 0;

	for (size_t i = 0; i < w->nr_steps; i++) {
		if (on && w->step[i] > at)
			return w->step[i];
		if (!on && w->step[i] < at)
			before = w->step[i];
	}
	return before;
}

unsigned int worlds_cpus(const struct worlds *w, int32_t *cpu, unsigned int max)
{
	unsigned int runs[CPUS_MAX] = { 0 }, nr = 0;

	for (size_t i = 0; i < w->nr; i++)
		for (int run = 0; run < 2; run++)
			for (size_t k = 0; k < w->item[i].run[run].nr; k++) {
				const struct world_span *s = &w->item[i].run[run].v[k];

				if (s->state == WORLD_RUNS && s->cpu >= 0 && s->cpu < CPUS_MAX)
					runs[s->cpu]++;
			}
	for (int32_t c = 0; c < CPUS_MAX; c++) {
		unsigned int more = 0;		/* CPUs that come first */

		for (int32_t k = 0; k < CPUS_MAX; k++)
			more += runs[k] > runs[c] || (runs[k] == runs[c] && k < c);
		if (runs[c] && more < max)
			cpu[nr++] = c;
	}
	return nr;
}

/* ---- which question ------------------------------------------------------------------------- */

#define SHOWN_NS_MIN 100000u	/* a comparison of less shows nothing */

unsigned int worlds_choice(const struct lesson_question *q)
{
	uint32_t chosen = q->verdict.n && q->given ? lesson_chosen(q, q->given, NULL) : 0;

	if (q->verdict.n && q->verdict.result == RESULT_RIGHT)
		return 0;
	for (unsigned int i = 0; i < q->nr_choices; i++)
		if (chosen >> i & 1 && q->choice[i].world)
			return i + 1;
	return 0;
}

/* Virtual time has passed since the question. */
static bool far_enough(const struct trace_store *s, const struct lesson_question *q)
{
	struct trace_event from, to;

	return trace_store_event(s, q->asked, &from) && trace_store_event(s, s->nr, &to) &&
	       to.time - from.time >= SHOWN_NS_MIN;
}

const struct lesson_question *worlds_next(const struct lesson *l, const struct lesson_question *after)
{
	uint32_t from = after ? after->number : 0;

	for (uint32_t i = 1; i <= l->nr_questions; i++) {
		uint32_t n = (from + i) % (uint32_t)l->nr_questions;

		if (n && l->question[n].asked && worlds_choice(&l->question[n]))
			return &l->question[n];
	}
	return NULL;
}

const struct lesson_question *worlds_offered(const struct lesson *l, const struct lesson_card *card)
{
	const struct lesson_question *q = card && card->kind == CARD_VERDICT ? lesson_question(l, card->question) : NULL;
	unsigned int choice = q ? worlds_choice(q) : 0;

	if (choice)
		return l->ended || (!q->choice[choice - 1].world_at_end && far_enough(l->store, q)) ? q : NULL;
	return l->ended ? worlds_next(l, NULL) : NULL;
}

uint64_t worlds_fence(const struct lesson *l)
{
	return l->ended ? 0 : l->store->nr;
}
