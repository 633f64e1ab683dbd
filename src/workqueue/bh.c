/*
 * workqueue/bh.c - bottom halves: items that run in softirq context and must not sleep.
 *
 * A WQ_BH workqueue replaces a tasklet.  Each CPU has two more pools, normal and highpri, with
 * one worker each that is not a thread.  When the CPU serves the TASKLET or the HI vector, it
 * first runs a few items as that worker, and then the tasklets of the vector.  All else is the
 * same as for other items: lists, barriers, cancelling, accounting.
 *
 * Most programs do not use bottom halves.  So the pools and the two system workqueues exist from
 * boot, but are registered in the trace at their first use, as statically declared items are.
 *
 * Lives here:   the pools, serving a vector, raising one, items of a dead CPU, the system's BH workqueues.
 * Never here:   softirqs and tasklets (machine/), running an item (worker.c).
 * Read before:  worker.c.      Rules: R1.22, R11.1..R11.8, R14.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#include <stdio.h>

/* Static: allocating them would make each boot slower. */
struct bh_pair {
	_Alignas(256) struct pool_workqueue pwq;	/* work->data holds its address and flags */
	struct worker_pool pool;
	struct worker worker;
};
static struct bh_pair pairs[CPUS_MAX][NR_STD_WORKER_POOLS];
static struct workqueue_struct system_bh[NR_STD_WORKER_POOLS];

/* ---- serving a vector ------------------------------------------------------------ */

/* R11.5: at most so many assignments, or until so many ticks have passed; then the other vectors. */
static void bh_worker(struct worker *worker)
{
	struct worker_pool *pool = worker->pool;
	unsigned long end = ticks_now() + BH_WORKER_JIFFIES;
	int restarts = BH_WORKER_RESTARTS;

	pool_lock_irq(pool);
	worker_leave_idle(worker);
	if (need_more_worker(pool)) {
		worker_clr_flags(worker, WORKER_PREP);
		do {
			struct work_struct *work = list_first_entry(&pool->worklist, struct work_struct, entry);

			if (assign_work(work, worker, NULL))
				process_scheduled_works(worker);
		} while (keep_working(worker) && --restarts && time_before(ticks_now(), end));
		worker_set_flags(worker, WORKER_PREP);
	}
	worker_enter_idle(worker, NULL);
	kick_pool(pool, 0);		/* raise the vector again for the remaining items */
	pool_unlock_irq(pool);
}

void workqueue_softirq_action(bool highpri)
{
	struct worker_pool *pool = wqe.bh_pools[softirq_cpu()][highpri];

	/* Lockstep: an empty list needs no lock, because inserting an item raises the vector
	 * again.  Free mode: reading the list needs the lock. */
	if (pool && (!mach_lockstep || !list_empty(&pool->worklist)))
		bh_worker(list_first_entry(&pool->workers, struct worker, node));
}

static void serve_normal(void)
{
	workqueue_softirq_action(false);
}

static void serve_highpri(void)
{
	workqueue_softirq_action(true);
}

/* ---- raising one ------------------------------------------------------------------- */

static void bh_raise(void *arg)
{
	struct worker_pool *pool = arg;

	raise_softirq(pool->attrs.nice < 0 ? HI_SOFTIRQ : TASKLET_SOFTIRQ);
}

/* R11.4: in lockstep only the CPU itself can raise its vectors. */
void bh_kick(struct worker_pool *pool)
{
	if (!mach_lockstep)
		raise_softirq_on(pool->cpu, pool->attrs.nice < 0 ? HI_SOFTIRQ : TASKLET_SOFTIRQ);
	else if (raw_smp_processor_id() == pool->cpu || pool->flags & POOL_BH_DRAINING)
		bh_raise(pool);
	else
		irq_work_on(pool->cpu, bh_raise, pool);
}

/* ---- a CPU that died (R11.7) ---------------------------------------------------------- */

struct dead_drain {
	struct work_struct work;
	struct worker_pool *pool;
	struct completion done;
};

static bool set_draining(struct worker_pool *pool, bool on)
{
	bool more;

	pool_lock_irq(pool);
	pool->flags = on ? pool->flags | POOL_BH_DRAINING : pool->flags & ~(unsigned int)POOL_BH_DRAINING;
	TRACE(POOL_FLAGS, .pool = pool->tid, .flags = pool->flags);
	more = need_more_worker(pool);
	pool_unlock_irq(pool);
	return more;
}

static void queue_drain(struct dead_drain *drain)
{
	queue_work(drain->pool->attrs.nice < 0 ? system_bh_highpri_wq : system_bh_wq, &drain->work);
}

/* Runs the dead CPU's BH worker here, one round at a time. */
static void drain_dead_softirq_workfn(struct work_struct *work)
{
	struct dead_drain *drain = container_of(work, struct dead_drain, work);
	struct worker_pool *pool = drain->pool;

	set_draining(pool, true);
	bh_worker(list_first_entry(&pool->workers, struct worker, node));
	if (set_draining(pool, false))
		queue_drain(drain);
	else
		complete(&drain->done);
}

void workqueue_softirq_dead(int cpu)
{
	int prio;

	if (!mach_lockstep)
		return;		/* another CPU's thread serves the vectors of this one */
	for (prio = 0; prio < NR_STD_WORKER_POOLS; prio++) {
		struct dead_drain drain = { .pool = wqe.bh_pools[cpu][prio] };

		if (!drain.pool || !need_more_worker(drain.pool))
			continue;
		INIT_WORK_ONSTACK(&drain.work, drain_dead_softirq_workfn);
		init_completion(&drain.done, "drain_dead_softirq");
		queue_drain(&drain);
		wait_for_completion(&drain.done);
		destroy_work_on_stack(&drain.work);
	}
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
	pool->flags |= POOL_BH;		/* without concurrency management (R4.2) */
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
	if (!mach_lockstep)
		bh_register();	/* in free mode several threads could use them first at the same time */
}

static void announce_worker(struct worker *worker)
{
	struct worker_pool *pool = worker->pool;
	char name[16];

	/* dumps print "bh" as the kernel does; in the trace each has its own name */
	snprintf(name, sizeof(name), "bh%s/%d", pool->attrs.nice < 0 ? "-hi" : "", pool->cpu);
	worker->tid = mach_new_id(CLS_WORKER);
	trace_def(CLS_WORKER, worker->tid, pool->tid, 0, name);
	TRACE(WORKER_ATTACH, .worker = worker->tid, .pool = pool->tid, .flags = WORKER_PREP | WORKER_UNBOUND);
	TRACE(WORKER_CREATE, .worker = worker->tid, .pool = pool->tid, .nr_workers = 1);
	TRACE(WORKER_IDLE, .worker = worker->tid, .pool = pool->tid, .nr_idle = 1);
}

void bh_register(void)
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
