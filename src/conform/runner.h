/*
 * conform/runner.h - one run of a scenario on the engine, under one seed.
 *
 * The machine is that of the measurements: 4 CPUs (or 16), two nodes, voluntary
 * preemption, HZ 250 (1000 for the other kernels), no hog detection and no watchdog
 * unless the scenario sets them.  The seed varies costs, wake latencies, the phase of
 * the tick and ties, but never the length of a burn or a sleep.
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
	bool census;		/* the engine emits its state at each checkpoint, and the model is compared with it */
	const struct mach_choosing *choosing;	/* makes the decisions from t=0 to the end; NULL = the seed */
};

/*
 * Checks for features that the engine lacks.  Return: the line that needs one, with
 * "this engine does not yet ..." in @sentence, or 0 if the scenario can be run.
 */
int runner_lacks(const struct kws *k, char *sentence, size_t size);

/*
 * runner_run - run the scenario
 * @t: open and empty; holds the trace afterwards
 * Return: 0 (also if the scenario times out), -EOVERFLOW (more events than the trace
 *         holds), -EIO (an internal error); with a sentence in @err.  shortage_end() ends a process that
 *         gets no memory or no threads for the machine.
 * Context: a plain thread with no machine running; leaves none.
 */
int runner_run(const struct kws *k, const struct runner_opts *opts, struct trace *t, char *err, size_t err_size);

#endif
