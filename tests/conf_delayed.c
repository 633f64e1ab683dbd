/*
 * tests/conf_delayed.c - items after a delay, or after a grace period.   Licence: MIT.
 */
#include "tests/support/world.h"

#include <string.h>

static struct item a;
static struct workqueue_struct *q;
static int ret[16], n;

static void begin(struct world *w, int cpus)
{
	struct machine_config cfg = world_config(cpus);

	n = 0;
	world_start(w, &cfg);
	settle(w);
	q = make_wq("q", 0, 0);
	item_init(&a, "a", STEPS(BURN(1)));
}

static void delay_0(void) { ret[n++] = queue_delayed_work(q, &a.d, 0); }
static void delay_10(void) { ret[n++] = queue_delayed_work(q, &a.d, 10); }
static void delay_100(void) { ret[n++] = queue_delayed_work(q, &a.d, 100); }
static void delay_100_on_1(void) { ret[n++] = queue_delayed_work_on(1, q, &a.d, 100); }
static void delay_10_on_1(void) { ret[n++] = queue_delayed_work_on(1, q, &a.d, 10); }
static void mod_20(void) { ret[n++] = mod_delayed_work(q, &a.d, 20); }
static void mod_0(void) { ret[n++] = mod_delayed_work(q, &a.d, 0); }
static void cancel(void) { ret[n++] = cancel_delayed_work(&a.d); }
static void cancel_sync(void) { ret[n++] = cancel_delayed_work_sync(&a.d); }
static void flush(void) { ret[n++] = flush_delayed_work(&a.d); }
static void disable(void) { ret[n++] = disable_delayed_work(&a.d); }

/* RULE(R8.1). Delay 0 arms no timer. */
static void delay_0_queues_at_once(void)
{
	struct world w;

	begin(&w, 1);
	actor("t", 0, STEPS(UNTIL(20), CALL(delay_0)));
	world_run(&w, 100);
	CHECK_INT(count(&w, EV_DELAYED_ARM, "a"), 0);
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "a", 1), 20, 0.1);
	world_stop(&w);
}

/* RULE(R8.1). Not before n ticks; the timer's softirq queues, a worker runs it after that. */
static void delayed_item_is_queued_by_its_timer_not_before_its_time(void)
{
	struct world w;
	struct trace_event ev;
	double t;

	begin(&w, 1);
	actor("t", 0, STEPS(UNTIL(20.5), CALL(delay_10)));
	world_run(&w, 100);
	t = when(&w, EV_QUEUE_WORK, "a", 1);
	CHECK_GE(t, 20.5 + 9);
	CHECK_LT(t, 20.5 + 12);
	if (CHECK_TRUE(find(&w, EV_QUEUE_WORK, "a", 1, &ev)))
		CHECK_INT(ev.ctx, CTX_SOFTIRQ);
	CHECK_LT(nth(&w, EV_DELAYED_FIRE, "a", 1), nth(&w, EV_QUEUE_WORK, "a", 1));
	CHECK_TRUE(query_led(&w, nth(&w, EV_DELAYED_ARM, "a", 1), nth(&w, EV_EXECUTE_START, "a", 1)));
	world_stop(&w);
}

/*
 * RULE(R8.6). A second queue_delayed_work() changes nothing; mod_delayed_work() changes the
 * expiry and returns true.
 */
