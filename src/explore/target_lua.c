/*
 * explore/target_lua.c - a lesson: faults, bugs and right answers as in the default schedule.
 *
 * Nobody sits there: each question is answered with its first choice, whatever it
 * is, so that the lesson goes on to its end.  What is right is computed by the
 * lesson from the run: if a schedule changes it that a scheduler would make, the
 * question asked for luck.
 *
 * Lives here:   lessons as targets.
 * Never here:   Lua.   Rules: docs/explore.md "What is a failure".   Licence: MIT.
 */
#include "explore/explore_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

/* The first choice, or the number 1. */
static int answer(void *arg, enum director_wait what, const char *id, struct run_input *in)
{
	(void)arg;
	memset(in, 0, sizeof(*in));
	if (what == WAIT_END)
		return -EPIPE;
	if (what != WAIT_ANSWER)
		return 0;	/* zeros: go */
	in->kind = INPUT_ANSWER;
	snprintf(in->id, sizeof(in->id), "%.60s", id);
	snprintf(in->value, sizeof(in->value), "1");
	return 0;
}

static void lesson_play(struct explore_target *t, uint64_t seed, const struct mach_choosing *choosing,
			struct expectation *expect, struct trace *trace, struct verdict *v)
{
	struct run_spec spec = { .seed = seed, .jitter = t->on.jitter, .cpus = t->on.cpus, .census = t->on.census };
	struct script_opts opts = { .spec = &spec, .trace = trace, .io = { answer, NULL }, .choosing = choosing };

	(void)expect;
	strcpy(spec.lesson, t->path);
	trace_current = NULL;
	if (t->on.script(&opts) == 4) {
		v->end = END_BROKEN;
		snprintf(v->text, sizeof(v->text), "the lesson's run went wrong");
	}
	trace_current = NULL;
}

/* A line "key=value" of a verdict's text. */
static bool verdict_line(const char *text, const char *key, char *buf, size_t size)
{
	size_t len = strlen(key);

	for (; text; text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL)
		if (!strncmp(text, key, len) && text[len] == '=') {
			snprintf(buf, size, "%.*s", (int)strcspn(text + len + 1, "\n"), text + len + 1);
			return true;
		}
	return false;
}

static void judge_answer(struct expectation *expect, const struct ev_VERDICT *e, struct verdict *v)
{
	char right[sizeof(expect->answer[0])] = "", *was, kind[48];

	if (e->question < 1 || e->question > EXPECT_QUESTIONS_MAX)
		return;
	verdict_line(e->text, "happened", right, sizeof(right));
	was = expect->answer[e->question - 1];
	if (!expect->filled) {
		snprintf(was, sizeof(expect->answer[0]), "%s", right);
		return;
	}
	snprintf(kind, sizeof(kind), "answer to question %u", e->question);
	if (strcmp(was, right))
		verdict_fail(v, kind, "the right answer to question %u is \"%s\"; under the default schedule it is \"%s\"",
			     e->question, right, was);
}

static void lesson_judge(struct explore_target *t, struct expectation *expect, const struct trace_store *s,
			 struct verdict *v)
{
	struct trace_event ev;
	struct ev_VERDICT verdict;
	struct ev_FAULT fault;
	bool ended = false;

	for (uint64_t n = 1; n <= s->nr; n++) {
		if (!trace_store_event(s, n, &ev))
			continue;
		if (trace_get_FAULT(&ev, &fault))
			verdict_fail(v, "fault", "%s", fault.text);
		else if (!mach_unfair_choices() && trace_get_VERDICT(&ev, &verdict))
			judge_answer(expect, &verdict, v);
		ended |= ev.kind == EV_LESSON_END;
		/* an object used or freed while it must not be: lists may be broken from here on */
		t->misuse |= ev.kind == EV_BUG;
	}
	if (!ended)
		verdict_fail(v, "does not end", "the lesson does not come to its end");
}

const struct target_kind target_lesson = { ".lua", 0, lesson_open, lesson_close, lesson_play, lesson_judge };
