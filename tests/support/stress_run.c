/*
 * tests/support/stress_run.c - see stress_run.h.   Licence: MIT.
 */
#include "tests/support/stress_run.h"

#include "base/rng.h"
#include "tests/support/random_ops.h"

#define TURNS 12	/* of the thread that changes the machine */

static void new_attrs(struct workqueue_struct *q, uint64_t h)
{
	struct workqueue_attrs *attrs = alloc_workqueue_attrs();

	attrs->nice = -(int)(h % 3);
	attrs->affn_scope = h % 2 ? WQ_AFFN_CPU : WQ_AFFN_SYSTEM;
	attrs->affn_strict = h / 2 % 2;
	CHECK_INT(apply_workqueue_attrs(q, attrs), 0);
	free_workqueue_attrs(attrs);
}

/* CPUs go off line, workqueues freeze, thread creation stalls, attributes change. */
static int turn_main(void *data)
{
	int r;

	(void)data;
	for (r = 0; r < TURNS; r++) {
		uint64_t h = rng_hash4(random_ops.seed, 3, 0, (uint64_t)r);

		switch (h % 5) {
		case 0:
			if (!cpu_down(3)) {
				mach_sleep_ns(2 * MS);
				cpu_up(3);
			}
			break;
		case 1:
			freeze_workqueues_begin();
			freeze_workqueues_busy();
			mach_sleep_ns(MS);
			thaw_workqueues();
			break;
		case 2:
			mach_stall_creation(true);
			mach_sleep_ns(30 * MS);
			mach_stall_creation(false);
			break;
		default:
			new_attrs(random_ops.wqs[2 + h % 2], h / 8);
		}
		mach_sleep_ns(rng_below(rng_mix(h), 3 * MS));
	}
	return 0;
}

static const struct step kinds[5][4] = {
	{ BURN(0.3), CALL(random_ops_requeue), { STEP_END, 0, NULL } },
	{ BURN(0.1), SLEEP(0.7), BURN(0.1), { STEP_END, 0, NULL } },
	{ SLEEP(1.5), CALL(random_ops_requeue), { STEP_END, 0, NULL } },
	{ CALL(random_ops_requeue), BURN(1), { STEP_END, 0, NULL } },
	{ HOG(3), SLEEP(0.2), { STEP_END, 0, NULL } },
};

void stress_start_watched(struct world *w, uint64_t s, const struct mach_lock_watch *watch)
{
	static const unsigned int flags[] = {
		0, WQ_MEM_RECLAIM, WQ_UNBOUND, WQ_UNBOUND | WQ_INT_ORDERED, WQ_CPU_INTENSIVE,
		WQ_UNBOUND | WQ_FREEZABLE | WQ_MEM_RECLAIM,
	};
	static const int max[] = { 2, 1, 3, 1, 0, 2 };
	struct machine_config cfg = world_config(4);
	int i;

	random_ops = (struct random_ops){
		.seed = s, .nr_items = 10, .nr_wqs = 6, .nr_limits = 3, .rounds = 30, .pause_ns = MS,
		.nr_menu = 15, .menu = {
			RANDOM_OP_QUEUE, RANDOM_OP_QUEUE, RANDOM_OP_QUEUE, RANDOM_OP_QUEUE, RANDOM_OP_QUEUE_ITS_CPU, RANDOM_OP_MOD,
			RANDOM_OP_CANCEL, RANDOM_OP_CANCEL_SYNC, RANDOM_OP_FLUSH, RANDOM_OP_FLUSH_WQ, RANDOM_OP_LIMIT,
			RANDOM_OP_DISABLE, RANDOM_OP_QUEUE_NODE, RANDOM_OP_BRIEF_WQ, RANDOM_OP_DELAY
		},
	};
	cfg.seed = s;
	cfg.sched = s % 2 ? SCHED_FAIR_CLASS : SCHED_FIFO_TEXTBOOK;
	cfg.nr_nodes = 2;
	cfg.threads_max = 400;
	cfg.vary_costs = true;
	cfg.jitter = s % 3 ? 0.3 : 0;
	cfg.params[1] = (struct mach_param){ "cpu_intensive_thresh_us", 1000 };
	world_start(w, &cfg);
	if (watch)
		machine_watch_locks(watch);
	random_ops_wqs(flags, max);
	random_ops_items(5, kinds);
	for (i = 0; i < 6; i++)
		random_ops_actor("t", i, &(struct mach_task_opts){ .cpu = i % 3, .rt_prio = i < 3 ? 50 : 0 });
	machine_task("turn", turn_main, NULL, &(struct mach_task_opts){ .cpu = 0, .rt_prio = 60 });
}

void stress_start(struct world *w, uint64_t s)
{
	stress_start_watched(w, s, NULL);
}

void stress_run(struct world *w)
{
	random_ops_run(w, 20000);
}
