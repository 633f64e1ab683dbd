/*
 * book/summary.c - the beginning of the book: scores, missed questions, contents.
 *
 * Lives here:   counting first answers, the list of missed ones.
 * Never here:   lessons (book.c), questions (question.c).   Licence: MIT.
 */
#include "book/book_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "words/texts.h"

/* ---- scores ------------------------------------------------------------------------------------------ */

struct tally {
	unsigned int answered, right, of[4][2];	/* [sure][right] */
};

/* Adds the first answers of one lesson. */
static void count(struct tally *t, const struct book_lesson *l)
{
	for (size_t j = 0; j < l->nr; j++) {
		const struct book_attempt *a = &l->attempt[j];

		for (size_t n = 0; n < a->nr; n++) {
			const struct progress_answer *row = &a->answer[n].row;

			if (!a->answer[n].first || row->right < 0)
				continue;
			t->answered++;
			t->right += row->right == 1;
			t->of[row->sure <= 3 ? row->sure : 0][row->right == 1]++;
		}
	}
}

static void write_sure(struct book *b, const struct tally *t)
{
	static const enum words_key texts[] = { W_NONE, W_BOOK_SURE_GUESS, W_BOOK_SURE_FAIRLY, W_BOOK_SURE_CERTAIN };
	bool any = false;

	for (unsigned int sure = 3; sure; sure--) {
		char text[200];

		if (!t->of[sure][0] && !t->of[sure][1])
			continue;
		if (!any) {
			book_para_words(b, BOOK_PLAIN, W(BOOK_SURE_HEAD));
			b->form->list(b->out, true);
		}
		any = true;
		snprintf(text, sizeof(text), words_fixed(texts[sure]), t->of[sure][1], t->of[sure][0]);
		book_item_words(b, NULL, text);
	}
	if (any)
		b->form->list(b->out, false);
}

/* ---- missed questions -------------------------------------------------------------------------------- */

/* @question: its short text. */
void book_note_missed(struct book *b, const struct book_lesson *l, const char *link, const struct progress_answer *row,
			const char *question)
{
	STRBUF(text, BOOK_TEXT_MAX);
	struct missed *m;

	if (row->right)
		return;
	if (b->nr_missed == b->cap_missed) {
		b->cap_missed = b->cap_missed ? 2 * b->cap_missed : 16;
		b->missed = shortage_need(realloc(b->missed, b->cap_missed * sizeof(*b->missed)));
	}
	strbuf_printf(&text, W(BOOK_MISSED_ITEM), l->now ? l->now->title : l->id, question);
	if (row->sure == 3)
		strbuf_puts(&text, W(BOOK_MISSED_CERTAIN));
	m = &b->missed[b->nr_missed++];
	m->text = shortage_need(strdup(text.buf));
	m->link = shortage_need(strdup(link));
	m->certain = row->sure == 3;
}

static void write_missed(struct book *b, bool certain)
{
	for (size_t i = 0; i < b->nr_missed; i++)
		if (b->missed[i].certain == certain)
			book_item_words(b, b->missed[i].link, b->missed[i].text);
}

void book_forget_missed(struct book *b)
{
	for (size_t i = 0; i < b->nr_missed; i++) {
		free(b->missed[i].text);
		free(b->missed[i].link);
	}
	free(b->missed);
}

/* ---- the beginning -------------------------------------------------------------------------------------- */

bool book_is_empty(const struct book_lesson *l)
{
	for (size_t i = 0; i < l->nr; i++)
		if (l->attempt[i].nr)
			return false;
	return !l->nr_marks;
}

/* "05 One runnable worker"; of a lesson that is gone its id. */
void book_title_of(const struct book_lesson *l, struct strbuf *out)
{
	if (l->now && l->now->label[0])
		strbuf_printf(out, W(BOOK_LESSON), l->now->label, l->now->title);
	else
		strbuf_puts(out, l->now ? l->now->title : l->id);
}

/* The lessons of the book with their scores, if there are several. */
static void write_contents(struct book *b)
{
	unsigned int nr = 0;

	for (size_t i = 0; i < b->kept.nr; i++)
		nr += !book_is_empty(&b->kept.lesson[i]);
	if (nr < 2)
		return;
	book_section_words(b, 2, "contents", W(BOOK_CONTENTS));
	b->form->list(b->out, true);
	for (size_t i = 0; i < b->kept.nr; i++) {
		const struct book_lesson *l = &b->kept.lesson[i];
		struct tally t = { 0 };
		STRBUF(text, 400);

		if (book_is_empty(l))
			continue;
		book_title_of(l, &text);
		count(&t, l);
		if (t.answered)
			strbuf_printf(&text, W(BOOK_CONTENTS_SCORE), t.right, t.answered);
		book_item_words(b, l->id, text.buf);
	}
	b->form->list(b->out, false);
	b->form->section_end(b->out);
}

void book_summary(struct book *b)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < b->kept.nr; i++)
		count(&t, &b->kept.lesson[i]);
	if (t.answered == 1)
		book_para_printf(b, BOOK_PLAIN, W(BOOK_SCORE_ONE), t.right);
	else if (t.answered)
		book_para_printf(b, BOOK_PLAIN, W(BOOK_SCORE), t.answered, t.right);
	write_sure(b, &t);
	write_contents(b);
	if (b->nr_missed) {
		book_section_words(b, 2, "missed", W(BOOK_MISSED));
		book_para_words(b, BOOK_PLAIN, W(BOOK_MISSED_TEXT));
		b->form->list(b->out, true);
		write_missed(b, true);
		write_missed(b, false);
		b->form->list(b->out, false);
		b->form->section_end(b->out);
	}
}
