/*
 * tests/support/progress_folder.h - a state folder of its own for a test, and rows to fill it with.
 *
 * Lives here:   making and removing the folder, sample attempts, whole files as text.
 * Never here:   checks of progress itself (unit_progress*.c).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_PROGRESS_FOLDER_H
#define KW_TESTS_SUPPORT_PROGRESS_FOLDER_H

#include "classroom/progress.h"

extern char progress_folder[256];

const char *progress_folder_make(void);
void progress_folder_remove(void);
/* Opens progress there; a note, or an error, fails the test. */
struct progress *progress_folder_open(void);
/* An attempt at life, variant 7, seed 3, with a copy of @inputs.  Owner: progress_attempt_fini(). */
struct progress_attempt progress_sample(const char *inputs, bool ended);
struct progress_answer progress_sample_answer(const char *question, uint32_t ordinal, int right, const char *value);
/* Saves an attempt at @lesson with one answer and releases it. */
void progress_add(struct progress *p, const char *lesson, const char *inputs, bool ended, int right);
char *progress_export_text(struct progress *p);	/* malloc'ed */
/* The file's bytes, malloc'ed, with a NUL behind them. */
char *progress_slurp(const char *path, size_t *len);

#endif
