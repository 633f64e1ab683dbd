/*
 * tests/unit_practise.c - `kworkshop practise` and the end of a lesson in plain mode, over simulated days.
 *
 * The course is the test's: a question about a number that depends on the variant, and a
 * prediction whose verdict comes after another question.
 *
 * Lives here:   the command from the outside; attempts that it must not touch.
 * Never here:   the rule itself (unit_practice.c), the screen (tests/ui/).
 * Licence: MIT.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "classroom/day.h"
#include "tests/support/files.h"
#include "tests/support/one_lesson.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#define DAY 20788			/* 2026-12-01 */
#define FIRST 10			/* the least number that the lesson asks about */

static char folder[ONE_LESSON_FOLDER_BYTES], program[ONE_LESSON_PROGRAM_BYTES], out[1 << 16];

static const char lesson[] =
	"return lesson { title = \"Sums\", machine = { cpus = 1 }, params = function(pick) return { n = pick(10, 99) } end,\n"
	"  function(p)\n"
	"    local w = work(\"w\", function() burn(p.n) end)\n"
	"    say \"at first\"\n"
	"    ask { \"How much is \" .. p.n .. \" and one?\", id = \"sum\", number = true, correct = p.n + 1 }\n"
	"    say \"lead-in\"\n"
	"    predict { \"w burns \" .. p.n .. \" ms. How long does it run?\", id = \"long\", number = \"ms\", within = 0.5,\n"
	"      answer = function(t) local e = t:first(ends(w)) return e.ms - t:first(starts(w)).ms, e end }\n"
	"    ask { \"Is this another question?\", id = \"other\", choices = { { \"yes\", id = \"y\" }, { \"no\", id = \"n\" } },\n"
	"      correct = \"y\", fixed = true }\n"
	"    irq(0, \"nic\", function() queue_work(system_wq, w) end)\n"
	"    run_until(ends(w))\n"
	"  end }\n";

static void set_up(void)
{
	one_lesson_make(folder, program, "T", "sums", lesson);
}

static void tear_down(void)
{
	folder_remove(folder);
}

/* Runs `kworkshop COMMAND --course . --date DAY` with @typed on standard input; `out` has both outputs.  Return: exit code. */
static int on_day(int64_t day, const char *command, const char *typed)
{
	char date[DAY_DATE_BYTES], args[400];

	day_date(day, date);
	snprintf(args, sizeof(args), "%s --course . --date %s", command, date);
	return one_lesson_run(folder, program, args, typed, out, sizeof(out));
}

static int practise(int64_t day, const char *typed)
{
	return on_day(day, "practise --plain", typed);
}

/* Lines of home are wrapped: each run of blanks and newlines becomes one blank. */
static void unwrap(void)
{
	char *to = out;

	for (const char *at = out; *at; at++)
		if (!strchr(" \n", *at))
			*to++ = *at;
		else if (to > out && to[-1] != ' ')
			*to++ = ' ';
	*to = '\0';
}

static const char *exported(void)
{
	static char text[1 << 16];

	CHECK_INT(shell_run(text, sizeof(text), "'%s' progress export", program), 0);
	return text;
}

/* The number behind @words in the output. */
static int number_behind(const char *words)
{
	const char *at = strstr(out, words);

	REQUIRE_NOT_NULL(at);
	return (int)strtol(at + strlen(words), NULL, 10);
}

/* The whole lesson of variant 0 with these answers, and not more. */
static void take_lesson(int64_t day, bool sum, bool length)
{
	char typed[200];
	int n;

	on_day(day, "run sums --plain", "\n");		/* a look at the number, without an answer */
	n = number_behind("How much is ");
	snprintf(typed, sizeof(typed), "%d\n\n%d\ny\nq\n", sum ? n + 1 : 1, length ? n : 1);
	on_day(day, "run sums --plain", typed);
	CHECK_HAS(out, "The lesson is over.");
}

