/*
 * cli/run.c - `kworkshop run`: one lesson or exercise, on the screen or as lines.
 *
 * A NAME is looked up in the course; an argument that looks like a path is one.
 * `run NAME` is a student's own run: it resumes the last attempt with the same
 * variant, seed and machine, and is kept.  So is an exercise of the course that asks questions.
 * A run of a file, or with recorded inputs or given answers, is not kept.
 *
 * Lives here:   from the command line to a run's spec.
 * Never here:   showing it (show.c), running it (run/).
 * Rules:        docs/time.md 1.   Licence: MIT.
 */
#include "cli/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cpumask.h"
#include "base/printable.h"
#include "check/check.h"
#include "classroom/identity.h"
#include "cli/exercise.h"
#include "plain/work_lines.h"
#include "run/question_report.h"
#include "words/texts.h"

#define VARIANT_UNSET UINT64_MAX	/* --variant was not given */

struct run_opts {
	struct cli_look look;
	uint64_t seed, variant;
	const char *inputs, *record, *answers, *question, *work, *set, *report, *choose, *schedule;
	struct run_inputs settings;	/* of --set */
	char **files;			/* of an exercise, instead of those of the work folder */
	size_t nr_files;
	bool replay;			/* --seed, --jitter or the like was given: one run of an exercise */
	bool seed_given;
	int cpus;
	double jitter;
	bool census, fresh, notes;
};

static bool looks_like_path(const char *text)
{
	size_t len = strlen(text);

	return strchr(text, '/') || (len > 4 && strcmp(text + len - 4, ".lua") == 0);
}

/* "exercises/21-unload", "./exercise.lua" */
static bool is_exercise_path(const char *text)
{
	static const char file[] = "exercise.lua";
	size_t len = strlen(text);

	return strchr(text, '/') && (len < 4 || strcmp(text + len - 4, ".lua") ||
				     (len >= sizeof(file) && !strcmp(text + len - (sizeof(file) - 1), file)));
}

/* The options into a spec whose lesson is known. */
static int apply_opts(const struct run_opts *o, struct run_spec *spec)
{
	char err[1300] = "";
	int rc;

	spec->seed = o->seed;
	spec->cpus = o->cpus == CLI_UNSET ? 0 : o->cpus;
	spec->jitter = o->jitter;
	spec->census = o->census;
	spec->notes = o->notes;
	if (o->variant != VARIANT_UNSET)
		spec->variant = o->variant;
	if (o->answers || o->question) {
		rc = check_answers(cli_script, o->answers, o->question, spec, err, sizeof(err));
		if (rc)
			cli_fail(err, rc);
		return rc ? exit_status_for(rc) : 0;
	}
	if (!o->inputs)
		return 0;
	rc = run_inputs_load(&spec->inputs, o->inputs, err, sizeof(err));
	if (rc)
		cli_fail(err, rc);
	return rc == -ENOENT ? EXIT_MISSING : rc ? EXIT_MISUSE : 0;
}

static int show_spec(struct session *s, const struct run_opts *o, struct run_spec *spec)
{
	struct session_show what = { .spec = spec, .at_wait = o->question != NULL, .record = o->record };
	int code = apply_opts(o, spec);

	if (!code)
		code = session_show(s, &o->look, &what);
	run_inputs_fini(&spec->inputs);
	return code;
}

static int run_name(struct session *s, const struct run_opts *o, const char *name)
{
	struct session_show what = { .id = name, .record = o->record, .fresh = o->fresh };
	struct session_options options = {
		.seed = o->seed, .variant = o->variant == VARIANT_UNSET ? SESSION_VARIANT_OF_ID : o->variant,
		.cpus = o->cpus == CLI_UNSET ? 0 : o->cpus, .jitter = o->jitter, .census = o->census,
	};
	struct run_spec spec;
	char err[600] = "";
	int rc = session_spec(s, name, APP_OPEN_FRESH, &spec, err, sizeof(err));

	if (rc) {
		cli_fail(err, rc);
		return exit_status_for(rc);
	}
	if (o->inputs || o->answers || o->question || o->notes)
		return show_spec(s, o, &spec);
	run_inputs_fini(&spec.inputs);
	session_set_options(s, &options);
	return session_show(s, &o->look, &what);
}

static int run_file(struct session *s, const struct run_opts *o, const char *path)
{
	struct run_spec spec = { .seed = 1, .jitter = -1 };

	if (access(path, R_OK) != 0) {
		cli_say("%s: %s", path, strerror(errno));
		return EXIT_MISSING;
	}
	if (strlen(path) >= sizeof(spec.lesson)) {
		cli_say("%s: %s", path, strerror(ENAMETOOLONG));
		return EXIT_MISSING;
	}
	strcpy(spec.lesson, path);
	return show_spec(s, o, &spec);
}

