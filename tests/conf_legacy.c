/*
 * tests/conf_legacy.c - workqueues before cmwq: threads, order, items that block others.   Licence: MIT.
 */
#include "tests/support/world.h"

#include <stdio.h>
#include <string.h>

static struct item a, b, c;
static struct workqueue_struct *q, *other;
static bool ret[4];

static void begin(struct world *w, int cpus)
{
	struct machine_config cfg = world_config(cpus);

	cfg.params[0] = (struct mach_param){ "legacy", 1 };
	world_start(w, &cfg);
}

static unsigned int threads_called(const char *prefix)
{
	struct task *t = NULL;
	unsigned int n = 0;

	while ((t = mach_next_task(t)))
		n += !machine_task_done(t) && !strncmp(task_comm(t), prefix, strlen(prefix));
	return n;
}

static void queue_a(void) { ret[0] = queue_work(q, WORK(&a)); }
static void queue_b(void) { queue_work(q, WORK(&b)); }
static void queue_c_other(void) { queue_work(other, WORK(&c)); }
static void queue_a_on_1(void) { ret[1] = queue_work_on(1, q, WORK(&a)); }
static void cancel_a_sync(void) { ret[2] = cancel_work_sync(WORK(&a)); }
static void flush_q(void) { flush_workqueue(q); }
static void flush_b(void) { ret[3] = flush_work(WORK(&b)); }
static void queue_a_late(void) { queue_delayed_work(q, &a.d, msecs_to_jiffies(10)); }

static double at(struct world *w, enum trace_kind kind, const char *name, unsigned int nth)
{
	struct trace_event ev;

	if (!find(w, kind, name, nth, &ev))
		return -1;
	return (double)ev.time / 1e6;
}

/* RULE(E2.2, E2.29). Twelve workqueues on four CPUs are 48 threads here; with cmwq none of them has one. */
static void threads_are_workqueues_times_cpus(void)
{
	char names[12][16];
	struct world w;
	int i, legacy;

	for (legacy = 1; legacy >= 0; legacy--) {
		struct machine_config cfg = world_config(4);
		unsigned int before;

		if (legacy)
			cfg.params[0] = (struct mach_param){ "legacy", 1 };
		world_start(&w, &cfg);
		make_wq("first", 0, 0);	/* and the lesson's own task, which stays */
		before = threads_called("");
		for (i = 0; i < 12; i++) {
			snprintf(names[i], sizeof(names[i]), "drv%d", i);
			make_wq(names[i], 0, 0);
		}
		CHECK_INT(threads_called("") - before, legacy ? 48 : 0);
		CHECK_INT(threads_called("drv3/"), legacy ? 4 : 0);
		CHECK_INT(threads_called("events/"), legacy ? 4 : 0);
		CHECK_INT(threads_called("kworker/") > 0, !legacy);
		world_stop(&w);
	}
}

static void single_threaded_queues_have_one_thread(void)
{
	struct world w;
	unsigned int before;

	begin(&w, 4);
	make_wq("first", 0, 0);
	before = threads_called("");
	make_wq("unb", WQ_UNBOUND, 0);
	make_wq("ord", WQ_UNBOUND | WQ_INT_ORDERED, 1);
	CHECK_INT(threads_called("") - before, 2);
	CHECK_INT(threads_called("unb"), 1);
	CHECK_INT(threads_called("ord"), 1);
	world_stop(&w);
}

/*
 * RULE(R4.1). The problem that cmwq solves: a sleeping item keeps the one behind it waiting, on
 * an idle CPU.
 */
static void a_sleeping_item_blocks_the_queue_but_no_other(void)
{
	struct world w;

	begin(&w, 1);
	q = make_wq("q", 0, 0);
	other = make_wq("other", 0, 0);
	item_init(&a, "a", STEPS(SLEEP(50)));
	item_init(&b, "b", STEPS(BURN(1)));
	item_init(&c, "c", STEPS(BURN(1)));
	actor("t", 0, STEPS(CALL(queue_a), CALL(queue_b), CALL(queue_c_other)));
	world_run_out(&w, 1000);
	CHECK_GE(at(&w, EV_EXECUTE_START, "b", 1), 50);
	CHECK_LT(at(&w, EV_EXECUTE_START, "c", 1), 10);
	CHECK_INT(count(&w, EV_WORKER_CREATE, NULL), 3);	/* events, q, other: no further worker */
	world_stop(&w);
}

/* RULE(R2.9). Before cmwq nothing kept an item from running on two CPUs at once. */
static void one_item_runs_on_two_cpus_at_once(void)
{
	struct world w;
	double second;

	begin(&w, 2);
	q = make_wq("q", 0, 0);
	item_init(&a, "a", STEPS(SLEEP(30)));
	actor("t", 0, STEPS(CALL(queue_a), SLEEP(10), CALL(queue_a_on_1)));
	world_run_out(&w, 1000);
	CHECK_TRUE(ret[0]);
	CHECK_TRUE(ret[1]);
	second = at(&w, EV_EXECUTE_START, "a", 2);
	CHECK_GE(second, 10);
	CHECK_LT(second, at(&w, EV_EXECUTE_END, "a", 1));
	world_stop(&w);
}

/* RULE(R2.12). The canceller waits for the runs on all CPUs, the older one too. */
static void cancel_sync_waits_for_every_cpu(void)
{
	struct trace_event ev;
	struct world w;

	begin(&w, 2);
	q = make_wq("q", 0, 0);
	item_init(&a, "a", STEPS(SLEEP(30)));
	actor("t", 0, STEPS(CALL(queue_a), SLEEP(25), CALL(queue_a_on_1), SLEEP(1), CALL(cancel_a_sync)));
	world_run_out(&w, 1000);
	CHECK_FALSE(ret[2]);
	REQUIRE_TRUE(find(&w, EV_CANCEL_END, NULL, 1, &ev));
	CHECK_GE((double)ev.time / 1e6, 55);
	world_stop(&w);
}

