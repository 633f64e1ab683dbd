/*
 * lua/student.c - a student's files in an exercise: the names in their reach, and their loading.
 *
 * A file sees the kernel's calls and Lua's library, in an environment of its own.  It does not
 * see the exercise's: no cards, questions, patterns, checks, interrupts or machine events.  The
 * tables of the library are views of its own too, so a file that changes one changes nothing for
 * the checks.  It is loaded by the director before the scene, under the director's budget.
 *
 * Lives here:   the environment, loading, faults that name a student's file.
 * Never here:   where the texts come from (run/files.h), what is done with them (lib/exercise.lua).
 * Licence: MIT.
 */
#include <string.h>

#include "lua/api_where.h"
#include "lua/script_internal.h"

static const char key_student_env;

/* Calls of the kernel side that set a scene: they are the exercise's. */
static const char *const not_theirs[] = {
	"irq", "irq_line", "raise", "task", "param", "offline", "online", "freeze", "thaw", "no_new_workers", "sysrq",
	"insmod", "rmmod", "expect", "show_one_workqueue", "show_freezable_workqueues", "wq_watchdog_touch", "sysfs", NULL
};

static bool is_theirs(lua_State *L, int value, const char *name)
{
	unsigned int where = api_where_at(L, value);

	if (where && !(where & K))
		return false;
	for (const char *const *no = not_theirs; where && *no; no++)
		if (strcmp(*no, name) == 0)
			return false;
	return true;
}

static int l_not_theirs(lua_State *L)	/* (table, key): upvalue 1 is the API */
{
	const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;

	if (!name)
		return script_fail(L, "unknown name (a %s)", luaL_typename(L, 2));
	lua_pushvalue(L, 2);
	if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
		return script_fail(L, "'%s' belongs to the exercise: a student's file has the kernel's calls", name);
	return script_fail(L, "unknown name '%s'", name);
}

static int l_no_global(lua_State *L)
{
	if (lua_type(L, 2) != LUA_TSTRING)
		return script_fail(L, "a file has no globals: write `local`");
	return script_fail(L, "global '%s': write `local %s`", lua_tostring(L, 2), lua_tostring(L, 2));
}

/* Replaces the read-only view of a library's table on top by another view of the same table. */
static void own_view(lua_State *L)
{
	if (!lua_getmetatable(L, -1))
		return;
	lua_getfield(L, -1, "__index");
	lua_replace(L, -3);
	lua_pop(L, 1);
	sandbox_protect_library(L);
}

/* Pushes the environment; made at the first call, and not before the API is complete. */
static void push_env(lua_State *L)
{
	int api, own;

	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key_student_env) != LUA_TNIL)
		return;
	lua_pop(L, 1);
	sandbox_push_api(L);
	api = lua_gettop(L);
	lua_newtable(L);
	own = lua_gettop(L);
	lua_pushnil(L);
	while (lua_next(L, api)) {	/* any order: each name goes to its own place */
		const char *name = lua_tostring(L, -2);

		if (is_theirs(L, lua_gettop(L), name)) {
			if (lua_type(L, -1) == LUA_TTABLE)
				own_view(L);
			lua_setfield(L, own, name);
		} else {
			lua_pop(L, 1);
		}
	}
	lua_newtable(L);
	lua_pushvalue(L, api);
	lua_pushcclosure(L, l_not_theirs, 1);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, own);
	sandbox_protect(L, l_no_global);
	lua_remove(L, api);
	lua_pushvalue(L, -1);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &key_student_env);
}

void student_prepare(lua_State *L)
{
	push_env(L);
	lua_pop(L, 1);
}

/* ---- the files of the run --------------------------------------------------------------- */

static const struct run_files *files_of_run(void)
{
	return script_now->opts->spec->files;
}

