/*
 * tests/unit_authoring.c - the tutorial of docs/authoring.md works as it is written.
 *
 * The blocks of the page are steps, in their order:
 *
 *   ```step 2        "$ command", then texts that its output has in this order; 2 = exit status (0 if
 *                    not given).  A line of output stands for its beginning.
 *   ```lua old FILE  a text that the file has once (the lesson, if no file is given) ...
 *   ```lua new       ... and the text that takes its place
 *   ```lua file FILE a new file
 *
 * Lives here:   following the page.
 * Never here:   what the findings mean (unit_check.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/files.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE "docs/authoring.md"
#define LESSON "my-course/lessons/01-mailbox.lua"

static char folder[64], out[65536];

/* A folder with a link to the program. */
static void make_room(void)
{
	char program[4096], link[200];

	REQUIRE_NOT_NULL(realpath(test_binary(), program));
	strcpy(folder, "/tmp/kw-authoring-XXXXXX");
	folder_make(folder);
	setenv("KWORKSHOP_STATE_DIR", folder, 1);
	snprintf(link, sizeof(link), "%s/kworkshop", folder);
	REQUIRE_INT(symlink(program, link), 0);
}

#define KIND_BYTES 120

/* The next block from *@at on: its words after ``` into @kind, its text malloc'ed.  NULL: there are no more. */
static char *next_block(const char **at, char kind[KIND_BYTES])
{
	const char *begin = strstr(*at, "\n```"), *line, *end;

	if (!begin)
		return NULL;
	line = begin + 4;
	snprintf(kind, KIND_BYTES, "%.*s", (int)strcspn(line, "\n"), line);
	line += strcspn(line, "\n") + 1;
	end = strstr(line - 1, "\n```");
	REQUIRE_NOT_NULL(end);
	*at = end + 4;
	return strndup(line, (size_t)(end + 1 - line));
}

/* ---- commands ------------------------------------------------------------------------ */

/* The texts of @expected, a line each, in @have in this order; blanks at their ends do not count. */
static void expect_lines(const char *expected, const char *have)
{
	while (*expected) {
		size_t len = strcspn(expected, "\n"), n = len;
		char line[400];
		const char *hit;

		while (n && isspace((unsigned char)expected[n - 1]))
			n--;
		snprintf(line, sizeof(line), "%.*s", (int)n, expected);
		hit = strstr(have, line);
		if (!hit)
			test_note("%s: \"%s\" is not in: %s", PAGE, line, have);
		CHECK_NOT_NULL(hit);
		have = hit ? hit + strlen(line) : have;
		expected += len + (expected[len] == '\n');
	}
}

static void follow_step(const char *block, int status)
{
	const char *rest = strchr(block, '\n') + 1;

	CHECK_STARTS(block, "$ kworkshop ");
	CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && PATH='%s':\"$PATH\" && %.*s 2>&1 </dev/null", folder, folder,
			    (int)(rest - block) - 3, block + 2), status);
	expect_lines(rest, out);
}

/* ---- edits ----------------------------------------------------------------------------- */

/* @file: in the folder. */
static void follow_edit(const char *file, const char *old, const char *now)
{
	char path[300], *text, *hit;
	size_t n, len = strlen(old) - 1, new_len = strlen(now) - 1;	/* without the last newline */
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	text = file_read(path, &n);
	REQUIRE_NOT_NULL(text);
	hit = memmem(text, n, old, len);
	if (!hit)
		test_note("%s: %s does not have \"%s\"", PAGE, file, old);
	REQUIRE_NOT_NULL(hit);
	CHECK_NULL(memmem(hit + len, n - (size_t)(hit + len - text), old, len));
	f = fopen(path, "w");
	REQUIRE_NOT_NULL(f);
	fwrite(text, 1, (size_t)(hit - text), f);
	fwrite(now, 1, new_len, f);
	fputs(hit + len, f);
	fclose(f);
	free(text);
}

/* A new file, in a folder that may be new too. */
static void follow_file(const char *file, const char *text)
{
	char path[300];

	CHECK_INT(shell_run(out, sizeof(out), "mkdir -p \"$(dirname '%s/%s')\"", folder, file), 0);
	snprintf(path, sizeof(path), "%s/%s", folder, file);
	file_write(NULL, path, text);
}

