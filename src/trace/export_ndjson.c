/*
 * trace/export_ndjson.c - an event as one JSON object: for jq, scripts, data frames.
 *
 *   {"n":41,"time_ns":4000300,"event":"workqueue_execute_start","cpu":0,"context":"task",
 *    "task":7,"comm":"kworker/0:1","cause":38,"args":{"item":3,"item_name":"reset",...},
 *    "why":{"predicate":"need_more_worker","yes":true,"worklist":1,"nr_running":0,...}}
 *
 * Keys are the names in docs/events.md.  An id is followed by its name if it has one.
 * Parts that an event does not have are left out, not null.
 *
 * Lives here:   the JSON form.
 * Never here:   meaning (model/), text (export_text.c).
 * Licence: MIT.
 */
#include "trace/export.h"

#include <stdio.h>

#include "base/json.h"
#include "base/strbuf.h"

#define KEY_BYTES 64		/* a field's name and "_name" */

static void put_ids(struct json_writer *w, struct trace_ids ids)
{
	json_begin_array(w, JSON_COMPACT);
	for (uint32_t i = 0; i < ids.n; i++)
		json_uint(w, ids.v[i]);
	json_end(w);
}

static void put_value(struct json_writer *w, const struct trace_value *v)
{
	switch (v->type) {
	case TY_text:
		json_string(w, v->text, v->text_len);
		return;
	case TY_ids:
		put_ids(w, v->ids);
		return;
	case TY_bool:
		json_bool(w, v->num);
		return;
	case TY_u64: case TY_ns: case TY_mask:
		json_uint(w, (uint64_t)v->num);
		return;
	default:
		json_int(w, v->num);
	}
}

/* If @v is an id that has a name: "KEY_name". */
static void put_name(struct json_writer *w, const struct trace_store *s, uint64_t n, const char *key,
		     const struct trace_value *v)
{
	enum trace_class cls = trace_type_class(v->type);
	const char *name = cls ? trace_store_name_at(s, cls, (uint32_t)v->num, n) : NULL;
	char longer[KEY_BYTES];

	if (!name || !*name)
		return;
	snprintf(longer, sizeof(longer), "%s_name", key);
	json_put_text(w, longer, name);
}

static void put_args(struct json_writer *w, const struct trace_store *s, const struct trace_event *ev)
{
	const struct trace_row *row = &trace_rows[ev->kind];
	struct trace_value v;

	json_key(w, "args");
	json_begin_object(w, JSON_COMPACT);
	for (unsigned int i = 0; i < row->nr_fields && trace_event_field(ev, i, &v); i++) {
		json_key(w, row->fields[i].name);
		put_value(w, &v);
		put_name(w, s, ev->n, row->fields[i].name, &v);
	}
	json_end(w);
}

static void put_why(struct json_writer *w, const struct trace_why *why)
{
	const struct trace_why_row *row = &trace_why_rows[why->pred];

	json_key(w, "why");
	json_begin_object(w, JSON_COMPACT);
	json_put_text(w, "predicate", row->name);
	json_put_bool(w, "yes", why->v[0]);
	for (int i = 1; i < 4; i++)
		if (*row->values[i])
			json_put_int(w, row->values[i], why->v[i]);
	json_end(w);
}

static void put_kind(struct json_writer *w, unsigned int kind)
{
	char unknown[32];

	if (kind < EV_NR) {
		json_put_text(w, "event", trace_rows[kind].name);
		return;
	}
	snprintf(unknown, sizeof(unknown), "kind-%u", kind);
	json_put_text(w, "event", unknown);
}

void trace_format_json(const struct trace_store *s, const struct trace_event *ev, struct strbuf *out)
{
	const char *comm = trace_store_name_at(s, CLS_TASK, ev->task, ev->n);
	struct json_writer w;

	json_to_strbuf(&w, out);
	json_begin_object(&w, JSON_COMPACT);
	json_put_uint(&w, "n", ev->n);
	json_put_uint(&w, "time_ns", ev->time);
	put_kind(&w, ev->kind);
	if (ev->cpu != TRACE_NO_CPU)
		json_put_uint(&w, "cpu", ev->cpu);
	json_put_text(&w, "context", trace_ctx_name((enum trace_ctx)ev->ctx));
	if (ev->task)
		json_put_uint(&w, "task", ev->task);
	if (comm)
		json_put_text(&w, "comm", comm);
	if (ev->cause)
		json_put_uint(&w, "cause", ev->cause);
	if (ev->kind < EV_NR)
		put_args(&w, s, ev);
	if (ev->why.pred && ev->why.pred < WHY_NR)
		put_why(&w, &ev->why);
	json_end(&w);
}
