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
 * worklist is empty.
 *
 * The promise "somebody runs" may end at any moment.  Who posts into an empty inbox
 * looks at nr_running *afterwards*; who lowers nr_running collects *afterwards*
 * (pool_recheck()).  One of the two sees the other, so no item is left behind:
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

/*
 * In the inbox an item's list entry is not on a list: .next is the item posted
 * before it, .prev the pwq, whose low byte is free for the CPU asked for plus one.
 */
#define POSTED_CPU_MASK ((uintptr_t)(1 << WORK_STRUCT_PWQ_SHIFT) - 1)

_Static_assert(CPUS_MAX < 1 << WORK_STRUCT_PWQ_SHIFT, "a CPU, and none, fit below the pwq's address");

static void address_item(struct work_struct *work, struct pool_workqueue *pwq, int req_cpu)
{
	uintptr_t cpu = req_cpu == WORK_CPU_UNBOUND ? 0 : (uintptr_t)req_cpu + 1;

	work->cause = trace_on() ? mach_cause() : 0;
	work->entry.prev = (struct list_head *)((uintptr_t)pwq | cpu);
}

/* Did somebody else post since the inbox was last emptied? */
static bool push(struct worker_pool *pool, struct work_struct *work)
{
	int64_t head = katomic_peek(&pool->inbox);

	do {
		work->entry.next = (struct list_head *)(uintptr_t)head;
	} while (!katomic_try_cmpxchg(&pool->inbox, &head, (int64_t)(uintptr_t)&work->entry));
	return head;
}

bool post_work(struct pool_workqueue *pwq, struct work_struct *work, int req_cpu)
{
	const struct worker *worker = task_worker(current);
	struct worker_pool *pool = pwq->pool;
	int last = work_data_pool(work_data(work));

	/* Unbound pools and those of absent CPUs count nobody, so they get no post. */
	if (!wqe.inbox || !nr_running(pool))
		return false;
	/* A worker's own: nobody else wants the lock, and the item is in its cache now. */
	if (worker && worker->pool == pool)
		return false;
	/* It may run over there still (R2.9a), or have been queued twice: not for here. */
	if (last != pool->id && last >= 0)
		return false;
	if (unlikely(!list_empty(&work->entry)))
		return false;
	if (last < 0)
		set_work_pool_and_keep_pending(work, pool->id, 0);
	address_item(work, pwq, req_cpu);
	if (push(pool, work))
		return true;
	smp_mb_after_atomic();
	choice_point();
	if (unlikely(!nr_running(pool))) {
		pool_lock(pool);	/* collects, and wakes somebody */
		pool_unlock(pool);
	}
	return true;
}

/* Lock held. */
void pool_collect_slow(struct worker_pool *pool)
{
	struct list_head *e = (struct list_head *)(uintptr_t)katomic_xchg(&pool->inbox, 0);
	struct list_head *oldest = NULL;

	while (e) {
		struct list_head *older = e->next;

		e->next = oldest;
		oldest = e;
		e = older;
	}
	while ((e = oldest)) {
		struct work_struct *work = list_entry(e, struct work_struct, entry);
		uintptr_t to = (uintptr_t)e->prev, cpu = to & POSTED_CPU_MASK;

		oldest = e->next;
		INIT_LIST_HEAD(e);
		admit_work((struct pool_workqueue *)(to - cpu), work,
			   cpu ? (int)cpu - 1 : WORK_CPU_UNBOUND, work->cause);
	}
}
