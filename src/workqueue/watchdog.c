/*
 * workqueue/watchdog.c - detects pools that have items and make no progress.
 *
 * A pool makes progress when an item is added to its empty worklist, and when a worker starts a
 * batch.  Every T seconds a timer checks all pools.  If the last progress of a pool with items
 * is more than T ago, it reports the pool, and dumps the state of the engine once in each check.
 *
 * Lives here:   the timer, its stamps, the lockup report.
 * Never here:   the format of dumps (dump.c), single items that compute for long (hog.c).
 * Read before:  pool.c.      Rules: R12.1..R12.6.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#include "base/strbuf.h"

static void touch_all(void)
{
	unsigned long now = jiffies;
	int cpu;

	wqe.touched = now;
	for_each_cpu(cpu, cpu_possible_mask())
		wqe.touched_cpu[cpu] = now;
}

/* R12.5: writes the global stamp rarely, because all CPUs share its cache line. */
void wq_watchdog_touch(int cpu)
{
	unsigned long now = jiffies, quarter = wqe.watchdog_thresh * HZ / 4;
	bool unbound = time_after(now, wqe.touched + quarter);

	if (cpu >= 0)
		wqe.touched_cpu[cpu] = now;
	if (unbound)
		wqe.touched = now;
	TRACE(WQ_WATCHDOG_TOUCH, .cpu = cpu, .unbound = unbound);
}

/* Pool lock held. */
static bool pool_stalled(struct worker_pool *pool, unsigned long now, unsigned long thresh)
{
	unsigned long touched = pool->cpu >= 0 ? wqe.touched_cpu[pool->cpu] : wqe.touched;
	unsigned long ts = time_after(pool->watchdog_ts, touched) ? pool->watchdog_ts : touched;

	return !list_empty(&pool->worklist) && time_after(now, ts + thresh);
}

static void report_stall(struct worker_pool *pool, unsigned long now, unsigned long thresh)
{
	unsigned long stuck = now - pool->watchdog_ts;
	struct trace_why why = BECAUSE(STALLED, 1, (int32_t)jiffies_to_msecs(stuck),
				       (int32_t)jiffies_to_msecs(thresh),
				       (int32_t)worklist_len(&pool->worklist));
	STRBUF(line, 160);

	TRACE_WHY(STALL, why, .pool = pool->tid, .stuck = jiffies_to_ns(stuck));
	strbuf_puts(&line, "BUG: workqueue lockup - pool");
	print_pool_info(pool, &line);
	pr_emerg("%s stuck for %us!", line.buf, jiffies_to_msecs(stuck) / 1000);
}

static bool look_at(struct worker_pool *pool, unsigned long thresh)
{
	unsigned long flags, now = jiffies;
	bool stalled;

	pool->cpu_stall = false;
	pool_lock_irqsave(pool, &flags);
	stalled = pool_stalled(pool, now, thresh);
	if (stalled)
		report_stall(pool, now, thresh);
	pool_unlock_irqrestore(pool, flags);
	pool->cpu_stall = stalled && pool->cpu >= 0 && !(pool->flags & POOL_BH);	/* R12.3 */
	return stalled;
}

static void watchdog_arm(unsigned long thresh)
{
	/* One tick more than T: this check must detect a pool that stalled right after the last
	 * one, and the comparison is strict (R12.2). */
	mod_timer(&wqe.watchdog_timer, jiffies + thresh + 1);
	TRACE(WATCHDOG_SET, .thresh = jiffies_to_ns(thresh),
	      .next = jiffies_to_ns(wqe.watchdog_timer.expires));
}

static void watchdog_timer_fn(struct timer_list *t)
{
	unsigned long thresh = wqe.watchdog_thresh * HZ;
	bool cpu_stalled = false;
	uint32_t stalled = 0;
	int id;

	(void)t;
	if (!thresh)
		return;
	rcu_read_lock();
	for (id = 0; id < POOLS_MAX; id++) {
		struct worker_pool *pool = atomic_load(&wqe.pools[id]);

		if (pool && pool->tid && !(pool->flags & POOL_LEGACY) && look_at(pool, thresh)) {
			stalled++;
			cpu_stalled |= pool->cpu_stall;
		}
	}
	rcu_read_unlock();
	TRACE(WATCHDOG_LOOK, .stalled = stalled);
	if (stalled) {
		show_all_workqueues();
		if (cpu_stalled)
			show_cpu_pools_hogs();
		if (wqe.panic_on_stall && ++wqe.panic_rounds >= wqe.panic_on_stall)
			pr_emerg("Kernel panic - not syncing: workqueue: %d stall(s) exceeded threshold %ld",
				 wqe.panic_rounds, wqe.panic_on_stall);
	}
	touch_all();
	watchdog_arm(thresh);
}

/* Each write restarts the watchdog. */
void wq_watchdog_set_thresh(unsigned long thresh_s)
{
	timer_delete_sync(&wqe.watchdog_timer);
	wqe.watchdog_thresh = thresh_s;
	touch_all();
	if (thresh_s)
		watchdog_arm(thresh_s * HZ);
	else
		TRACE(WATCHDOG_SET, .thresh = 0, .next = 0);
}

void wq_watchdog_init(void)
{
	timer_setup(&wqe.watchdog_timer, watchdog_timer_fn, TIMER_DEFERRABLE | TIMER_HOUSEKEEPING);
	wq_watchdog_set_thresh(wqe.watchdog_thresh);
}
