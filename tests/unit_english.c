/*
 * tests/unit_english.c - no text has one of four habits of language that are hard to read.
 *
 * tests/support/english.h defines the habits.  tests/english/allowed lists hits that stay,
 * with a reason each.  A text for students or authors has no other hit.  Any other file
 * has exactly the hits that tests/english/counts lists for it: more are a failure, and
 * `make english-update` lowers the list when there are fewer.  The list is empty.
 *
 * Lives here:   the comparison with the lists, tests of the scanner, commit subjects.
 * Never here:   grammar.   Licence: MIT.
 */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/support/english_tree.h"

#define SUBJECT_LETTERS_MAX 65

/* ---- the scanner --------------------------------------------------------------------------- */

struct found {
	int nr;
	char text[1024];	/* "subject what comment 1; ..." */
};

static void note_found(void *arg, const struct english_hit *h)
{
	struct found *f = arg;

	f->nr++;
	snprintf(f->text + strlen(f->text), sizeof(f->text) - strlen(f->text), "%s%s %s %s %d", f->nr > 1 ? "; " : "",
		 english_habit_name(h->habit), h->word, h->part == ENGLISH_TEXT ? "text" : "comment", h->line);
}

static void hits_are_found_in_prose_and_nowhere_else(void)
{
	static const struct {
		const char *path, *text, *want;
	} rows[] = {
		{ "a.c", "/* What follows is said. */", "subject what comment 1; tell said comment 1" },
		{ "a.c", "/*\n * Fine here.\n *\n * Who waits, waits.\n */\n", "subject who comment 4" },
		{ "a.c", "int what = told(say); /* what is it? */", "" },
		{ "a.c", "f(\"what is left\"); g(\"told\"); h(\"it is\\ttold\");", "subject what text 1; tell told text 1" },
		{ "a.c", "f(\"one \"\n  \"what follows\");", "" },
		{ "a.c", "f(\"one. \"\n  \"What follows\");", "subject what text 2" },
		{ "a.c", "/* The word: what follows it.  `told` is code. */", "subject what comment 1" },
		{ "a.c", "/* whoever it is, and what it is */", "subject whoever comment 1" },
		{ "a.c", "/* Never here: what is drawn.  There: what is drawn. */", "subject what comment 1" },
		{ "a.c", "/* The same, in two\n * steps. */", "steps in two steps comment 1" },
		{ "a.c", "#include \"what follows\"\n", "" },
		{ "a.c", "/* Do not let\n * go of it, told apart. */", "word let go comment 1; tell told comment 2" },
		{ "a.c", "/* letting goes */", "" },
		{ "a.lua", "-- What follows\nsay \"Who is it?\"\nsay 'what is left here'", "subject what comment 1; subject what text 3" },
		{ "a.lua", "ask { [[One.\nWhat follows]] }", "subject what text 2" },
		{ "a.lua", "say(\"What is \" ..\n\"left?\")", "" },
		{ "a.md", "# What follows\n\nHere.\n`told` [told](told)\n```\nwhat it was, told\n```\n",
		  "subject what text 1; tell told text 4" },
		{ "a.md", "Fine\n- what follows\n- which? What follows?\n| a | what it is |\n", "subject what text 2; subject what text 4" },
		{ "a.md", "One line\nwhat it is, in a paragraph.\n\n    what is told in code\n", "" },
		{ "a.sh", "# What follows\necho \"what it is\" # fine\n", "subject what comment 1; subject what text 2" },
		{ "a.unknown", "What is told", "" },
	};
	char *list[] = { "let go" };
	struct english_words words = { list, 1 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct found f = { 0 };

		english_scan(rows[i].path, rows[i].text, &words, note_found, &f);
		if (!CHECK_STR(f.text, rows[i].want))
			test_note("%s", rows[i].text);
	}
}

/* ---- the tree ---------------------------------------------------------------------------------- */

static bool begins(const char *path, const char *with)
{
	return strncmp(path, with, strlen(with)) == 0;
}

