/*
 * tests/conf_cancel.c - cancel, disable, enable: return values and the state they leave.   Licence: MIT.
 */
#include "tests/support/world.h"

static struct item a, b, hog;
static struct workqueue_struct *q;
static int ret[16], n;

static void begin(struct world *w, int cpus, int max_active)
{
	struct machine_config cfg = world_config(cpus);

	n = 0;
	world_start(w, &cfg);
	settle(w);
	q = make_wq("q", 0, max_active);
}

static void queue_a(void) { ret[n++] = queue_work(q, WORK(&a)); }
static void queue_b(void) { queue_work(q, WORK(&b)); }
static void queue_hog(void) { queue_work(q, WORK(&hog)); }
static void cancel_a(void) { ret[n++] = cancel_work(WORK(&a)); }
static void cancel_a_sync(void) { ret[n++] = cancel_work_sync(WORK(&a)); }
static void disable_a(void) { ret[n++] = disable_work(WORK(&a)); }
static void disable_a_sync(void) { ret[n++] = disable_work_sync(WORK(&a)); }
static void enable_a(void) { ret[n++] = enable_work(WORK(&a)); }
static void enable_and_queue_a(void) { ret[n++] = enable_and_queue_work(q, WORK(&a)); }
static void flush_a(void) { flush_work(WORK(&a)); }

/*
 * RULE(R2.5). Cancelling an item that is pending behind a hog removes it and returns true; a
 * second cancel returns false.
 */
static void cancel_of_a_pending_item_returns_true_and_it_never_runs(void)
{
	struct world w;

	begin(&w, 1, 0);
	item_init(&a, "a", STEPS(BURN(1)));
	item_init(&hog, "hog", STEPS(BURN(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_hog), CALL(queue_a), CALL(cancel_a), CALL(cancel_a)));
	world_run(&w, 100);
	CHECK_INT(ret[0], 1);
	CHECK_INT(ret[1], 1);
	CHECK_INT(ret[2], 0);
	CHECK_INT(count(&w, EV_STEAL, "a"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 0);
	world_stop(&w);
}

/* RULE(R2.12). Cancelling an item that only runs returns false, and the plain form does not wait. */
static void cancel_of_a_running_item_returns_false_and_does_not_wait(void)
{
	struct world w;

	begin(&w, 2, 0);
	item_init(&a, "a", STEPS(BURN(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a)));
	actor("c", 1, STEPS(UNTIL(22), CALL(cancel_a)));
	world_run(&w, 100);
	CHECK_INT(ret[0], 1);
	CHECK_INT(ret[1], 0);
	CHECK_LT(nth(&w, EV_CANCEL, "a", 1), nth(&w, EV_EXECUTE_END, "a", 1));
	world_stop(&w);
}

/* RULE(R2.12). The _sync form waits for the run; true would mean "it was pending". */
static void cancel_work_sync_waits_for_the_run(void)
{
	struct world w;

	begin(&w, 2, 0);
	item_init(&a, "a", STEPS(BURN(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a)));
	actor("c", 1, STEPS(UNTIL(22), CALL(cancel_a_sync)));
	world_run(&w, 100);
	CHECK_INT(ret[1], 0);
	CHECK_LT(nth(&w, EV_EXECUTE_END, "a", 1), nth(&w, EV_CANCEL_END, "a", 1));
	world_stop(&w);
}

/*
 * RULE(R2.12). The item requeues itself: during the cancel that is refused, so the cancel returns
 * false and the item is idle.
 */
static void cancel_work_sync_ends_an_item_that_requeues_itself(void)
{
	struct world w;

	begin(&w, 2, 0);
	item_init(&a, "a", STEPS(BURN(5), CALL(queue_a)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a)));
	actor("c", 1, STEPS(UNTIL(22), CALL(cancel_a_sync)));
	CHECK_INT(world_run(&w, 100), STOP_IDLE);
	CHECK_INT(ret[0], 1);
	CHECK_INT(ret[1], 0);
	CHECK_INT(ret[2], 0);	/* queue, its own requeue, cancel */
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 1);
	world_stop(&w);
}

/* RULE(R2.6). An inactive item with a flusher is cancelled: the flush must return. */
static void cancel_of_an_inactive_item_frees_its_flusher(void)
{
	struct world w;

	begin(&w, 2, 1);
	item_init(&a, "a", STEPS(BURN(1)));
	item_init(&hog, "hog", STEPS(BURN(10)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_hog), CALL(queue_a)));
	actor("f", 1, STEPS(UNTIL(21), CALL(flush_a)));
	actor("c", 1, STEPS(UNTIL(22), CALL(cancel_a)));
	CHECK_INT(world_run(&w, 100), STOP_IDLE);
	CHECK_INT(ret[1], 1);
	CHECK_INT(field(&w, EV_STEAL, "a", 1, "was_inactive"), 1);
	CHECK_INT(count(&w, EV_FLUSH_WORK_END, "a"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 0);
	world_stop(&w);
}

