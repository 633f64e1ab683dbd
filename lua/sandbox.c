/*
 * lua/sandbox.c - the environment of a lesson's code, and its budgets of time and memory.
 *
 * A lesson sees an allow-list: nothing that reads files, time, memory addresses
 * or bytecode, nothing that replaces what the library leans on.  Memory is
 * counted in the allocator.  A hook every 1,000 instructions keeps the budgets;
 * inside the kernel it also lets virtual time pass, so that a function that only
 * computes meets the tick.  A budget that is used up stays used up: the hook
 * then fires on every instruction, so no pcall() gets past it.
 *
 * Lives here:   the state, its allocator, the environment, budgets, messages.
 * Never here:   replaced library functions (sandbox_lib.c), the API (api.c).
 * Real time is the visible process's matter: it ends a single C call that never
 * returns (a pattern that backtracks for ever), with the line published here.
 * Licence: MIT.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "lua/script_internal.h"

#define WHERE_LEVELS 64		/* of the Lua stack, searched for the lesson's line at each end */

static const char key_env, key_api, key_library;	/* their addresses are registry keys */

static void hook(lua_State *L, lua_Debug *ar);

/* ---- memory ---------------------------------------------------------------------- */

/*
 * Two refusals in a row: garbage was collected in between, and the block still does
 * not fit.  The error is permanent, like that of the other budgets: otherwise a pcall()
 * loop would collect garbage for ever without executing instructions.
 */
static void out_of_memory(struct script *s)
{
	if (!s->tripped)
		snprintf(s->trip, sizeof(s->trip), SCRIPT_MEMORY_FAULT, SCRIPT_MEMORY_MAX >> 20);
	s->tripped = true;
	if (s->last)
		lua_sethook(s->last, hook, LUA_MASKCOUNT, 1);	/* allowed at any time */
}

static bool test_refuses(struct script *s)
{
	return s->count_allocs && ++s->allocs >= s->opts->refuse_alloc;
}

static void *count_alloc(void *ud, void *ptr, size_t osize, size_t nsize)
{
	struct script *s = ud;
	bool text = !ptr && osize == LUA_TSTRING;	/* a new object: osize is its type */
	void *p;

	if (!ptr)
		osize = 0;
	if (!nsize) {
		s->memory -= osize;
		if (image_has(s) && ptr)
			return image_realloc(ptr, osize, 0);
		script_free(s, ptr);
		return NULL;
	}
	if (nsize > osize && (s->memory + (nsize - osize) > SCRIPT_MEMORY_MAX || test_refuses(s))) {
		if (++s->refused >= 2)
			out_of_memory(s);
		return NULL;	/* Lua collects all garbage, asks again, then raises "not enough memory" */
	}
	s->refused = 0;
	p = image_has(s) ? image_realloc(ptr, osize, nsize) : realloc(ptr, nsize);
	if (p)
		s->memory += nsize - osize;
	else
		s->host_refused = true;
	if (p && text)
		sandbox_note_bytes(nsize);
	if (s->memory > s->memory_most)
		s->memory_most = s->memory;
	return p;
}

/* ---- messages ------------------------------------------------------------------ */

static bool is_lesson_code(const lua_Debug *ar)
{
	return ar->currentline > 0 && ar->source[0] == '@';	/* the library's chunks are named with '=' */
}

/* Levels of the stack; each look at level n walks n levels, so few are looked at. */
static int stack_depth(lua_State *L)
{
	int low = 0, high = 1;
	lua_Debug ar;

	while (lua_getstack(L, high, &ar)) {
		low = high;
		high *= 2;
	}
	while (high - low > 1) {
		int mid = low + (high - low) / 2;

		if (lua_getstack(L, mid, &ar))
			low = mid;
		else
			high = mid;
	}
	return high;
}

static bool lesson_at(lua_State *L, int level, lua_Debug *ar)
{
	return lua_getstack(L, level, ar) && lua_getinfo(L, "Sl", ar) && is_lesson_code(ar);
}

/*
 * The innermost level that is the lesson's code.  Our own library is some levels
 * deep at most, but where it recurses without end: then the lesson called it
 * among the outermost levels.
 */
