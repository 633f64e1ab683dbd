/*
 * tests/conf_system.c - the system's own workqueues, and the helpers that use them.   Licence: MIT.
 */
#include "tests/support/world.h"

#include <errno.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wattribute-warning"	/* it flushes system workqueues, which callers should not */

static struct item a, b, c;
static struct workqueue_struct *q, *own;
static int ret[16], n;

static void begin(struct world *w, int cpus)
{
	struct machine_config cfg = world_config(cpus);

	n = 0;
	world_start(w, &cfg);
	settle(w);
}

static void every_system_wq(struct workqueue_struct **to)
{
	struct workqueue_struct *all[] = {
		system_wq, system_percpu_wq, system_highpri_wq, system_long_wq, system_unbound_wq, system_dfl_wq,
		system_freezable_wq, system_power_efficient_wq, system_freezable_power_efficient_wq, system_bh_wq,
		system_bh_highpri_wq,
	};

	memcpy(to, all, sizeof(all));
}
#define NR_SYSTEM 11

static void try_to_destroy(void *arg)
{
	struct workqueue_struct *all[NR_SYSTEM];
	char text[16];

	(void)arg;
	every_system_wq(all);
	for (int i = 0; i < NR_SYSTEM; i++) {
		CHECK_INT(wq_sysfs_read(workqueue_name(all[i]), "per_cpu", text, sizeof(text)), -ENOENT);
		destroy_workqueue(all[i]);
	}
}

static void queue_all(void)
{
	queue_work(system_wq, WORK(&a));
	queue_work(system_unbound_wq, WORK(&b));
	queue_work(system_bh_wq, WORK(&c));
}

static void flush_one(void) { flush_workqueue(system_long_wq); }

/* RULE(R14.2). They have no rescuer and no files; destroying or flushing one warns, and they continue. */
static void system_workqueues_have_no_rescuer_no_files_and_no_end(void)
{
	struct workqueue_struct *all[NR_SYSTEM];
	struct world w;

	begin(&w, 2);
	every_system_wq(all);
	for (int i = 0; i < NR_SYSTEM; i++)
		CHECK_FALSE(workqueue_flags(all[i]) & (WQ_MEM_RECLAIM | WQ_SYSFS));
	CHECK_INT(count(&w, EV_RESCUER_NEW, NULL), 0);
	machine_call(try_to_destroy, NULL);
	CHECK_INT(printed(&w, "is the system's, it stays"), NR_SYSTEM);
	CHECK_INT(count(&w, EV_WQ_FREE, NULL), 0);
	item_init(&a, "a", STEPS(BURN(1)));
	item_init(&b, "b", STEPS(BURN(1)));
	item_init(&c, "c", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_all), CALL(flush_one)));
	CHECK_INT(world_run(&w, 100), STOP_IDLE);
	CHECK_GE(count(&w, EV_EXECUTE_END, NULL), 3);
	CHECK_GT(nth(&w, EV_EXECUTE_END, "c", 1), 0);
	CHECK_INT(printed(&w, "will be prohibited in near future. (events_long at "), 1);
	world_stop(&w);
}

static void queue_three(void)
{
	queue_work(q, WORK(&a));
	queue_work(own, WORK(&b));
	queue_work(q, WORK(&c));
}

/* RULE(R14.3). A private workqueue with equal flags shares the pool, and their items the order of queueing. */
static void private_and_system_items_are_scheduled_alike(void)
{
	static const unsigned int flags[] = { 0, WQ_HIGHPRI, WQ_UNBOUND, WQ_FREEZABLE };

	for (int i = 0; i < 4; i++) {
		struct workqueue_struct *twins[4];
		struct world w;

		begin(&w, 1);
		twins[0] = system_wq;
		twins[1] = system_highpri_wq;
		twins[2] = system_unbound_wq;
		twins[3] = system_freezable_wq;
		q = twins[i];
		own = make_wq("own", flags[i], 0);
		CHECK_INT(workqueue_flags(q) & (unsigned int)~WQ_PERCPU, workqueue_flags(own) & (unsigned int)~WQ_PERCPU);
		item_init(&a, "a", STEPS(BURN(1)));
		item_init(&b, "b", STEPS(BURN(1)));
		item_init(&c, "c", STEPS(BURN(1)));
		actor("t", 0, STEPS(UNTIL(20), CALL(queue_three)));
		CHECK_INT(world_run(&w, 100), STOP_IDLE);
		CHECK_STR(starts(&w), "a b c");
		CHECK_INT(field(&w, EV_WORK_START, "b", 1, "pool"), field(&w, EV_WORK_START, "a", 1, "pool"));
		world_stop(&w);
	}
}

