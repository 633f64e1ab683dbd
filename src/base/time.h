/*
 * base/time.h - the real clocks, and durations as text.
 *
 * Virtual time belongs to the machine; here are the clocks that the rest of the
 * program reads for limits and measurements.  No result of a lesson depends on them.
 *
 * Lives here:   monotonic time, CPU time, a pause, "1.005 ms".
 * Never here:   virtual time, calendar days.
 * Context:      any thread.
 * Licence: MIT.
 */
#ifndef KW_BASE_TIME_H
#define KW_BASE_TIME_H

#include <stdint.h>
#include <time.h>

#define NS_PER_US UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)

static inline uint64_t time_read_ns(clockid_t clock)
{
	struct timespec ts;

	return clock_gettime(clock, &ts) ? 0 : (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

/* Since an unknown moment; never goes back. */
static inline uint64_t time_now_ns(void)
{
	return time_read_ns(CLOCK_MONOTONIC);
}

uint64_t time_thread_cpu_ns(void);	/* CPU time of the calling thread */
uint64_t time_process_cpu_ns(void);	/* of all threads of this process */
uint64_t time_children_cpu_ns(void);	/* of all child processes that have ended and been waited for */
uint64_t time_cpu_ns_of(int pid);	/* of another process; 0 if there is none */

/* Sleeps for @ns, or less if a signal arrives. */
void time_sleep_ns(uint64_t ns);

/* A result to be printed at once: printf("%s", time_text(ns).text). */
struct time_text {
	char text[32];
};

/* "1.005 ms"; from 10 s "12.345 s".  Rounded to the last decimal. */
struct time_text time_text(uint64_t ns);
/* "1.0 ms", "12.3 s". */
struct time_text time_text_short(uint64_t ns);
/* Always in ms, "12345.000 ms": for columns of times. */
struct time_text time_text_ms(uint64_t ns);

#endif
