/*
 * check/preview.c - one question as students get it, in several variants, with its answer.
 *
 * The worker that plays a run writes the lines, because only it has the events; the parent
 * puts them one below the other.
 *
 * Lives here:   the lines of a preview.
 * Never here:   the screen and plain mode, which show no answer before its time.   Licence: MIT.
 */
#include "check/check_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "model/lesson.h"
#include "model/model.h"
#include "words/lesson_text.h"
#include "words/sentence.h"
#include "words/texts.h"

#define PREVIEW_BYTES ((size_t)4 << 20)

/* ---- in the worker ------------------------------------------------------------------- */

static void put_choices(const struct lesson_question *q, struct strbuf *out)
{
	uint32_t right = q->verdict.n ? lesson_chosen(q, q->verdict.happened, NULL) : 0;

	for (unsigned int i = 0; i < q->nr_choices; i++) {
		STRBUF(text, TRACE_TEXT_BYTES_MAX);
		STRBUF(line, TRACE_TEXT_BYTES_MAX);
		char id[16];

		words_plain(q->choice[i].text, &text);
		strbuf_printf(&line, "%c %c  %s (%s)", right >> i & 1 ? '*' : ' ', 'a' + (int)i, text.buf,
			      lesson_choice_id(q, i, id));
		report_put(out, "show", q->id, line.buf);
	}
}

/* The lines of a report from which the student picks. */
static void put_report(const struct lesson_question *q, struct strbuf *out)
{
	for (size_t i = 0; i < q->report.nr; i++) {
		STRBUF(line, TRACE_TEXT_BYTES_MAX);

		strbuf_printf(&line, "%4zu  %s", i + 1, q->report.line[i]);
		report_put(out, "show", q->id, line.buf);
	}
}

/* The event that decided, as a sentence with its time. */
static void put_evidence(struct trace_store *s, const struct lesson_question *q, struct strbuf *out)
{
	struct model_replay replay;
	struct trace_event ev;
	STRBUF(sentence, 400);
	STRBUF(line, 500);

	if (!q->verdict.evidence || !trace_store_event(s, q->verdict.evidence, &ev) || model_replay_init(&replay, s))
		return;
	if (model_replay_grow(&replay) == 0 && model_replay_seek(&replay, q->verdict.evidence) == 0) {
		words_event(s, &replay.at, &ev, &sentence);
		strbuf_printf(&line, W(PREVIEW_EVIDENCE), q->verdict.evidence, time_text_ms(ev.time).text, sentence.buf);
		report_put(out, "show", q->id, line.buf);
	}
	model_replay_fini(&replay);
}

void preview_question(struct trace_store *s, const struct lesson *l, const struct lesson_question *q, struct strbuf *out)
{
	STRBUF(title, 80);
	STRBUF(text, TRACE_TEXT_BYTES_MAX);
	STRBUF(answer, TRACE_TEXT_BYTES_MAX);
	STRBUF(plain, TRACE_TEXT_BYTES_MAX);
	STRBUF(line, TRACE_TEXT_BYTES_MAX);

	words_question_title(l, q, &title);
	words_plain(q->text, &text);
	strbuf_printf(&line, "%s: %s", title.buf, text.buf);
	report_put(out, "show", q->id, line.buf);
	put_choices(q, out);
	put_report(q, out);
	line.len = 0;
	if (q->verdict.n && q->verdict.result != RESULT_NONE) {
		words_answer(q, q->verdict.happened, &answer);
		words_plain(answer.buf, &plain);
		strbuf_printf(&line, W(PREVIEW_ANSWER), plain.buf);
	} else {
		strbuf_puts(&line, W(PREVIEW_NO_ANSWER));
	}
	report_put(out, "show", q->id, line.buf);
	put_evidence(s, q, out);
}

/* ---- in the parent ---------------------------------------------------------------------- */

static void put_values(const char *report, struct strbuf *out)
{
	struct report_line line;
	const char *sep = "  ";

	while (report_next(&report, &line)) {
		if (strcmp(line.kind, "value"))
			continue;
		strbuf_printf(out, "%s%.*s", sep, (int)line.len, line.text);
		sep = ", ";
	}
}

static void put_note(const struct report_line *line, struct strbuf *out)
{
	int digits = (int)strspn(line->text, "0123456789");

	strbuf_printf(out, W(PREVIEW_NOTE), digits, line->text, (int)line->len - digits - 1, line->text + digits + 1);
}

static void put_variant(const struct check *c, size_t i, struct strbuf *out)
{
	const char *question = c->o->question;
	const char *at = c->report[i];
	struct report_line line;
	bool any = false;

	strbuf_printf(out, W(PREVIEW_VARIANT), c->run[i].variant);
	put_values(at, out);
	strbuf_putc(out, '\n');
	while (report_next(&at, &line)) {
		if (!strcmp(line.kind, "wrote"))
			put_note(&line, out);
		if (strcmp(line.kind, "show") && strcmp(line.kind, "fault") && strcmp(line.kind, "died"))
			continue;
		strbuf_printf(out, "  %.*s\n", (int)line.len, line.text);
		any = true;
	}
	if (!any && question)
		strbuf_printf(out, "  %s\n", W(PREVIEW_NOT_ASKED));
}

int check_preview(const struct check_opts *o, const char *path, struct check_preview *p)
{
	struct check *c = calloc(1, sizeof(*c));
	struct check_result result = { .runs = 0 };
	struct report_line line;
	struct strbuf out;
	int rc = 0;

	*p = (struct check_preview){ .text = malloc(PREVIEW_BYTES) };
	if (!c || !p->text) {
		free(c);
		return -ENOMEM;
	}
	c->o = o;
	c->path = path;
	c->result = &result;
	for (unsigned int v = 0; v < o->variants && !rc; v++) {
		struct check_run run = { .variant = o->first_variant + v, .seed = o->seed ? o->seed : 1,
					 .turn = v, .preview = o->question };

		rc = check_plan(c, &run) < 0 ? -ENOMEM : 0;
	}
	if (!rc)
		rc = check_play_all(c);
	strbuf_init(&out, p->text, PREVIEW_BYTES);
	for (size_t i = 0; i < c->nr_runs && !rc; i++) {
		put_variant(c, i, &out);
		p->shown += o->question && report_find(c->report[i], "show", o->question, &line);
		p->faulty += report_find(c->report[i], "fault", "", &line) || report_find(c->report[i], "died", "", &line);
	}
	check_free_runs(c);
	free(c);
	return rc;
}
