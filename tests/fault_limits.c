/*
 * tests/fault_limits.c - every command, and the screen, under falling limits of the host.
 *
 * The rows are the calls of tests/faults/calls.def and the places of tests/faults/places.def, the columns the
 * steps of each limit.  Like fault_shortage.c, the tests run as a user without other processes.
 *
 * Lives here:   setrlimit() before the program begins.
 * Never here:   one lesson under every number of threads (fault_shortage.c).   Licence: MIT.
 */
#include <string.h>

#include "tests/support/harm_calls.h"
#include "tests/test.h"

#define MIB ((rlim_t)1 << 20)

static const struct {
	const char *name;
	int which;
	rlim_t step[16];	/* 0 at the end, except that the first may be 0 */
} limits[] = {
	{ "address space", RLIMIT_AS, { 24 * MIB, 40 * MIB, 64 * MIB, 100 * MIB, 160 * MIB, 260 * MIB, 420 * MIB, 700 * MIB, 1200 * MIB } },
	{ "data", RLIMIT_DATA, { 4 * MIB, 8 * MIB, 16 * MIB, 64 * MIB, 300 * MIB } },
	{ "stack", RLIMIT_STACK, { 64 << 10, 128 << 10, 256 << 10, 1 * MIB } },
	{ "descriptors", RLIMIT_NOFILE, { 5, 8, 12, 16, 20, 24, 28, 32 } },
	{ "processes", RLIMIT_NPROC, { 1, 2, 3, 5, 8, 12, 16, 24 } },
	{ "file size", RLIMIT_FSIZE, { 0, 1, 512, 4096, 20000, 65536, 4 * MIB } },
};
#define NR_LIMITS (sizeof(limits) / sizeof(limits[0]))

/* Too little memory, too few threads: 4; a file that cannot be written: 3. */
#define STATUSES (HARM_STATUS(3) | HARM_STATUS(4))

static size_t nr_steps(size_t limit)
{
	size_t n = 1;

	while (n < 16 && limits[limit].step[n])
		n++;
	return n;
}

static void try_call(const struct harm_call *c, size_t limit, size_t step)
{
	static struct harm_end end;
	struct harm h = harm_of(c);

	h.limit = limits[limit].which;
	h.limit_at = limits[limit].step[step];
	harm_restore();
	harm_run(&h, &end);
	harm_accept(&h, &end, STATUSES | c->status, c->whole);
}

static void every_command_works_under_a_limit_or_names_what_is_missing(void)
{
	size_t turn = 0;

	if (harm_no_limits()) {
		test_skip(harm_no_limits());
		return;
	}
	if (!harm_calls_begin())
		return;
	for (size_t c = 0; c < harm_nr_calls; c++)
		for (size_t l = 0; l < NR_LIMITS; l++)
			for (size_t s = 0; s < nr_steps(l); s++, turn++)
				if (harm_all() || turn % 17 == 0)
					try_call(&harm_calls[c], l, s);
	harm_keeps_answers();
	harm_calls_finish();
}

static const char *const screens[] = { "home", "run life", "play @/one.kwt", "free" };

static void the_screen_under_a_limit_leaves_the_terminal_as_it_was(void)
{
	static struct harm_end end;
	size_t turn = 0;

	if (harm_no_limits()) {
		test_skip(harm_no_limits());
		return;
	}
	if (!harm_begin())
		return;
	for (size_t i = 0; i < sizeof(screens) / sizeof(screens[0]); i++)
		for (size_t l = 0; l < NR_LIMITS; l++)
			for (size_t s = 0; s < nr_steps(l); s++, turn++) {
				struct harm h = { .args = screens[i], .input = "Enter b Enter", .screen = true, .limit = limits[l].which,
						  .limit_at = limits[l].step[s] };

				if (!harm_all() && turn % 23)
					continue;
				harm_run(&h, &end);
				harm_accept(&h, &end, STATUSES, NULL);
			}
	harm_keeps_answers();
	harm_finish();
}

const struct test_case suite_fault_limits[] = {
	T(every_command_works_under_a_limit_or_names_what_is_missing),
	T(the_screen_under_a_limit_leaves_the_terminal_as_it_was),
	{ NULL, NULL }
};