/* The other order: the item queued last has ended, the item queued first has not. */
static void long_on_cpu_0(void)
{
	mach_sleep_ns((raw_smp_processor_id() ? 5 : 60) * MS);
}

static void cancel_sync_finds_the_older_run(void)
{
	struct trace_event ev;
	struct world w;

	begin(&w, 2);
	q = make_wq("q", 0, 0);
	item_init(&a, "a", STEPS(CALL(long_on_cpu_0)));
	actor("t", 0, STEPS(CALL(queue_a), SLEEP(20), CALL(queue_a_on_1), SLEEP(2), CALL(cancel_a_sync)));
	world_run_out(&w, 1000);
	REQUIRE_TRUE(find(&w, EV_CANCEL_END, NULL, 1, &ev));
	CHECK_GE((double)ev.time / 1e6, 60);
	CHECK_GE((double)ev.time / 1e6, at(&w, EV_EXECUTE_END, "a", 2));
	CHECK_INT(count(&w, EV_BARRIER, NULL), 2);	/* CPU 1's run, then CPU 0's */
	world_stop(&w);
}

static void flushing_and_delaying_are_the_same(void)
{
	struct trace_event ev;
	struct world w;

	begin(&w, 2);
	q = make_wq("q", 0, 0);
	item_init(&a, "a", STEPS(SLEEP(5)));
	item_init(&b, "b", STEPS(SLEEP(5)));
	actor("t", 0, STEPS(CALL(queue_a), CALL(queue_b), CALL(flush_b), CALL(queue_a), CALL(flush_q),
			    CALL(queue_a_late)));
	world_run_out(&w, 1000);
	CHECK_TRUE(ret[3]);
	REQUIRE_TRUE(find(&w, EV_FLUSH_WORK_END, NULL, 1, &ev));
	CHECK_GE((double)ev.time / 1e6, at(&w, EV_EXECUTE_END, "b", 1));
	REQUIRE_TRUE(find(&w, EV_FLUSH_WQ_END, NULL, 1, &ev));
	CHECK_GE((double)ev.time / 1e6, at(&w, EV_EXECUTE_END, "a", 2));
	CHECK_GE(at(&w, EV_EXECUTE_START, "a", 3), (double)ev.time / 1e6 + 9);
	world_stop(&w);
}

static void destroy_q(void) { destroy_workqueue(q); }

static void destroying_ends_the_threads(void)
{
	struct world w;

	begin(&w, 4);
	q = make_wq("gone", 0, 0);
	other = make_wq("kept", WQ_UNBOUND, 0);
	CHECK_INT(threads_called("gone/"), 4);
	item_init(&a, "a", STEPS(SLEEP(5)));
	actor("t", 0, STEPS(CALL(queue_a), CALL(destroy_q)));
	world_run_out(&w, 1000);
	world_pass(&w, 100);
	CHECK_INT(threads_called("gone/"), 0);
	CHECK_INT(threads_called("kept"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_END, "a"), 1);
	CHECK_INT(count(&w, EV_POOL_FREE, NULL), 4);
	world_stop(&w);
}

static void cpu1_down(void) { CHECK_INT(cpu_down(1), 0); }
static void cpu1_up(void) { CHECK_INT(cpu_up(1), 0); }

/* RULE(R10.6). The thread of an offline CPU runs on another CPU, and moves back when its CPU is online. */
static void a_thread_goes_elsewhere_while_its_cpu_is_off(void)
{
	struct trace_event ev;
	struct world w;

	begin(&w, 2);
	q = make_wq("q", 0, 0);
	item_init(&a, "a", STEPS(BURN(1)));
	actor("t", 0, STEPS(CALL(cpu1_down), CALL(queue_a_on_1), SLEEP(50), CALL(cpu1_up), CALL(queue_a_on_1)));
	world_run_out(&w, 10000);
	REQUIRE_TRUE(find(&w, EV_EXECUTE_START, "a", 1, &ev));
	CHECK_INT(ev.cpu, 0);
	REQUIRE_TRUE(find(&w, EV_EXECUTE_START, "a", 2, &ev));
	CHECK_INT(ev.cpu, 1);
	world_stop(&w);
}

static void flags_without_a_meaning_are_refused_or_ignored(void)
{
	struct world w;

	begin(&w, 2);
	q = make_wq("q", WQ_MEM_RECLAIM | WQ_HIGHPRI | WQ_CPU_INTENSIVE, 3);
	CHECK_NULL(make_wq("bh", WQ_BH, 0));
	CHECK_INT(count(&w, EV_RESCUER_NEW, NULL), 0);
	CHECK_INT(workqueue_flags(q) & (WQ_MEM_RECLAIM | WQ_HIGHPRI), 0);
	CHECK_PTR(system_wq, system_unbound_wq);
	CHECK_INT(workqueue_param("legacy", 0), -EACCES);
	CHECK_INT(workqueue_param_get("legacy"), 1);
	world_stop(&w);
}

const struct test_case suite_conf_legacy[] = {
	T(threads_are_workqueues_times_cpus),
	T(single_threaded_queues_have_one_thread),
	T(a_sleeping_item_blocks_the_queue_but_no_other),
	T(one_item_runs_on_two_cpus_at_once),
	T(cancel_sync_waits_for_every_cpu),
	T(cancel_sync_finds_the_older_run),
	T(flushing_and_delaying_are_the_same),
	T(destroying_ends_the_threads),
	T(a_thread_goes_elsewhere_while_its_cpu_is_off),
	T(flags_without_a_meaning_are_refused_or_ignored),
	{ NULL, NULL }
};
