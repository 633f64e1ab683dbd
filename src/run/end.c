/*
 * run/end.c - the exit status of an end, its line for scripts, and the interrupt line that fires by default.
 *
 * The front ends differ in their output only: the exit status of the program is decided here once.
 *
 * Lives here:   decisions about a run that both front ends need.
 * Never here:   why a process ended (exit_report.c), sentences (words/end_text.h), the front ends' own output.
 * Licence: MIT.
 */
#include <string.h>

#include "base/errline.h"
#include "base/exit_status.h"
#include "base/strbuf.h"
#include "model/lesson.h"
#include "run/run_internal.h"

int run_exit_status(const struct run *r, const struct lesson *l)
{
	unsigned int judged, right;

	switch (r->state) {
	case RUN_FAULTY:		/* a student's file is not the lesson */
		return r->fault_code == EXIT_WRONG ? EXIT_WRONG : EXIT_MISUSE;
	case RUN_DIED:
		return EXIT_INTERNAL;
	default:
		if (run_is_free_play(r))
			return EXIT_RIGHT;
		if (r->choices)
			return r->reached ? EXIT_RIGHT : EXIT_WRONG;
		lesson_score(l, UINT64_MAX, &judged, &right);
		return l->ended && right >= judged ? EXIT_RIGHT : EXIT_WRONG;
	}
}

void run_report_end(const struct run *r, int shown_fd)
{
	STRBUF(line, sizeof(r->exit_report) + 16);

	if (r->state == RUN_DIED)
		strbuf_puts(&line, "kworkshop: ");
	if (r->state == RUN_FAULTY || r->state == RUN_DIED)
		strbuf_puts(&line, r->exit_report);
	errline_unless_shown(shown_fd, line.buf);
}

/* The line whose interrupt was the last up to event @n; 0 = none was. */
static uint32_t last_heard(const struct trace_store *s, uint64_t n)
{
	struct ev_IRQ_ENTRY irq;
	struct trace_event ev;

	for (; n; n--)
		if (trace_store_event(s, n, &ev) && trace_get_IRQ_ENTRY(&ev, &irq))
			return irq.line;
	return 0;
}

const struct trace_name *run_irq_line(const struct trace_store *s, uint64_t n, const char *name)
{
	uint32_t id = name ? 0 : last_heard(s, n);
	const struct trace_name *def = id ? trace_store_def(s, CLS_LINE, id) : NULL;

	for (id = 1; !def || !def->text; id++) {
		def = trace_store_def(s, CLS_LINE, id);
		if (!def || !def->text)
			return NULL;
		if (name && strcmp(name, def->text) != 0)
			def = NULL;
	}
	return def;
}

void run_irq_names(const struct trace_store *s, struct strbuf *out)
{
	const struct trace_name *def;

	for (uint32_t id = 1; (def = trace_store_def(s, CLS_LINE, id)) && def->text; id++)
		strbuf_printf(out, "%s%s", out->len ? ", " : "", def->text);
}
