/*
 * cli/desk.h - a student's desk: the course that lies open, and what was done so far.
 *
 * Home, `run NAME`, `list` and plain mode all sit at it; the screen program asks
 * it through struct app_callbacks.  Without a state folder a desk still works,
 * it only forgets.
 *
 * Lives here:   joining run/course.h and classroom/progress.h for whoever shows a lesson.
 * Never here:   drawing, Lua, SQL.
 * Context:      one thread.   Licence: MIT.
 */
#ifndef KW_CLI_DESK_H
#define KW_CLI_DESK_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/cli.h"
#include "run/course.h"
#include "visualizer/app.h"

struct desk;
struct progress;

/* Return: CLI_RIGHT, or the exit code after having said what is wrong.  Owner: desk_close(). */
int desk_open(struct desk **out, const struct cli_look *look);
void desk_close(struct desk *d);

const struct course *desk_course(const struct desk *d);
struct progress *desk_progress(struct desk *d);		/* NULL: nothing is kept here */
/* Reads the course again (a lesson was edited).  0 or -errno + sentence. */
int desk_reread(struct desk *d, char *err, size_t err_size);

/*
 * The run of a lesson of this course: from its beginning, or with the inputs
 * given so far.  A lesson that changed since then begins anew.
 * Return: 0; -ENOENT no such lesson, -EINVAL a faulty one; with a sentence in @err.
 * Owner: the caller frees spec->inputs.
 */
int desk_spec(struct desk *d, const char *id, bool resume, struct run_spec *spec, char *err, size_t err_size);
/* Keeps how far somebody is; as app_callbacks.save says. */
void desk_save(struct desk *d, const struct app_progress *p);

/* The course as home shows it, read anew; all text is the desk's until the next call. */
int desk_home(struct desk *d, struct app_home *out, char *err, size_t err_size);
/* Forgets what was answered in one lesson. */
int desk_reset(struct desk *d, const char *id);

/* Fills *cb with callbacks that ask this desk. */
void desk_callbacks(struct desk *d, struct app_callbacks *cb);

/* ---- show.c ---------------------------------------------------------------------- */

/* At most one of id and spec; neither: home. */
struct desk_show {
	const char *id;			/* a lesson of this course */
	const struct run_spec *spec;	/* any other run; borrowed */
	bool resume;			/* id, plain mode: go on where it was left */
	const char *record;		/* FILE.kwt to write at the end, NULL = none */
};

/* On the screen or as lines, as @look says.  @look is settled.  Return: the exit code. */
int desk_show(struct desk *d, const struct cli_look *look, const struct desk_show *what);
/* What @look says about the screen, into @opts. */
void cli_look_apply(const struct cli_look *look, struct app_opts *opts);

#endif
