/*
 * tests/fault_memory.c - every command with an allocation that fails, in the visible and in the machine process.
 *
 * The rows are the calls of tests/faults/calls.def, the columns the number of the allocation.  A sample of
 * them is tried; KW_FAULTS=all (`make soak`) tries each of the first ones and many of the others.
 *
 * Lives here:   allocations that fail.
 * Never here:   limits of the host (fault_shortage.c).   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/harm_calls.h"
#include "tests/test.h"

#define SHORTAGE HARM_STATUS(4)

static const char *const whose[] = { "visible", "machine" };

/* The next number after @n of @all: in full each of the first hundred, then larger and larger steps; else two. */
static uint64_t after(uint64_t n, uint64_t all)
{
	uint64_t step = harm_all() ? n / 100 : all / 2;

	return n + (step ? step : 1);
}

static void try_each(const struct harm_call *c, const char *how, unsigned int side)
{
	static struct harm_end end;
	uint64_t all = c->counts.calls[side][FAULT_MEMORY];
	struct harm h = harm_of(c);
	char fault[64];
	bool intact = true;

	h.fault = fault;
	for (uint64_t n = 1; n <= all; n = after(n, all)) {
		snprintf(fault, sizeof(fault), "memory %s %lu %s", how, (unsigned long)n, whose[side]);
		if (c->makes[0] || !intact)
			harm_restore();
		harm_run(&h, &end);
		intact = harm_accept(&h, &end, SHORTAGE | c->status, c->whole);
	}
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
		for (unsigned int side = 0; side < 2; side++)
			try_each(&harm_calls[i], how, side);
	harm_keeps_answers();
	harm_calls_finish();
}

static void one_allocation_that_fails_is_reported_or_does_no_harm(void)
{
	try_all("once", 1);
}

static void memory_that_ends_is_reported(void)
{
	try_all("on", 0);
}

static const char *const screens[] = { "home", "run life --fresh", "play @/one.kwt", "free" };

static void the_screen_without_memory_leaves_the_terminal_as_it_was(void)
{
	static struct harm_end end;
	struct harm h = { .screen = true, .input = "Enter b Enter", .limit = HARM_NO_LIMIT };
	char fault[64];

	if (harm_no_preload()) {
		test_skip(harm_no_preload());
		return;
	}
	if (!harm_begin())
		return;
	for (size_t i = 0; i < sizeof(screens) / sizeof(screens[0]); i++) {
		uint64_t all;

		h.args = screens[i];
		h.fault = "memory once 1000000000 visible";
		harm_run(&h, &end);
		harm_accept(&h, &end, 0, NULL);
		all = end.counts.calls[0][FAULT_MEMORY];
		h.fault = fault;
		for (uint64_t n = 1; n <= (harm_all() ? all : 1); n = after(n, all)) {
			snprintf(fault, sizeof(fault), "memory on %lu visible", (unsigned long)n);
			harm_run(&h, &end);
			harm_accept(&h, &end, SHORTAGE, NULL);
		}
	}
	harm_keeps_answers();
	harm_finish();
}

const struct test_case suite_fault_memory[] = {
	T(the_screen_without_memory_leaves_the_terminal_as_it_was),
	T(one_allocation_that_fails_is_reported_or_does_no_harm),
	T(memory_that_ends_is_reported),
	{ NULL, NULL }
};
