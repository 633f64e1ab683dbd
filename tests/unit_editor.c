/*
 * tests/unit_editor.c - the files for editors: types of calls, luacheck's and the language server's settings.
 *
 * Lives here:   calls.lua against api.def, types.lua against the program, ten misuses in `check`.
 * Never here:   results of calls (unit_lua_api.c), `new` (unit_authoring.c).
 * Licence: MIT.
 */
#include "tests/support/lua_harness.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua/api_where.h"

#define CALLS "lua/editor/calls.lua"
#define TYPES "lua/editor/types.lua"
#define OUT_BYTES 65536

static const struct row {
	const char *name;
	unsigned int where;
	int min, max;
	const char *signature;
} rows[] = {
#define API(n, w, lo, hi, sig, txt, rl) { #n, w, lo, hi, sig },
#define LUA API
#define VALUE(n, txt) { #n, 0, -1, -1, "" },
#define GROUP(title, txt)
#include "lua/api.def"
#undef API
#undef LUA
#undef VALUE
#undef GROUP
};

static char *read_text(const char *path)
{
	char *text = file_read(path, NULL);

	REQUIRE_NOT_NULL(text);
	return text;
}

/* ---- calls.lua --------------------------------------------------------------------------------- */

/* The lines of comment directly above @at, in @buf. */
static void block_above(const char *text, const char *at, char *buf, size_t size)
{
	const char *begin = at;

	while (begin > text + 1) {
		const char *line = begin - 1;

		while (line > text && line[-1] != '\n')
			line--;
		if (strncmp(line, "---", 3))
			break;
		begin = line;
	}
	snprintf(buf, size, "%.*s", (int)(at - begin), begin);
}

/* Parameters between the parentheses at @p: their number, -1 more for "...". */
static int count_params(const char *p, bool *more)
{
	int n = 0;

	*more = false;
	for (p++; *p != ')'; p += strcspn(p, ",)"), p += *p == ',') {
		p += strspn(p, " ");
		if (!strncmp(p, "...", 3))
			*more = true;
		else
			n++;
	}
	return n;
}

static void check_call(const char *text, const struct row *r)
{
	char search[80], block[1200], param[80];
	const char *at;
	bool more;
	int n;

	snprintf(search, sizeof(search), "\nfunction %s(", r->name);
	at = strstr(text, search);
	if (!at) {
		test_note("%s has no function %s", CALLS, r->name);
		CHECK_NOT_NULL(at);
		return;
	}
	block_above(text, at + 1, block, sizeof(block));
	n = count_params(strchr(at, '('), &more);
	if (n != (r->max < 0 ? r->min : r->max) && !(r->max < 0 && n == r->min))
		test_note("%s: %d parameters, %d to %d in api.def", r->name, n, r->min, r->max);
	CHECK_TRUE(more ? r->max < 0 : n == r->max);
	CHECK_NULL(strstr(block, " any\n"));
	CHECK_NULL(strstr(block, "unknown"));
	for (const char *p = strchr(at, '(') + 1; *p != ')'; p += strcspn(p, ",)"), p += *p == ',') {
		p += strspn(p, " ");
		snprintf(param, sizeof(param), "---@param %.*s", (int)strcspn(p, ",)"), p);
		CHECK_HAS(block, param);
	}
	if (strstr(r->signature, " = ") && strstr(r->signature, " = ") < strchr(r->signature, '('))
		CHECK_HAS(block, "---@return ");
	if (r->where & BOOL)
		CHECK_HAS(block, "---@return boolean\n");
}

static void each_call_has_its_parameters_and_their_types(void)
{
	char *text = read_text(CALLS), search[80];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].where) {
			check_call(text, &rows[i]);
			continue;
		}
		snprintf(search, sizeof(search), "\n---@type %s\n%s = nil\n", strncmp(rows[i].name, "system_", 7) ? "integer" :
			 "kw.Workqueue", rows[i].name);
		CHECK_HAS(text, search);
	}
	free(text);
}

