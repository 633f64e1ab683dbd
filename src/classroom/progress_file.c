/*
 * classroom/progress_file.c - opens the SQLite file of the progress in the state folder.
 *
 * Write-ahead logging lets one program read while another writes, but it needs shared
 * memory, which network file systems do not provide.  Therefore it is tested first with
 * a temporary database.  Each change is one transaction.
 *
 * Lives here:   opening, statements, errors of SQLite, renaming of a damaged file.
 * Never here:   the folder (progress_folder.c), tables and their versions (progress_schema.c), rows (progress_rows.c).
 * Licence: MIT.
 */
#include "classroom/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "classroom/progress_internal.h"
#include "words/texts.h"

/* ---- SQLite, with errors as -errno ------------------------------------------------- */

int progress_errno(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK: case SQLITE_DONE: case SQLITE_ROW: return 0;
	case SQLITE_BUSY: case SQLITE_LOCKED: return -EBUSY;
	case SQLITE_NOMEM: return -ENOMEM;
	case SQLITE_READONLY: return -EROFS;
	case SQLITE_PERM: case SQLITE_AUTH: case SQLITE_CANTOPEN: return -EACCES;
	case SQLITE_FULL: return -ENOSPC;
	case SQLITE_CORRUPT: case SQLITE_NOTADB: return -EBADMSG;
	default: return -EIO;
	}
}

int progress_sql(struct progress *p, const char *sql)
{
	return progress_errno(sqlite3_exec(p->db, sql, NULL, NULL, NULL));
}

/* @kinds: 't' text, 'i' int64, one per "?"; a NULL text is bound as NULL. */
static int bind_all(sqlite3_stmt *st, const char *kinds, va_list ap)
{
	int i, rc = SQLITE_OK;

	for (i = 0; kinds[i] && rc == SQLITE_OK; i++) {
		if (kinds[i] == 't')
			rc = sqlite3_bind_text(st, i + 1, va_arg(ap, const char *), -1, SQLITE_TRANSIENT);
		else
			rc = sqlite3_bind_int64(st, i + 1, (sqlite3_int64)va_arg(ap, uint64_t));
	}
	return rc;
}

int progress_vquery(struct progress *p, sqlite3_stmt **st, const char *sql, const char *kinds, va_list ap)
{
	int rc = sqlite3_prepare_v2(p->db, sql, -1, st, NULL);

	if (rc == SQLITE_OK)
		rc = bind_all(*st, kinds, ap);
	if (rc != SQLITE_OK) {
		sqlite3_finalize(*st);
		*st = NULL;
	}
	return progress_errno(rc);
}

int progress_query(struct progress *p, sqlite3_stmt **st, const char *sql, const char *kinds, ...)
{
	va_list ap;
	int err;

	va_start(ap, kinds);
	err = progress_vquery(p, st, sql, kinds, ap);
	va_end(ap);
	return err;
}

/* Runs a statement that returns nothing. */
int progress_run(struct progress *p, const char *sql, const char *kinds, ...)
{
	sqlite3_stmt *st = NULL;
	va_list ap;
	int err;

	va_start(ap, kinds);
	err = progress_vquery(p, &st, sql, kinds, ap);
	va_end(ap);
	if (!err)
		err = progress_errno(sqlite3_step(st));
	sqlite3_finalize(st);
	return err;
}

int progress_number(sqlite3_stmt *st, int64_t *out)
{
	int rc = sqlite3_step(st);

	*out = rc == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_finalize(st);
	return progress_errno(rc);
}

static void note_error(struct progress *p, int err)
{
	if (err && err != -EEXIST && err != -ENOENT && !p->error[0])
		snprintf(p->error, sizeof(p->error), "%s: %s", p->path, progress_reason(p, err));
}

