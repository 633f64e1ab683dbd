/*
 * lua/bind_object.c - modelled memory and modules, which a lesson can free or unload too early.
 *
 * An object's fields live in a Lua table.  Each use emits an event and is checked: a
 * use after free is reported as the kernel's checker would report it.  The run then
 * continues with the old contents, as it may on a real machine.
 * A work item stored in a field is embedded: it is freed with its object.
 *
 * Lives here:   object, kfree, shared, container_of, insmod, rmmod and their bugs.
 * Never here:   what the engine does with an item (bind_wq.c).
 * Rules:        R1.3, R2.12, R8.8.   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "lua/script_internal.h"

static const char key_meta;

struct script_obj {			/* body of THING_OBJ */
	struct script_obj *next;	/* all of the run */
	uint32_t id, module;
	bool freed;
	uint64_t freed_ev, freed_at;
	int self_ref;
	char name[THING_NAME_MAX], freed_by[64];
	bool shared;			/* a shared variable: its only field is value */
};

struct script_module {			/* body of THING_MODULE */
	struct script_module *next;
	uint32_t id, dev;		/* id of its own kind, from 1; its device object */
	bool unloading, unloaded;
	uint64_t unloaded_ev;
	int dev_ref, remove_ref;
	char name[THING_NAME_MAX];
};

static struct script_obj *obj_by_id(uint32_t id)
{
	struct script_obj *o = script_now->objs;

	while (o && o->id != id)
		o = o->next;
	return o;
}

static uint32_t me(void)
{
	return smp_processor_id() >= 0 ? task_id(current) : 0;
}

uint32_t object_of_item(uint32_t item)
{
	for (struct script_item *it = script_now->items; it; it = it->next)
		if (it->work.id == item)
			return it->owner;
	return 0;
}

uint32_t object_of_module(const struct thing *t)
{
	return ((const struct script_module *)t->body)->dev;
}

/* ---- reports -------------------------------------------------------------------------- */

void script_report(enum trace_bug kind, uint32_t object, uint32_t item, uint64_t ref, const char *text)
{
	TRACE(BUG, .kind = kind, .who = me(), .object = object, .item = item, .ref = ref, .text = text);
	if (smp_processor_id() >= 0)
		printk(0, "%s", text);
}

void object_report_use(lua_State *L, uint32_t object, uint32_t item, const char *what)
{
	struct script_obj *o = obj_by_id(object);
	char where[160], text[512];

	script_where(L, where, sizeof(where));
	snprintf(text, sizeof(text), "BUG: KASAN: use-after-free: %s%s%s at %s%s freed it at %s",
		 o ? o->name : "?", what[0] ? "." : "", what, where, o ? o->freed_by : "?",
		 time_text_ms(o ? o->freed_at : 0).text);
	script_report(BUG_USE_AFTER_FREE, object, item, o ? o->freed_ev : 0, text);
}

bool module_code_gone(uint32_t module, const char *func_name)
{
	struct script_module *m = script_now->modules;
	char text[256];

	while (m && m->id != module)
		m = m->next;
	if (!module || !m || !m->unloaded)
		return false;
	snprintf(text, sizeof(text), "BUG: unable to handle page fault: %s() of module %s was unloaded", func_name, m->name);
	script_report(BUG_UNLOADED_CODE, 0, 0, m->unloaded_ev, text);
	return true;
}

/* ---- fields ------------------------------------------------------------------------------ */

static struct script_obj *obj_arg(lua_State *L, int index)
{
	return thing_check(L, index, THING_OBJ)->body;
}

static struct script_obj *used(lua_State *L, bool write)
{
	struct script_obj *o = obj_arg(L, 1);
	const char *field = luaL_checkstring(L, 2);

	if (o->shared && strcmp(field, "value"))
		script_fail(L, "shared variable '%s' has .value, no field '%s'", o->name, field);
	if (!script_now->judging && script_thread_of(L)->place == IN_KERNEL) {
		if (unlikely(script_now->pick))
			pick_before_access(L, field);
		sync_point();
		TRACE(ACCESS, .object = o->id, .write = write, .field = field);
		if (o->freed)
			object_report_use(L, o->id, 0, field);
	}
	return o;
}

static int l_object_index(lua_State *L)
{
	used(L, false);
	lua_getiuservalue(L, 1, 1);
	lua_pushvalue(L, 2);
	lua_rawget(L, -2);
	return 1;
}

