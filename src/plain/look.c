/*
 * plain/look.c - commands that look around: the machine, why, steps, code, words, bookmarks.
 *
 * Lives here:   m w , . [ ] C K mark marks.
 * Never here:   changes of the run (plain.c).   Licence: MIT.
 */
#include "plain/plain_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/time.h"
#include "base/wrap.h"
#include "run/question_report.h"
#include "words/source_text.h"
#include "words/machine_text.h"
#include "words/texts.h"
#include "words/why.h"
#include "words/words.h"

/* ---- looking around: m w d , . [ ] R -------------------------------------------------------------- */

uint64_t plain_here(const struct plain *p)
{
	return p->looking ? p->looking : p->printed;
}

void plain_print_machine(struct plain *p)
{
	const struct model *m = plain_state_at(p, plain_here(p));
	STRBUF(text, 32768);
	char *line, *rest = text.buf;

	if (!m)
		return;
	words_machine(p->store, m, &text);
	while ((line = strsep(&rest, "\n")) && (*line || rest))
		wrap_print(p->out, p->columns, "", line);
}

/* A word's meaning. */
void plain_print_word(struct plain *p, const char *word)
{
	const char *sentence = *word ? words_explain(word) : NULL;
	char text[1024];

	if (sentence)
		snprintf(text, sizeof(text), "%s", sentence);
	else
		snprintf(text, sizeof(text), "%s", *word ? W(NO_SUCH_WORD) : W(WORD_USAGE));
	plain_put(p, "", text);
}

/* The decision nearest to the cursor, with the values it saw and the event that caused it. */
void plain_print_why(struct plain *p)
{
	STRBUF(text, 2048);
	STRBUF(why, 512);
	struct trace_event ev;
	uint64_t n = plain_here(p);

	while (n > p->from && !(trace_store_event(p->store, n, &ev) && ev.why.pred != WHY_NONE &&
				trace_event_level(&ev) == TRACE_STORY))
		n--;
	if (n <= p->from) {
		plain_put(p, "", W(NO_DECISION));
		return;
	}
	plain_put_sentence(p, &ev, &text);
	words_why(&ev.why, &why);
	strbuf_printf(&text, W(WHY_BEHIND), why.buf);
	if (ev.cause && trace_store_event(p->store, ev.cause, &ev)) {
		strbuf_puts(&text, W(CAUSED_BY));
		plain_put_sentence(p, &ev, &text);
	}
	plain_put(p, "", text.buf);
}

/* One story event of the machine back or forth. */
void plain_step(struct plain *p, int by, bool decisions)
{
	uint64_t n = plain_here(p);
	struct trace_event ev;

	for (;;) {
		STRBUF(text, 1024);

		n = by < 0 ? model_replay_prev(&p->replay, n, TRACE_STORY) : model_replay_next(&p->replay, n, TRACE_STORY);
		if (n <= p->from || n > p->printed) {
			plain_put(p, "", by < 0 ? W(AT_BEGINNING) : W(AT_END));
			p->looking = by < 0 ? p->looking : 0;
			return;
		}
		if (!trace_store_event(p->store, n, &ev))
			return;
		if ((trace_is_lesson(ev.kind) && ev.kind != EV_NOTE) || (decisions && ev.why.pred == WHY_NONE))
			continue;
		p->looking = n;
		plain_put_sentence(p, &ev, &text);
		plain_put_timed(p, ev.time, text.buf);
		return;
	}
}

/* ---- bookmarks ------------------------------------------------------------------------------- */

/* The event printed last, or the one at the cursor: the sentence of a machine event names it. */
uint64_t plain_event_here(struct plain *p)
{
	struct trace_event ev;
	uint64_t n;

	for (n = plain_here(p); n > p->from; n--)
		if (trace_store_event(p->store, n, &ev) && trace_event_level(&ev) == TRACE_STORY && !trace_is_lesson(ev.kind))
			return n;
	return 0;
}

static void set_bookmark(struct plain *p, const char *text)
{
	uint64_t n = plain_event_here(p);
	int err = !p->opts->bookmarks.set || !p->run ? -ENOTSUP : !n ? -ENOENT :
		  p->opts->bookmarks.set(p->opts->bookmarks.arg, p->run, n, text);

	plain_put(p, "", err == -ENOTSUP ? W(MARKS_NOT_HERE) :
	    err == -ENOENT ? (text ? W(MARK_NOTHING_YET) : W(MARK_NOT_AT)) :
	    err ? strerror(-err) : text ? W(MARK_IS_SET) : W(MARK_IS_REMOVED));
}

