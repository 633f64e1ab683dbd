/*
 * lua/bind_wq.c - the kernel's workqueue calls, as lessons make them.
 *
 * All Lua work functions share one C trampoline.  The engine distinguishes them by
 * tag, a number that each Lua function gets at its first use.  Arguments are checked
 * before the engine is called, so no error is raised with one of its locks held.
 *
 * Lives here:   work items, workqueues, queueing, waiting, cancelling; constants.
 * Never here:   threads, time, interrupts (bind_machine.c), memory (bind_object.c).
 * Rules:        section 15 of the specification.   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "lua/script_internal.h"

static const char key_tags, key_names;

/* ---- items ------------------------------------------------------------------------ */

static void run_item(struct work_struct *w)
{
	struct script_item *it = container_of(w, struct script_item, work);
	struct script_thread *t;

	if (module_code_gone(it->module, it->func_name))
		return;
	t = script_enter("work function", it->func_name, it->module);
	lua_rawgeti(t->L, LUA_REGISTRYINDEX, it->fn_ref);
	lua_rawgeti(t->L, LUA_REGISTRYINDEX, it->self_ref);
	script_count_run(it);
	t->item = it;
	if (unlikely(script_now->pick))
		pick_before_item(t, it);
	it->running++;
	script_call(t, 1, 0);
	it->running--;
	script_leave(t);
}

/* The tag of a Lua function; each function has one. */
static uintptr_t function_tag(lua_State *L, int index)
{
	lua_Integer tag;

	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key_tags) != LUA_TTABLE) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushvalue(L, -1);
		lua_rawsetp(L, LUA_REGISTRYINDEX, &key_tags);
	}
	lua_pushvalue(L, index);
	if (lua_rawget(L, -2) != LUA_TNUMBER) {
		lua_pop(L, 1);
		tag = (lua_Integer)lua_rawlen(L, -1) + 1;
		lua_pushvalue(L, index);
		lua_rawseti(L, -2, tag);
		lua_pushvalue(L, index);
		lua_pushinteger(L, tag);
		lua_rawset(L, -3);
		lua_pushinteger(L, tag);
	}
	tag = lua_tointeger(L, -1);
	lua_pop(L, 2);
	return (uintptr_t)tag;
}

static const char *table_name(lua_State *L, const char *field, const char *otherwise)
{
	const char *name = otherwise;

	if (lua_getfield(L, 1, field) != LUA_TNIL)
		name = thing_check_name(L, lua_gettop(L));
	return name;	/* stays on the stack */
}

/* All kinds of items begin with their work. */
static uint32_t func_of(const struct script_item *it)
{
	return it->kind == WORK_DELAYED ? it->dwork.work.func_id : it->kind == WORK_RCU ? it->rwork.work.func_id : it->work.func_id;
}

static int make_item(lua_State *L, enum work_kind kind, unsigned int timer_flags)
{
	const char *name, *func_name;
	struct script_item *it;
	struct thing *t;
	int fn = 2;

	if (lua_istable(L, 1)) {
		name = table_name(L, "name", NULL);
		luaL_argcheck(L, name, 1, "name= is missing");
		func_name = table_name(L, "func_name", name);
		lua_getfield(L, 1, "func");
		fn = lua_gettop(L);
		luaL_argcheck(L, lua_isfunction(L, fn), 1, "func= must be a function");
	} else {
		name = func_name = thing_check_name(L, 1);
		luaL_checktype(L, 2, LUA_TFUNCTION);
	}
	if (thing_declared(L, THING_ITEM, name))
		return script_fail(L, "there is a work item '%s' already: each item needs a name of its own "
				   "(work { name=, func=, func_name= } for two items of one function)", name);
	it = script_keep(L, sizeof(*it));
	it->kind = kind;
	it->module = script_thread_of(L)->module;
	snprintf(it->name, sizeof(it->name), "%s", name);
	snprintf(it->func_name, sizeof(it->func_name), "%s", func_name);
	lua_pushvalue(L, fn);
	it->fn_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	t = thing_push(L, THING_ITEM, 0, name, it);
	lua_pushvalue(L, -1);
	it->self_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	if (kind == WORK_DELAYED)
		init_delayed_work(&it->dwork, run_item, it->name, it->func_name, function_tag(L, fn), timer_flags);
	else if (kind == WORK_RCU)
		init_rcu_work(&it->rwork, run_item, it->name, it->func_name, function_tag(L, fn));
	else
		init_work(&it->work, run_item, it->name, it->func_name, function_tag(L, fn));
	source_of_work(L, fn, func_of(it));
	it->next = script_now->items;
	script_now->items = it;
	thing_id(t);
	thing_declare(L, -1);
	return 1;
}

