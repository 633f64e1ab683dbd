/*
 * book/replay.c - repeats an attempt from its inputs, without a person.
 *
 * The run takes place in a machine process, as it did for the student.  It stops where the inputs
 * end: at an open question, whose answer is then not among its events.
 *
 * Lives here:   one replay and what is folded from its events.
 * Never here:   what of it is shown.   Licence: MIT.
 */
#include "book/book_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/shortage.h"
#include "words/lesson_words.h"
#include "words/texts.h"

static void on_change(void *arg)
{
	uv_stop(arg);
}

static void wait_for_run(struct book_replay *r)
{
	run_on_change(r->run, on_change, r->loop);
	run_poll(r->run);
	while (run_get_state(r->run) == RUN_RUNNING) {
		if (!uv_run(r->loop, UV_RUN_ONCE) && run_poll(r->run) == 0 && run_get_state(r->run) == RUN_RUNNING)
			break;
	}
	run_poll(r->run);
}

static bool make_spec(struct run_spec *spec, const struct course_lesson *l, const struct progress_attempt *a, char *why,
		      size_t why_size)
{
	*spec = (struct run_spec){ .seed = a->seed, .variant = a->variant, .jitter = -1, .resumed = true };
	snprintf(spec->lesson, sizeof(spec->lesson), "%s", l->path);
	if (!run_machine_options_read(spec, a->options)) {
		snprintf(why, why_size, W(BOOK_OPTIONS), a->options);
		return false;
	}
	return run_inputs_parse(&spec->inputs, a->inputs, "progress", why, why_size) == 0;
}

static void fold(struct book_replay *r)
{
	r->store = run_store(r->run);
	words_lesson_init(&r->lesson, r->store, run_get_spec(r->run)->lesson);
	if (lesson_grow(&r->lesson) || lanes_init(&r->lanes, r->store))
		shortage_end(-ENOMEM, NULL);
	lanes_grow(&r->lanes, UINT64_MAX);
	if (r->lanes.cut)
		shortage_end(-ENOMEM, NULL);
}

struct book_replay *book_replay_open(const char *exe, const struct course_lesson *l, const struct progress_attempt *a,
				     char *why, size_t why_size, bool *died)
{
	struct book_replay *r = shortage_need(calloc(1, sizeof(*r)));
	struct run_spec spec;
	int err = -EINVAL;

	r->loop = shortage_need(calloc(1, sizeof(uv_loop_t)));
	why[0] = '\0';
	if (uv_loop_init(r->loop))
		shortage_end(-ENOMEM, NULL);
	if (make_spec(&spec, l, a, why, why_size))
		err = run_open(&r->run, r->loop, exe, &spec, why, why_size);
	run_inputs_fini(&spec.inputs);
	if (err == -ENOMEM)
		shortage_end(err, NULL);
	if (err) {
		r->run = NULL;
		book_replay_close(r);
		return NULL;
	}
	wait_for_run(r);
	*died = run_get_state(r->run) == RUN_DIED;
	if (*died) {
		snprintf(why, why_size, "%s", run_exit_report(r->run));
		book_replay_close(r);
		return NULL;
	}
	fold(r);
	return r;
}

void book_replay_close(struct book_replay *r)
{
	if (!r)
		return;
	lanes_fini(&r->lanes);
	lesson_fini(&r->lesson);	/* its texts lie in the run's log */
	if (r->run)
		run_close(r->run);
	uv_run(r->loop, UV_RUN_DEFAULT);
	uv_loop_close(r->loop);
	free(r->loop);
	free(r);
}

const struct lesson_card *book_verdict(const struct lesson *l, const char *id, unsigned int ordinal)
{
	for (size_t i = 0; i < l->nr_cards; i++) {
		const struct lesson_card *card = &l->card[i];
		const struct lesson_question *q = card->kind == CARD_VERDICT ? lesson_question(l, card->question) : NULL;

		if (q && card->ordinal == ordinal && !strcmp(q->id, id))
			return card;
	}
	return NULL;
}
