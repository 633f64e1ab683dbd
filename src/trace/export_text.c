/*
 * trace/export_text.c - an event as a line of text.
 *
 *      41     4.000300  0 task    kworker/0:1      workqueue_execute_start: item=reset func=reset
 *  worker=kworker/0:1 wq=events <- #38 need_more_worker: worklist has 1, nr_running 0
 *
 * (one line): number, virtual milliseconds, CPU, context, thread, then the event in the
 * style of the kernel's trace, with names instead of ids.
 *
 * Lives here:   the text form, and the choice of a format.
 * Never here:   meaning (model/), JSON (export_ndjson.c).
 * Licence: MIT.
 */
#include "trace/export.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpumask.h"
#include "base/printable.h"
#include "base/strbuf.h"
#include "base/utf8.h"

/* ---- the why ------------------------------------------------------------------------- */

/* A reason of trace_why.def with {1}..{3} replaced by values. */
static void put_sentence(struct strbuf *out, const char *sentence, const int32_t *v)
{
	for (const char *p = sentence; *p; p++) {
		if (p[0] == '{' && p[1] >= '0' && p[1] <= '3' && p[2] == '}') {
			strbuf_printf(out, "%" PRId32, v[p[1] - '0']);
			p += 2;
		} else {
			strbuf_putc(out, *p);
		}
	}
}

void trace_format_reason(const struct trace_why *why, struct strbuf *out)
{
	const struct trace_why_row *row;

	if (why->pred == WHY_NONE || why->pred >= WHY_NR)
		return;
	row = &trace_why_rows[why->pred];
	put_sentence(out, why->v[0] ? row->yes : row->no, why->v);
}

/* A function that returned false is written as in a C condition: !need_more_worker. */
void trace_format_why(const struct trace_why *why, struct strbuf *out)
{
	const char *returned = trace_why_returned(why);

	if (why->pred == WHY_NONE)
		return;
	if (why->pred >= WHY_NR) {
		strbuf_printf(out, "predicate %" PRIu32 " of a newer table", why->pred);
		return;
	}
	strbuf_printf(out, "%s%s: ", !strcmp(returned, "false") || !strcmp(returned, "NULL") ? "!" : "",
		      trace_why_rows[why->pred].name);
	trace_format_reason(why, out);
}

/* ---- fields ---------------------------------------------------------------------------- */

/* Quotes the text; unprintable characters and bytes that are not UTF-8 are escaped as in C. */
static void put_text(struct strbuf *out, const char *text)
{
	uint32_t ch;
	size_t n;

	strbuf_putc(out, '"');
	for (; *text; text += n) {
		unsigned char c = (unsigned char)*text;

		n = utf8_decode(text, strlen(text), &ch);
		if (c == '\n')
			strbuf_puts(out, "\\n");
		else if (c == '"' || c == '\\')
			strbuf_printf(out, "\\%c", c);
		else if (c < 0x80 ? !printable_char(c) : n == 1)
			strbuf_printf(out, "\\x%02x", c);
		else if (!printable_char(ch))
			strbuf_printf(out, "\\u%04" PRIx32, ch);
		else
			strbuf_putn(out, text, n);
	}
	strbuf_putc(out, '"');
}

static void put_id(const struct trace_store *s, enum trace_class cls, uint32_t id, uint64_t n, struct strbuf *out)
{
	const char *name = s ? trace_store_name_at(s, cls, id, n) : NULL;

	if (!id)
		strbuf_putc(out, '-');
	else if (name && *name)
		printable_text(out, name, strlen(name));
	else
		strbuf_printf(out, "%s#%" PRIu32, trace_class_name(cls), id);
}

static void put_mask(uint64_t bits, struct strbuf *out)
{
	char list[256];

	cpumask_list((struct cpumask){ bits }, list, sizeof(list));
	strbuf_puts(out, *list ? list : "none");
}

