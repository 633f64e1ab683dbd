/*
 * tests/sweep_canary.c - the same run gives the same bytes in any process at any time.
 *
 * Every lesson runs to its end with answers of the test, then again from the logged
 * inputs: in another process, without address space randomisation, with a larger
 * environment, while both cores are busy.  The logs must be equal byte for byte.
 * If they are not, the test prints the first different event of both.
 *
 * Lives here:   lessons through the real program, process against process.
 * Never here:   the same within one process (sweep_*.c of the rooms).
 * Rules:        docs/time.md 1, 2, docs/lua.md "What Lua there is".   Licence: MIT.
 */
#define _GNU_SOURCE
#include "model/lesson.h"
#include "tests/test.h"

#include <glob.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "base/strbuf.h"
#include "model/translation.h"
#include "run/run.h"

#define LESSON_SECONDS 60
#define STEPS_MAX 500		/* inputs of one lesson */

/* ---- taking a lesson ------------------------------------------------------------- */

struct taken {
	struct run *run;
	uv_loop_t loop;
	enum run_state state;
};

static void on_bound(uv_timer_t *t)
{
	*(bool *)t->data = true;
}

static enum run_state settle(struct taken *t)
{
	bool late = false;
	uv_timer_t bound;

	uv_timer_init(&t->loop, &bound);
	bound.data = &late;
	uv_timer_start(&bound, on_bound, LESSON_SECONDS * 1000, 0);
	while (!late && (run_poll(t->run), run_get_state(t->run)) == RUN_RUNNING)
		uv_run(&t->loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&bound, NULL);
	uv_run(&t->loop, UV_RUN_NOWAIT);
	return run_get_state(t->run);
}

static int step(struct run *r, uint64_t pick)
{
	struct ev_WAIT_INPUT wait = { 0 };
	const struct lesson_question *q;
	struct trace_event ev;
	struct lesson lesson;
	STRBUF(value, 512);
	int rc = -1;

	if (!trace_store_event(run_store(r), run_fence(r), &ev) || !trace_get_WAIT_INPUT(&ev, &wait))
		return -1;
	if (wait.what != 2)
		return run_go(r);
	lesson_init(&lesson, run_store(r));
	if (lesson_grow(&lesson) == 0 && (q = lesson_question(&lesson, wait.question))) {
		lesson_some_answer(q, lesson_form(q) == FORM_NUMBER ? pick % 7 : pick, &value);
		rc = run_answer(r, q->id, value.buf);
	}
	lesson_fini(&lesson);
	return rc;
}

/* Leaves the last card as well, so that the process ends by itself. */
static void take(struct taken *t, const char *lesson, uint64_t seed, const struct run_inputs *inputs)
{
	struct run_spec spec = { .seed = seed, .variant = seed % 7, .jitter = -1 };
	char err[256] = "";
	int steps = 0;

	snprintf(spec.lesson, sizeof(spec.lesson), "%s", lesson);
	if (inputs)
		spec.inputs = *inputs;
	REQUIRE_INT(uv_loop_init(&t->loop), 0);
	if (run_open(&t->run, &t->loop, test_binary(), &spec, err, sizeof(err)) != 0) {
		test_note("%s: %s", lesson, err);
		REQUIRE_FAIL("the run does not start");
	}
	while ((t->state = settle(t)) == RUN_WAITING && steps < STEPS_MAX)
		if (inputs || step(t->run, seed + (uint64_t)steps++) != 0)
			break;
}

static void leave(struct taken *t)
{
	run_close(t->run);
	uv_run(&t->loop, UV_RUN_DEFAULT);
	CHECK_INT(uv_loop_close(&t->loop), 0);
}

/* ---- comparing ------------------------------------------------------------------------ */

static void print_event(const char *whose, const struct trace_store *s, uint64_t n)
{
	STRBUF(text, 1024);
	struct trace_event ev;

	if (trace_store_event(s, n, &ev))
		trace_format(s, &ev, &text);
	test_note("%s event %llu of %llu: %s", whose, (unsigned long long)n, (unsigned long long)s->nr,
		  text.buf);
}

