/*
 * check/habits.c - code that runs and means something else than it seems to.
 *
 * A delay of queue_delayed_work() is a number of jiffies, so 50 is 50 ms only with hz = 1000.  A time
 * is a sum of costs, so == compares what is never equal.  Both are found in the text of the file,
 * without its comments and strings.
 *
 * Lives here:   such habits, each with its place.
 * Never here:   Lua's grammar beyond names, numbers and parentheses.   Licence: MIT.
 */
#include "check/check_internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "words/texts.h"

/* ---- the text without comments and strings ---------------------------------------------- */

/* Length of a long bracket that begins at @p, "[[...]]" or "[==[...]==]"; 0 = none does. */
static size_t long_bracket(const char *p)
{
	size_t level = 0;
	const char *q;

	if (*p != '[')
		return 0;
	while (p[1 + level] == '=')
		level++;
	if (p[1 + level] != '[')
		return 0;
	for (q = p + 2 + level; *q; q++)
		if (*q == ']' && strspn(q + 1, "=") == level && q[1 + level] == ']')
			return (size_t)(q + 2 + level - p);
	return strlen(p);
}

static size_t quoted(const char *p)
{
	const char *q;

	if (*p != '"' && *p != '\'')
		return 0;
	for (q = p + 1; *q && *q != *p && *q != '\n'; q++)
		q += *q == '\\' && q[1];
	return (size_t)(q - p) + (*q == *p);
}

static size_t comment(const char *p)
{
	size_t n;

	if (p[0] != '-' || p[1] != '-')
		return 0;
	n = long_bracket(p + 2);
	return n ? n + 2 : strcspn(p, "\n");
}

/* Blanks in their place, so that lines and columns stay. */
static void blank_out(char *text)
{
	for (char *p = text; *p;) {
		size_t n = comment(p);

		n = n ? n : quoted(p);
		n = n ? n : long_bracket(p);
		if (!n) {
			p++;
			continue;
		}
		for (; n && *p; n--, p++)
			*p = *p == '\n' ? '\n' : ' ';
	}
}

static void place_of(const char *text, const char *at, unsigned int *line, unsigned int *col)
{
	const char *start = text;

	*line = 1;
	for (const char *p = text; p < at; p++) {
		if (*p == '\n') {
			++*line;
			start = p + 1;
		}
	}
	*col = (unsigned int)(at - start) + 1;
}

static bool in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* ---- delays --------------------------------------------------------------------------------- */

/* The last argument of the call whose "(" is at @p; NULL: it has no end. */
static const char *last_argument(const char *p, const char **end)
{
	const char *last = p + 1;
	unsigned int depth = 0;

	for (; *p; p++) {
		if (*p == '(' || *p == '{')
			depth++;
		else if (*p == ')' || *p == '}')
			depth--;
		if (*p == ',' && depth == 1)
			last = p + 1;
		if (!depth) {
			*end = p;
			return last + strspn(last, " \t\n");
		}
	}
	return NULL;
}

static void check_delay(struct check *c, const char *text, const char *call)
{
	const char *end, *arg = last_argument(call, &end);
	size_t digits = arg ? strspn(arg, "0123456789") : 0;
	unsigned int line, col;

	if (!digits || strtoul(arg, NULL, 10) == 0 || arg + digits + strspn(arg + digits, " \t\n") != end)
		return;
	place_of(text, arg, &line, &col);
	check_find(c, CHECK_BARE_JIFFIES, "", line, col, -1, W(CHECK_FIX_BARE_JIFFIES), W(CHECK_JIFFIES), (int)digits, arg);
}

static void check_delays(struct check *c, const char *text)
{
	static const char *const ends[] = { "_delayed_work", "_delayed_work_on" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t len = strlen(ends[i]);

		for (const char *p = text; (p = strstr(p, ends[i])); p += len) {
			const char *call = p + len + strspn(p + len, " \t"), *begin = p;

			while (begin > text && in_name(begin[-1]))
				begin--;
			if (*call == '(' && (!strncmp(begin, "queue_", 6) || !strncmp(begin, "mod_", 4) ||
					     !strncmp(begin, "schedule_", 9)))
				check_delay(c, text, call);
		}
	}
}

/* ---- times ------------------------------------------------------------------------------------- */

/* Is one side of the == or ~= at @p a name that ends with .ms? */
static bool compares_time(const char *text, const char *p)
{
	const char *left = p, *right = p + 2 + strspn(p + 2, " \t");
	size_t n;

	while (left > text && strchr(" \t", left[-1]))
		left--;
	if (left - text > 3 && !strncmp(left - 3, ".ms", 3))
		return true;
	for (n = 0; in_name(right[n]) || right[n] == '.'; n++)
		;
	return n > 3 && !strncmp(right + n - 3, ".ms", 3);
}

static void check_times(struct check *c, const char *text)
{
	unsigned int line, col;

	for (const char *p = text; *p; p++) {
		if ((p[0] != '=' && p[0] != '~') || p[1] != '=' || (p > text && strchr("=<>~", p[-1])) ||
		    !compares_time(text, p))
			continue;
		place_of(text, p, &line, &col);
		check_find(c, CHECK_EXACT_TIME, "", line, col, -1, W(CHECK_FIX_EXACT_TIME), "%s", W(CHECK_TIME));
	}
}

void check_habits(struct check *c)
{
	char *text = shortage_need(strdup(c->source));

	blank_out(text);
	check_delays(c, text);
	check_times(c, text);
	free(text);
}