int api_work(lua_State *L)
{
	return make_item(L, WORK_PLAIN, 0);
}

int api_delayed_work(lua_State *L)
{
	return make_item(L, WORK_DELAYED, 0);
}

int api_deferrable_work(lua_State *L)
{
	return make_item(L, WORK_DELAYED, TIMER_DEFERRABLE);
}

int api_rcu_work(lua_State *L)
{
	return make_item(L, WORK_RCU, 0);
}

/* NULL: the item's memory was freed, which has been reported. */
static struct script_item *item_arg(lua_State *L, int index)
{
	struct script_item *it = thing_check(L, index, THING_ITEM)->body;

	if (!it)
		luaL_argerror(L, index, "an item of the lesson expected");
	if (it->freed) {
		object_report_use(L, it->owner, it->work.id, it->name);
		return NULL;
	}
	return it;
}

static struct script_item *delayed_arg(lua_State *L, int index)
{
	struct thing *t = thing_check(L, index, THING_ITEM);
	struct script_item *it = item_arg(L, index);

	if (it && it->kind != WORK_DELAYED)
		luaL_argerror(L, index, lua_pushfstring(L, "'%s' has no timer: make it with delayed_work()", t->name));
	return it;
}

static struct script_item *rcu_arg(lua_State *L, int index)
{
	struct thing *t = thing_check(L, index, THING_ITEM);
	struct script_item *it = item_arg(L, index);

	if (it && it->kind != WORK_RCU)
		luaL_argerror(L, index, lua_pushfstring(L, "'%s' waits for no grace period: make it with rcu_work()", t->name));
	return it;
}

/*
 * destroy_workqueue() drains first: meanwhile the workqueue is there, and its own items may queue.  Its end is the
 * event WQ_FREE.
 */
static bool is_gone(const struct thing *t, struct script_wq *b)
{
	struct trace_store *s = &script_now->store;
	struct trace_event ev;
	struct ev_WQ_FREE e;

	if (b->destroying && !b->freed_ev)
		trace_store_poll(s);
	while (b->destroying && !b->freed_ev && b->looked < s->nr)
		if (trace_store_event(s, ++b->looked, &ev) && trace_get_WQ_FREE(&ev, &e) && e.wq == t->id)
			b->freed_ev = b->looked;
	return b->freed_ev != 0;
}

static struct script_wq *wq_body(lua_State *L, int index)
{
	struct thing *t = thing_check(L, index, THING_WQ);
	struct script_wq *b = t->body;

	if (!b)
		luaL_argerror(L, index, "a workqueue of the lesson expected");
	thing_id(t);
	if (!b->wq)
		luaL_argerror(L, index, lua_pushfstring(L, "workqueue '%s' does not exist yet", t->name));
	return b;
}

static struct workqueue_struct *wq_arg(lua_State *L, int index)
{
	struct script_wq *b = wq_body(L, index);
	struct thing *t = thing_check(L, index, THING_WQ);

	if (is_gone(t, b))
		luaL_argerror(L, index, lua_pushfstring(L, "workqueue '%s' was destroyed", t->name));
	return b->wq;
}

