/*
 * tests/support/harm_calls.h - the calls of tests/faults/calls.def, with the output that each has without a fault.
 *
 * Lives here:   the table.
 * Never here:   faults (tests/fault_*.c).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_HARM_CALLS_H
#define KW_TESTS_SUPPORT_HARM_CALLS_H

#include "tests/support/harm.h"

struct harm_call {
	const char *command, *args, *input, *makes;
	bool varies;			/* its output is not the same each time */
	unsigned int status;		/* of the permitted ones beside 0 (HARM_STATUS) */
	char *whole;			/* its output, NULL before harm_calls_begin() */
	struct fault_counts counts;	/* of the calls that can fail in it */
};
extern struct harm_call harm_calls[];
extern const size_t harm_nr_calls;

/* harm_begin(), and every call once without a fault.  False: skipped, or a call did not succeed. */
bool harm_calls_begin(void);
void harm_calls_finish(void);
/* A call of the table without a fault. */
struct harm harm_of(const struct harm_call *c);

#endif
