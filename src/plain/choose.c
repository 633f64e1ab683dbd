/*
 * plain/choose.c - the student as the scheduler, in lines: the list at a choice, and what is typed there.
 *
 * Lives here:   the rows of a choice, its letters, taking back, hints, the end of choosing.
 * Never here:   the sentences (words/choosing_text.h), what an event prints (print.c).   Licence: MIT.
 */
#include "plain/plain_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "base/width.h"
#include "model/choosing.h"
#include "model/exercise.h"
#include "words/choosing_text.h"
#include "words/texts.h"

#define PATH_STEPS 12
#define SIDE_COLUMNS 16

/* The code, and at the end of the line its place or what is left. */
static void put_row(struct plain *p, const struct choosing_thing *t, char letter)
{
	STRBUF(row, 600);
	STRBUF(next, 300);
	STRBUF(side, 120);
	int room = (p->columns > 80 ? 80 : p->columns) - 1, used;

	if (letter)
		strbuf_printf(&row, W(CHOOSE_ROW), letter, words_choosing_label(t));
	else
		strbuf_printf(&row, W(CHOOSE_ROW_CANNOT), words_choosing_label(t));
	words_choosing_next(t, &next);
	words_choosing_side(t, &side);
	used = width_text(row.buf, strlen(row.buf));
	if (side.len && room - used - SIDE_COLUMNS > 20)
		width_put_padded(&row, next.buf, strlen(next.buf), room - used - SIDE_COLUMNS);
	else
		strbuf_puts(&row, next.buf);
	strbuf_printf(&row, "%s%s", side.len ? "  " : "", side.buf);
	plain_put(p, row.buf, "");
}

static void put_list(struct plain *p, const struct choosing *c)
{
	STRBUF(path, 1200);
	STRBUF(text, 1400);
	char letter = 'a';

	plain_blank(p);
	strbuf_printf(&text, W(CHOOSE_NUMBER), c->ordinal);
	words_choosing_path(c, PATH_STEPS, &path);
	if (path.len)
		strbuf_printf(&text, W(CHOOSE_SO_FAR), path.buf);
	plain_put(p, "", text.buf);
	for (unsigned int i = 0; i < c->nr_things; i++)
		if (!c->thing[i].cannot)
			put_row(p, &c->thing[i], letter++);
	for (unsigned int i = 0; i < c->nr_things; i++)
		if (c->thing[i].cannot)
			put_row(p, &c->thing[i], 0);
}

/* ---- reading a line ------------------------------------------------------------------------ */

/* A letter, a number from 1, a name or a label.  NULL: nothing that can go on. */
static const struct choosing_thing *thing_typed(const struct choosing *c, const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);
	int at = -1;

	if (text[0] >= 'a' && text[0] <= 'z' && !text[1])
		at = choosing_able(c, (unsigned int)(text[0] - 'a'));
	else if (end != text && !*end && n >= 1 && n <= CHOOSING_THINGS_MAX)
		at = choosing_able(c, (unsigned int)n - 1);
	if (at >= 0)
		return &c->thing[at];
	for (unsigned int i = 0; i < c->nr_things; i++)
		if (!c->thing[i].cannot && !strcmp(c->thing[i].label, text))
			return &c->thing[i];
	return choosing_find(c, text);
}

static void take_back(struct plain *p, const struct choosing *c)
{
	STRBUF(step, 160);
	STRBUF(said, 240);
	struct run *other = NULL;
	char err[512];

	if (!c->nr_steps) {
		plain_put(p, "", W(CHOOSE_NOTHING_BACK));
		return;
	}
	if (run_undo_choice(p->run, &other, err, sizeof(err))) {
		plain_put(p, "", err);
		return;
	}
	words_choosing_step(&c->step[c->nr_steps - 1], &step);
	strbuf_printf(&said, W(CHOOSE_TAKEN_BACK), step.buf);
	plain_swap_run(p, other);
	p->put_at = 0;
	plain_put(p, "", said.buf);
}

