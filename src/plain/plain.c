/*
 * plain/plain.c - a lesson as lines: prints events in order, asks at fences.
 *
 * It reads events and the model made of them, and sends inputs to the run; each
 * line about the machine or the lesson comes from an event.  Verdicts stand where
 * they do in the trace: after the event that decided.
 *
 * Lives here:   printing in order, questions, commands, the end.
 * Never here:   sentences (words/), what an answer means (model/lesson.h).
 * Context:      one thread; waits for the run in the loop, for the person in getline().
 * Licence: MIT.
 */
#include "plain/plain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/exit_status.h"
#include "base/printable.h"
#include "base/time.h"
#include "base/wrap.h"
#include "model/lesson.h"
#include "model/model.h"
#include "words/lesson_text.h"
#include "words/source_text.h"
#include "words/machine_text.h"
#include "words/sentence.h"
#include "words/words.h"

#define GAP_TOLD_NS 20000000u	/* a pause of 20 ms and more is worth a line */
#define COLUMNS_DEFAULT 80
#define COLUMNS_MIN 20

struct plain {
	const struct plain_opts *opts;
	FILE *in, *out;
	int columns;
	struct run *run;		/* NULL: a recording */
	struct trace_store *store;
	struct model_replay replay;
	uint64_t printed;			/* last event printed */
	uint64_t from;			/* the lesson begins here; looking back ends here */
	uint64_t last_n, last_time;	/* number and time (ns) of the last machine event printed */
	uint64_t looking;		/* where , and . are; 0 = at the end */
	uint64_t pointed;		/* where the card just printed points back to, 0 = nowhere */
	uint64_t dmesg_from;		/* lines of the log after this event have not been shown */
	char last[512];			/* the last sentence, and how often it came again */
	unsigned int again;
	uint64_t again_time;
	struct lesson lesson;		/* as of .printed */
	uint64_t put_at;		/* the ASK that is on the screen, 0 = put the question again */
	bool typed;			/* the answer to come was typed here, below its question */
	bool begun, blank, quit;
	bool end_printed;			/* the end of the run has been printed */
	char *line;			/* getline()'s */
	size_t line_size;
};

/* ---- printing ------------------------------------------------------------------------- */

/* One blank line between paragraphs, never two. */
static void blank(struct plain *p)
{
	if (!p->blank)
		fputc('\n', p->out);
	p->blank = true;
}

static void put(struct plain *p, const char *first, const char *text)
{
	p->blank = false;
	wrap_print(p->out, p->columns, first, text);
}

/* The same for a payload: text of the lesson, with marks and names. */
static void put_payload(struct plain *p, const char *first, const char *payload)
{
	STRBUF(text, 2 * TRACE_TEXT_BYTES_MAX);

	words_plain(payload, &text);
	put(p, first, text.buf);
}

static void print_again(struct plain *p)
{
	char text[160];

	if (p->again) {
		snprintf(text, sizeof(text), "The same %u more time%s, until %s.", p->again, p->again == 1 ? "" : "s",
			 time_text_ms(p->again_time).text);
		put(p, "               ", text);
	}
	p->again = 0;
}

static const struct model *state_at(struct plain *p, uint64_t n)
{
	return model_replay_seek(&p->replay, n) == 0 ? &p->replay.at : NULL;
}

/* A long time without a story event, and what used the CPUs in it. */
static void print_pause(struct plain *p, uint64_t until)
{
	STRBUF(text, 512);
	const struct model *m;

	if (!p->last_time || until <= p->last_time + GAP_TOLD_NS)
		return;
	m = state_at(p, p->last_n);
	if (!m)
		return;
	strbuf_puts(&text, "... ");
	words_pause(p->store, m, p->last_time, until, &text);
	strbuf_puts(&text, " ...");
	put(p, "               ", text.buf);
}

/* An event as a full sentence. */
static void put_sentence(struct plain *p, const struct trace_event *ev, struct strbuf *out)
{
	const struct model *m = state_at(p, ev->n);

	if (!m)
		return;
	words_event(p->store, m, ev, out);
	if (out->len && !strchr(".?!", out->buf[out->len - 1]))
		strbuf_putc(out, '.');
}