/* ---- exercises ---------------------------------------------------------------------------- */

/* The first part of a scheduler exercise is played without the file of the second one. */
static bool plays_files(const struct run_opts *o, const struct exercise *x)
{
	return x->about.kind != EXERCISE_SCHEDULER || o->choose || o->nr_files;
}

/* The choices of --replay and their seed.  Return: 0, or an exit status. */
static int take_schedule(struct run_opts *o, struct run_spec *spec)
{
	size_t others = spec->inputs.n;
	uint64_t seed;
	char err[200];
	int rc = exercise_add_schedule(&spec->inputs, o->schedule, &seed, err, sizeof(err));

	if (rc)
		return rc == -EINVAL ? cli_misuse("run", "--replay: %s", err) : cli_no_memory();
	if (o->seed_given && o->seed != seed)
		return cli_misuse("run", W(RUN_REPLAY_SEED), (unsigned long long)o->seed);
	if (spec->inputs.n > others && o->jitter < 0)
		return cli_misuse("run", "%s", W(RUN_REPLAY_JITTER));
	o->seed = seed;
	spec->calm = true;
	return 0;
}

/* The student's files, the values of the form, and choices.  Return: 0, or an exit status. */
static int take_exercise(struct run_opts *o, const struct cli_exercise *ex, struct exercise *x, struct run_spec *spec)
{
	char err[1400] = "";
	int rc = plays_files(o, x) ? cli_exercise_files(ex, x, &spec->files, err, sizeof(err)) : 0;

	if (!rc && x->about.kind != EXERCISE_SCHEDULER)
		rc = cli_exercise_settings(ex, x, &spec->inputs, err, sizeof(err));
	if (!rc && o->choose)
		rc = exercise_add_choices(&spec->inputs, o->choose);
	if (rc == -EINVAL && !err[0])
		snprintf(err, sizeof(err), W(RUN_CHOOSE_FORM), o->choose);
	if (rc)
		cli_fail(err, rc);
	if (rc || !o->schedule)
		return rc ? exit_status_for(rc) : 0;
	return take_schedule(o, spec);
}

/* One run of an exercise with the student's files, like a run of a lesson. */
static int replay_exercise(struct session *s, const struct run_opts *o, const struct cli_exercise *ex, struct exercise *x)
{
	struct run_spec spec = { .variant = x->variant, .jitter = -1 };
	struct run_opts own = *o;
	int code = take_exercise(&own, ex, x, &spec);

	if (!code) {
		snprintf(spec.lesson, sizeof(spec.lesson), "%.1023s", x->path);
		own.variant = x->variant;
		code = show_spec(s, &own, &spec);
	} else {
		run_inputs_fini(&spec.inputs);
	}
	run_files_put(spec.files);
	return code;
}

static bool is_worked_on(const struct exercise *x)
{
	return x->about.kind == EXERCISE_REPAIR || x->about.kind == EXERCISE_CONFIGURE;
}

static int work_on(struct session *s, const struct run_opts *o, const struct cli_exercise *ex, struct exercise *x)
{
	struct worksheet *sheet;
	char folder[1100], err[1400] = "";
	int code, rc = cli_exercise_work(ex, x, folder, sizeof(folder), err, sizeof(err));

	if (!rc)
		rc = cli_exercise_sheet(x, folder, o->seed, &sheet, err, sizeof(err));
	if (rc) {
		cli_fail(err, rc);
		return exit_status_for(rc);
	}
	code = session_work(s, &o->look, sheet);
	sheet_close(sheet);
	return code;
}

/* ---- the scheduler: first the choices, then the file ------------------------------------------ */

static int choose_first(struct session *s, const struct run_opts *o, struct cli_choices *g)
{
	struct run_spec spec = cli_choices_spec(g->x);
	struct session_show what = { .spec = &spec, .keep = cli_choices_keep, .keep_arg = g,
				     .part_two = g->x->about.after_file[0] != '\0' };

	return session_show(s, &o->look, &what);
}

static int run_scheduler(struct session *s, const struct run_opts *o, const struct cli_exercise *ex, struct exercise *x)
{
	struct run_inputs kept = { 0 };
	char folder[1100], err[1400] = "";
	struct cli_choices g = { .x = x, .folder = folder };
	int code = 0, rc = cli_exercise_work(ex, x, folder, sizeof(folder), err, sizeof(err));

	if (!rc && !o->fresh)
		rc = exercise_settings_read(x, folder, &kept, err, sizeof(err));
	if (rc) {
		cli_fail(err, rc);
		return exit_status_for(rc);
	}
	if (kept.n)
		printable_printf(stdout, W(RUN_REACHED_BEFORE), (unsigned int)kept.n, x->at.name);
	else
		code = choose_first(s, o, &g);
	if ((kept.n || (g.reached && !code)) && x->about.after_file[0]) {
		cli_exercise_second_part(x);
		code = work_on(s, o, ex, x);
	}
	run_inputs_fini(&kept);
	return code;
}

