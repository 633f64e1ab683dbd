/*
 * machine/free/host.c - free mode: threads of the host, some of them created in advance.
 *
 * A task gets its thread when it is created, and starts later: creating a thread takes many
 * times as long as waking one, it may fail, and the starter may hold a lock.  So each thread
 * first waits on its word, and then runs its task.
 *
 * A thread can also be created before its task.  If items block one after the other, each
 * new worker needs the next one at once (R3.6), and each waits for the creation of a thread
 * and for its first turn on a CPU.  While workers are created in such quick succession, a
 * helper thread keeps some threads ready; later it lets them exit.
 *
 * Lives here:   threads without a task, the helper thread.
 * Never here:   running a task in its thread (task.c).
 * Rules:        R3.2, R3.6.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "base/futex.h"
#include "machine/free/free_internal.h"

#include <stdlib.h>

#define STACK_BYTES ((size_t)1 << 20)
#define QUICKLY_NS 1000000u	/* if two requests are closer than this, threads are created in advance */
#define READY_MAX 4u		/* more than one or two CPUs can start while one is created */
#define KEPT_NS 1000000000u	/* ready threads exit after this time without a request */

enum word { HOST_WAITS, HOST_GOES, HOST_LEAVES };

struct host {
	uv_thread_t thread;
	_Atomic uint32_t word;		/* futex: enum word; changes once, from HOST_WAITS */
	struct task *task;		/* written before .word changes */
	struct host *next;		/* S: next older one on hosts.ready */
};

static struct {
	uv_mutex_t lock;		/* guards S; no lock is taken under it */
	uv_cond_t cond;			/* the helper waits on it while nr >= wanted */
	struct host *ready;		/* S: newest first, because its stack is still in the cache */
	unsigned int nr, wanted;	/* S */
	uint64_t asked_ns;		/* S: time of the last request by a worker */
	bool made, stop;		/* S: .helper exists; it must exit */
	uv_thread_t helper;
} hosts;

/* ---- one thread ---------------------------------------------------------------------- */

static void host_main(void *arg)
{
	struct host *h = arg;
	uint32_t word;

	free_short_turns();	/* before the wait, because after it another thread waits for this start */
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

static void host_signal(struct host *h, enum word word)
{
	atomic_store_explicit(&h->word, word, memory_order_release);
	futex_wake(&h->word);
}

static void host_free(struct host *h)
{
	uv_thread_join(&h->thread);
	free(h);
}

/* ---- created in advance ------------------------------------------------------------------------ */

/* Caller holds the lock; releases it and takes it again. */
static void make_one(void)
{
	struct host *h;

	uv_mutex_unlock(&hosts.lock);
	h = host_new();
	uv_mutex_lock(&hosts.lock);
	if (!h) {		/* the host refuses: from now on each task creates its own thread */
		hosts.wanted = 0;
		return;
	}
	h->next = hosts.ready;
	hosts.ready = h;
	hosts.nr++;
}

/* Caller holds the lock; releases it and takes it again. */
static void send_away(void)
{
	struct host *h = hosts.ready, *next;

	hosts.ready = NULL;
	hosts.nr = hosts.wanted = 0;
	uv_mutex_unlock(&hosts.lock);
	for (; h; h = next) {
		next = h->next;
		host_signal(h, HOST_LEAVES);
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

/* A worker requests a thread.  NULL: none is ready. */
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
	t->host = h;		/* from here on free_tasks_end() may find it */
	uv_mutex_unlock(&mach.lock);
	return 0;
}

/* The thread runs its task, or exits if .never_started.  *h may be freed right after the store. */
void free_host_go(struct task *t)
{
	host_signal(t->host, HOST_GOES);
}

void free_host_join(struct task *t)
{
	uv_thread_join(&t->host->thread);
}

uv_thread_t free_host_thread(const struct task *t)
{
	return t->host->thread;
}

/* The thread has been joined, or was never created. */
void free_host_forget(struct task *t)
{
	free(t->host);
	t->host = NULL;
}

/* ---- start and stop ---------------------------------------------------------------------------- */

void free_hosts_start(void)
{
	uv_mutex_init(&hosts.lock);
	uv_cond_init(&hosts.cond);
	hosts.asked_ns = 0;
	hosts.made = hosts.stop = false;
}

/* No task is left that could request a thread. */
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
