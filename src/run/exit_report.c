/*
 * run/exit_report.c - see exit_report.h.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "run/exit_report.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "base/exit_status.h"
#include "base/printable.h"

static const struct {
	int signal;
	const char *meaning;
} signal_meanings[] = {
	{ SIGSEGV, "an access to memory that is not mapped" },
	{ SIGBUS, "an access to memory that does not exist" },
	{ SIGILL, "an illegal instruction" },
	{ SIGFPE, "a division by zero, or the like" },
	{ SIGABRT, "abort(), or a failed assertion" },
	{ SIGSYS, "a forbidden system call" },
	{ SIGKILL, "from outside, or this computer ran out of memory" },
	{ SIGTERM, "from outside" },
	{ SIGINT, "from outside" },
	{ SIGHUP, "from outside" },
	{ SIGQUIT, "from outside" },
};

/* Marks of the line worth showing, best first. */
static const char *const telling[] = {
	"internal error: ", "kworkshop: ", "SUMMARY: ", "runtime error: ", "Assertion"
};

static bool line_has(const char *line, size_t len, const char *mark)
{
	return memmem(line, len, mark, strlen(mark)) != NULL;
}

void exit_report_last_words(const char *written, struct strbuf *out)
{
	const char *best = NULL;
	size_t best_len = 0, best_rank = sizeof(telling) / sizeof(telling[0]) + 1;

	while (*written) {
		size_t len = strcspn(written, "\n"), rank;

		for (rank = 0; rank < sizeof(telling) / sizeof(telling[0]) &&
		     !line_has(written, len, telling[rank]); rank++)
			;
		if (len && rank <= best_rank) {	/* of equals the last */
			best = written;
			best_len = len;
			best_rank = rank;
		}
		written += len + (written[len] == '\n');
	}
	if (best && best_len > 11 && strncmp(best, "kworkshop: ", 11) == 0) {
		best += 11;
		best_len -= 11;
	}
	if (best)
		printable_text(out, best, best_len);
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
	if (e->signal)
		write_signal(e, out);
	else if (e->status == EXIT_INTERNAL)
		strbuf_puts(out, "the machine process met an internal error");
	else
		strbuf_printf(out, "the machine process ended too early, with status %lld",
			      (long long)e->status);
}

/* ---- faults of the lesson ------------------------------------------------------- */

bool exit_report_is_fault(const struct exit_report *e)
{
	if (e->full_at)
		return true;
	if (e->reason == ENDED_SPINS || (e->reason == ENDED_BY_ITSELF && e->signal == SIGXCPU))
		return e->in_code;
	return e->reason == ENDED_BY_ITSELF && !e->signal && e->status == EXIT_MISUSE;
}

/* The line that begins with "FILE:": the machine process prints it where the log takes no more events. */
static bool find_fault_line(const struct exit_report *e, const char *written, struct strbuf *out)
{
	size_t file = strlen(e->file);

	for (; *written; written += strcspn(written, "\n"), written += *written == '\n') {
		size_t len = strcspn(written, "\n");

		if (len <= file || strncmp(written, e->file, file) != 0 || written[file] != ':')
			continue;
		printable_text(out, written, len);
		return true;
	}
	return false;
}

static void write_fault(const struct exit_report *e, const char *written, struct strbuf *out)
{
	unsigned int seconds = e->signal == SIGXCPU ? e->cpu_seconds : e->stuck_seconds;

	if (find_fault_line(e, written, out))
		return;
	strbuf_printf(out, "%s:%u: ", e->file, e->code_line ? e->code_line : 1);
	if (e->full_at)
		strbuf_printf(out, "the run has reached its bound of %llu events",
			      (unsigned long long)e->full_at);
	else if (!e->in_code)
		strbuf_puts(out, "the lesson is faulty");
	else if (e->signal == SIGXCPU)
		strbuf_printf(out, "this run has used up its %u s of CPU time", seconds);
	else if (e->code_call[0])
		strbuf_printf(out, "one call of %s has used %u s of CPU time", e->code_call, seconds);
	else
		strbuf_printf(out, "%u s of CPU time without an event or virtual time: an endless loop?", seconds);
}

/* ---- all ends ---------------------------------------------------------------------- */

static void write_end(const struct exit_report *e, struct strbuf *out)
{
	switch (e->reason) {
	case ENDED_SPINS:
		strbuf_printf(out, "internal error: the machine process used %u s of CPU time without an "
			      "event or virtual time, and was killed", e->stuck_seconds);
		break;
	case ENDED_HANGS:
		strbuf_printf(out, "internal error: the machine process waited %u s without an event, virtual "
			      "time or CPU time, and was killed", e->stuck_seconds);
		break;
	case ENDED_BAD_LOG:
		strbuf_puts(out, "the event log was overwritten, so the machine process was killed; the "
			    "events before are whole");
		break;
	case ENDED_BRANCH_DIFFERS:
		strbuf_printf(out, "internal error: this branch differs from the run it came from at "
			      "event %llu", (unsigned long long)e->differs_at);
		break;
	case ENDED_OTHER_VERSION:
		strbuf_printf(out, "these inputs were recorded for another version of the lesson: event "
			      "%llu, where an interrupt was fired, has another time here",
			      (unsigned long long)e->moved_at);
		break;
	case ENDED_BY_ITSELF:
		write_by_itself(e, out);
		break;
	}
}

void exit_report_write(const struct exit_report *e, const char *written, struct strbuf *out)
{
	STRBUF(words, 256);

	if (exit_report_is_fault(e)) {
		write_fault(e, written, out);
		return;
	}
	write_end(e, out);
	exit_report_last_words(written, &words);
	if (*words.buf && e->reason != ENDED_OTHER_VERSION)
		strbuf_printf(out, " (%s)", words.buf);
}
