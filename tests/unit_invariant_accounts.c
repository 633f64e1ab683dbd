/*
 * tests/unit_invariant_accounts.c - deviations from the invariants of counters: I33 to I43.
 *
 * See invariant_cases.h.   Licence: MIT.
 */
#include "tests/support/invariant_cases.h"

static void no_reference_is_leaked(bool broken)
{
	queue_active(1, 1);
	whole_run(1, 1, 1);
	census_pwq(1, 0, 1 + broken, 0);
	quiet();
}

static void active_is_counted(bool broken)
{
	queue_active(1, 1);
	counts.active[1] += broken;
	queue_active(2, 1);
	census_pwq(1, counts.active[1], 3, 2);
}

static void limit_is_kept(bool broken)
{
	queue_active(1, 1);
	queue_active(2, 1);
	queue_to(3, 1);
	if (broken)
		activate(3, 1);
	else
		hold_back(3, 1);
}

static void lowering_a_limit_stops_nothing(bool broken)
{
	queue_active(1, 1);
	queue_active(2, 1);
	TRACE(WQ_MAX_ACTIVE, .wq = 1, .max_active = 1, .min_active = 1);
	whole_run(1, 1, 1);
	at(fake.time + MS, 1, 5);
	queue_to(3, 1);
	if (broken)
		activate(3, 1);
	else
		hold_back(3, 1);
}

static void node_is_the_sum(bool broken)
{
	queue_active(1, 2);
	if (broken)
		TRACE(NODE_ACTIVE, .wq = 2, .node = 0, .nr = 2, .max = 4);
	quiet();
}

static void node_keeps_its_limit(bool broken)
{
	TRACE(NODE_ACTIVE, .wq = 2, .node = 0, .nr = broken ? 5 : 4, .max = 4);
	TRACE(NODE_ACTIVE, .wq = 2, .node = 0, .nr = 0, .max = 4);
}

/*
 * The item read the limit, was delayed by the explorer, and counts in nr_active after the limit
 * was lowered.
 */
static void decision_held_up_goes_by_the_old_limit(bool broken)
{
	TRACE(NODE_ACTIVE, .wq = 2, .node = 0, .nr = 2, .max = 4);
	if (!broken)
		TRACE(CHOICE, .site = 1, .wait = 2 * MS);
	TRACE(NODE_ACTIVE, .wq = 2, .node = 0, .nr = 2, .max = 1);
	at(fake.time + MS, 1, 5);
	TRACE(NODE_ACTIVE, .wq = 2, .node = 0, .nr = 3, .max = 1);
	TRACE(NODE_ACTIVE, .wq = 2, .node = 0, .nr = 0, .max = 1);
}

static void shares_are_within_limits(bool broken)
{
	uint32_t shares[4] = { 0, broken ? 9 : 4, 0, 4 };

	TRACE(NODE_ACTIVE, .wq = 2, .node = 0, .nr = 0, .max = shares[1]);
	TRACE(NODE_ACTIVE, .wq = 2, .node = -1, .nr = 0, .max = 4);
	TRACE(CENSUS_WQ, .wq = 2, .flags = 2, .max_active = 4, .min_active = 1, .node_nr = { shares, 4 });
}

static void waiting_has_a_reason(bool broken)
{
	queue_active(1, 1);
	if (!broken)
		queue_active(2, 1);
	queue_to(3, 1);
	hold_back(3, 1);
	quiet();
}

static void flight_is_counted(bool broken)
{
	queue_active(1, 1);
	TRACE(BARRIER, .barrier = 9, .target = 1, .pwq = 1, .pool = 1, .waiter = 5);
	if (broken) {	/* the barrier leaves the accounts while it is on the list */
		counts.flight[1]++;
		retire(9, 1, false);
	}
	census_pwq(1, 1, 5, broken ? 1 : 2);
}

static void references_are_held(bool broken)
{
	queue_active(1, 1);
	census_pwq(1, 1, broken ? 1 : 2, 1);
}

static void released_only_empty(bool broken)
{
	queue_active(1, 2);
	if (!broken)
		whole_run(1, 4, 2);
	TRACE(PWQ_FREE, .pwq = 2);
}

