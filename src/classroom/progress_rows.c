/*
 * classroom/progress_rows.c - reads and writes records, each with a checksum.
 *
 * Each table is an array of columns that name members of its struct; statements,
 * checksums and JSON are derived from it.  The checksum covers the name of the table
 * and all columns.  It detects damage, but not forgery, because any program can compute it.
 *
 * Lives here:   the six tables as data, insert, update, select, damaged rows.
 * Never here:   operations on attempts (progress.c), versions (progress_schema.c).
 * Licence: MIT.
 */
#include "classroom/progress_internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "base/rng.h"
#include "base/strbuf.h"
#include "words/texts.h"

#define SQL_BYTES 1024

/* ---- the tables ------------------------------------------------------------------------- */

#define NO_MAX INT64_MAX
#define COLUMN(s, member, kind, min, max) \
	{ #member, kind, offsetof(struct s, member), sizeof(((struct s *)0)->member), min, max }
#define TABLE(table, s, keys)                                                                       \
	const struct progress_table progress_##table##_table = {                                   \
		#table, keys, table##_columns, sizeof(table##_columns) / sizeof(table##_columns[0]), \
		sizeof(struct s), offsetof(struct s, row) }

static const struct progress_column attempt_columns[] = {
	COLUMN(progress_attempt, course, PROGRESS_TEXT, 1, NO_MAX),
	COLUMN(progress_attempt, lesson, PROGRESS_TEXT, 1, NO_MAX),
	COLUMN(progress_attempt, variant, PROGRESS_U64, 0, NO_MAX),
	COLUMN(progress_attempt, seed, PROGRESS_U64, 0, NO_MAX),
	COLUMN(progress_attempt, options, PROGRESS_TEXT, 0, NO_MAX),
	COLUMN(progress_attempt, n, PROGRESS_U32, 1, UINT32_MAX),
	COLUMN(progress_attempt, hash, PROGRESS_TEXT, 0, NO_MAX),
	COLUMN(progress_attempt, total, PROGRESS_U32, 0, UINT32_MAX),
	COLUMN(progress_attempt, ended, PROGRESS_BOOL, 0, 1),
	COLUMN(progress_attempt, day, PROGRESS_I64, 0, NO_MAX),
	COLUMN(progress_attempt, time, PROGRESS_I64, 0, NO_MAX),
	COLUMN(progress_attempt, inputs, PROGRESS_LINES, 0, NO_MAX),
};
TABLE(attempt, progress_attempt, "course, lesson, n");

static const struct progress_column answer_columns[] = {
	COLUMN(progress_answer, attempt, PROGRESS_I64, 1, NO_MAX),
	COLUMN(progress_answer, question, PROGRESS_TEXT, 1, NO_MAX),
	COLUMN(progress_answer, ordinal, PROGRESS_U32, 1, UINT32_MAX),
	COLUMN(progress_answer, value, PROGRESS_TEXT, 0, NO_MAX),
	COLUMN(progress_answer, sure, PROGRESS_U32, 0, 3),
	COLUMN(progress_answer, right, PROGRESS_TRI, -1, 1),
	COLUMN(progress_answer, hints, PROGRESS_U32, 0, UINT32_MAX),
	COLUMN(progress_answer, day, PROGRESS_I64, 0, NO_MAX),
	COLUMN(progress_answer, time, PROGRESS_I64, 0, NO_MAX),
};
TABLE(answer, progress_answer, "attempt, question, ordinal");

static const struct progress_column practice_columns[] = {
	COLUMN(progress_practice, course, PROGRESS_TEXT, 1, NO_MAX),
	COLUMN(progress_practice, lesson, PROGRESS_TEXT, 1, NO_MAX),
	COLUMN(progress_practice, question, PROGRESS_TEXT, 1, NO_MAX),
	COLUMN(progress_practice, variant, PROGRESS_U64, 0, NO_MAX),
	COLUMN(progress_practice, seed, PROGRESS_U64, 0, NO_MAX),
	COLUMN(progress_practice, value, PROGRESS_TEXT, 0, NO_MAX),
	COLUMN(progress_practice, sure, PROGRESS_U32, 0, 3),
	COLUMN(progress_practice, right, PROGRESS_TRI, -1, 1),
	COLUMN(progress_practice, hints, PROGRESS_U32, 0, UINT32_MAX),
	COLUMN(progress_practice, day, PROGRESS_I64, 0, NO_MAX),
	COLUMN(progress_practice, time, PROGRESS_I64, 0, NO_MAX),
};
TABLE(practice, progress_practice, "course, lesson, question, variant, seed");

