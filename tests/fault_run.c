/*
 * tests/fault_run.c - lessons that misbehave, and what the visible side makes of it.
 *
 * This very program, started again with --machine-process, takes a C function by
 * the lesson's name ("null", "abort", ...) instead of a Lua file.  Each test runs
 * one of them to its bitter end and asks the same four things: is the state
 * right, does the exit_report tell it, are the events before readable, and does a
 * new run work afterwards.
 *
 * Lives here:   processes that die, hang, lie and flood; fences and inputs.
 * Never here:   forbidden system calls (fault_confine.c), Lua.
 * Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/test.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run/confine.h"
#include "run/director.h"
#include "run/run.h"
#include "tests/fault.h"

/* ---- the machine process: lessons in C -------------------------------------------- */

static volatile int zero;
static int *volatile nowhere;

/* Three events, so that there is something to be read afterwards. */
static void begin(const struct script_opts *o)
{
	TRACE(LESSON, .questions = 1, .text = "fault\nfault\nfault");
	TRACE(PRINTK, .level = 6, .text = "one");
	TRACE(PRINTK, .level = 6, .text = "two");
	o->confine(o->confine_arg);
}

/* The reader has certainly seen the first events when it says "go". */
static void begin_and_wait(const struct script_opts *o)
{
	begin(o);
	TRACE(WAIT_INPUT, .what = WAIT_GO);
	o->io.wait(o->io.arg, WAIT_GO, "", &(struct run_input){ 0 });
}

static int lesson_ends(const struct script_opts *o)
{
	begin(o);
	TRACE(LESSON_END, .right = 0);
	return 0;
}

/* the crash itself is wanted, not the sanitizer's word about the line before it */
#define NO_UBSAN __attribute__((no_sanitize("undefined")))

NO_UBSAN static int lesson_null(const struct script_opts *o)
{
	begin(o);
	*nowhere = 1;
	return 0;
}

NO_UBSAN static void *thread_null(void *arg)
{
	(void)arg;
	*nowhere = 1;
	return NULL;
}

static int lesson_thread_null(const struct script_opts *o)
{
	pthread_t t;

	begin(o);
	if (pthread_create(&t, NULL, thread_null, NULL) != 0)
		return 4;
	pthread_join(t, NULL);
	return 0;
}

static int lesson_abort(const struct script_opts *o)
{
	begin(o);
	abort();
}

static int lesson_asserts(const struct script_opts *o)
{
	begin(o);
	fprintf(stderr, "kworkshop: worker.c:12: internal error: \033[31mnr_running\a >= 0\n");
	abort();
}

static int lesson_divides(const struct script_opts *o)
{
	begin(o);
	raise(SIGFPE);		/* arm64 divides by zero in peace: the same everywhere */
	return 0;
}

static volatile int depth_sink;
static int recurse(int n)
{
	volatile char frame[4096];

	frame[0] = (char)n;
	depth_sink = n;
	return n == INT32_MAX ? frame[0] : recurse(n + 1) + frame[0];
}

static int lesson_recurses(const struct script_opts *o)
{
	begin(o);
	return recurse(0);
}

static int lesson_spins(const struct script_opts *o)
{
	begin(o);
	while (!nowhere)
		zero ^= 1;
	return 0;
}

static void enter_code(const struct script_opts *o)
{
	struct trace_shared *head = o->trace->shared;

	begin(o);
	strcpy(head->code_call, "string.find");
	atomic_store(&head->code_line, 7);
	atomic_store(&head->in_code, 1);
}

static int lesson_spins_in_code(const struct script_opts *o)
{
	enter_code(o);
	while (!nowhere)
		zero ^= 1;
	return 0;
}

static int lesson_stops_when_asked(const struct script_opts *o)
{
	uint32_t seconds;
	char text[64];

	enter_code(o);
	while (!(seconds = atomic_load(&o->trace->shared->stop_code)))
		zero ^= 1;
	snprintf(text, sizeof(text), "stops-when-asked:7: asked to stop after %u s", seconds);
	TRACE(FAULT, .code = 2, .text = text);
	return 2;
}

static int lesson_deadlocks(const struct script_opts *o)
{
	sem_t never;

	begin_and_wait(o);
	sem_init(&never, 0, 0);
	while (sem_wait(&never) != 0)
		;
	return 0;
}

