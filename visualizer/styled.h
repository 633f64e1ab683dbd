/*
 * visualizer/styled.h - a lesson's text on the screen: expanded, broken into lines, drawn with its styles.
 *
 * Cards, questions and feedback are texts with marks for bold, code and names. styled_wrap()
 * breaks such a text into lines of a width, and styled_put() draws a line with its styles.
 *
 * Lives here:   a payload (base/markup.h) as lines of a width, drawing a line.
 * Never here:   the grammar of the marks, boxes, the words of the text.   Licence: MIT.
 */
#ifndef KW_VISUALIZER_STYLED_H
#define KW_VISUALIZER_STYLED_H

#include "base/markup.h"
#include "base/strbuf.h"
#include "visualizer/cells.h"

#define STYLED_LINES_MAX 128
#define STYLED_SPANS_MAX 256

/* Room for the texts of one panel; a line points into it. */
struct styled_room {
	char text[16384];
	size_t used;
	struct markup_span span[STYLED_SPANS_MAX];
	unsigned int nr_spans;
};

struct styled_line {
	const struct styled_room *room;
	uint32_t from, to;			/* bytes of room->text */
	int indent;				/* columns in front of it */
	unsigned int span, nr_spans;		/* those of its text */
};

void styled_clear(struct styled_room *room);
/* Breaks @payload at spaces and newlines; return: lines (at most @max). */
unsigned int styled_wrap(struct styled_room *room, const char *payload, int width, struct styled_line *lines,
			 unsigned int max);
/* Draws one line in @style (bold, code and names have their own); return: columns. */
int styled_put_cells(struct cells *c, bool ascii, int x, int y, int max, enum theme_style style,
		     const struct styled_line *line);
int styled_put(struct term *t, int x, int y, int max, enum theme_style style, const struct styled_line *line);

#endif
