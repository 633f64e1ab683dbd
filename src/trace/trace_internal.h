/*
 * trace/trace_internal.h - shared by the files of trace/ only.
 *
 * An event in a log is a head, its fields and, for a decision, the predicate with its values.
 * These inline functions read the parts from bytes that were checked before.
 *
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

/* Decodes an event whose bytes have been checked before (trace_event_decode()). */
static inline void trace_event_parts(const uint8_t *bytes, uint64_t n, struct trace_event *out)
{
	size_t length = (size_t)(bytes[0] | bytes[1] << 8);
	size_t tail = bytes[5] & TRACE_CTX_WHY ? TRACE_WHY_BYTES : 0;

	*out = (struct trace_event){
		.n = n, .time = trace_rd64(bytes + 8), .cause = trace_rd64(bytes + 16),
		.kind = (uint16_t)(bytes[2] | bytes[3] << 8),
		.task = (uint16_t)(bytes[6] | bytes[7] << 8),
		.cpu = bytes[4], .ctx = bytes[5] & (uint8_t)~TRACE_CTX_WHY,
		.size = (uint16_t)(length - TRACE_HEAD_BYTES - tail),
		.data = bytes + TRACE_HEAD_BYTES,
	};
	if (tail) {
		out->why.pred = trace_rd32(bytes + length - tail);
		memcpy(out->why.v, bytes + length - tail + 4, 16);
	}
}

#define TRACE_FULL_BYTES (TRACE_HEAD_BYTES + 8)	/* room kept for one TRACE_FULL */

static inline bool trace_fits(const struct trace *t, size_t bytes)
{
	return t->events + 1 < t->events_max &&
	       t->used + TRACE_ROUND8(bytes) + TRACE_FULL_BYTES <= t->shared->size;
}

/* Publishes everything written so far to readers; @time is that of the last event. */
static inline void trace_publish(struct trace *t, uint64_t time)
{
	atomic_store_explicit(&t->shared->bytes, t->used, memory_order_release);
	atomic_store_explicit(&t->shared->events, t->events, memory_order_release);
	atomic_store_explicit(&t->shared->now, time, memory_order_relaxed);
}

/* Writes head, fields and why at @to (8-aligned, room for the rounded length). */
void trace_event_encode(uint8_t *to, const struct trace_event *ev);

/*
 * trace_append - append an event whose head is complete
 * Return: false if the bound is reached (TRACE_FULL has been written).
 * Its .data then points into the log.
 */
bool trace_append(struct trace *t, struct trace_event *ev);
/* @refused does not fit: appends one TRACE_FULL, and nothing after it. */
void trace_append_full(struct trace *t, const struct trace_event *refused);

#endif
