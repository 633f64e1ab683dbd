/*
 * workqueue/unbound.c - unbound workqueues: attributes, pods, and shared pools.
 *
 * The attributes of an unbound workqueue define the CPUs that may run its items, their nice
 * value, and the size of the pod: the group of CPUs around the submitter in which an item should
 * stay.  Together with a CPU they determine the attributes of a pool; workqueues that need equal
 * attributes share a pool.  Changing attributes creates new pwqs: queued items stay on the old
 * pwqs, which are freed when they are empty.
 *
 * Lives here:   attributes, affinity scopes, the pool hash, applying.
 * Never here:   the shares of nodes (active.c), references of pwqs (alloc.c).
 * Read before:  pool.c.      Rules: R3.15, R5.3, R9.1..R9.16.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#include "base/rng.h"
#include "base/strbuf.h"

/* ---- attributes ------------------------------------------------------------------ */

struct workqueue_attrs *alloc_workqueue_attrs(void)
{
	struct workqueue_attrs *attrs = kzalloc(sizeof(*attrs));

	if (attrs) {
		attrs->cpumask = cpu_possible_mask();
		attrs->affn_scope = WQ_AFFN_DFL;
	}
	return attrs;
}

void free_workqueue_attrs(struct workqueue_attrs *attrs)
{
	kfree(attrs);
}

/* True if a pool can serve both; scope and order are attributes of workqueues only (R9.9). */
static bool attrs_equal(const struct workqueue_attrs *a, const struct workqueue_attrs *b)
{
	return a->nice == b->nice && a->affn_strict == b->affn_strict &&
	       cpumask_equal(a->pod_cpumask, b->pod_cpumask) &&
	       (a->affn_strict || cpumask_equal(a->cpumask, b->cpumask));
}

static unsigned int attrs_hash(const struct workqueue_attrs *a)
{
	return (unsigned int)(rng_hash4((uint64_t)(a->nice + 64), a->affn_strict, a->pod_cpumask.bits,
					a->affn_strict ? 0 : a->cpumask.bits) % UNBOUND_POOL_HASH);
}

/* ---- masks ------------------------------------------------------------------------- */

/* E of R9.3: the requested CPUs that the mask of all unbound work contains. */
static struct cpumask effective_mask(const struct workqueue_attrs *attrs, struct cpumask all)
{
	struct cpumask mask = cpumask_and(attrs->cpumask, all);

	return cpumask_empty(mask) ? all : mask;
}

struct cpumask wq_effective_cpumask(struct workqueue_struct *wq)
{
	struct cpumask all = cpumask_read_once(&wqe.unbound_cpumask);

	return wq->unbound_attrs ? effective_mask(wq->unbound_attrs, all) : all;
}

static struct cpumask pod_of(enum wq_affn_scope scope, int cpu)
{
	switch (scope == WQ_AFFN_DFL ? (enum wq_affn_scope)wqe.default_scope : scope) {
	case WQ_AFFN_CPU:
		return cpumask_of(cpu);
	case WQ_AFFN_SMT:
		return cpu_smt_mask(cpu);
	case WQ_AFFN_CACHE:
		return cpu_llc_mask(cpu);
	case WQ_AFFN_NUMA:
		return cpumask_of_node(cpu_to_node(cpu));
	default:
		return cpu_possible_mask();
	}
}

/* R9.4: the pod of @cpu within E, or E if no CPU of the pod is online. */
static struct cpumask pod_mask(enum wq_affn_scope scope, int cpu, struct cpumask effective)
{
	struct cpumask mask = cpumask_and(pod_of(scope, cpu), effective);

	/* wqe.online_cpumask, from which a CPU is removed before it is offline */
	return cpumask_empty(cpumask_and(mask, wqe.online_cpumask)) ? effective : mask;
}

struct cpumask pool_allowed_cpus(const struct worker_pool *pool)
{
	if (pool->cpu < 0 && pool->attrs.affn_strict)
		return pool->attrs.pod_cpumask;
	return pool->attrs.cpumask;
}

/* ---- pools -------------------------------------------------------------------------- */

static int node_of_mask(struct cpumask mask)
{
	int node;

	for (node = 0; node < nr_node_ids(); node++)
		if (cpumask_subset(mask, cpumask_of_node(node)))
			return node;
	return NUMA_NO_NODE;
}

