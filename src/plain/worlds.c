/*
 * plain/worlds.c - both worlds as lines: the real run beside the one in which the given answer is right.
 *
 * At a verdict the comparison ends where the real run stands, as a later question must not be
 * answered.  After the lesson the questions with a second run are compared from end to end.
 *
 * Lives here:   `b`: which question, its second run from beginning to end, the lines.
 * Never here:   the comparison (model/worlds.c), its sentences (words/worlds.c).
 * Licence: MIT.
 */
#include "plain/plain_internal.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/shortage.h"
#include "model/worlds.h"
#include "words/lesson_text.h"
#include "words/lesson_words.h"
#include "words/texts.h"
#include "words/worlds.h"

static const struct lesson_card *last_verdict(const struct plain *p)
{
	for (size_t i = p->lesson.nr_cards; i; i--) {
		const struct lesson_card *card = &p->lesson.card[i - 1];

		if (card->kind == CARD_VERDICT)
			return card;
		if (card->kind == CARD_ASK)
			return NULL;	/* the verdict before it has been left */
	}
	return NULL;
}

static const struct lesson_question *offered(struct plain *p)
{
	if (!p->run || !p->opts->world || p->what_if)
		return NULL;
	return worlds_offered(&p->lesson, p->lesson.ended ? NULL : last_verdict(p));
}

bool plain_offers_worlds(struct plain *p)
{
	return offered(p) != NULL;
}

/* ---- the second run --------------------------------------------------------------------------- */

static void on_change(void *arg)
{
	uv_stop(arg);
}

/* Its cards and questions were met in the real run: it goes on by itself. */
static void run_to_the_end(struct plain *p, struct run *world)
{
	run_on_change(world, on_change, p->loop);
	for (;;) {
		run_poll(world);
		if (run_get_state(world) == RUN_WAITING && run_go(world))
			return;		/* an answer that the real run has not had */
		if (run_get_state(world) != RUN_RUNNING && run_get_state(world) != RUN_WAITING)
			return;
		if (!uv_run(p->loop, UV_RUN_ONCE) && run_get_state(world) == RUN_RUNNING)
			return;
	}
}

static struct run *open_world(struct plain *p, const struct lesson_question *q)
{
	struct run_spec spec;
	struct run *world = NULL;
	char err[600] = "";
	int rc;

	memset(&spec, 0, sizeof(spec));
	rc = p->opts->world(p->opts->world_arg, p->run, q->id, worlds_choice(q), &spec, err, sizeof(err));
	if (!rc)
		rc = run_open(&world, p->loop, p->opts->exe, &spec, err, sizeof(err));
	run_inputs_fini(&spec.inputs);
	if (rc) {
		plain_put(p, "", *err ? err : W(SAY_WORLD_CLOSED));
		return NULL;
	}
	run_to_the_end(p, world);
	return world;
}

/* ---- the lines ---------------------------------------------------------------------------------- */

static void put_lines(struct plain *p, char *text)
{
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n")) && (*line || rest))
		plain_put(p, "", line);
}

static void put_question(struct plain *p, const struct lesson_question *q)
{
	const struct lesson_choice *given = &q->choice[worlds_choice(q) - 1];
	int right = lesson_choice(q, q->verdict.happened, strlen(q->verdict.happened));
	STRBUF(said, 600);
	STRBUF(was, 600);
	char text[1300];

	words_plain(given->text, &said);
	if (right >= 0)
		words_plain(q->choice[right].text, &was);
	else
		strbuf_puts(&was, q->verdict.happened);
	snprintf(text, sizeof(text), W(WORLDS_PLAIN_OF), said.buf, was.buf);
	plain_put(p, "", text);
}

static void put_comparison(struct plain *p, const struct lesson_question *q, struct run *world)
{
	const struct lesson_question *other;
	struct lesson lesson;
	struct worlds w;
	STRBUF(text, 8000);

	words_lesson_init(&lesson, run_store(world), run_get_spec(world)->lesson);
	if (lesson_grow(&lesson))
		shortage_end(-ENOMEM, NULL);
	if ((other = lesson_question_by_id(&lesson, q->id)) != NULL && other->asked) {
		const struct world_run a = { p->store, q->asked }, b = { run_store(world), other->asked };

		if (!worlds_compare(&w, &a, worlds_fence(&p->lesson), &b)) {
			words_worlds_plain(&w, q->choice[worlds_choice(q) - 1].shows_threads, &text);
			put_lines(p, text.buf);
		}
		worlds_fini(&w);
	} else {
		char line[2200];

		snprintf(line, sizeof(line), W(WORLDS_PLAIN_FAILED), run_exit_report(world));
		plain_put(p, "", line);
	}
	lesson_fini(&lesson);
}

static void print_worlds_of(struct plain *p, const struct lesson_question *q)
{
	struct run *world = open_world(p, q);

	if (!world)
		return;
	plain_blank(p);
	put_question(p, q);
	put_comparison(p, q, world);
	plain_blank(p);
	run_close(world);
}

void plain_print_worlds(struct plain *p)
{
	const struct lesson_question *q = offered(p);
	const struct lesson_card *card = last_verdict(p);

	if (!q) {
		const struct lesson_question *later = card ? lesson_question(&p->lesson, card->question) : NULL;

		plain_put(p, "", later && p->opts->world && worlds_choice(later) ? W(WORLDS_LATER) : W(SAY_NO_WORLD));
		return;
	}
	if (!p->lesson.ended) {
		print_worlds_of(p, q);
		return;
	}
	for (const struct lesson_question *first = q; q; q = worlds_next(&p->lesson, q) == first ? NULL : worlds_next(&p->lesson, q))
		print_worlds_of(p, q);
}

void plain_end_worlds(struct plain *p)
{
	while (!p->quit && p->lesson.ended && plain_offers_worlds(p) && plain_read_line(p, W(WORLDS_PROMPT_END)) && *p->line)
		if (!plain_command(p, NULL, p->line))
			plain_put(p, "", W(ENTER_OR_HELP));
}
