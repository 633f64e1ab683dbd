/*
 * tests/conf_hotplug.c - CPUs go offline and come back while items wait and run.   Licence: MIT.
 */
#include "tests/support/world.h"

#include <errno.h>
#include <stdio.h>

#define POOL_UNTIED 4u		/* DISASSOCIATED */
#define WK_UNBOUND 128
#define WK_REBOUND 256

static struct item a, b, c, many[8];
static struct workqueue_struct *q;
static int down_ret, up_ret;

static void down_3(void)
{
	down_ret = cpu_down(3);
}

static void up_3(void)
{
	up_ret = cpu_up(3);
}

static void down_2(void)
{
	down_ret = cpu_down(2);
}

static void up_2(void)
{
	up_ret = cpu_up(2);
}

static void queue_a_b(void)
{
	queue_work_on(3, q, WORK(&a));
	queue_work_on(3, q, WORK(&b));
}

static void queue_c(void)
{
	queue_work_on(3, q, WORK(&c));
}

static void world_of_four(struct world *w, enum mach_sched sched)
{
	struct machine_config cfg = world_config(4);

	cfg.nr_nodes = 2;
	cfg.sched = sched;
	cfg.params[1] = (struct mach_param){ "cpu_intensive_thresh_us", 0 };
	down_ret = up_ret = -1;
	world_start(w, &cfg);
	settle(w);
}

/* The CPU of the @n-th event of this kind about @name, -1 none. */
static int cpu_at(struct world *w, enum trace_kind kind, const char *name, unsigned int n)
{
	struct trace_event ev;

	return find(w, kind, name, n, &ev) ? ev.cpu : -1;
}

/* Events of this kind whose field has one of these bits, after event @from. */
static unsigned int with_bits(struct world *w, enum trace_kind kind, const char *fld, uint64_t bits, uint64_t from)
{
	struct trace_event ev;
	struct trace_value v;
	unsigned int found = 0;

	for (unsigned int n = 1; find(w, kind, NULL, n, &ev); n++)
		found += ev.n > from && trace_event_get(&ev, fld, &v) && v.num & bits;
	return found;
}

/*
 * RULE(R10.1, R10.2, R10.4, I21, I22, I31). A CPU goes offline with one running and one waiting
 * item: both finish on other CPUs.
 */
static void items_of_a_cpu_that_goes_finish_elsewhere(void)
{
	struct world w;
	uint64_t off, on;

	world_of_four(&w, SCHED_FAIR_CLASS);
	q = make_wq("q", 0, 1);
	item_init(&a, "a", STEPS(SLEEP(300)));
	item_init(&b, "b", STEPS(BURN(20)));
	item_init(&c, "c", STEPS(BURN(20)));
	actor("t", 1, STEPS(CALL(queue_a_b), UNTIL(50), CALL(down_3), UNTIL(600), CALL(up_3), UNTIL(700), CALL(queue_c)));
	CHECK_INT(world_run(&w, 2000), STOP_IDLE);
	CHECK_INT(down_ret, 0);
	CHECK_INT(up_ret, 0);
	off = nth(&w, EV_CPU_STATE, NULL, 1);
	on = nth(&w, EV_CPU_STATE, NULL, 2);
	if (CHECK_TRUE(off))
		CHECK_GT(on, off);
	CHECK_INT(cpu_at(&w, EV_EXECUTE_START, "a", 1), 3);
	CHECK_NE(cpu_at(&w, EV_EXECUTE_END, "a", 1), 3);
	CHECK_GT(nth(&w, EV_EXECUTE_END, "a", 1), off);
	CHECK_NE(cpu_at(&w, EV_EXECUTE_START, "b", 1), 3);
	CHECK_GE(cpu_at(&w, EV_EXECUTE_START, "b", 1), 0);
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "b", 1), 300, 1);
	CHECK_INT(cpu_at(&w, EV_EXECUTE_START, "c", 1), 3);
	/* the same pool all the time, and none of its workers dies (R10.6) */
	CHECK_INT(field(&w, EV_WORK_START, "b", 1, "pool"), field(&w, EV_WORK_START, "c", 1, "pool"));
	CHECK_INT(count(&w, EV_CULL, NULL), 0);
	CHECK_INT(count(&w, EV_WORKER_DIE, NULL), 0);
	CHECK_GT(with_bits(&w, EV_WORKER_FLAGS, "flags", WK_REBOUND, 0), 0);
	CHECK_INT(with_bits(&w, EV_WORKER_FLAGS, "flags", WK_REBOUND, 0),
		  with_bits(&w, EV_WORKER_FLAGS, "flags", WK_REBOUND, on));
	world_stop(&w);
}

