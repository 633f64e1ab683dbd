/*
 * tests/conf_data.c - the invariants of work->data and of the fields of other objects.
 *
 * Where a rule states the shape of an object, its consequence is tested.  Some
 * tests look at the engine itself, with the machine stopped.   Licence: MIT.
 */
#include "tests/support/world.h"
#include "workqueue/wq_internal.h"

#include <string.h>

static struct item a, b, hog;
static struct workqueue_struct *q, *q2;
static int ret[16], nr;
static uint64_t word[16];

static void begin(struct world *w, int cpus, unsigned int flags, int max_active)
{
	struct machine_config cfg = world_config(cpus);

	nr = 0;
	memset(ret, 0, sizeof(ret));
	memset(word, 0, sizeof(word));
	world_start(w, &cfg);
	settle(w);
	q = make_wq("q", flags, max_active);
}

static void queue_a(void) { ret[nr++] = queue_work(q, WORK(&a)); }
static void queue_b(void) { queue_work(q, WORK(&b)); }
static void queue_hog(void) { queue_work(q, WORK(&hog)); }
static void cancel_a(void) { ret[nr++] = cancel_work(WORK(&a)); }
static void flush_a(void) { ret[nr++] = flush_work(WORK(&a)); }
static void see_a(void) { word[nr++] = work_data(WORK(&a)); }
static void arm_a(void) { ret[nr++] = queue_delayed_work_on(1, q, &a.d, 5); }

/* ---- items ------------------------------------------------------------------------- */

struct device {
	int number;
	struct work_struct work;
};
static struct device dev[2];
static int seen_number[2], nr_seen;

static void device_fn(struct work_struct *work)
{
	struct device *d = from_work(d, work, work);

	seen_number[nr_seen++] = d->number;
	if (container_of(work, struct device, work) != d || current_work() != work)
		seen_number[0] = -1;
}

static void queue_devices(void)
{
	for (int i = 0; i < 2; i++) {
		dev[i].number = 100 + i;
		INIT_WORK(&dev[i].work, device_fn);
		queue_work(q, &dev[i].work);
	}
}

/* RULE(R1.1). Two items share a function: it gets the item's address and so finds the object around it. */
static void function_reaches_its_object_through_the_item(void)
{
	struct world w;

	begin(&w, 1, 0, 0);
	nr_seen = 0;
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_devices)));
	world_run(&w, 100);
	CHECK_INT(nr_seen, 2);
	CHECK_INT(seen_number[0], 100);
	CHECK_INT(seen_number[1], 101);
	CHECK_INT(sizeof(dev[0].work.data), 8);
	world_stop(&w);
}

/* Between two PENDING_SET of @name lies a PENDING_CLEAR; the owner's other steps are between the two. */
static bool one_owner_at_a_time(struct world *w, const char *name)
{
	struct trace_event ev;
	bool owned = false;

	count(w, EV_NONE, NULL);
	for (uint64_t i = 1; i <= w->store.nr; i++) {
		struct trace_value v;
		const char *have;

		trace_store_event(&w->store, i, &ev);
		if (!trace_event_get(&ev, "item", &v))
			continue;
		have = trace_store_name(&w->store, CLS_ITEM, (uint32_t)v.num);
		if (!have || strcmp(have, name))
			continue;
		switch (ev.kind) {
		case EV_PENDING_SET:
			if (owned)
				return false;
			owned = true;
			break;
		case EV_PENDING_CLEAR:
			if (!owned)
				return false;
			owned = false;
			break;
		case EV_QUEUE_WORK: case EV_DELAYED_ARM: case EV_DELAYED_OFF: case EV_STEAL:
			if (!owned)
				return false;
			break;
		default:
			break;
		}
	}
	return true;
}

static void mod_a(void) { mod_delayed_work(q, &a.d, 1); }
static void cancel_a_delayed(void) { cancel_delayed_work(&a.d); }

/*
 * RULE(R1.2). Four CPUs queue, move and cancel one item at the same moment: one of
 * them owns PENDING, and only the owner queues the item, arms its timer or removes it.
 */