/* A file that was removed or moved takes rows all the same, and they are lost with its last descriptor. */
int progress_begin(struct progress *p)
{
	int err = p->inode && !progress_still_there(p) ? -ESTALE : progress_sql(p, "BEGIN IMMEDIATE");

	p->error[0] = '\0';
	note_error(p, err);
	return err;
}

/* Ends the transaction of progress_begin(): commits if @err is 0, else rolls back.  Return: the first error. */
int progress_finish(struct progress *p, int err)
{
	int end;

	note_error(p, err);
	end = err ? 0 : progress_sql(p, "COMMIT");
	note_error(p, end);
	/* after some errors SQLite has rolled back itself; another ROLLBACK would replace the reason */
	if ((err || end) && !sqlite3_get_autocommit(p->db))
		progress_sql(p, "ROLLBACK");
	return err ? err : end;
}

/* ---- test for write-ahead logging ------------------------------------------------------- */

/* Network file systems: their locks and shared memory are not reliable enough. */
static bool is_remote(const char *dir)
{
	static const unsigned long remote[] = {
		0x6969 /* NFS */, 0xff534d42 /* CIFS */, 0xfe534d42 /* SMB2 */, 0x517b /* SMB */,
		0x5346414f /* AFS */, 0x73757245 /* CODA */, 0x01021997 /* 9P */, 0x65735546 /* FUSE */,
		0x00c36400 /* CEPH */, 0x0bd00bd0 /* LUSTRE */, 0x47504653 /* GPFS */,
	};
	struct statfs fs;
	size_t i;

	if (statfs(dir, &fs))
		return true;
	for (i = 0; i < sizeof(remote) / sizeof(remote[0]); i++)
		if (((unsigned long)fs.f_type & 0xffffffffu) == remote[i])
			return true;
	return false;
}

/*
 * Is the first value that @sql gives @want?  False also if there is none.
 * @code, if it is not NULL, gets SQLite's extended error code: sqlite3_finalize() would forget that of a text
 * without memory.
 */
static bool value_is(sqlite3 *db, const char *sql, const char *want, int *code)
{
	sqlite3_stmt *st = NULL;
	const unsigned char *text;
	const char *reason;
	bool yes = false;
	int rc = SQLITE_OK;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW) {
		text = sqlite3_column_text(st, 0);
		yes = text && !strcmp((const char *)text, want);
		/* quick_check reports a page that it could not read as damage, with the reason in the text */
		reason = text ? strstr((const char *)text, "error code=") : NULL;
		rc = !text ? SQLITE_NOMEM : reason ? atoi(reason + strlen("error code=")) : SQLITE_OK;
	} else {
		rc = sqlite3_extended_errcode(db);
	}
	sqlite3_finalize(st);
	if (code)
		*code = rc;
	return yes;
}

static bool is_no_memory(int code)
{
	return code == SQLITE_NOMEM || code == SQLITE_IOERR_NOMEM;
}

/*
 * The property that is needed: one connection reads a row while another still holds the file open.
 * Return: 1, 0, or -ENOMEM.
 */
static int wal_proven(const char *dir)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
	char path[PATH_MAX + 64], file[PATH_MAX + 80];
	sqlite3 *a = NULL, *b = NULL;
	int ok, code = SQLITE_OK;
	size_t i;

	if (is_remote(dir))
		return 0;
	if (snprintf(path, sizeof(path), "%s/.wal-probe-%ld.db", dir, (long)getpid()) >= (int)sizeof(path))
		return 0;
	/* it need not survive a crash, so each start of the program waits for no disk */
	ok = sqlite3_open(path, &a) == SQLITE_OK && sqlite3_exec(a, "PRAGMA synchronous=OFF", NULL, NULL, NULL) == SQLITE_OK &&
	     value_is(a, "PRAGMA journal_mode=WAL", "wal", &code) &&
	     sqlite3_exec(a, "CREATE TABLE probe(x); INSERT INTO probe VALUES('wal')", NULL, NULL, NULL) == SQLITE_OK &&
	     sqlite3_open(path, &b) == SQLITE_OK && value_is(b, "SELECT x FROM probe", "wal", &code);
	if (!ok && (is_no_memory(code) || is_no_memory(sqlite3_extended_errcode(a)) ||
		    (b && is_no_memory(sqlite3_extended_errcode(b)))))
		ok = -ENOMEM;		/* this is no answer: a database in WAL mode would change its mode */
	sqlite3_close(b);
	sqlite3_close(a);
	for (i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		snprintf(file, sizeof(file), "%s%s", path, tails[i]);
		unlink(file);
	}
	return ok;
}

