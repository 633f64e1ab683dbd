/*
 * tests/unit_home.c - home: the list that scrolls at its edges, marks, sentences, keys.
 *
 * The course is made by hand: 22 lessons in six parts, with and without eight exercises.   Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/utf8.h"
#include "lua/steps.h"
#include "tests/test.h"
#include "visualizer/home.h"
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

/* Exercises: two after lesson 1, three after lesson 7, one after lesson 21, two after none. */
#define EXERCISES 8

static struct app_lesson exercises[EXERCISES];

static void add_exercises(struct app_home *h)
{
	static const struct {
		const char *id, *label, *kind, *title;
		size_t lesson;
		unsigned int halves, of;
		enum app_lesson_state state;
	} rows[EXERCISES] = {
		{ "exercises/burst", "E02", "observe", "A burst of packets", 1, 10, 10, APP_LESSON_DONE },
		{ "exercises/handler", "E03", "repair", "A handler that sleeps", 1, 13, 20, APP_LESSON_STARTED },
		{ "exercises/inactive", "E15", "predict", "Who is inactive at time t for two queues and two CPUs?", 7, 0, 0, APP_LESSON_NEW },
		{ "exercises/smallest", "E16", "configure", "As few workers as will do", 7, 0, 20, APP_LESSON_STARTED },
		{ "exercises/mutual", "E17", "repair", "Two items that wait for each other", 7, 0, 0, APP_LESSON_NEW },
		{ "exercises/order", "E22", "scheduler", "Crash it yourself", 21, 0, 0, APP_LESSON_NEW },
		{ "exercises/later", "E33", "configure", "Scopes", LESSONS, 0, 0, APP_LESSON_NEW },
		{ "exercises/broken", "E34", "?", "broken", LESSONS, 0, 0, APP_LESSON_NEW },
	};

	for (unsigned int i = 0; i < EXERCISES; i++) {
		struct app_lesson *lesson = rows[i].lesson < LESSONS ? &lessons[rows[i].lesson] : NULL;

		exercises[i] = (struct app_lesson){
			.id = rows[i].id, .label = rows[i].label, .kind = rows[i].kind, .title = rows[i].title, .question = "What decides it?",
			.needs = "7", .minutes = 10, .state = rows[i].state, .works = i != 0 && i != 2, .judged = rows[i].of > 0,
			.halves = rows[i].halves, .of = rows[i].of ? rows[i].of : 20,
			.fault = i == 7 ? "exercise.lua:3: exercise: unknown field 'titel'" : NULL,
		};
		if (lesson && !lesson->nr_exercises)
			lesson->exercise = &exercises[i];
		else if (!lesson && !h->nr_others)
			h->others = &exercises[i];
		*(lesson ? &lesson->nr_exercises : &h->nr_others) += 1;
	}
}

static void draw_at(struct home_frame *f, const struct app_home *h, struct size size, size_t sel, unsigned int number, const bool *open,
		    unsigned int top, bool ascii)
{
	struct home_in in = { .home = h, .sel = sel, .sel_number = number, .open = open, .top = top, .width = size.w, .height = size.h,
			      .ascii = ascii };

	REQUIRE_INT(home_layout(f, &in), 0);
}

