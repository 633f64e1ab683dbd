/*
 * visualizer/svg.c - see svg.h.   Licence: MIT.
 */
#include "visualizer/svg.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

enum { CELL_W = 9, CELL_H = 20, MARGIN = 10, BASELINE = 15 };	/* pixels */

/* ---- the look of a cell -------------------------------------------------------------------- */

struct look {
	uint32_t ink, ground;
	bool bold, reverse;
};

static struct look look_of(const struct term_cell *c, unsigned int theme)
{
	struct theme_look t = theme_look(theme, (enum theme_style)c->style, DEPTH_TRUE, theme_is_sign(c->ch));
	uint32_t ink = t.fg < 0 ? theme_ink(theme) : (uint32_t)t.fg;
	unsigned int attr = t.attr | c->attr;

	if (attr & ATTR_REVERSE)
		return (struct look){ theme_ground(theme), ink, attr & ATTR_BOLD, true };
	return (struct look){ ink, theme_ground(theme), attr & ATTR_BOLD, false };
}

static bool same_look(const struct look *a, const struct look *b)
{
	return a->ink == b->ink && a->bold == b->bold && a->reverse == b->reverse && a->ground == b->ground;
}

/* ---- shapes ---------------------------------------------------------------------------------- */

enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8, TWICE = 16, HEAVY = 32, DASHED = 64 };

/* Lines by their directions; TWICE: the horizontal line is double. */
static const struct {
	uint32_t ch;
	unsigned int arms;
} lines[] = {
	{ 0x2500, LEFT | RIGHT }, { 0x2502, UP | DOWN }, { 0x250c, DOWN | RIGHT }, { 0x2510, DOWN | LEFT },
	{ 0x2514, UP | RIGHT }, { 0x2518, UP | LEFT }, { 0x251c, UP | DOWN | RIGHT }, { 0x2524, UP | DOWN | LEFT },
	{ 0x252c, DOWN | LEFT | RIGHT }, { 0x2534, UP | LEFT | RIGHT }, { 0x253c, UP | DOWN | LEFT | RIGHT },
	{ 0x2550, LEFT | RIGHT | TWICE }, { 0x2552, DOWN | RIGHT | TWICE }, { 0x2555, DOWN | LEFT | TWICE },
	{ 0x2564, DOWN | LEFT | RIGHT | TWICE }, { 0x2503, UP | DOWN | HEAVY }, { 0x2501, LEFT | RIGHT | HEAVY },
	{ 0x2504, LEFT | RIGHT | DASHED }, { 0x254c, LEFT | RIGHT | DASHED }, { 0x254e, UP | DOWN | DASHED },
};

/* Parts of a cell that are filled, in eighths of it, and how much of its light the ink has, in quarters. */
static const struct {
	uint32_t ch;
	int x, y, w, h, quarters;
} blocks[] = {
	{ 0x2588, 0, 0, 8, 8, 4 }, { 0x258c, 0, 0, 4, 8, 4 }, { 0x2590, 4, 0, 4, 8, 4 }, { 0x2593, 0, 0, 8, 8, 3 },
	{ 0x2592, 0, 0, 8, 8, 2 }, { 0x2591, 0, 0, 8, 8, 1 }, { 0x2596, 0, 4, 4, 4, 4 },
};

static unsigned int arms_of(uint32_t ch)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (lines[i].ch == ch)
			return lines[i].arms;
	return 0;
}

static void put_line(FILE *out, int x, int y, int w, const struct look *look, unsigned int arms)
{
	int middle_x = x + CELL_W / 2, middle_y = y + CELL_H / 2;

	fprintf(out, "<path stroke=\"#%06x\"%s%s d=\"", look->ink, arms & HEAVY ? " stroke-width=\"3\"" : "",
		arms & DASHED ? " stroke-dasharray=\"3 2\"" : "");
	for (int line = 0; arms & (LEFT | RIGHT) && line < (arms & TWICE ? 2 : 1); line++)
		fprintf(out, "M%d %d.5H%d", arms & LEFT ? x : middle_x, middle_y + (arms & TWICE ? 4 * line - 2 : 0),
			arms & RIGHT ? x + w : middle_x + 1);
	if (arms & (UP | DOWN))
		fprintf(out, "M%d.5 %dV%d", middle_x, arms & UP ? y : middle_y, arms & DOWN ? y + CELL_H : middle_y + 1);
	fputs("\"/>\n", out);
}

