/*
 * bench/peers/peer_cmwq.c - this project's engine, used through libcmwq.a.
 *
 * Two columns: a bound workqueue, whose items run on the CPU of the producer, one at a
 * time unless one blocks, and an unbound workqueue.
 *
 * Lives here:   struct peer for libcmwq.
 * Never here:   loads; calls that cmwq.h does not declare.   Licence: MIT.
 */
#include "bench/peers/peer.h"

#include <cmwq.h>
#include <stdlib.h>

struct cmwq_item {
	struct item item;
	struct work_struct work;
};

static struct workqueue_struct *wq;

static bool open_wq(unsigned int flags)
{
	struct cmwq_config cfg = { .nr_cpus = bench_cpus() };

	if (cmwq_start(&cfg))
		return false;
	wq = alloc_workqueue("bench", flags, 0);
	return wq != NULL;
}

static bool open_bound(void)
{
	return open_wq(0);
}

static bool open_unbound(void)
{
	return open_wq(WQ_UNBOUND);
}

static void on_worker(struct work_struct *work)
{
	run_item(&container_of(work, struct cmwq_item, work)->item);
}

static void init(struct item *it)
{
	INIT_WORK(&((struct cmwq_item *)it)->work, on_worker);
}

static void queue(struct item *it)
{
	queue_work(wq, &((struct cmwq_item *)it)->work);
}

/* A flush waits only for items queued before it, so a chain is waited for by its count first. */
static void wait_all(long total, bool chained)
{
	if (chained)
		wait_counted(total);
	flush_workqueue(wq);
}

/* ---- delayed items ------------------------------------------------------------------ */

static void delayed_ran(struct work_struct *work)
{
	(void)work;
}

static void delayed_init(struct delayed *d)
{
	INIT_DELAYED_WORK((struct delayed_work *)d, delayed_ran);
}

static void delayed_arm(struct delayed *d, unsigned int ms)
{
	queue_delayed_work(wq, (struct delayed_work *)d, msecs_to_jiffies(ms));
}

static bool delayed_cancel(struct delayed *d)
{
	return cancel_delayed_work((struct delayed_work *)d);
}

const struct peer peer_cmwq = {
	.name = "cmwq",
	.item_size = sizeof(struct cmwq_item),
	.delayed_size = sizeof(struct delayed_work),
	.open = open_bound,
	.init = init,
	.queue = queue,
	.wait = wait_all,
	.blocking_begin = cmwq_blocking_begin,
	.blocking_end = cmwq_blocking_end,
	.delayed_init = delayed_init,
	.delayed_arm = delayed_arm,
	.delayed_cancel = delayed_cancel,
};

const struct peer peer_cmwq_unbound = {
	.name = "unbound",
	.item_size = sizeof(struct cmwq_item),
	.open = open_unbound,
	.init = init,
	.queue = queue,
	.wait = wait_all,
	.blocking_begin = cmwq_blocking_begin,
	.blocking_end = cmwq_blocking_end,
};
