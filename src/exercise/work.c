/*
 * exercise/work.c - the folder in which a student works: files, and every version that was checked.
 *
 *   kworkshop-work/SLUG/NAME		the files of a repair, or settings.txt of a form
 *   kworkshop-work/SLUG/history/N/NAME, its result, and in `points` the half points of the result: "12 20"
 *
 * Nothing that a student wrote is overwritten before it is in the history.  A version that is
 * equal to the newest one gets no number of its own: only its result is written anew.
 *
 * Lives here:   starters, the values of a form, versions, setting aside, bringing back.
 * Never here:   choosing the folder (cli/exercise.c), printing.   Licence: MIT.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* asprintf() */
#endif
#include "exercise/exercise_internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/outfile.h"
#include "words/texts.h"

static int fail(int rc, const char *path, char *err, size_t err_size)
{
	snprintf(err, err_size, "%s: %s", path, strerror(-rc));
	return rc;
}

static int make_folders(const char *path, char *err, size_t err_size)
{
	char part[2200];
	size_t len = strlen(path);

	if (len >= sizeof(part))
		return fail(-ENAMETOOLONG, path, err, err_size);
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i])
			continue;
		snprintf(part, sizeof(part), "%.*s", (int)i, path);
		if (mkdir(part, 0777) != 0 && errno != EEXIST)
			return fail(-errno, part, err, err_size);
	}
	return 0;
}

static int write_text(const char *folder, const char *name, const char *text, size_t len, char *err, size_t err_size)
{
	struct outfile out;
	char path[2400];
	int rc;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	rc = outfile_open(&out, path);
	if (!rc)
		rc = outfile_close(&out, fwrite(text, 1, len, out.f) == len ? 0 : -EIO);
	return rc ? fail(rc, path, err, err_size) : 0;
}

static int write_files(const char *folder, const struct run_files *files, char *err, size_t err_size)
{
	int rc = 0;

	for (size_t i = 0; files && i < files->n && !rc; i++)
		if (!files->v[i].hidden)
			rc = write_text(folder, files->v[i].name, files->v[i].text, files->v[i].len, err, err_size);
	return rc;
}

/* ---- the values of a form ------------------------------------------------------------- */

/* The first line names the variant: choices of another one are not these numbers'. */
static int read_choices(const struct exercise *x, const char *folder, struct run_inputs *out, char *err, size_t err_size)
{
	struct run_files *kept = run_files_new();
	unsigned long long variant;
	char path[2400];
	int rc = kept ? 0 : -ENOMEM;

	snprintf(path, sizeof(path), "%s/%s", folder, EXERCISE_CHOICES_FILE);
	if (!rc)
		rc = access(path, F_OK) ? -ENOENT : read_into(kept, path, EXERCISE_CHOICES_FILE, false, err, err_size);
	if (!rc && sscanf(kept->v[0].text, "# variant %llu", &variant) == 1 && variant == x->variant)
		rc = run_inputs_parse(out, kept->v[0].text, EXERCISE_CHOICES_FILE, err, err_size);
	run_files_put(kept);
	return rc == -ENOENT ? 0 : rc;
}

int exercise_choices_write(const struct exercise *x, const char *folder, const struct run_inputs *inputs, char *err, size_t err_size)
{
	struct run_inputs choices = { 0 };
	char *lines = NULL, *text = NULL;
	int rc = make_folders(folder, err, err_size), n = 0;

	for (size_t i = 0; i < inputs->n && !rc; i++)
		if (inputs->v[i].kind == INPUT_CHOOSE)
			rc = run_inputs_add(&choices, &inputs->v[i]);
	if (!rc)
		rc = run_inputs_format(&choices, &lines);
	if (!rc)
		n = asprintf(&text, "# variant %llu\n%s", (unsigned long long)x->variant, lines);
	if (!rc)
		rc = n < 0 ? -ENOMEM : write_text(folder, EXERCISE_CHOICES_FILE, text, (size_t)n, err, err_size);
	run_inputs_fini(&choices);
	free(lines);
	if (n >= 0)
		free(text);
	return rc;
}

