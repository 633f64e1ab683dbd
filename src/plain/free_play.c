/*
 * plain/free_play.c - free play as lines: a numbered menu, and the acts as they are typed.
 *
 * Lives here:   the menu, reading a line at an act's fence, taking an act back.
 * Never here:   what an act is (run/free_play.h), what an event prints (print.c).   Licence: MIT.
 */
#include "plain/plain_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "run/free_play.h"
#include "words/texts.h"

static void put_menu(struct plain *p)
{
	struct free_choice choice[FREE_CHOICES_MAX];
	struct free_play fp;
	unsigned int nr;

	run_free_play(p->run, &fp);
	nr = free_play_choices(&fp, choice);
	for (unsigned int i = 0; i < nr; i++) {
		char first[64];
		STRBUF(act, 80);
		STRBUF(text, 200);

		free_play_choice_act(&fp, &choice[i], free_play_default_wq(&fp), &act);
		free_play_choice_text(&fp, &choice[i], &text);
		if (choice[i].kind == FREE_THING_CPU)
			strbuf_puts(&text, free_play_online(&fp, choice[i].index) ? W(FREE_CPU_ON) : W(FREE_CPU_OFF));
		snprintf(first, sizeof(first), W(FREE_MENU_ROW), i + 1, act.buf);
		plain_put(p, first, text.buf);
	}
}

static void put_help(struct plain *p)
{
	const char *usage, *line;

	plain_put(p, "", W(FREE_HELP));
	for (unsigned int i = 0; free_play_help(i, &usage, &line); i++) {
		plain_put(p, "  ", usage);
		plain_put(p, "      ", line);
	}
	plain_put(p, "", W(FREE_HELP_KERNEL));
	plain_put(p, "  ", W(PLAIN_HELP));
}

void plain_skip_new(struct plain *p)
{
	p->printed = p->store->nr;
	p->looking = p->pointed = 0;
	if (model_replay_grow(&p->replay) || lesson_grow_to(&p->lesson, p->printed))
		shortage_end(-ENOMEM, NULL);
}

void plain_swap_run(struct plain *p, struct run *other)
{
	model_replay_fini(&p->replay);
	lesson_fini(&p->lesson);	/* its texts lie in the old run's log */
	run_close(p->run);
	p->run = other;
	p->store = run_store(other);
	plain_wait(p);
	plain_lesson_init(p);
	p->printed = p->store->nr;
	p->looking = p->pointed = 0;
	if (model_replay_init(&p->replay, p->store) || lesson_grow_to(&p->lesson, p->printed))
		shortage_end(-ENOMEM, NULL);
}

static void undo(struct plain *p)
{
	const struct run_inputs *in = run_get_inputs(p->run);
	struct run *other = NULL;
	char err[512], text[600], act[512] = "";

	if (in->n)
		snprintf(act, sizeof(act), "%s", in->v[in->n - 1].value);
	if (run_undo_act(p->run, &other, err, sizeof(err))) {
		plain_put(p, "", err);
		return;
	}
	snprintf(text, sizeof(text), W(FREE_UNDONE), act);
	plain_swap_run(p, other);
	plain_put(p, "", text);
}

static void save(struct plain *p, const char *path)
{
	char text[400];
	int err = *path ? run_free_save(p->run, path) : 0;

	if (!*path)
		snprintf(text, sizeof(text), "%s", W(FREE_SAVE_NAME));
	else if (err)
		snprintf(text, sizeof(text), W(SAY_NOT_WRITTEN), path, strerror(-err));
	else
		snprintf(text, sizeof(text), run_free_saves_lesson(path) ? W(FREE_SAVED_LESSON) : W(FREE_SAVED), path, path);
	plain_put(p, "", text);
}

/* "3": the third row of the menu.  Return: its act is in @out. */
static bool by_number(struct plain *p, const char *text, struct strbuf *out)
{
	struct free_choice choice[FREE_CHOICES_MAX];
	struct free_play fp;
	unsigned long n;
	char *end;

	n = strtoul(text, &end, 10);
	if (end == text || *end)
		return false;
	run_free_play(p->run, &fp);
	if (!n || n > free_play_choices(&fp, choice))
		return false;
	free_play_choice_act(&fp, &choice[n - 1], free_play_default_wq(&fp), out);
	return true;
}

/* `i` and `i nic` are short for irq here, where an interrupt is an act like others. */
static bool by_irq(struct plain *p, const char *text, struct strbuf *out)
{
	const char *name = text + 1 + strspn(text + 1, " ");
	const struct trace_name *line;

	if (*text != 'i' || (text[1] && text[1] != ' '))
		return false;
	line = run_irq_line(p->store, plain_here(p), *name ? name : NULL);
	strbuf_printf(out, "irq %s", line ? line->text : name);
	return true;
}

static void act(struct plain *p, const char *text)
{
	char err[400];

	if (run_act(p->run, text, err, sizeof(err)))
		plain_put(p, "", err);
}

void plain_free_play(struct plain *p)
{
	const char *text;
	STRBUF(typed, 200);

	if (!p->put_at) {
		plain_put(p, "", W(FREE_INTRO));
		put_menu(p);
		p->put_at = run_fence(p->run);
	}
	if (!plain_read_line(p, W(FREE_PROMPT))) {
		p->quit = true;
		return;
	}
	text = p->line + (*p->line == ':');
	if (!strcmp(text, "?") || !strcmp(text, "h") || !strcmp(text, "help"))
		put_help(p);
	else if (!strcmp(text, "things"))
		put_menu(p);
	else if (!strcmp(text, "undo"))
		undo(p);
	else if (!strncmp(text, "save", 4) && (!text[4] || text[4] == ' '))
		save(p, text + 4 + strspn(text + 4, " "));
	else if (!*text)
		act(p, "run");
	else if (by_number(p, text, &typed) || by_irq(p, text, &typed))
		act(p, typed.buf);
	else if (!plain_command(p, NULL, text))
		act(p, text);
}
