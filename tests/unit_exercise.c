/*
 * tests/unit_exercise.c - exercises: their proofs, careless and hostile files, faulty exercises, the work folder.
 *
 *   tests/students/NAME.lua   first line "-- expects: TEXT" (or "holds"): given to tests/students/exercise
 *
 * Lives here:   the room src/exercise and lua/lib/exercise.lua, seen from outside.
 * Never here:   the sandbox of lessons (unit_lua_sandbox.c), commands that only print (unit_output.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "exercise/exercise_internal.h"
#include "exercise/job.h"
#include "lua/script.h"
#include "plain/exercise.h"
#include "run/wire.h"
#include "tests/support/files.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VARIANTS 2
#define SCHEDULES 10

static struct exercise *open_variant(const char *folder, uint64_t variant)
{
	struct exercise_place at;
	struct exercise *x = NULL;
	char err[1500] = "";

	if (!CHECK_INT(exercise_find("exercises", folder, &at, err, sizeof(err)), 0) ||
	    !CHECK_INT(exercise_open(&x, &at, variant, NULL, script_run, err, sizeof(err)), 0))
		test_note("%s: %s", folder, err);
	REQUIRE_NOT_NULL(x);
	return x;
}

/* The files of @folder; of a configure exercise its settings.lua. */
static struct run_files *read_folder(const struct exercise *x, const char *folder)
{
	char path[1300], *paths[] = { path };
	struct run_files *files = NULL;
	char err[1500] = "";
	int rc;

	snprintf(path, sizeof(path), "%s/settings.lua", folder);
	if (x->about.nr_files)
		rc = exercise_read(x, folder, &files, err, sizeof(err));
	else
		rc = exercise_read_paths(x, paths, 1, &files, err, sizeof(err));
	if (!CHECK_INT(rc, 0))
		test_note("%s: %s", folder, err);
	REQUIRE_NOT_NULL(files);
	return files;
}

static void check_files(const struct exercise *x, struct run_files *files, unsigned int schedules, unsigned int jobs,
			struct exercise_result *out)
{
	struct exercise_checking how = { .files = files, .seed = 1, .jitter = -1, .schedules = schedules, .jobs = jobs };
	char err[1500] = "";

	if (!CHECK_INT(exercise_check(x, &how, out, err, sizeof(err)), 0))
		test_note("%s: %s", x->at.slug, err);
}

/* ---- the exercises of the course ----------------------------------------------------------- */

static void proof(const struct exercise *x, const char *folder, bool holds)
{
	struct exercise_result *r = calloc(1, sizeof(*r));
	struct run_files *files = read_folder(x, folder);

	check_files(x, files, SCHEDULES, 2, r);
	if (!CHECK_INT(exercise_holds(x, r), holds)) {
		test_note("%s of variant %d: %s", folder, (int)x->variant, r->fault);
		for (unsigned int k = 1; k <= r->nr; k++)
			test_note("%s: %d %s", x->about.check[k].name, (int)r->check[k].state, r->check[k].text);
	}
	CHECK_INT(r->halves == r->of, holds);
	run_files_put(files);
	free(r);
}

/* "-- fails: NAME" of the folder's file: that check fails, with a feedback of its own. */
static void wrong_proof(const struct exercise *x, const char *folder)
{
	struct exercise_result *r = calloc(1, sizeof(*r));
	struct run_files *files = read_folder(x, folder);
	const char *line = files->v[0].text;
	char name[200] = "";
	bool found = false;

	REQUIRE_INT(sscanf(line, "-- fails: %199[^\n]", name), 1);
	check_files(x, files, SCHEDULES, 2, r);
	for (unsigned int k = 1; k <= r->nr; k++) {
		if (strcmp(x->about.check[k].name, name) != 0)
			continue;
		found = true;
		if (!CHECK_INT(r->check[k].state, CHECK_STATE_FAILS) || !CHECK_TRUE(r->check[k].text[0] != '\0'))
			test_note("%s, variant %d, check \"%s\": %s", folder, (int)x->variant, name, r->fault);
	}
	if (!CHECK_TRUE(found))
		test_note("%s: there is no check \"%s\"", folder, name);
	run_files_put(files);
	free(r);
}

static void prove(const char *folder, uint64_t variant)
{
	struct exercise *x = open_variant(folder, variant);
	char path[1300];
	glob_t wrong;

	if (x->about.kind != EXERCISE_REPAIR && x->about.kind != EXERCISE_CONFIGURE && x->about.kind != EXERCISE_SCHEDULER) {
		exercise_close(x);
		return;
	}
	CHECK_GT(x->about.nr_hints, 1);
	CHECK_TRUE(x->about.why[0] != '\0');
	snprintf(path, sizeof(path), "%s/solution", folder);
	proof(x, path, true);
	snprintf(path, sizeof(path), "%s/starter", folder);
	if (x->about.nr_files)
		proof(x, path, false);
	snprintf(path, sizeof(path), "%s/wrong/*", folder);
	REQUIRE_INT(glob(path, 0, NULL, &wrong), 0);
	CHECK_GT(wrong.gl_pathc, 1);
	for (size_t i = 0; i < wrong.gl_pathc; i++)
		wrong_proof(x, wrong.gl_pathv[i]);
	globfree(&wrong);
	exercise_close(x);
}

static void every_exercise_is_proved(void)
{
	struct exercise_place *all;
	size_t nr;

	REQUIRE_INT(exercise_list("exercises", &all, &nr), 0);
	CHECK_GT(nr, 4);
	for (size_t i = 0; i < nr; i++)
		for (uint64_t v = 0; v < VARIANTS; v++)
			prove(all[i].dir, v ? 4711 : 0);
	free(all);
}

