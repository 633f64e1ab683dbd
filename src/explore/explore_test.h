/*
 * explore/explore_test.h - a C test for `kworkshop explore FILE.c`.
 *
 * Such a file is kernel code that uses workqueues, threads, locks, atomics and timers by
 * the kernel's names (workqueue/workqueue.h, machine/kapi.h, machine/machine.h).  It has
 * one function
 *
 *	void explore_main(void)
 *
 * which runs as a kernel thread "main" on CPU 0 of a machine in lockstep, once for each
 * schedule.  A run holds if explore_main() returns, every explore_check() held, and there
 * was no broken invariant and no BUG that the file does not expect.  A run fails if
 * nothing else can happen before explore_main() has returned.  Each run begins with the
 * file's initial values of its global variables.
 *
 * The file may describe its machine:
 *
 *	const struct explore_machine explore_machine = { .cpus = 2, .jitter = 0.2 };
 *
 * Time passes only in kernel calls: a loop that waits for a variable must call
 * cpu_relax().  Shared data must be struct katomic (katomic_read(), katomic_set(), ..) or
 * protected by a lock: an access to a plain variable is not a decision of the explorer.
 *
 * Licence: MIT.
 */
#ifndef KW_EXPLORE_EXPLORE_TEST_H
#define KW_EXPLORE_EXPLORE_TEST_H

#include "machine/machine.h"
#include "workqueue/workqueue.h"

struct explore_machine {
	int cpus;		/* 1..64; 0 = 2 */
	int nodes;		/* 0 = 1 */
	unsigned long hz;	/* 0 = 1000 */
	enum mach_preempt preempt;
	double jitter;		/* burns, sleeps, arrivals and timers vary by this share */
	uint64_t ms_max;	/* limit of virtual time per run; 0 = 10 s */
};

void explore_main(void);
extern const struct explore_machine explore_machine;	/* optional */

/*
 * explore_check - fail the run and end it if @cond is false
 * Context: any.
 */
#define explore_check(cond)                                                        \
	do {                                                                       \
		if (!(cond))                                                       \
			explore_check_failed(#cond, __FILE__, __LINE__);           \
	} while (0)
void explore_check_failed(const char *condition, const char *file, int line);

/* A BUG of this kind is no failure in the rest of the run.  Context: any. */
void explore_expect(enum trace_bug kind);

/* Starts a thread on @cpu (-1: any); explore_join() waits for its end.  Context: task. */
struct task *explore_thread(const char *name, int (*fn)(void *data), void *data, int cpu);
static inline void explore_join(struct task *t)
{
	kthread_wait_exit(t);
}

#endif
