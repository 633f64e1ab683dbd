/*
 * tests/conf_freeze.c - freezing and thawing of workqueues.   Licence: MIT.
 */
#include "tests/support/world.h"

static struct item f0, f1, w0;
static struct workqueue_struct *qf, *q, *late;
static int freeze_ret;
static bool cancelled, flushed;

static void queue_f(void)
{
	queue_work(qf, WORK(&f0));
	queue_work(qf, WORK(&f1));
}

static void queue_all(void)
{
	queue_f();
	queue_work(q, WORK(&w0));
}

static void freeze_300(void)
{
	freeze_ret = workqueue_freeze(300);
}

static void freezer_world(struct world *w, unsigned int flags, int max_active)
{
	struct machine_config cfg = world_config(2);

	freeze_ret = 1;
	cancelled = flushed = false;
	world_start(w, &cfg);
	settle(w);
	qf = make_wq("qf", WQ_FREEZABLE | flags, max_active);
	q = make_wq("q", flags, 0);
}

/*
 * RULE(R10.7, R5.21, I52). Running items end, queued items wait, other workqueues continue; the
 * thaw activates the waiting items.
 */
static void frozen_workqueue_starts_nothing(unsigned int flags)
{
	struct world w;

	freezer_world(&w, flags, 0);
	item_init(&f0, "f0", STEPS(BURN(10)));
	item_init(&f1, "f1", STEPS(BURN(10)));
	item_init(&w0, "w0", STEPS(BURN(10)));
	actor("fz", 1, STEPS(UNTIL(20), CALL(freeze_300), UNTIL(500), CALL(thaw_workqueues)));
	actor("t", 0, STEPS(UNTIL(100), CALL(queue_all)));
	CHECK_INT(world_run(&w, 2000), STOP_IDLE);
	CHECK_INT(freeze_ret, 0);
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "w0", 1), 100, 1);
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "f0", 1), 500, 1);
	CHECK_INT(count(&w, EV_EXECUTE_END, "f1"), 1);
	CHECK_INT(count(&w, EV_INACTIVE, "f0"), 1);
	CHECK_INT(count(&w, EV_INACTIVE, "f1"), 1);
	CHECK_INT(count(&w, EV_FREEZE, NULL), 3);
	world_stop(&w);
}

static void frozen_bound_workqueue_starts_nothing(void)
{
	frozen_workqueue_starts_nothing(0);
}

static void frozen_unbound_workqueue_starts_nothing(void)
{
	frozen_workqueue_starts_nothing(WQ_UNBOUND);
}

/*
 * RULE(R10.7). The freeze is complete when no item is active: it waits for the running item, not
 * for the inactive one.
 */
static void freezing_waits_for_active_items(void)
{
	struct world w;

	freezer_world(&w, 0, 1);
	item_init(&f0, "f0", STEPS(SLEEP(100)));
	item_init(&f1, "f1", STEPS(BURN(5)));
	actor("t", 0, STEPS(CALL(queue_f), UNTIL(20), CALL(freeze_300), UNTIL(400), CALL(thaw_workqueues)));
	CHECK_INT(world_run(&w, 2000), STOP_IDLE);
	CHECK_INT(freeze_ret, 0);
	CHECK_GE(when(&w, EV_FREEZE, NULL, 2), 100);
	CHECK_LT(when(&w, EV_FREEZE, NULL, 2), 110);
	CHECK_INT(field(&w, EV_FREEZE, NULL, 2, "state"), 2);
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "f1", 1), 400, 1);
	world_stop(&w);
}

/*
 * RULE(R10.7, R12.9). A freeze that takes too long fails: the log names freezable items only, and
 * all items continue.
 */
