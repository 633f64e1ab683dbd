/*
 * cli/submit.c - `kworkshop submit`: writes a hand-in, or grades it here first.
 *
 * The files and the values of a form are those of the work folder, the answers the first ones that
 * progress has for this variant.  Nothing leaves the computer: the command writes a file.
 *
 * Lives here:   the exercises that are handed in, what of them is known.
 * Never here:   the format (classroom/handin.h), points (grade.c).   Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "base/printable.h"
#include "classroom/attempt.h"
#include "classroom/identity.h"
#include "classroom/progress.h"
#include "cli/handin.h"
#include "words/texts.h"

#ifndef KW_VERSION
#define KW_VERSION "unknown"
#endif
#define PROFILE "6.12"

struct submit_opts {
	struct cli_exercise ex;
	bool all, check;
	const char *out;
};

struct submission {
	const struct submit_opts *o;
	struct course course;
	struct progress *progress;	/* NULL = it cannot be opened: then there are no answers */
	struct handin *h;
};

/* ---- one exercise ------------------------------------------------------------------------ */

/* First answers with their hints, and the values of a form. */
static int add_inputs(struct submission *s, const struct exercise *x, struct handin_block *b)
{
	char id[sizeof(COURSE_EXERCISE) + sizeof(x->at.slug)], err[1400] = "";
	struct run_inputs all = { 0 }, settings = { 0 };
	int rc = 0;

	snprintf(id, sizeof(id), COURSE_EXERCISE "%s", x->at.slug);
	if (s->progress)
		rc = attempt_first_answers(s->progress, s->course.id, id, x->variant, &all, &b->seed);
	if (!rc)
		rc = cli_exercise_settings(&s->o->ex, x, &settings, err, sizeof(err));
	for (size_t i = 0; i < all.n && !rc; i++) {
		b->hints += all.v[i].kind == INPUT_HINT;
		if (all.v[i].kind != INPUT_SET || !settings.n)
			rc = run_inputs_add(&b->inputs, &all.v[i]);
	}
	for (size_t i = 0; i < settings.n && !rc; i++)
		rc = run_inputs_add(&b->inputs, &settings.v[i]);
	run_inputs_fini(&settings);
	run_inputs_fini(&all);
	return rc;
}

/* Hints of an exercise with checks are noted in its folder. */
static void add_hints(const struct submission *s, const struct exercise *x, struct handin_block *b)
{
	char path[1100], err[1400];

	if (x->about.nr_checks && cli_exercise_work(&s->o->ex, x, path, sizeof(path), err, sizeof(err)) == 0)
		b->hints += exercise_hints_read(path);
}

/* The files of the work folder; none of them there is no error. */
static int add_files(struct submission *s, const struct exercise *x, struct handin_block *b, char *path, size_t size, char *err,
		     size_t err_size)
{
	int rc = cli_exercise_work(&s->o->ex, x, path, size, err, err_size);

	if (rc || !x->about.nr_files || access(path, R_OK | X_OK))
		return rc;
	rc = exercise_read(x, path, &b->files, err, err_size);
	return rc == -ENOENT ? 0 : rc;
}

/* @named: it is an error if there is nothing of it. */
static int add_exercise(struct submission *s, const char *name, bool named)
{
	struct handin_block *b;
	struct exercise *x;
	char work[1100] = "", err[1400] = "";
	int code = cli_exercise_open(&s->o->ex, name, &x), rc;

	if (code)
		return code;
	b = handin_add(s->h);
	if (!b) {
		exercise_close(x);
		return cli_misuse("submit", "%s", W(HANDIN_BLOCKS));
	}
	snprintf(b->slug, sizeof(b->slug), "%s", x->at.slug);
	b->variant = x->variant;
	b->seed = 1;
	rc = digest_file(x->path, b->hash);
	if (!rc)
		rc = add_files(s, x, b, work, sizeof(work), err, sizeof(err));
	if (!rc)
		rc = add_inputs(s, x, b);
	if (!rc)
		add_hints(s, x, b);
	if (rc) {
		if (!err[0])
			snprintf(err, sizeof(err), "%s: %s", x->path, strerror(-rc));
		cli_fail(err, rc);
		code = exit_status_for(rc);
	} else if (!b->files && !b->inputs.n) {
		if (named)
			code = x->about.nr_files ? cli_misuse("submit", W(SUBMIT_NOTHING), x->at.slug, work) :
			       x->about.nr_settings ? cli_misuse("submit", W(SUBMIT_NO_SETTINGS), x->at.slug, x->at.name) :
			       cli_misuse("submit", W(SUBMIT_NO_ANSWERS), x->at.slug, x->at.name);
		s->h->nr--;
	}
	exercise_close(x);
	return code;
}

