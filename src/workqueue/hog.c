/*
 * workqueue/hog.c - CPU hogs: items that compute for too long without blocking.
 *
 * An item under concurrency management that computes without blocking delays all items of its
 * pool.  Each tick that interrupts a worker checks the CPU time that its item has used since it
 * started or last woke up.  Above the threshold the worker leaves concurrency management until
 * the item ends, as if its workqueue were WQ_CPU_INTENSIVE, and the pool can start the next
 * item.
 *
 * Lives here:   the tick hook, detection, the report with its back-off.
 * Never here:   pools that make no progress at all (watchdog.c).
 * Read before:  concurrency.c.      Rules: R4.16..R4.20.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

/* Counts the function of the item; returns its count, 0 = the table is full. */
static uint32_t hog_count(const struct worker *worker)
{
	struct hog_ent *e;
	uint32_t count = 0;
	unsigned int i;

	raw_spin_lock(&wqe.hog_lock);
	for (i = 0; i < wqe.nr_hogs; i++) {
		e = &wqe.hogs[i];
		if (e->func == worker->current_func && e->tag == worker->current_tag)
			count = ++e->count;
	}
	if (!count && wqe.nr_hogs < WCI_MAX_ENTS) {
		e = &wqe.hogs[wqe.nr_hogs++];
		e->func = worker->current_func;
		e->tag = worker->current_tag;
		count = e->count = 1;
	}
	raw_spin_unlock(&wqe.hog_lock);
	return count;
}

/* True at the counts T, T+1, T+3, T+7, ... (R4.19). */
static bool worth_printing(uint32_t count)
{
	long thresh = wqe.cpu_intensive_warning_thresh;
	unsigned long n;

	if (!thresh || count < (unsigned long)thresh)
		return false;
	n = count + 1 - (unsigned long)thresh;
	return !(n & (n - 1));
}

static void hog_report(struct worker *worker, uint64_t used_ns)
{
	unsigned long thresh = wqe.cpu_intensive_thresh_us;
	struct trace_why why = BECAUSE(HOG, 1, (int32_t)(used_ns / 1000), (int32_t)thresh);
	uint32_t count = hog_count(worker);

	TRACE_WHY(HOG, why, .item = worker->current_id, .func = worker->current_func_id,
		  .worker = worker->tid, .pool = worker->pool->tid, .cpu_time = used_ns, .count = count);
	if (worth_printing(count))
		pr_warn("workqueue: %s hogged CPU for >%luus %u times, consider switching to WQ_UNBOUND",
			worker->current_func_name, thresh, count);
}

/*
 * The CPU time of the item counts from here.  Lockstep reads the clock.  In free mode that is a
 * system call, which costs more than most items, so the first tick of the item reads it.
 * Therefore a hog is detected up to one tick later, never too early.
 */
#define CLOCK_UNREAD UINT64_MAX

void worker_clock_start(struct worker *worker)
{
	if (worker->task)
		worker->current_at = mach_lockstep ? task_cpu_time_ns(worker->task) : CLOCK_UNREAD;
}

static uint64_t item_cpu_time(struct worker *worker)
{
	uint64_t now = task_cpu_time_ns(worker->task);

	if (worker->current_at == CLOCK_UNREAD)
		worker->current_at = now;
	return now - worker->current_at;
}

/* Accounts the tick.  Return: the item is a hog (R4.17). */
static bool tick_finds_hog(struct worker *worker, uint64_t *used)
{
	unsigned long thresh = wqe.cpu_intensive_thresh_us;

	if (!worker->current_pwq)
		return false;
	worker->current_pwq->stats[PWQ_STAT_CPU_TIME] += 1000000 / HZ;
	if (!thresh || worker->flags & WORKER_NOT_RUNNING || worker->sleeping)
		return false;
	*used = item_cpu_time(worker);
	return *used >= (uint64_t)thresh * 1000;
}

static void catch_hog(struct worker *worker, uint64_t used)
{
	struct pool_workqueue *pwq = worker->current_pwq;

	worker_set_flags(worker, WORKER_CPU_INTENSIVE);
	hog_report(worker, used);
	pwq->stats[PWQ_STAT_CPU_INTENSIVE]++;
	if (kick_pool(pwq->pool, 0))
		pwq->stats[PWQ_STAT_CM_WAKEUP]++;
}

/*
 * Lockstep: a hard interrupt on the worker's own CPU, so reading its fields needs no lock.
 * Free mode: called by the sampling thread, which needs the lock (R4.20).
 */
void wq_worker_tick(struct task *t)
{
	struct worker *worker = task_worker(t);
	struct worker_pool *pool;
	uint64_t used;

	/* A rescuer is not managed, but its time counts.  The sampling thread skips rescuers, which move between pools. */
	if (!worker || (!mach_lockstep && worker->rescue_wq))
		return;
	pool = __atomic_load_n(&worker->pool, __ATOMIC_ACQUIRE);
	if (!pool || (mach_lockstep && !tick_finds_hog(worker, &used)))
		return;
	pool_lock_workers(pool);
	if (mach_lockstep || tick_finds_hog(worker, &used))
		catch_hog(worker, used);
	pool_unlock(pool);
}
