/*
 * visualizer/svg.h - cells as a picture in SVG.
 *
 *	svg_write(stdout, &layout->cells, 0, "One runnable worker, 5.110 ms");
 *
 * The colours are those of a theme, on the background for which it is made.  Text is text, so
 * that a browser can search it; lines, blocks and shades are shapes, so that they meet in every
 * font.  The same cells give the same bytes.
 *
 * Lives here:   cells -> SVG.
 * Never here:   which cells (layout.h, picture.h), terminals.
 * Context:      any; allocates nothing.   Licence: MIT.
 */
#ifndef KW_VISUALIZER_SVG_H
#define KW_VISUALIZER_SVG_H

#include <stdio.h>

#include "visualizer/cells.h"

/* @title: for a screen reader and for the tip of a browser, as plain text. */
void svg_write(FILE *out, const struct cells *c, unsigned int theme, const char *title);

#endif