static void begin_again(struct plain *p)
{
	struct run_spec spec = *run_get_spec(p->run);
	struct run *other = NULL;
	char err[512];

	memset(&spec.inputs, 0, sizeof(spec.inputs));
	if (run_open(&other, p->loop, p->opts->exe, &spec, err, sizeof(err))) {
		plain_put(p, "", err);
		return;
	}
	plain_swap_run(p, other);
	while (run_get_state(p->run) == RUN_WAITING && run_go(p->run) == 0)	/* its cards have been read */
		plain_wait(p);
	plain_skip_new(p);
	p->put_at = 0;
	plain_put(p, "", W(CHOOSE_AGAIN));
}

static void hint(struct plain *p)
{
	struct exercise_facts *facts = calloc(1, sizeof(*facts));
	char first[64];

	if (!facts)
		shortage_end(-ENOMEM, NULL);
	exercise_facts_read(p->store, facts);
	if (p->hints >= facts->nr_hints) {
		plain_put(p, "", facts->nr_hints ? W(LAST_HINT) : W(NO_HINT));
	} else {
		snprintf(first, sizeof(first), W(CARD_HINT), p->hints + 1);
		plain_put(p, first, facts->hint[p->hints++]);
	}
	free(facts);
}

/* True: it was one of the words that both prompts take. */
static bool obey(struct plain *p, const struct choosing *c, const char *text)
{
	if (!strcmp(text, "u") || !strcmp(text, "undo"))
		take_back(p, c);
	else if (!strcmp(text, "r"))
		begin_again(p);
	else if (!strcmp(text, "H"))
		hint(p);
	else
		return false;
	return true;
}

static void at_choice(struct plain *p, const struct choosing *c)
{
	const struct choosing_thing *t;

	if (p->put_at != c->asked) {
		put_list(p, c);
		p->put_at = c->asked;
	}
	if (!plain_read_line(p, W(CHOOSE_PROMPT))) {
		p->quit = true;
		return;
	}
	if (!*p->line) {
		p->put_at = 0;		/* the list once more */
		return;
	}
	t = thing_typed(c, p->line);
	if (t)
		run_choose(p->run, t->name);
	else if (!obey(p, c, p->line) && !plain_command(p, NULL, p->line))
		plain_put(p, "", W(CHOOSE_UNKNOWN));
}

static void at_end(struct plain *p, const struct choosing *c)
{
	if (!plain_read_line(p, W(CHOOSE_OVER_PROMPT)))
		p->quit = true;
	else if (!*p->line)
		run_go(p->run);
	else if (!obey(p, c, p->line) && !plain_command(p, NULL, p->line))
		plain_put(p, "", W(CHOOSE_UNKNOWN));
}

void plain_choose(struct plain *p)
{
	struct choosing *c = malloc(sizeof(*c));

	if (!c)
		shortage_end(-ENOMEM, NULL);
	choosing_read(p->store, p->store->nr, c);
	if (c->over)
		at_end(p, c);
	else
		at_choice(p, c);
	free(c);
}

/* ---- events ---------------------------------------------------------------------------------- */

void plain_print_chosen(struct plain *p, const struct trace_event *ev)
{
	struct choosing *c = malloc(sizeof(*c));
	STRBUF(step, 160);
	STRBUF(text, 400);

	if (!c)
		shortage_end(-ENOMEM, NULL);
	choosing_read(p->store, ev->n, c);
	if (ev->kind == EV_CHOSEN && c->nr_steps) {
		words_choosing_step(&c->step[c->nr_steps - 1], &step);
		strbuf_printf(&text, W(CHOOSE_CHOSEN), c->nr_steps, step.buf);
	} else if (ev->kind == EV_CHOOSING_OVER) {
		plain_blank(p);
		words_choosing_result(c, &text);
	}
	if (text.len)
		plain_put(p, "", text.buf);
	free(c);
}
