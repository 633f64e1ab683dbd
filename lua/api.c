/*
 * lua/api.c - dispatch(), the entry of all functions of the API.
 *
 * The rows of api.def become global names, each a closure of dispatch().  dispatch()
 * checks the place of the call and the number of arguments, and emits CALL and RETURN
 * around kernel functions.  If the director makes a call that may sleep, dispatch()
 * moves it to a kernel thread.
 *
 * Lives here:   registration, place and arity errors, CALL and RETURN.
 * Never here:   what a function does (bind_*.c, judge.c, lib/), pages (api_page.c).
 * Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua/api_where.h"
#include "lua/script_internal.h"

struct api_row {
	const char *name;		/* NULL: a heading or a constant of the pages */
	unsigned int where;
	int min, max;
	lua_CFunction fn;		/* NULL = in the library */
	const char *signature;
};

static const struct api_row rows[] = {
#define API(n, w, lo, hi, sig, txt, rl) { #n, (w), lo, hi, api_##n, sig },
#define LUA(n, w, lo, hi, sig, txt, rl) { #n, (w), lo, hi, NULL, sig },
#define VALUE(n, txt)
#define GROUP(title, txt)
#include "lua/api.def"
#undef API
#undef LUA
#undef VALUE
#undef GROUP
};
#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

static uint32_t fn_ids[NR_ROWS];	/* CLS_FN ids of this run; 0 = not named yet */
#define OTHER_FNS 4			/* a driver's own functions */
static const char *const other_fns[OTHER_FNS] = { "probe", "remove", "handler", "thread_fn" };
static uint32_t other_fn_ids[OTHER_FNS];

/* @aux: TRACE_FN_BOOL if the function returns true or false. */
static uint32_t name_fn(uint32_t *id, const char *name, uint32_t aux)
{
	if (!*id) {
		*id = mach_new_id(CLS_FN);
		trace_def(CLS_FN, *id, 0, aux, name);
	}
	return *id;
}

uint32_t api_fn_id(const char *name)
{
	for (unsigned int i = 0; i < NR_ROWS; i++)
		if ((rows[i].where & EVENT) && strcmp(rows[i].name, name) == 0)
			return name_fn(&fn_ids[i], name, rows[i].where & BOOL ? TRACE_FN_BOOL : 0);
	for (unsigned int i = 0; i < OTHER_FNS; i++)
		if (strcmp(other_fns[i], name) == 0)
			return name_fn(&other_fn_ids[i], name, 0);
	return 0;
}


bool api_has_fn(const char *name)
{
	for (unsigned int i = 0; i < NR_ROWS; i++)
		if ((rows[i].where & EVENT) && strcmp(rows[i].name, name) == 0)
			return true;
	for (unsigned int i = 0; i < OTHER_FNS; i++)
		if (strcmp(other_fns[i], name) == 0)
			return true;
	return false;
}

bool api_fn_is_bool(uint32_t fn_id)
{
	for (unsigned int i = 0; i < NR_ROWS; i++)
		if (fn_ids[i] && fn_ids[i] == fn_id)
			return rows[i].where & BOOL;
	return false;
}

/* ---- may it be called here? -------------------------------------------------------- */

/*
 * The message contains the remedy.  @t's place is the context of the caller's code;
 * judging is a state of the whole script, because no other code runs meanwhile.
 */
static void check_place(lua_State *L, const struct api_row *r)
{
	const struct script_thread *t = script_thread_of(L);

	if (script_now->judging) {
		if (!(r->where & J))
			script_fail(L, "%s() cannot be called in an answer, a test or p:with(): judges only look", r->name);
	} else if (t->place == IN_FILE) {
		if (!(r->where & F) && script_now->loading_student)
			script_fail(L, "%s() cannot be called while the file is loaded: put it into a function", r->name);
		if (!(r->where & F))
			script_fail(L, "%s() cannot be called before the lesson begins: put it into the lesson's function",
				    r->name);
	} else if (t->place == IN_DIRECTOR) {
		if (r->where & D)
			return;
		if (r->where & K)
			script_fail(L, "%s() needs a CPU; put it into irq(), task() or a work function", r->name);
		script_fail(L, "%s() cannot be called here", r->name);
	} else if (!(r->where & K)) {
		if (r->where & D)
			script_fail(L, "%s() is the lesson's own: it cannot be called from %s", r->name, t->what);
		script_fail(L, "%s() cannot be called from %s", r->name, t->what);
	}
}

static void check_count(lua_State *L, const struct api_row *r)
{
	int n = lua_gettop(L);

	if (n < r->min || (r->max >= 0 && n > r->max))
		script_fail(L, "%s() takes %s%d argument%s, not %d: %s", r->name,
			    r->max < 0 ? "at least " : r->min == r->max ? "" : n < r->min ? "at least " : "at most ",
			    n < r->min || r->max < 0 ? r->min : r->max,
			    (n < r->min || r->max < 0 ? r->min : r->max) == 1 ? "" : "s", n, r->signature);
}

/* ---- CALL and RETURN -------------------------------------------------------------------- */

struct call {
	uint32_t fn, item, wq, obj;
	uint64_t event;
};

/* The first item, workqueue and object among the arguments. */
static void call_begin(lua_State *L, struct call *c, uint32_t fn)
{
	*c = (struct call){ .fn = fn };
	for (int i = 1; i <= lua_gettop(L); i++) {
		struct thing *t = thing_test(L, i);

		if (!t)
			continue;
		if (t->cls == CLS_ITEM && !c->item)
			c->item = thing_id(t);
		else if (t->cls == CLS_WQ && !c->wq)
			c->wq = thing_id(t);
		else if (t->cls == CLS_OBJ && !c->obj)
			c->obj = thing_id(t);
	}
	c->event = TRACE(CALL, .fn = c->fn, .item = c->item, .wq = c->wq, .object = c->obj);
	charge(COST_CALL);
}

