/*
 * run/wire.h - the messages between the visible process and the machine process.
 *
 *   fd 3   the log (memfd): trace/trace.h.  Events, virtual time, state.
 *   fd 4   commands, lines of text towards the machine process: first the whole
 *          spec of the run, ended by "end"; then an input a line, when one is due.
 *   fd 5   a byte at each change of state, in place of polling: it only wakes the
 *          reader, the state itself stands in the log's head.
 *   fd 2   last words: the lines of a sanitizer or of a failed check.
 *
 * Nothing of a run stands on the command line or in the environment.
 *
 * Lives here:   the numbers of the descriptors, the spec as lines, a line reader.
 * Never here:   processes, events, when an input is due.
 * Licence: MIT.
 */
#ifndef KW_RUN_WIRE_H
#define KW_RUN_WIRE_H

#include "run/run.h"

enum { WIRE_LOG_FD = 3, WIRE_COMMAND_FD = 4, WIRE_CHANGE_FD = 5 };

#define WIRE_FLAG "--machine-process"
#define WIRE_CPU_SECONDS 60u	/* a lesson takes milliseconds, an exercise's campaign some seconds */

/* Return: 0 and a malloc'ed text, or -ENOMEM. */
int wire_format_spec(const struct run_spec *spec, char **text);

struct wire_reader {
	int fd;
	size_t begin, end;	/* unread bytes */
	char buf[8192];
};
/* The next line, without its newline, valid until the next call.  NULL: end, or no text of ours.  Blocks. */
const char *wire_read_line(struct wire_reader *r);
/* Reads a spec up to its "end".  Return: 0, -EPIPE (the other side has closed), -EINVAL, -ENOMEM.  Owner of .inputs and .files: caller. */
int wire_read_spec(struct wire_reader *r, struct run_spec *spec);

#endif
