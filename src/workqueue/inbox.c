/*
 * workqueue/inbox.c - posting: queueing an item without the lock while a worker of the pool runs.
 *
 * While a worker of a CPU's pool runs, an item queued there cannot start before this worker
 * checks the worklist, and no worker has to be woken.  So the item need not be on the worklist
 * yet: it is posted to the pool's inbox with one atomic operation.  The next holder of the
 * pool's lock first moves posted items to the worklist, in the order of arrival (pool_lock()).
 * So under the lock the state is as if each item had been queued under it.  Only the running
 * worker does not collect after each item: it does when its worklist is empty, and then only a
 * few, so that they are in its cache when it runs them.
 *
 * The inbox is a queue with a pointer to its newest entry, which posters exchange for their
 * own entry, and a pointer to its oldest entry, which the pool's lock guards.  A poster links
 * the previous entry to its own *after* the exchange; until then the collector spins.  An
 * entry can be removed only if another one is behind it, so a stub is posted behind the last.
 *
 *     pool->oldest --> a --> b --> c --> (stub) <-- pool->inbox
 *
 * The last running worker may stop at any time.  A poster that found the inbox empty (it posts
 * behind the stub) checks nr_running *after* the exchange; a worker that decrements nr_running
 * collects *after* the decrement (pool_recheck()).  At least one of them sees the write of the
 * other, so no item is lost:
 *
 *     poster:  inbox := item, then nr_running?     0 -> takes the lock and collects
 *     worker:  nr_running - 1, then inbox?    not empty -> collects, and may wake
 *
 * A poster that found the inbox not empty need not check: the poster that found it empty does.
 *
 * An item in the inbox is pending and off queue.  Its data word contains the pool, so a cancel
 * or a flush takes the lock of this pool, which queues the item.  An item that is about to be
 * posted is in transit, as an item between PENDING and the lock is elsewhere (R2.5).
 *
 * Lives here:   post_work(), collecting.
 * Never here:   counting and placing a queued item (queue.c: admit_work()).
 * Read before:  queue.c, docs/why/the-inbox.md.      Rules: R1.6, R2.3, R2.5, R2.9, R4.1, I25.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#define LINK_SPINS 200		/* then yield, because the poster may be waiting for this CPU */

/*
 * In the inbox an item's list entry is not on a list: .next is the entry posted behind it, NULL
 * if it is not linked yet; .prev is the pwq, with the requested CPU plus one in its low byte.
 */
#define POSTED_CPU_MASK ((uintptr_t)(1 << WORK_STRUCT_PWQ_SHIFT) - 1)

_Static_assert(CPUS_MAX < 1 << WORK_STRUCT_PWQ_SHIFT, "a CPU, and none, fit below the pwq's address");

static void address_item(struct work_struct *work, struct pool_workqueue *pwq, int req_cpu)
{
	uintptr_t cpu = req_cpu == WORK_CPU_UNBOUND ? 0 : (uintptr_t)req_cpu + 1;

	work->cause = trace_on() ? mach_cause() : 0;
	work->entry.prev = (struct list_head *)((uintptr_t)pwq | cpu);
}

/* Return: true if @e is behind the stub, so the inbox was empty. */
static bool post_entry(struct worker_pool *pool, struct list_head *e)
{
	struct list_head *before;

	__atomic_store_n(&e->next, NULL, __ATOMIC_RELAXED);
	before = (struct list_head *)(uintptr_t)katomic_xchg(&pool->inbox, (int64_t)(uintptr_t)e);
	choice_point();
	__atomic_store_n(&before->next, e, __ATOMIC_RELEASE);
	return before == &pool->inbox_stub;
}

/*
 * The caller is a running worker of the pool, so the lock is not contended and the item is in
 * the cache of this CPU: queues it under the lock.  Return: false if the workqueue was destroyed.
 */
static bool queue_at_home(struct pool_workqueue *pwq, struct work_struct *work, int req_cpu)
{
	bool ok;

	pool_lock(pwq->pool);
	ok = likely(pwq->refcnt);
	if (ok)
		admit_work(pwq, work, req_cpu, 0);
	pool_unlock(pwq->pool);
	return ok;
}

bool post_work(struct pool_workqueue *pwq, struct work_struct *work, int req_cpu)
{
	const struct worker *worker = task_worker(current);
	struct worker_pool *pool = pwq->pool;
	int last = work_data_pool(work_data(work));

	/* Unbound pools and pools of offline CPUs do not count workers: nr_running is 0. */
	if (!wqe.inbox || !nr_running(pool))
		return false;
	/* It may still run in its last pool (R2.9a), or by a misuse be on a list: the lock is needed. */
	if (last != pool->id && last >= 0)
		return false;
	if (unlikely(!list_empty(&work->entry)))
		return false;
	if (worker && worker->pool == pool)
		return queue_at_home(pwq, work, req_cpu);
	if (last < 0)
		set_work_pool_and_keep_pending(work, pool->id, 0);
	address_item(work, pwq, req_cpu);
	if (likely(!post_entry(pool, &work->entry)))
		return true;
	smp_mb_after_atomic();
	choice_point();
	if (unlikely(!nr_running(pool))) {
		pool_lock(pool);	/* collects, and wakes a worker if one is needed */
		pool_unlock(pool);
	}
	return true;
}

/* ---- collecting: lock held ---------------------------------------------------------- */

void pool_inbox_init(struct worker_pool *pool)
{
	pool->oldest = &pool->inbox_stub;
	pool->inbox.v = (int64_t)(uintptr_t)&pool->inbox_stub;
}

/* The poster of the next entry has exchanged, and is about to link it. */
static struct list_head *wait_for_next(struct list_head *e)
{
	struct list_head *next;
	int turns = 0;

	while (!(next = __atomic_load_n(&e->next, __ATOMIC_ACQUIRE)))
		if (mach_lockstep || ++turns > LINK_SPINS)
			cpu_relax();
	return next;
}

/* Removes and returns the oldest entry, NULL = none. */
static struct list_head *take_oldest(struct worker_pool *pool)
{
	struct list_head *stub = &pool->inbox_stub, *e = pool->oldest, *next;

	if (e == stub) {
		if (!pool_has_post(pool))
			return NULL;
		e = wait_for_next(stub);
	}
	next = __atomic_load_n(&e->next, __ATOMIC_ACQUIRE);
	if (!next) {
		post_entry(pool, stub);
		next = wait_for_next(e);
	}
	__builtin_prefetch(next, 1);
	__atomic_store_n(&pool->oldest, next, __ATOMIC_RELAXED);
	return e;
}

bool pool_collect_some(struct worker_pool *pool, int max)
{
	struct list_head *e, *known = NULL;
	int n;

	for (n = 0; n < max && (e = take_oldest(pool)); n++) {
		struct work_struct *work = list_entry(e, struct work_struct, entry);
		uintptr_t to = (uintptr_t)e->prev, cpu = to & POSTED_CPU_MASK;

		if (unlikely(trace_on() && !known)) {
			/* posters emitted events for these items, possibly later than the last event under this lock */
			known = (struct list_head *)(uintptr_t)katomic_peek(&pool->inbox);
			trace_batch_later();
		}
		if (e == known || known == &pool->inbox_stub)
			known = NULL;
		INIT_LIST_HEAD(e);
		admit_work((struct pool_workqueue *)(to - cpu), work,
			   cpu ? (int)cpu - 1 : WORK_CPU_UNBOUND, work->cause);
	}
	return n;
}
