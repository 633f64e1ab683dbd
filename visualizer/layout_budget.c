/*
 * visualizer/layout_budget.c - how the rows and columns of a size are divided.
 *
 * Lives here:   rows of the strip, of the pools, of the zone; columns of labels, gutter, lanes.
 * Never here:   their contents.   Licence: MIT.
 */
#include "visualizer/app.h"
#include "visualizer/layout_internal.h"

#define SIDE_COLUMNS 45		/* of the second column with its right border, and the one in front of it */
#define SIDE_COLUMNS_MAX 85
#define BLOCK_ROWS 9		/* of a large block, if there are as many pools as fit */
#define ITEM_ROWS_MIN 4		/* fewer rows than these are no list of items */

bool layout_is_wide(int w, int h)
{
	return w >= LAYOUT_WIDE_W && h >= LAYOUT_WIDE_H;
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

static int most(int a, int b)
{
	return a > b ? a : b;
}

/* A screen of more than 120 columns gives three of eight to the second column, so that a line of code fits. */
static int side_columns(int w)
{
	return w <= 120 ? SIDE_COLUMNS : least(SIDE_COLUMNS_MAX, SIDE_COLUMNS + (w - 120) * 3 / 8);
}

int layout_talk_width(int w, int h)
{
	return layout_is_wide(w, h) ? side_columns(w) - 4 : w - 4;
}

static void columns(struct lay_budget *b)
{
	b->left = 1;
	b->right = b->wide ? b->w - side_columns(b->w) - 1 : b->w - 2;
	b->label = 2;
	b->label_w = b->wide ? 29 : b->narrow ? 22 : 28;
	b->gutter = b->label + b->label_w;
	b->field = b->gutter + 2;
	b->field_w = b->right - b->field;
}

/* Up to 4 CPUs one below the other, up to 8 in two columns, up to 16 in four; two columns have one more step. */
static void strip(struct lay_budget *b, unsigned int cpus)
{
	unsigned int one = b->wide ? 8 : 4, two = b->wide ? 16 : 8;

	b->strip = 6;
	b->strip_cols = cpus <= one ? 1 : cpus <= two ? 2 : 4;
	if (b->narrow && b->strip_cols == 4)
		b->strip_cols = 3;
	if (cpus > 16 && !b->wide)
		cpus = 16;
	if (cpus > 32)
		cpus = 32;
	if (b->narrow && cpus > 12)
		cpus = 12;
	b->strip_rows = most(1, ((int)cpus + b->strip_cols - 1) / b->strip_cols);
	b->strip_lanes = b->strip_cols <= 2;
	if (!b->narrow && cpus <= (b->wide ? 8u : 2u))
		b->irq = b->strip + 1 + b->strip_rows;
}

/* A table takes rows from the zone as it gets more pools. */
static int zone_in_film(const struct lay_budget *b, unsigned int mode, unsigned int pools)
{
	int r = b->shared;

	if (mode == 3)
		return most(2, least(b->narrow ? 3 : 4, r - 1 - (int)pools));
	if (b->narrow)
		return r >= 9 ? 3 : 2;
	if (mode == 2)
		return r < 12 ? 3 : 4;
	return r >= 14 ? 6 : r >= 12 ? 5 : 4;
}

/* Blocks for the pools of a machine: a normal pool for each CPU, and one of another kind if the CPUs are few. */
static int blocks(const struct lay_budget *b, unsigned int cpus)
{
	return least(b->shared / 8, cpus < 3 ? (int)cpus + 1 : (int)cpus);
}

/* Two columns have rows that no block of a pool needs, if the CPUs are few: a list of the items. */
static int item_rows(const struct lay_budget *b, unsigned int cpus)
{
	int rows = least(b->shared / 3, b->shared - blocks(b, cpus) * BLOCK_ROWS);

	return b->wide && rows >= ITEM_ROWS_MIN ? rows : 0;
}

struct lay_budget lay_budget(int w, int h, unsigned int cpus, unsigned int talk_lines, unsigned int mode,
			     unsigned int pools)
{
	struct lay_budget b = { .w = w, .h = h, .wide = layout_is_wide(w, h), .narrow = w < 80 || h < 24 };
	int film;

	columns(&b);
	strip(&b, cpus);
	b.shared = h - 9 - b.strip_rows - (b.irq ? 1 : 0);
	b.pools = b.strip + 1 + b.strip_rows + (b.irq ? 1 : 0);
	film = b.wide ? 0 : zone_in_film(&b, mode, pools);
	b.zone_h = film;
	if (!b.wide && talk_lines)
		b.zone_h = most(film, least(1 + (int)talk_lines, b.shared - (b.narrow || (int)talk_lines > b.shared - 5 ? 3 : 4)));
	b.blocks = blocks(&b, cpus);
	b.items_h = item_rows(&b, cpus);
	b.pools_h = b.shared - b.zone_h - b.items_h;
	b.items = b.pools + b.pools_h;
	b.zone = b.items + b.items_h;
	return b;
}

unsigned int lay_capacity(const struct lay_budget *b, unsigned int mode)
{
	if (mode == 3)
		return (unsigned int)most(1, b->wide ? b->pools_h - 1 : b->shared - 3);
	if (!b->wide)
		return mode;
	return (unsigned int)most((int)mode, mode == 1 ? b->blocks : b->pools_h / 5);
}

/* Mode 1 is the largest blocks of pools; a long talk takes rows from them. */
void app_talk_room(unsigned int cpus, int *width, unsigned int *lines)
{
	struct lay_budget b = lay_budget(APP_TALK_W, APP_TALK_H, cpus, 1000, 1, 1);

	*width = layout_talk_width(APP_TALK_W, APP_TALK_H);
	*lines = (unsigned int)b.zone_h - 1;	/* below the border that holds the title */
}