static void freezing_that_takes_too_long_fails_and_names_the_items(void)
{
	struct world w;

	freezer_world(&w, 0, 1);
	item_init(&f0, "f0", STEPS(SLEEP(900)));
	item_init(&f1, "f1", STEPS(BURN(5)));
	item_init(&w0, "w0", STEPS(SLEEP(900)));
	actor("t", 0, STEPS(CALL(queue_all), UNTIL(20), CALL(freeze_300)));
	CHECK_INT(world_run(&w, 3000), STOP_IDLE);
	CHECK_INT(freeze_ret, -EBUSY);
	CHECK_NEAR(when(&w, EV_FREEZE, NULL, 3), 325, 10);	/* thawed, after 3: failed */
	CHECK_INT(field(&w, EV_FREEZE, NULL, 2, "state"), 3);
	CHECK_INT(field(&w, EV_FREEZE, NULL, 3, "state"), 0);
	CHECK_INT(printed(&w, "Showing freezable workqueues that are still busy:"), 1);
	CHECK_INT(printed(&w, "workqueue qf: flags=0x4"), 1);
	CHECK_INT(printed(&w, ":f0"), 1);
	CHECK_INT(printed(&w, "    inactive: f1"), 1);
	CHECK_INT(printed(&w, "workqueue q:"), 0);
	CHECK_INT(printed(&w, "w0"), 0);
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "f1", 1), 900, 1);
	world_stop(&w);
}

static void make_late(void)
{
	late = alloc_workqueue("late", WQ_FREEZABLE, 3);
	queue_work(late, WORK(&w0));
	mod_delayed_work(qf, &f0.d, 20);
	queue_work(qf, WORK(&f1));
}

static void cancel_f1(void)
{
	cancelled = cancel_work_sync(WORK(&f1));
}


static void flush_qf(void)
{
	flush_workqueue(qf);
	flushed = true;
}

/*
 * RULE(R10.8). While the system is frozen, new freezable workqueues are frozen, timers fire,
 * cancels work, and flushes wait for the thaw.
 */
static void calls_that_work_while_frozen(void)
{
	struct world w;

	freezer_world(&w, 0, 0);
	item_init(&f0, "f0", STEPS(BURN(1)));
	item_init(&f1, "f1", STEPS(BURN(1)));
	item_init(&w0, "w0", STEPS(BURN(1)));
	actor("t", 0, STEPS(CALL(freeze_300), CALL(make_late), UNTIL(100), CALL(cancel_f1), CALL(flush_qf)));
	actor("thaw", 1, STEPS(UNTIL(300), CALL(thaw_workqueues)));
	world_pass(&w, 200);
	CHECK_INT(freeze_ret, 0);
	CHECK_TRUE(cancelled);
	CHECK_FALSE(flushed);
	CHECK_GT(count(&w, EV_TIMER_EXPIRE, NULL), 0);
	CHECK_INT(count(&w, EV_INACTIVE, "f0"), 1);
	CHECK_TRUE(count(&w, EV_EXECUTE_START, NULL) == 0 || count(&w, EV_EXECUTE_START, "qf") == 0);
	CHECK_INT(count(&w, EV_EXECUTE_START, "late"), 0);
	CHECK_INT(world_run(&w, 2000), STOP_IDLE);
	CHECK_TRUE(flushed);
	CHECK_GE(when(&w, EV_EXECUTE_START, "f0", 1), 300);
	CHECK_GE(when(&w, EV_EXECUTE_START, "w0", 1), 300);
	CHECK_INT(count(&w, EV_EXECUTE_START, "f1"), 0);
	world_stop(&w);
}

static void schedule_f0(void)
{
	queue_work_on(0, system_wq, WORK(&f0));
}

static void queue_f1(void)
{
	queue_work(qf, WORK(&f1));
}

static void flush_f1(void)
{
	flush_work(WORK(&f1));
	flushed = true;
}

/*
 * RULE(R10.8, R2.6, I25). The barrier of an item that is cancelled while frozen is on the worklist of a pool that
 * sleeps: its flusher goes on when an item of another workqueue brings a worker there.
 */
static void flusher_of_a_cancelled_item_waits_for_the_next_worker(void)
{
	struct world w;

	freezer_world(&w, 0, 0);
	item_init(&f1, "f1", STEPS(BURN(1)));
	actor("t", 0, STEPS(CALL(freeze_300), CALL(queue_f1), UNTIL(100), CALL(cancel_f1)));
	actor("f", 0, STEPS(UNTIL(50), CALL(flush_f1), CALL(thaw_workqueues)));
	item_init(&f0, "f0", STEPS(BURN(1)));
	actor("s", 1, STEPS(UNTIL(160), CALL(schedule_f0)));
	CHECK_INT(world_run(&w, 2000), STOP_IDLE);
	CHECK_TRUE(cancelled);
	CHECK_TRUE(flushed);
	CHECK_NEAR(when(&w, EV_FREEZE, NULL, 3), 160, 1);
	world_stop(&w);
}

