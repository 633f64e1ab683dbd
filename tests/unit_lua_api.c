/*
 * tests/unit_lua_api.c - the authors' API: results, events, and every kind of mistake.
 *
 * Lives here:   lessons of a few lines and their results.
 * Never here:   the sandbox (unit_lua_sandbox.c), whole lessons (sweep_canary.c).
 * Licence: MIT.
 */
#include "tests/support/lua_harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "lua/api_where.h"

static void a_call_from_the_wrong_place_names_the_remedy(void)
{
	static const struct lua_case cases[] = {
		{ "local w = work('w', function() end)\nqueue_work(system_wq, w)",
		  "07-try.lua:3: queue_work() needs a CPU; put it into irq(), task() or a work function" },
		{ "burn(1)", "burn() needs a CPU" },
		{ "flush_workqueue(system_wq)", "flush_workqueue() needs a CPU" },
		{ "task(0, 't', function() run(1) end) run(1)", "run() is the lesson's own: it cannot be called from task 't'" },
		{ "irq(0, 'nic', function() say 'x' end) run(1)", "say() is the lesson's own: it cannot be called from interrupt handler 'nic'" },
		{ "irq(0, 'nic', function() starts('w') end) run(1)", "cannot be called from interrupt handler 'nic'" },
		{ "at(1, function() run(1) end) run(5)", "run cannot be called in at(), after() or every()" },
		{ "when(event 'tick', function() say 'x' end) task(0, 't', function() burn(3) end) run(5)", "say cannot be called in when()" },
		{ "irq(0, 'i', function() end) run_until(event('irq_handler_entry'):with(function() irq(0, 'x', print) end))",
		  "irq() cannot be called in an answer, a test or p:with(): judges only look" },
		{ "lesson { title = 'x', function() end }", "lesson() cannot be called here" },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
}

static void wrong_arguments_are_reported_with_the_expected_ones(void)
{
	static const struct lua_case cases[] = {
		{ "work()", "work() takes at least 1 argument, not 0: w = work(name, fn)" },
		{ "now(1)", "now() takes 0 arguments, not 1" },
		{ "task(0, 't', function() queue_work(system_wq) end) run(1)", "queue_work() takes 2 arguments, not 1" },
		{ "task(0, 't', function() queue_work(1, 2) end) run(1)", "workqueue expected, got number" },
		{ "local w = work('w', function() end) task(0, 't', function() queue_work(w, system_wq) end) run(1)",
		  "workqueue expected, got work item 'w'" },
		{ "local w = work('w', function() end) task(0, 't', function() queue_delayed_work(system_wq, w, 5) end) run(1)",
		  "'w' has no timer: make it with delayed_work()" },
		{ "task(7, 't', function() end)", "there is no CPU 7; this machine has 2 (0..1)" },
		{ "task(0, '', function() end)", "a name has 1 to 63 bytes" },
		{ "task(0, 't', 5)", "function expected, got number" },
		{ "task(0, 't', function() burn(-1) end) run(1)", "milliseconds expected" },
		{ "task(0, 't', function() burn(0/0) end) run(1)", "milliseconds expected" },
		{ "task(0, 't', function() msleep(1.5) end) run(1)", "number has no integer representation" },
		{ "task(0, 't', function() end, { nice = 40 })", "nice is a whole number from -20 to 19" },
		{ "work('w', function() end) work('w', function() end)", "there is a work item 'w' already" },
		{ "irq_line(0, 'l') irq_line(1, 'l')", "there is an interrupt line 'l' already" },
		{ "run(-1)", "run: milliseconds expected" },
		{ "run(2) at(1, function() end)", "at(1): that was; it is 2" },
		{ "bug 'typo'", "no such kind of bug; there are: atomic-sleep" },
		{ "event 'typo'", "no such event" },
		{ "event('sched_switch', { typo = 1 })", "sched_switch has no such field" },
		{ "calls('typo')", "a kernel function, or its name" },
		{ "starts(5)", "a thing or its name expected, got number" },
		{ "local _ = starts('x'):typo()", "a pattern has no method 'typo'" },
		{ "starts('x'):nth(0)", "the first is 1" },
		{ "param('typo', 1)", "the workqueue code has no parameter 'typo'" },
		{ "local wq = alloc_workqueue 'q' destroy_workqueue(wq) destroy_workqueue(wq)", "workqueue 'q' was destroyed" },
		{ "destroy_workqueue(system_wq)", "the system's own workqueues stay" },
		{ "show 'typo'", "there is no view 'typo'" },
		{ "expect(false, 'two and two')", "07-try.lua:2: expected: two and two" },
		{ "local w = work('w', function() error('in the item') end)\nirq(0, 'i', function() queue_work(system_wq, w) end) run(1)",
		  "07-try.lua:2: in the item" },
		{ "task(0, 't', function()\nlocal x = nil + 1 end) run(1)", "07-try.lua:3: attempt to perform arithmetic" },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
}

static void texts_expand_names_and_refuse_unknown_ones(void)
{
	static const struct {
		const char *body, *said;
	} good[] = {
		{ "local w = work('reset', function() end) say { 'The *{reset}* item', look = w }", "The reset item" },
		{ "work('w', function() end) say 'a {{b}} `x = {}` {w}'", "a {b}} x = {} w" },
		{ "say { 'a\\nb', notes = 'for me' }", "a\nb" },
	};
	static const struct lua_case bad[] = {
		{ "say 'hello {nobody}'", "'{nobody}' is neither a parameter nor a declared name" },
		{ "work('x', function() end) task(0, 'x', function() end) say '{x}'", "'{x}' is meant twice: work item and thread have that name; rename one of them" },
		{ "say { 'x', look = 'nobody' }", "look: 'nobody' is not a declared name" },
		{ "say { 'x', lok = 1 }", "say: unknown field 'lok'; did you mean look?" },
		{ "ask { 'x', nubmer = 'n', correct = 1 }", "ask: unknown field 'nubmer'; did you mean number?" },
		{ "ask { 'x', zzz = 'n', correct = 1 }", "ask: unknown field 'zzz'" },
		{ "run_until(starts('w'), { limt = 1 })", "run_until: unknown option 'limt'; did you mean limit?" },
		{ "run_idle { or_stuk = true }", "run_idle: unknown option 'or_stuk'; did you mean or_stuck?" },
		{ "when(3, function() end)", "07-try.lua:2: when: a pattern expected (starts(x), returns(f), ...), got number" },
		{ "local w = work('w', function() end) irq(0, 'i', function() queue_work(system_wq, w) end) run(3) run_until(starts(w), 5)",
		  "nothing else can happen; it was seen once before, at 0.005 ms; the last event was" },
		{ "local w = work('w', function() end) for _ = 1, 3 do irq(0, 'i', function() queue_work(system_wq, w) end) run(1) end "
		  "task(0, 't', function() burn(20) end) run_until(starts(w), 5)",
		  "not seen within 5 ms; it was seen 3 times before, the last time at 2.005 ms; the last event was" },
		{ "say(5)", "say: a text expected" },
		{ "say { 'x', at = starts('w') }", "starts(\"w\") was not seen" },
		{ NULL, NULL }
	};
	struct lua_harness t;

	for (unsigned int i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		lua_harness_body(&t, good[i].body, NULL);
		CHECK_STR(lua_harness_shown(&t, EV_SAY, 1), good[i].said);
		CHECK_INT(t.status, 0);
		lua_harness_done(&t);
	}
	lua_harness_cases(bad);
}

static void parameters_come_from_the_variant_alone(void)
{
	static const char text[] =
		"return lesson { title = 'x', params = function(pick) local a, b = pick.distinct(2, 1, 9)\n"
		"return { a = a, b = b, c = pick(100, 200), d = pick { 'x', 'y' }, e = table.concat(pick.shuffle { 1, 2, 3, 4 }) } end,\n"
		"function(p) say '{a} {b} {c} {d} {e}' end }";
	static const char typo[] = "return lesson { title = 'x', params = function() return { a = 1 } end, function(p) return p.typo end }";
	static const char write[] = "return lesson { title = 'x', params = function() return { a = 1 } end, function(p) p.a = 2 end }";
	struct lua_harness t, u;
	int different = 0;

	for (uint64_t variant = 0; variant < 8; variant++) {
		lua_harness_file(&t, text, sizeof(text) - 1, NULL, 1, variant);
		lua_harness_file(&u, text, sizeof(text) - 1, NULL, 2 + variant, variant);
		CHECK_STR(lua_harness_shown(&t, EV_SAY, 1), lua_harness_shown(&u, EV_SAY, 1));
		lua_harness_done(&u);
		lua_harness_file(&u, text, sizeof(text) - 1, NULL, 1, variant + 100);
		different += strcmp(lua_harness_shown(&t, EV_SAY, 1), lua_harness_shown(&u, EV_SAY, 1)) != 0;
		lua_harness_done(&u);
		lua_harness_done(&t);
	}
	CHECK_GE(different, 7);
	lua_harness(&t, typo, NULL);
	CHECK_HAS(t.fault, "there is no parameter 'typo'");
	lua_harness_done(&t);
	lua_harness(&t, write, NULL);
	CHECK_HAS(t.fault, "parameters are read-only");
	lua_harness_done(&t);
}

static bool says(const struct lua_harness *t, const char *words)
{
	const char *text = lua_harness_verdict(t);
	bool yes = strstr(text, words) != NULL;

	if (!yes)
		test_note("verdict: %s\n    fault: %s\n    expected: %s", text, t->fault, words);
	return yes;
}

/* The event of the first verdict. */
static struct ev_JUDGED verdict_of(const struct lua_harness *t, uint64_t *at)
{
	struct ev_JUDGED v = { 0 };
	struct trace_event ev;

	*at = 0;
	for (uint64_t n = 1; n <= t->store.nr && !*at; n++)
		if (trace_store_event(&t->store, n, &ev) && trace_get_JUDGED(&ev, &v))
			*at = n;
	return v;
}

#define SCENE "local w = work('w', function() burn(2) end)\n" \
	      "irq(0, 'nic', function() queue_work(system_wq, w) queue_work(system_wq, w) end)\n"

static void a_verdict_comes_right_after_its_evidence(void)
{
	static const char body[] = SCENE
		"local q = predict { 'second?', id = 'second', choices = { { 'true', 'no: {given}, not {right} at {event.ms}', id = true }, { 'false', id = false } }, fixed = true,\n"
		"answer = function(t) local e = t:nth(2, returns(queue_work, w)) return e.ret, e end, why = 'one {w}', rule = 'R2.2' }\n"
		"expect(q.right == nil and q.wrong == nil) run(20) expect(q.right == (q.given == false)) expect(q.event.ret == false)";
	struct lua_harness t;
	struct ev_JUDGED v;
	uint64_t at;

	lua_harness_body(&t, body, "second=a");
	v = verdict_of(&t, &at);
	CHECK_INT(t.status, 0);
	if (CHECK_TRUE(at && v.evidence))
		CHECK_INT(at, v.evidence + 4);	/* behind its three texts */
	CHECK_INT(v.result, RESULT_WRONG);
	CHECK_TRUE(says(&t, "given=true\nhappened=false\n"));
	CHECK_TRUE(says(&t, "feedback=no: true, not false at 0."));
	CHECK_TRUE(says(&t, "why=one w\nrule=R2.2\n"));
	lua_harness_done(&t);
	lua_harness_body(&t, body, "second=false");
	v = verdict_of(&t, &at);
	CHECK_INT(v.result, RESULT_RIGHT);
	CHECK_LACKS(lua_harness_verdict(&t), "feedback=");
	lua_harness_done(&t);
}

static void numbers_orders_ticks_and_words_are_judged_each_their_way(void)
{
	static const struct {
		const char *body, *answers, *verdict;
		enum trace_result result;
	} cases[] = {
		{ SCENE "predict { 'when?', id = 'n', number = 'ms', within = 0.5, answer = ends(w) } run(9)", "n=2", "happened=2.", RESULT_RIGHT },
		{ SCENE "predict { 'when?', id = 'n', number = 'ms', within = 0.5, wrong = { { function(t, v) return v > 50 end, 'far' }, { function(t, v) return v > 5 end, 'late' } },\n"
		  "answer = function(t) local e = t:first(ends(w)) return e.ms, e end } run(9)", "n=7,5 ms", "feedback=late", RESULT_WRONG },
		{ "local a, b = work('a', function() end), work('b', function() end)\n"
		  "irq(0, 'nic', function() queue_work(system_wq, b) queue_work(system_wq, a) end)\n"
		  "predict { 'order?', id = 'o', order = { a, b }, fixed = true, answer = function(t) local l = {} for i, e in ipairs(t:all(starts('a') + starts('b'))) do l[i] = e.work end if #l == 2 then return l, t:nth(2, starts('a') + starts('b')) end end } run(5)",
		  "o=2 1", "given=b a\nhappened=b a\n", RESULT_RIGHT },
		{ "ask { 'which?', id = 'f', choices = { { 'x', id = 'x' }, { 'y', id = 'y' }, { 'z', id = 'z' } }, flags = true, fixed = true, correct = { 'z', 'x' } }", "f=1 3", "given=x z\nhappened=z x\n", RESULT_RIGHT },
		{ "ask { 'which?', id = 'f', choices = { { 'x', id = 'x' }, { 'y', id = 'y' } }, flags = true, fixed = true, correct = {} }", "f=0", "given=none\nhappened=none\n", RESULT_RIGHT },
		{ "ask { 'which?', id = 'f', choices = { { 'x', 'not x', id = 'x' }, { 'y', 'not y', id = 'y' }, { 'z', 'not z', id = 'z' } }, flags = true, fixed = true, correct = { 'x' } }", "f=x y z",
		  "feedback=not y\nfeedback=not z\nwhy=", RESULT_WRONG },
		{ "local a, b = work('a', function() end), work('b', function() end) ask { 'which one?', id = 'q', which = { a, b }, fixed = true, correct = b }", "q=2", "given=b\nhappened=b\n", RESULT_RIGHT },
		{ "ask { 'words?', id = 'w', text = true, why = 'because' }", "w=hm", "why=because", RESULT_NONE },
		{ "ask { 'rule?', id = 'r', choices = { { 'x', 'not x', id = 'x' }, { 'y', id = 'y' } }, fixed = true, correct = 'y' }", "r=x", "feedback=not x", RESULT_WRONG },
		{ "ask { 'how many?', id = 'n', number = 'workers', correct = 1, wrong = { { function() return true end, '{given}, not {right} worker, {right}' } } }", "n=2",
		  "feedback=2 workers, not 1 worker, 1 worker\n", RESULT_WRONG },
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct lua_harness t;
		struct ev_JUDGED v;
		uint64_t at;

		lua_harness_body(&t, cases[i].body, cases[i].answers);
		v = verdict_of(&t, &at);
		CHECK_INT(t.status, 0);
		CHECK_TRUE(says(&t, cases[i].verdict));
		CHECK_INT(v.result, cases[i].result);
		lua_harness_done(&t);
	}
}

static void a_question_that_cannot_be_judged_is_the_lessons_fault(void)
{
	static const struct lua_case cases[] = {
		{ SCENE "predict { 'q', id = 'third', number = 'ms', answer = function(t) return t:nth(3, returns(queue_work, w)).ms end }\nrun(9)",
		  "07-try.lua:4: answer of 'third' is nil: returns(queue_work, w) was seen twice, you asked for the 3rd" },
		{ SCENE "predict { 'q', id = 'x', choices = { { 'a', id = 1 }, { 'b', id = 2 } }, answer = function(t) return 3, t:first(starts(w)) end } run(9)",
		  "answer of 'x': '3' is not the id of a choice (1, 2)" },
		{ "predict { 'q', number = 'ms' }", "has no answer =" },
		{ "predict { 'q', number = 'ms', correct = 5 }", "needs answer =: it is computed from the run" },
		{ "predict { 'q', answer = starts('w') }", "has no kind" },
		{ "predict { 'q', number = 'ms', text = true, answer = starts('w') }", "is of two kinds" },
		{ "ask { 'q', choices = { { 'a' } }, correct = 1 }", "2 to 5 choices" },
		{ "ask { 'q', id = 'Bad Id', text = true }", "small letters, digits and -" },
		{ "ask { 'q', id = 'a', text = true } ask { 'q', id = 'a', text = true }", "there is a question 'a' already" },
		{ "ask { 'q', text = true, hint = {} }", "unknown field 'hint'" },
		{ "ask { 'q', pick = 'worker', correct = 1 }", "is not one of the things to pick" },
		{ "ask { 'q', id = 'x', choices = { { 'a', id = 'a' }, { 'b', id = 'b' } }, correct = 'c' }", "question 'x': correct = 'c' is not the id of a choice (a, b)" },
		{ "ask { 'q', id = 'x', flags = { { 'a', id = 'a' }, { 'b', id = 'b' } }, correct = { 'a', 'a' } }", "question 'x': correct = 'a' is there twice" },
		{ "ask { 'q', id = 'x', number = 'n', correct = 1, answer = function() return 1 end }", "correct = or answer =, not both" },
		{ "ask { 'q', id = 'x', number = 'n', correct = 1, within = 'a' }", "within is a number" },
		{ "ask { 'q', id = 'x', choices = { 'same', 'same' }, correct = 1 }", "choices 1 and 2 have the same text" },
		{ "ask { 'q', number = 'n', correct = 1, hints = { 'see {nosuch}' } }", "'{nosuch}' is neither a parameter nor a declared name" },
		{ "ask { 'q', number = 'n', correct = 1, why = 'see {nosuch}' }", "'{nosuch}' is neither a parameter nor a declared name" },
		{ "ask { 'q', choices = { { 'a', 'see {nosuch}' }, 'b' }, correct = 1 }", "'{nosuch}' is neither a parameter nor a declared name" },
		{ "ask { 'q', number = 'n', correct = 1, wrong = { { function() end, 'see {nosuch}' } } }", "'{nosuch}' is neither a parameter nor a declared name" },
		{ "ask { 'q', number = 'n', correct = 1, wrong = { function() end, 'text' } }", "entry 1 is a function" },
		{ "ask { 'q', number = 'n', correct = 1, pin = true }", "pin belongs to predict" },
		{ "ask { 'q', text = true, why = 'no } brace', rule = 'nonsense' }", "rule = \"R4.3\"" },
		{ SCENE "run(9) predict { 'q', id = 'x', number = 'ms', answer = starts(w) } run(1)", "prediction 'x': the event that decides is older than the question; make it ask" },
		{ SCENE "predict { 'q', id = 'x', number = 'ms',\nanswer = function(t) return nothing.here end }\nrun(9)", "07-try.lua:5: " },
		{ SCENE "predict { 'q', id = 'x', number = 'ms', answer = ends(w), wrong = {\n{ function() return nil + 1 end, 'x' } } }\nrun(9)", "07-try.lua:5: " },
		{ "task(0, 't', function() local v = shared('v', 0) v.x = 1 end) run(1)", "shared variable 'v' has .value, no field 'x'" },
		{ "local v = shared('v', 0) v.value = 3 expect(v.value == 3)", NULL },
		{ "say 'a\\0b'", "it has a control character" },
		{ "say 'caf\\xe9'", "it is not UTF-8" },
		{ "say '{my item}'", "'{my item}' is neither a parameter nor a declared name" },
		{ "say 'a ` b'", "has no ` that closes it" },
		{ SCENE "local q = predict { 'q', number = 'ms', answer = ends(w) } run(9) q.right = true", "a question's results are read-only" },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
}

static void headings_are_checked_before_the_lesson_runs(void)
{
	static const struct {
		const char *fields, *words;
	} cases[] = {
		{ "machine = 5", "07-try.lua:1: lesson: machine must be a table" },
		{ "needs = 'life'", "needs must be a list of lessons' names" },
		{ "needs = { 'life', 5 }", "entry 2 is not a lesson's name" },
		{ "covers = { rules = { 'R99' } }", "covers must be a table in which rules must be a list of rules; entry 1 is not a rule such as R4.3" },
		{ "covers = { rule = {} }", "covers must be a table without 'rule'" },
		{ "minutes = -3", "minutes must be a number from 1 to 600" },
		{ "version = 1.5", "version must be a whole number" },
		{ "question = 'a\\27b'", "question must be a text in UTF-8 without control characters" },
		{ "params = {}", "params must be a function" },
		{ "titel = 'x'", "lesson: unknown field 'titel'; did you mean title?" },
		{ "covers = { rules = { 'R2.9', 'R2.9a' }, errata = { 'E2.10' }, checklist = { 'L45' }, scenarios = { double_queue = { w0 = 'reset' } } }, notes = 'for\\nme'", NULL },
	};
	char text[512];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct lua_harness t;

		snprintf(text, sizeof(text), "return lesson { title = 'x', %s, function() end }", cases[i].fields);
		lua_harness(&t, text, NULL);
		if (cases[i].words)
			CHECK_HAS(t.fault, cases[i].words);
		else
			CHECK_STR(t.fault, "");
		lua_harness_done(&t);
	}
}

/* Text of the @nth function that ran, "" = there is none. */
static const char *source_text(const struct lua_harness *t, uint32_t id)
{
	const struct trace_name *def = trace_store_def(&t->store, CLS_SOURCE, id);

	return def && def->text ? def->text : "";
}

/* "source:row " of each SOURCE_AT, in order. */
static const char *source_walk(const struct lua_harness *t, struct strbuf *out)
{
	struct ev_SOURCE_AT e;
	struct trace_event ev;

	for (uint64_t n = 1; n <= t->store.nr; n++)
		if (trace_store_event(&t->store, n, &ev) && trace_get_SOURCE_AT(&ev, &e))
			strbuf_printf(out, "%u:%u ", e.source, e.row);
	return out->buf;
}

static void the_code_that_runs_is_in_the_trace_and_nothing_else_of_the_lesson(void)
{
	static const struct {
		const char *body, *text, *walk;
	} cases[] = {
		{ "task(0, 'a', function() burn(1) sleep_ms(1) burn(2) end) run(9)", "burn(1)\nsleep_ms(1)\nburn(2)", "1:0 1:1 1:2 1:3 " },
		{ "task(0, 'a', function()\n  -- secret? no\n  burn(1)\n  for i = 1, 2 do\n    sleep_ms(1)\n  end\nend) run(9)",
		  "-- secret? no\nburn(1)\nfor i = 1, 2 do\n  sleep_ms(1)\nend", "1:0 1:2 1:4 " },
		{ "task(0, 'a', function() for i = 1, 2 do burn(1) sleep_ms(1) end end) run(9)", "for i = 1, 2 do burn(1)\nsleep_ms(1) end", "1:0 1:1 1:2 1:1 1:2 " },
		{ "local w = work('w', function() burn(1) end) task(0, 'a', function() queue_work(system_wq, w) end) run(9)",
		  "burn(1)", NULL },
		{ "local s = 'end' task(0, 'a', function() local x = \"function() end\" --[[ end ]] burn(#x) end) run(20)",
		  "local x = \"function() end\" --[[ end ]]\nburn(#x)", "1:0 1:2 " },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool found = false;
		struct lua_harness t;
		STRBUF(walk, 256);

		lua_harness_body(&t, cases[i].body, NULL);
		CHECK_INT(t.status, 0);
		for (uint32_t id = 1; *source_text(&t, id); id++) {
			found |= !strcmp(source_text(&t, id), cases[i].text);
			CHECK_LACKS(source_text(&t, id), "run(");
		}
		if (!CHECK_TRUE(found))
			test_note("%s: %s", cases[i].body, source_text(&t, 1));
		if (cases[i].walk)
			CHECK_STR(source_walk(&t, &walk), cases[i].walk);
		lua_harness_done(&t);
	}
}

static void a_completion_names_the_item_that_completes_it(void)
{
	static const struct lua_case bad[] = {
		{ "completion('c', { bye = 'w' })", "completion('c'): its only option is by" },
		{ "completion('c', { by = 5 })", "completion('c'): by is a work item or its name" },
		{ "local c = completion('c', { by = 'w' }) task(0, 't', function() wait_for_completion(c) end) run(5)",
		  "completion('c'): by names no work item: 'w'" },
		{ NULL, NULL }
	};
	const struct trace_name *def;
	struct lua_harness t;
	uint32_t id = 1;

	lua_harness_body(&t, "local c = completion('c', { by = 'w' }) local w = work('w', function() complete(c) end)\n"
			 "task(0, 't', function() queue_work(system_wq, w) wait_for_completion(c) end) run(5)", NULL);
	CHECK_INT(t.status, 0);
	while ((def = trace_store_def(&t.store, CLS_LOCK, id)) && strcmp(def->text, "c"))
		id++;
	REQUIRE_NOT_NULL(def);
	CHECK_STR(trace_store_name(&t.store, CLS_ITEM, def->owner), "w");
	lua_harness_done(&t);
	lua_harness_cases(bad);
}

static void run_until_and_run_before_stop_around_the_event(void)
{
	static const struct lua_case cases[] = {
		{ SCENE "local e = run_until(starts(w)) expect(e.work == w and e.wq == system_wq and now() == e.ms) local e2 = run_until(ends(w)) expect(near(e2.ms - e.ms, 2, 0.1))", NULL },
		{ SCENE "run_before(clears_pending(w)) ask { 'x', id = 'x', choices = { { 'a', id = true }, { 'b', id = false } }, answer = function(t) return t:find(clears_pending(w)) == nil and t:at_now().work(w).pending end } run_until(ends(w))", NULL },
		{ SCENE "run_until(ends(w)) irq(0, 'nic', function() queue_work(system_wq, w) end) run_until(ends(w):nth(1))", NULL },
		{ SCENE "run_until(ends(w):nth(2))", "nothing else can happen; the last event was" },
		{ SCENE "expect(run_until(ends(w):nth(2), { or_nil = true }) == nil)", NULL },
		{ SCENE "run_until(ends(w), 1)", "run_until(ends(w)): not seen within 1 ms" },
		{ SCENE "run_idle() expect(now() < 10)", NULL },
		{ "local n = 0 every(2, 3, function() n = n + 1 irq(0, 'tick', function() end) end) run(10) expect(n == 3)", NULL },
		{ "local s = '' at(3, function() s = s .. 'c' end) at(1, function() s = s .. 'a' end) at(1, function() s = s .. 'b' end) run(5) expect(s == 'abc')", NULL },
		{ SCENE "local seen = 0 when(returns(queue_work), function(e) seen = seen + 1 expect(e.name == 'return') end) run(5) expect(seen == 2, seen)", NULL },
		{ SCENE "local e = run_until((starts('x') + starts(w)):on(0):after(0.001)) expect(e.work == w)", NULL },
		{ SCENE "run_until(starts(w):by('nobody'))", "run_until(starts(w):by(\"nobody\")): nothing else can happen" },
		{ SCENE "local e = run_until(starts(w):with(function(e) return e.cpu == 0 end)) expect(e.thread:find('^kworker/0:'))", NULL },
		{ SCENE "run_until(starts(w):with(function(e) return e.typo end))", "event workqueue_execute_start has no field 'typo'" },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
}

static void kernel_calls_have_the_effect_of_the_kernels(void)
{
	static const struct lua_case cases[] = {
		{ "local ok local w = work('w', function(w) expect(current_work() == w) end) task(0, 't', function() ok = queue_work(system_wq, w) expect(flush_work(w)) expect(not work_pending(w)) end) run(5) expect(ok)", NULL },
		{ "local w = delayed_work('w', function() end) task(1, 't', function() queue_delayed_work(system_wq, w, msecs_to_jiffies(5)) expect(delayed_work_pending(w)) expect(mod_delayed_work(system_wq, w, 2)) end)\n"
		  "local e = run_until(starts(w)) expect(e.ms < 4)", NULL },
		{ "local w = delayed_work('w', function() end) task(1, 't', function() queue_delayed_work(system_wq, w, 50) expect(cancel_delayed_work_sync(w)) end) expect(run_until(starts(w), { limit = 100, or_nil = true }) == nil)", NULL },
		{ "local wq = alloc_workqueue('q', WQ_UNBOUND | WQ_HIGHPRI, 2) expect(wq.name == 'q') local w = work('w', function() end) task(0, 't', function() queue_work(wq, w) flush_workqueue(wq) drain_workqueue(wq) destroy_workqueue(wq) end) run(20)", NULL },
		{ "local m, c, l = mutex 'm', completion 'c', spinlock 'l' local s = ''\n"
		  "task(0, 'a', function() mutex_lock(m) sleep_ms(2) s = s .. 'a' mutex_unlock(m) wait_for_completion(c) s = s .. 'c' end)\n"
		  "task(1, 'b', function() sleep_ms(1) mutex_lock(m) s = s .. 'b' mutex_unlock(m) spin_lock(l) expect(in_atomic()) spin_unlock(l) complete(c) end) run(10) expect(s == 'abc', s)", NULL },
		{ "local seen = {} local t = tasklet('tl', function() seen.soft = in_softirq() end) local tm = timer('tm', function() seen.timer = jiffies() end)\n"
		  "irq(0, 'i', function() seen.hard = in_hardirq() tasklet_schedule(t) mod_timer(tm, jiffies() + 3) end) run(10) expect(seen.hard and seen.soft and seen.timer)", NULL },
		{ "local got local line = irq_line(1, 'nic') request_irq(line, function(l, dev) got = dev expect(l == line) return IRQ_HANDLED end, 0, 'nic', 'device') raise(line) run(1) expect(got == 'device')\n"
		  "task(0, 't', function() free_irq(line, 'device') end) run(1) raise(line) expect(run_until(event 'irq_nobody'))", NULL },
		{ "local n = 0 for i = 1, 2 do irq(0, 'nic', function() n = n + 1 end) end run(1) expect(n == 2)", NULL },
		{ "local h = task(1, 'worker', function() printk('hello %d', 5) expect(smp_processor_id() == 1 and current_comm() == 'worker') end) local e = run_until(prints 'hello 5') expect(e.thread == 'worker')", NULL },
		{ "no_new_workers(true) no_new_workers(false) param('watchdog_thresh', 5) sysrq 't' offline(1) online(1)", NULL },
		{ "local wq = alloc_workqueue('q', WQ_UNBOUND | WQ_SYSFS) expect(sysfs(wq, 'affinity_scope') == 'default (cache)') expect(sysfs(wq, 'max_active', '7') == 0 and sysfs(wq, 'max_active') == '7')\n"
		  "expect(sysfs(wq, 'nice', 20) < 0 and sysfs(wq, 'per_cpu', 1) < 0) task(0, 't', function() expect(sysfs(nil, 'cpumask', '2') == 0 and sysfs(nil, 'cpumask_requested') == '2') end) run(5)", NULL },
		{ "sysfs(system_wq, 'max_active')", "'events' has no file 'max_active' in /sys" },
		{ "local where local wq = alloc_workqueue('q', WQ_BH) local w = work('w', function(w) where = in_softirq() and not in_task() burn(0.1) end)\n"
		  "task(1, 't', function() queue_work(wq, w) expect(flush_work(w)) queue_work(system_bh_highpri_wq, w) end) local e = run_until(starts(w):nth(2)) expect(where and e.cpu == 1 and e.wq == system_bh_highpri_wq)", NULL },
		{ "local w = work('w', function() msleep(2) end) task(0, 't', function() queue_work(system_bh_wq, w) end) run_until(bug 'atomic-sleep') run(5)", NULL },
		{ "local ran = 0 local w = work('w', function() ran = ran + 1 end) expect(freeze())\n"
		  "task(0, 't', function() expect(queue_work(system_freezable_wq, w)) end) run(50) expect(ran == 0) thaw() run(1) expect(ran == 1)", NULL },
		{ "irq(0, 'i', function() msleep(1) end) local e = run_until(bug 'atomic-sleep') expect(e.kind == 'atomic-sleep') run(5)", NULL },
		{ "local w = rcu_work('w', function() end) task(0, 't', function() expect(queue_rcu_work(system_wq, w) and not queue_rcu_work(system_wq, w)) expect(flush_rcu_work(w)) end) local e = run_until(ends(w)) expect(e.ms > 2)", NULL },
		{ "task(0, 't', function() queue_rcu_work(system_wq, work('w', function() end)) end) run(1)", "'w' waits for no grace period" },
		{ "local w = deferrable_work('w', function() end) task(0, 't', function() queue_delayed_work(system_wq, w, 5) end) local e = run_until(starts(w), 2000) expect(e.ms > 100)", NULL },
		{ "local n, on = 0, {} task(0, 't', function() expect(schedule_on_each_cpu(function(w) n = n + 1 on[smp_processor_id()] = w.name end, 'count') == 0)\n"
		  "expect(n == 2 and on[0] == 'count' and on[1] == 'count') end) run(5) expect(n == 2)", NULL },
		{ "task(0, 't', function() local a, b = work_on_cpu(1, function(x) return x + smp_processor_id() end, 41) expect(a == 42)\n"
		  "expect(work_on_cpu_safe(1, function() return 'there' end) == 'there') offline(1) expect(work_on_cpu_safe(1, function() end) == -19) end) run(200)", NULL },
		{ "irq(0, 'i', function() expect(work_on_cpu(1, function() end) < 0 and schedule_on_each_cpu(function() end) < 0) end) run_until(bug 'atomic-sleep') run(1)", NULL },
		{ "local ran = 0 local function f() ran = ran + 1 end local w = work('w', f) task(0, 't', function() expect(execute_in_process_context(f, w) == 0 and ran == 1) end) run(1)\n"
		  "irq(0, 'i', function() expect(execute_in_process_context(f, w) == 1) end) run_until(ends(w)) expect(ran == 2)", NULL },
		{ "task(0, 't', function() execute_in_process_context(function() end, work('w', function() end)) end) run(1)", "this item was made with another function" },
		{ "expect(create_workqueue('a').name == 'a' and create_freezable_workqueue('b').name == 'b') local s = create_singlethread_workqueue('c') expect(workqueue_sysfs_register(s) == -22)", NULL },
		{ "local q = alloc_workqueue('q', WQ_UNBOUND) expect(workqueue_sysfs_register(q) == 0 and workqueue_sysfs_register(q) == -17)\n"
		  "expect(apply_workqueue_attrs(q, { nice = -5, cpumask = 2, affn_scope = 'numa', affn_strict = true }) == 0 and sysfs(q, 'nice') == '-5' and sysfs(q, 'cpumask') == '2')\n"
		  "expect(sysfs(q, 'affinity_scope') == 'numa' and sysfs(q, 'affinity_strict') == '1') expect(apply_workqueue_attrs(q, {}) == 0 and sysfs(q, 'nice') == '0' and sysfs(q, 'cpumask') == '3')", NULL },
		{ "apply_workqueue_attrs(alloc_workqueue('q', WQ_UNBOUND), { nicer = 1 })", "there is no attribute 'nicer'; did you mean nice?" },
		{ "local w = work('w', function() sleep_ms(5) end) local q = alloc_workqueue('q', WQ_FREEZABLE) task(0, 't', function() queue_work(q, w) sleep_ms(1) show_one_workqueue(q) show_freezable_workqueues() wq_watchdog_touch(0) end)\n"
		  "local n = 0 when(prints 'workqueue q: flags=0x4', function() n = n + 1 end) run(10) expect(n == 2, n)", NULL },
		{ "local n, at = 0 open_softirq(NET_RX_SOFTIRQ, function() n = n + 1 at = in_softirq() and smp_processor_id() end) irq(1, 'nic', function() raise_softirq(NET_RX_SOFTIRQ) raise_softirq(NET_RX_SOFTIRQ) end) run(1) expect(n == 1 and at == 1)", NULL },
		{ "open_softirq(0, function() end)", "IRQ_POLL_SOFTIRQ expected" },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
}

static bool has_task(const struct lua_harness *t, const char *name)
{
	const char *is;

	for (uint32_t id = 1; (is = trace_store_name(&t->store, CLS_TASK, id)); id++)
		if (!strcmp(is, name))
			return true;
	return false;
}

/* RULE(E2.2). The same lesson on both engines: a workqueue has 4 threads of its own, or none. */
static void a_lesson_chooses_the_engine_of_before_cmwq(void)
{
	static const char *const machine[] = { "", ", legacy = true", ", boot = { unbound_cpus = '0-1' }", ", legacy = 1",
					       ", boot = { unbound_cpus = '1-0' }" };
	static const int status[] = { 0, 0, 0, 2, 2 };

	for (int i = 0; i < 5; i++) {
		struct lua_harness t;
		char text[600];

		snprintf(text, sizeof(text),
			 "return lesson { title = 't', minutes = 1, machine = { cpus = 4%s }, function(p)\n"
			 "local q = alloc_workqueue('drv') local w = work('w', function() sleep_ms(1) end)\n"
			 "task(0, 't', function() queue_work(q, w) end) local e = run_until(starts(w)) run(5) end }", machine[i]);
		lua_harness(&t, text, "");
		CHECK_INT(t.status, status[i]);
		if (i < 2)
			CHECK_INT(has_task(&t, "drv/3"), i == 1);
		lua_harness_done(&t);
	}
}

#define DRIVER "local line = irq_line(0, 'eth') local function poll(w) local dev = container_of(w) burn(1) dev.n = dev.n + 1 " \
	       "queue_delayed_work(system_wq, dev.poll, 3) end\n" \
	       "local function probe(dev, opt) dev.n = opt.n dev.poll = delayed_work('poll', poll) queue_delayed_work(system_wq, dev.poll, 3) end\n"

static void modelled_memory_reports_use_after_free(void)
{
	static const struct lua_case cases[] = {
		{ "local o = object('dev', { n = 1 }) task(0, 't', function() o.n = o.n + 1 kfree(o) local x = o.n end) local e = run_until(bug 'use-after-free') expect(tostring(e.object) == 'dev' and e.freed.name == 'free')", NULL },
		/* another CPU uses the memory again and again while kfree() takes its time */
		{ "local o = object('dev', { n = 1 }) task(0, 'a', function() udelay(2) kfree(o) end)\n"
		  "task(1, 'b', function() for i = 1, 200 do local x = o.n burn(0.0001) end end) local e = run_until(bug 'use-after-free') expect(e.freed and e.freed.name == 'free')", NULL },
		{ "local o = object('dev') task(0, 't', function() kfree(o) kfree(o) end) run_until(bug 'double-free')", NULL },
		{ "local o = object('dev') o.w = work('w', function() end) task(0, 't', function() queue_work(system_wq, o.w) kfree(o) end) run_until(bug 'free-active') run(5)", NULL },
		{ "local o = object('dev') o.w = work('w', function() end) irq(0, 'i', function() kfree(o) queue_work(system_wq, o.w) end) run_until(bug 'use-after-free')", NULL },
		{ DRIVER "local m = insmod('eth', { object = 'eth_dev', probe = probe, remove = function(dev) cancel_delayed_work_sync(dev.poll) kfree(dev) end }, { n = 0 })\n"
		  "at(20, function() task(1, 'rmmod', function() rmmod(m) end) end) run(60) expect(run_until(bug(), { limit = 1, or_nil = true }) == nil)", NULL },
		{ DRIVER "local m = insmod('eth', { object = 'eth_dev', probe = probe, remove = function(dev) cancel_delayed_work(dev.poll) kfree(dev) end }, { n = 0 })\n"
		  "when(starts('poll'):nth(2), function() task(1, 'rmmod', function() rmmod(m) end) end) run_until(bug 'use-after-free')", NULL },
		{ DRIVER "local m = insmod('eth', { object = 'eth_dev', probe = probe, remove = function(dev) cancel_delayed_work_sync(dev.poll) end }, { n = 0 })\n"
		  "task(1, 'rmmod', function() rmmod(m) end) run_until(bug 'leak')", NULL },
		{ DRIVER "local m = insmod('eth', { object = 'eth_dev', probe = probe, remove = function(dev) end }, { n = 0 })\n"
		  "task(1, 'rmmod', function() rmmod(m) end) run_until(bug 'unloaded-code')", NULL },
		{ "local v = shared('count', 5) task(0, 't', function() v.value = v.value + 1 end) run(1) expect(v.value == 6)", NULL },
		{ "task(0, 't', function() container_of(work('w', function() end)) end) run(1)", "this item is in no object" },
		{ "task(0, 't', function() container_of(timer('poll', function() end)) end) run(1)", "container_of: a timer is in no object; a function that needs one gets it by a closure" },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
}

static void judges_see_events_and_states(void)
{
	static const struct lua_case cases[] = {
		{ SCENE "run(20) ask { 'x', id = 'x', choices = { { 'a', id = true }, { 'b', id = false } }, answer = function(t)\n"
		  "local start, stop = t:first(starts(w)), t:last(ends(w))\n"
		  "expect_eq = nil end }", "global 'expect_eq'" },
		{ SCENE "run(20) local function ok(x) if not x then error('not so', 2) end end ask { 'x', id = 'x', fixed = true, choices = { { 'a', id = true }, { 'b', id = false } }, answer = function(t)\n"
		  "local start, stop = t:first(starts(w)), t:last(ends(w))\n"
		  "ok(t:count(starts(w)) == 1 and #t:all(returns(queue_work, w)) == 2 and t:find(stalls()) == nil)\n"
		  "ok(t:happens_before(start, stop) and not t:happens_before(stop, start))\n"
		  "local v = t:at(start) ok(v.work(w).running and not v.work(w).pending and v.work(w).state == 'running')\n"
		  "ok(v.pool(0).nr_running == 1 and v.pool(w).busy[1] == v.work(w).worker and v.wq(system_wq).active == 1)\n"
		  "ok(v.cpu(0).thread == start.thread and v.worker(v.work(w).worker).work == w)\n"
		  "local q = t:first(queues(w)) ok(t:at(q).work(w).pending and q.cause.name == 'irq_handler_entry')\n"
		  "local k = t:first(wakes(pool(0)):after(queues(w))) ok(k.why.name == 'need_more_worker' and k.why.yes and k.why.worklist == 1)\n"
		  "ok(t:at(0.001).cpu(1).online) return true end }", NULL },
		{ SCENE "run(20) ask { 'x', id = 'x', choices = { { 'a', id = true }, { 'b', id = false } }, answer = function(t) return t:at_now().typo end }",
		  "t:at() shows .work(x)" },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
}

/* The instructions that a lesson is charged for: its item runs @runs times, and a judge looks at each run. */
static double cost_of_flood(unsigned int runs)
{
	struct lua_harness t;
	char body[900];
	double cost;

	snprintf(body, sizeof(body),
		 "local left, w = %u\n"
		 "w = work('w', function() left = left - 1 if left > 0 then queue_work(system_wq, w) end end)\n"
		 "predict { 'how often?', id = 'n', number = 'runs', answer = function(t)\n"
		 "  if t:count(starts(w)) < %u then return nil end\n"
		 "  return t:count(starts(w):on(0) + bug()), t:nth(%u, starts(w)) end }\n"
		 "irq(0, 'nic', function() queue_work(system_wq, w) end)\n"
		 "run(200)", runs, runs, runs);
	lua_harness_body(&t, body, "*=1");
	CHECK_STR(t.fault, "");
	CHECK_HAS(lua_harness_verdict(&t), "result=wrong");
	cost = (double)t.instructions;
	lua_harness_done(&t);
	return cost;
}

/* Four times as many runs: a judge that searched from the first event each time would cost sixteen times as much. */
static void a_flood_costs_in_proportion_to_its_events(void)
{
	double little = cost_of_flood(500), much = cost_of_flood(2000);

	CHECK_TRUE(little > 0 && much / little < 6);
}

/* Table, pages and bindings of the API agree. */
static void the_pages_that_are_checked_in_are_the_pages_that_are_made(void)
{
	static const struct {
		const char *page, *file;
	} pages[] = { { "lua.md", "docs/lua.md" }, { "calls.lua", "lua/editor/calls.lua" }, { ".luacheckrc", ".luacheckrc" },
		      { ".luarc.json", ".luarc.json" } };

	for (unsigned int i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		char *made = NULL, *kept = calloc(1, 1 << 20), *part;
		FILE *out, *f = fopen(pages[i].file, "r");
		size_t n;

		REQUIRE_NOT_NULL(f);
		CHECK_GT(fread(kept, 1, (1 << 20) - 1, f), 100);
		fclose(f);
		out = open_memstream(&made, &n);
		CHECK_INT(api_page(out, pages[i].page), 0);
		fclose(out);
		part = strstr(kept, "<!-- api:begin");
		part = part ? strchr(part, '\n') + 1 : kept;
		if (strcmp(part, made))
			test_note("%s is out of date: run `make docs`", pages[i].file);
		CHECK_STR(part, made);
		free(made);
		free(kept);
	}
}

/* Calls every function of the API once, in two processes with other addresses: the logs are equal. */
static void every_binding_gives_the_same_bytes_in_two_processes(void)
{
	char command[2048];

	if (!test_binary()) {
		CHECK_FAIL("no program to run");
		return;
	}
	snprintf(command, sizeof(command),
		 "d=$(mktemp -d) && trap 'rm -rf $d' EXIT && "
		 "for i in 1 2; do PAD=$(printf %%${i}0000d 0) '%s' run tests/lua/bindings.lua --plain --seed 5 --record $d/$i.kwt </dev/null >$d/$i.out 2>&1 "
		 "|| { tail -3 $d/$i.out; exit 1; }; '%s' export $d/$i.kwt --to text >$d/$i.txt || exit 1; done; "
		 "test -s $d/1.txt && cmp -s $d/1.kwt $d/2.kwt || { diff $d/1.txt $d/2.txt | head -4; exit 1; }",
		 test_binary(), test_binary());
	CHECK_INT(system(command), 0);
}

const struct test_case suite_unit_lua_api[] = {
	T(a_call_from_the_wrong_place_names_the_remedy),
	T(wrong_arguments_are_reported_with_the_expected_ones),
	T(texts_expand_names_and_refuse_unknown_ones),
	T(parameters_come_from_the_variant_alone),
	T(a_verdict_comes_right_after_its_evidence),
	T(numbers_orders_ticks_and_words_are_judged_each_their_way),
	T(a_question_that_cannot_be_judged_is_the_lessons_fault),
	T(headings_are_checked_before_the_lesson_runs),
	T(the_code_that_runs_is_in_the_trace_and_nothing_else_of_the_lesson),
	T(a_completion_names_the_item_that_completes_it),
	T(run_until_and_run_before_stop_around_the_event),
	T(kernel_calls_have_the_effect_of_the_kernels),
	T(a_lesson_chooses_the_engine_of_before_cmwq),
	T(modelled_memory_reports_use_after_free),
	T(judges_see_events_and_states),
	T(a_flood_costs_in_proportion_to_its_events),
	T(the_pages_that_are_checked_in_are_the_pages_that_are_made),
	T(every_binding_gives_the_same_bytes_in_two_processes),
	{ NULL, NULL }
};
