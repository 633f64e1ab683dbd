/*
 * explore/target_lua.c - a lesson: faults, bugs and right answers as in the default schedule.
 *
 * Each question gets some answer of its form, right or wrong, so that the lesson
 * continues to its end.  The lesson computes the right answer from the run.  If a fair
 * schedule changes it, the answer depends on luck, and the author must have written
 * moves = true.  Numbers are compared as the lesson compares them, within the distance that
 * it allows.  With jitter a time is another one in each run: it is not compared.
 *
 * Lives here:   lessons as targets.
 * Never here:   Lua.   Rules: docs/explore.md "What is a failure".   Licence: MIT.
 */
#include "explore/explore_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/lesson.h"
#include "trace/trace.h"

static int lesson_open(struct explore_target *t, char *err, size_t err_size)
{
	int ret = access(t->path, R_OK) ? -errno : 0;

	if (ret)
		snprintf(err, err_size, "%s: %s", t->path, strerror(-ret));
	return ret;
}

static void lesson_close(struct explore_target *t)
{
	(void)t;
}

struct pupil {
	struct trace_store store;
	struct lesson lesson;
};

/* The first choice, the choices in the order shown, the number 1. */
static int answer(void *arg, enum run_wait what, const char *id, struct run_input *in)
{
	struct pupil *p = arg;
	const struct lesson_question *q;
	struct strbuf value;
	int rc = director_question(&p->store, &p->lesson, what, id, in, &q);

	if (rc || !q)
		return rc;
	strbuf_init(&value, in->value, sizeof(in->value));
	if (*q->shown)		/* retry = true: asked until the answer is right */
		strbuf_puts(&value, q->shown);
	else
		lesson_some_answer(q, lesson_form(q) == FORM_NUMBER, &value);
	return 0;
}

static void lesson_play(struct explore_target *t, uint64_t seed, const struct mach_choosing *choosing,
			struct expectation *expect, struct trace *trace, struct verdict *v)
{
	struct run_spec spec = { .seed = seed, .variant = t->on.variant, .jitter = t->on.jitter, .cpus = t->on.cpus,
				 .census = t->on.census };
	struct pupil pupil;
	struct script_opts opts = { .spec = &spec, .trace = trace, .io = { answer, &pupil }, .choosing = choosing };

	(void)expect;
	strcpy(spec.lesson, t->path);
	if (trace_store_borrow(&pupil.store, trace)) {
		v->end = END_BROKEN;
		snprintf(v->text, sizeof(v->text), "not enough memory");
		return;
	}
	lesson_init(&pupil.lesson, &pupil.store);
	trace_current = NULL;
	if (t->on.script(&opts) == 4) {
		v->end = END_BROKEN;
		snprintf(v->text, sizeof(v->text), "the lesson's run went wrong");
	}
	lesson_fini(&pupil.lesson);
	trace_store_close(&pupil.store);
	trace_current = NULL;
}

static const char *or_none(const char *answer)
{
	return *answer ? answer : "none";
}

static void judge_answer(struct expectation *expect, const struct lesson_question *q, bool jitter, struct verdict *v)
{
	bool decided = q->verdict.n && q->verdict.result != RESULT_NONE;
	const char *is = decided ? q->verdict.happened : "";
	char *was, kind[48];

	if (!q->asked || q->number > LESSON_QUESTIONS_MAX)
		return;
	was = expect->answer[q->number - 1];
	if (!expect->filled) {
		snprintf(was, sizeof(expect->answer[0]), "%s", is);
		return;
	}
	snprintf(kind, sizeof(kind), "answer to %.36s", q->id);
	if (!lesson_same_answer(q, was, is, jitter))
		verdict_fail(v, kind, "the right answer to question '%s' is \"%s\"; under the default schedule it is \"%s\"",
			     q->id, or_none(is), or_none(was));
}

static void lesson_judge(struct explore_target *t, struct expectation *expect, const struct trace_store *s,
			 struct verdict *v)
{
	struct trace_event ev;
	struct ev_MACHINE machine;
	struct ev_FAULT fault;
	bool jitter = false;
	struct lesson l;

	for (uint64_t n = 1; n <= s->nr; n++) {
		if (!trace_store_event(s, n, &ev))
			continue;
		if (trace_get_FAULT(&ev, &fault))
			verdict_fail(v, "fault", "%s", fault.text);
		if (trace_get_MACHINE(&ev, &machine))
			jitter = machine.jitter;
		/* an object was used or freed too early: lists may be broken from here on */
		t->misuse |= ev.kind == EV_BUG;
	}
	lesson_init(&l, s);
	if (lesson_grow(&l) || !l.ended)
		verdict_fail(v, "does not end", "the lesson does not come to its end");
	for (size_t i = 1; i < l.nr_questions && !mach_unfair_choices(); i++)
		judge_answer(expect, &l.question[i], jitter, v);
	lesson_fini(&l);
}

const struct target_kind target_lesson = { ".lua", 0, lesson_open, lesson_close, lesson_play, lesson_judge };