/* ---- opening ------------------------------------------------------------------------- */

/* Return: 0, -EBADMSG for a damaged file, or why it could not be checked: such a file is not set aside. */
static int whole(struct progress *p)
{
	int code;

	if (value_is(p->db, "PRAGMA quick_check(1)", "ok", &code))
		return 0;
	switch (code & 0xff) {
	case SQLITE_BUSY: case SQLITE_LOCKED: case SQLITE_NOMEM: case SQLITE_FULL:
	case SQLITE_READONLY: case SQLITE_PERM: case SQLITE_CANTOPEN:
		return progress_errno(code);
	case SQLITE_IOERR:
		return code == SQLITE_IOERR_NOMEM ? -ENOMEM : code == SQLITE_IOERR_SHORT_READ ? -EBADMSG : -EIO;
	default:
		return -EBADMSG;
	}
}

static void close_db(struct progress *p)
{
	sqlite3_close(p->db);
	p->db = NULL;
}

#define CHECK_BYTES (4 << 20)	/* more than SQLite takes to check a file: its cache has 2 MB */

/* A check without memory may report damage; one allocation that failed is found by the second check of start_anew(). */
static int believe_damage(void)
{
	void *memory = sqlite3_malloc(CHECK_BYTES);

	sqlite3_free(memory);
	return memory ? -EBADMSG : -ENOMEM;
}

static int check_file(struct progress *p)
{
	char sql[64];
	int err = progress_settle_file(p);

	if (!err)
		err = progress_errno(sqlite3_open_v2(p->path, &p->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL));
	if (err)
		return err;
	sqlite3_extended_result_codes(p->db, 0);
	sqlite3_busy_timeout(p->db, PROGRESS_BUSY_MS);
	err = whole(p);
	if (!err) {
		snprintf(sql, sizeof(sql), "PRAGMA journal_mode=%s", p->journal);
		/* if another program holds the file, its journal mode stays */
		value_is(p->db, sql, p->journal, NULL);
		err = progress_sql(p, "PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=OFF");
	}
	if (!err)
		err = progress_migrate(p);
	return err ? err : progress_check_tables(p);
}

static int try_open(struct progress *p)
{
	int err = check_file(p);

	return err == -EBADMSG ? believe_damage() : err;
}

#define COPIES_MAX 1000

/* Renames progress.db and its companion files to progress.db.damaged-N with the first free N. */
static int set_aside(struct progress *p, char *kept, size_t size)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
	char from[PATH_MAX + 16], to[PATH_MAX + 48];
	int n, err = 0;
	size_t i;

	for (n = 1; n < COPIES_MAX; n++) {
		snprintf(kept, size, "%s.damaged-%d", p->path, n);
		if (access(kept, F_OK))
			break;
	}
	if (n == COPIES_MAX)
		return -EEXIST;
	for (i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		snprintf(from, sizeof(from), "%s%s", p->path, tails[i]);
		snprintf(to, sizeof(to), "%s%s", kept, tails[i]);
		if (rename(from, to) && errno != ENOENT && !err)
			err = -errno;
	}
	return err;
}

/* A descriptor with the lock, or -errno.  A file that its last holder has removed locks nothing: the next one does. */
static int lock_file(const char *path)
{
	struct stat st;
	int fd, err;

	for (;;) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0)
			return -errno;
		if (flock(fd, LOCK_EX) || fstat(fd, &st)) {
			err = -errno;
			close(fd);
			return err;
		}
		if (st.st_nlink)
			return fd;
		close(fd);
	}
}

