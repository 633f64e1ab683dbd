/*
 * exercise/files.c - a student's files, read for a run.
 *
 * Lives here:   from files to struct run_files; the sentences for files that cannot be used.
 * Never here:   the work folder and its history, loading (lua/student.c).   Licence: MIT.
 */
#include "exercise/exercise_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "words/texts.h"

static int refuse(int rc, const char *path, const char *text, size_t len, char *err, size_t err_size)
{
	const char *nul = text ? memchr(text, '\0', len) : NULL;
	unsigned int line = 1;

	for (const char *p = text; nul && p < nul; p++)
		line += *p == '\n';
	if (rc == -EINVAL && nul)
		snprintf(err, err_size, W(EXERCISE_FILE_NUL), path, line);
	else if (rc == -EFBIG)
		snprintf(err, err_size, W(EXERCISE_FILE_LARGE), path, (unsigned int)(RUN_FILE_BYTES_MAX >> 10));
	else
		snprintf(err, err_size, "%s: %s", path, strerror(-rc));
	return rc;
}

int read_into(struct run_files *files, const char *path, const char *name, bool hidden, char *err, size_t err_size)
{
	FILE *f = infile_open(path);
	char *text;
	size_t len;
	int rc = 0;

	if (!f && (errno == EISDIR || errno == ENOTSUP)) {
		snprintf(err, err_size, W(EXERCISE_FILE_KIND), path);
		return -EINVAL;
	}
	if (!f)
		return refuse(-errno, path, NULL, 0, err, err_size);
	text = malloc(RUN_FILE_BYTES_MAX + 1);
	len = text ? fread(text, 1, RUN_FILE_BYTES_MAX + 1, f) : 0;
	if (!text)
		rc = -ENOMEM;
	else if (ferror(f))
		rc = -EIO;
	else
		rc = run_files_add(files, name, text, len, hidden);
	fclose(f);
	if (rc)
		refuse(rc, path, text, len, err, err_size);
	free(text);
	return rc;
}

int exercise_read(const struct exercise *x, const char *folder, struct run_files **out, char *err, size_t err_size)
{
	struct run_files *files = run_files_new();
	char path[2200];
	int rc = files ? 0 : -ENOMEM;

	err[0] = '\0';
	for (unsigned int i = 0; i < x->about.nr_files && !rc; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, x->about.file[i]);
		rc = read_into(files, path, x->about.file[i], false, err, err_size);
		if (rc == -ENOENT)
			rc = 0;			/* the run reports it */
	}
	if (!rc && x->about.nr_files && !files->n) {
		snprintf(err, err_size, W(EXERCISE_NO_FILES), folder, x->about.file[0]);
		rc = -ENOENT;
	}
	if (rc) {
		run_files_put(files);
		files = NULL;
	}
	*out = files;
	return rc;
}

int exercise_read_paths(const struct exercise *x, char *const *paths, size_t nr, struct run_files **out, char *err,
			size_t err_size)
{
	struct run_files *files = run_files_new();
	int rc = files ? 0 : -ENOMEM;

	err[0] = '\0';
	for (size_t i = 0; i < nr && !rc; i++) {
		const char *base = strrchr(paths[i], '/');
		bool known = x->about.nr_files == 1 && nr == 1;

		base = base ? base + 1 : paths[i];
		for (unsigned int k = 0; k < x->about.nr_files; k++)
			known |= strcmp(x->about.file[k], base) == 0;
		if (x->about.nr_files == 1 && nr == 1)
			base = x->about.file[0];	/* one file may have any name */
		if (!known && strcmp(base, "settings.lua") != 0) {
			snprintf(err, err_size, W(EXERCISE_NOT_ITS_FILE), paths[i], x->at.slug);
			rc = -EINVAL;
		} else {
			rc = read_into(files, paths[i], base, false, err, err_size);
		}
	}
	if (rc) {
		run_files_put(files);
		files = NULL;
	}
	*out = files;
	return rc;
}

int exercise_add_hidden(const struct exercise *x, struct run_files *files)
{
	if (!x->hidden.text)
		return 0;
	return run_files_add(files, x->hidden.name, x->hidden.text, x->hidden.len, true);
}
