/*
 * visualizer/home_layout.c - see home_layout.h.   Licence: MIT.
 */
#include "visualizer/home_layout.h"

#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/width.h"
#include "exercise/exercise.h"
#include "words/texts.h"

#define LIST_Y 5			/* below the box `last time` */
#define NARROW 80			/* columns; with less the lesson is below the list */
#define NARROW_DETAIL_ROWS 3
#define MINUTES_W 6			/* "14 min" */
#define TITLE_X 8
#define EXERCISES_W 8			/* "2/10 ex." */
#define NAME_X 7			/* of an exercise, its kind, its task, and its points: "10/10" */
#define KIND_X 11
#define TASK_X 21
#define POINTS_W 6

/* ---- the list ------------------------------------------------------------------------------- */

static bool is_narrow(const struct home_in *in)
{
	return in->width < NARROW;
}

/* "" = the lessons there have none. */
static const char *part_of(const struct app_home *h, size_t lesson)
{
	return lesson == h->nr ? W(HOME_OTHERS) : h->lessons[lesson].part ? h->lessons[lesson].part : "";
}

unsigned int home_rows(const struct app_home *h, const bool *open, struct home_row *row)
{
	const char *part = "";
	unsigned int n = 0;

	for (size_t i = 0; i < h->nr + (h->nr_others > 0); i++) {
		bool others = i == h->nr;
		unsigned int nr = others || (open && i < APP_LESSONS_MAX && open[i]) ? app_home_nr_exercises(h, i) : 0;

		if (n + 2 + nr > HOME_ROWS_MAX)
			break;
		if (*part_of(h, i) && strcmp(part, part_of(h, i)) != 0)
			row[n++] = (struct home_row){ i, 0, true };
		part = part_of(h, i);
		for (unsigned int k = others; k <= nr; k++)
			row[n++] = (struct home_row){ i, k, false };
	}
	return n;
}

static bool is_sel(const struct home_in *in, const struct home_row *row)
{
	return !row->heading && row->lesson == in->sel && row->number == in->sel_number;
}

static unsigned int sel_row(const struct home_frame *f, const struct home_in *in)
{
	for (unsigned int i = 0; i < f->nr; i++)
		if (is_sel(in, &f->row[i]))
			return i;
	return 0;
}

static bool has_exercises(const struct home_in *in)
{
	unsigned int done;

	return app_home_exercises(in->home, &done) > 0;
}

/* The last column of a lesson has its exercises, or in a course without exercises its minutes. */
static int last_w(const struct home_in *in)
{
	return has_exercises(in) ? EXERCISES_W : MINUTES_W;
}

static int marks_room(const struct home_in *in)
{
	unsigned int most = 1, room = (unsigned int)in->width / 8;

	for (size_t i = 0; i < in->home->nr; i++)
		most = in->home->lessons[i].total > most ? in->home->lessons[i].total : most;
	return (int)(most < room ? most : room);
}

static const struct {
	const char *glyph;
	enum theme_style style;
} marks[] = {
	[APP_MARK_NONE] = { "·", ST_DIM }, [APP_MARK_RIGHT] = { "✔", ST_RIGHT }, [APP_MARK_WRONG] = { "✗", ST_WRONG },
	[APP_MARK_UNJUDGED] = { "–", ST_NORMAL },
};

/* One mark for each question; the last column is an ellipsis if there are more. */
static void put_marks(struct home_frame *f, const struct app_lesson *l, int x, int y, int room)
{
	for (int i = 0; i < (int)l->total && i < room; i++) {
		enum app_mark mark = l->asked ? l->asked[i].mark : APP_MARK_NONE;

		if (i + 1 == room && (int)l->total > room)
			page_put(&f->page, x + i, y, 1, ST_DIM, "…");
		else
			page_put(&f->page, x + i, y, 1, marks[mark].style, marks[mark].glyph);
	}
}

/* "5" of "05"; an introduction has none. */
static const char *number_of(const struct app_lesson *l)
{
	return l->label ? l->label + strspn(l->label, "0") : "";
}

static const struct {
	const char *glyph;
	enum theme_style style;
} states[] = {
	[APP_LESSON_NEW] = { "", ST_NORMAL }, [APP_LESSON_STARTED] = { "◐", ST_WAITING }, [APP_LESSON_DONE] = { "✔", ST_RIGHT },
};

