/*
 * tests/support/fake_trace.h - traces made by a test, which sets time, CPU and thread of each event.
 *
 *   fake_open();
 *   at(10, 0, 11);                   time in ns, CPU, thread, for the events that follow
 *   TRACE(EXECUTE_START, .item = 1);
 *   fake_read();                    fake.s now holds them
 *   fake_close();
 *
 * Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_FAKE_TRACE_H
#define KW_TESTS_SUPPORT_FAKE_TRACE_H

#include "tests/test.h"
#include "trace/trace.h"

static struct {
	struct trace t;
	struct trace_store s;
	uint64_t time, cause;
	uint8_t cpu, ctx;
	uint16_t task;
} fake;

static inline void fake_stamp(void *arg, struct trace_event *head)
{
	(void)arg;
	head->time = fake.time;
	head->cpu = fake.cpu;
	head->ctx = fake.ctx;
	head->task = fake.task;
	head->cause = fake.cause;
}

static inline void fake_open_sized(size_t bytes, uint64_t events_max)
{
	memset(&fake, 0, sizeof(fake));
	REQUIRE_INT(trace_open(&fake.t, -1, bytes, events_max), 0);
	fake.t.hooks.stamp = fake_stamp;
	trace_current = &fake.t;
}

static inline void fake_open(void)
{
	fake_open_sized(1 << 20, 0);
}

/* Indexes what was written since. */
static inline void fake_read(void)
{
	if (!fake.s.shared)
		REQUIRE_INT(trace_store_borrow(&fake.s, &fake.t), 0);
	trace_store_poll(&fake.s);
	REQUIRE_FALSE(fake.s.bad);
}

static inline void fake_close(void)
{
	trace_store_close(&fake.s);
	trace_close(&fake.t);
}

static inline void at(uint64_t time, uint8_t cpu, uint16_t task)
{
	fake.time = time;
	fake.cpu = cpu;
	fake.task = task;
	fake.ctx = CTX_TASK;
}

#endif