static void report_gone(lua_State *L, const struct thing *t, const struct script_wq *b)
{
	const char *thread = NULL;
	char where[160], text[512];
	struct trace_event ev;

	if (trace_store_event(&script_now->store, b->freed_ev, &ev))
		thread = trace_store_name(&script_now->store, CLS_TASK, ev.task);
	script_where(L, where, sizeof(where));
	snprintf(text, sizeof(text), "BUG: KASAN: use-after-free: workqueue %s at %s%s destroyed it at %s", t->name, where,
		 thread ? thread : "?", time_text_ms(ev.time).text);
	script_report(BUG_USE_AFTER_FREE, 0, 0, b->freed_ev, text);
}

/*
 * For calls that drivers make late, from a timer or an item.  NULL: a student's driver uses a workqueue that was
 * destroyed, which has been reported as the kernel would; the mistake of a lesson is a fault.
 */
static struct workqueue_struct *wq_used(lua_State *L, int index)
{
	struct script_wq *b = wq_body(L, index);
	struct thing *t = thing_check(L, index, THING_WQ);

	if (script_thread_of(L)->place != IN_KERNEL || student_file(script_now) == script_now->file || !is_gone(t, b))
		return wq_arg(L, index);
	report_gone(L, t, b);
	return NULL;
}

/* The kernel's "no CPU asked for" is a number beyond the last CPU. */
static int queue_cpu_arg(lua_State *L, int index)
{
	int cpu = check_cpu(L, index, true);

	return cpu < 0 ? WORK_CPU_UNBOUND : cpu;
}

static unsigned long jiffies_arg(lua_State *L, int index)
{
	lua_Integer j = luaL_checkinteger(L, index);

	luaL_argcheck(L, j >= 0 && j < ((lua_Integer)1 << 31), index, "a delay in jiffies expected: msecs_to_jiffies(ms)");
	return (unsigned long)j;
}

#define RETURN_BOOL(it, expr)                                  \
	do {                                                   \
		lua_pushboolean(L, (it) ? (expr) : false);     \
		return 1;                                      \
	} while (0)

int api_queue_work(lua_State *L)
{
	struct workqueue_struct *wq = wq_used(L, 1);
	struct script_item *it = item_arg(L, 2);

	RETURN_BOOL(wq && it, queue_work(wq, &it->work));
}

int api_queue_work_on(lua_State *L)
{
	int cpu = queue_cpu_arg(L, 1);
	struct workqueue_struct *wq = wq_used(L, 2);
	struct script_item *it = item_arg(L, 3);

	RETURN_BOOL(wq && it, queue_work_on(cpu, wq, &it->work));
}

int api_schedule_work(lua_State *L)
{
	struct script_item *it = item_arg(L, 1);

	RETURN_BOOL(it, schedule_work(&it->work));
}

int api_schedule_work_on(lua_State *L)
{
	int cpu = queue_cpu_arg(L, 1);
	struct script_item *it = item_arg(L, 2);

	RETURN_BOOL(it, schedule_work_on(cpu, &it->work));
}

int api_queue_delayed_work(lua_State *L)
{
	struct workqueue_struct *wq = wq_used(L, 1);
	struct script_item *it = delayed_arg(L, 2);
	unsigned long delay = jiffies_arg(L, 3);

	RETURN_BOOL(wq && it, queue_delayed_work(wq, &it->dwork, delay));
}

int api_queue_delayed_work_on(lua_State *L)
{
	int cpu = queue_cpu_arg(L, 1);
	struct workqueue_struct *wq = wq_used(L, 2);
	struct script_item *it = delayed_arg(L, 3);
	unsigned long delay = jiffies_arg(L, 4);

	RETURN_BOOL(wq && it, queue_delayed_work_on(cpu, wq, &it->dwork, delay));
}

int api_schedule_delayed_work(lua_State *L)
{
	struct script_item *it = delayed_arg(L, 1);
	unsigned long delay = jiffies_arg(L, 2);

	RETURN_BOOL(it, schedule_delayed_work(&it->dwork, delay));
}

int api_schedule_delayed_work_on(lua_State *L)
{
	int cpu = queue_cpu_arg(L, 1);
	struct script_item *it = delayed_arg(L, 2);
	unsigned long delay = jiffies_arg(L, 3);

	RETURN_BOOL(it, schedule_delayed_work_on(cpu, &it->dwork, delay));
}

