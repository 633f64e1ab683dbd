/*
 * tests/unit_home.c - home: the list that scrolls at its edges, marks, sentences, keys.
 *
 * The course is made by hand: 22 lessons in six parts.   Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/utf8.h"
#include "lua/steps.h"
#include "tests/test.h"
#include "visualizer/home_layout.h"
#include "visualizer/view.h"

#define LESSONS 22
#define QUESTIONS 5

static const struct size {
	int w, h;
} sizes[] = { { 60, 20 }, { 80, 24 }, { 120, 40 }, { 200, 50 }, { 79, 24 }, { 99, 21 } };
#define NR_SIZES (sizeof(sizes) / sizeof(sizes[0]))

static struct app_lesson lessons[LESSONS];
static struct app_question questions[LESSONS * QUESTIONS];
static char names[LESSONS][3][48];

/* The first seven lessons are done with two mistakes each; the eighth is at step 4 of 9. */
static void make_course(struct app_home *h)
{
	static const char *const parts[] = { "Start here", "Lab 1: the idea", "Lab 2: the pool's judgement",
					     "Lab 3: stopping and surviving", "Lab 4: beyond one CPU", "Lab 5: in the field" };

	memset(questions, 0, sizeof(questions));
	*h = (struct app_home){ .title = "Workqueues", .profile = "Linux 6.12", .lessons = lessons, .nr = LESSONS, .last = &lessons[7] };
	for (unsigned int i = 0; i < LESSONS; i++) {
		snprintf(names[i][0], sizeof(names[i][0]), "lesson-%u", i);
		snprintf(names[i][1], sizeof(names[i][1]), "%02u", i);
		snprintf(names[i][2], sizeof(names[i][2]), "The story of lesson %u", i);
		lessons[i] = (struct app_lesson){
			.id = names[i][0], .label = names[i][1], .title = names[i][2], .question = "How many workers does a pool keep?",
			.part = parts[i ? 1 + (i - 1) * 5 / LESSONS : 0], .needs = "", .minutes = 12, .steps = 9,
			.asked = &questions[i * QUESTIONS], .total = QUESTIONS,
			.state = i < 7 ? APP_LESSON_DONE : i == 7 ? APP_LESSON_STARTED : APP_LESSON_NEW, .step = i == 7 ? 4 : 0,
		};
		for (unsigned int k = 0; k < QUESTIONS && i < 7; k++) {
			struct app_question *q = &questions[i * QUESTIONS + k];

			snprintf(q->text, sizeof(q->text), "How many times does reset run in lesson %u?", i);
			q->mark = k == 1 || k == 2 ? APP_MARK_WRONG : APP_MARK_RIGHT;
			h->judged++;
			h->right += q->mark == APP_MARK_RIGHT;
		}
	}
}

static void draw(struct home_frame *f, const struct app_home *h, struct size size, size_t sel, unsigned int top, bool ascii)
{
	struct home_in in = { .home = h, .sel = sel, .top = top, .width = size.w, .height = size.h, .ascii = ascii };

	REQUIRE_INT(home_layout(f, &in), 0);
}

static void row_text(const struct home_frame *f, int y, char *buf, size_t size)
{
	struct strbuf out;

	strbuf_init(&out, buf, size);
	for (int x = 0; x < f->page.cells.w; x++) {
		uint32_t ch = f->page.cells.v[y * f->page.cells.w + x].ch;
		char bytes[8];

		strbuf_putn(&out, bytes, ch < 128 ? (size_t)snprintf(bytes, sizeof(bytes), "%c", (int)ch) :
						    utf8_encode(ch, bytes));
	}
}

static bool shows(const struct home_frame *f, const char *text)
{
	char row[1200];

	for (int y = 0; y < f->page.cells.h; y++) {
		row_text(f, y, row, sizeof(row));
		if (strstr(row, text))
			return true;
	}
	return false;
}

static int row_of(const struct home_frame *f, size_t lesson)
{
	for (unsigned int i = 0; i < f->nr; i++)
		if (f->lesson[i] == lesson)
			return (int)i - (int)f->top;
	return -1;
}

