/*
 * machine/free/cpu.c - virtual CPUs of free mode: labels, and hotplug.
 *
 * In free mode a virtual CPU is a label of a thread.  The host decides where the thread runs;
 * smp_processor_id() returns the label.  So a thread migrates by getting another label.  A CPU
 * goes offline without stopping any thread: a thread with its label calls the engine's
 * offline_cpu(), as the kernel's cpuhp thread does, and then the CPU is removed from the mask
 * of online CPUs.  A thread that still has its label takes another one at its next
 * smp_processor_id().
 *
 * Lives here:   labels, affinity masks, the steps of hotplug in free mode.
 * Never here:   the locks around hotplug (machine/cpu.c), the engine's callbacks.
 * Rules:        R10.1..R10.6, R3.12, R5.10.   Licence: MIT.
 */
#include "machine/free/free_internal.h"

_Atomic bool mach_cpus_missing;
static _Atomic unsigned int next_label;

/* A CPU of @mask, round robin: the host can run threads of different labels in parallel. */
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

/* Returns the label of @t, after changing it if it is offline or not in the mask of @t. */
int free_relabel(struct task *t)
{
	struct cpumask online = cpu_online_mask(), may = cpumask_and(task_cpus_allowed(t), online);
	int cpu = free_label(t);

	if (cpumask_empty(may))
		may = online;	/* all its CPUs are offline: it may run on any */
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
	struct hotplug h;
	int err = 0;

	if (cpu_online(cpu))
		return -EINVAL;
	if (mach.ops && mach.ops->prepare_cpu)
		err = mach.ops->prepare_cpu(cpu);
	if (!err)
		err = on_cpu_ahead(&h, cpu, mach.ops ? mach.ops->online_cpu : NULL);
	if (err)
		return err;
	set_bit_of(&mach.online, cpu, true);
	if (cpumask_equal(cpu_online_mask(), cpu_possible_mask()))
		atomic_store(&mach_cpus_missing, false);
	TRACE(CPU_STATE, .cpu = (uint32_t)cpu, .online = true);
	free_softirq_moved(cpu);
	on_cpu_go(&h);
	set_bit_of(&mach.active, cpu, true);
	return 0;
}
