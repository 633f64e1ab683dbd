/*
 * cli/session_home.c - the course as home shows it: its lessons and exercises, with the progress made in them.
 *
 * Lives here:   the rows of home, from the course and progress.
 * Never here:   drawing (visualizer/), lines (show.c), opening a lesson (session.c), points (session_exercise.c).
 * Licence: MIT.
 */
#include "cli/session_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "classroom/attempt.h"
#include "cli/lesson_state.h"
#include "words/lesson_text.h"
#include "words/texts.h"

/* The lessons and exercises of which progress has something, by number; of the others it is not asked. */
struct begun {
	const struct course *c;
	bool any, v[COURSE_LESSONS_MAX + COURSE_EXERCISES_MAX];
};

static void note_begun(struct begun *b, const char *course, const char *lesson)
{
	const struct course_lesson *l = course_find(b->c, lesson);

	b->any |= !strcmp(course, b->c->id);
	if (l && !strcmp(course, course_id_of(b->c, l->id)))
		b->v[l - b->c->lessons] = true;
}

static int note_attempt(void *arg, const struct progress_attempt *a)
{
	note_begun(arg, a->course, a->lesson);
	return 0;
}

static int note_earlier(void *arg, const struct progress_earlier *e)
{
	note_begun(arg, e->course, e->lesson);
	return 0;
}

static void read_begun(struct session *s, struct begun *b)
{
	int err = s->progress ? progress_attempts(s->progress, NULL, NULL, note_attempt, b) : 0;

	if (!err && s->progress)
		err = progress_earlier(s->progress, NULL, NULL, note_earlier, b);
	if (err == -ENOMEM)
		shortage_end(err, NULL);	/* home without an answer would be another home */
}

/* "why-defer, life" as a person reads it: "1, 2". */
static void labels_of(const struct course *c, const char *slugs, char *out, size_t size)
{
	const struct course_lesson *l;
	char slug[64];
	size_t used = 0;

	out[0] = '\0';
	while (*slugs && used < size) {
		size_t n = strcspn(slugs, ", ");

		snprintf(slug, sizeof(slug), "%.*s", (int)n, slugs);
		slugs += n;
		slugs += strspn(slugs, ", ");
		if (!n)
			continue;
		l = course_find(c, slug);
		used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "",
					 l && l->label[0] ? l->label + strspn(l->label, "0") : slug);
	}
}

/* The run that Enter resumes; as session_spec() makes it. */
static void wanted(const struct session *s, const struct course_lesson *l, struct progress_attempt *want)
{
	static struct run_spec spec;	/* large */

	memset(&spec, 0, sizeof(spec));
	memset(want, 0, sizeof(*want));
	session_apply_options(s, l, &spec);
	snprintf(want->course, sizeof(want->course), "%s", course_id_of(&s->course, l->id));
	snprintf(want->lesson, sizeof(want->lesson), "%s", l->id);
	attempt_of_spec(want, &spec);
}

static void fill_questions(const struct course_lesson *l, const struct lesson_state *state, struct app_question *q)
{
	for (unsigned int i = 0; l->step && i < l->questions + l->cards; i++) {
		const struct lesson_mark *mark = lesson_state_mark(state, l->step[i].id);
		struct strbuf text;

		if (!l->step[i].question)
			continue;
		strbuf_init(&text, q->text, sizeof(q->text));
		words_last_question_of_file(l->step[i].text, &text);
		q->mark = !mark ? APP_MARK_NONE : mark->right < 0 ? APP_MARK_UNJUDGED :
			  mark->right ? APP_MARK_RIGHT : APP_MARK_WRONG;
		q++;
	}
}

static void fill_row(struct session *s, struct app_lesson *row, const struct course_lesson *l, char *needs)
{
	labels_of(&s->course, l->needs, needs, sizeof(s->needs[0]));
	*row = (struct app_lesson){
		.id = l->id, .label = l->label, .title = l->title, .question = l->question,
		.part = l->part[0] ? l->part : NULL, .needs = needs,
		.fault = l->fault[0] ? l->fault : NULL, .minutes = l->minutes,
		.steps = l->questions + l->cards, .total = l->questions, .state = APP_LESSON_NEW,
		.kind = l->kind[0] ? l->kind : NULL, .works = l->kind[0] && !course_asks(l),
	};
}

/* Adds what progress knows of the lesson.  Return: it is the one worked at last, so far. */
static bool fill_progress(struct session *s, const struct begun *begun, struct app_lesson *row, const struct course_lesson *l,
			  struct app_question *asked, struct lesson_state *latest)
{
	struct lesson_state state = { 0 };
	struct progress_attempt want;
	struct progress_summary kept;
	bool later;
	int err = -ENOENT;

