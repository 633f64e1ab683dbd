/*
 * bench/peers/peer_plain.c - what one writes oneself: a list, a mutex, a condition.
 *
 * A thread a CPU.  The link is part of the item, so that queueing allocates
 * nothing: the best such a pool can be.
 *
 * Lives here:   that pool, behind the table of peer.h.
 * Never here:   loads.   Licence: MIT.
 */
#include "bench/peers/peer.h"

#include <pthread.h>

struct plain_item {
	struct item item;
	struct plain_item *next;
};

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t more, none;
	struct plain_item *first, **end;
	long unfinished;
} pool = { .mutex = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER,
	   .none = PTHREAD_COND_INITIALIZER, .end = &pool.first };

static void *worker(void *arg)
{
	pthread_mutex_lock(&pool.mutex);
	for (;;) {
		struct plain_item *p = pool.first;

		if (!p) {
			pthread_cond_wait(&pool.more, &pool.mutex);
			continue;
		}
		pool.first = p->next;
		if (!pool.first)
			pool.end = &pool.first;
		pthread_mutex_unlock(&pool.mutex);
		run_item(&p->item);
		pthread_mutex_lock(&pool.mutex);
		if (--pool.unfinished == 0)
			pthread_cond_broadcast(&pool.none);
	}
	return arg;
}

static bool open_plain(void)
{
	pthread_t thread;
	int i;

	for (i = 0; i < bench_cpus(); i++)
		if (pthread_create(&thread, NULL, worker, NULL))
			return false;
	return true;
}

static void queue(struct item *it)
{
	struct plain_item *p = (struct plain_item *)it;

	p->next = NULL;
	pthread_mutex_lock(&pool.mutex);
	*pool.end = p;
	pool.end = &p->next;
	pool.unfinished++;
	pthread_mutex_unlock(&pool.mutex);
	pthread_cond_signal(&pool.more);
}

static void wait_all(long total, bool chained)
{
	(void)total;
	(void)chained;
	pthread_mutex_lock(&pool.mutex);
	while (pool.unfinished)
		pthread_cond_wait(&pool.none, &pool.mutex);
	pthread_mutex_unlock(&pool.mutex);
}

const struct peer peer_plain = {
	.name = "plain",
	.item_size = sizeof(struct plain_item),
	.open = open_plain,
	.queue = queue,
	.wait = wait_all,
};
