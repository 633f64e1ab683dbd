/*
 * plain/plain.h - a lesson as lines: the second renderer of the same events.
 *
 * No terminal control at all: lines out, lines in.  For screen readers, pipes,
 * slow lines and tests.  Each change of the machine is a sentence; its whole state
 * is printed on demand.
 *
 * Lives here:   plain mode for its callers.
 * Never here:   choosing the mode (cli/look.c), the screen (visualizer/).
 * Licence: MIT.
 */
#ifndef KW_PLAIN_PLAIN_H
#define KW_PLAIN_PLAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "run/run.h"

struct plain_opts {
	const char *why;	/* "--plain", "TERM=dumb": for the first line */
	const char *exe;	/* path of this program, for run_open() */
	const char *record;	/* --record FILE.kwt, NULL = no */
	FILE *in, *out;		/* NULL = standard input, output */
	int columns;		/* 0 = $COLUMNS, else 80 */
	bool here;		/* print from the open card or question on: the rest was read on the screen */
	/*
	 * Practice: the run asks this question alone.  The question is printed, and the events up to its verdict; other words of the
	 * lesson are left out.  *.stopped is set if the person goes on no further.  NULL = a whole lesson.
	 */
	const char *practise;
	bool *stopped;
	const char *heading;	/* the first line; NULL = a line about plain mode */
	const char *id;		/* the lesson's slug for save(); NULL = opened from a path */
	/* called after each verdict and at the end; may be NULL.  Return: are the answers kept? */
	bool (*save)(void *arg, const char *id, struct run *run);
	void *save_arg;
	struct run_bookmarks bookmarks;	/* .set NULL: none are kept */
	/* as app_callbacks.world: the run of the same scene under the belief of a choice; may be NULL */
	int (*world)(void *arg, const struct run *base, const char *question, unsigned int choice, struct run_spec *spec,
		     char *err, size_t err_size);
	void *world_arg;
};

/* Columns of the lines on @out: $COLUMNS, else those of the terminal that it is, else 80; at least 20. */
int plain_columns(FILE *out);
/*
 * plain_run - one lesson, from its first line to its last
 * End of input ends it: an open question stays open.
 * Return: the exit status, as run_exit_status() decides it; 3 if there is no such file.
 */
int plain_run(const struct run_spec *spec, const struct plain_opts *opts);
/* A recording, printed from its beginning to its end: nothing is asked.  Without memory the process ends. */
void plain_play(struct trace_store *store, const char *title, const struct plain_opts *opts);

#endif