/* A form with its defaults is no solution. */
static void the_defaults_of_a_form_fail(void)
{
	static const char *const folders[] = { "exercises/13-flags", "exercises/16-max-active" };

	for (size_t i = 0; i < 2; i++) {
		struct exercise *x = open_variant(folders[i], 0);
		struct exercise_result *r = calloc(1, sizeof(*r));

		check_files(x, NULL, 1, 1, r);
		CHECK_FALSE(exercise_holds(x, r));
		CHECK_STR(r->fault, "");
		exercise_close(x);
		free(r);
	}
}

/* ---- schedules ------------------------------------------------------------------------------- */

static void the_result_does_not_depend_on_the_number_of_processes(void)
{
	struct exercise *x = open_variant("E21", 5);
	struct exercise_result *one = calloc(1, sizeof(*one)), *many = calloc(1, sizeof(*many));
	struct run_files *files = read_folder(x, "exercises/21-unload/starter");

	check_files(x, files, 40, 1, one);
	check_files(x, files, 40, 3, many);
	CHECK_INT(one->check[2].state, CHECK_STATE_FAILS);
	CHECK_GT(one->check[2].schedule, 1);
	CHECK_U64(many->runs, one->runs);
	for (unsigned int k = 1; k <= one->nr; k++) {
		CHECK_INT(many->check[k].state, one->check[k].state);
		CHECK_INT(many->check[k].done, one->check[k].done);
		CHECK_INT(many->check[k].schedule, one->check[k].schedule);
		CHECK_INT(many->check[k].evidence, one->check[k].evidence);
		CHECK_STR(many->check[k].text, one->check[k].text);
		CHECK_STR(many->check[k].place, one->check[k].place);
	}
	run_files_put(files);
	free(one);
	free(many);
	exercise_close(x);
}

/* The spec of the failing run gives the same event, in this process and over the pipe to the machine process. */
static void a_failing_schedule_is_repeated(void)
{
	struct exercise *x = open_variant("E21", 5);
	struct exercise_result *r = calloc(1, sizeof(*r));
	struct exercise_facts *facts = calloc(1, sizeof(*facts));
	struct run_files *files = read_folder(x, "exercises/21-unload/starter");
	struct exercise_checking how = { .files = files, .seed = 1, .jitter = -1, .schedules = 40 };
	char err[1500], line[400], out[16384];
	struct run_spec spec;

	REQUIRE_INT(exercise_check(x, &how, r, err, sizeof(err)), 0);
	REQUIRE_INT(exercise_replay(x, &how, r, 2, &spec), 0);
	REQUIRE_INT(play_alone(script_run, &spec, facts), 0);
	CHECK_INT(facts->check[2].result, CHECKED_FAILS);
	CHECK_INT(facts->check[2].evidence, r->check[2].evidence);
	exercise_replay_line(x, r, &r->check[2], line, sizeof(line));
	CHECK_HAS(line, "kworkshop run E21 --variant 5 --jitter 0.3 --replay='6:");
	CHECK_INT(shell_run(out, sizeof(out), "cd /tmp && '%s/%s' %s --plain --work /nowhere </dev/null", getenv("PWD"), test_binary(),
			    line + strlen("kworkshop ")), 0);
	CHECK_HAS(out, "use-after-free");
	CHECK_HAS(out, "Check 2 fails. ");
	CHECK_HAS(out, "Check 1 holds.");
	run_inputs_fini(&spec.inputs);
	run_files_put(spec.files);
	run_files_put(files);
	free(facts);
	free(r);
	exercise_close(x);
}

/* The run ends before the driver is unloaded: nothing is known about that. */
static void after_a_storm_only_what_has_happened_is_judged(void)
{
	struct exercise *x = open_variant("E23", 0);
	struct exercise_result *r = calloc(1, sizeof(*r));
	struct run_files *files = read_folder(x, "exercises/23-storm/starter");

	check_files(x, files, 1, 1, r);
	CHECK_INT(r->check[1].state, CHECK_STATE_FAILS);	/* never a storm */
	for (unsigned int k = 2; k <= r->nr; k++)
		CHECK_INT(r->check[k].state, CHECK_STATE_CANNOT);
	CHECK_INT(r->halves, 0);
	run_files_put(files);
	free(r);
	exercise_close(x);
}

static void a_stop_keeps_what_is_done(void)
{
	static const volatile sig_atomic_t now = 1;
	struct exercise *x = open_variant("exercises/21-unload", 0);
	struct exercise_result *r = calloc(1, sizeof(*r));
	struct run_files *files = read_folder(x, "exercises/21-unload/solution");
	struct exercise_checking how = { .files = files, .seed = 1, .jitter = -1, .stop = &now };
	char err[1500];

	CHECK_INT(exercise_check(x, &how, r, err, sizeof(err)), 0);
	CHECK_TRUE(r->stopped);
	CHECK_INT(r->check[2].state, CHECK_STATE_WAITS);
	run_files_put(files);
	free(r);
	exercise_close(x);
}

/* Line 20 of the starter uses the freed device in an argument; the call before it is on line 19. */
static void the_line_of_a_bug_is_that_of_its_report(void)
{
	struct exercise *x = open_variant("unload", 1);
	struct exercise_result *r = calloc(1, sizeof(*r));
	struct run_files *files = read_folder(x, "exercises/21-unload/starter");
	struct exercise_checking how = { .files = files, .seed = 74, .jitter = 0.3, .schedules = 1, .checks = 1u << 1 };
	char err[1500] = "";

	CHECK_INT(exercise_check(x, &how, r, err, sizeof(err)), 0);
	CHECK_INT(r->check[2].state, CHECK_STATE_FAILS);
	CHECK_STR(r->check[2].place, "driver.lua:20");
	run_files_put(files);
	exercise_close(x);
	x = open_variant("handler", 0);
	files = read_folder(x, "exercises/03-handler/starter");
	how = (struct exercise_checking){ .files = files, .seed = 1, .jitter = -1, .checks = 1 };
	CHECK_INT(exercise_check(x, &how, r, err, sizeof(err)), 0);
	CHECK_STR(r->check[1].place, "driver.lua:5");	/* where a function of the exercise is called, which sleeps */
	run_files_put(files);
	exercise_close(x);
	free(r);
}

