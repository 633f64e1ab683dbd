/*
 * machine/lockstep/start.c - starting and stopping lockstep.
 *
 * Lives here:   idle threads, the boot at time 0, the end of all threads.
 * Never here:   the steps that both modes share (machine/start.c), machine_run() (dispatch.c).
 * Rules:        docs/time.md "A run's life".   Licence: MIT.
 */
#include "machine/lockstep/lockstep_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/shortage.h"

/* check_context: prints the virtual time, and the seed to repeat the run. */
static void failure_context(void)
{
	fprintf(stderr, "kworkshop: at %llu ns, event %llu, seed %llu, thread %s\n",
		(unsigned long long)mach.time,
		(unsigned long long)(mach.trace ? mach.trace->events : 0),
		(unsigned long long)mach.cfg.seed, mach_cur ? mach_cur->comm : "?");
}

/*
 * Threads of the boot: of each CPU the idle thread, ksoftirqd and two workers; workers of unbound
 * pools and rescuers.  tests/fault_shortage.c compares the sum with the threads of a machine process.
 */
#define BOOT_THREADS_CPU 4
#define BOOT_THREADS_ONCE 4

/* Before the first event: a run that begins on a busy computer is the same run, or none. */
static int reserve_threads(void)
{
	unsigned int want = BOOT_THREADS_CPU * (unsigned int)mach.nr_cpus + BOOT_THREADS_ONCE;
	unsigned int have = baton_reserve(want);

	if (have >= want)
		return 0;
	fprintf(stderr, "kworkshop: this computer has %u threads left for the machine, which begins with %u: %u are missing\n",
		have, want, want - have);
	return -EAGAIN;
}

/* Creates the idle threads, which do not count in mach.nr_tasks. */
static int idle_threads(void)
{
	struct cpu *c;

	for_each_mach_cpu(c) {
		char comm[32];

		snprintf(comm, sizeof(comm), "swapper/%d", c->id);
		c->idle = task_alloc(comm, idle_main, c);
		if (!c->idle || baton_create(c->idle))
			return -EAGAIN;
		mach.nr_tasks--;
		c->idle->cpu = c->id;
		c->idle->is_idle = true;
		c->idle->started = true;
		c->idle->on_cpu = true;
		c->idle->allowed = cpumask_of(c->id);
		atomic_store(&c->idle->state, TASK_RUNNING);
		c->curr = c->idle;
		c->mode = CPU_IDLE;
		sched_boot_cpu(c);
		TRACE(TASK_NEW, .task = c->idle->id, .cpu = c->id, .allowed = cpumask_of(c->id).bits, .comm = comm);
	}
	/* in their first turn they enter the idle loop */
	for_each_mach_cpu(c)
		c->mode = CPU_CODE;
	return 0;
}
int lockstep_call_wait(struct task *t, const bool *done)
{
	struct mach_run run = { .until_ns = NS_NEVER };

	(void)t;
	while (!*done) {
		enum mach_stop stop = lockstep_machine_run(&run);

		if (stop != STOP_WATCH && !*done)
			return -EDEADLK;	/* the task waits for something that cannot happen */
	}
	return 0;
}

static void boot_main(void *arg)
{
	void (*boot)(void) = *(void (**)(void))arg;

	boot();
}

/*
 * The boot takes no virtual time, so that a lesson begins at time 0.  After it all threads
 * run until they wait for work.
 */
static int boot_in_no_time(void (*boot)(void))
{
	int err = boot ? call_in_task("swapper/init", boot_main, &boot) : 0;

	if (!err)
		lockstep_machine_run(&(struct mach_run){ .until_ns = 0 });
	mach.booting = false;
	return err;
}

int lockstep_start(void (*boot)(void))
{
	int err;

	mach.booting = true;
	chance_boot();
	mach.census = mach.cfg.census;
	check_context = failure_context;
	lockdep_start(mach_boot_param("lockdep") > 0);
	baton_adopt(&mach.director, mach.cfg.baton);
	err = choice_boot();
	if (!err)
		err = reserve_threads();
	if (err)
		return err;
	if (mach.trace) {
		dispatch_hooks(mach.trace);
		trace_current = mach.trace;
	}
	machine_announce();
	err = idle_threads();
	if (err)
		return err;
	timer_boot();
	softirq_boot();
	lockstep_rcu_boot();
	return boot_in_no_time(boot);
}

void lockstep_stop(void)
{
	baton_abort_all();
	choice_stop();
	lockdep_start(false);
	check_context = NULL;
}

uint32_t lockstep_mach_new_id(enum trace_class cls)
{
	if (mach.trace)
		return trace_new_id(mach.trace, cls);
	return 1 + atomic_fetch_add_explicit(&mach.ids[cls], 1, memory_order_relaxed);
}

void lockstep_memory_refused(size_t size)
{
	(void)size;
	shortage_end(-ENOMEM, "the run");
}

#define POISON_FREE 0x6b	/* the kernel's value */

/* Poison: a use after free goes wrong in every run, not only in some. */
void lockstep_memory_freed(void *p, size_t size)
{
	memset(p, POISON_FREE, size);
}
