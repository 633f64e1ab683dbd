/*
 * tests/conf_locks.c - lock order, memory order of a queueing, lifetime of memory.   Licence: MIT.
 */
#include "machine/machine_internal.h"
#include "tests/support/stress_run.h"
#include "workqueue/wq_internal.h"

#include <stdio.h>
#include <string.h>

static struct item a, b, hog;
static struct workqueue_struct *q;
static int ret[16], nr;

static void begin(struct world *w, int cpus, unsigned int flags, int max_active)
{
	struct machine_config cfg = world_config(cpus);

	nr = 0;
	world_start(w, &cfg);
	settle(w);
	q = make_wq("q", flags, max_active);
}

/* ---- the order of locks ----------------------------------------------------------------- */

enum { POOL_MUTEX, WQ_MUTEX, ATTACH, POOL, NODE, MAYDAY, RULED, CLASSES_MAX = 48, HELD_MAX = 12 };

struct held {
	const void *lock[HELD_MAX];
	int cls[HELD_MAX];
	int n;
};

static struct {
	char name[CLASSES_MAX][40];
	int nr;
	bool edge[CLASSES_MAX][CLASSES_MAX];	/* the second was taken while the first was held */
	struct held by_cpu[CPUS_MAX];		/* spin locks */
	struct held by_task[1024];		/* mutexes */
	int two_pools;
} order;

static void order_begin(void)
{
	static const char *const ruled[RULED] = {
		"wq_pool_mutex", "wq->mutex", "wq_pool_attach_mutex", "pool->lock", "wq_node_nr_active->lock",
		"wq_mayday_lock",
	};

	memset(&order, 0, sizeof(order));
	for (order.nr = 0; order.nr < RULED; order.nr++)
		snprintf(order.name[order.nr], sizeof(order.name[0]), "%s", ruled[order.nr]);
}

/* A workqueue's mutex has the workqueue's name, and the spin lock inside a mutex has the mutex's name. */
static int class_of(const char *name, bool mutex)
{
	char text[40];
	int i;

	snprintf(text, sizeof(text), "%s%s", name ? name : "?", mutex ? "" : " (spin)");
	if (mutex && strncmp(name, "wq_pool", 7) && strcmp(name, "cpu_add_remove_lock"))
		return WQ_MUTEX;
	for (i = 0; i < order.nr; i++)
		if (!strcmp(order.name[i], text) || (!mutex && i >= POOL && i < RULED && !strcmp(order.name[i], name)))
			return i;
	REQUIRE_LT(order.nr, CLASSES_MAX);
	snprintf(order.name[order.nr], sizeof(order.name[0]), "%s", text);
	return order.nr++;
}

static void let_go(struct held *h, const void *lock)
{
	for (int i = h->n; i-- > 0;) {
		if (h->lock[i] != lock)
			continue;
		for (h->n--; i < h->n; i++) {
			h->lock[i] = h->lock[i + 1];
			h->cls[i] = h->cls[i + 1];
		}
		return;
	}
}

static void follows(const struct held *h, int cls)
{
	for (int i = 0; i < h->n; i++)
		order.edge[h->cls[i]][cls] = true;
}

static void see_lock(void *arg, enum mach_lock_op op, const void *lock, const char *name, bool mutex)
{
	int cpu = raw_smp_processor_id();
	struct held *mutexes = current ? &order.by_task[task_id(current) % 1024] : NULL, *h;
	int cls;

	(void)arg;
	if (cpu < 0)
		return;		/* the director */
	h = mutex ? mutexes : &order.by_cpu[cpu];
	if (op == LOCK_RELEASE) {
		let_go(h, lock);
		return;
	}
	cls = class_of(name, mutex);
	if (op == LOCK_TAKE) {		/* a trylock never waits */
		follows(&order.by_cpu[cpu], cls);
		if (in_task())
			follows(mutexes, cls);
	}
	for (int i = 0; i < h->n; i++)
		order.two_pools += cls == POOL && h->cls[i] == POOL;
	REQUIRE_LT(h->n, HELD_MAX);
	h->lock[h->n] = lock;
	h->cls[h->n++] = cls;
}

static bool all_met(const int (*pairs)[2], int n)
{
	while (n-- > 0)
		if (!order.edge[pairs[n][0]][pairs[n][1]])
			return false;
	return true;
}

