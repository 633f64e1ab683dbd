/*
 * visualizer/view_home.c - home on the screen: its page, and the rows that can be clicked.
 *
 * Never here:   the picture (home_layout.c), keys (home.c), reading the list of lessons (app.h).
 * Licence: MIT.
 */
#include "visualizer/home_layout.h"
#include "visualizer/view.h"

void home_draw(struct ui *u)
{
	static struct home_frame f;	/* large, and the screen has one thread */
	struct home_in in = {
		.home = &u->home, .trouble = u->home_err, .sel = u->home_sel, .sel_number = u->home_exercise, .open = u->home_open, .top = u->home_top,
		.width = term_width(u->term), .height = term_height(u->term), .ascii = term_ascii(u->term),
	};

	if (home_layout(&f, &in))
		return;
	u->home_top = f.top;
	ui_show_page(u, &f.page.cells);
	for (int i = 0; i < f.list_rows && f.top + (unsigned int)i < f.nr; i++) {
		const struct home_row *row = &f.row[f.top + (unsigned int)i];

		if (!row->heading)
			ui_hit_region(u, &(struct hit_region){ .kind = HIT_LESSON, .x = 1, .y = f.list_y + i, .w = f.list_w - 1,
							       .id = (uint32_t)row->lesson, .cls = row->number });
	}
}
