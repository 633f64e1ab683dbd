/*
 * base/errline.h - one line on standard error, unless that is the output in use.
 *
 * Lives here:   is standard error the terminal or file in use?
 * Never here:   texts.
 * Licence: MIT.
 */
#ifndef KW_BASE_ERRLINE_H
#define KW_BASE_ERRLINE_H

/* Writes @line and a newline to standard error, unless that is the same file as @shown_fd, or @line is "". */
void errline_unless_shown(int shown_fd, const char *line);

#endif
