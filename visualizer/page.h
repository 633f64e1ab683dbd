/*
 * visualizer/page.h - a whole screen of cells: borders with titles, and texts that are cut or wrapped.
 *
 * Pages such as home and the end of a lesson are drawn from rows with borders between
 * them.  A text that does not fit is cut, and its last column is an ellipsis.
 *
 * Lives here:   borders, titles, columns, wrapped paragraphs.
 * Never here:   terminals, keys, struct ui.   Licence: MIT.
 */
#ifndef KW_VISUALIZER_PAGE_H
#define KW_VISUALIZER_PAGE_H

#include "visualizer/cells.h"

struct page {
	struct cells cells;
	bool ascii;
};

/* An empty page.  Return: 0 or -ENOMEM. */
int page_begin(struct page *p, int w, int h, bool ascii);
/* Return: the columns used, at most @max. */
int page_put(struct page *p, int x, int y, int max, enum theme_style style, const char *text);
int page_putf(struct page *p, int x, int y, int max, enum theme_style style, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
/* Ends before column @end.  Return: its first column. */
int page_put_right(struct page *p, int end, int y, int max, enum theme_style style, const char *text);
/* A line over the whole width, from @left to @right ("├", "┤"), and both sides of a row. */
void page_border(struct page *p, int y, const char *left, const char *right);
void page_sides(struct page *p, int y);
/* " text " in a border; _right: it ends before column @end. */
int page_title(struct page *p, int x, int y, int max, enum theme_style style, const char *text);
int page_title_right(struct page *p, int end, int y, int max, enum theme_style style, const char *text);
/* Columns of a title with its blanks. */
int page_title_width(const char *text);
/*
 * Lines of @text, wrapped to @w columns: the first @skip are left out, at most @rows are drawn.
 * Return: how many lines it has in all.
 */
int page_wrap(struct page *p, int x, int y, int w, int skip, int rows, enum theme_style style, const char *text);
/*
 * The first row of a list of @nr rows that is shown in @rows of them; @top was the first one.  The list scrolls
 * only while row @sel, under the cursor, is within two rows of an edge.
 */
unsigned int page_first_row(unsigned int top, unsigned int sel, unsigned int nr, unsigned int rows);
/* Reverse video, or another attribute, on a part of a row. */
void page_attr(struct page *p, int x, int y, int w, unsigned int attr);

#endif
