/*
 * run/exit_report.c - see exit_report.h.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "run/exit_report.h"

#include <signal.h>
#include <string.h>

#include "base/exit_status.h"
#include "base/printable.h"

/* Marks of the line worth showing, best first. */
static const char *const revealing[] = {
	"internal error: ", "kworkshop: ", "SUMMARY: ", "runtime error: ", "Assertion"
};

static bool line_has(const char *line, size_t len, const char *mark)
{
	return memmem(line, len, mark, strlen(mark)) != NULL;
}

void exit_report_last_words(const char *written, struct strbuf *out)
{
	const char *best = NULL;
	size_t best_len = 0, best_rank = sizeof(revealing) / sizeof(revealing[0]) + 1;

	while (*written) {
		size_t len = strcspn(written, "\n"), rank;

		for (rank = 0; rank < sizeof(revealing) / sizeof(revealing[0]) &&
		     !line_has(written, len, revealing[rank]); rank++)
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

/* All sentences about a shortage begin so. */
bool exit_report_is_shortage(const char *words)
{
	return strncmp(words, "this computer ", 14) == 0;
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

bool exit_report_fault_line(const struct exit_report *e, const char *written, struct strbuf *out)
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
