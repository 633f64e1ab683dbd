/*
 * cli/watch_exercise.c - see watch_exercise.h.   Licence: MIT.
 */
#include "cli/watch_exercise.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/printable.h"
#include "words/texts.h"

static void add_set(struct watch_sets *out, const char *folder, const char *name)
{
	if (out->nr == WATCH_SETS_MAX || (*folder && access(folder, R_OK | X_OK) != 0))
		return;
	snprintf(out->set[out->nr].folder, sizeof(out->set[0].folder), "%s", folder);
	snprintf(out->set[out->nr++].name, sizeof(out->set[0].name), "%s", name);
}

static void add_wrong(struct watch_sets *out, const struct exercise *x)
{
	char pattern[1200], name[160];
	glob_t all = { 0 };

	snprintf(pattern, sizeof(pattern), "%s/wrong/*", x->at.dir);
	if (glob(pattern, 0, NULL, &all) == 0)
		for (size_t i = 0; i < all.gl_pathc; i++) {
			snprintf(name, sizeof(name), "wrong/%.150s", strrchr(all.gl_pathv[i], '/') + 1);
			add_set(out, all.gl_pathv[i], name);
		}
	globfree(&all);
}

int watch_sets_find(const struct cli_exercise *ex, const struct exercise *x, struct watch_sets *out, char *err, size_t err_size)
{
	char path[1200];
	int rc = cli_exercise_work(ex, x, path, sizeof(path), err, err_size);

	out->nr = 0;
	if (rc)
		return rc;
	if (x->about.nr_files)
		add_set(out, path, W(WATCH_YOUR_FILES));
	if (!x->about.nr_files)
		add_set(out, "", W(WATCH_DEFAULTS));
	else if (exercise_path(&x->at, "starter", path, sizeof(path)))
		add_set(out, path, "starter");
	if (exercise_path(&x->at, "solution", path, sizeof(path)))
		add_set(out, path, "solution");
	add_wrong(out, x);
	return 0;
}

/* The files of the set, for the commands of its results. */
static void name_set(struct exercise *x, const char *folder)
{
	struct strbuf words;

	strbuf_init(&words, x->named, sizeof(x->named));
	for (unsigned int i = 0; i < x->about.nr_files; i++)
		strbuf_printf(&words, " %s/%s", folder, x->about.file[i]);
	if (!x->about.nr_files)
		strbuf_printf(&words, " %s/settings.lua", folder);
}

static int read_set(struct exercise *x, const char *folder, struct run_files **files, char *err, size_t err_size)
{
	char path[1300], *paths[] = { path };

	*files = NULL;
	if (!*folder)
		return 0;
	name_set(x, folder);
	if (x->about.nr_files)
		return exercise_read(x, folder, files, err, err_size);
	snprintf(path, sizeof(path), "%s/settings.lua", folder);
	return exercise_read_paths(x, paths, 1, files, err, err_size);
}

static int check_set(struct exercise *x, const char *folder, uint64_t seed, struct exercise_result *r, char *err, size_t err_size)
{
	struct exercise_checking how = { .seed = seed, .jitter = -1 };
	struct run_files *files;
	int rc = read_set(x, folder, &files, err, err_size);

	how.files = files;
	if (!rc)
		rc = exercise_check(x, &how, r, err, err_size);
	run_files_put(files);
	return rc;
}

/* The set that has the file @path; SIZE_MAX: none. */
static size_t set_of(const struct watch_sets *sets, const char *path)
{
	for (size_t i = 0; i < sets->nr; i++) {
		size_t len = strlen(sets->set[i].folder);

		if (len && !strncmp(path, sets->set[i].folder, len) && path[len] == '/' && !strchr(path + len + 1, '/'))
			return i;
	}
	return SIZE_MAX;
}

static int show_set(const struct cli_exercise *ex, struct exercise *x, size_t *which, const char *saved, uint64_t seed, char *err,
		    size_t err_size)
{
	struct watch_sets *sets = calloc(1, sizeof(*sets));
	struct exercise_result *r = calloc(1, sizeof(*r));
	int rc = sets && r ? watch_sets_find(ex, x, sets, err, err_size) : -ENOMEM;

	if (!rc && sets->nr) {
		if (saved && set_of(sets, saved) != SIZE_MAX)
			*which = set_of(sets, saved);
		*which %= sets->nr;
		printable_printf(stdout, W(WATCH_SET), sets->set[*which].name, x->variant);
		fflush(stdout);		/* the workers are forked */
		rc = check_set(x, sets->set[*which].folder, seed, r, err, err_size);
		if (!rc)
			plain_exercise_result(stdout, x, r);
	}
	free(sets);
	free(r);
	return rc;
}

void watch_set_show(const struct cli_exercise *ex, const struct exercise_place *at, size_t *which, const char *saved, uint64_t seed)
{
	struct exercise *x;
	char err[1500] = "";
	int rc = exercise_open(&x, at, ex->variant, NULL, cli_script, err, sizeof(err));

	if (!rc) {
		rc = show_set(ex, x, which, saved, seed, err, sizeof(err));
		exercise_close(x);
	}
	if (rc)
		printable_printf(stdout, "%s\n", *err ? err : strerror(-rc));
}

static size_t add_paths(const char *pattern, char (*paths)[1400], size_t nr, size_t max)
{
	glob_t all = { 0 };

	if (glob(pattern, 0, NULL, &all) == 0)
		for (size_t i = 0; i < all.gl_pathc && nr < max; i++)
			if (strlen(all.gl_pathv[i]) < sizeof(paths[0]))
				strcpy(paths[nr++], all.gl_pathv[i]);
	globfree(&all);
	return nr;
}

size_t watch_paths(const struct cli_exercise *ex, const struct exercise_place *at, char (*paths)[1400], size_t max)
{
	static const char *const patterns[] = { "exercise.lua", "*.txt", "starter/*.lua", "solution/*.lua", "wrong/*/*.lua" };
	struct exercise named = { .at = *at };	/* the work folder follows from the name alone */
	char pattern[1300], work[1200], err[1500];
	size_t nr = 0;

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		snprintf(pattern, sizeof(pattern), "%s/%s", at->dir, patterns[i]);
		nr = add_paths(pattern, paths, nr, max);
	}
	if (cli_exercise_work(ex, &named, work, sizeof(work), err, sizeof(err)) == 0) {
		snprintf(pattern, sizeof(pattern), "%s/*.lua", work);
		nr = add_paths(pattern, paths, nr, max);
	}
	return nr;
}
