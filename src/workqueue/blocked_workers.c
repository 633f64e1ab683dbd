/*
 * workqueue/blocked_workers.c - free mode: finds workers that block without announcing it.
 *
 * In the kernel the scheduler calls the engine at each sleep.  In free mode the engine does not
 * notice a read(), a mutex or a sleep of the program, unless the program announces it
 * (lib/lib.h).  The pool would count its one worker as running, and its other items would
 * wait.  So the timer thread samples the workers that count as running.  A worker that has
 * used no CPU time and is asleep gets the flag WORKER_BLOCKED: it leaves concurrency
 * management, as a hog does (hog.c), and the pool starts the next item.  The flag is cleared
 * when a sample finds the worker running again, at the latest when its item ends.
 *
 * If one item blocks, the next ones often do too.  So while each sample finds a blocked worker
 * and items are waiting, the next sample is taken soon.  A worker whose waits are shorter than
 * the interval has used CPU time but is found asleep: if items are waiting, the next sample is
 * taken soon as well.
 *
 * Lives here:   sampling pools, the flag WORKER_BLOCKED, the sampled tick (R4.20).
 * Never here:   the state of a thread (machine/free/watch.c), announced waits (concurrency.c).
 * Read before:  concurrency.c, hog.c.      Rules: R4.6, R4.20; docs/why/finding-blocked-workers.md.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#define SAMPLE_NS 4000000u	/* interval while a worker runs */
#define PATIENCE_NS 3500000u	/* blocked = no CPU time for so long; less than the interval */
#define HURRY_NS 50000u		/* the same two while samples find blocked workers */
#define HURRY_PATIENCE_NS 10000u
#define ASLEEP_NS 10000u		/* interval after a worker was found asleep */
#define ASLEEP_SAMPLES 4u		/* number of samples at that interval */
#define HURRY_SAMPLES 40u		/* samples at HURRY_NS after the last find: longer than creating a thread takes */
#define MARKED_NS 20000000u	/* interval if no worker runs, but flagged ones may run again */
#define SAMPLED_MAX 16	/* workers of one pool in one sample; the next sample takes others */

/* The task is not freed during the sample. */
struct chosen {
	struct task *task;
	bool marked;
};

struct findings {
	bool busy;	/* a worker runs */
	bool marked;	/* a flagged worker may run again */
	bool asleep;	/* a worker is asleep, but has used CPU time */
	bool helped;	/* a worker was flagged, and another item can start */
};

/* ---- the flag ------------------------------------------------------------------------- */

/* Flags the worker.  Return: items were waiting. */
static bool found_blocked(struct worker *worker)
{
	struct worker_pool *pool = worker->pool;
	bool helps = false;

	pool_lock(pool);
	if (worker->current_work && !worker->sleeping && !(worker->flags & WORKER_NOT_RUNNING)) {
		worker_set_flags(worker, WORKER_BLOCKED);
		pool->nr_blocked++;
		helps = !list_empty(&pool->worklist);
		if (kick_pool(pool, 0))
			worker->current_pwq->stats[PWQ_STAT_CM_WAKEUP]++;
	}
	pool_unlock(pool);
	return helps;
}

void worker_not_blocked(struct worker *worker)
{
	if (!(worker->flags & WORKER_BLOCKED))
		return;
	worker->pool->nr_blocked--;
	worker_clr_flags(worker, WORKER_BLOCKED);
}

static void found_running(struct worker *worker)
{
	struct worker_pool *pool = worker->pool;

	pool_lock(pool);
	worker_not_blocked(worker);
	pool_unlock(pool);
}

/* ---- sampling ---------------------------------------------------------------------------- */

