/*
 * base/wrap.c - see wrap.h.   Licence: MIT.
 */
#include "base/shortage.h"
#include "base/wrap.h"

#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/strbuf.h"
#include "base/width.h"

void wrap_begin(struct wrap *w, const char *text, size_t len, int width)
{
	*w = (struct wrap){ .text = text, .len = len, .width = width < 1 ? 1 : width };
}

static bool is_blank(const struct wrap *w, size_t at)
{
	return at < w->len && (w->text[at] == ' ' || w->text[at] == '\t');
}

/* Skips the blanks at the beginning of a line; they become its indentation, of at most half the width. */
static void take_indent(struct wrap *w)
{
	w->indent = 0;
	for (; is_blank(w, w->at); w->at++)
		if (w->indent < w->width / 2)
			w->indent++;
}

/* Ends @line at @to; the next line begins at @next. */
static bool finish(struct wrap *w, struct wrap_line *line, size_t to, size_t next, bool continued)
{
	line->to = to;
	if (to == line->from)
		line->indent = 0;
	line->columns = width_text(w->text + line->from, to - line->from);
	w->at = next;
	w->continued = continued;
	return true;
}

bool wrap_next(struct wrap *w, struct wrap_line *line)
{
	size_t gap = 0, after_gap = 0;	/* the last blanks: where they begin and end */
	size_t at;
	int room;

	if (w->at == w->len)
		return false;
	if (!w->continued)
		take_indent(w);
	*line = (struct wrap_line){ .from = w->at, .indent = w->indent };
	room = w->width - w->indent;
	at = w->at;
	while (at < w->len && w->text[at] != '\n') {
		int columns = 1;
		size_t n = 1;

		if (is_blank(w, at)) {
			if (after_gap != at)
				gap = at;
			after_gap = at + 1;
		} else {
			n = width_grapheme(w->text + at, w->len - at, &columns);
			if (columns > room && after_gap > line->from)
				return finish(w, line, gap, after_gap, true);
			if (columns > room && at > line->from)
				return finish(w, line, at, at, true);
		}
		room -= columns;
		at += n;
	}
	return finish(w, line, after_gap == at && after_gap > line->from ? gap : at, at < w->len ? at + 1 : at, false);
}

static void print_lines(FILE *out, int columns, const char *first, const char *text, size_t len)
{
	int margin = width_text(first, strlen(first));
	struct wrap_line line;
	struct wrap w;
	bool printed = false;

	wrap_begin(&w, text, len, columns - margin);
	while (wrap_next(&w, &line)) {
		int indent = line.indent + (printed ? margin : 0);

		if (!printed)
			fputs(first, out);
		if (line.to > line.from)
			fprintf(out, "%*s%.*s", indent, "", (int)(line.to - line.from), text + line.from);
		fputc('\n', out);
		printed = true;
	}
	if (!printed)
		fprintf(out, "%s\n", first);
}

void wrap_print(FILE *out, int columns, const char *first, const char *text)
{
	size_t n = strlen(text), size = 3 * n + 1;	/* U+FFFD takes three bytes */
	char *clean = shortage_need(malloc(size));
	struct strbuf buf;

	strbuf_init(&buf, clean, size);
	printable_text(&buf, text, n);
	print_lines(out, columns, first, buf.buf, buf.len);
	free(clean);
}
