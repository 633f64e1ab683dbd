/*
 * tests/sweep_hotplug.c - CPUs go and come, the system freezes and thaws, in the midst of everything.
 *
 * Ten items on five workqueues; actors queue, cancel and flush while others take
 * CPUs away and bring them back, freeze, and stop the making of threads, as a hash
 * of the seed says.  Nothing is expected but that all comes to rest, that every
 * item queued has run or was taken back, and what always holds.   Licence: MIT.
 */
#include "tests/helpers.h"

#include "base/rng.h"

#include <stdio.h>

#define ITEMS 10
#define QUEUES 5
#define ROUNDS 120	/* operations of one actor */
#define BUSY 5		/* actors that queue */

static struct item it[ITEMS];
static struct workqueue_struct *wq[QUEUES];
static uint64_t seed, ordinal;

static void requeue_sometimes(void)
{
	struct work_struct *work = current_work();
	long i = container_of(work, struct item, d.work) - it;

	if (rng_below(rng_hash4(seed, 1, (uint64_t)i, ordinal++), 4) == 0)
		queue_work(wq[i % QUEUES], work);
}

static void act(uint64_t what, uint64_t h, int i)
{
	struct workqueue_struct *q = wq[i % QUEUES];

	switch (what) {
	case 0: case 1: case 2: case 3:
		queue_work_on((int)rng_below(h, 4), q, WORK(&it[i]));
		break;
	case 4:
		queue_work(q, WORK(&it[i]));
		break;
	case 5:
		mod_delayed_work_on((int)rng_below(h, 4), q, &it[i].d, rng_below(h >> 8, 20));
		break;
	case 6:
		cancel_delayed_work_sync(&it[i].d);
		break;
	case 7:
		flush_delayed_work(&it[i].d);
		break;
	case 8:
		flush_workqueue(q);
		break;
	case 9:
		workqueue_set_max_active(wq[i % 2], 1 + i % 3);
		break;
	default:
		queue_delayed_work(q, &it[i].d, 1);
	}
}

static int busy_main(void *data)
{
	uint64_t me = (uint64_t)(uintptr_t)data;

	for (uint64_t r = 0; r < ROUNDS; r++) {
		uint64_t h = rng_hash4(seed, 2, me, r);

		act(rng_below(h, 11), rng_mix(h + 2), (int)rng_below(rng_mix(h), ITEMS));
		mach_sleep_ns(rng_below(rng_mix(h + 1), 6 * MS));
	}
	return 0;
}

/* At most two of the four are away, never CPU 0; all come back. */
static int plugger_main(void *data)
{
	uint64_t me = (uint64_t)(uintptr_t)data;

	for (uint64_t r = 0; r < 5; r++) {
		uint64_t h = rng_hash4(seed, 3, me, r);
		int cpu = 1 + (int)rng_below(h, 3);

		mach_sleep_ns(rng_below(rng_mix(h), 20 * MS));
		if (cpu_down(cpu))
			continue;
		mach_sleep_ns(rng_below(rng_mix(h + 1), 40 * MS));
		CU_ASSERT(cpu_up(cpu) == 0);
	}
	return 0;
}

static int freezer_main(void *data)
{
	(void)data;
	for (uint64_t r = 0; r < 4; r++) {
		uint64_t h = rng_hash4(seed, 4, 0, r);

		mach_sleep_ns(rng_below(h, 60 * MS));
		if (!workqueue_freeze((unsigned int)rng_below(rng_mix(h), 30))) {
			mach_sleep_ns(rng_below(rng_mix(h + 1), 30 * MS));
			thaw_workqueues();
		}
	}
	return 0;
}

/* Somebody who needs none of what waits for new threads. */
static int staller_main(void *data)
{
	(void)data;
	for (uint64_t r = 0; r < 3; r++) {
		uint64_t h = rng_hash4(seed, 5, 0, r);

		mach_sleep_ns(rng_below(h, 80 * MS));
		mach_stall_creation(true);
		mach_sleep_ns(rng_below(rng_mix(h), 50 * MS));
		mach_stall_creation(false);
	}
	return 0;
}

static void make_items(void)
{
	static const struct step kinds[4][4] = {
		{ BURN(0.6), CALL(requeue_sometimes), { STEP_END, 0, NULL } },
		{ BURN(0.1), SLEEP(7), BURN(0.1), { STEP_END, 0, NULL } },
		{ SLEEP(1.5), CALL(requeue_sometimes), { STEP_END, 0, NULL } },
		{ CALL(requeue_sometimes), BURN(12), { STEP_END, 0, NULL } },
	};
	static char names[ITEMS][16];

	for (int i = 0; i < ITEMS; i++) {
		snprintf(names[i], sizeof(names[i]), "w%d", i);
		item_init(&it[i], names[i], kinds[(i + i / 4) % 4]);
	}
}

static void one_seed(uint64_t s)
{
	static const unsigned int flags[QUEUES] = {
		WQ_FREEZABLE, WQ_MEM_RECLAIM, WQ_UNBOUND | WQ_FREEZABLE, WQ_UNBOUND | WQ_INT_ORDERED,
		WQ_UNBOUND | WQ_MEM_RECLAIM
	};
	static const int max[QUEUES] = { 2, 1, 3, 1, 0 };
	struct machine_config cfg = world_config(4);
	struct world w;

	seed = s;
	ordinal = 0;
	cfg.seed = s;
	cfg.sched = s % 2 ? SCHED_FAIR_CLASS : SCHED_FIFO_TEXTBOOK;
	cfg.preempt = s % 5 ? PREEMPT_VOLUNTARY : PREEMPT_FULL;
	cfg.nr_nodes = 2;
	cfg.vary_costs = true;
	cfg.jitter = s % 3 ? 0.3 : 0;
	world_start(&w, &cfg);
	for (int i = 0; i < QUEUES; i++)
		wq[i] = make_wq((const char *const[]){ "q0", "q1", "q2", "q3", "q4" }[i], flags[i], max[i]);
	make_items();
	for (int i = 0; i < BUSY; i++)
		machine_task("busy", busy_main, (void *)(uintptr_t)i,
			     &(struct mach_task_opts){ .cpu = i < 4 ? i : -1, .rt_prio = i < 3 ? 50 : 0 });
	for (int i = 0; i < 2; i++)
		machine_task("plug", plugger_main, (void *)(uintptr_t)i, &(struct mach_task_opts){ .cpu = -1 });
	machine_task("staller", staller_main, NULL, &(struct mach_task_opts){ .cpu = -1 });
	machine_task("freezer", freezer_main, NULL, &(struct mach_task_opts){ .cpu = -1 });
	if (world_run(&w, 30000) != STOP_IDLE) {
		test_note("seed %llu does not come to rest", (unsigned long long)s);
		CU_FAIL("somebody waits for ever");
	}
	for (int i = 0; i < ITEMS; i++) {
		if (!work_busy(WORK(&it[i])))
			continue;
		test_note("seed %llu: w%d is forgotten, busy %u", (unsigned long long)s, i, work_busy(WORK(&it[i])));
		CU_FAIL("an item was forgotten");
	}
	CU_ASSERT(cpumask_weight(cpu_online_mask()) == 4);
	/* it did what it came for */
	CU_ASSERT(count(&w, EV_EXECUTE_END, NULL) > 100 && count(&w, EV_CPU_STATE, NULL) >= 8 &&
		  count(&w, EV_FREEZE, NULL) >= 8);
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
