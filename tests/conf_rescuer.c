/*
 * tests/conf_rescuer.c - maydays and rescuers.   Licence: MIT.
 */
#include "tests/support/world.h"

#include <stdio.h>

static struct item x, y, many[40];
static char names[40][16];
static struct workqueue_struct *other, *reclaim;
static struct completion memory;

static void wait_for_memory(void)
{
	wait_for_completion(&memory);
}

/* Y frees memory: X continues, and threads can be created again. */
static void free_memory(void)
{
	mach_stall_creation(false);
	complete(&memory);
}

static void queue_x_and_y(void)
{
	mach_stall_creation(true);
	queue_work(other, WORK(&x));
	queue_work(reclaim, WORK(&y));
}

/*
 * R7.10: X blocks until Y has run.  The pool's last idle worker must make another
 * before it may take Y, and cannot.
 */
static void deadlock(struct world *w, unsigned int flags, long watchdog_s)
{
	struct machine_config cfg = world_config(1);

	cfg.params[0].value = watchdog_s;
	world_start(w, &cfg);
	settle(w);
	other = make_wq("other", 0, 0);
	reclaim = make_wq("reclaim", flags, 0);
	init_completion(&memory, "memory");
	item_init(&x, "X", STEPS(CALL(wait_for_memory)));
	item_init(&y, "Y", STEPS(CALL(free_memory)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_x_and_y)));
}

/* RULE(R7.10, R7.2). With WQ_MEM_RECLAIM a mayday is sent after 10 ms, the rescuer runs Y, and X ends. */
static void rescuer_breaks_the_deadlock_after_ten_milliseconds(void)
{
	struct world w;

	deadlock(&w, WQ_MEM_RECLAIM, 0);
	CHECK_INT(world_run(&w, 1000), STOP_IDLE);
	CHECK_INT(count(&w, EV_MAYDAY, "reclaim"), 1);
	CHECK_INT(count(&w, EV_RESCUE, "Y"), 1);
	CHECK_INT(field(&w, EV_EXECUTE_START, "Y", 1, "worker"), field(&w, EV_RESCUER_NEW, "reclaim", 1, "worker"));
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "Y", 1) - 20, 11, 1.5);	/* 10 ticks, rounded up */
	CHECK_INT(count(&w, EV_EXECUTE_END, "X"), 1);
	CHECK_GT(nth(&w, EV_RESCUER_END, NULL, 1), 0);
	world_stop(&w);
}

/*
 * RULE(R7.10, R12.2). Without a rescuer no thread runs the item; the watchdog reports this at its
 * second check at the latest.
 */
static void without_a_rescuer_the_watchdog_is_all_there_is(void)
{
	struct world w;
	double t;

	deadlock(&w, 0, 2);
	w.excused = "I8";
	world_pass(&w, 5000);
	CHECK_GE(count(&w, EV_MAYDAY_NONE, "reclaim"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_START, "Y"), 0);
	t = when(&w, EV_STALL, NULL, 1);
	CHECK_GE(t, 2000);
	CHECK_LT(t, 20 + 2 * 2000 + 100);
	CHECK_GE(printed(&w, "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x2 nice=0 stuck for"), 1);
	CHECK_GE(printed(&w, "    pending: Y"), 1);
	world_stop(&w);
}

static void queue_many(void)
{
	int i;

	mach_stall_creation(true);
	queue_work(other, WORK(&x));
	for (i = 0; i < 40; i++)
		queue_work(reclaim, WORK(&many[i]));
}

static void creation_works(void)
{
	mach_stall_creation(false);
}

static void crowd(struct world *w, const struct step *actor_steps)
{
	struct machine_config cfg = world_config(1);
	int i;

	world_start(w, &cfg);
	settle(w);
	other = make_wq("other", 0, 0);
	reclaim = make_wq("reclaim", WQ_MEM_RECLAIM, 0);
	item_init(&x, "X", STEPS(SLEEP(400)));
	for (i = 0; i < 40; i++) {
		snprintf(names[i], sizeof(names[i]), "m%d", i);
		item_init(&many[i], names[i], STEPS(SLEEP(5)));
	}
	actor("t", 0, actor_steps);
}