/* "    5.007 ms  reset is queued on events, for CPU 0's pool." */
static void put_timed(struct plain *p, uint64_t time, const char *sentence)
{
	char first[48];

	snprintf(first, sizeof(first), "%15s  ", time_text_ms(time).text);
	put(p, first, sentence);
}

static void print_change(struct plain *p, const struct trace_event *ev)
{
	STRBUF(text, 2048);

	put_sentence(p, ev, &text);
	if (!strcmp(p->last, text.buf)) {
		p->again++;
		p->again_time = p->last_time = ev->time;
		p->last_n = ev->n;
		return;
	}
	print_again(p);
	print_pause(p, ev->time);
	p->last_time = ev->time;
	p->last_n = ev->n;
	snprintf(p->last, sizeof(p->last), "%s", text.buf);
	put_timed(p, ev->time, text.buf);
}

/* The kernel's log since it was last shown. */
static bool print_dmesg(struct plain *p, uint64_t upto)
{
	struct ev_PRINTK line;
	struct trace_event ev;
	uint64_t n;
	bool any = false;

	for (n = p->dmesg_from + 1; n <= upto; n++) {
		if (!trace_store_event(p->store, n, &ev) || !trace_get_PRINTK(&ev, &line))
			continue;
		if (!any)
			put(p, "", "The kernel's log:");
		any = true;
		wrap_print(p->out, p->columns, "  | ", line.text);
	}
	p->dmesg_from = upto;
	p->blank = false;
	if (any)
		blank(p);
	return any;
}

/* The event a card goes back to. */
static void print_where(struct plain *p, uint64_t at)
{
	STRBUF(text, 1024);
	struct trace_event ev;
	char first[64];

	if (!at || !trace_store_event(p->store, at, &ev))
		return;
	put_sentence(p, &ev, &text);
	snprintf(first, sizeof(first), "That was at %s: ", time_text_ms(ev.time).text);
	put(p, first, text.buf);
}

static void print_lesson(struct plain *p)
{
	const struct lesson *l = &p->lesson;
	const struct model *m = state_at(p, l->begun);
	STRBUF(line, 320);

	p->begun = true;
	p->from = l->begun;
	strbuf_puts(&line, l->title);
	if (m && m->variant)
		strbuf_printf(&line, " (variant %llu)", (unsigned long long)m->variant);
	if (*l->title)
		put(p, "", line.buf);
	if (*l->about)
		put(p, "", l->about);
	blank(p);
}

static void print_end(struct plain *p)
{
	unsigned int judged, right;
	STRBUF(line, 128);

	lesson_score(&p->lesson, p->printed, &judged, &right);
	strbuf_puts(&line, "The lesson is over. ");
	words_score(right, judged, &line);
	put(p, "", line.buf);
}

static void save_progress(struct plain *p)
{
	if (p->run && p->opts->save)
		p->opts->save(p->opts->save_arg, p->opts->id, p->run);
}

static void print_fault(struct plain *p, const char *text)
{
	STRBUF(line, 2048);

	run_fault_sentence(text, &line);
	put(p, "", line.buf);
	p->end_printed = true;
}

/* The question and its choices. */
static void put_question(struct plain *p, const struct lesson_question *q)
{
	char first[16];

	put_payload(p, q->predict ? "Predict: " : "Question: ", q->text);
	for (unsigned int i = 0; i < q->nr_choices; i++) {
		snprintf(first, sizeof(first), "  %u  ", i + 1);
		put_payload(p, first, q->choice[i].text);
	}
}

/* A verdict repeats the answer: only a prediction, whose verdict comes later, is echoed. */
static void print_answer(struct plain *p, const struct lesson_question *q)
{
	if (!p->typed) {		/* from a recording, or given before */
		blank(p);
		put_question(p, q);
	}
	p->typed = false;
	if (q->predict) {
		STRBUF(given, TRACE_TEXT_BYTES_MAX);

		words_answer(q, q->given, &given);
		put_payload(p, "You answered: ", given.buf);
	}
}

