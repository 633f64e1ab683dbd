/*
 * lua/sandbox_lib.c - library functions of lessons that differ from Lua's own.
 *
 * Two requirements make them differ.  Determinism: the order of pairs() and of equal
 * elements in sort(), the numbers of random() and the names that tostring() gives to
 * tables must not depend on addresses or on Lua's hash seed.  Bounds: the instruction
 * hook never interrupts a single C call, so the size of its result and of its loops
 * is limited.
 *
 * Lives here:   pairs next tostring setmetatable rawset pcall xpcall print, string.rep
 *               format pack find match gmatch gsub, table.concat sort unpack move and the bounds of
 *               insert and remove, math.random, coroutine.create wrap resume.
 * Never here:   the place of a call (api.c), budgets (sandbox.c).
 * Licence: MIT.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "lua/script_internal.h"

static const char key_ids, key_owners;

/* ---- keys in order ---------------------------------------------------------------- */

/* Numbers by value, then strings by bytes, then false, true; other keys have no order of their own. */
static int rank(lua_State *L, int index)
{
	switch (lua_type(L, index)) {
	case LUA_TNUMBER:
		return 0;
	case LUA_TSTRING:
		return 1;
	case LUA_TBOOLEAN:
		return 2;
	default:
		return 3;
	}
}

static bool bytes_less(lua_State *L, int a, int b)
{
	size_t la, lb;
	const char *pa = lua_tolstring(L, a, &la), *pb = lua_tolstring(L, b, &lb);
	int c = memcmp(pa, pb, la < lb ? la : lb);

	return c ? c < 0 : la < lb;
}

static bool key_less(lua_State *L, int a, int b)
{
	int ra = rank(L, a), rb = rank(L, b);
	struct thing *ta, *tb;

	if (ra != rb)
		return ra < rb;
	switch (ra) {
	case 0:
		return lua_compare(L, a, b, LUA_OPLT);
	case 1:
		return bytes_less(L, a, b);
	case 2:
		return !lua_toboolean(L, a) && lua_toboolean(L, b);
	default:
		if (lua_rawequal(L, a, b))
			return false;
		ta = thing_test(L, a);
		tb = thing_test(L, b);
		if (ta && tb && (ta->cls != tb->cls || ta->id != tb->id))
			return ta->cls != tb->cls ? ta->cls < tb->cls : ta->id < tb->id;
		script_fail(L, "two keys of this table (a %s, a %s) have no order: use names or numbers as keys",
			    luaL_typename(L, a), luaL_typename(L, b));
	}
}

/* next(t[, key]): the smallest key above @key. */
static int l_next(lua_State *L)
{
	uint64_t seen = 0;
	int best;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 2);
	lua_pushnil(L);		/* 3: best so far */
	best = 3;
	lua_pushnil(L);
	while (lua_next(L, 1)) {	/* 4 key, 5 value */
		seen++;
		if ((lua_isnil(L, 2) || key_less(L, 2, 4)) && (lua_isnil(L, best) || key_less(L, 4, best))) {
			lua_pushvalue(L, 4);
			lua_replace(L, best);
		}
		lua_pop(L, 1);
	}
	sandbox_charge(L, seen);
	if (lua_isnil(L, best))
		return 1;
	lua_pushvalue(L, best);
	lua_rawget(L, 1);
	return 2;
}

/* An ordered walk: upvalues are the table, its keys in order, how far we are. */
static int pairs_step(lua_State *L)
{
	lua_Integer i = lua_tointeger(L, lua_upvalueindex(3));

	for (;;) {
		i++;
		if (lua_rawgeti(L, lua_upvalueindex(2), i) == LUA_TNIL)
			return 1;
		lua_pushvalue(L, -1);
		if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {	/* a field set to nil meanwhile is passed over */
			lua_pushinteger(L, i);
			lua_copy(L, -1, lua_upvalueindex(3));
			lua_pop(L, 1);
			return 2;
		}
		lua_pop(L, 2);
	}
}

