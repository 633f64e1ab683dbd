/*
 * tests/unit_coverage.c - docs/coverage.md: where each point is taught and assessed, and what carries it.
 *
 * The page has a row for each point of the checklist, each family of rules and each erratum.  It is
 * made from the lessons' own fields (covers, covers.asked, covers.scenarios, rule of a question) and those of the
 * exercises.  `planned_covers` of lessons/course.lua lists what lessons and exercises to come are
 * going to cover.  A row without a place is a defect.  KW_COVERAGE_WRITE=1 rewrites the page.
 *
 * Lives here:   collecting, the page.
 * Never here:   whether a name exists (check/names.c), the scenes (sweep_truth.c).   Licence: MIT.
 */
#include <errno.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "base/datadir.h"
#include "lua/course.h"
#include "lua/script.h"
#include "model/lesson.h"
#include "run/course.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#define LOG_BYTES ((size_t)32 << 20)
#define PAGE "docs/coverage.md"
#define UNITS_MAX 128
#define SUBJECTS_MAX 256
#define QUESTIONS_MAX 48
#define SCENARIOS_MAX 24

/* ---- points, families, errata ---------------------------------------------------------------- */

struct subject {
	char name[16], title[160];
	char rules[400];		/* " R2.1 R2.2 "; of a family " R2." */
	bool is_family, has_rules;
};

/* ---- lessons and exercises ------------------------------------------------------------------ */

struct unit {
	char name[64];
	bool exercise, planned;
	char covers[1200];		/* " R2.1 E2.10 L4 " */
	struct { char id[64], about[16]; } question[QUESTIONS_MAX];
	size_t nr_questions;
	struct { char name[64]; bool compared; } scenario[SCENARIOS_MAX];
	size_t nr_scenarios;
	unsigned int worlds;		/* wrong choices whose world can be shown */
};

struct coverage {
	struct unit unit[UNITS_MAX];
	size_t nr_units;
	struct subject subject[SUBJECTS_MAX];
	size_t nr_subjects;
	struct strbuf page;
	char gaps[4000];
	unsigned int nr_gaps;
};

static void add_word(char *list, size_t size, const char *word, size_t len)
{
	size_t at = strlen(list);

	if (!at)
		at = (size_t)snprintf(list, size, " ");
	REQUIRE_LT(at + len + 2, size);
	snprintf(list + at, size - at, "%.*s ", (int)len, word);
}

/* "R2.1" of a list, or with "R2." any rule of that family. */
static bool has(const char *list, const char *word, bool prefix)
{
	char with[64];

	snprintf(with, sizeof(with), prefix ? " %s" : " %s ", word);
	return strstr(list, with) != NULL;
}

static struct unit *new_unit(struct coverage *c, const char *name)
{
	struct unit *u = &c->unit[c->nr_units++];

	REQUIRE_LE(c->nr_units, UNITS_MAX);
	snprintf(u->name, sizeof(u->name), "%s", name);
	return u;
}

/* ---- lessons: their notes ----------------------------------------------------------------------- */

static void note(void *arg, const char *kind, const char *question, const char *text)
{
	struct unit *u = arg;
	size_t len = strlen(text);

	if (*question && (!strcmp(kind, "rule") || !strcmp(kind, "erratum") || !strcmp(kind, "point"))) {
		REQUIRE_LT(u->nr_questions, QUESTIONS_MAX);
		snprintf(u->question[u->nr_questions].id, 64, "%s", question);
		snprintf(u->question[u->nr_questions++].about, 16, "%s", text);
	} else if (!strcmp(kind, "rule") || !strcmp(kind, "erratum") || !strcmp(kind, "point")) {
		add_word(u->covers, sizeof(u->covers), text, len);
	} else if (!strcmp(kind, "scenario-row")) {
		const char *names = strchr(text, '\t');

		REQUIRE_LT(u->nr_scenarios, SCENARIOS_MAX);
		snprintf(u->scenario[u->nr_scenarios].name, 64, "%.*s", (int)strcspn(text, "\t"), text);
		u->scenario[u->nr_scenarios++].compared = names != NULL;
	}
}

