/*
 * base/datadir.c - see datadir.h.   Licence: MIT.
 */
#include "base/datadir.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES 4096

int datadir_program(char *path, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", path, size);

	if (n < 0)
		return -errno;
	if ((size_t)n >= size)
		return -ENAMETOOLONG;
	path[n] = '\0';
	return 0;
}

static int found(const char *dir, const char *between, const char *what, char *path, size_t size)
{
	int n = snprintf(path, size, "%s/%s%s", dir, between, what);

	if (n < 0 || (size_t)n >= size)
		return -ENAMETOOLONG;
	return access(path, R_OK) == 0 ? 0 : -ENOENT;
}

int datadir_find(const char *share, const char *what, char *path, size_t size)
{
	char dir[PATH_BYTES], installed[256], *slash;
	int err = datadir_program(dir, sizeof(dir)), up;

	snprintf(installed, sizeof(installed), "share/%s/", share);
	/* the program's folder, its parent, and one more level for build/VARIANT/ */
	for (up = 0; err == 0 && up < 3; up++) {
		slash = strrchr(dir, '/');
		if (!slash)
			break;
		*slash = '\0';
		if (found(dir, "", what, path, size) == 0 ||
		    found(dir, installed, what, path, size) == 0)
			return 0;
	}
	if (size)
		path[0] = '\0';
	return err ? err : -ENOENT;
}