static int add_all(struct submission *s)
{
	struct exercise_place *all = NULL;
	char dir[1024];
	size_t nr = 0;
	int code = cli_exercises_dir(&s->o->ex.look, dir, sizeof(dir)), rc;

	if (code)
		return code;
	rc = exercise_list(dir, &all, &nr);
	if (rc) {
		cli_say("%s: %s", dir, strerror(-rc));
		return exit_status_for(rc);
	}
	for (size_t i = 0; i < nr && !code; i++)
		code = add_exercise(s, all[i].dir, false);
	free(all);
	if (!code && !s->h->nr)
		code = cli_misuse("submit", "%s", W(SUBMIT_EMPTY));
	return code;
}

/* ---- the hand-in ---------------------------------------------------------------------------- */

static void warn(void *arg, const char *sentence)
{
	(void)arg;
	cli_say("%s", sentence);
}

/* The student and the course. */
static int begin(struct submission *s)
{
	struct config config;
	struct identity who;
	char dir[1024], path[1100], err[1400] = "", note[400] = "";
	int code = cli_lessons_dir(&s->o->ex.look, dir, sizeof(dir)), rc;

	if (code)
		return code;
	rc = cli_read_course(dir, NULL, &s->course, err, sizeof(err));
	if (!rc)
		rc = config_read(&config, NULL, warn, NULL, err, sizeof(err));
	if (!rc)
		rc = identity_settle(&who, s->o->ex.look.student, &config, err, sizeof(err));
	if (rc) {
		cli_fail(err, rc);
		return exit_status_for(rc);
	}
	snprintf(s->h->student, sizeof(s->h->student), "%s", who.id);
	snprintf(s->h->course, sizeof(s->h->course), "%s", s->course.id);
	snprintf(path, sizeof(path), "%s/course.lua", dir);
	if (digest_file(path, s->h->course_hash))
		strcpy(s->h->course_hash, "-");
	s->h->course_version = s->course.version > 0 ? (unsigned int)s->course.version : 0;
	snprintf(s->h->engine, sizeof(s->h->engine), "%s", KW_VERSION);
	snprintf(s->h->profile, sizeof(s->h->profile), "%s", PROFILE);
	if (progress_open(&s->progress, NULL, note, sizeof(note)))
		s->progress = NULL;
	if (note[0])
		cli_say("%s", note);
	return 0;
}

static size_t answers_in(const struct handin_block *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->inputs.n; i++)
		n += b->inputs.v[i].kind == INPUT_ANSWER || b->inputs.v[i].kind == INPUT_SET || b->inputs.v[i].kind == INPUT_PICK ||
		     b->inputs.v[i].kind == INPUT_CHOOSE;
	return n;
}

/* The contents of the file, which a student sees before giving it away. */
static void show(const struct handin *h, const char *path)
{
	printable_printf(stdout, h->nr == 1 ? W(SUBMIT_HEAD_ONE) : W(SUBMIT_HEAD), path, h->nr, h->course, h->course_version);
	if (h->student[0])
		printable_printf(stdout, W(SUBMIT_STUDENT), h->student);
	printf("\n");
	for (unsigned int i = 0; i < h->nr; i++) {
		const struct handin_block *b = &h->block[i];

		printable_printf(stdout, W(SUBMIT_ROW), b->slug, (unsigned long long)b->variant, b->files ? b->files->n : (size_t)0,
				 answers_in(b), b->hints);
	}
}

