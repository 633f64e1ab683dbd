/*
 * visualizer/work_layout.c - see work_layout.h.   Licence: MIT.
 */
#include "visualizer/work_layout.h"

#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/width.h"
#include "visualizer/keys.h"
#include "visualizer/layout.h"
#include "visualizer/work_form.h"
#include "words/texts.h"

#define NEWS_ROWS 2
#define FILES_MAX 3		/* rows of files; the others are counted in the last one */
#define SIDE_COLUMNS 44		/* of the second column and both of its borders */
#define ZONE_ROWS_MIN 2
#define CODE_ROWS_MIN 3
#define BAR_COLUMNS 14
#define TEXT_BYTES 4000

/* ---- borders of one column --------------------------------------------------------------------- */

void work_border(struct work_frame *f, int x0, int x1, int y, const char *left, const char *right)
{
	page_put(&f->page, x0, y, 1, ST_BORDER, left);
	for (int x = x0 + 1; x < x1; x++)
		page_put(&f->page, x, y, 1, ST_BORDER, "─");
	page_put(&f->page, x1, y, 1, ST_BORDER, right);
}

/* A border with a title and, at its right end, words about keys or numbers. */
void work_title(struct work_frame *f, int y, const char *title, const char *right)
{
	int end = f->right;

	work_border(f, 0, f->right, y, "├", "┤");
	if (*right)
		end = page_title_right(&f->page, f->right - 1, y, f->right / 2, ST_DIM, right);
	page_title(&f->page, 1, y, end - 2, ST_TITLE, title);
}

static void frame(struct work_frame *f, const struct work_in *in)
{
	int bottom = in->height - 2;

	page_border(&f->page, 1, "┌", "┐");
	for (int y = 2; y < bottom; y++) {
		page_sides(&f->page, y);
		if (f->right < in->width - 1)
			page_put(&f->page, f->right, y, 1, ST_BORDER, "│");
	}
	page_border(&f->page, bottom, "└", "┘");
	if (f->right < in->width - 1) {
		page_put(&f->page, f->right, 1, 1, ST_BORDER, "┬");
		page_put(&f->page, f->right, bottom, 1, ST_BORDER, "┴");
	}
}

/* ---- the header and the news ----------------------------------------------------------------------- */

static void header(struct work_frame *f, const struct work_in *in)
{
	STRBUF(score, 80);
	int end;

	work_score(in, &score);
	end = page_put_right(&f->page, in->width - 1, 0, in->width / 2, in->now ? ST_RUNNING : ST_TITLE, score.buf);
	page_putf(&f->page, 1, 0, end - 3, ST_HEADER, W(WORK_HEADER), in->sheet->x->about.title,
		  sheet_is_form(in->sheet) ? W(WORK_KIND_CONFIGURE) : W(WORK_KIND_REPAIR));
}

static void news(struct work_frame *f, const struct work_in *in)
{
	bool wrong = !in->now && (*in->err || in->sheet->trouble[0] || (in->sheet->checked && in->sheet->result->fault[0]));
	bool right = !in->now && !*in->err && sheet_holds(in->sheet);
	STRBUF(text, TEXT_BYTES);
	STRBUF(title, 120);
	int lines;

	work_news(in, &text);
	work_news_title(in, &title);
	page_title(&f->page, 1, 1, f->right - 2, ST_TITLE, title.buf);
	lines = page_wrap(&f->page, 2, 2, f->right - 3, 0, NEWS_ROWS, wrong ? ST_ERROR : right ? ST_RIGHT : ST_NORMAL, text.buf);
	if (lines > NEWS_ROWS)
		page_put(&f->page, f->right - 1, 1 + NEWS_ROWS, 1, ST_DIM, "…");
}

/* ---- the files -------------------------------------------------------------------------------------- */

static int files_rows(const struct work_in *in)
{
	int n = (int)in->sheet->x->about.nr_files;

	return n < FILES_MAX ? n : FILES_MAX;
}