static int run_exercise(struct session *s, const struct run_opts *o, const char *name)
{
	struct cli_exercise ex = { .look = o->look, .variant = o->variant == VARIANT_UNSET ? CLI_EXERCISE_VARIANT : o->variant,
				   .work = o->work, .settings = o->settings, .files = o->files, .nr_files = o->nr_files };
	const struct course_lesson *asked;
	struct exercise *x;
	int code = cli_exercise_open(&ex, name, &x);

	if (code)
		return code;
	asked = session_asked(s, x);
	if (asked && !o->settings.n && !o->schedule && !o->nr_files)
		code = run_name(s, o, asked->id);
	else if (is_worked_on(x) && !o->replay)
		code = work_on(s, o, &ex, x);
	else if (x->about.kind == EXERCISE_SCHEDULER && !o->replay)
		code = run_scheduler(s, o, &ex, x);
	else
		code = replay_exercise(s, o, &ex, x);
	exercise_close(x);
	return code;
}

/* A slug that no lesson has, or a path of a folder or of an exercise.lua. */
static bool is_exercise(struct session *s, const struct run_opts *o, const char *name)
{
	struct exercise_place at;
	char dir[1024], err[1400];

	if (looks_like_path(name) ? !is_exercise_path(name) : course_find(session_course(s), name) != NULL)
		return false;
	return cli_exercises_dir(&o->look, dir, sizeof(dir)) == 0 && exercise_find(dir, name, &at, err, sizeof(err)) == 0;
}

/* ---- a report ------------------------------------------------------------------------------- */

/* The run of a student's report, up to its verdict; @name: another lesson or file than the report's, NULL = that one. */
static int run_report(struct session *s, const struct run_opts *o, const char *name)
{
	struct question_report report;
	struct session_show what = { .spec = &report.spec, .at_wait = true, .record = o->record, .message = report.words };
	struct run_spec of_name;
	char err[1300] = "";
	int rc = question_report_read(&report, o->report, err, sizeof(err));

	if (!rc && !name)
		name = report.spec.lesson;
	if (!rc && !looks_like_path(name)) {
		rc = session_spec(s, name, APP_OPEN_FRESH, &of_name, err, sizeof(err));
		if (!rc)
			snprintf(report.spec.lesson, sizeof(report.spec.lesson), "%s", of_name.lesson);
		run_inputs_fini(&of_name.inputs);
	} else if (!rc) {
		rc = access(name, R_OK) == 0 ? 0 : -errno;
		if (rc)
			snprintf(err, sizeof(err), "%s: %s", name, strerror(-rc));
		snprintf(report.spec.lesson, sizeof(report.spec.lesson), "%s", name);
	}
	if (rc) {
		cli_fail(err, rc);
		run_inputs_fini(&report.spec.inputs);
		return exit_status_for(rc);
	}
	report.spec.notes = o->notes;
	printable_printf(stdout, W(RUN_REPORT), report.question, report.spec.variant, report.spec.seed, report.words);
	rc = session_show(s, &o->look, &what);
	run_inputs_fini(&report.spec.inputs);
	return rc;
}

static int check_opts(const struct run_opts *o, int argc)
{
	if (argc < 2 && !o->report)
		return cli_misuse("run", W(RUN_NAME_LESSON));
	if (o->report && (o->inputs || o->answers || o->question))
		return cli_misuse("run", "%s", W(RUN_REPORT_ALONE));
	if (o->inputs && (o->answers || o->question))
		return cli_misuse("run", "%s", W(ANSWERS_AND_INPUTS));
	return o->record ? cli_check_record(o->record) : 0;
}

static const struct cli_argument run_arguments[] = {
	{ "NAME", "a lesson or exercise of the course (`kworkshop list`)", 1, TAKES_LESSON, NULL },
	{ "FILE", "a lesson's .lua file", 1, TAKES_FILE, "lua" },
	{ "FILES", "of an exercise: one run of these files, instead of those of the work folder", 2, TAKES_FILE, "lua" },
	{ .name = NULL }
};

