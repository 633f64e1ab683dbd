/*
 * tests/conf_timeline.c - textbook timelines of a bound workqueue on one CPU.
 *
 * Run to block (sched=fifo); the machine's costs are microseconds, so every time
 * is within 0.1 ms of the book.   Licence: MIT.
 */
#include "tests/support/world.h"

#define TOLERANCE_MS 0.1

static struct item w[3];
static struct workqueue_struct *q[3];

static void queue_all(void)
{
	int i;

	for (i = 0; i < 3; i++)
		queue_work(q[i], WORK(&w[i]));
}

/* Queues the three items a millisecond after the machine is idle. */
static double run_three(struct world *world, enum mach_sched sched, int max_active, bool intensive,
			const struct step *first, const struct step *others)
{
	struct machine_config cfg = world_config(1);

	cfg.sched = sched;
	cfg.params[1] = (struct mach_param){ "cpu_intensive_thresh_us", 0 };
	world_start(world, &cfg);
	warm_up(world, 5);
	q[0] = make_wq("q0", 0, max_active);
	q[1] = q[2] = intensive ? make_wq("q1", WQ_CPU_INTENSIVE, 0) : q[0];
	item_init(&w[0], "w0", first);
	item_init(&w[1], "w1", others);
	item_init(&w[2], "w2", others);
	actor("submitter", 0, STEPS(UNTIL(20), CALL(queue_all)));
	CHECK_INT(world_run(world, 1000), STOP_IDLE);
	return when(world, EV_QUEUE_WORK, "w0", 1);
}

static void ends_at(struct world *world, double zero, double w0, double w1, double w2)
{
	CHECK_NEAR(when(world, EV_EXECUTE_END, "w0", 1) - zero, w0, TOLERANCE_MS);
	CHECK_NEAR(when(world, EV_EXECUTE_END, "w1", 1) - zero, w1, TOLERANCE_MS);
	CHECK_NEAR(when(world, EV_EXECUTE_END, "w2", 1) - zero, w2, TOLERANCE_MS);
}

/* RULE(R4.6, R4.1). Spec 4.6, first column. */
static void three_sleepers_share_one_cpu_when_max_active_allows(void)
{
	struct world world;
	double t = run_three(&world, SCHED_FIFO_TEXTBOOK, 3, false,
			     STEPS(BURN(4), SLEEP(6), BURN(2)), STEPS(BURN(4), SLEEP(6)));

	CHECK_NEAR(when(&world, EV_EXECUTE_START, "w1", 1) - t, 4, TOLERANCE_MS);
	CHECK_NEAR(when(&world, EV_EXECUTE_START, "w2", 1) - t, 8, TOLERANCE_MS);
	ends_at(&world, t, 14, 14, 18);
	world_stop(&world);
}

/* RULE(R5.12, R5.16). Spec 4.6, second column: w2 waits for w0's slot. */
static void max_active_2_holds_the_third_back(void)
{
	struct world world;
	double t = run_three(&world, SCHED_FIFO_TEXTBOOK, 2, false,
			     STEPS(BURN(4), SLEEP(6), BURN(2)), STEPS(BURN(4), SLEEP(6)));

	CHECK_INT(count(&world, EV_INACTIVE, "w2"), 1);
	CHECK_NEAR(when(&world, EV_EXECUTE_START, "w2", 1) - t, 12, TOLERANCE_MS);
	ends_at(&world, t, 12, 16, 22);
	world_stop(&world);
}

/* RULE(R5.12). Spec 4.6, third column: one after the other. */
static void max_active_1_runs_them_one_after_the_other(void)
{
	struct world world;
	double t = run_three(&world, SCHED_FIFO_TEXTBOOK, 1, false,
			     STEPS(BURN(4), SLEEP(6), BURN(2)), STEPS(BURN(4), SLEEP(6)));

	ends_at(&world, t, 12, 22, 32);
	world_stop(&world);
}

static double documented(struct world *world, enum mach_sched sched, int max_active, bool intensive)
{
	return run_three(world, sched, max_active, intensive, STEPS(BURN(5), SLEEP(10), BURN(5)),
			 STEPS(BURN(5), SLEEP(10)));
}

/* RULE(R4.1). An example with three items under both schedulers: no two run at the same time. */
static void documented_timeline_with_max_active_3(void)
{
	enum mach_sched sched;

	for (sched = SCHED_FAIR_CLASS; sched <= SCHED_FIFO_TEXTBOOK; sched++) {
		struct world world;
		double t = documented(&world, sched, 3, false);

		ends_at(&world, t, 20, 20, 25);
		world_stop(&world);
	}
}