/* RULE(R7.4, R7.5). While the pool has no free worker, the rescuer runs the items one at a time, in order. */
static void rescuer_runs_all_items_of_its_workqueue_one_by_one(void)
{
	struct world w;
	int i, rescued;

	crowd(&w, STEPS(UNTIL(20), CALL(queue_many), UNTIL(1000), CALL(creation_works)));
	CHECK_INT(world_run(&w, 2000), STOP_IDLE);
	rescued = (int)count(&w, EV_RESCUE, NULL);
	CHECK_INT(rescued, 40);
	for (i = 1; i < 40; i++)
		CHECK_LT(nth(&w, EV_EXECUTE_END, names[i - 1], 1), nth(&w, EV_EXECUTE_START, names[i], 1));
	world_stop(&w);
}

/* RULE(R7.6). After a worker was created the rescuer leaves the other items to it: they run in parallel. */
static void rescuer_hands_over_when_the_pool_can_help_itself(void)
{
	struct world w;
	unsigned int rescued;

	crowd(&w, STEPS(UNTIL(20), CALL(queue_many), UNTIL(60), CALL(creation_works)));
	CHECK_INT(world_run(&w, 2000), STOP_IDLE);
	rescued = count(&w, EV_RESCUE, NULL);
	CHECK_RANGE(rescued, 4, 8);
	CHECK_INT(count(&w, EV_EXECUTE_END, "reclaim"), 40);
	CHECK_LT(when(&w, EV_EXECUTE_END, "m39", 1), 80);
	world_stop(&w);
}

static void queue_x_and_two(void)
{
	mach_stall_creation(true);
	queue_work(other, WORK(&x));
	queue_work(reclaim, WORK(&many[0]));
	queue_work(reclaim, WORK(&many[1]));
}

/*
 * RULE(R7.6, R4.14). The rescuer's item ends, and the next one gets its slot and comes to the worklist.  There are
 * workers by now, asleep: the rescuer leaves, and wakes one of them for it.
 */
static void rescuer_wakes_a_worker_before_it_leaves(void)
{
	struct machine_config cfg = world_config(1);
	struct world w;

	world_start(&w, &cfg);
	settle(&w);
	other = make_wq("other", 0, 0);
	reclaim = make_wq("reclaim", WQ_MEM_RECLAIM, 1);
	item_init(&x, "X", STEPS(SLEEP(400)));
	item_init(&many[0], "m0", STEPS(SLEEP(30)));
	item_init(&many[1], "m1", STEPS(SLEEP(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_x_and_two), UNTIL(45), CALL(creation_works)));
	CHECK_INT(world_run(&w, 1000), STOP_IDLE);
	CHECK_INT(count(&w, EV_RESCUE, NULL), 1);
	CHECK_INT(count(&w, EV_RESCUE, "m0"), 1);
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "m1", 1), when(&w, EV_EXECUTE_END, "m0", 1), 0.1);
	world_stop(&w);
}

static struct item blockers[3];

static void stuck_on(int cpu)
{
	mach_stall_creation(true);
	queue_work_on(cpu, other, WORK(&blockers[cpu]));
	queue_work_on(cpu, reclaim, WORK(&many[cpu]));
}
static void stuck_on_0(void) { stuck_on(0); }
static void stuck_on_1(void) { stuck_on(1); }
static void stuck_on_2(void) { stuck_on(2); }

/*
 * RULE(R7.4). Three pools send maydays while the rescuer is busy with the first: it serves them
 * in the order of their maydays.
 */
static void rescuer_visits_pools_in_the_order_of_their_calls(void)
{
	static const char *const x_names[] = { "X0", "X1", "X2" };
	struct machine_config cfg = world_config(3);
	struct world w;

	world_start(&w, &cfg);
	settle(&w);
	other = make_wq("other", 0, 0);
	reclaim = make_wq("reclaim", WQ_MEM_RECLAIM, 0);
	for (int i = 0; i < 3; i++) {
		snprintf(names[i], sizeof(names[i]), "m%d", i);
		item_init(&blockers[i], x_names[i], STEPS(SLEEP(400)));
		item_init(&many[i], names[i], STEPS(SLEEP(i ? 5 : 60)));
	}
	actor("t", 0, STEPS(UNTIL(20), CALL(stuck_on_0), UNTIL(25), CALL(stuck_on_1), UNTIL(30), CALL(stuck_on_2),
			    UNTIL(300), CALL(creation_works)));
	CHECK_INT(world_run(&w, 1000), STOP_IDLE);
	CHECK_INT(count(&w, EV_RESCUE, NULL), 3);
	CHECK_LT(nth(&w, EV_MAYDAY, NULL, 3), nth(&w, EV_EXECUTE_END, "m0", 1));
	CHECK_LT(nth(&w, EV_RESCUE, "m0", 1), nth(&w, EV_RESCUE, "m1", 1));
	CHECK_LT(nth(&w, EV_RESCUE, "m1", 1), nth(&w, EV_RESCUE, "m2", 1));
	world_stop(&w);
}

