/*
 * lua/you_pick.c - things that go on only when a student lets them.
 *
 * The thread of a listed task or item is set aside before each call of the kernel, and before code that
 * takes time.  With at = "accesses" it is set aside before each access to an object too, and so is a
 * worker that has been woken when a listed item is the first on its worklist (the item is still there and
 * can be cancelled), or before its function begins if the worker had not slept.  Code in atomic context is
 * never set aside.
 *
 * The machine stops for the director after each switch of threads and each interrupt, so that the
 * director sees when nothing that is listed moves any more.
 *
 * Lives here:   setting aside and letting go, what each thing can do next, its next statement.
 * Never here:   when to ask and whom (lib/you_pick.lua), the text of a list (model/choosing.h).
 * Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua/script_internal.h"
#include "model/choosing.h"

#define WOKEN_MAX 8

struct pick_thing {
	enum thing_kind kind;
	uint32_t id;			/* of the trace */
	const void *body;
	struct task *task;		/* of a thread */
	struct irq_line *line;
	struct task *held;		/* the thread that is set aside at one of its points, NULL = none */
	bool let;			/* an item: its worker was released before it took the item, and has not begun it */
	unsigned int left;		/* of a line */
	char name[THING_NAME_MAX], label[64];
	char place[96], code[160];	/* of the point at which .held stands */
};

struct script_pick {
	bool accesses;
	struct pick_thing v[CHOOSING_THINGS_MAX];
	unsigned int nr;
	struct woken {			/* workers that were set aside before they took an item */
		struct task *task;
		uint32_t pool;
	} woken[WOKEN_MAX];
	unsigned int nr_woken;
};

static const struct model *model_now(void)
{
	struct script *s = script_now;

	trace_store_poll(&s->store);
	model_replay_grow(&s->replay);
	return &s->replay.head;
}

static struct task *task_of(uint32_t id)
{
	struct task *t = NULL;

	while ((t = mach_next_task(t)) && task_id(t) != id)
		;
	return t;
}

/* ---- setting aside ------------------------------------------------------------------------ */

static struct pick_thing *listed_item(struct script_pick *p, uint32_t id)
{
	for (unsigned int i = 0; p && id && i < p->nr; i++)
		if (p->v[i].kind == THING_ITEM && p->v[i].id == id)
			return &p->v[i];
	return NULL;
}

/* The thing whose code calls the API now. */
static struct pick_thing *thing_of(const struct script_thread *t)
{
	struct script_pick *p = script_now->pick;

	for (unsigned int i = 0; i < p->nr; i++)
		if (p->v[i].kind == THING_TASK ? p->v[i].task == current : p->v[i].kind == THING_ITEM && p->v[i].body == t->item)
			return &p->v[i];
	return NULL;
}

static void hold(struct script_thread *t, struct pick_thing *thing)
{
	thing->held = current;
	sandbox_in_code(false);
	mach_hold();
	script_now->last = t->L;	/* other contexts have run meanwhile */
	sandbox_in_code(true);
}

/* Calls of ours in which time passes; others of ours, such as container_of(), are no points. */
static bool takes_time(const char *name)
{
	static const char *const those[] = { "burn", "hog", "compute", "sleep_ms" };

	for (size_t i = 0; i < sizeof(those) / sizeof(those[0]); i++)
		if (!strcmp(those[i], name))
			return true;
	return false;
}

static bool may_hold(const struct script_thread *t)
{
	return script_now->pick && t->place == IN_KERNEL && in_task() && !in_atomic();
}

void pick_before_call(lua_State *L, const char *name, bool kernel)
{
	struct script_thread *t = script_thread_of(L);
	struct pick_thing *thing = may_hold(t) && (kernel || takes_time(name)) ? thing_of(t) : NULL;

	if (!thing)
		return;
	source_here(L, name, thing->place, sizeof(thing->place), thing->code, sizeof(thing->code));
	hold(t, thing);
}

