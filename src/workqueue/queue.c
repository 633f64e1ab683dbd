/*
 * workqueue/queue.c - from queue_work() to a worklist: PENDING and insertion.
 *
 * The caller that changes an item's PENDING bit from 0 to 1 owns its next run; other calls of
 * queue_work() have no effect until then.  The owner chooses a pool, takes its lock, stores the
 * pwq in the data word, and adds the item to the pool's worklist, or to the pwq's inactive list
 * if max_active is reached.  Queueing does not allocate and does not sleep, so any context may
 * queue.
 *
 * About events: in lockstep other CPUs act only where time passes, so an event emitted right
 * after an atomic operation is in the log before another CPU can see the effect of the
 * operation.  Do not put a cost between the two.
 *
 * Lives here:   the data word, items, queue_work*(), queries about an item.
 * Never here:   limits (active.c), waking workers (concurrency.c), timers (delayed.c).
 * Read before:  wq_internal.h.      Rules: R1.1..R1.10, R2.1..R2.11, R5.1..R5.10.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#include <stdio.h>

/* ---- items ------------------------------------------------------------------- */

static void work_announce(struct work_struct *work)
{
	if (!trace_on())
		return;
	work->id = mach_new_id(CLS_ITEM);
	work->func_id = mach_func_id((const void *)(uintptr_t)work->func, work->tag, work->func_name);
	trace_def(CLS_ITEM, work->id, 0, work->kind, work->name);
	TRACE(ITEM_INIT, .item = work->id, .func = work->func_id, .kind = work->kind,
	      .data = (uint64_t)katomic_peek(&work->data));
}

static void work_reset(struct work_struct *work)
{
	atomic_store_explicit(&work->data.v, (int64_t)WORK_STRUCT_NO_POOL, memory_order_release);
	INIT_LIST_HEAD(&work->entry);
	lock_map_forget(work);
	work->cause = 0;
	work->epoch = wqe.epoch;
}

static void work_setup(struct work_struct *work, work_func_t fn, const char *item_name,
		       const char *func_name, uintptr_t tag, uint32_t kind)
{
	*work = (struct work_struct){ .func = fn, .tag = tag, .name = item_name,
				      .func_name = func_name, .kind = kind };
	work_reset(work);
}

void init_work(struct work_struct *work, work_func_t fn, const char *item_name,
	       const char *func_name, uintptr_t tag)
{
	work_setup(work, fn, item_name, func_name, tag, WORK_PLAIN);
	work_announce(work);
}

void init_delayed_work(struct delayed_work *dwork, work_func_t fn, const char *item_name,
		       const char *func_name, uintptr_t tag, unsigned int timer_flags)
{
	work_setup(&dwork->work, fn, item_name, func_name, tag, WORK_DELAYED);
	timer_setup(&dwork->timer, delayed_work_timer_fn, timer_flags | TIMER_IRQSAFE);
	dwork->wq = NULL;
	dwork->cpu = WORK_CPU_UNBOUND;
	work_announce(&dwork->work);
}

void init_rcu_work(struct rcu_work *rwork, work_func_t fn, const char *item_name,
		   const char *func_name, uintptr_t tag)
{
	work_setup(&rwork->work, fn, item_name, func_name, tag, WORK_RCU);
	rwork->wq = NULL;
	work_announce(&rwork->work);
}

void init_barrier_work(struct work_struct *work)
{
	work_setup(work, wq_barrier_func, "barrier", "wq_barrier_func", 0, WORK_BARRIER);
	work_announce(work);
}

void work_init_quiet(struct work_struct *work, work_func_t fn, const char *name)
{
	work_setup(work, fn, name, name, 0, WORK_PLAIN);
	work->epoch = wqe.epoch - 1;
}

/*
 * Registers an item that was not initialized in this run: it is declared statically, or left
 * over from an earlier machine, whose pools do not exist any more.
 */
void work_register_new(struct work_struct *work)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&wqe.sight_lock, &flags);
	if (work->epoch != wqe.epoch) {
		if (work->kind == WORK_DELAYED) {
			struct delayed_work *dwork = to_delayed_work(work);

			timer_setup(&dwork->timer, delayed_work_timer_fn,
				    TIMER_IRQSAFE | (dwork->timer.flags & TIMER_DEFERRABLE));
			dwork->wq = NULL;
			dwork->cpu = WORK_CPU_UNBOUND;
		}
		work_reset(work);
		work_announce(work);
	}
	raw_spin_unlock_irqrestore(&wqe.sight_lock, flags);
}

