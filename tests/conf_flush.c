/*
 * tests/conf_flush.c - waiting: barriers, colours, draining.   Licence: MIT.
 */
#include "tests/support/world.h"
#include "workqueue/wq_internal.h"

static struct item it[20];
static struct workqueue_struct *q, *q2;
static int ret[8];

static void begin(struct world *w, int cpus, unsigned int flags, int max_active)
{
	struct machine_config cfg = world_config(cpus);

	world_start(w, &cfg);
	settle(w);
	q = make_wq("q", flags, max_active);
}

#define QUEUES(n) static void queue_##n(void) { queue_work(q, WORK(&it[n])); }
QUEUES(0)
QUEUES(1)
QUEUES(2)
QUEUES(3)

static void flush_0(void)
{
	ret[0] = flush_work(WORK(&it[0]));
}

static void flush_1(void)
{
	ret[1] = flush_work(WORK(&it[1]));
}

static void flush_q(void)
{
	flush_workqueue(q);
}

/* RULE(R6.1). Flushing an idle item returns false at once and queues no barrier. */
static void flush_of_an_idle_item_returns_false(void)
{
	struct world w;

	begin(&w, 1, 0, 0);
	item_init(&it[0], "a", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(flush_0)));
	world_run(&w, 100);
	CHECK_INT(ret[0], 0);
	CHECK_INT(count(&w, EV_BARRIER, "a"), 0);
	world_stop(&w);
}

/* RULE(R6.2). For a running item the barrier goes to the head of the worker's scheduled list. */
static void flush_of_a_running_item_returns_after_its_end(void)
{
	struct world w;

	begin(&w, 2, 0, 0);
	item_init(&it[0], "a", STEPS(BURN(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0)));
	actor("f", 1, STEPS(UNTIL(22), CALL(flush_0)));
	world_run(&w, 100);
	CHECK_INT(ret[0], 1);
	CHECK_INT(field(&w, EV_BARRIER, "a", 1, "worker"), field(&w, EV_EXECUTE_START, "a", 1, "worker"));
	CHECK_LT(nth(&w, EV_EXECUTE_END, "a", 1), nth(&w, EV_FLUSH_WORK_END, "a", 1));
	CHECK_TRUE(query_led(&w, nth(&w, EV_EXECUTE_END, "a", 1), nth(&w, EV_FLUSH_WORK_END, "a", 1)));
	world_stop(&w);
}

/* RULE(R6.3). Two flushers of one queued item: the chain is target, newest, oldest; all in one worker. */
static void two_flushers_of_a_queued_item_both_return_after_it(void)
{
	struct world w;

	begin(&w, 2, 0, 0);
	item_init(&it[0], "a", STEPS(BURN(1)));
	item_init(&it[1], "hog", STEPS(BURN(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_1), CALL(queue_0)));
	actor("f", 1, STEPS(UNTIL(21), CALL(flush_0)));
	actor("g", 1, STEPS(UNTIL(22), CALL(flush_0)));
	world_run(&w, 100);
	CHECK_INT(count(&w, EV_BARRIER, "a"), 2);
	CHECK_INT(field(&w, EV_BARRIER, "a", 1, "worker"), 0);
	CHECK_INT(count(&w, EV_FLUSH_WORK_END, "a"), 2);
	CHECK_LT(nth(&w, EV_EXECUTE_END, "a", 1), nth(&w, EV_FLUSH_WORK_END, "a", 1));
	world_stop(&w);
}

/* RULE(R6.5). The flush does not wait for a run that the function itself queued again. */
static void flush_covers_only_the_last_queueing_at_its_call(void)
{
	struct world w;

	begin(&w, 2, 0, 0);
	item_init(&it[0], "a", STEPS(BURN(5), CALL(queue_0)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0)));
	actor("f", 1, STEPS(UNTIL(22), CALL(flush_0)));
	w.excused = "I8";
	world_run(&w, 40);
	CHECK_INT(count(&w, EV_FLUSH_WORK_END, "a"), 1);
	CHECK_LT(when(&w, EV_FLUSH_WORK_END, "a", 1), when(&w, EV_EXECUTE_END, "a", 2));
	world_stop(&w);
}

static void flush_self(void)
{
	flush_work(current_work());
}

