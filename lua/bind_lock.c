/*
 * lua/bind_lock.c - mutexes, spin locks and completions, as lessons use them.
 *
 * A lock lives outside Lua until the run is over: the machine keeps a pointer to it.  A call that
 * unlocks what its own context has not locked is a fault of the lesson, with its line.
 *
 * Lives here:   mutex, spinlock, completion and their calls.
 * Never here:   the locks (machine/sync.c, machine/lock.c), interrupts and timers (bind_machine.c).
 * Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "lua/script_internal.h"

struct script_lock {			/* body of THING_MUTEX, THING_SPIN, THING_COMPLETION */
	union {
		struct mutex mutex;
		struct raw_spinlock spin;
		struct completion completion;
	};
	unsigned long flags;
	bool held, irqsave;		/* a spin lock: taken, with spin_lock_irqsave() */
	uint64_t entry;			/* script_thread.entry of the context that took it */
	uint64_t refused_entry;		/* the same of a mutex_lock() without effect: held, atomic context */
	unsigned int refused;		/* number of them */
	char holder[64];		/* script_thread.what of the context that took it */
	char name[THING_NAME_MAX];
	char by[THING_NAME_MAX];	/* of a completion: name of the item that completes it, "" = unknown */
};

static struct script_lock *make_lock(lua_State *L, enum thing_kind kind)
{
	const char *name = thing_check_name(L, 1);
	struct script_lock *b = script_keep(L, sizeof(*b));

	snprintf(b->name, sizeof(b->name), "%s", name);
	thing_push(L, kind, 0, name, b);
	return b;
}

static struct script_lock *lock_arg(lua_State *L, enum thing_kind kind)
{
	return thing_check(L, 1, kind)->body;
}

int api_mutex(lua_State *L)
{
	struct script_lock *b = make_lock(L, THING_MUTEX);

	mutex_init(&b->mutex, b->name);
	return 1;
}

static void note_taken(lua_State *L, struct script_lock *b)
{
	const struct script_thread *t = script_thread_of(L);

	b->entry = t->entry;
	snprintf(b->holder, sizeof(b->holder), "%s", t->what);
}

int api_mutex_lock(lua_State *L)
{
	struct script_lock *b = lock_arg(L, THING_MUTEX);
	uint64_t entry = script_thread_of(L)->entry;

	if (mutex_lock_took(&b->mutex)) {
		note_taken(L, b);
		return 0;
	}
	b->refused = b->refused_entry == entry ? b->refused + 1 : 1;
	b->refused_entry = entry;
	return 0;
}

int api_mutex_trylock(lua_State *L)
{
	struct script_lock *b = lock_arg(L, THING_MUTEX);
	bool got = mutex_trylock(&b->mutex);

	if (got)
		note_taken(L, b);
	lua_pushboolean(L, got);
	return 1;
}

/* An interrupt has the thread that it interrupted as its current one. */
static bool owns_mutex(lua_State *L, const struct script_lock *b)
{
	return b->mutex.owner == current && (in_task() || b->entry == script_thread_of(L)->entry);
}

int api_mutex_unlock(lua_State *L)
{
	struct script_lock *b = lock_arg(L, THING_MUTEX);

	if (b->refused && b->refused_entry == script_thread_of(L)->entry) {
		b->refused--;	/* of the mutex_lock() that had no effect */
		return 0;
	}
	if (!mutex_is_locked(&b->mutex))
		return script_fail(L, "mutex_unlock: '%s' is not locked", b->name);
	if (!owns_mutex(L, b))
		return script_fail(L, "mutex_unlock: '%s' is held by %s", b->name, b->holder);
	mutex_unlock(&b->mutex);
	return 0;
}

int api_mutex_is_locked(lua_State *L)
{
	lua_pushboolean(L, mutex_is_locked(&lock_arg(L, THING_MUTEX)->mutex));
	return 1;
}

int api_spinlock(lua_State *L)
{
	struct script_lock *b = make_lock(L, THING_SPIN);

	raw_spin_lock_init(&b->spin, b->name);
	return 1;
}

