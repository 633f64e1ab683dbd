/*
 * visualizer/home_layout.h - home as a page of cells: last time, the contents, the row under the cursor.
 *
 * The order from the top: the header, the box `last time`, the list of lessons by part, and
 * beside it (below it, if the screen has less than 80 columns) the lesson or exercise under the cursor.
 * An open lesson has its exercises below it.  Exercises that follow no lesson are at the end.
 * The list scrolls only while the cursor is within two rows of its edge.
 *
 * Lives here:   rows of the list, columns, scrolling, which texts are shown.
 * Never here:   terminals, keys, struct ui, the course (app.h).   Licence: MIT.
 */
#ifndef KW_VISUALIZER_HOME_LAYOUT_H
#define KW_VISUALIZER_HOME_LAYOUT_H

#include "visualizer/app.h"
#include "visualizer/page.h"

#define HOME_ROWS_MAX 1024

/* A row of the list: the heading of a part, a lesson, or an exercise. */
struct home_row {
	size_t lesson;				/* as in app_home_at(); of a heading: the first one below it */
	unsigned int number;
	bool heading;
};

struct home_in {
	const struct app_home *home;
	const char *trouble;			/* the course cannot be read: a sentence; NULL = it can */
	size_t sel;				/* the row under the cursor, as in app_home_at() */
	unsigned int sel_number;
	const bool *open;			/* by lesson; NULL = all are closed */
	unsigned int top;			/* first row of the list that was shown last */
	int width, height;			/* of the screen; row height - 1 is left blank */
	bool ascii;
};

struct home_frame {
	struct page page;
	int list_y, list_rows, list_w;		/* where the list is; column 0 is its left border */
	unsigned int nr, top;			/* rows of the whole list, the first one shown */
	struct home_row row[HOME_ROWS_MAX];	/* of the whole list */
};

/* The rows of the list, at most HOME_ROWS_MAX.  Return: how many. */
unsigned int home_rows(const struct app_home *h, const bool *open, struct home_row *row);

/* Draws into @f->page, which it sizes.  Return: 0 or -ENOMEM. */
int home_layout(struct home_frame *f, const struct home_in *in);

#endif
