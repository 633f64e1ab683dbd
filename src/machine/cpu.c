/*
 * machine/cpu.c - virtual CPUs: their topology, which are online, bringing them up and down.
 *
 * Lives here:   masks, nodes, caches, cores; CPU hotplug's order of steps.
 * Never here:   what a CPU runs (sched.c), what the engine does about it (ops).
 * Rules:        R10.1..R10.5 (who is told when).   Licence: MIT.
 */
#include "machine/machine_internal.h"

int nr_cpu_ids(void)
{
	return mach.nr_cpus;
}

int nr_node_ids(void)
{
	return mach.nr_nodes;
}

struct cpumask cpu_possible_mask(void)
{
	return cpumask_first_n(mach.nr_cpus);
}

struct cpumask cpu_online_mask(void)
{
	return (struct cpumask){ __atomic_load_n(&mach.online.bits, __ATOMIC_ACQUIRE) };
}

struct cpumask cpu_active_mask(void)
{
	return (struct cpumask){ __atomic_load_n(&mach.active.bits, __ATOMIC_ACQUIRE) };
}

int cpu_to_node(int cpu)
{
	return mach.cpus[cpu].node;
}

static struct cpumask like(int cpu, size_t field)
{
	struct cpumask m = cpumask_none();
	const struct cpu *c;
	int want = *(const int *)((const char *)&mach.cpus[cpu] + field);

	for_each_mach_cpu(c)
		if (*(const int *)((const char *)c + field) == want)
			cpumask_set_cpu(c->id, &m);
	return m;
}

struct cpumask cpumask_of_node(int node)
{
	struct cpumask m = cpumask_none();
	const struct cpu *c;

	for_each_mach_cpu(c)
		if (c->node == node)
			cpumask_set_cpu(c->id, &m);
	return m;
}

struct cpumask cpu_llc_mask(int cpu)
{
	return like(cpu, offsetof(struct cpu, llc));
}

struct cpumask cpu_smt_mask(int cpu)
{
	return like(cpu, offsetof(struct cpu, core));
}

/* ---- isolation ----------------------------------------------------------------------- */

/* Somebody must do the housekeeping: a parameter that leaves nobody is as good as none. */
void housekeeping_boot(void)
{
	for (int type = 0; type <= HK_TYPE_DOMAIN; type++) {
		long isolated = mach_boot_param(type == HK_TYPE_DOMAIN ? "isolcpus" : "nohz_full");
		struct cpumask rest = cpu_possible_mask();

		if (isolated > 0)
			rest = cpumask_andnot(rest, (struct cpumask){ (uint64_t)isolated });
		mach.housekeeping[type] = cpumask_empty(rest) ? cpu_possible_mask() : rest;
	}
}

struct cpumask housekeeping_cpumask(enum hk_type type)
{
	return mach.housekeeping[type];
}

bool housekeeping_enabled(enum hk_type type)
{
	return !cpumask_equal(housekeeping_cpumask(type), cpu_possible_mask());
}

int housekeeping_any_cpu(enum hk_type type)
{
	struct cpumask may = cpumask_and(housekeeping_cpumask(type), cpu_online_mask()), near;
	int cpu = raw_smp_processor_id();

	if (cpu >= 0 && cpumask_test_cpu(cpu, may))
		return cpu;
	near = cpu < 0 ? may : cpumask_and(may, cpumask_of_node(cpu_to_node(cpu)));
	if (!cpumask_empty(near))
		return cpumask_first(near);
	return cpumask_empty(may) ? cpu : cpumask_first(may);
}

/* ---- who wants the CPUs to stay as they are --------------------------------------------- */

void cpus_read_lock(void)
{
	mutex_lock(&mach.hotplug);	/* held by whoever changes something, or is about to */
	atomic_fetch_add(&mach.cpus_readers, 1);
	mutex_unlock(&mach.hotplug);
}

void cpus_read_unlock(void)
{
	if (atomic_fetch_sub(&mach.cpus_readers, 1) == 1)
		wake_up(&mach.cpus_wait);
}

/* ---- hotplug ------------------------------------------------------------------------- */

struct hotplug {
	int cpu;
	void (*step)(int cpu);
};

static int hotplug_thread(void *arg)
{
	struct hotplug *h = arg;

	if (h->step)
		h->step(h->cpu);
	return 0;
}

