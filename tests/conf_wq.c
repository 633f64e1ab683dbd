/*
 * tests/conf_wq.c - workqueues of the system, flags, destruction, shared pools.   Licence: MIT.
 */
#include "tests/support/world.h"

#pragma GCC diagnostic ignored "-Wattribute-warning"

#include <stdlib.h>
#include <string.h>

static struct item a, b;
static struct workqueue_struct *q;
static int ret[8], n;

static void begin(struct world *w, int cpus)
{
	struct machine_config cfg = world_config(cpus);

	n = 0;
	world_start(w, &cfg);
	settle(w);
}

static void queue_a(void) { ret[n++] = queue_work(q, WORK(&a)); }
static void queue_b(void) { ret[n++] = queue_work(q, WORK(&b)); }
static void queue_a_twice_named(void)
{
	ret[n++] = queue_work(system_wq, WORK(&a));
	ret[n++] = queue_work(system_percpu_wq, WORK(&b));
}
/* one place, called twice, and another; the compiler warns here, as it should */
static void flush_system(void)
{
	flush_workqueue(system_wq);
}
static void flush_long(void)
{
	flush_workqueue(system_long_wq);
}
static void flush_own(void) { flush_workqueue(q); }
static void queue_a_on_events(void) { queue_work(system_wq, WORK(&a)); }
static void destroy(void) { destroy_workqueue(q); }

/* RULE(R14.1). Two workqueues called "events": flushing one does not wait for the other. */
static void the_two_events_workqueues_are_flushed_apart(void)
{
	struct world w;

	begin(&w, 2);
	CHECK_NOT_PTR(system_wq, system_percpu_wq);
	CHECK_STR(workqueue_name(system_wq), "events");
	CHECK_STR(workqueue_name(system_percpu_wq), "events");
	item_init(&a, "a", STEPS(SLEEP(2)));
	item_init(&b, "b", STEPS(SLEEP(20)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a_twice_named), CALL(flush_system)));
	world_run(&w, 200);
	CHECK_NEAR(when(&w, EV_FLUSH_WQ_END, "events", 1), 22, 0.5);
	world_stop(&w);
}

/* RULE(R6.14). The warning is printed once for each calling place; the flush happens each time. */
static void flushing_a_system_workqueue_is_warned_about_once_a_place(void)
{
	struct world w;

	begin(&w, 1);
	q = make_wq("q", 0, 0);
	item_init(&a, "a", STEPS(SLEEP(2)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a_on_events), CALL(flush_system), CALL(flush_system),
			    CALL(flush_long), CALL(flush_own)));
	world_run(&w, 200);
	CHECK_INT(printed(&w, "Flushing system-wide workqueues will be prohibited"), 2);
	CHECK_INT(printed(&w, "(events at tests/conf_wq.c:"), 1);
	CHECK_INT(printed(&w, "(events_long at tests/conf_wq.c:"), 1);
	CHECK_LT(nth(&w, EV_EXECUTE_END, "a", 1), nth(&w, EV_FLUSH_WQ_END, "events", 1));
	world_stop(&w);
}

/* RULE(R5.29). destroy_workqueue() drains first: pending and inactive items run, and chained ones too. */
static void destroy_workqueue_drains_first(void)
{
	struct world w;

	begin(&w, 2);
	q = make_wq("q", WQ_MEM_RECLAIM, 1);
	item_init(&a, "a", STEPS(BURN(2), CALL(queue_b)));
	item_init(&b, "b", STEPS(BURN(2)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a)));
	actor("d", 1, STEPS(UNTIL(21), CALL(destroy)));
	CHECK_INT(world_run(&w, 200), STOP_IDLE);
	CHECK_INT(count(&w, EV_EXECUTE_END, "b"), 1);
	CHECK_LT(nth(&w, EV_EXECUTE_END, "b", 1), nth(&w, EV_WQ_FREE, "q", 1));
	CHECK_INT(field(&w, EV_WQ_FREE, "q", 1, "leaked"), 0);
	CHECK_INT(count(&w, EV_PWQ_FREE, NULL), 2);
	CHECK_INT(count(&w, EV_WORKER_DIE, "kworker/R-q"), 1);
	world_stop(&w);
}

/* RULE(R5.26). An ordered workqueue cannot be in sysfs: refused, with a reason. */
static void impossible_flags_are_refused(void)
{
	struct world w;

	begin(&w, 1);
	CHECK_NULL(make_wq("bad", WQ_UNBOUND | WQ_INT_ORDERED | WQ_SYSFS, 1));
	CHECK_INT(count(&w, EV_WQ_REFUSED, NULL), 1);
	world_stop(&w);
}

/* RULE(R9.9). Unbound workqueues of equal attributes share pools; another nice value needs new ones. */
static void unbound_workqueues_share_pools_by_attributes(void)
{
	struct world w;
	unsigned int pools;

	begin(&w, 2);
	pools = count(&w, EV_POOL_NEW, NULL);
	CHECK_INT(pools, 2 * 2 + 1);		/* one cache: one unbound pool */
	make_wq("u1", WQ_UNBOUND, 0);
	CHECK_INT(count(&w, EV_POOL_NEW, NULL), pools);
	q = make_wq("u2", WQ_UNBOUND | WQ_HIGHPRI, 0);
	CHECK_INT(count(&w, EV_POOL_NEW, NULL), pools + 1);
	CHECK_INT(field(&w, EV_POOL_NEW, NULL, pools + 1, "nice"), -20);
	actor("d", 1, STEPS(UNTIL(21), CALL(destroy)));
	world_run(&w, 200);
	CHECK_INT(count(&w, EV_POOL_FREE, NULL), 1);	/* R3.15: its last pwq went */
	world_stop(&w);
}

