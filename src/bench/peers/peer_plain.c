/*
 * bench/peers/peer_plain.c - a minimal pool: a list, a mutex, a condition variable.
 *
 * One thread per CPU.  "plain" allocates a list node for each queued item.  "bare" has
 * the link in the item, which shows the lowest cost of a pool with one lock.
 *
 * Lives here:   struct peer for these two pools.
 * Never here:   loads.   Licence: MIT.
 */
#include "bench/peers/peer.h"

#include <pthread.h>
#include <stdlib.h>

struct node {
	struct node *next;
	struct item *item;
};

struct bare_item {
	struct item item;
	struct node node;
};

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t more, none;
	struct node *first, **end;
	long unfinished;
	void (*done_with)(struct node *node);
} pool = { .mutex = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER,
	   .none = PTHREAD_COND_INITIALIZER, .end = &pool.first };

static void *worker(void *arg)
{
	pthread_mutex_lock(&pool.mutex);
	for (;;) {
		struct node *node = pool.first;
		struct item *it;

		if (!node) {
			pthread_cond_wait(&pool.more, &pool.mutex);
			continue;
		}
		pool.first = node->next;
		if (!pool.first)
			pool.end = &pool.first;
		pthread_mutex_unlock(&pool.mutex);
		it = node->item;
		if (pool.done_with)
			pool.done_with(node);
		run_item(it);
		pthread_mutex_lock(&pool.mutex);
		if (--pool.unfinished == 0)
			pthread_cond_broadcast(&pool.none);
	}
	return arg;
}

static void push(struct node *node, struct item *it)
{
	node->item = it;
	node->next = NULL;
	pthread_mutex_lock(&pool.mutex);
	*pool.end = node;
	pool.end = &node->next;
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

static bool open_bare(void)
{
	pthread_t thread;
	int i;

	for (i = 0; i < bench_cpus(); i++)
		if (pthread_create(&thread, NULL, worker, NULL))
			return false;
	return true;
}

static void queue_bare(struct item *it)
{
	push(&((struct bare_item *)it)->node, it);
}

static void free_node(struct node *node)
{
	free(node);
}

static bool open_plain(void)
{
	pool.done_with = free_node;
	return open_bare();
}

static void queue_plain(struct item *it)
{
	struct node *node = malloc(sizeof(*node));

	if (!node)
		abort();
	push(node, it);
}

const struct peer peer_plain = {
	.name = "plain",
	.item_size = sizeof(struct item),
	.open = open_plain,
	.queue = queue_plain,
	.wait = wait_all,
};

const struct peer peer_bare = {
	.name = "bare",
	.item_size = sizeof(struct bare_item),
	.open = open_bare,
	.queue = queue_bare,
	.wait = wait_all,
};
