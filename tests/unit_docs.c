/*
 * tests/unit_docs.c - statements of the documents about the tree are true.
 *
 * In README.md and the pages of docs/: a `path/of/FILE.c:word` between backquotes names a
 * file and a word in it; a `path/of/file` with a slash and an ending names a file or
 * folder; links lead to existing files; a fenced block marked `run` begins with
 * "$ command" and continues with the output of that command.  docs/reading.md has a heading for each lesson,
 * questions between ** and **, and after each one, behind "> ", sentences that stand in the lesson.
 *
 * Lives here:   checks of documents against files and commands.
 * Never here:   whether the documents explain well.   Licence: MIT.
 */
#include "tests/test.h"

#include <ctype.h>
#include <glob.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int complaints, seen;
static bool planted;	/* the complaints of a planted mistake are expected: do not print them */

static char *read_all(FILE *f)
{
	char *text = NULL;
	size_t used = 0, room = 0, n;

	do {
		if (room - used < 4096) {
			room = room * 2 + 8192;
			text = realloc(text, room);
			REQUIRE_NOT_NULL(text);
		}
		n = fread(text + used, 1, room - used - 1, f);
		used += n;
	} while (n);
	text[used] = '\0';
	return text;
}

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text;

	if (!f)
		return NULL;
	text = read_all(f);
	fclose(f);
	return text;
}

static void complain(const char *doc, const char *what, const char *why)
{
	if (!planted)
		test_note("%s: `%s` %s", doc, what, why);
	complaints++;
}

static void for_each_document(void (*check)(const char *path, char *text))
{
	glob_t g;
	size_t i;

	complaints = seen = 0;
	REQUIRE_INT(glob("README.md", 0, NULL, &g), 0);
	glob("docs/*.md", GLOB_APPEND, NULL, &g);
	glob("docs/why/*.md", GLOB_APPEND, NULL, &g);
	for (i = 0; i < g.gl_pathc; i++) {
		char *text = read_file(g.gl_pathv[i]);

		REQUIRE_NOT_NULL(text);
		check(g.gl_pathv[i], text);
		free(text);
	}
	globfree(&g);
	CHECK_INT(complaints, 0);
}

/* ---- anchors --------------------------------------------------------------------- */

static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);
	const char *p = text;

	while ((p = strstr(p, word)) != NULL) {
		bool starts = p == text || !(isalnum((unsigned char)p[-1]) || p[-1] == '_');
		bool ends = !(isalnum((unsigned char)p[n]) || p[n] == '_');

		if (starts && ends)
			return true;
		p += n;
	}
	return false;
}

/* Does it begin with a folder of this tree?  Paths of the kernel's tree do not. */
static bool is_ours(const char *path)
{
	static const char *const folders[] = { "src/", "lua/", "visualizer/", "tests/", "docs/", "lessons/", NULL };
	int i;

	for (i = 0; folders[i]; i++)
		if (strncmp(path, folders[i], strlen(folders[i])) == 0)
			return true;
	return false;
}

static void check_anchor(const char *doc, char *span)
{
	char *word = strchr(span, ':'), *text;
	char whole[256];
	struct stat st;

	snprintf(whole, sizeof(whole), "%s", span);
	if (!is_ours(span) || strpbrk(span, " *{<"))
		return;
	seen++;
	if (word)
		*word++ = '\0';
	if (stat(span, &st) != 0) {
		complain(doc, whole, "is not there");
		return;
	}
	if (!word)
		return;
	text = read_file(span);
	if (!text || !has_word(text, word))
		complain(doc, whole, "is a file without that word");
	free(text);
}

/* Spans between backquotes on one line, outside fenced blocks. */
static void check_spans(const char *doc, char *text)
{
	bool fenced = false;
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n")) != NULL) {
		char *p = line, *span;

		if (strncmp(line, "```", 3) == 0)
			fenced = !fenced;
		while (!fenced && (p = strchr(p, '`')) != NULL) {
			span = p + 1;
			p = strchr(span, '`');
			if (!p)
				break;
			*p++ = '\0';
			check_anchor(doc, span);
		}
	}
}

