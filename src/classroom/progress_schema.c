/*
 * classroom/progress_schema.c - versions of the file, and the conversions to the present one.
 *
 * Schema 1 had one row per lesson, which each new run overwrote, and answers without
 * a day.  Its conversion copies the old file to progress-1.db, makes attempt 1 of each lesson
 * with its answers, and stores the number of earlier finished runs in the table `earlier`.
 * Schema 2 had no table `practice`; its conversion adds that and changes no other.  Each
 * conversion is one transaction.
 *
 * Lives here:   PRAGMA user_version, the conversions, the copies of older schemas.
 * Never here:   the current tables (progress_rows.c).
 * Licence: MIT.
 */
#include "classroom/progress_internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int schema_version(struct progress *p, int64_t *version)
{
	sqlite3_stmt *st;
	int err = progress_query(p, &st, "PRAGMA user_version", "");

	return err ? err : progress_number(st, version);
}

/* ---- the copy ---------------------------------------------------------------------------- */

/* "FOLDER/progress-1.db", or "progress-1.2.db" and so on if it exists. */
static int name_copy(const struct progress *p, char *path, size_t size)
{
	int folder = (int)(strrchr(p->path, '/') - p->path), n, len;

	for (n = 1; n < 1000; n++) {
		if (n == 1)
			len = snprintf(path, size, "%.*s/progress-1.db", folder, p->path);
		else
			len = snprintf(path, size, "%.*s/progress-1.%d.db", folder, p->path, n);
		if (len < 0 || (size_t)len >= size)
			return -ENAMETOOLONG;
		if (access(path, F_OK))
			return 0;
	}
	return -EEXIST;
}

static int copy_between(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int rc;

	if (!b)
		return progress_errno(sqlite3_errcode(to));
	rc = sqlite3_backup_step(b, -1);
	sqlite3_backup_finish(b);
	return rc == SQLITE_DONE ? 0 : progress_errno(rc == SQLITE_OK ? SQLITE_BUSY : rc);
}

/*
 * Called inside the transaction before its first change: a second connection reads the
 * committed state.  The copy gets its name after it is complete.
 */
static int keep_copy(struct progress *p)
{
	char path[PATH_MAX], beside[PATH_MAX + 8];
	sqlite3 *from = NULL, *to = NULL;
	int err = name_copy(p, path, sizeof(path));

	if (err)
		return err;
	snprintf(beside, sizeof(beside), "%s.tmp", path);
	unlink(beside);
	err = progress_errno(sqlite3_open_v2(p->path, &from, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL));
	if (!err)
		err = progress_errno(sqlite3_open_v2(beside, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL));
	if (!err)
		sqlite3_busy_timeout(from, PROGRESS_BUSY_MS);
	if (!err)
		err = copy_between(from, to);
	sqlite3_close(to);
	sqlite3_close(from);
	if (!err && rename(beside, path))
		err = -errno;
	if (err)
		unlink(beside);
	return err;
}

/* "progress-1.db", "progress-1.2.db", "progress.db.damaged-3-wal" */
static bool is_copy(const char *name)
{
	return !strncmp(name, "progress-1.", 11) || !strncmp(name, "progress.db.damaged-", 20);
}

int progress_remove_copies(struct progress *p, void (*removed)(void *arg, const char *path), void *arg)
{
	int folder = (int)(strrchr(p->path, '/') - p->path), err = 0;
	char path[PATH_MAX + 256];
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof(path), "%.*s", folder ? folder : 1, p->path);
	d = opendir(path);
	if (!d)
		return -errno;
	while ((e = readdir(d))) {
		if (!is_copy(e->d_name))
			continue;
		snprintf(path, sizeof(path), "%.*s/%s", folder, p->path, e->d_name);
		if (unlink(path) == 0) {
			if (removed)
				removed(arg, path);
		} else if (errno != ENOENT && !err) {
			err = -errno;
		}
	}
	closedir(d);
	return err;
}

/* ---- from 1 ----------------------------------------------------------------------------- */

static void copy_text(char *to, size_t size, sqlite3_stmt *st, int column)
{
	const char *text = (const char *)sqlite3_column_text(st, column);

	snprintf(to, size, "%s", text ? text : "");
}

/* Copies the answers of @a from schema 1.  Return: 0 or -errno; *@right: first answers that were right. */
static int take_answers(struct progress *p, const struct progress_attempt *a, uint32_t *right)
{
	struct progress_answer answer = { .attempt = a->row };
	sqlite3_stmt *st;
	int rc = SQLITE_DONE;
	int err = progress_query(p, &st, "SELECT question, ordinal, value, ifnull(right, -1), hints FROM answer_1"
				 " WHERE course = ?1 AND lesson = ?2 ORDER BY question, ordinal", "tt",
				 a->course, a->lesson);

	*right = 0;
	while (!err && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		copy_text(answer.question, sizeof(answer.question), st, 0);
		answer.ordinal = (uint32_t)sqlite3_column_int64(st, 1);
		copy_text(answer.value, sizeof(answer.value), st, 2);
		answer.right = sqlite3_column_int(st, 3);
		answer.hints = (uint32_t)sqlite3_column_int64(st, 4);
		*right += answer.ordinal == 1 && answer.right == 1;
		err = progress_insert(p, &progress_answer_table, &answer);
	}
	sqlite3_finalize(st);
	return err ? err : progress_errno(rc);
}

