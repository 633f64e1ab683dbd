/*
 * tests/conf_worker.c - workers: reserve, idle list, creation, culling, names.   Licence: MIT.
 */
#include "tests/support/world.h"

#include <stdio.h>
#include <string.h>

static struct item it[12];
static char names[12][16];
static struct workqueue_struct *q;

static void begin(struct world *w, int cpus, const struct step *steps)
{
	struct machine_config cfg = world_config(cpus);
	int i;

	world_start(w, &cfg);
	settle(w);
	q = make_wq("q", 0, 0);
	for (i = 0; i < 12; i++) {
		snprintf(names[i], sizeof(names[i]), "w%d", i);
		item_init(&it[i], names[i], steps);
	}
}

static void queue_5(void)
{
	int i;

	for (i = 0; i < 5; i++)
		queue_work(q, WORK(&it[i]));
}

static void queue_12(void)
{
	int i;

	for (i = 0; i < 12; i++)
		queue_work(q, WORK(&it[i]));
}

static void queue_0(void)
{
	queue_work(q, WORK(&it[0]));
}

/* State of the one CPU's normal pool after the last event. */
static struct model_pool pool_at_end(struct world *w)
{
	struct trace_event ev;
	struct model m;
	struct model_pool pool;
	uint64_t i;

	count(w, EV_NONE, NULL);	/* polls */
	REQUIRE_INT(model_init(&m), 0);
	for (i = 1; i <= w->store.nr; i++) {
		trace_store_event(&w->store, i, &ev);
		REQUIRE_INT(model_apply(&m, &ev), 0);
	}
	pool = *model_cpu_pool(&m, 0, 0);
	model_fini(&m);
	return pool;
}

/* RULE(R3.6). The last idle worker makes a successor before it starts: N sleepers, N+1 workers. */
static void five_sleepers_need_six_workers(void)
{
	struct world w;
	struct model_pool pool;

	begin(&w, 1, STEPS(SLEEP(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_5)));
	world_run(&w, 100);
	pool = pool_at_end(&w);
	CHECK_INT(pool.nr_workers, 6);
	CHECK_INT(pool.nr_idle, 6);
	CHECK_LT(nth(&w, EV_MANAGE_BEGIN, NULL, 2), nth(&w, EV_EXECUTE_START, "w1", 1));
	world_stop(&w);
}

/* RULE(R3.1). queue_work() makes no thread: a burst of items that do not block runs on one worker. */
static void burst_of_short_items_runs_on_one_worker(void)
{
	struct world w;

	begin(&w, 1, STEPS(BURN(0.1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_12)));
	world_run(&w, 100);
	CHECK_INT(pool_at_end(&w).nr_workers, 2);
	CHECK_INT(field(&w, EV_EXECUTE_START, "w0", 1, "worker"), field(&w, EV_EXECUTE_START, "w11", 1, "worker"));
	world_stop(&w);
}

/* RULE(R3.7). The worker that became idle last is woken first. */
static void worker_that_went_idle_last_is_woken_first(void)
{
	struct world w;

	begin(&w, 1, STEPS(SLEEP(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_5), UNTIL(40), CALL(queue_0)));
	world_run(&w, 100);
	CHECK_INT(field(&w, EV_EXECUTE_END, "w4", 1, "worker"), field(&w, EV_EXECUTE_START, "w0", 2, "worker"));
	world_stop(&w);
}

/* RULE(R4.11, R4.12). No further worker is woken while one runs; the event has the reason. */
static void no_worker_is_woken_while_another_runs(void)
{
	struct world w;
	struct trace_event ev;

	begin(&w, 2, STEPS(BURN(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), SLEEP(2), CALL(queue_5)));
	world_run(&w, 100);
	CHECK_TRUE(find(&w, EV_ACTIVATE_WORK, "w1", 1, &ev));
	if (CHECK_TRUE(trace_store_event(&w.store, ev.n + 1, &ev)))
		CHECK_INT(ev.kind, EV_KICK);
	CHECK_INT(trace_rd32(ev.data + 4), 0);
	CHECK_INT(ev.why.pred, WHY_NEED_MORE_WORKER);
	CHECK_INT(ev.why.v[0], 0);
	CHECK_INT(ev.why.v[2], 1);
	world_stop(&w);
}

/* RULE(R3.11, R3.10). Idle workers exit after 300 s, down to two; none exits before. */
static void idle_workers_are_culled_after_five_minutes_down_to_two(void)
{
	struct world w;
	struct model_pool pool;

	begin(&w, 1, STEPS(SLEEP(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_12)));
	world_run(&w, 200);
	CHECK_INT(pool_at_end(&w).nr_workers, 13);
	world_pass(&w, 299000);
	CHECK_INT(count(&w, EV_CULL, NULL), 0);
	world_pass(&w, 340000);
	pool = pool_at_end(&w);
	CHECK_INT(pool.nr_workers, 2);
	CHECK_INT(pool.nr_idle, 2);
	CHECK_INT(count(&w, EV_WORKER_DIE, NULL), 11);
	world_stop(&w);
}