void pick_before_access(lua_State *L, const char *field)
{
	struct script_thread *t = script_thread_of(L);
	struct pick_thing *thing = script_now->pick && script_now->pick->accesses && may_hold(t) ? thing_of(t) : NULL;

	if (!thing)
		return;
	source_here(L, field, thing->place, sizeof(thing->place), thing->code, sizeof(thing->code));
	hold(t, thing);
}

static void at_start(lua_State *L, struct pick_thing *thing, const struct script_item *it)
{
	snprintf(thing->code, sizeof(thing->code), "%s(w)", it->func_name);
	source_of_function(L, it->fn_ref, thing->place, sizeof(thing->place), NULL, 0);
}

void pick_before_item(struct script_thread *t, const struct script_item *it)
{
	struct pick_thing *thing = may_hold(t) && script_now->pick->accesses ? thing_of(t) : NULL;

	if (!thing)
		return;
	if (thing->let) {
		thing->let = false;
		return;
	}
	at_start(t->L, thing, it);
	hold(t, thing);
}

/* The first item of a pool's worklist, if it is listed. */
static struct pick_thing *first_listed(const struct model *m, uint32_t pool)
{
	const struct model_pool *at = model_pool(m, pool);

	return at ? listed_item(script_now->pick, at->worklist.first) : NULL;
}

/* In the context of a worker that has been woken, before it takes its pool's lock. */
static void worker_woken(void)
{
	struct script_pick *p = script_now->pick;
	const struct model *m;
	const struct model_task *t;
	const struct model_worker *w;

	if (!p || p->nr_woken == WOKEN_MAX)
		return;
	m = model_now();
	t = model_task(m, task_id(current));
	w = t ? model_worker(m, t->worker) : NULL;
	if (!w || !first_listed(m, w->pool))
		return;
	p->woken[p->nr_woken++] = (struct woken){ current, w->pool };
	mach_hold();
}

static void release_woken(struct script_pick *p, unsigned int i)
{
	struct task *t = p->woken[i].task;

	memmove(&p->woken[i], &p->woken[i + 1], (--p->nr_woken - i) * sizeof(p->woken[0]));
	mach_release(t);
}

/* The worker that was woken for @thing, -1 = none. */
static int woken_for(const struct script_pick *p, const struct model *m, const struct pick_thing *thing)
{
	const struct model_item *it = model_item(m, thing->id);

	for (unsigned int i = 0; i < p->nr_woken && it && it->place == AT_WORKLIST; i++)
		if (p->woken[i].pool == it->where && first_listed(m, it->where) == thing)
			return (int)i;
	return -1;
}

bool pick_looks(const struct trace_event *ev)
{
	return ev->kind == EV_SCHED_SWITCH || ev->kind == EV_IRQ_EXIT || ev->kind == EV_IRQ_NOBODY;
}

/* ---- which things can go on ---------------------------------------------------------------------- */

static bool worker_runs(const struct model *m, uint32_t worker)
{
	const struct model_worker *w = model_worker(m, worker);
	struct task *t = w ? task_of(w->task) : NULL;

	return t && mach_is_runnable(t);
}

/* A worker of the pool is about to look at the worklist. */
static bool worker_comes(const struct model *m, uint32_t pool)
{
	for (uint32_t id = 1; id <= m->nr_workers; id++) {
		const struct model_worker *w = model_worker(m, id);

		if (w && w->pool == pool && (w->place == WK_IDLE || w->place == WK_BETWEEN) && worker_runs(m, id))
			return true;
	}
	return false;
}

static bool item_moves(const struct model *m, uint32_t id)
{
	const struct model_item *it = model_item(m, id);

	if (!it)
		return false;
	if (it->runner && worker_runs(m, it->runner))
		return true;
	if (it->place == AT_SCHEDULED)
		return worker_runs(m, it->where);
	return it->place == AT_WORKLIST && worker_comes(m, it->where);
}