static void file_row(struct work_frame *f, const struct work_in *in, unsigned int file, int name_w, int y)
{
	bool faulty = in->sheet->checked && in->sheet->result->file_fault[file][0];
	STRBUF(text, TEXT_BYTES);
	int x = 2;

	if (name_w) {
		page_put(&f->page, x, y, name_w, ST_NORMAL, in->sheet->x->about.file[file]);
		x += name_w + 2;
	}
	work_file(in, file, &text);
	page_put(&f->page, x, y, f->right - 1 - x, faulty ? ST_ERROR : ST_NORMAL, text.buf);
}

static int files(struct work_frame *f, const struct work_in *in, int y)
{
	const struct exercise_facts *about = &in->sheet->x->about;
	int rows = files_rows(in), name_w = 0;
	STRBUF(title, 1300);
	STRBUF(edit, 40);

	if (about->nr_files == 1)
		strbuf_printf(&title, W(WORK_YOUR_FILE), in->sheet->folder, about->file[0]);
	else
		strbuf_printf(&title, W(WORK_YOUR_FILES), about->nr_files, in->sheet->folder);
	key_printf(&edit, IN_WORK, W(WORK_EDIT));
	work_title(f, y, title.buf, edit.buf);
	for (unsigned int i = 0; about->nr_files > 1 && i < about->nr_files; i++)
		if (width_text(about->file[i], strlen(about->file[i])) > name_w)
			name_w = width_text(about->file[i], strlen(about->file[i]));
	for (int i = 0; i < rows; i++)
		if (i + 1 == rows && (int)about->nr_files > rows)
			page_putf(&f->page, 2, y + 1 + i, f->right - 3, ST_DIM, W(WORK_MORE_FILES), about->nr_files - (unsigned int)i);
		else
			file_row(f, in, (unsigned int)i, name_w, y + 1 + i);
	return y + 1 + rows;
}

/* ---- the checks --------------------------------------------------------------------------------------- */

unsigned int work_rows(const struct exercise *x, uint32_t check[WORK_ROWS_MAX])
{
	unsigned int nr = 0;

	for (unsigned int k = 1; k <= x->about.nr_checks; k++)
		if (x->about.check[k].number)
			check[nr++] = k;
	if (x->about.hidden_halves && !x->hidden.text)
		check[nr++] = WORK_HIDDEN_ROW;
	return nr;
}

static const struct {
	const char *mark;
	enum theme_style style;
} marks[] = {
	[CHECK_STATE_WAITS] = { "·", ST_DIM }, [CHECK_STATE_RUNS] = { "▶", ST_RUNNING }, [CHECK_STATE_HOLDS] = { "✔", ST_RIGHT },
	[CHECK_STATE_FAILS] = { "✗", ST_WRONG }, [CHECK_STATE_CANNOT] = { "–", ST_WRONG },
};

/* "▓▓▓░░░ 137 of 200"; ends before column @end.  Return: its first column. */
static int put_bar(struct work_frame *f, const struct exercise_outcome *r, unsigned int of, int end, int y)
{
	unsigned int filled = of ? r->done * BAR_COLUMNS / of : 0;
	char count[40];
	int x;

	snprintf(count, sizeof(count), W(WORK_BAR), r->done, of);
	x = page_put_right(&f->page, end, y, 24, ST_NORMAL, count) - 1 - BAR_COLUMNS;
	for (int i = 0; i < BAR_COLUMNS; i++)
		page_put(&f->page, x + i, y, 1, ST_RUNNING, i < (int)filled ? "▓" : "░");
	return x;
}

