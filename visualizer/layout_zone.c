/*
 * visualizer/layout_zone.c - the zone below the pools, or the second column: talk, help, code.
 *
 * The most important first: a card, question or verdict; help for a machine in which nothing
 * goes on (timers that expire, chains of threads that wait); the code of the function that
 * acts.  Two columns have room for all of it and for the events before.
 *
 * Lives here:   the parts of the zone and their rows.
 * Never here:   the words of a talk (words/lesson_text.h), of code (the caller).   Licence: MIT.
 */
#include "visualizer/layout_internal.h"

#include <inttypes.h>

#include "base/time.h"
#include "base/width.h"
#include "base/wrap.h"
#include "words/sentence.h"
#include "words/texts.h"

#define BAR_COLUMNS 20
#define HELP_MAX 4
#define HELP_BYTES 256
#define TALK_ROWS 17		/* of the second column */
#define CODE_ROWS 9
#define CODE_ROWS_TALK 7
#define HELP_ROWS 5
#define MAYDAY_FROM (NS_PER_MS * 3 / 10)	/* after it was armed, its bar is shown */
#define CHAIN_MAX 6

/* ---- help -------------------------------------------------------------------------------------- */

struct help {
	char text[HELP_MAX][HELP_BYTES];
	unsigned int nr;
	bool bar[HELP_MAX];
	unsigned int filled[HELP_MAX];
	unsigned int more;
};

static struct strbuf help_line(struct help *h)
{
	struct strbuf out;

	strbuf_init(&out, h->nr < HELP_MAX ? h->text[h->nr] : h->text[HELP_MAX - 1], HELP_BYTES);
	return out;
}

static void bar(struct help *h, uint64_t part, uint64_t whole)
{
	uint64_t filled = whole ? part * BAR_COLUMNS / whole : BAR_COLUMNS;

	if (h->nr == HELP_MAX)
		return;
	h->bar[h->nr] = true;
	h->filled[h->nr] = filled > BAR_COLUMNS ? BAR_COLUMNS : (unsigned int)filled;
}

static void help_mayday(const struct lay *l, const struct model_pool *p, struct help *h)
{
	bool rang = (l->ev.kind == EV_MAYDAY || l->ev.kind == EV_MAYDAY_NONE) && lay_field(&l->ev, "pool") == p->id;
	bool again = p->mayday_state == 3, armed = p->mayday_state == 1 || again;
	uint64_t left = p->mayday_expires > l->in->now ? p->mayday_expires - l->in->now : 0, whole;
	struct strbuf out;

	if (h->nr == HELP_MAX || (!armed && !rang))
		return;
	whole = again ? 100 * NS_PER_MS : 10 * NS_PER_MS;
	if (whole < left)
		whole = left;
	if (!rang && !again && !l->m->creation_stalled && whole - left < MAYDAY_FROM)
		return;
	out = help_line(h);
	if (rang)
		strbuf_puts(&out, W(LAY_MAYDAY_RANG));
	else
		strbuf_printf(&out, again ? W(LAY_MAYDAY_AGAIN) : W(LAY_MAYDAY_LEFT), time_text_short(left).text);
	bar(h, rang ? 1 : whole - left, rang ? 1 : whole);
	h->nr++;
}

static void help_watchdog(const struct lay *l, const struct model_pool *p, struct help *h)
{
	uint64_t since = p->watchdog_touched > p->watchdog_ts ? p->watchdog_touched : p->watchdog_ts;
	uint64_t waited = l->in->now > since ? l->in->now - since : 0, limit = l->m->watchdog_thresh;
	struct strbuf out;

	if (!limit || !p->worklist.count || waited * 50 < limit || h->nr == HELP_MAX)
		return;
	out = help_line(h);
	strbuf_printf(&out, W(LAY_WATCHDOG_BAR), (waited + NS_PER_MS / 2) / NS_PER_MS, waited < limit ? "<" : l->in->ascii ? ">=" : "≥",
		      limit / NS_PER_MS, waited < limit ? "" : W(LAY_WATCHDOG_STALL));
	bar(h, waited, limit);
	h->nr++;
}

