/*
 * bench/peers/loads_mixed.c - items that compute, sleep, and wait for each other.
 *
 * An item calls blocking_begin() before it waits, if the peer has it, except in the load
 * waits_unannounced.  An item computes for a time on the CPU clock of its thread, so a preempted
 * item still does all its work.
 *
 * Lives here:   mixed work, short items behind sleepers, items that wait for items.
 * Never here:   items that do nothing (loads_flow.c).   Licence: MIT.
 */
#include "bench/bench.h"
#include "bench/peers/load.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/time.h"

#define MIXED 2000
#define MIXED_CPU_US 200
#define MIXED_SLEEP_US 2000
#define SLEEPERS 200
#define SLEEPERS_US 50000
#define SHORTS 2000
#define SHORTS_CPU_US 5
#define WAITS 64

static const struct peer *peer;
static bool announce;

static bool can_announce(const struct peer *p)
{
	return p->blocking_begin != NULL;
}

static void begin_blocking(void)
{
	if (announce && peer->blocking_begin)
		peer->blocking_begin();
}

static void end_blocking(void)
{
	if (announce && peer->blocking_end)
		peer->blocking_end();
}

static void sleep_us(long us)
{
	begin_blocking();
	time_sleep_ns((uint64_t)us * NS_PER_US);
	end_blocking();
}

static void compute_us(long us)
{
	uint64_t end = time_thread_cpu_ns() + (uint64_t)us * 1000;

	while (time_thread_cpu_ns() < end)
		;
}

static double ms_since(uint64_t began)
{
	return (double)(bench_now_ns() - began) / 1e6;
}

/* ---- mixed ------------------------------------------------------------------------ */

static void mixed_item(struct item *it)
{
	(void)it;
	compute_us(MIXED_CPU_US);
	sleep_us(MIXED_SLEEP_US);
	count_item();
}

static const char *mixed(const struct peer *p, double *out, bool announced)
{
	long i, n = bench_scale > 1 ? scaled(MIXED * 3) : MIXED;
	uint64_t began;
	char *items;

	peer = p;
	announce = announced;
	if (!p->open())
		return "would not start";
	items = items_new(p, n, mixed_item);
	began = bench_now_ns();
	for (i = 0; i < n; i++)
		p->queue(item_at(p, items, i));
	p->wait(n, false);
	out[0] = ms_since(began) * MIXED / (double)n;
	return all_counted(n);
}

static const char *run_mixed(const struct peer *p, double *out)
{
	return mixed(p, out, true);
}

static const char *run_mixed_unannounced(const struct peer *p, double *out)
{
	return mixed(p, out, false);
}

#define MIXED_ROW(text) { { text, "ms", .floor_cpu = 1e-3 * MIXED * MIXED_CPU_US } }

const struct load load_mixed = {
	.name = "mixed", .run = run_mixed, .limit_s = 30,
	.row = MIXED_ROW("2000 x (200 us of CPU, 2 ms asleep)"),
};

const struct load load_mixed_unannounced = {
	.name = "mixed_unannounced", .run = run_mixed_unannounced, .suits = can_announce, .limit_s = 30,
	.row = MIXED_ROW("the same, not announced"),
};

/* ---- short items behind sleepers ------------------------------------------------------ */

static _Atomic long shorts_left;
static uint64_t shorts_began;
static double shorts_ms;

static void sleeper(struct item *it)
{
	(void)it;
	sleep_us(SLEEPERS_US);
	count_item();
}

static void short_item(struct item *it)
{
	(void)it;
	compute_us(SHORTS_CPU_US);
	count_item();
	if (atomic_fetch_sub(&shorts_left, 1) == 1)
		shorts_ms = ms_since(shorts_began);
}

static const char *run_sleepers(const struct peer *p, double *out)
{
	long nr_sleepers = bench_scale > 10 ? 4 : SLEEPERS;
	long nr_shorts = bench_scale > 10 ? 40 : SHORTS, i;
	char *sleepers, *shorts;

	peer = p;
	announce = true;
	if (!p->open())
		return "would not start";
	sleepers = items_new(p, nr_sleepers, sleeper);
	shorts = items_new(p, nr_shorts, short_item);
	shorts_left = nr_shorts;
	shorts_began = bench_now_ns();
	for (i = 0; i < nr_sleepers; i++)
		p->queue(item_at(p, sleepers, i));
	for (i = 0; i < nr_shorts; i++)
		p->queue(item_at(p, shorts, i));
	p->wait(nr_sleepers + nr_shorts, false);
	out[1] = ms_since(shorts_began);
	out[0] = shorts_ms;
	return all_counted(nr_sleepers + nr_shorts);
}

