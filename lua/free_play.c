/*
 * lua/free_play.c - free play for the library in Lua: acts as tables, and functions made from text.
 *
 * Lives here:   core.free_first(), core.free_act(), core.free_code().
 * Never here:   reading an act (run/free_play.c), carrying it out (lib/free_play.lua).
 * Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/time.h"
#include "lua/script_internal.h"
#include "run/free_play.h"

static const char *const ops[FREE_OPS] = {
	[FREE_ITEM] = "item", [FREE_DELAYED] = "item", [FREE_WQ] = "wq", [FREE_ORDERED] = "wq", [FREE_LINE] = "line",
	[FREE_QUEUE] = "queue", [FREE_SCHEDULE] = "schedule", [FREE_DELAY] = "delay", [FREE_MOD] = "mod", [FREE_IRQ] = "irq",
	[FREE_CANCEL] = "cancel", [FREE_TAKE_BACK] = "take_back", [FREE_FLUSH] = "flush", [FREE_DRAIN] = "drain",
	[FREE_MAX] = "max", [FREE_OFF] = "off", [FREE_ON] = "on", [FREE_THREADS] = "threads", [FREE_RUN] = "run",
};

static const char *const steps[FREE_STEP_KINDS] = {
	[FREE_BURN] = "burn", [FREE_SLEEP] = "sleep", [FREE_LOCK] = "lock", [FREE_UNLOCK] = "unlock",
	[FREE_STEP_QUEUE] = "queue", [FREE_STEP_DELAY] = "delay",
};

static void set_text(lua_State *L, const char *field, const char *text)
{
	lua_pushstring(L, text);
	lua_setfield(L, -2, field);
}

static void set_ms(lua_State *L, uint64_t ns)
{
	STRBUF(ms, 32);

	free_play_put_ms(ns, &ms);
	set_text(L, "ms", ms.buf);
	lua_pushinteger(L, (lua_Integer)ns);
	lua_setfield(L, -2, "ns");
}

/* .wq, for acts and steps that name none the one that is meant by that. */
static void set_wq(lua_State *L, const struct free_play *fp, int wq)
{
	set_text(L, "wq", fp->wq[wq >= 0 ? wq : free_play_default_wq(fp)].name);
}

static void set_item(lua_State *L, const struct free_play *fp, int item)
{
	if (item < 0 || item >= fp->nr_items)
		return;
	set_text(L, "item", fp->item[item].name);
	lua_pushboolean(L, fp->item[item].delayed);
	lua_setfield(L, -2, "delayed");
}

/* "WQ_UNBOUND | WQ_HIGHPRI" */
static void set_flags(lua_State *L, unsigned int flags)
{
	static const char *const names[] = { "WQ_UNBOUND", "WQ_HIGHPRI", "WQ_CPU_INTENSIVE", "WQ_FREEZABLE", "WQ_MEM_RECLAIM",
					     "WQ_BH" };
	STRBUF(text, 128);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags >> i & 1)
			strbuf_printf(&text, "%s%s", text.len ? " | " : "", names[i]);
	set_text(L, "flags", text.len ? text.buf : "0");
	lua_pushboolean(L, (flags & FREE_WQ_ORDERED) != 0);
	lua_setfield(L, -2, "ordered");
}

