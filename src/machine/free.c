/*
 * machine/free.c - the second way to drive time: real threads, real time, real parallelism.
 *
 * The same kernel-named services, implemented on libuv threads and the real
 * clock.  A registered thread has a sticky virtual CPU; a thread the machine did
 * not make gets one at its first call.  One thread serves the timers and the
 * sampled tick; interrupts run on the caller's thread, marked as such.
 *
 * Lives here:   everything of kapi.h and machine.h that lockstep does by the baton.
 * Never here:   virtual time, the conductor.   Rules: joints of docs/time.md "Free".   Licence: MIT.
 */
#define _GNU_SOURCE
#include "machine/mach.h"
#include "trace/ring.h"

#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define FREE_TICK_MS 4		/* the sampler's step: cost measured below 0.1 % of a core */

__thread struct mach_self mach_self;
uint32_t mach_free_runs;
static _Atomic unsigned int next_cpu;
_Atomic unsigned long mach_tick_jiffies;

/* one list of armed timers, by expiry; guarded by timer_mu */
static uv_mutex_t timer_mu;
static uv_cond_t timer_cond;
static LIST_HEAD(timer_list_armed);
static struct timer_list *timer_running;
static uv_thread_t timer_thread;
static struct task *timer_task;
static bool timer_stop, timer_made;
static _Atomic uint32_t softirq_bits[CPUS_MAX];
static uv_mutex_t bh_mu[CPUS_MAX];

uint64_t free_now_ns(void)
{
	return uv_hrtime() - mach.free_start_ns;
}

/* ---- events ------------------------------------------------------------------------ */

/* Every emitting thread, in parallel: only what belongs to it. */
static void free_stamp(void *arg, struct trace_event *head)
{
	const struct task *t = free_self();	/* not `current`: that may make one, and tell about it */

	(void)arg;
	head->cpu = TRACE_NO_CPU;
	head->ctx = CTX_TASK;
	if (!t)
		return;
	head->cpu = (uint8_t)t->cpu;
	head->task = (uint16_t)t->id;
	head->cause = t->cause;
	head->ctx = t->free_hardirq ? CTX_HARDIRQ : t->free_softirq ? CTX_SOFTIRQ : CTX_TASK;
}

static int free_trace_start(void)
{
	if (!mach.trace)
		return 0;
	mach.trace->hooks = (struct trace_hooks){ .stamp = free_stamp };
	return trace_ring_start(mach.trace, 0, mach.free_start_ns);
}

/* ---- tasks ------------------------------------------------------------------------ */

static void task_ready(struct task *t)
{
	uv_mutex_init(&t->lock);
	uv_cond_init(&t->cond);
	t->free_ready = true;	/* tick_lock: since task_alloc() */
}

static void be_task(struct task *t)
{
	mach_self.task = t;
	mach_self.run = mach_free_runs;
}

bool machine_owns_thread(void)
{
	const struct task *t = free_self();

	return t && t->fn;
}

struct task *mach_current_free(void)
{
	struct task *t = free_self();

	if (likely(t != NULL))
		return t;
	/* a thread of the embedding program: give it an identity and a sticky CPU */
	t = task_alloc("user", NULL, NULL);
	bug_on(!t);
	task_ready(t);
	t->cpu = (int)(atomic_fetch_add(&next_cpu, 1) % (unsigned int)mach.nr_cpus);
	t->started = true;
	atomic_store(&t->state, TASK_RUNNING);
	be_task(t);
	return t;
}

static void free_thread_main(void *arg)
{
	struct task *t = arg;

	be_task(t);
	uv_mutex_lock(&t->lock);
	while (!t->started && !t->never_started)
		uv_cond_wait(&t->cond, &t->lock);
	uv_mutex_unlock(&t->lock);
	if (t->never_started)
		return;
	atomic_store_explicit(&t->free_running, true, memory_order_release);
	t->fn(t->data);
	atomic_store_explicit(&t->free_running, false, memory_order_release);
	TRACE(TASK_EXIT, .task = t->id);
	mach.nr_tasks--;
	atomic_store_explicit(&t->state, TASK_DEAD, memory_order_relaxed);
	atomic_store_explicit(&t->exited, true, memory_order_release);
	wake_up(&t->exit_wait);
	mach_self.task = NULL;
}

