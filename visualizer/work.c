/*
 * visualizer/work.c - see work.h.
 *
 * Never here:   the run of a check (work_run.c), the picture (work_layout.c).   Licence: MIT.
 */
#include "visualizer/work.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "visualizer/commands.h"
#include "visualizer/work_form.h"

#define DRAW_SECONDS 0.25		/* between two pictures of checks that run */
#define PAGE 3

static bool is_form(const struct ui *u)
{
	return sheet_is_form(u->work->sheet);
}

/* ---- opening and closing ------------------------------------------------------------------- */

static void on_saved(void *arg)
{
	struct ui *u = arg;

	u->work->saved = true;
	if (u->wake)
		u->wake(u->wake_arg);
}

static void file_path(const struct worksheet *d, unsigned int file, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", d->folder, d->x->about.file[file]);
}

struct ui_work *work_open(struct ui *u, struct worksheet *sheet)
{
	struct ui_work *w = shortage_need(calloc(1, sizeof(*w)));
	char path[1200];

	w->sheet = sheet;
	for (unsigned int i = 0; i < sheet->x->about.nr_files && sheet->folder[0]; i++) {
		file_path(sheet, i, path, sizeof(path));
		w->watch[i] = saved_watch_open(u->loop, path, on_saved, u);
	}
	return w;
}

void work_close(struct ui_work *w)
{
	char err[1500];

	if (!w)
		return;
	if (w->job)
		(void)exercise_job_end(w->job, &w->now, err, sizeof(err));	/* its results are not used */
	for (unsigned int i = 0; i < EXERCISE_FILES_MAX; i++)
		saved_watch_close(w->watch[i]);
	sheet_run_fini(&w->run);
	scene_close(w->tried);
	free(w);
}

bool work_enter(struct ui *u, const char *id, enum app_open how)
{
	static struct app_work got;	/* large; copied by run_open() */
	char err[1500] = "", name[sizeof(u->work_id)];
	int rc;

	snprintf(name, sizeof(name), "%s", id);		/* @id may be that of u->home, which goes */
	rc = u->opts->cb.work ? u->opts->cb.work(u->opts->cb.arg, name, how, &got, err, sizeof(err)) : -ENOTSUP;
	memcpy(u->work_id, name, sizeof(name));
	if (!rc && got.sheet) {
		ui_set_scene(u, NULL);
		u->work = work_open(u, got.sheet);
	} else if (!rc) {
		ui_open_spec(u, &got.spec, "");
		u->choosing = u->scene != NULL;
	}
	if (err[0] || rc)
		ui_say(u, "%s", err[0] ? err : W(SAY_LESSON_CLOSED));
	return u->work || u->choosing;
}

/* ---- checks ----------------------------------------------------------------------------------- */

static unsigned int check(struct ui *u)
{
	struct ui_work *w = u->work;
	struct exercise_checking how;
	int rc;

	w->saved = false;
	w->err[0] = '\0';
	rc = sheet_begin(w->sheet, &how, w->err, sizeof(w->err));
	if (!rc) {
		rc = exercise_job_begin(&w->job, w->sheet->x, &how);
		if (rc)
			snprintf(w->err, sizeof(w->err), "%s", strerror(-rc));
	}
	if (rc)
		return EFF_DRAW;
	memset(&w->now, 0, sizeof(w->now));
	w->now.nr = w->sheet->x->about.nr_checks;
	w->seconds = w->drawn = 0;
	w->zone = WORK_RESULT;
	w->scroll = 0;
	w->typing = false;
	return EFF_DRAW | EFF_RUN;
}

/* The cursor goes to the first check that fails. */
static void show_result(struct ui_work *w)
{
	uint32_t row[WORK_ROWS_MAX];
	unsigned int nr = work_rows(w->sheet->x, row), failing = sheet_failing(w->sheet);

	w->scroll = 0;
	w->zone = sheet_holds(w->sheet) && w->sheet->x->about.why[0] ? WORK_EXPLAINS : WORK_RESULT;
	for (unsigned int i = 0; i < nr && !sheet_is_form(w->sheet); i++)
		if (failing && row[i] == failing)
			w->sel = i;
}