static const char *link_sign(const struct lay *l)
{
	return l->in->ascii ? " -> " : " ─▸ ";
}

/* The worker of an item, and the lock that it waits for with its owner. */
static void put_runner(const struct lay *l, uint32_t item, struct strbuf *out)
{
	const struct model_item *it = model_item(l->m, item);
	const struct model_worker *w = it ? model_worker(l->m, it->runner) : NULL;
	const struct model_task *t = w ? model_task(l->m, w->task) : NULL;
	char name[WORDS_NAME];

	if (!w) {
		strbuf_puts(out, it && it->place == AT_WORKLIST ? W(LAY_CHAIN_WORKER) : W(LAY_CHAIN_NOTHING));
		return;
	}
	strbuf_puts(out, lay_worker(l, w->id, name));
	if (!t || !t->waits_lock)
		return;
	strbuf_printf(out, "%s%s", link_sign(l), words_name(l->store, l->m, CLS_LOCK, t->waits_lock, name));
	if (t->waits_for)
		strbuf_printf(out, "%s%s", link_sign(l), lay_task(l, t->waits_for, name));
}

/* Items of a workqueue that a flush of @color waits for. */
static void put_flushed(const struct lay *l, const struct story_wait *w, struct strbuf *out)
{
	unsigned int nr = 0;
	char name[WORDS_NAME];

	for (uint32_t i = 1; i <= l->m->nr_items && nr < 4; i++) {
		const struct model_item *it = model_item(l->m, i);

		if (!it || it->wq != w->wq || it->kind == ITEM_KIND_BARRIER || (!it->runner && it->place == AT_NOWHERE))
			continue;
		if (w->color >= 0 && it->color != (uint32_t)w->color)
			continue;
		strbuf_printf(out, "%s%s", nr++ ? ", " : "", lay_item(l, i, 12, name));
	}
	if (!nr)
		strbuf_puts(out, W(LAY_CHAIN_NOTHING));
}

static void help_wait(const struct lay *l, const struct story_wait *w, struct help *h)
{
	const char *what = w->kind == EV_CANCEL ? W(LAY_CHAIN_CANCEL) : w->kind == EV_DRAIN ? W(LAY_CHAIN_DRAIN) : W(LAY_CHAIN_FLUSH);
	char name[WORDS_NAME];
	struct strbuf out;

	if (h->nr == HELP_MAX) {
		h->more++;
		return;
	}
	out = help_line(h);
	strbuf_printf(&out, "%s%s%s%s%s", W(LAY_HELP_WAITS), lay_task(l, w->task, name), link_sign(l), what, "");
	strbuf_puts(&out, w->item ? lay_item(l, w->item, 20, name) : lay_name(l, CLS_WQ, w->wq, name));
	if (w->color >= 0)
		strbuf_printf(&out, W(LAY_CHAIN_COLOR), w->color);
	strbuf_puts(&out, link_sign(l));
	if (w->item)
		put_runner(l, w->item, &out);
	else
		put_flushed(l, w, &out);
	h->bar[h->nr++] = false;
}

/* The event's own wait first, then the oldest ones. */
static void help_waits(const struct lay *l, struct help *h)
{
	for (int own = 1; own >= 0; own--)
		for (size_t i = 0; i < l->s->nr_waits; i++) {
			const struct story_wait *w = &l->s->wait[i];

			if (w->from <= l->m->n && l->m->n < w->to && (w->task == l->ev.task) == (own == 1))
				help_wait(l, w, h);
		}
}

