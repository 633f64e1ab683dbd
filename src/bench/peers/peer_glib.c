/*
 * bench/peers/peer_glib.c - GLib's GThreadPool: an exclusive pool with one thread per CPU.
 *
 * GLib has no call that waits for the queued items, so wait() polls the counters, which
 * does not slow down the items.
 *
 * Lives here:   struct peer for GLib.
 * Never here:   loads.   Licence: MIT.
 */
#include "bench/peers/peer.h"

#ifdef KW_NO_GLIB
const struct peer peer_glib = { .name = "GLib", .missing = KW_NO_GLIB };
#else
#include <glib.h>

static GThreadPool *pool;

static void on_worker(gpointer data, gpointer user)
{
	(void)user;
	run_item(data);
}

static bool open_glib(void)
{
	pool = g_thread_pool_new(on_worker, NULL, bench_cpus(), TRUE, NULL);
	return pool != NULL;
}

static void queue(struct item *it)
{
	g_thread_pool_push(pool, it, NULL);
}

static void wait_all(long total, bool chained)
{
	(void)chained;
	wait_counted(total);
}

const struct peer peer_glib = {
	.name = "GLib",
	.item_size = sizeof(struct item),
	.open = open_glib,
	.queue = queue,
	.wait = wait_all,
};
#endif