static void put_value(const struct trace_store *s, uint64_t n, const char *name, const struct trace_value *v,
		      struct strbuf *out)
{
	switch (v->type) {
	case TY_text:
		put_text(out, v->text);
		break;
	case TY_ids:
		strbuf_putc(out, '[');
		for (uint32_t i = 0; i < v->ids.n; i++)
			strbuf_printf(out, i ? " %" PRIu32 : "%" PRIu32, v->ids.v[i]);
		strbuf_putc(out, ']');
		break;
	case TY_bool:
		strbuf_puts(out, v->num ? "yes" : "no");
		break;
	case TY_ns:
		strbuf_printf(out, "%" PRIu64 ".%06" PRIu64 "ms", (uint64_t)v->num / 1000000,
			      (uint64_t)v->num % 1000000);
		break;
	case TY_mask:
		put_mask((uint64_t)v->num, out);
		break;
	case TY_u64:
		strbuf_printf(out, "%" PRIu64, (uint64_t)v->num);
		break;
	case TY_u32:
	case TY_i32:
		strbuf_printf(out, !strcmp(name, "flags") ? "0x%" PRIx64 : "%" PRId64, v->num);
		break;
	default:
		put_id(s, trace_type_class(v->type), (uint32_t)v->num, n, out);
	}
}

static void put_fields(const struct trace_store *s, const struct trace_event *ev, struct strbuf *out)
{
	const struct trace_row *row = &trace_rows[ev->kind];
	struct trace_value v;

	for (unsigned int i = 0; i < row->nr_fields && trace_event_field(ev, i, &v); i++) {
		strbuf_printf(out, " %s=", row->fields[i].name);
		put_value(s, ev->n, row->fields[i].name, &v, out);
	}
}

/* ---- a line ------------------------------------------------------------------------------ */

void trace_format(const struct trace_store *s, const struct trace_event *ev, struct strbuf *out)
{
	const char *comm = s ? trace_store_name_at(s, CLS_TASK, ev->task, ev->n) : NULL;
	char cpu[8] = "-", task[24] = "-";

	if (ev->cpu != TRACE_NO_CPU)
		snprintf(cpu, sizeof(cpu), "%u", ev->cpu);
	if (ev->task && !comm)
		snprintf(task, sizeof(task), "task#%u", ev->task);
	strbuf_printf(out, "%7" PRIu64 " %5" PRIu64 ".%06" PRIu64 " %2s %-8s %-16s ", ev->n,
		      ev->time / 1000000, ev->time % 1000000, cpu,
		      trace_ctx_name((enum trace_ctx)ev->ctx), comm ? comm : task);
	if (ev->kind < EV_NR) {
		strbuf_printf(out, "%s:", trace_rows[ev->kind].name);
		put_fields(s, ev, out);
	} else {
		strbuf_printf(out, "kind %u of a newer table", ev->kind);
	}
	if (ev->cause)
		strbuf_printf(out, " <- #%" PRIu64, ev->cause);
	if (ev->why.pred) {
		strbuf_putc(out, ' ');
		trace_format_why(&ev->why, out);
	}
}

/* ---- whole traces -------------------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*line)(const struct trace_store *s, const struct trace_event *ev, struct strbuf *out);
	int (*whole)(const struct trace_store *s, FILE *out);	/* for a format that is more than one line per event */
} formats[] = {
	{ "text", trace_format, NULL },
	{ "ndjson", trace_format_json, NULL },
	{ "ftrace", NULL, trace_export_ftrace },
};

const char *trace_export_formats(void)
{
	return "text, ndjson, ftrace";
}

/* In JSON each byte of a text may need six. */
#define LINE_BYTES (8 * TRACE_EVENT_BYTES_MAX)

int trace_export(const struct trace_store *s, const char *format, FILE *out)
{
	struct trace_event ev;
	char *bytes;
	size_t f = 0;

	while (f < sizeof(formats) / sizeof(formats[0]) && strcmp(formats[f].name, format))
		f++;
	if (f == sizeof(formats) / sizeof(formats[0]))
		return -EINVAL;
	if (formats[f].whole) {
		int err = formats[f].whole(s, out);

		return fflush(out) || ferror(out) ? -EIO : err;
	}
	bytes = malloc(LINE_BYTES);
	if (!bytes)
		return -ENOMEM;
	for (uint64_t n = 1; trace_store_event(s, n, &ev); n++) {
		struct strbuf line;

		strbuf_init(&line, bytes, LINE_BYTES);
		formats[f].line(s, &ev, &line);
		strbuf_putc(&line, '\n');
		if (fwrite(line.buf, 1, line.len, out) != line.len)
			break;
	}
	free(bytes);
	return fflush(out) || ferror(out) ? -EIO : 0;
}
