/*
 * plain/print.c - prints events in order: cards, questions, verdicts, changes of the machine.
 *
 * Lives here:   the lines of an event, pauses, repetitions, the kernel's log.
 * Never here:   sentences (words/), commands (look.c), asking (plain.c).   Licence: MIT.
 */
#include "plain/plain_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/shortage.h"
#include "base/time.h"
#include "base/wrap.h"
#include "words/end_text.h"
#include "words/lesson_text.h"
#include "words/machine_text.h"
#include "words/pick_text.h"
#include "words/sentence.h"
#include "words/texts.h"

#define CHANGES_MAX 1000	/* of a run, printed in a row; a lesson has tens */
#define GAP_TOLD_NS 20000000u	/* a pause of 20 ms and more is worth a line */

/* ---- printing ------------------------------------------------------------------------- */

/* One blank line between paragraphs, never two. */
void plain_blank(struct plain *p)
{
	if (!p->blank)
		fputc('\n', p->out);
	p->blank = true;
}

void plain_put(struct plain *p, const char *first, const char *text)
{
	p->blank = false;
	wrap_print(p->out, p->columns, first, text);
}

/* The same for a payload: text of the lesson, with marks and names. */
static void put_payload(struct plain *p, const char *first, const char *payload)
{
	STRBUF(text, 2 * TRACE_TEXT_BYTES_MAX);

	words_plain(payload, &text);
	plain_put(p, first, text.buf);
}

static void print_again(struct plain *p)
{
	char text[160];

	if (p->again) {
		snprintf(text, sizeof(text), p->again == 1 ? W(SAME_ONCE) : W(SAME_AGAIN), p->again,
			 time_text_ms(p->again_time).text);
		plain_put(p, "               ", text);
	}
	p->again = 0;
}

/* A stretch of machine events ends: at a card, a question, or the end of the run. */
static void end_stretch(struct plain *p)
{
	char text[96];

	print_again(p);
	if (p->changes > CHANGES_MAX) {
		snprintf(text, sizeof(text), W(PLAIN_MORE_CHANGES), p->changes - CHANGES_MAX);
		plain_put(p, "               ", text);
	}
	p->changes = 0;
	p->last[0] = '\0';
}

const struct model *plain_state_at(struct plain *p, uint64_t n)
{
	if (model_replay_seek(&p->replay, n))
		shortage_end(-ENOMEM, NULL);
	return &p->replay.at;
}

/* A long time without a story event, and what used the CPUs in it. */
static void print_pause(struct plain *p, uint64_t until)
{
	STRBUF(text, 512);
	const struct model *m;

	if (!p->last_time || until <= p->last_time + GAP_TOLD_NS)
		return;
	m = plain_state_at(p, p->last_n);
	if (!m)
		return;
	strbuf_puts(&text, "... ");
	words_pause(p->store, m, p->last_time, until, &text);
	strbuf_puts(&text, " ...");
	plain_put(p, "               ", text.buf);
}

/* An event as a full sentence. */
void plain_put_sentence(struct plain *p, const struct trace_event *ev, struct strbuf *out)
{
	const struct model *m = plain_state_at(p, ev->n);

	if (!m)
		return;
	words_event(p->store, m, ev, out);
	if (out->len && !strchr(".?!", out->buf[out->len - 1]))
		strbuf_putc(out, '.');
}

/* "    5.007 ms  reset is queued on events, for CPU 0's pool." */
void plain_put_timed(struct plain *p, uint64_t time, const char *sentence)
{
	char first[48];

	snprintf(first, sizeof(first), "%15s  ", time_text_ms(time).text);
	plain_put(p, first, sentence);
}

static void print_change(struct plain *p, const struct trace_event *ev)
{
	STRBUF(text, 2048);

	if (p->run && ++p->changes > CHANGES_MAX) {
		p->last_time = ev->time;
		p->last_n = ev->n;
		return;
	}
	plain_put_sentence(p, ev, &text);
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
	plain_put_timed(p, ev->time, text.buf);
}

/* The kernel's log since it was last shown. */
bool plain_print_dmesg(struct plain *p, uint64_t upto)
{
	struct ev_PRINTK line;
	struct trace_event ev;
	uint64_t n;
	bool any = false;

	for (n = p->dmesg_from + 1; n <= upto; n++) {
		if (!trace_store_event(p->store, n, &ev) || !trace_get_PRINTK(&ev, &line))
			continue;
		if (!any)
			plain_put(p, "", W(LOG_TITLE));
		any = true;
		wrap_print(p->out, p->columns, "  | ", line.text);
	}
	p->dmesg_from = upto;
	p->blank = false;
	if (any)
		plain_blank(p);
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
	plain_put_sentence(p, &ev, &text);
	snprintf(first, sizeof(first), W(THAT_WAS_AT), time_text_ms(ev.time).text);
	plain_put(p, first, text.buf);
}

