/*
 * classroom/progress.c - progress in one SQLite file.
 *
 * Write-ahead logging lets a second program read while one writes, but needs
 * shared memory that network homes do not give; so it is tried first on a
 * database made for that and thrown away.  Every change is one transaction.
 *
 * Lives here:   opening, schema, setting a damaged file aside, reading and writing rows.
 * Never here:   JSON (progress_json.c).
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

/* ---- where ---------------------------------------------------------------------- */

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
	if (xdg && xdg[0] == '/')	/* a relative one is to be ignored, says the XDG text */
		return join(path, size, xdg, "kworkshop");
	if (home)
		return join(path, size, home, ".local/state/kworkshop");
	return -ENOENT;
}

/* mkdir -p, private: answers are personal */
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

/* ---- SQLite, with its errors as ours ----------------------------------------------- */

static int to_errno(int rc)
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
	return to_errno(sqlite3_exec(p->db, sql, NULL, NULL, NULL));
}

/* @kinds: 't' text, 'i' int64, one for each "?"; NULL text is bound as NULL */
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

int progress_query(struct progress *p, sqlite3_stmt **st, const char *sql, const char *kinds, ...)
{
	va_list ap;
	int rc = sqlite3_prepare_v2(p->db, sql, -1, st, NULL);

	if (rc == SQLITE_OK) {
		va_start(ap, kinds);
		rc = bind_all(*st, kinds, ap);
		va_end(ap);
	}
	if (rc != SQLITE_OK) {
		sqlite3_finalize(*st);
		*st = NULL;
	}
	return to_errno(rc);
}

/* Runs a statement that returns nothing. */
int progress_run(struct progress *p, const char *sql, const char *kinds, ...)
{
	sqlite3_stmt *st = NULL;
	va_list ap;
	int rc = sqlite3_prepare_v2(p->db, sql, -1, &st, NULL);

	if (rc == SQLITE_OK) {
		va_start(ap, kinds);
		rc = bind_all(st, kinds, ap);
		va_end(ap);
	}
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	sqlite3_finalize(st);
	return to_errno(rc);
}

int progress_begin(struct progress *p)
{
	return progress_sql(p, "BEGIN IMMEDIATE");
}

/* Ends what progress_begin() began: all of it if @err is 0, else nothing.  Return: the first error. */
int progress_finish(struct progress *p, int err)
{
	int end = progress_sql(p, err ? "ROLLBACK" : "COMMIT");

	if (!err && end)
		progress_sql(p, "ROLLBACK");
	return err ? err : end;
}

void progress_copy_text(char *to, size_t size, sqlite3_stmt *st, int column)
{
	const char *text = (const char *)sqlite3_column_text(st, column);

	snprintf(to, size, "%s", text ? text : "");
}

/* ---- can this folder do write-ahead logging? ------------------------------------------ */

/* File systems of other machines: their locks and shared memory are not to be trusted with it. */
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

static bool journal_is(sqlite3 *db, const char *sql, const char *want)
{
	sqlite3_stmt *st = NULL;
	bool yes = false;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		yes = !strcmp((const char *)sqlite3_column_text(st, 0), want);
	sqlite3_finalize(st);
	return yes;
}

/* One writes, another reads it while the first still holds the file: that is what we need. */
static bool wal_proven(const char *dir)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
	char path[PATH_MAX + 64], file[PATH_MAX + 80];
	sqlite3 *a = NULL, *b = NULL;
	bool ok;
	size_t i;

	if (is_remote(dir))
		return false;
	if (snprintf(path, sizeof(path), "%s/.wal-probe-%ld.db", dir, (long)getpid()) >= (int)sizeof(path))
		return false;
	ok = sqlite3_open(path, &a) == SQLITE_OK && journal_is(a, "PRAGMA journal_mode=WAL", "wal") &&
	     sqlite3_exec(a, "CREATE TABLE probe(x); INSERT INTO probe VALUES('wal')", NULL, NULL, NULL) == SQLITE_OK &&
	     sqlite3_open(path, &b) == SQLITE_OK && journal_is(b, "SELECT x FROM probe", "wal");
	sqlite3_close(b);
	sqlite3_close(a);
	for (i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		snprintf(file, sizeof(file), "%s%s", path, tails[i]);
		unlink(file);
	}
	return ok;
}

/* ---- schema -------------------------------------------------------------------------- */

