/*
 * tests/soak/ops_items.c - operations on items: queue, wait, take back, disable.
 *
 * Lives here:   one function an operation, and the table of all of them.
 * Never here:   the accounts (items.c), what is done to queues and CPUs (ops_world.c).
 * Rules:        R2.1..R2.14, R5.24, R5.27, R6.1..R6.17, R8.1..R8.9.   Licence: MIT.
 */
#include "tests/soak/ops.h"

static int any_cpu(struct soak_thread *me)
{
	return choose(me, 3) ? WORK_CPU_UNBOUND : (int)choose(me, (uint64_t)nr_cpu_ids());
}

static void op_queue(struct soak_thread *me)
{
	for (int n = 0; n < 4; n++)
		queue_item(choose_item(me), WORK_CPU_UNBOUND, choose(me, 3));
}

static void op_queue_on(struct soak_thread *me)
{
	queue_item(choose_item(me), any_cpu(me), choose(me, 4));
}

static void op_mod(struct soak_thread *me)
{
	struct soak_item *it = choose_item(me);

	if (it->kind != ITEM_MOVED || !gate_enter(&it->gate))
		return;
	if (gate_enter(&it->q->gate)) {
		/* false: it was idle, so this is a new queueing; true: it was moved */
		if (!mod_delayed_work_on(any_cpu(me), it->q->wq, &it->d, choose(me, 4)))
			atomic_fetch_add(&it->queued, 1);
		gate_leave(&it->q->gate);
	}
	gate_leave(&it->gate);
}

static void op_chain(struct soak_thread *me)
{
	struct soak_item *it = choose_item(me);

	if (it->kind == ITEM_GRACE || !gate_enter(&it->gate))
		return;
	atomic_store(&it->chain, (int)choose(me, 6));
	queue_taken(it, any_cpu(me), 0);
	gate_leave(&it->gate);
}

static void op_cancel(struct soak_thread *me)
{
	struct soak_item *it = choose_item(me);

	if (it->kind != ITEM_GRACE)
		take_back(it, cancel_work, cancel_delayed_work);
}

static void op_cancel_sync(struct soak_thread *me)
{
	struct soak_item *it = choose_item(me);

	/* it disables the item meanwhile, and mod_delayed_work() does not return whether it was refused */
	if (it->kind == ITEM_PLAIN || it->kind == ITEM_DELAYED)
		take_back(it, cancel_work_sync, cancel_delayed_work_sync);
}

/* No other thread queues the item: after cancel_work_sync() it stays idle. */
static void op_cancel_and_look(struct soak_thread *me)
{
	struct soak_item *it = take_item(me, (enum item_kind)choose(me, ITEM_GRACE), 0);
	long started;

	if (!it)
		return;
	started = atomic_load(&it->started);
	queue_taken(it, any_cpu(me), choose(me, 2));
	take_back(it, cancel_work_sync, cancel_delayed_work_sync);
	started = atomic_load(&it->started);
	nap(me);
	if (cancel_waits(it) && (started != atomic_load(&it->started) || atomic_load(&it->inside)))
		wrong("item %u of %s ran after cancel_work_sync() had returned", it->id, it->q->name);
	give_item(it);
}

/* Other threads continue to queue the item: each queueing is refused until it is enabled. */
static void op_disable(struct soak_thread *me)
{
	struct soak_item *it = choose_item(me);
	bool sync = choose(me, 3) && cancel_waits(it);
	long started;

	if (it->kind != ITEM_PLAIN && it->kind != ITEM_DELAYED)
		return;
	if (sync)
		take_back(it, disable_work_sync, disable_delayed_work_sync);
	else
		take_back(it, disable_work, disable_delayed_work);
	started = atomic_load(&it->started);
	if (sync && atomic_load(&it->inside))
		wrong("item %u of %s runs after disable_work_sync()", it->id, it->q->name);
	if (queue_item(it, any_cpu(me), 0))
		wrong("item %u of %s is disabled and was queued", it->id, it->q->name);
	if (choose(me, 4) == 0)
		nap(me);
	if (sync && started != atomic_load(&it->started))
		wrong("item %u of %s is disabled and started", it->id, it->q->name);
	if (it->kind == ITEM_PLAIN)
		enable_work(&it->d.work);
	else
		enable_delayed_work(&it->d);
}

/*
 * While another thread moves or flushes a delayed item, the item is on no list for a
 * moment, and a flush does not wait for it.  So only op_flush_own() checks the result.
 */
static void flush_delayed_item(struct soak_item *it)
{
	if (!gate_enter(&it->gate))
		return;
	if (gate_enter(&it->q->gate)) {		/* it queues the item */
		flush_delayed_work(&it->d);
		gate_leave(&it->q->gate);
	}
	gate_leave(&it->gate);
}

static void op_flush(struct soak_thread *me)
{
	struct soak_item *it = choose_item(me);
	struct soak_wait begun = wait_begins(it);

	if (it->kind == ITEM_PLAIN) {
		flush_work(&it->d.work);
		check_flushed(it, begun, "flush_work()");
	} else if (it->kind == ITEM_GRACE) {
		flush_rcu_work(&it->r);
		check_flushed(it, begun, "flush_rcu_work()");
	} else {
		flush_delayed_item(it);
	}
}

