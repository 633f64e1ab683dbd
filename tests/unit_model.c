/*
 * tests/unit_model.c - events become state, at any event of the log.
 * Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "model/model.h"
#include "tests/support/fake_trace.h"
#include "tests/test.h"

static struct model m;

/* Applies what was written since the last call. */
static void fold(void)
{
	struct trace_event ev;

	fake_read();
	while (trace_store_event(&fake.s, m.n + 1, &ev))
		REQUIRE_INT(model_apply(&m, &ev), 0);
}

static void begin(void)
{
	fake_open();
	REQUIRE_INT(model_init(&m), 0);
	at(0, 0, 0);
	TRACE(MACHINE, .cpus = 2, .nodes = 1, .hz = 1000, .seed = 1);
	TRACE(POOL_NEW, .pool = 1, .cpu = 0, .node = 0, .nice = 0, .cpus = 1);
	TRACE(WQ_NEW, .wq = 1, .max_active = 2);
	TRACE(PWQ_NEW, .pwq = 1, .wq = 1, .pool = 1, .cpu = 0);
}

static void end(void)
{
	model_fini(&m);
	fake_close();
}

/* worker @w with thread @task, idle in pool 1 */
static void idle_worker(uint32_t w, uint32_t task, uint32_t nr)
{
	TRACE(WORKER_ATTACH, .worker = w, .pool = 1, .flags = 8);
	TRACE(WORKER_CREATE, .worker = w, .pool = 1, .id = w - 1, .kthread = task, .nr_workers = nr);
	TRACE(WORKER_IDLE, .worker = w, .pool = 1, .nr_idle = nr);
}

static void queue_active(uint32_t item, uint32_t nr_active)
{
	TRACE(PENDING_SET, .item = item);
	TRACE(QUEUE_WORK, .item = item, .func = 1, .wq = 1, .pwq = 1, .pool = 1, .req_cpu = 0);
	TRACE(ACTIVATE_WORK, .item = item, .func = 1, .pwq = 1, .pool = 1, .nr_active = nr_active);
}

static void take(uint32_t item, uint32_t worker)
{
	TRACE(ASSIGN_WORK, .item = item, .worker = worker, .pool = 1);
	TRACE(WORK_START, .item = item, .worker = worker, .pool = 1, .pwq = 1);
	TRACE(PENDING_CLEAR, .item = item, .pool = 1);
	TRACE(EXECUTE_START, .item = item, .func = 1, .worker = worker, .wq = 1);
}

static void finish(uint32_t item, uint32_t worker, uint32_t nr_active, uint32_t in_flight)
{
	TRACE(EXECUTE_END, .item = item, .func = 1, .worker = worker, .wq = 1);
	TRACE(WORK_DONE, .item = item, .worker = worker, .pool = 1);
	TRACE(RETIRE, .item = item, .pwq = 1, .nr_active = nr_active, .nr_in_flight = in_flight);
}

static void an_item_goes_from_the_worklist_into_a_worker_and_out(void)
{
	begin();
	idle_worker(1, 11, 1);
	at(100, 0, 5);
	queue_active(7, 1);
	fold();
	CHECK_INT(m.items[7].place, AT_WORKLIST);
	CHECK_INT(m.pools[1].worklist.first, 7);
	CHECK_TRUE(m.items[7].pending);
	CHECK_INT(m.pwqs[1].nr_in_flight[0], 1);
	CHECK_INT(m.items[7].queued_at, 100);
	TRACE(KICK, .pool = 1, .worker = 1);
	fold();
	CHECK_TRUE(m.workers[1].woken);
	CHECK_INT(m.workers[1].place, WK_IDLE);	/* R4.11: it leaves by itself */
	at(200, 0, 11);
	TRACE(WORKER_BUSY, .worker = 1, .pool = 1, .nr_idle = 0);
	TRACE(WORKER_FLAGS, .worker = 1, .pool = 1, .flags = 0, .nr_running = 1);
	take(7, 1);
	fold();
	CHECK_INT(m.items[7].place, AT_NOWHERE);
	CHECK_INT(m.items[7].runner, 1);
	CHECK_FALSE(m.items[7].pending);
	CHECK_TRUE(m.items[7].in_function);
	CHECK_INT(m.workers[1].place, WK_BUSY);
	CHECK_INT(m.workers[1].item, 7);
	CHECK_INT(m.pools[1].nr_running, 1);
	CHECK_INT(m.pools[1].idle.count, 0);
	TRACE(WORKER_SLEEP, .worker = 1, .pool = 1, .item = 7, .nr_running = 0);
	fold();
	CHECK_TRUE(m.workers[1].sleeping);
	CHECK_INT(m.pools[1].nr_running, 0);
	TRACE(WORKER_WAKE, .worker = 1, .pool = 1, .item = 7, .nr_running = 1);
	finish(7, 1, 0, 0);
	TRACE(WORKER_IDLE, .worker = 1, .pool = 1, .nr_idle = 1);
	fold();
	CHECK_INT(m.items[7].runs, 1);
	CHECK_INT(m.items[7].runner, 0);
	CHECK_INT(m.pwqs[1].completed, 1);
	CHECK_INT(m.pwqs[1].nr_active, 0);
	CHECK_INT(m.pools[1].idle.first, 1);
	CHECK_STR(m.fault, "");
	end();
}