/* Bottom-up merge of [1..n] in table @from through table @to; stable.  Return: index of the sorted one. */
static int merge_sort(lua_State *L, int from, int to, lua_Integer n, bool (*less)(lua_State *L, int a, int b))
{
	for (lua_Integer width = 1; width < n; width *= 2) {
		for (lua_Integer lo = 1; lo <= n; lo += 2 * width) {
			lua_Integer mid = lo + width, hi = lo + 2 * width, a = lo, b = mid, out = lo;

			mid = mid > n + 1 ? n + 1 : mid;
			hi = hi > n + 1 ? n + 1 : hi;
			b = mid;
			while (out < hi) {
				bool second;

				sandbox_check_stop(L);
				lua_rawgeti(L, from, a < mid ? a : b);
				lua_rawgeti(L, from, b < hi ? b : a);
				/* stable: the right one goes first only if it is really smaller */
				second = a >= mid || (b < hi && less(L, lua_gettop(L), lua_gettop(L) - 1));
				if (second) {
					lua_settop(L, lua_gettop(L) - 2);
					lua_rawgeti(L, from, b++);
				} else {
					lua_settop(L, lua_gettop(L) - 2);
					lua_rawgeti(L, from, a++);
				}
				lua_rawseti(L, to, out++);
			}
		}
		int swap = from;

		from = to;
		to = swap;
		sandbox_charge(L, (uint64_t)n);
	}
	return from;
}

static int l_pairs(lua_State *L)
{
	lua_Integer n = 0;
	int sorted;

	luaL_checkany(L, 1);
	if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
		lua_pushvalue(L, 1);
		lua_call(L, 1, 3);
		return 3;
	}
	luaL_checktype(L, 1, LUA_TTABLE);
	sandbox_long_call(L, "pairs");
	lua_settop(L, 1);
	lua_newtable(L);	/* 2 */
	lua_newtable(L);	/* 3 */
	lua_pushnil(L);
	while (lua_next(L, 1)) {
		lua_pop(L, 1);
		lua_pushvalue(L, -1);
		lua_rawseti(L, 2, ++n);
	}
	sorted = merge_sort(L, 2, 3, n, key_less);
	lua_pushvalue(L, 1);
	lua_pushvalue(L, sorted);
	lua_pushinteger(L, 0);
	lua_pushcclosure(L, pairs_step, 3);
	return 1;
}

/* ---- tostring ------------------------------------------------------------------------ */

/* "table: 3": the third object that was ever shown; weak, so that showing keeps nothing alive. */
static void push_stable_id(lua_State *L, int index)
{
	const char *kind = luaL_typename(L, index);

	index = lua_absindex(L, index);
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_ids);
	lua_pushvalue(L, index);
	if (lua_rawget(L, -2) == LUA_TNIL) {
		lua_pop(L, 1);
		lua_pushvalue(L, index);
		lua_pushinteger(L, (lua_Integer)++script_now->stable_ids);
		lua_rawset(L, -3);
		lua_pushinteger(L, (lua_Integer)script_now->stable_ids);
	}
	lua_pushfstring(L, "%s: %I", kind, lua_tointeger(L, -1));
	lua_replace(L, -3);
	lua_pop(L, 1);
}

void sandbox_tostring(lua_State *L, int index)
{
	int type = lua_type(L, index);

	index = lua_absindex(L, index);
	if (type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TBOOLEAN || type == LUA_TNIL) {
		luaL_tolstring(L, index, NULL);
		return;
	}
	if (luaL_getmetafield(L, index, "__tostring") != LUA_TNIL) {
		lua_pushvalue(L, index);
		lua_call(L, 1, 1);
		if (lua_type(L, -1) != LUA_TSTRING)
			luaL_error(L, "'__tostring' must return a string");
		return;
	}
	push_stable_id(L, index);
}

static int l_tostring(lua_State *L)
{
	luaL_checkany(L, 1);
	sandbox_tostring(L, 1);
	return 1;
}

