/*
 * lua/api_editor.c - files for editors, from api.def: calls with their types, and two settings.
 *
 * A signature of api.def names its parameters and its result: "ok = queue_work(wq, w)".  A
 * table below has the type of each name.  Signatures of another form, and names that mean
 * another thing in one call, have a row of their own.  The types themselves are in
 * lua/editor/types.lua.
 *
 * Lives here:   calls.lua, .luacheckrc, .luarc.json.
 * Never here:   the reference (api_page.c), the types' own fields (lua/editor/types.lua).
 * Licence: MIT.
 */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "lua/api_where.h"

struct row {
	const char *name;
	unsigned int where;
	const char *signature, *text;
};

static const struct row calls[] = {
#define API(n, w, lo, hi, sig, txt, rl) { #n, (w), sig, txt },
#define LUA API
#define VALUE(n, txt)
#define GROUP(title, txt)
#include "lua/api.def"
#undef VALUE
#undef API
#define API(n, w, lo, hi, sig, txt, rl)
#define VALUE(n, txt) { #n, 0, "", txt },
};
static const struct row values[] = {
#include "lua/api.def"
#undef API
#undef LUA
#undef VALUE
#undef GROUP
};
#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the types of names --------------------------------------------------------------------- */

static const char *const types[][2] = {
	{ "cpu", "integer" }, { "node", "integer" }, { "name", "string" }, { "text", "string" }, { "file", "string" },
	{ "ms", "number" }, { "us", "integer" }, { "times", "integer" }, { "delay", "integer" }, { "expires", "integer" },
	{ "j", "integer" }, { "n", "integer" }, { "flags", "integer" }, { "max_active", "integer" }, { "mask", "integer" },
	{ "vec", "integer" }, { "bits", "integer" }, { "err", "integer" }, { "queued", "integer" }, { "on", "boolean" },
	{ "a", "number" }, { "b", "number" }, { "acts", "string[]" }, { "kind", "string" }, { "format", "string" },
	{ "fn", "function" }, { "handler", "fun(line: kw.Line, dev: kw.Value): integer?" },
	{ "thread_fn", "fun(line: kw.Line, dev: kw.Value): integer?" }, { "dev", "kw.Value" }, { "arg", "kw.Value" },
	{ "value", "kw.Value" }, { "cond", "kw.Value" }, { "opt", "kw.Value" }, { "driver", "kw.Driver" },
	{ "fields", "table<string, kw.Value>" }, { "f", "function|string" },
	{ "p", "kw.Pattern" }, { "x", "kw.Named" }, { "e", "kw.Event" }, { "q", "kw.Question" },
	{ "wq", "kw.Workqueue" }, { "w", "kw.Work" }, { "line", "kw.Line" }, { "h", "kw.Task" }, { "m", "kw.Mutex" },
	{ "l", "kw.Spinlock" }, { "c", "kw.Completion" }, { "t", "kw.Timer" }, { "o", "kw.Object" }, { "v", "kw.Shared" },
};

#define OF_POOL "pool?: kw.Named", "kw.Pattern"
#define WORK_MAKER "name: string|kw.WorkFields, fn?: fun(w: kw.Work)", "kw.Work"
#define LIMITED "p: kw.Pattern, limit?: number|kw.Limit", "kw.Event"