/* The question that is due on @day is answered.  Return: the number it was about, 0 = no question was due. */
static int answer_on(int64_t day, bool right)
{
	char typed[40];
	int n;

	CHECK_INT(practise(day, ""), 0);
	if (!strstr(out, "How much is "))
		return 0;
	n = number_behind("How much is ");
	snprintf(typed, sizeof(typed), "%d\n\n", right ? n + 1 : n);
	CHECK_INT(practise(day, typed), right ? 0 : 1);
	return n;
}

/* ---- days ---------------------------------------------------------------------------------- */

/* Right, right, right: after 1, 3 and 7 days, each time about another number; then no more. */
static void a_missed_question_returns_three_times_with_other_numbers(void)
{
	static const int64_t tried[] = { 0, 1, 3, 4, 10, 11, 12 }, due[] = { 1, 4, 11 };
	int numbers[4] = { 0 }, nr = 1;

	set_up();
	take_lesson(DAY, false, true);
	numbers[0] = number_behind("How much is ");
	for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]); i++) {
		int n = answer_on(DAY + tried[i], true);

		if (!n)
			continue;
		REQUIRE_LT(nr, 4);
		CHECK_INT(tried[i], due[nr - 1]);
		for (int k = 0; k < nr; k++)
			CHECK_NE(numbers[k], n);
		numbers[nr++] = n;
	}
	CHECK_INT(nr, 4);
	CHECK_INT(practise(DAY + 100, ""), 0);
	CHECK_STR(out, "No question returns: none was missed, or those that were have been practised.\n");
	tear_down();
}

static void a_wrong_answer_brings_it_back_the_next_day(void)
{
	set_up();
	take_lesson(DAY, false, true);
	CHECK_GE(answer_on(DAY + 1, true), FIRST);
	CHECK_HAS(out, "1 of 1 right. The next question returns on 2026-12-05 (in 3 days).");
	CHECK_INT(answer_on(DAY + 2, true), 0);
	CHECK_STR(out, "Nothing is due today; the next question returns on 2026-12-05 (in 2 days).\n");
	CHECK_GE(answer_on(DAY + 4, false), FIRST);
	CHECK_HAS(out, "0 of 1 right. The next question returns on 2026-12-06 (in 1 day).");
	CHECK_GE(answer_on(DAY + 5, true), FIRST);
	CHECK_HAS(out, "on 2026-12-09 (in 3 days)");
	tear_down();
}

/* ---- one question ---------------------------------------------------------------------------- */

/* Its verdict comes after another question, which the program answers. */
static void a_question_is_asked_alone_and_judged_by_its_run(void)
{
	char typed[40];
	int n;

	set_up();
	take_lesson(DAY, true, false);
	CHECK_INT(practise(DAY + 1, ""), 0);
	n = number_behind("w burns ");
	CHECK_HAS(out, "Practice, 1 of 1: Sums\n\nlead-in\n\nPredict: w burns ");
	snprintf(typed, sizeof(typed), ":sure 3\n:H\n%d\n\n", n);
	CHECK_INT(practise(DAY + 1, typed), 0);
	CHECK_HAS(out, "ms  w is done");
	CHECK_HAS(out, "\nRight: ");
	CHECK_LACKS(out, "another question");
	CHECK_LACKS(out, "How much is ");
	CHECK_LACKS(out, "at first");
	CHECK_HAS(exported(), "\"question\": \"long\", \"variant\": 1,");
	CHECK_HAS(exported(), "\"sure\": 3, \"right\": true");
	tear_down();
}

static void several_are_asked_one_after_the_other_and_q_ends_it(void)
{
	set_up();
	take_lesson(DAY, false, false);
	CHECK_INT(practise(DAY + 1, "1\n\nq\n"), 1);
	CHECK_HAS(out, "Practice, 1 of 2: Sums");
	CHECK_HAS(out, "Practice, 2 of 2: Sums");
	CHECK_HAS(out, "0 of 1 right. 1 more is due today.\n");
	CHECK_INT(practise(DAY + 1, "1\n\n"), 1);
	CHECK_HAS(out, "Practice, 1 of 1: Sums");
	CHECK_HAS(out, "0 of 1 right. The next question returns on 2026-12-03 (in 1 day).\n");
	tear_down();
}

