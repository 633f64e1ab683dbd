/*
 * book/book.c - the contents of the review book: lessons, attempts, bookmarks, and their order.
 *
 * Lives here:   which lessons, attempts and bookmarks are written, and in which order.
 * Never here:   one question (question.c), the summary (summary.c), Markdown and HTML (markdown.c, html.c).   Licence: MIT.
 */
#include "book/book_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "base/time.h"
#include "run/exit_report.h"
#include "words/lesson_text.h"
#include "words/sentence.h"
#include "words/texts.h"

/* ---- an attempt --------------------------------------------------------------------------------------------- */

static bool has_first(const struct book_attempt *a)
{
	for (size_t i = 0; i < a->nr; i++)
		if (a->answer[i].first)
			return true;
	return false;
}

/* The question as the replay has it after the first try; NULL: the replay and @row differ. */
static const struct lesson_question *replayed(const struct book_replay *r, const struct progress_answer *row,
					      struct lesson_question *room)
{
	const struct lesson_card *card = book_verdict(&r->lesson, row->question, row->ordinal);
	const struct lesson_question *q = card ? lesson_question_of(&r->lesson, card, room) : NULL;

	return q && !strcmp(q->given, row->value) && q->verdict.result == book_result_of(row) ? q : NULL;
}

static void write_attempt(struct book *b, const struct book_lesson *l, size_t attempt, const struct book_replay *r)
{
	const struct book_attempt *a = &l->attempt[attempt];

	b->report = 0;
	if (a->row.options[0])
		book_para_printf(b, BOOK_SMALL, W(BOOK_ATTEMPT_OPTIONS), a->row.n, a->row.variant, a->row.seed, a->row.options);
	else
		book_para_printf(b, BOOK_SMALL, W(BOOK_ATTEMPT), a->row.n, a->row.variant, a->row.seed);
	for (size_t i = 0; i < a->nr; i++) {
		struct lesson_question room;
		const struct progress_answer *row = &a->answer[i].row;
		const struct lesson_question *q = r && a->answer[i].first ? replayed(r, row, &room) : NULL;

		if (q)
			book_question(b, l, attempt, r, row, q);
		else if (a->answer[i].first)
			book_stored(b, l, attempt, row);
		if (!q && r && a->answer[i].first)
			book_para_words(b, BOOK_SMALL, W(BOOK_DIFFERS));
	}
}

/* Why attempts with this hash cannot be repeated; false: they can. */
static bool cannot_repeat(const struct book_lesson *l, const char *hash, struct strbuf *why)
{
	if (!l->now)
		strbuf_puts(why, W(BOOK_GONE));
	else if (l->now->fault[0])
		strbuf_printf(why, W(BOOK_FAULTY), l->now->fault);
	else if (strcmp(l->now->hash, hash) != 0)
		strbuf_puts(why, W(BOOK_CHANGED));
	return why->len > 0;
}

/* The replay of @a, or a sentence in @why. */
static struct book_replay *repeat(struct book *b, const struct book_lesson *l, const struct progress_attempt *a,
				  struct strbuf *why)
{
	struct book_replay *r;
	bool died = false;
	char reason[512];

	if (b->shortage || cannot_repeat(l, a->hash, why))
		return NULL;
	r = book_replay_open(b->o->exe, l->now, a, reason, sizeof(reason), &died);
	if (!r)
		strbuf_printf(why, W(BOOK_NO_REPLAY), reason);
	if (died && !b->died->len)
		strbuf_puts(b->died, reason);
	b->shortage = died && exit_report_is_shortage(reason);
	return r;
}

/* ---- bookmarks ------------------------------------------------------------------------------------------------ */

static void write_mark(struct book *b, const struct book_replay *r, const struct progress_mark *m)
{
	STRBUF(sentence, TRACE_TEXT_BYTES_MAX);
	STRBUF(lead, 200);
	struct trace_event ev;
	bool there = r && trace_store_event(r->store, m->event, &ev);

	if (there) {
		words_event(r->store, &r->lanes.m, &ev, &sentence);
		strbuf_putc(&sentence, '.');
		strbuf_printf(&lead, W(BOOK_MARK), time_text(ev.time).text, m->event);
	} else {
		strbuf_printf(&lead, W(BOOK_MARK_EVENT), m->event);
	}
	book_para_lead(b, BOOK_PLAIN, lead.buf, "", sentence.buf);
	if (m->text[0])
		book_para_words(b, BOOK_NOTE, m->text);
	if (there)
		book_put_lanes(b, r, 0, m->event);
}

/* The bookmarks of the run of @a. */
static void write_marks(struct book *b, const struct book_lesson *l, const struct progress_attempt *a, const struct book_replay *r)
{
	bool any = false;

	for (size_t i = 0; i < l->nr_marks; i++) {
		if (!book_mark_of(&l->mark[i], a))
			continue;
		if (!any)
			book_section_words(b, 3, "", W(BOOK_MARKS));
		any = true;
		write_mark(b, r, &l->mark[i]);
	}
	if (any)
		b->form->section_end(b->out);
}

/* The run of bookmark @i, which has no attempt: it was set before the first input. */
static void write_lone_marks(struct book *b, const struct book_lesson *l, size_t i)
{
	const struct progress_mark *m = &l->mark[i];
	struct progress_attempt a = { .variant = m->variant, .seed = m->seed, .inputs = "" };
	struct book_replay *r;
	STRBUF(why, 1200);

	memcpy(a.options, m->options, sizeof(a.options));
	memcpy(a.hash, m->hash, sizeof(a.hash));
	for (size_t k = 0; k < l->nr; k++)
		if (book_mark_of(m, &l->attempt[k].row))
			return;
	for (size_t k = 0; k < i; k++)
		if (book_mark_of(&l->mark[k], &a))
			return;
	r = repeat(b, l, &a, &why);
	if (why.len)
		book_para_words(b, BOOK_PLAIN, why.buf);
	write_marks(b, l, &a, r);
	book_replay_close(r);
}