/* ---- the table of results ------------------------------------------------------------------------ */

static const char shown_text[] =
	"return exercise { kind = \"predict\", title = \"t\", points = 0, scene = function() run(1) end, checks = {\n"
	"  { \"one\", eventually = bug(), feedback = \"first words\", show = \"first\" },\n"
	"  { \"two\", eventually = bug(), feedback = \"second words\", show = \"first\" },\n"
	"  { \"three\", eventually = bug(), feedback = \"third words\", show = \"verdict\" },\n"
	"  { \"four\", eventually = bug(), feedback = \"fourth words\", show = \"none\" } } }\n";

static void a_check_shows_as_much_as_its_author_lets_it(void)
{
	char folder[64] = "/tmp/kw-exercise-XXXXXX", *out = NULL;
	struct exercise_result *r = calloc(1, sizeof(*r));
	struct exercise *x;
	size_t size = 0;
	FILE *f;

	folder_make(folder);
	file_write(folder, "exercise.lua", shown_text);
	x = open_variant(folder, 0);
	check_files(x, NULL, 1, 1, r);
	f = open_memstream(&out, &size);
	REQUIRE_NOT_NULL(f);
	plain_exercise_result(f, x, r);
	fclose(f);
	CHECK_HAS(out, "first words");
	CHECK_NULL(strstr(out, "second words"));
	CHECK_NULL(strstr(out, "third words"));
	CHECK_NULL(strstr(out, "fourth words"));
	CHECK_HAS(out, " 3 FAILS ");
	CHECK_HAS(out, " 4 not run ");
	free(out);
	free(r);
	exercise_close(x);
	folder_remove(folder);
}

/* ---- files of students ----------------------------------------------------------------------------- */

static void give_file(const struct exercise *x, const char *path)
{
	struct exercise_result *r = calloc(1, sizeof(*r));
	char *paths[] = { (char *)(uintptr_t)path }, expects[300] = "", err[1500] = "";
	struct run_files *files = NULL;
	const char *mark;
	bool found = false;

	REQUIRE_INT(exercise_read_paths(x, paths, 1, &files, err, sizeof(err)), 0);
	mark = strstr(files->v[0].text, "-- expects: ");
	REQUIRE_NOT_NULL(mark);
	REQUIRE_INT(sscanf(mark, "-- expects: %299[^\r\n]", expects), 1);
	check_files(x, files, 1, 1, r);
	if (strcmp(expects, "holds") == 0) {
		found = exercise_holds(x, r);
	} else {
		CHECK_FALSE(exercise_holds(x, r));
		for (unsigned int k = 1; k <= r->nr; k++)
			found |= strstr(r->check[k].text, expects) != NULL;
	}
	if (!CHECK_TRUE(found))
		test_note("%s: expected \"%s\", the fault is \"%s\", check 1 \"%s\"", path, expects, r->fault, r->check[1].text);
	for (unsigned int k = 1; k <= r->nr; k++)	/* a file and a line, wherever there is a fault */
		if (r->check[k].state == CHECK_STATE_CANNOT && !strstr(expects, "requeue") &&
		    !CHECK_TRUE(strstr(r->check[k].text, ".lua:") != NULL))
			test_note("%s: no line: %s", path, r->check[k].text);
	run_files_put(files);
	free(r);
}

static void each_students_file_gets_its_sentence(void)
{
	struct exercise *x = open_variant("./tests/students/exercise", 0);
	glob_t all;

	REQUIRE_INT(glob("tests/students/*.{lua,bin}", GLOB_BRACE, NULL, &all), 0);
	CHECK_GT(all.gl_pathc, 60);
	for (size_t i = 0; i < all.gl_pathc; i++)
		give_file(x, all.gl_pathv[i]);
	globfree(&all);
	exercise_close(x);
}

static void a_file_that_is_no_text_is_refused(void)
{
	struct exercise *x = open_variant("./tests/students/exercise", 0);
	struct run_files *files = NULL;
	char folder[64] = "/tmp/kw-exercise-XXXXXX", path[100], err[1500], *paths[] = { path };
	static char large[(64 << 10) + 2];
	FILE *f;

	folder_make(folder);
	snprintf(path, sizeof(path), "%s/driver.lua", folder);
	CHECK_INT(exercise_read_paths(x, paths, 1, &files, err, sizeof(err)), -ENOENT);
	CHECK_HAS(err, "No such file");
	f = fopen(path, "w");
	REQUIRE_NOT_NULL(f);
	fwrite("local a\n\0b", 1, 10, f);
	fclose(f);
	CHECK_INT(exercise_read_paths(x, paths, 1, &files, err, sizeof(err)), -EINVAL);
	CHECK_HAS(err, "driver.lua:2: the file contains a NUL byte");
	memset(large, ' ', sizeof(large) - 1);
	file_write(folder, "driver.lua", large);
	CHECK_INT(exercise_read_paths(x, paths, 1, &files, err, sizeof(err)), -EFBIG);
	CHECK_HAS(err, "larger than 64 KiB");
	unlink(path);
	REQUIRE_INT(mkdir(path, 0700), 0);
	CHECK_INT(exercise_read_paths(x, paths, 1, &files, err, sizeof(err)), -EINVAL);
	CHECK_HAS(err, "this is not a file");
	rmdir(path);
	REQUIRE_INT(mkfifo(path, 0600), 0);	/* nothing writes into it: a reader would wait for ever */
	CHECK_INT(exercise_read_paths(x, paths, 1, &files, err, sizeof(err)), -EINVAL);
	CHECK_HAS(err, "driver.lua: this is not a file");
	CHECK_INT(exercise_read(x, folder, &files, err, sizeof(err)), -EINVAL);
	unlink(path);
	REQUIRE_INT(symlink("driver.lua", path), 0);	/* a link to itself */
	CHECK_INT(exercise_read_paths(x, paths, 1, &files, err, sizeof(err)), -ELOOP);
	CHECK_HAS(err, "driver.lua: Too many levels of symbolic links");
	unlink(path);
	REQUIRE_INT(symlink("other.lua", path), 0);	/* a link to a file is that file */
	file_write(folder, "other.lua", "return {}\n");
	CHECK_INT(exercise_read_paths(x, paths, 1, &files, err, sizeof(err)), 0);
	run_files_put(files);
	CHECK_INT(exercise_read(x, "/nowhere", &files, err, sizeof(err)), -ENOENT);
	CHECK_HAS(err, "there is no driver.lua");
	folder_remove(folder);
	exercise_close(x);
}

