/*
 * visualizer/box.c - see box.h.   Licence: MIT.
 */
#include "visualizer/box.h"

#include <string.h>

#include "base/utf8.h"
#include "visualizer/cells.h"

enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8 };

/* Box characters by the directions their lines go. */
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

/* Every cell once, with all its arms: only so do joints tell their arms again. */
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

static int least(int a, int b)
{
	return a < b ? a : b;
}

static int most(int a, int b)
{
	return a > b ? a : b;
}

bool box_is_wide(int w, int h)
{
	return w >= BOX_WIDE_W && h >= BOX_WIDE_H;
}

static int right_width(int w)
{
	return most(44, least(w * 2 / 5, 64));
}

int box_text_width(int w, int h)
{
	/* a column of air on each side inside the frame */
	return box_is_wide(w, h) ? right_width(w) - 4 : w - 4;
}

/* One above the other; neighbours share a line. */
static void stack(struct boxes *l, int w, int h, int text_need, int machine_need, int lanes_need)
{
	int rows = h - 2 - 5;		/* header and footer; four boxes have five lines */
	int now = 1, text, lanes, machine, y = 2;

	text = most(5, least(text_need, rows - now - 4));
	rows -= text + now;
	lanes = least(lanes_need, rows - least(machine_need, rows));
	if (lanes < 2)
		lanes = rows - 2 >= 7 ? least(2, lanes_need) : 0;
	if (!lanes)
		rows++;			/* no box, no line */
	machine = rows - lanes;
	l->stage = (struct rect){ 1, y, w - 2, machine };
	y += machine + 1;
	l->lanes = (struct rect){ 1, y, w - 2, lanes };
	if (lanes)
		y += lanes + 1;
	l->now = (struct rect){ 1, y, w - 2, now };
	y += now + 1;
	l->text = (struct rect){ 1, y, w - 2, text };
	l->events = (struct rect){ 0, 0, 0, 0 };
}

static void side_by_side(struct boxes *l, int w, int h, int text_need, int machine_need, int lanes_need)
{
	int right = right_width(w), left = w - right;
	int rows = h - 2 - 4, now = 2, lanes, machine;
	int body = h - 2, text;

	rows -= now;
	lanes = most(3, least(lanes_need, rows - least(machine_need, rows - 3)));
	machine = rows - lanes;
	l->stage = (struct rect){ 1, 2, left - 1, machine };
	l->lanes = (struct rect){ 1, 3 + machine, left - 1, lanes };
	l->now = (struct rect){ 1, 4 + machine + lanes, left - 1, now };
	text = most(8, least(text_need, body - 3 - 6));
	l->text = (struct rect){ left + 1, 2, right - 2, text };
	l->events = (struct rect){ left + 1, 3 + text, right - 2, body - 3 - text };
}

void boxes_make(struct boxes *l, int w, int h, int text_need, int machine_need, int lanes_need)
{
	memset(l, 0, sizeof(*l));
	l->wide = box_is_wide(w, h);
	if (l->wide)
		side_by_side(l, w, h, text_need, machine_need, lanes_need);
	else
		stack(l, w, h, text_need, machine_need, lanes_need);
}