static void print_verdict(struct plain *p, const struct lesson_question *q)
{
	enum words_verdict_part part;

	blank(p);
	if (q->pin)			/* the question and its verdict may be far apart */
		put_payload(p, "The question was: ", *q->brief ? q->brief : q->text);
	for (unsigned int i = 0;; i++) {
		STRBUF(line, 2 * TRACE_TEXT_BYTES_MAX);

		if (!words_verdict(p->store, q, false, i, &part, &line))
			break;
		put_payload(p, "", line.buf);
	}
	blank(p);
	save_progress(p);
}

/* The last verdict's rule, "" = it names none. */
static const char *last_rule(const struct plain *p)
{
	for (size_t i = p->lesson.nr_cards; i; i--) {
		const struct lesson_card *card = &p->lesson.card[i - 1];
		const struct lesson_question *q = lesson_question(&p->lesson, card->question);

		if (card->kind == CARD_VERDICT)
			return q ? q->verdict.rule : "";
	}
	return "";
}

/* A card of the lesson that event @n has brought. */
static void print_card(struct plain *p, uint64_t n)
{
	const struct lesson_card *card = lesson_card_at(&p->lesson, n);
	const struct lesson_question *q;

	if (!card || card->n != n)
		return;
	q = lesson_question(&p->lesson, card->question);
	switch (card->kind) {
	case CARD_SAY:
		blank(p);
		put_payload(p, "", card->text);
		print_where(p, card->at);
		p->pointed = card->at;
		blank(p);
		break;
	case CARD_VERDICT:
		if (q)
			print_verdict(p, q);
		break;
	case CARD_RECAP:
		put(p, "", "Remember:");
		put_payload(p, "  ", card->text);
		blank(p);
		break;
	case CARD_FAULT:
		print_fault(p, card->text);
		break;
	case CARD_END:
		print_end(p);
		break;
	case CARD_ASK:			/* put at its fence, or with its answer */
	case CARD_OUTSIDE:		/* a sentence of the machine's */
		break;
	}
}

/* Words of the lesson: the event has just been read into p->lesson. */
static void print_words(struct plain *p, const struct trace_event *ev)
{
	struct ev_HINT hint;
	struct trace_value v;
	char first[48];

	switch (ev->kind) {
	case EV_LESSON:
		print_lesson(p);
		break;
	case EV_SHOW:
		if (!strcmp(p->lesson.show.view, "dmesg"))
			print_dmesg(p, ev->n);
		break;
	case EV_HINT:
		if (!trace_get_HINT(ev, &hint))
			break;
		snprintf(first, sizeof(first), "Hint %u: ", hint.rung);
		put_payload(p, first, hint.text);
		break;
	case EV_ANSWERED:
	case EV_ANSWER:
		if (trace_event_get(ev, "question", &v) && lesson_question(&p->lesson, (uint32_t)v.num))
			print_answer(p, lesson_question(&p->lesson, (uint32_t)v.num));
		break;
	default:
		print_card(p, ev->n);
		break;
	}
}

static void print_event(struct plain *p, uint64_t n)
{
	struct trace_event ev;

	if (lesson_grow_to(&p->lesson, n))
		p->quit = true;
	if (!trace_store_event(p->store, n, &ev) || ev.kind == EV_NONE || ev.kind >= EV_NR ||
	    trace_event_level(&ev) != TRACE_STORY)
		return;
	if (trace_is_lesson(ev.kind)) {
		print_again(p);
		p->last[0] = '\0';
		print_words(p, &ev);
		return;
	}
	if (p->begun || ev.kind == EV_OUTSIDE)	/* switching the machine on is no part of a lesson */
		print_change(p, &ev);
	p->end_printed |= ev.kind == EV_OUTSIDE;
}

/* Everything that is new, up to the fence. */
static void print_new(struct plain *p)
{
	model_replay_grow(&p->replay);
	if (p->printed == p->store->nr)
		return;			/* nothing new: a look around goes on */
	p->pointed = 0;
	while (p->printed < p->store->nr)
		print_event(p, ++p->printed);
	print_again(p);
	p->looking = p->pointed;
	fflush(p->out);
}