static bool has_marks(const struct book_lesson *l, const struct progress_attempt *a)
{
	for (size_t i = 0; i < l->nr_marks; i++)
		if (book_mark_of(&l->mark[i], a))
			return true;
	return false;
}

/* ---- a lesson ------------------------------------------------------------------------------------------------- */

static unsigned int answered(const struct book_lesson *l, size_t group)
{
	unsigned int n = 0;

	for (size_t i = group; i < l->nr; i++)
		for (size_t k = 0; k < l->attempt[i].nr && l->attempt[i].begins == group; k++)
			n += l->attempt[i].answer[k].first;
	return n;
}

/* Their number alone: an open question is not shown. */
static void write_open(struct book *b, const struct book_lesson *l, size_t group)
{
	unsigned int have = answered(l, group), all = l->attempt[group].row.total;

	if (all == have + 1)
		book_para_words(b, BOOK_SMALL, W(BOOK_OPEN_ONE));
	else if (all > have)
		book_para_printf(b, BOOK_SMALL, W(BOOK_OPEN), all - have);
}

/* All attempts at the run that attempt @group began. */
static void write_run(struct book *b, const struct book_lesson *l, size_t group)
{
	bool marks = has_marks(l, &l->attempt[group].row), said = false;
	struct book_replay *r = NULL;
	STRBUF(why, 1200);

	for (size_t i = group; i < l->nr; i++) {
		if (l->attempt[i].begins != group || (!has_first(&l->attempt[i]) && !(marks && i == group)))
			continue;
		book_replay_close(r);
		why.len = 0;
		r = repeat(b, l, &l->attempt[i].row, &why);
		if (why.len && !said)
			book_para_words(b, BOOK_PLAIN, why.buf);
		said = said || why.len;
		write_attempt(b, l, i, r);
	}
	if (answered(l, group))
		write_open(b, l, group);
	write_marks(b, l, &l->attempt[group].row, r);
	book_replay_close(r);
}

static void write_lesson(struct book *b, const struct book_lesson *l)
{
	STRBUF(title, 300);

	if (book_is_empty(l) && !b->o->nr_lessons)
		return;
	book_title_of(l, &title);
	book_section_words(b, 2, l->id, title.buf);
	if (l->now && l->now->question[0])
		book_para_words(b, BOOK_LEAD, l->now->question);
	if (book_is_empty(l))
		book_para_words(b, BOOK_PLAIN, W(BOOK_NOTHING_IN));
	for (size_t i = 0; i < l->nr; i++)
		if (l->attempt[i].begins == i && (answered(l, i) || has_marks(l, &l->attempt[i].row)))
			write_run(b, l, i);
	for (size_t i = 0; i < l->nr_marks; i++)
		write_lone_marks(b, l, i);
	b->form->section_end(b->out);
}

/* ---- the book --------------------------------------------------------------------------------------------------- */

static bool has_anything(const struct book_kept *k)
{
	for (size_t i = 0; i < k->nr; i++)
		if (!book_is_empty(&k->lesson[i]))
			return true;
	return false;
}

static void write_head(struct book *b)
{
	STRBUF(title, 400);
	STRBUF(payload, 400);
	struct words_payload p;

	strbuf_printf(&title, W(BOOK_TITLE), b->o->course->title);
	words_payload_begin(&p, &payload);
	words_payload_literal(&p, title.buf);
	words_payload_end(&p);
	b->form->begin(b->out, payload.buf);
	if (b->o->student[0])
		book_para_printf(b, BOOK_SMALL, W(BOOK_STUDENT), b->o->student);
}

static void write_legend(struct book *b)
{
	book_section_words(b, 2, "lanes", W(BOOK_LEGEND));
	book_para_words(b, BOOK_PLAIN, W(BOOK_LEGEND_TEXT));
	b->form->legend(b->out);
	b->form->section_end(b->out);
}

/* The lessons, malloc'ed: the summary before them has texts that their replays find. */
static char *make_lessons(struct book *b, size_t *size)
{
	FILE *out = b->out;
	char *text = NULL;

	b->out = shortage_need(open_memstream(&text, size));
	for (size_t i = 0; i < b->kept.nr; i++)
		write_lesson(b, &b->kept.lesson[i]);
	if (fclose(b->out) || !text)
		shortage_end(-ENOMEM, NULL);
	b->out = out;
	return text;
}

static int write_book(struct book *b)
{
	size_t size = 0;
	char *lessons = make_lessons(b, &size);

	if (b->shortage) {
		free(lessons);
		return -ENOMEM;
	}
	write_head(b);
	if (has_anything(&b->kept)) {
		book_summary(b);
		if (b->pictures)
			write_legend(b);
	} else if (!b->kept.nr || !b->o->nr_lessons) {
		book_para_words(b, BOOK_PLAIN, W(BOOK_NOTHING));
	}
	fwrite(lessons, 1, size, b->out);
	b->form->end(b->out);
	free(lessons);
	return 0;
}

int book_write(const struct book_opts *o, FILE *out, struct strbuf *died)
{
	struct book b = { .o = o, .form = o->format == BOOK_HTML ? &book_html : &book_markdown, .out = out, .died = died };
	int err = book_kept_read(&b.kept, o);

	if (!err)
		err = write_book(&b);
	book_forget_missed(&b);
	book_kept_fini(&b.kept);
	return err;
}
