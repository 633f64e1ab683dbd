/*
 * lua/course.c - reads the contents page and the headings of lessons and exercises.
 *
 * course.lua and the lessons are programs that return a table.  course.c evaluates
 * each in the sandbox, in a state of its own with the director's budget and with stubs
 * for the API.  It does not call a lesson's function.
 *
 * The files are evaluated in child processes, confined as the machine process is.  A child
 * that dies or uses up its CPU time costs the file that it was in, and the next child
 * goes on behind it.  The results are in memory that both processes share.
 *
 * Lives here:   from files to struct course; the children.
 * Never here:   the API itself (api.c), runs (script.c), what was answered.
 * Licence: MIT.
 */
#include "lua/course.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/datadir.h"
#include "base/infile.h"
#include "base/rng.h"
#include "base/shortage.h"
#include "lua/script_internal.h"
#include "lua/steps.h"
#include "model/translation.h"

#define CHILD_CPU_SECONDS 1u	/* a whole course takes some hundredths of that */

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
	"local function exercise(t) headings.exercise(t) return t end\n"
	"return stub, same, any, lesson, headings.course, exercise\n";

static const char *const declarations[] = { "hidden_checks", NULL };
static const char *const lesson_name[] = { "lesson", NULL }, *const course_name[] = { "course", NULL };
static const char *const exercise_name[] = { "exercise", NULL };

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
	if (sandbox_load_library(L, lib))
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
	lua_call(L, 1, 6);
	fill(L, api, functions, api + 1);
	fill(L, api, values, api + 3);
	fill(L, api, declarations, api + 2);
	fill(L, api, lesson_name, api + 4);
	fill(L, api, course_name, api + 5);
	fill(L, api, exercise_name, api + 6);
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
	FILE *f = infile_open(path);
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

/* Points, in halves. */
static unsigned int take_halves(lua_State *L, const char *name)
{
	double v;

	lua_pushstring(L, name);
	lua_rawget(L, -2);
	v = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : 0;
	lua_pop(L, 1);
	return v > 0 && v <= 1000 ? (unsigned int)(2 * v) : 0;	/* lib/headings.lua has refused others */
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
		return script_fail(L, l->kind[0] ? "an exercise's file returns exercise { ... }" : "a lesson's file returns lesson { ... }");
	if (l->kind[0]) {
		char kind[sizeof(l->kind)];

		take_text(L, "kind", kind, sizeof(kind));
		if (!kind[0])
			return script_fail(L, "this file returns lesson { ... }, not exercise { ... }");
		memcpy(l->kind, kind, sizeof(kind));
	}
	take_text(L, "title", l->title, sizeof(l->title));
	take_text(L, "question", l->question, sizeof(l->question));
	take_list(L, "needs", l->needs, sizeof(l->needs));
	l->minutes = (unsigned int)take_number(L, "minutes");
	l->halves = take_halves(L, "points");
	l->hint_halves = take_halves(L, "hint_cost");
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
	int top = lua_gettop(L);
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
	lua_settop(L, top);
}

/* The labs of all plans, as lib/headings.lua has written them down. */
static void take_labs(lua_State *L, struct course *c)
{
	int top = lua_gettop(L);

	lua_pushliteral(L, "labs");
	lua_rawget(L, -2);
	while (lua_type(L, -1) == LUA_TTABLE && c->nr_labs < COURSE_LABS_MAX &&
	       lua_rawgeti(L, -1, (lua_Integer)c->nr_labs + 1) == LUA_TTABLE) {
		struct course_lab *lab = &c->labs[c->nr_labs++];

		take_text(L, "plan", lab->plan, sizeof(lab->plan));
		take_text(L, "title", lab->title, sizeof(lab->title));
		take_list(L, "lessons", lab->lessons, sizeof(lab->lessons));
		take_list(L, "exercises", lab->exercises, sizeof(lab->exercises));
		lua_pushliteral(L, "exercises");
		lab->exercises_by_need = lua_rawget(L, -2) != LUA_TTABLE;
		lua_pop(L, 2);
	}
	lua_settop(L, top);
}

