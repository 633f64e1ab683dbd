/*
 * tests/unit_invariant.c - each check of spec section 18 fails when it should, and only then.
 *
 * Every test forges a small consistent run and one deviation: without it no check
 * may complain at all, with it the one that is named must.
 *
 * Licence: MIT.
 */
#include <stdio.h>

#include "model/invariant.h"
#include "tests/books.h"
#include "tests/test.h"

/* ---- the deviations ------------------------------------------------------------------------ */

static void one_runner(bool broken)
{
	queue_active(1, 1);
	begin_item(1, 1, 1);
	TRACE(WORKER_SLEEP, .worker = 1, .pool = 1, .item = 1, .nr_running = --books.running[1]);
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
	TRACE(WORKER_WAKE, .worker = 1, .pool = 1, .item = 1, .nr_running = ++books.running[1]);
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
	at(forge.time + (broken ? 150 : 50) * MS, 1, 5);
	TRACE(PENDING_CLEAR, .item = 1);
}

static void transit_ends_at_all(bool broken)
{
	by_someone();
	TRACE(PENDING_SET, .item = 1);
	if (!broken)	/* told: 6.12 leaves it like that (R5.2) */
		TRACE(DRAIN_REFUSED, .wq = 1, .item = 1);
	at(forge.time + SECOND, 1, 5);
	TRACE(TICK, .count = 1);
}

/* A grace period may be long. */
static void rcu_work_is_not_in_transit(bool broken)
{
	by_someone();
	TRACE(PENDING_SET, .item = 1);
	if (!broken)
		TRACE(RCU_QUEUE, .item = 1);
	at(forge.time + SECOND, 1, 5);
	TRACE(QUEUE_WORK, .item = 1, .func = 1, .wq = 1, .pwq = 1, .pool = 1, .req_cpu = -1);
	books.flight[1]++;
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
	if (broken) {	/* one has ended, and nobody takes its place */
		TRACE(EXECUTE_END, .item = 1, .func = 1, .worker = 1, .wq = 1);
		TRACE(WORK_DONE, .item = 1, .worker = 1, .pool = 1);
		retire(1, 1, true);
	}
	at(forge.time + 3 * SECOND, 0, 0);
	TRACE(NO_FUTURE, .text = "");
}

/* Pool 1's three workers are not only idle: their threads sleep. */
static void fall_asleep(void)
{
	for (uint16_t w = 1; w <= 3; w++) {
		at(forge.time + 1000, 0, (uint16_t)(10 + w));
		TRACE(SCHED_SWITCH, .prev = 10 + w, .prev_state = TSK_IDLE, .next = 1);
	}
}

static void worklists_are_looked_at(bool broken)
{
	fall_asleep();
	queue_active(1, 1);
	if (!broken)
		TRACE(KICK, .pool = 1, .worker = 3);
	at(forge.time + 3 * SECOND, 0, 0);
	TRACE(NO_FUTURE, .text = "");
}

static void somebody_is_woken(bool broken)
{
	uint32_t idle[3] = { 3, 2, 1 }, works[1] = { 1 };

	fall_asleep();
	queue_active(1, 1);
	if (!broken)
		TRACE(KICK, .pool = 1, .worker = 3);
	TRACE(CENSUS_POOL, .pool = 1, .nr_workers = 3, .nr_idle = 3, .worklist = { works, 1 }, .idle = { idle, 3 });
}

static void culling_goes_on(bool broken)
{
	uint32_t idle[4] = { 7, 3, 2, 1 };

	trace_def(CLS_WORKER, 7, 1, 3, "kworker/0:3");
	TRACE(WORKER_ATTACH, .worker = 7, .pool = 1, .flags = 8);
	TRACE(WORKER_CREATE, .worker = 7, .pool = 1, .id = 3, .kthread = 17, .nr_workers = 4);
	TRACE(WORKER_IDLE, .worker = 7, .pool = 1, .nr_idle = ++books.idle[1]);
	at(forge.time + 301 * SECOND, 0, 1);
	TRACE_WHY(CULL, BECAUSE(EXPIRED, 1, 301, 300), .worker = 1, .pool = 1, .nr_workers = 3, .nr_idle = --books.idle[1]);
	if (!broken)
		TRACE_WHY(CULL, BECAUSE(EXPIRED, 1, 301, 300), .worker = 2, .pool = 1, .nr_workers = 2,
			  .nr_idle = --books.idle[1]);
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
	forge.cpu = broken ? 0 : 1;
	start(1, 4, 2);
}

