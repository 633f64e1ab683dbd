/*
 * bench/peers/peer_futex.c - the floor of start latency: one thread that sleeps on a futex.
 *
 * It is not a pool: it holds one item at a time, which suffices for load_start.
 *
 * Lives here:   struct peer for a bare futex wake.
 * Never here:   loads.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "base/futex.h"
#include "bench/peers/peer.h"

#include <pthread.h>
#include <stdatomic.h>

static _Atomic int word;		/* 1: the slot has an item */
static struct item *_Atomic slot;

static void *worker(void *arg)
{
	for (;;) {
		while (atomic_load_explicit(&word, memory_order_acquire) == 0)
			futex_wait(&word, 0);
		atomic_store_explicit(&word, 0, memory_order_relaxed);
		run_item(atomic_load_explicit(&slot, memory_order_relaxed));
	}
	return arg;
}

static bool open_futex(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, worker, NULL) == 0;
}

static void queue(struct item *it)
{
	atomic_store_explicit(&slot, it, memory_order_relaxed);
	atomic_store_explicit(&word, 1, memory_order_release);
	futex_wake(&word);
}

static void wait_all(long total, bool chained)
{
	(void)chained;
	wait_counted(total);
}

const struct peer peer_futex = {
	.name = "floor",
	.item_size = sizeof(struct item),
	.open = open_futex,
	.queue = queue,
	.wait = wait_all,
};
