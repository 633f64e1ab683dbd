/*
 * bench/peers/peer_uv.c - libuv's thread pool and its timers, used as its manual requires.
 *
 * Only the thread of a loop may call uv_queue_work(), so each producer has a loop and
 * runs it until all its requests are done.  The pool has its default of four threads.
 *
 * Lives here:   struct peer for libuv.
 * Never here:   loads.   Licence: MIT.
 */
#include "bench/peers/peer.h"

#include <stdlib.h>
#include <uv.h>

struct uv_item {
	struct item item;
	uv_work_t req;
};

static __thread uv_loop_t *loop;

static bool open_uv(void)
{
	unsetenv("UV_THREADPOOL_SIZE");
	loop = malloc(sizeof(*loop));
	return loop && uv_loop_init(loop) == 0;
}

static void enter(void)
{
	if (!open_uv())
		abort();
}

static void leave(void)
{
	uv_run(loop, UV_RUN_DEFAULT);
	uv_loop_close(loop);
	free(loop);
}

static void wait_all(long total, bool chained)
{
	(void)total;
	(void)chained;
	uv_run(loop, UV_RUN_DEFAULT);
}

static void on_worker(uv_work_t *req)
{
	struct uv_item *u = req->data;

	u->item.fn(&u->item);
}

static void on_loop(uv_work_t *req, int status)
{
	struct uv_item *u = req->data;
	bool malloced = u->item.malloced;

	(void)status;
	if (u->item.then)
		u->item.then(&u->item);
	if (malloced)
		free(u);
}

static void queue(struct item *it)
{
	struct uv_item *u = (struct uv_item *)it;

	u->req.data = u;
	uv_queue_work(loop, &u->req, on_worker, on_loop);
}

/* ---- timers ----------------------------------------------------------------------- */

static void timer_fired(uv_timer_t *t)
{
	(void)t;
}

static void delayed_init(struct delayed *d)
{
	uv_timer_init(loop, (uv_timer_t *)d);
}

static void delayed_arm(struct delayed *d, unsigned int ms)
{
	uv_timer_start((uv_timer_t *)d, timer_fired, ms, 0);
}

static bool delayed_cancel(struct delayed *d)
{
	bool was = uv_is_active((uv_handle_t *)d);

	uv_timer_stop((uv_timer_t *)d);
	return was;
}

const struct peer peer_uv = {
	.name = "libuv",
	.item_size = sizeof(struct uv_item),
	.delayed_size = sizeof(uv_timer_t),
	.open = open_uv,
	.queue = queue,
	.enter = enter,
	.leave = leave,
	.wait = wait_all,
	.delayed_init = delayed_init,
	.delayed_arm = delayed_arm,
	.delayed_cancel = delayed_cancel,
};
