/*
 * visualizer/styled.c - see styled.h.   Licence: MIT.
 */
#include "visualizer/styled.h"

void styled_clear(struct styled_room *room)
{
	room->used = 0;
	room->nr_spans = 0;
}

/* Columns of the character at @at; its bytes go to *@n, 0 at the end. */
static int next_char(const struct styled_room *room, uint32_t at, size_t *n, uint32_t *ch)
{
	*n = at < room->used ? term_utf8(room->text + at, room->used - at, ch) : 0;
	return *n ? term_char_width(*ch) : 0;
}

/* End of the line that begins at @from; *@next is where the following one begins. */
static uint32_t line_end(const struct styled_room *room, uint32_t from, int width, uint32_t *next)
{
	uint32_t at = from, space = from, ch;
	size_t n;
	int col = 0;

	for (;; at += (uint32_t)n) {
		col += next_char(room, at, &n, &ch);
		if (!n || ch == '\n') {
			*next = at + (uint32_t)n;
			return at;
		}
		if (col > width && ch != ' ') {
			*next = space > from ? space + 1 : at;
			return space > from ? space : at;
		}
		if (ch == ' ')
			space = at;
	}
}

unsigned int styled_wrap(struct styled_room *room, const char *payload, int width, struct styled_line *lines,
			 unsigned int max)
{
	uint32_t from = (uint32_t)room->used, next;
	unsigned int first = room->nr_spans, nr = 0;
	struct strbuf text;

	if (sizeof(room->text) - room->used < 2)
		return 0;
	strbuf_init(&text, room->text + room->used, sizeof(room->text) - room->used);
	room->nr_spans += markup_expand(payload, &text, room->span + first, STYLED_SPANS_MAX - first);
	for (unsigned int i = first; i < room->nr_spans; i++) {
		room->span[i].from += from;
		room->span[i].to += from;
	}
	room->used += text.len;
	if (width < 1)
		width = 1;
	while (nr < max && from < room->used) {
		struct styled_line *l = &lines[nr++];

		*l = (struct styled_line){ room, from, 0, first, room->nr_spans - first };
		l->to = line_end(room, from, width, &next);
		from = next;
	}
	return nr;
}

static unsigned int style_at(const struct styled_line *l, uint32_t at, uint32_t *until)
{
	const struct markup_span *s = l->room->span + l->span;

	*until = l->to;
	for (unsigned int i = 0; i < l->nr_spans; i++) {
		if (s[i].from > at && s[i].from < *until)
			*until = s[i].from;
		if (s[i].from > at || s[i].to <= at)
			continue;
		*until = s[i].to < l->to ? s[i].to : l->to;
		return s[i].style;
	}
	return 0;
}

int styled_put(struct term *t, int x, int y, int max, enum theme_style style, const struct styled_line *line)
{
	uint32_t at = line->from, until;
	int used = 0;

	while (at < line->to && used < max) {
		unsigned int mode = style_at(line, at, &until);
		enum theme_style here = mode & MARKUP_CODE ? ST_CODE : mode & MARKUP_NAME ? ST_NAME : style;

		used += term_put(t, x + used, y, max - used, here, mode & MARKUP_BOLD ? ATTR_BOLD : 0,
				 line->room->text + at, until - at);
		at = until;
	}
	return used;
}