/* ---- the page ------------------------------------------------------------------------------ */

static void the_tutorial_builds_a_lesson_and_an_exercise_as_written(void)
{
	char *page, *block, *old = NULL, kind[KIND_BYTES], file[KIND_BYTES] = LESSON;
	unsigned int steps = 0, edits = 0, files = 0;
	const char *at;

	page = file_read(PAGE, NULL);
	REQUIRE_NOT_NULL(page);
	make_room();
	for (at = page; (block = next_block(&at, kind)); free(block)) {
		if (!strncmp(kind, "step", 4)) {
			follow_step(block, atoi(kind + 4));
			steps++;
		} else if (!strncmp(kind, "lua old", 7)) {
			free(old);
			old = strdup(block);
			snprintf(file, sizeof(file), "%s", kind[7] ? kind + 8 : LESSON);
		} else if (!strcmp(kind, "lua new")) {
			REQUIRE_NOT_NULL(old);
			follow_edit(file, old, block);
			edits++;
		} else if (!strncmp(kind, "lua file ", 9)) {
			follow_file(kind + 9, block);
			files++;
		}
	}
	CHECK_GE(steps, 14u);
	CHECK_GE(edits, 8u);
	CHECK_GE(files, 1u);
	free(old);
	free(page);
	folder_remove(folder);
}

/* ---- new lesson ------------------------------------------------------------------------------- */

static int new_lesson(const char *args)
{
	return shell_run(out, sizeof(out), "cd '%s' && ./kworkshop new %s 2>&1", folder, args);
}

static void a_new_lesson_is_entered_in_any_contents_page(void)
{
	static const struct {
		const char *order, *now;
	} rows[] = {
		{ "order = {}", "order = { \"one\" }" },
		{ "order={ \"a\" }", "order={ \"a\", \"one\" }" },
		{ "order = { \"a\", }", "order = { \"a\", \"one\" }" },
		{ "order = {\n    \"a\",\n    \"b\"\n  }", "order = {\n    \"a\",\n    \"b\", \"one\"\n  }" },
		{ "reorder = nil, order = { \"a\" }", "reorder = nil, order = { \"a\", \"one\" }" },
	};
	char page[200], text[400], *now;
	FILE *f;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make_room();
		REQUIRE_INT(shell_run(out, sizeof(out), "mkdir -p '%s/c/lessons' && cp lessons/02-life.lua '%s/c/lessons/03-a.lua'",
				      folder, folder), 0);
		snprintf(page, sizeof(page), "%s/c/lessons/course.lua", folder);
		f = fopen(page, "w");
		REQUIRE_NOT_NULL(f);
		fprintf(f, "return course { id = \"c\", %s }\n", rows[i].order);
		fclose(f);
		CHECK_INT(new_lesson("lesson one --course c"), 0);
		CHECK_HAS(out, "c/lessons/04-one.lua is written and entered in c/lessons/course.lua");
		now = file_read(page, NULL);
		snprintf(text, sizeof(text), "return course { id = \"c\", %s }\n", rows[i].now);
		CHECK_STR(now, text);
		free(now);
		folder_remove(folder);
	}
}

static void a_page_that_cannot_take_the_name_stays_as_it_was(void)
{
	static const char text[] = "local list = { \"a\" }\nreturn course { id = \"c\", order = list }\n";
	char page[200], *now;
	FILE *f;

	make_room();
	REQUIRE_INT(shell_run(out, sizeof(out), "mkdir -p '%s/c/lessons'", folder), 0);
	snprintf(page, sizeof(page), "%s/c/lessons/course.lua", folder);
	f = fopen(page, "w");
	REQUIRE_NOT_NULL(f);
	fputs(text, f);
	fclose(f);
	CHECK_INT(new_lesson("lesson one --course c"), 1);
	CHECK_HAS(out, "c/lessons/01-one.lua is written; add \"one\" to order = { ... } in c/lessons/course.lua");
	now = file_read(page, NULL);
	CHECK_STR(now, text);
	free(now);
	folder_remove(folder);
}

