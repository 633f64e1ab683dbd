/*
 * tests/fault_machine.c - faults on virtual CPUs: in threads, with locks held, in a flood of events.
 *
 * Like fault_run.c, but the lesson starts a machine inside the confined process,
 * and the fault occurs in a kernel thread.
 *
 * Lives here:   faults of code that runs on a machine, with a spawned process.
 * Never here:   the machine's own rules (unit_machine.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/machine.h"
#include "run/confine.h"
#include "tests/support/fault.h"

#define MS UINT64_C(1000000)

static int *volatile nowhere;
static volatile int turns;

/* ---- the machine process: kernel threads ---------------------------------------------- */

static struct raw_spinlock lock_a = RAW_SPIN_LOCK_INIT("lock_a");
static struct raw_spinlock lock_b = RAW_SPIN_LOCK_INIT("lock_b");

static int task_null(void *arg)
{
	(void)arg;
	mach_burn(1 * MS);
	*nowhere = 1;
	return 0;
}

/* Real time passes without virtual time: the machine cannot detect it, the visible process does. */
static int task_spins(void *arg)
{
	(void)arg;
	mach_burn(1 * MS);
	while (!nowhere)
		turns ^= 1;
	return 0;
}

static int task_busy_waits(void *arg)
{
	(void)arg;
	for (;;)
		cpu_relax();
	return 0;
}

static int task_logs(void *arg)
{
	(void)arg;
	for (;;)
		printk(6, "more and more");
	return 0;
}

static int task_ab(void *arg)
{
	bool ab = arg != NULL;

	raw_spin_lock(ab ? &lock_a : &lock_b);
	mach_burn(1 * MS);
	raw_spin_lock(ab ? &lock_b : &lock_a);
	return 0;
}

static int task_breaks_an_invariant(void *arg)
{
	(void)arg;
	mach_assert_held(&lock_a);
	return 0;
}

static const struct {
	const char *name;
	int (*fn)(void *);
} bodies[] = {
	{ "null", task_null }, { "spins", task_spins }, { "busy-waits", task_busy_waits },
	{ "logs", task_logs }, { "abba", task_ab }, { "invariant", task_breaks_an_invariant },
};

/* "machine:NAME": two CPUs, the function on both, 3 virtual ms; how it stopped is an event. */
int fault_lesson_machine(const struct script_opts *o)
{
	const struct machine_config cfg = { .nr_cpus = 2, .seed = o->spec->seed };
	char text[64];
	size_t i;
	int cpu;

	o->confine(o->confine_arg);
	if (machine_start(&cfg, o->trace, NULL) != 0)
		return 4;
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		for (cpu = 0; cpu < 2 && !strcmp(bodies[i].name, strchr(o->spec->lesson, ':') + 1); cpu++)
			machine_task(cpu ? "two" : "one", bodies[i].fn, cpu ? NULL : text,
				     &(struct mach_task_opts){ .cpu = cpu });
	snprintf(text, sizeof(text), "stopped %d",
		 (int)machine_run(&(struct mach_run){ .until_ns = 3 * MS }));
	TRACE(PRINTK, .level = 6, .text = text);
	machine_stop();
	return 0;
}

/* ---- the visible side ------------------------------------------------------------------- */

static bool has_kind(struct run *r, enum trace_kind kind)
{
	struct trace_event ev;
	uint64_t n;

	for (n = 1; n <= run_store(r)->nr; n++)
		if (trace_store_event(run_store(r), n, &ev) && ev.kind == kind)
			return true;
	return false;
}

static struct run *expect_state(const char *lesson, enum run_state state, const char *story)
{
	struct run_spec spec = { .seed = 1, .jitter = -1, .log_bytes = 4 << 20, .events_max = 1000,
				 .spin_cpu_ms = CONFINE_SANITIZED ? 3000 : 1000 };
	struct run *r;

	fault_loop_begin();
	r = fault_open(lesson, &spec);
	CHECK_INT(fault_settle(r, 90), state);
	CHECK_HAS(run_exit_report(r), story);
	if (run_get_state(r) != state || !strstr(run_exit_report(r), story))
		test_note("%s: state %d, \"%s\"", lesson, run_get_state(r), run_exit_report(r));
	CHECK_TRUE(has_kind(r, EV_MACHINE));
	return r;
}

static void expect_end(struct run *r)
{
	fault_close(r);
	fault_loop_end();
}

static void a_null_pointer_in_a_kernel_thread_ends_the_run_only(void)
{
	struct run *r = expect_state("machine:null", RUN_DIED, CONFINE_SANITIZED ? "" : "SIGSEGV");

	CHECK_TRUE(has_kind(r, EV_BURN_END));
	CHECK_TRUE(has_kind(r, EV_OUTSIDE));
	expect_end(r);
}

static void a_kernel_thread_that_computes_for_ever_is_ended_from_outside(void)
{
	expect_end(expect_state("machine:spins", RUN_DIED, "internal error: the machine process used"));
}

/* The kernel's own busy wait takes virtual time, so it continues to the end of the run. */
static void a_busy_wait_lets_time_pass(void)
{
	struct run *r = expect_state("machine:busy-waits", RUN_ENDED, "");

	CHECK_TRUE(has_kind(r, EV_PRINTK));
	expect_end(r);
}

/* Every CPU spins for a lock that the other one holds: reported, and the run ends by itself. */
static void cpus_that_deadlock_are_reported_by_the_machine(void)
{
	struct run *r = expect_state("machine:abba", RUN_ENDED, "");
	char text[32];

	CHECK_TRUE(has_kind(r, EV_BUG));
	snprintf(text, sizeof(text), "stopped %d", STOP_CPU_DEAD);
	CHECK_STR(fault_said(r, run_store(r)->nr), text);
	if (strcmp(fault_said(r, run_store(r)->nr), text) != 0)
		test_note("it ended with \"%s\"", fault_said(r, run_store(r)->nr));
	expect_end(r);
}

static void a_flood_of_the_log_stops_the_machine_at_the_bound(void)
{
	struct run *r = expect_state("machine:logs", RUN_FAULTY, "machine:logs:1: the run has reached its bound of 1000 events");

	CHECK_LE(run_store(r)->nr, 1001);
	expect_end(r);
}

static void a_broken_invariant_is_reported_with_its_place(void)
{
	expect_end(expect_state("machine:invariant", RUN_DIED, "internal error"));
}

const struct test_case suite_fault_machine[] = {
	T(a_null_pointer_in_a_kernel_thread_ends_the_run_only),
	T(a_kernel_thread_that_computes_for_ever_is_ended_from_outside),
	T(a_busy_wait_lets_time_pass),
	T(cpus_that_deadlock_are_reported_by_the_machine),
	T(a_flood_of_the_log_stops_the_machine_at_the_bound),
	T(a_broken_invariant_is_reported_with_its_place),
	{ NULL, NULL }
};
