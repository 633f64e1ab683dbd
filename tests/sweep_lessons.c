/*
 * tests/sweep_lessons.c - the lessons have one right choice in every variant, the same for every seed.
 *
 * Each lesson runs in this process.  The test answers each question with one choice
 * after the other, and reads the verdicts.  Exactly one
 * choice of a question may be right, and a seed may not change which.
 *
 * Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/datadir.h"
#include "words/words.h"
#include "lua/script.h"
#include "model/lesson.h"
#include "model/worlds.h"
#include "run/course.h"
#include "lua/course.h"
#include "tests/test.h"

#define LOG_BYTES ((size_t)32 << 20)

struct pupil {
	struct trace trace;
	struct trace_store store;
	struct lesson lesson;
	uint32_t turn;			/* answers with choice 1 + turn % choices, or with 1000 + turn */
	uint32_t hints;			/* asked for before each answer */
	uint32_t hinted;
	struct run_inputs inputs;	/* its answers */
	char fault[512];
	bool open;			/* store and trace are */
};

static int decide(struct pupil *p, enum run_wait what, const char *id, struct run_input *in)
{
	const struct lesson_question *q;
	struct strbuf value;

	memset(in, 0, sizeof(*in));
	if (what != WAIT_ANSWER)
		return what == WAIT_END ? -EPIPE : 0;	/* zeros: go */
	snprintf(in->id, sizeof(in->id), "%s", id);
	if (p->hinted < p->hints) {
		p->hinted++;
		in->kind = INPUT_HINT;
		return 0;
	}
	p->hinted = 0;
	in->kind = INPUT_ANSWER;
	trace_store_poll(&p->store);
	if (lesson_grow(&p->lesson) || !(q = lesson_question_by_id(&p->lesson, id)))
		return -ENOENT;
	strbuf_init(&value, in->value, sizeof(in->value));
	lesson_some_answer(q, lesson_form(q) == FORM_NUMBER ? 1000 + p->turn : p->turn, &value);
	return 0;
}

static int answer(void *arg, enum run_wait what, const char *id, struct run_input *in)
{
	struct pupil *p = arg;
	int rc = decide(p, what, id, in);

	return rc ? rc : run_inputs_add(&p->inputs, in);
}

static void pupil_close(struct pupil *p)
{
	if (!p->open)
		return;
	lesson_fini(&p->lesson);
	trace_store_close(&p->store);
	trace_close(&p->trace);
	run_inputs_fini(&p->inputs);
	p->open = false;
}

static void pupil_free(struct pupil *p)
{
	pupil_close(p);
	free(p);
}

/* Runs the lesson and reads it.  Return: false if it was faulty. */
static bool play(struct pupil *p, struct script_opts *opts)
{
	bool ok;

	REQUIRE_INT(trace_open(&p->trace, -1, LOG_BYTES, 0), 0);
	REQUIRE_INT(trace_store_borrow(&p->store, &p->trace), 0);
	p->open = true;
	lesson_init(&p->lesson, &p->store);
	opts->trace = &p->trace;
	trace_current = NULL;
	ok = script_run(opts) == 0;
	trace_current = NULL;
	trace_store_poll(&p->store);
	REQUIRE_INT(lesson_grow(&p->lesson), 0);
	for (size_t i = 0; i < p->lesson.nr_cards; i++)
		if (p->lesson.card[i].kind == CARD_FAULT)
			snprintf(p->fault, sizeof(p->fault), "%s", p->lesson.card[i].text);
	return ok && !p->fault[0];
}

/* One run of a lesson, read. */
static void take(struct pupil *p, const char *path, uint64_t variant, uint64_t seed, double jitter, uint32_t turn,
		 uint32_t hints)
{
	struct run_spec spec = { .seed = seed, .variant = variant, .jitter = jitter };
	struct script_opts opts = { .spec = &spec, .io = { answer, p } };
	bool ok;

	pupil_close(p);
	memset(p, 0, sizeof(*p));
	p->turn = turn;
	p->hints = hints;
	snprintf(spec.lesson, sizeof(spec.lesson), "%s", path);
	ok = play(p, &opts);
	if (!ok || !p->lesson.ended)
		test_note("%s variant %llu seed %llu: %s", path, (unsigned long long)variant,
			  (unsigned long long)seed, p->fault[0] ? p->fault : "did not come to its end");
	CHECK_TRUE(ok);
	CHECK_TRUE(p->lesson.ended);
}