static void print_lesson(struct plain *p)
{
	const struct lesson *l = &p->lesson;
	const struct model *m = plain_state_at(p, l->begun);
	STRBUF(line, 320);

	p->begun = true;
	p->from = l->begun;
	strbuf_puts(&line, l->title);
	if (m && m->variant)
		strbuf_printf(&line, W(LESSON_VARIANT), m->variant);
	if (*l->title)
		plain_put(p, "", line.buf);
	if (*l->about)
		plain_put(p, "", l->about);
	plain_blank(p);
}

/* "Missed: How many runs? You answered 2; it was 1." */
static void print_missed(struct plain *p, const struct lesson_question *q)
{
	STRBUF(given, 2 * TRACE_TEXT_BYTES_MAX);
	STRBUF(happened, 2 * TRACE_TEXT_BYTES_MAX);
	STRBUF(asks, 2 * TRACE_TEXT_BYTES_MAX);
	STRBUF(said, 2 * TRACE_TEXT_BYTES_MAX);
	STRBUF(was, 2 * TRACE_TEXT_BYTES_MAX);
	STRBUF(line, 6 * TRACE_TEXT_BYTES_MAX);

	words_question_short(q, &asks);
	words_answer(q, q->given, &given);
	words_plain(given.buf, &said);
	words_answer(q, q->verdict.happened, &happened);
	words_plain(happened.buf, &was);
	if (strcmp(said.buf, was.buf))
		strbuf_printf(&line, W(END_PLAIN_MISSED), asks.buf, said.buf, was.buf);
	else				/* a later try was right */
		strbuf_printf(&line, W(END_PLAIN_MISSED_FIRST), asks.buf, was.buf);
	plain_put(p, "  ", line.buf);
}

static void print_end(struct plain *p)
{
	unsigned int judged, right;
	STRBUF(points, 160);
	STRBUF(line, 256);

	lesson_score(&p->lesson, p->printed, &judged, &right);
	words_ended(&p->lesson, right, judged, &line);
	plain_put(p, "", line.buf);
	words_points(&p->lesson, &points);
	if (points.len)
		plain_put(p, "", points.buf);
	for (uint32_t n = 1; n < p->lesson.nr_questions; n++) {
		const struct lesson_question *q = &p->lesson.question[n];

		if (q->asked && q->verdict.n && q->verdict.result != RESULT_NONE && !q->first_right)
			print_missed(p, q);
	}
}

void plain_save_progress(struct plain *p)
{
	if (p->run && p->opts->save && !p->what_if)
		p->kept = p->opts->save(p->opts->save_arg, p->opts->id, p->run);
}

static void print_fault(struct plain *p, const char *text)
{
	STRBUF(line, 2048);

	words_fault(text, &line);
	plain_put(p, "", line.buf);
	p->end_printed = true;
}

/* The question and its choices. */
void plain_put_question(struct plain *p, const struct lesson_question *q)
{
	char first[16];

	put_payload(p, q->predict ? W(PUT_PREDICT) : W(PUT_QUESTION), q->text);
	for (unsigned int i = 0; i < q->nr_choices; i++) {
		snprintf(first, sizeof(first), "  %u  ", i + 1);
		put_payload(p, first, q->choice[i].text);
	}
}

/* A verdict repeats the answer: only a prediction, whose verdict comes later, is echoed. */
static void print_answer(struct plain *p, const struct lesson_question *q)
{
	if (!p->typed) {		/* from a recording, or given before */
		plain_blank(p);
		plain_put_question(p, q);
	}
	p->typed = false;
	if (q->predict) {
		STRBUF(given, TRACE_TEXT_BYTES_MAX);

		words_answer(q, q->given, &given);
		put_payload(p, W(CARD_ANSWERED), given.buf);
	}
}

static void print_verdict(struct plain *p, const struct lesson_question *q)
{
	enum words_verdict_part part;

	plain_blank(p);
	if (q->pin)			/* the question and its verdict may be far apart */
		put_payload(p, W(QUESTION_WAS), *q->brief ? q->brief : q->text);
	for (unsigned int i = 0;; i++) {
		STRBUF(line, 2 * TRACE_TEXT_BYTES_MAX);

		if (!words_verdict(p->store, q, false, i, &part, &line))
			break;
		put_payload(p, "", line.buf);
	}
	plain_blank(p);
	plain_save_progress(p);
}

