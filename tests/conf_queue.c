/*
 * tests/conf_queue.c - the queueing path: pool, colour, slot.   Licence: MIT.
 */
#include "tests/support/world.h"
#include "workqueue/wq_internal.h"

#include <stdio.h>
#include <string.h>

#define ITEMS 8

static struct item it[ITEMS];
static struct workqueue_struct *q, *q2;
static int ret[16], nr;

static void begin(struct world *w, const struct machine_config *cfg, unsigned int flags, int max_active,
		  const struct step *steps)
{
	static const char *const names[ITEMS] = { "w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7" };

	nr = 0;
	memset(ret, 0, sizeof(ret));
	world_start(w, cfg);
	settle(w);
	q = make_wq("q", flags, max_active);
	for (int i = 0; i < ITEMS; i++)
		item_init(&it[i], names[i], steps);
}

static void begin_plain(struct world *w, int cpus, unsigned int flags, int max_active, const struct step *steps)
{
	struct machine_config cfg = world_config(cpus);

	begin(w, &cfg, flags, max_active, steps);
}

#define QUEUES(n) static void queue_##n(void) { ret[nr++] = queue_work(q, WORK(&it[n])); }
QUEUES(0)
QUEUES(1)
QUEUES(2)
QUEUES(3)
static void queue_0_on_3(void) { ret[nr++] = queue_work_on(3, q, WORK(&it[0])); }
static void queue_2_on_2(void) { ret[nr++] = queue_work_on(2, q, WORK(&it[2])); }
static void queue_012(void)
{
	queue_0();
	queue_1();
	queue_2();
}
static void cancel_0(void) { ret[nr++] = cancel_work(WORK(&it[0])); }
static void cancel_1(void) { ret[nr++] = cancel_work(WORK(&it[1])); }
static void cancel_2(void) { ret[nr++] = cancel_work(WORK(&it[2])); }
static void flush_1(void) { flush_work(WORK(&it[1])); }
static void flush_q(void) { flush_workqueue(q); }

/* ---- which CPU ------------------------------------------------------------------------------ */

static int64_t cpu_of_pool(struct world *w, const char *item, unsigned int n)
{
	int64_t id = field(w, EV_QUEUE_WORK, item, n, "pool");
	struct trace_event ev;
	struct ev_POOL_NEW e;

	for (uint64_t i = 1; i <= w->store.nr; i++)
		if (trace_store_event(&w->store, i, &ev) && trace_get_POOL_NEW(&ev, &e) && e.pool == id)
			return e.cpu;
	return -2;
}

/*
 * RULE(R5.3, R5.6). A bound item goes to the requested CPU, else to the caller's; the event has
 * the requested CPU.
 */
static void bound_item_goes_to_the_cpu_asked_for_or_the_callers(void)
{
	struct trace_event ev;
	struct world w;

	begin_plain(&w, 4, 0, 0, STEPS(BURN(1)));
	actor("t", 2, STEPS(UNTIL(20), CALL(queue_0_on_3), CALL(queue_1)));
	world_run(&w, 100);
	CHECK_INT(cpu_of_pool(&w, "w0", 1), 3);
	CHECK_INT(cpu_of_pool(&w, "w1", 1), 2);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "w0", 1, "req_cpu"), 3);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "w1", 1, "req_cpu"), -1);
	if (CHECK_TRUE(find(&w, EV_EXECUTE_START, "w0", 1, &ev)))
		CHECK_INT(ev.cpu, 3);
	if (CHECK_TRUE(find(&w, EV_EXECUTE_START, "w1", 1, &ev)))
		CHECK_INT(ev.cpu, 2);
	world_stop(&w);
}

static void unbound_cpus(void *mask)
{
	CHECK_INT(wq_sysfs_write(NULL, "cpumask", mask), 0);
}

static void scope_cpu(void *unused)
{
	struct workqueue_attrs *attrs = alloc_workqueue_attrs();

	(void)unused;
	attrs->affn_scope = WQ_AFFN_CPU;
	CHECK_INT(apply_workqueue_attrs(q, attrs), 0);
	free_workqueue_attrs(attrs);
}

