/*
 * exercise/job.h - checks in a process of their own, while the caller does something else.
 *
 * The process is a fork, so the caller must have no other thread.  It leaves the terminal and
 * all open files to the caller, and dies with it.  Results so far are in memory that both share.
 *
 * Lives here:   beginning, looking at, stopping and ending such checks.
 * Never here:   running a check (check.c), who waits for it (visualizer/).
 * Context:      one thread; no call blocks for longer than a moment.   Licence: MIT.
 */
#ifndef KW_EXERCISE_JOB_H
#define KW_EXERCISE_JOB_H

#include "exercise/exercise.h"

struct exercise_job;

/* Begins exercise_check() with @how; .progress and .stop of it are not used.  0, or -errno.  Owner: exercise_job_end(). */
int exercise_job_begin(struct exercise_job **out, const struct exercise *x, const struct exercise_checking *how);
/* The results so far.  Return: true while the checks run. */
bool exercise_job_look(struct exercise_job *j, struct exercise_result *now);
/* Asks them to stop: exercise_job_look() returns false soon after.  Checks that are finished keep their results. */
void exercise_job_stop(struct exercise_job *j);
/*
 * exercise_job_end - the results; ends checks that still run
 * Return: as exercise_check(); -EIO, with a sentence, if the process died.
 */
int exercise_job_end(struct exercise_job *j, struct exercise_result *out, char *err, size_t err_size);

#endif
