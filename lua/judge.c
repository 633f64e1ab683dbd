/*
 * lua/judge.c - the argument of judge functions: the trace t, its events, the state at a time.
 *
 * Judges read the trace up to the present and nothing else, so an answer never depends
 * on the engine's memory.  While a judge runs, judge.c records the kinds of events that
 * the judge looks for.  Until one of these kinds is emitted, the judge is not called
 * again: its answer would be the same.
 *
 * Lives here:   t:first() and similar methods, event values, t:at().
 * Never here:   patterns (pattern.c), when judges are called (core.c, lib/).
 * Licence: MIT.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "lua/script_internal.h"

static const char key_event, key_trace;

/* ---- events ------------------------------------------------------------------------- */

struct event_value {
	struct trace_event ev;	/* .data points behind */
	uint8_t bytes[];
};

void event_push(lua_State *L, const struct trace_event *ev)
{
	struct event_value *v = lua_newuserdatauv(L, sizeof(*v) + ev->size, 0);

	v->ev = *ev;
	if (ev->size)
		memcpy(v->bytes, ev->data, ev->size);
	v->ev.data = v->bytes;
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_event);
	lua_setmetatable(L, -2);
}

/* Pushes event number @n, or nil. */
void event_push_n(lua_State *L, uint64_t n)
{
	struct trace_event ev;

	if (n && trace_store_event(&script_now->store, n, &ev))
		event_push(L, &ev);
	else
		lua_pushnil(L);
}

const struct trace_event *event_test(lua_State *L, int index)
{
	struct event_value *v = NULL;

	if (lua_type(L, index) == LUA_TUSERDATA && lua_getmetatable(L, index)) {
		lua_rawgetp(L, LUA_REGISTRYINDEX, &key_event);
		if (lua_rawequal(L, -1, -2))
			v = lua_touserdata(L, index);
		lua_pop(L, 2);
	}
	return v ? &v->ev : NULL;
}

static void push_why(lua_State *L, const struct trace_why *why)
{
	const struct trace_why_row *row;
	STRBUF(text, 300);

	if (why->pred == WHY_NONE || why->pred >= WHY_NR) {
		lua_pushnil(L);
		return;
	}
	row = &trace_why_rows[why->pred];
	lua_createtable(L, 0, 7);
	lua_pushstring(L, row->name);
	lua_setfield(L, -2, "name");
	for (unsigned int i = 0; i < 4; i++) {
		if (!row->values[i][0])
			continue;
		if (i == 0)
			lua_pushboolean(L, why->v[0] != 0);
		else
			lua_pushinteger(L, why->v[i]);
		lua_setfield(L, -2, row->values[i]);
	}
	trace_format_why(why, &text);
	lua_pushstring(L, text.buf);
	lua_setfield(L, -2, "text");
}

static void push_value(lua_State *L, const struct trace_value *v)
{
	switch (v->type) {
	case TY_bool:
		lua_pushboolean(L, v->num != 0);
		break;
	case TY_ns:
		lua_pushnumber(L, (lua_Number)(uint64_t)v->num / 1e6);
		break;
	case TY_text:
		lua_pushlstring(L, v->text, v->text_len);
		break;
	case TY_ids:
		lua_createtable(L, (int)v->ids.n, 0);
		for (uint32_t i = 0; i < v->ids.n; i++) {
			lua_pushinteger(L, v->ids.v[i]);
			lua_rawseti(L, -2, (lua_Integer)i + 1);
		}
		break;
	default:
		if (trace_type_class(v->type) != CLS_NONE)
			thing_push_id(L, trace_type_class(v->type), (uint32_t)v->num);
		else
			lua_pushinteger(L, v->num);
		break;
	}
}

