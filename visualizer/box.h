/*
 * visualizer/box.h - where the boxes are, and what gives way when room is short.
 *
 * The text or the question never gives way: first the event list does (down to
 * the one "now" line), then the lanes of the timeline, then other CPUs.
 * 80x24 stacks everything; from 110x30 the text stands at the right in full height.
 *
 * Lives here:   rectangles, frames whose lines join.
 * Never here:   contents of boxes.   Licence: MIT.
 */
#ifndef KW_VISUALIZER_BOX_H
#define KW_VISUALIZER_BOX_H

#include "visualizer/term.h"

#define BOX_MIN_W 60
#define BOX_MIN_H 20
#define BOX_WIDE_W 110
#define BOX_WIDE_H 30

struct rect {
	int x, y, w, h;		/* of the inside */
};

struct boxes {
	bool wide;
	struct rect stage;	/* machine, or whichever view is open */
	struct rect lanes;	/* h = 0: no room */
	struct rect now;
	struct rect text;
	struct rect events;	/* h = 0: no room */
};

/* @text_need: lines the text panel wants; @machine_need, @lanes_need: what those would like. */
void boxes_make(struct boxes *l, int width, int height, int text_need, int machine_need, int lanes_need);
bool box_is_wide(int width, int height);
/* Columns the text panel has at this size. */
int box_text_width(int width, int height);

/* Draws a box around @inside; lines that meet others join. */
void layout_box(struct term *t, struct rect inside, const char *title, enum theme_style title_style);

#endif
