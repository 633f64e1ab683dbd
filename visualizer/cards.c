/*
 * visualizer/cards.c - see cards.h.   Licence: MIT.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* strchrnul() */
#endif
#include "visualizer/cards.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cards_init(struct cards *c, const struct trace_store *store)
{
	memset(c, 0, sizeof(*c));
	c->store = store;
}

void cards_fini(struct cards *c)
{
	free(c->v);
	free(c->q);
	memset(c, 0, sizeof(*c));
}

static struct card *card_new(struct cards *c, enum card_kind kind, uint64_t n)
{
	struct card *v;

	if (c->nr == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 32;

		v = realloc(c->v, cap * sizeof(*v));
		if (!v)
			return NULL;
		c->v = v;
		c->cap = cap;
	}
	v = &c->v[c->nr++];
	memset(v, 0, sizeof(*v));
	v->kind = kind;
	v->n = n;
	if (kind == CARD_SAY || kind == CARD_ASK) {
		memcpy(v->looks_cls, c->looks_cls, sizeof(v->looks_cls));
		memcpy(v->looks_id, c->looks_id, sizeof(v->looks_id));
		v->nr_looks = c->nr_looks;
	}
	return v;
}

static struct card_question *question_row(struct cards *c, uint32_t number)
{
	size_t cap = c->cap_q;

	if (number >= 4096)
		return NULL;
	while (number >= cap)
		cap = cap ? 2 * cap : 16;
	if (cap != c->cap_q) {
		struct card_question *q = realloc(c->q, cap * sizeof(*q));

		if (!q)
			return NULL;
		memset(q + c->cap_q, 0, (cap - c->cap_q) * sizeof(*q));
		c->q = q;
		c->cap_q = cap;
	}
	if (number >= c->nr_q)
		c->nr_q = number + 1;
	return &c->q[number];
}

const struct card_question *cards_question(const struct cards *c, uint32_t number)
{
	return number < c->nr_q && c->q[number].asked ? &c->q[number] : NULL;
}

/* First line of @text into @buf; return: what follows it. */
static const char *take_line(const char *text, char *buf, size_t size)
{
	const char *end = strchrnul(text, '\n');

	snprintf(buf, size, "%.*s", (int)(end - text), text);
	return *end ? end + 1 : end;
}

static int on_lesson(struct cards *c, const struct trace_event *ev)
{
	struct ev_LESSON e;
	const char *rest;

	if (!trace_get_LESSON(ev, &e))
		return 0;
	c->questions = e.questions;
	c->lesson_ev = ev->n;
	rest = take_line(e.text, c->lesson_id, sizeof(c->lesson_id));
	rest = take_line(rest, c->title, sizeof(c->title));
	take_line(rest, c->question, sizeof(c->question));
	return 0;
}

static int on_say(struct cards *c, const struct trace_event *ev)
{
	struct card *card = card_new(c, CARD_SAY, ev->n);
	struct ev_SAY e;

	if (!card)
		return -ENOMEM;
	if (!trace_get_SAY(ev, &e))
		return 0;
	card->text = e.text;
	card->at = e.at;
	return 0;
}

static int on_ask(struct cards *c, const struct trace_event *ev)
{
	struct card *card = card_new(c, CARD_ASK, ev->n);
	struct card_question *q;
	struct ev_ASK e;

	if (!card)
		return -ENOMEM;
	if (!trace_get_ASK(ev, &e))
		return 0;
	q = question_row(c, e.question);
	if (!q)
		return -ENOMEM;
	memset(q, 0, sizeof(*q));
	q->number = e.question;
	q->asked = ev->n;
	q->kind = (enum trace_ask)e.kind;
	q->predict = e.predict;
	q->pin = e.pin;
	q->hints = e.hints < CARD_HINTS_MAX ? e.hints : CARD_HINTS_MAX;
	q->text = take_line(e.text, q->id, sizeof(q->id));
	card->question = e.question;
	card->text = q->text;
	return 0;
}

static int on_choice(struct cards *c, const struct trace_event *ev)
{
	struct card_question *q;
	struct ev_CHOICE_TEXT e;

	if (!trace_get_CHOICE_TEXT(ev, &e))
		return 0;
	q = question_row(c, e.question);
	if (q && q->nr_choices < CARD_CHOICES_MAX) {
		q->world[q->nr_choices] = e.world;
		q->choice[q->nr_choices++] = e.text;
	}
	return q ? 0 : -ENOMEM;
}

static int on_hint(struct cards *c, const struct trace_event *ev)
{
	struct card_question *q;
	struct ev_HINT e;

	if (!trace_get_HINT(ev, &e))
		return 0;
	q = question_row(c, e.question);
	if (q && q->hints_shown < CARD_HINTS_MAX) {
		q->hint_ev[q->hints_shown] = ev->n;
		q->hint[q->hints_shown++] = e.text;
	}
	return q ? 0 : -ENOMEM;
}

static int on_answer(struct cards *c, const struct trace_event *ev)
{
	struct card_question *q;
	struct ev_ANSWER e;

	if (!trace_get_ANSWER(ev, &e))
		return 0;
	q = question_row(c, e.question);
	if (!q)
		return -ENOMEM;
	q->answered = ev->n;
	q->given = e.text;
	q->nr_answers++;
	return 0;
}