static void push_wq(lua_State *L, const struct trace_event *ev)
{
	struct trace_value v;
	const struct model_pwq *pwq;

	if (trace_event_get(ev, "wq", &v)) {
		thing_push_id(L, CLS_WQ, (uint32_t)v.num);
		return;
	}
	model_replay_grow(&script_now->replay);
	pwq = trace_event_get(ev, "pwq", &v) ? model_pwq(&script_now->replay.head, (uint32_t)v.num) : NULL;
	thing_push_id(L, CLS_WQ, pwq ? pwq->wq : 0);
}

/* RETURN: the function's value as lesson code saw it. */
static void push_ret(lua_State *L, const struct trace_event *ev)
{
	struct ev_RETURN r;

	if (!trace_get_RETURN(ev, &r) || !r.has_ret)
		lua_pushnil(L);
	else if (api_fn_is_bool(r.fn))
		lua_pushboolean(L, r.ret != 0);
	else
		lua_pushinteger(L, (lua_Integer)r.ret);
}

/* BUG.kind is its name; .freed the event that made the bug possible. */
static bool bug_field(lua_State *L, const struct trace_event *ev, const char *key)
{
	struct ev_BUG b;

	if (!trace_get_BUG(ev, &b))
		return false;
	if (strcmp(key, "kind") == 0)
		lua_pushstring(L, trace_bug_name((enum trace_bug)b.kind));
	else if (strcmp(key, "freed") == 0)
		event_push_n(L, b.ref);
	else
		return false;
	return true;
}

static int l_event_index(lua_State *L)
{
	const struct trace_event *ev = event_test(L, 1);
	const char *key = luaL_checkstring(L, 2), *name;
	struct trace_value v;

	if (!ev)
		return luaL_argerror(L, 1, "an event expected");
	if (strcmp(key, "ms") == 0) {
		lua_pushnumber(L, (lua_Number)ev->time / 1e6);
	} else if (strcmp(key, "n") == 0) {
		lua_pushinteger(L, (lua_Integer)ev->n);
	} else if (strcmp(key, "cpu") == 0) {
		if (ev->cpu == TRACE_NO_CPU)
			lua_pushnil(L);
		else
			lua_pushinteger(L, ev->cpu);
	} else if (strcmp(key, "name") == 0) {
		lua_pushstring(L, trace_rows[ev->kind].name);
	} else if (strcmp(key, "thread") == 0) {
		name = trace_store_name(&script_now->store, CLS_TASK, ev->task);
		lua_pushstring(L, name ? name : "");
	} else if (strcmp(key, "work") == 0) {
		thing_push_id(L, CLS_ITEM, trace_event_get(ev, "item", &v) ? (uint32_t)v.num : 0);
	} else if (strcmp(key, "wq") == 0) {
		push_wq(L, ev);
	} else if (strcmp(key, "ret") == 0) {
		push_ret(L, ev);
	} else if (strcmp(key, "why") == 0) {
		push_why(L, &ev->why);
	} else if (strcmp(key, "cause") == 0) {
		event_push_n(L, ev->cause);
	} else if (bug_field(L, ev, key)) {
		return 1;
	} else if (trace_event_get(ev, key, &v)) {
		push_value(L, &v);
	} else {
		return script_fail(L, "event %s has no field '%s' (docs/events.md)", trace_rows[ev->kind].name, key);
	}
	return 1;
}

static int l_event_eq(lua_State *L)
{
	const struct trace_event *a = event_test(L, 1), *b = event_test(L, 2);

	lua_pushboolean(L, a && b && a->n == b->n);
	return 1;
}

static int l_event_text(lua_State *L)
{
	const struct trace_event *ev = event_test(L, 1);
	char text[120];

	snprintf(text, sizeof(text), "%s at %s", ev ? trace_rows[ev->kind].name : "?",
		 time_text_ms(ev ? ev->time : 0).text);
	lua_pushstring(L, text);
	return 1;
}

/* ---- the trace ------------------------------------------------------------------------- */

static void looked_at(const struct query_pattern *q)
{
	pattern_kinds(q, script_now->looked_kinds);
}

