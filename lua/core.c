/*
 * lua/core.c - functions for the library in Lua: time, fences, events, judging.
 *
 * The table `core` is the library's alone; lessons never see it.  The watch lives
 * here: which patterns the director waits for, and after which events an open
 * prediction is worth another try.
 *
 * Lives here:   letting time pass, waiting for a person, writing lesson events.
 * Never here:   questions and cards themselves (lib/lesson.lua, lib/question.lua).
 * Licence: MIT.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/quantity.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "lua/script_internal.h"
#include "model/lesson_limits.h"

/* ---- waiting for patterns ---------------------------------------------------------- */

/* Userdata, anchored while it is in the list.  Its pattern is its first user value. */
struct script_scan {
	struct script_scan *next;
	struct query_scan q;
	bool before, hit, linked;
	unsigned int skip;		/* matches that are let pass */
	int ref;
	struct trace_event ev;		/* the hit; .data points to .bytes */
	uint8_t bytes[TRACE_EVENT_BYTES_MAX];
};

static bool kind_in(const uint64_t *kinds, uint16_t kind)
{
	return kinds[kind / 64] >> (kind % 64) & 1;
}

static void take(struct script_scan *c, const struct trace_event *ev)
{
	c->hit = true;
	c->ev = *ev;
	if (ev->size)
		memcpy(c->bytes, ev->data, ev->size);
	c->ev.data = c->bytes;
}

/* Compares an event with the conditions of all waiters.  Return: true if the director must run. */
static bool show_event(struct script *s, const struct trace_event *ev, bool before)
{
	bool stop = false;

	for (struct script_scan *c = s->scans; c; c = c->next) {
		if (c->before != before || c->hit || !query_scan_step(&c->q, ev))
			continue;
		if (c->skip) {
			c->skip--;
			continue;
		}
		take(c, ev);
		stop = true;
	}
	if (before)
		return stop;
	s->shown = ev->n;
	if (unlikely(s->pick) && pick_looks(ev))
		mach_request_stop();	/* when the event has taken effect; stopping here would be too early */
	if (s->predictions && !trace_is_lesson(ev->kind) &&
	    (s->retry_any ? trace_rows[ev->kind].level != TRACE_MACHINE : kind_in(s->retry_kinds, ev->kind))) {
		s->retry = true;
		stop = true;
	}
	return stop || s->faulted || (s->what_if && script_what_if_looks(ev));
}

static bool watch_before(void *arg, const struct trace_event *ev)
{
	struct script *s = arg;

	trace_store_poll(&s->store);	/* names that patterns compare with */
	s->stopped |= s->what_if && s->stop_before && ev->n >= s->stop_before;
	return show_event(s, ev, true) || s->faulted || s->stopped;
}

static bool watch_after(void *arg, const struct trace_event *ev)
{
	struct script *s = arg;

	trace_store_poll(&s->store);
	return show_event(s, ev, false);
}

/* Events of calls that ran as the lesson's task, which no callback has seen yet. */
static bool show_missed(struct script *s)
{
	struct trace_event ev;
	bool stop = false;

	trace_store_poll(&s->store);
	for (uint64_t n = s->shown + 1; n <= s->store.nr; n++)
		if (trace_store_event(&s->store, n, &ev) && ev.cpu != TRACE_NO_CPU)
			stop |= show_event(s, &ev, false);
	s->shown = s->store.nr;
	return stop;
}

/* core.scan(pattern, before, skip) -> handle; counts from now; the first @skip matches are let pass */
static int core_scan(lua_State *L)
{
	const struct query_pattern *q = pattern_check(L, 1);
	unsigned int skip = (unsigned int)luaL_optinteger(L, 3, 0);
	bool before = lua_toboolean(L, 2);	/* now: without this argument its place is the next value's */
	struct script_scan *c;

	show_missed(script_now);
	c = lua_newuserdatauv(L, sizeof(*c), 1);
	memset(c, 0, offsetof(struct script_scan, bytes));
	lua_pushvalue(L, 1);
	lua_setiuservalue(L, -2, 1);
	if (query_scan_init(&c->q, q, &script_now->store))
		return script_fail(L, "this pattern has too many parts");
	c->before = before;
	c->skip = skip;
	lua_pushvalue(L, -1);
	c->ref = luaL_ref(L, LUA_REGISTRYINDEX);
	c->next = script_now->scans;
	c->linked = true;
	script_now->scans = c;
	return 1;
}