/* migrations[v] leads from version v to v + 1 */
static const char *const migrations[PROGRESS_SCHEMA] = {
	"CREATE TABLE lesson(course TEXT NOT NULL, id TEXT NOT NULL, hash TEXT NOT NULL,"
	" variant INTEGER NOT NULL, seed INTEGER NOT NULL, stopped_at INTEGER NOT NULL,"
	" answered INTEGER NOT NULL, right INTEGER NOT NULL, total INTEGER NOT NULL, ended INTEGER NOT NULL,"
	" finished INTEGER NOT NULL, best INTEGER NOT NULL, inputs TEXT NOT NULL,"
	" PRIMARY KEY(course, id)) WITHOUT ROWID;"
	"CREATE TABLE answer(course TEXT NOT NULL, lesson TEXT NOT NULL, question TEXT NOT NULL,"
	" ordinal INTEGER NOT NULL, value TEXT NOT NULL, right INTEGER, hints INTEGER NOT NULL,"
	" PRIMARY KEY(course, lesson, question, ordinal)) WITHOUT ROWID;"
	"CREATE TABLE log(n INTEGER PRIMARY KEY, what TEXT NOT NULL, course TEXT NOT NULL, lesson TEXT NOT NULL);",
};

static int schema_version(struct progress *p, int *version)
{
	sqlite3_stmt *st;
	int err = progress_query(p, &st, "PRAGMA user_version", "");

	if (err)
		return err;
	err = to_errno(sqlite3_step(st));
	*version = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return err;
}

/* -EPROTO: made by a newer program */
static int migrate(struct progress *p)
{
	char sql[64];
	int version, err = schema_version(p, &version);

	if (err || version == PROGRESS_SCHEMA)
		return err;
	err = progress_begin(p);
	if (err)
		return err;
	err = schema_version(p, &version);	/* asked again inside: another program may just have done it */
	if (!err && version > PROGRESS_SCHEMA)
		err = -EPROTO;
	while (!err && version < PROGRESS_SCHEMA)
		err = progress_sql(p, migrations[version++]);
	if (!err) {
		snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", PROGRESS_SCHEMA);
		err = progress_sql(p, sql);
	}
	return progress_finish(p, err);
}

static int whole(struct progress *p)
{
	return journal_is(p->db, "PRAGMA quick_check(1)", "ok") ? 0 :
	       sqlite3_errcode(p->db) == SQLITE_BUSY ? -EBUSY : -EBADMSG;
}

static void close_db(struct progress *p)
{
	sqlite3_close(p->db);
	p->db = NULL;
}

static int try_open(struct progress *p)
{
	char sql[64];
	int err = to_errno(sqlite3_open_v2(p->path, &p->db,
					   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW, NULL));

	if (err)
		return err;
	sqlite3_extended_result_codes(p->db, 0);
	sqlite3_busy_timeout(p->db, PROGRESS_BUSY_MS);
	err = whole(p);
	if (!err) {
		snprintf(sql, sizeof(sql), "PRAGMA journal_mode=%s", p->journal);
		/* another program may hold it in its mode right now: then that one goes on working */
		journal_is(p->db, sql, p->journal);
		err = progress_sql(p, "PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=OFF");
	}
	return err ? err : migrate(p);
}

/* progress.db -> progress.db.damaged-1, with what belongs to it.  The first free number. */
static int set_aside(struct progress *p, char *kept, size_t size)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
	char from[PATH_MAX + 16], to[PATH_MAX + 48];
	int n, err = 0;
	size_t i;

	for (n = 1; n < 1000; n++) {
		snprintf(kept, size, "%s.damaged-%d", p->path, n);
		if (access(kept, F_OK))
			break;
	}
	for (i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		snprintf(from, sizeof(from), "%s%s", p->path, tails[i]);
		snprintf(to, sizeof(to), "%s%s", kept, tails[i]);
		if (rename(from, to) && errno != ENOENT && !err)
			err = -errno;
	}
	return err;
}

/*
 * Starts anew beside the damaged file.  Under a lock, and only if it is still
 * damaged then: A and B both find it damaged; A sets it aside and makes a new
 * one; B must not set that one aside.
 */
