/*
 * tests/unit_layers.c - the dependency picture and the house rules, kept true.
 *
 * Reads the sources as text from the folder the tests are started in.  Which
 * room may include which is the table `rooms` below; it is the same picture as
 * docs/tour.md draws.
 *
 * Lives here:   checks of include lines, opening comments, time and chance.
 * Never here:   what the program does.
 * Rules:        n/a.   Licence: MIT.
 */
#include "tests/test.h"

#include <ctype.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILES_MAX 2000
#define LINES_MAX 900		/* a longer file has more than one idea */
#define TEST_LINES_MAX 1000	/* of a suite, which is a list */

/*
 * Row: where a file lies, and beginnings of what it may include between quotes.
 * The first row that fits a file counts.
 */
static const struct room {
	const char *place;
	const char *may[12];
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
	{ "src/lib/", { "lib/", "workqueue/workqueue.h", "machine/machine.h", "trace/", "base/" } },
	{ "src/conform/", { "conform/", "workqueue/workqueue.h", "machine/", "model/", "trace/", "base/" } },
	{ "src/explore/", { "explore/", "conform/", "run/director.h", "workqueue/workqueue.h", "machine/", "model/",
			    "trace/", "base/" } },
	{ "src/classroom/", { "classroom/", "run/", "model/", "trace/", "base/" } },
	{ "src/words/", { "words/", "model/", "trace/", "base/" } },
	{ "src/plain/", { "plain/", "words/", "run/", "model/", "trace/", "base/" } },
	{ "src/cli/", { "cli/", "plain/plain.h", "words/", "classroom/", "conform/",
			"explore/explore.h", "run/", "model/", "trace/", "base/", "visualizer/app.h" } },
	{ "src/main.c", { "cli/", "machine/machine.h", "run/director.h", "lua/course.h", "lua/script.h" } },
	{ "lua/", { "lua/", "run/", "workqueue/workqueue.h", "machine/", "model/", "trace/", "base/" } },
	{ "visualizer/", { "visualizer/", "words/", "run/run.h", "model/", "trace/", "base/" } },
	{ NULL, { NULL } }
};

/* ---- the sources, read once ------------------------------------------------------- */

static struct source {
	char *path;
	char *text;	/* as it is */
	char *code;	/* the same with comments and literals blanked, newlines kept */
} files[FILES_MAX];
static int nr_files;