/* All of them, or with @which the one of that number, where the looking around goes on. */
static void print_bookmarks(struct plain *p, unsigned long which)
{
	static struct run_bookmark v[RUN_BOOKMARKS_MAX];
	size_t nr = p->opts->bookmarks.get && p->run ?
		    p->opts->bookmarks.get(p->opts->bookmarks.arg, p->run, v, RUN_BOOKMARKS_MAX) : 0, i;
	struct trace_event ev;
	char first[64];

	if (!nr || which > nr)
		plain_put(p, "", nr ? W(MARKS_FEWER) : W(MARKS_EMPTY));
	for (i = which ? which - 1 : 0; i < (which && which <= nr ? which : which ? 0 : nr); i++) {
		STRBUF(text, 2048);

		if (!trace_store_event(p->store, v[i].event, &ev))
			continue;	/* the run has not come that far this time */
		plain_put_sentence(p, &ev, &text);
		if (v[i].text[0])
			strbuf_printf(&text, W(MARK_NOTE), v[i].text);
		snprintf(first, sizeof(first), "%3zu %11s  ", i + 1, time_text_ms(ev.time).text);
		plain_put(p, first, text.buf);
		if (which)
			p->looking = v[i].event;
	}
}

/* "mark", "mark TEXT", "marks", "marks 2", "unmark".  true: it was one of these. */
bool plain_bookmark_command(struct plain *p, const char *text)
{
	size_t n = strcspn(text, " ");
	const char *rest = text + n + strspn(text + n, " ");

	if (n == 4 && !strncmp(text, "mark", n))
		set_bookmark(p, rest);
	else if (n == 5 && !strncmp(text, "marks", n) && strspn(rest, "0123456789") == strlen(rest))
		print_bookmarks(p, strtoul(rest, NULL, 10));
	else if (!strcmp(text, "unmark"))
		set_bookmark(p, NULL);
	else
		return false;
	return true;
}

/* ---- a report ------------------------------------------------------------------------------------ */

/* "! TEXT", or "!": then the text is asked for.  true: it was that. */
bool plain_report_command(struct plain *p, const char *text)
{
	const struct lesson_question *q = p->run ? lesson_last_judged(&p->lesson) : NULL;
	const char *words = text + 1 + strspn(text + 1, " ");
	STRBUF(said, 400);
	char path[160];
	int err;

	if (*text != '!')
		return false;
	if (!q) {
		plain_put(p, "", W(REPORT_NO_VERDICT));
		return true;
	}
	if (!*words) {
		if (!plain_read_line(p, W(REPORT_PROMPT)))
			return true;
		words = p->line;
	}
	err = question_report_write(p->run, q->id, words, path, sizeof(path));
	strbuf_printf(&said, err ? W(REPORT_FAILED) : W(REPORT_WRITTEN), path, strerror(-err));
	plain_put(p, "", said.buf);
	return true;
}

/* The function of the lesson that runs here, its line marked. */
void plain_print_code(struct plain *p)
{
	const struct model *m = plain_state_at(p, plain_here(p));
	struct words_source src;
	struct trace_event ev;
	char first[16];

	if (!m || !trace_store_event(p->store, plain_event_here(p), &ev) || !words_source(p->store, m, &ev, &src)) {
		plain_put(p, "", W(NO_CODE));
		return;
	}
	plain_put(p, "", src.title);
	for (unsigned int n = 1; n <= src.rows; n++) {
		size_t len;
		const char *text = words_source_row(&src, n, &len);
		STRBUF(row, 512);

		strbuf_putn(&row, text, len);
		if (n == src.returned_row && *src.returned)
			strbuf_printf(&row, W(CODE_RETURNED), src.returned);
		snprintf(first, sizeof(first), "%s%3u  ", n == src.row ? "> " : "  ", src.one_line ? src.line : src.line + n - 1);
		plain_put(p, first, row.buf);
	}
	if (src.row > src.rows)
		plain_put(p, ">      ", "return");
}