static const struct progress_column mark_columns[] = {
	COLUMN(progress_mark, course, PROGRESS_TEXT, 1, NO_MAX),
	COLUMN(progress_mark, lesson, PROGRESS_TEXT, 1, NO_MAX),
	COLUMN(progress_mark, variant, PROGRESS_U64, 0, NO_MAX),
	COLUMN(progress_mark, seed, PROGRESS_U64, 0, NO_MAX),
	COLUMN(progress_mark, options, PROGRESS_TEXT, 0, NO_MAX),
	COLUMN(progress_mark, hash, PROGRESS_TEXT, 0, NO_MAX),
	COLUMN(progress_mark, event, PROGRESS_U64, 1, NO_MAX),
	COLUMN(progress_mark, text, PROGRESS_TEXT, 0, NO_MAX),
	COLUMN(progress_mark, day, PROGRESS_I64, 0, NO_MAX),
	COLUMN(progress_mark, time, PROGRESS_I64, 0, NO_MAX),
};
TABLE(mark, progress_mark, "course, lesson, variant, seed, options, hash, event");

static const struct progress_column earlier_columns[] = {
	COLUMN(progress_earlier, course, PROGRESS_TEXT, 1, NO_MAX),
	COLUMN(progress_earlier, lesson, PROGRESS_TEXT, 1, NO_MAX),
	COLUMN(progress_earlier, finished, PROGRESS_U32, 0, UINT32_MAX),
	COLUMN(progress_earlier, best, PROGRESS_U32, 0, UINT32_MAX),
};
TABLE(earlier, progress_earlier, "course, lesson");

static const struct progress_column log_columns[] = {
	COLUMN(progress_log, what, PROGRESS_TEXT, 1, NO_MAX),
	COLUMN(progress_log, course, PROGRESS_TEXT, 0, NO_MAX),
	COLUMN(progress_log, lesson, PROGRESS_TEXT, 0, NO_MAX),
};
TABLE(log, progress_log, "");

/* ---- members ------------------------------------------------------------------------------ */

int64_t progress_get_number(const struct progress_column *c, const void *record)
{
	const char *at = (const char *)record + c->offset;

	switch (c->kind) {
	case PROGRESS_U64: return (int64_t)*(const uint64_t *)(const void *)at;
	case PROGRESS_I64: return *(const int64_t *)(const void *)at;
	case PROGRESS_U32: return *(const uint32_t *)(const void *)at;
	case PROGRESS_TRI: return *(const int32_t *)(const void *)at;
	case PROGRESS_BOOL: return *(const bool *)(const void *)at;
	default: return 0;
	}
}

void progress_set_number(const struct progress_column *c, void *record, int64_t n)
{
	char *at = (char *)record + c->offset;

	switch (c->kind) {
	case PROGRESS_U64: *(uint64_t *)(void *)at = (uint64_t)n; break;
	case PROGRESS_I64: *(int64_t *)(void *)at = n; break;
	case PROGRESS_U32: *(uint32_t *)(void *)at = (uint32_t)n; break;
	case PROGRESS_TRI: *(int32_t *)(void *)at = (int32_t)n; break;
	case PROGRESS_BOOL: *(bool *)(void *)at = n != 0; break;
	default: break;
	}
}

static bool is_text(const struct progress_column *c)
{
	return c->kind == PROGRESS_TEXT || c->kind == PROGRESS_LINES;
}

const char *progress_get_text(const struct progress_column *c, const void *record)
{
	const char *at = (const char *)record + c->offset, *text;

	if (c->kind == PROGRESS_TEXT)
		return at;
	memcpy(&text, at, sizeof(text));
	return text ? text : "";
}

static int64_t *row_of(const struct progress_table *t, void *record)
{
	return (int64_t *)(void *)((char *)record + t->row_offset);
}

