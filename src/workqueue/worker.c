/*
 * workqueue/worker.c - worker threads: creation, work cycle, end.
 *
 * All workers of a pool are equal.  A worker that wakes up leaves the idle list.  It ensures
 * that another worker is idle, and creates one if there is none; meanwhile it is the manager.
 * Then it runs items as long as the pool needs it, and returns to the head of the idle list.
 * If the pool has too many idle workers, those that have been idle for five minutes, at the
 * tail of the list, must exit.
 *
 *     asleep on idle_list --woken--> between (PREP) --> runs items --+
 *            ^                          |  ^  |                      |
 *            |                          |  +--+ manages              |
 *            +--------------------------+<---------------------------+
 *
 * Lives here:   creation, work cycle and end of a worker; running one item, managing, culling.
 * Never here:   when to wake a worker (concurrency.c), limits and flushers when an item
 *               ends (active.c), rescuers (rescuer.c).
 * Read before:  concurrency.c.      Rules: R3.1..R3.17, R2.2, R2.9(b), R12.1.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#include "base/strbuf.h"

#include <stdio.h>
#include <string.h>

static int worker_thread(void *data);

_Static_assert(WORKER_DESC_LEN == WQ_NAME_LEN, "a workqueue's name is copied as it is");

/* ---- idle ------------------------------------------------------------------------ */

static void idle_timer_arm(struct worker_pool *pool, unsigned long expires)
{
	mod_timer(&pool->idle_timer, expires);
	TRACE_WHY(IDLE_TIMER, WHY_OF(why_too_many(pool)), .pool = pool->tid, .armed = true,
		  .expires = jiffies_to_ns(expires));
}

void worker_enter_idle(struct worker *worker, const struct trace_why *why)
{
	struct worker_pool *pool = worker->pool;

	bug_on(worker->flags & WORKER_IDLE || worker->current_work || !list_empty(&worker->scheduled));
	worker->flags |= WORKER_IDLE;
	pool->nr_idle++;
	worker->last_active = jiffies;
	list_add(&worker->entry, &pool->idle_list);
	worker_mark_dirty(worker);
	if (why)
		TRACE_WHY(WORKER_IDLE, *why, .worker = worker->tid, .pool = pool->tid,
			  .nr_idle = (uint32_t)pool->nr_idle, .nr_running = (uint32_t)pool->nr_running);
	else
		TRACE(WORKER_IDLE, .worker = worker->tid, .pool = pool->tid,
		      .nr_idle = (uint32_t)pool->nr_idle, .nr_running = (uint32_t)pool->nr_running);
	/* Leaving the idle list does not delete the timer: it checks again when it fires (R3.11). */
	if (too_many_workers(pool) && !timer_pending(&pool->idle_timer))
		idle_timer_arm(pool, jiffies + IDLE_WORKER_TIMEOUT);
	/* All workers are idle, so none can be running (R4.1). */
	bug_on(pool->nr_workers == pool->nr_idle && pool->nr_running);
}

void worker_leave_idle(struct worker *worker)
{
	struct worker_pool *pool = worker->pool;

	bug_on(!(worker->flags & WORKER_IDLE));
	worker->flags &= ~(unsigned int)WORKER_IDLE;
	pool->nr_idle--;
	list_del_init(&worker->entry);
	worker_mark_dirty(worker);
	TRACE(WORKER_BUSY, .worker = worker->tid, .pool = pool->tid,
	      .nr_idle = (uint32_t)pool->nr_idle, .nr_running = (uint32_t)pool->nr_running);
}

/* ---- making one -------------------------------------------------------------------- */

static int worker_id_get(struct worker_pool *pool)
{
	int i, id = -ENOSPC;

	pool_lock_irq(pool);
	for (i = 0; i < WORKER_IDS_MAX / 64 && id < 0; i++) {
		if (pool->worker_ids[i] == ~(uint64_t)0)
			continue;
		id = i * 64 + __builtin_ctzll(~pool->worker_ids[i]);
		pool->worker_ids[i] |= (uint64_t)1 << (id % 64);
	}
	pool_unlock_irq(pool);
	return id;
}