static void each_type_that_is_named_is_declared(void)
{
	char *calls = read_text(CALLS), *types = read_text(TYPES), search[80];
	const char *files[] = { calls, types };
	int seen = 0;

	for (int i = 0; i < 2; i++) {
		for (const char *p = files[i]; (p = strstr(p, "kw.")); p += 3, seen++) {
			int n = (int)strspn(p + 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

			snprintf(search, sizeof(search), "---@class kw.%.*s", n, p + 3);
			if (strstr(types, search) || strstr(calls, search))
				continue;
			snprintf(search, sizeof(search), "---@alias kw.%.*s ", n, p + 3);
			if (!strstr(types, search))
				test_note("kw.%.*s", n, p + 3);
			CHECK_HAS(types, search);
		}
	}
	CHECK_GT(seen, 300);
	free(calls);
	free(types);
}

static void both_files_are_lua(void)
{
	static const char *const files[] = { CALLS, TYPES };

	for (int i = 0; i < 2; i++) {
		lua_State *L = luaL_newstate();

		if (luaL_loadfile(L, files[i]) != LUA_OK)
			test_note("%s", lua_tostring(L, -1));
		CHECK_INT(luaL_loadfile(L, files[i]), LUA_OK);
		lua_close(L);
	}
}

/* ---- types.lua ----------------------------------------------------------------------------------- */

/* The program lists the names that it knows in the fault about one that it does not know. */
static const struct {
	const char *class, *body;
} listed[] = {
	{ "kw.Pattern", "local _ = starts('w').typo" },
	{ "kw.Trace", "local w = work('w', function() end) predict { 'q', number = 'x', id = 'a', answer = function(t) return t.typo end } run(1)" },
	{ "kw.WorkState", "STATE(work(w).typo)" }, { "kw.PoolState", "STATE(pool(0).typo)" },
	{ "kw.WqState", "STATE(wq(system_wq).typo)" }, { "kw.CpuState", "STATE(cpu(0).typo)" },
	{ "kw.WorkerState", "STATE(worker(t:first(creates()).worker).typo)" },
};

static void fault_of(const char *body, char *fault, size_t size)
{
	char text[600];
	struct lua_harness t;

	if (!strncmp(body, "STATE(", 6))
		snprintf(text, sizeof(text), "local w = work('w', function() end) task(0, 'x', function() queue_work(system_wq, w) end) run(5) "
			 "ask { 'q', number = 'x', id = 'a', answer = function(t) return t:at_now().%.*s end }",
			 (int)strlen(body + 6) - 1, body + 6);
	else
		snprintf(text, sizeof(text), "%s", body);
	lua_harness_body(&t, text, NULL);
	snprintf(fault, size, "%s", t.fault);
	lua_harness_done(&t);
}

static bool is_word_in(const char *text, const char *word, size_t len)
{
	for (const char *p = text; (p = strstr(p, word)); p++)
		if ((p == text || !strchr("abcdefghijklmnopqrstuvwxyz_", p[-1])) && !strchr("abcdefghijklmnopqrstuvwxyz_", p[len]))
			return true;
	return false;
}

/* Each field and method of the class in types.lua is in the fault's list; the list has as many words. */
static void compare_class(const char *types, const char *class, const char *fault)
{
	char search[60];
	const char *at, *end, *list = strstr(fault, "'typo' (");
	int here = 0, there = 0;

	snprintf(search, sizeof(search), "---@class %s ", class);
	at = strstr(types, search);
	if (!at) {
		snprintf(search, sizeof(search), "---@class %s\n", class);
		at = strstr(types, search);
	}
	REQUIRE_NOT_NULL(at);
	REQUIRE_NOT_NULL(list);
	list += strlen("'typo' (");
	end = strstr(at + 1, "---@class ");
	for (const char *p = at; p < end; p = strchr(p, '\n') + 1) {
		const char *colon = !strncmp(p, "function ", 9) ? strchr(p, ':') : NULL;
		const char *name = !strncmp(p, "---@field ", 10) ? p + 10 : colon ? colon + 1 : NULL;
		char word[40];

		if (!name)
			continue;
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(name, " ?("), name);
		here++;
		if (!is_word_in(list, word, strlen(word)))
			test_note("%s.%s: %s", class, word, fault);
		CHECK_TRUE(is_word_in(list, word, strlen(word)));
	}
	for (const char *p = list; *p != ')'; p += strspn(p, "abcdefghijklmnopqrstuvwxyz_"), there++) {
		p += strcspn(p, "abcdefghijklmnopqrstuvwxyz_)");
		if (*p == ')')
			break;
	}
	if (here != there)
		test_note("%s: %s", class, fault);
	CHECK_INT(here, there);
}

