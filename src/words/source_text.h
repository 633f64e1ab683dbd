/*
 * words/source_text.h - the code that runs at an event: the function, its lines, where it stands.
 *
 * SOURCE_AT events name the row of the lesson's code that a context executes. words_source()
 * returns the function around that row, for the code in view and line mode.
 *
 * Lives here:   finding the text of a lesson's function, its title.
 * Never here:   which lines fit (the views), how the lines got into the trace (lua/source.c).
 * Context:      any thread; allocates nothing.   Licence: MIT.
 */
#ifndef KW_WORDS_SOURCE_TEXT_H
#define KW_WORDS_SOURCE_TEXT_H

#include "model/model.h"

struct words_source {
	const char *text;		/* rows with newlines between them; lives as long as the store */
	unsigned int rows, row;		/* .row: being executed, from 1; .rows + 1: the function returns */
	uint32_t line;			/* of row 1 in its file */
	unsigned int file;		/* number of the run's file that has the text, from 1; 0 = the lesson's own */
	bool one_line;			/* all rows are statements of that line */
	char title[96];			/* "the code of w0" */
	unsigned int returned_row;	/* row of the call that returned last, 0 = none */
	char returned[64];		/* its value: "true"; "" if it has none */
};

/* False where no function of the lesson runs, or the recording has none. */
bool words_source(const struct trace_store *s, const struct model *m, const struct trace_event *ev,
		  struct words_source *out);
/* Row @n, from 1; its bytes go to *@len. */
const char *words_source_row(const struct words_source *src, unsigned int n, size_t *len);

#endif
