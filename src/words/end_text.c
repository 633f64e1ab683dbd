/*
 * words/end_text.c - see end_text.h.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "words/end_text.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/exit_status.h"
#include "words/texts.h"

static const struct {
	int signal;
	enum words_key meaning;
} signal_meanings[] = {
	{ SIGSEGV, W_SIGNAL_SEGV },
	{ SIGBUS, W_SIGNAL_BUS },
	{ SIGILL, W_SIGNAL_ILL },
	{ SIGFPE, W_SIGNAL_FPE },
	{ SIGABRT, W_SIGNAL_ABRT },
	{ SIGSYS, W_SIGNAL_SYS },
	{ SIGKILL, W_SIGNAL_KILL },
	{ SIGTERM, W_SIGNAL_OUTSIDE },
	{ SIGINT, W_SIGNAL_OUTSIDE },
	{ SIGHUP, W_SIGNAL_OUTSIDE },
	{ SIGQUIT, W_SIGNAL_OUTSIDE },
};

/* ---- faults of the lesson ------------------------------------------------------- */

static void write_fault(const struct exit_report *e, const char *written, struct strbuf *out)
{
	unsigned int seconds = e->signal == SIGXCPU ? e->cpu_seconds : e->stuck_seconds;

	if (exit_report_fault_line(e, written, out))
		return;
	strbuf_printf(out, "%s:%u: ", e->file, e->code_line ? e->code_line : 1);
	if (e->full_at)
		strbuf_printf(out, W(FAULT_FULL), (unsigned long long)e->full_at);
	else if (!e->in_code)
		strbuf_puts(out, W(FAULT_SOMEWHERE));
	else if (e->signal == SIGXCPU)
		strbuf_printf(out, W(FAULT_CPU_TIME), seconds);
	else if (e->code_call[0])
		strbuf_printf(out, W(FAULT_CALL), e->code_call, seconds);
	else
		strbuf_printf(out, W(FAULT_LOOP), seconds);
}

/* ---- other ends -------------------------------------------------------------------- */

static void write_signal(const struct exit_report *e, struct strbuf *out)
{
	const char *name = sigabbrev_np(e->signal);
	char text[20];
	size_t i = 0;

	if (e->signal == SIGXCPU) {
		strbuf_printf(out, W(END_CPU_TIME), e->cpu_seconds);
		return;
	}
	snprintf(text, sizeof(text), "SIG%s", name ? name : "?");
	while (i < sizeof(signal_meanings) / sizeof(signal_meanings[0]) && signal_meanings[i].signal != e->signal)
		i++;
	if (i < sizeof(signal_meanings) / sizeof(signal_meanings[0]))
		strbuf_printf(out, W(END_SIGNAL_MEANS), text, words_fixed(signal_meanings[i].meaning));
	else
		strbuf_printf(out, W(END_SIGNAL), text);
}

static void write_by_itself(const struct exit_report *e, struct strbuf *out)
{
	if (e->signal)
		write_signal(e, out);
	else if (e->status == EXIT_INTERNAL)
		strbuf_puts(out, W(END_INTERNAL));
	else
		strbuf_printf(out, W(END_EARLY), (long long)e->status);
}

static void write_end(const struct exit_report *e, struct strbuf *out)
{
	switch (e->reason) {
	case ENDED_SPINS:
		strbuf_printf(out, W(END_SPINS), e->stuck_seconds);
		break;
	case ENDED_HANGS:
		strbuf_printf(out, W(END_HANGS), e->stuck_seconds);
		break;
	case ENDED_BAD_LOG:
		strbuf_puts(out, W(END_BAD_LOG));
		break;
	case ENDED_BRANCH_DIFFERS:
		strbuf_printf(out, W(END_BRANCH_DIFFERS), (unsigned long long)e->differs_at);
		break;
	case ENDED_OTHER_VERSION:
		strbuf_printf(out, W(END_OTHER_VERSION), (unsigned long long)e->moved_at);
		break;
	case ENDED_BY_ITSELF:
		write_by_itself(e, out);
		break;
	}
}

void words_exit_report(const struct exit_report *e, const char *written, struct strbuf *out)
{
	STRBUF(words, 256);

	if (exit_report_is_fault(e)) {
		write_fault(e, written, out);
		return;
	}
	exit_report_last_words(written, &words);
	if (e->reason == ENDED_BY_ITSELF && !e->signal && exit_report_is_shortage(words.buf)) {
		strbuf_puts(out, words.buf);	/* neither the program nor the lesson is at fault */
		return;
	}
	write_end(e, out);
	if (*words.buf && e->reason != ENDED_OTHER_VERSION)
		strbuf_printf(out, " (%s)", words.buf);
}

/* ---- the sentences around them --------------------------------------------------------- */

void words_fault(const char *text, struct strbuf *out)
{
	strbuf_printf(out, W(END_IS_FAULT), text);
}

void words_over(const char *text, struct strbuf *out)
{
	strbuf_printf(out, W(END_IS_OVER), text);
}