/* ---- the list ---------------------------------------------------------------------------- */

static void rows_move_only_when_the_cursor_is_near_an_edge(void)
{
	static struct home_frame f;
	struct app_home h;

	make_course(&h);
	for (size_t s = 0; s < NR_SIZES; s++) {
		size_t sel = 0;
		unsigned int top = 0, moved = 0;

		draw(&f, &h, sizes[s], sel, 0, false);
		for (int i = 0; i < 2000; i++) {
			int before = row_of(&f, sel), after;

			sel = rng_below(rng_hash4(seed_from_env(3), s, 0, (uint64_t)i), 2) ? (sel + 1 < LESSONS ? sel + 1 : sel) : (sel ? sel - 1 : 0);
			after = row_of(&f, sel);		/* in the frame before */
			draw(&f, &h, sizes[s], sel, top, false);
			CHECK_GE(row_of(&f, sel), 0);
			CHECK_LT(row_of(&f, sel), f.list_rows);
			if (f.top != top) {
				CHECK_TRUE(after < 2 || after >= f.list_rows - 2);
				CHECK_LE(abs((int)f.top - (int)top), abs(after - before));
				moved++;
			}
			top = f.top;
		}
		CHECK_TRUE(moved > 0 || f.nr <= (unsigned int)f.list_rows);
	}
}

static void every_row_stays_between_its_borders(void)
{
	static struct home_frame f;
	struct app_home h;
	char row[1200];

	make_course(&h);
	for (int w = 60; w <= 140; w++) {
		for (size_t sel = 0; sel < LESSONS; sel += 3) {
			draw(&f, &h, (struct size){ w, 24 }, sel, 0, true);
			for (int y = 1; y < 23; y++) {
				row_text(&f, y, row, sizeof(row));
				CHECK_TRUE(row[0] == '|' || row[0] == '+');
				CHECK_TRUE(strchr("|+#", row[w - 1]) != NULL);
				if (w >= 80 && y > 4 && y < 22)
					CHECK_TRUE(strchr("|#", row[f.list_w]) != NULL);
			}
		}
	}
}

static void a_lesson_has_a_mark_for_each_question(void)
{
	static struct home_frame f;
	struct app_home h;

	make_course(&h);
	for (size_t s = 0; s < NR_SIZES; s++) {
		draw(&f, &h, sizes[s], 0, 0, false);
		CHECK_TRUE(shows(&f, "✔✗✗✔✔ 12 min"));
		draw(&f, &h, sizes[s], 0, 0, true);
		CHECK_TRUE(shows(&f, "vXXvv 12 min"));
		draw(&f, &h, sizes[s], 7, 0, false);
		CHECK_TRUE(shows(&f, "····· 12 min"));
	}
	/* more than fit: counted by an ellipsis */
	lessons[3].total = 30;
	lessons[3].asked = questions;
	draw(&f, &h, sizes[1], 0, 0, false);
	CHECK_TRUE(shows(&f, "✔✗✗✔✔✔✗✗✔…"));
}

static void the_box_names_the_lesson_that_goes_on(void)
{
	static struct home_frame f;
	struct app_home h;

	make_course(&h);
	draw(&f, &h, sizes[1], 7, 0, false);
	CHECK_TRUE(shows(&f, "The story of lesson 7, at step 4 of 9: Enter goes on."));
	CHECK_TRUE(shows(&f, "21 of 35 predicted right; 14 worth another look."));
	CHECK_TRUE(shows(&f, "7 of 22 lessons done"));
	/* the cursor is elsewhere: Enter does something else */
	draw(&f, &h, sizes[1], 2, 0, false);
	CHECK_TRUE(shows(&f, "at step 4 of 9. "));
	CHECK_FALSE(shows(&f, "Enter goes on"));
	h.last = &lessons[6];
	draw(&f, &h, sizes[1], 7, 0, false);
	CHECK_TRUE(shows(&f, "The story of lesson 6 is done. Enter opens The story of lesson 7."));
	draw(&f, &h, sizes[1], 3, 0, false);
	CHECK_TRUE(shows(&f, "The story of lesson 6 is done. Next: The story of lesson 7."));
	/* played with other options than those that Enter would use: not done, and at no step of this run */
	lessons[6].state = APP_LESSON_STARTED;
	draw(&f, &h, sizes[1], 6, 0, false);
	CHECK_TRUE(shows(&f, "The story of lesson 6 was begun with other numbers, and not ended. Enter"));
	lessons[6].state = APP_LESSON_DONE;
	h.last = NULL;
	h.judged = h.right = 0;
	draw(&f, &h, sizes[1], 0, 0, false);
	CHECK_TRUE(shows(&f, "No lesson has been opened yet. Enter opens The story of lesson 0."));
	CHECK_TRUE(shows(&f, "No question has been answered yet."));
}

