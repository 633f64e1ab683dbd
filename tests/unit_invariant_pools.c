/*
 * tests/unit_invariant_pools.c - deviations from the invariants of workers and pools: I13 to I32.
 *
 * See invariant_cases.h.   Licence: MIT.
 */
#include "tests/support/invariant_cases.h"

static void a_worker_is_woken(bool broken)
{
	uint32_t idle[3] = { 3, 2, 1 }, works[1] = { 1 };

	fall_asleep();
	queue_active(1, 1);
	if (!broken)
		TRACE(KICK, .pool = 1, .worker = 3);
	TRACE(CENSUS_POOL, .pool = 1, .nr_workers = 3, .nr_idle = 3, .worklist = { works, 1 }, .idle = { idle, 3 });
}

/* 6.12: an item that a removal moves to an empty worklist waits for the next kick at most. */
static void only_a_removal_wakes_no_worker(bool broken)
{
	uint32_t idle[3] = { 3, 2, 1 }, works[2] = { 2, 3 };

	fall_asleep();
	queue_active(1, 1);
	queue_to(2, 1);
	hold_back(2, 1);
	fake.cause = TRACE(STEAL, .item = 1, .pwq = 1, .pool = 1);
	fake.cause = TRACE(RETIRE, .item = 1, .pwq = 1, .nr_active = --counts.active[1],
			   .nr_in_flight = --counts.flight[1]);
	activate(2, 1);
	fake.cause = 0;
	TRACE(CENSUS_POOL, .pool = 1, .nr_workers = 3, .nr_idle = 3, .worklist = { works, 1 }, .idle = { idle, 3 });
	queue_active(3, 1);
	if (!broken)
		TRACE(KICK, .pool = 1, .worker = 3);
	TRACE(CENSUS_POOL, .pool = 1, .nr_workers = 3, .nr_idle = 3, .worklist = { works, 2 }, .idle = { idle, 3 });
}

static void culling_goes_on(bool broken)
{
	uint32_t idle[4] = { 7, 3, 2, 1 };

	trace_def(CLS_WORKER, 7, 1, 3, "kworker/0:3");
	TRACE(WORKER_ATTACH, .worker = 7, .pool = 1, .flags = 8);
	TRACE(WORKER_CREATE, .worker = 7, .pool = 1, .id = 3, .kthread = 17, .nr_workers = 4);
	TRACE(WORKER_IDLE, .worker = 7, .pool = 1, .nr_idle = ++counts.idle[1]);
	at(fake.time + 301 * SECOND, 0, 1);
	TRACE_WHY(CULL, BECAUSE(EXPIRED, 1, 301, 300), .worker = 1, .pool = 1, .nr_workers = 3, .nr_idle = --counts.idle[1]);
	if (!broken)
		TRACE_WHY(CULL, BECAUSE(EXPIRED, 1, 301, 300), .worker = 2, .pool = 1, .nr_workers = 2,
			  .nr_idle = --counts.idle[1]);
	TRACE(CENSUS_POOL, .pool = 1, .nr_workers = 2 + broken, .nr_idle = 2 + broken, .idle = { idle, 2 + broken });
}

static void strict_workers_stay_in_their_pod(bool broken)
{
	TRACE(CPU_TOPOLOGY, .cpu = 0);
	TRACE(CPU_TOPOLOGY, .cpu = 1);
	TRACE(POOL_NEW, .pool = 2, .cpu = -1, .node = 0, .flags = 4, .cpus = 3, .pod = 2, .strict = true);
	queue_active(1, 2);
	wake_up(4);
	to_work(4);
	assign(1, 4);
	fake.cpu = broken ? 0 : 1;
	start(1, 4, 2);
}

static void in_between_means_prep(bool broken)
{
	wake_up(1);
	if (broken)
		to_work(1);
	TRACE(CENSUS_WORKER, .worker = 1, .pool = 1, .flags = broken ? 0 : 8);
}

static void idle_is_counted(bool broken)
{
	queue_active(1, 1);
	counts.idle[1] += broken;
	wake_up(1);
}

static void idle_within_workers(bool broken)
{
	trace_def(CLS_WORKER, 7, 1, 3, "kworker/0:3");
	TRACE(WORKER_ATTACH, .worker = 7, .pool = 1, .flags = 8);
	if (!broken)
		TRACE(WORKER_CREATE, .worker = 7, .pool = 1, .id = 3, .kthread = 17, .nr_workers = 4);
	TRACE(WORKER_IDLE, .worker = 7, .pool = 1, .nr_idle = ++counts.idle[1]);
}

static void idle_has_nothing(bool broken)
{
	queue_active(1, 1);
	wake_up(1);
	to_work(1);
	assign(1, 1);
	if (broken)
		go_idle(1);
}

