/*
 * words/source_text.c - see source_text.h.   Licence: MIT.
 */
#include "words/source_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "words/name.h"
#include "words/texts.h"

/* A handler or an item whose function has just ended is named by the event only. */
static uint32_t field(const struct trace_event *ev, const char *name)
{
	struct trace_value v;

	return trace_event_get(ev, name, &v) ? (uint32_t)v.num : 0;
}

static void title_of(const struct trace_store *s, const struct model *m, const struct trace_event *ev, char *buf, size_t size)
{
	const struct model_cpu *c = ev->cpu < CPUS_MAX ? &m->cpus[ev->cpu] : NULL;
	const struct model_task *t = model_task(m, ev->task);
	const struct model_worker *w = t ? model_worker(m, t->worker) : NULL;
	uint32_t line = ev->kind == EV_IRQ_EXIT ? field(ev, "line") : c ? c->irq_line : 0;
	uint32_t item = ev->kind == EV_EXECUTE_END ? field(ev, "item") : w ? w->item : 0;
	char name[WORDS_NAME];

	if (ev->ctx == CTX_HARDIRQ && line)
		snprintf(buf, size, W(SOURCE_OF_HANDLER), words_name(s, m, CLS_LINE, line, name));
	else if (ev->ctx == CTX_SOFTIRQ)
		snprintf(buf, size, "%s", W(SOURCE_OF_SOFTIRQ));
	else if (item)
		snprintf(buf, size, W(SOURCE_OF), words_name(s, m, CLS_ITEM, item, name));
	else
		snprintf(buf, size, W(SOURCE_OF), words_name(s, m, CLS_TASK, ev->task, name));
}

/* Is row @n the last one of a block, which may be a loop or a branch?  Then the next line is not known. */
static bool ends_block(const struct words_source *src, unsigned int n)
{
	static const char *const words[] = { "end", "else", "elseif", "until" };
	size_t len, next_len = 0;
	const char *row = words_source_row(src, n, &len), *next = n < src->rows ? words_source_row(src, n + 1, &next_len) : "";

	if (len >= 3 && !strncmp(row + len - 3, "end", 3))
		return true;
	next += strspn(next, " \t");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strncmp(next, words[i], strlen(words[i])))
			return true;
	return false;
}

/* A thread that has been woken goes on behind the call in which it slept. */
static unsigned int row_of(const struct words_source *src, const struct model_source *at, const struct trace_event *ev)
{
	unsigned int row = at->row == MODEL_ROW_END ? src->rows + 1 : at->row ? at->row : 1;

	if (ev->kind == EV_WORKER_WAKE && at->n < ev->n && row <= src->rows && !ends_block(src, row))
		row++;
	return row;
}

/* The value of the call that returned last; one that is refused has its value already. */
static void put_returned(const struct trace_store *s, const struct model_source *at, const struct trace_event *ev,
			 struct words_source *out)
{
	const struct trace_name *fn = trace_store_def(s, CLS_FN, at->fn);

	if (ev->kind == EV_PENDING_BUSY && at->row != MODEL_ROW_END) {
		out->returned_row = out->row;
		snprintf(out->returned, sizeof(out->returned), "%s", W(SOURCE_PENDING_SET));
		return;
	}
	if (!at->returned_row || at->returned_row > out->rows || !at->has_ret)
		return;
	out->returned_row = at->returned_row;
	if (fn && fn->aux == TRACE_FN_BOOL)
		snprintf(out->returned, sizeof(out->returned), "%s", at->ret ? "true" : "false");
	else
		snprintf(out->returned, sizeof(out->returned), "%" PRId64, (int64_t)at->ret);
}

/* The source of a work function; 0 = it is not known before it is called. */
static uint32_t of_function(const struct trace_store *s, uint32_t func)
{
	const struct trace_name *def;

	for (uint32_t id = 1; func && (def = trace_store_def(s, CLS_SOURCE, id)) != NULL; id++)
		if (def->owner == func)
			return id;
	return 0;
}

#define START_AHEAD 8		/* events between "calls the function" and the function's first one */

/* The event that calls a function comes before the function is entered. */
static struct model_source place_of(const struct trace_store *s, const struct model *m, const struct trace_event *ev)
{
	struct model_source at = model_source_of(m, ev);
	struct ev_SOURCE_AT e;
	struct trace_event next;

	if ((ev->kind != EV_EXECUTE_START && ev->kind != EV_IRQ_ENTRY) || (at.source && at.row != MODEL_ROW_END && at.n > ev->n))
		return at;
	for (uint64_t n = ev->n + 1; n <= ev->n + START_AHEAD && trace_store_event(s, n, &next); n++)
		if (next.ctx == ev->ctx && next.cpu == ev->cpu && next.task == ev->task && trace_get_SOURCE_AT(&next, &e))
			return (struct model_source){ .source = e.source };
	return (struct model_source){ .source = of_function(s, field(ev, "func")) };
}

bool words_source(const struct trace_store *s, const struct model *m, const struct trace_event *ev,
		  struct words_source *out)
{
	struct model_source at = place_of(s, m, ev);
	const struct trace_name *def = at.source ? trace_store_def(s, CLS_SOURCE, at.source) : NULL;

	if (!def || !def->text || !*def->text)
		return false;
	if (at.row == MODEL_ROW_END && ev->kind != EV_EXECUTE_END && ev->kind != EV_IRQ_EXIT)
		return false;
	*out = (struct words_source){ .text = def->text, .rows = 1, .line = TRACE_SOURCE_LINE(def->aux),
				      .file = TRACE_SOURCE_FILE(def->aux), .one_line = def->aux & TRACE_SOURCE_ONE_LINE };
	for (const char *p = def->text; (p = strchr(p, '\n')); p++)
		out->rows++;
	out->row = row_of(out, &at, ev);
	put_returned(s, &at, ev, out);
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
