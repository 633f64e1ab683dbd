/*
 * tests/sweep_lessons.c - the lessons themselves: fair for every variant, the same for every seed.
 *
 * Each lesson runs in this process without a person: a script answers each
 * question with the choice whose turn it is, and reads the verdicts.  Exactly one
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
#include "run/course.h"
#include "lua/course.h"
#include "tests/test.h"

#define QUESTIONS_MAX 16
#define LOG_BYTES ((size_t)32 << 20)

struct asked {
	char id[64];
	uint32_t kind, choices;
	bool judged, right, told, explained;	/* told: feedback of its own for the wrong answer */
	double happened;		/* of a number */
	char answer[256];		/* the right one, as its verdict says it */
};

struct pupil {
	struct trace trace;
	struct trace_store store;
	uint32_t turn;			/* answers with choice 1 + turn % choices, or with this number */
	uint32_t hints;			/* asked for before each answer */
	uint32_t hinted;
	struct asked v[QUESTIONS_MAX];
	uint32_t nr;
	int faults;
	char fault[512];
	bool ended;
	struct run_inputs inputs;	/* what it answered */
	char choice[QUESTIONS_MAX][8][160];
	bool world[QUESTIONS_MAX][8];
};

/* The last question put; filled from the events so far. */
static void read_question(struct pupil *p, const char *id, struct asked *out)
{
	struct trace_event ev;
	struct ev_ASK ask;
	uint64_t n;

	memset(out, 0, sizeof(*out));
	snprintf(out->id, sizeof(out->id), "%s", id);
	trace_store_poll(&p->store);
	for (n = p->store.nr; n; n--)
		if (trace_store_event(&p->store, n, &ev) && trace_get_ASK(&ev, &ask)) {
			out->kind = ask.kind;
			out->choices = ask.choices;
			return;
		}
}

static int decide(struct pupil *p, enum director_wait what, const char *id, struct run_input *in)
{
	struct asked q;

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
	read_question(p, id, &q);
	in->kind = INPUT_ANSWER;
	snprintf(in->value, sizeof(in->value), "%u", q.choices ? 1 + p->turn % q.choices : 1000 + p->turn);
	return 0;
}

static int answer(void *arg, enum director_wait what, const char *id, struct run_input *in)
{
	struct pupil *p = arg;
	int rc = decide(p, what, id, in);

	return rc ? rc : run_inputs_add(&p->inputs, in);
}

static bool verdict_field(const char *text, const char *key, char *buf, size_t size)
{
	size_t len = strlen(key);

	for (; text; text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL)
		if (!strncmp(text, key, len) && text[len] == '=') {
			snprintf(buf, size, "%.*s", (int)strcspn(text + len + 1, "\n"), text + len + 1);
			return true;
		}
	return false;
}

static struct asked *question(struct pupil *p, uint32_t number)
{
	REQUIRE_RANGE(number, 1, QUESTIONS_MAX);
	if (number > p->nr)
		p->nr = number;
	return &p->v[number - 1];
}

static void read_trace(struct pupil *p)
{
	struct trace_event ev;
	struct ev_ASK ask;
	struct ev_VERDICT verdict;
	struct ev_FAULT fault;
	struct ev_CHOICE_TEXT c;
	char text[64];
	uint64_t n;

	trace_store_poll(&p->store);
	for (n = 1; n <= p->store.nr; n++) {
		if (!trace_store_event(&p->store, n, &ev))
			continue;
		if (trace_get_ASK(&ev, &ask)) {
			struct asked *q = question(p, ask.question);

			q->kind = ask.kind;
			q->choices = ask.choices;
			snprintf(q->id, sizeof(q->id), "%.*s", (int)strcspn(ask.text, "\n"), ask.text);
		} else if (trace_get_CHOICE_TEXT(&ev, &c)) {
			question(p, c.question);
			REQUIRE_RANGE(c.choice, 1, 8);
			p->world[c.question - 1][c.choice - 1] = c.world;
			snprintf(p->choice[c.question - 1][c.choice - 1], sizeof(p->choice[0][0]), "%.150s", c.text);
		} else if (trace_get_VERDICT(&ev, &verdict)) {
			struct asked *q = question(p, verdict.question);

			q->judged = true;
			q->right = verdict.right;
			verdict_field(verdict.text, "happened", q->answer, sizeof(q->answer));
			q->happened = atof(q->answer);
			q->told = verdict_field(verdict.text, "feedback", text, sizeof(text));
			if (verdict_field(verdict.text, "rule", text, sizeof(text)) && !words_rule(text)) {
				test_note("question %s: no sentence for rule %s", q->id, text);
				CHECK_FAIL("a rule without a sentence");
			}
			q->explained = verdict_field(verdict.text, "why", text, sizeof(text));
		} else if (trace_get_FAULT(&ev, &fault)) {
			p->faults++;
			snprintf(p->fault, sizeof(p->fault), "%s", fault.text);
		}
		p->ended |= ev.kind == EV_LESSON_END;
	}
}