struct pupil {
	struct trace_store store;
	struct lesson lesson;
};

static int answer(void *arg, enum run_wait what, const char *id, struct run_input *in)
{
	struct pupil *p = arg;
	const struct lesson_question *q;
	struct strbuf value;

	memset(in, 0, sizeof(*in));
	if (what != WAIT_ANSWER)
		return what == WAIT_END ? -EPIPE : 0;
	snprintf(in->id, sizeof(in->id), "%s", id);
	in->kind = INPUT_ANSWER;
	trace_store_poll(&p->store);
	if (lesson_grow(&p->lesson) || !(q = lesson_question_by_id(&p->lesson, id)))
		return -ENOENT;
	strbuf_init(&value, in->value, sizeof(in->value));
	lesson_some_answer(q, 0, &value);
	return 0;
}

/* Choices that have a world and are not what happened. */
static unsigned int wrong_worlds(const struct lesson *l)
{
	unsigned int n = 0;

	for (size_t q = 1; q < l->nr_questions; q++)
		for (unsigned int c = 0; c < l->question[q].nr_choices; c++)
			n += l->question[q].choice[c].world && l->question[q].verdict.n &&
			     strcmp(l->question[q].choice[c].id, l->question[q].verdict.happened);
	return n;
}

static void read_lesson(struct coverage *c, const struct course_lesson *l)
{
	struct unit *u = new_unit(c, l->id);
	struct trace trace;
	struct pupil p = { .store = { 0 } };
	struct run_spec spec = { .seed = 1, .jitter = -1 };
	struct script_notes notes = { note, u, false };
	struct script_opts opts = { .spec = &spec, .trace = &trace, .io = { answer, &p }, .notes = &notes };

	REQUIRE_INT(trace_open(&trace, -1, LOG_BYTES, 0), 0);
	REQUIRE_INT(trace_store_borrow(&p.store, &trace), 0);
	lesson_init(&p.lesson, &p.store);
	snprintf(spec.lesson, sizeof(spec.lesson), "%s", l->path);
	trace_current = NULL;
	CHECK_INT(script_run(&opts), 0);
	trace_current = NULL;
	trace_store_poll(&p.store);
	CHECK_INT(lesson_grow(&p.lesson), 0);
	for (size_t i = 0; i < u->nr_questions; i++)
		if (!CHECK_NOT_NULL(lesson_question_by_id(&p.lesson, u->question[i].id)))
			test_note("%s: covers.asked names '%s', and there is no such question", l->id, u->question[i].id);
	u->worlds = wrong_worlds(&p.lesson);
	lesson_fini(&p.lesson);
	trace_store_close(&p.store);
	trace_close(&trace);
}

/* ---- exercises and the contents page: their tables --------------------------------------------------- */

/* The API's names, as values that can be called and indexed; a declaration returns its table. */
static const char stubs[] =
	"local any any = setmetatable({}, { __index = function() return any end, __call = function() return any end,\n"
	"  __add = function() return any end, __bor = function() return any end, __concat = function() return '' end })\n"
	"local function same(t) return t end\n"
	"setmetatable(_G, { __index = function(_, name)\n"
	"  return (name == 'exercise' or name == 'course') and same or any end })\n";

/* Leaves the table that the file returns on the stack. */
static void evaluate(lua_State *L, const char *path)
{
	lua_settop(L, 0);
	if (luaL_loadfile(L, path) || lua_pcall(L, 0, 1, 0))
		REQUIRE_FAIL(lua_tostring(L, -1));
	REQUIRE_INT(lua_type(L, -1), LUA_TTABLE);
}

/* Adds the strings of the list on top of the stack, and removes it. */
static void add_list(lua_State *L, struct unit *u)
{
	int list = lua_gettop(L);

	for (lua_Integer i = 1; lua_istable(L, list) && lua_geti(L, list, i) == LUA_TSTRING; i++) {
		add_word(u->covers, sizeof(u->covers), lua_tostring(L, -1), strlen(lua_tostring(L, -1)));
		lua_pop(L, 1);
	}
	lua_settop(L, list - 1);
}

