/*
 * bench/peers/peer_glib.c - GLib's GThreadPool: an exclusive pool, a thread a CPU.
 *
 * It has no call that waits for what has been queued so far, so the counters of
 * the items are looked at, which costs the items nothing.
 *
 * Lives here:   GLib behind the table of peer.h.
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