/* ---- faulty exercises -------------------------------------------------------------------------------- */

static const struct faulty {
	const char *fields, *words;
} faulty[] = {
	{ "kind = \"repare\"", "kind must be one of: predict, observe, configure, repair" },
	{ "kind = \"repair\", files = { \"driver.lua\" }", "a repair exercise needs checks" },
	{ "kind = \"repair\", checks = {}", "a repair exercise needs files" },
	{ "kind = \"configure\", checks = {}", "a configure exercise needs settings" },
	{ "kind = \"scheduler\"", "a scheduler exercise needs reach" },
	{ "kind = \"dump\"", "a dump exercise needs report" },
	{ "kind = \"predict\", files = { \"a.lua\" }", "a predict exercise has no files" },
	{ "kind = \"predict\", point = 3", "unknown field 'point'" },
	{ "kind = \"predict\", points = 1.3", "points must be points: a number from 0 in steps of a half" },
	{ "kind = \"predict\", checks = { 5 }", "check 1: { \"name\", points =, test = ... }" },
	{ "kind = \"predict\", checks = { { \"a\" } }", "check 'a' has no form" },
	{ "kind = \"predict\", checks = { { \"a\", never = 3 } }", "check 'a': never = a pattern" },
	{ "kind = \"predict\", checks = { { \"a\", never = bug(), once = bug() } }", "check 'a' is of two forms" },
	{ "kind = \"predict\", checks = { { \"a\", never = bug(), nerver = 1 } }", "check 'a': unknown field 'nerver'" },
	{ "kind = \"predict\", checks = { { \"a\", points = 1, never = bug() }, { \"a\", never = bug() } }", "two checks are called 'a'" },
	{ "kind = \"predict\", points = 3, checks = { { \"a\", points = 1, never = bug() } }", "points = 3, but its checks have 1 together" },
	{ "kind = \"predict\", checks = { { \"a\", never = bug(), schedules = 0 } }", "schedules is a whole number from 1" },
	{ "kind = \"predict\", checks = { { \"a\", never = bug(), schedules = { 5, jiter = 1 } } }", "schedules has an unknown field 'jiter'" },
	{ "kind = \"predict\", checks = { { \"a\", never = bug(), schedules = { 5, jitter = 2 } } }", "jitter is a number from 0 to 0.9" },
	{ "kind = \"predict\", checks = { { \"a\", within = { bug(), bug() } } }", "within = { ms, pattern, pattern }" },
	{ "kind = \"predict\", checks = { { \"a\", order = { bug() } } }", "order = a list of at least two patterns" },
	{ "kind = \"predict\", checks = { { \"a\", goal = { \"speed\", \"<\", 3 } } }", "there is no metric 'speed'" },
	{ "kind = \"predict\", checks = { { \"a\", goal = { \"cpu\", \"<\", 3 } } }", "of which thing?" },
	{ "kind = \"predict\", checks = { { \"a\", test = 3 } }", "test = function(t, p, s)" },
	{ "kind = \"predict\", checks = { { \"a\", never = bug(), show = \"all\" } }", "show is \"full\"" },
	{ "kind = \"predict\", checks = { { \"a\", never = bug(), files = { \"b.lua\" } } }", "'b.lua' is not a file of the exercise" },
	{ "kind = \"predict\", checks = { { \"a\", never = bug(), scene = function() end } }", "unknown field 'scene'" },
	{ "kind = \"configure\", checks = {}, settings = { n = { kind = \"numbr\", default = 1 } }", "kind is flags, number, choice, cpumask or scope" },
	{ "kind = \"configure\", checks = {}, settings = { n = { kind = \"number\", from = 1, to = 3 } }", "default = is missing" },
	{ "kind = \"configure\", checks = {}, settings = { n = { kind = \"number\", from = 1, to = 3, default = 9 } }", "default is a whole number from 1 to 3" },
	{ "kind = \"configure\", checks = {}, settings = { n = { kind = \"flags\", of = { \"HIPRI\" }, default = {} } }", "there is no flag 'HIPRI'; the flags are BH, CPU_INTENSIVE, FREEZABLE, HIGHPRI" },
	{ "kind = \"configure\", checks = {}, settings = { n = { kind = \"flags\", of = { \"HIGHPRI\" } } }",
	  "default = is missing, such as default = {} or { \"HIGHPRI\" }" },
	{ "kind = \"repair\", checks = {}, files = { \"driver.lua\" }, story = \"It queues {job}.\"",
	  "story: '{job}' is neither a parameter nor a declared name; a story is shown before the scene: write names of things in backquotes" },
	{ "kind = \"configure\", checks = {}, settings = { n = { kind = \"choice\", of = { \"a\" }, default = \"a\" } }", "of = a list of 2 to 12 words" },
	{ "kind = \"predict\", story = \"{nothing}\"", "'{nothing}' is neither a parameter nor a declared name" },
	{ "kind = \"predict\", harmless = { \"x\" }", "a predict exercise has no harmless" },
	{ "kind = \"predict\", limits = { runs = 3 }", "a table without 'runs'" },
	{ NULL, NULL }
};

