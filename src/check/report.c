/*
 * check/report.c - writes and reads the lines of a report.
 *
 * Never here:   the facts (play.c), conclusions (judge.c).   Licence: MIT.
 */
#include "check/check_internal.h"

#include <stdio.h>
#include <string.h>

void report_put(struct strbuf *out, const char *kind, const char *question, const char *text)
{
	strbuf_printf(out, "%s\t%s\t", kind, question);
	for (; *text; text++)
		strbuf_putc(out, (unsigned char)*text < ' ' ? ' ' : *text);
	strbuf_putc(out, '\n');
}

static size_t take(const char *from, char *to, size_t size)
{
	size_t len = strcspn(from, "\t\n");

	snprintf(to, size, "%.*s", (int)len, from);
	return len + (from[len] == '\t');
}

bool report_next(const char **at, struct report_line *line)
{
	const char *p = *at;

	if (!*p)
		return false;
	p += take(p, line->kind, sizeof(line->kind));
	p += take(p, line->question, sizeof(line->question));
	line->text = p;
	line->len = strcspn(p, "\n");
	*at = p + line->len + (p[line->len] == '\n');
	return true;
}

bool report_find(const char *report, const char *kind, const char *question, struct report_line *line)
{
	while (report_next(&report, line))
		if (!strcmp(line->kind, kind) && !strcmp(line->question, question))
			return true;
	return false;
}

bool report_has(const char *report, const char *kind, const char *question, const char *text)
{
	struct report_line line;

	while (report_next(&report, &line))
		if (!strcmp(line.kind, kind) && !strcmp(line.question, question) && line.len == strlen(text) &&
		    !strncmp(line.text, text, line.len))
			return true;
	return false;
}