/* The slot (CPU) of the pwq that the item was queued on. */
static int64_t slot_of(struct world *w, const char *item, unsigned int n)
{
	int64_t pwq = field(w, EV_QUEUE_WORK, item, n, "pwq");
	struct trace_event ev;
	struct ev_PWQ_NEW e;

	for (uint64_t i = 1; i <= w->store.nr; i++)
		if (trace_store_event(&w->store, i, &ev) && trace_get_PWQ_NEW(&ev, &e) && e.pwq == pwq)
			return e.cpu;
	return -2;
}

/*
 * RULE(R5.3). An unbound item takes the slot of the requested CPU, or of the caller's if unbound
 * work may run there; else round robin over the allowed CPUs, from this CPU's last choice.
 */
static void unbound_item_goes_to_the_slot_of_its_submitter_or_round_robin(void)
{
	struct world w;

	begin_plain(&w, 4, WQ_UNBOUND, 0, STEPS(BURN(0.1)));
	machine_call(scope_cpu, NULL);
	actor("t", 2, STEPS(UNTIL(20), CALL(queue_0_on_3), CALL(queue_1)));
	world_run(&w, 40);
	CHECK_INT(slot_of(&w, "w0", 1), 3);
	CHECK_INT(slot_of(&w, "w1", 1), 2);
	machine_call(unbound_cpus, (void *)(uintptr_t)"b");	/* 0, 1, 3 */
	actor("t", 2, STEPS(UNTIL(60), CALL(queue_0), CALL(queue_1), CALL(queue_2), CALL(queue_3)));
	actor("u", 1, STEPS(UNTIL(70), CALL(queue_1)));
	world_run(&w, 100);
	CHECK_INT(slot_of(&w, "w0", 2), 1);	/* the first choice is the CPU after 0 */
	CHECK_INT(slot_of(&w, "w1", 2), 3);
	CHECK_INT(slot_of(&w, "w2", 1), 0);	/* and round */
	CHECK_INT(slot_of(&w, "w3", 1), 1);
	CHECK_INT(slot_of(&w, "w1", 3), 1);	/* a CPU of the mask: itself */
	CHECK_INT(field(&w, EV_QUEUE_WORK, "w2", 1, "req_cpu"), -1);
	world_stop(&w);
}

/* RULE(R5.3). With debug_force_rr_cpu queueing is always round robin, and warns once. */
static void round_robin_can_be_forced(void)
{
	struct machine_config cfg = world_config(4);
	struct world w;

	cfg.params[1] = (struct mach_param){ "debug_force_rr_cpu", 1 };
	begin(&w, &cfg, WQ_UNBOUND, 0, STEPS(BURN(0.1)));
	machine_call(scope_cpu, NULL);
	CHECK_NOT_PTR(q->cpu_pwq[0], q->cpu_pwq[1]);
	actor("t", 2, STEPS(UNTIL(20), CALL(queue_0), CALL(queue_1), CALL(queue_2)));
	world_run(&w, 100);
	CHECK_INT((slot_of(&w, "w0", 1) + 1) % 4, slot_of(&w, "w1", 1));
	CHECK_INT((slot_of(&w, "w1", 1) + 1) % 4, slot_of(&w, "w2", 1));
	CHECK_INT(printed(&w, "round-robin CPU selection forced"), 1);
	world_stop(&w);
}

static void queue_0_for_q2(void) { ret[nr++] = queue_work(q2, WORK(&it[0])); }

/*
 * RULE(R5.4). An item stays in the pool of its current run only if that run is for the same
 * workqueue; queued to another workqueue it goes to that one's pool.  An ordered workqueue never checks.
 */
static void running_item_draws_only_queueings_of_its_workqueue(void)
{
	struct world w;

	begin_plain(&w, 2, 0, 0, STEPS(BURN(5)));
	q2 = make_wq("q2", 0, 0);
	w.excused = "I1";
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0)));
	actor("u", 1, STEPS(UNTIL(21), CALL(queue_0_for_q2), UNTIL(40), CALL(queue_0)));
	actor("v", 0, STEPS(UNTIL(42), CALL(queue_0)));
	world_run(&w, 100);
	CHECK_INT(cpu_of_pool(&w, "w0", 1), 0);
	CHECK_INT(cpu_of_pool(&w, "w0", 2), 1);
	CHECK_INT(cpu_of_pool(&w, "w0", 3), 1);
	CHECK_INT(cpu_of_pool(&w, "w0", 4), 1);	/* the fourth item went to the pool of its run */
	CHECK_INT(count(&w, EV_QUEUE_REDIRECT, "w0"), 1);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "w0", 4, "pwq"), field(&w, EV_QUEUE_WORK, "w0", 3, "pwq"));
	world_stop(&w);
}

