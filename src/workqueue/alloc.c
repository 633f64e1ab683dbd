/*
 * workqueue/alloc.c - workqueues and their pwqs: allocation, linking, release.
 *
 * A bound workqueue has one pwq for each possible CPU, an unbound one has one for each CPU and
 * a default one (unbound.c).  References keep a pwq alive: each slot that points to it, each
 * item on it, a mayday list.  The last reference may be dropped under a pool's lock, so a
 * separate thread frees the pwq (R1.21).
 *
 * Lives here:   alloc_workqueue(), destroy_workqueue(), references of pwqs.
 * Never here:   attributes (unbound.c), limits (active.c), draining (flush.c).
 * Read before:  wq_internal.h.      Rules: R1.20, R1.21, R5.18, R5.24, R5.26, R5.29, R11.1.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#include <stdio.h>

#include "base/strbuf.h"

/* ---- references ---------------------------------------------------------------- */

void put_pwq(struct pool_workqueue *pwq)
{
	assert_held(&pwq->pool->lock);
	pwq_mark_dirty(pwq);
	if (likely(--pwq->refcnt))
		return;
	list_del_init(&pwq->dirty_node);
	TRACE(PWQ_FREE, .pwq = pwq->tid);
	raw_spin_lock(&wqe.release_lock);
	list_add_tail(&pwq->release_node, &wqe.release_list);
	if (!mach_lockstep)
		atomic_fetch_add(&wqe.nr_releasing, 1);
	raw_spin_unlock(&wqe.release_lock);
	wake_up_process(wqe.releaser);
}

void put_pwq_unlocked(struct pool_workqueue *pwq)
{
	struct worker_pool *pool;

	if (!pwq)
		return;
	pool = pwq->pool;
	/* This may drop the last reference and free the pool; the RCU section keeps it alive until it is unlocked. */
	rcu_read_lock();
	pool_lock_irq(pool);
	put_pwq(pwq);
	pool_unlock_irq(pool);
	rcu_read_unlock();
}

static void wq_free(struct workqueue_struct *wq)
{
	kfree(wq->node_nr_active);
	free_workqueue_attrs(wq->unbound_attrs);
	kfree(wq);
}

/* Replaced pwqs that wait for the releaser or for a grace period, at most about so many ... */
#define RELEASES_MAX 256u
/* ... and then a change waits until so few are left. */
#define RELEASES_FEW 64u

static void rcu_free_pwq(struct rcu_head *head)
{
	kfree(container_of(head, struct pool_workqueue, rcu));
	if (!mach_lockstep && atomic_fetch_sub(&wqe.nr_releasing, 1) == RELEASES_FEW + 1)
		wake_up(&wqe.release_wait);
}

static bool few_releases(void *unused)
{
	(void)unused;
	return atomic_load(&wqe.nr_releasing) <= RELEASES_FEW;
}

/*
 * Free mode.  A change of attributes is faster than the release of what it replaces.  A loop of
 * changes would fill the memory, and a flush would walk over all these pwqs.
 */
void pwq_releases_wait(void)
{
	if (!mach_lockstep && atomic_load(&wqe.nr_releasing) > RELEASES_MAX)
		wait_event(&wqe.release_wait, few_releases, NULL);
}

static void rcu_free_wq(struct rcu_head *head)
{
	wq_free(container_of(head, struct workqueue_struct, rcu));
}