static void ordered_one_by_one(bool broken)
{
	queue_active(1, 3);
	if (broken) {
		queue_to(2, 3);
		TRACE(ACTIVATE_WORK, .item = 2, .func = 2, .pwq = 3, .pool = 2, .nr_active = 2);
		begin_item(1, 4, 3);
		begin_item(2, 5, 3);
		return;
	}
	begin_item(1, 4, 3);
	end_item(1, 4, 3);
	queue_active(2, 3);
	keep_going(4, true);
	assign(2, 4);
	start(2, 4, 3);
}

static void ordered_in_order(bool broken)
{
	queue_to(1, 3);
	if (broken)
		TRACE(INACTIVE, .item = 1, .pwq = 3);
	else
		activate(1, 3);
	queue_to(2, 3);
	if (broken)
		activate(2, 3);
	else
		TRACE(INACTIVE, .item = 2, .pwq = 3, .nr_active = 1);
	whole_run(broken ? 2 : 1, 4, 3);
	activate(broken ? 1 : 2, 3);
	whole_run(broken ? 1 : 2, 4, 3);
}

static void bh_one_by_one(bool broken)
{
	TRACE(POOL_NEW, .pool = 3, .cpu = 0, .flags = 1 | 4);
	TRACE(PWQ_NEW, .pwq = 4, .wq = 4, .pool = 3, .cpu = 0);
	TRACE(WQ_NEW, .wq = 4, .flags = 1, .max_active = 256);
	for (uint32_t i = 1; i <= 2; i++) {
		by_someone();
		TRACE(PENDING_SET, .item = i);
		TRACE(QUEUE_WORK, .item = i, .func = i, .wq = 4, .pwq = 4, .pool = 3);
		TRACE(ACTIVATE_WORK, .item = i, .func = i, .pwq = 4, .pool = 3, .nr_active = i);
	}
	for (uint32_t i = 1; i <= 1u + broken; i++) {
		TRACE(WORKER_ATTACH, .worker = 6 + i, .pool = 3, .flags = 128);
		TRACE(ASSIGN_WORK, .item = i, .worker = 6 + i, .pool = 3);
		TRACE(WORK_START, .item = i, .worker = 6 + i, .pool = 3, .pwq = 4);
	}
}

static void completed_within_started(bool broken)
{
	queue_active(1, 1);
	wake_up(1);
	to_work(1);
	assign(1, 1);
	TRACE(WORK_START, .item = 1, .worker = 1, .pool = 1, .pwq = 1);
	TRACE(PENDING_CLEAR, .item = 1, .pool = 1);
	if (!broken)
		TRACE(EXECUTE_START, .item = 1, .func = 1, .worker = 1, .wq = 1);
	end_item(1, 1, 1);
}

static void intensive_ends_with_its_item(bool broken)
{
	queue_active(1, 1);
	begin_item(1, 1, 1);
	TRACE(WORKER_FLAGS, .worker = 1, .pool = 1, .flags = 64, .nr_running = --counts.running[1]);
	TRACE(EXECUTE_END, .item = 1, .func = 1, .worker = 1, .wq = 1);
	if (!broken)
		TRACE(WORKER_FLAGS, .worker = 1, .pool = 1, .flags = 0, .nr_running = ++counts.running[1]);
	TRACE(WORK_DONE, .item = 1, .worker = 1, .pool = 1);
	retire(1, 1, true);
}

#define CHECKS(X) \
	X(I33, active_is_counted) X(I34, limit_is_kept) \
	X(I34, lowering_a_limit_stops_nothing) X(I35, node_is_the_sum) \
	X(I35, node_keeps_its_limit) X(I36, shares_are_within_limits) \
	X(I35, decision_held_up_goes_by_the_old_limit) \
	X(I37, waiting_has_a_reason) X(I38, flight_is_counted) \
	X(I39, no_reference_is_leaked) X(I39, references_are_held) \
	X(I39, released_only_empty) X(I40, ordered_one_by_one) \
	X(I40, ordered_in_order) X(I41, bh_one_by_one) \
	X(I42, completed_within_started) X(I43, intensive_ends_with_its_item)

INVARIANT_CASES(unit_invariant_accounts)

const struct test_case suite_unit_invariant_accounts[] = {
	CHECKS(INVARIANT_CASE)
	{ NULL, NULL }
};
