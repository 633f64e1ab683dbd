/*
 * lua/course.c - reads the contents page and the headings of lessons.
 *
 * course.lua and the lessons are programs that return a table.  course.c evaluates
 * each in the sandbox, in a state of its own with the director's budget and with stubs
 * for the API.  It does not call a lesson's function, so no code of a lesson's
 * run executes in the visible process.
 *
 * Lives here:   from files to struct course.
 * Never here:   the API itself (api.c), runs (script.c), what was answered.
 * Licence: MIT.
 */
#include "lua/course.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "lua/script_internal.h"

/*
 * Stubs for the names of the API.  A declaration checks its fields and returns its argument.
 * Any other call returns a value that can be called, indexed and added without end.
 */
static const char furniture[] =
	"local headings = ...\n"
	"local any = {}\n"
	"local function stub() return any end\n"
	"any = setmetatable({}, { __index = function() return stub end, __call = stub, __add = stub,\n"
	"  __bor = stub, __concat = function() return '' end })\n"
	"local function same(t) return t end\n"
	"local function lesson(t) headings.lesson(t) return t end\n"
	"return stub, same, any, lesson, headings.course\n";

static const char *const declarations[] = { "exercise", "hidden_checks", NULL };
static const char *const lesson_name[] = { "lesson", NULL }, *const course_name[] = { "course", NULL };

#define API(name, where, min, max, sig, line, rules) #name,
#define LUA API
#define VALUE(name, text)
#define GROUP(title, text)
static const char *const functions[] = {
#include "lua/api.def"
	NULL
};
#undef API
#undef LUA
#undef VALUE
#undef GROUP
#define API(name, where, min, max, sig, line, rules)
#define LUA API
#define VALUE(name, text) #name,
#define GROUP(title, text)
static const char *const values[] = {
#include "lua/api.def"
	NULL
};
#undef API
#undef LUA
#undef VALUE
#undef GROUP

/* ---- one file, evaluated ------------------------------------------------------------- */

static void fill(lua_State *L, int api, const char *const *names, int value)
{
	for (; *names; names++) {
		lua_pushvalue(L, value);
		lua_setfield(L, api, *names);
	}
}

/* Pushes what lib/headings.lua returns. */
static void push_headings(lua_State *L)
{
	const struct script_lib *lib = script_libs;

	while (strcmp(lib->name, "headings"))
		lib++;
	if (sandbox_load(L, (const char *)lib->text, lib->size, "=headings", true))
		lua_error(L);
	lua_call(L, 0, 1);
}

static int furnish(lua_State *L)
{
	int api;

	sandbox_push_api(L);
	api = lua_gettop(L);
	if (sandbox_load(L, furniture, sizeof(furniture) - 1, "=furniture", true))
		return lua_error(L);
	push_headings(L);
	lua_call(L, 1, 5);
	fill(L, api, functions, api + 1);
	fill(L, api, values, api + 3);
	fill(L, api, declarations, api + 2);
	fill(L, api, lesson_name, api + 4);
	fill(L, api, course_name, api + 5);
	return sandbox_seal(L);
}

struct page {			/* a file being read */
	struct script script;
	char *text;
	size_t len;
	struct course_lesson *lesson;	/* where its headings go, or NULL: */
	struct course *course;		/* the contents page */
};

static int read_text(struct page *p, const char *path)
{
	FILE *f = fopen(path, "rb");
	int err = 0;

	if (!f)
		return -errno;
	p->text = malloc(SCRIPT_TEXT_MAX + 1);
	if (p->text) {
		p->len = fread(p->text, 1, SCRIPT_TEXT_MAX + 1, f);
		if (ferror(f))
			err = -EIO;
		else if (p->len > SCRIPT_TEXT_MAX)
			err = -EFBIG;
	} else {
		err = -ENOMEM;
	}
	fclose(f);
	return err;
}

/* Text of field @name of the table on top; "" if it is none. */
static void take_text(lua_State *L, const char *name, char *buf, size_t size)
{
	lua_pushstring(L, name);
	lua_rawget(L, -2);
	snprintf(buf, size, "%s", lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "");
	lua_pop(L, 1);
}

static long take_number(lua_State *L, const char *name)
{
	double v;

	lua_pushstring(L, name);
	lua_rawget(L, -2);
	v = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : 0;
	lua_pop(L, 1);
	return v > 0 && v < 1e6 ? (long)(v + 0.5) : 0;
}

