/*
 * tests/support/harm.h - the program with one thing that goes wrong, and what is left of it afterwards.
 *
 * A folder holds a home, a state folder with an answer in it, a temporary folder and a person's own files.
 * harm_run() calls the program there: under a limit of the host, with a call that fails, with a signal.
 * It waits for the end and notes status, output, processes and files.  harm_accept() is the one judgement
 * for all of them: it worked, or one sentence with the status of its cause, and nothing else is left.
 *
 * Lives here:   the folder, a call, the judgement.
 * Never here:   tables of places and faults (tests/faults/).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_HARM_H
#define KW_TESTS_SUPPORT_HARM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "tests/faults/preload.h"

#define HARM_OUT_BYTES 262144u
#define HARM_LINES_BYTES 4096u

struct harm {
	const char *args;		/* words of the command line; @ is the folder */
	const char *input;		/* plain: lines to type, NULL = none; screen: names of keys, which a blank separates */
	bool screen;			/* in a pseudo-terminal of 80 x 24 */
	const char *place;		/* screen: text that shows that the place is reached, before .signal; NULL = none */
	int signal;			/* sent at the place; 0 = none */
	int limit;			/* HARM_NO_LIMIT, or RLIMIT_ .. */
	rlim_t limit_at;
	const char *fault;		/* KW_FAULT (tests/faults/preload.c), NULL = none */
	const char *output;		/* standard output; NULL = a file */
	const char *makes;		/* names of files that the call may make or change, which a blank separates */
	const char *env;		/* one more variable, NULL = none */
};
#define HARM_NO_LIMIT -1

struct harm_end {
	int status;			/* exit status, or minus the signal */
	bool reached;			/* the place */
	bool hung, restored;		/* it was killed after a time; the terminal is as before */
	unsigned int left;		/* processes that outlived it */
	char out[HARM_OUT_BYTES], err[HARM_LINES_BYTES];	/* in a pseudo-terminal: .err is its last screen */
	char files[HARM_LINES_BYTES];	/* a line for each file that is gone, changed or new */
	struct fault_counts counts;
};

/* Makes the folder; false: the test is skipped, with the reason. */
bool harm_begin(void);
void harm_finish(void);
const char *harm_folder(void);
/* The folder as it was at first. */
void harm_restore(void);
/* A path below the folder, in a buffer that the next call overwrites. */
const char *harm_path(const char *name);
/* Runs @line with sh in the folder, as the test's user; the test fails unless it succeeds. */
void harm_sh(const char *line);

void harm_run(const struct harm *h, struct harm_end *end);
/*
 * Checks that @end is one of the permitted ones.
 * @status: a bit for each exit status that is permitted beside 0
 * @whole: the output of the call without a fault, which status 0 must have too; NULL = any
 */
bool harm_accept(const struct harm *h, const struct harm_end *end, unsigned int status, const char *whole);
#define HARM_STATUS(n) (1u << (n))
/* The answer that the folder began with is still in it. */
bool harm_keeps_answers(void);

/* Why a fault of a kind cannot be made here; NULL = it can. */
const char *harm_no_preload(void);
const char *harm_no_limits(void);

/* A program that gets @signal goes on. */
bool harm_survives(int signal);

/* True in `make soak`, which makes every fault of a table; otherwise a sample. */
bool harm_all(void);

#endif