static void worker_id_put(struct worker_pool *pool, int id)
{
	pool_lock_irq(pool);
	pool->worker_ids[id / 64] &= ~((uint64_t)1 << (id % 64));
	pool_unlock_irq(pool);
}

/* Each of the boot's many workers has a name: without snprintf(). */
static void worker_name(char *buf, size_t size, const char *begin, int pool, int id, const char *end)
{
	struct strbuf name;

	strbuf_init(&name, buf, size);
	strbuf_puts(&name, begin);
	strbuf_putd(&name, pool);
	strbuf_putc(&name, ':');
	strbuf_putd(&name, id);
	strbuf_puts(&name, end);
}

static void format_worker_name(char *buf, size_t size, const struct worker_pool *pool, int id)
{
	if (unlikely(pool->flags & POOL_LEGACY))
		legacy_worker_name(buf, size, pool);
	else if (pool->cpu < 0)
		worker_name(buf, size, "kworker/u", pool->id, id, "");
	else
		worker_name(buf, size, "kworker/", pool->cpu, id, pool->attrs.nice < 0 ? "H" : "");
}

void worker_init(struct worker *worker)
{
	INIT_LIST_HEAD(&worker->entry);
	INIT_HLIST_NODE(&worker->hentry);
	INIT_LIST_HEAD(&worker->scheduled);
	INIT_LIST_HEAD(&worker->node);
	INIT_LIST_HEAD(&worker->dirty_node);
	worker->flags = WORKER_PREP;	/* not counted until it runs items */
}

struct worker *alloc_worker(void)
{
	struct worker *worker = kzalloc_lines(sizeof(*worker));

	if (worker)
		worker_init(worker);
	return worker;
}

static struct worker *create_failed(struct worker_pool *pool, struct worker *worker, int id, long err)
{
	TRACE(WORKER_CREATE_FAIL, .pool = pool->tid, .id = id < 0 ? 0 : (uint32_t)id, .err = (int32_t)err);
	if (!wqe.warned_create) {
		wqe.warned_create = true;
		pr_err("workqueue: Failed to create a worker thread: %ld", err);
	}
	if (id >= 0)
		worker_id_put(pool, id);
	kfree(worker);
	return NULL;
}

void worker_attach_to_pool(struct worker *worker, struct worker_pool *pool)
{
	mutex_lock(&wqe.attach_mutex);
	/* DISASSOCIATED cannot change: hotplug holds the same mutex (R10.1). */
	if (pool->flags & POOL_DISASSOCIATED)
		worker->flags |= WORKER_UNBOUND;
	set_cpus_allowed(worker->task, pool_allowed_cpus(pool));
	list_add_tail(&worker->node, &pool->workers);
	__atomic_store_n(&worker->pool, pool, __ATOMIC_RELEASE);	/* free mode's sampling thread reads it */
	TRACE(WORKER_ATTACH, .worker = worker->tid, .pool = pool->tid, .flags = worker->flags);
	mutex_unlock(&wqe.attach_mutex);
}

/*
 * Attach mutex held.  Keeps ->pool: a dying worker may not have started to run yet, and reads
 * its pool there.
 */
static void detach_worker(struct worker *worker)
{
	TRACE(WORKER_DETACH, .worker = worker->tid, .pool = worker->pool->tid);
	widen_worker(worker);
	list_del_init(&worker->node);
	if (!(worker->flags & WORKER_DIE))	/* a dying worker checks its flags for DIE, and needs no others */
		worker->flags &= ~(unsigned int)(WORKER_UNBOUND | WORKER_REBOUND);
}

void worker_detach_from_pool(struct worker *worker)
{
	mutex_lock(&wqe.attach_mutex);
	detach_worker(worker);
	__atomic_store_n(&worker->pool, NULL, __ATOMIC_RELEASE);
	mutex_unlock(&wqe.attach_mutex);
}

