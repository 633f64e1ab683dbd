/*
 * classroom/progress_folder.c - the state folder, and the reasons why a file in it cannot be used.
 *
 * Symbolic links in the folders above the state folder are followed, as a home folder may be
 * one.  The state folder and the database are no links: a link that another person
 * placed there would make the program write into a file of that person's choice.
 *
 * Lives here:   the path, making and checking the folder, the mode of the file, sentences about errors.
 * Never here:   SQLite statements (progress_file.c).
 * Licence: MIT.
 */
#include "classroom/progress_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "words/texts.h"

/* ---- the path -------------------------------------------------------------------------- */

static int join(char *path, size_t size, const char *a, const char *b)
{
	int n = snprintf(path, size, "%s/%s", a, b);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

static const char *env(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

int progress_dir(char *path, size_t size)
{
	const char *own = env("KWORKSHOP_STATE_DIR"), *xdg = env("XDG_STATE_HOME"), *home = env("HOME");

	if (own)
		return snprintf(path, size, "%s", own) >= (int)size ? -ENAMETOOLONG : 0;
	if (xdg && xdg[0] == '/')	/* XDG: relative paths are ignored */
		return join(path, size, xdg, "kworkshop");
	if (home)
		return join(path, size, home, ".local/state/kworkshop");
	return -ENOENT;
}

/* Like mkdir -p, with mode 0700, because answers are personal. */
static int make_dirs(const char *path)
{
	char part[PATH_MAX];
	size_t i;

	if (strlen(path) >= sizeof(part))
		return -ENAMETOOLONG;
	for (i = 0; ; i++) {
		if (i && (path[i] == '/' || !path[i])) {
			memcpy(part, path, i);
			part[i] = '\0';
			if (mkdir(part, 0700) && errno != EEXIST)
				return -errno;
		}
		if (!path[i])
			return 0;
	}
}

/* Removes trailing slashes: lstat() would follow a link before one. */
static void trim(char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
}

int progress_settle_folder(struct progress *p, char *own)
{
	struct stat st;
	char *real;
	int err;

	trim(own);
	err = make_dirs(own);
	if (err)
		return err;
	if (lstat(own, &st))
		return -errno;
	if (S_ISLNK(st.st_mode))
		return -ELOOP;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	real = realpath(own, NULL);
	err = real ? join(p->path, sizeof(p->path), real, "progress.db") : -errno;
	free(real);
	return err;
}

/* ---- the file ---------------------------------------------------------------------------- */

int progress_settle_file(const struct progress *p)
{
	struct stat st;
	int fd;

	if (lstat(p->path, &st)) {
		fd = open(p->path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd < 0)
			return errno == EEXIST ? 0 : -errno;
		close(fd);	/* a new file: no connection of this process has a lock on it */
		return 0;
	}
	if (S_ISLNK(st.st_mode))
		return -ELOOP;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if ((st.st_mode & 077) && st.st_uid == geteuid() && chmod(p->path, 0600))
		return -errno;
	return 0;
}

void progress_note_identity(struct progress *p)
{
	struct stat st;

	if (stat(p->path, &st) == 0) {
		p->device = st.st_dev;
		p->inode = st.st_ino;
	}
}

bool progress_still_there(const struct progress *p)
{
	struct stat st;

	return stat(p->path, &st) == 0 && st.st_dev == p->device && st.st_ino == p->inode;
}

/* Files ".wal-probe-PID.db" and their companions whose process has ended. */
void progress_remove_probes(const struct progress *p)
{
	int folder = (int)(strrchr(p->path, '/') - p->path) + 1;
	char path[PATH_MAX + 256];
	struct dirent *e;
	long pid;
	DIR *d;

	snprintf(path, sizeof(path), "%.*s", folder, p->path);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		if (sscanf(e->d_name, ".wal-probe-%ld.db", &pid) != 1 || pid <= 0 || kill((pid_t)pid, 0) == 0 || errno != ESRCH)
			continue;
		snprintf(path, sizeof(path), "%.*s%s", folder, p->path, e->d_name);
		unlink(path);
	}
	if (d)
		closedir(d);
}

/* ---- reasons ------------------------------------------------------------------------------- */

/*
 * SQLite opens a file that it cannot make a second time, for reading, and reports that this one is missing.
 * Return: errno of making a file there; 0: one can be made.
 */
static int errno_of_making(const struct progress *p)
{
	int folder = (int)(strrchr(p->path, '/') - p->path) + 1, fd;
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%.*s.wal-probe-%ld.db-made", folder, p->path, (long)getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	close(fd);
	unlink(path);
	return 0;
}

const char *progress_reason(const struct progress *p, int err)
{
	int code = p->db ? sqlite3_errcode(p->db) & 0xff : SQLITE_OK, system = p->db ? sqlite3_system_errno(p->db) : 0;

	if (err == -ELOOP)
		return W(PROGRESS_IS_LINK);
	if (err == -EBUSY)
		return W(PROGRESS_LOCKED);
	if (p->db && p->inode && !progress_still_there(p))
		return W(PROGRESS_GONE);
	if (code == SQLITE_CANTOPEN && system == ENOENT)
		system = errno_of_making(p);
	if ((code == SQLITE_IOERR || code == SQLITE_CANTOPEN || code == SQLITE_FULL) && system)
		return strerror(system);
	if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE)
		return sqlite3_errmsg(p->db);
	return strerror(-err);
}
