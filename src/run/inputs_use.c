/*
 * run/inputs_use.c - see inputs_use.h.   Licence: MIT.
 */
#include "run/inputs_use.h"

#include <stdio.h>
#include <string.h>

bool inputs_is_used(const struct inputs_use *u, size_t i)
{
	return u->used[i / 64] >> (i % 64) & 1;
}

static int64_t use(struct inputs_use *u, size_t i)
{
	u->used[i / 64] |= UINT64_C(1) << (i % 64);
	return (int64_t)i;
}

bool input_has_question(const struct run_input *in)
{
	return in->kind == INPUT_ANSWER || in->kind == INPUT_HINT || in->kind == INPUT_SURE || in->kind == INPUT_PICK;
}

static bool is_for(const struct run_input *in, const char *question)
{
	return input_has_question(in) && strcmp(in->id, question) == 0;
}

/* The `sure` that follows the answer at @i before the next answer to the same question; @i itself if there is none. */
static size_t sure_of(const struct inputs_use *u, const struct run_inputs *in, size_t i)
{
	size_t k;

	for (k = i + 1; in->v[i].kind == INPUT_ANSWER && k < in->n; k++) {
		if (!is_for(&in->v[k], in->v[i].id) || inputs_is_used(u, k))
			continue;
		return in->v[k].kind == INPUT_SURE ? k : i;
	}
	return i;
}

static int64_t use_for_question(struct inputs_use *u, const struct run_inputs *in, const char *question)
{
	bool others = false;
	size_t i;

	for (i = u->first; i < in->n; i++) {
		if (inputs_is_used(u, i) || !input_has_question(&in->v[i]))
			continue;
		if (is_for(&in->v[i], question))
			return use(u, sure_of(u, in, i));
		others = true;
	}
	return others ? USE_OTHER : USE_NONE;
}

static int64_t use_for_card(struct inputs_use *u, const struct run_inputs *in, uint32_t card)
{
	bool later = false;
	size_t i;

	for (i = u->first; i < in->n; i++) {
		const struct run_input *one = &in->v[i];

		if (inputs_is_used(u, i))
			continue;
		if (one->kind == INPUT_GO && one->number == card)
			return use(u, i);
		later |= input_has_question(one) || one->kind == INPUT_ACT || one->kind == INPUT_CHOOSE || (one->kind == INPUT_GO && (one->number > card || !one->number));
	}
	return later && card ? USE_PASS : USE_NONE;
}

/* The next act or choice, or the `go 0` that ends free play or choosing. */
static int64_t use_in_order(struct inputs_use *u, const struct run_inputs *in, enum run_input_kind kind)
{
	size_t i;

	for (i = u->first; i < in->n; i++) {
		const struct run_input *one = &in->v[i];

		if (!inputs_is_used(u, i) && (one->kind == kind || (one->kind == INPUT_GO && !one->number)))
			return use(u, i);
	}
	return USE_NONE;
}

int64_t inputs_use(struct inputs_use *u, const struct run_inputs *in, enum run_wait wait, const char *question, uint32_t card)
{
	while (u->first < in->n && inputs_is_used(u, u->first))
		u->first++;
	switch (wait) {
	case WAIT_ANSWER:
		return use_for_question(u, in, question);
	case WAIT_ACT:
		return use_in_order(u, in, INPUT_ACT);
	case WAIT_CHOOSE:
		return use_in_order(u, in, INPUT_CHOOSE);
	default:
		return use_for_card(u, in, wait == WAIT_GO ? card : 0);
	}
}

/* ---- from events ------------------------------------------------------------------------- */

int64_t inputs_walk(struct inputs_walk *w, const struct run_inputs *in, const struct trace_event *ev)
{
	union {
		struct ev_SAY say; struct ev_ASK ask; struct ev_WAIT_INPUT wait;
	} e;
	int64_t taken = USE_NONE;

	if (w->waits)
		taken = inputs_use(&w->use, in, w->what, w->question, w->card);
	w->waits = false;
	if (trace_get_SAY(ev, &e.say)) {
		w->card = e.say.card;
	} else if (trace_get_ASK(ev, &e.ask)) {
		snprintf(w->question, sizeof(w->question), "%.*s", (int)strcspn(e.ask.text, "\n"), e.ask.text);
		w->choices = e.ask.choices;
	} else if (trace_get_WAIT_INPUT(ev, &e.wait)) {
		w->waits = true;
		w->what = (enum run_wait)e.wait.what;
	}
	return taken;
}
