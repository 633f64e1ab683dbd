/*
 * tests/unit_query.c - patterns match the events they describe, and "led to" follows causes and threads.
 * Licence: MIT.
 */
#include <errno.h>

#include "model/query.h"
#include "tests/support/fake_trace.h"
#include "tests/test.h"

/* items 1 and 2 run on CPUs 0 and 1, item 1 twice */
static void fake_runs(void)
{
	fake_open();
	trace_def(CLS_ITEM, 1, 5, 0, "reset");		/* 1 */
	trace_def(CLS_ITEM, 2, 6, 0, "reset");		/* 2 */
	TRACE(PWQ_NEW, .pwq = 4, .wq = 9, .pool = 3);	/* 3 */
	at(10, 0, 11);
	TRACE(EXECUTE_START, .item = 1, .func = 1, .worker = 1, .wq = 9);	/* 4 */
	at(20, 1, 12);
	TRACE(EXECUTE_START, .item = 2, .func = 1, .worker = 2, .wq = 8);	/* 5 */
	TRACE(PRINTK, .level = 4, .text = "link is up");			/* 6 */
	at(30, 0, 11);
	TRACE(EXECUTE_END, .item = 1, .func = 1, .worker = 1, .wq = 9);		/* 7 */
	TRACE(EXECUTE_START, .item = 1, .func = 1, .worker = 1, .wq = 9);	/* 8 */
	TRACE(RETIRE, .item = 1, .pwq = 4, .nr_active = 3);			/* 9 */
	fake_read();
}

static void a_pattern_matches_by_kind_thing_field_place_and_time(void)
{
	struct query_pattern starts = query_event(), p;
	const struct trace_store *s = &fake.s;
	uint32_t one = 1, nine = 9, two_items[2] = { 2, 7 };
	uint32_t thread = 12;

	fake_runs();
	query_kind(&starts, EV_EXECUTE_START);
	CHECK_INT(query_count(s, &starts, 1, s->nr), 3);
	p = starts, query_thing(&p, CLS_ITEM, &one, 1);
	CHECK_INT(query_first(s, &p, 1, s->nr), 4);
	CHECK_INT(query_last(s, &p, 1, s->nr), 8);
	CHECK_INT(query_first(s, &p, 5, 7), 0);
	CHECK_INT(query_nth(s, &p, 2, 1, s->nr), 8);
	CHECK_INT(query_nth(s, &p, 3, 1, s->nr), 0);
	p = starts, query_thing(&p, CLS_ITEM, two_items, 2);
	CHECK_INT(query_count(s, &p, 1, s->nr), 1);
	p = starts, query_thing(&p, CLS_ITEM, NULL, 0);
	CHECK_INT(query_count(s, &p, 1, s->nr), 0);
	p = starts, p.cpu = 1;
	CHECK_INT(query_first(s, &p, 1, s->nr), 5);
	p = query_event(), p.tasks = &thread, p.nr_tasks = 1;
	CHECK_INT(query_count(s, &p, 1, s->nr), 2);
	p = starts, p.after_ns = 10;
	CHECK_INT(query_first(s, &p, 1, s->nr), 5);
	p = starts, p.before_ns = 20;
	CHECK_INT(query_last(s, &p, 1, s->nr), 4);
	p = starts, p.after_n = 4, p.before_n = 8;
	CHECK_INT(query_count(s, &p, 1, s->nr), 1);
	/* a workqueue is also seen through a pwq, a pool too */
	p = query_event(), query_thing(&p, CLS_WQ, &nine, 1), query_kind(&p, EV_RETIRE);
	CHECK_INT(query_first(s, &p, 1, s->nr), 9);
	p = query_event(), query_field_num(&p, "nr_active", QUERY_GE, 3);
	CHECK_INT(query_count(s, &p, 1, s->nr), 1);
	p = query_event(), query_field_num(&p, "nr_active", QUERY_GT, 3);
	CHECK_INT(query_count(s, &p, 1, s->nr), 0);
	p = query_event(), query_field_text(&p, "text", QUERY_HAS, "link");
	CHECK_INT(query_first(s, &p, 1, s->nr), 6);
	p = starts, query_field_text(&p, "item", QUERY_TEXT, "reset");
	CHECK_INT(query_count(s, &p, 1, s->nr), 3);
	p = starts, query_field_text(&p, "item", QUERY_TEXT, "rese");
	CHECK_INT(query_count(s, &p, 1, s->nr), 0);
	fake_close();
}

static bool odd_numbers(void *arg, const struct trace_event *ev)
{
	(void)arg;
	return ev->n % 2;
}

