/*
 * tests/unit_pick.c - questions in which the student points: the Lua fields, the reducer, plain mode.
 *
 * Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/lesson.h"
#include "tests/support/lua_harness.h"
#include "tests/support/shell.h"
#include "words/pick_text.h"

/* ---- fields ---------------------------------------------------------------------------- */

#define SCENE "local a, b = work('a', function() burn(1) sleep_ms(1) end), work('b', function() burn(1) end)\n" \
	      "irq(0, 'nic', function() queue_work(system_wq, a) queue_work(system_wq, b) end)\nrun(10)\n"

static void wrong_fields_are_named(void)
{
	static const struct lua_case cases[] = {
		{ SCENE "ask { 'Which?', pick = 'thread', accept = starts(a) }", "pick = \"event\", \"item\", \"worker\", \"cpu\" or \"line\"" },
		{ SCENE "ask { 'Which?', pick = 'event' }", "has no answer =" },
		{ SCENE "ask { 'Which?', pick = 'event', accept = 'a' }", "accept is a pattern" },
		{ SCENE "ask { 'Which?', pick = 'event', accept = starts(a), answer = ends(a) }", "accept = or an answer, not both" },
		{ SCENE "ask { 'Which?', pick = 'event', count = 9, accept = starts(a) }", "count is a whole number from 1 to 8" },
		{ SCENE "ask { 'Which?', pick = 'event', count = 2, accept = { starts(a) } }", "a list of 2" },
		{ SCENE "ask { 'Which?', pick = 'event', ordered = true, accept = starts(a) }", "ordered needs a count" },
		{ SCENE "ask { 'Which?', pick = 'line', accept = 'x' }", "needs report =" },
		{ SCENE "ask { 'Which?', pick = 'line', report = 'top', accept = 'x' }", "report = \"top\"" },
		{ SCENE "ask { 'Which?', pick = 'line', report = 'dmesg', accept = 'x' }", "the report dmesg is empty" },
		{ SCENE "ask { 'Which?', pick = 'line', report = 'ps', accept = 'nosuch' }", "holds for 0 of 1 things: no line of the report matches \"nosuch\"" },
		{ SCENE "ask { 'Which?', pick = 'line', report = 'ps', accept = 'kworker/0:1-events' }", "is a Lua pattern; line 9 has this text, whose pattern is \"kworker%/0%:1%-events\"" },
		{ SCENE "ask { 'Which?', pick = 'event', accept = bug() }", "holds for 0 of 1" },
		{ SCENE "ask { 'Which?', pick = 'item', among = { a }, accept = starts(a) }", "fewer than two things" },
		{ SCENE "ask { 'Which?', pick = 'item', correct = cpu(0) }", "is not one of the things to pick" },
		{ SCENE "ask { 'Which?', pick = 'event', answer = function(t) return t:first(event('lesson')) end }", "not one that a student can point at" },
		{ SCENE "predict { 'Which?', pick = 'event', accept = starts(a) }", "make it ask" },
		{ SCENE "ask { 'Which?', number = 'ms', count = 2, correct = 1 }", "count belongs to pick" },
		{ SCENE "ask { 'Which?', number = 'ms', points = 0.3, correct = 1 }", "in halves" },
		{ SCENE "predict { 'Which?', number = 'ms', points = 1, answer = starts(a) }", "points belong to an ask" },
		{ SCENE "ask { 'Which?', pick = 'event', points = 1, accept = starts(a), wrong = { { starts(b), 'It is {right}.' } } }",
		  "has {right}" },
		{ NULL, NULL }
	};

	lua_harness_cases(cases);
}

/* ---- answers --------------------------------------------------------------------------------- */

static struct lesson lesson_of(struct lua_harness *t, const char *body, const char *answers)
{
	struct lesson l;

	lua_harness_body(t, body, answers);
	CHECK_STR(t->fault, "");
	lesson_init(&l, &t->store);
	CHECK_INT(lesson_grow(&l), 0);
	return l;
}

/* An answer to the only question @ask, and whether it is right. */
static void one(const char *ask, const char *answer, enum trace_result result, const char *right)
{
	struct lua_harness t;
	char body[1000], answers[200];
	struct lesson l;

	snprintf(body, sizeof(body), SCENE "%s", ask);
	snprintf(answers, sizeof(answers), "q1=%s", answer);
	l = lesson_of(&t, body, answers);
	if (CHECK_NOT_NULL(lesson_question(&l, 1))) {
		CHECK_STR(lesson_question(&l, 1)->given, answer);
		CHECK_INT(lesson_question(&l, 1)->verdict.result, result);
		CHECK_STR(lesson_question(&l, 1)->verdict.happened, right);
	}
	lesson_fini(&l);
	lua_harness_done(&t);
}

