/*
 * book/book.c - the contents of the review book: summary, lessons, questions, bookmarks.
 *
 * Lives here:   what is written, and in which order.
 * Never here:   Markdown and HTML (markdown.c, html.c), lanes (lanes.c), sentences (words/).   Licence: MIT.
 */
#include "book/book_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/shortage.h"
#include "base/time.h"
#include "run/exit_report.h"
#include "words/lesson_text.h"
#include "words/sentence.h"
#include "words/texts.h"
#include "words/words.h"

#define TEXT_MAX (3 * TRACE_TEXT_BYTES_MAX)
#define SAID_MAX 64

struct book {
	const struct book_opts *o;
	const struct book_form *form;
	FILE *out;
	struct book_kept kept;
	struct missed {			/* a question whose first answer was not right */
		char *text, *link;
		bool certain;
	} *missed;
	size_t nr_missed, cap_missed;
	struct strbuf *died;		/* about the first machine process that did */
	bool shortage;			/* one lacked memory: the book would be another one next time */
	unsigned int pictures;		/* so far */
	uint64_t report;		/* hash of the report that was written last, 0 = none in this attempt */
	uint64_t said[SAID_MAX];	/* hashes of the texts under one question */
	unsigned int nr_said;
};

/* ---- texts ------------------------------------------------------------------------------------------ */

static void para(struct book *b, enum book_style style, const char *payload)
{
	b->form->para(b->out, style, payload);
}

/* Words that are no payload: marks in them stand for themselves. */
static void para_words(struct book *b, enum book_style style, const char *text)
{
	STRBUF(payload, TEXT_MAX);
	struct words_payload p;

	words_payload_begin(&p, &payload);
	words_payload_literal(&p, text);
	words_payload_end(&p);
	para(b, style, payload.buf);
}

static void __attribute__((format(printf, 3, 4))) para_printf(struct book *b, enum book_style style, const char *fmt, ...)
{
	STRBUF(text, TEXT_MAX);
	va_list ap;

	va_start(ap, fmt);
	strbuf_vprintf(&text, fmt, ap);
	va_end(ap);
	para_words(b, style, text.buf);
}

static void item_words(struct book *b, const char *link, const char *text)
{
	STRBUF(payload, TEXT_MAX);
	struct words_payload p;

	words_payload_begin(&p, &payload);
	words_payload_literal(&p, text);
	words_payload_end(&p);
	b->form->item(b->out, BOOK_PLAIN, link, payload.buf);
}

static void section_words(struct book *b, unsigned int level, const char *anchor, const char *text)
{
	STRBUF(payload, TEXT_MAX);
	struct words_payload p;

	words_payload_begin(&p, &payload);
	words_payload_literal(&p, text);
	words_payload_end(&p);
	b->form->section(b->out, level, anchor, payload.buf);
}

/* @lead in bold letters, then @payload, then @rest. */
static void para_lead(struct book *b, enum book_style style, const char *lead, const char *payload, const char *rest)
{
	STRBUF(text, TEXT_MAX);
	struct words_payload p;

	words_payload_begin(&p, &text);
	strbuf_putc(&text, '*');
	words_payload_literal(&p, lead);
	strbuf_puts(&text, *payload || (*rest && *rest != ' ') ? "* " : "*");
	words_payload_add(&p, payload);
	words_payload_literal(&p, rest);
	words_payload_end(&p);
	para(b, style, text.buf);
}

/* False: a text under this question had these bytes. */
static bool is_new(struct book *b, const char *payload)
{
	uint64_t hash = rng_hash_bytes(payload, strlen(payload));

	for (unsigned int i = 0; i < b->nr_said; i++)
		if (b->said[i] == hash)
			return false;
	if (b->nr_said < SAID_MAX)
		b->said[b->nr_said++] = hash;
	return true;
}

static const char *sure_text(unsigned int sure)
{
	static const enum words_key texts[] = { W_NONE, W_BOOK_WAS_GUESS, W_BOOK_WAS_FAIRLY, W_BOOK_WAS_CERTAIN };

	return words_fixed(texts[sure <= 3 ? sure : 0]);
}

