/*
 * tests/conf_item.c - the life of an item: PENDING, requeueing, non-reentrancy.   Licence: MIT.
 */
#include "tests/support/world.h"

#include <string.h>

static struct item a, b;
static struct workqueue_struct *q, *q2;
static int ret[8], nr_ret;

static void queue_a(void)
{
	ret[nr_ret++] = queue_work(q, WORK(&a));
}

static void queue_a_other_wq(void)
{
	ret[nr_ret++] = queue_work(q2, WORK(&a));
}

static void queue_b(void)
{
	queue_work(q, WORK(&b));
}

static void begin(struct world *w, int cpus, unsigned int flags, int max_active)
{
	struct machine_config cfg = world_config(cpus);

	nr_ret = 0;
	world_start(w, &cfg);
	settle(w);
	q = make_wq("q", flags, max_active);
}

/* RULE(R2.1). The second queueing finds PENDING set and collapses into the first. */
static void second_queueing_of_a_pending_item_is_refused_and_it_runs_once(void)
{
	struct world w;

	begin(&w, 1, 0, 0);
	item_init(&a, "a", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a), CALL(queue_a)));
	world_run(&w, 100);
	CHECK_INT(ret[0], 1);
	CHECK_INT(ret[1], 0);
	CHECK_INT(count(&w, EV_PENDING_SET, "a"), 1);
	CHECK_INT(count(&w, EV_PENDING_BUSY, "a"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 1);
	world_stop(&w);
}

/* RULE(R2.2). PENDING is cleared before the function: it may queue itself, and runs after it returned. */
static void function_that_queues_itself_succeeds_and_runs_again_afterwards(void)
{
	struct world w;

	begin(&w, 1, 0, 0);
	item_init(&a, "a", STEPS(BURN(1), CALL(queue_a), BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a)));
	world_run(&w, 24.5);
	CHECK_INT(ret[0], 1);
	CHECK_INT(ret[1], 1);
	CHECK_LT(nth(&w, EV_PENDING_CLEAR, "a", 1), nth(&w, EV_EXECUTE_START, "a", 1));
	CHECK_LT(nth(&w, EV_PENDING_SET, "a", 2), nth(&w, EV_EXECUTE_END, "a", 1));
	CHECK_LT(nth(&w, EV_EXECUTE_END, "a", 1), nth(&w, EV_EXECUTE_START, "a", 2));
	world_stop(&w);
}

/* RULE(R2.9). An item that runs on CPU 0 is queued from CPU 1: it goes to CPU 0's pool and waits there. */
static void running_item_queued_on_another_cpu_goes_to_its_runner(void)
{
	struct world w;

	begin(&w, 2, 0, 0);
	item_init(&a, "a", STEPS(BURN(5)));
	actor("t0", 0, STEPS(UNTIL(20), CALL(queue_a)));
	actor("t1", 1, STEPS(UNTIL(22), CALL(queue_a)));
	world_run(&w, 100);
	CHECK_INT(ret[0], 1);
	CHECK_INT(ret[1], 1);
	CHECK_INT(count(&w, EV_QUEUE_REDIRECT, "a"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 2);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "a", 2, "cpu"), 0);
	CHECK_LT(nth(&w, EV_EXECUTE_END, "a", 1), nth(&w, EV_EXECUTE_START, "a", 2));
	world_stop(&w);
}

/*
 * RULE(R2.9). A second worker of the pool that takes the item while its run sleeps leaves it to
 * the first worker.
 */
static void worker_that_takes_a_running_item_leaves_it_to_the_runner(void)
{
	struct world w;

	begin(&w, 1, 0, 0);
	item_init(&a, "a", STEPS(BURN(1), SLEEP(5), BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a), SLEEP(3), CALL(queue_a)));
	world_run(&w, 100);
	CHECK_INT(count(&w, EV_COLLIDE, "a"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 2);
	CHECK_INT(field(&w, EV_EXECUTE_START, "a", 1, "worker"), field(&w, EV_EXECUTE_START, "a", 2, "worker"));
	CHECK_LT(nth(&w, EV_EXECUTE_END, "a", 1), nth(&w, EV_EXECUTE_START, "a", 2));
	world_stop(&w);
}

/*
 * RULE(R2.10). A running item that is queued to another workqueue from another CPU may run twice
 * at the same time.
 */
static void item_on_two_workqueues_may_run_on_two_cpus_at_once(void)
{
	struct world w;

	begin(&w, 2, 0, 0);
	q2 = make_wq("q2", 0, 0);
	w.excused = "I1";
	item_init(&a, "a", STEPS(BURN(5)));
	actor("t0", 0, STEPS(UNTIL(20), CALL(queue_a)));
	actor("t1", 1, STEPS(UNTIL(22), CALL(queue_a_other_wq)));
	world_run(&w, 100);
	CHECK_INT(count(&w, EV_EXECUTE_START, "a"), 2);
	CHECK_LT(nth(&w, EV_EXECUTE_START, "a", 2), nth(&w, EV_EXECUTE_END, "a", 1));
	world_stop(&w);
}

