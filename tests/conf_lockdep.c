/*
 * tests/conf_lockdep.c - the order of mutexes and of waits for items.   Licence: MIT.
 */
#include "tests/support/world.h"

#include <stdio.h>
#include <string.h>

static struct item a, b;
static struct workqueue_struct *q, *other;
static struct mutex m1, m2, m3;

static void begin(struct world *w, int on)
{
	struct machine_config cfg = world_config(2);

	cfg.params[0] = (struct mach_param){ "lockdep", on };
	world_start(w, &cfg);
	mutex_init(&m1, "m1");
	mutex_init(&m2, "m2");
	mutex_init(&m3, "m3");
	q = make_wq("q", 0, 0);
	other = make_wq("other", 0, 0);
}

/* The text of the only report, "" if there is none. */
static const char *report(struct world *w)
{
	static char text[400];
	struct trace_event ev;
	struct ev_BUG bug;
	unsigned int n = 0;

	text[0] = '\0';
	while (find(w, EV_BUG, NULL, n + 1, &ev)) {
		if (trace_get_BUG(&ev, &bug) && bug.kind == BUG_WAIT_CYCLE)
			snprintf(text, sizeof(text), "%s", bug.text);
		n++;
	}
	CHECK_LE(n, 1);
	return text;
}

static void nest(struct mutex *outer, struct mutex *inner)
{
	mutex_lock(outer);
	mutex_lock(inner);
	mutex_unlock(inner);
	mutex_unlock(outer);
}

static void m1_m2(void) { nest(&m1, &m2); }
static void m2_m1(void) { nest(&m2, &m1); }
static void m2_m3(void) { nest(&m2, &m3); }
static void m3_m1(void) { nest(&m3, &m1); }
static void m1_then_m2_tried(void)
{
	mutex_lock(&m2);
	CHECK_TRUE(mutex_trylock(&m1));
	mutex_unlock(&m1);
	mutex_unlock(&m2);
}
static void remake_m1(void) { mutex_init(&m1, "m1"); }
static void lock_m1(void) { mutex_lock(&m1); mutex_unlock(&m1); }
static void queue_a(void) { queue_work(q, WORK(&a)); }
static void queue_b(void) { queue_work(other, WORK(&b)); }
static void flush_a(void) { flush_work(WORK(&a)); }
static void flush_q(void) { flush_workqueue(q); }
static void flush_other(void) { flush_workqueue(other); }
static void flush_a_under_m1(void)
{
	mutex_lock(&m1);
	flush_work(WORK(&a));
	mutex_unlock(&m1);
}
static void cancel_a_under_m1(void)
{
	mutex_lock(&m1);
	cancel_work_sync(WORK(&a));
	mutex_unlock(&m1);
}
static void flush_q_under_m1(void)
{
	mutex_lock(&m1);
	flush_workqueue(q);
	mutex_unlock(&m1);
}

static void two_orders_are_a_circle_though_nothing_hangs(void)
{
	struct world w;

	begin(&w, 1);
	actor("t", 0, STEPS(CALL(m1_m2), SLEEP(5), CALL(m2_m1)));
	world_run_out(&w, 100);
	CHECK_HAS(report(&w), "circular locking dependency detected: t holds m2 and takes m1");
	world_stop(&w);
}

static void a_circle_may_go_through_a_third(void)
{
	struct world w;

	begin(&w, 1);
	actor("t", 0, STEPS(CALL(m1_m2), CALL(m2_m3), CALL(m3_m1)));
	world_run_out(&w, 100);
	CHECK_HAS(report(&w), "the order so far was m1 before m2 before m3");
	world_stop(&w);
}

static void one_order_a_try_and_another_lock_at_the_address_are_none(void)
{
	struct world w;

	begin(&w, 1);
	actor("t", 0, STEPS(CALL(m1_m2), CALL(m1_m2), CALL(m2_m3), CALL(m1_then_m2_tried), CALL(remake_m1), CALL(m2_m1)));
	world_run_out(&w, 100);
	CHECK_STR(report(&w), "");
	world_stop(&w);
}