static struct worker_pool *held_pool;

static void hold_pool(void)
{
	pool_lock_irq(held_pool);
	mach_hog(3 * MS);
	pool_unlock_irq(held_pool);
}

static void nice_5(void)
{
	struct workqueue_attrs *attrs = alloc_workqueue_attrs();

	attrs->nice = -5;
	CHECK_INT(apply_workqueue_attrs(q, attrs), 0);
	free_workqueue_attrs(attrs);
}

/*
 * RULE(R5.5, R1.20). A queueing has read its slot, and waits for the lock of the pool where
 * the item last ran; meanwhile new attributes drop the last reference to that slot's pwq.
 * The queueing must not use the pwq, and chooses again.
 */
static void pwq_without_references_is_refused_and_the_choice_repeated(void)
{
	struct machine_config cfg = world_config(4);
	struct pool_workqueue *old;
	struct world w;

	cfg.cpus_per_llc = 2;
	begin(&w, &cfg, WQ_UNBOUND, 0, STEPS(BURN(0.1)));
	actor("t", 3, STEPS(UNTIL(20), CALL(queue_0)));		/* ran in the other cache's pool */
	world_run(&w, 30);
	held_pool = ((struct pool_workqueue *)q->cpu_pwq[3])->pool;
	old = q->cpu_pwq[0];
	CHECK_NOT_PTR(held_pool, old->pool);
	actor("h", 2, STEPS(UNTIL(40), CALL(hold_pool)));
	actor("q", 0, STEPS(UNTIL(40.1), CALL(queue_0)));
	actor("a", 1, STEPS(UNTIL(40.2), CALL(nice_5)));
	world_run(&w, 200);
	/* the slot was changed while the queueing waited */
	CHECK_LT(when(&w, EV_PENDING_SET, "w0", 2), 40.2);
	CHECK_GT(when(&w, EV_PWQ_FREE, NULL, 1), 40.2);
	CHECK_LT(when(&w, EV_PWQ_FREE, NULL, 1), 43);
	CHECK_GE(when(&w, EV_QUEUE_WORK, "w0", 2), 43);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "w0", 2, "pwq"), (int64_t)((struct pool_workqueue *)q->cpu_pwq[0])->tid);
	CHECK_INT(count(&w, EV_EXECUTE_END, "w0"), 2);
	CHECK_INT(count(&w, EV_BUG, NULL), 0);
	world_stop(&w);
}

static void queue_on_list(void)
{
	struct list_head *head = &WORK(&it[0])->entry;

	list_add_tail(&WORK(&it[1])->entry, head);	/* the entry is on another list: a bug of the caller */
	queue_0();
	list_del_init(&WORK(&it[1])->entry);
}

/* RULE(R5.6). An item that is already on a list is refused with a warning, and nothing is queued. */
static void item_on_a_list_already_is_not_queued(void)
{
	struct world w;

	begin_plain(&w, 1, 0, 0, STEPS(BURN(1)));
	w.excused = "I6";
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_on_list)));
	world_run(&w, 100);
	CHECK_INT(count(&w, EV_QUEUE_WORK, "w0"), 0);
	CHECK_INT(printed(&w, "at __queue_work"), 1);
	CHECK_INT(((struct pool_workqueue *)q->cpu_pwq[0])->refcnt, 1);
	world_stop(&w);
}

static int in_flight[2];

static void count_flight(void)
{
	struct pool_workqueue *pwq = q->cpu_pwq[0];

	in_flight[0] = pwq->nr_in_flight[0];
	in_flight[1] = pwq->nr_in_flight[1];
	ret[nr++] = pwq->refcnt;
}

/*
 * RULE(R5.7). Each item has the pwq's colour, is counted in it, and holds a reference, before and
 * after the start of a flush.
 */
