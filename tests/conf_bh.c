/*
 * tests/conf_bh.c - bottom-half workqueues: context, order, limits.   Licence: MIT.
 */
#include "tests/support/world.h"

#include <stdio.h>
#include <time.h>

static struct item it[24];
static char names[24][16];
static struct workqueue_struct *q, *hi;
static struct tasklet_struct low_tasklet, hi_tasklet;
static bool ret[8];

static void begin(struct world *w, int cpus, const struct step *steps)
{
	struct machine_config cfg = world_config(cpus);
	int i;

	world_start(w, &cfg);
	settle(w);
	q = make_wq("q", WQ_BH, 0);
	hi = make_wq("hi", WQ_BH | WQ_HIGHPRI, 0);
	for (i = 0; i < 24; i++) {
		snprintf(names[i], sizeof(names[i]), "w%d", i);
		item_init(&it[i], names[i], steps);
	}
}

static void queue_0_2(void)
{
	int i;

	for (i = 0; i < 3; i++)
		queue_work(q, WORK(&it[i]));
}

static void queue_0_2_on_1(void)
{
	int i;

	for (i = 0; i < 3; i++)
		queue_work_on(1, q, WORK(&it[i]));
}

static void queue_all(void)
{
	int i;

	for (i = 0; i < 24; i++)
		queue_work(q, WORK(&it[i]));
}

static void queue_0(void) { ret[0] = queue_work(q, WORK(&it[0])); }
static void queue_1(void) { queue_work(q, WORK(&it[1])); }
static void flush_0(void) { ret[1] = flush_work(WORK(&it[0])); }
static void flush_q(void) { flush_workqueue(q); }
static void cancel_0_sync(void) { ret[2] = cancel_work_sync(WORK(&it[0])); }
static void disable_0_sync(void) { disable_work_sync(WORK(&it[0])); }
static void enable_0(void) { enable_work(WORK(&it[0])); }
static void queue_0_late(void) { queue_delayed_work(q, &it[0].d, msecs_to_jiffies(12)); }
static void destroy(void) { destroy_workqueue(q); }

/* The context of the first start of item @name, or -1. */
static int context_of(struct world *w, const char *name)
{
	struct trace_event ev;

	return find(w, EV_EXECUTE_START, name, 1, &ev) ? (int)ev.ctx : -1;
}

/* RULE(R11.1). WQ_BH allows no flag but WQ_HIGHPRI, and no max_active. */
static void only_highpri_goes_with_bh(void)
{
	struct world w;

	begin(&w, 1, STEPS(BURN(1)));
	CHECK_TRUE(q);
	CHECK_TRUE(hi);
	CHECK_INT(field(&w, EV_WQ_NEW, "q", 1, "flags"), WQ_BH);
	CHECK_FALSE(make_wq("a", WQ_BH | WQ_UNBOUND, 0));
	CHECK_FALSE(make_wq("b", WQ_BH | WQ_MEM_RECLAIM, 0));
	CHECK_FALSE(make_wq("c", WQ_BH | WQ_SYSFS, 0));
	CHECK_FALSE(make_wq("d", WQ_BH, 1));
	CHECK_INT(count(&w, EV_WQ_REFUSED, NULL), 4);
	world_stop(&w);
}

/* RULE(R11.2). RULE(R11.3). Items run in softirq context, in order, one after another. */
static void items_run_in_softirq_context_in_queueing_order(void)
{
	struct world w;
	int i;

	begin(&w, 2, STEPS(BURN(1)));
	actor("t", 1, STEPS(UNTIL(20), CALL(queue_0_2)));
	CHECK_INT(world_run(&w, 100), STOP_IDLE);
	CHECK_STR(starts(&w), "w0 w1 w2");
	for (i = 0; i < 3; i++) {
		CHECK_INT(context_of(&w, names[i]), CTX_SOFTIRQ);
		CHECK_TRUE(!i || nth(&w, EV_EXECUTE_END, names[i - 1], 1) < nth(&w, EV_EXECUTE_START, names[i], 1));
	}
	CHECK_NEAR(when(&w, EV_EXECUTE_END, "w2", 1), 23, 0.5);
	world_stop(&w);
}