static void open_text(const char *folder, const char *text, const char *words)
{
	struct exercise_place at;
	struct exercise *x = NULL;
	char err[1500] = "";

	file_write(folder, "exercise.lua", text);
	REQUIRE_INT(exercise_find("exercises", folder, &at, err, sizeof(err)), 0);
	if (!CHECK_INT(exercise_open(&x, &at, 0, NULL, script_run, err, sizeof(err)), -EINVAL))
		exercise_close(x);
	if (!CHECK_HAS(err, words) || !CHECK_HAS(err, "exercise.lua:"))
		test_note("%s", text);
}

static void a_faulty_exercise_is_refused_with_a_sentence(void)
{
	char folder[64] = "/tmp/kw-exercise-XXXXXX", text[1200];

	folder_make(folder);
	for (const struct faulty *f = faulty; f->fields; f++) {
		snprintf(text, sizeof(text), "return exercise { title = \"t\", %sscene = function() run(1) end, %s }",
			 strstr(f->fields, "points = 3,") || strstr(f->fields, "points = 1.3") ? "" : "points = 0, ", f->fields);
		open_text(folder, text, f->words);
	}
	open_text(folder, "return lesson { title = \"t\", function() end }", "the file declares no exercise");
	open_text(folder, "exercise { title = \"t\", kind = \"predict\", points = 0, scene = function() end }",
		  "the file must return what exercise{} returned");
	open_text(folder, "return exercise { title = \"t\", kind = \"predict\", points = 0 }", "scene = is missing");
	open_text(folder, "while true do end", "million instructions");
	folder_remove(folder);
}

/* ---- the way to the machine process --------------------------------------------------------------------- */

static void files_arrive_as_they_are(void)
{
	static char text[9000];
	struct run_spec spec = { .lesson = "x.lua", .seed = 1, .jitter = -1, .calm = true, .checks = 5, .part = 2, .heading = true }, got;
	struct wire_reader reader = { 0 };
	char *lines;
	int fds[2];

	for (size_t i = 0; i + 1 < sizeof(text); i++)
		text[i] = "ab \\\n\t\r\x1b\xc3\xa9 x"[i % 12];
	spec.files = run_files_new();
	REQUIRE_INT(run_files_add(spec.files, "driver.lua", text, strlen(text), false), 0);
	REQUIRE_INT(run_files_add(spec.files, "empty.lua", "", 0, false), 0);
	REQUIRE_INT(run_files_add(spec.files, "hidden.lua", "return 1\n", 9, true), 0);
	CHECK_INT(run_files_add(spec.files, "a/b.lua", "", 0, false), -EINVAL);
	CHECK_INT(run_files_add(spec.files, "n.lua", "a\0b", 3, false), -EINVAL);
	REQUIRE_INT(wire_format_spec(&spec, &lines), 0);
	REQUIRE_INT(pipe(fds), 0);
	CHECK_INT(write(fds[1], lines, strlen(lines)), (long)strlen(lines));
	close(fds[1]);
	reader.fd = fds[0];
	REQUIRE_INT(wire_read_spec(&reader, &got), 0);
	REQUIRE_NOT_NULL(got.files);
	CHECK_INT(got.files->n, 3);
	CHECK_STR(got.files->v[0].text, text);
	CHECK_STR(got.files->v[1].text, "");
	CHECK_STR(got.files->v[2].text, "return 1\n");
	CHECK_TRUE(got.files->v[2].hidden);
	CHECK_INT(got.checks, 5);
	CHECK_INT(got.part, 2);
	CHECK_TRUE(got.heading);
	CHECK_TRUE(got.calm);
	close(fds[0]);
	free(lines);
	run_files_put(spec.files);
	run_files_put(got.files);
}

/* ---- hidden checks ------------------------------------------------------------------------------------------ */

static const char hidden_text[] =
	"return hidden_checks {\n"
	"  { \"unload at another time\", params = { unload = 48 }, points = 1, schedules = { 5, jitter = 0.3 }, never = bug() },\n"
	"  { \"two devices\", points = 1, scene = function(p, student)\n"
	"      local function load(name)\n"
	"        return insmod(name, student.driver, { period = p.period, burn = p.burn, line = irq_line(p.irq_cpu, name) })\n"
	"      end\n"
	"      local a, b = load(\"ethx\"), load(\"ethy\")\n"
	"      at(30, function() task(0, \"rmmod\", function() rmmod(a) end) end)\n"
	"      run(120)\n"
	"      return { survivor = b }\n"
	"    end,\n"
	"    test = function(t, p, s) return t:count(starts(\"link_poll\"):of(s.survivor):after(60)) > 0 end,\n"
	"    feedback = \"the other device stopped polling\" },\n"
	"  { \"does not flush\", never = calls(flush_workqueue, system_wq) },\n"
	"}\n";

static void hidden_checks_bring_their_own_scene_and_numbers(void)
{
	char folder[64] = "/tmp/kw-exercise-XXXXXX", path[100], err[1500] = "";
	struct exercise_result *r = calloc(1, sizeof(*r));
	struct run_files *files;
	struct exercise_place at;
	struct exercise *x = NULL;

	folder_make(folder);
	file_write(folder, "hidden.lua", hidden_text);
	snprintf(path, sizeof(path), "%s/hidden.lua", folder);
	REQUIRE_INT(exercise_find("exercises", "unload", &at, err, sizeof(err)), 0);
	if (!CHECK_INT(exercise_open(&x, &at, 0, path, script_run, err, sizeof(err)), 0))
		test_note("%s", err);
	REQUIRE_NOT_NULL(x);
	CHECK_INT(x->about.nr_checks, x->about.visible + 3);
	files = read_folder(x, "exercises/21-unload/solution");
	check_files(x, files, 5, 2, r);
	for (unsigned int k = 1; k <= r->nr; k++)
		if (!CHECK_INT(r->check[k].state, CHECK_STATE_HOLDS))
			test_note("%s: %s", x->about.check[k].name, r->check[k].text);
	CHECK_INT(r->check[x->about.visible + 2].part, x->about.visible + 2);
	run_files_put(files);
	free(r);
	exercise_close(x);
	folder_remove(folder);
}

