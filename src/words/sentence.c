/*
 * words/sentence.c - the rows of sentence.def, filled in.
 *
 * Lives here:   the braces of a row, the facts that are no fields, decisions, contexts.
 * Never here:   the sentences themselves (sentence.def).
 * Licence: MIT.
 */
#include "words/sentence.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "model/flags.h"
#include "words/name.h"
#include "words/texts.h"

#define SENTENCE(KIND, text) [EV_##KIND] = text,
static const char *const sentences[EV_NR] = {
#include "words/sentence.def"
};
#undef SENTENCE

static char *replaced[EV_NR];

/* A sentence on its way into .out, which held .from bytes before it. */
struct rendering {
	const struct trace_store *s;
	const struct model *m;
	const struct trace_event *ev;
	struct strbuf *out;
	size_t from;
};

static void put_name(const struct rendering *t, enum trace_class cls, uint32_t id)
{
	words_put_name(t->s, t->m, cls, id, t->out->len == t->from, t->out);
}

static void put_words(const struct rendering *t, const char *text)
{
	size_t at = t->out->len;

	strbuf_puts(t->out, text);
	if (at == t->from && t->out->len > at && text[0] >= 'a' && text[0] <= 'z')
		t->out->buf[at] = (char)(text[0] - 'a' + 'A');
}

static int64_t number(const struct rendering *t, const char *field)
{
	struct trace_value v;

	return trace_event_get(t->ev, field, &v) ? v.num : 0;
}

/* ---- facts that are no fields ------------------------------------------------------------ */

static void put_cpu(const struct rendering *t)
{
	strbuf_printf(t->out, "%u", t->ev->cpu);
}

/* An interrupt runs above a thread that has no part in it. */
static void put_task(const struct rendering *t)
{
	char text[96];

	switch (t->ev->ctx) {
	case CTX_DIRECTOR:
		put_words(t, W(THE_LESSON));
		break;
	case CTX_HARDIRQ:
	case CTX_SOFTIRQ:
		snprintf(text, sizeof(text), t->ev->ctx == CTX_HARDIRQ ? W(AN_INTERRUPT) : W(A_SOFTIRQ), t->ev->cpu);
		put_words(t, text);
		break;
	default:
		put_name(t, CLS_TASK, t->ev->task);
	}
}

static const struct model_item *barrier_of(const struct rendering *t)
{
	const struct model_item *it = model_item(t->m, (uint32_t)number(t, "item"));

	return it && it->kind == ITEM_KIND_BARRIER && it->target ? it : NULL;
}

static bool is_barrier(const struct rendering *t)
{
	return barrier_of(t) != NULL;
}

static void put_flusher(const struct rendering *t)
{
	put_name(t, CLS_TASK, barrier_of(t) ? barrier_of(t)->waiter : 0);
}

/* Which limit held an item back: its node's for an unbound workqueue, else its pool_workqueue's. */
static void put_limit(const struct rendering *t)
{
	const int32_t *v = t->ev->why.v;
	bool node = t->ev->why.pred == WHY_NODE_MAX;

	if (!node && t->ev->why.pred != WHY_MAX_ACTIVE)
		strbuf_printf(t->out, W(LIMIT_PWQ), (int32_t)number(t, "nr_active"), (int32_t)number(t, "max_active"));
	else if (v[1] >= v[2])
		strbuf_printf(t->out, node ? W(LIMIT_NODE) : W(LIMIT_PWQ), v[1], v[2]);
	else if (v[3] > 0)
		strbuf_printf(t->out, v[3] == 1 ? W(LIMIT_ANOTHER) : W(LIMIT_OTHERS), v[3]);
	else
		strbuf_puts(t->out, W(LIMIT_OLDER));
}

/* The time of the field that names one, counted from the event. */
static void put_left(const struct rendering *t)
{
	uint64_t when = (uint64_t)(number(t, "expires") ? number(t, "expires") : number(t, "until"));

	strbuf_puts(t->out, time_text(when > t->ev->time ? when - t->ev->time : 0).text);
}

