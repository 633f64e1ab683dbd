/*
 * tests/unit_shrink.c - shrinking: the fewest changed times with which a run with jitter fails a check.
 *
 * The students' file is the starter of E21: it fails in few schedules, in some variants with few changed
 * times, in some without any.
 *
 * Lives here:   calm machines, shrunk runs, the line that repeats one.
 * Never here:   delta debugging itself (unit_explore.c), other runs of exercises (unit_exercise.c).   Licence: MIT.
 */
#include "exercise/exercise_internal.h"
#include "lua/script.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore/explore.h"

#define STARTER "exercises/21-unload/starter"
#define FREED 2u			/* the check that no schedule of 200 uses the device after its free */
#define NEEDS_ONE 5u			/* variants of E21: one changed time is enough, two are, none is needed */
#define NEEDS_TWO 10u
#define NEEDS_NONE 4u
#define LOG_BYTES ((size_t)16 << 20)

struct subject {
	struct exercise *x;
	struct run_files *files;
	struct exercise_checking how;
	struct exercise_result *r;
};

static struct exercise *open_exercise(uint64_t variant)
{
	struct exercise_place at;
	struct exercise *x = NULL;
	char err[1500] = "";

	REQUIRE_INT(exercise_find("exercises", "E21", &at, err, sizeof(err)), 0);
	REQUIRE_INT(exercise_open(&x, &at, variant, NULL, script_run, err, sizeof(err)), 0);
	return x;
}

/* The starter of E21, not checked yet. */
static void subject_open(struct subject *s, uint64_t variant)
{
	char err[1500] = "";

	memset(s, 0, sizeof(*s));
	s->x = open_exercise(variant);
	s->r = calloc(1, sizeof(*s->r));
	REQUIRE_NOT_NULL(s->r);
	REQUIRE_INT(exercise_read(s->x, STARTER, &s->files, err, sizeof(err)), 0);
	s->how = (struct exercise_checking){ .files = s->files, .seed = 1, .jitter = -1, .jobs = 2, .schedules = 20,
					     .checks = 1u << (FREED - 1) };
}

/* Return: the failing check. */
static const struct exercise_outcome *subject_check(struct subject *s)
{
	char err[1500] = "";

	if (!CHECK_INT(exercise_check(s->x, &s->how, s->r, err, sizeof(err)), 0))
		test_note("%s", err);
	REQUIRE_INT(s->r->check[FREED].state, CHECK_STATE_FAILS);
	return &s->r->check[FREED];
}

static void subject_close(struct subject *s)
{
	run_files_put(s->files);
	exercise_close(s->x);
	free(s->r);
}

/* ---- a calm machine -------------------------------------------------------------------------- */

static int no_input(void *arg, enum run_wait what, const char *id, struct run_input *in)
{
	(void)arg;
	(void)id;
	memset(in, 0, sizeof(*in));
	return what == WAIT_GO ? 0 : -EPIPE;
}

static void take(struct subject *s, double jitter, const struct mach_choosing *choosing, struct trace *t)
{
	struct run_spec spec = { .seed = 6, .variant = s->x->variant, .jitter = jitter, .files = s->files };
	struct script_opts opts = { .spec = &spec, .trace = t, .io = { no_input, NULL }, .choosing = choosing };

	snprintf(spec.lesson, sizeof(spec.lesson), "%.1023s", s->x->path);
	REQUIRE_INT(trace_open(t, -1, LOG_BYTES, 0), 0);
	trace_current = NULL;
	CHECK_INT(script_run(&opts), 0);
	trace_current = NULL;
}