/* Numbers are eight bytes, texts follow their length, so different records give different bytes. */
uint64_t progress_sum(const struct progress_table *t, const void *record)
{
	uint64_t hash = rng_fnv(RNG_FNV_BEGIN, t->name, strlen(t->name) + 1);
	size_t i;

	for (i = 0; i < t->nr; i++) {
		const struct progress_column *c = &t->columns[i];
		const char *text = is_text(c) ? progress_get_text(c, record) : NULL;
		uint64_t n = text ? strlen(text) : (uint64_t)progress_get_number(c, record);
		unsigned char bytes[8];
		int b;

		for (b = 0; b < 8; b++)
			bytes[b] = (unsigned char)(n >> (8 * b));
		hash = rng_fnv(hash, bytes, sizeof(bytes));
		if (text)
			hash = rng_fnv(hash, text, n);
	}
	return rng_mix(hash);
}

/* ---- statements ------------------------------------------------------------------------------ */

static void put_names(struct strbuf *sql, const struct progress_table *t, const char *between)
{
	size_t i;

	for (i = 0; i < t->nr; i++)
		strbuf_printf(sql, "%s%s", i ? between : "", t->columns[i].name);
}

int progress_damage_or(const struct progress *p, int err)
{
	return err == -EIO && sqlite3_errcode(p->db) == SQLITE_ERROR ? -EBADMSG : err;
}

int progress_create(struct progress *p, const struct progress_table *t)
{
	STRBUF(sql, SQL_BYTES);
	size_t i;

	/* AUTOINCREMENT: the number of a removed row is not reused (progress_claim.c) */
	strbuf_printf(&sql, "CREATE TABLE %s(row INTEGER PRIMARY KEY AUTOINCREMENT", t->name);
	for (i = 0; i < t->nr; i++)
		strbuf_printf(&sql, ", %s %s NOT NULL", t->columns[i].name, is_text(&t->columns[i]) ? "TEXT" : "INTEGER");
	strbuf_puts(&sql, ", sum INTEGER NOT NULL");
	if (*t->unique)
		strbuf_printf(&sql, ", UNIQUE(%s)", t->unique);
	strbuf_puts(&sql, ")");
	return progress_sql(p, sql.buf);
}

int progress_check(struct progress *p, const struct progress_table *t)
{
	STRBUF(sql, SQL_BYTES);
	sqlite3_stmt *st;
	int err;

	strbuf_puts(&sql, "SELECT row, ");
	put_names(&sql, t, ", ");
	strbuf_printf(&sql, ", sum FROM %s LIMIT 0", t->name);
	err = progress_query(p, &st, sql.buf, "");
	sqlite3_finalize(st);
	return progress_damage_or(p, err);
}

/* Binds the columns and the sum to ?1, ?2, ... */
static int bind_record(sqlite3_stmt *st, const struct progress_table *t, const void *record)
{
	int rc = SQLITE_OK;
	size_t i;

	for (i = 0; i < t->nr && rc == SQLITE_OK; i++) {
		const struct progress_column *c = &t->columns[i];

		if (is_text(c))
			rc = sqlite3_bind_text(st, (int)i + 1, progress_get_text(c, record), -1, SQLITE_TRANSIENT);
		else
			rc = sqlite3_bind_int64(st, (int)i + 1, progress_get_number(c, record));
	}
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(st, (int)t->nr + 1, (sqlite3_int64)progress_sum(t, record));
	return rc;
}

static int run_bound(sqlite3_stmt *st, const struct progress_table *t, const void *record)
{
	int rc = bind_record(st, t, record);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	sqlite3_finalize(st);
	if (rc == SQLITE_CONSTRAINT)
		return -EEXIST;
	return progress_errno(rc);
}

int progress_insert(struct progress *p, const struct progress_table *t, void *record)
{
	STRBUF(sql, SQL_BYTES);
	sqlite3_stmt *st;
	size_t i;
	int err;

	strbuf_printf(&sql, "INSERT INTO %s(", t->name);
	put_names(&sql, t, ", ");
	strbuf_puts(&sql, ", sum) VALUES(?1");
	for (i = 0; i < t->nr; i++)
		strbuf_printf(&sql, ", ?%zu", i + 2);
	strbuf_puts(&sql, ")");
	err = progress_query(p, &st, sql.buf, "");
	if (!err)
		err = run_bound(st, t, record);
	if (!err)
		*row_of(t, record) = sqlite3_last_insert_rowid(p->db);
	return err;
}

