/*
 * tests/conf_overlooked.c - tests for faults that survived all other suites (tests/mutants).
 *
 * Lives here:   a test for each such fault, named after the rule that it breaks.
 * Never here:   faults that another suite notices.   Licence: MIT.
 */
#include "tests/support/world.h"
#include "workqueue/wq_internal.h"

#include <stdio.h>
#include <string.h>

#define ITEMS 40

static struct item it[ITEMS], x;
static struct workqueue_struct *q, *other;

static void begin(struct world *w, int cpus, unsigned int flags, int max_active, const struct step *steps)
{
	static char names[ITEMS][16];
	struct machine_config cfg = world_config(cpus);

	world_start(w, &cfg);
	settle(w);
	q = make_wq("q", flags, max_active);
	for (int i = 0; i < ITEMS; i++) {
		snprintf(names[i], sizeof(names[i]), "w%d", i);
		item_init(&it[i], names[i], steps);
	}
}

static void queue_0(void) { queue_work_on(0, q, WORK(&it[0])); }
static void queue_1(void) { queue_work_on(0, q, WORK(&it[1])); }
static void queue_2(void) { queue_work_on(0, q, WORK(&it[2])); }

/* ---- limits ---------------------------------------------------------------------- */

static void hold_pool(void) { raw_spin_lock(&((struct pool_workqueue *)q->cpu_pwq[0])->pool->lock); }
static void leave_pool(void) { raw_spin_unlock(&((struct pool_workqueue *)q->cpu_pwq[0])->pool->lock); }
static void limit_2(void) { workqueue_set_max_active(q, 2); }

/*
 * RULE(R5.8). A limit was raised, but the thread that raised it waits for pool->lock behind
 * the queueing of w2: the new slot is for w1, which waited first, and w2 waits behind it.
 */
static void newcomer_does_not_pass_items_that_wait_for_a_slot(void)
{
	struct world w;

	begin(&w, 4, 0, 1, STEPS(SLEEP(30)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), CALL(queue_1)));
	actor("h", 1, STEPS(UNTIL(28), CALL(hold_pool), BURN(6), CALL(leave_pool)));
	actor("n", 3, STEPS(UNTIL(29), CALL(queue_2)));
	actor("m", 2, STEPS(UNTIL(30), CALL(limit_2)));
	world_run(&w, 200);
	CHECK_INT(count(&w, EV_INACTIVE, "w2"), 1);
	CHECK_GE(when(&w, EV_QUEUE_WORK, "w2", 1), 34);
	CHECK_LT(when(&w, EV_ACTIVATE_WORK, "w1", 1), 35);
	CHECK_LT(nth(&w, EV_ACTIVATE_WORK, "w1", 1), nth(&w, EV_ACTIVATE_WORK, "w2", 1));
	world_stop(&w);
}

/* ---- idle workers ------------------------------------------------------------------ */

static void queue_three(void)
{
	queue_0();
	queue_1();
	queue_2();
}

/*
 * RULE(R3.11). Each worker has its own idle time.  Two that have slept since the start are
 * culled; a third one that ran an item a hundred seconds later is culled five minutes after that.
 */
static void each_idle_worker_has_its_own_five_minutes(void)
{
	struct world w;

	begin(&w, 1, 0, 0, STEPS(SLEEP(2)));
	warm_up(&w, 6);
	actor("t", 0, STEPS(UNTIL(100000), CALL(queue_three)));
	world_pass(&w, 370000);
	CHECK_GE(count(&w, EV_CULL, NULL), 1);
	CHECK_LT(when(&w, EV_CULL, NULL, count(&w, EV_CULL, NULL)), 400000);
	world_pass(&w, 800000);
	CHECK_GE(count(&w, EV_CULL, NULL), 2);
	CHECK_GE(when(&w, EV_CULL, NULL, count(&w, EV_CULL, NULL)), 400000);
	world_stop(&w);
}

/* ---- destroying, draining -------------------------------------------------------------- */

/* Counts an item too many in a colour that no flush waits for, as if an item had been lost. */
static void destroy_with_a_leak(void)
{
	struct pool_workqueue *pwq = q->cpu_pwq[0];

	pwq->nr_in_flight[7]++;
	destroy_workqueue(q);
	pwq->nr_in_flight[7]--;	/* for the census; the workqueue is still there */
}

