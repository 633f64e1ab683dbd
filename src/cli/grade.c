/*
 * cli/grade.c - `kworkshop grade`: the points of one hand-in, by running it again.
 *
 * Nothing of a hand-in is believed but the answers, settings and files: points are computed here.
 *
 * Lives here:   the command line, one line or table for each exercise, the sum.
 * Never here:   the format (classroom/handin.h), running checks (exercise/).   Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/wholefile.h"
#include "classroom/identity.h"
#include "cli/handin.h"
#include "words/texts.h"

struct grading {
	const struct cli_exercise *ex;
	const struct handin *h;
	struct course course;
	char student[CONFIG_ID_BYTES];
	struct handin_points *out;
};

/* ---- one exercise ---------------------------------------------------------------------- */

/* The variant that the student's id gives; the file's may differ. */
static uint64_t settle_variant(struct grading *g, const struct handin_block *b)
{
	uint64_t right = g->student[0] ? identity_variant(g->course.id, g->student, b->slug) : 0;

	if (b->variant == right)
		return right;
	printable_printf(stdout, W(GRADE_VARIANT), b->slug, (unsigned long long)b->variant, g->student, (unsigned long long)right);
	g->out->decisions++;
	return right;
}

static int grade_answers(struct grading *g, const struct exercise *x, const struct handin_block *b)
{
	struct lesson_points score;
	char err[1400];
	int rc = exercise_answers(x, &b->inputs, b->seed, &score, err, sizeof(err));

	if (rc && rc != -EINVAL) {
		cli_fail(err, rc);
		return exit_status_for(rc);
	}
	if (rc)
		printable_printf(stdout, W(GRADE_NO_ANSWERS), x->about.title, err);
	else
		plain_exercise_answers(stdout, x, &score);
	g->out->halves += score.halves;
	g->out->of += x->about.halves;
	return 0;
}

static int grade_files(struct grading *g, const struct exercise *x, const struct handin_block *b)
{
	struct run_inputs settings = { 0 };
	struct exercise_checking how = { .files = b->files, .settings = &settings, .seed = 1, .jitter = -1,
					 .whole = true };
	struct exercise_result *r = calloc(1, sizeof(*r));
	char err[1400] = "";
	int rc = r ? 0 : -ENOMEM;

	for (size_t i = 0; i < b->inputs.n && !rc; i++)
		if (b->inputs.v[i].kind == INPUT_SET || b->inputs.v[i].kind == INPUT_CHOOSE)
			rc = run_inputs_add(&settings, &b->inputs.v[i]);
	if (!rc)
		rc = exercise_check(x, &how, r, err, sizeof(err));
	if (rc) {
		cli_fail(err, rc);
	} else {
		plain_exercise_result(stdout, x, r);
		g->out->halves += r->halves;
		g->out->of += r->of;
	}
	run_inputs_fini(&settings);
	free(r);
	return rc ? exit_status_for(rc) : 0;
}

static int grade_block(struct grading *g, const struct handin_block *b)
{
	struct cli_exercise ex = *g->ex;
	struct exercise *x;
	char hash[DIGEST_BYTES];
	int code;

	if (b->lesson) {
		printable_printf(stdout, W(GRADE_LESSON), b->slug);
		return 0;
	}
	ex.variant = settle_variant(g, b);
	code = cli_exercise_open(&ex, b->slug, &x);
	if (code)
		return code;
	if (digest_file(x->path, hash) == 0 && strcmp(hash, b->hash))
		printable_printf(stdout, W(GRADE_OTHER_TEXT), b->slug);
	code = x->about.nr_checks ? grade_files(g, x, b) : grade_answers(g, x, b);
	exercise_close(x);
	return code;
}

/* ---- the hand-in -------------------------------------------------------------------------- */

static void compare_names(struct grading *g, const char *student)
{
	if (strcmp(g->course.id, g->h->course)) {
		printable_printf(stdout, W(GRADE_OTHER_COURSE), g->h->course, g->course.id);
		g->out->decisions++;
	}
	if (student && strcmp(g->student, g->h->student)) {
		printable_printf(stdout, W(GRADE_OTHER_STUDENT), g->h->student, g->student);
		g->out->decisions++;
	}
}

