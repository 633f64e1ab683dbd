/*
 * lua/flood.c - the fault of a lesson that fills the trace up to its bound.
 *
 * flood.c counts the events by kind and by the thing in them.  The largest count
 * names the cause.  If that is a work item, the fault has the line of its function.
 *
 * Lives here:   counting, the sentence, its line.
 * Never here:   the bound (trace.h), its detection (core.c, script.c).
 * Licence: MIT.
 */
#include <stdlib.h>
#include <string.h>

#include "lua/script_internal.h"

/* Row: an event that the lesson's own code causes, its field, and the verb for a thing that has many. */
static const struct flood_kind {
	enum trace_kind kind;
	const char *field;
	enum trace_class cls;
	const char *verb;
} kinds[] = {
	{ EV_QUEUE_WORK, "item", CLS_ITEM, "was queued" },
	{ EV_IRQ_ENTRY, "line", CLS_LINE, "interrupted" },
	{ EV_DELAYED_ARM, "item", CLS_ITEM, "had its timer armed" },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))
#define IDS_MAX 65536u		/* things counted apart; a lesson has tens */

struct flood {
	uint32_t *counts[KINDS];	/* by id */
	uint32_t of_kind[EV_NR];
	size_t top_kind;		/* in kinds[] */
	uint32_t top_id, top;
};

static void count_event(struct flood *f, const struct trace_event *ev)
{
	struct trace_value v;

	if (ev->kind < EV_NR)
		f->of_kind[ev->kind]++;
	for (size_t k = 0; k < KINDS; k++) {
		if (kinds[k].kind != ev->kind || !trace_event_get(ev, kinds[k].field, &v) || v.num <= 0 ||
		    (uint64_t)v.num >= IDS_MAX || !f->counts[k])
			continue;
		if (++f->counts[k][v.num] > f->top) {
			f->top = f->counts[k][v.num];
			f->top_kind = k;
			f->top_id = (uint32_t)v.num;
		}
	}
}

static void count_all(struct flood *f, const struct trace_store *s)
{
	struct trace_event ev;

	for (size_t k = 0; k < KINDS; k++)
		f->counts[k] = calloc(IDS_MAX, sizeof(*f->counts[k]));
	for (uint64_t n = 1; n <= s->nr; n++)
		if (trace_store_event(s, n, &ev))
			count_event(f, &ev);
	for (size_t k = 0; k < KINDS; k++)
		free(f->counts[k]);
}

/* ms from the first of the counted events to the end of the trace. */
static double span_ms(const struct flood *f, const struct trace_store *s)
{
	const struct flood_kind *k = &kinds[f->top_kind];
	struct trace_event ev, last;
	struct trace_value v;

	for (uint64_t n = 1; n <= s->nr; n++)
		if (trace_store_event(s, n, &ev) && ev.kind == k->kind && trace_event_get(&ev, k->field, &v) &&
		    v.num == (int64_t)f->top_id && trace_store_event(s, s->nr, &last))
			return (double)(last.time - ev.time) / 1e6;
	return 0;
}

/* "FILE:LINE: " of the item's function; false: it is none of the lesson's. */
static bool where_item(lua_State *L, uint32_t id, char *buf, size_t size)
{
	struct script_item *it = script_now->items;
	lua_Debug ar;

	while (it && it->work.id != id)
		it = it->next;
	if (!it)
		return false;
	if (lua_rawgeti(L, LUA_REGISTRYINDEX, it->fn_ref) != LUA_TFUNCTION) {
		lua_pop(L, 1);
		return false;
	}
	lua_getinfo(L, ">S", &ar);
	if (ar.source[0] != '@' || ar.linedefined <= 0)
		return false;
	snprintf(buf, size, "%s:%d: ", ar.source + 1, ar.linedefined);
	return true;
}

static enum trace_kind most_frequent(const struct flood *f)
{
	enum trace_kind best = EV_NONE;

	for (unsigned int k = 0; k < EV_NR; k++)
		if (f->of_kind[k] > f->of_kind[best])
			best = (enum trace_kind)k;
	return best;
}

int script_fail_flood(lua_State *L)
{
	const struct trace_store *s = &script_now->store;
	struct flood f = { .top = 0 };
	char where[160], cause[256];
	const char *name;

	trace_store_poll(&script_now->store);
	count_all(&f, s);
	script_where(L, where, sizeof(where));
	name = f.top ? trace_store_name(s, kinds[f.top_kind].cls, f.top_id) : NULL;
	if (name && f.top > s->nr / 100) {
		if (kinds[f.top_kind].cls == CLS_ITEM)
			where_item(L, f.top_id, where, sizeof(where));
		snprintf(cause, sizeof(cause), "'%s' %s %u times in %.0f ms of virtual time", name,
			 kinds[f.top_kind].verb, f.top, span_ms(&f, s));
	} else {
		enum trace_kind k = most_frequent(&f);

		snprintf(cause, sizeof(cause), "%u of them are %s", f.of_kind[k], trace_rows[k].name);
	}
	lua_pushfstring(L, "%sthe run has reached its bound of %I events: %s", where, (lua_Integer)s->nr, cause);
	return lua_error(L);
}
