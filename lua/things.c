/*
 * lua/things.c - the things of a lesson and their names: items, workqueues, threads, lines, objects.
 *
 * A thing is a small userdata with a class and an id of the trace, so that the
 * same value serves kernel calls, patterns, `look` and {name} in a text.  Two
 * values that mean the same thing are equal.
 *
 * Lives here:   things, the names declared so far, arguments that all bindings share.
 * Never here:   what the kernel does with them (bind_*.c), modelled memory (bind_object.c).
 * Licence: MIT.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/printable.h"
#include "lua/script_internal.h"

static const char key_mark, key_meta, key_names, key_refs;

static const struct {
	enum trace_class cls;
	const char *what;
} kinds[THING_KINDS] = {
	[THING_ITEM] = { CLS_ITEM, "work item" },
	[THING_WQ] = { CLS_WQ, "workqueue" },
	[THING_TASK] = { CLS_TASK, "thread" },
	[THING_LINE] = { CLS_LINE, "interrupt line" },
	[THING_OBJ] = { CLS_OBJ, "object" },
	[THING_POOL] = { CLS_POOL, "pool" },
	[THING_WORKER] = { CLS_WORKER, "worker" },
	[THING_CPU] = { CLS_CPU, "CPU" },
	[THING_MODULE] = { CLS_OBJ, "module" },
	[THING_MUTEX] = { CLS_NONE, "mutex" },
	[THING_SPIN] = { CLS_NONE, "spin lock" },
	[THING_COMPLETION] = { CLS_NONE, "completion" },
	[THING_TASKLET] = { CLS_NONE, "tasklet" },
	[THING_TIMER] = { CLS_NONE, "timer" },
};

const char *thing_kind_words(enum thing_kind kind)
{
	return kinds[kind].what;
}

struct thing *thing_test(lua_State *L, int index)
{
	bool mine;

	if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index))
		return NULL;
	mine = lua_rawgetp(L, -1, &key_mark) == LUA_TBOOLEAN;
	lua_pop(L, 2);
	return mine ? lua_touserdata(L, index) : NULL;
}

struct thing *thing_check(lua_State *L, int index, enum thing_kind kind)
{
	struct thing *t = thing_test(L, index);
	char got[96];

	if (t && t->kind == kind)
		return t;
	if (t)
		snprintf(got, sizeof(got), "%s '%s'", kinds[t->kind].what, t->name);
	else
		snprintf(got, sizeof(got), "%s", luaL_typename(L, index));
	luaL_argerror(L, index, lua_pushfstring(L, "%s expected, got %s", kinds[kind].what, got));
	return NULL;
}

uint32_t thing_id(struct thing *t)
{
	if (t->id)
		return t->id;
	if (t->kind == THING_WQ) {
		struct script_wq *b = t->body;

		if (script_now->machine_on && b->system && !b->wq)	/* before: a former run's */
			b->wq = *b->system;
		if (b->wq && !b->destroying)
			t->id = workqueue_id(b->wq);
	} else if (t->kind == THING_ITEM) {
		t->id = ((struct script_item *)t->body)->work.id;
	}
	return t->id;
}

static int l_thing_eq(lua_State *L)
{
	struct thing *a = thing_test(L, 1), *b = thing_test(L, 2);

	lua_pushboolean(L, a && b && (a == b || (a->cls != CLS_NONE && a->cls == b->cls && thing_id(a) &&
						 thing_id(a) == thing_id(b))));
	return 1;
}

static int l_thing_tostring(lua_State *L)
{
	struct thing *t = thing_test(L, 1);

	lua_pushstring(L, t ? t->name : "?");
	return 1;
}

/* A thing has a name and no other field; t:at() gives its state. */
static int l_thing_index(lua_State *L)
{
	struct thing *t = thing_test(L, 1);

	if (t && lua_type(L, 2) == LUA_TSTRING && strcmp(lua_tostring(L, 2), "name") == 0) {
		lua_pushstring(L, t->name);
		return 1;
	}
	return script_fail(L, "a %s has no field '%s' (its state at a time: t:at(...))",
			   t ? kinds[t->kind].what : "thing", lua_tostring(L, 2) ? lua_tostring(L, 2) : "?");
}

