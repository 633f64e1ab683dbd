/*
 * workqueue/dump.c - show_all_workqueues(): the engine's state as the kernel prints it.
 *
 * The kernel prints this after a lockup or SysRq-t: each workqueue that has items, its pwqs,
 * their items in flight, pending and inactive, then each pool with a busy worker.  Idle objects
 * are not printed.  The format is exactly the kernel's, line by line.
 *
 * Lives here:   the format of dumps, backtraces of the workers of stalled pools.
 * Never here:   when to dump (watchdog.c, alloc.c).
 * Read before:  pool.c.      Rules: R12.7..R12.9.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#include "base/strbuf.h"

#define LINE_BYTES 2048		/* a longer line is cut and marked as cut */

static void say(struct strbuf *line)
{
	printk(6, "%s%s", line->buf, line->cut ? " ..." : "");
}

/* " cpus=1 node=0 flags=0x0 nice=0" */
void print_pool_info(struct worker_pool *pool, struct strbuf *out)
{
	char cpus[CPUS_MAX * 4];

	cpumask_list(pool->attrs.cpumask, cpus, sizeof(cpus));
	strbuf_printf(out, " cpus=%s", cpus);
	if (pool->node != NUMA_NO_NODE)
		strbuf_printf(out, " node=%d", pool->node);
	strbuf_printf(out, " flags=0x%x", pool->flags);
	if (pool->flags & POOL_BH)
		strbuf_puts(out, pool->attrs.nice < 0 ? " bh-hi" : " bh");
	else
		strbuf_printf(out, " nice=%d", pool->attrs.nice);
}

static void print_worker_id(const struct worker *worker, struct strbuf *out)
{
	if (worker->task)
		strbuf_printf(out, "%u%s", task_id(worker->task), worker->rescue_wq ? "(RESCUER)" : "");
	else
		strbuf_printf(out, "bh%s", worker->pool->attrs.nice < 0 ? "-hi" : "");
}

/* Prints a list of items; adjacent items with the same function become "3*fn", if a comma would be between them. */
struct folded {
	work_func_t func;
	uintptr_t tag;
	const char *name;
	bool comma;		/* before the group */
	unsigned int count;
};

static void fold_flush(struct folded *f, struct strbuf *out)
{
	if (f->count > 1)
		strbuf_printf(out, "%s %u*%s", f->comma ? "," : "", f->count, f->name);
	else if (f->count)
		strbuf_printf(out, "%s %s", f->comma ? "," : "", f->name);
	f->count = 0;
}

static void print_work(bool comma, struct work_struct *work, struct folded *f, struct strbuf *out)
{
	if (work->func == wq_barrier_func) {
		struct wq_barrier *barr = container_of(work, struct wq_barrier, work);

		fold_flush(f, out);
		strbuf_printf(out, "%s BAR(%u)", comma ? "," : "", task_id(barr->task));
		return;
	}
	if (comma && f->count && f->func == work->func && f->tag == work->tag) {
		f->count++;
		return;
	}
	fold_flush(f, out);
	*f = (struct folded){ work->func, work->tag, work->func_name, comma, 1 };
}

/* @pwq: print only its items, NULL = all.  Return: false if there was none. */
static bool print_works(const char *head, struct list_head *list, struct pool_workqueue *pwq)
{
	struct folded f = { .count = 0 };
	struct work_struct *work;
	bool comma = false, any = false;
	STRBUF(line, LINE_BYTES);

	strbuf_puts(&line, head);
	list_for_each_entry(work, list, entry) {
		if (pwq && get_work_pwq(work) != pwq)
			continue;
		print_work(comma, work, &f, &line);
		comma = !(work_data(work) & WORK_STRUCT_LINKED);
		any = true;
	}
	fold_flush(&f, &line);
	if (any)
		say(&line);
	return any;
}

/*
 * The busy worker after @prev (NULL: the first) in the order of ids: the order of the hash
 * depends on addresses, and the output must not.
 */
static struct worker *next_busy(struct worker_pool *pool, const struct worker *prev)
{
	struct worker *worker, *best = NULL;
	int i;

	for (i = 0; i < BUSY_WORKER_HASH; i++)
		hlist_for_each_entry(worker, &pool->busy_hash[i], hentry)
			if ((!prev || worker->tid > prev->tid) && (!best || worker->tid < best->tid))
				best = worker;
	return best;
}

static void print_in_flight(struct pool_workqueue *pwq)
{
	struct worker *worker = NULL;
	bool any = false;
	STRBUF(line, LINE_BYTES);

	strbuf_puts(&line, "    in-flight:");
	while ((worker = next_busy(pwq->pool, worker))) {
		struct folded f = { .count = 0 };
		struct work_struct *work;

		if (worker->current_pwq != pwq)
			continue;
		strbuf_printf(&line, " %s", any ? "," : "");
		print_worker_id(worker, &line);
		strbuf_printf(&line, ":%s", worker->current_func_name);
		list_for_each_entry(work, &worker->scheduled, entry)
			print_work(false, work, &f, &line);
		fold_flush(&f, &line);
		any = true;
	}
	if (any)
		say(&line);
}

/* Pool lock held. */
void show_pwq(struct pool_workqueue *pwq)
{
	struct worker_pool *pool = pwq->pool;
	STRBUF(line, LINE_BYTES);

	strbuf_printf(&line, "  pwq %d:", pool->id);
	print_pool_info(pool, &line);
	strbuf_printf(&line, " active=%d refcnt=%d%s", pwq->nr_active, pwq->refcnt,
		      list_empty(&pwq->mayday_node) ? "" : " MAYDAY");
	say(&line);
	print_in_flight(pwq);
	print_works("    pending:", &pool->worklist, pwq);
	print_works("    inactive:", &pwq->inactive_works, NULL);
}