static void only_the_owner_of_pending_touches_the_item(void)
{
	uint64_t first = seed_from_env(1);

	for (uint64_t s = first; s < first + 20; s++) {
		struct machine_config cfg = world_config(4);
		struct world w;
		int cpu;

		cfg.seed = s;
		cfg.vary_costs = true;
		nr = 0;
		world_start(&w, &cfg);
		q = make_wq("q", 0, 0);
		item_init(&a, "a", STEPS(BURN(0.05)));
		for (cpu = 0; cpu < 4; cpu++)
			actor("t", cpu, STEPS(UNTIL(20), CALL(queue_a), CALL(mod_a), CALL(queue_a), CALL(mod_a),
					      CALL(cancel_a_delayed), CALL(queue_a)));
		world_run(&w, 100);
		for (cpu = 0; nr--; )
			cpu += ret[nr];
		/* a queueing that returned true set PENDING; so did a move or cancel of an idle item */
		CHECK_GE(cpu, 1);
		CHECK_GE(count(&w, EV_PENDING_SET, "a"), (unsigned int)cpu);
		CHECK_TRUE(one_owner_at_a_time(&w, "a"));
		world_stop(&w);
	}
}

static void reinit_a(void) { work_reinit(WORK(&a)); }

/* RULE(R1.4). After INIT_WORK on a running item no flush waits for that run, and a second run overlaps it. */
static void item_initialised_while_it_runs_is_forgotten(void)
{
	struct world w;

	begin(&w, 2, 0, 0);
	w.excused = "I1";
	item_init(&a, "a", STEPS(BURN(10)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a)));
	actor("u", 1, STEPS(UNTIL(22), CALL(flush_a), UNTIL(40), CALL(queue_a), UNTIL(42), CALL(reinit_a),
			    CALL(flush_a), CALL(queue_a)));
	world_run(&w, 100);
	CHECK_INT(ret[0], 1);
	CHECK_INT(ret[1], 1);	/* as long as it remembers its pool */
	CHECK_INT(ret[2], 1);
	CHECK_INT(ret[3], 0);
	CHECK_INT(ret[4], 1);
	CHECK_LT(nth(&w, EV_FLUSH_WORK, "a", 2), nth(&w, EV_EXECUTE_END, "a", 2));
	CHECK_INT(printed(&w, "ODEBUG"), 0);	/* a running item is not active, to that checker */
	world_stop(&w);
}

/* RULE(R1.4). INIT_WORK on CPU 0 while the item runs on CPU 1: both runs overlap. */
static void item_initialised_while_it_runs_may_run_twice_at_once(void)
{
	struct world w;

	begin(&w, 2, 0, 0);
	w.excused = "I1";
	item_init(&a, "a", STEPS(BURN(10)));
	actor("t", 1, STEPS(UNTIL(20), CALL(queue_a)));
	actor("u", 0, STEPS(UNTIL(22), CALL(reinit_a), CALL(queue_a)));
	world_run(&w, 100);
	CHECK_INT(count(&w, EV_QUEUE_REDIRECT, "a"), 0);
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 2);
	CHECK_LT(nth(&w, EV_EXECUTE_START, "a", 2), nth(&w, EV_EXECUTE_END, "a", 1));
	world_stop(&w);
}

/*
 * RULE(R1.4). INIT_WORK on an item that is queued, or whose timer is armed, is reported, and the
 * run is lost.
 */
