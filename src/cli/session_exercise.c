/*
 * cli/session_exercise.c - exercises of the session's course: the progress in each, and opening one that is worked on.
 *
 * Answers of an exercise that asks are kept like a lesson's, and give its points.  Those of another
 * one are the points of the newest version of its files, or of its form, that was checked.
 *
 * Lives here:   points and state of an exercise, its page or the run before it.
 * Never here:   the rows of home (session_home.c), the command line (run.c), drawing.   Licence: MIT.
 */
#include "cli/session_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/shortage.h"
#include "classroom/attempt.h"
#include "model/lesson.h"
#include "words/texts.h"

/* ---- points of an exercise that asks ------------------------------------------------------- */

/* The share of a question, as lua/lib/question.lua has it: its own points, or an equal part rounded up to a half. */
static unsigned int share_of(const struct course_lesson *x, const struct course_step *q)
{
	if (q->predict != !strcmp(x->kind, "predict"))
		return 0;
	return q->halves ? q->halves : x->questions ? (x->halves + x->questions - 1) / x->questions : 0;
}

static const struct course_step *question_of(const struct course_lesson *x, const char *id)
{
	for (unsigned int i = 0; x->step && i < x->questions + x->cards; i++)
		if (x->step[i].question && !strcmp(x->step[i].id, id))
			return &x->step[i];
	return NULL;
}

/* The answers of the attempts at one run, in the order of the attempts. */
struct tries {
	const struct course_lesson *x;
	struct progress *p;
	const struct progress_attempt *want;
	uint64_t seed;
	bool any;
	/* by step: the attempt that has answered it first, 0 = none; the tries there, and the points of the last one */
	struct question_tries {
		int64_t attempt;
		unsigned int halves;
	} *v;
};

static int take_answer(void *arg, const struct progress_answer *a)
{
	struct tries *t = arg;
	const struct course_step *q = question_of(t->x, a->question);
	struct question_tries *at = q ? &t->v[q - t->x->step] : NULL;

	t->any = true;
	if (!at || (at->attempt && at->attempt != a->attempt))
		return 0;
	at->attempt = a->attempt;
	at->halves = share_of(t->x, q);
	if (!q->predict)
		at->halves = a->right != 1 ? 0 : lesson_half_points(at->halves, a->ordinal, a->hints * t->x->hint_halves);
	return 0;
}

/* Those of another run are none of this exercise's, as in attempt_first_answers(). */
static int take_attempt(void *arg, const struct progress_attempt *a)
{
	struct tries *t = arg;

	if (a->variant != t->want->variant || a->options[0] || (t->any && a->seed != t->seed))
		return 0;
	t->seed = a->seed;
	return progress_answers(t->p, a->row, take_answer, t);
}

static void count_points(struct session *s, const struct course_lesson *x, const struct progress_attempt *want, struct exercise_state *out)
{
	size_t nr = x->questions + x->cards;
	struct tries t = { .x = x, .p = s->progress, .want = want, .v = shortage_need(calloc(nr ? nr : 1, sizeof(*t.v))) };

	if (progress_attempts(s->progress, want->course, want->lesson, take_attempt, &t) == -ENOMEM)
		shortage_end(-ENOMEM, NULL);
	for (size_t i = 0; i < nr; i++)
		out->halves += t.v[i].halves;
	if (out->halves > x->halves)
		out->halves = x->halves;	/* equal shares are rounded up: together they may be more */
	out->judged = t.any;
	free(t.v);
}

static void read_asked(struct session *s, const struct course_lesson *x, struct exercise_state *out)
{
	struct progress_attempt want = { .variant = session_variant(s, x) };
	struct progress_summary kept;
	int err;

	snprintf(want.course, sizeof(want.course), "%s", course_id_of(&s->course, x->id));
	snprintf(want.lesson, sizeof(want.lesson), "%s", x->id);
	err = s->progress ? progress_summarize(s->progress, want.course, want.lesson, &kept) : -ENOENT;
	if (err == -ENOMEM)
		shortage_end(err, NULL);
	if (err)
		return;
	out->begun = true;
	out->done = kept.finished > 0;
	count_points(s, x, &want, out);
}

static bool same_file(const char *a, const char *b)
{
	char *x = realpath(a, NULL), *y = realpath(b, NULL);
	bool same = x && y && !strcmp(x, y);

	free(x);
	free(y);
	return same;
}