static uint64_t end_of(const struct trace_store *s, uint64_t n)
{
	return n < s->nr ? s->offset[n] : s->bytes;
}

static bool equal(const struct trace_store *a, const struct trace_store *b)
{
	uint64_t n = 1;

	if (a->bytes == b->bytes && memcmp(a->base, b->base, a->bytes) == 0)
		return true;
	while (n <= a->nr && n <= b->nr && end_of(a, n) == end_of(b, n) &&
	       memcmp(a->base, b->base, end_of(a, n)) == 0)
		n++;
	print_event("first run:", a, n);
	print_event("again:    ", b, n);
	return false;
}

static bool same_again(const char *lesson, uint64_t seed)
{
	bool roomy = !getenv("LD_LIBRARY_PATH"), same;
	struct taken first, again;

	take(&first, lesson, seed, NULL);
	if (first.state != RUN_ENDED) {
		test_note("%s, seed %llu: state %d after %llu events, \"%s\"", lesson,
			  (unsigned long long)seed, first.state,
			  (unsigned long long)run_store(first.run)->nr, run_exit_report(first.run));
		print_event("last", run_store(first.run), run_store(first.run)->nr);
		leave(&first);
		return false;
	}
	/* as much as can be different around it */
	setenv("LD_LIBRARY_PATH", "/nonexistent/a:/nonexistent/b:/nonexistent/c:/nonexistent/d", 0);
	personality(ADDR_NO_RANDOMIZE);
	take(&again, lesson, seed, run_get_inputs(first.run));
	personality(0);
	if (roomy)
		unsetenv("LD_LIBRARY_PATH");
	same = again.state == RUN_ENDED && equal(run_store(first.run), run_store(again.run));
	if (!same)
		test_note("%s, seed %llu: state %d, \"%s\"", lesson, (unsigned long long)seed, again.state,
			  run_exit_report(again.run));
	leave(&again);
	leave(&first);
	return same;
}

/* ---- a busy computer ---------------------------------------------------------------------- */

static atomic_bool busy;

static void *keep_busy(void *arg)
{
	while (atomic_load(&busy))
		;
	return arg;
}

/* ---- tests --------------------------------------------------------------------------------- */

static void for_each_lesson(void (*fn)(const char *lesson))
{
	glob_t found;
	size_t i;

	REQUIRE_INT(glob("lessons/[0-9]*.lua", 0, NULL, &found), 0);
	for (i = 0; i < found.gl_pathc; i++)
		if (!translation_is_name(strrchr(found.gl_pathv[i], '/') + 1, NULL))
			fn(found.gl_pathv[i]);
	globfree(&found);
}

static void sweep_lesson(const char *lesson)
{
	uint64_t from = seed_from_env(1), rounds = (uint64_t)test_rounds(20, 2), seed;

	for (seed = from; seed < from + rounds; seed++) {
		bool same = same_again(lesson, seed);

		CHECK_TRUE(same);
		if (!same)
			break;		/* one is enough to look at */
	}
}

/* RULE(joints 1).  trace = run(lesson, machine, variant, seed, inputs): nothing else counts. */
static void every_lesson_repeats_byte_for_byte_in_another_process(void)
{
	for_each_lesson(sweep_lesson);
}

static void sweep_busy(const char *lesson)
{
	uint64_t seed;

	for (seed = 1001; seed < 1003; seed++)
		CHECK_TRUE(same_again(lesson, seed));
}

static void a_busy_computer_changes_nothing(void)
{
	pthread_t threads[2];

	atomic_store(&busy, true);
	REQUIRE_INT(pthread_create(&threads[0], NULL, keep_busy, NULL), 0);
	REQUIRE_INT(pthread_create(&threads[1], NULL, keep_busy, NULL), 0);
	for_each_lesson(sweep_busy);
	atomic_store(&busy, false);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
}

