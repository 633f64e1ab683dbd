/*
 * tests/support/fake_trace_ops.h - helpers that emit consistent synthetic events.
 *
 * Each suite that includes this file has its own copy of the state.   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_FAKE_TRACE_OPS_H
#define KW_TESTS_SUPPORT_FAKE_TRACE_OPS_H

#include <stdio.h>

#include "model/model.h"
#include "tests/support/fake_trace.h"

#define MS 1000000u
#define SECOND ((uint64_t)1000 * MS)

/* Pool 1 is CPU 0's, pool 2 unbound; wq 1 (max 2) on pool 1, wq 2 (unbound, max 4) and
 * wq 3 (ordered) on pool 2; workers 1..3 (threads 11..13) and 4..6 (14..16). */
static struct {
	uint32_t active[4], flight[4], idle[3], running[3], node[4];
} counts;

static inline uint32_t pool_of_worker(uint32_t w)
{
	return w <= 3 ? 1 : 2;
}

static inline void by_worker(uint32_t w)
{
	at(fake.time + 1000, w <= 3 ? 0 : 1, (uint16_t)(10 + w));
}

static inline void by_someone(void)
{
	at(fake.time + 1000, 1, 5);
}

static inline void new_worker(uint32_t w, uint32_t nr)
{
	uint32_t pool = pool_of_worker(w), id = pool == 1 ? w - 1 : w - 4;
	char name[32];

	snprintf(name, sizeof(name), pool == 1 ? "kworker/0:%u" : "kworker/u8:%u", id);
	trace_def(CLS_WORKER, w, pool, id, name);
	TRACE(WORKER_ATTACH, .worker = w, .pool = pool, .flags = pool == 1 ? 8 : 8 | 128);
	TRACE(WORKER_CREATE, .worker = w, .pool = pool, .id = id, .kthread = 10 + w, .nr_workers = nr);
	TRACE(WORKER_IDLE, .worker = w, .pool = pool, .nr_idle = ++counts.idle[pool]);
}

static inline void prologue(void)
{
	fake_open();
	memset(&counts, 0, sizeof(counts));
	at(1000, 0, 1);
	TRACE(MACHINE, .cpus = 2, .nodes = 1, .hz = 1000);
	TRACE(WATCHDOG_SET, .thresh = 30 * SECOND, .next = 30 * SECOND);
	trace_def(CLS_POOL, 1, 0, 2, "cpu0");
	trace_def(CLS_POOL, 2, 0, 8, "u8");
	TRACE(POOL_NEW, .pool = 1, .cpu = 0);
	TRACE(POOL_NEW, .pool = 2, .cpu = -1, .node = 0, .flags = 4);
	TRACE(WQ_NEW, .wq = 1, .max_active = 2);
	TRACE(WQ_NEW, .wq = 2, .flags = 2, .max_active = 4, .min_active = 1);
	TRACE(WQ_NEW, .wq = 3, .flags = 2 | 1 << 17, .max_active = 1, .min_active = 1, .ordered = 1);
	TRACE(PWQ_NEW, .pwq = 1, .wq = 1, .pool = 1, .cpu = 0);
	TRACE(PWQ_NEW, .pwq = 2, .wq = 2, .pool = 2, .cpu = 0);
	TRACE(PWQ_NEW, .pwq = 3, .wq = 3, .pool = 2, .cpu = -1);
	for (uint32_t w = 1; w <= 6; w++)
		new_worker(w, w <= 3 ? w : w - 3);
}

static inline uint32_t pool_of_pwq(uint32_t pwq)
{
	return pwq == 1 ? 1 : 2;
}

static inline void node_change(uint32_t pwq, int by)
{
	if (pwq == 1)
		return;
	counts.node[pwq] += (uint32_t)by;
	TRACE(NODE_ACTIVE, .wq = pwq, .node = 0, .nr = counts.node[pwq], .max = pwq == 2 ? 4 : 1);
}

static inline void queue_to(uint32_t item, uint32_t pwq)
{
	by_someone();
	TRACE(PENDING_SET, .item = item);
	TRACE(QUEUE_WORK, .item = item, .func = item, .wq = pwq, .pwq = pwq, .pool = pool_of_pwq(pwq),
	      .req_cpu = -1, .cpu = pwq == 1 ? 0 : -1);
	counts.flight[pwq]++;
}

static inline void activate(uint32_t item, uint32_t pwq)
{
	node_change(pwq, 1);
	TRACE(ACTIVATE_WORK, .item = item, .func = item, .pwq = pwq, .pool = pool_of_pwq(pwq),
	      .nr_active = ++counts.active[pwq]);
}