static bool find_lesson(lua_State *L, lua_Debug *ar)
{
	int level, depth;

	for (level = 0; level < WHERE_LEVELS; level++)
		if (lesson_at(L, level, ar))
			return true;
	depth = stack_depth(L);
	level = depth > 2 * WHERE_LEVELS ? depth - WHERE_LEVELS : WHERE_LEVELS;
	for (; level < depth; level++)
		if (lesson_at(L, level, ar))
			return true;
	return false;
}

void script_where(lua_State *L, char *buf, size_t size)
{
	lua_Debug ar;

	if (find_lesson(L, &ar))
		snprintf(buf, size, "%s:%d: ", ar.source + 1, ar.currentline);
	else if (size)
		buf[0] = '\0';
}

int script_fail(lua_State *L, const char *fmt, ...)
{
	char where[160], text[700];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	script_where(L, where, sizeof(where));
	lua_pushfstring(L, "%s%s", where, text);
	lua_error(L);
	abort();	/* lua_error() does not return, but is not declared so */
}

#define CHAIN_CALLS 5			/* of the lesson's functions that are named */
#define CHAIN_BEGIN " (in "		/* the text has a chain already */

/*
 * "helper(), called at line 9, called at line 20": the lesson's calls outside of the innermost one.  The
 * caller of a judge is the library, at a line that has nothing to do with the error.
 */
static void put_calls(lua_State *L, struct strbuf *out)
{
	unsigned int calls = 0;
	const char *name = NULL;
	lua_Debug ar;

	for (int level = 0; level < WHERE_LEVELS && lua_getstack(L, level, &ar); level++) {
		if (!lua_getinfo(L, "Sln", &ar))
			continue;
		if (script_now->judging && calls && !strcmp(ar.what, "Lua") && ar.source[0] == '=')
			break;
		if (!is_lesson_code(&ar))
			continue;
		if (calls == CHAIN_CALLS + 1) {
			strbuf_puts(out, ", ...");
			break;
		}
		if (calls == 1)
			strbuf_printf(out, "%s%s, ", name ? name : "a function", name ? "()" : "");
		if (calls)
			strbuf_printf(out, "%scalled at line %d", calls > 1 ? ", " : "", ar.currentline);
		name = ar.name;
		calls++;
	}
}

static void put_context(const struct script_thread *t, struct strbuf *out)
{
	if (out->len)
		strbuf_puts(out, "; ");
	strbuf_puts(out, t->what);
	if (in_hardirq())
		strbuf_printf(out, ", hard interrupt of CPU %d", smp_processor_id());
	else if (in_softirq())
		strbuf_printf(out, ", softirq of CPU %d", smp_processor_id());
	else
		strbuf_printf(out, ", thread %s on CPU %d", task_comm(current), smp_processor_id());
}

/* Adds the chain of calls and the context to the message on top; a director's own line needs neither. */
static void add_chain(lua_State *L)
{
	const struct script_thread *t = script_thread_of(L);
	STRBUF(chain, 400);

	if (strstr(lua_tostring(L, -1), CHAIN_BEGIN) || script_now->tripped || (script_now->judging && script_now->not_yet[0]))
		return;
	put_calls(L, &chain);
	if (t->place == IN_KERNEL && !script_now->judging && strncmp(t->what, SCRIPT_OWN_TASK, strlen(SCRIPT_OWN_TASK)))
		put_context(t, &chain);
	if (chain.len)
		lua_pushfstring(L, "%s" CHAIN_BEGIN "%s)", lua_tostring(L, -1), chain.buf);
}

/* The name of the API's innermost function on the stack, or NULL. */
static const char *api_on_stack(lua_State *L)
{
	lua_Debug ar;

	for (int level = 0; level < WHERE_LEVELS && lua_getstack(L, level, &ar); level++) {
		const char *name;

		lua_getinfo(L, "f", &ar);
		name = api_name_of(L, -1);
		lua_pop(L, 1);
		if (name)
			return name;
	}
	return NULL;
}

/*
 * "lesson:336: bad argument #1 to 'scan' (a pattern expected)", of our own library, becomes
 * "when: a pattern expected": its lines and its functions are not the author's.
 */
