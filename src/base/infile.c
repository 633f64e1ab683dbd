/*
 * base/infile.c - see infile.h.   Licence: MIT.
 */
#include "base/infile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

FILE *infile_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	FILE *f = NULL;
	int err;

	if (fd < 0) {
		if (errno == ENXIO)	/* a socket */
			errno = ENOTSUP;
		return NULL;
	}
	if (fstat(fd, &st))
		err = errno;
	else if (S_ISDIR(st.st_mode))
		err = EISDIR;
	else
		err = S_ISREG(st.st_mode) ? 0 : ENOTSUP;
	if (!err) {
		f = fdopen(fd, "r");
		err = f ? 0 : errno;
	}
	if (err) {
		close(fd);
		errno = err;
	}
	return f;
}

const char *infile_reason(int err)
{
	err = err < 0 ? -err : err;
	return err == ENOTSUP ? "it is not a regular file" : strerror(err);
}
