/*
 * tests/unit_places.c - no place of the screen changes an answer, a score or a position.
 *
 * The course of this tree, its sessions and machine processes are the real ones; only the
 * terminal is without a device.  Keys are drawn from the key table.  Left out are those with
 * which a student goes on: commit, a card's Enter, a hint, and `y` to a question.
 *
 * Lives here:   random keys at home, at a question, in views, in a what-if; `:irq`; `>`.
 * Never here:   pictures (ui_screens.c), the rows of progress (unit_progress.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/shell.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/rng.h"
#include "classroom/progress.h"
#include "cli/session.h"
#include "lua/course.h"
#include "visualizer/commands.h"
#include "visualizer/home.h"

#define TURNS_MAX 4000			/* of the loop, until a run waits */

static struct {
	char folder[64];
	struct session *session;
	struct app_opts opts;
	struct ui ui;
	uv_loop_t loop;
} place;

static void open_place(int w, int h)
{
	struct term_opts to = { .headless = true, .width = w, .height = h, .depth_max = DEPTH_256 };
	struct cli_look look = { .course = "." };
	char err[200];

	memset(&place, 0, sizeof(place));
	strcpy(place.folder, "/tmp/kw-places-XXXXXX");
	folder_make(place.folder);
	setenv("KWORKSHOP_STATE_DIR", place.folder, 1);
	cli_read_course = course_read;
	REQUIRE_INT(session_open(&place.session, &look, NULL), 0);
	session_callbacks(place.session, &place.opts.cb);
	place.opts.exe = test_binary();
	place.opts.no_animation = true;
	REQUIRE_INT(term_open(&place.ui.term, &to, err, sizeof(err)), 0);
	REQUIRE_INT(uv_loop_init(&place.loop), 0);
	place.ui.opts = &place.opts;
	place.ui.loop = &place.loop;
	place.ui.at_home = true;
	ui_home(&place.ui);
}

/* `run life` reads life alone; the next lesson is read when it is opened. */
static void a_lesson_is_read_when_it_is_opened(void)
{
	struct cli_look look = { .course = "." };
	struct run_spec spec;
	struct session *s;
	char err[1400];

	cli_read_course = course_read;
	REQUIRE_INT(session_open(&s, &look, "life"), 0);
	CHECK_TRUE(course_find(session_course(s), "life")->hash[0]);
	CHECK_FALSE(course_find(session_course(s), "one-runnable")->hash[0]);
	CHECK_INT(session_spec(s, "one-runnable", APP_OPEN_FRESH, &spec, err, sizeof(err)), 0);
	CHECK_TRUE(course_find(session_course(s), "one-runnable")->hash[0]);
	CHECK_INT(session_spec(s, "no-such", APP_OPEN_FRESH, &spec, err, sizeof(err)), -ENOENT);
	CHECK_HAS(err, "no-such");
	session_close(s);
	REQUIRE_INT(session_open(&s, &look, "no-such"), 0);
	CHECK_TRUE(course_find(session_course(s), "life")->hash[0]);
	session_close(s);
}

static void close_place(void)
{
	ui_set_scene(&place.ui, NULL);
	layout_free(place.ui.layout);
	term_close(place.ui.term);
	uv_run(&place.loop, UV_RUN_DEFAULT);
	CHECK_INT(uv_loop_close(&place.loop), 0);
	session_close(place.session);
	folder_remove(place.folder);
}

static void press(uint32_t key)
{
	struct term_event ev = { .key = key };

	ui_key(&place.ui, &ev);
}

static void type(const char *text)
{
	for (; *text; text++)
		press(*text == '\n' ? KEYC_ENTER : (unsigned char)*text);
}

static void draw(void)
{
	ui_draw(&place.ui);
	term_flush(place.ui.term);
}

static bool computes(const struct scene *s)
{
	return s && s->run && run_get_state(s->run) == RUN_RUNNING;
}