/* A table of texts, joined. */
static void take_list(lua_State *L, const char *name, char *buf, size_t size)
{
	struct strbuf out;
	lua_Integer i;

	strbuf_init(&out, buf, size);
	lua_pushstring(L, name);
	lua_rawget(L, -2);
	for (i = 1; lua_type(L, -1) == LUA_TTABLE && i <= COURSE_LESSONS_MAX; i++) {
		if (lua_rawgeti(L, -1, i) != LUA_TSTRING) {
			lua_pop(L, 1);
			break;
		}
		strbuf_printf(&out, "%s%s", i > 1 ? ", " : "", lua_tostring(L, -1));
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

static int take_lesson(lua_State *L, struct course_lesson *l)
{
	if (lua_type(L, -1) != LUA_TTABLE)
		return script_fail(L, "a lesson's file returns lesson { ... }");
	take_text(L, "title", l->title, sizeof(l->title));
	take_text(L, "question", l->question, sizeof(l->question));
	take_list(L, "needs", l->needs, sizeof(l->needs));
	l->minutes = (unsigned int)take_number(L, "minutes");
	if (!l->title[0])
		return script_fail(L, "the lesson has no title");
	return 0;
}

static struct course_lesson *add_lesson(struct course *c, const char *id)
{
	struct course_lesson *l;

	if (c->nr == COURSE_LESSONS_MAX || !*id || strlen(id) >= sizeof(l->id) || course_find(c, id))
		return NULL;
	l = &c->lessons[c->nr++];
	snprintf(l->id, sizeof(l->id), "%s", id);
	return l;
}

/* parts = { { "Lab 1: the idea", { "life", .. } }, .. } */
static void take_parts(lua_State *L, struct course *c)
{
	lua_Integer i, k;
	char title[96];

	lua_pushliteral(L, "parts");
	lua_rawget(L, -2);
	for (i = 1; lua_type(L, -1) == LUA_TTABLE && lua_rawgeti(L, -1, i) == LUA_TTABLE; i++, lua_pop(L, 1)) {
		lua_rawgeti(L, -1, 1);
		snprintf(title, sizeof(title), "%s", lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "");
		lua_pop(L, 1);
		if (lua_rawgeti(L, -1, 2) == LUA_TTABLE) {
			for (k = 1; lua_rawgeti(L, -1, k) == LUA_TSTRING; k++, lua_pop(L, 1)) {
				struct course_lesson *l =
					(struct course_lesson *)course_find(c, lua_tostring(L, -1));

				if (l)
					snprintf(l->part, sizeof(l->part), "%s", title);
			}
			lua_pop(L, 1);
		}
		lua_pop(L, 1);
	}
	lua_pop(L, lua_type(L, -1) == LUA_TTABLE ? 1 : 2);
}

static int take_course(lua_State *L, struct course *c)
{
	lua_Integer i;

	if (lua_type(L, -1) != LUA_TTABLE)
		return script_fail(L, "the contents page returns course { ... }");
	take_text(L, "id", c->id, sizeof(c->id));
	take_text(L, "title", c->title, sizeof(c->title));
	c->version = (int)take_number(L, "version");
	if (!c->id[0])
		return script_fail(L, "the course has no id");
	lua_pushliteral(L, "order");
	if (lua_rawget(L, -2) != LUA_TTABLE)
		return script_fail(L, "the course has no order = { \"slug\", ... }");
	for (i = 1; lua_rawgeti(L, -1, i) == LUA_TSTRING; i++, lua_pop(L, 1))
		if (!add_lesson(c, lua_tostring(L, -1)))
			return script_fail(L, "order: '%s' occurs twice, or is not a slug, or is one too many",
					   lua_tostring(L, -1));
	lua_pop(L, 2);
	take_parts(L, c);
	return 0;
}

static int evaluate(lua_State *L)
{
	struct page *p = lua_touserdata(L, 1);
	char chunk[160];

	snprintf(chunk, sizeof(chunk), "@%s", p->script.file);
	if (sandbox_load(L, p->text, p->len, chunk, false))
		return lua_error(L);
	lua_call(L, 0, 1);
	return p->lesson ? take_lesson(L, p->lesson) : take_course(L, p->course);
}

/* Return: 0, or -EINVAL with "FILE:LINE: reason" in @err. */
static int read_page(struct page *p, char *err, size_t err_size)
{
	lua_State *L;
	int rc = 0;

	if (sandbox_open(&p->script))
		return -ENOMEM;
	L = p->script.L;
	lua_pushcfunction(L, script_traceback);
	lua_pushcfunction(L, furnish);
	rc = lua_pcall(L, 0, 0, 1);
	if (!rc) {
		lua_pushcfunction(L, evaluate);
		lua_pushlightuserdata(L, p);
		rc = lua_pcall(L, 1, 0, 1);
	}
	if (rc) {
		const char *text = lua_tostring(L, -1);

		if (!text)
			text = "an error without a text";
		if (strncmp(text, p->script.file, strlen(p->script.file)))
			snprintf(err, err_size, "%s:1: %s", p->script.file, text);
		else
			snprintf(err, err_size, "%s", text);
	}
	sandbox_close(&p->script);
	return rc ? -EINVAL : 0;
}

/* ---- a lesson's file ---------------------------------------------------------------------- */

/* Counts the calls in the source text, outside strings and comments: each is a question or a card. */
static void count_steps(const char *text, size_t len, struct course_lesson *l)
{
	static const struct { const char *word; bool question; } calls[] = {
		{ "predict", true }, { "ask", true }, { "say", false }, { "recap", false },
	};
	size_t i = 0, n, k;

	while (i < len) {
		char c = text[i];

		if (c == '-' && i + 1 < len && text[i + 1] == '-') {
			while (i < len && text[i] != '\n')
				i++;
		} else if (c == '"' || c == '\'') {
			for (i++; i < len && text[i] != c && text[i] != '\n'; i++)
				i += text[i] == '\\';
			i++;
		} else if (isalpha((unsigned char)c) || c == '_') {
			for (n = i; n < len && (isalnum((unsigned char)text[n]) || text[n] == '_'); n++)
				;
			for (k = 0; k < sizeof(calls) / sizeof(calls[0]); k++)
				if (strlen(calls[k].word) == n - i && !memcmp(calls[k].word, text + i, n - i) &&
				    !(i && strchr(".:", text[i - 1])) && strspn(text + n, " ({\"") > 0) {
					l->questions += calls[k].question;
					l->cards += !calls[k].question;
				}
			i = n;
		} else {
			i++;
		}
	}
}

static void read_lesson(struct course_lesson *l)
{
	struct page *p = calloc(1, sizeof(*p));
	const char *base = strrchr(l->path, '/');
	int err;

	base = base ? base + 1 : l->path;
	if (!p) {
		snprintf(l->fault, sizeof(l->fault), "not enough memory");
		return;
	}
	p->lesson = l;
	snprintf(p->script.file, sizeof(p->script.file), "%.120s", base);
	snprintf(p->script.id, sizeof(p->script.id), "%s", l->id);
	err = read_text(p, l->path);
	if (err) {
		snprintf(l->fault, sizeof(l->fault), "%s:1: %s", p->script.file, strerror(-err));
	} else {
		p->text[p->len] = '\0';	/* there is room: read_text() refused longer ones */
		snprintf(l->hash, sizeof(l->hash), "%016llx", (unsigned long long)rng_hash_bytes(p->text, p->len));
		count_steps(p->text, p->len, l);
		err = read_page(p, l->fault, sizeof(l->fault));
		if (err == -ENOMEM)
			snprintf(l->fault, sizeof(l->fault), "%s:1: not enough memory", p->script.file);
	}
	if (!l->title[0])
		snprintf(l->title, sizeof(l->title), "%s", l->id);
	free(p->text);
	free(p);
}

/* "05-one-runnable.lua" -> "one-runnable"; false: no lesson's name. */
static bool slug_of(const char *file, char *slug, size_t size, char *label, size_t label_size)
{
	size_t digits = strspn(file, "0123456789"), len = strlen(file);

	if (len < 5 || strcmp(file + len - 4, ".lua") || !strcmp(file, "course.lua"))
		return false;
	snprintf(label, label_size, "%.*s", (int)digits, file);
	if (digits && file[digits] == '-')
		digits++;
	snprintf(slug, size, "%.*s", (int)(len - 4 - digits), file + digits);
	return true;
}

/* Finds each lesson's file.  A file that the contents page does not name is left out. */
static int find_files(struct course *c)
{
	char slug[256], label[8];
	struct course_lesson *l;
	struct dirent *e;
	DIR *d = opendir(c->dir);

	if (!d)
		return -errno;
	while ((e = readdir(d))) {
		if (!slug_of(e->d_name, slug, sizeof(slug), label, sizeof(label)))
			continue;
		l = (struct course_lesson *)course_find(c, slug);
		if (!l || snprintf(l->path, sizeof(l->path), "%s/%s", c->dir, e->d_name) >= (int)sizeof(l->path))
			continue;
		snprintf(l->label, sizeof(l->label), "%s", label);
	}
	closedir(d);
	return 0;
}

int course_read(const char *dir, struct course *out, char *err, size_t err_size)
{
	struct page *p = calloc(1, sizeof(*p));
	char path[1100];
	size_t i;
	int rc;

	memset(out, 0, sizeof(*out));
	err[0] = '\0';
	out->lessons = calloc(COURSE_LESSONS_MAX, sizeof(*out->lessons));
	if (!p || !out->lessons) {
		free(p);
		course_free(out);
		return -ENOMEM;
	}
	snprintf(out->dir, sizeof(out->dir), "%s", dir);
	snprintf(path, sizeof(path), "%s/course.lua", dir);
	snprintf(p->script.file, sizeof(p->script.file), "course.lua");
	p->course = out;
	rc = read_text(p, path);
	if (rc)
		snprintf(err, err_size, "%s: %s", path, strerror(-rc));
	else
		rc = read_page(p, err, err_size);
	free(p->text);
	free(p);
	if (!rc)
		rc = find_files(out);
	for (i = 0; !rc && i < out->nr; i++) {
		if (out->lessons[i].path[0])
			read_lesson(&out->lessons[i]);
		else
			snprintf(out->lessons[i].fault, sizeof(out->lessons[i].fault),
				 "course.lua:1: there is no file for '%s'", out->lessons[i].id);
	}
	if (rc)
		course_free(out);
	return rc;
}
