/*
 * base/nearest.h - finds the names that are most similar to a mistyped one.
 *
 * The distance of two names is the number of letters to insert, remove, replace or
 * exchange with a neighbour (restricted Damerau-Levenshtein).  Case is ignored, and
 * "-" equals "_".  A name that begins with the mistyped text, or contains it (if it has
 * at least four letters), is near regardless of its length.
 *
 * Lives here:   the distance, and a short list of the nearest names.
 * Never here:   which names there are, messages.
 * Licence: MIT.
 */
#ifndef KW_BASE_NEAREST_H
#define KW_BASE_NEAREST_H

#include <stdbool.h>

#define NEAREST_NAMES_MAX 5
#define NEAREST_LETTERS_MAX 64	/* longer names are never near */

/* Set .typed, offer each name, then read .name[0 .. nr): nearest first, ties in the order offered. */
struct nearest {
	const char *typed;
	const char *name[NEAREST_NAMES_MAX];	/* the pointers that were offered */
	unsigned int distance[NEAREST_NAMES_MAX];
	int nr;
};

/* Adds @name to the list if it is near .typed and not yet in the list. */
void nearest_offer(struct nearest *n, const char *name);
/* The first name, or NULL. */
const char *nearest_best(const struct nearest *n);
/* NEAREST_LETTERS_MAX + 1 if either name is longer than that. */
unsigned int nearest_distance(const char *a, const char *b);

#endif
