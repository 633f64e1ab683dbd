/*
 * classroom/progress.h - what one person has done: which lessons, which answers, where they stopped.
 *
 * One SQLite file in the state folder ($KWORKSHOP_STATE_DIR, else
 * $XDG_STATE_HOME/kworkshop, else ~/.local/state/kworkshop).  A lesson is kept as
 * the inputs given so far: enough to run it again to where it stopped.  Nothing
 * here has a date: what a person did when is nobody's business.
 *
 * Lives here:   the state folder, the file, its versions, JSON out and in.
 * Never here:   runs, lessons' texts, marks, terminals.
 * Context:      one thread; several programs may have the same file open.
 * Licence: MIT.
 */
#ifndef KW_CLASSROOM_PROGRESS_H
#define KW_CLASSROOM_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PROGRESS_SCHEMA 1		/* of the file, PRAGMA user_version */
#define PROGRESS_JSON_VERSION 1		/* of export and import */
#define PROGRESS_JSON_BYTES_MAX ((size_t)16 << 20)
#define PROGRESS_BUSY_MS 3000		/* how long to wait for another program's writing */

struct progress;

struct progress_lesson {
	char course[64], id[64];
	char hash[17];			/* of the lesson's file when this was written */
	uint64_t variant, seed;
	uint64_t stopped_at;		/* event under the cursor */
	uint32_t answered, right, total;	/* in the run kept here */
	bool ended;			/* that run reached the lesson's end */
	uint32_t finished, best;	/* times it was ended; most right answers of those */
	char *inputs;			/* run_inputs_format(); malloc'ed, never NULL when loaded */
};

struct progress_answer {
	char question[64];
	uint32_t ordinal;		/* 1 = first try */
	int right;			/* 1, 0; -1 = no verdict yet, or not scored */
	uint32_t hints;			/* asked for before it */
	char value[512];
};

/* Where state belongs, without creating it: 0, -ENOENT (no home), -ENAMETOOLONG. */
int progress_dir(char *path, size_t size);

/*
 * progress_open - open the file, making folder and file if they are not there
 * @dir:  NULL = progress_dir()
 * @note: a sentence the person should read ("the file was damaged, it is kept as .."), "" = none
 * Return: 0; -errno with a sentence in @note: go on without progress.
 * A damaged file is set aside, never deleted.  Owner: progress_close().
 */
int progress_open(struct progress **out, const char *dir, char *note, size_t note_size);
void progress_close(struct progress *p);
const char *progress_path(const struct progress *p);
/* "wal", or "delete" where a throw-away database could not prove that WAL works here */
const char *progress_journal(const struct progress *p);

/* All of these: 0 or -errno (-ENOENT = nothing kept); progress_error() has SQLite's words. */
const char *progress_error(const struct progress *p);
/* Writes the lesson's row; .finished and .best are counted here from .ended. */
int progress_save(struct progress *p, const struct progress_lesson *l);
int progress_load(struct progress *p, const char *course, const char *id, struct progress_lesson *out);
void progress_lesson_fini(struct progress_lesson *l);
/* Every lesson of @course (NULL = of all courses), by course and id; .inputs is the callback's for the call. */
int progress_each(struct progress *p, const char *course,
		  int (*fn)(void *arg, const struct progress_lesson *l), void *arg);
int progress_answer(struct progress *p, const char *course, const char *id, const struct progress_answer *a);
int progress_answers(struct progress *p, const char *course, const char *id,
		     int (*fn)(void *arg, const struct progress_answer *a), void *arg);
/* Forgets one lesson; that it was forgotten is noted in the log. */
int progress_reset(struct progress *p, const char *course, const char *id);
/* Forgets everything, the log too. */
int progress_erase(struct progress *p);

/* Readable JSON.  To a file: written beside it, synced, renamed. */
int progress_export(struct progress *p, FILE *to);
int progress_export_file(struct progress *p, const char *path);
/* All or nothing; lessons named there replace ours.  -EINVAL with a sentence in @err. */
int progress_import(struct progress *p, const char *json, size_t len, char *err, size_t err_size);

#endif