int exercise_settings_read(const struct exercise *x, const char *folder, struct run_inputs *out, char *err, size_t err_size)
{
	struct run_files *kept;
	int rc;

	memset(out, 0, sizeof(*out));
	if (x->about.kind == EXERCISE_SCHEDULER)
		return read_choices(x, folder, out, err, err_size);
	if (!x->about.nr_settings)
		return 0;
	rc = exercise_kept_read(x, folder, &kept, err, err_size);
	if (rc == -ENOENT)
		return 0;
	if (!rc)
		rc = run_inputs_parse(out, kept->v[0].text, EXERCISE_SETTINGS_FILE, err, err_size);
	run_files_put(kept);
	return rc;
}

int exercise_settings_write(const char *folder, const struct run_inputs *settings, char *err, size_t err_size)
{
	char *text = NULL;
	int rc = make_folders(folder, err, err_size);

	if (!rc)
		rc = run_inputs_format(settings, &text);
	if (!rc)
		rc = write_text(folder, EXERCISE_SETTINGS_FILE, text, strlen(text), err, err_size);
	free(text);
	return rc;
}

unsigned int exercise_hints_read(const char *folder)
{
	char path[2400];
	unsigned int hints = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/" EXERCISE_HINTS_FILE, folder);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%2u", &hints) != 1)
		hints = 0;
	fclose(f);
	return hints;
}

int exercise_hints_write(const char *folder, unsigned int hints, char *err, size_t err_size)
{
	int rc = make_folders(folder, err, err_size);
	char text[16];

	snprintf(text, sizeof(text), "%u\n", hints);
	return rc ? rc : write_text(folder, EXERCISE_HINTS_FILE, text, strlen(text), err, err_size);
}

/* The defaults of a form, as its file. */
static int default_settings(const struct exercise *x, struct run_files **out)
{
	struct run_inputs all = { 0 };
	char *text = NULL;
	int rc = 0;

	for (unsigned int i = 0; i < x->about.nr_settings && !rc; i++) {
		struct run_input one = { .kind = INPUT_SET };

		snprintf(one.id, sizeof(one.id), "%s", x->about.setting[i].name);
		snprintf(one.value, sizeof(one.value), "%s", x->about.setting[i].by_default);
		rc = run_inputs_add(&all, &one);
	}
	*out = rc ? NULL : run_files_new();
	if (!rc)
		rc = *out ? run_inputs_format(&all, &text) : -ENOMEM;
	if (!rc)
		rc = run_files_add(*out, EXERCISE_SETTINGS_FILE, text, strlen(text), false);
	free(text);
	run_inputs_fini(&all);
	return rc;
}

int exercise_kept_read(const struct exercise *x, const char *folder, struct run_files **out, char *err, size_t err_size)
{
	char path[2400];
	int rc;

	if (x->about.nr_files)
		return exercise_read(x, folder, out, err, err_size);
	*out = run_files_new();
	if (!*out)
		return -ENOMEM;
	snprintf(path, sizeof(path), "%s/%s", folder, EXERCISE_SETTINGS_FILE);
	rc = read_into(*out, path, EXERCISE_SETTINGS_FILE, false, err, err_size);
	if (rc) {
		run_files_put(*out);
		*out = NULL;
	}
	return rc;
}

static int read_starter(const struct exercise *x, struct run_files **out, char *err, size_t err_size)
{
	char path[1100];
	int rc;

	if (!x->about.nr_files) {
		rc = default_settings(x, out);
		return rc ? fail(rc, EXERCISE_SETTINGS_FILE, err, err_size) : 0;
	}
	if (!exercise_path(&x->at, "starter", path, sizeof(path)))
		return fail(-ENAMETOOLONG, x->at.dir, err, err_size);
	return exercise_read(x, path, out, err, err_size);
}

/* ---- the folder ------------------------------------------------------------------------- */

int exercise_work_open(const struct exercise *x, const char *folder, unsigned int *copied, char *err, size_t err_size)
{
	struct run_files *starter = NULL;
	int rc = make_folders(folder, err, err_size);

	*copied = 0;
	if (!rc)
		rc = read_starter(x, &starter, err, err_size);
	for (size_t i = 0; !rc && i < starter->n; i++) {
		const struct run_file *f = &starter->v[i];
		char path[2400];

		snprintf(path, sizeof(path), "%s/%s", folder, f->name);
		if (access(path, F_OK) == 0)
			continue;
		rc = write_text(folder, f->name, f->text, f->len, err, err_size);
		*copied += !rc;
	}
	run_files_put(starter);
	return rc;
}