/* No lock held.  Sleeps as long as the creation of a thread takes (R3.2). */
struct worker *create_worker(struct worker_pool *pool)
{
	struct worker *worker;
	char name[WORKER_ID_LEN];
	int id = worker_id_get(pool);

	if (id < 0)
		return create_failed(pool, NULL, id, id);
	TRACE(WORKER_CREATE_BEGIN, .pool = pool->tid, .id = (uint32_t)id);
	worker = alloc_worker();
	if (!worker)
		return create_failed(pool, NULL, id, -ENOMEM);
	worker->id = id;
	format_worker_name(name, sizeof(name), pool, id);
	worker->task = kthread_create_on_node(worker_thread, worker, pool->node, "%s", name);
	if (IS_ERR(worker->task))
		return create_failed(pool, worker, id, PTR_ERR(worker->task));
	set_user_nice(worker->task, pool->attrs.nice);
	task_set_worker(worker->task, worker);
	worker->tid = mach_new_id(CLS_WORKER);
	trace_def(CLS_WORKER, worker->tid, pool->tid, (uint32_t)id, name);
	worker_attach_to_pool(worker, pool);

	pool_lock_irq(pool);
	pool->nr_workers++;
	TRACE(WORKER_CREATE, .worker = worker->tid, .pool = pool->tid, .id = (uint32_t)id,
	      .kthread = task_id(worker->task), .nr_workers = (uint32_t)pool->nr_workers);
	worker_enter_idle(worker, NULL);
	pool_wake(pool, worker->task);	/* its first sleep must be as an idle worker */
	pool_unlock_irq(pool);
	return worker;
}

/* ---- culling --------------------------------------------------------------------------- */

static void idle_age(const struct worker *worker, struct trace_why *why)
{
	unsigned long age = jiffies - worker->last_active;

	*why = BECAUSE(EXPIRED, age >= IDLE_WORKER_TIMEOUT, (int32_t)(age / HZ),
		       (int32_t)(IDLE_WORKER_TIMEOUT / HZ));
}

/* Softirq.  Only checks: killing a worker sleeps, so a work item does that. */
void idle_worker_timeout(struct timer_list *t)
{
	struct worker_pool *pool = container_of(t, struct worker_pool, idle_timer);
	unsigned long flags, expires;
	bool cull = false;

	if (work_pending(&pool->idle_cull_work))
		return;
	pool_lock_irqsave(pool, &flags);
	if (too_many_workers(pool)) {
		struct worker *worker = list_last_entry(&pool->idle_list, struct worker, entry);

		expires = worker->last_active + IDLE_WORKER_TIMEOUT;
		cull = !time_before(jiffies, expires);
		if (!cull)
			idle_timer_arm(pool, expires);
	} else {
		TRACE_WHY(IDLE_TIMER, WHY_OF(why_too_many(pool)), .pool = pool->tid, .armed = false);
	}
	pool_unlock_irqrestore(pool, flags);
	if (cull)
		queue_work(system_unbound_wq, &pool->idle_cull_work);
}

/* Lock held.  Moves the worker from the idle list to @dying; it will not run an item any more. */
static void set_worker_dying(struct worker *worker, struct list_head *dying, const struct trace_why *why)
{
	struct worker_pool *pool = worker->pool;

	bug_on(worker->current_work || !list_empty(&worker->scheduled) ||
	       !(worker->flags & WORKER_IDLE));
	pool->nr_workers--;
	pool->nr_idle--;
	worker->flags |= WORKER_DIE;
	list_move(&worker->entry, dying);
	list_del_init(&worker->dirty_node);
	TRACE_WHY(CULL, *why, .worker = worker->tid, .pool = pool->tid,
		  .nr_workers = (uint32_t)pool->nr_workers, .nr_idle = (uint32_t)pool->nr_idle);
}

static void reap_dying_workers(struct list_head *dying)
{
	struct worker *worker, *next;

	list_for_each_entry_safe(worker, next, dying, entry) {
		list_del_init(&worker->entry);
		kthread_stop(worker->task);
		kfree(worker);
	}
}