static void only_mod_changes_the_expiry(void)
{
	struct world w;
	double t;

	begin(&w, 1);
	actor("t", 0, STEPS(UNTIL(20.5), CALL(delay_10), SLEEP(5), CALL(delay_10), CALL(mod_20)));
	world_run(&w, 100);
	CHECK_INT(ret[0], 1);
	CHECK_INT(ret[1], 0);
	CHECK_INT(ret[2], 1);
	t = when(&w, EV_EXECUTE_START, "a", 1);
	CHECK_GE(t, 25.5 + 19);
	CHECK_LT(t, 25.5 + 24);
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 1);
	world_stop(&w);

	begin(&w, 1);		/* without the mod: the first call's time */
	actor("t", 0, STEPS(UNTIL(20.5), CALL(delay_10), SLEEP(5), CALL(delay_10)));
	world_run(&w, 100);
	CHECK_INT(ret[0], 1);
	CHECK_INT(ret[1], 0);
	CHECK_INT(count(&w, EV_DELAYED_ARM, "a"), 1);
	t = when(&w, EV_EXECUTE_START, "a", 1);
	CHECK_GE(t, 20.5 + 9);
	CHECK_LT(t, 20.5 + 12);
	world_stop(&w);
}

/* RULE(R8.5). mod_delayed_work() with delay 0 queues at once; on an idle item it returns false. */
static void mod_with_delay_0_queues_now(void)
{
	struct world w;

	begin(&w, 1);
	actor("t", 0, STEPS(UNTIL(20), CALL(delay_10), CALL(mod_0), SLEEP(5), CALL(mod_0)));
	world_run(&w, 100);
	CHECK_INT(ret[1], 1);
	CHECK_INT(ret[2], 0);
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "a", 1), 20, 0.1);
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 2);
	world_stop(&w);
}

/* RULE(R2.5). A cancel deletes the timer and returns true; the item never runs. */
static void cancel_of_an_armed_item_deletes_its_timer(void)
{
	struct world w;

	begin(&w, 1);
	actor("t", 0, STEPS(UNTIL(20), CALL(delay_10), CALL(cancel), CALL(cancel), CALL(delay_10),
			    CALL(cancel_sync)));
	CHECK_INT(world_run(&w, 100), STOP_IDLE);
	CHECK_INT(ret[1], 1);
	CHECK_INT(ret[2], 0);
	CHECK_INT(ret[4], 1);
	CHECK_INT(count(&w, EV_DELAYED_OFF, "a"), 2);
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 0);
	world_stop(&w);
}

/*
 * RULE(R6.6). flush_delayed_work() does not wait for the timer: it queues the item at once and
 * waits for the run.
 */
static void flush_delayed_work_queues_at_once_and_waits(void)
{
	struct world w;

	begin(&w, 1);
	actor("t", 0, STEPS(UNTIL(20), CALL(delay_10), CALL(flush)));
	world_run(&w, 100);
	CHECK_INT(ret[1], 1);
	CHECK_NEAR(when(&w, EV_EXECUTE_END, "a", 1), 21, 0.1);
	CHECK_NEAR(when(&w, EV_FLUSH_WORK_END, "a", 1), 21, 0.1);
	world_stop(&w);
}

/* RULE(R8.2, R8.3). If the call names a CPU, the timer and the item are queued on that CPU. */
static void delayed_item_for_a_cpu_runs_there(void)
{
	struct trace_event ev;
	struct world w;

	begin(&w, 2);
	actor("t", 0, STEPS(UNTIL(20), CALL(delay_10_on_1)));
	world_run(&w, 100);
	if (CHECK_TRUE(find(&w, EV_DELAYED_FIRE, "a", 1, &ev)))
		CHECK_INT(ev.cpu, 1);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "a", 1, "cpu"), 1);
	world_stop(&w);
}

static void down_1(void) { CHECK_INT(cpu_down(1), 0); }

/*
 * RULE(R8.2, R10.2). The timer moves because its CPU goes offline.  An item for no CPU is queued on the CPU where the
 * timer fires.  An item for the offline CPU is still queued there.
 */
