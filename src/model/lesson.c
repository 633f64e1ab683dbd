/*
 * model/lesson.c - see lesson.h.
 *
 * Lives here:   one function for each kind of event; which text has which key of a translation.
 * Never here:   the form of a translation's file (translation.c).   Licence: MIT.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* strchrnul() */
#endif
#include "model/lesson.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/quantity.h"

void lesson_init(struct lesson *l, const struct trace_store *store)
{
	memset(l, 0, sizeof(*l));
	l->store = store;
	l->coming.why = l->coming.rule = "";
}

void lesson_in_language(struct lesson *l, lesson_translation_fn find, const char *path)
{
	l->find = find;
	l->path = path;
}

void lesson_fini(struct lesson *l)
{
	for (size_t i = 0; i < l->nr_questions; i++)
		lesson_pick_fini(&l->question[i]);
	for (size_t i = 0; i < l->nr_made; i++)
		free(l->made[i]);
	free(l->made);
	translation_fini(&l->translation);
	free(l->card);
	free(l->show);
	free(l->question);
	memset(l, 0, sizeof(*l));
}

/* ---- rows -------------------------------------------------------------------------- */

static struct lesson_card *card_new(struct lesson *l, enum lesson_card_kind kind, uint64_t n)
{
	struct lesson_card *v;

	if (l->nr_cards == l->cap_cards) {
		size_t cap = l->cap_cards ? 2 * l->cap_cards : 32;

		v = realloc(l->card, cap * sizeof(*v));
		if (!v)
			return NULL;
		l->card = v;
		l->cap_cards = cap;
	}
	v = &l->card[l->nr_cards++];
	memset(v, 0, sizeof(*v));
	v->kind = kind;
	v->n = n;
	v->text = v->id = v->given = "";
	if (kind == CARD_SAY || kind == CARD_ASK) {
		memcpy(v->look, l->look, sizeof(v->look));
		v->nr_looks = l->nr_looks;
	}
	return v;
}

#define NUMBERS_MAX 4096	/* larger numbers in a recording are ignored: another version may have written it */

/* Return: the row, or NULL with *@err: -ENOMEM, or 0 for a number that no lesson uses. */
static struct lesson_question *question_row(struct lesson *l, uint32_t number, int *err)
{
	size_t cap = l->cap_questions;

	*err = 0;
	if (number >= NUMBERS_MAX)
		return NULL;
	while (number >= cap)
		cap = cap ? 2 * cap : 16;
	if (cap != l->cap_questions) {
		struct lesson_question *q = realloc(l->question, cap * sizeof(*q));

		if (!q) {
			*err = -ENOMEM;
			return NULL;
		}
		memset(q + l->cap_questions, 0, (cap - l->cap_questions) * sizeof(*q));
		l->question = q;
		l->cap_questions = cap;
	}
	if (number >= l->nr_questions)
		l->nr_questions = number + 1;
	return &l->question[number];
}

/* Copies the first line of @text to @buf.  Return: the text after it. */
static const char *take_line(const char *text, char *buf, size_t size)
{
	const char *end = strchrnul(text, '\n');

	snprintf(buf, size, "%.*s", (int)(end - text), text);
	return *end ? end + 1 : end;
}

/* A copy of @text that lives as long as the lesson; NULL if there is no memory for it. */
static const char *keep_text(struct lesson *l, const char *text, size_t len)
{
	char **made = realloc(l->made, (l->nr_made + 1) * sizeof(*made));

	if (!made)
		return NULL;
	l->made = made;
	made[l->nr_made] = strndup(text, len);
	return made[l->nr_made] ? made[l->nr_made++] : NULL;
}

/* ---- in another language -------------------------------------------------------------------- */

#define PAYLOAD_BYTES (2 * LESSON_TEXT_BYTES_MAX)

