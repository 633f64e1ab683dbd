/*
 * tests/unit_choose.c - the student as the scheduler: you_pick{}, its inputs, the search of all ways, plain mode.
 *
 * Licence: MIT.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "exercise/exercise_internal.h"
#include "lua/script.h"
#include "machine/choice.h"
#include "model/choosing.h"
#include "tests/support/files.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#define E22 "exercises/22-schedule"

/* ---- a run --------------------------------------------------------------------------------- */

struct played {
	int status;
	char fault[1200];
	struct trace trace;
	struct trace_store store;
	struct choosing choosing;
};

/* Runs the exercise of @folder with the choices "a,b,c", then without a person.  @stacks: as a search does. */
static struct played *play(const char *folder, const char *choices, uint64_t seed, bool stacks)
{
	static const struct mach_choosing by_the_seed = { .choose = NULL };
	struct played *p = calloc(1, sizeof(*p));
	struct run_spec spec = { .seed = seed, .jitter = -1 };
	struct director_list list = { .inputs = &spec.inputs };
	struct script_opts opts = { .spec = &spec, .trace = &p->trace, .io = { director_list_wait, &list },
				    .choosing = stacks ? &by_the_seed : NULL };
	struct trace_event ev;
	struct ev_FAULT fault;

	REQUIRE_NOT_NULL(p);
	snprintf(spec.lesson, sizeof(spec.lesson), "%s/exercise.lua", folder);
	REQUIRE_INT(exercise_add_choices(&spec.inputs, choices), 0);
	REQUIRE_INT(run_inputs_add(&spec.inputs, &(struct run_input){ .kind = INPUT_GO }), 0);
	REQUIRE_INT(trace_open(&p->trace, -1, (size_t)64 << 20, 0), 0);
	trace_current = NULL;
	p->status = script_run(&opts);
	trace_current = NULL;
	REQUIRE_INT(trace_store_borrow(&p->store, &p->trace), 0);
	trace_store_poll(&p->store);
	for (uint64_t n = 1; n <= p->store.nr; n++)
		if (trace_store_event(&p->store, n, &ev) && trace_get_FAULT(&ev, &fault))
			snprintf(p->fault, sizeof(p->fault), "%s", fault.text);
	choosing_read(&p->store, p->store.nr, &p->choosing);
	run_inputs_fini(&spec.inputs);
	return p;
}

static void played_free(struct played *p)
{
	trace_store_close(&p->store);
	trace_close(&p->trace);
	free(p);
}

/* An exercise.lua of the kind scheduler with this scene, in a folder of its own. */
static void make_exercise(char *folder, const char *reach, const char *scene)
{
	char *text;

	strcpy(folder, "/tmp/kw-choose-XXXXXX");
	folder_make(folder);
	REQUIRE_GT(asprintf(&text, "return exercise { kind = \"scheduler\", title = \"t\", points = 2, machine = { cpus = 2 }, reach = %s,\n"
			    "scene = function(p, student)\n%s\nend }\n", reach, scene), 0);
	file_write(folder, "exercise.lua", text);
	free(text);
}

static void choices_are_repeated_byte_by_byte(void)
{
	static const char long_way[] = "nic,reset,rmmod,nic,rmmod,rmmod,reset";
	struct played *one = play(E22, long_way, 7, false), *again = play(E22, long_way, 7, false), *search = play(E22, long_way, 7, true);

	CHECK_STR(one->fault, "");
	CHECK_TRUE(one->choosing.over && one->choosing.reached);
	CHECK_INT(one->choosing.choices, 7);
	CHECK_INT(one->choosing.par, 5);
	CHECK_STR(one->choosing.step[2].what, "cancel_work_sync");
	CHECK_INT(one->choosing.step[2].cpu, 1);
	REQUIRE_INT(one->store.bytes, again->store.bytes);
	CHECK_TRUE(memcmp(one->store.base, again->store.base, one->store.bytes) == 0);
	REQUIRE_INT(one->store.bytes, search->store.bytes);
	CHECK_TRUE(memcmp(one->store.base, search->store.base, one->store.bytes) == 0);
	played_free(one);
	played_free(again);
	played_free(search);
}

