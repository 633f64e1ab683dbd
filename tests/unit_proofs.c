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

#include "base/json.h"
#include "cli/check.h"
#include "exercise/exercise.h"
#include "lua/script.h"

static char folder[64], program[4096], out[65536];

/* An exercise of one check, with the code @test and the options @options; @student has its kind, and its files or settings. */
static void write_exercise(const char *student, const char *test, const char *options)
{
	char text[3000];

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

/* A form with the setting a, and others: the reference is a = 2, the default and a wrong solution are a = 1. */
static void write_form_with(const char *others, const char *test, const char *options)
{
	char student[1000];

	snprintf(student, sizeof(student), "kind = 'configure', settings = { a = { kind = 'number', from = 1, to = 4, default = 1 }, %s }", others);
	write_exercise(student, test, options);
	file_write(folder, "one/solution/settings.lua", "return { a = 2 }\n");
	file_write(folder, "one/wrong/still/settings.lua", "-- fails: a is right\nreturn { a = 1 }\n");
}

static void write_form(const char *test, const char *options)
{
	write_form_with("", test, options);
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

/* Thousands of runs each, which take a sanitizer a minute: the full build has them. */
static bool too_many_runs(void)
{
	bool quick = test_rounds(0, 1) != 0;

	if (quick)
		test_skip("thousands of runs, and KW_QUICK is set");
	return quick;
}

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

	if (too_many_runs())
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rows[i].write(rows[i].test, "");
		expect("--fast --variants 1", 0, "0 errors, 0 warnings");
		CHECK_HAS(out, "\n  variants tried: 1, with at most 10 schedules of each check");
		expect("--fast --variants 2", 0, "0 errors, 0 warnings");
		expect("--fast", 2, rows[i].text);
		CHECK_HAS(out, "\n  variants tried: 5, with at most 10 schedules of each check");
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
	if (too_many_runs())
		return;
	write_form("return s.a ~= 1 or math.random(20) > 1", "schedules = 200,");
	expect("--fast --variants 9", 0, "0 errors");
	CHECK_HAS(out, "combinations that pass in variant 0: 3 of 4\n");
	expect("--variants 9", 0, "0 errors");
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

	write_repair("return s.a == 2", "schedules = 100,");
	proofs(&o, &r);
	CHECK_RANGE(r.runs, 400, 500);
	CHECK_INT(r.variants, 4);
	check_result_fini(&r);
	folder_remove(folder);
}

static void an_exercise_of_many_runs_is_tried_with_fewer_seeds(void)
{
	struct check_opts o = { .script = script_run, .variants = 1, .seeds = 5, .jobs = 2, .seed_runs_max = 150 };
	struct check_result r;

	write_repair("return s.a == 2", "schedules = 100,");
	proofs(&o, &r);
	CHECK_RANGE(r.runs, 200, 299);
	check_result_fini(&r);
	o.seed_runs_max = 0;
	proofs(&o, &r);
	CHECK_RANGE(r.runs, 500, 599);
	check_result_fini(&r);
	folder_remove(folder);
}

/* ---- the settings of a form ---------------------------------------------------------------------- */

static void a_form_lists_the_settings_that_pass(void)
{
	write_form_with("c = { kind = 'choice', of = { 'red', 'blue' }, default = 'red' }, f = { kind = 'flags', of = { 'HIGHPRI', 'UNBOUND' }, default = {} },"
			"m = { kind = 'cpumask', default = '0' }, s = { kind = 'scope', default = 'cpu' }",
			"return s.a == 2 and s.c == 'blue' and s.m == '0,1' and s.s == 'numa' and (s.f & WQ_UNBOUND) ~= 0", "");
	file_write(folder, "one/solution/settings.lua", "return { a = 2, c = 'blue', f = { 'UNBOUND', 'HIGHPRI' }, m = '0,1', s = 'numa' }\n");
	expect("--fast", 0, "0 errors, 0 warnings");
	CHECK_HAS(out, "\n  combinations that pass in variant 0: 2 of 576\n"
		  "  a  c     f                m    s\n"
		  "  2  blue  UNBOUND          0,1  numa\n"
		  "  2  blue  HIGHPRI|UNBOUND  0,1  numa  the solution\n");
	folder_remove(folder);
}

static void the_settings_are_tried_in_each_variant(void)
{
	write_form("return s.a == 2 or (s.a == 3 and p.n == 2)", "");	/* n is 3 in variants 0 and 5000, and 2 in variant 2000 */
	expect("--variants 2", 0, "combinations that pass in variant 0: 1 of 4; as many in all 2 variants\n");
	expect("--variants 5", 0, "combinations that pass in variant 0: 1 of 4; in 5 variants 1 to 2\n");
	CHECK_HAS(out, "exercise.lua:3:23: warning: 2 of 4 combinations of settings pass in variant 2000");
	CHECK_HAS(out, "[many-pass]");
	folder_remove(folder);
}

/* A single one may pass in any form: less than that is impossible. */
static void a_form_that_is_solved_by_guessing_is_a_warning(void)
{
	write_form("return s.a ~= 1", "");
	expect("--fast --strict", 1, "warning: 3 of 4 combinations of settings pass in variant 0: ");
	folder_remove(folder);
	write_form_with("b = { kind = 'number', from = 1, to = 2, default = 1 }", "return s.a == 2", "");	/* 2 of 8: a fair part */
	expect("--fast --strict", 0, "combinations that pass in variant 0: 2 of 8\n");
	folder_remove(folder);
	write_exercise("kind = 'configure', settings = { a = { kind = 'choice', of = { '1', '2' }, default = '1' } }", "return s.a == '2'", "");
	file_write(folder, "one/solution/settings.lua", "return { a = '2' }\n");
	REQUIRE_INT(shell_run(out, sizeof(out), "rm -r '%s/one/wrong'", folder), 0);
	expect("--fast --strict", 0, "combinations that pass in variant 0: 1 of 2\n");
	folder_remove(folder);
}

static void a_scene_that_some_settings_end_is_a_fault(void)
{
	static const struct {
		const char *test, *text;
	} rows[] = {
		{ "if s.a > 2 then error('no such worker') end return s.a == 2",
		  "exercise.lua:10:3: error: the settings a=3 end variant 0 with a fault: no such worker" },
		{ "if s.a == 3 then local _ = ('x'):rep(100000):gsub('x*y', '') end return s.a == 2",
		  "exercise.lua:10:3: error: the settings a=3 end variant 0 with a fault: one call of string.gsub" },
	};

	if (too_many_runs())
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_form(rows[i].test, "");
		expect("--variants 1", 2, rows[i].text);
		CHECK_HAS(out, "pass in variant 0: 1 of 4\n");
		folder_remove(folder);
	}
}

