/*
 * tests/sweep_engine.c - everything at once, under many seeds: census and invariants must hold.
 *
 * Eight items on four workqueues; actors on four CPUs do what a hash of the seed
 * says.  No outcome is expected but those that always hold.   Licence: MIT.
 */
#include "tests/helpers.h"

#include "base/rng.h"

#include <stdio.h>

#define ITEMS 8
#define ROUNDS 40	/* operations of one actor */

static struct item it[ITEMS];
static struct workqueue_struct *wq[4];
static uint64_t seed, ordinal;

static void requeue_sometimes(void)
{
	struct work_struct *work = current_work();
	long i = container_of(work, struct item, d.work) - it;

	if (rng_below(rng_hash4(seed, 1, (uint64_t)i, ordinal++), 4) == 0)
		queue_work(wq[i % 4], work);
}

/* Operations an actor may do to item @i; its workqueue is always the same one (R2.9). */
static void act(uint64_t what, int i)
{
	struct workqueue_struct *q = wq[i % 4];

	switch (what) {
	case 0: case 1: case 2: case 3:
		queue_work(q, WORK(&it[i]));
		break;
	case 4:
		queue_work_on(i % 4, q, WORK(&it[i]));
		break;
	case 5:
		mod_delayed_work(q, &it[i].d, (unsigned long)(i % 3));
		break;
	case 6:
		cancel_delayed_work(&it[i].d);
		break;
	case 7:
		cancel_delayed_work_sync(&it[i].d);
		break;
	case 8:
		flush_delayed_work(&it[i].d);
		break;
	case 9:
		flush_workqueue(q);
		break;
	case 10:
		workqueue_set_max_active(wq[i % 2], 1 + i % 3);
		break;
	case 11:
		disable_delayed_work(&it[i].d);
		enable_delayed_work(&it[i].d);
		break;
	default:
		queue_delayed_work(q, &it[i].d, 1);
	}
}

static int actor_main(void *data)
{
	uint64_t me = (uint64_t)(uintptr_t)data;
	int r;

	for (r = 0; r < ROUNDS; r++) {
		uint64_t h = rng_hash4(seed, 2, me, (uint64_t)r);

		act(rng_below(h, 13), (int)rng_below(rng_mix(h), ITEMS));
		mach_sleep_ns(rng_below(rng_mix(h + 1), 800 * 1000));
	}
	return 0;
}

static void one_seed(uint64_t s, enum mach_sched sched, bool inbox)
{
	static const unsigned int flags[4] = { 0, WQ_MEM_RECLAIM, WQ_UNBOUND, WQ_UNBOUND | WQ_INT_ORDERED };
	static const int max[4] = { 2, 1, 3, 1 };
	static char names[ITEMS][16];
	struct machine_config cfg = world_config(4);
	struct world w;
	int i;

	seed = s;
	ordinal = 0;
	cfg.seed = s;
	cfg.sched = sched;
	cfg.nr_nodes = 2;
	cfg.vary_costs = true;
	cfg.jitter = s % 3 ? 0.3 : 0;
	if (inbox)
		cfg.params[1] = (struct mach_param){ "inbox", 1 };
	world_start(&w, &cfg);
	for (i = 0; i < 4; i++) {
		snprintf(names[i], sizeof(names[i]), "q%d", i);
		wq[i] = make_wq(names[i], flags[i], max[i]);
	}
	for (i = 0; i < ITEMS; i++) {
		static const struct step kinds[4][4] = {
			{ BURN(0.3), CALL(requeue_sometimes), { STEP_END, 0, NULL } },
			{ BURN(0.1), SLEEP(0.7), BURN(0.1), { STEP_END, 0, NULL } },
			{ SLEEP(1.5), CALL(requeue_sometimes), { STEP_END, 0, NULL } },
			{ CALL(requeue_sometimes), BURN(1), { STEP_END, 0, NULL } },
		};
		static char item_names[ITEMS][16];

		snprintf(item_names[i], sizeof(item_names[i]), "w%d", i);
		item_init(&it[i], item_names[i], kinds[(i + i / 4) % 4]);
	}
	for (i = 0; i < 6; i++)
		machine_task("t", actor_main, (void *)(uintptr_t)i,
			     &(struct mach_task_opts){ .cpu = i % 4, .rt_prio = i < 4 ? 50 : 0 });
	if (world_run(&w, 5000) != STOP_IDLE) {
		test_note("seed %llu does not come to rest", (unsigned long long)s);
		CU_FAIL("somebody waits for ever");
	}
	/* it did what it came for */
	CU_ASSERT(count(&w, EV_EXECUTE_END, NULL) > 40 && count(&w, EV_BARRIER, NULL) > 0 &&
		  count(&w, EV_STEAL, NULL) + count(&w, EV_DELAYED_OFF, NULL) > 0);
	world_stop(&w);
}

/* RULE(I1..I56). Census and invariants are checked by world_stop(). */
static void engine_agrees_with_its_events_whatever_is_done_to_it(void)
{
	uint64_t first = seed_from_env(1), s;
	int n = test_rounds(100, 8);

	for (s = first; s < first + (uint64_t)n; s++)
		one_seed(s, s % 2 ? SCHED_FAIR_CLASS : SCHED_FIFO_TEXTBOOK, false);
}

/* RULE(I1..I56, R2.5). The same, where items may be posted (inbox.c). */
static void posting_changes_nothing_that_always_holds(void)
{
	uint64_t first = seed_from_env(1), s;
	int n = test_rounds(100, 8);

	for (s = first; s < first + (uint64_t)n; s++)
		one_seed(s, s % 2 ? SCHED_FAIR_CLASS : SCHED_FIFO_TEXTBOOK, true);
}

const struct test_case suite_sweep_engine[] = {
	T(engine_agrees_with_its_events_whatever_is_done_to_it),
	T(posting_changes_nothing_that_always_holds),
	{ NULL, NULL }
};
