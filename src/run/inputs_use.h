/*
 * run/inputs_use.h - which input of a list belongs to which wait.
 *
 * An answer, a hint or a `sure` belongs to its question by id: a lesson whose text
 * has changed, or that asks in another order, gets the answers that still have
 * their question.  A card is left with the `go` that names it; a card without one
 * is passed as long as the list has anything for later: cards decide nothing.  Acts of
 * free play have no address but their order.
 *
 * Lives here:   choosing the next input, once each; the same choice made from a run's events.
 * Never here:   waiting when the list has none (director.c), the text form (inputs.c).
 * Licence: MIT.
 */
#ifndef KW_RUN_INPUTS_USE_H
#define KW_RUN_INPUTS_USE_H

#include "run/inputs.h"

/* Zeros: nothing has been used. */
struct inputs_use {
	size_t first;			/* all before it are used */
	uint64_t used[RUN_INPUTS_MAX / 64];
};

enum {
	USE_NONE = -1,			/* the list has nothing for this, nor for later */
	USE_PASS = -2,			/* a card to be passed without an input */
	USE_OTHER = -3,			/* nothing for this question, but something for another one */
};

/*
 * inputs_use - the input for the next wait; it is used up
 * @wait:     its kind; WAIT_END is card 0
 * @question: its id, of WAIT_ANSWER
 * @card:     its number, of WAIT_GO
 * Return:    its index in @in, or one of the three above.
 * A `sure` is used before the answer that it follows in the list: the lesson
 * wants to know it first.
 */
int64_t inputs_use(struct inputs_use *u, const struct run_inputs *in, enum run_wait wait, const char *question, uint32_t card);
bool inputs_is_used(const struct inputs_use *u, size_t i);
/* Is this one given to a question, and so found by its id? */
bool input_has_question(const struct run_input *in);

/* ---- the same from the events of a run ------------------------------------------------- */

struct inputs_walk {
	struct inputs_use use;
	bool waits;			/* the last event was a WAIT_INPUT */
	enum run_wait what;		/* of it */
	uint32_t card;			/* number of the last card */
	char question[sizeof(((struct run_input *)0)->id)];	/* id of the last ASK */
	uint32_t choices;		/* of it */
};

/*
 * inputs_walk - reads the next event
 * Return: index of the input that the wait before this event used, USE_PASS, or
 *         USE_NONE if no wait preceded it.
 */
int64_t inputs_walk(struct inputs_walk *w, const struct run_inputs *in, const struct trace_event *ev);

#endif
