/*
 * base/errline.h - one line on standard error, unless that is the output in use.
 *
 * A person at a terminal sees an error on the screen or in the lines.  If standard error is
 * another file, such as a log, the error must be there too.  errline_unless_shown() compares
 * the two.
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