/* ---- versions -------------------------------------------------------------------------- */

static void version_path(const char *folder, unsigned int n, char *path, size_t size)
{
	snprintf(path, size, "%s/history/%u", folder, n);
}

unsigned int exercise_versions(const char *folder)
{
	char path[2300];
	struct dirent *e;
	unsigned int most = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/history", folder);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		unsigned long n = strtoul(e->d_name, NULL, 10);

		if (n > most && n < 1000000)
			most = (unsigned int)n;
	}
	if (d)
		closedir(d);
	return most;
}

int exercise_version_read(const struct exercise *x, const char *folder, unsigned int n, struct run_files **out, char *result,
			  size_t result_size, char *err, size_t err_size)
{
	char path[2300], file[2400];
	FILE *f;
	int rc;

	version_path(folder, n, path, sizeof(path));
	rc = exercise_kept_read(x, path, out, err, err_size);
	if (rc == -ENOENT)
		snprintf(err, err_size, W(EXERCISE_NO_VERSION), n, x->at.slug);
	if (rc)
		return rc;
	snprintf(file, sizeof(file), "%s/result", path);
	f = fopen(file, "re");
	result[f ? fread(result, 1, result_size - 1, f) : 0] = '\0';
	if (f)
		fclose(f);
	return 0;
}

static bool same_files(const struct run_files *a, const struct run_files *b)
{
	size_t nr_a = 0, nr_b = 0;

	for (size_t i = 0; i < b->n; i++)
		nr_b += !b->v[i].hidden;
	for (size_t i = 0; i < a->n; i++) {
		const struct run_file *other = a->v[i].hidden ? NULL : run_files_find(b, a->v[i].name);

		if (a->v[i].hidden)
			continue;
		nr_a++;
		if (!other || other->len != a->v[i].len || memcmp(other->text, a->v[i].text, other->len))
			return false;
	}
	return nr_a == nr_b;
}

/* Is version @n equal to @files? */
static bool is_version(const struct exercise *x, const char *folder, unsigned int n, const struct run_files *files)
{
	struct run_files *old = NULL;
	char err[1400], path[2300];
	bool same;

	version_path(folder, n, path, sizeof(path));
	same = n && !exercise_kept_read(x, path, &old, err, sizeof(err)) && old && same_files(old, files);
	run_files_put(old);
	return same;
}

static int keep_points(const char *path, const struct exercise_result *r, char *err, size_t err_size)
{
	char text[40];

	snprintf(text, sizeof(text), "%u %u\n", r->halves, r->of);
	return write_text(path, "points", text, strlen(text), err, err_size);
}

int exercise_keep(const struct exercise *x, const char *folder, const struct run_files *files, const char *text,
		  const struct exercise_result *result, unsigned int *version, char *err, size_t err_size)
{
	unsigned int n = exercise_versions(folder);
	char path[2300];
	int rc = 0;

	if (!is_version(x, folder, n, files)) {
		version_path(folder, ++n, path, sizeof(path));
		rc = make_folders(path, err, err_size);
		if (!rc)
			rc = write_files(path, files, err, err_size);
	}
	version_path(folder, n, path, sizeof(path));
	if (!rc)
		rc = write_text(path, "result", text, strlen(text), err, err_size);
	if (!rc && result && !result->stopped)
		rc = keep_points(path, result, err, err_size);
	*version = n;
	return rc;
}

bool exercise_points_kept(const char *folder, unsigned int *halves, unsigned int *of)
{
	bool found = false;

	for (unsigned int n = exercise_versions(folder); n && !found; n--) {
		char path[2400];
		FILE *f;

		snprintf(path, sizeof(path), "%s/history/%u/points", folder, n);
		f = fopen(path, "re");
		found = f && fscanf(f, "%u %u", halves, of) == 2 && *halves <= *of;
		if (f)
			fclose(f);
	}
	return found;
}