/* Calls whose signature does not have the types: parameters, and the result ("" = none, NULL = by its name). */
static const struct shape {
	const char *name, *params, *result;
} shapes[] = {
	{ "lesson", "fields: kw.Lesson", "kw.Lesson" }, { "exercise", "fields: kw.Exercise", "kw.Exercise" },
	{ "hidden_checks", "checks: kw.HiddenChecks", "kw.HiddenChecks" },
	{ "say", "card: string|kw.Card", "" }, { "predict", "question: kw.Ask", "kw.Question" },
	{ "ask", "question: kw.Ask", "kw.Question" }, { "recap", "lines: string|string[]", "" },
	{ "look", "...: kw.Named", "" },
	{ "show", "view: \"timeline\"|\"events\"|\"dmesg\"|\"source\"|\"pools\"|\"machine\"", "" },
	{ "note", "text: string, ...: kw.Value|kw.Thing|kw.Event", "" },
	{ "expect", "cond: kw.Value|kw.Thing|kw.Event, text?: string", "" },
	{ "irq", "cpu: integer, name: string, fn: fun(line: kw.Line)", "" },
	{ "task", "cpu: integer, name: string, fn: fun(), options?: kw.TaskFields", "kw.Task" },
	{ "when", "p: kw.Pattern, fn: fun(e: kw.Event)", "" },
	{ "you_pick", "list: kw.YouPick", "" },
	{ "run_until", LIMITED }, { "run_before", LIMITED }, { "run_idle", "limit?: number|kw.IdleLimit", "" },
	{ "param", "name: string, value: string|number|boolean", "" }, { "sysrq", "key: \"t\"", "" },
	{ "work", WORK_MAKER }, { "delayed_work", WORK_MAKER }, { "deferrable_work", WORK_MAKER }, { "rcu_work", WORK_MAKER },
	{ "current_work", "", "kw.Work?" },
	{ "apply_workqueue_attrs", "wq: kw.Workqueue, attrs: kw.Attrs", "integer" },
	{ "sysfs", "wq: kw.Workqueue?, file: string, value?: string", "string|integer" },
	{ "completion", "name: string, options?: kw.CompletionFields", "kw.Completion" },
	{ "tasklet", "name: string, fn: fun()", "kw.Tasklet" }, { "tasklet_schedule", "t: kw.Tasklet", "" },
	{ "tasklet_hi_schedule", "t: kw.Tasklet", "" }, { "tasklet_kill", "t: kw.Tasklet", "" },
	{ "printk", "format: string, ...: kw.Value", "" },
	{ "insmod", "name: string, driver: kw.Driver, opt?: kw.Value", "kw.Module" }, { "rmmod", "m: kw.Module", "" },
	{ "creates", OF_POOL }, { "culls", OF_POOL }, { "manages", OF_POOL }, { "stalls", OF_POOL },
	{ "maydays", "wq?: kw.Named", "kw.Pattern" }, { "rescues", "x?: kw.Named", "kw.Pattern" },
	{ "prints", "text: string", "kw.Pattern" }, { "event", "name: string, fields?: table<string, kw.Value|kw.Thing>", "kw.Pattern" },
	{ "frees", "name: kw.Named", "kw.Pattern" }, { "cpu", "n: integer", "kw.Cpu" },
	{ "pool", "x: integer|kw.Named, high?: \"high\"", "kw.Pool" }, { "worker", "name: string", "kw.Worker" },
	{ "near", "a: number, b: number, by?: number", "boolean" },
};

static const struct shape *shape_of(const char *name)
{
	for (size_t i = 0; i < NR(shapes); i++)
		if (!strcmp(shapes[i].name, name))
			return &shapes[i];
	return NULL;
}

/* "unknown" where the table has no row: a test refuses it. */
static const char *type_of(const char *name, size_t len)
{
	for (size_t i = 0; i < NR(types); i++)
		if (strlen(types[i][0]) == len && !strncmp(types[i][0], name, len))
			return types[i][1];
	return "unknown";
}

static size_t name_len(const char *p)
{
	size_t n = 0;

	while (isalnum((unsigned char)p[n]) || p[n] == '_')
		n++;
	return n;
}

/* ---- calls ------------------------------------------------------------------------------------ */

/* The parameters of a signature in the form of a shape: "wq: kw.Workqueue, delay?: integer". */
static void params_of(const struct row *r, char *out, size_t size)
{
	const char *p = strstr(r->signature, r->name), *end;
	bool optional = false;
	size_t n, len = 0;

	out[0] = '\0';
	p = p ? strchr(p, '(') : NULL;
	end = p ? strchr(p, ')') : NULL;
	for (p = p ? p + 1 : ""; end && p < end; p += n ? n : 1) {
		n = name_len(p);
		optional |= *p == '[';
		if (!n)
			continue;
		len += (size_t)snprintf(out + len, size - len, "%s%.*s%s: %s", len ? ", " : "", (int)n, p, optional ? "?" : "",
					type_of(p, n));
		if (len >= size)
			return;
	}
}

/* The patterns are the calls that the director, judges and the file may make, and the kernel's code may not. */
static bool is_pattern(const struct row *r)
{
	return (r->where & (D | K | J | F)) == (D | J | F);
}

