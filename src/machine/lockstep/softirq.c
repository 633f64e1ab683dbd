/*
 * machine/lockstep/softirq.c - raising and running softirq vectors, ksoftirqd.
 *
 * Vectors raised in a hard interrupt run at its exit, on the same stack, with interrupts
 * enabled.  After 10 rounds or the ticks of 2 ms, ksoftirqd/N runs the rest.
 *
 * Lives here:   raising, running, ksoftirqd.
 * Never here:   the table of vectors, tasklets (machine/softirq.c), the functions of a vector.
 * Rules:        R11.2, R11.5, R11 context table.   Licence: MIT.
 */
#include "machine/lockstep/lockstep_internal.h"

#include <stdio.h>

#define SOFTIRQ_RESTART_MAX 10
#define SOFTIRQ_TIME_MAX_MS 2

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
			lockstep_schedule();
			continue;
		}
		set_current_state(TASK_RUNNING);
		softirqs_run(c);
		lockstep_cond_resched();
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
	lockstep_wake_up_process(c->ksoftirqd);
}

/* 6.12 reports a vector's function that leaves preemption or interrupts off, and corrects the count. */
static void report_leak(unsigned int vec, unsigned int before)
{
	printk(3, "huh, entered softirq %u %s with preempt_count %08x, exited with %08x?", vec, trace_softirq_name(vec),
	       before, lockstep_preempt_count());
	TRACE(BUG, .kind = BUG_LOCK_LEAK, .who = mach_cur->id, .text = trace_softirq_name(vec));
}

static void call_vector(struct cpu *c, unsigned int vec)
{
	unsigned int count = lockstep_preempt_count(), preempt_off = c->preempt_off, irq_off = c->irq_off;

	if (mach.softirq_first[vec])
		mach.softirq_first[vec]();
	if (mach.softirq[vec])
		mach.softirq[vec]();
	if (likely(c->preempt_off == preempt_off && c->irq_off == irq_off))
		return;
	report_leak(vec, count);
	c->preempt_off = preempt_off;
	c->irq_off = irq_off;
}

static void run_vector(struct cpu *c, unsigned int vec)
{
	uint64_t outer = c->irq_cause;

	c->irq_cause = c->softirq_cause[vec];
	mach_charge(COST_SOFTIRQ);
	c->irq_cause = TRACE(SOFTIRQ_ENTRY, .vec = vec);
	call_vector(c, vec);
	TRACE(SOFTIRQ_EXIT, .vec = vec);
	c->irq_cause = outer;
}

void softirqs_run(struct cpu *c)
{
	unsigned long end = ticks_now() + msecs_to_jiffies(SOFTIRQ_TIME_MAX_MS);
	unsigned int rounds = 0;

	c->softirq_depth++;
	while (c->softirq_pending) {
		uint32_t now = c->softirq_pending;

		/* as in the kernel, a thread that waits for the CPU ends it too, after the first round */
		if (rounds && (rounds >= SOFTIRQ_RESTART_MAX || c->need_resched || !time_before(ticks_now(), end))) {
			wake_ksoftirqd(c);
			break;
		}
		rounds++;
		c->softirq_pending = 0;
		while (now) {
			unsigned int vec = (unsigned int)__builtin_ctz(now);

			now &= now - 1;
			run_vector(c, vec);
		}
	}
	c->softirq_depth--;
}

int lockstep_softirq_cpu(void)
{
	return this_cpu()->id;
}

void lockstep_raise_softirq(enum softirq_vec vec)
{
	struct cpu *c = this_cpu();

	bug_on(!c);
	raise_softirq_on_cpu(c, vec);
	/* outside of interrupts no interrupt exit follows: ksoftirqd runs the vector */
	if (!c->irq_depth && !c->softirq_depth && !c->bh_off)
		wake_ksoftirqd(c);
}

/* A CPU can only raise its own vectors (R11.4). */
void lockstep_raise_softirq_on(int cpu, enum softirq_vec vec)
{
	bug_on(!this_cpu() || this_cpu()->id != cpu);
	lockstep_raise_softirq(vec);
}

void lockstep_local_bh_disable(void)
{
	struct cpu *c = this_cpu();

	if (c)
		c->bh_off++;
}

void lockstep_local_bh_enable(void)
{
	struct cpu *c = this_cpu();

	if (!c)
		return;
	bug_on(!c->bh_off);
	if (!--c->bh_off && c->softirq_pending && !c->irq_depth && !c->softirq_depth)
		softirqs_run(c);
}

/* The baton guards the lists of tasklets. */
void lockstep_tasklets_lock(int cpu)
{
	(void)cpu;
}

void lockstep_tasklets_unlock(int cpu)
{
	(void)cpu;
}
