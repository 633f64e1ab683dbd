/*
 * tests/unit_layers.c - checks of the dependency picture and of the rules for sources.
 *
 * Reads the sources as text from the folder the tests are started in.  The table
 * `rooms` below lists which room may include which; docs/tour.md draws the same
 * picture.
 *
 * Lives here:   checks of include lines, opening comments, prototypes, citations, time and chance.
 * Never here:   reading the tree (support/sources.c), the program's behaviour.
 * Rules:        n/a.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/citations.h"
#include "tests/support/sources.h"
#include "tests/test.h"

#include <ctype.h>
#include <dlfcn.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 900		/* a longer file has more than one idea */
#define TEST_LINES_MAX 1000	/* of a suite, which is a list */

/*
 * Row: where a file lies, and beginnings of what it may include between quotes.
 * The first row that fits a file counts.
 */
static const struct room {
	const char *place;
	const char *may[20];
} rooms[] = {
	{ "src/base/", { "base/" } },
	{ "src/trace/", { "trace/", "base/" } },
	{ "src/model/", { "model/", "trace/", "base/" } },
	{ "src/machine/lockstep/", { "machine/kapi.h", "machine/machine", "machine/choice.", "machine/cost.def",
				     "machine/lockstep/", "trace/", "base/" } },
	{ "src/machine/free/", { "machine/kapi.h", "machine/machine", "machine/free/", "trace/", "base/" } },
	{ "src/machine/", { "machine/kapi.h", "machine/machine", "machine/choice.", "machine/cost.def", "machine/mode.def",
			    "trace/", "base/" } },
	{ "src/workqueue/", { "workqueue/", "machine/kapi.h", "trace/", "base/" } },
	{ "src/run/", { "run/", "model/", "trace/", "base/" } },
	{ "src/bench/", { "bench/", "conform/seed_run.h", "exercise/exercise.h", "explore/explore.h", "lua/script.h",
			  "workqueue/workqueue.h", "machine/machine.h", "model/", "trace/", "base/" } },
	{ "src/lib/", { "lib/", "workqueue/workqueue.h", "machine/machine.h", "trace/", "base/" } },
	{ "src/conform/", { "conform/", "workqueue/workqueue.h", "machine/", "model/", "trace/", "base/" } },
	{ "src/explore/", { "explore/", "conform/", "run/director.h", "workqueue/workqueue.h", "machine/", "model/",
			    "trace/", "base/" } },
	{ "src/classroom/", { "classroom/", "words/texts.h", "run/", "model/", "trace/", "base/" } },
	{ "src/words/", { "words/", "run/exit_report.h", "model/", "trace/", "base/" } },
	{ "src/plain/", { "plain/", "words/", "exercise/exercise.h", "exercise/worksheet.h", "run/", "model/", "trace/", "base/" } },
	{ "src/check/", { "check/", "plain/plain.h", "words/", "run/", "machine/choice.h", "model/", "trace/", "base/" } },
	{ "src/exercise/", { "exercise/", "words/texts.h", "explore/explore.h", "run/", "machine/choice.h", "model/", "trace/",
			     "base/" } },
	{ "src/book/", { "book/", "classroom/progress.h", "words/", "run/", "model/", "trace/", "base/",
			 "visualizer/timeline.h" } },
	{ "src/cli/", { "cli/", "book/book.h", "plain/plain.h", "plain/exercise.h", "plain/work_lines.h", "words/", "classroom/", "conform/", "check/check.h", "exercise/exercise.h", "exercise/worksheet.h",
			"explore/explore.h", "run/", "model/", "trace/", "base/", "visualizer/app.h",
			"visualizer/picture.h" } },
	{ "src/main.c", { "cli/", "machine/machine.h", "run/director.h", "run/uv_memory.h", "lua/api_where.h", "lua/course.h",
			"lua/script.h" } },
	{ "lua/", { "lua/", "run/", "workqueue/workqueue.h", "machine/", "model/", "trace/", "base/" } },
	{ "visualizer/", { "visualizer/", "words/", "exercise/exercise.h", "exercise/worksheet.h", "exercise/job.h", "run/run.h", "run/saved.h", "run/free_play.h",
			   "run/question_report.h", "model/", "trace/", "base/" } },
	{ NULL, { NULL } }
};