static const char *without_library(lua_State *L, const char *text)
{
	size_t name = strspn(text, "=abcdefghijklmnopqrstuvwxyz_"), digits;
	const char *call, *open;

	if (!name || text[name] != ':')
		return text;
	digits = strspn(text + name + 1, "0123456789");
	if (!digits || strncmp(text + name + 1 + digits, ": ", 2))
		return text;
	text += name + 1 + digits + 2;
	call = api_on_stack(L);
	open = strncmp(text, "bad argument #", 14) ? NULL : strstr(text, " (");
	if (call && open)
		return lua_pushfstring(L, "%s: %s", call, lua_pushlstring(L, open + 2, strlen(open + 2) - 1));
	return text;
}

/*
 * Makes sure that the message is text and names a line of the lesson.  A table
 * as error value is not asked for its __tostring: that may loop, or fail again.
 */
int script_traceback(lua_State *L)
{
	char where[160];
	const char *text;

	if (lua_touserdata(L, 1) == &script_killed)
		return 1;
	if (lua_type(L, 1) != LUA_TSTRING && lua_type(L, 1) != LUA_TNUMBER) {
		script_where(L, where, sizeof(where));
		lua_pushfstring(L, "%s(the error is a %s, not a text)", where, luaL_typename(L, 1));
		return 1;
	}
	text = lua_tostring(L, 1);
	if (script_names_file(text)) {
		add_chain(L);
		return 1;
	}
	script_where(L, where, sizeof(where));
	if (script_now->tripped && strcmp(text, "not enough memory") == 0)
		text = script_now->trip;	/* a buffer of a C function raises it as a common error */
	lua_pushfstring(L, "%s%s", where, without_library(L, text));
	add_chain(L);
	return 1;
}

/*
 * A memory error comes to the protected call as "not enough memory", without a line: the
 * handler is not called for it.  Here the stack still stands, so the line is noted.
 */
void sandbox_note_memory(lua_State *L)
{
	struct script *s = script_now;
	char where[160];

	if (!s || !s->L || s->memory_fault[0])
		return;			/* without .L its state is being made, and has no stack yet */
	script_where(L, where, sizeof(where));
	if (!where[0] && s->head->code_line)
		snprintf(where, sizeof(where), "%s:%u: ", s->code_file[0] ? s->code_file : s->file,
			 (unsigned int)s->head->code_line);
	if (s->tripped)
		snprintf(s->memory_fault, sizeof(s->memory_fault), "%s%s", where, s->trip);
	else if (s->host_refused)
		snprintf(s->memory_fault, sizeof(s->memory_fault), "%s" SCRIPT_HOST_MEMORY_FAULT, where);
	else
		snprintf(s->memory_fault, sizeof(s->memory_fault), "%s" SCRIPT_MEMORY_FAULT, where,
			 SCRIPT_MEMORY_MAX >> 20);
}

const char *sandbox_error_text(lua_State *L, int status)
{
	struct script *s = script_now;
	const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;

	if (status != LUA_ERRMEM)
		return text ? text : "an error without a text";
	if (!s->memory_fault[0])	/* the stack could not grow: that function is none of the wrapped ones */
		sandbox_note_memory(L);
	return s->memory_fault;
}

/* ---- budgets --------------------------------------------------------------------- */

#define BYTES_FREE 512		/* fewer are covered by the instructions of the call */
#define BYTES_PER_INSTR 16

/* Called where no error can be raised: the hook charges them, or script_call() at the end. */
void sandbox_note_bytes(size_t bytes)
{
	if (bytes >= BYTES_FREE && script_now && script_now->last)
		script_thread_of(script_now->last)->bytes += bytes;
}

uint64_t sandbox_take_bytes(struct script_thread *t)
{
	uint64_t instructions = t->bytes / BYTES_PER_INSTR;

	t->bytes = 0;
	return instructions;
}

void sandbox_charge_steps(lua_State *L, uint64_t steps, unsigned int per_instr)
{
	if (steps >= BYTES_FREE / 8)
		sandbox_charge(L, steps / per_instr);
}

void sandbox_watch(lua_State *L)
{
	script_now->last = L;
	lua_sethook(L, hook, LUA_MASKCOUNT, script_now->tripped ? 1 : SCRIPT_HOOK_STEP);
}

static void raise_trip(lua_State *L)
{
	sandbox_watch(L);
	script_fail(L, "%s", script_now->trip);
}

