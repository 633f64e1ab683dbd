/*
 * plain/work_lines.c - see work_lines.h.
 *
 * Files are edited in the student's own editor: Enter checks them as they stand in the folder.  A
 * form of settings is filled in by lines NAME VALUE.  Each check of files becomes a version of the
 * history, each run of a form a line of the list of tries.
 *
 * Licence: MIT.
 */
#include "plain/work_lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/exit_status.h"
#include "base/printable.h"
#include "base/strbuf.h"
#include "base/wrap.h"
#include "plain/exercise.h"
#include "words/texts.h"

#define ERR_BYTES 1500

struct work {
	struct worksheet *d;
	const struct work_opts *o;
	unsigned int shown;		/* schedules of the last line about progress */
};

static void put(const struct work *w, const char *text)
{
	wrap_print(w->o->out, plain_columns(w->o->out), "", text);
}

/* ---- checking ------------------------------------------------------------------------- */

/* A line at 10, 50, 100, 200, .. schedules of the check that runs. */
static void progress(void *arg, const struct exercise_result *now)
{
	static const unsigned int marks[] = { 2000, 1000, 500, 200, 100, 50, 10 };
	struct work *w = arg;
	const struct exercise_facts *about = &w->d->x->about;

	for (unsigned int k = 1; k <= now->nr; k++) {
		if (now->check[k].state != CHECK_STATE_RUNS || about->check[k].schedules < 10)
			continue;
		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
			if (now->check[k].done < marks[i])
				continue;
			if (marks[i] != w->shown && now->check[k].done < about->check[k].schedules)
				printable_printf(w->o->out, W(WORK_PROGRESS), marks[i], about->check[k].schedules);
			w->shown = marks[i];
			break;
		}
	}
	fflush(w->o->out);
}

/* Return: 0; -EINVAL if more checks would only repeat the error. */
static int check(struct work *w)
{
	struct exercise_result *r = calloc(1, sizeof(*r));
	struct exercise_checking how;
	char err[ERR_BYTES] = "";
	int rc = r ? sheet_begin(w->d, &how, err, sizeof(err)) : -ENOMEM;

	w->shown = 0;
	how.progress = progress;
	how.arg = w;
	if (!rc)
		rc = exercise_check(w->d->x, &how, r, err, sizeof(err));
	if (!rc) {
		plain_exercise_result(w->o->out, w->d->x, r);
		rc = sheet_done(w->d, r, err, sizeof(err));
	}
	if (rc)
		put(w, err[0] ? err : strerror(-rc));
	free(r);
	return rc;
}

/* ---- the words of a student ------------------------------------------------------------ */

static void show_hint(struct work *w)
{
	const char *hint = sheet_hint(w->d);
	STRBUF(text, EXERCISE_TEXT_BYTES + 80);

	if (hint)
		strbuf_printf(&text, W(WORK_HINT), w->d->hints, w->d->x->about.nr_hints, hint);
	put(w, hint ? text.buf : W(WORK_NO_HINT));
}

static void show_story(const struct work *w)
{
	const struct exercise_facts *about = &w->d->x->about;
	char points[16];

	printable_printf(w->o->out, W(WORK_TITLE), about->title, plain_points(about->halves, points));
	put(w, about->story);
	for (unsigned int i = 0; i < about->nr_files; i++)
		printable_printf(w->o->out, W(WORK_FILE), w->d->folder, about->file[i]);
	if (about->nr_files)
		put(w, W(WORK_FILE_EDIT));
}

static void show_before(const struct work *w)
{
	const struct sheet_before *b = &w->d->before;
	STRBUF(text, 400);

	if (!b->version)
		return;
	strbuf_printf(&text, b->same ? W(WORK_LINES_SAME) : W(WORK_LINES_OTHER), b->version, b->result);
	put(w, text.buf);
}

static void show_failing(const struct work *w)
{
	struct plain_opts opts = *w->o->plain;
	struct sheet_run run;
	unsigned int k = sheet_failing(w->d);
	char title[120];

	if (!k) {
		put(w, W(WORK_NONE_FAILS));
		return;
	}
	if (sheet_run(w->d, k, &run) == 0) {
		snprintf(title, sizeof(title), run.of > 1 ? W(WORK_RUN_TITLE_SCHEDULE) : W(WORK_RUN_TITLE), k, run.schedule, run.of);
		opts.heading = title;
		plain_run(&run.spec, &opts);
	}
	sheet_run_fini(&run);
}