static void queue_many(void)
{
	for (int i = 0; i < 8; i++)
		queue_work_on(3, q, WORK(&many[i]));
}

static void make_many(const struct step *steps)
{
	static char names[8][16];

	for (int i = 0; i < 8; i++) {
		snprintf(names[i], sizeof(names[i]), "m%d", i);
		item_init(&many[i], names[i], steps);
	}
}

/*
 * RULE(R10.2, R10.4). A pool without its CPU starts all its items; after the CPU is back, it runs
 * one at a time again.
 */
static void pool_without_its_cpu_runs_all_it_has(void)
{
	struct world w;

	world_of_four(&w, SCHED_FAIR_CLASS);
	q = make_wq("q", 0, 0);
	make_many(STEPS(BURN(40)));
	actor("t", 0, STEPS(UNTIL(10), CALL(down_3), UNTIL(100), CALL(queue_many), UNTIL(300), CALL(up_3),
			    UNTIL(400), CALL(queue_many)));
	CHECK_INT(world_run(&w, 2000), STOP_IDLE);
	/* none of the first round waits until another has ended */
	CHECK_LT(nth(&w, EV_EXECUTE_START, "q", 8), nth(&w, EV_EXECUTE_END, "q", 1));
	for (int i = 1; i < 8; i++) {
		CHECK_NE(cpu_at(&w, EV_EXECUTE_START, many[i].d.work.name, 1), 3);
		CHECK_INT(cpu_at(&w, EV_EXECUTE_START, many[i].d.work.name, 2), 3);
		CHECK_LT(nth(&w, EV_EXECUTE_END, many[i - 1].d.work.name, 2),
			 nth(&w, EV_EXECUTE_START, many[i].d.work.name, 2));
	}
	CHECK_NEAR(when(&w, EV_EXECUTE_END, "m7", 2), 720, 2);
	world_stop(&w);
}

/* RULE(R10.1). Running and runnable threads of the CPU continue on another CPU at once. */
static void running_items_move_when_their_cpu_goes(void)
{
	struct world w;

	world_of_four(&w, SCHED_FAIR_CLASS);
	q = make_wq("q", 0, 0);
	make_many(STEPS(BURN(100)));
	actor("t", 0, STEPS(CALL(queue_many), UNTIL(20), CALL(down_3)));
	CHECK_INT(world_run(&w, 2000), STOP_IDLE);
	CHECK_INT(count(&w, EV_EXECUTE_END, "q"), 8);
	CHECK_INT(cpu_at(&w, EV_EXECUTE_START, "m0", 1), 3);
	CHECK_NE(cpu_at(&w, EV_EXECUTE_END, "m0", 1), 3);
	/* 800 ms of work on three or four CPUs */
	CHECK_LT(when(&w, EV_EXECUTE_END, "m7", 1), 400);
	CHECK_INT(with_bits(&w, EV_POOL_FLAGS, "flags", POOL_UNTIED, 0), 2);
	world_stop(&w);
}

static void arm_c(void)
{
	queue_delayed_work_on(3, q, &c.d, 100);
}

/* RULE(R10.2, R8.2). The timer of an offline CPU fires on another CPU; the item keeps its pool. */
static void delayed_item_of_a_dead_cpu_runs_in_its_pool(void)
{
	struct world w;

	world_of_four(&w, SCHED_FIFO_TEXTBOOK);
	q = make_wq("q", 0, 0);
	item_init(&a, "a", STEPS(BURN(1)));
	item_init(&b, "b", STEPS(BURN(1)));
	item_init(&c, "c", STEPS(BURN(1)));
	actor("t", 0, STEPS(CALL(queue_a_b), CALL(arm_c), UNTIL(10), CALL(down_3)));
	CHECK_INT(world_run(&w, 1000), STOP_IDLE);
	CHECK_INT(field(&w, EV_WORK_START, "c", 1, "pool"), field(&w, EV_WORK_START, "a", 1, "pool"));
	CHECK_NE(cpu_at(&w, EV_EXECUTE_START, "c", 1), 3);
	CHECK_GE(when(&w, EV_EXECUTE_START, "c", 1), 100);
	CHECK_LT(when(&w, EV_EXECUTE_START, "c", 1), 120);
	world_stop(&w);
}

/*
 * RULE(R10.3, R9.4, R9.5). Slots change when the last CPU of their pod goes offline, and change
 * back with the first.
 */
