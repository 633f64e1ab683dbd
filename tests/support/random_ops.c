/*
 * tests/support/random_ops.c - see random_ops.h.   Licence: MIT.
 */
#include "tests/support/random_ops.h"

#include "base/rng.h"

#include <stdio.h>

struct random_ops random_ops;

void random_ops_requeue(void)
{
	struct work_struct *work = current_work();
	long i = container_of(work, struct item, d.work) - random_ops.items;

	if (rng_below(rng_hash4(random_ops.seed, 1, (uint64_t)i, random_ops.ordinal++), 4) == 0)
		queue_work(random_ops.wqs[i % random_ops.nr_wqs], work);
}

/* @h: further random bits, for the place and the time. */
static void act(enum random_op op, int i, uint64_t h)
{
	struct workqueue_struct *q = random_ops.wqs[i % random_ops.nr_wqs];
	struct delayed_work *d = &random_ops.items[i].d;

	switch (op) {
	case RANDOM_OP_QUEUE:
		queue_work(q, &d->work);
		break;
	case RANDOM_OP_QUEUE_ITS_CPU:
		queue_work_on(i % 4, q, &d->work);
		break;
	case RANDOM_OP_QUEUE_ANY_CPU:
		queue_work_on((int)rng_below(h, 4), q, &d->work);
		break;
	case RANDOM_OP_QUEUE_NODE:
		queue_work_node(i % 2, random_ops.wqs[2 + i % 2], WORK(&random_ops.items[2 + i % 2]));
		break;
	case RANDOM_OP_DELAY:
		queue_delayed_work(q, d, 1);
		break;
	case RANDOM_OP_MOD:
		mod_delayed_work(q, d, (unsigned long)(i % 3));
		break;
	case RANDOM_OP_MOD_ANY_CPU:
		mod_delayed_work_on((int)rng_below(h, 4), q, d, rng_below(h >> 8, 20));
		break;
	case RANDOM_OP_CANCEL:
		cancel_delayed_work(d);
		break;
	case RANDOM_OP_CANCEL_SYNC:
		cancel_delayed_work_sync(d);
		break;
	case RANDOM_OP_FLUSH:
		flush_delayed_work(d);
		break;
	case RANDOM_OP_FLUSH_WQ:
		flush_workqueue(q);
		break;
	case RANDOM_OP_LIMIT:
		workqueue_set_max_active(random_ops.wqs[i % random_ops.nr_limits], 1 + i % 3);
		break;
	case RANDOM_OP_DISABLE:
		disable_delayed_work(d);
		enable_delayed_work(d);
		break;
	case RANDOM_OP_BRIEF_WQ:
		destroy_workqueue(alloc_workqueue("brief", i % 2 ? WQ_UNBOUND : WQ_MEM_RECLAIM, 1));
	}
}

static int actor_main(void *data)
{
	uint64_t me = (uint64_t)(uintptr_t)data;

	for (int r = 0; r < random_ops.rounds; r++) {
		uint64_t h = rng_hash4(random_ops.seed, 2, me, (uint64_t)r);

		act(random_ops.menu[rng_below(h, (uint64_t)random_ops.nr_menu)],
		    (int)rng_below(rng_mix(h), (uint64_t)random_ops.nr_items), rng_mix(h + 2));
		mach_sleep_ns(rng_below(rng_mix(h + 1), random_ops.pause_ns));
	}
	return 0;
}

void random_ops_actor(const char *name, int me, const struct mach_task_opts *opts)
{
	machine_task(name, actor_main, (void *)(uintptr_t)me, opts);
}

void random_ops_items(int nr_kinds, const struct step kinds[][4])
{
	static char names[RANDOM_ITEMS_MAX][16];

	random_ops.ordinal = 0;
	for (int i = 0; i < random_ops.nr_items; i++) {
		snprintf(names[i], sizeof(names[i]), "w%d", i);
		item_init(&random_ops.items[i], names[i], kinds[(i + i / nr_kinds) % nr_kinds]);
	}
}

void random_ops_wqs(const unsigned int *flags, const int *max_active)
{
	static char names[8][16];

	for (int i = 0; i < random_ops.nr_wqs; i++) {
		snprintf(names[i], sizeof(names[i]), "q%d", i);
		random_ops.wqs[i] = make_wq(names[i], flags[i], max_active[i]);
	}
}

void random_ops_run(struct world *w, double ms)
{
	if (world_run(w, ms) == STOP_IDLE)
		return;
	test_note("seed %llu does not come to rest", (unsigned long long)random_ops.seed);
	CHECK_FAIL("a thread waits for ever");
}