static void no_reference_is_leaked(bool broken)
{
	queue_active(1, 1);
	whole_run(1, 1, 1);
	census_pwq(1, 0, 1 + broken, 0);
	quiet();
}

static void flush_waits_for_nothing_later(bool broken)
{
	at(forge.time + 1000, 1, 5);
	TRACE(TASK_NEW, .task = 5, .cpu = 1, .comm = "f");
	queue_active(1, 1);
	begin_item(1, 1, 1);
	by_someone();
	TRACE(FLUSH_WQ, .wq = 1, .color = 0);
	TRACE(SCHED_SWITCH, .prev = 5, .prev_state = TSK_SLEEPING, .next = 1);
	queue_active(2, 1);
	if (broken)	/* what it had to wait for ends; only the later one is left */
		end_item(1, 1, 1);
	TRACE(KICK, .pool = 1, .worker = 3);
	at(forge.time + 3 * SECOND, 0, 0);
	TRACE(TICK, .count = 3);
}

static void locks_are_taken_in_order(bool broken)
{
	TRACE(BUG, .kind = broken ? BUG_LOCK_ORDER : BUG_WQ_WARN, .text = "pool->lock");
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
	TRACE(DELAYED_ARM, .item = 1, .wq = 1, .cpu = 0, .expires = forge.time + 10 * MS, .delay = 10);
	at(forge.time + (broken ? 9 : 10) * MS, 0, 0);
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
	books.idle[1] += broken;
	wake_up(1);
}

static void idle_within_workers(bool broken)
{
	trace_def(CLS_WORKER, 7, 1, 3, "kworker/0:3");
	TRACE(WORKER_ATTACH, .worker = 7, .pool = 1, .flags = 8);
	if (!broken)
		TRACE(WORKER_CREATE, .worker = 7, .pool = 1, .id = 3, .kthread = 17, .nr_workers = 4);
	TRACE(WORKER_IDLE, .worker = 7, .pool = 1, .nr_idle = ++books.idle[1]);
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
	books.running[2] += broken;
	to_work(4);
}

static void never_below_zero(bool broken)
{
	wake_up(1);
	books.running[1] -= 2 * broken;		/* to_work() adds one */
	to_work(1);
	books.running[1] += 2 * broken;
}

static void nobody_runs_while_all_idle(bool broken)
{
	wake_up(1);
	to_work(1);
	books.running[1] += broken;
	go_idle(1);
}

static void somebody_in_reserve(bool broken)
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
		TRACE(WORKER_SLEEP, .worker = 1, .pool = 1, .item = 1, .nr_running = --books.running[1]);
	begin_item(2, 2, 1);
}

/* RULE(R4.7). A wake-up between a decision and its effect is nobody's fault. */
static void a_racing_wake_up_is_no_breach(bool broken)
{
	queue_active(1, 1);
	begin_item(1, 1, 1);
	TRACE(WORKER_SLEEP, .worker = 1, .pool = 1, .item = 1, .nr_running = --books.running[1]);
	queue_active(2, 1);
	wake_up(2);
	if (!broken)
		TRACE(WORKER_WAKE, .worker = 1, .pool = 1, .item = 1, .nr_running = ++books.running[1]);
	else
		books.running[1]++;
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
	at(forge.time + 11 * MS, 0, 0);
	if (!broken)
		TRACE(MAYDAY_NONE, .pwq = 1, .wq = 1, .pool = 1);
	at(forge.time + 50 * MS, 0, 13);
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
	at(forge.time + MS, 0, 11);
	TRACE(WORKER_IDLE, .worker = 1, .pool = 1, .nr_idle = ++books.idle[1]);
	TRACE(CENSUS_POOL, .pool = 1, .nr_workers = 3, .nr_idle = 3, .idle = { order[broken], 3 });
}

static void only_the_old_are_culled(bool broken)
{
	at(forge.time + (broken ? 299 : 300) * SECOND, 0, 1);
	TRACE_WHY(CULL, BECAUSE(EXPIRED, 1, 300, 300), .worker = 1, .pool = 1, .nr_workers = 2, .nr_idle = --books.idle[1]);
}

