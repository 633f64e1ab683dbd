/*
 * tests/support/english_tree.h - the hits of english.h in the whole tree, and the lists beside them.
 *
 *   tests/english/words     private words
 *   tests/english/allowed   PATH: PART OF A SENTENCE: REASON   (PATH may be a pattern)
 *   tests/english/counts    COMMENTS TEXTS PATH, the hits that a file still has
 *
 * Lives here:   reading the tree and the lists.
 * Never here:   what is a hit (english.h), what follows from a difference (unit_english.c).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_ENGLISH_TREE_H
#define KW_TESTS_SUPPORT_ENGLISH_TREE_H

#include "tests/support/english.h"

struct english_count {
	char path[160];
	int nr[2];		/* by enum english_part */
};

struct english_counts {
	struct english_count *v;
	size_t nr;
};

struct english_allowed {
	char *path, *text, *reason;
	int used;
};

struct english_tree {
	struct english_words words;
	struct english_allowed *allowed;
	size_t nr_allowed;
	struct english_counts now;	/* files with hits, by path */
	struct english_counts kept;	/* tests/english/counts */
	void (*hit)(void *arg, const struct english_hit *h);	/* each hit that is not allowed; may be NULL */
	void *arg;
};

/* Reads the lists and the tree below the current folder.  Return: 0 or -errno. */
int english_tree_read(struct english_tree *t);
void english_tree_free(struct english_tree *t);
/* Of @path; zeros if it is not listed. */
struct english_count english_count_of(const struct english_counts *c, const char *path);
/* Writes .now to tests/english/counts.  Return: 0 or -errno. */
int english_counts_write(const struct english_tree *t);

#endif