static void pwq_release(struct pool_workqueue *pwq)
{
	struct workqueue_struct *wq = pwq->wq;
	struct worker_pool *pool = pwq->pool;
	bool last;

	wq_lock(wq);
	list_del_rcu(&pwq->pwqs_node);
	last = list_empty(&wq->pwqs);
	if (!last && wq->flags & WQ_INT_ORDERED)
		unplug_oldest_pwq(wq);
	wq_unlock(wq);
	if (wq->flags & WQ_UNBOUND) {
		struct wq_node_nr_active *nna = wq_node_nr_active(wq, pool->node);

		/* a pwq without items may still be on the list of its node */
		raw_spin_lock_irq(&nna->lock);
		if (!list_empty(&pwq->pending_node))
			nna->nr_pending--;
		list_del_init(&pwq->pending_node);
		raw_spin_unlock_irq(&nna->lock);
		mutex_lock(&wqe.pool_mutex);
		put_unbound_pool(pool);
		mutex_unlock(&wqe.pool_mutex);
	} else if (unlikely(wqe.legacy)) {	/* all pools of the pre-cmwq engine are private ones */
		legacy_put_pool(pool);
	}
	call_rcu(&pwq->rcu, rcu_free_pwq);
	if (last)
		call_rcu(&wq->rcu, rcu_free_wq);
}

static struct pool_workqueue *next_release(void)
{
	struct pool_workqueue *pwq;

	raw_spin_lock_irq(&wqe.release_lock);
	pwq = list_first_entry_or_null(&wqe.release_list, struct pool_workqueue, release_node);
	if (pwq)
		list_del_init(&pwq->release_node);
	raw_spin_unlock_irq(&wqe.release_lock);
	return pwq;
}

static int pwq_releaser(void *data)
{
	(void)data;
	for (;;) {
		struct pool_workqueue *pwq;

		set_current_state(TASK_IDLE);
		pwq = next_release();
		if (!pwq) {
			if (kthread_should_stop())
				return 0;	/* the machine is stopping */
			schedule();
			continue;
		}
		set_current_state(TASK_RUNNING);
		pwq_release(pwq);
	}
	return 0;
}

int pwq_releaser_start(void)
{
	wqe.releaser = kthread_create_on_node(pwq_releaser, NULL, NUMA_NO_NODE, "pool_workqueue_release");
	if (IS_ERR(wqe.releaser))
		return (int)PTR_ERR(wqe.releaser);
	wake_up_process(wqe.releaser);
	return 0;
}

/* ---- pwqs --------------------------------------------------------------------------- */

void pwq_init(struct pool_workqueue *pwq, struct workqueue_struct *wq, struct worker_pool *pool, int cpu)
{
	bug_on((uintptr_t)pwq & ~WORK_STRUCT_PWQ_MASK);
	pwq->pool = pool;
	pwq->wq = wq;
	pwq->cpu = cpu;
	pwq->flush_color = -1;
	pwq->refcnt = 1;
	INIT_LIST_HEAD(&pwq->inactive_works);
	INIT_LIST_HEAD(&pwq->pending_node);
	INIT_LIST_HEAD(&pwq->pwqs_node);
	INIT_LIST_HEAD(&pwq->mayday_node);
	INIT_LIST_HEAD(&pwq->release_node);
	INIT_LIST_HEAD(&pwq->dirty_node);
	work_init_quiet(&pwq->mayday_cursor, mayday_cursor_func, "mayday_cursor_func");
	/* A walk of the worklist finds it as an item of this pwq. */
	atomic_store(&pwq->mayday_cursor.data.v, (int64_t)((uint64_t)(uintptr_t)pwq | WORK_STRUCT_PWQ));
}

void workqueue_fail_pwqs(unsigned int n)
{
	atomic_store(&wqe.pwqs_fail, n);
}

static bool pwq_alloc_fails(void)
{
	unsigned int n = atomic_load(&wqe.pwqs_fail);

	while (n && !atomic_compare_exchange_weak(&wqe.pwqs_fail, &n, n - 1))
		;
	return n;
}

struct pool_workqueue *pwq_alloc(struct workqueue_struct *wq, struct worker_pool *pool, int cpu)
{
	struct pool_workqueue *pwq = pwq_alloc_fails() ? NULL : kzalloc_aligned(sizeof(*pwq), 256);

	if (pwq)
		pwq_init(pwq, wq, pool, cpu);
	return pwq;
}

