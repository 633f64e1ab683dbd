/*
 * machine/softirq.c - the ten softirq vectors, ksoftirqd, tasklets.
 *
 * Vectors raised in a hard interrupt run at its exit, on the same stack, with
 * interrupts on; at most 10 rounds or 2 ms, then ksoftirqd/N goes on.
 *
 * Lives here:   raising, running, handing over to ksoftirqd, tasklets.
 * Never here:   what a vector does (timer.c, rcu.c, the engine's BH pools).
 * Rules:        R11.2, R11.5, R11 context table.   Licence: MIT.
 */
#include "machine/machine_internal.h"

#include <stdio.h>

#define SOFTIRQ_RESTART_MAX 10
#define SOFTIRQ_TIME_MAX_NS 2000000u

enum { TASKLET_SCHEDULED = 1, TASKLET_RUNNING = 2 };

void open_softirq(enum softirq_vec vec, void (*fn)(void))
{
	mach.softirq[vec] = fn;
}

void open_softirq_first(enum softirq_vec vec, void (*fn)(void))
{
	mach.softirq_first[vec] = fn;
}

void raise_softirq_on_cpu(struct cpu *c, enum softirq_vec vec)
{
	if (c->softirq_pending & (1u << vec))
		return;
	c->softirq_pending |= 1u << vec;
	c->softirq_cause[vec] = mach_cause();
	TRACE(SOFTIRQ_RAISE, .vec = vec);
}

static int ksoftirqd(void *arg)
{
	struct cpu *c = arg;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!c->softirq_pending) {
			schedule();
			continue;
		}
		set_current_state(TASK_RUNNING);
		softirqs_run(c);
		cond_resched();
	}
	return 0;
}

static void wake_ksoftirqd(struct cpu *c)
{
	if (!c->ksoftirqd) {
		char comm[64];
		struct mach_task_opts opts = { .cpu = c->id };

		snprintf(comm, sizeof(comm), "ksoftirqd/%d", c->id);
		c->ksoftirqd = machine_task(comm, ksoftirqd, c, &opts);
		return;
	}
	wake_up_process(c->ksoftirqd);
}

static void run_vector(struct cpu *c, unsigned int vec)
{
	uint64_t outer = c->irq_cause;

	c->irq_cause = c->softirq_cause[vec];
	mach_charge(COST_SOFTIRQ);
	c->irq_cause = TRACE(SOFTIRQ_ENTRY, .vec = vec);
	if (mach.softirq_first[vec])
		mach.softirq_first[vec]();
	if (mach.softirq[vec])
		mach.softirq[vec]();
	TRACE(SOFTIRQ_EXIT, .vec = vec);
	c->irq_cause = outer;
}

void softirqs_run(struct cpu *c)
{
	uint64_t begin = c->now;
	unsigned int rounds = 0;

	c->softirq_depth++;
	while (c->softirq_pending) {
		uint32_t now = c->softirq_pending;

		if (rounds++ >= SOFTIRQ_RESTART_MAX || c->now - begin >= SOFTIRQ_TIME_MAX_NS) {
			wake_ksoftirqd(c);
			break;
		}
		c->softirq_pending = 0;
		while (now) {
			unsigned int vec = (unsigned int)__builtin_ctz(now);

			now &= now - 1;
			run_vector(c, vec);
		}
	}
	c->softirq_depth--;
}

int softirq_cpu(void)
{
	return mach_lockstep ? smp_processor_id() : free_softirq_cpu();
}

void raise_softirq_on(int cpu, enum softirq_vec vec)
{
	bug_on(mach_lockstep);
	free_softirq_raise(cpu, vec);
}

void raise_softirq(enum softirq_vec vec)
{
	struct cpu *c = this_cpu();

	if (!mach_lockstep) {
		free_softirq_raise(smp_processor_id(), vec);
		return;
	}
	bug_on(!c);
	raise_softirq_on_cpu(c, vec);
	/* outside of any interrupt nobody will pass by: the thread does it */
	if (!c->irq_depth && !c->softirq_depth && !c->bh_off)
		wake_ksoftirqd(c);
}

void local_bh_disable(void)
{
	struct cpu *c = mach_lockstep ? this_cpu() : NULL;

	if (c)
		c->bh_off++;
	else if (!mach_lockstep)
		current->free_atomic++;
}

void local_bh_enable(void)
{
	struct cpu *c = mach_lockstep ? this_cpu() : NULL;

	if (!mach_lockstep)
		current->free_atomic--;
	if (!c)
		return;
	bug_on(!c->bh_off);
	if (!--c->bh_off && c->softirq_pending && !c->irq_depth && !c->softirq_depth)
		softirqs_run(c);
}

/* ---- tasklets -------------------------------------------------------------------------- */

void tasklet_setup(struct tasklet_struct *t, void (*func)(struct tasklet_struct *t))
{
	*t = (struct tasklet_struct){ .func = func };
	INIT_LIST_HEAD(&t->entry);
}

/* Lockstep: the baton guards the lists. */
static void tasklets_lock(struct cpu *c)
{
	if (!mach_lockstep)
		free_tasklets_lock(c->id, true);
}

static void tasklets_unlock(struct cpu *c)
{
	if (!mach_lockstep)
		free_tasklets_lock(c->id, false);
}

static void raise_on(struct cpu *c, int high)
{
	enum softirq_vec vec = high ? HI_SOFTIRQ : TASKLET_SOFTIRQ;

	if (mach_lockstep)
		raise_softirq_on_cpu(c, vec);
	else
		free_softirq_raise(c->id, vec);
}

static void tasklet_queue(struct tasklet_struct *t, int high)
{
	struct cpu *c;

	bug_on(mach_lockstep && !this_cpu());
	if (katomic_fetch_or(&t->state, TASKLET_SCHEDULED) & TASKLET_SCHEDULED)
		return;
	c = mach_lockstep ? this_cpu() : &mach.cpus[smp_processor_id()];
	t->cause = mach_cause();
	tasklets_lock(c);
	list_add_tail(&t->entry, &c->tasklets[high]);
	tasklets_unlock(c);
	if (mach_lockstep)
		raise_softirq(high ? HI_SOFTIRQ : TASKLET_SOFTIRQ);
	else
		raise_on(c, high);	/* the list we chose, whatever our CPU is by now */
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
	struct cpu *c = &mach.cpus[softirq_cpu()];
	LIST_HEAD(batch);
	struct tasklet_struct *t, *n;
	uint64_t cause;

	tasklets_lock(c);
	list_splice_tail_init(&c->tasklets[high], &batch);
	tasklets_unlock(c);
	list_for_each_entry_safe(t, n, &batch, entry) {
		list_del_init(&t->entry);
		if (t->disabled || katomic_fetch_or(&t->state, TASKLET_RUNNING) & TASKLET_RUNNING) {
			/* one at a time system-wide: look again in the next round */
			tasklets_lock(c);
			list_add_tail(&t->entry, &c->tasklets[high]);
			tasklets_unlock(c);
			raise_on(c, high);
			continue;
		}
		cause = t->cause;	/* who schedules it again writes another */
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
