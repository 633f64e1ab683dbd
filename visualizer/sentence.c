/*
 * visualizer/sentence.c - see sentence.h.   Licence: MIT.
 */
#include "visualizer/sentence.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"

#define SAY(KIND, text) [EV_##KIND] = text,
static const char *const sentences[EV_NR] = {
#include "visualizer/sentence.def"
};
#undef SAY

static const char *pool_name(const struct model *m, uint32_t id, char buf[SENTENCE_NAME])
{
	const struct model_pool *p = model_pool(m, id);

	if (!p)
		snprintf(buf, SENTENCE_NAME, "pool %" PRIu32, id);
	else if (p->cpu < 0)
		snprintf(buf, SENTENCE_NAME, "unbound pool %" PRIu32, id);
	else
		snprintf(buf, SENTENCE_NAME, "CPU %d%s", p->cpu, p->nice < 0 ? " highpri" : "");
	return buf;
}

static const char *pwq_name(const struct trace_store *s, const struct model *m, uint32_t id,
			    char buf[SENTENCE_NAME])
{
	const struct model_pwq *q = model_pwq(m, id);
	const char *wq = q ? trace_store_name(s, CLS_WQ, q->wq) : NULL;
	char pool[SENTENCE_NAME];

	if (!q)
		snprintf(buf, SENTENCE_NAME, "pwq %" PRIu32, id);
	else
		snprintf(buf, SENTENCE_NAME, "%.24s at %.24s", wq ? wq : "?", pool_name(m, q->pool, pool));
	return buf;
}

const char *sentence_name(const struct trace_store *s, const struct model *m, enum trace_class cls,
			  uint32_t id, char buf[SENTENCE_NAME])
{
	const struct model_task *t;
	const char *name;

	if (!id)
		return "nobody";
	if (cls == CLS_POOL)
		return pool_name(m, id, buf);
	if (cls == CLS_PWQ)
		return pwq_name(s, m, id, buf);
	name = trace_store_name(s, cls, id);
	if (name && *name)
		return name;
	t = cls == CLS_TASK ? model_task(m, id) : NULL;
	if (t && t->comm[0])
		return t->comm;
	snprintf(buf, SENTENCE_NAME, "%s %" PRIu32, trace_class_name(cls), id);
	return buf;
}

static void put_value(const struct trace_store *s, const struct model *m, const struct trace_value *v,
		      struct strbuf *out)
{
	enum trace_class cls = trace_type_class(v->type);
	char buf[SENTENCE_NAME];

	if (cls != CLS_NONE) {
		strbuf_puts(out, sentence_name(s, m, cls, (uint32_t)v->num, buf));
		return;
	}
	switch (v->type) {
	case TY_ns:
		strbuf_puts(out, time_text((uint64_t)v->num).text);
		break;
	case TY_text:
		for (const char *p = v->text; *p; p++)
			strbuf_putc(out, *p == '\n' ? ' ' : *p);
		break;
	case TY_bool:
		strbuf_puts(out, v->num ? "yes" : "no");
		break;
	case TY_mask:
		strbuf_printf(out, "0x%" PRIx64, (uint64_t)v->num);
		break;
	default:
		strbuf_printf(out, "%" PRId64, v->num);
		break;
	}
}

/* {cpu} and {task} are the event's own unless the row has such a field. */
static void put_own(const struct trace_store *s, const struct model *m, const struct trace_event *ev,
		    const char *word, struct strbuf *out)
{
	char buf[SENTENCE_NAME];

	if (!strcmp(word, "cpu"))
		strbuf_printf(out, "%u", ev->cpu);
	else if (!strcmp(word, "task"))
		strbuf_puts(out, sentence_name(s, m, CLS_TASK, ev->task, buf));
}

/* "field" or "field?yes|no", as between the braces. */
static void put_word(const struct trace_store *s, const struct model *m, const struct trace_event *ev,
		     const char *word, size_t len, struct strbuf *out)
{
	char text[128], *question, *bar;
	struct trace_value v;

	snprintf(text, sizeof(text), "%.*s", (int)len, word);
	question = strchr(text, '?');
	if (question)
		*question++ = '\0';
	if (!trace_event_get(ev, text, &v)) {
		put_own(s, m, ev, text, out);
		return;
	}
	if (!question) {
		put_value(s, m, &v, out);
		return;
	}
	bar = strchr(question, '|');
	if (bar)
		*bar++ = '\0';
	strbuf_puts(out, v.num ? question : bar ? bar : "");
}

static void plain_fields(const struct trace_store *s, const struct model *m, const struct trace_event *ev,
			 struct strbuf *out)
{
	const struct trace_row *row = &trace_rows[ev->kind];
	struct trace_value v;

	strbuf_puts(out, row->name);
	for (unsigned int i = 0; i < row->nr_fields; i++) {
		if (row->fields[i].type == TY_ids || !trace_event_field(ev, i, &v))
			continue;
		strbuf_printf(out, " %s=", row->fields[i].name);
		put_value(s, m, &v, out);
	}
}

void sentence_event(const struct trace_store *s, const struct model *m, const struct trace_event *ev,
		    struct strbuf *out)
{
	const char *p = ev->kind < EV_NR ? sentences[ev->kind] : NULL;

	if (ev->kind >= EV_NR) {
		strbuf_printf(out, "unknown event %u", ev->kind);
		return;
	}
	if (!p) {
		plain_fields(s, m, ev, out);
		return;
	}
	while (*p) {
		const char *end = *p == '{' ? strchr(p, '}') : NULL;

		if (end) {
			put_word(s, m, ev, p + 1, (size_t)(end - p - 1), out);
			p = end + 1;
		} else {
			strbuf_putc(out, *p++);
		}
	}
}

void sentence_why(const struct trace_why *why, struct strbuf *out)
{
	const struct trace_why_row *row;
	const char *p;

	if (why->pred == WHY_NONE || why->pred >= WHY_NR)
		return;
	row = &trace_why_rows[why->pred];
	strbuf_printf(out, "%s said %s: ", row->name, why->v[0] ? "yes" : "no");
	for (p = why->v[0] ? row->yes : row->no; *p; p++) {
		if (p[0] == '{' && p[1] >= '1' && p[1] <= '3' && p[2] == '}') {
			strbuf_printf(out, "%d", why->v[p[1] - '0']);
			p += 2;
		} else {
			strbuf_putc(out, *p);
		}
	}
}
