/*
 * tests/unit_end.c - the end of a lesson: rows of questions, the recap that gives way, short questions.
 *
 * The lesson's state is made by hand, with 0 to 40 questions.   Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "tests/test.h"
#include "visualizer/end_layout.h"
#include "words/lesson_text.h"

#define QUESTIONS_MAX 40

static const struct size {
	int w, h;
} sizes[] = { { 60, 20 }, { 80, 24 }, { 120, 40 }, { 200, 50 } };
#define NR_SIZES (sizeof(sizes) / sizeof(sizes[0]))

static struct trace_store store;	/* empty */
static struct lesson_question questions[QUESTIONS_MAX + 1];
static struct lesson_card recap = { .kind = CARD_RECAP,
				    .text = "A pool keeps one worker runnable.\nAsleep does not count.\nA spare worker is kept." };

/* Every third answer is wrong. */
static struct lesson make(size_t nr)
{
	struct lesson l = { .store = &store, .question = questions, .nr_questions = nr + 1, .card = &recap, .nr_cards = 1,
			    .questions = (uint32_t)nr, .ended = true };

	memset(questions, 0, sizeof(questions));
	for (uint32_t i = 1; i <= nr; i++) {
		bool right = i % 3 != 0;

		questions[i] = (struct lesson_question){
			.number = i, .asked = i, .kind = ASK_CHOICES, .text = "Two items wait. What does the pool do next?",
			.unit = "", .brief = "", .nr_choices = 2, .given = right ? "one" : "two", .answered = i, .nr_answers = 1,
			.choice = { { .text = "wakes one idle worker", .id = "one" }, { .text = "wakes both", .id = "two" } },
			.verdict = { .n = i, .result = right ? RESULT_RIGHT : RESULT_WRONG, .happened = "one", .why = "nr_running is 0.",
				     .rule = "" },
			.first_judged = i, .first_right = right, .shown = "", .scored = true,
		};
	}
	return l;
}

static void draw(struct end_frame *f, const struct lesson *l, struct size size, size_t sel, bool world, bool ascii)
{
	struct end_in in = { .l = l, .title = "One runnable worker", .next = "Next: Hogs (12 min). Enter opens it.", .minutes = 14,
			     .sel = sel, .world = world ? "b both worlds" : NULL, .width = size.w, .height = size.h, .ascii = ascii };

	REQUIRE_INT(end_layout(f, &in), 0);
}

static bool shows(const struct end_frame *f, const char *text)
{
	for (int y = 0; y < f->page.cells.h; y++) {
		STRBUF(row, 1200);

		for (int x = 0; x < f->page.cells.w; x++) {
			char bytes[8];

			strbuf_putn(&row, bytes, utf8_encode(f->page.cells.v[y * f->page.cells.w + x].ch, bytes));
		}
		if (strstr(row.buf, text))
			return true;
	}
	return false;
}

static void what_was_missed_is_shown_with_both_answers(void)
{
	static struct end_frame f;
	struct lesson l = make(5);

	for (size_t s = 0; s < NR_SIZES; s++) {
		draw(&f, &l, sizes[s], 2, true, false);
		CHECK_TRUE(shows(&f, "You got 4 of 5 right."));
		CHECK_TRUE(shows(&f, "Next: Hogs (12 min). Enter opens it."));
		CHECK_TRUE(shows(&f, "▸✗ What does the pool"));
		CHECK_TRUE(shows(&f, "b both worlds"));
		CHECK_TRUE(shows(&f, "wakes both"));
		CHECK_TRUE(shows(&f, "nr_running is 0."));
		draw(&f, &l, sizes[s], 0, false, false);
		CHECK_FALSE(shows(&f, "b both worlds"));
		CHECK_TRUE(shows(&f, "▸✔ What does the pool"));
	}
	draw(&f, &l, sizes[1], 2, true, false);
	CHECK_TRUE(shows(&f, "wakes both · wakes one idle worker"));
	draw(&f, &l, sizes[1], 2, true, true);
	CHECK_TRUE(shows(&f, ">X What does the pool do next?"));
}

