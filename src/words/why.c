/*
 * words/why.c - see why.h.   Licence: MIT.
 */
#include "words/why.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "words/texts.h"

static char *replaced[WHY_NR][2];	/* by decision: no, yes */

static bool known(const struct trace_why *why)
{
	return why->pred > WHY_NONE && why->pred < WHY_NR;
}

void words_predicate(const struct trace_why *why, struct strbuf *out)
{
	const char *name, *returned = trace_why_returned(why);

	if (!known(why))
		return;
	name = trace_why_rows[why->pred].name;
	strbuf_printf(out, "%s%s", name, strchr(name, '(') ? "" : "()");
	if (*returned)
		strbuf_printf(out, W(RETURNED), returned);
}

/* The number in "{2}", 0 = @p is no such brace. */
static unsigned int value_at(const char *p)
{
	return p[0] == '{' && p[1] >= '1' && p[1] <= '3' && p[2] == '}' ? (unsigned int)(p[1] - '0') : 0;
}

void words_reason(const struct trace_why *why, struct strbuf *out)
{
	const char *p = known(why) ? replaced[why->pred][why->v[0] != 0] : NULL;

	if (!p) {
		trace_format_reason(why, out);
		return;
	}
	while (*p) {
		unsigned int i = value_at(p);

		if (i)
			strbuf_printf(out, "%" PRId32, why->v[i]);
		else
			strbuf_putc(out, *p);
		p += i ? 3 : 1;
	}
}

void words_why(const struct trace_why *why, struct strbuf *out)
{
	if (!known(why))
		return;
	words_predicate(why, out);
	strbuf_puts(out, ": ");
	words_reason(why, out);
}

int words_reason_replace(enum trace_why_id pred, bool yes, const char *text)
{
	char *copy = NULL;

	for (const char *p = text; p && *p; p++)
		if ((*p == '{' && (!value_at(p) || !*trace_why_rows[pred].values[value_at(p)])) ||
		    (*p == '}' && (p - text < 2 || !value_at(p - 2))))
			return -EINVAL;
	if (text && !(copy = strdup(text)))
		return -ENOMEM;
	free(replaced[pred][yes]);
	replaced[pred][yes] = copy;
	return 0;
}