void pwq_announce(struct pool_workqueue *pwq)
{
	struct workqueue_struct *wq = pwq->wq;
	STRBUF(name, WQ_NAME_LEN + 40);

	pwq->tid = mach_new_id(CLS_PWQ);
	if (trace_on()) {
		strbuf_puts(&name, wq->name);
		strbuf_puts(&name, pwq->pool->cpu >= 0 ? " on cpu " : " on unbound ");
		strbuf_putd(&name, pwq->pool->cpu >= 0 ? pwq->pool->cpu : pwq->pool->id);
		trace_def(CLS_PWQ, pwq->tid, wq->tid, pwq->pool->tid, name.buf);
	}
	TRACE(PWQ_NEW, .pwq = pwq->tid, .wq = wq->tid, .pool = pwq->pool->tid, .cpu = pwq->cpu);
}

/* wq->mutex held.  From here on the pwq takes part in flushes. */
void link_pwq(struct pool_workqueue *pwq)
{
	struct workqueue_struct *wq = pwq->wq;

	assert_mutex_held(&wq->mutex);
	if (!list_empty(&pwq->pwqs_node))
		return;			/* ordered: all slots point to one pwq */
	pwq->work_color = wq->work_color;
	pwq_announce(pwq);
	if (pwq->plugged)
		TRACE(PWQ_PLUG, .pwq = pwq->tid, .plugged = true);
	list_add_tail_rcu(&pwq->pwqs_node, &wq->pwqs);
}

static int alloc_percpu_pwqs(struct workqueue_struct *wq)
{
	int cpu, prio = wq->flags & WQ_HIGHPRI ? 1 : 0;

	wq_lock(wq);
	for_each_cpu(cpu, cpu_possible_mask()) {
		struct worker_pool **pools = wq->flags & WQ_BH ? wqe.bh_pools[cpu] : wqe.cpu_pools[cpu];
		struct pool_workqueue *pwq = pwq_alloc(wq, pools[prio], cpu);

		if (!pwq)
			break;
		link_pwq(pwq);
		atomic_store(&wq->cpu_pwq[cpu], pwq);
	}
	wq_unlock(wq);
	return cpu < 0 ? 0 : -ENOMEM;
}

/* ---- making a workqueue ------------------------------------------------------------------ */

static struct workqueue_struct *refuse(unsigned int flags, int max_active, const char *why)
{
	TRACE(WQ_REFUSED, .flags = flags, .max_active = max_active, .text = why);
	return NULL;
}

/* Returns why the arguments are invalid; NULL = they are valid (R11.1, R5.26). */
static const char *why_not(unsigned int flags, int max_active)
{
	if (flags & WQ_BH && wqe.legacy)
		return "before cmwq bottom halves had no workqueues, only tasklets";
	if (flags & WQ_BH && flags & ~(unsigned int)(WQ_BH | WQ_HIGHPRI))
		return "WQ_BH goes with WQ_HIGHPRI and no other flag";
	if (flags & WQ_BH && max_active)
		return "a bottom-half workqueue has no max_active";
	if (flags & WQ_INT_ORDERED && flags & WQ_SYSFS)
		return "an ordered workqueue cannot have WQ_SYSFS: its limits must not be changed";
	return NULL;
}

static int init_node_nr_active(struct workqueue_struct *wq)
{
	int node;

	if (!(wq->flags & WQ_UNBOUND))
		return 0;
	wq->node_nr_active = kzalloc((size_t)(nr_node_ids() + 1) * sizeof(*wq->node_nr_active));
	if (!wq->node_nr_active)
		return -ENOMEM;
	for (node = 0; node <= nr_node_ids(); node++) {
		struct wq_node_nr_active *nna = &wq->node_nr_active[node];

		raw_spin_lock_init(&nna->lock, "wq_node_nr_active->lock");
		lock_rank(&nna->lock, RANK_INNER);
		INIT_LIST_HEAD(&nna->pending_pwqs);
	}
	return 0;
}

static void set_name(struct workqueue_struct *wq, const char *fmt, va_list args)
{
	int len = vsnprintf(wq->name, sizeof(wq->name), fmt, args);

	if (len >= (int)sizeof(wq->name) && !wqe.warned_name) {
		wqe.warned_name = true;
		pr_warn("workqueue: name exceeds WQ_NAME_LEN. Truncating to: %s", wq->name);
	}
}