static const enum words_key bug_words[BUG_NR] = {
	[0] = W_BUG_OTHER,
	[BUG_ATOMIC_SLEEP] = W_BUG_ATOMIC_SLEEP,
	[BUG_USE_AFTER_FREE] = W_BUG_USE_AFTER_FREE,
	[BUG_FREE_ACTIVE] = W_BUG_FREE_ACTIVE,
	[BUG_UNLOADED_CODE] = W_BUG_UNLOADED_CODE,
	[BUG_LEAK] = W_BUG_LEAK,
	[BUG_LOCK_RECURSION] = W_BUG_LOCK_RECURSION,
	[BUG_LOCK_CYCLE] = W_BUG_LOCK_CYCLE,
	[BUG_LOCK_LEAK] = W_BUG_LOCK_LEAK,
	[BUG_WQ_WARN] = W_BUG_WQ_WARN,
	[BUG_WAIT_CYCLE] = W_BUG_WAIT_CYCLE,
	[BUG_DOUBLE_FREE] = W_BUG_DOUBLE_FREE,
	[BUG_LOCK_ORDER] = W_BUG_LOCK_ORDER,
	[BUG_REQUEUE_STORM] = W_BUG_REQUEUE_STORM,
};

const char *words_bug(uint32_t kind)
{
	return words_fixed(bug_words[kind < BUG_NR ? kind : 0]);
}

static void put_bug(const struct rendering *t)
{
	strbuf_puts(t->out, words_bug((uint32_t)number(t, "kind")));
}

static bool is_idle_thread(const struct rendering *t, const char *field)
{
	uint32_t id = (uint32_t)number(t, field);

	return id && t->ev->cpu < CPUS_MAX && t->m->cpus[t->ev->cpu].idle_task == id;
}

static bool goes_idle(const struct rendering *t)
{
	return is_idle_thread(t, "next");
}

static bool was_idle(const struct rendering *t)
{
	return is_idle_thread(t, "prev") || !number(t, "prev");
}

static void put_lock(const struct rendering *t)
{
	put_name(t, CLS_LOCK, (uint32_t)number(t, "lock"));
}

static bool is_completion(const struct rendering *t)
{
	const struct trace_name *def = trace_store_def(t->s, CLS_LOCK, (uint32_t)number(t, "lock"));

	return def && def->aux == LOCK_KIND_COMPLETION;
}

static void put_softirq(const struct rendering *t)
{
	strbuf_puts(t->out, trace_softirq_name((uint32_t)number(t, "vec")));
}

struct flag {
	uint32_t bit;
	const char *name;
};

static void put_flags(const struct rendering *t, const struct flag *flags, size_t nr)
{
	uint32_t bits = (uint32_t)number(t, "flags");
	bool any = false;

	for (size_t i = 0; i < nr; i++) {
		if (!(bits & flags[i].bit))
			continue;
		strbuf_printf(t->out, "%s%s", any ? " " : "", flags[i].name);
		any = true;
	}
	if (!any)
		strbuf_puts(t->out, W(NO_FLAGS));
}

static void put_worker_flags(const struct rendering *t)
{
	static const struct flag flags[] = {
		{ WORKER_DIE, "DIE" }, { WORKER_IDLE, "IDLE" }, { WORKER_PREP, "PREP" },
		{ WORKER_CPU_INTENSIVE, "CPU_INTENSIVE" }, { WORKER_UNBOUND, "UNBOUND" },
		{ WORKER_REBOUND, "REBOUND" }, { WORKER_BLOCKED, "BLOCKED" },
	};

	put_flags(t, flags, sizeof(flags) / sizeof(flags[0]));
}

static void put_pool_flags(const struct rendering *t)
{
	static const struct flag flags[] = {
		{ POOL_BH, "BH" }, { POOL_MANAGER_ACTIVE, "MANAGER_ACTIVE" },
		{ POOL_DISASSOCIATED, "DISASSOCIATED" }, { POOL_LEGACY, "LEGACY" },
	};

	put_flags(t, flags, sizeof(flags) / sizeof(flags[0]));
}

static void put_wq_flags(const struct rendering *t)
{
	static const struct flag flags[] = {
		{ 1u << 0, "BH" }, { 1u << 1, "UNBOUND" }, { 1u << 2, "FREEZABLE" }, { 1u << 3, "MEM_RECLAIM" },
		{ 1u << 4, "HIGHPRI" }, { 1u << 5, "CPU_INTENSIVE" }, { 1u << 6, "SYSFS" },
		{ 1u << 7, "POWER_EFFICIENT" }, { 1u << 15, "DESTROYING" }, { 1u << 16, "DRAINING" },
		{ 1u << 17, "ORDERED" }, { 1u << 18, "LEGACY" },
	};

	put_flags(t, flags, sizeof(flags) / sizeof(flags[0]));
}

