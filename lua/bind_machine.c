/*
 * lua/bind_machine.c - threads, time, interrupts and timers, as lessons use them.
 *
 * An object to which the machine keeps a pointer (a timer) lives outside Lua until the run
 * is over.  A handler, a tasklet's or timer's function gets a Lua thread of its own, because
 * it interrupts another context.
 *
 * Lives here:   task, irq and lines, burn and sleep, tasklets, timers, the log.
 * Never here:   locks (bind_lock.c), workqueues (bind_wq.c), modelled memory (bind_object.c).
 * Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "lua/script_internal.h"

/* ---- time ------------------------------------------------------------------------- */

int api_now(lua_State *L)
{
	uint64_t ns = smp_processor_id() >= 0 ? ktime_get_ns() : machine_now();

	lua_pushnumber(L, (lua_Number)ns / 1e6);
	return 1;
}

int api_burn(lua_State *L)
{
	mach_burn(check_ms(L, 1));
	return 0;
}

int api_hog(lua_State *L)
{
	mach_hog(check_ms(L, 1));
	return 0;
}

int api_compute(lua_State *L)
{
	mach_burn_own(check_ms(L, 1));
	return 0;
}

int api_sleep_ms(lua_State *L)
{
	mach_sleep_ns(check_ms(L, 1));
	return 0;
}

static unsigned int whole_arg(lua_State *L, int index, lua_Integer max)
{
	lua_Integer n = luaL_checkinteger(L, index);

	luaL_argcheck(L, n >= 0 && n <= max, index, "a whole number, 0 or more, expected");
	return (unsigned int)n;
}

int api_msleep(lua_State *L)
{
	msleep(whole_arg(L, 1, 1000000000));
	return 0;
}

int api_mdelay(lua_State *L)
{
	mdelay(whole_arg(L, 1, 100000));
	return 0;
}

int api_udelay(lua_State *L)
{
	udelay(whole_arg(L, 1, 100000000));
	return 0;
}

int api_cond_resched(lua_State *L)
{
	(void)L;
	cond_resched();
	return 0;
}

int api_jiffies(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)jiffies_now());
	return 1;
}

/* Before the machine runs HZ is not known: the lesson's table sets it. */
static void need_hz(lua_State *L)
{
	if (!script_now->machine_on)
		script_fail(L, "jiffies have no length before the lesson begins (machine = { hz = })");
}

int api_msecs_to_jiffies(lua_State *L)
{
	need_hz(L);
	lua_pushinteger(L, (lua_Integer)msecs_to_jiffies(whole_arg(L, 1, 1000000000)));
	return 1;
}

int api_jiffies_to_msecs(lua_State *L)
{
	need_hz(L);
	lua_pushinteger(L, (lua_Integer)jiffies_to_msecs(whole_arg(L, 1, 1000000000)));
	return 1;
}

/* ---- threads ------------------------------------------------------------------------ */

struct script_task {
	int fn_ref;
	uint32_t module;
	char name[THING_NAME_MAX];
};

static int run_task(void *data)
{
	struct script_task *b = data;
	struct script_thread *t;

	if (module_code_gone(b->module, b->name))
		return 0;
	t = script_enter("task", b->name, b->module);
	lua_rawgeti(t->L, LUA_REGISTRYINDEX, b->fn_ref);
	script_call(t, 0, 0);
	script_leave(t);
	return 0;
}

static lua_Integer option(lua_State *L, int index, const char *name, lua_Integer lo, lua_Integer hi)
{
	lua_Integer v = 0;
	int ok;

	if (lua_getfield(L, index, name) != LUA_TNIL) {
		v = lua_tointegerx(L, -1, &ok);
		if (!ok || v < lo || v > hi)
			script_fail(L, "%s is a whole number from %d to %d", name, (int)lo, (int)hi);
	}
	lua_pop(L, 1);
	return v;
}

int api_task(lua_State *L)
{
	struct mach_task_opts opts = { .cpu = check_cpu(L, 1, true) };
	const char *name = thing_check_name(L, 2);
	struct script_task *b;
	struct task *task;

	luaL_checktype(L, 3, LUA_TFUNCTION);
	if (!lua_isnoneornil(L, 4)) {
		static const char *const options[] = { "nice", "fifo", NULL };

		luaL_checktype(L, 4, LUA_TTABLE);
		script_check_keys(L, 4, "task has no option", options);
		opts.nice = (int)option(L, 4, "nice", -20, 19);
		opts.rt_prio = (int)option(L, 4, "fifo", 1, 99);
	}
	b = script_keep(L, sizeof(*b));
	b->module = script_thread_of(L)->module;
	snprintf(b->name, sizeof(b->name), "%s", name);
	lua_pushvalue(L, 3);
	b->fn_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	task = machine_task(name, run_task, b, &opts);
	if (!task || IS_ERR(task))
		return script_fail(L, "no thread for task '%s': this machine has too many", name);
	thing_push(L, THING_TASK, task_id(task), name, b);
	thing_declare(L, -1);
	return 1;
}