static enum trace_result result_of(const struct progress_answer *a)
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

/* ---- the summary ------------------------------------------------------------------------------------- */

struct tally {
	unsigned int answered, right, of[4][2];	/* [sure][right] */
};

static struct tally count(const struct book_kept *k)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < k->nr; i++)
		for (size_t j = 0; j < k->lesson[i].nr; j++) {
			const struct book_attempt *a = &k->lesson[i].attempt[j];

			for (size_t n = 0; n < a->nr; n++) {
				const struct progress_answer *row = &a->answer[n].row;

				if (!a->answer[n].first || row->right < 0)
					continue;
				t.answered++;
				t.right += row->right == 1;
				t.of[row->sure <= 3 ? row->sure : 0][row->right == 1]++;
			}
		}
	return t;
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
			para_words(b, BOOK_PLAIN, W(BOOK_SURE_HEAD));
			b->form->list(b->out, true);
		}
		any = true;
		snprintf(text, sizeof(text), words_fixed(texts[sure]), t->of[sure][1], t->of[sure][0]);
		item_words(b, NULL, text);
	}
	if (any)
		b->form->list(b->out, false);
}

/* @question: its short text. */
static void note_missed(struct book *b, const struct book_lesson *l, const char *link, const struct progress_answer *row,
			const char *question)
{
	STRBUF(text, TEXT_MAX);
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
			item_words(b, b->missed[i].link, b->missed[i].text);
}

static void write_summary(struct book *b)
{
	struct tally t = count(&b->kept);

	if (t.answered == 1)
		para_printf(b, BOOK_PLAIN, W(BOOK_SCORE_ONE), t.right);
	else if (t.answered)
		para_printf(b, BOOK_PLAIN, W(BOOK_SCORE), t.answered, t.right);
	write_sure(b, &t);
	if (b->nr_missed) {
		section_words(b, 2, "missed", W(BOOK_MISSED));
		para_words(b, BOOK_PLAIN, W(BOOK_MISSED_TEXT));
		b->form->list(b->out, true);
		write_missed(b, true);
		write_missed(b, false);
		b->form->list(b->out, false);
		b->form->section_end(b->out);
	}
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
	STRBUF(payload, TEXT_MAX);
	STRBUF(lead, 100);
	struct words_payload p;

	strbuf_printf(&lead, W(BOOK_RULE), rule);
	words_payload_begin(&p, &payload);
	if (sentence)
		put_rule(&p, sentence);
	words_payload_end(&p);
	if (is_new(b, rule))
		para_lead(b, BOOK_PLAIN, lead.buf, payload.buf, "");
}

static void write_verdict_line(struct book *b, const struct lesson_question *q, enum words_verdict_part part, const char *payload)
{
	if (part == VERDICT_RULE)
		write_rule(b, q->verdict.rule);
	else if (!is_new(b, payload))
		return;
	else if (part == VERDICT_WHY)
		para_lead(b, BOOK_PLAIN, W(BOOK_WHY), payload, "");
	else if (part == VERDICT_FEEDBACK && q->verdict.result == RESULT_WRONG)
		para_lead(b, BOOK_PLAIN, W(BOOK_FEEDBACK), payload, "");
	else
		para(b, BOOK_PLAIN, payload);
}

/* @lead: "Try 2:", or ""; @sure: a sentence with a blank before it. */
static void write_result(struct book *b, const struct trace_store *s, const struct lesson_question *q, const char *lead,
			 const char *sure)
{
	STRBUF(payload, TEXT_MAX);
	STRBUF(bold, 200);
	enum words_verdict_part part;

	if (q->verdict.result == RESULT_NONE) {
		para_lead(b, BOOK_PLAIN, *lead ? lead : W(BOOK_YOUR_WORDS), "", "");
		para_words(b, BOOK_NOTE, q->given);
		para_lead(b, BOOK_PLAIN, words_result(RESULT_NONE), "", "");
		return;
	}
	strbuf_printf(&bold, "%s%s%s.", lead, *lead ? " " : "", words_result(q->verdict.result));
	if (words_verdict(s, q, true, 0, &part, &payload) && part == VERDICT_RESULT)
		para_lead(b, style_of(q->verdict.result), bold.buf, payload.buf, sure);
}