/* pool_mutex held.  Returns the pool for these attributes, allocated if there is none; NULL = no memory. */
static struct worker_pool *get_unbound_pool(const struct workqueue_attrs *attrs)
{
	struct hlist_head *bucket = &wqe.unbound_hash[attrs_hash(attrs)];
	struct worker_pool *pool;

	hlist_for_each_entry(pool, bucket, hash_node) {
		if (attrs_equal(&pool->attrs, attrs)) {
			pool->refcnt++;
			return pool;
		}
	}
	pool = pool_alloc(-1, node_of_mask(attrs->pod_cpumask), attrs, -1);
	if (!pool)
		return NULL;
	pool->attrs.affn_scope = WQ_AFFN_NR_TYPES;
	pool->attrs.ordered = false;
	if (pool_id_alloc(pool)) {
		kfree(pool);
		return NULL;
	}
	pool_announce(pool);
	hlist_add_head(&pool->hash_node, bucket);
	if (wqe.online && !create_worker(pool)) {
		put_unbound_pool(pool);
		return NULL;
	}
	return pool;
}

static void rcu_free_pool(struct rcu_head *head)
{
	kfree(container_of(head, struct worker_pool, rcu));
}

/* Becomes the manager for ever, so that no worker is created any more. */
static bool take_manager_role(void *arg)
{
	struct worker_pool *pool = arg;
	bool got = false;

	pool_lock_irq(pool);
	if (!(pool->flags & POOL_MANAGER_ACTIVE)) {
		pool->flags |= POOL_MANAGER_ACTIVE;
		TRACE(POOL_FLAGS, .pool = pool->tid, .flags = pool->flags);
		got = true;
	}
	pool_unlock_irq(pool);
	return got;
}

/* pool_mutex held.  R3.15: without a pwq the pool has no items, so all workers are idle. */
void put_unbound_pool(struct worker_pool *pool)
{
	assert_mutex_held(&wqe.pool_mutex);
	if (--pool->refcnt)
		return;
	bug_on(pool->cpu >= 0 || !list_empty(&pool->worklist));
	atomic_store(&wqe.pools[pool->id], NULL);
	hlist_del_init(&pool->hash_node);
	wait_event(&wqe.manager_wait, take_manager_role, pool);
	kill_idle_workers(pool);
	timer_delete_sync(&pool->idle_timer);
	timer_delete_sync(&pool->mayday_timer);
	cancel_work_sync(&pool->idle_cull_work);
	TRACE(POOL_FREE, .pool = pool->tid);
	call_rcu(&pool->rcu, rcu_free_pool);
}

/* ---- applying attributes: prepare all, then commit (R9.5) ---------------- */

struct apply_ctx {
	struct list_head node;			/* on the list of a change to many workqueues */
	struct workqueue_struct *wq;
	struct cpumask all;			/* the new mask of all unbound work */
	struct workqueue_attrs attrs;		/* as requested */
	struct pool_workqueue *dfl_pwq;
	struct pool_workqueue *pwq[CPUS_MAX];
};

static struct pool_workqueue *alloc_unbound_pwq(struct workqueue_struct *wq,
						const struct workqueue_attrs *attrs, int cpu)
{
	struct worker_pool *pool = get_unbound_pool(attrs);
	struct pool_workqueue *pwq;

	if (!pool)
		return NULL;
	pwq = pwq_alloc(wq, pool, cpu);
	if (!pwq)
		put_unbound_pool(pool);
	return pwq;
}

/* It was never linked and has one reference, so no reader can have seen it. */
static void drop_prepared(struct pool_workqueue *pwq)
{
	if (!pwq || --pwq->refcnt)
		return;
	put_unbound_pool(pwq->pool);
	kfree(pwq);
}

static void apply_cleanup(struct apply_ctx *ctx)
{
	int cpu;

	for_each_cpu(cpu, cpu_possible_mask())
		drop_prepared(ctx->pwq[cpu]);
	drop_prepared(ctx->dfl_pwq);
}

