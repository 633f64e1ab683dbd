/*
 * conform/record.c - fills and queries the record of a run.
 *
 * Lives here:   growing arrays, lookups by name and number.
 * Never here:   traces (record_trace.c), forms of facts (facts.c).
 * Licence: MIT.
 */
#include "conform/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "base/strbuf.h"

const char *const rec_exec_names[EXEC_NR] = {
	[EXEC_PERCPU] = "percpu", [EXEC_HIGHPRI] = "highpri", [EXEC_UNBOUND] = "unbound",
	[EXEC_UNBOUND_HIGHPRI] = "unbound-highpri", [EXEC_RESCUER] = "rescuer", [EXEC_BH] = "bh",
};

const struct rec_counter_row rec_counters[REC_COUNTERS] = {
	[REC_STARTED] = { "started", false }, [REC_COMPLETED] = { "completed", false },
	[REC_CPU_TIME] = { "cpu_time", true }, [REC_CPU_INTENSIVE] = { "cpu_intensive", false },
	[REC_CM_WAKEUP] = { "cm_wakeup", true }, [REC_REPATRIATED] = { "repatriated", true },
	[REC_MAYDAY] = { "mayday", false }, [REC_RESCUED] = { "rescued", false },
};

void record_init(struct record *r, const struct kws *k)
{
	memset(r, 0, sizeof(*r));
	r->k = k;
}

static void texts_fini(struct rec_texts *t)
{
	for (size_t i = 0; i < t->nr; i++)
		free(t->v[i].text);
	free(t->v);
}

void record_fini(struct record *r)
{
	free(r->runs);
	free(r->calls);
	texts_fini(&r->census);
	texts_fini(&r->sysfs);
	texts_fini(&r->log);
	memset(r, 0, sizeof(*r));
}

/* Adds an element of @size bytes.  Return: its address, zeroed. */
static void *grow(void **v, size_t *nr, size_t *cap, size_t size)
{
	if (*nr == *cap) {
		size_t more = *cap ? *cap * 2 : 64;

		*v = shortage_need(realloc(*v, more * size));
		*cap = more;
	}
	return memset((char *)*v + (*nr)++ * size, 0, size);
}

unsigned int record_runs_of(const struct record *r, int item)
{
	return r->nr_runs_of[item];
}

struct rec_run *record_start(struct record *r, int item, struct rec_point at)
{
	struct rec_run *run = grow((void **)&r->runs, &r->nr_runs, &r->cap_runs, sizeof(*run));

	if (run) {
		run->item = item;
		run->k = ++r->nr_runs_of[item];
		run->start = at;
		run->wq = -1;
	}
	return run;
}

/* Head of the list of calls by @who; NULL if that run does not exist. */
static size_t *chain_of(struct record *r, struct rec_who who)
{
	if (who.decl < 0)
		return NULL;
	if (!kws_is_item(r->k->decls[who.decl].kind))
		return &r->last_call[who.decl];
	for (size_t i = r->nr_runs; i-- > 0;)	/* the caller is mostly one of the latest */
		if (r->runs[i].item == who.decl && r->runs[i].k == who.k)
			return &r->runs[i].last_call;
	return NULL;
}

struct rec_call *record_call(struct record *r, struct rec_who who, int step, struct rec_point at)
{
	const struct kws_step *s = &r->k->steps[step];
	size_t *chain = chain_of(r, who);
	unsigned int nth = 1;
	struct rec_call *c;

	if (!chain)
		return NULL;
	for (size_t i = *chain; i; i = r->calls[i - 1].prev)
		nth += !strcmp(r->calls[i - 1].step, s->text);
	c = grow((void **)&r->calls, &r->nr_calls, &r->cap_calls, sizeof(*c));
	if (c) {
		c->who = who;
		c->step = s->text;
		c->op = s->op;
		c->nth = nth;
		c->call = at;
		c->prev = *chain;
		*chain = r->nr_calls;
	}
	return c;
}

struct rec_call *record_open_call(struct record *r, struct rec_who who, const char *step)
{
	size_t *chain = chain_of(r, who);

	for (size_t i = chain ? *chain : 0; i; i = r->calls[i - 1].prev)
		if (!strcmp(r->calls[i - 1].step, step))
			return r->calls[i - 1].ret.n ? NULL : &r->calls[i - 1];
	return NULL;
}

struct rec_run *record_running(struct record *r, int item, uint32_t task)
{
	struct rec_run *latest = NULL;