/* @payload with the translated text of key; @payload itself if there is none, or if it does not fit. */
static const char *translated_with(struct lesson *l, const char *payload, const char *text, const char *given, const char *right)
{
	char room[PAYLOAD_BYTES];
	struct strbuf out;
	const char *kept;

	if (!text)
		return payload;
	strbuf_init(&out, room, sizeof(room));
	translation_put(text, payload, given, right, &out);
	kept = out.cut ? NULL : keep_text(l, out.buf, out.len);
	return kept ? kept : payload;
}

static const char *translated(struct lesson *l, const char *payload, const char *text)
{
	return translated_with(l, payload, text, NULL, NULL);
}

static const char *question_text(const struct lesson *l, const struct lesson_question *q, const char *field)
{
	return translation_text(&l->translation, "questions/%s/%s", q->id, field);
}

/* choices = { once = "text", both = { "text", "feedback" } }: part 1 or 2. */
static const char *choice_text(const struct lesson *l, const struct lesson_question *q, const char *id, int part)
{
	const char *text = part == 1 ? translation_text(&l->translation, "questions/%s/choices/%s", q->id, id) : NULL;

	return text ? text : translation_text(&l->translation, "questions/%s/choices/%s/%d", q->id, id, part);
}

/* An answer as the values {given} and {right} have it: the texts of choices, a number with its unit; else false. */
static bool answer_value(const struct lesson_question *q, const char *answer, struct strbuf *out)
{
	unsigned int order[LESSON_FLAGS_MAX], n = 0;
	uint32_t mask;
	char *end;
	double v;

	if (lesson_form(q) == FORM_NUMBER) {
		v = strtod(answer, &end);
		if (end == answer)
			return false;
		quantity(out, v, q->unit);
		return true;
	}
	for (mask = lesson_chosen(q, answer, order); mask; mask &= mask - 1, n++) {
		if (n)
			strbuf_puts(out, ", ");
		markup_expand(q->choice[order[n]].text, out, NULL, 0);
	}
	return n > 0;
}

/* The values of names in feedback are made of translated texts too. */
static void translate_feedback(struct lesson *l, const struct lesson_question *q, struct lesson_verdict *v)
{
	STRBUF(given, 1024);
	STRBUF(right, 1024);
	bool has_given = l->translation.nr && answer_value(q, q->given, &given);
	bool has_right = l->translation.nr && answer_value(q, v->happened, &right);
	char id[16];

	for (unsigned int i = 0; i < v->nr_feedback; i++) {
		unsigned int of = v->feedback_of[i];
		const char *text = NULL;

		if (of > LESSON_WRONG_FROM)
			text = translation_text(&l->translation, "questions/%s/wrong/%u", q->id, of - LESSON_WRONG_FROM);
		else if (of >= 1 && of <= q->nr_choices)
			text = choice_text(l, q, lesson_choice_id(q, of - 1, id), 2);
		v->feedback[i] = translated_with(l, v->feedback[i], text, has_given ? given.buf : NULL, has_right ? right.buf : NULL);
	}
}

/* All lines of a recap or none, so that no recap is in two languages. */
static const char *translated_recap(struct lesson *l, const char *payload)
{
	size_t lines = 1, len = strcspn(payload, "\x1f");
	STRBUF(text, LESSON_TEXT_BYTES_MAX);

	for (size_t i = 0; i < len; i++)
		lines += payload[i] == '\n';
	for (size_t i = 1; i <= lines; i++) {
		const char *line = translation_text(&l->translation, "recap/%zu", i);

		if (!line)
			return payload;
		strbuf_printf(&text, "%s%s", i > 1 ? "\n" : "", line);
	}
	return text.cut ? payload : translated(l, payload, text.buf);
}

static void translate_heading(struct lesson *l, const char *key, char *buf, size_t size)
{
	const char *text = translation_text(&l->translation, "%s", key);

	if (text)
		snprintf(buf, size, "%s", text);
}

/* ---- events, one function a kind -------------------------------------------------------- */