static int apply_prepare(struct apply_ctx *ctx)
{
	struct workqueue_struct *wq = ctx->wq;
	struct workqueue_attrs attrs = ctx->attrs;
	int cpu;

	attrs.cpumask = effective_mask(&ctx->attrs, ctx->all);
	attrs.pod_cpumask = attrs.cpumask;
	ctx->dfl_pwq = alloc_unbound_pwq(wq, &attrs, -1);
	if (!ctx->dfl_pwq)
		return -ENOMEM;
	/* To keep the order across a change, the new pwq waits until the old ones are empty. */
	ctx->dfl_pwq->plugged = wq->flags & WQ_INT_ORDERED && atomic_load(&wq->dfl_pwq);
	for_each_cpu(cpu, cpu_possible_mask()) {
		if (ctx->attrs.ordered) {
			ctx->dfl_pwq->refcnt++;
			ctx->pwq[cpu] = ctx->dfl_pwq;
			continue;
		}
		attrs.pod_cpumask = pod_mask(attrs.affn_scope, cpu, attrs.cpumask);
		ctx->pwq[cpu] = alloc_unbound_pwq(wq, &attrs, cpu);
		if (!ctx->pwq[cpu])
			return -ENOMEM;
	}
	return 0;
}

/* pool_mutex held.  Cannot fail.  Leaves the replaced pwqs in @ctx. */
static void apply_commit(struct apply_ctx *ctx)
{
	struct workqueue_struct *wq = ctx->wq;
	int cpu;

	wq_lock(wq);
	*wq->unbound_attrs = ctx->attrs;
	TRACE(WQ_ATTRS, .wq = wq->tid, .nice = ctx->attrs.nice, .cpus = ctx->attrs.cpumask.bits,
	      .scope = ctx->attrs.affn_scope, .strict = ctx->attrs.affn_strict, .ordered = ctx->attrs.ordered);
	link_pwq(ctx->dfl_pwq);
	for_each_cpu(cpu, cpu_possible_mask()) {
		link_pwq(ctx->pwq[cpu]);
		ctx->pwq[cpu] = atomic_exchange(&wq->cpu_pwq[cpu], ctx->pwq[cpu]);
	}
	ctx->dfl_pwq = atomic_exchange(&wq->dfl_pwq, ctx->dfl_pwq);
	wq_update_node_max_active(wq, -1);
	if (wq->rescuer)
		set_cpus_allowed(wq->rescuer->task, wq_effective_cpumask(wq));
	wq_unlock(wq);
	for_each_cpu(cpu, cpu_possible_mask())
		put_pwq_unlocked(ctx->pwq[cpu]);
	put_pwq_unlocked(ctx->dfl_pwq);
}

/* pool_mutex held.  Prepares the change without a visible effect; NULL = no memory. */
static struct apply_ctx *apply_begin(struct workqueue_struct *wq, const struct workqueue_attrs *attrs,
				     struct cpumask all)
{
	struct apply_ctx *ctx = kzalloc(sizeof(*ctx));

	if (!ctx)
		return NULL;
	ctx->wq = wq;
	ctx->all = all;
	ctx->attrs = *attrs;
	ctx->attrs.cpumask = cpumask_and(attrs->cpumask, cpu_possible_mask());
	ctx->attrs.pod_cpumask = ctx->attrs.cpumask;
	ctx->attrs.ordered |= !!(wq->flags & WQ_INT_ORDERED);	/* R9.16 */
	if (!apply_prepare(ctx))
		return ctx;
	apply_cleanup(ctx);
	kfree(ctx);
	return NULL;
}

/* pool_mutex held */
int apply_workqueue_attrs_locked(struct workqueue_struct *wq, const struct workqueue_attrs *attrs)
{
	struct apply_ctx *ctx;

	if (!(wq->flags & WQ_UNBOUND) || (unsigned int)attrs->affn_scope >= WQ_AFFN_NR_TYPES) {
		mach_warn_on(BUG_WQ_WARN, "apply_workqueue_attrs_locked", 0,
			     "workqueue: these attributes do not fit %s", wq->name);
		return -EINVAL;
	}
	ctx = apply_begin(wq, attrs, wqe.unbound_cpumask);
	if (!ctx)
		return -ENOMEM;
	apply_commit(ctx);
	kfree(ctx);
	return 0;
}

/* The CPUs whose slots a change of @cpu may affect; empty for an ordered workqueue (R10.3). */
struct cpumask wq_pod_of(struct workqueue_struct *wq, int cpu)
{
	if (wq->unbound_attrs->ordered)
		return cpumask_none();
	return pod_of(wq->unbound_attrs->affn_scope, cpu);
}