static void initialising_a_pending_item_is_reported(void)
{
	struct world w;

	begin(&w, 2, 0, 0);
	item_init(&a, "a", STEPS(BURN(1)));
	item_init(&hog, "hog", STEPS(BURN(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_hog), CALL(queue_a), CALL(reinit_a), UNTIL(40), CALL(arm_a),
			    CALL(reinit_a)));
	world_run(&w, 100);
	CHECK_INT(ret[0], 1);
	CHECK_INT(ret[1], 1);
	CHECK_INT(printed(&w, "ODEBUG: init active (active state 0) object: (____ptrval____) object type: work_struct hint: a"), 1);
	CHECK_INT(printed(&w, "object type: timer_list hint: delayed_work_timer_fn"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 0);
	world_stop(&w);
}

/* ---- the data word ----------------------------------------------------------------------- */

static void queue_three(void)
{
	queue_hog();
	queue_a();
	queue_b();
	nr = 0;
}

static struct rcu_work rw;
static bool pending[8];

static void see_inside(void)
{
	pending[0] = work_pending(WORK(&a));
	word[8] = work_data(WORK(&a));
}

static void queue_rcu(void) { ret[nr++] = queue_rcu_work(q, &rw); }
static void see_queued(void)
{
	pending[1] = work_pending(WORK(&a));
	pending[4] = work_pending(WORK(&b));	/* held back */
}
static void see_armed(void) { pending[2] = delayed_work_pending(&a.d); }
static void see_rcu(void) { pending[3] = work_pending(&rw.work); }
static void rcu_fn(struct work_struct *work) { pending[5] = work_pending(work); }

/*
 * RULE(R1.5). PENDING is 1 for an item that is queued, inactive, delayed, or waiting for a grace
 * period, and 0 for one that only runs.
 */
static void pending_is_set_while_the_next_run_has_an_owner(void)
{
	struct world w;

	begin(&w, 2, 0, 2);
	item_init(&hog, "hog", STEPS(BURN(5)));
	item_init(&a, "a", STEPS(CALL(see_inside)));
	item_init(&b, "b", STEPS(BURN(1)));
	init_rcu_work(&rw, rcu_fn, "r", "rcu_fn", 0);
	memset(pending, 0, sizeof(pending));
	pending[0] = pending[5] = true;
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_three), CALL(see_queued), UNTIL(40), CALL(arm_a),
			    CALL(see_armed), UNTIL(60), CALL(queue_rcu), CALL(see_rcu)));
	world_run(&w, 200);
	CHECK_FALSE(pending[0]);
	CHECK_FALSE(pending[5]);
	CHECK_TRUE(pending[1]);
	CHECK_TRUE(pending[2]);
	CHECK_TRUE(pending[3]);
	CHECK_TRUE(pending[4]);
	CHECK_FALSE(work_pending(WORK(&a)));
	CHECK_FALSE(work_pending(&rw.work));
	world_stop(&w);
}

#define LISTED_MAX 64
static struct listed {
	struct work_struct *work;
	struct pool_workqueue *inactive_of;	/* NULL: worklist or scheduled */
	struct worker_pool *pool;
	bool last;
} listed[LISTED_MAX];
static int nr_listed;

static void list_works(struct list_head *head, struct worker_pool *pool, struct pool_workqueue *inactive_of)
{
	struct work_struct *work;

	list_for_each_entry(work, head, entry) {
		REQUIRE_LT(nr_listed, LISTED_MAX);
		listed[nr_listed++] = (struct listed){ work, inactive_of, pool, work->entry.next == head };
	}
}

/*
 * Lists all items of all lists.  Return: false if a thread holds a lock, so that a list may be
 * inconsistent.
 */
static bool list_everything(struct workqueue_struct *const *wqs, int nr_wqs)
{
	struct pool_workqueue *pwq;
	struct worker *worker;

	nr_listed = 0;
	for (int id = 0; id < POOLS_MAX; id++) {
		struct worker_pool *pool = wqe.pools[id];

		if (!pool)
			continue;
		if (pool->lock.word)
			return false;
		list_works(&pool->worklist, pool, NULL);
		list_for_each_entry(worker, &pool->workers, node)
			list_works(&worker->scheduled, pool, NULL);
	}
	for (int i = 0; i < nr_wqs; i++)
		list_for_each_entry(pwq, &wqs[i]->pwqs, pwqs_node)
			list_works(&pwq->inactive_works, pwq->pool, pwq);
	return true;
}

static int times_listed(const struct work_struct *work)
{
	int n = 0;

	for (int i = 0; i < nr_listed; i++)
		n += listed[i].work == work;
	return n;
}

/* Counts the items seen: a run without barriers or waiting items proves nothing. */
static struct {
	int inactive, linked, queued, barriers;
} met;