static int l_object_newindex(lua_State *L)
{
	struct script_obj *o = used(L, true);
	struct thing *t = thing_test(L, 3);

	if (t && t->kind == THING_ITEM && t->body) {
		struct script_item *it = t->body;

		if (!it->owner)
			it->owner = o->id;	/* embedded: it shares the object's life */
	}
	lua_getiuservalue(L, 1, 1);
	lua_pushvalue(L, 2);
	lua_pushvalue(L, 3);
	lua_rawset(L, -3);
	return 0;
}

void objects_open(lua_State *L)
{
	lua_newtable(L);
	thing_mark(L);
	lua_pushcfunction(L, l_object_index);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, l_object_newindex);
	lua_setfield(L, -2, "__newindex");
	lua_rawsetp(L, LUA_REGISTRYINDEX, &key_meta);
}

/* Pushes a new object, whose fields are the table at @fields (0 = none). */
static struct script_obj *make_object(lua_State *L, const char *name, int fields)
{
	struct script_obj *o = script_keep(L, sizeof(*o));

	snprintf(o->name, sizeof(o->name), "%s", name);
	o->module = script_thread_of(L)->module;
	o->id = mach_new_id(CLS_OBJ);
	trace_def(CLS_OBJ, o->id, 0, 0, o->name);
	thing_push(L, THING_OBJ, o->id, name, o);
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_meta);
	lua_setmetatable(L, -2);
	lua_newtable(L);
	lua_setiuservalue(L, -2, 1);
	lua_pushvalue(L, -1);
	o->self_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	o->next = script_now->objs;
	script_now->objs = o;
	TRACE(ALLOC, .object = o->id);
	charge(COST_ALLOC);
	thing_declare(L, -1);
	if (fields) {
		int self = lua_gettop(L);

		lua_pushnil(L);
		while (lua_next(L, fields)) {	/* any order: each field goes to its own place */
			struct thing *t = thing_test(L, -1);

			luaL_argcheck(L, lua_type(L, -2) == LUA_TSTRING, fields, "fields have names");
			if (t && t->kind == THING_ITEM && t->body && !((struct script_item *)t->body)->owner)
				((struct script_item *)t->body)->owner = o->id;
			lua_getiuservalue(L, self, 1);
			lua_pushvalue(L, -3);
			lua_pushvalue(L, -3);
			lua_rawset(L, -3);
			lua_pop(L, 2);
		}
	}
	return o;
}

int api_object(lua_State *L)
{
	const char *name = thing_check_name(L, 1);

	if (!lua_isnoneornil(L, 2))
		luaL_checktype(L, 2, LUA_TTABLE);
	make_object(L, name, lua_isnoneornil(L, 2) ? 0 : 2);
	return 1;
}

int api_shared(lua_State *L)
{
	make_object(L, thing_check_name(L, 1), 0)->shared = true;
	lua_getiuservalue(L, -1, 1);
	lua_pushvalue(L, 2);
	lua_setfield(L, -2, "value");
	lua_pop(L, 1);
	return 1;
}

int api_container_of(lua_State *L)
{
	struct thing *t = thing_test(L, 1);
	struct script_item *it;
	struct script_obj *o;

	if (t && t->kind != THING_ITEM)
		return script_fail(L, "container_of: a %s is in no object; a function that needs one gets it by a closure: function() f(dev) end",
				   thing_kind_words(t->kind));
	it = thing_check(L, 1, THING_ITEM)->body;
	o = it ? obj_by_id(it->owner) : NULL;

	if (!o)
		return script_fail(L, "container_of: this item is in no object (store it in a field: o.%s = ...)",
				   it ? it->name : "w");
	lua_rawgeti(L, LUA_REGISTRYINDEX, o->self_ref);
	return 1;
}

/* True: it has been reported. */
static bool freed_before(const struct script_obj *o)
{
	char text[160];

	if (!o->freed)
		return false;
	snprintf(text, sizeof(text), "BUG: KASAN: double-free: %s", o->name);
	script_report(BUG_DOUBLE_FREE, o->id, 0, o->freed_ev, text);
	return true;
}

/*
 * Other CPUs may run during charge() and during a report.  .freed is therefore set together with the event: a report of
 * a use names the event that freed the memory.
 */