void work_check(struct work_frame *f, const struct work_in *in, uint32_t number, int y, bool here)
{
	const struct exercise_check *about = &in->sheet->x->about.check[number];
	const struct exercise_outcome *r = work_outcome(in, number);
	int end = f->right - 4, value;
	char points[16];
	STRBUF(text, 300);

	if (about->halves)
		page_put_right(&f->page, f->right - 3, y, 4, ST_NORMAL, exercise_points(about->halves, points));
	end = f->right - 3 - (about->halves && about->halves % 2 ? 4 : 3);
	page_put(&f->page, 2, y, 1, marks[r->state].style, marks[r->state].mark);
	work_value(in, number, &text);
	value = end;
	if (r->state == CHECK_STATE_RUNS && about->schedules > 1)
		value = put_bar(f, r, about->schedules, end, y);
	else if (text.len)
		value = page_put_right(&f->page, end, y, f->right * 2 / 5, r->state == CHECK_STATE_HOLDS ? ST_DIM : ST_NORMAL, text.buf);
	page_put(&f->page, 4, y, value - 5, here ? ST_TITLE : ST_NORMAL, about->name);
}

static void put_hidden(struct work_frame *f, const struct work_in *in, int y)
{
	char points[16];

	page_put(&f->page, 2, y, 1, ST_DIM, "?");
	page_put(&f->page, 4, y, f->right - 12, ST_DIM, W(WORK_HIDDEN));
	page_put_right(&f->page, f->right - 3, y, 4, ST_DIM, exercise_points(in->sheet->x->about.hidden_halves, points));
}

void work_scroll(struct work_frame *f, const struct work_in *in)
{
	f->top = page_first_row(in->top, in->sel, f->nr, f->list_rows > 0 ? (unsigned int)f->list_rows : 1);
}

static int checks(struct work_frame *f, const struct work_in *in, int y)
{
	STRBUF(title, 120);
	STRBUF(stop, 60);

	work_scroll(f, in);
	if (f->nr > (unsigned int)f->list_rows)
		strbuf_printf(&title, W(WORK_CHECKS_PART), f->top + 1, f->top + (unsigned int)f->list_rows, f->nr);
	else
		strbuf_puts(&title, W(WORK_CHECKS));
	if (in->now) {
		key_printf(&stop, IN_WORK, W(WORK_STOPS));
		strbuf_printf(&title, " · %s", stop.buf);
	}
	work_title(f, y, title.buf, W(WORK_POINTS_HEAD));
	f->list_y = y + 1;
	for (int i = 0; i < f->list_rows && f->top + (unsigned int)i < f->nr; i++) {
		unsigned int row = f->top + (unsigned int)i;

		if (f->check[row] == WORK_HIDDEN_ROW)
			put_hidden(f, in, y + 1 + i);
		else
			work_check(f, in, f->check[row], y + 1 + i, row == in->sel);
		if (row != in->sel)
			continue;
		page_put(&f->page, 1, y + 1 + i, 1, ST_FOCUS, "▸");
		page_attr(&f->page, 4, y + 1 + i, f->right - 6, ATTR_REVERSE);
	}
	return y + 1 + f->list_rows;
}

/* ---- the text and the code ------------------------------------------------------------------------------ */

/* The check under the cursor; 0 = none (the row about hidden checks). */
static unsigned int number_at(const struct work_frame *f, const struct work_in *in)
{
	if (sheet_is_form(in->sheet))
		return sheet_failing(in->sheet);
	return in->sel < f->nr ? f->check[in->sel] : 0;
}

static int text_lines(struct work_frame *f, const struct work_in *in, int w)
{
	STRBUF(title, 120);
	STRBUF(text, TEXT_BYTES);

	work_text(in, number_at(f, in), &title, &text);
	return page_wrap(&f->page, 0, 0, w, 0, 0, ST_NORMAL, text.buf);
}

/* "s story", where the text is another one. */
static void story_key(const char *title, struct strbuf *out)
{
	if (strcmp(title, W(WORK_ZONE_STORY)) != 0)
		key_printf(out, IN_WORK, W(WORK_STORY_KEY));
}