/* Time passes until nothing moves by itself: the run waits or has ended, the playback is at rest. */
static void rest(void)
{
	for (int i = 0; i < TURNS_MAX && ui_busy(&place.ui); i++) {
		uv_run(&place.loop, UV_RUN_NOWAIT);
		ui_update(&place.ui, 0.25);
		if (computes(place.ui.scene) || computes(place.ui.what_if) || computes(place.ui.world))
			uv_sleep(1);
	}
	CHECK_FALSE(ui_busy(&place.ui));
}

/* ---- progress and position as text --------------------------------------------------------------------- */

static int put_answer(void *arg, const struct progress_answer *a)
{
	strbuf_printf(arg, "  %s %u %s sure %u right %d hints %u\n", a->question, a->ordinal, a->value, a->sure, a->right, a->hints);
	return 0;
}

static int put_attempt(void *arg, const struct progress_attempt *a)
{
	strbuf_printf(arg, "%s %llu %llu %u of %u %d\n%s", a->lesson, (unsigned long long)a->variant, (unsigned long long)a->seed,
		      a->n, a->total, a->ended, a->inputs);
	return progress_answers(session_progress(place.session), a->row, put_answer, arg);
}

static void put_progress(struct strbuf *out)
{
	CHECK_INT(progress_attempts(session_progress(place.session), NULL, NULL, put_attempt, out), 0);
}

/* The place of the run: its fence, inputs, verdicts, and the open question. */
static void put_position(struct strbuf *out)
{
	const struct scene *s = ui_run_scene(&place.ui);
	struct open_text o = ui_open_text(&place.ui);
	unsigned int judged, right;
	char *inputs;

	lesson_score(&s->lesson, UINT64_MAX, &judged, &right);
	REQUIRE_INT(run_inputs_format(run_get_inputs(s->run), &inputs), 0);
	strbuf_printf(out, "fence %llu, %u of %u right, question %s\n%s", (unsigned long long)run_fence(s->run), right, judged,
		      o.q ? o.q->id : "none", inputs);
	for (uint32_t n = 1; n < s->lesson.nr_questions; n++)
		strbuf_printf(out, "%s %s %d\n", s->lesson.question[n].id, s->lesson.question[n].given,
			      (int)s->lesson.question[n].verdict.result);
	free(inputs);
}

static void to_home(void)
{
	for (int i = 0; i < 6 && !place.ui.at_home; i++) {
		place.ui.prompt = PROMPT_NONE;
		ui_do(&place.ui, ACT_LEAVE);
	}
	REQUIRE_TRUE(place.ui.at_home);
	place.ui.view = VIEW_MACHINE;
	place.ui.prompt = PROMPT_NONE;
}

/* Enter at home. */
static void resume(const char *id)
{
	to_home();
	home_select(&place.ui, id);
	press(KEYC_ENTER);
	REQUIRE_FALSE(place.ui.at_home);
	rest();
}

/* Takes the lesson as far as its question number @question, which stays open. */
static void open_question(const char *id, unsigned int question)
{
	resume(id);
	for (int i = 0; i < 60; i++) {
		struct open_text o = ui_open_text(&place.ui);
		unsigned int context = ui_contexts(&place.ui);

		if (context & (IN_ASK | IN_TYPE) && o.q && o.q->number == question)
			return;
		if (context & (IN_ASK | IN_TYPE) && o.q)
			press(lesson_form(o.q) == FORM_NUMBER ? '7' : 'a');
		press(KEYC_ENTER);
		if (context & (IN_ASK | IN_TYPE))
			press('2');			/* fairly sure */
		rest();
	}
	CHECK_FAIL("the question did not come");
}

/* ---- random keys -------------------------------------------------------------------------------- */

/* A card that asks for interrupts by hand: they are inputs of the run. */
static bool at_press_card(void)
{
	struct open_text o;

	if (place.ui.at_home || place.ui.kept)
		return false;
	o = ui_open_text(&place.ui);
	return o.card && o.card->press;
}

