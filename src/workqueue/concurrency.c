/*
 * workqueue/concurrency.c - how many workers of a CPU's pool run at the same time.
 *
 * A pool that has items needs exactly one runnable worker: with none the CPU is wasted, with
 * more the items compete for it.  nr_running counts the workers that can use the CPU.  The
 * scheduler calls this file when a worker blocks and when it runs again; at these times, and
 * when an item is queued, it decides whether to wake one more worker.  It never stops a
 * running worker: a surplus worker stops between two items.
 *
 * Lives here:   nr_running, the predicates, the two scheduler hooks, kick_pool().
 * Never here:   creating workers (worker.c), ticks (hog.c), scheduling threads (machine/).
 * Read before:  pool.c.      Rules: R3.3, R3.4, R3.10, R4.1..R4.14.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

/* ---- predicates: pool lock held, but for the creation loop (R4.3) --------------- */

bool may_start_working(struct worker_pool *pool)
{
	if (believing() && belief_no_reserve(pool))
		return true;
	return pool->nr_idle > 0 || pool->flags & POOL_LEGACY;	/* such a pool has one worker, always */
}

bool need_to_create_worker(struct worker_pool *pool)
{
	return need_more_worker(pool) && !may_start_working(pool);
}

bool keep_working(struct worker *worker)
{
	struct worker_pool *pool = worker->pool;
	bool yes;

	/* the posted items may all have to wait for a slot */
	while (list_empty(&pool->worklist) && unlikely(pool_has_post(pool)))
		pool_collect_some(pool, INBOX_BATCH);
	yes = !list_empty(&pool->worklist) && (nr_running(pool) <= 1 || believes(WAKE_ALL));
	if (!yes || wq_verbose())
		TRACE_WHY(KEEP_WORKING, BECAUSE(KEEP_WORKING, yes, (int32_t)worklist_len(&pool->worklist),
						nr_running(pool)),
			  .worker = worker->tid, .pool = pool->tid, .yes = yes);
	return yes;
}

static int nr_idle_and_managing(struct worker_pool *pool)
{
	return pool->nr_idle + (pool->flags & POOL_MANAGER_ACTIVE ? 1 : 0);
}

bool too_many_workers(struct worker_pool *pool)
{
	int idle = nr_idle_and_managing(pool);
	int busy = pool->nr_workers - idle;

	if (believes(EXACT_WORKERS) && pool->cpu >= 0)
		return pool->nr_idle > 0 && !need_more_worker(pool);
	return idle > 2 && (idle - 2) * MAX_IDLE_WORKERS_RATIO >= busy;
}

struct trace_why why_need_more(struct worker_pool *pool)
{
	return BECAUSE(NEED_MORE_WORKER, need_more_worker(pool),
		       (int32_t)worklist_len(&pool->worklist), nr_running(pool), pool->nr_idle);
}

struct trace_why why_too_many(struct worker_pool *pool)
{
	int idle = nr_idle_and_managing(pool);

	return BECAUSE(TOO_MANY_WORKERS, too_many_workers(pool), idle, pool->nr_workers - idle,
		       pool->flags & POOL_MANAGER_ACTIVE ? 1 : 0);
}

/* ---- flags and the counter -------------------------------------------------------- */

/* post_work() reads the counter without the lock, so this is a choice point. */
static int nr_running_dec(struct worker_pool *pool)
{
	int left;

	if (wqe.inbox)
		choice_point();
	left = atomic_fetch_sub(&pool->nr_running, 1) - 1;
	if (believes(PUT_BACK_TO_SLEEP) && !left)
		belief_wake_put_back(pool);
	return left;
}

static void worker_flags_changed(struct worker *worker, unsigned int old)
{
	bool ran = !(old & WORKER_NOT_RUNNING), runs = !(worker->flags & WORKER_NOT_RUNNING);
	struct worker_pool *pool = worker->pool;

	if (old == worker->flags)
		return;
	if (ran && !runs)
		nr_running_dec(pool);
	else if (!ran && runs)
		atomic_fetch_add(&pool->nr_running, 1);
	worker_mark_dirty(worker);
	TRACE(WORKER_FLAGS, .worker = worker->tid, .pool = pool->tid, .flags = worker->flags,
	      .nr_running = (uint32_t)nr_running(pool));
	if (ran && !runs)
		pool_recheck(pool);
}

void worker_set_flags(struct worker *worker, unsigned int flags)
{
	unsigned int old = worker->flags;

	assert_held(&worker->pool->lock);
	worker->flags |= flags;
	worker_flags_changed(worker, old);
}

void worker_clr_flags(struct worker *worker, unsigned int flags)
{
	unsigned int old = worker->flags;

	assert_held(&worker->pool->lock);
	worker->flags &= ~flags;
	worker_flags_changed(worker, old);
}

/* ---- kicking ------------------------------------------------------------------------ */

/*
 * An idle worker of a non-strict unbound pool may have left its pod: its next wake-up moves it
 * back (R4.13).
 */
