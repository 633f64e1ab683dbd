/*
 * machine/free/context.c - contexts of free mode: depths in the task.
 *
 * Threads of the host have no interrupts.  A handler runs on the thread that raises the
 * interrupt; meanwhile the thread has the label of the target CPU and counts as in a hard
 * interrupt.
 *
 * Lives here:   the depths, interrupts.
 * Never here:   bottom halves, which have threads of their own (softirq.c).   Licence: MIT.
 */
#include "machine/free/free_internal.h"

bool free_in_hardirq(void)
{
	return current->free_hardirq;
}

bool free_in_softirq(void)
{
	return current->free_softirq;
}

void free_preempt_disable(void)
{
	current->free_atomic++;
}

void free_preempt_enable(void)
{
	current->free_atomic--;
}

void free_local_bh_disable(void)
{
	current->free_atomic++;
}

void free_local_bh_enable(void)
{
	current->free_atomic--;
}

void free_mach_atomic_reset(void)
{
	current->free_atomic = 0;
}

unsigned int free_preempt_count(void)
{
	return 1;
}

bool free_irqs_disabled(void)
{
	return false;
}

/* ---- interrupts ------------------------------------------------------------------------------ */

void free_irq_work_on(int cpu, void (*fn)(void *arg), void *arg)
{
	struct task *me = current;
	int home = free_label(me);

	me->free_hardirq++;
	free_set_label(me, cpu);
	fn(arg);
	/* restore the label unless set_cpus_allowed() has changed it meanwhile */
	__atomic_compare_exchange_n(&me->cpu, &cpu, home, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	me->free_hardirq--;
}

static void line_fires(void *line)
{
	irq_line_handle(line);
}

void free_irq_raise(struct irq_line *line, int cpu)
{
	free_irq_work_on(cpu < 0 ? line->cpu : cpu, line_fires, line);
}

void free_irq_resend(struct irq_line *line)
{
	free_irq_work_on(line->cpu, line_fires, line);
}

void free_synchronize_irq(struct irq_line *line)
{
	(void)line;
}
