/*
 * base/time.c - see time.h.   Licence: MIT.
 */
#include "base/time.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>

#define SECONDS_FROM (10 * NS_PER_S)	/* a longer time is written in seconds */

uint64_t time_thread_cpu_ns(void)
{
	return time_read_ns(CLOCK_THREAD_CPUTIME_ID);
}

uint64_t time_process_cpu_ns(void)
{
	return time_read_ns(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t time_children_cpu_ns(void)
{
	struct rusage used;

	if (getrusage(RUSAGE_CHILDREN, &used))
		return 0;
	return ((uint64_t)used.ru_utime.tv_sec + (uint64_t)used.ru_stime.tv_sec) * NS_PER_S +
	       ((uint64_t)used.ru_utime.tv_usec + (uint64_t)used.ru_stime.tv_usec) * NS_PER_US;
}

uint64_t time_cpu_ns_of(int pid)
{
	clockid_t clock;

	return pid <= 0 || clock_getcpuclockid(pid, &clock) ? 0 : time_read_ns(clock);
}

void time_sleep_ns(uint64_t ns)
{
	const struct timespec length = { (time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S) };

	nanosleep(&length, NULL);
}

/* @ns in @unit_ns with @decimals, by integers: a double has no exact 1.005. */
static struct time_text rounded(uint64_t ns, uint64_t unit_ns, int decimals, const char *unit)
{
	uint64_t parts = 1, part_ns, n;
	struct time_text t;

	for (int i = 0; i < decimals; i++)
		parts *= 10;
	part_ns = unit_ns / parts;
	n = ns / part_ns + (ns % part_ns >= part_ns / 2);
	snprintf(t.text, sizeof(t.text), "%" PRIu64 ".%0*" PRIu64 " %s", n / parts, decimals, n % parts, unit);
	return t;
}

struct time_text time_text(uint64_t ns)
{
	return ns < SECONDS_FROM ? rounded(ns, NS_PER_MS, 3, "ms") : rounded(ns, NS_PER_S, 3, "s");
}

struct time_text time_text_short(uint64_t ns)
{
	return ns < SECONDS_FROM ? rounded(ns, NS_PER_MS, 1, "ms") : rounded(ns, NS_PER_S, 1, "s");
}

struct time_text time_text_ms(uint64_t ns)
{
	return rounded(ns, NS_PER_MS, 3, "ms");
}