/* ---- include lines ------------------------------------------------------------------ */

static const struct room *room_of(const char *path)
{
	const struct room *r;

	for (r = rooms; r->place; r++)
		if (begins_with(path, r->place))
			return r;
	return NULL;
}

static bool may_include(const struct room *r, const char *name)
{
	int i;

	for (i = 0; i < 20 && r->may[i]; i++)
		if (begins_with(name, r->may[i]))
			return true;
	return false;
}

/* Calls @check for each include line of @s with the name between its quotes or brackets. */
static int for_each_include(const struct source *s,
			    void (*check)(const struct source *s, const char *name, int line))
{
	const char *p = s->text;
	char name[256];
	int line = 1, seen = 0;

	for (; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL, line++) {
		if (sscanf(p, " # include \"%255[^\"]\"", name) == 1 ||
		    sscanf(p, " # include <%255[^>]>", name) == 1) {
			check(s, name, line);
			seen++;
		}
	}
	return seen;
}

static void check_room(const struct source *s, const char *name, int line)
{
	const struct room *r = room_of(s->path);
	const struct room *to;
	char what[512];

	if (!r)
		return;
	/* a header that none of our folders holds belongs to the system or a library */
	for (to = rooms; to->place; to++) {
		const char *place = begins_with(to->place, "src/") ? to->place + 4 : to->place;

		if (begins_with(name, place))
			break;
	}
	if (!to->place && !begins_with(name, "tests/"))
		return;
	if (!may_include(r, name)) {
		snprintf(what, sizeof(what), "%s may not include \"%s\"", r->place, name);
		complain(s, line, what);
	}
}

static void rooms_include_only_rooms_below_them(void)
{
	int i, seen = 0;

	sources_read();
	for (i = 0; i < nr_sources; i++)
		if (is_c(sources[i].path))
			seen += for_each_include(&sources[i], check_room);
	CHECK_GT(seen, 50);
	expect_no_complaints();
}

static void every_source_lies_in_a_room(void)
{
	int i;

	sources_read();
	for (i = 0; i < nr_sources; i++)
		if (is_c(sources[i].path) && !begins_with(sources[i].path, "tests/") && !room_of(sources[i].path))
			complain(&sources[i], 1, "lies in no room of the picture (tests/unit_layers.c)");
	expect_no_complaints();
}

/* Row: a library's header, and the only file that may include it. */
static const struct {
	const char *header, *home;
} wrapped_libraries[] = {
	{ "curses.h", "visualizer/term.c" },
	{ "ncurses.h", "visualizer/term.c" },
	{ "ncursesw/curses.h", "visualizer/term.c" },
	{ "ncursesw/ncurses.h", "visualizer/term.c" },
	{ "term.h", "visualizer/term.c" },
	{ "utf8proc.h", "src/base/width.c" },
	{ "zstd.h", "src/trace/kwt_pack.c" },
};

static void check_library(const struct source *s, const char *name, int line)
{
	char what[128];

	for (size_t i = 0; i < sizeof(wrapped_libraries) / sizeof(wrapped_libraries[0]); i++) {
		if (strcmp(name, wrapped_libraries[i].header) || !strcmp(s->path, wrapped_libraries[i].home))
			continue;
		snprintf(what, sizeof(what), "only %s may include %s", wrapped_libraries[i].home, name);
		complain(s, line, what);
	}
}

static void a_wrapped_library_is_included_by_its_wrapper_only(void)
{
	int i;

	sources_read();
	for (i = 0; i < nr_sources; i++)
		if (is_c(sources[i].path) && !begins_with(sources[i].path, "tests/"))
			for_each_include(&sources[i], check_library);
	expect_no_complaints();
}

static void check_suite(const struct source *s, const char *name, int line)
{
	if (begins_with(name, "CUnit/") || strcmp(name, "vterm.h") == 0)
		complain(s, line, "suites use tests/support/checks.h and terminal.h");
}

