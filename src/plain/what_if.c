/*
 * plain/what_if.c - a what-if as lines: each begins with "what if> ", and `back` ends it.
 *
 * struct plain is copied and restored, with run, question, answers, score and position; the branch is
 * printed by the same functions, through a stream that marks its lines.  Nothing is saved.
 *
 * Lives here:   opening a what-if, its commands, its end.
 * Never here:   the run of the branch (run/branch.c), what an event prints (print.c).
 * Licence: MIT.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* fopencookie() */
#endif
#include "plain/plain_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "base/time.h"
#include "words/end_text.h"
#include "words/texts.h"

/* ---- lines that are marked --------------------------------------------------------------- */

struct marked {
	FILE *out;
	bool inside;			/* of a line */
};

static ssize_t write_marked(void *cookie, const char *buf, size_t size)
{
	struct marked *m = cookie;

	for (size_t i = 0; i < size; i++) {
		if (!m->inside)
			fputs(W(WHAT_IF_MARK), m->out);
		m->inside = buf[i] != '\n';
		fputc(buf[i], m->out);
	}
	fflush(m->out);
	return (ssize_t)size;
}

static FILE *open_marked(struct marked *m)
{
	return fopencookie(m, "w", (cookie_io_functions_t){ .write = write_marked });
}

/* ---- the branch ------------------------------------------------------------------------------ */

static void show(struct plain *p)
{
	char text[200];
	struct trace_event ev;

	plain_wait(p);
	plain_print_new(p);
	/* a check of the lesson may fail with one interrupt more: that is no fault of it */
	if (run_get_state(p->run) == RUN_DIED) {
		STRBUF(line, 2048);

		words_over(run_exit_report(p->run), &line);
		plain_put(p, "", line.buf);
		return;
	}
	if (trace_store_event(p->store, p->store->nr, &ev)) {
		snprintf(text, sizeof(text), W(WHAT_IF_STOPS), time_text_ms(ev.time).text);
		plain_put(p, "", text);
	}
}

/* The branch in the place of what p->run is; *p is left as it was if it cannot be had. */
static bool enter(struct plain *p, uint64_t after, int cpu, const char *line)
{
	struct run *branch = NULL;
	char err[512];

	if (run_what_if_irq(p->run, after, cpu, line, &branch, err, sizeof(err))) {
		plain_put(p, "", err);
		return false;
	}
	p->run = branch;
	p->store = run_store(branch);
	p->looking = p->pointed = 0;
	plain_lesson_init(p);
	memset(&p->replay, 0, sizeof(p->replay));
	plain_wait(p);
	p->printed = after < p->store->nr ? after : p->store->nr;
	if (model_replay_init(&p->replay, p->store) || lesson_grow_to(&p->lesson, p->printed))
		shortage_end(-ENOMEM, NULL);
	return true;
}

static void leave(struct plain *p)
{
	model_replay_fini(&p->replay);
	lesson_fini(&p->lesson);
	run_close(p->run);
}

/* "i", "i nic": a further interrupt; the branch begins again with both. */
static void another(struct plain *p, const char *text)
{
	const char *name = text + strspn(text, " ");
	const struct trace_name *line = run_irq_line(p->store, plain_here(p), *name ? name : NULL);
	struct plain before = *p;

	if (!line) {
		plain_no_line(p, name);
		return;
	}
	if (!enter(p, plain_here(p), (int)line->owner, line->text))
		return;
	leave(&before);
	show(p);
}

static void converse(struct plain *p)
{
	show(p);
	while (!p->quit && plain_read_line(p, W(PROMPT_WHAT_IF))) {
		const char *text = p->line + (*p->line == ':');

		if (!strcmp(text, "back"))
			return;
		if (*text == 'i' && (!text[1] || text[1] == ' '))
			another(p, text + 1);
		else if (*text == 'H' || !plain_command(p, NULL, text))
			plain_put(p, "", W(WHAT_IF_HELP));
	}
	p->quit = true;
}

void plain_what_if(struct plain *p, uint64_t after, int cpu, const char *line)
{
	struct marked marked = { .out = p->out };
	struct plain kept = *p;
	char text[300];
	struct trace_event ev;
	FILE *out = open_marked(&marked);

	if (!out || !trace_store_event(p->store, after, &ev)) {
		if (out)
			fclose(out);
		return;
	}
	p->what_if = true;
	p->out = out;
	p->columns = p->columns > 40 ? p->columns - (int)strlen(W(WHAT_IF_MARK)) : p->columns;
	if (enter(p, after, cpu, line)) {
		snprintf(text, sizeof(text), W(WHAT_IF_BEGINS), line, cpu, time_text_ms(ev.time).text);
		plain_put(p, "", text);
		converse(p);
		leave(p);
	}
	fflush(out);
	fclose(out);
	if (marked.inside)
		fputc('\n', kept.out);
	kept.line = p->line;
	kept.line_size = p->line_size;
	kept.quit = p->quit;
	*p = kept;
	p->put_at = 0;			/* its question is put again */
	if (!p->quit)
		plain_put(p, "", W(WHAT_IF_OVER));
}
