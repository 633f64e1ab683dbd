/*
 * bench/schedules.c - the number of schedules of a scenario that are run and checked per second.
 *
 * One schedule is the work of `kworkshop conform --seeds` for one seed: boot, run, read
 * the facts from the trace, compare them, check every invariant.  The measure is CPU
 * time of the process, on one core.  Both implementations of the baton are measured;
 * the target is for stacks, with the first scenario.
 *
 * Lives here:   the rates of both implementations.
 * Never here:   the equality of their traces (tests/sweep_baton.c).   Licence: MIT.
 */
#include "bench/bench.h"

#include <stdio.h>
#include <string.h>

#include "conform/seed_run.h"
#include "machine/machine.h"

#define TARGET 2000
#define ROUNDS 5
#define SECONDS 0.3		/* of CPU time per round */

static const char *const names[] = { "double_queue", "cancel_sync_requeue", "max_active_fifo" };

/* Seeds per second of CPU time; 0 if a run failed. */
static double rate(const struct seed_run_file *file, uint64_t *seed, uint64_t *events)
{
	static struct seed_run_result res;
	uint64_t began = bench_cpu_ns(), now = began, n = 0;

	while ((double)(now - began) < SECONDS * 1e9) {
		memset(&res, 0, sizeof(res));
		seed_run_one(file, ++*seed, false, &res);
		if (res.err || res.failed)
			return 0;
		*events += res.events;
		n++;
		now = bench_cpu_ns();
	}
	return (double)n * 1e9 / (double)(now - began);
}

static void measure(const struct seed_run_file *file, const char *way)
{
	double rates[ROUNDS];
	uint64_t seed = 0, events = 0;
	char what[80];

	machine_baton_override(way);
	snprintf(what, sizeof(what), "%s on %s", file->k->name, way);
	for (int i = 0; i < ROUNDS; i++) {
		rates[i] = rate(file, &seed, &events);
		if (rates[i] <= 0) {
			bench_failed(what, "a run went wrong");
			return;
		}
	}
	if (file->k->name[0] == 'd' && !strcmp(way, "stacks"))
		bench_at_least(what, bench_median(rates, ROUNDS), TARGET, "/s");
	else
		bench_figure(what, bench_median(rates, ROUNDS), "/s");
	/* two versions of the engine may emit different numbers of events in a run: this compares them */
	snprintf(what, sizeof(what), "%s on %s, an event", file->k->name, way);
	bench_figure(what, 1e9 / bench_median(rates, ROUNDS) * (double)seed / (double)events, "ns");
}

static void schedules_run(void)
{
	static struct kws k;
	struct facts f;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[200], err[300] = "";

		snprintf(path, sizeof(path), "tests/scenarios/%s.kws", names[i]);
		if (kws_load(&k, path, err, sizeof(err))) {
			bench_failed(names[i], err);
			continue;
		}
		snprintf(path, sizeof(path), "tests/scenarios/%s.facts", names[i]);
		if (facts_load(&f, &k, path, err, sizeof(err))) {
			bench_failed(names[i], err);
		} else {
			struct seed_run_file file = { &k, &f };

			measure(&file, "stacks");
			measure(&file, "threads");
			facts_fini(&f);
		}
		kws_fini(&k);
	}
	machine_baton_override(NULL);
}

const struct bench bench_schedules = {
	.name = "schedules",
	.question = "schedules of a scenario run and checked per second, on one core",
	.run = schedules_run,
};