/* RULE(R3.7). The idle list is LIFO. */
static void the_idle_list_is_last_in_first_out(void)
{
	begin();
	idle_worker(1, 11, 1);
	idle_worker(2, 12, 2);
	idle_worker(3, 13, 3);
	fold();
	CHECK_INT(m.pools[1].idle.first, 3);
	CHECK_INT(m.pools[1].idle.last, 1);
	TRACE(WORKER_BUSY, .worker = 2, .pool = 1, .nr_idle = 2);
	fold();
	CHECK_INT(m.workers[3].next, 1);
	CHECK_INT(m.workers[1].prev, 3);
	TRACE(CULL, .worker = 1, .pool = 1, .nr_workers = 2, .nr_idle = 1);
	fold();
	CHECK_INT(m.pools[1].idle.last, 3);
	CHECK_INT(m.workers[1].place, WK_DEAD);
	end();
}

/* RULE(R6.2, R6.3). Barriers go right behind their target, newest first, and move with it. */
static void a_chain_of_barriers_moves_as_one(void)
{
	begin();
	queue_active(1, 1);
	queue_active(2, 2);
	TRACE(BARRIER, .barrier = 8, .target = 1, .pwq = 1, .pool = 1, .waiter = 5);
	TRACE(BARRIER, .barrier = 9, .target = 1, .pwq = 1, .pool = 1, .waiter = 6);
	fold();
	CHECK_INT(m.items[1].next, 9);
	CHECK_INT(m.items[9].next, 8);
	CHECK_INT(m.items[8].next, 2);
	CHECK_TRUE(m.items[1].linked);
	CHECK_TRUE(m.items[9].linked);
	CHECK_FALSE(m.items[8].linked);
	CHECK_INT(m.pwqs[1].nr_in_flight[0], 4);
	TRACE(ASSIGN_WORK, .item = 1, .worker = 1, .pool = 1);
	fold();
	CHECK_INT(m.workers[1].scheduled.count, 3);
	CHECK_INT(m.workers[1].scheduled.last, 8);
	CHECK_INT(m.pools[1].worklist.first, 2);
	TRACE(WORK_START, .item = 1, .worker = 1, .pool = 1, .pwq = 1);
	/* flushing the running item: at the head of its worker's scheduled list */
	TRACE(BARRIER, .barrier = 10, .target = 1, .worker = 1, .pwq = 1, .pool = 1, .waiter = 7);
	fold();
	CHECK_INT(m.workers[1].scheduled.first, 10);
	CHECK_FALSE(m.items[10].linked);
	CHECK_STR(m.fault, "");
	end();
}

