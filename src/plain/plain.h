/*
 * plain/plain.h - a lesson as lines: the second renderer of the same events.
 *
 * No terminal control at all: lines out, lines in.  For screen readers, pipes,
 * slow lines and tests.  What the machine did is told in sentences, one for each
 * change; the whole of it is read on demand.
 *
 * Lives here:   plain mode for its callers.
 * Never here:   which mode it is (look.c), the screen (visualizer/).
 * Licence: MIT.
 */
#ifndef KW_PLAIN_PLAIN_H
#define KW_PLAIN_PLAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "run/run.h"

struct plain_opts {
	const char *why;	/* "--plain", "TERM=dumb": the first line says it */
	const char *exe;	/* path of this program, for run_open() */
	const char *record;	/* --record FILE.kwt, NULL = no */
	FILE *in, *out;		/* NULL = standard input, output */
	int columns;		/* 0 = $COLUMNS, else 80 */
	const char *id;		/* the lesson's slug for save(); NULL = opened from a path */
	/* called after each verdict and at the end; may be NULL */
	void (*save)(void *arg, const char *id, struct run *run);
	void *save_arg;
	struct run_bookmarks bookmarks;	/* .set NULL: none are kept */
};

/*
 * plain_run - one lesson, from its first line to its last
 * End of input ends it: what is open then stays open.
 * Return: exit code: 0 all right; 1 a wrong answer, or left before the end;
 *         2 faulty lesson; 3 no such file; 4 the machine process died, or our fault.
 */
int plain_run(const struct run_spec *spec, const struct plain_opts *opts);
/* A recording, told from its beginning to its end: nothing is asked.  0 or 4. */
int plain_play(struct trace_store *store, const char *title, const struct plain_opts *opts);

#endif