/* ---- looking around: m w d , . [ ] R -------------------------------------------------------------- */

static uint64_t here(const struct plain *p)
{
	return p->looking ? p->looking : p->printed;
}

static void print_machine(struct plain *p)
{
	const struct model *m = state_at(p, here(p));
	STRBUF(text, 32768);
	char *line, *rest = text.buf;

	if (!m)
		return;
	words_machine(p->store, m, &text);
	while ((line = strsep(&rest, "\n")) && (*line || rest))
		wrap_print(p->out, p->columns, "", line);
}

/* A word's meaning. */
static void print_word(struct plain *p, const char *word)
{
	const char *sentence = *word ? words_explain(word) : NULL;
	char text[1024];

	if (sentence)
		snprintf(text, sizeof(text), "%s", sentence);
	else
		snprintf(text, sizeof(text), "%s", *word ? "The glossary does not have this word." :
			 "K and a word, such as K worklist, prints its meaning.");
	put(p, "", text);
}

/* The decision nearest to the cursor, with the values it saw and the event that caused it. */
static void print_why(struct plain *p)
{
	STRBUF(text, 2048);
	struct trace_event ev;
	uint64_t n = here(p);

	while (n > p->from && !(trace_store_event(p->store, n, &ev) && ev.why.pred != WHY_NONE &&
				trace_event_level(&ev) == TRACE_STORY))
		n--;
	if (n <= p->from) {
		put(p, "", "No decision has been made so far.");
		return;
	}
	put_sentence(p, &ev, &text);
	strbuf_puts(&text, " Why: ");
	words_why(&ev.why, &text);
	strbuf_putc(&text, '.');
	if (ev.cause && trace_store_event(p->store, ev.cause, &ev)) {
		strbuf_puts(&text, " It was caused by: ");
		put_sentence(p, &ev, &text);
	}
	put(p, "", text.buf);
}

/* One story event of the machine back or forth. */
static void step(struct plain *p, int by, bool decisions)
{
	uint64_t n = here(p);
	struct trace_event ev;

	for (;;) {
		STRBUF(text, 1024);

		n = by < 0 ? model_replay_prev(&p->replay, n, TRACE_STORY) : model_replay_next(&p->replay, n, TRACE_STORY);
		if (n <= p->from || n > p->printed) {
			put(p, "", by < 0 ? "This is the beginning." : "This is as far as the machine has come.");
			p->looking = by < 0 ? p->looking : 0;
			return;
		}
		if (!trace_store_event(p->store, n, &ev))
			return;
		if (trace_is_lesson(ev.kind) || (decisions && ev.why.pred == WHY_NONE))
			continue;
		p->looking = n;
		put_sentence(p, &ev, &text);
		put_timed(p, ev.time, text.buf);
		return;
	}
}

/* ---- bookmarks ------------------------------------------------------------------------------- */

/* The event that was told last, or is looked at: machine events have a sentence that names them. */
static uint64_t bookmark_place(struct plain *p)
{
	struct trace_event ev;
	uint64_t n;

	for (n = here(p); n > p->from; n--)
		if (trace_store_event(p->store, n, &ev) && trace_event_level(&ev) == TRACE_STORY && !trace_is_lesson(ev.kind))
			return n;
	return 0;
}

static void set_bookmark(struct plain *p, const char *text)
{
	uint64_t n = bookmark_place(p);
	int err = !p->opts->bookmarks.set || !p->run ? -ENOTSUP : !n ? -ENOENT :
		  p->opts->bookmarks.set(p->opts->bookmarks.arg, p->run, n, text);

	put(p, "", err == -ENOTSUP ? "Bookmarks belong to lessons of the course whose progress is kept." :
	    err == -ENOENT ? (text ? "Nothing has happened yet." : "There is no bookmark here.") :
	    err ? strerror(-err) : text ? "Bookmarked." : "The bookmark is removed.");
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
		put(p, "", nr ? "There are fewer bookmarks." : "There is no bookmark (mark TEXT sets one).");
	for (i = which ? which - 1 : 0; i < (which && which <= nr ? which : which ? 0 : nr); i++) {
		STRBUF(text, 2048);

		if (!trace_store_event(p->store, v[i].event, &ev))
			continue;	/* the run has not come that far this time */
		put_sentence(p, &ev, &text);
		if (v[i].text[0])
			strbuf_printf(&text, " Your note: %s", v[i].text);
		snprintf(first, sizeof(first), "%3zu %11s  ", i + 1, time_text_ms(ev.time).text);
		put(p, first, text.buf);
		if (which)
			p->looking = v[i].event;
	}
}

