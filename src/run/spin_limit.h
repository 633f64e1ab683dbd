/*
 * run/spin_limit.h - the end of a run that computes without an event and without virtual time.
 *
 * Lives here:   the limit of a worker process, which has no visible process beside it.
 * Never here:   the same for a machine process (client.c).
 * Licence: MIT.
 */
#ifndef KW_RUN_SPIN_LIMIT_H
#define KW_RUN_SPIN_LIMIT_H

#include <stdint.h>

struct trace_shared;

/* Where the code of the run was when its process was ended; in memory that the parent shares. */
struct spin_place {
	uint32_t line;			/* 0 = unknown */
	char call[20];			/* "string.find"; "" = the program's own code */
};

#define SPIN_EXIT 77			/* exit status of a process that was ended so */

/*
 * spin_limit_arm - start the timer; it ticks until the process ends
 * Context: before director_confine(), which takes the right to set timers away.
 */
void spin_limit_arm(void);
/* From here to spin_limit_end(), a run that spins ends the process with SPIN_EXIT.  @where NULL: it does not. */
void spin_limit_begin(struct trace_shared *head, struct spin_place *where);
void spin_limit_end(void);

#endif