/* Runs @step on @cpu itself, as the kernel's cpuhp thread does, and waits for it. */
int on_cpu(int cpu, void (*step)(int cpu))
{
	struct hotplug h = { cpu, step };
	struct mach_task_opts opts = { .cpu = cpu, .rt_prio = 99 };
	char comm[32];
	struct task *t;

	snprintf(comm, sizeof(comm), step ? "cpuhp/%d" : "migration/%d", cpu);
	t = machine_task(comm, hotplug_thread, &h, &opts);
	if (!t)
		return -EAGAIN;
	kthread_wait_exit(t);
	if (!mach_lockstep)
		free_task_reap(t);
	return 0;
}
#ifndef KW_FREE_ONLY

/* It is about as long each time: a quarter more or less. */
static uint64_t hotplug_ns(int cpu, uint64_t about)
{
	if (!mach.cfg.vary_costs)
		return about;
	/* measured: 41 ms down, 30 and 36 ms up; +-15 % of 40 and 30 */
	return about - about * 15 / 100 + rng_below(draw(&mach.cpus[cpu], SITE_HOTPLUG), about * 30 / 100);
}

/*
 * What was to happen on @dead happens on @to: ends of exact sleeps, interrupts on
 * their way.  What belongs to the CPU itself ends with it.
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

/* The CPU stops: nothing runs there any more, what waited goes elsewhere. */
static void cpu_dies(int cpu)
{
	struct cpu *c = &mach.cpus[cpu], *to;

	mach_sync();
	/* What it can still do itself, but for the vectors whose work others take over. */
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
	raise_softirq(high ? HI_SOFTIRQ : TASKLET_SOFTIRQ);
}

void softirq_move_from(struct cpu *dead, struct cpu *to)
{
	for (int high = 0; high < 2; high++) {
		if (list_empty(&dead->tasklets[high]))
			continue;
		list_splice_tail_init(&dead->tasklets[high], &to->tasklets[high]);
		irq_work_on(to->id, raise_moved, high ? to : NULL);
	}
}

static int take_down(int cpu)
{
	int err;

	if (!mach.cpus[cpu].online)
		return -EINVAL;
	if (cpumask_weight(mach.online) == 1)
		return -EBUSY;
	/* From here on only what is bound to it runs there; a caller that is will be
	 * moved like everybody else, while it waits. */
	cpumask_clear_cpu(cpu, &mach.active);
	err = on_cpu(cpu, mach.ops ? mach.ops->offline_cpu : NULL);
	if (err) {
		cpumask_set_cpu(cpu, &mach.active);
		return err;
	}
	mach_sleep_ns(hotplug_ns(cpu, 40000000));
	while (on_cpu(cpu, cpu_dies))	/* no thread to be had: there is no way back any more */
		mach_sleep_ns(1000000);
	/* In the order in which a softirq would have served them (R11.2). */
	if (mach.ops && mach.ops->dead_cpu)
		mach.ops->dead_cpu(cpu);
	softirq_move_from(&mach.cpus[cpu], &mach.cpus[cpumask_first(mach.online)]);
	return 0;
}

static int bring_up(int cpu)
{
	struct cpu *c = &mach.cpus[cpu];
	int err = 0;

	if (c->online)
		return -EINVAL;
	if (mach.ops && mach.ops->prepare_cpu)
		err = mach.ops->prepare_cpu(cpu);
	if (err)
		return err;
	mach_sleep_ns(hotplug_ns(cpu, 30000000));
	mach_sync();
	if (c->now < ktime_get_ns())
		c->now = ktime_get_ns();
	c->online = true;
	c->mode = CPU_IDLE;
	cpumask_set_cpu(cpu, &mach.online);
	TRACE(CPU_STATE, .cpu = (uint32_t)cpu, .online = true);
	while (on_cpu(cpu, mach.ops ? mach.ops->online_cpu : NULL))
		mach_sleep_ns(1000000);
	cpumask_set_cpu(cpu, &mach.active);
	return 0;
}

#else
#define take_down free_take_down
#define bring_up free_bring_up
#endif

static bool no_readers(void *arg)
{
	(void)arg;
	return !atomic_load(&mach.cpus_readers);
}

/* One CPU at a time, in either direction, and not while somebody counts on them. */
static int hotplug(int cpu, int (*way)(int cpu), const char *what)
{
	int err;

	if (cpu < 0 || cpu >= mach.nr_cpus)
		return -EINVAL;
	if (might_sleep(what))
		return -EWOULDBLOCK;
	mutex_lock(&mach.hotplug);
	wait_event(&mach.cpus_wait, no_readers, NULL);
	err = way(cpu);
	mutex_unlock(&mach.hotplug);
	return err;
}

int cpu_down(int cpu)
{
	return hotplug(cpu, mach_lockstep ? take_down : free_take_down, "cpu_down");
}

int cpu_up(int cpu)
{
	return hotplug(cpu, mach_lockstep ? bring_up : free_bring_up, "cpu_up");
}
