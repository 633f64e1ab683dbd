/*
 * visualizer/cells.h - a grid of cells, and the characters in them.
 *
 * The terminal shows a grid of cells, each with one character and its style. cells_put()
 * writes a text into the grid, clips it at the end, and replaces characters that the terminal
 * cannot show.
 *
 * Lives here:   code points, widths, ASCII twins, clipping.
 * Never here:   devices (term.c).   Licence: MIT.
 */
#ifndef KW_VISUALIZER_CELLS_H
#define KW_VISUALIZER_CELLS_H

#include "visualizer/term.h"

struct cells {
	struct term_cell *v;
	int w, h;
};

int cells_size(struct cells *c, int w, int h);	/* 0 or -ENOMEM; empties it */
void cells_clear(struct cells *c);
int cells_put(struct cells *c, int x, int y, int max, enum theme_style style, unsigned int attr,
	      const char *text, size_t len, bool ascii);
/* The character that is shown for @ch where only ASCII can be shown. */
char cells_twin(uint32_t ch);

#endif