static void suites_use_the_helpers_of_support(void)
{
	sources_read();
	for (int i = 0; i < nr_sources; i++)
		if (begins_with(sources[i].path, "tests/") && !begins_with(sources[i].path, "tests/support/"))
			for_each_include(&sources[i], check_suite);
	expect_no_complaints();
}

/* ---- words that may stand in few places only ----------------------------------------------- */

/* Finds a call of exactly @name in @code, not a longer name, not a member, not a declaration. */
static const char *find_call(const char *code, const char *name)
{
	size_t n = strlen(name);
	const char *p = code;

	while ((p = strstr(p, name)) != NULL) {
		char before = p > code ? p[-1] : ' ';

		if (!is_word(before) && before != '.' && before != '>' && p[n] == '(')
			return p;
		p += n;
	}
	return NULL;
}

/* Row: a call, the only file that may have it ("" = none); searched under @in. */
struct forbidden {
	const char *call;
	const char *at_home[4];
};

static void forbid(const char *in, const struct forbidden *words)
{
	const struct forbidden *w;
	char what[128];
	int i, k;

	sources_read();
	for (i = 0; i < nr_sources; i++) {
		if (!begins_with(sources[i].path, in) || !is_c(sources[i].path))
			continue;
		for (w = words; w->call; w++) {
			const char *at = find_call(sources[i].code, w->call);

			for (k = 0; at && k < 4 && w->at_home[k]; k++)
				if (begins_with(sources[i].path, w->at_home[k]))
					at = NULL;
			if (at) {
				snprintf(what, sizeof(what), "%s() is not at home here", w->call);
				complain(&sources[i], line_of(sources[i].code, at), what);
			}
		}
	}
}

/*
 * Only free mode (src/machine/free/) reads the real clock.
 * A lockstep run that read it would differ from its own repetition.
 */
static const struct forbidden time_and_chance[] = {
	{ "time", { NULL } },
	{ "rand", { NULL } },
	{ "random", { NULL } },
	{ "srand", { NULL } },
	{ "drand48", { NULL } },
	{ "getrandom", { NULL } },
	{ "gettimeofday", { NULL } },
	{ "usleep", { NULL } },
	{ "sleep", { NULL } },
	{ "uv_now", { NULL } },
	{ "uv_sleep", { "src/machine/free/" } },
	{ "nanosleep", { "src/machine/free/" } },
	{ "clock_nanosleep", { "src/machine/free/" } },
	{ "uv_hrtime", { "src/machine/free/" } },
	{ "clock_gettime", { "src/machine/free/" } },
	{ "time_read_ns", { "src/machine/free/" } },
	{ "time_now_ns", { "src/machine/free/" } },
	{ "time_thread_cpu_ns", { "src/machine/free/" } },
	{ "time_process_cpu_ns", { NULL } },
	{ "time_cpu_ns_of", { NULL } },
	{ "time_sleep_ns", { "src/machine/free/" } },
	{ NULL, { NULL } }
};

static void time_and_chance_come_from_the_machine(void)
{
	forbid("src/machine/", time_and_chance);
	forbid("src/workqueue/", time_and_chance);
	forbid("src/model/", time_and_chance);
	forbid("src/conform/", time_and_chance);
	forbid("lua/", time_and_chance);
	expect_no_complaints();
}

/* Everywhere else base/time.h is used, so that one grep finds each use of a real clock. */
static void real_clocks_are_read_in_one_place(void)
{
	static const struct forbidden words[] = {
		{ "clock_gettime", { "src/base/time.h", "src/machine/free/" } },
		{ "clock_getcpuclockid", { "src/base/time.c" } },
		{ "gettimeofday", { NULL } },
		{ "getrusage", { "src/base/time.c" } },
		{ "clock", { NULL } },
		{ "times", { NULL } },
		{ "uv_hrtime", { "src/machine/" } },
		{ "uv_now", { NULL } },
		{ "time", { "src/classroom/" } },	/* the number of the day */
		{ "nanosleep", { "src/base/time.c", "src/machine/", "src/lib/blocking.c" } },
		{ "clock_nanosleep", { "src/machine/" } },
		{ "usleep", { NULL } },
		{ "sleep", { NULL } },
		{ NULL, { NULL } }
	};

	forbid("src/", words);
	forbid("lua/", words);
	forbid("visualizer/", words);
	expect_no_complaints();
}

