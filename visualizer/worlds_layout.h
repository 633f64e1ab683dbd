/*
 * visualizer/worlds_layout.h - both worlds as a field of cells: a row is an item.
 *
 * The order from the top: the last event of each run, the CPUs and items of the real run, the
 * same ones in the run of the given answer, and the difference in sentences, which is a second
 * column on a wide screen.  Both blocks have one axis, one cursor and the same rows in the same
 * order.  If not all items have room, CPUs give way first, then the items that differ least.
 *
 * Lives here:   rows, columns, scale, which items are shown.
 * Never here:   terminals, keys, struct ui; reading the runs (model/worlds.h).   Licence: MIT.
 */
#ifndef KW_VISUALIZER_WORLDS_LAYOUT_H
#define KW_VISUALIZER_WORLDS_LAYOUT_H

#include "model/worlds.h"
#include "visualizer/cells.h"

#define WORLDS_ROWS_MAX 64
#define WORLDS_CPUS_MAX 2

struct worlds_in {
	const struct worlds *w;
	const struct trace_store *store[2];	/* for names of workers */
	int width, height;			/* of the screen; rows 0 and height - 1 are left blank */
	bool ascii;
	uint64_t cursor;			/* ns after the question */
	size_t first;				/* first item that is shown, from 1; 0 = the most important ones */
	const char *event[2];			/* the last event of each run, with its time */
	const char *said, *was;			/* the choices */
	const char *more[2];			/* why, and the rule; NULL = none */
	bool threads_first;
	unsigned int scroll;			/* lines of the zone above its window */
};

/* The frame, and where its parts stand (for tests). */
struct worlds_frame {
	struct cells cells;
	int lane_x, lane_w;
	int block[2];				/* row of the border of each block */
	bool wide;				/* the zone is a second column */
	int right;				/* last column of the first one */
	unsigned int cpus;			/* rows of CPUs, the first ones of a block */
	int32_t cpu[WORLDS_CPUS_MAX];
	int rows;				/* rows of items, below them */
	size_t item[WORLDS_ROWS_MAX];		/* by row; (size_t)-1 = the fold row */
	unsigned int folded;
	int cursor_x, fence_x;			/* -1 = there is none */
	uint64_t scale;				/* ns a column */
	int zone, zone_rows;
};

/* Draws into @f->cells, which it sizes.  Return: 0 or -ENOMEM. */
int worlds_layout(struct worlds_frame *f, const struct worlds_in *in);

#endif