static void check_no_circle(void)
{
	bool reach[CLASSES_MAX][CLASSES_MAX];
	int i, j, k;

	memcpy(reach, order.edge, sizeof(reach));
	for (k = 0; k < order.nr; k++)
		for (i = 0; i < order.nr; i++)
			for (j = 0; j < order.nr; j++)
				reach[i][j] |= reach[i][k] && reach[k][j];
	for (i = 0; i < order.nr; i++) {
		for (j = i; j < order.nr; j++) {
			if (!reach[i][j] || !reach[j][i])
				continue;
			test_note("%s and %s are taken in both orders", order.name[i], order.name[j]);
			CHECK_FAIL("locks in a circle");
		}
	}
}

/*
 * RULE(R1.18, I56). Random operations under many seeds, with every lock recorded.  Only
 * the pairs of the rule occur among its locks, and each of them does.  No two locks
 * are taken in both orders, and no thread holds two pools' locks at once.
 */
static void locks_are_taken_in_one_order(void)
{
	static const bool allowed[RULED][RULED] = {
		[POOL_MUTEX] = { [WQ_MUTEX] = true, [ATTACH] = true, [POOL] = true, [NODE] = true },
		[WQ_MUTEX] = { [POOL] = true, [NODE] = true, [MAYDAY] = true },
		[ATTACH] = { [POOL] = true },
		[POOL] = { [NODE] = true, [MAYDAY] = true },
	};
	static const int must[][2] = {
		{ POOL_MUTEX, WQ_MUTEX }, { WQ_MUTEX, POOL }, { POOL, NODE }, { POOL, MAYDAY },
		{ POOL_MUTEX, ATTACH }, { ATTACH, POOL },
	};
	const struct mach_lock_watch watch = { see_lock, NULL };
	uint64_t first = seed_from_env(1);
	int i, j;

	order_begin();
	/* some runs send no mayday; repeat up to a limit */
	for (uint64_t s = first; s < first + (uint64_t)test_rounds(20, 6) || (s < first + 40 && !all_met(must, 6)); s++) {
		struct world w;

		memset(order.by_cpu, 0, sizeof(order.by_cpu));
		memset(order.by_task, 0, sizeof(order.by_task));
		stress_start_watched(&w, s, &watch);
		stress_run(&w);
		world_stop(&w);
	}
	for (i = 0; i < RULED; i++) {
		for (j = 0; j < RULED; j++) {
			if (order.edge[i][j] && !allowed[i][j])
				test_note("%s is taken while %s is held", order.name[j], order.name[i]);
			CHECK_TRUE(!order.edge[i][j] || allowed[i][j]);
		}
	}
	CHECK_TRUE(all_met(must, 6));
	CHECK_INT(order.two_pools, 0);
	check_no_circle();
}

/* ---- memory that a queueing publishes ---------------------------------------------------------------- */

static int box, seen, missed;

static void read_box(struct work_struct *work)
{
	(void)work;
	seen = box;
	mach_burn(50000);
}

static struct work_struct reader;

/* Whether the queueing returned true or false, a run that ends before the item is idle has read the write. */
static void post(void)
{
	int mine = ++box;

	ret[queue_work(q, &reader)]++;
	do	/* a flush does not wait for an item whose queueing has not ended */
		flush_work(&reader);
	while (work_busy(&reader));
	missed += seen < mine;
}

/* RULE(R1.19). A run reads the writes made before its queueing, and before a refused queueing of its item. */
static void the_run_sees_writes_made_before_its_queueing(void)
{
	uint64_t first = seed_from_env(1);

	memset(ret, 0, sizeof(ret));
	missed = 0;
	for (uint64_t s = first; s < first + 20; s++) {
		struct machine_config cfg = world_config(3);
		struct world w;

		cfg.seed = s;
		cfg.vary_costs = true;
		cfg.jitter = 0.5;
		world_start(&w, &cfg);
		q = make_wq("q", WQ_UNBOUND, 0);
		init_work(&reader, read_box, "reader", "read_box", 0);
		box = seen = 0;
		for (int cpu = 0; cpu < 3; cpu++)
			actor("t", cpu, STEPS(UNTIL(20), CALL(post), BURN(0.01), CALL(post), BURN(0.03), CALL(post),
					      CALL(post), BURN(0.02), CALL(post)));
		CHECK_INT(world_run(&w, 200), STOP_IDLE);
		world_stop(&w);
	}
	CHECK_INT(missed, 0);
	CHECK_GT(ret[0], 40);
	CHECK_GT(ret[1], 40);	/* both kinds happened */
}