static void only_the_machine_creates_threads(void)
{
	static const struct forbidden words[] = {
		{ "pthread_create", { "src/machine/", "src/bench/" } },
		{ "uv_thread_create", { "src/machine/", "src/bench/" } },
		/* doctor tries how many this computer hosts, and ends them at once */
		{ "uv_thread_create_ex", { "src/machine/", "src/cli/doctor.c" } },
		{ "uv_queue_work", { "src/bench/peers/peer_uv.c" } },
		{ NULL, { NULL } }
	};

	forbid("src/", words);
	forbid("lua/", words);
	forbid("visualizer/", words);
	expect_no_complaints();
}

/* One decoder (base/utf8.h) and one width (base/width.h), whatever the locale is. */
static void the_c_library_decodes_no_text(void)
{
	static const struct forbidden words[] = {
		{ "mbrtowc", { NULL } },
		{ "mbtowc", { NULL } },
		{ "mblen", { NULL } },
		{ "mbrlen", { NULL } },
		{ "mbstowcs", { NULL } },
		{ "wcwidth", { NULL } },
		{ "wcswidth", { NULL } },
		{ NULL, { NULL } }
	};

	forbid("src/", words);
	forbid("lua/", words);
	forbid("visualizer/", words);
	expect_no_complaints();
}

static void texts_are_bounded(void)
{
	static const struct forbidden words[] = {
		{ "strncpy", { NULL } },
		{ "strcat", { NULL } },
		{ "sprintf", { NULL } },
		{ "vsprintf", { NULL } },
		{ "gets", { NULL } },
		{ NULL, { NULL } }
	};

	forbid("src/", words);
	forbid("lua/", words);
	forbid("visualizer/", words);
	expect_no_complaints();
}

/* ---- how a file looks ----------------------------------------------------------------------- */

/* C and .def: "/", "*", newline, " * ROOM/FILE - what it is".  Lua: a comment. */
static void every_file_opens_with_its_contents(void)
{
	char expected[512];
	int i;

	sources_read();
	for (i = 0; i < nr_sources; i++) {
		const char *path = sources[i].path;

		if (begins_with(path, "src/"))
			path += 4;
		if (is_c(path))
			snprintf(expected, sizeof(expected), "/*\n * %s - ", path);
		else
			snprintf(expected, sizeof(expected), "--");
		if (is_c(path) && strchr(path, '/') && begins_with(path, "tests/suites.def"))
			snprintf(expected, sizeof(expected), "/* %s - ", path);
		if (!begins_with(sources[i].text + (begins_with(sources[i].text, "\xef\xbb\xbf") ? 3 : 0), expected))
			complain(&sources[i], 1, "does not open with \"NAME - what lives here\"");
	}
	expect_no_complaints();
}

static void no_file_is_longer_than_one_idea(void)
{
	int i;

	sources_read();
	for (i = 0; i < nr_sources; i++) {
		int lines = line_of(sources[i].text, sources[i].text + strlen(sources[i].text));

		if (begins_with(sources[i].text, "---@meta"))
			continue;	/* made from a table, for editors */
		if (!strcmp(sources[i].path, "src/words/de.def"))
			continue;	/* a translation is one file */
		if (lines > (begins_with(sources[i].path, "tests/") ? TEST_LINES_MAX : LINES_MAX))
			complain(&sources[i], lines, "is too long: split it at an \"and\" of its opening comment");
	}
	expect_no_complaints();
}

static void structs_have_no_second_names(void)
{
	int i;

	sources_read();
	for (i = 0; i < nr_sources; i++) {
		const char *at = is_c(sources[i].path) ? strstr(sources[i].code, "typedef struct") : NULL;

		if (at)
			complain(&sources[i], line_of(sources[i].code, at), "a typedef hides a struct");
	}
	expect_no_complaints();
}