/* ---- built on them --------------------------------------------------------------------- */

static int seen[4];

static void see_cpu(struct work_struct *work)
{
	(void)work;
	seen[smp_processor_id()]++;
}

static long seventeen(void *arg)
{
	*(int *)arg = smp_processor_id();
	return 17;
}

static void helpers(void *arg)
{
	int where = -1;

	(void)arg;
	ret[n++] = cpu_down(2);
	ret[n++] = schedule_on_each_cpu(see_cpu);
	ret[n++] = (int)work_on_cpu(3, seventeen, &where);
	ret[n++] = where;
	ret[n++] = (int)work_on_cpu_safe(2, seventeen, &where);
	ret[n++] = (int)work_on_cpu_safe(1, seventeen, &where);
	ret[n++] = where;
}

/*
 * RULE(R5.3). schedule_on_each_cpu() runs once on each online CPU and waits; work_on_cpu()
 * returns a value, and an error for an offline CPU.
 */
static void functions_run_on_the_cpus_asked_for(void)
{
	struct world w;

	begin(&w, 4);
	memset(seen, 0, sizeof(seen));
	machine_call(helpers, NULL);
	CHECK_INT(ret[0], 0);
	CHECK_INT(ret[1], 0);
	CHECK_INT(seen[0], 1);
	CHECK_INT(seen[1], 1);
	CHECK_INT(seen[2], 0);
	CHECK_INT(seen[3], 1);
	CHECK_INT(ret[2], 17);
	CHECK_INT(ret[3], 3);
	CHECK_INT(ret[4], -ENODEV);
	CHECK_INT(ret[5], 17);
	CHECK_INT(ret[6], 1);
	world_stop(&w);
}

static void helpers_atomic(void *arg)
{
	(void)arg;
	ret[n++] = schedule_on_each_cpu(see_cpu);
	ret[n++] = (int)work_on_cpu(1, seventeen, &ret[8]);
}

static void helpers_interrupt(void) { irq_work_on(0, helpers_atomic, NULL); }

/*
 * RULE(R5.3). These helpers wait: in atomic context they warn, and queue nothing that would
 * outlive the call.
 */
static void helpers_that_wait_refuse_atomic_context(void)
{
	struct world w;

	begin(&w, 2);
	memset(seen, 0, sizeof(seen));
	actor("t", 0, STEPS(UNTIL(20), CALL(helpers_interrupt)));
	CHECK_INT(world_run(&w, 100), STOP_IDLE);
	CHECK_INT(n, 2);
	CHECK_INT(ret[0], -EINVAL);
	CHECK_INT(ret[1], -EINVAL);
	CHECK_FALSE(seen[0]);
	CHECK_FALSE(seen[1]);
	CHECK_INT(count(&w, EV_QUEUE_WORK, NULL), 2);	/* settle()'s */
	CHECK_INT(count(&w, EV_BUG, NULL), 2);
	world_stop(&w);
}

static int called;
static bool called_in_task;
static struct execute_work ew;

static void note_call(struct work_struct *work)
{
	(void)work;
	called++;
	called_in_task = !in_atomic();
}

static void execute(void) { ret[n++] = execute_in_process_context(note_call, &ew); }

static void execute_atomic(void *arg)
{
	(void)arg;
	execute();
}

static void interrupt(void) { irq_work_on(0, execute_atomic, NULL); }

/* RULE(R2.2). execute_in_process_context() calls the function at once if it may sleep, else from an item. */
static void a_function_is_called_where_it_may_sleep(void)
{
	struct world w;

	begin(&w, 1);
	called = 0;
	actor("t", 0, STEPS(UNTIL(20), CALL(execute), UNTIL(30), CALL(interrupt)));
	CHECK_INT(world_run(&w, 100), STOP_IDLE);
	CHECK_INT(ret[0], 0);
	CHECK_INT(ret[1], 1);
	CHECK_INT(called, 2);
	CHECK_TRUE(called_in_task);
	CHECK_INT(count(&w, EV_QUEUE_WORK, "note_call"), 1);
	world_stop(&w);
}

static int order[4], nr_order;

static void down_1(void)
{
	order[nr_order++] = cpu_down(1) ? 100 : 2;
}

static void hold_cpus(void)
{
	cpus_read_lock();
	mach_sleep_ns(50 * MS);
	order[nr_order++] = 1;
	cpus_read_unlock();
}