/* Is @id in the list @field of the table on top? */
static bool list_has(lua_State *L, const char *field, const char *id)
{
	int top = lua_gettop(L);
	bool has = false;

	lua_pushstring(L, field);
	lua_rawget(L, top);
	for (lua_Integer i = 1; lua_type(L, top + 1) == LUA_TTABLE && !has; i++) {
		if (lua_rawgeti(L, top + 1, i) != LUA_TSTRING)
			break;
		has = !strcmp(lua_tostring(L, -1), id);
		lua_pop(L, 1);
	}
	lua_settop(L, top);
	return has;
}

/* replace = { life = FILE }, add = { "mailbox" }: lessons whose file is beside the contents page. */
static void take_own(lua_State *L, struct course *c)
{
	for (size_t i = 0; i < c->nr; i++) {
		struct course_lesson *l = &c->lessons[i];

		lua_pushliteral(L, "replace");
		lua_rawget(L, -2);
		if (lua_type(L, -1) == LUA_TTABLE)	/* the file's name; find_files() makes a path of it */
			take_text(L, l->id, l->path, sizeof(l->path));
		lua_pop(L, 1);
		l->own = l->path[0] || list_has(L, "add", l->id);
	}
}

static int take_course(lua_State *L, struct course *c)
{
	lua_Integer i;

	if (lua_type(L, -1) != LUA_TTABLE)
		return script_fail(L, "the contents page returns course { ... }");
	take_text(L, "id", c->id, sizeof(c->id));
	take_text(L, "title", c->title, sizeof(c->title));
	c->version = (int)take_number(L, "version");
	take_text(L, "from", c->from, sizeof(c->from));
	take_list(L, "planned", c->planned, sizeof(c->planned));
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
	take_own(L, c);
	take_parts(L, c);
	take_labs(L, c);
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
		shortage_end(-ENOMEM, p->script.file);
	L = p->script.L;
	lua_pushcfunction(L, script_traceback);
	lua_pushcfunction(L, furnish);
	rc = lua_pcall(L, 0, 0, 1);
	if (!rc) {
		lua_pushcfunction(L, evaluate);
		lua_pushlightuserdata(L, p);
		rc = lua_pcall(L, 1, 0, 1);
	}
	if (rc && p->script.host_refused && !p->script.tripped)
		shortage_end(-ENOMEM, p->script.file);
	if (rc) {
		const char *text = sandbox_error_text(L, rc);

		if (strncmp(text, p->script.file, strlen(p->script.file)))
			snprintf(err, err_size, "%s:1: %s", p->script.file, text);
		else
			snprintf(err, err_size, "%s", text);
	}
	sandbox_close(&p->script);
	return rc ? -EINVAL : 0;
}

/* ---- a lesson's file ---------------------------------------------------------------------- */

static void read_lesson(struct course_lesson *l, struct trace_shared *head)
{
	struct page *p = calloc(1, sizeof(*p));
	const char *base = strrchr(l->path, '/');
	int err;

	base = base ? base + 1 : l->path;
	if (!p)
		shortage_end(-ENOMEM, base);
	p->lesson = l;
	p->script.head = head;
	snprintf(p->script.file, sizeof(p->script.file), "%.120s", base);
	snprintf(p->script.id, sizeof(p->script.id), "%s", l->id);
	err = read_text(p, l->path);
	if (err == -ENOMEM)
		shortage_end(err, base);
	if (err) {
		snprintf(l->fault, sizeof(l->fault), "%s:1: %s", p->script.file, infile_reason(err));
	} else {
		p->text[p->len] = '\0';	/* there is room: read_text() refused longer ones */
		snprintf(l->hash, sizeof(l->hash), "%016llx", (unsigned long long)rng_hash_bytes(p->text, p->len));
		read_page(p, l->fault, sizeof(l->fault));
	}
	if (!l->title[0])
		snprintf(l->title, sizeof(l->title), "%s", course_slug(l));
	free(p->text);
	free(p);
}