static void new_refuses_names_that_cannot_be_or_are_there(void)
{
	static const struct {
		const char *args;
		int code;
		const char *text;
	} rows[] = {
		{ "lesson", 2, "kworkshop new lesson NAME" },
		{ "poem one", 2, "kworkshop new lesson NAME" },
		{ "lesson 'My Lesson'", 2, "a name has small letters, digits and -, got \"My Lesson\"" },
		{ "lesson ../x", 2, "got \"../x\"" },
		{ "lesson one two", 2, "unexpected argument \"two\"" },
		{ "lesson one --course no/such/folder", 3, "no/such/folder: No such file or directory" },
		{ "lesson one", 0, "./lessons/01-one.lua is written and entered" },
		{ "lesson one", 1, "./lessons/01-one.lua exists already" },
		{ "lesson two", 0, "./lessons/02-two.lua is written and entered" },
	};

	make_room();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_INT(new_lesson(rows[i].args), rows[i].code);
		CHECK_HAS(out, rows[i].text);
	}
	folder_remove(folder);
}

/* The settings name the folder of the calls' types; an author's own settings stay. */
static void new_puts_editor_files_beside_the_course_once(void)
{
	char *text, path[200], library[1024];
	const char *begin;

	make_room();
	CHECK_INT(new_lesson("lesson one --course c"), 0);
	snprintf(path, sizeof(path), "%s/c/.luarc.json", folder);
	text = file_read(path, NULL);
	REQUIRE_NOT_NULL(text);
	begin = strstr(text, "\"workspace.library\": [\"");
	REQUIRE_NOT_NULL(begin);
	begin += strlen("\"workspace.library\": [\"");
	snprintf(library, sizeof(library), "%.*s/calls.lua", (int)strcspn(begin, "\""), begin);
	CHECK_INT(access(library, R_OK), 0);
	free(text);
	CHECK_INT(shell_run(out, sizeof(out), "cd '%s/c' && grep -c '\"queue_work\"' .luacheckrc && echo mine > .luacheckrc", folder), 0);
	CHECK_INT(new_lesson("lesson two --course c"), 0);
	CHECK_INT(shell_run(out, sizeof(out), "cat '%s/c/.luacheckrc'", folder), 0);
	CHECK_STR(out, "mine\n");
	folder_remove(folder);
}

/* Each kind: the solution holds every check, and its starter, if the kind has one, does not.  One that asks has answers to show first. */
static void a_new_exercise_of_each_kind_can_be_tested(void)
{
	static const struct {
		const char *kind, *test, *text;
		int code;
	} rows[] = {
		{ "repair", "", "6 of 10 points", 1 },
		{ "repair", "c/exercises/01-repair/solution/driver.lua", "10 of 10 points", 0 },
		{ "repair", "c/exercises/01-repair/wrong/leak/driver.lua", "FAILS    remove() frees the device", 1 },
		{ "configure", "", "5 of 10 points", 1 },
		{ "configure", "--set max_active=3", "10 of 10 points", 0 },
		{ "configure", "--set max_active=3 --variant 77", "10 of 10 points", 0 },
		{ "configure", "--set max_active=2", "5 of 10 points", 1 },
		{ "predict", "", "no question has been answered yet", 1 }, { "observe", "", "no question has been answered yet", 1 },
		{ "dump", "", "no question has been answered yet", 1 },
	};

	make_room();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *kind = rows[i].kind;

		if (!i || strcmp(kind, rows[i - 1].kind)) {
			char args[100];

			snprintf(args, sizeof(args), "exercise %s --kind %s --course c", kind, kind);
			CHECK_INT(new_lesson(args), 0);
			CHECK_HAS(out, "is written");
			CHECK_HAS(out, i < 7 ? "kworkshop test " : "kworkshop run ");
			/* the three kinds that ask: their answers are computed, and no finding is left */
			if (i >= 7 && !CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && ./kworkshop check %s --course c --fast --strict 2>&1", folder, kind), 0))
				test_note("%s", out);
		}
		CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && ./kworkshop test %s %s --course c --work none 2>&1", folder, kind,
				    rows[i].test), rows[i].code);
		CHECK_HAS(out, rows[i].text);
	}
	CHECK_INT(new_lesson("exercise repair --course c"), 1);
	CHECK_HAS(out, "01-repair exists already");
	CHECK_INT(new_lesson("exercise two --kind poem --course c"), 2);
	folder_remove(folder);
}