static void write_verdict(struct book *b, const struct trace_store *s, const struct lesson_question *q, const char *lead,
			  const char *sure)
{
	enum words_verdict_part part;

	write_result(b, s, q, lead, sure);
	for (unsigned int i = 0;; i++) {
		STRBUF(payload, TEXT_MAX);

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
	STRBUF(payload, TEXT_MAX);
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
		para_words(b, BOOK_PLAIN, W(BOOK_HINT));
	else
		para_printf(b, BOOK_PLAIN, W(BOOK_HINTS), hints);
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
			STRBUF(payload, TEXT_MAX);
			STRBUF(lead, 200);

			if (row->ordinal != 1 || strcmp(row->question, q->id) != 0)
				continue;
			strbuf_printf(&lead, W(BOOK_AGAIN), a->row.n);
			if (row->right >= 0)
				strbuf_printf(&lead, " %s.", words_result(result_of(row)));
			words_answer(q, row->value, &payload);
			para_lead(b, style_of(result_of(row)), lead.buf, payload.buf, "");
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
		snprintf(result, sizeof(result), "%s.", words_result(result_of(&row)));
		para_lead(b, style_of(result_of(&row)), lead, result, sure_text(a->sure));
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

static void write_lanes(struct book *b, const struct book_replay *r, uint64_t asked, uint64_t decided)
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
	STRBUF(plain, TEXT_MAX);
	STRBUF(heading, TEXT_MAX);

	words_question_title(&r->lesson, q, &title);
	words_question_short(q, &brief);
	words_plain(q->text, &plain);
	strbuf_printf(&heading, W(BOOK_QUESTION), title.buf, brief.buf);
	section_words(b, 3, anchor, heading.buf);
	note_missed(b, l, anchor, row, brief.buf);
	if (strcmp(brief.buf, plain.buf) != 0)
		para(b, BOOK_ASKED, q->text);
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
		para_lead(b, BOOK_PLAIN, lead.buf, "", "");
		b->form->block(b->out, text.buf);
	}
	free(bytes);
}

static void write_question(struct book *b, const struct book_lesson *l, size_t attempt, const struct book_replay *r,
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
	write_lanes(b, r, q->asked, evidence_of(&r->lesson, q->id));
	b->form->section_end(b->out);
}

/* An answer without its run. */
static void write_stored(struct book *b, const struct book_lesson *l, size_t attempt, const struct progress_answer *row)
{
	STRBUF(anchor, 200);
	STRBUF(heading, TEXT_MAX);
	STRBUF(text, 800);
	STRBUF(lead, 100);

	anchor_of(l, &l->attempt[attempt], row->question, &anchor);
	today_text(l, row->question, &heading);
	section_words(b, 3, anchor.buf, heading.buf);
	note_missed(b, l, anchor.buf, row, heading.buf);
	strbuf_printf(&text, W(BOOK_STORED), row->value);
	strbuf_puts(&text, sure_text(row->sure));
	if (row->right >= 0)
		strbuf_printf(&lead, "%s.", words_result(result_of(row)));
	if (lead.len)
		para_lead(b, style_of(result_of(row)), lead.buf, "", text.buf);
	else
		para_words(b, BOOK_PLAIN, text.buf);
	b->form->section_end(b->out);
}

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

	return q && !strcmp(q->given, row->value) && q->verdict.result == result_of(row) ? q : NULL;
}

