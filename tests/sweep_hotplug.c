/*
 * tests/sweep_hotplug.c - CPU hotplug and freezing while items are queued and run.
 *
 * Ten items on five workqueues.  Some actors queue, cancel and flush.  Others take CPUs
 * offline and online, freeze and thaw, and make thread creation fail; a hash of the
 * seed selects the steps.  The test checks that the machine becomes idle, that every
 * queued item has run or was cancelled, and the invariants.   Licence: MIT.
 */
#include "base/rng.h"
#include "tests/support/random_ops.h"

#define BUSY 5		/* actors that queue */
#define ORDERED 3	/* the ordered one of the workqueues */

/* At most two of the four CPUs are offline, never CPU 0; all come back online. */
static int plugger_main(void *data)
{
	uint64_t me = (uint64_t)(uintptr_t)data;

	for (uint64_t r = 0; r < 5; r++) {
		uint64_t h = rng_hash4(random_ops.seed, 3, me, r);
		int cpu = 1 + (int)rng_below(h, 3);

		mach_sleep_ns(rng_below(rng_mix(h), 20 * MS));
		if (cpu_down(cpu))
			continue;
		mach_sleep_ns(rng_below(rng_mix(h + 1), 40 * MS));
		CHECK_INT(cpu_up(cpu), 0);
	}
	return 0;
}

static int freezer_main(void *data)
{
	(void)data;
	for (uint64_t r = 0; r < 4; r++) {
		uint64_t h = rng_hash4(random_ops.seed, 4, 0, r);

		mach_sleep_ns(rng_below(h, 60 * MS));
		if (!workqueue_freeze((unsigned int)rng_below(rng_mix(h), 30))) {
			mach_sleep_ns(rng_below(rng_mix(h + 1), 30 * MS));
			thaw_workqueues();
		}
	}
	return 0;
}

/* A thread that depends on no new thread, so it can stop and resume thread creation. */
static int staller_main(void *data)
{
	(void)data;
	for (uint64_t r = 0; r < 3; r++) {
		uint64_t h = rng_hash4(random_ops.seed, 5, 0, r);

		mach_sleep_ns(rng_below(h, 80 * MS));
		mach_stall_creation(true);
		mach_sleep_ns(rng_below(rng_mix(h), 50 * MS));
		mach_stall_creation(false);
	}
	return 0;
}

static const struct step kinds[4][4] = {
	{ BURN(0.6), CALL(random_ops_requeue), { STEP_END, 0, NULL } },
	{ BURN(0.1), SLEEP(7), BURN(0.1), { STEP_END, 0, NULL } },
	{ SLEEP(1.5), CALL(random_ops_requeue), { STEP_END, 0, NULL } },
	{ CALL(random_ops_requeue), BURN(12), { STEP_END, 0, NULL } },
};

static void nothing(struct work_struct *work)
{
	(void)work;
}

static struct work_struct passers[8][4];

/*
 * 6.12 leaves an item on the timer of a CPU that was offline (R8.3), on a worklist to which a removal brought it
 * (R2.6, R5.16), or behind a pwq that is in its node's line (R5.13).  A flush frees the first, an item on each slot
 * brings a worker to each pool, and a raised limit fills the line, even if all pwqs of the node are in it.  I8 and
 * I25 check that nothing else is left.
 */
static int passer_main(void *unused)
{
	(void)unused;
	for (int i = 0; i < random_ops.nr_items; i++)
		if (timer_pending(&random_ops.items[i].d.timer))
			flush_delayed_work(&random_ops.items[i].d);
	for (int q = 0; q < random_ops.nr_wqs; q++) {
		if (q != ORDERED)
			workqueue_set_max_active(random_ops.wqs[q], 9);
		for (int cpu = 0; cpu < 4; cpu++) {
			INIT_WORK(&passers[q][cpu], nothing);
			queue_work_on(cpu, random_ops.wqs[q], &passers[q][cpu]);
			mach_sleep_ns(MS);
		}
	}
	return 0;
}

