/*
 * workqueue/pool.c - worker pools as objects, and the census.
 *
 * Each possible CPU has two pools of threads, normal and highpri; unbound pools are created
 * and destroyed with the attributes in use (unbound.c).  Pool ids are those of the kernel:
 * four for each CPU, of which the first two are bottom halves, then the unbound pools (R1.22).
 *
 * The census: in a checked run, each release of a pool's lock emits the state of the pool and
 * of all objects that changed under the lock.  A state computed from the other events is
 * compared with it.
 *
 * Lives here:   allocating a pool, ids, CENSUS_*.
 * Never here:   workers (worker.c), choosing the pool of a workqueue (unbound.c, alloc.c).
 * Read before:  wq_internal.h.      Rules: R1.20, R1.22.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#include "base/strbuf.h"

void pool_init(struct worker_pool *pool, int cpu, int node, const struct workqueue_attrs *attrs, int id)
{
	raw_spin_lock_init(&pool->lock, "pool->lock");
	lock_rank(&pool->lock, RANK_POOL);
	pool->cpu = cpu;
	pool->node = node;
	pool->id = id;
	pool->attrs = *attrs;
	/* Workers of a pool with this flag are outside concurrency management (R4.2);
	 * CPU pools lose it when their CPU comes online. */
	pool->flags = POOL_DISASSOCIATED;
	pool->watchdog_ts = jiffies;
	pool_inbox_init(pool);
	INIT_LIST_HEAD(&pool->worklist);
	INIT_LIST_HEAD(&pool->idle_list);
	INIT_LIST_HEAD(&pool->workers);
	INIT_LIST_HEAD(&pool->dirty_pwqs);
	INIT_LIST_HEAD(&pool->dirty_workers);
	INIT_HLIST_NODE(&pool->hash_node);
	timer_setup(&pool->idle_timer, idle_worker_timeout, TIMER_DEFERRABLE | TIMER_HOUSEKEEPING);
	timer_setup(&pool->mayday_timer, pool_mayday_timeout, 0);
	work_init_quiet(&pool->idle_cull_work, idle_cull_fn, "idle_cull_fn");
	pool->refcnt = 1;
}

struct worker_pool *pool_alloc(int cpu, int node, const struct workqueue_attrs *attrs, int id)
{
	struct worker_pool *pool = kzalloc_lines(sizeof(*pool));

	if (pool)
		pool_init(pool, cpu, node, attrs, id);
	return pool;
}

/* Registers the pool in the trace. */
void pool_announce(struct worker_pool *pool)
{
	STRBUF(name, 32);

	pool->tid = mach_new_id(CLS_POOL);
	pool->offq = offq_data(pool->id, 0);
	if (unlikely(pool->flags & POOL_LEGACY)) {
		legacy_worker_name(name.buf, name.size, pool);
	} else if (pool->cpu >= 0) {
		strbuf_puts(&name, "cpu ");
		strbuf_putd(&name, pool->cpu);
		strbuf_puts(&name, pool->flags & POOL_BH ? " bh " : " ");
		strbuf_puts(&name, pool->attrs.nice < 0 ? "highpri" : "normal");
	} else {
		strbuf_puts(&name, "unbound ");
		strbuf_putd(&name, pool->id);
	}
	trace_def(CLS_POOL, pool->tid, 0, (uint32_t)pool->id, name.buf);
	TRACE(POOL_NEW, .pool = pool->tid, .cpu = pool->cpu, .node = pool->node,
	      .nice = pool->attrs.nice, .flags = pool->flags, .cpus = pool->attrs.cpumask.bits,
	      .pod = pool->attrs.pod_cpumask.bits, .strict = pool->attrs.affn_strict);
	atomic_store(&wqe.pools[pool->id], pool);
}

int pool_id_alloc(struct worker_pool *pool)
{
	int id = POOL_IDS_PER_CPU * nr_cpu_ids();

	assert_mutex_held(&wqe.pool_mutex);
	for (; id < POOLS_MAX; id++) {
		if (atomic_load(&wqe.pools[id]))
			continue;
		pool->id = id;
		return 0;
	}
	return -ENOMEM;
}