static int lesson_allocates(const struct script_opts *o)
{
	size_t piece = (size_t)64 << 20, i;

	begin(o);
	for (i = 0; i < 4096; i++) {
		char *p = malloc(piece);

		if (!p) {
			fprintf(stderr, "kworkshop: no more memory after %zu MiB\n", i * 64);
			abort();
		}
		p[0] = 1;
		TRACE(PRINTK, .level = 6, .text = "64 MiB more");
	}
	return 0;
}

static int lesson_floods(const struct script_opts *o)
{
	begin(o);
	while (TRACE(PRINTK, .level = 6, .text = "more and more and more"))
		;
	return 0;
}

static int lesson_killed(const struct script_opts *o)
{
	char pid[32];

	begin(o);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	TRACE(PRINTK, .level = 6, .text = pid);
	TRACE(WAIT_INPUT, .what = WAIT_GO);
	o->io.wait(o->io.arg, WAIT_GO, "", &(struct run_input){ 0 });
	return 0;
}

/* Half an event behind the last whole one, then death. */
static int lesson_half_event(const struct script_opts *o)
{
	begin(o);
	memset(o->trace->base + o->trace->used, 0xa5, 100);
	abort();
}

static int lesson_scribbles(const struct script_opts *o)
{
	begin_and_wait(o);
	memset(o->trace->base, 0xff, 4096);
	memset(o->trace->base + o->trace->used, 0xff, 4096);
	atomic_store(&o->trace->shared->bytes, o->trace->used + 4096);
	while (!nowhere)
		pause();
	return 0;
}

static int lesson_lies_about_size(const struct script_opts *o)
{
	begin_and_wait(o);
	atomic_store(&o->trace->shared->bytes, UINT64_MAX - 7);
	while (!nowhere)
		pause();
	return 0;
}

static int lesson_shrinks(const struct script_opts *o)
{
	TRACE(PRINTK, .level = 6, .text = "before");
	if (ftruncate(3, 0) == 0)	/* before confinement: the seal has to do it */
		return 4;
	return lesson_ends(o);
}

static int lesson_chatters(const struct script_opts *o)
{
	int i;

	begin(o);
	for (i = 0; i < 20000; i++)
		fprintf(stderr, "%d: a lesson's C code may print as much as it likes\n", i);
	fprintf(stderr, "these are the last words\n");
	return 4;
}

static int lesson_exits(const struct script_opts *o)
{
	begin(o);
	_exit(7);
}

static int lesson_faulty(const struct script_opts *o)
{
	begin(o);
	TRACE(FAULT, .code = 2, .text = "x.lua:3: no such thing");
	return 2;
}

/* A card, a question with hints, an end: as a Lua lesson would ask them. */
static int lesson_asks(const struct script_opts *o)
{
	struct run_input in;
	int right = 0;

	begin(o);
	TRACE(SAY, .card = 1, .text = "a card");
	TRACE(WAIT_INPUT, .what = WAIT_GO);
	if (o->io.wait(o->io.arg, WAIT_GO, "1", &in) != 0)
		return 0;
	TRACE(ASK, .question = 1, .kind = ASK_NUMBER, .text = "how-many\nHow many?");
	for (;;) {
		TRACE(WAIT_INPUT, .what = WAIT_ANSWER, .question = 1);
		if (o->io.wait(o->io.arg, WAIT_ANSWER, "how-many", &in) != 0)
			return 0;
		if (in.kind != INPUT_HINT)
			break;
		TRACE(HINT, .question = 1, .rung = in.number, .text = "think");
	}
	TRACE(ANSWERED, .question = 1, .ordinal = 1, .scored = true, .text = in.value);
	right = strcmp(in.value, "4 or so") == 0;
	TRACE(JUDGED, .question = 1, .result = right ? RESULT_RIGHT : RESULT_WRONG, .text = "4");
	/* an interrupt by hand, as the machine would deliver it */
	for (size_t i = 0; i < o->spec->inputs.n; i++)
		if (o->spec->inputs.v[i].kind == INPUT_IRQ)
			TRACE(INPUT, .kind = INPUT_IRQ, .after = o->spec->inputs.v[i].after,
			      .text = o->spec->inputs.v[i].id);
	TRACE(LESSON_END, .right = (uint32_t)right, .wrong = (uint32_t)!right);
	TRACE(WAIT_INPUT, .what = WAIT_END);
	o->io.wait(o->io.arg, WAIT_END, "", &in);
	return 0;
}