static void check_listed(int i)
{
	struct listed *l = &listed[i], *next = l->last ? NULL : &listed[i + 1];
	uint64_t data = work_data(l->work);
	struct pool_workqueue *pwq = data_pwq(data);
	bool barrier = l->work->kind == WORK_BARRIER;

	REQUIRE_NOT_NULL(pwq);				/* R1.6 */
	CHECK_TRUE(data & WORK_STRUCT_PENDING);
	CHECK_PTR(pwq->pool, l->pool);
	CHECK_TRUE(!l->inactive_of || l->inactive_of == pwq);
	/* R1.7: a waiting item, or a barrier wherever it is */
	CHECK_INT(!!(data & WORK_STRUCT_INACTIVE), barrier || l->inactive_of);
	if (data & WORK_STRUCT_LINKED) {				/* R1.8 */
		if (CHECK_TRUE(next)) {
			CHECK_INT(next->work->kind, WORK_BARRIER);
			CHECK_PTR(data_pwq(work_data(next->work)), pwq);
		}
		met.linked++;
	} else if (next && next->work->kind == WORK_BARRIER) {
		/* a barrier without a linked item waits for a running item, so it is the first of its list */
		CHECK_TRUE(barrier);
	}
	CHECK_INT(times_listed(l->work), 1);
	met.queued++;
	met.barriers += barrier;
	met.inactive += l->inactive_of && !barrier;
}

static void flush_b(void) { flush_work(WORK(&b)); }
static void cancel_b(void) { cancel_work(WORK(&b)); }
/*
 * RULE(R1.6, R1.7, R1.8). At any moment at which no pool's lock is held: an item
 * points to a pwq exactly if it is on one list of that pwq's pool, is INACTIVE
 * exactly if it is held back (barriers always), and LINKED exactly if its barrier
 * comes next.
 */
static void data_word_has_the_list_an_item_is_on(void)
{
	uint64_t first = seed_from_env(1);
	struct work_struct *mine[] = { WORK(&a), WORK(&b), WORK(&hog) };

	memset(&met, 0, sizeof(met));
	for (uint64_t s = first; s < first + 10; s++) {
		struct machine_config cfg = world_config(3);
		struct workqueue_struct *both[2];
		struct world w;
		double ms;

		cfg.seed = s;
		cfg.vary_costs = true;
		cfg.jitter = 0.3;
		nr = 0;
		world_start(&w, &cfg);
		both[0] = q = make_wq("q", s % 2 ? WQ_UNBOUND : 0, 1 + (int)s % 3);
		both[1] = q2 = make_wq("q2", 0, 1);
		item_init(&hog, "hog", STEPS(BURN(0.7), SLEEP(0.5)));
		item_init(&a, "a", STEPS(BURN(0.4), SLEEP(0.4)));
		item_init(&b, "b", STEPS(SLEEP(0.6)));
		for (int i = 0; i < 3; i++)
			actor("t", i, STEPS(UNTIL(20), CALL(queue_three), CALL(flush_b), CALL(queue_three), SLEEP(0.3),
					    CALL(flush_b), CALL(queue_three), CALL(cancel_b), CALL(flush_b)));
		for (int i = 0; i < 2; i++)
			actor("f", i, STEPS(UNTIL(20.1), CALL(flush_b), SLEEP(0.7), CALL(flush_b), SLEEP(0.7), CALL(flush_b)));
		for (ms = 20; ms < 32; ms += 0.041) {
			world_run_out(&w, ms);
			if (!list_everything(both, 2))
				continue;
			for (int i = 0; i < nr_listed; i++)
				check_listed(i);
			for (int i = 0; i < 3; i++)
				CHECK_INT(times_listed(mine[i]), !!(work_data(mine[i]) & WORK_STRUCT_PWQ));
		}
		CHECK_INT(world_run(&w, 200), STOP_IDLE);
		world_stop(&w);
	}
	CHECK_GT(met.inactive, 20);
	CHECK_GT(met.linked, 20);
	CHECK_GT(met.barriers, 20);
	CHECK_GT(met.queued, 100);
}

static void queue_and_cancel_a(void)
{
	queue_a();
	cancel_a();
}

static void queue_a_on_1(void) { ret[nr++] = queue_work_on(1, q, WORK(&a)); }

/*
 * RULE(R1.9). work->data has the pool id from the start of the run until the next queueing, also
 * after a cancel.
 */