int progress_update(struct progress *p, const struct progress_table *t, const void *record, uint64_t sum)
{
	STRBUF(sql, SQL_BYTES);
	sqlite3_stmt *st;
	size_t i;
	int err;

	strbuf_printf(&sql, "UPDATE %s SET ", t->name);
	for (i = 0; i < t->nr; i++)
		strbuf_printf(&sql, "%s = ?%zu, ", t->columns[i].name, i + 1);
	strbuf_printf(&sql, "sum = ?%zu WHERE row = %lld AND sum = %lld", t->nr + 1,
		      (long long)*row_of(t, (void *)(uintptr_t)record), (long long)(int64_t)sum);
	err = progress_query(p, &st, sql.buf, "");
	if (!err)
		err = run_bound(st, t, record);
	if (!err && sqlite3_changes(p->db) == 0)
		err = -ESTALE;
	return err;
}

/* ---- reading, and rows that are damaged -------------------------------------------------------- */

static void report_damage(struct progress *p, const struct progress_table *t, int64_t row)
{
	char text[PATH_MAX + 128];
	unsigned int i;

	for (i = 0; i < p->nr_damaged; i++)
		if (p->damaged[i].table == t && p->damaged[i].row == row)
			return;
	if (p->nr_damaged == PROGRESS_DAMAGE_MAX)
		return;
	p->damaged[p->nr_damaged].table = t;
	p->damaged[p->nr_damaged++].row = row;
	snprintf(text, sizeof(text), W(PROGRESS_ROW_DAMAGED),
		 p->path, (long long)row, t->name);
	if (p->on_damage)
		p->on_damage(p->damage_arg, text);
}

void progress_on_damage(struct progress *p, void (*fn)(void *arg, const char *sentence), void *arg)
{
	p->on_damage = fn;
	p->damage_arg = arg;
}

/* Copies a text of the statement to its member; false: it contains NUL or does not fit. */
static bool read_text(const struct progress_column *c, sqlite3_stmt *st, int column, void *record)
{
	const char *text = (const char *)sqlite3_column_text(st, column);
	size_t len = (size_t)sqlite3_column_bytes(st, column);
	char *at = (char *)record + c->offset;

	if (!text || strlen(text) != len)
		return false;
	if (c->kind == PROGRESS_LINES) {
		memcpy(at, &text, sizeof(text));	/* valid until the next sqlite3_step() */
		return true;
	}
	if (len >= c->size)
		return false;
	memcpy(at, text, len + 1);
	return true;
}

static bool read_record(sqlite3_stmt *st, const struct progress_table *t, void *record)
{
	int64_t n;
	size_t i;

	memset(record, 0, t->bytes);
	*row_of(t, record) = sqlite3_column_int64(st, 0);
	for (i = 0; i < t->nr; i++) {
		const struct progress_column *c = &t->columns[i];

		if (is_text(c)) {
			if (!read_text(c, st, (int)i + 1, record))
				return false;
			continue;
		}
		n = sqlite3_column_int64(st, (int)i + 1);
		progress_set_number(c, record, n);
		if (progress_get_number(c, record) != n)
			return false;		/* does not fit the member */
	}
	return progress_sum(t, record) == (uint64_t)sqlite3_column_int64(st, (int)t->nr + 1);
}

int progress_select(struct progress *p, const struct progress_table *t, void *record,
		    int (*fn)(void *arg, const void *record), void *arg, const char *where, const char *kinds, ...)
{
	STRBUF(sql, SQL_BYTES);
	sqlite3_stmt *st;
	int err, rc = SQLITE_DONE;
	va_list ap;

	strbuf_puts(&sql, "SELECT row, ");
	put_names(&sql, t, ", ");
	strbuf_printf(&sql, ", sum FROM %s %s", t->name, where);
	va_start(ap, kinds);
	err = progress_vquery(p, &st, sql.buf, kinds, ap);
	va_end(ap);
	while (!err && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		if (read_record(st, t, record))
			err = fn(arg, record);
		else if (sqlite3_errcode(p->db) == SQLITE_NOMEM)
			err = -ENOMEM;		/* the row is not damaged */
		else
			report_damage(p, t, sqlite3_column_int64(st, 0));
	}
	sqlite3_finalize(st);
	return err ? err : progress_errno(rc);
}
