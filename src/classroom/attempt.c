/*
 * classroom/attempt.c - see attempt.h.   Licence: MIT.
 */
#include "classroom/attempt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/lesson.h"
#include "run/inputs_use.h"

void attempt_of_spec(struct progress_attempt *a, const struct run_spec *spec)
{
	a->variant = spec->variant;
	a->seed = spec->seed;
	run_machine_options(spec, a->options, sizeof(a->options));
}

/* ---- answers --------------------------------------------------------------------------------- */

struct answers {
	struct progress_answer *v;
	size_t nr, cap;
};

static int add_answer(struct answers *to, const struct lesson_question *q)
{
	struct progress_answer *a;

	if (to->nr == to->cap) {
		size_t cap = to->cap ? 2 * to->cap : 16;

		a = realloc(to->v, cap * sizeof(*a));
		if (!a)
			return -ENOMEM;
		to->v = a;
		to->cap = cap;
	}
	a = &to->v[to->nr++];
	memset(a, 0, sizeof(*a));
	snprintf(a->question, sizeof(a->question), "%s", q->id);
	snprintf(a->value, sizeof(a->value), "%s", q->given);
	a->ordinal = q->nr_answers;
	a->sure = q->sure <= 3 ? q->sure : 0;
	a->right = q->verdict.result == RESULT_NONE ? -1 : q->verdict.result == RESULT_RIGHT;
	a->hints = q->hints_shown;
	return 0;
}

/* Reads the state at each verdict, because a question that is asked again gets a new verdict. */
static int collect_answers(struct lesson *l, struct answers *to)
{
	const struct lesson_question *q;
	struct trace_event ev;
	uint64_t n;
	int err = 0;

	for (n = 1; n <= l->store->nr && !err; n++) {
		if (!trace_store_event(l->store, n, &ev) || !trace_is_verdict(ev.kind))
			continue;
		err = lesson_grow_to(l, n);
		q = err ? NULL : lesson_question(l, lesson_card_at(l, n)->question);
		if (q && q->nr_answers)
			err = add_answer(to, q);
	}
	return err ? err : lesson_grow(l);
}

int64_t attempt_read(struct progress_attempt *a, struct run *run, struct progress_answer **answers)
{
	struct answers to = { 0 };
	struct lesson l;
	char *inputs;
	int err;

	lesson_init(&l, run_store(run));
	err = collect_answers(&l, &to);
	if (!err)
		err = run_inputs_format(run_get_inputs(run), &inputs);
	if (err) {
		free(to.v);
	} else {
		free(a->inputs);
		a->inputs = inputs;
		a->total = l.questions;
		a->ended = l.ended;
		*answers = to.v;
	}
	lesson_fini(&l);
	return err ? err : (int64_t)to.nr;
}

/* ---- a lesson whose text has changed -------------------------------------------------------------- */

static bool is_numbered(const char *id)
{
	return id[0] == 'q' && id[1] && strspn(id + 1, "0123456789") == strlen(id + 1);
}

static bool is_quoted(const char *text, const char *id)
{
	size_t len = strlen(id);
	const char *at = text;

	while ((at = strstr(at, id))) {
		if (at > text && strchr("\"'", at[-1]) && at[len] == at[-1])
			return true;
		at += len;
	}
	return false;
}

static bool is_listed(const struct strbuf *list, const char *id)
{
	const char *at = list->buf;
	size_t len = strlen(id);

	while ((at = strstr(at, id))) {
		if ((at == list->buf || at[-1] == ' ') && (!at[len] || at[len] == ','))
			return true;
		at += len;
	}
	return false;
}

void attempt_drop_gone(struct run_inputs *in, const char *text, struct strbuf *gone)
{
	size_t i, kept = 0;

	for (i = 0; i < in->n; i++) {
		const struct run_input *one = &in->v[i];

		if (!input_has_question(one) || is_numbered(one->id) || is_quoted(text, one->id))
			in->v[kept++] = *one;
		else if (!is_listed(gone, one->id))
			strbuf_printf(gone, "%s%s", gone->len ? ", " : "", one->id);
	}
	in->n = kept;
}

/* ---- first answers ------------------------------------------------------------------------------- */

struct first {
	uint64_t variant, seed;
	bool any, answered;		/* an attempt was taken; one with an answer */
	struct run_inputs *out;
};

static bool is_answer(const struct run_input *in)
{
	return in->kind == INPUT_ANSWER || in->kind == INPUT_PICK;
}

static bool has_answer(const struct run_inputs *in, size_t n, const char *question)
{
	for (size_t i = 0; i < n; i++)
		if (is_answer(&in->v[i]) && (!question || !strcmp(in->v[i].id, question)))
			return true;
	return false;
}

/* Adds what @in has of questions that are not answered yet; @all: everything. */
static int take_inputs(struct first *f, const struct run_inputs *in, bool all)
{
	size_t before = f->out->n;
	int err = 0;

	for (size_t i = 0; i < in->n && !err; i++)
		if (all || (input_has_question(&in->v[i]) && !has_answer(f->out, before, in->v[i].id)))
			err = run_inputs_add(f->out, &in->v[i]);
	return err;
}

static int take_attempt(void *arg, const struct progress_attempt *a)
{
	struct first *f = arg;
	struct run_inputs in = { 0 };
	char why[300];
	bool answered;
	int err;

	if (a->variant != f->variant || a->options[0] || (f->answered && a->seed != f->seed))
		return 0;
	err = run_inputs_parse(&in, a->inputs, "progress", why, sizeof(why));
	answered = !err && has_answer(&in, in.n, NULL);
	if (!err && (!f->any || (answered && !f->answered))) {
		run_inputs_fini(f->out);
		err = take_inputs(f, &in, true);
		f->seed = a->seed;
		f->any = true;
		f->answered = answered;
	} else if (answered) {
		err = take_inputs(f, &in, false);
	}
	run_inputs_fini(&in);
	return err;
}

int attempt_first_answers(struct progress *p, const char *course, const char *lesson, uint64_t variant, struct run_inputs *out,
			  uint64_t *seed)
{
	struct first f = { .variant = variant, .out = out };
	int err = progress_attempts(p, course, lesson, take_attempt, &f);

	if (f.any)
		*seed = f.seed;
	return err;
}