static void item_remembers_the_pool_of_its_last_run(void)
{
	struct world w;

	begin(&w, 2, 0, 0);
	item_init(&a, "a", STEPS(CALL(see_inside), SLEEP(1)));
	item_init(&hog, "hog", STEPS(BURN(10)));
	see_a();
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a), UNTIL(30), CALL(see_a), CALL(queue_a_on_1), CALL(see_a),
			    UNTIL(40), CALL(see_a), CALL(queue_hog), CALL(queue_and_cancel_a)));
	world_run(&w, 200);
	CHECK_INT(work_data_pool(word[0]), -1);		/* a fresh item: none */
	CHECK_INT(work_data_pool(word[2]), POOL_ID_NORMAL);	/* ran on CPU 0 */
	CHECK_NOT_NULL(data_pwq(word[4]));
	CHECK_INT(work_data_pool(word[8]), POOL_IDS_PER_CPU + POOL_ID_NORMAL);	/* while it ran on CPU 1 */
	CHECK_INT(work_data_pool(word[5]), POOL_IDS_PER_CPU + POOL_ID_NORMAL);
	CHECK_INT(ret[7], 1);
	CHECK_INT(work_data_pool(work_data(WORK(&a))), POOL_ID_NORMAL);	/* where it was taken off */
	world_stop(&w);
}

/* ---- delayed, RCU, barriers, flushers ------------------------------------------------------- */

/* RULE(R1.11). The timer may fire on any CPU; it queues the item on the requested CPU and workqueue. */
static void timer_of_a_delayed_item_queues_on_the_requested_cpu(void)
{
	struct trace_event ev;
	struct world w;

	begin(&w, 3, 0, 0);
	item_init(&a, "a", STEPS(BURN(1)));
	actor("t", 2, STEPS(UNTIL(20), CALL(arm_a)));
	world_run(&w, 200);
	if (CHECK_TRUE(find(&w, EV_DELAYED_FIRE, "a", 1, &ev))) {
		CHECK_INT(ev.ctx, CTX_SOFTIRQ);
		CHECK_INT(ev.cpu, 1);
	}
	if (CHECK_TRUE(find(&w, EV_QUEUE_WORK, "a", 1, &ev)))
		CHECK_INT(ev.ctx, CTX_SOFTIRQ);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "a", 1, "req_cpu"), 1);
	CHECK_INT(nth(&w, EV_QUEUE_WORK, "q", 1), ev.n);
	CHECK_TRUE(a.d.timer.flags & TIMER_IRQSAFE);
	CHECK_PTR(a.d.wq, q);
	CHECK_INT(a.d.cpu, 1);
	CHECK_TRUE(query_led(&w, nth(&w, EV_DELAYED_ARM, "a", 1), nth(&w, EV_DELAYED_FIRE, "a", 1)));
	world_stop(&w);
}

static void rcu_lock(void) { rcu_read_lock(); }
static void rcu_unlock(void) { rcu_read_unlock(); }
static void disable_rcu(void) { ret[nr++] = disable_work(&rw.work); }

/* RULE(R1.12). An rcu_work runs once, after the RCU readers of that time; disabling it has no effect. */
static void rcu_item_waits_for_a_grace_period_and_cannot_be_disabled(void)
{
	struct world w;

	begin(&w, 2, 0, 0);
	INIT_RCU_WORK(&rw, rcu_fn);
	actor("reader", 1, STEPS(UNTIL(19), CALL(rcu_lock), BURN(20), CALL(rcu_unlock)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_rcu), CALL(queue_rcu), UNTIL(80), CALL(disable_rcu), CALL(queue_rcu)));
	world_run(&w, 200);
	CHECK_INT(ret[0], 1);
	CHECK_INT(ret[1], 0);
	CHECK_GT(when(&w, EV_EXECUTE_START, "&rw", 1), 39);
	CHECK_INT(count(&w, EV_EXECUTE_START, "&rw"), 1);
	CHECK_INT(ret[3], 0);
	CHECK_INT(printed(&w, "at queue_rcu_work"), 1);
	CHECK_PTR(rw.wq, q);
	world_stop(&w);
}

/*
 * RULE(R1.13). A barrier takes no slot, has a waiter, and runs even if its target
 * is cancelled, because no function cancels a barrier.
 */
