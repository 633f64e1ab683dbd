/*
 * tests/crowd.c - see crowd.h.   Licence: MIT.
 */
#include "tests/crowd.h"

#include "base/rng.h"

#include <stdio.h>

struct crowd crowd;

void crowd_requeue(void)
{
	struct work_struct *work = current_work();
	long i = container_of(work, struct item, d.work) - crowd.items;

	if (rng_below(rng_hash4(crowd.seed, 1, (uint64_t)i, crowd.ordinal++), 4) == 0)
		queue_work(crowd.wqs[i % crowd.nr_wqs], work);
}

/* @h: more chance, for where and when. */
static void act(enum crowd_op op, int i, uint64_t h)
{
	struct workqueue_struct *q = crowd.wqs[i % crowd.nr_wqs];
	struct delayed_work *d = &crowd.items[i].d;

	switch (op) {
	case CROWD_QUEUE:
		queue_work(q, &d->work);
		break;
	case CROWD_QUEUE_ITS_CPU:
		queue_work_on(i % 4, q, &d->work);
		break;
	case CROWD_QUEUE_ANY_CPU:
		queue_work_on((int)rng_below(h, 4), q, &d->work);
		break;
	case CROWD_QUEUE_NODE:
		queue_work_node(i % 2, crowd.wqs[2 + i % 2], WORK(&crowd.items[2 + i % 2]));
		break;
	case CROWD_DELAY:
		queue_delayed_work(q, d, 1);
		break;
	case CROWD_MOD:
		mod_delayed_work(q, d, (unsigned long)(i % 3));
		break;
	case CROWD_MOD_ANY_CPU:
		mod_delayed_work_on((int)rng_below(h, 4), q, d, rng_below(h >> 8, 20));
		break;
	case CROWD_CANCEL:
		cancel_delayed_work(d);
		break;
	case CROWD_CANCEL_SYNC:
		cancel_delayed_work_sync(d);
		break;
	case CROWD_FLUSH:
		flush_delayed_work(d);
		break;
	case CROWD_FLUSH_WQ:
		flush_workqueue(q);
		break;
	case CROWD_LIMIT:
		workqueue_set_max_active(crowd.wqs[i % crowd.nr_limits], 1 + i % 3);
		break;
	case CROWD_DISABLE:
		disable_delayed_work(d);
		enable_delayed_work(d);
		break;
	case CROWD_BRIEF_WQ:
		destroy_workqueue(alloc_workqueue("brief", i % 2 ? WQ_UNBOUND : WQ_MEM_RECLAIM, 1));
	}
}

static int actor_main(void *data)
{
	uint64_t me = (uint64_t)(uintptr_t)data;

	for (int r = 0; r < crowd.rounds; r++) {
		uint64_t h = rng_hash4(crowd.seed, 2, me, (uint64_t)r);

		act(crowd.menu[rng_below(h, (uint64_t)crowd.nr_menu)],
		    (int)rng_below(rng_mix(h), (uint64_t)crowd.nr_items), rng_mix(h + 2));
		mach_sleep_ns(rng_below(rng_mix(h + 1), crowd.pause_ns));
	}
	return 0;
}

void crowd_actor(const char *name, int me, const struct mach_task_opts *opts)
{
	machine_task(name, actor_main, (void *)(uintptr_t)me, opts);
}

void crowd_items(int nr_kinds, const struct step kinds[][4])
{
	static char names[CROWD_ITEMS_MAX][16];

	crowd.ordinal = 0;
	for (int i = 0; i < crowd.nr_items; i++) {
		snprintf(names[i], sizeof(names[i]), "w%d", i);
		item_init(&crowd.items[i], names[i], kinds[(i + i / nr_kinds) % nr_kinds]);
	}
}

void crowd_wqs(const unsigned int *flags, const int *max_active)
{
	static char names[8][16];

	for (int i = 0; i < crowd.nr_wqs; i++) {
		snprintf(names[i], sizeof(names[i]), "q%d", i);
		crowd.wqs[i] = make_wq(names[i], flags[i], max_active[i]);
	}
}

void crowd_run(struct world *w, double ms)
{
	if (world_run(w, ms) == STOP_IDLE)
		return;
	test_note("seed %llu does not come to rest", (unsigned long long)crowd.seed);
	CU_FAIL("somebody waits for ever");
}