/* One run of a lesson, read. */
static void take(struct pupil *p, const char *path, uint64_t variant, uint64_t seed, double jitter, uint32_t turn,
		 uint32_t hints)
{
	struct run_spec spec = { .seed = seed, .variant = variant, .jitter = jitter };
	struct script_opts opts = { .spec = &spec, .trace = &p->trace, .io = { answer, p } };

	run_inputs_fini(&p->inputs);
	memset(p, 0, sizeof(*p));
	p->turn = turn;
	p->hints = hints;
	snprintf(spec.lesson, sizeof(spec.lesson), "%s", path);
	REQUIRE_INT(trace_open(&p->trace, -1, LOG_BYTES, 0), 0);
	REQUIRE_INT(trace_store_borrow(&p->store, &p->trace), 0);
	trace_current = NULL;
	if (script_run(&opts))
		p->faults++;
	trace_current = NULL;
	read_trace(p);
	if (p->faults || !p->ended)
		test_note("%s variant %llu seed %llu: %s", path, (unsigned long long)variant,
			  (unsigned long long)seed, p->fault[0] ? p->fault : "did not come to its end");
	CHECK_INT(p->faults, 0);
	CHECK_TRUE(p->ended);
	trace_store_close(&p->store);
	trace_close(&p->trace);
}

/* The same inputs in the world of one choice; how far it comes does not matter. */
static void take_world(struct pupil *p, const struct pupil *real, const char *path, uint32_t q, uint32_t choice)
{
	struct director_list list = { &real->inputs, 0 };
	struct run_spec spec = { .seed = 1, .jitter = -1, .world_question = q, .world_choice = choice,
				 .inputs = real->inputs };
	struct script_opts opts = { .spec = &spec, .trace = &p->trace, .io = { director_list_wait, &list } };

	memset(p, 0, sizeof(*p));
	snprintf(spec.lesson, sizeof(spec.lesson), "%s", path);
	REQUIRE_INT(trace_open(&p->trace, -1, LOG_BYTES, 0), 0);
	REQUIRE_INT(trace_store_borrow(&p->store, &p->trace), 0);
	trace_current = NULL;
	script_run(&opts);
	trace_current = NULL;
	read_trace(p);
	trace_store_close(&p->store);
	trace_close(&p->trace);
}

static void pupil_free(struct pupil *p)
{
	run_inputs_fini(&p->inputs);
	free(p);
}

/* ---- the course ---------------------------------------------------------------------- */

static struct course course;

static void open_course(void)
{
	char dir[1024], err[600];

	REQUIRE_INT(datadir_find("kworkshop", "lessons", dir, sizeof(dir)), 0);
	if (course_read(dir, &course, err, sizeof(err))) {
		test_note("%s", err);
		REQUIRE_FAIL("the course cannot be read");
	}
	CHECK_GE(course.nr, 5);
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
		CHECK_TRUE(!l->needs[0] || course_find(&course, l->needs) != NULL);
	}
	course_free(&course);
}

/*
 * Every choice has its turn: of each question exactly one is right, whoever the
 * student is; each wrong one has words of its own, and all are explained.
 */
