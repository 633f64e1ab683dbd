/*
 * explore/schedule.c - text form of a schedule: "SEED:CHOICE,CHOICE".
 *
 * Lives here:   writing and reading it.
 * Never here:   a single choice's text (machine/lockstep/choice.c).   Licence: MIT.
 */
#include "explore/explore.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"

void schedule_format(struct strbuf *out, const struct schedule *s)
{
	strbuf_printf(out, "%llu:", (unsigned long long)s->seed);
	for (size_t i = 0; i < s->nr; i++) {
		if (i)
			strbuf_putc(out, ',');
		mach_choice_format(out, &s->v[i]);
	}
}

int schedule_parse(const char *text, uint64_t *seed, struct mach_choice *v, size_t max, char *err, size_t err_size)
{
	const char *p = text;
	char *end = NULL;
	size_t n = 0;

	errno = 0;
	*seed = *p >= '0' && *p <= '9' ? strtoull(p, &end, 10) : 0;
	if (!end || *end != ':' || errno) {
		snprintf(err, err_size, "a schedule begins with its seed and a colon: 1:turn/t9/3=2031");
		return -EINVAL;
	}
	for (p = end + 1; *p; n++) {
		const char *choice = p;

		if (n == max) {
			snprintf(err, err_size, "more than %zu forced choices", max);
			return -EINVAL;
		}
		if (!mach_choice_parse(p, &v[n], &p) || (*p && (*p != ',' || !p[1]))) {
			snprintf(err, err_size, "expected SITE/CONTEXT/ORDINAL=VALUE, as in turn/t9/3=2031, got \"%.40s\"",
				 choice);
			return -EINVAL;
		}
		p += *p == ',';
	}
	return (int)n;
}
