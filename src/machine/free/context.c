/*
 * machine/free/context.c - contexts of free mode: a depth in the task says what it pretends.
 *
 * Real threads have no interrupts of their own.  A handler runs on the thread that raises
 * it, under the label of the CPU that it is for, and the task counts as in a hard interrupt.
 *
 * Lives here:   depths, interrupts.
 * Never here:   bottom halves, which have threads (softirq.c).   Licence: MIT.
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
	/* not if somebody gave us another meanwhile */
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

void free_synchronize_irq(struct irq_line *line)
{
	(void)line;
}