/* core.files() -> { { name =, text =, hidden = }, ... } */
static int core_files(lua_State *L)
{
	const struct run_files *f = files_of_run();

	lua_newtable(L);
	for (size_t i = 0; f && i < f->n; i++) {
		lua_createtable(L, 0, 3);
		lua_pushstring(L, f->v[i].name);
		lua_setfield(L, -2, "name");
		lua_pushlstring(L, f->v[i].text, f->v[i].len);
		lua_setfield(L, -2, "text");
		lua_pushboolean(L, f->v[i].hidden);
		lua_setfield(L, -2, "hidden");
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static int load_file(lua_State *L)
{
	const struct run_file *f = lua_touserdata(L, 1);
	char chunk[RUN_FILE_NAME_BYTES + 1];

	snprintf(chunk, sizeof(chunk), "@%s", f->name);
	if (sandbox_load(L, f->text, f->len, chunk, false))
		return lua_error(L);
	push_env(L);
	lua_setupvalue(L, -2, 1);
	lua_call(L, 0, 1);
	return 1;
}

/* core.load(number) -> true, what the file returned | false, its fault */
static int core_load(lua_State *L)
{
	const struct run_files *f = files_of_run();
	lua_Integer i = luaL_checkinteger(L, 1);
	struct script_thread *t = script_thread_of(L);
	enum script_place before = t->place;
	int status;

	luaL_argcheck(L, f && i >= 1 && (size_t)i <= f->n, 1, "a file of the run");
	source_add_file(script_now, (unsigned int)i - 1);
	lua_settop(L, 0);
	lua_pushcfunction(L, script_traceback);
	lua_pushcfunction(L, load_file);
	lua_pushlightuserdata(L, (void *)(uintptr_t)&f->v[i - 1]);
	t->place = IN_FILE;
	script_now->loading_student = true;
	status = lua_pcall(L, 1, 1, 1);
	script_now->loading_student = false;
	t->place = before;
	if (script_now->tripped || status == LUA_ERRMEM) {
		lua_pushstring(L, sandbox_error_text(L, status));
		return lua_error(L);
	}
	lua_pushboolean(L, status == LUA_OK);
	lua_insert(L, 2);
	return 2;
}

/* In protected mode, while the exercise's file is evaluated: a grader's checks, in the author's environment. */
void student_load_hidden(lua_State *L)
{
	const struct run_files *f = files_of_run();
	char chunk[RUN_FILE_NAME_BYTES + 1];

	for (size_t i = 0; f && i < f->n; i++) {
		if (!f->v[i].hidden)
			continue;
		snprintf(chunk, sizeof(chunk), "@%s", f->v[i].name);
		if (sandbox_load(L, f->v[i].text, f->v[i].len, chunk, false))
			lua_error(L);
		lua_call(L, 0, 0);
	}
}

bool script_names_file(const char *text)
{
	const struct run_files *f = script_now->opts ? files_of_run() : NULL;

	if (strncmp(text, script_now->file, strlen(script_now->file)) == 0)
		return true;
	for (size_t i = 0; f && i < f->n; i++) {
		size_t len = strlen(f->v[i].name);

		if (strncmp(text, f->v[i].name, len) == 0 && text[len] == ':')
			return true;
	}
	return false;
}

const char *student_file(const struct script *s)
{
	const struct run_files *f = s->opts->spec->files;

	for (size_t i = 0; f && i < f->n; i++)
		if (!f->v[i].hidden)
			return f->v[i].name;
	return s->file;
}

bool student_is_at_fault(const struct script *s, const char *text, int status)
{
	const struct run_files *f = s->opts->spec->files;
	bool given = false;

	for (size_t i = 0; f && i < f->n; i++)
		given |= !f->v[i].hidden;
	return given && (s->tripped || status == LUA_ERRMEM || strncmp(text, s->file, strlen(s->file)) != 0);
}

/* ---- the run of an exercise ------------------------------------------------------------------ */

/* core.exercise() -> part, checks (bits, 0 = all), heading */
static int core_exercise(lua_State *L)
{
	const struct run_spec *spec = script_now->opts->spec;

	lua_pushinteger(L, spec->part);
	lua_pushinteger(L, (lua_Integer)spec->checks);
	lua_pushboolean(L, spec->heading);
	return 3;
}

/* core.settings() -> { { name, value }, ... }: the inputs of a form */
static int core_settings(lua_State *L)
{
	const struct run_inputs *in = &script_now->opts->spec->inputs;
	lua_Integer n = 0;

	lua_newtable(L);
	for (size_t i = 0; i < in->n; i++) {
		if (in->v[i].kind != INPUT_SET)
			continue;
		lua_createtable(L, 2, 0);
		lua_pushstring(L, in->v[i].id);
		lua_rawseti(L, -2, 1);
		lua_pushstring(L, in->v[i].value);
		lua_rawseti(L, -2, 2);
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}

/* core.jittered(ns) -> ns +- the jitter of the run: times of the director in a schedule of an exercise's checks */
static int core_jittered(lua_State *L)
{
	lua_Integer ns = luaL_checkinteger(L, 1);

	lua_pushinteger(L, script_now->machine_on && ns > 0 ? (lua_Integer)machine_jittered((uint64_t)ns) : ns);
	return 1;
}

/* core.runs_max(n): the run ends when an item has run more often */
static int core_runs_max(lua_State *L)
{
	script_now->runs_max = (uint64_t)luaL_checkinteger(L, 1);
	return 0;
}

/* core.storm() -> the sentence about it, if the run has ended so: from here on it can be judged; else nil */
static int core_storm(lua_State *L)
{
	if (!script_now->stormed)
		return 0;
	script_now->faulted = false;
	lua_pushstring(L, script_now->fault);
	return 1;
}

/* core.is_exercise(scheduler): the file declares one; inputs may have settings, of a scheduler exercise choices */
static int core_is_exercise(lua_State *L)
{
	script_now->is_exercise = true;
	script_now->is_scheduler = lua_toboolean(L, 1);
	return 0;
}

void script_count_run(struct script_item *it)
{
	struct script *s = script_now;
	char text[160];

	if (!s->runs_max || ++it->runs <= s->runs_max)
		return;
	snprintf(text, sizeof(text), "%s has run %llu times: the run ends, because it queues itself again and again", it->name,
		 (unsigned long long)it->runs - 1);
	TRACE(BUG, .kind = BUG_REQUEUE_STORM, .who = 0, .item = it->work.id, .text = text);
	s->stormed = true;
	script_fault_here(text);
}

void student_open(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "files", core_files }, { "load", core_load }, { "exercise", core_exercise }, { "settings", core_settings },
		{ "jittered", core_jittered }, { "runs_max", core_runs_max }, { "storm", core_storm },
		{ "is_exercise", core_is_exercise }, { NULL, NULL }
	};

	luaL_setfuncs(L, functions, 0);
}
