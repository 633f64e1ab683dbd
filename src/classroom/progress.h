/*
 * classroom/progress.h - what one person has done: attempts, answers, bookmarks.
 *
 * One SQLite file in the state folder ($KWORKSHOP_STATE_DIR, else
 * $XDG_STATE_HOME/kworkshop, else ~/.local/state/kworkshop).  An attempt is one
 * run of a lesson, kept as the inputs given so far: enough to run it again to
 * where it stopped.  A second run is a second attempt; it overwrites nothing.
 * Every row carries a checksum, which is compared on reading.  Days are local day
 * numbers, for spaced review; clock times are kept only if the caller gives them.
 *
 * Lives here:   the state folder, the file, its versions, rows, JSON out and in.
 * Never here:   runs, lessons' texts, the clock, terminals.
 * Context:      one thread; several programs may have the same file open.
 * Licence: MIT.
 */
#ifndef KW_CLASSROOM_PROGRESS_H
#define KW_CLASSROOM_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PROGRESS_SCHEMA 2		/* of the file, PRAGMA user_version */
#define PROGRESS_JSON_VERSION 2		/* of export; import reads 1 and 2 */
#define PROGRESS_JSON_BYTES_MAX ((size_t)16 << 20)
#define PROGRESS_BUSY_MS 3000		/* how long to wait while another program writes */

struct progress;

/* ---- rows: the members are the columns of docs/progress.md ---------------------------------- */

struct progress_attempt {
	int64_t row;			/* number in the file; 0 = not written yet */
	char course[64], lesson[64];
	uint64_t variant, seed;
	char options[64];		/* of the machine, as run_machine_options() has them; "" = the lesson's */
	uint32_t n;			/* 1, 2, .. among the attempts at this lesson; counted on saving */
	char hash[17];			/* of the lesson's file when this was written */
	uint32_t total;			/* questions in the lesson */
	bool ended;			/* the end of the lesson was reached */
	int64_t day;			/* of the last input: local days since 1970-01-01; 0 = unknown */
	int64_t time;			/* the same in seconds since 1970; 0 = not recorded */
	char *inputs;			/* run_inputs_format(); malloc'ed, never NULL when loaded */
	uint64_t sum;			/* as it stands in the file: saving finds out whether it is still there */
};

struct progress_answer {
	int64_t row;
	int64_t attempt;		/* progress_attempt.row */
	char question[64];
	uint32_t ordinal;		/* 1 = first try */
	char value[512];		/* as in the input: choices by id */
	uint32_t sure;			/* 1 a guess, 2 fairly, 3 certain; 0 = not said */
	int32_t right;			/* 1, 0; -1 = no verdict */
	uint32_t hints;			/* asked for before it */
	int64_t day, time;		/* as in an attempt */
};

/* A bookmark at an event, with a note or without. */
struct progress_mark {
	int64_t row;
	char course[64], lesson[64];
	uint64_t variant, seed;
	char options[64], hash[17];	/* with the two above: the runs in which @event is that event */
	uint64_t event;
	char text[512];
	int64_t day, time;
};

/* Runs that were ended before attempts were kept: only their number and the best score are known. */
struct progress_earlier {
	int64_t row;
	char course[64], lesson[64];
	uint32_t finished, best;
};

/* What was done to the file as a whole: "reset", "import". */
struct progress_log {
	int64_t row;
	char what[32], course[64], lesson[64];
};

/* A lesson's attempts taken together. */
struct progress_summary {
	uint32_t attempts;
	uint32_t finished, best;	/* times it was ended; most right first answers of those */
	/* of the attempt with the most answers, of several the last: */
	uint32_t answered, right, total;	/* questions answered, right at the first try, in the lesson */
	bool ended;
};

/* ---- the file ------------------------------------------------------------------------------ */

/* Where state belongs, without creating it: 0, -ENOENT (no home), -ENAMETOOLONG. */
int progress_dir(char *path, size_t size);

/*
 * progress_open - open the file, making folder and file if they are not there
 * @dir:  NULL = progress_dir()
 * @note: a sentence for the person ("the file was damaged, it is kept as .."), "" = none
 * Return: 0; -errno with a sentence in @note: go on without progress.
 * A damaged file is set aside, never deleted.  A file of schema 1 is copied to
 * progress-1.db and converted.  Owner: progress_close().
 */
