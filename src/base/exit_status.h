/*
 * base/exit_status.h - the exit statuses of the program, of each command and of the machine process.
 *
 * Every end of the program, of a command and of the machine process uses one of five numbers.
 * A function that fails with an errno gets its status from exit_status_for().
 *
 * Lives here:   the statuses, and the status for an errno.
 * Never here:   the status of a run (run/exit_report.h).
 * Licence: MIT.
 */
#ifndef KW_BASE_EXIT_STATUS_H
#define KW_BASE_EXIT_STATUS_H

enum exit_status {
	EXIT_RIGHT = 0,		/* all right */
	EXIT_WRONG = 1,		/* a wrong answer, a failed check, or nothing ran */
	EXIT_MISUSE = 2,	/* wrong usage, or a faulty lesson */
	EXIT_MISSING = 3,	/* a file is missing or unreadable */
	EXIT_INTERNAL = 4	/* a fault of the program itself */
};

/* @err: an errno, negative or not.  Return: enum exit_status; EXIT_MISSING for files that cannot be read or written. */
int exit_status_for(int err);

#endif
