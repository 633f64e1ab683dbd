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
#include "machine/machine_internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

__thread struct mach_self mach_self;
uint32_t mach_free_runs;
static _Atomic unsigned int next_cpu;
_Atomic unsigned long mach_tick_jiffies;

static uv_mutex_t reap_mu;		/* no task goes away under it; outside every other lock */

uint64_t free_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);	/* as uv_hrtime(), which takes the long way there */
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec - mach.free_start_ns;
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
	futex_wake(&t->state);
	free_stir();
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
		uint64_t now;

		if (!deadline_ns) {
			futex_wait(&me->state, (uint32_t)state);
			continue;
		}
		now = free_now_ns();
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

/* ---- interrupts ------------------------------------------------------------------------------ */

void free_irq_work(int cpu, void (*fn)(void *), void *arg)
{
	struct task *me = current;
	int home = free_label(me);

	me->free_hardirq++;
	free_set_label(me, cpu);
	fn(arg);
	/* not if somebody gave us another meanwhile */
	__atomic_compare_exchange_n(&me->cpu, &cpu, home, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	me->free_hardirq--;
}

/* ---- the end of a thread ------------------------------------------------------------------------ */

/* Between two steps tasks may come; that none goes is the caller's business (reap_mu). */
static struct task *next_task(struct task *t)
{
	uv_mutex_lock(&mach.lock);
	t = mach_next_task(t);
	uv_mutex_unlock(&mach.lock);
	return t;
}

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
	uv_mutex_lock(&reap_mu);
	if (t->host)
		free_host_join(t);
	while (atomic_load(&t->pins))
		uv_sleep(0);
	uv_mutex_lock(&mach.lock);
	list_del_init(&t->all);
	uv_mutex_unlock(&mach.lock);
	task_free(t);
	uv_mutex_unlock(&reap_mu);
}

/* ---- start, run, stop -------------------------------------------------------------------------- */

int free_start(void (*boot)(void))
{
	struct task *director;
	int err;

	mach.free_start_ns = uv_hrtime();
	mach_free_runs++;
	atomic_store(&mach_tick_jiffies, 0);
	err = free_trace_start();
	if (err)
		return err;
	machine_announce();
	uv_mutex_init(&reap_mu);
	free_hosts_start();
	free_softirq_start();
	atomic_store(&mach_cpus_missing, false);
	director = mach_current_free();
	director->cpu = 0;
	softirq_boot();
	free_pin_start();
	err = free_timers_start();
	if (err)
		return err;
	rcu_boot();
	if (boot)
		boot();
	return 0;
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
void free_stop(void)
{
	struct task *t;

	atomic_store(&mach.stopping, true);
	free_softirq_close();
	uv_mutex_lock(&reap_mu);
	for (t = next_task(NULL); t; t = next_task(t))
		if (t->fn && t->started)	/* else its maker is about to start it */
			free_wake(t);
	uv_mutex_unlock(&reap_mu);
	/*
	 * By id: a thread that another makes on its way out has a higher one, so it
	 * is met, woken and waited for after its maker.
	 */
	for (t = claim_after(0); t; t = claim_after(t->id)) {
		if (t->started) {
			free_wake(t);
		} else {
			atomic_store(&t->never_started, true);
			free_host_go(t);
		}
		free_host_join(t);
	}
	free_hosts_stop();
	free_timers_stop();
	free_trace_stop();
	free_softirq_stop();
	uv_mutex_destroy(&reap_mu);
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