/* A file that no target compiles tests nothing. */
static void every_source_is_a_line_of_the_makefile(void)
{
	char *makefile = sources_file("Makefile");
	char line[512];
	int i;

	sources_read();
	REQUIRE_NOT_NULL(makefile);
	for (i = 0; i < nr_sources; i++) {
		if (!ends_with(sources[i].path, ".c"))
			continue;
		if (begins_with(sources[i].path, "tests/fuzz/") || begins_with(sources[i].path, "tests/faults/") ||
		    begins_with(sources[i].path, "tests/lib/") ||
		    begins_with(sources[i].path, "tests/explore/"))
			continue;	/* programs of their own, with a target each */
		snprintf(line, sizeof(line), "\t%s", sources[i].path);
		if (!strstr(makefile, line))
			complain(&sources[i], 1, "is in no SRC_ variable of the Makefile");
	}
	free(makefile);
	expect_no_complaints();
}

/* A header of one room is named *_internal.h, and no file outside that room includes it. */
static void check_internal(const struct source *s, const char *name, int line)
{
	const char *end = strrchr(name, '/');
	char place[256];

	if (!ends_with(name, "_internal.h") || !end)
		return;
	snprintf(place, sizeof(place), "%s%.*s", begins_with(s->path, "src/") ? "src/" : "", (int)(end + 1 - name), name);
	if (!begins_with(s->path, place) && !begins_with(s->path, "tests/"))
		complain(s, line, "includes a header that is internal to another room");
}

static void check_internal_headers(const struct source *s)
{
	static const char *const other_names[] = { "/inner.h", "/internal.h", "/private.h", "_private.h", "_priv.h",
						   "_impl.h", "_int.h", "_inner.h" };

	for (size_t i = 0; i < sizeof(other_names) / sizeof(other_names[0]); i++)
		if (ends_with(s->path, other_names[i]))
			complain(s, 1, "an internal header is named *_internal.h");
	if (is_c(s->path))
		for_each_include(s, check_internal);
}

static void internal_headers_stay_in_their_room(void)
{
	sources_read();
	for (int i = 0; i < nr_sources; i++)
		check_internal_headers(&sources[i]);
	expect_no_complaints();
}

/* ---- prototypes ------------------------------------------------------------------------------- */

/* Is the line at @p a preprocessor's?  Then: where the next line begins that is not part of it. */
static const char *behind_directive(const char *p)
{
	while (*p == ' ' || *p == '\t')
		p++;
	if (*p != '#')
		return NULL;
	for (; *p && *p != '\n'; p++)
		if (*p == '\\' && p[1] == '\n')
			p++;
	return *p ? p + 1 : p;
}

/* A declaration outside braces, from @from to its ';' at @to: the function it declares, or "". */
static void declared_function(const char *from, const char *to, char *name, size_t size)
{
	const char *p = from, *end;

	*name = '\0';
	while (p < to && isspace((unsigned char)*p))
		p++;
	if (begins_with(p, "typedef"))
		return;
	for (; p < to && *p != '='; p++) {
		const char *word = p;

		if (*p != '(')
			continue;
		while (word > from && is_word(word[-1]))
			word--;
		for (end = p + 1; *end == ' '; end++)
			;
		/* an attribute, _Static_assert, a macro, or a pointer to a function: void (*f)(void) */
		if (word == p || *end == '*' || *word == '_' ||
		    isupper((unsigned char)*word)) {
			int depth = 0;

			do {
				depth += (*p == '(') - (*p == ')');
			} while (depth && ++p < to);
			continue;
		}
		if ((size_t)(p - word) < size)
			snprintf(name, size, "%.*s", (int)(p - word), word);
		return;
	}
}

/*
 * The program that runs this test exports all functions of the rooms (-rdynamic).
 * Those of programs beside it (src/bench/) are looked for in the text.
 */