static void finish(struct ui *u)
{
	struct ui_work *w = u->work;
	int rc = exercise_job_end(w->job, &w->now, w->err, sizeof(w->err));
	char err[1500] = "";

	w->job = NULL;
	if (rc) {
		if (!w->err[0])
			snprintf(w->err, sizeof(w->err), "%s", strerror(-rc));
		return;
	}
	w->err[0] = '\0';
	if (sheet_done(w->sheet, &w->now, err, sizeof(err)))
		ui_say(u, W(SAY_WORK_NO_HISTORY), err);
	show_result(w);
	if (is_form(u))
		work_tried_open(u);
}

/* A file was saved: the page shows its checks, whatever was on the screen.  Checks of the files before are ended. */
static unsigned int check_saved(struct ui *u)
{
	struct ui_work *w = u->work;
	char err[1500];

	w->saved = false;
	sheet_look(w->sheet);
	if (sheet_unchanged(w->sheet))
		return EFF_DRAW;
	if (w->job)
		(void)exercise_job_end(w->job, &w->now, err, sizeof(err));
	w->job = NULL;
	work_back(u);
	return check(u);
}

unsigned int work_update(struct ui *u, double seconds)
{
	struct ui_work *w = u->work;
	unsigned int effects = 0;

	if (work_tried_update(u))
		effects |= EFF_DRAW;
	if (w->saved)
		effects |= check_saved(u);
	if (!w->job)
		return effects;
	w->seconds += seconds;
	if (!exercise_job_look(w->job, &w->now)) {
		finish(u);
		return EFF_DRAW;
	}
	if (w->seconds - w->drawn >= DRAW_SECONDS) {
		w->drawn = w->seconds;
		effects |= EFF_DRAW;
	}
	return effects;
}

bool work_is_checking(const struct ui *u)
{
	const struct ui_work *w = u->work;

	return w->job || w->saved || w->seek || (w->tried && !work_tried_complete(w));
}

bool work_stop(struct ui *u)
{
	if (!u->work || !u->work->job)
		return false;
	exercise_job_stop(u->work->job);
	u->work->saved = false;
	return true;
}

/* ---- the editor -------------------------------------------------------------------------------- */

static const char *editor_of_student(void)
{
	const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");

	return visual && *visual ? visual : editor && *editor ? editor : NULL;
}

/* Editors that understand "+LINE". */
static bool takes_line(const char *editor)
{
	static const char *const names[] = { "vi", "vim", "nvim", "nano", "pico", "emacs", "emacsclient", "micro", "joe", "jed", "ne", "kak",
					     "mg", "view", "ex" };
	size_t len = strcspn(editor, " \t"), from = len;

	while (from && editor[from - 1] != '/')
		from--;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == len - from && !strncmp(editor + from, names[i], len - from))
			return true;
	return false;
}

static void fill_input(const struct ui *u, struct work_in *in)
{
	const struct ui_work *w = u->work;

	*in = (struct work_in){
		.sheet = w->sheet, .now = w->job ? &w->now : NULL, .seconds = w->seconds, .err = w->err, .sel = w->sel, .top = w->top,
		.flag = w->flag, .tried = work_tried_complete(w) && !w->job ? &w->tried->story.lanes : NULL, .zone = w->zone, .hint = w->hint, .scroll = w->scroll,
		.width = term_width(u->term), .height = term_height(u->term), .ascii = term_ascii(u->term),
	};
}

/* The check that the cursor, or the run on the screen, is about; 0 = none. */
static unsigned int number_at(const struct ui *u)
{
	const struct ui_work *w = u->work;
	uint32_t row[WORK_ROWS_MAX];
	unsigned int nr = work_rows(w->sheet->x, row);

	if (w->has_run && !u->at_home)
		return w->run.check;
	if (sheet_is_form(w->sheet))
		return sheet_failing(w->sheet) ? sheet_failing(w->sheet) : nr ? row[0] : 0;
	return w->sel < nr ? row[w->sel] : 0;
}