/* "mark", "mark TEXT", "marks", "marks 2", "unmark".  true: it was one of these. */
static bool bookmark_command(struct plain *p, const char *text)
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

/* ---- interrupts by hand ------------------------------------------------------------------------ */

/* A branch: the same run up to here, and an interrupt.  It takes the old one's place. */
static void interrupt(struct plain *p, const char *name)
{
	const struct trace_name *line = run_irq_line(p->store, run_fence(p->run), *name ? name : NULL);
	struct run *branch = NULL;
	char err[512], said[160];
	int rc;

	if (!line) {
		put(p, "", *name ? "There is no device of that name." : "No device is there that could interrupt.");
		return;
	}
	rc = run_branch_irq(p->run, run_fence(p->run), (int)line->owner, line->text, &branch, err, sizeof(err));
	if (rc) {
		put(p, "", err);
		return;
	}
	snprintf(said, sizeof(said), "%s will interrupt when time goes on.", line->text);
	put(p, "", said);
	model_replay_fini(&p->replay);
	lesson_fini(&p->lesson);	/* its texts lie in the old run's log */
	run_close(p->run);
	p->run = branch;
	p->store = run_store(branch);
	lesson_init(&p->lesson, p->store);
	if (model_replay_init(&p->replay, p->store) || lesson_grow_to(&p->lesson, p->printed))
		p->quit = true;
}

/* ---- asking ------------------------------------------------------------------------------------- */

static bool read_line(struct plain *p, const char *prompt)
{
	ssize_t n;

	printable_write(p->out, prompt, strlen(prompt));
	fflush(p->out);
	p->blank = false;
	n = getline(&p->line, &p->line_size, p->in);
	if (n < 0) {
		fputc('\n', p->out);
		return false;
	}
	if (!isatty(fileno(p->in)))
		fputc('\n', p->out);	/* no terminal has shown the person's Enter */
	while (n && strchr("\r\n \t", p->line[n - 1]))
		p->line[--n] = '\0';
	return true;
}

/* Where words or a number are typed, a command begins with a colon. */
static bool takes_words(const struct lesson_question *q)
{
	return lesson_form(q) == FORM_NUMBER || lesson_form(q) == FORM_WORDS;
}

static void help(struct plain *p, const struct lesson_question *q)
{
	put(p, "", q ? words_question_help(q) : "Enter goes on.");
	put(p, "  ", "m  the whole machine as text\n"
	    "w  why: the last decision and its values\n"
	    ",  one event back      .  one event forward\n"
	    "[  one decision back   ]  one decision forward\n"
	    "d  the kernel's log (dmesg)\n"
	    "H  a hint (at a question)\n"
	    "R  the rule behind the last verdict\n"
	    "C  the code that runs here\n"
	    "K WORD  the meaning of a word\n"
	    "i  an interrupt by hand (i NAME: that device's)\n"
	    "mark TEXT  a bookmark at this event, with a note (or none); unmark removes it\n"
	    "marks  all bookmarks; marks 2 goes to the second\n"
	    "q  leave; the answers are kept");
	if (q && takes_words(q))
		put(p, "", "Here a command begins with a colon: :m :w :H :q");
}

static void hint(struct plain *p, const struct lesson_question *q)
{
	if (q->hints_shown >= q->hints)
		put(p, "", q->hints ? "That was the last hint." : "There is no hint for this question.");
	else
		run_hint(p->run, q->id);
}

