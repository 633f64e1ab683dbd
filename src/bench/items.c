/*
 * bench/items.c - free mode: the time of an item, and the time that tracing adds.
 *
 * One producer queues items that it owns; each item computes for about a microsecond,
 * or does nothing.  Many short rounds, alternately with and without tracing, are
 * compared in pairs, because the speed of the computer varies; the figure is the median
 * of the ratios.  Lost events fail the benchmark, because a trace that loses events costs less.
 *
 * Lives here:   these figures (target: tracing adds at most 10 % to items of 1 us).
 * Never here:   lockstep, correctness.   Licence: MIT.
 */
#include "bench/bench.h"

#include <stdatomic.h>
#include <stdio.h>

#include "machine/machine.h"
#include "trace/ring.h"
#include "workqueue/workqueue.h"

#define ITEMS 2000
#define BATCHES 8
#define ROUNDS 41
#define TRACE_TARGET 1.10

static struct work_struct items[ITEMS];
static unsigned int spins;	/* iterations of compute() that take about 1 us */
static unsigned int work_spins;

struct written {		/* sums of all traced rounds */
	uint64_t events, bytes, lost, items;
};

/* A chain of multiplications in registers: its speed does not depend on caches. */
static __attribute__((noinline)) void compute(unsigned int turns)
{
	uint64_t x = turns;

	while (turns--) {
		x *= 0x9e3779b97f4a7c15u;
		__asm__ volatile("" : "+r"(x));
	}
}

/*
 * Called before each pair of rounds, because the speed of the computer varies: the
 * iterations of a microsecond measured at a slow time take less at a fast time.
 */
static void calibrate(void)
{
	double best = 1e9;
	int i;

	for (i = 0; i < 200; i++) {
		uint64_t began = bench_now_ns();
		double ns;

		compute(5000);
		ns = (double)(bench_now_ns() - began) / 5000;
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

/* ns per item, from the first queue_work() to the end of the last item; < 0: the machine did not start. */
static double round_ns(struct trace *t)
{
	struct machine_config cfg = { .mode = MACH_FREE, .nr_cpus = 2 };
	struct workqueue_struct *wq;
	uint64_t began;
	int i, b;

	if (machine_start(&cfg, t, workqueue_boot))
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
	return (double)began / (ITEMS * BATCHES);
}

static double traced_ns(struct written *sum)
{
	struct trace_store s;
	struct trace_event ev;
	struct ev_DROPPED d;
	struct trace t;
	double ns;

	if (trace_open(&t, -1, 0, 0))
		return -1;
	ns = round_ns(&t);
	sum->events += t.events;
	sum->bytes += t.used;
	sum->items += ITEMS * BATCHES;
	if (trace_store_borrow(&s, &t) < 0)
		return -1;
	trace_store_poll(&s);
	for (uint64_t n = 1; trace_store_event(&s, n, &ev); n++)
		if (trace_get_DROPPED(&ev, &d))
			sum->lost += d.events;
	trace_store_close(&s);
	trace_close(&t);
	return ns;
}

static bool measure(bool works, double *off, double *on, double *ratio, struct written *sum)
{
	double offs[ROUNDS], ons[ROUNDS], ratios[ROUNDS];
	int i;

	*sum = (struct written){ .events = 0 };
	for (i = 0; i < ROUNDS; i++) {
		calibrate();
		work_spins = works ? spins : 0;
		if (i % 2)
			ons[i] = traced_ns(sum);
		offs[i] = round_ns(NULL);
		if (i % 2 == 0)
			ons[i] = traced_ns(sum);
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
	struct written sum;
	double off, on, ratio;

	if (!measure(false, &off, &on, &ratio, &sum)) {
		bench_failed("items", "no memory, or this computer cannot host the threads");
		return;
	}
	bench_figure("an empty item, queued, run and flushed", off, "ns");
	bench_figure("the same, traced", on, "ns");
	bench_figure("events lost of one", (double)sum.lost / (double)sum.items, "");
	if (!measure(true, &off, &on, &ratio, &sum))
		return;
	bench_figure("an item of 1 us", off, "ns");
	bench_figure("the same, traced", on, "ns");
	bench_figure("events of one", (double)sum.events / (double)sum.items, "");
	bench_figure("bytes of them in the log", (double)sum.bytes / (double)sum.items, "B");
	bench_at_most("events lost", (double)sum.lost, 0, "");
	bench_at_most("tracing items of 1 us: traced / not", ratio, TRACE_TARGET, "x");
}

const struct bench bench_items = {
	.name = "items",
	.question = "free mode: the cost of an item, without and with tracing",
	.run = items_run,
};
