/*
 * tests/conf_watch.c - hogs and stalled pools.   Licence: MIT.
 */
#include "tests/support/world.h"

#include <stdio.h>

static struct item hog, other, third;
static struct workqueue_struct *q;
static int left;

static void queue_hog(void) { queue_work(q, WORK(&hog)); }
static void queue_other(void) { queue_work(q, WORK(&other)); }
static void queue_third(void) { queue_work(q, WORK(&third)); }

static void again(void)
{
	if (--left > 0)
		queue_hog();
}

static void begin(struct world *w, long thresh_us, long warn, long watchdog_s, unsigned int flags)
{
	struct machine_config cfg = world_config(2);

	cfg.sched = SCHED_FAIR_CLASS;
	cfg.params[0].value = watchdog_s;
	cfg.params[1] = (struct mach_param){ "cpu_intensive_thresh_us", thresh_us };
	cfg.params[2] = (struct mach_param){ "cpu_intensive_warning_thresh", warn };
	world_start(w, &cfg);
	settle(w);
	q = make_wq("q", flags, 0);
}

/* RULE(R4.19). Counted per function; printed at 4, 5, 7, 11 of 12. */
static void hog_reports_back_off_by_powers_of_two(void)
{
	struct world w;
	int i;

	begin(&w, 10000, 4, 0, 0);
	left = 12;
	item_init(&hog, "hog", STEPS(BURN(15), CALL(again)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_hog)));
	world_run(&w, 1000);
	CHECK_INT(count(&w, EV_HOG, "hog"), 12);
	CHECK_INT(field(&w, EV_HOG, "hog", 12, "count"), 12);
	for (i = 1; i <= 12; i++) {
		char line[100];

		snprintf(line, sizeof(line),
			 "workqueue: hog hogged CPU for >10000us %d times, consider switching to WQ_UNBOUND", i);
		CHECK_INT(printed(&w, line), i == 4 || i == 5 || i == 7 || i == 11);
	}
	world_stop(&w);
}

/* RULE(R4.9, R4.17). After the threshold the hog does not count in nr_running, so the next item starts. */
static void hog_lets_the_next_item_start_after_the_threshold(void)
{
	struct world w;
	double t;

	begin(&w, 10000, 4, 0, 0);
	warm_up(&w, 4);
	item_init(&hog, "hog", STEPS(BURN(40)));
	item_init(&other, "other", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_hog), CALL(queue_other)));
	world_run(&w, 1000);
	t = when(&w, EV_HOG, "hog", 1) - 20;
	CHECK_GE(t, 10);
	CHECK_LT(t, 10 + 1.1);		/* the first tick after the threshold */
	t = when(&w, EV_EXECUTE_START, "other", 1) - 20;
	CHECK_GE(t, 10);
	CHECK_LT(t, 10 + 1.1 + 3 + 1.1);	/* and a slice that ends at a tick */
	CHECK_LT(when(&w, EV_EXECUTE_END, "other", 1), when(&w, EV_EXECUTE_END, "hog", 1));
	CHECK_TRUE(query_led(&w, nth(&w, EV_HOG, "hog", 1), nth(&w, EV_EXECUTE_START, "other", 1)));
	world_stop(&w);
}

/* RULE(R4.9, R4.17, R4.18). Threshold 0 turns the check off: the next item waits for the hog's end. */
static void without_a_threshold_the_next_item_waits(void)
{
	struct world w;

	begin(&w, 0, 4, 0, 0);
	item_init(&hog, "hog", STEPS(BURN(40)));
	item_init(&other, "other", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_hog), CALL(queue_other)));
	world_run(&w, 1000);
	CHECK_INT(count(&w, EV_HOG, NULL), 0);
	CHECK_GT(when(&w, EV_EXECUTE_START, "other", 1), when(&w, EV_EXECUTE_END, "hog", 1));
	world_stop(&w);
}

