/*
 * visualizer/home.h - the keys of home, and going there.
 *
 * Lives here:   the cursor among the lessons, opening one, searching.
 * Never here:   drawing (view_home.c), lessons (commands.c).   Licence: MIT.
 */
#ifndef KW_VISUALIZER_HOME_H
#define KW_VISUALIZER_HOME_H

#include "visualizer/view.h"

/* Reads the course and progress anew into u->home. */
void home_read(struct ui *u);
/* Puts the cursor on lesson @id, if there is one. */
void home_select(struct ui *u, const char *id);
/* The effects of a key at home. */
unsigned int home_command(struct ui *u, enum action a);
unsigned int home_click(struct ui *u, size_t lesson);

#endif
