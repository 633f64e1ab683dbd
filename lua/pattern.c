/*
 * lua/pattern.c - patterns: starts(x), returns(f, x):nth(2), p + q.
 *
 * A pattern is a userdata around a tree of model/query.h.  Each method makes a
 * new one, so that a pattern kept in a variable never changes.  Things given by
 * name are compared with the names of the trace at the time of looking: an item
 * may be made after the pattern.
 *
 * Lives here:   creating patterns, printing them, the part of matching that needs
 *               names, owners or the author's own function.
 * Never here:   searching the trace (judge.c, core.c), matching itself (model/query.c).
 * Licence: MIT.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lua/script_internal.h"

static const char key_meta;

struct pattern {
	struct query_pattern q;
	/* asked last, by pattern_with() */
	char name[THING_NAME_MAX];	/* some id of the event has this name */
	char fn[THING_NAME_MAX];	/* CALL and RETURN: of this function */
	char thread[THING_NAME_MAX];	/* on the stack of this thread */
	uint32_t owner;			/* its item is embedded in this object */
	bool has_owner;
	int with_ref;			/* the author's function, LUA_NOREF */
	uint32_t ids[QUERY_THINGS_MAX], task;
	char text[200];			/* "ends(reset):nth(2)" */
};

static struct pattern *to_pattern(lua_State *L, int index)
{
	struct pattern *p = NULL;

	if (lua_type(L, index) == LUA_TUSERDATA && lua_getmetatable(L, index)) {
		lua_rawgetp(L, LUA_REGISTRYINDEX, &key_meta);
		if (lua_rawequal(L, -1, -2))
			p = lua_touserdata(L, index);
		lua_pop(L, 2);
	}
	return p;
}

bool pattern_test(lua_State *L, int index)
{
	return to_pattern(L, index) != NULL;
}

static struct pattern *check_pattern(lua_State *L, int index)
{
	struct pattern *p = to_pattern(L, index);

	if (!p)
		luaL_argerror(L, index, lua_pushfstring(L, "a pattern expected (starts(x), returns(f), ...), got %s",
							luaL_typename(L, index)));
	return p;
}

const struct query_pattern *pattern_check(lua_State *L, int index)
{
	return &check_pattern(L, index)->q;
}

const char *pattern_text(lua_State *L, int index)
{
	return check_pattern(L, index)->text;
}

/* The name in a text that it is about; "" = none, or a thing. */
const char *pattern_name(lua_State *L, int index)
{
	return check_pattern(L, index)->name;
}

/* Kinds that a match can have; a leaf without kinds adds all. */
void pattern_kinds(const struct query_pattern *q, uint64_t kinds[QUERY_KIND_WORDS])
{
	uint64_t any = 0;

	if (q->op == QUERY_EVENT) {
		for (unsigned int i = 0; i < QUERY_KIND_WORDS; i++)
			any |= q->kinds[i];
		for (unsigned int i = 0; i < QUERY_KIND_WORDS; i++)
			kinds[i] |= any ? q->kinds[i] : ~(uint64_t)0;
		return;
	}
	if (q->a)
		pattern_kinds(q->a, kinds);
	if (q->b)
		pattern_kinds(q->b, kinds);
}

/* ---- patterns of equal contents ------------------------------------------------------------ */

/* Every node is the first member of a struct pattern. */
static const struct pattern *pattern_of(const struct query_pattern *q)
{
	return (const struct pattern *)q;
}

bool pattern_is_fixed(const struct query_pattern *q)
{
	const struct pattern *p = pattern_of(q);

	return p->with_ref == LUA_NOREF && !p->has_owner && (!q->a || pattern_is_fixed(q->a)) && (!q->b || pattern_is_fixed(q->b));
}

bool pattern_has_names(const struct query_pattern *q)
{
	const struct pattern *p = pattern_of(q);
	bool names = p->name[0] || p->fn[0] || p->thread[0];

	for (uint32_t i = 0; i < q->nr_fields; i++)
		names |= q->fields[i].text != NULL;
	return names || (q->a && pattern_has_names(q->a)) || (q->b && pattern_has_names(q->b));
}

