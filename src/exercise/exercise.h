/*
 * exercise/exercise.h - an exercise on the student's side: its folder, the student's files, its checks.
 *
 *   exercises/21-unload/: exercise.lua, starter/, solution/, wrong/NAME/, and a grader's hidden checks
 *
 * Runs of an exercise are made in confined worker processes, one after another, because a student's
 * file may crash or never end.  A check with `schedules = N` is judged in N runs; the first run that
 * fails it is kept by its seed, variant and jitter, which repeat it.  With jitter that run is shrunk:
 * the run that is kept has the fewest changed times.  One struct exercise_result is what the line mode,
 * the screen, `test`, `check` and `grade` show.
 *
 * Lives here:   the interface of this room.
 * Never here:   terminals, Lua, the judging of one run (lua/lib/exercise.lua).
 * Context:      one thread; exercise_open() and exercise_check() fork.   Licence: MIT.
 */
#ifndef KW_EXERCISE_EXERCISE_H
#define KW_EXERCISE_EXERCISE_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "model/exercise.h"
#include "run/director.h"

/* ---- folders (folder.c) ------------------------------------------------------------------- */

struct exercise_place {
	char dir[1024];			/* "exercises/21-unload" */
	char slug[64];			/* "unload" */
	char label[8];			/* "21"; "" = none */
	char name[1024];		/* "E21", or the path it was found by: names it on a command line */
};

/*
 * exercise_find - the folder of @name: "E21", a slug of an exercise in @dir, a folder, or its exercise.lua
 * A lesson may have the same slug; the number belongs to the exercise alone.
 * Return: 0, -ENOENT, -ENAMETOOLONG with a sentence in @err.
 */
int exercise_find(const char *dir, const char *name, struct exercise_place *out, char *err, size_t err_size);
/* All of @dir in the order of their labels, malloc'ed; 0, or -errno (-ENOENT: no such folder). */
int exercise_list(const char *dir, struct exercise_place **out, size_t *nr);
/* Path of a file of it; false: too long. */
bool exercise_path(const struct exercise_place *at, const char *name, char *path, size_t size);

/* ---- an open exercise (open.c) --------------------------------------------------------------- */

struct exercise {
	struct exercise_place at;
	char path[1100];		/* of exercise.lua */
	script_fn script;
	uint64_t variant;
	struct run_file hidden;		/* of hidden checks; .text NULL = none */
	char named[600];		/* files that a command line names, with a blank before each: exercise_replay_line() repeats them */
	struct exercise_facts about;	/* with the numbers of this variant */
};

/*
 * exercise_open - read an exercise, as it is for @variant
 * @hidden: file of hidden checks; NULL = the one in the folder, if it is there
 * Return: 0; -EINVAL a faulty exercise, "FILE:LINE: sentence" in @err; another -errno with a sentence.
 */
int exercise_open(struct exercise **out, const struct exercise_place *at, uint64_t variant, const char *hidden,
		  script_fn script, char *err, size_t err_size);
void exercise_close(struct exercise *x);

/* ---- the student's files (files.c) ------------------------------------------------------------- */

/*
 * exercise_read - the files of @x from a folder, for a run
 * A file that is missing is left out: the run reports it.  Owner: run_files_put().
 * Return: 0; -ENOENT none of them is there; -EFBIG, -EINVAL (a NUL in it) and others, with a sentence in @err.
 */
int exercise_read(const struct exercise *x, const char *folder, struct run_files **out, char *err, size_t err_size);
/* The same from @paths, each named by its last part. */
int exercise_read_paths(const struct exercise *x, char *const *paths, size_t nr, struct run_files **out, char *err,
			size_t err_size);
/* Adds the hidden checks of @x, if it has any, to a set of files.  0 or -errno. */
int exercise_add_hidden(const struct exercise *x, struct run_files *files);

/* ---- the work folder (work.c) ------------------------------------------------------------------- */

/* The student's values of a form: `set NAME VALUE` lines (docs/inputs.md), in the work folder. */
#define EXERCISE_SETTINGS_FILE "settings.txt"
#define EXERCISE_CHOICES_FILE "choices.txt"
#define EXERCISE_HINTS_FILE "hints.txt"

/*
 * exercise_kept_read - what of @folder becomes a version: the exercise's files, or the values of its form
 * Owner of *@out: run_files_put().  Return: 0; -ENOENT: none of them is there; another -errno with a sentence.
 */