/* RULE(R11.3). RULE(R1.22). Two pools a CPU, one worker each, numbered before the normal ones. */
static void each_cpu_has_two_pools_with_one_worker_that_is_no_thread(void)
{
	struct trace_event ev;
	struct world w;
	unsigned int i, seen = 0;

	begin(&w, 2, STEPS(BURN(1)));
	for (i = 1; find(&w, EV_POOL_NEW, NULL, i, &ev); i++) {
		const struct trace_name *pool;
		struct trace_value v;

		trace_event_get(&ev, "flags", &v);
		if (!(v.num & 1))
			continue;
		trace_event_get(&ev, "pool", &v);
		pool = trace_store_def(&w.store, CLS_POOL, (uint32_t)v.num);
		if (CHECK_TRUE(pool)) {
			CHECK_LT(pool->aux % 4, 2);
			CHECK_LT(pool->aux / 4, 2);
		}
		seen++;
	}
	CHECK_INT(seen, 4);
	for (i = 0; i < 4; i++) {
		static const char *const workers[] = { "bh/0", "bh/1", "bh-hi/0", "bh-hi/1" };

		CHECK_INT(count(&w, EV_WORKER_CREATE, workers[i]), 1);
		CHECK_INT(field(&w, EV_WORKER_CREATE, workers[i], 1, "kthread"), 0);
	}
	world_stop(&w);
}

static uint64_t low_at, hi_at;

static void tasklet_low(struct tasklet_struct *t)
{
	(void)t;
	low_at = ktime_get_ns();
}

static void tasklet_high(struct tasklet_struct *t)
{
	(void)t;
	hi_at = ktime_get_ns();
}

static void everything_at_once(void *arg)
{
	(void)arg;
	tasklet_schedule(&low_tasklet);
	tasklet_hi_schedule(&hi_tasklet);
	queue_work(q, WORK(&it[0]));
	queue_work(hi, WORK(&it[1]));
}

static void interrupt(void) { irq_work_on(0, everything_at_once, NULL); }

/* RULE(R11.2). The HI vector runs before TASKLET; each runs its items before its tasklets. */
static void items_go_before_the_tasklets_of_their_vector(void)
{
	struct world w;

	begin(&w, 1, STEPS(BURN(0.05)));
	tasklet_setup(&low_tasklet, tasklet_low);
	tasklet_setup(&hi_tasklet, tasklet_high);
	low_at = hi_at = 0;
	actor("t", 0, STEPS(UNTIL(20), CALL(interrupt)));
	CHECK_INT(world_run(&w, 100), STOP_IDLE);
	CHECK_STR(starts(&w), "w1 w0");
	CHECK_LE(when(&w, EV_EXECUTE_END, "w1", 1) * 1e6, (double)hi_at);
	CHECK_LT((double)hi_at, when(&w, EV_EXECUTE_START, "w0", 1) * 1e6);
	CHECK_LE(when(&w, EV_EXECUTE_END, "w0", 1) * 1e6, (double)low_at);
	world_stop(&w);
}

/* RULE(R11.4). For an item queued to another CPU, an interrupt on that CPU raises the vector. */
static void a_kick_from_another_cpu_raises_the_vector_there(void)
{
	struct trace_event ev;
	struct world w;
	int i;

	begin(&w, 2, STEPS(BURN(0.1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0_2_on_1)));
	CHECK_INT(world_run(&w, 100), STOP_IDLE);
	CHECK_STR(starts(&w), "w0 w1 w2");
	for (i = 0; i < 3; i++)
		if (CHECK_TRUE(find(&w, EV_EXECUTE_START, names[i], 1, &ev)))
			CHECK_INT(ev.cpu, 1);
	world_stop(&w);
}

/* The largest number of items between the entry into a vector and its exit. */
static unsigned int most_in_one_softirq(struct world *w)
{
	unsigned int now = 0, most = 0;
	struct trace_event ev;
	uint64_t i;

	count(w, EV_NONE, NULL);
	for (i = 1; i <= w->store.nr; i++) {
		trace_store_event(&w->store, i, &ev);
		if (ev.kind == EV_SOFTIRQ_ENTRY)
			now = 0;
		else if (ev.kind == EV_ASSIGN_WORK)
			now++;
		most = now > most ? now : most;
	}
	return most;
}

/* RULE(R11.5). After ten items or two milliseconds the vector is raised again. */
static void one_softirq_handles_ten_items_or_two_milliseconds(void)
{
	struct world w;

	begin(&w, 1, STEPS(BURN(0.01)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_all)));
	CHECK_INT(world_run(&w, 100), STOP_IDLE);
	CHECK_GE(count(&w, EV_EXECUTE_START, NULL), 24);
	CHECK_INT(most_in_one_softirq(&w), 10);
	world_stop(&w);

	begin(&w, 1, STEPS(BURN(0.9)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_all)));
	CHECK_INT(world_run(&w, 100), STOP_IDLE);
	CHECK_INT(most_in_one_softirq(&w), 3);
	world_stop(&w);
}