static void the_types_have_the_fields_that_the_program_knows(void)
{
	char *types = read_text(TYPES), fault[1200];

	for (size_t i = 0; i < sizeof(listed) / sizeof(listed[0]); i++) {
		fault_of(listed[i].body, fault, sizeof(fault));
		CHECK_HAS(fault, "typo");
		compare_class(types, listed[i].class, fault);
	}
	free(types);
}

/* Tables of the library's code whose keys are the fields of a class. */
static const struct {
	const char *class, *file, *table;
} coded[] = {
	{ "kw.Setting", "lua/lib/exercise.lua", "local setting_fields = {" },
	{ "kw.Check", "lua/lib/exercise.lua", "local check_fields = {" },
	{ "kw.Exercise", "lua/lib/headings.lua", "local exercise_fields = {" },
	{ "kw.Lesson", "lua/lib/headings.lua", "local lesson_fields = {" },
};

/* Each key of the table, at the first depth of braces, is a field of the class. */
static void compare_coded(const char *types, const char *class, const char *keys)
{
	char search[60], field[60];
	const char *at, *end;
	int depth = 1, seen = 0;

	snprintf(search, sizeof(search), "---@class %s ", class);
	at = strstr(types, search);
	REQUIRE_NOT_NULL(at);
	end = strstr(at + 1, "---@class ");
	at = strndup(at, end ? (size_t)(end - at) : strlen(at));
	for (const char *p = keys; depth; p++) {
		size_t len = strspn(p, "abcdefghijklmnopqrstuvwxyz_");

		depth += strchr("{(", *p) ? 1 : strchr("})", *p) ? -1 : 0;
		if (depth == 1 && len && !strncmp(p + len, " = ", 3)) {
			snprintf(field, sizeof(field), "---@field %.*s", (int)len, p);
			if (!strstr(at, field))
				test_note("%s has no %s", class, field);
			CHECK_NOT_NULL(strstr(at, field));
			seen++;
		}
		p += len ? len - 1 : 0;
	}
	CHECK_GT(seen, 4);
	free((void *)(uintptr_t)at);
}

static void the_types_have_the_fields_of_the_library_s_tables(void)
{
	char *types = read_text(TYPES);

	for (size_t i = 0; i < sizeof(coded) / sizeof(coded[0]); i++) {
		char *text = read_text(coded[i].file);
		const char *keys = strstr(text, coded[i].table);

		REQUIRE_NOT_NULL(keys);
		compare_coded(types, coded[i].class, keys + strlen(coded[i].table));
		free(text);
	}
	free(types);
}

/* ---- luacheck and the language server ------------------------------------------------------------ */

static const char *const refused[] = { "print", "os", "io", "load", "loadfile", "dofile", "require", "package", "debug",
				       "collectgarbage", "_G", "_VERSION" };

/* Each name of .luacheckrc exists for a lesson, and no refused name stands in it. */
static void the_names_of_luacheck_are_those_of_the_sandbox(void)
{
	char *text = read_text(".luacheckrc"), word[40], body[200];
	struct lua_harness t;
	int seen = 0;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		snprintf(word, sizeof(word), "\"%s\"", refused[i]);
		CHECK_NULL(strstr(text, word));
	}
	for (const char *p = strstr(text, "read_globals"); (p = strstr(p, "\n  ")); p++, seen++) {
		const char *name = p + 3 + (p[3] == '"');

		snprintf(word, sizeof(word), "%.*s", (int)strcspn(name, "\" ="), name);
		if (!strcmp(word, "lesson"))
			continue;
		snprintf(body, sizeof(body), "expect(%s ~= nil)", word);
		lua_harness_body(&t, body, NULL);
		CHECK_STR(t.fault, "");
		lua_harness_done(&t);
	}
	CHECK_GT(seen, 150);
	for (const char *p = text; (p = strstr(p, "fields = {")); p++) {
		const char *line = p;

		while (line[-1] != '\n')
			line--;
		for (const char *q = strchr(p, '"'); q && q < strchr(p, '\n'); q = strchr(strchr(q + 1, '"') + 1, '"')) {
			snprintf(body, sizeof(body), "expect(%.*s.%.*s ~= nil)", (int)strcspn(line + 2, " "), line + 2,
				 (int)strcspn(q + 1, "\""), q + 1);
			lua_harness_body(&t, body, NULL);
			CHECK_STR(t.fault, "");
			lua_harness_done(&t);
		}
	}
	free(text);
}