/* Readers of these texts are students, authors and teachers. */
static bool is_for_students(const struct english_hit *h)
{
	static const char *const all[] = { "README.md", "docs/", "exercises/", "lessons/", NULL };
	static const char *const texts[] = { "src/", "lua/", "visualizer/", NULL };

	for (int i = 0; all[i]; i++)
		if (begins(h->path, all[i]))
			return true;
	for (int i = 0; texts[i]; i++)
		if (h->part == ENGLISH_TEXT && begins(h->path, texts[i]) && !begins(h->path, "src/bench/"))
			return true;
	return false;
}

static void note_for_students(void *arg, const struct english_hit *h)
{
	int *nr = arg;

	if (!is_for_students(h))
		return;
	++*nr;
	test_note("%s:%d: %s \"%s\": %s", h->path, h->line, english_habit_name(h->habit), h->word, h->sentence);
}

static void texts_for_students_and_authors_have_no_hit(void)
{
	struct english_tree t = { 0 };
	int nr = 0;

	t.hit = note_for_students;
	t.arg = &nr;
	CHECK_INT(english_tree_read(&t), 0);
	CHECK_INT(nr, 0);
	for (size_t i = 0; i < t.nr_allowed; i++)
		if (strcmp(t.allowed[i].path, "commit") != 0 && !CHECK_GT(t.allowed[i].used, 0))
			test_note("tests/english/allowed: no hit for \"%s\" in %s", t.allowed[i].text, t.allowed[i].path);
	english_tree_free(&t);
}

/* Compares the hits of one file, @have, with the list, @want, and notes the remedy for a difference. */
static void compare(const char *path, const struct english_count *have, const struct english_count *want)
{
	for (int part = 0; part < 2; part++) {
		if (have->nr[part] > want->nr[part])
			test_note("%s: more hits than tests/english/counts has; `make english ONLY=%s` prints them", path, path);
		else if (have->nr[part] < want->nr[part])
			test_note("%s: fewer hits than tests/english/counts has; run `make english-update`", path);
		CHECK_INT(have->nr[part], want->nr[part]);
	}
}

static void the_hits_of_each_file_are_those_of_the_list(void)
{
	struct english_tree t = { 0 };

	CHECK_INT(english_tree_read(&t), 0);
	for (size_t i = 0; i < t.now.nr; i++) {
		struct english_count kept = english_count_of(&t.kept, t.now.v[i].path);

		compare(t.now.v[i].path, &t.now.v[i], &kept);
	}
	for (size_t i = 0; i < t.kept.nr; i++) {
		struct english_count now = english_count_of(&t.now, t.kept.v[i].path);

		if (!now.nr[0] && !now.nr[1])
			compare(t.kept.v[i].path, &now, &t.kept.v[i]);
	}
	english_tree_free(&t);
}

/* ---- commits ------------------------------------------------------------------------------------ */

/* Subjects of the commits since this test exists; a tree without a history has none. */
static bool is_allowed_subject(const char *subject)
{
	FILE *f = fopen("tests/english/allowed", "r");
	char line[512];
	bool found = false;

	REQUIRE_NOT_NULL(f);
	while (!found && fgets(line, sizeof(line), f))
		found = begins(line, "commit: ") && begins(line + 8, subject);
	fclose(f);
	return found;
}

static void commit_subjects_are_short(void)
{
	FILE *f = popen("first=$(git log --diff-filter=A --format=%H -- tests/english/words 2>/dev/null | tail -1); "
			"[ -z \"$first\" ] || git log --format=%s \"$first\"..HEAD 2>/dev/null", "r");
	char line[512];
	int nr = 0;

	REQUIRE_NOT_NULL(f);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (strlen(line) > SUBJECT_LETTERS_MAX && !is_allowed_subject(line)) {
			CHECK_LE(strlen(line), SUBJECT_LETTERS_MAX);
			test_note("%s", line);
		}
		nr++;
	}
	pclose(f);
	if (!nr)
		test_skip("no history");
}

const struct test_case suite_unit_english[] = {
	T(hits_are_found_in_prose_and_nowhere_else),
	T(texts_for_students_and_authors_have_no_hit),
	T(the_hits_of_each_file_are_those_of_the_list),
	T(commit_subjects_are_short),
	{ NULL, NULL }
};