static int on_lesson(struct lesson *l, const struct trace_event *ev)
{
	struct ev_LESSON e;
	const char *rest;

	if (!trace_get_LESSON(ev, &e))
		return 0;
	l->questions = e.questions;
	l->begun = ev->n;
	rest = take_line(e.text, l->id, sizeof(l->id));
	rest = take_line(rest, l->title, sizeof(l->title));
	take_line(rest, l->about, sizeof(l->about));
	if (!l->find)
		return 0;
	translation_fini(&l->translation);
	if (l->find(l->path ? l->path : "", l->id, &l->translation)) {
		translate_heading(l, "title", l->title, sizeof(l->title));
		translate_heading(l, "question", l->about, sizeof(l->about));
	}
	return 0;
}

static int on_exercise(struct lesson *l, const struct trace_event *ev)
{
	struct ev_EXERCISE e;

	if (!trace_get_EXERCISE(ev, &e))
		return 0;
	l->exercise = (enum trace_exercise_kind)e.kind;
	if (l->exercise == EXERCISE_PREDICT || l->exercise == EXERCISE_OBSERVE || l->exercise == EXERCISE_DUMP)
		l->exercise_halves = e.halves;
	return 0;
}

static void name_card(struct lesson *l, const char *id)
{
	struct lesson_card *card = l->nr_cards ? &l->card[l->nr_cards - 1] : NULL;

	if (!card || card->kind != CARD_SAY || card->id == id)
		return;
	card->id = id;
	card->text = translated(l, card->text, translation_text(&l->translation, "cards/%s", id));
}

/* Plain mode prints a card at its event, and its id is in the next one. */
static void name_from_next(struct lesson *l, uint64_t n)
{
	struct trace_event next;
	struct ev_QUESTION_TEXT e;

	if (l->translation.nr && trace_store_event(l->store, n + 1, &next) && trace_get_QUESTION_TEXT(&next, &e) &&
	    e.part == PART_CARD_ID)
		name_card(l, e.text);
}

static int on_say(struct lesson *l, const struct trace_event *ev)
{
	struct lesson_card *card = card_new(l, CARD_SAY, ev->n);
	struct ev_SAY e;

	if (!card)
		return -ENOMEM;
	if (!trace_get_SAY(ev, &e))
		return 0;
	card->text = e.text;
	card->at = e.at;
	name_from_next(l, ev->n);
	return 0;
}

/* A question that is asked again keeps the fields of its earlier tries. */
static void question_begin(struct lesson_question *q, const struct ev_ASK *e, uint64_t n)
{
	struct lesson_question before = *q;

	memset(q, 0, sizeof(*q));
	q->number = e->question;
	q->asked = n;
	q->kind = e->kind < ASK_NR ? (enum trace_ask)e->kind : ASK_TEXT;
	q->predict = e->predict;
	q->pin = e->pin;
	q->hints = e->hints < LESSON_HINTS_MAX ? e->hints : LESSON_HINTS_MAX;
	q->text = take_line(e->text, q->id, sizeof(q->id));
	q->unit = q->brief = q->given = q->shown = q->report.title = "";
	q->candidate = before.candidate;
	q->cap_candidates = before.cap_candidates;
	q->report.line = before.report.line;
	q->report.cap = before.report.cap;
	if (before.asked) {
		q->shown = before.verdict.n ? before.verdict.happened : before.shown;
		q->nr_answers = before.nr_answers;
		q->first_judged = before.first_judged;
		q->first_right = before.first_right;
		q->hints_shown = before.hints_shown;
		memcpy(q->hint, before.hint, sizeof(q->hint));
		memcpy(q->hint_ev, before.hint_ev, sizeof(q->hint_ev));
	}
}

