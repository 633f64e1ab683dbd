/*
 * tests/support/pupil.c - see pupil.h.   Licence: MIT.
 */
#include "tests/support/pupil.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conform/runner.h"
#include "lua/script.h"

#define LOG_BYTES ((size_t)32 << 20)

static int answer(void *arg, enum run_wait what, const char *id, struct run_input *in)
{
	struct pupil *p = arg;
	const struct lesson_question *q;
	struct strbuf value;

	memset(in, 0, sizeof(*in));
	if (what == WAIT_ANSWER) {
		snprintf(in->id, sizeof(in->id), "%s", id);
		in->kind = INPUT_ANSWER;
		trace_store_poll(&p->store);
		if (lesson_grow(&p->lesson) || !(q = lesson_question_by_id(&p->lesson, id)))
			return -ENOENT;
		strbuf_init(&value, in->value, sizeof(in->value));
		lesson_some_answer(q, p->wrong && q->nr_choices ? q->nr_choices - 1 : 0, &value);
	} else if (what == WAIT_END) {
		return -EPIPE;
	}
	return run_inputs_add(&p->inputs, in);
}

static int begin(struct pupil *p)
{
	int err;

	memset(p, 0, sizeof(*p));
	err = trace_open(&p->trace, -1, LOG_BYTES, 0);
	if (!err)
		err = trace_store_borrow(&p->store, &p->trace);
	lesson_init(&p->lesson, &p->store);
	trace_current = NULL;
	return err;
}

static int end(struct pupil *p, int err)
{
	trace_current = NULL;
	trace_store_poll(&p->store);
	return err ? err : lesson_grow(&p->lesson);
}

int pupil_run_lesson(struct pupil *p, const char *path, uint64_t variant, bool wrong)
{
	struct run_spec spec = { .seed = 1, .variant = variant, .jitter = -1 };
	struct script_opts opts = { .spec = &spec, .io = { answer, p } };
	int err = begin(p);

	if (err)
		return err;
	p->wrong = wrong;
	opts.trace = &p->trace;
	snprintf(spec.lesson, sizeof(spec.lesson), "%s", path);
	return end(p, script_run(&opts));
}

int pupil_run_world(struct pupil *p, const struct pupil *real, const char *path, uint32_t question, uint32_t choice)
{
	struct director_list list = { .inputs = &real->inputs };
	struct run_spec spec = { .seed = 1, .jitter = -1, .world_question = question, .world_choice = choice, .inputs = real->inputs };
	struct script_opts opts = { .spec = &spec, .io = { director_list_wait, &list } };
	int err = begin(p);

	if (err)
		return err;
	opts.trace = &p->trace;
	snprintf(spec.lesson, sizeof(spec.lesson), "%s", path);
	script_run(&opts);		/* the list of inputs may be at its end before the lesson is */
	return end(p, 0);
}

int pupil_run_scenario(struct pupil *p, const char *path, uint64_t seed)
{
	struct runner_opts opts = { .seed = seed };
	char err[400] = "";
	struct kws k;
	int status = begin(p);

	if (!status)
		status = kws_load(&k, path, err, sizeof(err));
	if (status)
		return status;
	if (!runner_lacks(&k, err, sizeof(err)))
		runner_run(&k, &opts, &p->trace, err, sizeof(err));
	kws_fini(&k);
	return end(p, 0);
}

void pupil_close(struct pupil *p)
{
	lesson_fini(&p->lesson);
	trace_store_close(&p->store);
	trace_close(&p->trace);
	run_inputs_fini(&p->inputs);
}
