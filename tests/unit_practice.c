/*
 * tests/unit_practice.c - spaced practice: which questions return, when, and with which numbers.
 *
 * The days are numbers: no test reads the clock.
 *
 * Lives here:   the rule over simulated days; attempts, which practice leaves alone.
 * Never here:   rows and files of progress in general (unit_progress*.c).
 * Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "classroom/practice.h"
#include "tests/support/progress_folder.h"
#include "tests/test.h"

#define DAY 20000			/* of the attempt */

static struct progress *open_fresh(void)
{
	progress_folder_make();
	return progress_folder_open();
}

static void close_and_remove(struct progress *p)
{
	progress_close(p);
	progress_folder_remove();
}

/* An attempt at life in which @question was answered on @day. */
static void attempt(struct progress *p, const char *question, int64_t day, int right)
{
	struct progress_attempt a = progress_sample("answer second 1 once\n", true);
	struct progress_answer answer = progress_sample_answer(question, 1, right, "once");

	answer.day = day;
	CHECK_INT(progress_save(p, &a, &answer, 1), 0);
	progress_release(p, &a);
	progress_attempt_fini(&a);
}

static void practise(struct progress *p, const char *question, uint64_t variant, int64_t day, int right)
{
	struct progress_practice a = { .course = "kworkshop", .lesson = "life", .variant = variant, .seed = 3, .value = "once",
				       .right = right, .day = day };

	snprintf(a.question, sizeof(a.question), "%s", question);
	CHECK_INT(progress_add_practice(p, &a), 0);
}

/* The state of @question; .due 0: it does not return. */
static struct practice_question state(struct progress *p, const char *question)
{
	struct practice_question *v, found = { .due = 0 };
	size_t nr;

	REQUIRE_INT(practice_read(p, "kworkshop", "life", &v, &nr), 0);
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(v[i].question, question))
			found = v[i];
	free(v);
	return found;
}

/* ---- the rule ------------------------------------------------------------------------------ */

static void a_question_returns_after_1_3_and_7_days_and_then_no_more(void)
{
	struct progress *p = open_fresh();

	attempt(p, "second", DAY, 0);
	CHECK_INT(state(p, "second").due, DAY + 1);
	CHECK_INT(state(p, "second").missed, DAY);
	practise(p, "second", 8, DAY + 1, 1);
	CHECK_INT(state(p, "second").due, DAY + 1 + 3);
	practise(p, "second", 9, DAY + 4, 1);
	CHECK_INT(state(p, "second").due, DAY + 4 + 7);
	CHECK_INT(state(p, "second").returns, 2);
	practise(p, "second", 10, DAY + 11, 1);
	CHECK_INT(state(p, "second").due, 0);
	close_and_remove(p);
}

static void a_wrong_answer_begins_anew_at_each_return(void)
{
	for (unsigned int rights = 0; rights < PRACTICE_RETURNS; rights++) {
		struct progress *p = open_fresh();
		uint64_t variant = 8;
		int64_t day;

		attempt(p, "second", DAY, 0);
		for (unsigned int i = 0; i < rights; i++)
			practise(p, "second", variant++, state(p, "second").due, 1);
		day = state(p, "second").due;
		practise(p, "second", variant++, day, 0);
		CHECK_INT(state(p, "second").due, day + 1);
		CHECK_INT(state(p, "second").returns, 0);
		for (unsigned int i = 0; i < PRACTICE_RETURNS; i++)
			practise(p, "second", variant++, state(p, "second").due, 1);
		CHECK_INT(state(p, "second").due, 0);
		close_and_remove(p);
	}
}

/* Days without the program move nothing: the next interval is counted from the answer. */
static void a_question_that_is_overdue_counts_from_the_day_of_its_answer(void)
{
	struct progress *p = open_fresh();

	attempt(p, "second", DAY, 0);
	practise(p, "second", 8, DAY + 30, 1);
	CHECK_INT(state(p, "second").due, DAY + 33);
	close_and_remove(p);
}

/* At the end of the lesson a missed question is asked once more: that is the day on which it was missed. */
static void a_right_answer_before_its_day_changes_nothing(void)
{
	struct progress *p = open_fresh();

	attempt(p, "second", DAY, 0);
	practise(p, "second", 8, DAY, 1);
	CHECK_INT(state(p, "second").due, DAY + 1);
	CHECK_INT(state(p, "second").practised, DAY);
	practise(p, "second", 9, DAY + 1, 1);
	practise(p, "second", 10, DAY + 1, 1);
	practise(p, "second", 11, DAY + 3, 1);
	CHECK_INT(state(p, "second").due, DAY + 4);
	CHECK_INT(state(p, "second").returns, 1);
	close_and_remove(p);
}

static void only_first_answers_with_a_verdict_count(void)
{
	struct progress_attempt a = progress_sample("answer second 1 once\n", true);
	struct progress_answer answers[4] = {
		progress_sample_answer("second", 1, 1, "once"), progress_sample_answer("second", 2, 0, "twice"),
		progress_sample_answer("words", 1, -1, "own words"), progress_sample_answer("third", 1, 0, "once"),
	};
	struct progress *p = open_fresh();
	struct practice_question *v;
	size_t nr;

	CHECK_INT(practice_read(p, "kworkshop", "life", &v, &nr), 0);
	CHECK_INT(nr, 0);
	CHECK_NULL(v);
	CHECK_INT(progress_save(p, &a, answers, 4), 0);
	REQUIRE_INT(practice_read(p, "kworkshop", "life", &v, &nr), 0);
	REQUIRE_INT(nr, 1);
	CHECK_STR(v[0].question, "third");
	free(v);
	CHECK_INT(practice_read(p, "kworkshop", "rescuer", &v, &nr), 0);
	CHECK_INT(nr, 0);
	progress_attempt_fini(&a);
	close_and_remove(p);
}