static bool moves(const struct model *m, const struct pick_thing *thing)
{
	switch (thing->kind) {
	case THING_TASK:
		return mach_is_runnable(thing->task);
	case THING_LINE:
		return mach_irq_underway(thing->line);
	default:
		return item_moves(m, thing->id);
	}
}

static enum trace_cannot item_cannot(const struct script_pick *p, const struct model *m, const struct pick_thing *thing)
{
	const struct model_item *it = model_item(m, thing->id);

	if (thing->held || woken_for(p, m, thing) >= 0)
		return CANNOT_NOT;
	if (!it)
		return CANNOT_NOT_QUEUED;
	if (it->runner)
		return CANNOT_ASLEEP;
	if (it->place == AT_INACTIVE || it->inactive)
		return CANNOT_INACTIVE;
	if (it->place != AT_NOWHERE)
		return CANNOT_NO_WORKER;
	return it->timer_armed ? CANNOT_ARMED : CANNOT_NOT_QUEUED;
}

static enum trace_cannot cannot(const struct script_pick *p, const struct model *m, const struct pick_thing *thing)
{
	const struct model_task *t;

	switch (thing->kind) {
	case THING_TASK:
		t = model_task(m, thing->id);
		return thing->held ? CANNOT_NOT : t && t->state == MT_DEAD ? CANNOT_ENDED : CANNOT_ASLEEP;
	case THING_LINE:
		return thing->left ? CANNOT_NOT : CANNOT_USED_UP;
	default:
		return item_cannot(p, m, thing);
	}
}

/* The next statement of a thing that is at none of its points. */
static void next_statement(lua_State *L, struct pick_thing *thing)
{
	const struct script_item *it = thing->body;
	int fn;

	if (thing->held)
		return;
	thing->place[0] = thing->code[0] = '\0';
	if (thing->kind == THING_ITEM) {
		at_start(L, thing, it);
	} else if (thing->kind == THING_LINE) {
		fn = line_handler_ref(thing->body);
		if (fn != LUA_NOREF)
			source_of_function(L, fn, thing->place, sizeof(thing->place), thing->code, sizeof(thing->code));
	}
}

static void put_line(lua_State *L, struct pick_thing *thing, enum trace_cannot why)
{
	next_statement(L, thing);
	for (char *c = thing->code; *c; c++)
		if ((unsigned char)*c < ' ')
			*c = ' ';
	lua_pushfstring(L, "%d\t%s\t%s\t%s\t%s\t%s\t%d", (int)why,
			thing->kind == THING_TASK ? "t" : thing->kind == THING_LINE ? "i" : "w", thing->name, thing->label,
			thing->place, thing->code, (int)thing->left);
}

/* A worker that was woken for nothing listed goes on: the item has been cancelled, or another one is first now. */
static bool release_strays(struct script_pick *p, const struct model *m)
{
	bool any = false;

	for (unsigned int i = p->nr_woken; i--;)
		if (!first_listed(m, p->woken[i].pool)) {
			release_woken(p, i);
			any = true;
		}
	return any;
}

