/*
 * tests/unit_waits.c - who waits for whom: the chains, on the screen and in words.
 *
 * Licence: MIT.
 */
#include "tests/support/lua_harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "visualizer/layout.h"
#include "words/machine_text.h"
#include "words/waits.h"

#define CHAINS 32

struct view {
	struct lua_harness t;
	struct model_replay replay;
	struct layout_story story;
	struct layout *l;
};

static void open_view(struct view *v, const char *body)
{
	memset(v, 0, sizeof(*v));
	lua_harness_body(&v->t, body, NULL);
	CHECK_STR(v->t.fault, "");
	REQUIRE_INT(model_replay_init(&v->replay, &v->t.store), 0);
	REQUIRE_INT(layout_story_init(&v->story, &v->t.store), 0);
	layout_story_grow(&v->story, UINT64_MAX);
	v->l = layout_new();
}

static void close_view(struct view *v)
{
	layout_free(v->l);
	layout_story_fini(&v->story);
	model_replay_fini(&v->replay);
	lua_harness_done(&v->t);
}

/* All chains at the time of the model, a line each. */
static void put_chains(struct view *v, struct strbuf *out)
{
	static struct waits_chain chain[CHAINS];
	unsigned int more, nr = words_waits(&v->t.store, &v->replay.at, 0, chain, CHAINS, &more);

	for (unsigned int i = 0; i < nr; i++) {
		words_waits_put(&chain[i], " > ", " > ", out);
		strbuf_putc(out, '\n');
	}
}

/* For a failure: every line that the chains have had. */
static void note_chains(struct view *v)
{
	char last[8192] = "";

	for (uint64_t n = 1; n <= v->t.store.nr; n++) {
		STRBUF(text, 8192);

		REQUIRE_INT(model_replay_seek(&v->replay, n), 0);
		put_chains(v, &text);
		if (strcmp(text.buf, last))
			test_note("event %llu:\n%s", (unsigned long long)n, text.buf);
		snprintf(last, sizeof(last), "%s", text.buf);
	}
}

/* The first event at which the chains have the line @wanted; 0 = there is none. */
static uint64_t find_chain(struct view *v, const char *wanted)
{
	for (uint64_t n = 1; n <= v->t.store.nr; n++) {
		STRBUF(text, 8192);
		STRBUF(line, 512);

		REQUIRE_INT(model_replay_seek(&v->replay, n), 0);
		put_chains(v, &text);
		strbuf_printf(&line, "%s\n", wanted);
		for (const char *at = text.buf; (at = strstr(at, line.buf)) != NULL; at++)
			if (at == text.buf || at[-1] == '\n')
				return n;
	}
	return 0;
}

static void put_screen(struct view *v, int w, int h, struct strbuf *out)
{
	struct layout_in in = { .store = &v->t.store, .story = &v->story, .m = &v->replay.at, .now = v->replay.at.time,
				.w = w, .h = h };

	REQUIRE_INT(layout_draw(v->l, &in), 0);
	for (int i = 0; i < w * h; i++) {
		uint32_t ch = v->l->cells.v[i].ch;
		char byte[5];

		if (ch)
			strbuf_putn(out, byte, utf8_encode(ch, byte));
		if (i % w == w - 1)
			strbuf_putc(out, '\n');
	}
}

/* A line of the screen that has all names of @chain, in their order. */
static bool has_row(const char *screen, const char *chain)
{
	char copy[512], *link, *rest;
	const char *at = strstr(screen, "waits  ");
	bool found = true;

	snprintf(copy, sizeof(copy), "%s", chain);
	at = at ? at : strstr(screen, "stuck  ");
	for (rest = copy; at && (link = strsep(&rest, ">"));) {
		link += *link == ' ';
		link[strcspn(link, "(")] = '\0';
		while (*link && link[strlen(link) - 1] == ' ')
			link[strlen(link) - 1] = '\0';
		link = !strncmp(link, "kworker/", 8) ? link + 8 : link;
		at = strstr(at, link);
		found &= at != NULL;
	}
	return found && at;
}

static void check_chain(const char *body, const char *chain, const char *in_words)
{
	struct view v;
	uint64_t n;
	STRBUF(words, 32768);
	STRBUF(screen, 65536);

	open_view(&v, body);
	n = find_chain(&v, chain);
	if (!CHECK_GT(n, 0)) {
		test_note("not found: %s", chain);
		note_chains(&v);
	} else {
		words_machine(&v.t.store, &v.replay.at, &words);
		CHECK_HAS(words.buf, in_words);
		put_screen(&v, 80, 24, &screen);
		if (!CHECK_TRUE(has_row(screen.buf, chain)))
			test_note("%s is not on the screen:\n%s", chain, screen.buf);
	}
	close_view(&v);
}

static void a_completion_names_the_item_that_completes_it(void)
{
	check_chain("local written = completion('written', { by = 'log' })\n"
		    "local log = work('log', function() complete(written) end)\n"
		    "local save = work('save', function() wait_for_completion(written) end)\n"
		    "irq(0, 'disk', function() queue_work(system_wq, save) end) run(5)",
		    "kworker/0:1 > completion written > log > its queueing",
		    "kworker/0:1 waits for completion written, which waits for log, which waits for its queueing.");
}