static int l_print(lua_State *L)
{
	return script_fail(L, "print() has no output here: `say` shows a text to the student, "
			   "`printk` writes to the kernel's log");
}

/*
 * The cost of an error beside its instructions, in instructions: the text is made,
 * the stack is unwound.  A tree of failing calls then meets its budget in time.
 */
#define ERROR_COST 200

/* The results of the protected function, behind true or false; also after it has yielded. */
static int pcall_done(lua_State *L, int status, lua_KContext context)
{
	(void)context;
	if (status == LUA_OK || status == LUA_YIELD)
		return lua_gettop(L);
	sandbox_charge(L, ERROR_COST);
	lua_pushboolean(L, false);
	lua_insert(L, -2);
	return 2;
}

static int l_pcall(lua_State *L)
{
	luaL_checkany(L, 1);
	sandbox_check_stop(L);
	lua_pushboolean(L, true);
	lua_insert(L, 1);
	return pcall_done(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, pcall_done), 0);
}

/*
 * xpcall(f, handler, ...): the handler is called after the stack is unwound.  Lua's
 * own calls it where the error happens; when that is the instruction hook, hooks
 * are off there, and a handler that loops would never be stopped.
 */
static int l_xpcall(lua_State *L)
{
	int n = lua_gettop(L);

	luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_pushvalue(L, 1);
	lua_insert(L, 3);	/* f, handler, f, arguments */
	if (lua_pcall(L, n - 2, LUA_MULTRET, 0) == LUA_OK) {
		lua_pushboolean(L, true);
		lua_replace(L, 2);
		return lua_gettop(L) - 1;
	}
	sandbox_charge(L, ERROR_COST);
	lua_pushvalue(L, 2);
	lua_insert(L, -2);
	lua_pcall(L, 1, 1, 0);	/* an error in the handler is the result */
	lua_pushboolean(L, false);
	lua_insert(L, -2);
	return 2;
}

/* ---- metatables ------------------------------------------------------------------------- */

static int l_setmetatable(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	if (lua_type(L, 2) != LUA_TNIL)
		luaL_checktype(L, 2, LUA_TTABLE);
	lua_settop(L, 2);
	if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
		return script_fail(L, "cannot change a protected metatable");
	lua_settop(L, 2);
	lua_setmetatable(L, 1);
	return 1;
}

static int l_rawset(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_checkany(L, 3);
	if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
		return script_fail(L, "this table is read-only");
	lua_settop(L, 3);
	if (lua_type(L, 2) == LUA_TSTRING && !lua_isnil(L, 3))
		sandbox_check_key(L, lua_topointer(L, 2));
	lua_rawset(L, 1);
	return 1;
}

/* ---- strings ------------------------------------------------------------------------------ */

static int l_rep(lua_State *L)
{
	size_t len, sep_len;
	const char *text = luaL_checklstring(L, 1, &len);
	lua_Integer n = luaL_checkinteger(L, 2);
	const char *sep = luaL_optlstring(L, 3, "", &sep_len);
	luaL_Buffer b;

	if (n <= 0) {
		lua_pushliteral(L, "");
		return 1;
	}
	if (len + sep_len > 0 && (uint64_t)n > SCRIPT_STRING_MAX / (len + sep_len))
		return script_fail(L, "rep: a string of more than %zu bytes", SCRIPT_STRING_MAX);
	if (len + sep_len == 0)
		n = 1;
	sandbox_charge_steps(L, (uint64_t)n, 2);
	luaL_buffinit(L, &b);
	while (n-- > 0) {
		luaL_addlstring(&b, text, len);
		if (n)
			luaL_addlstring(&b, sep, sep_len);
	}
	luaL_pushresult(&b);
	return 1;
}

/*
 * Checks a format, replaces what %s would ask for its address or __tostring by
 * text, and leaves the rest to Lua's own (upvalue 1).
 */