static void put_state(struct home_frame *f, const struct app_lesson *l, int x, int y)
{
	page_put(&f->page, x, y, 1, l->fault ? ST_ERROR : states[l->state].style, l->fault ? "!" : states[l->state].glyph);
}

/* Columns [@from, @to) of the row under the cursor. */
static void put_cursor(struct home_frame *f, int from, int to, int y)
{
	page_put(&f->page, 1, y, 1, ST_FOCUS, "▸");
	page_attr(&f->page, from, y, to - from, ATTR_REVERSE);
}

/* "2/10 ex.", before column @end; "": there are none. */
static void put_count(struct home_frame *f, unsigned int done, unsigned int nr, int end, int y)
{
	char text[40];

	if (!nr)
		return;
	snprintf(text, sizeof(text), W(HOME_EXERCISES_OF), done, nr);
	page_put_right(&f->page, end, y, EXERCISES_W, ST_DIM, text);
}

static void put_minutes(struct home_frame *f, const struct app_lesson *l, int end, int y)
{
	char text[24];

	if (!l->minutes)
		return;
	snprintf(text, sizeof(text), W(HOME_MINUTES), l->minutes);
	page_put_right(&f->page, end, y, MINUTES_W, ST_DIM, text);
}

static void lesson_row(struct home_frame *f, const struct home_in *in, const struct app_lesson *l, bool sel, int y)
{
	int end = f->list_w - 1, marks_w = marks_room(in), marks_x = end - last_w(in) - 1 - marks_w, title_end;

	put_state(f, l, 3, y);
	page_put_right(&f->page, TITLE_X - 1, y, 3, ST_NORMAL, number_of(l));
	/* a lesson without marks has their room for its title */
	title_end = l->state == APP_LESSON_NEW ? end - last_w(in) - 1 : marks_x - 1;
	page_put(&f->page, TITLE_X, y, title_end - TITLE_X, sel ? ST_TITLE : ST_NORMAL, l->title ? l->title : l->id);
	if (l->state != APP_LESSON_NEW)
		put_marks(f, l, marks_x, y, marks_w);
	if (has_exercises(in))
		put_count(f, app_done(l->exercise, l->nr_exercises), l->nr_exercises, end, y);
	else
		put_minutes(f, l, end, y);
	if (sel)
		put_cursor(f, TITLE_X - 3, title_end, y);
}

/* "6/10"; "": nothing was judged yet. */
static void points_of(const struct app_lesson *x, struct strbuf *out)
{
	char points[16], of[16];

	if (x->judged)
		strbuf_printf(out, "%s/%s", exercise_points(x->halves, points), exercise_points(x->of, of));
}

static void exercise_row(struct home_frame *f, const struct app_lesson *x, bool sel, int y)
{
	int end = f->list_w - 1, title_end;
	STRBUF(points, 40);

	points_of(x, &points);
	title_end = points.len ? end - POINTS_W - 1 : end;
	put_state(f, x, NAME_X - 2, y);
	page_put(&f->page, NAME_X, y, KIND_X - 1 - NAME_X, ST_NORMAL, x->label ? x->label : "");
	page_put(&f->page, KIND_X, y, TASK_X - 1 - KIND_X, sel ? ST_NORMAL : ST_DIM, x->fault ? W(LESSON_FAULTY) : x->kind);
	page_put(&f->page, TASK_X, y, title_end - TASK_X, sel ? ST_TITLE : ST_NORMAL, x->title);
	page_put_right(&f->page, end, y, POINTS_W, x->state == APP_LESSON_DONE ? ST_RIGHT : ST_NORMAL, points.buf);
	if (sel)
		put_cursor(f, NAME_X, title_end, y);
}

static void heading_row(struct home_frame *f, const struct home_in *in, size_t first, int y)
{
	const struct app_home *h = in->home;
	const char *part = part_of(h, first);
	int end = f->list_w - 1, count_end = has_exercises(in) ? end - EXERCISES_W - 1 : end;
	unsigned int all = 0, done = 0, nr = first == h->nr ? h->nr_others : 0, nr_done = app_done(h->others, nr);
	char count[32] = "";

	for (size_t i = first; i < h->nr && !strcmp(part, part_of(h, i)); i++, all++) {
		done += h->lessons[i].state == APP_LESSON_DONE;
		nr += h->lessons[i].nr_exercises;
		nr_done += app_done(h->lessons[i].exercise, h->lessons[i].nr_exercises);
	}
	if (all)
		snprintf(count, sizeof(count), "%u/%u", done, all);
	page_put(&f->page, 3, y, count_end - 4 - (int)strlen(count), ST_TITLE, part);
	page_put_right(&f->page, count_end, y, 8, ST_DIM, count);
	put_count(f, nr_done, nr, end, y);
}

