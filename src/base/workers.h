/*
 * base/workers.h - numbered runs, shared out over a few processes.
 *
 * Processes are forked while the caller has no thread; process j plays runs j,
 * j + n, j + 2n, .. one after the other and reports each through a pipe.  There is
 * no queue to share, and when one dies it is known which run it was in: the one
 * after its last report.  That costs its process; a new one goes on behind it.
 *
 * Lives here:   fork, pipes, poll.
 * Never here:   what a run is, output for people.
 * Licence: MIT.
 */
#ifndef KW_BASE_WORKERS_H
#define KW_BASE_WORKERS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORKERS_MAX 64
#define WORKERS_PATIENCE 10

struct workers {
	unsigned int jobs;		/* processes, 1..WORKERS_MAX */
	/*
	 * Runs 0 .. runs - 1.  done() and lost() may lower it: then every run below is
	 * still played and told, so that what is found does not depend on who was faster.
	 */
	uint64_t runs;
	size_t result_bytes;
	unsigned int seconds;		/* of CPU time a run may take, and of real time WORKERS_PATIENCE times that */
	/* In a process of its own: plays @run, fills @result (zeroed).  False: it has no more. */
	bool (*play)(void *arg, unsigned int job, uint64_t run, void *result);
	/* In the caller, in no promised order. */
	void (*done)(void *arg, uint64_t run, const void *result);
	void (*lost)(void *arg, unsigned int job, uint64_t run, int status /* of waitpid */);
	void (*pause)(void *arg);	/* now and then, at most every 100 ms; may be NULL */
	const volatile sig_atomic_t *stop;	/* set: end now; may be NULL */
	void *arg;
};

/* Return: 0, -errno if no process or pipe can be had.  Context: a process without threads. */
int workers_run(struct workers *w);

/*
 * workers_alone - fn(arg) in a process of its own that ends with it
 * Return: status of waitpid, or -errno.
 */
int workers_alone(void (*fn)(void *arg), void *arg, unsigned int seconds);

/* Does a @status of waitpid mean that a run took too long? */
bool workers_timed_out(int status);

#endif