/* RULE(R11.6). An item that sleeps in a bottom half is a bug and is reported. */
static void an_item_that_sleeps_is_reported(void)
{
	struct world w;

	begin(&w, 1, STEPS(SLEEP(3)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0)));
	world_run(&w, 100);
	CHECK_INT(count(&w, EV_BUG, NULL), 1);
	CHECK_INT(count(&w, EV_EXECUTE_END, "w0"), 1);
	world_stop(&w);
}

/* RULE(R11.6). Flush, delay, disable and destroy work as on other workqueues. */
static void the_rest_of_the_interface_works_as_for_threads(void)
{
	struct world w;

	begin(&w, 2, STEPS(BURN(4)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), CALL(queue_1)));
	actor("f", 1, STEPS(UNTIL(21), CALL(flush_0), CALL(flush_q), UNTIL(40), CALL(queue_0_late), UNTIL(70),
			    CALL(disable_0_sync), CALL(queue_0), CALL(enable_0), CALL(destroy)));
	CHECK_INT(world_run(&w, 200), STOP_IDLE);
	CHECK_TRUE(ret[1]);
	CHECK_NEAR(when(&w, EV_FLUSH_WORK_END, "w0", 1), 24, 0.5);
	CHECK_NEAR(when(&w, EV_FLUSH_WQ_END, "q", 1), 28, 0.5);
	CHECK_INT(count(&w, EV_EXECUTE_START, "w0"), 2);
	CHECK_GE(when(&w, EV_EXECUTE_START, "w0", 2), 52);
	CHECK_FALSE(ret[0]);			/* refused while disabled */
	CHECK_INT(field(&w, EV_WQ_FREE, "q", 1, "leaked"), 0);
	world_stop(&w);
}

static void cancel_without_sleeping(void)
{
	preempt_disable();
	cancel_0_sync();
	preempt_enable();
}

static void cancel_in_softirq(struct tasklet_struct *t)
{
	(void)t;
	cancel_0_sync();
}

static void schedule_canceller(void) { tasklet_schedule(&low_tasklet); }

/* RULE(R2.13). The caller spins until the run has ended; it does not sleep, so nothing is reported. */
static void cancel_sync_may_be_called_in_atomic_context(void)
{
	struct world w;

	begin(&w, 2, STEPS(BURN(3)));
	tasklet_setup(&low_tasklet, cancel_in_softirq);
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), UNTIL(40), CALL(queue_0)));
	actor("c", 1, STEPS(UNTIL(21), CALL(cancel_without_sleeping), UNTIL(41), CALL(schedule_canceller)));
	CHECK_INT(world_run(&w, 200), STOP_IDLE);
	CHECK_FALSE(ret[2]);
	CHECK_NEAR(when(&w, EV_CANCEL_END, "w0", 1), 23, 0.5);
	CHECK_NEAR(when(&w, EV_CANCEL_END, "w0", 2), 43, 0.5);
	CHECK_LT(nth(&w, EV_EXECUTE_END, "w0", 1), nth(&w, EV_CANCEL_END, "w0", 1));
	CHECK_LT(nth(&w, EV_EXECUTE_END, "w0", 2), nth(&w, EV_CANCEL_END, "w0", 2));
	CHECK_INT(count(&w, EV_BUG, NULL), 0);
	world_stop(&w);
}

static void cancel_in_hardirq(void *arg)
{
	(void)arg;
	cancel_0_sync();
}

static void interrupt_0(void) { irq_work_on(0, cancel_in_hardirq, NULL); }

/*
 * RULE(R2.13). In a hard interrupt cancel_work_sync() would spin for the interrupted item, so it
 * warns and returns.
 */
static void cancel_sync_in_a_hard_interrupt_is_reported(void)
{
	struct world w;

	begin(&w, 2, STEPS(BURN(3)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0)));
	actor("c", 1, STEPS(UNTIL(21), CALL(interrupt_0)));
	CHECK_INT(world_run(&w, 200), STOP_IDLE);
	CHECK_INT(count(&w, EV_BUG, NULL), 1);
	CHECK_INT(reported(&w, "in a hard interrupt"), 1);
	CHECK_INT(printed(&w, "at __cancel_work_sync"), 1);
	w.excused = "I48";
	world_stop(&w);
}

