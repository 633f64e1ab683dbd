/*
 * conform/runner.h - one run of a scenario on the engine, under one seed.
 *
 * The machine of the measurements: 4 CPUs (or 16), two nodes, voluntary
 * preemption, HZ 250 (1000 for the other kernels), no hog detection and no
 * watchdog unless asked for.  The seed varies costs, wake latencies, the phase
 * of the tick and ties, never the length of a burn or a sleep.
 *
 * Lives here:   scenario + seed -> a trace.
 * Never here:   judging it (record.h, facts.h).
 * Licence: MIT.
 */
#ifndef KW_CONFORM_RUNNER_H
#define KW_CONFORM_RUNNER_H

#include "conform/kws.h"

struct mach_choosing;
struct trace;

#define RUNNER_LOG_BYTES ((size_t)192 << 20)

struct runner_opts {
	uint64_t seed;
	bool census;		/* the engine says what it believes at each checkpoint: model is compared */
	const struct mach_choosing *choosing;	/* who is asked from t=0 to the end; NULL = the seed */
};

/*
 * What the engine lacks for this scenario.  Return: the line that needs it and in
 * @sentence "this engine does not yet ...", or 0 if it can be run.
 */
int runner_lacks(const struct kws *k, char *sentence, size_t size);

/*
 * runner_run - let it happen
 * @t: open and empty; holds the trace afterwards
 * Return: 0 (a scenario that times out is a result), -EOVERFLOW (it floods the trace),
 *         -EAGAIN (this computer cannot host the threads), -ENOMEM, -EIO (something of
 *         ours went wrong); @err says what.
 * Context: a plain thread with no machine running; leaves none.
 */
int runner_run(const struct kws *k, const struct runner_opts *opts, struct trace *t, char *err, size_t err_size);

#endif
