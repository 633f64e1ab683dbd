/*
 * tests/soak/items.c - items that count their queueings and runs, and their workqueues.
 *
 * Lives here:   the work function with its checks, gates, counting, balancing.
 * Never here:   the choice of what is done to them (ops_*.c).   Rules: R2.1, R2.9, R5.24, R11.3.
 * Licence: MIT.
 */
#include "tests/soak/soak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct soak_queue soak_queues[] = {
	{ .name = "bound" },
	{ .name = "narrow", .max_active = 1 },
	{ .name = "high", .flags = WQ_HIGHPRI },
	{ .name = "intensive", .flags = WQ_CPU_INTENSIVE, .max_active = 4 },
	{ .name = "unbound", .flags = WQ_UNBOUND },
	{ .name = "unbound-2", .flags = WQ_UNBOUND, .max_active = 2 },
	{ .name = "ordered", .flags = WQ_UNBOUND | WQ_INT_ORDERED, .max_active = 1 },
	{ .name = "reclaim", .flags = WQ_MEM_RECLAIM | WQ_UNBOUND },
	{ .name = "frozen", .flags = WQ_FREEZABLE, .groups = G_FREEZE },
	{ .name = "frozen-unbound", .flags = WQ_FREEZABLE | WQ_UNBOUND, .max_active = 3, .groups = G_FREEZE },
	{ .name = "bh", .flags = WQ_BH, .groups = G_BH },
	{ .name = "bh-high", .flags = WQ_BH | WQ_HIGHPRI, .groups = G_BH },
};
const int soak_nr_queues = sizeof(soak_queues) / sizeof(soak_queues[0]);

static struct soak_item items[SOAK_QUEUES_MAX][SOAK_ITEMS];
static const enum item_kind kinds[SOAK_ITEMS] = {
	ITEM_PLAIN, ITEM_PLAIN, ITEM_PLAIN, ITEM_PLAIN, ITEM_DELAYED, ITEM_DELAYED, ITEM_MOVED, ITEM_GRACE
};
static uint64_t run_seed;
static unsigned int groups_now;
static _Atomic long stamps;
static _Atomic int bh_inside[CPUS_MAX];

/* ---- gates ---------------------------------------------------------------------- */

bool gate_enter(struct gate *g)
{
	atomic_fetch_add(&g->users, 1);
	if (!atomic_load(&g->closed))
		return true;
	atomic_fetch_sub(&g->users, 1);
	return false;
}

void gate_leave(struct gate *g)
{
	atomic_fetch_sub(&g->users, 1);
}

bool gate_close(struct gate *g)
{
	bool open = false;

	if (!atomic_compare_exchange_strong(&g->closed, &open, true))
		return false;
	while (atomic_load(&g->users))
		uv_sleep(0);
	return true;
}

void gate_open(struct gate *g)
{
	atomic_store(&g->closed, false);
}

/* ---- choosing --------------------------------------------------------------------- */

uint64_t choose(struct soak_thread *me, uint64_t n)
{
	return rng_hash4(me->seed, (uint64_t)me->index, me->ordinal++, 1) % n;
}

struct soak_item *choose_item(struct soak_thread *me)
{
	struct soak_item *it;

	do
		it = &items[choose(me, (uint64_t)soak_nr_queues)][choose(me, SOAK_ITEMS)];
	while (!it->q->wq);
	return it;
}

struct soak_queue *choose_queue(struct soak_thread *me, unsigned int flags, unsigned int no_flags)
{
	int i, first = (int)choose(me, (uint64_t)soak_nr_queues);

	for (i = 0; i < soak_nr_queues; i++) {
		struct soak_queue *q = &soak_queues[(first + i) % soak_nr_queues];

		if (q->wq && (q->flags & flags) == flags && !(q->flags & no_flags))
			return q;
	}
	return NULL;
}

void nap(struct soak_thread *me)
{
	mach_sleep_ns(20000 + choose(me, 200000));
}

/* ---- a run -------------------------------------------------------------------------- */

