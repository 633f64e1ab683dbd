/*
 * words/source_text.c - see source_text.h.   Licence: MIT.
 */
#include "words/source_text.h"

#include <stdio.h>
#include <string.h>

#include "words/name.h"
#include "words/texts.h"

static void title_of(const struct trace_store *s, const struct model *m, const struct trace_event *ev, char *buf, size_t size)
{
	const struct model_cpu *c = ev->cpu < CPUS_MAX ? &m->cpus[ev->cpu] : NULL;
	const struct model_task *t = model_task(m, ev->task);
	const struct model_worker *w = t ? model_worker(m, t->worker) : NULL;
	char name[WORDS_NAME];

	if (ev->ctx == CTX_HARDIRQ && c && c->irq_line)
		snprintf(buf, size, W(SOURCE_OF_HANDLER), words_name(s, m, CLS_LINE, c->irq_line, name));
	else if (ev->ctx == CTX_SOFTIRQ)
		snprintf(buf, size, "%s", W(SOURCE_OF_SOFTIRQ));
	else if (w && w->item)
		snprintf(buf, size, W(SOURCE_OF), words_name(s, m, CLS_ITEM, w->item, name));
	else
		snprintf(buf, size, W(SOURCE_OF), words_name(s, m, CLS_TASK, ev->task, name));
}

bool words_source(const struct trace_store *s, const struct model *m, const struct trace_event *ev,
		  struct words_source *out)
{
	struct model_source at = model_source_of(m, ev);
	const struct trace_name *def = at.source ? trace_store_def(s, CLS_SOURCE, at.source) : NULL;

	if (!def || !def->text || !*def->text)
		return false;
	*out = (struct words_source){ .text = def->text, .rows = 1, .row = at.row, .line = def->aux };
	for (const char *p = def->text; (p = strchr(p, '\n')); p++)
		out->rows++;
	title_of(s, m, ev, out->title, sizeof(out->title));
	return true;
}

const char *words_source_row(const struct words_source *src, unsigned int n, size_t *len)
{
	const char *p = src->text;

	while (--n && *p)
		p += strcspn(p, "\n") + 1;
	*len = strcspn(p, "\n");
	return p;
}