static int l_format(lua_State *L)
{
	size_t total, len;
	const char *f = luaL_checklstring(L, 1, &total), *end = f + total;
	int arg = 1, top = lua_gettop(L);

	for (const char *p = f; (p = memchr(p, '%', (size_t)(end - p))) != NULL;) {
		p++;
		if (*p == '%') {
			p++;
			continue;
		}
		p += strspn(p, "-+ #0123456789.");
		if (*p == 'p')
			return script_fail(L, "format: %%p would show an address, which differs in every run");
		if (++arg > top)
			break;	/* Lua's own function reports it */
		if (*p == 's') {
			sandbox_tostring(L, arg);
			lua_replace(L, arg);
		}
		if (lua_type(L, arg) == LUA_TSTRING) {
			lua_tolstring(L, arg, &len);
			total += 2 * len;	/* %q may double it */
		} else {
			total += 500;
		}
		if (total > SCRIPT_STRING_MAX)
			return script_fail(L, "format: a string of more than %zu bytes", SCRIPT_STRING_MAX);
		if (p < end)
			p++;
	}
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, top, 1);
	return 1;
}

/* Bytes of the text at @index, from the place on that the number at @from gives; 0 = from the first. */
static uint64_t bytes_from(lua_State *L, int index, int from)
{
	uint64_t len = lua_type(L, index) == LUA_TSTRING ? lua_rawlen(L, index) : 0;
	lua_Integer start = from && lua_isinteger(L, from) ? lua_tointeger(L, from) : 1;

	if (start > 1)
		return (uint64_t)start > len ? 0 : len - (uint64_t)start + 1;
	return start < 0 && (uint64_t)-start < len ? (uint64_t)-start : len;
}

/* Lua's own (upvalue 1), under the name in upvalue 2: a pattern may be tried in ever more ways. */
static int l_pattern_call(lua_State *L)
{
	sandbox_long_call(L, lua_tostring(L, lua_upvalueindex(2)));
	sandbox_charge_steps(L, bytes_from(L, 1, lua_toboolean(L, lua_upvalueindex(3)) ? 3 : 0), 2);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
	return lua_gettop(L);
}

/* gmatch: the function that it returns searches, a piece at each call. */
static int l_gmatch(lua_State *L)
{
	sandbox_charge_steps(L, bytes_from(L, 1, 3), 2);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, 1);
	lua_pushliteral(L, "string.gmatch");
	lua_pushboolean(L, false);
	lua_pushcclosure(L, l_pattern_call, 3);
	return 1;
}

/* Lua's own (upvalue 1), which reads the text at 1 to its end. */
static int l_whole_text(lua_State *L)
{
	sandbox_charge_steps(L, bytes_from(L, 1, 0), 4);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
	return lua_gettop(L);
}

/* "c1000000000" would be filled up with zeros: sizes in a format have a bound. */
static int l_pack(lua_State *L)
{
	const char *f = luaL_checkstring(L, 1);

	for (const char *p = f; *p; p++) {
		if (*p >= '0' && *p <= '9' && strtoull(p, NULL, 10) > SCRIPT_STRING_MAX / 64)
			return script_fail(L, "pack: sizes up to %zu", SCRIPT_STRING_MAX / 64);
		p += strspn(p, "0123456789");
		if (!*p)
			break;
	}
	if (strlen(f) > 1000)
		return script_fail(L, "pack: a format of at most 1000 characters");
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, 1);
	return 1;
}

/* ---- tables -------------------------------------------------------------------------------- */

static lua_Integer bounded_len(lua_State *L, const char *who)
{
	lua_Integer n;

	luaL_checktype(L, 1, LUA_TTABLE);
	n = luaL_len(L, 1);
	if (n > SCRIPT_RANGE_MAX)
		script_fail(L, "%s: more than %d elements", who, SCRIPT_RANGE_MAX);
	return n;
}