void wq_init(struct workqueue_struct *wq, unsigned int flags, int max_active)
{
	int min_active = max_active < WQ_DFL_MIN_ACTIVE ? max_active : WQ_DFL_MIN_ACTIVE;

	wq->flags = flags;
	wq->max_active = wq->saved_max_active = max_active;
	wq->min_active = wq->saved_min_active = min_active;
	mutex_init(&wq->mutex, wq->name);
	lock_rank(&wq->mutex, RANK_WQ_MUTEX);
	INIT_LIST_HEAD(&wq->pwqs);
	INIT_LIST_HEAD(&wq->list);
	INIT_LIST_HEAD(&wq->flusher_queue);
	INIT_LIST_HEAD(&wq->flusher_overflow);
	INIT_LIST_HEAD(&wq->maydays);
}

void wq_announce(struct workqueue_struct *wq)
{
	wq->tid = mach_new_id(CLS_WQ);
	trace_def(CLS_WQ, wq->tid, 0, wq->flags, wq->name);
	TRACE(WQ_NEW, .wq = wq->tid, .flags = wq->flags, .max_active = (uint32_t)wq->max_active,
	      .min_active = (uint32_t)wq->min_active, .ordered = !!(wq->flags & WQ_INT_ORDERED));
}

static void put_all_pwqs(struct workqueue_struct *wq)
{
	struct pool_workqueue *dfl;
	int cpu;

	rcu_read_lock();	/* the last reference frees the workqueue: keep it until this loop has ended */
	dfl = atomic_load(&wq->dfl_pwq);
	for_each_cpu(cpu, cpu_possible_mask()) {
		struct pool_workqueue *pwq = atomic_exchange(&wq->cpu_pwq[cpu], NULL);

		/* all slots of an ordered workqueue refer to one pwq */
		put_pwq_unlocked(pwq);
	}
	atomic_store(&wq->dfl_pwq, NULL);
	put_pwq_unlocked(dfl);
	rcu_read_unlock();
}

static int link_all(struct workqueue_struct *wq)
{
	int err;

	/* Must be atomic for hotplug, attribute changes and freezing, which walk wqe.workqueues. */
	mutex_lock(&wqe.pool_mutex);
	err = wqe.legacy ? legacy_alloc_pwqs(wq)
	    : wq->flags & WQ_UNBOUND ? alloc_unbound_pwqs(wq) : alloc_percpu_pwqs(wq);
	if (!err) {
		wq_lock(wq);
		wq_update_node_max_active(wq, -1);
		wq_adjust_max_active(wq);	/* the system may be frozen (R10.8) */
		wq_unlock(wq);
		list_add_tail_rcu(&wq->list, &wqe.workqueues);
	}
	mutex_unlock(&wqe.pool_mutex);
	if (err)
		return err;
	/* before the engine is online: workqueue_init() creates its rescuer (R2.15) */
	return wq->flags & WQ_MEM_RECLAIM && wqe.online ? init_rescuer(wq) : 0;
}

struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)
{
	struct workqueue_struct *wq;
	const char *why = why_not(flags, max_active);
	va_list args;

	if (why) {
		mach_warn_on(BUG_WQ_WARN, "__alloc_workqueue", 0, "workqueue: %s", why);
		return refuse(flags, max_active, why);
	}
	if (flags & WQ_POWER_EFFICIENT && wqe.power_efficient)
		flags |= WQ_UNBOUND;
	if (unlikely(wqe.legacy))
		flags = legacy_flags(flags);
	wq = kzalloc_lines(sizeof(*wq));
	if (!wq)
		return refuse(flags, max_active, "no memory");
	va_start(args, max_active);
	set_name(wq, fmt, args);
	va_end(args);
	/* no limit: BH and pre-cmwq workqueues have one context for each CPU */
	wq_init(wq, flags, flags & WQ_BH || wqe.legacy ? INT32_MAX
			   : wq_clamp_max_active(max_active ? max_active : WQ_DFL_ACTIVE, wq->name));
	if (flags & WQ_BH)
		bh_register();
	if (init_node_nr_active(wq)) {
		kfree(wq);
		return refuse(flags, max_active, "no memory");
	}
	wq_announce(wq);
	/* on failure, free it as any workqueue */
	if (link_all(wq))
		why = "no memory, or no thread for its rescuer";
	else if (flags & WQ_SYSFS && workqueue_sysfs_register(wq))
		why = "another workqueue of that name is in sysfs";
	if (!why)
		return wq;
	refuse(flags, max_active, why);
	destroy_workqueue(wq);
	return NULL;
}