/* The open choice of E22 behind its first two: the next statement of each thing, or why it cannot go on. */
static void a_choice_lists_the_next_statements(void)
{
	struct played *p = play(E22, "rmmod,nic", 1, false);	/* then `go`, which is a fault at a choice */
	const struct choosing *c = &p->choosing;

	CHECK_HAS(p->fault, "go: choice 3 is open");
	CHECK_INT(c->ordinal, 3);
	CHECK_INT(c->can, 3);
	CHECK_INT(c->nr_things, 3);
	CHECK_STR(c->thing[0].code, "free_irq(line)");
	CHECK_HAS(c->thing[0].place, "exercise.lua:");
	CHECK_STR(c->thing[1].code, "burn(1)");
	CHECK_STR(c->thing[1].label, "the worker");
	CHECK_STR(c->thing[2].code, "queue_work(system_wq, nic.reset)");
	CHECK_INT(c->thing[2].left, 2);
	CHECK_INT(c->step[1].cpu, 0);
	played_free(p);
	p = play(E22, "rmmod", 1, false);
	CHECK_INT(p->choosing.thing[1].cannot, CANNOT_NOT_QUEUED);
	played_free(p);
}

static void a_choice_that_cannot_be_is_refused(void)
{
	static const char *const cases[][2] = {
		{ "reset", "choose 1 reset: 'reset' cannot go on here" },
		{ "rmmod,nosuch", "choose 2 nosuch: 'nosuch' cannot go on here" },
		{ "-", "choose 1 -: '-' cannot go on here" },
		{ "rmmod,nic,rmmod,rmmod,reset,nic", "choose 6 nic: no choice is open any more" },
		{ "nic,nic,nic,nic", "choose 4 nic: 'nic' cannot go on here" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct played *p = play(E22, cases[i][0], 1, false);

		CHECK_INT(p->status, 2);
		CHECK_HAS(p->fault, cases[i][1]);
		played_free(p);
	}
}

/* A file of inputs may have any number in front of a choice; a lesson has no choices. */
static void a_file_of_wrong_choices_is_refused(void)
{
	char folder[] = "/tmp/kw-choose-XXXXXX", out[16384];

	folder_make(folder);
	file_write(folder, "in", "choose 2 rmmod\n");
	CHECK_INT(shell_run(out, sizeof(out), "'%s' run E22 --plain --inputs %s/in </dev/null 2>&1", test_binary(), folder), 2);
	CHECK_HAS(out, "choose 2 rmmod: this is choice 1");
	file_write(folder, "in", "choose 1 rmmod\n");
	CHECK_INT(shell_run(out, sizeof(out), "'%s' run life --plain --inputs %s/in </dev/null 2>&1", test_binary(), folder), 2);
	CHECK_HAS(out, "does not ask for");
	CHECK_INT(shell_run(out, sizeof(out), "'%s' run E22 --plain --choose rmmod,,nic </dev/null 2>&1", test_binary()), 2);
	CHECK_HAS(out, "--choose takes names with commas");
	folder_remove(folder);
}

/* ---- authors -------------------------------------------------------------------------------------- */

static void mistakes_of_authors_are_named(void)
{
	static const char *const cases[][2] = {
		{ "you_pick { { t, 't' }, { u, 'u' }, at = 'steps' }", "at is \"calls\" or \"accesses\"" },
		{ "you_pick { { t, 't' }, { u, 'u' }, att = 'calls' }", "unknown field 'att'; did you mean at?" },
		{ "you_pick { { t, 't' } }", "2 to 8 things" },
		{ "you_pick { { t, 't' }, { t, 'again' } }", "are the same thing" },
		{ "you_pick { { t, 't' }, { u } }", "its label is one line" },
		{ "you_pick { { t, 't' }, { u, 'u', time = 2 } }", "unknown field 'time'; did you mean times?" },
		{ "you_pick { { t, 't' }, { u, 'u', times = 2 } }", "times belongs to an interrupt line" },
		{ "you_pick { { t, 't' }, { l, 'l', times = 0 } }", "times is a whole number" },
		{ "you_pick { { t, 't' }, { 7, 'u' } }", "a task, a work item or an interrupt line expected, got a number" },
		{ "you_pick { { t, 't' }, { u, 'u' } } you_pick { { t, 't' }, { u, 'u' } }", "chooses already" },
		{ "at(1, function() you_pick { { t, 't' }, { u, 'u' } } end) run(2)", "you_pick cannot be called in at()" },
		{ "you_pick(7)", "you_pick takes a list" },
	};
	char folder[64], scene[600];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct played *p;

		snprintf(scene, sizeof(scene), "local l = irq_line(0, 'l')\nlocal t = task(0, 't', function() end)\n"
			 "local u = task(1, 'u', function() end)\n%s", cases[i][0]);
		make_exercise(folder, "bug()", scene);
		p = play(folder, "", 1, false);
		CHECK_INT(p->status, 2);
		if (!CHECK_HAS(p->fault, cases[i][1]))
			test_note("%s", cases[i][0]);
		played_free(p);
		folder_remove(folder);
	}
}

