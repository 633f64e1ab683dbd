/*
 * trace/ring.h - free mode: threads emit in parallel, one collector makes a log of it.
 *
 * Each thread that emits gets a ring of its own on its first event: one writer,
 * one reader, no lock and no system call.  An event's number in free mode is
 * (ring, index): ring << 48 | index + 1, index counting from 0; the collector
 * turns these into numbers of the log, also where a field holds one.
 *
 *   trace_ring_start(&t, 0, origin);   hooks.stamp of &t, set before, fills cpu, ctx, task, cause
 *   ... TRACE() from any thread ...
 *   trace_ring_collect();              from one thread, every few milliseconds
 *   trace_ring_stop();                 no thread may be emitting; the log is complete
 *
 * A why is kept where its predicate said yes (something changed); a full ring
 * counts what it loses and says so in a DROPPED event when there is room again.
 *
 * Lives here:   the door to free mode's emitter.
 * Never here:   lockstep (trace.c).
 * Licence: MIT.
 */
#ifndef KW_TRACE_RING_H
#define KW_TRACE_RING_H

#include "trace/trace.h"

/* For some 130,000 events, and as much of it is used as the collector is behind. */
#define TRACE_RING_BYTES_DEFAULT ((size_t)4 << 20)

/*
 * @t:         the log; its hooks.stamp is called by every emitting thread, no other hook
 * @ring_bytes: of each thread, rounded up to a power of two; 0 = default
 * @origin_ns: CLOCK_MONOTONIC of the run's time zero
 * Return: 0 or -EBUSY (one at a time).  Plugs trace_emit_free.
 */
int trace_ring_start(struct trace *t, size_t ring_bytes, uint64_t origin_ns);
/* Moves what is certainly in order into the log; return: events moved, -ENOMEM. */
int64_t trace_ring_collect(void);
int64_t trace_ring_collect_some(int64_t most);	/* some @most of it, then comes back */
void trace_ring_stop(void);
/*
 * @fn is called by an emitting thread whose ring gets full (a sixteenth of it is), once until
 * somebody collects: from anywhere, so it neither sleeps nor emits.  Until stop.
 */
void trace_ring_on_call(void (*fn)(void));
uint64_t trace_ring_dropped(void);	/* since the start */
/* How time is read: "time stamp counter" or "clock_gettime"; calibrates on first use. */
const char *trace_ring_clock(void);

#endif