/* The run's load: it computes, sleeps, or does nothing; the seed decides. */
static void pretend_to_work(struct soak_item *it, long run)
{
	uint64_t dice = rng_hash4(run_seed, it->id, (uint64_t)run, 2) % 100;

	if (dice < 15)
		mach_burn(1000 + dice * 2000);
	else if (dice < 22 && !(it->q->flags & WQ_BH))
		mach_sleep_ns(dice * 10000);
	else if (dice < 24)
		uv_sleep(0);		/* the host takes the CPU away, and the engine does not see it */
}

static void check_bottom_half(struct soak_item *it, int step)
{
	int cpu = smp_processor_id();

	if (!(it->q->flags & WQ_BH))
		return;
	if (!in_softirq())
		wrong("item %u of %s runs outside a softirq", it->id, it->q->name);
	if (step > 0 ? atomic_fetch_add(&bh_inside[cpu], 1) != 0 : atomic_fetch_sub(&bh_inside[cpu], 1) != 1)
		wrong("two bottom halves at once on CPU %d", cpu);
}

/* While its workqueue drains as well: it is chained work.  But not from a bottom half (R5.2). */
static void chain_on(struct soak_item *it)
{
	bool bottom = it->q->flags & WQ_BH;

	if (atomic_load(&it->chain) <= 0 || atomic_fetch_sub(&it->chain, 1) <= 0)
		return;
	if (bottom && !gate_enter(&it->q->gate))
		return;
	if (it->kind == ITEM_PLAIN ? queue_work(it->q->wq, &it->d.work)
				   : queue_delayed_work(it->q->wq, &it->d, 0))
		atomic_fetch_add(&it->queued, 1);
	if (bottom)
		gate_leave(&it->q->gate);
}

static void run(struct soak_item *it)
{
	long nr = atomic_fetch_add(&it->started, 1);

	if (atomic_fetch_add(&it->inside, 1))
		wrong("item %u of %s runs twice at once", it->id, it->q->name);
	if (atomic_fetch_add(&it->q->running, 1) && SOAK_ORDERED(it->q))
		wrong("two items of %s run at once", it->q->name);
	check_bottom_half(it, 1);
	atomic_store(&it->start_stamp, atomic_fetch_add(&stamps, 1));
	atomic_store(&it->ran_on, raw_smp_processor_id());
	pretend_to_work(it, nr);
	atomic_store(&it->end_stamp, atomic_fetch_add(&stamps, 1));
	check_bottom_half(it, -1);
	atomic_fetch_sub(&it->q->running, 1);
	atomic_fetch_sub(&it->inside, 1);
	chain_on(it);
	atomic_fetch_add(&it->ended, 1);
}

static void run_plain(struct work_struct *w)
{
	run(container_of(to_delayed_work(w), struct soak_item, d));
}

static void run_grace(struct work_struct *w)
{
	run(container_of(to_rcu_work(w), struct soak_item, r));
}

/* ---- queueing and taking back -------------------------------------------------------- */

/* Passes the workqueue's gate: an item refused during a drain would stay pending for ever (R5.2). */
bool queue_taken(struct soak_item *it, int cpu, unsigned long delay)
{
	struct workqueue_struct *wq = it->q->wq;
	bool ok;

	if (!gate_enter(&it->q->gate))
		return false;
	switch (it->kind) {
	case ITEM_PLAIN:
		ok = queue_work_on(cpu, wq, &it->d.work);
		break;
	case ITEM_GRACE:
		ok = queue_rcu_work(wq, &it->r);
		break;
	default:
		ok = queue_delayed_work_on(cpu, wq, &it->d, delay);
	}
	if (ok)
		atomic_fetch_add(&it->queued, 1);
	gate_leave(&it->q->gate);
	return ok;
}

bool queue_item(struct soak_item *it, int cpu, unsigned long delay)
{
	bool ok;

	if (!gate_enter(&it->gate))
		return false;
	ok = queue_taken(it, cpu, delay);
	gate_leave(&it->gate);
	return ok;
}

