/*
 * base/check.h - bug_on(): our own broken invariant, never a learner's mistake.
 *
 * Prints what broke and where, then whatever the room that set check_context
 * adds (seed, virtual time, last events), and aborts.
 *
 * Lives here:   the one way to die of our own bug.
 * Never here:   input errors (a negative errno), a learner's errors (a message).
 * Licence: MIT.
 */
#ifndef KW_BASE_CHECK_H
#define KW_BASE_CHECK_H

/* Set by whoever can say more (machine/); called once, before abort(). */
extern void (*check_context)(void);

_Noreturn void check_failed(const char *condition, const char *file, int line);

#define bug_on(cond)                                                        \
	do {                                                                \
		if (__builtin_expect(!!(cond), 0))                          \
			check_failed(#cond, __FILE__, __LINE__);            \
	} while (0)

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#endif
