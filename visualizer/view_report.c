/*
 * visualizer/view_report.c - a question about a report's lines: the report in place of the machine.
 *
 * From the top: the line under the cursor and its kind, the report, the question or verdict.  Tab
 * turns to the machine and back; a verdict with an event as its evidence begins with the machine.
 *
 * Never here:   the question's lines (view_text.c), the answer (pick.c).   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "base/width.h"
#include "base/wrap.h"
#include "visualizer/commands.h"
#include "words/pick_text.h"
#include "words/report_text.h"

#define HEAD_ROWS 2		/* the line under the cursor: two rows, or one and its kind */
#define LEAST_ROWS 5		/* of the report, however long the question is */

/* ---- is it shown? ------------------------------------------------------------------------ */

/* The question or verdict that has a report; its card. */
static const struct lesson_question *with_report(struct ui *u, const struct lesson_card **card)
{
	struct open_text o;

	if (u->at_home || !u->scene || u->kept)
		return NULL;
	o = ui_open_text(u);
	*card = o.card;
	return o.q && o.q->report.nr && o.card && (o.card->kind == CARD_ASK || o.card->kind == CARD_VERDICT) && o.context ? o.q : NULL;
}

bool report_is_all(const struct ui *u)
{
	return u->scene && u->scene->lesson.exercise == EXERCISE_DUMP;
}

/* An open question of a dump is answered from the report alone: the machine would show the answer. */
static bool sealed(struct ui *u, const struct lesson_card *card)
{
	return report_is_all(u) && card->kind == CARD_ASK;
}

bool report_seals(struct ui *u)
{
	const struct lesson_card *card;

	return with_report(u, &card) && sealed(u, card);
}

bool report_hides(struct ui *u)
{
	if (!report_seals(u))
		return false;
	ui_say(u, "%s", W(SAY_SEALED));
	return true;
}

bool report_refuses(struct ui *u, enum action a)
{
	static const bool shows_machine[ACT_NR] = {
		[ACT_TURN] = true, [ACT_LOOK] = true, [ACT_PLAY] = true, [ACT_STEP] = true, [ACT_STEP_BACK] = true,
		[ACT_DECISION] = true, [ACT_DECISION_BACK] = true, [ACT_BACK_SMALL] = true, [ACT_ON_SMALL] = true,
		[ACT_BACK_TENTH] = true, [ACT_ON_TENTH] = true, [ACT_SEEK] = true, [ACT_WHY] = true, [ACT_IRQ] = true,
		[ACT_WORLDS] = true, [ACT_NEXT_BOOKMARK] = true, [ACT_CODE] = true,
	};

	return shows_machine[a] && report_hides(u);
}

const struct lesson_question *report_shown(struct ui *u)
{
	const struct lesson_card *card;
	const struct lesson_question *q = with_report(u, &card);
	bool only = q && sealed(u, card), turned = q && !only && u->report_card == card->n && u->report_turned;

	if (!q || (u->looking && !only) || u->view != VIEW_MACHINE)
		return NULL;
	if (u->report_question != q->number) {	/* the questions about one report keep its place */
		const struct lesson_question *before = lesson_question(&u->scene->lesson, u->report_question);

		if (!before || strcmp(before->report.title, q->report.title) || before->report.nr != q->report.nr)
			u->report_at = (unsigned int)q->report.heading;
		u->report_question = q->number;
	}
	return (card->kind == CARD_ASK || !q->verdict.evidence) != turned ? q : NULL;
}

bool report_there_is(struct ui *u)
{
	const struct lesson_card *card;

	return with_report(u, &card) != NULL;
}

/* ---- lines ----------------------------------------------------------------------------------- */

struct page {
	struct ui *u;
	const struct lesson_question *q;
	int w, top, rows;		/* of the report */
	unsigned int first;		/* line in the first row */
};

static bool names_line(const struct lesson_question *q, const char *given, uint64_t number)
{
	unsigned int which[LESSON_PICKS_MAX], nr = lesson_picked(q, given, which, LESSON_PICKS_MAX);

	for (unsigned int i = 0; i < nr; i++)
		if (q->candidate[which[i]].n == number)
			return true;
	return false;
}

