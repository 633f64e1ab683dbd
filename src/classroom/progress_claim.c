/*
 * classroom/progress_claim.c - claims of attempts by running programs.
 *
 * An attempt is claimed by a lock on one byte of the file progress.db.claims: the
 * byte at the offset of the attempt's row number.  The kernel drops the lock when the
 * program ends for any reason, so no claim outlives its program.  The file stays empty.
 *
 * On a file system without such locks every claim succeeds; progress_save() then detects
 * the other program by the checksum of the row.
 *
 * Lives here:   these locks.
 * Never here:   SQLite and its locks.
 * Licence: MIT.
 */
#define _GNU_SOURCE	/* F_OFD_SETLK */
#include "classroom/progress_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int lock_row(struct progress *p, int64_t row, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = (off_t)row, .l_len = 1 };

	return fcntl(p->claims, F_OFD_SETLK, &lock) ? -errno : 0;
}

bool progress_claim(struct progress *p, int64_t row)
{
	char path[PATH_MAX + 16];
	int err;

	if (p->claims < 0) {
		snprintf(path, sizeof(path), "%s.claims", p->path);
		p->claims = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	}
	if (p->claims < 0 || row <= 0)
		return true;
	err = lock_row(p, row, F_WRLCK);
	return err != -EAGAIN && err != -EACCES;
}

void progress_unclaim(struct progress *p, int64_t row)
{
	if (p->claims >= 0 && row > 0)
		lock_row(p, row, F_UNLCK);
}
