/*
 * book/question.c - one question: its text, the answers, the verdict and its reasons, hints, lanes.
 *
 * Lives here:   a question of a replay, and one of which only the stored answer is known.
 * Never here:   which questions (book.c), the words of a verdict (words/lesson_text.h).   Licence: MIT.
 */
#include "book/book_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/shortage.h"
#include "words/lesson_text.h"
#include "words/texts.h"
#include "words/words.h"

/* ---- parts of it ------------------------------------------------------------------------------------------ */

/* False: a text under this question had these bytes. */
static bool is_new(struct book *b, const char *payload)
{
	uint64_t hash = rng_hash_bytes(payload, strlen(payload));

	for (unsigned int i = 0; i < b->nr_said; i++)
		if (b->said[i] == hash)
			return false;
	if (b->nr_said < BOOK_SAID_MAX)
		b->said[b->nr_said++] = hash;
	return true;
}

static const char *sure_text(unsigned int sure)
{
	static const enum words_key texts[] = { W_NONE, W_BOOK_WAS_GUESS, W_BOOK_WAS_FAIRLY, W_BOOK_WAS_CERTAIN };

	return words_fixed(texts[sure <= 3 ? sure : 0]);
}

enum trace_result book_result_of(const struct progress_answer *a)
{
	return a->right < 0 ? RESULT_NONE : a->right ? RESULT_RIGHT : RESULT_WRONG;
}

/* The question's text in today's lesson; its id where there is none. */
static void today_text(const struct book_lesson *l, const char *id, struct strbuf *out)
{
	unsigned int nr = l->now ? l->now->questions + l->now->cards : 0;

	for (unsigned int i = 0; i < nr; i++)
		if (l->now->step[i].question && !strcmp(l->now->step[i].id, id)) {
			words_last_question_of_file(l->now->step[i].text, out);
			return;
		}
	strbuf_puts(out, id);
}

/* "life-second"; another run of the same lesson has the attempt's number behind it. */
static void anchor_of(const struct book_lesson *l, const struct book_attempt *a, const char *question, struct strbuf *out)
{
	strbuf_printf(out, "%s-%s", l->id, question);
	if (a->begins)
		strbuf_printf(out, "-%u", a->row.n);
}

/* ---- a verdict ------------------------------------------------------------------------------------------ */

static enum book_style style_of(enum trace_result result)
{
	return result == RESULT_RIGHT ? BOOK_RIGHT : result == RESULT_WRONG ? BOOK_WRONG : BOOK_PLAIN;
}

/* "R4.1: `nr_running` = .." without the number; backquotes and stars are marks, braces stand for themselves. */
static void put_rule(struct words_payload *p, const char *sentence)
{
	const char *text = strstr(sentence, ": ");
	bool code = false;

	for (text = text ? text + 2 : sentence; *text; text++) {
		char one[2] = { *text, '\0' };
		bool mark = *text == '`' && (code || strchr(text + 1, '`'));

		if (mark || code || *text == '*')
			strbuf_puts(p->text, one);
		else
			words_payload_literal(p, one);
		code ^= mark;
	}
}

/* The rule's number, and its sentence where there is one. */
static void write_rule(struct book *b, const char *rule)
{
	const char *sentence = words_rule(rule);
	STRBUF(payload, BOOK_TEXT_MAX);
	STRBUF(lead, 100);
	struct words_payload p;

	strbuf_printf(&lead, W(BOOK_RULE), rule);
	words_payload_begin(&p, &payload);
	if (sentence)
		put_rule(&p, sentence);
	words_payload_end(&p);
	if (is_new(b, rule))
		book_para_lead(b, BOOK_PLAIN, lead.buf, payload.buf, "");
}

static void write_verdict_line(struct book *b, const struct lesson_question *q, enum words_verdict_part part, const char *payload)
{
	if (part == VERDICT_RULE)
		write_rule(b, q->verdict.rule);
	else if (!is_new(b, payload))
		return;
	else if (part == VERDICT_WHY)
		book_para_lead(b, BOOK_PLAIN, W(BOOK_WHY), payload, "");
	else if (part == VERDICT_FEEDBACK && q->verdict.result == RESULT_WRONG)
		book_para_lead(b, BOOK_PLAIN, W(BOOK_FEEDBACK), payload, "");
	else
		book_para(b, BOOK_PLAIN, payload);
}

/* @lead: "Try 2:", or ""; @sure: a sentence with a blank before it. */
static void write_result(struct book *b, const struct trace_store *s, const struct lesson_question *q, const char *lead,
			 const char *sure)
{
	STRBUF(payload, BOOK_TEXT_MAX);
	STRBUF(bold, 200);
	enum words_verdict_part part;

	if (q->verdict.result == RESULT_NONE) {
		book_para_lead(b, BOOK_PLAIN, *lead ? lead : W(BOOK_YOUR_WORDS), "", "");
		book_para_words(b, BOOK_NOTE, q->given);
		book_para_lead(b, BOOK_PLAIN, words_result(RESULT_NONE), "", "");
		return;
	}
	strbuf_printf(&bold, "%s%s%s.", lead, *lead ? " " : "", words_result(q->verdict.result));
	if (words_verdict(s, q, true, 0, &part, &payload) && part == VERDICT_RESULT)
		book_para_lead(b, style_of(q->verdict.result), bold.buf, payload.buf, sure);
}

