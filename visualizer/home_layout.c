/*
 * visualizer/home_layout.c - see home_layout.h.   Licence: MIT.
 */
#include "visualizer/home_layout.h"

#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/width.h"
#include "words/texts.h"

#define LIST_Y 5			/* below the box `last time` */
#define NARROW 80			/* columns; with less the lesson is below the list */
#define NARROW_DETAIL_ROWS 3
#define MINUTES_W 6			/* "14 min" */
#define TITLE_X 8

/* ---- the list ------------------------------------------------------------------------------- */

static bool is_narrow(const struct home_in *in)
{
	return in->width < NARROW;
}

static void make_rows(struct home_frame *f, const struct app_home *h)
{
	const char *part = NULL;

	f->nr = 0;
	for (size_t i = 0; i < h->nr && f->nr + 2 <= HOME_ROWS_MAX; i++) {
		if (h->lessons[i].part && (!part || strcmp(part, h->lessons[i].part)))
			f->lesson[f->nr++] = HOME_NO_LESSON;
		part = h->lessons[i].part;
		f->lesson[f->nr++] = i;
	}
}

/* The heading above the row, "" if the lessons there have none. */
static const char *part_of(const struct home_frame *f, const struct app_home *h, unsigned int row)
{
	while (row + 1 < f->nr && f->lesson[row] == HOME_NO_LESSON)
		row++;
	return f->lesson[row] != HOME_NO_LESSON && h->lessons[f->lesson[row]].part ? h->lessons[f->lesson[row]].part : "";
}

static unsigned int row_of(const struct home_frame *f, size_t lesson)
{
	for (unsigned int i = 0; i < f->nr; i++)
		if (f->lesson[i] == lesson)
			return i;
	return 0;
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

static void lesson_row(struct home_frame *f, const struct home_in *in, size_t index, int y)
{
	static const struct {
		const char *glyph;
		enum theme_style style;
	} states[] = {
		[APP_LESSON_NEW] = { "", ST_NORMAL }, [APP_LESSON_STARTED] = { "◐", ST_WAITING }, [APP_LESSON_DONE] = { "✔", ST_RIGHT },
	};
	const struct app_lesson *l = &in->home->lessons[index];
	int end = f->list_w - 1, marks_w = marks_room(in), marks_x = end - MINUTES_W - 1 - marks_w, title_end;
	char minutes[24];

	page_put(&f->page, 3, y, 1, l->fault ? ST_ERROR : states[l->state].style, l->fault ? "!" : states[l->state].glyph);
	page_put_right(&f->page, TITLE_X - 1, y, 3, ST_NORMAL, number_of(l));
	/* a lesson without marks has their room for its title */
	title_end = l->state == APP_LESSON_NEW ? end - MINUTES_W - 1 : marks_x - 1;
	page_put(&f->page, TITLE_X, y, title_end - TITLE_X, index == in->sel ? ST_TITLE : ST_NORMAL, l->title ? l->title : l->id);
	if (l->state != APP_LESSON_NEW)
		put_marks(f, l, marks_x, y, marks_w);
	if (l->minutes) {
		snprintf(minutes, sizeof(minutes), W(HOME_MINUTES), l->minutes);
		page_put_right(&f->page, end, y, MINUTES_W, ST_DIM, minutes);
	}
	if (index != in->sel)
		return;
	page_put(&f->page, 1, y, 1, ST_FOCUS, "▸");
	page_attr(&f->page, TITLE_X - 3, y, title_end - (TITLE_X - 3), ATTR_REVERSE);
}

static void heading_row(struct home_frame *f, const struct home_in *in, unsigned int row, int y)
{
	const char *part = part_of(f, in->home, row);
	unsigned int all = 0, done = 0;
	char count[32];

	for (unsigned int i = row + 1; i < f->nr && f->lesson[i] != HOME_NO_LESSON; i++, all++)
		done += in->home->lessons[f->lesson[i]].state == APP_LESSON_DONE;
	snprintf(count, sizeof(count), "%u/%u", done, all);
	page_put(&f->page, 3, y, f->list_w - 5 - (int)strlen(count), ST_TITLE, part);
	page_put_right(&f->page, f->list_w - 1, y, 8, ST_DIM, count);
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
	const char *title = f->top && f->lesson[f->top] != HOME_NO_LESSON ? part_of(f, in->home, f->top) : "";
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
		unsigned int row = f->top + (unsigned int)i;

		if (f->lesson[row] == HOME_NO_LESSON)
			heading_row(f, in, row, f->list_y + i);
		else
			lesson_row(f, in, f->lesson[row], f->list_y + i);
	}
	list_title(f, in);
	scroll_bar(f);
}

