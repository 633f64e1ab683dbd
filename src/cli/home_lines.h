/*
 * cli/home_lines.h - home as lines: where the student is, and a line that chooses a lesson or an exercise.
 *
 * Lives here:   the lines of home and its commands.
 * Never here:   running a lesson (show.c), the screen's home (visualizer/home.h).   Licence: MIT.
 */
#ifndef KW_CLI_HOME_LINES_H
#define KW_CLI_HOME_LINES_H

#include "cli/session.h"

#define HOME_FREE_PLAY "/free-play"	/* no lesson and no exercise has such an id */
#define HOME_PRACTISE "/practise"

/* Each line of @text, wrapped at the width of the terminal; @first stands before it. */
void home_put(const char *first, const char *text);

/*
 * home_lines - print home and read lines until a lesson or an exercise is chosen
 * @id:  its id, HOME_FREE_PLAY or HOME_PRACTISE; "" = progress has changed, and home is to be read anew
 * @how: whether it goes on, starts over, or is played again
 * Return: false: leave (q, or the end of the input).
 */
bool home_lines(struct session *s, const struct app_home *home, char *id, size_t size, enum app_open *how);
/* Asks once.  Return: the answer is Enter. */
bool home_asks(const char *prompt);

#endif