/* .steps = { { kind, ms =, lock =, item =, wq = }, ... }; an item that queues itself is called w there */
static void set_steps(lua_State *L, const struct free_play *fp, const struct free_act *act)
{
	lua_newtable(L);
	for (unsigned int i = 0; i < act->steps.nr; i++) {
		const struct free_step *s = &act->steps.v[i];
		bool self = s->item >= 0 && s->item == act->item;

		lua_newtable(L);
		set_text(L, "kind", steps[s->kind]);
		set_ms(L, s->ns);
		if (*s->lock)
			set_text(L, "lock", s->lock);
		set_item(L, fp, s->item);
		if (self) {
			set_text(L, "item", "w");
			lua_pushboolean(L, act->op == FREE_DELAYED);
			lua_setfield(L, -2, "delayed");
		}
		if (s->item >= 0)
			set_wq(L, fp, s->wq);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_setfield(L, -2, "steps");
}

static void set_items(lua_State *L, const struct free_play *fp, const struct free_act *act)
{
	lua_newtable(L);
	for (unsigned int i = 0; i < act->nr_items; i++) {
		lua_newtable(L);
		set_item(L, fp, act->items[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_setfield(L, -2, "items");
}

/* The CPU on which the student's thread runs: the first one that is on line and stays so. */
static int own_cpu(const struct free_play *fp, const struct free_act *act)
{
	int cpu = 0;

	while (cpu < fp->nr_cpus && (!free_play_online(fp, cpu) || (act->op == FREE_OFF && act->cpu == cpu)))
		cpu++;
	return cpu;
}

static void push_act(lua_State *L, const struct free_play *fp, const struct free_act *act)
{
	lua_newtable(L);
	set_text(L, "op", ops[act->op]);
	set_text(L, "name", act->name);
	set_item(L, fp, act->item);
	if (act->op == FREE_ITEM || act->op == FREE_DELAYED) {
		lua_pushboolean(L, act->op == FREE_DELAYED);
		lua_setfield(L, -2, "delayed");
	}
	if (act->wq >= 0 || act->op != FREE_FLUSH)
		set_wq(L, fp, act->wq);
	if (act->line >= 0)
		set_text(L, "line", fp->line[act->line].name);
	if (act->cpu >= 0) {
		lua_pushinteger(L, act->cpu);
		lua_setfield(L, -2, "cpu");
	}
	lua_pushinteger(L, own_cpu(fp, act));
	lua_setfield(L, -2, "own_cpu");
	if (act->has_time)
		set_ms(L, act->ns);
	lua_pushinteger(L, (lua_Integer)act->number);
	lua_setfield(L, -2, "number");
	lua_pushboolean(L, act->on);
	lua_setfield(L, -2, "on");
	set_flags(L, act->flags | (act->op == FREE_ORDERED ? FREE_WQ_ORDERED : 0));
	set_steps(L, fp, act);
	set_items(L, fp, act);
}

/* Reads @text and keeps what it makes.  Pushes the act; or nil and a sentence. */
static int take_act(lua_State *L, const char *text)
{
	struct free_play *fp = script_now->free_play;
	struct free_act act;
	char err[300];

	if (!free_play_read(fp, text, &act, err, sizeof(err))) {
		lua_pushnil(L);
		lua_pushstring(L, err);
		return 2;
	}
	push_act(L, fp, &act);
	free_play_apply(fp, &act);
	return 1;
}

/* core.free_first(i) -> act number i, from 1, of those that make the things at the beginning; nil behind the last */
static int first_act(lua_State *L)
{
	unsigned int i = (unsigned int)luaL_checkinteger(L, 1) - 1;
	struct script *s = script_now;
	const char *text;

	if (!s->free_play) {
		s->free_play = malloc(sizeof(*s->free_play));
		if (!s->free_play)
			return luaL_error(L, "not enough memory");
		free_play_begin(s->free_play, s->config.nr_cpus);
	}
	text = free_play_first_act(s->free_play, i);
	return text ? take_act(L, text) : 0;
}

/* core.free_act(text) -> the act; nil, sentence: it cannot be carried out */
static int an_act(lua_State *L)
{
	return take_act(L, luaL_checkstring(L, 1));
}

/* core.free_code(text) -> the chunk; its functions have a place in the trace, like those of the lesson's file */
static int code(lua_State *L)
{
	size_t len;
	const char *text = luaL_checklstring(L, 1, &len);
	char chunk[160];
	int lines = source_add(script_now, text, len);
	luaL_Buffer b;

	luaL_buffinit(L, &b);
	for (int i = 1; i < lines; i++)
		luaL_addchar(&b, '\n');
	luaL_addlstring(&b, text, len);
	luaL_pushresult(&b);
	text = lua_tolstring(L, -1, &len);
	snprintf(chunk, sizeof(chunk), "@%s", script_now->file);
	if (sandbox_load(L, text, len, chunk, false))
		return lua_error(L);
	return 1;
}

static const luaL_Reg functions[] = {
	{ "free_first", first_act }, { "free_act", an_act }, { "free_code", code }, { NULL, NULL }
};

/* Adds its functions to the table on top. */
void free_play_open(lua_State *L)
{
	luaL_setfuncs(L, functions, 0);
}