static void write_verdict(struct book *b, const struct trace_store *s, const struct lesson_question *q, const char *lead,
			  const char *sure)
{
	enum words_verdict_part part;

	write_result(b, s, q, lead, sure);
	for (unsigned int i = 0;; i++) {
		STRBUF(payload, BOOK_TEXT_MAX);

		if (!words_verdict(s, q, true, i, &part, &payload))
			break;
		if (part != VERDICT_RESULT)
			write_verdict_line(b, q, part, payload.buf);
	}
}

/* ---- a question ------------------------------------------------------------------------------------------- */

static void write_choice(struct book *b, const struct lesson_question *q, unsigned int i, uint32_t chosen, uint32_t happened)
{
	bool mine = chosen >> i & 1, right = happened >> i & 1;
	const char *mark = mine && right ? W(BOOK_CHOSEN_HAPPENED) : mine ? W(BOOK_CHOSEN) : right ? W(BOOK_HAPPENED) : "";
	STRBUF(payload, BOOK_TEXT_MAX);
	struct words_payload p;

	words_payload_begin(&p, &payload);
	words_payload_add(&p, q->choice[i].text);
	words_payload_literal(&p, *mark ? " " : "");
	strbuf_puts(&payload, *mark ? "*" : "");
	words_payload_literal(&p, mark);
	strbuf_puts(&payload, *mark ? "*" : "");
	words_payload_end(&p);
	b->form->item(b->out, BOOK_PLAIN, NULL, payload.buf);
}

/* An order has all of them in its answer. */
static void write_choices(struct book *b, const struct lesson_question *q)
{
	enum trace_ask_form form = lesson_form(q);
	bool marked = form == FORM_ONE || form == FORM_SEVERAL;
	uint32_t chosen = marked ? lesson_chosen(q, q->given, NULL) : 0;
	uint32_t happened = marked ? lesson_chosen(q, q->verdict.happened, NULL) : 0;

	if (!q->nr_choices || (!marked && form != FORM_ORDER))
		return;
	b->form->list(b->out, true);
	for (unsigned int i = 0; i < q->nr_choices; i++)
		write_choice(b, q, i, chosen, happened);
	b->form->list(b->out, false);
}

static void write_hints(struct book *b, const struct lesson_question *q, unsigned int hints)
{
	if (!hints)
		return;
	if (hints == 1)
		book_para_words(b, BOOK_PLAIN, W(BOOK_HINT));
	else
		book_para_printf(b, BOOK_PLAIN, W(BOOK_HINTS), hints);
	b->form->list(b->out, true);
	for (unsigned int i = 0; i < hints && i < q->hints_shown; i++)
		b->form->item(b->out, BOOK_PLAIN, NULL, q->hint[i] ? q->hint[i] : "");
	b->form->list(b->out, false);
}

/* The answers that were stored, of later attempts at the same run. */
static void write_again(struct book *b, const struct book_lesson *l, size_t attempt, const struct lesson_question *q)
{
	for (size_t i = attempt + 1; i < l->nr; i++) {
		const struct book_attempt *a = &l->attempt[i];

		for (size_t k = 0; k < a->nr && book_same_run(&a->row, &l->attempt[attempt].row); k++) {
			const struct progress_answer *row = &a->answer[k].row;
			STRBUF(payload, BOOK_TEXT_MAX);
			STRBUF(lead, 200);

			if (row->ordinal != 1 || strcmp(row->question, q->id) != 0)
				continue;
			strbuf_printf(&lead, W(BOOK_AGAIN), a->row.n);
			if (row->right >= 0)
				strbuf_printf(&lead, " %s.", words_result(book_result_of(row)));
			words_answer(q, row->value, &payload);
			book_para_lead(b, style_of(book_result_of(row)), lead.buf, payload.buf, "");
		}
	}
}

/* Answers with other numbers: their result alone, because their run is another one. */
static void write_practice(struct book *b, const struct book_lesson *l, const char *question)
{
	for (size_t i = 0; i < l->nr_practice; i++) {
		const struct progress_practice *a = &l->practice[i];
		const struct progress_answer row = { .right = a->right };
		char lead[120], result[120];

		if (strcmp(a->question, question) != 0 || a->right < 0)
			continue;
		snprintf(lead, sizeof(lead), W(BOOK_PRACTISED), a->variant);
		snprintf(result, sizeof(result), "%s.", words_result(book_result_of(&row)));
		book_para_lead(b, style_of(book_result_of(&row)), lead, result, sure_text(a->sure));
	}
}