/* ---- the work folder --------------------------------------------------------------------------------------------- */

static void check_text(const char *folder, const char *name, const char *words)
{
	char path[300], *text;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	text = file_read(path, NULL);
	CHECK_HAS(text ? text : "(no file)", words);
	free(text);
}

static void nothing_that_a_student_wrote_is_lost(void)
{
	struct exercise *x = open_variant("exercises/21-unload", 0);
	char top[64] = "/tmp/kw-exercise-XXXXXX", folder[100], err[1500];
	static const struct exercise_result judged = { .halves = 12, .of = 20 };
	struct run_files *files = NULL;
	unsigned int n, halves = 0, of = 0;

	folder_make(top);
	snprintf(folder, sizeof(folder), "%s/mine/unload", top);
	CHECK_FALSE(exercise_points_kept(folder, &halves, &of));
	CHECK_INT(exercise_work_open(x, folder, &n, err, sizeof(err)), 0);
	CHECK_INT(n, 1);
	CHECK_INT(exercise_versions(folder), 0);
	file_write(folder, "driver.lua", "-- mine\n");
	CHECK_INT(exercise_work_open(x, folder, &n, err, sizeof(err)), 0);	/* a file that is there stays */
	CHECK_INT(n, 0);
	check_text(folder, "driver.lua", "-- mine\n");
	REQUIRE_INT(exercise_read(x, folder, &files, err, sizeof(err)), 0);
	CHECK_INT(exercise_keep(x, folder, files, "first\n", NULL, &n, err, sizeof(err)), 0);
	CHECK_INT(n, 1);
	CHECK_FALSE(exercise_points_kept(folder, &halves, &of));
	CHECK_INT(exercise_keep(x, folder, files, "again\n", &judged, &n, err, sizeof(err)), 0);	/* equal: the same number */
	CHECK_INT(n, 1);
	check_text(folder, "history/1/result", "again\n");
	run_files_put(files);
	file_write(folder, "driver.lua", "-- mine, later\n");
	CHECK_INT(exercise_restart(x, folder, &n, err, sizeof(err)), 0);
	CHECK_INT(n, 2);
	check_text(folder, "driver.lua", "cancel_delayed_work(dev.poll)");
	check_text(folder, "history/2/driver.lua", "-- mine, later\n");
	CHECK_TRUE(exercise_points_kept(folder, &halves, &of));		/* of the newest version that was checked */
	CHECK_INT(halves, 12);
	CHECK_INT(of, 20);
	CHECK_INT(exercise_bring_back(x, folder, 1, &n, err, sizeof(err)), 0);
	check_text(folder, "driver.lua", "-- mine\n");
	check_text(folder, "history/3/driver.lua", "cancel_delayed_work(dev.poll)");
	CHECK_INT(exercise_bring_back(x, folder, 9, &n, err, sizeof(err)), -ENOENT);
	CHECK_HAS(err, "there is no version 9");
	folder_remove(top);
	exercise_close(x);
}

static void add_line(void *arg, char side, int number, const char *text, int len)
{
	char *out = arg;

	snprintf(out + strlen(out), 400 - strlen(out), "%c%d%.*s ", side, number, len, text);
}

static void two_texts_are_compared_line_by_line(void)
{
	char out[400] = "";

	CHECK_INT(exercise_diff("a\nb\nc\n", "a\nx\nc\nd\n", add_line, out), 0);
	CHECK_STR(out, "-2b +2x +4d ");
	out[0] = '\0';
	CHECK_INT(exercise_diff("", "", add_line, out), 0);
	CHECK_STR(out, "");
}

/* ---- the exercises of this tree ------------------------------------------------------------------------------------------- */

/* Each thing that a student may point at instead of the right one stands for a belief, which its feedback names. */
static void a_wrong_pick_has_feedback_of_its_own(void)
{
	static const struct {
		const char *exercise, *answers, *words;
	} rows[] = {
		{ "E10", "first=kworker/0:3", "In a queue its turn would come first" },
		{ "E10", "first=kworker/0:0", "Of the three it went idle first" },
		{ "E10", "first=kworker/0:2", "One worker went idle after it" },
		{ "E10", "second=kworker/0:1", "a worker has one item at a time" },
		{ "E10", "second=kworker/0:3", "A pool keeps it in reserve" },
		{ "E10", "second=kworker/0:0", "Another one that is idle too" },
		{ "E10", "third=kworker/0:0", "if the pool went on down the list" },
		{ "E10", "third=kworker/0:2", "It sleeps inside y" },
		{ "E10", "third=kworker/0:3", "workers do not take turns" },
		{ "E30", "who=kworker/0:0", "It is the manager" },
		{ "E30", "who=kworker/0:2", "It was made when threads could be made again" },
		{ "E30", "who=kworker/1:0", "It is a worker of the other CPU's pool" },
		{ "E30", "cpu=cpu1", "A rescuer has no CPU of its own" },
	};
	static char out[1 << 15];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_INT(shell_run(out, sizeof(out), "COLUMNS=400 '%s' run %s --plain --variant 0 --answers %s </dev/null 2>&1", test_binary(),
				    rows[i].exercise, rows[i].answers), 1);
		if (!CHECK_HAS(out, rows[i].words))
			test_note("%s %s", rows[i].exercise, rows[i].answers);
	}
}

/* ---- commands --------------------------------------------------------------------------------------------------------- */