/* Not a function of its inputs: what a branch must notice. */
static int lesson_unrepeatable(const struct script_opts *o)
{
	char pid[32];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	begin(o);
	TRACE(PRINTK, .level = 6, .text = pid);
	TRACE(PRINTK, .level = 6, .text = "after");
	TRACE(WAIT_INPUT, .what = WAIT_GO);
	o->io.wait(o->io.arg, WAIT_GO, "", &(struct run_input){ 0 });
	return 0;
}

/* What environment and descriptors does a lesson get? */
extern char **environ;
static int lesson_looks_around(const struct script_opts *o)
{
	bool tty = isatty(0) || isatty(1) || isatty(2), leads = getsid(0) == getpid();
	char text[128];
	int fd, open_fds = 0, vars = 0;

	begin(o);
	for (fd = 0; fd < 64; fd++)
		open_fds += lseek(fd, 0, SEEK_CUR) >= 0 || errno != EBADF;
	while (environ[vars])
		vars++;
	snprintf(text, sizeof(text), "tty %d home %d vars<8 %d fds %d sid %d", tty,
		 getenv("HOME") != NULL, vars < 8, open_fds, leads);
	TRACE(PRINTK, .level = 6, .text = text);
	return 0;
}

static const struct {
	const char *name;
	script_fn script;
} lessons[] = {
	{ "ends", lesson_ends }, { "null", lesson_null }, { "thread-null", lesson_thread_null },
	{ "abort", lesson_abort }, { "asserts", lesson_asserts }, { "divides", lesson_divides },
	{ "recurses", lesson_recurses }, { "spins", lesson_spins },
	{ "spins-in-code", lesson_spins_in_code }, { "stops-when-asked", lesson_stops_when_asked },
	{ "deadlocks", lesson_deadlocks }, { "allocates", lesson_allocates },
	{ "floods", lesson_floods }, { "killed", lesson_killed },
	{ "half-event", lesson_half_event }, { "scribbles", lesson_scribbles },
	{ "lies-about-size", lesson_lies_about_size }, { "shrinks", lesson_shrinks },
	{ "chatters", lesson_chatters }, { "exits", lesson_exits }, { "faulty", lesson_faulty },
	{ "asks", lesson_asks }, { "unrepeatable", lesson_unrepeatable },
	{ "looks-around", lesson_looks_around }, { "calls", fault_lesson_calls },
};

static int any_lesson(const struct script_opts *o)
{
	size_t i;

	if (strncmp(o->spec->lesson, "machine:", 8) == 0)
		return fault_lesson_machine(o);
	for (i = 0; i < sizeof(lessons) / sizeof(lessons[0]); i++)
		if (strcmp(lessons[i].name, o->spec->lesson) == 0)
			return lessons[i].script(o);
	fprintf(stderr, "kworkshop: no such lesson\n");
	return 4;
}

int fault_machine_process(int argc, char **argv)
{
	return director_main(argc, argv, any_lesson);
}

/* ---- the visible side ------------------------------------------------------------------ */

uv_loop_t fault_loop;
static bool changed;

static void on_change(void *arg)
{
	(void)arg;
	changed = true;
}

static void on_tick(uv_timer_t *t)
{
	*(int *)t->data -= 1;
}

/* Runs the loop until the run is no longer computing, or @seconds have passed. */
enum run_state fault_settle(struct run *r, int seconds)
{
	uv_timer_t bound;
	int ticks = seconds * 20;

	uv_timer_init(&fault_loop, &bound);
	bound.data = &ticks;
	uv_timer_start(&bound, on_tick, 50, 50);
	run_poll(r);
	while (ticks > 0 && run_get_state(r) == RUN_RUNNING) {
		uv_run(&fault_loop, UV_RUN_ONCE);
		run_poll(r);
	}
	uv_close((uv_handle_t *)&bound, NULL);
	uv_run(&fault_loop, UV_RUN_NOWAIT);
	return run_get_state(r);
}

