/*
 * machine/lockstep/baton_internal.h - the two implementations of the baton; for baton*.c only.
 *
 * A kernel thread is either a thread of the operating system (baton_thread.c) or a stack
 * inside one such thread (baton_stack.c), which is switched without a system call.  No other
 * file depends on the difference, and a run gives the same bytes with both.
 *
 * Lives here:   the table of functions that each implements.
 * Never here:   the interface for the other files of lockstep (lockstep_internal.h).
 * Licence: MIT.
 */
#ifndef KW_MACHINE_BATON_H
#define KW_MACHINE_BATON_H

#include <setjmp.h>

#include "machine/lockstep/lockstep_internal.h"

#if defined(__SANITIZE_ADDRESS__)
#define BATON_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BATON_ASAN 1
#endif
#endif
#ifndef BATON_ASAN
#define BATON_ASAN 0
#endif

#if BATON_ASAN
#define BATON_STACK_BYTES ((size_t)4 << 20)	/* red zones enlarge each frame */
#else
#define BATON_STACK_BYTES ((size_t)1 << 20)	/* Lua recursion needs it */
#endif

struct baton {
	bool (*works)(void);		/* in this build, on this computer */
	void (*adopt)(struct task *t);	/* the calling thread becomes @t */
	int (*create)(struct task *t);	/* a thread or stack, parked or new, that will run @t; -EAGAIN */
	unsigned int (*reserve)(unsigned int n);	/* parks new ones until there are @n; returns how many there are */
	void (*pass)(struct task *from, struct task *to);	/* returns when @from has the baton again */
	void (*leave)(struct task *from, struct task *to);	/* @from has ended; does not return */
	void (*abort_all)(void);	/* each thread or stack with a task abandons it and is parked */
};

extern const struct baton baton_threads, baton_stacks;

#endif