/* RULE(R5.12). The same with max_active 2: w1 wakes as w0 ends, and goes before w2. */
static void documented_timeline_with_max_active_2(void)
{
	struct world world;
	double t = documented(&world, SCHED_FIFO_TEXTBOOK, 2, false);

	ends_at(&world, t, 20, 20, 35);
	world_stop(&world);
}

/*
 * RULE(R5.12). Under fair scheduling w0's worker goes on with w2 in the slice it
 * has, so w1, which only has to return, waits for the next tick at most (a real
 * 6.12 does the same: 204 ms in place of 200, at HZ=250).
 */
static void documented_timeline_with_max_active_2_under_fair_scheduling(void)
{
	struct world world;
	double t = documented(&world, SCHED_FAIR_CLASS, 2, false), w1;

	CHECK_NEAR(when(&world, EV_EXECUTE_END, "w0", 1) - t, 20, TOLERANCE_MS);
	w1 = when(&world, EV_EXECUTE_END, "w1", 1) - t;
	CHECK_GE(w1, 20);
	CHECK_LT(w1, 20 + 3 + TOLERANCE_MS);
	CHECK_NEAR(when(&world, EV_EXECUTE_END, "w2", 1) - t, 35, TOLERANCE_MS);
	world_stop(&world);
}

/* RULE(R4.16). w1 and w2 do not count once started, so both start while w0 sleeps. */
static void documented_timeline_with_cpu_intensive_items(void)
{
	struct world world;
	double t = documented(&world, SCHED_FIFO_TEXTBOOK, 3, true);

	ends_at(&world, t, 20, 20, 25);
	world_stop(&world);
}

/* RULE(R4.16). Under fair scheduling the two share the CPU: only the order is promised. */
static void cpu_intensive_items_both_start_while_the_first_sleeps(void)
{
	struct world world;
	double t = documented(&world, SCHED_FAIR_CLASS, 3, true);
	double w0 = when(&world, EV_EXECUTE_END, "w0", 1);

	CHECK_GE(when(&world, EV_EXECUTE_START, "w1", 1), t + 5);
	CHECK_LT(when(&world, EV_EXECUTE_START, "w2", 1), t + 15);
	CHECK_LT(when(&world, EV_EXECUTE_START, "w1", 1), when(&world, EV_EXECUTE_START, "w2", 1));
	CHECK_LT(w0, when(&world, EV_EXECUTE_END, "w2", 1));
	world_stop(&world);
}

static struct irq_line *lines[2];

static enum irq_return takes_1_ms(struct irq_line *line, void *dev)
{
	(void)line;
	(void)dev;
	mach_compute(1000000);
	return IRQ_HANDLED;
}

static enum irq_return handled(struct irq_line *line, void *dev)
{
	(void)line;
	(void)dev;
	return IRQ_HANDLED;
}

static void make_lines(void *unused)
{
	(void)unused;
	lines[0] = irq_line_new(0, "a");
	lines[1] = irq_line_new(1, "b");
	request_irq(lines[0], handled, 0, "a", NULL);
	request_irq(lines[1], takes_1_ms, 0, "b", NULL);
}

static void raise_0(void) { irq_raise(lines[0], 0); }
static void raise_1(void) { irq_raise(lines[1], 1); }

#define PAIRS 15	/* of actors in one world */

/* Two CPUs raise each other's line at nearly one time: no handler runs before its line was raised. */
static void no_interrupt_is_handled_before_it_was_raised(void)
{
	struct machine_config cfg = world_config(2);
	struct world world;

	for (int k = 0; k < 120; k++) {
		double at = 20 + 20 * (k % PAIRS);

		if (k % PAIRS == 0) {
			world_start(&world, &cfg);
			machine_call(make_lines, NULL);
		}
		actor("t0", 0, STEPS(UNTIL(at), BURN(3 - k * 0.0001), CALL(raise_1), BURN(5)));
		actor("t1", 1, STEPS(UNTIL(at), BURN(3), CALL(raise_0), BURN(1)));
		world_run(&world, (unsigned int)at + 18);
		if (k % PAIRS == PAIRS - 1) {
			CHECK_INT(count(&world, EV_IRQ_ENTRY, NULL), 2 * PAIRS);
			world_stop(&world);	/* checks that time never goes back */
		}
	}
}

const struct test_case suite_conf_timeline[] = {
	T(three_sleepers_share_one_cpu_when_max_active_allows),
	T(max_active_2_holds_the_third_back),
	T(max_active_1_runs_them_one_after_the_other),
	T(documented_timeline_with_max_active_3),
	T(documented_timeline_with_max_active_2),
	T(documented_timeline_with_max_active_2_under_fair_scheduling),
	T(documented_timeline_with_cpu_intensive_items),
	T(cpu_intensive_items_both_start_while_the_first_sleeps),
	T(no_interrupt_is_handled_before_it_was_raised),
	{ NULL, NULL }
};
