/*
 * book/svg.c - the lanes around a decision as an SVG inside the page.
 *
 * Each state has a shape of its own, so the picture can be read without colours.  Colours stand
 * twice: as attributes, and as classes of the page's style sheet.
 *
 * Lives here:   shapes, their places in pixels, title and description.
 * Never here:   rows, columns, labels (lanes.c, visualizer/timeline.c).   Licence: MIT.
 */
#include "book/book_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "base/width.h"
#include "words/texts.h"

enum { CELL = 10, LETTER = 8, ROW = 26, BAR = 18, AXIS = 24, FOOT = 20 };	/* pixels */

#define FONT "font-family=\"ui-monospace, DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"13\""

/* ---- shapes: @x, @y are the corner of a bar @w wide --------------------------------------------------- */

/* A pixel at its right is left free, so that two bars side by side are two. */
static void put_bar(FILE *out, const char *class, const char *colour, int x, int y, int w, int h)
{
	fprintf(out, "<rect class=\"%s\" fill=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n", class, colour, x,
		y + (BAR - h) / 2, w - 1, h);
}

static void put_line(FILE *out, const char *class, const char *dashes, int x, int y, int w)
{
	if (w > 0)
		fprintf(out, "<path class=\"%s\" stroke=\"#5a6069\" stroke-width=\"2\" stroke-dasharray=\"%s\" d=\"M%d %dh%d\"/>\n",
			class, dashes, x, y + BAR / 2, w);
}

/* @size: of a cross, at most CELL - 2 */
static void put_crosses(FILE *out, int x, int y, int w, int size)
{
	fputs("<path class=\"cross\" stroke=\"#1c1e21\" stroke-width=\"1.5\" fill=\"none\" d=\"", out);
	for (int k = 0; k + CELL <= w; k += CELL)
		fprintf(out, "M%d %dl%d %dm0 -%dl-%d %d", x + k + (CELL - size) / 2, y + (BAR - size) / 2, size, size, size, size, size);
	fputs("\"/>\n", out);
}

static const struct {
	enum { SHAPE_NONE, SHAPE_BAR, SHAPE_LINE, SHAPE_FRAME, SHAPE_CROSSES } shape;
	const char *class, *colour;	/* of a line: its dashes */
	int height;
} shapes[LANE_STATES] = {
	[LANE_IDLE] = { SHAPE_LINE, "thin", "1 5", 0 },
	[LANE_RUNNING] = { SHAPE_BAR, "run", "#1f5fa8", BAR },
	[LANE_READY] = { SHAPE_FRAME, "ready", "#1f5fa8", BAR - 4 },
	[LANE_SLEEPING] = { SHAPE_LINE, "dash", "6 4", 0 },
	[LANE_MANAGER] = { SHAPE_BAR, "manager", "#6d3a92", BAR - 4 },
	[LANE_DYING] = { SHAPE_CROSSES, "", "", 8 },
	[LANE_IRQ] = { SHAPE_BAR, "irq", "#a8231c", BAR + 4 },
	[LANE_OTHER] = { SHAPE_BAR, "other", "#5a6069", BAR - 4 },
	[LANE_AWAKE] = { SHAPE_BAR, "awake", "#8f5600", BAR / 2 },
	[LANE_SOFTIRQ] = { SHAPE_BAR, "irq", "#a8231c", BAR / 3 },
	[LANE_OFF] = { SHAPE_CROSSES, "", "", 4 },
};

static void put_shape(FILE *out, enum lane_state state, int x, int y, int w)
{
	switch (shapes[state].shape) {
	case SHAPE_NONE:
		break;
	case SHAPE_BAR:
		put_bar(out, shapes[state].class, shapes[state].colour, x, y, w, shapes[state].height);
		break;
	case SHAPE_LINE:
		put_line(out, shapes[state].class, shapes[state].colour, x, y, w);
		break;
	case SHAPE_FRAME:
		fprintf(out, "<rect class=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"3 2\" x=\"%d\" y=\"%d\" "
			"width=\"%d\" height=\"%d\"/>\n", shapes[state].class, shapes[state].colour, x + 1, y + 2, w > 2 ? w - 2 : 1,
			BAR - 4);
		break;
	case SHAPE_CROSSES:
		put_crosses(out, x, y, w, shapes[state].height);
		break;
	}
}

static void put_words(FILE *out, const char *class, const char *fill, const char *anchor, int x, int y, const char *text)
{
	fprintf(out, "<text class=\"%s\" fill=\"%s\" text-anchor=\"%s\" x=\"%d\" y=\"%d\">", class, fill, anchor, x, y);
	book_html_text(out, text);
	fputs("</text>\n", out);
}

/* ---- rows ----------------------------------------------------------------------------------------------- */

static int text_width(const char *text)
{
	return LETTER * width_text(text, strlen(text));
}

