/*
 * tests/conf_inbox.c - items that were posted and not queued yet.
 *
 * Lockstep queues under the lock unless the parameter "inbox" is set.  These tests set
 * it, so their schedules go through the code of free mode.  A queueing emits its event
 * when the item leaves the inbox: a late event shows that the item was posted.   Licence: MIT.
 */
#include "tests/support/world.h"

static struct item a, b, c;
static struct workqueue_struct *q;
static bool took, congested, flushed;

static void queue_a(void)
{
	queue_work_on(0, q, WORK(&a));
}

static void queue_b(void)
{
	queue_work_on(0, q, WORK(&b));
}

static void queue_c(void)
{
	queue_work_on(0, q, WORK(&c));
}

static void post_config(struct machine_config *cfg)
{
	int i = 0;

	while (cfg->params[i].name)
		i++;
	cfg->params[i] = (struct mach_param){ "inbox", 1 };
}

/* Item a runs on CPU 0 from 20 ms on; b is posted from CPU 1 at 22 ms. */
static void begin_with(struct world *w, int max_active, void (*then)(void), const struct step *steps_of_a)
{
	struct machine_config cfg = world_config(2);

	post_config(&cfg);
	world_start(w, &cfg);
	settle(w);
	q = make_wq("q", 0, max_active);
	took = congested = flushed = false;
	item_init(&a, "a", steps_of_a);
	item_init(&b, "b", STEPS(BURN(1)));
	item_init(&c, "c", STEPS(BURN(1)));
	actor("t0", 0, STEPS(UNTIL(20), CALL(queue_a)));
	actor("t1", 1, STEPS(UNTIL(22), CALL(queue_b), UNTIL(23), CALL(then)));
}

static void begin(struct world *w, int max_active, void (*then)(void))
{
	static const struct step burns[] = { BURN(5), { STEP_END, 0, NULL } };

	begin_with(w, max_active, then, burns);
}

static void post_c(void)
{
	queue_c();
}

/* RULE(R2.3, R4.1). */
static void items_posted_behind_a_running_worker_start_in_their_order_when_it_is_free(void)
{
	struct world w;

	begin(&w, 0, post_c);
	world_run(&w, 100);
	CHECK_STR(starts(&w), "a b c");
	CHECK_NEAR(when(&w, EV_PENDING_SET, "b", 1), 22, 0.2);
	CHECK_NEAR(when(&w, EV_QUEUE_WORK, "b", 1), 25, 0.2);	/* it was posted */
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "b", 1), 25, 0.2);
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "c", 1), 26, 0.2);
	CHECK_LT(nth(&w, EV_QUEUE_WORK, "b", 1), nth(&w, EV_QUEUE_WORK, "c", 1));
	world_stop(&w);
}

static void cancel_b(void)
{
	took = cancel_work(WORK(&b));
}

/* RULE(R2.5). The cancel takes pool->lock, which queues the posted item, and removes it. */
static void posted_item_can_be_cancelled(void)
{
	struct world w;

	begin(&w, 0, cancel_b);
	world_run(&w, 100);
	CHECK_TRUE(took);
	CHECK_INT(count(&w, EV_EXECUTE_START, "b"), 0);
	CHECK_NEAR(when(&w, EV_STEAL, "b", 1), 23, 0.2);
	CHECK_FALSE(work_pending(WORK(&b)));
	world_stop(&w);
}

static void flush_b(void)
{
	flushed = flush_work(WORK(&b));
}

static void flush_q(void)
{
	flush_workqueue(q);
}

/* RULE(R6.1). */
static void flush_work_waits_for_a_posted_item(void)
{
	struct world w;

	begin(&w, 0, flush_b);
	world_run(&w, 100);
	CHECK_TRUE(flushed);
	CHECK_NEAR(when(&w, EV_FLUSH_WORK_END, "b", 1), 26, 0.3);
	world_stop(&w);
}

/* RULE(R6.8, R6.11). An item queued before the flush began has the colour that the flush waits for. */
static void flush_workqueue_waits_for_a_posted_item(void)
{
	struct world w;

	begin(&w, 0, flush_q);
	world_run(&w, 100);
	CHECK_NEAR(when(&w, EV_FLUSH_WQ_END, "q", 1), 26, 0.3);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "b", 1, "color"), field(&w, EV_FLUSH_WQ, "q", 1, "color"));
	world_stop(&w);
}

static void look_if_congested(void)
{
	queue_c();
	congested = workqueue_congested(0, q);
}

/* RULE(R5.22). b has the second slot, c none. */
static void posted_items_count_against_max_active(void)
{
	struct world w;

	begin(&w, 2, look_if_congested);
	world_run(&w, 100);
	CHECK_TRUE(congested);
	CHECK_NEAR(when(&w, EV_ACTIVATE_WORK, "b", 1), 23, 0.2);	/* the inbox is collected here */
	CHECK_NEAR(when(&w, EV_INACTIVE, "c", 1), 23, 0.2);
	world_stop(&w);
}

static void freeze(void)
{
	freeze_workqueues_begin();
	took = freeze_workqueues_busy();
}

/* RULE(R10.7, R5.21). The item was posted before the freeze began, so the freeze waits for it. */
static void posted_item_has_its_slot_before_a_freeze_begins(void)
{
	struct world w;
	struct machine_config cfg = world_config(2);

	post_config(&cfg);
	world_start(&w, &cfg);
	settle(&w);
	q = make_wq("q", WQ_FREEZABLE, 0);
	item_init(&a, "a", STEPS(BURN(5)));
	item_init(&b, "b", STEPS(BURN(1)));
	actor("t0", 0, STEPS(UNTIL(20), CALL(queue_a)));
	actor("t1", 1, STEPS(UNTIL(22), CALL(queue_b), CALL(freeze), UNTIL(40), CALL(thaw_workqueues)));
	world_run(&w, 100);
	CHECK_TRUE(took);
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "b", 1), 25, 0.2);
	world_stop(&w);
}

