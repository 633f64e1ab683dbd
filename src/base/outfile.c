/*
 * base/outfile.c - see outfile.h.
 *
 * The temporary file has no name (O_TMPFILE) where the file system supports that, until it is
 * complete.  A process that is killed leaves nothing behind then.  While a temporary file
 * has a name, the signals that end the process are blocked.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_TRIES 1000u

/* ---- signals while a temporary name exists -------------------------------------------- */

static void hold_signals(struct outfile *out)
{
	static const int held[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGXCPU, SIGXFSZ, SIGALRM,
				    SIGUSR1, SIGUSR2, SIGTSTP };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++)
		sigaddset(&set, held[i]);
	pthread_sigmask(SIG_BLOCK, &set, &out->signals);
}

static void release_signals(struct outfile *out)
{
	pthread_sigmask(SIG_SETMASK, &out->signals, NULL);
}

/* ---- names -------------------------------------------------------------------------------- */

/* The folder of .path, with its slash at the end; "" is the current one. */
static int folder_length(const struct outfile *out)
{
	const char *slash = strrchr(out->path, '/');

	return slash ? (int)(slash - out->path) + 1 : 0;
}

/* The @n-th name beside .path that a temporary file may have. */
static int name_beside(struct outfile *out, unsigned int n)
{
	int folder = folder_length(out), len;

	len = snprintf(out->beside, sizeof(out->beside), "%.*s.kworkshop-%d-%u", folder, out->path, (int)getpid(), n);
	return len < (int)sizeof(out->beside) ? 0 : -ENAMETOOLONG;
}

/*
 * Calls @make with one name after the other until it makes that file, which did not exist.
 * Signals stay blocked if there is a file.  Return: 0, or -errno of @make.
 */
static int make_beside(struct outfile *out, int (*make)(struct outfile *out))
{
	int rc = -EEXIST;

	hold_signals(out);
	for (unsigned int n = 0; n < NAME_TRIES && rc == -EEXIST; n++) {
		rc = name_beside(out, n);
		if (!rc)
			rc = make(out) < 0 ? -errno : 0;
	}
	if (rc) {
		out->beside[0] = '\0';
		release_signals(out);
	}
	return rc;
}

/* ---- opening ------------------------------------------------------------------------------- */

static int stream_of(struct outfile *out, int fd)
{
	int err;

	out->f = fdopen(fd, "wb");
	if (out->f)
		return 0;
	err = -errno;
	close(fd);
	return err;
}

static int open_direct(struct outfile *out)
{
	int fd = open(out->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);

	out->direct = true;
	return fd < 0 ? -errno : stream_of(out, fd);
}

static int open_named(struct outfile *out)
{
	int fd = open(out->beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666), err;

	if (fd < 0)
		return -1;
	err = stream_of(out, fd);
	if (!err)
		return 0;
	unlink(out->beside);
	errno = -err;
	return -1;
}

static int open_nameless(struct outfile *out)
{
	char folder[PATH_MAX];
	int len = folder_length(out), fd;

	snprintf(folder, sizeof(folder), "%.*s", len ? len : 1, len ? out->path : ".");
	fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
	return fd < 0 ? -errno : stream_of(out, fd);
}

int outfile_open(struct outfile *out, const char *path)
{
	char *real = realpath(path, NULL);
	struct stat st;
	int err;

	memset(out, 0, sizeof(*out));
	err = snprintf(out->path, sizeof(out->path), "%s", real ? real : path) < (int)sizeof(out->path) ? 0 : -ENAMETOOLONG;
	free(real);
	if (err)
		return err;
	/* a link whose target is missing: open() makes the target */
	if (lstat(out->path, &st) == 0 && !S_ISREG(st.st_mode))
		return open_direct(out);
	if (access(out->path, F_OK) == 0 && access(out->path, W_OK))
		return -errno;		/* a rename would replace a file that may not be written */
	err = access("/proc/self/fd", X_OK) ? -EOPNOTSUPP : open_nameless(out);	/* it gets its name through /proc */
	if (err == -EOPNOTSUPP || err == -EISDIR || err == -EINVAL || err == -ENOENT)
		err = make_beside(out, open_named);	/* not in this file system, or no such folder */
	return err;
}

int outfile_check(const char *path)
{
	struct outfile out;
	struct stat st;
	int err;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : access(path, W_OK) ? -errno : 0;
	err = outfile_open(&out, path);
	if (!err)
		(void)outfile_close(&out, -ECANCELED);
	return err;
}

/* ---- the end --------------------------------------------------------------------------------- */

static int link_beside(struct outfile *out)
{
	char fd[40];

	snprintf(fd, sizeof(fd), "/proc/self/fd/%d", fileno(out->f));
	return linkat(AT_FDCWD, fd, AT_FDCWD, out->beside, AT_SYMLINK_FOLLOW);
}

/* The stream's contents are on the disk, or -errno. */
static int settle_contents(struct outfile *out)
{
	errno = 0;
	if (fflush(out->f) || ferror(out->f))
		return errno ? -errno : -EIO;
	if (fsync(fileno(out->f)) && errno != EINVAL && errno != ENOTSUP && errno != EROFS)
		return -errno;		/* pipes and some devices cannot be synchronized */
	return 0;
}

int outfile_close(struct outfile *out, int err)
{
	if (!err)
		err = settle_contents(out);
	if (!err && !out->direct && !out->beside[0])
		err = make_beside(out, link_beside);
	if (fclose(out->f) && !err)
		err = -errno;
	out->f = NULL;
	if (!out->beside[0])
		return err;
	if (!err && rename(out->beside, out->path))
		err = -errno;
	if (err)
		unlink(out->beside);
	out->beside[0] = '\0';
	release_signals(out);
	return err;
}