static void files_and_words_named_in_documents_exist(void)
{
	for_each_document(check_spans);
	CHECK_GT(seen, 30);
}

/* The check above can fail. */
static void an_anchor_to_nowhere_is_noticed(void)
{
	char missing[] = "`src/base/nowhere.c`", no_word[] = "`src/main.c:no_such_word`";
	char right[] = "`src/main.c:main`";

	complaints = 0;
	planted = true;
	check_spans("(planted)", missing);
	check_spans("(planted)", no_word);
	CHECK_INT(complaints, 2);
	check_spans("(planted)", right);
	planted = false;
	CHECK_INT(complaints, 2);
}

/* ---- links ----------------------------------------------------------------------------- */

static void check_links(const char *doc, char *text)
{
	char folder[256], path[600], *p = text;
	struct stat st;

	snprintf(folder, sizeof(folder), "%s", doc);
	while ((p = strstr(p, "](")) != NULL) {
		size_t n = strcspn(p + 2, ")#\n");

		p += 2;
		if (n == 0 || strncmp(p, "http", 4) == 0)
			continue;
		snprintf(path, sizeof(path), "%s", doc);
		snprintf(folder, sizeof(folder), "%s", dirname(path));
		snprintf(path, sizeof(path), "%s/%.*s", folder, (int)n, p);
		seen++;
		if (stat(path, &st) != 0)
			complain(doc, path, "is where a link leads, and is not there");
	}
}

static void links_between_documents_lead_somewhere(void)
{
	for_each_document(check_links);
	CHECK_GE(seen, 4);
}

/* ---- blocks that are run ------------------------------------------------------------------ */

static void run_block(const char *doc, const char *block, size_t len)
{
	char command[1024], *said;
	const char *expected;
	size_t n = strcspn(block, "\n");
	FILE *f;

	if (n >= len || strncmp(block, "$ ", 2) != 0) {
		complain(doc, "run", "block does not begin with \"$ command\"");
		return;
	}
	/* "kworkshop" means the program under test */
	snprintf(command, sizeof(command), "PATH=\"$(dirname '%s'):$PATH\"; exec 2>&1; %.*s",
		 test_binary(), (int)(n - 2), block + 2);
	expected = block + n + 1;
	f = popen(command, "r");
	REQUIRE_NOT_NULL(f);
	said = read_all(f);
	pclose(f);
	seen++;
	if (strlen(said) != len - n - 1 || strncmp(said, expected, strlen(said)) != 0) {
		complain(doc, command, "prints something else:");
		printf("%s", said);
	}
	free(said);
}

static void check_blocks(const char *doc, char *text)
{
	char *p = text, *end;

	while ((p = strstr(p, "\n```run\n")) != NULL) {
		p += strlen("\n```run\n");
		end = strstr(p, "\n```\n");
		if (!end)
			break;
		run_block(doc, p, (size_t)(end + 1 - p));
		p = end;
	}
}

static void commands_in_documents_print_the_text_written_there(void)
{
	for_each_document(check_blocks);
}

/* ---- installed pages -------------------------------------------------------------------------- */

/* The links of an installed page to pages beside it; those to docs/why are for readers of the code. */
static void check_installed_links(const char *page, const char *installed)
{
	char *text = read_file(page);
	const char *p = text;

	REQUIRE_NOT_NULL(text);
	while ((p = strstr(p, "](")) != NULL) {
		size_t len = strcspn(p += 2, ")#");
		char name[100];

		snprintf(name, sizeof(name), "docs/%.*s", (int)len, p);
		if (memchr(p, '/', len) || len < 3 || strncmp(p + len - 3, ".md", 3))
			continue;
		seen++;
		if (!strstr(installed, name))
			complain(page, name, "is not installed");
	}
	free(text);
}