static void read_exercises(struct coverage *c, lua_State *L)
{
	static const char *const lists[] = { "rules", "errata", "checklist" };
	glob_t g;

	if (glob("exercises/*/exercise.lua", 0, NULL, &g))
		return;
	for (size_t i = 0; i < g.gl_pathc; i++) {
		const char *folder = g.gl_pathv[i] + strlen("exercises/");
		const char *slug = folder + strspn(folder, "0123456789-");
		char name[64];
		struct unit *u;

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(slug, "/"), slug);
		u = new_unit(c, name);
		u->exercise = true;
		evaluate(L, g.gl_pathv[i]);
		if (lua_getfield(L, 1, "covers") != LUA_TTABLE)
			continue;
		for (size_t k = 0; k < 3; k++) {
			lua_getfield(L, 2, lists[k]);
			add_list(L, u);
			lua_settop(L, 2);
		}
	}
	globfree(&g);
}

/* planned_covers = { ["real-box"] = { "L18" }, ["E05"] = { "L12" } }: a name with a capital is an exercise. */
static void read_planned(struct coverage *c, lua_State *L)
{
	evaluate(L, "lessons/course.lua");
	if (lua_getfield(L, 1, "planned_covers") != LUA_TTABLE)
		return;
	for (lua_pushnil(L); lua_next(L, 2); lua_settop(L, 3)) {
		struct unit *u = new_unit(c, lua_tostring(L, 3));

		u->planned = true;
		u->exercise = u->name[0] == 'E';
		add_list(L, u);
	}
}

/* ---- points, families, errata: the pages of docs/ --------------------------------------------------- */

static struct subject *new_subject(struct coverage *c, const char *line)
{
	struct subject *s = &c->subject[c->nr_subjects++];
	size_t len = strcspn(line, " ");

	REQUIRE_LE(c->nr_subjects, SUBJECTS_MAX);
	snprintf(s->name, sizeof(s->name), "%.*s", (int)len, line);
	line += len + (line[len] == ' ');
	snprintf(s->title, sizeof(s->title), "%.*s", (int)strcspn(line, "\n"), line);
	return s;
}

/* "### L1 title", and the rules in the lines up to the next heading. */
static void read_page(struct coverage *c, const char *path, char letter)
{
	char *text = file_read(path, NULL);
	char head[8];

	REQUIRE_NOT_NULL(text);
	snprintf(head, sizeof(head), "\n### %c", letter);
	for (const char *at = text; (at = strstr(at, head));) {
		struct subject *s = new_subject(c, at + 5);
		const char *end = strstr(at + 5, "\n##");

		at += 5 + strcspn(at + 5, "\n");
		for (const char *p = at; (p = strchr(p, 'R')) && (!end || p < end); p++)
			if (p[1] >= '0' && p[1] <= '9') {
				add_word(s->rules, sizeof(s->rules), p, strspn(p, "R0123456789."));
				s->has_rules = true;
			}
	}
	free(text);
}

/* "## Worker life", then "- **R3.1**": the family R3. */
static void read_families(struct coverage *c)
{
	char *text = file_read("docs/rules.md", NULL);

	REQUIRE_NOT_NULL(text);
	for (const char *at = text; (at = strstr(at, "\n## "));) {
		const char *rule = strstr(at, "\n- **R");
		char line[200];

		at += 4;
		if (!rule)
			break;
		snprintf(line, sizeof(line), "%.*s %.*s", (int)strcspn(rule + 5, "."), rule + 5, (int)strcspn(at, "\n"), at);
		struct subject *s = new_subject(c, line);

		snprintf(s->rules, sizeof(s->rules), " %s.", s->name);
		s->is_family = s->has_rules = true;
	}
	free(text);
}

/* ---- rows ---------------------------------------------------------------------------------------- */

static bool covers(const struct unit *u, const struct subject *s)
{
	return s->is_family ? has(u->covers, s->rules + 1, true) : has(u->covers, s->name, false);
}

