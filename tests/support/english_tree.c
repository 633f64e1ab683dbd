/*
 * tests/support/english_tree.c - see english_tree.h.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/english_tree.h"

#include <errno.h>
#include <fnmatch.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS "tests/english/words"
#define ALLOWED "tests/english/allowed"
#define COUNTS "tests/english/counts"

static const char *const roots[] = {
	"README.md", "Makefile", "docs", "exercises", "lessons", "lua", "src", "tests", "visualizer", NULL
};

static struct english_tree *walking;	/* nftw() takes no argument */

/* ---- lists -------------------------------------------------------------------------------- */

static int read_allowed(struct english_tree *t)
{
	FILE *f = fopen(ALLOWED, "r");
	char line[512];

	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		char *text = strstr(line, ": "), *reason = text ? strstr(text + 2, ": ") : NULL;
		struct english_allowed *v;

		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || !line[0])
			continue;
		/* the last colon begins the reason, as a sentence may have one */
		for (char *next = reason; next; next = strstr(next + 2, ": "))
			reason = next;
		if (!reason) {
			fclose(f);
			return -EINVAL;
		}
		*text = *reason = '\0';
		v = realloc(t->allowed, (t->nr_allowed + 1) * sizeof(*v));
		if (!v)
			break;
		t->allowed = v;
		v[t->nr_allowed++] = (struct english_allowed){ strdup(line), strdup(text + 2), strdup(reason + 2), 0 };
	}
	fclose(f);
	return 0;
}

static struct english_count *add_count(struct english_counts *c, const char *path)
{
	struct english_count *v;

	if (c->nr && strcmp(c->v[c->nr - 1].path, path) == 0)
		return &c->v[c->nr - 1];
	v = realloc(c->v, (c->nr + 1) * sizeof(*v));
	if (!v)
		return NULL;
	c->v = v;
	v = &c->v[c->nr++];
	*v = (struct english_count){ 0 };
	snprintf(v->path, sizeof(v->path), "%s", path);
	return v;
}

static int read_counts(struct english_tree *t)
{
	FILE *f = fopen(COUNTS, "r");
	char line[256], path[160];
	int comments, texts;

	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		struct english_count *c;

		if (sscanf(line, "%d %d %159s", &comments, &texts, path) != 3)
			continue;
		c = add_count(&t->kept, path);
		if (c) {
			c->nr[ENGLISH_COMMENT] = comments;
			c->nr[ENGLISH_TEXT] = texts;
		}
	}
	fclose(f);
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct english_count *)a)->path, ((const struct english_count *)b)->path);
}

struct english_count english_count_of(const struct english_counts *c, const char *path)
{
	struct english_count want = { 0 };
	const struct english_count *found;

	snprintf(want.path, sizeof(want.path), "%s", path);
	found = c->nr ? bsearch(&want, c->v, c->nr, sizeof(want), by_path) : NULL;
	return found ? *found : want;
}

/* ---- the tree ------------------------------------------------------------------------------- */

static bool is_allowed(struct english_tree *t, const struct english_hit *h)
{
	for (size_t i = 0; i < t->nr_allowed; i++)
		if (fnmatch(t->allowed[i].path, h->path, 0) == 0 && strstr(h->sentence, t->allowed[i].text)) {
			t->allowed[i].used++;
			return true;
		}
	return false;
}

static void note_hit(void *arg, const struct english_hit *h)
{
	struct english_tree *t = arg;
	struct english_count *c;

	if (is_allowed(t, h))
		return;
	c = add_count(&t->now, h->path);
	if (c)
		c->nr[h->part]++;
	if (t->hit)
		t->hit(t->arg, h);
}

/* A manual page that is made from tables is counted there; the scanner's own test is full of hits. */
static bool is_left_out(const char *path)
{
	return strcmp(path, "docs/man/kworkshop.1") == 0 || strcmp(path, "tests/unit_english.c") == 0;
}

static int visit(const char *path, const struct stat *st, int kind, struct FTW *place)
{
	(void)st;
	(void)place;
	if (kind != FTW_F || !english_reads(path) || is_left_out(path))
		return 0;
	return english_scan_file(path, &walking->words, note_hit, walking);
}

int english_tree_read(struct english_tree *t)
{
	int err = english_words_load(&t->words, WORDS);

	if (!err)
		err = read_allowed(t);
	if (!err)
		err = read_counts(t);
	walking = t;
	for (int i = 0; !err && roots[i]; i++) {
		err = nftw(roots[i], visit, 16, FTW_PHYS);
		if (err == -1)
			err = errno == ENOENT ? 0 : -errno;
	}
	if (t->now.nr)
		qsort(t->now.v, t->now.nr, sizeof(*t->now.v), by_path);
	if (t->kept.nr)
		qsort(t->kept.v, t->kept.nr, sizeof(*t->kept.v), by_path);
	return err;
}

void english_tree_free(struct english_tree *t)
{
	for (size_t i = 0; i < t->nr_allowed; i++) {
		free(t->allowed[i].path);
		free(t->allowed[i].text);
		free(t->allowed[i].reason);
	}
	free(t->allowed);
	free(t->now.v);
	free(t->kept.v);
	english_words_free(&t->words);
}

int english_counts_write(const struct english_tree *t)
{
	FILE *f = fopen(COUNTS, "w");

	if (!f)
		return -errno;
	fprintf(f, "# Hits of tests/support/english.h that each file still has: comments, texts, path.\n"
		   "# `make english` prints them, `make english-update` lowers this list; it never rises.\n");
	for (size_t i = 0; i < t->now.nr; i++)
		fprintf(f, "%d %d %s\n", t->now.v[i].nr[ENGLISH_COMMENT], t->now.v[i].nr[ENGLISH_TEXT], t->now.v[i].path);
	return fclose(f) ? -errno : 0;
}