static void timer_that_moved_queues_on_the_requested_cpu(void)
{
	static void (*const arms[])(void) = { delay_100, delay_100_on_1 };

	for (int i = 0; i < 2; i++) {
		struct trace_event ev;
		struct world w;

		begin(&w, 2);
		actor("t", 1, STEPS(UNTIL(20), CALL(arms[i])));
		actor("u", 0, STEPS(UNTIL(25), CALL(down_1)));
		world_run(&w, 400);
		CHECK_TRUE(ret[0] == 1 && find(&w, EV_DELAYED_FIRE, "a", 1, &ev) && ev.cpu == 0);
		CHECK_INT(field(&w, EV_QUEUE_WORK, "a", 1, "cpu"), i);
		world_stop(&w);
	}
}

/*
 * RULE(R2.4, R8.5). On a disabled item queue_delayed_work() returns false; mod_delayed_work()
 * removes the pending item and queues nothing.
 */
static void disabled_delayed_item_is_refused_by_queue_and_mod(void)
{
	struct world w;

	begin(&w, 1);
	actor("t", 0, STEPS(UNTIL(20), CALL(delay_10), CALL(disable), CALL(delay_10), CALL(mod_20)));
	CHECK_INT(world_run(&w, 100), STOP_IDLE);
	CHECK_INT(ret[0], 1);
	CHECK_INT(ret[1], 1);
	CHECK_INT(ret[2], 0);
	CHECK_INT(ret[3], 0);
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 0);
	world_stop(&w);
}

static struct rcu_work rwork;

static int rcu_runs;

static void rcu_fn(struct work_struct *work)
{
	(void)work;
	rcu_runs++;
}

static void queue_rcu(void) { ret[n++] = queue_rcu_work(q, &rwork); }
static void flush_rcu(void)
{
	ret[n++] = flush_rcu_work(&rwork);
	ret[n++] = rcu_runs;
}

static void hold_rcu(void)
{
	rcu_read_lock();
	mach_hog(5 * MS);
	rcu_read_unlock();
}

/* RULE(R8.9). An rcu_work runs after the earlier RCU readers have ended; a flush waits for both. */
static void rcu_work_runs_after_the_readers_of_its_time(void)
{
	struct world w;

	begin(&w, 2);
	rcu_runs = 0;
	init_rcu_work(&rwork, rcu_fn, "r", "r", 0);
	actor("reader", 1, STEPS(UNTIL(20), CALL(hold_rcu)));
	actor("t", 0, STEPS(UNTIL(21), CALL(queue_rcu), CALL(queue_rcu), CALL(flush_rcu)));
	world_run(&w, 200);
	CHECK_INT(ret[0], 1);
	CHECK_INT(ret[1], 0);
	CHECK_INT(ret[2], 1);
	CHECK_INT(ret[3], 1);	/* the item had run when the flush returned */
	CHECK_GE(when(&w, EV_EXECUTE_START, "r", 1), 25);
	CHECK_INT(count(&w, EV_EXECUTE_START, "r"), 1);
	world_stop(&w);
}

static struct rcu_work other_rwork;
static int rcu_ran_on[2];

static void note_rcu_cpu(struct work_struct *work)
{
	rcu_ran_on[work == &other_rwork.work] = raw_smp_processor_id();
}

static void queue_other_rcu(void) { queue_rcu_work(q, &other_rwork); }

/*
 * RULE(R8.9). An RCU callback runs on the CPU that called call_rcu(), and queues the
 * item there.  Exploring rcu_work.kws found the fault that this tests: one thread ran
 * all callbacks on whatever CPU it was.
 */
static void rcu_work_runs_on_the_cpu_that_queued_it(void)
{
	struct world w;

	begin(&w, 3);
	init_rcu_work(&rwork, note_rcu_cpu, "r", "r", 0);
	init_rcu_work(&other_rwork, note_rcu_cpu, "s", "s", 0);
	actor("one", 1, STEPS(UNTIL(20), CALL(queue_rcu), CALL(flush_rcu)));
	actor("two", 2, STEPS(UNTIL(20), CALL(queue_other_rcu)));
	world_run(&w, 200);
	CHECK_GE(count(&w, EV_EXECUTE_START, NULL), 2);
	CHECK_INT(rcu_ran_on[0], 1);
	CHECK_INT(rcu_ran_on[1], 2);
	world_stop(&w);
}