static inline void queue_active(uint32_t item, uint32_t pwq)
{
	queue_to(item, pwq);
	activate(item, pwq);
}

static inline void hold_back(uint32_t item, uint32_t pwq)
{
	TRACE(INACTIVE, .item = item, .pwq = pwq, .nr_active = counts.active[pwq], .max_active = 2);
}

static inline void wake_up(uint32_t w)
{
	uint32_t pool = pool_of_worker(w);

	by_worker(w);
	TRACE(WORKER_BUSY, .worker = w, .pool = pool, .nr_idle = --counts.idle[pool],
	      .nr_running = counts.running[pool]);
}

static inline void to_work(uint32_t w)
{
	uint32_t pool = pool_of_worker(w);

	if (pool == 1)
		counts.running[1]++;
	TRACE(WORKER_FLAGS, .worker = w, .pool = pool, .flags = pool == 1 ? 0 : 128,
	      .nr_running = counts.running[pool]);
}

static inline void assign(uint32_t item, uint32_t w)
{
	TRACE(ASSIGN_WORK, .item = item, .worker = w, .pool = pool_of_worker(w));
}

static inline void start(uint32_t item, uint32_t w, uint32_t pwq)
{
	TRACE(WORK_START, .item = item, .worker = w, .pool = pool_of_worker(w), .pwq = pwq);
	TRACE(PENDING_CLEAR, .item = item, .pool = pool_of_worker(w));
	TRACE(EXECUTE_START, .item = item, .func = item, .worker = w, .wq = pwq);
}

static inline void begin_item(uint32_t item, uint32_t w, uint32_t pwq)
{
	wake_up(w);
	to_work(w);
	assign(item, w);
	start(item, w, pwq);
}

static inline void retire(uint32_t item, uint32_t pwq, bool counted)
{
	counts.active[pwq] -= counted;
	counts.flight[pwq]--;
	TRACE(RETIRE, .item = item, .pwq = pwq, .nr_active = counts.active[pwq], .nr_in_flight = counts.flight[pwq]);
	if (counted)
		node_change(pwq, -1);
}

static inline void end_item(uint32_t item, uint32_t w, uint32_t pwq)
{
	by_worker(w);
	TRACE(EXECUTE_END, .item = item, .func = item, .worker = w, .wq = pwq);
	TRACE(WORK_DONE, .item = item, .worker = w, .pool = pool_of_worker(w));
	retire(item, pwq, true);
}

static inline void keep_going(uint32_t w, bool yes)
{
	struct trace_why why = BECAUSE(KEEP_WORKING, yes, 1, (int32_t)counts.running[pool_of_worker(w)]);

	TRACE_WHY(KEEP_WORKING, why, .worker = w, .pool = pool_of_worker(w), .yes = yes);
}

static inline void go_idle(uint32_t w)
{
	uint32_t pool = pool_of_worker(w);

	by_worker(w);
	if (pool == 1)
		counts.running[1]--;
	TRACE(WORKER_FLAGS, .worker = w, .pool = pool, .flags = pool == 1 ? 8 : 8 | 128,
	      .nr_running = counts.running[pool]);
	TRACE(WORKER_IDLE, .worker = w, .pool = pool, .nr_idle = ++counts.idle[pool],
	      .nr_running = counts.running[pool]);
}

static inline void whole_run(uint32_t item, uint32_t w, uint32_t pwq)
{
	begin_item(item, w, pwq);
	end_item(item, w, pwq);
	go_idle(w);
}

static inline void census_pwq(uint32_t pwq, uint32_t nr_active, uint32_t refcnt, uint32_t flight)
{
	uint32_t colors[MODEL_COLORS] = { flight };

	TRACE(CENSUS_PWQ, .pwq = pwq, .nr_active = nr_active, .refcnt = refcnt, .slots = 1, .flush_color = -1,
	      .in_flight = { colors, MODEL_COLORS });
}

static inline void quiet(void)
{
	by_someone();
	TRACE(CENSUS_QUIET, .objects = 1);
}

/* Pool 1's three workers are not only idle: their threads sleep. */
static inline void fall_asleep(void)
{
	for (uint16_t w = 1; w <= 3; w++) {
		at(fake.time + 1000, 0, (uint16_t)(10 + w));
		TRACE(SCHED_SWITCH, .prev = 10 + w, .prev_state = TSK_IDLE, .next = 1);
	}
}

#endif
