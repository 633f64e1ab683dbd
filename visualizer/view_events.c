/*
 * visualizer/view_events.c - events as sentences: the list, the side list, "now", dmesg.
 *
 * Never here:   the sentences themselves (sentence.def).   Licence: MIT.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* strcasestr() */
#endif
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "base/width.h"
#include "base/wrap.h"
#include "visualizer/commands.h"
#include "visualizer/view.h"
#include "words/machine_text.h"

#define LINE_BYTES 512

static void event_text(struct ui *u, const struct trace_event *ev, struct strbuf *out)
{
	words_event(u->scene->store, &u->scene->replay.head, ev, out);
}

/* Story events of the lesson itself would repeat the text panel. */
static bool shown_kind(const struct ui *u, const struct trace_event *ev)
{
	if (ev->kind >= EV_NR || trace_event_level(ev) > u->scene->playback.level)
		return false;
	if (u->scene->playback.level > TRACE_STORY)
		return true;
	return !trace_is_lesson(ev->kind) || trace_is_verdict(ev->kind) ||
	       ev->kind == EV_FAULT || ev->kind == EV_NOTE;
}

static bool event_matches(struct ui *u, const struct trace_event *ev, const char *words)
{
	STRBUF(text, LINE_BYTES);

	if (!*words)
		return true;
	event_text(u, ev, &text);
	return strcasestr(text.buf, words) || strcasestr(trace_rows[ev->kind].name, words);
}

static bool event_listed(struct ui *u, uint64_t n, struct trace_event *ev)
{
	/* events of a current run ahead of the playback are not listed yet */
	if (n > ui_until(u))
		return false;
	return trace_store_event(u->scene->store, n, ev) && shown_kind(u, ev) &&
	       event_matches(u, ev, u->filter);
}

/* Next (or previous) listed event from @n, 0 = none. */
static uint64_t list_step(struct ui *u, uint64_t n, int direction)
{
	struct trace_event ev;

	while ((direction > 0 ? ++n <= u->scene->store->nr : n > 1)) {
		if (direction < 0)
			n--;
		if (event_listed(u, n, &ev))
			return n;
	}
	return 0;
}

/* A text that has no room ends in an ellipsis.  Return: columns used. */
static int put_cut(struct ui *u, int x, int y, int max, enum theme_style style, const char *text)
{
	STRBUF(cut, LINE_BYTES);

	width_put_cut(&cut, text, strlen(text), max);
	return ui_put(u, x, y, max, style, 0, "%s", cut.buf);
}

static void list_line(struct ui *u, struct rect r, int y, const struct trace_event *ev, bool cursor, bool here)
{
	STRBUF(text, LINE_BYTES);
	enum theme_style style = trace_event_level(ev) == TRACE_STORY ? ST_NORMAL : ST_DIM;
	const char *note = bookmark_at(u, ev->n);
	struct hit_region region = { .kind = HIT_EVENT, .x = r.x, .y = y, .w = r.w, .n = ev->n };
	int used;

	if (ev->kind == EV_STALL || ev->kind == EV_BUG || ev->kind == EV_FAULT)
		style = ST_ALARM;
	if (note && *note)
		strbuf_printf(&text, W(EVENTS_MARK_NOTE), note);
	else if (note)
		strbuf_puts(&text, W(EVENTS_MARK));
	event_text(u, ev, &text);
	if (here)
		style = ST_CHANGED;
	used = ui_put(u, r.x, y, r.w, style, 0, r.w < 60 ? "%s%7.2f " : "%s%9.3f  ", here ? "»" : " ",
		      (double)ev->time / 1e6);
	if (r.w >= 60 && ev->cpu != TRACE_NO_CPU)
		used += ui_put(u, r.x + used, y, r.w - used, ST_DIM, 0, "c%-2u ", ev->cpu);
	else if (r.w >= 60)
		used += ui_put(u, r.x + used, y, r.w - used, ST_DIM, 0, "    ");
	used += put_cut(u, r.x + used, y, r.w - used, style, text.buf);
	if (ev->why.pred && used + 8 < r.w) {
		STRBUF(why, LINE_BYTES);

		words_why(&ev->why, &why);
		put_cut(u, r.x + used + 2, y, r.w - used - 2, ST_WHY, why.buf);
	}
	if (cursor)
		term_attr(u->term, r.x, y, r.w, ATTR_REVERSE);
	ui_hit_region(u, &region);
}

