/*
 * machine/free/task.c - free mode: tasks as threads of the host, real time, sleeping and waking.
 *
 * Each task is a libuv thread.  A thread that the machine did not create, one of the
 * embedding program, gets a task and a virtual CPU at its first call of a service.
 *
 * Lives here:   the current task, the clock, wake-ups, blocking, burning, the end of tasks.
 * Never here:   creating threads (host.c), virtual CPUs (cpu.c), timers and ticks (timer.c).
 * Rules:        docs/time.md "Free".   Licence: MIT.
 */
#define _GNU_SOURCE
#include "base/futex.h"
#include "machine/free/free_internal.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

__thread struct mach_self mach_self;
uint32_t mach_free_runs;
static _Atomic unsigned int next_cpu;
_Atomic unsigned long mach_tick_jiffies;

static uv_mutex_t reap_mu;		/* no task is freed while it is held; taken before all other locks */

uint64_t free_ktime_get_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);	/* the clock of uv_hrtime(), which costs more */
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec - mach.free_start_ns;
}

/* Stores the newest value for jiffies_coarse(). */
unsigned long free_ticks_now(void)
{
	return free_jiffies_now();
}

unsigned long free_jiffies_now(void)
{
	unsigned long now = (unsigned long)(free_ktime_get_ns() / mach.tick_ns);

	if (now > atomic_load_explicit(&mach_tick_jiffies, memory_order_relaxed))
		atomic_store_explicit(&mach_tick_jiffies, now, memory_order_relaxed);
	return now;
}

/* ---- tasks ------------------------------------------------------------------------ */

void free_adopt(struct task *t)
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
	/* a thread of the embedding program: give it a task, and a virtual CPU that it keeps */
	t = task_alloc("user", NULL, NULL);
	bug_on(!t);
	free_set_label(t, (int)(atomic_fetch_add(&next_cpu, 1) % (unsigned int)mach.nr_cpus));
	t->started = true;
	atomic_store(&t->state, TASK_RUNNING);
	free_adopt(t);
	return t;
}

/* The main function of a thread of the host, once it has a task (host.c). */
void free_task_main(struct task *t)
{
	free_adopt(t);
	if (t->never_started)
		return;
	t->tid = (int)syscall(SYS_gettid);
	free_pin(t);
	atomic_store_explicit(&t->free_running, true, memory_order_release);
	t->fn(t->data);
	task_report_leaks();
	atomic_store_explicit(&t->free_running, false, memory_order_release);
	TRACE(TASK_EXIT, .task = t->id);
	mach.nr_tasks--;
	atomic_store_explicit(&t->state, TASK_DEAD, memory_order_relaxed);
	atomic_store_explicit(&t->exited, true, memory_order_release);
	wake_up(&t->exit_wait);
	mach_self.task = NULL;
}

void free_task_start(struct task *t)
{
	atomic_store_explicit(&t->state, TASK_RUNNING, memory_order_relaxed);
	atomic_store(&t->started, true);
	free_host_go(t);
}

/*
 * A thread sleeps in a futex wait on its .state.  No lock is needed, and the waker calls the
 * kernel only if the thread sleeps, or is about to.
 */
struct task *free_wake_up_begin(struct task *t)
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

void wake_up_end(struct task *t)
{
	futex_wake(&t->state);
	free_stir();
}

bool free_wake_up_process(struct task *t)
{
	bool starts = !t->started;

	t = free_wake_up_begin(t);
	if (t)
		wake_up_end(t);
	return t || starts;
}

/* Return: true if it was woken, false if @deadline_ns (0 = none) has passed. */
static bool block_until(struct task *me, uint64_t deadline_ns)
{
	int state;

	while ((state = atomic_load_explicit(&me->state, memory_order_seq_cst)) != TASK_RUNNING) {
		uint64_t now;

		if (!deadline_ns) {
			futex_wait(&me->state, (uint32_t)state);
			continue;
		}
		now = free_ktime_get_ns();
		if (now >= deadline_ns) {
			atomic_store_explicit(&me->state, TASK_RUNNING, memory_order_seq_cst);
			return false;
		}
		futex_wait_ns(&me->state, (uint32_t)state, deadline_ns - now);
	}
	return true;
}

static void block(uint64_t deadline_ns)
{
	struct task *me = current;
	bool worker = me->worker && mach.ops && !me->free_blocking;	/* else the hook has been called by mach_blocking_begin() */

	if (in_atomic()) {
		atomic_report("schedule");
		atomic_store(&me->state, TASK_RUNNING);
		return;
	}
	if (worker && atomic_load_explicit(&me->state, memory_order_relaxed) != TASK_RUNNING)
		mach.ops->worker_sleeping(me);
	block_until(me, deadline_ns);
	if (worker) {
		mach.ops->worker_running(me);
		free_stir();
	}
}

void free_schedule(void)
{
	block(0);
}

/* No effect: the host can preempt a thread at any time. */
void free_cond_resched(void)
{
}

void free_task_set_worker(struct task *t, void *worker)
{
	uv_mutex_lock(&t->tick_lock);
	t->worker = worker;
	uv_mutex_unlock(&t->tick_lock);
}

bool free_might_sleep(const char *what)
{
	if (likely(!in_atomic()))
		return false;
	atomic_report(what);
	if (free_in_softirq())
		free_bottom_half_slept(what);
	return true;
}

/* ---- using time ----------------------------------------------------------------------- */