int exercise_kept_read(const struct exercise *x, const char *folder, struct run_files **out, char *err, size_t err_size);
/*
 * The values of a form as they stand in @folder, or the choices that reached the event of a scheduler exercise; none if
 * there is no file.  0, or -errno with a sentence.
 */
int exercise_settings_read(const struct exercise *x, const char *folder, struct run_inputs *out, char *err, size_t err_size);
/* Keeps the choices among @inputs; makes the folder. */
int exercise_choices_write(const struct exercise *x, const char *folder, const struct run_inputs *inputs, char *err, size_t err_size);
/* How many hints were shown in @folder, of an exercise with checks; without a readable file 0. */
unsigned int exercise_hints_read(const char *folder);
int exercise_hints_write(const char *folder, unsigned int hints, char *err, size_t err_size);
/* Writes the values of a form; makes the folder. */
int exercise_settings_write(const char *folder, const struct run_inputs *settings, char *err, size_t err_size);
/*
 * exercise_work_open - make the student's folder, and copy the starter's files that it does not have
 * *@copied: how many.  Return: 0, or -errno with a sentence in @err, as the others below.
 */
int exercise_work_open(const struct exercise *x, const char *folder, unsigned int *copied, char *err, size_t err_size);
struct exercise_result;
/*
 * Keeps @files as a version with @text and the points of @result; equal to the newest one: only these two are written.
 * @result: NULL = the files were not checked
 */
int exercise_keep(const struct exercise *x, const char *folder, const struct run_files *files, const char *text,
		  const struct exercise_result *result, unsigned int *version, char *err, size_t err_size);
/* The points of the newest version that was checked, in halves; false: none was. */
bool exercise_points_kept(const char *folder, unsigned int *halves, unsigned int *of);
/* The number of the newest version, 0 = none. */
unsigned int exercise_versions(const char *folder);
/* -ENOENT: there is no version @n.  Owner of *@out: run_files_put(). */
int exercise_version_read(const struct exercise *x, const char *folder, unsigned int n, struct run_files **out, char *result,
			  size_t result_size, char *err, size_t err_size);
/* The starter's files (of a form the defaults), or those of a version, again.  *@aside: the version that the present ones are now, 0 = there were none. */
int exercise_restart(const struct exercise *x, const char *folder, unsigned int *aside, char *err, size_t err_size);
int exercise_bring_back(const struct exercise *x, const char *folder, unsigned int n, unsigned int *aside, char *err,
			size_t err_size);
/* Calls @line for each line that only one of two texts has: '-' the first, '+' the second.  0, -EFBIG, -ENOMEM. */
typedef void (*exercise_diff_fn)(void *arg, char side, int number, const char *text, int len);
int exercise_diff(const char *was, const char *is, exercise_diff_fn line, void *arg);

/* ---- all ways of choosing, of a scheduler exercise (depth.c) ------------------------------------------ */

#define EXERCISE_MOVES_BYTES 600
#define EXERCISE_PAR_SCHEDULES 20000u
#define EXERCISE_PROOF_SCHEDULES 100000u
#define EXERCISE_PATH_MAX 96u

struct exercise_depth {
	uint64_t schedules;		/* that were played */
	/* No list of choices is left; else all of at most .depth choices were played. */
	bool exact;
	unsigned int depth;
	bool cut;			/* a run had more choices than EXERCISE_PATH_MAX */
	/* The wanted event was reached, or a fault (.fault) has ended a run: by the fewest choices so far. */
	bool reached, fault;
	unsigned int par;
	bool fewest;			/* .par is exact; else there may be a way of more than .depth and fewer than .par choices */
	uint8_t path[EXERCISE_PATH_MAX];
	char moves[EXERCISE_MOVES_BYTES];	/* "rmmod,nic,rmmod": the choices of that way */
	char way[EXERCISE_MOVES_BYTES];		/* the same in words: "rmmod cancel_work_sync, the card, rmmod free_irq" */
	char text[EXERCISE_TEXT_BYTES];		/* of the event, or of the fault */
	char place[96];				/* "remove.lua:4"; "" = unknown */
};