/* Keys with which a student goes on, or that need the terminal. */
static bool goes_on(enum action a)
{
	return (a == ACT_IRQ && at_press_card()) || a == ACT_COMMIT || a == ACT_GO || a == ACT_HINT || a == ACT_QUIT || a == ACT_SUSPEND;
}

static const char *const lines[] = {
	":irq\n", ":irq nic\n", ":irq nosuch\n", ":irq nic 0\n", ":irq nic 77\n", ":goto 3\n", ":goto #200\n", ":events\n",
	":dmesg\n", ":detail\n", ":story\n", ":machine\n", ":word item\n", ":nonsense\n", "/reset\n", "\\worker\n",
};

static void random_key(uint64_t seed, uint64_t i)
{
	uint64_t r = rng_hash4(seed, 1, 0, i);
	const struct key_row *row = &key_rows[rng_below(r, key_rows_nr)];
	uint32_t key = r >> 40 & 7 && row->code < KEYC_LETTERS ? row->code : ' ' + (uint32_t)(r >> 44) % 95;

	if (place.ui.prompt) {		/* never `y` */
		press(r >> 50 & 1 ? KEYC_ESC : 'n');
		press(KEYC_ESC);
		return;
	}
	if (r % 17 == 0) {
		const char *line = lines[rng_below(r >> 8, sizeof(lines) / sizeof(lines[0]))];

		if (key_action((unsigned char)*line, ui_contexts(&place.ui)) != ACT_NONE && !at_press_card())
			type(line);
		return;
	}
	if (goes_on(key_action(key, ui_contexts(&place.ui))))
		return;
	press(key);
}

static void play_around(const char *lesson, unsigned int question, uint64_t seed)
{
	STRBUF(progress, 1 << 16);
	STRBUF(position, 1 << 14);
	uint64_t n = 0;

	open_question(lesson, question);
	resume(lesson);
	put_position(&position);
	put_progress(&progress);
	for (int round = 0; round < test_rounds(8, 2); round++) {
		STRBUF(progress_now, 1 << 16);
		STRBUF(position_now, 1 << 14);

		for (int i = 0; i < 60; i++) {
			random_key(seed, n++);
			if (n % 5 == 0)
				rest();
			if (n % 7 == 0)
				draw();
		}
		rest();
		resume(lesson);
		put_position(&position_now);
		put_progress(&progress_now);
		CHECK_STR(position_now.buf, position.buf);
		CHECK_STR(progress_now.buf, progress.buf);
	}
}

static void looking_around_changes_no_answer_no_score_and_no_position(void)
{
	uint64_t seed = seed_from_env(1);

	open_place(80, 24);
	play_around("life", 2, seed);
	play_around("one-runnable", 2, seed + 1);
	play_around("first-minute", 1, seed + 2);
	close_place();
}

/* ---- `:irq`, `>`, the end ---------------------------------------------------------------------------- */

static void an_unknown_interrupt_line_is_an_error(void)
{
	static const struct {
		const char *typed, *message;
	} cases[] = {
		{ ":irq nosuch\n", "there is no interrupt line nosuch; there is: nic" },
		{ ":irq nosuch 1\n", "there is no interrupt line nosuch; there is: nic" },
		{ ":irq nic 77\n", "there is no CPU 77: this machine has 2" },
		{ ":irq nic x\n", "irq LINE CPU: x is not the number of a CPU" },
		{ ":irq nic -1\n", "irq LINE CPU: -1 is not the number of a CPU" },
	};

	open_place(80, 24);
	open_question("life", 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		type(cases[i].typed);
		CHECK_STR(place.ui.message, cases[i].message);
		CHECK_NULL(place.ui.what_if);
		CHECK_NULL(place.ui.kept);
	}
	type(":irq nic\n");
	CHECK_STR(place.ui.message, "");
	rest();
	CHECK_NOT_NULL(place.ui.kept);
	press(KEYC_ESC);
	CHECK_NULL(place.ui.kept);
	close_place();
}

