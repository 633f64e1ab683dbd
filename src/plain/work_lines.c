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

#define TRIES_KEPT 20
#define ERR_BYTES 1500

struct work {
	struct exercise *x;
	const struct work_opts *o;
	struct run_inputs settings;
	struct run_files *files;	/* as they were checked last */
	struct exercise_result *result;
	struct exercise_checking how;
	bool checked;
	unsigned int hints, tries, shown;	/* .shown: schedules of the last line about progress */
	char try_text[TRIES_KEPT][120];		/* a ring */
};

static void put(struct work *d, const char *text)
{
	wrap_print(d->o->out, plain_columns(d->o->out), "", text);
}

/* ---- checking ------------------------------------------------------------------------- */

/* A line at 10, 50, 100, 200, .. schedules of the check that runs. */
static void progress(void *arg, const struct exercise_result *now)
{
	static const unsigned int marks[] = { 2000, 1000, 500, 200, 100, 50, 10 };
	struct work *d = arg;

	for (unsigned int k = 1; k <= now->nr; k++) {
		if (now->check[k].state != CHECK_STATE_RUNS || d->x->about.check[k].schedules < 10)
			continue;
		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
			if (now->check[k].done < marks[i])
				continue;
			if (marks[i] != d->shown && now->check[k].done < d->x->about.check[k].schedules)
				printable_printf(d->o->out, W(WORK_PROGRESS), marks[i], d->x->about.check[k].schedules);
			d->shown = marks[i];
			break;
		}
	}
	fflush(d->o->out);
}

static int read_files(struct work *d, char *err, size_t err_size)
{
	run_files_put(d->files);
	d->files = NULL;
	return d->o->folder[0] ? exercise_read(d->x, d->o->folder, &d->files, err, err_size) : 0;
}

/* The version that was checked goes into the history with its table. */
static int keep_version(struct work *d, char *err, size_t err_size)
{
	char *text = NULL;
	size_t size = 0;
	unsigned int version;
	FILE *out;
	int rc;

	if (!d->files)
		return 0;
	out = open_memstream(&text, &size);
	if (!out)
		return -ENOMEM;
	plain_exercise_result(out, d->x, d->result);
	fclose(out);
	rc = exercise_keep(d->x, d->o->folder, d->files, text, &version, err, err_size);
	free(text);
	return rc;
}

/* Return: false after an error that more checks would only repeat. */
static bool check(struct work *d)
{
	char err[ERR_BYTES] = "";
	int rc = read_files(d, err, sizeof(err));

	d->shown = 0;
	d->how = (struct exercise_checking){ .files = d->files, .settings = &d->settings, .seed = d->o->seed, .jitter = -1,
					     .progress = progress, .arg = d };
	if (!rc)
		rc = exercise_check(d->x, &d->how, d->result, err, sizeof(err));
	if (!rc) {
		d->checked = true;
		plain_exercise_result(d->o->out, d->x, d->result);
		rc = keep_version(d, err, sizeof(err));
	}
	if (rc)
		put(d, err[0] ? err : strerror(-rc));
	return rc != -EINVAL;
}

/* ---- the words of a student ------------------------------------------------------------ */

static void show_hint(struct work *d)
{
	STRBUF(text, EXERCISE_TEXT_BYTES + 80);

	if (d->hints == d->x->about.nr_hints) {
		put(d, W(WORK_NO_HINT));
		return;
	}
	strbuf_printf(&text, W(WORK_HINT), d->hints + 1, d->x->about.nr_hints, d->x->about.hint[d->hints]);
	d->hints++;
	put(d, text.buf);
}

static void show_story(struct work *d)
{
	char points[16];

	printable_printf(d->o->out, W(WORK_TITLE), d->x->about.title, plain_points(d->x->about.halves, points));
	put(d, d->x->about.story);
	for (unsigned int i = 0; i < d->x->about.nr_files; i++)
		printable_printf(d->o->out, W(WORK_FILE), d->o->folder, d->x->about.file[i]);
}

static unsigned int first_failing(const struct work *d)
{
	for (unsigned int k = 1; d->checked && k <= d->result->nr; k++)
		if (d->result->check[k].state == CHECK_STATE_FAILS || d->result->check[k].state == CHECK_STATE_CANNOT)
			return k;
	return 0;
}

static void show_failing(struct work *d)
{
	unsigned int k = first_failing(d);
	struct run_spec spec;

	if (!k) {
		put(d, W(WORK_NONE_FAILS));
		return;
	}
	if (exercise_replay(d->x, &d->how, d->result, k, &spec) == 0)
		plain_run(&spec, d->o->plain);
	run_inputs_fini(&spec.inputs);
	run_files_put(spec.files);
}

static void show_why(struct work *d)
{
	bool may = d->checked && exercise_holds(d->x, d->result);

	put(d, may ? d->x->about.why : W(WORK_WHY_LATER));
}

/* ---- a form ---------------------------------------------------------------------------------- */

static const char *value_of(const struct work *d, const struct exercise_setting *s)
{
	const char *value = s->by_default;

	for (size_t i = 0; i < d->settings.n; i++)
		if (strcmp(d->settings.v[i].id, s->name) == 0)
			value = d->settings.v[i].value;
	return value;
}