int api_mod_delayed_work(lua_State *L)
{
	struct workqueue_struct *wq = wq_used(L, 1);
	struct script_item *it = delayed_arg(L, 2);
	unsigned long delay = jiffies_arg(L, 3);

	RETURN_BOOL(wq && it, mod_delayed_work(wq, &it->dwork, delay));
}

int api_mod_delayed_work_on(lua_State *L)
{
	int cpu = queue_cpu_arg(L, 1);
	struct workqueue_struct *wq = wq_used(L, 2);
	struct script_item *it = delayed_arg(L, 3);
	unsigned long delay = jiffies_arg(L, 4);

	RETURN_BOOL(wq && it, mod_delayed_work_on(cpu, wq, &it->dwork, delay));
}

int api_queue_rcu_work(lua_State *L)
{
	struct workqueue_struct *wq = wq_used(L, 1);
	struct script_item *it = rcu_arg(L, 2);

	RETURN_BOOL(wq && it, queue_rcu_work(wq, &it->rwork));
}

int api_flush_rcu_work(lua_State *L)
{
	struct script_item *it = rcu_arg(L, 1);

	RETURN_BOOL(it, flush_rcu_work(&it->rwork));
}

int api_enable_and_queue_work(lua_State *L)
{
	struct workqueue_struct *wq = wq_used(L, 1);
	struct script_item *it = item_arg(L, 2);

	RETURN_BOOL(wq && it, enable_and_queue_work(wq, &it->work));
}

/* Functions with one item as argument and a truth value as result. */
#define ITEM_CALL(name)                                           \
	int api_##name(lua_State *L)                              \
	{                                                         \
		struct script_item *it = item_arg(L, 1);          \
								  \
		RETURN_BOOL(it, name(&it->work));                 \
	}
#define DELAYED_CALL(name)                                        \
	int api_##name(lua_State *L)                              \
	{                                                         \
		struct script_item *it = delayed_arg(L, 1);       \
								  \
		RETURN_BOOL(it, name(&it->dwork));                \
	}
ITEM_CALL(flush_work)
ITEM_CALL(cancel_work)
ITEM_CALL(cancel_work_sync)
ITEM_CALL(disable_work)
ITEM_CALL(disable_work_sync)
ITEM_CALL(enable_work)
ITEM_CALL(work_pending)
DELAYED_CALL(flush_delayed_work)
DELAYED_CALL(cancel_delayed_work)
DELAYED_CALL(cancel_delayed_work_sync)
DELAYED_CALL(disable_delayed_work)
DELAYED_CALL(disable_delayed_work_sync)
DELAYED_CALL(enable_delayed_work)
DELAYED_CALL(delayed_work_pending)

int api_work_busy(lua_State *L)
{
	struct script_item *it = item_arg(L, 1);

	lua_pushinteger(L, it ? work_busy(&it->work) : 0);
	return 1;
}

int api_current_work(lua_State *L)
{
	struct work_struct *w = current_work();

	if (w && w->func == run_item)
		lua_rawgeti(L, LUA_REGISTRYINDEX, container_of(w, struct script_item, work)->self_ref);
	else
		lua_pushnil(L);
	return 1;
}

int api_queue_work_node(lua_State *L)
{
	lua_Integer node = luaL_checkinteger(L, 1);
	struct workqueue_struct *wq = wq_used(L, 2);
	struct script_item *it = item_arg(L, 3);

	luaL_argcheck(L, node >= -1 && node < CPUS_MAX, 1, "there is no such node");
	RETURN_BOOL(wq && it, queue_work_node((int)node, wq, &it->work));
}

int api_current_is_workqueue_mem_reclaim(lua_State *L)
{
	lua_pushboolean(L, current_is_workqueue_mem_reclaim());
	return 1;
}

int api_current_is_workqueue_rescuer(lua_State *L)
{
	lua_pushboolean(L, current_is_workqueue_rescuer());
	return 1;
}

int api_set_worker_desc(lua_State *L)
{
	set_worker_desc("%s", luaL_checkstring(L, 1));
	return 0;
}