static void barrier_outlives_its_cancelled_target(void)
{
	struct trace_event ev;
	struct world w;
	unsigned int barriers;
	uint32_t waiter;

	begin(&w, 2, 0, 2);
	barriers = count(&w, EV_EXECUTE_START, "barrier");
	item_init(&a, "a", STEPS(BURN(1)));
	item_init(&b, "b", STEPS(BURN(1)));
	item_init(&hog, "hog", STEPS(BURN(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_hog), CALL(queue_a)));
	actor("f", 1, STEPS(UNTIL(21), CALL(flush_a)));
	actor("c", 1, STEPS(UNTIL(22), CALL(cancel_a), CALL(queue_b)));
	world_run(&w, 200);
	CHECK_INT(field(&w, EV_CANCEL, "a", 1, "was_pending"), 1);
	CHECK_LT(nth(&w, EV_STEAL, "a", 1), nth(&w, EV_EXECUTE_START, "barrier", barriers + 1));
	CHECK_INT(count(&w, EV_FLUSH_WORK_END, "a"), 1);
	waiter = (uint32_t)field(&w, EV_BARRIER, "a", 1, "waiter");
	if (CHECK_TRUE(find(&w, EV_FLUSH_WORK_END, "a", 1, &ev)))
		CHECK_INT(ev.task, waiter);
	/* two slots: hog's and the cancelled item's, which b got; the barrier has none */
	CHECK_INT(count(&w, EV_INACTIVE, NULL), 0);
	CHECK_INT(field(&w, EV_RETIRE, "barrier", barriers + 1, "nr_active"),
		  field(&w, EV_RETIRE, "hog", 1, "nr_active"));
	world_stop(&w);
}

/* ---- nodes, attributes, pods -------------------------------------------------------------------- */

static void queue_a_on_3(void) { ret[nr++] = queue_work_on(3, q, WORK(&a)); }
static void queue_a_on_q2(void) { ret[nr++] = queue_work(q2, WORK(&b)); }

static void scope_system(void)
{
	struct workqueue_attrs *attrs = alloc_workqueue_attrs();

	attrs->affn_scope = WQ_AFFN_SYSTEM;
	CHECK_INT(apply_workqueue_attrs(q, attrs), 0);
	free_workqueue_attrs(attrs);
}

/*
 * RULE(R1.15). An unbound workqueue has a counter for each node, and one for pools that span
 * several; bound ones have none.
 */
static void active_items_of_an_unbound_workqueue_are_counted_by_node(void)
{
	struct machine_config cfg = world_config(4);
	struct world w;

	cfg.nr_nodes = 2;
	nr = 0;
	world_start(&w, &cfg);
	q = make_wq("q", WQ_UNBOUND, 4);
	q2 = make_wq("q2", 0, 4);
	item_init(&a, "a", STEPS(BURN(1)));
	item_init(&b, "b", STEPS(BURN(1)));
	CHECK_NOT_NULL(q->node_nr_active);
	CHECK_NULL(q2->node_nr_active);
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a), UNTIL(25), CALL(queue_a_on_3), UNTIL(30), CALL(scope_system),
			    UNTIL(40), CALL(queue_a), CALL(queue_a_on_q2)));
	world_run(&w, 100);
	{
		static const int node[] = { 0, 1, -1 };
		unsigned int found = 0;
		struct ev_NODE_ACTIVE e;
		struct trace_event ev;

		for (uint64_t i = nth(&w, EV_QUEUE_WORK, "a", 1); i <= w.store.nr; i++)
			if (trace_store_event(&w.store, i, &ev) && trace_get_NODE_ACTIVE(&ev, &e) && e.nr == 1 &&
			    found < 3) {
				CHECK_INT(e.node, node[found]);
				found++;
			}
		CHECK_INT(found, 3);
	}
	CHECK_INT(katomic_peek(&q->node_nr_active[0].nr), 0);
	CHECK_INT(katomic_peek(&q->node_nr_active[2].nr), 0);
	world_stop(&w);
}

static struct workqueue_struct *other[4];

