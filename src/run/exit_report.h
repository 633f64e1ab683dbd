/*
 * run/exit_report.h - how a machine process ended, in a sentence.
 *
 * Lives here:   from a wait status and last words to a sentence for a person.
 * Never here:   noticing the end (client.c), events.
 * Licence: MIT.
 */
#ifndef KW_RUN_EXIT_REPORT_H
#define KW_RUN_EXIT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

/* Why this side ended it, if it did. */
enum exit_report_reason {
	ENDED_BY_ITSELF, ENDED_SPINS, ENDED_HANGS, ENDED_BAD_LOG, ENDED_BRANCH_DIFFERS,
	ENDED_OTHER_VERSION
};

struct exit_report {
	enum exit_report_reason reason;
	int64_t status;			/* exit status, meaningful if signal is 0 */
	int signal;
	unsigned int cpu_seconds;	/* its limit */
	unsigned int stuck_seconds;	/* ENDED_SPINS, ENDED_HANGS */
	uint64_t differs_at;		/* ENDED_BRANCH_DIFFERS: event */
	uint64_t moved_at;		/* ENDED_OTHER_VERSION: event */
	uint64_t full_at;		/* events when the trace was full, 0 = it was not */
};

/* One line, printable, no newline. */
void exit_report_write(const struct exit_report *e, const char *last_words, struct strbuf *out);
/*
 * Of all that a process said, the line that says most: our own, a sanitizer's
 * summary, else the last one.  Control characters become '?'.
 */
void exit_report_last_words(const char *said, struct strbuf *out);

#endif