static void the_dying_do_nothing(bool broken)
{
	only_the_old_are_culled(false);
	queue_active(1, 1);
	if (broken) {
		TRACE(WORKER_FLAGS, .worker = 1, .pool = 1, .flags = 2, .nr_running = ++books.running[1]);
		assign(1, 1);
	}
}

static void on_its_own_cpu(bool broken)
{
	queue_active(1, 1);
	wake_up(1);
	to_work(1);
	assign(1, 1);
	forge.cpu = broken;
	start(1, 1, 1);
}

/* CPU 0 goes or is back: what its pool and its workers are told, all at once. */
static void tell_pool(uint32_t pool_flags, uint32_t worker_flags, uint32_t but)
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
	tell_pool(4, 128, broken ? 2 : 0);
	census_pool_1(4);
}

static void whoever_comes_is_unbound_too(bool broken)
{
	tell_pool(4, 128, 0);
	TRACE(WORKER_ATTACH, .worker = 7, .pool = 1, .flags = broken ? 8 : 8 | 128);
}

static void rebound_comes_with_its_cpu(bool broken)
{
	tell_pool(4, 128, 0);
	TRACE(CPU_STATE, .cpu = 0, .online = false);
	if (!broken)
		TRACE(CPU_STATE, .cpu = 0, .online = true);
	tell_pool(0, 256, 0);
	census_pool_1(0);
}