/* ---- giving it back ---------------------------------------------------------------------------- */

/* Pool lock held.  True if the pwq of a drained workqueue still has items or references. */
static bool pwq_busy(struct pool_workqueue *pwq)
{
	int i;

	for (i = 0; i < WORK_NR_COLORS; i++)
		if (pwq->nr_in_flight[i])
			return true;
	if (pwq != atomic_load(&pwq->wq->dfl_pwq) && pwq->refcnt > 1)
		return true;
	return pwq->nr_active || pwq->retiring || !list_empty(&pwq->inactive_works);
}

/* True after a report of the first busy pwq. */
static bool wq_still_busy(struct workqueue_struct *wq)
{
	struct pool_workqueue *pwq;
	bool busy = false;

	wq_lock(wq);
	list_for_each_entry(pwq, &wq->pwqs, pwqs_node) {
		pool_lock_irq(pwq->pool);
		busy = pwq_busy(pwq);
		if (busy) {
			mach_warn_on(BUG_LEAK, "destroy_workqueue", 0, "workqueue: %s has items left", wq->name);
			pr_warn("workqueue: destroy_workqueue: %s has the following busy pwq", wq->name);
			show_pwq(pwq);
		}
		pool_unlock_irq(pwq->pool);
		if (busy)
			break;
	}
	wq_unlock(wq);
	return busy;
}

static void wq_add_flag(struct workqueue_struct *wq, unsigned int flag)
{
	wq_lock(wq);
	wq->flags |= flag;
	TRACE(WQ_FLAGS, .wq = wq->tid, .flags = wq->flags);
	wq_unlock(wq);
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	if (wq_is_system(wq)) {		/* R14.2: other code uses it */
		mach_warn(BUG_WQ_WARN, "destroy_workqueue", 0,
			  "workqueue: destroy_workqueue: %s is the system's, it stays", wq->name);
		return;
	}
	if (might_sleep("destroy_workqueue"))
		return;
	wq_add_flag(wq, WQ_INT_DESTROYING);
	drain_workqueue(wq);
	stop_rescuer(wq);
	if (wq_still_busy(wq)) {
		show_one_workqueue(wq);
		TRACE(WQ_FREE, .wq = wq->tid, .leaked = true);
		return;
	}
	mutex_lock(&wqe.pool_mutex);
	list_del_rcu(&wq->list);	/* dumps walk the list without a lock */
	mutex_unlock(&wqe.pool_mutex);
	TRACE(WQ_FREE, .wq = wq->tid, .leaked = false);
	if (list_empty(&wq->pwqs))
		call_rcu(&wq->rcu, rcu_free_wq);	/* it has no pwqs */
	else
		put_all_pwqs(wq);
}

/* ---- looking -------------------------------------------------------------------------------------- */

const char *workqueue_name(const struct workqueue_struct *wq)
{
	return wq->name;
}

uint32_t workqueue_id(const struct workqueue_struct *wq)
{
	return wq->tid;
}

unsigned int workqueue_flags(const struct workqueue_struct *wq)
{
	return wq->flags;
}

struct workqueue_struct *workqueue_by_name(const char *name)
{
	struct workqueue_struct *wq;

	list_for_each_entry(wq, &wqe.workqueues, list)
		if (!strcmp(wq->name, name))
			return wq;
	return NULL;
}
