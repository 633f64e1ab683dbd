/*
 * tests/forge.h - forged traces: a test says who, when and where, and writes events itself.
 *
 *   forge_open();
 *   at(10, 0, 11);                   time in ns, CPU, thread, for the events that follow
 *   TRACE(EXECUTE_START, .item = 1);
 *   forge_read();                    forge.s now holds them
 *   forge_close();
 *
 * Licence: MIT.
 */
#ifndef KW_TESTS_FORGE_H
#define KW_TESTS_FORGE_H

#include "tests/test.h"
#include "trace/trace.h"

static struct {
	struct trace t;
	struct trace_store s;
	uint64_t time, cause;
	uint8_t cpu, ctx;
	uint16_t task;
} forge;

static inline void forge_stamp(void *arg, struct trace_event *head)
{
	(void)arg;
	head->time = forge.time;
	head->cpu = forge.cpu;
	head->ctx = forge.ctx;
	head->task = forge.task;
	head->cause = forge.cause;
}

static inline void forge_open_sized(size_t bytes, uint64_t events_max)
{
	memset(&forge, 0, sizeof(forge));
	CU_ASSERT_EQUAL_FATAL(trace_open(&forge.t, -1, bytes, events_max), 0);
	forge.t.hooks.stamp = forge_stamp;
	trace_current = &forge.t;
}

static inline void forge_open(void)
{
	forge_open_sized(1 << 20, 0);
}

/* Indexes what was written since. */
static inline void forge_read(void)
{
	if (!forge.s.shared)
		CU_ASSERT_EQUAL_FATAL(trace_store_borrow(&forge.s, &forge.t), 0);
	trace_store_poll(&forge.s);
	CU_ASSERT_FALSE_FATAL(forge.s.bad);
}

static inline void forge_close(void)
{
	trace_store_close(&forge.s);
	trace_close(&forge.t);
}

static inline void at(uint64_t time, uint8_t cpu, uint16_t task)
{
	forge.time = time;
	forge.cpu = cpu;
	forge.task = task;
	forge.ctx = CTX_TASK;
}

#endif
