/*
 * book/kept.c - the attempts, answers and bookmarks of the course, in the order of its lessons and exercises.
 *
 * Lives here:   reading them, which try at a question is the first one.
 * Never here:   runs, texts, formats.   Licence: MIT.
 */
#include "book/book_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"

/* Room for one more element of @v, which has @nr. */
static void *grown(void *v, size_t nr, size_t *cap, size_t size)
{
	if (nr < *cap)
		return v;
	*cap = *cap ? 2 * *cap : 16;
	return shortage_need(realloc(v, *cap * size));
}

bool book_same_run(const struct progress_attempt *a, const struct progress_attempt *b)
{
	return a->variant == b->variant && a->seed == b->seed && !strcmp(a->options, b->options) && !strcmp(a->hash, b->hash);
}

bool book_mark_of(const struct progress_mark *m, const struct progress_attempt *a)
{
	return a->variant == m->variant && a->seed == m->seed && !strcmp(a->options, m->options) && !strcmp(a->hash, m->hash);
}

/* ---- lessons ----------------------------------------------------------------------------------- */

struct reading {
	struct book_kept *k;
	const struct book_opts *o;
};

static bool is_wanted(const struct book_opts *o, const char *lesson)
{
	for (size_t i = 0; i < o->nr_lessons; i++)
		if (!strcmp(o->lesson[i], lesson))
			return true;
	return !o->nr_lessons;
}

/* A lesson of the course now, or one that the course no longer has. */
static bool is_of_course(const struct course *c, const char *course, const char *lesson)
{
	return !strcmp(course_id_of(c, lesson), course) || (!course_find(c, lesson) && !strcmp(c->id, course));
}

static struct book_lesson *add_lesson(struct book_kept *k, const char *course, const char *id, const struct course_lesson *now)
{
	struct book_lesson *l;

	k->lesson = grown(k->lesson, k->nr, &k->cap, sizeof(*k->lesson));
	l = &k->lesson[k->nr++];
	memset(l, 0, sizeof(*l));
	snprintf(l->course, sizeof(l->course), "%s", course);
	snprintf(l->id, sizeof(l->id), "%s", id);
	l->now = now;
	return l;
}

/* NULL: it does not belong into the book. */
static struct book_lesson *lesson_of(struct reading *r, const char *course, const char *id)
{
	struct book_kept *k = r->k;

	if (!is_wanted(r->o, id) || !is_of_course(r->o->course, course, id))
		return NULL;
	for (size_t i = 0; i < k->nr; i++)
		if (!strcmp(k->lesson[i].id, id))
			return &k->lesson[i];
	return add_lesson(k, course, id, course_find(r->o->course, id));
}

/* ---- rows -------------------------------------------------------------------------------------- */

static int take_attempt(void *arg, const struct progress_attempt *a)
{
	struct reading *r = arg;
	struct book_lesson *l = lesson_of(r, a->course, a->lesson);
	struct book_attempt *to;

	if (!l)
		return 0;
	l->attempt = grown(l->attempt, l->nr, &l->cap, sizeof(*l->attempt));
	to = &l->attempt[l->nr++];
	memset(to, 0, sizeof(*to));
	to->row = *a;
	to->row.inputs = shortage_need(strdup(a->inputs));
	return 0;
}

static int take_answer(void *arg, const struct progress_answer *a)
{
	struct book_attempt *to = arg;

	to->answer = grown(to->answer, to->nr, &to->cap, sizeof(*to->answer));
	to->answer[to->nr].row = *a;
	to->answer[to->nr++].first = false;
	return 0;
}

static int take_mark(void *arg, const struct progress_mark *m)
{
	struct reading *r = arg;
	struct book_lesson *l = lesson_of(r, m->course, m->lesson);

	if (!l)
		return 0;
	l->mark = grown(l->mark, l->nr_marks, &l->cap_marks, sizeof(*l->mark));
	l->mark[l->nr_marks++] = *m;
	return 0;
}

static int take_practice(void *arg, const struct progress_practice *a)
{
	struct reading *r = arg;
	struct book_lesson *l = lesson_of(r, a->course, a->lesson);

	if (!l)
		return 0;
	l->practice = grown(l->practice, l->nr_practice, &l->cap_practice, sizeof(*l->practice));
	l->practice[l->nr_practice++] = *a;
	return 0;
}

/* Was the question of @a answered before, in attempts [begins .. @i] of the same run? */
static bool answered_before(const struct book_lesson *l, size_t i, const struct book_answer *a)
{
	for (size_t k = l->attempt[i].begins; k <= i; k++) {
		const struct book_attempt *t = &l->attempt[k];

		for (size_t j = 0; j < t->nr && &t->answer[j] != a; j++)
			if (book_same_run(&t->row, &l->attempt[i].row) && !strcmp(t->answer[j].row.question, a->row.question))
				return true;
	}
	return false;
}

static void find_firsts(struct book_lesson *l)
{
	for (size_t i = 0; i < l->nr; i++) {
		struct book_attempt *t = &l->attempt[i];

		while (!book_same_run(&l->attempt[t->begins].row, &t->row))
			t->begins++;
		for (size_t j = 0; j < t->nr; j++)
			t->answer[j].first = !answered_before(l, i, &t->answer[j]);
	}
}

int book_kept_read(struct book_kept *k, const struct book_opts *o)
{
	struct reading r = { .k = k, .o = o };
	int err;

	memset(k, 0, sizeof(*k));
	for (size_t i = 0; i < o->course->nr + o->course->nr_exercises; i++) {
		const struct course_lesson *l = &o->course->lessons[i];

		if (is_wanted(o, l->id) && (i < o->course->nr || course_asks(l)))
			add_lesson(k, course_id_of(o->course, l->id), l->id, l);
	}
	err = progress_attempts(o->progress, NULL, NULL, take_attempt, &r);
	if (!err)
		err = progress_marks(o->progress, NULL, NULL, take_mark, &r);
	if (!err)
		err = progress_practice(o->progress, NULL, NULL, take_practice, &r);
	for (size_t i = 0; i < k->nr && !err; i++)
		for (size_t j = 0; j < k->lesson[i].nr && !err; j++)
			err = progress_answers(o->progress, k->lesson[i].attempt[j].row.row, take_answer, &k->lesson[i].attempt[j]);
	for (size_t i = 0; i < k->nr && !err; i++)
		find_firsts(&k->lesson[i]);
	return err;
}

void book_kept_fini(struct book_kept *k)
{
	for (size_t i = 0; i < k->nr; i++) {
		struct book_lesson *l = &k->lesson[i];

		for (size_t j = 0; j < l->nr; j++) {
			free(l->attempt[j].row.inputs);
			free(l->attempt[j].answer);
		}
		free(l->attempt);
		free(l->mark);
		free(l->practice);
	}
	free(k->lesson);
	memset(k, 0, sizeof(*k));
}

bool book_has(const struct book_opts *o, const char *lesson)
{
	struct book_opts all = *o;
	struct book_kept k;
	bool has = course_find(o->course, lesson) != NULL;

	if (has)
		return true;
	all.nr_lessons = 0;
	if (!book_kept_read(&k, &all))
		for (size_t i = 0; i < k.nr && !has; i++)
			has = !strcmp(k.lesson[i].id, lesson);
	book_kept_fini(&k);
	return has;
}
