/*
 * bench/peers/loads_flow.c - the cost to queue and run an item that does nothing.
 *
 * The first, short round of a load warms up the pool and determines how many items fit
 * into ENOUGH_NS; the second round is measured.
 *
 * Lives here:   one and four producers, a chain, a tree; ns per item.
 * Never here:   items that compute or sleep (loads_mixed.c).   Licence: MIT.
 */
#include "bench/bench.h"
#include "bench/peers/load.h"

#include <pthread.h>
#include <stdlib.h>

#define ITEMS 400000
#define ENOUGH_NS 250e6		/* longest time of a measured round */
#define PRODUCERS 4

static const struct peer *peer;
static long counted;		/* items queued so far */

static void nothing(struct item *it)
{
	(void)it;
	count_item();
}

/* @round returns the ns for @n items.  Writes the ns per item of the second round to *@out. */
static const char *fitted(const struct peer *p, double (*round)(long n), double *out)
{
	long n = scaled(ITEMS), few = n / 20;
	double ns;

	peer = p;
	if (!p->open())
		return "would not start";
	ns = round(few) / (double)few;
	if (ns * (double)n > ENOUGH_NS)
		n = (long)(ENOUGH_NS / ns);
	if (n < few)
		n = few;
	out[0] = round(n) / (double)n;
	return all_counted(counted);
}

/* ---- one producer ------------------------------------------------------------------- */

static void produce_malloced(long n)
{
	while (n--)
		peer->queue(item_malloc(peer, nothing));
}

static double round_one(long n)
{
	uint64_t began = bench_now_ns();

	produce_malloced(n);
	counted += n;
	peer->wait(counted, false);
	return (double)(bench_now_ns() - began);
}

static const char *run_one(const struct peer *p, double *out)
{
	return fitted(p, round_one, out);
}

const struct load load_one = {
	.name = "one", .run = run_one, .limit_s = 20, .empty = true,
	.row = { ROW("one producer, malloc'd items", "ns") },
};

static double round_owned(long n)
{
	char *items = items_new(peer, n, nothing);
	uint64_t began = bench_now_ns();
	long i;

	for (i = 0; i < n; i++)
		peer->queue(item_at(peer, items, i));
	counted += n;
	peer->wait(counted, false);
	began = bench_now_ns() - began;
	free(items);
	return (double)began;
}

static const char *run_owned(const struct peer *p, double *out)
{
	return fitted(p, round_owned, out);
}

const struct load load_owned = {
	.name = "owned", .run = run_owned, .limit_s = 20, .empty = true,
	.row = { ROW("one producer, items it owns", "ns") },
};

/* ---- four producers ---------------------------------------------------------------------- */

static pthread_barrier_t together;

static void *producer(void *n)
{
	if (peer->enter)
		peer->enter();
	pthread_barrier_wait(&together);
	produce_malloced((long)n);
	if (peer->leave)
		peer->leave();
	return NULL;
}

static double round_four(long n)
{
	pthread_t thread[PRODUCERS];
	uint64_t began;
	int i;

	pthread_barrier_init(&together, NULL, PRODUCERS + 1);
	for (i = 0; i < PRODUCERS; i++)
		if (pthread_create(&thread[i], NULL, producer, (void *)(n / PRODUCERS)))
			abort();
	pthread_barrier_wait(&together);
	began = bench_now_ns();
	for (i = 0; i < PRODUCERS; i++)
		pthread_join(thread[i], NULL);
	counted += n / PRODUCERS * PRODUCERS;
	peer->wait(counted, false);
	began = bench_now_ns() - began;
	pthread_barrier_destroy(&together);
	return (double)began;
}

static const char *run_four(const struct peer *p, double *out)
{
	return fitted(p, round_four, out);
}

const struct load load_four = {
	.name = "four", .run = run_four, .limit_s = 20, .empty = true,
	.row = { ROW("four producers, malloc'd items", "ns") },
};

/* ---- self-requeue -------------------------------------------------------------------------- */

static void once_more(struct item *it)
{
	if (--it->n > 0)
		peer->queue(it);
}

static double round_chain(long n)
{
	char *items = items_new(peer, 1, nothing);
	struct item *it = item_at(peer, items, 0);
	uint64_t began = bench_now_ns();

	it->then = once_more;
	it->n = n;
	peer->queue(it);
	counted += n;
	peer->wait(counted, true);
	began = bench_now_ns() - began;
	free(items);
	return (double)began;
}

static const char *run_chain(const struct peer *p, double *out)
{
	return fitted(p, round_chain, out);
}

const struct load load_chain = {
	.name = "chain", .run = run_chain, .limit_s = 40, .empty = true,
	.row = { ROW("an item that queues itself again", "ns") },
};

/* ---- fan-out ------------------------------------------------------------------------------------ */

static struct item *node(long depth);

static void branch(struct item *it)
{
	int i;

	for (i = 0; i < 2 && it->n > 0; i++)
		peer->queue(node(it->n - 1));
}

static struct item *node(long depth)
{
	struct item *it = item_malloc(peer, nothing);

	it->then = branch;
	it->n = depth;
	return it;
}

static double round_tree(long depth)
{
	uint64_t began = bench_now_ns();

	peer->queue(node(depth));
	counted += (2L << depth) - 1;
	peer->wait(counted, true);
	return (double)(bench_now_ns() - began) / (double)((2L << depth) - 1);
}

static const char *run_tree(const struct peer *p, double *out)
{
	peer = p;
	if (!p->open())
		return "would not start";
	round_tree(bench_scale > 10 ? 5 : 11);
	out[0] = round_tree(bench_scale == 1 ? 17 : bench_scale == 10 ? 14 : 11);
	return all_counted(counted);
}

const struct load load_tree = {
	.name = "tree", .run = run_tree, .limit_s = 20, .empty = true,
	.row = { ROW("a tree of 2^18 items, each queues two", "ns") },
};
