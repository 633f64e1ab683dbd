/*
 * tests/unit_invariant.c - deviations from the invariants of items, time and the census: I1 to I12, I54.
 *
 * See invariant_cases.h.   Licence: MIT.
 */
#include "tests/support/invariant_cases.h"

static void one_runner(bool broken)
{
	queue_active(1, 1);
	begin_item(1, 1, 1);
	TRACE(WORKER_SLEEP, .worker = 1, .pool = 1, .item = 1, .nr_running = --counts.running[1]);
	queue_active(1, 1);
	wake_up(2);
	to_work(2);
	if (broken) {		/* worker 2 runs it although worker 1 does */
		assign(1, 2);
		start(1, 2, 1);
		return;
	}
	TRACE(COLLIDE, .item = 1, .worker = 2, .runner = 1, .pool = 1);
	go_idle(2);
	by_worker(1);
	TRACE(WORKER_WAKE, .worker = 1, .pool = 1, .item = 1, .nr_running = ++counts.running[1]);
	end_item(1, 1, 1);
	start(1, 1, 1);
	end_item(1, 1, 1);
}

static void one_list(bool broken)
{
	queue_active(1, 1);
	if (broken)
		TRACE(QUEUE_WORK, .item = 1, .func = 1, .wq = 1, .pwq = 1, .pool = 1);
}

static void pending_while_queued(bool broken)
{
	queue_active(1, 1);
	if (broken)
		TRACE(PENDING_CLEAR, .item = 1, .pool = 1);
}

static void inactive_bit(bool broken)
{
	queue_active(1, 1);
	TRACE(CENSUS_ITEM, .item = 1, .state = ITEM_PENDING | ITEM_QUEUED | (broken ? ITEM_INACTIVE : 0) | 2 << 8);
}

static void linked_to_own_barrier(bool broken)
{
	queue_active(1, 1);
	TRACE(BARRIER, .barrier = 9, .target = 1, .pwq = broken ? 2 : 1, .pool = 1, .waiter = 5);
}

static void transit_is_short(bool broken)
{
	by_someone();
	TRACE(PENDING_SET, .item = 1);
	at(fake.time + (broken ? 150 : 50) * MS, 1, 5);
	TRACE(PENDING_CLEAR, .item = 1);
}

static void transit_ends_at_all(bool broken)
{
	by_someone();
	TRACE(PENDING_SET, .item = 1);
	if (!broken)	/* reported: 6.12 leaves the item like that (R5.2) */
		TRACE(DRAIN_REFUSED, .wq = 1, .item = 1);
	at(fake.time + SECOND, 1, 5);
	TRACE(TICK, .count = 1);
}

/* A grace period may be long. */
static void rcu_work_is_not_in_transit(bool broken)
{
	by_someone();
	TRACE(PENDING_SET, .item = 1);
	if (!broken)
		TRACE(RCU_QUEUE, .item = 1);
	at(fake.time + SECOND, 1, 5);
	TRACE(QUEUE_WORK, .item = 1, .func = 1, .wq = 1, .pwq = 1, .pool = 1, .req_cpu = -1);
	counts.flight[1]++;
	activate(1, 1);
	TRACE(KICK, .pool = 1, .worker = 3);
}

static void slots_are_used(bool broken)
{
	queue_active(1, 1);
	queue_active(2, 1);
	queue_to(3, 1);
	hold_back(3, 1);
	begin_item(1, 1, 1);
	if (broken) {	/* one item has ended, and no other takes its slot */
		TRACE(EXECUTE_END, .item = 1, .func = 1, .worker = 1, .wq = 1);
		TRACE(WORK_DONE, .item = 1, .worker = 1, .pool = 1);
		retire(1, 1, true);
	}
	at(fake.time + 3 * SECOND, 0, 0);
	TRACE(NO_FUTURE, .text = "");
}

static void worklists_are_looked_at(bool broken)
{
	fall_asleep();
	queue_active(1, 1);
	if (!broken)
		TRACE(KICK, .pool = 1, .worker = 3);
	at(fake.time + 3 * SECOND, 0, 0);
	TRACE(NO_FUTURE, .text = "");
}