void idle_cull_fn(struct work_struct *work)
{
	struct worker_pool *pool = container_of(work, struct worker_pool, idle_cull_work);
	LIST_HEAD(dying);
	struct worker *worker;

	mutex_lock(&wqe.attach_mutex);
	pool_lock_irq(pool);
	while (too_many_workers(pool)) {
		unsigned long expires;
		struct trace_why why;

		worker = list_last_entry(&pool->idle_list, struct worker, entry);
		expires = worker->last_active + (believes(EXACT_WORKERS) ? 0 : IDLE_WORKER_TIMEOUT);
		if (time_before(jiffies, expires)) {
			idle_timer_arm(pool, expires);
			break;
		}
		idle_age(worker, &why);
		set_worker_dying(worker, &dying, &why);
	}
	pool_unlock_irq(pool);
	list_for_each_entry(worker, &dying, entry)
		detach_worker(worker);
	mutex_unlock(&wqe.attach_mutex);
	reap_dying_workers(&dying);
}

void kill_idle_workers(struct worker_pool *pool)
{
	struct trace_why why = BECAUSE(NONE, 0);
	LIST_HEAD(dying);
	struct worker *worker;

	mutex_lock(&wqe.attach_mutex);
	pool_lock_irq(pool);
	while (!list_empty(&pool->idle_list))
		set_worker_dying(list_last_entry(&pool->idle_list, struct worker, entry), &dying, &why);
	bug_on(pool->nr_workers || pool->nr_idle);
	pool_unlock_irq(pool);
	list_for_each_entry(worker, &dying, entry)
		detach_worker(worker);
	mutex_unlock(&wqe.attach_mutex);
	reap_dying_workers(&dying);
}

/* ---- managing ------------------------------------------------------------------------------ */

/* No lock held.  6.12 reads these counts without the lock; in free mode other threads change them meanwhile. */
static bool still_needs_worker(struct worker_pool *pool)
{
	bool needs;

	if (mach_lockstep)
		return need_to_create_worker(pool);
	pool_lock_irq(pool);
	needs = need_to_create_worker(pool);
	pool_unlock_irq(pool);
	return needs;
}

/*
 * Lock held; released meanwhile.  Returns when the pool has an idle worker or does not need one
 * (R3.9).  If that takes long, the mayday timer calls the rescuers.
 */
static void maybe_create_worker(struct worker_pool *pool)
{
	do {
		pool_unlock_irq(pool);
		mayday_timer_start(pool);
		while (!create_worker(pool) && still_needs_worker(pool)) {
			set_current_state(TASK_INTERRUPTIBLE);
			schedule_timeout_housekeeping((long)CREATE_COOLDOWN);
			if (!still_needs_worker(pool))
				break;
		}
		mayday_timer_stop(pool);
		pool_lock_irq(pool);
	} while (need_to_create_worker(pool));
}

/* Lock held.  Return: false if another worker is the manager; then run items without an idle worker (R3.8). */
static bool manage_workers(struct worker *worker)
{
	struct worker_pool *pool = worker->pool;
	struct trace_why why = BECAUSE(MAY_START_WORKING, 0, pool->nr_idle, 0);

	if (pool->flags & POOL_MANAGER_ACTIVE)
		return false;
	pool->flags |= POOL_MANAGER_ACTIVE;
	pool->manager = worker;
	TRACE_WHY(MANAGE_BEGIN, why, .worker = worker->tid, .pool = pool->tid);
	maybe_create_worker(pool);
	pool->manager = NULL;
	pool->flags &= ~(unsigned int)POOL_MANAGER_ACTIVE;
	TRACE(MANAGE_END, .worker = worker->tid, .pool = pool->tid);
	wake_up(&wqe.manager_wait);
	return true;
}

/* ---- running items ------------------------------------------------------------------------------ */

