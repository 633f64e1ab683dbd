/*
 * visualizer/app.h - the screen program as its callers see it.
 *
 * app_main() owns the terminal until it returns, and restores it at every kind of end.
 * It gets the list of lessons and the earlier answers through callbacks, so it
 * needs no header of the classroom, the machine or Lua.
 *
 * Lives here:   options, the course as home shows it, callbacks.
 * Never here:   drawing, keys, files of progress.
 * Context:      one thread; every callback runs on it and must not block.
 * Licence: MIT.
 */
#ifndef KW_VISUALIZER_APP_H
#define KW_VISUALIZER_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "run/run.h"

enum app_color { APP_COLOR_AUTO, APP_COLOR_ALWAYS, APP_COLOR_NEVER };

enum app_lesson_state { APP_LESSON_NEW, APP_LESSON_STARTED, APP_LESSON_DONE };

enum app_mark { APP_MARK_NONE, APP_MARK_RIGHT, APP_MARK_WRONG, APP_MARK_UNJUDGED };

/* A question of a lesson, and how the first answer to it was. */
struct app_question {
	char text[240];		/* the question in one sentence; "" = unknown */
	enum app_mark mark;
};

/* A lesson or an exercise, one line of home.  All text is borrowed from the caller until the next home(). */
struct app_lesson {
	const char *id;		/* slug: "one-runnable"; of an exercise "exercises/unload"; argument of open(), save(), reset(), work() */
	const char *label;	/* "05", "E04" */
	const char *title;
	const char *question;
	const char *part;	/* "Lab 1: the idea"; a heading is drawn where it changes; NULL = none */
	const char *needs;	/* "02, 04"; "" = nothing; advice, not a lock */
	const char *fault;	/* "FILE:LINE: reason" of a lesson that cannot be read; NULL = it can */
	unsigned int minutes;
	unsigned int step, steps;	/* .step: where it goes on, 0 = nothing is unfinished */
	const struct app_question *asked;	/* .total of them, in the order of the lesson */
	unsigned int done, total;	/* questions answered, questions there are */
	enum app_lesson_state state;
	/* of a lesson: the exercises that follow it */
	const struct app_lesson *exercise;
	unsigned int nr_exercises;
	/* of an exercise: */
	const char *kind;	/* "predict"; NULL = a lesson */
	bool works;		/* work() opens it, for it has files, a form or choices; else open() does */
	bool judged;		/* .halves is known */
	unsigned int halves, of;	/* points that it has, and that it can have, in halves */
};

#define APP_LESSONS_MAX 256	/* that can be open, with their exercises below them */

struct app_home {
	const char *title;		/* "Course" or the course's own title */
	const char *profile;		/* "Linux 6.12" */
	const struct app_lesson *lessons;
	size_t nr;
	const struct app_lesson *others;	/* exercises that follow no lesson of the course */
	unsigned int nr_others;
	const struct app_lesson *last;	/* the one that was open last, NULL = none */
	unsigned int right, judged;	/* first answers in all lessons */
	const char *intro;		/* id of the lesson that ends at home ("first-minute"), NULL = none */
	bool met;			/* the intro was begun, or skipped for something else */
	unsigned int due;		/* missed questions that are due for practice today */
	char returns[40];		/* the day on which the next of the others is due: "2026-12-05"; "" = there are none */
};

/* Where Enter goes on: the lesson that was open last, or the one behind it if it is done; NULL = none. */
const struct app_lesson *app_home_next(const struct app_home *h);
/* One sentence each: where the student was (@enter: Enter opens app_home_next()); how many first answers were right, and what is due. */
void app_home_last(const struct app_home *h, bool enter, struct strbuf *out);
void app_home_score(const struct app_home *h, struct strbuf *out);
unsigned int app_home_done(const struct app_home *h);	/* lessons that were brought to their end */
/* Return: exercises of the course; *@done: those that are done. */
unsigned int app_home_exercises(const struct app_home *h, unsigned int *done);
unsigned int app_done(const struct app_lesson *exercise, unsigned int nr);
/* "E21"; an exercise without a number: its slug. */
const char *app_exercise_name(const struct app_lesson *x);
/*
 * The rows that the lessons have on home: number 0 is lesson @lesson, 1, 2, .. are its exercises.
 * Lesson .nr has no row of its own: its exercises are .others.
 */
