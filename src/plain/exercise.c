/*
 * plain/exercise.c - see exercise.h.   Licence: MIT.
 */
#include "plain/exercise.h"

#include "plain/plain.h"

const char *plain_points(unsigned int halves, char buf[16])
{
	return exercise_points(halves, buf);
}

void plain_exercise_result(FILE *out, const struct exercise *x, const struct exercise_result *r)
{
	exercise_table(out, plain_columns(out), x, r);
}