/* RULE(R5.16). The slot of a cancelled active item goes to the next waiting item. */
static void cancel_of_an_active_item_hands_its_slot_on(void)
{
	struct world w;

	begin(&w, 2, 2);
	item_init(&a, "a", STEPS(BURN(1)));
	item_init(&b, "b", STEPS(BURN(1)));
	item_init(&hog, "hog", STEPS(BURN(10)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_hog), CALL(queue_a), CALL(queue_b)));
	actor("c", 1, STEPS(UNTIL(22), CALL(cancel_a)));
	world_run(&w, 100);
	CHECK_INT(count(&w, EV_INACTIVE, "b"), 1);
	CHECK_NEAR(when(&w, EV_ACTIVATE_WORK, "b", 1), 22, 0.1);
	CHECK_TRUE(query_led(&w, nth(&w, EV_STEAL, "a", 1), nth(&w, EV_ACTIVATE_WORK, "b", 1)));
	world_stop(&w);
}

/* RULE(R2.7). Each enable undoes one disable: queueing works again at depth 0 only. */
static void disable_counts_and_queueing_fails_until_the_last_enable(void)
{
	struct world w;

	begin(&w, 1, 0);
	item_init(&a, "a", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(disable_a), CALL(disable_a), CALL(queue_a), CALL(enable_a),
			    CALL(queue_a), CALL(enable_a), CALL(queue_a)));
	world_run(&w, 100);
	CHECK_INT(ret[0], 0);
	CHECK_INT(ret[1], 0);		/* was not pending */
	CHECK_INT(ret[2], 0);
	CHECK_INT(ret[3], 0);		/* refused; depth 1 left */
	CHECK_INT(ret[4], 0);
	CHECK_INT(ret[5], 1);
	CHECK_INT(ret[6], 1);
	CHECK_INT(field(&w, EV_DISABLE, "a", 2, "depth"), 2);
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 1);
	world_stop(&w);
}

/* RULE(R2.12). disable_work_sync() waits for the run, and the item stays disabled. */
static void disable_work_sync_waits_and_keeps_the_item_out(void)
{
	struct world w;

	begin(&w, 2, 0);
	item_init(&a, "a", STEPS(BURN(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a)));
	actor("c", 1, STEPS(UNTIL(22), CALL(disable_a_sync), CALL(queue_a), CALL(enable_and_queue_a)));
	world_run(&w, 100);
	CHECK_LT(nth(&w, EV_EXECUTE_END, "a", 1), nth(&w, EV_CANCEL_END, "a", 1));
	CHECK_INT(ret[1], 0);
	CHECK_INT(ret[2], 0);
	CHECK_INT(ret[3], 1);
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 2);
	world_stop(&w);
}

/*
 * RULE(R2.8). enable_work() on a pending item that is not disabled warns, returns true, and the
 * run is lost.
 */
static void enable_of_a_pending_item_loses_its_run(void)
{
	struct world w;

	begin(&w, 1, 0);
	item_init(&a, "a", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a), CALL(enable_a)));
	world_run(&w, 100);
	CHECK_INT(ret[0], 1);
	CHECK_INT(ret[1], 1);
	CHECK_INT(printed(&w, "work disable count underflowed"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 0);
	world_stop(&w);
}

/*
 * RULE(R5.16, R2.5, I25). The item waits behind its own run, on that worker's list, so no worker has been
 * woken for it.  Its slot goes to another item, and 6.12 wakes no worker for that one either: it waits for the first
 * worker of the pool that looks at the worklist.
 */
static void slot_of_an_item_on_a_workers_own_list_wakes_no_worker(void)
{
	struct world w;

	begin(&w, 2, 2);
	item_init(&a, "a", STEPS(SLEEP(100)));
	item_init(&b, "b", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a), UNTIL(25), CALL(queue_a), UNTIL(26), CALL(queue_b)));
	actor("c", 1, STEPS(UNTIL(30), CALL(cancel_a)));
	world_run(&w, 200);
	CHECK_INT(ret[0], 1);
	CHECK_INT(ret[1], 1);
	CHECK_INT(ret[2], 1);
	CHECK_INT(count(&w, EV_COLLIDE, "a"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 1);
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "b", 1), 120, 0.5);
	world_stop(&w);
}

const struct test_case suite_conf_cancel[] = {
	T(cancel_of_a_pending_item_returns_true_and_it_never_runs),
	T(cancel_of_a_running_item_returns_false_and_does_not_wait),
	T(cancel_work_sync_waits_for_the_run),
	T(cancel_work_sync_ends_an_item_that_requeues_itself),
	T(cancel_of_an_inactive_item_frees_its_flusher),
	T(cancel_of_an_active_item_hands_its_slot_on),
	T(disable_counts_and_queueing_fails_until_the_last_enable),
	T(disable_work_sync_waits_and_keeps_the_item_out),
	T(enable_of_a_pending_item_loses_its_run),
	T(slot_of_an_item_on_a_workers_own_list_wakes_no_worker),
	{ NULL, NULL }
};
