/*
 * run/files.h - the texts that a run gets beside its lesson: a student's files, a grader's checks.
 *
 * The machine process may open no file, so these travel with the options of the run.  A set is
 * counted, because the specs of a run and of its branches share it.
 *
 * Lives here:   a set of named texts, its references.
 * Never here:   reading files (exercise/), loading them (lua/).
 * Context:      one thread.   Licence: MIT.
 */
#ifndef KW_RUN_FILES_H
#define KW_RUN_FILES_H

#include <stdbool.h>
#include <stddef.h>

#define RUN_FILES_MAX 16
#define RUN_FILE_BYTES_MAX ((size_t)64 << 10)	/* formats: a hand-in takes no larger ones */
#define RUN_FILE_NAME_BYTES 64

struct run_file {
	char name[RUN_FILE_NAME_BYTES];
	bool hidden;		/* an instructor's hidden_checks{}; else a student's */
	char *text;		/* owned; ends with a NUL and holds no other */
	size_t len;
};

struct run_files {
	unsigned int refs;
	size_t n;
	struct run_file v[RUN_FILES_MAX];
};

/* One reference, or NULL without memory. */
struct run_files *run_files_new(void);
struct run_files *run_files_get(struct run_files *f);	/* one more; NULL stays NULL */
void run_files_put(struct run_files *f);		/* one less */
/*
 * run_files_add - copy a text into the set
 * Return: 0; -ENOMEM; -EINVAL (the name is no file's name, or the text holds a NUL);
 *         -EFBIG; -ENOSPC (RUN_FILES_MAX).
 */
int run_files_add(struct run_files *f, const char *name, const char *text, size_t len, bool hidden);
/* Appends to the last text.  0, -EFBIG or -ENOMEM. */
int run_files_append(struct run_files *f, const char *text);
/* A student's file, or NULL. */
const struct run_file *run_files_find(const struct run_files *f, const char *name);

#endif
