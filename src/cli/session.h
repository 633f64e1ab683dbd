/*
 * cli/session.h - an open course and the progress made in it.
 *
 * Home, `run NAME`, `list` and plain mode use one; the screen program reaches it
 * through struct app_callbacks.  Without a state folder a session works, and keeps
 * nothing.
 *
 * Lives here:   joining run/course.h and classroom/progress.h for the front ends.
 * Never here:   drawing, Lua, SQL.
 * Context:      one thread.   Licence: MIT.
 */
#ifndef KW_CLI_SESSION_H
#define KW_CLI_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/cli.h"
#include "run/course.h"
#include "visualizer/app.h"

struct session;
struct progress;

/*
 * Reads the course, the config file and the student's id, and opens progress.
 * @only: the lesson that will be run, if the name means one: the others are read when home is shown; NULL = all are read now.
 * Return: EXIT_RIGHT, or the exit code after having printed what is wrong.  Owner: session_close().
 */
int session_open(struct session **out, const struct cli_look *look, const char *only);
void session_close(struct session *s);

const struct course *session_course(const struct session *s);
struct progress *session_progress(struct session *s);		/* NULL: nothing is kept here */
int session_no_progress(const struct session *s);		/* -errno, why not; 0 = answers are kept */
const char *session_student(const struct session *s);		/* the id, "" = none */
/* While the screen has the terminal, complaints are kept; they are printed when it is off again. */
void session_on_screen(struct session *s, bool on);
/* Reads the course again (a lesson was edited).  0 or -errno + sentence. */
int session_reread(struct session *s, char *err, size_t err_size);
/* Puts the headings into the language of the texts.  JSON has them as they are written, so it does without this. */
void session_translate(struct session *s);

/* Under which conditions lessons run; attempts under other ones are other attempts. */
#define SESSION_VARIANT_OF_ID UINT64_MAX
struct session_options {
	uint64_t seed, variant;
	int cpus;			/* 0 = the lesson's number */
	double jitter;			/* < 0 = the lesson's */
	bool census;
};
void session_set_options(struct session *s, const struct session_options *o);

/*
 * The run of a lesson of this course: with the inputs of the unfinished attempt,
 * from its beginning, or with the numbers of a further variant, of which session_save() keeps
 * nothing.  Writes nothing.
 * Return: 0, and a note for the person in @err ("" = none); -ENOENT no such lesson,
 *         -EINVAL a faulty one, with a sentence in @err.
 * Owner: the caller frees spec->inputs.
 */
int session_spec(struct session *s, const char *id, enum app_open how, struct run_spec *spec, char *err, size_t err_size);
/* As app_callbacks.practise and .missed. */
int session_practise(struct session *s, enum app_practise which, struct run_spec *spec, struct app_practice *out, char *err,
		     size_t err_size);
unsigned int session_missed(struct session *s);
unsigned int session_due(struct session *s);		/* questions that are due today */
/* The sentence about a list of practice, or about the next day on which a question returns.  Return: was each answer right? */
bool session_practice_result(struct session *s, struct strbuf *out);
/* Free play, a run that nothing is kept of.  -ENOENT: its file is missing, with a sentence in @err. */
int session_free_play(struct session *s, struct run_spec *spec, char *err, size_t err_size);
/*
 * Writes the inputs of the run that session_spec() opened last, if there are any; or the answer
 * to the question that session_practise() opened last.
 * Return: are the answers kept?  After a failure, which is reported once, no more.
 */
bool session_save(struct session *s, const char *id, struct run *run);

/* From now on session_save() calls @keep instead; NULL: no longer. */
bool session_keeps(const struct session *s);		/* .. something is called so */
void session_keep_by(struct session *s, void (*keep)(void *arg, struct run *run), void *arg);

/* app_callbacks.world; @arg: the session. */
int session_world(void *arg, const struct run *base, const char *question, unsigned int choice, struct run_spec *spec,
		  char *err, size_t err_size);

/* Bookmarks of the run that session_spec() opened last. */
struct run_bookmarks session_bookmarks(struct session *s);

/* The course as home shows it, read anew; all text is the session's until the next call. */
int session_home(struct session *s, struct app_home *out, char *err, size_t err_size);
/* The progress in an exercise.  All zeros but .of: it was not begun. */
struct exercise_state {
	bool begun, done;		/* done: all was asked, or all checks hold */
	bool judged;			/* .halves is known */
	unsigned int halves, of;	/* points, in halves */
};
void session_exercise_state(struct session *s, const struct course_lesson *x, struct exercise_state *out);
/* @x in the session's course, if it asks questions: its answers are kept like a lesson's.  Else NULL. */
struct exercise;
const struct course_lesson *session_asked(struct session *s, const struct exercise *x);
/* As app_callbacks.work and .work_done. */
int session_work_open(struct session *s, const char *id, enum app_open how, struct app_work *out, char *err, size_t err_size);
bool session_work_done(struct session *s);
/* Forgets what was answered in one lesson. */
int session_reset(struct session *s, const char *id);

/* Fills *cb with callbacks that ask this session. */
void session_callbacks(struct session *s, struct app_callbacks *cb);

/* ---- show.c ---------------------------------------------------------------------- */

/* At most one of id, spec and practise; none of them: home. */
struct session_show {
	const char *id;			/* a lesson of this course */
	const struct run_spec *spec;	/* any other run; borrowed */
	bool practise;			/* the questions that are due for practice */
	bool fresh;			/* id: from the beginning; else where it was left */
	bool at_wait;			/* spec: open at the first wait without an input */
	bool part_two;			/* spec: the second part follows if the run reaches its crash */
	/* spec: called at the end with the run, and whenever a lesson's answers would be kept; may be NULL */
	void (*keep)(void *arg, struct run *run);
	void *keep_arg;
	const char *record;		/* FILE.kwt to write at the end, NULL = none */
	const char *message;		/* shown on the screen at the beginning, NULL = none */
	bool (*leave)(void *arg);	/* asked some times a second: true closes the screen; may be NULL */
	void *leave_arg;
	bool left;			/* out: .leave closed it */
};

/* On the screen or as lines, by @look->plain.  @look is settled.  Return: the exit code. */
int session_show(struct session *s, const struct cli_look *look, struct session_show *what);
struct worksheet;
/* Works on an exercise, on the screen or in lines.  Return: 0 if the last check holds or none was made, else 1; 2 and more as session_show(). */
int session_work(struct session *s, const struct cli_look *look, struct worksheet *sheet);
/* Copies the settings of the screen from @look to @opts. */
void cli_look_apply(const struct cli_look *look, struct app_opts *opts);

#endif