/* RULE(R2.6). Stealing an inactive item leaves its barriers on the worklist. */
static void stealing_an_inactive_item_sets_its_barriers_free(void)
{
	begin();
	TRACE(PENDING_SET, .item = 3);
	TRACE(QUEUE_WORK, .item = 3, .func = 1, .wq = 1, .pwq = 1, .pool = 1);
	TRACE(INACTIVE, .item = 3, .pwq = 1, .nr_active = 2, .max_active = 2);
	TRACE(BARRIER, .barrier = 8, .target = 3, .pwq = 1, .pool = 1, .waiter = 5);
	fold();
	CHECK_INT(m.pwqs[1].inactive.count, 2);
	CHECK_INT(m.items[8].place, AT_INACTIVE);
	TRACE(STEAL, .item = 3, .pwq = 1, .pool = 1, .was_inactive = 1);
	TRACE(RETIRE, .item = 3, .pwq = 1, .nr_active = 2, .nr_in_flight = 1);
	fold();
	CHECK_INT(m.items[3].place, AT_NOWHERE);
	CHECK_TRUE(m.items[3].pending);
	CHECK_INT(m.pools[1].worklist.first, 8);
	CHECK_INT(m.pwqs[1].inactive.count, 0);
	CHECK_STR(m.fault, "");
	end();
}

/* RULE(R2.9). */
static void a_collision_goes_to_the_runners_scheduled_list(void)
{
	begin();
	queue_active(1, 1);
	take(1, 1);
	queue_active(1, 2);
	TRACE(COLLIDE, .item = 1, .worker = 2, .runner = 1, .pool = 1);
	fold();
	CHECK_INT(m.items[1].place, AT_SCHEDULED);
	CHECK_INT(m.items[1].where, 1);
	CHECK_INT(m.items[1].runner, 1);
	CHECK_STR(m.fault, "");
	end();
}

static void an_impossible_event_is_noted_and_survived(void)
{
	begin();
	TRACE(ASSIGN_WORK, .item = 5, .worker = 1, .pool = 1);
	TRACE(WORK_DONE, .item = 6, .worker = 2, .pool = 1);
	fold();
	CHECK_INT(m.fault_n, 5);
	CHECK_STR(m.fault, "item 5 was assigned but is not on pool 1's worklist");
	TRACE(WORKER_BUSY, .worker = 0xffffffff, .pool = 1);
	fold();
	CHECK_INT(m.n, 7);
	end();
}

static void a_burn_goes_on_only_on_a_cpu(void)
{
	begin();
	TRACE(TASK_NEW, .task = 3, .cpu = 0, .comm = "swapper/0");
	TRACE(TASK_NEW, .task = 11, .cpu = 0, .comm = "a");
	at(1000, 0, 3);
	TRACE(SCHED_SWITCH, .prev = 3, .prev_state = TSK_RUNNING, .next = 11);
	at(1000, 0, 11);
	TRACE(BURN, .length = 500);
	fold();
	CHECK_INT(m.cpus[0].idle_task, 3);
	CHECK_INT(m.cpus[0].task, 11);
	CHECK_INT(model_burn_done(&m, &m.tasks[11], 1200), 200);
	at(1300, 0, 11);
	TRACE(SCHED_SWITCH, .prev = 11, .prev_state = TSK_PREEMPTED, .next = 3);
	fold();
	CHECK_INT(m.tasks[11].state, MT_RUNNABLE);
	CHECK_INT(model_burn_done(&m, &m.tasks[11], 5000), 300);
	at(6000, 0, 3);
	TRACE(SCHED_SWITCH, .prev = 3, .prev_state = TSK_RUNNING, .next = 11);
	fold();
	CHECK_INT(model_burn_done(&m, &m.tasks[11], 6100), 400);
	CHECK_INT(model_burn_done(&m, &m.tasks[11], 9999), 500);
	at(6200, 0, 11);
	TRACE(BURN_END, .length = 500);
	TRACE(SLEEP, .until = 9000);
	TRACE(SCHED_SWITCH, .prev = 11, .prev_state = TSK_SLEEPING, .next = 3);
	fold();
	CHECK_INT(m.tasks[11].state, MT_BLOCKED);
	CHECK_INT(m.tasks[11].sleep_until, 9000);
	CHECK_INT(m.tasks[11].since, 6200);
	end();
}

