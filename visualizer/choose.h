/*
 * visualizer/choose.h - the student as the scheduler on the screen: the list at a choice, and its keys.
 *
 * Lives here:   the cursor among the things, choosing, taking back, the lines of the zone.
 * Never here:   sentences (words/choosing_text.h), the run (run/run.h), drawing of lines (layout_zone.c).   Licence: MIT.
 */
#ifndef KW_VISUALIZER_CHOOSE_H
#define KW_VISUALIZER_CHOOSE_H

#include "visualizer/view.h"

/* A choice is open, or the student looks at what the last one led to. */
bool choose_on(const struct ui *u);
bool choose_over(const struct ui *u);			/* .. the second */
void choose_footer(struct ui *u, struct strbuf *out);	/* the words of the footer for Enter */
/* Its keys; effect bits, or 0: not mine. */
unsigned int choose_command(struct ui *u, enum action a);
unsigned int choose_click(struct ui *u, unsigned int thing);
/* Is there nothing that this action could do here? */
bool choose_idle(struct ui *u, enum action a);
unsigned int choose_hints(struct ui *u);			/* that were not shown yet */
/* The zone's lines; valid until the next call. */
const struct layout_talk *choose_talk(struct ui *u, int width);

#endif