static int on_ask(struct lesson *l, const struct trace_event *ev)
{
	struct lesson_card *card = card_new(l, CARD_ASK, ev->n);
	struct lesson_question *q;
	struct ev_ASK e;
	int err;

	if (!card)
		return -ENOMEM;
	if (!trace_get_ASK(ev, &e))
		return 0;
	q = question_row(l, e.question, &err);
	if (!q)
		return err;
	question_begin(q, &e, ev->n);
	q->text = translated(l, q->text, question_text(l, q, "1"));
	card->question = e.question;
	card->ordinal = q->nr_answers + 1;
	card->text = q->text;
	return 0;
}

static int on_choice(struct lesson *l, const struct trace_event *ev)
{
	struct lesson_question *q;
	struct ev_CHOICE_TEXT e;
	int err;

	if (!trace_get_CHOICE_TEXT(ev, &e))
		return 0;
	q = question_row(l, e.question, &err);
	if (q && q->nr_choices < LESSON_FLAGS_MAX)
		q->choice[q->nr_choices++] = (struct lesson_choice){ .text = e.text, .id = "", .world = e.world };
	return err;
}

static void add_feedback(struct lesson_verdict *v, const char *text, unsigned int of)
{
	if (v->nr_feedback == LESSON_FEEDBACKS_MAX)
		return;
	v->feedback_of[v->nr_feedback] = of;
	v->feedback[v->nr_feedback++] = text;
}

static void name_choice(struct lesson *l, struct lesson_question *q, uint32_t place, const char *id)
{
	struct lesson_choice *choice = place >= 1 && place <= q->nr_choices ? &q->choice[place - 1] : NULL;

	if (!choice)
		return;
	choice->id = id;
	choice->text = translated(l, choice->text, choice_text(l, q, id, 1));
}

static int on_question_text(struct lesson *l, const struct trace_event *ev)
{
	struct lesson_question *q;
	struct ev_QUESTION_TEXT e;
	int err;

	if (!trace_get_QUESTION_TEXT(ev, &e))
		return 0;
	if (e.part == PART_CARD_PRESS) {
		if (l->nr_cards && l->card[l->nr_cards - 1].kind == CARD_SAY)
			l->card[l->nr_cards - 1].press = true;
		return 0;
	}
	if (e.part == PART_CARD_ID) {
		name_card(l, e.text);
		return 0;
	}
	q = question_row(l, e.question, &err);
	if (!q)
		return err;
	switch ((enum trace_question_part)e.part) {
	case PART_UNIT: q->unit = translated(l, e.text, question_text(l, q, "unit")); break;
	case PART_SHORT: q->brief = translated(l, e.text, question_text(l, q, "short")); break;
	case PART_CHOICE_ID: name_choice(l, q, e.index, e.text); break;
	case PART_WORLD_SHOWS:
		if (e.index >= 1 && e.index <= q->nr_choices)
			q->choice[e.index - 1].shows_threads = true;
		break;
	case PART_WORLD_AT_END:
		if (e.index >= 1 && e.index <= q->nr_choices)
			q->choice[e.index - 1].world_at_end = true;
		break;
	case PART_FEEDBACK: add_feedback(&l->coming, e.text, e.index); break;
	case PART_WHY: l->coming.why = translated(l, e.text, question_text(l, q, "why")); break;
	case PART_RULE: l->coming.rule = e.text; break;
	case PART_WITHIN: q->within = strtod(e.text, NULL); break;
	case PART_MOVES: q->moves = true; break;
	case PART_PICK: case PART_PICK_ORDERED: case PART_PICK_STORY: case PART_CANDIDATE: case PART_REPORT:
	case PART_REPORT_LINE: case PART_TRIES: case PART_POINTS: case PART_HINT_COST: case PART_REPORT_NAME:
		return lesson_pick_part(q, l->store, l->begun, (enum trace_question_part)e.part, e.index, e.text);
	case PART_CARD_ID: case PART_CARD_PRESS: case PART_NR: break;
	}
	return 0;
}

