/*
 * tests/support/sources.c - see sources.h.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/sources.h"

#include <ctype.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/test.h"

#define FILES_MAX 2000

struct source sources[FILES_MAX];
int nr_sources;

char *sources_file(const char *path)
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

bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

bool begins_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

bool is_c(const char *path)
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

void sources_blank_comments(char *p)
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
	struct source *s = &sources[nr_sources];

	(void)st;
	(void)at;
	if (kind != FTW_F || !(is_c(path) || ends_with(path, ".lua")) || nr_sources == FILES_MAX)
		return 0;
	s->path = strdup(path);
	s->text = sources_file(path);
	if (!s->path || !s->text)
		return 1;
	s->code = strdup(s->text);
	if (is_c(path))
		sources_blank_comments(s->code);
	nr_sources++;
	return 0;
}

void sources_read(void)
{
	static const char *const folders[] = { "src", "lua", "visualizer", "tests", "lessons", "exercises" };
	size_t i;

	if (nr_sources)
		return;
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		nftw(folders[i], visit, 16, FTW_PHYS);
	CHECK_GT(nr_sources, 20);	/* or the tests were started elsewhere */
	CHECK_LT(nr_sources, FILES_MAX);
}

int line_of(const char *text, const char *at)
{
	int line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

/* Everything that is wrong is listed, then the test fails once. */
static int complaints;

void complain(const struct source *s, int line, const char *what)
{
	test_note("%s:%d: %s", s->path, line, what);
	complaints++;
}

void expect_no_complaints(void)
{
	CHECK_INT(complaints, 0);
	complaints = 0;
}

int take_complaints(void)
{
	int n = complaints;

	complaints = 0;
	return n;
}

bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}