/* An author who has the installed files alone can follow the links of the pages for authors. */
static void pages_for_authors_are_installed_with_those_that_they_name(void)
{
	char *makefile = read_file("Makefile"), *list, *help, *page, *rest, pages[2000];

	REQUIRE_NOT_NULL(makefile);
	list = strstr(makefile, "\nAUTHOR_PAGES := ");
	help = strstr(makefile, "\nHELP_PAGES := ");
	REQUIRE_TRUE(list && help);
	list += strlen("\nAUTHOR_PAGES := ");
	snprintf(pages, sizeof(pages), "%.*s %.*s", (int)(strstr(list, "\n\n") - list), list, (int)strcspn(help + 1, "\n"), help + 1);
	seen = complaints = 0;
	rest = strndup(list, (size_t)(strstr(list, "\n\n") - list));
	for (char *at = rest; (page = strsep(&at, " \\\t\n"));)
		if (*page)
			check_installed_links(page, pages);
	free(rest);
	free(makefile);
	CHECK_GT(seen, 8);
	CHECK_INT(complaints, 0);
}

/* ---- figures -------------------------------------------------------------------------------- */

/* A row of docs/measured.md has figure, target, value, machine with date, and the command that measures it. */
static void every_figure_has_its_command(void)
{
	char *text = read_file("docs/measured.md"), *rest = text, *line;
	bool in_table = false, figures = false;
	int rows = 0;

	REQUIRE_NOT_NULL(text);
	while ((line = strsep(&rest, "\n")) != NULL) {
		const char *last;
		int bars = 0;
		char *p;

		if (line[0] == '|' && !in_table)
			figures = strncmp(line, "| figure", 8) == 0;
		else if (line[0] == '|' && figures && strncmp(line, "|---", 4) != 0) {
			for (p = line; *p; p++)
				bars += *p == '|';
			rows++;
			last = bars == 6 ? strrchr(line, '`') : NULL;
			if (!last || strcmp(last, "` |") != 0 || !strstr(line, ", 20"))
				complain("docs/measured.md", line, "has no machine with a date, or no command in its last column");
		}
		in_table = line[0] == '|';
	}
	CHECK_GE(rows, 3);
	CHECK_INT(complaints, 0);
	free(text);
}

/* ---- reasons ---------------------------------------------------------------------------------- */

/* An entry of docs/differences.md: from "- " at a line's start to the next one, or to an empty line. */
static void check_reason(char *entry)
{
	if (strstr(entry, "](why/") || strstr(entry, "No page:"))
		return;
	entry[strcspn(entry, "\n")] = '\0';
	complain("docs/differences.md", entry, "names no page of docs/why, and gives no reason for that");
}

static void every_difference_names_its_reason(void)
{
	char *text = read_file("docs/differences.md"), *at = text, *end;

	complaints = seen = 0;
	REQUIRE_NOT_NULL(text);
	while ((at = strstr(at, "\n- "))) {
		char *next = strstr(at + 1, "\n- "), *empty = strstr(at + 1, "\n\n");
		char after;

		end = next && (!empty || next < empty) ? next : empty ? empty : at + strlen(at);
		after = *end;
		*end = '\0';
		check_reason(at + 1);
		*end = after;
		at = end;
		seen++;
	}
	CHECK_GT(seen, 20);
	CHECK_INT(complaints, 0);
	free(text);
}