/* The pattern at @index is looked for; false: search it from the first event. */
static bool look_for(lua_State *L, int index, struct found *out)
{
	const struct query_pattern *q = pattern_check(L, index);

	trace_store_poll(&script_now->store);
	looked_at(q);
	if (found_so_far(L, index, out))
		return true;
	sandbox_charge(L, script_now->store.nr / 4);	/* a scan looks at every event */
	return false;
}

/* p:with() code that failed has noted a fault; here it can be raised. */
static void raise_noted(lua_State *L)
{
	if (script_now->faulted)
		script_raise_fault(L);
}

static int push_found(lua_State *L, uint64_t n)
{
	raise_noted(L);
	event_push_n(L, n);
	return 1;
}

static const char *ordinal(lua_Integer n, char *buf, size_t size)
{
	const char *end = n % 100 >= 11 && n % 100 <= 13 ? "th" : n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" :
			  n % 10 == 3 ? "rd" : "th";

	snprintf(buf, size, "%lld%s", (long long)n, end);
	return buf;
}

/* Raises an error that core_judge() reads as "not seen yet". */
static int not_yet(lua_State *L, const char *text)
{
	snprintf(script_now->not_yet, sizeof(script_now->not_yet), "%s", text);
	return script_fail(L, "%s", text);
}

static uint64_t count_of(lua_State *L, int index)
{
	const struct trace_store *s = &script_now->store;
	struct found f;

	return look_for(L, index, &f) ? f.nr : query_count(s, pattern_check(L, index), 1, s->nr);
}

static uint64_t last_of(lua_State *L, int index)
{
	const struct trace_store *s = &script_now->store;
	struct found f;

	return look_for(L, index, &f) ? f.last : query_last(s, pattern_check(L, index), 1, s->nr);
}

/* The number of the @which-th match, from 1; 0 = there are not so many. */
static uint64_t nth_of(lua_State *L, int index, uint64_t which)
{
	const struct trace_store *s = &script_now->store;
	struct found f;

	if (look_for(L, index, &f) && (which <= f.kept || which > f.nr))
		return which <= f.kept ? f.n[which - 1] : 0;
	return query_nth(s, pattern_check(L, index), which, 1, s->nr);
}

static int not_seen(lua_State *L, int pattern, lua_Integer asked)
{
	uint64_t seen = count_of(L, pattern);
	char text[32];

	raise_noted(L);
	if (asked <= 1)
		return not_yet(L, lua_pushfstring(L, "%s was not seen", pattern_text(L, pattern)));
	return not_yet(L, lua_pushfstring(L, "%s was seen %s, you asked for the %s", pattern_text(L, pattern),
					  seen == 0 ? "never" : seen == 1 ? "once" : seen == 2 ? "twice" :
					  lua_pushfstring(L, "%I times", (lua_Integer)seen),
					  ordinal(asked, text, sizeof(text))));
}

static int l_first(lua_State *L)
{
	uint64_t n = nth_of(L, 2, 1);

	if (!n)
		script_what_if_note(L, 2, 0);
	return n ? push_found(L, n) : not_seen(L, 2, 1);
}

static int l_last(lua_State *L)
{
	uint64_t n = last_of(L, 2);

	script_what_if_note(L, 2, 0);
	return n ? push_found(L, n) : not_seen(L, 2, 1);
}

static int l_nth(lua_State *L)
{
	lua_Integer which = luaL_checkinteger(L, 2);
	uint64_t n;

	luaL_argcheck(L, which >= 1, 2, "the first is 1");
	n = nth_of(L, 3, (uint64_t)which);
	if (!n)
		script_what_if_note(L, 3, (uint64_t)which - 1 - count_of(L, 3));
	return n ? push_found(L, n) : not_seen(L, 3, which);
}

static int l_find(lua_State *L)
{
	uint64_t n = nth_of(L, 2, 1);

	if (!n)
		script_what_if_note(L, 2, 0);
	return push_found(L, n);
}