/* The spin lock at 1, which this context must have taken with spin_lock_irqsave() or without. */
static struct script_lock *held_spin(lua_State *L, bool irqsave)
{
	struct script_lock *b = lock_arg(L, THING_SPIN);
	const char *call = irqsave ? "spin_unlock_irqrestore" : "spin_unlock";

	if (!b->held)
		script_fail(L, "%s: spin lock '%s' is not held", call, b->name);
	if (b->entry != script_thread_of(L)->entry)
		script_fail(L, "%s: spin lock '%s' was taken by %s, not here", call, b->name, b->holder);
	if (b->irqsave != irqsave)
		script_fail(L, "%s: spin lock '%s' was taken with %s", call, b->name,
			    irqsave ? "spin_lock()" : "spin_lock_irqsave()");
	b->held = false;
	return b;
}

static void note_spin(lua_State *L, struct script_lock *b, bool irqsave)
{
	note_taken(L, b);
	b->held = true;
	b->irqsave = irqsave;
}

int api_spin_lock(lua_State *L)
{
	struct script_lock *b = lock_arg(L, THING_SPIN);

	raw_spin_lock(&b->spin);
	note_spin(L, b, false);
	return 0;
}

int api_spin_unlock(lua_State *L)
{
	raw_spin_unlock(&held_spin(L, false)->spin);
	return 0;
}

int api_spin_lock_irqsave(lua_State *L)
{
	struct script_lock *b = lock_arg(L, THING_SPIN);
	unsigned long flags;

	raw_spin_lock_irqsave(&b->spin, &flags);
	b->flags = flags;	/* only the holder may write it */
	note_spin(L, b, true);
	return 0;
}

int api_spin_unlock_irqrestore(lua_State *L)
{
	struct script_lock *b = held_spin(L, true);

	raw_spin_unlock_irqrestore(&b->spin, b->flags);
	return 0;
}

int api_completion(lua_State *L)
{
	bool options = !lua_isnoneornil(L, 2);
	struct script_lock *b = make_lock(L, THING_COMPLETION);

	init_completion(&b->completion, b->name);
	if (!options)
		return 1;
	luaL_checktype(L, 2, LUA_TTABLE);
	for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1))
		if (lua_type(L, -2) != LUA_TSTRING || strcmp(lua_tostring(L, -2), "by"))
			return script_fail(L, "completion('%s'): its only option is by", b->name);
	lua_getfield(L, 2, "by");
	if (lua_type(L, -1) == LUA_TSTRING)
		snprintf(b->by, sizeof(b->by), "%s", lua_tostring(L, -1));
	else if (thing_test(L, -1) && thing_test(L, -1)->kind == THING_ITEM)
		snprintf(b->by, sizeof(b->by), "%s", thing_test(L, -1)->name);
	else
		return script_fail(L, "completion('%s'): by is a work item or its name", b->name);
	lua_pop(L, 1);
	return 1;
}

/* The item may be declared after the completion: its name is looked up at the first wait. */
static void resolve_by(lua_State *L, struct script_lock *b)
{
	const struct script_item *it = script_now->items;

	if (!b->by[0] || b->completion.by)
		return;
	while (it && strcmp(it->name, b->by))
		it = it->next;
	if (!it)
		script_fail(L, "completion('%s'): by names no work item: '%s'", b->name, b->by);
	b->completion.by = it->work.id;
}

int api_wait_for_completion(lua_State *L)
{
	struct script_lock *b = lock_arg(L, THING_COMPLETION);

	resolve_by(L, b);
	wait_for_completion(&b->completion);
	return 0;
}

int api_try_wait_for_completion(lua_State *L)
{
	lua_pushboolean(L, try_wait_for_completion(&lock_arg(L, THING_COMPLETION)->completion));
	return 1;
}

int api_complete(lua_State *L)
{
	complete(&lock_arg(L, THING_COMPLETION)->completion);
	return 0;
}

int api_complete_all(lua_State *L)
{
	complete_all(&lock_arg(L, THING_COMPLETION)->completion);
	return 0;
}

int api_completion_done(lua_State *L)
{
	lua_pushboolean(L, completion_done(&lock_arg(L, THING_COMPLETION)->completion));
	return 1;
}