static void make_others(void *unused)
{
	struct workqueue_attrs *attrs = alloc_workqueue_attrs();

	(void)unused;
	for (int i = 0; i < 4; i++)
		other[i] = alloc_workqueue("o%d", WQ_UNBOUND | (i == 2 ? WQ_INT_ORDERED : 0), i == 2 ? 1 : 0, i);
	attrs->affn_scope = WQ_AFFN_NUMA;	/* with one cache and one node: the same CPUs */
	CHECK_INT(apply_workqueue_attrs(other[1], attrs), 0);
	attrs->nice = -3;
	CHECK_INT(apply_workqueue_attrs(other[3], attrs), 0);
	free_workqueue_attrs(attrs);
}

/*
 * RULE(R1.16). Scope and order belong to the workqueue; they do not distinguish pools, as the
 * nice value does.
 */
static void scope_and_order_do_not_distinguish_pools(void)
{
	struct world w;

	begin(&w, 2, WQ_UNBOUND, 0);
	machine_call(make_others, NULL);
	CHECK_PTR(other[1]->cpu_pwq[0]->pool, other[0]->cpu_pwq[0]->pool);
	CHECK_PTR(other[2]->cpu_pwq[0]->pool, other[0]->cpu_pwq[0]->pool);
	CHECK_NOT_PTR(other[3]->cpu_pwq[0]->pool, other[0]->cpu_pwq[0]->pool);
	CHECK_INT(other[3]->cpu_pwq[0]->pool->attrs.nice, -3);
	CHECK_INT(other[1]->unbound_attrs->affn_scope, WQ_AFFN_NUMA);
	CHECK_TRUE(other[2]->unbound_attrs->ordered);
	world_stop(&w);
}

static enum wq_affn_scope scope;

static void apply_scope(void *unused)
{
	struct workqueue_attrs *attrs = alloc_workqueue_attrs();

	(void)unused;
	attrs->affn_scope = scope;
	CHECK_INT(apply_workqueue_attrs(q, attrs), 0);
	free_workqueue_attrs(attrs);
}

/* RULE(R1.17). 16 CPUs, two nodes of two caches of two cores of two threads: pods of each scope. */
static void each_scope_cuts_the_cpus_into_pods(void)
{
	static const struct { enum wq_affn_scope scope; int cpus; bool one_node; } cases[] = {
		{ WQ_AFFN_CPU, 1, true }, { WQ_AFFN_SMT, 2, true }, { WQ_AFFN_CACHE, 4, true },
		{ WQ_AFFN_NUMA, 8, true }, { WQ_AFFN_SYSTEM, 16, false },
	};
	struct machine_config cfg = world_config(16);
	struct world w;

	cfg.nr_nodes = 2;
	cfg.cpus_per_llc = 4;
	cfg.smt = 2;
	cfg.threads_max = 400;
	world_start(&w, &cfg);
	q = make_wq("q", WQ_UNBOUND, 0);
	for (int c = 0; c < 5; c++) {
		scope = cases[c].scope;
		machine_call(apply_scope, NULL);
		for (int cpu = 0; cpu < 16; cpu++) {
			struct worker_pool *pool = q->cpu_pwq[cpu]->pool;
			int first = cpu / cases[c].cpus * cases[c].cpus;

			CHECK_INT(cpumask_weight(pool->attrs.pod_cpumask), cases[c].cpus);
			CHECK_INT(cpumask_first(pool->attrs.pod_cpumask), first);
			CHECK_PTR(pool, q->cpu_pwq[first]->pool);
			CHECK_INT(pool->node, cases[c].one_node ? cpu_to_node(cpu) : NUMA_NO_NODE);
		}
	}
	world_stop(&w);
}

/* ---- identity, early boot ---------------------------------------------------------------------------- */

static work_func_t reborn_as;

static void reborn(struct work_struct *work)
{
	(void)work;
	mach_sleep_ns(5 * MS);
}

static void reborn_other(struct work_struct *work)
{
	(void)work;
	mach_sleep_ns(5 * MS);
}

static struct work_struct memory;

static void first_life(void)
{
	init_work(&memory, reborn, "first", "reborn", 0);
	queue_work(q, &memory);
}

static void second_life(void)
{
	work_debug_free(&memory);	/* legal: it only runs */
	init_work(&memory, reborn_as, "second", reborn_as == reborn ? "reborn" : "reborn_other", 0);
	queue_work(q, &memory);
}

/*
 * RULE(R2.11). An item is freed by its own run, and another is allocated at the same address.  With
 * the same function the new item waits for that run; with another function it does not.
 */