void pool_touch_watchdog(struct worker_pool *pool)
{
	pool->watchdog_ts = jiffies_coarse();
	if (wq_verbose())
		TRACE(WATCHDOG_TOUCH, .pool = pool->tid);
}

/*
 * Lock held.  Moves @work and its barriers from the worklist to @worker.  Return: false if it
 * was a rescuer's cursor and not an item, or if another worker still runs the item; then that
 * worker runs it next (R2.9b).  *@nextp: the next entry of a walk.
 */
bool assign_work(struct work_struct *work, struct worker *worker, struct work_struct **nextp)
{
	struct worker_pool *pool = worker->pool;
	struct worker *runner;

	assert_held(&pool->lock);
	if (unlikely(work->func == mayday_cursor_func)) {
		if (nextp)
			*nextp = list_next_entry(work, entry);
		list_del_init(&work->entry);
		return false;
	}
	__builtin_prefetch(work->entry.next, 1);
	runner = believes(REENTRANT) ? NULL : find_worker_executing_work(pool, work);
	move_linked_works(work, runner ? &runner->scheduled : &worker->scheduled, nextp);
	worker_mark_dirty(runner ? runner : worker);
	if (unlikely(runner)) {
		struct trace_why why = BECAUSE(COLLISION, 1, 1);

		TRACE_WHY(COLLIDE, why, .item = work->id, .worker = worker->tid,
			  .runner = runner->tid, .pool = pool->tid);
		return false;
	}
	TRACE(ASSIGN_WORK, .item = work->id, .worker = worker->tid, .pool = pool->tid);
	return true;
}

static void remember_work(struct worker *worker, struct work_struct *work, struct pool_workqueue *pwq,
			  uint64_t data)
{
	worker->current_work = work;
	worker->current_func = work->func;
	worker->current_tag = work->tag;
	worker->current_func_name = work->func_name;
	worker->current_name = work->name;
	worker->current_id = work->id;
	worker->current_func_id = work->func_id;
	worker->current_pwq = pwq;
	worker->killed = false;
	worker->current_color = work_data_color(data);
	worker_clock_start(worker);
	memcpy(worker->desc, pwq->wq->name, WORKER_DESC_LEN);
	hlist_add_head(&worker->hentry,
		       &worker->pool->busy_hash[(uintptr_t)work / 32 % BUSY_WORKER_HASH]);
}

static void forget_work(struct worker *worker)
{
	hlist_del_init(&worker->hentry);
	worker->last_func = worker->current_func;
	worker->current_work = NULL;
	worker->current_func = NULL;
	worker->current_tag = 0;
	worker->current_id = 0;
	worker->current_func_id = 0;
	worker->current_pwq = NULL;
}

/*
 * 6.12 notices a mutex that is still held only if it proves lock orders.  The event is emitted
 * always, the lines of the log only where 6.12 prints them.
 */
static __attribute__((noinline, cold)) void complain(struct worker *worker, struct mach_held before,
						     struct mach_held now)
{
	STRBUF(text, 160);

	strbuf_printf(&text, "BUG: workqueue leaked atomic, lock or RCU: %s[%u]", task_comm(worker->task),
		      task_id(worker->task));
	TRACE(BUG, .kind = BUG_LOCK_LEAK, .who = task_id(worker->task), .item = worker->current_id, .text = text.buf);
	if (in_atomic() || now.rcu != before.rcu || mach_lockdep) {
		printk(3, "%s", text.buf);
		printk(3, "     preempt=0x%08x lock=%u->%u RCU=%u->%u workfn=%s", now.preempt, before.mutexes, now.mutexes,
		       before.rcu, now.rcu, worker->current_func_name);
	}
	mach_atomic_reset();	/* else this worker could not sleep any more */
}

/* The function must release every lock, RCU section and preempt count that it took. */
static void complain_if_leaked(struct worker *worker, struct mach_held before)
{
	struct mach_held now = mach_lockstep ? mach_held() : before;

	if (unlikely(in_atomic() || now.mutexes != before.mutexes || now.rcu != before.rcu))
		complain(worker, before, now);
}

