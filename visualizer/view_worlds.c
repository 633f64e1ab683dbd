/*
 * visualizer/view_worlds.c - the real run beside the one in which the given answer is right.
 *
 * While a question is open, both runs are read up to the event at which the real run stands:
 * a picture must not answer a later question.
 *
 * Lives here:   reading both runs for the view, its cursor and keys.
 * Never here:   starting the second run (commands.c), the picture (worlds_layout.c).
 * Licence: MIT.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "visualizer/view.h"
#include "visualizer/worlds_layout.h"
#include "words/lesson_text.h"

/* The comparison, kept until one of the runs has come further. */
static struct {
	struct worlds w;
	const struct scene *real, *other;
	char question[LESSON_ID_BYTES_MAX * 2];	/* another run may have the memory of the last one */
	uint64_t nr[2];
	unsigned int folded;		/* items without a row in the last frame */
	bool ok;
} kept;

/* Reads both runs; false if there is nothing to compare. */
static bool read_worlds(struct ui *u)
{
	const struct lesson_question *q = lesson_question_by_id(&u->scene->lesson, u->world_question);
	const struct lesson_question *p = lesson_question_by_id(&u->world->lesson, u->world_question);
	struct world_run real, other;

	if (!q || !p || !q->asked || !p->asked)
		return false;
	if (kept.ok && kept.real == u->scene && kept.other == u->world && kept.nr[0] == u->scene->store->nr &&
	    kept.nr[1] == u->world->store->nr && !strcmp(kept.question, u->world_question))
		return true;
	worlds_fini(&kept.w);
	real = (struct world_run){ u->scene->store, q->asked };
	other = (struct world_run){ u->world->store, p->asked };
	kept.ok = !worlds_compare(&kept.w, &real, worlds_fence(&u->scene->lesson), &other);
	kept.real = u->scene;
	kept.other = u->world;
	snprintf(kept.question, sizeof(kept.question), "%s", u->world_question);
	kept.nr[0] = u->scene->store->nr;
	kept.nr[1] = u->world->store->nr;
	return kept.ok;
}

/* The last story event of @s at most @after ns after its event @asked, in words. */
static void last_event(const struct scene *s, uint64_t asked, uint64_t after, struct strbuf *out)
{
	struct trace_event ev, zero;
	uint64_t last = 0;

	if (!trace_store_event(s->store, asked, &zero))
		return;
	for (uint64_t n = asked + 1; n <= s->store->nr && trace_store_event(s->store, n, &ev); n++) {
		if (ev.time - zero.time > after)
			break;
		if (ev.kind < EV_NR && trace_event_level(&ev) == TRACE_STORY && !trace_is_lesson(ev.kind) && ev.kind != EV_OUTSIDE)
			last = n;
	}
	if (!last || !trace_store_event(s->store, last, &ev)) {
		strbuf_puts(out, W(WORLDS_NOT_YET));
		return;
	}
	strbuf_printf(out, "%5.1f  ", (double)(ev.time - zero.time) / 1e6);
	words_event(s->store, &s->replay.head, &ev, out);
}

static void right_answer(const struct lesson_question *q, struct strbuf *out)
{
	int right = lesson_choice(q, q->verdict.happened, strlen(q->verdict.happened));

	if (right >= 0)
		words_plain(q->choice[right].text, out);
	else
		strbuf_puts(out, q->verdict.happened ? q->verdict.happened : "");
}

static void copy_frame(struct ui *u, const struct cells *from)
{
	struct cells *to = term_frame(u->term);

	for (int y = 1; y < from->h - 1 && y < to->h - 1; y++)
		memcpy(to->v + (size_t)y * (size_t)to->w, from->v + (size_t)y * (size_t)from->w,
		       (size_t)from->w * sizeof(*from->v));
}