/* RULE(R2.14). Flush and cancel under a mutex the item takes, in runs that never met. */
static void waiting_for_work_is_a_lock(void)
{
	void (*const waits[])(void) = { flush_a_under_m1, cancel_a_under_m1, flush_q_under_m1 };
	static const char *const takes[] = {
		"t holds m1 and takes (work_completion)(a)", "t holds m1 and takes (work_completion)(a)",
		"t holds m1 and takes (wq_completion)q",
	};

	for (int i = 0; i < 3; i++) {
		struct world w;

		begin(&w, 1);
		item_init(&a, "a", STEPS(SLEEP(5), CALL(lock_m1)));
		actor("t", 0, STEPS(CALL(queue_a), CALL(flush_a), CALL(queue_a), SLEEP(1), CALL(waits[i])));
		world_run(&w, 8);	/* the second run waits for m1 for ever */
		CHECK_HAS(report(&w), takes[i]);
		world_stop(&w);
	}
}

/* RULE(R6.7). Two workqueues whose items flush each other, at different times. */
static void flushing_each_other_is_a_circle(void)
{
	struct world w;

	begin(&w, 1);
	item_init(&a, "a", STEPS(CALL(flush_other)));
	item_init(&b, "b", STEPS(CALL(flush_q)));
	actor("t", 0, STEPS(CALL(queue_a), SLEEP(5), CALL(queue_b)));
	world_run_out(&w, 100);
	CHECK_HAS(report(&w), "circular locking dependency detected");
	CHECK_HAS(report(&w), "takes (wq_completion)q");
	world_stop(&w);
}

static void without_the_parameter_no_order_is_checked(void)
{
	struct world w;

	begin(&w, 0);
	actor("t", 0, STEPS(CALL(m1_m2), CALL(m2_m1)));
	world_run_out(&w, 100);
	CHECK_STR(report(&w), "");
	world_stop(&w);
}

static void cpu_1_down(void) { CHECK_INT(cpu_down(1), 0); }
static void cpu_1_up(void) { CHECK_INT(cpu_up(1), 0); }
static void new_attrs(void)
{
	struct workqueue_attrs *attrs = alloc_workqueue_attrs();
	struct workqueue_struct *u = alloc_workqueue("u", WQ_UNBOUND | WQ_MEM_RECLAIM | WQ_FREEZABLE, 4);

	attrs->affn_scope = WQ_AFFN_CPU;
	CHECK_INT(apply_workqueue_attrs(u, attrs), 0);
	queue_work(u, WORK(&b));
	freeze_workqueues_begin();
	freeze_workqueues_busy();
	thaw_workqueues();
	workqueue_set_max_active(u, 9);
	drain_workqueue(u);
	destroy_workqueue(u);
	free_workqueue_attrs(attrs);
}

/*
 * RULE(R1.18). wq_pool_mutex, wq->mutex, attach mutex: every path that takes
 * these mutexes; a single inverse pair would be reported.
 */
static void the_engine_takes_its_mutexes_in_one_order(void)
{
	struct world w;

	begin(&w, 1);
	item_init(&a, "a", STEPS(BURN(1)));
	item_init(&b, "b", STEPS(SLEEP(1)));
	actor("t", 0, STEPS(CALL(queue_a), CALL(new_attrs), CALL(cpu_1_down), CALL(new_attrs), CALL(cpu_1_up),
			    CALL(flush_q), CALL(new_attrs)));
	world_run_out(&w, 5000);
	CHECK_STR(report(&w), "");
	world_stop(&w);
}

const struct test_case suite_conf_lockdep[] = {
	T(two_orders_are_a_circle_though_nothing_hangs),
	T(a_circle_may_go_through_a_third),
	T(one_order_a_try_and_another_lock_at_the_address_are_none),
	T(waiting_for_work_is_a_lock),
	T(flushing_each_other_is_a_circle),
	T(without_the_parameter_no_order_is_checked),
	T(the_engine_takes_its_mutexes_in_one_order),
	{ NULL, NULL }
};
