/*
 * tests/unit_english.c - four habits of language become fewer in each file.
 *
 * The habits are those of tests/support/english.h.  A file has exactly the hits that
 * tests/english/counts gives it: more are a fault, and a file that got better lowers
 * the list with `make english-update`.
 *
 * Lives here:   the list that only falls, tests of the scanner, commit subjects.
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

/* @have and @want of one file; a word of advice for either difference. */
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
static void commit_subjects_are_short(void)
{
	FILE *f = popen("first=$(git log --diff-filter=A --format=%H -- tests/english/words 2>/dev/null | tail -1); "
			"[ -z \"$first\" ] || git log --format=%s \"$first\"..HEAD 2>/dev/null", "r");
	char line[512];

	REQUIRE_NOT_NULL(f);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!CHECK_LE(strlen(line), SUBJECT_LETTERS_MAX))
			test_note("%s", line);
	}
	pclose(f);
}

const struct test_case suite_unit_english[] = {
	T(hits_are_found_in_prose_and_nowhere_else),
	T(the_hits_of_each_file_are_those_of_the_list),
	T(commit_subjects_are_short),
	{ NULL, NULL }
};
