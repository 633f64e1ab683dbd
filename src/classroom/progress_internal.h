/*
 * classroom/progress_internal.h - shared declarations of the files that implement progress.h.
 *
 * struct progress is one open database of answers and attempts. progress_*.c share the
 * statements, the transactions and the list of damaged rows.  Other rooms use progress.h only.
 *
 * Lives here:   struct progress, calls that run a statement, tables as data.
 * Never here:   declarations for other rooms (progress.h).
 * Licence: MIT.
 */
#ifndef KW_CLASSROOM_PROGRESS_INTERNAL_H
#define KW_CLASSROOM_PROGRESS_INTERNAL_H

#include <limits.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <sys/types.h>

#include "classroom/progress.h"

#define PROGRESS_DAMAGE_MAX 64		/* damaged rows beyond this number may be reported twice */

struct progress {
	sqlite3 *db;
	char path[PATH_MAX];
	const char *journal;
	int claims;			/* descriptor of progress.db.claims, -1 = not open */
	dev_t device;			/* of the file when it was opened */
	ino_t inode;			/* .., 0 = it is not open yet */
	char error[PATH_MAX + 256];	/* why the last transaction failed, "" = it did not */

	void (*on_damage)(void *arg, const char *sentence);
	void *damage_arg;
	struct {
		const struct progress_table *table;
		int64_t row;
	} damaged[PROGRESS_DAMAGE_MAX];
	unsigned int nr_damaged;
};

/* ---- the folder (progress_folder.c) ------------------------------------------------------- */

/* Makes the folder @own, whose trailing slashes are removed, checks it, and sets p->path.  0 or -errno. */
int progress_settle_folder(struct progress *p, char *own);
/* The file exists, is no link, and has mode 0600.  0 or -errno. */
int progress_settle_file(const struct progress *p);
void progress_note_identity(struct progress *p);
/* False: the file was removed or moved since progress_note_identity(). */
bool progress_still_there(const struct progress *p);
void progress_remove_probes(const struct progress *p);
/* Why an operation failed with @err, without the name of the file. */
const char *progress_reason(const struct progress *p, int err);

/* ---- statements (progress_file.c) ------------------------------------------------------ */

int progress_errno(int sqlite_code);
/* @kinds: one letter for each "?": t const char *, i uint64_t.  0 or -errno. */
int progress_query(struct progress *p, sqlite3_stmt **st, const char *sql, const char *kinds, ...);
int progress_vquery(struct progress *p, sqlite3_stmt **st, const char *sql, const char *kinds, va_list ap);
int progress_run(struct progress *p, const char *sql, const char *kinds, ...);
int progress_sql(struct progress *p, const char *sql);
int progress_begin(struct progress *p);
int progress_finish(struct progress *p, int err);
/* The one integer that @st returns, which is finalized; @out stays 0 for NULL. */
int progress_number(sqlite3_stmt *st, int64_t *out);

/* ---- tables as data (progress_rows.c) ------------------------------------------------------ */

/* The type of a member of the struct. */
enum progress_kind {
	PROGRESS_TEXT,			/* char[] */
	PROGRESS_LINES,			/* char *, lines; in JSON a list of strings */
	PROGRESS_U64, PROGRESS_U32, PROGRESS_I64, PROGRESS_BOOL,
	PROGRESS_TRI,			/* int32_t: 1, 0 or -1; in JSON true, false, null */
};

struct progress_column {
	const char *name;
	enum progress_kind kind;
	size_t offset, size;
	int64_t min, max;		/* bounds of a number; a text with .min 1 must not be empty */
};

/* A table NAME(row INTEGER PRIMARY KEY, columns.., sum INTEGER); a record is a struct with the members. */
struct progress_table {
	const char *name;
	const char *unique;		/* columns of a UNIQUE constraint, "" = none */
	const struct progress_column *columns;
	size_t nr;
	size_t bytes, row_offset;	/* of the struct */
};

extern const struct progress_table progress_attempt_table, progress_answer_table, progress_practice_table,
	progress_mark_table, progress_earlier_table, progress_log_table;

int64_t progress_get_number(const struct progress_column *c, const void *record);
void progress_set_number(const struct progress_column *c, void *record, int64_t n);
const char *progress_get_text(const struct progress_column *c, const void *record);

/* -EBADMSG if @err is that of a statement which is right for this version: its tables are others; else @err. */
int progress_damage_or(const struct progress *p, int err);
int progress_create(struct progress *p, const struct progress_table *t);
/* -EBADMSG: the file has no such table, or one without a column. */
int progress_check(struct progress *p, const struct progress_table *t);
/* Inserts the record and fills in its row.  -EEXIST: a row with these UNIQUE columns exists. */
int progress_insert(struct progress *p, const struct progress_table *t, void *record);
/* Updates the row of the record.  -ESTALE: the row no longer has the checksum @sum. */
int progress_update(struct progress *p, const struct progress_table *t, const void *record, uint64_t sum);
uint64_t progress_sum(const struct progress_table *t, const void *record);
/*
 * Reads each record that @where selects ("WHERE .. ORDER BY ..", parameters by @kinds) into
 * @record and calls @fn; reports and skips damaged ones.  -errno from @fn stops it.
 */
int progress_select(struct progress *p, const struct progress_table *t, void *record,
		    int (*fn)(void *arg, const void *record), void *arg, const char *where, const char *kinds, ...);

/* The next number (.n) of an attempt at @a's lesson. */
int progress_next_n(struct progress *p, const struct progress_attempt *a, uint32_t *n);
/* Calls @fn for each undamaged row of the log, in order. */
int progress_each_log(struct progress *p, int (*fn)(void *arg, const struct progress_log *l), void *arg);

/* ---- schema (progress_schema.c) ------------------------------------------------------------- */

/* Converts an older version.  -EPROTO: a newer program made the file. */
int progress_migrate(struct progress *p);
/* Removes copies of older schemas and renamed damaged files, and calls @removed (or NULL) for each.  0 or the first error. */
int progress_remove_copies(struct progress *p, void (*removed)(void *arg, const char *path), void *arg);
/* -EBADMSG: a table or a column is missing, which SQLite's own check does not find. */
int progress_check_tables(struct progress *p);

/* ---- claims (progress_claim.c) --------------------------------------------------------------- */

/* False: another program has the attempt @row open. */
bool progress_claim(struct progress *p, int64_t row);
void progress_unclaim(struct progress *p, int64_t row);

#endif