static int core_unscan(lua_State *L)
{
	struct script_scan *c = lua_touserdata(L, 1), **p = &script_now->scans;

	while (*p && *p != c)
		p = &(*p)->next;
	if (*p)
		*p = c->next;
	if (c->linked)
		luaL_unref(L, LUA_REGISTRYINDEX, c->ref);
	c->linked = false;
	return 0;
}

/* core.hit(handle) -> event or nil; it may hit again afterwards */
static int core_hit(lua_State *L)
{
	struct script_scan *c = lua_touserdata(L, 1);

	if (!c->hit) {
		lua_pushnil(L);
		return 1;
	}
	c->hit = false;
	event_push(L, &c->ev);
	return 1;
}

/* ---- time -------------------------------------------------------------------------------- */

/* core.run(until_ns, pass_time, idle) -> why it stopped: time hit idle no_future dead */
static int core_run(lua_State *L)
{
	struct script *s = script_now;
	struct mach_run run = {
		.until_ns = (uint64_t)luaL_checkinteger(L, 1),
		.pass_time = lua_toboolean(L, 2),
		.idle = lua_toboolean(L, 3),
		.watch = { watch_before, watch_after, s },
	};
	static const char *const reasons[] = {
		[STOP_TIME] = "time", [STOP_WATCH] = "hit", [STOP_IDLE] = "idle", [STOP_NO_FUTURE] = "no_future",
		[STOP_CPU_DEAD] = "dead"
	};
	enum mach_stop stop = STOP_WATCH;

	if (s->world.ends && run.until_ns > s->world.ends)
		run.until_ns = s->world.ends;
	note_flush(s);
	sandbox_in_code(false);
	if (!show_missed(s))
		stop = machine_run(&run);
	sandbox_in_code(true);
	trace_store_poll(&s->store);
	note_flush(s);
	if (s->faulted)
		return script_raise_fault(L);
	if (s->tripped)
		sandbox_charge(L, 0);
	if (stop == STOP_FULL)
		return script_fail_flood(L);
	if (s->world.ends && machine_now() >= s->world.ends) {
		s->over = true;
		sandbox_trip(L, "the other world ends here");
	}
	lua_pushstring(L, reasons[stop]);
	return 1;
}

static int core_ns(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)machine_now());
	return 1;
}

/* ---- a person -------------------------------------------------------------------------------- */

/*
 * core.wait("go"|"answer"|"act"|"choose", card, question id or ordinal, question number)
 *   -> "go" | "answer", value | "pick", words | "sure", 1..3 | "hint" | "act", text | "choose", name, ordinal | "what_if"
 */
static int core_wait(lua_State *L)
{
	struct script *s = script_now;
	const char *what = luaL_checkstring(L, 1), *id = luaL_checkstring(L, 2);
	enum run_wait wait = strcmp(what, "answer") == 0 ? WAIT_ANSWER : strcmp(what, "act") == 0 ? WAIT_ACT :
			     strcmp(what, "choose") == 0 ? WAIT_CHOOSE : WAIT_GO;
	static const char *const words[] = {
		[INPUT_ANSWER] = "answer", [INPUT_PICK] = "pick", [INPUT_SURE] = "sure", [INPUT_HINT] = "hint", [INPUT_ACT] = "act",
		[INPUT_CHOOSE] = "choose",
	};
	struct run_input in = { .kind = INPUT_GO };
	int rc;

	note_flush(s);
	TRACE(WAIT_INPUT, .what = wait, .question = (uint32_t)luaL_optinteger(L, 3, 0));
	rc = s->opts->io.wait(s->opts->io.arg, wait, id, &in);
	if (rc == -EAGAIN) {
		lua_pushliteral(L, "what_if");
		return 1;
	}
	if (rc) {
		s->over = true;	/* sticky: the lesson's pcall() cannot go on without a person */
		sandbox_trip(L, "the program that shows the lesson has ended");
	}
	lua_pushstring(L, in.kind < sizeof(words) / sizeof(words[0]) && words[in.kind] ? words[in.kind] : "go");
	if (in.kind == INPUT_SURE)
		lua_pushinteger(L, in.number);
	else
		lua_pushstring(L, in.kind == INPUT_CHOOSE ? in.id : in.value);
	lua_pushinteger(L, in.number);
	return 3;
}