static void one_manager(bool broken)
{
	wake_up(1);
	TRACE(MANAGE_BEGIN, .worker = 1, .pool = 1);
	if (broken)
		TRACE(MANAGE_BEGIN, .worker = 2, .pool = 1);
	TRACE(MANAGE_END, .worker = 1, .pool = 1);
}

static void running_is_counted(bool broken)
{
	uint32_t busy[2] = { 1, 1 }, idle[2] = { 3, 2 };

	queue_active(1, 1);
	begin_item(1, 1, 1);
	TRACE(CENSUS_POOL, .pool = 1, .nr_running = broken ? 2 : 1, .nr_workers = 3, .nr_idle = 2,
	      .busy = { busy, 2 }, .idle = { idle, 2 });
}

static void unmanaged_does_not_count(bool broken)
{
	wake_up(4);
	counts.running[2] += broken;
	to_work(4);
}

static void never_below_zero(bool broken)
{
	wake_up(1);
	counts.running[1] -= 2 * broken;		/* to_work() adds one */
	to_work(1);
	counts.running[1] += 2 * broken;
}

static void no_worker_runs_while_all_idle(bool broken)
{
	wake_up(1);
	to_work(1);
	counts.running[1] += broken;
	go_idle(1);
}

static void one_worker_in_reserve(bool broken)
{
	wake_up(1);
	wake_up(2);
	if (broken)
		wake_up(3);
	to_work(1);
}

static void one_at_a_time(bool broken)
{
	queue_active(1, 1);
	begin_item(1, 1, 1);
	queue_active(2, 1);
	if (!broken)
		TRACE(WORKER_SLEEP, .worker = 1, .pool = 1, .item = 1, .nr_running = --counts.running[1]);
	begin_item(2, 2, 1);
}

/* RULE(R4.7). A wake-up between a decision and its effect breaks no invariant. */
static void a_racing_wake_up_is_no_breach(bool broken)
{
	queue_active(1, 1);
	begin_item(1, 1, 1);
	TRACE(WORKER_SLEEP, .worker = 1, .pool = 1, .item = 1, .nr_running = --counts.running[1]);
	queue_active(2, 1);
	wake_up(2);
	if (!broken)
		TRACE(WORKER_WAKE, .worker = 1, .pool = 1, .item = 1, .nr_running = ++counts.running[1]);
	else
		counts.running[1]++;
	to_work(2);
	assign(2, 2);
}

static void keep_working_with_one(bool broken)
{
	queue_active(1, 1);
	begin_item(1, 1, 1);
	queue_active(2, 1);
	end_item(1, 1, 1);
	if (!broken)
		keep_going(1, true);
	assign(2, 1);
}

static void help_is_called(bool broken)
{
	for (uint32_t w = 1; w <= 3; w++)
		wake_up(w);
	queue_active(1, 1);
	TRACE(MANAGE_BEGIN, .worker = 3, .pool = 1);
	at(fake.time + 11 * MS, 0, 0);
	if (!broken)
		TRACE(MAYDAY_NONE, .pwq = 1, .wq = 1, .pool = 1);
	at(fake.time + 50 * MS, 0, 13);
	TRACE(MANAGE_END, .worker = 3, .pool = 1);
}

/* The timer's period is 100 ms.  The wheel may add 8 ticks, and every check allows 4. */
static void help_is_called_at_the_end_of_the_round(bool broken)
{
	for (uint32_t w = 1; w <= 3; w++)
		wake_up(w);
	queue_active(1, 1);
	TRACE(MAYDAY_TIMER, .pool = 1, .state = 3, .expires = fake.time + 30 * MS);
	TRACE(MANAGE_BEGIN, .worker = 3, .pool = 1);
	at(fake.time + (broken ? 43 : 41) * MS, 0, 13);
	TRACE(MANAGE_END, .worker = 3, .pool = 1);
}

static void names_and_numbers(bool broken)
{
	trace_def(CLS_WORKER, 7, 1, 3, broken ? "kworker/1:3" : "kworker/0:3");
	TRACE(WORKER_ATTACH, .worker = 7, .pool = 1, .flags = 8);
	TRACE(WORKER_CREATE, .worker = 7, .pool = 1, .id = 3, .kthread = 17, .nr_workers = 4);
}

static void numbers_are_unique(bool broken)
{
	trace_def(CLS_WORKER, 7, 1, 3, broken ? "kworker/0:0" : "kworker/0:3");
	TRACE(WORKER_ATTACH, .worker = 7, .pool = 1, .flags = 8);
	TRACE(WORKER_CREATE, .worker = 7, .pool = 1, .id = broken ? 0 : 3, .kthread = 17, .nr_workers = 4);
}