/* One interrupt from 1200 to 1500, a softirq up to 1600, in a burn of 2000 that begins at 1000. */
static void interrupt_a_burn(void)
{
	at(1200, 0, 11);
	TRACE(IRQ_ENTRY, .line = 1);
	fold();
	CHECK_INT(model_burn_done(&m, &m.tasks[11], 1400), 200);
	at(1500, 0, 11);
	TRACE(IRQ_EXIT, .line = 1);
	TRACE(SOFTIRQ_ENTRY, .vec = 3);
	at(1600, 0, 11);
	TRACE(SOFTIRQ_EXIT, .vec = 3);
	fold();
}

static void a_burn_stands_still_in_an_interrupt(void)
{
	int own;

	for (own = 0; own < 2; own++) {
		begin();
		TRACE(TASK_NEW, .task = 3, .cpu = 0, .comm = "swapper/0");
		TRACE(TASK_NEW, .task = 11, .cpu = 0, .comm = "a");
		at(1000, 0, 11);
		TRACE(SCHED_SWITCH, .prev = 3, .prev_state = TSK_RUNNING, .next = 11);
		if (own)
			TRACE(COMPUTE, .length = 2000);
		else
			TRACE(BURN, .length = 2000);
		interrupt_a_burn();
		/* a busy loop reads its CPU clock again; a computation takes longer by that time */
		CHECK_INT(model_burn_done(&m, &m.tasks[11], 1700), own ? 300 : 700);
		at(1800, 0, 11);
		TRACE(SCHED_SWITCH, .prev = 11, .prev_state = TSK_PREEMPTED, .next = 3);
		fold();
		CHECK_INT(model_burn_done(&m, &m.tasks[11], 9000), own ? 400 : 800);
		end();
	}
}

static void a_workqueues_events_change_its_row(void)
{
	begin();
	TRACE(PWQ_COLOR, .pwq = 1, .work_color = 1, .flush_color = 0);
	TRACE(FLUSH_COLOR, .wq = 1, .work_color = 1, .flush_color = 0, .nr_pwqs = 1);
	TRACE(FLUSH_WQ, .wq = 1, .color = 0);
	TRACE(WQ_MAX_ACTIVE, .wq = 1, .max_active = 5, .min_active = 3);
	TRACE(NODE_ACTIVE, .wq = 1, .node = -1, .nr = 2, .max = 5);
	TRACE(DRAIN, .wq = 1);
	TRACE(MAYDAY, .pwq = 1, .wq = 1, .pool = 1);
	fold();
	CHECK_INT(m.pwqs[1].flush_color, 0);
	CHECK_INT(m.wqs[1].flushers, 1);
	CHECK_INT(m.wqs[1].max_active, 5);
	CHECK_INT(m.wqs[1].node_nr[MODEL_NODES_MAX], 2);
	CHECK_TRUE(m.wqs[1].draining);
	CHECK_TRUE(m.pwqs[1].on_mayday);
	TRACE(RESCUER_BEGIN, .worker = 4, .wq = 1, .pwq = 1, .pool = 1);
	TRACE(DRAIN_END, .wq = 1);
	TRACE(FLUSH_WQ_END, .wq = 1, .color = 0);
	TRACE(WQ_FREE, .wq = 1);
	fold();
	CHECK_FALSE(m.pwqs[1].on_mayday);
	CHECK_FALSE(m.wqs[1].draining);
	CHECK_TRUE(m.wqs[1].freed);
	end();
}

/* ---- the census ------------------------------------------------------------------------ */

static void a_census_that_agrees_leaves_no_fault(void)
{
	uint32_t worklist[1] = { 2 }, idle[2] = { 2, 1 }, flight[16] = { 1 };

	begin();
	idle_worker(1, 11, 1);
	idle_worker(2, 12, 2);
	queue_active(2, 1);
	TRACE(CENSUS_POOL, .pool = 1, .nr_workers = 2, .nr_idle = 2, .worklist = { worklist, 1 },
	      .idle = { idle, 2 });
	TRACE(CENSUS_PWQ, .pwq = 1, .nr_active = 1, .refcnt = 2, .flush_color = -1, .in_flight = { flight, 16 });
	TRACE(CENSUS_WORKER, .worker = 2, .pool = 1, .flags = 12);
	TRACE(CENSUS_WQ, .wq = 1, .max_active = 2);
	TRACE(CENSUS_ITEM, .item = 2, .state = ITEM_PENDING | ITEM_QUEUED | 2 << 8);
	fold();
	CHECK_STR(m.fault, "");
	end();
}

