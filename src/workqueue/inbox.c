/*
 * workqueue/inbox.c - posting: an item for a pool that has somebody running takes no lock.
 *
 * While a worker of a CPU's pool runs, nothing that is queued there starts before
 * that worker looks at the worklist again, and nobody is woken.  Such an item need
 * not be on the worklist yet: it is posted to the pool's inbox with one atomic
 * operation, and whoever takes the pool's lock next moves what lies there to where
 * it belongs, in order of arrival, before looking at anything (pool_lock()).  So
 * under the lock everything is as if each item had been queued under it.  Only the
 * running worker, between two items, goes on without looking: it collects when its
 * worklist is empty, and then a few, so that they are in its cache when it runs them.
 *
 * The inbox is a queue with one pointer to its newest entry, which posters exchange
 * for their own, and one to its oldest, which belongs to the pool's lock.  Who has
 * exchanged links the one before to its own *afterwards*; until then the collector
 * waits, as for a lock.  An entry that is behind another one may go; so a stub is
 * posted behind the last.
 *
 *     pool->oldest --> a --> b --> c --> (stub) <-- pool->inbox
 *
 * The promise "somebody runs" may end at any moment.  Who posts behind the stub, into
 * an inbox that is empty, looks at nr_running *afterwards*; who lowers nr_running
 * collects *afterwards* (pool_recheck()).  One of the two sees the other, so no item
 * is left behind:
 *
 *     poster:  inbox := item, then nr_running?     0 -> takes the lock and collects
 *     worker:  nr_running - 1, then inbox?    not empty -> collects, and may wake
 *
 * Whoever finds the inbox occupied need not look: who found it empty is about to.
 *
 * An item in the inbox is pending and off queue; its data word names the pool, so a
 * canceller or flusher knows whose lock to take, and taking it queues the item.
 * One that is not in the inbox yet is in transit, like one between the bit and the
 * lock elsewhere (R2.5).
 *
 * Lives here:   post_work(), collecting.
 * Never here:   what queueing means (queue.c: admit_work()).
 * Read before:  queue.c, docs/why/the-inbox.md.      Rules: R1.6, R2.3, R2.5, R2.9, R4.1, I25.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#define LINK_SPINS 200		/* then let others run: it may be one of them */

/*
 * In the inbox an item's list entry is not on a list: .next is the one posted
 * behind it, NULL if none is known yet, .prev the pwq, whose low byte is free for the CPU asked for plus one.
 */
#define POSTED_CPU_MASK ((uintptr_t)(1 << WORK_STRUCT_PWQ_SHIFT) - 1)

_Static_assert(CPUS_MAX < 1 << WORK_STRUCT_PWQ_SHIFT, "a CPU, and none, fit below the pwq's address");

static void address_item(struct work_struct *work, struct pool_workqueue *pwq, int req_cpu)
{
	uintptr_t cpu = req_cpu == WORK_CPU_UNBOUND ? 0 : (uintptr_t)req_cpu + 1;

	work->cause = trace_on() ? mach_cause() : 0;
	work->entry.prev = (struct list_head *)((uintptr_t)pwq | cpu);
}

/* True: behind the stub, so the inbox was empty. */
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
 * By a worker of the pool, so this thread runs there: nobody else wants the lock, and
 * the item is in its cache now.  False: the workqueue was destroyed.
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

	/* Unbound pools and those of absent CPUs count nobody, so they get no post. */
	if (!wqe.inbox || !nr_running(pool))
		return false;
	/* It may run over there still (R2.9a), or have been queued twice: not for here. */
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
		pool_lock(pool);	/* collects, and wakes somebody */
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

/* Its poster has exchanged, and links any moment. */
static struct list_head *wait_for_next(struct list_head *e)
{
	struct list_head *next;
	int turns = 0;

	while (!(next = __atomic_load_n(&e->next, __ATOMIC_ACQUIRE)))
		if (mach_lockstep || ++turns > LINK_SPINS)
			cpu_relax();
	return next;
}

/* NULL: there is none. */
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
			/* posters told of these items before now, but perhaps after our last event */
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
