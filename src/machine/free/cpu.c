/*
 * machine/free/cpu.c - virtual CPUs of free mode: labels, and CPUs that come and go.
 *
 * On real threads a virtual CPU is a label that a thread bears: where it may run
 * is the host's business, what smp_processor_id() says is ours.  So migrating a
 * thread is giving it another label, and a CPU goes off line without anybody
 * being stopped: the engine is told on a thread with its label, as the kernel's
 * cpuhp thread would, then the label is nobody's.  Who still bears it takes
 * another the next time it asks where it is.
 *
 * Lives here:   labels, masks against labels, both ways of hotplug in free mode.
 * Never here:   the order of calls both modes share (cpu.c), what the engine does.
 * Rules:        R10.1..R10.6, R3.12, R5.10.   Licence: MIT.
 */
#include "machine/free/free_internal.h"

_Atomic bool mach_cpus_missing;
static _Atomic unsigned int next_label;

/* One of @mask, another one each time: the host may run them in parallel. */
static int pick(struct cpumask mask)
{
	unsigned int n = atomic_fetch_add_explicit(&next_label, 1, memory_order_relaxed);
	int nth = (int)(n % (unsigned int)cpumask_weight(mask)), cpu;

	for_each_cpu(cpu, mask)
		if (!nth--)
			return cpu;
	return cpumask_first(mask);
}

int free_label(const struct task *t)
{
	return __atomic_load_n(&t->cpu, __ATOMIC_RELAXED);
}

void free_set_label(struct task *t, int cpu)
{
	__atomic_store_n(&t->cpu, cpu, __ATOMIC_RELAXED);
}

/* The label it has, if its mask and the CPUs on line allow it, else another. */
int free_relabel(struct task *t)
{
	struct cpumask online = cpu_online_mask(), may = cpumask_and(task_cpus_allowed(t), online);
	int cpu = free_label(t);

	if (cpumask_empty(may))
		may = online;	/* who has no CPU left runs anywhere */
	if (!cpumask_test_cpu(cpu, may)) {
		cpu = pick(may);
		free_set_label(t, cpu);
	}
	return cpu;
}

int mach_cpu_free(void)
{
	struct task *me = current;
	int cpu = free_label(me);

	return likely(cpu_online(cpu)) ? cpu : free_relabel(me);
}

int free_allow_cpus(struct task *t, struct cpumask mask)
{
	if (t->started && !cpumask_equal(task_cpus_allowed(t), mask))
		TRACE(TASK_ALLOWED, .task = t->id, .cpus = mask.bits);
	__atomic_store_n(&t->allowed.bits, mask.bits, __ATOMIC_RELAXED);
	free_relabel(t);
	return 0;
}

void free_task_set_wake_cpu(struct task *t, int cpu)
{
	if (cpumask_test_cpu(cpu, task_cpus_allowed(t)))
		free_set_label(t, cpu);
}

/* ---- hotplug ------------------------------------------------------------------------- */

static void set_bit_of(struct cpumask *mask, int cpu, bool on)
{
	if (on)
		__atomic_fetch_or(&mask->bits, cpumask_of(cpu).bits, __ATOMIC_SEQ_CST);
	else
		__atomic_fetch_and(&mask->bits, ~cpumask_of(cpu).bits, __ATOMIC_SEQ_CST);
}

int free_take_down(int cpu)
{
	int err;

	if (!cpu_online(cpu))
		return -EINVAL;
	if (cpumask_weight(cpu_online_mask()) == 1)
		return -EBUSY;
	set_bit_of(&mach.active, cpu, false);
	err = on_cpu(cpu, mach.ops ? mach.ops->offline_cpu : NULL);
	if (err) {
		set_bit_of(&mach.active, cpu, true);
		return err;
	}
	free_softirq_hold(cpu, true);
	set_bit_of(&mach.online, cpu, false);
	atomic_store(&mach_cpus_missing, true);
	free_softirq_hold(cpu, false);
	TRACE(CPU_STATE, .cpu = (uint32_t)cpu, .online = false);
	free_softirq_moved(cpu);
	return 0;
}

int free_bring_up(int cpu)
{
	int err = 0;

	if (cpu_online(cpu))
		return -EINVAL;
	if (mach.ops && mach.ops->prepare_cpu)
		err = mach.ops->prepare_cpu(cpu);
	if (err)
		return err;
	set_bit_of(&mach.online, cpu, true);
	if (cpumask_equal(cpu_online_mask(), cpu_possible_mask()))
		atomic_store(&mach_cpus_missing, false);
	TRACE(CPU_STATE, .cpu = (uint32_t)cpu, .online = true);
	free_softirq_moved(cpu);
	while (on_cpu(cpu, mach.ops ? mach.ops->online_cpu : NULL))
		mach_sleep_ns(1000000);
	set_bit_of(&mach.active, cpu, true);
	return 0;
}