static void a_flush_and_a_cancel_wait_for_the_worker_that_runs_the_item(void)
{
	static const char *const calls[][3] = {
		{ "flush_work(w)", "rmmod > the flush of w > kworker/0:1", "rmmod waits for the flush of w, which waits for kworker/0:1." },
		{ "cancel_work_sync(w)", "rmmod > the cancel of w > kworker/0:1", "the cancel of w" },
		{ "flush_workqueue(q)", "rmmod > the flush of q (colour 0) > w > kworker/0:1", "the flush of q (colour 0), which waits for w" },
		{ "drain_workqueue(q)", "rmmod > the drain of q > w > kworker/0:1", "the drain of q" },
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		char body[512];

		snprintf(body, sizeof(body), "local q = alloc_workqueue('q', 0, 0) local w = work('w', function() sleep_ms(5) end)\n"
			 "irq(0, 'nic', function() queue_work(q, w) end) run(1) task(1, 'rmmod', function() %s end) run(20)", calls[i][0]);
		check_chain(body, calls[i][1], calls[i][2]);
	}
}

static void a_mutex_leads_to_its_holder(void)
{
	check_chain("local m = mutex('m') task(0, 'a', function() mutex_lock(m) sleep_ms(5) mutex_unlock(m) end)\n"
		    "run(1) task(1, 'b', function() mutex_lock(m) mutex_unlock(m) end) run(20)",
		    "b > mutex m > a", "b waits for mutex m, which waits for a.");
}

static void a_held_back_item_leads_to_the_active_one(void)
{
	check_chain("local q = alloc_workqueue('q', 0, 1) local w = work('w', function() sleep_ms(5) end)\n"
		    "local v = work('v', function() end) irq(0, 'nic', function() queue_work(q, w) queue_work(q, v) end)\n"
		    "run(1) task(1, 'rmmod', function() flush_work(v) end) run(20)",
		    "rmmod > the flush of v > max_active of q > w > kworker/0:1", "which waits for max_active of q, which waits for w");
}

static void an_item_that_flushes_itself_is_a_circle(void)
{
	check_chain("local w w = work('w', function() flush_work(w) end)\n"
		    "irq(0, 'nic', function() queue_work(system_wq, w) end) run(3)",
		    "kworker/0:1 > the flush of w > kworker/0:1 (a circle: none of them can go on)", "a circle");
}

/* A sleeper in a flush has no lock of its own: its row and its lane name the item. */
static void a_row_names_the_item_that_its_flush_waits_for(void)
{
	struct view v;
	uint64_t n;
	STRBUF(screen, 65536);

	open_view(&v, "local b = work('b', function() sleep_ms(9) end) local a = work('a', function() flush_work(b) end)\n"
		      "irq(0, 'nic', function() queue_work(system_wq, b) queue_work(system_wq, a) end) run(20)");
	n = find_chain(&v, "kworker/0:0 > the flush of b > kworker/0:1");
	CHECK_GT(n, 0);
	n = model_replay_next(&v.replay, n, TRACE_STORY);		/* it falls asleep */
	REQUIRE_INT(model_replay_seek(&v.replay, model_replay_next(&v.replay, n, TRACE_STORY)), 0);
	put_screen(&v, 80, 24, &screen);
	if (!CHECK_HAS(screen.buf, "a, waits for b"))
		test_note("%s", screen.buf);
	close_view(&v);
}

/* While all colors are in use the flushers that wait for one have none, and get theirs from another thread. */
static void a_color_that_another_thread_gives_is_the_waiters_own(void)
{
	struct view v;

	open_view(&v, "local q = alloc_workqueue('q', 0, 0) local w = {}\n"
		      "for i = 1, 20 do w[i] = work('w' .. i, function() sleep_ms(30 + i) end) end\n"
		      "for i = 1, 20 do task(0, 'a' .. i, function() queue_work(q, w[i]) flush_workqueue(q) end) run(0.1) end run(90)");
	REQUIRE_INT(model_replay_seek(&v.replay, v.t.store.nr), 0);
	for (uint32_t i = 1; i <= v.replay.at.nr_tasks; i++)
		CHECK_INT(v.replay.at.tasks[i].nr_waits, 0);
	if (!CHECK_GT(find_chain(&v, "a17 > the flush of q > w1, w2, w3, w4 and more"), 0))
		note_chains(&v);
	close_view(&v);
}

/* ---- memory and the rescuer ---------------------------------------------------------------------- */

static void memory_and_the_rescuer_end_the_chain_of_a_stuck_pool(void)
{
	struct view v;

	open_view(&v, "local safe = alloc_workqueue('safe', WQ_MEM_RECLAIM, 0)\n"
		      "local freed = completion('freed', { by = 'save' })\n"
		      "local save = work('save', function() complete(freed) end)\n"
		      "local w = {} for i = 1, 4 do w[i] = work('w' .. i, function() wait_for_completion(freed) end) end\n"
		      "run(1) no_new_workers(true) irq(0, 'disk', function() for i = 1, 4 do queue_work(system_wq, w[i]) end end)\n"
		      "run(3) irq(0, 'disk', function() queue_work(safe, save) end) run(200)");
	CHECK_GT(find_chain(&v, "kworker/0:1 > completion freed > save > a worker > kworker/0:0 makes one > a thread > memory"), 0);
	if (!CHECK_GT(find_chain(&v, "kworker/0:1 > completion freed > save > kworker/R-safe, the rescuer"), 0))
		note_chains(&v);
	close_view(&v);
}

const struct test_case suite_unit_waits[] = {
	T(a_completion_names_the_item_that_completes_it),
	T(a_flush_and_a_cancel_wait_for_the_worker_that_runs_the_item),
	T(a_mutex_leads_to_its_holder),
	T(a_held_back_item_leads_to_the_active_one),
	T(an_item_that_flushes_itself_is_a_circle),
	T(a_row_names_the_item_that_its_flush_waits_for),
	T(a_color_that_another_thread_gives_is_the_waiters_own),
	T(memory_and_the_rescuer_end_the_chain_of_a_stuck_pool),
	{ NULL, NULL },
};
