/*
 * plain/pick.c - the list of a question in which the student points: 20 things at a time.
 *
 * Lives here:   the lines of candidates and of a report.
 * Never here:   answers (plain.c), sentences (words/).   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "plain/plain_internal.h"
#include "words/lesson_text.h"
#include "words/report_text.h"
#include "words/texts.h"

#define AT_A_TIME 20

/* "   5     3.003 ms  the handler of nic returns" */
static void put_event(struct plain *p, size_t place, const struct lesson_candidate *c)
{
	STRBUF(text, 1024);
	struct trace_event ev;
	char first[64];

	if (trace_store_event(p->store, c->n, &ev))
		plain_put_sentence(p, &ev, &text);
	snprintf(first, sizeof(first), "%4zu %12s  ", place, time_text_ms(c->time).text);
	plain_put(p, first, text.buf);
}

static void put_thing(struct plain *p, size_t place, const struct lesson_candidate *c)
{
	STRBUF(text, TRACE_TEXT_BYTES_MAX);
	char first[24];

	words_plain(c->text, &text);
	snprintf(first, sizeof(first), "%4zu  ", place);
	plain_put(p, first, text.buf);
}

/* A line keeps its blanks, and its number in the report. */
static void put_line(struct plain *p, size_t number, const char *line)
{
	const char *text = words_untimed(line);
	char first[48];
	int blanks = (int)strspn(text, " ");

	snprintf(first, sizeof(first), "%4zu  %*s", number, blanks < 24 ? blanks : 24, "");
	plain_put(p, first, text + blanks);
}

void plain_put_candidates(struct plain *p, const struct lesson_question *q)
{
	bool report = q->pick == PICK_LINE;
	size_t nr = report ? q->report.nr : q->nr_candidates, to;
	char more[80];

	if (lesson_form(q) != FORM_PICK)
		return;
	if (p->listed >= nr)
		p->listed = 0;		/* behind the last one the list begins again */
	if (report && !p->listed)
		plain_put(p, "", q->report.title);
	to = nr - p->listed > AT_A_TIME ? p->listed + AT_A_TIME : nr;
	for (; p->listed < to; p->listed++) {
		if (report)
			put_line(p, p->listed + 1, q->report.line[p->listed]);
		else if (q->pick == PICK_EVENT)
			put_event(p, p->listed + 1, &q->candidate[p->listed]);
		else
			put_thing(p, p->listed + 1, &q->candidate[p->listed]);
	}
	if (p->listed < nr) {
		snprintf(more, sizeof(more), W(PICK_MORE), (unsigned int)(nr - p->listed));
		plain_put(p, "      ", more);
	}
}
