/*
 * tests/support/citations.c - see citations.h.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/citations.h"

#include <ctype.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/test.h"

#define NAMES_MAX 4000

static const char *const endings[] = { ".c", ".h", ".def", ".lua", ".md", ".sh", ".kws", ".facts", ".test", ".patch" };
/* beginnings of paths in the kernel's tree, and of the folder that the tutorial of authoring.md makes */
static const char *const kernel[] = {
	"my-course/",
	"kernel/", "include/linux/", "include/trace/", "Documentation/", "tools/workqueue/", "drivers/", "fs/", "mm/",
};
/* made by the build; plain names of the kernel's files that the documents introduce with their folder */
static const char *const elsewhere[] = { "script_libs.c", "cmwq.h", "fair.c", "workqueue.c" };

static char *names[NAMES_MAX];	/* of all files, without folders */
static size_t nr_names;

static int visit(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	if (kind == FTW_F && nr_names < NAMES_MAX)
		names[nr_names++] = strdup(path + at->base);
	return 0;
}

static void read_names(void)
{
	static const char *const folders[] = { "src", "lua", "visualizer", "tests", "lessons", "exercises", "docs" };

	for (size_t i = 0; !nr_names || i < sizeof(folders) / sizeof(folders[0]); i++)
		nftw(folders[i], visit, 16, FTW_PHYS);
	CHECK_RANGE(nr_names, 100, NAMES_MAX - 1);
	names[nr_names++] = strdup("README.md");
}

static bool in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '/' || c == '.';
}

static bool has_ending(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t m = strlen(endings[i]);

		if (n > m && strncmp(name + n - m, endings[i], m) == 0)
			return true;
	}
	return false;
}

bool citation_next(const char *text, size_t n, size_t *at, char *name, size_t size)
{
	size_t i = *at;

	while (i < n) {
		size_t begin, end;

		while (i < n && !in_name(text[i]))
			i++;
		begin = i;
		while (i < n && in_name(text[i]))
			i++;
		end = i;
		while (end > begin && text[end - 1] == '.')
			end--;	/* the sentence's */
		if (!has_ending(text + begin, end - begin) || end - begin >= size)
			continue;
		/* <uv.h>, *.lua, ../x.c and ".c" are no names of the tree's */
		if ((begin && strchr("<*$~@{}", text[begin - 1])) || strchr("./-", text[begin]))
			continue;
		memcpy(name, text + begin, end - begin);
		name[end - begin] = '\0';
		*at = i;
		return true;
	}
	*at = n;
	return false;
}

static bool begins_with_one_of(const char *name, const char *const *table, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strncmp(name, table[i], strlen(table[i])) == 0)
			return true;
	return false;
}

/* FILE.c, DIR/course.lua, NNN-name.patch: a word in capitals stands for any name. */
static bool stands_for_any(const char *name)
{
	for (const char *p = name; *p; p++)
		if ((p == name || p[-1] == '/') && isupper((unsigned char)p[0]) && isupper((unsigned char)p[1]) &&
		    strcmp(p, "README.md") != 0)
			return true;
	return false;
}

static bool path_exists(const char *prefix, int prefix_len, const char *name)
{
	char path[512];
	struct stat st;

	snprintf(path, sizeof(path), "%.*s%s", prefix_len, prefix, name);
	return stat(path, &st) == 0;
}

bool citation_resolves(const char *name, const char *from)
{
	static const char *const tops[] = { "", "src/", "tests/", "docs/" };
	const char *slash = strrchr(from, '/'), *above = slash;

	if (!nr_names)
		read_names();
	if (stands_for_any(name) || begins_with_one_of(name, kernel, sizeof(kernel) / sizeof(kernel[0])))
		return true;
	if (!strchr(name, '/')) {
		for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
			if (strcmp(elsewhere[i], name) == 0)
				return true;
		for (size_t i = 0; i < nr_names; i++)
			if (strcmp(names[i], name) == 0)
				return true;
		return false;
	}
	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++)
		if (path_exists(tops[i], (int)strlen(tops[i]), name))
			return true;
	if (!slash)
		return false;
	while (above > from && above[-1] != '/')
		above--;
	return path_exists(from, (int)(slash + 1 - from), name) || path_exists(from, (int)(above - from), name);
}