static unsigned int edit(struct ui *u)
{
	struct ui_work *w = u->work;
	const struct exercise_facts *about = &w->sheet->x->about;
	struct work_editor *e = &w->editor;
	const char *editor = editor_of_student();
	unsigned int file = 0, line, n = 0;
	struct work_in in;

	w->err[0] = '\0';
	fill_input(u, &in);
	line = work_line(&in, number_at(u), &file);
	for (unsigned int i = 0; i < about->nr_files; i++)
		file_path(w->sheet, (file + i) % about->nr_files, e->path[i], sizeof(e->path[i]));
	if (!editor || strlen(editor) >= sizeof(e->name)) {
		snprintf(w->err, sizeof(w->err), "%s", W(WORK_NO_EDITOR));
		work_back(u);		/* the page has room for the sentence */
		return EFF_DRAW;
	}
	snprintf(e->name, sizeof(e->name), "%s", editor);
	snprintf(e->command, sizeof(e->command), "%s \"$@\"", editor);
	e->arg[n++] = "sh";
	e->arg[n++] = "-c";
	e->arg[n++] = e->command;
	e->arg[n++] = e->name;
	if (line && takes_line(editor)) {
		snprintf(e->line, sizeof(e->line), "+%u", line);
		e->arg[n++] = e->line;
	}
	for (unsigned int i = 0; i < about->nr_files; i++)
		e->arg[n++] = e->path[i];
	e->arg[n] = NULL;
	w->edit = true;
	return EFF_EDIT;
}

#define SH_NOT_EXECUTABLE 126
#define SH_NOT_FOUND 127
#define SH_SIGNAL 128		/* plus its number */

unsigned int work_edited(struct ui *u, int64_t status, int signal, int err)
{
	struct ui_work *w = u->work;

	if (!signal && status > SH_SIGNAL)
		signal = (int)status - SH_SIGNAL;
	if (err || status == SH_NOT_EXECUTABLE || status == SH_NOT_FOUND)
		snprintf(w->err, sizeof(w->err), W(WORK_EDITOR_MISSING), w->editor.name);
	else if (signal)
		snprintf(w->err, sizeof(w->err), W(WORK_EDITOR_KILLED), signal);
	else if (status)
		snprintf(w->err, sizeof(w->err), W(WORK_EDITOR_STATUS), (int)status);
	if (w->err[0])
		work_back(u);		/* the page has room for the sentence */
	if (sheet_look(w->sheet)) {
		w->saved = true;		/* the watch may notice it later, or not at all */
		return EFF_DRAW | EFF_RUN;
	}
	if (!err && !status && !signal && !w->job && !w->saved)
		ui_say(u, W(SAY_WORK_NOT_EDITED));
	return EFF_DRAW;
}

/* ---- a form -------------------------------------------------------------------------------------- */

static unsigned int set_value(struct ui *u, const char *value)
{
	struct ui_work *w = u->work;
	const char *name = w->sheet->x->about.setting[w->sel].name;
	char err[1500] = "";

	if (w->job) {
		ui_say(u, W(SAY_WORK_RUNS));
		return EFF_DRAW;
	}
	if (strcmp(value, sheet_value(w->sheet, w->sel)) && sheet_set(w->sheet, name, strlen(name), value, err, sizeof(err)))
		ui_say(u, "%s", err);
	w->zone = w->zone == WORK_EXPLAINS ? WORK_RESULT : w->zone;
	return EFF_DRAW;
}

static unsigned int step_value(struct ui *u, int by)
{
	struct ui_work *w = u->work;
	unsigned int nr;
	STRBUF(value, 200);

	if (form_has_flags(w->sheet, w->sel, &nr)) {
		if (by < 0 ? w->flag > 0 : w->flag + 1 < nr)
			w->flag = by < 0 ? w->flag - 1 : w->flag + 1;
		return EFF_DRAW;
	}
	form_step(w->sheet, w->sel, by, &value);
	return set_value(u, value.buf);
}