bool take_back(struct soak_item *it, bool (*cancel)(struct work_struct *), bool (*cancel_delayed)(struct delayed_work *))
{
	bool ok;

	atomic_fetch_add(&it->cancels_begun, 1);
	ok = it->kind == ITEM_PLAIN ? cancel(&it->d.work) : cancel_delayed(&it->d);
	if (ok)
		atomic_fetch_add(&it->taken, 1);
	atomic_fetch_add(&it->cancels_done, 1);
	return ok;
}

struct soak_wait wait_begins(struct soak_item *it)
{
	long done = atomic_load(&it->cancels_done);

	return (struct soak_wait){ atomic_load(&it->queued), done };
}

void check_flushed(struct soak_item *it, struct soak_wait begun, const char *after)
{
	long ended = atomic_load(&it->ended);

	if (begun.taken_back == atomic_load(&it->cancels_begun) && ended + atomic_load(&it->taken) < begun.queued)
		wrong("%s returned, but of item %u of %s: %ld queued, %ld ended, %ld taken back", after, it->id,
		      it->q->name, begun.queued, ended, atomic_load(&it->taken));
}

/* Waits until every cancel so far has counted its item. */
static void wait_for_the_books(struct soak_item *it)
{
	for (;;) {
		long done = atomic_load(&it->cancels_done);

		if (done == atomic_load(&it->cancels_begun))
			return;
		uv_sleep(0);
	}
}

/*
 * Each of @queued queueings has ended or been taken back.  If the counts do not
 * show this yet, a cancel in progress may not have counted its item: wait for it.
 */
void check_waited(struct soak_item *it, long queued, const char *after)
{
	long ended = atomic_load(&it->ended);

	if (ended + atomic_load(&it->taken) >= queued)
		return;
	wait_for_the_books(it);
	if (ended + atomic_load(&it->taken) < queued)
		wrong("%s returned, but of item %u of %s: %ld queued, %ld ended, %ld taken back", after, it->id,
		      it->q->name, queued, ended, atomic_load(&it->taken));
}

/*
 * 6.12 has one hole, and the engine has it too: an ordered workqueue got new
 * attributes, its item runs in the old pool and is queued to the new one (R2.9:
 * ordered items are never sent back).  A cancel that takes it from the new pool finds
 * no run there, and does not look at the old one.
 */
bool cancel_waits(const struct soak_item *it)
{
	return !(SOAK_ORDERED(it->q) && groups_now & G_ATTRS);
}

static struct soak_item *take(struct soak_item *it)
{
	if (!gate_close(&it->gate))
		return NULL;
	atomic_store(&it->chain, 0);
	take_back(it, cancel_work_sync, cancel_delayed_work_sync);
	if (!cancel_waits(it))
		return it;
	/* a cancel in another thread may hold PENDING at this moment */
	if (atomic_load(&it->inside) || work_busy(SOAK_WORK(it)) & WORK_BUSY_RUNNING)
		wrong("item %u of %s is busy after cancel_work_sync()", it->id, it->q->name);
	check_waited(it, atomic_load(&it->queued), "cancel_work_sync()");
	return it;
}

struct soak_item *take_item(struct soak_thread *me, enum item_kind kind, unsigned int no_flags)
{
	struct soak_item *it = choose_item(me);

	return it->kind != kind || it->q->flags & no_flags ? NULL : take(it);
}

struct soak_item *take_neighbour(struct soak_thread *me, struct soak_item *it)
{
	struct soak_item *b = &items[it->q - soak_queues][choose(me, SOAK_ITEMS)];

	return b == it || b->kind != ITEM_PLAIN ? NULL : take(b);
}

void give_item(struct soak_item *it)
{
	gate_open(&it->gate);
}

/* ---- all items of a workqueue ----------------------------------------------------------- */

static struct soak_item *items_of(struct soak_queue *q)
{
	return items[q - soak_queues];
}

void queue_flush_delayed(struct soak_queue *q)
{
	struct soak_item *it = items_of(q);

	for (int i = 0; i < SOAK_ITEMS; i++) {
		if (it[i].kind == ITEM_DELAYED || it[i].kind == ITEM_MOVED)
			flush_delayed_work(&it[i].d);
		else if (it[i].kind == ITEM_GRACE)
			flush_rcu_work(&it[i].r);
	}
}

