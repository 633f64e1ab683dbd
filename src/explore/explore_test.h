/*
 * explore/explore_test.h - a C test for `kworkshop explore FILE.c`.
 *
 * Such a file is kernel code: workqueues, threads, locks, atomics and timers by the
 * kernel's names (workqueue/workqueue.h, machine/kapi.h, machine/machine.h).  It has
 * one function
 *
 *	void explore_main(void)
 *
 * which runs as a kernel thread "main" on CPU 0 of a machine in lockstep, once for
 * each schedule.  A run holds when explore_main() returns, every explore_check()
 * held, and no invariant broke and no BUG was reported that the file does not expect.
 * A run in which nothing else can happen before explore_main() has returned fails.
 * Globals are as the file initialises them at the start of each run.
 *
 * The file may say what machine it wants:
 *
 *	const struct explore_machine explore_machine = { .cpus = 2, .jitter = 0.2 };
 *
 * Time passes only in kernel calls: a loop that waits for a variable needs
 * cpu_relax().  Shared data are struct katomic (katomic_read(), katomic_set(), ..)
 * or behind a lock: plain variables are no choice points.
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
	uint64_t ms_max;	/* virtual time a run may take; 0 = 10 s */
};

void explore_main(void);
extern const struct explore_machine explore_machine;	/* optional */

/*
 * explore_check - the run fails if @cond is false, and ends there
 * Context: any.
 */
#define explore_check(cond)                                                        \
	do {                                                                       \
		if (!(cond))                                                       \
			explore_check_failed(#cond, __FILE__, __LINE__);           \
	} while (0)
void explore_check_failed(const char *condition, const char *file, int line);

/* From here on a BUG of this kind is no failure.  Context: any. */
void explore_expect(enum trace_bug kind);

/* A thread on @cpu (-1: any) that starts now; explore_join() waits for its end.  Context: task. */
struct task *explore_thread(const char *name, int (*fn)(void *data), void *data, int cpu);
static inline void explore_join(struct task *t)
{
	kthread_wait_exit(t);
}

#endif
