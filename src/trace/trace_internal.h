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
_Static_assert(sizeof(struct trace_why) == TRACE_WHY_BYTES, "a why is written as it is in memory");
#define TRACE_ROUND8(n) (((n) + 7) & ~(size_t)7)

/* Bytes of a whole event, without padding. */
static inline size_t trace_event_bytes(const struct trace_event *ev)
{
	return TRACE_HEAD_BYTES + ev->size + (ev->why.pred ? TRACE_WHY_BYTES : 0);
}

/* Decodes an event whose bytes have been checked before (trace_event_decode()). */
static inline void trace_event_parts(const uint8_t *bytes, uint64_t n, struct trace_event *out)
{
	uint64_t head = trace_rd64(bytes);
	size_t length = head & 0xffff;
	uint8_t ctx = (uint8_t)(head >> 40);

	*out = (struct trace_event){
		.n = n, .time = trace_rd64(bytes + 8), .cause = trace_rd64(bytes + 16),
		.kind = (uint16_t)(head >> 16), .task = (uint16_t)(head >> 48),
		.cpu = (uint8_t)(head >> 32), .ctx = ctx & (uint8_t)~TRACE_CTX_WHY,
		.size = (uint16_t)(length - TRACE_HEAD_BYTES),
		.data = bytes + TRACE_HEAD_BYTES,
	};
	if (ctx & TRACE_CTX_WHY) {
		out->size -= TRACE_WHY_BYTES;
		memcpy(&out->why, bytes + length - TRACE_WHY_BYTES, TRACE_WHY_BYTES);
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

/* Copies @n bytes, a multiple of 4.  Most events have a few fields: a call of memcpy() costs more than the copy. */
static inline void trace_copy_words(uint8_t *to, const uint8_t *from, size_t n)
{
	if (n > 64) {
		memcpy(to, from, n);
		return;
	}
	for (; n >= 8; n -= 8, to += 8, from += 8)
		memcpy(to, from, 8);
	if (n)
		memcpy(to, from, 4);
}

/* Writes head, fields and why at @to (8-aligned, room for the rounded length). */
static inline void trace_event_encode(uint8_t *to, const struct trace_event *ev)
{
	size_t bytes = trace_event_bytes(ev);
	uint64_t head = (uint64_t)bytes | (uint64_t)ev->kind << 16 | (uint64_t)ev->cpu << 32 |
			(uint64_t)(ev->ctx | (ev->why.pred ? TRACE_CTX_WHY : 0)) << 40 | (uint64_t)ev->task << 48;

	if (bytes % 8)
		memset(to + TRACE_ROUND8(bytes) - 8, 0, 8);
	memcpy(to, &head, 8);
	memcpy(to + 8, &ev->time, 8);
	memcpy(to + 16, &ev->cause, 8);
	trace_copy_words(to + TRACE_HEAD_BYTES, ev->data, ev->size);
	if (ev->why.pred)
		memcpy(to + TRACE_HEAD_BYTES + ev->size, &ev->why, TRACE_WHY_BYTES);
}

/*
 * trace_append - append an event whose head is complete
 * Return: false if the bound is reached (TRACE_FULL has been written).
 * Its .data then points into the log.
 */
bool trace_append(struct trace *t, struct trace_event *ev);
/* @refused does not fit: appends one TRACE_FULL, and nothing after it. */
void trace_append_full(struct trace *t, const struct trace_event *refused);

#endif
