/*
 * check/check.h - plays a lesson under many variants, seeds and answers, and lists its faults.
 *
 * An author plays a lesson a few times; a class plays every variant and gives every answer.
 * check_lesson() runs the lesson some hundred times in worker processes and compares the
 * runs: a fault on any path, an answer that depends on the schedule, feedback that is never
 * given.  A finding names the file, the line and a correction.
 *
 * Lives here:   the findings of a lesson, the table of its questions, its cost.
 * Never here:   printing them (cli/check.c), Lua (it is called through run/director.h).
 * Context:      a process without other threads: workers are forked.
 * Licence: MIT.
 */
#ifndef KW_CHECK_CHECK_H
#define KW_CHECK_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/exercise.h"
#include "model/lesson_limits.h"
#include "run/course.h"
#include "run/director.h"

enum check_level { CHECK_WARNING, CHECK_ERROR };

enum check_code {
#define CODE(ID, word, level) CHECK_##ID,
#include "check/codes.def"
#undef CODE
	CHECK_NR
};

extern const struct check_code_row {
	const char *word;
	enum check_level level;
} check_codes[CHECK_NR];

#define CHECK_FINDINGS_MAX 200		/* further ones are counted */
struct check_finding {
	enum check_code code;
	char file[160];			/* of an exercise, with its folder in the exercise, or a translation; "" = the file that is checked */
	unsigned int line, col;		/* both from 1 */
	char question[LESSON_ID_BYTES_MAX * 2];	/* "" = of the lesson */
	char text[1200];		/* one sentence or more */
	char fix[400];			/* the correction to make */
	unsigned int runs;		/* that have it; 0 = no run is needed to see it */
	char again[900];		/* options of `kworkshop run FILE` that show it; "" = it needs no run */
	bool tested;			/* .again are files and options of `kworkshop test FOLDER` */
};

#define CHECK_ANSWERS_MAX 8		/* different right answers that the table counts */
struct check_question {
	char id[LESSON_ID_BYTES_MAX * 2];
	const char *kind;		/* "choices" */
	unsigned int line;
	uint64_t variants, seeds, jitters;	/* runs in which it was judged */
	bool fixed, moves;
	unsigned int nr_choices;
	uint64_t letter[LESSON_FLAGS_MAX];	/* variants in which the choice at that place is right */
	unsigned int nr_answers;	/* CHECK_ANSWERS_MAX + 1: there are more */
	struct {
		char text[80];
		uint64_t variants;
	} answer[CHECK_ANSWERS_MAX];
};

#define CHECK_NOTES_MAX 50
struct check_note {			/* note() of the lesson, in the first run */
	unsigned int line;
	char text[240];
};

/* Of a configure exercise: the combinations of its settings, and those that pass in the first variant. */
struct check_form {
	unsigned int nr;		/* settings; 0 = it is another exercise */
	char name[EXERCISE_SETTINGS_MAX][48];
	unsigned int line;		/* of `settings` in exercise.lua */
	uint64_t variant, all;		/* .all UINT64_MAX: so many or more */
	size_t tried, passed;		/* of .all; of .tried */
	struct check_form_row {
		bool solution;		/* these are the values of the solution */
		char value[EXERCISE_SETTINGS_MAX][160];
	} *row;				/* .passed of them */
	unsigned int variants;		/* in which they were tried .. */
	size_t least, most;		/* .. and passed, at least and at most */
};

struct check_result {
	char path[1024], file[128];	/* "lessons/02-life.lua", "02-life.lua" */
	struct check_finding *finding;	/* by line */
	size_t nr_findings, more;
	unsigned int errors, warnings;
	struct check_question *question;	/* in the order asked */
	size_t nr_questions;
	struct check_note note[CHECK_NOTES_MAX];
	unsigned int nr_notes;
	struct check_form form;
	uint64_t runs;
	unsigned int variants;		/* of an exercise with files or settings: those tried, 0 = it is another lesson */
	unsigned int schedules;		/* of each check, tried at most; 0 = as many as it has */
	uint64_t instructions, memory, time_ns;	/* of the most expensive run, each by itself */
};

struct check_opts {
	script_fn script;
	unsigned int variants, seeds, jobs;
	double jitter;			/* 0 = no runs with jitter */
	const char *question;		/* report on this one only; NULL = all */
	uint64_t first_variant, seed;	/* of check_preview(); seed 0 = 1 */
	uint64_t runs_max;		/* of an exercise with files or settings: a variant that would need more is not tried; 0 = no limit */
	uint64_t seed_runs_max;		/* its solution gets no further seed after so many in a variant; 0 = no limit */
	const struct course *course;	/* for `needs`; NULL = the files beside the lesson */
	/* Columns and lines that a screen of 80x24 has for a card, on a machine with @cpus. */
	void (*talk_room)(unsigned int cpus, int *columns, unsigned int *lines);
	/* Called about ten times a second with the runs done and planned; NULL = never. */
	void (*progress)(void *arg, uint64_t done, uint64_t planned);
	void *arg;
};

#define CHECK_VARIANTS 200		/* of a full check */
#define CHECK_SEEDS 100
#define CHECK_JITTER 0.1
#define CHECK_FAST_VARIANTS 5
#define CHECK_EXERCISE_VARIANTS 50	/* of an exercise with files or settings */
#define CHECK_EXERCISE_SEEDS 5
#define CHECK_EXERCISE_RUNS 200000u
#define CHECK_EXERCISE_SEED_RUNS 50000u

/* Return: 0 (findings or not), or -errno if the runs cannot be made.  Owner: check_result_fini(). */
int check_lesson(const struct check_opts *o, const char *path, struct check_result *out);
/*
 * check_heading - a check that plays no scene to its end: the names in the heading, habits of the text
 * For an exercise whose runs need a student's files.  Return, owner: as check_lesson().
 */
int check_heading(const struct check_opts *o, const char *path, struct check_result *out);
void check_result_fini(struct check_result *r);
/* Line and column of @text in a file's @source, searched from line @from on; false: not found, and both are unchanged. */
bool check_place(const char *source, unsigned int from, const char *text, unsigned int *line, unsigned int *col);

/*
 * check_preview - the question @o->question in @o->variants variants, with answer, evidence and the author's notes
 * Return: 0 or -errno.
 */
struct check_preview {
	char *text;			/* lines, malloc'ed */
	unsigned int shown, faulty;	/* variants that ask it; variants that end with a fault */
};

int check_preview(const struct check_opts *o, const char *path, struct check_preview *out);

/*
 * check_answers - the inputs that play a lesson without typing
 * @answers: "right", "wrong" and ID=VALUE in a list with commas; NULL = "right".  VALUE is an answer
 *           as it would be typed, with + for each blank.
 * @until:   id of the question to stop at, NULL = none
 * @spec:    the run that will be made; the inputs are added to it
 * Return:   0; -EINVAL if the list fits no question, -errno if the runs cannot be made, with a
 *           sentence in @err.  A lesson with a fault gets the inputs up to the fault.
 */
int check_answers(script_fn script, const char *answers, const char *until, struct run_spec *spec, char *err,
		  size_t err_size);
/*
 * check_practice - the same for practice: right answers to all questions, before and after it, but to @question
 * Sets .practice of @spec.
 */
int check_practice(script_fn script, const char *question, struct run_spec *spec, char *err, size_t err_size);

#endif