int progress_open(struct progress **out, const char *dir, char *note, size_t note_size);
void progress_close(struct progress *p);
const char *progress_path(const struct progress *p);
/* "wal", or "delete" where a throw-away database could not prove that WAL works here */
const char *progress_journal(const struct progress *p);
/* @fn gets one sentence for each damaged row that is met and skipped, once a row. */
void progress_on_damage(struct progress *p, void (*fn)(void *arg, const char *sentence), void *arg);

/* All of these: 0 or -errno (-ENOENT = nothing kept); progress_error() has SQLite's words. */
const char *progress_error(const struct progress *p);

/* ---- attempts and answers ---------------------------------------------------------------------- */

enum progress_found {
	PROGRESS_NONE,			/* no unfinished attempt */
	PROGRESS_RESUMED,		/* *out is one, and this program's until progress_release() */
	PROGRESS_IN_USE,		/* another program has it open */
	PROGRESS_OTHER_RUN,		/* there is one, of another variant, seed or machine */
};

/*
 * progress_resume - the unfinished attempt of @want's lesson, variant, seed and options
 * Of several the last one with an answer, else the last one; none if a later one was ended.
 * Writes nothing.  Owner: progress_attempt_fini(out) on PROGRESS_RESUMED.
 */
int progress_resume(struct progress *p, const struct progress_attempt *want, struct progress_attempt *out,
		    enum progress_found *found);

/*
 * progress_save - write an attempt and answers of it
 * @a:       .row 0 = a new attempt: .row, .n and .sum are filled in, and it is this program's;
 *           so too when the row was changed or removed by another program meanwhile
 * @answers: .attempt is filled in.  An answer that is there already stays.
 * All or nothing; a row that would not change is not written.
 */
int progress_save(struct progress *p, struct progress_attempt *a, struct progress_answer *answers, size_t nr);
/* Another program may resume @a from now on. */
void progress_release(struct progress *p, const struct progress_attempt *a);
void progress_attempt_fini(struct progress_attempt *a);

int progress_summarize(struct progress *p, const char *course, const char *lesson, struct progress_summary *out);

/*
 * Each row in order; NULL = of all courses, of all lessons.  @fn returns 0 or -errno, which ends
 * it.  Pointers in a row are the callback's for the call.
 */
int progress_attempts(struct progress *p, const char *course, const char *lesson,
		      int (*fn)(void *arg, const struct progress_attempt *a), void *arg);
int progress_answers(struct progress *p, int64_t attempt,
		     int (*fn)(void *arg, const struct progress_answer *a), void *arg);
int progress_earlier(struct progress *p, const char *course, const char *lesson,
		     int (*fn)(void *arg, const struct progress_earlier *e), void *arg);

/* ---- bookmarks and notes -------------------------------------------------------------------------- */

/* Writes @m and fills in .row; a mark at the same event of the same run gets the new text. */
int progress_mark(struct progress *p, struct progress_mark *m);
int progress_unmark(struct progress *p, int64_t row);
/* By lesson and event. */
int progress_marks(struct progress *p, const char *course, const char *lesson,
		   int (*fn)(void *arg, const struct progress_mark *m), void *arg);

/* ---- forgetting -------------------------------------------------------------------------------------- */

/* Forgets the attempts at one lesson; bookmarks stay.  That it was forgotten is noted in the log. */
int progress_reset(struct progress *p, const char *course, const char *lesson);
/* Forgets everything: the log, copies of older schemas and damaged files that were set aside too. */
int progress_erase(struct progress *p);

/* ---- JSON ------------------------------------------------------------------------------------------------ */

/* Readable JSON.  To a file: written beside it, synced, renamed. */
int progress_export(struct progress *p, FILE *to);
int progress_export_file(struct progress *p, const char *path);
/*
 * progress_import - add what an export has, all or nothing
 * Nothing is overwritten.  An attempt that is here already is left alone, one that
 * goes on where ours stopped continues ours, any other becomes a further attempt.
 * Return: -EINVAL with "LINE: what is wrong" in @err.
 */
int progress_import(struct progress *p, const char *json, size_t len, char *err, size_t err_size);

#endif
