/*
 * machine/irq.c - hard interrupts: delivery, lines, cross-CPU calls, tasklets.
 *
 * A handler borrows the stack of whatever it interrupted, as on a real CPU: the
 * thread that holds the baton calls it, nested.  It must not sleep; the sleeping
 * services know where they are and report it.
 *
 * Lives here:   contexts of a CPU, irq lines, irq_work, what runs at interrupt exit.
 * Never here:   softirq vectors (softirq.c), who runs next (dispatch.c, sched.c).
 * Rules:        R11 context table.   Licence: MIT.
 */
#include "machine/machine_internal.h"

#include <stdio.h>
#include <stdlib.h>
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

struct irq_line {
	struct list_head entry;		/* mach.lines */
	uint32_t id;
	char name[32];
	int cpu;
	struct list_head actions;
	struct mach_event event;	/* raised, not yet delivered */
	int raised_on;
	bool in_progress, masked;
	uint64_t arrivals;
};

/* ---- contexts ------------------------------------------------------------------- */

bool irqs_on(const struct cpu *c)
{
	return !c->irq_depth && !c->irq_off;
}

/* Free mode has no interrupts of its own: a depth in the task says what it pretends. */
bool in_hardirq(void)
{
	struct cpu *c;

	if (!mach_lockstep)
		return current->free_hardirq;
	c = this_cpu();
	return c && c->irq_depth;
}

bool in_softirq(void)
{
	struct cpu *c;

	if (!mach_lockstep)
		return current->free_softirq;
	c = this_cpu();
	return c && (c->softirq_depth || c->bh_off);
}

bool mach_in_task(void)
{
	struct cpu *c = this_cpu();

	return !c || (!c->irq_depth && !c->softirq_depth);
}

bool mach_in_atomic(void)
{
	struct cpu *c = this_cpu();

	return c && (c->irq_depth || c->softirq_depth || c->bh_off || c->irq_off || c->preempt_off);
}

void preempt_disable(void)
{
	struct cpu *c = mach_lockstep ? this_cpu() : NULL;

	if (c)
		c->preempt_off++;
	else if (!mach_lockstep)
		current->free_atomic++;
}

void preempt_enable(void)
{
	struct cpu *c = mach_lockstep ? this_cpu() : NULL;

	if (!mach_lockstep) {
		current->free_atomic--;
		return;
	}
	if (!c)
		return;
	bug_on(!c->preempt_off);
	if (!--c->preempt_off && c->need_resched && mach.cfg.preempt == PREEMPT_FULL)
		cond_resched();
}

void mach_atomic_reset(void)
{
	struct cpu *c = mach_lockstep ? this_cpu() : NULL;

	if (!mach_lockstep)
		current->free_atomic = 0;
	else if (c)
		c->preempt_off = c->bh_off = c->irq_off = 0;
}

void mach_irq_disable(void)
{
	struct cpu *c = this_cpu();

	if (c)
		c->irq_off++;
}

void mach_irq_enable(void)
{
	struct cpu *c = this_cpu();

	if (!c)
		return;
	bug_on(!c->irq_off);
	c->irq_off--;
	mach_sync();	/* what came in meanwhile */
}

uint64_t *mach_cause_slot(void)
{
	struct cpu *c = this_cpu();

	return c && (c->irq_depth || c->softirq_depth) ? &c->irq_cause : &current->cause;
}

/* ---- delivery ----------------------------------------------------------------------- */

/* irq_work in free mode runs on the caller's thread, marked as a hard interrupt. */

static void deliver(struct cpu *c, struct mach_event *ev)
{
	uint64_t outer = c->irq_cause;
	bool quiet = ev->quiet;		/* the event may free itself */

	list_del_init(&ev->entry);
	c->next_event = list_empty(&c->events) ? NS_NEVER :
			list_first_entry(&c->events, struct mach_event, entry)->time;
	if (ev->time > c->now)
		c->now = ev->time;
	c->irq_depth++;
	c->irq_cause = ev->cause;
	ev->cause = 0;
	if (!quiet)
		mach_charge(COST_IRQ_ENTRY);
	ev->fn(ev);
	if (!quiet)
		mach_charge(COST_IRQ_EXIT);
	c->irq_depth--;
	c->irq_cause = outer;
}