/* Calls the function; no lock held.  @work may be freed as soon as it has begun (R1.3). */
static uint64_t call_work(struct worker *worker, struct work_struct *work, uint64_t cause)
{
	struct workqueue_struct *wq = worker->current_pwq->wq;
	uint32_t item = worker->current_id, func = worker->current_func_id;
	struct mach_held before = { 0 };
	uint64_t start, end;

	charge(COST_ITEM);
	trace_batch_later();
	start = TRACE_CAUSED(cause, EXECUTE_START, .item = item, .func = func,
			     .worker = worker->tid, .wq = wq->tid);
	trace_batch_end();
	if (start)
		mach_set_cause(start);
	lock_map_acquire(wq, LOCK_MAP_WQ, wq->name);
	lock_map_acquire(work, LOCK_MAP_WORK, worker->current_name);
	if (mach_lockstep)
		before = mach_held();
	worker->current_func(work);
	lock_map_release(work);
	lock_map_release(wq);
	trace_batch_begin(NULL);	/* this batch also has the end of this item and the start of the next */
	end = TRACE_CAUSED(start, EXECUTE_END, .item = item, .func = func, .worker = worker->tid,
			   .wq = wq->tid);
	if (end)
		mach_set_cause(end);
	if (likely(worker->task)) {	/* not for bottom halves, which are atomic and cannot reschedule */
		complain_if_leaked(worker, before);
		item_end();
	}
	return end;
}

/* Lock held; released during the call of the function.  The order of these steps is R3.16. */
static void process_one_work(struct worker *worker, struct work_struct *work)
{
	struct pool_workqueue *pwq = get_work_pwq(work);
	struct worker_pool *pool = worker->pool;
	uint64_t data = work_data(work), cause = work->cause, end;
	uint32_t item = work->id;
	bool barrier = work->kind == WORK_BARRIER;	/* its memory ends with its function */

	remember_work(worker, work, pwq, data);
	list_del_init(&work->entry);
	worker_mark_dirty(worker);
	TRACE_CAUSED(cause, WORK_START, .item = item, .worker = worker->tid, .pool = pool->tid,
		     .pwq = pwq->tid, .color = worker->current_color);
	if (unlikely(pwq->wq->flags & WQ_CPU_INTENSIVE))
		worker_set_flags(worker, WORKER_CPU_INTENSIVE);
	/* A worker under concurrency management counts as running, so this wakes none.  Another
	 * worker that starts an item wakes the next one, which wakes the next. */
	if (need_more_worker(pool))
		kick_pool(pool, 0);
	work_starts_in(work, pool);
	pwq->stats[PWQ_STAT_STARTED]++;
	pool_unlock_irq_in_batch(pool);

	if (believes(COUNT_CALLS))
		belief_call_again(work);
	end = call_work(worker, work, cause);

	pool_relock_irq(pool);
	if (believes(PENDING_UNTIL_RETURN) && !barrier)
		belief_returned(work);
	pwq->stats[PWQ_STAT_COMPLETED]++;
	worker_not_blocked(worker);
	if (worker->flags & WORKER_CPU_INTENSIVE)
		worker_clr_flags(worker, WORKER_CPU_INTENSIVE);
	forget_work(worker);
	worker_mark_dirty(worker);
	TRACE(WORK_DONE, .item = item, .worker = worker->tid, .pool = pool->tid);
	pwq_dec_nr_in_flight(pwq, data, item, end);	/* last, because it may free the pwq */
}

/* Lock held.  Barriers, and items that are queued again, may be added to the list meanwhile. */
static void process_scheduled(struct worker *worker, bool first)
{
	while (!list_empty(&worker->scheduled)) {
		if (first)
			pool_touch_watchdog(worker->pool);
		first = false;
		process_one_work(worker, list_first_entry(&worker->scheduled, struct work_struct, entry));
	}
}

void process_scheduled_works(struct worker *worker)
{
	process_scheduled(worker, true);
}

