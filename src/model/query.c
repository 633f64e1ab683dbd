/*
 * model/query.c - matches events against patterns, and follows causes.
 *
 * A scan numbers the nodes of its pattern in pre-order and keeps one counter per node.
 * Every node sees every event, even if the result is already known, because "the second"
 * must mean the same event at any place in the tree.
 *
 * Lives here:   patterns, scans, happened-before, lookup by name.
 * Never here:   the model's state, Lua.
 * Licence: MIT.
 */
#include "model/query.h"
#include "base/shortage.h"

#include <errno.h>
#include <stdlib.h>

struct query_pattern query_event(void)
{
	return (struct query_pattern){ .op = QUERY_EVENT, .cpu = -1, .ctx = -1 };
}

void query_kind(struct query_pattern *p, enum trace_kind kind)
{
	p->kinds[kind / 64] |= (uint64_t)1 << (kind % 64);
}

int query_thing(struct query_pattern *p, enum trace_class cls, const uint32_t *ids, uint32_t nr_ids)
{
	if (p->nr_things == QUERY_THINGS_MAX)
		return -ENOSPC;
	p->things[p->nr_things++] = (struct query_thing){ .cls = cls, .ids = ids, .nr_ids = nr_ids };
	return 0;
}

static int add_field(struct query_pattern *p, struct query_field f)
{
	if (p->nr_fields == QUERY_FIELDS_MAX)
		return -ENOSPC;
	p->fields[p->nr_fields++] = f;
	return 0;
}

int query_field_num(struct query_pattern *p, const char *field, enum query_cmp cmp, int64_t num)
{
	return add_field(p, (struct query_field){ .name = field, .cmp = cmp, .num = num });
}

int query_field_text(struct query_pattern *p, const char *field, enum query_cmp cmp, const char *text)
{
	return add_field(p, (struct query_field){ .name = field, .cmp = cmp, .text = text });
}

/* ---- a leaf ---------------------------------------------------------------------- */

