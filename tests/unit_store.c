/*
 * tests/unit_store.c - a reader of the log stays consistent, even if the writer damages the log.
 * Licence: MIT.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/rng.h"
#include "tests/test.h"
#include "trace/trace.h"

#define LOG_BYTES (1 << 16)

static int shared_log(struct trace *t)
{
	int fd = memfd_create("log", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	REQUIRE_GE(fd, 0);
	REQUIRE_INT(ftruncate(fd, LOG_BYTES), 0);
	if (t)
		REQUIRE_INT(trace_open(t, fd, 0, 0), 0);
	trace_current = t;
	return fd;
}

static void a_reader_follows_a_living_writer(void)
{
	struct trace_store s;
	struct trace_event ev;
	struct trace t;
	int fd = shared_log(&t);

	CHECK_INT(trace_store_attach(&s, fd), 0);
	CHECK_INT(trace_store_poll(&s), 0);
	TRACE(TICK, .count = 1);
	TRACE(TICK, .count = 2);
	CHECK_INT(trace_store_poll(&s), 2);
	CHECK_INT(trace_store_poll(&s), 0);
	trace_def(CLS_WQ, 3, 0, 0, "events");
	CHECK_NULL(trace_store_name(&s, CLS_WQ, 3));
	CHECK_INT(trace_store_poll(&s), 1);
	CHECK_STR(trace_store_name(&s, CLS_WQ, 3), "events");
	trace_close(&t);	/* the writer has ended; its events remain */
	CHECK_TRUE(trace_store_event(&s, 2, &ev));
	CHECK_INT(ev.kind, EV_TICK);
	CHECK_INT(atomic_load(&((struct trace_shared *)(uintptr_t)s.shared)->state), LOG_ENDED);
	trace_store_close(&s);
	close(fd);
}

static void a_log_that_has_not_begun_is_waited_for(void)
{
	struct trace_store s;
	struct trace t;
	int fd = shared_log(NULL);

	CHECK_INT(trace_store_attach(&s, fd), 0);
	CHECK_INT(trace_store_poll(&s), 0);
	CHECK_FALSE(s.bad);
	CHECK_INT(trace_open(&t, fd, 0, 0), 0);
	trace_current = &t;
	TRACE(TICK, .count = 1);
	CHECK_INT(trace_store_poll(&s), 1);
	trace_close(&t);
	trace_store_close(&s);
	close(fd);
}

static void a_scribbled_log_ends_at_its_first_bad_event(void)
{
	struct trace_store s;
	struct trace t;
	int fd = shared_log(&t);

	for (int i = 0; i < 10; i++)
		TRACE(TICK, .count = 1);
	memset(t.base + 7 * 32, 0xa5, 64);
	CHECK_INT(trace_store_attach(&s, fd), 0);
	CHECK_INT(trace_store_poll(&s), 7);
	CHECK_TRUE(s.bad);
	CHECK_INT(trace_store_poll(&s), 0);
	CHECK_INT(s.nr, 7);
	trace_store_close(&s);
	trace_close(&t);
	close(fd);
}

static void a_log_scribbled_over_after_reading_stays_as_it_was_read(void)
{
	struct trace_store s;
	struct trace_event ev;
	struct trace_value v;
	struct trace t;
	int fd = shared_log(&t);

	TRACE(PRINTK, .level = 1, .text = "before");
	CHECK_INT(trace_store_attach(&s, fd), 0);
	CHECK_INT(trace_store_poll(&s), 1);
	memset(t.base, 0xff, 4096);
	CHECK_TRUE(trace_store_event(&s, 1, &ev));
	CHECK_TRUE(trace_event_get(&ev, "text", &v));
	CHECK_STR(v.text, "before");
	trace_store_close(&s);
	trace_close(&t);
	close(fd);
}

static void a_scribbled_head_is_no_more_than_a_bad_log(void)
{
	struct { size_t at; uint64_t value; } damage[] = {
		{ offsetof(struct trace_shared, magic), 0x1234 },
		{ offsetof(struct trace_shared, table_hash), 1 },
		{ offsetof(struct trace_shared, bytes), UINT64_MAX },
		{ offsetof(struct trace_shared, bytes), LOG_BYTES },
	};

	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		struct trace_store s;
		struct trace t;
		int fd = shared_log(&t);

		TRACE(TICK, .count = 1);
		memcpy((char *)t.shared + damage[i].at, &damage[i].value, 8);
		CHECK_INT(trace_store_attach(&s, fd), 0);
		CHECK_INT(trace_store_poll(&s), 0);
		CHECK_TRUE(s.bad);
		trace_store_close(&s);
		trace_close(&t);
		close(fd);
	}
}

/* A lesson may overwrite any byte of the log at any time. */
static void random_scribbles_never_harm_the_reader(void)
{
	unsigned int ended_early = 0;

	for (uint64_t seed = 0; seed < 200; seed++) {
		struct trace_store s;
		struct trace t;
		int fd = shared_log(&t);

		for (int i = 0; i < 50; i++) {
			TRACE(PRINTK, .level = 1, .text = "a line of the kernel log");
			trace_def(CLS_ITEM, (uint32_t)i, 0, 0, "item");
		}
		for (uint64_t j = 0; j < 1 + seed % 5; j++)
			t.base[rng_below(rng_hash4(seed, 1, j, 0), t.used)] = (uint8_t)rng_hash4(seed, 2, j, 0);
		CHECK_INT(trace_store_attach(&s, fd), 0);
		trace_store_poll(&s);
		CHECK_INT(s.bad, s.nr < 100);
		ended_early += s.bad;
		for (uint32_t id = 0; id < 64; id++) {
			const char *name = trace_store_name(&s, CLS_ITEM, id);

			CHECK_TRUE(!name || strlen(name) <= TRACE_TEXT_BYTES_MAX);
		}
		trace_store_close(&s);
		trace_close(&t);
		close(fd);
	}
	CHECK_GT(ended_early, 50);
}

