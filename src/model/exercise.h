/*
 * model/exercise.h - an exercise and the judging of one run of it, computed from its events.
 *
 * A run of an exercise reports what the exercise is, the faults of the student's files, and a
 * result for each check that it was judged by.  The facts hold copies and no pointers, so that they
 * can stand in memory that processes share.  Texts are as they are shown, without mark-up.
 *
 * Lives here:   the events EXERCISE, EXERCISE_TEXT, CHECK and CHECKED, decoded.
 * Never here:   results of many runs (exercise/), sentences (words/), judging (lua/lib/exercise.lua).
 * Context:      one thread.   Licence: MIT.
 */
#ifndef KW_MODEL_EXERCISE_H
#define KW_MODEL_EXERCISE_H

#include "model/lesson.h"
#include "trace/trace.h"

#define EXERCISE_CHECKS_MAX 34	/* with those of a scheduler exercise: reached, and the proof of its second part */
#define EXERCISE_SETTINGS_MAX 12
#define EXERCISE_FILES_MAX 16
#define EXERCISE_HINTS_MAX 5
#define EXERCISE_TEXT_BYTES 1200	/* of feedback, a hint, a fault */

#define EXERCISE_NOT_JUDGED UINT32_MAX

struct exercise_check {
	uint32_t number;		/* from 1; 0 = this row is unused */
	enum trace_check_form form;
	unsigned int halves;		/* points, in halves */
	unsigned int schedules;
	double jitter;
	enum trace_check_show show;
	bool hidden, own_scene;		/* of hidden_checks{}; it brings its own scene or parameters */
	uint32_t files;			/* bit n: it needs file n + 1; 0 = all of them */
	char name[128];
	/* of this run */
	uint32_t result;		/* enum trace_check_result, or EXERCISE_NOT_JUDGED */
	uint64_t n, evidence;		/* the CHECKED event; the event that decided, 0 = none */
	char feedback[EXERCISE_TEXT_BYTES];
	char values[256];		/* "count 5, ms 3.2"; "" = none */
	char place[96];			/* "driver.lua:19": the student's line at the event that decided; "" = none */
};

struct exercise_setting {
	char name[48], kind[16];
	char of[400];			/* words, a blank between them */
	long from, to;
	char by_default[160];
	char value[160];		/* in this run; "" = not reported */
};

struct exercise_facts {
	bool begun;			/* an EXERCISE event was read */
	enum trace_exercise_kind kind;
	unsigned int halves, hidden_halves;
	unsigned int visible;		/* checks of the exercise's own file */
	char id[64], title[256];
	char story[3800];
	struct exercise_check check[EXERCISE_CHECKS_MAX + 1];	/* by number; row 0 is unused */
	unsigned int nr_checks;		/* largest number */
	struct exercise_setting setting[EXERCISE_SETTINGS_MAX];
	unsigned int nr_settings;
	char file[EXERCISE_FILES_MAX][64];	/* names, in the order of the exercise */
	unsigned int nr_files;
	char hint[EXERCISE_HINTS_MAX][EXERCISE_TEXT_BYTES];
	unsigned int nr_hints;
	char why[3800];
	char after_file[64], after_prompt[EXERCISE_TEXT_BYTES], after_depth[16];
	unsigned int after_halves, par;	/* 0 = none */
	char report[160];
	/* of this run */
	char file_fault[EXERCISE_FILES_MAX][EXERCISE_TEXT_BYTES];	/* by the run's files */
	char fault[EXERCISE_TEXT_BYTES];	/* the first fault of the student's part, "FILE:LINE: sentence" */
	bool faulty;			/* a FAULT event has ended the run .. */
	bool by_student;		/* .. and a file of the student caused it; else the exercise is wrong */
	char faulty_text[EXERCISE_TEXT_BYTES];
	bool ended;
	struct lesson_points score;	/* of the kinds predict, observe and dump */
	uint64_t events;
};

/* Reads all events of @s. */
void exercise_facts_read(const struct trace_store *s, struct exercise_facts *out);
/* "MEM_RECLAIM" of "MEM_RECLAIM HIGHPRI": word @i, from 0, of a setting's .of; false: there is none. */
bool exercise_setting_word(const struct exercise_setting *set, unsigned int i, char *word, size_t size);
/* Does @value, of flags "HIGHPRI|WQ_UNBOUND" or a set of CPUs "0-1,3", have @word? */
bool exercise_setting_has(const struct exercise_setting *set, const char *value, const char *word);
/* Is @value one of those that the setting may have? */
bool exercise_setting_takes(const struct exercise_setting *set, const char *value);

#endif
