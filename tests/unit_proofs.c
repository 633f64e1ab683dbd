/*
 * tests/unit_proofs.c - `kworkshop check` of exercises that are proved by their files or settings.
 *
 * The exercises are small ones, written by each test; those of the course are checked by unit_authoring.
 *
 * Lives here:   the variants, seeds and schedules of the proofs.
 * Never here:   a plant for each finding (unit_check.c), running the checks of one set of files (unit_exercise.c).
 * Licence: MIT.
 */
#include "tests/support/files.h"
#include "tests/support/pty.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/check.h"
#include "exercise/exercise.h"
#include "lua/script.h"

static char folder[64], program[4096], out[65536];

/* An exercise of one check, with the code @test and the options @options; @student has its kind, and its files or settings. */
static void write_exercise(const char *student, const char *test, const char *options)
{
	char text[2000];

	REQUIRE_NOT_NULL(realpath(test_binary(), program));
	strcpy(folder, "/tmp/kw-proofs-XXXXXX");
	folder_make(folder);
	REQUIRE_INT(shell_run(out, sizeof(out), "mkdir -p '%s/one/solution' '%s/one/starter' '%s/one/wrong/still'", folder, folder, folder), 0);
	snprintf(text, sizeof(text),
		 "return exercise { title = 'T', question = 'Q?', points = 1, minutes = 1, machine = { cpus = 2 }, story = 'S',\n"
		 "  params = function(pick) return { n = pick(1, 4) } end,\n"
		 "  %s,\n"
		 "  scene = function(p, student)\n"
		 "    local w = work('w', function() burn(p.n) end)\n"
		 "    irq(0, 'disk', function() queue_work(system_wq, w) end)\n"
		 "    run_idle()\n"
		 "    return student\n"
		 "  end,\n"
		 "  checks = { { 'a is right', points = 1, %s test = function(t, p, s) %s end, feedback = 'a is wrong' } },\n"
		 "  hints = { 'h' }, why = 'w' }\n", student, options, test);
	file_write(folder, "one/exercise.lua", text);
}

/* A form with one setting: the reference is a = 2, the default and a wrong solution are a = 1. */
static void write_form(const char *test, const char *options)
{
	write_exercise("kind = 'configure', settings = { a = { kind = 'number', from = 1, to = 4, default = 1 } }", test, options);
	file_write(folder, "one/solution/settings.lua", "return { a = 2 }\n");
	file_write(folder, "one/wrong/still/settings.lua", "-- fails: a is right\nreturn { a = 1 }\n");
}

/* The same with a file. */
static void write_repair(const char *test, const char *options)
{
	write_exercise("kind = 'repair', files = { 'd.lua' }", test, options);
	file_write(folder, "one/solution/d.lua", "return { a = 2 }\n");
	file_write(folder, "one/starter/d.lua", "return { a = 1 }\n");
	file_write(folder, "one/wrong/still/d.lua", "-- fails: a is right\nreturn { a = 1 }\n");
}

static int check(const char *options)
{
	return shell_run(out, sizeof(out), "cd '%s' && '%s' check ./one %s 2>&1 </dev/null", folder, program, options);
}

static void expect(const char *options, int code, const char *text)
{
	bool right = CHECK_INT(check(options), code);

	if (!strstr(out, text) || !right)
		test_note("check %s: \"%s\" in: %s", options, text, out);
	CHECK_HAS(out, text);
}

/* ---- variants and seeds -------------------------------------------------------------------------- */