struct run *fault_open(const char *lesson, const struct run_spec *like)
{
	struct run_spec spec = { .seed = 1, .jitter = -1, .log_bytes = 1 << 20 };
	struct run *r = NULL;
	char err[256] = "";

	if (like)
		spec = *like;
	snprintf(spec.lesson, sizeof(spec.lesson), "%s", lesson);
	REQUIRE_INT(run_open(&r, &fault_loop, "/proc/self/exe", &spec, err, sizeof(err)), 0);
	run_on_change(r, on_change, NULL);
	return r;
}

void fault_close(struct run *r)
{
	run_close(r);
	uv_run(&fault_loop, UV_RUN_NOWAIT);	/* its handles' last callbacks; other runs go on */
}

void fault_loop_begin(void)
{
	changed = false;
	REQUIRE_INT(uv_loop_init(&fault_loop), 0);
}

void fault_loop_end(void)
{
	CHECK_INT(uv_loop_close(&fault_loop), 0);
}

const char *fault_said(struct run *r, uint64_t n)
{
	static struct ev_PRINTK p;	/* its text lives in the store */
	struct trace_event ev;

	return trace_store_event(run_store(r), n, &ev) && trace_get_PRINTK(&ev, &p) ? p.text : "";
}

static bool says(struct run *r, uint64_t n, const char *text)
{
	return strcmp(fault_said(r, n), text) == 0;
}

static enum trace_kind last_kind(struct run *r)
{
	struct trace_event ev;

	return trace_store_event(run_store(r), run_store(r)->nr, &ev) ? (enum trace_kind)ev.kind : EV_NONE;
}

/* A run that ends as it should: what must work after every disaster. */
static void expect_new_run_works(void)
{
	struct run *r = fault_open("ends", NULL);

	CHECK_INT(fault_settle(r, 30), RUN_ENDED);
	CHECK_INT(run_store(r)->nr, 4);
	fault_close(r);
}

/* Runs @lesson to its end, in @state; @story must be part of the exit report. */
static void expect_bad_end(const char *lesson, const struct run_spec *like, enum run_state state, const char *story)
{
	struct run *r;

	fault_loop_begin();
	r = fault_open(lesson, like);
	if (fault_settle(r, 90) == RUN_WAITING)
		CHECK_INT(run_go(r), 0);
	CHECK_INT(fault_settle(r, 90), state);
	CHECK_TRUE(changed);
	CHECK_HAS(run_exit_report(r), story);
	if (!strstr(run_exit_report(r), story))
		test_note("%s: the exit_report is \"%s\"", lesson, run_exit_report(r));
	CHECK_TRUE(says(r, 2, "one"));
	CHECK_TRUE(says(r, 3, "two"));
	CHECK_INT(run_fence(r), 0);
	CHECK_INT(run_go(r), -EAGAIN);
	fault_close(r);
	expect_new_run_works();
	fault_loop_end();
}

static void expect_death(const char *lesson, const struct run_spec *like, const char *story)
{
	expect_bad_end(lesson, like, RUN_DIED, story);
}

static void a_run_that_ends_says_so(void)
{
	struct run *r;

	fault_loop_begin();
	r = fault_open("ends", NULL);
	CHECK_INT(fault_settle(r, 30), RUN_ENDED);
	CHECK_STR(run_exit_report(r), "");
	CHECK_INT(last_kind(r), EV_LESSON_END);
	fault_close(r);
	fault_loop_end();
}

static void a_null_pointer_is_told_with_its_signal(void)
{
	expect_death("null", NULL, CONFINE_SANITIZED ? "Sanitizer" : "through a NULL pointer");
	expect_death("thread-null", NULL, CONFINE_SANITIZED ? "Sanitizer" : "SIGSEGV");
}

static void an_abort_is_told(void)
{
	expect_death("abort", NULL, CONFINE_SANITIZED ? "" : "SIGABRT");
}

static void a_failed_assertion_is_told_without_control_characters(void)
{
	expect_death("asserts", NULL, "worker.c:12: internal error: \xef\xbf\xbd[31mnr_running\xef\xbf\xbd >= 0");
}