/* RULE(R4.18). The check measures CPU time since start or wake-up: short burns between sleeps are no hog. */
static void waking_up_starts_the_account_anew(void)
{
	struct world w;

	begin(&w, 10000, 4, 0, 0);
	item_init(&hog, "hog", STEPS(BURN(8), SLEEP(1), BURN(8), SLEEP(1), BURN(8)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_hog)));
	world_run(&w, 1000);
	CHECK_INT(count(&w, EV_HOG, NULL), 0);
	world_stop(&w);
}

/* RULE(R4.16). Items of a WQ_CPU_INTENSIVE workqueue do not count from their start, so they are no hogs. */
static void items_of_a_cpu_intensive_workqueue_are_no_hogs(void)
{
	struct world w;

	begin(&w, 10000, 4, 0, WQ_CPU_INTENSIVE);
	item_init(&hog, "hog", STEPS(BURN(40)));
	item_init(&other, "other", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_hog), CALL(queue_other)));
	world_run(&w, 1000);
	CHECK_INT(count(&w, EV_HOG, NULL), 0);
	CHECK_LT(when(&w, EV_EXECUTE_START, "other", 1), when(&w, EV_EXECUTE_END, "hog", 1));
	world_stop(&w);
}

/*
 * RULE(R12.2, R12.3, R12.6). A hog of 5 s with an item behind it, T = 1 s: reported between T
 * and 2T after the last progress, then at each check, with the item's name.
 */
static void stalled_pool_is_reported_between_one_and_two_thresholds(void)
{
	struct world w;
	double t;

	begin(&w, 0, 4, 1, 0);
	item_init(&hog, "hog", STEPS(BURN(5000)));
	item_init(&other, "other", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(500), CALL(queue_hog), CALL(queue_other)));
	world_pass(&w, 7000);
	t = when(&w, EV_STALL, NULL, 1) - 500;
	CHECK_GT(t, 1000);
	CHECK_LE(t, 2000 + 70);
	CHECK_RANGE(count(&w, EV_STALL, NULL), 3, 4);
	CHECK_INT(printed(&w, "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 1s!"), 1);
	CHECK_INT(printed(&w, "Showing busy workqueues and worker pools:"), count(&w, EV_STALL, NULL));
	CHECK_GE(printed(&w, "workqueue q: flags=0x0"), 1);
	CHECK_GE(printed(&w, "  pwq 2: cpus=0 node=0 flags=0x0 nice=0 active=2 refcnt=3"), 1);
	CHECK_GE(printed(&w, ":hog"), 1);
	CHECK_GE(printed(&w, "    pending: other"), 1);
	CHECK_INT(printed(&w, "pool 2: cpus=0 node=0 flags=0x0 nice=0 hung=1s workers=2 idle: "), 1);
	CHECK_GE(printed(&w, "Showing backtraces of running workers in stalled CPU-bound worker pools:"), 1);
	CHECK_GE(printed(&w, "Workqueue: q hog"), 1);
	world_stop(&w);
}

static void no_threads(void) { mach_stall_creation(true); }

static unsigned int stalls_without_threads(unsigned int flags)
{
	struct world w;
	unsigned int n;

	begin(&w, 0, 4, 1, flags);
	settle(&w);
	item_init(&hog, "sleeper", STEPS(SLEEP(4000)));
	item_init(&other, "other", STEPS(BURN(1)));
	item_init(&third, "third", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(500), CALL(no_threads), CALL(queue_hog), CALL(queue_other), CALL(queue_third)));
	world_pass(&w, 3500);
	n = count(&w, EV_STALL, NULL);
	CHECK_INT(count(&w, EV_EXECUTE_START, "third"), flags & WQ_MEM_RECLAIM ? 1 : 0);
	CHECK_INT(printed(&w, "Showing backtraces"), flags & WQ_UNBOUND ? 0 : n);	/* R12.3: pools of CPUs only */
	world_stop(&w);
	return n;
}

/*
 * RULE(R12.6). A manager that cannot create a worker stalls its pool, although no item
 * hogs the CPU; with a rescuer the item runs and the pool does not stall.
 */