/* ---- functions on other CPUs -------------------------------------------------------------- */

/* (light userdata: the engine's item) -> a thing that means it */
static int push_engine_item(lua_State *L)
{
	const struct work_struct *w = lua_touserdata(L, 1);

	thing_push(L, THING_ITEM, w->id, w->name, NULL);
	return 1;
}

/* Runs the engine's own item of a CPU.  Its tag selects the Lua function. */
static void run_on_each(struct work_struct *w)
{
	struct script_thread *t = script_enter("work function", w->func_name, 0);

	lua_rawgetp(t->L, LUA_REGISTRYINDEX, &key_tags);
	lua_rawgeti(t->L, -1, (lua_Integer)w->tag);
	lua_remove(t->L, -2);
	script_push(t, push_engine_item, w);
	script_call(t, 1, 0);
	script_leave(t);
}

/* A copy of the name at @index that lives as long as the run: one for each text. */
static const char *kept_name(lua_State *L, int index)
{
	const char *name = thing_check_name(L, index);
	char *copy;

	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key_names) != LUA_TTABLE) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushvalue(L, -1);
		lua_rawsetp(L, LUA_REGISTRYINDEX, &key_names);
	}
	if (lua_getfield(L, -1, name) != LUA_TLIGHTUSERDATA) {
		lua_pop(L, 1);
		copy = script_keep(L, strlen(name) + 1);
		memcpy(copy, name, strlen(name));
		lua_pushlightuserdata(L, copy);
		lua_pushvalue(L, -1);
		lua_setfield(L, -3, name);
	}
	name = lua_touserdata(L, -1);
	lua_pop(L, 2);
	return name;
}

int api_schedule_on_each_cpu(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TFUNCTION);
	lua_pushinteger(L, schedule_on_each_cpu_named(run_on_each,
						      lua_isnoneornil(L, 2) ? "each_cpu" : kept_name(L, 2),
						      function_tag(L, 1)));
	return 1;
}

struct call_there {			/* registry: function, argument and result of a call on another CPU */
	int fn_ref, arg_ref, ret_ref;
	bool done, nothing;		/* nothing: the result is nil */
};

static long run_there(void *arg)
{
	struct call_there *c = arg;
	struct script_thread *t = script_enter("work function", "work_on_cpu", 0);

	lua_rawgeti(t->L, LUA_REGISTRYINDEX, c->fn_ref);
	lua_rawgeti(t->L, LUA_REGISTRYINDEX, c->arg_ref);
	script_call(t, 1, 1);
	c->nothing = lua_isnil(t->L, -1);
	if (!c->nothing)
		lua_rawseti(t->L, LUA_REGISTRYINDEX, c->ret_ref);	/* the key exists: this does not allocate */
	c->done = true;
	script_leave(t);
	return 0;
}

static int call_there(lua_State *L, long (*there)(int cpu, long (*fn)(void *arg), void *arg))
{
	struct call_there c = { .done = false };
	int cpu = check_cpu(L, 1, false);
	long err;

	luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_settop(L, 3);
	c.arg_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	c.fn_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	lua_pushboolean(L, false);
	c.ret_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	err = there(cpu, run_there, &c);
	luaL_unref(L, LUA_REGISTRYINDEX, c.fn_ref);
	luaL_unref(L, LUA_REGISTRYINDEX, c.arg_ref);
	if (!c.done)
		lua_pushinteger(L, err);
	else if (c.nothing)
		lua_pushnil(L);
	else
		lua_rawgeti(L, LUA_REGISTRYINDEX, c.ret_ref);
	luaL_unref(L, LUA_REGISTRYINDEX, c.ret_ref);
	return 1;
}

int api_work_on_cpu(lua_State *L)
{
	return call_there(L, work_on_cpu);
}

int api_work_on_cpu_safe(lua_State *L)
{
	return call_there(L, work_on_cpu_safe);
}

