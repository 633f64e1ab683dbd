/*
 * explore/known_deviations.c - reads the table of facts that some schedules may break.
 *
 *   # a comment
 *   unbound_offline: allowed w2#1 cpus=0-3: why another outcome is allowed
 *
 * Scenario, fact (as written in its file), reason.  Only the two separators are a colon
 * followed by a space.
 *
 * Lives here:   reading the table.
 * Never here:   checking the facts of a run (target_kws.c).   Licence: MIT.
 */
#include "explore/explore.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Copies the text before the next ": ".  False: there is none, or the text is empty or too long. */
static bool part(const char **p, char *out, size_t size)
{
	const char *end = strstr(*p, ": ");
	size_t n = end ? (size_t)(end - *p) : 0;

	if (!n || n >= size)
		return false;
	memcpy(out, *p, n);
	out[n] = '\0';
	*p = end + 2 + strspn(end + 2, " ");
	return true;
}

static bool read_row(struct known_deviation *r, const char *p)
{
	size_t n;

	if (!part(&p, r->scenario, sizeof(r->scenario)) || !part(&p, r->fact, sizeof(r->fact)))
		return false;
	n = strlen(p);
	if (!n || n >= sizeof(r->why))
		return false;
	memcpy(r->why, p, n + 1);
	return true;
}

static int read_rows(struct known_deviations *e, FILE *f, char *err, size_t err_size)
{
	char text[700];

	for (int line = 1; fgets(text, sizeof(text), f); line++) {
		text[strcspn(text, "\n")] = '\0';
		if (!text[strspn(text, " \t")] || text[0] == '#')
			continue;
		if (e->nr == KNOWN_DEVIATIONS_MAX || !read_row(&e->v[e->nr], text)) {
			snprintf(err, err_size, "%s:%d: %s", e->path, line, e->nr == KNOWN_DEVIATIONS_MAX ?
				 "too many rows" : "expected \"SCENARIO: FACT: REASON\"");
			return -EINVAL;
		}
		e->v[e->nr++].line = line;
	}
	return ferror(f) ? -EIO : 0;
}

int known_deviations_load(struct known_deviations *e, const char *path, char *err, size_t err_size)
{
	FILE *f = fopen(path, "r");
	int ret;

	memset(e, 0, sizeof(*e));
	err[0] = '\0';
	if (!f) {
		ret = -errno;
		snprintf(err, err_size, "%s: %s", path, strerror(-ret));
		return ret;
	}
	snprintf(e->path, sizeof(e->path), "%s", path);
	ret = read_rows(e, f, err, err_size);
	if (ret && !err[0])
		snprintf(err, err_size, "%s: %s", path, strerror(-ret));
	fclose(f);
	return ret;
}
