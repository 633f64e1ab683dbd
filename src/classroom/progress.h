/*
 * classroom/progress.h - the progress of a user: attempts, answers, bookmarks.
 *
 * Progress is one SQLite file in the state folder ($KWORKSHOP_STATE_DIR, else
 * $XDG_STATE_HOME/kworkshop, else ~/.local/state/kworkshop).  An attempt is one run of
 * a lesson, stored as its inputs, which suffice to repeat the run to the point where it
 * stopped.  A second run is a second attempt and overwrites nothing.  A question that is asked
 * again with other numbers has a row of its own, outside of all attempts.  Each row has a
 * checksum, which is verified when the row is read.  Days are local day numbers, for
 * spaced review; clock times are stored only if the caller passes them.
 *
 * Lives here:   the state folder, the file, its versions, rows, JSON export and import.
 * Never here:   runs, texts of lessons, the clock, terminals.
 * Context:      one thread; several programs may have the same file open.
 * Licence: MIT.
 */
#ifndef KW_CLASSROOM_PROGRESS_H
#define KW_CLASSROOM_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PROGRESS_SCHEMA 3		/* of the file, PRAGMA user_version */
#define PROGRESS_JSON_VERSION 3		/* of export; import reads 1, 2 and 3 */
#define PROGRESS_JSON_BYTES_MAX ((size_t)16 << 20)
#define PROGRESS_BUSY_MS 1000		/* longest wait for another program that writes */

struct progress;

/* ---- rows: the members are the columns of docs/progress.md ---------------------------------- */

struct progress_attempt {
	int64_t row;			/* number in the file; 0 = not written yet */
	char course[64], lesson[64];
	uint64_t variant, seed;
	char options[64];		/* of the machine (run_machine_options()); "" = those of the lesson */
	uint32_t n;			/* 1, 2, .. among the attempts at this lesson; counted on saving */
	char hash[17];			/* of the lesson's file when this was written */
	uint32_t total;			/* questions in the lesson */
	bool ended;			/* the end of the lesson was reached */
	int64_t day;			/* of the last input: local days since 1970-01-01; 0 = unknown */
	int64_t time;			/* the same in seconds since 1970; 0 = not recorded */
	char *inputs;			/* run_inputs_format(); malloc'ed, never NULL when loaded */
	uint64_t sum;			/* checksum of the row when it was read; progress_save() compares it */
};

struct progress_answer {
	int64_t row;
	int64_t attempt;		/* progress_attempt.row */
	char question[64];
	uint32_t ordinal;		/* 1 = first try */
	char value[512];		/* as in the input: choices by id */
	uint32_t sure;			/* 1 a guess, 2 fairly, 3 certain; 0 = unknown */
	int32_t right;			/* 1, 0; -1 = no verdict */
	uint32_t hints;			/* shown before the answer */
	int64_t day, time;		/* as in an attempt */
};

/*
 * The first answer to a question that was asked again with other numbers.  It belongs to no
 * attempt, so it changes nothing that is counted or handed in.
 */
struct progress_practice {
	int64_t row;
	char course[64], lesson[64], question[64];
	uint64_t variant, seed;		/* of the run in which it was asked */
	char value[512];		/* these three as in progress_answer */
	uint32_t sure;
	int32_t right;
	uint32_t hints;
	int64_t day, time;
};

/* A bookmark at an event, with or without a note. */
struct progress_mark {
	int64_t row;
	char course[64], lesson[64];
	uint64_t variant, seed;
	char options[64], hash[17];	/* together with variant and seed: the runs in which .event is this event */
	uint64_t event;
	char text[512];
	int64_t day, time;
};

/* Finished runs from before schema 2: only their number and the best score are known. */
struct progress_earlier {
	int64_t row;
	char course[64], lesson[64];
	uint32_t finished, best;
};

/* An operation on the whole file: "reset", "import". */
struct progress_log {
	int64_t row;
	char what[32], course[64], lesson[64];
};

/* Summary of all attempts at a lesson. */
struct progress_summary {
	uint32_t attempts;
	uint32_t finished, best;	/* ended attempts; most right first answers among them */
	/* of the attempt with the most answers (the last of several): */
	uint32_t answered, right, total;	/* questions answered, right at the first try, in the lesson */
	bool ended;
};

/* ---- the file ------------------------------------------------------------------------------ */

/* Path of the state folder, which need not exist: 0, -ENOENT (HOME is not set), -ENAMETOOLONG. */
int progress_dir(char *path, size_t size);

/*
 * progress_open - open the file; create folder and file if they do not exist
 * @dir:  NULL = progress_dir()
 * @note: a sentence for the user ("the file was damaged, it is kept as .."), "" = none
 * Return: 0, or -errno with a sentence in @note; the caller then works without progress.
 * A damaged file is renamed, never deleted.  A file of schema 1 is copied to
 * progress-1.db and converted.  Owner: progress_close().
 */