static bool rescuer_says[40];
static int said;

static void say_rescuer(void) { rescuer_says[said++] = current_is_workqueue_rescuer(); }

static struct workqueue_struct *second;

static void queue_two_wqs_and_one_without(void)
{
	mach_stall_creation(true);
	queue_work(other, WORK(&x));
	queue_work(other, WORK(&y));
	for (int i = 0; i < 4; i++)
		queue_work(i % 2 ? second : reclaim, WORK(&many[i]));
}

/*
 * RULE(R7.7). Two workqueues' rescuers come to one pool: each takes its own items only, and waits if it has none.  It
 * is among the pool's workers, on the pool's CPU, and has WORKER_RESCUER set.
 */
static void rescuer_runs_only_items_of_its_own_workqueue(void)
{
	struct machine_config cfg = world_config(2);
	struct trace_event ev;
	struct world w;

	said = 0;
	world_start(&w, &cfg);
	settle(&w);
	other = make_wq("other", 0, 0);
	reclaim = make_wq("reclaim", WQ_MEM_RECLAIM, 0);
	second = make_wq("second", WQ_MEM_RECLAIM, 0);
	item_init(&x, "X", STEPS(SLEEP(200)));
	item_init(&y, "Y", STEPS(BURN(1)));
	for (int i = 0; i < 4; i++) {
		snprintf(names[i], sizeof(names[i]), "m%d", i);
		item_init(&many[i], names[i], STEPS(CALL(say_rescuer), SLEEP(2)));
	}
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_two_wqs_and_one_without), UNTIL(300), CALL(creation_works)));
	CHECK_INT(world_run(&w, 1000), STOP_IDLE);
	CHECK_INT(said, 4);
	for (int i = 0; i < 4; i++) {
		CHECK_TRUE(rescuer_says[i]);
		CHECK_INT(field(&w, EV_EXECUTE_START, names[i], 1, "worker"),
			  field(&w, EV_RESCUER_NEW, i % 2 ? "second" : "reclaim", 1, "worker"));
		if (CHECK_TRUE(find(&w, EV_EXECUTE_START, names[i], 1, &ev)))
			CHECK_INT(ev.cpu, 0);
	}
	CHECK_INT(count(&w, EV_RESCUE, "Y"), 0);
	CHECK_GE(when(&w, EV_EXECUTE_START, "Y", 1), 220);
	world_stop(&w);
}

static struct completion first_done;

static void wait_first(void) { wait_for_completion(&first_done); }
static void complete_first(void) { complete(&first_done); }

static void queue_pair_on_one(void)
{
	mach_stall_creation(true);
	queue_work(other, WORK(&x));
	queue_work(reclaim, WORK(&many[0]));
	queue_work(reclaim, WORK(&many[1]));
}

static void queue_pair_on_two(void)
{
	mach_stall_creation(true);
	queue_work(other, WORK(&x));
	queue_work(reclaim, WORK(&many[0]));
	queue_work(second, WORK(&many[1]));
}

static void pair(struct world *w, void (*queue)(void))
{
	struct machine_config cfg = world_config(1);

	world_start(w, &cfg);
	settle(w);
	other = make_wq("other", 0, 0);
	reclaim = make_wq("reclaim", WQ_MEM_RECLAIM, 0);
	second = make_wq("second", WQ_MEM_RECLAIM, 0);
	init_completion(&memory, "memory");
	init_completion(&first_done, "first_done");
	item_init(&x, "X", STEPS(CALL(wait_for_memory)));
	item_init(&many[0], "first", STEPS(CALL(wait_first), CALL(free_memory)));
	item_init(&many[1], "second_item", STEPS(CALL(complete_first)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue)));
}

