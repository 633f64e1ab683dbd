/*
 * visualizer/pick.c - a question in which the student points: the cursor, and the things taken so far.
 *
 * The cursor of events is the place of the playback: Up and Down go to the event before and
 * behind it, and so do the keys that move in time.  The cursor of a report is a line of it.
 *
 * Never here:   judging, the report's page (view_report.c), rows of workers (layout_pools.c).   Licence: MIT.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* strcasestr() */
#endif
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "base/width.h"
#include "visualizer/commands.h"
#include "words/pick_text.h"

#define EVENT_ROWS 4
#define EVENT_ROWS_WIDE 8
#define EVENT_ROWS_NARROW 2

const struct lesson_question *pick_question(struct ui *u)
{
	struct open_text o;

	if (u->at_home || !u->scene)
		return NULL;
	o = ui_open_text(u);
	return o.q && o.context == IN_ASK && lesson_form(o.q) == FORM_PICK && o.q->nr_candidates ? o.q : NULL;
}

/* ---- the cursor ------------------------------------------------------------------------ */

/* The last event of the list up to the one on the screen. */
static int event_at(const struct ui *u, const struct lesson_question *q)
{
	uint64_t n = u->scene->replay.at.n;
	size_t lo = 0, hi = q->nr_candidates;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (q->candidate[mid].n <= n)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? (int)lo - 1 : 0;
}

/* The cursor stays on its line through the questions about one report. */
static int line_at(const struct ui *u, const struct lesson_question *q)
{
	size_t i = 0;

	while (i + 1 < q->nr_candidates && q->candidate[i].n < u->report_at + 1)
		i++;
	return (int)i;
}

int pick_at(const struct ui *u, const struct lesson_question *q)
{
	int sel = u->answer.asked == q->asked ? u->answer.sel : -1;

	if (!q->nr_candidates)
		return -1;
	if (q->pick == PICK_EVENT)
		return event_at(u, q);
	if (q->pick == PICK_LINE)
		return line_at(u, q);
	return sel >= 0 && sel < (int)q->nr_candidates ? sel : 0;
}

void pick_select(struct ui *u, const struct lesson_question *q, unsigned int candidate)
{
	if (candidate >= q->nr_candidates)
		return;
	answer_select(u, q, (int)candidate);
	if (q->pick == PICK_EVENT)
		playback_seek(&u->scene->playback, q->candidate[candidate].n);
	else if (q->pick == PICK_LINE)
		u->report_at = (unsigned int)q->candidate[candidate].n - 1;
}

unsigned int pick_move(struct ui *u, const struct lesson_question *q, int by)
{
	int at = pick_at(u, q), to = at + by;

	/* the cursor of an event that is not on the screen comes to it first */
	if (q->pick == PICK_EVENT && by > 0 && at >= 0 && q->candidate[at].n > u->scene->replay.at.n)
		to = at;
	if (to < 0)
		to = 0;
	if (to >= (int)q->nr_candidates)
		to = (int)q->nr_candidates - 1;
	if (at >= 0)
		pick_select(u, q, (unsigned int)to);
	return EFF_DRAW;
}

bool pick_select_thing(struct ui *u, uint32_t cls, uint32_t id)
{
	const struct lesson_question *q = pick_question(u);

	for (size_t i = 0; q && i < q->nr_candidates; i++)
		if (q->candidate[i].cls == cls && q->candidate[i].id == id && id) {
			pick_select(u, q, (unsigned int)i);
			return true;
		}
	return false;
}

/* ---- the answer ---------------------------------------------------------------------------- */

bool pick_take(struct ui *u, const struct lesson_question *q)
{
	int at = pick_at(u, q);
	struct answer *a = &u->answer;

	if (at < 0)
		return false;
	answer_select(u, q, at);		/* an answer to an earlier question is forgotten */
	for (unsigned int i = 0; i < a->nr_order; i++)
		if (a->order[i] == (unsigned int)at) {
			ui_say(u, W(SAY_PICKED_ALREADY));
			return false;
		}
	if (a->nr_order < LESSON_PICKS_MAX)
		a->order[a->nr_order++] = (unsigned int)at;
	return a->nr_order >= q->pick_count;
}

void pick_keep(struct ui *u, const struct lesson_question *q)
{
	if (q->pick != PICK_EVENT)
		return;
	u->pick_back = u->scene->replay.at.n;
	u->pick_back_question = q->number;
}

bool pick_return(struct ui *u)
{
	const struct lesson_question *q = u->pick_back ? pick_question(u) : NULL;
	uint64_t n = u->pick_back;

	if (!q)
		return false;
	u->pick_back = 0;
	if (q->number != u->pick_back_question)
		return false;
	playback_seek(&u->scene->playback, n);
	return true;
}

/* ---- words ------------------------------------------------------------------------------------ */

static void put_text(struct ui *u, const struct lesson_question *q, size_t i, struct strbuf *out)
{
	const struct lesson_candidate *c = &q->candidate[i];
	struct trace_event ev;

	if (q->pick != PICK_EVENT) {
		words_plain(c->text, out);
		return;
	}
	if (trace_store_event(u->scene->store, c->n, &ev))
		words_event(u->scene->store, &u->scene->replay.head, &ev, out);
}

/* "0:1" of "kworker/0:1": as the rows name it. */
static void put_name(struct ui *u, const struct lesson_question *q, size_t i, struct strbuf *out)
{
	STRBUF(text, 256);

	put_text(u, q, i, &text);
	strbuf_puts(out, ui_short(text.buf));
}