/* core.pick_state() -> nil: something listed moves | { name, ..., can = {}, is_line = {}, lines = {}, may_come = } */
static int core_pick_state(lua_State *L)
{
	struct script_pick *p = script_now->pick;
	const struct model *m = model_now();
	bool may_come = false;

	if (release_strays(p, m))
		return 0;
	for (unsigned int i = 0; i < p->nr; i++)
		if (moves(m, &p->v[i]))
			return 0;
	lua_newtable(L);
	lua_newtable(L);	/* can */
	lua_newtable(L);	/* is_line */
	lua_newtable(L);	/* lines */
	for (unsigned int i = 0; i < p->nr; i++) {
		struct pick_thing *thing = &p->v[i];
		enum trace_cannot why = cannot(p, m, thing);

		thing->let = false;
		may_come |= why == CANNOT_ASLEEP || why == CANNOT_ARMED || why == CANNOT_NO_WORKER || why == CANNOT_INACTIVE;
		lua_pushstring(L, thing->name);
		lua_rawseti(L, -5, (lua_Integer)i + 1);
		lua_pushboolean(L, why == CANNOT_NOT);
		lua_rawseti(L, -4, (lua_Integer)i + 1);
		lua_pushboolean(L, thing->kind == THING_LINE);
		lua_rawseti(L, -3, (lua_Integer)i + 1);
		put_line(L, thing, why);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_setfield(L, -4, "lines");
	lua_setfield(L, -3, "is_line");
	lua_setfield(L, -2, "can");
	lua_pushboolean(L, may_come);
	lua_setfield(L, -2, "may_come");
	return 1;
}

/* core.pick_go(i): the thing, which can, goes on */
static int core_pick_go(lua_State *L)
{
	struct script_pick *p = script_now->pick;
	struct pick_thing *thing = &p->v[luaL_checkinteger(L, 1) - 1];
	struct task *t = thing->held;
	int woken;

	if (thing->kind == THING_LINE) {
		thing->left--;
		irq_raise(thing->line, -1);
		return 0;
	}
	thing->held = NULL;
	if (t) {
		mach_release(t);
		return 0;
	}
	woken = woken_for(p, model_now(), thing);
	bug_on(woken < 0);	/* the library chooses among those that can */
	thing->let = true;
	release_woken(p, (unsigned int)woken);
	return 0;
}

/* ---- the beginning and the end ------------------------------------------------------------------- */

/* core.pick_kind(x) -> "task" | "item" | "line"; nothing: it cannot be listed */
static int core_pick_kind(lua_State *L)
{
	const struct thing *t = thing_test(L, 1);

	if (!t || !t->body)
		return 0;
	switch (t->kind) {
	case THING_TASK:
		lua_pushliteral(L, "task");
		return 1;
	case THING_ITEM:
		lua_pushliteral(L, "item");
		return 1;
	case THING_LINE:
		lua_pushliteral(L, "line");
		return 1;
	default:
		return 0;
	}
}

/* { thing, label, times } on top. */
static void read_thing(lua_State *L, struct pick_thing *to)
{
	struct thing *t;

	lua_rawgeti(L, -1, 1);
	t = thing_test(L, -1);
	*to = (struct pick_thing){ .kind = t->kind, .id = thing_id(t), .body = t->body };
	snprintf(to->name, sizeof(to->name), "%s", t->name);
	lua_pop(L, 1);
	lua_rawgeti(L, -1, 2);
	snprintf(to->label, sizeof(to->label), "%s", lua_tostring(L, -1));
	lua_pop(L, 1);
	lua_rawgeti(L, -1, 3);
	if (to->kind == THING_LINE) {
		to->left = (unsigned int)lua_tointeger(L, -1);
		to->line = line_of_body(to->body);
	} else if (to->kind == THING_TASK) {
		to->task = task_of(to->id);
	}
	lua_pop(L, 1);
}

/* core.pick_begin({ { thing, label, times }, ... }, accesses) */
static int core_pick_begin(lua_State *L)
{
	struct script_pick *p = script_keep(L, sizeof(*p));

	p->accesses = lua_toboolean(L, 2);
	for (lua_Integer i = 1; p->nr < CHOOSING_THINGS_MAX && lua_rawgeti(L, 1, i) == LUA_TTABLE; i++) {
		read_thing(L, &p->v[p->nr++]);
		lua_pop(L, 1);
	}
	script_now->pick = p;
	if (p->accesses)
		mach_on_worker_woken(worker_woken);
	return 0;
}

/* core.pick_end(): nothing is set aside any more */
static int core_pick_end(lua_State *L)
{
	(void)L;
	script_now->pick = NULL;
	mach_on_worker_woken(NULL);
	return 0;
}

void you_pick_open(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "pick_kind", core_pick_kind }, { "pick_begin", core_pick_begin }, { "pick_state", core_pick_state },
		{ "pick_go", core_pick_go }, { "pick_end", core_pick_end }, { NULL, NULL }
	};

	luaL_setfuncs(L, functions, 0);
}