/*
 * pool_mutex held.  R9.5 for one slot: selects the pool for submitters on @cpu.  Without memory
 * the slot gets the default pwq, which is correct but less local (R9.7).
 */
void unbound_wq_update_pwq(struct workqueue_struct *wq, int cpu)
{
	struct workqueue_attrs attrs = *wq->unbound_attrs;
	struct pool_workqueue *pwq = atomic_load(&wq->cpu_pwq[cpu]);

	assert_mutex_held(&wqe.pool_mutex);
	attrs.cpumask = effective_mask(&attrs, wqe.unbound_cpumask);
	attrs.pod_cpumask = pod_mask(attrs.affn_scope, cpu, attrs.cpumask);
	if (!pwq || attrs_equal(&attrs, &pwq->pool->attrs))
		return;
	pwq = alloc_unbound_pwq(wq, &attrs, cpu);
	wq_lock(wq);
	if (pwq) {
		link_pwq(pwq);
	} else {
		pr_warn("workqueue: allocation failed while updating CPU pod affinity of \"%s\"", wq->name);
		pwq = atomic_load(&wq->dfl_pwq);
		pool_lock_irq(pwq->pool);
		get_pwq(pwq);
		pool_unlock_irq(pwq->pool);
	}
	pwq = atomic_exchange(&wq->cpu_pwq[cpu], pwq);
	wq_unlock(wq);
	put_pwq_unlocked(pwq);
}

int apply_workqueue_attrs(struct workqueue_struct *wq, const struct workqueue_attrs *attrs)
{
	int err;

	pwq_releases_wait();
	mutex_lock(&wqe.pool_mutex);
	err = apply_workqueue_attrs_locked(wq, attrs);
	mutex_unlock(&wqe.pool_mutex);
	return err;
}

/* pool_mutex held.  Applies the first attributes of a new workqueue. */
int alloc_unbound_pwqs(struct workqueue_struct *wq)
{
	struct workqueue_attrs attrs = wqe.std_attrs[wq->flags & WQ_HIGHPRI ? 1 : 0];

	wq->unbound_attrs = alloc_workqueue_attrs();
	if (!wq->unbound_attrs)
		return -ENOMEM;
	attrs.ordered = !!(wq->flags & WQ_INT_ORDERED);
	return apply_workqueue_attrs_locked(wq, &attrs);
}

/* pool_mutex held.  Call after a change of one of the masks. */
void wq_emit_unbound_cpus(void)
{
	TRACE(UNBOUND_CPUS, .cpus = wqe.unbound_cpumask.bits, .requested = wqe.requested_cpumask.bits,
	      .isolated = wqe.isolated_cpumask.bits, .scope = wqe.default_scope);
}

/*
 * R9.13: of each workqueue whose scope is the default, the slots of CPUs online whose pool
 * changes.  No other slot, no default pwq and no share of a node is touched.
 */
int wq_set_default_scope(enum wq_affn_scope scope)
{
	struct workqueue_struct *wq;
	int cpu;

	if (scope <= WQ_AFFN_DFL || scope >= WQ_AFFN_NR_TYPES)
		return -EINVAL;
	pwq_releases_wait();
	mutex_lock(&wqe.pool_mutex);
	wqe.default_scope = scope;
	wq_emit_unbound_cpus();
	list_for_each_entry(wq, &wqe.workqueues, list) {
		if (!(wq->flags & WQ_UNBOUND) || wq->unbound_attrs->ordered)
			continue;
		for_each_cpu(cpu, cpu_online_mask())
			unbound_wq_update_pwq(wq, cpu);
	}
	mutex_unlock(&wqe.pool_mutex);
	return 0;
}

static bool prepare_all(struct list_head *ready, struct cpumask mask)
{
	struct workqueue_struct *wq;

	list_for_each_entry(wq, &wqe.workqueues, list) {
		struct apply_ctx *ctx;

		if (!(wq->flags & WQ_UNBOUND) || wq->flags & WQ_INT_DESTROYING)
			continue;
		ctx = apply_begin(wq, wq->unbound_attrs, mask);
		if (!ctx)
			return false;
		list_add_tail(&ctx->node, ready);
	}
	return true;
}