/* As the kernel's, but the item is made beforehand: one name in the trace, however often it is used. */
int api_execute_in_process_context(lua_State *L)
{
	struct script_item *it;

	luaL_checktype(L, 1, LUA_TFUNCTION);
	it = item_arg(L, 2);
	lua_pushinteger(L, it && in_atomic());
	if (!it)
		return 1;
	lua_rawgeti(L, LUA_REGISTRYINDEX, it->fn_ref);
	luaL_argcheck(L, lua_rawequal(L, -1, 1), 2, "this item was made with another function");
	if (in_atomic()) {
		schedule_work(&it->work);
	} else {
		lua_pushvalue(L, 2);
		lua_call(L, 1, 0);
	}
	lua_settop(L, 3);
	return 1;
}

/* ---- workqueues ----------------------------------------------------------------------- */

static int push_wq(lua_State *L, struct workqueue_struct *wq, const char *name)
{
	struct script_wq *b;

	if (!wq) {
		lua_pushnil(L);
		return 1;
	}
	b = script_keep(L, sizeof(*b));
	b->wq = wq;
	b->next = script_now->wqs;
	script_now->wqs = b;
	thing_push(L, THING_WQ, workqueue_id(wq), name, b);
	thing_declare(L, -1);
	return 1;
}

static unsigned int flags_arg(lua_State *L, int index)
{
	lua_Integer flags = luaL_optinteger(L, index, 0);

	luaL_argcheck(L, flags >= 0 && flags < (1 << 15), index, "WQ_ flags expected, joined with |");
	return (unsigned int)flags;
}

int api_alloc_workqueue(lua_State *L)
{
	const char *name = thing_check_name(L, 1);
	unsigned int flags = flags_arg(L, 2);
	lua_Integer max_active = luaL_optinteger(L, 3, 0);

	luaL_argcheck(L, max_active >= -1000000 && max_active <= 1000000, 3, "max_active is out of range");
	if (script_now->world.has_flags)
		flags = script_now->world.flags;
	return push_wq(L, alloc_workqueue("%s", flags, (int)max_active, name), name);
}

int api_alloc_ordered_workqueue(lua_State *L)
{
	const char *name = thing_check_name(L, 1);
	unsigned int flags = flags_arg(L, 2);

	return push_wq(L, alloc_ordered_workqueue("%s", flags, name), name);
}

#define CREATE_CALL(name)                                         \
	int api_##name(lua_State *L)                              \
	{                                                         \
		const char *text = thing_check_name(L, 1);        \
								  \
		return push_wq(L, name(text), text);              \
	}
CREATE_CALL(create_workqueue)
CREATE_CALL(create_freezable_workqueue)
CREATE_CALL(create_singlethread_workqueue)

int api_destroy_workqueue(lua_State *L)
{
	struct workqueue_struct *wq = wq_used(L, 1);
	struct script_wq *b = wq_body(L, 1);

	luaL_argcheck(L, !b->system, 1, "the system's own workqueues stay");
	if (!wq)
		return 0;
	luaL_argcheck(L, !b->destroying, 1, "another call destroys it already");
	b->looked = script_now->store.nr;
	b->destroying = !in_atomic();	/* there the engine reports and does not destroy */
	destroy_workqueue(wq);
	return 0;
}

int api_workqueue_set_max_active(lua_State *L)
{
	struct workqueue_struct *wq = wq_arg(L, 1);
	lua_Integer n = luaL_checkinteger(L, 2);

	luaL_argcheck(L, n >= -1000000 && n <= 1000000, 2, "out of range");
	workqueue_set_max_active(wq, (int)n);
	return 0;
}

int api_workqueue_set_min_active(lua_State *L)
{
	struct workqueue_struct *wq = wq_arg(L, 1);
	lua_Integer n = luaL_checkinteger(L, 2);

	luaL_argcheck(L, n >= -1000000 && n <= 1000000, 2, "out of range");
	workqueue_set_min_active(wq, (int)n);
	return 0;
}

int api_workqueue_unbound_exclude_cpumask(lua_State *L)
{
	struct cpumask mask = { (uint64_t)luaL_checkinteger(L, 1) };

	lua_pushinteger(L, workqueue_unbound_exclude_cpumask(mask));
	return 1;
}

