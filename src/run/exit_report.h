/*
 * run/exit_report.h - how a run ended: a code with values, and whose fault it is.
 *
 * A run may end at its last card, by a fault of the lesson, or by a crash of its process.
 * words/end_text.h makes the sentence about the end.  The sentence also closes the log, so
 * the front ends and a recording have the same words for the same end.
 *
 * Lives here:   the code and the values; the line of standard error that belongs to an end.
 * Never here:   noticing the end (client.c), events, sentences.
 * Licence: MIT.
 */
#ifndef KW_RUN_EXIT_REPORT_H
#define KW_RUN_EXIT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

/* Why the visible process ended it, if it did. */
enum exit_report_reason {
	ENDED_BY_ITSELF, ENDED_SPINS, ENDED_HANGS, ENDED_BAD_LOG, ENDED_BRANCH_DIFFERS,
	ENDED_OTHER_VERSION
};

struct exit_report {
	enum exit_report_reason reason;
	int64_t status;			/* exit status, meaningful if signal is 0 */
	int signal;
	unsigned int cpu_seconds;	/* its limit */
	unsigned int stuck_seconds;	/* ENDED_HANGS: real time; ENDED_SPINS: CPU time */
	uint64_t differs_at;		/* ENDED_BRANCH_DIFFERS: event */
	uint64_t moved_at;		/* ENDED_OTHER_VERSION: event */
	uint64_t full_at;		/* events when the trace was full, 0 = it was not */
	bool in_code;			/* the lesson's code was computing, not the program */
	uint32_t code_line;		/* last line of it that is known, 0 = none */
	char code_call[20];		/* function of Lua's that it called, "" = unknown */
	char file[128];			/* the lesson's file, as its faults name it */
};

/*
 * Is the lesson at fault, though the log has no FAULT event?  A run that fills the
 * trace, and code of the lesson that never ends, are faults of the lesson; a
 * crash and an engine that hangs are faults of the program.
 */
bool exit_report_is_fault(const struct exit_report *e);
/*
 * exit_report_fault_line - the line of standard error that begins with "FILE:"
 * The machine process prints a fault there if the log takes no more events.
 * Return: false if there is none.
 */
bool exit_report_fault_line(const struct exit_report *e, const char *written, struct strbuf *out);
/* Do the last words report a shortage of the computer: memory, threads? */
bool exit_report_is_shortage(const char *words);
/*
 * The most useful line of standard error: one of this program, a sanitizer's summary,
 * else the last one, filtered by base/printable.h.
 */
void exit_report_last_words(const char *written, struct strbuf *out);

#endif
