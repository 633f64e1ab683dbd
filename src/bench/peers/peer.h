/*
 * bench/peers/peer.h - the interface to a thread pool that is measured.
 *
 * A load (loads*.c) uses items and struct peer; a peer (peer_*.c) implements struct peer
 * with one library.  Each measurement is a separate process: open() is called once,
 * nothing is closed, and a peer that hangs is killed.
 *
 * An item has a function, and may have a second one, `then`, which queues further
 * items.  If workers of the pool may queue items, the worker calls `then` right after
 * the first function.  libuv accepts items only from the thread of its loop, so there
 * the after-work callback calls `then`.
 *
 * Lives here:   struct peer, struct item.
 * Never here:   a particular library.   Licence: MIT.
 */
#ifndef KW_BENCH_PEERS_PEER_H
#define KW_BENCH_PEERS_PEER_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The part of an item that belongs to the load.  The part of the peer follows it; both
 * together have ->item_size bytes.
 */
struct item {
	void (*fn)(struct item *it);
	void (*then)(struct item *it);	/* queues further items; may be NULL */
	long n;				/* for the load: depth, rounds left, index */
	bool malloced;			/* the peer frees it after its run */
};

/* A delayed item of ->delayed_size bytes, which all belong to the peer. */
struct delayed;

struct peer {
	const char *name;		/* title of its column */
	const char *missing;		/* the reason why it is not in this program, or NULL */
	size_t item_size, delayed_size;	/* delayed_size 0: no delayed items */

	bool (*open)(void);		/* called once per process, before other threads exist */
	void (*init)(struct item *it);	/* called once per item, before it is queued; may be NULL */
	void (*queue)(struct item *it);

	/* Called at begin and end of each producer other than the opening thread; may be NULL. */
	void (*enter)(void);
	void (*leave)(void);
	/*
	 * Waits until all queued items have run.  @total: the number of calls of count_item()
	 * by then; @chained: items queue items.  Called by the opening thread after all
	 * producers have called leave().
	 */
	void (*wait)(long total, bool chained);

	/* Called by an item around a wait; NULL: the pool has no such call. */
	void (*blocking_begin)(void);
	void (*blocking_end)(void);

	void (*delayed_init)(struct delayed *d);
	void (*delayed_arm)(struct delayed *d, unsigned int ms);
	bool (*delayed_cancel)(struct delayed *d);
};

/* all peers of peers.def: `peer_uv`, ... */
#define PEER(name) extern const struct peer peer_##name;
#include "bench/peers/peers.def"
#undef PEER

/* Runs an item and its `then`, for peers whose workers may queue items. */
void run_item(struct item *it);
/* Counts an item that has run, in a counter of this thread, without a contended write. */
void count_item(void);
long items_counted(void);
/* Sleeps repeatedly until @total items have been counted. */
void wait_counted(long total);
/* The number of CPUs that this process may use. */
int bench_cpus(void);

#ifdef __cplusplus
}
#endif
#endif
