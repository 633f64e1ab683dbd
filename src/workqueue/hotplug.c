/*
 * workqueue/hotplug.c - pools and workers while CPUs go offline and come online.
 *
 * A pool outlives its CPU.  When the CPU goes offline, the pool becomes like an unbound one:
 * its workers are not counted and may run on any CPU, and items queued on that CPU still run.
 * When the CPU comes back, its workers are first bound to it.  Each is counted again when it
 * begins its next work cycle, because until then it may be in the middle of an item.
 *
 *     bound, counted --offline--> UNBOUND, anywhere --online--> REBOUND, pinned
 *            ^                                                       |
 *            +------------------ its next work cycle ----------------+
 *
 * Unbound workqueues choose their pools again for the CPUs of the same pod, and their limit is
 * divided among the nodes again.
 *
 * Lives here:   the three callbacks of the machine's hotplug, unbinding, rebinding.
 * Never here:   the steps of hotplug (machine/lockstep/cpu.c, machine/free/cpu.c), choosing
 *               the pool of a slot (unbound.c), dividing the limit (active.c).
 * Read before:  unbound.c.      Rules: R10.1..R10.6, R3.12.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

/* Sets the CPUs of a worker whose own CPU is offline (R3.12). */
void widen_worker(struct worker *worker)
{
	struct cpumask active = cpumask_and(wqe.unbound_cpumask, cpu_active_mask());

	set_cpus_allowed(worker->task, cpumask_empty(active) ? cpu_possible_mask() : wqe.unbound_cpumask);
}

/* Pool lock held.  Emits the flags and the counter after they were changed directly. */
static void emit_flags(struct worker_pool *pool)
{
	struct worker *worker;

	TRACE(POOL_FLAGS, .pool = pool->tid, .flags = pool->flags);
	list_for_each_entry(worker, &pool->workers, node) {
		worker_mark_dirty(worker);
		TRACE(WORKER_FLAGS, .worker = worker->tid, .pool = pool->tid, .flags = worker->flags,
		      .nr_running = (uint32_t)pool->nr_running);
	}
}

/*
 * R10.1, on the CPU that goes offline.  The counter is set to 0: a worker that is asleep now
 * is not counted when it wakes up, because it is UNBOUND then.
 */
static void unbind_workers(struct worker_pool *pool)
{
	struct worker *worker;

	mutex_lock(&wqe.attach_mutex);	/* no worker attaches meanwhile */
	pool_lock_irq(pool);
	list_for_each_entry(worker, &pool->workers, node)
		worker->flags |= WORKER_UNBOUND;
	pool->flags |= POOL_DISASSOCIATED;
	pool->nr_running = 0;
	emit_flags(pool);
	pool_recheck(pool);
	/* Items no longer wait for a running worker: wake the first one, which wakes the next. */
	kick_pool(pool, 0);
	pool_unlock_irq(pool);
	list_for_each_entry(worker, &pool->workers, node)
		widen_worker(worker);
	mutex_unlock(&wqe.attach_mutex);
}

/*
 * R10.4, attach mutex held.  Binds the workers first: once the flag is cleared, a worker that
 * begins a work cycle is counted, and only the CPU of the pool may change the counter.
 */
static void rebind_workers(struct worker_pool *pool)
{
	struct worker *worker;

	list_for_each_entry(worker, &pool->workers, node)
		set_cpus_allowed(worker->task, pool_allowed_cpus(pool));
	pool_lock_irq(pool);
	pool->flags &= ~(unsigned int)POOL_DISASSOCIATED;
	list_for_each_entry(worker, &pool->workers, node) {
		bug_on(!(worker->flags & WORKER_UNBOUND));
		worker->flags |= WORKER_REBOUND;
		worker->flags &= ~(unsigned int)WORKER_UNBOUND;
	}
	emit_flags(pool);
	pool_unlock_irq(pool);
}

/*
 * Attach mutex held.  The scheduler has allowed workers all CPUs while no CPU of their mask was
 * online; this restores the mask.  A strict pool is no longer strict after this: the mask is
 * that of the workqueue, not of the pod, as measured on the kernel.
 */
static void restore_unbound_workers(struct worker_pool *pool, int cpu)
{
	struct cpumask mask = cpumask_and(pool->attrs.cpumask, cpu_online_mask());
	struct worker *worker;

	if (!cpumask_test_cpu(cpu, pool->attrs.cpumask))
		return;
	list_for_each_entry(worker, &pool->workers, node)
		set_cpus_allowed(worker->task, mask);
}

/* pool_mutex held.  R10.3; @off_cpu: the CPU that goes offline, or -1. */
static void update_unbound_wqs(int cpu, int off_cpu)
{
	struct workqueue_struct *wq;
	int neighbour;

	list_for_each_entry(wq, &wqe.workqueues, list) {
		if (!(wq->flags & WQ_UNBOUND))
			continue;
		for_each_cpu(neighbour, wq_pod_of(wq, cpu))
			unbound_wq_update_pwq(wq, neighbour);
		wq_lock(wq);
		wq_update_node_max_active(wq, off_cpu);
		wq_unlock(wq);
	}
}

void workqueue_offline_cpu(int cpu)
{
	int prio;

	for (prio = 0; prio < NR_STD_WORKER_POOLS; prio++)
		unbind_workers(wqe.cpu_pools[cpu][prio]);
	mutex_lock(&wqe.pool_mutex);
	cpumask_clear_cpu(cpu, &wqe.online_cpumask);
	update_unbound_wqs(cpu, cpu);
	mutex_unlock(&wqe.pool_mutex);
}

static bool has_no_worker(struct worker_pool *pool)
{
	bool none;

	pool_lock_irq(pool);
	none = !pool->nr_workers;
	pool_unlock_irq(pool);
	return none;
}

/* Before the CPU comes online: each of its pools needs a worker (R10.5). */
int workqueue_prepare_cpu(int cpu)
{
	int prio;

	for (prio = 0; prio < NR_STD_WORKER_POOLS; prio++) {
		struct worker_pool *pool = wqe.cpu_pools[cpu][prio];

		if (has_no_worker(pool) && !create_worker(pool))
			return -ENOMEM;
	}
	return 0;
}

void workqueue_online_cpu(int cpu)
{
	int id;

	mutex_lock(&wqe.pool_mutex);
	cpumask_set_cpu(cpu, &wqe.online_cpumask);
	for (id = 0; id < POOLS_MAX; id++) {
		struct worker_pool *pool = atomic_load(&wqe.pools[id]);

		if (!pool || pool->flags & POOL_BH)
			continue;
		mutex_lock(&wqe.attach_mutex);
		if (pool->cpu == cpu)
			rebind_workers(pool);
		else if (pool->cpu < 0)
			restore_unbound_workers(pool, cpu);
		mutex_unlock(&wqe.attach_mutex);
	}
	update_unbound_wqs(cpu, -1);
	mutex_unlock(&wqe.pool_mutex);
}
