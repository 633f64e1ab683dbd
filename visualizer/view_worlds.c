/*
 * visualizer/view_worlds.c - the real run beside the run under a wrong answer's belief.
 *
 * Two timelines under each other up to their first difference, and the events of
 * each there.  Two story events are the same if their words and times are.
 *
 * Never here:   starting the second run (commands.c).   Licence: MIT.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "visualizer/view.h"
#include "words/lesson_text.h"

static bool is_lesson_word(const struct trace_event *ev)
{
	return trace_is_lesson(ev->kind) || ev->kind == EV_OUTSIDE;
}

/* Next event of the machine's story after @n, 0 = none. */
static uint64_t story_after(const struct scene *s, uint64_t n, struct trace_event *ev)
{
	while (++n <= s->store->nr)
		if (trace_store_event(s->store, n, ev) && ev->kind < EV_NR &&
		    trace_event_level(ev) == TRACE_STORY && !is_lesson_word(ev))
			return n;
	return 0;
}

static void words(const struct scene *s, const struct trace_event *ev, struct strbuf *out)
{
	words_event(s->store, &s->replay.head, ev, out);
}

static bool same(const struct scene *a, const struct trace_event *ea, const struct scene *b,
		 const struct trace_event *eb)
{
	STRBUF(ta, 256);
	STRBUF(tb, 256);

	if (ea->kind != eb->kind || ea->time != eb->time)
		return false;
	words(a, ea, &ta);
	words(b, eb, &tb);
	return !strcmp(ta.buf, tb.buf);
}

/* First story event at which they differ, in each; false: they are the same so far. */
static bool part(const struct scene *a, const struct scene *b, struct trace_event *ea, struct trace_event *eb)
{
	uint64_t na = 0, nb = 0;

	for (;;) {
		na = story_after(a, na, ea);
		nb = story_after(b, nb, eb);
		if (!na || !nb)
			return na != nb;
		if (!same(a, ea, b, eb))
			return true;
	}
}

static void world_half(struct ui *u, struct rect r, struct scene *s, const char *title, uint64_t clock,
		       const struct trace_event *ev, bool parted)
{
	uint64_t keep = s->playback.clock, passed = s->playback.passed;
	STRBUF(text, 256);

	layout_box(u->term, r, title, ST_TITLE);
	s->playback.clock = clock;
	s->playback.passed = 0;
	lanes_draw(u, (struct rect){ r.x, r.y, r.w, r.h - 1 }, s, clock);
	s->playback.clock = keep;
	s->playback.passed = passed;
	if (parted && ev->n) {
		words(s, ev, &text);
		ui_put(u, r.x + 1, r.y + r.h - 1, r.w - 1, ST_CHANGED, 0, "»%s  %s",
		       time_text_ms(ev->time).text, text.buf);
	} else {
		ui_put(u, r.x + 1, r.y + r.h - 1, r.w - 1, ST_DIM, 0, W(WORLDS_SAME));
	}
}

static void worlds_draw(struct ui *u, struct rect r)
{
	struct trace_event ea = { 0 }, eb = { 0 };
	bool parted;
	uint64_t clock;
	int half = (r.h - 1) / 2;
	char title[200];

	if (!u->world) {
		layout_box(u->term, r, W(VIEW_WORLDS), ST_TITLE);
		ui_put(u, r.x + 1, r.y, r.w - 1, ST_DIM, 0, W(WORLDS_NONE));
		return;
	}
	parted = part(u->scene, u->world, &ea, &eb);
	clock = u->scene->playback.clock;
	if (parted) {
		uint64_t at = ea.n && (!eb.n || ea.time < eb.time) ? ea.time : eb.time;

		clock = at + 4 * playback_rate(&u->scene->playback) / 4;
	}
	snprintf(title, sizeof(title), "%s", parted ? W(WORLDS_REAL) : W(WORLDS_REAL_SAME));
	world_half(u, (struct rect){ r.x, r.y, r.w, half }, u->scene, title, clock, &ea, parted);
	STRBUF(belief, 200);

	words_plain(u->world_belief ? u->world_belief : W(WORLDS_IF_OTHER), &belief);
	snprintf(title, sizeof(title), W(WORLDS_IF), belief.buf);
	world_half(u, (struct rect){ r.x, r.y + half + 1, r.w, r.h - half - 1 }, u->world, title, clock, &eb, parted);
}

const struct view view_worlds = { "worlds", worlds_draw, NULL, false };