static const char *result_of(const struct row *r)
{
	const char *equals = strstr(r->signature, " = ");
	size_t n = name_len(r->signature);

	if (r->where & BOOL)
		return "boolean";
	if (equals && equals == r->signature + n)
		return strncmp(r->signature, "yes", n) ? type_of(r->signature, n) : "boolean";
	return is_pattern(r) ? "kw.Pattern" : "";
}

/* Calls @each for each "name: type" of a shape's list; a comma inside of (), <> or {} is the type's own. */
static void for_each_param(const char *params, FILE *out, void (*each)(FILE *out, const char *param, int len, bool first))
{
	bool first = true;

	for (const char *p = params; *p;) {
		const char *end = p;
		int depth = 0;

		for (; *end && (depth || *end != ','); end++)
			depth += strchr("(<{", *end) ? 1 : strchr(")>}", *end) ? -1 : 0;
		each(out, p, (int)(end - p), first);
		first = false;
		p = end + strspn(end, ", ");
	}
}

static void put_param(FILE *out, const char *param, int len, bool first)
{
	int name = (int)strcspn(param, ":");

	(void)first;
	fprintf(out, "---@param %.*s %.*s\n", name, param, len - name - 2, param + name + 2);
}

static void put_name(FILE *out, const char *param, int len, bool first)
{
	(void)len;
	fprintf(out, "%s%.*s", first ? "" : ", ", (int)strcspn(param, "?:"), param);
}

static void put_call(FILE *out, const struct row *r)
{
	const struct shape *shape = shape_of(r->name);
	const char *result = shape && shape->result ? shape->result : result_of(r), *params;
	char read[400];

	params_of(r, read, sizeof(read));
	params = shape ? shape->params : read;
	fprintf(out, "\n--- `%s`\n--- %s\n", r->signature, r->text);
	for_each_param(params, out, put_param);
	if (*result)
		fprintf(out, "---@return %s\n", result);
	fprintf(out, "function %s(", r->name);
	for_each_param(params, out, put_name);
	fputs(") end\n", out);
}

static const char *type_of_value(const char *name)
{
	return strncmp(name, "system_", 7) ? "integer" : "kw.Workqueue";
}

/* ---- events ------------------------------------------------------------------------------------- */

static const char *const field_types[][2] = {
	{ "u32", "integer" }, { "i32", "integer" }, { "u64", "integer" }, { "bool", "boolean" }, { "ns", "number" },
	{ "mask", "integer" }, { "ids", "integer[]" }, { "text", "string" }, { "item", "kw.Work?" }, { "wq", "kw.Workqueue?" },
	{ "pwq", "string?" }, { "pool", "kw.Pool?" }, { "worker", "kw.Worker?" }, { "task", "kw.Task?" }, { "func", "string?" },
	{ "line", "kw.Line?" }, { "obj", "kw.Object?" },
};

static const struct field {
	const char *type, *name;
} event_fields[] = {
#define EV(ID, name, level, fields, meaning) fields
#undef F
#define F(type, name) { #type, #name },
#include "trace/trace_events.def"
#undef F
#undef EV
};

static const char *lua_type(const char *type)
{
	for (size_t i = 0; i < NR(field_types); i++)
		if (!strcmp(field_types[i][0], type))
			return field_types[i][1];
	return "unknown";
}

/* Those of each event, or with another meaning than in the table. */
static const char *const head_fields[][2] = {
	{ "ms", "number" }, { "n", "integer" }, { "cpu", "integer?" }, { "thread", "string" }, { "name", "string" },
	{ "work", "kw.Work?" }, { "wq", "kw.Workqueue?" }, { "ret", "kw.Value" }, { "why", "kw.Why?" }, { "cause", "kw.Event?" },
	{ "kind", "string|integer" }, { "freed", "kw.Event?" },
};

static bool written_before(size_t i)
{
	for (size_t k = 0; k < NR(head_fields); k++)
		if (!strcmp(head_fields[k][0], event_fields[i].name))
			return true;
	for (size_t k = 0; k < i; k++)
		if (!strcmp(event_fields[k].name, event_fields[i].name))
			return true;
	return false;
}

