/*
 * workqueue/bh.c - bottom halves: items that run in softirq context, where nobody may sleep.
 *
 * A WQ_BH workqueue takes the place of a tasklet.  Each CPU has two more pools,
 * normal and highpri, with one worker each that is no thread: the CPU itself, when
 * it serves the TASKLET or the HI vector, plays that worker for a few items and
 * goes on to the vector's tasklets.  Everything else about items is the same:
 * lists, barriers, cancelling, accounts.
 *
 * Most programs never use them.  So the pools and the system's two workqueues exist
 * from boot, but are announced in the trace when the first bottom half is asked
 * for, as an item that was declared statically is when it is first seen.
 *
 * Lives here:   the pools, serving a vector, raising one, the system's workqueues.
 * Never here:   softirqs and tasklets (machine/), running an item (worker.c).
 * Read before:  worker.c.      Rules: R1.22, R11.1..R11.6, R14.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#include <stdio.h>

/* Not from the heap: boot would take longer for everyone. */
struct bh_pair {
	_Alignas(256) struct pool_workqueue pwq;	/* its address shares a word with flags */
	struct worker_pool pool;
	struct worker worker;
};
static struct bh_pair pairs[CPUS_MAX][NR_STD_WORKER_POOLS];
static struct workqueue_struct system_bh[NR_STD_WORKER_POOLS];

/* ---- serving a vector ------------------------------------------------------------ */

/* R11.5: as many assignments or as long as this, then others have their turn. */
static void bh_worker(struct worker *worker)
{
	struct worker_pool *pool = worker->pool;
	uint64_t end = ktime_get_ns() + (uint64_t)BH_WORKER_MS * 1000000;
	int restarts = BH_WORKER_RESTARTS;

	pool_lock_irq(pool);
	worker_leave_idle(worker);
	if (need_more_worker(pool)) {
		worker_clr_flags(worker, WORKER_PREP);
		do {
			struct work_struct *work = list_first_entry(&pool->worklist, struct work_struct, entry);

			if (assign_work(work, worker, NULL))
				process_scheduled_works(worker);
		} while (keep_working(worker) && --restarts && ktime_get_ns() < end);
		worker_set_flags(worker, WORKER_PREP);
	}
	worker_enter_idle(worker, NULL);
	kick_pool(pool, 0);		/* what is left: another round */
	pool_unlock_irq(pool);
}

static void serve(int prio)
{
	struct worker_pool *pool = wqe.bh_pools[smp_processor_id()][prio];

	/* Whoever puts an item there kicks afterwards: an empty list needs no lock. */
	if (pool && !list_empty(&pool->worklist))
		bh_worker(list_first_entry(&pool->workers, struct worker, node));
}

static void serve_normal(void)
{
	serve(0);
}

static void serve_highpri(void)
{
	serve(1);
}

/* ---- raising one ------------------------------------------------------------------- */

static void bh_raise(void *arg)
{
	struct worker_pool *pool = arg;

	raise_softirq(pool->attrs.nice < 0 ? HI_SOFTIRQ : TASKLET_SOFTIRQ);
}

/* R11.4: a vector can only be raised by its own CPU. */
void bh_kick(struct worker_pool *pool)
{
	if (raw_smp_processor_id() == pool->cpu)
		bh_raise(pool);
	else
		irq_work_on(pool->cpu, bh_raise, pool);
}

/* ---- making them ----------------------------------------------------------------------- */

static void init_pair(struct bh_pair *pair, int cpu, int prio)
{
	struct workqueue_struct *wq = &system_bh[prio];
	struct workqueue_attrs attrs = {
		.nice = prio ? HIGHPRI_NICE_LEVEL : 0, .cpumask = cpumask_of(cpu),
		.pod_cpumask = cpumask_of(cpu), .affn_strict = true,
	};
	struct worker_pool *pool = &pair->pool;
	struct worker *worker = &pair->worker;

	memset(pair, 0, sizeof(*pair));
	pool_init(pool, cpu, cpu_to_node(cpu), &attrs, POOL_IDS_PER_CPU * cpu + prio);
	pool->flags |= POOL_BH;		/* and not managed: R4.2 */
	pool->nr_workers = pool->nr_idle = 1;
	worker_init(worker);
	worker->pool = pool;
	worker->flags |= WORKER_UNBOUND | WORKER_IDLE;
	list_add_tail(&worker->node, &pool->workers);
	list_add(&worker->entry, &pool->idle_list);
	wqe.bh_pools[cpu][prio] = pool;
	atomic_store(&wqe.pools[pool->id], pool);
	pwq_init(&pair->pwq, wq, pool, cpu);
	list_add_tail(&pair->pwq.pwqs_node, &wq->pwqs);
	atomic_store(&wq->cpu_pwq[cpu], &pair->pwq);
}

void bh_boot(void)
{
	int cpu, prio;

	system_bh_wq = system_bh_highpri_wq = NULL;
	if (!mach_lockstep)
		return;		/* no softirqs of its own: alloc_workqueue() refuses WQ_BH */
	for (prio = 0; prio < NR_STD_WORKER_POOLS; prio++) {
		struct workqueue_struct *wq = &system_bh[prio];

		memset(wq, 0, sizeof(*wq));
		snprintf(wq->name, sizeof(wq->name), "events_bh%s", prio ? "_highpri" : "");
		wq_init(wq, WQ_BH | (prio ? WQ_HIGHPRI : 0), INT32_MAX);
		for_each_cpu(cpu, cpu_possible_mask())
			init_pair(&pairs[cpu][prio], cpu, prio);
		list_add_tail(&wq->list, &wqe.workqueues);
	}
	system_bh_wq = &system_bh[0];
	system_bh_highpri_wq = &system_bh[1];
	open_softirq_first(TASKLET_SOFTIRQ, serve_normal);
	open_softirq_first(HI_SOFTIRQ, serve_highpri);
}

static void announce_worker(struct worker *worker)
{
	struct worker_pool *pool = worker->pool;
	char name[16];

	/* dumps say "bh" as the kernel does; here each has a name of its own */
	snprintf(name, sizeof(name), "bh%s/%d", pool->attrs.nice < 0 ? "-hi" : "", pool->cpu);
	worker->tid = mach_new_id(CLS_WORKER);
	trace_def(CLS_WORKER, worker->tid, pool->tid, 0, name);
	TRACE(WORKER_ATTACH, .worker = worker->tid, .pool = pool->tid, .flags = WORKER_PREP | WORKER_UNBOUND);
	TRACE(WORKER_CREATE, .worker = worker->tid, .pool = pool->tid, .nr_workers = 1);
	TRACE(WORKER_IDLE, .worker = worker->tid, .pool = pool->tid, .nr_idle = 1);
}

void bh_first_sight(void)
{
	unsigned long flags;
	int cpu, prio;

	raw_spin_lock_irqsave(&wqe.sight_lock, &flags);
	for (prio = 0; !wqe.bh_seen && prio < NR_STD_WORKER_POOLS; prio++) {
		wq_announce(&system_bh[prio]);
		for_each_cpu(cpu, cpu_possible_mask()) {
			pool_announce(&pairs[cpu][prio].pool);
			announce_worker(&pairs[cpu][prio].worker);
			pwq_announce(&pairs[cpu][prio].pwq);
		}
	}
	wqe.bh_seen = true;
	raw_spin_unlock_irqrestore(&wqe.sight_lock, flags);
}