static void a_division_by_zero_is_told(void)
{
	expect_death("divides", NULL, CONFINE_SANITIZED ? "" : "SIGFPE");
}

static void a_stack_that_overflows_is_told(void)
{
	expect_death("recurses", NULL, CONFINE_SANITIZED ? "Sanitizer" : "SIGSEGV");
}

static void a_lesson_that_waits_for_ever_is_ended(void)
{
	expect_death("deadlocks", &(struct run_spec){ .jitter = -1, .log_bytes = 1 << 20, .hang_seconds = 1 },
		     "waited 1 s without an event");
}

static void a_lesson_that_spins_in_c_is_ended(void)
{
	expect_death("spins", NULL, "internal error: the machine process used");
}

/* The same, while the log's head says that the lesson's own code computes: its fault, with the line. */
static void code_of_the_lesson_that_never_returns_is_its_fault(void)
{
	struct run_spec spec = { .jitter = -1, .log_bytes = 1 << 20, .spin_cpu_ms = CONFINE_SANITIZED ? 0 : 1000 };

	expect_bad_end("spins-in-code", &spec, RUN_FAULTY, "spins-in-code:7: one call of string.find has used");
	expect_bad_end("stops-when-asked", &spec, RUN_FAULTY, "stops-when-asked:7: asked to stop after");
}

static void a_lesson_out_of_cpu_time_is_ended_by_the_kernel(void)
{
	expect_death("spins", &(struct run_spec){ .jitter = -1, .log_bytes = 1 << 20, .cpu_seconds = 1 },
		     "its 1 s of CPU time");
}

static void memory_without_end_is_refused(void)
{
	if (CONFINE_SANITIZED) {
		test_skip("a sanitizer needs more address space than the limit");
		return;
	}
	expect_death("allocates", &(struct run_spec){ .jitter = -1, .log_bytes = 1 << 20 },
		     "no more memory after");
}

static void a_flooded_trace_ends_at_its_declared_bound(void)
{
	struct run_spec spec = { .jitter = -1, .log_bytes = 1 << 20, .events_max = 1000 };
	struct run *r;

	expect_bad_end("floods", &spec, RUN_FAULTY, "floods:1: the run has reached its bound of");
	spec.events_max = 0;	/* and by bytes, with no room left for a last event */
	expect_bad_end("floods", &spec, RUN_FAULTY, "floods:1: the run has reached its bound of");
	spec.events_max = 1000;
	fault_loop_begin();
	r = fault_open("floods", &spec);
	CHECK_INT(fault_settle(r, 30), RUN_FAULTY);
	CHECK_RANGE(run_store(r)->nr, 1000, 1001);
	fault_close(r);
	fault_loop_end();
}

static void half_an_event_at_the_end_does_no_harm(void)
{
	expect_death("half-event", NULL, CONFINE_SANITIZED ? "" : "SIGABRT");
}

/* The log lies in memory that the lesson can write; the reader copies what is complete. */
static void a_scribbled_log_is_noticed_and_what_was_read_stays(void)
{
	expect_death("scribbles", NULL, "the event log was overwritten");
}

static void a_log_that_lies_about_its_size_is_noticed(void)
{
	expect_death("lies-about-size", NULL, "the event log was overwritten");
}

static void a_log_cannot_be_cut_under_its_reader(void)
{
	struct run *r;

	fault_loop_begin();
	r = fault_open("shrinks", NULL);
	CHECK_INT(fault_settle(r, 30), RUN_ENDED);
	CHECK_INT(run_store(r)->nr, 5);
	fault_close(r);
	fault_loop_end();
}

static void a_flood_on_standard_error_is_read_to_its_last_line(void)
{
	expect_death("chatters", NULL, "internal error (these are the last words)");
}

static void an_early_exit_is_told(void)
{
	expect_death("exits", NULL, "ended too early, with status 7");
}