int progress_open(struct progress **out, const char *dir, char *note, size_t note_size);
void progress_close(struct progress *p);
const char *progress_path(const struct progress *p);
/* "wal", or "delete" if a test with a temporary database showed that WAL does not work here */
const char *progress_journal(const struct progress *p);
/* @fn gets one sentence for each damaged row, once; damaged rows are skipped. */
void progress_on_damage(struct progress *p, void (*fn)(void *arg, const char *sentence), void *arg);

/* All of these return 0 or -errno (-ENOENT: no such row); progress_error() names the file and the reason. */
const char *progress_error(const struct progress *p);

/* ---- attempts and answers ---------------------------------------------------------------------- */

enum progress_found {
	PROGRESS_NONE,			/* no unfinished attempt */
	PROGRESS_RESUMED,		/* *out is such an attempt, claimed until progress_release() */
	PROGRESS_IN_USE,		/* another program has it open */
	PROGRESS_OTHER_RUN,		/* the only one has another variant, seed or machine */
};

/*
 * progress_resume - find the unfinished attempt of @want's lesson, variant, seed and options
 * Of several it takes the last one with an answer, else the last one; none if a later one has ended.
 * Writes nothing.  Owner: progress_attempt_fini(out) on PROGRESS_RESUMED.
 */
int progress_resume(struct progress *p, const struct progress_attempt *want, struct progress_attempt *out,
		    enum progress_found *found);

/*
 * progress_save - write an attempt and its answers
 * @a:       .row 0 = a new attempt: .row, .n and .sum are filled in and the attempt is
 *           claimed; also if another program has changed or removed the row
 * @answers: .attempt is filled in.  An answer that exists already stays.
 * Writes all or nothing; unchanged rows are not written.
 */
int progress_save(struct progress *p, struct progress_attempt *a, struct progress_answer *answers, size_t nr);
/* Drops the claim: another program can resume @a. */
void progress_release(struct progress *p, const struct progress_attempt *a);
void progress_attempt_fini(struct progress_attempt *a);

int progress_summarize(struct progress *p, const char *course, const char *lesson, struct progress_summary *out);

/*
 * Call @fn for each row in order; NULL = of all courses, of all lessons.  @fn returns 0, or
 * -errno to stop.  Pointers in a row are valid during the call.
 */
int progress_attempts(struct progress *p, const char *course, const char *lesson,
		      int (*fn)(void *arg, const struct progress_attempt *a), void *arg);
int progress_answers(struct progress *p, int64_t attempt,
		     int (*fn)(void *arg, const struct progress_answer *a), void *arg);
int progress_earlier(struct progress *p, const char *course, const char *lesson,
		     int (*fn)(void *arg, const struct progress_earlier *e), void *arg);

/* ---- questions that are asked again (practice.h decides when) --------------------------------- */

/* Writes @a and fills in .row, unless this question was answered in a run of this variant and seed: that answer stays. */
int progress_add_practice(struct progress *p, struct progress_practice *a);
/* Calls @fn for each row, ordered by lesson and by the time of writing. */
int progress_practice(struct progress *p, const char *course, const char *lesson,
		      int (*fn)(void *arg, const struct progress_practice *a), void *arg);

/* ---- bookmarks and notes -------------------------------------------------------------------------- */

/* Writes @m and fills in .row; replaces the text of a mark at the same event of the same run. */
int progress_mark(struct progress *p, struct progress_mark *m);
int progress_unmark(struct progress *p, int64_t row);
/* Calls @fn for each mark, ordered by lesson and event. */
int progress_marks(struct progress *p, const char *course, const char *lesson,
		   int (*fn)(void *arg, const struct progress_mark *m), void *arg);

/* ---- reset and erase ---------------------------------------------------------------------------------- */

/* Deletes the attempts at one lesson, and what was practised of it, and adds a row to the log; bookmarks stay. */
int progress_reset(struct progress *p, const char *course, const char *lesson);
/* Deletes everything, including the log; copies of older schemas and renamed damaged files, each reported by @removed. */
int progress_erase(struct progress *p, void (*removed)(void *arg, const char *path), void *arg);

/* ---- JSON ------------------------------------------------------------------------------------------------ */

/* Writes readable JSON.  progress_export_file() writes a temporary file, syncs and renames it. */
int progress_export(struct progress *p, FILE *to);
int progress_export_file(struct progress *p, const char *path);
/*
 * progress_import - add the rows of an export, all or nothing
 * Nothing is overwritten.  An attempt that exists here stays; one that continues an
 * unfinished attempt of this file extends it; any other becomes a new attempt.
 * Return: 0, or -errno; -EINVAL with "LINE: sentence" in @err.
 */
int progress_import(struct progress *p, const char *json, size_t len, char *err, size_t err_size);

#endif
