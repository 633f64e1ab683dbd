/*
 * lua/pick.c - the kinds of questions, and the things of a run that a student can point at.
 *
 * Lives here:   lists of workers, items and CPUs; the events of the story; the lines of ps, dmesg and of a
 *               report that lies beside the exercise.
 * Never here:   which of them are right (lib/pick.lua), what is shown of them (model/lesson.h).
 * Licence: MIT.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/utf8.h"
#include "lua/script_internal.h"
#include "model/lesson.h"
#include "model/tables.h"

static const struct model *model_now(void)
{
	struct script *s = script_now;

	trace_store_poll(&s->store);
	model_replay_grow(&s->replay);
	return &s->replay.head;
}

/* ---- kinds of questions -------------------------------------------------------------------- */

/* core.ask_kinds() -> { { name =, code =, form = }, ... } */
static int ask_kinds(lua_State *L)
{
	static const char *const forms[] = {
		[FORM_ONE] = "one", [FORM_SEVERAL] = "several", [FORM_ORDER] = "order", [FORM_NUMBER] = "number",
		[FORM_WORDS] = "words", [FORM_PICK] = "pick"
	};

	lua_createtable(L, ASK_NR, 0);
	for (int i = 0; i < ASK_NR; i++) {
		lua_createtable(L, 0, 3);
		lua_pushstring(L, trace_asks[i].name);
		lua_setfield(L, -2, "name");
		lua_pushinteger(L, i);
		lua_setfield(L, -2, "code");
		lua_pushstring(L, forms[trace_asks[i].form]);
		lua_setfield(L, -2, "form");
		lua_rawseti(L, -2, i + 1);
	}
	return 1;
}

/* ---- things ---------------------------------------------------------------------------- */