long free_timeout_wait(long timeout, unsigned int flags)
{
	uint64_t end = free_ktime_get_ns() + jiffies_to_ns((unsigned long)timeout);
	uint64_t now;

	(void)flags;
	block(end ? end : 1);
	now = free_ktime_get_ns();
	return now >= end ? 0 : (long)((end - now) / mach.tick_ns);
}

static void sleep_until(uint64_t when)
{
	while (free_ktime_get_ns() < when) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		block(when);
	}
}

void free_mach_sleep_until_ns(uint64_t when)
{
	if (free_might_sleep("sleep_ms"))
		return;
	TRACE(SLEEP, .until = when);
	sleep_until(when);
}

void free_mach_sleep_ns(uint64_t ns)
{
	free_mach_sleep_until_ns(free_ktime_get_ns() + ns);
}

/* Real time passes by itself, so this only waits. */
enum mach_stop free_machine_run(const struct mach_run *run)
{
	bug_on(!mach.running);
	if (run->until_ns != NS_NEVER)
		sleep_until(run->until_ns);
	return STOP_TIME;
}

uint64_t free_machine_now(void)
{
	return free_ktime_get_ns();
}

void free_mach_request_stop(void)
{
}

static uint64_t thread_cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

void free_burn(uint64_t ns, enum burn_kind kind)
{
	uint64_t end;

	trace_burn(ns, kind);
	end = thread_cpu_ns() + ns;
	while (thread_cpu_ns() < end)
		for (int i = 0; i < 200; i++)
			atomic_signal_fence(memory_order_seq_cst);
	TRACE(BURN_END, .length = ns);
}

/* No effect: computing takes real time. */
void free_mach_compute(uint64_t ns)
{
	(void)ns;
}

void free_cpu_relax(void)
{
	uv_sleep(0);
}

uint64_t free_task_cpu_time_ns(const struct task *t)
{
	clockid_t clock;
	struct timespec ts;

	if (t == free_self())
		return thread_cpu_ns();
	if (!t->host || pthread_getcpuclockid((pthread_t)free_host_thread(t), &clock) ||
	    clock_gettime(clock, &ts))
		return 0;
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

void free_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}

/* ---- the end of a thread ------------------------------------------------------------------------ */

/* Between free_tasks_stay(true) and free_tasks_stay(false) no task is freed. */
void free_tasks_stay(bool on)
{
	if (on)
		uv_mutex_lock(&reap_mu);
	else
		uv_mutex_unlock(&reap_mu);
}

/* Returns true to the first caller, which has to join the thread of @t. */
static bool claim(struct task *t)
{
	bool mine;

	uv_mutex_lock(&mach.lock);
	mine = !t->joined;
	t->joined = true;
	uv_mutex_unlock(&mach.lock);
	return mine;
}

/*
 * Joins the thread and frees the task, so that a program which runs for days does not keep
 * the tasks of all workers that have exited.  free_sample() accesses tasks under reap_mu.
 * Other threads hold a lock that the exit path takes as well, or pin the task.
 */
void free_task_reap(struct task *t)
{
	if (!claim(t))
		return;
	free_tasks_stay(true);
	if (t->host)
		free_host_join(t);
	while (atomic_load(&t->pins))
		uv_sleep(0);
	uv_mutex_lock(&mach.lock);
	list_del_init(&t->all);
	uv_mutex_unlock(&mach.lock);
	task_free(t);
	free_tasks_stay(false);
}

void free_task_forget(struct task *t)
{
	free_sample_forget(t);
	free_host_forget(t);
}

/* No effect: creating a thread takes the time that the host needs. */
void free_creation_wait(void)
{
}

/* ---- the end of all threads ---------------------------------------------------------------------- */

void free_tasks_start(void)
{
	uv_mutex_init(&reap_mu);
}

void free_tasks_stop(void)
{
	uv_mutex_destroy(&reap_mu);
}

/* Tasks may be added during the walk.  The caller holds reap_mu, so none is freed. */
static struct task *next_task(struct task *t)
{
	uv_mutex_lock(&mach.lock);
	t = mach_next_task(t);
	uv_mutex_unlock(&mach.lock);
	return t;
}

/* Claims the first task after @id that is not claimed yet: the caller has to join it, so it is not freed. */
static struct task *claim_after(uint32_t id)
{
	struct task *t, *found = NULL;

	uv_mutex_lock(&mach.lock);
	list_for_each_entry(t, &mach.tasks, all) {
		if (t->id <= id || t->joined || !t->host)
			continue;
		t->joined = true;
		found = t;
		break;
	}
	uv_mutex_unlock(&mach.lock);
	return found;
}

/* mach.stopping is set, and the engine has asked its threads to exit: wakes and joins all threads. */
void free_tasks_end(void)
{
	struct task *t;

	free_tasks_stay(true);
	for (t = next_task(NULL); t; t = next_task(t))
		if (t->fn && t->started)	/* else its creator is about to start it */
			free_wake_up_process(t);
	free_tasks_stay(false);
	/*
	 * By id: a thread that another one creates before it exits has a higher id, so it is
	 * found, woken and joined after its creator.
	 */
	for (t = claim_after(0); t; t = claim_after(t->id)) {
		if (t->started) {
			free_wake_up_process(t);
		} else {
			atomic_store(&t->never_started, true);
			free_host_go(t);
		}
		free_host_join(t);
	}
}
