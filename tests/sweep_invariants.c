/*
 * tests/sweep_invariants.c - the invariants under random calls on random schedules.
 *
 * Each seed makes a run of its own: threads on several CPUs queue, delay, cancel,
 * flush, disable, drain and change limits at random, while items burn, sleep,
 * hog and requeue themselves.  The census is on; world_stop() compares it with the
 * model and checks every invariant.
 *
 * Licence: MIT.
 */
#include "base/rng.h"
#include "tests/support/world.h"
#include "workqueue/wq_internal.h"	/* a census of the whole machine */

#include <stdio.h>

enum { ITEMS = 8, QUEUES = 6, ACTORS = 5, CALLS = 40, SEEDS = 30 };

static struct workqueue_struct *queues[QUEUES];
static struct delayed_work items[ITEMS];
static uint64_t seed;
static int depth[ACTORS][ITEMS];	/* disables each actor owes an enable */

static uint64_t chance(uint64_t site, uint64_t context, uint64_t ordinal, uint64_t below)
{
	return rng_below(rng_hash4(seed, site, context, ordinal), below);
}

static unsigned int runs[ITEMS];

static void item_runs(struct work_struct *work)
{
	uint64_t i = (uint64_t)(to_delayed_work(work) - items), n = runs[i]++;

	switch (chance(1, i, n, 6)) {
	case 0:
		mach_burn(chance(2, i, n, 3 * MS));
		break;
	case 1:
		mach_hog(chance(2, i, n, 20 * MS));
		break;
	case 2:
		mach_burn(chance(2, i, n, MS));
		mach_sleep_ns(chance(3, i, n, 5 * MS));
		mach_burn(chance(4, i, n, MS));
		break;
	case 3:
		msleep((unsigned int)chance(2, i, n, 4));
		break;
	default:
		break;
	}
	if (chance(5, i, n, 4) == 0)
		queue_work(queues[i % QUEUES], work);
}

static void one_call(uint64_t actor_nr, uint64_t k)
{
	uint64_t i = chance(10, actor_nr, k, ITEMS);
	struct workqueue_struct *wq = queues[chance(11, actor_nr, k, 8) ? i % QUEUES : chance(12, actor_nr, k, QUEUES)];
	struct delayed_work *d = &items[i];

	switch (chance(13, actor_nr, k, 22)) {
	case 0: case 1: case 2: case 3: case 4: case 5:
		queue_work(wq, &d->work);
		break;
	case 6: case 7:
		queue_work_on((int)chance(14, actor_nr, k, (uint64_t)nr_cpu_ids()), wq, &d->work);
		break;
	case 8: case 9:
		queue_delayed_work(wq, d, (unsigned long)chance(14, actor_nr, k, 5));
		break;
	case 10: case 11:
		mod_delayed_work(wq, d, (unsigned long)chance(14, actor_nr, k, 5));
		break;
	case 12:
		cancel_delayed_work(d);
		break;
	case 13:
		cancel_delayed_work_sync(d);
		break;
	case 14: case 15:
		flush_work(&d->work);
		break;
	case 16:
		flush_delayed_work(d);
		break;
	case 17: case 18:
		flush_workqueue(queues[i % QUEUES]);
		break;
	case 19:
		disable_delayed_work(d);
		depth[actor_nr][i]++;
		break;
	case 20:
		if (depth[actor_nr][i]) {
			depth[actor_nr][i]--;
			enable_delayed_work(d);
		}
		break;
	default:
		workqueue_set_max_active(queues[i % 3], 1 + (int)chance(14, actor_nr, k, 4));
	}
}

static int actor_runs(void *data)
{
	uint64_t a = (uint64_t)(uintptr_t)data;

	for (uint64_t k = 0; k < CALLS; k++) {
		one_call(a, k);
		if (chance(20, a, k, 3) == 0)
			mach_sleep_ns(chance(21, a, k, 3 * MS));
		else if (chance(20, a, k, 3) == 1)
			mach_burn(chance(21, a, k, MS / 4));
	}
	for (uint64_t i = 0; i < ITEMS; i++)
		for (; depth[a][i]; depth[a][i]--)
			enable_delayed_work(&items[i]);
	return 0;
}