static void death_from_outside_closes_the_log_with_an_event(void)
{
	struct trace_event ev;
	struct ev_OUTSIDE out = { .text = "" };
	struct run *r;

	fault_loop_begin();
	r = fault_open("killed", NULL);
	CHECK_INT(fault_settle(r, 30), RUN_WAITING);
	REQUIRE_GT(atoi(fault_said(r, 4)), 1);
	REQUIRE_INT(kill(atoi(fault_said(r, 4)), SIGKILL), 0);
	while (run_get_state(r) == RUN_WAITING)
		uv_run(&fault_loop, UV_RUN_ONCE);
	CHECK_INT(run_get_state(r), RUN_DIED);
	CHECK_HAS(run_exit_report(r), "SIGKILL");
	CHECK_TRUE(trace_store_event(run_store(r), run_store(r)->nr, &ev));
	REQUIRE_TRUE(trace_get_OUTSIDE(&ev, &out));
	CHECK_INT(out.signal, SIGKILL);
	CHECK_STR(out.text, run_exit_report(r));
	fault_close(r);
	fault_loop_end();
}

static void a_faulty_lesson_is_no_death(void)
{
	struct run *r;

	fault_loop_begin();
	r = fault_open("faulty", NULL);
	CHECK_INT(fault_settle(r, 30), RUN_FAULTY);
	CHECK_STR(run_exit_report(r), "x.lua:3: no such thing");
	CHECK_INT(last_kind(r), EV_FAULT);
	fault_close(r);
	fault_loop_end();
}

static void a_run_may_be_closed_at_any_time(void)
{
	static const char *const when[] = { "spins", "deadlocks", "asks", "ends", "null", "chatters" };
	struct timespec ms = { 0, 3000000 };
	size_t i;

	fault_loop_begin();
	for (i = 0; i < sizeof(when) / sizeof(when[0]); i++) {
		int rounds;

		for (rounds = 0; rounds < 4; rounds++) {
			struct run *r = fault_open(when[i], NULL);

			if (rounds & 1)
				nanosleep(&ms, NULL);
			if (rounds & 2)
				run_poll(r);
			fault_close(r);
		}
	}
	expect_new_run_works();
	fault_loop_end();
}

static void a_program_that_is_not_there_is_a_sentence(void)
{
	struct run_spec spec = { .jitter = -1, .log_bytes = 1 << 20 };
	struct run *r = NULL;
	char err[256] = "";

	fault_loop_begin();
	CHECK_LT(run_open(&r, &fault_loop, "/nonexistent/kworkshop", &spec, err, sizeof(err)), 0);
	CHECK_HAS(err, "cannot be started");
	CHECK_NULL(r);
	uv_run(&fault_loop, UV_RUN_DEFAULT);
	fault_loop_end();
}

static void a_lesson_has_no_terminal_no_home_and_no_stray_descriptors(void)
{
	struct run *r;

	fault_loop_begin();
	r = fault_open("looks-around", NULL);
	CHECK_INT(fault_settle(r, 30), RUN_ENDED);
	/* 0, 1, 2, the log, commands, changes */
	CHECK_STR(fault_said(r, 4), "tty 0 home 0 vars<8 1 fds 6 sid 1");
	fault_close(r);
	fault_loop_end();
}

/* ---- fences, inputs, repeating, branching ------------------------------------------------- */

/* Through the lesson by hand. */
static struct run *by_hand(void)
{
	struct run *r = fault_open("asks", NULL);

	CHECK_INT(fault_settle(r, 30), RUN_WAITING);
	CHECK_INT(run_fence(r), 5);
	CHECK_INT(run_fence(r), run_store(r)->nr);	/* nothing later exists */
	CHECK_INT(run_answer(r, "how-many", "4"), -EAGAIN);
	CHECK_INT(run_go(r), 0);
	CHECK_INT(run_get_state(r), RUN_RUNNING);
	CHECK_INT(run_go(r), -EAGAIN);
	CHECK_INT(fault_settle(r, 30), RUN_WAITING);
	CHECK_INT(run_go(r), -EAGAIN);
	CHECK_INT(run_answer(r, "how", "4"), -EAGAIN);
	CHECK_INT(run_hint(r, "how-many"), 0);
	CHECK_INT(fault_settle(r, 30), RUN_WAITING);
	CHECK_INT(run_answer(r, "how-many", "4 or so"), 0);
	CHECK_INT(fault_settle(r, 30), RUN_WAITING);
	CHECK_INT(last_kind(r), EV_WAIT_INPUT);
	return r;
}