/*
 * RULE(R7.8). A workqueue has one rescuer: an item that waits for another one of the same
 * workqueue never ends; on two workqueues it does.
 */
static void two_items_that_depend_need_two_workqueues(void)
{
	struct world w;

	pair(&w, queue_pair_on_one);
	w.excused = "I8";
	world_pass(&w, 3000);
	CHECK_INT(count(&w, EV_EXECUTE_START, "first"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_END, "first"), 0);
	CHECK_INT(count(&w, EV_EXECUTE_START, "second_item"), 0);
	world_stop(&w);

	pair(&w, queue_pair_on_two);
	CHECK_INT(world_run(&w, 3000), STOP_IDLE);
	CHECK_INT(count(&w, EV_EXECUTE_END, "first"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_END, "X"), 1);
	CHECK_LT(when(&w, EV_EXECUTE_END, "X", 1), 40);
	world_stop(&w);
}

static void queue_many_slow(void)
{
	for (int i = 0; i < 40; i++)
		queue_work(reclaim, WORK(&many[i]));
}

/*
 * RULE(R7.9). Without a mayday the rescuer stays idle: many sleeping items get ordinary workers,
 * however long that takes.
 */
static void rescuer_does_nothing_while_workers_can_be_made(void)
{
	struct machine_config cfg = world_config(1);
	struct world w;

	world_start(&w, &cfg);
	settle(&w);
	reclaim = make_wq("reclaim", WQ_MEM_RECLAIM, 0);
	for (int i = 0; i < 40; i++) {
		snprintf(names[i], sizeof(names[i]), "m%d", i);
		item_init(&many[i], names[i], STEPS(SLEEP(400)));
	}
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_many_slow)));
	CHECK_INT(world_run(&w, 2000), STOP_IDLE);
	CHECK_INT(count(&w, EV_EXECUTE_END, "reclaim"), 40);
	CHECK_INT(count(&w, EV_MAYDAY, NULL), 0);
	CHECK_INT(count(&w, EV_RESCUER_BEGIN, NULL), 0);
	CHECK_INT(count(&w, EV_RESCUE, NULL), 0);
	world_stop(&w);
}

/* Times that the mayday timer has expired. */
static unsigned int alarms(struct world *w)
{
	struct trace_event ev;
	struct ev_MAYDAY_TIMER e;
	unsigned int n = 0;

	for (unsigned int i = 1; find(w, EV_MAYDAY_TIMER, NULL, i, &ev); i++)
		n += trace_get_MAYDAY_TIMER(&ev, &e) && e.state == 2;
	return n;
}

static void hold_up(struct world *w, const struct step *x_steps, void (*later)(void), double at)
{
	struct machine_config cfg = world_config(1);

	world_start(w, &cfg);
	settle(w);
	other = make_wq("other", 0, 0);
	reclaim = make_wq("reclaim", WQ_MEM_RECLAIM, 0);
	item_init(&x, "X", x_steps);
	item_init(&many[0], "m0", STEPS(BURN(1)));
	item_init(&many[1], "m1", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_x_and_two), UNTIL(at), CALL(later)));
	CHECK_INT(world_run(w, 1000), STOP_IDLE);
	CHECK_INT(count(w, EV_EXECUTE_END, "reclaim"), 2);
	CHECK_INT(count(w, EV_MAYDAY, NULL), 0);
	CHECK_INT(count(w, EV_RESCUER_BEGIN, NULL), 0);
}

/*
 * RULE(R7.9, R7.2). A creation that takes 5 ms is no emergency: the mayday timer is deleted when the thread exists.
 * A creation that never ends is none either, if a worker of the pool runs when the timer fires.
 */
static void rescuer_is_not_called_for_a_short_or_needless_wait(void)
{
	struct world w;

	hold_up(&w, STEPS(SLEEP(200)), creation_works, 25);
	CHECK_INT(alarms(&w), 0);
	world_stop(&w);
	hold_up(&w, STEPS(SLEEP(5), BURN(30)), creation_works, 100);
	CHECK_GE(alarms(&w), 1);
	world_stop(&w);
}

/*
 * RULE(R7.2). The first call after 10 ms, then one every 100 ms (the wheel rounds up), until a
 * worker exists.
 */
