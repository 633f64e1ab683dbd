/*
 * words/end_text.h - the end of a run as a sentence.
 *
 * Lives here:   from an exit report's code and values to a sentence.
 * Never here:   whose fault an end is, exit statuses (run/exit_report.h, run/end.c).
 * Context:      any thread; allocates nothing.   Licence: MIT.
 */
#ifndef KW_WORDS_END_TEXT_H
#define KW_WORDS_END_TEXT_H

#include "base/strbuf.h"
#include "run/exit_report.h"

/*
 * words_exit_report - one line, printable, no newline; of a fault "FILE:LINE: text"
 * @written: the end of the process's standard error
 */
void words_exit_report(const struct exit_report *e, const char *written, struct strbuf *out);
/* "The lesson is faulty: @text", with the text of a FAULT event; "The run is over: @text". */
void words_fault(const char *text, struct strbuf *out);
void words_over(const char *text, struct strbuf *out);

#endif
