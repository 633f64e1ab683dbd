/*
 * classroom/practice.h - spaced practice: which questions return, and when.
 *
 * A question that was answered wrong at first returns after 1 day.  Answered right when it
 * returns, it returns again after 3 and then 7 days, and then no more; answered wrong, it
 * begins anew.  Nothing of this is stored: it follows from the answers in progress, those of
 * attempts and those of practice alike, in any order in which they were written.
 *
 * Lives here:   the rule, the questions of a lesson that return.
 * Never here:   today's date (the caller's), running a question (cli/).
 * Licence: MIT.
 */
#ifndef KW_CLASSROOM_PRACTICE_H
#define KW_CLASSROOM_PRACTICE_H

#include "classroom/progress.h"

#define PRACTICE_RETURNS 3		/* right answers on time after which a question returns no more */

struct practice_question {
	char question[64];
	int64_t due;			/* the day on which it returns; a past day: it is overdue */
	int64_t missed;			/* day of the last wrong answer, 0 = unknown */
	int64_t practised;		/* day of the last answer in practice, 0 = never, or unknown */
	unsigned int returns;		/* right answers on time since then: 0 .. PRACTICE_RETURNS - 1 */
};

/*
 * practice_read - the questions of a lesson that return, in the order of their ids
 * @out: malloc'ed, NULL if there are none
 * Return: 0 or -errno.
 */
int practice_read(struct progress *p, const char *course, const char *lesson, struct practice_question **out, size_t *nr);

/*
 * practice_variant - the numbers with which a question is asked next
 * @own:      the student's variant of the lesson
 * @variants: how many there are: the result is below
 * @out:      the first variant behind @own, cyclically, that no attempt at the lesson has, and in which
 *            the question was not answered in practice; the one behind @own if there is none
 * Return: 0 or -errno.
 */
int practice_variant(struct progress *p, const char *course, const char *lesson, const char *question, uint64_t own,
		     uint64_t variants, uint64_t *out);

#endif
