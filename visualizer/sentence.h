/*
 * visualizer/sentence.h - events and things in words.
 *
 * Lives here:   names of things as a reader meets them, one sentence an event.
 * Never here:   where words are drawn; the kernel's own text forms (trace/export_*.c).
 * Licence: MIT.
 */
#ifndef KW_VISUALIZER_SENTENCE_H
#define KW_VISUALIZER_SENTENCE_H

#include "base/strbuf.h"
#include "model/model.h"

/* Name of a thing; for pools "CPU 0", "CPU 0 highpri", "pool 8".  Never NULL; may use @buf. */
#define SENTENCE_NAME 64
const char *sentence_name(const struct trace_store *s, const struct model *m, enum trace_class cls,
			  uint32_t id, char buf[SENTENCE_NAME]);
/* What happened, in a line without time. */
void sentence_event(const struct trace_store *s, const struct model *m, const struct trace_event *ev,
		    struct strbuf *out);
/* "need_more_worker said yes: worklist has 2, nr_running 0"; nothing when there is no why. */
void sentence_why(const struct trace_why *why, struct strbuf *out);

#endif