/* save2 ─▸ a worker ─▸ 1:0 makes one ─▸ a thread ─▸ memory */
static void help_stuck(const struct lay *l, const struct model_pool *p, struct help *h)
{
	const struct model_item *it = model_item(l->m, p->worklist.first);
	char name[WORDS_NAME], manager[WORDS_NAME];
	struct strbuf out;

	if (!it || !l->m->creation_stalled || !p->manager || p->nr_idle || h->nr == HELP_MAX)
		return;
	out = help_line(h);
	strbuf_printf(&out, W(LAY_HELP_STUCK), lay_item(l, it->id, 12, name), link_sign(l), link_sign(l),
		      lay_worker(l, p->manager, manager), link_sign(l), link_sign(l));
	h->bar[h->nr++] = false;
}

static void help_threads(const struct lay *l, struct help *h)
{
	struct strbuf out = help_line(h);

	if (l->ev.kind != EV_CREATE_STALL)
		return;
	strbuf_puts(&out, lay_field(&l->ev, "on") ? W(LAY_HELP_NO_THREADS) : W(LAY_HELP_THREADS));
	h->nr++;
}

static void make_help(const struct lay *l, struct help *h)
{
	memset(h, 0, sizeof(*h));
	help_threads(l, h);
	for (unsigned int i = 0; i < l->focus.nr; i++)
		if (model_pool(l->m, l->focus.pool[i]))
			help_mayday(l, model_pool(l->m, l->focus.pool[i]), h);
	for (unsigned int i = 0; i < l->focus.nr; i++)
		if (model_pool(l->m, l->focus.pool[i]))
			help_watchdog(l, model_pool(l->m, l->focus.pool[i]), h);
	help_waits(l, h);
	for (unsigned int i = 0; i < l->focus.nr; i++)
		if (model_pool(l->m, l->focus.pool[i]))
			help_stuck(l, model_pool(l->m, l->focus.pool[i]), h);
}

static int draw_help(struct lay *l, const struct help *h, int x, int y, int w, int rows)
{
	int drawn = 0;

	for (unsigned int i = 0; i < h->nr && drawn < rows; i++, drawn++) {
		const char *text = h->text[i], *words = strchr(text, '|');
		int used = lay_put(l, x, y + drawn, 10, ST_TITLE, "%.*s", words ? (int)(words - text) : 0, text);

		used = used > 10 ? used : 10;
		for (unsigned int k = 0; h->bar[i] && k < BAR_COLUMNS; k++)
			lay_put(l, x + used + (int)k, y + drawn, 1, ST_ALARM, k < h->filled[i] ? "▓" : "░");
		used += h->bar[i] ? BAR_COLUMNS + 2 : 0;
		lay_put(l, x + used, y + drawn, w - used, ST_NORMAL, "%s", words ? words + 1 : text);
	}
	if (h->more && drawn < rows)
		drawn += lay_put(l, x + 10, y + drawn, w - 10, ST_DIM, W(LAY_HELP_MORE), h->more) > 0;
	return drawn;
}

/* ---- code ------------------------------------------------------------------------------------------- */

static void draw_code(struct lay *l, int x, int y, int w, int rows)
{
	const struct layout_code *c = l->in->code;
	int first;

	if (!c || !c->nr || rows < 1)
		return;
	first = (int)c->now - rows / 2;
	if (first + rows > (int)c->nr)
		first = (int)c->nr - rows;
	if (first < 0)
		first = 0;
	for (int i = 0; i < rows && first + i < (int)c->nr; i++) {
		bool now = first + i == (int)c->now;
		int used;

		if (now)
			lay_put(l, x, y + i, 2, ST_KEY, l->in->ascii ? "->" : "▶");
		used = 2 + lay_put(l, x + 2, y + i, w - 2, now ? ST_CODE : ST_NORMAL, "%s", c->line[first + i]);
		if (now && c->returned && *c->returned)
			lay_put(l, x + used, y + i, w - used, ST_WHY, "    %s %s", l->in->ascii ? "->" : "→", c->returned);
	}
}

