/*
 * tests/english_main.c - `make english` prints the hits, `make english-update` lowers the list.
 *
 * Lives here:   main() of kw-english: kw-english [--update] [PATH-PATTERN].
 * Never here:   what is a hit (support/english.c), what fails (unit_english.c).   Licence: MIT.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/english_tree.h"

static const char *only;	/* hits of these paths */

static void print_hit(void *arg, const struct english_hit *h)
{
	(void)arg;
	if (!only || fnmatch(only, h->path, 0) == 0)
		printf("%s:%d: %s, %s \"%s\": %s\n", h->path, h->line, h->part == ENGLISH_TEXT ? "text" : "comment",
		       english_habit_name(h->habit), h->word, h->sentence);
}

/* The list never rises: if a file has more hits, it stays as it is.  An empty list is a new one. */
static int update(const struct english_tree *t)
{
	int more = 0, err;

	for (size_t i = 0; i < t->now.nr && t->kept.nr; i++) {
		const struct english_count *now = &t->now.v[i];
		struct english_count kept = english_count_of(&t->kept, now->path);

		for (int part = 0; part < 2; part++)
			if (now->nr[part] > kept.nr[part]) {
				fprintf(stderr, "%s: %d hits in %s, the list has %d\n", now->path, now->nr[part],
					part == ENGLISH_TEXT ? "texts" : "comments", kept.nr[part]);
				more++;
			}
	}
	if (more) {
		fprintf(stderr, "the list was not changed: `make english` prints the hits\n");
		return 1;
	}
	err = english_counts_write(t);
	if (err)
		fprintf(stderr, "tests/english/counts: %s\n", strerror(-err));
	return err ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct english_tree t = { 0 };
	bool lower = argc > 1 && strcmp(argv[1], "--update") == 0;
	int err, code;

	only = argc > 1 && !lower && *argv[1] ? argv[1] : NULL;
	t.hit = lower ? NULL : print_hit;
	err = english_tree_read(&t);
	if (err) {
		fprintf(stderr, "tests/english: %s\n", strerror(-err));
		return 2;
	}
	code = lower ? update(&t) : 0;
	english_tree_free(&t);
	return code;
}
