/*
 * bench/items.c - free mode: items a second, and what tracing them adds.
 *
 * One producer queues items that its caller owns; each computes for about a
 * microsecond, or does nothing.  The same with a trace and without, in turns.
 *
 * Lives here:   those figures (mark: tracing adds at most 10 % to items of 1 us).
 * Never here:   lockstep, correctness.   Licence: MIT.
 */
#include "bench/bench.h"

#include <stdatomic.h>
#include <stdio.h>

#include "machine/machine.h"
#include "workqueue/workqueue.h"

#define ITEMS 1000
#define BATCHES 40
#define ROUNDS 9
#define TRACE_MARK 1.10

static struct work_struct items[ITEMS];
static unsigned int spins;	/* turns of the loop below that take about 1 us */
static unsigned int work_spins;

static void compute(unsigned int turns)
{
	volatile unsigned int sink = 0;

	while (turns--)
		sink = sink + turns;
}

static void calibrate(void)
{
	double best = 1e9;
	int i;

	for (i = 0; i < 20; i++) {
		uint64_t began = bench_now_ns();
		double ns;

		compute(100000);
		ns = (double)(bench_now_ns() - began) / 100000;
		if (ns < best)
			best = ns;
	}
	spins = (unsigned int)(1000 / best);
}

static void item(struct work_struct *work)
{
	(void)work;
	compute(work_spins);
}

/* ns an item from the first queueing to the last end; < 0: could not run. */
static double round_ns(bool traced)
{
	struct machine_config cfg = { .mode = MACH_FREE, .nr_cpus = 2 };
	struct workqueue_struct *wq;
	struct trace t;
	uint64_t began;
	int i, b;

	if (traced && trace_open(&t, -1, 0, 0))
		return -1;
	if (machine_start(&cfg, traced ? &t : NULL, workqueue_boot))
		return -1;
	wq = alloc_workqueue("bench", 0, 0);
	for (i = 0; i < ITEMS; i++)
		INIT_WORK(&items[i], item);
	began = bench_now_ns();
	for (b = 0; b < BATCHES; b++) {
		for (i = 0; i < ITEMS; i++)
			queue_work(wq, &items[i]);
		flush_workqueue(wq);
	}
	began = bench_now_ns() - began;
	destroy_workqueue(wq);
	machine_stop();
	if (traced)
		trace_close(&t);
	return (double)began / (ITEMS * BATCHES);
}

static bool measure(double *off, double *on, double *ratio)
{
	double offs[ROUNDS], ons[ROUNDS], ratios[ROUNDS];
	int i;

	for (i = 0; i < ROUNDS; i++) {
		offs[i] = round_ns(false);
		ons[i] = round_ns(true);
		if (offs[i] < 0 || ons[i] < 0)
			return false;
		ratios[i] = ons[i] / offs[i];
	}
	*off = bench_median(offs, ROUNDS);
	*on = bench_median(ons, ROUNDS);
	*ratio = bench_median(ratios, ROUNDS);
	return true;
}

static void items_run(void)
{
	double off, on, ratio;

	calibrate();
	work_spins = 0;
	if (!measure(&off, &on, &ratio)) {
		bench_failed("items", "no memory, or this computer cannot host the threads");
		return;
	}
	bench_figure("an empty item, queued, run and flushed", off, "ns");
	bench_figure("the same, traced", on, "ns");
	work_spins = spins;
	if (!measure(&off, &on, &ratio))
		return;
	bench_figure("an item of 1 us", off, "ns");
	bench_figure("the same, traced", on, "ns");
	bench_at_most("tracing items of 1 us: traced / not", ratio, TRACE_MARK, "x");
}

const struct bench bench_items = {
	.name = "items",
	.question = "free mode: what an item costs, and what tracing adds",
	.run = items_run,
};