static void maydays_come_after_ten_and_then_every_hundred_milliseconds(void)
{
	struct trace_event ev;
	struct ev_MAYDAY_TIMER e;
	struct world w;
	double last = 0, at;
	int calls = 0;

	deadlock(&w, 0, 0);
	w.excused = "I8";
	world_pass(&w, 1000);
	for (unsigned int i = 1; find(&w, EV_MAYDAY_TIMER, NULL, i, &ev); i++) {
		if (!trace_get_MAYDAY_TIMER(&ev, &e) || e.state != 2)
			continue;
		at = (double)ev.time / 1e6;
		CHECK_NEAR(at - (calls ? last : 20), calls ? 104 : 11, calls ? 4.5 : 1.5);
		last = at;
		calls++;
	}
	CHECK_RANGE(calls, 9, 10);
	world_stop(&w);
}

static struct item x_too;

/* Both CPUs' pools are stuck; the rescuer has 40 items to run for the first and 3 for the second. */
static void queue_on_two_cpus(void)
{
	mach_stall_creation(true);
	queue_work_on(0, other, WORK(&x));
	queue_work_on(1, other, WORK(&x_too));
	for (int i = 0; i < 37; i++)
		queue_work_on(0, reclaim, WORK(&many[i]));
}

static void queue_for_the_second(void)
{
	for (int i = 37; i < 40; i++)
		queue_work_on(1, reclaim, WORK(&many[i]));
}

/*
 * RULE(R7.5). 17 items a visit if the mayday list is not empty by then: back to the end of the list.  The entry may
 * be that of the same pwq, which the mayday timer has listed again: the next visit follows at once.
 */
static void rescuer_lets_the_other_pools_have_a_turn(void)
{
	struct machine_config cfg = world_config(2);
	struct trace_event ev;
	struct world w;
	int again = 0;

	world_start(&w, &cfg);
	settle(&w);
	other = make_wq("other", 0, 0);
	reclaim = make_wq("reclaim", WQ_MEM_RECLAIM, 0);
	item_init(&x, "X", STEPS(SLEEP(600)));
	item_init(&x_too, "XX", STEPS(SLEEP(600)));
	for (int i = 0; i < 40; i++) {
		snprintf(names[i], sizeof(names[i]), "m%d", i);
		item_init(&many[i], names[i], STEPS(SLEEP(4)));
	}
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_on_two_cpus), UNTIL(24), CALL(queue_for_the_second), UNTIL(1000),
			    CALL(creation_works)));
	CHECK_INT(world_run(&w, 2000), STOP_IDLE);
	CHECK_INT(count(&w, EV_RESCUE, NULL), 40);
	CHECK_LT(nth(&w, EV_EXECUTE_END, "m16", 1), nth(&w, EV_EXECUTE_START, "m37", 1));
	CHECK_LT(nth(&w, EV_EXECUTE_END, "m39", 1), nth(&w, EV_EXECUTE_START, "m17", 1));
	for (unsigned int i = 1; find(&w, EV_RESCUER_BEGIN, NULL, i, &ev); i++) {
		bool batch = ev.n > nth(&w, EV_EXECUTE_END, "m33", 1) && ev.n < nth(&w, EV_EXECUTE_START, "m34", 1);

		again += batch;
		CHECK_TRUE(batch || ev.n < nth(&w, EV_EXECUTE_START, "m17", 1) || ev.n > nth(&w, EV_EXECUTE_END, "m36", 1));
	}
	CHECK_INT(again, 1);
	world_stop(&w);
}

const struct test_case suite_conf_rescuer[] = {
	T(rescuer_breaks_the_deadlock_after_ten_milliseconds),
	T(without_a_rescuer_the_watchdog_is_all_there_is),
	T(rescuer_runs_all_items_of_its_workqueue_one_by_one),
	T(rescuer_hands_over_when_the_pool_can_help_itself),
	T(rescuer_wakes_a_worker_before_it_leaves),
	T(rescuer_visits_pools_in_the_order_of_their_calls),
	T(rescuer_runs_only_items_of_its_own_workqueue),
	T(two_items_that_depend_need_two_workqueues),
	T(rescuer_does_nothing_while_workers_can_be_made),
	T(rescuer_is_not_called_for_a_short_or_needless_wait),
	T(maydays_come_after_ten_and_then_every_hundred_milliseconds),
	T(rescuer_lets_the_other_pools_have_a_turn),
	{ NULL, NULL }
};