void sandbox_trip(lua_State *L, const char *fmt, ...)
{
	struct script *s = script_now;
	va_list ap;

	if (!s->tripped) {
		va_start(ap, fmt);
		vsnprintf(s->trip, sizeof(s->trip), fmt, ap);
		va_end(ap);
		s->tripped = true;
	}
	raise_trip(L);
}

/* Judge code costs no time wherever it runs; the director's has no CPU. */
void sandbox_charge(lua_State *L, uint64_t instructions)
{
	struct script *s = script_now;
	struct script_thread *t = script_thread_of(L);

	if (s->tripped)
		raise_trip(L);
	s->instr += instructions;
	t->instr += instructions;
	if (s->instr > SCRIPT_INSTR_RUN)
		sandbox_trip(L, "the run's budget of %u million Lua instructions is used up",
			     SCRIPT_INSTR_RUN / 1000000u);
	if (s->judging) {
		s->instr_judge += instructions;
		if (s->instr_judge > SCRIPT_INSTR_JUDGE)
			sandbox_trip(L, "an answer may take %u million instructions: an endless loop?",
				     SCRIPT_INSTR_JUDGE / 1000000u);
	} else if (t->place == IN_KERNEL) {
		if (t->instr > SCRIPT_INSTR_ENTRY)
			sandbox_trip(L, "%s has been computing for %u ms of virtual time: an endless loop? "
				     "(CPU time is used with burn(ms) or hog(ms))", t->what,
				     SCRIPT_INSTR_ENTRY / 1000000u);
		sandbox_in_code(false);
		mach_compute(instructions);	/* 1,000 instructions are 1,000 ns; others may run here */
		s->last = L;
		sandbox_in_code(true);
	} else {
		s->instr_director += instructions;
		if (s->instr_director > SCRIPT_INSTR_DIRECTOR)
			sandbox_trip(L, s->loading_student ?
				     "a file may take %u million instructions while it is loaded: an endless loop?" :
				     "the lesson's own code may take %u million instructions: an endless loop?",
				     SCRIPT_INSTR_DIRECTOR / 1000000u);
	}
}

/* ---- the end from outside ---------------------------------------------------------- */

/*
 * A single C call that never ends is beyond the reach of the hook.  The visible
 * process sees that neither events nor virtual time come.  It asks for a fault
 * first (stop_code), and after that kills; then the fault's line is the one here.
 */
static void publish_line(const lua_Debug *ar, const char *call)
{
	struct trace_shared *head = script_now->head;

	atomic_store_explicit(&head->code_line, (uint32_t)ar->currentline, memory_order_relaxed);
	snprintf(script_now->code_file, sizeof(script_now->code_file), "%s", ar->source + 1);
	head->code_call[0] = '\0';
	if (*call)
		snprintf(head->code_call, sizeof(head->code_call), "%s", call);
}

void sandbox_in_code(bool yes)
{
	atomic_store_explicit(&script_now->head->in_code, yes, memory_order_relaxed);
}

void sandbox_check_stop(lua_State *L)
{
	struct trace_shared *head = script_now->head;
	uint32_t seconds = atomic_load_explicit(&head->stop_code, memory_order_relaxed);

	if (seconds)
		sandbox_trip(L, "%u s of CPU time without an event or virtual time: an endless loop?", seconds);
}

void sandbox_long_call(lua_State *L, const char *name)
{
	lua_Debug ar;

	sandbox_check_stop(L);
	sandbox_in_code(true);
	if (find_lesson(L, &ar))
		publish_line(&ar, name);
}

static void hook(lua_State *L, lua_Debug *ar)
{
	script_now->last = L;
	sandbox_in_code(true);
	if (lua_getinfo(L, "Sl", ar) && is_lesson_code(ar))
		publish_line(ar, "");
	sandbox_check_stop(L);
	sandbox_charge(L, SCRIPT_HOOK_STEP + sandbox_take_bytes(script_thread_of(L)));
}

/* ---- keys that no table may have --------------------------------------------------------- */

/*
 * With them a lesson would see when garbage is collected.  Lua asks a metatable for
 * __mode and __close long after setmetatable(): so no table of a lesson gets them at all.
 */
static const char *const refused_keys[] = { "__gc", "__mode", "__close" };