/* A copy of one exercise, of which a file is changed by a command. */
static void check_proves_an_exercise(void)
{
	static const struct {
		const char *change, *text;
		int code;
	} rows[] = {
		{ "true", "0 errors, 0 warnings", 0 },
		{ "cp solution/driver.lua starter/driver.lua", "the starter holds every check in variant 0 [starter-passes]", 2 },
		{ "sed -i /cancel_work_sync/d solution/driver.lua", "[solution-fails]", 2 },
		{ "(sed -n 1p wrong/leak/driver.lua; cat solution/driver.lua) >w && mv w wrong/leak/driver.lua",
		  "wrong/leak does not fail the check \"remove() frees the device\" in variant 0 [wrong-passes]", 2 },
		{ "sed -i '1s/.*/-- fails: nothing/' wrong/leak/driver.lua", "wrong/leak: there is no check \"nothing\"", 2 },
		{ "sed -i /harmless/d exercise.lua", "driver.lua:5 of the solution: no check fails without \"burn(dev.work)\" [harmless]", 2 },
		{ "sed -i 's/^  why .*/}/' exercise.lua", "the exercise has no why [no-why]", 0 },
		{ "rm solution/driver.lua", "solution", 2 },
		{ "sed -i 's/= frees/= feres/' exercise.lua", "feres", 2 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make_room();
		CHECK_INT(new_lesson("exercise one --course c"), 0);
		CHECK_INT(shell_run(out, sizeof(out), "cd '%s/c/exercises/01-one' && %s", folder, rows[i].change), 0);
		CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && ./kworkshop check one --course c --fast --jobs 2 2>&1", folder), rows[i].code);
		CHECK_HAS(out, rows[i].text);
		folder_remove(folder);
	}
}

static void exercises_of_the_course_pass_check(void)
{
	static const char *const names[] = { "03-handler", "13-flags", "16-max-active", "21-unload", "23-storm" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!CHECK_INT(shell_run(out, sizeof(out), "'%s' check exercises/%s --fast --strict --jobs 2 2>&1", test_binary(), names[i]), 0))
			test_note("%s", out);
	}
}

/* A copy of a lesson or an exercise, by its name in the course in use or by its path. */
static void new_copies_what_from_names(void)
{
	make_room();
	CHECK_INT(new_lesson("lesson mine --from life --course c"), 0);
	CHECK_INT(shell_run(out, sizeof(out), "cmp lessons/02-life.lua '%s/c/lessons/01-mine.lua' 2>&1", folder), 0);
	CHECK_INT(new_lesson("lesson more --from c/lessons/01-mine.lua --course c"), 0);
	CHECK_INT(new_lesson("exercise mine --from unload --course c"), 0);
	CHECK_INT(shell_run(out, sizeof(out), "diff -r exercises/21-unload '%s/c/exercises/01-mine' 2>&1", folder), 0);
	CHECK_INT(new_lesson("lesson none --from nosuch --course c"), 3);
	CHECK_HAS(out, "nosuch");
	CHECK_INT(new_lesson("exercise none --from nosuch --course c"), 3);
	CHECK_HAS(out, "nosuch");
	folder_remove(folder);
}

static int list(const char *page)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/c/lessons/course.lua", folder);
	file_write(NULL, path, page);
	return shell_run(out, sizeof(out), "cd '%s' && ./kworkshop list --course c 2>&1", folder);
}