struct exercise_depth_opts {
	const struct run_files *files;	/* the student's; NULL = the first part */
	uint64_t seed;
	bool proof;			/* that there is no way; else only the shortest one is looked for */
	unsigned int depth;		/* choices at most, 0 = all */
	uint64_t schedules_max;		/* 0 = EXERCISE_PROOF_SCHEDULES, or EXERCISE_PAR_SCHEDULES without .proof */
	unsigned int jobs;		/* processes; 0 = one for each core, at most 8 */
	void (*progress)(void *arg, const struct exercise_depth *now);	/* about ten times a second; may be NULL */
	void *arg;
	const volatile sig_atomic_t *stop;	/* nonzero: stop; may be NULL */
};

/*
 * exercise_depth - play a scheduler exercise in all ways of choosing
 * Return: 0; -errno with a sentence in @err.
 */
int exercise_depth(const struct exercise *x, const struct exercise_depth_opts *opts, struct exercise_depth *out, char *err,
		   size_t err_size);

/* ---- all combinations of the values of a form (space.c) ------------------------------------------------ */

#define EXERCISE_SPACE_MAX 1000u	/* that are tried: all of a form, or a sample of a larger one */

struct exercise_point {
	uint64_t place[EXERCISE_SETTINGS_MAX];	/* by setting: which of its values, from 0 */
	bool passes;				/* every check holds */
};

struct exercise_space {
	uint64_t all;			/* combinations of the form; UINT64_MAX = so many or more */
	size_t nr, passed;		/* those in .point; those of them that pass */
	struct exercise_point *point;	/* in the order of their numbers: the last setting changes first */
	uint64_t runs;
	uint64_t faulty;		/* the first one in which the exercise itself has a fault .. */
	char fault[EXERCISE_TEXT_BYTES];	/* .. and its sentence; "" = none has */
};

struct exercise_space_opts {
	uint64_t seed;			/* of the first schedule */
	unsigned int schedules;		/* of each check at most, 0 = as it has them */
	unsigned int jobs;
	void (*progress)(void *arg, const struct exercise_space *now);	/* about ten times a second; may be NULL */
	void *arg;
};

/* The combinations that are to be tried.  0 or -ENOMEM.  Owner: exercise_space_close(). */
int exercise_space_open(const struct exercise *x, struct exercise_space *out);
void exercise_space_close(struct exercise_space *s);
/* Checks each of them.  0; -errno with a sentence in @err. */
int exercise_space_try(const struct exercise *x, const struct exercise_space_opts *how, struct exercise_space *s, char *err,
		       size_t err_size);
/* Value @place of a setting as a text: "3", "HIGHPRI|UNBOUND", "none", "0,2". */
struct strbuf;
void exercise_space_value(const struct exercise_setting *s, uint64_t place, struct strbuf *out);
/* Is it @value, which may be written in another way? */
bool exercise_space_is(const struct exercise_setting *s, uint64_t place, const char *value);

/* ---- checking (check.c) --------------------------------------------------------------------------- */

enum check_state {
	CHECK_STATE_WAITS,			/* not run yet */
	CHECK_STATE_RUNS,
	CHECK_STATE_HOLDS,
	CHECK_STATE_FAILS,		/* .text has the feedback */
	CHECK_STATE_CANNOT,			/* a fault of the student's part ended the run: .text has it */
};

#define EXERCISE_REPLAY_BYTES 240
#define EXERCISE_LINE_BYTES 2200	/* of a line that repeats a run */

struct exercise_outcome {
	enum check_state state;
	unsigned int done;		/* schedules that were run */
	/* of the run that is shown: the first that fails, else the first */
	uint64_t seed;
	double jitter;			/* < 0 = the exercise's machine: ties only */
	uint32_t part;			/* run_spec.part */
	unsigned int schedule;		/* its number, from 1 */
	uint64_t evidence;		/* event of that run, 0 = none */
	char text[EXERCISE_TEXT_BYTES];
	char values[256];
	char place[96];			/* "driver.lua:19"; "" = unknown */
	/* Of a run with jitter that was shrunk: its schedule, "6:scene/director/1=465", "" = it needs no jitter; a sentence about it */
	char replay[EXERCISE_REPLAY_BYTES], changes[300];
	/* Of a scheduler exercise: the fewest choices that make that run fail, "rmmod,nic,rmmod"; "" = none are known. */
	char moves[EXERCISE_MOVES_BYTES];
	unsigned int nr_moves;
	unsigned int depth;		/* of a search that has not played all ways of choosing: choices that it is proved for, else 0 */
};