/* The function of the lesson that runs here, its line marked. */
static void print_code(struct plain *p)
{
	const struct model *m = state_at(p, here(p));
	struct words_source src;
	struct trace_event ev;
	char first[16];

	if (!m || !trace_store_event(p->store, here(p), &ev) || !words_source(p->store, m, &ev, &src)) {
		put(p, "", "No function of the lesson runs here.");
		return;
	}
	put(p, "", src.title);
	for (unsigned int n = 1; n <= src.rows; n++) {
		size_t len;
		const char *text = words_source_row(&src, n, &len);
		STRBUF(row, 256);

		strbuf_putn(&row, text, len);
		snprintf(first, sizeof(first), "%s%3u  ", n == src.row || (!src.row && n == 1) ? "> " : "  ", src.line + n - 1);
		put(p, first, row.buf);
	}
}

/* A command, with or without its colon.  true: it was one. */
static bool command(struct plain *p, const struct lesson_question *q, const char *text)
{
	const char *rest;

	if (*text == ':')
		text++;
	else if (q && takes_words(q) && strcmp(text, "?"))
		return false;
	if (!*text)
		return false;
	if (bookmark_command(p, text))
		return true;
	rest = text + 1 + strspn(text + 1, " ");
	if (text[1] && !(strchr("iK", text[0]) && text[1] == ' ') && strcmp(text, "quit") && strcmp(text, "help"))
		return false;
	switch (*text) {
	case 'm': print_machine(p); return true;
	case 'w': print_why(p); return true;
	case ',': step(p, -1, false); return true;
	case '.': step(p, 1, false); return true;
	case '[': step(p, -1, true); return true;
	case ']': step(p, 1, true); return true;
	case 'q': p->quit = true; return true;
	case 'h':
	case '?': help(p, q); return true;
	case 'i': interrupt(p, rest); return true;
	case 'H':
		if (q)
			hint(p, q);
		else
			put(p, "", "There is no question here.");
		return true;
	case 'K': print_word(p, rest); return true;
	case 'C': print_code(p); return true;
	case 'd':
		p->dmesg_from = 0;
		if (!print_dmesg(p, here(p)))
			put(p, "", "The kernel's log is empty.");
		return true;
	case 'R':
		put(p, "", !*last_rule(p) ? "The last verdict names no rule." :
		    words_rule(last_rule(p)) ? words_rule(last_rule(p)) : last_rule(p));
		return true;
	default:
		return false;
	}
}

static void at_card(struct plain *p)
{
	if (!read_line(p, "[Enter] ")) {
		p->quit = true;
		return;
	}
	if (!*p->line)
		run_go(p->run);
	else if (!command(p, NULL, p->line))
		put(p, "", "Enter goes on; ? lists what else there is.");
}

static void at_question(struct plain *p, const struct lesson_question *q)
{
	STRBUF(prompt, 80);
	STRBUF(value, 512);
	STRBUF(refused, 160);

	if (p->put_at != q->asked) {
		blank(p);
		if (run_asks_anew(p->run))
			put(p, "", "The text of the lesson has changed; this question is asked anew.");
		put_question(p, q);
		p->put_at = q->asked;
	}
	words_question_prompt(q, &prompt);
	if (!read_line(p, prompt.buf)) {
		p->quit = true;
		return;
	}
	if (!*p->line) {
		p->put_at = 0;		/* once more */
		return;
	}
	if (command(p, q, p->line))
		return;
	if (!lesson_read_answer(q, p->line, &value)) {
		words_answer_refused(q, &refused);
		put(p, "", refused.buf);
		return;
	}
	if (run_answer(p->run, q->id, value.buf) == 0)
		p->typed = true;
}

/* ---- a run ----------------------------------------------------------------------------------------- */

static void on_change(void *arg)
{
	uv_stop(arg);
}

static void wait_while_running(struct plain *p, uv_loop_t *loop)
{
	run_on_change(p->run, on_change, loop);
	run_poll(p->run);
	while (run_get_state(p->run) == RUN_RUNNING) {
		if (!uv_run(loop, UV_RUN_ONCE) && run_poll(p->run) == 0 && run_get_state(p->run) == RUN_RUNNING)
			break;
	}
	run_poll(p->run);
}

