/*
 * machine/free/start.c - starting and stopping free mode.
 *
 * Lives here:   the order in which its parts start and stop; calls of the director.
 * Never here:   the steps that both modes share (machine/start.c).   Licence: MIT.
 */
#include "machine/free/free_internal.h"

int free_start(void (*boot)(void))
{
	struct task *director;
	int err;

	mach.free_start_ns = uv_hrtime();
	mach_free_runs++;
	atomic_store(&mach_tick_jiffies, 0);
	free_tasks_start();
	free_hosts_start();
	free_softirq_start();
	err = free_trace_start();
	if (err)
		return err;
	machine_announce();
	atomic_store(&mach_cpus_missing, false);
	director = mach_current_free();
	director->cpu = 0;
	softirq_boot();
	free_pin_start();
	err = free_timers_start();
	if (err)
		return err;
	free_rcu_boot();
	if (boot)
		boot();
	return 0;
}

void free_stop(void)
{
	atomic_store(&mach.stopping, true);
	free_softirq_close();
	free_tasks_end();
	free_hosts_stop();
	free_timers_stop();
	free_trace_stop();
	free_softirq_stop();
	free_tasks_stop();
	mach_free_runs++;	/* invalidates the cached task pointer of every thread */
}

int free_call_wait(struct task *t, const bool *done)
{
	(void)done;
	kthread_wait_exit(t);
	free_task_reap(t);
	return 0;
}

uint32_t free_mach_new_id(enum trace_class cls)
{
	return 1 + atomic_fetch_add_explicit(&mach.ids[cls], 1, memory_order_relaxed);
}

/* A program goes on without: its allocation fails. */
void free_memory_refused(size_t size)
{
	(void)size;
}

/* No poison: it would cost time in each kfree(), and the sanitizers find a use after free. */
void free_memory_freed(void *p, size_t size)
{
	(void)p, (void)size;
}