/* ---- the data word -------------------------------------------------------------- */

struct pool_workqueue *data_pwq(uint64_t data)
{
	return data & WORK_STRUCT_PWQ
		? (struct pool_workqueue *)(uintptr_t)(data & WORK_STRUCT_PWQ_MASK) : NULL;
}

struct worker_pool *get_work_pool(struct work_struct *work)
{
	uint64_t data = (uint64_t)katomic_read(&work->data);
	struct pool_workqueue *pwq = data_pwq(data);
	int id = work_data_pool(data);

	if (pwq)
		return pwq->pool;
	return id < 0 || id >= POOLS_MAX ? NULL : atomic_load(&wqe.pools[id]);
}

bool work_test_and_set_pending(struct work_struct *work)
{
	/* Only this bit of the result is used, so the compiler can emit one instruction. */
	bool was_set = katomic_fetch_or(&work->data, (int64_t)WORK_STRUCT_PENDING) &
		       (int64_t)WORK_STRUCT_PENDING;

	if (!was_set)
		TRACE_WHY(PENDING_SET, BECAUSE(PENDING, 1, (int32_t)work_data_depth(work_data(work))),
			  .item = work->id);
	return was_set;
}

uint64_t offq_data(int pool_id, unsigned int depth)
{
	uint64_t pool = pool_id < 0 ? WORK_OFFQ_POOL_NONE : (uint64_t)pool_id;

	return pool << WORK_OFFQ_POOL_SHIFT | (uint64_t)depth << WORK_OFFQ_DISABLE_SHIFT |
	       (is_bh_pool_id(pool_id) ? WORK_OFFQ_BH : 0);
}

static uint32_t pool_tid(int pool_id)
{
	struct worker_pool *pool = pool_id < 0 ? NULL : atomic_load(&wqe.pools[pool_id]);

	return pool ? pool->tid : 0;
}

void set_work_pool_and_keep_pending(struct work_struct *work, int pool_id, unsigned int depth)
{
	katomic_set(&work->data, (int64_t)(offq_data(pool_id, depth) | WORK_STRUCT_PENDING));
}

static inline void clear_pending(struct work_struct *work, uint64_t data, uint32_t pool, unsigned int depth)
{
	/* The run sees all writes before a queue_work() that queued it: release here, acquire in
	 * the test-and-set.  The full fence is for the reverse case: the run that made a
	 * queue_work() *fail* sees the writes before that call (R1.19). */
	katomic_set(&work->data, (int64_t)data);
	TRACE(PENDING_CLEAR, .item = work->id, .pool = pool, .disable = depth);
	smp_mb();
}

void work_starts_in(struct work_struct *work, struct worker_pool *pool)
{
	if (believes(PENDING_UNTIL_RETURN) && work->kind != WORK_BARRIER)
		set_work_pool_and_keep_pending(work, pool->id, 0);
	else
		clear_pending(work, pool->offq, pool->tid, 0);
}

void set_work_pool_and_clear_pending(struct work_struct *work, int pool_id, unsigned int depth)
{
	clear_pending(work, offq_data(pool_id, depth), pool_tid(pool_id), depth);
}

bool clear_pending_slow(struct work_struct *work)
{
	uint64_t data = work_data(work);
	unsigned int depth = work_data_depth(data);
	int pool_id = work_data_pool(data);

	katomic_set(&work->data, (int64_t)offq_data(pool_id, depth));
	TRACE_WHY(PENDING_CLEAR, BECAUSE(DISABLED, 1, (int32_t)depth), .item = work->id,
		  .pool = pool_tid(pool_id), .disable = depth);
	return true;
}

void work_set_linked(struct work_struct *work)
{
	katomic_fetch_or(&work->data, (int64_t)WORK_STRUCT_LINKED);
}

