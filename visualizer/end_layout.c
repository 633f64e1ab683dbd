/*
 * visualizer/end_layout.c - see end_layout.h.   Licence: MIT.
 */
#include "visualizer/end_layout.h"

#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/width.h"
#include "visualizer/keys.h"
#include "words/lesson_text.h"
#include "words/pick_text.h"
#include "words/texts.h"

#define TOP_Y 4				/* below score and next */
#define ZONE_ROWS_MIN 4
#define ZONE_ROWS_WANTED 6
#define TEXT_BYTES (2 * TRACE_TEXT_BYTES_MAX)

/* ---- questions ----------------------------------------------------------------------------- */

size_t end_questions(const struct lesson *l, uint32_t *question)
{
	size_t nr = 0;

	for (uint32_t n = 1; n < l->nr_questions && nr < END_QUESTIONS_MAX; n++)
		if (l->question[n].asked)
			question[nr++] = n;
	return nr;
}

static const struct lesson_question *question_at(const struct end_frame *f, const struct end_in *in, size_t row)
{
	return row < f->nr ? &in->l->question[f->question[row]] : NULL;
}

static void put_mark(struct end_frame *f, const struct lesson_question *q, int x, int y)
{
	if (!q->verdict.n)
		page_put(&f->page, x, y, 1, ST_DIM, "·");
	else if (q->verdict.result == RESULT_NONE)
		page_put(&f->page, x, y, 1, ST_NORMAL, "–");
	else
		page_put(&f->page, x, y, 1, q->first_right ? ST_RIGHT : ST_WRONG, q->first_right ? "✔" : "✗");
}

static void answer_of(const struct lesson_question *q, const char *answer, struct strbuf *out)
{
	STRBUF(payload, TEXT_BYTES);

	if (!answer || !*answer)
		return;
	words_answer(q, answer, &payload);
	words_plain(payload.buf, out);
}

#define BETWEEN " · "

/*
 * "wakes both · wakes one idle worker", in at most @room columns; a right answer stands alone.
 * The right answer is cut last.
 */
static void said_and_was(const struct lesson_question *q, int room, struct strbuf *out)
{
	int between = width_text(BETWEEN, strlen(BETWEEN)), was_w, most;
	STRBUF(said, TEXT_BYTES);
	STRBUF(was, TEXT_BYTES);

	answer_of(q, q->given, &said);
	answer_of(q, q->verdict.n ? q->verdict.happened : "", &was);
	if (!said.len || !was.len || !strcmp(said.buf, was.buf)) {
		width_put_cut(out, was.len ? was.buf : said.buf, was.len ? was.len : said.len, room);
		return;
	}
	was_w = width_text(was.buf, was.len);
	most = (room - between) * 3 / 5;
	if (was_w > most && width_text(said.buf, said.len) > room - between - was_w)
		was_w = most;
	width_put_cut(out, said.buf, said.len, room - between - was_w);
	strbuf_puts(out, BETWEEN);
	width_put_cut(out, was.buf, was.len, was_w);
}

static void question_row(struct end_frame *f, const struct end_in *in, size_t row, int y)
{
	const struct lesson_question *q = question_at(f, in, row);
	int room = f->answers_end - 4, right, asks_w;
	STRBUF(asks, TEXT_BYTES);
	STRBUF(answers, TEXT_BYTES);

	words_question_short(q, &asks);
	asks_w = width_text(asks.buf, asks.len);
	/* the answers have half of the row, and the columns that the question leaves free */
	said_and_was(q, room - 2 - asks_w > room / 2 ? room - 2 - asks_w : room / 2, &answers);
	put_mark(f, q, 2, y);
	right = page_put_right(&f->page, f->answers_end, y, room, ST_DIM, answers.buf);
	page_put(&f->page, 4, y, right - 6, row == in->sel ? ST_TITLE : ST_NORMAL, asks.buf);
	if (row != in->sel)
		return;
	page_put(&f->page, 1, y, 1, ST_FOCUS, "▸");
	page_attr(&f->page, 4, y, f->answers_end - 3, ATTR_REVERSE);
}

