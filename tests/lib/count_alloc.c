/*
 * tests/lib/count_alloc.c - a program on the library that counts every allocation.
 *
 * malloc() and its relatives are the counter's, for the library, libc and libuv alike.
 * 100,000 items are queued, delayed, cancelled, flushed; not one of these calls may allocate.
 * (A worker that another worker makes is made with memory: so the caller's thread counts.)
 *
 * Lives here:   the queueing path under a counter; printed on standard output (tests/free_lib.c).
 * Never here:   the counter (src/bench/peers/malloc_count.c), anything else from outside the library.
 * Rules:        R2.1 (any context may queue), joints: nothing allocated per item.   Licence: MIT.
 */
#define _GNU_SOURCE
#include <cmwq.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/peers/malloc_count.h"

#define CALLS 100000
#define ITEMS 64

static _Atomic long runs;

static void run(struct work_struct *work)
{
	(void)work;
	atomic_fetch_add(&runs, 1);
}

static struct work_struct items[ITEMS];
static struct delayed_work later[ITEMS];

static void queue_all(struct workqueue_struct *wq, long n)
{
	for (long i = 0; i < n; i++) {
		queue_work(wq, &items[i % ITEMS]);
		queue_delayed_work(wq, &later[i % ITEMS], (unsigned long)i % 3 ? 1000 : 0);
		if (i % 7 == 0)
			flush_work(&items[i % ITEMS]);
		if (i % 5 == 0)
			cancel_work(&items[i % ITEMS]);
		if (i % 2 == 0)
			cancel_delayed_work(&later[i % ITEMS]);
		if (i % 11 == 0)
			mod_delayed_work(wq, &later[i % ITEMS], 2000);
	}
	for (int i = 0; i < ITEMS; i++)
		cancel_delayed_work_sync(&later[i]);
}

/* @max_active small: so some of them wait as inactive ones too. */
static long count_on(unsigned int flags)
{
	struct workqueue_struct *wq = alloc_workqueue("counted", flags, 2);
	long allocations;

	for (int i = 0; i < ITEMS; i++) {
		INIT_WORK(&items[i], run);
		INIT_DELAYED_WORK(&later[i], run);
	}
	queue_all(wq, 2000);
	flush_workqueue(wq);
	mallocs_begin();
	queue_all(wq, CALLS);
	allocations = mallocs_end();
	destroy_workqueue(wq);
	return allocations > 0 ? allocations : 0;	/* -1: the calls are made and not counted */
}

int main(void)
{
	struct cmwq_config cfg = { .nr_cpus = 2 };
	void *volatile probe;
	long bound, unbound;

	if (cmwq_start(&cfg))
		return 1;
	bound = count_on(0);
	unbound = count_on(WQ_UNBOUND);
	printf("allocations: %ld bound, %ld unbound\n", bound, unbound);
	if (cmwq_stop() || !atomic_load(&runs))
		return 1;
	mallocs_begin();
	probe = malloc(1);	/* does it count? */
	free(probe);
	return mallocs_end() == 0;
}