static void note_refused_keys(lua_State *L)
{
	luaL_Buffer b;

	luaL_buffinitsize(L, &b, 4 * LUAL_BUFFERSIZE);	/* makes the metatable of large buffers, which has such keys */
	luaL_pushresultsize(&b, 0);
	lua_pop(L, 1);
	for (unsigned int i = 0; i < SCRIPT_REFUSED_KEYS; i++) {
		lua_pushstring(L, refused_keys[i]);
		script_now->refused_keys[i] = lua_topointer(L, -1);	/* one object for the life of the state */
		lua_pop(L, 1);
	}
}

void sandbox_check_key(lua_State *L, const void *key)
{
	const struct script *s = script_now;

	if (!s || !s->fixed || s->loading)
		return;
	for (unsigned int i = 0; i < SCRIPT_REFUSED_KEYS; i++)
		if (s->refused_keys[i] == key)
			script_fail(L, "%s is not for lessons (when garbage is collected must not be seen)",
				    refused_keys[i]);
}

/* ---- the environment ----------------------------------------------------------------- */

static int l_unknown(lua_State *L)	/* (table, key): an undeclared global was read */
{
	if (lua_type(L, 2) != LUA_TSTRING)
		return script_fail(L, "unknown name (a %s)", luaL_typename(L, 2));
	return script_fail(L, "unknown name '%s'", lua_tostring(L, 2));
}

static int l_undeclared(lua_State *L)	/* (table, key, value): a global was assigned */
{
	if (lua_type(L, 2) != LUA_TSTRING)
		return script_fail(L, "a lesson has no globals: write `local`");
	return script_fail(L, "global '%s': write `local %s`", lua_tostring(L, 2), lua_tostring(L, 2));
}

static int l_read_only(lua_State *L)
{
	return script_fail(L, "this table is read-only");
}

void sandbox_protect(lua_State *L, lua_CFunction on_write)
{
	lua_newtable(L);
	lua_createtable(L, 0, 3);
	lua_pushvalue(L, -3);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, on_write);
	lua_setfield(L, -2, "__newindex");
	lua_pushliteral(L, "locked");
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, -2);
	lua_remove(L, -2);
}

void sandbox_protect_library(lua_State *L)
{
	sandbox_protect(L, l_read_only);
}

/* Functions of Lua's own libraries, as they are.  The rest is in sandbox_lib.c, or left out. */
static const char *const keep_base[] = {
	"assert", "error", "getmetatable", "ipairs", "rawequal", "rawget", "rawlen",
	"select", "type", NULL
};
static const char *const keep_string[] = {
	"byte", "char", "len", "sub", "unpack", "packsize", NULL
};
static const char *const keep_math[] = {
	"abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log", "max",
	"maxinteger", "min", "mininteger", "modf", "pi", "rad", "sin", "sqrt", "tan", "tointeger", "type",
	"ult", NULL
};
static const char *const keep_utf8[] = {
	"char", "charpattern", "codepoint", "codes", NULL
};
static const char *const keep_coroutine[] = { "isyieldable", "running", "status", "yield", NULL };

static void copy_kept(lua_State *L, int from, int to, const char *const *names)
{
	from = lua_absindex(L, from);
	to = lua_absindex(L, to);
	for (; *names; names++) {
		lua_getfield(L, from, *names);
		lua_setfield(L, to, *names);
	}
}

static void keep_lib(lua_State *L, int api, const char *name, lua_CFunction open, const char *const *names)
{
	luaL_requiref(L, name, open, 0);
	lua_createtable(L, 0, 16);
	copy_kept(L, -2, -1, names);
	lua_remove(L, -2);
	lua_setfield(L, api, name);
}