static int l_thing_newindex(lua_State *L)
{
	struct thing *t = thing_test(L, 1);

	return script_fail(L, "a %s has no fields to write to: keep data in an object()", t ? kinds[t->kind].what : "thing");
}

static const luaL_Reg thing_meta[] = {
	{ "__eq", l_thing_eq }, { "__tostring", l_thing_tostring }, { "__index", l_thing_index },
	{ "__newindex", l_thing_newindex }, { NULL, NULL }
};

/* Marks the metatable on top as one of things. */
void thing_mark(lua_State *L)
{
	lua_pushboolean(L, true);
	lua_rawsetp(L, -2, &key_mark);
	lua_pushliteral(L, "locked");
	lua_setfield(L, -2, "__metatable");
	luaL_setfuncs(L, (const luaL_Reg[]){ { "__eq", l_thing_eq }, { "__tostring", l_thing_tostring }, { NULL, NULL } }, 0);
}

void things_open(lua_State *L)
{
	lua_newtable(L);
	thing_mark(L);
	luaL_setfuncs(L, thing_meta, 0);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &key_meta);
	lua_newtable(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &key_names);	/* name -> list of things */
	lua_newtable(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &key_refs);	/* "class id" -> thing */
}

struct thing *thing_push(lua_State *L, enum thing_kind kind, uint32_t id, const char *name, void *body)
{
	struct thing *t = lua_newuserdatauv(L, sizeof(*t), 1);

	*t = (struct thing){ .kind = kind, .cls = kinds[kind].cls, .id = id, .body = body };
	snprintf(t->name, sizeof(t->name), "%s", name);
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_meta);
	lua_setmetatable(L, -2);
	return t;
}

/* ---- names -------------------------------------------------------------------------- */

static lua_Integer ref_key(enum trace_class cls, uint32_t id)
{
	return (lua_Integer)cls << 32 | id;
}

void thing_declare(lua_State *L, int index)
{
	struct thing *t = thing_test(L, index);

	index = lua_absindex(L, index);
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_names);
	if (lua_getfield(L, -1, t->name) == LUA_TNIL) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushvalue(L, -1);
		lua_setfield(L, -3, t->name);
	}
	lua_pushvalue(L, index);
	lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
	lua_pop(L, 2);
	if (thing_id(t) && t->cls != CLS_NONE) {
		lua_rawgetp(L, LUA_REGISTRYINDEX, &key_refs);
		lua_pushvalue(L, index);
		lua_rawseti(L, -2, ref_key(t->cls, t->id));
		lua_pop(L, 1);
	}
}

bool thing_declared(lua_State *L, enum thing_kind kind, const char *name)
{
	int top = lua_gettop(L);
	bool yes = false;

	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_names);
	if (lua_getfield(L, -1, name) == LUA_TTABLE) {
		for (lua_Integer i = 1; !yes && lua_rawgeti(L, -1, i) == LUA_TUSERDATA; i++) {
			struct thing *t = thing_test(L, -1);

			/* the name of an item in an object is unique in that object only */
			yes = t->kind == kind && (kind != THING_ITEM || !((struct script_item *)t->body)->owner);
			lua_pop(L, 1);
		}
	}
	lua_settop(L, top);
	return yes;
}

/* ---- names of fields and options ---------------------------------------------------------- */

void script_check_name(lua_State *L, const char *what, const char *name, const char *const *names)
{
	struct nearest near = { .typed = name };
	STRBUF(list, 400);

	for (size_t i = 0; names[i]; i++) {
		if (!strcmp(names[i], name))
			return;
		nearest_offer(&near, names[i]);
		strbuf_printf(&list, "%s%s", i ? ", " : "", names[i]);
	}
	if (nearest_best(&near))
		script_fail(L, "%s '%s'; did you mean %s? (%s)", what, name, nearest_best(&near), list.buf);
	script_fail(L, "%s '%s' (%s)", what, name, list.buf);
}

