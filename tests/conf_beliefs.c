/*
 * tests/conf_beliefs.c - each belief of workqueue/beliefs.def beside the engine without it.
 *
 * A scene runs twice, without and with the belief, which begins at 15 ms; the test compares
 * what the two runs did.   Licence: MIT.
 */
#include "tests/support/world.h"
#include "workqueue/wq_internal.h"

#include "base/check.h"

#define ITEMS 4

static struct item it[ITEMS];
static struct workqueue_struct *q;
static enum wq_belief belief;	/* of the run that is going on */
static enum mach_sched sched;	/* of the next run */

static void believe(void) { wq_believe(belief); }
static void queue_0(void) { queue_work(q, WORK(&it[0])); }
static void queue_1(void) { queue_work(q, WORK(&it[1])); }
static void queue_2(void) { queue_work(q, WORK(&it[2])); }
static void queue_3(void) { queue_work(q, WORK(&it[3])); }
static void queue_012(void) { queue_0(); queue_1(); queue_2(); }
static void cancel_0(void) { cancel_work_sync(WORK(&it[0])); }
static void delay_0(void) { queue_delayed_work(q, &it[0].d, msecs_to_jiffies(20)); }
static void flush_q(void) { flush_workqueue(q); }
static void stay(void) { }

static void begin(struct world *w, enum wq_belief b, int cpus, unsigned int flags, int max_active, const struct step *steps)
{
	static const char *const names[ITEMS] = { "w0", "w1", "w2", "w3" };
	struct machine_config cfg = world_config(cpus);

	belief = b;
	cfg.sched = sched;
	sched = SCHED_FIFO_TEXTBOOK;
	world_start(w, &cfg);
	w->believed = b != WQ_BELIEF_NONE;
	settle(w);
	q = make_wq("q", flags, max_active);
	for (int i = 0; i < ITEMS; i++)
		item_init(&it[i], names[i], steps);
	actor("t", 0, STEPS(UNTIL(15), CALL(b ? believe : stay)));
}

/* ms between two events, -1 = one of them did not happen */
static double between(struct world *w, enum trace_kind a, const char *item_a, unsigned int na, enum trace_kind b,
		      const char *item_b, unsigned int nb)
{
	double from = when(w, a, item_a, na), to = when(w, b, item_b, nb);

	return from < 0 || to < 0 ? -1 : to - from;
}
#define START EV_EXECUTE_START
#define END EV_EXECUTE_END

/* Three items that burn 5 ms and sleep 10 are queued at 20 ms on a pool with 5 idle workers. */
static void three(struct world *w, enum wq_belief b)
{
	sched = SCHED_FAIR_CLASS;
	begin(w, b, 1, 0, 0, STEPS(BURN(5), SLEEP(10)));
	warm_up(w, 5);
	actor("d", 0, STEPS(UNTIL(20), CALL(queue_012)));
	world_run(w, 1000);
}

/* RULE(R4.1, R4.3). wake-all: all three are inside their functions before the first one sleeps. */
static void wake_all_starts_all_that_wait(void)
{
	struct world w;

	three(&w, WQ_BELIEF_NONE);
	CHECK_GE(when(&w, START, "w1", 1), when(&w, EV_WORKER_SLEEP, "w0", 1));
	world_stop(&w);
	three(&w, WQ_BELIEF_WAKE_ALL);
	CHECK_LT(when(&w, START, "w1", 1), when(&w, EV_WORKER_SLEEP, "w0", 1));
	CHECK_LT(when(&w, START, "w2", 1), when(&w, EV_WORKER_SLEEP, "w0", 1));
	world_stop(&w);
}