/* ---- events of the lesson ------------------------------------------------------------------------ */

/* core.emit("SAY", { card = 1, text = "..." }) -> its number; missing fields are 0 or "" */
static int core_emit(lua_State *L)
{
	const char *id = luaL_checkstring(L, 1);
	uint8_t buf[TRACE_EVENT_BYTES_MAX], *p = buf;
	enum trace_kind kind = EV_LESSON;
	const struct trace_row *row;

	while (kind < EV_NR && strcmp(trace_rows[kind].id, id))
		kind++;
	bug_on(kind == EV_NR);	/* the library's own words */
	row = &trace_rows[kind];
	for (unsigned int i = 0; i < row->nr_fields; i++) {
		lua_getfield(L, 2, row->fields[i].name);
		switch (row->fields[i].type) {
		case TY_text:
			p = trace_enc_text(p, lua_isnil(L, -1) ? "" : luaL_checkstring(L, -1));
			break;
		case TY_bool:
			p = trace_enc_u32(p, (uint32_t)lua_toboolean(L, -1));
			break;
		case TY_u64: case TY_ns: case TY_mask:
			p = trace_enc_u64(p, (uint64_t)lua_tointeger(L, -1));
			break;
		default:
			p = trace_enc_u32(p, (uint32_t)lua_tointeger(L, -1));
			break;
		}
		lua_pop(L, 1);
	}
	lua_pushinteger(L, (lua_Integer)trace_emit(kind, (uint64_t)luaL_optinteger(L, 3, 0), NULL, buf, (size_t)(p - buf)));
	return 1;
}

/* ---- judging ------------------------------------------------------------------------------------------ */

/*
 * core.judge(fn, ...) -> true, results... | false, message
 * false: an event has not been seen yet; the message names it.  Any other error of
 * @fn is a fault at its own line.
 */
static int core_judge(lua_State *L)
{
	struct script *s = script_now;
	bool before = s->judging;
	int status;

	trace_store_poll(&s->store);
	memset(s->looked_kinds, 0, sizeof(s->looked_kinds));
	s->looked_any = false;
	s->judging = true;
	s->instr_judge = 0;
	s->not_yet[0] = '\0';
	lua_pushcfunction(L, script_traceback);
	lua_insert(L, 1);
	status = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 1);
	s->judging = before;
	if (s->tripped || status == LUA_ERRMEM) {
		lua_pushstring(L, sandbox_error_text(L, status));
		return lua_error(L);
	}
	if (s->faulted)
		return script_raise_fault(L);
	if (status != LUA_OK && !(s->not_yet[0] && strstr(lua_tostring(L, -1), s->not_yet)))
		return lua_error(L);
	lua_pushboolean(L, status == LUA_OK);
	lua_replace(L, 1);
	return lua_gettop(L);
}

/* core.look_kinds(pattern): judged by a pattern instead of a function */
static int core_look(lua_State *L)
{
	pattern_kinds(pattern_check(L, 1), script_now->looked_kinds);
	return 0;
}

/*
 * core.expect("start"): clears the kinds of events that open predictions depend on.
 * core.expect("add"): adds the kinds that the last judge read.  core.expect("any"): adds
 * all kinds.  core.expect("none"): no prediction is open.
 */
static int core_expect(lua_State *L)
{
	struct script *s = script_now;
	const char *what = luaL_checkstring(L, 1);

	s->predictions = strcmp(what, "none") != 0;
	if (strcmp(what, "start") == 0) {
		memset(s->retry_kinds, 0, sizeof(s->retry_kinds));
		s->retry_any = false;
	} else if (strcmp(what, "add") == 0) {
		for (unsigned int i = 0; i < QUERY_KIND_WORDS; i++)
			s->retry_kinds[i] |= s->looked_kinds[i];
		s->retry_any |= s->looked_any;
	} else if (strcmp(what, "any") == 0) {
		s->retry_any = true;
	}
	return 0;
}