static void append_thing(lua_State *L, enum trace_class cls, uint32_t id)
{
	thing_push_id(L, cls, id);
	lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

/* A rescuer at home has no place in a pool. */
static bool exists(const struct model_worker *w)
{
	return w && w->task && w->place != WK_DEAD && (w->place != WK_NONE || w->rescuer_of);
}

/* Of one pool, or with @pool 0 of all; a worker of a pool that runs in softirq context is no thread. */
static void list_workers(lua_State *L, const struct model *m, uint32_t pool)
{
	for (uint32_t id = 1; id <= m->nr_workers; id++) {
		const struct model_worker *w = model_worker(m, id);

		if (exists(w) && (!pool || w->pool == pool))
			append_thing(L, CLS_WORKER, id);
	}
}

/* Those of the lesson: the system has items of its own. */
static void list_items(lua_State *L)
{
	uint32_t last = 0;

	for (;;) {
		uint32_t next = 0;

		for (const struct script_item *it = script_now->items; it; it = it->next)
			if (it->work.id > last && !it->freed && (!next || it->work.id < next))
				next = it->work.id;
		if (!next)
			return;
		append_thing(L, CLS_ITEM, next);
		last = next;
	}
}

static void list_cpus(lua_State *L, const struct model *m)
{
	char name[32];

	for (uint32_t cpu = 0; cpu < CPUS_MAX; cpu++) {
		if (!m->cpus[cpu].exists)
			continue;
		snprintf(name, sizeof(name), "CPU %" PRIu32, cpu);
		thing_push(L, THING_CPU, cpu + 1, name, NULL);
		lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
	}
}

/* core.pickable("worker"|"item"|"cpu"[, id of a pool]) -> list of things */
static int pickable(lua_State *L)
{
	const char *what = luaL_checkstring(L, 1);
	const struct model *m = model_now();
	uint32_t pool = (uint32_t)luaL_optinteger(L, 2, 0);

	lua_newtable(L);
	if (!strcmp(what, "worker"))
		list_workers(L, m, pool);
	else if (!strcmp(what, "item"))
		list_items(L);
	else
		list_cpus(L, m);
	return 1;
}

/* core.worker_of(event) -> the worker that it names, or the worker that was running; nil */
static int worker_of(lua_State *L)
{
	const struct trace_event *ev = event_test(L, 1);
	const struct model *m = model_now();
	const struct model_task *t;
	struct trace_value v;

	luaL_argcheck(L, ev, 1, "an event expected");
	if (trace_event_get(ev, "worker", &v)) {
		thing_push_id(L, CLS_WORKER, (uint32_t)v.num);
		return 1;
	}
	t = ev->task ? model_task(m, ev->task) : NULL;
	thing_push_id(L, CLS_WORKER, t ? t->worker : 0);
	return 1;
}

/* core.pointable(event number) -> can a student point at it? */
static int pointable(lua_State *L)
{
	lua_Integer n = luaL_checkinteger(L, 1);
	struct trace_event ev;

	trace_store_poll(&script_now->store);
	lua_pushboolean(L, n > 0 && trace_store_event(&script_now->store, (uint64_t)n, &ev) && lesson_tells(&ev));
	return 1;
}

/* ---- reports ----------------------------------------------------------------------------- */

static void append_line(void *arg, const char *text)
{
	lua_State *L = arg;

	lua_pushstring(L, text);
	lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

#define BUSY_TITLE "Showing busy workqueues"	/* first line of SysRq-t's part about workqueues */

/* The last line of the log with which SysRq-t begins, 0 = there is none. */
static uint64_t last_sysrq(const struct trace_store *s)
{
	struct trace_event ev;
	struct ev_PRINTK e;
	uint64_t found = 0;

	for (uint64_t n = 1; n <= s->nr; n++)
		if (trace_store_event(s, n, &ev) && trace_get_PRINTK(&ev, &e) && !strncmp(e.text, BUSY_TITLE, strlen(BUSY_TITLE)))
			found = n;
	return found;
}

/* "[    1.003456] BUG: workqueue lockup ..." */
static void list_log(lua_State *L, const struct trace_store *s, uint64_t from)
{
	struct trace_event ev;
	struct ev_PRINTK e;

	for (uint64_t n = from; n && n <= s->nr; n++) {
		STRBUF(line, 1200);

		if (!trace_store_event(s, n, &ev) || !trace_get_PRINTK(&ev, &e))
			continue;
		strbuf_printf(&line, "[%5" PRIu64 ".%06" PRIu64 "] %s", ev.time / 1000000000u, ev.time / 1000u % 1000000u, e.text);
		append_line(L, line.buf);
	}
}

/* core.report("ps"|"dmesg"|"sysrq-t") -> its lines */
static int report(lua_State *L)
{
	const char *what = luaL_checkstring(L, 1);
	const struct trace_store *s = &script_now->store;
	const struct model *m = model_now();
	struct table_out out = { append_line, L };

	lua_newtable(L);
	if (!strcmp(what, "ps"))
		table_ps(m, s, &out);
	else
		list_log(L, s, strcmp(what, "dmesg") ? last_sysrq(s) : 1);
	return 1;
}

#define REPORT_BYTES_MAX ((size_t)64 << 10)
#define REPORT_LINE_MAX 500

/* The whole file @name beside the exercise's, with a NUL behind it; NULL and errno.  Reading is permitted after confinement too. */
static char *read_beside(const char *name)
{
	const char *path = script_now->opts->spec->lesson, *slash = strrchr(path, '/');
	char beside[1200], *text = malloc(REPORT_BYTES_MAX + 2);
	FILE *f;
	size_t n;

	snprintf(beside, sizeof(beside), "%.*s%s", slash ? (int)(slash + 1 - path) : 0, path, name);
	f = infile_open(beside);
	n = f && text ? fread(text, 1, REPORT_BYTES_MAX + 1, f) : 0;
	if (f)
		fclose(f);
	if (f && text && n <= REPORT_BYTES_MAX && !memchr(text, '\0', n)) {
		text[n] = '\0';
		return text;
	}
	errno = f && text ? (n > REPORT_BYTES_MAX ? EFBIG : EILSEQ) : errno;
	free(text);
	return NULL;
}

/* A line of a report as it is shown: tabs are blanks up to the next multiple of eight.  False: it is no text, or too long. */
static bool shown_line(const char *line, size_t len, struct strbuf *out)
{
	if (!utf8_valid(line, len))
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)line[i];

		if ((c < ' ' && c != '\t') || c == 127)
			return false;
		do
			strbuf_putc(out, c == '\t' ? ' ' : (char)c);
		while (c == '\t' && out->len % 8 && !out->cut);
	}
	return !out->cut;
}

/* core.report_file("report.txt") -> its lines; or nil, why */
static int report_file(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	char *text = read_beside(name), *at = text;
	unsigned int number = 1;

	lua_newtable(L);
	if (!text) {
		lua_pushnil(L);
		lua_pushfstring(L, "%s: %s", name, errno == EFBIG ? "the report is larger than 64 KiB" : errno == EILSEQ ?
				"the report contains a NUL byte" : infile_reason(errno));
		return 2;
	}
	for (; *at; number++) {
		size_t len = strcspn(at, "\n"), kept = len && at[len - 1] == '\r' ? len - 1 : len;
		STRBUF(line, REPORT_LINE_MAX);

		if (!shown_line(at, kept, &line)) {
			lua_pushnil(L);
			lua_pushfstring(L, "%s:%d: the line is longer than %d bytes, or is no text", name, (int)number, REPORT_LINE_MAX - 1);
			free(text);
			return 2;
		}
		append_line(L, line.buf);
		at += len + (at[len] == '\n');
	}
	free(text);
	return 1;
}

static const luaL_Reg functions[] = {
	{ "ask_kinds", ask_kinds }, { "pickable", pickable }, { "worker_of", worker_of }, { "pointable", pointable }, { "report", report },
	{ "report_file", report_file }, { NULL, NULL }
};

/* Adds its functions to the table on top. */
void pick_open(lua_State *L)
{
	luaL_setfuncs(L, functions, 0);
}