unsigned int worklist_len(const struct list_head *list)
{
	const struct list_head *e;
	unsigned int n = 0, most = mach_lockstep ? 999 : 1;	/* free mode: 0 or 1, because each step may miss the cache */

	if (!trace_on())
		return 0;
	for (e = list->next; e != list && n < most; e = e->next)
		if (list_entry((struct list_head *)(uintptr_t)e, struct work_struct, entry)->func
		    != mayday_cursor_func)
			n++;
	return n;
}

/* ---- census ------------------------------------------------------------------ */

#define CENSUS_IDS_MAX 600	/* a longer list does not fit into one event; then none is emitted */

struct ids {
	uint32_t v[CENSUS_IDS_MAX];
	uint32_t n;
	bool over;
};

static void ids_add(struct ids *ids, uint32_t id)
{
	if (ids->n == CENSUS_IDS_MAX)
		ids->over = true;
	else
		ids->v[ids->n++] = id;
}

static void ids_works(struct ids *ids, const struct list_head *list)
{
	struct work_struct *work;

	ids->n = 0;
	list_for_each_entry(work, list, entry)
		if (work->func != mayday_cursor_func)
			ids_add(ids, work->id);
}

#define IDS(list) ((struct trace_ids){ (list).v, (list).n })

/* (worker, item) pairs, sorted by worker id: the order of the hash depends on addresses. */
static void ids_busy(struct ids *ids, struct worker_pool *pool)
{
	struct worker *worker;
	uint32_t i, j;

	ids->n = 0;
	for (i = 0; i < BUSY_WORKER_HASH; i++)
		hlist_for_each_entry(worker, &pool->busy_hash[i], hentry) {
			ids_add(ids, worker->tid);
			ids_add(ids, worker->current_id);
		}
	for (i = 2; i < ids->n; i += 2)
		for (j = i; j && ids->v[j - 2] > ids->v[j]; j -= 2) {
			uint32_t w = ids->v[j], item = ids->v[j + 1];

			ids->v[j] = ids->v[j - 2];
			ids->v[j + 1] = ids->v[j - 1];
			ids->v[j - 2] = w;
			ids->v[j - 1] = item;
		}
}

static void census_worker(struct worker *worker)
{
	struct ids ids = { .n = 0 };

	ids_works(&ids, &worker->scheduled);
	if (!ids.over)
		TRACE(CENSUS_WORKER, .worker = worker->tid, .pool = worker->pool->tid,
		      .flags = worker->flags, .sleeping = worker->sleeping,
		      .item = worker->current_id, .scheduled = IDS(ids));
}

/* Number of slots of its workqueue that point to @pwq: each is a reference (R1.21). */
static uint32_t pwq_slots(const struct pool_workqueue *pwq)
{
	uint32_t slots = atomic_load(&pwq->wq->dfl_pwq) == pwq;
	int cpu;

	for_each_cpu(cpu, cpu_possible_mask())
		slots += atomic_load(&pwq->wq->cpu_pwq[cpu]) == pwq;
	return slots;
}

static void census_pwq(struct pool_workqueue *pwq)
{
	struct ids ids = { .n = 0 };
	uint32_t flight[WORK_NR_COLORS];
	int i;

	for (i = 0; i < WORK_NR_COLORS; i++)
		flight[i] = (uint32_t)pwq->nr_in_flight[i];
	ids_works(&ids, &pwq->inactive_works);
	if (!ids.over)
		TRACE(CENSUS_PWQ, .pwq = pwq->tid, .nr_active = (uint32_t)pwq->nr_active,
		      .refcnt = (uint32_t)pwq->refcnt, .work_color = pwq->work_color,
		      .flush_color = pwq->flush_color,
		      .in_flight = { flight, WORK_NR_COLORS }, .inactive = IDS(ids),
		      .slots = pwq_slots(pwq));
}