/*
 * The thread is made with the task and waits for its start: making one takes many
 * times as long as waking one, may fail, and whoever starts it may hold a lock.
 */
int free_task_create(struct task *t)
{
	uv_thread_options_t opts = { .flags = UV_THREAD_HAS_STACK_SIZE, .stack_size = (size_t)1 << 20 };

	task_ready(t);
	t->has_uv_thread = !uv_thread_create_ex(&t->uv_thread, &opts, free_thread_main, t);
	return t->has_uv_thread ? 0 : -EAGAIN;
}

static void let_go(struct task *t, _Atomic bool *flag)
{
	uv_mutex_lock(&t->lock);
	*flag = true;
	uv_cond_signal(&t->cond);
	uv_mutex_unlock(&t->lock);
}

void free_task_start(struct task *t)
{
	atomic_store_explicit(&t->state, TASK_RUNNING, memory_order_relaxed);
	let_go(t, &t->started);
}

/*
 * A thread sleeps on its own state word: no lock, and its waker makes a system
 * call only if it did sleep, or was about to.
 */
struct task *free_wake_begin(struct task *t)
{
	int state;

	if (!t->started) {
		free_task_start(t);
		return NULL;
	}
	state = atomic_exchange_explicit(&t->state, TASK_RUNNING, memory_order_seq_cst);
	if (state == TASK_RUNNING || state == TASK_DEAD) {
		if (state == TASK_DEAD)
			atomic_store_explicit(&t->state, TASK_DEAD, memory_order_relaxed);
		return NULL;
	}
	return t;
}