/* "05-one-runnable.lua" -> "one-runnable"; false: no lesson's name, or a translation. */
static bool slug_of(const char *file, char *slug, size_t size, char *label, size_t label_size)
{
	size_t digits = strspn(file, "0123456789"), len = strlen(file);

	if (len < 5 || strcmp(file + len - 4, ".lua") || !strcmp(file, "course.lua") || translation_is_name(file, NULL))
		return false;
	snprintf(label, label_size, "%.*s", (int)digits, file);
	if (digits && file[digits] == '-')
		digits++;
	snprintf(slug, size, "%.*s", (int)(len - 4 - digits), file + digits);
	return true;
}

/* Does @l take its file from this folder?  @own: it is the folder of the contents page. */
static bool takes_from(const struct course *c, const struct course_lesson *l, bool own)
{
	return !l->course[0] && (!c->from[0] || l->own == own);
}

/* The files of @dir.  A file that the contents page does not name is left out. */
static int find_files(struct course *c, const char *dir, const char *id, bool own)
{
	char slug[256], label[8];
	struct course_lesson *l;
	struct dirent *e;
	DIR *d = opendir(dir);

	if (!d)
		return -errno;
	while ((e = readdir(d))) {
		if (!slug_of(e->d_name, slug, sizeof(slug), label, sizeof(label)))
			continue;
		l = (struct course_lesson *)course_find(c, slug);
		if (!l || !takes_from(c, l, own) || (own && c->from[0] && l->path[0]))
			continue;
		if (snprintf(l->path, sizeof(l->path), "%s/%s", dir, e->d_name) >= (int)sizeof(l->path))
			continue;
		snprintf(l->label, sizeof(l->label), "%s", label);
		snprintf(l->course, sizeof(l->course), "%s", id);
	}
	closedir(d);
	return 0;
}

/* Lessons of replace = have a file's name; a file that does not exist is as one that was not found. */
static void find_replacements(struct course *c)
{
	for (size_t i = 0; i < c->nr; i++) {
		struct course_lesson *l = &c->lessons[i];
		char path[sizeof(l->path)];

		if (!l->path[0] || l->course[0])
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", c->dir, l->path) >= (int)sizeof(path) || access(path, R_OK) != 0)
			path[0] = '\0';
		strcpy(l->path, path);
		snprintf(l->course, sizeof(l->course), "%s", c->id);
	}
}

/* ---- exercises ---------------------------------------------------------------------------------- */

/* "04-how-many-runs" -> "exercises/how-many-runs", "E04"; false: its name is too long to keep anything of it. */
static bool name_exercise(struct course_lesson *l, const char *dir, const char *folder)
{
	size_t digits = strspn(folder, "0123456789");
	const char *slug = digits && folder[digits] == '-' ? folder + digits + 1 : folder;

	memset(l, 0, sizeof(*l));
	strcpy(l->kind, "?");		/* until its file is read */
	if (digits && digits + 2 <= sizeof(l->label))
		snprintf(l->label, sizeof(l->label), "E%.*s", (int)digits, folder);
	return snprintf(l->id, sizeof(l->id), COURSE_EXERCISE "%s", slug) < (int)sizeof(l->id) &&
	       snprintf(l->path, sizeof(l->path), "%s/%s/exercise.lua", dir, folder) < (int)sizeof(l->path) &&
	       access(l->path, R_OK) == 0;
}

static int by_number(const void *a, const void *b)
{
	const struct course_lesson *x = a, *y = b;
	long k = strtol(x->label[0] ? x->label + 1 : "", NULL, 10) - strtol(y->label[0] ? y->label + 1 : "", NULL, 10);

	return k ? (k > 0) - (k < 0) : strcmp(x->id, y->id);
}

