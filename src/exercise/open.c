/*
 * exercise/open.c - an exercise with the numbers of one student.
 *
 * Lives here:   reading what an exercise is, by a run that plays nothing.
 * Never here:   the folder (folder.c), its checks (check.c).   Licence: MIT.
 */
#include "exercise/exercise_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/shortage.h"
#include "words/texts.h"

static int read_hidden(struct exercise *x, const char *hidden, char *err, size_t err_size)
{
	char path[1100];
	struct run_files *one;
	int rc;

	if (!hidden) {
		if (!exercise_path(&x->at, "hidden.lua", path, sizeof(path)) || access(path, R_OK) != 0)
			return 0;
		hidden = path;
	}
	one = run_files_new();
	if (!one)
		return -ENOMEM;
	rc = read_into(one, hidden, "hidden.lua", true, err, err_size);
	if (!rc) {
		x->hidden = one->v[0];
		one->n = 0;		/* its text is ours now */
	}
	run_files_put(one);
	return rc;
}

/* The checks of a scheduler exercise have no names of the author's. */
static void name_checks(struct exercise_facts *about)
{
	for (unsigned int k = 1; k <= about->nr_checks; k++) {
		struct exercise_check *c = &about->check[k];

		if (c->form == CHECK_REACH)
			snprintf(c->name, sizeof(c->name), "%s", W(CHECK_NAME_REACH));
		else if (c->form == CHECK_AFTER && strcmp(about->after_depth, "all") != 0)
			snprintf(c->name, sizeof(c->name), W(CHECK_NAME_AFTER_DEPTH), about->after_depth);
		else if (c->form == CHECK_AFTER)
			snprintf(c->name, sizeof(c->name), "%s", W(CHECK_NAME_AFTER));
	}
}

static int read_about(struct exercise *x, char *err, size_t err_size)
{
	struct run_spec spec = { .seed = 1, .variant = x->variant, .jitter = -1, .heading = true };
	struct run_files *files = run_files_new();
	int rc;

	if (!files)
		return -ENOMEM;
	snprintf(spec.lesson, sizeof(spec.lesson), "%.1023s", x->path);
	rc = exercise_add_hidden(x, files);
	spec.files = files;
	if (!rc)
		rc = play_alone(x->script, &spec, &x->about);
	run_files_put(files);
	if (rc == 1 || (!rc && (x->about.faulty || !x->about.begun))) {
		snprintf(err, err_size, "%s", rc == 1 ? x->about.fault : x->about.faulty ? x->about.faulty_text :
			 W(EXERCISE_IS_LESSON));
		return -EINVAL;
	}
	name_checks(&x->about);
	return rc;
}

int exercise_open(struct exercise **out, const struct exercise_place *at, uint64_t variant, const char *hidden,
		  script_fn script, char *err, size_t err_size)
{
	struct exercise *x = calloc(1, sizeof(*x));
	int rc;

	err[0] = '\0';
	if (!x)
		return -ENOMEM;
	x->at = *at;
	x->script = script;
	x->variant = variant;
	rc = exercise_path(at, "exercise.lua", x->path, sizeof(x->path)) && strlen(x->path) < 1024 ? 0 : -ENAMETOOLONG;
	if (!rc)
		rc = read_hidden(x, hidden, err, err_size);
	if (!rc)
		rc = read_about(x, err, err_size);
	if (rc && !err[0])
		snprintf(err, err_size, "%s: %s", at->dir, shortage_reason(rc));
	if (rc)
		exercise_close(x);
	else
		*out = x;
	return rc;
}

void exercise_close(struct exercise *x)
{
	if (!x)
		return;
	free(x->hidden.text);
	free(x);
}
