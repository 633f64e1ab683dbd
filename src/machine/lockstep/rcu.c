/*
 * machine/lockstep/rcu.c - RCU in lockstep: two counters of readers, callbacks in a softirq.
 *
 * A callback runs in the RCU softirq of the CPU that called call_rcu(), as in the kernel.
 *
 * Lives here:   counting readers, running callbacks on the CPUs that queued them.
 * Never here:   grace periods (machine/rcu.c).   Rules: R1.20, R8.9.   Licence: MIT.
 */
#include "machine/lockstep/lockstep_internal.h"

void lockstep_rcu_enter(struct task *me, unsigned int index)
{
	me->rcu_index = index;
	atomic_fetch_add_explicit(&mach.rcu_readers[index], 1, memory_order_seq_cst);
}

void lockstep_rcu_leave(struct task *me)
{
	atomic_fetch_sub_explicit(&mach.rcu_readers[me->rcu_index], 1, memory_order_seq_cst);
}

bool lockstep_rcu_has_readers(unsigned int index)
{
	return atomic_load_explicit(&mach.rcu_readers[index], memory_order_seq_cst);
}

/* ---- callbacks --------------------------------------------------------------------- */

int lockstep_rcu_cpus(void)
{
	return mach.nr_cpus;
}

static void call_back(struct rcu_head *h)
{
	mach_set_cause(h->cause);
	h->func(h);
}

/* The first online CPU also runs the callbacks of offline CPUs. */
static bool is_mine(const struct rcu_head *h)
{
	int me = raw_smp_processor_id();

	return h->cpu == me || (!cpu_online(h->cpu) && me == cpumask_first(cpu_online_mask()));
}

/* Removes the first callback of mach.rcu_done for this CPU and returns it, or NULL. */
static struct rcu_head *next_done(void)
{
	struct rcu_head **at, *h;
	unsigned long flags;

	raw_spin_lock_irqsave(&mach.rcu_lock, &flags);
	for (at = &mach.rcu_done; (h = *at); at = &h->next)
		if (is_mine(h)) {
			*at = h->next;
			break;
		}
	raw_spin_unlock_irqrestore(&mach.rcu_lock, flags);
	return h;
}

static void rcu_softirq(void)
{
	struct rcu_head *h;

	while ((h = next_done()))
		call_back(h);
}

static void rcu_kick(void *arg)
{
	(void)arg;
	lockstep_raise_softirq(RCU_SOFTIRQ);
}

/* Appends @list to mach.rcu_done and raises the RCU softirq on each CPU of a callback. */
void lockstep_rcu_run(struct rcu_head *list)
{
	struct cpumask cpus = cpumask_none();
	struct rcu_head **end, *h;
	int cpu;

	for (h = list; h; h = h->next)
		cpumask_set_cpu(h->cpu, &cpus);
	raw_spin_lock_irq(&mach.rcu_lock);
	for (end = &mach.rcu_done; *end; end = &(*end)->next)
		;
	*end = list;
	raw_spin_unlock_irq(&mach.rcu_lock);
	for_each_cpu(cpu, cpus)
		lockstep_irq_work_on(cpu_online(cpu) ? cpu : cpumask_first(cpu_online_mask()), rcu_kick, NULL);
}

void lockstep_rcu_boot(void)
{
	atomic_store(&mach.rcu_readers[0], 0);
	atomic_store(&mach.rcu_readers[1], 0);
	open_softirq(RCU_SOFTIRQ, rcu_softirq);
	rcu_boot();
}
