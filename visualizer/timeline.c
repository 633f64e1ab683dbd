/*
 * visualizer/timeline.c - see timeline.h.   Licence: MIT.
 */
#include "visualizer/timeline.h"

#include <string.h>

/* ---- states ------------------------------------------------------------------------------------- */

static const struct {
	const char *sign;
	enum words_key word;
} states[LANE_STATES] = {
	[LANE_NONE] = { " ", W_NONE },
	[LANE_IDLE] = { "·", W_LANE_IDLE },
	[LANE_RUNNING] = { "█", W_NONE },
	[LANE_READY] = { "░", W_LANE_READY },
	[LANE_SLEEPING] = { "┄", W_LANE_SLEEPING },
	[LANE_MANAGER] = { "◆", W_LANE_MANAGER },
	[LANE_DYING] = { "✖", W_NONE },
	[LANE_IRQ] = { "!", W_LANE_IRQ },
	[LANE_OTHER] = { "▒", W_NONE },
	[LANE_AWAKE] = { "▖", W_NONE },
	[LANE_SOFTIRQ] = { "~", W_NONE },
	[LANE_OFF] = { "x", W_NONE },
};

const char *timeline_sign(enum lane_state state)
{
	return states[state].sign;
}

const char *timeline_label(const struct trace_store *s, const struct model *m, const struct lane_part *part,
			   char buf[WORDS_NAME])
{
	enum trace_class cls = part->state == LANE_IRQ ? CLS_LINE : part->state == LANE_OTHER ? CLS_TASK : CLS_ITEM;

	if (part->what && part->state != LANE_SLEEPING)
		return words_name(s, m, cls, part->what, buf);
	return words_fixed(states[part->state].word);
}

/* ---- columns -------------------------------------------------------------------------------------- */

/* The part that a column shows: the longest one in it, or an interrupt if there is one. */
static const struct lane_part *cell_part(const struct lane *lane, uint64_t t0, uint64_t t1)
{
	const struct lane_part *p = lane_at(lane, t0), *best = p, *end;
	uint64_t most = 0;

	if (!lane->nr)
		return NULL;		/* .v may be NULL, which has no address behind it */
	end = lane->v + lane->nr;
	if (!p)
		p = lane->v[0].from < t1 ? lane->v : NULL;
	for (; p && p < end && p->from < t1; p++) {
		uint64_t from = p->from > t0 ? p->from : t0;
		uint64_t to = p + 1 < end && p[1].from < t1 ? p[1].from : t1;

		if (p->state == LANE_IRQ)
			return p;
		if (to - from >= most) {
			most = to - from;
			best = p;
		}
	}
	return best;
}

static const struct lane_part *column_part(const struct lane *lane, const struct timeline_window *w, int x)
{
	uint64_t t0 = w->from + w->cell * (uint64_t)x;

	if (x >= w->width || t0 > w->until)
		return NULL;
	return cell_part(lane, t0, w->until - t0 < w->cell ? w->until + 1 : t0 + w->cell);
}

bool timeline_next(const struct lane *lane, const struct timeline_window *w, struct timeline_piece *p)
{
	const struct lane_part *next;
	int x = p->x + p->w;

	for (p->part = NULL; x < w->width && !p->part; x++)
		p->part = column_part(lane, w, x);
	if (!p->part)
		return false;
	p->x = x - 1;
	for (; x < w->width && x != w->bar; x++) {
		next = column_part(lane, w, x);
		if (!next || next->state != p->part->state || next->what != p->part->what)
			break;
	}
	p->w = x - p->x;
	return true;
}

void timeline_axis(const struct timeline_window *w, int x, struct strbuf *out)
{
	uint64_t t = w->from + w->cell * (uint64_t)x;

	if (t < 10000000000ull)
		strbuf_printf(out, "%.*f", w->cell < 10000 ? 3 : w->cell < 100000 ? 2 : 1, (double)t / 1e6);
	else
		strbuf_printf(out, "%.1f s", (double)t / 1e9);
}

/* ---- rows -------------------------------------------------------------------------------------------- */

bool timeline_has_lane(const struct lanes *l, uint32_t id)
{
	return id < l->nr_workers && l->worker[id].nr > 0;
}

/* When a worker last did anything but idle, 0 = never by @now. */
static uint64_t last_busy(const struct lane *lane, uint64_t now)
{
	for (size_t i = lane->nr; i > 0; i--) {
		const struct lane_part *p = &lane->v[i - 1];

		if (p->from > now || p->state == LANE_IDLE || p->state == LANE_NONE)
			continue;
		return i < lane->nr && lane->v[i].from <= now ? lane->v[i].from : now + 1;
	}
	return 0;
}

/* Was @a busy after @b, or the pool of @a after that of @b? */
static bool busy_later(const struct lanes *l, const struct model *m, uint32_t a, uint32_t b, uint64_t now)
{
	uint64_t of_a = last_busy(&l->worker[a], now), of_b = last_busy(&l->worker[b], now);
	uint64_t pool_a = 0, pool_b = 0;

	if (of_a != of_b)
		return of_a > of_b;
	for (uint32_t i = 1; i < l->nr_workers && i <= m->nr_workers; i++) {
		uint64_t busy = timeline_has_lane(l, i) ? last_busy(&l->worker[i], now) : 0;

		if (m->workers[i].pool == m->workers[a].pool && busy > pool_a)
			pool_a = busy;
		if (m->workers[i].pool == m->workers[b].pool && busy > pool_b)
			pool_b = busy;
	}
	return pool_a > pool_b;
}

unsigned int timeline_workers(const struct lanes *l, const struct model *m, uint64_t now, uint32_t *ids, unsigned int max,
			      unsigned int *all)
{
	unsigned int nr = 0;

	*all = 0;

	for (uint32_t i = 1; i < l->nr_workers; i++) {
		unsigned int least = 0;

		if (!timeline_has_lane(l, i) || l->worker[i].v[0].from > now)
			continue;
		++*all;
		if (nr < max) {
			ids[nr++] = i;
			continue;
		}
		for (unsigned int k = 1; k < nr; k++)
			if (busy_later(l, m, ids[least], ids[k], now))
				least = k;
		if (!busy_later(l, m, i, ids[least], now))
			continue;
		memmove(ids + least, ids + least + 1, (nr - least - 1) * sizeof(*ids));
		ids[nr - 1] = i;
	}
	return nr;
}

/* Does a column of the window show anything but idleness? */
static bool is_busy(const struct lane *lane, const struct timeline_window *w)
{
	struct timeline_piece p = { 0 };

	while (timeline_next(lane, w, &p))
		if (p.part->state != LANE_IDLE && p.part->state != LANE_NONE)
			return true;
	return false;
}

unsigned int timeline_busy_rows(const struct lanes *l, const struct timeline_window *w, struct timeline_row *out,
				unsigned int max, unsigned int *hidden)
{
	unsigned int nr = 0;

	*hidden = 0;
	for (uint32_t c = 0; c < l->m.nr_cpus + l->nr_workers; c++) {
		bool cpu = c < l->m.nr_cpus;
		uint32_t id = cpu ? c : c - l->m.nr_cpus;
		const struct lane *lane = cpu ? &l->cpu[id] : &l->worker[id];

		if ((!cpu || l->m.nr_cpus > TIMELINE_CPUS) && !is_busy(lane, w))
			continue;
		if (nr < max)
			out[nr++] = (struct timeline_row){ cpu ? CLS_CPU : CLS_WORKER, id, lane };
		else
			++*hidden;
	}
	return nr;
}
