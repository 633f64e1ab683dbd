/*
 * workqueue/legacy.c - the pre-cmwq engine (before 2.6.36): each workqueue has its own threads.
 *
 * A multi-threaded workqueue has a thread and a list for each CPU, "name/0", "name/1" and so on;
 * a single-threaded one has one thread, "name".  A thread runs the items of its list in order,
 * one at a time.  If an item sleeps, the items behind it wait although the CPU is free.  N
 * workqueues on M CPUs are N x M threads, even if no item is ever queued.  These two problems
 * are the reason for cmwq.
 *
 * The parameter "legacy" selects this engine for a run; the calls are the same.  A thread and
 * its list are a pool that never gets another worker: outside concurrency management like
 * unbound pools (DISASSOCIATED), without manager, limits, rescuers and watchdog.  So the same
 * events, censuses and views show both engines.
 *
 * Features that this engine does not have are ignored: max_active, nice levels, attributes,
 * WQ_MEM_RECLAIM (each thread is its own rescuer).  WQ_UNBOUND and ordered mean
 * single-threaded.  "events" is the only system workqueue; the others are names for it.
 *
 * Lives here:   selecting this engine, its pools, its CPU hotplug, waiting on all CPUs.
 * Never here:   the data word, queueing, flushing, which are the same (queue.c, flush.c).
 * Read before:  pool.c, worker.c.      Rules: section 16 (history), docs/why/two-engines.md.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#include <stdio.h>

static void rcu_free_pool(struct rcu_head *head)
{
	kfree(container_of(head, struct worker_pool, rcu));
}

static int free_pool_id(void)
{
	int id;

	for (id = 0; id < POOLS_MAX; id++)
		if (!atomic_load(&wqe.pools[id]))
			return id;
	return -ENOMEM;
}

/* pool_mutex held.  @cpu: the CPU of the thread, -1 = the only thread. */
static struct worker_pool *legacy_pool(struct workqueue_struct *wq, int cpu)
{
	struct cpumask cpus = cpu < 0 ? cpu_possible_mask() : cpumask_of(cpu);
	struct workqueue_attrs attrs = { .cpumask = cpus, .pod_cpumask = cpus };
	struct worker_pool *pool;
	int id = free_pool_id();

	if (id < 0)
		return NULL;
	pool = pool_alloc(cpu, cpu < 0 ? NUMA_NO_NODE : cpu_to_node(cpu), &attrs, id);
	if (!pool)
		return NULL;
	pool->flags |= POOL_LEGACY;
	pool->legacy_wq = wq;
	pool_announce(pool);
	return pool;
}

/* pool_mutex held.  Ends the thread and frees the pool, which has no items. */
static void drop_pool(struct worker_pool *pool)
{
	bug_on(!list_empty(&pool->worklist));
	atomic_store(&wqe.pools[pool->id], NULL);
	kill_idle_workers(pool);
	TRACE(POOL_FREE, .pool = pool->tid);
	call_rcu(&pool->rcu, rcu_free_pool);
}

/* Called by the releaser after the last reference to its pwq was dropped. */
void legacy_put_pool(struct worker_pool *pool)
{
	mutex_lock(&wqe.pool_mutex);
	drop_pool(pool);
	mutex_unlock(&wqe.pool_mutex);
}

/* pool_mutex and wq->mutex held.  Allocates the pwq with its pool, and its thread if @cpu is online. */
static struct pool_workqueue *legacy_pwq(struct workqueue_struct *wq, int cpu)
{
	struct worker_pool *pool = legacy_pool(wq, cpu);
	struct pool_workqueue *pwq;

	if (!pool)
		return NULL;
	pwq = pwq_alloc(wq, pool, cpu);
	if (!pwq || ((cpu < 0 || cpu_online(cpu)) && !create_worker(pool))) {
		kfree(pwq);
		drop_pool(pool);
		return NULL;
	}
	link_pwq(pwq);
	return pwq;
}

/* All slots point to one pwq; each holds a reference, as with ordered workqueues. */
static int single_thread(struct workqueue_struct *wq)
{
	struct pool_workqueue *pwq = legacy_pwq(wq, -1);
	int cpu;

	if (!pwq)
		return -ENOMEM;
	pool_lock_irq(pwq->pool);
	for_each_cpu(cpu, cpu_possible_mask()) {
		get_pwq(pwq);
		atomic_store(&wq->cpu_pwq[cpu], pwq);
	}
	pool_unlock_irq(pwq->pool);
	atomic_store(&wq->dfl_pwq, pwq);	/* its initial reference */
	return 0;
}