static int core_retry(lua_State *L)
{
	lua_pushboolean(L, script_now->retry);
	script_now->retry = false;
	return 1;
}

static int core_trace(lua_State *L)
{
	trace_push(L);
	return 1;
}

/* ---- kinds of values -------------------------------------------------------------------------------------- */

/* core.kind(v) -> "pattern" | "event", n | "thing", class, id, name, kind | "function" | Lua's type */
static int core_kind(lua_State *L)
{
	const struct trace_event *ev;
	struct thing *t;

	luaL_checkany(L, 1);
	if (pattern_test(L, 1)) {
		lua_pushliteral(L, "pattern");
		lua_pushstring(L, pattern_text(L, 1));
		return 2;
	}
	ev = event_test(L, 1);
	if (ev) {
		lua_pushliteral(L, "event");
		lua_pushinteger(L, (lua_Integer)ev->n);
		return 2;
	}
	t = thing_test(L, 1);
	if (t) {
		lua_pushliteral(L, "thing");
		lua_pushinteger(L, t->cls);
		lua_pushinteger(L, thing_id(t));
		lua_pushstring(L, t->name);
		lua_pushstring(L, thing_kind_words(t->kind));
		return 5;
	}
	lua_pushstring(L, luaL_typename(L, 1));
	return 1;
}

/* core.stuck() -> an item whose function has not returned, and its thread; nil: there is none */
static int core_stuck(lua_State *L)
{
	struct script *s = script_now;
	const struct model *m = &s->replay.head;

	if (s->world.found || s->what_if)	/* a belief may leave an item waiting; so may a student's interrupt */
		return 0;
	trace_store_poll(&s->store);
	model_replay_grow(&s->replay);
	for (uint32_t id = 1; id <= m->nr_items; id++) {
		const struct model_item *it = model_item(m, id);
		const struct model_worker *w = it && it->runner ? model_worker(m, it->runner) : NULL;
		const char *item = w ? trace_store_name(&s->store, CLS_ITEM, id) : NULL;
		const char *thread = item ? trace_store_name(&s->store, CLS_TASK, w->task) : NULL;

		if (!thread)
			continue;
		lua_pushstring(L, item);
		lua_pushstring(L, thread);
		return 2;
	}
	return 0;
}

/* core.seen(pattern) -> how often so far, ms of the last time */
static int core_seen(lua_State *L)
{
	const struct query_pattern *q = pattern_check(L, 1);
	const struct trace_store *s = &script_now->store;
	struct trace_event ev;
	uint64_t last;

	trace_store_poll(&script_now->store);
	last = query_last(s, q, 1, s->nr);
	lua_pushinteger(L, (lua_Integer)query_count(s, q, 1, s->nr));
	lua_pushnumber(L, last && trace_store_event(s, last, &ev) ? (lua_Number)ev.time / 1e6 : 0);
	return 2;
}

/* core.unknown_name(pattern) -> the name that it is about, if nothing has it; else nil */
static int core_unknown_name(lua_State *L)
{
	const char *name = lua_pushstring(L, pattern_name(L, 1));
	uint32_t id;

	lua_replace(L, 1);
	lua_settop(L, 1);
	core_named(L);
	if (!*name || !lua_isnil(L, -1))
		return 0;
	trace_store_poll(&script_now->store);
	for (int cls = CLS_NONE + 1; cls < CLS_NR; cls++)
		if (query_named(&script_now->store, (enum trace_class)cls, name, 0, &id, 1))
			return 0;
	lua_settop(L, 1);
	return 1;
}

