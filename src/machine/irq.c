/*
 * machine/irq.c - interrupt lines and their handlers, shared or threaded.
 *
 * Lives here:   irq lines, request_irq(), free_irq(), calling the handlers of a line.
 * Never here:   when and on which CPU that happens (lockstep/irq.c, free/context.c), softirqs (softirq.c).
 * Rules:        R11 context table.   Licence: MIT.
 */
#include "machine/machine_internal.h"

#include <stdio.h>
#include <string.h>

struct irq_action {
	struct list_head entry;		/* line->actions */
	irq_handler handler, thread_fn;
	void *dev;
	char name[32];
	unsigned int flags;
	struct task *thread;
	bool wake, stop;
	struct wait_queue_head wait;
	struct irq_line *line;
};

struct irq_line *irq_line_find(const char *name)
{
	struct irq_line *l;

	list_for_each_entry(l, &mach.lines, entry)
		if (!strcmp(l->name, name))
			return l;
	return NULL;
}

struct irq_line *irq_line_new(int cpu, const char *name)
{
	struct irq_line *l;

	if (cpu < 0 || cpu >= mach.nr_cpus)
		return NULL;
	l = kzalloc(sizeof(*l));
	if (!l)
		return NULL;
	snprintf(l->name, sizeof(l->name), "%s", name);
	l->cpu = cpu;
	l->id = mach_new_id(CLS_LINE);
	INIT_LIST_HEAD(&l->actions);
	list_add_tail(&l->entry, &mach.lines);
	trace_def(CLS_LINE, l->id, (uint32_t)cpu, 0, l->name);
	return l;
}

uint32_t irq_line_id(const struct irq_line *line)
{
	return line->id;
}

void irq_line_handle(struct irq_line *l)
{
	struct irq_action *a, *n;
	bool handled = false;

	if (l->masked) {	/* the controller remembers one interrupt, until the line is unmasked */
		if (atomic_exchange(&l->latched, true))
			TRACE(IRQ_LOST, .line = l->id);
		return;
	}
	if (list_empty(&l->actions)) {
		TRACE(IRQ_NOBODY, .line = l->id);
		return;
	}
	l->in_progress = true;
	mach_set_cause(TRACE(IRQ_ENTRY, .line = l->id));
	list_for_each_entry_safe(a, n, &l->actions, entry) {
		enum irq_return ret = a->handler(l, a->dev);

		handled = handled || ret != IRQ_NONE;
		if (ret == IRQ_WAKE_THREAD && a->thread) {
			a->wake = true;
			l->masked += (a->flags & IRQF_ONESHOT) != 0;
			wake_up(&a->wait);
		}
	}
	TRACE(IRQ_EXIT, .line = l->id, .handled = handled);
	l->in_progress = false;
}

/* ---- threaded handlers: task "irq/<n>-<name>", fifo 50 (R11 context table) -------------- */

static bool action_woken(void *arg)
{
	struct irq_action *a = arg;

	return a->wake || a->stop || kthread_should_stop();
}

/* The thread of a oneshot action has ended: the last one unmasks the line. */
static void unmask(struct irq_action *a)
{
	struct irq_line *l = a->line;

	if (a->flags & IRQF_ONESHOT && atomic_fetch_sub(&l->masked, 1) == 1 && atomic_exchange(&l->latched, false))
		MODE(irq_resend)(l);
}

static int irq_thread(void *arg)
{
	struct irq_action *a = arg;

	for (;;) {
		wait_event(&a->wait, action_woken, a);
		if (a->stop || kthread_should_stop()) {
			if (a->wake)
				unmask(a);
			return 0;
		}
		a->wake = false;
		a->thread_fn(a->line, a->dev);
		task_report_leaks();
		unmask(a);
	}
}

int request_threaded_irq(struct irq_line *line, irq_handler handler, irq_handler thread_fn,
			 unsigned int flags, const char *name, void *dev)
{
	struct irq_action *a;

	if (!line || !handler)
		return -EINVAL;
	list_for_each_entry(a, &line->actions, entry)
		if (!(a->flags & flags & IRQF_SHARED))
			return -EBUSY;
	a = kzalloc(sizeof(*a));
	if (!a)
		return -ENOMEM;
	a->handler = handler;
	a->thread_fn = thread_fn;
	a->dev = dev;
	a->flags = flags;
	a->line = line;
	snprintf(a->name, sizeof(a->name), "%s", name);
	init_waitqueue_head(&a->wait, "irq thread");
	if (thread_fn) {
		char comm[64];
		struct mach_task_opts opts = { .cpu = line->cpu, .rt_prio = 50 };

		snprintf(comm, sizeof(comm), "irq/%u-%s", line->id, name);
		a->thread = machine_task(comm, irq_thread, a, &opts);
		if (!a->thread) {
			kfree(a);
			return -EAGAIN;
		}
	}
	list_add_tail(&a->entry, &line->actions);
	return 0;
}

int request_irq(struct irq_line *line, irq_handler handler, unsigned int flags, const char *name, void *dev)
{
	return request_threaded_irq(line, handler, NULL, flags, name, dev);
}

void free_irq(struct irq_line *line, void *dev)
{
	struct irq_action *a, *n;

	MODE(synchronize_irq)(line);
	list_for_each_entry_safe(a, n, &line->actions, entry) {
		if (a->dev != dev)
			continue;
		list_del_init(&a->entry);
		if (a->thread) {
			a->stop = true;
			wake_up(&a->wait);
		}
	}
}

void irq_boot(void)
{
	INIT_LIST_HEAD(&mach.lines);
}