static int l_concat(lua_State *L)
{
	lua_Integer n = bounded_len(L, "concat");
	size_t sep_len, len, total = 0;
	const char *sep = luaL_optlstring(L, 2, "", &sep_len);
	lua_Integer i = luaL_optinteger(L, 3, 1), last = luaL_optinteger(L, 4, n);
	luaL_Buffer b;

	if (last >= i && (uint64_t)last - (uint64_t)i >= SCRIPT_RANGE_MAX)
		return script_fail(L, "concat: more than %d elements", SCRIPT_RANGE_MAX);
	sandbox_long_call(L, "table.concat");
	if (last >= i)
		sandbox_charge_steps(L, (uint64_t)last - (uint64_t)i + 1, 1);
	luaL_buffinit(L, &b);
	for (; i <= last; i++) {
		lua_geti(L, 1, i);
		if (!lua_isstring(L, -1))
			return luaL_error(L, "invalid value (at index %I) in table for 'concat'", i);
		lua_tolstring(L, -1, &len);
		total += len + sep_len;
		if (total > SCRIPT_STRING_MAX)
			return script_fail(L, "concat: a string of more than %zu bytes", SCRIPT_STRING_MAX);
		luaL_addvalue(&b);
		if (i < last)
			luaL_addlstring(&b, sep, sep_len);
		if (i == last)
			break;	/* last may be the largest integer */
	}
	luaL_pushresult(&b);
	return 1;
}

static int l_unpack(lua_State *L)
{
	lua_Integer i = luaL_optinteger(L, 2, 1), last, n;

	last = lua_isnoneornil(L, 3) ? luaL_len(L, 1) : luaL_checkinteger(L, 3);
	if (i > last)
		return 0;
	if ((uint64_t)last - (uint64_t)i >= SCRIPT_UNPACK_MAX)
		return script_fail(L, "unpack: more than %d values", SCRIPT_UNPACK_MAX);
	n = last - i + 1;
	sandbox_charge_steps(L, (uint64_t)n, 2);
	luaL_checkstack(L, (int)n, "too many results to unpack");
	for (lua_Integer k = 0; k < n; k++)
		lua_geti(L, 1, i + k);
	return (int)n;
}

static int l_move(lua_State *L)
{
	lua_Integer f = luaL_checkinteger(L, 2), e = luaL_checkinteger(L, 3), t = luaL_checkinteger(L, 4);
	int to = lua_isnoneornil(L, 5) ? 1 : 5;

	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_checktype(L, to, LUA_TTABLE);
	if (e < f) {
		lua_pushvalue(L, to);
		return 1;
	}
	if ((uint64_t)e - (uint64_t)f >= SCRIPT_RANGE_MAX || t > LUA_MAXINTEGER - (e - f))
		return script_fail(L, "move: more than %d elements", SCRIPT_RANGE_MAX);
	sandbox_charge_steps(L, (uint64_t)e - (uint64_t)f + 1, 1);
	if (t > e || t <= f || to != 1) {
		for (lua_Integer i = 0; i <= e - f; i++) {
			lua_geti(L, 1, f + i);
			lua_seti(L, to, t + i);
		}
	} else {	/* overlapping: from the end */
		for (lua_Integer i = e - f; i >= 0; i--) {
			lua_geti(L, 1, f + i);
			lua_seti(L, to, t + i);
		}
	}
	lua_pushvalue(L, to);
	return 1;
}

/* Lua's own insert or remove (upvalue 1): it walks up to the end, so the end has a bound. */
static int l_shift(lua_State *L)
{
	sandbox_charge(L, (uint64_t)bounded_len(L, "table") / 8);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
	return lua_gettop(L);
}

static bool value_less(lua_State *L, int a, int b)
{
	bool yes;

	if (lua_isnil(L, 2))
		return lua_compare(L, a, b, LUA_OPLT);
	lua_pushvalue(L, 2);
	lua_pushvalue(L, a);
	lua_pushvalue(L, b);
	lua_call(L, 2, 1);
	yes = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return yes;
}