static void item_at_the_address_of_a_running_one_waits_for_it(void)
{
	for (int same = 0; same < 2; same++) {
		struct world w;

		begin(&w, 1, 0, 0);
		warm_up(&w, 4);
		w.excused = "I1";
		reborn_as = same ? reborn : reborn_other;
		actor("t", 0, STEPS(UNTIL(30), CALL(first_life), SLEEP(2), CALL(second_life)));
		world_run(&w, 200);
		CHECK_INT(count(&w, EV_COLLIDE, "second"), (unsigned int)same);
		CHECK_INT(count(&w, EV_EXECUTE_END, "second"), 1);
		CHECK_NEAR(when(&w, EV_EXECUTE_START, "second", 1), same ? 35 : 32, 0.2);
		world_stop(&w);
	}
}

static struct work_struct early[3];
static bool early_ret[6];

static void early_fn(struct work_struct *work) { (void)work; }

static void boot_in_two_steps(void)
{
	workqueue_init_early();
	for (int i = 0; i < 3; i++)
		init_work(&early[i], early_fn, i == 0 ? "e0" : i == 1 ? "e1" : "e2", "early_fn", 0);
	q = alloc_workqueue("early", WQ_MEM_RECLAIM, 0);
	early_ret[0] = queue_work(system_wq, &early[0]);
	early_ret[1] = queue_work(q, &early[1]);
	early_ret[2] = queue_work(system_unbound_wq, &early[2]);
	early_ret[3] = flush_work(&early[0]);
	early_ret[4] = cancel_work_sync(&early[0]);
	early_ret[5] = q->rescuer;
	flush_workqueue(q);
	workqueue_init();
}

/*
 * RULE(R2.15). Between the stages of the boot there are no threads: items can be queued
 * and cancelled, flushing warns and returns.  Items run and rescuers start after the last stage.
 */
static void items_queued_before_workers_exist_run_when_they_do(void)
{
	struct machine_config cfg = world_config(2);
	struct world w;

	w = (struct world){ .borrowed = false };
	REQUIRE_INT(trace_open(&w.trace, -1, (size_t)64 << 20, 600000), 0);
	REQUIRE_INT(machine_start(&cfg, &w.trace, boot_in_two_steps), 0);
	world_run(&w, 100);
	CHECK_TRUE(early_ret[0]);
	CHECK_TRUE(early_ret[1]);
	CHECK_TRUE(early_ret[2]);
	CHECK_FALSE(early_ret[3]);
	CHECK_TRUE(early_ret[4]);
	CHECK_FALSE(early_ret[5]);
	CHECK_INT(printed(&w, "at __flush_work"), 2);	/* and at __flush_workqueue */
	CHECK_INT(count(&w, EV_EXECUTE_END, "e0"), 0);
	CHECK_INT(count(&w, EV_EXECUTE_END, "e1"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_END, "e2"), 1);
	CHECK_LT(nth(&w, EV_QUEUE_WORK, "e1", 1), nth(&w, EV_WORKER_CREATE, NULL, 1));
	CHECK_NOT_NULL(q->rescuer);
	world_stop(&w);
}

const struct test_case suite_conf_data[] = {
	T(function_reaches_its_object_through_the_item),
	T(only_the_owner_of_pending_touches_the_item),
	T(item_initialised_while_it_runs_is_forgotten),
	T(item_initialised_while_it_runs_may_run_twice_at_once),
	T(initialising_a_pending_item_is_reported),
	T(pending_is_set_while_the_next_run_has_an_owner),
	T(data_word_has_the_list_an_item_is_on),
	T(item_remembers_the_pool_of_its_last_run),
	T(timer_of_a_delayed_item_queues_on_the_requested_cpu),
	T(rcu_item_waits_for_a_grace_period_and_cannot_be_disabled),
	T(barrier_outlives_its_cancelled_target),
	T(active_items_of_an_unbound_workqueue_are_counted_by_node),
	T(scope_and_order_do_not_distinguish_pools),
	T(each_scope_cuts_the_cpus_into_pods),
	T(item_at_the_address_of_a_running_one_waits_for_it),
	T(items_queued_before_workers_exist_run_when_they_do),
	{ NULL, NULL }
};