/*
 * Renames the damaged file and creates a new one.  Holds a lock and checks the file again:
 * if two programs find it damaged and the first has replaced it, the second must not
 * rename the new file.
 */
static int start_anew(struct progress *p, char *note, size_t note_size)
{
	char kept[PATH_MAX + 32], lock_path[PATH_MAX + 8];
	int err, lock;

	snprintf(lock_path, sizeof(lock_path), "%s.lock", p->path);
	lock = lock_file(lock_path);
	if (lock < 0)
		return lock;
	err = try_open(p);
	if (err == -EBADMSG) {
		close_db(p);
		err = set_aside(p, kept, sizeof(kept));
		if (!err)
			err = try_open(p);
		if (!err)
			snprintf(note, note_size, W(PROGRESS_SET_ASIDE),
				 p->path, kept);
	}
	unlink(lock_path);		/* before the lock ends */
	close(lock);
	return err;
}

static void say_failure(const struct progress *p, int err, char *note, size_t size)
{
	if (err == -EPROTO)
		snprintf(note, size, W(PROGRESS_NEWER), p->path);
	else
		snprintf(note, size, W(PROGRESS_NOT_KEPT), p->path, progress_reason(p, err));
}

/* The folder: @dir, or that of the environment.  Return: 0, or -errno with a sentence in @note. */
static int find_folder(struct progress *p, const char *dir, char *note, size_t note_size)
{
	char own[PATH_MAX];
	int err = dir ? (snprintf(own, sizeof(own), "%s", dir) >= (int)sizeof(own) ? -ENAMETOOLONG : 0) :
			progress_dir(own, sizeof(own));

	if (err == -ENOENT) {
		snprintf(note, note_size, "%s", W(PROGRESS_NO_FOLDER));
		return err;
	}
	if (err) {
		snprintf(note, note_size, "%s", W(PROGRESS_LONG_FOLDER));
		return err;
	}
	err = progress_settle_folder(p, own);
	if (err)
		snprintf(note, note_size, W(PROGRESS_NOT_KEPT), own, progress_reason(p, err));
	return err;
}

static int journal_can_be_wal(const struct progress *p)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(p->path, '/') - p->path), p->path);
	return wal_proven(*folder ? folder : "/");
}

int progress_open(struct progress **out, const char *dir, char *note, size_t note_size)
{
	struct progress *p = calloc(1, sizeof(*p));
	int err, wal;

	note[0] = '\0';
	if (!p) {
		snprintf(note, note_size, W(PROGRESS_NOT_KEPT), "progress.db", strerror(ENOMEM));
		return -ENOMEM;
	}
	p->claims = -1;
	err = find_folder(p, dir, note, note_size);
	if (err) {
		free(p);
		return err;
	}
	progress_remove_probes(p);
	wal = journal_can_be_wal(p);
	if (!wal)
		wal = journal_can_be_wal(p);	/* a shortage of a moment is no property of the folder */
	p->journal = wal > 0 ? "wal" : "delete";
	err = wal < 0 ? wal : try_open(p);
	if (err == -EBADMSG) {
		close_db(p);
		err = start_anew(p, note, note_size);
	}
	if (err) {
		say_failure(p, err, note, note_size);
		progress_close(p);
		return err;
	}
	progress_note_identity(p);
	*out = p;
	return 0;
}

void progress_close(struct progress *p)
{
	if (!p)
		return;
	sqlite3_close(p->db);
	if (p->claims >= 0)
		close(p->claims);
	free(p);
}

const char *progress_path(const struct progress *p)
{
	return p->path;
}

const char *progress_journal(const struct progress *p)
{
	return p->journal;
}

const char *progress_error(const struct progress *p)
{
	return p->error;
}
