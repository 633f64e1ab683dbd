/*
 * words/lesson_text.c - see lesson_text.h.   Licence: MIT.
 */
#include "words/lesson_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/quantity.h"
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
	strbuf_puts(out, q->predict ? "Predict" : "Question");
	if (l->questions >= q->number)
		strbuf_printf(out, " (%u of %u)", q->number, l->questions);
	else
		strbuf_printf(out, " %u", q->number);
}

static const struct {
	const char *prompt, *help;
} forms[] = {
	[FORM_ONE] = { "Your choice", "Type the number or the letter of your choice, then Enter." },
	[FORM_SEVERAL] = { "Your choices", "Type the numbers of all that you choose, such as 1 3, or 0 for none, then Enter." },
	[FORM_ORDER] = { "The order", "Type all the numbers in your order, such as 2 1 3, then Enter." },
	[FORM_NUMBER] = { "A number", "Type a number, then Enter." },
	[FORM_WORDS] = { "Your words", "Type your answer in your own words, in one line, then Enter." },
};

void words_question_prompt(const struct lesson_question *q, struct strbuf *out)
{
	strbuf_puts(out, forms[lesson_form(q)].prompt);
	if (*q->unit)
		strbuf_printf(out, " (%s)", q->unit);
	strbuf_puts(out, "> ");
}

const char *words_question_help(const struct lesson_question *q)
{
	return forms[lesson_form(q)].help;
}

void words_answer_refused(const struct lesson_question *q, struct strbuf *out)
{
	switch (lesson_form(q)) {
	case FORM_ONE:
		strbuf_printf(out, "Type a number from 1 to %u; ? lists the commands.", q->nr_choices);
		break;
	case FORM_SEVERAL:
		strbuf_printf(out, "Type numbers from 1 to %u, each at most once, or 0 for none.", q->nr_choices);
		break;
	case FORM_ORDER:
		strbuf_printf(out, "Type all the numbers from 1 to %u, each once, in your order.", q->nr_choices);
		break;
	case FORM_NUMBER:
		strbuf_puts(out, "Type a number, such as 2 or 0.5. A command begins with a colon here, such as :?");
		break;
	case FORM_WORDS:
		strbuf_puts(out, "Type one line of words.");
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
		words_payload_literal(p, !*answer || !strcmp(answer, "none") ? "none of them" : answer);
		return;
	}
	for (unsigned int i = 0; i < nr; i++) {
		if (i)
			words_payload_literal(p, lesson_form(q) == FORM_ORDER ? ", then " : ", ");
		words_payload_add(p, q->choice[order[i]].text);
	}
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

const char *words_result(enum trace_result result)
{
	static const char *const results[] = {
		[RESULT_WRONG] = "Not quite", [RESULT_RIGHT] = "Right", [RESULT_NONE] = "The author's answer"
	};

	return results[result];
}

static bool put_result(struct words_payload *p, const struct lesson_question *q, bool titled)
{
	enum trace_result result = q->verdict.result;

	if (!titled) {
		words_payload_literal(p, words_result(result));
		words_payload_literal(p, result == RESULT_WRONG ? ". " : result == RESULT_RIGHT ? ": " : ":");
	}
	if (result == RESULT_NONE)
		return !titled;
	if (titled || result == RESULT_WRONG)
		words_payload_literal(p, "You answered: ");
	put_answer(p, q, q->given);
	words_payload_literal(p, ".");
	return true;
}

/* Where it was decided: ", at 5.004 ms (event 237)"; the time only where the answer is not that time itself. */
static void put_where(struct words_payload *p, const struct trace_store *s, const struct lesson_question *q)
{
	struct trace_event ev;
	STRBUF(where, 80);

	if (!q->verdict.evidence || !trace_store_event(s, q->verdict.evidence, &ev))
		return;
	if (lesson_form(q) != FORM_NUMBER || strcmp(q->unit, "ms") != 0) {
		strbuf_puts(&where, ", at ");
		quantity(&where, (double)ev.time / 1e6, "ms");
	}
	strbuf_printf(&where, " (event %" PRIu64 ")", ev.n);
	words_payload_literal(p, where.buf);
}

static bool put_happened(struct words_payload *p, const struct trace_store *s, const struct lesson_question *q)
{
	bool differs = q->verdict.result == RESULT_WRONG ||
		       (q->verdict.result == RESULT_RIGHT && lesson_form(q) == FORM_NUMBER && !number_same(q));

	if (!differs)
		return false;
	words_payload_literal(p, q->verdict.evidence ? "In the run: " : "The answer: ");
	put_answer(p, q, q->verdict.happened);
	put_where(p, s, q);
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
	case VERDICT_PREDICATE: return put_predicate(p, s, q);
	case VERDICT_WHY: return put_text(p, "", v->why);
	case VERDICT_RULE: return put_text(p, "Rule ", v->rule);
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
		strbuf_printf(out, "You got %u of %u right.", right, judged);
}