#define LOOK_BACK 4096		/* events, for what an event goes back to */

bool words_kick_is_again(const struct trace_store *s, const struct trace_event *ev)
{
	struct trace_value v;
	int64_t worker = trace_event_get(ev, "worker", &v) ? v.num : 0;
	struct trace_event e;

	for (uint64_t n = ev->n; worker && --n && n + LOOK_BACK > ev->n;) {
		if (!trace_store_event(s, n, &e) ||
		    (e.kind != EV_KICK && e.kind != EV_WORKER_IDLE && e.kind != EV_WORKER_BUSY))
			continue;
		if (trace_event_get(&e, "worker", &v) && v.num == worker)
			return e.kind == EV_KICK;
	}
	return false;
}

static bool is_again(const struct rendering *t)
{
	return words_kick_is_again(t->s, t->ev);
}

/* Which run of its item begins: @t->m is the state after the event. */
static uint32_t run_number(const struct rendering *t)
{
	const struct model_item *it = model_item(t->m, (uint32_t)number(t, "item"));

	return it ? it->runs : 0;
}

static void put_run(const struct rendering *t)
{
	strbuf_printf(t->out, "%" PRIu32, run_number(t));
}

static bool is_rerun(const struct rendering *t)
{
	return run_number(t) > 1;
}

static void put_function(const struct rendering *t)
{
	put_name(t, CLS_FN, (uint32_t)number(t, "fn"));
}

/* The subject of a call: the first of its things that exists. */
static void put_argument(const struct rendering *t)
{
	static const struct {
		const char *field;
		enum trace_class cls;
	} things[] = { { "item", CLS_ITEM }, { "wq", CLS_WQ }, { "object", CLS_OBJ } };

	for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++) {
		uint32_t id = (uint32_t)number(t, things[i].field);

		if (!id)
			continue;
		put_name(t, things[i].cls, id);
		return;
	}
}

/* Row: a name that may stand in braces, beside the fields of an event; .put or .is is NULL where it makes no sense. */
static const struct fact {
	const char *name;
	void (*put)(const struct rendering *t);
	bool (*is)(const struct rendering *t);
} facts[] = {
	{ "again", NULL, is_again },
	{ "argument", put_argument, NULL },
	{ "barrier", NULL, is_barrier },
	{ "bug", put_bug, NULL },
	{ "completion", NULL, is_completion },
	{ "cpu", put_cpu, NULL },
	{ "flusher", put_flusher, NULL },
	{ "from_idle", NULL, was_idle },
	{ "function", put_function, NULL },
	{ "left", put_left, NULL },
	{ "limit", put_limit, NULL },
	{ "lock_name", put_lock, NULL },
	{ "pool_flags", put_pool_flags, NULL },
	{ "rerun", NULL, is_rerun },
	{ "run", put_run, NULL },
	{ "softirq", put_softirq, NULL },
	{ "task", put_task, NULL },
	{ "to_idle", NULL, goes_idle },
	{ "worker_flags", put_worker_flags, NULL },
	{ "wq_flags", put_wq_flags, NULL },
};

static const struct fact *find_fact(const char *name)
{
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		if (!strcmp(facts[i].name, name))
			return &facts[i];
	return NULL;
}

/* ---- fields --------------------------------------------------------------------------------- */

/* A text of several lines becomes one. */
static void put_text(const struct rendering *t, const struct trace_value *v)
{
	for (size_t i = 0; i < v->text_len; i++) {
		if (v->text[i] != '\n')
			strbuf_putc(t->out, v->text[i]);
		else if (i + 1 < v->text_len)
			strbuf_puts(t->out, "; ");
	}
}

static void put_value(const struct rendering *t, const struct trace_value *v)
{
	enum trace_class cls = trace_type_class(v->type);
	char list[256];

	if (cls != CLS_NONE) {
		put_name(t, cls, (uint32_t)v->num);
		return;
	}
	switch (v->type) {
	case TY_ns:
		strbuf_puts(t->out, time_text((uint64_t)v->num).text);
		break;
	case TY_text:
		put_text(t, v);
		break;
	case TY_bool:
		strbuf_puts(t->out, v->num ? W(YES) : W(NO));
		break;
	case TY_mask:
		cpumask_list((struct cpumask){ (uint64_t)v->num }, list, sizeof(list));
		strbuf_puts(t->out, *list ? list : W(NO_FLAGS));
		break;
	default:
		strbuf_printf(t->out, "%" PRId64, v->num);
	}
}