static int l_count(lua_State *L)
{
	uint64_t n = count_of(L, 2);

	raise_noted(L);
	script_what_if_note(L, 2, 0);
	lua_pushinteger(L, (lua_Integer)n);
	return 1;
}

#define ALL_MAX 10000

/* Pushes a table of the first @n events at @numbers. */
static void push_events(lua_State *L, const uint64_t *numbers, uint64_t n)
{
	lua_createtable(L, (int)n, 0);
	for (uint64_t i = 0; i < n; i++) {
		event_push_n(L, numbers[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

static int l_all(lua_State *L)
{
	const struct trace_store *s = &script_now->store;
	const uint64_t *numbers;
	struct found f;
	uint64_t n;

	if (look_for(L, 2, &f)) {
		numbers = f.n;
		n = f.nr;
	} else {
		uint64_t *all = lua_newuserdatauv(L, ALL_MAX * sizeof(*all), 0);

		n = query_all(s, pattern_check(L, 2), 1, s->nr, all, ALL_MAX);
		numbers = all;
	}
	raise_noted(L);
	script_what_if_note(L, 2, 0);
	if (n > ALL_MAX)
		return script_fail(L, "t:all(%s): more than %d events", pattern_text(L, 2), ALL_MAX);
	sandbox_charge(L, n * 8);
	push_events(L, numbers, n);
	return 1;
}

/* By cause chain and time; patterns mean their first match, events themselves. */
static uint64_t event_or_first(lua_State *L, int index)
{
	const struct trace_event *ev = event_test(L, index);
	uint64_t n;

	if (ev)
		return ev->n;
	n = nth_of(L, index, 1);
	if (!n) {
		script_what_if_note(L, index, 0);
		not_seen(L, index, 1);
	}
	raise_noted(L);
	return n;
}

static int l_happens_before(lua_State *L)
{
	uint64_t a = event_or_first(L, 2), b = event_or_first(L, 3);

	lua_pushboolean(L, query_happens_before(&script_now->store, a, b));
	return 1;
}

/* ---- the state at a time ---------------------------------------------------------------- */

/* Upvalue 1: the event's number.  Each look is a table of plain values. */
static const struct model *state_at(lua_State *L)
{
	struct model_replay *f = &script_now->replay;

	model_replay_grow(f);
	if (model_replay_seek(f, (uint64_t)lua_tointeger(L, lua_upvalueindex(1))))
		script_fail(L, "not enough memory to look at that time");
	return &f->at;
}

/* Upvalues: 1 the names of the fields.  A field that is known and nil has no value now. */
static int l_state_index(lua_State *L)
{
	const char *const *names = lua_touserdata(L, lua_upvalueindex(1));

	script_check_name(L, "t:at(): there is no field", lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?", names);
	lua_pushnil(L);
	return 1;
}

/* The state on top of the stack is complete: other fields are faults. */
static int end_state(lua_State *L, const char *const *names)
{
	lua_createtable(L, 0, 2);
	lua_pushlightuserdata(L, (void *)(uintptr_t)names);
	lua_pushcclosure(L, l_state_index, 1);
	lua_setfield(L, -2, "__index");
	lua_pushliteral(L, "locked");
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, -2);
	return 1;
}

static void put_bool(lua_State *L, const char *name, bool v)
{
	lua_pushboolean(L, v);
	lua_setfield(L, -2, name);
}

static void put_int(lua_State *L, const char *name, lua_Integer v)
{
	lua_pushinteger(L, v);
	lua_setfield(L, -2, name);
}

static void put_thing(lua_State *L, const char *name, enum trace_class cls, uint32_t id)
{
	thing_push_id(L, cls, id);
	lua_setfield(L, -2, name);
}

/* The id that a thing or a name at 1 means. */
static uint32_t id_arg(lua_State *L, enum trace_class cls)
{
	struct thing *t = thing_test(L, 1);
	uint32_t id = 0;

	if (t && t->cls == cls) {
		id = thing_id(t);
		if (!id && t->kind == THING_WORKER)
			query_named(&script_now->store, cls, t->name, 0, &id, 1);
	} else if (lua_type(L, 1) == LUA_TSTRING) {
		query_named(&script_now->store, cls, lua_tostring(L, 1), 0, &id, 1);
	}
	if (!id)
		script_fail(L, "t:at(): no such %s", trace_class_name(cls));
	return id;
}

static int view_work(lua_State *L)
{
	static const char *const fields[] = {
		"pending", "running", "inactive", "timer", "freed", "depth", "runs", "queued", "worker", "pool", "wq", "state",
		"word", NULL
	};
	const struct model *m = state_at(L);
	const struct model_item *it = model_item(m, id_arg(L, CLS_ITEM));
	bool running;
	char word[80];

	if (!it)
		return not_yet(L, "t:at(): that work item did not exist yet");
	running = it->runner != 0;
	lua_createtable(L, 0, 12);
	put_bool(L, "pending", it->pending);
	put_bool(L, "running", running);
	put_bool(L, "inactive", it->inactive);
	put_bool(L, "timer", it->timer_armed);
	put_bool(L, "freed", it->freed);
	put_int(L, "depth", it->depth);
	put_int(L, "runs", it->runs);
	put_int(L, "queued", it->queued);
	put_thing(L, "worker", CLS_WORKER, it->runner);
	put_thing(L, "pool", CLS_POOL, it->pool);
	put_thing(L, "wq", CLS_WQ, it->wq);
	lua_pushstring(L, it->pending ? (running ? "pending and running" : "pending") : running ? "running" : "idle");
	lua_setfield(L, -2, "state");
	snprintf(word, sizeof(word), "%s%s%s%s", it->pending ? "PENDING " : "", it->inactive ? "INACTIVE " : "",
		 it->place != AT_NOWHERE ? "PWQ " : "", it->linked ? "LINKED " : "");
	lua_pushlstring(L, word, word[0] ? strlen(word) - 1 : 0);
	lua_setfield(L, -2, "word");
	return end_state(L, fields);
}

static const struct model_pool *pool_arg(lua_State *L, const struct model *m)
{
	struct thing *t = thing_test(L, 1);

	if (lua_type(L, 1) == LUA_TNUMBER)
		return model_cpu_pool(m, (int)luaL_checkinteger(L, 1), lua_isnoneornil(L, 2) ? 0 : -20);
	if (t && t->kind == THING_ITEM) {
		const struct model_item *it = model_item(m, thing_id(t));

		return it ? model_pool(m, it->pool) : NULL;
	}
	return model_pool(m, id_arg(L, CLS_POOL));
}

static int view_pool(lua_State *L)
{
	static const char *const fields[] = {
		"nr_running", "nr_workers", "nr_idle", "manager", "creating", "worklist", "idle", "busy", NULL
	};
	const struct model *m = state_at(L);
	const struct model_pool *p = pool_arg(L, m);
	lua_Integer i = 0;

	if (!p)
		return not_yet(L, "t:at(): no such pool at that time");
	lua_createtable(L, 0, 8);
	put_int(L, "nr_running", p->nr_running);
	put_int(L, "nr_workers", p->nr_workers);
	put_int(L, "nr_idle", p->nr_idle);
	put_thing(L, "manager", CLS_WORKER, p->manager);
	put_bool(L, "creating", p->creating != 0);
	lua_newtable(L);
	for (uint32_t id = p->worklist.first; id; id = m->items[id].next) {
		thing_push_id(L, CLS_ITEM, id);
		lua_rawseti(L, -2, ++i);
	}
	lua_setfield(L, -2, "worklist");
	lua_newtable(L);
	i = 0;
	for (uint32_t id = p->idle.first; id; id = m->workers[id].next) {
		thing_push_id(L, CLS_WORKER, id);
		lua_rawseti(L, -2, ++i);
	}
	lua_setfield(L, -2, "idle");
	lua_newtable(L);
	i = 0;
	for (uint32_t id = 1; id <= m->nr_workers; id++) {
		if (!m->workers[id].id || m->workers[id].pool != p->id || m->workers[id].place != WK_BUSY)
			continue;
		thing_push_id(L, CLS_WORKER, id);
		lua_rawseti(L, -2, ++i);
	}
	lua_setfield(L, -2, "busy");
	return end_state(L, fields);
}

static int view_wq(lua_State *L)
{
	static const char *const fields[] = {
		"active", "inactive", "max_active", "draining", "rescuer", NULL
	};
	const struct model *m = state_at(L);
	const struct model_wq *wq = model_wq(m, id_arg(L, CLS_WQ));
	lua_Integer active = 0, inactive = 0;

	if (!wq)
		return not_yet(L, "t:at(): that workqueue did not exist yet");
	for (uint32_t id = 1; id <= m->nr_pwqs; id++) {
		if (!m->pwqs[id].id || m->pwqs[id].wq != wq->id)
			continue;
		active += m->pwqs[id].nr_active;
		inactive += m->pwqs[id].inactive.count;
	}
	lua_createtable(L, 0, 6);
	put_int(L, "active", active);
	put_int(L, "inactive", inactive);
	put_int(L, "max_active", wq->max_active);
	put_bool(L, "draining", wq->draining);
	put_thing(L, "rescuer", CLS_WORKER, wq->rescuer);
	return end_state(L, fields);
}

static int view_worker(lua_State *L)
{
	static const char *const fields[] = {
		"work", "pool", "sleeping", "idle", "manager", NULL
	};
	const struct model *m = state_at(L);
	const struct model_worker *w = model_worker(m, id_arg(L, CLS_WORKER));

	if (!w)
		return not_yet(L, "t:at(): that worker did not exist yet");
	lua_createtable(L, 0, 6);
	put_thing(L, "work", CLS_ITEM, w->item);
	put_thing(L, "pool", CLS_POOL, w->pool);
	put_bool(L, "sleeping", w->sleeping);
	put_bool(L, "idle", w->place == WK_IDLE);
	put_bool(L, "manager", w->manager);
	return end_state(L, fields);
}

static int view_cpu(lua_State *L)
{
	static const char *const fields[] = {
		"online", "idle", "thread", NULL
	};
	const struct model *m = state_at(L);
	lua_Integer n = luaL_checkinteger(L, 1);
	const struct model_cpu *c = n >= 0 && n < CPUS_MAX && m->cpus[n].exists ? &m->cpus[n] : NULL;
	const struct model_task *t = c ? model_task(m, c->task) : NULL;

	if (!c)
		return script_fail(L, "t:at(): there is no CPU %d", (int)n);
	lua_createtable(L, 0, 3);
	put_bool(L, "online", c->online);
	put_bool(L, "idle", c->task == c->idle_task);
	lua_pushstring(L, t ? t->comm : "");
	lua_setfield(L, -2, "thread");
	return end_state(L, fields);
}

static int l_no_field(lua_State *L)
{
	return script_fail(L, "t:at() shows .work(x) .pool(cpu or x) .wq(x) .worker(x) .cpu(n), not '%s'",
			   lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
}

static int push_view(lua_State *L, uint64_t n)
{
	static const luaL_Reg views[] = {
		{ "work", view_work }, { "pool", view_pool }, { "wq", view_wq }, { "worker", view_worker },
		{ "cpu", view_cpu }, { NULL, NULL }
	};

	luaL_newlibtable(L, views);
	lua_pushinteger(L, (lua_Integer)n);
	luaL_setfuncs(L, views, 1);
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, l_no_field);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	return 1;
}

/* t:at(event): right after it.  t:at(ms): after the last event up to then. */
static int l_at(lua_State *L)
{
	const struct trace_event *ev = event_test(L, 2);

	trace_store_poll(&script_now->store);
	if (ev)
		return push_view(L, ev->n);
	script_now->looked_any = true;
	return push_view(L, trace_store_seek(&script_now->store, check_ms(L, 2) + 1) - 1);
}

static int l_at_now(lua_State *L)
{
	trace_store_poll(&script_now->store);
	script_now->looked_any = true;
	return push_view(L, script_now->store.nr);
}

static const luaL_Reg trace_methods[] = {
	{ "first", l_first }, { "last", l_last }, { "nth", l_nth }, { "find", l_find }, { "all", l_all },
	{ "count", l_count }, { "happens_before", l_happens_before }, { "at", l_at }, { "at_now", l_at_now },
	{ NULL, NULL }
};

static int l_trace_index(lua_State *L)
{
	lua_pushvalue(L, 2);
	if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
		return 1;
	return script_fail(L, "t has no method '%s' (first last nth find all count happens_before at at_now)",
			   lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
}

void trace_push(lua_State *L)
{
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_trace);
}

void judge_open(lua_State *L)
{
	patterns_open(L);
	lua_createtable(L, 0, 4);
	luaL_setfuncs(L, (const luaL_Reg[]){ { "__index", l_event_index }, { "__eq", l_event_eq },
					     { "__tostring", l_event_text }, { NULL, NULL } }, 0);
	lua_pushliteral(L, "locked");
	lua_setfield(L, -2, "__metatable");
	lua_rawsetp(L, LUA_REGISTRYINDEX, &key_event);

	lua_newuserdatauv(L, 0, 0);
	lua_createtable(L, 0, 2);
	luaL_newlib(L, trace_methods);
	lua_pushcclosure(L, l_trace_index, 1);
	lua_setfield(L, -2, "__index");
	lua_pushliteral(L, "locked");
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, -2);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &key_trace);
}

/* ---- things that only judges and looks need ------------------------------------------------ */

int api_cpu(lua_State *L)
{
	lua_Integer n = luaL_checkinteger(L, 1);
	char name[16];

	luaL_argcheck(L, n >= 0 && n < CPUS_MAX, 1, "a CPU's number expected");
	if (script_now->machine_on)
		check_cpu(L, 1, false);
	snprintf(name, sizeof(name), "CPU %d", (int)n);
	thing_push(L, THING_CPU, (uint32_t)n + 1, name, NULL);
	return 1;
}

int api_worker(lua_State *L)
{
	thing_push(L, THING_WORKER, 0, thing_check_name(L, 1), NULL);
	return 1;
}

int api_pool(lua_State *L)
{
	struct thing *t = thing_test(L, 1);
	const struct model_pool *p = NULL;
	const struct model *m;
	char name[32];

	trace_store_poll(&script_now->store);
	model_replay_grow(&script_now->replay);
	m = &script_now->replay.head;
	if (t && t->kind == THING_ITEM) {
		const struct model_item *it = model_item(m, thing_id(t));

		p = it ? model_pool(m, it->pool) : NULL;
		if (!p)
			return script_fail(L, "pool(%s): no pool has run or held it yet", t->name);
	} else {
		int cpu = check_cpu(L, 1, false);
		const char *high = luaL_optstring(L, 2, NULL);

		luaL_argcheck(L, !high || strcmp(high, "high") == 0, 2, "\"high\" or nothing");
		p = model_cpu_pool(m, cpu, high ? -20 : 0);
		if (!p)
			return script_fail(L, "pool(%d): CPU %d has no such pool", cpu, cpu);
	}
	if (p->cpu >= 0)
		snprintf(name, sizeof(name), "pool %d%s", p->cpu, p->nice < 0 ? " high" : "");
	else
		snprintf(name, sizeof(name), "pool u%u", p->id);
	thing_push(L, THING_POOL, p->id, name, NULL);
	return 1;
}

int api_near(lua_State *L)
{
	lua_Number a = luaL_checknumber(L, 1), b = luaL_checknumber(L, 2), by = luaL_optnumber(L, 3, 0.1);

	lua_pushboolean(L, fabs(a - b) <= by + 1e-9);
	return 1;
}