	for (size_t i = r->nr_runs; i-- > 0;) {
		struct rec_run *run = &r->runs[i];

		if (run->item != item || run->end.n)
			continue;
		if (run->task == task)
			return run;
		if (!latest)
			latest = run;
	}
	return latest;
}

void record_text(struct rec_texts *to, struct rec_who who, struct rec_point at, const char *text)
{
	char *copy = shortage_need(strdup(text));
	struct rec_text *t = grow((void **)&to->v, &to->nr, &to->cap, sizeof(*t));

	t->who = who;
	t->at = at;
	t->text = copy;
}

struct rec_workers *record_workers(struct record *r, const char *pool)
{
	struct rec_workers *w;

	for (size_t i = 0; i < r->nr_workers; i++)
		if (!strcmp(r->workers[i].pool, pool))
			return &r->workers[i];
	if (r->nr_workers == REC_POOLS_MAX)
		return NULL;
	w = &r->workers[r->nr_workers++];
	snprintf(w->pool, sizeof(w->pool), "%s", pool);
	return w;
}

int record_step(const struct kws *k, const char *text)
{
	for (unsigned int i = 0; i < k->nr_steps; i++)
		if (!strcmp(k->steps[i].text, text))
			return (int)i;
	return -1;
}

const struct rec_run *record_run(const struct record *r, int item, unsigned int k)
{
	for (size_t i = 0; i < r->nr_runs; i++)
		if (r->runs[i].item == item && r->runs[i].k == k)
			return &r->runs[i];
	return NULL;
}

const struct rec_call *record_nth_call(const struct record *r, struct rec_who who, const char *step, unsigned int nth)
{
	size_t *chain = chain_of((struct record *)(uintptr_t)r, who);

	for (size_t i = chain ? *chain : 0; i; i = r->calls[i - 1].prev)
		if (r->calls[i - 1].nth == nth && !strcmp(r->calls[i - 1].step, step))
			return &r->calls[i - 1];
	return NULL;
}

struct rec_who record_who_at(const struct record *r, uint32_t task, struct rec_point at)
{
	struct rec_who none = { -1, 0 };

	for (size_t i = 0; i < r->nr_runs; i++) {
		const struct rec_run *run = &r->runs[i];

		if (run->task == task && rec_before(run->start, at) && (!run->end.n || rec_before(at, run->end)))
			return (struct rec_who){ run->item, run->k };
	}
	for (size_t i = 0; i < r->nr_calls; i++)
		if (r->calls[i].task == task && r->k->decls[r->calls[i].who.decl].kind == KWS_ACTOR)
			return r->calls[i].who;
	return none;
}

void record_who_name(const struct record *r, struct rec_who who, struct strbuf *out)
{
	if (who.decl < 0)
		strbuf_puts(out, "?");
	else if (!kws_is_item(r->k->decls[who.decl].kind))
		strbuf_puts(out, r->k->decls[who.decl].name);
	else
		strbuf_printf(out, "%s#%u", r->k->decls[who.decl].name, who.k);
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

unsigned int record_max_open(const struct record *r, bool (*match)(const struct rec_run *run, const void *arg),
			     const void *arg)
{
	uint64_t *ends = shortage_need(calloc(r->nr_runs + 1, sizeof(*ends)));
	unsigned int most = 0, open = 0;
	size_t n = 0, ended = 0;

	for (size_t i = 0; i < r->nr_runs; i++)
		if (match(&r->runs[i], arg))
			ends[n++] = r->runs[i].end.n ? r->runs[i].end.n : UINT64_MAX;
	qsort(ends, n, sizeof(*ends), by_number);
	/* runs are sorted by start, so the maximum is right after a start */
	for (size_t i = 0; i < r->nr_runs; i++) {
		if (!match(&r->runs[i], arg))
			continue;
		for (open++; ended < n && ends[ended] < r->runs[i].start.n; ended++)
			open--;
		if (open > most)
			most = open;
	}
	free(ends);
	return most;
}

int64_t record_overlap(const struct rec_run *a, const struct rec_run *b)
{
	int64_t from = a->start.ns > b->start.ns ? a->start.ns : b->start.ns;
	int64_t a_end = a->end.n ? a->end.ns : INT64_MAX, b_end = b->end.n ? b->end.ns : INT64_MAX;
	int64_t to = a_end < b_end ? a_end : b_end;

	return to > from ? to - from : 0;
}