/* Was the line a right answer, or is it taken for the one that is being made? */
static bool found(const struct page *p, uint64_t number)
{
	const struct lesson *l = &p->u->scene->lesson;
	const struct answer *a = &p->u->answer;

	for (unsigned int i = 0; a->asked == p->q->asked && i < a->nr_order; i++)
		if (p->q->candidate[a->order[i]].n == number)
			return true;
	for (size_t i = 1; i < l->nr_questions; i++) {
		const struct lesson_question *q = &l->question[i];

		if (q->asked && q->pick == PICK_LINE && q->verdict.result == RESULT_RIGHT && q->verdict.n &&
		    !strcmp(q->report.title, p->q->report.title) && names_line(q, q->given, number))
			return true;
	}
	return false;
}

static void put_line(const struct page *p, unsigned int i, int y)
{
	struct ui *u = p->u;
	const char *text = p->q->report.line[i];
	bool here = i == u->report_at, heading = i < p->q->report.heading, seen = found(p, i + 1);
	struct hit_region region = { .kind = HIT_CHOICE, .x = 1, .y = y, .w = p->w - 2 };
	int candidate = -1, x = 1;
	STRBUF(line, 1024);

	if (!u->report_times)
		text = words_untimed(text);
	x += ui_put(u, x, y, 1, ST_KEY, 0, here && (pick_question(u) || !seen) ? "▸" : seen ? "✔" : " ");
	x += ui_put(u, x, y, 5, ST_DIM, 0, heading ? "     " : "%3u  ", i + 1);
	width_put_cut(&line, text, strlen(text), p->w - 2 - x);
	ui_put(u, x, y, p->w - 2 - x, heading ? ST_TITLE : ST_NORMAL, here ? ATTR_REVERSE : 0, "%s", line.buf);
	for (size_t k = 0; k < p->q->nr_candidates && candidate < 0; k++)
		if (p->q->candidate[k].n == i + 1)
			candidate = (int)k;
	if (candidate < 0)
		return;
	region.id = (uint32_t)candidate;
	ui_hit_region(u, &region);
}

/* A part of the right border is thick: the part of the report that is in view. */
static void put_bar(const struct page *p)
{
	unsigned int nr = (unsigned int)p->q->report.nr, rows = (unsigned int)p->rows;

	for (unsigned int i = 0; nr > rows && i < rows; i++) {
		unsigned int at = i * nr / rows;

		if (at >= p->first && at < p->first + rows)
			ui_put(p->u, p->w - 1, p->top + (int)i, 1, ST_BORDER, 0, "█");
	}
}

static void put_report(struct page *p)
{
	unsigned int nr = (unsigned int)p->q->report.nr, heading = (unsigned int)p->q->report.heading;
	unsigned int rows = (unsigned int)p->rows > heading ? (unsigned int)p->rows - heading : 1, at = p->u->report_at;
	int y = p->top;

	if (at >= nr)
		at = p->u->report_at = nr - 1;
	if (p->first < heading)
		p->first = heading;
	if (at < p->first)
		p->first = at < heading ? heading : at;
	if (at >= p->first + rows)
		p->first = at + 1 - rows;
	if (p->first + rows > nr)
		p->first = nr > rows ? nr - rows : 0;
	if (p->first < heading)
		p->first = heading;
	for (unsigned int i = 0; i < heading && y < p->top + p->rows; i++)
		put_line(p, i, y++);
	for (unsigned int i = p->first; i < nr && y < p->top + p->rows; i++)
		put_line(p, i, y++);
}

/* ---- the page ------------------------------------------------------------------------------------ */

static void put_head(const struct page *p)
{
	const char *line = p->q->report.line[p->u->report_at], *text = words_untimed(line), *kind = words_report_line(text);
	double first = words_line_time(p->q->report.line[0]), time = words_line_time(line);
	struct wrap_line piece;
	struct wrap wrap;
	char title[120];
	STRBUF(cut, 400);
	int y = 2;

	snprintf(title, sizeof(title), "%s", W(REPORT_LINE));
	if (first >= 0 && time >= 0)
		snprintf(title, sizeof(title), W(REPORT_LINE_AFTER), (time - first) * 1000);
	layout_box(p->u->term, (struct rect){ 1, 2, p->w - 2, HEAD_ROWS }, title, ST_TITLE);
	text += strspn(text, " ");
	wrap_begin(&wrap, text, strlen(text), p->w - 4);
	for (; y < 2 + HEAD_ROWS && wrap_next(&wrap, &piece); y++)
		ui_put(p->u, 2, y, p->w - 4, ST_NORMAL, 0, "%.*s", (int)(piece.to - piece.from), text + piece.from);
	width_put_cut(&cut, kind, strlen(kind), p->w - 4);
	if (y < 2 + HEAD_ROWS)
		ui_put(p->u, 2, y, p->w - 4, ST_WHY, 0, "%s", cut.buf);
}