static void queued_item_bears_the_colour_of_its_time(void)
{
	struct world w;

	begin_plain(&w, 2, 0, 1, STEPS(BURN(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), CALL(queue_1), UNTIL(22), CALL(queue_2), CALL(queue_3),
			    CALL(count_flight)));
	actor("f", 1, STEPS(UNTIL(21), CALL(flush_q)));
	world_run(&w, 24);
	CHECK_INT(in_flight[0], 2);
	CHECK_INT(in_flight[1], 2);
	CHECK_INT(ret[nr - 1], 1 + 4);
	CHECK_INT(work_data_color(work_data(WORK(&it[1]))), 0);
	CHECK_INT(work_data_color(work_data(WORK(&it[2]))), 1);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "w1", 1, "color"), 0);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "w2", 1, "color"), 1);
	world_run(&w, 200);
	world_stop(&w);
}

static void queue_0_node_1(void) { ret[nr++] = queue_work_node(1, q, WORK(&it[0])); }
static void queue_1_node_0(void) { ret[nr++] = queue_work_node(0, q, WORK(&it[1])); }
static void queue_2_node_9(void) { ret[nr++] = queue_work_node(9, q, WORK(&it[2])); }
static void down_2(void) { CHECK_INT(cpu_down(2), 0); }
static void down_3(void) { CHECK_INT(cpu_down(3), 0); }

/*
 * RULE(R5.9). Another node: its first online CPU.  The caller's node: the caller's CPU.  No such node,
 * or no online CPU in it: as without a node.  A bound workqueue warns.
 */
static void queueing_to_a_node_takes_a_cpu_of_it(void)
{
	struct machine_config cfg = world_config(4);
	struct world w;

	cfg.nr_nodes = 2;
	begin(&w, &cfg, WQ_UNBOUND, 0, STEPS(BURN(0.1)));
	machine_call(scope_cpu, NULL);
	actor("t", 1, STEPS(UNTIL(20), CALL(queue_0_node_1), CALL(queue_1_node_0), CALL(queue_2_node_9), UNTIL(100),
			    CALL(queue_0_node_1), UNTIL(200), CALL(queue_0_node_1)));
	actor("d", 0, STEPS(UNTIL(40), CALL(down_2), UNTIL(120), CALL(down_3)));
	world_run(&w, 300);
	CHECK_INT(slot_of(&w, "w0", 1), 2);
	CHECK_INT(slot_of(&w, "w1", 1), 1);
	CHECK_INT(slot_of(&w, "w2", 1), 1);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "w1", 1, "req_cpu"), 1);	/* itself, on purpose */
	CHECK_INT(field(&w, EV_QUEUE_WORK, "w2", 1, "req_cpu"), -1);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "w0", 2, "req_cpu"), 3);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "w0", 3, "req_cpu"), -1);
	CHECK_INT(printed(&w, "at queue_work_node"), 0);
	world_stop(&w);

	begin(&w, &cfg, 0, 0, STEPS(BURN(0.1)));
	actor("t", 1, STEPS(UNTIL(20), CALL(queue_0_node_1)));
	world_run(&w, 100);
	CHECK_INT(printed(&w, "at queue_work_node"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_END, "w0"), 1);
	world_stop(&w);
}

/*
 * RULE(R5.10). An item for an offline CPU is accepted into that CPU's pool, whose workers run it
 * on another CPU.
 */
static void item_for_a_cpu_that_has_gone_runs_elsewhere(void)
{
	struct trace_event ev;
	struct world w;

	begin_plain(&w, 4, 0, 0, STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(down_3), UNTIL(100), CALL(queue_0_on_3)));
	world_run(&w, 200);
	CHECK_INT(ret[0], 1);
	CHECK_INT(cpu_of_pool(&w, "w0", 1), 3);
	if (CHECK_TRUE(find(&w, EV_EXECUTE_END, "w0", 1, &ev)))
		CHECK_NE(ev.cpu, 3);
	world_stop(&w);
}

/* ---- whose slot ---------------------------------------------------------------------------------- */

static void see_active(void)
{
	struct pool_workqueue *pwq = q->cpu_pwq[0];

	ret[nr++] = pwq->nr_active;
}

/*
 * RULE(R5.11). An item is active on the worklist, assigned, running, and asleep in its run; a
 * barrier never is.
 */