static void unbound_slots_follow_the_cpus_of_their_pod(void)
{
	struct world w;

	world_of_four(&w, SCHED_FIFO_TEXTBOOK);
	q = make_wq("u", WQ_UNBOUND, 40);
	CHECK_INT(count(&w, EV_PWQ_NEW, "u"), 5);
	actor("t", 0, STEPS(UNTIL(10), CALL(down_3), UNTIL(200), CALL(down_2), UNTIL(400), CALL(up_3), UNTIL(600),
			    CALL(up_2)));
	world_pass(&w, 100);
	CHECK_INT(count(&w, EV_PWQ_NEW, "u"), 5);
	world_pass(&w, 300);
	CHECK_INT(count(&w, EV_PWQ_NEW, "u"), 7);	/* the slots of CPUs 2 and 3 */
	CHECK_INT(field(&w, EV_PWQ_NEW, "u", 6, "pool"), field(&w, EV_PWQ_NEW, "u", 1, "pool"));
	world_pass(&w, 800);
	CHECK_INT(count(&w, EV_PWQ_NEW, "u"), 9);
	CHECK_NE(field(&w, EV_PWQ_NEW, "u", 8, "pool"), field(&w, EV_PWQ_NEW, "u", 1, "pool"));
	CHECK_INT(up_ret, 0);
	CHECK_INT(down_ret, 0);
	world_stop(&w);
}

/* The limit in the last event about @node. */
static int64_t node_limit(struct world *w, int64_t node)
{
	struct trace_event ev;
	struct trace_value of, max;
	int64_t last = -1;

	for (unsigned int n = 1; find(w, EV_NODE_ACTIVE, "u", n, &ev); n++)
		if (trace_event_get(&ev, "node", &of) && (int64_t)of.num == node && trace_event_get(&ev, "max", &max))
			last = (int64_t)max.num;
	return last;
}

static void raise_to_44(void)
{
	workqueue_set_max_active(q, 44);
}

/* RULE(R10.3, R5.14). The limit is divided again: 40 over 2+2 CPUs, then 2+1, 44 over 2+1, then over 2+2. */
static void node_shares_are_dealt_out_without_the_cpu(void)
{
	struct world w;

	world_of_four(&w, SCHED_FIFO_TEXTBOOK);
	q = make_wq("u", WQ_UNBOUND, 40);
	CHECK_INT(node_limit(&w, 0), 20);
	CHECK_INT(node_limit(&w, 1), 20);
	actor("t", 0, STEPS(UNTIL(10), CALL(down_3), UNTIL(210), CALL(raise_to_44), UNTIL(300), CALL(up_3)));
	world_pass(&w, 200);
	CHECK_INT(node_limit(&w, 0), 27);
	CHECK_INT(node_limit(&w, 1), 14);
	world_pass(&w, 250);
	CHECK_INT(node_limit(&w, 0), 30);
	CHECK_INT(node_limit(&w, 1), 15);
	world_pass(&w, 500);
	CHECK_INT(node_limit(&w, 0), 22);
	CHECK_INT(node_limit(&w, 1), 22);
	world_stop(&w);
}

static void down_all(void)
{
	down_ret = cpu_down(1);
	down_ret |= cpu_down(1) != -EINVAL;
	down_ret |= cpu_down(0) != -EBUSY;	/* the last one stays */
	up_ret = cpu_up(1) | (cpu_up(1) != -EINVAL) | (cpu_up(7) != -EINVAL);
}

/* RULE(R10.1). An impossible request fails and changes nothing. */
static void last_cpu_and_wrong_ones_are_refused(void)
{
	struct machine_config cfg = world_config(2);
	struct world w;

	world_start(&w, &cfg);
	actor("t", 1, STEPS(CALL(down_all)));
	CHECK_INT(world_run(&w, 1000), STOP_IDLE);
	CHECK_INT(down_ret, 0);
	CHECK_INT(up_ret, 0);
	CHECK_INT(count(&w, EV_CPU_STATE, NULL), 2);
	world_stop(&w);
}

static int up_again;

static void up_3_twice(void)
{
	mach_fail_creation(1);
	up_ret = cpu_up(3);
	up_again = cpu_up(3);
}

/* The number of workers ever created for pools @id and @id + 1 (CPU 3's). */
static unsigned int workers_made(struct world *w, const char *pool)
{
	return count(w, EV_WORKER_CREATE, pool);
}

/*
 * RULE(R10.5, R5.10). CPU 3 was never up: its pools have no workers.  Without a worker for each pool it stays offline,
 * and nothing has changed; with them it comes online and runs items.
 */