static void put_piece(FILE *out, const struct book_lanes *l, const struct timeline_piece *p, int left, int y)
{
	char buf[WORDS_NAME];
	enum lane_state state = p->part->state;
	const char *label = timeline_label(l->store, l->m, p->part, buf);
	int x = left + p->x * CELL, w = p->w * CELL, letters = text_width(label);
	bool bar = shapes[state].shape == SHAPE_BAR && shapes[state].height >= BAR - 4;

	if (!*label || letters + 2 * LETTER > w || (shapes[state].shape == SHAPE_BAR && !bar)) {
		put_shape(out, state, x, y, w);
		return;
	}
	if (shapes[state].shape == SHAPE_LINE) {	/* on both sides of its label */
		put_shape(out, state, x, y, (w - letters) / 2 - LETTER);
		put_shape(out, state, x + (w + letters) / 2 + LETTER, y, (w - letters) / 2 - LETTER);
	} else {
		put_shape(out, state, x, y, w);
	}
	put_words(out, bar ? "on" : "soft", bar ? "#ffffff" : "#5a6069", "middle", x + w / 2, y + BAR - 5, label);
}

static void put_row(FILE *out, const struct book_lanes *l, const struct timeline_row *row, int left, int y)
{
	struct timeline_piece p = { 0 };
	char buf[WORDS_NAME];

	put_words(out, "name", "#1c1e21", "start", 0, y + BAR - 5, book_lanes_name(l, row, buf));
	while (timeline_next(row->lane, &l->w, &p))
		put_piece(out, l, &p, left, y);
}

static void put_axis(FILE *out, const struct book_lanes *l, int left, int bottom)
{
	put_words(out, "soft", "#5a6069", "start", 0, AXIS - 9, W(BOOK_AXIS));
	for (int x = book_lanes_tick(l, 0); x >= 0; x = book_lanes_tick(l, x + 1)) {
		STRBUF(text, 40);

		timeline_axis(&l->w, x, &text);
		fprintf(out, "<path class=\"thin\" stroke=\"#5a6069\" stroke-width=\"0.5\" d=\"M%d %dV%d\"/>\n", left + x * CELL, AXIS - 6,
			bottom);
		put_words(out, "soft", "#5a6069", "start", left + x * CELL + 3, AXIS - 9, text.buf);
	}
}

static void put_mark(FILE *out, const struct book_lanes_mark *m, const char *class, const char *dashes, const char *sign,
		     int left, int bottom)
{
	int x = left + m->x * CELL + CELL / 2;

	if (m->x < 0)
		return;
	fprintf(out, "<path class=\"halo\" stroke=\"#fdfdfb\" stroke-width=\"4\" d=\"M%d %dV%d\"/>\n", x, AXIS, bottom);
	fprintf(out, "<path class=\"%s\" stroke=\"#1c1e21\" stroke-width=\"2\" stroke-dasharray=\"%s\" d=\"M%d %dV%d\"/>\n", class,
		dashes, x, AXIS, bottom);
	put_words(out, "name", "#1c1e21", "middle", x, bottom + FOOT - 5, sign);
}

/* ---- the picture ------------------------------------------------------------------------------------------ */

static void put_description(FILE *out, const struct book_lanes *l, const char *name)
{
	struct strbuf text;
	char *bytes = shortage_need(malloc(BOOK_LANES_TEXT_MAX));
	STRBUF(title, 200);

	strbuf_init(&text, bytes, BOOK_LANES_TEXT_MAX);
	strbuf_printf(&title, W(BOOK_LANES_TITLE), l->from, l->to);
	book_lanes_spoken(l, &text);
	fputs("<title id=\"t-", out);
	book_html_text(out, name);
	fputs("\">", out);
	book_html_text(out, title.buf);
	fputs("</title>\n<desc id=\"d-", out);
	book_html_text(out, name);
	fputs("\">", out);
	book_html_text(out, text.buf);
	fputs("</desc>\n", out);
	free(bytes);
}

void book_svg(FILE *out, const struct book_lanes *l, const char *name)
{
	int left = 0, bottom = AXIS + (int)l->nr * ROW, w, h = bottom + FOOT;

	for (unsigned int i = 0; i < l->nr; i++) {
		char buf[WORDS_NAME];
		int letters = text_width(book_lanes_name(l, &l->row[i], buf));

		left = letters > left ? letters : left;
	}
	left += 2 * LETTER;
	w = left + l->w.width * CELL + 1;
	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" " FONT
		" aria-labelledby=\"t-", w, h, w, h);
	book_html_text(out, name);
	fputs("\" aria-describedby=\"d-", out);
	book_html_text(out, name);
	fputs("\">\n", out);
	put_description(out, l, name);
	put_axis(out, l, left, bottom);
	for (unsigned int i = 0; i < l->nr; i++)
		put_row(out, l, &l->row[i], left, AXIS + (int)i * ROW + (ROW - BAR) / 2);
	put_mark(out, &l->asked, "asked", "3 3", l->asked.x == l->decided.x ? "" : "?", left, bottom);
	put_mark(out, &l->decided, "decided", "none", "▲", left, bottom);
	fputs("</svg>\n", out);
}

void book_svg_sign(FILE *out, enum lane_state state)
{
	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"%d\" viewBox=\"0 0 40 %d\" aria-hidden=\"true\">\n",
		BAR + 4, BAR + 4);
	put_shape(out, state, 0, 2, 40);
	fputs("</svg> ", out);
}