static void waiting_and_running_items_are_active_but_no_barrier(void)
{
	struct world w;

	begin_plain(&w, 2, 0, 3, STEPS(BURN(3), SLEEP(3)));
	nr = 0;
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_012), CALL(see_active), CALL(queue_3), CALL(see_active), UNTIL(24),
			    CALL(see_active), UNTIL(100), CALL(see_active)));
	actor("f", 1, STEPS(UNTIL(21), CALL(flush_1)));
	world_run(&w, 200);
	CHECK_INT(ret[3], 3);
	CHECK_INT(ret[5], 3);	/* the fourth is inactive */
	CHECK_INT(ret[6], 3);			/* one sleeps, one runs, one waits; and a barrier */
	CHECK_INT(ret[7], 0);
	CHECK_INT(count(&w, EV_INACTIVE, "w3"), 1);
	world_stop(&w);
}

static void see_pending_pwqs(void)
{
	struct pool_workqueue *pwq = q->cpu_pwq[2];

	ret[nr++] = !list_empty(&pwq->pending_node);
	ret[nr++] = (int)katomic_peek(&q->node_nr_active[0].nr);
}

static void queue_3_on_2(void) { queue_work_on(2, q, WORK(&it[3])); }

/*
 * RULE(R5.13). Unbound: the slot is the node's.  A pwq that finds none is listed.  A listed pwq
 * does not try again, even if a slot is free (here by force), so it cannot overtake the others.
 */
static void listed_pwq_does_not_jump_the_queue(void)
{
	struct machine_config cfg = world_config(4);
	struct world w;

	cfg.cpus_per_llc = 2;		/* two pools of one node */
	begin(&w, &cfg, WQ_UNBOUND, 2, STEPS(SLEEP(10)));
	nr = 0;
	/* w0, w1: CPU 0's pool takes both; w2 of the other pool waits, then it is taken back */
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), CALL(queue_1), CALL(queue_2_on_2), CALL(see_pending_pwqs),
			    UNTIL(22), CALL(cancel_2), UNTIL(24), CALL(queue_3_on_2), CALL(see_pending_pwqs)));
	world_run_out(&w, 23);
	q->node_nr_active[0].max = 5;
	world_run_out(&w, 25);
	q->node_nr_active[0].max = 2;
	CHECK_INT(ret[3], 1);
	CHECK_INT(ret[4], 2);
	CHECK_INT(ret[5], 1);
	CHECK_INT(ret[6], 1);
	CHECK_INT(ret[7], 2);
	CHECK_INT(count(&w, EV_INACTIVE, "w3"), 1);
	world_run(&w, 200);
	CHECK_LT(nth(&w, EV_EXECUTE_END, "w0", 1), nth(&w, EV_ACTIVATE_WORK, "w3", 1));
	CHECK_NE(field(&w, EV_QUEUE_WORK, "w0", 1, "pool"), field(&w, EV_QUEUE_WORK, "w3", 1, "pool"));
	/* an empty pwq leaves the list */
	CHECK_TRUE(list_empty(&((struct pool_workqueue *)q->cpu_pwq[2])->pending_node));
	CHECK_INT(katomic_peek(&q->node_nr_active[0].nr), 0);
	world_stop(&w);
}

static void hold_node(void) { raw_spin_lock(&q->node_nr_active[0].lock); }
static void leave_node(void) { raw_spin_unlock(&q->node_nr_active[0].lock); }

/*
 * RULE(R5.13). A pwq without a slot tries once more when it is listed, and leaves the list if
 * it gets one.  Both slots become free while w2 waits for the node's lock to be listed, so
 * w2 takes one and w3 the other, at once.
 */