static void test_ends_with_the_status_of_the_result(void)
{
	static const struct {
		const char *args;
		int status;
		const char *words;
	} rows[] = {
		{ "unload exercises/21-unload/solution/driver.lua --schedules 3", 0, "10 of 10 points" },
		{ "unload exercises/21-unload/wrong/leak/driver.lua --schedules 3", 1, "a leak is not a repair" },
		{ "flags --set ui=HIGHPRI", 0, "10 of 10 points" },
		{ "flags --set ui=HIPRI", 2, "set ui HIPRI: ui is flags of: HIGHPRI, CPU_INTENSIVE" },
		{ "flags --set gui=HIGHPRI", 2, "there is no setting 'gui'" },
		{ "flags --set", 2, "--set" },
		{ "unlaod", 3, "did you mean 'unload'?" },
		{ "", 2, "name an exercise" },
		{ "unload nowhere.lua", 3, "No such file" },
		{ "unload exercises/21-unload/starter/driver.lua exercises/03-handler/exercise.lua", 2, "this is not a file of the exercise" },
	};
	char out[8192];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!CHECK_INT(shell_run(out, sizeof(out), "'%s' test %s 2>&1", test_binary(), rows[i].args), rows[i].status) ||
		    !CHECK_HAS(out, rows[i].words))
			test_note("test %s: %s", rows[i].args, out);
	}
}

/* A fault of the student's file is a wrong answer, and no fault of the program or of the exercise. */
static void a_faulty_file_ends_a_run_with_status_1(void)
{
	char folder[64] = "/tmp/kw-exercise-XXXXXX", out[8192];

	folder_make(folder);
	CHECK_INT(shell_run(out, sizeof(out), "mkdir %s/unload && cp tests/students/loop-at-load.lua %s/unload/driver.lua && "
			    "KWORKSHOP_STATE_DIR=%s '%s' run E21 --plain --seed 1 --work %s </dev/null 2>&1", folder, folder, folder,
			    test_binary(), folder), 1);
	CHECK_HAS(out, "driver.lua:21: a file may take 50 million instructions");
	folder_remove(folder);
}

static void a_fault_of_a_file_is_one_sentence_of_the_table(void)
{
	char out[8192];
	const char *first;

	CHECK_INT(shell_run(out, sizeof(out), "'%s' test tests/students/exercise tests/students/changes-a-constant.lua 2>&1", test_binary()), 1);
	first = strstr(out, "driver.lua:21: attempt to assign to const variable 'c'");
	REQUIRE_NOT_NULL(first);
	CHECK_NULL(strstr(first + 1, "driver.lua:21"));
	CHECK_HAS(out, "\n 2 CANNOT   remove() returns");
	CHECK_HAS(out, "\n 3 CANNOT   no rule is broken");
	/* a field that the event does not have is no word of Lua */
	CHECK_INT(shell_run(out, sizeof(out), "'%s' test E21 tests/students/queues-on-a-destroyed-workqueue.lua --schedules 1 2>&1", test_binary()), 1);
	CHECK_HAS(out, "rmmod touched ? at ");
	CHECK_LACKS(out, "nil");
}

static void an_exercise_is_worked_on_in_lines(void)
{
	char folder[64] = "/tmp/kw-exercise-XXXXXX", out[16384];
	const char *kw = test_binary();

	folder_make(folder);
	CHECK_INT(shell_run(out, sizeof(out), "KWORKSHOP_STATE_DIR=%s printf '\\nH\\no\\nw\\nz\\nq\\n' | KWORKSHOP_STATE_DIR=%s '%s' run E3 --plain "
			    "--work %s", folder, folder, kw, folder), 1);
	CHECK_HAS(out, "A handler that sleeps, 10 points");
	CHECK_HAS(out, "A handler that sleeps: 4 of 10 points.");
	CHECK_HAS(out, "Hint 1 of 3");
	CHECK_HAS(out, "why check 1 fails\n");			/* the failing run as lines */
	CHECK_HAS(out, "a sleep in atomic context");
	CHECK_HAS(out, "Check 4 holds.\nThe run is over.");
	CHECK_HAS(out, "The explanation is shown when all checks hold.");
	CHECK_INT(shell_run(out, sizeof(out), "cp exercises/03-handler/solution/driver.lua %s/handler/ && echo | KWORKSHOP_STATE_DIR=%s '%s' run "
			    "handler --plain --work %s", folder, folder, kw, folder), 0);
	CHECK_HAS(out, "You have changed it since version 1 of the history, which had 4 of 10 points.");
	CHECK_HAS(out, "10 of 10 points");
	CHECK_HAS(out, "The handler does what cannot wait");
	CHECK_INT(shell_run(out, sizeof(out), "KWORKSHOP_STATE_DIR=%s '%s' submit handler --work %s -o - 2>&1", folder, kw, folder), 0);
	CHECK_HAS(out, "\nhints 1\n");			/* of the first time */
	CHECK_INT(shell_run(out, sizeof(out), "'%s' history handler --work %s", kw, folder), 0);
	CHECK_HAS(out, "  1  A handler that sleeps: 4 of 10 points.");
	CHECK_HAS(out, "  2  A handler that sleeps: 10 of 10 points.");
	CHECK_INT(shell_run(out, sizeof(out), "printf 'max_active 2\\nrun\\nmax_active 99\\nnosuch 1\\nmax_active 4\\nrun\\n' | KWORKSHOP_STATE_DIR=%s '%s' run E16 "
			    "--plain --variant 0 --work %s", folder, kw, folder), 0);
	CHECK_HAS(out, "max_active is 2 (1 to 16)");
	CHECK_HAS(out, "max_active takes a number from 1 to 16.");
	CHECK_HAS(out, "There is no setting \"nosuch\".");
	CHECK_HAS(out, "Before: 1: max_active 2 (4 points)");
	CHECK_HAS(out, "10 of 10 points");
	folder_remove(folder);
}