/* The folder of exercises beside that of the lessons; a course may have none. */
static void find_exercises(struct course *c)
{
	const char *slash = strrchr(c->dir, '/');
	struct course_lesson *first = c->lessons + c->nr;
	struct dirent *e;
	char dir[1100];
	DIR *d;

	if (slash)
		snprintf(dir, sizeof(dir), "%.*s/exercises", (int)(slash - c->dir), c->dir);
	else
		snprintf(dir, sizeof(dir), "%s", strcmp(c->dir, ".") ? "exercises" : "../exercises");
	d = opendir(dir);
	while (d && c->nr_exercises < COURSE_EXERCISES_MAX && (e = readdir(d)))
		if (e->d_name[0] != '.' && name_exercise(&first[c->nr_exercises], dir, e->d_name)) {
			snprintf(first[c->nr_exercises].course, sizeof(first->course), "%s", c->id);
			c->nr_exercises++;
		}
	if (d)
		closedir(d);
	qsort(first, c->nr_exercises, sizeof(*first), by_number);
}

/* ---- in child processes ---------------------------------------------------------------------- */

/* Shared by a child and its parent. */
struct reading {
	struct course course;		/* .lessons and .labs are the memory behind this struct */
	struct trace_shared head;	/* the sandbox publishes the line here that it is in */
	char path[1100];		/* of the contents page */
	int rc;
	char err[1300];
	size_t at;			/* lesson that is being read */
	char only[64];			/* id of the lesson whose file is read, "" = all are */
};
#define READING_LESSONS (COURSE_LESSONS_MAX + COURSE_EXERCISES_MAX)
#define READING_BYTES (sizeof(struct reading) + READING_LESSONS * sizeof(struct course_lesson) + \
		       COURSE_LABS_MAX * sizeof(struct course_lab))

/* The lists of the course stand behind the struct. */
static void place_lists(struct reading *r)
{
	r->course.lessons = (struct course_lesson *)(r + 1);
	r->course.labs = (struct course_lab *)(void *)(r->course.lessons + READING_LESSONS);
}

static void read_contents(struct reading *r)
{
	struct page *p = calloc(1, sizeof(*p));

	if (!p)
		shortage_end(-ENOMEM, "the course");
	snprintf(p->script.file, sizeof(p->script.file), "course.lua");
	p->script.head = &r->head;
	p->course = &r->course;
	r->rc = read_text(p, r->path);
	if (r->rc == -ENOMEM)
		shortage_end(r->rc, "the course");
	if (r->rc)
		snprintf(r->err, sizeof(r->err), "%s: %s", r->path, infile_reason(r->rc));
	else
		r->rc = read_page(p, r->err, sizeof(r->err));
	free(p->text);
	free(p);
}

static bool is_left_out(const struct reading *r, const struct course_lesson *l)
{
	return r->only[0] && strcmp(r->only, l->id) != 0;
}

static void read_lessons(struct reading *r)
{
	for (; r->at < r->course.nr + r->course.nr_exercises; r->at++) {
		struct course_lesson *l = &r->course.lessons[r->at];

		r->head.code_line = 0;
		if (is_left_out(r, l))
			continue;
		if (l->path[0])
			read_lesson(l, &r->head);
		else
			snprintf(l->fault, sizeof(l->fault), "course.lua:1: there is no file for '%s'%s%s", l->id,
				 r->course.from[0] && !l->own ? " in the course " : "", l->own ? "" : r->course.from);
	}
}

static void confine_child(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXCPU, SIGSEGV, SIGBUS, SIGABRT };
	struct confine_opts opts = { .cpu_seconds = CHILD_CPU_SECONDS };
	const char *missing;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_DFL);	/* the parent's handlers restore a terminal */
	(void)director_confine(&opts, &missing);	/* `doctor` reports a kernel without seccomp */
}