/* A question about @about, a rule or the entry itself. */
static bool asks(const struct subject *s, const char *about)
{
	if (s->is_family)
		return !strncmp(about, s->rules + 1, strlen(s->rules + 1));
	return !strcmp(about, s->name) || has(s->rules, about, false);
}

#define SHOWN_MAX 4	/* in a cell; the rest is counted */

struct cell {
	struct strbuf *out;
	unsigned int nr;
};

__attribute__((format(printf, 2, 3))) static void put(struct cell *cell, const char *fmt, ...)
{
	va_list ap;

	if (++cell->nr > SHOWN_MAX)
		return;
	if (cell->nr > 1)
		strbuf_puts(cell->out, ", ");
	va_start(ap, fmt);
	strbuf_vprintf(cell->out, fmt, ap);
	va_end(ap);
}

static unsigned int end_cell(struct cell *cell)
{
	if (cell->nr > SHOWN_MAX)
		strbuf_printf(cell->out, " and %u more", cell->nr - SHOWN_MAX);
	if (!cell->nr)
		strbuf_puts(cell->out, "-");
	strbuf_puts(cell->out, " | ");
	return cell->nr;
}

static unsigned int taught(const struct coverage *c, const struct subject *s, struct strbuf *out)
{
	struct cell cell = { .out = out };

	for (int planned = 0; planned <= 1; planned++)
		for (size_t i = 0; i < c->nr_units; i++)
			if (!c->unit[i].exercise && c->unit[i].planned == planned && covers(&c->unit[i], s))
				put(&cell, planned ? "planned: %s" : "%s", c->unit[i].name);
	return end_cell(&cell);
}

static unsigned int assessed(const struct coverage *c, const struct subject *s, struct strbuf *out)
{
	struct cell cell = { .out = out };

	for (size_t i = 0; i < c->nr_units; i++)
		if (c->unit[i].exercise && !c->unit[i].planned && covers(&c->unit[i], s))
			put(&cell, "exercise %s", c->unit[i].name);
	for (size_t i = 0; i < c->nr_units; i++)
		for (size_t k = 0; covers(&c->unit[i], s) && k < c->unit[i].nr_questions; k++)
			if (asks(s, c->unit[i].question[k].about))
				put(&cell, "%s/%s", c->unit[i].name, c->unit[i].question[k].id);
	for (size_t i = 0; i < c->nr_units; i++)
		if (c->unit[i].planned && covers(&c->unit[i], s))
			put(&cell, "planned: %s", c->unit[i].name);
	return end_cell(&cell);
}

/* Those whose facts a lesson's scene is compared with come first. */
static unsigned int carried(const struct coverage *c, const struct subject *s, struct strbuf *out)
{
	struct cell cell = { .out = out };
	bool planned = false;

	for (int compared = 1; compared >= 0; compared--)
		for (size_t i = 0; i < c->nr_units; i++)
			for (size_t k = 0; covers(&c->unit[i], s) && k < c->unit[i].nr_scenarios; k++)
				if (c->unit[i].scenario[k].compared == compared)
					put(&cell, "%s", c->unit[i].scenario[k].name);
	for (size_t i = 0; i < c->nr_units; i++)
		planned |= c->unit[i].planned && covers(&c->unit[i], s);
	if (!cell.nr && planned)
		put(&cell, "planned");
	if (!cell.nr && !s->has_rules)
		put(&cell, "none: not about workqueues");
	return end_cell(&cell);
}

static void row(struct coverage *c, const struct subject *s)
{
	static const char *const columns[] = { "is taught nowhere", "is assessed nowhere", "has no scenario" };
	unsigned int nr[3];

	strbuf_printf(&c->page, "| %s | %s | ", s->name, s->title);
	nr[0] = taught(c, s, &c->page);
	nr[1] = assessed(c, s, &c->page);
	nr[2] = carried(c, s, &c->page);
	c->page.len--;
	c->page.buf[c->page.len] = '\0';
	strbuf_puts(&c->page, "\n");
	for (int i = 0; i < 3; i++)
		if (!nr[i] && ++c->nr_gaps)
			test_note("%s (%s) %s", s->name, s->title, columns[i]);
}

