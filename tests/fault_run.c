/*
 * tests/fault_run.c - faulty lessons, and their reports by the visible process.
 *
 * Each test runs a lesson of support/fault_lessons.c to its end and checks the
 * state, the exit report, the events before the end, and that a new run works.
 *
 * Lives here:   processes that die, hang, lie and flood; fences and inputs.
 * Never here:   forbidden system calls (fault_confine.c), Lua.
 * Licence: MIT.
 */
#define _GNU_SOURCE
#include "base/strbuf.h"
#include "tests/test.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/confine.h"
#include "run/director.h"
#include "run/run.h"
#include "tests/support/fault.h"

/* ---- ends ------------------------------------------------------------------------------ */

static bool says(struct run *r, uint64_t n, const char *text)
{
	return strcmp(fault_said(r, n), text) == 0;
}

static enum trace_kind last_kind(struct run *r)
{
	struct trace_event ev;

	return trace_store_event(run_store(r), run_store(r)->nr, &ev) ? (enum trace_kind)ev.kind : EV_NONE;
}

/* A run that ends normally: it must work after each fault. */
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
	CHECK_TRUE(fault_changed);
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

static void a_run_that_ends_reports_it(void)
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

static void a_null_pointer_is_reported_with_its_signal(void)
{
	expect_death("null", NULL, CONFINE_SANITIZED ? "Sanitizer" : "through a NULL pointer");
	expect_death("thread-null", NULL, CONFINE_SANITIZED ? "Sanitizer" : "SIGSEGV");
}

static void an_abort_is_reported(void)
{
	expect_death("abort", NULL, CONFINE_SANITIZED ? "" : "SIGABRT");
}

static void a_failed_assertion_is_reported_without_control_characters(void)
{
	expect_death("asserts", NULL, "worker.c:12: internal error: \xef\xbf\xbd[31mnr_running\xef\xbf\xbd >= 0");
}

static void a_division_by_zero_is_reported(void)
{
	expect_death("divides", NULL, CONFINE_SANITIZED ? "" : "SIGFPE");
}

static void a_stack_that_overflows_is_reported(void)
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
	/* the usual limit; a longer one under a sanitizer */
	expect_death("spins", &(struct run_spec){ .jitter = -1, .log_bytes = 1 << 20,
						  .spin_cpu_ms = CONFINE_SANITIZED ? 3000 : 0 },
		     "internal error: the machine process used");
}

