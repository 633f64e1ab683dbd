/*
 * visualizer/view_timeline.c - a lane for each CPU and worker; the cursor is a bar.
 *
 * Events that have not been on the screen yet are not drawn, so the view reveals no later event.
 *
 * Never here:   folding events into stretches (lanes.c).   Licence: MIT.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "base/width.h"
#include "visualizer/view.h"

#define CELL_NS 200000u		/* of a column, where enough has happened */
#define NAME_COLUMNS 8

struct look {
	const char *cell;
	enum theme_style style;
	enum words_key word;
};

static const struct look looks[LANE_STATES] = {
	[LANE_NONE] = { " ", ST_DIM, W_NONE },
	[LANE_IDLE] = { "·", ST_IDLE, W_LANE_IDLE },
	[LANE_RUNNING] = { "█", ST_RUNNING, W_NONE },
	[LANE_READY] = { "░", ST_WAITING, W_LANE_READY },
	[LANE_SLEEPING] = { "┄", ST_SLEEPING, W_LANE_SLEEPING },
	[LANE_MANAGER] = { "◆", ST_MANAGER, W_LANE_MANAGER },
	[LANE_DYING] = { "✖", ST_DYING, W_NONE },
	[LANE_IRQ] = { "!", ST_IRQ, W_LANE_IRQ },
	[LANE_OTHER] = { "▒", ST_NORMAL, W_NONE },
	[LANE_AWAKE] = { "▖", ST_WAITING, W_NONE },
	[LANE_SOFTIRQ] = { "~", ST_IRQ, W_NONE },
	[LANE_OFF] = { "x", ST_DIM, W_NONE },
};

/* The window: time of column 0, and of a column. */
struct window {
	uint64_t from, cell, now, until;
	int width, cursor;
};

/*
 * Time of a column: finer while so little has happened that all of it would be a few columns at
 * the left; doubled or halved by the student's zoom, and not by the speed.
 */
static uint64_t cell_time(const struct playback *f, int width, int zoom)
{
	uint64_t cell = CELL_NS, fine = 12500;

	while (fine < cell && f->clock / fine > (uint64_t)width / 2)
		fine *= 2;
	if (fine < cell && f->clock)
		cell = fine;
	return zoom > 0 ? cell >> zoom : cell << -zoom;
}

static struct window window_make(const struct scene *s, int width, uint64_t until, int zoom)
{
	struct window w = { .cell = cell_time(&s->playback, width, zoom), .now = s->playback.clock,
			    .until = until, .width = width };
	struct trace_event ev;
	uint64_t right;

	if (s->playback.passed && trace_store_event(s->store, s->playback.passed, &ev) && ev.time > w.now &&
	    ev.time > w.until)
		w.until = ev.time;
	if (w.until < w.now)
		w.until = w.now;
	right = w.until - w.now > w.cell * (uint64_t)(width / 3) ? w.now + w.cell * (uint64_t)(width / 3) : w.until;
	right += 2 * w.cell;
	if (right > w.cell * (uint64_t)width)
		w.from = right - w.cell * (uint64_t)width;
	w.from -= w.from % w.cell;	/* columns keep their times, so the picture does not flicker */
	w.cursor = w.now >= w.from ? (int)((w.now - w.from) / w.cell) : 0;
	return w;
}

/* The part that a cell shows: the longest one in it, or an interrupt if there is one. */
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

static const char *part_label(struct ui *u, struct scene *s, const struct lane_part *p, char buf[WORDS_NAME])
{
	enum trace_class cls = p->state == LANE_IRQ ? CLS_LINE : p->state == LANE_OTHER ? CLS_TASK : CLS_ITEM;

	(void)u;
	if (p->what && p->state != LANE_SLEEPING)
		return words_name(s->store, &s->replay.head, cls, p->what, buf);
	return words_fixed(looks[p->state].word);
}

/* A run of equal cells with its name in the middle. */
static void stretch(struct ui *u, struct scene *s, const struct lane_part *p, int x, int y, int w)
{
	char buf[WORDS_NAME];
	const char *label = part_label(u, s, p, buf);
	const struct look *look = &looks[p->state];
	int lw = width_text(label, strlen(label));

	for (int i = 0; i < w; i++)
		ui_put(u, x + i, y, 1, look->style, 0, "%s", look->cell);
	if (!*label || lw + 4 > w)
		return;
	ui_put(u, x + (w - lw) / 2 - 1, y, lw + 2, look->style, p->state == LANE_RUNNING ? ATTR_BOLD : 0,
	       " %s ", label);
}

static void lane_draw(struct ui *u, struct scene *s, const struct lane *lane, const struct window *w, int x, int y)
{
	const struct lane_part *run = NULL;
	int from = 0;

	for (int i = 0; i <= w->width; i++) {
		uint64_t t0 = w->from + w->cell * (uint64_t)i;
		const struct lane_part *p = NULL;

		/* only as far as has been on the screen, even inside a cell */
		if (i < w->width && t0 <= w->until)
			p = cell_part(lane, t0, w->until - t0 < w->cell ? w->until + 1 : t0 + w->cell);
		/* the cursor's bar divides a stretch, so that it cuts no word */
		if (p && run && p->state == run->state && p->what == run->what && i != w->cursor)
			continue;
		if (run)
			stretch(u, s, run, x + from, y, i - from);
		run = p;
		from = i;
	}
}

