/*
 * visualizer/home_layout.h - home as a page of cells: last time, the contents, the lesson under the cursor.
 *
 * The order from the top: the header, the box `last time`, the list of lessons by part, and
 * beside it (below it, if the screen has less than 80 columns) the lesson under the cursor.
 * The list scrolls only while the cursor is within two rows of its edge.
 *
 * Lives here:   rows of the list, columns, scrolling, which texts are shown.
 * Never here:   terminals, keys, struct ui, the course (app.h).   Licence: MIT.
 */
#ifndef KW_VISUALIZER_HOME_LAYOUT_H
#define KW_VISUALIZER_HOME_LAYOUT_H

#include "visualizer/app.h"
#include "visualizer/page.h"

#define HOME_ROWS_MAX 512
#define HOME_NO_LESSON ((size_t)-1)

struct home_in {
	const struct app_home *home;
	const char *trouble;			/* the course cannot be read: a sentence; NULL = it can */
	size_t sel;				/* lesson under the cursor */
	unsigned int top;			/* first row of the list that was shown last */
	int width, height;			/* of the screen; row height - 1 is left blank */
	bool ascii;
};

struct home_frame {
	struct page page;
	int list_y, list_rows, list_w;		/* where the list is; column 0 is its left border */
	unsigned int nr, top;			/* rows of the whole list, the first one shown */
	size_t lesson[HOME_ROWS_MAX];		/* by row of the whole list; HOME_NO_LESSON = a heading */
};

/* Draws into @f->page, which it sizes.  Return: 0 or -ENOMEM. */
int home_layout(struct home_frame *f, const struct home_in *in);

#endif
