/*
 * workqueue/hog.c - the tick meets an item that has been on the CPU for too long.
 *
 * A managed item that computes without blocking holds up its whole pool.  Each
 * tick that hits a worker asks how much CPU time its item has used since it
 * started or last woke; beyond the threshold the worker is taken out of
 * concurrency management for the rest of the item, as if its workqueue were
 * WQ_CPU_INTENSIVE, and the pool may start the next one.
 *
 * Lives here:   the tick hook, detection, the report with its back-off.
 * Never here:   pools that make no progress at all (watchdog.c).
 * Read before:  concurrency.c.      Rules: R4.16..R4.20.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

/* Once more this function: how often by now; 0 = too many functions to follow. */
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

/* At T, T+1, T+3, T+7, ...: often enough to be seen, rarely enough to be borne (R4.19). */
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
 * From here the item's CPU time counts.  Lockstep reads the clock.  On real threads
 * that is a system call, dearer than most items: there the first tick that hits the
 * item reads it, so a hog is found one tick later at most, and never too early.
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

/* Accounts the tick; is it the one that finds a hog (R4.17)? */
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
 * Lockstep: hard interrupt on the worker's own CPU, so looking needs no lock.
 * Free: the sampler's thread, so everything does (R4.20).
 */
void wq_worker_tick(struct task *t)
{
	struct worker *worker = task_worker(t);
	struct worker_pool *pool;
	uint64_t used;

	/* a rescuer is not managed, but its time counts; the sampler must not follow one from pool to pool */
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
