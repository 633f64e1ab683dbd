/*
 * words/pick_text.c - see pick_text.h.   Licence: MIT.
 */
#include "words/pick_text.h"

#include <string.h>

#include "base/time.h"
#include "words/report_text.h"
#include "words/texts.h"

void words_pick_title(const struct lesson_question *q, unsigned int at, struct strbuf *out)
{
	static const enum words_key titles[PICK_NR] = {
		[PICK_NONE] = W_PICK_THE_LINE, [PICK_EVENT] = W_PICK_THE_EVENT, [PICK_ITEM] = W_PICK_THE_ITEM,
		[PICK_WORKER] = W_PICK_THE_WORKER, [PICK_CPU] = W_PICK_THE_CPU, [PICK_LINE] = W_PICK_THE_LINE,
	};

	strbuf_puts(out, words_fixed(titles[q->pick]));
	if (at && q->pick != PICK_LINE)
		strbuf_printf(out, W(PICK_AT), at, (unsigned int)q->nr_candidates);
}

void words_pick_try(const struct lesson_question *q, struct strbuf *out)
{
	static const enum words_key tries[] = { W_PICK_TRY_1, W_PICK_TRY_2, W_PICK_TRY_3 };
	unsigned int attempt = lesson_try(q);

	if (!q->tries && attempt < 2)
		return;
	if (attempt <= 3)
		strbuf_puts(out, words_fixed(tries[attempt ? attempt - 1 : 0]));
	else
		strbuf_printf(out, W(PICK_TRY_N), attempt);
	if (q->half_points && attempt > 1)
		strbuf_puts(out, attempt == 2 ? W(PICK_HALF) : W(PICK_NO_POINTS));
}

void words_pick_prompt(const struct lesson_question *q, struct strbuf *out)
{
	STRBUF(what, 80);
	STRBUF(attempt, 80);

	if (q->pick_count > 1)
		strbuf_printf(&what, q->pick_ordered ? W(ASK_PICKS_ORDERED) : W(ASK_PICKS), q->pick_count);
	else
		strbuf_puts(&what, q->pick == PICK_LINE ? W(ASK_PICK_LINE) : W(ASK_PICK));
	words_pick_try(q, &attempt);
	if (attempt.len)
		strbuf_printf(out, W(PICK_PROMPT), what.buf, attempt.buf);
	else
		strbuf_printf(out, W(PROMPT), what.buf);
}

void words_pick_refused(const struct lesson_question *q, struct strbuf *out)
{
	if (q->pick_count > 1)
		strbuf_printf(out, W(REFUSED_PICKS), q->pick_count, (unsigned int)q->nr_candidates);
	else if (q->pick == PICK_LINE)
		strbuf_printf(out, W(REFUSED_PICK_LINE), (unsigned int)q->report.nr);
	else
		strbuf_printf(out, W(REFUSED_PICK), (unsigned int)q->nr_candidates);
}

void words_points(const struct lesson *l, struct strbuf *out)
{
	struct lesson_points points;
	char reached[16], of[16];

	lesson_points(l, &points);
	if (points.of)
		strbuf_printf(out, points.for_being_made ? W(PICK_POINTS_MADE) : W(PICK_POINTS), words_halves(points.halves, reached),
			      words_halves(points.of, of));
}

void words_candidate(struct words_payload *p, const struct lesson_question *q, unsigned int i)
{
	const struct lesson_candidate *c = &q->candidate[i];
	STRBUF(text, TRACE_TEXT_BYTES_MAX);
	const char *line;

	switch (q->pick) {
	case PICK_EVENT:
		strbuf_printf(&text, W(PICK_EVENT_AT), i + 1, time_text_ms(c->time).text);
		break;
	case PICK_LINE:
		line = words_untimed(c->text);
		strbuf_printf(&text, W(PICK_LINE_AT), (unsigned long long)c->n, line + strspn(line, " "));
		break;
	default:
		words_payload_add(p, c->text);
		return;
	}
	words_payload_literal(p, text.buf);
}