/* The text in rows [@y, @y + @rows) below its border, between the columns @x0 and @x1 of the borders. */
static void text(struct work_frame *f, const struct work_in *in, int x0, int x1, int y, int rows)
{
	unsigned int number = number_at(f, in);
	STRBUF(title, 120);
	STRBUF(out, TEXT_BYTES);
	STRBUF(right, 80);
	int lines, skip, end = x1;

	work_text(in, number, &title, &out);
	lines = page_wrap(&f->page, 0, 0, x1 - x0 - 3, 0, 0, ST_NORMAL, out.buf);
	f->zone_y = y;
	f->zone_rows = rows;
	f->hidden = lines > rows ? lines - rows : 0;
	skip = in->scroll < f->hidden ? in->scroll : f->hidden;
	if (f->hidden)
		key_more_lines(&right, IN_WORK, (unsigned int)skip, (unsigned int)(f->hidden - skip));
	else if (in->zone == WORK_RESULT && (in->sheet->checked || sheet_is_form(in->sheet)) && !in->now && x1 == f->right)
		story_key(title.buf, &right);
	if (y > 2)
		work_border(f, x0, x1, y - 1, "├", "┤");
	if (right.len)
		end = page_title_right(&f->page, x1 - 1, y - 1, (x1 - x0) / 2, ST_DIM, right.buf);
	page_title(&f->page, x0 + 1, y - 1, end - x0 - 2, ST_TITLE, title.buf);
	page_wrap(&f->page, x0 + 2, y, x1 - x0 - 3, skip, rows, in->zone == WORK_EXPLAINS ? ST_RIGHT : ST_NORMAL, out.buf);
}

/* @digits: columns of a line's number. */
static void put_code_line(struct work_frame *f, unsigned int n, int digits, const char *text, size_t len, int y, bool now)
{
	int x = 4 + digits + 2;

	STRBUF(line, 600);

	for (size_t i = 0; i < len; i++)
		strbuf_puts(&line, text[i] == '\t' ? "  " : (char[]){ text[i], '\0' });
	if (now)
		page_put(&f->page, 2, y, 2, ST_KEY, f->page.ascii ? "->" : "▶");
	page_putf(&f->page, 4, y, digits, ST_DIM, "%*u", digits, n);
	page_put(&f->page, x, y, f->right - 1 - x, now ? ST_CODE : ST_NORMAL, line.buf);
}

/* The lines of a file around the one that matters. */
static void code(struct work_frame *f, const struct work_in *in, int y, int rows)
{
	const struct worksheet *d = in->sheet;
	unsigned int line = work_line(in, number_at(f, in), &f->code_file), first, n = 1, all = 1;
	const char *name = d->x->about.file[f->code_file];
	const struct run_file *file = d->present ? run_files_find(d->present, name) : NULL;
	STRBUF(title, 120);

	strbuf_printf(&title, line ? "%s:%u" : "%s", name, line);
	work_title(f, y, title.buf, "");
	f->code_y = y + 1;
	f->code_rows = rows;
	f->code_line = line;
	if (!file)
		return;
	for (const char *p = file->text; (p = strchr(p, '\n')) && p[1]; p++)
		all++;
	first = line > (unsigned int)rows / 2 ? line - (unsigned int)rows / 2 : 1;
	if (first + (unsigned int)rows > all + 1)
		first = all + 1 > (unsigned int)rows ? all + 1 - (unsigned int)rows : 1;
	for (const char *p = file->text; *p && n < first + (unsigned int)rows; n++) {
		size_t len = strcspn(p, "\n");

		if (n >= first)
			put_code_line(f, n, all > 99 ? 4 : 2, p, len, y + 1 + (int)(n - first), n == line);
		p += len + (p[len] == '\n');
	}
}

/* Rows [@y, @end): the text, then the code if it has three rows. */
static void zone(struct work_frame *f, const struct work_in *in, int y, int end)
{
	int room = end - y - 1, lines = text_lines(f, in, f->right - 3), rows = room;

	if (!sheet_is_form(in->sheet) && room >= ZONE_ROWS_MIN + 1 + CODE_ROWS_MIN) {
		rows = room - 1 - CODE_ROWS_MIN;
		rows = lines < rows ? lines : rows;
		rows = rows > ZONE_ROWS_MIN ? rows : ZONE_ROWS_MIN;
		code(f, in, y + 1 + rows, room - rows - 1);
	}
	text(f, in, 0, f->right, y + 1, rows);
}

