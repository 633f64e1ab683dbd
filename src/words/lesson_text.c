/*
 * words/lesson_text.c - see lesson_text.h.   Licence: MIT.
 */
#include "words/lesson_text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/quantity.h"
#include "words/pick_text.h"
#include "words/report_text.h"
#include "words/texts.h"
#include "words/why.h"

/* ---- payloads ---------------------------------------------------------------------------- */

void words_payload_begin(struct words_payload *p, struct strbuf *text)
{
	p->text = text;
	p->used = 0;
}

/* Marks in the text stand for themselves. */
void words_payload_literal(struct words_payload *p, const char *text)
{
	for (; *text; text++) {
		if (strchr("{*`", *text))
			strbuf_putc(p->text, *text);
		strbuf_putc(p->text, *text == MARKUP_VALUES || *text == MARKUP_VALUE ? ' ' : *text);
	}
}

void words_payload_add(struct words_payload *p, const char *payload)
{
	size_t template = strcspn(payload, "\x1f"), values = strlen(payload + template);

	strbuf_putn(p->text, payload, template);
	if (values > sizeof(p->values) - p->used)
		values = 0;		/* its names are shown as names */
	memcpy(p->values + p->used, payload + template, values);
	p->used += values;
}

void words_payload_end(struct words_payload *p)
{
	strbuf_putn(p->text, p->values, p->used);
}

void words_plain(const char *payload, struct strbuf *out)
{
	markup_expand(payload, out, NULL, 0);
}

/* ---- questions ----------------------------------------------------------------------------- */

void words_question_title(const struct lesson *l, const struct lesson_question *q, struct strbuf *out)
{
	strbuf_puts(out, q->predict ? W(QUESTION_PREDICT) : W(QUESTION));
	if (l->questions >= q->number)
		strbuf_printf(out, W(QUESTION_OF), q->number, l->questions);
	else
		strbuf_printf(out, W(QUESTION_NUMBER), q->number);
}

#define ASKING_WORDS_MIN 4

/* The sentence of @text that ends before @end begins here. */
static size_t sentence_begin(const char *text, size_t end)
{
	size_t at = end;

	while (at && strchr(" .?!\"", text[at - 1]))	/* its own end */
		at--;
	for (; at; at--)
		if (text[at - 1] == ' ' && at > 1 &&
		    (strchr(".?!", text[at - 2]) || (at > 2 && text[at - 2] == '"' && strchr(".?!", text[at - 3]))))
			break;
	return at;
}

static unsigned int nr_words(const char *text, size_t from, size_t to)
{
	unsigned int n = 0;

	for (size_t i = from; i < to; i++)
		n += text[i] != ' ' && (i == from || text[i - 1] == ' ');
	return n;
}

void words_last_question(const char *payload, struct strbuf *out)
{
	STRBUF(text, 2 * TRACE_TEXT_BYTES_MAX);
	size_t from, to;
	bool quoted = false;

	words_plain(payload, &text);
	for (size_t i = 0; i < text.len; i++)
		text.buf[i] = text.buf[i] == '\n' ? ' ' : text.buf[i];
	to = text.len;
	while (to && text.buf[to - 1] != '?')
		to--;
	to = to ? to : text.len;		/* no sentence asks: the last one */
	from = sentence_begin(text.buf, to);
	if (nr_words(text.buf, from, to) < ASKING_WORDS_MIN)
		from = sentence_begin(text.buf, from);
	for (size_t i = from; i < to; i++)
		quoted ^= text.buf[i] == '"';
	for (size_t i = from; i < to; i++)	/* one mark of a pair would be left over */
		if (!(quoted && text.buf[i] == '"'))
			strbuf_putc(out, text.buf[i]);
}

#define NAME_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

void words_last_question_of_file(const char *text, struct strbuf *out)
{
	STRBUF(plain, TRACE_TEXT_BYTES_MAX);

	while (*text) {
		size_t len = *text == '{' ? strspn(text + 1, NAME_LETTERS) : 0;

		if (len && text[len + 1] == '}') {
			strbuf_printf(&plain, "%.*s", (int)len, text + 1);
			text += len + 2;
			continue;
		}
		strbuf_putc(&plain, *text++);
	}
	words_last_question(plain.buf, out);
}