/* The files that stand in the folder now go into the history, if they are not its newest version. */
static int set_aside(const struct exercise *x, const char *folder, unsigned int *version, char *err, size_t err_size)
{
	struct run_files *now = NULL;
	int rc = exercise_kept_read(x, folder, &now, err, err_size);

	*version = 0;
	if (rc == -ENOENT)
		return 0;		/* there are none */
	if (!rc && is_version(x, folder, exercise_versions(folder), now))
		*version = exercise_versions(folder);
	else if (!rc)
		rc = exercise_keep(x, folder, now, W(EXERCISE_SET_ASIDE), NULL, version, err, err_size);
	run_files_put(now);
	return rc;
}

static int replace_by(const struct exercise *x, const char *folder, struct run_files *files, unsigned int *aside, char *err,
		      size_t err_size)
{
	int rc = make_folders(folder, err, err_size);

	if (!rc)
		rc = set_aside(x, folder, aside, err, err_size);
	if (!rc)
		rc = write_files(folder, files, err, err_size);
	return rc;
}

int exercise_restart(const struct exercise *x, const char *folder, unsigned int *aside, char *err, size_t err_size)
{
	struct run_files *starter = NULL;
	int rc = read_starter(x, &starter, err, err_size);

	if (!rc)
		rc = replace_by(x, folder, starter, aside, err, err_size);
	run_files_put(starter);
	return rc;
}

int exercise_bring_back(const struct exercise *x, const char *folder, unsigned int n, unsigned int *aside, char *err, size_t err_size)
{
	struct run_files *old = NULL;
	char result[16];
	int rc = exercise_version_read(x, folder, n, &old, result, sizeof(result), err, err_size);

	if (!rc)
		rc = replace_by(x, folder, old, aside, err, err_size);
	run_files_put(old);
	return rc;
}

/* ---- differences ---------------------------------------------------------------------------- */

#define DIFF_LINES_MAX 1500

struct lines {
	const char *at[DIFF_LINES_MAX];
	int len[DIFF_LINES_MAX];
	int nr;
};

static bool split(const char *text, struct lines *out)
{
	out->nr = 0;
	while (*text) {
		int len = (int)strcspn(text, "\n");

		if (out->nr == DIFF_LINES_MAX)
			return false;
		out->at[out->nr] = text;
		out->len[out->nr++] = len;
		text += len + (text[len] == '\n');
	}
	return true;
}

static bool same_line(const struct lines *a, int i, const struct lines *b, int k)
{
	return a->len[i] == b->len[k] && memcmp(a->at[i], b->at[k], (size_t)a->len[i]) == 0;
}

/* @common[i][k]: lines that a from i on and b from k on have in common, in order. */
static void walk(const struct lines *a, const struct lines *b, const uint16_t *common, exercise_diff_fn line, void *arg)
{
	int i = 0, k = 0, row = b->nr + 1;

	while (i < a->nr || k < b->nr) {
		if (i < a->nr && k < b->nr && same_line(a, i, b, k)) {
			i++;
			k++;
		} else if (k == b->nr || (i < a->nr && common[(i + 1) * row + k] >= common[i * row + k + 1])) {
			line(arg, '-', i + 1, a->at[i], a->len[i]);
			i++;
		} else {
			line(arg, '+', k + 1, b->at[k], b->len[k]);
			k++;
		}
	}
}

int exercise_diff(const char *was, const char *is, exercise_diff_fn line, void *arg)
{
	struct lines *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));
	uint16_t *common = NULL;
	int rc = a && b ? 0 : -ENOMEM;

	if (!rc && (!split(was, a) || !split(is, b)))
		rc = -EFBIG;
	if (!rc) {
		common = calloc((size_t)(a->nr + 1) * (size_t)(b->nr + 1), sizeof(*common));
		rc = common ? 0 : -ENOMEM;
	}
	if (!rc) {
		int row = b->nr + 1;

		for (int i = a->nr - 1; i >= 0; i--)
			for (int k = b->nr - 1; k >= 0; k--) {
				uint16_t down = common[(i + 1) * row + k], right = common[i * row + k + 1];

				common[i * row + k] = same_line(a, i, b, k) ? (uint16_t)(common[(i + 1) * row + k + 1] + 1) :
						      down > right ? down : right;
			}
		walk(a, b, common, line, arg);
	}
	free(common);
	free(a);
	free(b);
	return rc;
}