/* ---- misuse ------------------------------------------------------------------ */

static void raw_fn(struct work_struct *work)
{
	(void)work;
}

static struct delayed_work never_set_up, armed_twice, listed, no_queue;
static struct list_head elsewhere;

static void arm_never_set_up(void) { queue_delayed_work(q, &never_set_up, 10); }
static void arm_without_a_queue(void) { queue_delayed_work(NULL, &no_queue, 10); }

static void arm_twice(void)
{
	armed_twice.timer.expires = jiffies + 500;
	add_timer(&armed_twice.timer);		/* without a call of the engine */
	queue_delayed_work(q, &armed_twice, 10);
	timer_delete(&armed_twice.timer);
}

static void arm_listed(void)
{
	INIT_LIST_HEAD(&elsewhere);
	list_add(&listed.work.entry, &elsewhere);
	queue_delayed_work(q, &listed, 10);
	list_del_init(&listed.work.entry);
}

/* RULE(R8.4). Each fault that arming checks for is reported, and no timer is armed. */
static void arming_an_unusable_item_is_reported(void)
{
	static const struct { void (*arm)(void); const char *text; } rows[] = {
		{ arm_never_set_up, "its timer was never set up" },
		{ arm_without_a_queue, "no workqueue" },
		{ arm_twice, "its timer is armed already" },
		{ arm_listed, "its entry is on a list already" },
	};

	for (unsigned int i = 0; i < 4; i++) {
		struct world w;

		begin(&w, 1);
		memset(&never_set_up, 0, sizeof(never_set_up));
		never_set_up.work.func = raw_fn;
		INIT_DELAYED_WORK(&armed_twice, raw_fn);
		INIT_DELAYED_WORK(&listed, raw_fn);
		INIT_DELAYED_WORK(&no_queue, raw_fn);
		actor("t", 0, STEPS(UNTIL(20), CALL(rows[i].arm)));
		w.excused = "I6";
		world_run(&w, 1000);
		CHECK_INT(reported(&w, rows[i].text), 1);
		CHECK_INT(printed(&w, "at __queue_delayed_work"), 1);
		CHECK_INT(count(&w, EV_BUG, NULL), 1);
		CHECK_INT(count(&w, EV_DELAYED_ARM, NULL), 0);
		CHECK_INT(count(&w, EV_QUEUE_WORK, "q"), 0);
		world_stop(&w);
	}
}

static DECLARE_DEFERRABLE_WORK(lazy, raw_fn);
static DECLARE_DELAYED_WORK(prompt, raw_fn);

static void arm_lazy(void) { queue_delayed_work(q, &lazy, 10); }
static void arm_both(void)
{
	arm_lazy();
	queue_delayed_work(q, &prompt, 40);
}

/*
 * RULE(R8.7). On a busy CPU the tick runs a deferrable timer in time; an idle CPU is not woken
 * for it, so it is late.
 */
