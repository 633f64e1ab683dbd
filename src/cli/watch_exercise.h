/*
 * cli/watch_exercise.h - what `kworkshop watch` does with an exercise that is proved by its files or settings.
 *
 * Lives here:   the sets of files of an exercise, the table of results of one set, the files to watch.
 * Never here:   rounds and keys (watch.c), proofs (check_exercise.c).   Licence: MIT.
 */
#ifndef KW_CLI_WATCH_EXERCISE_H
#define KW_CLI_WATCH_EXERCISE_H

#include "cli/exercise.h"

#define WATCH_SETS_MAX 32
#define WATCH_PATHS_MAX 96

/* The student's files in the work folder, the starter's (or the form's defaults), the solution's, and each wrong solution's. */
struct watch_sets {
	struct {
		char folder[1200];	/* "" = the form's defaults */
		char name[160];		/* as it is shown: "wrong/leak" */
	} set[WATCH_SETS_MAX];
	size_t nr;
};

/* A missing set is left out.  Return: 0, or -errno with a sentence. */
int watch_sets_find(const struct cli_exercise *ex, const struct exercise *x, struct watch_sets *out, char *err, size_t err_size);
/*
 * watch_set_show - print the results of the checks on one set of files, in @ex->variant
 * @which: its number; it becomes that of the set with the file @saved, if a set has it
 * @saved: the file that was saved last; NULL = none
 */
void watch_set_show(const struct cli_exercise *ex, const struct exercise_place *at, size_t *which, const char *saved, uint64_t seed);
/* The paths of exercise.lua and of the files of all sets, as many as there is room for.  Return: their number. */
size_t watch_paths(const struct cli_exercise *ex, const struct exercise_place *at, char (*paths)[1400], size_t max);

#endif
