/*
 * plain/exercise.c - see exercise.h.   Licence: MIT.
 */
#include "plain/exercise.h"

#include "base/printable.h"
#include "plain/plain.h"
#include "words/texts.h"

const char *plain_points(unsigned int halves, char buf[16])
{
	return exercise_points(halves, buf);
}

void plain_exercise_result(FILE *out, const struct exercise *x, const struct exercise_result *r)
{
	exercise_table(out, plain_columns(out), x, r);
}

void plain_exercise_answers(FILE *out, const struct exercise *x, const struct lesson_points *p)
{
	char points[16], of[16];

	printable_printf(out, p->for_being_made ? W(EXERCISE_PREDICTIONS) : W(EXERCISE_ANSWERS), x->about.title,
			 plain_points(p->halves, points), plain_points(x->about.halves, of), p->answered, p->right);
}