static void census_of_pool(struct worker_pool *pool)
{
	static struct ids works, idle, busy;	/* static: only the holder of the baton is here, and it does not give way */
	struct worker *worker;

	/* nr_running changes without the lock: let earlier CPUs act first, then read it. */
	sync_point();
	works.over = idle.over = busy.over = false;
	idle.n = 0;
	ids_works(&works, &pool->worklist);
	list_for_each_entry(worker, &pool->idle_list, entry)
		ids_add(&idle, worker->tid);
	ids_busy(&busy, pool);
	if (works.over || idle.over || busy.over)
		return;
	TRACE(CENSUS_POOL, .pool = pool->tid, .flags = pool->flags,
	      .nr_running = (uint32_t)pool->nr_running, .nr_workers = (uint32_t)pool->nr_workers,
	      .nr_idle = (uint32_t)pool->nr_idle, .manager = pool->manager ? pool->manager->tid : 0,
	      .worklist = IDS(works), .idle = IDS(idle), .busy = IDS(busy));
}

void pool_census(struct worker_pool *pool)
{
	census_of_pool(pool);
	while (!list_empty(&pool->dirty_pwqs)) {
		struct pool_workqueue *pwq = list_first_entry(&pool->dirty_pwqs,
							      struct pool_workqueue, dirty_node);

		list_del_init(&pwq->dirty_node);
		census_pwq(pwq);
	}
	while (!list_empty(&pool->dirty_workers)) {
		struct worker *worker = list_first_entry(&pool->dirty_workers, struct worker,
							 dirty_node);

		list_del_init(&worker->dirty_node);
		census_worker(worker);
	}
}

void wq_census(struct workqueue_struct *wq)
{
	uint32_t nr[2 * (CPUS_MAX + 1)], n = 0;
	int node;

	if (!wq->tid)
		return;
	sync_point();
	if (wq->node_nr_active)
		for (node = 0; node <= nr_node_ids(); node++) {
			nr[n++] = (uint32_t)katomic_peek(&wq->node_nr_active[node].nr);
			nr[n++] = (uint32_t)wq->node_nr_active[node].max;
		}
	TRACE(CENSUS_WQ, .wq = wq->tid, .flags = wq->flags, .max_active = (uint32_t)wq->max_active,
	      .min_active = (uint32_t)wq->min_active, .work_color = wq->work_color,
	      .flush_color = wq->flush_color,
	      .nr_pwqs_to_flush = (uint32_t)katomic_peek(&wq->nr_pwqs_to_flush),
	      .node_nr = { nr, n });
}

static void census_item(struct work_struct *work, struct worker_pool *pool)
{
	uint64_t state = ITEM_PENDING | ITEM_QUEUED;

	if (work_data(work) & WORK_STRUCT_INACTIVE)
		state |= ITEM_INACTIVE;
	if (find_worker_executing_work(pool, work))
		state |= ITEM_RUNNING;
	TRACE(CENSUS_ITEM, .item = work->id, .state = ((uint64_t)pool->tid + 1) << 8 | state);
}

/* All objects.  No lock is held. */
uint32_t workqueue_census(void)
{
	struct workqueue_struct *wq;
	struct pool_workqueue *pwq;
	struct work_struct *work;
	struct worker *worker;
	uint32_t objects = 0;
	int id;

	for (id = 0; id < POOLS_MAX; id++) {
		struct worker_pool *pool = atomic_load(&wqe.pools[id]);

		if (!pool || !pool->tid)
			continue;
		census_of_pool(pool);
		objects++;
		list_for_each_entry(work, &pool->worklist, entry) {
			if (work->func == mayday_cursor_func)
				continue;
			census_item(work, pool);
			objects++;
		}
		list_for_each_entry(worker, &pool->workers, node) {
			census_worker(worker);
			objects++;
		}
	}
	list_for_each_entry(wq, &wqe.workqueues, list) {
		if (!wq->tid)
			continue;
		wq_census(wq);
		objects++;
		list_for_each_entry(pwq, &wq->pwqs, pwqs_node) {
			census_pwq(pwq);
			objects++;
			list_for_each_entry(work, &pwq->inactive_works, entry) {
				census_item(work, pwq->pool);
				objects++;
			}
		}
	}
	TRACE(CENSUS_QUIET, .objects = objects);
	return objects;
}