static void patterns_combine(void)
{
	struct query_pattern starts = query_event(), ends = query_event(), item2 = query_event();
	struct query_pattern either, nth, after, before, both;
	const struct trace_store *s = &fake.s;
	uint64_t all[2];
	uint32_t two = 2;

	fake_runs();
	query_kind(&starts, EV_EXECUTE_START);
	query_kind(&ends, EV_EXECUTE_END);
	query_thing(&item2, CLS_ITEM, &two, 1);
	either = (struct query_pattern){ .op = QUERY_EITHER, .a = &starts, .b = &ends };
	CHECK_INT(query_count(s, &either, 1, s->nr), 4);
	nth = (struct query_pattern){ .op = QUERY_NTH, .a = &either, .nth = 3 };
	CHECK_INT(query_count(s, &nth, 1, s->nr), 1);
	CHECK_INT(query_first(s, &nth, 1, s->nr), 7);
	CHECK_INT(query_first(s, &nth, 5, s->nr), 8);	/* counts from where it starts */
	after = (struct query_pattern){ .op = QUERY_AFTER, .a = &starts, .b = &ends };
	CHECK_INT(query_all(s, &after, 1, s->nr, all, 2), 1);
	CHECK_INT(all[0], 8);
	before = (struct query_pattern){ .op = QUERY_BEFORE, .a = &starts, .b = &ends };
	CHECK_INT(query_all(s, &before, 1, s->nr, all, 2), 2);
	CHECK_INT(all[1], 5);
	both = (struct query_pattern){ .op = QUERY_BOTH, .a = &either, .b = &item2 };
	CHECK_INT(query_first(s, &both, 1, s->nr), 5);
	/* the second start of those after the first start, inside another node */
	nth = (struct query_pattern){ .op = QUERY_NTH, .a = &starts, .nth = 2 };
	after = (struct query_pattern){ .op = QUERY_AFTER, .a = &starts, .b = &nth };
	CHECK_INT(query_first(s, &after, 1, s->nr), 8);
	starts.with = odd_numbers;
	CHECK_INT(query_count(s, &starts, 1, s->nr), 1);
	fake_close();
}

static void a_tree_with_too_many_nodes_is_refused(void)
{
	struct query_pattern leaf = query_event(), nodes[QUERY_NODES_MAX];
	struct query_scan q;

	nodes[0] = leaf;
	for (int i = 1; i < QUERY_NODES_MAX; i++)
		nodes[i] = (struct query_pattern){ .op = QUERY_NTH, .nth = 1, .a = &nodes[i - 1] };
	CHECK_INT(query_scan_init(&q, &nodes[QUERY_NODES_MAX - 1], NULL), 0);
	nodes[0] = (struct query_pattern){ .op = QUERY_EITHER, .a = &leaf, .b = &leaf };
	CHECK_INT(query_scan_init(&q, &nodes[QUERY_NODES_MAX - 1], NULL), -E2BIG);
}

static void an_event_leads_to_another_by_cause_and_thread(void)
{
	fake_open();
	at(1, 0, 1);
	TRACE(TICK, .count = 1);			/* 1: task 1 */
	TRACE(TICK, .count = 2);			/* 2: task 1 */
	at(2, 1, 2);
	TRACE(TICK, .count = 3);			/* 3: task 2, no cause */
	TRACE_CAUSED(2, TICK, .count = 4);		/* 4: task 2 woken by 2 */
	TRACE(TICK, .count = 5);			/* 5: task 2 */
	at(3, 2, 3);
	TRACE_CAUSED(5, TICK, .count = 6);		/* 6: task 3 */
	at(4, 0, 1);
	TRACE(TICK, .count = 7);			/* 7: task 1 */
	fake.ctx = CTX_HARDIRQ;
	TRACE(TICK, .count = 8);			/* 8: an interrupt on CPU 0 */
	fake_read();
	CHECK_TRUE(query_happens_before(&fake.s, 1, 6));	/* 1 -> 2 (thread) -> 4 -> 5 -> 6 */
	CHECK_TRUE(query_happens_before(&fake.s, 3, 6));
	CHECK_FALSE(query_happens_before(&fake.s, 6, 7));	/* only later in time */
	CHECK_FALSE(query_happens_before(&fake.s, 7, 8));
	CHECK_FALSE(query_happens_before(&fake.s, 6, 1));
	CHECK_FALSE(query_happens_before(&fake.s, 2, 2));
	CHECK_FALSE(query_happens_before(&fake.s, 1, 3));
	CHECK_TRUE(query_caused(&fake.s, 2, 4));
	CHECK_FALSE(query_caused(&fake.s, 2, 6));	/* 5's own cause is not 4 */
	CHECK_TRUE(query_caused(&fake.s, 5, 6));
	fake_close();
}

static void names_give_ids_owner_by_owner(void)
{
	uint32_t ids[4];

	fake_runs();
	CHECK_INT(query_named(&fake.s, CLS_ITEM, "reset", 0, ids, 4), 2);
	CHECK_INT(ids[1], 2);
	CHECK_INT(query_named(&fake.s, CLS_ITEM, "reset", 6, ids, 4), 1);
	CHECK_INT(ids[0], 2);
	CHECK_INT(query_named(&fake.s, CLS_ITEM, "rest", 0, ids, 4), 0);
	CHECK_INT(query_named(&fake.s, CLS_ITEM, "reset", 0, NULL, 0), 2);
	fake_close();
}

const struct test_case suite_unit_query[] = {
	T(a_pattern_matches_by_kind_thing_field_place_and_time),
	T(patterns_combine),
	T(a_tree_with_too_many_nodes_is_refused),
	T(an_event_leads_to_another_by_cause_and_thread),
	T(names_give_ids_owner_by_owner),
	{ NULL, NULL }
};