/* A question that is gone from the lesson, or a lesson with a fault, is not asked. */
static void a_lesson_that_has_changed_is_no_obstacle(void)
{
	set_up();
	take_lesson(DAY, false, false);
	CHECK_INT(shell_run(out, sizeof(out), "cd '%s/lessons' && sed -i 's/id = \"sum\"/id = \"new\"/' 01-sums.lua", folder), 0);
	CHECK_INT(practise(DAY + 1, ""), 0);
	CHECK_HAS(out, "Practice, 1 of 1: Sums");
	CHECK_HAS(out, "w burns ");
	file_write(folder, "lessons/01-sums.lua", "return lesson {\n");
	CHECK_INT(practise(DAY + 1, ""), 0);
	CHECK_HAS(out, "No question returns");
	tear_down();
}

/* ---- attempts -------------------------------------------------------------------------------- */

/* The part of an export that is counted, resumed and handed in. */
static char *attempts(void)
{
	const char *text = exported(), *end = strstr(text, "\"practice\"");

	REQUIRE_NOT_NULL(end);
	return strndup(text, (size_t)(end - text));
}

static void practice_changes_no_attempt_and_no_score(void)
{
	char *before, *after, list[8192];

	set_up();
	take_lesson(DAY, false, false);
	on_day(DAY, "run sums --plain --fresh", "\n");	/* a second attempt, which is left unfinished */
	before = attempts();
	CHECK_INT(shell_run(list, sizeof(list), "cd '%s' && '%s' list --json --course .", folder, program), 0);
	CHECK_GE(answer_on(DAY + 1, true), FIRST);
	practise(DAY + 1, "5\n\n5\n\n");
	practise(DAY + 3, "5\n\n5\n\n");
	CHECK_HAS(exported(), "\"question\": \"sum\", \"variant\": 1,");
	after = attempts();
	CHECK_STR(after, before);
	CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && '%s' list --json --course .", folder, program), 0);
	CHECK_STR(out, list);
	on_day(DAY + 3, "run sums --plain", "");	/* it goes on where it stopped, with its own numbers */
	CHECK_LACKS(out, "at first\n\n[Enter]");
	free(before);
	free(after);
	tear_down();
}

/* The first answer is written with its verdict; a kill behind it costs nothing. */
static void a_kill_in_the_middle_loses_nothing(void)
{
	char *before, *after;

	set_up();
	take_lesson(DAY, false, false);
	before = attempts();
	CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && (printf '5\\n\\n'; sleep 3) | timeout -s KILL 1 '%s' practise --plain "
			    "--course . --date 2026-12-02 >/dev/null; true", folder, program), 0);
	after = attempts();
	CHECK_STR(after, before);
	CHECK_HAS(exported(), "\"question\": \"sum\", \"variant\": 1,");
	CHECK_INT(practise(DAY + 1, ""), 0);
	CHECK_HAS(out, "Practice, 1 of 1: Sums");
	CHECK_HAS(out, "w burns ");
	free(before);
	free(after);
	tear_down();
}

/* ---- where it begins -------------------------------------------------------------------------- */

static void the_end_of_a_lesson_asks_once_more(void)
{
	char typed[200];
	int n;

	set_up();
	take_lesson(DAY, true, false);			/* q at the offer */
	CHECK_HAS(out, "1 was missed. Enter asks it once more, with other numbers; q leaves it. > ");
	CHECK_LACKS(out, "Practice, ");
	take_lesson(DAY, false, false);			/* a further attempt */
	CHECK_HAS(out, "2 were missed. Enter asks them once more, with other numbers; q leaves it. > ");
	n = number_behind("How much is ");
	snprintf(typed, sizeof(typed), "\n%d\n\n%d\ny\n\n1\n\n1\n\n", 1, n);
	CHECK_INT(on_day(DAY + 20, "run sums --plain", typed), 1);
	/* the other one was due since DAY + 1, and was answered rightly in the lesson */
	CHECK_HAS(out, "Practice, 1 of 1: Sums");
	CHECK_HAS(out, "0 of 1 right. The next question returns on 2026-12-22 (in 1 day).");
	CHECK_INT(on_day(DAY + 20, "run sums --plain --variant 7", "\n1\n\n1\ny\n"), 1);
	CHECK_LACKS(out, "Practice, ");
	tear_down();
}

