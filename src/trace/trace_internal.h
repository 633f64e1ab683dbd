/*
 * trace/trace_internal.h - shared by trace.c and ring.c; seen only in trace/.
 * Licence: MIT.
 */
#ifndef KW_TRACE_INTERNAL_H
#define KW_TRACE_INTERNAL_H

#include "trace/trace.h"

#define TRACE_WHY_BYTES 20
#define TRACE_ROUND8(n) (((n) + 7) & ~(size_t)7)

/* Bytes of a whole event, without padding. */
static inline size_t trace_event_bytes(const struct trace_event *ev)
{
	return TRACE_HEAD_BYTES + ev->size + (ev->why.pred ? TRACE_WHY_BYTES : 0);
}

/* Writes head, fields and why at @to (8-aligned, room for the rounded length). */
void trace_event_encode(uint8_t *to, const struct trace_event *ev);

/*
 * trace_append - an event whose head is complete goes to the end of the log
 * Return: false when the bound is reached (TRACE_FULL has been written, or was).
 * Its .data moves into the log.
 */
bool trace_append(struct trace *t, struct trace_event *ev);

#endif