/* ---- when memory may go ---------------------------------------------------------------------------- */

static void set_nice(int nice)
{
	struct workqueue_attrs *attrs = alloc_workqueue_attrs();

	attrs->nice = nice;
	CHECK_INT(apply_workqueue_attrs(q, attrs), 0);
	free_workqueue_attrs(attrs);
}

static void nice_7(void *unused)
{
	(void)unused;
	set_nice(-7);
}

static void nice_8(void) { set_nice(-8); }
static void nice_0(void) { set_nice(0); }	/* the system's pools: no pool needs to be created */

static struct pool_workqueue *old_pwq;
static struct worker_pool *old_pool;
static bool intact;

static void reader_begins(void)
{
	rcu_read_lock();
	old_pwq = q->cpu_pwq[1];
	old_pool = old_pwq->pool;
}

static void reader_ends(void)
{
	pool_lock_irq(old_pool);
	intact = old_pwq->refcnt == 0 && old_pwq->wq == q && old_pool->attrs.nice == -7 && old_pool->refcnt == 0;
	pool_unlock_irq(old_pool);
	rcu_read_unlock();
}

/*
 * RULE(R1.20). A reader that found pwq and pool before they were released may still
 * take pool->lock.  Freed memory is poisoned, so the reader would notice a use after free.
 */
static void memory_of_pools_and_pwqs_outlives_its_readers(void)
{
	struct world w;
	size_t used;

	begin(&w, 4, WQ_UNBOUND, 0);
	machine_call(nice_7, NULL);
	intact = false;
	actor("r", 3, STEPS(UNTIL(19), CALL(reader_begins), BURN(20), CALL(reader_ends)));
	actor("t", 0, STEPS(UNTIL(20), CALL(nice_8)));
	world_run_out(&w, 38);
	CHECK_GT(count(&w, EV_PWQ_FREE, NULL), 0);
	CHECK_TRUE(find(&w, EV_POOL_FREE, NULL, 1, &(struct trace_event){ 0 }));
	used = mach.memory_used;
	world_pass(&w, 60);
	CHECK_TRUE(intact);
	CHECK_LE(mach.memory_used + sizeof(*old_pwq) + sizeof(*old_pool), used);
	world_stop(&w);
}

static void queue_a(void) { queue_work(q, WORK(&a)); }
static void queue_three(void)
{
	queue_work(q, WORK(&hog));
	queue_work(q, WORK(&a));
	queue_work(q, WORK(&b));
}
static void flush_a(void) { flush_work(WORK(&a)); }
static void cancel_a(void) { cancel_work(WORK(&a)); }
static void count_refs(void) { ret[nr++] = q->cpu_pwq[0]->refcnt; }

static bool at_mayday(void *arg, const struct trace_event *ev)
{
	(void)arg;
	return ev->kind == EV_MAYDAY;
}

/*
 * RULE(R1.21). A pwq has one reference, one more for each queued or running item and barrier, and
 * one while on a mayday list.
 */
static void references_of_a_pwq_are_its_items_and_its_mayday(void)
{
	struct world w;

	begin(&w, 2, WQ_MEM_RECLAIM, 2);	/* b is inactive, and counts */
	item_init(&hog, "hog", STEPS(BURN(5)));
	item_init(&a, "a", STEPS(SLEEP(30)));
	item_init(&b, "b", STEPS(BURN(1)));
	count_refs();
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_three), CALL(count_refs), UNTIL(22), CALL(count_refs), CALL(cancel_a),
			    CALL(count_refs), UNTIL(40), CALL(count_refs)));
	actor("f", 1, STEPS(UNTIL(21), CALL(flush_a)));
	world_run(&w, 50);
	CHECK_INT(ret[0], 1);
	CHECK_INT(ret[1], 4);
	CHECK_INT(ret[2], 5);
	CHECK_INT(ret[3], 4);
	CHECK_INT(ret[4], 1);
	/* no idle worker and no new thread: a sleeps, and the pwq of the next item sends a mayday */
	mach_stall_creation(true);
	actor("t", 0, STEPS(UNTIL(60), CALL(queue_three)));
	machine_run(&(struct mach_run){ .until_ns = 200 * MS, .watch = { .after = at_mayday } });
	CHECK_INT(count(&w, EV_MAYDAY, "q"), 1);
	CHECK_INT(q->cpu_pwq[0]->refcnt, 1 + 2 + 1);
	mach_stall_creation(false);
	world_run(&w, 3000);
	CHECK_INT(q->cpu_pwq[0]->refcnt, 1);
	world_stop(&w);
}

