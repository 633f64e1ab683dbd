/*
 * cli/handin.h - grading a hand-in, which `submit --check` and `grade` share.
 *
 * Lives here:   from a hand-in to lines of points.
 * Never here:   the format (classroom/handin.h), running checks (exercise/).   Licence: MIT.
 */
#ifndef KW_CLI_HANDIN_H
#define KW_CLI_HANDIN_H

#include "classroom/handin.h"
#include "cli/exercise.h"

struct handin_points {
	unsigned int halves, of;
	unsigned int decisions;		/* lines that need a person */
};

/*
 * Grades every block with the checks of the course and of @ex->hidden, and prints the results.
 * @student: the id that decides; NULL = that of the hand-in
 * Return: 0, or an exit status after a message.
 */
int cli_handin_grade(const struct cli_exercise *ex, const struct handin *h, const char *student, struct handin_points *out);

#endif