static void what_was_missed_in_the_lesson_comes_before_the_others(void)
{
	static struct home_frame f;
	struct app_home h;

	make_course(&h);
	draw(&f, &h, sizes[2], 3, 0, false);
	CHECK_TRUE(shows(&f, "Worth another look"));
	CHECK_TRUE(shows(&f, "✗ How many times does reset run in lesson"));
	CHECK_TRUE(shows(&f, "more"));
	for (unsigned int i = 0; i < LESSONS * QUESTIONS; i++)
		questions[i].mark = questions[i].mark == APP_MARK_WRONG ? APP_MARK_RIGHT : questions[i].mark;
	h.right = h.judged;
	draw(&f, &h, sizes[2], 3, 0, false);
	CHECK_FALSE(shows(&f, "Worth another look"));
}

static void a_course_that_cannot_be_read_shows_why(void)
{
	static struct home_frame f;
	static const struct app_home none;
	struct home_in in = { .home = &none, .trouble = "course.lua:3: no order", .width = 80, .height = 24 };

	REQUIRE_INT(home_layout(&f, &in), 0);
	CHECK_TRUE(shows(&f, "course.lua:3: no order"));
}

/* ---- the questions of a lesson, from its source text ------------------------------------------ */

static void questions_are_read_from_the_source_text(void)
{
	static const char text[] =
		"-- recap \"a comment\" and ask { \"nothing?\" }\n"
		"--[[ predict { \"nor here?\", id = \"no\" } ]]\n"
		"return lesson { title = \"ask { this }\", function(p)\n"
		"  recap \"one\"\n"
		"  local q = predict { \"It has {n} items. \"\n"
		"    .. 'How many \"runs\" come?', id = \"runs\", choices = { { \"id = x\", id = \"x\" } },\n"
		"    answer = function(t) return \"none\", t:ask { \"a method?\" } end }\n"
		"  ask({ [[A long\ntext. Why?]], number = \"ms\", short = \"Why, in short?\" })\n"
		"  recap { \"two\", look = pool(0) }\n"
		"  foo.ask { \"not this?\" }\n"
		"  recap { \"three\" }\n"
		"end }\n";
	struct course_lesson l = { 0 };

	REQUIRE_INT(lesson_steps(text, sizeof(text) - 1, &l), 0);
	CHECK_INT(l.questions, 2);
	CHECK_INT(l.cards, 3);
	CHECK_FALSE(l.step[0].question);
	CHECK_STR(l.step[1].id, "runs");
	CHECK_STR(l.step[1].text, "It has {n} items. How many \"runs\" come?");
	CHECK_STR(l.step[2].id, "q2");
	CHECK_STR(l.step[2].text, "Why, in short?");
	CHECK_FALSE(l.step[3].question);
	CHECK_FALSE(l.step[4].question);
	free(l.step);
}

/* Any bytes: the scanner ends and reads nothing behind the text. */
static void a_source_text_that_is_cut_is_read_to_its_end(void)
{
	static const char text[] = "predict { \"a?\" .. [==[b]==], id = \"x\" } --[[ c ]] ask { 'd\\'?' }";

	for (size_t n = 0; n < sizeof(text); n++) {
		struct course_lesson l = { 0 };
		char *copy = malloc(n + 1);

		memcpy(copy, text, n);
		copy[n] = '\0';
		CHECK_INT(lesson_steps(copy, n, &l), 0);
		CHECK_LE(l.questions, 2);
		free(copy);
		free(l.step);
	}
}