const struct load load_sleepers = {
	.name = "sleepers", .run = run_sleepers, .limit_s = 30,
	.row = {
		{ "2000 short items behind 200 sleepers", "ms", .floor_cpu = 1e-3 * SHORTS * SHORTS_CPU_US },
		{ "the same, sleepers of 50 ms included", "ms",
		  .floor = 1e-3 * SLEEPERS_US, .floor_cpu = 1e-3 * SHORTS * SHORTS_CPU_US },
	},
};

/* ---- items that wait for items ----------------------------------------------------------- */

/*
 * Half of the waiters are queued before all answerers and half after them, so that
 * 64 items wait both in a FIFO pool and in a LIFO pool.
 */
#define WAITERS (2 * WAITS)

static sem_t answer[WAITERS];
static uint64_t moved_at[3 * WAITERS + 1];	/* times of progress */
static _Atomic int moves;

static void moved(void)
{
	moved_at[atomic_fetch_add(&moves, 1)] = bench_now_ns();
}

static void waiter(struct item *it)
{
	moved();
	begin_blocking();
	while (sem_wait(&answer[it->n]))
		;
	end_blocking();
	moved();
	count_item();
}

static void answerer(struct item *it)
{
	moved();
	sem_post(&answer[it->n]);
	count_item();
}

static int by_time(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static double longest_stall_ms(void)
{
	uint64_t longest = 0;
	int i;

	qsort(moved_at, (size_t)moves, sizeof(moved_at[0]), by_time);
	for (i = 1; i < moves; i++)
		if (moved_at[i] - moved_at[i - 1] > longest)
			longest = moved_at[i] - moved_at[i - 1];
	return (double)longest / 1e6;
}

static void round_of_waits(char *waiters, char *answerers, long total)
{
	int i;

	moves = 0;
	moved();
	for (i = 0; i < WAITS; i++)
		peer->queue(item_at(peer, waiters, i));
	for (i = 0; i < WAITERS; i++)
		peer->queue(item_at(peer, answerers, i));
	for (i = WAITS; i < WAITERS; i++)
		peer->queue(item_at(peer, waiters, i));
	peer->wait(total, false);
}

/* In the first round the pool creates its threads; the second is measured. */
static const char *waits(const struct peer *p, double *out, bool announced)
{
	char *waiters, *answerers;
	uint64_t began;
	int i;

	peer = p;
	announce = announced;
	if (!p->open())
		return "would not start";
	waiters = items_new(p, WAITERS, waiter);
	answerers = items_new(p, WAITERS, answerer);
	for (i = 0; i < WAITERS; i++) {
		sem_init(&answer[i], 0, 0);
		item_at(p, waiters, i)->n = item_at(p, answerers, i)->n = i;
	}
	round_of_waits(waiters, answerers, 2 * WAITERS);
	began = bench_now_ns();
	round_of_waits(waiters, answerers, 4 * WAITERS);
	out[1] = ms_since(began);
	out[0] = longest_stall_ms();
	return all_counted(4 * WAITERS);
}

static const char *run_waits(const struct peer *p, double *out)
{
	return waits(p, out, true);
}

static const char *run_waits_unannounced(const struct peer *p, double *out)
{
	return waits(p, out, false);
}

const struct load load_waits = {
	.name = "waits", .run = run_waits, .limit_s = 3,
	.row = {
		ROW("64 items wait for others: longest stall", "ms"),
		ROW("the same, until all have run", "ms"),
	},
};

const struct load load_waits_unannounced = {
	.name = "waits_unannounced", .run = run_waits_unannounced, .suits = can_announce, .limit_s = 6,
	.row = {
		ROW("not announced: longest stall", "ms"),
		ROW("the same, until all have run", "ms"),
	},
};