/* For an interrupt by hand the line is raised at once, or after the events already due. */
static bool fired_after(struct run *r, uint64_t after)
{
	struct trace_event ev;
	uint64_t n;

	for (n = after + 1; n <= after + 2; n++)
		if (trace_store_event(run_store(r), n, &ev) &&
		    (ev.kind == EV_IRQ_RAISE || ev.kind == EV_IRQ_LOST || ev.kind == EV_IRQ_NOBODY))
			return true;
	return false;
}

/* One loop for both, as on the screen. */
static void branch_at(struct taken *t, uint64_t after, const char *line)
{
	struct run *branch = NULL;
	char err[256] = "";
	bool fired;

	REQUIRE_INT(run_branch_irq(t->run, after, 0, line, &branch, err, sizeof(err)), 0);
	while ((run_poll(branch), run_get_state(branch)) == RUN_RUNNING)
		uv_run(&t->loop, UV_RUN_ONCE);
	CHECK_NE(run_get_state(branch), RUN_DIED);
	CHECK_GE(run_store(branch)->nr, after);
	fired = fired_after(branch, after);
	CHECK_TRUE(fired);
	if (run_get_state(branch) == RUN_DIED || !fired) {
		test_note("after event %llu: \"%s\"", (unsigned long long)after, run_exit_report(branch));
		print_event("at      ", run_store(branch), after);
		print_event("then    ", run_store(branch), after + 1);
	}
	run_close(branch);
	uv_run(&t->loop, UV_RUN_NOWAIT);
}

static void branch_lesson(const char *lesson)
{
	struct trace_store *s;
	struct taken t;
	const char *line;
	uint64_t part;

	take(&t, lesson, 1, NULL);
	s = run_store(t.run);
	line = trace_store_name(s, CLS_LINE, 1);
	for (part = 1; line && part < 8; part++)
		branch_at(&t, s->nr * part / 8, line);
	leave(&t);
}

/*
 * RULE(joints 1).  `what if the card interrupted here?`: a branch repeats the run up
 * to there (run/ compares, and a difference would have killed it) and then goes its own way.
 */
static void a_branch_agrees_with_its_run_up_to_its_interrupt(void)
{
	for_each_lesson(branch_lesson);
}

/* Uses the command line as a person would, and compares two recordings as files. */
static void record_twice(const char *lesson)
{
	char folder[] = "/tmp/kw-canary-XXXXXX", command[1024];
	char *program = realpath(test_binary(), NULL);
	struct taken first;
	int status;

	REQUIRE_NOT_NULL(program);
	REQUIRE_NOT_NULL(mkdtemp(folder));
	take(&first, lesson, 1, NULL);
	snprintf(command, sizeof(command), "%s/inputs", folder);
	CHECK_INT(run_inputs_save(run_get_inputs(first.run), command), 0);
	leave(&first);
	snprintf(command, sizeof(command),
		 "cd '%s' && export KWORKSHOP_STATE_DIR=$PWD && for n in 1 2; do "
		 "'%s' run '%s' --plain --variant 1 --inputs inputs --record $n.kwt </dev/null >out$n 2>&1; "
		 "done; cmp 1.kwt 2.kwt && cmp out1 out2 && test -s 1.kwt", folder, program, lesson);
	free(program);
	status = system(command);
	CHECK_INT(status, 0);
	if (status)
		test_note("%s: see %s", lesson, folder);
	else if (snprintf(command, sizeof(command), "rm -r '%s'", folder) > 0)
		CHECK_INT(system(command), 0);
}

static void record_twice_absolute(const char *lesson)
{
	char *path = realpath(lesson, NULL);

	REQUIRE_NOT_NULL(path);
	record_twice(path);
	free(path);
}

static void two_recordings_of_the_same_inputs_are_equal_files(void)
{
	for_each_lesson(record_twice_absolute);
}

const struct test_case suite_sweep_canary[] = {
	T(every_lesson_repeats_byte_for_byte_in_another_process),
	T(a_busy_computer_changes_nothing),
	T(a_branch_agrees_with_its_run_up_to_its_interrupt),
	T(two_recordings_of_the_same_inputs_are_equal_files),
	{ NULL, NULL }
};
