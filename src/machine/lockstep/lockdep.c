/*
 * machine/lockstep/lockdep.c - proves the order in which sleeping locks are taken.
 *
 * A task that takes lock B while it holds lock A defines the order "A before B".  If the
 * order "B before A" is already known, directly or through other locks, two tasks can
 * deadlock.  That is reported when the second order is seen, even if no deadlock happens.
 *
 * Waiting for work counts as a lock: an item holds its own map and that of its workqueue
 * while its function runs, and a flush acquires and releases the map that it waits for.  So a
 * flush under a mutex that the item takes is a cycle too (R2.14, R6.7).
 *
 * Enabled by the parameter "lockdep", in lockstep only.  As in the kernel the first report
 * disables it, because reports after a broken order are unreliable.  Unlike in the kernel,
 * each lock is a class of its own.
 *
 * Lives here:   the graph of orders, the locks that each task holds, the reports.
 * Never here:   spin locks (lock.c detects recursion and cycles when they happen).
 * Rules:        R1.18, R2.14, R6.7.   Licence: MIT.
 */
#include "machine/lockstep/lockstep_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"

#define KEYS_MAX 512
#define WORDS (KEYS_MAX / 64)

struct lock_key {
	const void *key;		/* NULL = unused, mach_lock_map_forget() */
	char name[64];
	uint64_t after[WORDS];		/* bit k: keys[k] was taken while this one was held */
};

bool mach_lockdep;

static struct {
	struct lock_key keys[KEYS_MAX];
	unsigned int nr;
	bool reported;	/* a report was emitted: disabled */
} graph;

void lockdep_start(bool on)
{
	if (mach_lockdep != on)		/* no needless write: threads of an earlier run may read it */
		mach_lockdep = on;
	if (on)
		memset(&graph, 0, sizeof(graph));
}

static int find_key(const void *key)
{
	for (unsigned int i = 0; i < graph.nr; i++)
		if (graph.keys[i].key == key)
			return (int)i;
	return -1;
}

static void name_key(struct lock_key *k, enum lock_map map, const char *name)
{
	static const char *const form[] = {
		[LOCK_MAP_MUTEX] = "%s", [LOCK_MAP_WQ] = "(wq_completion)%s",
		[LOCK_MAP_WORK] = "(work_completion)(%s)",
	};

	snprintf(k->name, sizeof(k->name), form[map], name ? name : "?");
}

static int add_key(const void *key, enum lock_map map, const char *name)
{
	int k = find_key(NULL);		/* an unused slot */

	if (k < 0)
		k = (int)graph.nr;
	if (k == KEYS_MAX) {
		pr_warn("BUG: MAX_LOCKDEP_KEYS too low!");
		graph.reported = true;
		return -1;
	}
	graph.keys[k] = (struct lock_key){ .key = key };
	name_key(&graph.keys[k], map, name);
	graph.nr += (unsigned int)k == graph.nr;
	return k;
}

static bool comes_after(const struct lock_key *k, unsigned int other)
{
	return k->after[other / 64] >> other % 64 & 1;
}

/*
 * Searches breadth first for a chain of orders from @from to @to.  @via[k]: the predecessor
 * of k.  Return: there is one.
 */
static bool find_chain(unsigned int from, unsigned int to, int via[KEYS_MAX])
{
	unsigned int queue[KEYS_MAX], head = 0, tail = 0;

	for (unsigned int i = 0; i < graph.nr; i++)
		via[i] = -1;
	via[from] = (int)from;
	queue[tail++] = from;
	while (head < tail) {
		unsigned int at = queue[head++];

		for (unsigned int k = 0; k < graph.nr; k++) {
			if (via[k] >= 0 || !comes_after(&graph.keys[at], k))
				continue;
			via[k] = (int)at;
			if (k == to)
				return true;
			queue[tail++] = k;
		}
	}
	return false;
}

/* Writes the chain as "a before b before c". */
static void write_chain(const int via[KEYS_MAX], unsigned int from, unsigned int to, struct strbuf *out)
{
	unsigned int path[KEYS_MAX], n = 0;

	for (unsigned int at = to; at != from; at = (unsigned int)via[at])
		path[n++] = at;
	strbuf_puts(out, graph.keys[from].name);
	while (n)
		strbuf_printf(out, " before %s", graph.keys[path[--n]].name);
}

static void report_circle(unsigned int held, unsigned int wanted, const int via[KEYS_MAX])
{
	STRBUF(chain, 300);

	write_chain(via, wanted, held, &chain);
	graph.reported = true;
	mach_warn(BUG_WAIT_CYCLE, "lockdep", 0,
		  "WARNING: possible circular locking dependency detected: %s holds %s and takes %s, but the order so far was %s",
		  mach_cur->comm, graph.keys[held].name, graph.keys[wanted].name, chain.buf);
}

static void report_recursion(unsigned int wanted)
{
	graph.reported = true;
	mach_warn(BUG_WAIT_CYCLE, "lockdep", 0,
		  "WARNING: possible recursive locking detected: %s waits for %s, which it holds",
		  mach_cur->comm, graph.keys[wanted].name);
}

/* @t takes @wanted: records "before" for each lock that @t holds, and reports a cycle. */
static void note_order(const struct task *t, unsigned int wanted)
{
	int via[KEYS_MAX];

	for (unsigned int i = 0; i < t->nr_held; i++) {
		struct lock_key *k = &graph.keys[t->held[i]];

		if (t->held[i] == wanted) {
			report_recursion(wanted);
			return;
		}
		if (comes_after(k, wanted))
			continue;
		if (find_chain(wanted, t->held[i], via)) {
			report_circle(t->held[i], wanted, via);
			return;
		}
		k->after[wanted / 64] |= UINT64_C(1) << wanted % 64;
	}
}

static int key_of(const void *key, enum lock_map map, const char *name)
{
	int k = find_key(key);

	return k < 0 ? add_key(key, map, name) : k;
}

void mach_lock_map_acquire(const void *key, enum lock_map map, const char *name, bool tried)
{
	struct task *t = mach_cur;
	int k = graph.reported ? -1 : key_of(key, map, name);

	if (k < 0)
		return;
	if (!tried)		/* a trylock cannot wait, so it defines no order */
		note_order(t, (unsigned int)k);
	if (t->nr_held < LOCKDEP_HELD_MAX)
		t->held[t->nr_held++] = (uint16_t)k;
}

void mach_lock_map_release(const void *key)
{
	struct task *t = mach_cur;
	int k = find_key(key);

	for (unsigned int i = t->nr_held; k >= 0 && i-- > 0;) {
		if (t->held[i] != k)
			continue;
		t->nr_held--;
		memmove(&t->held[i], &t->held[i + 1], (t->nr_held - i) * sizeof(t->held[0]));
		return;
	}
}

/* A new object at the same address is a new lock: forget the orders of the old one. */
void mach_lock_map_forget(const void *key)
{
	int k = find_key(key);

	if (k < 0)
		return;
	graph.keys[k].key = NULL;
	memset(graph.keys[k].after, 0, sizeof(graph.keys[k].after));
	for (unsigned int i = 0; i < graph.nr; i++)
		graph.keys[i].after[k / 64] &= ~(UINT64_C(1) << k % 64);
}
