/*
 * words/why.h - the decision behind an event: the result of the kernel's function, and why.
 *
 * Some events carry the predicate that decided them, with the values that it read
 * (trace_why.def).  These functions print the predicate, its result and the values.
 *
 * Lives here:   decisions in words.
 * Never here:   the reasons in English (trace/trace_why.def), which the exports use as well.
 * Context:      any thread; allocates nothing.
 * Licence: MIT.
 */
#ifndef KW_WORDS_WHY_H
#define KW_WORDS_WHY_H

#include "base/strbuf.h"
#include "trace/trace.h"

/* "need_more_worker() returned true: worklist has 2, nr_running 0"; nothing when there is no why. */
void words_why(const struct trace_why *why, struct strbuf *out);
/* "need_more_worker() returned true"; where the function returns nothing: its name. */
void words_predicate(const struct trace_why *why, struct strbuf *out);
/* "worklist has 2, nr_running 0". */
void words_reason(const struct trace_why *why, struct strbuf *out);

/*
 * A translation of a reason; @text is copied, and NULL is English again.  -EINVAL: it has a
 * brace that is no value of that decision; -ENOMEM.  Callers use words_replace().
 */
int words_reason_replace(enum trace_why_id pred, bool yes, const char *text);

#endif