struct exercise_result {
	unsigned int nr;		/* checks 1 .. nr, as in about.check[] */
	struct exercise_outcome check[EXERCISE_CHECKS_MAX + 1];
	unsigned int halves, of;	/* points reached, and those that can be reached here */
	char fault[EXERCISE_TEXT_BYTES];	/* the first fault of the student's part; "" = none */
	char file_fault[EXERCISE_FILES_MAX][EXERCISE_TEXT_BYTES];	/* by .about.file */
	char value[EXERCISE_SETTINGS_MAX][160];	/* of a form, in the first run; "" = it was not reported */
	bool shrinks;			/* all checks were run, and failing runs are shrunk */
	bool stopped;			/* by .stop: results so far are kept */
	uint64_t runs;
};

struct exercise_checking {
	const struct run_files *files;	/* the student's; may be NULL */
	const struct run_inputs *settings;	/* INPUT_SET, of a scheduler exercise INPUT_CHOOSE; may be NULL */
	struct spin_place *here;	/* memory that the parent shares: the runs are made in this process, a worker; NULL = each in its own */
	bool whole;			/* a hand-in: without choices the event of a scheduler exercise was not reached */
	uint64_t seed;			/* of the first schedule, usually 1 */
	double jitter;			/* >= 0: of every run, instead of the checks' */
	unsigned int jobs;		/* processes; 0 = one for each core, at most 8 */
	uint64_t checks;		/* bit n: check n + 1 is to be run; 0 = all */
	unsigned int schedules;		/* at most so many for each check; 0 = the checks' */
	bool verdicts;			/* only these are wanted: no run is shrunk; .here shrinks none either */
	/* Called about ten times a second; may be NULL. */
	void (*progress)(void *arg, const struct exercise_result *now);
	void *arg;
	const volatile sig_atomic_t *stop;	/* nonzero: stop; may be NULL */
};

/*
 * exercise_check - run the checks of @x
 * Return: 0 (see @out); -EINVAL a faulty exercise or faulty hidden checks, with a sentence in @err;
 *         another -errno with a sentence.
 */
int exercise_check(const struct exercise *x, const struct exercise_checking *how, struct exercise_result *out, char *err,
		   size_t err_size);
/*
 * exercise_answers - play an exercise with a student's inputs and count the points of its questions
 * @inputs: borrowed; those of questions that do not exist any more are left out
 * Return: 0; -EINVAL: a fault ended the run, "FILE:LINE: sentence" in @err; another -errno with a sentence.
 */
int exercise_answers(const struct exercise *x, const struct run_inputs *inputs, uint64_t seed, struct lesson_points *out,
		     char *err, size_t err_size);
/* Sets .halves and .of from the states of the checks. */
void exercise_count_points(const struct exercise *x, struct exercise_result *r);
/* Every check that was run holds. */
bool exercise_holds(const struct exercise *x, const struct exercise_result *r);
/*
 * exercise_replay - the run that check @number is shown by, for run_open()
 * @files: as they were checked.  Owner: the caller drops spec->inputs and spec->files.
 */
int exercise_replay(const struct exercise *x, const struct exercise_checking *how, const struct exercise_result *r,
		    unsigned int number, struct run_spec *spec);
/* Does the author let a student see why check @number does not hold: always, or only of the first one? */
bool exercise_may_show(const struct exercise *x, const struct exercise_result *r, unsigned int number);
/* "4", "2½", "1": points given in halves. */
const char *exercise_points(unsigned int halves, char buf[16]);
/* A line for each check, under a failing one its feedback, place and replay line; then the points.  @r NULL: nothing was checked. */
void exercise_table(FILE *out, int columns, const struct exercise *x, const struct exercise_result *r);
/* Adds the choices "rmmod,nic,rmmod" as inputs.  0, -EINVAL, -ENOMEM. */
int exercise_add_choices(struct run_inputs *in, const char *names);
/* Adds the choices of a schedule as inputs, for a calm run with *@seed.  0; -EINVAL with a sentence in @err; -ENOMEM. */
int exercise_add_schedule(struct run_inputs *in, const char *text, uint64_t *seed, char *err, size_t err_size);
/*
 * "kworkshop run E21 --seed 2 --variant 4711 --jitter 0.3", with .moves --choose, with .replay --replay instead of --seed,
 * with the values of a form --set
 */
void exercise_replay_line(const struct exercise *x, const struct exercise_result *r, const struct exercise_outcome *c, char *buf,
			  size_t size);

#endif
