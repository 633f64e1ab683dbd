/*
 * cli/exercise.c - see exercise.h.   Licence: MIT.
 */
#include "cli/exercise.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "classroom/identity.h"
#include "model/choosing.h"
#include "words/texts.h"

static void warn(void *arg, const char *sentence)
{
	(void)arg;
	cli_say("%s", sentence);
}

/* ---- settings ------------------------------------------------------------------------- */

static int add_setting(struct cli_exercise *ex, const char *command, const char *text)
{
	struct run_input one = { .kind = INPUT_SET };
	const char *value = strchr(text, '=');

	if (!value || value == text || (size_t)(value - text) >= sizeof(one.id) || strlen(value) > sizeof(one.value))
		return cli_misuse(command, W(EXERCISE_SET_FORM), text);
	snprintf(one.id, sizeof(one.id), "%.*s", (int)(value - text), text);
	snprintf(one.value, sizeof(one.value), "%s", value + 1);
	return run_inputs_add(&ex->settings, &one) ? EXIT_INTERNAL : 0;
}

int cli_exercise_take_settings(struct cli_exercise *ex, int *argc, char **argv)
{
	int kept = 1, code = 0;

	for (int i = 1; i < *argc; i++) {
		bool alone = !strcmp(argv[i], "--set"), joined = !strncmp(argv[i], "--set=", 6);

		if (!strcmp(argv[i], "--")) {
			while (i < *argc)
				argv[kept++] = argv[i++];
			break;
		}
		if (!joined && !(alone && i + 1 < *argc)) {
			argv[kept++] = argv[i];
			continue;
		}
		if (!code)
			code = add_setting(ex, argv[0], joined ? argv[i] + 6 : argv[i + 1]);
		i += alone;
	}
	*argc = kept;
	argv[kept] = NULL;
	return code;
}

/* ---- the exercise ------------------------------------------------------------------------ */

int cli_exercises_dir(const struct cli_look *look, char *path, size_t size)
{
	int code = cli_lessons_dir(look, path, size);
	char *slash = code ? NULL : strrchr(path, '/');

	if (code)
		return code;
	if (!slash || (size_t)(slash - path) + sizeof("/exercises") > size) {
		cli_say("%s: %s", path, strerror(ENAMETOOLONG));
		return EXIT_MISSING;
	}
	strcpy(slash, "/exercises");
	return 0;
}

/* The variant that follows from the student's id; 0 without one. */
static int variant_of_student(const struct cli_exercise *ex, const char *slug, uint64_t *variant, char *err, size_t err_size)
{
	struct config config;
	struct identity who;
	struct course course;
	char dir[1024];
	int rc = config_read(&config, NULL, warn, NULL, err, err_size);

	*variant = 0;
	if (!rc)
		rc = identity_settle(&who, ex->look.student, &config, err, err_size);
	if (rc || !who.id[0])
		return rc;
	if (cli_lessons_dir(&ex->look, dir, sizeof(dir)))
		return -ENOENT;
	rc = cli_read_course(dir, NULL, &course, err, err_size);
	if (rc)
		return rc;
	*variant = identity_variant(course.id, who.id, slug);
	course_free(&course);
	return 0;
}

int cli_exercise_open(const struct cli_exercise *ex, const char *name, struct exercise **out)
{
	struct exercise_place at;
	char dir[1024], err[1400] = "";
	uint64_t variant = ex->variant;
	int code = cli_exercises_dir(&ex->look, dir, sizeof(dir)), rc;

	if (code)
		return code;
	rc = exercise_find(dir, name, &at, err, sizeof(err));
	if (!rc && ex->look.course)	/* its number belongs to another course where --course is not given */
		snprintf(at.name, sizeof(at.name), "%s", at.dir);
	if (!rc && variant == CLI_EXERCISE_VARIANT)
		rc = variant_of_student(ex, at.slug, &variant, err, sizeof(err));
	if (!rc)
		rc = exercise_open(out, &at, variant, ex->hidden, cli_script, err, sizeof(err));
	if (rc)
		cli_fail(err, rc);
	return rc ? exit_status_for(rc) : 0;
}

/* ---- the student's files -------------------------------------------------------------------- */