int api_smp_processor_id(lua_State *L)
{
	lua_pushinteger(L, smp_processor_id());
	return 1;
}

int api_current_comm(lua_State *L)
{
	lua_pushstring(L, task_comm(current));
	return 1;
}

#define YES_NO(name)                              \
	int api_##name(lua_State *L)              \
	{                                         \
		lua_pushboolean(L, name());       \
		return 1;                         \
	}
YES_NO(in_hardirq)
YES_NO(in_softirq)
YES_NO(in_task)
YES_NO(in_atomic)

int api_preempt_disable(lua_State *L)
{
	script_thread_of(L)->preempt_off++;
	preempt_disable();
	return 0;
}

int api_preempt_enable(lua_State *L)
{
	struct script_thread *t = script_thread_of(L);

	if (!t->preempt_off)
		return script_fail(L, "preempt_enable() without preempt_disable() in %s", t->what);
	t->preempt_off--;
	preempt_enable();
	return 0;
}

/* printk("text") as it is; printk(format, ...) formatted. */
int api_printk(lua_State *L)
{
	const char *text;

	if (lua_gettop(L) > 1) {
		sandbox_push_api(L);
		lua_getfield(L, -1, "string");
		lua_getfield(L, -1, "format");
		lua_insert(L, 1);
		lua_pop(L, 2);
		lua_call(L, lua_gettop(L) - 1, 1);
	}
	text = luaL_checkstring(L, 1);
	printk(6, "%s", text);
	return 0;
}

/* ---- interrupts ------------------------------------------------------------------------ */

/* A handler of a line: a driver's request, or the function of irq(). */
struct script_action {
	struct script_action *next;	/* of its line */
	int fn_ref, thread_ref, dev_ref;	/* registry; thread: LUA_NOREF = none */
	uint32_t module;
	bool waiting;			/* irq(): raised, not yet handled */
	char name[THING_NAME_MAX];
};

struct script_line {			/* body of THING_LINE */
	struct irq_line *line;
	struct script_action *actions;
	int self_ref;
	bool of_irq;			/* made by irq(), not by irq_line() */
	struct script_line *next;	/* all of the run, newest first */
	char name[THING_NAME_MAX];
};

/* The line's userdata is found by the machine's pointer. */
static struct script_line *line_of(struct irq_line *line)
{
	struct script_line *l = script_now->lines;

	while (l && l->line != line)
		l = l->next;
	return l;
}

struct irq_line *line_of_body(const void *body)
{
	return ((const struct script_line *)body)->line;
}

int line_handler_ref(const void *body)
{
	const struct script_line *l = body;

	return l->actions ? l->actions->fn_ref : LUA_NOREF;
}

static enum irq_return call_handler(struct irq_line *line, struct script_action *a, int ref, const char *kind)
{
	struct script_line *l = line_of(line);
	enum irq_return ret = IRQ_HANDLED;
	struct script_thread *t;

	script_now->irqs_waiting -= a->waiting;
	a->waiting = false;
	if (module_code_gone(a->module, a->name))
		return IRQ_HANDLED;
	t = script_enter(kind, a->name, a->module);
	lua_rawgeti(t->L, LUA_REGISTRYINDEX, ref);
	lua_rawgeti(t->L, LUA_REGISTRYINDEX, l->self_ref);
	lua_rawgeti(t->L, LUA_REGISTRYINDEX, a->dev_ref);
	script_call(t, 2, 1);
	if (lua_isinteger(t->L, -1) && lua_tointeger(t->L, -1) >= IRQ_NONE &&
	    lua_tointeger(t->L, -1) <= IRQ_WAKE_THREAD)
		ret = (enum irq_return)lua_tointeger(t->L, -1);
	script_leave(t);
	return ret;
}

static enum irq_return run_handler(struct irq_line *line, void *dev)
{
	struct script_action *a = dev;

	return call_handler(line, a, a->fn_ref, "interrupt handler");
}