/* Writes the facts of schema 1 that attempts do not have. */
static int take_earlier(struct progress *p, const struct progress_attempt *a, uint32_t finished, uint32_t best,
			uint32_t right)
{
	struct progress_earlier e = { .finished = finished - (finished && a->ended), .best = best };

	if (!e.finished && best <= (a->ended ? right : 0))
		return 0;
	memcpy(e.course, a->course, sizeof(e.course));
	memcpy(e.lesson, a->lesson, sizeof(e.lesson));
	return progress_insert(p, &progress_earlier_table, &e);
}

static int take_lesson(struct progress *p, sqlite3_stmt *st)
{
	struct progress_attempt a = { .n = 1 };
	uint32_t right;
	int err;

	copy_text(a.course, sizeof(a.course), st, 0);
	copy_text(a.lesson, sizeof(a.lesson), st, 1);
	copy_text(a.hash, sizeof(a.hash), st, 2);
	a.variant = (uint64_t)sqlite3_column_int64(st, 3);
	a.seed = (uint64_t)sqlite3_column_int64(st, 4);
	a.total = (uint32_t)sqlite3_column_int64(st, 5);
	a.ended = sqlite3_column_int(st, 6) != 0;
	a.inputs = (char *)(uintptr_t)sqlite3_column_text(st, 9);
	err = progress_insert(p, &progress_attempt_table, &a);
	if (!err)
		err = take_answers(p, &a, &right);
	return err ? err : take_earlier(p, &a, (uint32_t)sqlite3_column_int64(st, 7),
					(uint32_t)sqlite3_column_int64(st, 8), right);
}

static int take_lessons(struct progress *p)
{
	sqlite3_stmt *st;
	int rc = SQLITE_DONE;
	int err = progress_query(p, &st, "SELECT course, id, hash, variant, seed, total, ended, finished, best, inputs"
				 " FROM lesson_1 ORDER BY course, id", "");

	while (!err && (rc = sqlite3_step(st)) == SQLITE_ROW)
		err = take_lesson(p, st);
	sqlite3_finalize(st);
	return err ? err : progress_errno(rc);
}

static int take_log(struct progress *p)
{
	struct progress_log l;
	sqlite3_stmt *st;
	int rc = SQLITE_DONE, err = progress_query(p, &st, "SELECT what, course, lesson FROM log_1 ORDER BY n", "");

	while (!err && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		copy_text(l.what, sizeof(l.what), st, 0);
		copy_text(l.course, sizeof(l.course), st, 1);
		copy_text(l.lesson, sizeof(l.lesson), st, 2);
		err = progress_insert(p, &progress_log_table, &l);
	}
	sqlite3_finalize(st);
	return err ? err : progress_errno(rc);
}

static int for_each_table(struct progress *p, int (*fn)(struct progress *p, const struct progress_table *t))
{
	static const struct progress_table *const tables[] = {
		&progress_attempt_table, &progress_answer_table, &progress_practice_table, &progress_mark_table,
		&progress_earlier_table, &progress_log_table,
	};
	int err = 0;
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]) && !err; i++)
		err = fn(p, tables[i]);
	return err;
}

static int create_tables(struct progress *p)
{
	return for_each_table(p, progress_create);
}

int progress_check_tables(struct progress *p)
{
	return for_each_table(p, progress_check);
}

static int step_from_1(struct progress *p)
{
	int err = keep_copy(p);

	if (!err)
		err = progress_sql(p, "ALTER TABLE lesson RENAME TO lesson_1; ALTER TABLE answer RENAME TO answer_1;"
				   " ALTER TABLE log RENAME TO log_1");
	if (!err)
		err = create_tables(p);
	if (!err)
		err = take_lessons(p);
	if (!err)
		err = take_log(p);
	return err ? err : progress_sql(p, "DROP TABLE lesson_1; DROP TABLE answer_1; DROP TABLE log_1");
}

/* Creates and converts, in the transaction. */
static int bring_up(struct progress *p, int64_t version)
{
	switch (version) {
	case 0:
		return progress_damage_or(p, create_tables(p));	/* tables without a version: damage, as each version stores its number */
	case 1:
		return step_from_1(p);
	case 2:
		return progress_damage_or(p, progress_create(p, &progress_practice_table));
	default:
		return version == PROGRESS_SCHEMA ? 0 : -EPROTO;
	}
}

int progress_migrate(struct progress *p)
{
	char sql[64];
	int64_t version;
	int err = schema_version(p, &version);

	if (err || version == PROGRESS_SCHEMA)
		return err;
	if (version > PROGRESS_SCHEMA)
		return -EPROTO;
	err = progress_begin(p);
	if (err)
		return err;
	/* again, in the transaction: another program may have converted the file */
	err = schema_version(p, &version);
	if (!err)
		err = bring_up(p, version);
	if (!err) {
		snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", PROGRESS_SCHEMA);
		err = progress_sql(p, sql);
	}
	return progress_finish(p, err);
}