/* Only items that are certainly queued by now: timers and grace periods delay the others. */
long queue_snapshot(struct soak_queue *q, long queued[SOAK_ITEMS])
{
	long n = 0;

	for (int i = 0; i < SOAK_ITEMS; i++)
		n += queued[i] = items_of(q)[i].kind == ITEM_PLAIN ? atomic_load(&items_of(q)[i].queued) : 0;
	return n;
}

void queue_check_waited(struct soak_queue *q, const long queued[SOAK_ITEMS], const char *after)
{
	for (int i = 0; i < SOAK_ITEMS; i++)
		check_waited(&items_of(q)[i], queued[i], after);
}

/* ---- all of them --------------------------------------------------------------------------- */

void queues_start(unsigned int groups)
{
	for (int i = 0; i < soak_nr_queues; i++) {
		struct soak_queue *q = &soak_queues[i];

		q->wq = NULL;
		if ((q->groups & groups) == q->groups)
			q->wq = alloc_workqueue("%s", q->flags, q->max_active, q->name);
		if (!q->wq && (q->groups & groups) == q->groups) {
			fprintf(stderr, "kworkshop: soak: no workqueue %s\n", q->name);
			exit(1);
		}
	}
}

void items_start(unsigned int groups, uint64_t seed)
{
	run_seed = seed;
	groups_now = groups;
	for (int i = 0; i < soak_nr_queues; i++) {
		soak_queues[i].gate = (struct gate){ 0 };
		for (int j = 0; j < SOAK_ITEMS; j++) {
			struct soak_item *it = &items[i][j];

			memset(it, 0, sizeof(*it));
			it->kind = kinds[j];
			it->q = &soak_queues[i];
			it->id = (unsigned int)(i * SOAK_ITEMS + j);
			if (it->kind == ITEM_PLAIN)
				INIT_WORK(&it->d.work, run_plain);
			else if (it->kind == ITEM_GRACE)
				INIT_RCU_WORK(&it->r, run_grace);
			else
				INIT_DELAYED_WORK(&it->d, run_plain);
		}
	}
}

void items_check_idle(void)
{
	for (int i = 0; i < soak_nr_queues; i++)
		for (int j = 0; j < SOAK_ITEMS && soak_queues[i].wq; j++) {
			struct soak_item *it = &items[i][j];
			long queued = it->queued, started = it->started, ended = it->ended, taken = it->taken;

			if (queued != started + taken || started != ended || it->inside || work_pending(SOAK_WORK(it)))
				wrong("item %u of %s at the end: %ld queued, %ld started, %ld ended, %ld taken back%s",
				      it->id, it->q->name, queued, started, ended, taken,
				      work_pending(SOAK_WORK(it)) ? ", pending" : "");
		}
}

long items_runs(void)
{
	long n = 0;

	for (int i = 0; i < soak_nr_queues; i++)
		for (int j = 0; j < SOAK_ITEMS; j++)
			n += atomic_load(&items[i][j].ended);
	return n;
}

void items_print(void)
{
	for (int i = 0; i < soak_nr_queues; i++)
		for (int j = 0; j < SOAK_ITEMS && soak_queues[i].wq; j++) {
			struct soak_item *it = &items[i][j];

			if (it->inside || work_pending(SOAK_WORK(it)))
				fprintf(stderr, "  item %u of %s (gate %d): data %#llx%s%s%s\n", it->id, it->q->name,
					it->q->gate.closed, (unsigned long long)work_data(SOAK_WORK(it)),
					it->inside ? ", running" : "", timer_pending(&it->d.timer) ? ", timer" : "",
					it->gate.closed ? ", reserved" : "");
		}
}

void queues_stop(void)
{
	for (int i = 0; i < soak_nr_queues; i++) {
		struct soak_queue *q = &soak_queues[i];

		if (!q->wq || !gate_close(&q->gate))
			continue;
		queue_flush_delayed(q);
		drain_workqueue(q->wq);		/* and not flush: some queue themselves once more */
	}
	items_check_idle();
	for (int i = 0; i < soak_nr_queues; i++)
		if (soak_queues[i].wq)
			destroy_workqueue(soak_queues[i].wq);
}