static enum irq_return run_irq_thread(struct irq_line *line, void *dev)
{
	struct script_action *a = dev;

	return call_handler(line, a, a->thread_ref, "interrupt thread");
}

static struct script_line *make_line(lua_State *L, int cpu, const char *name)
{
	struct script_line *l = script_keep(L, sizeof(*l));

	snprintf(l->name, sizeof(l->name), "%s", name);
	l->line = irq_line_new(cpu, l->name);
	if (!l->line)
		script_fail(L, "no interrupt line '%s': too many", name);
	l->next = script_now->lines;
	script_now->lines = l;
	thing_push(L, THING_LINE, irq_line_id(l->line), name, l);
	lua_pushvalue(L, -1);
	l->self_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	return l;
}

/* @dev, @thread: stack indices, 0 = none. */
static struct script_action *make_action(lua_State *L, struct script_line *l, int fn, int thread, int dev, const char *name)
{
	struct script_action *a = script_keep(L, sizeof(*a));

	snprintf(a->name, sizeof(a->name), "%s", name);
	a->module = script_thread_of(L)->module;
	lua_pushvalue(L, fn);
	a->fn_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	a->thread_ref = LUA_NOREF;
	if (thread) {
		lua_pushvalue(L, thread);
		a->thread_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	}
	if (dev)
		lua_pushvalue(L, dev);
	else
		lua_pushnil(L);
	a->dev_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	a->next = l->actions;
	l->actions = a;
	return a;
}

int api_irq_line(lua_State *L)
{
	int cpu = check_cpu(L, 1, false);
	const char *name = thing_check_name(L, 2);
	struct script_line *l;

	if (!lua_isnoneornil(L, 3))
		luaL_checktype(L, 3, LUA_TFUNCTION);
	if (thing_declared(L, THING_LINE, name))
		return script_fail(L, "there is an interrupt line '%s' already", name);
	l = make_line(L, cpu, name);
	thing_declare(L, -1);
	if (lua_isfunction(L, 3))
		request_irq(l->line, run_handler, 0, l->name, make_action(L, l, 3, 0, 0, name));
	return 1;
}

/*
 * One interrupt with its own function.  Interrupts of the same name share a
 * line, so that the one fired by hand finds the last function; one that is still
 * waiting has its line for itself: two irq() are two interrupts.
 */
int api_irq(lua_State *L)
{
	int cpu = check_cpu(L, 1, false);
	const char *name = thing_check_name(L, 2);
	struct script_line *l, *found = NULL;
	struct script_action *a;

	luaL_checktype(L, 3, LUA_TFUNCTION);
	/* newest first: the oldest free one wins; a burst of irq() keeps all of them waiting, and looks at none */
	for (l = script_now->irqs_waiting < script_now->irq_lines ? script_now->lines : NULL; l; l = l->next)
		if (strcmp(l->name, name) == 0 && l->actions && l->of_irq && !l->actions->waiting)
			found = l;
	if (found) {
		a = found->actions;
		luaL_unref(L, LUA_REGISTRYINDEX, a->fn_ref);
		lua_pushvalue(L, 3);
		a->fn_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	} else {
		bool first = !thing_declared(L, THING_LINE, name);

		found = make_line(L, cpu, name);
		found->of_irq = true;
		script_now->irq_lines++;
		if (first)
			thing_declare(L, -1);
		a = make_action(L, found, 3, 0, 0, name);
		request_irq(found->line, run_handler, 0, found->name, a);
	}
	a->waiting = true;
	script_now->irqs_waiting++;
	irq_raise(found->line, cpu);
	return 0;
}

int api_raise(lua_State *L)
{
	struct script_line *l = thing_check(L, 1, THING_LINE)->body;

	irq_raise(l->line, lua_isnoneornil(L, 2) ? -1 : check_cpu(L, 2, false));
	return 0;
}

static int do_request(lua_State *L, bool threaded)
{
	struct script_line *l = thing_check(L, 1, THING_LINE)->body;
	int at = threaded ? 4 : 3, err;
	unsigned int flags = (unsigned int)luaL_optinteger(L, at, 0);
	const char *name = lua_isnoneornil(L, at + 1) ? l->name : thing_check_name(L, at + 1);
	struct script_action *a;

	luaL_checktype(L, 2, LUA_TFUNCTION);
	if (threaded)
		luaL_checktype(L, 3, LUA_TFUNCTION);
	lua_settop(L, at + 2);
	a = make_action(L, l, 2, threaded ? 3 : 0, at + 2, name);
	if (threaded)
		err = request_threaded_irq(l->line, run_handler, run_irq_thread, flags, a->name, a);
	else
		err = request_irq(l->line, run_handler, flags, a->name, a);
	if (err)
		l->actions = a->next;	/* no interrupt calls it */
	lua_pushinteger(L, err);
	return 1;
}