static unsigned int set_flag(struct ui *u, unsigned int flag)
{
	struct ui_work *w = u->work;
	unsigned int nr;
	STRBUF(value, 200);

	if (!form_has_flags(w->sheet, w->sel, &nr))
		return step_value(u, 1);
	if (flag < nr)
		w->flag = flag;
	form_flag(w->sheet, w->sel, w->flag, &value);
	return set_value(u, value.buf);
}

/* A number is typed digit by digit; a digit that makes it too large begins it anew. */
static unsigned int type_digit(struct ui *u, unsigned int digit)
{
	struct ui_work *w = u->work;
	const struct exercise_setting *s = &w->sheet->x->about.setting[w->sel];
	long before = w->typing ? strtol(sheet_value(w->sheet, w->sel), NULL, 10) : 0, n = before * 10 + (long)digit;
	char value[32];

	if (strcmp(s->kind, "number") != 0)
		return set_flag(u, digit);
	if (n > s->to)
		n = (long)digit;
	w->typing = true;
	if (n < s->from || n > s->to) {
		ui_say(u, W(SHEET_RANGE), s->name, s->from, s->to);
		return EFF_DRAW;
	}
	snprintf(value, sizeof(value), "%ld", n);
	return set_value(u, value);
}

unsigned int work_typed(struct ui *u, const char *text)
{
	struct ui_work *w = u->work;
	size_t len = strcspn(text, " =");
	const char *value = text + len + strspn(text + len, " =");

	for (unsigned int i = 0; i < w->sheet->x->about.nr_settings; i++) {
		const struct exercise_setting *s = &w->sheet->x->about.setting[i];

		if (strlen(s->name) != len || strncmp(s->name, text, len))
			continue;
		w->sel = i;
		return set_value(u, value);
	}
	ui_say(u, W(SHEET_NO_SETTING), (int)len, text);
	return EFF_DRAW;
}

/* ---- keys ------------------------------------------------------------------------------------------ */

static unsigned int rows_of(const struct ui *u)
{
	uint32_t row[WORK_ROWS_MAX];

	return is_form(u) ? u->work->sheet->x->about.nr_settings : work_rows(u->work->sheet->x, row);
}

static unsigned int select_row(struct ui *u, unsigned int row)
{
	struct ui_work *w = u->work;
	unsigned int nr;

	if (row >= rows_of(u))
		return EFF_DRAW;
	if (row != w->sel && w->zone != WORK_STORY)
		w->zone = WORK_RESULT;
	w->sel = row;
	w->scroll = 0;
	w->typing = false;
	if (is_form(u) && form_has_flags(w->sheet, row, &nr) && w->flag >= nr)
		w->flag = nr ? nr - 1 : 0;
	return EFF_DRAW;
}

unsigned int work_click(struct ui *u, uint32_t row)
{
	return select_row(u, row);
}

static unsigned int show_zone(struct ui *u, enum work_zone zone)
{
	struct ui_work *w = u->work;
	enum work_zone *now = u->at_home ? &w->zone : &w->run_zone;

	*now = *now == zone ? WORK_RESULT : zone;
	w->scroll = 0;
	return EFF_DRAW;
}

static unsigned int hint(struct ui *u)
{
	struct ui_work *w = u->work;
	const char *next = sheet_hint(w->sheet);

	if (next)
		w->hint = next;
	else
		ui_say(u, w->hint ? W(SAY_LAST_HINT) : W(WORK_NO_HINT));
	if (w->hint)
		*(u->at_home ? &w->zone : &w->run_zone) = WORK_HINT;
	w->scroll = 0;
	return EFF_DRAW;
}

static unsigned int why(struct ui *u)
{
	if (sheet_holds(u->work->sheet) && u->work->sheet->x->about.why[0])
		return show_zone(u, WORK_EXPLAINS);
	ui_say(u, W(WORK_WHY_LATER));
	return EFF_DRAW;
}

