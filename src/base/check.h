/*
 * base/check.h - bug_on(): aborts on a broken invariant of the program itself.
 *
 * Code calls bug_on() where a condition would mean a fault of this program. check_failed()
 * prints the condition and its place, calls check_context() for further context (seed,
 * virtual time, last events), and aborts.
 *
 * Lives here:   the assertion for faults of this program.
 * Never here:   input errors (a negative errno), a learner's errors (a message).
 * Licence: MIT.
 */
#ifndef KW_BASE_CHECK_H
#define KW_BASE_CHECK_H

#include <stdbool.h>

/* The machine sets it to print more context; called once, before abort(). */
extern void (*check_context)(void);
/* bug_on() does nothing: the engine breaks a rule on purpose (workqueue/belief.c). */
extern bool check_suspended;

_Noreturn void check_failed(const char *condition, const char *file, int line);

#define bug_on(cond)                                                        \
	do {                                                                \
		if (__builtin_expect(!!(cond), 0) && !check_suspended)      \
			check_failed(#cond, __FILE__, __LINE__);            \
	} while (0)

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#endif
