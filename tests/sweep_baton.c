/*
 * tests/sweep_baton.c - the log of a run is the same on threads and on stacks.
 *
 * Each scenario and each lesson runs with several seeds, once with a thread of the
 * operating system for each kernel thread and once with a stack.  The two logs must
 * be equal byte for byte.  If they are not, the test prints the first different event
 * of both.
 *
 * Lives here:   the comparison of the two, and the state that a thread keeps on each.
 * Never here:   process against process (sweep_canary.c).
 * Rules:        docs/time.md "The baton".   Licence: MIT.
 */
#include "tests/test.h"

#include <errno.h>
#include <fenv.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/datadir.h"
#include "conform/runner.h"
#include "lua/course.h"
#include "lua/script.h"
#include "machine/machine.h"
#include "run/course.h"
#include "trace/trace.h"
#include "workqueue/workqueue.h"

#define LESSON_LOG_BYTES ((size_t)32 << 20)

/* Selects @way (threads or stacks) for every run of this process.  Return: false if this computer cannot. */
static bool on(const char *way)
{
	REQUIRE_TRUE(machine_baton_override(way));
	return machine_baton_works(strcmp(way, "stacks") ? BATON_THREADS : BATON_STACKS);
}

static void note_event(const char *way, const struct trace *t, uint64_t at, uint64_t n)
{
	struct trace_event ev;

	if (at < t->used && trace_event_decode(t->base + at, t->used - at, n, &ev) > 0)
		test_note("    %s: event %llu at %llu ns, CPU %u, task %u: %s", way, (unsigned long long)n,
			  (unsigned long long)ev.time, ev.cpu, ev.task, trace_rows[ev.kind].id);
	else
		test_note("    %s: the log ends before event %llu", way, (unsigned long long)n);
}

static void expect_equal(const struct trace *a, const struct trace *b, const char *what, uint64_t seed)
{
	uint64_t at = 0, n = 1;
	struct trace_event ev;

	CHECK_GT(a->events, 20);
	if (a->used == b->used && !memcmp(a->base, b->base, a->used))
		return;
	CHECK_FAIL("threads and stacks give different bytes");
	test_note("%s, seed %llu: the first event that differs", what, (unsigned long long)seed);
	while (at < a->used && at < b->used) {
		int bytes = trace_event_decode(a->base + at, a->used - at, n, &ev);

		if (bytes <= 0 || at + (uint64_t)bytes > b->used || memcmp(a->base + at, b->base + at, (size_t)bytes))
			break;
		at += (uint64_t)bytes;
		n++;
	}
	note_event("threads", a, at, n);
	note_event("stacks", b, at, n);
}

/* ---- scenarios ------------------------------------------------------------------------- */

static void play(const struct kws *k, uint64_t seed, const char *way, struct trace *t)
{
	struct runner_opts opts = { .seed = seed };
	char err[200] = "";

	(void)on(way);
	REQUIRE_INT(trace_open(t, -1, RUNNER_LOG_BYTES, 0), 0);
	if (runner_run(k, &opts, t, err, sizeof(err)) && err[0])
		test_note("%s, seed %llu, %s: %s", k->name, (unsigned long long)seed, way, err);
}

