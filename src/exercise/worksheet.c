/*
 * exercise/worksheet.c - see worksheet.h.   Licence: MIT.
 */
#include "exercise/worksheet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words/texts.h"

#define HISTORY_COLUMNS 80

static bool same_files(const struct run_files *a, const struct run_files *b)
{
	if (!a || !b || a->n != b->n)
		return a == b;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i].name, b->v[i].name) || a->v[i].len != b->v[i].len ||
		    memcmp(a->v[i].text, b->v[i].text, a->v[i].len))
			return false;
	return true;
}

static struct run_files *read_starter(const struct exercise *x)
{
	struct run_files *files = NULL;
	char path[1100], err[1400];

	if (x->about.nr_files && exercise_path(&x->at, "starter", path, sizeof(path)))
		(void)exercise_read(x, path, &files, err, sizeof(err));	/* without it nothing is compared */
	return files;
}

/* "Unload without a bang: 8 of 10 points." -> "8 of 10 points"; false: the version was set aside and not checked. */
static bool short_result(const struct exercise *x, const char *result, char *out, size_t size)
{
	size_t title = strlen(x->about.title), len = strcspn(result, "\n");

	if (strncmp(result, x->about.title, title) || strncmp(result + title, ": ", 2) || len < title + 3)
		return false;
	snprintf(out, size, "%.*s", (int)(len - title - 3), result + title + 2);
	return true;
}

/* Without a readable history nothing was checked before. */
static void look_before(struct worksheet *d)
{
	struct run_files *was = NULL, *is = NULL;
	char result[400], err[1400];

	if (exercise_kept_read(d->x, d->folder, &is, err, sizeof(err)))
		return;
	for (unsigned int n = exercise_versions(d->folder); n && !d->before.version; n--) {
		if (exercise_version_read(d->x, d->folder, n, &was, result, sizeof(result), err, sizeof(err)) == 0 &&
		    short_result(d->x, result, d->before.result, sizeof(d->before.result))) {
			d->before.version = n;
			d->before.same = same_files(was, is);
		}
		run_files_put(was);
		was = NULL;
	}
	run_files_put(is);
}

int sheet_open(struct worksheet **out, const struct exercise *x, const char *folder, uint64_t seed, char *err, size_t err_size)
{
	struct worksheet *d = calloc(1, sizeof(*d));
	int rc = d ? 0 : -ENOMEM;

	if (!rc) {
		d->x = x;
		d->seed = seed;
		snprintf(d->folder, sizeof(d->folder), "%s", folder);
		d->result = calloc(1, sizeof(*d->result));
		rc = d->result ? 0 : -ENOMEM;
	}
	if (!rc && *folder)
		rc = exercise_settings_read(x, folder, &d->settings, err, err_size);
	if (!rc) {
		d->starter = read_starter(x);
		sheet_look(d);
		if (*folder) {
			look_before(d);
			d->hints_ever = exercise_hints_read(folder);
		}
		*out = d;
		return 0;
	}
	if (rc == -ENOMEM)
		snprintf(err, err_size, "%s", strerror(ENOMEM));
	sheet_close(d);
	return rc;
}

void sheet_close(struct worksheet *d)
{
	if (!d)
		return;
	run_files_put((struct run_files *)d->how.files);
	run_files_put(d->present);
	run_files_put(d->starter);
	run_inputs_fini(&d->settings);
	run_inputs_fini(&d->settings_checked);
	free(d->result);
	free(d);
}

bool sheet_is_form(const struct worksheet *d)
{
	return d->x->about.nr_settings > 0;
}

bool sheet_look(struct worksheet *d)
{
	struct run_files *now = NULL;
	bool other;

	d->trouble[0] = '\0';
	if (d->x->about.nr_files && d->folder[0])
		(void)exercise_read(d->x, d->folder, &now, d->trouble, sizeof(d->trouble));
	other = !same_files(now, d->present);
	run_files_put(d->present);
	d->present = now;
	return other;
}

/* ---- a form -------------------------------------------------------------------------------- */

const char *sheet_value(const struct worksheet *d, unsigned int setting)
{
	const struct exercise_setting *s = &d->x->about.setting[setting];

	for (size_t i = 0; i < d->settings.n; i++)
		if (strcmp(d->settings.v[i].id, s->name) == 0)
			return d->settings.v[i].value;
	return s->by_default;
}

static const struct exercise_setting *find_setting(const struct worksheet *d, const char *name, size_t len)
{
	for (unsigned int i = 0; i < d->x->about.nr_settings; i++)
		if (strlen(d->x->about.setting[i].name) == len && !strncmp(d->x->about.setting[i].name, name, len))
			return &d->x->about.setting[i];
	return NULL;
}

int sheet_set(struct worksheet *d, const char *name, size_t len, const char *value, char *err, size_t err_size)
{
	const struct exercise_setting *s = find_setting(d, name, len);
	struct run_input one = { .kind = INPUT_SET };
	size_t kept = 0;
	int rc;

	if (!s) {
		snprintf(err, err_size, W(SHEET_NO_SETTING), (int)len, name);
		return -ENOENT;
	}
	if (!exercise_setting_takes(s, value)) {
		if (strcmp(s->kind, "number") == 0)
			snprintf(err, err_size, W(SHEET_RANGE), s->name, s->from, s->to);
		else
			snprintf(err, err_size, W(SHEET_TAKES), s->name, s->of);
		return -EINVAL;
	}
	for (size_t i = 0; i < d->settings.n; i++)	/* the last value of each */
		if (strcmp(d->settings.v[i].id, s->name) != 0)
			d->settings.v[kept++] = d->settings.v[i];
	d->settings.n = kept;
	snprintf(one.id, sizeof(one.id), "%s", s->name);
	snprintf(one.value, sizeof(one.value), "%s", value);
	rc = run_inputs_add(&d->settings, &one);
	if (rc)
		snprintf(err, err_size, "%s", strerror(-rc));
	else if (d->folder[0])
		rc = exercise_settings_write(d->folder, &d->settings, err, err_size);
	return rc;
}

