/*
 * cli/check.c - `kworkshop check`: an author's proof that a lesson can be played and is fair.
 *
 * Lives here:   the lessons that are meant, options, exit statuses.
 * Never here:   playing and judging (check/), formats (check_print.c).   Licence: MIT.
 */
#include "cli/check.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/datadir.h"
#include "base/nearest.h"
#include "base/printable.h"
#include "base/shortage.h"
#include "base/workers.h"
#include "classroom/identity.h"
#include "cli/cli.h"
#include "cli/exercise.h"
#include "model/translation.h"
#include "visualizer/app.h"
#include "words/texts.h"

#define CHECK_PREVIEW_VARIANTS 8
#define CHECK_COURSES_MAX 16		/* folders of one command line */

struct check_command {
	struct cli_look look;
	const char *question, *format, *variants, *preview;
	int seeds, jobs;
	double jitter;
	bool fast, strict;
	struct check_opts opts;
	struct course course[CHECK_COURSES_MAX];
	size_t nr_courses;
	struct {
		char path[1024];
		const struct course *course;
	} lesson[COURSE_LESSONS_MAX];
	size_t nr;
	const char *path;		/* of the one that is checked now */
	bool missing, faulty, warned;
};

/* ---- which lessons ---------------------------------------------------------------------- */

static void add_lesson(struct check_command *k, const char *path, const struct course *course)
{
	if (k->nr == COURSE_LESSONS_MAX || strlen(path) >= sizeof(k->lesson[0].path))
		return;
	for (size_t i = 0; i < k->nr; i++)
		if (!strcmp(k->lesson[i].path, path))
			return;
	strcpy(k->lesson[k->nr].path, path);
	k->lesson[k->nr++].course = course;
}

/* The course of a folder that has a course.lua; NULL: it has none, or a faulty one. */
static const struct course *read_course(struct check_command *k, const char *dir)
{
	char path[1100], err[600] = "";
	struct course *c;
	int rc;

	for (size_t i = 0; i < k->nr_courses; i++)
		if (!strcmp(k->course[i].dir, dir))
			return &k->course[i];
	snprintf(path, sizeof(path), "%s/course.lua", dir);
	if (access(path, R_OK) != 0 || k->nr_courses == CHECK_COURSES_MAX)
		return NULL;
	c = &k->course[k->nr_courses];
	rc = cli_read_course(dir, NULL, c, err, sizeof(err));
	if (rc == -ENOMEM || rc == -EAGAIN)
		shortage_end(rc, NULL);
	if (rc) {
		cli_fail(err, rc);
		k->faulty = true;
		return NULL;
	}
	k->nr_courses++;
	return c;
}

/* A lesson without a file has a fault and nothing to play. */
static void add_course(struct check_command *k, const struct course *c)
{
	for (size_t i = 0; i < c->nr; i++) {
		if (c->lessons[i].path[0]) {
			add_lesson(k, c->lessons[i].path, c);
			continue;
		}
		cli_say("%s", c->lessons[i].fault);
		k->faulty = true;
	}
}

/* "02-life.de.lua" -> "02-life.lua", with which it is checked. */
static const char *lesson_of(const char *path, char *lesson, size_t size)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;

	if (!translation_is_name(base, NULL))
		return path;
	snprintf(lesson, size, "%.*s.lua", (int)(base - path + (int)strcspn(base, ".")), path);
	return access(lesson, R_OK) == 0 ? lesson : path;
}

static void add_file(struct check_command *k, const char *file)
{
	char dir[1024], lesson[1100];
	const char *path = lesson_of(file, lesson, sizeof(lesson)), *slash = strrchr(path, '/');
	const struct course *course;

	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
	course = read_course(k, dir);
	/* a file alone may need lessons of the course in use */
	if (!course && !k->faulty && datadir_find("kworkshop", "lessons", dir, sizeof(dir)) == 0)
		course = read_course(k, dir);
	add_lesson(k, path, course);
}