static void an_unfinished_lesson_is_left_only_after_a_question(void)
{
	open_place(80, 24);
	open_question("life", 1);
	press(KEYC_ESC);
	press('>');
	CHECK_INT(place.ui.prompt, PROMPT_NEXT);
	press('n');
	CHECK_INT(place.ui.prompt, PROMPT_NONE);
	CHECK_STR(place.ui.scene->id, "life");
	press('>');
	press('y');
	CHECK_STR(place.ui.scene->id, "before-cmwq");
	rest();
	resume("life");
	CHECK_STR(ui_open_text(&place.ui).q->id, "second");
	/* `R` at home asks as well */
	to_home();
	home_select(&place.ui, "life");
	press('R');
	CHECK_INT(place.ui.prompt, PROMPT_RESTART);
	press('n');
	CHECK_TRUE(place.ui.at_home);
	close_place();
}

/* Answers whatever is asked, up to the end. */
static void take_lesson(void)
{
	for (int i = 0; i < 80 && place.ui.view != VIEW_END; i++) {
		struct open_text o = ui_open_text(&place.ui);

		if (ui_contexts(&place.ui) & (IN_ASK | IN_TYPE)) {
			press(lesson_form(o.q) == FORM_NUMBER ? '7' : 'a');
			press(KEYC_ENTER);
		}
		press(KEYC_ENTER);
		rest();
	}
	REQUIRE_INT(place.ui.view, VIEW_END);
}

static void the_end_of_a_lesson_leads_on(void)
{
	char row[400];

	open_place(80, 24);
	resume("first-minute");
	take_lesson();
	press(KEYC_ENTER);			/* the first minute ends at home */
	CHECK_TRUE(place.ui.at_home);
	CHECK_STR(place.ui.home.lessons[place.ui.home_sel].id, "why-defer");
	resume("life");
	take_lesson();
	/* the exercises that follow are at home; while answers were missed, the row has no room for them */
	draw();
	term_row_text(place.ui.term, 3, row, sizeof(row));
	CHECK_HAS(row, "Enter asks the ");
	CHECK_LACKS(row, "exercise");
	place.ui.end_missed = 0;
	draw();
	term_row_text(place.ui.term, 3, row, sizeof(row));
	CHECK_HAS(row, "Next: Before cmwq (10 min). Enter opens it. q shows 1 exercise.");
	/* looking back and returning */
	press(KEYC_ESC);
	CHECK_INT(place.ui.view, VIEW_MACHINE);
	press(KEYC_ENTER);
	CHECK_INT(place.ui.view, VIEW_END);
	/* the first answer was wrong, and its choice has a world */
	CHECK_TRUE(end_question(&place.ui)->verdict.result == RESULT_WRONG);
	press('b');
	CHECK_INT(place.ui.view, VIEW_WORLDS);
	CHECK_STR(place.ui.world_question, "second");
	rest();
	draw();
	press(KEYC_ESC);
	CHECK_INT(place.ui.view, VIEW_END);
	/* a number has none */
	press('j');
	press('j');
	press('b');
	CHECK_INT(place.ui.view, VIEW_END);
	CHECK_STR(place.ui.message, "there is no alternative run for this question");
	/* Enter would ask the missed ones once more */
	press('>');
	CHECK_STR(place.ui.scene->id, "before-cmwq");
	close_place();
}

const struct test_case suite_unit_places[] = {
	T(a_lesson_is_read_when_it_is_opened),
	T(looking_around_changes_no_answer_no_score_and_no_position),
	T(an_unknown_interrupt_line_is_an_error),
	T(an_unfinished_lesson_is_left_only_after_a_question),
	T(the_end_of_a_lesson_leads_on),
	{ NULL, NULL }
};