static unsigned int open_run(struct ui *u)
{
	struct ui_work *w = u->work;

	if (w->job)
		ui_say(u, W(SAY_WORK_RUNS));
	else if (!w->sheet->checked)
		ui_say(u, W(SAY_WORK_NO_RUN));
	else
		return work_run_open(u, number_at(u));
	return EFF_DRAW;
}

static unsigned int start_check(struct ui *u)
{
	if (!u->work->job)
		return check(u);
	ui_say(u, W(SAY_WORK_RUNS));
	return EFF_DRAW;
}

static unsigned int form_command(struct ui *u, enum action a)
{
	switch (a) {
	case ACT_WORK_LESS: return step_value(u, -1);
	case ACT_WORK_MORE: return step_value(u, 1);
	case ACT_WORK_FLAG: return set_flag(u, u->work->flag);
	case ACT_WORK_DIGIT: return type_digit(u, u->digit);
	default: return 0;
	}
}

unsigned int work_command(struct ui *u, enum action a)
{
	struct ui_work *w = u->work;

	if (!w)
		return 0;
	if (a != ACT_WORK_DIGIT)
		w->typing = false;
	switch (a) {
	case ACT_WORK_EDIT: return edit(u);
	case ACT_WORK_REPLAY: return show_zone(u, WORK_REPLAY);
	case ACT_WORK_HINT: return hint(u);
	case ACT_WORK_BACK: work_back(u); return EFF_DRAW;
	default: break;
	}
	if (!u->at_home)
		return a == ACT_DECISION_BACK ? work_run_cause(u) : 0;
	switch (a) {
	case ACT_WORK_CHECK: return start_check(u);
	case ACT_WORK_STOP:
		if (work_stop(u))
			return EFF_DRAW;
		if (!u->opts->sheet)
			return ui_home(u);
		ui_say(u, W(SAY_WORK_NOTHING_RUNS));
		return EFF_DRAW;
	case ACT_WORK_OPEN: return open_run(u);
	case ACT_WORK_STORY: return show_zone(u, WORK_STORY);
	case ACT_WORK_WHY: return why(u);
	case ACT_WORK_UP: return select_row(u, w->sel ? w->sel - 1 : 0);
	case ACT_WORK_DOWN: return select_row(u, w->sel + 1);
	case ACT_PAGE_UP: w->scroll = w->scroll > PAGE ? w->scroll - PAGE : 0; return EFF_DRAW;
	case ACT_PAGE_DOWN: w->scroll += PAGE; return EFF_DRAW;
	default: return is_form(u) ? form_command(u, a) : 0;
	}
}

/* ---- drawing ------------------------------------------------------------------------------------------ */

void work_draw(struct ui *u)
{
	static struct work_frame f;	/* large, and the screen has one thread */
	struct ui_work *w = u->work;
	struct work_in in;

	fill_input(u, &in);
	if (work_layout(&f, &in))
		return;
	w->top = f.top;
	if (w->scroll > f.hidden)
		w->scroll = f.hidden;
	ui_show_page(u, &f.page.cells);
	for (int i = 0; i < f.list_rows && f.top + (unsigned int)i < f.nr; i++)
		ui_hit_region(u, &(struct hit_region){ .kind = HIT_WORK, .x = 1, .y = f.list_y + i, .w = f.right - 1, .id = f.top + (uint32_t)i });
}

bool work_footer_idle(const struct ui *u, enum action a)
{
	const struct ui_work *w = u->work;
	unsigned int nr;

	if (w->job && u->at_home)
		return a != ACT_WORK_STOP && a != ACT_LEAVE;
	switch (a) {
	case ACT_WORK_STOP: return true;
	case ACT_WORK_OPEN: return !w->sheet->checked;
	case ACT_WORK_HINT: return w->sheet->hints >= w->sheet->x->about.nr_hints;
	case ACT_WORK_EDIT: return !w->sheet->x->about.nr_files;
	case ACT_WORK_FLAG:
	case ACT_WORK_LESS: return form_has_flags(w->sheet, w->sel, &nr) ? false : a == ACT_WORK_FLAG;
	default: return false;
	}
}