/* In protected mode: fills the registry. */
static int build(lua_State *L)
{
	int api;

	note_refused_keys(L);
	lua_newtable(L);
	api = lua_gettop(L);
	lua_pushvalue(L, api);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &key_api);
	luaL_requiref(L, "_G", luaopen_base, 0);
	copy_kept(L, -1, api, keep_base);
	lua_pop(L, 1);
	keep_lib(L, api, "string", luaopen_string, keep_string);
	keep_lib(L, api, "table", luaopen_table, (const char *const[]){ "insert", "remove", "pack", NULL });
	keep_lib(L, api, "math", luaopen_math, keep_math);
	keep_lib(L, api, "utf8", luaopen_utf8, keep_utf8);
	keep_lib(L, api, "coroutine", luaopen_coroutine, keep_coroutine);
	sandbox_open_libs(L);		/* adds and replaces in key_api's tables */

	/* strings: methods from the filtered table, no arithmetic, nothing to get hold of */
	lua_pushliteral(L, "");
	lua_createtable(L, 0, 2);
	lua_getfield(L, api, "string");
	lua_setfield(L, -2, "__index");
	lua_pushliteral(L, "locked");
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, -2);
	lua_pop(L, 1);

	/* removes the libraries' own tables from the reach of lessons */
	lua_newtable(L);
	lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
	lua_pushnil(L);
	lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);

	/* api: a miss is an error; library: own globals in front of the api; env: the api, read-only */
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, l_unknown);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, api);

	lua_newtable(L);
	lua_pushcfunction(L, script_nearest);
	lua_setfield(L, -2, "nearest");
	lua_createtable(L, 0, 1);
	lua_pushvalue(L, api);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &key_library);

	lua_pushvalue(L, api);
	sandbox_protect(L, l_undeclared);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &key_env);
	return 0;
}

void sandbox_push_api(lua_State *L)
{
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_api);
}

void sandbox_push_library(lua_State *L)
{
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_library);
}

/* After the API is in: the libraries' tables become read-only for lessons. */
int sandbox_seal(lua_State *L)
{
	static const char *const libs[] = { "string", "table", "math", "utf8", "coroutine" };

	sandbox_push_api(L);
	for (unsigned int i = 0; i < sizeof(libs) / sizeof(libs[0]); i++) {
		lua_getfield(L, -1, libs[i]);
		sandbox_protect(L, l_read_only);
		lua_setfield(L, -2, libs[i]);
	}
	lua_pop(L, 1);
	script_now->fixed = true;
	return 0;
}

/*
 * Skip a byte order mark, as editors of Windows write it, and then a first line
 * that begins with "#", as in "#!/usr/bin/lua".  Its newline stays, so that the
 * numbers of the lines do.
 */
static void skip_head(const char **text, size_t *size)
{
	static const char mark[] = { '\xef', '\xbb', '\xbf' };

	if (*size >= sizeof(mark) && memcmp(*text, mark, sizeof(mark)) == 0) {
		*text += sizeof(mark);
		*size -= sizeof(mark);
	}
	if (*size && **text == '#')
		while (*size && **text != '\n') {
			(*text)++;
			(*size)--;
		}
}

int sandbox_load(lua_State *L, const char *text, size_t size, const char *chunk, bool library)
{
	/* "t": a text is a program; bytes that claim to be compiled could be anything */
	int err;

	skip_head(&text, &size);
	script_now->loading = true;	/* constants of a program are keys of the compiler's tables */
	err = luaL_loadbufferx(L, text, size, chunk, "t");
	script_now->loading = false;
	if (err) {
		syntax_explain(L, text, size, chunk);
		return err;
	}
	lua_rawgetp(L, LUA_REGISTRYINDEX, library ? &key_library : &key_env);
	lua_setupvalue(L, -2, 1);
	return LUA_OK;
}

int sandbox_load_library(lua_State *L, const struct script_lib *lib)
{
	int err = luaL_loadbufferx(L, (const char *)lib->code, lib->size, lib->name, "b");

	if (err)
		return err;
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_library);
	lua_setupvalue(L, -2, 1);
	return LUA_OK;
}

static int panic(lua_State *L)
{
	(void)L;
	bug_on("a Lua error outside every protected call");
	return 0;
}

int sandbox_open(struct script *s)
{
	lua_State *L = lua_newstate(count_alloc, s);

	if (!L)
		return -ENOMEM;
	script_now = s;
	s->L = L;
	if (!s->head)
		s->head = &s->no_head;
	s->main = (struct script_thread){ .L = L, .place = IN_FILE, .what = "the lesson" };
	*(struct script_thread **)lua_getextraspace(L) = &s->main;
	lua_atpanic(L, panic);
	lua_pushcfunction(L, build);
	if (lua_pcall(L, 0, 0, 0)) {
		sandbox_close(s);
		return -ENOMEM;
	}
	sandbox_watch(L);
	return 0;
}

void sandbox_close(struct script *s)
{
	if (s->L && !image_has(s))	/* the memory of an image has nothing to be closed */
		lua_close(s->L);
	s->L = NULL;
	script_now = NULL;
}