int api_kfree(lua_State *L)
{
	struct script_obj *o = obj_arg(L, 1);
	struct script_item *it;

	if (freed_before(o))
		return 0;
	charge(COST_ALLOC);
	for (it = script_now->items; it; it = it->next)
		if (it->owner == o->id && !it->freed)
			work_debug_free(&it->work);	/* reports what is pending or armed */
	sync_point();		/* CPUs whose time is earlier act now, not inside TRACE() */
	if (freed_before(o))
		return 0;
	o->freed = true;
	snprintf(o->freed_by, sizeof(o->freed_by), "%s", smp_processor_id() >= 0 ? task_comm(current) : "the lesson");
	for (it = script_now->items; it; it = it->next)
		it->freed |= it->owner == o->id;
	o->freed_at = ktime_get_ns();
	o->freed_ev = TRACE(FREE, .object = o->id);
	return 0;
}

/* ---- modules --------------------------------------------------------------------------------- */

/* The driver's function as field @name, or an error. */
static void driver_function(lua_State *L, int driver, const char *name, bool needed)
{
	if (lua_getfield(L, driver, name) == LUA_TNIL && !needed)
		return;
	if (!lua_isfunction(L, -1))
		script_fail(L, "insmod: the driver has no function '%s'", name);
}

int api_insmod(lua_State *L)
{
	const char *name = thing_check_name(L, 1), *object;
	struct script_thread *t = script_thread_of(L);
	uint32_t before = t->module;
	struct script_module *m;
	struct script_obj *o;

	luaL_checktype(L, 2, LUA_TTABLE);
	if (lua_isnoneornil(L, 3)) {
		lua_settop(L, 2);
		lua_newtable(L);
	}
	m = script_keep(L, sizeof(*m));
	snprintf(m->name, sizeof(m->name), "%s", name);
	m->id = script_now->modules ? script_now->modules->id + 1 : 1;
	driver_function(L, 2, "remove", true);
	m->remove_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	lua_getfield(L, 2, "object");
	object = lua_isnil(L, -1) ? name : thing_check_name(L, lua_gettop(L));
	t->module = m->id;
	o = make_object(L, object, 0);
	m->dev = o->id;
	m->dev_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	m->next = script_now->modules;
	script_now->modules = m;
	driver_function(L, 2, "probe", true);
	lua_rawgeti(L, LUA_REGISTRYINDEX, m->dev_ref);
	lua_pushvalue(L, 3);
	api_call_named(L, "probe", 2);	/* an error in it ends the run: nothing to undo */
	t->module = before;
	thing_push(L, THING_MODULE, 0, name, m);
	thing_declare(L, -1);
	return 1;
}

/* Reports memory that the module did not free, and functions of it that still run. */
static void look_for_leftovers(struct script_module *m)
{
	char text[256];

	for (struct script_obj *o = script_now->objs; o; o = o->next) {
		if (o->module != m->id || o->freed)
			continue;
		snprintf(text, sizeof(text), "BUG: module %s was unloaded and never freed %s", m->name, o->name);
		script_report(BUG_LEAK, o->id, 0, m->unloaded_ev, text);
	}
	for (struct script_item *it = script_now->items; it; it = it->next) {
		if (it->module != m->id || !it->running)
			continue;
		snprintf(text, sizeof(text), "BUG: unable to handle page fault: %s() of module %s still runs, its code is gone",
			 it->func_name, m->name);
		script_report(BUG_UNLOADED_CODE, it->owner, it->work.id, m->unloaded_ev, text);
	}
}

int api_rmmod(lua_State *L)
{
	struct script_module *m = thing_check(L, 1, THING_MODULE)->body;
	struct script_thread *t = script_thread_of(L);
	uint32_t before = t->module;

	if (m->unloading)
		return script_fail(L, "rmmod: module '%s' is unloaded already", m->name);
	m->unloading = true;
	t->module = m->id;
	lua_rawgeti(L, LUA_REGISTRYINDEX, m->remove_ref);
	lua_rawgeti(L, LUA_REGISTRYINDEX, m->dev_ref);
	api_call_named(L, "remove", 1);
	t->module = before;
	m->unloaded = true;
	printk(6, "%s: unloaded", m->name);
	look_for_leftovers(m);
	return 0;
}
