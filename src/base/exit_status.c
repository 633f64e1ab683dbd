/*
 * base/exit_status.c - see exit_status.h.   Licence: MIT.
 */
#include "base/exit_status.h"

#include <errno.h>

int exit_status_for(int err)
{
	switch (err < 0 ? -err : err) {
	case 0:
		return EXIT_RIGHT;
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
	case EACCES:
	case EPERM:
	case ENAMETOOLONG:
		return EXIT_MISSING;
	case EINVAL:
		return EXIT_MISUSE;
	default:
		return EXIT_INTERNAL;
	}
}

const char *exit_status_meaning(int status)
{
	static const char *const meanings[] = {
		[EXIT_RIGHT] = "success", [EXIT_WRONG] = "a wrong answer or a failed check",
		[EXIT_MISUSE] = "wrong usage or a faulty lesson", [EXIT_MISSING] = "a file is missing or cannot be read",
		[EXIT_INTERNAL] = "a fault of the program itself",
	};

	return status >= 0 && status <= EXIT_INTERNAL ? meanings[status] : "?";
}