static void write_attempt(struct book *b, const struct book_lesson *l, size_t attempt, const struct book_replay *r)
{
	const struct book_attempt *a = &l->attempt[attempt];

	b->report = 0;
	if (a->row.options[0])
		para_printf(b, BOOK_SMALL, W(BOOK_ATTEMPT_OPTIONS), a->row.n, a->row.variant, a->row.seed, a->row.options);
	else
		para_printf(b, BOOK_SMALL, W(BOOK_ATTEMPT), a->row.n, a->row.variant, a->row.seed);
	for (size_t i = 0; i < a->nr; i++) {
		struct lesson_question room;
		const struct progress_answer *row = &a->answer[i].row;
		const struct lesson_question *q = r && a->answer[i].first ? replayed(r, row, &room) : NULL;

		if (q)
			write_question(b, l, attempt, r, row, q);
		else if (a->answer[i].first)
			write_stored(b, l, attempt, row);
		if (!q && r && a->answer[i].first)
			para_words(b, BOOK_SMALL, W(BOOK_DIFFERS));
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
	para_lead(b, BOOK_PLAIN, lead.buf, "", sentence.buf);
	if (m->text[0])
		para_words(b, BOOK_NOTE, m->text);
	if (there)
		write_lanes(b, r, 0, m->event);
}

/* The bookmarks of the run of @a. */
static void write_marks(struct book *b, const struct book_lesson *l, const struct progress_attempt *a, const struct book_replay *r)
{
	bool any = false;

	for (size_t i = 0; i < l->nr_marks; i++) {
		if (!book_mark_of(&l->mark[i], a))
			continue;
		if (!any)
			section_words(b, 3, "", W(BOOK_MARKS));
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
		para_words(b, BOOK_PLAIN, why.buf);
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
		para_words(b, BOOK_SMALL, W(BOOK_OPEN_ONE));
	else if (all > have)
		para_printf(b, BOOK_SMALL, W(BOOK_OPEN), all - have);
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
			para_words(b, BOOK_PLAIN, why.buf);
		said = said || why.len;
		write_attempt(b, l, i, r);
	}
	if (answered(l, group))
		write_open(b, l, group);
	write_marks(b, l, &l->attempt[group].row, r);
	book_replay_close(r);
}

static bool is_empty(const struct book_lesson *l)
{
	for (size_t i = 0; i < l->nr; i++)
		if (l->attempt[i].nr)
			return false;
	return !l->nr_marks;
}

static void write_lesson(struct book *b, const struct book_lesson *l)
{
	STRBUF(title, 300);

	if (is_empty(l) && !b->o->nr_lessons)
		return;
	if (l->now && l->now->label[0])
		strbuf_printf(&title, W(BOOK_LESSON), l->now->label, l->now->title);
	else
		strbuf_puts(&title, l->now ? l->now->title : l->id);
	section_words(b, 2, l->id, title.buf);
	if (l->now && l->now->question[0])
		para_words(b, BOOK_LEAD, l->now->question);
	if (is_empty(l))
		para_words(b, BOOK_PLAIN, W(BOOK_NOTHING_IN));
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
		if (!is_empty(&k->lesson[i]))
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
		para_printf(b, BOOK_SMALL, W(BOOK_STUDENT), b->o->student);
}

static void write_legend(struct book *b)
{
	section_words(b, 2, "lanes", W(BOOK_LEGEND));
	para_words(b, BOOK_PLAIN, W(BOOK_LEGEND_TEXT));
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
		write_summary(b);
		write_legend(b);
	} else if (!b->kept.nr || !b->o->nr_lessons) {
		para_words(b, BOOK_PLAIN, W(BOOK_NOTHING));
	}
	fwrite(lessons, 1, size, b->out);
	b->form->end(b->out);
	free(lessons);
	return 0;
}

static void forget_missed(struct book *b)
{
	for (size_t i = 0; i < b->nr_missed; i++) {
		free(b->missed[i].text);
		free(b->missed[i].link);
	}
	free(b->missed);
}

int book_write(const struct book_opts *o, FILE *out, struct strbuf *died)
{
	struct book b = { .o = o, .form = o->format == BOOK_HTML ? &book_html : &book_markdown, .out = out, .died = died };
	int err = book_kept_read(&b.kept, o);

	if (!err)
		err = write_book(&b);
	forget_missed(&b);
	book_kept_fini(&b.kept);
	return err;
}