/* Calls @read in a child.  Return: 0 it returned; 1 the child died; -errno: no child, or not enough memory for it. */
static int in_child(struct reading *r, void (*read)(struct reading *r), int *signal_nr)
{
	pid_t child = fork(), got;
	int status = 0;

	if (child < 0)
		return -errno;
	if (child == 0) {
		shortage_silent = true;		/* this process reports it */
		confine_child();
		read(r);
		_exit(0);
	}
	do
		got = waitpid(child, &status, 0);
	while (got < 0 && errno == EINTR);
	if (got == child && shortage_of(status))
		return shortage_of(status);
	*signal_nr = got == child && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	return got == child && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
}

/* The fault of @file, in which a child died. */
static void describe_death(const struct reading *r, const char *file, int signal_nr, char *text, size_t size)
{
	unsigned int line = r->head.code_line ? r->head.code_line : 1;

	if (signal_nr == SIGXCPU)
		snprintf(text, size, "%s:%u: reading this file takes more than %u s of CPU time: an endless loop?",
			 file, line, CHILD_CPU_SECONDS);
	else
		snprintf(text, size, "%s:%u: the process that read this file ended by signal %d (%s)", file, line,
			 signal_nr, strsignal(signal_nr));
}

static void fault_of_death(struct reading *r, int signal_nr)
{
	struct course_lesson *l = &r->course.lessons[r->at];
	const char *base = strrchr(l->path, '/');

	describe_death(r, base ? base + 1 : l->path, signal_nr, l->fault, sizeof(l->fault));
	snprintf(l->title, sizeof(l->title), "%s", course_slug(l));
}

/* A child that dies is replaced by one that begins with the same lesson, and so has all its time for it. */
static int read_lessons_apart(struct reading *r)
{
	while (r->at < r->course.nr + r->course.nr_exercises) {
		size_t first = r->at;
		int signal_nr, rc = in_child(r, read_lessons, &signal_nr);

		if (rc < 0)
			return rc;
		if (rc == 1 && r->at == first) {
			fault_of_death(r, signal_nr);
			r->at++;
		}
	}
	return 0;
}

static int read_page_apart(struct reading *r)
{
	int signal_nr, rc = in_child(r, read_contents, &signal_nr);

	if (rc == 1) {
		describe_death(r, "course.lua", signal_nr, r->err, sizeof(r->err));
		return -EINVAL;
	}
	if (!rc)
		rc = r->rc;
	else
		snprintf(r->err, sizeof(r->err), "%s to read the course", shortage_reason(rc));
	return rc;
}

/* The folder of the course that @c takes lessons from: beside this one, or with this program. */
static bool find_base(const struct course *c, char *dir, size_t size)
{
	if (!strchr(c->from, '/'))
		return datadir_find("kworkshop", "lessons", dir, size) == 0;
	return snprintf(dir, size, "%s%s%s/lessons", c->from[0] == '/' ? "" : c->dir, c->from[0] == '/' ? "" : "/", c->from) < (int)size;
}