static void expect_fault(const char *text)
{
	fold();
	CHECK_STR(m.fault, text);
	m.fault_n = 0;
	m.fault[0] = '\0';
}

static void every_field_of_a_census_is_compared(void)
{
	uint32_t worklist[2] = { 2, 3 }, other[1] = { 9 }, idle[2] = { 1, 2 }, busy[2] = { 1, 5 };
	uint32_t flight[16] = { 1, 1 };

	begin();
	idle_worker(1, 11, 1);
	idle_worker(2, 12, 2);
	queue_active(2, 1);
#define POOL_AS_IT_IS .pool = 1, .nr_workers = 2, .nr_idle = 2
	TRACE(CENSUS_POOL, POOL_AS_IT_IS, .flags = 4);
	expect_fault("census: pool 1, flags: 0 by the events, 4 in the engine");
	TRACE(CENSUS_POOL, POOL_AS_IT_IS, .nr_running = 1);
	expect_fault("census: pool 1, nr_running: 0 by the events, 1 in the engine");
	TRACE(CENSUS_POOL, .pool = 1, .nr_workers = 3, .nr_idle = 2);
	expect_fault("census: pool 1, nr_workers: 2 by the events, 3 in the engine");
	TRACE(CENSUS_POOL, .pool = 1, .nr_workers = 2, .nr_idle = 1);
	expect_fault("census: pool 1, nr_idle: 2 by the events, 1 in the engine");
	TRACE(CENSUS_POOL, POOL_AS_IT_IS, .manager = 2);
	expect_fault("census: pool 1, manager: 0 by the events, 2 in the engine");
	TRACE(CENSUS_POOL, POOL_AS_IT_IS);
	expect_fault("census: pool 1, worklist: item 2 is on it by the events, not in the engine");
	TRACE(CENSUS_POOL, POOL_AS_IT_IS, .worklist = { worklist, 2 });
	expect_fault("census: pool 1, worklist, place 1: item 0 by the events, item 3 in the engine");
	TRACE(CENSUS_POOL, POOL_AS_IT_IS, .worklist = { worklist, 1 }, .idle = { idle, 2 });
	expect_fault("census: pool 1, idle list, place 0: worker 2 by the events, worker 1 in the engine");
	TRACE(CENSUS_POOL, POOL_AS_IT_IS, .worklist = { worklist, 1 }, .idle = { idle + 1, 1 });
	expect_fault("census: pool 1: worker 1 is idle by the events, not in the engine");
	idle[0] = 2, idle[1] = 1;
	TRACE(CENSUS_POOL, POOL_AS_IT_IS, .worklist = { worklist, 1 }, .idle = { idle, 2 }, .busy = { busy, 2 });
	expect_fault("census: pool 1, worker 1: not busy by the events, busy in the engine");
	TRACE(CENSUS_PWQ, .pwq = 1, .nr_active = 2, .flush_color = -1);
	expect_fault("census: pwq 1, nr_active: 1 by the events, 2 in the engine");
	TRACE(CENSUS_PWQ, .pwq = 1, .nr_active = 1, .flush_color = -1, .in_flight = { flight, 16 });
	expect_fault("census: pwq 1, nr_in_flight of a colour: 0 by the events, 1 in the engine");
	TRACE(CENSUS_PWQ, .pwq = 1, .nr_active = 1, .flush_color = 0);
	expect_fault("census: pwq 1, flush_color: -1 by the events, 0 in the engine");
	TRACE(CENSUS_PWQ, .pwq = 1, .nr_active = 1, .flush_color = -1, .inactive = { other, 1 });
	expect_fault("census: pwq 1, inactive items, place 0: item 0 by the events, item 9 in the engine");
	TRACE(CENSUS_WORKER, .worker = 2, .pool = 1, .flags = 4);
	expect_fault("census: worker 2, flags: 12 by the events, 4 in the engine");
	TRACE(CENSUS_WORKER, .worker = 2, .pool = 1, .flags = 12, .item = 3);
	expect_fault("census: worker 2, item: 0 by the events, 3 in the engine");
	TRACE(CENSUS_WORKER, .worker = 2, .pool = 1, .flags = 12, .scheduled = { other, 1 });
	expect_fault("census: worker 2, scheduled, place 0: item 0 by the events, item 9 in the engine");
	TRACE(CENSUS_WQ, .wq = 1, .max_active = 3);
	expect_fault("census: workqueue 1, max_active: 2 by the events, 3 in the engine");
	TRACE(CENSUS_ITEM, .item = 2, .state = ITEM_PENDING | 2 << 8);
	expect_fault("census: item 2, state: 3 by the events, 1 in the engine");
	end();
}