static void disabled_stays_out(bool broken)
{
	by_someone();
	TRACE(DISABLE, .item = 1, .depth = broken);
	queue_active(1, 1);
}

static void every_queueing_is_accounted(bool broken)
{
	queue_active(1, 1);
	if (broken)	/* started twice for one queueing */
		whole_run(1, 1, 1);
	begin_item(1, 1, 1);
	end_item(1, 1, 1);
}

static void starts_and_ends_alternate(bool broken)
{
	queue_active(1, 1);
	begin_item(1, 1, 1);
	if (broken)
		TRACE(EXECUTE_END, .item = 1, .func = 77, .worker = 1, .wq = 1);
	else
		end_item(1, 1, 1);
}

static void timers_are_not_early(bool broken)
{
	by_someone();
	TRACE(PENDING_SET, .item = 1);
	TRACE(DELAYED_ARM, .item = 1, .wq = 1, .cpu = 0, .expires = fake.time + 10 * MS, .delay = 10);
	at(fake.time + (broken ? 9 : 10) * MS, 0, 0);
	TRACE(DELAYED_FIRE, .item = 1, .wq = 1);
}

static void pending_cleared_before_the_call(bool broken)
{
	queue_active(1, 1);
	wake_up(1);
	to_work(1);
	assign(1, 1);
	TRACE(WORK_START, .item = 1, .worker = 1, .pool = 1, .pwq = 1);
	if (!broken)
		TRACE(PENDING_CLEAR, .item = 1, .pool = 1);
	TRACE(EXECUTE_START, .item = 1, .func = 1, .worker = 1, .wq = 1);
}

static void the_order_of_a_life(bool broken)
{
	queue_to(1, 1);
	if (!broken)
		activate(1, 1);
	else
		TRACE(INACTIVE, .item = 1, .pwq = 1, .max_active = 2);
	wake_up(1);
	to_work(1);
	if (broken)
		TRACE(COLLIDE, .item = 1, .worker = 2, .runner = 1, .pool = 1);
	else
		assign(1, 1);
	start(1, 1, 1);
}

static void time_goes_on(bool broken)
{
	at(5 * MS, 0, 1);
	TRACE(TICK, .count = 1);
	at(broken ? 4 * MS : 6 * MS, 0, 1);
	TRACE(TICK, .count = 2);
}

static void census_agrees(bool broken)
{
	TRACE(CENSUS_WQ, .wq = 1, .max_active = broken ? 3 : 2);
}

#define CHECKS(X) \
	X(I1, one_runner) X(I2, one_list) X(I3, pending_while_queued) \
	X(I4, inactive_bit) X(I5, linked_to_own_barrier) X(I6, transit_is_short) \
	X(I6, transit_ends_at_all) X(I6, rcu_work_is_not_in_transit) \
	X(I7, disabled_stays_out) X(I8, slots_are_used) \
	X(I8, worklists_are_looked_at) X(I9, every_queueing_is_accounted) \
	X(I10, starts_and_ends_alternate) X(I11, timers_are_not_early) \
	X(I12, pending_cleared_before_the_call) X(I54, the_order_of_a_life) \
	X(time, time_goes_on) X(census, census_agrees)

INVARIANT_CASES(unit_invariant)

/* A new invariant needs a synthetic trace that breaks it. */
static bool has_case(const char *id)
{
	static const char *const *const lists[] = {
		cases_unit_invariant, cases_unit_invariant_pools, cases_unit_invariant_accounts,
		cases_unit_invariant_flush,
	};

	for (size_t l = 0; l < sizeof(lists) / sizeof(lists[0]); l++)
		for (const char *const *at = lists[l]; *at; at++)
			if (!strcmp(*at, id))
				return true;
	return false;
}

static void every_invariant_has_a_case(void)
{
	const char *id;

	for (unsigned int i = 0; (id = invariant_id(i)); i++) {
		if (!has_case(id))
			test_note("no synthetic trace breaks %s", id);
		CHECK_TRUE(has_case(id));
	}
	CHECK_NULL(invariant_sentence("I999"));
}

const struct test_case suite_unit_invariant[] = {
	CHECKS(INVARIANT_CASE)
	T(every_invariant_has_a_case),
	{ NULL, NULL }
};
