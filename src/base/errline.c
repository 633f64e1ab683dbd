/*
 * base/errline.c - see errline.h.   Licence: MIT.
 */
#include "base/errline.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/printable.h"

static bool same_file(int a, int b)
{
	struct stat sa, sb;

	if (fstat(a, &sa) || fstat(b, &sb))
		return false;
	if (S_ISCHR(sa.st_mode) && S_ISCHR(sb.st_mode))
		return sa.st_rdev == sb.st_rdev;
	return sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

void errline_unless_shown(int shown_fd, const char *line)
{
	if (*line && !same_file(shown_fd, STDERR_FILENO))
		printable_printf(stderr, "%s\n", line);
}