/* ---- talk ---------------------------------------------------------------------------------------------- */

static void draw_line(struct lay *l, const struct layout_line *line, int x, int y, int w)
{
	if (line->mark)
		lay_put(l, x, y, 1, ST_KEY, "%s", line->mark);
	styled_put_cells(&l->out->cells, l->in->ascii, x + line->indent, y, w - line->indent, line->style, &line->text);
	for (int i = x + line->indent; line->bar && i < x + w; i++)
		l->out->cells.v[y * l->out->cells.w + i].attr |= ATTR_REVERSE;
	if (line->choice >= 0)
		lay_mark(l, ROLE_CHOICE, x, y, w, CLS_NONE, (uint32_t)line->choice);
}

static void draw_talk(struct lay *l, int x, int y, int w, int rows)
{
	const struct layout_talk *t = l->in->talk;
	unsigned int first = t->first, fit = rows > 0 ? (unsigned int)rows : 0;

	if (first + fit > t->nr)
		first = t->nr > fit ? t->nr - fit : 0;
	for (unsigned int i = 0; i < fit && first + i < t->nr; i++)
		draw_line(l, &t->line[first + i], x, y + (int)i, w);
	l->out->talk_first = first;
	l->out->talk_hidden = t->nr > fit ? t->nr - fit : 0;
}

static void talk_border(struct lay *l, int left, int right, int y, int rows)
{
	const struct layout_talk *t = l->in->talk;
	STRBUF(more, 64);
	int used;

	if ((int)t->nr > rows)
		strbuf_printf(&more, t->nr - (unsigned int)rows == 1 ? W(LAY_MORE_LINE) : W(LAY_MORE_LINES),
			      t->nr - (unsigned int)rows);
	used = lay_title(l, left, y, right - left - lay_columns(l, more.buf) - 2, t->style, "%s", t->title);
	if (more.len)
		lay_title_right(l, left + used, right, y, ST_DIM, more.buf);
}

/* ---- the zone of one column ------------------------------------------------------------------------------- */

static void code_title(struct lay *l, char *buf, size_t size)
{
	snprintf(buf, size, W(LAY_THE_CODE_OF), l->in->code ? l->in->code->title : "");
}

static void zone_titles(struct lay *l, const struct help *h, bool code)
{
	char text[128];
	int used = 0;

	if (h->nr)
		used = lay_title(l, 1, l->b.zone, l->b.right - 1, ST_TITLE, "%s", W(LAY_HELP));
	if (!code)
		return;
	code_title(l, text, sizeof(text));
	if (h->nr)
		lay_title_right(l, 1 + used, l->b.right - 1, l->b.zone, ST_TITLE, text);
	else
		lay_title(l, 1, l->b.zone, l->b.right - 1, ST_TITLE, "%s", text);
}

static void draw_below(struct lay *l)
{
	int y = l->b.zone + 1, rows = l->b.zone_h - 1, w = l->b.right - 2;
	bool code = l->in->code && l->in->code->nr;
	struct help h;

	lay_border(l, 0, l->b.w - 1, l->b.zone);
	if (l->in->talk && l->in->talk->nr) {
		talk_border(l, 1, l->b.right - 1, l->b.zone, rows);
		draw_talk(l, 2, y, w, rows);
		rows -= (int)l->in->talk->nr < rows ? (int)l->in->talk->nr : rows;
		return;
	}
	make_help(l, &h);
	zone_titles(l, &h, code && rows > (int)h.nr);
	y += draw_help(l, &h, 2, y, w, code && rows > 2 ? rows - 1 : rows);
	draw_code(l, 2, y, w, l->b.zone + l->b.zone_h - y);
}

/* ---- the second column ---------------------------------------------------------------------------------------- */

struct side {
	int x, w, y, end;		/* text columns; next free row; row of the lower border */
};

