/*
 * tests/fault_writes.c - every command with a write that fails, and killed at a write.
 *
 * The rows are the calls of tests/faults/calls.def, the columns the number of the call that writes: into a file,
 * or to a folder.  Afterwards each of the person's files is the old one or the new one, the answers are kept,
 * and the next program finds everything in order.
 *
 * Lives here:   full disks and kills in the midst of a write.
 * Never here:   a full standard output (unit_output.c).   Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/harm_calls.h"
#include "tests/support/shell.h"
#include "tests/test.h"

/* The number of steps that `make test` takes of each call. */
#define SAMPLE 2

/* A file that the call makes is complete, or it is not there. */
static void check_made(const struct harm_call *c, const struct harm_end *end)
{
	char *text = file_read(harm_path("mine.json"), NULL);

	if (text && strcmp(c->args, "progress export @/mine.json") == 0)
		CHECK_HAS(text, "\n}\n");
	free(text);
	if (end->status == 0 && strstr(c->args, "--record"))
		CHECK_INT(access(harm_path("new.kwt"), R_OK), 0);
}

static void try_each(const struct harm_call *c, const char *how)
{
	static struct harm_end end;
	uint64_t all = c->counts.calls[0][FAULT_WRITE], step = harm_all() ? 1 : all / SAMPLE;
	struct harm h = harm_of(c);
	char fault[64];

	h.fault = fault;
	for (uint64_t n = 1; n <= all; n += step ? step : 1) {
		snprintf(fault, sizeof(fault), "write %s %lu visible", how, (unsigned long)n);
		harm_restore();
		harm_run(&h, &end);
		harm_accept(&h, &end, HARM_STATUS(3) | c->status, c->whole);
		check_made(c, &end);
		if (harm_all())
			harm_keeps_answers();
	}
	harm_keeps_answers();
}

/* @half: `make test` takes every second call, from this one on. */
static void try_all(const char *how, size_t half)
{
	if (harm_no_preload()) {
		test_skip(harm_no_preload());
		return;
	}
	if (!harm_calls_begin())
		return;
	for (size_t i = harm_all() ? 0 : half; i < harm_nr_calls; i += harm_all() ? 1 : 2)
		try_each(&harm_calls[i], how);
	harm_calls_finish();
}

static void a_write_that_fails_is_reported(void)
{
	try_all("once", 0);
}

static void a_disk_that_is_full_is_reported(void)
{
	try_all("on", 1);
}

static void a_kill_at_a_write_loses_nothing(void)
{
	try_all("kill", 1);
}

/* In a pseudo-terminal, which the person leaves by q. */
static void a_recording_of_the_screen_is_written_or_fails_the_run(void)
{
	static struct harm_end end;
	struct harm h = { .args = "run life --fresh --record @/new.kwt", .input = "Enter q q", .screen = true,
			  .limit = HARM_NO_LIMIT, .makes = "new.kwt" };

	if (!harm_begin())
		return;
	harm_run(&h, &end);
	CHECK_INT(end.status, 1);	/* the lesson was left */
	CHECK_TRUE(end.restored);
	h = (struct harm){ .args = "inspect @/new.kwt ps", .limit = HARM_NO_LIMIT };
	harm_run(&h, &end);
	CHECK_INT(end.status, 0);
	CHECK_HAS(end.out, "kworker/0:0");
	h = (struct harm){ .args = "run life --fresh --record /dev/full", .input = "Enter q q", .screen = true, .limit = HARM_NO_LIMIT };
	harm_run(&h, &end);
	CHECK_INT(end.status, 3);
	CHECK_TRUE(end.restored);
	CHECK_HAS(end.err, "cannot write the recording: No space left on device");
	h.args = "run life --fresh --record @/none/new.kwt";
	harm_run(&h, &end);
	CHECK_INT(end.status, 3);
	CHECK_HAS(end.err, "No such file or directory");
	harm_finish();
}

const struct test_case suite_fault_writes[] = {
	T(a_recording_of_the_screen_is_written_or_fails_the_run),
	T(a_write_that_fails_is_reported),
	T(a_disk_that_is_full_is_reported),
	T(a_kill_at_a_write_loses_nothing),
	{ NULL, NULL }
};