static void cpu_without_workers_does_not_come_up(void)
{
	struct machine_config cfg = world_config(4);
	struct trace_event ev;
	struct world w;

	cfg.params[1] = (struct mach_param){ "maxcpus", 3 };
	world_start(&w, &cfg);
	q = make_wq("q", 0, 0);
	item_init(&c, "c", STEPS(BURN(1)));
	CHECK_INT(workers_made(&w, "cpu 3 normal"), 0);
	CHECK_INT(workers_made(&w, "cpu 2 normal"), 1);
	CHECK_FALSE(cpu_online(3));
	actor("t", 0, STEPS(UNTIL(20), CALL(up_3_twice), CALL(queue_c)));
	CHECK_INT(world_run(&w, 1000), STOP_IDLE);
	CHECK_INT(up_ret, -ENOMEM);
	CHECK_INT(up_again, 0);
	CHECK_INT(count(&w, EV_WORKER_CREATE_FAIL, "cpu 3 normal"), 1);
	CHECK_LT(nth(&w, EV_WORKER_CREATE, "cpu 3 highpri", 1), nth(&w, EV_CPU_STATE, NULL, 2));
	CHECK_INT(field(&w, EV_CPU_STATE, NULL, 2, "online"), 1);
	CHECK_INT(count(&w, EV_CPU_STATE, NULL), 2);
	if (CHECK_TRUE(find(&w, EV_EXECUTE_START, "c", 1, &ev)))
		CHECK_INT(ev.cpu, 3);
	world_stop(&w);
}

static void up_3_without_memory(void)
{
	mach_fail_creation(100);
	up_ret = cpu_up(3);
	mach_fail_creation(0);
}

static void queue_on_3(void)
{
	queue_work_on(3, q, WORK(&a));
}

/*
 * RULE(R9.7). CPU 3 is back and its pod's pool cannot be created: its slot gets the default pwq,
 * with a warning.
 */
static void slot_falls_back_to_the_default_pwq(void)
{
	int64_t default_pool;
	struct world w;

	world_of_four(&w, SCHED_FIFO_TEXTBOOK);
	q = make_wq("u", WQ_UNBOUND, 40);
	default_pool = field(&w, EV_PWQ_NEW, "u", 1, "pool");
	CHECK_INT(field(&w, EV_PWQ_NEW, "u", 1, "cpu"), -1);
	item_init(&a, "a", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(10), CALL(down_3), UNTIL(200), CALL(down_2), UNTIL(400), CALL(up_3_without_memory),
			    CALL(queue_on_3), UNTIL(600), CALL(up_2), CALL(queue_on_3)));
	CHECK_INT(world_run(&w, 2000), STOP_IDLE);
	CHECK_INT(up_ret, 0);
	CHECK_GE(printed(&w, "workqueue: allocation failed while updating CPU pod affinity of \""), 1);
	CHECK_INT(field(&w, EV_WORK_START, "a", 1, "pool"), default_pool);
	CHECK_NE(field(&w, EV_WORK_START, "a", 2, "pool"), default_pool);	/* the next change of the attributes repairs it */
	world_stop(&w);
}

static void down_3_then_cull(void)
{
	down_ret = cpu_down(3);
}

/*
 * RULE(R10.6). After twenty minutes offline the workers that culling left still exist, and they
 * run the next items.
 */
static void workers_of_a_cpu_that_went_are_not_destroyed(void)
{
	struct trace_event ev;
	struct world w;

	world_of_four(&w, SCHED_FIFO_TEXTBOOK);
	q = make_wq("q", 0, 0);
	item_init(&c, "c", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(10), CALL(down_3_then_cull), UNTIL(1200000), CALL(up_3), CALL(queue_c)));
	world_pass(&w, 1201000);
	CHECK_INT(down_ret, 0);
	CHECK_INT(up_ret, 0);
	CHECK_INT(count(&w, EV_POOL_FREE, NULL), 0);
	CHECK_INT(count(&w, EV_CULL, "cpu 3 normal"), 0);
	CHECK_INT(count(&w, EV_CULL, "cpu 3 highpri"), 0);
	CHECK_INT(workers_made(&w, "cpu 3 normal"), 2);
	CHECK_INT(workers_made(&w, "cpu 3 highpri"), 1);
	if (CHECK_TRUE(find(&w, EV_EXECUTE_START, "c", 1, &ev)))
		CHECK_INT(ev.cpu, 3);
	world_stop(&w);
}

const struct test_case suite_conf_hotplug[] = {
	T(items_of_a_cpu_that_goes_finish_elsewhere),
	T(pool_without_its_cpu_runs_all_it_has),
	T(running_items_move_when_their_cpu_goes),
	T(delayed_item_of_a_dead_cpu_runs_in_its_pool),
	T(unbound_slots_follow_the_cpus_of_their_pod),
	T(node_shares_are_dealt_out_without_the_cpu),
	T(last_cpu_and_wrong_ones_are_refused),
	T(cpu_without_workers_does_not_come_up),
	T(slot_falls_back_to_the_default_pwq),
	T(workers_of_a_cpu_that_went_are_not_destroyed),
	{ NULL, NULL }
};
