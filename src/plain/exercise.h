/*
 * plain/exercise.h - exercises as lines: the table of results, the points of answers.
 *
 * Lives here:   the form of results, for `test`, `grade` and the line mode.
 * Never here:   running checks (exercise/).   Licence: MIT.
 */
#ifndef KW_PLAIN_EXERCISE_H
#define KW_PLAIN_EXERCISE_H

#include <stdio.h>

#include "exercise/exercise.h"

/* @r NULL: nothing has been checked yet.  One line for each check, under a failing one its feedback, place and replay line; then the points. */
void plain_exercise_result(FILE *out, const struct exercise *x, const struct exercise_result *r);
/* The points of an exercise that asks, with the number of answers, in one line. */
void plain_exercise_answers(FILE *out, const struct exercise *x, const struct lesson_points *p);
/* "4", "2½", "1": points given in halves. */
const char *plain_points(unsigned int halves, char buf[16]);

#endif