void words_question_short(const struct lesson_question *q, struct strbuf *out)
{
	if (*q->brief)
		words_plain(q->brief, out);
	else
		words_last_question(q->text, out);
}

static const struct {
	enum words_key prompt, help;
} forms[] = {
	[FORM_ONE] = { W_ASK_ONE, W_ASK_HELP_ONE },
	[FORM_SEVERAL] = { W_ASK_SEVERAL, W_ASK_HELP_SEVERAL },
	[FORM_ORDER] = { W_ASK_ORDER, W_ASK_HELP_ORDER },
	[FORM_NUMBER] = { W_ASK_NUMBER, W_ASK_HELP_NUMBER },
	[FORM_WORDS] = { W_ASK_WORDS, W_ASK_HELP_WORDS },
	[FORM_PICK] = { W_ASK_PICK, W_ASK_HELP_PICK },
};

void words_question_prompt(const struct lesson_question *q, struct strbuf *out)
{
	const char *prompt = words_fixed(forms[lesson_form(q)].prompt);

	if (lesson_form(q) == FORM_PICK) {
		words_pick_prompt(q, out);
		return;
	}
	if (*q->unit)
		strbuf_printf(out, W(PROMPT_UNIT), prompt, q->unit);
	else
		strbuf_printf(out, W(PROMPT), prompt);
}

const char *words_question_help(const struct lesson_question *q)
{
	return words_fixed(forms[lesson_form(q)].help);
}

void words_answer_refused(const struct lesson_question *q, struct strbuf *out)
{
	switch (lesson_form(q)) {
	case FORM_ONE:
		strbuf_printf(out, W(REFUSED_ONE), q->nr_choices);
		break;
	case FORM_SEVERAL:
		strbuf_printf(out, W(REFUSED_SEVERAL), q->nr_choices);
		break;
	case FORM_ORDER:
		strbuf_printf(out, W(REFUSED_ORDER), q->nr_choices);
		break;
	case FORM_NUMBER:
		strbuf_puts(out, W(REFUSED_NUMBER));
		break;
	case FORM_WORDS:
		strbuf_puts(out, W(REFUSED_WORDS));
		break;
	case FORM_PICK:
		words_pick_refused(q, out);
		break;
	}
}

static void put_choices(struct words_payload *p, const struct lesson_question *q, const char *answer)
{
	unsigned int order[LESSON_FLAGS_MAX], nr = 0;
	uint32_t mask = lesson_chosen(q, answer, order);

	for (uint32_t m = mask; m; m &= m - 1)
		nr++;
	if (!nr) {
		words_payload_literal(p, !*answer || !strcmp(answer, "none") ? W(ANSWER_NONE) : answer);
		return;
	}
	for (unsigned int i = 0; i < nr; i++) {
		if (i)
			words_payload_literal(p, lesson_form(q) == FORM_ORDER ? W(ANSWER_THEN) : W(ANSWER_AND));
		words_payload_add(p, q->choice[order[i]].text);
	}
}

static void put_picks(struct words_payload *p, const struct lesson_question *q, const char *answer)
{
	unsigned int which[LESSON_PICKS_MAX], nr = lesson_picked(q, answer, which, LESSON_PICKS_MAX);

	for (unsigned int i = 0; i < nr; i++) {
		if (i)
			words_payload_literal(p, q->pick_ordered ? W(ANSWER_THEN) : W(ANSWER_AND));
		words_candidate(p, q, which[i]);
	}
	if (!nr)
		words_payload_literal(p, *answer ? answer : W(ANSWER_NONE));
}

static void put_answer(struct words_payload *p, const struct lesson_question *q, const char *answer)
{
	STRBUF(text, 256);
	char *end;
	double v = strtod(answer, &end);

	if (lesson_form(q) == FORM_NUMBER && end != answer && !*end) {
		quantity(&text, v, q->unit);
		words_payload_literal(p, text.buf);
	} else if (lesson_form(q) == FORM_NUMBER || lesson_form(q) == FORM_WORDS || q->given_words) {
		words_payload_literal(p, answer);
	} else if (lesson_form(q) == FORM_PICK) {
		put_picks(p, q, answer);
	} else {
		put_choices(p, q, answer);
	}
}