static bool is_defined(const char *name)
{
	char beginning[144];	/* a name of at most 127 bytes and a parenthesis */

	if (dlsym(RTLD_DEFAULT, name))
		return true;
	snprintf(beginning, sizeof(beginning), "%s(", name);
	for (int i = 0; i < nr_sources; i++) {
		const char *p = sources[i].code;

		if (!ends_with(sources[i].path, ".c"))
			continue;
		while ((p = strstr(p, beginning)) != NULL) {
			const char *end = p + strcspn(p, ";{");

			if ((p == sources[i].code || !is_word(p[-1])) && *end == '{')
				return true;
			p++;
		}
	}
	return false;
}

static void check_prototypes(const struct source *s)
{
	const char *p = s->code, *from = p, *next;
	char name[128], what[200];
	int depth = 0;

	while (*p) {
		if ((p == s->code || p[-1] == '\n') && (next = behind_directive(p)) != NULL) {
			p = next;
			if (!depth)
				from = p;
			continue;
		}
		depth += (*p == '{') - (*p == '}');
		if (*p == '}' && !depth && p[1] != ';')
			from = p + 1;	/* a function's body */
		if (*p == ';' && !depth) {
			declared_function(from, p, name, sizeof(name));
			if (*name && !is_defined(name)) {
				snprintf(what, sizeof(what), "%s() is declared, and defined nowhere", name);
				complain(s, line_of(s->code, p), what);
			}
			from = p + 1;
		}
		p++;
	}
}

static void every_prototype_has_a_definition(void)
{
	sources_read();
	for (int i = 0; i < nr_sources; i++)
		if (ends_with(sources[i].path, ".h"))
			check_prototypes(&sources[i]);
	expect_no_complaints();
}

/* ---- comments and documents -------------------------------------------------------------------- */

/* The next comment of @s from *@at on; false = none.  Literals are passed over. */
static bool next_comment(const struct source *s, size_t *at, size_t *begin, size_t *end)
{
	bool c = is_c(s->path);
	const char *text = s->text;
	size_t i = *at;

	for (; text[i]; i++) {
		const char *stop = c && begins_with(text + i, "/*") ? "*/" :
				   begins_with(text + i, c ? "//" : "--") ? "\n" : NULL;
		const char *last;

		if (stop) {
			last = strstr(text + i + 2, stop);
			*begin = i;
			*end = *at = last ? (size_t)(last - text) + (*stop == '*' ? 2 : 0) : strlen(text);
			return true;
		}
		if (text[i] != '"' && text[i] != '\'')
			continue;
		for (char quote = text[i++]; text[i] && text[i] != quote && text[i] != '\n'; i++)
			i += text[i] == '\\' && text[i + 1];
		if (!text[i])
			break;
	}
	*at = i;
	return false;
}

static void check_citations(const struct source *s, const char *text, size_t n, int line)
{
	char name[200], what[300];
	size_t at = 0;

	while (citation_next(text, n, &at, name, sizeof(name))) {
		/* a document may speak of files to be made: only paths are certainly of this tree */
		if (citation_resolves(name, s->path) || (ends_with(s->path, ".md") && !strchr(name, '/')))
			continue;
		snprintf(what, sizeof(what), "\"%s\" is no file", name);
		complain(s, line + line_of(text, text + at) - 1, what);
	}
}

static void comments_cite_files_that_exist(void)
{
	sources_read();
	for (int i = 0; i < nr_sources; i++) {
		const struct source *s = &sources[i];
		size_t at = 0, begin, end;

		while (next_comment(s, &at, &begin, &end))
			check_citations(s, s->text + begin, end - begin, line_of(s->text, s->text + begin));
	}
	expect_no_complaints();
}

static void documents_cite_files_that_exist(void)
{
	static const char *const patterns[] = { "*.md", "docs/*.md", "docs/why/*.md", "exercises/*.md", "tests/*/*.md" };
	int seen = 0;

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		glob_t g;

		if (glob(patterns[i], 0, NULL, &g))
			continue;
		for (size_t k = 0; k < g.gl_pathc; k++, seen++) {
			struct source s = { .path = g.gl_pathv[k], .text = sources_file(g.gl_pathv[k]) };

			REQUIRE_NOT_NULL(s.text);
			check_citations(&s, s.text, strlen(s.text), 1);
			free(s.text);
		}
		globfree(&g);
	}
	CHECK_GT(seen, 10);
	expect_no_complaints();
}