static void pwq_served_by_its_second_try_is_not_listed(void)
{
	struct machine_config cfg = world_config(4);
	struct world w;

	cfg.cpus_per_llc = 2;
	begin(&w, &cfg, WQ_UNBOUND, 2, STEPS(SLEEP(10)));
	nr = 0;
	actor("h", 3, STEPS(UNTIL(28), CALL(hold_node), BURN(6), CALL(leave_node)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), CALL(queue_1)));
	actor("u", 2, STEPS(UNTIL(29), CALL(queue_2_on_2), CALL(see_pending_pwqs), CALL(queue_3_on_2),
			    CALL(see_pending_pwqs)));
	world_run(&w, 100);
	CHECK_LT(nth(&w, EV_QUEUE_WORK, "w2", 1), nth(&w, EV_EXECUTE_END, "w0", 1));
	CHECK_LT(nth(&w, EV_EXECUTE_END, "w1", 1), nth(&w, EV_ACTIVATE_WORK, "w2", 1));
	CHECK_INT(ret[3], 0);
	CHECK_INT(ret[4], 1);
	CHECK_INT(ret[5], 0);
	CHECK_INT(ret[6], 2);
	CHECK_INT(count(&w, EV_INACTIVE, "w2"), 0);
	CHECK_INT(count(&w, EV_INACTIVE, "w3"), 0);
	world_stop(&w);
}

/* RULE(R5.13). A plugged pwq gives no slot, though the node has one. */
static void plugged_pwq_gives_no_slot(void)
{
	struct machine_config cfg = world_config(2);
	struct world w;

	begin(&w, &cfg, WQ_UNBOUND | WQ_INT_ORDERED, 1, STEPS(SLEEP(10)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), UNTIL(21), CALL(nice_5), UNTIL(24), CALL(queue_1)));
	world_run_out(&w, 23);
	for (int node = 0; node < 2; node++)	/* as if there were many */
		q->node_nr_active[node].max = 5;
	world_run_out(&w, 25);
	for (int node = 0; node < 2; node++)
		q->node_nr_active[node].max = 1;
	CHECK_TRUE(((struct pool_workqueue *)q->cpu_pwq[0])->plugged);
	CHECK_INT(count(&w, EV_INACTIVE, "w1"), 1);
	world_run(&w, 100);
	CHECK_FALSE(((struct pool_workqueue *)q->cpu_pwq[0])->plugged);
	CHECK_LT(nth(&w, EV_EXECUTE_END, "w0", 1), nth(&w, EV_EXECUTE_START, "w1", 1));
	world_stop(&w);
}

/*
 * RULE(R5.15). A cancelled item retires like one that ran: an active item passes its slot on, an
 * inactive one leaves nr_active unchanged, and a flush of its colour stops waiting for it.
 */
static void stolen_items_retire_from_all_accounts(void)
{
	struct world w;

	begin_plain(&w, 2, 0, 2, STEPS(BURN(10)));
	item_init(&it[3], "w3", STEPS(SLEEP(30)));
	nr = 0;
	/* w3 runs, w0 is active behind it, w1 and w2 are inactive; the flush waits for all four */
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_3), CALL(queue_012), UNTIL(20.5), CALL(see_active)));
	actor("f", 1, STEPS(UNTIL(20.3), CALL(flush_q)));
	actor("c", 1, STEPS(UNTIL(21), CALL(cancel_2), CALL(see_active), CALL(cancel_0), CALL(see_active),
			    CALL(cancel_1), CALL(see_active)));
	world_run(&w, 200);
	/* w0 ran at once while w3 slept: only w1 or w2 could be taken back before it ends */
	CHECK_INT(field(&w, EV_RETIRE, "w2", 1, "nr_active"), 2);	/* inactive: nothing changed */
	CHECK_INT(field(&w, EV_STEAL, "w2", 1, "was_inactive"), 1);
	CHECK_INT(count(&w, EV_FLUSH_WQ_END, "q"), 1);
	CHECK_GT(nth(&w, EV_FLUSH_WQ_END, "q", 1), nth(&w, EV_EXECUTE_END, "w3", 1));
	CHECK_INT(count(&w, EV_EXECUTE_START, "w2"), 0);
	CHECK_INT(((struct pool_workqueue *)q->cpu_pwq[0])->refcnt, 1);
	world_stop(&w);
}

static void freeze(void) { freeze_workqueues_begin(); }
static void thaw(void) { thaw_workqueues(); }