static void things_are_compared_by_name(void)
{
	one("ask { 'Which?', pick = 'item', accept = sleeps(nil) }", "a", RESULT_RIGHT, "a");
	one("ask { 'Which?', pick = 'item', accept = sleeps(nil) }", "b", RESULT_WRONG, "a");
	one("ask { 'Which?', pick = 'cpu', accept = starts(a) }", "cpu1", RESULT_WRONG, "cpu0");
	one("ask { 'Which?', pick = 'cpu', correct = 0 }", "cpu0", RESULT_RIGHT, "cpu0");
	one("ask { 'Which?', pick = 'worker', answer = function(t) return worker('kworker/0:1'), t:first(starts(a)) end }",
	    "kworker/0:1", RESULT_RIGHT, "kworker/0:1");
	one("ask { 'Which?', pick = 'line', report = 'ps', accept = 'kworker/1:0' }", "2", RESULT_WRONG, "6");
}

static void an_order_is_compared_place_by_place(void)
{
	static const char ordered[] = "ask { 'Which?', pick = 'item', count = 2, ordered = true, accept = starts(nil) }";
	static const char places[] = "ask { 'Which?', pick = 'item', count = 2, ordered = true, accept = { ends(b), ends(a) } }";

	one(ordered, "a b", RESULT_RIGHT, "a b");
	one(ordered, "b a", RESULT_WRONG, "a b");
	one(places, "b a", RESULT_RIGHT, "b a");
	one(places, "a b", RESULT_WRONG, "b a");
	one("ask { 'Which?', pick = 'item', count = 2, accept = starts(nil) }", "b a", RESULT_RIGHT, "a b");
	one("ask { 'Which?', pick = 'item', count = 2, accept = { starts(a), starts(b) } }", "b a", RESULT_RIGHT, "a b");
}

static const char event_question[] =
	SCENE "ask { 'Which?', id = 'q1', pick = 'event', accept = starts(a), points = 3, hints = { 'h' }, why = 'because',\n"
	      "wrong = { { starts(b), 'That is {event.work}.' } } }";

/* The numbers of the events with which a and b begin. */
static void find_starts(unsigned long long *a, unsigned long long *b)
{
	struct trace_event ev;
	struct lua_harness t;

	*a = *b = 0;
	lua_harness_body(&t, SCENE, "");
	for (uint64_t n = 1; n <= t.store.nr; n++)
		if (trace_store_event(&t.store, n, &ev) && ev.kind == EV_EXECUTE_START)
			*(*a ? b : a) = n;
	CHECK_TRUE(*a && *b);
	lua_harness_done(&t);
}

static void later_tries_give_half_of_the_points_and_none(void)
{
	static const struct {
		unsigned int wrong, tries, half_points;
		bool right;
	} cases[] = { { 0, 1, 6, true }, { 1, 2, 3, true }, { 2, 3, 0, true }, { 3, 3, 0, false } };
	struct lua_harness t;
	struct lesson l;
	unsigned long long a, b;

	find_starts(&a, &b);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct lesson_question *q;
		STRBUF(answers, 200);

		strbuf_puts(&answers, "q1=1|a b|");	/* both are refused, and count as no try */
		for (unsigned int k = 0; k < cases[i].wrong; k++)
			strbuf_printf(&answers, "%llu|", b);
		strbuf_printf(&answers, "%llu", a);
		l = lesson_of(&t, event_question, answers.buf);
		q = lesson_question(&l, 1);
		CHECK_INT(q->nr_answers, cases[i].tries);
		CHECK_INT(q->half_points, 6);
		CHECK_INT(q->half_points_given, cases[i].half_points);
		CHECK_INT(q->verdict.result, cases[i].right ? RESULT_RIGHT : RESULT_WRONG);
		CHECK_INT(q->first_right, cases[i].wrong == 0);
		/* the right answer is shown after the last try only, with the explanation */
		CHECK_INT(lua_harness_count(&t, EV_JUDGED), cases[i].tries);
		CHECK_STR(q->verdict.why, cases[i].tries == 3 || cases[i].right ? "because" : "");
		lesson_fini(&l);
		lua_harness_done(&t);
	}
}

