/*
 * tests/unit_export.c - events for other programs: a line of text, a line of JSON.
 * Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "tests/support/fake_trace.h"
#include "tests/test.h"
#include "trace/export.h"

static void fake_few(void)
{
	fake_open();
	trace_def(CLS_ITEM, 3, 0, 0, "reset");
	trace_def(CLS_WQ, 1, 0, 0, "events");
	TRACE(TASK_NEW, .task = 7, .comm = "kworker/0:1");
	at(4000300, 0, 7);
	fake.cause = 2;
	TRACE(EXECUTE_START, .item = 3, .func = 9, .worker = 1, .wq = 1);
	fake.cause = 0;
	TRACE_WHY(KICK, BECAUSE(NEED_MORE_WORKER, 0, 1, 1, 2), .pool = 2, .worker = 0);
	TRACE(PRINTK, .level = 4, .text = "a \"line\"\nand another");
	TRACE(POOL_NEW, .pool = 2, .cpu = -1, .flags = 4, .cpus = 0xd);
	TRACE(IDLE_TIMER, .pool = 2, .armed = true, .expires = 300000000001);
	fake_read();
}

static const char *text_of(uint64_t n)
{
	static STRBUF(line, 1024);
	struct trace_event ev;

	strbuf_init(&line, line_bytes, sizeof(line_bytes));
	REQUIRE_TRUE(trace_store_event(&fake.s, n, &ev));
	trace_format(&fake.s, &ev, &line);
	return line.buf;
}

static void an_event_is_a_line_of_text(void)
{
	fake_few();
	CHECK_STR(text_of(4),
		  "      4     4.000300  0 task     kworker/0:1      " "workqueue_execute_start: item=reset func=func#9 worker=worker#1 wq=events <- #2");
	CHECK_STR(text_of(5),
		  "      5     4.000300  0 task     kworker/0:1      " "kick_pool: pool=pool#2 worker=- !need_more_worker: worklist has 1, nr_running 1");
	CHECK_STR(text_of(6),
		  "      6     4.000300  0 task     kworker/0:1      " "printk: level=4 text=\"a \\\"line\\\"\\nand another\"");
	CHECK_HAS(text_of(7), "cpu=-1 node=0 nice=0 flags=0x4 cpus=0,2-3");
	CHECK_HAS(text_of(8), "armed=yes expires=300000.000001ms");
	fake_close();
}

static void a_thread_has_the_name_that_it_had_at_the_event(void)
{
	fake_open();
	TRACE(TASK_NEW, .task = 7, .comm = "kworker/0:1");
	at(4000300, 0, 7);
	TRACE(SCHED_WAKEUP, .task = 7, .target_cpu = 0);
	TRACE(TASK_RENAME, .task = 7, .comm = "kworker/dying");
	TRACE(SCHED_WAKEUP, .task = 7, .target_cpu = 0);
	fake_read();
	CHECK_HAS(text_of(2), "kworker/0:1      sched_wakeup: task=kworker/0:1 ");
	CHECK_HAS(text_of(3), "kworker/0:1      task_rename: ");
	CHECK_HAS(text_of(4), "kworker/dying    sched_wakeup: task=kworker/dying ");
	CHECK_STR(trace_store_name(&fake.s, CLS_TASK, 7), "kworker/0:1");
	fake_close();
}

/* "!" is before a function that returned false, which is not always the decision "no". */
static void a_why_has_the_result_of_the_function(void)
{
	static const struct {
		struct trace_why why;
		const char *text;
	} rows[] = {
		{ { WHY_PENDING, { 1, 0, 0, 0 } }, "!test_and_set_bit(PENDING): PENDING was clear" },
		{ { WHY_PENDING, { 0, 0, 0, 0 } }, "test_and_set_bit(PENDING): PENDING was already set" },
		{ { WHY_COLLISION, { 0, 0, 0, 0 } }, "!find_worker_executing_work: no worker runs it" },
		{ { WHY_HOG, { 0, 5, 9, 0 } }, "wq_worker_tick: 5 us of 9 us" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		STRBUF(text, 128);

		trace_format_why(&rows[i].why, &text);
		CHECK_STR(text.buf, rows[i].text);
	}
}

static char *exported(const char *format, int want)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	CHECK_INT(trace_export(&fake.s, format, f), want);
	fclose(f);
	return text;
}

static void an_export_has_one_line_an_event(void)
{
	char *text;
	uint64_t lines = 0;

	fake_few();
	for (int json = 0; json < 2; json++) {
		text = exported(json ? "ndjson" : "text", 0);
		lines = 0;
		for (char *p = text; *p; p++)
			lines += *p == '\n';
		CHECK_INT(lines, fake.s.nr);
		free(text);
	}
	free(exported("morse", -EINVAL));
	fake_close();
}

static void an_event_is_a_json_object(void)
{
	char *text;

	fake_few();
	text = exported("ndjson", 0);
	CHECK_HAS(text,
		  "\n{\"n\":4,\"time_ns\":4000300,\"event\":\"workqueue_execute_start\",\"cpu\":0," "\"context\":\"task\",\"task\":7,\"comm\":\"kworker/0:1\",\"cause\":2,\"args\":{\"item\":3," "\"item_name\":\"reset\",\"func\":9,\"worker\":1,\"wq\":1,\"wq_name\":\"events\"}}\n");
	CHECK_HAS(text,
		  "\"why\":{\"predicate\":\"need_more_worker\",\"yes\":false," "\"worklist\":1,\"nr_running\":1,\"nr_idle\":2}}");
	CHECK_HAS(text, "\"text\":\"a \\\"line\\\"\\nand another\"");
	CHECK_HAS(text, "\"armed\":true");
	free(text);
	fake_close();
}

/* The parser refuses a key that appears twice, so two fields of an event cannot share a name. */
static void every_line_of_ndjson_is_parsed_strictly(void)
{
	char *text, *line, *rest;
	unsigned int lines = 0;

	fake_few();
	text = exported("ndjson", 0);
	for (line = text; *line; line = rest) {
		struct json *json = NULL;
		struct json_error e;

		rest = strchr(line, '\n') + 1;
		REQUIRE_INT(json_parse(&json, line, (size_t)(rest - line), NULL, &e), 0);
		CHECK_NOT_NULL(json_get_text(json_member(json_root(json), "event")));
		json_free(json);
		lines++;
	}
	CHECK_INT(lines, fake.s.nr);
	free(text);
	fake_close();
}

static void a_full_disk_is_reported(void)
{
	FILE *full = fopen("/dev/full", "w");

	fake_few();
	CHECK_INT(trace_export(&fake.s, "text", full), -EIO);
	fclose(full);
	fake_close();
}

const struct test_case suite_unit_export[] = {
	T(an_event_is_a_line_of_text),
	T(a_thread_has_the_name_that_it_had_at_the_event),
	T(a_why_has_the_result_of_the_function),
	T(an_export_has_one_line_an_event),
	T(an_event_is_a_json_object),
	T(every_line_of_ndjson_is_parsed_strictly),
	T(a_full_disk_is_reported),
	{ NULL, NULL }
};
