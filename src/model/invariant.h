/*
 * model/invariant.h - what must hold in every trace (spec section 18).
 *
 * A table of checks: each names its invariant (I1..I55), the events it looks at
 * and whether it looks before or after they are applied.  A whole trace is gone
 * through once; only what an event touches is checked, some things at the
 * engine's checkpoints (census events) and the rest at the end.
 *
 * Two further names: "time" (events are in order of time) and "census" (the
 * engine's own state differs from what its events say).
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
	uint64_t n;		/* the event that shows it; the last one for checks at the end */
	char text[256];		/* which objects, which values */
};

typedef void (*invariant_report)(void *arg, const struct invariant_breach *b);

/*
 * invariant_check - go through all events of @s
 * @report: called for each breach, in order; may be NULL
 * Return:  number of breaches, or -ENOMEM.  Context: any thread; memory is freed.
 */
int64_t invariant_check(const struct trace_store *s, invariant_report report, void *arg);

/*
 * The same event by event and run by run, for who reads the model as well: one pass
 * over a trace in place of two, and memory that is used again.
 *   c = invariant_open();  each run: begin, step with every event, end;  invariant_close(c)
 */
struct inv;
struct inv *invariant_open(void);	/* NULL: no memory */
void invariant_begin(struct inv *c, const struct trace_store *s, invariant_report report, void *arg);
int invariant_step(struct inv *c, const struct trace_event *ev);	/* 0 or -ENOMEM */
int64_t invariant_end(struct inv *c);	/* as invariant_check() */
void invariant_close(struct inv *c);
/* The state right after the event of the last step. */
const struct model *invariant_model(const struct inv *c);
/* The first contradiction of the model's ("census"), or NULL. */
const struct invariant_breach *invariant_fault(const struct inv *c);

/* The sentence of an invariant ("I24"), or NULL. */
const char *invariant_sentence(const char *id);
/* Ids in order, for lists; NULL after the last. */
const char *invariant_id(unsigned int index);

#endif