static void deferrable_timer_lets_an_idle_cpu_sleep(void)
{
	struct world w;
	double late;

	begin(&w, 1);
	actor("t", 0, STEPS(UNTIL(20), CALL(arm_both), BURN(50)));
	world_run(&w, 2000);
	CHECK_GE(when(&w, EV_DELAYED_FIRE, "lazy", 1), 30);
	CHECK_LT(when(&w, EV_DELAYED_FIRE, "lazy", 1), 33);
	world_stop(&w);

	begin(&w, 1);		/* alone: a second late */
	actor("t", 0, STEPS(UNTIL(20), CALL(arm_lazy)));
	CHECK_INT(world_run(&w, 5000), STOP_IDLE);
	late = when(&w, EV_DELAYED_FIRE, "lazy", 1);
	CHECK_RANGE(late, 1000, 1040);
	CHECK_INT(count(&w, EV_EXECUTE_START, "lazy"), 1);
	world_stop(&w);

	begin(&w, 1);		/* another timer wakes the CPU, and finds it */
	actor("t", 0, STEPS(UNTIL(20), CALL(arm_both)));
	CHECK_INT(world_run(&w, 5000), STOP_IDLE);
	late = when(&w, EV_DELAYED_FIRE, "lazy", 1);
	CHECK_GE(late, 60);
	CHECK_LT(late, 63);
	CHECK_NEAR(when(&w, EV_DELAYED_FIRE, "prompt", 1), late, 0.1);
	world_stop(&w);

	begin(&w, 1);		/* another event wakes the CPU */
	INIT_DEFERRABLE_WORK(&a.d, raw_fn);
	actor("t", 0, STEPS(UNTIL(20), CALL(delay_10), UNTIL(200), BURN(5)));
	CHECK_INT(world_run(&w, 5000), STOP_IDLE);
	late = when(&w, EV_DELAYED_FIRE, NULL, 1);
	CHECK_GT(late, 199);
	CHECK_LT(late, 203);
	world_stop(&w);
}

static void delay_150(void) { ret[n++] = queue_delayed_work(q, &a.d, 150); }
static void plain_flush(void) { ret[n++] = flush_work(WORK(&a)); }
static void plain_cancel(void) { ret[n++] = cancel_work(WORK(&a)); }
static void plain_disable(void) { ret[n++] = disable_work(WORK(&a)); }

/*
 * RULE(R8.8). flush_work() and cancel_work_sync() on an item with an armed timer: the flush finds nothing to wait for,
 * and the cancel spins until the timer has queued the item, then removes it.
 */
static void plain_forms_miss_or_spin_while_the_timer_is_armed(void)
{
	static void (*const spinners[])(void) = { plain_cancel, plain_disable };
	struct world w;

	begin(&w, 1);
	actor("t", 0, STEPS(UNTIL(20), CALL(delay_10), CALL(plain_flush)));
	CHECK_INT(world_run(&w, 1000), STOP_IDLE);
	CHECK_INT(ret[1], 0);
	CHECK_LT(nth(&w, EV_FLUSH_WORK, "a", 1), nth(&w, EV_EXECUTE_START, "a", 1));
	world_stop(&w);

	for (int i = 0; i < 2; i++) {
		begin(&w, 2);
		actor("t", 0, STEPS(UNTIL(20), CALL(delay_150)));
		actor("c", 1, STEPS(UNTIL(25), CALL(spinners[i])));
		CHECK_INT(world_run(&w, 1000), STOP_IDLE);
		CHECK_INT(ret[1], 1);
		CHECK_GE(when(&w, EV_CANCEL, "a", 1), 170);
		CHECK_INT(count(&w, EV_STEAL, "a") + count(&w, EV_EXECUTE_START, "a"), 1);
		CHECK_INT(count(&w, EV_BUG, NULL), 0);
		world_stop(&w);
	}
}

const struct test_case suite_conf_delayed[] = {
	T(delay_0_queues_at_once),
	T(delayed_item_is_queued_by_its_timer_not_before_its_time),
	T(only_mod_changes_the_expiry),
	T(mod_with_delay_0_queues_now),
	T(cancel_of_an_armed_item_deletes_its_timer),
	T(flush_delayed_work_queues_at_once_and_waits),
	T(delayed_item_for_a_cpu_runs_there),
	T(timer_that_moved_queues_on_the_requested_cpu),
	T(disabled_delayed_item_is_refused_by_queue_and_mod),
	T(rcu_work_runs_after_the_readers_of_its_time),
	T(rcu_work_runs_on_the_cpu_that_queued_it),
	T(arming_an_unusable_item_is_reported),
	T(deferrable_timer_lets_an_idle_cpu_sleep),
	T(plain_forms_miss_or_spin_while_the_timer_is_armed),
	{ NULL, NULL }
};