int cli_handin_grade(const struct cli_exercise *ex, const struct handin *h, const char *student, struct handin_points *out)
{
	struct grading g = { .ex = ex, .h = h, .out = out };
	char dir[1024], err[1400] = "", points[16], of[16];
	int code, rc;

	memset(out, 0, sizeof(*out));
	snprintf(g.student, sizeof(g.student), "%s", h->student);
	if (student && config_check_id(student, g.student, err, sizeof(err)))
		return cli_misuse("grade", "%s", err);
	code = cli_lessons_dir(&ex->look, dir, sizeof(dir));
	if (code)
		return code;
	rc = cli_read_course(dir, NULL, &g.course, err, sizeof(err));
	if (rc) {
		cli_fail(err, rc);
		return exit_status_for(rc);
	}
	compare_names(&g, student);
	for (unsigned int i = 0; i < h->nr && !code; i++)
		code = grade_block(&g, &h->block[i]);
	if (!code)
		printable_printf(stdout, W(GRADE_SUM), plain_points(out->halves, points), plain_points(out->of, of));
	course_free(&g.course);
	return code;
}

/* ---- the command ----------------------------------------------------------------------------- */

struct grade_opts {
	struct cli_exercise ex;
};

static void warn(void *arg, const char *sentence)
{
	cli_say("%s:%s", (const char *)arg, sentence);
}

static int grade_file(struct grade_opts *o, const char *path)
{
	struct handin *h = calloc(1, sizeof(*h));
	struct handin_points points;
	char *text = NULL, why[400], err[1400];
	size_t len = 0;
	int rc = h ? wholefile_named(path, HANDIN_BYTES_MAX + 64, &text, &len) : -ENOMEM, code = 0;

	if (rc == -EFBIG)
		snprintf(err, sizeof(err), "%s:1: %s", path, W(HANDIN_LARGE));
	else
		snprintf(err, sizeof(err), "%s: %s", path, strerror(rc ? -rc : 0));
	if (!rc) {
		rc = handin_read(text, len, h, warn, (void *)(uintptr_t)path, why, sizeof(why));
		if (rc == -EINVAL)
			snprintf(err, sizeof(err), "%s:%s", path, why);
	}
	if (rc) {
		cli_fail(err, rc);
		code = exit_status_for(rc);
	}
	if (!code)
		code = cli_handin_grade(&o->ex, h, o->ex.look.student, &points);
	if (!code)
		code = points.halves < points.of || points.decisions ? EXIT_WRONG : EXIT_RIGHT;
	if (h)
		handin_fini(h);
	free(h);
	free(text);
	return code;
}

static const struct cli_argument grade_arguments[] = {
	{ "FILE.kwh", "a hand-in, as `kworkshop submit` writes it; - is standard input", 1, TAKES_FILE, "kwh" },
	{ .name = NULL }
};

static const struct cli_option grade_options[] = {
	{ "student", "ID", "the id that decides about the variant, as a roster has it; otherwise that of the hand-in",
	  CLI_INTO(struct grade_opts, ex.look.student) },
	{ "hidden", "FILE", "checks of an instructor: a file with hidden_checks { ... }", .takes = TAKES_FILE, .endings = "lua",
	  CLI_INTO(struct grade_opts, ex.hidden) },
	CLI_COURSE_OPTION(struct grade_opts, ex.look),
	{ .name = NULL }
};

static int grade_main(int argc, char **argv)
{
	struct grade_opts o = { .ex = CLI_EXERCISE_NONE };
	int code = cli_parse(&argc, argv, grade_options, &o);

	if (!code && argc < 2)
		code = cli_misuse("grade", "%s", W(GRADE_NAME));
	else if (!code && argc > 2)
		code = cli_misuse("grade", "%s", W(GRADE_ONE));
	return code ? code : grade_file(&o, argv[1]);
}

const struct cli_command cmd_grade = {
	.name = "grade",
	.args = "FILE.kwh",
	.summary = "grade one hand-in by running it again",
	.arguments = grade_arguments,
	.options = grade_options,
	.notes = "Exit status 0: full marks; 1: fewer, or a line needs a decision; 2: no hand-in, or a damaged one; 3: no such file.",
	.main = grade_main,
};
