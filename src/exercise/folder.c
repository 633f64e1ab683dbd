/*
 * exercise/folder.c - the folders of exercises: finding one, listing all.
 *
 * Lives here:   names and paths.
 * Never here:   the contents of files.   Licence: MIT.
 */
#include "exercise/exercise.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/nearest.h"
#include "words/texts.h"

bool exercise_path(const struct exercise_place *at, const char *name, char *path, size_t size)
{
	int n = snprintf(path, size, "%s/%s", at->dir, name);

	return n >= 0 && (size_t)n < size;
}

/* "21-unload" -> "unload", "21". */
static void name_place(struct exercise_place *at, const char *folder)
{
	size_t digits = strspn(folder, "0123456789");

	snprintf(at->label, sizeof(at->label), "%.*s", (int)(digits < sizeof(at->label) ? digits : 0), folder);
	if (digits && folder[digits] == '-')
		digits++;
	else
		digits = 0;
	snprintf(at->slug, sizeof(at->slug), "%.63s", folder + digits);
	snprintf(at->name, sizeof(at->name), "%s%s", at->label[0] ? "E" : "", at->label[0] ? at->label : at->slug);
}

/* "E21", "e21" and "E3" for 03-handler. */
static bool has_number(const struct exercise_place *at, const char *name)
{
	char *end;
	unsigned long n;

	if ((name[0] != 'E' && name[0] != 'e') || name[1] < '0' || name[1] > '9' || !at->label[0])
		return false;
	n = strtoul(name + 1, &end, 10);
	return !*end && n == strtoul(at->label, NULL, 10);
}

static bool has_exercise(const struct exercise_place *at)
{
	char path[1100];

	return exercise_path(at, "exercise.lua", path, sizeof(path)) && access(path, R_OK) == 0;
}

/* A folder, or the exercise.lua in one. */
static bool take_path(const char *name, struct exercise_place *out)
{
	static const char file[] = "/exercise.lua";
	size_t len = strlen(name);
	char resolved[4096];
	const char *base;

	if (len > sizeof(file) - 1 && strcmp(name + len - (sizeof(file) - 1), file) == 0)
		len -= sizeof(file) - 1;
	while (len > 1 && name[len - 1] == '/')
		len--;
	if (!len || len >= sizeof(out->dir))
		return false;
	snprintf(out->dir, sizeof(out->dir), "%.*s", (int)len, name);
	if (!has_exercise(out))
		return false;
	base = strrchr(out->dir, '/');
	base = base ? base + 1 : out->dir;
	if ((!strcmp(base, ".") || !strcmp(base, "..")) && realpath(out->dir, resolved) && strrchr(resolved, '/'))
		base = strrchr(resolved, '/') + 1;
	name_place(out, base);
	snprintf(out->name, sizeof(out->name), "%s", out->dir);
	return true;
}

static int by_label(const void *a, const void *b)
{
	const struct exercise_place *x = a, *y = b;
	long k = strtol(x->label, NULL, 10) - strtol(y->label, NULL, 10);

	return k ? (k > 0) - (k < 0) : strcmp(x->slug, y->slug);
}

int exercise_list(const char *dir, struct exercise_place **out, size_t *nr)
{
	struct exercise_place *v = NULL, *grown;
	struct dirent *e;
	DIR *d = opendir(dir);
	size_t n = 0;

	*out = NULL;
	*nr = 0;
	if (!d)
		return -errno;
	while ((e = readdir(d))) {
		struct exercise_place one;
		int len = snprintf(one.dir, sizeof(one.dir), "%s/%s", dir, e->d_name);

		if (e->d_name[0] == '.' || len < 0 || (size_t)len >= sizeof(one.dir) || !has_exercise(&one))
			continue;
		name_place(&one, e->d_name);
		grown = realloc(v, (n + 1) * sizeof(*v));
		if (!grown) {
			free(v);
			closedir(d);
			return -ENOMEM;
		}
		v = grown;
		v[n++] = one;
	}
	closedir(d);
	if (n)
		qsort(v, n, sizeof(*v), by_label);
	*out = v;
	*nr = n;
	return 0;
}

int exercise_find(const char *dir, const char *name, struct exercise_place *out, char *err, size_t err_size)
{
	struct nearest near = { .typed = name };
	struct exercise_place *all;
	const char *best;
	size_t nr;
	int rc;

	memset(out, 0, sizeof(*out));
	if (strchr(name, '/') || !strcmp(name, ".")) {
		if (take_path(name, out))
			return 0;
		snprintf(err, err_size, W(EXERCISE_NO_FOLDER), name);
		return -ENOENT;
	}
	rc = exercise_list(dir, &all, &nr);
	if (rc) {
		snprintf(err, err_size, "%s: %s", dir, strerror(-rc));
		return rc;
	}
	rc = -ENOENT;
	for (size_t i = 0; i < nr && rc; i++) {
		nearest_offer(&near, all[i].slug);
		if (strcmp(all[i].slug, name) == 0 || has_number(&all[i], name)) {
			*out = all[i];
			rc = 0;
		}
	}
	best = rc ? nearest_best(&near) : NULL;
	if (rc && best)
		snprintf(err, err_size, W(EXERCISE_NONE_NEAR), name, dir, best);
	else if (rc)
		snprintf(err, err_size, W(EXERCISE_NONE), name, dir);
	free(all);
	return rc;
}
