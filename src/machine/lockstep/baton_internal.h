/*
 * machine/lockstep/baton_internal.h - what a way of handing the baton on has to offer; seen only in baton*.c.
 *
 * There are two ways: threads of the operating system that wait for each other,
 * and stacks of one thread that are switched between without a system call.  The
 * machine does not know which it runs on, and the same run gives the same bytes
 * on both.
 *
 * Lives here:   the table of five functions.
 * Never here:   anything the rest of the machine may call (machine_internal.h).   Licence: MIT.
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
#define BATON_STACK_BYTES ((size_t)4 << 20)	/* red zones make frames large */
#else
#define BATON_STACK_BYTES ((size_t)1 << 20)	/* Lua recursion needs it */
#endif

struct baton {
	bool (*works)(void);		/* here, in a program built like this one */
	void (*adopt)(struct task *t);	/* the calling thread becomes @t */
	int (*create)(struct task *t);	/* something (parked or new) that will run @t; -EAGAIN */
	void (*pass)(struct task *from, struct task *to);	/* returns when @from has it again */
	void (*leave)(struct task *from, struct task *to);	/* @from's task is over; does not return */
	void (*abort_all)(void);	/* whatever still has a task drops it and is parked */
};

extern const struct baton baton_threads, baton_stacks;

#endif