/* ---- keys --------------------------------------------------------------------------------- */

static struct ui ui;
static struct app_opts opts;

static int read_course(void *arg, struct app_home *out, char *err, size_t err_size)
{
	(void)arg;
	(void)err;
	(void)err_size;
	make_course(out);
	return 0;
}

static void open_home(void)
{
	struct term_opts to = { .headless = true, .width = 80, .height = 24, .depth_max = DEPTH_256 };
	char err[100];

	memset(&ui, 0, sizeof(ui));
	memset(&opts, 0, sizeof(opts));
	opts.cb.home = read_course;
	REQUIRE_INT(term_open(&ui.term, &to, err, sizeof(err)), 0);
	ui.opts = &opts;
	ui.at_home = true;
	ui_home(&ui);
}

static void press(const char *keys)
{
	for (; *keys; keys++) {
		struct term_event ev = { .key = *keys == '\n' ? KEYC_ENTER : (unsigned char)*keys };

		ui_key(&ui, &ev);
	}
}

static void digits_choose_a_lesson_by_its_number(void)
{
	static const struct {
		const char *keys;
		unsigned int sel;
		const char *message;
	} cases[] = {
		{ "5", 5, "" }, { "12", 12, "" }, { "j1j2", 2, "" }, { "3", 3, "" }, { "9", 9, "" }, { "99", 9, "" }, { "217", 7, "" },
		{ "0", 0, "" }, { "21", 21, "" },
	};

	open_home();
	CHECK_INT(ui.home_sel, 7);		/* where it goes on */
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		press("g");
		press(cases[i].keys);
		CHECK_INT(ui.home_sel, cases[i].sel);
		CHECK_STR(ui.message, cases[i].message);
	}
	term_close(ui.term);
}

static void a_search_finds_titles_and_questions(void)
{
	open_home();
	press("g/lesson 1\n");
	CHECK_INT(ui.home_sel, 1);
	press("n");
	CHECK_INT(ui.home_sel, 10);
	press("N");
	CHECK_INT(ui.home_sel, 1);
	press("/nothing of it\n");
	CHECK_INT(ui.home_sel, 1);
	CHECK_STR(ui.message, "not found: nothing of it");
	term_close(ui.term);
}

static void the_footer_names_only_keys_that_do_something(void)
{
	char row[400];

	open_home();
	ui_draw(&ui);
	term_flush(ui.term);
	term_row_text(ui.term, 23, row, sizeof(row));
	CHECK_HAS(row, "Enter");
	CHECK_HAS(row, "R start over");
	CHECK_NULL(strstr(row, "again"));	/* it is not done */
	CHECK_NULL(strstr(row, "exercises"));
	CHECK_HAS(row, "? keys");
	press("3");
	ui_draw(&ui);
	term_flush(ui.term);
	term_row_text(ui.term, 23, row, sizeof(row));
	CHECK_NULL(strstr(row, "R start over"));
	CHECK_HAS(row, "a again");
	term_close(ui.term);
}

const struct test_case suite_unit_home[] = {
	T(rows_move_only_when_the_cursor_is_near_an_edge),
	T(every_row_stays_between_its_borders),
	T(a_lesson_has_a_mark_for_each_question),
	T(the_box_names_the_lesson_that_goes_on),
	T(what_was_missed_in_the_lesson_comes_before_the_others),
	T(a_course_that_cannot_be_read_shows_why),
	T(questions_are_read_from_the_source_text),
	T(a_source_text_that_is_cut_is_read_to_its_end),
	T(digits_choose_a_lesson_by_its_number),
	T(a_search_finds_titles_and_questions),
	T(the_footer_names_only_keys_that_do_something),
	{ NULL, NULL }
};