static bool pwq_is_idle(struct pool_workqueue *pwq)
{
	return !pwq->nr_active && list_empty(&pwq->inactive_works);
}

/* A first check.  Free mode needs the lock even for this. */
static bool pwq_looks_idle(struct pool_workqueue *pwq)
{
	bool idle;

	if (mach_lockstep)
		return pwq_is_idle(pwq);
	pool_lock(pwq->pool);
	idle = pwq_is_idle(pwq);
	pool_unlock(pwq->pool);
	return idle;
}

void show_one_workqueue(struct workqueue_struct *wq)
{
	struct pool_workqueue *pwq;
	unsigned long flags;
	bool idle = true;

	list_for_each_entry_rcu(pwq, &wq->pwqs, pwqs_node)
		idle &= pwq_looks_idle(pwq);
	if (idle)
		return;
	printk(6, "workqueue %s: flags=0x%x", wq->name, wq->flags);
	list_for_each_entry_rcu(pwq, &wq->pwqs, pwqs_node) {
		pool_lock_irqsave(pwq->pool, &flags);
		if (!pwq_is_idle(pwq))
			show_pwq(pwq);
		pool_unlock_irqrestore(pwq->pool, flags);
	}
}

/* Prints the pool if at least one worker is not idle. */
static void show_one_pool(struct worker_pool *pool)
{
	struct worker *worker;
	unsigned long flags, hung = 0;
	bool first = true;
	STRBUF(line, LINE_BYTES);

	pool_lock_irqsave(pool, &flags);
	if (pool->nr_workers != pool->nr_idle) {
		if (!list_empty(&pool->worklist))
			hung = jiffies_to_msecs(jiffies - pool->watchdog_ts) / 1000;
		strbuf_printf(&line, "pool %d:", pool->id);
		print_pool_info(pool, &line);
		strbuf_printf(&line, " hung=%lus workers=%d", hung, pool->nr_workers);
		if (pool->manager)
			strbuf_printf(&line, " manager: %u", task_id(pool->manager->task));
		list_for_each_entry(worker, &pool->idle_list, entry) {
			strbuf_printf(&line, " %s", first ? "idle: " : "");
			print_worker_id(worker, &line);
			first = false;
		}
		say(&line);
	}
	pool_unlock_irqrestore(pool, flags);
}

void show_all_workqueues(void)
{
	struct workqueue_struct *wq;
	int id;

	rcu_read_lock();
	printk(6, "Showing busy workqueues and worker pools:");
	list_for_each_entry_rcu(wq, &wqe.workqueues, list)
		show_one_workqueue(wq);
	for (id = 0; id < POOLS_MAX; id++) {
		struct worker_pool *pool = atomic_load(&wqe.pools[id]);

		if (pool && pool->tid)
			show_one_pool(pool);
	}
	rcu_read_unlock();
}

/* ---- workers that block the pool of a stalled CPU -------------------------------------- */

/*
 * Pool lock held.  As in the kernel, an idle worker keeps the description of its last item; then
 * there is no workqueue and no function to print.
 */
static void print_info(int level, const struct worker *worker)
{
	const char *name = worker->current_pwq ? worker->current_pwq->wq->name : "";
	const char *fn = worker->current_pwq ? worker->current_func_name : "0x0";

	if (!worker->current_pwq && !worker->desc[0])
		return;
	if (strcmp(name, worker->desc))
		printk(level, "Workqueue: %s %s (%s)", name, fn, worker->desc);
	else
		printk(level, "Workqueue: %s %s", name, fn);
}

void print_worker_info(int level, const struct task *t)
{
	const struct worker *worker = task_worker(t);
	struct worker_pool *pool;
	unsigned long flags;

	if (!worker)
		return;
	rcu_read_lock();
	pool = __atomic_load_n(&worker->pool, __ATOMIC_ACQUIRE);
	if (pool) {
		pool_lock_irqsave(pool, &flags);
		print_info(level, worker);
		pool_unlock_irqrestore(pool, flags);
	}
	rcu_read_unlock();
}

static void show_worker_stack(struct worker *worker)
{
	static const char *const below[] = {
		"process_one_work", "worker_thread", "kthread", "ret_from_fork", "ret_from_fork_asm"
	};
	struct task *t = worker->task;
	const char *where = task_where(t);
	size_t i;

	printk(6, "task:%-15s state:R  running task     stack:0     pid:%-5u tgid:%-5u ppid:2      flags:0x00004008",
	       task_comm(t), task_id(t), task_id(t));
	print_info(6, worker);
	printk(6, "Call Trace:");
	printk(6, " <TASK>");
	if (where)
		printk(6, "  %s", where);
	printk(6, "  %s", worker->current_func_name);
	for (i = 0; i < sizeof(below) / sizeof(below[0]); i++)
		printk(6, "  %s", below[i]);
	printk(6, " </TASK>");
}

static void show_cpu_pool_hog(struct worker_pool *pool)
{
	struct worker *worker = NULL;
	unsigned long flags;

	pool_lock_irqsave(pool, &flags);
	while ((worker = next_busy(pool, worker))) {
		if (!task_is_running(worker->task))
			continue;
		printk(6, "pool %d:", pool->id);	/* before each worker */
		show_worker_stack(worker);
	}
	pool_unlock_irqrestore(pool, flags);
}

void show_cpu_pools_hogs(void)
{
	int id;

	printk(6, "Showing backtraces of running workers in stalled CPU-bound worker pools:");
	rcu_read_lock();
	for (id = 0; id < POOLS_MAX; id++) {
		struct worker_pool *pool = atomic_load(&wqe.pools[id]);

		if (pool && pool->cpu_stall)
			show_cpu_pool_hog(pool);
	}
	rcu_read_unlock();
}