/* A name that several events have with different types has all of them. */
static void put_field(FILE *out, size_t i)
{
	const char *said[NR(event_fields)];
	size_t nr = 0;

	if (written_before(i))
		return;
	fprintf(out, "---@field %s ", event_fields[i].name);
	for (size_t k = i; k < NR(event_fields); k++) {
		const char *type = lua_type(event_fields[k].type);
		size_t m = 0;

		if (strcmp(event_fields[k].name, event_fields[i].name))
			continue;
		while (m < nr && strcmp(said[m], type))
			m++;
		if (m < nr)
			continue;
		said[nr++] = type;
		fprintf(out, "%s%s", nr > 1 ? "|" : "", type);
	}
	fputs("\n", out);
}

static void put_events(FILE *out)
{
	fputs("\n---@class kw.Event                     an event; docs/events.md has the fields of each\n", out);
	for (size_t i = 0; i < NR(head_fields); i++)
		fprintf(out, "---@field %s %s\n", head_fields[i][0], head_fields[i][1]);
	for (size_t i = 0; i < NR(event_fields); i++)
		put_field(out, i);
}

/* ---- the files -------------------------------------------------------------------------------------- */

void api_put_calls(FILE *out)
{
	fputs("---@meta kworkshop\n-- For editors with a Lua language server; made from lua/api.def, never run.\n", out);
	put_events(out);
	for (size_t i = 0; i < NR(calls); i++)
		put_call(out, &calls[i]);
	for (size_t i = 0; i < NR(values); i++)
		fprintf(out, "\n--- %s\n---@type %s\n%s = nil\n", values[i].text, type_of_value(values[i].name), values[i].name);
}

/* Lua's own names, as far as lessons have them. */
static const char *const lua_names[] = {
	"assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "rawequal", "rawget", "rawlen", "rawset", "select",
	"setmetatable", "tonumber", "tostring", "type", "xpcall",
};
static const char *const lua_libs[][2] = {
	{ "string", "byte char find format gmatch gsub len lower match pack packsize rep reverse sub unpack upper" },
	{ "table", "concat insert move pack remove sort unpack" },
	{ "math", "abs acos asin atan ceil cos deg exp floor fmod huge log max maxinteger min mininteger modf pi rad random sin "
	  "sqrt tan tointeger type ult" },
	{ "utf8", "char charpattern codepoint codes len offset" },
	{ "coroutine", "create isyieldable resume running status wrap yield" },
};

static void put_lib(FILE *out, const char *name, const char *fields)
{
	fprintf(out, "  %s = { fields = {", name);
	for (const char *p = fields; *p;) {
		size_t n = strcspn(p, " ");

		fprintf(out, " \"%.*s\",", (int)n, p);
		p += n + strspn(p + n, " ");
	}
	fputs(" } },\n", out);
}

void api_put_luacheck(FILE *out)
{
	fputs("-- Made from lua/api.def: the names that lessons and exercises have.  luacheck lessons exercises\n"
	      "stds.kworkshop = { read_globals = {\n", out);
	for (size_t i = 0; i < NR(lua_names); i++)
		fprintf(out, "  \"%s\",\n", lua_names[i]);
	for (size_t i = 0; i < NR(lua_libs); i++)
		put_lib(out, lua_libs[i][0], lua_libs[i][1]);
	for (size_t i = 0; i < NR(calls); i++)
		fprintf(out, "  \"%s\",\n", calls[i].name);
	for (size_t i = 0; i < NR(values); i++)
		fprintf(out, "  \"%s\",\n", values[i].name);
	fputs("} }\nstd = \"kworkshop\"\nmax_line_length = false\nunused_args = false\n"
	      "files[\"**/course.lua\"] = { read_globals = { \"course\" } }\n"
	      "files[\"**/*.*.lua\"] = { read_globals = { \"translation\" } }\n"
	      "files[\"lua/lib\"] = { std = \"max\", ignore = { \"1\" } }\n", out);
}

void api_put_luarc(FILE *out, const char *library)
{
	static const char *const off[] = { "basic", "debug", "ffi", "io", "jit", "os", "package" };

	fputs("{\n  \"runtime.version\": \"Lua 5.4\",\n  \"workspace.checkThirdParty\": false,\n  \"workspace.library\": [\"", out);
	for (const char *p = library; *p; p++)
		fprintf(out, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
	fputs("\"],\n  \"runtime.builtin\": {", out);
	for (size_t i = 1; i < NR(off); i++)
		fprintf(out, "%s\"%s\": \"disable\"", i > 1 ? ", " : " ", off[i]);
	fputs(" }\n}\n", out);
}
