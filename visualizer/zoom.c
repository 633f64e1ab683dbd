/*
 * visualizer/zoom.c - the zoom of the lanes, apart from the speed; each lesson keeps its own.
 *
 * Never here:   scales and columns (layout_window.c, view_timeline.c).   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "visualizer/commands.h"

/* A what-if belongs to the lesson of its run. */
static const char *zoom_id(const struct ui *u)
{
	return ui_run_scene(u)->id;
}

static int find(const struct ui *u)
{
	for (unsigned int i = 0; i < u->nr_zooms; i++)
		if (!strcmp(u->zooms[i].id, zoom_id(u)))
			return (int)i;
	return -1;
}

int ui_zoom(const struct ui *u)
{
	int i = find(u);

	return i < 0 ? 0 : u->zooms[i].zoom;
}

unsigned int command_zoom(struct ui *u, int by)
{
	int i = find(u), zoom = ui_zoom(u) + by;

	if (zoom > LAYOUT_ZOOM_MAX || zoom < -LAYOUT_ZOOM_MAX) {
		ui_say(u, by > 0 ? W(SAY_ZOOM_CLOSEST) : W(SAY_ZOOM_FURTHEST));
		return EFF_DRAW;
	}
	if (i < 0) {
		if (u->nr_zooms == ZOOMS_MAX)	/* the oldest lesson goes back to 0 */
			memmove(u->zooms, u->zooms + 1, --u->nr_zooms * sizeof(*u->zooms));
		i = (int)u->nr_zooms++;
		snprintf(u->zooms[i].id, sizeof(u->zooms[i].id), "%s", zoom_id(u));
	}
	u->zooms[i].zoom = zoom;
	return EFF_DRAW;
}
