/*
 * tests/unit_invariant_flush.c - deviations from the invariants of waiting, rescue, freezing, reports: I44 to I53, I55, I56.
 *
 * See invariant_cases.h.   Licence: MIT.
 */
#include "tests/support/invariant_cases.h"

static void flush_waits_for_nothing_later(bool broken)
{
	at(fake.time + 1000, 1, 5);
	TRACE(TASK_NEW, .task = 5, .cpu = 1, .comm = "f");
	queue_active(1, 1);
	begin_item(1, 1, 1);
	by_someone();
	TRACE(FLUSH_WQ, .wq = 1, .color = 0);
	TRACE(SCHED_SWITCH, .prev = 5, .prev_state = TSK_SLEEPING, .next = 1);
	queue_active(2, 1);
	if (broken)	/* the item to wait for ends; only the later one is left */
		end_item(1, 1, 1);
	TRACE(KICK, .pool = 1, .worker = 3);
	at(fake.time + 3 * SECOND, 0, 0);
	TRACE(TICK, .count = 3);
}

static void locks_are_taken_in_order(bool broken)
{
	TRACE(BUG, .kind = broken ? BUG_LOCK_ORDER : BUG_WQ_WARN, .text = "pool->lock");
}

static void queue_freezable(void)
{
	TRACE(PENDING_SET, .item = 1);
	TRACE(QUEUE_WORK, .item = 1, .func = 1, .wq = 4, .pwq = 4, .pool = 1, .req_cpu = -1);
}

static void frozen_items_wait(bool broken)
{
	TRACE(FREEZE, .state = 1);
	TRACE(WQ_NEW, .wq = 4, .flags = 4);
	TRACE(PWQ_NEW, .pwq = 4, .wq = 4, .pool = 1, .cpu = 0);
	queue_freezable();
	TRACE(INACTIVE, .item = 1, .pwq = 4);
	TRACE(FREEZE, .state = broken ? 2 : 0);
	TRACE(WQ_MAX_ACTIVE, .wq = 4, .max_active = 1);
	TRACE(ACTIVATE_WORK, .item = 1, .func = 1, .pwq = 4, .pool = 1, .nr_active = 1);
}

static void frozen_means_nothing_is_active(bool broken)
{
	TRACE(WQ_NEW, .wq = 4, .flags = 4, .max_active = 1);
	TRACE(PWQ_NEW, .pwq = 4, .wq = 4, .pool = 1, .cpu = 0);
	queue_freezable();
	TRACE(ACTIVATE_WORK, .item = 1, .func = 1, .pwq = 4, .pool = 1, .nr_active = 1);
	TRACE(FREEZE, .state = 1);
	TRACE(WQ_MAX_ACTIVE, .wq = 4);
	TRACE(FREEZE, .state = broken ? 2 : 3);
}

static void flushed_pwqs_are_counted(bool broken)
{
	TRACE(FLUSH_WQ, .wq = 1, .color = 0);
	TRACE(PWQ_COLOR, .pwq = 1, .work_color = 1, .flush_color = 0);
	TRACE(FLUSH_COLOR, .wq = 1, .work_color = 1, .flush_color = 0, .nr_pwqs = broken ? 2 : 1);
	quiet();
}

static void flushed_pwqs_have_the_colour(bool broken)
{
	TRACE(FLUSH_WQ, .wq = 1, .color = 0);
	TRACE(PWQ_COLOR, .pwq = 1, .work_color = 2, .flush_color = 0);
	TRACE(FLUSH_COLOR, .wq = 1, .work_color = 2, .flush_color = broken, .nr_pwqs = 1);
	TRACE(CENSUS_WQ, .wq = 1, .max_active = 2, .work_color = 2, .flush_color = broken);
}

static void colours_are_equal_at_rest(bool broken)
{
	TRACE(PWQ_COLOR, .pwq = 1, .work_color = 1, .flush_color = -1);
	TRACE(FLUSH_COLOR, .wq = 1, .work_color = 1, .flush_color = broken ? 0 : 1);
	TRACE(CENSUS_WQ, .wq = 1, .max_active = 2, .work_color = 1, .flush_color = broken ? 0 : 1);
}

static void flush_waits_for_earlier_items(bool broken)
{
	queue_active(1, 1);
	begin_item(1, 1, 1);
	by_someone();
	TRACE(FLUSH_WQ, .wq = 1, .color = 0);
	queue_active(2, 1);	/* not waited for */
	if (!broken)
		end_item(1, 1, 1);
	by_someone();
	TRACE(FLUSH_WQ_END, .wq = 1, .color = 0);
}