/* `run` reads the file of one lesson; the due questions of all lessons are counted. */
static void after_practice_in_a_lesson_the_others_count(void)
{
	char typed[200];
	int n;

	set_up();
	file_write(folder, "lessons/course.lua", "return course { id = 't', title = 'T', order = { 'sums', 'more' } }\n");
	file_write(folder, "lessons/02-more.lua",
		   "return lesson { title = 'More', function() ask { 'How much is two and two?', id = 'two', number = true, correct = 4 } end }\n");
	on_day(DAY, "run more --plain", "5\nq\n");
	CHECK_HAS(out, "1 was missed.");
	on_day(DAY + 1, "run sums --plain", "\n");
	n = number_behind("How much is ");
	snprintf(typed, sizeof(typed), "%d\n\n%d\ny\n\n1\n\n", 1, n);
	on_day(DAY + 1, "run sums --plain", typed);
	CHECK_HAS(out, "Practice, 1 of 1: Sums");
	CHECK_HAS(out, "0 of 1 right. 1 more is due today.");
	tear_down();
}

static void home_counts_what_is_due_and_p_asks_it(void)
{
	set_up();
	on_day(DAY, "home --plain", "p\nq\n");
	CHECK_HAS(out, "No question returns: none was missed");
	take_lesson(DAY, false, true);
	on_day(DAY, "home --plain", "q\n");
	unwrap();
	CHECK_HAS(out, "1 worth another look, the next on 2026-12-02.");
	on_day(DAY + 1, "home --plain", "p\n5\n\nq\n");
	unwrap();
	CHECK_HAS(out, "2 of 3 predicted right; 1 is due for practice: p.");
	CHECK_HAS(out, "Practice, 1 of 1: Sums");
	CHECK_HAS(out, "0 of 1 right. The next question returns on 2026-12-03 (in 1 day).");
	CHECK_HAS(out, "1 worth another look, the next on 2026-12-03.");
	CHECK_INT(practise(DAY + 2, "q\n"), 0);
	CHECK_HAS(out, "1 more is due today.\n");
	tear_down();
}

static void a_wrong_date_and_a_wrong_word_are_refused(void)
{
	set_up();
	CHECK_INT(shell_run(out, sizeof(out), "'%s' practise --date 2026-02-30 2>&1", program), 2);
	CHECK_HAS(out, "--date: expected a date such as 2026-12-05, got \"2026-02-30\"");
	CHECK_INT(shell_run(out, sizeof(out), "'%s' practise life 2>&1", program), 2);
	CHECK_HAS(out, "kworkshop practise --help");
	tear_down();
}

const struct test_case suite_unit_practise[] = {
	T(a_missed_question_returns_three_times_with_other_numbers),
	T(a_wrong_answer_brings_it_back_the_next_day),
	T(a_question_is_asked_alone_and_judged_by_its_run),
	T(several_are_asked_one_after_the_other_and_q_ends_it),
	T(a_lesson_that_has_changed_is_no_obstacle),
	T(practice_changes_no_attempt_and_no_score),
	T(a_kill_in_the_middle_loses_nothing),
	T(the_end_of_a_lesson_asks_once_more),
	T(after_practice_in_a_lesson_the_others_count),
	T(home_counts_what_is_due_and_p_asks_it),
	T(a_wrong_date_and_a_wrong_word_are_refused),
	{ NULL, NULL }
};