/* The bytes are equal, but for the event that has the machine's jitter.  Return: number of events. */
static uint64_t expect_equal(const struct trace *a, const struct trace *b)
{
	struct trace_store x, y;
	struct trace_event ev;
	uint64_t n, nr;

	REQUIRE_INT(trace_store_borrow(&x, a), 0);
	REQUIRE_INT(trace_store_borrow(&y, b), 0);
	trace_store_poll(&x);
	trace_store_poll(&y);
	nr = x.nr;
	CHECK_INT(x.nr, y.nr);
	for (n = 1; n < x.nr && n < y.nr; n++) {
		uint64_t from = x.offset[n - 1], len = x.offset[n] - from;

		REQUIRE_TRUE(trace_store_event(&x, n, &ev));
		if (ev.kind != EV_MACHINE && (y.offset[n - 1] != from || memcmp(x.base + from, y.base + from, len)))
			break;
	}
	CHECK_INT(n, x.nr);
	trace_store_close(&x);
	trace_store_close(&y);
	return nr;
}

static void a_calm_run_is_the_run_without_jitter(void)
{
	static const struct mach_choosing calm = { .calm = true };
	struct trace a, b, c;
	struct subject s;

	subject_open(&s, NEEDS_TWO);
	take(&s, 0.3, &calm, &a);
	take(&s, 0, NULL, &b);
	take(&s, 0.3, NULL, &c);
	CHECK_GT(expect_equal(&a, &b), 100);
	CHECK_TRUE(a.used != c.used || memcmp(a.base, c.base, a.used) != 0);
	trace_close(&a);
	trace_close(&b);
	trace_close(&c);
	subject_close(&s);
}

struct noted {
	struct mach_choice v[1000];
	size_t nr;
	unsigned int at[SITE_NR];
};

static uint32_t note(void *arg, const struct mach_decision *d)
{
	struct noted *l = arg;

	if (mach_site_is_jitter(d->site)) {
		REQUIRE_TRUE(l->nr < 1000);
		l->v[l->nr++] = (struct mach_choice){ d->site, d->context, d->ordinal, d->default_alt };
		l->at[d->site]++;
	}
	return d->default_alt;
}

/* With all its numbers forced a calm run is the run that they are from; with one number less it is another one. */
static void the_numbers_of_a_run_are_all_of_its_jitter(void)
{
	struct noted *l = calloc(1, sizeof(*l));
	struct mach_choosing noting = { .choose = note, .arg = l }, calm = { .calm = true };
	struct trace a, b, c;
	struct subject s;

	subject_open(&s, NEEDS_TWO);
	take(&s, 0.3, NULL, &a);
	take(&s, 0.3, &noting, &b);
	CHECK_GT(l->at[SITE_SCENE], 2);
	CHECK_GT(l->at[SITE_TIMER], 2);
	CHECK_GT(l->at[SITE_BURN], 2);
	expect_equal(&a, &b);
	calm.forced = l->v;
	calm.nr_forced = l->nr;
	take(&s, 0.3, &calm, &c);
	CHECK_GT(expect_equal(&a, &c), 100);
	trace_close(&c);
	calm.nr_forced--;
	take(&s, 0.3, &calm, &c);
	CHECK_TRUE(a.used != c.used || memcmp(a.base, c.base, a.used) != 0);
	trace_close(&a);
	trace_close(&b);
	trace_close(&c);
	subject_close(&s);
	free(l);
}

/* ---- a shrunk run ---------------------------------------------------------------------------------- */

/* Does the check still fail with all choices of @r but number @without? */
static bool fails_without(struct subject *s, const struct exercise_outcome *r, int without)
{
	struct exercise_facts *facts = calloc(1, sizeof(*facts));
	struct run_spec spec;
	bool fails;

	REQUIRE_INT(exercise_replay(s->x, &s->how, s->r, FREED, &spec), 0);
	if (without >= 0) {
		spec.inputs.n--;
		memmove(spec.inputs.v + without, spec.inputs.v + without + 1,
			(spec.inputs.n - (size_t)without) * sizeof(*spec.inputs.v));
	}
	REQUIRE_INT(play_alone(script_run, &spec, facts), 0);
	fails = facts->check[FREED].result == CHECKED_FAILS;
	if (without < 0) {		/* the text, the event and the place that are shown are of this run */
		CHECK_INT(facts->check[FREED].evidence, r->evidence);
		CHECK_STR(facts->check[FREED].feedback, r->text);
		CHECK_STR(facts->check[FREED].place, r->place);
	}
	run_inputs_fini(&spec.inputs);
	run_files_put(spec.files);
	free(facts);
	return fails;
}