static void draw(struct home_frame *f, const struct app_home *h, struct size size, size_t sel, unsigned int top, bool ascii)
{
	draw_at(f, h, size, sel, 0, NULL, top, ascii);
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

/* On the screen; < 0: above it, or not there. */
static int row_at(const struct home_frame *f, size_t lesson, unsigned int number)
{
	for (unsigned int i = 0; i < f->nr; i++)
		if (!f->row[i].heading && f->row[i].lesson == lesson && f->row[i].number == number)
			return (int)i - (int)f->top;
	return -1;
}

static int row_of(const struct home_frame *f, size_t lesson)
{
	return row_at(f, lesson, 0);
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

/* ---- exercises -------------------------------------------------------------------------------- */

static const bool none_open[APP_LESSONS_MAX], all_open[APP_LESSONS_MAX] = { [1] = true, [7] = true, [21] = true };

static void exercises_are_below_an_open_lesson(void)
{
	static struct home_frame f;
	struct app_home h;

	make_course(&h);
	draw(&f, &h, sizes[1], 7, 0, false);
	CHECK_INT(f.nr, 28);
	CHECK_FALSE(shows(&f, " ex."));
	add_exercises(&h);
	draw_at(&f, &h, sizes[1], 7, 0, none_open, 0, false);
	CHECK_INT(f.nr, 28 + 1 + 2);		/* those that follow no lesson have a heading */
	CHECK_FALSE(shows(&f, "E15 predict"));
	CHECK_TRUE(shows(&f, "E15 Who is inactive at time …"));	/* the detail of lesson 7 */
	CHECK_TRUE(shows(&f, "·····  0/3 ex."));
	CHECK_TRUE(shows(&f, "7 of 22 lessons · 1 of 8 exercises"));
	draw_at(&f, &h, sizes[1], 7, 2, all_open, 0, false);
	CHECK_INT(f.nr, 28 + 1 + EXERCISES);
	CHECK_TRUE(shows(&f, "     E15 predict   Who is inactive at time …"));
	CHECK_TRUE(shows(&f, "▸   ◐ E16 configure As few workers as…   0/10"));
	CHECK_TRUE(shows(&f, "E16 · configure · 10 min"));
	CHECK_TRUE(shows(&f, "0 of 10 points"));
	draw_at(&f, &h, sizes[1], 1, 1, all_open, 0, false);
	CHECK_TRUE(shows(&f, "   ✔ E02 observe   A burst of packets    5/5"));
	CHECK_TRUE(shows(&f, "   ◐ E03 repair    A handler that sl…  6½/10"));
	CHECK_TRUE(shows(&f, "Lab 1: the idea                5/5  1/2 ex."));
	draw_at(&f, &h, sizes[1], LESSONS, 2, none_open, 0, true);
	CHECK_TRUE(shows(&f, "More exercises                      0/2 ex."));
	CHECK_TRUE(shows(&f, ">   ! E34 faulty"));
	CHECK_TRUE(shows(&f, "unknown field"));
	draw_at(&f, &h, sizes[0], 7, 2, all_open, 0, false);
	CHECK_TRUE(shows(&f, "├ E16 · configure · 10 min · needs 7 · 0 of 10 points"));
	CHECK_TRUE(shows(&f, "│ As few workers as will do"));
}

static void opening_a_lesson_moves_no_row_above_it(void)
{
	static struct home_frame closed, open;
	bool one[APP_LESSONS_MAX] = { false };
	char a[1200], b[1200];
	struct app_home h;

	make_course(&h);
	add_exercises(&h);
	for (size_t s = 0; s < NR_SIZES; s++)
		for (size_t sel = 0; sel < LESSONS; sel++)
			for (unsigned int top = 0; top < 12; top += 3) {
				one[sel] = true;
				draw_at(&closed, &h, sizes[s], sel, 0, none_open, top, false);
				draw_at(&open, &h, sizes[s], sel, 0, one, closed.top, false);
				one[sel] = false;
				CHECK_INT(row_of(&open, sel), row_of(&closed, sel));
				for (int y = 0; y <= row_of(&closed, sel); y++) {
					row_text(&closed, closed.list_y + y, a, sizeof(a));
					row_text(&open, open.list_y + y, b, sizeof(b));
					CHECK_INT(strncmp(a, b, (size_t)closed.list_w - 2), 0);
				}
			}
}

static void exercises_stay_between_the_borders_and_rows_scroll_by_one(void)
{
	static struct home_frame f;
	static struct home_row rows[HOME_ROWS_MAX];
	struct app_home h;
	unsigned int nr, top = 0;
	char row[1200];

	make_course(&h);
	add_exercises(&h);
	nr = home_rows(&h, all_open, rows);
	for (int w = 60; w <= 140; w += 5)
		for (unsigned int i = 0; i < nr; i++) {
			if (rows[i].heading)
				continue;
			draw_at(&f, &h, (struct size){ w, 24 }, rows[i].lesson, rows[i].number, all_open, top, true);
			CHECK_TRUE(i == 1 || f.top <= top + 2);		/* over a heading by two */
			top = f.top;
			CHECK_GE(row_at(&f, rows[i].lesson, rows[i].number), 0);
			CHECK_LT(row_at(&f, rows[i].lesson, rows[i].number), f.list_rows);
			for (int y = 1; y < 23; y++) {
				row_text(&f, y, row, sizeof(row));
				CHECK_TRUE(row[0] == '|' || row[0] == '+');
				CHECK_TRUE(strchr("|+#", row[w - 1]) != NULL);
			}
		}
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
		"  ask({ [[A long\ntext. Why?]], number = \"ms\", points = 2.5, wrong = { points = 9 }, short = \"Why, in short?\" })\n"
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
	CHECK_TRUE(l.step[1].predict);
	CHECK_INT(l.step[1].halves, 0);
	CHECK_FALSE(l.step[2].predict);
	CHECK_INT(l.step[2].halves, 5);
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

static int read_exercises(void *arg, struct app_home *out, char *err, size_t err_size)
{
	read_course(arg, out, err, err_size);
	add_exercises(out);
	return 0;
}

static void open_home_of(int (*home)(void *arg, struct app_home *out, char *err, size_t err_size))
{
	struct term_opts to = { .headless = true, .width = 80, .height = 24, .depth_max = DEPTH_256 };
	char err[100];

	memset(&ui, 0, sizeof(ui));
	memset(&opts, 0, sizeof(opts));
	opts.cb.home = home;
	REQUIRE_INT(term_open(&ui.term, &to, err, sizeof(err)), 0);
	ui.opts = &opts;
	ui.at_home = true;
	ui_home(&ui);
}

static void open_home(void)
{
	open_home_of(read_course);
}

static void press_key(uint32_t key)
{
	struct term_event ev = { .key = key };

	ui_key(&ui, &ev);
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

static void the_keys_of_home_go_through_exercises(void)
{
	open_home_of(read_exercises);
	CHECK_INT(ui.home_sel, 7);			/* the lesson under way is open */
	press("j");
	CHECK_INT(ui.home_exercise, 1);
	press("jjj");
	CHECK_INT(ui.home_sel, 8);
	CHECK_INT(ui.home_exercise, 0);
	press("k");
	CHECK_INT(ui.home_exercise, 3);
	press_key(KEYC_LEFT);				/* the cursor goes to the lesson that it closes */
	CHECK_INT(ui.home_sel, 7);
	CHECK_INT(ui.home_exercise, 0);
	press("j");
	CHECK_INT(ui.home_sel, 8);
	press_key(KEYC_RIGHT);
	CHECK_STR(ui.message, "no exercise follows this lesson");
	press("G");
	CHECK_STR(home_at(&ui)->id, "exercises/broken");
	press("g");
	CHECK_INT(ui.home_sel, 0);
	for (unsigned int i = 0; i < 6; i++) {		/* the parts, and those that follow no lesson */
		static const size_t first[] = { 1, 6, 10, 15, 19, LESSONS };

		press_key(KEYC_TAB);
		CHECK_INT(ui.home_sel, first[i]);
	}
	press_key(KEYC_TAB);
	CHECK_INT(ui.home_sel, 0);
	press_key(KEYC_BTAB);
	CHECK_INT(ui.home_sel, LESSONS);
	CHECK_INT(ui.home_exercise, 1);
	press_key(KEYC_BTAB);
	CHECK_INT(ui.home_sel, 19);
	press("3");
	CHECK_INT(ui.home_sel, 3);
	CHECK_INT(ui.home_exercise, 0);
	term_close(ui.term);
}

static void a_search_opens_the_lesson_of_the_exercise(void)
{
	open_home_of(read_exercises);
	press("g/crash it\n");
	CHECK_STR(home_at(&ui)->id, "exercises/order");
	CHECK_TRUE(ui.home_open[21]);
	press("/e17\n");
	CHECK_STR(home_at(&ui)->id, "exercises/mutual");
	press("/configure\n");
	CHECK_STR(home_at(&ui)->id, "exercises/later");
	press("n");
	CHECK_STR(home_at(&ui)->id, "exercises/smallest");
	press("N");
	CHECK_STR(home_at(&ui)->id, "exercises/later");
	press("/nothing of it\n");
	CHECK_STR(home_at(&ui)->id, "exercises/later");
	CHECK_STR(ui.message, "not found: nothing of it");
	term_close(ui.term);
}

static char opened[80];

static int note_open(void *arg, const char *id, enum app_open how, struct run_spec *spec, char *err, size_t err_size)
{
	(void)arg;
	(void)spec;
	snprintf(opened, sizeof(opened), "open %s %d", id, (int)how);
	snprintf(err, err_size, "closed");
	return -1;
}

static int note_work(void *arg, const char *id, enum app_open how, struct app_work *out, char *err, size_t err_size)
{
	(void)arg;
	(void)out;
	snprintf(opened, sizeof(opened), "work %s %d", id, (int)how);
	snprintf(err, err_size, "no page");
	return -1;
}

/* An exercise that asks is opened like a lesson, another one by its page; a faulty one by the reader of its fault. */
static void enter_opens_an_exercise_by_its_kind(void)
{
	static const struct {
		const char *keys, *opened, *message;
	} cases[] = {
		{ "/e02\n\n", "open exercises/burst 0", "closed" }, { "/e02\nR", "open exercises/burst 1", "closed" },
		{ "/e16\n\n", "work exercises/smallest 0", "no page" }, { "/e16\nR", "", "its files stay; the command kworkshop restart begins it again" },
		{ "/e16\na", "", "its files stay; the command kworkshop restart begins it again" },
		{ "/e22\n\n", "work exercises/order 0", "no page" }, { "/e22\nR", "work exercises/order 1", "no page" },
		{ "/e34\n\n", "open exercises/broken 0", "closed" },
	};

	open_home_of(read_exercises);
	opts.cb.open = note_open;
	opts.cb.work = note_work;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		opened[0] = '\0';
		press("g");
		press(cases[i].keys);
		CHECK_STR(opened, cases[i].opened);
		CHECK_STR(ui.message, cases[i].message);
	}
	CHECK_TRUE(ui.at_home);
	CHECK_NULL(ui.work);
	press("/e16\nr");			/* its answers are no rows of progress */
	CHECK_INT(ui.prompt, PROMPT_NONE);
	press("/e02\nr");
	CHECK_INT(ui.prompt, PROMPT_RESET);
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
	T(exercises_are_below_an_open_lesson),
	T(opening_a_lesson_moves_no_row_above_it),
	T(exercises_stay_between_the_borders_and_rows_scroll_by_one),
	T(a_course_that_cannot_be_read_shows_why),
	T(questions_are_read_from_the_source_text),
	T(a_source_text_that_is_cut_is_read_to_its_end),
	T(digits_choose_a_lesson_by_its_number),
	T(a_search_finds_titles_and_questions),
	T(the_keys_of_home_go_through_exercises),
	T(a_search_opens_the_lesson_of_the_exercise),
	T(enter_opens_an_exercise_by_its_kind),
	T(the_footer_names_only_keys_that_do_something),
	{ NULL, NULL }
};