/* pool_mutex held. */
int legacy_alloc_pwqs(struct workqueue_struct *wq)
{
	int cpu, err = 0;

	wq_lock(wq);
	if (wq->flags & WQ_LEGACY_SINGLE)
		err = single_thread(wq);
	else
		for_each_cpu(cpu, cpu_possible_mask()) {
			struct pool_workqueue *pwq = legacy_pwq(wq, cpu);

			if (!pwq) {
				err = -ENOMEM;
				break;
			}
			atomic_store(&wq->cpu_pwq[cpu], pwq);
		}
	wq_unlock(wq);
	return err;
}

/* Maps the flags of cmwq to those of this engine. */
unsigned int legacy_flags(unsigned int flags)
{
	bool single = flags & (WQ_UNBOUND | WQ_INT_ORDERED);

	return (flags & (WQ_FREEZABLE | WQ_INT_LEGACY)) | (single ? WQ_LEGACY_SINGLE : 0);
}

void legacy_worker_name(char *buf, size_t size, const struct worker_pool *pool)
{
	if (pool->cpu < 0)
		snprintf(buf, size, "%s", pool->legacy_wq->name);
	else
		snprintf(buf, size, "%s/%d", pool->legacy_wq->name, pool->cpu);
}

/* ---- cancelling -------------------------------------------------------------------- */

/*
 * An item may run on several CPUs at once: it is queued on the CPU of the caller, and the lists
 * are independent.  So a cancel has to wait for each thread of the workqueue in turn.  Inserts
 * a barrier behind the first run found.  Return: there was one.
 */
bool legacy_wait_for_one(struct work_struct *work, struct wq_barrier *barr)
{
	struct worker_pool *last = get_work_pool(work);
	bool found = false;
	int id;

	for (id = 0; last && id < POOLS_MAX && !found; id++) {
		struct worker_pool *pool = atomic_load(&wqe.pools[id]);
		struct worker *worker;

		if (!pool || pool->legacy_wq != last->legacy_wq)
			continue;
		pool_lock_irq(pool);
		worker = find_worker_executing_work(pool, work);
		found = worker;
		if (found)
			insert_wq_barrier(worker->current_pwq, barr, work, worker);
		pool_unlock_irq(pool);
	}
	return found;
}

/* ---- CPUs come and go ------------------------------------------------------------------ */

/* pool_mutex held.  Binds the thread to its own CPU, or allows it all CPUs. */
static void place_thread(struct worker_pool *pool, bool home)
{
	struct worker *worker;

	mutex_lock(&wqe.attach_mutex);
	list_for_each_entry(worker, &pool->workers, node) {
		if (home)
			set_cpus_allowed(worker->task, pool->attrs.cpumask);
		else
			widen_worker(worker);
	}
	mutex_unlock(&wqe.attach_mutex);
}

static void place_threads_of(int cpu, bool home)
{
	int id;

	mutex_lock(&wqe.pool_mutex);
	if (home)
		cpumask_set_cpu(cpu, &wqe.online_cpumask);
	else
		cpumask_clear_cpu(cpu, &wqe.online_cpumask);
	for (id = 0; id < POOLS_MAX; id++) {
		struct worker_pool *pool = atomic_load(&wqe.pools[id]);

		if (pool && pool->cpu == cpu)
			place_thread(pool, home);
	}
	mutex_unlock(&wqe.pool_mutex);
}

void legacy_offline_cpu(int cpu)
{
	place_threads_of(cpu, false);
}

void legacy_online_cpu(int cpu)
{
	place_threads_of(cpu, true);
}

/* If the CPU was offline when a workqueue was allocated, it has no thread of it yet: create it. */
int legacy_prepare_cpu(int cpu)
{
	int id, err = 0;

	mutex_lock(&wqe.pool_mutex);
	for (id = 0; id < POOLS_MAX && !err; id++) {
		struct worker_pool *pool = atomic_load(&wqe.pools[id]);

		if (pool && pool->cpu == cpu && !pool->nr_workers && !create_worker(pool))
			err = -ENOMEM;
	}
	mutex_unlock(&wqe.pool_mutex);
	return err;
}

/* ---- switching on ------------------------------------------------------------------------- */

void legacy_boot(void)
{
	wqe.online = true;
	system_percpu_wq = alloc_workqueue("events", 0, 0);
	bug_on(!system_percpu_wq);
	system_wq = system_highpri_wq = system_long_wq = system_percpu_wq;
	system_unbound_wq = system_dfl_wq = system_freezable_wq = system_percpu_wq;
	system_power_efficient_wq = system_freezable_power_efficient_wq = system_percpu_wq;
	system_bh_wq = system_bh_highpri_wq = NULL;
}