static void cancel_myself(void) { cancel_work_sync(WORK(&it[0])); }

/* RULE(R2.14). An item that waits for itself in a softirq spins for ever, but its turns are not computed one by one. */
static void an_item_that_spins_for_itself_costs_no_computing_time(void)
{
	clock_t began = clock();
	struct world w;

	begin(&w, 1, STEPS(BURN(1)));
	item_init(&it[0], "w0", STEPS(CALL(cancel_myself)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0)));
	world_pass(&w, 20000);
	CHECK_INT(count(&w, EV_CANCEL_END, NULL), 0);
	CHECK_INT(count(&w, EV_EXECUTE_END, "w0"), 0);
	CHECK_LT((double)(clock() - began) / CLOCKS_PER_SEC, 3);	/* 400 million turns */
	world_stop(&w);
}

static void dump(void) { show_all_workqueues(); }

/* RULE(R12.7). RULE(R12.8). A dump names the worker that has no thread, and its pool's kind. */
static void a_dump_calls_the_worker_bh(void)
{
	struct world w;

	begin(&w, 2, STEPS(BURN(3)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0_2)));
	actor("d", 1, STEPS(UNTIL(21), CALL(dump)));
	CHECK_INT(world_run(&w, 200), STOP_IDLE);
	CHECK_INT(printed(&w, "workqueue q: flags=0x1"), 1);
	CHECK_INT(printed(&w, "  pwq 0: cpus=0 node=0 flags=0x5 bh active=3 refcnt=4"), 1);
	CHECK_INT(printed(&w, "    in-flight: bh:w0"), 1);
	CHECK_INT(printed(&w, "    pending: w1, w2"), 1);
	CHECK_INT(printed(&w, "pool 0: cpus=0 node=0 flags=0x5 bh hung=0s workers=1"), 1);
	world_stop(&w);
}

static void queue_system(void)
{
	queue_work(system_bh_highpri_wq, WORK(&it[1]));
	queue_work(system_bh_wq, WORK(&it[0]));
}

/* RULE(R14.1). The workqueues exist from boot; the trace has one from its first use. */
static void the_systems_own_appear_with_their_first_use(void)
{
	struct machine_config cfg = world_config(1);
	struct world w;

	world_start(&w, &cfg);
	settle(&w);
	CHECK_PTR(workqueue_by_name("events_bh"), system_bh_wq);
	CHECK_PTR(workqueue_by_name("events_bh_highpri"), system_bh_highpri_wq);
	CHECK_INT(count(&w, EV_WQ_NEW, "events_bh"), 0);
	item_init(&it[0], "w0", STEPS(BURN(1)));
	item_init(&it[1], "w1", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_system)));
	CHECK_INT(world_run(&w, 100), STOP_IDLE);
	CHECK_STR(starts(&w), "w1 w0");
	CHECK_INT(count(&w, EV_WQ_NEW, "events_bh"), 1);
	CHECK_INT(count(&w, EV_WQ_NEW, "events_bh_highpri"), 1);
	world_stop(&w);
}

static int down_ret;
static double down_at;
static struct item last;

static void down_1(void)
{
	down_ret = cpu_down(1);
	down_at = (double)ktime_get_ns() / 1e6;
}

static void fill_cpu_1(void *arg)
{
	(void)arg;
	queue_all();
	queue_work(hi, WORK(&it[12]));	/* pending already: refused */
	queue_work(hi, WORK(&last));
	tasklet_schedule(&low_tasklet);
}

static void interrupt_1(void) { irq_work_on(1, fill_cpu_1, NULL); }

/*
 * RULE(R11.7, R11.2). CPU 1 dies while it has 24 ms of bottom halves: its remaining items run on CPU 0 before
 * cpu_down() returns, in order, highpri ones first.
 */