/* RULE(R1.21). The last reference may be dropped under pool->lock; a thread of its own frees the pwq. */
static void pwq_without_references_is_released_by_its_thread(void)
{
	struct trace_event ev;
	struct world w;
	struct task *t;

	begin(&w, 2, WQ_UNBOUND, 0);
	machine_call(nice_7, NULL);
	item_init(&a, "a", STEPS(SLEEP(10)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a), UNTIL(21), CALL(nice_8)));
	world_run(&w, 25);
	CHECK_GT(count(&w, EV_PWQ_FREE, NULL), 0);	/* those of the other slots are gone */
	CHECK_INT(count(&w, EV_POOL_FREE, NULL), 0);	/* but a still runs in the pool */
	world_run(&w, 100);
	CHECK_LT(nth(&w, EV_EXECUTE_END, "a", 1), nth(&w, EV_POOL_FREE, NULL, 1));
	REQUIRE_TRUE(find(&w, EV_POOL_FREE, NULL, 1, &ev));
	for (t = mach_next_task(NULL); t && task_id(t) != ev.task; t = mach_next_task(t))
		;
	REQUIRE_NOT_NULL(t);
	CHECK_STR(task_comm(t), "pool_workqueue_release");
	world_stop(&w);
}

static int stall_on(void *on)
{
	mach_stall_creation(on != NULL);
	return 0;
}
static void stall(void) { stall_on(&nr); }
static void stall_no_more(void) { stall_on(NULL); }

/*
 * RULE(R3.15). The last pwq of a pool is freed while the manager is blocked in the creation of a
 * worker: the pool waits for the manager, then every worker exits, the timers are deleted, and it is freed.
 */
static void unbound_pool_goes_away_when_its_manager_is_done(void)
{
	struct world w;
	int died;

	begin(&w, 2, WQ_UNBOUND, 0);
	machine_call(nice_7, NULL);
	old_pool = ((struct pool_workqueue *)q->cpu_pwq[0])->pool;
	item_init(&a, "a", STEPS(BURN(1)));
	CHECK_INT(old_pool->nr_workers, 1);
	/* its only worker has to manage before it may start a; then a is cancelled */
	actor("t", 0, STEPS(UNTIL(20), CALL(stall), CALL(queue_a), UNTIL(25), CALL(cancel_a), CALL(nice_0), UNTIL(50),
			    CALL(stall_no_more)));
	world_run_out(&w, 49);
	CHECK_INT(old_pool->refcnt, 0);
	CHECK_INT(old_pool->nr_workers, 1);
	CHECK_TRUE(old_pool->manager);
	CHECK_INT(count(&w, EV_POOL_FREE, NULL), 0);
	died = (int)count(&w, EV_WORKER_DIE, NULL);
	world_pass(&w, 100);
	CHECK_LT(nth(&w, EV_MANAGE_END, NULL, count(&w, EV_MANAGE_END, NULL)), nth(&w, EV_POOL_FREE, NULL, 1));
	CHECK_INT(count(&w, EV_POOL_FREE, NULL), 1);
	CHECK_INT((int)count(&w, EV_WORKER_DIE, NULL), died + 2);	/* the manager and the new worker */
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 0);
	world_stop(&w);
}

const struct test_case suite_conf_locks[] = {
	T(locks_are_taken_in_one_order),
	T(the_run_sees_writes_made_before_its_queueing),
	T(memory_of_pools_and_pwqs_outlives_its_readers),
	T(references_of_a_pwq_are_its_items_and_its_mayday),
	T(pwq_without_references_is_released_by_its_thread),
	T(unbound_pool_goes_away_when_its_manager_is_done),
	{ NULL, NULL }
};