/* Runs the same inputs in the world of one choice; the run may end early. */
static void take_world(struct pupil *p, const struct pupil *real, const char *path, uint32_t q, uint32_t choice)
{
	struct director_list list = { .inputs = &real->inputs };
	struct run_spec spec = { .seed = 1, .jitter = -1, .world_question = q, .world_choice = choice,
				 .inputs = real->inputs };
	struct script_opts opts = { .spec = &spec, .io = { director_list_wait, &list } };

	pupil_close(p);
	memset(p, 0, sizeof(*p));
	snprintf(spec.lesson, sizeof(spec.lesson), "%s", path);
	play(p, &opts);
}

/* ---- the course ---------------------------------------------------------------------- */

static struct course course;

static void open_course(void)
{
	char dir[1024], err[600];

	REQUIRE_INT(datadir_find("kworkshop", "lessons", dir, sizeof(dir)), 0);
	if (course_read(dir, NULL, &course, err, sizeof(err))) {
		test_note("%s", err);
		REQUIRE_FAIL("the course cannot be read");
	}
	CHECK_GE(course.nr, 5);
}

/* Each lesson of @needs, a list with ", " between the slugs, is in the course. */
static void needs_exist(const char *needs)
{
	char slugs[256], *at = NULL;

	snprintf(slugs, sizeof(slugs), "%s", needs);
	for (char *slug = strtok_r(slugs, ", ", &at); slug; slug = strtok_r(NULL, ", ", &at))
		if (!CHECK_NOT_NULL(course_find(&course, slug)))
			test_note("there is no lesson %s", slug);
}

static void every_lesson_of_the_contents_page_can_be_read(void)
{
	size_t i;

	open_course();
	for (i = 0; i < course.nr; i++) {
		const struct course_lesson *l = &course.lessons[i];

		if (l->fault[0])
			test_note("%s", l->fault);
		CHECK_STR(l->fault, "");
		CHECK_GE(l->questions, 1);
		CHECK_GE(l->minutes, 1);
		CHECK_NE(l->question[0], '\0');
		CHECK_NE(l->part[0], '\0');
		needs_exist(l->needs);
	}
	course_free(&course);
}

/*
 * The answer has a verdict and an explanation, a wrong choice has its own feedback, and the rule
 * has a sentence.
 */
static void check_question(const struct lesson_question *q, const char *lesson, uint32_t turn)
{
	CHECK_NE(q->verdict.n, 0);
	CHECK_NOT_STR(q->verdict.why, "");
	if (*q->verdict.rule && !CHECK_NOT_NULL(words_rule(q->verdict.rule)))
		test_note("%s, %s: no sentence for rule %s", lesson, q->id, q->verdict.rule);
	if (q->verdict.result != RESULT_RIGHT && !CHECK_GT(q->verdict.nr_feedback, 0))
		test_note("%s, %s: no feedback for wrong choice %u", lesson, q->id, turn + 1);
}

/* The questions that were read from the source text are those of the run, in its order. */
static void check_steps(const struct course_lesson *l, const struct lesson *run)
{
	uint32_t k = 0, says = 0;

	for (unsigned int i = 0; i < l->questions + l->cards; i++) {
		const struct course_step *step = &l->step[i];

		says += !step->question;
		if (!step->question || k + 1 >= run->nr_questions)
			continue;
		CHECK_STR(step->id, run->question[++k].id);
		CHECK_HAS(step->text, "?");
	}
	CHECK_INT(k + 1, run->nr_questions);
	CHECK_INT(says, l->cards);
}

/*
 * The test gives every choice: exactly one of each question is right for every
 * student, each wrong one has its own feedback, and all are explained.
 */
