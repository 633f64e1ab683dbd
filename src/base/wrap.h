/*
 * base/wrap.h - breaks a text into lines of a width.
 *
 * A line ends at a newline, at the last blank before the width, or within a word
 * that is wider than a line.  The blanks at a break belong to no line.  A line
 * that begins with blanks is indented, and so are the lines that continue it.
 * An empty line stays; a newline at the very end begins no line.
 *
 * Lives here:   where lines begin and end, and printing them.
 * Never here:   marks and styles (markup.h), boxes, contents of texts.
 * Context:      any; wrap_print() allocates, the others do not.
 * Licence: MIT.
 */
#ifndef KW_BASE_WRAP_H
#define KW_BASE_WRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct wrap {
	const char *text;
	size_t len;
	int width;
	size_t at;		/* where the next line begins */
	int indent;		/* of the line that is being continued */
	bool continued;
};

struct wrap_line {
	size_t from, to;	/* bytes of the text */
	int indent;		/* columns to leave free in front of it */
	int columns;		/* its width, without .indent */
};

/* @width: columns; below 1 counts as 1.  @text is borrowed until the last wrap_next(). */
void wrap_begin(struct wrap *w, const char *text, size_t len, int width);
/* False if there are no more lines. */
bool wrap_next(struct wrap *w, struct wrap_line *line);

/*
 * wrap_print - print @text in lines of at most @columns, through the filter of printable.h
 * @first: stands in front of the first line, for example "  a  "; the others are indented as far
 */
void wrap_print(FILE *out, int columns, const char *first, const char *text);

#endif