static void down_0(void)
{
	CHECK_INT(cpu_down(0), 0);
}

/*
 * RULE(R10.1). No worker of that pool counts in nr_running any more: the item is collected, and a
 * worker woken for it.
 */
static void posted_item_survives_its_cpu(void)
{
	struct world w;

	begin_with(&w, 0, down_0, STEPS(BURN(60)));
	world_run(&w, 200);
	CHECK_INT(count(&w, EV_EXECUTE_END, "b"), 1);
	CHECK_LT(when(&w, EV_QUEUE_WORK, "b", 1), 70);	/* before a has ended */
	world_stop(&w);
}

/* ---- a post beside a worker that stops ------------------------------------------- */

/*
 * Item a goes to sleep on CPU 0, or ends, and CPU 1 posts b at about that time.  The runs move
 * the post in steps shorter than one atomic operation, and the seed varies the cost of each
 * operation.  Whichever comes first, b must run at once.
 */
#define RACE_FROM_NS 800	/* a queueing begins so long before the post */
#define RACE_TO_NS 100
#define RACE_STEP_NS 3

static bool occupied;	/* c was posted earlier, so the worker collects it at this moment */

static void play_race(struct world *w, uint64_t seed, const struct step *steps, double post_at)
{
	struct machine_config cfg = world_config(3);

	post_config(&cfg);
	cfg.seed = seed;
	cfg.vary_costs = true;
	world_start(w, &cfg);
	settle(w);
	q = make_wq("q", 0, 0);
	item_init(&a, "a", steps);
	item_init(&b, "b", STEPS(BURN(0.1)));
	item_init(&c, "c", STEPS(BURN(0.1)));
	if (occupied)
		actor("t2", 2, STEPS(UNTIL(20.5), CALL(queue_c)));
	actor("t0", 0, STEPS(UNTIL(20), CALL(queue_a)));
	actor("t1", 1, STEPS(UNTIL(post_at), CALL(queue_b)));
	world_run(w, 200);
}

/*
 * The time of the event @moment nearest to the end of a's burn, and the delay until a queueing
 * sets the bit.
 */
static double race_meets(uint64_t seed, const struct step *steps, enum trace_kind moment, double *late)
{
	double burnt, at = 0;
	unsigned int n = 0;
	struct world w;

	play_race(&w, seed, steps, 150);
	burnt = when(&w, EV_EXECUTE_START, "a", 1) + 1;
	while (at >= 0 && at < burnt)
		at = when(&w, moment, NULL, ++n);
	*late = when(&w, EV_PENDING_SET, "b", 1) - 150;
	world_stop(&w);
	return at;
}

static bool left_behind(struct world *w, const char *name)
{
	return count(w, EV_EXECUTE_START, name) != 1 || when(w, EV_EXECUTE_START, name, 1) > 30;
}

static void many_races(const struct step *steps, enum trace_kind moment)
{
	uint64_t first = seed_from_env(1), s;
	unsigned int by_cpu[2] = { 0, 0 };	/* CPU that queued it: the worker's that it was posted to, or the poster's */
	struct trace_event ev;
	struct world w;

	for (s = first; s < first + (uint64_t)test_rounds(8, 1); s++) {
		double late, meets = race_meets(s, steps, moment, &late);

		for (int ns = RACE_FROM_NS; ns > RACE_TO_NS; ns -= RACE_STEP_NS) {
			play_race(&w, s, steps, meets - late - ns / 1e6);
			if (left_behind(&w, "b") || (occupied && left_behind(&w, "c"))) {
				test_note("seed %llu, bit set %d ns before", (unsigned long long)s, ns);
				CHECK_FAIL("the post was left behind");
				w.excused = "I25";
			}
			if (find(&w, EV_QUEUE_WORK, "b", 1, &ev))
				by_cpu[ev.cpu != 0]++;
			world_stop(&w);
		}
	}
	CHECK_GT(by_cpu[0], 0);
	CHECK_TRUE(by_cpu[1] > 0 || occupied);
}

/* RULE(I25, R4.6, R4.7). No wake-up is lost between posting and going to sleep. */
static void post_that_meets_a_worker_going_to_sleep_is_run(void)
{
	many_races(STEPS(BURN(1), SLEEP(50)), EV_WORKER_SLEEP);
}

/* RULE(I25, R3.10, R4.5). No wake-up is lost between posting and the last check of an empty list. */
static void post_that_meets_a_worker_going_idle_is_run(void)
{
	many_races(STEPS(BURN(1)), EV_KEEP_WORKING);
}

/* RULE(I25, R2.3). No item is lost between posting behind the last entry and removing that entry. */
static void post_behind_an_entry_that_is_being_collected_is_run(void)
{
	occupied = true;
	many_races(STEPS(BURN(1)), EV_KEEP_WORKING);
	occupied = false;
}

const struct test_case suite_conf_inbox[] = {
	T(items_posted_behind_a_running_worker_start_in_their_order_when_it_is_free),
	T(posted_item_can_be_cancelled),
	T(flush_work_waits_for_a_posted_item),
	T(flush_workqueue_waits_for_a_posted_item),
	T(posted_items_count_against_max_active),
	T(posted_item_has_its_slot_before_a_freeze_begins),
	T(posted_item_survives_its_cpu),
	T(post_that_meets_a_worker_going_to_sleep_is_run),
	T(post_that_meets_a_worker_going_idle_is_run),
	T(post_behind_an_entry_that_is_being_collected_is_run),
	{ NULL, NULL }
};
