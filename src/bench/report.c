/*
 * bench/report.c - the clock, the median, and the lines a benchmark prints.
 *
 * kw-bench (main.c) and kw-bench-peers (peers/main.c) are both linked with it.
 *
 * Lives here:   figures and targets as text, the number of missed targets, the real clock.
 * Never here:   measurements.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "bench/bench.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"

static int missed;

uint64_t bench_now_ns(void)
{
	return time_now_ns();
}

uint64_t bench_cpu_ns(void)
{
	return time_process_cpu_ns();
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof(values[0]), by_value);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static void print_figure(const char *what, double value, const char *unit)
{
	printf("  %-52s %12.*f %-3s", what, value >= 1000 ? 0 : value >= 10 ? 1 : 2, value, unit);
}

void bench_figure(const char *what, double value, const char *unit)
{
	print_figure(what, value, unit);
	putchar('\n');
	fflush(stdout);
}

static void print_target(const char *what, double value, const char *how, double target, const char *unit, bool ok)
{
	print_figure(what, value, unit);
	printf("  %s %g: %s\n", how, target, ok ? "ok" : "MISSED");
	fflush(stdout);
	missed += !ok;
}

void bench_at_least(const char *what, double value, double target, const char *unit)
{
	print_target(what, value, "at least", target, unit, value >= target);
}

void bench_at_most(const char *what, double value, double target, const char *unit)
{
	print_target(what, value, "at most", target, unit, value <= target);
}

void bench_failed(const char *what, const char *why)
{
	printf("  %-52s %s: MISSED\n", what, why);
	fflush(stdout);
	missed++;
}

void bench_one_core(bool on)
{
	static cpu_set_t before;
	cpu_set_t one;

	if (!on) {
		pthread_setaffinity_np(pthread_self(), sizeof(before), &before);
		return;
	}
	pthread_getaffinity_np(pthread_self(), sizeof(before), &before);
	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
}

int bench_missed(void)
{
	return missed;
}