static const struct cli_option run_options[] = {
	{ "seed", "N", "the schedule: equal seeds give equal runs", .def = "1", CLI_INTO(struct run_opts, seed) },
	{ "variant", "N", "which numbers the lesson uses; computed from the student's id if not given", .lo = 0,
	  .hi = IDENTITY_VARIANTS - 1, CLI_INTO(struct run_opts, variant) },
	CLI_STUDENT_OPTION(struct run_opts, look),
	CLI_DATE_OPTION(struct run_opts, look),
	{ "cpus", "N", "virtual CPUs, instead of the lesson's number", .lo = 1, .hi = CPUS_MAX,
	  CLI_INTO(struct run_opts, cpus) },
	{ "jitter", "X", "vary burns, interrupts and timers by that share", .lo = 0, .hi = 0.9,
	  CLI_INTO(struct run_opts, jitter) },
	{ "fresh", NULL, "from the beginning, although an attempt is unfinished", CLI_INTO(struct run_opts, fresh) },
	{ "inputs", "FILE", "answers and interrupts that are given first, one input a line (docs/inputs.md); "
	  "such a run is not kept",
	  .takes = TAKES_FILE, CLI_INTO(struct run_opts, inputs) },
	{ "answers", "LIST", "play without typing: right, wrong or ID=VALUE, with commas between them; choices are joined by "
	  "+; such a run is not kept", CLI_INTO(struct run_opts, answers) },
	{ "question", "ID", "play to this question and stop there; all before it is answered rightly, or as --answers has it",
	  CLI_INTO(struct run_opts, question) },
	{ "from-report", "FILE", "open what a student reported with `!`: the run up to the verdict, with the student's words",
	  .takes = TAKES_FILE, .endings = "txt", CLI_INTO(struct run_opts, report) },
	{ "choose", "THING,..", "a scheduler exercise with your file: these choices, then yours",
	  CLI_INTO(struct run_opts, choose) },
	{ "replay", "SCHEDULE", "an exercise: the run of a failing check, as its line prints it; jitter changes only the times in SCHEDULE",
	  CLI_INTO(struct run_opts, schedule) },
	{ "record", "FILE.kwt", "write a recording, for `play` and `export`", .takes = TAKES_FILE, .endings = "kwt",
	  CLI_INTO(struct run_opts, record) },
	{ "census", NULL, "record the engine's own state as events too, for checks", CLI_INTO(struct run_opts, census) },
	{ "notes", NULL, "for authors: show what note() of the lesson writes; such a run is not kept",
	  CLI_INTO(struct run_opts, notes) },
	CLI_WORK_OPTION(struct run_opts, work),
	CLI_SET_OPTION(struct run_opts, set),
	CLI_LOOK_OPTIONS(struct run_opts, look),
	{ .name = NULL }
};

static bool is_given(int argc, char **argv, const char *option)
{
	size_t len = strlen(option);

	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], option, len) && (!argv[i][len] || argv[i][len] == '='))
			return true;
	return false;
}

/* Options of one run: with them an exercise is played once, and not worked on. */
static bool asks_for_one_run(int argc, char **argv)
{
	static const char *const those[] = { "--seed", "--jitter", "--inputs", "--record", "--census", "--set", "--answers", "--question",
					    "--choose", "--replay", "--notes" };

	for (size_t k = 0; k < sizeof(those) / sizeof(those[0]); k++)
		if (is_given(argc, argv, those[k]))
			return true;
	return false;
}

static int run_main(int argc, char **argv)
{
	struct run_opts o = { .variant = VARIANT_UNSET, .cpus = CLI_UNSET, .jitter = -1 };
	struct cli_exercise set = CLI_EXERCISE_NONE;
	struct session *s;
	int code;

	o.replay = asks_for_one_run(argc, argv);
	o.seed_given = is_given(argc, argv, "--seed");
	code = cli_exercise_take_settings(&set, &argc, argv);
	if (!code)
		code = cli_parse(&argc, argv, run_options, &o);
	o.settings = set.settings;
	o.files = argv + 2;
	o.nr_files = argc > 2 ? (size_t)(argc - 2) : 0;
	o.replay |= o.nr_files > 0;
	if (!code)
		code = check_opts(&o, argc);
	cli_look_settle(&o.look);
	if (!code)
		code = session_open(&s, &o.look, o.report || !argv[1] ? NULL : argv[1]);
	if (code)
		return code;
	if (o.report)
		code = run_report(s, &o, argv[1]);
	else if (is_exercise(s, &o, argv[1]))
		code = run_exercise(s, &o, argv[1]);
	else if (o.schedule)
		code = cli_misuse("run", "%s", W(RUN_REPLAY_EXERCISE));
	else if (o.nr_files)
		code = cli_misuse("run", W(RUN_ONE_LESSON), o.files[0]);
	else if (o.look.student && looks_like_path(argv[1]))
		code = cli_misuse("run", W(RUN_STUDENT_FILE));
	else
		code = looks_like_path(argv[1]) ? run_file(s, &o, argv[1]) : run_name(s, &o, argv[1]);
	session_close(s);
	run_inputs_fini(&o.settings);
	return code;
}

const struct cli_command cmd_run = {
	.name = "run",
	.args = "NAME|FILE [FILES]",
	.summary = "run a lesson or an exercise",
	.arguments = run_arguments,
	.options = run_options,
	.main = run_main,
};