/* NULL: the config decides. */
static const char *work_base(const char *work)
{
	const char *base = work ? work : getenv("KWORKSHOP_WORK");

	return base && *base ? base : NULL;
}

int cli_work_folder(const char *work, const struct config *config, const char *slug, char *path, size_t size, char *err,
		    size_t err_size)
{
	const char *base = work_base(work);
	int n;

	if (!base)
		base = config->work[0] ? config->work : "kworkshop-work";
	n = snprintf(path, size, "%s/%s", base, slug);
	if (n >= 0 && (size_t)n < size)
		return 0;
	snprintf(err, err_size, "%s: %s", base, strerror(ENAMETOOLONG));
	return -ENAMETOOLONG;
}

int cli_exercise_work(const struct cli_exercise *ex, const struct exercise *x, char *path, size_t size, char *err, size_t err_size)
{
	static struct config config;	/* large */
	int rc = work_base(ex->work) ? 0 : config_read(&config, NULL, NULL, NULL, err, err_size);

	return rc ? rc : cli_work_folder(ex->work, &config, x->at.slug, path, size, err, err_size);
}

int cli_exercise_sheet(const struct exercise *x, const char *folder, uint64_t seed, struct worksheet **out, char *err, size_t err_size)
{
	unsigned int copied;
	int rc = exercise_work_open(x, folder, &copied, err, err_size);

	return rc ? rc : sheet_open(out, x, folder, seed, err, err_size);
}

/* ---- the scheduler: first the choices, then the file ------------------------------------------ */

struct run_spec cli_choices_spec(const struct exercise *x)
{
	struct run_spec spec = { .seed = 1, .variant = x->variant, .jitter = -1 };

	snprintf(spec.lesson, sizeof(spec.lesson), "%.1023s", x->path);
	return spec;
}

void cli_choices_keep(void *arg, struct run *run)
{
	struct cli_choices *g = arg;
	struct choosing *c = malloc(sizeof(*c));
	char err[600] = "";

	if (!c)
		return;
	choosing_read(run_store(run), run_store(run)->nr, c);
	if (c->over && c->reached) {
		g->reached = true;
		if (exercise_choices_write(g->x, g->folder, run_get_inputs(run), err, sizeof(err)))
			cli_say(W(RUN_NOT_KEPT), err);
	}
	free(c);
}

void cli_exercise_second_part(struct exercise *x)
{
	snprintf(x->about.story, sizeof(x->about.story), "%s", x->about.after_prompt);
}

int cli_exercise_settings(const struct cli_exercise *ex, const struct exercise *x, struct run_inputs *out, char *err, size_t err_size)
{
	char path[1100];
	int rc;

	memset(out, 0, sizeof(*out));
	if (ex->settings.n || ex->nr_files)	/* settings.lua is one of the files */
		return run_inputs_copy(out, &ex->settings);
	rc = cli_exercise_work(ex, x, path, sizeof(path), err, err_size);
	return rc ? rc : exercise_settings_read(x, path, out, err, err_size);
}

static int read_named(const struct cli_exercise *ex, struct exercise *x, struct run_files **out, char *err, size_t err_size)
{
	struct strbuf words;

	strbuf_init(&words, x->named, sizeof(x->named));
	for (size_t i = 0; i < ex->nr_files; i++)
		strbuf_printf(&words, " %s", ex->files[i]);
	return exercise_read_paths(x, ex->files, ex->nr_files, out, err, err_size);
}

int cli_exercise_files(const struct cli_exercise *ex, struct exercise *x, struct run_files **out, char *err,
		       size_t err_size)
{
	char path[1100];
	int rc;

	*out = NULL;
	if (ex->nr_files)
		return read_named(ex, x, out, err, err_size);
	rc = cli_exercise_work(ex, x, path, sizeof(path), err, err_size);
	if (rc || !x->about.nr_files)
		return rc;
	if (access(path, R_OK | X_OK) == 0)
		return exercise_read(x, path, out, err, err_size);
	if (!exercise_path(&x->at, "starter", path, sizeof(path)))
		return -ENAMETOOLONG;
	return exercise_read(x, path, out, err, err_size);
}