bool pick_find(struct ui *u, bool back)
{
	const struct lesson_question *q = pick_question(u);
	size_t nr = q ? q->nr_candidates : 0;
	int at = q ? pick_at(u, q) : -1;

	for (size_t step = 1; q && *u->search && step <= nr; step++) {
		size_t i = ((size_t)at + (back ? nr - step : step)) % nr;
		STRBUF(text, 1024);

		put_text(u, q, i, &text);
		if (!strcasestr(text.buf, u->search))
			continue;
		pick_select(u, q, (unsigned int)i);
		return true;
	}
	return false;
}

/* "▸    3.003  the handler of nic returns" */
static void event_line(struct ui *u, const struct lesson_question *q, size_t i, bool here, int width, struct strbuf *out)
{
	STRBUF(text, 1024);
	STRBUF(line, 1200);

	put_text(u, q, i, &text);
	for (char *at; (at = strstr(text.buf, "kworker/")) != NULL;)
		memmove(at, at + 8, strlen(at + 8) + 1);
	strbuf_printf(&line, "%s %8.3f  %s", here ? "▸" : " ", (double)q->candidate[i].time / 1e6, text.buf);
	width_put_cut(out, line.buf, strlen(line.buf), width);
}

static unsigned int event_rows(const struct ui *u, const struct lesson_question *q)
{
	int w = term_width(u->term), h = term_height(u->term);
	unsigned int rows = layout_is_wide(w, h) ? EVENT_ROWS_WIDE : w < 80 || h < 24 ? EVENT_ROWS_NARROW : EVENT_ROWS;

	return q->nr_candidates < rows ? (unsigned int)q->nr_candidates : rows;
}

/* The first event in the list: the cursor is on the last row but one, where there are events behind it. */
static size_t first_event(const struct lesson_question *q, int at, unsigned int rows)
{
	size_t before = rows > 2 ? rows - 2 : 0, first = (size_t)at > before ? (size_t)at - before : 0;

	return first + rows > q->nr_candidates ? q->nr_candidates - rows : first;
}

/* "▶ 0:1   ·   the others: 0:0, 0:3" */
static void thing_line(struct ui *u, const struct lesson_question *q, int at, int width, struct strbuf *out)
{
	bool first = true;
	STRBUF(line, 1024);

	strbuf_puts(&line, term_ascii(u->term) ? "> " : "▶ ");
	put_name(u, q, (size_t)at, &line);
	strbuf_puts(&line, q->pick == PICK_ITEM ? W(PICK_ALONG) : W(PICK_OTHERS));
	for (size_t i = 0; i < q->nr_candidates && q->pick != PICK_ITEM; i++) {
		if ((int)i == at)
			continue;
		strbuf_puts(&line, first ? "" : ", ");
		put_name(u, q, i, &line);
		first = false;
	}
	width_put_cut(out, line.buf, strlen(line.buf), width);
}

/* "✔ 1 w0   2 –" */
static void taken_line(struct ui *u, const struct lesson_question *q, int width, struct strbuf *out)
{
	const struct answer *a = &u->answer;
	STRBUF(line, 1024);

	for (unsigned int i = 0; i < q->pick_count; i++) {
		bool taken = a->asked == q->asked && i < a->nr_order;

		strbuf_printf(&line, "%s%s%u ", i ? "   " : "", taken ? "✔ " : "", i + 1);
		if (!taken)
			strbuf_puts(&line, "–");
		else if (q->pick == PICK_EVENT)
			strbuf_puts(&line, time_text_ms(q->candidate[a->order[i]].time).text);
		else if (q->pick == PICK_LINE)
			strbuf_printf(&line, W(PICK_LINE_NUMBER), (unsigned long long)q->candidate[a->order[i]].n);
		else
			put_name(u, q, a->order[i], &line);
	}
	width_put_cut(out, line.buf, strlen(line.buf), width);
}

bool pick_line(struct ui *u, const struct lesson_question *q, unsigned int i, int width, struct strbuf *out, int *candidate)
{
	unsigned int rows = q->pick == PICK_EVENT ? event_rows(u, q) : q->pick == PICK_LINE ? 0 : 1;
	int at = pick_at(u, q);
	size_t shown;

	*candidate = -1;
	if (at < 0 || i > rows || (i == rows && q->pick_count < 2))
		return false;
	if (i == rows) {
		taken_line(u, q, width, out);
	} else if (q->pick == PICK_EVENT) {
		shown = first_event(q, at, rows) + i;
		event_line(u, q, shown, (int)shown == at, width, out);
		*candidate = (int)shown;
	} else {
		thing_line(u, q, at, width, out);
	}
	return true;
}

/* ---- the machine view ------------------------------------------------------------------------- */

static uint32_t pool_of(const struct model *m, const struct lesson_candidate *c)
{
	const struct model_worker *w = c->cls == CLS_WORKER ? model_worker(m, c->id) : NULL;
	const struct model_item *it = c->cls == CLS_ITEM ? model_item(m, c->id) : NULL;
	const struct model_worker *runner = it && it->runner ? model_worker(m, it->runner) : NULL;

	return w ? w->pool : runner ? runner->pool : it && it->place == AT_WORKLIST ? it->where : 0;
}

void pick_layout(struct ui *u, struct layout_in *in, struct layout_look *look)
{
	const struct lesson_question *q = pick_question(u);
	int at = q ? pick_at(u, q) : -1;
	uint32_t pool;

	if (at < 0)
		return;
	in->picking = true;
	in->film = 0;
	in->pick_cls = q->candidate[at].cls;
	in->pick_id = q->candidate[at].id;
	pool = pool_of(in->m, &q->candidate[at]);
	if (!pool)
		return;
	memcpy(look, in->look, in->nr_looks * sizeof(*look));
	look[in->nr_looks] = (struct layout_look){ in->m->n, pool };
	in->look = look;
	in->nr_looks++;
}
