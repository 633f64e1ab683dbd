/*
 * visualizer/box.c - see box.h.   Licence: MIT.
 */
#include "visualizer/box.h"

#include <string.h>

#include "base/utf8.h"
#include "visualizer/cells.h"

enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8 };

/* Box characters by the directions of their lines. */
static const uint32_t joints[16] = {
	[0] = ' ', [UP] = 0x2502, [DOWN] = 0x2502, [UP | DOWN] = 0x2502,
	[LEFT] = 0x2500, [RIGHT] = 0x2500, [LEFT | RIGHT] = 0x2500,
	[DOWN | RIGHT] = 0x250c, [DOWN | LEFT] = 0x2510, [UP | RIGHT] = 0x2514, [UP | LEFT] = 0x2518,
	[UP | DOWN | RIGHT] = 0x251c, [UP | DOWN | LEFT] = 0x2524,
	[DOWN | LEFT | RIGHT] = 0x252c, [UP | LEFT | RIGHT] = 0x2534,
	[UP | DOWN | LEFT | RIGHT] = 0x253c,
};

static unsigned int directions(uint32_t ch)
{
	/* [UP] and [DOWN] alone share their character with both: take the fullest */
	for (int i = 15; i > 0; i--)
		if (joints[i] == ch)
			return (unsigned int)i;
	return 0;
}

static void line_cell(struct term *t, int x, int y, unsigned int dirs)
{
	char text[5];
	uint32_t was;
	size_t n;

	if (x < 0 || y < 0 || x >= term_width(t) || y >= term_height(t))
		return;
	was = term_cell(t, x, y)->ch;
	if (term_ascii(t)) {
		/* '+' stands for every joint, so the directions are lost: crossing lines make one */
		unsigned int old = was == '|' ? UP | DOWN : was == '-' ? LEFT | RIGHT : was == '+' ? 15 : 0;

		dirs |= old;
	} else {
		dirs |= directions(was);
	}
	n = utf8_encode(joints[dirs], text);
	term_put(t, x, y, 1, ST_BORDER, 0, text, n);
}

/* Puts every cell once, with all its arms: line_cell() cannot read the arms of a joint back from its character. */
static void outline(struct term *t, int x0, int y0, int x1, int y1)
{
	for (int x = x0; x <= x1; x++) {
		unsigned int arms = (x > x0 ? LEFT : 0u) | (x < x1 ? RIGHT : 0u);
		bool corner = x == x0 || x == x1;

		line_cell(t, x, y0, arms | (corner ? DOWN : 0u));
		line_cell(t, x, y1, arms | (corner ? UP : 0u));
	}
	for (int y = y0 + 1; y < y1; y++) {
		line_cell(t, x0, y, UP | DOWN);
		line_cell(t, x1, y, UP | DOWN);
	}
}

void layout_box(struct term *t, struct rect r, const char *title, enum theme_style title_style)
{
	int used;

	outline(t, r.x - 1, r.y - 1, r.x + r.w, r.y + r.h);
	if (!title || !*title)
		return;
	term_put(t, r.x, r.y - 1, 1, ST_BORDER, 0, " ", 1);
	used = term_put(t, r.x + 1, r.y - 1, r.w - 3, title_style, 0, title, strlen(title));
	term_put(t, r.x + 1 + used, r.y - 1, 1, ST_BORDER, 0, " ", 1);
}
