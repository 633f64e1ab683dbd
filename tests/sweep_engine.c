/*
 * tests/sweep_engine.c - random operations under many seeds: census and invariants must hold.
 *
 * Eight items on four workqueues; a hash of the seed selects the steps of the actors
 * on four CPUs.  The test checks only the invariants.   Licence: MIT.
 */
#include "tests/support/random_ops.h"

static const struct step kinds[4][4] = {
	{ BURN(0.3), CALL(random_ops_requeue), { STEP_END, 0, NULL } },
	{ BURN(0.1), SLEEP(0.7), BURN(0.1), { STEP_END, 0, NULL } },
	{ SLEEP(1.5), CALL(random_ops_requeue), { STEP_END, 0, NULL } },
	{ CALL(random_ops_requeue), BURN(1), { STEP_END, 0, NULL } },
};

static void one_seed(uint64_t s, enum mach_sched sched, bool inbox)
{
	static const unsigned int flags[4] = { 0, WQ_MEM_RECLAIM, WQ_UNBOUND, WQ_UNBOUND | WQ_INT_ORDERED };
	static const int max[4] = { 2, 1, 3, 1 };
	struct machine_config cfg = world_config(4);
	struct world w;
	int i;

	random_ops = (struct random_ops){
		.seed = s, .nr_items = 8, .nr_wqs = 4, .nr_limits = 2, .rounds = 40, .pause_ns = 800 * 1000,
		.nr_menu = 13, .menu = {
			RANDOM_OP_QUEUE, RANDOM_OP_QUEUE, RANDOM_OP_QUEUE, RANDOM_OP_QUEUE, RANDOM_OP_QUEUE_ITS_CPU, RANDOM_OP_MOD,
			RANDOM_OP_CANCEL, RANDOM_OP_CANCEL_SYNC, RANDOM_OP_FLUSH, RANDOM_OP_FLUSH_WQ, RANDOM_OP_LIMIT,
			RANDOM_OP_DISABLE, RANDOM_OP_DELAY
		},
	};
	cfg.seed = s;
	cfg.sched = sched;
	cfg.nr_nodes = 2;
	cfg.vary_costs = true;
	cfg.jitter = s % 3 ? 0.3 : 0;
	if (inbox)
		cfg.params[1] = (struct mach_param){ "inbox", 1 };
	world_start(&w, &cfg);
	random_ops_wqs(flags, max);
	random_ops_items(4, kinds);
	for (i = 0; i < 6; i++)
		random_ops_actor("t", i, &(struct mach_task_opts){ .cpu = i % 4, .rt_prio = i < 4 ? 50 : 0 });
	random_ops_run(&w, 5000);
	/* it did what it came for */
	CHECK_GT(count(&w, EV_EXECUTE_END, NULL), 40);
	CHECK_GT(count(&w, EV_BARRIER, NULL), 0);
	CHECK_GT(count(&w, EV_STEAL, NULL) + count(&w, EV_DELAYED_OFF, NULL), 0);
	world_stop(&w);
}

/* RULE(I1..I56). Census and invariants are checked by world_stop(). */
static void engine_agrees_with_its_events_under_any_operations(void)
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
	T(engine_agrees_with_its_events_under_any_operations),
	T(posting_changes_nothing_that_always_holds),
	{ NULL, NULL }
};