/* RULE(R4.6). wake-none: the second starts when the first one has ended. */
static void wake_none_leaves_items_waiting_for_the_end(void)
{
	struct world w;

	three(&w, WQ_BELIEF_NONE);
	CHECK_LT(when(&w, START, "w1", 1), when(&w, END, "w0", 1));
	world_stop(&w);
	three(&w, WQ_BELIEF_WAKE_NONE);
	CHECK_GE(when(&w, START, "w1", 1), when(&w, END, "w0", 1));
	CHECK_GE(when(&w, START, "w2", 1), when(&w, END, "w1", 1));
	CHECK_GE(when(&w, END, "w2", 1), 0);
	world_stop(&w);
}

/* w0 is queued at 20 ms and again while it runs, on the other CPU. */
static void twice(struct world *w, enum wq_belief b)
{
	begin(w, b, 2, 0, 0, STEPS(BURN(2), SLEEP(10), BURN(2)));
	actor("a", 0, STEPS(UNTIL(20), CALL(queue_0), CALL(queue_0)));
	actor("b", 1, STEPS(UNTIL(25), CALL(queue_0), CALL(queue_0)));
	world_run(w, 1000);
}

/* RULE(R2.2). pending-until-return: a queueing during the run is refused. */
static void pending_until_return_refuses_a_queueing_during_the_run(void)
{
	struct world w;

	twice(&w, WQ_BELIEF_NONE);
	CHECK_INT(count(&w, START, "w0"), 2);
	CHECK_LT(nth(&w, EV_PENDING_CLEAR, "w0", 1), nth(&w, START, "w0", 1));
	world_stop(&w);
	twice(&w, WQ_BELIEF_PENDING_UNTIL_RETURN);
	CHECK_INT(count(&w, START, "w0"), 1);
	CHECK_LT(nth(&w, END, "w0", 1), nth(&w, EV_PENDING_CLEAR, "w0", 1));
	CHECK_INT(count(&w, EV_PENDING_BUSY, "w0"), 3);
	CHECK_FALSE(work_pending(WORK(&it[0])));
	world_stop(&w);
}

/* RULE(R2.1). count-calls: four calls, four runs, one after the other. */
static void count_calls_runs_an_item_for_each_call(void)
{
	struct world w;

	twice(&w, WQ_BELIEF_COUNT_CALLS);
	CHECK_INT(count(&w, START, "w0"), 4);
	CHECK_INT(count(&w, EV_PENDING_BUSY, "w0"), 0);
	for (unsigned int i = 1; i < 4; i++)
		CHECK_GE(between(&w, END, "w0", i, START, "w0", i + 1), 0);
	world_stop(&w);
}

/* RULE(R2.9). reentrant: the second run begins while the first one sleeps, on the CPU that queued it. */
static void reentrant_starts_an_item_that_runs(void)
{
	struct world w;

	twice(&w, WQ_BELIEF_NONE);
	CHECK_GE(between(&w, END, "w0", 1, START, "w0", 2), 0);
	world_stop(&w);
	twice(&w, WQ_BELIEF_REENTRANT);
	CHECK_LT(when(&w, START, "w0", 2), when(&w, END, "w0", 1));
	CHECK_INT(count(&w, END, "w0"), 2);
	world_stop(&w);
}

/* RULE(R3.7). fifo-idle: two items far apart are run by two workers instead of one. */
static void fifo_idle_wakes_the_one_idle_longest(void)
{
	for (enum wq_belief b = 0; b <= WQ_BELIEF_FIFO_IDLE; b += WQ_BELIEF_FIFO_IDLE) {
		struct world w;

		begin(&w, b, 1, 0, 0, STEPS(BURN(1)));
		actor("a", 0, STEPS(UNTIL(20), CALL(queue_0), UNTIL(30), CALL(queue_1)));
		world_run(&w, 1000);
		CHECK_INT(field(&w, START, "w0", 1, "worker") == field(&w, START, "w1", 1, "worker"), !b);
		world_stop(&w);
	}
}

