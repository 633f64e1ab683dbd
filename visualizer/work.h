/*
 * visualizer/work.h - the work on an exercise on the screen: its page, its checks, its editor, a run of a check.
 *
 * The page takes the place of home, which it was opened from, or which the program has not.  Checks run
 * in a process of their own, and the page looks at their results some times a second.  A save of
 * one of the files starts them.  The run of a check is a scene like any other, and Esc
 * returns from it.
 *
 * Lives here:   the state of the page, the effects of its keys and of time.
 * Never here:   the picture (work_layout.h), the process of the editor (app.c).   Licence: MIT.
 */
#ifndef KW_VISUALIZER_WORK_H
#define KW_VISUALIZER_WORK_H

#include "exercise/job.h"
#include "exercise/worksheet.h"
#include "run/saved.h"
#include "visualizer/view.h"
#include "visualizer/work_layout.h"

#define WORK_EDITOR_ARGS (EXERCISE_FILES_MAX + 8)

/* sh -c '.. "$@"' .. and the files; all memory belongs to it. */
struct work_editor {
	char *arg[WORK_EDITOR_ARGS];
	char command[600], name[500], line[32];
	char path[EXERCISE_FILES_MAX][1200];
};

struct ui_work {
	struct worksheet *sheet;		/* borrowed from the options or from cb.work() */
	struct exercise_job *job;		/* NULL = no check runs */
	struct exercise_result now;		/* .job's, so far */
	double seconds, drawn;			/* since the job began; when the page was drawn last */
	char err[1500];				/* no check could be made: why */
	unsigned int sel, top, flag;		/* as in struct work_in */
	int scroll;
	enum work_zone zone;
	const char *hint;
	bool typing;				/* digits go on with the number that was typed */
	struct saved_watch *watch[EXERCISE_FILES_MAX];
	bool saved;				/* a file was saved and is not checked yet */
	bool edits;				/* the editor has the terminal */
	bool edit;				/* .editor is to be started */
	struct work_editor editor;
	/* the run on the screen */
	struct sheet_run run;
	bool has_run;
	uint64_t seek;				/* the event to show as soon as the run has it, UINT64_MAX = its end; 0 = it is shown */
	unsigned int run_file, run_line;	/* of the student's code, shown last */
	struct scene *tried;			/* of a form: the run of the last try, NULL = none */
	enum work_zone run_zone;		/* WORK_RESULT, WORK_HINT or WORK_REPLAY */
};

/* The page of @sheet; its files are watched.  Never NULL: without memory the program ends. */
struct ui_work *work_open(struct ui *u, struct worksheet *sheet);
void work_close(struct ui_work *w);
/*
 * The page of exercise @id of the course, or the run of its choices; with APP_OPEN_FRESH the choices again.
 * The reason why it stays closed is on the message line.  Return: it is open.
 */
bool work_enter(struct ui *u, const char *id, enum app_open how);

void work_draw(struct ui *u);
/* The effects of a key at the page, or of one of its keys at a run; 0: not the page's. */
unsigned int work_command(struct ui *u, enum action a);
unsigned int work_update(struct ui *u, double seconds);
bool work_is_checking(const struct ui *u);
bool work_stop(struct ui *u);				/* true: checks were running, and stop */
/* Back from the run of a check; true: there was one. */
bool work_back(struct ui *u);
unsigned int work_typed(struct ui *u, const char *text);	/* "NAME VALUE" of a form, as after `:set` */
unsigned int work_click(struct ui *u, uint32_t row);	/* a row of the list */
bool work_footer_idle(const struct ui *u, enum action a);
/* After the editor: how it ended; err: it could not be started at all (-errno). */
unsigned int work_edited(struct ui *u, int64_t status, int signal, int err);

/* The run of a check in the machine view (work_run.c): text, code and header. */
bool work_explains(const struct ui *u);		/* the run ended with the fault that the check has as its result */
const struct layout_talk *work_talk(struct ui *u, int width);
const struct layout_code *work_code(struct ui *u, const struct layout_in *in);
void work_run_header(struct ui *u, struct strbuf *left, struct strbuf *right);
unsigned int work_run_open(struct ui *u, unsigned int check);
/* At the bug that decided: to the event that made it possible, such as the free.  0: it is another event. */
unsigned int work_run_cause(struct ui *u);
void work_tried_open(struct ui *u);
bool work_tried_update(struct ui *u);		/* true: it has just become complete */
bool work_tried_complete(const struct ui_work *w);
void work_run_update(struct ui *u);		/* goes to the event that decided, as soon as the run has it */

#endif