static int on_verdict(struct cards *c, const struct trace_event *ev)
{
	struct card *card = card_new(c, CARD_VERDICT, ev->n);
	struct card_question *q;
	struct ev_VERDICT e;

	if (!card)
		return -ENOMEM;
	if (!trace_get_VERDICT(ev, &e))
		return 0;
	q = question_row(c, e.question);
	if (!q)
		return -ENOMEM;
	card->question = e.question;
	card->right = e.right;
	card->evidence = e.evidence;
	card->text = e.text;
	if (!q->judged)
		c->judged++;
	else if (q->right)
		c->right--;
	else
		c->wrong--;
	q->judged = ev->n;
	q->right = e.right;
	if (e.right)
		c->right++;
	else
		c->wrong++;
	return 0;
}

static int on_plain(struct cards *c, const struct trace_event *ev, enum card_kind kind)
{
	struct card *card = card_new(c, kind, ev->n);
	struct trace_value v;

	if (!card)
		return -ENOMEM;
	card->text = trace_event_get(ev, "text", &v) ? v.text : "";
	return 0;
}

static int on_look(struct cards *c, const struct trace_event *ev)
{
	struct ev_LOOK e;

	if (!trace_get_LOOK(ev, &e))
		return 0;
	if (!e.cls) {
		c->nr_looks = 0;
	} else if (c->nr_looks < CARD_LOOKS_MAX) {
		c->looks_cls[c->nr_looks] = e.cls;
		c->looks_id[c->nr_looks++] = e.id;
	}
	/* written behind its card: it is about that one */
	if (c->nr && (c->v[c->nr - 1].kind == CARD_SAY || c->v[c->nr - 1].kind == CARD_ASK) &&
	    !c->v[c->nr - 1].wait) {
		struct card *last = &c->v[c->nr - 1];

		memcpy(last->looks_cls, c->looks_cls, sizeof(last->looks_cls));
		memcpy(last->looks_id, c->looks_id, sizeof(last->looks_id));
		last->nr_looks = c->nr_looks;
	}
	return 0;
}

static int on_wait(struct cards *c, const struct trace_event *ev)
{
	if (c->nr)
		c->v[c->nr - 1].wait = ev->n;
	return 0;
}

static int on_show(struct cards *c, const struct trace_event *ev)
{
	struct ev_SHOW e;

	if (!trace_get_SHOW(ev, &e))
		return 0;
	c->show = e.text;
	c->show_ev = ev->n;
	return 0;
}

static int take(struct cards *c, const struct trace_event *ev)
{
	switch (ev->kind) {
	case EV_LESSON: return on_lesson(c, ev);
	case EV_SAY: return on_say(c, ev);
	case EV_ASK: return on_ask(c, ev);
	case EV_CHOICE_TEXT: return on_choice(c, ev);
	case EV_HINT: return on_hint(c, ev);
	case EV_ANSWER: return on_answer(c, ev);
	case EV_VERDICT: return on_verdict(c, ev);
	case EV_LOOK: return on_look(c, ev);
	case EV_SHOW: return on_show(c, ev);
	case EV_WAIT_INPUT: return on_wait(c, ev);
	case EV_RECAP: return on_plain(c, ev, CARD_RECAP);
	case EV_FAULT: return on_plain(c, ev, CARD_FAULT);
	case EV_OUTSIDE: return on_plain(c, ev, CARD_OUTSIDE);
	case EV_LESSON_END:
		c->ended = true;
		return on_plain(c, ev, CARD_END);
	}
	return 0;
}

int cards_grow(struct cards *c)
{
	struct trace_event ev;

	while (c->n < c->store->nr) {
		int err;

		if (!trace_store_event(c->store, c->n + 1, &ev))
			break;
		c->n++;
		err = take(c, &ev);
		if (err)
			return err;
	}
	return 0;
}

const struct card *cards_at(const struct cards *c, uint64_t n)
{
	size_t lo = 0, hi = c->nr;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (c->v[mid].n <= n)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? &c->v[lo - 1] : NULL;
}

const struct card *cards_waiting(const struct cards *c, uint64_t wait)
{
	const struct card *card = wait ? cards_at(c, wait) : NULL;

	return card && card->wait == wait ? card : NULL;
}

void cards_score(const struct cards *c, uint64_t n, unsigned int *judged, unsigned int *right)
{
	*judged = *right = 0;
	for (size_t i = 0; i < c->nr_q; i++) {
		if (!c->q[i].asked || !c->q[i].judged || c->q[i].judged > n)
			continue;
		++*judged;
		*right += c->q[i].right;
	}
}

int cards_choice(const struct card_question *q, const char *given)
{
	char *end;
	unsigned long n;

	if (!given || !q->nr_choices)
		return -1;
	for (unsigned int i = 0; i < q->nr_choices; i++)
		if (!strcmp(given, q->choice[i]) || (given[0] == (char)('a' + i) && !given[1]))
			return (int)i;
	n = strtoul(given, &end, 10);
	return end != given && !*end && n >= 1 && n <= q->nr_choices ? (int)n - 1 : -1;
}

bool cards_verdict_get(const char *text, const char *key, char *buf, size_t size)
{
	size_t n = strlen(key);

	for (const char *line = text; *line; line = *line ? line + 1 : line) {
		const char *end = strchrnul(line, '\n');

		if (!strncmp(line, key, n) && line[n] == '=') {
			snprintf(buf, size, "%.*s", (int)(end - line - (long)n - 1), line + n + 1);
			return buf[0] != '\0';
		}
		line = end;
	}
	return false;
}