/* A heading of a part, or a mark for src/scripts/cmwq_h.sh. */
static bool is_heading(const struct source *s, size_t begin, size_t end)
{
	return begins_with(s->text + begin, "/* ---") || begins_with(s->text + begin, "/* cmwq.h") ||
	       (begin == 0 && ends_with(s->path, ".def")) || strncmp(s->text + end - 4, "] */", 4) == 0;
}

/* Nothing but a comment before it on its line? */
static bool stands_alone(const struct source *s, size_t begin)
{
	while (begin && (s->text[begin - 1] == ' ' || s->text[begin - 1] == '\t'))
		begin--;
	return !begin || s->text[begin - 1] == '\n';
}

/* The first of two comments describes nothing: its code has moved away. */
static void check_comment_pairs(const struct source *s)
{
	size_t at = 0, begin, end, last_begin = 0, last_end = 0;
	bool last = false;

	while (next_comment(s, &at, &begin, &end)) {
		bool alone = stands_alone(s, begin);

		if (last && alone && strspn(s->text + last_end, " \t\n") == begin - last_end &&
		    !is_heading(s, last_begin, last_end) && !is_heading(s, begin, end))
			complain(s, line_of(s->text, s->text + begin), "a comment follows a comment");
		last = alone;
		last_begin = begin;
		last_end = end;
	}
}

/*
 * Each way to take or release a pool's lock also begins or ends the batch of events under it; else an event may
 * get an earlier time than one of the lock's previous holder.  So only the functions of wq_internal.h do it.
 */
static void check_pool_lock(const struct source *s)
{
	if (!begins_with(s->path, "src/workqueue/") || ends_with(s->path, "/wq_internal.h"))
		return;
	for (const char *at = s->code; (at = strstr(at, "raw_spin_")); at++) {
		size_t n = strcspn(at, ";{\n");
		const char *lock = memmem(at, n, "pool->lock", 10);

		if (lock && strncmp(at, "raw_spin_lock_init", 18))
			complain(s, line_of(s->code, at), "takes or releases pool->lock itself, not with pool_lock() ...");
	}
}

static void a_pool_s_lock_has_one_door(void)
{
	sources_read();
	for (int i = 0; i < nr_sources; i++)
		check_pool_lock(&sources[i]);
	expect_no_complaints();
}

static void no_comment_follows_a_comment(void)
{
	sources_read();
	for (int i = 0; i < nr_sources; i++)
		if (is_c(sources[i].path))
			check_comment_pairs(&sources[i]);
	expect_no_complaints();
}

/* The checks above can fail: they find mistakes planted in a text of this test. */
static void the_checks_see_through_comments_and_names(void)
{
	char code[] = "/* time( */ x.time(1); my_time(2); \"rand(\"; t = time(NULL);";
	const char *at;

	sources_blank_comments(code);
	at = find_call(code, "time");
	REQUIRE_NOT_NULL(at);
	CHECK_TRUE(begins_with(at, "time(NULL)"));
	CHECK_NULL(find_call(code, "rand"));
	CHECK_FALSE(may_include(room_of("src/trace/x.c"), "machine/kapi.h"));
	CHECK_FALSE(may_include(room_of("src/workqueue/x.c"), "machine/machine.h"));
	CHECK_FALSE(may_include(room_of("visualizer/x.c"), "run/director.h"));
	CHECK_TRUE(may_include(room_of("visualizer/x.c"), "model/model.h"));
}