/* The list with event @center in the middle. */
static void list_draw(struct ui *u, struct rect r, uint64_t center, bool with_cursor)
{
	uint64_t here = u->scene->replay.at.n, n, first;
	struct trace_event ev;
	int y = r.y;

	first = center;
	if (!event_listed(u, first, &ev))
		first = list_step(u, first, -1);
	for (int i = 0; i < r.h / 2 && (n = list_step(u, first, -1)) != 0; i++)
		first = n;
	if (!first)
		first = list_step(u, 0, 1);
	for (n = first; n && y < r.y + r.h; n = list_step(u, n, 1)) {
		uint64_t next = list_step(u, n, 1);

		if (!trace_store_event(u->scene->store, n, &ev))
			break;
		/* the last listed event at or before the playback's is "here" */
		list_line(u, r, y++, &ev, with_cursor && n == center, n <= here && (!next || next > here));
	}
	if (y == r.y)
		ui_put(u, r.x + 1, y, r.w - 1, ST_DIM, 0, "%s", *u->filter ? W(EVENTS_NONE_WITH) : W(EVENTS_NONE));
}

static uint64_t list_center(struct ui *u)
{
	struct trace_event ev;
	uint64_t n = u->list_cursor ? u->list_cursor : u->scene->replay.at.n;

	return n && !event_listed(u, n, &ev) ? list_step(u, n, -1) : n;
}

static void events_draw(struct ui *u, struct rect r)
{
	char title[160];

	if (*u->filter)
		snprintf(title, sizeof(title), W(EVENTS_TITLE_WITH), words_level(u->scene->playback.level), u->filter);
	else
		snprintf(title, sizeof(title), W(EVENTS_TITLE), words_level(u->scene->playback.level));
	layout_box(u->term, r, title, ST_TITLE);
	list_draw(u, r, list_center(u), true);
}

static int events_move(struct ui *u, int by)
{
	uint64_t n = list_center(u), next;

	for (int i = by < 0 ? -by : by; i > 0 && (next = list_step(u, n, by)) != 0; i--)
		n = next;
	u->list_cursor = n;
	return EFF_DRAW;
}

static int events_find(struct ui *u, int direction)
{
	uint64_t n = list_center(u);
	struct trace_event ev;

	if (!*u->search) {
		ui_say(u, W(SAY_NO_SEARCH));
		return EFF_DRAW;
	}
	for (int round = 0; round < 2; round++) {
		while ((n = list_step(u, n, direction)) != 0) {
			if (!trace_store_event(u->scene->store, n, &ev) || !event_matches(u, &ev, u->search))
				continue;
			u->list_cursor = n;
			if (round)
				ui_say(u, direction > 0 ? W(SAY_FROM_BEGINNING) : W(SAY_FROM_END));
			return EFF_DRAW;
		}
		n = direction > 0 ? 0 : u->scene->store->nr + 1;
	}
	ui_say(u, W(SAY_NOT_FOUND), u->search);
	return EFF_DRAW;
}

static int events_command(struct ui *u, enum action a)
{
	switch (a) {
	case ACT_UP: return events_move(u, -1);
	case ACT_DOWN: return events_move(u, 1);
	case ACT_PAGE_UP: return events_move(u, -15);
	case ACT_PAGE_DOWN: return events_move(u, 15);
	case ACT_TOP: u->list_cursor = list_step(u, 0, 1); return EFF_DRAW;
	case ACT_BOTTOM: u->list_cursor = list_step(u, u->scene->store->nr + 1, -1); return EFF_DRAW;
	case ACT_MATCH: return events_find(u, 1);
	case ACT_MATCH_BACK: return events_find(u, -1);
	case ACT_SELECT:
		if (u->list_cursor)
			playback_seek(&u->scene->playback, u->list_cursor);
		u->list_cursor = 0;
		return EFF_DRAW;
	default: return -1;
	}
}