int api_request_irq(lua_State *L)
{
	return do_request(L, false);
}

int api_request_threaded_irq(lua_State *L)
{
	return do_request(L, true);
}

int api_free_irq(lua_State *L)
{
	struct script_line *l = thing_check(L, 1, THING_LINE)->body;
	struct script_action **p = &l->actions, *a;

	lua_settop(L, 2);
	for (; *p; p = &(*p)->next) {
		lua_rawgeti(L, LUA_REGISTRYINDEX, (*p)->dev_ref);
		if (lua_rawequal(L, -1, 2))
			break;
		lua_pop(L, 1);
	}
	if (!*p)
		return script_fail(L, "free_irq: line '%s' has no handler for that device", l->name);
	a = *p;
	*p = a->next;
	free_irq(l->line, a);
	return 0;
}

/* ---- tasklets, timers ------------------------------------------------------------------------ */

struct script_bh {			/* body of THING_TASKLET and THING_TIMER */
	union {
		struct tasklet_struct tasklet;
		struct timer_list timer;
	};
	int fn_ref, self_ref;
	uint32_t module;
	char name[THING_NAME_MAX];
};

static void call_bh(struct script_bh *b, const char *kind)
{
	struct script_thread *t;

	if (module_code_gone(b->module, b->name))
		return;
	t = script_enter(kind, b->name, b->module);
	lua_rawgeti(t->L, LUA_REGISTRYINDEX, b->fn_ref);
	lua_rawgeti(t->L, LUA_REGISTRYINDEX, b->self_ref);
	script_call(t, 1, 0);
	script_leave(t);
}

static void run_tasklet(struct tasklet_struct *t)
{
	call_bh(container_of(t, struct script_bh, tasklet), "tasklet");
}

static void run_timer(struct timer_list *t)
{
	call_bh(container_of(t, struct script_bh, timer), "timer");
}

static struct script_bh *make_bh(lua_State *L, enum thing_kind kind)
{
	const char *name = thing_check_name(L, 1);
	struct script_bh *b;

	luaL_checktype(L, 2, LUA_TFUNCTION);
	b = script_keep(L, sizeof(*b));
	b->module = script_thread_of(L)->module;
	snprintf(b->name, sizeof(b->name), "%s", name);
	lua_pushvalue(L, 2);
	b->fn_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	thing_push(L, kind, 0, name, b);
	lua_pushvalue(L, -1);
	b->self_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	return b;
}

static struct script_bh *bh_arg(lua_State *L, enum thing_kind kind)
{
	return thing_check(L, 1, kind)->body;
}

int api_tasklet(lua_State *L)
{
	tasklet_setup(&make_bh(L, THING_TASKLET)->tasklet, run_tasklet);
	return 1;
}

int api_tasklet_schedule(lua_State *L)
{
	tasklet_schedule(&bh_arg(L, THING_TASKLET)->tasklet);
	return 0;
}

int api_tasklet_hi_schedule(lua_State *L)
{
	tasklet_hi_schedule(&bh_arg(L, THING_TASKLET)->tasklet);
	return 0;
}

int api_tasklet_kill(lua_State *L)
{
	tasklet_kill(&bh_arg(L, THING_TASKLET)->tasklet);
	return 0;
}

/* A vector's function has no argument, so each of them has a function of its own here. */
static struct script_bh vectors[SOFTIRQ_NR];

static void run_vector(enum softirq_vec vec)
{
	call_bh(&vectors[vec], "softirq");
}
#define VECTOR(NAME)                                              \
	static void run_##NAME(void)                              \
	{                                                         \
		run_vector(NAME);                                 \
	}
VECTOR(NET_TX_SOFTIRQ)
VECTOR(NET_RX_SOFTIRQ)
VECTOR(BLOCK_SOFTIRQ)
VECTOR(IRQ_POLL_SOFTIRQ)

/* The machine uses the other vectors. */
static void (*const vector_fns[SOFTIRQ_NR])(void) = {
	[NET_TX_SOFTIRQ] = run_NET_TX_SOFTIRQ, [NET_RX_SOFTIRQ] = run_NET_RX_SOFTIRQ,
	[BLOCK_SOFTIRQ] = run_BLOCK_SOFTIRQ, [IRQ_POLL_SOFTIRQ] = run_IRQ_POLL_SOFTIRQ,
};