static void each_choice_that_is_left_is_needed(void)
{
	static const struct {
		uint64_t variant;
		int nr;
		const char *words;
	} cases[] = { { NEEDS_ONE, 1, "1 changed time of 15 is enough: time 2 of the scene " },
		      { NEEDS_TWO, 2, "2 changed times of 22 are enough: timer 5 of CPU 1 " } };

	for (size_t i = 0; i < 2; i++) {
		const struct exercise_outcome *r;
		struct mach_choice v[SHRUNK_MAX];
		struct subject s;
		uint64_t seed;
		char err[200];
		int n;

		subject_open(&s, cases[i].variant);
		r = subject_check(&s);
		CHECK_INT(n = schedule_parse(r->replay, &seed, v, SHRUNK_MAX, err, sizeof(err)), cases[i].nr);
		CHECK_INT(seed, r->seed);
		CHECK_INT(r->schedule, r->seed);
		CHECK_HAS(r->changes, cases[i].words);
		CHECK_TRUE(fails_without(&s, r, -1));
		for (int k = 0; k < n; k++)
			CHECK_FALSE(fails_without(&s, r, k));
		subject_close(&s);
	}
}

static void a_run_that_fails_without_jitter_needs_no_schedule(void)
{
	const struct exercise_outcome *r;
	struct subject s;
	char line[400];

	subject_open(&s, NEEDS_NONE);
	r = subject_check(&s);
	CHECK_STR(r->replay, "");
	CHECK_TRUE(r->jitter < 0);
	CHECK_STR(r->changes, "Without jitter it fails too.");
	CHECK_TRUE(fails_without(&s, r, -1));
	exercise_replay_line(s.x, s.r, r, line, sizeof(line));
	CHECK_STR(line, "kworkshop run E21 --seed 3 --variant 4");
	subject_close(&s);
}

static void the_shrunk_run_does_not_depend_on_the_number_of_processes(void)
{
	struct subject one, many;

	subject_open(&one, NEEDS_TWO);
	subject_open(&many, NEEDS_TWO);
	one.how.jobs = 1;
	many.how.jobs = 3;
	one.how.checks = many.how.checks = 0;
	subject_check(&one);
	subject_check(&many);
	for (unsigned int k = 1; k <= one.r->nr; k++) {
		CHECK_STR(one.r->check[k].replay, many.r->check[k].replay);
		CHECK_STR(one.r->check[k].changes, many.r->check[k].changes);
		CHECK_STR(one.r->check[k].text, many.r->check[k].text);
	}
	CHECK_INT(one.r->halves, many.r->halves);
	subject_close(&one);
	subject_close(&many);
}

static void a_checker_of_verdicts_alone_shrinks_nothing(void)
{
	const struct exercise_outcome *r;
	struct subject s;

	subject_open(&s, NEEDS_ONE);
	s.how.verdicts = true;
	r = subject_check(&s);
	CHECK_STR(r->replay, "");
	CHECK_TRUE(r->jitter == 0.3);
	CHECK_INT(r->seed, 6);
	CHECK_TRUE(fails_without(&s, r, -1));
	subject_close(&s);
}

static volatile sig_atomic_t stop;

static void stop_when_it_shrinks(void *arg, const struct exercise_result *now)
{
	(void)arg;
	stop |= now->shrinks;
}

static void a_stop_keeps_the_run_as_it_was_found(void)
{
	const struct exercise_outcome *r;
	struct subject s;

	stop = 0;
	subject_open(&s, NEEDS_TWO);
	s.how.progress = stop_when_it_shrinks;
	s.how.stop = &stop;
	r = subject_check(&s);
	CHECK_INT(stop, 1);
	CHECK_STR(r->replay, "");
	CHECK_TRUE(r->jitter == 0.3);
	CHECK_FALSE(s.r->stopped);
	CHECK_FALSE(s.r->shrinks);
	CHECK_TRUE(fails_without(&s, r, -1));
	subject_close(&s);
}