void move_linked_works(struct work_struct *work, struct list_head *head, struct work_struct **nextp)
{
	struct work_struct *next = work;
	bool linked;

	do {
		work = next;
		next = list_next_entry(work, entry);
		linked = work_data(work) & WORK_STRUCT_LINKED;
		list_move_tail(&work->entry, head);
	} while (linked);
	if (nextp)
		*nextp = next;
}

/* ---- running items ------------------------------------------------------------------ */

bool same_function(const struct worker *worker, const struct work_struct *work)
{
	return worker->current_func == work->func && worker->current_tag == work->tag;
}

struct worker *find_worker_executing_work(struct worker_pool *pool, struct work_struct *work)
{
	struct worker *worker;
	uintptr_t key = (uintptr_t)work / 32 % BUSY_WORKER_HASH;

	/* An item may be freed and its memory reused for another one while the first still
	 * runs; the function distinguishes them in most cases (R2.11). */
	hlist_for_each_entry(worker, &pool->busy_hash[key], hentry)
		if (worker->current_work == work && same_function(worker, work))
			return worker;
	return NULL;
}

struct worker *current_worker(void)
{
	struct task *t = current;

	return t && in_task() ? task_worker(t) : NULL;
}

struct work_struct *current_work(void)
{
	struct worker *worker = current_worker();

	return worker ? worker->current_work : NULL;
}

bool current_is_workqueue_rescuer(void)
{
	struct worker *worker = current_worker();

	return worker && worker->rescue_wq;
}

bool current_is_workqueue_mem_reclaim(void)
{
	struct worker *worker = current_worker();

	return worker && worker->current_pwq && worker->current_pwq->wq->flags & WQ_MEM_RECLAIM;
}

/* True if the caller runs an item of @wq; timers, softirqs and other threads do not (R5.2). */
static bool is_chained_work(struct workqueue_struct *wq)
{
	struct worker *worker = current_worker();

	return worker && worker->current_pwq && worker->current_pwq->wq == wq;
}

/* ---- queueing ------------------------------------------------------------------------- */

/*
 * A draining workqueue accepts chained work only.  6.12 warns once and returns with PENDING
 * set: the item is stuck for ever, and queue_work() returns true (R5.2).  So do we.
 */
static bool __attribute__((noinline)) refused_by_drain(struct workqueue_struct *wq, struct work_struct *work)
{
	struct trace_why why = BECAUSE(CHAINED, 0);

	if (is_chained_work(wq))
		return false;
	TRACE_WHY(DRAIN_REFUSED, why, .wq = wq->tid, .item = work->id);
	if (!wqe.warned_drain) {
		wqe.warned_drain = true;
		mach_warn_on(BUG_WQ_WARN, "__queue_work", work->id, "workqueue: cannot queue %s on wq %s",
			     work->func_name, wq->name);
	}
	return true;
}

static inline struct pool_workqueue *choose_pwq(int req_cpu, struct workqueue_struct *wq)
{
	int cpu = req_cpu;

	if (req_cpu == WORK_CPU_UNBOUND) {
		cpu = smp_processor_id();
		if (wq->flags & WQ_UNBOUND)
			cpu = wq_select_unbound_cpu(cpu);
	}
	return atomic_load_explicit(&wq->cpu_pwq[cpu], memory_order_acquire);
}

/*
 * R2.9(a): if a worker of another pool still runs this item for this workqueue, the item is
 * queued on that pool, where assign_work() prevents that both run at once.
 * Returns the pwq with its pool locked.
 */
static struct pool_workqueue *lock_pwq_for(struct pool_workqueue *pwq, struct work_struct *work)
{
	struct worker_pool *last = get_work_pool(work);
	struct worker *worker;

	if (last && last != pwq->pool && !(pwq->wq->flags & WQ_INT_ORDERED) && likely(!wqe.legacy) &&
	    !believes(REENTRANT)) {
		pool_lock(last);
		worker = find_worker_executing_work(last, work);
		if (worker && worker->current_pwq->wq == pwq->wq) {
			TRACE_WHY(QUEUE_REDIRECT, BECAUSE(COLLISION, 1, 0), .item = work->id,
				  .from = pwq->pool->tid, .to = last->tid, .worker = worker->tid);
			return worker->current_pwq;
		}
		pool_unlock(last);
	}
	pool_lock(pwq->pool);
	return pwq;
}

