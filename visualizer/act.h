/*
 * visualizer/act.h - what keys, the command line and time all do.
 *
 * Lives here:   the shared pieces of act.c, prompt.c and tick.c; effect bits come back.
 * Never here:   drawing.   Licence: MIT.
 */
#ifndef KW_VISUALIZER_ACT_H
#define KW_VISUALIZER_ACT_H

#include "visualizer/view.h"

void act_world_close(struct ui *u);
/* Tells the caller's save() how far this is; @q: the question that was judged, or NULL. */
void act_tell_progress(struct ui *u, const struct card_question *q);
unsigned int act_open_view(struct ui *u, enum view_id id);
unsigned int act_look(struct ui *u);		/* leaves the open text for another time */
unsigned int act_leave(struct ui *u);		/* one level back */
unsigned int act_irq(struct ui *u, const char *line, int cpu);	/* @line NULL: the likely one */
unsigned int act_prompt(struct ui *u, enum prompt_kind kind);
unsigned int act_prompt_key(struct ui *u, uint32_t key);

#endif