static void another_failure_of_the_check_does_not_count(void)
{
	struct exercise_facts *facts = calloc(1, sizeof(*facts));
	struct exercise_check *k = &facts->check[1];

	*k = (struct exercise_check){ .number = 1, .result = CHECKED_FAILS };
	snprintf(k->feedback, sizeof(k->feedback), "kworker/0:1 was 12.5 ms late.");
	CHECK_TRUE(fails_as(facts, 1, "kworker/1:0 was 3 ms late."));
	CHECK_FALSE(fails_as(facts, 1, "rmmod was 3 ms late."));
	CHECK_FALSE(fails_as(facts, 1, "kworker/0:1 was 12.5 ms late. Twice"));
	CHECK_FALSE(fails_as(facts, 2, k->feedback));
	k->result = CHECKED_HOLDS;
	CHECK_FALSE(fails_as(facts, 1, k->feedback));
	k->result = CHECKED_FAILS;
	facts->faulty = true;
	CHECK_FALSE(fails_as(facts, 1, k->feedback));
	free(facts);
}

/* ---- the result ------------------------------------------------------------------------------------------- */

static void the_sentence_names_few_changes(void)
{
	struct exercise_outcome r = { .seed = 7, .jitter = 0.1 };
	struct shrunk s = { .smaller = true, .nr = 2, .of = 30, .v = { { SITE_ARRIVAL, 1, 4, 512 }, { SITE_TIMER, 9 << 8, 0, 0 } } };

	CHECK_TRUE(shrunk_keep(&s, &r));
	CHECK_STR(r.replay, "7:arrival/cpu1/4=512,timer/t9/0=0");
	CHECK_STR(r.changes, "2 changed times of 30 are enough: interrupt 5 of CPU 1 0.05 ms later; sleep 1 of thread 9 10.0 % shorter.");
	s.nr = 4;
	s.v[2] = (struct mach_choice){ SITE_BURN, 9 << 8, 1, 1023 };
	s.v[3] = (struct mach_choice){ SITE_SCENE, CHOICE_DIRECTOR, 12, 3 };
	CHECK_TRUE(shrunk_keep(&s, &r));
	CHECK_STR(r.replay, "7:arrival/cpu1/4=512,timer/t9/0=0,burn/t9/1=1023,scene/director/12=3");
	CHECK_STR(r.changes, "4 changed times of 30 are enough.");
	for (s.nr = 0; s.nr < SHRUNK_MAX; s.nr++)
		s.v[s.nr] = (struct mach_choice){ SITE_BURN, (uint64_t)4000000000u << 8, 1000000000000u, 1023 };
	CHECK_FALSE(shrunk_keep(&s, &r));
}

/* ---- the command line ------------------------------------------------------------------------------------------ */

/* The line behind "again: " of check 2 in @table. */
static void line_of(const char *table, char *line, size_t size)
{
	const char *at = strstr(table, "any of 200 schedules");

	REQUIRE_NOT_NULL(at);
	at = strstr(at, "again: kworkshop ");
	REQUIRE_NOT_NULL(at);
	at += strlen("again: kworkshop ");
	snprintf(line, size, "%.*s", (int)strcspn(at, "\n"), at);
}