/*
 * RULE(R5.29). Items left on a workqueue are reported, and its memory is not freed: a leak is
 * better than a use after free.
 */
static void workqueue_with_items_left_is_reported_and_kept(void)
{
	struct trace_event ev;
	struct ev_WQ_FREE e;
	struct world w;

	begin(&w, 1, 0, 0, STEPS(BURN(1)));
	w.excused = "census";
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), UNTIL(40), CALL(destroy_with_a_leak)));
	world_run(&w, 100);
	CHECK_INT(printed(&w, "q has the following busy pwq"), 1);
	CHECK_INT(printed(&w, "  pwq 2: cpus=0 node=0 flags=0x0 nice=0 active=0 refcnt=1"), 1);
	CHECK_TRUE(find(&w, EV_WQ_FREE, "q", 1, &ev) && trace_get_WQ_FREE(&ev, &e) && e.leaked);
	world_stop(&w);
}

static void drain(void) { drain_workqueue(q); }

/*
 * RULE(R5.27). Two threads drain; one of them does not get the CPU for a while after the last item
 * has ended.  Until that drain has returned, no other thread may queue.
 */
static void workqueue_is_drained_until_the_last_drainer_is_back(void)
{
	struct world w;

	begin(&w, 4, 0, 0, STEPS(SLEEP(10)));
	w.excused = "I6";
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0)));
	actor("d", 2, STEPS(UNTIL(21), CALL(drain)));
	actor_nice("e", 1, 0, STEPS(UNTIL(22), CALL(drain)));
	actor("h", 1, STEPS(UNTIL(25), HOG(30)));
	actor("u", 3, STEPS(UNTIL(40), CALL(queue_1), UNTIL(70), CALL(queue_2)));
	world_run(&w, 200);
	CHECK_LT(when(&w, EV_DRAIN_END, "q", 1), 40);
	CHECK_GT(when(&w, EV_DRAIN_END, "q", 2), 40);
	CHECK_INT(count(&w, EV_DRAIN_REFUSED, "w1"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_END, "w2"), 1);
	world_stop(&w);
}

/* ---- rescuers ------------------------------------------------------------------------------ */

static void queue_many(void)
{
	mach_stall_creation(true);
	queue_work(other, WORK(&x));
	for (int i = 0; i < ITEMS; i++)
		queue_work(q, WORK(&it[i]));
}

static void creation_works(void) { mach_stall_creation(false); }

/*
 * RULE(R7.6). The rescuer looks again after each item that computes: it takes no further item
 * once a worker was created.
 */
static void rescuer_takes_no_item_once_there_is_a_worker(void)
{
	unsigned int n, late = 0;
	struct world w;

	begin(&w, 1, WQ_MEM_RECLAIM, 0, STEPS(BURN(5)));
	other = make_wq("other", 0, 0);
	item_init(&x, "x", STEPS(SLEEP(600)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_many), UNTIL(60), CALL(creation_works)));
	world_run(&w, 2000);
	for (n = 1; n <= count(&w, EV_RESCUE, NULL); n++)
		late += when(&w, EV_RESCUE, NULL, n) > 75;
	CHECK_GT(n, 3);
	CHECK_INT(late, 0);
	CHECK_INT(count(&w, EV_EXECUTE_END, "w39"), 1);
	world_stop(&w);
}

/* ---- before cmwq ----------------------------------------------------------------------------- */

static struct cpumask allowed;
static void look(void) { allowed = task_cpus_allowed(current); }
static void cpu1_down(void) { CHECK_INT(cpu_down(1), 0); }
static void cpu1_up(void) { CHECK_INT(cpu_up(1), 0); }
static void queue_3_on_1(void) { queue_work_on(1, q, WORK(&it[3])); }

/* RULE(R10.6). The thread of a CPU that is back online is bound to that CPU again. */
static void legacy_thread_belongs_to_its_cpu_again(void)
{
	struct machine_config cfg = world_config(2);
	struct world w;

	cfg.params[0] = (struct mach_param){ "legacy", 1 };
	world_start(&w, &cfg);
	q = make_wq("q", 0, 0);
	item_init(&it[3], "w3", STEPS(CALL(look)));
	allowed = cpumask_none();
	actor("t", 0, STEPS(CALL(cpu1_down), CALL(queue_3_on_1), SLEEP(50), CALL(cpu1_up), CALL(queue_3_on_1)));
	world_run_out(&w, 10000);
	CHECK_INT(count(&w, EV_EXECUTE_END, "w3"), 2);
	CHECK_INT(allowed.bits, 2);
	world_stop(&w);
}

