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

/* The sentence of an invariant ("I24"), or NULL. */
const char *invariant_sentence(const char *id);
/* Ids in order, for lists; NULL after the last. */
const char *invariant_id(unsigned int index);

#endif