/* ---- points of choice --------------------------------------------------------------------------------- */

static struct exercise *open_it(const char *folder, uint64_t variant)
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

static void search(const struct exercise *x, const struct exercise_depth_opts *how, struct exercise_depth *out)
{
	char err[600] = "";

	if (!CHECK_INT(exercise_depth(x, how, out, err, sizeof(err)), 0))
		test_note("%s", err);
}

static const char lost_update[] =
	"local n = shared('n', 0)\n"
	"local function add() printk('begins') local v = n.value n.value = v + 1 printk('n is %%d', n.value) end\n"
	"local a, b = task(0, 'a', add), task(1, 'b', add)\n"
	"you_pick { { a, 'a' }, { b, 'b' }, at = '%s' }\n"
	"run(5)\n"
	"task(0, 'sum', function() if n.value == 1 then printk('lost') end end)\n"
	"run(1)";

/* Between two accesses only if the exercise wants it. */
static void accesses_are_points_if_the_exercise_wants_it(void)
{
	struct exercise_depth_opts how = { .seed = 1, .jobs = 1 };
	struct exercise_depth *d = calloc(1, sizeof(*d));
	static const char *const at[] = { "calls", "accesses" };
	char folder[64], scene[1000];

	for (unsigned int i = 0; i < 2; i++) {
		struct exercise *x;

		snprintf(scene, sizeof(scene), lost_update, at[i]);
		make_exercise(folder, "prints 'lost'", scene);
		x = open_it(folder, 0);
		search(x, &how, d);
		CHECK_TRUE(d->exact || d->reached);
		CHECK_INT(d->reached, i == 1);
		CHECK_FALSE(d->fault);
		exercise_close(x);
		folder_remove(folder);
	}
	free(d);
}

/* An item that waits on its worklist can be cancelled: only where its worker is held before it takes the item. */
static void a_worker_is_held_before_it_takes_an_item(void)
{
	static const char scene[] =
		"local w = work('w', function() end)\n"
		"local q = task(1, 'q', function() queue_work(system_wq, w) cancel_work(w) end)\n"
		"you_pick { { q, 'q' }, { w, 'the worker' }, at = '%s' }\n"
		"run_idle(100)";
	struct exercise_depth_opts how = { .seed = 1, .jobs = 1 };
	struct exercise_depth *d = calloc(1, sizeof(*d));
	char folder[64], text[600];

	for (unsigned int i = 0; i < 2; i++) {
		struct exercise *x;

		snprintf(text, sizeof(text), scene, i ? "accesses" : "calls");
		make_exercise(folder, "cancels('w'):with(function(e) return e.was_pending end)", text);
		x = open_it(folder, 0);
		search(x, &how, d);
		CHECK_INT(d->reached, i == 1);
		CHECK_FALSE(d->fault);
		exercise_close(x);
		folder_remove(folder);
	}
	free(d);
}

