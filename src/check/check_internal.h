/*
 * check/check_internal.h - declarations shared by the files of src/check/ only.
 *
 * A check has three parts.  The plan is a list of runs; a worker process plays each run and
 * writes a report, lines of text; the judge compares reports and adds findings.
 *
 * Lives here:   runs, reports, the state of one check.
 * Licence: MIT.
 */
#ifndef KW_CHECK_CHECK_INTERNAL_H
#define KW_CHECK_CHECK_INTERNAL_H

#include "base/strbuf.h"
#include "check/check.h"
#include "run/spin_limit.h"

/* ---- a run and its report ------------------------------------------------------------- */

enum check_answers {
	ANSWER_TURN,			/* choice number .turn, counted on from question to question */
	ANSWER_RIGHT, ANSWER_WRONG,	/* by the answers that .base found right */
};

/* Answers that a person asked for by `run --answers`. */
struct answer_list {
	enum check_answers others;	/* to the questions that are not in the list */
	size_t nr;
	struct listed_answer {
		char id[LESSON_ID_BYTES_MAX * 2];
		char value[400];	/* as typed, with blanks */
	} v[LESSON_QUESTIONS_MAX];
};
/* NULL: no answer to that question is in the list. */
const char *answer_list_find(const struct answer_list *w, const char *question);

struct check_run {
	uint64_t variant, seed;
	int cpus;			/* 0 = the lesson's */
	double jitter;			/* 0 = ties only */
	enum check_answers answers;
	unsigned int turn;
	const char *base;		/* report of an earlier run; NULL = none */
	const struct answer_list *list;	/* go before .answers; NULL = none */
	uint32_t world_question, world_choice;	/* 0 = the real world */
	char world[LESSON_ID_BYTES_MAX * 2 + LESSON_CHOICE_ID_BYTES_MAX + 2];	/* "QUESTION CHOICE" of the two numbers */
	const char *preview;		/* question whose text and answer are written; NULL = none */
	bool hints;			/* take all hints before each answer */
	bool probe;			/* judge every answer (script_notes.probe) */
	bool rendered;			/* print it in plain mode, measure its cards */
};

/*
 * A report is a list of lines "KIND\tQUESTION\tTEXT\n".  QUESTION is empty for facts of the lesson.
 * Kinds of notes stand in lua/lib/probe.lua; play.c adds:
 *   asked KIND-NUMBER CHOICES HINTS   answer RIGHT-ANSWER      letter PLACE
 *   go CARD                           given VALUE               (in the order of the run)
 *   world NUMBER CHOICE WORD          moves, within N UNIT
 *   misfit VALUE: a listed answer that the question does not take
 *   long LINES MAX TEXT               fault TEXT               ended, died, plain TEXT
 *   long-in LANG KEY LINES MAX        (a translation)
 *   events STORY NANOSECONDS          cpu MILLISECONDS
 */
#define CHECK_REPORT_BYTES 65536
struct check_report {
	uint32_t len;
	char text[CHECK_REPORT_BYTES];
};

/* @spin: spin_limit_begin() writes there; NULL = the run has no such limit. */
void check_play(const struct check_opts *o, const char *path, const struct check_run *run, struct spin_place *spin,
		struct check_report *out);
/* The process ended in the middle of this run: a report of one line, @kind "died" or "fault". */
void check_lost(struct check_report *out, const char *kind, const char *why);

/* Adds a line; control characters of @text become blanks. */
void report_put(struct strbuf *out, const char *kind, const char *question, const char *text);

struct report_line {
	char kind[16];
	char question[LESSON_ID_BYTES_MAX * 2];
	const char *text;		/* in the report, up to .len */
	size_t len;
};
/* Reads the line at *@at and moves on; false at the end. */
bool report_next(const char **at, struct report_line *line);
/* The first line of that kind and question; @line->text is the rest.  False: there is none. */
bool report_find(const char *report, const char *kind, const char *question, struct report_line *line);
/* Return: true if the report has a line of that kind and question with exactly @text. */
bool report_has(const char *report, const char *kind, const char *question, const char *text);

struct trace_store;
struct lesson;
struct lesson_question;
/* preview.c: "show" lines of a question. */
void preview_question(struct trace_store *s, const struct lesson *l, const struct lesson_question *q, struct strbuf *out);

/* ---- a check ------------------------------------------------------------------------------- */

struct check {
	const struct check_opts *o;
	const char *path;
	const struct run_spec *spec;	/* of the run that answers are made for; NULL = a check */
	char *source;			/* the lesson's file */
	struct check_result *result;
	struct check_run *run;		/* all planned so far, [0 .. nr_runs) */
	char **report;			/* of each; NULL = not yet played */
	size_t nr_runs, cap_runs, played;
	struct spin_place *spin;	/* of each worker; NULL = no memory was shared */
	struct check_report room;
};

/* Adds a run.  Return: its index, or -ENOMEM. */
int64_t check_plan(struct check *c, const struct check_run *run);
/* Makes the runs planned since the last call.  0 or -errno. */
int check_play_all(struct check *c);
/* Frees runs and reports. */
void check_free_runs(struct check *c);

/* Adds a finding; one of the same code, question and text is kept once.  @run: -1 = none. */
void check_find(struct check *c, enum check_code code, const char *question, unsigned int line, unsigned int col,
		int64_t run, const char *fix, const char *fmt, ...) __attribute__((format(printf, 8, 9)));

/* The same about a text of a translation: row @row of the file @path. */
void check_find_in(struct check *c, enum check_code code, const char *path, unsigned int line, unsigned int col,
		   const char *fix, const char *fmt, ...) __attribute__((format(printf, 7, 8)));

/* translations.c: the languages that the lesson has files in; @take is called for each. */
void check_languages(const char *lesson, void (*take)(void *arg, const char *path, const char *lang), void *arg);

/* place.c: line and column of a text of the lesson's file, searched from line @from on; false: not found. */
bool place_find(const char *source, unsigned int from, const char *text, unsigned int *line, unsigned int *col);
/* The first column of a line that is not blank. */
unsigned int place_column(const char *source, unsigned int line);
/* Line of a question, and the column of its call; 1, 1 if no report has it. */
void place_question(const struct check *c, const char *question, unsigned int *line, unsigned int *col);
/* Place of choice @id of a question, of its field, or of the question. */
void place_choice(const struct check *c, const char *question, const char *id, unsigned int *line, unsigned int *col);

/* judge.c, names.c: findings of all reports.  habits.c: of the file. */
void check_judge(struct check *c);
void check_names(struct check *c);
void check_translations(struct check *c);
void check_habits(struct check *c);
/* The row of the table, made when it is first asked for; NULL without memory. */
struct check_question *check_question(struct check *c, const char *id);

#endif