/* Answers from before days were kept. */
static void a_miss_of_an_unknown_day_is_due_at_once(void)
{
	struct progress *p = open_fresh();

	attempt(p, "second", 0, 0);
	CHECK_RANGE(state(p, "second").due, 1, DAY);
	practise(p, "second", 8, DAY, 1);
	CHECK_INT(state(p, "second").due, DAY + 3);
	close_and_remove(p);
}

/* Two programs, or an import, mix the rows. */
static void the_order_in_which_answers_were_written_does_not_matter(void)
{
	struct entry {
		int64_t day;
		int right;
	} entries[12];
	uint64_t seed = seed_from_env(5);

	for (unsigned int round = 0; round < 6; round++) {
		struct practice_question want = { .due = 0 }, got;

		for (unsigned int i = 0; i < 12; i++)
			entries[i] = (struct entry){ DAY + (int64_t)rng_below(rng_hash4(seed, round, i, 1), 16),
						     rng_below(rng_hash4(seed, round, i, 2), 3) > 0 };
		for (unsigned int turn = 0; turn < 2; turn++) {
			struct progress *p = open_fresh();

			attempt(p, "second", DAY, 0);
			for (unsigned int i = 0; i < 12; i++) {
				unsigned int k = turn ? 11 - i : i;

				practise(p, "second", 8 + k, entries[k].day, entries[k].right);
			}
			got = state(p, "second");
			if (turn) {
				CHECK_INT(got.due, want.due);
				CHECK_INT(got.returns, want.returns);
				CHECK_INT(got.missed, want.missed);
			}
			want = got;
			close_and_remove(p);
		}
	}
}

/* ---- the numbers ------------------------------------------------------------------------------ */

static uint64_t next(struct progress *p, const char *question, uint64_t own)
{
	uint64_t variant = UINT64_MAX;

	CHECK_INT(practice_variant(p, "kworkshop", "life", question, own, 10, &variant), 0);
	return variant;
}

static void each_return_has_other_numbers(void)
{
	struct progress *p = open_fresh();

	attempt(p, "second", DAY, 0);			/* variant 7 */
	CHECK_INT(next(p, "second", 7), 8);
	CHECK_INT(next(p, "second", 6), 8);		/* 7 was asked in the attempt */
	practise(p, "second", 8, DAY, 1);
	practise(p, "second", 9, DAY + 1, 1);
	CHECK_INT(next(p, "second", 7), 0);		/* they go round */
	CHECK_INT(next(p, "third", 7), 8);
	for (uint64_t v = 0; v < 7; v++)
		practise(p, "second", v, DAY + 2, 1);
	CHECK_INT(next(p, "second", 7), 8);		/* all have been used */
	close_and_remove(p);
}

static int keep_practice(void *arg, const struct progress_practice *a)
{
	*(struct progress_practice *)arg = *a;
	return 0;
}

static void the_first_answer_to_a_variant_stays(void)
{
	struct progress_practice got = { .right = -1 };
	struct progress *p = open_fresh();

	practise(p, "second", 8, DAY, 0);
	practise(p, "second", 8, DAY + 1, 1);
	CHECK_INT(progress_practice(p, "kworkshop", "life", keep_practice, &got), 0);
	CHECK_INT(got.right, 0);
	CHECK_INT(got.day, DAY);
	got.question[0] = '\0';
	CHECK_INT(progress_add_practice(p, &got), -EINVAL);
	close_and_remove(p);
}

/* ---- attempts stay ---------------------------------------------------------------------------- */

static void practice_changes_no_attempt(void)
{
	struct progress_summary before, after;
	struct progress *p = open_fresh();
	char *one, *two;

	attempt(p, "second", DAY, 0);
	one = progress_export_text(p);
	CHECK_INT(progress_summarize(p, "kworkshop", "life", &before), 0);
	practise(p, "second", 8, DAY + 1, 1);
	practise(p, "second", 9, DAY + 2, 0);
	CHECK_INT(progress_summarize(p, "kworkshop", "life", &after), 0);
	CHECK_MEM(&after, &before, sizeof(after));
	two = progress_export_text(p);
	REQUIRE_NOT_NULL(strstr(one, "\"practice\""));
	CHECK_MEM(two, one, (size_t)(strstr(one, "\"practice\"") - one));	/* the attempts stand before it */
	free(one);
	free(two);
	close_and_remove(p);
}

const struct test_case suite_unit_practice[] = {
	T(a_question_returns_after_1_3_and_7_days_and_then_no_more),
	T(a_wrong_answer_begins_anew_at_each_return),
	T(a_question_that_is_overdue_counts_from_the_day_of_its_answer),
	T(a_right_answer_before_its_day_changes_nothing),
	T(only_first_answers_with_a_verdict_count),
	T(a_miss_of_an_unknown_day_is_due_at_once),
	T(the_order_in_which_answers_were_written_does_not_matter),
	T(each_return_has_other_numbers),
	T(the_first_answer_to_a_variant_stays),
	T(practice_changes_no_attempt),
	{ NULL, NULL }
};