const struct sheet_try *sheet_try(const struct worksheet *d, unsigned int number)
{
	if (!number || number > d->nr_tries || d->nr_tries - number >= SHEET_TRIES_MAX)
		return NULL;
	return &d->tries[(number - 1) % SHEET_TRIES_MAX];
}

static void note_try(struct worksheet *d)
{
	struct sheet_try *t = &d->tries[d->nr_tries % SHEET_TRIES_MAX];

	memset(t, 0, sizeof(*t));
	t->number = ++d->nr_tries;
	t->halves = d->result->halves;
	for (unsigned int i = 0; i < d->x->about.nr_settings; i++)
		snprintf(t->value[i], sizeof(t->value[i]), "%.159s", sheet_value(d, i));
	for (unsigned int k = 1; k <= d->result->nr; k++) {
		if (d->x->about.check[k].show == CHECK_SHOW_NONE)
			continue;
		t->state[k] = d->result->check[k].state;
		if (d->x->about.check[k].show == CHECK_SHOW_FULL)
			snprintf(t->values[k], sizeof(t->values[k]), "%.63s", d->result->check[k].values);
	}
}

/* ---- checking --------------------------------------------------------------------------------- */

int sheet_begin(struct worksheet *d, struct exercise_checking *how, char *err, size_t err_size)
{
	struct run_inputs settings = { 0 };
	int rc;

	sheet_look(d);
	if (d->x->about.nr_files && d->folder[0] && !d->present) {
		snprintf(err, err_size, "%s", d->trouble);
		return -ENOENT;
	}
	rc = run_inputs_copy(&settings, &d->settings);
	if (rc) {
		snprintf(err, err_size, "%s", strerror(-rc));
		return rc;
	}
	run_files_put((struct run_files *)d->how.files);
	run_inputs_fini(&d->settings_checked);
	d->settings_checked = settings;
	d->how = (struct exercise_checking){ .files = run_files_get(d->present), .settings = &d->settings_checked,
					     .seed = d->seed, .jitter = -1 };
	*how = d->how;
	return 0;
}

/* The files or values that were checked go into the history with the table of their results. */
static int keep_version(struct worksheet *d, char *err, size_t err_size)
{
	struct run_files *files = run_files_get((struct run_files *)d->how.files);
	char *text = NULL;
	size_t size = 0;
	FILE *out;
	int rc = 0;

	if (!d->folder[0])
		return 0;
	if (!files)
		rc = exercise_kept_read(d->x, d->folder, &files, err, err_size);
	out = rc ? NULL : open_memstream(&text, &size);
	if (out) {
		exercise_table(out, HISTORY_COLUMNS, d->x, d->result);
		fclose(out);
		rc = exercise_keep(d->x, d->folder, files, text, d->result, &d->version, err, err_size);
	}
	free(text);
	run_files_put(files);
	return rc == -ENOENT ? 0 : rc;
}

int sheet_done(struct worksheet *d, const struct exercise_result *r, char *err, size_t err_size)
{
	*d->result = *r;
	d->checked = true;
	note_try(d);
	return keep_version(d, err, err_size);
}

bool sheet_unchanged(const struct worksheet *d)
{
	return same_files(d->present, d->how.files);
}

bool sheet_holds(const struct worksheet *d)
{
	return d->checked && !d->result->stopped && exercise_holds(d->x, d->result);
}

unsigned int sheet_failing(const struct worksheet *d)
{
	for (unsigned int k = 1; d->checked && k <= d->result->nr; k++)
		if (d->result->check[k].state == CHECK_STATE_FAILS || d->result->check[k].state == CHECK_STATE_CANNOT)
			return k;
	return 0;
}

int sheet_place(const struct worksheet *d, const char *place, unsigned int *line)
{
	for (unsigned int i = 0; i < d->x->about.nr_files; i++) {
		size_t len = strlen(d->x->about.file[i]);

		if (strncmp(place, d->x->about.file[i], len) || place[len] != ':')
			continue;
		*line = (unsigned int)strtoul(place + len + 1, NULL, 10);
		return (int)i;
	}
	return -1;
}

int sheet_run(const struct worksheet *d, unsigned int check, struct sheet_run *out)
{
	const struct exercise_outcome *r = &d->result->check[check];

	if (!d->checked || !check || check > d->result->nr || !r->done || r->state == CHECK_STATE_WAITS ||
	    d->x->about.check[check].form == CHECK_REACH)	/* its run was that of the first part */
		return -ENOENT;
	*out = (struct sheet_run){ .check = check, .schedule = r->schedule, .of = d->x->about.check[check].schedules,
				  .evidence = r->evidence };
	exercise_replay_line(d->x, d->result, r, out->line, sizeof(out->line));
	return exercise_replay(d->x, &d->how, d->result, check, &out->spec);
}

void sheet_run_fini(struct sheet_run *r)
{
	run_inputs_fini(&r->spec.inputs);
	run_files_put(r->spec.files);
	r->spec.files = NULL;
}

const char *sheet_hint(struct worksheet *d)
{
	char err[1400];

	if (d->hints == d->x->about.nr_hints)
		return NULL;
	if (++d->hints > d->hints_ever) {
		d->hints_ever = d->hints;
		if (d->folder[0])
			(void)exercise_hints_write(d->folder, d->hints, err, sizeof(err));	/* it is a note: the hint is shown all the same */
	}
	return d->x->about.hint[d->hints - 1];
}