static void queue_f0(void)
{
	queue_work(qf, WORK(&f0));
}

static void queue_f1_elsewhere(void)
{
	queue_work_on(1, qf, WORK(&f1));
}

/*
 * RULE(R10.7, R5.13, R5.21). The pwq of an item that is cancelled while frozen stays in its node's line: after the thaw its
 * next item waits until another pwq of the node releases a slot.
 */
static void pwq_stays_in_line_for_an_item_cancelled_while_frozen(void)
{
	struct world w;

	freezer_world(&w, WQ_UNBOUND, 3);
	item_init(&f0, "f0", STEPS(BURN(1)));
	item_init(&f1, "f1", STEPS(BURN(1)));
	actor("t", 0, STEPS(CALL(freeze_300), CALL(queue_f1), CALL(cancel_f1), CALL(thaw_workqueues), UNTIL(400),
			    CALL(queue_f0), UNTIL(500), CALL(queue_f1_elsewhere)));
	CHECK_INT(world_run(&w, 2000), STOP_IDLE);
	CHECK_TRUE(cancelled);
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "f1", 1), 500, 0.5);
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "f0", 1), 501, 0.5);
	world_stop(&w);
}

static void thaw(void *unused)
{
	(void)unused;
	thaw_workqueues();
}

static int freeze_rets[2];

static void freeze_first(void) { freeze_rets[0] = workqueue_freeze(300); }
static void freeze_second(void) { freeze_rets[1] = workqueue_freeze(300); }

/* RULE(R10.7). Two threads freeze at one time: one does it, the other gets -EBUSY, whatever the seed. */
static void of_two_threads_one_freezes(void)
{
	for (unsigned int seed = 1; seed <= 20; seed++) {
		struct machine_config cfg = world_config(2);
		struct world w;

		cfg.seed = seed;
		cfg.vary_costs = true;
		world_start(&w, &cfg);
		qf = make_wq("qf", WQ_FREEZABLE, 0);
		actor("t0", 0, STEPS(UNTIL(20), CALL(freeze_first)));
		actor("t1", 1, STEPS(UNTIL(20), CALL(freeze_second)));
		world_run(&w, 1000);
		CHECK_INT(freeze_rets[0] + freeze_rets[1], -EBUSY);
		CHECK_INT(count(&w, EV_BUG, NULL), 0);
		machine_call(thaw, NULL);
		world_stop(&w);
	}
}

static void twice(void)
{
	freeze_workqueues_busy();
	freeze_workqueues_begin();
	freeze_workqueues_begin();
	freeze_300();		/* frozen already */
	thaw_workqueues();
	thaw_workqueues();	/* harmless */
}

/* RULE(R10.7). Out of sequence warns. */
static void calls_out_of_sequence_are_reported(void)
{
	struct world w;

	freezer_world(&w, 0, 0);
	actor("t", 0, STEPS(CALL(twice)));
	CHECK_INT(world_run(&w, 1000), STOP_IDLE);
	CHECK_INT(count(&w, EV_BUG, NULL), 2);
	CHECK_INT(freeze_ret, -EBUSY);
	world_stop(&w);
}

const struct test_case suite_conf_freeze[] = {
	T(frozen_bound_workqueue_starts_nothing),
	T(frozen_unbound_workqueue_starts_nothing),
	T(freezing_waits_for_active_items),
	T(freezing_that_takes_too_long_fails_and_names_the_items),
	T(calls_that_work_while_frozen),
	T(flusher_of_a_cancelled_item_waits_for_the_next_worker),
	T(pwq_stays_in_line_for_an_item_cancelled_while_frozen),
	T(calls_out_of_sequence_are_reported),
	T(of_two_threads_one_freezes),
	{ NULL, NULL }
};
