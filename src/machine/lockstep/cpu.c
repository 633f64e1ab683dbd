/*
 * machine/lockstep/cpu.c - CPU hotplug in lockstep: the order of its steps.
 *
 * Lives here:   taking a CPU down, moving its events and threads, bringing it up.
 * Never here:   the locks around hotplug (machine/cpu.c), the engine's callbacks (mach.ops).
 * Rules:        R10.1..R10.5 (the order of callbacks).   Licence: MIT.
 */
#include "machine/lockstep/lockstep_internal.h"

/* The duration of a step that takes @about ns: exactly that, or +-15 % if costs vary. */
static uint64_t hotplug_ns(int cpu, uint64_t about)
{
	if (!mach.cfg.vary_costs)
		return about;
	/* measured on a real kernel: 41 ms down, 30 and 36 ms up */
	return about - about * 15 / 100 + rng_below(draw(&mach.cpus[cpu], SITE_HOTPLUG), about * 30 / 100);
}

/*
 * Moves the events of @dead to @to: ends of exact sleeps, interrupts in flight.  Cancels
 * those of the CPU itself: its tick, its timer interrupt, a reschedule.  Calls of other CPUs
 * have run by now (irq_works_run()).
 */
static void events_move(struct cpu *dead, struct cpu *to)
{
	struct mach_event *ev, *n;

	list_for_each_entry_safe(ev, n, &dead->events, entry) {
		uint64_t cause = ev->cause;

		event_cancel(ev);
		if (ev == &dead->tick || ev == &dead->timer_irq || is_resched_event(ev))
			continue;
		ev->cause = cause;
		event_post(ev, to->id, ev->time);
	}
}

/* Takes the CPU offline, on itself: its queued threads, timers and events move to other CPUs. */
static void cpu_dies(int cpu)
{
	struct cpu *c = &mach.cpus[cpu], *to;

	mach_sync();
	irq_works_run(c);
	/* Run its pending softirqs here, except the two whose items and tasklets move to another CPU. */
	c->softirq_pending &= ~(1u << HI_SOFTIRQ | 1u << TASKLET_SOFTIRQ);
	if (c->softirq_pending)
		softirqs_run(c);
	mach_irq_disable();
	cpumask_clear_cpu(cpu, &mach.online);
	c->online = false;
	to = &mach.cpus[cpumask_first(mach.online)];
	TRACE(CPU_STATE, .cpu = (uint32_t)cpu, .online = false);
	sched_migrate_all(c);
	timers_move(c, to);
	events_move(c, to);
	mach_irq_enable();
}

static void raise_moved(void *high)
{
	lockstep_raise_softirq(high ? HI_SOFTIRQ : TASKLET_SOFTIRQ);
}

static void softirq_move_from(struct cpu *dead, struct cpu *to)
{
	for (int high = 0; high < 2; high++) {
		if (list_empty(&dead->tasklets[high]))
			continue;
		list_splice_tail_init(&dead->tasklets[high], &to->tasklets[high]);
		lockstep_irq_work_on(to->id, raise_moved, high ? to : NULL);
	}
}

/* As measured: the grace period after clearing the active bit takes 38 of the 40 ms. */
#define PERCENT_BEFORE 95

int lockstep_take_down(int cpu)
{
	uint64_t took = hotplug_ns(cpu, 40000000), before = took * PERCENT_BEFORE / 100;
	int err;

	if (!mach.cpus[cpu].online)
		return -EINVAL;
	if (cpumask_weight(mach.online) == 1)
		return -EBUSY;
	/* From here on only threads bound to @cpu run there.  If the caller is on it, it is
	 * moved while it waits, like all other threads. */
	cpumask_clear_cpu(cpu, &mach.active);
	lockstep_mach_sleep_ns(before);
	err = on_cpu(cpu, mach.ops ? mach.ops->offline_cpu : NULL);
	if (err) {
		cpumask_set_cpu(cpu, &mach.active);
		return err;
	}
	lockstep_mach_sleep_ns(took - before);
	while (on_cpu(cpu, cpu_dies))	/* no thread to be had: retry, because offline_cpu() cannot be undone */
		lockstep_mach_sleep_ns(1000000);
	/* First BH items, then tasklets: the order of the softirq (R11.2). */
	if (mach.ops && mach.ops->dead_cpu)
		mach.ops->dead_cpu(cpu);
	softirq_move_from(&mach.cpus[cpu], &mach.cpus[cpumask_first(mach.online)]);
	return 0;
}

int lockstep_bring_up(int cpu)
{
	struct cpu *c = &mach.cpus[cpu];
	struct hotplug h;
	int err = 0;

	if (c->online)
		return -EINVAL;
	if (mach.ops && mach.ops->prepare_cpu)
		err = mach.ops->prepare_cpu(cpu);
	if (!err)
		err = on_cpu_ahead(&h, cpu, mach.ops ? mach.ops->online_cpu : NULL);
	if (err)
		return err;
	lockstep_mach_sleep_ns(hotplug_ns(cpu, 30000000));
	mach_sync();
	/* The thread that took the CPU down has exited, but under a long delay it may still be on its way to the idle loop. */
	while (c->mode != CPU_OFF) {
		lockstep_mach_sleep_ns(1000000);
		mach_sync();
	}
	if (c->now < lockstep_ktime_get_ns())
		c->now = lockstep_ktime_get_ns();
	c->online = true;
	c->mode = CPU_IDLE;
	cpumask_set_cpu(cpu, &mach.online);
	TRACE(CPU_STATE, .cpu = (uint32_t)cpu, .online = true);
	irq_works_deliver(c);
	on_cpu_go(&h);
	cpumask_set_cpu(cpu, &mach.active);
	return 0;
}