static void call_end(lua_State *L, const struct call *c, int results)
{
	uint64_t ret = 0;
	bool has = false;

	if (results > 0) {
		switch (lua_type(L, -results)) {
		case LUA_TBOOLEAN:
			ret = (uint64_t)lua_toboolean(L, -results);
			has = true;
			break;
		case LUA_TNUMBER:
			ret = (uint64_t)(int64_t)lua_tonumber(L, -results);
			has = true;
			break;
		default:
			break;
		}
	}
	TRACE(RETURN, .fn = c->fn, .item = c->item, .wq = c->wq, .object = c->obj, .ret = ret, .has_ret = has,
	      .call = c->event);
}

/*
 * Calls a lesson's function (below its @nargs arguments) as the driver function
 * @name, with its own call and return events.
 */
void api_call_named(lua_State *L, const char *name, int nargs)
{
	struct call c;
	uint32_t obj = 0;
	struct thing *t = nargs ? thing_test(L, -nargs) : NULL;

	if (t && t->cls == CLS_OBJ)
		obj = thing_id(t);
	c = (struct call){ .fn = api_fn_id(name), .obj = obj };
	c.event = TRACE(CALL, .fn = c.fn, .object = obj);
	lua_call(L, nargs, 1);
	call_end(L, &c, 1);
	lua_pop(L, 1);
}

/* ---- the door ------------------------------------------------------------------------------ */

/*
 * The row's function; its results.  In atomic context a call that needs mutexes of the engine is not
 * made unless it gets all of them: it returns -EBUSY where the signature has an error, else nil.
 */
static int call_row(lua_State *L, const struct api_row *r)
{
	int n;

	if (!(r->where & MUTEX) || !in_atomic())
		return r->fn(L);
	if (!workqueue_take_mutexes_ahead(r->name)) {
		if (strncmp(r->signature, "err = ", 6) == 0)
			lua_pushinteger(L, -EBUSY);
		else
			lua_pushnil(L);
		return 1;
	}
	n = r->fn(L);
	workqueue_release_mutexes_ahead();
	return n;
}

/* Upvalues: 1 the row's number, 2 the library's function. */
static int dispatch_here(lua_State *L)
{
	unsigned int row = (unsigned int)lua_tointeger(L, lua_upvalueindex(1));
	const struct api_row *r = &rows[row];
	struct call c;
	int n;

	if (!r->fn) {
		lua_pushvalue(L, lua_upvalueindex(2));
		lua_insert(L, 1);
		lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
		return lua_gettop(L);
	}
	if (!(r->where & EVENT)) {
		sandbox_in_code(!(r->where & K));
		n = call_row(L, r);
	} else {
		sandbox_in_code(false);
		call_begin(L, &c, name_fn(&fn_ids[row], r->name, r->where & BOOL ? TRACE_FN_BOOL : 0));
		n = call_row(L, r);
		call_end(L, &c, n);
	}
	script_now->last = L;		/* the call may have blocked, and other contexts run meanwhile */
	sandbox_in_code(true);
	return n;
}

static int dispatch(lua_State *L)
{
	const struct api_row *r = &rows[lua_tointeger(L, lua_upvalueindex(1))];

	check_place(L, r);
	check_count(L, r);
	if (script_thread_of(L)->place == IN_KERNEL && wq_current_is_killed()) {
		lua_pushlightuserdata(L, (void *)(uintptr_t)&script_killed);
		return lua_error(L);
	}
	if (r->fn != api_note)
		source_call(L, r->name);
	if (unlikely(script_now->pick))
		pick_before_call(L, r->name, r->where & EVENT);
	if ((r->where & TASK) && script_thread_of(L)->place == IN_DIRECTOR) {
		lua_pushvalue(L, lua_upvalueindex(1));
		lua_pushvalue(L, lua_upvalueindex(2));
		lua_pushcclosure(L, dispatch_here, 2);
		lua_insert(L, 1);
		return script_in_task(L, r->name);
	}
	return dispatch_here(L);
}

const char *api_name_of(lua_State *L, int index)
{
	const char *name = NULL;

	if (lua_tocfunction(L, index) != dispatch)
		return NULL;
	lua_getupvalue(L, index, 1);
	name = rows[lua_tointeger(L, -1)].name;
	lua_pop(L, 1);
	return name;
}

void api_begin(void)
{
	memset(fn_ids, 0, sizeof(fn_ids));
	memset(other_fn_ids, 0, sizeof(other_fn_ids));
}

unsigned int api_where_at(lua_State *L, int index)
{
	unsigned int where;

	if (lua_tocfunction(L, index) != dispatch)
		return 0;
	lua_getupvalue(L, index, 1);
	where = rows[lua_tointeger(L, -1)].where;
	lua_pop(L, 1);
	return where;
}

void api_register(lua_State *L)
{
	sandbox_push_library(L);
	sandbox_push_api(L);
	for (unsigned int i = 0; i < NR_ROWS; i++) {
		const struct api_row *r = &rows[i];

		lua_pushinteger(L, (lua_Integer)i);
		lua_pushstring(L, r->name);
		lua_rawget(L, -4);		/* the library's own, or nil */
		bug_on(lua_isnil(L, -1) != (r->fn != NULL));	/* a row without a function, or with two */
		lua_pushcclosure(L, dispatch, 2);
		lua_setfield(L, -2, r->name);
	}
	lua_pop(L, 2);
}