/* Lessons of the program's course stay where they are; those of one's own are beside the contents page. */
static void a_course_is_made_of_another_ones_lessons(void)
{
	make_room();
	CHECK_INT(new_lesson("lesson mailbox --course c"), 0);
	REQUIRE_INT(shell_run(out, sizeof(out), "cd '%s/c/lessons' && sed 's/title    = \"Mailbox\"/title = \"My life\"/' 01-mailbox.lua > my-life.lua",
			      folder), 0);
	CHECK_INT(list("return course { id = 'mine', title = 'Mine', from = 'kworkshop', order = { 'why-defer', 'life', 'mailbox' },\n"
		       "replace = { life = 'my-life.lua' }, add = { 'mailbox' } }\n"), 0);
	CHECK_HAS(out, "  01  why-defer       Why defer work");
	CHECK_HAS(out, "      life            My life");
	CHECK_HAS(out, "  01  mailbox         Mailbox");
	CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && ./kworkshop check --course c --fast 2>&1", folder), 0);
	CHECK_HAS(out, "lessons/01-why-defer.lua: 0 errors");
	CHECK_HAS(out, "c/lessons/my-life.lua: 0 errors");
	/* progress of a lesson that was taken is the other course's; of one's own it is this course's */
	CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && for l in why-defer life; do printf '\\n1\\n' | ./kworkshop run $l --course c --plain; done; "
			    "./kworkshop progress export | tr -d ' \\n'", folder), 0);
	CHECK_HAS(out, "\"course\":\"kworkshop\",\"lesson\":\"why-defer\"");
	CHECK_HAS(out, "\"course\":\"mine\",\"lesson\":\"life\"");
	folder_remove(folder);
}

static void a_faulty_composition_is_refused_in_one_sentence(void)
{
	static const struct {
		const char *fields, *text;
		int code;
	} rows[] = {
		{ "from = 'nosuch'", "course.lua:1: from: the course with this program is 'kworkshop', not 'nosuch'", 2 },
		{ "from = '../nosuch'", "course.lua:1: from: the course '../nosuch'", 2 },
		{ "from = '../../c'", "is made of '../../c' itself", 2 },
		{ "replace = { life = 'x.lua' }", "replace = needs from", 2 },
		{ "from = 'kworkshop', add = { 'more' }", "add has 'more', which is not in order", 2 },
		{ "from = 'kworkshop', replace = { more = 'x.lua' }", "replace has 'more', which is not in order", 2 },
		{ "from = 'kworkshop', add = { 'life' }, replace = { life = 'x.lua' }", "'life' is in add and in replace", 2 },
		{ "from = 'kworkshop', replace = { life = '../x.lua' }", "replace must be files beside course.lua", 2 },
		{ "from = 'kworkshop', replace = { life = 'x.lua' }", "there is no file for 'life'", 2 },
		{ "plans = { { 'P' } }", "plans is a list of { \"title\", { \"lab\", lessons = { ... }, exercises = { ... } }, ... }; entry 1", 2 },
		{ "plans = { { 'P', { lessons = { 'life' } } } }", "a lab of the plan \"P\" has no title", 2 },
		{ "plans = { { 'P', { 'L', lessons = { 'lief' } } } }", "the plan \"P\" has 'lief', which is not in order", 2 },
		{ "plans = { { 'P', { parts = { 'Q' } } } }", "the plan \"P\" has the part \"Q\", which is not in parts", 2 },
		{ "plans = { { 'P', { 'L', exercises = { 'E 4' } } } }", "exercises must be a list of exercises' names", 2 },
		{ "plans = { { 'P', { 'L', lesson = { 'life' } } } }", "a lab of the plan \"P\" has 'lesson'", 2 },
		{ "plans = { { 'P', 7 } }", "a lab of the plan \"P\" is not", 2 },
		{ "form = 'kworkshop'", "unknown field 'form'; did you mean from?", 2 },
	};
	char page[300];

	make_room();
	CHECK_INT(new_lesson("lesson mailbox --course c"), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(page, sizeof(page), "return course { id = 'mine', order = { 'life' }, %s }\n", rows[i].fields);
		CHECK_INT(list(page), rows[i].code);
		CHECK_HAS(out, rows[i].text);
	}
	folder_remove(folder);
}

const struct test_case suite_unit_authoring[] = {
	T(a_course_is_made_of_another_ones_lessons),
	T(a_faulty_composition_is_refused_in_one_sentence),
	T(a_new_exercise_of_each_kind_can_be_tested),
	T(new_copies_what_from_names),
	T(check_proves_an_exercise),
	T(exercises_of_the_course_pass_check),
	T(new_puts_editor_files_beside_the_course_once),
	T(a_new_lesson_is_entered_in_any_contents_page),
	T(a_page_that_cannot_take_the_name_stays_as_it_was),
	T(new_refuses_names_that_cannot_be_or_are_there),
	T(the_tutorial_builds_a_lesson_and_an_exercise_as_written),
	{ NULL, NULL }
};
