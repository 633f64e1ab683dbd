/*
 * visualizer/view_why.c - why the event at the cursor happened.
 *
 * The kernel's predicate by name, what it returned, each value it saw, and the chain of
 * causes back; Enter goes to the cause.
 *
 * Never here:   deciding (the engine did).   Licence: MIT.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "visualizer/rows.h"

#define CHAIN_MAX 12

/* The event explained: the one asked for, else the last decision shown at the cursor. */
static bool why_event(struct ui *u, struct trace_event *ev)
{
	uint64_t n = u->why_n ? u->why_n : u->scene->replay.at.n;
	uint64_t at;

	if (!trace_store_event(u->scene->store, n, ev))
		return false;
	if (u->why_n || ev->why.pred)
		return true;
	/* the picture shows what that event decided until a later story event */
	for (at = n; at; at--) {
		struct trace_event e;

		if (!trace_store_event(u->scene->store, at, &e))
			break;
		if (e.kind >= EV_NR || trace_is_lesson(e.kind) ||
		    (trace_rows[e.kind].level > TRACE_STORY && !e.why.pred))
			continue;
		*ev = e;
		return true;
	}
	return true;
}

static void put_event(struct rows *r, const struct trace_event *ev, enum theme_style style, const char *lead)
{
	STRBUF(text, 400);

	words_event(r->u->scene->store, &r->u->scene->replay.head, ev, &text);
	rows_begin(r, 0);
	rows_add(r, ST_DIM, "%s%12s  ", lead, time_text_ms(ev->time).text);
	rows_add(r, style, "%s", text.buf);
}

static void put_predicate(struct rows *r, const struct trace_why *why)
{
	const struct trace_why_row *row;
	STRBUF(predicate, 128);
	STRBUF(reason, 256);

	if (!why->pred || why->pred >= WHY_NR) {
		rows_begin(r, 0);
		rows_add(r, ST_DIM, W(WHY_NO_PREDICATE));
		return;
	}
	row = &trace_why_rows[why->pred];
	words_predicate(why, &predicate);
	words_reason(why, &reason);
	rows_begin(r, 0);
	rows_add(r, ST_WHY, "%s", predicate.buf);
	rows_add(r, ST_NORMAL, ": %s", reason.buf);
	for (int i = 1; i < 4; i++) {
		if (!*row->values[i])
			continue;
		rows_begin(r, 0);
		rows_add(r, ST_NORMAL, "   %-12s ", row->values[i]);
		rows_add(r, ST_TITLE, "%" PRId32, why->v[i]);
	}
}

static void why_draw(struct ui *u, struct rect box)
{
	struct key_span span[KEY_SPANS_MAX];
	STRBUF(causes, 128);
	struct rows *r = rows_new(u);
	struct trace_event ev, cause;
	char title[64];

	if (!r)
		return;
	if (!why_event(u, &ev)) {
		layout_box(u->term, box, W(VIEW_WHY), ST_TITLE);
		ui_put(u, box.x + 1, box.y, box.w - 1, ST_DIM, 0, W(WHY_NOTHING));
		rows_free(r);
		return;
	}
	put_event(r, &ev, ST_TITLE, "");
	put_predicate(r, &ev.why);
	rows_begin(r, 1);
	rows_begin(r, 0);
	key_expand(ev.cause ? W(WHY_CAUSES) : W(WHY_NO_CAUSE), IN_LIST, &causes, span);
	rows_add(r, ST_DIM, "%s", causes.buf);
	cause = ev;
	for (int i = 0; i < CHAIN_MAX && cause.cause && cause.cause < cause.n; i++) {
		if (!trace_store_event(u->scene->store, cause.cause, &cause))
			break;
		put_event(r, &cause, cause.why.pred ? ST_WHY : ST_NORMAL, i ? "   " : " > ");
	}
	snprintf(title, sizeof(title), W(WHY_TITLE), ev.n);
	layout_box(u->term, box, title, ST_TITLE);
	rows_draw(r, box, 0);
	rows_free(r);
}

static int why_command(struct ui *u, enum action a)
{
	struct trace_event ev;

	if (a != ACT_SELECT || !why_event(u, &ev))
		return -1;
	if (!ev.cause) {
		ui_say(u, W(SAY_NOTHING_BEFORE));
		return EFF_DRAW;
	}
	playback_seek(&u->scene->playback, ev.cause);
	u->why_n = ev.cause;
	return EFF_DRAW;
}

const struct view view_why = { "why", why_draw, why_command, true };
