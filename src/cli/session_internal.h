/*
 * cli/session_internal.h - the state of a session, shared by its files.
 *
 * session.c opens the course and the lessons' runs, session_home.c fills in the rows of home,
 * session_practice.c asks questions again, session_exercise.c opens exercises that are worked on.
 *
 * Never here:   functions for other files (session.h).   Licence: MIT.
 */
#ifndef KW_CLI_SESSION_INTERNAL_H
#define KW_CLI_SESSION_INTERNAL_H

#include "classroom/config.h"
#include "classroom/identity.h"
#include "classroom/progress.h"
#include "cli/exercise.h"
#include "cli/session.h"

/* A question on the list of those to practise. */
struct practice_item {
	char lesson[64], question[64];
	int64_t due;
	size_t place;			/* in the course */
};

struct session_practice {
	struct practice_item *v;	/* malloc'ed */
	size_t nr, next;		/* .next: the one that is asked next */
	struct progress_practice now;	/* of the run that is open; .question "" = none is */
	bool kept;			/* its answer has been written, or nothing can be written */
	unsigned int answered, right;	/* of the list */
	unsigned int missed;		/* counted by session_missed() */
};

/* The exercise that is worked on. */
struct session_work {
	struct exercise *x;		/* NULL = none is; these two are owned: session_work_done() */
	struct worksheet *sheet;	/* NULL: its choices are made */
	struct cli_choices choices;
	char folder[1100];
};

struct session {
	struct course course;
	bool other_course;		/* that of --course */
	enum { COURSE_IN_PART, COURSE_READ_NOW, COURSE_READ } course_state;	/* .. in part: one lesson of it; now: by session_open() */
	struct config config;
	struct identity who;
	struct session_options options;
	struct progress *progress;	/* NULL: nothing is kept */
	int no_progress;		/* -errno, why not */
	int64_t date;			/* of --date, 0 = the clock's */
	struct session_practice practice;
	struct session_work work;
	void (*keep)(void *arg, struct run *run);	/* session_keep_by() */
	void *keep_arg;
	struct progress_attempt now;	/* the run that is open; .row 0 = not written yet */
	size_t now_inputs;		/* inputs of it that are in progress */
	char again[64];			/* the lesson that was last played with new numbers .. */
	uint64_t nr_again;		/* .. and how often */
	bool on_screen;			/* the terminal is in use: complaints wait for its end */
	char complaints[4096];
	char newest[700];		/* the newest complaint */
	bool newest_shown;		/* .. has been on the screen */
	struct app_lesson *rows;	/* one for each lesson, as home shows them; behind them the exercises by lesson */
	struct app_question *asked;	/* their questions */
	char last[64];			/* the lesson of which something was saved last, "" = none since the start */
	char (*needs)[256];		/* labels, beside rows */
	char title[256];
};

/* Reads what session_open() has left out.  On an error, which is in @err, the course stays as it is. */
int session_read_all(struct session *s, char *err, size_t err_size);
/* Which numbers a run of @l uses. */
uint64_t session_variant(const struct session *s, const struct course_lesson *l);
/* The options of the session, and the variant of the student's id, into the spec of a run of @l. */
void session_apply_options(const struct session *s, const struct course_lesson *l, struct run_spec *spec);
/* The day, and the time if the person wants it kept. */
void session_stamp(const struct session *s, int64_t *day, int64_t *moment);
/* The attempt or the practice that was open is over: nothing more of it is kept. */
void session_leave(struct session *s);
/* Reports once that nothing is kept from here on. */
void session_lose_progress(struct session *s, int err);

/* ---- session_practice.c ---- */

/* Keeps the answer in practice, if there is one now.  Return: is it kept? */
bool session_save_practice(struct session *s, struct run *run);
/* The questions that are due, for home. */
void session_practice_home(struct session *s, struct app_home *out);

#endif