/* Patterns whose event is the work of housekeeping timers: waiting for them lets time pass. */
static int core_is_housekeeping(lua_State *L)
{
	static const enum trace_kind theirs[] = {
		EV_STALL, EV_PRINTK, EV_CULL, EV_WORKER_DIE, EV_IDLE_TIMER, EV_WATCHDOG_LOOK, EV_WATCHDOG_TOUCH,
		EV_MAYDAY, EV_MAYDAY_NONE, EV_MAYDAY_TIMER, EV_WORKER_CREATE_FAIL, EV_TICK, EV_POOL_FREE
	};
	uint64_t kinds[QUERY_KIND_WORDS] = { 0 };
	bool yes = false;

	pattern_kinds(pattern_check(L, 1), kinds);
	for (unsigned int i = 0; i < sizeof(theirs) / sizeof(theirs[0]); i++)
		yes |= kind_in(kinds, (uint16_t)theirs[i]);
	lua_pushboolean(L, yes);
	return 1;
}

static int core_event(lua_State *L)
{
	trace_store_poll(&script_now->store);
	event_push_n(L, (uint64_t)luaL_checkinteger(L, 1));
	return 1;
}

static int core_count(lua_State *L)
{
	trace_store_poll(&script_now->store);
	lua_pushinteger(L, (lua_Integer)script_now->store.nr);
	return 1;
}

/* core.world_sought() -> question, choice: whose world this run is to find; nil if it is a run like others */
static int core_world_sought(lua_State *L)
{
	const struct run_spec *spec = script_now->opts->spec;

	if (!script_now->seeking_world)
		return 0;
	lua_pushinteger(L, spec->world_question);
	lua_pushinteger(L, spec->world_choice);
	return 2;
}

static void read_world_wqs(lua_State *L, struct script_world *w)
{
	lua_pushnil(L);
	while (lua_next(L, -2)) {
		if (w->nr_wqs < WORLD_WQS_MAX) {
			snprintf(w->wq[w->nr_wqs].name, sizeof(w->wq[0].name), "%s", lua_tostring(L, -2));
			w->wq[w->nr_wqs++].max_active = (int)lua_tointeger(L, -1);
		}
		lua_pop(L, 1);
	}
}

/* core.world { belief =, legacy =, flags =, wq = { name = max_active } }: found; this run ends here */
static int core_world(lua_State *L)
{
	struct script_world *w = &script_now->world;

	*w = (struct script_world){ .found = true };
	w->has_flags = lua_getfield(L, 1, "flags") != LUA_TNIL;
	w->flags = (unsigned int)lua_tointeger(L, -1);
	w->has_legacy = lua_getfield(L, 1, "legacy") != LUA_TNIL;
	w->legacy = lua_toboolean(L, -1);
	if (lua_getfield(L, 1, "belief") == LUA_TSTRING)
		w->belief = wq_belief_find(lua_tostring(L, -1));
	if (lua_getfield(L, 1, "wq") == LUA_TTABLE)
		read_world_wqs(L, w);
	script_now->over = true;
	sandbox_trip(L, "the other world begins here");
	return 0;
}

/* core.world_begins(question): if this run is in the world of one of its choices, that holds from now on */
static int core_world_begins(lua_State *L)
{
	struct script *s = script_now;
	struct script_world *w = &s->world;

	if (!w->found || s->seeking_world || luaL_checkinteger(L, 1) != (lua_Integer)s->opts->spec->world_question)
		return 0;
	for (unsigned int i = 0; i < w->nr_wqs; i++) {
		struct workqueue_struct *wq = workqueue_by_name(w->wq[i].name);

		if (wq)
			wq_believe_max_active(wq, w->wq[i].max_active);
	}
	wq_believe(w->belief);
	w->ends = machine_now() + WORLD_NS_MAX;
	return 0;
}

/* core.beliefs() -> { name = true, ... } */
static int core_beliefs(lua_State *L)
{
	lua_newtable(L);
	for (int i = WQ_BELIEF_NONE + 1; i < WQ_BELIEF_NR; i++) {
		lua_pushboolean(L, true);
		lua_setfield(L, -2, wq_belief_name((enum wq_belief)i));
	}
	return 1;
}