static void each_question_has_exactly_one_right_choice_in_every_variant(void)
{
	int variants = test_rounds(21, 2), v;
	struct pupil *p = calloc(1, sizeof(*p));
	size_t i;

	open_course();
	for (i = 0; i < course.nr; i++) {
		for (v = 0; v < variants; v++) {
			uint32_t right[QUESTIONS_MAX] = { 0 }, turn, turns = 1, k;

			for (turn = 0; turn < turns; turn++) {
				take(p, course.lessons[i].path, (uint64_t)v, 1, -1, turn, 3);
				CHECK_INT(p->nr, course.lessons[i].questions);
				for (k = 0; k < p->nr; k++) {
					CHECK_TRUE(p->v[k].judged);
					CHECK_TRUE(p->v[k].explained);
					if (!p->v[k].right && !p->v[k].told)
						test_note("%s, %s: no feedback for wrong choice %u",
							  course.lessons[i].id, p->v[k].id, turn + 1);
					CHECK_TRUE(p->v[k].right || p->v[k].told);
					if (p->v[k].choices > turns)
						turns = p->v[k].choices;
					if (turn < p->v[k].choices || !p->v[k].choices)
						right[k] += p->v[k].right;
				}
			}
			for (k = 0; k < p->nr; k++) {
				uint32_t want = p->v[k].choices ? 1 : 0;	/* 1000.. is never the number */

				if (right[k] != want)
					test_note("%s, variant %d, %s: %u choices are right", course.lessons[i].id, v,
						  p->v[k].id, right[k]);
				CHECK_INT(right[k], want);
			}
		}
	}
	course_free(&course);
	pupil_free(p);
}

static void compare_runs(const struct pupil *a, const struct pupil *b, const char *id, int seed, double within_ms)
{
	uint32_t k;

	CHECK_INT(a->nr, b->nr);
	for (k = 0; k < a->nr; k++) {
		double d = a->v[k].happened - b->v[k].happened;
		bool same = a->v[k].kind == ASK_NUMBER ? d < within_ms && d > -within_ms :
			    !strcmp(a->v[k].answer, b->v[k].answer);

		if (!same)
			test_note("%s, seed %d, %s: \"%s\", with seed 1 \"%s\"", id, seed, a->v[k].id,
				  b->v[k].answer, a->v[k].answer);
		CHECK_TRUE(same);
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

/* Times move by up to 10 %: which choice is right must not. */
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

/* Whoever believes a choice with a world would be right in that world. */
static void each_world_gives_the_answer_of_its_believer(void)
{
	struct pupil *real = calloc(1, sizeof(*real)), *other = calloc(1, sizeof(*other));
	unsigned int worlds = 0;
	uint32_t q, k;
	size_t i;

	open_course();
	for (i = 0; i < course.nr; i++) {
		take(real, course.lessons[i].path, 0, 1, -1, 0, 0);
		for (q = 0; q < real->nr; q++) {
			for (k = 0; k < real->v[q].choices; k++) {
				if (!real->world[q][k])
					continue;
				worlds++;
				take_world(other, real, course.lessons[i].path, q + 1, k + 1);
				if (strcmp(other->v[q].answer, real->choice[q][k]))
					test_note("%s, %s: in the world of \"%s\" the answer is \"%s\" (%s)",
						  course.lessons[i].id, real->v[q].id, real->choice[q][k],
						  other->v[q].answer, other->fault);
				CHECK_STR(other->v[q].answer, real->choice[q][k]);
				CHECK_NOT_STR(other->v[q].answer, real->v[q].answer);
			}
		}
	}
	CHECK_GE(worlds, 2);
	course_free(&course);
	pupil_free(real);
	pupil_free(other);
}

const struct test_case suite_sweep_lessons[] = {
	T(every_lesson_of_the_contents_page_can_be_read),
	T(each_question_has_exactly_one_right_choice_in_every_variant),
	T(no_seed_changes_an_answer),
	T(jitter_of_ten_percent_changes_no_choice),
	T(each_world_gives_the_answer_of_its_believer),
	{ NULL, NULL }
};
