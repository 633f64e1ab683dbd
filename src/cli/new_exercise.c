/*
 * cli/new_exercise.c - `kworkshop new exercise NAME`: a folder that can be played and tested.
 *
 * The texts are complete exercises: the starter fails a check, the solution holds all of them.
 *
 * Lives here:   the files of each kind, the copy of another exercise.
 * Never here:   their texts (cli/first/KIND.lua).   Licence: MIT.
 */
#include "cli/new.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/wholefile.h"
#include "cli/exercise.h"
#include "words/texts.h"

#define FILE_MAX ((size_t)1 << 20)
#define DEPTH_MAX 4			/* wrong/NAME/driver.lua */

static const struct first_file {
	const char *kind, *path;	/* in the exercise's folder */
	const char *text;		/* of exercise.lua: a format for the title */
} first_files[] = {
	{ "repair", "exercise.lua",
#include "first/repair.inc"
	},
	{ "repair", "starter/driver.lua",
#include "first/repair_starter.inc"
	},
	{ "repair", "solution/driver.lua",
#include "first/repair_solution.inc"
	},
	{ "repair", "wrong/leak/driver.lua",
#include "first/repair_wrong.inc"
	},
	{ "configure", "exercise.lua",
#include "first/configure.inc"
	},
	{ "configure", "solution/settings.lua",
#include "first/configure_solution.inc"
	},
	{ "predict", "exercise.lua",
#include "first/predict.inc"
	},
	{ "observe", "exercise.lua",
#include "first/observe.inc"
	},
	{ "dump", "exercise.lua",
#include "first/dump.inc"
	},
};

/* The folders of @folder/@path, but for the last part, which is a file. */
static int make_folders(const char *folder, const char *path)
{
	char name[1200];
	int code = 0;

	for (const char *slash = path; !code && (slash = strchr(slash, '/')); slash++) {
		snprintf(name, sizeof(name), "%s/%.*s", folder, (int)(slash - path), path);
		code = new_make_folder(name);
	}
	return code;
}

static int write_file(const char *folder, const char *path, const char *text)
{
	char name[1200];
	int code = make_folders(folder, path);

	snprintf(name, sizeof(name), "%s/%s", folder, path);
	return code ? code : new_write(name, text);
}

/* @text with the title in place of its %s. */
static char *with_title(const char *text, const char *title)
{
	const char *mark = strstr(text, "%s");
	size_t size = strlen(text) + strlen(title) + 1;
	char *out = mark ? malloc(size) : strdup(text);

	if (mark && out)
		snprintf(out, size, "%.*s%s%s", (int)(mark - text), text, title, mark + 2);
	return out;
}

static int write_kind(const struct new *n)
{
	char title[64];
	int code = 0;

	new_title(n->name, title, sizeof(title));
	for (size_t i = 0; i < sizeof(first_files) / sizeof(first_files[0]) && !code; i++) {
		char *text;

		if (strcmp(first_files[i].kind, n->kind))
			continue;
		text = with_title(first_files[i].text, title);
		code = text ? write_file(n->path, first_files[i].path, text) : cli_no_memory();
		free(text);
	}
	return code;
}

/* ---- a copy ------------------------------------------------------------------------------ */

static int copy_folder(const char *from, const char *to, int depth);

static int copy_one(const char *from, const char *to, int depth)
{
	struct stat st;
	char *text;
	int code;

	if (stat(from, &st) != 0 || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return 0;
	if (S_ISDIR(st.st_mode))
		return depth < DEPTH_MAX ? copy_folder(from, to, depth + 1) : 0;
	text = wholefile_read(from, FILE_MAX, NULL);
	if (!text) {
		cli_say("%s: %s", from, strerror(errno));
		return EXIT_MISSING;
	}
	code = new_write(to, text);
	free(text);
	return code;
}

static int copy_folder(const char *from, const char *to, int depth)
{
	DIR *d = opendir(from);
	int code = d ? new_make_folder(to) : EXIT_MISSING;
	struct dirent *e;

	if (!d)
		cli_say("%s: %s", from, strerror(errno));
	while (!code && (e = readdir(d))) {
		char a[1400], b[1400];

		if (e->d_name[0] == '.')
			continue;
		if (snprintf(a, sizeof(a), "%s/%s", from, e->d_name) < (int)sizeof(a) &&
		    snprintf(b, sizeof(b), "%s/%s", to, e->d_name) < (int)sizeof(b))
			code = copy_one(a, b, depth);
	}
	if (d)
		closedir(d);
	return code;
}

/* An exercise of the course in use, or the folder of one. */
static int copy_exercise(const struct new *n)
{
	struct cli_look own = { .course = NULL };
	struct exercise_place at;
	char dir[1024], err[1400] = "";
	int code = cli_exercises_dir(&own, dir, sizeof(dir)), rc;

	if (code)
		return code;
	rc = exercise_find(dir, n->from, &at, err, sizeof(err));
	if (rc) {
		cli_fail(err, rc);
		return exit_status_for(rc);
	}
	return copy_folder(at.dir, n->path, 0);
}

/* An exercise that asks has no solution to compare with, and is run. */
static bool has_answer_files(const char *folder)
{
	char path[1200];

	snprintf(path, sizeof(path), "%s/solution", folder);
	return access(path, F_OK) == 0;
}

int new_exercise(struct new *n)
{
	int code = new_make_course(n);

	snprintf(n->dir, sizeof(n->dir), "%s/exercises", n->where);
	if (!code)
		code = new_make_folder(n->dir);
	if (!code)
		code = new_find_label(n);
	if (code)
		return code;
	snprintf(n->path, sizeof(n->path), "%s/%02u-%s", n->dir, n->label, n->name);
	code = new_make_folder(n->path);
	if (!code)
		code = n->from ? copy_exercise(n) : write_kind(n);
	if (!code)
		code = new_write_editor_files(n->where);
	if (!code)
		printf(W(NEW_EXERCISE_WRITTEN), n->path, has_answer_files(n->path) ? "test" : "run", n->name, n->where, n->name, n->where);
	return code;
}