/* ---- braces ------------------------------------------------------------------------------------ */

/* The next @c of @p..@end outside of inner braces, or NULL. */
static const char *find_outer(const char *p, const char *end, char c)
{
	int depth = 0;

	for (; p < end; p++) {
		if (!depth && *p == c)
			return p;
		depth += (*p == '{') - (*p == '}');
	}
	return NULL;
}

struct word {
	char name[32];
	bool compared;		/* "name=2" */
	long to;
};

static struct word word_of(const char *p, const char *end)
{
	struct word w = { .compared = false };
	char *equals;

	snprintf(w.name, sizeof(w.name), "%.*s", (int)(end - p), p);
	equals = strchr(w.name, '=');
	if (equals) {
		*equals = '\0';
		w.compared = true;
		w.to = strtol(equals + 1, NULL, 10);
	}
	return w;
}

static bool holds(const struct rendering *t, const struct word *w)
{
	const struct fact *fact = find_fact(w->name);
	struct trace_value v;

	if (trace_event_get(t->ev, w->name, &v)) {
		if (v.type == TY_text)
			return v.text_len > 0;
		return w->compared ? v.num == w->to : v.num != 0;
	}
	return fact && fact->is && fact->is(t);
}

static void put_one(const struct rendering *t, const char *name)
{
	const struct fact *fact = find_fact(name);
	struct trace_value v;

	if (trace_event_get(t->ev, name, &v))
		put_value(t, &v);
	else if (fact && fact->put)
		fact->put(t);
}

static void render(const struct rendering *t, const char *p, const char *end);

/* The name between two braces. */
static void put_braces(const struct rendering *t, const char *p, const char *end)
{
	const char *mark = p + strcspn(p, "?#{}|"), *bar;
	struct word w;

	if (mark > end)
		mark = end;
	w = word_of(p, mark);
	if (mark == end || (*mark != '?' && *mark != '#')) {
		put_one(t, w.name);
		return;
	}
	bar = find_outer(mark + 1, end, '|');
	if (*mark == '#') {
		int64_t n = number(t, w.name);
		const char *from = n == 1 || !bar ? mark + 1 : bar + 1, *to = n == 1 && bar ? bar : end;

		strbuf_printf(t->out, "%" PRId64 " %.*s", n, (int)(to - from), from);
	} else if (holds(t, &w)) {
		render(t, mark + 1, bar ? bar : end);
	} else if (bar) {
		render(t, bar + 1, end);
	}
}

static void render(const struct rendering *t, const char *p, const char *end)
{
	while (p < end) {
		const char *close = *p == '{' ? find_outer(p + 1, end, '}') : NULL;

		if (close) {
			put_braces(t, p + 1, close);
			p = close + 1;
		} else {
			strbuf_putc(t->out, *p++);
		}
	}
}

/* ---- checking a row -------------------------------------------------------------------------- */

static bool has_field(enum trace_kind kind, const char *name)
{
	for (unsigned int i = 0; i < trace_rows[kind].nr_fields; i++)
		if (!strcmp(trace_rows[kind].fields[i].name, name))
			return true;
	return false;
}

/* May @w stand before @mark: '?' asks whether it holds, '#' counts it, else it is written out? */
static bool word_ok(enum trace_kind kind, const struct word *w, char mark)
{
	const struct fact *fact = find_fact(w->name);

	if (has_field(kind, w->name))
		return mark == '?' || !w->compared;
	return fact && !w->compared && (mark == '?' ? fact->is != NULL : mark != '#' && fact->put != NULL);
}

static const char *check_part(enum trace_kind kind, const char *p, const char *end);

/* NULL, or where it is wrong. */
static const char *check_braces(enum trace_kind kind, const char *p, const char *end)
{
	const char *mark = p + strcspn(p, "?#{}|"), *bar;
	struct word w = word_of(p, mark < end ? mark : end);
	char how = mark < end ? *mark : '\0';

	if (!word_ok(kind, &w, how) || (how && how != '?' && how != '#'))
		return p;
	if (!how)
		return NULL;
	bar = find_outer(mark + 1, end, '|');
	if (!bar)
		return p;
	p = check_part(kind, mark + 1, bar);
	return p ? p : check_part(kind, bar + 1, end);
}