/* A card that comes too early is not waited for; it may come later, and it need not come at all. */
static void time_passes_where_only_an_interrupt_can_go_on(void)
{
	static const char scene[] =
		"local ready, lost = false, false\n"
		"local l = irq_line(0, 'nic', function() if not ready then printk('too early') else printk('served') end end)\n"
		"local t = task(1, 'driver', function() msleep(5) ready = true msleep(5) end)\n"
		"you_pick { { t, 'driver' }, { l, 'the card' } }\n"
		"run_idle(100)";
	char folder[64];
	struct played *p;

	make_exercise(folder, "prints 'served'", scene);
	p = play(folder, "driver,nic", 1, false);
	CHECK_STR(p->fault, "");
	CHECK_TRUE(p->choosing.over && !p->choosing.reached);
	played_free(p);
	p = play(folder, "driver", 1, false);
	CHECK_STR(p->choosing.thing[p->choosing.nr_things - 1].name, CHOOSING_TIME);
	CHECK_INT(p->choosing.thing[0].cannot, CANNOT_ASLEEP);
	played_free(p);
	p = play(folder, "driver,-,nic", 1, false);
	CHECK_STR(p->fault, "");
	CHECK_TRUE(p->choosing.over && p->choosing.reached);
	CHECK_INT(p->choosing.choices, 3);
	played_free(p);
	folder_remove(folder);
}

/* ---- the search ------------------------------------------------------------------------------------- */

static void the_fewest_choices_of_e22_are_five(void)
{
	struct exercise_depth *d = calloc(1, sizeof(*d));
	bool seen[4] = { false };

	for (uint64_t variant = 0; variant < 4; variant++)
		for (uint64_t seed = 1; seed <= 3; seed++) {
			struct exercise *x = open_it(E22, variant);
			struct exercise_depth_opts how = { .seed = seed };
			struct played *p = play(E22, "", seed, false);

			search(x, &how, d);
			CHECK_TRUE(d->reached && !d->fault);
			CHECK_INT(d->par, 5);
			CHECK_INT(d->par, x->about.par);
			CHECK_STR(d->moves, "rmmod,nic,rmmod,rmmod,reset");
			CHECK_HAS(d->text, "use-after-free: nic_dev.resets");
			seen[p->choosing.thing[2].left & 3] = true;
			played_free(p);
			exercise_close(x);
		}
	CHECK_TRUE(seen[3]);	/* of variant 0, which play() has: three interrupts */
	free(d);
}

static struct run_files *files_of(const struct exercise *x, const char *folder)
{
	struct run_files *files = NULL;
	char path[1200], err[600] = "";

	snprintf(path, sizeof(path), "%s/%s", E22, folder);
	if (!CHECK_INT(exercise_read(x, path, &files, err, sizeof(err)), 0))
		test_note("%s", err);
	REQUIRE_NOT_NULL(files);
	return files;
}

static void a_repair_is_proved_in_all_ways_of_choosing(void)
{
	struct exercise *x = open_it(E22, 0);
	struct run_files *good = files_of(x, "solution"), *bad = files_of(x, "starter");
	struct exercise_depth_opts how = { .seed = 1, .files = good, .proof = true, .jobs = 1 };
	struct exercise_depth *one = calloc(1, sizeof(*one)), *many = calloc(1, sizeof(*many));

	search(x, &how, one);
	CHECK_TRUE(one->exact && !one->reached);
	CHECK_GT(one->schedules, 50);
	how.jobs = 3;
	search(x, &how, many);
	CHECK_INT(many->schedules, one->schedules);
	how.files = bad;
	search(x, &how, many);
	CHECK_TRUE(many->reached);
	CHECK_INT(many->par, 5);
	run_files_put(good);
	run_files_put(bad);
	free(one);
	free(many);
	exercise_close(x);
}

/* A search that is ended early has played all ways of so many choices, and reports how many. */
static void a_search_that_ends_early_reports_its_depth(void)
{
	struct exercise *x = open_it(E22, 0);
	struct run_files *good = files_of(x, "solution");
	struct exercise_depth_opts how = { .seed = 1, .files = good, .proof = true, .schedules_max = 20 };
	struct exercise_checking checking = { .files = good, .seed = 1, .jitter = -1, .schedules = 20 };
	struct exercise_result *r = calloc(1, sizeof(*r));
	struct exercise_depth *d = calloc(1, sizeof(*d));
	char err[600];

	search(x, &how, d);
	CHECK_FALSE(d->exact || d->reached);
	CHECK_INT(d->schedules, 20);
	CHECK_RANGE(d->depth, 1, 6);
	how.schedules_max = 0;
	how.depth = 3;		/* as many as the author wants */
	search(x, &how, d);
	CHECK_FALSE(d->exact || d->reached);
	CHECK_INT(d->depth, 3);
	REQUIRE_INT(exercise_check(x, &checking, r, err, sizeof(err)), 0);
	CHECK_INT(r->check[3].state, CHECK_STATE_HOLDS);
	CHECK_HAS(r->check[3].values, "proved to depth ");
	run_files_put(good);
	free(d);
	free(r);
	exercise_close(x);
}