void words_answer(const struct lesson_question *q, const char *answer, struct strbuf *payload)
{
	struct words_payload p;

	words_payload_begin(&p, payload);
	put_answer(&p, q, answer);
	words_payload_end(&p);
}

/* ---- verdicts --------------------------------------------------------------------------------- */

static bool number_same(const struct lesson_question *q)
{
	return strtod(q->given, NULL) == strtod(q->verdict.happened, NULL);
}

/* The text by itself, and the joint to the answer behind it. */
static const struct {
	enum words_key text, joint;
} results[] = {
	[RESULT_WRONG] = { W_RESULT_IS_WRONG, W_RESULT_WRONG_JOINT },
	[RESULT_RIGHT] = { W_RESULT_IS_RIGHT, W_RESULT_RIGHT_JOINT },
	[RESULT_NONE] = { W_RESULT_OF_AUTHOR, W_RESULT_AUTHOR_JOINT },
};

const char *words_result(enum trace_result result)
{
	return words_fixed(results[result].text);
}

static bool put_result(struct words_payload *p, const struct lesson_question *q, bool titled)
{
	enum trace_result result = q->verdict.result;

	if (!titled) {
		words_payload_literal(p, words_result(result));
		words_payload_literal(p, words_fixed(results[result].joint));
	}
	if (result == RESULT_NONE)
		return !titled;
	if (titled || result == RESULT_WRONG)
		words_payload_literal(p, W(VERDICT_ANSWERED));
	put_answer(p, q, q->given);
	words_payload_literal(p, ".");
	return true;
}

/* The place of the evidence: ", at 5.004 ms (event 237)"; without the time if the answer is that time. */
static void put_where(struct words_payload *p, const struct trace_store *s, const struct lesson_question *q)
{
	struct trace_event ev;
	STRBUF(where, 80);

	if (!q->verdict.evidence || !trace_store_event(s, q->verdict.evidence, &ev))
		return;
	if (q->pick == PICK_EVENT)		/* the answer is that event */
		return;
	if (lesson_form(q) != FORM_NUMBER || strcmp(q->unit, "ms") != 0) {
		strbuf_puts(&where, W(VERDICT_AT));
		quantity(&where, (double)ev.time / 1e6, "ms");
	}
	strbuf_printf(&where, W(VERDICT_EVENT), ev.n);
	words_payload_literal(p, where.buf);
}

static bool put_happened(struct words_payload *p, const struct trace_store *s, const struct lesson_question *q)
{
	bool differs = q->verdict.result == RESULT_WRONG ||
		       (q->verdict.result == RESULT_RIGHT && lesson_form(q) == FORM_NUMBER && !number_same(q));

	if (!differs || (lesson_form(q) == FORM_PICK && !*q->verdict.happened))	/* it may be tried again */
		return false;
	words_payload_literal(p, q->verdict.evidence ? W(VERDICT_IN_RUN) : W(VERDICT_ANSWER));
	put_answer(p, q, q->verdict.happened);
	put_where(p, s, q);
	words_payload_literal(p, ".");
	return true;
}

static bool is_part_of_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Does @line have these bytes as a word, or as several? */
static bool line_has(const char *line, const char *name, size_t len)
{
	for (const char *at = line; (at = strstr(at, name)) != NULL; at++)
		if ((at == line || !is_part_of_word(at[-1])) && !is_part_of_word(at[len]))
			return true;
	return false;
}

/* "fn2=w0": is fn2 in one of the right lines? */
static bool names_of_answer(const struct lesson_question *q, const char *pair)
{
	unsigned int which[LESSON_PICKS_MAX], nr = lesson_picked(q, q->verdict.happened, which, LESSON_PICKS_MAX);
	size_t len = strcspn(pair, "=");
	char name[128];

	snprintf(name, sizeof(name), "%.*s", (int)len, pair);
	for (unsigned int i = 0; i < nr && len < sizeof(name); i++)
		if (line_has(words_untimed(q->candidate[which[i]].text), name, len))
			return true;
	return false;
}

