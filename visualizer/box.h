/*
 * visualizer/box.h - boxes whose lines join, around the views that are no layout.
 *
 * A view is drawn inside a rectangle, and a box of line characters surrounds it.  Where the
 * lines of two boxes meet, the cell gets the character that joins them.
 *
 * Lives here:   rectangles, drawing a box around one.
 * Never here:   contents of boxes; the machine view (layout.h).   Licence: MIT.
 */
#ifndef KW_VISUALIZER_BOX_H
#define KW_VISUALIZER_BOX_H

#include "visualizer/term.h"

struct rect {
	int x, y, w, h;		/* of the inside */
};

/* Draws a box around @inside; lines that meet others join. */
void layout_box(struct term *t, struct rect inside, const char *title, enum theme_style title_style);

#endif