static void list(struct end_frame *f, const struct end_in *in)
{
	char count[64];
	const char *heads = W(END_HEADS);
	int end = in->width - 1;

	page_border(&f->page, f->list_y - 1, "├", "┤");
	if (f->nr > (size_t)f->list_rows) {
		snprintf(count, sizeof(count), W(HOME_ROWS), (unsigned int)f->top + 1,
			 (unsigned int)f->top + (unsigned int)f->list_rows, (unsigned int)f->nr);
		heads = count;
	}
	end = page_title_right(&f->page, f->answers_end + 1 < end ? f->answers_end + 1 : end - 1, f->list_y - 1, in->width - 4, ST_DIM, heads);
	page_title(&f->page, 1, f->list_y - 1, end - 2, ST_TITLE, W(END_PREDICTIONS));
	for (int i = 0; i < f->list_rows && f->top + (size_t)i < f->nr; i++)
		question_row(f, in, f->top + (size_t)i, f->list_y + i);
}

/* ---- the recap ---------------------------------------------------------------------------------- */

static void recap_of(const struct lesson *l, struct strbuf *out)
{
	for (size_t i = l->nr_cards; i; i--)
		if (l->card[i - 1].kind == CARD_RECAP) {
			words_plain(l->card[i - 1].text, out);
			return;
		}
}

/* Each line of the recap is a point of its own. */
static int recap(struct end_frame *f, const struct end_in *in, int y, int rows)
{
	STRBUF(text, TEXT_BYTES);
	int used = 0;

	recap_of(in->l, &text);
	for (char *rest = text.buf, *line; (line = strsep(&rest, "\n"));) {
		int lines = page_wrap(&f->page, 4, y + used, in->width - 6, 0, rows - used, ST_NORMAL, line);

		if (!*line)
			continue;
		if (used < rows)
			page_put(&f->page, 2, y + used, 1, ST_NORMAL, "·");
		used += lines;
	}
	return used;
}

static void remember(struct end_frame *f, const struct end_in *in)
{
	STRBUF(more, 64);
	int lines;

	if (!f->recap_rows)
		return;
	page_border(&f->page, TOP_Y, "├", "┤");
	page_title(&f->page, 1, TOP_Y, in->width - 4, ST_TITLE, W(END_REMEMBER));
	lines = recap(f, in, TOP_Y + 1, f->recap_rows);
	if (lines <= f->recap_rows)
		return;
	lines -= f->recap_rows;
	key_printf(&more, IN_END, lines == 1 ? W(END_MORE_RECAP_ONE) : W(END_MORE_RECAP), lines);
	page_title_right(&f->page, in->width - 2, TOP_Y, in->width / 2, ST_DIM, more.buf);
}

/* ---- the verdict under the cursor ------------------------------------------------------------------ */

static void verdict_of(const struct end_in *in, const struct lesson_question *q, bool name, struct strbuf *out)
{
	enum words_verdict_part part;

	if (name) {
		words_question_short(q, out);
		strbuf_putc(out, '\n');
	}
	for (unsigned int i = 0; q->verdict.n; i++) {
		STRBUF(line, TEXT_BYTES);

		if (!words_verdict(in->l->store, q, false, i, &part, &line))
			return;
		words_plain(line.buf, out);
		strbuf_putc(out, '\n');
	}
}

static void zone(struct end_frame *f, const struct end_in *in)
{
	const struct lesson_question *q = question_at(f, in, in->sel);
	int y = f->zone_y, room = in->width - 4, lines, skip;
	STRBUF(name, TEXT_BYTES);
	STRBUF(text, 4 * TRACE_TEXT_BYTES_MAX);
	STRBUF(more, 64);

	page_border(&f->page, y - 1, "├", "┤");
	if (!q)
		return;
	words_question_short(q, &name);
	if (in->world)
		room -= page_title_width(in->world) + 1;
	page_title(&f->page, 1, y - 1, room, ST_TITLE, name.buf);
	if (in->world)
		page_title_right(&f->page, in->width - 2, y - 1, in->width / 2, ST_KEY, in->world);
	verdict_of(in, q, page_title_width(name.buf) > room, &text);
	lines = page_wrap(&f->page, 2, y, in->width - 4, 0, 0, ST_NORMAL, text.buf);
	f->hidden = lines > f->zone_rows ? lines - f->zone_rows : 0;
	skip = in->scroll < f->hidden ? in->scroll : f->hidden;
	page_wrap(&f->page, 2, y, in->width - 4, skip, f->zone_rows, ST_NORMAL, text.buf);
	if (!f->hidden)
		return;
	key_more_lines(&more, IN_END, (unsigned int)skip, (unsigned int)(f->hidden - skip));
	page_title_right(&f->page, in->width - 2, in->height - 2, in->width / 2, ST_DIM, more.buf);
}