static bool put_block(FILE *out, int x, int y, uint32_t ch, int cells, const struct look *look)
{
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		bool full = blocks[i].w == 8;

		if (blocks[i].ch != ch)
			continue;
		for (int k = 0; k < (full ? 1 : cells); k++) {
			fprintf(out, "<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" fill=\"#%06x\"",
				x + k * CELL_W + CELL_W * blocks[i].x / 8.0, y + CELL_H * blocks[i].y / 8.0 + 2 * full,
				full ? cells * (double)CELL_W : CELL_W * blocks[i].w / 8.0,
				CELL_H * blocks[i].h / 8.0 - 4 * full, look->ink);
			if (blocks[i].quarters < 4)
				fprintf(out, " fill-opacity=\"%g\"", blocks[i].quarters / 4.0);
			fputs("/>\n", out);
		}
		return true;
	}
	return false;
}

/* ---- text ------------------------------------------------------------------------------------- */

static void put_escaped(FILE *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		switch (text[i]) {
		case '&': fputs("&amp;", out); break;
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '"': fputs("&quot;", out); break;
		default: fputc(text[i], out);
		}
	}
}

/* Its length is that of its cells, so that it stands in its columns in every font. */
static void put_text(FILE *out, int x, int y, int w, const struct look *look, const char *text, size_t len)
{
	fprintf(out, "<text x=\"%d\" y=\"%d\" textLength=\"%d\" fill=\"#%06x\"%s>", x, y + BASELINE, w, look->ink,
		look->bold ? " font-weight=\"bold\"" : "");
	put_escaped(out, text, len);
	fputs("</text>\n", out);
}

/* ---- a row ------------------------------------------------------------------------------------- */

enum kind { KIND_BLANK, KIND_TEXT, KIND_SIGN, KIND_SHAPE };

static enum kind kind_of(uint32_t ch)
{
	if (ch == ' ')
		return KIND_BLANK;
	if (!theme_is_sign(ch))
		return KIND_TEXT;
	if (arms_of(ch))
		return KIND_SHAPE;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (blocks[i].ch == ch)
			return KIND_SHAPE;
	return KIND_SIGN;
}

/* The row from cell @x on that is one element: text with single blanks in it, or cells with the same shape. */
static int run_from(const struct term_cell *row, int x, int w, unsigned int theme)
{
	struct look look = look_of(&row[x], theme);
	enum kind kind = kind_of(row[x].ch);
	int end = x + 1;

	for (; end < w; end++) {
		struct look next = look_of(&row[end], theme);
		enum kind k = row[end].ch ? kind_of(row[end].ch) : kind;

		if (!row[end].ch)		/* the right half of a wide character */
			continue;
		if (!same_look(&look, &next) || kind == KIND_SIGN)
			break;
		if (kind == KIND_TEXT && k == KIND_BLANK && end + 1 < w && kind_of(row[end + 1].ch) == KIND_TEXT)
			continue;
		if (k != kind || (kind == KIND_SHAPE && row[end].ch != row[x].ch))
			break;
	}
	return end;
}

static void put_run(FILE *out, const struct term_cell *row, int x, int end, int y, unsigned int theme)
{
	struct look look = look_of(&row[x], theme);
	int left = MARGIN + x * CELL_W, top = MARGIN + y * CELL_H, w = (end - x) * CELL_W;
	enum kind kind = kind_of(row[x].ch);
	char text[4096];
	size_t len = 0;

	if (look.reverse)
		fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n", left, top, w, CELL_H,
			look.ground);
	if (kind == KIND_BLANK)
		return;
	if (kind == KIND_SHAPE && put_block(out, left, top, row[x].ch, end - x, &look))
		return;
	if (kind == KIND_SHAPE) {
		unsigned int arms = arms_of(row[x].ch);

		/* a line along the row is one element; others are not */
		if (!(arms & (UP | DOWN))) {
			put_line(out, left, top, w, &look, arms);
			return;
		}
		for (int k = 0; k < end - x; k++)
			put_line(out, left + k * CELL_W, top, CELL_W, &look, arms);
		return;
	}
	for (int k = x; k < end && len + 4 < sizeof(text); k++)
		if (row[k].ch)
			len += utf8_encode(row[k].ch, text + len);
	put_text(out, left, top, w, &look, text, len);
}

void svg_write(FILE *out, const struct cells *c, unsigned int theme, const char *title)
{
	int w = c->w * CELL_W + 2 * MARGIN, h = c->h * CELL_H + 2 * MARGIN;

	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n", w, h, w,
		h);
	fputs("<title>", out);
	put_escaped(out, title, strlen(title));
	fputs("</title>\n", out);
	fprintf(out, "<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#%06x\"/>\n", w, h, theme_ground(theme));
	fputs("<g font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"15\" fill=\"none\" stroke-width=\"1\" "
	      "xml:space=\"preserve\">\n", out);
	for (int y = 0; y < c->h; y++) {
		const struct term_cell *row = c->v + (size_t)y * (size_t)c->w;

		for (int x = 0, end; x < c->w; x = end) {
			end = run_from(row, x, c->w, theme);
			put_run(out, row, x, end, y, theme);
		}
	}
	fputs("</g>\n</svg>\n", out);
}
