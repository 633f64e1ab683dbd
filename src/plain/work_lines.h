/*
 * plain/work_lines.h - working on an exercise in line mode.
 *
 * Lives here:   the loop in which a student edits, checks, looks at a failing run, asks for a hint.
 * Never here:   the work folder's place (cli/exercise.c), running checks (exercise/).
 * Licence: MIT.
 */
#ifndef KW_PLAIN_WORK_LINES_H
#define KW_PLAIN_WORK_LINES_H

#include "exercise/worksheet.h"
#include "plain/plain.h"

struct work_opts {
	FILE *in, *out;
	const struct plain_opts *plain;	/* of a failing run that is shown */
};

/*
 * work_lines_run - work on a repair or configure exercise until the input ends or the student leaves
 * Return: 0 if the last check holds or none was made, else 1.
 */
int work_lines_run(struct worksheet *d, const struct work_opts *opts);

#endif
