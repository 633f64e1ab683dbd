/*
 * bench/bench.h - what a benchmark is: a function that reports figures.
 *
 * Absolute figures move from machine to machine and from day to day, so every
 * benchmark measures what it is compared with in the same run, side by side.
 * `make bench` fails if a figure misses its target.
 *
 * Lives here:   reporting, the real clock, keeping threads on one core.
 * Never here:   what any one benchmark does.
 * Licence: MIT.
 */
#ifndef KW_BENCH_BENCH_H
#define KW_BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>

struct bench {
	const char *name;	/* `make bench BENCH=handover` */
	const char *question;	/* what it measures, one line */
	void (*run)(void);
};

/* every benchmark of benches.def: `bench_handover`, .. */
#define BENCH(name) extern const struct bench bench_##name;
#include "bench/benches.def"
#undef BENCH

uint64_t bench_now_ns(void);			/* the real clock */
uint64_t bench_cpu_ns(void);			/* what all threads of this process used of it */
/* Median of @n values; reorders them. */
double bench_median(double *values, int n);

/* A line of the report.  @unit: "ns", "/s", "x", "MB". */
void bench_figure(const char *what, double value, const char *unit);
/* Prints the figure with its target, which is a lower or an upper bound. */
void bench_at_least(const char *what, double value, double target, const char *unit);
void bench_at_most(const char *what, double value, double target, const char *unit);
/* The figure could not be measured: counts as a missed target, prints @why. */
void bench_failed(const char *what, const char *why);
int bench_missed(void);		/* targets missed so far */

/* Keeps the calling thread, and those it creates, on the core it stands on. */
void bench_one_core(bool on);

#endif
