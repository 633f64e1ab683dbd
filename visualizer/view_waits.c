/*
 * visualizer/view_waits.c - who waits for whom: chains of threads and timers, in full.
 *
 * The zone below the pools shows the first lines of the same list.
 *
 * Never here:   making the list (layout_zone.c).   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "visualizer/rows.h"

#define TITLE_COLUMNS 10

static void put_line(struct rows *r, struct rect box, const struct layout_help *h, unsigned int i)
{
	const char *text = h->text[i], *words = strchr(text, '|');

	rows_begin(r, 0);
	rows_add(r, ST_TITLE, "%-*.*s", TITLE_COLUMNS, words ? (int)(words - text) : 0, text);
	if (h->bar[i]) {
		rows_bar(r, ST_ALARM, LAYOUT_BAR_COLUMNS, h->filled[i], LAYOUT_BAR_COLUMNS);
		rows_begin(r, 0);
		rows_add(r, ST_NORMAL, "%*s", TITLE_COLUMNS, "");
	}
	rows_wrap(r, box, TITLE_COLUMNS, ST_NORMAL, words ? words + 1 : text);
}

static void waits_draw(struct ui *u, struct rect box)
{
	static struct layout_help h;		/* large, and the screen has one thread */
	struct rows *r = rows_new(u);
	struct layout_in in;

	if (!r)
		return;
	ui_layout_input(u, &in);
	layout_help(&in, &h);
	for (unsigned int i = 0; i < h.nr; i++)
		put_line(r, box, &h, i);
	if (h.more) {
		rows_begin(r, 0);
		rows_add(r, ST_DIM, "%*s", TITLE_COLUMNS, "");
		rows_add(r, ST_DIM, W(LAY_HELP_MORE), h.more);
	}
	if (!r->nr) {
		rows_begin(r, 0);
		rows_add(r, ST_DIM, "%s", W(WAITS_NONE));
	}
	rows_show(r, box, W(VIEW_WAITS), VIEW_WAITS);
}

const struct view view_waits = { "waits", waits_draw, rows_command, false };