static void starter_solution_and_wrong_ones_are_tried_in_each_variant(void)
{
	/* n is 3 in variants 0 and 5000, and 2 in variant 2000 */
	static const struct {
		void (*write)(const char *test, const char *options);
		const char *test, *text;
	} rows[] = {
		{ write_form, "return s.a == 2 or p.n == 2", "the form as it is given holds every check in variant 2000 [starter-passes]" },
		{ write_form, "return s.a == 2 or p.n == 2", "wrong/still does not fail the check \"a is right\" in variant 2000 [wrong-passes]" },
		{ write_form, "return s.a == 2 and p.n ~= 2", "the solution fails the check \"a is right\" in variant 2000 with seed 1: a is wrong" },
		{ write_repair, "return s.a == 2 or p.n == 2", "the starter holds every check in variant 2000 [starter-passes]" },
		{ write_repair, "return s.a == 2 or p.n == 2", "wrong/still does not fail the check \"a is right\" in variant 2000 [wrong-passes]" },
		{ write_repair, "return s.a == 2 and p.n ~= 2", "the solution fails the check \"a is right\" in variant 2000 with seed 1: a is wrong" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rows[i].write(rows[i].test, "");
		expect("--fast --variants 1", 0, "0 errors, 0 warnings");
		CHECK_HAS(out, "\n  variants tried: 1\n");
		expect("--fast --variants 2", 0, "0 errors, 0 warnings");
		expect("--fast", 2, rows[i].text);
		CHECK_HAS(out, "\n  variants tried: 5\n");
		folder_remove(folder);
	}
}

/* The faults of many variants at one place are one finding. */
static void a_starter_that_passes_in_many_variants_is_one_finding(void)
{
	write_repair("return true", "");
	expect("--variants 6", 2, "holds every check in variant 0 [starter-passes]");
	CHECK_HAS(out, "  so in 6 runs\n");
	CHECK_NULL(strstr(strstr(out, "[starter-passes]") + 1, "[starter-passes]"));
	folder_remove(folder);
}

static void the_solution_is_tried_with_each_seed(void)
{
	write_form("return s.a == 2 and math.random(9) > 1", "");
	expect("--variants 2 --seeds 1", 0, "0 errors");
	expect("--variants 2 --seeds 40", 2, "the solution fails the check \"a is right\" in variant 0 with seed ");
	folder_remove(folder);
}

/* The first ten schedules of the form as it is given, and of the wrong solution, may all hold. */
static void a_rare_failure_is_found_in_all_schedules(void)
{
	write_form("return s.a ~= 1 or math.random(20) > 1", "schedules = 200,");
	expect("--fast --variants 9", 0, "0 errors, 0 warnings");
	expect("--variants 9", 0, "0 errors, 0 warnings");
	folder_remove(folder);
}

static void proofs(const struct check_opts *o, struct check_result *r)
{
	char path[100], err[600];
	struct exercise_place at;

	snprintf(path, sizeof(path), "%s/one", folder);
	REQUIRE_INT(exercise_find(".", path, &at, err, sizeof(err)), 0);
	REQUIRE_INT(check_exercise(&at, o, false, r), 0);
	CHECK_INT(r->errors, 0);
}

static void an_exercise_of_many_runs_is_tried_in_fewer_variants(void)
{
	struct check_opts o = { .script = script_run, .variants = 50, .seeds = 1, .jobs = 2, .runs_max = 500 };
	struct check_result r;

	write_form("return s.a == 2", "schedules = 100,");
	proofs(&o, &r);
	CHECK_RANGE(r.runs, 500, 610);
	CHECK_INT(r.variants, 5);
	check_result_fini(&r);
	folder_remove(folder);
}

/* ---- progress ------------------------------------------------------------------------------------- */

struct seen {
	unsigned int times;
	uint64_t done, planned;
	bool wrong;
};

static void see(void *arg, uint64_t done, uint64_t planned)
{
	struct seen *s = arg;

	s->wrong |= done > planned || done < s->done;
	s->done = done;
	s->planned = planned;
	s->times++;
}

static void progress_goes_up_to_the_runs_that_are_planned(void)
{
	struct seen seen = { 0 };
	struct check_opts o = { .script = script_run, .variants = 40, .seeds = 3, .jobs = 2, .progress = see, .arg = &seen };
	struct check_result r;

	write_repair("return s.a == 2", "schedules = 100,");
	proofs(&o, &r);
	CHECK_GT(seen.times, 1);
	CHECK_FALSE(seen.wrong);
	CHECK_GT(seen.done, 100);
	CHECK_RANGE(seen.planned, r.runs * 4 / 5, r.runs * 6 / 5);
	check_result_fini(&r);
	folder_remove(folder);
}

/* A terminal shows the exercise that is checked now, in one line that is gone afterwards. */
static void a_terminal_shows_the_runs_of_each_exercise(void)
{
	char line[300];
	char *argv[] = { "/bin/sh", "-c", line, NULL }, *env[] = { NULL };
	struct pty p;

	write_form("return s.a == 2", "schedules = 100,");
	REQUIRE_INT(shell_run(out, sizeof(out), "cp -r '%s/one' '%s/two'", folder, folder), 0);
	snprintf(line, sizeof(line), "cd '%s' && '%.100s' check ./one ./two --variants 16", folder, program);
	REQUIRE_INT(pty_start(&p, 80, 24, argv, env), 0);
	for (int i = 0; i < 500 && pty_read(&p, 20); i++)
		if (pty_shows(&p, "./two/exercise.lua: ") && pty_shows(&p, " of "))
			break;
	CHECK_TRUE(pty_shows(&p, "./one/exercise.lua: 0 errors"));
	CHECK_TRUE(pty_shows(&p, "./two/exercise.lua: "));
	CHECK_TRUE(pty_shows(&p, " of "));
	CHECK_TRUE(pty_gone(&p, 20000));
	CHECK_TRUE(pty_shows(&p, "./two/exercise.lua: 0 errors"));
	CHECK_FALSE(pty_shows(&p, " of "));
	pty_stop(&p);
	folder_remove(folder);
}

static void the_report_is_the_same_on_any_number_of_processes(void)
{
	char *one;

	write_repair("return s.a == 2 and math.random(20) > 1", "schedules = 200,");
	CHECK_INT(check("--variants 4 --jobs 1"), 2);
	one = strdup(out);
	REQUIRE_NOT_NULL(one);
	CHECK_INT(check("--variants 4 --jobs 3"), 2);
	CHECK_STR(out, one);
	free(one);
	folder_remove(folder);
}

const struct test_case suite_unit_proofs[] = {
	T(starter_solution_and_wrong_ones_are_tried_in_each_variant),
	T(a_starter_that_passes_in_many_variants_is_one_finding),
	T(the_solution_is_tried_with_each_seed),
	T(a_rare_failure_is_found_in_all_schedules),
	T(an_exercise_of_many_runs_is_tried_in_fewer_variants),
	T(progress_goes_up_to_the_runs_that_are_planned),
	T(a_terminal_shows_the_runs_of_each_exercise),
	T(the_report_is_the_same_on_any_number_of_processes),
	{ NULL, NULL }
};
