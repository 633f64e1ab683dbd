/*
 * machine/free/host.c - free mode: the host's threads, and a few made ahead while many are wanted.
 *
 * A task gets a thread of the host when it is made and starts later: making one takes
 * many times as long as waking one, may fail, and whoever starts it may hold a lock.
 * So each thread first waits for its word, then becomes the task it was given.
 *
 * Which one it becomes may also be said late.  Where items block one after the other
 * each new worker at once needs the next (R3.6), and each waits for the making of a thread and for
 * its first turn on a CPU.  As long as workers are made so quickly one behind the other, a
 * helper sees to it that some threads lie ready; they go when that is over.
 *
 * Lives here:   threads without a task, the helper.
 * Never here:   what a task does in its thread (free/task.c).
 * Rules:        R3.2, R3.6.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "base/futex.h"
#include "machine/free/free_internal.h"

#include <stdlib.h>

#define STACK_BYTES ((size_t)1 << 20)
#define QUICKLY_NS 1000000u	/* so soon after the one before: there will be another */
#define READY_MAX 4u		/* more than a CPU or two can start while one is made */
#define KEPT_NS 1000000000u	/* nobody wanted one for so long: they go */

enum word { HOST_WAITS, HOST_GOES, HOST_LEAVES };

struct host {
	uv_thread_t thread;
	_Atomic uint32_t word;		/* futex: enum word; leaves HOST_WAITS once */
	struct task *task;		/* before .word */
	struct host *next;		/* S: made before it */
};

static struct {
	uv_mutex_t lock;		/* S; inside every other lock */
	uv_cond_t cond;			/* the helper waits: as many are ready as are wanted */
	struct host *ready;		/* S: the newest first, its stack is warm */
	unsigned int nr, wanted;	/* S */
	uint64_t asked_ns;		/* S: a worker wanted a thread */
	bool made, stop;		/* S */
	uv_thread_t helper;
} hosts;

/* ---- one thread ---------------------------------------------------------------------- */

static void host_main(void *arg)
{
	struct host *h = arg;
	uint32_t word;

	free_short_turns();	/* now: its start is what somebody waits for */
	while ((word = atomic_load_explicit(&h->word, memory_order_acquire)) == HOST_WAITS)
		futex_wait(&h->word, HOST_WAITS);
	if (word == HOST_GOES)
		free_task_main(h->task);
}

static struct host *host_new(void)
{
	uv_thread_options_t opts = { .flags = UV_THREAD_HAS_STACK_SIZE, .stack_size = STACK_BYTES };
	struct host *h = calloc(1, sizeof(*h));

	if (h && uv_thread_create_ex(&h->thread, &opts, host_main, h)) {
		free(h);
		h = NULL;
	}
	return h;
}

static void host_tell(struct host *h, enum word word)
{
	atomic_store_explicit(&h->word, word, memory_order_release);
	futex_wake(&h->word);
}

static void host_free(struct host *h)
{
	uv_thread_join(&h->thread);
	free(h);
}

/* ---- made ahead ------------------------------------------------------------------------ */

/* Lock held; let go meanwhile. */
static void make_one(void)
{
	struct host *h;

	uv_mutex_unlock(&hosts.lock);
	h = host_new();
	uv_mutex_lock(&hosts.lock);
	if (!h) {		/* the host has enough: who wants one asks it himself */
		hosts.wanted = 0;
		return;
	}
	h->next = hosts.ready;
	hosts.ready = h;
	hosts.nr++;
}

/* Lock held; let go meanwhile. */
static void send_away(void)
{
	struct host *h = hosts.ready, *next;

	hosts.ready = NULL;
	hosts.nr = hosts.wanted = 0;
	uv_mutex_unlock(&hosts.lock);
	for (; h; h = next) {
		next = h->next;
		host_tell(h, HOST_LEAVES);
		host_free(h);
	}
	uv_mutex_lock(&hosts.lock);
}

static void helper_main(void *arg)
{
	(void)arg;
	uv_mutex_lock(&hosts.lock);
	while (!hosts.stop) {
		if (hosts.nr < hosts.wanted)
			make_one();
		else if (!hosts.wanted)
			uv_cond_wait(&hosts.cond, &hosts.lock);
		else if (free_ktime_get_ns() - hosts.asked_ns >= KEPT_NS)
			send_away();
		else
			uv_cond_timedwait(&hosts.cond, &hosts.lock, KEPT_NS);
	}
	send_away();
	uv_mutex_unlock(&hosts.lock);
}

/* A worker wants a thread.  NULL: none is ready. */
static struct host *take_ready(void)
{
	uint64_t now = free_ktime_get_ns();
	struct host *h;

	uv_mutex_lock(&hosts.lock);
	h = hosts.ready;
	if (h) {
		hosts.ready = h->next;
		hosts.nr--;
	}
	if (now - hosts.asked_ns < QUICKLY_NS && !hosts.stop) {
		hosts.wanted = READY_MAX;
		if (!hosts.made)
			hosts.made = !uv_thread_create(&hosts.helper, helper_main, NULL);
		if (hosts.nr < READY_MAX / 2)
			uv_cond_signal(&hosts.cond);
	}
	hosts.asked_ns = now;
	uv_mutex_unlock(&hosts.lock);
	return h;
}

/* ---- for a task -------------------------------------------------------------------------- */

int free_task_create(struct task *t)
{
	struct host *h = task_worker(current) ? take_ready() : NULL;

	if (!h)
		h = host_new();
	if (!h)
		return -EAGAIN;
	h->task = t;
	uv_mutex_lock(&mach.lock);
	t->host = h;		/* who switches the machine off may meet it from here on */
	uv_mutex_unlock(&mach.lock);
	return 0;
}

/* It starts, or (.never_started) ends; after the store *h may be gone, and only its address is used. */
void free_host_go(struct task *t)
{
	host_tell(t->host, HOST_GOES);
}

void free_host_join(struct task *t)
{
	uv_thread_join(&t->host->thread);
}

uv_thread_t free_host_thread(const struct task *t)
{
	return t->host->thread;
}

/* Its thread was waited for, or there never was one. */
void free_host_forget(struct task *t)
{
	free(t->host);
	t->host = NULL;
}

/* ---- on and off ---------------------------------------------------------------------------- */

void free_hosts_start(void)
{
	uv_mutex_init(&hosts.lock);
	uv_cond_init(&hosts.cond);
	hosts.asked_ns = 0;
	hosts.made = hosts.stop = false;
}

/* No task is left that could want one. */
void free_hosts_stop(void)
{
	bool made;

	uv_mutex_lock(&hosts.lock);
	made = hosts.made;
	hosts.stop = true;
	uv_cond_signal(&hosts.cond);
	uv_mutex_unlock(&hosts.lock);
	if (made)
		uv_thread_join(&hosts.helper);
	uv_cond_destroy(&hosts.cond);
	uv_mutex_destroy(&hosts.lock);
}