/*
 * Lock held.  Most items have no barrier linked to them, and no other worker runs them.
 * assign_work() would move such an item to ->scheduled, from where it is taken at once; so
 * take it from the worklist.  Return: false if @work is not such an item.
 */
static bool process_at_once(struct worker *worker, struct work_struct *work)
{
	struct worker_pool *pool = worker->pool;

	if (unlikely(work_data(work) & WORK_STRUCT_LINKED || work->func == mayday_cursor_func ||
		     find_worker_executing_work(pool, work)))
		return false;
	__builtin_prefetch(work->entry.next, 1);
	TRACE(ASSIGN_WORK, .item = work->id, .worker = worker->tid, .pool = pool->tid);
	pool_touch_watchdog(pool);
	process_one_work(worker, work);
	process_scheduled(worker, false);	/* barriers inserted meanwhile */
	return true;
}

static int worker_die(struct worker *worker, struct worker_pool *pool)
{
	pool_unlock_irq(pool);
	task_set_worker(worker->task, NULL);
	if (!wqe.legacy)
		set_task_comm(worker->task, "kworker/dying");
	__atomic_store_n(&worker->pool, NULL, __ATOMIC_RELEASE);
	worker_id_put(pool, worker->id);
	TRACE(WORKER_DIE, .worker = worker->tid);
	return 0;
}

static void worker_work(struct worker *worker)
{
	struct worker_pool *pool = worker->pool;

	/* From here on it counts in nr_running, unless another flag excludes it. */
	worker_clr_flags(worker, WORKER_PREP | WORKER_REBOUND);
	do {
		struct work_struct *work = list_first_entry(&pool->worklist, struct work_struct, entry);

		if (!process_at_once(worker, work) && assign_work(work, worker, NULL))
			process_scheduled_works(worker);
	} while (keep_working(worker));
	worker_set_flags(worker, WORKER_PREP);
}

static int worker_thread(void *data)
{
	struct worker *worker = data;
	struct worker_pool *pool = worker->pool;

	for (;;) {
		struct trace_why why;
		bool worked = false;

		pool_lock_irq(pool);
		if (worker->flags & WORKER_DIE)
			return worker_die(worker, pool);
		if (unlikely(!mach_lockstep && kthread_should_stop())) {
			pool_unlock_irq(pool);	/* the machine is stopping */
			return 0;
		}
		worker_leave_idle(worker);
		while (need_more_worker(pool)) {
			/* Do not start an item unless another worker is idle: if the item blocks,
			 * that one runs the next item, and creates workers (R3.6). */
			if (!may_start_working(pool) && manage_workers(worker))
				continue;
			worker_work(worker);
			worked = true;	/* the loop continues if an item was queued while nr_running was decremented */
		}
		why = why_need_more(pool);
		worker_enter_idle(worker, worked ? NULL : &why);
		if (believes(EXACT_WORKERS))
			belief_help(pool);
		set_current_state(TASK_IDLE);
		pool_unlock_irq(pool);
		/* kthread_stop() may have been called before the state was set, and woken nothing */
		if (likely(!kthread_should_stop()))
			schedule();
	}
}

/* ---- names ---------------------------------------------------------------------------------------- */

void set_worker_desc(const char *fmt, ...)
{
	struct worker *worker = current_worker();
	va_list args;

	if (!worker)
		return;
	va_start(args, fmt);
	vsnprintf(worker->desc, sizeof(worker->desc), fmt, args);
	va_end(args);
	TRACE(WORKER_DESC, .worker = worker->tid, .desc = worker->desc);
}

void wq_worker_comm(char *buf, size_t size, const struct task *t)
{
	const struct worker *worker = task_worker(t);

	if (!worker || !worker->desc[0] || wqe.legacy)
		snprintf(buf, size, "%s", task_comm(t));
	else
		snprintf(buf, size, "%s%c%s", task_comm(t), worker->current_work ? '+' : '-',
			 worker->desc);
}