static void frame(struct ui *u, const struct lesson_question *q)
{
	static struct worlds_frame f;
	const struct lesson_question *p = lesson_question_by_id(&u->world->lesson, u->world_question);
	STRBUF(real, 300);
	STRBUF(other, 300);
	STRBUF(said, 300);
	STRBUF(was, 300);
	STRBUF(why, 1000);
	struct worlds_in in = {
		.w = &kept.w, .store = { u->scene->store, u->world->store }, .width = term_width(u->term),
		.height = term_height(u->term), .ascii = term_ascii(u->term), .cursor = u->world_at, .first = u->world_first,
		.scroll = u->scroll[VIEW_WORLDS],
	};

	last_event(u->scene, q->asked, u->world_at, &real);
	last_event(u->world, p->asked, u->world_at, &other);
	words_plain(u->world_belief ? u->world_belief : "", &said);
	right_answer(q, &was);
	words_plain(q->verdict.why ? q->verdict.why : "", &why);
	in.event[WORLD_REAL] = real.buf;
	in.event[WORLD_OTHER] = other.buf;
	in.said = said.buf;
	in.was = was.buf;
	in.more[0] = why.buf;
	in.threads_first = u->world_threads;
	if (worlds_layout(&f, &in))
		return;
	copy_frame(u, &f.cells);
	kept.folded = f.folded;
}

static void worlds_draw(struct ui *u, struct rect r)
{
	const struct lesson_question *q;

	if (!u->world || !read_worlds(u)) {
		ui_put(u, r.x, r.y, r.w, ST_DIM, 0, W(WORLDS_NONE));
		return;
	}
	q = lesson_question_by_id(&u->scene->lesson, u->world_question);
	frame(u, q);
}

/* The window of items moves; above the first item stands the choice of the most important ones. */
static void move_window(struct ui *u, bool down)
{
	if (down && kept.folded && u->world_first + kept.w.nr - kept.folded < kept.w.nr + 1)
		u->world_first++;
	else if (!down && u->world_first)
		u->world_first--;
}

static int worlds_command(struct ui *u, enum action a)
{
	unsigned int *scroll = &u->scroll[VIEW_WORLDS];

	if (!u->world || !read_worlds(u))
		return -1;
	switch (a) {
	case ACT_STEP: case ACT_ON_SMALL: u->world_at = worlds_step(&kept.w, u->world_at, true); break;
	case ACT_STEP_BACK: case ACT_BACK_SMALL: u->world_at = worlds_step(&kept.w, u->world_at, false); break;
	case ACT_DECISION_BACK: case ACT_TO_START: u->world_at = 0; break;
	case ACT_TO_END: u->world_at = worlds_step(&kept.w, WORLDS_NEVER, false); break;
	case ACT_DECISION: u->world_at = kept.w.parts == WORLDS_NEVER ? u->world_at : kept.w.parts; break;
	case ACT_DOWN: move_window(u, true); break;
	case ACT_UP: move_window(u, false); break;
	case ACT_PAGE_DOWN: *scroll += 3; break;
	case ACT_PAGE_UP: *scroll = *scroll > 3 ? *scroll - 3 : 0; break;
	default: return -1;
	}
	return EFF_DRAW;
}

/* After the lesson `b` goes on to the next question with a second run. */
static bool another_question(const struct ui *u)
{
	const struct lesson *l = &u->scene->lesson;
	const struct lesson_question *q = lesson_question_by_id(l, u->world_question);

	return l->ended && q && worlds_next(l, q) != q;
}

/* Entry @i of the footer, the most important one first; NULL = there are no more. */
const char *view_worlds_footer(const struct ui *u, unsigned int i)
{
	const struct {
		enum words_key text;
		bool offered;
	} entries[] = {
		{ W_WORLDS_FOOT_GO, true }, { W_WORLDS_FOOT_STEP, true }, { W_WORLDS_FOOT_NEXT, another_question(u) },
		{ W_WORLDS_FOOT_ITEMS, kept.folded != 0 }, { W_WORLDS_FOOT_ASKED, true }, { W_WORLDS_FOOT_PART, true },
	};

	for (size_t k = 0; k < sizeof(entries) / sizeof(entries[0]); k++)
		if (entries[k].offered && !i--)
			return words_fixed(entries[k].text);
	return NULL;
}

const struct view view_worlds = { "worlds", worlds_draw, worlds_command, false };