/* RULE(R10.1). cpu_down() waits for readers of cpus_read_lock(). */
static void a_cpu_stays_online_while_a_reader_holds_the_lock(void)
{
	struct world w;

	begin(&w, 2);
	nr_order = 0;
	actor("r", 0, STEPS(UNTIL(20), CALL(hold_cpus)));
	actor("d", 0, STEPS(UNTIL(25), CALL(down_1)));
	CHECK_INT(world_run(&w, 1000), STOP_IDLE);
	CHECK_INT(nr_order, 2);
	CHECK_INT(order[0], 1);
	CHECK_INT(order[1], 2);
	CHECK_GT(when(&w, EV_CPU_STATE, NULL, 1), 70);
	world_stop(&w);
}

static bool reclaims[2];

static void record_reclaim(void) { reclaims[n++] = current_is_workqueue_mem_reclaim(); }
static void queue_b_and_c(void)
{
	queue_work(q, WORK(&b));
	queue_work(own, WORK(&c));
}

/*
 * RULE(R7.1). An item can ask whether its workqueue has a rescuer; in a thread that is no worker
 * the answer is no.
 */
static void an_item_knows_whether_it_may_be_rescued(void)
{
	struct world w;

	begin(&w, 1);
	q = make_wq("r", WQ_MEM_RECLAIM, 0);
	own = make_wq("p", 0, 0);
	item_init(&b, "b", STEPS(CALL(record_reclaim)));
	item_init(&c, "c", STEPS(CALL(record_reclaim)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_b_and_c)));
	CHECK_INT(world_run(&w, 100), STOP_IDLE);
	CHECK_TRUE(reclaims[0]);
	CHECK_FALSE(reclaims[1]);
	CHECK_FALSE(current_is_workqueue_mem_reclaim());
	world_stop(&w);
}

static struct raw_spinlock outer, inner, twin;
static struct mutex around;

static void take_two(struct raw_spinlock *first, struct raw_spinlock *second)
{
	raw_spin_lock(first);
	raw_spin_lock(second);
	raw_spin_unlock(second);
	raw_spin_unlock(first);
}

static void in_order(void)
{
	mutex_lock(&around);
	take_two(&outer, &inner);
	mutex_unlock(&around);
	raw_spin_lock(&inner);
	CHECK_TRUE(raw_spin_trylock(&outer));	/* a trylock never waits */
	raw_spin_unlock(&outer);
	raw_spin_unlock(&inner);
}

static void against_it(void)
{
	take_two(&inner, &outer);
	take_two(&outer, &twin);
	raw_spin_lock(&outer);
	CHECK_TRUE(raw_spin_trylock(&twin));	/* but it is a second lock of its class */
	raw_spin_unlock(&twin);
	raw_spin_unlock(&outer);
	raw_spin_lock(&outer);
	raw_spin_unlock(&outer);
}

/* RULE(R1.18, I56). Every checked run checks the order of ranked locks and reports each violation. */
static void locks_against_their_order_are_reported(void)
{
	struct world w;

	begin(&w, 1);
	raw_spin_lock_init(&outer, "outer");
	raw_spin_lock_init(&twin, "twin");
	raw_spin_lock_init(&inner, "inner");
	mutex_init(&around, "around");
	lock_rank(&around, 2);
	lock_rank(&outer, 4);
	lock_rank(&twin, 4);
	lock_rank(&inner, 5);
	actor("t", 0, STEPS(UNTIL(20), CALL(in_order), UNTIL(30), CALL(against_it)));
	CHECK_INT(world_run(&w, 100), STOP_IDLE);
	CHECK_INT(count(&w, EV_BUG, NULL), 3);
	CHECK_GE(when(&w, EV_BUG, NULL, 1), 30);
	CHECK_INT(field(&w, EV_BUG, NULL, 1, "kind"), BUG_LOCK_ORDER);
	w.excused = "I56";
	world_stop(&w);
}

const struct test_case suite_conf_system[] = {
	T(system_workqueues_have_no_rescuer_no_files_and_no_end),
	T(private_and_system_items_are_scheduled_alike),
	T(functions_run_on_the_cpus_asked_for),
	T(helpers_that_wait_refuse_atomic_context),
	T(a_function_is_called_where_it_may_sleep),
	T(a_cpu_stays_online_while_a_reader_holds_the_lock),
	T(an_item_knows_whether_it_may_be_rescued),
	T(locks_against_their_order_are_reported),
	{ NULL, NULL }
};