/* The same ones each time, on any number of processes. */
static void of_a_large_form_a_sample_is_tried(void)
{
	static const struct {
		const char *others, *text;
	} rows[] = {
		{ "b = { kind = 'number', from = 1, to = 1001, default = 1 }", "of 1000 that were tried; the form has 4004\n" },
#define FLAGS "{ kind = 'flags', of = { 'UNBOUND', 'FREEZABLE', 'MEM_RECLAIM', 'HIGHPRI', 'CPU_INTENSIVE', 'SYSFS', 'POWER_EFFICIENT', 'BH', 'PERCPU' }, default = {} },"
		{ "b = " FLAGS "c = " FLAGS, "of 1000 that were tried; the form has 1048576\n" },
		{ "[0] = nil, b = { kind = 'number', from = 0, to = 9223372036854775807, default = 1 }, "
		  "c = { kind = 'number', from = 0, to = 9223372036854775807, default = 1 }", "of 1000 that were tried; the form has 2^64 or more\n" },
	};
	char *one;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_form_with(rows[i].others, "return s.a == 2 and s.b % 7 ~= 1", "");
		file_write(folder, "one/solution/settings.lua", i == 1 ? "return { a = 2, b = { 'UNBOUND' } }\n" : "return { a = 2, b = 3 }\n");
		expect("--fast --jobs 1", 0, rows[i].text);
		CHECK_HAS(out, " more: --format json lists them\n");
		one = strdup(out);
		REQUIRE_NOT_NULL(one);
		CHECK_INT(check("--fast --jobs 3"), 0);
		CHECK_STR(out, one);
		free(one);
		folder_remove(folder);
	}
}

static void the_settings_that_pass_are_in_json_tap_and_junit(void)
{
	static const struct json_limits limits = { sizeof(out), 4000, 8 };
	const struct json_value *note, *row;
	struct json_error err;
	struct json *doc = NULL;

	write_form("return s.a == 2", "");
	CHECK_INT(check("--fast --format json"), 0);
	REQUIRE_INT(json_parse(&doc, out, strlen(out), &limits, &err), 0);
	note = json_first(json_root(doc));
	REQUIRE_NOT_NULL(note);
	CHECK_STR(json_get_text(json_member(note, "code")), "settings");
	CHECK_STR(json_get_text(json_member(note, "level")), "note");
	row = json_first(json_member(note, "settings"));
	CHECK_STR(json_get_text(json_member(json_member(row, "values"), "a")), "2");
	CHECK_TRUE(json_member(row, "solution")->yes);
	CHECK_NULL(row->next);
	json_free(doc);
	expect("--fast --format tap", 0, ":3: note: combinations that pass in variant 0: 1 of 4\n#   a=2, the solution\n");
	expect("--fast --format junit", 0, "<property name=\"passes, solution\" value=\"a=2\"/>");
	folder_remove(folder);
}

/* ---- a scheduler exercise -------------------------------------------------------------------------- */

/*
 * @tasks tasks add one @times times to a counter, which has to lose an update in the end.  @more: code of the scene
 * The shortest way with two tasks that add once has 4 choices; the solution takes a mutex.
 */