/* The points of predictions do not follow from the number of right ones, so their reason is beside them. */
static void the_points_of_an_exercise_are_beside_the_score(void)
{
	static struct end_frame f;
	struct lesson l = make(3);

	l.exercise = EXERCISE_PREDICT;
	l.exercise_halves = 5;		/* three shares of one point are more: the exercise's points bound them */
	for (uint32_t i = 1; i <= 3; i++) {
		questions[i].predict = true;
		questions[i].half_points = questions[i].half_points_given = 2;
	}
	draw(&f, &l, sizes[1], 0, false, false);
	CHECK_TRUE(shows(&f, "the exercise is over"));
	CHECK_TRUE(shows(&f, "You got 2 of 3 right. Points: 2½ of 2½, for predictions that you made."));
	questions[2].half_points_given = questions[3].half_points_given = 0;	/* not made */
	l.exercise_halves = 6;
	draw(&f, &l, sizes[1], 0, false, false);
	CHECK_TRUE(shows(&f, "Points: 1 of 3, for predictions that you made."));
	l.exercise = (enum trace_exercise_kind)0;
	l.exercise_halves = 0;
	draw(&f, &l, sizes[1], 0, false, false);
	CHECK_TRUE(shows(&f, "the lesson is over"));
}

static void the_recap_gives_way_and_the_verdict_does_not(void)
{
	static struct end_frame f;

	for (size_t nr = 0; nr <= QUESTIONS_MAX; nr++) {
		struct lesson l = make(nr);

		for (size_t s = 0; s < NR_SIZES; s++) {
			draw(&f, &l, sizes[s], nr ? nr - 1 : 0, false, false);
			CHECK_GE(f.zone_rows, 4);
			CHECK_GE(f.list_rows, 1);
			CHECK_INT(f.zone_y + f.zone_rows, sizes[s].h - 2);
			CHECK_TRUE(f.recap_rows == 0 || f.list_rows >= (int)nr);
			if (nr)
				CHECK_TRUE(f.top <= nr - 1 && nr - 1 < f.top + (size_t)f.list_rows);
		}
	}
}

static void a_question_has_a_short_form(void)
{
	static const char *const pairs[][2] = {
		{ "Two items wait. What does the pool do next?", "What does the pool do next?" },
		{ "\"Our card interrupts once an hour. A handler of 2 ms is fine.\" Is it?", "A handler of 2 ms is fine. Is it?" },
		{ "How many packets are lost?", "How many packets are lost?" },
		{ "Your line is `if (x) y();`. What does the test\nbuy you?", "What does the test buy you?" },
		{ "Name the worker. It is on CPU 0.", "It is on CPU 0." },
		{ "Is it?", "Is it?" },
		{ "How often? Count the runs of reset.", "How often?" },
		{ "A *manager* tries. When does which thread take {save2}?\x1fsave2\x1esave2\x1e" "1:7",
		  "When does which thread take save2?" },
		{ "", "" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		STRBUF(out, 300);

		words_last_question(pairs[i][0], &out);
		CHECK_STR(out.buf, pairs[i][1]);
	}
}

static void a_question_of_a_file_has_names_without_braces(void)
{
	STRBUF(out, 300);

	words_last_question_of_file("{n} packets come. When does {x0}'s worker take `{ 1, 2 }`?", &out);
	CHECK_STR(out.buf, "When does x0's worker take { 1, 2 }?");
}

const struct test_case suite_unit_end[] = {
	T(what_was_missed_is_shown_with_both_answers),
	T(the_points_of_an_exercise_are_beside_the_score),
	T(the_recap_gives_way_and_the_verdict_does_not),
	T(a_question_has_a_short_form),
	T(a_question_of_a_file_has_names_without_braces),
	{ NULL, NULL }
};