static void every_page_of_reasons_is_in_their_index(void)
{
	char *index = read_file("docs/why/README.md"), link[300];
	glob_t g;

	complaints = seen = 0;
	REQUIRE_NOT_NULL(index);
	REQUIRE_INT(glob("docs/why/*.md", 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		const char *name = strrchr(g.gl_pathv[i], '/') + 1;

		snprintf(link, sizeof(link), "](%s)", name);
		if (strcmp(name, "README.md") && !strstr(index, link))
			complain("docs/why/README.md", name, "is a page that the index does not name");
		seen++;
	}
	globfree(&g);
	free(index);
	CHECK_GT(seen, 10);
	CHECK_INT(complaints, 0);
}

/* ---- rules ------------------------------------------------------------------------------------ */

/* "RULE(R4.6)" above a test names a sentence of docs/rules.md; Rules: lines in opening comments too. */
static void check_rule_marks(const char *rules, const char *path, const char *p)
{
	char rule[64];
	int major, minor, used;

	while ((p = strstr(p, "RULE(")) != NULL) {
		for (p += strlen("RULE("); *p && *p != ')'; p++) {
			if (sscanf(p, "R%d.%d%n", &major, &minor, &used) != 2)
				continue;
			snprintf(rule, sizeof(rule), "- **R%d.%d**:", major, minor);
			seen++;
			if (!strstr(rules, rule))
				complain(path, rule, "is a rule that docs/rules.md does not have");
			p += used - 1;
		}
	}
}

static void every_rule_a_test_cites_is_written_down(void)
{
	char *rules = read_file("docs/rules.md");
	glob_t g;
	size_t i;

	complaints = seen = 0;
	REQUIRE_NOT_NULL(rules);
	REQUIRE_INT(glob("tests/*.c", 0, NULL, &g), 0);
	for (i = 0; i < g.gl_pathc; i++) {
		char *text = read_file(g.gl_pathv[i]);

		/* this file describes the marks and has none */
		if (text && !strstr(g.gl_pathv[i], "unit_docs.c"))
			check_rule_marks(rules, g.gl_pathv[i], text);
		free(text);
	}
	globfree(&g);
	free(rules);
	CHECK_GT(seen, 30);
	CHECK_INT(complaints, 0);
}

/* ---- questions of readers ------------------------------------------------------------------------ */

/* Behind a string of Lua: the string that `..` joins to it, or @p. */
static const char *joined(const char *p)
{
	const char *q = p + strspn(p, " \t\n");

	if (strncmp(q, "..", 2))
		return p;
	q += 2;
	q += strspn(q, " \t\n");
	return *q == '"' ? q + 1 : p;
}

/* One blank for each run of blanks. */
static char *put_plain(char *out, const char *begin, char c)
{
	if (isspace((unsigned char)c))
		c = ' ';
	if (c != ' ' || (out > begin && out[-1] != ' '))
		*out++ = c;
	return out;
}

/* The text without marks (* ` { }).  Of Lua: its strings only, joined ones as one, each on a line. */
static char *plain(const char *text, bool lua)
{
	char *begin = malloc(strlen(text) + 2), *out = begin;
	bool inside = !lua;

	REQUIRE_NOT_NULL(begin);
	for (const char *p = text; *p; p++) {
		if (lua && *p == '"') {
			const char *next = inside ? joined(p + 1) : p + 1;

			if (next != p + 1) {
				p = next - 1;
				continue;
			}
			if (inside)
				*out++ = '\n';
			inside = !inside;
		} else if (lua && inside && *p == '\\') {
			p++;
			out = put_plain(out, begin, *p == 'n' ? ' ' : *p);
		} else if (lua && !inside && !strncmp(p, "--", 2)) {
			p += strcspn(p, "\n") - 1;	/* a comment may have quotes */
		} else if (inside && !strchr("*`{}", *p)) {
			out = put_plain(out, begin, *p);
		}
	}
	while (out > begin && out[-1] == ' ')
		out--;
	*out = '\0';
	return begin;
}

static char *lesson_text(const char *id)
{
	char pattern[200], *source = NULL, *text = NULL;
	glob_t g;

	snprintf(pattern, sizeof(pattern), "lessons/[0-9][0-9]-%s.lua", id);
	if (!glob(pattern, 0, NULL, &g))
		source = read_file(g.gl_pathv[0]);
	globfree(&g);
	if (source)
		text = plain(source, true);
	free(source);
	return text;
}

/* The lines with "> " from @p on; *@end: behind them. */
static char *quoted(const char *p, const char **end)
{
	char *text = malloc(strlen(p) + 1), *out = text;

	REQUIRE_NOT_NULL(text);
	while (!strncmp(p, "> ", 2)) {
		size_t len = strcspn(p, "\n");

		memcpy(out, p + 2, len - 2);
		out += len - 2;
		*out++ = ' ';
		p += len + (p[len] == '\n');
	}
	*out = '\0';
	*end = p;
	return text;
}

/* A question begins at @p. */
static void check_question(const char *doc, const char *lesson, const char *text, const char *p)
{
	const char *end = p + strcspn(p, "\n");
	char question[300], *quote, *sentence;

	snprintf(question, sizeof(question), "%.*s", (int)(end - p), p);
	seen++;
	if (!strstr(question, "?**"))
		complain(doc, question, "is no question");
	quote = quoted(*end ? end + 1 : end, &end);
	sentence = plain(quote, false);
	if (strlen(sentence) < 15)
		complain(doc, question, "has no sentence that answers it");
	else if (!text || !strstr(text, sentence))
		complain(doc, sentence, text ? "is no sentence of the lesson" : "belongs to no lesson");
	if (text && !strstr(text, sentence))
		test_note("  (%s)", lesson);
	free(sentence);
	free(quote);
}

/* Return: the lessons that have at least two questions. */
static int check_reading(const char *doc, const char *page)
{
	char lesson[64] = "", *text = NULL;
	int before = 0, lessons = 0;

	seen = 0;
	for (const char *p = page; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		if (!strncmp(p, "## ", 3)) {
			lessons += seen >= before + 2;
			before = seen;
			free(text);
			snprintf(lesson, sizeof(lesson), "%.*s", (int)strcspn(p + 3, "\n"), p + 3);
			text = lesson_text(lesson);
			if (!text)
				complain(doc, lesson, "is no lesson");
		} else if (!strncmp(p, "**", 2)) {
			check_question(doc, lesson, text, p);
		}
	}
	lessons += seen >= before + 2;
	free(text);
	return lessons;
}

static void questions_of_readers_are_answered_by_a_sentence_of_the_lesson(void)
{
	char *page = read_file("docs/reading.md");
	int lessons;

	complaints = 0;
	REQUIRE_NOT_NULL(page);
	lessons = check_reading("docs/reading.md", page);
	free(page);
	CHECK_INT(complaints, 0);
	CHECK_GE(lessons, 22);
	CHECK_GE(seen, 110);
}

static void a_sentence_that_no_lesson_has_is_noticed(void)
{
	planted = true;
	complaints = 0;
	check_reading("planted", "## life\n**What does it return?**\n> `queue_work()` sets PENDING.\n");
	CHECK_INT(complaints, 0);
	check_reading("planted", "## life\n**What does it return?**\n> `queue_work()` sets no bit at all.\n");
	CHECK_INT(complaints, 1);
	check_reading("planted", "## life\n**What does it return?**\n\n## lief\nNo question.\n");
	CHECK_INT(complaints, 3);
	planted = false;
}

const struct test_case suite_unit_docs[] = {
	T(files_and_words_named_in_documents_exist),
	T(an_anchor_to_nowhere_is_noticed),
	T(links_between_documents_lead_somewhere),
	T(commands_in_documents_print_the_text_written_there),
	T(pages_for_authors_are_installed_with_those_that_they_name),
	T(every_figure_has_its_command),
	T(every_difference_names_its_reason),
	T(every_page_of_reasons_is_in_their_index),
	T(every_rule_a_test_cites_is_written_down),
	T(questions_of_readers_are_answered_by_a_sentence_of_the_lesson),
	T(a_sentence_that_no_lesson_has_is_noticed),
	{ NULL, NULL }
};