static void set_up(void)
{
	static const char *const names[ITEMS] = { "i0", "i1", "i2", "i3", "i4", "i5", "i6", "i7" };

	queues[0] = make_wq("bound", 0, 2);
	queues[1] = make_wq("unbound", WQ_UNBOUND, 3);
	queues[2] = make_wq("reclaim", WQ_MEM_RECLAIM, 1);
	queues[3] = make_wq("intensive", WQ_CPU_INTENSIVE, 4);
	queues[4] = make_wq("ordered", WQ_UNBOUND | WQ_INT_ORDERED | WQ_MEM_RECLAIM, 1);
	queues[5] = make_wq("urgent", WQ_HIGHPRI, 2);
	memset(depth, 0, sizeof(depth));
	memset(runs, 0, sizeof(runs));
	for (int i = 0; i < ITEMS; i++)
		init_delayed_work(&items[i], item_runs, names[i], names[i], (uintptr_t)i, 0);
}

static struct machine_config config_of_seed(uint64_t s)
{
	struct machine_config cfg = world_config(1 + (int)(s % 4));

	cfg.seed = s;
	cfg.nr_nodes = s % 4 == 3 ? 2 : 1;
	cfg.sched = s % 3 ? SCHED_FAIR_CLASS : SCHED_FIFO_TEXTBOOK;
	cfg.preempt = s % 2 ? PREEMPT_FULL : PREEMPT_VOLUNTARY;
	cfg.jitter = s % 2 ? 0.3 : 0;
	cfg.vary_costs = s % 5 == 4;
	cfg.hz = s % 2 ? 1000 : 250;
	return cfg;
}

/* Kinds of events that must occur: otherwise the sweep tests too little. */
static const enum trace_kind wanted[] = {
	EV_EXECUTE_END, EV_QUEUE_REDIRECT, EV_INACTIVE, EV_COLLIDE, EV_STEAL, EV_BARRIER, EV_FLUSH_WQ_END,
	EV_CANCEL_END, EV_DELAYED_FIRE, EV_DELAYED_OFF, EV_WORKER_SLEEP, EV_MANAGE_BEGIN, EV_HOG,
	EV_MAYDAY, EV_RESCUE, EV_WQ_MAX_ACTIVE, EV_NODE_PENDING, EV_CENSUS_WQ, EV_DISABLE,
};
#define WANTED_NR (sizeof(wanted) / sizeof(wanted[0]))
static unsigned int met[WANTED_NR];

static void run_seed(uint64_t s)
{
	struct machine_config cfg = config_of_seed(s);
	struct world w;
	char name[16];

	seed = s;
	world_start(&w, &cfg);
	set_up();
	for (int a = 0; a < ACTORS; a++) {
		struct mach_task_opts opts = { .cpu = a % 2 ? -1 : a % cfg.nr_cpus,
					       .rt_prio = a == 0 ? 50 : 0 };

		snprintf(name, sizeof(name), "actor%d", a);
		machine_task(name, actor_runs, (void *)(uintptr_t)a, &opts);
	}
	if (s % 3 == 2)
		mach_stall_creation(true);
	world_run(&w, 60);
	mach_stall_creation(false);
	world_run(&w, 4000);
	workqueue_census();
	for (size_t i = 0; i < WANTED_NR; i++)
		met[i] += count(&w, wanted[i], NULL);
	world_stop(&w);
}

static void invariants_hold_under_any_calls(void)
{
	uint64_t first = seed_from_env(1);

	for (uint64_t s = first; s < first + SEEDS; s++)
		run_seed(s);
	for (size_t i = 0; i < WANTED_NR; i++) {
		if (!met[i])
			test_note("the sweep never met %s", trace_rows[wanted[i]].name);
		CHECK_GT(met[i], 0);
	}
}

const struct test_case suite_sweep_invariants[] = {
	T(invariants_hold_under_any_calls),
	{ NULL, NULL }
};