/* `test` prints a line; typed as it is, it shows the event, and each time the same bytes. */
static void the_line_repeats_the_run_that_is_shown(void)
{
	char folder[64] = "/tmp/kw-shrink-XXXXXX", out[32768], line[400];

	folder_make(folder);
	CHECK_INT(shell_run(out, sizeof(out), "'%s' test E21 --variant %u --work '%s' </dev/null", test_binary(), NEEDS_TWO, folder), 1);
	CHECK_HAS(out, "schedule 3: kworker/1:1 touched ethx_dev at 61.153 ms. remove() had");
	CHECK_HAS(out, "2 changed times of 22 are enough: timer 5 of CPU 1 18.4 % earlier;");
	line_of(out, line, sizeof(line));
	CHECK_STR(line, "run E21 --variant 10 --jitter 0.3 --replay='3:timer/cpu1/4=197,burn/t12/3=797'");
	for (int i = 0; i < 2; i++)
		CHECK_INT(shell_run(out, sizeof(out), "'%s' %s --plain --work '%s' --record '%s/%d.kwt' </dev/null", test_binary(), line,
				    folder, folder, i), 0);
	CHECK_HAS(out, "61.153 ms");
	CHECK_HAS(out, "use-after-free: ethx_dev.poll at driver.lua:20");
	CHECK_HAS(out, "Check 2 fails. kworker/1:1 touched ethx_dev at 61.153 ms.");
	CHECK_HAS(out, "Check 1 holds.");
	CHECK_INT(shell_run(out, sizeof(out), "cmp '%s/0.kwt' '%s/1.kwt'", folder, folder), 0);
	CHECK_INT(shell_run(out, sizeof(out), "grep -a '^replay' '%s/0.kwt'", folder), 0);
	CHECK_HAS(out, "exercise.lua --variant 10 --jitter 0.3 --replay='3:timer/cpu1/4=197,burn/t12/3=797'\n");
	folder_remove(folder);
}

/* The seed is in the schedule, and may stand on the line too. */
static void a_schedule_that_cannot_be_repeated_gets_a_sentence(void)
{
	static const struct {
		const char *args, *words;
		int status;
	} cases[] = {
		{ "E21 --jitter 0.3 --replay=", "run: --replay: a schedule begins with its seed and a colon: 1:turn/t9/3=2031", 2 },
		{ "E21 --jitter 0.3 --replay 6:scene/cpu99/1=2", "expected SITE/CONTEXT/ORDINAL=VALUE, as in turn/t9/3=2031, got \"scene/cpu99/1=2\"", 2 },
		{ "E21 --jitter 0.3 --replay 6:scene/director1=2", "got \"scene/director1=2\"", 2 },
		{ "E21 --replay 6:scene/director/1=2", "--replay needs the --jitter of the line that it is from", 2 },
		{ "E21 --jitter 0.3 --seed 7 --replay 6:scene/director/1=2", "--replay has its own seed: --seed 7 is another one", 2 },
		{ "E21 --jitter 0.3 --seed 6 --replay 6:scene/director/1=2", "", 0 },
		{ "E21 --replay 6:", "", 0 },
		{ "life --replay 6:", "--replay repeats a run of an exercise; `kworkshop explore --replay` repeats one of a lesson", 2 },
	};
	char out[32768];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (!CHECK_INT(shell_run(out, sizeof(out), "'%s' run %s --plain --variant 0 --work /nowhere </dev/null 2>&1", test_binary(),
					 cases[i].args), cases[i].status) ||
		    !CHECK_TRUE(strstr(out, cases[i].words) != NULL))
			test_note("%s: %.300s", cases[i].args, out);
	}
}

const struct test_case suite_unit_shrink[] = {
	T(a_calm_run_is_the_run_without_jitter),
	T(the_numbers_of_a_run_are_all_of_its_jitter),
	T(each_choice_that_is_left_is_needed),
	T(a_run_that_fails_without_jitter_needs_no_schedule),
	T(the_shrunk_run_does_not_depend_on_the_number_of_processes),
	T(a_checker_of_verdicts_alone_shrinks_nothing),
	T(a_stop_keeps_the_run_as_it_was_found),
	T(another_failure_of_the_check_does_not_count),
	T(the_sentence_names_few_changes),
	T(the_line_repeats_the_run_that_is_shown),
	T(a_schedule_that_cannot_be_repeated_gets_a_sentence),
	{ NULL, NULL }
};