const struct course_lesson *session_asked(struct session *s, const struct exercise *x)
{
	char id[sizeof(COURSE_EXERCISE) + sizeof(x->at.slug)];
	const struct course_lesson *l;

	snprintf(id, sizeof(id), COURSE_EXERCISE "%s", x->at.slug);
	l = course_find(&s->course, id);
	return l && course_asks(l) && same_file(l->path, x->path) ? l : NULL;
}

/* ---- points of an exercise that is worked on ------------------------------------------------- */

static void read_worked(struct session *s, const struct course_lesson *x, struct exercise_state *out)
{
	char folder[1100], err[1400];

	if (cli_work_folder(NULL, &s->config, course_slug(x), folder, sizeof(folder), err, sizeof(err)))
		return;
	out->begun = access(folder, F_OK) == 0;
	out->judged = out->begun && exercise_points_kept(folder, &out->halves, &out->of);
	out->done = out->judged && out->of && out->halves == out->of;
}

void session_exercise_state(struct session *s, const struct course_lesson *x, struct exercise_state *out)
{
	*out = (struct exercise_state){ .of = x->halves };
	if (x->fault[0])
		return;
	if (course_asks(x))
		read_asked(s, x, out);
	else
		read_worked(s, x, out);
}

/* ---- opening one that is worked on --------------------------------------------------------------- */

bool session_work_done(struct session *s)
{
	bool follows = s->work.choices.reached && s->work.x->about.after_file[0];

	sheet_close(s->work.sheet);
	exercise_close(s->work.x);
	s->work.sheet = NULL;
	s->work.x = NULL;
	memset(&s->work.choices, 0, sizeof(s->work.choices));
	session_keep_by(s, NULL, NULL);
	return follows;
}

static int open_exercise(struct session *s, const struct course_lesson *l, char *err, size_t err_size)
{
	struct session_work *w = &s->work;
	struct exercise_place at;
	int rc = exercise_find("", l->path, &at, err, err_size);

	if (rc)
		return rc;
	if (!s->other_course)		/* "E21" names it on a command line, else its folder does */
		snprintf(at.name, sizeof(at.name), "%s", l->label[0] ? l->label : at.slug);
	rc = exercise_open(&w->x, &at, session_variant(s, l), NULL, cli_script, err, err_size);
	if (!rc)
		rc = cli_work_folder(NULL, &s->config, at.slug, w->folder, sizeof(w->folder), err, err_size);
	return rc;
}

/* The choices come first; once they have reached the crash, the page of the second part follows.  Return: 1: open that page. */
static int open_choices(struct session *s, enum app_open how, struct app_work *out, char *err, size_t err_size)
{
	struct session_work *w = &s->work;
	struct run_inputs kept = { 0 };
	int rc = exercise_settings_read(w->x, w->folder, &kept, err, err_size);
	bool reached = !rc && kept.n && how == APP_OPEN_RESUME && w->x->about.after_file[0];

	if (reached) {
		snprintf(err, err_size, W(SAY_REACHED), (unsigned int)kept.n);
		cli_exercise_second_part(w->x);
	} else if (!rc) {
		w->choices = (struct cli_choices){ .x = w->x, .folder = w->folder };
		out->spec = cli_choices_spec(w->x);
		session_keep_by(s, cli_choices_keep, &w->choices);
	}
	run_inputs_fini(&kept);
	return rc ? rc : reached;
}

int session_work_open(struct session *s, const char *id, enum app_open how, struct app_work *out, char *err, size_t err_size)
{
	const struct course_lesson *l = course_find(&s->course, id);
	char note[400] = "";
	int rc = l ? 0 : -ENOENT;

	session_leave(s);
	session_work_done(s);
	memset(out, 0, sizeof(*out));
	err[0] = '\0';
	if (l && l->fault[0]) {
		snprintf(err, err_size, "%s", l->fault);
		rc = -EINVAL;
	}
	if (!rc)
		rc = open_exercise(s, l, err, err_size);
	if (!rc && s->work.x->about.kind == EXERCISE_SCHEDULER) {
		rc = open_choices(s, how, out, err, err_size);
		if (!rc)
			return 0;
		snprintf(note, sizeof(note), "%s", rc > 0 ? err : "");
	}
	if (rc >= 0)
		rc = cli_exercise_sheet(s->work.x, s->work.folder, s->options.seed, &s->work.sheet, err, err_size);
	if (!rc)
		snprintf(err, err_size, "%s", note);
	else if (!err[0])
		snprintf(err, err_size, "%s: %s", id, strerror(-rc));
	out->sheet = s->work.sheet;
	if (rc)
		session_work_done(s);
	return rc;
}