/* A part of @rows rows with a title in the border above it. */
static int part(struct lay *l, struct side *s, int rows, enum theme_style style, const char *title)
{
	int y = s->y;

	if (y > 1) {
		uint32_t before = lay_char(l, l->b.right + 1, y);

		lay_border(l, l->b.right + 1, l->b.w - 1, y);
		if (before == 0x2524)	/* the left column has a border here as well */
			lay_cell(l, l->b.right + 1, y, ST_BORDER, "┼");
	}
	lay_title(l, s->x - 1, y, s->w + 2, style, "%s", title);
	s->y += 1 + rows;
	return y + 1;
}

/* The events up to now, the last one at the bottom; a long one is wrapped. */
static void draw_events(struct lay *l, const struct side *s, int y, int rows)
{
	size_t i = l->stories;
	int bottom = y + rows;

	while (i-- > 0 && bottom > y) {
		struct trace_event ev;
		struct wrap_line line[8];
		struct wrap wrap;
		int nr = 0, indent;
		STRBUF(time, 32);
		STRBUF(text, 512);

		if (trace_is_lesson(l->s->v[i].kind) || l->s->v[i].n < l->s->lesson ||
		    !trace_store_event(l->store, l->s->v[i].n, &ev))
			continue;
		strbuf_printf(&time, "%.3f ", (double)ev.time / 1e6);
		words_event(l->store, l->m, &ev, &text);
		for (char *at; (at = strstr(text.buf, "kworker/")) != NULL;)
			memmove(at, at + 8, strlen(at + 8) + 1);
		indent = (int)time.len;
		wrap_begin(&wrap, text.buf, strlen(text.buf), s->w - indent);
		while (nr < 8 && wrap_next(&wrap, &line[nr]))
			nr++;
		if (bottom - nr < y)
			break;
		bottom -= nr;
		lay_put(l, s->x, bottom, indent, ST_DIM, "%s", time.buf);
		for (int k = 0; k < nr; k++)
			lay_put(l, s->x + indent, bottom + k, s->w - indent, ev.n == l->ev.n ? ST_CHANGED : ST_NORMAL, "%.*s",
				(int)(line[k].to - line[k].from), text.buf + line[k].from);
		if (l->out->nr_things < LAYOUT_THINGS_MAX)
			l->out->thing[l->out->nr_things++] = (struct layout_thing){ ROLE_EVENT, s->x, bottom, s->w, 0, 0, ev.n };
	}
}

static void draw_aside(struct lay *l)
{
	struct side s = { l->b.right + 3, l->b.w - l->b.right - 5, 1, l->b.h - 2 };
	const struct layout_talk *t = l->in->talk;
	bool talk = t && t->nr;
	char title[128];
	struct help h;
	int y, rows;

	if (talk) {
		rows = (int)t->nr < TALK_ROWS ? (int)t->nr : TALK_ROWS;
		y = part(l, &s, rows, t->style, "");
		talk_border(l, s.x - 1, l->b.w - 2, y - 1, rows);
		draw_talk(l, s.x, y, s.w, rows);
	}
	if (l->in->code && l->in->code->nr) {
		code_title(l, title, sizeof(title));
		rows = talk ? CODE_ROWS_TALK : CODE_ROWS;
		y = part(l, &s, rows, ST_TITLE, title);
		draw_code(l, s.x, y, s.w, rows);
	}
	make_help(l, &h);
	if (h.nr || (!talk && !l->in->code)) {
		y = part(l, &s, HELP_ROWS, ST_TITLE, W(LAY_HELP_LONG));
		draw_help(l, &h, s.x, y, s.w, HELP_ROWS);
	}
	rows = s.end - s.y - 1;
	if (rows < 2)
		return;
	y = part(l, &s, rows, ST_TITLE, W(LAY_EVENTS));
	draw_events(l, &s, y, rows);
}

void lay_draw_zone(struct lay *l)
{
	if (l->b.wide)
		draw_aside(l);
	else
		draw_below(l);
}
