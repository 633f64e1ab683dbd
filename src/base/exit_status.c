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
	case ENOSPC:
	case ELOOP:
	case ENXIO:
	case EBUSY:		/* another program keeps it locked */
	case ENOTSUP:		/* infile_open(): a pipe or a device */
	case EFBIG:
	case EDQUOT:
	case EROFS:
	case EPIPE:
	case EIO:
	case EPROTO:		/* a progress file of a newer program */
	case ESTALE:		/* .. or one that was removed or moved */
		return EXIT_MISSING;
	case EINVAL:
		return EXIT_MISUSE;
	default:
		return EXIT_INTERNAL;
	}
}