static void write_scheduler(unsigned int tasks, unsigned int times, const char *more, const char *par, const char *depth)
{
	char text[3000];

	REQUIRE_NOT_NULL(realpath(test_binary(), program));
	strcpy(folder, "/tmp/kw-proofs-XXXXXX");
	folder_make(folder);
	REQUIRE_INT(shell_run(out, sizeof(out), "mkdir -p '%s/one/solution' '%s/one/starter'", folder, folder), 0);
	snprintf(text, sizeof(text),
		 "return exercise { kind = 'scheduler', title = 'T', question = 'Q?', points = 4, minutes = 1, machine = { cpus = 2 }, story = 'S',\n"
		 "  scene = function(p, student)\n"
		 "    local o, m, list = object('counter', { n = 0 }), mutex('m'), {}\n"
		 "    local add = student.add or function(c) local v = c.n burn(1) c.n = v + 1 end\n"
		 "    for i = 1, %u do\n"
		 "      list[i] = { task(i %% 2, 't' .. i, function() for _ = 1, %u do add(o, m) end end), 'task ' .. i }\n"
		 "    end\n"
		 "    at(90, function() task(0, 'look', function() if o.n < %u then printk('lost') end end) end)\n"
		 "    list.at = 'accesses'\n"
		 "    you_pick(list)\n"
		 "    run_idle(100)\n"
		 "    %s\n"
		 "  end,\n"
		 "  reach = prints('lost'), %s\n"
		 "  after = { file = 'add.lua', points = 2, depth = %s, prompt = 'P' },\n"
		 "  hints = { 'h' }, why = 'w' }\n", tasks, times, tasks * times, more, par, depth);
	file_write(folder, "one/exercise.lua", text);
	file_write(folder, "one/starter/add.lua", "return { add = function(c) local v = c.n burn(1) c.n = v + 1 end }\n");
	file_write(folder, "one/solution/add.lua",
		   "return { add = function(c, m) mutex_lock(m) local v = c.n c.n = v + 1 mutex_unlock(m) end }\n");
}

static void par_is_computed_and_a_wrong_one_is_refused(void)
{
	static const struct {
		const char *par, *text;
		int code;
	} rows[] = {
		{ "", "one/exercise.lua:14: note: the fewest choices that reach the event: 4 (t2,t1,t1,t1)\n", 0 },
		{ "par = 4,", "note: the fewest choices that reach the event: 4 ", 0 },
		{ "par = 3,", "one/exercise.lua:14:27: error: par = 3, but the fewest choices are 4 in variant 0: t2,t1,t1,t1 [par]", 2 },
		{ "par = 5,", "error: par = 5, but the fewest choices are 4 in variant 0: ", 2 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_scheduler(2, 1, "", rows[i].par, "'all'");
		expect("--fast --variants 2", rows[i].code, rows[i].text);
		CHECK_HAS(out, "15: note: no choice reaches the event with the solution: all ");
		folder_remove(folder);
	}
}

/* Four tasks have more ways than are played; the search knows a way, and the lengths at which there is none. */
static void a_par_that_is_not_known_exactly_is_refused_only_if_it_is_wrong(void)
{
	static const struct {
		const char *par, *text;
		int code;
	} rows[] = {
		{ "par = 8,", "note: the fewest choices that reach the event: at most 9 (t2,", 0 },
		{ "par = 1,", "error: par = 1, but no way of at most ", 2 },
		{ "par = 90,", "error: par = 90, but 9 choices are enough in variant 0: ", 2 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_scheduler(4, 1, "", rows[i].par, "2");
		expect("--fast --variants 1", rows[i].code, rows[i].text);
		folder_remove(folder);
	}
}

static void a_solution_is_proved_to_the_depth_that_its_author_wants(void)
{
	write_scheduler(2, 1, "", "", "2");
	expect("--variants 1 --strict", 0, "note: no choice reaches the event with the solution: proved to depth 2: ");
	folder_remove(folder);
}

static void a_fault_at_the_end_of_some_choices_has_its_line(void)
{
	write_scheduler(2, 1, "if o.n == 2 then error('nothing is lost') end", "", "'all'");
	expect("--fast --variants 1", 2, "one/exercise.lua:12:5: error: the choices ");
	CHECK_HAS(out, " end variant 0 with a fault: nothing is lost [fault]");
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

	if (too_many_runs())
		return;
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

	write_repair("return s.a == 2", "schedules = 100,");
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
	T(an_exercise_of_many_runs_is_tried_with_fewer_seeds),
	T(a_form_lists_the_settings_that_pass),
	T(the_settings_are_tried_in_each_variant),
	T(a_form_that_is_solved_by_guessing_is_a_warning),
	T(a_scene_that_some_settings_end_is_a_fault),
	T(of_a_large_form_a_sample_is_tried),
	T(the_settings_that_pass_are_in_json_tap_and_junit),
	T(par_is_computed_and_a_wrong_one_is_refused),
	T(a_par_that_is_not_known_exactly_is_refused_only_if_it_is_wrong),
	T(a_solution_is_proved_to_the_depth_that_its_author_wants),
	T(a_fault_at_the_end_of_some_choices_has_its_line),
	T(progress_goes_up_to_the_runs_that_are_planned),
	T(a_terminal_shows_the_runs_of_each_exercise),
	T(the_report_is_the_same_on_any_number_of_processes),
	{ NULL, NULL }
};