unsigned int app_home_nr_exercises(const struct app_home *h, size_t lesson);
const struct app_lesson *app_home_at(const struct app_home *h, size_t lesson, unsigned int number);	/* NULL: there is none */
/* The row of lesson or exercise @id; false: there is none. */
bool app_home_find(const struct app_home *h, const char *id, size_t *lesson, unsigned int *number);

enum app_open { APP_OPEN_RESUME, APP_OPEN_FRESH, APP_OPEN_AGAIN };

struct worksheet;

/* An exercise with files, a form or choices, as it is opened: a page, or a run. */
struct app_work {
	struct worksheet *sheet;	/* borrowed until work_done(); NULL: the run */
	struct run_spec spec;		/* in which the student chooses; it has no inputs */
};

/* The questions to practise. */
enum app_practise {
	APP_PRACTISE_DUE,	/* those that are due today */
	APP_PRACTISE_MISSED,	/* those that were missed in the lesson whose run was opened last */
	APP_PRACTISE_NEXT,	/* the next one of the list that one of these two has begun */
};

/* The question that is asked again. */
struct app_practice {
	char lesson[64], question[64];	/* ids */
	unsigned int number, nr;	/* 2 of 5; .nr 0: nothing is practised */
};

struct app_callbacks {
	void *arg;
	/* The course; called at start and whenever home is shown again.  0 or -errno + sentence. */
	int (*home)(void *arg, struct app_home *out, char *err, size_t err_size);
	/*
	 * The run to start for a lesson; APP_OPEN_RESUME: with the inputs of the unfinished
	 * attempt; APP_OPEN_AGAIN: with the numbers of a further variant, nothing of it is saved.
	 * 0, and a note for the person in @err ("" = none), or -errno + sentence.
	 */
	int (*open)(void *arg, const char *id, enum app_open how, struct run_spec *spec, char *err, size_t err_size);
	/*
	 * The run of the next question to practise, which waits there; save() keeps the first answer
	 * to it.  Its inputs answer all other questions.
	 * 0; -ENOENT: there are no more, with the result or the reason in @err; another -errno + sentence.  May be NULL.
	 */
	int (*practise)(void *arg, enum app_practise which, struct run_spec *spec, struct app_practice *out, char *err,
			size_t err_size);
	/* How many questions APP_PRACTISE_MISSED would ask.  May be NULL: none. */
	unsigned int (*missed)(void *arg);
	/* The run of free play; nothing of it is kept.  0, or -errno + sentence.  May be NULL. */
	int (*free_play)(void *arg, struct run_spec *spec, char *err, size_t err_size);
	/*
	 * The page of an exercise, or the run of its choices, which save() keeps; APP_OPEN_FRESH: that run again.
	 * 0, and a note for the person in @err ("" = none), or -errno + sentence.  May be NULL with .work_done.
	 */
	int (*work)(void *arg, const char *id, enum app_open how, struct app_work *out, char *err, size_t err_size);
	bool (*work_done)(void *arg);	/* the page or the run of the last work() is closed.  Return: the run's page follows */
	/* After each verdict, at the end, on leaving: keep what was given so far.  May be NULL. */
	void (*save)(void *arg, const char *id, struct run *run);
	struct run_bookmarks bookmarks;	/* .set NULL: none are kept */
	/* The newest sentence about config or progress that the person has not read; each is returned once.  May be NULL. */
	const char *(*complaint)(void *arg);
	/* Forget what was answered in this lesson (home, r, after y).  May be NULL. */
	void (*reset)(void *arg, const char *id);
	/*
	 * Both worlds: the run of the same scene under the belief behind choice @choice
	 * (1, 2, .. in the order shown) of question @question, whose choice has a world.
	 * May be NULL: the key then prints that there is no second world here.
	 */
	int (*world)(void *arg, const struct run *base, const char *question, unsigned int choice,
		     struct run_spec *spec, char *err, size_t err_size);
	/* One sentence for rule "R4.1", NULL if unknown.  May be NULL. */
	const char *(*rule)(void *arg, const char *rule);
	/* Glossary: one sentence for a word, NULL if unknown.  May be NULL. */
	const char *(*word)(void *arg, const char *word);
	/* The next lesson after @id for `>`, NULL if none.  May be NULL. */
	const char *(*next)(void *arg, const char *id);
};