static void every_scenario_gives_the_same_bytes_on_threads_and_on_stacks(void)
{
	uint64_t first = seed_from_env(1), seeds = (uint64_t)test_rounds(5, 2);
	static struct kws k;
	size_t played = 0;
	glob_t g;

	if (!on("stacks"))
		return;		/* ThreadSanitizer */
	REQUIRE_INT(glob("tests/scenarios/*.kws", 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		char err[300] = "", why[120];

		REQUIRE_INT(kws_load(&k, g.gl_pathv[i], err, sizeof(err)), 0);
		for (uint64_t seed = first; !runner_lacks(&k, why, sizeof(why)) && seed < first + seeds; seed++) {
			struct trace a, b;

			play(&k, seed, "stacks", &b);
			play(&k, seed, "threads", &a);
			expect_equal(&a, &b, k.name, seed);
			trace_close(&a);
			trace_close(&b);
			played++;
		}
		kws_fini(&k);
	}
	globfree(&g);
	machine_baton_override(NULL);
	CHECK_GE(played, 70 * seeds);
}

/* ---- lessons ----------------------------------------------------------------------------- */

/* Answers every question with choice 1, or with the number 1. */
static int answer(void *arg, enum run_wait what, const char *id, struct run_input *in)
{
	(void)arg;
	memset(in, 0, sizeof(*in));
	if (what != WAIT_ANSWER)
		return what == WAIT_END ? -EPIPE : 0;
	snprintf(in->id, sizeof(in->id), "%s", id);
	in->kind = INPUT_ANSWER;
	snprintf(in->value, sizeof(in->value), "1");
	return 0;
}

/* @explored: as `explore` plays it, with choices; the second run of a lesson begins with a copy of the first (lua/image.c). */
static void take(const char *path, uint64_t seed, double jitter, const char *way, bool explored, struct trace *t)
{
	static const struct mach_choosing none;
	struct run_spec spec = { .seed = seed, .jitter = jitter };
	struct script_opts opts = { .spec = &spec, .trace = t, .io = { answer, NULL }, .choosing = explored ? &none : NULL };

	(void)on(way);
	snprintf(spec.lesson, sizeof(spec.lesson), "%s", path);
	REQUIRE_INT(trace_open(t, -1, LESSON_LOG_BYTES, 0), 0);
	trace_current = NULL;
	(void)script_run(&opts);
	trace_current = NULL;
}

static void every_lesson_gives_the_same_bytes_on_threads_and_on_stacks(void)
{
	uint64_t first = seed_from_env(1), seeds = (uint64_t)test_rounds(3, 1);
	char dir[1024], err[600];
	struct course course;

	if (!on("stacks"))
		return;
	REQUIRE_INT(datadir_find("kworkshop", "lessons", dir, sizeof(dir)), 0);
	REQUIRE_INT(course_read(dir, NULL, &course, err, sizeof(err)), 0);
	for (size_t i = 0; i < course.nr; i++) {
		for (uint64_t seed = first; seed < first + seeds; seed++) {
			double jitter = seed % 2 ? -1 : 0.1;
			struct trace a, b, c;

			take(course.lessons[i].path, seed, jitter, "stacks", false, &b);
			take(course.lessons[i].path, seed, jitter, "stacks", true, &c);
			take(course.lessons[i].path, seed, jitter, "threads", false, &a);
			expect_equal(&a, &b, course.lessons[i].id, seed);
			expect_equal(&a, &c, course.lessons[i].id, seed);
			trace_close(&a);
			trace_close(&b);
			trace_close(&c);
		}
	}
	CHECK_GE(course.nr, 5);
	course_free(&course);
	machine_baton_override(NULL);
}

/* ---- state of a kernel thread ---------------------------------------------------------------- */

static int wrong;

/* Two of these threads alternate; each has its own errno and its own rounding mode. */
static int keeper(void *data)
{
	int mine = (int)(intptr_t)data, rounding = mine % 2 ? FE_UPWARD : FE_DOWNWARD;

	errno = mine;
	fesetround(rounding);
	for (int i = 0; i < 20; i++) {
		volatile double third = 1.0;

		mach_sleep_ns(1000);
		third /= 3.0;
		wrong += errno != mine || fegetround() != rounding || (third * 3.0 > 1.0) != (rounding == FE_UPWARD);
	}
	fesetround(FE_TONEAREST);
	return 0;
}

static void a_thread_keeps_its_errno_and_its_rounding_over_a_hand_over(void)
{
	static const char *const ways[] = { "threads", "stacks" };
	struct machine_config cfg = { .nr_cpus = 1, .seed = 1 };
	struct mach_task_opts opts = { .cpu = 0 };
	struct mach_run run = { .until_ns = 1000000000u, .idle = true };

	for (int i = 0; i < 2; i++) {
		(void)on(ways[i]);
		wrong = 0;
		REQUIRE_INT(machine_start(&cfg, NULL, NULL), 0);
		for (intptr_t n = 1; n <= 4; n++)
			machine_task("keeper", keeper, (void *)n, &opts);
		machine_run(&run);
		CHECK_INT(fegetround(), FE_TONEAREST);
		machine_stop();
		CHECK_INT(wrong, 0);
	}
	machine_baton_override(NULL);
}

static uint64_t deepest;

/* Recurses to @depth calls and waits there for ever. */
static int dig(int depth)
{
	volatile char room[256];
	int below;

	memset((char *)(uintptr_t)room, depth, sizeof(room));
	if (depth)
		below = dig(depth - 1);
	else
		below = (mach_sleep_ns(3600000000000u), 0);
	deepest++;
	return below + room[7];
}

static int digger(void *data)
{
	return dig((int)(intptr_t)data);
}

/*
 * A run may be abandoned at any point: with threads that never began, that sleep in deep calls,
 * that have ended.
 */
static void a_run_is_dropped_wherever_its_threads_are_and_the_next_one_begins_clean(void)
{
	static const char *const ways[] = { "threads", "stacks" };
	struct machine_config cfg = { .nr_cpus = 2 };
	struct mach_task_opts opts = { .cpu = -1 };

	for (int round = 0; round < 200; round++) {
		struct mach_run run = { .until_ns = round % 3 * 50000u };

		(void)on(ways[round % 7 > 2]);
		cfg.seed = (uint64_t)round;
		deepest = 0;
		REQUIRE_INT(machine_start(&cfg, NULL, round % 2 ? workqueue_boot : NULL), 0);
		for (intptr_t n = 0; n < 12; n++)
			CHECK_NOT_NULL(machine_task("digger", digger, (void *)(n * 20), &opts));
		machine_run(&run);
		machine_stop();
		CHECK_INT(deepest, 0);
	}
	machine_baton_override(NULL);
}

const struct test_case suite_sweep_baton[] = {
	T(a_thread_keeps_its_errno_and_its_rounding_over_a_hand_over),
	T(a_run_is_dropped_wherever_its_threads_are_and_the_next_one_begins_clean),
	T(every_scenario_gives_the_same_bytes_on_threads_and_on_stacks),
	T(every_lesson_gives_the_same_bytes_on_threads_and_on_stacks),
	{ NULL, NULL }
};