/* ---- the page ---------------------------------------------------------------------------------------- */

/* The widest question and the widest answers stand side by side, if there is room. */
static void measure_answers(struct end_frame *f, const struct end_in *in)
{
	int asks_w = width_text(W(END_PREDICTIONS), strlen(W(END_PREDICTIONS))), answers_w = width_text(W(END_HEADS), strlen(W(END_HEADS)));

	for (size_t i = 0; i < f->nr; i++) {
		STRBUF(asks, TEXT_BYTES);
		STRBUF(answers, TEXT_BYTES);
		int w;

		words_question_short(question_at(f, in, i), &asks);
		said_and_was(question_at(f, in, i), in->width, &answers);
		w = width_text(asks.buf, asks.len);
		asks_w = w > asks_w ? w : asks_w;
		w = width_text(answers.buf, answers.len);
		answers_w = w > answers_w ? w : answers_w;
	}
	f->answers_end = 4 + asks_w + 4 + answers_w;
	if (f->answers_end > in->width - 2)
		f->answers_end = in->width - 2;
}

/* Rows between the two fixed ones: [recap] border list border verdict. */
static void measure(struct end_frame *f, const struct end_in *in)
{
	int free_rows = in->height - 2 - (TOP_Y + 2), nr = (int)f->nr, recap_lines;

	f->recap_rows = 0;
	recap_lines = recap(f, in, 0, 0);
	f->list_rows = nr < free_rows - ZONE_ROWS_MIN ? nr : free_rows - ZONE_ROWS_MIN;
	if (f->list_rows < 1)
		f->list_rows = 1;
	if (recap_lines) {
		/* one row less: the border of the recap */
		int left = free_rows - 1 - f->list_rows, wanted = left - ZONE_ROWS_WANTED, least = left - ZONE_ROWS_MIN;

		f->recap_rows = wanted > 2 ? wanted : least < 2 ? least : 2;
		f->recap_rows = f->recap_rows > recap_lines ? recap_lines : f->recap_rows < 0 ? 0 : f->recap_rows;
	}
	f->list_y = TOP_Y + 1 + (f->recap_rows ? f->recap_rows + 1 : 0);
	f->zone_y = f->list_y + f->list_rows + 1;
	f->zone_rows = in->height - 2 - f->zone_y;
}

static void header(struct end_frame *f, const struct end_in *in)
{
	char text[400], minutes[32] = "";
	int x = in->width - 1;

	if (in->minutes) {
		snprintf(minutes, sizeof(minutes), W(HOME_MINUTES), in->minutes);
		x = page_put_right(&f->page, x, 0, 12, ST_DIM, minutes);
	}
	snprintf(text, sizeof(text), W(END_TITLE), in->title);
	page_put(&f->page, 1, 0, x - 2, ST_HEADER, text);
}

static void score(struct end_frame *f, const struct end_in *in)
{
	unsigned int judged, right;
	STRBUF(text, 200);

	lesson_score(in->l, UINT64_MAX, &judged, &right);
	words_score(right, judged, &text);
	strbuf_putc(&text, ' ');
	words_points(in->l, &text);
	page_border(&f->page, 1, "┌", "┐");
	page_title(&f->page, 1, 1, in->width - 4, ST_TITLE, in->l->exercise ? W(END_OVER_EXERCISE) : W(END_OVER));
	page_put(&f->page, 2, 2, in->width - 4, ST_TITLE, text.buf);
	page_put(&f->page, 2, 3, in->width - 4, ST_NORMAL, in->next);
}

int end_layout(struct end_frame *f, const struct end_in *in)
{
	int err = page_begin(&f->page, in->width, in->height, in->ascii);

	if (err)
		return err;
	f->nr = end_questions(in->l, f->question);
	f->hidden = 0;
	measure_answers(f, in);
	measure(f, in);
	f->top = page_first_row((unsigned int)in->top, (unsigned int)in->sel, (unsigned int)f->nr, (unsigned int)f->list_rows);
	for (int y = 2; y < in->height - 2; y++)
		page_sides(&f->page, y);
	page_border(&f->page, in->height - 2, "└", "┘");
	header(f, in);
	score(f, in);
	remember(f, in);
	list(f, in);
	zone(f, in);
	return 0;
}
