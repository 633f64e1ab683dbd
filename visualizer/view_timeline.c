/*
 * visualizer/view_timeline.c - a lane for each CPU and worker; the cursor is a bar.
 *
 * Events that have not been on the screen yet are not drawn, so the view reveals no later event.
 *
 * Never here:   folding events into stretches (lanes.c), columns and rows (timeline.c).   Licence: MIT.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "base/width.h"
#include "visualizer/timeline.h"
#include "visualizer/view.h"

#define CELL_NS 200000u		/* of a column, where enough has happened */
#define NAME_COLUMNS 8

static const enum theme_style styles[LANE_STATES] = {
	[LANE_NONE] = ST_DIM, [LANE_IDLE] = ST_IDLE, [LANE_RUNNING] = ST_RUNNING, [LANE_READY] = ST_WAITING,
	[LANE_SLEEPING] = ST_SLEEPING, [LANE_MANAGER] = ST_MANAGER, [LANE_DYING] = ST_DYING, [LANE_IRQ] = ST_IRQ,
	[LANE_OTHER] = ST_NORMAL, [LANE_AWAKE] = ST_WAITING, [LANE_SOFTIRQ] = ST_IRQ, [LANE_OFF] = ST_DIM,
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

/* The bar is at the playback's time. */
static struct timeline_window window_make(const struct scene *s, int width, uint64_t until, int zoom)
{
	uint64_t now = s->playback.clock, right;
	struct timeline_window w = { .cell = cell_time(&s->playback, width, zoom), .until = until, .width = width };
	struct trace_event ev;

	if (s->playback.passed && trace_store_event(s->store, s->playback.passed, &ev) && ev.time > now &&
	    ev.time > w.until)
		w.until = ev.time;
	if (w.until < now)
		w.until = now;
	right = w.until - now > w.cell * (uint64_t)(width / 3) ? now + w.cell * (uint64_t)(width / 3) : w.until;
	right += 2 * w.cell;
	if (right > w.cell * (uint64_t)width)
		w.from = right - w.cell * (uint64_t)width;
	w.from -= w.from % w.cell;	/* columns keep their times, so the picture does not flicker */
	w.bar = now >= w.from ? (int)((now - w.from) / w.cell) : 0;
	return w;
}

/* A piece with its label in the middle. */
static void piece_draw(struct ui *u, struct scene *s, const struct timeline_piece *p, int x, int y)
{
	char buf[WORDS_NAME];
	const char *label = timeline_label(s->store, &s->replay.head, p->part, buf);
	enum lane_state state = p->part->state;
	int lw = width_text(label, strlen(label));

	for (int i = 0; i < p->w; i++)
		ui_put(u, x + p->x + i, y, 1, styles[state], 0, "%s", timeline_sign(state));
	if (!*label || lw + 4 > p->w)
		return;
	ui_put(u, x + p->x + (p->w - lw) / 2 - 1, y, lw + 2, styles[state], state == LANE_RUNNING ? ATTR_BOLD : 0,
	       " %s ", label);
}

static void lane_draw(struct ui *u, struct scene *s, const struct lane *lane, const struct timeline_window *w, int x, int y)
{
	struct timeline_piece p = { 0 };

	while (timeline_next(lane, w, &p))
		piece_draw(u, s, &p, x, y);
}

static void axis_draw(struct ui *u, const struct timeline_window *w, int x, int y)
{
	for (int i = 0; i + 8 <= w->width; i += 16) {
		STRBUF(text, 32);

		timeline_axis(w, i, &text);
		ui_put(u, x + i, y, 12, ST_DIM, 0, "|%s", text.buf);
	}
}

/* Return: workers that have no row. */
static unsigned int lanes_draw(struct ui *u, struct rect r, struct scene *s, uint64_t until)
{
	struct timeline_window w = window_make(s, r.w - NAME_COLUMNS - 1, until, ui_zoom(u));
	uint32_t ids[64];
	unsigned int nr, room, all, cpus = s->replay.head.nr_cpus;
	int y = r.y, bottom = r.y + r.h;
	char buf[WORDS_NAME];

	room = (unsigned int)(r.h >= 6 ? r.h - 1 : r.h);
	nr = timeline_workers(&s->story.lanes, &s->replay.head, s->playback.clock, ids, room < 64 ? room : 64, &all);
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
	for (y = r.y; y < bottom && w.bar < w.width; y++)
		ui_put(u, r.x + NAME_COLUMNS + w.bar, y, 1, ST_TITLE, 0, "┃");
	return all - nr;
}

static void timeline_draw(struct ui *u, struct rect r)
{
	struct timeline_window w = window_make(u->scene, r.w - NAME_COLUMNS - 1, u->scene->playback.clock, ui_zoom(u));
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