/* ---- the second column -------------------------------------------------------------------------------- */

static void side_title(struct work_frame *f, const struct work_in *in, int y, const char *title)
{
	work_border(f, f->right, in->width - 1, y, "├", "┤");
	page_title(&f->page, f->right + 1, y, in->width - f->right - 3, ST_TITLE, title);
}

/* "check 2   8 of 10 points", the last one first. */
static void earlier(struct work_frame *f, const struct work_in *in, int y, int end)
{
	const struct sheet_try *t;
	char points[16], of[16];

	if (end - y < 2 || sheet_is_form(in->sheet) || in->sheet->nr_tries < 2)
		return;
	side_title(f, in, y++, W(WORK_EARLIER));
	for (unsigned int n = in->sheet->nr_tries - 1; y < end && (t = sheet_try(in->sheet, n)) != NULL; n--)
		page_putf(&f->page, f->right + 2, y++, in->width - f->right - 4, ST_NORMAL, W(WORK_EARLIER_ROW), n,
			  exercise_points(t->halves, points), exercise_points(in->sheet->result->of, of));
}

static void side(struct work_frame *f, const struct work_in *in)
{
	int x = f->right + 2, w = in->width - f->right - 4, end = in->height - 2, y = 2, rows, story_y;
	int story = page_wrap(&f->page, 0, 0, w, 0, 0, ST_NORMAL, in->sheet->x->about.story), lines = text_lines(f, in, w);
	STRBUF(title, 120);
	STRBUF(now, TEXT_BYTES);

	work_text(in, number_at(f, in), &title, &now);
	rows = end - y - 2;
	story_y = end;
	if (strcmp(title.buf, W(WORK_ZONE_STORY)) != 0 && story + 4 < rows) {
		rows -= 1 + story;
		story_y = y + rows;
		side_title(f, in, y + rows, W(WORK_ZONE_STORY));
		page_wrap(&f->page, x, y + rows + 1, w, 0, story, ST_NORMAL, in->sheet->x->about.story);
	}
	rows = lines < rows ? lines : rows;
	text(f, in, f->right, in->width - 1, y, rows);
	y += rows + 1;
	earlier(f, in, y, story_y);
}

/* ---- the page ------------------------------------------------------------------------------------------- */

static void repair(struct work_frame *f, const struct work_in *in, bool wide)
{
	int y = files(f, in, 2 + NEWS_ROWS), room = in->height - 2 - y - 1, least = wide ? 1 + CODE_ROWS_MIN : 1 + ZONE_ROWS_MIN;

	f->list_rows = (int)f->nr < room - least ? (int)f->nr : room - least;
	if (f->list_rows < 1)
		f->list_rows = 1;
	y = checks(f, in, y);
	if (wide)
		code(f, in, y, in->height - 2 - y - 1);
	else
		zone(f, in, y, in->height - 2);
}

int work_layout(struct work_frame *f, const struct work_in *in)
{
	bool wide = layout_is_wide(in->width, in->height);
	int rc;

	f->nr = f->top = 0;
	f->list_y = f->list_rows = f->zone_y = f->zone_rows = f->hidden = f->code_y = f->code_rows = 0;
	f->code_line = f->code_file = 0;
	rc = page_begin(&f->page, in->width, in->height, in->ascii);
	if (rc || in->width < LAYOUT_MIN_W || in->height < LAYOUT_MIN_H)
		return rc;
	f->right = wide ? in->width - SIDE_COLUMNS - 1 : in->width - 1;
	f->nr = sheet_is_form(in->sheet) ? in->sheet->x->about.nr_settings : work_rows(in->sheet->x, f->check);
	frame(f, in);
	header(f, in);
	news(f, in);
	if (sheet_is_form(in->sheet)) {
		int y = work_form(f, in, 2 + NEWS_ROWS, in->height - 2);

		if (!wide && y + 2 < in->height - 2)
			zone(f, in, y, in->height - 2);
	} else {
		repair(f, in, wide);
	}
	if (wide)
		side(f, in);
	return 0;
}