/* nearest(word, list of names) -> the name that @word may have been meant for, or nil; for the library */
int script_nearest(lua_State *L)
{
	struct nearest near = { .typed = luaL_checkstring(L, 1) };

	luaL_checktype(L, 2, LUA_TTABLE);
	for (lua_Integer i = 1; lua_rawgeti(L, 2, i) == LUA_TSTRING; i++, lua_pop(L, 1))
		nearest_offer(&near, lua_tostring(L, -1));	/* the list keeps it */
	lua_pushstring(L, nearest_best(&near));
	return 1;
}

static bool in_names(const char *name, const char *const *names)
{
	while (*names && strcmp(*names, name))
		names++;
	return *names != NULL;
}

/* Of several wrong keys the first by the alphabet: the order of lua_next() is another one in each process. */
void script_check_keys(lua_State *L, int index, const char *what, const char *const *names)
{
	const char *wrong = NULL;

	index = lua_absindex(L, index);
	lua_pushnil(L);
	while (lua_next(L, index)) {
		const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "1";	/* a list's entry */

		if (!in_names(key, names) && (!wrong || strcmp(key, wrong) < 0))
			wrong = key;		/* the table keeps it */
		lua_pop(L, 1);
	}
	if (wrong)
		script_check_name(L, what, wrong, names);
}

/* core.named(name) -> list of things of that name, or nil */
int core_named(lua_State *L)
{
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_names);
	lua_pushvalue(L, 1);
	lua_rawget(L, -2);
	return 1;
}

void thing_push_id(lua_State *L, enum trace_class cls, uint32_t id)
{
	enum thing_kind kind = THING_ITEM;
	const char *name;
	char buf[32];

	if (!id) {
		lua_pushnil(L);
		return;
	}
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_refs);
	if (lua_rawgeti(L, -1, ref_key(cls, id)) == LUA_TUSERDATA) {
		lua_remove(L, -2);
		return;
	}
	lua_pop(L, 2);
	while (kind < THING_MODULE && kinds[kind].cls != cls)
		kind++;
	name = trace_store_name(&script_now->store, cls, id);
	if (kind == THING_MODULE) {	/* func, fn, lock, pwq: only a name */
		snprintf(buf, sizeof(buf), "%s %u", trace_class_name(cls), id);
		lua_pushstring(L, name ? name : buf);
		return;
	}
	snprintf(buf, sizeof(buf), "%s %u", kinds[kind].what, id);
	thing_push(L, kind, id, name ? name : buf, NULL);
}

/* ---- arguments --------------------------------------------------------------------------- */

const char *thing_check_name(lua_State *L, int index)
{
	size_t len;
	const char *name = luaL_checklstring(L, index, &len);

	luaL_argcheck(L, len > 0 && len < THING_NAME_MAX, index, "a name has 1 to 63 bytes");
	luaL_argcheck(L, printable_valid(name, len), index, "a name is UTF-8 without control characters");
	return name;
}

uint64_t check_ms(lua_State *L, int index)
{
	lua_Number ms = luaL_checknumber(L, index);

	luaL_argcheck(L, ms >= 0 && ms <= 1e9, index, "milliseconds expected, 0 or more");
	return (uint64_t)llround(ms * 1e6);
}

int check_cpu(lua_State *L, int index, bool any)
{
	lua_Integer cpu = luaL_checkinteger(L, index);
	int nr = nr_cpu_ids();

	if (any && (cpu == -1 || cpu == WORK_CPU_UNBOUND))
		return -1;
	if (cpu < 0 || cpu >= nr)
		luaL_argerror(L, index, lua_pushfstring(L, "there is no CPU %I; this machine has %d (0..%d)", cpu, nr, nr - 1));
	return (int)cpu;
}