/* The fields of the table at 2; one that is none of them is an error. */
static void attrs_arg(lua_State *L, struct workqueue_attrs *attrs)
{
	static const char *const fields[] = { "nice", "cpumask", "affn_scope", "affn_strict", NULL };

	luaL_checktype(L, 2, LUA_TTABLE);
	script_check_keys(L, 2, "there is no attribute", fields);
	lua_pushnil(L);
	while (lua_next(L, 2)) {	/* any order: each goes to its own place */
		int scope;

		lua_pushvalue(L, -2);
		switch (luaL_checkoption(L, -1, NULL, fields)) {
		case 0:
			attrs->nice = (int)luaL_checkinteger(L, -2);
			break;
		case 1:
			attrs->cpumask.bits = (uint64_t)luaL_checkinteger(L, -2);
			break;
		case 2:
			scope = workqueue_parse_scope(luaL_checkstring(L, -2));
			luaL_argcheck(L, scope >= 0, 2, "affn_scope: no scope of that name");
			attrs->affn_scope = (enum wq_affn_scope)scope;
			break;
		default:
			attrs->affn_strict = lua_toboolean(L, -2);
		}
		lua_pop(L, 2);
	}
}

int api_apply_workqueue_attrs(lua_State *L)
{
	struct workqueue_struct *wq = wq_arg(L, 1);
	struct workqueue_attrs attrs = { .cpumask = cpu_possible_mask(), .affn_scope = WQ_AFFN_DFL };

	attrs_arg(L, &attrs);
	luaL_argcheck(L, attrs.nice >= -20 && attrs.nice <= 19, 2, "nice is between -20 and 19");
	lua_pushinteger(L, apply_workqueue_attrs(wq, &attrs));
	return 1;
}

int api_workqueue_sysfs_register(lua_State *L)
{
	lua_pushinteger(L, workqueue_sysfs_register(wq_arg(L, 1)));
	return 1;
}

int api_sysfs(lua_State *L)
{
	const char *name = lua_isnil(L, 1) ? NULL : workqueue_name(wq_arg(L, 1)), *file = luaL_checkstring(L, 2);
	char text[64];
	int ret;

	if (!lua_isnoneornil(L, 3)) {
		lua_pushinteger(L, wq_sysfs_write(name, file, luaL_checkstring(L, 3)));
		return 1;
	}
	ret = wq_sysfs_read(name, file, text, sizeof(text));
	if (ret < 0 && name)
		return script_fail(L, "sysfs: '%s' has no file '%s' in /sys (it needs WQ_SYSFS or workqueue_sysfs_register(), and some need WQ_UNBOUND)",
				   name, file);
	if (ret < 0)
		return script_fail(L, "sysfs: there is no file '%s' for all workqueues", file);
	lua_pushstring(L, text);
	return 1;
}

int api_workqueue_congested(lua_State *L)
{
	int cpu = queue_cpu_arg(L, 1);

	lua_pushboolean(L, workqueue_congested(cpu, wq_arg(L, 2)));
	return 1;
}

/* Flushes @wq, with the caller's place, "lesson.lua:12", for warnings that are printed once a place. */
static int flush_from_here(lua_State *L, struct workqueue_struct *wq)
{
	char site[80] = "?";
	lua_Debug ar;

	if (lua_getstack(L, 1, &ar) && lua_getinfo(L, "Sl", &ar))
		snprintf(site, sizeof(site), "%.*s:%d", 64, ar.short_src, ar.currentline);
	flush_workqueue_at(wq, site);
	return 0;
}

int api_flush_workqueue(lua_State *L)
{
	struct workqueue_struct *wq = wq_used(L, 1);

	return wq ? flush_from_here(L, wq) : 0;
}

int api_flush_scheduled_work(lua_State *L)
{
	return flush_from_here(L, system_percpu_wq);
}

int api_drain_workqueue(lua_State *L)
{
	struct workqueue_struct *wq = wq_used(L, 1);

	if (wq)
		drain_workqueue(wq);
	return 0;
}