/* The right border of a list that does not fit: the part that is shown. */
static void scroll_bar(struct home_frame *f)
{
	int rows = f->list_rows, nr = (int)f->nr, from = (int)f->top * rows / nr, len = rows * rows / nr;

	if (nr <= rows)
		return;
	len = len > 0 ? len : 1;
	if (f->top + (unsigned int)rows == f->nr)
		from = rows - len;
	for (int i = 0; i < len; i++)
		page_put(&f->page, f->list_w, f->list_y + from + i, 1, ST_BORDER, "█");
}

static void list_title(struct home_frame *f, const struct home_in *in)
{
	bool whole = f->nr <= (unsigned int)f->list_rows;
	const char *title = f->top && !f->row[f->top].heading ? part_of(in->home, f->row[f->top].lesson) : "";
	char count[64] = "";
	int room = f->list_w - 2;

	if (!whole) {
		snprintf(count, sizeof(count), W(HOME_ROWS), f->top + 1, f->top + (unsigned int)f->list_rows, f->nr);
		room -= page_title_width(count) + 1;
		page_title_right(&f->page, f->list_w - 1, f->list_y - 1, f->list_w - 2, ST_DIM, count);
	}
	page_title(&f->page, 1, f->list_y - 1, room, ST_TITLE, *title ? title : W(HOME_CONTENTS));
}

static void list(struct home_frame *f, const struct home_in *in)
{
	for (int i = 0; i < f->list_rows && f->top + (unsigned int)i < f->nr; i++) {
		const struct home_row *row = &f->row[f->top + (unsigned int)i];
		const struct app_lesson *l = app_home_at(in->home, row->lesson, row->number);

		if (row->heading)
			heading_row(f, in, row->lesson, f->list_y + i);
		else if (row->number)
			exercise_row(f, l, is_sel(in, row), f->list_y + i);
		else
			lesson_row(f, in, l, is_sel(in, row), f->list_y + i);
	}
	list_title(f, in);
	scroll_bar(f);
}

/* ---- the row under the cursor ------------------------------------------------------------------- */

struct detail {
	struct home_frame *f;
	int x, y, w, end;		/* rows [y, end) are free */
};

static void put(struct detail *d, enum theme_style style, const char *text)
{
	if (*text)
		d->y += page_wrap(&d->f->page, d->x, d->y, d->w, 0, d->end - d->y, style, text);
}

static void leave_row(struct detail *d)
{
	d->y++;
}

/* "E16 · configure" */
static void name_of(const struct app_lesson *x, struct strbuf *out)
{
	if (x->label && *x->label)
		strbuf_puts(out, x->label);
	if (!x->fault)
		strbuf_printf(out, "%s%s", out->len ? " · " : "", x->kind);
}

/* "6 of 10 points", or what can be reached */
static void worth_of(const struct app_lesson *x, struct strbuf *out)
{
	char points[16], of[16];

	exercise_points(x->of, of);
	if (x->judged)
		strbuf_printf(out, W(WORK_POINTS), exercise_points(x->halves, points), of);
	else
		strbuf_printf(out, W(LIST_POINTS), of);
}

/* "14 min · at step 4 of 9 · needs 2, 5"; of an exercise "E16 · configure · 10 min · needs 7" */
static void facts_of(const struct app_lesson *l, struct strbuf *out)
{
	if (l->kind)
		name_of(l, out);
	if (l->minutes) {
		strbuf_puts(out, out->len ? " · " : "");
		strbuf_printf(out, W(HOME_MINUTES), l->minutes);
	}
	if (l->step)
		strbuf_printf(out, W(HOME_AT_STEP), out->len ? " · " : "", l->step, l->steps);
	else if (l->steps && !l->kind)
		strbuf_printf(out, W(HOME_STEPS), out->len ? " · " : "", l->steps);
	if (l->needs && *l->needs)
		strbuf_printf(out, W(HOME_NEEDS), l->needs);
}

static unsigned int nr_missed(const struct app_lesson *l)
{
	unsigned int n = 0;

	for (unsigned int i = 0; l->asked && i < l->total; i++)
		n += l->asked[i].mark == APP_MARK_WRONG;
	return n;
}