static int start_anew(struct progress *p, char *note, size_t note_size)
{
	char kept[PATH_MAX + 32], lock_path[PATH_MAX + 8];
	int err, lock;

	snprintf(lock_path, sizeof(lock_path), "%s.lock", p->path);
	lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0 || flock(lock, LOCK_EX)) {
		err = -errno;
		goto out;
	}
	err = try_open(p);
	if (err == -EBADMSG) {
		close_db(p);
		err = set_aside(p, kept, sizeof(kept));
		if (!err)
			err = try_open(p);
		if (!err)
			snprintf(note, note_size, "%s was damaged: it is kept as %s, and a new one has been started",
				 p->path, kept);
	}
out:
	if (lock >= 0)
		close(lock);
	return err;
}

static void say_failure(const struct progress *p, int err, char *note, size_t size)
{
	if (err == -EPROTO)
		snprintf(note, size, "%s was made by a newer kworkshop: progress is not kept in this one", p->path);
	else
		snprintf(note, size, "%s: %s: progress is not kept", p->path,
			 p->db && sqlite3_errcode(p->db) ? sqlite3_errmsg(p->db) : strerror(-err));
}

int progress_open(struct progress **out, const char *dir, char *note, size_t note_size)
{
	char own[PATH_MAX];
	struct progress *p = calloc(1, sizeof(*p));
	int err;

	note[0] = '\0';
	if (!p)
		return -ENOMEM;
	err = dir ? (snprintf(own, sizeof(own), "%s", dir) >= (int)sizeof(own) ? -ENAMETOOLONG : 0) :
		    progress_dir(own, sizeof(own));
	if (err) {
		snprintf(note, note_size, "no folder for state (HOME is not set?): progress is not kept");
		free(p);
		return err;
	}
	err = make_dirs(own);
	if (!err)
		err = join(p->path, sizeof(p->path), own, "progress.db");
	if (err)
		goto fail_where;
	p->journal = wal_proven(own) ? "wal" : "delete";
	err = try_open(p);
	if (err == -EBADMSG) {
		close_db(p);
		err = start_anew(p, note, note_size);
	}
	if (err) {
		say_failure(p, err, note, note_size);
		progress_close(p);
		return err;
	}
	*out = p;
	return 0;

fail_where:
	snprintf(note, note_size, "%s: %s: progress is not kept", own, strerror(-err));
	free(p);
	return err;
}

void progress_close(struct progress *p)
{
	if (!p)
		return;
	sqlite3_close(p->db);
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
	return sqlite3_errmsg(p->db);
}

/* ---- rows ------------------------------------------------------------------------------ */

/* finished and best grow when a run that had not been counted reaches its end */
static const char save_sql[] =
	"INSERT INTO lesson VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?10 * ?8, ?11)"
	" ON CONFLICT(course, id) DO UPDATE SET hash = ?3, variant = ?4, seed = ?5, stopped_at = ?6,"
	" answered = ?7, right = ?8, total = ?9,"
	" finished = finished + (?10 AND NOT (ended AND inputs = ?11)),"
	" best = max(best, ?10 * ?8), ended = ?10, inputs = ?11";

int progress_save(struct progress *p, const struct progress_lesson *l)
{
	if (!l->course[0] || !l->id[0])
		return -EINVAL;
	return progress_run(p, save_sql, "tttiiiiiiit", l->course, l->id, l->hash, l->variant, l->seed,
			    l->stopped_at, (uint64_t)l->answered, (uint64_t)l->right, (uint64_t)l->total,
			    (uint64_t)l->ended, l->inputs ? l->inputs : "");
}

#define LESSON_COLUMNS "course, id, hash, variant, seed, stopped_at, answered, right, total, ended, finished, best, inputs"

static void read_lesson(sqlite3_stmt *st, struct progress_lesson *l)
{
	progress_copy_text(l->course, sizeof(l->course), st, 0);
	progress_copy_text(l->id, sizeof(l->id), st, 1);
	progress_copy_text(l->hash, sizeof(l->hash), st, 2);
	l->variant = (uint64_t)sqlite3_column_int64(st, 3);
	l->seed = (uint64_t)sqlite3_column_int64(st, 4);
	l->stopped_at = (uint64_t)sqlite3_column_int64(st, 5);
	l->answered = (uint32_t)sqlite3_column_int64(st, 6);
	l->right = (uint32_t)sqlite3_column_int64(st, 7);
	l->total = (uint32_t)sqlite3_column_int64(st, 8);
	l->ended = sqlite3_column_int(st, 9) != 0;
	l->finished = (uint32_t)sqlite3_column_int64(st, 10);
	l->best = (uint32_t)sqlite3_column_int64(st, 11);
	l->inputs = (char *)(uintptr_t)sqlite3_column_text(st, 12);	/* borrowed; whoever keeps it copies */
}

