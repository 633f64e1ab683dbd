/*
 * bench/bench.h - the interface of a benchmark: a function that reports figures.
 *
 * Absolute figures differ between machines and days, so each benchmark also measures
 * its reference in the same run.  `make bench` fails if a figure misses its target.
 *
 * Lives here:   reports, the real clock, the binding of threads to one core.
 * Never here:   a measurement.
 * Licence: MIT.
 */
#ifndef KW_BENCH_BENCH_H
#define KW_BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>

struct bench {
	const char *name;	/* `make bench BENCH=handover` */
	const char *question;	/* one line: the measured quantity */
	void (*run)(void);
};

/* every benchmark of benches.def: `bench_handover`, .. */
#define BENCH(name) extern const struct bench bench_##name;
#include "bench/benches.def"
#undef BENCH

uint64_t bench_now_ns(void);			/* the real clock */
uint64_t bench_cpu_ns(void);			/* CPU time of all threads of this process */
/* Median of @n values; reorders them. */
double bench_median(double *values, int n);

/* A line of the report.  @unit: "ns", "/s", "x", "MB". */
void bench_figure(const char *what, double value, const char *unit);
/* Prints the figure with its target, which is a lower or an upper bound. */
void bench_at_least(const char *what, double value, double target, const char *unit);
void bench_at_most(const char *what, double value, double target, const char *unit);
/* Reports that a figure could not be measured, with the reason @why; counts as a missed target. */
void bench_failed(const char *what, const char *why);
int bench_missed(void);		/* targets missed so far */

/* Binds the calling thread, and the threads it creates, to its current core. */
void bench_one_core(bool on);

#endif