static int write_file(const struct handin *h, const char *path)
{
	struct outfile out;
	int rc = outfile_open(&out, path);

	if (!rc)
		rc = outfile_close(&out, handin_write(h, out.f));
	if (rc == -EFBIG)
		return cli_misuse("submit", "%s", W(SUBMIT_LARGE));
	if (rc) {
		cli_say("%s: %s", path, strerror(-rc));
		return exit_status_for(rc);
	}
	show(h, path);
	return 0;
}

static int finish(struct submission *s)
{
	struct handin_points points;
	char name[CONFIG_ID_BYTES + 80];
	int code;

	if (s->o->check) {
		code = cli_handin_grade(&s->o->ex, s->h, NULL, &points);
		return code ? code : points.halves < points.of || points.decisions ? EXIT_WRONG : EXIT_RIGHT;
	}
	if (!s->h->student[0])
		cli_say("%s", W(SUBMIT_WITHOUT_ID));
	if (s->o->out && !strcmp(s->o->out, "-"))
		return handin_write(s->h, stdout) == -EFBIG ? cli_misuse("submit", "%s", W(SUBMIT_LARGE)) : EXIT_RIGHT;
	snprintf(name, sizeof(name), "%s%s%s.kwh", s->h->course, s->h->student[0] ? "-" : "", s->h->student);
	for (char *c = name; *c; c++)
		if (*c == '/')
			*c = '_';
	return write_file(s->h, s->o->out ? s->o->out : name);
}

static int submit(const struct submit_opts *o, char **names, size_t nr)
{
	struct submission s = { .o = o, .h = calloc(1, sizeof(*s.h)) };
	int code = s.h ? begin(&s) : EXIT_INTERNAL;

	if (!code && o->all)
		code = add_all(&s);
	for (size_t i = 0; i < nr && !code; i++)
		code = add_exercise(&s, names[i], true);
	if (!code)
		code = finish(&s);
	if (s.progress)
		progress_close(s.progress);
	if (s.h) {
		handin_fini(s.h);
		course_free(&s.course);
	}
	free(s.h);
	return code;
}

/* ---- the command -------------------------------------------------------------------------------- */

static const struct cli_argument submit_arguments[] = {
	{ "EXERCISE", "names of exercises; --all takes those that were begun", 1, TAKES_FOLDER, NULL },
	{ .name = NULL }
};

static const struct cli_option submit_options[] = {
	CLI_EXERCISE_OPTIONS(struct submit_opts, ex),
	{ "all", NULL, "every exercise of the course that has files or answers", CLI_INTO(struct submit_opts, all) },
	{ "check", NULL, "write nothing: grade the hand-in here, with the visible checks", CLI_INTO(struct submit_opts, check) },
	{ "output", "FILE", "the hand-in's name, - is standard output; otherwise COURSE-ID.kwh", .takes = TAKES_FILE, .endings = "kwh",
	  .letter = 'o', CLI_INTO(struct submit_opts, out) },
	{ .name = NULL }
};

static int submit_main(int argc, char **argv)
{
	struct submit_opts o = { .ex = CLI_EXERCISE_NONE };
	int code = cli_exercise_take_settings(&o.ex, &argc, argv);

	if (!code)
		code = cli_parse(&argc, argv, submit_options, &o);
	if (!code && argc < 2 && !o.all)
		code = cli_misuse("submit", "%s", W(SUBMIT_NAME));
	if (!code)
		code = submit(&o, argv + 1, (size_t)argc - 1);
	run_inputs_fini(&o.ex.settings);
	return code;
}

const struct cli_command cmd_submit = {
	.name = "submit",
	.args = "[EXERCISE..]",
	.summary = "write a hand-in of your exercises, or grade it here",
	.arguments = submit_arguments,
	.options = submit_options,
	.notes = "The hand-in is readable text with your files, answers and settings. Nothing is sent.\n"
		 "Exit status 0: written, or full marks with --check; 1: fewer points.",
	.main = submit_main,
};