static void each_question_has_exactly_one_right_choice_in_every_variant(void)
{
	int variants = test_rounds(21, 2), v;
	struct pupil *p = calloc(1, sizeof(*p));
	size_t i;

	open_course();
	for (i = 0; i < course.nr; i++) {
		for (v = 0; v < variants; v++) {
			uint32_t right[LESSON_QUESTIONS_MAX + 1] = { 0 }, turn, turns = 1, k;

			for (turn = 0; turn < turns; turn++) {
				take(p, course.lessons[i].path, (uint64_t)v, 1, -1, turn, 3);
				CHECK_INT(p->lesson.nr_questions, course.lessons[i].questions + 1);
				check_steps(&course.lessons[i], &p->lesson);
				for (k = 1; k < p->lesson.nr_questions; k++) {
					const struct lesson_question *q = &p->lesson.question[k];

					check_question(q, course.lessons[i].id, turn);
					if (q->nr_choices > turns)
						turns = q->nr_choices;
					if (turn < q->nr_choices || !q->nr_choices)
						right[k] += q->verdict.result == RESULT_RIGHT;
				}
			}
			for (k = 1; k < p->lesson.nr_questions; k++) {
				const struct lesson_question *q = &p->lesson.question[k];

				/* only some of all orders are tried, and 1000.. is never the number */
				if (lesson_form(q) == FORM_ORDER ? !CHECK_LE(right[k], 1) : !CHECK_INT(right[k], q->nr_choices ? 1 : 0))
					test_note("%s, variant %d, %s", course.lessons[i].id, v, q->id);
			}
		}
	}
	course_free(&course);
	pupil_free(p);
}

static void compare_runs(const struct pupil *a, const struct pupil *b, const char *id, int seed, double within_ms)
{
	CHECK_INT(a->lesson.nr_questions, b->lesson.nr_questions);
	for (size_t k = 1; k < a->lesson.nr_questions; k++) {
		const struct lesson_question *x = &a->lesson.question[k], *y = &b->lesson.question[k];
		bool same = lesson_form(x) == FORM_NUMBER ?
			    CHECK_NEAR(atof(y->verdict.happened), atof(x->verdict.happened), within_ms) :
			    CHECK_STR(y->verdict.happened, x->verdict.happened);

		if (!same)
			test_note("%s, seed %d, %s", id, seed, x->id);
	}
}

static void no_seed_changes_an_answer(void)
{
	int seeds = test_rounds(20, 4), s;
	struct pupil *first = calloc(1, sizeof(*first)), *other = calloc(1, sizeof(*other));
	size_t i;

	open_course();
	for (i = 0; i < course.nr; i++) {
		take(first, course.lessons[i].path, 0, 1, -1, 0, 0);
		for (s = 2; s <= seeds; s++) {
			take(other, course.lessons[i].path, 0, (uint64_t)s, -1, 0, 0);
			compare_runs(first, other, course.lessons[i].id, s, 0.4);
		}
	}
	course_free(&course);
	pupil_free(first);
	pupil_free(other);
}

/* Times vary by up to 10 %; the right choice must stay the same. */
static void jitter_of_ten_percent_changes_no_choice(void)
{
	int seeds = test_rounds(20, 4), s;
	struct pupil *first = calloc(1, sizeof(*first)), *other = calloc(1, sizeof(*other));
	size_t i;

	open_course();
	for (i = 0; i < course.nr; i++) {
		take(first, course.lessons[i].path, 0, 1, -1, 0, 0);
		for (s = 1; s <= seeds; s++) {
			take(other, course.lessons[i].path, 0, (uint64_t)s, 0.1, 0, 0);
			compare_runs(first, other, course.lessons[i].id, s, 6);
		}
	}
	course_free(&course);
	pupil_free(first);
	pupil_free(other);
}

