/*
 * visualizer/rows.h - lines made of styled pieces, each piece perhaps a thing of the machine.
 *
 * A view first adds every line that it could show, with a rank.  Then the lines of the
 * lowest ranks that fit are drawn, in order.  A piece that names a thing is marked when
 * the event at the cursor touched it, dimmed when the lesson points elsewhere, and
 * remembered with its place, so that moves can be seen.
 *
 * Lives here:   building, choosing and drawing such lines.   Licence: MIT.
 */
#ifndef KW_VISUALIZER_ROWS_H
#define KW_VISUALIZER_ROWS_H

#include "visualizer/view.h"

#define ROWS_MAX 320
#define ROW_SPANS_MAX 28
#define ROWS_TEXT 24576

struct row_span {
	enum theme_style style;
	uint8_t attr;
	uint32_t cls, id;
	uint16_t at, len;
};

struct row {
	unsigned int rank;	/* 0 = always; higher ranks are dropped first when room is short */
	unsigned int nr;
	bool alarm;		/* a line drawn in a warning style */
	struct row_span span[ROW_SPANS_MAX];
};

struct rows {
	struct ui *u;
	uint32_t cpu;		/* all of it is about this CPU, number + 1; 0 = about none */
	unsigned int nr;
	struct row v[ROWS_MAX];
	size_t used;
	char text[ROWS_TEXT];
};

struct rows *rows_new(struct ui *u);		/* NULL without memory */
void rows_free(struct rows *r);
void rows_begin(struct rows *r, unsigned int rank);
void rows_add(struct rows *r, enum theme_style style, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* A piece that is a thing. */
void rows_thing(struct rows *r, enum theme_style style, enum trace_class cls, uint32_t id,
		const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* A bar of @width cells, @part of @whole filled. */
void rows_bar(struct rows *r, enum theme_style style, unsigned int width, uint64_t part, uint64_t whole);
/* Draws into the box from line @first on; return: lines used. */
int rows_draw(struct rows *r, struct rect box, unsigned int first);
/* Adds @text to the row begun last, wrapped to the box; its further lines begin at column @indent. */
void rows_wrap(struct rows *r, struct rect box, int indent, enum theme_style style, const char *text);
/* A view of nothing but these lines, wrapped to the box: draws the part that it is scrolled to, and frees @r. */
void rows_show(struct rows *r, struct rect box, const char *title, enum view_id id);
int rows_command(struct ui *u, enum action a);		/* struct view's command() of such a view */
/* Lines that would be drawn with at most @room lines. */
unsigned int rows_count(const struct rows *r, unsigned int room);

#endif