static int on_hint(struct lesson *l, const struct trace_event *ev)
{
	struct lesson_question *q;
	struct ev_HINT e;
	int err;

	if (!trace_get_HINT(ev, &e))
		return 0;
	q = question_row(l, e.question, &err);
	if (q && q->hints_shown < LESSON_HINTS_MAX) {
		q->hint_ev[q->hints_shown] = ev->n;
		q->hint[q->hints_shown++] =
			translated(l, e.text, translation_text(&l->translation, "questions/%s/hints/%u", q->id, e.rung));
	}
	return err;
}

static int take_answer(struct lesson *l, const struct trace_event *ev, uint32_t number, bool scored, uint32_t sure,
		       const char *text, bool words)
{
	int err;
	struct lesson_question *q = question_row(l, number, &err);

	if (!q)
		return err;
	q->answered = ev->n;
	q->given = text;
	q->given_words = words;
	q->scored = scored;
	q->sure = sure;
	q->nr_answers++;
	if (q->predict)			/* for being made, right or wrong */
		q->half_points_given = q->half_points;
	return 0;
}

static int on_answered(struct lesson *l, const struct trace_event *ev)
{
	struct ev_ANSWERED e;

	return trace_get_ANSWERED(ev, &e) ? take_answer(l, ev, e.question, e.scored, e.sure, e.text, false) : 0;
}

static int on_old_answer(struct lesson *l, const struct trace_event *ev)
{
	struct ev_ANSWER e;

	return trace_get_ANSWER(ev, &e) ? take_answer(l, ev, e.question, e.scored, 0, e.text, true) : 0;
}

static int take_verdict(struct lesson *l, const struct trace_event *ev, uint32_t number, const struct lesson_verdict *v)
{
	struct lesson_card *card = card_new(l, CARD_VERDICT, ev->n);
	int err;
	struct lesson_question *q = question_row(l, number, &err);

	l->coming = (struct lesson_verdict){ .why = "", .rule = "" };
	if (!card)
		return -ENOMEM;
	if (!q)
		return err;
	card->question = number;
	card->ordinal = q->nr_answers;
	q->verdict = *v;
	q->verdict.n = ev->n;
	card->given = q->given;
	card->verdict = q->verdict;
	if (!q->predict)
		q->half_points_given = v->result != RESULT_RIGHT ? 0 :
				       lesson_half_points(q->half_points, q->nr_answers, q->hint_halves * q->hints_shown);
	if (!q->first_judged && v->result != RESULT_NONE) {
		q->first_judged = ev->n;
		q->first_right = v->result == RESULT_RIGHT;
	}
	return 0;
}

static int on_judged(struct lesson *l, const struct trace_event *ev)
{
	struct lesson_verdict v = l->coming;
	struct lesson_question *q;
	struct ev_JUDGED e;
	int err;

	if (!trace_get_JUDGED(ev, &e))
		return 0;
	v.result = e.result <= RESULT_NONE ? (enum trace_result)e.result : RESULT_NONE;
	v.evidence = e.evidence;
	v.happened = e.text;
	q = question_row(l, e.question, &err);
	if (q && q->asked)
		translate_feedback(l, q, &v);
	return take_verdict(l, ev, e.question, &v);
}

/* A copy of one line of an old verdict; "" if there is no memory for it. */
static const char *old_line(struct lesson *l, const char *line)
{
	const char *kept = keep_text(l, line, strcspn(line, "\n"));

	return kept ? kept : "";
}

/* Recordings made before JUDGED: "key=value" lines with words as they were shown. */
static int on_old_verdict(struct lesson *l, const struct trace_event *ev)
{
	static const char *const keys[] = { "happened=", "feedback=", "why=", "rule=" };
	struct lesson_verdict v = { .n = 0 };
	const char *parts[4] = { "", "", "", "" };
	struct ev_VERDICT e;

	if (!trace_get_VERDICT(ev, &e))
		return 0;
	for (const char *line = e.text; *line; line = strchrnul(line, '\n'), line += *line == '\n')
		for (unsigned int k = 0; k < 4; k++)
			if (!strncmp(line, keys[k], strlen(keys[k])))
				parts[k] = old_line(l, line + strlen(keys[k]));
	v.result = e.right ? RESULT_RIGHT : RESULT_WRONG;
	v.evidence = e.evidence;
	v.happened = parts[0];
	if (*parts[1])
		add_feedback(&v, parts[1], 0);
	v.why = parts[2];
	v.rule = parts[3];
	return take_verdict(l, ev, e.question, &v);
}