static void items_of_a_dead_cpu_run_on_another(void)
{
	struct trace_event ev;
	struct world w;
	uint64_t dead;
	int i, moved = 0;

	begin(&w, 2, STEPS(BURN(0.9)));
	item_init(&last, "last", STEPS(BURN(0.9)));
	tasklet_setup(&low_tasklet, tasklet_low);
	low_at = 0;
	actor("d", 0, STEPS(UNTIL(20), CALL(down_1)));
	actor("i", 0, STEPS(UNTIL(59.5), CALL(interrupt_1)));
	CHECK_INT(world_run(&w, 1000), STOP_IDLE);
	CHECK_INT(down_ret, 0);
	dead = nth(&w, EV_CPU_STATE, NULL, 1);
	CHECK_LT(nth(&w, EV_EXECUTE_START, "last", 1), nth(&w, EV_EXECUTE_START, "w0", 1));
	for (i = 0; i < 24; i++) {
		CHECK_TRUE(find(&w, EV_EXECUTE_START, names[i], 1, &ev));
		moved += ev.n > dead;
		CHECK_INT(ev.ctx, CTX_SOFTIRQ);
		CHECK_INT(ev.n > dead, ev.cpu == 0);
		CHECK_TRUE(!i || nth(&w, EV_EXECUTE_END, names[i - 1], 1) < ev.n);
	}
	CHECK_GT(moved, 10);
	CHECK_LT(moved, 24);
	CHECK_GT(low_at, 0);
	CHECK_GT(down_at, when(&w, EV_EXECUTE_END, "w23", 1));
	world_stop(&w);
}

static struct mutex m;
static struct completion never;
static struct wait_queue_head nowhere;

static bool no(void *arg) { (void)arg; return false; }

static void try_sleep(void) { msleep(5); }
static void try_mutex(void) { mutex_lock(&m); }
static void try_completion(void) { wait_for_completion(&never); }
static void try_event(void) { wait_event(&nowhere, no, NULL); }
static void try_thread(void) { CHECK_TRUE(IS_ERR(kthread_create_on_node(NULL, NULL, 0, "x"))); }
static void try_flush(void) { flush_work(WORK(&it[1])); }
static void try_rcu(void) { synchronize_rcu(); }
static void try_freeze(void) { workqueue_freeze(10); }
static void hold_m(void) { mutex_lock(&m); }
static void release_m(void) { mutex_unlock(&m); }

/* RULE(R11.8, R11.6). Each call that would block warns, returns, and the next item runs. */
static void a_blocking_call_is_reported_and_the_next_item_runs(void)
{
	static void (*const tries[])(void) = { try_sleep, try_mutex, try_completion, try_event, try_thread, try_rcu,
					       try_freeze, try_flush };

	for (unsigned int i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		struct world w;

		begin(&w, 2, STEPS(BURN(0.1)));
		mutex_init(&m, "m");
		init_completion(&never, "never");
		init_waitqueue_head(&nowhere, "nowhere");
		item_init(&it[0], "w0", STEPS(CALL(tries[i])));
		actor("h", 1, STEPS(UNTIL(5), CALL(hold_m), SLEEP(100), CALL(release_m)));
		actor("t", 0, STEPS(UNTIL(20), CALL(queue_0_2)));
		world_run(&w, 200);
		/* a mutex that is held: reported by mutex_lock() and by the scheduler */
		if (count(&w, EV_BUG, NULL) != (tries[i] == try_mutex ? 2 : 1))
			test_note("try %u: %u reports", i, count(&w, EV_BUG, NULL));
		CHECK_INT(count(&w, EV_BUG, NULL), tries[i] == try_mutex ? 2 : 1);
		CHECK_STR(starts(&w), "w0 w1 w2");
		CHECK_NEAR(when(&w, EV_EXECUTE_END, "w2", 1), 20.2, 0.2);
		world_stop(&w);
	}
}

const struct test_case suite_conf_bh[] = {
	T(only_highpri_goes_with_bh),
	T(items_run_in_softirq_context_in_queueing_order),
	T(each_cpu_has_two_pools_with_one_worker_that_is_no_thread),
	T(items_go_before_the_tasklets_of_their_vector),
	T(a_kick_from_another_cpu_raises_the_vector_there),
	T(one_softirq_handles_ten_items_or_two_milliseconds),
	T(an_item_that_sleeps_is_reported),
	T(the_rest_of_the_interface_works_as_for_threads),
	T(cancel_sync_may_be_called_in_atomic_context),
	T(cancel_sync_in_a_hard_interrupt_is_reported),
	T(a_dump_calls_the_worker_bh),
	T(the_systems_own_appear_with_their_first_use),
	T(items_of_a_dead_cpu_run_on_another),
	T(a_blocking_call_is_reported_and_the_next_item_runs),
	T(an_item_that_spins_for_itself_costs_no_computing_time),
	{ NULL, NULL }
};