/*
 * RULE(R4.7). The running hook counts before it emits its event, without the lock; in lockstep
 * both happen in one step.
 */
static void in_free_mode_a_waking_worker_may_be_counted_before_its_event(void)
{
	uint32_t busy[2] = { 1, 7 };

	begin();
	TRACE(MACHINE, .cpus = 2, .nodes = 1, .hz = 1000, .mode = 1);
	idle_worker(1, 11, 1);
	queue_active(7, 1);
	TRACE(WORKER_BUSY, .worker = 1, .pool = 1);
	TRACE(WORKER_FLAGS, .worker = 1, .pool = 1, .flags = 0, .nr_running = 1);
	take(7, 1);
	TRACE(WORKER_SLEEP, .worker = 1, .pool = 1, .item = 7, .nr_running = 0);
	TRACE(CENSUS_POOL, .pool = 1, .nr_workers = 1, .nr_running = 1, .busy = { busy, 2 });
	fold();
	CHECK_STR(m.fault, "");
	TRACE(CENSUS_POOL, .pool = 1, .nr_workers = 1, .nr_running = 2, .busy = { busy, 2 });
	expect_fault("census: pool 1, nr_running: 0 by the events, 2 in the engine");
	TRACE(MACHINE, .cpus = 2, .nodes = 1, .hz = 1000);
	TRACE(CENSUS_POOL, .pool = 1, .nr_workers = 1, .nr_running = 1, .busy = { busy, 2 });
	expect_fault("census: pool 1, nr_running: 0 by the events, 1 in the engine");
	TRACE(CENSUS_WORKER, .worker = 1, .pool = 1, .flags = 0, .item = 7);
	expect_fault("census: worker 1, sleeping: 1 by the events, 0 in the engine");
	end();
}

/* ---- replays ------------------------------------------------------------------------------- */

static bool lists_equal(const struct model *a, const struct model *b)
{
	return a->n == b->n && a->nr_items == b->nr_items && a->stories == b->stories &&
	       !memcmp(a->items, b->items, (a->nr_items + 1) * sizeof(*a->items)) &&
	       !memcmp(a->pools, b->pools, (a->nr_pools + 1) * sizeof(*a->pools)) &&
	       !memcmp(a->pwqs, b->pwqs, (a->nr_pwqs + 1) * sizeof(*a->pwqs)) &&
	       !memcmp(a->workers, b->workers, (a->nr_workers + 1) * sizeof(*a->workers));
}

static void seeking_anywhere_gives_the_state_that_playing_gives(void)
{
	enum { ROUNDS = 3000 };
	struct model_replay replay;
	struct trace_event ev;

	fake_open_sized(16 << 20, 0);
	REQUIRE_INT(model_init(&m), 0);
	TRACE(POOL_NEW, .pool = 1, .cpu = 0);
	TRACE(PWQ_NEW, .pwq = 1, .wq = 1, .pool = 1, .cpu = 0);
	for (uint32_t i = 0; i < ROUNDS; i++) {
		at(1000 * i, 0, 11);
		queue_active(1 + i % 50, 1);
		take(1 + i % 50, 1);
		finish(1 + i % 50, 1, 0, 0);
	}
	fake_read();
	CHECK_INT(model_replay_init(&replay, &fake.s), 0);
	CHECK_INT(replay.head.n, fake.s.nr);
	CHECK_GT(replay.nr_snaps, 5);
	for (uint64_t i = 0; i < 40; i++) {
		uint64_t n = rng_below(rng_hash4(7, 0, 0, i), fake.s.nr + 1);

		CHECK_INT(model_replay_seek(&replay, n), 0);
		CHECK_INT(replay.at.n, n);
		model_reset(&m);
		while (m.n < n && trace_store_event(&fake.s, m.n + 1, &ev))
			model_apply(&m, &ev);
		CHECK_TRUE(lists_equal(&m, &replay.at));
	}
	/* back to the beginning, beyond the end */
	CHECK_INT(model_replay_seek(&replay, 0), 0);
	CHECK_INT(replay.at.n, 0);
	CHECK_INT(replay.at.nr_items, 0);
	CHECK_INT(model_replay_seek(&replay, UINT64_MAX), 0);
	CHECK_TRUE(lists_equal(&replay.at, &replay.head));
	/* a replay grows with its store */
	queue_active(60, 1);
	fake_read();
	CHECK_INT(model_replay_grow(&replay), 0);
	CHECK_INT(replay.head.items[60].place, AT_WORKLIST);
	model_replay_fini(&replay);
	end();
}

