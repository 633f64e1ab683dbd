/*
 * machine/softirq.c - the table of the ten softirq vectors, and tasklets.
 *
 * Lives here:   the functions of each vector; tasklet lists.
 * Never here:   raising and running vectors (lockstep/softirq.c, free/softirq.c), those
 *               functions themselves (timers, lockstep/rcu.c, the engine's BH pools).
 * Rules:        R11.2, R11.5.   Licence: MIT.
 */
#include "machine/machine_internal.h"

enum { TASKLET_SCHEDULED = 1, TASKLET_RUNNING = 2 };

void open_softirq(enum softirq_vec vec, void (*fn)(void))
{
	mach.softirq[vec] = fn;
}

void open_softirq_first(enum softirq_vec vec, void (*fn)(void))
{
	mach.softirq_first[vec] = fn;
}

/* ---- tasklets -------------------------------------------------------------------------- */

void tasklet_setup(struct tasklet_struct *t, void (*func)(struct tasklet_struct *t))
{
	*t = (struct tasklet_struct){ .func = func };
	INIT_LIST_HEAD(&t->entry);
}

static enum softirq_vec vector_of(int high)
{
	return high ? HI_SOFTIRQ : TASKLET_SOFTIRQ;
}

static void tasklet_queue(struct tasklet_struct *t, int high)
{
	int cpu;

	if (katomic_fetch_or(&t->state, TASKLET_SCHEDULED) & TASKLET_SCHEDULED)
		return;
	cpu = smp_processor_id();
	bug_on(cpu < 0);	/* called by the director */
	t->cause = mach_cause();
	MODE(tasklets_lock)(cpu);
	list_add_tail(&t->entry, &mach.cpus[cpu].tasklets[high]);
	MODE(tasklets_unlock)(cpu);
	raise_softirq_on(cpu, vector_of(high));	/* free mode: this thread may have another CPU by now */
}

void tasklet_schedule(struct tasklet_struct *t)
{
	tasklet_queue(t, 0);
}

void tasklet_hi_schedule(struct tasklet_struct *t)
{
	tasklet_queue(t, 1);
}

static void tasklets_run(int high)
{
	int cpu = softirq_cpu();
	struct cpu *c = &mach.cpus[cpu];
	LIST_HEAD(batch);
	struct tasklet_struct *t, *n;
	uint64_t cause;

	MODE(tasklets_lock)(cpu);
	list_splice_tail_init(&c->tasklets[high], &batch);
	MODE(tasklets_unlock)(cpu);
	list_for_each_entry_safe(t, n, &batch, entry) {
		list_del_init(&t->entry);
		if (t->disabled || katomic_fetch_or(&t->state, TASKLET_RUNNING) & TASKLET_RUNNING) {
			/* Disabled, or running on another CPU, which it may not do twice at once: requeue. */
			MODE(tasklets_lock)(cpu);
			list_add_tail(&t->entry, &c->tasklets[high]);
			MODE(tasklets_unlock)(cpu);
			raise_softirq_on(cpu, vector_of(high));
			continue;
		}
		cause = t->cause;	/* read now: tasklet_schedule() on another CPU may overwrite it */
		katomic_fetch_and(&t->state, ~(int64_t)TASKLET_SCHEDULED);
		mach_set_cause(cause);
		t->func(t);
		katomic_fetch_and(&t->state, ~(int64_t)TASKLET_RUNNING);
	}
}

static void tasklet_action(void)
{
	tasklets_run(0);
}

static void tasklet_hi_action(void)
{
	tasklets_run(1);
}

void tasklet_kill(struct tasklet_struct *t)
{
	if (might_sleep("tasklet_kill"))
		return;
	while (katomic_read(&t->state))
		cpu_relax();
}

void softirq_boot(void)
{
	open_softirq(TASKLET_SOFTIRQ, tasklet_action);
	open_softirq(HI_SOFTIRQ, tasklet_hi_action);
}