/* Pool lock held.  Adds the item to the worklist, or to the inactive list if max_active is reached (R5.8). */
static void place_work(struct pool_workqueue *pwq, struct work_struct *work, uint64_t color)
{
	struct worker_pool *pool = pwq->pool;

	if (list_empty(&pwq->inactive_works) && pwq_tryinc_nr_active(pwq, false)) {
		if (list_empty(&pool->worklist))
			pool_touch_watchdog(pool);
		insert_work(pwq, work, &pool->worklist, color);
		work->cause = TRACE_FULLY(work->cause, WHY_OF(why_max_active(pwq, true)), ACTIVATE_WORK,
					  .item = work->id, .func = work->func_id, .pwq = pwq->tid,
					  .pool = pool->tid, .nr_active = (uint32_t)pwq->nr_active);
		if (believes(FAST_LANE) && pwq->wq->rescuer)
			call_rescuers(pool);
		else
			kick_pool(pool, work->cause);
		if (believes(CREATE_AT_QUEUE) && !pool->nr_idle)
			belief_help(pool);
	} else {
		insert_work(pwq, work, &pwq->inactive_works, color | WORK_STRUCT_INACTIVE);
		TRACE_FULLY(work->cause, WHY_OF(why_max_active(pwq, false)), INACTIVE, .item = work->id,
			    .pwq = pwq->tid, .nr_active = (uint32_t)pwq->nr_active,
			    .max_active = (uint32_t)pwq->wq->max_active);
	}
}

void admit_work(struct pool_workqueue *pwq, struct work_struct *work, int req_cpu, uint64_t cause)
{
	unsigned int color = pwq->work_color;

	pwq->nr_in_flight[color]++;
	pwq_mark_dirty(pwq);
	work->cause = TRACE_CAUSED(cause, QUEUE_WORK, .item = work->id, .func = work->func_id,
				   .wq = pwq->wq->tid, .pwq = pwq->tid, .pool = pwq->pool->tid,
				   .req_cpu = req_cpu == WORK_CPU_UNBOUND ? -1 : req_cpu,
				   .cpu = pwq->pool->cpu, .color = color);
	place_work(pwq, work, (uint64_t)color << WORK_STRUCT_COLOR_SHIFT);
}

static void __attribute__((noinline)) queue_locked(int req_cpu, struct workqueue_struct *wq,
						   struct work_struct *work)
{
	struct pool_workqueue *pwq;

	rcu_read_lock();
	for (;;) {
		pwq = lock_pwq_for(choose_pwq(req_cpu, wq), work);
		/* An unbound pwq without references was just replaced: the slot already
		 * points to the new one, so choose again (R5.5). */
		if (likely(pwq->refcnt || !(wq->flags & WQ_UNBOUND)))
			break;
		pool_unlock(pwq->pool);
		cpu_relax();
	}
	if (unlikely(!list_empty(&work->entry) || !pwq->refcnt)) {
		bool gone = !pwq->refcnt;

		pool_unlock(pwq->pool);
		rcu_read_unlock();
		if (gone)
			mach_warn(BUG_WQ_WARN, "__queue_work", work->id,
				  "workqueue: per-cpu pwq for %s on cpu%d has 0 refcnt", wq->name, pwq->pool->cpu);
		else
			mach_warn_on(BUG_WQ_WARN, "__queue_work", work->id,
				     "workqueue: %s: its entry is on a list already", work->func_name);
		return;
	}
	admit_work(pwq, work, req_cpu, 0);
	pool_unlock(pwq->pool);
	rcu_read_unlock();
}

void queue_work_irqoff(int req_cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	unsigned int flags = wq->flags;

	charge(COST_QUEUE);
	wq_see(wq);
	if (unlikely(flags & (WQ_INT_DESTROYING | WQ_INT_DRAINING)) && refused_by_drain(wq, work))
		return;
	if (wqe.inbox && !(flags & WQ_UNBOUND) && post_work(choose_pwq(req_cpu, wq), work, req_cpu))
		return;
	queue_locked(req_cpu, wq, work);
}

bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	unsigned long flags;
	bool ret = false;

	work_register(work);
	local_irq_save(&flags);
	if (work_test_and_set_pending(work)) {
		if (believes(COUNT_CALLS))
			ret = belief_count_call(cpu, wq, work);
		else
			TRACE_WHY(PENDING_BUSY, BECAUSE(PENDING, 0), .item = work->id);
	} else if (!clear_pending_if_disabled(work)) {
		queue_work_irqoff(cpu, wq, work);
		ret = true;
	}
	local_irq_restore(flags);
	return ret;
}

/* R5.9: the caller's CPU if it is on that node, else the first CPU of the node. */
static int select_node_cpu(int node)
{
	struct cpumask online;

	if (node < 0 || node >= nr_node_ids())
		return WORK_CPU_UNBOUND;
	if (cpu_to_node(smp_processor_id()) == node)
		return smp_processor_id();
	online = cpumask_and(cpumask_of_node(node), cpu_online_mask());
	return cpumask_empty(online) ? WORK_CPU_UNBOUND : cpumask_first(online);
}

bool queue_work_node(int node, struct workqueue_struct *wq, struct work_struct *work)
{
	unsigned long flags;
	bool ret;

	work_register(work);
	if (!(wq->flags & WQ_UNBOUND))
		mach_warn_on(BUG_WQ_WARN, "queue_work_node", work->id,
			     "workqueue: %s is not unbound, a node means nothing to it", wq->name);
	local_irq_save(&flags);
	ret = queue_work_on(select_node_cpu(node), wq, work);
	local_irq_restore(flags);
	return ret;
}

/* ---- asking ------------------------------------------------------------------------------ */

bool work_pending(const struct work_struct *work)
{
	return work->epoch == wqe.epoch && (uint64_t)katomic_read(&work->data) & WORK_STRUCT_PENDING;
}

unsigned int work_busy(struct work_struct *work)
{
	struct worker_pool *pool;
	unsigned long flags;
	unsigned int ret;

	work_register(work);
	ret = work_pending(work) ? WORK_BUSY_PENDING : 0;
	rcu_read_lock();
	pool = get_work_pool(work);
	if (pool) {
		pool_lock_irqsave(pool, &flags);
		if (find_worker_executing_work(pool, work))
			ret |= WORK_BUSY_RUNNING;
		pool_unlock_irqrestore(pool, flags);
	}
	rcu_read_unlock();
	return ret;
}

/* ---- the end of an item's memory ------------------------------------------------------------ */

/* The report of debug objects about an item that must not be active. */
static void report_active(struct work_struct *work, const char *what, bool timer)
{
	mach_warn(BUG_FREE_ACTIVE, "debug_print_object", work->id,
		  "ODEBUG: %s active (active state 0) object: (____ptrval____) object type: %s hint: %s",
		  what, timer ? "timer_list" : "work_struct",
		  timer ? "delayed_work_timer_fn" : work->func_name);
}

/* Deletes its timer and removes it from its list, as the kernel's fix-up does.  Return: 4 if a timer was armed. */
static uint32_t take_back(struct work_struct *work, const char *what)
{
	bool timer = work->kind == WORK_DELAYED && timer_pending(&to_delayed_work(work)->timer);
	unsigned long flags;

	if (!work_pending(work))
		return 0;
	report_active(work, what, timer);
	/* A refused item is pending but not on a list: nothing to remove (R5.2). */
	if (timer || work_data(work) & WORK_STRUCT_PWQ) {
		work_grab_pending(work, work->kind == WORK_DELAYED, &flags);
		set_work_pool_and_clear_pending(work, work_data_pool(work_data(work)),
						work_data_depth(work_data(work)));
		local_irq_restore(flags);
	}
	return timer ? 4 : 0;
}

uint32_t work_debug_free(struct work_struct *work)
{
	uint32_t state = work_busy(work);

	state |= take_back(work, "free");
	TRACE(FREE_ITEM, .item = work->id, .state = state);
	return state;
}

void work_reinit(struct work_struct *work)
{
	work_register(work);
	take_back(work, "init");
	choice_point();		/* data word and event at the same time: an RCU item may be pending without being on a list */
	work_reset(work);
	TRACE(ITEM_INIT, .item = work->id, .func = work->func_id, .kind = work->kind,
	      .data = WORK_STRUCT_NO_POOL);
}