/* Worlds with `flags` or `legacy`, which differ from the first event on. */
static bool differs_from_the_beginning(const char *lesson, const char *choice)
{
	static const struct { const char *lesson, *choice; } rows[] = {
		{ "rescuer", "rescued" },
		{ "before-cmwq", "none" }, { "before-cmwq", "now" }, { "before-cmwq", "one" }, { "before-cmwq", "after" },
		{ "pools-and-names", "three" }, { "hogs", "ten" }, { "hogs", "yes" },
		{ "unbound", "wait" }, { "unbound", "one" }, { "unbound", "none" },
		{ "freeze-hotplug", "both" }, { "freeze-hotplug", "runs" }, { "freeze-hotplug", "now" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(lesson, rows[i].lesson) && !strcmp(choice, rows[i].choice))
			return true;
	return false;
}

/* The world is the real run up to its question, unless it differs @at_once, and ends in time. */
static void check_world(const struct pupil *real, const struct pupil *other, uint32_t q, bool at_once)
{
	uint64_t asked = lesson_question(&real->lesson, q)->asked;
	struct trace_event a, b;

	REQUIRE_TRUE(trace_store_event(&other->store, lesson_question(&other->lesson, q)->asked, &a));
	REQUIRE_TRUE(trace_store_event(&other->store, other->store.nr, &b));
	CHECK_LE(b.time, a.time + 10 * UINT64_C(1000000000));
	for (uint64_t n = 1; !at_once && n < asked; n++) {
		STRBUF(ta, 400);
		STRBUF(tb, 400);

		REQUIRE_TRUE(trace_store_event(&real->store, n, &a) && trace_store_event(&other->store, n, &b));
		if (a.kind == EV_CHOICE_TEXT || trace_is_lesson(a.kind))
			continue;
		trace_format(&real->store, &a, &ta);
		trace_format(&other->store, &b, &tb);
		if (!CHECK_STR(tb.buf, ta.buf))
			return;
	}
}

/* A choice with a world is the right answer in that world. */
static void each_world_gives_the_answer_of_its_believer(void)
{
	struct pupil *real = calloc(1, sizeof(*real)), *other = calloc(1, sizeof(*other));
	unsigned int worlds = 0;
	size_t i;

	open_course();
	for (i = 0; i < course.nr; i++) {
		take(real, course.lessons[i].path, 0, 1, -1, 0, 0);
		for (uint32_t q = 1; q < real->lesson.nr_questions; q++) {
			const struct lesson_question *x = &real->lesson.question[q], *y;

			for (uint32_t k = 0; k < x->nr_choices; k++) {
				if (!x->choice[k].world)
					continue;
				worlds++;
				take_world(other, real, course.lessons[i].path, q, k + 1);
				y = lesson_question(&other->lesson, q);
				REQUIRE_NOT_NULL(y);
				if (!CHECK_STR(y->verdict.happened ? y->verdict.happened : "", x->choice[k].id))
					test_note("%s, %s: in the world of \"%s\" (%s)", course.lessons[i].id, x->id,
						  x->choice[k].id, other->fault);
				CHECK_NOT_STR(y->verdict.happened ? y->verdict.happened : "", x->verdict.happened);
				check_world(real, other, q, differs_from_the_beginning(course.lessons[i].id, x->choice[k].id));
			}
		}
	}
	CHECK_GE(worlds, 10);
	course_free(&course);
	pupil_free(real);
	pupil_free(other);
}

/* ---- worlds side by side (model/worlds.h) ------------------------------------------------ */

/* Compares the real run with the world of a choice, up to event @fence of the real run (0 = its scene). */
static void compare(struct worlds *w, const char *lesson, const char *question, const char *choice, bool fenced)
{
	struct pupil *real = calloc(1, sizeof(*real)), *other = calloc(1, sizeof(*other));
	const struct lesson_question *q;
	struct world_run a, b;
	int k;

	open_course();
	take(real, course_find(&course, lesson)->path, 0, 1, -1, 0, 0);
	q = lesson_question_by_id(&real->lesson, question);
	REQUIRE_NOT_NULL(q);
	k = lesson_choice(q, choice, strlen(choice));
	REQUIRE_GE(k, 0);
	take_world(other, real, course_find(&course, lesson)->path, q->number, (uint32_t)k + 1);
	a = (struct world_run){ &real->store, q->asked };
	b = (struct world_run){ &other->store, lesson_question(&other->lesson, q->number)->asked };
	CHECK_INT(worlds_compare(w, &a, fenced ? q->verdict.evidence : 0, &b), 0);
	course_free(&course);
	pupil_free(real);
	pupil_free(other);
}

#define AS_MS(ns) ((double)(ns) / 1e6)

/* The belief wake-none of lesson 5: w1 and w2 wait for the end of the one before. */
static void the_first_world_of_lesson_5_is_20_ms_longer(void)
{
	static const char *const names[3] = { "w0", "w1", "w2" };
	static const double ends[2][3] = { { 15, 15, 20 }, { 15, 30, 45 } };
	struct worlds w;

	compare(&w, "one-runnable", "next", "none", false);
	REQUIRE_INT(w.nr, 3);
	for (int i = 0; i < 3; i++) {
		CHECK_STR(w.item[i].name, names[i]);
		for (int run = 0; run < 2; run++)
			CHECK_NEAR(AS_MS(w.item[i].run[run].end), ends[run][i], 0.3);
	}
	CHECK_NEAR(AS_MS(w.parts), 0.05, 0.05);
	CHECK_STR(w.item[w.parts_item].name, "w1");
	CHECK_INT(w.parts_state[WORLD_REAL], WORLD_RUNS);
	CHECK_INT(w.parts_state[WORLD_OTHER], WORLD_WAITS);
	CHECK_INT(w.count[WORLD_REAL].at_once, 3);
	CHECK_INT(w.count[WORLD_OTHER].at_once, 1);
	CHECK_INT(w.count[WORLD_REAL].workers, 3);
	CHECK_INT(w.count[WORLD_OTHER].workers, 1);
	CHECK_GT(w.count[WORLD_REAL].switches, 4);
	CHECK_INT(worlds_state(&w.item[2].run[WORLD_OTHER], 20 * 1000000), WORLD_WAITS);
	worlds_fini(&w);
}

/* Up to the fence nothing is known of an end, and no state is from behind it. */
static void a_comparison_stops_at_the_fence(void)
{
	struct worlds w;

	compare(&w, "one-runnable", "next", "none", true);
	REQUIRE_INT(w.nr, 3);
	CHECK_TRUE(w.bounded);
	CHECK_LT(AS_MS(w.bound), 1);
	for (size_t i = 0; i < w.nr; i++)
		for (int run = 0; run < 2; run++) {
			const struct world_track *t = &w.item[i].run[run];

			CHECK_TRUE(t->end == WORLDS_NEVER);
			REQUIRE_GE(t->nr, 1);
			CHECK_LE(t->v[t->nr - 1].from, w.bound);
		}
	CHECK_LE(worlds_last_change(&w), w.bound);
	worlds_fini(&w);
}

/* Lesson 11: with the flag, the rescuer runs save1; without, it waits until memory is back. */
static void the_world_of_lesson_11_has_a_rescuer(void)
{
	struct worlds w;
	size_t i;

	compare(&w, "rescuer", "without", "rescued", false);
	for (i = 0; i < w.nr && strcmp(w.item[i].name, "save1"); i++)
		;
	REQUIRE_LT(i, w.nr);
	CHECK_GT(AS_MS(w.item[i].run[WORLD_REAL].end), 500);
	CHECK_LT(AS_MS(w.item[i].run[WORLD_OTHER].end), 20);
	CHECK_NE(w.parts, WORLDS_NEVER);
	worlds_fini(&w);
}

/* A run compared with itself never parts. */
static void a_run_does_not_part_from_itself(void)
{
	struct pupil *real = calloc(1, sizeof(*real));
	struct worlds w;
	struct world_run a;

	open_course();
	take(real, course_find(&course, "one-runnable")->path, 0, 1, -1, 0, 0);
	a = (struct world_run){ &real->store, lesson_question(&real->lesson, 1)->asked };
	CHECK_INT(worlds_compare(&w, &a, 0, &a), 0);
	CHECK_TRUE(w.parts == WORLDS_NEVER);
	CHECK_GE(w.nr, 3);
	worlds_fini(&w);
	course_free(&course);
	pupil_free(real);
}

const struct test_case suite_sweep_lessons[] = {
	T(every_lesson_of_the_contents_page_can_be_read),
	T(each_question_has_exactly_one_right_choice_in_every_variant),
	T(no_seed_changes_an_answer),
	T(jitter_of_ten_percent_changes_no_choice),
	T(each_world_gives_the_answer_of_its_believer),
	T(the_first_world_of_lesson_5_is_20_ms_longer),
	T(a_comparison_stops_at_the_fence),
	T(the_world_of_lesson_11_has_a_rescuer),
	T(a_run_does_not_part_from_itself),
	{ NULL, NULL }
};
