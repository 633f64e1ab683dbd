/*
 * words/report_text.c - see report_text.h.   Licence: MIT.
 */
#include "words/report_text.h"

#include <stdlib.h>
#include <string.h>

#include "words/texts.h"

/* The first row whose text is in the line; with .behind, a text that comes later in it. */
static const struct {
	const char *text, *behind;
	enum words_key key;
} kinds[] = {
	{ "kworker/R-", NULL, W_REPORT_PS_RESCUER },
	{ "kworker/", "+", W_REPORT_PS_IN_ITEM },
	{ "kworker/u", NULL, W_REPORT_PS_UNBOUND },
	{ "kworker/", "H", W_REPORT_PS_HIGH },
	{ "kworker/", "-", W_REPORT_PS_LAST },
	{ "kworker/", NULL, W_REPORT_PS_WORKER },
	{ "BUG: workqueue lockup", NULL, W_REPORT_LOCKUP },
	{ "Showing busy workqueues", NULL, W_REPORT_BUSY },
	{ "in-flight: ", NULL, W_REPORT_IN_FLIGHT },
	{ "pending: ", NULL, W_REPORT_PENDING },
	{ "inactive: ", NULL, W_REPORT_INACTIVE },
	{ "  pwq ", NULL, W_REPORT_PWQ },
	{ "workqueue ", ": flags=", W_REPORT_WQ },
	{ "pool ", ": cpus=", W_REPORT_POOL },
};

const char *words_report_line(const char *line)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *at = strstr(line, kinds[i].text);

		if (at && (!kinds[i].behind || strstr(at + strlen(kinds[i].text), kinds[i].behind)))
			return words_fixed(kinds[i].key);
	}
	return "";
}

const char *words_untimed(const char *line)
{
	size_t blanks = *line == '[' ? 1 + strspn(line + 1, " ") : 0, digits = blanks ? strspn(line + blanks, "0123456789.") : 0;

	return digits && !strncmp(line + blanks + digits, "] ", 2) ? line + blanks + digits + 2 : line;
}

double words_line_time(const char *line)
{
	return words_untimed(line) == line ? -1 : strtod(line + 1, NULL);
}
