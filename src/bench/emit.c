/*
 * bench/emit.c - the cost of TRACE() for its caller: off, lockstep, free.
 *
 * A tight loop emits KICK events (two ids, no why).  The cost of an empty loop is
 * subtracted, and the fastest of many short batches counts, because the slower ones
 * shared their core.  The target of 15 ns was set on a machine on which
 * clock_gettime() takes 28 ns; both are measured here, and the target is their ratio.
 * In free mode trace_ring_collect() empties the ring between batches, after a pause
 * that makes the events old enough to be collected.
 *
 * Lives here:   the cost of TRACE().
 * Never here:   the correctness of the events (tests).   Licence: MIT.
 */
#include "bench/bench.h"

#include <stdio.h>

#include "base/time.h"
#include "trace/ring.h"

#define EVENTS 1000
#define BATCHES 6000
#define FREE_TARGET (1.03 * 15.0 / 28.0)	/* in units of a clock_gettime(); 3 % tolerance */

/* Keeps the compiler from optimising @x away. */
#define OPAQUE(x) __asm__ volatile("" : "+r"(x) : : "memory")

static double events_ns(uint32_t n)
{
	uint64_t began = bench_now_ns();
	uint32_t pool = 3;

	for (uint32_t i = 0; i < n; i++) {
		OPAQUE(pool);
		TRACE(KICK, .pool = pool, .worker = i);
	}
	return (double)(bench_now_ns() - began) / n;
}

static double empty_ns(uint32_t n)
{
	uint64_t began = bench_now_ns();
	uint32_t pool = 3;

	for (uint32_t i = 0; i < n; i++)
		OPAQUE(pool);
	return (double)(bench_now_ns() - began) / n;
}

static double clock_ns(uint32_t n)
{
	uint64_t began = bench_now_ns();

	for (uint32_t i = 0; i < n; i++) {
		uint64_t now = bench_now_ns();

		OPAQUE(now);
	}
	return (double)(bench_now_ns() - began) / n;
}

static void least(double *best, double ns)
{
	if (*best == 0 || ns < *best)
		*best = ns;
}

static void stamp(void *arg, struct trace_event *head)
{
	(void)arg;
	head->cpu = 1;
	head->ctx = CTX_TASK;
	head->task = 7;
}

static double measure_off(void)
{
	double best = 0, loop = 0;

	for (int i = 0; i < BATCHES; i++) {
		least(&best, events_ns(EVENTS));
		least(&loop, empty_ns(EVENTS));
	}
	return best > loop ? best - loop : 0;
}

static double measure_lockstep(void)
{
	double best = 0, loop = 0;
	struct trace t;

	for (int i = 0; i < BATCHES / 200; i++) {
		if (trace_open(&t, -1, (size_t)4 << 20, 0))
			return -1;
		t.hooks.stamp = stamp;
		trace_current = &t;
		for (int j = 0; j < 20; j++) {
			least(&best, events_ns(EVENTS));
			least(&loop, empty_ns(EVENTS));
		}
		trace_close(&t);
	}
	return best - loop;
}

static double measure_free(uint64_t *dropped, double *clock)
{
	double best = 0, loop = 0;
	struct trace t;

	if (trace_open(&t, -1, (size_t)384 << 20, 8000000))
		return -1;
	t.hooks.stamp = stamp;
	if (trace_ring_start(&t, (size_t)1 << 20, 0)) {
		trace_close(&t);
		return -1;
	}
	for (int i = 0; i < BATCHES; i++) {
		least(&best, events_ns(EVENTS));
		least(&loop, empty_ns(EVENTS));
		least(clock, clock_ns(EVENTS));
		if (i % 16 == 15) {
			time_sleep_ns(2000 * NS_PER_US);
			trace_ring_collect();
		}
	}
	*dropped = trace_ring_dropped();
	trace_ring_stop();
	trace_close(&t);
	return best - loop;
}

static void emit_run(void)
{
	uint64_t dropped = 0;
	double clock = 0, off = measure_off(), lockstep = measure_lockstep();
	double free_ns = measure_free(&dropped, &clock);
	char what[96];

	if (lockstep < 0 || free_ns < 0) {
		bench_failed("emit", "no memory for a log");
		return;
	}
	bench_at_most("an event, tracing off", off, 1.5, "ns");
	bench_figure("an event, lockstep, no hooks but the stamp", lockstep, "ns");
	snprintf(what, sizeof(what), "an event, free mode (%s)", trace_ring_clock());
	bench_figure(what, free_ns, "ns");
	bench_figure("clock_gettime() alone", clock, "ns");
	bench_at_most("free mode's event in clock_gettime()s", free_ns / clock, FREE_TARGET, "x");
	bench_at_most("events lost meanwhile", (double)dropped, 0, "");
}

const struct bench bench_emit = {
	.name = "emit",
	.question = "the cost of an event for its caller",
	.run = emit_run,
};
