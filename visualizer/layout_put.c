/*
 * visualizer/layout_put.c - text into cells, and which cells show which thing.
 *
 * Lives here:   clipping with an ellipsis, ASCII twins of texts, borders and titles.
 * Never here:   the parts of a frame.   Licence: MIT.
 */
#include "visualizer/layout_internal.h"

#include <stdarg.h>

#include "base/utf8.h"
#include "base/width.h"

#define PUT_BYTES 1024

/* In a text a dot parts two facts; as a sign of a lane it means idle. */
static size_t ascii_text(const char *text, char *out, size_t size)
{
	size_t len = 0;

	while (*text && len + 4 < size) {
		if (!strncmp(text, " → ", 5)) {
			memcpy(out + len, " to ", 4);
			len += 4;
			text += 5;
		} else if (!strncmp(text, "·", 2)) {
			out[len++] = '/';
			text += 2;
		} else {
			out[len++] = *text++;
		}
	}
	out[len] = '\0';
	return len;
}

/* @text as it will be shown, in @out. */
static size_t shown_text(const struct lay *l, const char *text, char *out, size_t size)
{
	if (l->in->ascii)
		return ascii_text(text, out, size);
	snprintf(out, size, "%s", text);
	return strlen(out);
}

int lay_columns(const struct lay *l, const char *text)
{
	char shown[PUT_BYTES];
	size_t len = shown_text(l, text, shown, sizeof(shown));

	return width_text(shown, len);
}

static int put_text(struct lay *l, int x, int y, int max, enum theme_style style, unsigned int attr, const char *text)
{
	char shown[PUT_BYTES];
	size_t len = shown_text(l, text, shown, sizeof(shown));
	STRBUF(cut, PUT_BYTES);

	if (max <= 0)
		return 0;
	width_put_cut(&cut, shown, len, max);
	return cells_put(&l->out->cells, x, y, max, style, attr, cut.buf, cut.len, l->in->ascii);
}

int lay_put(struct lay *l, int x, int y, int max, enum theme_style style, const char *fmt, ...)
{
	char text[PUT_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return put_text(l, x, y, max, style, 0, text);
}

void lay_mark(struct lay *l, enum layout_role role, int x, int y, int w, enum trace_class cls, uint32_t id)
{
	struct layout *o = l->out;

	if (o->nr_things < LAYOUT_THINGS_MAX && w > 0)
		o->thing[o->nr_things++] = (struct layout_thing){ role, x, y, w, cls, id, 0 };
}

int lay_thing(struct lay *l, int x, int y, int max, enum theme_style style, enum layout_role role,
	      enum trace_class cls, uint32_t id, const char *fmt, ...)
{
	char text[PUT_BYTES];
	va_list ap;
	int used;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	used = put_text(l, x, y, max, style, 0, text);
	lay_mark(l, role, x, y, used, cls, id);
	return used;
}

void lay_cell(struct lay *l, int x, int y, enum theme_style style, const char *sign)
{
	cells_put(&l->out->cells, x, y, 1, style, 0, sign, strlen(sign), l->in->ascii);
}

uint32_t lay_char(const struct lay *l, int x, int y)
{
	const struct cells *c = &l->out->cells;

	return x >= 0 && y >= 0 && x < c->w && y < c->h ? c->v[y * c->w + x].ch : ' ';
}

const struct layout_thing *lay_find(const struct lay *l, enum layout_role role, enum trace_class cls, uint32_t id)
{
	for (unsigned int i = 0; i < l->out->nr_things; i++) {
		const struct layout_thing *t = &l->out->thing[i];

		if (t->role == role && t->cls == (uint32_t)cls && t->id == id)
			return t;
	}
	return NULL;
}

const char *lay_arrow(const struct lay *l)
{
	return l->in->ascii ? "to" : "→";
}

/* ---- borders ----------------------------------------------------------------------------------- */

void lay_border(struct lay *l, int x0, int x1, int y)
{
	lay_cell(l, x0, y, ST_BORDER, "├");
	for (int x = x0 + 1; x < x1; x++)
		lay_cell(l, x, y, ST_BORDER, "─");
	lay_cell(l, x1, y, ST_BORDER, "┤");
}

int lay_title(struct lay *l, int x, int y, int max, enum theme_style style, const char *fmt, ...)
{
	char text[PUT_BYTES];
	va_list ap;
	int used;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!*text || max < 3)
		return 0;
	lay_cell(l, x, y, ST_BORDER, " ");
	used = put_text(l, x + 1, y, max - 2, style, 0, text);
	lay_cell(l, x + 1 + used, y, ST_BORDER, " ");
	return used + 2;
}

void lay_title_right(struct lay *l, int left, int right, int y, enum theme_style style, const char *text)
{
	int columns = lay_columns(l, text) + 2;

	if (columns > right - left + 1)
		columns = right - left + 1;
	lay_title(l, right + 1 - columns, y, columns, style, "%s", text);
}

void lay_point(struct lay *l, int x, int y, enum trace_class cls, uint32_t id)
{
	if (id && l->in->pick_cls == (uint32_t)cls && l->in->pick_id == id)
		lay_put(l, x, y, 1, ST_KEY, l->in->ascii ? ">" : "▶");
}

uint32_t lay_talked(const struct lay *l)
{
	return l->in->pick_cls == CLS_ITEM ? l->in->pick_id : l->e->item;
}