static void add_folder(struct check_command *k, const char *dir)
{
	const struct course *course = read_course(k, dir);
	char pattern[1100];
	glob_t files = { 0 };
	size_t before = k->nr;

	if (course) {
		add_course(k, course);
		return;
	}
	snprintf(pattern, sizeof(pattern), "%s/exercise.lua", dir);
	if (access(pattern, R_OK) == 0) {
		add_file(k, pattern);
		return;
	}
	snprintf(pattern, sizeof(pattern), "%s/lessons", dir);
	if (read_course(k, pattern)) {
		add_course(k, read_course(k, pattern));
		return;
	}
	snprintf(pattern, sizeof(pattern), "%s/*.lua", dir);
	if (glob(pattern, 0, NULL, &files) == 0)
		for (size_t i = 0; i < files.gl_pathc; i++)
			if (!strstr(files.gl_pathv[i], "/course.lua") && !translation_is_name(files.gl_pathv[i], NULL))
				add_lesson(k, files.gl_pathv[i], NULL);
	globfree(&files);
	snprintf(pattern, sizeof(pattern), "%s/*/exercise.lua", dir);
	if (glob(pattern, 0, NULL, &files) == 0)
		for (size_t i = 0; i < files.gl_pathc; i++)
			add_file(k, files.gl_pathv[i]);
	globfree(&files);
	if (k->nr == before && !k->faulty) {
		cli_say(W(CHECK_NO_LESSONS), dir);
		k->missing = true;
	}
}

static int add_name(struct check_command *k, const char *name)
{
	struct nearest near = { .typed = name };
	const struct course_lesson *l;
	const struct course *c;
	struct exercise_place at;
	char dir[1024], folder[1024], err[1500];
	int code = cli_lessons_dir(&k->look, dir, sizeof(dir));

	if (code)
		return code;
	c = read_course(k, dir);
	l = c ? course_find(c, name) : NULL;
	if (l && l->path[0]) {
		add_lesson(k, l->path, c);
		return 0;
	}
	for (size_t i = 0; c && i < c->nr; i++)
		nearest_offer(&near, c->lessons[i].id);
	if (cli_exercises_dir(&k->look, folder, sizeof(folder)) == 0 && exercise_find(folder, name, &at, err, sizeof(err)) == 0) {
		snprintf(err, sizeof(err), "%s/exercise.lua", at.dir);
		add_file(k, err);
		return 0;
	}
	if (nearest_best(&near))
		cli_say(W(SESSION_NO_LESSON_NEAR), name, dir, nearest_best(&near));
	else
		cli_say(W(SESSION_NO_LESSON), name, dir);
	return EXIT_MISSING;
}

static void add_argument(struct check_command *k, const char *arg)
{
	size_t len = strlen(arg);
	char dir[1024];
	struct stat st;

	if (stat(arg, &st) == 0 && S_ISDIR(st.st_mode) && len < sizeof(dir)) {
		while (len > 1 && arg[len - 1] == '/')	/* as a shell completes it: paths of findings have one / */
			len--;
		snprintf(dir, sizeof(dir), "%.*s", (int)len, arg);
		add_folder(k, dir);
	} else if (strchr(arg, '/') || (len > 4 && !strcmp(arg + len - 4, ".lua"))) {
		if (access(arg, R_OK) == 0) {
			add_file(k, arg);
			return;
		}
		cli_say("%s: %s", arg, strerror(errno));
		k->missing = true;
	} else if (add_name(k, arg)) {
		k->missing = true;
	}
}

static int find_lessons(struct check_command *k, int argc, char **argv)
{
	char dir[1024];
	int code = 0;

	for (int i = 1; i < argc; i++)
		add_argument(k, argv[i]);
	if (argc > 1)
		return 0;
	code = cli_lessons_dir(&k->look, dir, sizeof(dir));
	if (!code)
		add_folder(k, dir);
	return code;
}

/* ---- checking -------------------------------------------------------------------------------- */

#define PROGRESS_PATH_BYTES 48	/* a longer line would stay on the screen */

static void show_progress(void *arg, uint64_t done, uint64_t planned)
{
	struct check_command *k = arg;
	size_t len = strlen(k->path), cut = len > PROGRESS_PATH_BYTES ? len - PROGRESS_PATH_BYTES : 0;

	fprintf(stderr, W(CHECK_PROGRESS), cut ? W(CHECK_PROGRESS_CUT) : "", k->path + cut, (unsigned long long)done, (unsigned long long)planned);
	fflush(stderr);
}

