/*
 * tests/conf_active.c - max_active: bound, unbound, ordered.   Licence: MIT.
 */
#include "tests/support/world.h"

#include <stdio.h>
#include <string.h>

static struct item it[24];
static char names[24][16];
static struct workqueue_struct *q;

static void begin(struct world *w, const struct machine_config *cfg, unsigned int flags, int max_active,
		  const struct step *steps)
{
	int i;

	world_start(w, cfg);
	settle(w);
	q = make_wq("q", flags, max_active);
	for (i = 0; i < 24; i++) {
		snprintf(names[i], sizeof(names[i]), "w%d", i);
		item_init(&it[i], names[i], steps);
	}
}

static void queue_0_5(void)
{
	int i;

	for (i = 0; i < 6; i++)
		queue_work(q, WORK(&it[i]));
}

static void queue_6_11(void)
{
	int i;

	for (i = 6; i < 12; i++)
		queue_work(q, WORK(&it[i]));
}

static void queue_all(void)
{
	int i;

	for (i = 0; i < 24; i++)
		queue_work(q, WORK(&it[i]));
}

static void set_max_4(void) { workqueue_set_max_active(q, 4); }

/* The largest number of items of q that ran at the same time. */
static int most_at_once(struct world *w)
{
	struct trace_event ev;
	int now = 0, most = 0;
	uint64_t i;

	count(w, EV_NONE, NULL);
	for (i = 1; i <= w->store.nr; i++) {
		struct trace_value wq;

		trace_store_event(&w->store, i, &ev);
		if (ev.kind != EV_EXECUTE_START && ev.kind != EV_EXECUTE_END)
			continue;
		trace_event_get(&ev, "wq", &wq);
		if (strcmp(trace_store_name(&w->store, CLS_WQ, (uint32_t)wq.num), "q"))
			continue;
		now += ev.kind == EV_EXECUTE_START ? 1 : -1;
		most = now > most ? now : most;
	}
	return most;
}

/* RULE(R5.12). The limit is per CPU: two CPUs run twice as many items. */
static void max_active_of_a_bound_workqueue_counts_per_cpu(void)
{
	struct machine_config cfg = world_config(2);
	struct world w;

	begin(&w, &cfg, 0, 2, STEPS(SLEEP(5)));
	actor("t0", 0, STEPS(UNTIL(20), CALL(queue_0_5)));
	actor("t1", 1, STEPS(UNTIL(20), CALL(queue_6_11)));
	CHECK_INT(world_run(&w, 200), STOP_IDLE);
	CHECK_INT(most_at_once(&w), 4);
	CHECK_INT(count(&w, EV_INACTIVE, NULL), 8);
	world_stop(&w);
}

/* RULE(R2.3, R5.8). Inactive items are activated in the order of queueing. */
static void inactive_items_are_activated_in_order(void)
{
	struct machine_config cfg = world_config(1);
	struct world w;

	begin(&w, &cfg, 0, 1, STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0_5)));
	world_run(&w, 200);
	CHECK_STR(starts(&w), "w0 w1 w2 w3 w4 w5");
	CHECK_INT(most_at_once(&w), 1);
	world_stop(&w);
}

/* RULE(R5.21). Raising the limit activates waiting items at once. */
static void raising_max_active_activates_waiting_items_at_once(void)
{
	struct machine_config cfg = world_config(1);
	struct world w;

	begin(&w, &cfg, 0, 1, STEPS(SLEEP(10)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0_5), SLEEP(5), CALL(set_max_4)));
	world_run(&w, 200);
	CHECK_NEAR(when(&w, EV_ACTIVATE_WORK, "w1", 1), 25, 0.1);
	CHECK_NEAR(when(&w, EV_ACTIVATE_WORK, "w3", 1), 25, 0.1);
	CHECK_NEAR(when(&w, EV_ACTIVATE_WORK, "w4", 1), 30, 0.2);
	CHECK_INT(most_at_once(&w), 4);
	world_stop(&w);
}

static bool crowded[3];

static void look_congested(void)
{
	crowded[0] = workqueue_congested(WORK_CPU_UNBOUND, q);
	crowded[1] = workqueue_congested(1, q);
}

/* RULE(R5.22). workqueue_congested() is true if items wait behind max_active on that CPU. */
static void workqueue_congested_counts_inactive_items_of_that_cpu(void)
{
	struct machine_config cfg = world_config(2);
	struct world w;

	begin(&w, &cfg, 0, 1, STEPS(SLEEP(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0_5), CALL(look_congested)));
	world_run(&w, 200);
	CHECK_TRUE(crowded[0]);
	CHECK_FALSE(crowded[1]);
	world_stop(&w);
}

