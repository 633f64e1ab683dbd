/*
 * check/place.c - where in the lesson's file a finding belongs.
 *
 * A question knows the line of its call.  The place of one of its choices, of a rule or of a
 * needed lesson is the first occurrence of its name in quotes from there on.
 *
 * Lives here:   lines and columns.
 * Never here:   Lua: the file is text.   Licence: MIT.
 */
#include "check/check_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *line_at(const char *source, unsigned int line)
{
	for (; line > 1 && source; line--) {
		source = strchr(source, '\n');
		source = source ? source + 1 : NULL;
	}
	return source;
}

bool place_find(const char *source, unsigned int from, const char *text, unsigned int *line, unsigned int *col)
{
	const char *begin = line_at(source, from), *hit = begin ? strstr(begin, text) : NULL, *start;

	if (!hit)
		return false;
	*line = from;
	for (start = begin; (begin = memchr(start, '\n', (size_t)(hit - start))); start = begin + 1)
		++*line;
	*col = (unsigned int)(hit - start) + 1;
	return true;
}

bool check_place(const char *source, unsigned int from, const char *text, unsigned int *line, unsigned int *col)
{
	return place_find(source, from, text, line, col);
}

unsigned int place_column(const char *source, unsigned int line)
{
	const char *p = line_at(source, line);

	return p ? (unsigned int)strspn(p, " \t") + 1 : 1;
}

void place_question(const struct check *c, const char *question, unsigned int *line, unsigned int *col)
{
	struct report_line note;

	*line = *col = 1;
	for (size_t i = 0; i < c->nr_runs; i++) {
		const char *colon;

		if (!c->report[i] || !report_find(c->report[i], "question", question, &note))
			continue;
		colon = memchr(note.text, ':', note.len);	/* "02-life.lua:25: " */
		if (colon)
			*line = (unsigned int)strtoul(colon + 1, NULL, 10);
		if (!*line)
			*line = 1;
		*col = place_column(c->source, *line);
		return;
	}
}

void place_choice(const struct check *c, const char *question, const char *id, unsigned int *line, unsigned int *col)
{
	unsigned int from, first;
	char text[LESSON_CHOICE_ID_BYTES_MAX + 16];

	place_question(c, question, &from, &first);
	snprintf(text, sizeof(text), "id = \"%s\"", id);
	if (place_find(c->source, from, text, line, col))
		return;
	snprintf(text, sizeof(text), "id = %s", id);	/* true, false */
	if (place_find(c->source, from, text, line, col))
		return;
	snprintf(text, sizeof(text), "\"%s\"", id);
	if (place_find(c->source, from, text, line, col))
		return;
	*line = from;
	*col = first;
}