/* If the log's head records that the lesson's own code computes, the lesson is at fault, with the line. */
static void code_of_the_lesson_that_never_returns_is_its_fault(void)
{
	struct run_spec spec = { .jitter = -1, .log_bytes = 1 << 20, .spin_cpu_ms = CONFINE_SANITIZED ? 3000 : 1000 };

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
static void a_damaged_log_is_noticed_and_events_read_before_stay(void)
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

static void an_early_exit_is_reported(void)
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

/* RULE(joints 1).  At a question the machine has stopped; each input is logged with its address. */
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

/* trace = run(.., inputs): the same bytes, and no input is requested. */
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

/* RULE(joints 1).  A branch has the inputs up to n and one more; the old run stays. */
static void a_branch_repeats_earlier_inputs_and_drops_later_ones(void)
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

/* Inputs of by_hand() that a branch after event @n keeps: those given before event @n existed.  @fence: of each. */
static void expect_kept(struct run *branch, uint64_t n, const uint64_t fence[3], uint64_t irq)
{
	static const char *const line[] = { "go 1\n", "hint how-many 1\n", "answer how-many 1 4 or so\n" };
	STRBUF(want, 256);

	for (int i = 0; i < 3; i++)
		if (fence[i] < n)
			strbuf_puts(&want, line[i]);
	if (irq && irq <= n)
		strbuf_printf(&want, "irq %llu 0 1 nic\n", (unsigned long long)irq);
	strbuf_printf(&want, "irq %llu 0 0 nic\n", (unsigned long long)n);
	expect_inputs(run_get_inputs(branch), want.buf);
}

/* Numbers of the events WAIT_INPUT. */
static unsigned int fences(struct run *r, uint64_t at[4])
{
	struct trace_event ev;
	unsigned int nr = 0;

	for (uint64_t n = 1; nr < 4 && trace_store_event(run_store(r), n, &ev); n++)
		if (ev.kind == EV_WAIT_INPUT)
			at[nr++] = n;
	return nr;
}

/* RULE(joints 1).  At every event, also of a branch: no input that came later, each that came before. */
static void a_branch_at_any_event_keeps_the_inputs_given_by_then(void)
{
	struct run *r, *middle = NULL, *branch = NULL;
	uint64_t fence[4], last;
	char err[256];

	fault_loop_begin();
	r = by_hand();
	REQUIRE_GE(fences(r, fence), 3);
	last = run_store(r)->nr;
	for (uint64_t n = 1; n <= last; n++) {
		REQUIRE_INT(run_branch_irq(r, n, 0, "nic", &branch, err, sizeof(err)), 0);
		expect_kept(branch, n, fence, 0);
		fault_close(branch);
	}
	REQUIRE_INT(run_branch_irq(r, 7, 1, "nic", &middle, err, sizeof(err)), 0);
	CHECK_INT(fault_settle(middle, 30), RUN_WAITING);
	fence[1] = fence[2] = UINT64_MAX;	/* it has dropped them */
	for (uint64_t n = 1; n <= run_store(middle)->nr; n++) {
		REQUIRE_INT(run_branch_irq(middle, n, 0, "nic", &branch, err, sizeof(err)), 0);
		expect_kept(branch, n, fence, 7);
		fault_close(branch);
	}
	fault_close(middle);
	fault_close(r);
	fault_loop_end();
}

/*
 * A list without its card passes the card, because a later input exists; a branch from before that
 * input must pass it too.  A choice of the scheduler has its own place, and is kept.
 */
static void a_branch_keeps_passed_cards_and_choices(void)
{
	struct run_spec spec = { .seed = 1, .jitter = -1, .log_bytes = 1 << 20 };
	struct run *r, *branch = NULL;
	char err[256];

	fault_loop_begin();
	CHECK_INT(run_inputs_parse(&spec.inputs, "choice turn/t14/1=50000\nanswer how-many 1 4 or so\n", "t", err, sizeof(err)), 0);
	r = fault_open("asks", &spec);
	CHECK_INT(fault_settle(r, 30), RUN_WAITING);
	REQUIRE_INT(run_branch_irq(r, 7, 1, "nic", &branch, err, sizeof(err)), 0);
	CHECK_INT(fault_settle(branch, 30), RUN_WAITING);
	expect_inputs(run_get_inputs(branch), "go 1\nchoice turn/t14/1=50000\nirq 7 0 1 nic\n");
	CHECK_INT(run_fence(branch), 7);
	fault_close(branch);
	fault_close(r);
	run_inputs_fini(&spec.inputs);
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

/* Three mappings of a log: without the flag a core of this process had 808 MB. */
static void a_core_of_the_visible_process_leaves_out_the_log(void)
{
	struct run_spec spec = { .seed = 1, .jitter = -1, .log_bytes = (size_t)96 << 20 };
	unsigned long kib = 0, large = 0, left_out = 0;
	struct run *r;
	char line[4096];
	FILE *f;

	fault_loop_begin();
	r = fault_open("ends", &spec);
	f = fopen("/proc/self/smaps", "r");
	REQUIRE_NOT_NULL(f);
	while (fgets(line, sizeof(line), f)) {
		sscanf(line, "Size: %lu kB", &kib);
		if (strncmp(line, "VmFlags:", 8) == 0 && kib / 1024 == 96) {
			large++;
			left_out += strstr(line, " dd") != NULL;
		}
	}
	fclose(f);
	CHECK_INT(large, 3);
	CHECK_INT(left_out, large);
	CHECK_INT(fault_settle(r, 30), RUN_ENDED);
	fault_close(r);
	fault_loop_end();
}

const struct test_case suite_fault_run[] = {
	T(a_run_that_ends_reports_it),
	T(a_null_pointer_is_reported_with_its_signal),
	T(an_abort_is_reported),
	T(a_failed_assertion_is_reported_without_control_characters),
	T(a_division_by_zero_is_reported),
	T(a_stack_that_overflows_is_reported),
	T(a_lesson_that_waits_for_ever_is_ended),
	T(a_lesson_that_spins_in_c_is_ended),
	T(code_of_the_lesson_that_never_returns_is_its_fault),
	T(a_lesson_out_of_cpu_time_is_ended_by_the_kernel),
	T(memory_without_end_is_refused),
	T(a_flooded_trace_ends_at_its_declared_bound),
	T(half_an_event_at_the_end_does_no_harm),
	T(a_damaged_log_is_noticed_and_events_read_before_stay),
	T(a_log_that_lies_about_its_size_is_noticed),
	T(a_log_cannot_be_cut_under_its_reader),
	T(a_flood_on_standard_error_is_read_to_its_last_line),
	T(an_early_exit_is_reported),
	T(death_from_outside_closes_the_log_with_an_event),
	T(a_faulty_lesson_is_no_death),
	T(a_run_may_be_closed_at_any_time),
	T(a_program_that_is_not_there_is_a_sentence),
	T(a_lesson_has_no_terminal_no_home_and_no_stray_descriptors),
	T(a_person_is_waited_for_and_logged),
	T(recorded_inputs_repeat_a_run_byte_for_byte),
	T(inputs_of_another_version_are_refused_not_guessed),
	T(an_interrupt_whose_event_has_moved_is_refused),
	T(a_branch_repeats_earlier_inputs_and_drops_later_ones),
	T(a_branch_at_any_event_keeps_the_inputs_given_by_then),
	T(a_branch_keeps_passed_cards_and_choices),
	T(a_branch_that_differs_before_its_point_is_noticed),
	T(a_core_of_the_visible_process_leaves_out_the_log),
	{ NULL, NULL }
};