static void expect_inputs(const struct run_inputs *in, const char *want)
{
	char *text = NULL;

	REQUIRE_INT(run_inputs_format(in, &text), 0);
	CHECK_STR(text, want);
	if (strcmp(text, want) != 0)
		test_note("inputs are: %s", text);
	free(text);
}

/* RULE(joints 1).  At a question the machine has stopped; what a person does is logged with its address. */
static void a_person_is_waited_for_and_logged(void)
{
	struct run *r;
	char line[256];

	fault_loop_begin();
	r = by_hand();
	expect_inputs(run_get_inputs(r), "go 1\nhint how-many 1\nanswer how-many 1 4 or so\n");
	run_replay_line(r, line, sizeof(line));
	CHECK_STR(line, "kworkshop run asks --seed 1 --variant 0 --inputs FILE");
	CHECK_INT(run_go(r), 0);
	CHECK_INT(fault_settle(r, 30), RUN_ENDED);
	fault_close(r);
	fault_loop_end();
}

/* trace = run(.., inputs): the same bytes, without anybody being asked. */
static void recorded_inputs_repeat_a_run_byte_for_byte(void)
{
	struct run_spec spec = { .seed = 1, .jitter = -1, .log_bytes = 1 << 20 };
	struct run *r, *again;

	fault_loop_begin();
	r = by_hand();
	CHECK_INT(run_inputs_copy(&spec.inputs, run_get_inputs(r)), 0);
	again = fault_open("asks", &spec);
	CHECK_INT(fault_settle(again, 30), RUN_WAITING);
	CHECK_INT(run_store(again)->bytes, run_store(r)->bytes);
	CHECK_MEM(run_store(again)->base, run_store(r)->base, run_store(r)->bytes);
	expect_inputs(run_get_inputs(again), "go 1\nhint how-many 1\nanswer how-many 1 4 or so\n");
	run_close(again);
	fault_close(r);
	run_inputs_fini(&spec.inputs);
	fault_loop_end();
}

static void inputs_of_another_version_are_refused_not_guessed(void)
{
	struct run_spec spec = { .seed = 1, .jitter = -1, .log_bytes = 1 << 20 };
	struct trace_event ev;
	struct ev_FAULT fault = { .text = "" };
	struct run *r;
	char err[128];

	fault_loop_begin();
	CHECK_INT(run_inputs_parse(&spec.inputs, "go 1\nanswer other 1 b\n", "t", err, sizeof(err)), 0);
	r = fault_open("asks", &spec);
	CHECK_INT(fault_settle(r, 30), RUN_FAULTY);
	CHECK_TRUE(trace_store_event(run_store(r), run_store(r)->nr, &ev));
	REQUIRE_TRUE(trace_get_FAULT(&ev, &fault));
	CHECK_HAS(fault.text, "another version");
	CHECK_HAS(fault.text, "\"how-many\"");
	CHECK_HAS(fault.text, "\"other\"");
	fault_close(r);
	run_inputs_fini(&spec.inputs);
	fault_loop_end();
}

/* The time of an interrupt's event is a check that it is still the same event. */
static void an_interrupt_whose_event_has_moved_is_refused(void)
{
	struct run_spec spec = { .seed = 1, .jitter = -1, .log_bytes = 1 << 20 };
	struct run *r;
	char err[128];

	fault_loop_begin();
	CHECK_INT(run_inputs_parse(&spec.inputs, "irq 2 0 0 nic\n", "t", err, sizeof(err)), 0);
	r = fault_open("asks", &spec);
	CHECK_INT(fault_settle(r, 30), RUN_WAITING);
	fault_close(r);
	spec.inputs.v[0].time = 77;	/* events of C lessons are at 0 */
	r = fault_open("asks", &spec);
	CHECK_INT(fault_settle(r, 30), RUN_DIED);
	CHECK_HAS(run_exit_report(r), "another version");
	fault_close(r);
	run_inputs_fini(&spec.inputs);
	fault_loop_end();
}