/* The event that decided question @id; 0 = none did, or it may be tried again: its answer is not shown yet. */
static uint64_t evidence_of(const struct lesson *l, const char *id)
{
	const struct lesson_card *card;
	uint64_t n = 0;

	for (unsigned int i = 1; (card = book_verdict(l, id, i)); i++)
		n = card->verdict.evidence ? card->verdict.evidence : n;
	return n;
}

void book_put_lanes(struct book *b, const struct book_replay *r, uint64_t asked, uint64_t decided)
{
	static struct book_lanes lanes;		/* large, and there is one at a time */
	char name[32];

	if (!decided)
		return;
	snprintf(name, sizeof(name), "lanes-%u", ++b->pictures);
	book_lanes_lay(&lanes, r, asked, decided);
	if (!asked)
		lanes.decided.text[0] = '\0';	/* of a bookmark: it stands above */
	b->form->lanes(b->out, &lanes, name);
}

static void write_tries(struct book *b, const struct book_replay *r, const char *id)
{
	struct lesson_question room;
	const struct lesson_card *card;

	for (unsigned int n = 2; (card = book_verdict(&r->lesson, id, n)); n++) {
		const struct lesson_question *q = lesson_question_of(&r->lesson, card, &room);
		char lead[80];

		snprintf(lead, sizeof(lead), W(BOOK_TRY), n);
		if (q)
			write_verdict(b, r->store, q, lead, "");
	}
}

/* The whole text, unless the heading has all of it. */
static void write_asked(struct book *b, const struct book_lesson *l, const struct book_replay *r,
			const struct progress_answer *row, const struct lesson_question *q, const char *anchor)
{
	STRBUF(title, 200);
	STRBUF(brief, TRACE_TEXT_BYTES_MAX);
	STRBUF(plain, BOOK_TEXT_MAX);
	STRBUF(heading, BOOK_TEXT_MAX);

	words_question_title(&r->lesson, q, &title);
	words_question_short(q, &brief);
	words_plain(q->text, &plain);
	strbuf_printf(&heading, W(BOOK_QUESTION), title.buf, brief.buf);
	book_section_words(b, 3, anchor, heading.buf);
	book_note_missed(b, l, anchor, row, brief.buf);
	if (strcmp(brief.buf, plain.buf) != 0)
		book_para(b, BOOK_ASKED, q->text);
}

#define REPORT_TEXT_MAX 65536u

/* The report whose lines are pointed at, with their numbers; once where several questions have it. */
static void write_report(struct book *b, const struct lesson_question *q)
{
	struct strbuf text;
	STRBUF(lead, 400);
	char *bytes;

	if (q->pick != PICK_LINE || !q->report.nr)
		return;
	bytes = shortage_need(malloc(REPORT_TEXT_MAX));
	strbuf_init(&text, bytes, REPORT_TEXT_MAX);
	for (size_t i = 0; i < q->report.nr; i++) {
		strbuf_printf(&text, "%3zu  ", i + 1);
		words_plain(q->report.line[i], &text);
		strbuf_putc(&text, '\n');
	}
	if (rng_hash_bytes(text.buf, text.len) != b->report) {
		b->report = rng_hash_bytes(text.buf, text.len);
		words_plain(q->report.title, &lead);
		book_para_lead(b, BOOK_PLAIN, lead.buf, "", "");
		b->form->block(b->out, text.buf);
	}
	free(bytes);
}

void book_question(struct book *b, const struct book_lesson *l, size_t attempt, const struct book_replay *r,
			   const struct progress_answer *row, const struct lesson_question *q)
{
	STRBUF(anchor, 200);

	b->nr_said = 0;
	anchor_of(l, &l->attempt[attempt], row->question, &anchor);
	write_asked(b, l, r, row, q, anchor.buf);
	write_choices(b, q);
	write_report(b, q);
	write_verdict(b, r->store, q, "", sure_text(row->sure));
	write_hints(b, q, row->hints);
	write_tries(b, r, q->id);
	write_again(b, l, attempt, q);
	write_practice(b, l, q->id);
	book_put_lanes(b, r, q->asked, evidence_of(&r->lesson, q->id));
	b->form->section_end(b->out);
}

/* An answer without its run. */
void book_stored(struct book *b, const struct book_lesson *l, size_t attempt, const struct progress_answer *row)
{
	STRBUF(anchor, 200);
	STRBUF(heading, BOOK_TEXT_MAX);
	STRBUF(text, 800);
	STRBUF(lead, 100);

	anchor_of(l, &l->attempt[attempt], row->question, &anchor);
	today_text(l, row->question, &heading);
	book_section_words(b, 3, anchor.buf, heading.buf);
	book_note_missed(b, l, anchor.buf, row, heading.buf);
	strbuf_printf(&text, W(BOOK_STORED), row->value);
	strbuf_puts(&text, sure_text(row->sure));
	if (row->right >= 0)
		strbuf_printf(&lead, "%s.", words_result(book_result_of(row)));
	if (lead.len)
		book_para_lead(b, style_of(book_result_of(row)), lead.buf, "", text.buf);
	else
		book_para_words(b, BOOK_PLAIN, text.buf);
	b->form->section_end(b->out);
}