/* A stable sort.  An inconsistent comparator gives some order, never an error. */
static int l_sort(lua_State *L)
{
	lua_Integer n = bounded_len(L, "sort");
	int sorted;

	sandbox_long_call(L, "table.sort");
	if (!lua_isnoneornil(L, 2))
		luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_settop(L, 2);
	lua_createtable(L, (int)n, 0);	/* 3 */
	lua_createtable(L, (int)n, 0);	/* 4 */
	for (lua_Integer i = 1; i <= n; i++) {
		lua_geti(L, 1, i);
		lua_rawseti(L, 3, i);
	}
	sorted = merge_sort(L, 3, 4, n, value_less);
	for (lua_Integer i = 1; i <= n; i++) {
		lua_rawgeti(L, sorted, i);
		lua_seti(L, 1, i);
	}
	return 0;
}

/* ---- chance ---------------------------------------------------------------------------------- */

#define SITE_LUA_RANDOM 0x4c756152u	/* "LuaR" */
#define FIRST_IRQ_CONTEXT 1000u		/* CPU 0's interrupts; threads are numbered around these */

/* Which stream: 0 = the director's, then the threads', except for a block of one for each CPU's interrupts. */
static uint32_t random_context(void)
{
	uint32_t context;

	if (!script_now->machine_on || smp_processor_id() < 0)
		return 0;
	if (!in_task())
		return FIRST_IRQ_CONTEXT + (uint32_t)smp_processor_id();
	context = 1 + task_id(current);
	return context < FIRST_IRQ_CONTEXT ? context : context + CPUS_MAX;
}

/* The number of the next draw in @context. */
static uint64_t next_ordinal(lua_State *L, uint32_t context)
{
	struct script *s = script_now;
	uint64_t *more;
	uint32_t nr;

	if (context >= s->nr_random_ordinals) {
		nr = context + 1 + context / 2;
		more = realloc(s->random_ordinals, nr * sizeof(*more));
		if (!more) {
			s->host_refused = true;
			script_fail(L, SCRIPT_HOST_MEMORY_FAULT);
		}
		memset(more + s->nr_random_ordinals, 0, (nr - s->nr_random_ordinals) * sizeof(*more));
		s->random_ordinals = more;
		s->nr_random_ordinals = nr;
	}
	return s->random_ordinals[context]++;
}

/* random([lo,] hi) as Lua's, from the seed: each context draws its own numbers. */
static int l_random(lua_State *L)
{
	uint32_t context = random_context();
	lua_Integer lo = 1, hi;
	uint64_t hash;

	hash = rng_hash4(script_now->opts ? script_now->opts->spec->seed : 0, SITE_LUA_RANDOM, context, next_ordinal(L, context));
	switch (lua_gettop(L)) {
	case 0:
		lua_pushnumber(L, (lua_Number)(hash >> 11) * 0x1p-53);
		return 1;
	case 1:
		hi = luaL_checkinteger(L, 1);
		break;
	case 2:
		lo = luaL_checkinteger(L, 1);
		hi = luaL_checkinteger(L, 2);
		break;
	default:
		return luaL_error(L, "wrong number of arguments");
	}
	luaL_argcheck(L, lo <= hi, lua_gettop(L), "interval is empty");
	if ((uint64_t)hi - (uint64_t)lo == UINT64_MAX)
		lua_pushinteger(L, (lua_Integer)hash);
	else
		lua_pushinteger(L, (lua_Integer)((uint64_t)lo +
						 rng_below(hash, (uint64_t)hi - (uint64_t)lo + 1)));
	return 1;
}

/* ---- coroutines --------------------------------------------------------------------------------- */

/*
 * A coroutine has the hook, and runs with the place of its resumer, so it cannot avoid a
 * budget.  It belongs to the context that made it: that context's entry is its owner.
 */