int api_show_one_workqueue(lua_State *L)
{
	show_one_workqueue(wq_arg(L, 1));
	return 0;
}

int api_show_freezable_workqueues(lua_State *L)
{
	(void)L;
	show_freezable_workqueues();
	return 0;
}

int api_wq_watchdog_touch(lua_State *L)
{
	wq_watchdog_touch(check_cpu(L, 1, true));
	return 0;
}

/* ---- constants ------------------------------------------------------------------------------ */

static const struct {
	const char *name;
	lua_Integer value;
} numbers[] = {
	{ "WQ_BH", WQ_BH }, { "WQ_UNBOUND", WQ_UNBOUND }, { "WQ_FREEZABLE", WQ_FREEZABLE },
	{ "WQ_MEM_RECLAIM", WQ_MEM_RECLAIM }, { "WQ_HIGHPRI", WQ_HIGHPRI },
	{ "WQ_CPU_INTENSIVE", WQ_CPU_INTENSIVE }, { "WQ_SYSFS", WQ_SYSFS },
	{ "WQ_POWER_EFFICIENT", WQ_POWER_EFFICIENT }, { "WQ_PERCPU", WQ_PERCPU },
	{ "WORK_CPU_UNBOUND", WORK_CPU_UNBOUND }, { "IRQ_NONE", IRQ_NONE }, { "IRQ_HANDLED", IRQ_HANDLED },
	{ "IRQ_WAKE_THREAD", IRQ_WAKE_THREAD }, { "IRQF_SHARED", IRQF_SHARED }, { "IRQF_ONESHOT", IRQF_ONESHOT },
	{ "NET_TX_SOFTIRQ", NET_TX_SOFTIRQ }, { "NET_RX_SOFTIRQ", NET_RX_SOFTIRQ },
	{ "BLOCK_SOFTIRQ", BLOCK_SOFTIRQ }, { "IRQ_POLL_SOFTIRQ", IRQ_POLL_SOFTIRQ },
};
static const struct {
	const char *name, *shown;	/* the second is what dumps call it */
	struct workqueue_struct **wq;
} system_wqs[] = {
	{ "system_wq", "events", &system_wq }, { "system_percpu_wq", "events", &system_percpu_wq },
	{ "system_highpri_wq", "events_highpri", &system_highpri_wq },
	{ "system_long_wq", "events_long", &system_long_wq },
	{ "system_unbound_wq", "events_unbound", &system_unbound_wq },
	{ "system_dfl_wq", "events_unbound", &system_dfl_wq },
	{ "system_freezable_wq", "events_freezable", &system_freezable_wq },
	{ "system_power_efficient_wq", "events_power_efficient", &system_power_efficient_wq },
	{ "system_freezable_power_efficient_wq", "events_freezable_pwr_efficient",
	  &system_freezable_power_efficient_wq },
	{ "system_bh_wq", "events_bh", &system_bh_wq },
	{ "system_bh_highpri_wq", "events_bh_highpri", &system_bh_highpri_wq },
};

/* Into the table on top. */
void bind_values(lua_State *L)
{
	for (unsigned int i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		lua_pushinteger(L, numbers[i].value);
		lua_setfield(L, -2, numbers[i].name);
	}
	for (unsigned int i = 0; i < sizeof(system_wqs) / sizeof(system_wqs[0]); i++) {
		struct script_wq *b = script_keep(L, sizeof(*b));

		b->system = system_wqs[i].wq;
		thing_push(L, THING_WQ, 0, system_wqs[i].shown, b);
		lua_setfield(L, -2, system_wqs[i].name);
	}
}

/* After boot the system's own workqueues can be named in texts. */
void bind_declare_system(lua_State *L)
{
	sandbox_push_api(L);
	for (unsigned int i = 0; i < sizeof(system_wqs) / sizeof(system_wqs[0]); i++) {
		lua_getfield(L, -1, system_wqs[i].name);
		if (i != 1 && i != 5)	/* two have a twin of the same name */
			thing_declare(L, -1);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}