/* RULE(R5.15). Cancelling the last item of a flush's colour ends the flush, even if the item is inactive. */
static void flusher_comes_back_when_the_last_item_is_cancelled(void)
{
	struct world w;

	begin_plain(&w, 2, 0, 1, STEPS(SLEEP(10)));
	q2 = make_wq("q2", 0, 0);
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), CALL(queue_1), UNTIL(21)));
	actor("f", 1, STEPS(UNTIL(21), CALL(flush_q)));
	actor("c", 1, STEPS(UNTIL(22), CALL(cancel_1), UNTIL(25), CALL(queue_2)));
	world_run(&w, 200);
	/* w0 ends at 30; w1, which would have run until 40, is gone; w2 is of another colour */
	CHECK_NEAR(when(&w, EV_FLUSH_WQ_END, "q", 1), 30, 0.3);
	world_stop(&w);

	begin_plain(&w, 2, WQ_FREEZABLE, 1, STEPS(SLEEP(10)));
	actor("t", 0, STEPS(UNTIL(20), CALL(freeze), CALL(queue_1), UNTIL(40), CALL(thaw)));
	actor("f", 1, STEPS(UNTIL(21), CALL(flush_q)));
	actor("c", 1, STEPS(UNTIL(22), CALL(cancel_1)));
	world_run(&w, 200);
	CHECK_NEAR(when(&w, EV_FLUSH_WQ_END, "q", 1), 22, 0.3);
	world_stop(&w);
}

/*
 * RULE(R5.17). An inactive item and its barrier move to the worklist together, the barrier right
 * behind it, with INACTIVE still set; if the worklist was empty, its time stamp is renewed.
 */
static void activation_takes_the_barriers_along(void)
{
	struct trace_event ev;
	struct world w;
	unsigned int barriers;
	uint64_t done;

	begin_plain(&w, 2, 0, 1, STEPS(BURN(5)));
	barriers = count(&w, EV_EXECUTE_START, "barrier");
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_012)));
	actor("f", 1, STEPS(UNTIL(21), CALL(flush_1)));
	world_run(&w, 200);
	CHECK_INT(count(&w, EV_INACTIVE, "w1"), 1);
	done = nth(&w, EV_WORK_DONE, "w0", 1);
	CHECK_LT(done, nth(&w, EV_ACTIVATE_WORK, "w1", 1));
	if (CHECK_TRUE(trace_store_event(&w.store, nth(&w, EV_ACTIVATE_WORK, "w1", 1) - 1, &ev)))
		CHECK_INT(ev.kind, EV_WATCHDOG_TOUCH);
	CHECK_INT(count(&w, EV_ACTIVATE_WORK, "barrier"), 0);	/* it never takes a slot */
	CHECK_LT(nth(&w, EV_EXECUTE_END, "w1", 1), nth(&w, EV_EXECUTE_START, "barrier", barriers + 1));
	CHECK_LT(nth(&w, EV_EXECUTE_END, "barrier", barriers + 1), nth(&w, EV_EXECUTE_START, "w2", 1));
	world_stop(&w);
}

/* ---- limits ------------------------------------------------------------------------------------------ */

static void set_limits(void *unused)
{
	struct workqueue_struct *ordered = alloc_ordered_workqueue("ordered", 0);
	struct workqueue_struct *bound = alloc_workqueue("bound", 0, 4);

	(void)unused;
	workqueue_set_max_active(ordered, 3);
	CHECK_INT(ordered->max_active, 1);
	workqueue_set_max_active(system_bh_wq, 3);
	CHECK_INT(system_bh_wq->max_active, INT32_MAX);
	workqueue_set_min_active(bound, 3);
	CHECK_INT(bound->min_active, 4);
	workqueue_set_max_active(bound, 0);
	CHECK_INT(bound->max_active, 1);
	workqueue_set_max_active(bound, 100000);
	CHECK_INT(bound->max_active, WQ_MAX_ACTIVE);
	CHECK_INT(q->max_active, 20);
	CHECK_INT(q->min_active, 8);
	workqueue_set_max_active(q, 5);
	CHECK_INT(q->max_active, 5);
	CHECK_INT(q->min_active, 5);
	workqueue_set_max_active(q, 30);	/* the lower bound stays where it was pushed */
	CHECK_INT(q->max_active, 30);
	CHECK_INT(q->min_active, 5);
	workqueue_set_min_active(q, 99);
	CHECK_INT(q->min_active, 30);
	workqueue_set_min_active(q, -3);
	CHECK_INT(q->min_active, 0);
}

