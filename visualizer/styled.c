/*
 * visualizer/styled.c - see styled.h.   Licence: MIT.
 */
#include "visualizer/styled.h"

#include "base/wrap.h"

void styled_clear(struct styled_room *room)
{
	room->used = 0;
	room->nr_spans = 0;
}

unsigned int styled_wrap(struct styled_room *room, const char *payload, int width, struct styled_line *lines,
			 unsigned int max)
{
	uint32_t from = (uint32_t)room->used;
	unsigned int first = room->nr_spans, nr = 0;
	struct wrap_line line;
	struct strbuf text;
	struct wrap wrap;

	if (sizeof(room->text) - room->used < 2)
		return 0;
	strbuf_init(&text, room->text + room->used, sizeof(room->text) - room->used);
	room->nr_spans += markup_expand(payload, &text, room->span + first, STYLED_SPANS_MAX - first);
	for (unsigned int i = first; i < room->nr_spans; i++) {
		room->span[i].from += from;
		room->span[i].to += from;
	}
	room->used += text.len;
	wrap_begin(&wrap, text.buf, text.len, width);
	while (nr < max && wrap_next(&wrap, &line))
		lines[nr++] = (struct styled_line){
			.room = room, .from = from + (uint32_t)line.from, .to = from + (uint32_t)line.to,
			.indent = line.indent, .span = first, .nr_spans = room->nr_spans - first,
		};
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

int styled_put_cells(struct cells *c, bool ascii, int x, int y, int max, enum theme_style style,
		     const struct styled_line *line)
{
	uint32_t at = line->from, until;
	int used = line->indent;

	while (at < line->to && used < max) {
		unsigned int mode = style_at(line, at, &until);
		enum theme_style here = mode & MARKUP_CODE ? ST_CODE : mode & MARKUP_NAME ? ST_NAME : style;

		used += cells_put(c, x + used, y, max - used, here, mode & MARKUP_BOLD ? ATTR_BOLD : 0,
				  line->room->text + at, until - at, ascii);
		at = until;
	}
	return used;
}

int styled_put(struct term *t, int x, int y, int max, enum theme_style style, const struct styled_line *line)
{
	return styled_put_cells(term_frame(t), term_ascii(t), x, y, max, style, line);
}