/* ---- the machine ------------------------------------------------------------------------------- */

static struct raw_spinlock lock;
static int came[4], nr_came;
static void take(void) { raw_spin_lock(&lock); }
static void leave(void) { raw_spin_unlock(&lock); }
static void come(void)
{
	raw_spin_lock(&lock);
	came[nr_came++ & 3] = smp_processor_id();
	raw_spin_unlock(&lock);
}

/* docs/time.md: threads that wait for a spin lock get it in the order of arrival. */
static void spin_lock_is_served_in_the_order_of_arrival(void)
{
	struct world w;

	begin(&w, 4, 0, 0, STEPS(BURN(1)));
	raw_spin_lock_init(&lock, "lock");
	nr_came = 0;
	actor("h", 0, STEPS(UNTIL(20), CALL(take), BURN(6), CALL(leave)));
	actor("a", 3, STEPS(UNTIL(21), CALL(come)));
	actor("b", 1, STEPS(UNTIL(22), CALL(come)));
	actor("c", 2, STEPS(UNTIL(23), CALL(come)));
	world_run(&w, 100);
	CHECK_INT(nr_came, 3);
	CHECK_INT(came[0], 3);
	CHECK_INT(came[1], 1);
	CHECK_INT(came[2], 2);
	world_stop(&w);
}

static struct timer_list timer;
static bool in_timer, was_in_timer;

static void slow_timer(struct timer_list *t)
{
	(void)t;
	in_timer = true;
	mdelay(8);
	in_timer = false;
}

static void arm(void) { mod_timer(&timer, jiffies + 2); }
static void delete_timer(void)
{
	was_in_timer = in_timer;
	timer_delete_sync(&timer);
	CHECK_FALSE(in_timer);
}

/* RULE(R3.15, R8.5). The deletion of a timer returns after its function has ended. */
static void deleting_a_timer_waits_for_its_function(void)
{
	struct world w;

	begin(&w, 2, 0, 0, STEPS(BURN(1)));
	timer_setup(&timer, slow_timer, 0);
	in_timer = was_in_timer = false;
	actor("t", 0, STEPS(UNTIL(20), CALL(arm)));
	actor("u", 1, STEPS(UNTIL(27), CALL(delete_timer)));
	world_run(&w, 100);
	CHECK_TRUE(was_in_timer);
	world_stop(&w);
}

static void slow_timer_again(struct timer_list *t)
{
	slow_timer(t);
	mod_timer(t, jiffies + 2);
}

static void delete_timer_that_comes_again(void)
{
	delete_timer();
	CHECK_FALSE(timer_pending(&timer));
}

/* RULE(R3.15). The kernel's loop in del_timer_sync(): a timer that its function armed again is deleted too. */
static void deleting_a_timer_that_arms_itself_ends_it(void)
{
	struct world w;

	begin(&w, 2, 0, 0, STEPS(BURN(1)));
	timer_setup(&timer, slow_timer_again, 0);
	in_timer = was_in_timer = false;
	actor("t", 0, STEPS(UNTIL(20), CALL(arm)));
	actor("u", 1, STEPS(UNTIL(27), CALL(delete_timer_that_comes_again)));
	world_run(&w, 100);
	CHECK_TRUE(was_in_timer);
	world_stop(&w);
}

const struct test_case suite_conf_overlooked[] = {
	T(newcomer_does_not_pass_items_that_wait_for_a_slot),
	T(each_idle_worker_has_its_own_five_minutes),
	T(workqueue_with_items_left_is_reported_and_kept),
	T(workqueue_is_drained_until_the_last_drainer_is_back),
	T(rescuer_takes_no_item_once_there_is_a_worker),
	T(legacy_thread_belongs_to_its_cpu_again),
	T(spin_lock_is_served_in_the_order_of_arrival),
	T(deleting_a_timer_waits_for_its_function),
	T(deleting_a_timer_that_arms_itself_ends_it),
	{ NULL, NULL }
};
