/*
 * machine/lockstep/irq.c - hard interrupts: contexts of a CPU, delivery, cross-CPU calls.
 *
 * A handler runs on the stack of the code that it interrupts, as on a real CPU: the thread
 * that holds the baton calls it.  A handler must not sleep; a service that would sleep
 * reports it.
 *
 * Lives here:   contexts of a CPU, raising a line, irq_work, delivery and the exit from it.
 * Never here:   handlers of a line (machine/irq.c), softirq vectors (softirq.c), choosing
 *               the next CPU or task (dispatch.c, sched.c).
 * Rules:        R11 context table.   Licence: MIT.
 */
#include "machine/lockstep/lockstep_internal.h"

/* ---- contexts ------------------------------------------------------------------- */

bool irqs_on(const struct cpu *c)
{
	return !c->irq_depth && !c->irq_off;
}

bool lockstep_in_hardirq(void)
{
	struct cpu *c = this_cpu();

	return c && c->irq_depth;
}

bool lockstep_in_softirq(void)
{
	struct cpu *c = this_cpu();

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

void lockstep_preempt_disable(void)
{
	struct cpu *c = this_cpu();

	if (c)
		c->preempt_off++;
}

void lockstep_preempt_enable(void)
{
	struct cpu *c = this_cpu();

	if (!c)
		return;
	bug_on(!c->preempt_off);
	if (!--c->preempt_off && c->need_resched && mach.cfg.preempt == PREEMPT_FULL)
		lockstep_cond_resched();
}

void lockstep_mach_atomic_reset(void)
{
	struct cpu *c = this_cpu();

	if (c)
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
	mach_sync();	/* deliver the interrupts that arrived while they were disabled */
}

uint64_t *mach_cause_slot(void)
{
	struct cpu *c = this_cpu();

	return c && (c->irq_depth || c->softirq_depth) ? &c->irq_cause : &mach_cur->cause;
}

unsigned int lockstep_preempt_count(void)
{
	struct cpu *c = this_cpu();

	return c ? (c->irq_depth << 16) | (c->softirq_depth + c->bh_off) << 8 | c->preempt_off : 1;
}

bool lockstep_irqs_disabled(void)
{
	struct cpu *c = this_cpu();

	return c && !irqs_on(c);
}

bool lockstep_might_sleep(const char *what)
{
	if (mach_cur->is_director)
		return true;	/* the director must not sleep; it uses machine_call() */
	if (!mach_in_atomic())
		return false;
	atomic_report(what);
	return true;
}

/* ---- delivery ----------------------------------------------------------------------- */

static void deliver(struct cpu *c, struct mach_event *ev)
{
	uint64_t outer = c->irq_cause;

	list_del_init(&ev->entry);
	c->next_event = list_empty(&c->events) ? NS_NEVER :
			list_first_entry(&c->events, struct mach_event, entry)->time;
	if (ev->time > c->now)
		c->now = ev->time;
	c->irq_depth++;
	c->irq_cause = ev->cause;
	ev->cause = 0;
	mach_charge(COST_IRQ_ENTRY);
	ev->fn(ev);		/* may free *ev */
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
	/* voluntary preemption: kernel code continues, unless it must leave this CPU; the idle thread yields */
	if (c->curr->is_idle || c->migrate_curr || mach.cfg.preempt == PREEMPT_FULL)
		sched_block(true);
}

/* ---- raising a line ------------------------------------------------------------------- */

static void line_fires(struct mach_event *ev)
{
	irq_line_handle(ev->arg);
}

void lockstep_irq_raise(struct irq_line *line, int cpu)
{
	struct cpu *c;
	uint64_t when;

	if (cpu < 0)
		cpu = line->cpu;
	mach_sync();
	if (!mach.cpus[cpu].online)	/* the kernel gives the lines of a CPU that goes to another one */
		cpu = cpumask_first(mach.online);
	TRACE(IRQ_RAISE, .line = line->id, .target_cpu = cpu);
	if (!line->event.fn)
		event_init(&line->event, line_fires, line);
	if (event_pending(&line->event)) {
		TRACE(IRQ_LOST, .line = line->id);
		return;
	}
	c = this_cpu();
	when = c ? c->now : mach.time;
	if (mach.cfg.jitter > 0 && c)
		when += rng_below(draw(&mach.cpus[cpu], SITE_ARRIVAL), (uint64_t)(mach.cfg.jitter * 1e6) + 1);
	if (c && c->id != cpu)
		when += mach_cost_ns(COST_WIRE);
	event_post(&line->event, cpu, when);
}

bool mach_irq_underway(const struct irq_line *line)
{
	return line->in_progress || (line->event.fn && event_pending(&line->event));	/* .fn: it has been raised before */
}

/* The line was raised while it was masked.  A raise that is on its way is the same interrupt. */
void lockstep_irq_resend(struct irq_line *line)
{
	struct cpu *c;
	int cpu = line->cpu;

	mach_sync();
	if (event_pending(&line->event))
		return;
	if (!mach.cpus[cpu].online)
		cpu = cpumask_first(mach.online);
	c = this_cpu();
	event_post(&line->event, cpu, (c ? c->now : mach.time) + (c && c->id == cpu ? 0 : mach_cost_ns(COST_WIRE)));
}

void lockstep_synchronize_irq(struct irq_line *line)
{
	while (line->in_progress && this_cpu() && !lockstep_in_hardirq())
		lockstep_cpu_relax();
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

static struct mach_event *next_call(struct cpu *c)
{
	struct mach_event *ev;

	list_for_each_entry(ev, &c->events, entry)
		if (ev->fn == irq_work_fires)
			return ev;
	return NULL;
}

void irq_works_run(struct cpu *dying)
{
	struct mach_event *ev;

	while ((ev = next_call(dying))) {
		event_cancel(ev);
		dying->irq_depth++;
		ev->fn(ev);
		dying->irq_depth--;
	}
}

void irq_works_deliver(struct cpu *c)
{
	struct mach_event *ev, *n;

	list_for_each_entry_safe(ev, n, &c->waiting_calls, entry) {
		list_del_init(&ev->entry);
		event_post(ev, c->id, c->now);
	}
}

/* As the kernel: a call for a CPU that is offline is reported once, and waits until the CPU is back. */
static void call_waits(struct irq_work_item *w, struct cpu *target)
{
	w->event.cause = mach_cause();
	list_add_tail(&w->event.entry, &target->waiting_calls);
	if (!mach.warned_call)
		mach_warn_on(BUG_WQ_WARN, "irq_work_queue_on", 0, "a call for CPU %d, which is offline", target->id);
	mach.warned_call = true;
}

void lockstep_irq_work_on(int cpu, void (*fn)(void *arg), void *arg)
{
	struct irq_work_item *w;
	struct cpu *c;

	mach_sync();
	w = kzalloc(sizeof(*w));
	bug_on(!w);
	event_init(&w->event, irq_work_fires, w);
	w->fn = fn;
	w->arg = arg;
	if (!mach.cpus[cpu].online) {
		call_waits(w, &mach.cpus[cpu]);
		return;
	}
	c = this_cpu();
	event_post(&w->event, cpu, (c ? c->now : mach.time) + (c && c->id == cpu ? 0 : mach_cost_ns(COST_CALL_CPU)));
}
