/*
 * cli/lesson_state.c - see lesson_state.h.   Licence: MIT.
 */
#include "cli/lesson_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/run.h"

/* An attempt, as far as it matters here. */
struct tried {
	int64_t row;
	bool ended, same_run, answered;
	unsigned int step;
};

struct attempts {
	const struct course_lesson *l;
	const struct progress_attempt *want;
	struct tried *v;
	size_t nr, cap;
	int64_t day;
};

/* Return: the number of the step of the lesson's text that the input ends, from 1; 0 = it ends none. */
static unsigned int steps_behind(const struct course_lesson *l, const struct run_input *in)
{
	unsigned int said = 0;

	for (unsigned int i = 0; l->step && i < l->questions + l->cards; i++) {
		const struct course_step *step = &l->step[i];

		said += !step->question;
		if (in->kind == INPUT_GO && !step->question && in->number && said == in->number)
			return i + 1;
		if ((in->kind == INPUT_ANSWER || in->kind == INPUT_PICK) && step->question && !strcmp(step->id, in->id))
			return i + 1;
	}
	return 0;
}

/* The step at which an attempt with these inputs stands. */
static unsigned int step_of(const struct course_lesson *l, const char *text)
{
	unsigned int behind = 0;
	struct run_inputs in = { 0 };
	char err[300];

	if (run_inputs_parse(&in, text, "progress", err, sizeof(err)) == 0)
		for (size_t i = 0; i < in.n; i++)
			behind = steps_behind(l, &in.v[i]) > behind ? steps_behind(l, &in.v[i]) : behind;
	run_inputs_fini(&in);
	return behind < l->questions + l->cards ? behind + 1 : behind;
}

static bool same_run(const struct progress_attempt *a, const struct progress_attempt *b)
{
	return a->variant == b->variant && a->seed == b->seed && !strcmp(a->options, b->options);
}

static int add_attempt(void *arg, const struct progress_attempt *a)
{
	struct attempts *all = arg;

	if (all->nr == all->cap) {
		size_t cap = all->cap ? 2 * all->cap : 8;
		struct tried *v = realloc(all->v, cap * sizeof(*v));

		if (!v)
			return -ENOMEM;
		all->v = v;
		all->cap = cap;
	}
	all->v[all->nr++] = (struct tried){
		.row = a->row, .ended = a->ended, .same_run = same_run(a, all->want),
		.step = a->ended ? 0 : step_of(all->l, a->inputs),
	};
	all->day = a->day > all->day ? a->day : all->day;
	return 0;
}

struct marks {
	struct lesson_mark *v;
	size_t nr, cap;
	int64_t last;
};

static int add_answer(void *arg, const struct progress_answer *a)
{
	struct marks *m = arg;
	struct lesson_mark *v;

	m->last = a->row > m->last ? a->row : m->last;
	for (size_t i = 0; i < m->nr; i++)
		if (!strcmp(m->v[i].question, a->question))
			return 0;		/* a further try */
	if (m->nr == m->cap) {
		size_t cap = m->cap ? 2 * m->cap : 16;

		v = realloc(m->v, cap * sizeof(*v));
		if (!v)
			return -ENOMEM;
		m->v = v;
		m->cap = cap;
	}
	v = &m->v[m->nr++];
	snprintf(v->question, sizeof(v->question), "%s", a->question);
	v->right = a->right;
	return 0;
}

/* The answers of each attempt; those of the attempt with the most of them stay. */
static int read_answers(struct progress *p, struct attempts *all, struct lesson_state *out)
{
	int err = 0;

	for (size_t i = 0; i < all->nr && !err; i++) {
		struct marks m = { 0 };

		err = progress_answers(p, all->v[i].row, add_answer, &m);
		all->v[i].answered = m.nr > 0;
		out->last_answer = m.last > out->last_answer ? m.last : out->last_answer;
		if (!err && m.nr && m.nr >= out->nr_marks) {
			free(out->mark);
			out->mark = m.v;
			out->nr_marks = m.nr;
		} else {
			free(m.v);
		}
	}
	return err;
}

/* The attempt that progress_resume() would choose. */
static const struct tried *resumable(const struct attempts *all)
{
	const struct tried *last = NULL, *answered = NULL;

	for (size_t i = 0; i < all->nr; i++) {
		if (!all->v[i].same_run)
			continue;
		last = all->v[i].ended ? NULL : &all->v[i];
		answered = all->v[i].ended ? NULL : all->v[i].answered ? last : answered;
	}
	return answered ? answered : last;
}

int lesson_state_read(struct progress *p, const struct course_lesson *l, const struct progress_attempt *want,
		      struct lesson_state *out)
{
	struct attempts all = { .l = l, .want = want };
	const struct tried *open;
	int err = progress_attempts(p, want->course, want->lesson, add_attempt, &all);

	memset(out, 0, sizeof(*out));
	if (!err)
		err = read_answers(p, &all, out);
	open = resumable(&all);
	out->unfinished = open != NULL;
	out->step = open ? open->step : 0;
	out->day = all.day;
	free(all.v);
	if (err)
		lesson_state_fini(out);
	return err;
}

void lesson_state_fini(struct lesson_state *s)
{
	free(s->mark);
	memset(s, 0, sizeof(*s));
}

const struct lesson_mark *lesson_state_mark(const struct lesson_state *s, const char *id)
{
	for (size_t i = 0; i < s->nr_marks; i++)
		if (!strcmp(s->mark[i].question, id))
			return &s->mark[i];
	return NULL;
}