/* RULE(R3.13). Names of the three kinds; a highpri pool numbers its own. */
static void workers_are_named_after_their_pool(void)
{
	struct world w;
	struct trace_event ev;

	begin(&w, 2, STEPS(BURN(1)));
	CHECK_TRUE(find(&w, EV_WORKER_CREATE, "kworker/0:0", 1, &ev));
	CHECK_TRUE(find(&w, EV_WORKER_CREATE, "kworker/0:1", 1, &ev));
	CHECK_TRUE(find(&w, EV_WORKER_CREATE, "kworker/1:0H", 1, &ev));
	CHECK_TRUE(find(&w, EV_WORKER_CREATE, "kworker/u8:0", 1, &ev));	/* first unbound id: 4 x 2 CPUs */
	CHECK_INT(field(&w, EV_WORKER_CREATE, "kworker/1:0H", 1, "id"), 0);
	world_stop(&w);
}

static char comm[2][64];

static void look_at_comm(void)
{
	wq_worker_comm(comm[0], sizeof(comm[0]), current);
	set_worker_desc("%s-%d", "disk", 7);
	wq_worker_comm(comm[1], sizeof(comm[1]), current);
}

/* RULE(R3.14). While a worker runs an item, its name shows the workqueue, or the item's description. */
static void display_name_shows_the_workqueue_or_the_description(void)
{
	struct world w;

	begin(&w, 1, STEPS(CALL(look_at_comm)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0)));
	world_run(&w, 100);
	CHECK_HAS(comm[0], "kworker/0:");
	CHECK_HAS(comm[0], "+q");
	CHECK_HAS(comm[1], "+disk-7");
	world_stop(&w);
}

static struct workqueue_struct *highpri;

static void queue_both(void)
{
	queue_work(q, WORK(&it[0]));
	queue_work(highpri, WORK(&it[1]));
}

/* RULE(R4.1). The two pools of a CPU are managed separately: the worker with nice -20 runs first. */
static void highpri_items_have_a_pool_of_their_own(void)
{
	struct machine_config cfg = world_config(1);
	struct world w;

	cfg.sched = SCHED_FAIR_CLASS;
	world_start(&w, &cfg);
	settle(&w);
	q = make_wq("q", 0, 0);
	highpri = make_wq("qh", WQ_HIGHPRI, 0);
	item_init(&it[0], "w0", STEPS(BURN(20)));
	item_init(&it[1], "w1", STEPS(BURN(20)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_both)));
	world_run(&w, 200);
	CHECK_NE(field(&w, EV_QUEUE_WORK, "w0", 1, "pool"), field(&w, EV_QUEUE_WORK, "w1", 1, "pool"));
	CHECK_LT(when(&w, EV_EXECUTE_END, "w1", 1), when(&w, EV_EXECUTE_END, "w0", 1));
	world_stop(&w);
}

/* RULE(R3.9). Creation fails twice: the manager waits a second each time, then the item runs. */
static void manager_tries_again_after_a_second_when_creation_fails(void)
{
	struct world w;

	begin(&w, 1, STEPS(SLEEP(2500)));
	/* two idle: w0 takes one, w1's worker must make another first */
	mach_fail_creation(2);
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_5)));
	world_pass(&w, 6000);
	CHECK_INT(count(&w, EV_WORKER_CREATE_FAIL, NULL), 2);
	CHECK_INT(printed(&w, "workqueue: Failed to create a worker thread"), 1);
	/* two seconds of jiffies; the timer wheel looks up to 64 ms late */
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "w1", 1), 2020 + 65, 70);
	world_stop(&w);
}

static struct task *ran_on;

static void remember_task(void) { ran_on = current; }
static void say_now(void) { print_worker_info(6, current); }
static void describe(void) { set_worker_desc("eth0: reset"); }
static void say_later(void) { print_worker_info(6, ran_on); }

/*
 * RULE(R12.9). The list shows each thread's workqueue, and the description if there is one, also
 * after the item.
 */
static void a_thread_is_listed_with_its_workqueue(void)
{
	struct world w;

	begin(&w, 1, STEPS(BURN(1), CALL(remember_task), CALL(say_now), CALL(describe), CALL(say_now)));
	actor("t", 0, STEPS(CALL(say_now), UNTIL(20), CALL(queue_0), UNTIL(40), CALL(say_later)));
	world_run(&w, 100);
	CHECK_INT(printed(&w, "Workqueue: "), 3);
	CHECK_INT(printed(&w, "Workqueue: q w0"), 2);
	CHECK_INT(printed(&w, "Workqueue: q w0 (eth0: reset)"), 1);
	CHECK_INT(printed(&w, "Workqueue:  0x0 (eth0: reset)"), 1);
	world_stop(&w);
}

const struct test_case suite_conf_worker[] = {
	T(five_sleepers_need_six_workers),
	T(burst_of_short_items_runs_on_one_worker),
	T(worker_that_went_idle_last_is_woken_first),
	T(no_worker_is_woken_while_another_runs),
	T(idle_workers_are_culled_after_five_minutes_down_to_two),
	T(workers_are_named_after_their_pool),
	T(display_name_shows_the_workqueue_or_the_description),
	T(highpri_items_have_a_pool_of_their_own),
	T(manager_tries_again_after_a_second_when_creation_fails),
	T(a_thread_is_listed_with_its_workqueue),
	{ NULL, NULL }
};