/* The missed questions of a lesson, as many as fit.  Return: how many were drawn. */
static unsigned int put_missed(struct detail *d, const struct app_lesson *l)
{
	unsigned int shown = 0;

	for (unsigned int i = 0; l->asked && i < l->total; i++) {
		const struct app_question *q = &l->asked[i];
		int lines;

		if (q->mark != APP_MARK_WRONG)
			continue;
		lines = page_wrap(&d->f->page, 0, 0, d->w - 2, 0, 0, ST_NORMAL, q->text);
		if (d->y + lines > d->end - 1)		/* the last row is for the number of the others */
			break;
		page_put(&d->f->page, d->x, d->y, 1, ST_WRONG, "✗");
		d->y += page_wrap(&d->f->page, d->x + 2, d->y, d->w - 2, 0, lines, ST_NORMAL, q->text);
		shown++;
	}
	return shown;
}

/* The exercises of the lesson under the cursor. */
static void exercises(struct detail *d, const struct app_lesson *l)
{
	if (!l->nr_exercises || d->y + 3 > d->end)
		return;
	leave_row(d);
	put(d, ST_TITLE, W(LIST_EXERCISES));
	for (unsigned int i = 0; i < l->nr_exercises && d->y < d->end; i++, d->y++) {
		const struct app_lesson *x = &l->exercise[i];
		STRBUF(points, 40);
		int used = page_put(&d->f->page, d->x, d->y, d->w, ST_NORMAL, app_exercise_name(x)) + 1;

		points_of(x, &points);
		page_put_right(&d->f->page, d->x + d->w, d->y, POINTS_W, ST_NORMAL, points.buf);
		page_put(&d->f->page, d->x + used, d->y, d->w - used - (points.len ? POINTS_W + 1 : 0), ST_NORMAL, x->title);
	}
}

/* Missed questions: of the lesson under the cursor, then of the others. */
static void another_look(struct detail *d, const struct home_in *in, const struct app_lesson *here)
{
	unsigned int all = in->home->judged - in->home->right, shown = 0;
	char more[80];

	if (!all || d->y + 3 > d->end)
		return;
	leave_row(d);
	put(d, ST_TITLE, W(HOME_ANOTHER_LOOK));
	shown = put_missed(d, here);
	for (size_t i = 0; i < in->home->nr && d->y + 3 < d->end && shown >= nr_missed(here); i++) {
		const struct app_lesson *l = &in->home->lessons[i];

		if (l == here || !nr_missed(l))
			continue;
		put(d, ST_DIM, l->title);
		shown += put_missed(d, l);
	}
	if (shown < all && d->y < d->end) {
		snprintf(more, sizeof(more), W(HOME_MORE_MISSED), all - shown);
		put(d, ST_DIM, more);
	}
}

/* Missed questions of an exercise, which are none of home->judged. */
static void missed_here(struct detail *d, const struct app_lesson *x)
{
	if (!nr_missed(x) || d->y + 3 > d->end)
		return;
	leave_row(d);
	put(d, ST_TITLE, W(HOME_ANOTHER_LOOK));
	put_missed(d, x);
}

static void detail(struct home_frame *f, const struct home_in *in, const struct app_lesson *l)
{
	struct detail d = { f, f->list_w + 2, LIST_Y, in->width - 3 - f->list_w - 1, in->height - 2 };
	STRBUF(facts, 400);

	put(&d, ST_TITLE, l->title ? l->title : l->id);
	put(&d, ST_NORMAL, l->question ? l->question : "");
	leave_row(&d);
	facts_of(l, &facts);
	put(&d, ST_DIM, facts.buf);
	if (l->fault)
		put(&d, ST_ERROR, l->fault);
	if (l->kind) {
		STRBUF(worth, 80);

		if (!l->fault)
			worth_of(l, &worth);
		put(&d, ST_NORMAL, worth.buf);
		missed_here(&d, l);
		return;
	}
	exercises(&d, l);
	another_look(&d, in, l);
}

