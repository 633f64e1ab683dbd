/*
 * exercise/worksheet.h - the work on a repair or configure exercise, shared by both front ends.
 *
 * A worksheet has the student's files or the values of a form, the results of the last check, the
 * hints that were shown, and the tries.  Line mode and the screen differ only in how they run
 * exercise_check() (one waits for it, one looks at a job) and in what they draw:
 *
 *	sheet_begin(d, &how, ..);		the files and values as they are now
 *	exercise_check(d->x, &how, &r, ..);	or exercise_job_begin(&job, d->x, &how)
 *	sheet_done(d, &r, ..);			the results, and a version of the history
 *
 * Lives here:   the state of the work, versions, values, the failing run.
 * Never here:   terminals, drawing, waiting.
 * Context:      one thread.   Licence: MIT.
 */
#ifndef KW_EXERCISE_SHEET_H
#define KW_EXERCISE_SHEET_H

#include "exercise/exercise.h"

#define SHEET_TRIES_MAX 20

/* One check: of a form its values, too. */
struct sheet_try {
	unsigned int number;			/* 1, 2, .. */
	char value[EXERCISE_SETTINGS_MAX][160];	/* by setting */
	unsigned int halves;
	enum check_state state[EXERCISE_CHECKS_MAX + 1];
	char values[EXERCISE_CHECKS_MAX + 1][64];	/* "" = not shown */
};

/* The newest version of the history that was checked, as the sheet was opened. */
struct sheet_before {
	unsigned int version;			/* 0 = there is none */
	bool same;				/* the files or values are still those */
	char result[160];			/* "8 of 10 points", as the history has it */
};

struct worksheet {
	const struct exercise *x;	/* borrowed */
	char folder[1100];		/* of the student's files; "" = nothing is kept */
	uint64_t seed;			/* of the first schedule */
	struct run_inputs settings;	/* the values of the form that are not the defaults' */
	struct run_files *present;	/* the files as sheet_look() read them last; NULL = none are readable */
	struct run_files *starter;	/* as they were given; NULL = none */
	char trouble[EXERCISE_TEXT_BYTES];	/* why .present is NULL; "" = it is not */
	struct sheet_before before;
	/* the last check */
	bool checked;
	struct exercise_checking how;	/* .files and .settings are the sheet's, as they were checked */
	struct run_inputs settings_checked;
	struct exercise_result *result;
	unsigned int version;		/* of the history that it became, 0 = none */
	unsigned int hints;		/* that were shown since the sheet was opened: they begin again then */
	unsigned int hints_ever;	/* and at any time */
	unsigned int nr_tries;		/* checks made so far; .tries is a ring: number n is at (n - 1) % SHEET_TRIES_MAX */
	struct sheet_try tries[SHEET_TRIES_MAX];
};

/*
 * sheet_open - the sheet of @x in @folder, with the values of its form as they were left
 * Return: 0, or -errno with a sentence in @err, as the others below.  Owner: sheet_close().
 */
int sheet_open(struct worksheet **out, const struct exercise *x, const char *folder, uint64_t seed, char *err, size_t err_size);
void sheet_close(struct worksheet *d);
bool sheet_is_form(const struct worksheet *d);
/* Reads the files of the folder.  Return: true if they differ from those of the look before. */
bool sheet_look(struct worksheet *d);

/* ---- a form ---- */

const char *sheet_value(const struct worksheet *d, unsigned int setting);
/* Setting @name, of @len bytes, gets @value, which is kept in the folder.  -ENOENT: there is no such setting; -EINVAL: it has no such value. */
int sheet_set(struct worksheet *d, const char *name, size_t len, const char *value, char *err, size_t err_size);
/* Number @number of the tries, from 1; NULL = there is none, or it was long ago. */
const struct sheet_try *sheet_try(const struct worksheet *d, unsigned int number);

/* ---- checking ---- */

/* The files and values as they are now, into d->how; *@how is the same.  It lives until the next sheet_begin(). */
int sheet_begin(struct worksheet *d, struct exercise_checking *how, char *err, size_t err_size);
/* The results of that: they become the sheet's, and a version of the history. */
int sheet_done(struct worksheet *d, const struct exercise_result *r, char *err, size_t err_size);
/* The files that sheet_look() read last are those of the last sheet_begin(). */
bool sheet_unchanged(const struct worksheet *d);
bool sheet_holds(const struct worksheet *d);		/* the last check found nothing wrong */
/* The first check that failed or could not be judged, by number; 0 = none. */
unsigned int sheet_failing(const struct worksheet *d);
/* Of "driver.lua:19" or "driver.lua:19: a fault" the file's number, and *@line 19; -1: another file. */
int sheet_place(const struct worksheet *d, const char *place, unsigned int *line);

/* The run that a check is shown by. */
struct sheet_run {
	unsigned int check;		/* by number */
	unsigned int schedule, of;	/* which of its schedules */
	uint64_t evidence;		/* the event that decided, 0 = none */
	struct run_spec spec;		/* owned: sheet_run_fini() */
	char line[EXERCISE_LINE_BYTES];	/* repeats it: "kworkshop run E21 --seed 2" */
};

/* -ENOENT: the check has not been run. */
int sheet_run(const struct worksheet *d, unsigned int check, struct sheet_run *out);
void sheet_run_fini(struct sheet_run *r);

/* The next hint, which counts as shown from now on; NULL = there is no further one. */
const char *sheet_hint(struct worksheet *d);

#endif
