/*
 * bench/peers/items.c - creates, runs and counts items.
 *
 * Lives here:   functions that loads and peers share.
 * Never here:   measurements.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "bench/peers/load.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"

int bench_scale = 1;

int bench_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set))
		return 1;
	return CPU_COUNT(&set);
}

/* ---- counting -------------------------------------------------------------------- */

#define COUNTERS 2048		/* counters; threads beyond this number share them */

static struct counter {
	_Alignas(64) _Atomic long n;
} counters[COUNTERS];
static _Atomic unsigned int nr_counters;
static __thread struct counter *mine;

void count_item(void)
{
	unsigned int i;

	if (!mine) {
		i = atomic_fetch_add(&nr_counters, 1);
		mine = &counters[i % COUNTERS];
	}
	atomic_store_explicit(&mine->n, atomic_load_explicit(&mine->n, memory_order_relaxed) + 1,
			      memory_order_release);
}

long items_counted(void)
{
	unsigned int i, n = atomic_load(&nr_counters);
	long sum = 0;

	for (i = 0; i < n && i < COUNTERS; i++)
		sum += atomic_load_explicit(&counters[i].n, memory_order_acquire);
	return sum;
}

void wait_counted(long total)
{
	while (items_counted() < total)
		time_sleep_ns(300 * NS_PER_US);
}

const char *all_counted(long total)
{
	static char why[80];
	long n = items_counted();

	if (n == total)
		return NULL;
	snprintf(why, sizeof(why), "%ld items ran, not %ld", n, total);
	return why;
}

/* ---- items -------------------------------------------------------------------------- */

void run_item(struct item *it)
{
	bool malloced = it->malloced;

	it->fn(it);
	if (it->then)
		it->then(it);
	if (malloced)
		free(it);
}

struct item *item_at(const struct peer *p, char *items, long i)
{
	return (struct item *)(items + (size_t)i * p->item_size);
}

static void item_init(const struct peer *p, struct item *it, void (*fn)(struct item *it))
{
	*it = (struct item){ .fn = fn };
	if (p->init)
		p->init(it);
}

char *items_new(const struct peer *p, long n, void (*fn)(struct item *it))
{
	char *items = malloc((size_t)n * p->item_size);
	long i;

	if (!items)
		abort();
	memset(items, 0, (size_t)n * p->item_size);
	for (i = 0; i < n; i++)
		item_init(p, item_at(p, items, i), fn);
	return items;
}

struct item *item_malloc(const struct peer *p, void (*fn)(struct item *it))
{
	struct item *it = malloc(p->item_size);

	if (!it)
		abort();
	item_init(p, it, fn);
	it->malloced = true;
	return it;
}

/* ---- figures of the system ------------------------------------------------------------- */

long proc_status(const char *field)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	long n = -1;

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, field, strlen(field)) == 0)
			n = strtol(line + strlen(field), NULL, 10);
	if (f)
		fclose(f);
	return n;
}