static void repatriate(struct worker_pool *pool, struct worker *worker)
{
	struct cpumask home = cpumask_and(pool->attrs.pod_cpumask, cpu_online_mask());
	struct work_struct *work = list_first_entry(&pool->worklist, struct work_struct, entry);
	struct pool_workqueue *pwq;
	int cpu;

	if (pool->cpu >= 0 || pool->attrs.affn_strict || cpumask_empty(home) ||
	    cpumask_test_cpu(task_cpu(worker->task), pool->attrs.pod_cpumask))
		return;
	cpu = cpumask_next(wqe.distribute, home);
	if (cpu < 0)
		cpu = cpumask_first(home);
	wqe.distribute = cpu;
	task_set_wake_cpu(worker->task, cpu);
	pwq = get_work_pwq(work);
	if (pwq)
		pwq->stats[PWQ_STAT_REPATRIATED]++;
	TRACE(REPATRIATE, .worker = worker->tid, .pool = pool->tid, .pwq = pwq ? pwq->tid : 0, .cpu = cpu);
}

static bool kick_worker(struct worker_pool *pool, struct worker *worker, uint64_t cause)
{
	uint64_t old, kick;

	old = mach_cause();
	if (!need_more_worker(pool))
		worker = NULL;
	kick = TRACE_FULLY(cause, WHY_OF(why_need_more(pool)), KICK, .pool = pool->tid,
			   .worker = worker ? worker->tid : 0);
	if (!worker)
		return false;
	if (unlikely(pool->flags & POOL_BH)) {
		if (kick)
			mach_set_cause(kick);
		bh_kick(pool);
		mach_set_cause(old);
		return true;
	}
	repatriate(pool, worker);
	/* The worker leaves the idle list when it runs; until then a second kick chooses the
	 * same worker, which is awake already (R4.12). */
	if (kick)
		mach_set_cause(kick);
	pool_wake(pool, worker->task);
	mach_set_cause(old);
	return true;
}

static bool kick_as_believed(struct worker_pool *pool, uint64_t cause)
{
	struct list_head *idle = pool->idle_list.next, *work = pool->worklist.next;
	bool kicked = false;

	if (believes(EXACT_WORKERS) && list_empty(&pool->idle_list) && need_more_worker(pool))
		belief_help(pool);
	if (list_empty(&pool->idle_list) || pool->flags & POOL_BH)
		return kick_worker(pool, list_first_entry_or_null(&pool->idle_list, struct worker, entry), cause);
	if (believes(FIFO_IDLE))
		idle = pool->idle_list.prev;
	do {
		struct list_head *next = idle->next;

		kicked |= kick_worker(pool, list_entry(idle, struct worker, entry), cause);
		idle = next;
		work = work->next;
	} while (believes(WAKE_ALL) && idle != &pool->idle_list && work != pool->worklist.next &&
		 work != &pool->worklist);
	return kicked;
}

bool kick_first_idle(struct worker_pool *pool, uint64_t cause)
{
	if (believing())
		return kick_as_believed(pool, cause);
	/* LIFO: the worker that became idle last has its data in the cache, and the others
	 * get old enough to be culled (R3.7). */
	return kick_worker(pool, list_first_entry_or_null(&pool->idle_list, struct worker, entry), cause);
}

/* ---- the scheduler's hooks ------------------------------------------------------------ */

void wq_worker_sleeping(struct task *t)
{
	struct worker *worker = task_worker(t);
	struct worker_pool *pool;
	uint64_t ev;
	int running;

	/*
	 * Rescuers and idle workers have PREP set for this (R4.8).  In free mode another
	 * thread executes the tick, so reading the flags needs the lock.
	 */
	if (!worker || worker->rescue_wq || worker->sleeping ||
	    (mach_lockstep && worker->flags & WORKER_NOT_RUNNING))
		return;
	pool = worker->pool;
	if (!pool)
		return;		/* dying */
	pool_lock_irq(pool);
	if (worker->flags & WORKER_NOT_RUNNING) {	/* idle; or a tick or an unbinding has set a flag */
		pool_unlock_irq(pool);
		return;
	}
	worker->sleeping = true;
	running = nr_running_dec(pool);
	worker_mark_dirty(worker);
	ev = TRACE(WORKER_SLEEP, .worker = worker->tid, .pool = pool->tid,
		   .item = worker->current_id, .nr_running = (uint32_t)running);
	pool_recheck(pool);
	if (kick_pool(pool, ev))
		worker->current_pwq->stats[PWQ_STAT_CM_WAKEUP]++;
	pool_unlock_irq(pool);
}

void wq_worker_running(struct task *t)
{
	struct worker *worker = task_worker(t);
	struct worker_pool *pool;
	unsigned long flags;
	bool counts;

	if (!worker || !worker->sleeping)
		return;
	pool = worker->pool;
	/* No pool lock: the counter changes only on this CPU, and interrupts are disabled, so
	 * no tick can take this worker out of management.  In free mode another thread
	 * executes the tick, so it needs the lock (R4.20). */
	local_irq_save(&flags);
	if (!mach_lockstep)
		pool_lock_workers(pool);
	choice_point();
	counts = !(worker->flags & WORKER_NOT_RUNNING);
	if (counts)
		atomic_fetch_add(&pool->nr_running, 1);
	worker->sleeping = false;
	worker_clock_start(worker);
	TRACE(WORKER_WAKE, .worker = worker->tid, .pool = pool->tid, .item = worker->current_id,
	      .nr_running = (uint32_t)nr_running(pool));
	if (!mach_lockstep)
		pool_unlock(pool);
	local_irq_restore(flags);
	if (believes(PUT_BACK_TO_SLEEP) && counts)
		belief_put_back(worker);
}