static int on_text(struct lesson *l, const struct trace_event *ev, enum lesson_card_kind kind)
{
	struct lesson_card *card = card_new(l, kind, ev->n);
	struct trace_value v;

	if (!card)
		return -ENOMEM;
	if (trace_event_get(ev, "text", &v))
		card->text = v.text;
	return 0;
}

static int on_look(struct lesson *l, const struct trace_event *ev)
{
	struct lesson_card *last = l->nr_cards ? &l->card[l->nr_cards - 1] : NULL;
	struct ev_LOOK e;

	if (!trace_get_LOOK(ev, &e))
		return 0;
	if (!e.cls)
		l->nr_looks = 0;
	else if (l->nr_looks < LESSON_LOOKS_MAX)
		l->look[l->nr_looks++] = (struct lesson_look){ e.cls, e.id };
	/* emitted after its card, and belongs to it */
	if (last && (last->kind == CARD_SAY || last->kind == CARD_ASK) && !last->wait) {
		memcpy(last->look, l->look, sizeof(last->look));
		last->nr_looks = l->nr_looks;
	}
	return 0;
}

static int on_wait(struct lesson *l, const struct trace_event *ev)
{
	if (l->nr_cards)
		l->card[l->nr_cards - 1].wait = ev->n;
	return 0;
}

static int on_show(struct lesson *l, const struct trace_event *ev)
{
	struct ev_SHOW e;

	if (!trace_get_SHOW(ev, &e))
		return 0;
	if (l->nr_shows == l->cap_shows) {
		size_t cap = l->cap_shows ? 2 * l->cap_shows : 8;
		struct lesson_show *v = realloc(l->show, cap * sizeof(*v));

		if (!v)
			return -ENOMEM;
		l->show = v;
		l->cap_shows = cap;
	}
	l->show[l->nr_shows++] = (struct lesson_show){ ev->n, e.text };
	return 0;
}

static int on_input(struct lesson *l, const struct trace_event *ev)
{
	l->by_hand = ev->n;
	return 0;
}

static int on_recap(struct lesson *l, const struct trace_event *ev)
{
	int err = on_text(l, ev, CARD_RECAP);

	if (!err)
		l->card[l->nr_cards - 1].text = translated_recap(l, l->card[l->nr_cards - 1].text);
	return err;
}

static int on_fault(struct lesson *l, const struct trace_event *ev)
{
	return on_text(l, ev, CARD_FAULT);
}

static int on_outside(struct lesson *l, const struct trace_event *ev)
{
	return on_text(l, ev, CARD_OUTSIDE);
}

static int on_end(struct lesson *l, const struct trace_event *ev)
{
	struct ev_LESSON_END e;

	if (trace_get_LESSON_END(ev, &e)) {
		l->end_right = e.right;
		l->end_wrong = e.wrong;
	}
	l->ended = true;
	return on_text(l, ev, CARD_END);
}

static int (*const on_event[EV_NR])(struct lesson *l, const struct trace_event *ev) = {
	[EV_LESSON] = on_lesson, [EV_EXERCISE] = on_exercise, [EV_SAY] = on_say, [EV_ASK] = on_ask, [EV_CHOICE_TEXT] = on_choice,
	[EV_QUESTION_TEXT] = on_question_text, [EV_HINT] = on_hint, [EV_ANSWERED] = on_answered,
	[EV_ANSWER] = on_old_answer, [EV_JUDGED] = on_judged, [EV_VERDICT] = on_old_verdict,
	[EV_LOOK] = on_look, [EV_SHOW] = on_show, [EV_WAIT_INPUT] = on_wait, [EV_RECAP] = on_recap,
	[EV_FAULT] = on_fault, [EV_OUTSIDE] = on_outside, [EV_LESSON_END] = on_end, [EV_INPUT] = on_input,
};