static bool same_ids(const uint32_t *a, uint32_t nr_a, const uint32_t *b, uint32_t nr_b)
{
	return nr_a == nr_b && (!nr_a || memcmp(a, b, nr_a * sizeof(*a)) == 0);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_leaf(const struct query_pattern *a, const struct query_pattern *b)
{
	if (memcmp(a->kinds, b->kinds, sizeof(a->kinds)) || a->nr_things != b->nr_things || a->nr_fields != b->nr_fields)
		return false;
	for (uint32_t i = 0; i < a->nr_things; i++)
		if (a->things[i].cls != b->things[i].cls || !same_text(a->things[i].field, b->things[i].field) ||
		    !same_ids(a->things[i].ids, a->things[i].nr_ids, b->things[i].ids, b->things[i].nr_ids))
			return false;
	for (uint32_t i = 0; i < a->nr_fields; i++)
		if (a->fields[i].cmp != b->fields[i].cmp || a->fields[i].num != b->fields[i].num ||
		    !same_text(a->fields[i].name, b->fields[i].name) || !same_text(a->fields[i].text, b->fields[i].text))
			return false;
	return a->cpu == b->cpu && a->ctx == b->ctx && same_ids(a->tasks, a->nr_tasks, b->tasks, b->nr_tasks) &&
	       a->after_n == b->after_n && a->before_n == b->before_n && a->after_ns == b->after_ns && a->before_ns == b->before_ns;
}

bool pattern_same(const struct query_pattern *a, const struct query_pattern *b)
{
	const struct pattern *p = pattern_of(a), *q = pattern_of(b);

	if (a == b)
		return true;
	if (a->op != b->op || a->nth != b->nth || !a->a != !b->a || !a->b != !b->b)
		return false;
	if (strcmp(p->name, q->name) || strcmp(p->fn, q->fn) || strcmp(p->thread, q->thread) || !same_leaf(a, b))
		return false;
	return (!a->a || pattern_same(a->a, b->a)) && (!a->b || pattern_same(a->b, b->b));
}

/* ---- the part that needs names ------------------------------------------------------------ */

static bool names_match(const struct pattern *p, const struct trace_event *ev)
{
	const struct trace_store *s = &script_now->store;
	const struct trace_row *row = &trace_rows[ev->kind];
	struct trace_value v;

	for (unsigned int i = 0; i < row->nr_fields && trace_event_field(ev, i, &v); i++) {
		enum trace_class cls = trace_type_class(v.type);
		const char *name = cls == CLS_NONE || cls == CLS_FUNC || !v.num ? NULL :
				   trace_store_name(s, cls, (uint32_t)v.num);

		if (name && strcmp(name, p->name) == 0)
			return true;
	}
	return false;
}

static bool owner_matches(const struct pattern *p, const struct trace_event *ev)
{
	struct trace_value v;

	if (trace_event_get(ev, "item", &v) && v.num)
		return object_of_item((uint32_t)v.num) == p->owner;
	return trace_event_get(ev, "object", &v) && (uint32_t)v.num == p->owner;
}

struct author_call {
	const struct pattern *p;
	const struct trace_event *ev;
};

/* In protected mode: (light userdata) -> what the author's function returns. */
static int call_author(lua_State *L)
{
	const struct author_call *c = lua_touserdata(L, 1);

	lua_rawgeti(L, LUA_REGISTRYINDEX, c->p->with_ref);
	event_push(L, c->ev);
	lua_call(L, 1, 1);
	return 1;
}

/*
 * The author's p:with(function(e) ... end).  It may be asked on a kernel thread's
 * stack while the director waits: it gets a Lua thread of its own, must not
 * block, and its faults are noted, not raised.
 */
static bool ask_author(const struct pattern *p, const struct trace_event *ev)
{
	struct script *s = script_now;
	struct script_thread *t = s->spare;
	struct author_call call = { p, ev };
	bool judging = s->judging, yes = false;
	lua_State *last = s->last;
	int status;

	if (!t || s->faulted)
		return false;
	s->spare = t->next;	/* no blocking in here: the next context finds another, or this one back */
	lua_settop(t->L, 0);
	t->instr = 0;
	t->bytes = 0;
	t->entry = ++s->entries;
	snprintf(t->what, sizeof(t->what), "p:with()");
	sandbox_watch(t->L);
	s->judging = true;
	lua_pushcfunction(t->L, script_traceback);
	lua_pushcfunction(t->L, call_author);
	lua_pushlightuserdata(t->L, &call);
	status = lua_pcall(t->L, 1, 1, 1);
	if (status)
		script_note_fault(sandbox_error_text(t->L, status));
	else
		yes = lua_toboolean(t->L, -1);
	s->judging = judging;
	script_leave(t);
	s->last = last;
	return yes;
}

static bool pattern_with(void *arg, const struct trace_event *ev)
{
	const struct pattern *p = arg;
	const struct trace_store *s = &script_now->store;
	struct trace_value v;
	const char *name;

	if (p->fn[0]) {
		if (!trace_event_get(ev, "fn", &v))
			return false;
		name = trace_store_name(s, CLS_FN, (uint32_t)v.num);
		if (!name || strcmp(name, p->fn))
			return false;
	}
	if (p->thread[0]) {
		name = trace_store_name(s, CLS_TASK, ev->task);
		if (!name || strcmp(name, p->thread))
			return false;
	}
	if (p->name[0] && !names_match(p, ev))
		return false;
	if (p->has_owner && !owner_matches(p, ev))
		return false;
	return p->with_ref == LUA_NOREF || ask_author(p, ev);
}

/* ---- making them ------------------------------------------------------------------------------ */

static struct pattern *push_pattern(lua_State *L, const char *text)
{
	struct pattern *p = lua_newuserdatauv(L, sizeof(*p), 2);	/* its parts stay alive with it */

	memset(p, 0, sizeof(*p));
	p->q = query_event();
	p->q.with = pattern_with;
	p->q.with_arg = p;
	p->with_ref = LUA_NOREF;
	snprintf(p->text, sizeof(p->text), "%s", text);
	lua_rawgetp(L, LUA_REGISTRYINDEX, &key_meta);
	lua_setmetatable(L, -2);
	return p;
}

/* A copy of a leaf, or a leaf to be combined with a larger pattern by AND. */
static struct pattern *narrow(lua_State *L, int index, const char *text, struct pattern **leaf)
{
	struct pattern *from = check_pattern(L, index), *p;

	p = push_pattern(L, text);
	if (from->q.op == QUERY_EVENT) {
		char keep[sizeof(p->text)];

		memcpy(keep, p->text, sizeof(keep));
		*p = *from;
		memcpy(p->text, keep, sizeof(keep));
		p->q.with_arg = p;
		for (uint32_t i = 0; i < p->q.nr_things; i++)
			p->q.things[i].ids = &p->ids[i];
		if (p->q.nr_tasks)
			p->q.tasks = &p->task;
		lua_pushvalue(L, index);	/* its texts */
		lua_setiuservalue(L, -2, 1);
		*leaf = p;
		return p;
	}
	p->q.op = QUERY_BOTH;
	p->q.with = NULL;
	p->q.a = &from->q;
	lua_pushvalue(L, index);
	lua_setiuservalue(L, -2, 1);
	*leaf = push_pattern(L, text);
	pattern_kinds(&from->q, (*leaf)->q.kinds);
	p->q.b = &(*leaf)->q;
	lua_setiuservalue(L, -2, 2);
	return p;
}

static void say_arg(lua_State *L, int index, struct strbuf *out)
{
	const char *fn = api_name_of(L, index);

	if (lua_type(L, index) == LUA_TSTRING) {
		strbuf_printf(out, "\"%s\"", lua_tostring(L, index));
		return;
	}
	if (fn) {
		strbuf_puts(out, fn);
		return;
	}
	if (thing_test(L, index)) {
		strbuf_puts(out, thing_test(L, index)->name);
		return;
	}
	sandbox_tostring(L, index);
	strbuf_puts(out, lua_tostring(L, -1));
	lua_pop(L, 1);
}

static void say_call(lua_State *L, const char *name, struct strbuf *out)
{
	strbuf_printf(out, "%s(", name);
	for (int i = 1; i <= lua_gettop(L); i++) {
		if (i > 1)
			strbuf_puts(out, ", ");
		say_arg(L, i, out);
	}
	strbuf_puts(out, ")");
}

/* The leaf must be about the thing, or the name, at @index. */
static void about(lua_State *L, struct pattern *p, int index)
{
	struct thing *t = thing_test(L, index);

	if (lua_isnoneornil(L, index))
		return;
	if (!t) {
		if (lua_type(L, index) != LUA_TSTRING)
			luaL_argerror(L, index, lua_pushfstring(L, "a thing or its name expected, got %s",
								luaL_typename(L, index)));
		snprintf(p->name, sizeof(p->name), "%s", lua_tostring(L, index));
		return;
	}
	if (t->kind == THING_WORKER && !t->id) {	/* worker("kworker/0:1"): by name */
		snprintf(p->name, sizeof(p->name), "%s", t->name);
		return;
	}
	if (t->kind == THING_CPU) {
		p->q.cpu = (int)t->id - 1;
		return;
	}
	if (t->cls == CLS_NONE || !thing_id(t)) {
		snprintf(p->name, sizeof(p->name), "%s", t->name);
		return;
	}
	p->ids[p->q.nr_things] = thing_id(t);
	query_thing(&p->q, t->cls, &p->ids[p->q.nr_things], 1);
}

static struct pattern *make(lua_State *L, const char *name, const enum trace_kind *kinds, unsigned int nr)
{
	STRBUF(text, 200);
	struct pattern *p;

	say_call(L, name, &text);
	p = push_pattern(L, text.buf);
	for (unsigned int i = 0; i < nr; i++)
		query_kind(&p->q, kinds[i]);
	return p;
}

#define KIND_PATTERN(name, ...)                                                     \
	int api_##name(lua_State *L)                                                \
	{                                                                           \
		static const enum trace_kind kinds[] = { __VA_ARGS__ };             \
		struct pattern *p;                                                  \
										    \
		lua_settop(L, lua_isnoneornil(L, 1) ? 0 : 1);                       \
		p = make(L, #name, kinds, sizeof(kinds) / sizeof(kinds[0]));        \
		if (lua_gettop(L) > 1)                                              \
			about(L, p, 1);                                             \
		return 1;                                                           \
	}
KIND_PATTERN(queues, EV_QUEUE_WORK)
KIND_PATTERN(activates, EV_ACTIVATE_WORK)
KIND_PATTERN(starts, EV_EXECUTE_START)
KIND_PATTERN(ends, EV_EXECUTE_END)
KIND_PATTERN(collides, EV_COLLIDE)
KIND_PATTERN(cancels, EV_CANCEL)
KIND_PATTERN(delays, EV_DELAYED_ARM)
KIND_PATTERN(sets_pending, EV_PENDING_SET)
KIND_PATTERN(clears_pending, EV_PENDING_CLEAR)
KIND_PATTERN(sleeps, EV_WORKER_SLEEP)
KIND_PATTERN(creates, EV_WORKER_CREATE)
KIND_PATTERN(culls, EV_CULL)
KIND_PATTERN(manages, EV_MANAGE_BEGIN)
KIND_PATTERN(maydays, EV_MAYDAY)
KIND_PATTERN(rescues, EV_RESCUE)
KIND_PATTERN(stalls, EV_STALL)
KIND_PATTERN(hogs, EV_HOG)
KIND_PATTERN(frees, EV_FREE)

/* An item's worker is back, or a pool wakes one of its workers. */
int api_wakes(lua_State *L)
{
	struct thing *t = thing_test(L, 1);
	bool pool = t && t->kind == THING_POOL;
	struct pattern *p = make(L, "wakes", (const enum trace_kind[]){ pool ? EV_KICK : EV_WORKER_WAKE }, 1);

	if (pool)
		query_field_num(&p->q, "worker", QUERY_NE, 0);
	about(L, p, 1);
	return 1;
}

static int call_pattern(lua_State *L, const char *name, enum trace_kind kind)
{
	const char *fn = api_name_of(L, 1);
	bool of_thing = lua_gettop(L) == 2;
	struct pattern *p;

	if (!fn && lua_type(L, 1) == LUA_TSTRING)
		fn = lua_tostring(L, 1);
	if (!fn || !api_has_fn(fn))
		return luaL_argerror(L, 1, "a kernel function, or its name (\"queue_work\", \"probe\", \"remove\") expected");
	p = make(L, name, &kind, 1);
	snprintf(p->fn, sizeof(p->fn), "%s", fn);
	if (of_thing)
		about(L, p, 2);
	return 1;
}

int api_calls(lua_State *L)
{
	lua_settop(L, lua_isnoneornil(L, 2) ? 1 : 2);
	return call_pattern(L, "calls", EV_CALL);
}

int api_returns(lua_State *L)
{
	lua_settop(L, lua_isnoneornil(L, 2) ? 1 : 2);
	return call_pattern(L, "returns", EV_RETURN);
}

/* A text that lives as long as the run. */
static const char *keep_text(lua_State *L, int index)
{
	size_t len;
	const char *text = luaL_checklstring(L, index, &len);
	char *kept = script_keep(L, len + 1);

	memcpy(kept, text, len + 1);
	return kept;
}

int api_prints(lua_State *L)
{
	const char *text = keep_text(L, 1);
	struct pattern *p = make(L, "prints", (const enum trace_kind[]){ EV_PRINTK }, 1);

	query_field_text(&p->q, "text", QUERY_HAS, text);
	return 1;
}

int api_bug(lua_State *L)
{
	const char *kind = luaL_optstring(L, 1, NULL);
	struct pattern *p;
	int id = 1;

	while (kind && id < BUG_NR && strcmp(trace_bug_name((enum trace_bug)id), kind))
		id++;
	if (kind && id == BUG_NR) {
		STRBUF(list, 300);

		for (id = 1; id < BUG_NR; id++)
			strbuf_printf(&list, "%s%s", id > 1 ? ", " : "", trace_bug_name((enum trace_bug)id));
		return luaL_argerror(L, 1, lua_pushfstring(L, "no such kind of bug; there are: %s", list.buf));
	}
	lua_settop(L, kind ? 1 : 0);
	p = make(L, "bug", (const enum trace_kind[]){ EV_BUG }, 1);
	if (kind)
		query_field_num(&p->q, "kind", QUERY_EQ, id);
	return 1;
}

static const struct trace_field *row_field(const struct trace_row *row, const char *name)
{
	for (unsigned int i = 0; i < row->nr_fields; i++)
		if (strcmp(row->fields[i].name, name) == 0)
			return &row->fields[i];
	return NULL;
}

static lua_Integer bug_number(lua_State *L, const char *name)
{
	static const char *names[BUG_NR + 1];

	for (int i = 0; i < BUG_NR; i++) {
		names[i] = trace_bug_name((enum trace_bug)i);
		if (!strcmp(names[i], name))
			return i;
	}
	script_check_name(L, "there is no kind of bug", name, names);
	return 0;
}

int api_event(lua_State *L)
{
	enum trace_kind kind = trace_kind_by_name(luaL_checkstring(L, 1));
	const struct trace_row *row = &trace_rows[kind];
	struct pattern *p;

	luaL_argcheck(L, kind != EV_NONE, 1, "no such event; docs/events.md lists them");
	if (!lua_isnoneornil(L, 2))
		luaL_checktype(L, 2, LUA_TTABLE);
	else
		lua_settop(L, 1);
	p = make(L, "event", &kind, 1);
	if (lua_gettop(L) == 2)
		return 1;
	lua_pushnil(L);
	while (lua_next(L, 2)) {	/* all must hold: any order */
		struct thing *t = thing_test(L, -1);
		const struct trace_field *f = lua_type(L, -2) == LUA_TSTRING ? row_field(row, lua_tostring(L, -2)) : NULL;
		int err;

		if (!f)
			return luaL_argerror(L, 2, lua_pushfstring(L, "%s has no such field", row->name));
		if (t)
			err = query_field_num(&p->q, f->name, QUERY_EQ, thing_id(t));
		else if (lua_type(L, -1) == LUA_TSTRING && kind == EV_BUG && !strcmp(f->name, "kind"))
			err = query_field_num(&p->q, f->name, QUERY_EQ, bug_number(L, lua_tostring(L, -1)));
		else if (lua_type(L, -1) == LUA_TSTRING && f->type != TY_text && trace_type_class(f->type) == CLS_NONE)
			return script_fail(L, "event \"%s\": %s is a number, got \"%s\"", row->name, f->name, lua_tostring(L, -1));
		else if (lua_type(L, -1) == LUA_TSTRING)
			err = query_field_text(&p->q, f->name, QUERY_TEXT, keep_text(L, lua_gettop(L)));
		else if (lua_isboolean(L, -1))
			err = query_field_num(&p->q, f->name, QUERY_EQ, lua_toboolean(L, -1));
		else if (f->type == TY_ns)
			err = query_field_num(&p->q, f->name, QUERY_EQ, llround(luaL_checknumber(L, -1) * 1e6));
		else
			err = query_field_num(&p->q, f->name, QUERY_EQ, luaL_checkinteger(L, -1));
		if (err)
			return luaL_argerror(L, 2, "too many fields");
		lua_pop(L, 1);
	}
	return 1;
}

/* ---- methods -------------------------------------------------------------------------------------- */

static const char *method_text(lua_State *L, const char *method, char *buf, size_t size)
{
	STRBUF(arg, 100);

	say_arg(L, 2, &arg);
	snprintf(buf, size, "%.90s:%s(%.80s)", check_pattern(L, 1)->text, method, arg.buf);
	return buf;
}

static int l_nth(lua_State *L)
{
	lua_Integer n = luaL_checkinteger(L, 2);
	struct pattern *from = check_pattern(L, 1), *p;
	char text[200];

	luaL_argcheck(L, n >= 1, 2, "the first is 1");
	p = push_pattern(L, method_text(L, "nth", text, sizeof(text)));
	p->q.op = QUERY_NTH;
	p->q.with = NULL;
	p->q.a = &from->q;
	p->q.nth = (uint64_t)n;
	lua_pushvalue(L, 1);
	lua_setiuservalue(L, -2, 1);
	return 1;
}

static int l_on(lua_State *L)
{
	struct thing *t = thing_test(L, 2);
	lua_Integer cpu = t && t->kind == THING_CPU ? (lua_Integer)t->id - 1 : luaL_checkinteger(L, 2);
	struct pattern *leaf;
	char text[200];

	luaL_argcheck(L, cpu >= 0 && cpu < CPUS_MAX, 2, "a CPU's number expected");
	narrow(L, 1, method_text(L, "on", text, sizeof(text)), &leaf);
	leaf->q.cpu = (int)cpu;
	return 1;
}

static int l_by(lua_State *L)
{
	struct thing *t = thing_test(L, 2);
	struct pattern *leaf;
	char text[200];

	if (!t && lua_type(L, 2) != LUA_TSTRING)
		return luaL_argerror(L, 2, "a thread (what task() returned), or its name, expected");
	narrow(L, 1, method_text(L, "by", text, sizeof(text)), &leaf);
	if (t && t->kind == THING_TASK && t->id) {
		leaf->task = t->id;
		leaf->q.tasks = &leaf->task;
		leaf->q.nr_tasks = 1;
	} else {
		snprintf(leaf->thread, sizeof(leaf->thread), "%s", t ? t->name : lua_tostring(L, 2));
	}
	return 1;
}

static int l_of(lua_State *L)
{
	struct thing *t = thing_test(L, 2);
	struct pattern *leaf;
	char text[200];
	uint32_t owner;

	if (!t || (t->kind != THING_OBJ && t->kind != THING_MODULE))
		return luaL_argerror(L, 2, "an object or a module expected");
	owner = t->kind == THING_OBJ ? thing_id(t) : object_of_module(t);
	narrow(L, 1, method_text(L, "of", text, sizeof(text)), &leaf);
	leaf->owner = owner;
	leaf->has_owner = true;
	return 1;
}

static int l_with(lua_State *L)
{
	struct pattern *leaf, *from = check_pattern(L, 1);
	char text[200];

	luaL_checktype(L, 2, LUA_TFUNCTION);
	snprintf(text, sizeof(text), "%.180s:with(function)", from->text);
	if (from->q.op == QUERY_EVENT && from->with_ref != LUA_NOREF) {
		/* two functions: the second as a part of its own */
		struct pattern *p = push_pattern(L, text);

		p->q.op = QUERY_BOTH;
		p->q.with = NULL;
		p->q.a = &from->q;
		lua_pushvalue(L, 1);
		lua_setiuservalue(L, -2, 1);
		leaf = push_pattern(L, text);
		pattern_kinds(&from->q, leaf->q.kinds);
		p->q.b = &leaf->q;
		lua_setiuservalue(L, -2, 2);
	} else {
		narrow(L, 1, text, &leaf);
	}
	lua_pushvalue(L, 2);
	leaf->with_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	return 1;
}

/* after(q), before(q): by matches; after(ms), before(ms): by time; after(e), before(e): by the number of the event. */
static int bounded(lua_State *L, const char *method, enum query_op op)
{
	struct pattern *from = check_pattern(L, 1), *p, *leaf;
	const struct trace_event *ev;
	char text[200];
	uint64_t ns;

	method_text(L, method, text, sizeof(text));
	if (lua_type(L, 2) == LUA_TNUMBER) {
		ns = check_ms(L, 2);
		narrow(L, 1, text, &leaf);
		if (op == QUERY_AFTER)
			leaf->q.after_ns = ns ? ns : 1;
		else
			leaf->q.before_ns = ns ? ns : 1;
		return 1;
	}
	ev = event_test(L, 2);
	if (ev) {
		narrow(L, 1, text, &leaf);
		if (op == QUERY_AFTER)
			leaf->q.after_n = ev->n;
		else
			leaf->q.before_n = ev->n;
		return 1;
	}
	leaf = check_pattern(L, 2);
	p = push_pattern(L, text);
	p->q.op = op;
	p->q.with = NULL;
	p->q.a = &from->q;
	p->q.b = &leaf->q;
	lua_pushvalue(L, 1);
	lua_setiuservalue(L, -2, 1);
	lua_pushvalue(L, 2);
	lua_setiuservalue(L, -2, 2);
	return 1;
}

static int l_after(lua_State *L)
{
	return bounded(L, "after", QUERY_AFTER);
}

static int l_before(lua_State *L)
{
	return bounded(L, "before", QUERY_BEFORE);
}

static int l_add(lua_State *L)
{
	struct pattern *a = check_pattern(L, 1), *b = check_pattern(L, 2), *p;
	char text[200];

	snprintf(text, sizeof(text), "%.90s + %.90s", a->text, b->text);
	p = push_pattern(L, text);
	p->q.op = QUERY_EITHER;
	p->q.with = NULL;
	p->q.a = &a->q;
	p->q.b = &b->q;
	lua_pushvalue(L, 1);
	lua_setiuservalue(L, -2, 1);
	lua_pushvalue(L, 2);
	lua_setiuservalue(L, -2, 2);
	return 1;
}

static int l_text(lua_State *L)
{
	lua_pushstring(L, check_pattern(L, 1)->text);
	return 1;
}

static const luaL_Reg methods[] = {
	{ "nth", l_nth }, { "on", l_on }, { "by", l_by }, { "of", l_of }, { "with", l_with },
	{ "after", l_after }, { "before", l_before }, { NULL, NULL }
};

static int l_index(lua_State *L)
{
	lua_pushvalue(L, 2);
	if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
		return 1;
	return script_fail(L, "a pattern has no method '%s' (nth, on, by, of, after, before, with)",
			   lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
}

void patterns_open(lua_State *L)
{
	lua_createtable(L, 0, 4);
	luaL_newlib(L, methods);
	lua_pushcclosure(L, l_index, 1);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, l_add);
	lua_setfield(L, -2, "__add");
	lua_pushcfunction(L, l_text);
	lua_setfield(L, -2, "__tostring");
	lua_pushliteral(L, "locked");
	lua_setfield(L, -2, "__metatable");
	lua_rawsetp(L, LUA_REGISTRYINDEX, &key_meta);
}