/* RULE(R2.14). An item that waits for itself is reported, and then waits for ever. */
static void flushing_oneself_is_reported_and_blocks_for_ever(void)
{
	struct world w;

	begin(&w, 1, 0, 0);
	item_init(&it[0], "a", STEPS(CALL(flush_self)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0)));
	CHECK_INT(world_run_out(&w, 1000), STOP_NO_FUTURE);
	CHECK_INT(printed(&w, "possible recursive locking detected"), 1);
	CHECK_INT(field(&w, EV_BUG, NULL, 1, "kind"), BUG_WAIT_CYCLE);
	CHECK_INT(count(&w, EV_EXECUTE_END, "a"), 0);
	w.excused = "I8";
	world_stop(&w);
}

/* RULE(R6.12). A flush does not wait for an item that was queued after the flush began. */
static void flush_workqueue_ignores_items_queued_after_it_began(void)
{
	struct world w;

	begin(&w, 2, 0, 0);
	item_init(&it[0], "a", STEPS(BURN(5)));
	item_init(&it[1], "late", STEPS(SLEEP(1000)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), SLEEP(2), CALL(queue_1)));
	actor("f", 1, STEPS(UNTIL(21), CALL(flush_q)));
	world_run(&w, 100);
	CHECK_INT(count(&w, EV_FLUSH_WQ_END, "q"), 1);
	CHECK_LT(nth(&w, EV_EXECUTE_END, "a", 1), nth(&w, EV_FLUSH_WQ_END, "q", 1));
	CHECK_INT(count(&w, EV_EXECUTE_END, "late"), 0);
	world_run(&w, 3000);
	world_stop(&w);
}

/*
 * RULE(R6.13). The worked example: A on CPU 0 and B on CPU 1 have colour 0, C 1,
 * D 3; T1 waits for A and B, T2 for C; T3 has no item of its own and returns after T2.
 */
static void colours_follow_the_worked_example(void)
{
	struct world w;

	begin(&w, 4, 0, 0);
	item_init(&it[0], "A", STEPS(BURN(10)));
	item_init(&it[1], "B", STEPS(BURN(12)));
	item_init(&it[2], "C", STEPS(BURN(8)));
	item_init(&it[3], "D", STEPS(BURN(30)));
	actor("a", 0, STEPS(UNTIL(20), CALL(queue_0), UNTIL(22), CALL(queue_2)));
	actor("b", 1, STEPS(UNTIL(20), CALL(queue_1), UNTIL(25), CALL(queue_3)));
	actor("T1", 2, STEPS(UNTIL(21), CALL(flush_q)));
	actor("T2", 2, STEPS(UNTIL(23), CALL(flush_q)));
	actor("T3", 2, STEPS(UNTIL(24), CALL(flush_q)));
	world_run(&w, 200);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "A", 1, "color"), 0);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "C", 1, "color"), 1);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "D", 1, "color"), 3);
	CHECK_INT(field(&w, EV_FLUSH_WQ, "q", 1, "color"), 0);
	CHECK_INT(field(&w, EV_FLUSH_WQ, "q", 2, "color"), 1);
	CHECK_INT(field(&w, EV_FLUSH_WQ, "q", 3, "color"), 2);
	/* A ends at 30, B at 32: T1; C runs 30..38: T2 and T3; D goes on */
	CHECK_NEAR(when(&w, EV_FLUSH_WQ_END, "q", 1), 32, 0.2);
	CHECK_NEAR(when(&w, EV_FLUSH_WQ_END, "q", 2), 38, 0.2);
	CHECK_NEAR(when(&w, EV_FLUSH_WQ_END, "q", 3), 38, 0.2);
	CHECK_GT(when(&w, EV_EXECUTE_END, "D", 1), 60);
	world_stop(&w);
}

/* RULE(R6.12, R1.14). Fifteen colours are in use at once; a later flusher waits until one is free. */
static void seventeen_flushers_share_fifteen_colours(void)
{
	static const struct step flush[] = { UNTIL(21), CALL(flush_q), { STEP_END, 0, NULL } };
	struct world w;
	int i;

	begin(&w, 2, 0, 0);
	item_init(&it[0], "a", STEPS(BURN(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0)));
	for (i = 0; i < 17; i++)
		actor("f", 1, flush);
	world_run(&w, 200);
	CHECK_INT(field(&w, EV_FLUSH_WQ, "q", 15, "color"), 14);
	CHECK_INT(field(&w, EV_FLUSH_WQ, "q", 16, "color"), -1);
	CHECK_INT(field(&w, EV_FLUSH_WQ, "q", 17, "color"), -1);
	CHECK_INT(field(&w, EV_FLUSH_WQ, "q", 18, "color"), 15);	/* both, when one was free */
	CHECK_INT(field(&w, EV_FLUSH_WQ, "q", 19, "color"), 15);
	CHECK_INT(count(&w, EV_FLUSH_WQ_END, "q"), 17);
	CHECK_LT(nth(&w, EV_EXECUTE_END, "a", 1), nth(&w, EV_FLUSH_WQ_END, "q", 1));
	world_stop(&w);
}