static double cpu_of_children(void)
{
	struct rusage u;

	getrusage(RUSAGE_CHILDREN, &u);
	return (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec / 1e6 + (double)u.ru_stime.tv_sec + (double)u.ru_stime.tv_usec / 1e6;
}

/* About 1 ms a schedule; the limit is for a computer with other work, and for sanitizers. */
static void a_search_plays_hundreds_of_schedules_a_second(void)
{
	struct exercise *x = open_it(E22, 0);
	struct run_files *good = files_of(x, "solution");
	struct exercise_depth_opts how = { .seed = 1, .files = good, .proof = true, .jobs = 2 };
	struct exercise_depth *d = calloc(1, sizeof(*d));
	double from = cpu_of_children();

	search(x, &how, d);
	CHECK_LE((cpu_of_children() - from) / (double)d->schedules * 1000, 20.0);
	run_files_put(good);
	free(d);
	exercise_close(x);
}

/* ---- plain mode --------------------------------------------------------------------------------------- */

static void lines_choose_take_back_and_begin_again(void)
{
	char out[32768];

	CHECK_INT(shell_run(out, sizeof(out), "printf '\\na\\nu\\nu\\nrmmod\\nthe card\\nH\\n1\\na\\nworker\\na\\nu\\nr\\n' | "
			    "'%s' run E22 --plain --seed 1 2>&1", test_binary()), 1);
	CHECK_HAS(out, "Choice 1.");
	CHECK_HAS(out, "a  rmmod          cancel_work_sync(dev.reset)");
	CHECK_HAS(out, "-  the worker     cannot: the item is not queued");
	CHECK_HAS(out, "Taken back: rmmod cancel_work_sync.");
	CHECK_HAS(out, "Nothing has been chosen yet.");
	CHECK_HAS(out, "So far: rmmod cancel_work_sync, the card.");
	CHECK_HAS(out, "Hint 1: ");
	CHECK_HAS(out, "Type the letter or the name of a thing that can go on");
	CHECK_HAS(out, "use-after-free");
	CHECK_HAS(out, "Reached in 5 choices. No way is shorter.");
	CHECK_HAS(out, "Taken back: the worker.");
	CHECK_HAS(out, "From the beginning.");
	CHECK_INT(shell_run(out, sizeof(out), "printf '\\nb\\nb\\na\\nb\\na\\na\\na\\n\\n' | '%s' run E22 --plain --seed 1 2>&1", test_binary()), 0);
	CHECK_HAS(out, "Reached in 7 choices. The shortest way has 5.");
	CHECK_INT(shell_run(out, sizeof(out), "printf '\\na\\na\\na\\n\\n\\n' | '%s' run E22 --plain --seed 1 2>&1", test_binary()), 1);
	CHECK_HAS(out, "nothing is left to choose");
}

/* The run of a failing proof has the choices that were found, not those of the first part. */
static void a_failing_proof_is_repeated(void)
{
	struct exercise *x = open_it(E22, 0);
	struct run_files *bad = files_of(x, "starter");
	struct run_inputs first = { 0 };
	struct exercise_checking how = { .files = bad, .settings = &first, .seed = 1, .jitter = -1 };
	struct exercise_result *r = calloc(1, sizeof(*r));
	struct exercise_facts *facts = calloc(1, sizeof(*facts));
	struct run_spec spec;
	char err[600];

	REQUIRE_INT(exercise_add_choices(&first, "nic,reset,rmmod,nic,rmmod,rmmod,reset"), 0);
	REQUIRE_INT(exercise_check(x, &how, r, err, sizeof(err)), 0);
	CHECK_INT(r->check[2].state, CHECK_STATE_HOLDS);
	CHECK_INT(r->check[3].state, CHECK_STATE_FAILS);
	REQUIRE_INT(exercise_replay(x, &how, r, 3, &spec), 0);
	CHECK_INT(spec.inputs.n, 5);
	REQUIRE_INT(play_alone(script_run, &spec, facts), 0);
	CHECK_FALSE(facts->faulty);
	CHECK_INT(facts->check[2].result, CHECKED_HOLDS);
	run_inputs_fini(&spec.inputs);
	run_files_put(spec.files);
	run_inputs_fini(&first);
	run_files_put(bad);
	free(facts);
	free(r);
	exercise_close(x);
}

/* ---- both parts ---------------------------------------------------------------------------------------- */

/* The choices are kept, the second part follows, and a hand-in has both: grade makes the run of the choices again. */
static void a_crash_is_kept_handed_in_and_graded(void)
{
	char folder[] = "/tmp/kw-choose-XXXXXX", out[32768];
	const char *self = test_binary();

	folder_make(folder);
	CHECK_INT(shell_run(out, sizeof(out), "printf '\\na\\nb\\na\\na\\na\\n\\n\\nq\\n' | '%s' run E22 --plain --variant 0 --work %s 2>&1",
			    self, folder), 1);
	CHECK_HAS(out, "Change the order of the three calls");
	CHECK_HAS(out, "you reach the crash (5 choices)");
	CHECK_HAS(out, "5 choices reach it: rmmod cancel_work_sync, the card, rmmod");
	CHECK_HAS(out, "--choose rmmod,nic,rmmod,rmmod,reset");
	CHECK_INT(shell_run(out, sizeof(out), "cp %s/solution/remove.lua %s/schedule/ && '%s' test E22 --variant 0 --work %s", E22, folder, self,
			    folder), 0);
	CHECK_HAS(out, "8 of 8 points");
	CHECK_INT(shell_run(out, sizeof(out), "'%s' submit E22 --work %s -o %s/x.kwh 2>&1 && cat %s/x.kwh", self, folder, folder, folder), 0);
	CHECK_HAS(out, "input choose 5 reset");
	CHECK_INT(shell_run(out, sizeof(out), "'%s' grade %s/x.kwh 2>&1", self, folder), 0);
	CHECK_HAS(out, "8 of 8 points");
	/* choices that do not reach it, and none */
	CHECK_INT(shell_run(out, sizeof(out), "sed -i 's/choose 5 reset/choose 5 nic/' %s/schedule/choices.txt && "
			    "'%s' submit E22 --check --work %s 2>&1", folder, self, folder), 1);
	CHECK_HAS(out, "your choices do not reach it");
	CHECK_HAS(out, "4 of 8 points");
	CHECK_INT(shell_run(out, sizeof(out), "mv %s/schedule/choices.txt %s/ && '%s' submit E22 --check --work %s 2>&1", folder, folder, self,
			    folder), 1);
	CHECK_HAS(out, "4 of 8 points");
	CHECK_INT(shell_run(out, sizeof(out), "mv %s/choices.txt %s/schedule/", folder, folder), 0);
	CHECK_INT(shell_run(out, sizeof(out), "'%s' run E22 --plain --variant 0 --work %s </dev/null 2>&1", self, folder), 0);
	CHECK_HAS(out, "You reached it in 5 choices.");
	CHECK_INT(shell_run(out, sizeof(out), "'%s' run E22 --fresh --plain --variant 0 --work %s </dev/null 2>&1", self, folder), 1);
	CHECK_HAS(out, "You decide who goes on.");
	folder_remove(folder);
}

const struct test_case suite_unit_choose[] = {
	T(choices_are_repeated_byte_by_byte),
	T(a_choice_lists_the_next_statements),
	T(a_choice_that_cannot_be_is_refused),
	T(a_file_of_wrong_choices_is_refused),
	T(mistakes_of_authors_are_named),
	T(accesses_are_points_if_the_exercise_wants_it),
	T(a_worker_is_held_before_it_takes_an_item),
	T(time_passes_where_only_an_interrupt_can_go_on),
	T(the_fewest_choices_of_e22_are_five),
	T(a_repair_is_proved_in_all_ways_of_choosing),
	T(a_search_that_ends_early_reports_its_depth),
	T(a_search_plays_hundreds_of_schedules_a_second),
	T(lines_choose_take_back_and_begin_again),
	T(a_failing_proof_is_repeated),
	T(a_crash_is_kept_handed_in_and_graded),
	{ NULL, NULL }
};
