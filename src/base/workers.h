/*
 * base/workers.h - distributes numbered runs over several processes.
 *
 * workers_run() forks the processes, so the caller must have no other thread.
 * Process j of n executes runs j, j + n, j + 2n, ... and writes the result of each to
 * a pipe.  No queue is shared, and when a process dies, the run after its last
 * result is the one that killed it: lost() is called for that run, and a new process
 * continues with the next one.
 *
 * Lives here:   fork, pipes, poll.
 * Never here:   the work of a run, output for people.
 * Licence: MIT.
 */
#ifndef KW_BASE_WORKERS_H
#define KW_BASE_WORKERS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORKERS_MAX 64
#define WORKERS_PATIENCE 10		/* real-time limit of a run, in units of its CPU-time limit */

struct workers {
	unsigned int jobs;		/* processes, 1..WORKERS_MAX */
	/*
	 * Runs 0 .. runs - 1 are executed.  done() and lost() may lower it; all runs below the
	 * new bound are still executed and reported, so the outcome does not depend on the
	 * speed of the processes.
	 */
	uint64_t runs;
	size_t result_bytes;
	unsigned int seconds;		/* CPU-time limit of a run; real time: WORKERS_PATIENCE times as long */
	/* Called in a child process: executes @run, fills @result (zeroed).  False: no run is left. */
	bool (*play)(void *arg, unsigned int job, uint64_t run, void *result);
	/* Called in the parent, in any order. */
	void (*done)(void *arg, uint64_t run, const void *result);
	void (*lost)(void *arg, unsigned int job, uint64_t run, int status /* of waitpid */);
	void (*pause)(void *arg);	/* called in the parent about every 100 ms; may be NULL */
	const volatile sig_atomic_t *stop;	/* nonzero: stop; may be NULL */
	void *arg;
};

/* Return: 0, or -errno if a fork() or pipe() fails.  Context: a process without other threads. */
int workers_run(struct workers *w);

/*
 * workers_alone - call fn(arg) in a child process and wait for its end
 * Return: the status from waitpid(), or -errno.
 */
int workers_alone(void (*fn)(void *arg), void *arg, unsigned int seconds);

/* True if @status (from waitpid()) means that the run exceeded its time limit. */
bool workers_timed_out(int status);

#endif
