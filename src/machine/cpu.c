/*
 * machine/cpu.c - virtual CPUs: topology, masks, and the entry to hotplug.
 *
 * Lives here:   nodes, caches, cores, CPU masks, isolated CPUs; the locks around hotplug.
 * Never here:   the steps of hotplug (lockstep/cpu.c, free/cpu.c), what a CPU runs (lockstep/sched.c).
 * Rules:        R10.1..R10.5 (the order of hotplug callbacks).   Licence: MIT.
 */
#include "machine/machine_internal.h"

#include <stdio.h>

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

/* At least one CPU must do the housekeeping: a parameter that isolates all CPUs is ignored. */
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

/* ---- readers of the CPU masks ---------------------------------------------------------- */

void cpus_read_lock(void)
{
	mutex_lock(&mach.hotplug);	/* a writer holds it from before its change to the end */
	atomic_fetch_add(&mach.cpus_readers, 1);
	mutex_unlock(&mach.hotplug);
}

void cpus_read_unlock(void)
{
	if (atomic_fetch_sub(&mach.cpus_readers, 1) == 1)
		wake_up(&mach.cpus_wait);
}

/* ---- hotplug ------------------------------------------------------------------------- */

static int hotplug_thread(void *arg)
{
	struct hotplug *h = arg;

	if (h->ahead)
		wait_for_completion(&h->go);
	if (h->step)
		h->step(h->cpu);
	return 0;
}

/* Runs @step in a thread bound to @cpu, as the kernel's cpuhp thread does, and waits for its end. */
int on_cpu(int cpu, void (*step)(int cpu))
{
	struct hotplug h = { .cpu = cpu, .step = step };
	struct mach_task_opts opts = { .cpu = cpu, .rt_prio = 99 };
	char comm[32];
	struct task *t;

	snprintf(comm, sizeof(comm), step ? "cpuhp/%d" : "migration/%d", cpu);
	t = machine_task(comm, hotplug_thread, &h, &opts);
	if (!t)
		return -EAGAIN;
	kthread_wait_exit(t);
	MODE(task_reap)(t);
	return 0;
}

/* Before the point of no return: a thread that will run @step on @cpu, which is offline. */
int on_cpu_ahead(struct hotplug *h, int cpu, void (*step)(int cpu))
{
	struct mach_task_opts opts = { .cpu = raw_smp_processor_id(), .rt_prio = 99 };
	char comm[32];

	*h = (struct hotplug){ .cpu = cpu, .step = step, .ahead = true };
	init_completion(&h->go, "cpuhp");
	snprintf(comm, sizeof(comm), "cpuhp/%d", cpu);
	h->thread = machine_task(comm, hotplug_thread, h, &opts);
	return h->thread ? 0 : -EAGAIN;
}

/* The CPU is online: runs the step there, and waits for its end. */
void on_cpu_go(struct hotplug *h)
{
	set_cpus_allowed(h->thread, cpumask_of(h->cpu));
	complete(&h->go);
	kthread_wait_exit(h->thread);
	MODE(task_reap)(h->thread);
}

static bool no_readers(void *arg)
{
	(void)arg;
	return !atomic_load(&mach.cpus_readers);
}

/* @step: MODE(take_down) or MODE(bring_up); called for one CPU at a time, while no reader is inside. */
static int locked_step(int cpu, int (*step)(int cpu))
{
	int err;

	mutex_lock(&mach.hotplug);
	wait_event(&mach.cpus_wait, no_readers, NULL);
	err = step(cpu);
	mutex_unlock(&mach.hotplug);
	return err;
}

static long take_down(void *arg)
{
	return locked_step((int)(intptr_t)arg, MODE(take_down));
}

/*
 * R10.1: another CPU takes it down, in an item of system_wq on the first one that may.  If that
 * CPU is busy with a hog, the caller waits.  In free mode a CPU is a label, and the caller does it.
 */
static int down_by_another(int cpu)
{
	struct cpumask others = cpumask_and(cpu_online_mask(), housekeeping_cpumask(HK_TYPE_DOMAIN));

	if (!mach_lockstep || !mach.ops || !mach.ops->work_on_cpu || !cpu_online(cpu))
		return (int)take_down((void *)(intptr_t)cpu);
	cpumask_clear_cpu(cpu, &others);
	if (cpumask_empty(others))
		return -EBUSY;
	return (int)mach.ops->work_on_cpu(cpumask_first(others), take_down, (void *)(intptr_t)cpu);
}

static int bring_up(int cpu)
{
	return locked_step(cpu, MODE(bring_up));
}

static int hotplug(int cpu, int (*change)(int cpu), const char *what)
{
	int err;

	if (cpu < 0 || cpu >= mach.nr_cpus)
		return -EINVAL;
	if (might_sleep(what))
		return -EWOULDBLOCK;
	mutex_lock(&mach.cpu_maps);
	err = change(cpu);
	mutex_unlock(&mach.cpu_maps);
	return err;
}

int cpu_down(int cpu)
{
	return hotplug(cpu, down_by_another, "cpu_down");
}

int cpu_up(int cpu)
{
	return hotplug(cpu, bring_up, "cpu_up");
}