static void show_why(const struct work *w)
{
	put(w, sheet_holds(w->d) ? w->d->x->about.why : W(WORK_WHY_LATER));
}

/* ---- a form ---------------------------------------------------------------------------------- */

static void show_form(const struct work *w)
{
	for (unsigned int i = 0; i < w->d->x->about.nr_settings; i++) {
		const struct exercise_setting *s = &w->d->x->about.setting[i];
		STRBUF(text, 800);

		strbuf_printf(&text, W(WORK_SETTING), s->name, sheet_value(w->d, i));
		if (strcmp(s->kind, "number") == 0)
			strbuf_printf(&text, W(WORK_SETTING_RANGE), s->from, s->to);
		else if (s->of[0])
			strbuf_printf(&text, strcmp(s->kind, "flags") == 0 ? W(WORK_SETTING_FLAGS) :
				      strcmp(s->kind, "cpumask") == 0 ? W(WORK_SETTING_CPUS) : W(WORK_SETTING_OF), s->of);
		put(w, text.buf);
	}
}

/* "max_active 6", "max_active=6"; false: it is not of that form. */
static bool set_line(struct work *w, const char *line)
{
	size_t len = strcspn(line, " =");
	const char *value = line + len + strspn(line + len, " =");
	char err[ERR_BYTES] = "";
	int rc;

	if (!*value)
		return false;
	rc = sheet_set(w->d, line, len, value, err, sizeof(err));
	if (rc)
		put(w, err);
	else
		show_form(w);
	return true;
}

/* The tries before the last one. */
static void show_tries(const struct work *w)
{
	STRBUF(text, SHEET_TRIES_MAX * 400);
	const struct sheet_try *t;
	char points[16];

	for (unsigned int n = w->d->nr_tries; n > 1 && (t = sheet_try(w->d, n - 1)) != NULL; n--) {
		strbuf_printf(&text, "%s%u: ", text.len ? "; " : W(WORK_BEFORE), t->number);
		for (unsigned int i = 0; i < w->d->x->about.nr_settings; i++)
			strbuf_printf(&text, "%s%s %s", i ? ", " : "", w->d->x->about.setting[i].name, t->value[i]);
		strbuf_printf(&text, W(WORK_TRY_POINTS), plain_points(t->halves, points));
	}
	if (text.len)
		put(w, text.buf);
}

static void run_form(struct work *w)
{
	unsigned int before = w->d->nr_tries;

	check(w);
	if (w->d->nr_tries > before)
		show_tries(w);
}

/* ---- the loop ------------------------------------------------------------------------------------- */

static bool read_line(struct work *w, char *buf, size_t size)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	fprintf(w->o->out, "%s", sheet_is_form(w->d) ? W(WORK_PROMPT_FORM) : W(WORK_PROMPT));
	fflush(w->o->out);
	n = getline(&line, &room, w->o->in);
	if (n >= 0) {
		line[strcspn(line, "\r\n")] = '\0';
		snprintf(buf, size, "%s", line + strspn(line, " \t"));
	}
	free(line);
	return n >= 0;
}

/* Return: false: the student leaves. */
static bool obey(struct work *w, const char *line)
{
	bool form = sheet_is_form(w->d);

	if (!strcmp(line, "q") || !strcmp(line, "quit"))
		return false;
	if (!strcmp(line, "H") || !strcmp(line, "h") || !strcmp(line, "hint"))
		show_hint(w);
	else if (!strcmp(line, "s"))
		show_story(w);
	else if (!strcmp(line, "o"))
		show_failing(w);
	else if (!strcmp(line, "w"))
		show_why(w);
	else if (form && (!strcmp(line, "run") || !*line))
		run_form(w);
	else if (form && set_line(w, line))
		;
	else if (!form && !*line)
		return check(w) != -EINVAL;
	else
		put(w, form ? W(WORK_UNKNOWN_FORM) : W(WORK_UNKNOWN));
	return true;
}

int work_lines_run(struct worksheet *d, const struct work_opts *opts)
{
	struct work w = { .d = d, .o = opts };
	char line[600];

	show_story(&w);
	plain_exercise_result(opts->out, d->x, d->checked ? d->result : NULL);
	show_before(&w);
	show_form(&w);
	while (read_line(&w, line, sizeof(line)) && obey(&w, line))
		;
	if (sheet_holds(d) && d->x->about.why[0])
		put(&w, d->x->about.why);
	fprintf(opts->out, "\n");
	return !d->checked || sheet_holds(d) ? EXIT_RIGHT : EXIT_WRONG;
}