/* Below the list, in three rows. */
static void narrow_detail(struct home_frame *f, const struct home_in *in, const struct app_lesson *l)
{
	int y = in->height - 2 - NARROW_DETAIL_ROWS;
	struct detail d = { f, 2, y, in->width - 4, in->height - 2 };
	STRBUF(title, 400);

	page_border(&f->page, y - 1, "├", "┤");
	facts_of(l, &title);
	if (l->kind && !l->fault) {
		strbuf_puts(&title, " · ");
		worth_of(l, &title);
	}
	page_title(&f->page, 1, y - 1, in->width - 2, ST_TITLE, title.buf);
	if (l->kind)
		put(&d, ST_TITLE, l->title);
	put(&d, ST_NORMAL, l->question ? l->question : "");
	if (l->fault)
		put(&d, ST_ERROR, l->fault);
	if (d.y + 1 < d.end)
		put_missed(&d, l);
}

/* ---- the page --------------------------------------------------------------------------------------- */

static void header(struct home_frame *f, const struct home_in *in)
{
	const struct app_home *h = in->home;
	unsigned int done, nr = app_home_exercises(h, &done);
	char right[120];
	STRBUF(left, 300);
	int x;

	strbuf_puts(&left, "kworkshop");
	if (in->width >= 100 && h->title)
		strbuf_printf(&left, " · %s", h->title);
	if (!is_narrow(in) && h->profile)
		strbuf_printf(&left, " · %s", h->profile);
	if (nr)
		snprintf(right, sizeof(right), W(HOME_DONE), app_home_done(h), h->nr, done, nr);
	else
		snprintf(right, sizeof(right), W(HOME_LESSONS_DONE), app_home_done(h), h->nr);
	x = page_put_right(&f->page, in->width - 1, 0, in->width - 13, ST_DIM, right);
	page_put(&f->page, 1, 0, x - 2, ST_HEADER, left.buf);
}

static void last_time(struct home_frame *f, const struct home_in *in, const struct app_lesson *sel)
{
	const struct app_home *h = in->home;
	STRBUF(text, 400);
	STRBUF(score, 200);

	page_border(&f->page, 1, "┌", "┐");
	page_title(&f->page, 1, 1, in->width - 2, ST_TITLE, W(HOME_LAST_TIME));
	page_sides(&f->page, 2);
	page_sides(&f->page, 3);
	app_home_last(h, sel && app_home_next(h) == sel, &text);
	page_put(&f->page, 2, 2, in->width - 4, ST_NORMAL, text.buf);
	app_home_score(h, &score);
	page_put(&f->page, 2, 3, in->width - 4, ST_NORMAL, score.buf);
}

static void borders(struct home_frame *f, const struct home_in *in)
{
	int bottom = in->height - 2;

	page_border(&f->page, LIST_Y - 1, "├", "┤");
	page_border(&f->page, bottom, "└", "┘");
	for (int y = LIST_Y; y < bottom; y++) {
		page_sides(&f->page, y);
		if (!is_narrow(in))
			page_put(&f->page, f->list_w, y, 1, ST_BORDER, "│");
	}
	if (is_narrow(in))
		return;
	page_put(&f->page, f->list_w, LIST_Y - 1, 1, ST_BORDER, "┬");
	page_put(&f->page, f->list_w, bottom, 1, ST_BORDER, "┴");
}

static void measure(struct home_frame *f, const struct home_in *in)
{
	f->list_y = LIST_Y;
	f->list_w = is_narrow(in) ? in->width - 1 : in->width < 100 ? in->width - 33 : in->width * 5 / 8;
	f->list_rows = in->height - 2 - LIST_Y - (is_narrow(in) ? NARROW_DETAIL_ROWS + 1 : 0);
}

int home_layout(struct home_frame *f, const struct home_in *in)
{
	const struct app_lesson *l = app_home_at(in->home, in->sel, in->sel_number);
	int err = page_begin(&f->page, in->width, in->height, in->ascii);

	if (err)
		return err;
	measure(f, in);
	f->nr = home_rows(in->home, in->open, f->row);
	f->top = 0;
	header(f, in);
	borders(f, in);
	if (!f->nr) {
		struct detail d = { f, 2, LIST_Y, f->list_w - 3, in->height - 2 };

		page_border(&f->page, 1, "┌", "┐");
		page_sides(&f->page, 2);
		page_sides(&f->page, 3);
		put(&d, ST_ERROR, in->trouble && *in->trouble ? in->trouble : W(HOME_EMPTY));
		return 0;
	}
	last_time(f, in, l);
	f->top = page_first_row(in->top, sel_row(f, in), f->nr, (unsigned int)f->list_rows);
	list(f, in);
	if (l && is_narrow(in))
		narrow_detail(f, in, l);
	else if (l)
		detail(f, in, l);
	return 0;
}
