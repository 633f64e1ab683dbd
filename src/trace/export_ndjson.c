/*
 * trace/export_ndjson.c - an event as one JSON object: for jq, for scripts, for data frames.
 *
 *   {"n":41,"time_ns":4000300,"event":"workqueue_execute_start","cpu":0,"context":"task",
 *    "task":7,"comm":"kworker/0:1","cause":38,"args":{"item":3,"item_name":"reset",...},
 *    "why":{"predicate":"need_more_worker","yes":true,"worklist":1,"nr_running":0,...}}
 *
 * Keys are the names in docs/events.md; an id is followed by its name where it
 * has one.  What an event lacks is left out, not null.
 *
 * Lives here:   the JSON form.
 * Never here:   meaning (model/), text (export_text.c).
 * Licence: MIT.
 */
#include "trace/export.h"

#include <inttypes.h>

#include "base/strbuf.h"

static void put_string(struct strbuf *out, const char *text)
{
	strbuf_json(out, text, strlen(text));
}

static void put_key(struct strbuf *out, const char *key, bool first)
{
	strbuf_printf(out, first ? "\"%s\":" : ",\"%s\":", key);
}

static void put_ids(struct strbuf *out, struct trace_ids ids)
{
	strbuf_putc(out, '[');
	for (uint32_t i = 0; i < ids.n; i++)
		strbuf_printf(out, i ? ",%" PRIu32 : "%" PRIu32, ids.v[i]);
	strbuf_putc(out, ']');
}

static void put_value(const struct trace_store *s, const char *key, const struct trace_value *v,
		      struct strbuf *out)
{
	enum trace_class cls = trace_type_class(v->type);
	const char *name;

	switch (v->type) {
	case TY_text:
		strbuf_json(out, v->text, v->text_len);
		return;
	case TY_ids:
		put_ids(out, v->ids);
		return;
	case TY_bool:
		strbuf_puts(out, v->num ? "true" : "false");
		return;
	case TY_u64: case TY_ns: case TY_mask:
		strbuf_printf(out, "%" PRIu64, (uint64_t)v->num);
		return;
	default:
		strbuf_printf(out, "%" PRId64, v->num);
	}
	name = cls ? trace_store_name(s, cls, (uint32_t)v->num) : NULL;
	if (name && *name) {
		strbuf_printf(out, ",\"%s_name\":", key);
		put_string(out, name);
	}
}

static void put_args(const struct trace_store *s, const struct trace_event *ev, struct strbuf *out)
{
	const struct trace_row *row = &trace_rows[ev->kind];
	struct trace_value v;

	strbuf_puts(out, ",\"args\":{");
	for (unsigned int i = 0; i < row->nr_fields && trace_event_field(ev, i, &v); i++) {
		put_key(out, row->fields[i].name, !i);
		put_value(s, row->fields[i].name, &v, out);
	}
	strbuf_putc(out, '}');
}

static void put_why(const struct trace_why *why, struct strbuf *out)
{
	const struct trace_why_row *row = &trace_why_rows[why->pred];

	strbuf_puts(out, ",\"why\":{\"predicate\":");
	put_string(out, row->name);
	strbuf_printf(out, ",\"yes\":%s", why->v[0] ? "true" : "false");
	for (int i = 1; i < 4; i++)
		if (*row->values[i])
			strbuf_printf(out, ",\"%s\":%" PRId32, row->values[i], why->v[i]);
	strbuf_putc(out, '}');
}

void trace_format_json(const struct trace_store *s, const struct trace_event *ev, struct strbuf *out)
{
	const char *comm = trace_store_name(s, CLS_TASK, ev->task);

	strbuf_printf(out, "{\"n\":%" PRIu64 ",\"time_ns\":%" PRIu64 ",\"event\":", ev->n, ev->time);
	if (ev->kind < EV_NR)
		put_string(out, trace_rows[ev->kind].name);
	else
		strbuf_printf(out, "\"kind-%u\"", ev->kind);
	if (ev->cpu != TRACE_NO_CPU)
		strbuf_printf(out, ",\"cpu\":%u", ev->cpu);
	strbuf_printf(out, ",\"context\":\"%s\"", trace_ctx_name((enum trace_ctx)ev->ctx));
	if (ev->task)
		strbuf_printf(out, ",\"task\":%u", ev->task);
	if (comm) {
		strbuf_puts(out, ",\"comm\":");
		put_string(out, comm);
	}
	if (ev->cause)
		strbuf_printf(out, ",\"cause\":%" PRIu64, ev->cause);
	if (ev->kind < EV_NR)
		put_args(s, ev, out);
	if (ev->why.pred && ev->why.pred < WHY_NR)
		put_why(&ev->why, out);
	strbuf_putc(out, '}');
}