static void show_form(struct work *d)
{
	for (unsigned int i = 0; i < d->x->about.nr_settings; i++) {
		const struct exercise_setting *s = &d->x->about.setting[i];
		STRBUF(text, 800);

		strbuf_printf(&text, W(WORK_SETTING), s->name, value_of(d, s));
		if (strcmp(s->kind, "number") == 0)
			strbuf_printf(&text, W(WORK_SETTING_RANGE), s->from, s->to);
		else if (s->of[0])
			strbuf_printf(&text, strcmp(s->kind, "flags") == 0 ? W(WORK_SETTING_FLAGS) : W(WORK_SETTING_OF), s->of);
		put(d, text.buf);
	}
}

static const struct exercise_setting *find_setting(const struct work *d, const char *name, size_t len)
{
	for (unsigned int i = 0; i < d->x->about.nr_settings; i++)
		if (strlen(d->x->about.setting[i].name) == len && !strncmp(d->x->about.setting[i].name, name, len))
			return &d->x->about.setting[i];
	return NULL;
}

/* "max_active 6", "max_active=6" */
static bool set_line(struct work *d, const char *line)
{
	size_t len = strcspn(line, " =");
	const struct exercise_setting *s = find_setting(d, line, len);
	struct run_input one = { .kind = INPUT_SET };
	const char *value = line + len + strspn(line + len, " =");
	size_t kept = 0;

	if (!s || !*value)
		return false;
	for (size_t i = 0; i < d->settings.n; i++)	/* the last value of each */
		if (strcmp(d->settings.v[i].id, s->name) != 0)
			d->settings.v[kept++] = d->settings.v[i];
	d->settings.n = kept;
	snprintf(one.id, sizeof(one.id), "%s", s->name);
	snprintf(one.value, sizeof(one.value), "%s", value);
	if (run_inputs_add(&d->settings, &one))
		put(d, strerror(ENOMEM));
	return true;
}

static void note_try(struct work *d)
{
	struct strbuf out;
	char points[16];

	strbuf_init(&out, d->try_text[d->tries % TRIES_KEPT], sizeof(d->try_text[0]));
	strbuf_printf(&out, "%u: ", d->tries + 1);
	for (unsigned int i = 0; i < d->x->about.nr_settings; i++)
		strbuf_printf(&out, "%s%s %s", i ? ", " : "", d->x->about.setting[i].name, value_of(d, &d->x->about.setting[i]));
	strbuf_printf(&out, W(WORK_TRY_POINTS), plain_points(d->result->halves, points));
	d->tries++;
}

/* The tries before the last one. */
static void show_tries(struct work *d)
{
	STRBUF(text, TRIES_KEPT * 130);

	for (unsigned int n = d->tries - 1; n && d->tries - n < TRIES_KEPT; n--)
		strbuf_printf(&text, "%s%s", text.len ? "; " : W(WORK_BEFORE), d->try_text[(n - 1) % TRIES_KEPT]);
	if (text.len)
		put(d, text.buf);
}

static void run_form(struct work *d)
{
	bool before = d->checked;

	d->checked = false;
	check(d);
	if (d->checked) {
		note_try(d);
		show_tries(d);
	} else {
		d->checked = before;
	}
}

/* ---- the loop ------------------------------------------------------------------------------------- */

static bool read_line(struct work *d, char *buf, size_t size)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	fprintf(d->o->out, "%s", d->x->about.nr_settings ? W(WORK_PROMPT_FORM) : W(WORK_PROMPT));
	fflush(d->o->out);
	n = getline(&line, &room, d->o->in);
	if (n >= 0) {
		line[strcspn(line, "\r\n")] = '\0';
		snprintf(buf, size, "%s", line + strspn(line, " \t"));
	}
	free(line);
	return n >= 0;
}

/* Return: false: the student leaves. */
static bool obey(struct work *d, const char *line)
{
	bool form = d->x->about.nr_settings;

	if (!strcmp(line, "q") || !strcmp(line, "quit"))
		return false;
	if (!strcmp(line, "H") || !strcmp(line, "h") || !strcmp(line, "hint"))
		show_hint(d);
	else if (!strcmp(line, "s"))
		show_story(d);
	else if (!strcmp(line, "o"))
		show_failing(d);
	else if (!strcmp(line, "w"))
		show_why(d);
	else if (form && (!strcmp(line, "run") || !*line))
		run_form(d);
	else if (form && set_line(d, line))
		show_form(d);
	else if (!form && !*line)
		return check(d);
	else
		put(d, form ? W(WORK_UNKNOWN_FORM) : W(WORK_UNKNOWN));
	return true;
}

int work_lines_run(struct exercise *x, const struct work_opts *opts)
{
	struct work d = { .x = x, .o = opts, .result = calloc(1, sizeof(*d.result)) };
	char line[600];
	int code;

	if (!d.result)
		return EXIT_INTERNAL;
	show_story(&d);
	plain_exercise_result(opts->out, x, NULL);
	show_form(&d);
	while (read_line(&d, line, sizeof(line)) && obey(&d, line))
		;
	if (d.checked && exercise_holds(x, d.result) && x->about.why[0])
		put(&d, x->about.why);
	code = !d.checked || exercise_holds(x, d.result) ? EXIT_RIGHT : EXIT_WRONG;
	fprintf(opts->out, "\n");
	run_files_put(d.files);
	run_inputs_fini(&d.settings);
	free(d.result);
	return code;
}
