/*
 * plain/practice.c - one question of a lesson as lines: asked, answered, judged.
 *
 * The inputs of the run answer all other questions, so the run waits at this one and goes on to
 * its end after the answer.  Events are printed from the question to its verdict.  The cards since
 * the question before it are printed first, because there is no picture beside the question.
 *
 * Never here:   which question (cli/session_practice.c).   Licence: MIT.
 */
#include "plain/plain_internal.h"

#include <errno.h>
#include <string.h>

#include "base/exit_status.h"
#include "base/shortage.h"
#include "words/lesson_words.h"
#include "words/texts.h"

static const struct lesson_question *asked(const struct plain *p)
{
	return lesson_question_by_id(&p->lesson, p->opts->practise);
}

/* The run waits for another try. */
static bool waits_again(const struct plain *p, const struct lesson_question *q)
{
	struct ev_WAIT_INPUT wait;
	struct trace_event ev;

	return run_fence(p->run) > q->verdict.n && trace_store_event(p->store, run_fence(p->run), &ev) &&
	       trace_get_WAIT_INPUT(&ev, &wait) && wait.what == WAIT_ANSWER && wait.question == q->number;
}

bool plain_practised(struct plain *p)
{
	const struct lesson_question *q = p->opts->practise && p->run && !p->what_if ? asked(p) : NULL;

	return q && q->verdict.n && !waits_again(p, q);
}

bool plain_speaks(const struct plain *p, const struct trace_event *ev)
{
	const struct lesson_question *q = p->opts->practise ? asked(p) : NULL;
	struct trace_value v;

	if (!p->opts->practise || ev->kind == EV_FAULT || ev->kind == EV_OUTSIDE)
		return true;
	return q && trace_event_get(ev, "question", &v) && v.num == (int64_t)q->number;
}

/* The cards between the question before this one and its own. */
static void put_cards_before(struct plain *p, const struct lesson *all, size_t ask)
{
	size_t first = ask;

	while (first && all->card[first - 1].kind != CARD_ASK)
		first--;
	for (; first < ask; first++)
		if (all->card[first].kind == CARD_SAY)
			plain_put_card(p, &all->card[first]);
}

/* Passes over the events before the question. */
static void skip_to_question(struct plain *p)
{
	struct lesson all;

	plain_wait(p);
	words_lesson_init(&all, p->store, run_get_spec(p->run)->lesson);
	if (lesson_grow(&all))
		shortage_end(-ENOMEM, NULL);
	p->from = all.begun;
	if (all.nr_cards && all.card[all.nr_cards - 1].kind == CARD_ASK && run_get_state(p->run) == RUN_WAITING) {
		p->printed = all.card[all.nr_cards - 1].n - 1;
		p->begun = true;
		put_cards_before(p, &all, all.nr_cards - 1);
	}
	lesson_fini(&all);
	if (lesson_grow_to(&p->lesson, p->printed))
		shortage_end(-ENOMEM, NULL);
}

/* Time to look around before the next question. */
static void pause_after_verdict(struct plain *p)
{
	for (;;) {
		if (!plain_read_line(p, W(PRACTICE_GO_ON)))
			p->quit = true;
		if (p->quit || !*p->line)
			return;
		if (!plain_command(p, NULL, p->line))
			plain_put(p, "", W(ENTER_OR_HELP));
		if (p->quit)
			return;
	}
}

int plain_practise(struct plain *p)
{
	int code;

	if (model_replay_init(&p->replay, p->store))
		return plain_no_memory();
	p->blank = true;
	skip_to_question(p);
	while (!p->quit && !ferror(p->out) && !plain_practised(p)) {
		plain_wait(p);
		plain_print_new(p);
		if (plain_practised(p) || run_get_state(p->run) != RUN_WAITING)
			break;
		plain_meet_fence(p);
	}
	plain_save_progress(p);
	if (plain_practised(p) && !p->quit)
		pause_after_verdict(p);
	*p->opts->stopped = p->quit;
	code = plain_leave(p);
	return code <= EXIT_WRONG ? EXIT_RIGHT : code;
}
