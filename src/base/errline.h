/*
 * base/errline.h - one line on standard error beside what a person is looking at.
 *
 * Lives here:   is standard error the terminal or file in use?
 * Never here:   texts.
 * Licence: MIT.
 */
#ifndef KW_BASE_ERRLINE_H
#define KW_BASE_ERRLINE_H

/* Writes @line and a newline to standard error; nothing where that is the file behind @shown_fd, or for "". */
void errline_unless_shown(int shown_fd, const char *line);

#endif
