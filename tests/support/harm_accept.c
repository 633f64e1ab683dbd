/*
 * tests/support/harm_accept.c - which ends of a harmed call are right.
 *
 * Lives here:   the judgement, as a list of conditions that each has a name.
 * Never here:   making the call (harm.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/harm.h"
#include "tests/test.h"

#define SENTENCES_MAX 3		/* the cause, that progress is not kept, and how the lesson ended */

/* Words of a sentence that names no cause, a wrong one or none at all. */
static const char *const never[] = {
	"Success", "not an error", "cannot rollback", "Assertion", "assertion", "internal error", "kworkshop: \n", "(null)",
	"is faulty", "the lesson is wrong", "HOME is not set", "runtime error", "Sanitizer", "terminate called",
	"stack traceback", "bug in kworkshop",
};

bool harm_survives(int signal)
{
	static const int harmless[] = { SIGPIPE, SIGXFSZ, SIGCONT, SIGTSTP, SIGWINCH, SIGCHLD, SIGURG };

	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (harmless[i] == signal)
			return true;
	return false;
}

/* The lines that begin with the program's name, and "Error: ..." lines of plain mode. */
static unsigned int sentences(const char *text)
{
	unsigned int n = 0;

	for (const char *at = text; (at = strstr(at, "kworkshop: ")); at++)
		n += at == text || at[-1] == '\n';
	return n;
}

static const char *bad_word(const struct harm_end *end)
{
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (strstr(end->err, never[i]) || strstr(end->out, never[i]))
			return never[i];
	return NULL;
}

static bool explained(const struct harm_end *end)
{
	/* `doctor` reports on standard output */
	static const char *const causes[] = { "this computer", "File too large", "No space left", "memory" };

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (strstr(end->out, causes[i]))
			return true;
	return sentences(end->err) || strstr(end->err, "this computer");
}

static bool repeated(const char *text)
{
	char line[600];

	for (const char *at = text; (at = strstr(at, "kworkshop: ")); at++) {
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
		if (strstr(at + 1, line))
			return true;
	}
	return false;
}

/* Return: the condition that @end breaks, or NULL. */
static const char *broken(const struct harm *h, const struct harm_end *end, unsigned int status, const char *whole)
{
	int expected = h->signal ? h->signal : h->screen ? SIGINT : h->fault && strstr(h->fault, " kill ") && end->counts.hits ? SIGKILL : 0;

	if (h->signal && harm_survives(h->signal))
		expected = SIGINT;
	if (end->hung)
		return "it does not end";
	if (end->left)
		return "a process is left";
	if (!end->restored)
		return "the terminal is not as before";
	if (*end->files)
		return "files of the person are changed, or others are left";
	if (bad_word(end))
		return bad_word(end);
	if (repeated(end->err))
		return "a sentence is repeated";
	if (end->status < 0)
		return expected && end->status == -expected ? NULL : "a signal ended it";
	if (sentences(end->err) > SENTENCES_MAX)
		return "more than one thing is reported";
	if (end->status == 0 && strstr(end->err, "progress is not kept"))
		return NULL;	/* the rest goes on without it */
	if (end->status == 0)
		return whole && strcmp(end->out, whole) ? "status 0, but the output is another" : NULL;
	if (!(status & HARM_STATUS(end->status)))
		return "the status is not that of the cause";
	return explained(end) ? NULL : "no sentence has the reason";
}

/* The first line of @have that is not in @want, and the line that is there. */
static void note_difference(const char *have, const char *want)
{
	size_t line = 0;

	for (size_t i = 0; have[i] && have[i] == want[i]; i++)
		if (have[i] == '\n')
			line = i + 1;
	test_note("  have: %.*s", (int)strcspn(have + line, "\n"), have + line);
	test_note("  want: %.*s", (int)strcspn(want + line, "\n"), want + line);
}

bool harm_accept(const struct harm *h, const struct harm_end *end, unsigned int status, const char *whole)
{
	const char *why = broken(h, end, status, whole);

	if (CHECK_TRUE(!why))
		return true;
	test_note("%s", why);
	test_note("  call: %s%s%s", h->args, h->input ? " < " : "", h->input ? h->input : "");
	if (h->fault)
		test_note("  fault: %s (%lu hits)", h->fault, (unsigned long)end->counts.hits);
	if (h->limit != HARM_NO_LIMIT)
		test_note("  limit %d: %llu", h->limit, (unsigned long long)h->limit_at);
	if (h->signal)
		test_note("  signal: %s", strsignal(h->signal));
	if (end->status == 0 && whole)
		note_difference(end->out, whole);
	test_note("  status %d, %u processes left%s", end->status, end->left, end->restored ? "" : ", terminal not restored");
	test_note("  %.1500s%.800s%s", end->err, end->status ? end->out : "", end->files);
	return false;
}

bool harm_keeps_answers(void)
{
	static struct harm_end end;
	struct harm h = { .args = "progress export", .limit = HARM_NO_LIMIT };

	harm_run(&h, &end);
	CHECK_LACKS(end.files, "new ");
	CHECK_LACKS(end.files, "changed ");
	harm_sh("! ls -A state | grep wal-probe");
	if (CHECK_TRUE(end.status == 0 && strstr(end.out, "\"second\"") && access(harm_path("state/progress.db-wal"), F_OK)))
		return true;
	test_note("status %d: %s%s", end.status, end.err, end.out);
	return false;
}
