/*
 * model/invariant.h - the invariants: true in every trace (spec section 18).
 *
 * A table of checks.  Each has its invariant (I1..I55), the events that it examines, and
 * whether it sees the state before or after them.  One pass over a trace is enough.  Only
 * objects that an event touches are checked; some checks are made at the engine's
 * checkpoints (census events), and the rest at the end.
 *
 * Two further names: "time" (events are sorted by time) and "census" (the engine's own
 * state differs from that of its events).
 *
 * Lives here:   checking a trace.
 * Never here:   students' exercises (lua/), the engine.
 * Licence: MIT.
 */
#ifndef KW_MODEL_INVARIANT_H
#define KW_MODEL_INVARIANT_H

#include "model/model.h"

struct invariant_breach {
	const char *id;		/* "I24" */
	uint64_t n;		/* the event that breaks it; the last one for checks at the end */
	char text[256];		/* objects and values */
};

typedef void (*invariant_report)(void *arg, const struct invariant_breach *b);

/*
 * invariant_check - check all events of @s
 * @report: called for each breach, in order; may be NULL
 * Return:  number of breaches, or -ENOMEM.  Context: any thread; memory is freed.
 */
int64_t invariant_check(const struct trace_store *s, invariant_report report, void *arg);

/*
 * The same checks event by event and run by run, for a caller that also reads the model:
 * one pass over a trace instead of two, and reused memory.
 *   c = invariant_open();  each run: begin, step with every event, end;  invariant_close(c)
 */
struct inv;
struct inv *invariant_open(void);	/* NULL: no memory */
void invariant_begin(struct inv *c, const struct trace_store *s, invariant_report report, void *arg);
int invariant_step(struct inv *c, const struct trace_event *ev);	/* 0 or -ENOMEM */
int64_t invariant_end(struct inv *c);	/* returns the value of invariant_check() */
void invariant_close(struct inv *c);
/* The state after the event of the last step. */
const struct model *invariant_model(const struct inv *c);
/* The model's first contradiction ("census"), or NULL. */
const struct invariant_breach *invariant_fault(const struct inv *c);

/* The sentence of an invariant ("I24"), or NULL. */
const char *invariant_sentence(const char *id);
/* Ids in order, for lists; NULL after the last. */
const char *invariant_id(unsigned int index);

#endif