static void rebound_ends_next_cycle(bool broken)
{
	rebound_comes_with_its_cpu(false);
	queue_active(1, 1);
	wake_up(3);
	TRACE(WORKER_FLAGS, .worker = 3, .pool = 1, .flags = broken ? 256 : 0, .nr_running = !broken);
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

static void active_is_counted(bool broken)
{
	queue_active(1, 1);
	books.active[1] += broken;
	queue_active(2, 1);
	census_pwq(1, books.active[1], 3, 2);
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
	at(forge.time + MS, 1, 5);
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
		books.flight[1]++;
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
	TRACE(WORKER_FLAGS, .worker = 1, .pool = 1, .flags = 64, .nr_running = --books.running[1]);
	TRACE(EXECUTE_END, .item = 1, .func = 1, .worker = 1, .wq = 1);
	if (!broken)
		TRACE(WORKER_FLAGS, .worker = 1, .pool = 1, .flags = 0, .nr_running = ++books.running[1]);
	TRACE(WORK_DONE, .item = 1, .worker = 1, .pool = 1);
	retire(1, 1, true);
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

static void flush_waits_for_what_was_before(bool broken)
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
	books.flight[1]++;
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
	at(forge.time + (broken ? 29 : 31) * SECOND, 0, 0);
	TRACE(STALL, .pool = 1, .stuck = 31 * SECOND);
}

static void stalls_are_reported(bool broken)
{
	queue_active(1, 1);
	TRACE(WATCHDOG_TOUCH, .pool = 1);
	at(forge.time + 31 * SECOND, 0, 0);
	if (!broken)
		TRACE(STALL, .pool = 1, .stuck = 31 * SECOND);
	at(forge.time + 31 * SECOND, 0, 0);
	TRACE(WATCHDOG_LOOK, .stalled = 0);
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

/* ---- one test a check -------------------------------------------------------------------------- */

struct heard {
	const char *id;
	unsigned int named, all;
	char first[300];
};

static void hear(void *arg, const struct invariant_breach *b)
{
	struct heard *h = arg;

	if (!h->all++)
		snprintf(h->first, sizeof(h->first), "%s at #%llu: %s", b->id, (unsigned long long)b->n, b->text);
	h->named += !strcmp(b->id, h->id);
}

static void try_check(const char *id, void (*forge_run)(bool broken))
{
	for (int broken = 0; broken < 2; broken++) {
		struct heard h = { .id = id };

		prologue();
		forge_run(broken);
		forge_read();
		CU_ASSERT_EQUAL(invariant_check(&forge.s, hear, &h), h.all);
		if (!broken && h.all)
			test_note("%s complains without reason: %s", id, h.first);
		CU_ASSERT_EQUAL(h.named > 0, broken);
		CU_ASSERT_TRUE(broken || !h.all);
		forge_close();
	}
	CU_ASSERT_PTR_NOT_NULL(invariant_sentence(id));
}

#define CHECKS(X)                                                             \
	X(I1, one_runner) X(I2, one_list) X(I3, pending_while_queued)         \
	X(I4, inactive_bit) X(I5, linked_to_own_barrier)                      \
	X(I6, transit_is_short) X(I6, transit_ends_at_all)                    \
	X(I6, rcu_work_is_not_in_transit) X(I8, slots_are_used)               \
	X(I8, worklists_are_looked_at) X(I25, somebody_is_woken)              \
	X(I29, culling_goes_on) X(I32, strict_workers_stay_in_their_pod)      \
	X(I39, no_reference_is_leaked) X(I46, flush_waits_for_nothing_later)  \
	X(I56, locks_are_taken_in_order)                                      \
	X(I7, disabled_stays_out) X(I9, every_queueing_is_accounted)          \
	X(I10, starts_and_ends_alternate) X(I11, timers_are_not_early)        \
	X(I12, pending_cleared_before_the_call) X(I13, in_between_means_prep) \
	X(I14, idle_is_counted) X(I15, idle_within_workers)                   \
	X(I16, idle_has_nothing) X(I17, one_manager)                          \
	X(I18, running_is_counted) X(I19, unmanaged_does_not_count)           \
	X(I19, never_below_zero) X(I20, nobody_runs_while_all_idle)           \
	X(I21, untied_means_unbound) X(I21, whoever_comes_is_unbound_too)     \
	X(I22, rebound_comes_with_its_cpu) X(I22, rebound_ends_next_cycle)    \
	X(I52, frozen_items_wait) X(I52, frozen_means_nothing_is_active)      \
	X(I23, somebody_in_reserve) X(I24, one_at_a_time)                     \
	X(I24, a_racing_wake_up_is_no_breach) X(I24, keep_working_with_one)   \
	X(I26, help_is_called) X(I27, names_and_numbers)                      \
	X(I27, numbers_are_unique) X(I28, latest_idle_first)                  \
	X(I29, only_the_old_are_culled) X(I30, the_dying_do_nothing)          \
	X(I31, on_its_own_cpu) X(I33, active_is_counted)                      \
	X(I34, limit_is_kept) X(I34, lowering_a_limit_stops_nothing)          \
	X(I35, node_is_the_sum) X(I35, node_keeps_its_limit)                  \
	X(I36, shares_are_within_limits) X(I37, waiting_has_a_reason)         \
	X(I38, flight_is_counted) X(I39, references_are_held)                 \
	X(I39, released_only_empty) X(I40, ordered_one_by_one)                \
	X(I40, ordered_in_order) X(I41, bh_one_by_one)                        \
	X(I42, completed_within_started) X(I43, intensive_ends_with_its_item) \
	X(I44, flushed_pwqs_are_counted) X(I44, flushed_pwqs_have_the_colour) \
	X(I45, colours_are_equal_at_rest)                                     \
	X(I46, flush_waits_for_what_was_before) X(I47, flush_work_waits)      \
	X(I48, cancel_sync_leaves_nothing) X(I49, drained_is_empty)           \
	X(I50, destroyed_runs_nothing) X(I51, mayday_once_and_with_a_rescuer) \
	X(I51, a_rescuer_is_loyal) X(I53, stalls_are_justified)               \
	X(I53, stalls_are_reported) X(I54, the_order_of_a_life)               \
	X(I55, hogs_are_counted) X(I55, hog_reports_thin_out)                 \
	X(time, time_goes_on) X(census, census_agrees)

#define AS_TEST(id, name)               \
	static void name##_test(void)   \
	{                               \
		try_check(#id, name);   \
	}
CHECKS(AS_TEST)

/* Whoever adds an invariant adds a forged trace that breaks it. */
static void every_invariant_has_a_forged_trace(void)
{
#define AS_ID(id, name) #id,
	static const char *const tested[] = { CHECKS(AS_ID) };
	const char *id;

	for (unsigned int i = 0; (id = invariant_id(i)); i++) {
		bool found = false;

		for (size_t t = 0; t < sizeof(tested) / sizeof(tested[0]); t++)
			found |= !strcmp(tested[t], id);
		if (!found)
			test_note("no forged trace breaks %s", id);
		CU_ASSERT_TRUE(found);
	}
	CU_ASSERT_PTR_NULL(invariant_sentence("I999"));
}

#define AS_CASE(id, name) { #id "_" #name, name##_test },
const struct test_case suite_unit_invariant[] = {
	CHECKS(AS_CASE)
	T(every_invariant_has_a_forged_trace),
	{ NULL, NULL }
};
