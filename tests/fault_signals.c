/*
 * tests/fault_signals.c - every signal at every place of the program in a pseudo-terminal.
 *
 * The rows are tests/faults/places.def, the columns the signals.  A signal that ends the program ends it
 * as such, with the terminal as it was; the others do no harm.  `make test` takes each signal at one place
 * and each place with a few signals; KW_FAULTS=all takes all of them.
 *
 * Lives here:   signals from outside.
 * Never here:   a machine process that dies (fault_run.c, unit_output.c).   Licence: MIT.
 */
#include <signal.h>
#include <string.h>

#include "run/confine.h"
#include "tests/support/harm.h"
#include "tests/test.h"

static const struct {
	const char *name, *args, *keys, *shows;
	bool slow;
} places[] = {
#define PLACE(name, args, keys, shows) { #name, args, keys, shows, false },
#define SLOW_PLACE(name, args, keys, shows) { #name, args, keys, shows, true },
#include "tests/faults/places.def"
#undef PLACE
#undef SLOW_PLACE
};
#define NR_PLACES (sizeof(places) / sizeof(places[0]))

static const int signals[] = {
	SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGKILL, SIGPIPE, SIGXFSZ, SIGTSTP, SIGCONT, SIGUSR1, SIGUSR2, SIGSEGV, SIGABRT,
	SIGBUS, SIGFPE, SIGILL, SIGSYS, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU, SIGTRAP, SIGWINCH, SIGCHLD, SIGURG, SIGIO,
	SIGPWR, SIGSTKFLT,
};
#define NR_SIGNALS (sizeof(signals) / sizeof(signals[0]))
#define NR_EVERYWHERE 3		/* the first ones are tried at each place by `make test` */

/* A sanitizer handles signals of crashes itself. */
static bool is_crash(int signal)
{
	return signal == SIGSEGV || signal == SIGABRT || signal == SIGBUS || signal == SIGFPE || signal == SIGILL || signal == SIGSYS;
}

static struct harm harm_at(size_t place)
{
	return (struct harm){ .args = places[place].args, .input = places[place].keys, .place = places[place].shows,
			      .screen = true, .limit = HARM_NO_LIMIT };
}

static void try_signal(size_t place, int signal)
{
	static struct harm_end end;
	struct harm h = harm_at(place);

	if (CONFINE_SANITIZED && is_crash(signal))
		return;
	h.signal = signal;
	harm_run(&h, &end);
	if (!CHECK_TRUE(end.reached))
		test_note("%s: this place is not reached: %s", places[place].name, end.out);
	else
		harm_accept(&h, &end, 0, NULL);
}

static void every_signal_at_every_place_leaves_the_terminal_as_it_was(void)
{
	if (!harm_begin())
		return;
	for (size_t p = 0; p < NR_PLACES; p++)
		for (size_t s = 0; s < NR_SIGNALS; s++)
			if (harm_all() || (!places[p].slow && (s % NR_PLACES == p || s == p % NR_EVERYWHERE)))
				try_signal(p, signals[s]);
	harm_keeps_answers();
	harm_finish();
}

const struct test_case suite_fault_signals[] = {
	T(every_signal_at_every_place_leaves_the_terminal_as_it_was),
	{ NULL, NULL }
};