static void latest_idle_first(bool broken)
{
	uint32_t order[2][3] = { { 1, 3, 2 }, { 3, 1, 2 } };

	wake_up(1);
	at(fake.time + MS, 0, 11);
	TRACE(WORKER_IDLE, .worker = 1, .pool = 1, .nr_idle = ++counts.idle[1]);
	TRACE(CENSUS_POOL, .pool = 1, .nr_workers = 3, .nr_idle = 3, .idle = { order[broken], 3 });
}

static void only_the_old_are_culled(bool broken)
{
	at(fake.time + (broken ? 299 : 300) * SECOND, 0, 1);
	TRACE_WHY(CULL, BECAUSE(EXPIRED, 1, 300, 300), .worker = 1, .pool = 1, .nr_workers = 2, .nr_idle = --counts.idle[1]);
}

static void the_dying_do_nothing(bool broken)
{
	only_the_old_are_culled(false);
	queue_active(1, 1);
	if (broken) {
		TRACE(WORKER_FLAGS, .worker = 1, .pool = 1, .flags = 2, .nr_running = ++counts.running[1]);
		assign(1, 1);
	}
}

static void on_its_own_cpu(bool broken)
{
	queue_active(1, 1);
	wake_up(1);
	to_work(1);
	assign(1, 1);
	fake.cpu = broken;
	start(1, 1, 1);
}

/* CPU 0 goes offline or is back: changes the flags of its pool and its workers in one step. */
static void change_pool(uint32_t pool_flags, uint32_t worker_flags, uint32_t but)
{
	by_someone();
	TRACE(POOL_FLAGS, .pool = 1, .flags = pool_flags);
	for (uint32_t w = 1; w <= 3; w++)
		if (w != but)
			TRACE(WORKER_FLAGS, .worker = w, .pool = 1, .flags = 8 | 4 | worker_flags);
}

static void census_pool_1(uint32_t flags)
{
	uint32_t idle[3] = { 3, 2, 1 };

	TRACE(CENSUS_POOL, .pool = 1, .flags = flags, .nr_workers = 3, .nr_idle = 3, .idle = { idle, 3 });
}

static void untied_means_unbound(bool broken)
{
	change_pool(4, 128, broken ? 2 : 0);
	census_pool_1(4);
}

static void a_new_worker_is_unbound_too(bool broken)
{
	change_pool(4, 128, 0);
	TRACE(WORKER_ATTACH, .worker = 7, .pool = 1, .flags = broken ? 8 : 8 | 128);
}

static void rebound_comes_with_its_cpu(bool broken)
{
	change_pool(4, 128, 0);
	TRACE(CPU_STATE, .cpu = 0, .online = false);
	if (!broken)
		TRACE(CPU_STATE, .cpu = 0, .online = true);
	change_pool(0, 256, 0);
	census_pool_1(0);
}

static void rebound_ends_next_cycle(bool broken)
{
	rebound_comes_with_its_cpu(false);
	queue_active(1, 1);
	wake_up(3);
	TRACE(WORKER_FLAGS, .worker = 3, .pool = 1, .flags = broken ? 256 : 0, .nr_running = !broken);
}

#define CHECKS(X) \
	X(I13, in_between_means_prep) X(I14, idle_is_counted) \
	X(I15, idle_within_workers) X(I16, idle_has_nothing) X(I17, one_manager) \
	X(I18, running_is_counted) X(I19, unmanaged_does_not_count) \
	X(I19, never_below_zero) X(I20, no_worker_runs_while_all_idle) \
	X(I21, untied_means_unbound) X(I21, a_new_worker_is_unbound_too) \
	X(I22, rebound_comes_with_its_cpu) X(I22, rebound_ends_next_cycle) \
	X(I23, one_worker_in_reserve) X(I24, one_at_a_time) \
	X(I24, a_racing_wake_up_is_no_breach) X(I24, keep_working_with_one) \
	X(I25, a_worker_is_woken) X(I25, only_a_removal_wakes_no_worker) X(I26, help_is_called) \
	X(I26, help_is_called_at_the_end_of_the_round) X(I27, names_and_numbers) \
	X(I27, numbers_are_unique) X(I28, latest_idle_first) \
	X(I29, culling_goes_on) X(I29, only_the_old_are_culled) \
	X(I30, the_dying_do_nothing) X(I31, on_its_own_cpu) \
	X(I32, strict_workers_stay_in_their_pod)

INVARIANT_CASES(unit_invariant_pools)

const struct test_case suite_unit_invariant_pools[] = {
	CHECKS(INVARIANT_CASE)
	{ NULL, NULL }
};