static void steps_go_by_level(void)
{
	struct model_replay replay;

	fake_open();
	TRACE(TICK, .count = 1);
	TRACE(PENDING_SET, .item = 1);
	TRACE(TICK, .count = 2);
	TRACE(BURN, .length = 2);
	TRACE(PENDING_CLEAR, .item = 1);
	fake_read();
	CHECK_INT(model_replay_init(&replay, &fake.s), 0);
	CHECK_INT(model_replay_next(&replay, 0, TRACE_STORY), 2);
	CHECK_INT(model_replay_next(&replay, 2, TRACE_STORY), 5);
	CHECK_INT(model_replay_next(&replay, 2, TRACE_DETAIL), 4);
	CHECK_INT(model_replay_next(&replay, 2, TRACE_MACHINE), 3);
	CHECK_INT(model_replay_next(&replay, 5, TRACE_MACHINE), 0);
	CHECK_INT(model_replay_prev(&replay, 5, TRACE_STORY), 2);
	CHECK_INT(model_replay_prev(&replay, 2, TRACE_STORY), 0);
	CHECK_INT(model_replay_prev(&replay, 100, TRACE_STORY), 5);
	model_replay_fini(&replay);
	fake_close();
}

/* A kick that wakes no worker is a step only if items wait: then it decided that they continue to wait. */
static void a_kick_with_nothing_waiting_is_no_step(void)
{
	struct model_replay replay;

	fake_open();
	TRACE_WHY(KICK, BECAUSE(NEED_MORE_WORKER, 0, 0, 0, 2), .pool = 1);
	TRACE_WHY(KICK, BECAUSE(NEED_MORE_WORKER, 0, 1, 1, 2), .pool = 1);
	TRACE(KICK, .pool = 1);
	TRACE(KICK, .pool = 1, .worker = 3);
	fake_read();
	CHECK_INT(model_replay_init(&replay, &fake.s), 0);
	CHECK_INT(model_replay_grow(&replay), 0);
	CHECK_INT(model_replay_next(&replay, 0, TRACE_STORY), 2);
	CHECK_INT(model_replay_next(&replay, 2, TRACE_STORY), 4);
	CHECK_INT(model_replay_next(&replay, 2, TRACE_DETAIL), 3);
	CHECK_INT(replay.head.stories, 2);
	model_replay_fini(&replay);
	fake_close();
}

const struct test_case suite_unit_model[] = {
	T(an_item_goes_from_the_worklist_into_a_worker_and_out),
	T(the_idle_list_is_last_in_first_out),
	T(a_chain_of_barriers_moves_as_one),
	T(stealing_an_inactive_item_sets_its_barriers_free),
	T(a_collision_goes_to_the_runners_scheduled_list),
	T(an_impossible_event_is_noted_and_survived),
	T(a_burn_goes_on_only_on_a_cpu),
	T(a_burn_stands_still_in_an_interrupt),
	T(a_workqueues_events_change_its_row),
	T(a_census_that_agrees_leaves_no_fault),
	T(every_field_of_a_census_is_compared),
	T(in_free_mode_a_waking_worker_may_be_counted_before_its_event),
	T(seeking_anywhere_gives_the_state_that_playing_gives),
	T(steps_go_by_level),
	T(a_kick_with_nothing_waiting_is_no_step),
	{ NULL, NULL }
};