static bool is_in_path(const char *program)
{
	char out[400];

	return shell_run(out, sizeof(out), "command -v %s", program) == 0;
}

static void luacheck_passes_lessons_and_refuses_the_rest(void)
{
	char out[OUT_BYTES], folder[64] = "/tmp/kw-editor-XXXXXX";

	if (!is_in_path("luacheck")) {
		test_skip("luacheck is not installed (package lua-check)");
		return;
	}
	CHECK_INT(shell_run(out, sizeof(out), "luacheck --no-color -q lessons exercises"), 0);
	CHECK_HAS(out, "Total: 0 warnings / 0 errors");
	folder_make(folder);
	for (size_t i = 0; i < 4; i++) {
		CHECK_INT(shell_run(out, sizeof(out), "echo 'return %s' > '%s/a.lua'; luacheck --no-color --config .luacheckrc '%s/a.lua'",
				    refused[i], folder, folder), 1);
		CHECK_HAS(out, "accessing undefined variable");
		CHECK_HAS(out, refused[i]);
	}
	folder_remove(folder);
}

static void the_language_server_finds_a_wrong_argument_and_nothing_in_the_lessons(void)
{
	char out[OUT_BYTES];

	if (!is_in_path("lua-language-server")) {
		test_skip("lua-language-server is not installed");
		return;
	}
	CHECK_INT(shell_run(out, sizeof(out), "lua-language-server --check lessons --configpath \"$PWD/.luarc.json\" --checklevel=Error 2>&1"), 0);
}

/* ---- misuses ---------------------------------------------------------------------------------------- */

static const struct {
	const char *line, *text;
} misuses[] = {
	{ "queue_wrok(system_wq, w)", "unknown name 'queue_wrok'" },
	{ "queue_work(system_wq)", "queue_work() takes 2 arguments, not 1" },
	{ "queue_work(w, system_wq)", "workqueue expected, got work item 'w'" },
	{ "recap { 'x' }", "recap() is the lesson's own" },
	{ "msleep('long')", "number expected, got string" },
	{ "D queue_work(system_wq, w)", "queue_work() needs a CPU" },
	{ "D run_until(starts(w):twice(2))", "a pattern has no method 'twice'" },
	{ "D run_until(event('workqueue_execute_strat'))", "no such event" },
	{ "D task(0, 't', function() end, { prio = 1 })", "prio" },
	{ "D ask { 'x', number = 'n', looks = w }", "looks" },
	{ "D total = 1", "global 'total'" },
	{ "D print('here')", "print() has no output here" },
};

static void check_finds_each_misuse_at_its_line(void)
{
	char out[OUT_BYTES], folder[64] = "/tmp/kw-editor-XXXXXX", path[100];

	folder_make(folder);
	snprintf(path, sizeof(path), "%s/a.lua", folder);
	for (size_t i = 0; i < sizeof(misuses) / sizeof(misuses[0]); i++) {
		bool director = !strncmp(misuses[i].line, "D ", 2);
		FILE *f = fopen(path, "w");

		REQUIRE_NOT_NULL(f);
		fprintf(f, "return lesson { title = 'misuse', function()\n  local w = work('w', function() burn(1) end)\n  %s%s%s\n"
			"end }\n", director ? "" : "irq(0, 'card', function() ", misuses[i].line + 2 * director,
			director ? "" : " end) run(1)");
		fclose(f);
		CHECK_INT(shell_run(out, sizeof(out), "'%s' check '%s' --fast 2>&1", test_binary(), path), 2);
		CHECK_HAS(out, "a.lua:3:");
		CHECK_HAS(out, misuses[i].text);
	}
	folder_remove(folder);
}

const struct test_case suite_unit_editor[] = {
	T(each_call_has_its_parameters_and_their_types),
	T(each_type_that_is_named_is_declared),
	T(both_files_are_lua),
	T(the_types_have_the_fields_that_the_program_knows),
	T(the_types_have_the_fields_of_the_library_s_tables),
	T(the_names_of_luacheck_are_those_of_the_sandbox),
	T(luacheck_passes_lessons_and_refuses_the_rest),
	T(the_language_server_finds_a_wrong_argument_and_nothing_in_the_lessons),
	T(check_finds_each_misuse_at_its_line),
	{ NULL, NULL }
};
