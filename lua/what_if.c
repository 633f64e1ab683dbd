/*
 * lua/what_if.c - the end of a what-if: the items that its interrupt started, the events that the open answer needs.
 *
 * The run of a what-if (run/run.h: spec.what_if) goes on behind its last fence.  It ends
 * when each item that the interrupt by hand caused to be queued has slept or ended, 1 ms
 * after the fence or the interrupt, or before the event in which the open question's answer
 * shows.  A rehearsal, a run with a discarded trace, finds that event: its number is the same in both.
 *
 * Lives here:   what was started, what was asked for, the last wait.
 * Never here:   the order of things (lib/what_if.lua), scans (core.c), judging (judge.c).
 * Licence: MIT.
 */
#include <string.h>

#include "lua/script_internal.h"

#define WHAT_IF_NS 1000000u	/* it shows at most this much after the fence */

static const char key_asked;

/* ---- items that the interrupt started -------------------------------------------------------- */

/* The interrupt by hand that comes last; NULL = there is none. */
static const struct run_input *last_irq(const struct script *s)
{
	const struct run_inputs *in = &s->opts->spec->inputs;
	const struct run_input *last = NULL;

	for (size_t i = 0; i < in->n; i++)
		if (in->v[i].kind == INPUT_IRQ && (!last || in->v[i].after >= last->after))
			last = &in->v[i];
	return last;
}

/* The entry into the handler of @irq, 0 = not yet. */
static uint64_t entry_of(const struct trace_store *store, const struct run_input *irq)
{
	struct ev_IRQ_ENTRY entry;
	struct trace_event ev;

	for (uint64_t n = irq->after + 1; n <= store->nr; n++) {
		const char *name;

		if (!trace_store_event(store, n, &ev) || !trace_get_IRQ_ENTRY(&ev, &entry))
			continue;
		name = trace_store_name(store, CLS_LINE, entry.line);
		if (name && strcmp(name, irq->id) == 0)
			return n;
	}
	return 0;
}

static bool caused_by(const struct trace_store *store, const struct trace_event *ev, uint64_t by)
{
	struct trace_event at = *ev;

	while (at.cause > by && trace_store_event(store, at.cause, &at))
		;
	return at.cause == by;
}

/* The item of @n slept or ended in a run that began after @n. */
static bool item_settled(const struct trace_store *store, uint64_t n, uint32_t item)
{
	bool begun = false;

	for (n++; n <= store->nr; n++) {
		union {
			struct ev_EXECUTE_START start; struct ev_EXECUTE_END end; struct ev_WORKER_SLEEP sleep;
		} e;
		struct trace_event ev;

		if (!trace_store_event(store, n, &ev))
			continue;
		if (trace_get_EXECUTE_START(&ev, &e.start))
			begun |= e.start.item == item;
		else if (begun && trace_get_EXECUTE_END(&ev, &e.end) && e.end.item == item)
			return true;
		else if (begun && trace_get_WORKER_SLEEP(&ev, &e.sleep) && e.sleep.item == item)
			return true;
	}
	return false;
}

static bool all_settled(const struct script *s)
{
	const struct trace_store *store = &s->store;
	const struct run_input *irq = last_irq(s);
	uint64_t entry = irq ? entry_of(store, irq) : 0;
	bool any = false;

	for (uint64_t n = entry; entry && n <= store->nr; n++) {
		struct ev_QUEUE_WORK queued;
		struct trace_event ev;

		if (!trace_store_event(store, n, &ev) || !trace_get_QUEUE_WORK(&ev, &queued) || !caused_by(store, &ev, entry))
			continue;
		if (!item_settled(store, n, queued.item))
			return false;
		any = true;
	}
	return any;
}

/* After these the director looks whether all is over. */
bool script_what_if_looks(const struct trace_event *ev)
{
	return ev->kind == EV_EXECUTE_END || ev->kind == EV_WORKER_SLEEP;
}

/* core.what_if_begin() -> the time at which it ends at the latest, in ns */
static int begin(lua_State *L)
{
	const struct run_input *irq = last_irq(script_now);
	uint64_t from = machine_now();

	script_now->what_if = true;
	lua_pushinteger(L, (lua_Integer)((irq && irq->time > from ? irq->time : from) + WHAT_IF_NS));
	return 1;
}

/* core.what_if_settled() -> has all that the interrupt started slept or ended, or would the answer show next? */
static int settled(lua_State *L)
{
	trace_store_poll(&script_now->store);
	lua_pushboolean(L, script_now->stopped || all_settled(script_now));
	return 1;
}

/* ---- events that the answer needs ------------------------------------------------------------ */

/* A judge looked for the pattern at @index and did not find it, but for @skip matches. */
void script_what_if_note(lua_State *L, int index, uint64_t skip)
{
	if (!script_now->asking)
		return;
	index = lua_absindex(L, index);
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_asked);
	lua_pushvalue(L, index);
	lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
	lua_pushinteger(L, (lua_Integer)skip);
	lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
	lua_pop(L, 1);
}

/*
 * core.what_if_ask(true): from here on, what judges do not find is noted.
 * core.what_if_ask(false) -> { pattern, matches to let pass, ... }, or nil if it may be any event
 */
static int ask(lua_State *L)
{
	struct script *s = script_now;

	s->asking = lua_toboolean(L, 1);
	if (s->asking) {
		lua_newtable(L);
		lua_rawsetp(L, LUA_REGISTRYINDEX, &key_asked);
		return 0;
	}
	if (s->looked_any)
		lua_pushnil(L);
	else
		lua_rawgetp(L, LUA_REGISTRYINDEX, &key_asked);
	return 1;
}

/* core.what_if_rehearses() -> is this the rehearsal? */
static int rehearses(lua_State *L)
{
	lua_pushboolean(L, script_now->rehearsing);
	return 1;
}

/* core.what_if_found(n): the answer shows in event @n; the rehearsal is over */
static int found(lua_State *L)
{
	uint64_t n = (uint64_t)luaL_checkinteger(L, 1);
	struct trace_event ev;
	struct ev_RETURN r;

	trace_store_poll(&script_now->store);
	/* a call's own events show what it will return */
	if (trace_store_event(&script_now->store, n, &ev) && trace_get_RETURN(&ev, &r) && r.call && r.call < n)
		n = r.call;
	script_now->stop_before = n;
	return 0;
}

/* core.what_if_wait(): it has come to its end; nothing is taken any more */
static int rest(lua_State *L)
{
	struct script *s = script_now;
	struct run_input in;

	while (!s->rehearsing && s->opts->io.wait(s->opts->io.arg, WAIT_GO, "0", &in) == 0)
		;
	s->over = true;
	return luaL_error(L, "the what-if is over");
}

static const luaL_Reg functions[] = {
	{ "what_if_rehearses", rehearses }, { "what_if_found", found }, { "what_if_begin", begin }, { "what_if_settled", settled }, { "what_if_ask", ask }, { "what_if_wait", rest },
	{ NULL, NULL }
};

/* Adds its functions to the table on top. */
void what_if_open(lua_State *L)
{
	luaL_setfuncs(L, functions, 0);
}