/* pool_mutex held.  R9.14: applies the new mask to all unbound workqueues, or to none. */
static int apply_unbound_cpumask(struct cpumask mask)
{
	struct apply_ctx *ctx, *next;
	LIST_HEAD(ready);
	bool ok;

	if (cpumask_equal(mask, wqe.unbound_cpumask))
		return 0;
	ok = prepare_all(&ready, mask);
	if (ok) {
		mutex_lock(&wqe.attach_mutex);
		cpumask_write_once(&wqe.unbound_cpumask, mask);
		mutex_unlock(&wqe.attach_mutex);
	}
	list_for_each_entry_safe(ctx, next, &ready, node) {
		if (ok)
			apply_commit(ctx);
		else
			apply_cleanup(ctx);
		kfree(ctx);
	}
	return ok ? 0 : -ENOMEM;
}

/* pool_mutex held */
int wq_set_unbound_cpumask_locked(struct cpumask mask)
{
	int err;

	mask = cpumask_and(mask, cpu_possible_mask());
	if (cpumask_empty(mask))
		return -EINVAL;
	err = apply_unbound_cpumask(mask);
	if (!err) {
		wqe.requested_cpumask = mask;
		wq_emit_unbound_cpus();
	}
	return err;
}

/* R9.15: the requested mask without the isolated CPUs; the requested mask itself if none would be left. */
int workqueue_unbound_exclude_cpumask(struct cpumask exclude)
{
	struct cpumask mask;
	int err;

	pwq_releases_wait();
	mutex_lock(&wqe.pool_mutex);
	mask = cpumask_andnot(wqe.requested_cpumask, exclude);
	err = apply_unbound_cpumask(cpumask_empty(mask) ? wqe.requested_cpumask : mask);
	if (!err) {
		wqe.isolated_cpumask = cpumask_and(exclude, cpu_possible_mask());
		wq_emit_unbound_cpus();
	}
	mutex_unlock(&wqe.pool_mutex);
	return err;
}

static void restrict_unbound(struct cpumask by, const char *what)
{
	STRBUF(have, 24);
	STRBUF(with, 24);

	if (!cpumask_empty(cpumask_and(wqe.unbound_cpumask, by))) {
		wqe.unbound_cpumask = cpumask_and(wqe.unbound_cpumask, by);
		return;
	}
	show_mask(wqe.unbound_cpumask, &have);
	show_mask(by, &with);
	pr_warn("workqueue: Restricting unbound_cpumask (%s) with %s (%s) leaves no CPU, ignoring", have.buf,
		what, with.buf);
}

/* R9.14: each step removes CPUs from the mask, unless none would be left. */
void wq_init_unbound_cpumask(void)
{
	long asked = mach_boot_param("unbound_cpus");

	wqe.unbound_cpumask = cpu_possible_mask();
	restrict_unbound(housekeeping_cpumask(HK_TYPE_WQ), "HK_TYPE_WQ");
	restrict_unbound(housekeeping_cpumask(HK_TYPE_DOMAIN), "HK_TYPE_DOMAIN");
	if (asked > 0)
		restrict_unbound((struct cpumask){ (uint64_t)asked }, "workqueue.unbound_cpus");
	wqe.requested_cpumask = wqe.unbound_cpumask;
	wqe.isolated_cpumask = cpumask_andnot(cpu_possible_mask(), housekeeping_cpumask(HK_TYPE_DOMAIN));
}

/* R5.3: the caller's CPU if unbound work may run there, else one of the allowed CPUs, round robin. */
int wq_select_unbound_cpu(int cpu)
{
	struct cpumask all = cpumask_read_once(&wqe.unbound_cpumask), mask = cpumask_and(all, cpu_online_mask());
	int next;

	if (likely(!wqe.debug_force_rr_cpu)) {
		if (cpumask_test_cpu(cpu, all))
			return cpu;
	} else if (!wqe.warned_rr) {
		wqe.warned_rr = true;
		pr_warn("workqueue: round-robin CPU selection forced, expect performance impact");
	}
	next = cpumask_next(wqe.rr_cpu[cpu], mask);
	if (next < 0)
		next = cpumask_first(mask);
	if (next < 0)
		return cpu;
	wqe.rr_cpu[cpu] = next;
	return next;
}
