/*
 * run/exit_report.c - see exit_report.h.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "run/exit_report.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

static const struct {
	int signal;
	const char *meaning;
} signal_meanings[] = {
	{ SIGSEGV, "it used memory that is not its own" },
	{ SIGBUS, "it used memory that is not there" },
	{ SIGILL, "it ran into something that is no instruction" },
	{ SIGFPE, "it divided by zero or the like" },
	{ SIGABRT, "it gave up by itself: abort() or a failed assertion" },
	{ SIGSYS, "it made a forbidden system call" },
	{ SIGKILL, "somebody ended it from outside, or this computer ran out of memory" },
	{ SIGTERM, "somebody ended it from outside" },
	{ SIGINT, "somebody ended it from outside" },
	{ SIGHUP, "somebody ended it from outside" },
	{ SIGQUIT, "somebody ended it from outside" },
};

/* What marks the line worth showing, best first. */
static const char *const telling[] = {
	"internal error: ", "kworkshop: ", "SUMMARY: ", "runtime error: ", "Assertion"
};

static bool line_has(const char *line, size_t len, const char *mark)
{
	return memmem(line, len, mark, strlen(mark)) != NULL;
}

void exit_report_last_words(const char *said, struct strbuf *out)
{
	const char *best = NULL;
	size_t best_len = 0, best_rank = sizeof(telling) / sizeof(telling[0]) + 1;

	while (*said) {
		size_t len = strcspn(said, "\n"), rank;

		for (rank = 0; rank < sizeof(telling) / sizeof(telling[0]) &&
		     !line_has(said, len, telling[rank]); rank++)
			;
		if (len && rank <= best_rank) {	/* of equals the last */
			best = said;
			best_len = len;
			best_rank = rank;
		}
		said += len + (said[len] == '\n');
	}
	if (best && best_len > 11 && strncmp(best, "kworkshop: ", 11) == 0) {
		best += 11;
		best_len -= 11;
	}
	for (; best && best_len; best++, best_len--) {
		unsigned char c = (unsigned char)*best;

		strbuf_putc(out, c < 0x20 || c >= 0x7f ? '?' : (char)c);
	}
}

static const char *meaning_of(int sig)
{
	size_t i;

	for (i = 0; i < sizeof(signal_meanings) / sizeof(signal_meanings[0]); i++)
		if (signal_meanings[i].signal == sig)
			return signal_meanings[i].meaning;
	return "";
}

static void write_signal(const struct exit_report *e, struct strbuf *out)
{
	const char *name = sigabbrev_np(e->signal), *meaning = meaning_of(e->signal);

	if (e->signal == SIGXCPU) {
		strbuf_printf(out, "the machine process used up its %u s of CPU time and was ended (SIGXCPU)",
			      e->cpu_seconds);
		return;
	}
	strbuf_printf(out, "the machine process was killed by SIG%s", name ? name : "?");
	if (*meaning)
		strbuf_printf(out, ": %s", meaning);
}

static void write_by_itself(const struct exit_report *e, struct strbuf *out)
{
	if (e->full_at)
		strbuf_printf(out, "the trace is full: this run reached its bound of %llu events",
			      (unsigned long long)e->full_at);
	else if (e->signal)
		write_signal(e, out);
	else if (e->status == 4)
		strbuf_puts(out, "the machine process met an internal error");
	else if (e->status == 2)
		strbuf_puts(out, "the lesson is faulty");
	else
		strbuf_printf(out, "the machine process ended too early, with status %lld",
			      (long long)e->status);
}

void exit_report_write(const struct exit_report *e, const char *last_words, struct strbuf *out)
{
	switch (e->reason) {
	case ENDED_SPINS:
		strbuf_printf(out, "it spins for ever: no event and no virtual time for %u s, so it was "
			      "ended from outside", e->stuck_seconds);
		break;
	case ENDED_HANGS:
		strbuf_printf(out, "it hangs: it waits for what never comes, for %u s now, so it was "
			      "ended from outside", e->stuck_seconds);
		break;
	case ENDED_BAD_LOG:
		strbuf_puts(out, "the lesson's code has overwritten the event log, so it was ended "
			    "from outside; the events before are whole");
		break;
	case ENDED_BRANCH_DIFFERS:
		strbuf_printf(out, "internal error: this branch differs from the run it came from at "
			      "event %llu", (unsigned long long)e->differs_at);
		break;
	case ENDED_OTHER_VERSION:
		strbuf_printf(out, "these inputs were recorded for another version of the lesson: event "
			      "%llu, where an interrupt was fired, has another time here",
			      (unsigned long long)e->moved_at);
		return;
	case ENDED_BY_ITSELF:
		write_by_itself(e, out);
		break;
	}
	if (*last_words)
		strbuf_printf(out, " (%s)", last_words);
}