void irqs_run(struct cpu *c)
{
	while (c->next_event <= c->now && irqs_on(c)) {
		deliver(c, list_first_entry(&c->events, struct mach_event, entry));
		if (c->softirq_pending && !c->softirq_depth && !c->bh_off)
			softirqs_run(c);
	}
	if (!c->need_resched || c->softirq_depth || c->bh_off || c->preempt_off || !irqs_on(c))
		return;
	/* voluntary: kernel code goes on; the idle thread and a forced move do not */
	if (c->curr->is_idle || c->migrate_curr || mach.cfg.preempt == PREEMPT_FULL)
		sched_block(true);
}

/* ---- lines ---------------------------------------------------------------------------- */

static void line_fires(struct mach_event *ev);

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
	event_init(&l->event, line_fires, l);
	list_add_tail(&l->entry, &mach.lines);
	trace_def(CLS_LINE, l->id, (uint32_t)cpu, 0, l->name);
	return l;
}

uint32_t irq_line_id(const struct irq_line *line)
{
	return line->id;
}

static void line_handle(struct irq_line *l)
{
	struct irq_action *a, *n;
	bool handled = false;

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
			l->masked = l->masked || (a->flags & IRQF_ONESHOT);
			wake_up(&a->wait);
		}
	}
	TRACE(IRQ_EXIT, .line = l->id, .handled = handled);
	l->in_progress = false;
}

static void line_fires(struct mach_event *ev)
{
	line_handle(ev->arg);
}

/* Threaded handlers: "irq/<n>-<name>", fifo 50 (R11 context table). */
static bool action_woken(void *arg)
{
	struct irq_action *a = arg;

	return a->wake || a->stop || kthread_should_stop();
}

static int irq_thread(void *arg)
{
	struct irq_action *a = arg;

	for (;;) {
		wait_event(&a->wait, action_woken, a);
		if (a->stop || kthread_should_stop())
			return 0;
		a->wake = false;
		a->thread_fn(a->line, a->dev);
		a->line->masked = false;
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

	while (line->in_progress && mach_lockstep && this_cpu() && !in_hardirq())
		cpu_relax();
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

void irq_raise(struct irq_line *line, int cpu)
{
	struct cpu *c = this_cpu();
	uint64_t when = c ? c->now : mach.time;

	if (cpu < 0)
		cpu = line->cpu;
	if (!mach_lockstep) {
		free_irq_work(cpu, (void (*)(void *))(void *)line_handle, line);
		return;
	}
	mach_sync();
	if (!mach.cpus[cpu].online)
		cpu = cpumask_first(mach.online);
	TRACE(IRQ_RAISE, .line = line->id, .target_cpu = cpu);
	if (event_pending(&line->event)) {
		TRACE(IRQ_LOST, .line = line->id);
		return;
	}
	c = this_cpu();
	if (mach.cfg.jitter > 0 && c)
		when += rng_below(draw(&mach.cpus[cpu], SITE_ARRIVAL), (uint64_t)(mach.cfg.jitter * 1e6) + 1);
	if (c && c->id != cpu)
		when += mach_cost_ns(COST_WIRE);
	event_post(&line->event, cpu, when);
}

/* ---- cross-CPU calls ------------------------------------------------------------------ */

struct irq_work_item {
	struct mach_event event;
	void (*fn)(void *arg);
	void *arg;
};

static void irq_work_fires(struct mach_event *ev)
{
	struct irq_work_item *w = container_of(ev, struct irq_work_item, event);
	void (*fn)(void *) = w->fn;
	void *arg = w->arg;

	kfree(w);
	fn(arg);
}

void irq_work_on(int cpu, void (*fn)(void *arg), void *arg)
{
	struct irq_work_item *w;
	struct cpu *c = this_cpu();

	if (!mach_lockstep) {
		free_irq_work(cpu, fn, arg);
		return;
	}
	mach_sync();
	w = kzalloc(sizeof(*w));
	bug_on(!w);
	event_init(&w->event, irq_work_fires, w);
	w->fn = fn;
	w->arg = arg;
	if (!mach.cpus[cpu].online)
		cpu = cpumask_first(mach.online);
	event_post(&w->event, cpu, (c ? c->now : mach.time) + (c && c->id == cpu ? 0 : mach_cost_ns(COST_CALL_CPU)));
}

void irq_boot(void)
{
	INIT_LIST_HEAD(&mach.lines);
}