static bool worker_has_lane(const struct lanes *l, uint32_t id)
{
	/* workers that were only idle have no lane */
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
static bool busy_later(const struct scene *s, uint32_t a, uint32_t b, uint64_t now)
{
	const struct model *m = &s->replay.head;
	uint64_t of_a = last_busy(&s->story.lanes.worker[a], now), of_b = last_busy(&s->story.lanes.worker[b], now);
	uint64_t pool_a = 0, pool_b = 0;

	if (of_a != of_b)
		return of_a > of_b;
	for (uint32_t i = 1; i < s->story.lanes.nr_workers && i <= m->nr_workers; i++) {
		uint64_t busy = worker_has_lane(&s->story.lanes, i) ? last_busy(&s->story.lanes.worker[i], now) : 0;

		if (m->workers[i].pool == m->workers[a].pool && busy > pool_a)
			pool_a = busy;
		if (m->workers[i].pool == m->workers[b].pool && busy > pool_b)
			pool_b = busy;
	}
	return pool_a > pool_b;
}

/* The workers that were busy last before @now, at most @max, in the order of their ids; *@all: those that have a lane. */
static unsigned int lane_list(const struct scene *s, uint64_t now, uint32_t *ids, unsigned int max, unsigned int *all)
{
	unsigned int nr = 0;

	*all = 0;

	for (uint32_t i = 1; i < s->story.lanes.nr_workers; i++) {
		unsigned int least = 0;

		if (!worker_has_lane(&s->story.lanes, i) || s->story.lanes.worker[i].v[0].from > now)
			continue;
		++*all;
		if (nr < max) {
			ids[nr++] = i;
			continue;
		}
		for (unsigned int k = 1; k < nr; k++)
			if (busy_later(s, ids[least], ids[k], now))
				least = k;
		if (!busy_later(s, i, ids[least], now))
			continue;
		memmove(ids + least, ids + least + 1, (nr - least - 1) * sizeof(*ids));
		ids[nr - 1] = i;
	}
	return nr;
}

static void axis_draw(struct ui *u, const struct window *w, int x, int y)
{
	for (int i = 0; i + 8 <= w->width; i += 16) {
		STRBUF(text, 32);
		uint64_t t = w->from + w->cell * (uint64_t)i;

		if (t < 10000000000ull)
			strbuf_printf(&text, "%.*f", w->cell < 10000 ? 3 : w->cell < 100000 ? 2 : 1, (double)t / 1e6);
		else
			strbuf_printf(&text, "%.1f s", (double)t / 1e9);
		ui_put(u, x + i, y, 12, ST_DIM, 0, "|%s", text.buf);
	}
}

/* Return: workers that have no row. */
static unsigned int lanes_draw(struct ui *u, struct rect r, struct scene *s, uint64_t until)
{
	struct window w = window_make(s, r.w - NAME_COLUMNS - 1, until, ui_zoom(u));
	uint32_t ids[64];
	unsigned int nr, room, all, cpus = s->replay.head.nr_cpus;
	int y = r.y, bottom = r.y + r.h;
	char buf[WORDS_NAME];

	room = (unsigned int)(r.h >= 6 ? r.h - 1 : r.h);
	nr = lane_list(s, s->playback.clock, ids, room < 64 ? room : 64, &all);
	if (r.h >= 6)
		axis_draw(u, &w, r.x + NAME_COLUMNS, --bottom);
	/* few lines: workers first, CPUs in the rest */
	for (unsigned int c = 0; c < cpus && bottom - y > (int)nr && y < bottom; c++, y++) {
		ui_put(u, r.x + 1, y, NAME_COLUMNS - 1, ST_TITLE, 0, W(LANE_CPU), c);
		lane_draw(u, s, &s->story.lanes.cpu[c], &w, r.x + NAME_COLUMNS, y);
	}
	for (unsigned int i = 0; i < nr && y < bottom; i++, y++) {
		const char *name = words_name(s->store, &s->replay.head, CLS_WORKER, ids[i], buf);

		ui_put(u, r.x + 1, y, NAME_COLUMNS - 1, ST_NORMAL, 0, "%s", ui_short(name));
		lane_draw(u, s, &s->story.lanes.worker[ids[i]], &w, r.x + NAME_COLUMNS, y);
	}
	for (y = r.y; y < bottom && w.cursor < w.width; y++)
		ui_put(u, r.x + NAME_COLUMNS + w.cursor, y, 1, ST_TITLE, 0, "┃");
	return all - nr;
}

static void timeline_draw(struct ui *u, struct rect r)
{
	struct window w = window_make(u->scene, r.w - NAME_COLUMNS - 1, u->scene->playback.clock, ui_zoom(u));
	const struct time_text cell = time_text_short(w.cell);
	unsigned int hidden = lanes_draw(u, r, u->scene, u->scene->playback.clock);
	char title[96];
	size_t len;

	if (ui_zoom(u))
		snprintf(title, sizeof(title), W(TIMELINE_TITLE_ZOOM), cell.text, ui_zoom(u));
	else
		snprintf(title, sizeof(title), W(TIMELINE_TITLE), cell.text);
	len = strlen(title);
	if (hidden)
		snprintf(title + len, sizeof(title) - len, hidden == 1 ? W(TIMELINE_HIDDEN_ONE) : W(TIMELINE_HIDDEN), hidden);
	layout_box(u->term, r, title, ST_TITLE);
}

const struct view view_timeline = { "timeline", timeline_draw, NULL, false };