const struct view view_events = { "events", events_draw, events_command, true };

/* ---- a pause ----------------------------------------------------------------------- */

void now_pause(struct ui *u, struct strbuf *out)
{
	const struct playback *f = &u->scene->playback;
	STRBUF(text, LINE_BYTES);

	words_pause(u->scene->store, &u->scene->replay.at, f->gap_end - f->gap_ns, f->gap_end, &text);
	strbuf_printf(out, W(NOW_PAUSE), text.buf);
}

/* ---- dmesg ----------------------------------------------------------------------- */

#define STAMP_COLUMNS 15	/* "[    0.008022] " */

/* The message of an event in lines behind its time; draws at most @max of them.  Return: how many it has. */
static int dmesg_line(struct ui *u, struct rect r, int y, int max, const struct trace_event *ev)
{
	struct ev_PRINTK e;
	struct wrap_line line;
	struct wrap wrap;
	int nr = 0;

	if (!trace_get_PRINTK(ev, &e))
		return 0;
	if (max > 0)
		ui_put(u, r.x, y, r.w, ST_DIM, 0, "[%5" PRIu64 ".%06" PRIu64 "] ", ev->time / 1000000000, ev->time / 1000 % 1000000);
	wrap_begin(&wrap, e.text, strlen(e.text), r.w - STAMP_COLUMNS > 20 ? r.w - STAMP_COLUMNS : 20);
	for (; wrap_next(&wrap, &line); nr++)
		if (nr < max)
			ui_put(u, r.x + STAMP_COLUMNS, y + nr, r.w - STAMP_COLUMNS, e.level <= 3 ? ST_ALARM : ST_NORMAL, 0, "%.*s",
			       (int)(line.to - line.from), e.text + line.from);
	return nr ? nr : 1;
}

static void dmesg_draw(struct ui *u, struct rect r)
{
	uint64_t n = u->scene->replay.at.n;
	unsigned int skip = u->scroll[VIEW_DMESG];
	struct trace_event ev;
	uint64_t lines[128];
	int nr = 0, y = 0, rows = 0;

	layout_box(u->term, r, W(VIEW_DMESG), ST_TITLE);
	for (; n && rows < r.h && nr < 128; n--) {
		if (!trace_store_event(u->scene->store, n, &ev) || ev.kind != EV_PRINTK)
			continue;
		if (skip) {
			skip--;
			continue;
		}
		rows += dmesg_line(u, r, 0, 0, &ev);
		if (rows > r.h && nr)
			break;		/* the oldest one has no room */
		lines[nr++] = n;
	}
	for (int i = 0; i < nr; i++)
		if (trace_store_event(u->scene->store, lines[nr - 1 - i], &ev))
			y += dmesg_line(u, r, r.y + y, r.h - y, &ev);
	if (!nr)
		ui_put(u, r.x + 1, r.y, r.w - 1, ST_DIM, 0, W(DMESG_EMPTY));
}

/* Scrolls towards older lines, which are above. */
static int dmesg_command(struct ui *u, enum action a)
{
	unsigned int *s = &u->scroll[VIEW_DMESG];
	unsigned int by = a == ACT_PAGE_UP || a == ACT_PAGE_DOWN ? 10 : 1;

	if (a == ACT_UP || a == ACT_PAGE_UP)
		*s += by;
	else if (a == ACT_DOWN || a == ACT_PAGE_DOWN)
		*s = *s > by ? *s - by : 0;
	else if (a == ACT_BOTTOM)
		*s = 0;
	else
		return -1;
	return EFF_DRAW;
}

const struct view view_dmesg = { "dmesg", dmesg_draw, dmesg_command, false };
