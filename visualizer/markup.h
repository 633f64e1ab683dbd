/*
 * visualizer/markup.h - the lesson's text: *bold*, `code`, {name}, wrapped to a width.
 *
 * Lives here:   breaking marked-up text into lines, drawing a line.
 * Never here:   boxes, what the text says.   Licence: MIT.
 */
#ifndef KW_VISUALIZER_MARKUP_H
#define KW_VISUALIZER_MARKUP_H

#include "visualizer/term.h"

#define MARKUP_LINES_MAX 128

struct markup_line {
	const char *text;
	size_t len;
	unsigned int mode;	/* markup that is open where the line begins */
};

/* Breaks @text at spaces and newlines; return: lines (at most @max). */
unsigned int markup_wrap(const char *text, int width, struct markup_line *lines, unsigned int max);
/* Draws one line in @style (bold, code and names have their own); return: columns. */
int markup_put(struct term *t, int x, int y, int max, enum theme_style style, const struct markup_line *line);

#endif
