/*
 * classroom/progress_internal.h - the open progress file, for the files of this room only.
 *
 * Lives here:   the handle and the few ways to run a statement.
 * Never here:   anything that another room needs (progress.h).
 * Licence: MIT.
 */
#ifndef KW_CLASSROOM_PROGRESS_INTERNAL_H
#define KW_CLASSROOM_PROGRESS_INTERNAL_H

#include <limits.h>
#include <sqlite3.h>

#include "classroom/progress.h"

struct progress {
	sqlite3 *db;
	char path[PATH_MAX];
	const char *journal;
};

/* @kinds: one letter for each "?": t const char *, i uint64_t.  0 or -errno. */
int progress_query(struct progress *p, sqlite3_stmt **st, const char *sql, const char *kinds, ...);
int progress_run(struct progress *p, const char *sql, const char *kinds, ...);
int progress_sql(struct progress *p, const char *sql);
int progress_begin(struct progress *p);
int progress_finish(struct progress *p, int err);
void progress_copy_text(char *to, size_t size, sqlite3_stmt *st, int column);

#endif