	if (s->progress && begun->v[l - s->course.lessons]) {
		wanted(s, l, &want);
		err = progress_summarize(s->progress, want.course, l->id, &kept);
		if (!err)
			err = lesson_state_read(s->progress, l, &want, &state);
	}
	if (err == -ENOMEM)
		shortage_end(err, NULL);
	if (err) {
		fill_questions(l, &state, asked);
		return false;
	}
	fill_questions(l, &state, asked);
	/* once done, a run begun again takes nothing away */
	row->done = !kept.finished && kept.answered < row->total ? kept.answered : row->total;
	row->state = kept.finished ? APP_LESSON_DONE : APP_LESSON_STARTED;
	row->step = state.step;
	later = state.day > latest->day || (state.day == latest->day && state.last_answer >= latest->last_answer);
	lesson_state_fini(&state);
	if (later)
		*latest = (struct lesson_state){ .day = state.day, .last_answer = state.last_answer };
	return later;
}

static int make_room(struct session *s)
{
	const struct course *c = &s->course;
	size_t nr = 0, all = c->nr + c->nr_exercises;

	free(s->rows);
	free(s->asked);
	free(s->needs);
	for (size_t i = 0; i < all; i++)
		nr += c->lessons[i].questions;
	s->rows = calloc(all ? all : 1, sizeof(*s->rows));
	s->asked = calloc(nr ? nr : 1, sizeof(*s->asked));
	s->needs = calloc(all ? all : 1, sizeof(*s->needs));
	return s->rows && s->asked && s->needs ? 0 : -ENOMEM;
}

/* Return: the room behind its questions. */
static struct app_question *fill_exercise(struct session *s, const struct begun *begun, struct app_lesson *row,
					  const struct course_lesson *x, struct app_question *asked)
{
	struct lesson_state latest = { 0 };	/* the lesson that goes on is no exercise */
	struct exercise_state state = { .of = x->halves };

	fill_row(s, row, x, s->needs[row - s->rows]);
	row->asked = asked;
	if (row->works || begun->v[x - s->course.lessons])
		session_exercise_state(s, x, &state);
	row->judged = state.judged;
	row->halves = state.halves;
	row->of = state.of;
	if (row->works)
		row->state = state.done ? APP_LESSON_DONE : state.begun ? APP_LESSON_STARTED : APP_LESSON_NEW;
	else
		fill_progress(s, begun, row, x, asked, &latest);
	return asked + row->total;
}

/* Behind the lessons: first the exercises of the first lesson, last those that follow none. */
static void fill_exercises(struct session *s, const struct begun *begun, struct app_home *out, struct app_question *asked)
{
	const struct course *c = &s->course;
	const struct course_lesson *x = c->lessons + c->nr;
	struct app_lesson *row = s->rows + c->nr, *first;
	size_t follows[COURSE_EXERCISES_MAX];

	for (size_t k = 0; k < c->nr_exercises; k++)
		follows[k] = course_follows(c, &x[k]);
	for (size_t i = 0; i <= c->nr; i++) {
		first = row;
		for (size_t k = 0; k < c->nr_exercises; k++)
			if (follows[k] == i)
				asked = fill_exercise(s, begun, row++, &x[k], asked);
		if (i < c->nr) {
			s->rows[i].exercise = first;
			s->rows[i].nr_exercises = (unsigned int)(row - first);
		} else {
			out->others = first;
			out->nr_others = (unsigned int)(row - first);
		}
	}
}

static void fill_rows(struct session *s, struct app_home *out)
{
	const struct course *c = &s->course;
	struct app_question *asked = s->asked;
	struct begun begun = { .c = c, .any = !s->progress };	/* nothing can be remembered: home does not open with the first minute every time */
	struct lesson_state latest = { 0 };

	read_begun(s, &begun);
	out->met = begun.any;		/* the first minute was begun, or skipped for something else */
	for (size_t i = 0; i < c->nr; i++) {
		struct app_lesson *row = &s->rows[i];

		fill_row(s, row, &c->lessons[i], s->needs[i]);
		row->asked = asked;
		if (fill_progress(s, &begun, row, &c->lessons[i], asked, &latest))
			out->last = row;
		for (unsigned int k = 0; k < row->total; k++) {
			out->right += asked[k].mark == APP_MARK_RIGHT;
			out->judged += asked[k].mark == APP_MARK_RIGHT || asked[k].mark == APP_MARK_WRONG;
		}
		asked += row->total;
	}
	fill_exercises(s, &begun, out, asked);
	for (size_t i = 0; i < c->nr; i++)
		if (!strcmp(s->rows[i].id, s->last) && s->rows[i].state != APP_LESSON_NEW)
			out->last = &s->rows[i];
}

int session_home(struct session *s, struct app_home *out, char *err, size_t err_size)
{
	const struct course *c = &s->course;
	int status = session_reread(s, err, err_size);

	if (status)
		return status;
	session_translate(s);
	status = make_room(s);
	if (status) {
		snprintf(err, err_size, W(SESSION_NO_MEMORY), c->nr);
		return status;
	}
	snprintf(s->title, sizeof(s->title), "%s", c->title[0] ? c->title : W(HOME_COURSE));
	*out = (struct app_home){
		.title = s->title, .profile = W(HOME_PROFILE), .lessons = s->rows, .nr = c->nr,
	};
	fill_rows(s, out);
	session_practice_home(s, out);
	/* a course that opens with the first minute shows it once, before home */
	out->intro = c->nr && strcmp(c->lessons[0].id, "first-minute") == 0 ? c->lessons[0].id : NULL;
	return 0;
}