/* RULE(R5.19). Refused on ordered and BH queues (min_active on bound ones too), clamped elsewhere. */
static void limits_are_clamped_or_refused(void)
{
	struct world w;

	begin_plain(&w, 2, WQ_UNBOUND, 20, STEPS(BURN(1)));
	machine_call(set_limits, NULL);
	CHECK_INT(printed(&w, "at workqueue_set_max_active"), 2);
	CHECK_INT(printed(&w, "at workqueue_set_min_active"), 1);
	CHECK_INT(printed(&w, "is out of range, clamping between 1 and 512"), 2);
	world_stop(&w);
}

static void queue_0_1_nodes(void)
{
	queue_work_on(0, q, WORK(&it[0]));
	queue_work_on(3, q, WORK(&it[1]));
}

/*
 * RULE(R5.25). An unbound workqueue with max_active 1 is not ordered: it runs one item on each
 * node; an ordered one runs one.
 */
static void max_active_1_is_no_order(void)
{
	for (int ordered = 0; ordered < 2; ordered++) {
		struct machine_config cfg = world_config(4);
		struct world w;

		cfg.nr_nodes = 2;
		begin(&w, &cfg, WQ_UNBOUND | (ordered ? WQ_INT_ORDERED : 0), 1, STEPS(SLEEP(5)));
		actor("t", 0, STEPS(UNTIL(20), CALL(queue_0_1_nodes)));
		world_run(&w, 100);
		CHECK_INT(nth(&w, EV_EXECUTE_START, "w1", 1) > nth(&w, EV_EXECUTE_END, "w0", 1), ordered);
		world_stop(&w);
	}
}

/* ---- draining ------------------------------------------------------------------------------------------ */

static int runs;

static void requeue_30(void)
{
	if (++runs < 30)
		queue_work(q, current_work());
}

static void drain_q(void) { drain_workqueue(q); }
static void arm_1(void) { ret[nr++] = queue_delayed_work(q, &it[1].d, 5); }

/*
 * RULE(R5.28). An item that queues itself keeps a drain busy, which warns at its tenth
 * try.  A timer that fires meanwhile is no chained work, and its item is refused.
 */
static void drain_goes_on_while_an_item_requeues_itself(void)
{
	struct world w;

	begin_plain(&w, 2, 0, 0, STEPS(BURN(1)));
	item_init(&it[0], "w0", STEPS(BURN(1), CALL(requeue_30)));
	w.excused = "I6";
	runs = 0;
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0)));
	actor("d", 1, STEPS(UNTIL(20.5), CALL(arm_1), CALL(drain_q)));
	world_run(&w, 200);
	CHECK_INT(runs, 30);
	CHECK_LT(nth(&w, EV_EXECUTE_END, "w0", 30), nth(&w, EV_DRAIN_END, "q", 1));
	CHECK_INT(printed(&w, "drain_workqueue() isn't complete after 10 tries"), 1);
	CHECK_INT(count(&w, EV_DELAYED_FIRE, "w1"), 1);
	CHECK_INT(count(&w, EV_DRAIN_REFUSED, "w1"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_START, "w1"), 0);
	world_stop(&w);
}

const struct test_case suite_conf_queue[] = {
	T(bound_item_goes_to_the_cpu_asked_for_or_the_callers),
	T(unbound_item_goes_to_the_slot_of_its_submitter_or_round_robin),
	T(round_robin_can_be_forced),
	T(running_item_draws_only_queueings_of_its_workqueue),
	T(pwq_without_references_is_refused_and_the_choice_repeated),
	T(item_on_a_list_already_is_not_queued),
	T(queued_item_bears_the_colour_of_its_time),
	T(queueing_to_a_node_takes_a_cpu_of_it),
	T(item_for_a_cpu_that_has_gone_runs_elsewhere),
	T(waiting_and_running_items_are_active_but_no_barrier),
	T(listed_pwq_does_not_jump_the_queue),
	T(pwq_served_by_its_second_try_is_not_listed),
	T(plugged_pwq_gives_no_slot),
	T(stolen_items_retire_from_all_accounts),
	T(flusher_comes_back_when_the_last_item_is_cancelled),
	T(activation_takes_the_barriers_along),
	T(limits_are_clamped_or_refused),
	T(max_active_1_is_no_order),
	T(drain_goes_on_while_an_item_requeues_itself),
	{ NULL, NULL }
};