/* RULE(R2.3). Items of one pwq start in the order in which they were queued. */
static void items_start_in_the_order_of_queueing(void)
{
	struct world w;

	begin(&w, 1, 0, 0);
	item_init(&a, "a", STEPS(BURN(1)));
	item_init(&b, "b", STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_b), CALL(queue_a)));
	world_run(&w, 100);
	CHECK_STR(starts(&w), "b a");
	world_stop(&w);
}

static enum irq_return nic(struct irq_line *line, void *dev)
{
	(void)line;
	(void)dev;
	queue_a();
	return IRQ_HANDLED;
}

/* RULE(R5.1). A hard interrupt may queue; the item runs in a worker of that CPU. */
static void hard_interrupt_queues_an_item_that_a_worker_of_its_cpu_runs(void)
{
	struct irq_line *line;
	struct world w;
	struct trace_event ev;

	begin(&w, 2, 0, 0);
	item_init(&a, "a", STEPS(SLEEP(1)));
	line = irq_line_new(1, "nic");
	request_irq(line, nic, 0, "nic", NULL);
	irq_raise(line, -1);
	world_run(&w, 100);
	if (CHECK_TRUE(find(&w, EV_QUEUE_WORK, "a", 1, &ev))) {
		CHECK_INT(ev.ctx, CTX_HARDIRQ);
		CHECK_INT(ev.cpu, 1);
	}
	if (CHECK_TRUE(find(&w, EV_EXECUTE_END, "a", 1, &ev))) {
		CHECK_INT(ev.ctx, CTX_TASK);
		CHECK_INT(ev.cpu, 1);
	}
	CHECK_TRUE(query_led(&w, nth(&w, EV_QUEUE_WORK, "a", 1), nth(&w, EV_EXECUTE_START, "a", 1)));
	world_stop(&w);
}

static unsigned int busy[8];

static void look_busy(void)
{
	busy[nr_ret] = work_busy(WORK(&a));
	nr_ret++;
}

/* RULE(R2.4). work_busy(): 1 pending, 2 running, 3 both, 0 neither. */
static void work_busy_distinguishes_pending_and_running(void)
{
	struct world w;

	begin(&w, 1, 0, 0);
	item_init(&a, "a", STEPS(SLEEP(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_a), CALL(look_busy), SLEEP(1), CALL(look_busy),
			    CALL(queue_a), CALL(look_busy)));
	world_run(&w, 100);
	CHECK_INT(busy[1], 1);
	CHECK_INT(busy[2], 2);
	CHECK_INT(ret[3], 1);
	look_busy();
	world_stop(&w);
}

static DECLARE_WORK(declared, NULL);

static void do_nothing(struct work_struct *work)
{
	(void)work;
}

static void queue_declared(void)
{
	ret[nr_ret++] = schedule_work(&declared);
}

/* RULE(R1.10). A static item of an earlier machine is idle and unknown in the next one. */
static void static_item_starts_afresh_in_every_machine(void)
{
	struct world w;
	int run;

	declared.func = do_nothing;
	for (run = 0; run < 3; run++) {
		begin(&w, 1, 0, 0);
		actor("t", 0, STEPS(UNTIL(20), CALL(queue_declared)));
		world_run(&w, run == 1 ? 20.005 : 100);	/* the second is cut off, perhaps while pending */
		CHECK_TRUE(run == 1 || count(&w, EV_EXECUTE_END, "declared") == 1);
		CHECK_INT(ret[0], 1);
		w.excused = "I8";
		world_stop(&w);
	}
}

static struct work_struct doomed;

static void free_pending(void)
{
	init_work(&doomed, do_nothing, "doomed", "doomed", 0);
	queue_work(q, &doomed);
	ret[nr_ret++] = (int)work_debug_free(&doomed);
}

/*
 * RULE(R1.3). An item freed while queued is reported as debug objects would report it, and
 * removed from its list.
 */
static void item_freed_while_pending_is_reported_and_never_runs(void)
{
	struct world w;

	begin(&w, 1, 0, 0);
	actor("t", 0, STEPS(UNTIL(20), CALL(free_pending)));
	world_run(&w, 100);
	CHECK_INT(ret[0], 1);
	CHECK_INT(printed(&w, "ODEBUG: free active (active state 0) object: (____ptrval____) object type: work_struct hint: doomed"), 1);
	CHECK_INT(count(&w, EV_STEAL, "doomed"), 1);
	CHECK_INT(count(&w, EV_EXECUTE_START, "doomed"), 0);
	world_stop(&w);
}

const struct test_case suite_conf_item[] = {
	T(second_queueing_of_a_pending_item_is_refused_and_it_runs_once),
	T(function_that_queues_itself_succeeds_and_runs_again_afterwards),
	T(running_item_queued_on_another_cpu_goes_to_its_runner),
	T(worker_that_takes_a_running_item_leaves_it_to_the_runner),
	T(item_on_two_workqueues_may_run_on_two_cpus_at_once),
	T(items_start_in_the_order_of_queueing),
	T(hard_interrupt_queues_an_item_that_a_worker_of_its_cpu_runs),
	T(work_busy_distinguishes_pending_and_running),
	T(static_item_starts_afresh_in_every_machine),
	T(item_freed_while_pending_is_reported_and_never_runs),
	{ NULL, NULL }
};
