/*
 * visualizer/free_play.h - free play on the screen: the things of the student, and the keys that act.
 *
 * The machine view is as in a lesson; its zone shows the things.  An act goes to the run at
 * the time on the screen: at the fence it is the run's next input; before it, the run is
 * made again with what was done by then and the act.
 *
 * Lives here:   choosing a thing, acting, taking back, the lines of the zone.
 * Never here:   what an act is (run/free_play.h), drawing of lines (layout_zone.c).   Licence: MIT.
 */
#ifndef KW_VISUALIZER_FREE_PLAY_H
#define KW_VISUALIZER_FREE_PLAY_H

#include "visualizer/view.h"

bool free_play_on(const struct ui *u);			/* the scene is a run of free play */
unsigned int free_play_enter(struct ui *u);		/* from home */
/* Its keys; effect bits, or 0: not mine. */
unsigned int free_play_command(struct ui *u, enum action a);
/* A line behind `:`; effect bits, or 0: no word of free play. */
unsigned int free_play_typed(struct ui *u, const char *text);
const char *free_play_command_word(unsigned int i);	/* each word that free_play_typed() takes; NULL behind the last */
unsigned int free_play_drop(struct ui *u);		/* the act that waited for a yes */
/* The zone's lines; valid until the next call. */
const struct layout_talk *free_play_talk(struct ui *u, int width);
void free_play_regions(struct ui *u);			/* of the things in the zone, as u->layout shows it */
unsigned int free_play_click(struct ui *u, unsigned int thing);	/* .id of a HIT_FREE region */

#endif
