/*
 * machine/free/rcu.c - RCU in free mode: each task stores the index that it reads under.
 *
 * Lives here:   readers, fences, running callbacks in the helper thread.
 * Never here:   grace periods (machine/rcu.c).   Rules: R1.20, R8.9.   Licence: MIT.
 */
#include "machine/free/free_internal.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * A reader stores the index in its own task, so that readers share no cache line; a grace
 * period reads it from all tasks.  The store must be visible before the reader's loads.  If
 * the host has membarrier(2), readers need no fence: the grace period makes the host execute
 * one on each running thread.  Otherwise each reader executes one.
 */
static bool readers_fence;	/* the host has no membarrier(2) */

static bool host_fences(void)
{
	return !syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
}

static void fence_readers(void)
{
	smp_mb();
	if (!readers_fence)
		syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

void free_rcu_enter(struct task *me, unsigned int index)
{
	atomic_store_explicit(&me->rcu_reads, index + 1, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	if (unlikely(readers_fence))
		smp_mb();
}

void free_rcu_leave(struct task *me)
{
	atomic_store_explicit(&me->rcu_reads, 0, memory_order_release);
}

bool free_rcu_has_readers(unsigned int index)
{
	struct task *t;
	bool found = false;

	fence_readers();
	uv_mutex_lock(&mach.lock);
	list_for_each_entry(t, &mach.tasks, all)
		found |= atomic_load_explicit(&t->rcu_reads, memory_order_seq_cst) == index + 1;
	uv_mutex_unlock(&mach.lock);
	return found;
}

/* The helper thread runs all callbacks. */
int free_rcu_cpus(void)
{
	return 1;
}

void free_rcu_run(struct rcu_head *list)
{
	struct rcu_head *h;

	while ((h = list)) {
		list = h->next;
		free_local_bh_disable();	/* as in the RCU softirq */
		mach_set_cause(h->cause);
		h->func(h);
		free_local_bh_enable();
	}
}

void free_rcu_boot(void)
{
	readers_fence = !host_fences();
	rcu_boot();
}