static enum softirq_vec vector_arg(lua_State *L)
{
	lua_Integer vec = luaL_checkinteger(L, 1);

	luaL_argcheck(L, vec >= 0 && vec < SOFTIRQ_NR && vector_fns[vec], 1,
		      "NET_TX_SOFTIRQ, NET_RX_SOFTIRQ, BLOCK_SOFTIRQ or IRQ_POLL_SOFTIRQ expected");
	return (enum softirq_vec)vec;
}

int api_open_softirq(lua_State *L)
{
	enum softirq_vec vec = vector_arg(L);
	struct script_bh *b = &vectors[vec];

	luaL_checktype(L, 2, LUA_TFUNCTION);
	memset(b, 0, sizeof(*b));
	snprintf(b->name, sizeof(b->name), "softirq %d", vec);
	b->module = script_thread_of(L)->module;
	lua_pushvalue(L, 2);
	b->fn_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	b->self_ref = LUA_REFNIL;
	open_softirq(vec, vector_fns[vec]);
	return 0;
}

int api_raise_softirq(lua_State *L)
{
	raise_softirq(vector_arg(L));
	return 0;
}

int api_timer(lua_State *L)
{
	timer_setup(&make_bh(L, THING_TIMER)->timer, run_timer, 0);
	return 1;
}

int api_mod_timer(lua_State *L)
{
	struct script_bh *b = bh_arg(L, THING_TIMER);
	lua_Integer expires = luaL_checkinteger(L, 2);

	luaL_argcheck(L, expires >= 0, 2, "a time in jiffies expected: jiffies() + n");
	lua_pushboolean(L, mod_timer(&b->timer, (unsigned long)expires));
	return 1;
}

int api_timer_delete(lua_State *L)
{
	lua_pushboolean(L, timer_delete(&bh_arg(L, THING_TIMER)->timer));
	return 1;
}

int api_timer_delete_sync(lua_State *L)
{
	lua_pushboolean(L, timer_delete_sync(&bh_arg(L, THING_TIMER)->timer));
	return 1;
}

int api_timer_pending(lua_State *L)
{
	lua_pushboolean(L, timer_pending(&bh_arg(L, THING_TIMER)->timer));
	return 1;
}

/* ---- changes of the machine --------------------------------------------------------------------- */

int api_offline(lua_State *L)
{
	int cpu = check_cpu(L, 1, false), err = cpu_down(cpu);

	if (err == -EBUSY)
		return script_fail(L, "offline(%d): it is the last CPU", cpu);
	if (err && err != -EWOULDBLOCK)		/* atomic context: reported */
		return script_fail(L, "offline(%d): that CPU is not on-line, or cannot go", cpu);
	return 0;
}

int api_online(lua_State *L)
{
	int cpu = check_cpu(L, 1, false), err = cpu_up(cpu);

	if (err && err != -EWOULDBLOCK)
		return script_fail(L, "online(%d): that CPU is on-line already", cpu);
	return 0;
}

int api_freeze(lua_State *L)
{
	lua_pushboolean(L, workqueue_freeze(FREEZE_TIMEOUT_MS) == 0);
	return 1;
}

int api_thaw(lua_State *L)
{
	(void)L;
	thaw_workqueues();
	return 0;
}

int api_no_new_workers(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TBOOLEAN);
	mach_stall_creation(lua_toboolean(L, 1));
	return 0;
}

int api_param(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	long value = lua_isboolean(L, 2) ? lua_toboolean(L, 2) : (long)luaL_checkinteger(L, 2);

	switch (workqueue_param(name, value)) {
	case 0:
	case -ENOMEM:		/* pools and workers could not be made: nothing has changed */
		return 0;
	case -ENOENT:
		return script_fail(L, "param: the workqueue code has no parameter '%s'", name);
	case -EACCES:
		return script_fail(L, "param: '%s' can only be set at boot (machine = { boot = { %s = ... } })", name, name);
	default:
		return script_fail(L, "param: %ld is not a value of '%s'", value, name);
	}
}

int api_sysrq(lua_State *L)
{
	if (strcmp(luaL_checkstring(L, 1), "t"))
		return script_fail(L, "sysrq: only \"t\" (list what workqueues do)");
	show_all_workqueues();
	return 0;
}