/* Asking again resets the question's row; the card of a verdict keeps its own. */
static void a_verdict_is_read_as_of_its_own_try(void)
{
	struct lesson_question room;
	struct lua_harness t;
	unsigned long long a, b, nr = 0;
	STRBUF(answers, 80);
	char given[2][24];
	struct lesson l;

	find_starts(&a, &b);
	strbuf_printf(&answers, "q1=%llu|%llu", b, a);
	snprintf(given[0], sizeof(given[0]), "%llu", b);
	snprintf(given[1], sizeof(given[1]), "%llu", a);
	l = lesson_of(&t, event_question, answers.buf);
	for (size_t i = 0; i < l.nr_cards; i++) {
		const struct lesson_question *q = lesson_question_of(&l, &l.card[i], &room);

		if (l.card[i].kind != CARD_VERDICT)
			continue;
		if (!CHECK_LT(nr, 2))
			break;
		CHECK_STR(q->given, given[nr]);
		CHECK_INT(q->verdict.result, nr ? RESULT_RIGHT : RESULT_WRONG);
		CHECK_STR(q->verdict.why, nr ? "because" : "");
		CHECK_INT(q->verdict.nr_feedback, nr ? 0 : 1);
		nr++;
	}
	CHECK_INT(nr, 2);
	lesson_fini(&l);
	lua_harness_done(&t);
}

/* ---- plain mode ------------------------------------------------------------------------------ */

/* Plays a lesson of tests/lua, with @typed as the student's lines. */
static void played(char *out, size_t size, const char *lesson, const char *typed)
{
	shell_run(out, size, "printf '%s' | ${KW_BINARY:-build/kworkshop} run tests/lua/%s.lua --plain 2>&1", typed, lesson);
}

/* @text stands in *@at or behind it; *@at moves behind it. */
static void then(const char **at, const char *text)
{
	const char *found = *at ? strstr(*at, text) : NULL;

	if (*at)
		CHECK_HAS(*at, text);
	*at = found ? found + strlen(text) : NULL;
}

static void a_list_is_numbered_and_goes_on_with_more(void)
{
	static char out[60000];
	const char *at = out;

	played(out, sizeof(out), "pick", "\\nmore\\n0:0\\n1\\nmore\\n1\\n15\\n");
	then(&at, "Which worker runs net?\n   1  kworker/0:0\n   2  kworker/0:1\nNumber> ");
	then(&at, "Right: kworker/0:0.");
	then(&at, "In which event does disk go to sleep?\n   1     0.001 ms  card interrupts CPU 0.\n");
	then(&at, "  20 ");
	then(&at, "more: type more\nNumber (first try)> ");
	then(&at, "Not quite. You answered: no. ");
	then(&at, "Number (second try: half the points)> ");
	then(&at, "  21 ");
	then(&at, "Number (second try: half the points)> ");
	then(&at, "Number (third try: no points)> ");
}

static void a_report_keeps_its_heading_and_its_numbers(void)
{
	static char out[60000];
	const char *at = out;

	played(out, sizeof(out), "pick", "\\n1\\n99\\n1\\n1\\n1\\n1\\n1\\n1 2 3\\n1 3\\n1 2\\n1 4\\n1\\n2\\n6\\n");
	then(&at, "Type a number from 1 to ");
	then(&at, "3 numbers, in order> ");
	then(&at, "2 numbers (first try)> ");
	then(&at, "ps -e -o pid,psr,ni,stat,comm\n   1      PID PSR  NI STAT COMMAND\n");
	then(&at, "Number of the line (first try)> ");
	then(&at, "Type the number of a line that is not empty");
	then(&at, "You answered: line 2: 3   1   0 D    rcu_sched.");
	then(&at, "Right: line 6");
}

/* Lines of the log are shown without their times, and the last SysRq-t is a report of its own. */
static void a_report_is_made_of_the_log(void)
{
	static char out[60000];
	const char *at = out;

	played(out, sizeof(out), "report", "4\\n5\\n5\\n");
	then(&at, "dmesg\n   1  BUG: workqueue lockup");
	then(&at, "   5      in-flight: ");
	then(&at, "1 more: type more");
	then(&at, "You answered: line 4: pwq ");
	then(&at, "Right: line 5: in-flight: ");
	then(&at, "SysRq-t\n   1  Showing busy workqueues and worker pools:");
	then(&at, "Right: line 5: pending: w1.");
}