/* RULE(R3.6, R3.9). create-at-queue: no manager; a worker is made when an item is queued and none is idle. */
static void create_at_queue_has_no_manager(void)
{
	for (enum wq_belief b = 0; b <= WQ_BELIEF_CREATE_AT_QUEUE; b += WQ_BELIEF_CREATE_AT_QUEUE) {
		struct world w;
		unsigned int made, managed;

		begin(&w, b, 1, 0, 0, STEPS(BURN(1), SLEEP(20)));
		world_pass(&w, 16);
		made = count(&w, EV_WORKER_CREATE, NULL);
		managed = count(&w, EV_MANAGE_BEGIN, "cpu 0 normal");
		actor("a", 0, STEPS(UNTIL(20), CALL(queue_0), UNTIL(22), CALL(queue_1), UNTIL(24), CALL(queue_2), UNTIL(26), CALL(queue_3)));
		world_run(&w, 1000);
		CHECK_INT(count(&w, EV_MANAGE_BEGIN, "cpu 0 normal") == managed, b != 0);
		CHECK_GT(count(&w, EV_WORKER_CREATE, NULL), made);
		CHECK_INT(count(&w, END, NULL) > 0 && when(&w, END, "w3", 1) > 0, true);
		world_stop(&w);
	}
}

/* w0 wakes while w1 runs. */
static void overlap(struct world *w, enum wq_belief b)
{
	sched = SCHED_FAIR_CLASS;
	begin(w, b, 1, 0, 0, STEPS(BURN(4), SLEEP(5), BURN(2)));
	item_init(&it[1], "w1", STEPS(BURN(10)));
	actor("a", 0, STEPS(UNTIL(20), CALL(queue_0), CALL(queue_1)));
	world_run(w, 1000);
}

/* RULE(R4.1, R4.5). put-back-to-sleep: w0 goes on when w1 has ended; never are two runnable for long. */
static void put_back_to_sleep_stops_a_worker_that_wakes(void)
{
	struct world w;

	overlap(&w, WQ_BELIEF_NONE);
	CHECK_INT(count(&w, EV_WORKER_SLEEP, "w0"), 1);
	CHECK_LT(when(&w, END, "w0", 1), when(&w, END, "w1", 1));
	world_stop(&w);
	overlap(&w, WQ_BELIEF_PUT_BACK_TO_SLEEP);
	CHECK_INT(count(&w, EV_WORKER_SLEEP, "w0"), 2);
	CHECK_GE(between(&w, END, "w1", 1, END, "w0", 1), 1.9);
	world_stop(&w);
}

/* RULE(R3.6, R3.11). exact-workers: no reserve is made, and no idle worker stays. */
static void exact_workers_keeps_no_reserve(void)
{
	struct world w;

	begin(&w, WQ_BELIEF_EXACT_WORKERS, 1, 0, 0, STEPS(BURN(1), SLEEP(10)));
	actor("a", 0, STEPS(UNTIL(20), CALL(queue_012)));
	world_run(&w, 25);
	CHECK_INT(count(&w, EV_MANAGE_BEGIN, "cpu 0 normal"), 1);		/* the one at the start of the machine */
	CHECK_INT(wqe.cpu_pools[0][0]->nr_workers, 3);
	CHECK_INT(wqe.cpu_pools[0][0]->nr_idle, 0);
	world_run(&w, 100);
	CHECK_INT(wqe.cpu_pools[0][0]->nr_workers, 0);
	CHECK_GE(when(&w, END, "w2", 1), 0);
	actor("b", 0, STEPS(CALL(queue_3)));			/* the empty pool makes a worker for a later item */
	world_run(&w, 200);
	CHECK_GE(when(&w, END, "w3", 1), 0);
	world_stop(&w);
}