static int l_co_create(lua_State *L)
{
	lua_State *co;

	luaL_checktype(L, 1, LUA_TFUNCTION);
	/* its own count begins at zero and is lost with it: paid for in advance */
	sandbox_charge(L, SCRIPT_HOOK_STEP);
	co = lua_newthread(L);
	*(struct script_thread **)lua_getextraspace(co) = script_thread_of(L);
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_owners);
	lua_pushvalue(L, -2);
	lua_pushinteger(L, (lua_Integer)script_thread_of(L)->entry);
	lua_rawset(L, -3);
	lua_pop(L, 1);
	sandbox_watch(co);
	script_now->last = L;
	lua_pushvalue(L, 1);
	lua_xmove(L, co, 1);
	return 1;
}

static bool made_by_this_context(lua_State *L, int index)
{
	bool mine;

	luaL_checkstack(L, 3, NULL);
	index = lua_absindex(L, index);
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_owners);
	lua_pushvalue(L, index);
	mine = lua_rawget(L, -2) == LUA_TNUMBER && (uint64_t)lua_tointeger(L, -1) == script_thread_of(L)->entry;
	lua_pop(L, 2);
	return mine;
}

/*
 * Why @co cannot be resumed, or NULL.  Only reads: another context may be inside of it,
 * on a stack of its own.
 */
static const char *not_resumable(lua_State *co)
{
	lua_Debug ar;

	switch (lua_status(co)) {
	case LUA_YIELD:
		return NULL;
	case LUA_OK:
		if (lua_getstack(co, 0, &ar))
			return "cannot resume non-suspended coroutine";
		return lua_gettop(co) ? NULL : "cannot resume dead coroutine";
	default:
		return "cannot resume dead coroutine";
	}
}

/* The coroutine at @index with @nargs arguments on top.  Return: number of results on @L, or -1 with a message. */
static int co_resume(lua_State *L, int index, int nargs)
{
	lua_State *co = lua_tothread(L, index);
	const char *why = co == L ? "cannot resume non-suspended coroutine" : not_resumable(co);
	int status, n = 0;

	if (!why && !made_by_this_context(L, index))
		why = "cannot resume a coroutine that another context made";
	if (!why && !lua_checkstack(co, nargs))
		why = "too many arguments to resume";
	if (why) {
		lua_pushstring(L, why);
		return -1;
	}
	if (script_now->tripped)
		sandbox_charge(L, 0);
	lua_xmove(L, co, nargs);
	script_now->last = co;
	if (script_now->tripped)
		sandbox_watch(co);	/* else its count goes on: many short turns are not free */
	status = lua_resume(co, L, nargs, &n);
	script_now->last = L;
	if (status != LUA_OK && status != LUA_YIELD) {
		lua_xmove(co, L, 1);
		return -1;
	}
	if (!lua_checkstack(L, n + 1)) {
		lua_pop(co, n);
		lua_pushliteral(L, "too many results to resume");
		return -1;
	}
	lua_xmove(co, L, n);
	return n;
}

static int l_co_resume(lua_State *L)
{
	int n;

	luaL_argexpected(L, lua_isthread(L, 1), 1, "coroutine");
	n = co_resume(L, 1, lua_gettop(L) - 1);
	lua_pushboolean(L, n >= 0);
	lua_insert(L, n >= 0 ? -(n + 1) : -2);
	return n >= 0 ? n + 1 : 2;
}

static int wrap_step(lua_State *L)
{
	int n = co_resume(L, lua_upvalueindex(1), lua_gettop(L));

	return n >= 0 ? n : lua_error(L);
}

static int l_co_wrap(lua_State *L)
{
	l_co_create(L);
	lua_pushcclosure(L, wrap_step, 1);
	return 1;
}

/* ---- all of it ------------------------------------------------------------------------------------ */