int lesson_grow(struct lesson *l)
{
	return lesson_grow_to(l, l->store->nr);
}

int lesson_grow_to(struct lesson *l, uint64_t n)
{
	struct trace_event ev;

	while (l->n < n && l->n < l->store->nr) {
		int err;

		if (!trace_store_event(l->store, l->n + 1, &ev))
			break;
		l->n++;
		err = ev.kind < EV_NR && on_event[ev.kind] ? on_event[ev.kind](l, &ev) : 0;
		if (err)
			return err;
	}
	return 0;
}

/* ---- looking things up --------------------------------------------------------------------- */

const struct lesson_show *lesson_show_at(const struct lesson *l, uint64_t n)
{
	size_t i = l->nr_shows;

	while (i && l->show[i - 1].n > n)
		i--;
	return i ? &l->show[i - 1] : NULL;
}

const struct lesson_card *lesson_card_at(const struct lesson *l, uint64_t n)
{
	size_t lo = 0, hi = l->nr_cards;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (l->card[mid].n <= n)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? &l->card[lo - 1] : NULL;
}

const struct lesson_card *lesson_card_waiting(const struct lesson *l, uint64_t wait)
{
	const struct lesson_card *card = wait ? lesson_card_at(l, wait) : NULL;

	return card && card->wait == wait ? card : NULL;
}

const struct lesson_question *lesson_question(const struct lesson *l, uint32_t number)
{
	return number < l->nr_questions && l->question[number].asked ? &l->question[number] : NULL;
}

const struct lesson_question *lesson_question_of(const struct lesson *l, const struct lesson_card *card,
						 struct lesson_question *room)
{
	const struct lesson_question *q = lesson_question(l, card->question);

	if (!q || card->kind != CARD_VERDICT || q->verdict.n == card->n)
		return q;
	*room = *q;
	room->given = card->given;
	room->verdict = card->verdict;
	room->nr_answers = card->ordinal;
	return room;
}

const struct lesson_question *lesson_last_judged(const struct lesson *l)
{
	const struct lesson_question *last = NULL;

	for (size_t i = 1; i < l->nr_questions; i++)
		if (l->question[i].verdict.n && (!last || l->question[i].verdict.n > last->verdict.n))
			last = &l->question[i];
	return last;
}

const struct lesson_question *lesson_question_by_id(const struct lesson *l, const char *id)
{
	for (size_t i = 0; i < l->nr_questions; i++)
		if (l->question[i].asked && strcmp(l->question[i].id, id) == 0)
			return &l->question[i];
	return NULL;
}

void lesson_points(const struct lesson *l, struct lesson_points *out)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < l->nr_questions; i++) {
		const struct lesson_question *q = &l->question[i];

		if (!q->asked)
			continue;
		out->questions++;
		out->answered += q->nr_answers != 0;
		out->right += q->first_right;
		out->halves += q->half_points_given;
		out->of += q->half_points;
		out->for_being_made |= q->predict && q->half_points;
	}
	if (!l->exercise_halves)
		return;
	out->of = l->exercise_halves;		/* equal shares are rounded up to a half: together they may be more */
	if (out->halves > out->of)
		out->halves = out->of;
}

void lesson_score(const struct lesson *l, uint64_t n, unsigned int *judged, unsigned int *right)
{
	*judged = *right = 0;
	for (size_t i = 0; i < l->nr_questions; i++) {
		const struct lesson_question *q = &l->question[i];

		if (!q->asked || !q->first_judged || q->first_judged > n)
			continue;
		++*judged;
		*right += q->first_right;
	}
}
