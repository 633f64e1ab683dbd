/*
 * base/nearest.c - see nearest.h.   Licence: MIT.
 */
#include "base/nearest.h"

#include <ctype.h>
#include <string.h>

#define TOO_FAR (NEAREST_LETTERS_MAX + 1)

static int letter(char c)
{
	return c == '_' ? '-' : tolower((unsigned char)c);
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

unsigned int nearest_distance(const char *a, const char *b)
{
	/* the last three rows of the table whose entry i, j is the distance of a[0..i) and b[0..j) */
	unsigned int rows[3][NEAREST_LETTERS_MAX + 1];
	size_t na = strlen(a), nb = strlen(b), i, j;

	if (na > NEAREST_LETTERS_MAX || nb > NEAREST_LETTERS_MAX)
		return TOO_FAR;
	for (j = 0; j <= nb; j++)
		rows[0][j] = (unsigned int)j;
	for (i = 1; i <= na; i++) {
		unsigned int *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];

		row[0] = (unsigned int)i;
		for (j = 1; j <= nb; j++) {
			unsigned int differs = letter(a[i - 1]) != letter(b[j - 1]);

			row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + differs);
			if (i > 1 && j > 1 && letter(a[i - 1]) == letter(b[j - 2]) &&
			    letter(a[i - 2]) == letter(b[j - 1]))
				row[j] = least(row[j], two_above[j - 2] + 1);
		}
	}
	return rows[na % 3][nb];
}

/* True if @name has @typed at @at. */
static bool has_at(const char *name, size_t at, const char *typed)
{
	for (size_t i = 0; typed[i]; i++)
		if (letter(name[at + i]) != letter(typed[i]))
			return false;
	return true;
}

/* 0: @name begins with @typed; 1: has it further on; 2: does not have it. */
static unsigned int place_of(const char *name, const char *typed)
{
	size_t n = strlen(name), m = strlen(typed);

	for (size_t at = 0; at + m <= n; at++)
		if (has_at(name, at, typed))
			return at ? 1 : 0;
	return 2;
}

/* The largest distance that is near: 1 for short names, a third of the letters for longer ones. */
static unsigned int far_for(size_t letters)
{
	return letters < 3 ? 1 : (unsigned int)least((unsigned int)(letters + 2) / 3, 4);
}

void nearest_offer(struct nearest *n, const char *name)
{
	size_t letters = strlen(n->typed);
	unsigned int d = nearest_distance(n->typed, name);
	int at, i;

	if (d >= letters || d > far_for(letters)) {
		unsigned int place = place_of(name, n->typed);

		if (letters < 2 || place == 2 || (place == 1 && letters < 4))
			return;
		d = far_for(letters) + place;	/* sorts after the names with a smaller distance */
	}
	for (i = 0; i < n->nr; i++)
		if (strcmp(n->name[i], name) == 0)
			return;
	for (at = n->nr; at > 0 && n->distance[at - 1] > d; at--)
		;
	if (at == NEAREST_NAMES_MAX)
		return;
	if (n->nr < NEAREST_NAMES_MAX)
		n->nr++;
	for (i = n->nr - 1; i > at; i--) {
		n->name[i] = n->name[i - 1];
		n->distance[i] = n->distance[i - 1];
	}
	n->name[at] = name;
	n->distance[at] = d;
}

const char *nearest_best(const struct nearest *n)
{
	return n->nr ? n->name[0] : NULL;
}