static void chain(void)
{
	static int left;

	if (current_work() != WORK(&it[0]))
		left = 3;
	else if (left-- > 0)
		queue_0();
}

static void drain_q(void)
{
	drain_workqueue(q);
}

/* RULE(R5.27). A drain accepts chained work and waits for it. */
static void drain_accepts_chained_work_and_waits_until_all_is_empty(void)
{
	struct world w;

	begin(&w, 2, 0, 0);
	item_init(&it[0], "a", STEPS(BURN(2), CALL(chain)));
	actor("t", 0, STEPS(UNTIL(20), CALL(chain), CALL(queue_0)));
	actor("d", 1, STEPS(UNTIL(21), CALL(drain_q)));
	world_run(&w, 200);
	CHECK_INT(count(&w, EV_EXECUTE_END, "a"), 4);
	CHECK_LT(nth(&w, EV_EXECUTE_END, "a", 4), nth(&w, EV_DRAIN_END, "q", 1));
	CHECK_INT(count(&w, EV_DRAIN_REFUSED, NULL), 0);
	world_stop(&w);
}

static void cancel_1(void)
{
	cancel_work_sync(WORK(&it[1]));
}

static void queue_1_again(void)
{
	ret[2] = queue_work(q, WORK(&it[1]));
	ret[3] = queue_work(q, WORK(&it[1]));
}

/*
 * RULE(R5.2). As 6.12 does: an outsider's item is refused with true, stays pending
 * for ever, and a cancel of it waits for ever, which does not block the test.
 */
static void outsider_of_a_drain_is_refused_and_its_item_stuck(void)
{
	struct world w;

	begin(&w, 2, 0, 0);
	item_init(&it[0], "a", STEPS(BURN(5)));
	item_init(&it[1], "outsider", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0)));
	actor("d", 1, STEPS(UNTIL(21), CALL(drain_q)));
	actor("o", 1, STEPS(UNTIL(22), CALL(queue_1_again), UNTIL(30), CALL(cancel_1)));
	w.excused = "I6";
	CHECK_INT(world_run_out(&w, 1000), STOP_NO_FUTURE);
	CHECK_INT(ret[2], 1);
	CHECK_INT(ret[3], 0);
	CHECK_INT(count(&w, EV_DRAIN_REFUSED, "outsider"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_START, "outsider"), 0);
	CHECK_INT(printed(&w, "at __queue_work"), 1);
	CHECK_INT(printed(&w, "this cancel waits for ever"), 1);
	CHECK_INT(count(&w, EV_DRAIN_END, "q"), 1);
	world_stop(&w);
}

static void flush_q2_item(void)
{
	flush_1();
}

static void queue_1_on_q2(void)
{
	queue_work(q2, WORK(&it[1]));
}

/* RULE(R6.16). An item that may be needed to free memory waits for one that may need memory. */
static void reclaim_item_that_flushes_a_plain_one_is_warned_about_once(void)
{
	struct world w;

	begin(&w, 2, WQ_MEM_RECLAIM, 0);
	q2 = make_wq("q2", 0, 0);
	item_init(&it[0], "a", STEPS(CALL(queue_1_on_q2), CALL(flush_q2_item)));
	item_init(&it[1], "b", STEPS(SLEEP(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), SLEEP(5), CALL(queue_0)));
	world_run(&w, 200);
	CHECK_INT(ret[1], 1);
	CHECK_INT(printed(&w, "workqueue: WQ_MEM_RECLAIM q:a is flushing !WQ_MEM_RECLAIM q2:b"), 1);
	world_stop(&w);
}

static void flush_0_in_atomic(void)
{
	preempt_disable();
	flush_0();
	preempt_enable();
}

/*
 * RULE(R6.4). A flush returns true after its barrier has run, also if an older run of the pending
 * item continues.
 */