static void nobody_was_forgotten(void)
{
	for (int i = 0; i < random_ops.nr_items; i++) {
		unsigned int busy = work_busy(WORK(&random_ops.items[i]));

		if (!busy)
			continue;
		test_note("seed %llu: w%d is forgotten, busy %u", (unsigned long long)random_ops.seed, i, busy);
		CHECK_FAIL("an item was forgotten");
	}
}

static void one_seed(uint64_t s)
{
	static const unsigned int flags[] = {
		WQ_FREEZABLE, WQ_MEM_RECLAIM, WQ_UNBOUND | WQ_FREEZABLE, WQ_UNBOUND | WQ_INT_ORDERED,
		WQ_UNBOUND | WQ_MEM_RECLAIM
	};
	static const int max[] = { 2, 1, 3, 1, 0 };
	struct machine_config cfg = world_config(4);
	struct world w;

	random_ops = (struct random_ops){
		.seed = s, .nr_items = 10, .nr_wqs = 5, .nr_limits = 2, .rounds = 120, .pause_ns = 6 * MS,
		.nr_menu = 11, .menu = {
			RANDOM_OP_QUEUE_ANY_CPU, RANDOM_OP_QUEUE_ANY_CPU, RANDOM_OP_QUEUE_ANY_CPU, RANDOM_OP_QUEUE_ANY_CPU,
			RANDOM_OP_QUEUE, RANDOM_OP_MOD_ANY_CPU, RANDOM_OP_CANCEL_SYNC, RANDOM_OP_FLUSH, RANDOM_OP_FLUSH_WQ,
			RANDOM_OP_LIMIT, RANDOM_OP_DELAY
		},
	};
	cfg.seed = s;
	cfg.sched = s % 2 ? SCHED_FAIR_CLASS : SCHED_FIFO_TEXTBOOK;
	cfg.preempt = s % 5 ? PREEMPT_VOLUNTARY : PREEMPT_FULL;
	cfg.nr_nodes = 2;
	cfg.vary_costs = true;
	cfg.jitter = s % 3 ? 0.3 : 0;
	world_start(&w, &cfg);
	random_ops_wqs(flags, max);
	random_ops_items(4, kinds);
	for (int i = 0; i < BUSY; i++)
		random_ops_actor("busy", i, &(struct mach_task_opts){ .cpu = i < 4 ? i : -1, .rt_prio = i < 3 ? 50 : 0 });
	for (int i = 0; i < 2; i++)
		machine_task("plug", plugger_main, (void *)(uintptr_t)i, &(struct mach_task_opts){ .cpu = -1 });
	machine_task("staller", staller_main, NULL, &(struct mach_task_opts){ .cpu = -1 });
	machine_task("freezer", freezer_main, NULL, &(struct mach_task_opts){ .cpu = -1 });
	random_ops_run(&w, 30000);
	machine_task("passer", passer_main, NULL, &(struct mach_task_opts){ .cpu = 0, .rt_prio = 50 });
	CHECK_INT(world_run(&w, 32000), STOP_IDLE);
	nobody_was_forgotten();
	CHECK_INT(cpumask_weight(cpu_online_mask()), 4);
	/* it did what it came for */
	CHECK_GT(count(&w, EV_EXECUTE_END, NULL), 100);
	CHECK_GE(count(&w, EV_CPU_STATE, NULL), 8);
	CHECK_GE(count(&w, EV_FREEZE, NULL), 8);
	world_stop(&w);
}

/* RULE(R10.1..R10.8, I1..I56). Census and invariants are checked by world_stop(). */
static void nothing_is_lost_when_cpus_go_and_come(void)
{
	uint64_t first = seed_from_env(1);
	int n = test_rounds(60, 6);

	for (uint64_t s = first; s < first + (uint64_t)n; s++)
		one_seed(s);
}

const struct test_case suite_sweep_hotplug[] = {
	T(nothing_is_lost_when_cpus_go_and_come),
	{ NULL, NULL }
};