/* " text " in a border, its end at the right. */
static void put_right(const struct page *p, int y, const char *text, enum theme_style style)
{
	int w = width_text(text, strlen(text)) + 2;

	if (*text && w < p->w - 20)
		ui_put(p->u, p->w - 2 - w, y, w, style, 0, " %s ", text);
}

static void put_talk(struct page *p, const struct layout_talk *t, int y, int rows)
{
	struct ui *u = p->u;
	unsigned int first = t->nr > (unsigned int)rows ? t->nr - (unsigned int)rows : 0;

	if (t->first < first)
		first = t->first;
	layout_box(u->term, (struct rect){ 1, y, p->w - 2, rows }, t->title, t->style);
	if (t->right)
		put_right(p, y - 1, t->right, ST_NORMAL);
	for (int i = 0; i < rows && first + (unsigned int)i < t->nr; i++) {
		const struct layout_line *line = &t->line[first + (unsigned int)i];

		styled_put(u->term, 2 + line->indent, y + i, p->w - 4 - line->indent, line->style, &line->text);
	}
}

void report_draw(struct ui *u, const struct lesson_question *q)
{
	struct open_text o = ui_open_text(u);
	int w = term_width(u->term), h = term_height(u->term), talk_rows, room = h - 2 - HEAD_ROWS - 3 - 1;
	const struct layout_talk *t = text_talk(u, w - 4, &o);
	struct page p = { .u = u, .q = q, .w = w, .top = 3 + HEAD_ROWS, .first = u->scroll[VIEW_MACHINE] };
	char rows[80];

	talk_rows = (int)t->nr < 1 ? 1 : (int)t->nr;
	if (room - talk_rows < LEAST_ROWS)
		talk_rows = room - LEAST_ROWS > 1 ? room - LEAST_ROWS : 1;
	p.rows = room - talk_rows;
	put_head(&p);
	layout_box(u->term, (struct rect){ 1, p.top, w - 2, p.rows }, q->report.title, ST_TITLE);
	put_report(&p);
	u->scroll[VIEW_MACHINE] = p.first;
	snprintf(rows, sizeof(rows), W(REPORT_ROWS), p.first + 1,
		 p.first + (unsigned int)p.rows < q->report.nr ? p.first + (unsigned int)p.rows - (unsigned int)q->report.heading :
							       (unsigned int)q->report.nr, (unsigned int)q->report.nr);
	put_right(&p, p.top - 1, rows, ST_NORMAL);
	put_bar(&p);
	put_talk(&p, t, p.top + p.rows + 1, talk_rows);
}

/* ---- keys -------------------------------------------------------------------------------------------- */

static unsigned int move_cursor(struct ui *u, const struct lesson_question *q, int by)
{
	int to = (int)u->report_at + by;

	if (pick_question(u) == q)
		return pick_move(u, q, by);
	u->report_at = to < (int)q->report.heading ? (unsigned int)q->report.heading :
		       to >= (int)q->report.nr ? (unsigned int)q->report.nr - 1 : (unsigned int)to;
	return EFF_DRAW;
}

unsigned int report_command(struct ui *u, enum action a)
{
	const struct lesson_card *card;
	const struct lesson_question *q = with_report(u, &card), *shown = q ? report_shown(u) : NULL;
	int page = term_height(u->term) / 2;

	if (q && a == ACT_TURN && !u->looking) {
		u->report_turned = u->report_card != card->n || !u->report_turned;
		u->report_card = card->n;
		return EFF_DRAW;
	}
	if (!shown)
		return 0;
	switch (a) {
	case ACT_TIMES: u->report_times = !u->report_times; return EFF_DRAW;
	case ACT_UP: return move_cursor(u, q, -1);
	case ACT_DOWN: return move_cursor(u, q, 1);
	case ACT_PAGE_UP: return move_cursor(u, q, -page);
	case ACT_PAGE_DOWN: return move_cursor(u, q, page);
	case ACT_TO_START: return move_cursor(u, q, -(int)q->report.nr);
	case ACT_TO_END: return move_cursor(u, q, (int)q->report.nr);
	default: return 0;
	}
}
