/*
 * trace/ring.h - free mode: threads emit in parallel, one collector merges their events into a log.
 *
 * Each emitting thread gets its own ring on its first event: one writer, one reader, no
 * lock and no system call.  An event's number in free mode is (ring, index): ring << 48 |
 * index + 1, index counting from 0.  The collector converts these to log numbers,
 * including fields that contain the number of an event.
 *
 *   trace_ring_start(&t, 0, origin);   hooks.stamp of &t, set before, fills cpu, ctx, task, cause
 *   ... TRACE() from any thread ...
 *   trace_ring_collect();              from one thread, every few milliseconds
 *   trace_ring_stop();                 no thread may be emitting; the log is complete
 *
 * A why is kept if its predicate returned true (something changed).  A full ring counts
 * the events that it loses, and reports the count in a DROPPED event when there is room
 * again.
 *
 * Lives here:   the interface of free mode's emitter.
 * Never here:   lockstep (trace.c).
 * Licence: MIT.
 */
#ifndef KW_TRACE_RING_H
#define KW_TRACE_RING_H

#include "trace/trace.h"

/* Room for about 130,000 events; only the backlog occupies memory. */
#define TRACE_RING_BYTES_DEFAULT ((size_t)4 << 20)

/*
 * @t:         the log; every emitting thread calls its hooks.stamp, and no other hook
 * @ring_bytes: per thread, rounded up to a power of two; 0 = default
 * @origin_ns: CLOCK_MONOTONIC of the run's time zero
 * Return: 0 or -EBUSY (one at a time).  Sets trace_emit_free.
 */
int trace_ring_start(struct trace *t, size_t ring_bytes, uint64_t origin_ns);
/* Moves all events whose order is settled into the log.  Return: events moved, or -ENOMEM. */
int64_t trace_ring_collect(void);
int64_t trace_ring_collect_some(int64_t most);	/* moves about @most of them */
void trace_ring_stop(void);
/*
 * An emitting thread calls @fn when a sixteenth of its ring is full, once per collection.
 * @fn may run in any context, so it must neither sleep nor emit.  Reset by stop.
 */
void trace_ring_on_call(void (*fn)(void));
uint64_t trace_ring_dropped(void);	/* since the start */
/* The clock in use: "time stamp counter" or "clock_gettime"; calibrates on first use. */
const char *trace_ring_clock(void);

#endif