/* The last verdict's rule, "" = it names none. */
const char *plain_last_rule(const struct plain *p)
{
	for (size_t i = p->lesson.nr_cards; i; i--) {
		const struct lesson_card *card = &p->lesson.card[i - 1];
		const struct lesson_question *q = lesson_question(&p->lesson, card->question);

		if (card->kind == CARD_VERDICT)
			return q ? q->verdict.rule : "";
	}
	return "";
}

void plain_put_card(struct plain *p, const struct lesson_card *card)
{
	plain_blank(p);
	put_payload(p, "", card->text);
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
		plain_put_card(p, card);
		print_where(p, card->at);
		p->pointed = card->at;
		plain_blank(p);
		break;
	case CARD_VERDICT:
		if (q)
			print_verdict(p, q);
		break;
	case CARD_RECAP:
		plain_put(p, "", W(REMEMBER));
		put_payload(p, "  ", card->text);
		plain_blank(p);
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

/* The fault of the student's files because of which a check before event @n cannot be judged; "" = there is none. */
static const char *fault_before(const struct plain *p, uint64_t n)
{
	struct ev_EXERCISE_TEXT e;
	struct trace_event ev;

	while (n && trace_store_event(p->store, n--, &ev))
		if (trace_get_EXERCISE_TEXT(&ev, &e) && e.part == XPART_FILE_FAULT)
			return e.text;
	return "";
}

/* The result of a check of an exercise, in a run that is judged. */
static void print_checked(struct plain *p, const struct trace_event *ev)
{
	static const enum words_key words[] = {
		[CHECKED_FAILS] = W_RESULT_RUN_FAILS, [CHECKED_HOLDS] = W_RESULT_RUN_HOLDS, [CHECKED_CANNOT] = W_RESULT_RUN_CANNOT,
	};
	struct ev_CHECKED e;
	const char *text;
	char first[80];

	if (!trace_get_CHECKED(ev, &e) || e.result > CHECKED_CANNOT)
		return;
	text = e.text;
	if (e.result == CHECKED_CANNOT && !p->fault_shown)
		text = fault_before(p, ev->n);
	p->fault_shown |= e.result == CHECKED_CANNOT;
	snprintf(first, sizeof(first), *text ? W(RESULT_RUN_TEXT) : W(RESULT_RUN), e.check, words_fixed(words[e.result]));
	put_payload(p, first, text);
}

/* Words of the lesson: the event has just been read into p->lesson. */
static void print_words(struct plain *p, const struct trace_event *ev)
{
	struct ev_HINT hint;
	struct trace_value v;
	char first[48];

	if (!plain_speaks(p, ev))
		return;
	switch (ev->kind) {
	case EV_LESSON:
		print_lesson(p);
		break;
	case EV_SHOW:
		plain_show(p, lesson_show_at(&p->lesson, ev->n)->view);
		plain_blank(p);
		break;
	case EV_HINT:
		if (!trace_get_HINT(ev, &hint))
			break;
		snprintf(first, sizeof(first), W(CARD_HINT), hint.rung);
		put_payload(p, first, hint.text);
		break;
	case EV_ANSWERED:
	case EV_ANSWER:
		if (trace_event_get(ev, "question", &v) && lesson_question(&p->lesson, (uint32_t)v.num))
			print_answer(p, lesson_question(&p->lesson, (uint32_t)v.num));
		break;
	case EV_CHECKED:
		if (!p->chooses)	/* the end of choosing has its own words */
			print_checked(p, ev);
		break;
	case EV_CHOOSE:
		p->chooses = true;
		break;
	case EV_CHOSEN:
	case EV_CHOOSING_OVER:
		plain_print_chosen(p, ev);
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
		shortage_end(-ENOMEM, NULL);
	if (!trace_store_event(p->store, n, &ev) || ev.kind == EV_NONE || ev.kind >= EV_NR ||
	    trace_event_level(&ev) != TRACE_STORY)
		return;
	if (ev.kind == EV_NOTE) {
		print_change(p, &ev);
		return;
	}
	if (trace_is_lesson(ev.kind)) {
		end_stretch(p);
		print_words(p, &ev);
		return;
	}
	if (p->begun || ev.kind == EV_OUTSIDE)	/* switching the machine on is no part of a lesson */
		print_change(p, &ev);
	p->end_printed |= ev.kind == EV_OUTSIDE;
}

/* Everything that is new, up to the fence. */
void plain_print_new(struct plain *p)
{
	if (model_replay_grow(&p->replay))
		shortage_end(-ENOMEM, NULL);
	if (p->printed == p->store->nr)
		return;			/* nothing new: a look around goes on */
	p->pointed = 0;
	while (p->printed < p->store->nr && !plain_practised(p))
		print_event(p, ++p->printed);
	end_stretch(p);
	p->looking = p->pointed;
	fflush(p->out);
}