/* RULE(R2.12, R2.14). cancel-kills: the function does not get to its last part. */
static void cancel_kills_ends_the_running_function(void)
{
	for (enum wq_belief b = 0; b <= WQ_BELIEF_CANCEL_KILLS; b += WQ_BELIEF_CANCEL_KILLS) {
		struct world w;

		begin(&w, b, 1, 0, 0, STEPS(SLEEP(5), SLEEP(20)));
		actor("a", 0, STEPS(UNTIL(20), CALL(queue_0), SLEEP(1), CALL(cancel_0)));
		world_run(&w, 1000);
		CHECK_NEAR(between(&w, START, "w0", 1, EV_CANCEL_END, "w0", 1), b ? 5 : 25, 0.2);
		world_stop(&w);
	}
}

/* RULE(R8.2). moves-the-timer: the second call counts. */
static void moves_the_timer_sets_it_anew(void)
{
	for (enum wq_belief b = 0; b <= WQ_BELIEF_MOVES_THE_TIMER; b += WQ_BELIEF_MOVES_THE_TIMER) {
		struct world w;

		begin(&w, b, 1, 0, 0, STEPS(BURN(1)));
		actor("a", 0, STEPS(UNTIL(20), CALL(delay_0), UNTIL(30), CALL(delay_0)));
		world_run(&w, 1000);
		CHECK_INT(count(&w, EV_DELAYED_ARM, "w0"), b ? 2 : 1);
		CHECK_NEAR(when(&w, START, "w0", 1), b ? 51 : 41, 1);
		world_stop(&w);
	}
}

/* RULE(R6.8). flush-waits-timers: the flush returns after the item that the timer queued. */
static void flush_waits_timers_waits_for_an_armed_item(void)
{
	for (enum wq_belief b = 0; b <= WQ_BELIEF_FLUSH_WAITS_TIMERS; b += WQ_BELIEF_FLUSH_WAITS_TIMERS) {
		struct world w;

		begin(&w, b, 1, 0, 0, STEPS(BURN(5)));
		actor("a", 0, STEPS(UNTIL(20), CALL(delay_0), CALL(flush_q), CALL(queue_1)));
		world_run(&w, 1000);
		CHECK_INT(when(&w, EV_QUEUE_WORK, "w1", 1) > when(&w, END, "w0", 1), b != 0);
		world_stop(&w);
	}
}

static void queue_on_both(void)
{
	for (int i = 0; i < ITEMS; i++)
		queue_work_on(i % 2, q, WORK(&it[i]));
}

/* RULE(R5.11). one-limit: max_active 1 on two CPUs lets one item run, not two; each gets its turn. */
static void one_limit_counts_all_cpus(void)
{
	for (enum wq_belief b = 0; b <= WQ_BELIEF_ONE_LIMIT; b += WQ_BELIEF_ONE_LIMIT) {
		struct world w;
		double last = 0;

		begin(&w, b, 2, 0, 1, STEPS(BURN(1), SLEEP(5)));
		actor("a", 0, STEPS(UNTIL(20), CALL(queue_on_both)));
		world_run(&w, 1000);
		CHECK_INT(count(&w, EV_INACTIVE, NULL), b ? 3 : 2);
		for (int i = 0; i < ITEMS; i++) {
			double end = when(&w, END, it[i].d.work.name, 1);

			CHECK_GE(end, 0);
			last = end > last ? end : last;
		}
		CHECK_NEAR(last, b ? 44 : 32, 1);
		world_stop(&w);
	}
}

static void limit_3(void) { wq_believe_max_active(q, 3); }

/*
 * RULE(R5.16, R5.21). A limit raised for a belief activates the items that wait at once: all three
 * start before the first one ends, and not one by one.
 */
static void a_believed_limit_activates_what_waits(void)
{
	for (int raised = 0; raised <= 1; raised++) {
		struct world w;

		begin(&w, WQ_BELIEF_NONE, 1, 0, 1, STEPS(BURN(1), SLEEP(5)));
		actor("a", 0, STEPS(UNTIL(20), CALL(queue_012), CALL(raised ? limit_3 : stay)));
		w.believed = raised;
		world_run(&w, 1000);
		CHECK_NEAR(between(&w, START, "w0", 1, END, "w2", 1), raised ? 8 : 18, 1);
		CHECK_INT(count(&w, EV_INACTIVE, NULL), 2);
		CHECK_INT(when(&w, START, "w2", 1) < when(&w, END, "w0", 1), raised);
		world_stop(&w);
	}
}

