/*
 * classroom/practice.c - see practice.h.
 *
 * The answers to a question are sorted by day, wrong ones first.  Within one day the order
 * does not matter: after a wrong answer no question is due on the same day, so a right one
 * counts only if the wrong one does not undo it.  That makes the result independent of the
 * order of rows, which two programs or an import may have mixed.
 *
 * Licence: MIT.
 */
#include "classroom/practice.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const int64_t days_between[PRACTICE_RETURNS] = { 1, 3, 7 };

/* A first answer that has a verdict. */
struct given {
	char question[64];
	int64_t day;
	bool right, practice;
};

struct history {
	struct progress *p;
	struct given *v;
	size_t nr, cap;
};

static int add(struct history *h, const char *question, int64_t day, int32_t right, bool practice)
{
	struct given *v;

	if (right < 0)
		return 0;
	if (h->nr == h->cap) {
		size_t cap = h->cap ? 2 * h->cap : 32;

		v = realloc(h->v, cap * sizeof(*v));
		if (!v)
			return -ENOMEM;
		h->v = v;
		h->cap = cap;
	}
	v = &h->v[h->nr++];
	*v = (struct given){ .day = day, .right = right == 1, .practice = practice };
	snprintf(v->question, sizeof(v->question), "%s", question);
	return 0;
}

static int add_answer(void *arg, const struct progress_answer *a)
{
	return a->ordinal == 1 ? add(arg, a->question, a->day, a->right, false) : 0;
}

static int add_attempt(void *arg, const struct progress_attempt *a)
{
	struct history *h = arg;

	return progress_answers(h->p, a->row, add_answer, h);
}

static int add_practice(void *arg, const struct progress_practice *a)
{
	return add(arg, a->question, a->day, a->right, true);
}

static int compare(const void *a, const void *b)
{
	const struct given *one = a, *two = b;
	int order = strcmp(one->question, two->question);

	if (order)
		return order;
	if (one->day != two->day)
		return one->day < two->day ? -1 : 1;
	return (int)one->right - (int)two->right;
}

/* The state after one more answer.  .due 0: the question does not return. */
static void follow(struct practice_question *q, const struct given *g)
{
	if (g->practice && g->day > q->practised)
		q->practised = g->day;
	if (!g->right) {
		q->missed = g->day;
		q->returns = 0;
		q->due = g->day + days_between[0];
	} else if (q->due && g->day >= q->due) {
		q->returns++;
		q->due = q->returns < PRACTICE_RETURNS ? g->day + days_between[q->returns] : 0;
	}
}

/* Replaces the sorted answers by the questions that return. */
static int collect(const struct history *h, struct practice_question **out, size_t *nr)
{
	struct practice_question *v = calloc(h->nr ? h->nr : 1, sizeof(*v));
	size_t n = 0;

	if (!v)
		return -ENOMEM;
	for (size_t i = 0; i < h->nr; i++) {
		memcpy(v[n].question, h->v[i].question, sizeof(v[n].question));
		follow(&v[n], &h->v[i]);
		if (i + 1 < h->nr && !strcmp(h->v[i].question, h->v[i + 1].question))
			continue;
		if (v[n].due)
			n++;
		else
			memset(&v[n], 0, sizeof(v[n]));
	}
	if (!n) {
		free(v);
		v = NULL;
	}
	*out = v;
	*nr = n;
	return 0;
}

int practice_read(struct progress *p, const char *course, const char *lesson, struct practice_question **out, size_t *nr)
{
	struct history h = { .p = p };
	int err = progress_attempts(p, course, lesson, add_attempt, &h);

	*out = NULL;
	*nr = 0;
	if (!err)
		err = progress_practice(p, course, lesson, add_practice, &h);
	if (!err && h.nr) {
		qsort(h.v, h.nr, sizeof(*h.v), compare);
		err = collect(&h, out, nr);
	}
	free(h.v);
	return err;
}

/* ---- the next numbers ---------------------------------------------------------------------------- */

struct taken {
	const char *question;
	uint64_t variant;		/* that is looked for */
	bool found;
};

static int in_attempt(void *arg, const struct progress_attempt *a)
{
	struct taken *t = arg;

	t->found |= a->variant == t->variant;
	return 0;
}

static int in_practice(void *arg, const struct progress_practice *a)
{
	struct taken *t = arg;

	t->found |= a->variant == t->variant && !strcmp(a->question, t->question);
	return 0;
}

int practice_variant(struct progress *p, const char *course, const char *lesson, const char *question, uint64_t own,
		     uint64_t variants, uint64_t *out)
{
	int err = 0;

	for (uint64_t i = 1; i < variants; i++) {
		struct taken t = { .question = question, .variant = (own + i) % variants };

		err = progress_attempts(p, course, lesson, in_attempt, &t);
		if (!err)
			err = progress_practice(p, course, lesson, in_practice, &t);
		*out = t.variant;
		if (err || !t.found)
			return err;
	}
	*out = (own + 1) % variants;
	return 0;
}