static char *read_all(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text;
	long n;

	if (!f)
		return NULL;
	fseek(f, 0, SEEK_END);
	n = ftell(f);
	rewind(f);
	text = calloc(1, (size_t)n + 1);
	if (text && fread(text, 1, (size_t)n, f) != (size_t)n)
		text[0] = '\0';
	fclose(f);
	return text;
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

static bool begins_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

static bool is_c(const char *path)
{
	return ends_with(path, ".c") || ends_with(path, ".h") || ends_with(path, ".def");
}

/* Blanks one comment or literal that begins at @p; returns where it ends. */
static char *blank_one(char *p)
{
	const char *end = p[0] == '/' && p[1] == '*' ? "*/" : p[0] == '/' ? "\n" : NULL;
	char quote = *p;

	if (end) {
		while (*p && !begins_with(p, end)) {
			if (*p != '\n')
				*p = ' ';
			p++;
		}
		if (*p == '*') {
			*p++ = ' ';
			*p++ = ' ';
		}
		return p;
	}
	for (p++; *p && *p != quote && *p != '\n'; p++) {
		if (*p == '\\' && p[1])
			*p++ = ' ';
		*p = ' ';
	}
	return *p == quote ? p + 1 : p;
}

static void blank_comments(char *p)
{
	while (*p) {
		if (begins_with(p, "/*") || begins_with(p, "//") || *p == '"' || *p == '\'')
			p = blank_one(p);
		else
			p++;
	}
}

static int visit(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	struct source *s = &files[nr_files];

	(void)st;
	(void)at;
	if (kind != FTW_F || !(is_c(path) || ends_with(path, ".lua")) || nr_files == FILES_MAX)
		return 0;
	s->path = strdup(path);
	s->text = read_all(path);
	if (!s->path || !s->text)
		return 1;
	s->code = strdup(s->text);
	if (is_c(path))
		blank_comments(s->code);
	nr_files++;
	return 0;
}

static void read_sources(void)
{
	static const char *const folders[] = { "src", "lua", "visualizer", "tests", "lessons", "exercises" };
	size_t i;

	if (nr_files)
		return;
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		nftw(folders[i], visit, 16, FTW_PHYS);
	CHECK_GT(nr_files, 20);	/* or the tests were started elsewhere */
	CHECK_LT(nr_files, FILES_MAX);
}

static int line_of(const char *text, const char *at)
{
	int line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

/* Everything that is wrong is listed, then the test fails once. */
static int complaints;

static void complain(const struct source *s, int line, const char *what)
{
	test_note("%s:%d: %s", s->path, line, what);
	complaints++;
}

static void expect_no_complaints(void)
{
	CHECK_INT(complaints, 0);
	complaints = 0;
}

/* ---- who includes whom -------------------------------------------------------------- */

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

	for (i = 0; i < 12 && r->may[i]; i++)
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
	/* what none of our folders holds is the system's or a library's */
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

static void rooms_include_only_what_lies_below_them(void)
{
	int i, seen = 0;

	read_sources();
	for (i = 0; i < nr_files; i++)
		if (is_c(files[i].path))
			seen += for_each_include(&files[i], check_room);
	CHECK_GT(seen, 50);
	expect_no_complaints();
}

static void every_source_lies_in_a_room(void)
{
	int i;

	read_sources();
	for (i = 0; i < nr_files; i++)
		if (is_c(files[i].path) && !begins_with(files[i].path, "tests/") &&
		    !begins_with(files[i].path, "src/bench/") && !room_of(files[i].path))
			complain(&files[i], 1, "lies in no room of the picture (tests/unit_layers.c)");
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

	read_sources();
	for (i = 0; i < nr_files; i++)
		if (is_c(files[i].path) && !begins_with(files[i].path, "tests/"))
			for_each_include(&files[i], check_library);
	expect_no_complaints();
}

/* ---- words that may stand in few places only ----------------------------------------------- */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

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

/* Row: a call, where it is at home ("" = nowhere); searched under @in. */
struct forbidden {
	const char *call;
	const char *at_home[4];
};

static void forbid(const char *in, const struct forbidden *words)
{
	const struct forbidden *w;
	char what[128];
	int i, k;

	read_sources();
	for (i = 0; i < nr_files; i++) {
		if (!begins_with(files[i].path, in) || !is_c(files[i].path))
			continue;
		for (w = words; w->call; w++) {
			const char *at = find_call(files[i].code, w->call);

			for (k = 0; at && k < 4 && w->at_home[k]; k++)
				if (begins_with(files[i].path, w->at_home[k]))
					at = NULL;
			if (at) {
				snprintf(what, sizeof(what), "%s() is not at home here", w->call);
				complain(&files[i], line_of(files[i].code, at), what);
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
		{ "getrusage", { NULL } },
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
static void every_file_opens_with_what_lives_there(void)
{
	char expected[512];
	int i;

	read_sources();
	for (i = 0; i < nr_files; i++) {
		const char *path = files[i].path;

		if (begins_with(path, "src/"))
			path += 4;
		if (is_c(path))
			snprintf(expected, sizeof(expected), "/*\n * %s - ", path);
		else
			snprintf(expected, sizeof(expected), "--");
		if (is_c(path) && strchr(path, '/') && begins_with(path, "tests/suites.def"))
			snprintf(expected, sizeof(expected), "/* %s - ", path);
		if (!begins_with(files[i].text + (begins_with(files[i].text, "\xef\xbb\xbf") ? 3 : 0), expected))
			complain(&files[i], 1, "does not open with \"NAME - what lives here\"");
	}
	expect_no_complaints();
}

static void no_file_is_longer_than_one_idea(void)
{
	int i;

	read_sources();
	for (i = 0; i < nr_files; i++) {
		int lines = line_of(files[i].text, files[i].text + strlen(files[i].text));

		if (begins_with(files[i].text, "---@meta"))
			continue;	/* made from a table, for editors */
		if (lines > (begins_with(files[i].path, "tests/") ? TEST_LINES_MAX : LINES_MAX))
			complain(&files[i], lines, "is too long: split it where its opening comment says \"and\"");
	}
	expect_no_complaints();
}

static void structs_have_no_second_names(void)
{
	int i;

	read_sources();
	for (i = 0; i < nr_files; i++) {
		const char *at = is_c(files[i].path) ? strstr(files[i].code, "typedef struct") : NULL;

		if (at)
			complain(&files[i], line_of(files[i].code, at), "a typedef hides a struct");
	}
	expect_no_complaints();
}

/* A file nobody compiles tests nothing and proves nothing. */
static void every_source_is_a_line_of_the_makefile(void)
{
	char *makefile = read_all("Makefile");
	char line[512];
	int i;

	read_sources();
	REQUIRE_NOT_NULL(makefile);
	for (i = 0; i < nr_files; i++) {
		if (!ends_with(files[i].path, ".c"))
			continue;
		if (begins_with(files[i].path, "tests/fuzz/") || begins_with(files[i].path, "tests/lib/") ||
		    begins_with(files[i].path, "tests/explore/"))
			continue;	/* programs of their own, with a target each */
		snprintf(line, sizeof(line), "\t%s", files[i].path);
		if (!strstr(makefile, line))
			complain(&files[i], 1, "is in no SRC_ variable of the Makefile");
	}
	free(makefile);
	expect_no_complaints();
}

/* The checks above can fail: they find what is planted in a text of their own. */
static void the_checks_see_through_comments_and_names(void)
{
	char code[] = "/* time( */ x.time(1); my_time(2); \"rand(\"; t = time(NULL);";
	const char *at;

	blank_comments(code);
	at = find_call(code, "time");
	REQUIRE_NOT_NULL(at);
	CHECK_TRUE(begins_with(at, "time(NULL)"));
	CHECK_NULL(find_call(code, "rand"));
	CHECK_FALSE(may_include(room_of("src/trace/x.c"), "machine/kapi.h"));
	CHECK_FALSE(may_include(room_of("src/workqueue/x.c"), "machine/machine.h"));
	CHECK_FALSE(may_include(room_of("visualizer/x.c"), "run/director.h"));
	CHECK_TRUE(may_include(room_of("visualizer/x.c"), "model/model.h"));
}

const struct test_case suite_unit_layers[] = {
	T(rooms_include_only_what_lies_below_them),
	T(every_source_lies_in_a_room),
	T(a_wrapped_library_is_included_by_its_wrapper_only),
	T(time_and_chance_come_from_the_machine),
	T(real_clocks_are_read_in_one_place),
	T(only_the_machine_creates_threads),
	T(the_c_library_decodes_no_text),
	T(texts_are_bounded),
	T(every_file_opens_with_what_lives_there),
	T(no_file_is_longer_than_one_idea),
	T(structs_have_no_second_names),
	T(every_source_is_a_line_of_the_makefile),
	T(the_checks_see_through_comments_and_names),
	{ NULL, NULL }
};