/* A report of another machine has other names: "In this run: fn2 is w0, 875 is kworker/1:1." */
static bool put_names(struct words_payload *p, const struct lesson_question *q)
{
	unsigned int nr = 0;
	STRBUF(text, 300);

	for (unsigned int i = 0; q->pick == PICK_LINE && *q->verdict.happened && i < q->report.nr_names; i++) {
		const char *pair = q->report.name[i];
		size_t len = strcspn(pair, "=");

		if (pair[len] && names_of_answer(q, pair)) {
			strbuf_puts(&text, nr++ ? W(ANSWER_AND) : W(VERDICT_IN_THIS_RUN));
			strbuf_printf(&text, W(VERDICT_NAME_IS), (int)len, pair, pair + len + 1);
		}
	}
	if (!nr)
		return false;
	words_payload_literal(p, text.buf);
	words_payload_literal(p, ".");
	return true;
}

/* The predicate behind the evidence, with the values it saw. */
static bool put_predicate(struct words_payload *p, const struct trace_store *s, const struct lesson_question *q)
{
	const struct lesson_verdict *v = &q->verdict;
	struct trace_event ev;
	STRBUF(text, 400);

	if (v->result != RESULT_WRONG || v->nr_feedback || !v->evidence || !trace_store_event(s, v->evidence, &ev) ||
	    ev.why.pred == WHY_NONE || ev.why.pred >= WHY_NR)
		return false;
	words_why(&ev.why, &text);
	strbuf_putc(&text, '.');
	words_payload_literal(p, text.buf);
	return true;
}

static bool put_text(struct words_payload *p, const char *lead, const char *payload)
{
	if (!*payload)
		return false;
	words_payload_literal(p, lead);
	words_payload_add(p, payload);
	return true;
}

/* Does part @part have a line number @k (only feedback has more than one)? */
static bool put_part(struct words_payload *p, const struct trace_store *s, const struct lesson_question *q, bool titled,
		     enum words_verdict_part part, unsigned int k)
{
	const struct lesson_verdict *v = &q->verdict;

	if (part == VERDICT_FEEDBACK)
		return k < v->nr_feedback && put_text(p, "", v->feedback[k]);
	if (k)
		return false;
	switch (part) {
	case VERDICT_RESULT: return put_result(p, q, titled);
	case VERDICT_HAPPENED: return put_happened(p, s, q);
	case VERDICT_NAMES: return put_names(p, q);
	case VERDICT_PREDICATE: return put_predicate(p, s, q);
	case VERDICT_WHY: return put_text(p, "", v->why);
	case VERDICT_RULE: return put_text(p, W(VERDICT_RULE_LEAD), v->rule);
	case VERDICT_FEEDBACK: break;
	}
	return false;
}

bool words_verdict(const struct trace_store *s, const struct lesson_question *q, bool titled, unsigned int i,
		   enum words_verdict_part *part, struct strbuf *payload)
{
	for (int one = VERDICT_RESULT; one <= VERDICT_RULE; one++)
		for (unsigned int k = 0; k <= LESSON_FEEDBACKS_MAX; k++) {
			size_t len = payload->len;
			struct words_payload p;

			words_payload_begin(&p, payload);
			if (!put_part(&p, s, q, titled, (enum words_verdict_part)one, k))
				break;
			if (!i--) {
				words_payload_end(&p);
				*part = (enum words_verdict_part)one;
				return true;
			}
			payload->len = len;
			payload->buf[len] = '\0';
		}
	return false;
}

void words_score(unsigned int right, unsigned int judged, struct strbuf *out)
{
	if (judged)
		strbuf_printf(out, W(SCORE), right, judged);
}

void words_ended(const struct lesson *l, unsigned int right, unsigned int judged, struct strbuf *out)
{
	STRBUF(score, 120);

	if (l->exercise && !judged) {		/* it asks nothing: its checks or its second part may follow */
		strbuf_puts(out, W(CARD_OVER_RUN));
		return;
	}
	words_score(right, judged, &score);
	strbuf_printf(out, l->exercise ? W(CARD_OVER_EXERCISE) : W(CARD_OVER), score.buf);
}