static void flush_returns_when_its_barrier_has_run(void)
{
	struct world w;
	unsigned int n;

	begin(&w, 2, 0, 0);
	n = count(&w, EV_EXECUTE_END, "barrier");
	item_init(&it[0], "a", STEPS(SLEEP(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), UNTIL(22), CALL(queue_0)));	/* runs, and is pending */
	actor("f", 1, STEPS(UNTIL(23), CALL(flush_0)));
	world_run(&w, 100);
	CHECK_INT(ret[0], 1);
	CHECK_INT(count(&w, EV_EXECUTE_END, "barrier"), n + 1);
	CHECK_LT(nth(&w, EV_EXECUTE_END, "a", 2), nth(&w, EV_EXECUTE_START, "barrier", n + 1));
	CHECK_TRUE(query_led(&w, nth(&w, EV_EXECUTE_START, "barrier", n + 1), nth(&w, EV_FLUSH_WORK_END, "a", 1)));
	CHECK_NEAR(when(&w, EV_FLUSH_WORK_END, "a", 1), 30, 0.3);
	world_stop(&w);
}

/* RULE(R6.7). A flush in atomic context is reported and does not wait. */
static void flush_in_atomic_context_is_reported(void)
{
	struct world w;

	begin(&w, 2, 0, 0);
	item_init(&it[0], "a", STEPS(BURN(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0)));
	actor("f", 1, STEPS(UNTIL(21), CALL(flush_0_in_atomic)));
	world_run(&w, 100);
	CHECK_GE(printed(&w, "BUG: sleeping function called from invalid context"), 1);
	CHECK_INT(field(&w, EV_BUG, NULL, 1, "kind"), BUG_ATOMIC_SLEEP);
	world_stop(&w);
}

/*
 * RULE(R6.7). A flush from an item that needs the same worker, or the same rescuer, is reported
 * even if it succeeds.
 */
static void flush_of_a_neighbour_in_a_single_context_is_reported(void)
{
	static const struct { unsigned int flags; int max; unsigned int reported; } cases[] = {
		{ 0, 1, 1 }, { WQ_MEM_RECLAIM, 0, 1 }, { 0, 2, 0 },
	};

	for (int i = 0; i < 3; i++) {
		struct world w;

		begin(&w, 2, cases[i].flags, cases[i].max);
		item_init(&it[0], "a", STEPS(CALL(queue_1), CALL(flush_1)));
		item_init(&it[1], "b", STEPS(BURN(1)));
		w.excused = "I8";
		actor("t", 0, STEPS(UNTIL(20), CALL(queue_0)));
		world_run_out(&w, 300);
		CHECK_INT(printed(&w, "possible recursive locking detected"), cases[i].reported);
		CHECK_INT(count(&w, EV_EXECUTE_END, "b"), cases[i].max != 1);	/* one worker for both: the flush never returns */
		world_stop(&w);
	}
}

/* The times at which the task called @name blocked between two events. */
static unsigned int waits_for_locks(struct world *w, uint64_t from, uint64_t to)
{
	struct trace_event end, ev;
	unsigned int n = 0;

	REQUIRE_TRUE(trace_store_event(&w->store, to, &end));
	for (uint64_t i = from; i < to; i++)
		n += trace_store_event(&w->store, i, &ev) && ev.task == end.task && ev.kind == EV_LOCK_WAIT;
	return n;
}

static void hold_mutex(void)
{
	mutex_lock(&q->mutex);
	mach_sleep_ns(10 * MS);
	mutex_unlock(&q->mutex);
}

/*
 * RULE(R6.10). Completed by the first flusher's cascade, the second flusher returns at once: it
 * does not wait for the mutex, which another thread holds.
 */
static void flusher_that_is_not_first_leaves_without_the_mutex(void)
{
	struct trace_event first, second;
	struct world w;

	begin(&w, 3, 0, 0);
	item_init(&it[0], "a", STEPS(BURN(10)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0)));
	actor("f", 1, STEPS(UNTIL(21), CALL(flush_q)));
	actor("g", 2, STEPS(UNTIL(22), CALL(flush_q)));
	/* in line for the mutex: h until 35, the first flusher from 30, i from 32 on */
	actor("h", 0, STEPS(UNTIL(25), CALL(hold_mutex)));
	actor("i", 2, STEPS(UNTIL(32), CALL(hold_mutex)));
	world_run(&w, 200);
	CHECK_TRUE(find(&w, EV_FLUSH_WQ_END, "q", 1, &first));
	CHECK_TRUE(find(&w, EV_FLUSH_WQ_END, "q", 2, &second));
	CHECK_NEAR((double)first.time / 1e6, 35, 0.3);
	CHECK_NEAR((double)second.time / 1e6, 35, 0.3);
	CHECK_INT(waits_for_locks(&w, nth(&w, EV_EXECUTE_END, "a", 1), second.n), 0);
	world_stop(&w);
}