static bool id_in(const uint32_t *ids, uint32_t nr, uint32_t id)
{
	for (uint32_t i = 0; i < nr; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* Id of class @cls in a field, directly or through its pwq; 0 = none. */
static uint32_t field_id(const struct trace_store *s, enum trace_class cls, const struct trace_value *v)
{
	enum trace_class own = trace_type_class(v->type);
	const struct trace_name *pwq;

	if (own == CLS_NONE)
		return 0;
	if (own == cls)
		return (uint32_t)v->num;
	if (own != CLS_PWQ || (cls != CLS_WQ && cls != CLS_POOL) || !s)
		return 0;
	pwq = trace_store_def(s, CLS_PWQ, (uint32_t)v->num);
	if (!pwq)
		return 0;
	return cls == CLS_WQ ? pwq->owner : pwq->aux;
}

static bool thing_matches(const struct query_thing *t, const struct trace_store *s,
			  const struct trace_event *ev)
{
	const struct trace_row *row = &trace_rows[ev->kind];
	struct trace_value v;

	for (unsigned int i = 0; i < row->nr_fields; i++) {
		uint32_t id;

		if (t->field && strcmp(t->field, row->fields[i].name))
			continue;
		if (!trace_event_field(ev, i, &v))
			return false;
		id = t->field && trace_type_class(v.type) == CLS_NONE ? (uint32_t)v.num
								      : field_id(s, t->cls, &v);
		if (id && id_in(t->ids, t->nr_ids, id))
			return true;
	}
	return false;
}

static bool text_matches(const struct query_field *f, const struct trace_store *s,
			 const struct trace_value *v)
{
	const char *text = v->text;

	if (v->type != TY_text)
		text = s ? trace_store_name(s, trace_type_class(v->type), (uint32_t)v->num) : NULL;
	if (!text || !f->text)
		return false;
	return f->cmp == QUERY_TEXT ? !strcmp(text, f->text) : strstr(text, f->text) != NULL;
}

static bool field_matches(const struct query_field *f, const struct trace_store *s,
			  const struct trace_event *ev)
{
	struct trace_value v;

	if (!trace_event_get(ev, f->name, &v))
		return false;
	switch (f->cmp) {
	case QUERY_EQ:	return v.num == f->num;
	case QUERY_NE:	return v.num != f->num;
	case QUERY_LT:	return v.num < f->num;
	case QUERY_LE:	return v.num <= f->num;
	case QUERY_GT:	return v.num > f->num;
	case QUERY_GE:	return v.num >= f->num;
	default:	return text_matches(f, s, &v);
	}
}

static bool kind_matches(const struct query_pattern *p, const struct trace_event *ev)
{
	bool any = true;

	if (ev->kind >= EV_NR)
		return false;
	if ((p->kinds[ev->kind / 64] >> (ev->kind % 64)) & 1)
		return true;
	for (int i = 0; i < QUERY_KIND_WORDS; i++)
		any &= !p->kinds[i];
	return any;
}

static bool head_matches(const struct query_pattern *p, const struct trace_event *ev)
{
	if (p->cpu >= 0 && ev->cpu != p->cpu)
		return false;
	if (p->ctx >= 0 && ev->ctx != p->ctx)
		return false;
	if (p->nr_tasks && !id_in(p->tasks, p->nr_tasks, ev->task))
		return false;
	if (ev->n <= p->after_n || (p->before_n && ev->n >= p->before_n))
		return false;
	if (p->after_ns && ev->time <= p->after_ns)
		return false;
	return !p->before_ns || ev->time < p->before_ns;
}

bool query_leaf_matches(const struct query_pattern *p, const struct trace_store *s,
			const struct trace_event *ev)
{
	if (!kind_matches(p, ev) || !head_matches(p, ev))
		return false;
	for (uint32_t i = 0; i < p->nr_things; i++)
		if (!thing_matches(&p->things[i], s, ev))
			return false;
	for (uint32_t i = 0; i < p->nr_fields; i++)
		if (!field_matches(&p->fields[i], s, ev))
			return false;
	return !p->with || p->with(p->with_arg, ev);
}

/* ---- scanning ---------------------------------------------------------------------- */

static uint32_t count_nodes(const struct query_pattern *p, uint32_t so_far)
{
	if (!p || so_far > QUERY_NODES_MAX)
		return so_far;
	so_far++;
	return p->op == QUERY_EVENT ? so_far : count_nodes(p->b, count_nodes(p->a, so_far));
}

int query_scan_init(struct query_scan *q, const struct query_pattern *p, const struct trace_store *s)
{
	*q = (struct query_scan){ .pattern = p, .store = s, .nr_nodes = count_nodes(p, 0) };
	return q->nr_nodes > QUERY_NODES_MAX ? -E2BIG : 0;
}

static bool step_node(struct query_scan *q, const struct query_pattern *p, uint32_t *node,
		      const struct trace_event *ev)
{
	uint32_t self = (*node)++;
	bool a, b, match = false;

	if (!p)
		return false;
	if (p->op == QUERY_EVENT)
		return query_leaf_matches(p, q->store, ev);
	a = p->a && step_node(q, p->a, node, ev);
	b = p->b && step_node(q, p->b, node, ev);
	switch (p->op) {
	case QUERY_EITHER:
		match = a || b;
		break;
	case QUERY_BOTH:
		match = a && b;
		break;
	case QUERY_NTH:
		q->seen[self] += a;
		match = a && q->seen[self] == p->nth;
		break;
	case QUERY_AFTER:	/* .seen: number of matches of b before this event */
		match = a && q->seen[self];
		q->seen[self] += b;
		break;
	case QUERY_BEFORE:
		match = a && !b && !q->seen[self];
		q->seen[self] += b;
		break;
	default:
		break;
	}
	return match;
}

bool query_scan_step(struct query_scan *q, const struct trace_event *ev)
{
	uint32_t node = 0;

	return step_node(q, q->pattern, &node, ev);
}

/* Calls @hit for each match until it returns true. */
static void scan_range(const struct trace_store *s, const struct query_pattern *p, uint64_t from,
		       uint64_t to, bool (*hit)(void *arg, uint64_t n), void *arg)
{
	struct query_scan q;
	struct trace_event ev;

	if (query_scan_init(&q, p, s))
		return;
	for (uint64_t n = from ? from : 1; n <= to && trace_store_event(s, n, &ev); n++)
		if (query_scan_step(&q, &ev) && hit(arg, n))
			return;
}

struct tally {
	uint64_t want, count, last;	/* stops at the want-th match; 0 = never */
	uint64_t *out, max;
};

static bool tally_hit(void *arg, uint64_t n)
{
	struct tally *t = arg;

	if (t->count < t->max)
		t->out[t->count] = n;
	t->count++;
	t->last = n;
	return t->want && t->count == t->want;
}

uint64_t query_nth(const struct trace_store *s, const struct query_pattern *p, uint64_t nth,
		   uint64_t from, uint64_t to)
{
	struct tally t = { .want = nth };

	if (!nth)
		return 0;
	scan_range(s, p, from, to, tally_hit, &t);
	return t.count == nth ? t.last : 0;
}

uint64_t query_first(const struct trace_store *s, const struct query_pattern *p, uint64_t from, uint64_t to)
{
	return query_nth(s, p, 1, from, to);
}

uint64_t query_all(const struct trace_store *s, const struct query_pattern *p, uint64_t from, uint64_t to,
		   uint64_t *out, uint64_t max)
{
	struct tally t = { .out = out, .max = max };

	scan_range(s, p, from, to, tally_hit, &t);
	return t.count;
}

uint64_t query_count(const struct trace_store *s, const struct query_pattern *p, uint64_t from, uint64_t to)
{
	return query_all(s, p, from, to, NULL, 0);
}

uint64_t query_last(const struct trace_store *s, const struct query_pattern *p, uint64_t from, uint64_t to)
{
	struct tally t = { 0 };

	scan_range(s, p, from, to, tally_hit, &t);
	return t.last;
}

/* ---- happened before ------------------------------------------------------------------ */

bool query_caused(const struct trace_store *s, uint64_t a, uint64_t b)
{
	struct trace_event ev;

	while (b > a && trace_store_event(s, b, &ev)) {	/* a cause has a smaller number, so this ends */
		b = ev.cause;
		if (b == a)
			return a != 0;
	}
	return false;
}

/* Number of a context whose events are ordered: a thread, an interrupt level of
 * a CPU, the director.  Small enough to index a table. */
#define CONTEXTS_NR (65536 + 2 * 256 + 1)

static uint32_t context_of(const struct trace_event *ev)
{
	switch (ev->ctx) {
	case CTX_TASK:
		return ev->task;
	case CTX_SOFTIRQ:
		return 65536u + ev->cpu;
	case CTX_HARDIRQ:
		return 65536u + 256 + ev->cpu;
	default:
		return CONTEXTS_NR - 1;
	}
}

/*
 * Goes backwards from b.  past[c] is the last event of context c known to be in b's past;
 * all earlier events of c are in it too, and so are their causes.
 */
bool query_happens_before(const struct trace_store *s, uint64_t a, uint64_t b)
{
	struct trace_event ev, first;
	uint64_t *past;
	bool found = false;

	if (!a || a >= b || !trace_store_event(s, a, &first) || !trace_store_event(s, b, &ev))
		return false;
	past = shortage_need(calloc(CONTEXTS_NR, sizeof(*past)));
	past[context_of(&ev)] = b;
	for (uint64_t n = b; n > a && !found; n--) {
		struct trace_event cause;

		if (!trace_store_event(s, n, &ev) || past[context_of(&ev)] < n)
			continue;
		if (ev.cause && trace_store_event(s, ev.cause, &cause) &&
		    past[context_of(&cause)] < ev.cause)
			past[context_of(&cause)] = ev.cause;
		found = past[context_of(&first)] >= a;
	}
	free(past);
	return found;
}

/* ---- names --------------------------------------------------------------------------------- */

uint32_t query_named(const struct trace_store *s, enum trace_class cls, const char *name, uint32_t owner,
		     uint32_t *out, uint32_t max)
{
	uint32_t found = 0;

	for (uint32_t id = 1; cls < CLS_NR && id < s->names_cap[cls]; id++) {
		const struct trace_name *n = trace_store_def(s, cls, id);

		if (!n || strcmp(n->text, name) || (owner && n->owner != owner))
			continue;
		if (found < max)
			out[found] = id;
		found++;
	}
	return found;
}
