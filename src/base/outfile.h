/*
 * base/outfile.h - the one way in which the program writes a file that a person named.
 *
 * A regular file, or one that does not exist yet, is written under no name or under a fresh
 * name beside it, synchronized, and renamed: the old contents stay until the new ones are
 * complete, and nothing else is left behind.  A process that SIGKILL ends in the instant between the two
 * names leaves the temporary file; the next file that is written into the same folder removes it.  A symbolic link stays a link: the file that
 * it points to is replaced.  Anything else (a device, a pipe) is written directly.
 *
 *     err = outfile_open(&out, path);
 *     if (!err)
 *         err = outfile_close(&out, put_everything(out.f));
 *
 * Lives here:   temporary files, their removal, the mode of new files (by the umask).
 * Never here:   formats, standard output (cli.c), the database of progress.
 * Licence: MIT.
 */
#ifndef KW_BASE_OUTFILE_H
#define KW_BASE_OUTFILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <signal.h>

struct outfile {
	FILE *f;			/* write here */
	bool direct;			/* no temporary file */
	char path[PATH_MAX];		/* links are resolved */
	char beside[PATH_MAX];		/* the temporary file's name; "" = it has none yet */
	sigset_t signals;		/* blocked since .beside exists: these were before */
};

/* Return: 0 or -errno; on an error nothing is open and no file was changed. */
int outfile_open(struct outfile *out, const char *path);
/* Would outfile_open() open it?  Changes nothing, and waits for no reader of a pipe.  Return: 0 or -errno. */
int outfile_check(const char *path);
/*
 * Ends the file: if @err is 0, its contents get their name; else they are thrown away.
 * Return: @err, or -errno of the first write, flush or rename that failed.
 */
int outfile_close(struct outfile *out, int err);

#endif
