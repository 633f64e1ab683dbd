/*
 * base/outfile.c - see outfile.h.
 *
 * The temporary file has no name (O_TMPFILE) where the file system supports that, until it is
 * complete.  A process that is killed leaves nothing behind then.  While a temporary file
 * has a name, the signals that end the process are blocked and the process holds a flock()
 * on the file.  SIGKILL cannot be blocked: the next file that is written into the same folder
 * removes the temporary files on which no process holds a flock().   Licence: MIT.
 */
#define _GNU_SOURCE
#include "base/outfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
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

/* The folder of .path, in a form that open() takes. */
static void folder_of(const struct outfile *out, char *folder, size_t size)
{
	int len = folder_length(out);

	snprintf(folder, size, "%.*s", len ? len : 1, len ? out->path : ".");
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

/* ---- temporary files of processes that were killed ------------------------------------------- */

static bool is_temporary_name(const char *name)
{
	int pid, n, end = 0;

	return sscanf(name, ".kworkshop-%d-%d%n", &pid, &n, &end) == 2 && !name[end];
}

/* Removes the file @name of the folder @dir, unless a process holds a lock on it. */
static void remove_leftover(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() && flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(dir, name, 0);
	close(fd);
}

static void remove_leftovers(const struct outfile *out)
{
	char folder[PATH_MAX];
	struct dirent *e;
	DIR *d;

	folder_of(out, folder, sizeof(folder));
	d = opendir(folder);
	while (d && (e = readdir(d)))
		if (is_temporary_name(e->d_name))
			remove_leftover(dirfd(d), e->d_name);
	if (d)
		closedir(d);
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
	/* another process may have removed it before it was locked: the next name is tried then */
	(void)flock(fd, LOCK_EX | LOCK_NB);
	err = access(out->beside, F_OK) ? -EEXIST : stream_of(out, fd);
	if (!err)
		return 0;
	unlink(out->beside);
	errno = -err;
	return -1;
}

static int open_nameless(struct outfile *out)
{
	char folder[PATH_MAX];
	int fd;

	folder_of(out, folder, sizeof(folder));
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

static int link_as(const struct outfile *out, const char *path)
{
	char fd[40];

	snprintf(fd, sizeof(fd), "/proc/self/fd/%d", fileno(out->f));
	return linkat(AT_FDCWD, fd, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

static int link_beside(struct outfile *out)
{
	(void)flock(fileno(out->f), LOCK_EX | LOCK_NB);
	return link_as(out, out->beside);
}

/* The complete contents get their name: at once if it is free, else in the place of the old file. */
static int give_name(struct outfile *out)
{
	if (link_as(out, out->path) == 0)
		return 0;
	return errno == EEXIST ? make_beside(out, link_beside) : -errno;
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

/* The temporary file replaces the old one, or goes away. */
static int settle_name(struct outfile *out, int err)
{
	if (!err && rename(out->beside, out->path))
		err = -errno;
	if (err)
		unlink(out->beside);
	out->beside[0] = '\0';
	release_signals(out);
	return err;
}

int outfile_close(struct outfile *out, int err)
{
	int lock;

	if (!err)
		err = settle_contents(out);
	if (!err && !out->direct && !out->beside[0])
		err = give_name(out);
	lock = out->beside[0] ? fcntl(fileno(out->f), F_DUPFD_CLOEXEC, 0) : -1;	/* the lock lasts as long as the name */
	if (fclose(out->f) && !err)
		err = -errno;
	out->f = NULL;
	if (out->beside[0])
		err = settle_name(out, err);
	if (lock >= 0)
		close(lock);
	if (!err && !out->direct)
		remove_leftovers(out);
	return err;
}