static const luaL_Reg base_functions[] = {
	{ "next", l_next }, { "pairs", l_pairs }, { "tostring", l_tostring }, { "print", l_print },
	{ "setmetatable", l_setmetatable }, { "rawset", l_rawset }, { "pcall", l_pcall }, { "xpcall", l_xpcall },
	{ NULL, NULL }
};
static const char *const pattern_calls[] = { "find", "match", "gsub" };
static const luaL_Reg table_functions[] = {
	{ "concat", l_concat }, { "unpack", l_unpack }, { "move", l_move }, { "sort", l_sort }, { NULL, NULL }
};
static const luaL_Reg coroutine_functions[] = {
	{ "create", l_co_create }, { "resume", l_co_resume }, { "wrap", l_co_wrap }, { NULL, NULL }
};

/* Puts @fn over Lua's own function of that name in the table on top, which it may call. */
static void cap(lua_State *L, const char *name, lua_CFunction fn)
{
	lua_getfield(L, -1, name);
	lua_pushcclosure(L, fn, 1);
	lua_setfield(L, -2, name);
}

/* A table in the registry that keeps none of its keys alive. */
static void open_weak_table(lua_State *L, const void *key)
{
	lua_newtable(L);
	lua_createtable(L, 0, 1);
	lua_pushliteral(L, "k");
	lua_setfield(L, -2, "__mode");
	lua_setmetatable(L, -2);
	lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

/* Lua's own functions of library @name that read a whole text, into the table on top. */
static void charge_whole_texts(lua_State *L, const char *name, lua_CFunction open, const char *const *functions)
{
	luaL_requiref(L, name, open, 0);
	for (; *functions; functions++) {
		lua_getfield(L, -1, *functions);
		lua_pushcclosure(L, l_whole_text, 1);
		lua_setfield(L, -3, *functions);
	}
	lua_pop(L, 1);
}

void sandbox_open_libs(lua_State *L)
{
	open_weak_table(L, &key_ids);
	open_weak_table(L, &key_owners);
	sandbox_push_api(L);
	luaL_setfuncs(L, base_functions, 0);
	charge_whole_texts(L, "_G", luaopen_base, (const char *const[]){ "tonumber", NULL });

	lua_getfield(L, -1, "utf8");
	charge_whole_texts(L, "utf8", luaopen_utf8, (const char *const[]){ "len", "offset", NULL });
	lua_pop(L, 1);

	lua_getfield(L, -1, "string");
	charge_whole_texts(L, "string", luaopen_string, (const char *const[]){ "lower", "upper", "reverse", NULL });
	lua_pushcfunction(L, l_rep);
	lua_setfield(L, -2, "rep");
	luaL_requiref(L, "string", luaopen_string, 0);
	for (int i = 0; i < 2; i++) {
		lua_getfield(L, -1, i ? "pack" : "format");
		lua_pushcclosure(L, i ? l_pack : l_format, 1);
		lua_setfield(L, -3, i ? "pack" : "format");
	}
	for (size_t i = 0; i < sizeof(pattern_calls) / sizeof(pattern_calls[0]); i++) {
		lua_getfield(L, -1, pattern_calls[i]);
		lua_pushfstring(L, "string.%s", pattern_calls[i]);
		lua_pushboolean(L, strcmp(pattern_calls[i], "gsub") != 0);	/* is argument 3 the place to begin at? */
		lua_pushcclosure(L, l_pattern_call, 3);
		lua_setfield(L, -3, pattern_calls[i]);
	}
	lua_getfield(L, -1, "gmatch");
	lua_pushcclosure(L, l_gmatch, 1);
	lua_setfield(L, -3, "gmatch");
	lua_pop(L, 2);

	lua_getfield(L, -1, "table");
	cap(L, "insert", l_shift);
	cap(L, "remove", l_shift);
	luaL_setfuncs(L, table_functions, 0);
	lua_pop(L, 1);

	lua_getfield(L, -1, "math");
	lua_pushcfunction(L, l_random);
	lua_setfield(L, -2, "random");
	lua_pop(L, 1);

	lua_getfield(L, -1, "coroutine");
	luaL_setfuncs(L, coroutine_functions, 0);
	lua_pop(L, 2);
}