static void op_flush_own(struct soak_thread *me)
{
	struct soak_item *it = take_item(me, (enum item_kind)choose(me, ITEM_GRACE), 0);
	struct soak_wait begun;

	if (!it)
		return;
	if (gate_enter(&it->q->gate)) {		/* a drain flushes all the delayed items */
		queue_taken(it, any_cpu(me), choose(me, 3));
		begun = wait_begins(it);
		if (it->kind == ITEM_PLAIN)
			flush_work(&it->d.work);
		else
			flush_delayed_work(&it->d);
		check_flushed(it, begun, "flush of an item of one's own");
		gate_leave(&it->q->gate);
	}
	give_item(it);
}

static void op_flush_queue(struct soak_thread *me)
{
	struct soak_queue *q = choose_queue(me, 0, 0);
	long queued[SOAK_ITEMS];

	queue_snapshot(q, queued);
	flush_workqueue(q->wq);
	queue_check_waited(q, queued, "flush_workqueue()");
}

static void op_drain(struct soak_thread *me)
{
	struct soak_queue *q = choose_queue(me, 0, 0);
	long queued[SOAK_ITEMS];

	if (!gate_close(&q->gate))
		return;
	queue_flush_delayed(q);	/* timers are sources too, and must have stopped */
	queue_snapshot(q, queued);
	drain_workqueue(q->wq);
	queue_check_waited(q, queued, "drain_workqueue()");
	gate_open(&q->gate);
}

/* Two of the ordered workqueue, in the order of their queueing. */
static void op_pair(struct soak_thread *me)
{
	struct soak_item *a = take_item(me, ITEM_PLAIN, 0), *b;
	long done;
	bool both;

	b = a && SOAK_ORDERED(a->q) ? take_neighbour(me, a) : NULL;
	if (b) {
		done = atomic_load(&a->cancels_done) + atomic_load(&b->cancels_done);
		both = queue_taken(a, WORK_CPU_UNBOUND, 0);
		both = queue_taken(b, WORK_CPU_UNBOUND, 0) && both;
		flush_work(&b->d.work);
		/* else another thread cancelled one of them */
		both = both && done == atomic_load(&a->cancels_begun) + atomic_load(&b->cancels_begun);
		if (both && atomic_load(&a->end_stamp) > atomic_load(&b->start_stamp))
			wrong("item %u of %s overtook item %u", b->id, b->q->name, a->id);
		give_item(b);
	}
	if (a)
		give_item(a);
}

static void op_look(struct soak_thread *me)
{
	struct soak_item *it = choose_item(me);

	work_busy(SOAK_WORK(it));
	workqueue_congested(any_cpu(me), it->q->wq);
}

/* Weights: the share of each operation.  Operations that block other threads for long are rare. */
const struct soak_op soak_ops[] = {
	{ "queue_work", G_ITEMS, 240, op_queue },
	{ "queue_work_on", G_ITEMS, 160, op_queue_on },
	{ "mod_delayed_work", G_ITEMS, 160, op_mod },
	{ "a chain of queueings", G_ITEMS, 50, op_chain },
	{ "cancel_work", G_ITEMS, 90, op_cancel },
	{ "cancel_work_sync", G_ITEMS, 40, op_cancel_sync },
	{ "cancel_work_sync and look", G_ITEMS, 40, op_cancel_and_look },
	{ "disable_work", G_ITEMS, 60, op_disable },
	{ "flush_work", G_ITEMS, 60, op_flush },
	{ "flush_work of one's own", G_ITEMS, 40, op_flush_own },
	{ "flush_workqueue", G_ITEMS, 16, op_flush_queue },
	{ "drain_workqueue", G_ITEMS, 4, op_drain },
	{ "two in order", G_ITEMS, 90, op_pair },
	{ "work_on_cpu", G_ITEMS, 3, op_on_cpu },
	{ "schedule_on_each_cpu", G_ITEMS, 2, op_each_cpu },
	{ "the place of a run", G_ITEMS, 30, op_place },
	{ "work_busy", G_ITEMS, 30, op_look },
	{ "a timer", G_ITEMS, 30, op_timer },
	{ "workqueue_set_max_active", G_LIMITS, 20, op_max_active },
	{ "workqueue_set_min_active", G_LIMITS, 20, op_min_active },
	{ "apply_workqueue_attrs", G_ATTRS, 12, op_attrs },
	{ "the mask of unbound work", G_ATTRS, 3, op_mask },
	{ "the default scope", G_ATTRS, 2, op_scope },
	{ "cpu_down, cpu_up", G_HOTPLUG, 40, op_hotplug },
	{ "a shortage of threads", G_SHORT, 20, op_shortage },
	{ "a tasklet", G_BH, 60, op_tasklet },
	{ "workqueue_freeze, thaw", G_FREEZE, 4, op_freeze },
	{ "alloc and destroy", G_LIVES, 12, op_life },
	{ "items that free themselves", G_LIVES, 40, op_self_free },
	{ "show_all_workqueues", G_LOOK, 2, op_show },
	{ NULL, 0, 0, NULL }
};
