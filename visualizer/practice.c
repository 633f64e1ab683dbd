/*
 * visualizer/practice.c - practice on the screen: questions of several lessons, one after the other.
 *
 * The run of each waits at the question, and its inputs answer all others.  After the answer the
 * playback goes on to the verdict; it passes over cards, and over verdicts of other questions.
 *
 * Never here:   which questions (app_callbacks.practise).   Licence: MIT.
 */
#include <errno.h>
#include <string.h>

#include "visualizer/commands.h"
#include "visualizer/home.h"

static const struct lesson_question *asked(const struct ui *u)
{
	return u->practice.nr && u->scene ? lesson_question_by_id(&u->scene->lesson, u->practice.question) : NULL;
}

/* The list has ended, or none was begun. */
static unsigned int over(struct ui *u, const char *sentence)
{
	const char *behind = u->practice_missed && u->scene && u->opts->cb.next ? u->opts->cb.next(u->opts->cb.arg, u->scene->id) : NULL;
	unsigned int effects = EFF_DRAW, sel = u->home_sel, exercise = u->home_exercise;
	char next[sizeof(u->scene->id)];

	snprintf(next, sizeof(next), "%s", behind ? behind : "");
	if (!u->at_home)
		effects = ui_home(u);
	if (u->at_home && *next)
		home_select(u, next);
	else if (u->at_home && !u->practice_missed) {
		u->home_sel = sel;		/* where p was pressed */
		u->home_exercise = exercise;
	}
	ui_say(u, "%s", sentence);
	return effects;
}

unsigned int practice_open(struct ui *u, enum app_practise which)
{
	static struct run_spec spec;	/* large; copied by run_open() */
	struct app_practice next = { .nr = 0 };
	char err[400] = "";
	int rc = -ENOTSUP;

	command_report_progress(u);
	if (which != APP_PRACTISE_NEXT)
		u->practice_missed = which == APP_PRACTISE_MISSED;
	memset(&spec, 0, sizeof(spec));
	if (u->opts->cb.practise)
		rc = u->opts->cb.practise(u->opts->cb.arg, which, &spec, &next, err, sizeof(err));
	if (rc)
		return over(u, *err ? err : W(SAY_LESSON_CLOSED));
	ui_open_spec(u, &spec, next.lesson);
	run_inputs_fini(&spec.inputs);
	if (!u->scene || !u->scene->run)
		return EFF_DRAW;
	u->seen = UINT64_MAX;		/* straight to the question */
	u->practice = next;
	return EFF_DRAW | EFF_RUN;
}

bool practice_refuses(struct ui *u)
{
	if (u->practice.nr)
		ui_say(u, W(SAY_PRACTISING));
	return u->practice.nr != 0;
}

bool practice_passes(const struct ui *u, const struct trace_event *ev)
{
	const struct lesson_question *q = asked(u);
	struct trace_value v;

	if (!q || u->kept)
		return false;
	if (ev->kind == EV_WAIT_INPUT && ev->n == run_fence(u->scene->run))
		return false;
	if (!trace_is_verdict(ev->kind))
		return ev->kind != EV_LESSON_END && ev->kind != EV_FAULT;
	return !trace_event_get(ev, "question", &v) || v.num != (int64_t)q->number;
}

bool practice_is_over(const struct ui *u)
{
	const struct lesson_question *q = asked(u);
	const struct scene *s = u->scene;
	struct ev_WAIT_INPUT wait;
	struct trace_event ev;

	if (!q || !q->verdict.n || u->kept || s->playback.passed < q->verdict.n)
		return false;
	return !trace_store_event(s->store, run_fence(s->run), &ev) || !trace_get_WAIT_INPUT(&ev, &wait) ||
	       wait.what != WAIT_ANSWER || wait.question != q->number;
}