void free_wake_end(struct task *t)
{
	syscall(SYS_futex, &t->state, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

bool free_wake(struct task *t)
{
	bool starts = !t->started;

	t = free_wake_begin(t);
	if (t)
		free_wake_end(t);
	return t || starts;
}

/* True when it was woken, false when @deadline_ns (0 = none) passed. */
static bool block_until(struct task *me, uint64_t deadline_ns)
{
	int state;

	while ((state = atomic_load_explicit(&me->state, memory_order_seq_cst)) != TASK_RUNNING) {
		struct timespec left, *timeout = NULL;

		if (deadline_ns) {
			uint64_t now = free_now_ns();

			if (now >= deadline_ns) {
				atomic_store_explicit(&me->state, TASK_RUNNING, memory_order_seq_cst);
				return false;
			}
			left.tv_sec = (time_t)((deadline_ns - now) / 1000000000u);
			left.tv_nsec = (long)((deadline_ns - now) % 1000000000u);
			timeout = &left;
		}
		syscall(SYS_futex, &me->state, FUTEX_WAIT_PRIVATE, state, timeout, NULL, 0);
	}
	return true;
}

static void block(uint64_t deadline_ns)
{
	struct task *me = current;
	bool worker = me->worker && mach.ops && !me->free_blocking;	/* else it is told already */

	if (in_atomic()) {
		atomic_report("schedule");
		atomic_store(&me->state, TASK_RUNNING);
		return;
	}
	if (worker && atomic_load_explicit(&me->state, memory_order_relaxed) != TASK_RUNNING)
		mach.ops->worker_sleeping(me);
	block_until(me, deadline_ns);
	if (worker)
		mach.ops->worker_running(me);
}

void free_schedule(void)
{
	block(0);
}

long free_schedule_timeout(long timeout)
{
	uint64_t end = free_now_ns() + jiffies_to_ns((unsigned long)timeout);
	uint64_t now;

	block(end ? end : 1);
	now = free_now_ns();
	return now >= end ? 0 : (long)((end - now) / mach.tick_ns);
}

void free_sleep_ns(uint64_t ns)
{
	uint64_t end = free_now_ns() + ns;

	while (free_now_ns() < end) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		block(end);
	}
}

static uint64_t thread_cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

void free_burn(uint64_t ns)
{
	uint64_t end = thread_cpu_ns() + ns;

	while (thread_cpu_ns() < end)
		for (int i = 0; i < 200; i++)
			atomic_signal_fence(memory_order_seq_cst);
}

uint64_t free_cpu_time_ns(const struct task *t)
{
	clockid_t clock;
	struct timespec ts;

	if (t == free_self())
		return thread_cpu_ns();
	if (!t->has_uv_thread || pthread_getcpuclockid((pthread_t)t->uv_thread, &clock) ||
	    clock_gettime(clock, &ts))
		return 0;
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* ---- timers ---------------------------------------------------------------------------- */

void free_timer_arm(struct timer_list *t)
{
	struct list_head *at;

	uv_mutex_lock(&timer_mu);
	t->fires_ns = jiffies_to_ns(t->expires + 1);
	if (t->cpu < 0)
		t->cpu = current->cpu;
	at = timer_list_armed.prev;
	while (at != &timer_list_armed && list_entry(at, struct timer_list, entry)->fires_ns > t->fires_ns)
		at = at->prev;
	list_add(&t->entry, at);
	if (timer_list_armed.next == &t->entry)
		uv_cond_signal(&timer_cond);
	uv_mutex_unlock(&timer_mu);
}

bool free_timer_delete(struct timer_list *t)
{
	bool was;

	uv_mutex_lock(&timer_mu);
	was = timer_pending(t);
	if (was)
		list_del_init(&t->entry);
	uv_mutex_unlock(&timer_mu);
	return was;
}

struct timer_list *mach_timer_take(void (*fn)(struct timer_list *t))
{
	struct timer_list *t, *found = NULL;

	uv_mutex_lock(&timer_mu);
	list_for_each_entry(t, &timer_list_armed, entry)
		if (t->function == fn) {
			list_del_init(&t->entry);
			found = t;
			break;
		}
	uv_mutex_unlock(&timer_mu);
	return found;
}

void free_timer_delete_sync(struct timer_list *t)
{
	for (;;) {
		bool busy;

		uv_mutex_lock(&timer_mu);
		busy = timer_running == t && free_self() != timer_task;
		uv_mutex_unlock(&timer_mu);
		if (!busy)
			return;
		uv_sleep(0);
	}
}

static void sample_ticks(void);

static void run_timer(struct timer_list *t, struct task *me)
{
	list_del_init(&t->entry);
	timer_running = t;
	me->cpu = t->cpu;
	uv_mutex_unlock(&timer_mu);
	me->free_softirq++;
	t->function(t);		/* may free *t */
	me->free_softirq--;
	uv_mutex_lock(&timer_mu);
	timer_running = NULL;
}

static void timer_main(void *arg)
{
	struct task *me = arg;
	uint64_t next_tick = 0;

	be_task(me);
	uv_mutex_lock(&timer_mu);
	while (!timer_stop) {
		struct timer_list *t = list_first_entry_or_null(&timer_list_armed, struct timer_list, entry);
		uint64_t now = free_now_ns(), wake = now + FREE_TICK_MS * 1000000u;

		if (t && t->fires_ns <= now) {
			run_timer(t, me);
			continue;
		}
		if (now >= next_tick) {
			next_tick = now + FREE_TICK_MS * 1000000u;
			atomic_store_explicit(&mach_tick_jiffies, jiffies_now(), memory_order_relaxed);
			uv_mutex_unlock(&timer_mu);
			sample_ticks();
			if (mach.trace)
				trace_ring_collect();
			uv_mutex_lock(&timer_mu);
			continue;
		}
		if (t && t->fires_ns < wake)
			wake = t->fires_ns;
		uv_cond_timedwait(&timer_cond, &timer_mu, wake - now);
	}
	uv_mutex_unlock(&timer_mu);
}

/* ---- softirqs, interrupts ----------------------------------------------------------------- */

void free_softirq_raise(int cpu, enum softirq_vec vec)
{
	struct task *me = current;
	uint32_t bit = 1u << vec;

	if (atomic_fetch_or(&softirq_bits[cpu], bit) & bit)
		return;
	uv_mutex_lock(&bh_mu[cpu]);
	me->free_softirq++;
	while (atomic_fetch_and(&softirq_bits[cpu], ~bit) & bit)
		if (mach.softirq[vec])
			mach.softirq[vec]();
	me->free_softirq--;
	uv_mutex_unlock(&bh_mu[cpu]);
}

void free_irq_work(int cpu, void (*fn)(void *), void *arg)
{
	struct task *me = current;
	int home = me->cpu;

	me->free_hardirq++;
	me->cpu = cpu;
	fn(arg);
	me->cpu = home;
	me->free_hardirq--;
}

/* ---- the sampled tick (R4.20) ---------------------------------------------------------------- */

/*
 * The engine's tick reads the worker's own CPU clock; only workers that used a
 * whole tick of CPU since the last look are hit, as a real tick would hit them.
 */
/* Tasks stay on the list until the machine stops, so only the step needs the lock. */
static struct task *next_task(struct task *t)
{
	uv_mutex_lock(&mach.lock);
	t = mach_next_task(t);
	uv_mutex_unlock(&mach.lock);
	return t;
}

static void sample_ticks(void)
{
	const struct mach_wq_ops *ops = __atomic_load_n(&mach.ops, __ATOMIC_ACQUIRE);
	struct task *t;

	if (!ops || !ops->worker_tick)
		return;
	for (t = next_task(NULL); t; t = next_task(t)) {
		uint64_t used;

		if (!atomic_load_explicit(&t->free_running, memory_order_acquire))
			continue;
		used = free_cpu_time_ns(t);
		if (used - t->tick_at_ns < mach.tick_ns)
			continue;
		t->tick_at_ns = used;
		uv_mutex_lock(&t->tick_lock);	/* a dying worker takes its leave under it */
		if (t->worker)
			ops->worker_tick(t);
		uv_mutex_unlock(&t->tick_lock);
	}
}

/* ---- start, run, stop -------------------------------------------------------------------------- */

int free_start(void (*boot)(void))
{
	struct task *director, *timers;
	int err;

	mach.free_start_ns = uv_hrtime();
	mach_free_runs++;
	atomic_store(&mach_tick_jiffies, 0);
	err = free_trace_start();
	if (err)
		return err;
	machine_announce();
	uv_mutex_init(&timer_mu);
	uv_cond_init(&timer_cond);
	INIT_LIST_HEAD(&timer_list_armed);
	timer_stop = false;
	for (int i = 0; i < mach.nr_cpus; i++) {
		uv_mutex_init(&bh_mu[i]);
		atomic_store(&softirq_bits[i], 0);
	}
	director = mach_current_free();
	director->cpu = 0;
	timers = task_alloc("timers", NULL, NULL);
	if (!timers)
		return -ENOMEM;
	timer_task = timers;
	task_ready(timers);
	timers->cpu = 0;
	softirq_boot();
	timer_made = !uv_thread_create(&timer_thread, timer_main, timers);
	if (!timer_made)
		return -EAGAIN;
	rcu_boot();
	if (boot)
		boot();
	return 0;
}

/* Wakes every thread for the last time; the engine's threads must have been told to stop. */
void free_stop(void)
{
	struct task *t;

	atomic_store(&mach.stopping, true);
	for (t = next_task(NULL); t; t = next_task(t))
		if (t->fn && t->started)	/* else its maker is about to start it */
			free_wake(t);
	/*
	 * By id: a thread that another makes on its way out has a higher one, so it
	 * is met, woken and waited for after its maker.
	 */
	for (t = next_task(NULL); t; t = next_task(t)) {
		if (!t->has_uv_thread)
			continue;
		if (t->started)
			free_wake(t);
		else
			let_go(t, &t->never_started);
		uv_thread_join(&t->uv_thread);
	}
	if (timer_made) {
		uv_mutex_lock(&timer_mu);
		timer_stop = true;
		uv_cond_signal(&timer_cond);
		uv_mutex_unlock(&timer_mu);
		uv_thread_join(&timer_thread);
		timer_made = false;
	}
	if (mach.trace)
		trace_ring_stop();
	for (int i = 0; i < mach.nr_cpus; i++)
		uv_mutex_destroy(&bh_mu[i]);
	uv_mutex_destroy(&timer_mu);
	uv_cond_destroy(&timer_cond);
	mach_free_runs++;	/* nobody's task is anybody's any more */
}

/* Time moves by itself: the director only waits for it. */
enum mach_stop free_run(const struct mach_run *run)
{
	uint64_t now = free_now_ns();

	if (run->until_ns != NS_NEVER && run->until_ns > now)
		free_sleep_ns(run->until_ns - now);
	return STOP_TIME;
}