/* RULE(joints 1).  A branch is the inputs up to n plus one; the old run stays. */
static void a_branch_repeats_what_was_before_and_drops_what_came_after(void)
{
	struct run *r, *branch = NULL;
	char err[256];

	fault_loop_begin();
	r = by_hand();
	/* after the card, before the hint: the question is open again */
	REQUIRE_INT(run_branch_irq(r, 7, 1, "nic", &branch, err, sizeof(err)), 0);
	CHECK_INT(fault_settle(branch, 30), RUN_WAITING);
	expect_inputs(run_get_inputs(branch), "go 1\nirq 7 0 1 nic\n");
	CHECK_INT(run_fence(branch), 7);
	CHECK_INT(run_answer(branch, "how-many", "4 or so"), 0);
	CHECK_INT(fault_settle(branch, 30), RUN_WAITING);
	expect_inputs(run_get_inputs(branch), "go 1\nirq 7 0 1 nic\nanswer how-many 1 4 or so\n");
	CHECK_INT(run_get_state(r), RUN_WAITING);
	fault_close(branch);
	/* at the card itself it has not been left yet; after the answer it has been given */
	REQUIRE_INT(run_branch_irq(r, 5, 0, "nic", &branch, err, sizeof(err)), 0);
	expect_inputs(run_get_inputs(branch), "irq 5 0 0 nic\n");
	fault_close(branch);
	REQUIRE_INT(run_branch_irq(r, 10, 0, "nic", &branch, err, sizeof(err)), 0);
	expect_inputs(run_get_inputs(branch),
		      "go 1\nhint how-many 1\nanswer how-many 1 4 or so\nirq 10 0 0 nic\n");
	fault_close(branch);
	CHECK_INT(run_branch_irq(r, 1000, 0, "nic", &branch, err, sizeof(err)), -EINVAL);
	CHECK_INT(run_branch_irq(r, 0, 0, "nic", &branch, err, sizeof(err)), -EINVAL);
	fault_close(r);
	fault_loop_end();
}

static void a_branch_that_differs_before_its_point_is_noticed(void)
{
	struct run *r, *branch = NULL;
	char err[256];

	fault_loop_begin();
	r = fault_open("unrepeatable", NULL);
	CHECK_INT(fault_settle(r, 30), RUN_WAITING);
	REQUIRE_INT(run_branch_irq(r, 5, 0, "nic", &branch, err, sizeof(err)), 0);
	CHECK_INT(fault_settle(branch, 30), RUN_DIED);
	CHECK_HAS(run_exit_report(branch), "differs from the run it came from at event 4");
	run_close(branch);
	fault_close(r);
	fault_loop_end();
}

const struct test_case suite_fault_run[] = {
	T(a_run_that_ends_says_so),
	T(a_null_pointer_is_told_with_its_signal),
	T(an_abort_is_told),
	T(a_failed_assertion_is_told_without_control_characters),
	T(a_division_by_zero_is_told),
	T(a_stack_that_overflows_is_told),
	T(a_lesson_that_waits_for_ever_is_ended),
	T(a_lesson_that_spins_in_c_is_ended),
	T(code_of_the_lesson_that_never_returns_is_its_fault),
	T(a_lesson_out_of_cpu_time_is_ended_by_the_kernel),
	T(memory_without_end_is_refused),
	T(a_flooded_trace_ends_at_its_declared_bound),
	T(half_an_event_at_the_end_does_no_harm),
	T(a_scribbled_log_is_noticed_and_what_was_read_stays),
	T(a_log_that_lies_about_its_size_is_noticed),
	T(a_log_cannot_be_cut_under_its_reader),
	T(a_flood_on_standard_error_is_read_to_its_last_line),
	T(an_early_exit_is_told),
	T(death_from_outside_closes_the_log_with_an_event),
	T(a_faulty_lesson_is_no_death),
	T(a_run_may_be_closed_at_any_time),
	T(a_program_that_is_not_there_is_a_sentence),
	T(a_lesson_has_no_terminal_no_home_and_no_stray_descriptors),
	T(a_person_is_waited_for_and_logged),
	T(recorded_inputs_repeat_a_run_byte_for_byte),
	T(inputs_of_another_version_are_refused_not_guessed),
	T(an_interrupt_whose_event_has_moved_is_refused),
	T(a_branch_repeats_what_was_before_and_drops_what_came_after),
	T(a_branch_that_differs_before_its_point_is_noticed),
	{ NULL, NULL }
};