/* Values of a form are kept in the folder: the next run, test, history, restart and submit have them. */
static void the_values_of_a_form_are_kept(void)
{
	char folder[64] = "/tmp/kw-exercise-XXXXXX", out[16384];
	const char *kw = test_binary();

	folder_make(folder);
	CHECK_INT(shell_run(out, sizeof(out), "printf 'max_active 2\nrun\nmax_active 4\nrun\n' | '%s' run E16 --plain --variant 0 --work %s", kw,
			    folder), 0);
	CHECK_INT(shell_run(out, sizeof(out), "'%s' test E16 --variant 0 --work %s", kw, folder), 0);
	CHECK_INT(shell_run(out, sizeof(out), "'%s' test E16 --variant 0 --work %s --set max_active=2", kw, folder), 1);
	CHECK_HAS(out, "kworkshop run E16 --seed 1 --variant 0 --set max_active='2'");
	CHECK_INT(shell_run(out, sizeof(out), "'%s' history E16 1 --work %s", kw, folder), 0);
	CHECK_HAS(out, "-    1  set max_active 2");
	CHECK_HAS(out, "+    1  set max_active 4");
	CHECK_INT(shell_run(out, sizeof(out), "XDG_STATE_HOME=%s '%s' submit E16 --variant 0 --student s1 -o %s/one.kwh --work %s", folder, kw, folder,
			    folder), 0);
	CHECK_INT(shell_run(out, sizeof(out), "cat %s/one.kwh", folder), 0);
	CHECK_HAS(out, "input set max_active 4");
	CHECK_INT(shell_run(out, sizeof(out), "'%s' restart E16 --work %s", kw, folder), 0);
	CHECK_HAS(out, "version 2");
	CHECK_INT(shell_run(out, sizeof(out), "echo q | '%s' run E16 --plain --work %s", kw, folder), 0);
	CHECK_HAS(out, "max_active is 1 (1 to 16)");
	CHECK_INT(shell_run(out, sizeof(out), "'%s' history E16 2 --back --work %s && echo q | '%s' run E16 --plain --work %s", kw, folder, kw,
			    folder), 0);
	CHECK_HAS(out, "max_active is 4 (1 to 16)");
	folder_remove(folder);
}

/* ---- checks in a process of their own ------------------------------------------------------------ */

/* The results of a job, after at most half a minute; @stop_at: schedules of check 2 after which it is stopped, 0 = never. */
static int run_job(const struct exercise *x, const struct exercise_checking *how, unsigned int stop_at, struct exercise_result *out)
{
	struct exercise_job *j;
	char err[1500] = "";
	bool runs = true;

	REQUIRE_INT(exercise_job_begin(&j, x, how), 0);
	for (int i = 0; i < 6000 && runs; i++) {
		runs = exercise_job_look(j, out);
		if (runs && stop_at && out->check[2].done >= stop_at)
			exercise_job_stop(j);
		if (runs)
			usleep(5000);
	}
	CHECK_FALSE(runs);
	return exercise_job_end(j, out, err, sizeof(err));
}

static void a_job_has_the_results_of_a_check(void)
{
	struct exercise *x = open_variant("unload", 0);
	struct exercise_result *a = calloc(1, sizeof(*a)), *b = calloc(1, sizeof(*b));
	struct run_files *files = read_folder(x, "exercises/21-unload/wrong/cancel-first");
	struct exercise_checking how = { .files = files, .seed = 1, .jitter = -1, .schedules = SCHEDULES };

	check_files(x, files, SCHEDULES, 0, a);
	CHECK_INT(run_job(x, &how, 0, b), 0);
	CHECK_INT(b->halves, a->halves);
	for (unsigned int k = 1; k <= a->nr; k++) {
		CHECK_INT(b->check[k].state, a->check[k].state);
		CHECK_STR(b->check[k].text, a->check[k].text);
		CHECK_INT(b->check[k].evidence, a->check[k].evidence);
	}
	run_files_put(files);
	exercise_close(x);
	free(a);
	free(b);
}

static void a_job_that_is_stopped_keeps_the_checks_that_are_done(void)
{
	struct exercise *x = open_variant("unload", 0);
	struct exercise_result *r = calloc(1, sizeof(*r));
	struct run_files *files = read_folder(x, "exercises/21-unload/solution");
	struct exercise_checking how = { .files = files, .seed = 1, .jitter = -1, .jobs = 1 };

	CHECK_INT(run_job(x, &how, 2, r), 0);
	CHECK_TRUE(r->stopped);
	CHECK_INT(r->check[1].state, CHECK_STATE_HOLDS);
	CHECK_INT(r->check[2].state, CHECK_STATE_WAITS);
	CHECK_INT(r->of, 20);
	CHECK_GT(r->of, r->halves);
	run_files_put(files);
	exercise_close(x);
	free(r);
}

const struct test_case suite_unit_exercise[] = {
	T(every_exercise_is_proved),
	T(the_defaults_of_a_form_fail),
	T(the_result_does_not_depend_on_the_number_of_processes),
	T(a_failing_schedule_is_repeated),
	T(after_a_storm_only_what_has_happened_is_judged),
	T(a_stop_keeps_what_is_done),
	T(the_line_of_a_bug_is_that_of_its_report),
	T(a_check_shows_as_much_as_its_author_lets_it),
	T(each_students_file_gets_its_sentence),
	T(a_file_that_is_no_text_is_refused),
	T(a_faulty_exercise_is_refused_with_a_sentence),
	T(files_arrive_as_they_are),
	T(hidden_checks_bring_their_own_scene_and_numbers),
	T(nothing_that_a_student_wrote_is_lost),
	T(a_wrong_pick_has_feedback_of_its_own),
	T(two_texts_are_compared_line_by_line),
	T(test_ends_with_the_status_of_the_result),
	T(a_faulty_file_ends_a_run_with_status_1),
	T(a_fault_of_a_file_is_one_sentence_of_the_table),
	T(an_exercise_is_worked_on_in_lines),
	T(the_values_of_a_form_are_kept),
	T(a_job_has_the_results_of_a_check),
	T(a_job_that_is_stopped_keeps_the_checks_that_are_done),
	{ NULL, NULL }
};
