/*
 * bench/peers/loads_rest.c - start latency, memory, delayed items.
 *
 * Lives here:   loads that do not measure throughput.
 * Never here:   many items at once (loads_flow.c, loads_mixed.c).   Licence: MIT.
 */
#include "bench/bench.h"
#include "bench/peers/load.h"
#include "bench/peers/malloc_count.h"

#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"

/* ---- from idle ----------------------------------------------------------------------- */

#define STARTS 250
#define IDLE_US 1000

static volatile uint64_t started_at;

static void note_start(struct item *it)
{
	(void)it;
	started_at = bench_now_ns();
	count_item();
}

/* The producer sleeps right after queueing, so that its core is idle. */
static const char *run_start(const struct peer *p, double *out)
{
	static double us[STARTS];
	struct item *it;
	uint64_t began;
	int i, n = bench_scale > 1 ? (int)scaled(STARTS * 2) : STARTS;

	if (!p->open())
		return "would not start";
	it = item_at(p, items_new(p, 1, note_start), 0);
	for (i = -5; i < n; i++) {
		time_sleep_ns(IDLE_US * NS_PER_US);
		began = bench_now_ns();
		p->queue(it);
		time_sleep_ns(IDLE_US * NS_PER_US / 4);
		p->wait(i + 6, false);
		if (i >= 0)
			us[i] = (double)(started_at - began) / 1e3;
	}
	out[0] = bench_median(us, n);	/* sorts us[] */
	out[1] = us[n * 99 / 100];
	return all_counted(n + 5);
}

const struct load load_start = {
	.name = "start", .run = run_start, .limit_s = 20,
	.row = {
		ROW("start from idle, p50", "us"),
		ROW("start from idle, p99", "us"),
	},
};

/* ---- memory -------------------------------------------------------------------------------- */

#define QUEUED 100000
#define GATES 16		/* more than the threads of a pool of fixed size */

static sem_t gate;
static const struct peer *gated;

/* Calls blocking_begin() if possible, so that the pool creates its threads before the measurement. */
static void at_the_gate(struct item *it)
{
	(void)it;
	if (gated->blocking_begin)
		gated->blocking_begin();
	while (sem_wait(&gate))
		;
	if (gated->blocking_end)
		gated->blocking_end();
	count_item();
}

static void nothing(struct item *it)
{
	(void)it;
	count_item();
}

/* Runs a few items, so that the pool has allocated what it needs. */
static void warm_up(const struct peer *p, char *items, long n, long counted)
{
	long i;

	for (i = 0; i < n; i++)
		p->queue(item_at(p, items, i));
	p->wait(counted, false);
}

static const char *run_memory(const struct peer *p, double *out)
{
	char *few = items_new(p, 256, nothing), *gates = items_new(p, GATES, at_the_gate);
	long i, n = scaled(QUEUED), mallocs;
	char *items = items_new(p, n, nothing);
	long before = proc_status("RssAnon:");

	if (!p->open())
		return "would not start";
	warm_up(p, few, 256, 256);
	time_sleep_ns(20000 * NS_PER_US);
	out[0] = (double)(proc_status("RssAnon:") - before);
	out[1] = (double)proc_status("Threads:") - 1;
	sem_init(&gate, 0, 0);
	gated = p;
	for (i = 0; i < GATES; i++)
		p->queue(item_at(p, gates, i));
	time_sleep_ns(50000 * NS_PER_US);
	before = proc_status("RssAnon:");
	mallocs_begin();
	for (i = 0; i < n; i++)
		p->queue(item_at(p, items, i));
	mallocs = mallocs_end();
	out[2] = (double)(proc_status("RssAnon:") - before) * 1024 / n;
	out[3] = mallocs < 0 ? mallocs : (double)mallocs / n;
	out[4] = (double)(p->item_size - sizeof(struct item));
	for (i = 0; i < GATES; i++)
		sem_post(&gate);
	p->wait(256 + GATES + n, false);
	return all_counted(256 + GATES + n);
}

const struct load load_memory = {
	.name = "memory", .run = run_memory, .limit_s = 20,
	.row = {
		ROW("memory of an idle pool", "kB"),
		ROW("threads of an idle pool", ""),
		ROW("memory the pool takes for a queued item", "B"),
		ROW("mallocs for a queued item", ""),
		ROW("its part of the caller's own item", "B"),
	},
};

/* ---- delayed -------------------------------------------------------------------------------- */

#define DELAYED 100000

static bool has_delayed(const struct peer *p)
{
	return p->delayed_size != 0;
}

/* Between 60 and 125 s, in no order: no timer expires during the measurement. */
static unsigned int delay_ms(unsigned int i)
{
	return 60000 + (i * 2654435761u >> 16);
}

static const char *delayed_round(const struct peer *p, char *all, unsigned int n, double *out)
{
	uint64_t began = bench_now_ns();
	unsigned int i, cancelled = 0;

	for (i = 0; i < n; i++)
		p->delayed_arm((struct delayed *)(all + i * p->delayed_size), delay_ms(i));
	out[0] = (double)(bench_now_ns() - began) / n;
	began = bench_now_ns();
	for (i = 0; i < n; i++)
		cancelled += p->delayed_cancel((struct delayed *)(all + i * p->delayed_size));
	out[1] = (double)(bench_now_ns() - began) / n;
	out[2] = out[0] + out[1];
	return cancelled == n ? NULL : "a delayed item was not armed when it was cancelled";
}

static const char *run_delayed(const struct peer *p, double *out)
{
	unsigned int i, n = (unsigned int)scaled(DELAYED);
	char *all = calloc(n, p->delayed_size);
	const char *why;

	if (!all || !p->open())
		return "would not start";
	for (i = 0; i < n; i++)
		p->delayed_init((struct delayed *)(all + i * p->delayed_size));
	why = delayed_round(p, all, n / 20, out);
	return why ? why : delayed_round(p, all, n, out);
}

const struct load load_delayed = {
	.name = "delayed", .run = run_delayed, .suits = has_delayed, .limit_s = 20,
	.row = {
		ROW("100,000 delayed items: arm one", "ns"),
		ROW("100,000 delayed items: cancel one", "ns"),
		ROW("both", "ns"),
	},
};