static void meet_fence(struct plain *p)
{
	struct ev_WAIT_INPUT e;
	const struct lesson_question *q;
	struct trace_event ev;

	if (!trace_store_event(p->store, run_fence(p->run), &ev) || !trace_get_WAIT_INPUT(&ev, &e)) {
		p->quit = true;
		return;
	}
	q = e.what == 2 ? lesson_question(&p->lesson, e.question) : NULL;
	if (e.what == 3)
		run_go(p->run);
	else if (q)
		at_question(p, q);
	else
		at_card(p);
}

/* Prints how the run ended, unless its last event was that. */
static int leave(struct plain *p)
{
	STRBUF(line, 2048);

	run_end_sentence(p->run, &line);
	if (!line.len && !p->lesson.ended)
		strbuf_puts(&line, p->opts->save ? "You left before the end; your answers are kept." :
			    "You left before the end.");
	if (line.len && !p->end_printed)
		put(p, "", line.buf);
	fflush(p->out);
	run_report_end(p->run, fileno(p->out));
	return run_exit_status(p->run, &p->lesson);
}

static void plain_begin(struct plain *p, const struct plain_opts *opts)
{
	const char *columns = getenv("COLUMNS");
	char line[256];

	p->opts = opts;
	p->in = opts->in ? opts->in : stdin;
	p->out = opts->out ? opts->out : stdout;
	p->columns = opts->columns ? opts->columns : columns ? atoi(columns) : 0;
	if (p->columns < COLUMNS_MIN)
		p->columns = p->columns > 0 ? COLUMNS_MIN : COLUMNS_DEFAULT;
	snprintf(line, sizeof(line), "kworkshop, plain mode (%s): lines out, lines in. ? lists the commands.",
		 opts->why ? opts->why : "--plain");
	put(p, "", line);
	fputc('\n', p->out);
}

static int play_to_the_end(struct plain *p, uv_loop_t *loop)
{
	if (model_replay_init(&p->replay, p->store))
		return EXIT_INTERNAL;
	while (!p->quit) {
		wait_while_running(p, loop);
		print_new(p);
		if (run_get_state(p->run) != RUN_WAITING)
			break;
		meet_fence(p);
	}
	save_progress(p);
	if (p->opts->record && run_record(p->run, p->opts->record))
		fprintf(stderr, "kworkshop: %s: cannot be written\n", p->opts->record);
	return leave(p);
}

int plain_run(const struct run_spec *spec, const struct plain_opts *opts)
{
	struct plain *p = calloc(1, sizeof(*p));
	uv_loop_t loop;
	char err[512];
	int rc;

	if (!p || uv_loop_init(&loop)) {
		free(p);
		return EXIT_INTERNAL;
	}
	plain_begin(p, opts);
	rc = run_open(&p->run, &loop, opts->exe, spec, err, sizeof(err));
	if (rc) {
		printable_printf(stderr, "kworkshop: %s\n", err);
		rc = exit_status_for(rc);
	} else {
		p->store = run_store(p->run);
		lesson_init(&p->lesson, p->store);
		rc = play_to_the_end(p, &loop);
		model_replay_fini(&p->replay);
		run_close(p->run);
	}
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	lesson_fini(&p->lesson);
	free(p->line);
	fflush(p->out);
	free(p);
	return rc;
}

static bool has_lesson(struct trace_store *store)
{
	struct trace_event ev;
	uint64_t n;

	trace_store_poll(store);
	for (n = 1; n <= store->nr; n++)
		if (trace_store_event(store, n, &ev) && ev.kind == EV_LESSON)
			return true;
	return false;
}

int plain_play(struct trace_store *store, const char *title, const struct plain_opts *opts)
{
	struct plain *p = calloc(1, sizeof(*p));
	int rc = EXIT_INTERNAL;

	if (!p)
		return rc;
	plain_begin(p, opts);
	p->store = store;
	lesson_init(&p->lesson, store);
	p->begun = !has_lesson(store);
	if (title)
		put(p, "Recording: ", title);
	if (model_replay_init(&p->replay, store) == 0) {
		print_new(p);
		model_replay_fini(&p->replay);
		rc = EXIT_RIGHT;
	}
	lesson_fini(&p->lesson);
	free(p);
	return rc;
}