static void part(struct coverage *c, const char *title, char letter)
{
	strbuf_printf(&c->page, "\n## %s\n\n| | | taught | assessed | scenarios |\n|---|---|---|---|---|\n", title);
	for (size_t i = 0; i < c->nr_subjects; i++)
		if (c->subject[i].name[0] == letter)
			row(c, &c->subject[i]);
}

/* ---- the page --------------------------------------------------------------------------------------- */

static void collect_lessons(struct coverage *c)
{
	struct course course;
	char dir[1024], err[600];

	REQUIRE_INT(datadir_find("kworkshop", "lessons", dir, sizeof(dir)), 0);
	REQUIRE_INT(course_read(dir, NULL, &course, err, sizeof(err)), 0);
	for (size_t i = 0; i < course.nr; i++)
		read_lesson(c, &course.lessons[i]);
	course_free(&course);
}

static void collect(struct coverage *c)
{
	lua_State *L = luaL_newstate();

	REQUIRE_NOT_NULL(L);
	luaL_requiref(L, "_G", luaopen_base, 1);
	lua_settop(L, 0);
	REQUIRE_INT(luaL_dostring(L, stubs), LUA_OK);
	collect_lessons(c);
	read_exercises(c, L);
	read_planned(c, L);
	lua_close(L);
	read_page(c, "docs/checklist.md", 'L');
	read_families(c);
	read_page(c, "docs/errata.md", 'E');
}

static const char preface[] =
	"# Coverage\n\n"
	"Where each point of the [checklist](checklist.md), each family of [rules](rules.md) and each\n"
	"[erratum](errata.md) is taught and assessed, and the scenarios of a real kernel behind it. The page is made from the\n"
	"fields of the lessons and exercises: `KW_COVERAGE_WRITE=1 make test T=unit_coverage` writes it anew.\n\n"
	"- *taught*: lessons whose `covers` names the entry.\n"
	"- *assessed*: exercises whose `covers` names it, and questions of those lessons about it or one of its rules.\n"
	"- *scenarios*: those of the lessons, in front the ones that a scene is compared with.\n"
	"- *planned*: a lesson or an exercise that is still to come, from `planned_covers` of `lessons/course.lua`.\n";

static void every_entry_is_taught_assessed_and_carried(void)
{
	struct coverage *c = calloc(1, sizeof(*c));
	size_t size = 256 * 1024;
	char *text = malloc(size), *old;

	REQUIRE_NOT_NULL(c);
	REQUIRE_NOT_NULL(text);
	strbuf_init(&c->page, text, size);
	collect(c);
	strbuf_puts(&c->page, preface);
	part(c, "Checklist", 'L');
	part(c, "Families of rules", 'R');
	part(c, "Errata", 'E');
	CHECK_INT(c->nr_gaps, 0);
	CHECK_GE(c->nr_subjects, 45 + 12 + 108);
	if (getenv("KW_COVERAGE_WRITE")) {
		FILE *f = fopen(PAGE, "w");

		REQUIRE_NOT_NULL(f);
		fputs(text, f);
		fclose(f);
	}
	old = file_read(PAGE, NULL);
	if (!CHECK_STR(old ? old : "", text))
		test_note("KW_COVERAGE_WRITE=1 make test T=unit_coverage writes " PAGE);
	free(old);
	free(text);
	free(c);
}

/* `b` shows these beliefs and settings beside the real run; `check` proves that each gives the answer of its choice. */
static void forty_wrong_choices_have_a_world(void)
{
	struct coverage *c = calloc(1, sizeof(*c));
	unsigned int worlds = 0;

	REQUIRE_NOT_NULL(c);
	collect_lessons(c);
	for (size_t i = 0; i < c->nr_units; i++) {
		test_note("%s: %u", c->unit[i].name, c->unit[i].worlds);
		worlds += c->unit[i].worlds;
	}
	CHECK_GE(worlds, 40);
	free(c);
}

const struct test_case suite_unit_coverage[] = {
	T(every_entry_is_taught_assessed_and_carried),
	T(forty_wrong_choices_have_a_world),
	{ NULL, NULL }
};