/* RULE(R9.4, R9.11). Two nodes, two caches: an item stays in the pod of its submitter. */
static void unbound_items_go_to_the_pool_of_the_submitters_cache(void)
{
	struct machine_config cfg = world_config(4);
	struct world w;

	cfg.nr_nodes = 2;
	n = 0;
	world_start(&w, &cfg);
	settle(&w);
	q = make_wq("u", WQ_UNBOUND, 0);
	item_init(&a, "a", STEPS(BURN(1)));
	item_init(&b, "b", STEPS(BURN(1)));
	actor("t0", 0, STEPS(UNTIL(20), CALL(queue_a)));
	actor("t3", 3, STEPS(UNTIL(20), CALL(queue_b)));
	world_run(&w, 200);
	CHECK_NE(field(&w, EV_QUEUE_WORK, "a", 1, "pool"), field(&w, EV_QUEUE_WORK, "b", 1, "pool"));
	CHECK_INT(field(&w, EV_QUEUE_WORK, "a", 1, "cpu"), -1);
	world_stop(&w);
}

static void leak(void)
{
	preempt_disable();
}

static struct mutex kept;

static void keep(void)
{
	mutex_lock(&kept);
}

/* RULE(R3.16). So is one that returns with a mutex locked; the log has the lines only if lock orders are proven. */
static void kept_mutex_is_reported(void)
{
	for (int lockdep = 0; lockdep < 2; lockdep++) {
		struct machine_config cfg = world_config(1);
		struct world w;
		int i = 0;

		while (cfg.params[i].name)
			i++;
		cfg.params[i] = (struct mach_param){ "lockdep", lockdep };
		world_start(&w, &cfg);
		mutex_init(&kept, "kept");
		q = make_wq("q", 0, 0);
		item_init(&a, "a", STEPS(CALL(keep)));
		actor("t", 0, STEPS(UNTIL(20), CALL(queue_a)));
		world_run(&w, 200);
		CHECK_INT(reported(&w, "BUG: workqueue leaked atomic, lock or RCU: kworker/0:"), 1);
		CHECK_INT(printed(&w, "lock=0->1 RCU=0->0 workfn=a"), lockdep);
		world_stop(&w);
	}
}

/* RULE(R3.16). A function that returns with preemption off is reported; the worker goes on. */
static void leaked_preempt_count_is_reported_and_repaired(void)
{
	struct world w;

	begin(&w, 1);
	q = make_wq("q", 0, 0);
	item_init(&a, "a", STEPS(CALL(leak)));
	item_init(&b, "b", STEPS(SLEEP(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a), CALL(queue_b)));
	CHECK_INT(world_run(&w, 200), STOP_IDLE);
	CHECK_INT(printed(&w, "BUG: workqueue leaked atomic, lock or RCU: kworker/0:"), 1);
	CHECK_INT(printed(&w, "     preempt=0x00000001 lock=0->0 RCU=0->0 workfn="), 1);
	CHECK_INT(printed(&w, "WARNING: CPU"), 0);
	CHECK_NEAR(when(&w, EV_EXECUTE_END, "b", 1) - when(&w, EV_EXECUTE_START, "b", 1), 1, 0.1);
	CHECK_INT(count(&w, EV_BUG, NULL), 1);
	world_stop(&w);
}

/* RULE(R5.18). A name is cut after 31 characters, with one warning. */
static void long_name_is_cut_with_one_warning(void)
{
	struct world w;

	begin(&w, 1);
	q = make_wq("a_name_that_is_rather_longer_than_it_may_be", 0, 0);
	CHECK_INT(strlen(workqueue_name(q)), 31);
	CHECK_INT(printed(&w, "workqueue: name exceeds WQ_NAME_LEN. Truncating to: a_name_that_is_rather_longer_th"), 1);
	CHECK_PTR(workqueue_by_name(workqueue_name(q)), q);
	world_stop(&w);
}

/* The same run twice in one process: the same bytes. */
static void same_seed_gives_the_same_bytes_in_one_process(void)
{
	uint8_t *first = NULL;
	uint64_t bytes = 0;
	int run;

	for (run = 0; run < 2; run++) {
		struct world w;

		begin(&w, 4);
		q = make_wq("q", WQ_UNBOUND, 2);
		item_init(&a, "a", STEPS(SLEEP(3)));
		item_init(&b, "b", STEPS(BURN(3), SLEEP(1)));
		actor("t0", 0, STEPS(UNTIL(20), CALL(queue_a), CALL(queue_b)));
		actor("t1", 1, STEPS(UNTIL(20), CALL(queue_b), CALL(queue_a)));
		world_run(&w, 100);
		if (!run) {
			bytes = w.trace.used;
			first = malloc(bytes);
			REQUIRE_NOT_NULL(first);
			memcpy(first, w.trace.base, bytes);
		} else {
			CHECK_INT(bytes, w.trace.used);
			CHECK_MEM(first, w.trace.base, bytes);
		}
		world_stop(&w);
	}
	free(first);
}

const struct test_case suite_conf_wq[] = {
	T(the_two_events_workqueues_are_flushed_apart),
	T(flushing_a_system_workqueue_is_warned_about_once_a_place),
	T(destroy_workqueue_drains_first),
	T(impossible_flags_are_refused),
	T(unbound_workqueues_share_pools_by_attributes),
	T(unbound_items_go_to_the_pool_of_the_submitters_cache),
	T(leaked_preempt_count_is_reported_and_repaired),
	T(kept_mutex_is_reported),
	T(long_name_is_cut_with_one_warning),
	T(same_seed_gives_the_same_bytes_in_one_process),
	{ NULL, NULL }
};