static const char *check_part(enum trace_kind kind, const char *p, const char *end)
{
	while (p < end) {
		const char *close = *p == '{' ? find_outer(p + 1, end, '}') : NULL, *bad;

		if (*p == '}' || (*p == '{' && !close))
			return p;
		bad = close ? check_braces(kind, p + 1, close) : NULL;
		if (bad)
			return bad;
		p = close ? close + 1 : p + 1;
	}
	return NULL;
}

bool words_event_text_ok(enum trace_kind kind, const char *text, const char **bad)
{
	*bad = check_part(kind, text, text + strlen(text));
	return !*bad;
}

/* ---- events ------------------------------------------------------------------------------------ */

static void put_fields(const struct rendering *t)
{
	const struct trace_row *row = &trace_rows[t->ev->kind];
	struct trace_value v;

	strbuf_puts(t->out, row->name);
	for (unsigned int i = 0; i < row->nr_fields; i++) {
		if (row->fields[i].type == TY_ids || !trace_event_field(t->ev, i, &v))
			continue;
		strbuf_printf(t->out, " %s=", row->fields[i].name);
		put_value(t, &v);
	}
}

void words_event(const struct trace_store *s, const struct model *m, const struct trace_event *ev,
		 struct strbuf *out)
{
	const struct rendering t = { s, m, ev, out, out->len };
	const char *row = ev->kind >= EV_NR ? NULL : replaced[ev->kind] ? replaced[ev->kind] : sentences[ev->kind];

	if (row)
		render(&t, row, row + strlen(row));
	else if (ev->kind < EV_NR)
		put_fields(&t);
	else
		strbuf_printf(out, W(EVENT_UNKNOWN), ev->kind);
}

int words_event_replace(enum trace_kind kind, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return -ENOMEM;
	free(replaced[kind]);
	replaced[kind] = copy;
	return 0;
}

bool words_event_is_english(enum trace_kind kind)
{
	return sentences[kind] && !replaced[kind];
}

void words_event_replace_none(void)
{
	for (int i = 0; i < EV_NR; i++) {
		free(replaced[i]);
		replaced[i] = NULL;
	}
}

/* ---- contexts ---------------------------------------------------------------------------------------- */

/* The line whose handler the event is in, 0 = another interrupt. */
static uint32_t line_of(const struct trace_store *s, const struct trace_event *ev)
{
	struct trace_event e;
	struct trace_value v;

	for (uint64_t n = ev->n; n && n + LOOK_BACK > ev->n; n--) {
		if (!trace_store_event(s, n, &e) || e.cpu != ev->cpu)
			continue;
		if (e.kind == EV_IRQ_ENTRY || (e.kind == EV_IRQ_EXIT && n == ev->n))
			return trace_event_get(&e, "line", &v) ? (uint32_t)v.num : 0;
		if (e.kind == EV_IRQ_EXIT || e.ctx != CTX_HARDIRQ)
			return 0;
	}
	return 0;
}

void words_context(const struct trace_store *s, const struct model *m, const struct trace_event *ev,
		   struct strbuf *out)
{
	uint32_t line = ev->ctx == CTX_HARDIRQ ? line_of(s, ev) : 0;
	char buf[WORDS_NAME];

	if (ev->ctx == CTX_DIRECTOR || ev->cpu == TRACE_NO_CPU)
		strbuf_puts(out, W(THE_LESSON));
	else if (line)
		strbuf_printf(out, W(CONTEXT_HANDLER), ev->cpu, words_name(s, m, CLS_LINE, line, buf));
	else if (ev->ctx == CTX_HARDIRQ)
		strbuf_printf(out, W(CONTEXT_INTERRUPT), ev->cpu);
	else if (ev->ctx == CTX_SOFTIRQ)
		strbuf_printf(out, W(CONTEXT_SOFTIRQ), ev->cpu);
	else if (ev->task && ev->cpu < CPUS_MAX && m->cpus[ev->cpu].idle_task == ev->task)
		strbuf_printf(out, W(CONTEXT_IDLE), ev->cpu);
	else if (ev->task)
		strbuf_printf(out, W(CONTEXT_THREAD), ev->cpu, words_name(s, m, CLS_TASK, ev->task, buf));
	else
		strbuf_printf(out, W(CONTEXT_CPU), ev->cpu);
}