static void arm_1(void)
{
	queue_delayed_work(q, &it[1].d, 30);
}

/* RULE(R6.15). An item whose timer has not fired is not on the workqueue yet. */
static void flush_workqueue_does_not_wait_for_timers(void)
{
	struct world w;

	begin(&w, 2, 0, 0);
	item_init(&it[0], "a", STEPS(BURN(5)));
	item_init(&it[1], "later", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(arm_1), CALL(queue_0), CALL(flush_q)));
	world_run(&w, 200);
	CHECK_NEAR(when(&w, EV_FLUSH_WQ_END, "q", 1), 25, 0.3);
	CHECK_GT(when(&w, EV_EXECUTE_START, "later", 1), 49);
	world_stop(&w);
}

static void flush_in_emergency(void)
{
	task_set_memalloc(current, true);
	flush_0();
	task_set_memalloc(current, false);
	flush_0();
}

static void flush_1_in_emergency(void)
{
	task_set_memalloc(current, true);
	flush_1();
	task_set_memalloc(current, false);
}

/* RULE(R6.16). Each of the two warnings is printed once, whichever comes first; one flush can cause both. */
static void two_warnings_of_a_flush_dependency_do_not_share_a_flag(void)
{
	struct world w;

	begin(&w, 2, WQ_MEM_RECLAIM, 0);
	q2 = make_wq("q2", 0, 0);
	item_init(&it[0], "a", STEPS(CALL(queue_1_on_q2), CALL(flush_1_in_emergency)));
	item_init(&it[1], "b", STEPS(SLEEP(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), SLEEP(5), CALL(queue_0)));
	world_run(&w, 200);
	CHECK_INT(printed(&w, "workqueue: PF_MEMALLOC task"), 1);
	CHECK_INT(printed(&w, "workqueue: WQ_MEM_RECLAIM q:a is flushing !WQ_MEM_RECLAIM q2:b"), 1);
	world_stop(&w);
}

/*
 * RULE(R6.17). A thread that reclaims memory must not wait for items that may allocate some,
 * unless they have a rescuer.
 */
static void emergency_path_that_flushes_a_plain_item_is_warned_about(void)
{
	for (int reclaim = 0; reclaim < 2; reclaim++) {
		struct world w;

		begin(&w, 2, reclaim ? WQ_MEM_RECLAIM : 0, 0);
		item_init(&it[0], "a", STEPS(BURN(5)));
		actor("t", 0, STEPS(UNTIL(20), CALL(queue_0)));
		actor("kswapd", 1, STEPS(UNTIL(21), CALL(flush_in_emergency)));
		world_run(&w, 100);
		CHECK_INT(printed(&w, "is flushing !WQ_MEM_RECLAIM q:a"), reclaim ? 0 : 1);
		CHECK_INT(printed(&w, "workqueue: PF_MEMALLOC task"), reclaim ? 0 : 1);
		world_stop(&w);
	}
}

const struct test_case suite_conf_flush[] = {
	T(flush_of_an_idle_item_returns_false),
	T(flush_of_a_running_item_returns_after_its_end),
	T(two_flushers_of_a_queued_item_both_return_after_it),
	T(flush_covers_only_the_last_queueing_at_its_call),
	T(flushing_oneself_is_reported_and_blocks_for_ever),
	T(flush_workqueue_ignores_items_queued_after_it_began),
	T(colours_follow_the_worked_example),
	T(seventeen_flushers_share_fifteen_colours),
	T(drain_accepts_chained_work_and_waits_until_all_is_empty),
	T(outsider_of_a_drain_is_refused_and_its_item_stuck),
	T(reclaim_item_that_flushes_a_plain_one_is_warned_about_once),
	T(flush_returns_when_its_barrier_has_run),
	T(flush_in_atomic_context_is_reported),
	T(flush_of_a_neighbour_in_a_single_context_is_reported),
	T(flusher_that_is_not_first_leaves_without_the_mutex),
	T(flush_workqueue_does_not_wait_for_timers),
	T(two_warnings_of_a_flush_dependency_do_not_share_a_flag),
	T(emergency_path_that_flushes_a_plain_item_is_warned_about),
	{ NULL, NULL }
};
