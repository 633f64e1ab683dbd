/*
 * workqueue/blocked_workers.c - free mode: items that wait without our having been told.
 *
 * The kernel's scheduler tells the engine of every sleep.  Here a read(), a mutex or a
 * sleep of the program's own is seen by nobody, unless it is told (lib/lib.h); the
 * pool would believe that its one worker runs, and let its other items wait.  So from time to
 * time the workers that count as running are looked at: one that has used no CPU time and
 * is asleep leaves concurrency management for as long as that lasts, like a hog does
 * (hog.c), and the pool starts the next item.  When it runs again it counts again;
 * at the latest its item's end clears the mark.
 *
 * Where one item waits, the next ones often do: as long as each look finds one, and
 * items are waiting, the next look comes at once.  Waits shorter than the time between two looks are met
 * asleep but with CPU time used: if items are waiting, that too is worth another look at once.
 *
 * Lives here:   looking, the mark and its end; the sampled tick (R4.20) comes along.
 * Never here:   what a thread's state is (machine/free/watch.c), waits that are told (concurrency.c).
 * Read before:  concurrency.c, hog.c.      Rules: R4.6, R4.20; docs/why/a-monitor-for-what-nobody-told.md.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#define SAMPLE_NS 4000000u	/* between two looks while something runs */
#define PATIENCE_NS 3500000u	/* no CPU time for so long: between looks, not a whole tick */
#define HURRY_NS 50000u		/* the same while looks find something */
#define HURRY_PATIENCE_NS 10000u
#define ASLEEP_NS 10000u		/* it was met asleep: has it gone on? */
#define ASLEEP_SAMPLES 4u		/* to find that out */
#define HURRY_SAMPLES 40u		/* in vain, before there is time again: longer than making a thread takes */
#define MARKED_NS 20000000u	/* nothing runs, but marked ones may come back */
#define SAMPLED_MAX 16	/* of one pool at one look; the others have their turn next */

/* A task stays valid while the timers' thread looks. */
struct chosen {
	struct task *task;
	bool marked;
};

struct findings {
	bool busy;	/* something runs: come back soon */
	bool marked;	/* somebody waits and may run again unseen */
	bool asleep;	/* somebody sleeps, and it is not known for how long */
	bool helped;	/* somebody was found for whom another item could start */
};

/* ---- the mark ------------------------------------------------------------------------- */

/* True: items were waiting for this. */
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

/* ---- looking ---------------------------------------------------------------------------- */

/* @wanted: items are waiting. */
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

/* Lock held: who has an item and is not known to sleep; round the hash, not always the same. */
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

/* Lock held.  A woken worker is awake before its waker asks whether we look (machine/free/timer.c). */
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
 * The timers' thread; returns in how many ns to come again, UINT64_MAX = not before a
 * worker wakes.  Unbound pools manage no concurrency: of them only the ticks count.
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