static void flush_work_waits(bool broken)
{
	queue_active(1, 1);
	begin_item(1, 1, 1);
	by_someone();
	TRACE(BARRIER, .barrier = 9, .target = 1, .worker = 1, .pwq = 1, .pool = 1, .waiter = 5);
	counts.flight[1]++;
	TRACE(FLUSH_WORK, .item = 1, .waits = true);
	if (!broken)
		end_item(1, 1, 1);
	queue_active(1, 1);	/* a later queueing is not waited for (R6.5) */
	by_someone();
	TRACE(FLUSH_WORK_END, .item = 1);
}

static void cancel_sync_leaves_nothing(bool broken)
{
	queue_active(1, 1);
	begin_item(1, 1, 1);
	by_someone();
	TRACE(CANCEL, .item = 1, .sync = true);
	if (!broken)
		end_item(1, 1, 1);
	by_someone();
	TRACE(CANCEL_END, .item = 1);
}

static void drained_is_empty(bool broken)
{
	TRACE(WQ_FLAGS, .wq = 1, .flags = 1 << 16);
	queue_active(1, 1);
	if (!broken)
		whole_run(1, 1, 1);
	TRACE(WQ_FLAGS, .wq = 1, .flags = 0);
}

static void destroyed_runs_nothing(bool broken)
{
	queue_active(1, 1);
	if (broken)
		TRACE(WQ_FREE, .wq = 1);
	begin_item(1, 1, 1);
}

static void mayday_once_and_with_a_rescuer(bool broken)
{
	TRACE(RESCUER_NEW, .worker = 8, .wq = 1, .kthread = 18);
	TRACE(MAYDAY, .pwq = 1, .wq = 1, .pool = 1);
	if (broken)
		TRACE(MAYDAY, .pwq = 1, .wq = 1, .pool = 1);
}

static void a_rescuer_is_loyal(bool broken)
{
	TRACE(RESCUER_NEW, .worker = 8, .wq = broken ? 2 : 1, .kthread = 18);
	TRACE(RESCUER_BEGIN, .worker = 8, .wq = 1, .pwq = 1, .pool = 1);
	queue_active(1, 1);
	TRACE(ASSIGN_WORK, .item = 1, .worker = 8, .pool = 1);
	TRACE(WORK_START, .item = 1, .worker = 8, .pool = 1, .pwq = 1);
}

static void stalls_are_justified(bool broken)
{
	queue_active(1, 1);
	TRACE(WATCHDOG_TOUCH, .pool = 1);
	at(fake.time + (broken ? 29 : 31) * SECOND, 0, 0);
	TRACE(STALL, .pool = 1, .stuck = 31 * SECOND);
}

static void stalls_are_reported(bool broken)
{
	queue_active(1, 1);
	TRACE(WATCHDOG_TOUCH, .pool = 1);
	at(fake.time + 31 * SECOND, 0, 0);
	if (!broken)
		TRACE(STALL, .pool = 1, .stuck = 31 * SECOND);
	at(fake.time + 31 * SECOND, 0, 0);
	TRACE(WATCHDOG_LOOK, .stalled = 0);
}

static void hogs_are_counted(bool broken)
{
	for (uint32_t i = 1; i <= 3; i++)
		TRACE(HOG, .item = 1, .func = 4, .worker = 1, .pool = 1, .count = i + (broken && i == 3));
}

static void hog_reports_thin_out(bool broken)
{
	static const uint32_t at_counts[2][4] = { { 4, 5, 7, 11 }, { 4, 5, 6, 11 } };
	char line[96];

	for (int i = 0; i < 4; i++) {
		snprintf(line, sizeof(line), "workqueue: spin hogged CPU for >10000us %u times, consider switching to WQ_UNBOUND",
			 at_counts[broken][i]);
		TRACE(PRINTK, .level = 4, .text = line);
	}
}

#define CHECKS(X) \
	X(I44, flushed_pwqs_are_counted) X(I44, flushed_pwqs_have_the_colour) \
	X(I45, colours_are_equal_at_rest) X(I46, flush_waits_for_nothing_later) \
	X(I46, flush_waits_for_earlier_items) X(I47, flush_work_waits) \
	X(I48, cancel_sync_leaves_nothing) X(I49, drained_is_empty) \
	X(I50, destroyed_runs_nothing) X(I51, mayday_once_and_with_a_rescuer) \
	X(I51, a_rescuer_is_loyal) X(I52, frozen_items_wait) \
	X(I52, frozen_means_nothing_is_active) X(I53, stalls_are_justified) \
	X(I53, stalls_are_reported) X(I55, hogs_are_counted) \
	X(I55, hog_reports_thin_out) X(I56, locks_are_taken_in_order)

INVARIANT_CASES(unit_invariant_flush)

const struct test_case suite_unit_invariant_flush[] = {
	CHECKS(INVARIANT_CASE)
	{ NULL, NULL }
};
