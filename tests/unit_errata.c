/*
 * tests/unit_errata.c - docs/errata.md and docs/checklist.md are complete and cite existing rules and lessons.
 *
 * Lessons name entries of both pages by their ids, so an id that is missing, doubled
 * or out of order is a fault of the page.
 *
 * Lives here:   ids, their order, the parts of an entry, the citations.
 * Never here:   whether an entry is true.   Licence: MIT.
 */
#include "tests/test.h"

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 2048
#define RULES_MAX 512
#define PARTS_MAX 4

static char rules[RULES_MAX][12];
static int nr_rules;

static FILE *open_page(const char *path)
{
	FILE *f = fopen(path, "r");

	REQUIRE_NOT_NULL(f);
	return f;
}

static void read_rules(void)
{
	char line[LINE_BYTES];
	FILE *f = open_page("docs/rules.md");

	nr_rules = 0;
	while (fgets(line, sizeof(line), f) && nr_rules < RULES_MAX)
		if (sscanf(line, "- **%11[R0-9.]**", rules[nr_rules]) == 1)
			nr_rules++;
	fclose(f);
	CHECK_GT(nr_rules, 100);
	CHECK_LT(nr_rules, RULES_MAX);
}

static bool is_rule(const char *id)
{
	for (int i = 0; i < nr_rules; i++)
		if (strcmp(rules[i], id) == 0)
			return true;
	return false;
}

static bool is_erratum(int text, int n)
{
	return n >= 1 && ((text == 1 && n <= 40) || (text == 2 && n <= 68));
}

/* Notes each R1.2 and E1.2 of @line that does not exist.  Return: the number of citations. */
static int check_citations(const char *where, const char *line)
{
	int cited = 0;

	for (const char *p = line; *p; p++) {
		char id[16];
		int a, b, n = 0;
		bool found;

		if ((*p != 'R' && *p != 'E') || (p > line && isalnum((unsigned char)p[-1])) ||
		    sscanf(p + 1, "%d.%d%n", &a, &b, &n) != 2 || n > 8)
			continue;
		snprintf(id, sizeof(id), "%.*s", n + 1, p);
		found = *p == 'R' ? is_rule(id) : is_erratum(a, b);
		if (!found)
			test_note("%s cites %s, which does not exist", where, id);
		CHECK_TRUE(found);
		cited++;
	}
	return cited;
}

/* An entry's lines begin with these, in this order. */
struct page {
	const char *path;
	const char *parts[PARTS_MAX + 1];
	bool (*next_id)(const char *id, int nr);	/* is @id the id of entry @nr, from 0? */
	int entries;
};

static bool next_erratum(const char *id, int nr)
{
	char want[16];

	snprintf(want, sizeof(want), nr < 40 ? "E1.%d" : "E2.%d", nr < 40 ? nr + 1 : nr - 39);
	return strcmp(id, want) == 0;
}

static bool next_point(const char *id, int nr)
{
	char want[16];

	snprintf(want, sizeof(want), "L%d", nr + 1);
	return strcmp(id, want) == 0;
}

static void check_head(const struct page *page, const char *line, int nr, int part, const char *before)
{
	char id[16] = "";
	int len = 0;

	sscanf(line, "### %15s %n", id, &len);
	if (!page->next_id(id, nr))
		test_note("%s: entry %d is %s", page->path, nr + 1, id);
	CHECK_TRUE(page->next_id(id, nr));
	CHECK_GT(len, 0);
	CHECK_GT(strlen(line + len), 4);		/* it has a title */
	if (nr && page->parts[part])
		test_note("%s: %s has no line \"%s\"", page->path, before, page->parts[part]);
	CHECK_TRUE(!nr || !page->parts[part]);
}

static void check_page(const struct page *page)
{
	char line[LINE_BYTES], id[16] = "";
	int nr = 0, part = 0;
	FILE *f = open_page(page->path);

	read_rules();
	while (fgets(line, sizeof(line), f)) {
		CHECK_NOT_NULL(strchr(line, '\n'));	/* LINE_BYTES is enough */
		if (strncmp(line, "### ", 4) == 0) {
			check_head(page, line, nr++, part, id);
			sscanf(line, "### %15s", id);
			part = 0;
		} else if (nr && strncmp(line, "- **", 4) == 0) {
			bool fits = page->parts[part] && strncmp(line, page->parts[part], strlen(page->parts[part])) == 0;
			bool last = page->parts[part] && !page->parts[part + 1];

			if (!fits)
				test_note("%s: %s: a line out of place: %.30s", page->path, id, line);
			REQUIRE_TRUE(fits);
			/* the last part holds the citations; a reason stands where there can be none */
			if (last && !strstr(line, " none: ") && !strstr(line, "E1.40"))
				CHECK_GT(check_citations(id, line), 0);
			part++;
		} else {
			(void)check_citations(page->path, line);
		}
	}
	fclose(f);
	CHECK_NULL(page->parts[part]);
	CHECK_INT(nr, page->entries);
}

static void the_errata_are_108_in_order_and_each_cites_its_rules(void)
{
	static const struct page page = {
		"docs/errata.md", { "- **Claim** (", "- **Right:** ", "- **Why:** ", "- **Rules:** " }, next_erratum, 108
	};

	check_page(&page);
}

static void the_checklist_has_45_points_in_order(void)
{
	static const struct page page = {
		"docs/checklist.md", { "- **Understand:** ", "- **Why:** ", "- **See:** " }, next_point, 45
	};

	check_page(&page);
}

static void each_verdict_is_one_that_the_page_explains(void)
{
	static const char *const verdicts[] = { "wrong", "outdated", "simplified", "gap", "correct" };
	char line[LINE_BYTES], list[64], *rest, *word;
	FILE *f = open_page("docs/errata.md");
	int nr = 0;

	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "- **Claim** (%63[a-z, ]):", list) != 1)
			continue;
		nr++;
		for (rest = list; (word = strsep(&rest, ", ")) != NULL;) {
			bool known = !*word;

			for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
				known |= strcmp(word, verdicts[i]) == 0;
			if (!known)
				test_note("an erratum is \"%s\"", word);
			CHECK_TRUE(known);
		}
	}
	fclose(f);
	CHECK_INT(nr, 108);
}

static void each_lesson_that_the_checklist_names_exists(void)
{
	char line[LINE_BYTES], slug[64], pattern[128];
	FILE *f = open_page("docs/checklist.md");
	int nr = 0;

	while (fgets(line, sizeof(line), f)) {
		const char *p = strstr(line, "; lesson `");
		glob_t g;

		if (!p || sscanf(p, "; lesson `%63[a-z0-9-]`", slug) != 1)
			continue;
		nr++;
		snprintf(pattern, sizeof(pattern), "lessons/[0-9]*-%s.lua", slug);
		if (glob(pattern, 0, NULL, &g) != 0) {
			test_note("there is no lesson %s", slug);
			CHECK_FAIL("a lesson that does not exist");
			continue;
		}
		globfree(&g);
	}
	fclose(f);
	CHECK_GE(nr, 4);
}

const struct test_case suite_unit_errata[] = {
	T(the_errata_are_108_in_order_and_each_cites_its_rules),
	T(the_checklist_has_45_points_in_order),
	T(each_verdict_is_one_that_the_page_explains),
	T(each_lesson_that_the_checklist_names_exists),
	{ NULL, NULL }
};
