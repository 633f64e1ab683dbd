/*
 * tests/rich.c - see rich.h.   Licence: MIT.
 */
#include "tests/rich.h"

#include "base/rng.h"

#include <stdio.h>

#define ITEMS 10
#define QUEUES 6
#define ROUNDS 30	/* operations of one actor */
#define TURNS 12	/* of the thread that changes the machine */

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

/* Items stay on their workqueue (R2.9). */
static void act(uint64_t what, int i)
{
	struct workqueue_struct *q = wq[i % QUEUES];

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
		workqueue_set_max_active(wq[i % 3], 1 + i % 3);
		break;
	case 11:
		disable_delayed_work(&it[i].d);
		enable_delayed_work(&it[i].d);
		break;
	case 12:
		queue_work_node(i % 2, wq[2 + i % 2], WORK(&it[2 + i % 2]));
		break;
	case 13:
		destroy_workqueue(alloc_workqueue("brief", i % 2 ? WQ_UNBOUND : WQ_MEM_RECLAIM, 1));
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

		act(rng_below(h, 15), (int)rng_below(rng_mix(h), ITEMS));
		mach_sleep_ns(rng_below(rng_mix(h + 1), 1000 * 1000));
	}
	return 0;
}

static void new_attrs(struct workqueue_struct *q, uint64_t h)
{
	struct workqueue_attrs *attrs = alloc_workqueue_attrs();

	attrs->nice = -(int)(h % 3);
	attrs->affn_scope = h % 2 ? WQ_AFFN_CPU : WQ_AFFN_SYSTEM;
	attrs->affn_strict = h / 2 % 2;
	CU_ASSERT(apply_workqueue_attrs(q, attrs) == 0);
	free_workqueue_attrs(attrs);
}

/* What happens to the machine meanwhile. */
static int turn_main(void *data)
{
	int r;

	(void)data;
	for (r = 0; r < TURNS; r++) {
		uint64_t h = rng_hash4(seed, 3, 0, (uint64_t)r);

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
			new_attrs(wq[2 + h % 2], h / 8);
		}
		mach_sleep_ns(rng_below(rng_mix(h), 3 * MS));
	}
	return 0;
}

static void make_items(void)
{
	static const struct step kinds[5][4] = {
		{ BURN(0.3), CALL(requeue_sometimes), { STEP_END, 0, NULL } },
		{ BURN(0.1), SLEEP(0.7), BURN(0.1), { STEP_END, 0, NULL } },
		{ SLEEP(1.5), CALL(requeue_sometimes), { STEP_END, 0, NULL } },
		{ CALL(requeue_sometimes), BURN(1), { STEP_END, 0, NULL } },
		{ HOG(3), SLEEP(0.2), { STEP_END, 0, NULL } },
	};
	static char names[ITEMS][16];

	for (int i = 0; i < ITEMS; i++) {
		snprintf(names[i], sizeof(names[i]), "w%d", i);
		item_init(&it[i], names[i], kinds[(i + i / 5) % 5]);
	}
}

void rich_start_watched(struct world *w, uint64_t s, const struct mach_lock_watch *watch)
{
	static const unsigned int flags[QUEUES] = {
		0, WQ_MEM_RECLAIM, WQ_UNBOUND, WQ_UNBOUND | WQ_INT_ORDERED, WQ_CPU_INTENSIVE,
		WQ_UNBOUND | WQ_FREEZABLE | WQ_MEM_RECLAIM,
	};
	static const int max[QUEUES] = { 2, 1, 3, 1, 0, 2 };
	static char names[QUEUES][16];
	struct machine_config cfg = world_config(4);
	int i;

	seed = s;
	ordinal = 0;
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
	for (i = 0; i < QUEUES; i++) {
		snprintf(names[i], sizeof(names[i]), "q%d", i);
		wq[i] = make_wq(names[i], flags[i], max[i]);
	}
	make_items();
	for (i = 0; i < 6; i++)
		machine_task("t", actor_main, (void *)(uintptr_t)i,
			     &(struct mach_task_opts){ .cpu = i % 3, .rt_prio = i < 3 ? 50 : 0 });
	machine_task("turn", turn_main, NULL, &(struct mach_task_opts){ .cpu = 0, .rt_prio = 60 });
}

void rich_start(struct world *w, uint64_t s)
{
	rich_start_watched(w, s, NULL);
}

void rich_run(struct world *w)
{
	if (world_run(w, 20000) == STOP_IDLE)
		return;
	test_note("seed %llu does not come to rest", (unsigned long long)seed);
	CU_FAIL("somebody waits for ever");
}
