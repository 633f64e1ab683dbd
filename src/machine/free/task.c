/*
 * machine/free/task.c - the second way to drive time: real threads, real time, real parallelism.
 *
 * The same kernel-named services, implemented on libuv threads and the real
 * clock.  A registered thread has a sticky virtual CPU; a thread the machine did
 * not make gets one at its first call.  Interrupts run on the caller's thread,
 * marked as such.
 *
 * Lives here:   everything of kapi.h and machine.h that lockstep does by the baton.
 * Never here:   virtual time, the conductor; timers and ticks (free/timer.c).   Rules: joints of docs/time.md "Free".   Licence: MIT.
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

static uv_mutex_t reap_mu;		/* no task goes away under it; outside every other lock */

uint64_t free_ktime_get_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);	/* as uv_hrtime(), which takes the long way there */
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec - mach.free_start_ns;
}

/* The newest value read is also what jiffies_coarse() returns. */
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
	/* a thread of the embedding program: give it an identity and a sticky CPU */
	t = task_alloc("user", NULL, NULL);
	bug_on(!t);
	free_set_label(t, (int)(atomic_fetch_add(&next_cpu, 1) % (unsigned int)mach.nr_cpus));
	t->started = true;
	atomic_store(&t->state, TASK_RUNNING);
	free_adopt(t);
	return t;
}

/* What a thread of the host does from the moment it is one of ours (free/host.c). */
void free_task_main(struct task *t)
{
	free_adopt(t);
	if (t->never_started)
		return;
	t->tid = (int)syscall(SYS_gettid);
	free_pin(t);
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

void free_task_start(struct task *t)
{
	atomic_store_explicit(&t->state, TASK_RUNNING, memory_order_relaxed);
	atomic_store(&t->started, true);
	free_host_go(t);
}

/*
 * A thread sleeps on its own state word: no lock, and its waker makes a system
 * call only if it did sleep, or was about to.
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

/* True when it was woken, false when @deadline_ns (0 = none) passed. */
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
	bool worker = me->worker && mach.ops && !me->free_blocking;	/* else it is told already */

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

/* Every thread can be preempted by the host at any time. */
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

/* Time moves by itself: the director only waits for it. */
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

/* Code that computes takes its real time. */
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

/* Between the two no task goes away. */
void free_tasks_stay(bool on)
{
	if (on)
		uv_mutex_lock(&reap_mu);
	else
		uv_mutex_unlock(&reap_mu);
}

/* Whose is it to join?  Asked once by whoever waited for its end, and by free_stop(). */
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
 * A program that makes workers and gives them back for days must not keep what
 * is left of each.  Who looks at workers (free_sample()) holds the mutex;
 * others know a task only under a lock that it, or who ends it, takes too, or pin it.
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

/* Creation is not simulated: it takes as long as the host takes. */
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

/* Between two steps tasks may come; that none goes is the caller's business (reap_mu). */
static struct task *next_task(struct task *t)
{
	uv_mutex_lock(&mach.lock);
	t = mach_next_task(t);
	uv_mutex_unlock(&mach.lock);
	return t;
}

/* The first task behind @id that is nobody's to wait for yet: ours from now on, so it stays. */
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

/* Wakes every thread for the last time; the engine's threads must have been told to stop. */
void free_tasks_end(void)
{
	struct task *t;

	free_tasks_stay(true);
	for (t = next_task(NULL); t; t = next_task(t))
		if (t->fn && t->started)	/* else its maker is about to start it */
			free_wake_up_process(t);
	free_tasks_stay(false);
	/*
	 * By id: a thread that another makes on its way out has a higher one, so it
	 * is met, woken and waited for after its maker.
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