bool check_is_proved(const char *path, struct exercise_place *at)
{
	const char *slash = strrchr(path, '/');
	char err[1500];
	struct exercise *x;
	bool proved;

	if (strcmp(slash ? slash + 1 : path, "exercise.lua") || exercise_find(".", slash ? path : "./exercise.lua", at, err, sizeof(err)) ||
	    exercise_open(&x, at, 0, NULL, cli_script, err, sizeof(err)))
		return false;
	proved = x->about.kind == EXERCISE_REPAIR || x->about.kind == EXERCISE_CONFIGURE || x->about.kind == EXERCISE_SCHEDULER;
	exercise_close(x);
	return proved;
}

/* An exercise that is proved by files or settings makes many runs in each variant and with each seed. */
void check_opts_settle(struct check_opts *o, bool proved, bool fast)
{
	if (!o->variants && proved && !fast)
		o->runs_max = CHECK_EXERCISE_RUNS;
	if (!o->seeds && proved)
		o->seed_runs_max = CHECK_EXERCISE_SEED_RUNS;
	if (!o->variants)
		o->variants = fast ? CHECK_FAST_VARIANTS : proved ? CHECK_EXERCISE_VARIANTS : CHECK_VARIANTS;
	if (!o->seeds)
		o->seeds = fast ? 1 : proved ? CHECK_EXERCISE_SEEDS : CHECK_SEEDS;
}

static int check_one(struct check_command *k, size_t i, const struct check_format *format)
{
	struct exercise_place exercise;
	bool proved = check_is_proved(k->lesson[i].path, &exercise);
	struct check_opts o = k->opts;
	struct check_result result;
	int err;

	check_opts_settle(&o, proved, k->fast);
	k->path = k->lesson[i].path;
	o.course = k->lesson[i].course;
	if (proved)
		err = check_exercise(&exercise, &o, k->fast, &result);
	else
		err = check_lesson(&o, k->lesson[i].path, &result);
	if (k->opts.progress)
		fputs("\r\033[K", stderr);
	if (!err)
		format->lesson(stdout, &result, i + 1);
	else
		cli_say(W(CHECK_NO_RUNS), k->lesson[i].path, shortage_reason(err));
	k->faulty |= result.errors != 0;
	k->warned |= result.warnings != 0;
	check_result_fini(&result);
	return err ? EXIT_INTERNAL : 0;
}

static int check_all(struct check_command *k)
{
	const struct check_format *format = check_format_find(k->format);
	int code = 0;

	fflush(stdout);			/* workers are forked: nothing is to be written twice */
	format->begin(stdout, k->nr);
	fflush(stdout);
	for (size_t i = 0; i < k->nr && !code; i++) {
		code = check_one(k, i, format);
		fflush(stdout);
	}
	format->end(stdout);
	if (code)
		return code;
	if (k->missing)
		return EXIT_MISSING;
	if (k->faulty)
		return EXIT_MISUSE;
	return k->strict && k->warned ? EXIT_WRONG : EXIT_RIGHT;
}

/* ---- --preview ----------------------------------------------------------------------------- */

static int preview_one(struct check_command *k, const char *path)
{
	struct check_preview p;
	int err = check_preview(&k->opts, path, &p);

	if (err)
		cli_say(W(CHECK_NO_RUNS), path, shortage_reason(err));
	else
		printable_write(stdout, p.text, strlen(p.text));
	free(p.text);
	if (!err && !p.shown && !p.faulty)
		cli_say(W(CHECK_NO_QUESTION), k->preview);
	return err ? EXIT_INTERNAL : p.shown ? EXIT_RIGHT : EXIT_MISUSE;
}

static int preview(struct check_command *k)
{
	if (k->missing)
		return EXIT_MISSING;
	if (k->nr != 1)
		return cli_misuse("check", "%s", W(CHECK_PREVIEW_ONE));
	k->opts.question = k->preview;
	if (!k->variants)
		k->opts.variants = CHECK_PREVIEW_VARIANTS;
	return preview_one(k, k->lesson[0].path);
}

/* ---- the command ------------------------------------------------------------------------------- */