/* ---- the lesson under the cursor ------------------------------------------------------------------- */

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

/* "14 min · at step 4 of 9 · after 2, 5" */
static void facts_of(const struct app_lesson *l, struct strbuf *out)
{
	if (l->minutes)
		strbuf_printf(out, W(HOME_MINUTES), l->minutes);
	if (l->step)
		strbuf_printf(out, W(HOME_AT_STEP), out->len ? " · " : "", l->step, l->steps);
	else if (l->steps)
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

/* Missed questions: of the lesson under the cursor, then of the others. */
static void another_look(struct detail *d, const struct home_in *in)
{
	const struct app_lesson *here = &in->home->lessons[in->sel];
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

static void detail(struct home_frame *f, const struct home_in *in)
{
	const struct app_lesson *l = &in->home->lessons[in->sel];
	struct detail d = { f, f->list_w + 2, LIST_Y, in->width - 3 - f->list_w - 1, in->height - 2 };
	STRBUF(facts, 400);

	put(&d, ST_TITLE, l->title ? l->title : l->id);
	put(&d, ST_NORMAL, l->question ? l->question : "");
	leave_row(&d);
	facts_of(l, &facts);
	put(&d, ST_DIM, facts.buf);
	if (l->fault)
		put(&d, ST_ERROR, l->fault);
	another_look(&d, in);
}

/* Below the list, in three rows. */
static void narrow_detail(struct home_frame *f, const struct home_in *in)
{
	const struct app_lesson *l = &in->home->lessons[in->sel];
	int y = in->height - 2 - NARROW_DETAIL_ROWS;
	struct detail d = { f, 2, y, in->width - 4, in->height - 2 };
	STRBUF(title, 400);

	page_border(&f->page, y - 1, "├", "┤");
	facts_of(l, &title);
	page_title(&f->page, 1, y - 1, in->width - 2, ST_TITLE, title.buf);
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
	char right[80];
	STRBUF(left, 300);
	int x;

	strbuf_puts(&left, "kworkshop");
	if (in->width >= 100 && h->title)
		strbuf_printf(&left, " · %s", h->title);
	if (!is_narrow(in) && h->profile)
		strbuf_printf(&left, " · %s", h->profile);
	snprintf(right, sizeof(right), W(HOME_LESSONS_DONE), app_home_done(h), h->nr);
	x = page_put_right(&f->page, in->width - 1, 0, in->width / 2, ST_DIM, right);
	page_put(&f->page, 1, 0, x - 2, ST_HEADER, left.buf);
}

static void last_time(struct home_frame *f, const struct home_in *in)
{
	const struct app_home *h = in->home;
	STRBUF(text, 400);
	STRBUF(score, 200);

	page_border(&f->page, 1, "┌", "┐");
	page_title(&f->page, 1, 1, in->width - 2, ST_TITLE, W(HOME_LAST_TIME));
	page_sides(&f->page, 2);
	page_sides(&f->page, 3);
	app_home_last(h, app_home_next(h) == &h->lessons[in->sel], &text);
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
	int err = page_begin(&f->page, in->width, in->height, in->ascii);

	if (err)
		return err;
	measure(f, in);
	make_rows(f, in->home);
	f->top = 0;
	header(f, in);
	borders(f, in);
	if (!in->home->nr) {
		struct detail d = { f, 2, LIST_Y, f->list_w - 3, in->height - 2 };

		page_border(&f->page, 1, "┌", "┐");
		page_sides(&f->page, 2);
		page_sides(&f->page, 3);
		put(&d, ST_ERROR, in->trouble && *in->trouble ? in->trouble : W(HOME_EMPTY));
		return 0;
	}
	last_time(f, in);
	f->top = page_first_row(in->top, row_of(f, in->sel), f->nr, (unsigned int)f->list_rows);
	list(f, in);
	if (is_narrow(in))
		narrow_detail(f, in);
	else
		detail(f, in);
	return 0;
}