/* @managed: the pool manages concurrency; @wanted: items are waiting in it. */
static void sample_worker(const struct chosen *c, bool managed, bool wanted, uint64_t patience, struct findings *f)
{
	bool may_be_blocked = managed && !c->marked && mach_monitor();
	struct worker *worker;
	enum task_sample saw;

	if (!task_sample_begin(c->task))
		return;
	worker = task_worker(c->task);
	if (__atomic_load_n(&worker->pool, __ATOMIC_ACQUIRE) && !worker->rescue_wq) {
		saw = task_sample(c->task, may_be_blocked ? patience : UINT64_MAX, may_be_blocked && wanted);
		if (saw == TASK_SAMPLE_BLOCKED)
			f->helped |= found_blocked(worker);
		else if (saw != TASK_SAMPLE_UNDECIDED && c->marked)
			found_running(worker);
		if (saw == TASK_SAMPLE_TICK)
			wq_worker_tick(c->task);
		f->asleep |= saw == TASK_SAMPLE_RAN_ASLEEP;
		f->busy |= saw == TASK_SAMPLE_TICK || saw == TASK_SAMPLE_RAN || saw == TASK_SAMPLE_RAN_ASLEEP;
	}
	task_sample_end(c->task);
}

/* Caller holds the lock.  Chooses workers that have an item and do not sleep, beginning at another hash bucket each time. */
static int choose(struct worker_pool *pool, struct chosen chosen[SAMPLED_MAX], int *nr_asleep)
{
	unsigned int from = wqe.sample_from++;
	struct worker *worker;
	int n = 0;

	*nr_asleep = 0;
	for (unsigned int i = 0; i < BUSY_WORKER_HASH; i++)
		hlist_for_each_entry(worker, &pool->busy_hash[(from + i) % BUSY_WORKER_HASH], hentry) {
			if (worker->sleeping)
				++*nr_asleep;
			else if (n < SAMPLED_MAX)
				chosen[n++] = (struct chosen){ worker->task, !!(worker->flags & WORKER_BLOCKED) };
		}
	return n;
}

/* Caller holds the lock.  A woken worker is TASK_RUNNING before its waker calls free_stir() (machine/free/timer.c). */
static bool all_idle(struct worker_pool *pool, int nr_others)
{
	struct worker *worker;

	if (pool->nr_idle + nr_others != pool->nr_workers)
		return false;
	list_for_each_entry(worker, &pool->idle_list, entry)
		if (task_is_running(worker->task))
			return false;
	return true;
}

static void sample_pool(struct worker_pool *pool, uint64_t patience, struct findings *f)
{
	struct chosen chosen[SAMPLED_MAX];
	bool managed = pool->cpu >= 0, wanted;
	int i, n = 0, nr_asleep = 0;

	pool_lock_workers(pool);
	if (pool->nr_idle != pool->nr_workers)
		n = choose(pool, chosen, &nr_asleep);
	if (managed && !all_idle(pool, nr_asleep + pool->nr_blocked))
		f->busy = true;
	if (pool->nr_blocked)
		f->marked = true;
	wanted = !list_empty(&pool->worklist);
	pool_unlock(pool);
	for (i = 0; i < n; i++)
		sample_worker(&chosen[i], managed, wanted, patience, f);
}

/*
 * Called by the timer thread; returns ns to the next call, UINT64_MAX = when a worker wakes up.
 * Unbound pools do not manage concurrency: their workers only get ticks.
 */
uint64_t wq_sample(void)
{
	bool hurries = wqe.sample_hurries > 0;
	int id, end = hurries ? POOL_IDS_PER_CPU * nr_cpu_ids() : POOLS_MAX;
	struct findings f = { .busy = false };

	rcu_read_lock();
	for (id = 0; id < end; id++) {
		struct worker_pool *pool = atomic_load_explicit(&wqe.pools[id], memory_order_acquire);

		if (pool && !(id < POOL_IDS_PER_CPU * nr_cpu_ids() && is_bh_pool_id(id)))
			sample_pool(pool, hurries ? HURRY_PATIENCE_NS : PATIENCE_NS, &f);
	}
	rcu_read_unlock();
	if (f.helped)
		wqe.sample_hurries = HURRY_SAMPLES;
	else if (hurries)
		wqe.sample_hurries--;
	else if (f.asleep)
		wqe.sample_hurries = ASLEEP_SAMPLES;
	if (wqe.sample_hurries)
		return f.asleep ? ASLEEP_NS : HURRY_NS;
	return f.busy ? SAMPLE_NS : f.marked ? MARKED_NS : UINT64_MAX;
}