/* A line of the student's config: the action NAME has these keys, with blanks between them. */
struct app_key {
	const char *name, *keys;
	unsigned int line;
};

struct app_keys {
	const char *file;		/* for messages */
	const struct app_key *v;
	size_t nr;
};

/*
 * app_change_keys - the student's keys in place of those of the table, for the life of the program
 * @warn: called with a sentence for each name that is unknown; may be NULL
 * Return: 0; -EINVAL with "FILE:LINE: sentence" in @err, and no key is changed then.
 */
int app_change_keys(const struct app_keys *keys, void (*warn)(void *arg, const char *sentence), void *arg, char *err,
		    size_t err_size);

/* Filled in when the window is too small and the student wants to go on in plain mode. */
struct app_plain {
	bool wanted;
	bool has_run;			/* a run was open: the fields below */
	char id[64];			/* lesson; "" = a file */
	struct run_spec spec;		/* the run with the inputs so far; the caller frees .inputs */
};

struct app_opts {
	const char *exe;		/* path of this program, for run_open() */
	enum app_color color;		/* --color= */
	const char *theme;		/* NULL = default */
	bool ascii;			/* --ascii, or the locale is not UTF-8 (found out here as well) */
	bool no_mouse;			/* --no-mouse */
	bool no_animation;		/* --no-animation */
	bool sync_output;		/* wrap frames in "synchronized output"; off by default */
	struct app_callbacks cb;
	/* The scene to open, at most one; none: home. */
	const char *lesson;		/* id known to cb.open(): `run NAME` */
	bool practise;			/* the questions that are due for practice */
	bool fresh;			/* .lesson from its beginning; else where it was left */
	const struct run_spec *spec;	/* a file: `run FILE` */
	bool at_wait;			/* .spec: at the first wait that its inputs do not answer; else from the beginning */
	bool part_two;			/* .spec: the second part follows if the run reaches its crash */
	struct worksheet *sheet;	/* an exercise to work on; borrowed */
	struct trace_store *store;	/* a recording: `play FILE`; borrowed, no process */
	const char *title;		/* of a recording: its file's name */
	const char *record;		/* --record FILE.kwt: written at the end, NULL = no */
	struct app_plain *plain;	/* NULL: there is no plain mode to go on in */
	/* The explanation of a word ("": the list of all) in lines of at most @width columns, malloc'ed.  May be NULL. */
	char *(*help)(const char *word, int width);
	const char *message;		/* for the message line at the beginning, NULL = none */
	/* Asked some times a second: true ends the screen as `q` does.  May be NULL. */
	bool (*leave)(void *arg);
	void *leave_arg;
	bool left;			/* out: .leave ended it */
	const char *replay_line;	/* of a recording: the line that repeats it, NULL = unknown */
};

/*
 * app_talk_room - the room that the machine view has for a card or a question at 80x24
 * @cpus:  of the machine: each CPU has a row
 * @width: set to the columns of a line
 * @lines: set to the number of lines that are visible at once
 */
#define APP_TALK_W 80
#define APP_TALK_H 24
void app_talk_room(unsigned int cpus, int *width, unsigned int *lines);

/*
 * app_main - run the screen program, from opening the terminal to restoring it
 * Return: exit code: 0 (all right), 1 (a question was answered wrong, or opened
 *         from the command line and left unfinished), 2 faulty lesson or no usable terminal,
 *         4 internal.  Errors that could not be shown are printed on standard error afterwards.
 */
int app_main(struct app_opts *opts);

#endif
