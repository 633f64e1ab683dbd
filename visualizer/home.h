/*
 * visualizer/home.h - the keys of home, and going there.
 *
 * Lives here:   the cursor among lessons and exercises, opening one, searching.
 * Never here:   drawing (view_home.c), lessons (commands.c), the page of an exercise (work.c).   Licence: MIT.
 */
#ifndef KW_VISUALIZER_HOME_H
#define KW_VISUALIZER_HOME_H

#include "visualizer/view.h"

/* Reads the course and progress anew into u->home. */
void home_read(struct ui *u);
/* Puts the cursor on lesson or exercise @id, if there is one; the lesson of an exercise is opened. */
void home_select(struct ui *u, const char *id);
/* The effects of a key at home. */
unsigned int home_command(struct ui *u, enum action a);
unsigned int home_click(struct ui *u, unsigned int lesson, unsigned int exercise);
/* The lesson or exercise under the cursor; NULL = none. */
const struct app_lesson *home_at(const struct ui *u);
/* Opens it, also from its beginning or once more with other numbers. */
unsigned int home_enter(struct ui *u, enum app_open how);

#endif