/* RULE(R5.14). max_active 20 over two equal nodes: 10 from one of them; 12 gives min_active 8. */
static void unbound_limit_is_dealt_out_to_nodes(void)
{
	static const struct { int max, share; } cases[] = { { 20, 10 }, { 12, 8 }, { 3, 3 } };
	size_t i;

	for (i = 0; i < 3; i++) {
		struct machine_config cfg = world_config(4);
		struct world w;

		cfg.nr_nodes = 2;
		begin(&w, &cfg, WQ_UNBOUND, cases[i].max, STEPS(SLEEP(5)));
		actor("t", 0, STEPS(UNTIL(20), CALL(queue_all)));
		CHECK_INT(world_run(&w, 400), STOP_IDLE);
		CHECK_INT(most_at_once(&w), cases[i].share);
		CHECK_INT(count(&w, EV_EXECUTE_END, "q"), 24);
		world_stop(&w);
	}
}

/* RULE(R5.16). Both nodes run 3 items each, because min_active is 3; the 3 pwqs of a node share its slots. */
static void unbound_limit_holds_per_node_from_both_nodes(void)
{
	struct machine_config cfg = world_config(4);
	struct world w;

	cfg.nr_nodes = 2;
	begin(&w, &cfg, WQ_UNBOUND, 3, STEPS(SLEEP(5)));
	actor("t0", 0, STEPS(UNTIL(20), CALL(queue_0_5)));
	actor("t2", 2, STEPS(UNTIL(20), CALL(queue_6_11)));
	CHECK_INT(world_run(&w, 400), STOP_IDLE);
	CHECK_INT(most_at_once(&w), 6);
	CHECK_INT(count(&w, EV_EXECUTE_END, "q"), 12);
	world_stop(&w);
}

/* RULE(R5.23). An ordered workqueue runs one item at a time, in the order of queueing from several CPUs. */
static void ordered_workqueue_runs_one_at_a_time_in_order(void)
{
	struct machine_config cfg = world_config(4);
	struct world w;

	begin(&w, &cfg, WQ_UNBOUND | WQ_INT_ORDERED, 1, STEPS(SLEEP(1)));
	actor("t0", 0, STEPS(UNTIL(20), CALL(queue_0_5)));
	actor("t1", 2, STEPS(UNTIL(20.5), CALL(queue_6_11)));
	CHECK_INT(world_run(&w, 400), STOP_IDLE);
	CHECK_STR(starts(&w), "w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11");
	CHECK_INT(most_at_once(&w), 1);
	world_stop(&w);
}

static void change_attrs(void)
{
	struct workqueue_attrs *attrs = alloc_workqueue_attrs();

	attrs->nice = -5;
	CHECK_INT(apply_workqueue_attrs(q, attrs), 0);
	free_workqueue_attrs(attrs);
}

/*
 * RULE(R5.24). New attributes create a new pwq, which is plugged until the old one is empty:
 * order is kept.
 */
static void ordered_workqueue_stays_ordered_across_new_attributes(void)
{
	struct machine_config cfg = world_config(2);
	struct world w;

	begin(&w, &cfg, WQ_UNBOUND | WQ_INT_ORDERED, 1, STEPS(SLEEP(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0_5), CALL(change_attrs), CALL(queue_6_11)));
	CHECK_INT(world_run(&w, 400), STOP_IDLE);
	CHECK_STR(starts(&w), "w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11");
	CHECK_INT(most_at_once(&w), 1);
	CHECK_INT(field(&w, EV_PWQ_PLUG, NULL, 1, "plugged"), 1);
	CHECK_INT(field(&w, EV_PWQ_PLUG, NULL, 2, "plugged"), 0);
	CHECK_INT(count(&w, EV_PWQ_FREE, NULL), 1);
	world_stop(&w);
}

/* RULE(R5.18). max_active 0 means 256; a value out of range is clamped with a warning. */
static void max_active_is_defaulted_and_clamped(void)
{
	struct machine_config cfg = world_config(1);
	struct world w;

	begin(&w, &cfg, 0, 0, STEPS(BURN(1)));
	make_wq("huge", 0, 9999);
	CHECK_INT(field(&w, EV_WQ_NEW, "q", 1, "max_active"), WQ_DFL_ACTIVE);
	CHECK_INT(field(&w, EV_WQ_NEW, "huge", 1, "max_active"), WQ_MAX_ACTIVE);
	CHECK_INT(printed(&w, "workqueue: max_active 9999 requested for huge is out of range, clamping between 1 and 512"), 1);
	world_stop(&w);
}

const struct test_case suite_conf_active[] = {
	T(max_active_of_a_bound_workqueue_counts_per_cpu),
	T(inactive_items_are_activated_in_order),
	T(raising_max_active_activates_waiting_items_at_once),
	T(workqueue_congested_counts_inactive_items_of_that_cpu),
	T(unbound_limit_is_dealt_out_to_nodes),
	T(unbound_limit_holds_per_node_from_both_nodes),
	T(ordered_workqueue_runs_one_at_a_time_in_order),
	T(ordered_workqueue_stays_ordered_across_new_attributes),
	T(max_active_is_defaulted_and_clamped),
	{ NULL, NULL }
};
