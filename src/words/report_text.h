/*
 * words/report_text.h - lines of a report: of ps and of the kernel's log.
 *
 * Lives here:   the kind of a line in one sentence, its time, its text without the time.
 * Never here:   making reports (lua/pick.c), drawing them.   Licence: MIT.
 */
#ifndef KW_WORDS_REPORT_TEXT_H
#define KW_WORDS_REPORT_TEXT_H

/* One sentence for a line of its kind; "" = none is known. */
const char *words_report_line(const char *line);
/* A line without the time of the log in front of it. */
const char *words_untimed(const char *line);
/* The time in front of it in seconds, -1 = none. */
double words_line_time(const char *line);

#endif