static void a_stuck_manager_stalls_the_pool_unless_rescued(void)
{
	CHECK_GE(stalls_without_threads(0), 1);
	CHECK_GE(stalls_without_threads(WQ_UNBOUND), 1);
	CHECK_INT(stalls_without_threads(WQ_MEM_RECLAIM), 0);
}

static void flush_other(void) { flush_work(WORK(&other)); }
static void flush_hog(void) { flush_work(WORK(&hog)); }

/*
 * RULE(R12.6). Items that wait for each other hang for ever, but sleep: their pool
 * goes on, and no watchdog sees it.  The report at the end of the run names the items.
 */
static void a_flush_cycle_hangs_without_a_stall(void)
{
	struct world w;

	begin(&w, 0, 4, 1, 0);
	item_init(&hog, "one", STEPS(SLEEP(5), CALL(flush_other)));
	item_init(&other, "two", STEPS(SLEEP(5), CALL(flush_hog)));
	actor("t", 0, STEPS(CALL(queue_hog), CALL(queue_other)));
	CHECK_INT(world_run_out(&w, 10000), STOP_NO_FUTURE);
	CHECK_INT(count(&w, EV_STALL, NULL), 0);
	CHECK_INT(count(&w, EV_EXECUTE_START, "one"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_START, "two"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_END, "one"), 0);
	CHECK_INT(count(&w, EV_EXECUTE_END, "two"), 0);
	world_stop(&w);
}

/* RULE(R12.2). A stall shorter than the threshold is never reported. */
static void short_stall_goes_unseen(void)
{
	struct world w;

	begin(&w, 0, 4, 1, 0);
	item_init(&hog, "hog", STEPS(BURN(900)));
	item_init(&other, "other", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(500), CALL(queue_hog), CALL(queue_other)));
	world_pass(&w, 7000);
	CHECK_INT(count(&w, EV_STALL, NULL), 0);
	CHECK_GE(count(&w, EV_WATCHDOG_LOOK, NULL), 5);
	world_stop(&w);
}

static int vouched_for;
static void vouch(void) { wq_watchdog_touch(vouched_for); }

/* A hog of 3 s with an item behind it on CPU 0, T = 1 s; wq_watchdog_touch(@cpu) is called every 600 ms. */
static unsigned int stalls_vouched_for(int cpu)
{
	struct world w;
	unsigned int n;

	begin(&w, 0, 4, 1, 0);
	vouched_for = cpu;
	item_init(&hog, "hog", STEPS(BURN(3000)));
	item_init(&other, "other", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(500), CALL(queue_hog), CALL(queue_other)));
	actor("v", 1, STEPS(UNTIL(900), CALL(vouch), UNTIL(1500), CALL(vouch), UNTIL(2100), CALL(vouch),
			    UNTIL(2700), CALL(vouch), UNTIL(3300), CALL(vouch)));
	world_pass(&w, 5000);
	n = count(&w, EV_STALL, NULL);
	world_stop(&w);
	return n;
}

/* The same for an unbound pool whose only worker sleeps while none can be made. */
static unsigned int unbound_stalls_vouched_for(int cpu)
{
	struct world w;
	unsigned int n;

	begin(&w, 0, 4, 1, WQ_UNBOUND);
	vouched_for = cpu;
	item_init(&hog, "sleeper", STEPS(SLEEP(3000)));
	item_init(&other, "other", STEPS(BURN(1)));
	item_init(&third, "third", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(500), CALL(no_threads), CALL(queue_hog), CALL(queue_other), CALL(queue_third)));
	actor("v", 1, STEPS(UNTIL(900), CALL(vouch), UNTIL(1500), CALL(vouch), UNTIL(2100), CALL(vouch),
			    UNTIL(2700), CALL(vouch), UNTIL(3300), CALL(vouch)));
	world_pass(&w, 3400);
	n = count(&w, EV_STALL, NULL);
	world_stop(&w);
	return n;
}

/* RULE(R12.5). A CPU's stamp keeps its own pools quiet and no others; each touch counts for unbound pools too. */
static void touching_the_watchdog_resets_it_for_that_cpu(void)
{
	CHECK_INT(stalls_vouched_for(0), 0);
	CHECK_GE(stalls_vouched_for(1), 1);
	CHECK_INT(unbound_stalls_vouched_for(1), 0);
}

