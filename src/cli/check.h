/*
 * cli/check.h - shared by the files of `kworkshop check`: the options, printing.
 *
 * Lives here:   the formats of a result.
 * Never here:   playing (check/check.h).   Licence: MIT.
 */
#ifndef KW_CLI_CHECK_H
#define KW_CLI_CHECK_H

#include <stdio.h>

#include "check/check.h"

/* How results are printed; a lesson at a time. */
struct check_format {
	const char *name;		/* "text" */
	void (*begin)(FILE *out, size_t lessons);
	void (*lesson)(FILE *out, const struct check_result *r, size_t number);	/* from 1 */
	void (*end)(FILE *out);
};
struct exercise_place;
/*
 * check_exercise - the proofs of a repair or configure exercise (check_exercise.c)
 * @o:    all but .jitter and .question are used; .seeds are those of the solution in two variants
 * @fast: few schedules of each check, where these find what they should
 * Return: 0 (findings or not), or -errno.  Owner: check_result_fini().
 */
int check_exercise(const struct exercise_place *at, const struct check_opts *o, bool fast, struct check_result *out);

/* The numbers of variants and seeds that were not given (0); @proved: check_exercise() takes them. */
void check_opts_settle(struct check_opts *o, bool proved, bool fast);

/* Is @path an exercise.lua that is proved by its files or settings?  The others, and faulty ones, are checked as lessons are. */
bool check_is_proved(const char *path, struct exercise_place *at);

#define CHECK_FORMATS "text|json|tap|junit"
const struct check_format *check_format_find(const char *name);

#endif
