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
#include "machine/choice.h"
#include "lua/script.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STARTER "exercises/21-unload/starter"
#define FREED 2u			/* the check that no schedule of 200 uses the device after its free */
#define NEEDS_TWO 10u			/* a variant of E21 */
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

const struct test_case suite_unit_shrink[] = {
	T(a_calm_run_is_the_run_without_jitter),
	T(the_numbers_of_a_run_are_all_of_its_jitter),
	{ NULL, NULL }
};