/* RULE(R12.5). The stamp of the unbound pools is written at most every quarter of the threshold, a CPU's each time. */
static void unbound_pools_get_a_touch_every_quarter_of_the_threshold(void)
{
	static const int64_t want[] = { 1, 0, 0, 1, 0, 1 };
	struct world w;

	begin(&w, 0, 4, 1, 0);
	vouched_for = 1;
	actor("v", 1, STEPS(UNTIL(600), CALL(vouch), UNTIL(700), CALL(vouch), UNTIL(840), CALL(vouch), UNTIL(860), CALL(vouch),
			    UNTIL(1000), CALL(vouch)));
	world_pass(&w, 1500);
	actor("u", 1, STEPS(CALL(vouch)));	/* a round has written all stamps meanwhile */
	world_pass(&w, 1600);
	for (unsigned int i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		CHECK_INT(field(&w, EV_WQ_WATCHDOG_TOUCH, NULL, i + 1, "unbound"), want[i]);
	world_stop(&w);
}

static void watch_1s(void)
{
	CHECK_INT(workqueue_param("watchdog_thresh", 1), 0);
	CHECK_INT(workqueue_param("watchdog_thresh", -1), -EINVAL);
	CHECK_INT(workqueue_param("power_efficient", 1), -EACCES);
	CHECK_INT(workqueue_param("no_such_thing", 1), -ENOENT);
}

/* RULE(R12.5). Writing the threshold starts the watchdog from that moment. */
static void watchdog_starts_when_its_threshold_is_written(void)
{
	struct world w;

	begin(&w, 0, 4, 0, 0);
	actor("t", 0, STEPS(UNTIL(300), CALL(watch_1s)));
	world_pass(&w, 2000);
	CHECK_INT(count(&w, EV_WATCHDOG_LOOK, NULL), 1);
	CHECK_GT(when(&w, EV_WATCHDOG_LOOK, NULL, 1), 1300);
	CHECK_LT(when(&w, EV_WATCHDOG_LOOK, NULL, 1), 1300 + 70);
	world_stop(&w);
}

/* RULE(R12.3). Two workers of the stalled pool can run: each has a backtrace with the pool's line before it. */
static void each_running_worker_of_a_stalled_pool_is_shown(void)
{
	unsigned int lines, tasks;
	struct world w;

	begin(&w, 0, 4, 1, 0);
	item_init(&other, "other", STEPS(SLEEP(5), HOG(3000)));
	item_init(&hog, "hog", STEPS(HOG(3000)));
	item_init(&third, "third", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_other), CALL(queue_hog), CALL(queue_third)));
	world_run(&w, 8000);
	tasks = printed(&w, "task:kworker/0:");
	lines = printed(&w, "pool 2:") - printed(&w, "pool 2: cpus=");
	CHECK_GE(tasks, 2);
	CHECK_INT(lines, tasks);
	CHECK_INT(tasks, 2 * printed(&w, "Showing backtraces"));
	world_stop(&w);
}

const struct test_case suite_conf_watch[] = {
	T(hog_reports_back_off_by_powers_of_two),
	T(hog_lets_the_next_item_start_after_the_threshold),
	T(without_a_threshold_the_next_item_waits),
	T(waking_up_starts_the_account_anew),
	T(items_of_a_cpu_intensive_workqueue_are_no_hogs),
	T(stalled_pool_is_reported_between_one_and_two_thresholds),
	T(a_stuck_manager_stalls_the_pool_unless_rescued),
	T(a_flush_cycle_hangs_without_a_stall),
	T(short_stall_goes_unseen),
	T(touching_the_watchdog_resets_it_for_that_cpu),
	T(unbound_pools_get_a_touch_every_quarter_of_the_threshold),
	T(watchdog_starts_when_its_threshold_is_written),
	T(each_running_worker_of_a_stalled_pool_is_shown),
	{ NULL, NULL }
};