/* RULE(R7.1, R7.9). fast-lane: the rescuer runs the item, though a worker is idle. */
static void fast_lane_goes_to_the_rescuer(void)
{
	for (enum wq_belief b = 0; b <= WQ_BELIEF_FAST_LANE; b += WQ_BELIEF_FAST_LANE) {
		struct world w;

		begin(&w, b, 1, WQ_MEM_RECLAIM, 0, STEPS(BURN(1)));
		actor("a", 0, STEPS(UNTIL(20), CALL(queue_0)));
		world_run(&w, 1000);
		CHECK_INT(count(&w, EV_RESCUE, "w0"), b ? 1 : 0);
		CHECK_NEAR(when(&w, START, "w0", 1), 20, 0.2);
		world_stop(&w);
	}
}

/* An item that waits when the belief begins is taken at once as well. */
static void fast_lane_takes_what_waits_already(void)
{
	struct world w;

	sched = SCHED_FAIR_CLASS;
	begin(&w, WQ_BELIEF_FAST_LANE, 2, WQ_MEM_RECLAIM, 0, STEPS(BURN(9)));
	actor("a", 0, STEPS(UNTIL(14), CALL(queue_0), CALL(queue_1)));
	world_run(&w, 1000);
	CHECK_INT(count(&w, EV_RESCUE, "w1"), 1);
	world_stop(&w);
}

/* Each belief has a name and a line of its own; the next machine starts without a belief. */
static void a_belief_ends_with_its_run(void)
{
	struct world w;

	for (int i = WQ_BELIEF_NONE + 1; i < WQ_BELIEF_NR; i++) {
		CHECK_INT(wq_belief_find(wq_belief_name((enum wq_belief)i)), i);
		CHECK_NOT_STR(wq_belief_line((enum wq_belief)i), "");
	}
	CHECK_INT(wq_belief_find("no-such"), WQ_BELIEF_NONE);
	begin(&w, WQ_BELIEF_WAKE_ALL, 1, 0, 0, STEPS(BURN(1)));
	world_run(&w, 20);
	CHECK_INT(wqe.belief, WQ_BELIEF_WAKE_ALL);
	CHECK_TRUE(check_suspended);
	world_stop(&w);
	begin(&w, WQ_BELIEF_NONE, 1, 0, 0, STEPS(BURN(1)));
	CHECK_INT(wqe.belief, WQ_BELIEF_NONE);
	CHECK_FALSE(check_suspended);
	world_stop(&w);
}

const struct test_case suite_conf_beliefs[] = {
	T(wake_all_starts_all_that_wait),
	T(wake_none_leaves_items_waiting_for_the_end),
	T(pending_until_return_refuses_a_queueing_during_the_run),
	T(count_calls_runs_an_item_for_each_call),
	T(reentrant_starts_an_item_that_runs),
	T(fifo_idle_wakes_the_one_idle_longest),
	T(create_at_queue_has_no_manager),
	T(put_back_to_sleep_stops_a_worker_that_wakes),
	T(exact_workers_keeps_no_reserve),
	T(cancel_kills_ends_the_running_function),
	T(moves_the_timer_sets_it_anew),
	T(flush_waits_timers_waits_for_an_armed_item),
	T(one_limit_counts_all_cpus),
	T(a_believed_limit_activates_what_waits),
	T(fast_lane_goes_to_the_rescuer),
	T(fast_lane_takes_what_waits_already),
	T(a_belief_ends_with_its_run),
	{ NULL, NULL }
};