/* The same for the rules about text: each is broken once, in a file that is none. */
static void the_rules_find_planted_mistakes(void)
{
	static const struct {
		void (*rule)(const struct source *s);
		const char *path, *text;
		int complaints;
	} rows[] = {
		{ check_prototypes, "src/a/x.h", "int no_such_function(int a);\n", 1 },
		{ check_prototypes, "src/a/x.h", "extern void (*hook)(void);\nint printf(const char *, ...) ;\n", 0 },
		{ check_prototypes, "src/a/x.h", "static inline int f(void)\n{\n\treturn g();\n}\nstruct s { int (*h)(void); };\n", 0 },
		{ check_prototypes, "src/a/x.h", "__attribute__((cold)) void no_such_one(void);\nvoid no_such_two(void)\n\t__attribute__((cold));\n", 2 },
		{ check_prototypes, "src/a/x.h", "#define M(x) \\\n\tint no_such(x);\ntypedef int (*fn)(void);\n", 0 },
		{ check_comment_pairs, "src/a/x.c", "/* one */\n/* two */\nint a;\n", 1 },
		{ check_comment_pairs, "src/a/x.c", "/* one */\n\n/* two */\nint a;\n", 1 },
		{ check_comment_pairs, "src/a/x.c", "/* ---- head ---- */\n\n/* two */\nint a; /* a */\n/* b */\nint b;\n", 0 },
		{ check_internal_headers, "src/trace/x.c", "#include \"model/model_internal.h\"\n", 1 },
		{ check_internal_headers, "src/model/x.c", "#include \"model/model_internal.h\"\n", 0 },
		{ check_internal_headers, "lua/x.c", "#include \"lua/script_internal.h\"\n", 0 },
		{ check_internal_headers, "lua/inner.h", "", 1 },
		{ check_pool_lock, "src/workqueue/x.c", "if (!raw_spin_trylock(&pwq->pool->lock)) {\n\traw_spin_lock(&nna->lock);\n", 1 },
		{ check_pool_lock, "src/workqueue/wq_internal.h", "raw_spin_lock(&pool->lock);\n", 0 },
		{ check_pool_lock, "src/workqueue/pool.c", "raw_spin_lock_init(&pool->lock, \"\");\nassert_held(&pool->lock);\n", 0 },
	};
	static const struct {
		const char *from, *text;
		int complaints;
	} cited[] = {
		{ "src/trace/x.c", "see ring.h and trace/ring.c, src/trace/kwt.h.", 0 },
		{ "src/trace/x.c", "see nosuch.c", 1 },
		{ "src/trace/x.c", "see trace/nosuch.h, src/nosuch/ring.h (kernel/workqueue.c, FILE.c, <uv.h>, *.kws)", 2 },
		{ "src/machine/free/x.c", "see lockstep/timer.c, timer.c", 0 },
		{ "docs/x.md", "[page](tour.md), `docs/tour.md`, [no](why/no-such-page.md), mine.kws", 1 },
	};

	sources_read();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct source s = { (char *)rows[i].path, strdup(rows[i].text), strdup(rows[i].text) };

		sources_blank_comments(s.code);
		rows[i].rule(&s);
		if (!CHECK_INT(take_complaints(), rows[i].complaints))
			test_note("row %zu", i);
		free(s.text);
		free(s.code);
	}
	for (size_t i = 0; i < sizeof(cited) / sizeof(cited[0]); i++) {
		struct source s = { .path = (char *)cited[i].from };

		check_citations(&s, cited[i].text, strlen(cited[i].text), 1);
		if (!CHECK_INT(take_complaints(), cited[i].complaints))
			test_note("cited, row %zu", i);
	}
}

const struct test_case suite_unit_layers[] = {
	T(rooms_include_only_rooms_below_them),
	T(every_source_lies_in_a_room),
	T(a_wrapped_library_is_included_by_its_wrapper_only),
	T(suites_use_the_helpers_of_support),
	T(time_and_chance_come_from_the_machine),
	T(real_clocks_are_read_in_one_place),
	T(only_the_machine_creates_threads),
	T(the_c_library_decodes_no_text),
	T(texts_are_bounded),
	T(every_file_opens_with_its_contents),
	T(no_file_is_longer_than_one_idea),
	T(structs_have_no_second_names),
	T(every_source_is_a_line_of_the_makefile),
	T(internal_headers_stay_in_their_room),
	T(every_prototype_has_a_definition),
	T(comments_cite_files_that_exist),
	T(documents_cite_files_that_exist),
	T(a_pool_s_lock_has_one_door),
	T(no_comment_follows_a_comment),
	T(the_checks_see_through_comments_and_names),
	T(the_rules_find_planted_mistakes),
	{ NULL, NULL }
};