/* The verdict names the things of the report as the run beside it has them. */
static void a_report_of_another_machine_is_a_file_with_a_map(void)
{
	static char out[60000];
	const char *at = out;

	shell_run(out, sizeof(out), "printf '\\n6\\n5\\n6\\n\\n\\n' | ${KW_BINARY:-build/kworkshop} run tests/lua/dump --plain 2>&1");
	then(&at, "report.txt\n   1  BUG: workqueue lockup");
	then(&at, "You answered: line 6: pending: fn3.\nfn3 waits.\n");	/* nothing of the right line yet */
	then(&at, "Right: line 5: in-flight: 875:fn2.\nIn this run: 875 is kworker/1:1, fn2 is w0.\nIt is inside its worker.\n");
	then(&at, "Right: line 6: pending: fn3.\nIn this run: fn3 is w1.\n");
	then(&at, "Points: 3 of 4.");
}

static void a_report_that_cannot_be_shown_is_a_fault(void)
{
	static const struct { const char *change, *text; } rows[] = {
		{ "s/report = \"report.txt\"/report = \"nosuch.txt\"/", "nosuch.txt: No such file" },
		{ "s/report = \"report.txt\"/report = \"..\\/report.txt\"/", "or a file such as \"report.txt\"" },
		{ "s/fn3 = \"w1\"/fn9 = \"w1\"/", "'fn9'" },
		{ "s/fn3 = \"w1\"/fn3 = \"w9\"/", "'w9'" },
	};
	char dir[64] = "/tmp/kw-dump-XXXXXX", out[8000];

	folder_make(dir);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		REQUIRE_INT(shell_run(out, sizeof(out), "cp tests/lua/dump/report.txt %s && sed '%s' tests/lua/dump/exercise.lua >%s/exercise.lua", dir,
				      rows[i].change, dir), 0);
		CHECK_INT(shell_run(out, sizeof(out), "echo | ${KW_BINARY:-build/kworkshop} run %s --plain 2>&1", dir), 2);
		CHECK_HAS(out, rows[i].text);
	}
	REQUIRE_INT(shell_run(out, sizeof(out), "cp tests/lua/dump/exercise.lua %s && printf 'a\\001b\\n' >>%s/report.txt", dir, dir), 0);
	CHECK_INT(shell_run(out, sizeof(out), "echo | ${KW_BINARY:-build/kworkshop} run %s --plain 2>&1", dir), 2);
	CHECK_HAS(out, "report.txt:8: the line is longer than 499 bytes, or is no text");
	folder_remove(dir);
}

/* ---- exercises --------------------------------------------------------------------------------- */

static void exercises_with_questions_are_checked(void)
{
	static const char *const names[] = { "02-lost-packets", "04-how-many-runs", "08-eight-names", "09-by-hand",
					     "10-who-is-woken", "30-mayday" };
	char out[4000];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CHECK_INT(shell_run(out, sizeof(out), "${KW_BINARY:-build/kworkshop} check exercises/%s/exercise.lua --fast --strict 2>&1",
				    names[i]), 0);
		CHECK_HAS(out, "0 errors, 0 warnings");
	}
}

/* All of the points for right answers; a prediction has its points for being made. */
static void points_are_counted_at_the_end(void)
{
	static const struct {
		const char *exercise, *answers, *points;
	} cases[] = {
		{ "02-lost-packets", "right", "Points: 6 of 6." }, { "02-lost-packets", "wrong", "Points: 1 of 6." /* of two CPUs the second try is right */ },
		{ "09-by-hand", "wrong", "Points: 6 of 6, for predictions that you made." }, { "30-mayday", "right", "Points: 8 of 8." },
		{ "08-eight-names", "right", "Points: 8 of 8." },
	};
	static char out[40000];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		shell_run(out, sizeof(out), "${KW_BINARY:-build/kworkshop} run exercises/%s/exercise.lua --plain --answers %s 2>&1 </dev/null",
			  cases[i].exercise, cases[i].answers);
		CHECK_HAS(out, cases[i].points);
	}
}

const struct test_case suite_unit_pick[] = {
	T(wrong_fields_are_named),
	T(things_are_compared_by_name),
	T(an_order_is_compared_place_by_place),
	T(later_tries_give_half_of_the_points_and_none),
	T(a_verdict_is_read_as_of_its_own_try),
	T(a_list_is_numbered_and_goes_on_with_more),
	T(a_report_keeps_its_heading_and_its_numbers),
	T(a_report_is_made_of_the_log),
	T(a_report_of_another_machine_is_a_file_with_a_map),
	T(a_report_that_cannot_be_shown_is_a_fault),
	T(exercises_with_questions_are_checked),
	T(points_are_counted_at_the_end),
	{ NULL, NULL }
};
