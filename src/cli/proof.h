/*
 * cli/proof.h - shared by the proofs of an exercise: their findings, their places, their progress.
 *
 * Lives here:   the state of `kworkshop check EXERCISE`.
 * Never here:   the proofs (check_exercise.c, check_settings.c).   Licence: MIT.
 */
#ifndef KW_CLI_PROOF_H
#define KW_CLI_PROOF_H

#include "check/check.h"
#include "exercise/exercise.h"

#define PROOF_BYTES ((size_t)1 << 20)	/* of a file that is read for a finding */
#define WHOLE_VARIANTS 2		/* in which each file is tried with every check, and the solution with every seed */

struct proof {
	struct check_result *out;
	struct exercise *x;
	struct exercise_result *result;	/* of the last try */
	const struct check_opts *o;
	const char *dir;		/* of the exercise */
	char *source;			/* exercise.lua */
	bool fast;
	unsigned int schedules;		/* of each check at most, 0 = as it has them; ways of choosing, too */
	unsigned int tried;		/* variants before this one */
	uint64_t begun;			/* .out->runs before this variant */
	uint64_t usual;			/* runs of the solution's last try */
	uint64_t par_ways;		/* of choosing, that were played for par last */
	uint64_t form_runs;		/* of all settings in the variant before */
	uint64_t shown_ns;		/* the time at which progress was reported last */
	uint64_t starter_fails;		/* the check that the starter failed in the variant before, as a bit; 0 = it failed none */
	char trying[160];		/* the folder of the files that were tried last; "" = none */
	uint64_t seed;			/* of that try */
	char reference[EXERCISE_SETTINGS_MAX][160];	/* of a form: the values of the solution in this variant */
	bool failed[EXERCISE_CHECKS_MAX + 1];	/* by the number of a check: something has failed it */
};

/* The place of a finding. */
struct spot {
	char file[160];			/* "" = exercise.lua */
	unsigned int line, col;
};

/* "@folder/@name" at @line; the column is that of the line's first character. */
struct spot proof_spot_at(const char *folder, const char *name, unsigned int line);
/* The first @text of exercise.lua, from line @from on. */
struct spot proof_spot(const struct proof *p, unsigned int from, const char *text);
/* Where the settings of a form begin. */
struct spot proof_spot_of_form(const struct proof *p);
struct spot proof_spot_of_check(const struct proof *p, const struct exercise_check *k);
/*
 * "driver.lua:5: sentence" of a run with the files of @folder, "exercise.lua:12: sentence" of any run
 * *@text moves to the sentence.  False: the sentence has no place.
 */
bool proof_spot_in_text(const char *folder, const char **text, struct spot *s);

/* One of the same code and place is counted. */
void proof_find(struct proof *p, enum check_code code, struct spot at, const char *fix, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* A fault of a run with the files of @folder. */
void proof_fault(struct proof *p, const char *folder, const char *text);

/* check_settings.c: of a form, after its solution has been tried in this variant. */
void prove_settings(struct proof *p);

/* Seeds of the solution in the variant with @tried others before it. */
unsigned int proof_seeds(const struct proof *p, unsigned int tried);
/* Can a further variant be proved with the runs that are left?  The first one always can. */
bool proof_has_runs(const struct proof *p);
/* @now: runs of the proof that is not finished. */
void proof_show(struct proof *p, uint64_t now);

#endif
