/*
 * bench/peers/peer.h - one door to every thread pool that is measured.
 *
 * A load (loads*.c) knows items and this table, a peer (peer_*.c) knows its
 * library and this table.  Each measurement is a process of its own: open() is
 * called once, nothing is ever closed, and a peer that hangs is killed.
 *
 * An item has a function, and may have a second one, `then`, which queues
 * further items.  A pool whose workers may queue calls `then` right after the
 * first, on the worker; libuv only queues from its loop's thread, so there it
 * is called in the after-work callback.
 *
 * Lives here:   what a peer must offer, what an item looks like to both sides.
 * Never here:   a word about any one library.   Licence: MIT.
 */
#ifndef KW_BENCH_PEERS_PEER_H
#define KW_BENCH_PEERS_PEER_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The load's part of an item; the peer's follows it in the same piece of memory,
 * ->item_size bytes in all.
 */
struct item {
	void (*fn)(struct item *it);
	void (*then)(struct item *it);	/* NULL, or queues more */
	long n;				/* the load's: depth, turns left, index */
	bool malloced;			/* freed by the peer as soon as it may be */
};

/* A delayed item, ->delayed_size bytes; the peer's from the first byte to the last. */
struct delayed;

struct peer {
	const char *name;		/* heads its column */
	const char *missing;		/* why it is not here, or NULL */
	size_t item_size, delayed_size;	/* delayed_size 0: has no delayed items */

	bool (*open)(void);		/* once a process, before any other thread */
	void (*init)(struct item *it);	/* NULL allowed; once an item, before it is queued */
	void (*queue)(struct item *it);

	/* Around what a producer that is not the opening thread does; NULL allowed. */
	void (*enter)(void);
	void (*leave)(void);
	/*
	 * Everything queued has run.  @total: items counted (count_item()) by then; @chained:
	 * items queued items.  Called by the thread that opened, the producers have left.
	 */
	void (*wait)(long total, bool chained);

	/* Tells that this item is about to wait; NULL: cannot be told. */
	void (*blocking_begin)(void);
	void (*blocking_end)(void);

	void (*delayed_init)(struct delayed *d);
	void (*delayed_arm)(struct delayed *d, unsigned int ms);
	bool (*delayed_cancel)(struct delayed *d);
};

/* every peer of peers.def: `peer_uv`, .. */
#define PEER(name) extern const struct peer peer_##name;
#include "bench/peers/peers.def"
#undef PEER

/* What each peer does with an item whose turn it is, where its workers may queue. */
void run_item(struct item *it);
/* One more item has run: no contended write, a counter of this thread. */
void count_item(void);
long items_counted(void);
/* Sleeps in small steps until @total items have been counted. */
void wait_counted(long total);
/* How many CPUs this process may use. */
int bench_cpus(void);

#ifdef __cplusplus
}
#endif
#endif