/* core.workqueues() -> names of the workqueues that the lesson has made and not destroyed, the last one first */
static int core_workqueues(lua_State *L)
{
	lua_Integer n = 0;

	lua_newtable(L);
	for (const struct script_wq *b = script_now->wqs; b; b = b->next) {
		if (b->destroying)
			continue;
		lua_pushstring(L, workqueue_name(b->wq));
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}

/* core.has_workqueue(name) -> of the lesson or of the system */
static int core_has_workqueue(lua_State *L)
{
	lua_pushboolean(L, workqueue_by_name(luaL_checkstring(L, 1)) != NULL);
	return 1;
}

/* core.format(event number) -> the event as a line of text */
static int core_format(lua_State *L)
{
	struct trace_event ev;
	STRBUF(text, 400);

	trace_store_poll(&script_now->store);
	if (trace_store_event(&script_now->store, (uint64_t)luaL_checkinteger(L, 1), &ev))
		trace_format(&script_now->store, &ev, &text);
	lua_pushstring(L, text.buf);
	return 1;
}

/* ---- texts ------------------------------------------------------------------------------------------------ */

struct names {
	lua_State *L;
	lua_Integer n;
};

static void add_name(void *arg, const char *name, size_t len)
{
	struct names *names = arg;

	lua_pushlstring(names->L, name, len);
	for (lua_Integer i = 1; i <= names->n; i++) {
		bool known = lua_rawgeti(names->L, -2, i) != LUA_TNIL && lua_rawequal(names->L, -1, -2);

		lua_pop(names->L, 1);
		if (known) {
			lua_pop(names->L, 1);
			return;
		}
	}
	lua_rawseti(names->L, -2, ++names->n);
}

/* core.markup_names(text) -> its names, each once | nil, what is wrong with it */
static int core_markup_names(lua_State *L)
{
	struct names names = { L, 0 };
	const char *text, *wrong;
	size_t len;

	text = luaL_checklstring(L, 1, &len);
	lua_newtable(L);
	wrong = utf8_valid(text, len) ? markup_names(text, len, add_name, &names) : "it is not UTF-8";
	if (!wrong)
		return 1;
	lua_pushnil(L);
	lua_pushstring(L, wrong);
	return 2;
}

/* core.expand(payload) -> the text that is shown */
static int core_expand(lua_State *L)
{
	STRBUF(out, TRACE_TEXT_BYTES_MAX);

	markup_expand(luaL_checkstring(L, 1), &out, NULL, 0);
	lua_pushlstring(L, out.buf, out.len);
	return 1;
}

/* core.quantity(number, unit) -> "5 ms" */
static int core_quantity(lua_State *L)
{
	STRBUF(out, 128);

	quantity(&out, luaL_checknumber(L, 1), luaL_checkstring(L, 2));
	lua_pushlstring(L, out.buf, out.len);
	return 1;
}

static void push_limits(lua_State *L)
{
#define PUT_LIMIT(name, value, meaning)   \
	lua_pushinteger(L, (value));     \
	lua_setfield(L, -2, #name);
	lua_newtable(L);
	LESSON_LIMITS(PUT_LIMIT)
#undef PUT_LIMIT
}

/* ---- the run ------------------------------------------------------------------------------------------------- */

#define SITE_VARIANT 0x56617269u	/* "Vari" */

/* core.draw(site, ordinal, n) -> 0..n-1, from the variant only */
static int core_draw(lua_State *L)
{
	uint64_t n = (uint64_t)luaL_checkinteger(L, 3);
	uint64_t hash = rng_hash4(script_now->opts->spec->variant, SITE_VARIANT, (uint64_t)luaL_checkinteger(L, 1),
				  (uint64_t)luaL_checkinteger(L, 2));

	luaL_argcheck(L, n > 0, 3, "something to draw from");
	lua_pushinteger(L, (lua_Integer)rng_below(hash, n));
	return 1;
}

static int core_hash(lua_State *L)
{
	size_t len;
	const char *text = luaL_checklstring(L, 1, &len);

	lua_pushinteger(L, (lua_Integer)(rng_hash_bytes(text, len) >> 1));
	return 1;
}

static int core_id(lua_State *L)
{
	lua_pushstring(L, script_now->id);
	return 1;
}

/* How many questions are written in the file: a bound for "3 of 7", not a promise. */
static int core_questions(lua_State *L)
{
	static const char *const words[] = { "predict", "ask" };
	const char *text = script_now->text, *end = text + script_now->own_len;
	lua_Integer n = 0;

	for (const char *p = text; p < end; p++) {
		bool word = p == text || !(p[-1] == '_' || p[-1] == '.' || (unsigned int)((p[-1] | 32) - 'a') < 26u);

		for (unsigned int i = 0; word && i < 2; i++) {
			size_t len = strlen(words[i]);
			const char *q = p + len;

			if ((size_t)(end - p) <= len || memcmp(p, words[i], len))
				continue;
			while (q < end && (*q == ' ' || *q == '('))
				q++;
			n += q < end && *q == '{';
		}
	}
	lua_pushinteger(L, n);
	return 1;
}

/* core.where() -> "02-life.lua:12: ", to be put before a message later */
static int core_where(lua_State *L)
{
	char where[160];

	script_where(L, where, sizeof(where));
	lua_pushstring(L, where);
	return 1;
}

/* core.note(kind, question id or "", text): for the checks of authors; nothing of it is in the trace */
static int core_note(lua_State *L)
{
	const struct script_notes *to = script_now->opts->notes;
	const char *kind = luaL_checkstring(L, 1), *question = luaL_checkstring(L, 2), *text = luaL_checkstring(L, 3);

	if (to && !script_now->seeking_world)
		to->note(to->arg, kind, question, text);
	return 0;
}

/* core.noting() -> are notes read, is every answer to be judged */
static int core_noting(lua_State *L)
{
	const struct script_notes *to = script_now->opts->notes;

	lua_pushboolean(L, to && !script_now->seeking_world);
	lua_pushboolean(L, to && to->probe && !script_now->seeking_world);
	return 2;
}

/* core.fail_at(where, message) */
static int core_fail_at(lua_State *L)
{
	lua_pushfstring(L, "%s%s", luaL_checkstring(L, 1), luaL_checkstring(L, 2));
	return lua_error(L);
}

static int core_fail(lua_State *L)
{
	return script_fail(L, "%s", luaL_checkstring(L, 1));
}

static lua_Integer number_field(lua_State *L, const char *name, lua_Integer otherwise, lua_Integer lo, lua_Integer hi)
{
	lua_Integer v = otherwise;
	int ok;

	if (lua_getfield(L, 1, name) != LUA_TNIL) {
		v = lua_tointegerx(L, -1, &ok);
		if (!ok || v < lo || v > hi)
			script_fail(L, "machine: %s is a whole number from %d to %d", name, (int)lo, (int)hi);
	}
	lua_pop(L, 1);
	return v;
}

static bool word_field(lua_State *L, const char *name, const char *first, const char *second)
{
	const char *v = first;

	if (lua_getfield(L, 1, name) != LUA_TNIL)
		v = lua_tostring(L, -1);
	if (!v || (strcmp(v, first) && strcmp(v, second)))
		script_fail(L, "machine: %s is \"%s\" or \"%s\"", name, first, second);
	lua_pop(L, 1);
	return strcmp(v, second) == 0;
}

/* name and value on top; a text is what would stand on a kernel's command line */
static long boot_value(lua_State *L)
{
	const char *name = lua_tostring(L, -2), *param;
	char arg[160];
	long value;

	if (lua_type(L, -1) != LUA_TSTRING)
		return lua_isboolean(L, -1) ? lua_toboolean(L, -1) : (long)lua_tointeger(L, -1);
	snprintf(arg, sizeof(arg), "workqueue.%s=%s", name, lua_tostring(L, -1));
	if (workqueue_boot_arg(arg, &param, &value) && workqueue_boot_arg(arg + 10, &param, &value))
		script_fail(L, "machine: boot = { %s = '%s' } is nothing a kernel's command line takes", name,
			    lua_tostring(L, -1));
	return value;
}

/* The kernel's parameters at boot: machine = { boot = { watchdog_thresh = 2, unbound_cpus = "0-1" } }. */
static void boot_params(lua_State *L)
{
	struct script *s = script_now;
	unsigned int n = 0;

	if (lua_getfield(L, 1, "boot") == LUA_TNIL) {
		lua_pop(L, 1);
		return;
	}
	luaL_checktype(L, -1, LUA_TTABLE);
	lua_pushnil(L);
	while (lua_next(L, -2)) {	/* each goes to its own name: any order */
		if (lua_type(L, -2) != LUA_TSTRING || !(lua_isinteger(L, -1) || lua_isboolean(L, -1) ||
							 lua_type(L, -1) == LUA_TSTRING))
			script_fail(L, "machine: boot = { name = number or text, ... }");
		script_check_name(L, "machine: the kernel has no boot parameter", lua_tostring(L, -2), workqueue_boot_params());
		if (n == SCRIPT_PARAMS_MAX)
			script_fail(L, "machine: at most %d boot parameters", SCRIPT_PARAMS_MAX);
		snprintf(s->boot_names[n], sizeof(s->boot_names[n]), "%s", lua_tostring(L, -2));
		s->config.params[n].name = s->boot_names[n];
		s->config.params[n].value = boot_value(L);
		n++;
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

/* core.machine{ cpus = 2, ... }: the configuration of the machine */
static int core_machine(lua_State *L)
{
	static const char *const fields[] = {
		"cpus", "nodes", "llc", "smt", "hz", "preempt", "sched", "boot", "legacy", NULL
	};
	struct machine_config *c = &script_now->config;

	luaL_checktype(L, 1, LUA_TTABLE);
	script_check_keys(L, 1, "machine has no field", fields);
	*c = (struct machine_config){ .nr_cpus = (int)number_field(L, "cpus", 1, 1, CPUS_MAX) };
	c->nr_nodes = (int)number_field(L, "nodes", 1, 1, c->nr_cpus);
	c->cpus_per_llc = (int)number_field(L, "llc", 0, 0, CPUS_MAX);
	c->smt = (int)number_field(L, "smt", 0, 0, 2);
	c->hz = (unsigned long)number_field(L, "hz", 1000, 100, 1000);
	c->preempt = word_field(L, "preempt", "voluntary", "full") ? PREEMPT_FULL : PREEMPT_VOLUNTARY;
	c->sched = word_field(L, "sched", "fair", "fifo") ? SCHED_FIFO_TEXTBOOK : SCHED_FAIR_CLASS;
	c->profile = "6.12";
	boot_params(L);
	if (lua_getfield(L, 1, "legacy") != LUA_TNIL && !lua_isboolean(L, -1))
		script_fail(L, "machine: legacy = true (the workqueues of before 2.6.36) or false");
	script_now->legacy = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return 0;
}

static const luaL_Reg core_functions[] = {
	{ "scan", core_scan }, { "unscan", core_unscan }, { "hit", core_hit }, { "run", core_run }, { "ns", core_ns },
	{ "wait", core_wait }, { "emit", core_emit }, { "judge", core_judge }, { "look", core_look },
	{ "expect", core_expect }, { "retry", core_retry }, { "trace", core_trace }, { "kind", core_kind },
	{ "is_housekeeping", core_is_housekeeping }, { "unknown_name", core_unknown_name }, { "seen", core_seen }, { "stuck", core_stuck }, { "event", core_event }, { "count", core_count },
	{ "format", core_format }, { "draw", core_draw }, { "hash", core_hash }, { "id", core_id }, { "questions", core_questions },
	{ "fail", core_fail }, { "fail_at", core_fail_at }, { "where", core_where }, { "machine", core_machine }, { "world_sought", core_world_sought }, { "world", core_world }, { "world_begins", core_world_begins }, { "beliefs", core_beliefs },
	{ "workqueues", core_workqueues }, { "has_workqueue", core_has_workqueue }, { "named", core_named },
	{ "markup_names", core_markup_names }, { "expand", core_expand }, { "quantity", core_quantity },
	{ "note", core_note }, { "noting", core_noting }, { NULL, NULL }
};

void core_open(lua_State *L)
{
	sandbox_push_library(L);
	luaL_newlib(L, core_functions);
	what_if_open(L);
	free_play_open(L);
	pick_open(L);
	you_pick_open(L);
	student_open(L);
	push_limits(L);
	lua_setfield(L, -2, "limits");
	lua_setfield(L, -2, "core");
	lua_pop(L, 1);
}