int progress_load(struct progress *p, const char *course, const char *id, struct progress_lesson *out)
{
	sqlite3_stmt *st;
	int rc, err = progress_query(p, &st, "SELECT " LESSON_COLUMNS " FROM lesson WHERE course = ?1 AND id = ?2",
				     "tt", course, id);

	if (err)
		return err;
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		read_lesson(st, out);
		out->inputs = strdup(out->inputs ? out->inputs : "");
		err = out->inputs ? 0 : -ENOMEM;
	} else {
		err = rc == SQLITE_DONE ? -ENOENT : to_errno(rc);
	}
	sqlite3_finalize(st);
	return err;
}

void progress_lesson_fini(struct progress_lesson *l)
{
	free(l->inputs);
	l->inputs = NULL;
}

int progress_each(struct progress *p, const char *course,
		  int (*fn)(void *arg, const struct progress_lesson *l), void *arg)
{
	struct progress_lesson l;
	sqlite3_stmt *st;
	int rc = SQLITE_DONE;
	int err = progress_query(p, &st, "SELECT " LESSON_COLUMNS " FROM lesson WHERE ?1 IS NULL OR course = ?1"
				 " ORDER BY course, id", "t", course);

	while (!err && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		read_lesson(st, &l);
		err = fn(arg, &l);
	}
	if (st)
		sqlite3_finalize(st);
	return err ? err : to_errno(rc);
}

int progress_answer(struct progress *p, const char *course, const char *id, const struct progress_answer *a)
{
	static const char sql[] =
		"INSERT OR REPLACE INTO answer VALUES(?1, ?2, ?3, ?4, ?5, nullif(?6, -1), ?7)";

	if (!course[0] || !id[0] || !a->question[0] || !a->ordinal)
		return -EINVAL;
	return progress_run(p, sql, "tttitii", course, id, a->question, (uint64_t)a->ordinal, a->value,
			    (uint64_t)(int64_t)a->right, (uint64_t)a->hints);
}

int progress_answers(struct progress *p, const char *course, const char *id,
		     int (*fn)(void *arg, const struct progress_answer *a), void *arg)
{
	struct progress_answer a;
	sqlite3_stmt *st;
	int rc = SQLITE_DONE;
	int err = progress_query(p, &st, "SELECT question, ordinal, value, ifnull(right, -1), hints FROM answer"
				 " WHERE course = ?1 AND lesson = ?2 ORDER BY question, ordinal", "tt", course, id);

	while (!err && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		progress_copy_text(a.question, sizeof(a.question), st, 0);
		a.ordinal = (uint32_t)sqlite3_column_int64(st, 1);
		progress_copy_text(a.value, sizeof(a.value), st, 2);
		a.right = sqlite3_column_int(st, 3);
		a.hints = (uint32_t)sqlite3_column_int64(st, 4);
		err = fn(arg, &a);
	}
	if (st)
		sqlite3_finalize(st);
	return err ? err : to_errno(rc);
}

int progress_reset(struct progress *p, const char *course, const char *id)
{
	int err = progress_begin(p), n = 0;

	if (err)
		return err;
	err = progress_run(p, "DELETE FROM answer WHERE course = ?1 AND lesson = ?2", "tt", course, id);
	if (!err)
		err = progress_run(p, "DELETE FROM lesson WHERE course = ?1 AND id = ?2", "tt", course, id);
	n = sqlite3_changes(p->db);
	if (!err && n)
		err = progress_run(p, "INSERT INTO log(what, course, lesson) VALUES('reset', ?1, ?2)", "tt", course, id);
	err = progress_finish(p, err);
	return err ? err : n ? 0 : -ENOENT;
}

int progress_erase(struct progress *p)
{
	int err = progress_sql(p, "PRAGMA secure_delete=ON");	/* overwritten: this is personal */

	if (!err)
		err = progress_begin(p);
	if (err)
		return err;
	err = progress_sql(p, "DELETE FROM answer; DELETE FROM lesson; DELETE FROM log");
	err = progress_finish(p, err);
	return err ? err : progress_sql(p, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
}