/* "--variants 50", "--variants all". */
static int read_variants(struct check_command *k)
{
	char *end;
	long n;

	if (!k->variants)
		return 0;	/* check_opts_settle() */
	if (!strcmp(k->variants, "all")) {
		k->opts.variants = IDENTITY_VARIANTS;
		return 0;
	}
	n = strtol(k->variants, &end, 10);
	if (end == k->variants || *end || n < 1 || n > IDENTITY_VARIANTS)
		return cli_misuse("check", W(CHECK_BAD_VARIANTS), IDENTITY_VARIANTS, k->variants);
	k->opts.variants = (unsigned int)n;
	return 0;
}

static int read_options(struct check_command *k)
{
	k->opts.script = cli_script;
	k->opts.talk_room = app_talk_room;
	k->opts.question = k->question;
	k->opts.jobs = (unsigned int)(k->jobs > WORKERS_MAX ? WORKERS_MAX : k->jobs);
	k->opts.seeds = k->seeds != CLI_UNSET ? (unsigned int)k->seeds : 0;
	k->opts.jitter = k->fast && k->seeds == CLI_UNSET ? 0 : k->jitter;
	if (isatty(STDERR_FILENO) && isatty(STDOUT_FILENO)) {
		k->opts.progress = show_progress;
		k->opts.arg = k;
	}
	return read_variants(k);
}

static const struct cli_argument check_arguments[] = {
	{ "NAME", "a lesson of the course (`kworkshop list`); without an argument all of them", 1, TAKES_LESSON, NULL },
	{ "FILE", "a lesson's .lua file", 1, TAKES_FILE, "lua" },
	{ "DIR", "a folder of lessons or exercises, or of one exercise", 1, TAKES_FOLDER, NULL },
	{ .name = NULL }
};

static const struct cli_option check_options[] = {
	{ "question", "ID", "report on this question only", CLI_INTO(struct check_command, question) },
	{ "preview", "ID", "show this question of one lesson in 8 variants, or --variants, with answer and evidence",
	  CLI_INTO(struct check_command, preview) },
	{ "variants", "N|all", "the number of variants; if not given, 200, or 50 of an exercise with files or settings", CLI_INTO(struct check_command, variants) },
	{ "seeds", "N", "the number of seeds of two variants; if not given, 100, or 5 of an exercise with files or settings", .lo = 1, .hi = 100000,
	  CLI_INTO(struct check_command, seeds) },
	{ "jitter", "X", "vary burns, interrupts and timers by that share in as many runs again; 0 for none", .def = "0.1",
	  .lo = 0, .hi = 0.9, CLI_INTO(struct check_command, jitter) },
	{ "fast", NULL, "one seed and five variants, for each save", CLI_INTO(struct check_command, fast) },
	{ "format", "FORMAT", "the form of the output", .def = "text", .values = CHECK_FORMATS,
	  CLI_INTO(struct check_command, format) },
	{ "strict", NULL, "exit status 1 for warnings", CLI_INTO(struct check_command, strict) },
	{ "jobs", "N", "the number of worker processes; one for each CPU if not given", .lo = 1, .hi = WORKERS_MAX,
	  CLI_INTO(struct check_command, jobs) },
	CLI_COURSE_OPTION(struct check_command, look),
	{ .name = NULL }
};

static int check_main(int argc, char **argv)
{
	struct check_command *k = calloc(1, sizeof(*k));
	int code;

	if (!k)
		return cli_no_memory();
	k->seeds = CLI_UNSET;
	k->jobs = (int)sysconf(_SC_NPROCESSORS_ONLN);
	code = cli_parse(&argc, argv, check_options, k);
	if (!code)
		code = read_options(k);
	if (!code)
		code = find_lessons(k, argc, argv);
	if (!code)
		code = k->preview ? preview(k) : check_all(k);
	for (size_t i = 0; i < k->nr_courses; i++)
		course_free(&k->course[i]);
	free(k);
	return code;
}

const struct cli_command cmd_check = {
	.name = "check",
	.args = "[NAME|FILE|DIR...]",
	.summary = "play lessons and exercises in every variant, and list faults",
	.arguments = check_arguments,
	.options = check_options,
	.notes = "Exit status 2 for an error in a lesson, 1 for a warning with --strict, 3 if a file is missing. "
		 "docs/authoring.md lists the findings.\n",
	.main = check_main,
};