static void names_of_threads_come_from_their_birth(void)
{
	struct trace_store s;
	struct trace t;
	int fd = shared_log(&t);

	TRACE(TASK_NEW, .task = 5, .comm = "kworker/0:1");
	trace_def(CLS_WORKER, 2, 5, 1, "kworker/0:1");
	trace_def(CLS_WORKER, 2, 0, 0, "another");
	CHECK_INT(trace_store_borrow(&s, &t), 0);
	CHECK_STR(trace_store_name(&s, CLS_TASK, 5), "kworker/0:1");
	CHECK_STR(trace_store_name(&s, CLS_WORKER, 2), "kworker/0:1");
	CHECK_INT(trace_store_def(&s, CLS_WORKER, 2)->owner, 5);
	CHECK_NULL(trace_store_name(&s, CLS_WORKER, 3));
	CHECK_NULL(trace_store_name(&s, CLS_NR, 2));
	trace_store_close(&s);
	trace_close(&t);
	close(fd);
}

static void stamp_tens(void *arg, struct trace_event *head)
{
	(void)arg;
	head->time = ((trace_current->events + 1) / 2) * 10;	/* 0 10 10 20 20 30 ... */
}

static void seeking_by_time_finds_the_first_event_there(void)
{
	struct trace_store s;
	struct trace t;

	trace_open(&t, -1, LOG_BYTES, 0);
	t.hooks.stamp = stamp_tens;
	trace_current = &t;
	for (int i = 0; i < 100; i++)
		TRACE(TICK, .count = 1);
	trace_store_borrow(&s, &t);
	CHECK_INT(trace_store_seek(&s, 0), 1);
	CHECK_INT(trace_store_seek(&s, 1), 2);
	CHECK_INT(trace_store_seek(&s, 10), 2);
	CHECK_INT(trace_store_seek(&s, 11), 4);
	CHECK_INT(trace_store_seek(&s, 100000), 101);
	trace_store_close(&s);
	trace_close(&t);
}

/* Events of one log and what they name; more than trace_reset() keeps if @flood. */
static void fill(struct trace *t, uint32_t task, bool flood)
{
	trace_current = t;
	TRACE(TASK_NEW, .task = task, .comm = "somebody");
	trace_def(CLS_WQ, trace_new_id(t, CLS_WQ), 0, 0, "events");
	for (uint32_t i = 0; i < (flood ? 200000 : 50); i++)
		TRACE(TICK, .count = i);
	trace_current = NULL;
}

/* Campaigns use one log and one index for thousands of runs: nothing of a run is in the next. */
static void a_log_and_its_index_used_again_are_as_good_as_new(void)
{
	struct trace_store s = { 0 };
	struct trace fresh, used;
	size_t far = (size_t)5 << 20;
	static const uint8_t nothing[64];

	REQUIRE_INT(trace_open(&fresh, -1, 0, 0), 0);
	REQUIRE_INT(trace_open(&used, -1, 0, 0), 0);
	fill(&fresh, 2, false);
	fill(&used, 9, true);
	REQUIRE_GT(used.used, far + 64);
	REQUIRE_TRUE(memcmp(used.base + far, nothing, 64));
	CHECK_INT(trace_store_again(&s, &used), 0);
	CHECK_INT(s.nr, 200002);
	CHECK_STR(trace_store_name(&s, CLS_TASK, 9), "somebody");
	trace_reset(&used);
	CHECK_INT(trace_store_again(&s, &used), 0);
	CHECK_INT(s.nr, 0);
	CHECK_MEM(used.base + far, nothing, 64);	/* the memory of the flood is freed */
	fill(&used, 2, false);
	CHECK_INT(used.used, fresh.used);
	CHECK_MEM(used.base, fresh.base, fresh.used);
	CHECK_INT(trace_store_again(&s, &used), 0);
	CHECK_INT(s.nr, 52);
	CHECK_NULL(trace_store_name(&s, CLS_TASK, 9));
	CHECK_STR(trace_store_name(&s, CLS_TASK, 2), "somebody");
	trace_store_close(&s);
	trace_close(&fresh);
	trace_close(&used);
}

const struct test_case suite_unit_store[] = {
	T(a_reader_follows_a_living_writer),
	T(a_log_that_has_not_begun_is_waited_for),
	T(a_scribbled_log_ends_at_its_first_bad_event),
	T(a_log_scribbled_over_after_reading_stays_as_it_was_read),
	T(a_scribbled_head_is_no_more_than_a_bad_log),
	T(random_scribbles_never_harm_the_reader),
	T(names_of_threads_come_from_their_birth),
	T(seeking_by_time_finds_the_first_event_there),
	T(a_log_and_its_index_used_again_are_as_good_as_new),
	{ NULL, NULL }
};