static int __attribute__((format(printf, 2, 3))) fail_from(struct reading *r, const char *fmt, ...)
{
	size_t n = (size_t)snprintf(r->err, sizeof(r->err), "course.lua:1: from: ");
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->err + n, sizeof(r->err) - n, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* Its contents page has its id; of its lessons those that this course's order has are read. */
static int find_files_of_base(struct reading *r)
{
	struct reading *base = mmap(NULL, READING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const char *from = r->course.from;
	char dir[1024];
	int rc;

	if (base == MAP_FAILED)
		return -ENOMEM;
	place_lists(base);
	if (!find_base(&r->course, dir, sizeof(dir)) ||
	    snprintf(base->path, sizeof(base->path), "%s/course.lua", dir) >= (int)sizeof(base->path)) {
		rc = fail_from(r, "there is no course '%s'", from);
	} else if (read_page_apart(base) != 0) {
		rc = fail_from(r, "the course '%s': %.900s", from, base->err);
	} else if (base->course.from[0]) {
		rc = fail_from(r, "the course '%s' is made of '%s' itself", from, base->course.from);
	} else if (!strchr(from, '/') && strcmp(from, base->course.id)) {
		rc = fail_from(r, "the course with this program is '%s', not '%s'; name another one by its folder", base->course.id, from);
	} else {
		rc = find_files(&r->course, dir, base->course.id, false);
	}
	munmap(base, READING_BYTES);
	return rc;
}

static int read_course(struct reading *r)
{
	int rc = read_page_apart(r);

	if (!rc) {
		find_replacements(&r->course);
		rc = find_files(&r->course, r->course.dir, r->course.id, true);
	}
	if (!rc && r->course.from[0])
		rc = find_files_of_base(r);
	if (rc)
		return rc;
	find_exercises(&r->course);
	if (!course_find(&r->course, r->only))
		r->only[0] = '\0';
	rc = read_lessons_apart(r);
	if (rc)
		snprintf(r->err, sizeof(r->err), "%s to read the course", shortage_reason(rc));
	return rc;
}

/* The story and the explanation of an exercise that asks are cards before and behind those of its scene. */
static int add_own_cards(struct course_lesson *l)
{
	size_t nr = l->questions + l->cards;
	struct course_step *step;

	if (!course_asks(l))
		return 0;
	step = calloc(nr + 2, sizeof(*step));
	if (!step)
		return -ENOMEM;
	if (nr)
		memcpy(step + 1, l->step, nr * sizeof(*step));
	free(l->step);
	l->step = step;
	l->cards += 2;
	return 0;
}

/* The cards and questions of each lesson.  No code runs for them, so the parent reads them: their number is not bounded. */
static int read_steps(struct course *c, const struct reading *r)
{
	int err = 0;

	for (size_t i = 0; i < c->nr + c->nr_exercises && !err; i++) {
		struct page *p;

		if (is_left_out(r, &c->lessons[i]))
			continue;
		p = calloc(1, sizeof(*p));
		if (!p)
			return -ENOMEM;
		if (c->lessons[i].path[0] && !read_text(p, c->lessons[i].path)) {
			p->text[p->len] = '\0';
			err = lesson_steps(p->text, p->len, &c->lessons[i]);
			if (!err)
				err = add_own_cards(&c->lessons[i]);
		}
		free(p->text);
		free(p);
	}
	return err;
}

/* Copies both lists to memory of this process. */
static int own_lists(struct course *out, const struct course *shared)
{
	size_t nr = shared->nr + shared->nr_exercises;

	out->lessons = calloc(nr ? nr : 1, sizeof(*out->lessons));
	out->labs = calloc(shared->nr_labs ? shared->nr_labs : 1, sizeof(*out->labs));
	if (!out->lessons || !out->labs) {
		out->nr = out->nr_exercises = 0;
		return -ENOMEM;
	}
	memcpy(out->lessons, shared->lessons, nr * sizeof(*out->lessons));
	memcpy(out->labs, shared->labs, shared->nr_labs * sizeof(*out->labs));
	return 0;
}

int course_read(const char *dir, const char *only, struct course *out, char *err, size_t err_size)
{
	struct reading *r = mmap(NULL, READING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int rc;

	memset(out, 0, sizeof(*out));
	err[0] = '\0';
	if (r == MAP_FAILED)
		return -ENOMEM;
	place_lists(r);
	snprintf(r->course.dir, sizeof(r->course.dir), "%s", dir);
	snprintf(r->path, sizeof(r->path), "%s/course.lua", dir);
	snprintf(r->only, sizeof(r->only), "%s", only ? only : "");
	rc = read_course(r);
	snprintf(err, err_size, "%s", r->err);
	if (!rc) {
		*out = r->course;
		rc = own_lists(out, &r->course);
		if (!rc)
			rc = read_steps(out, r);
		if (rc)
			course_free(out);
	}
	if (rc)
		memset(out, 0, sizeof(*out));
	munmap(r, READING_BYTES);
	return rc;
}
