/*
 * visualizer/cells.c - see cells.h.   Licence: MIT.
 */
#include "visualizer/cells.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/utf8.h"
#include "base/width.h"

/* Where only ASCII can be shown; the machine's glyphs first. */
static const struct {
	uint32_t ch;
	char twin;
} twins[] = {
	/* states of workers */
	{ 0x25cf, '*' }, { 0x25cc, 'z' }, { 0x25cb, '.' }, { 0x25c6, 'M' }, { 0x271a, 'R' },
	{ 0x2716, 'x' }, { 0x25b8, '>' }, { 0x2298, 'h' }, { 0x25d0, '=' }, { 0x25aa, 'T' }, { 0x2691, 'F' },
	/* bits, marks of outcomes */
	{ 0x25a0, '1' }, { 0x25a1, '0' }, { 0x2714, 'v' }, { 0x2717, 'X' },
	/* lanes and bars */
	{ 0x258c, '[' }, { 0x2590, ']' }, { 0x2588, '#' }, { 0x2593, '$' }, { 0x2592, '%' }, { 0x2591, '=' },
	{ 0x2596, ',' }, { 0x2504, '~' }, { 0x2508, '.' }, { 0x2503, '|' }, { 0x2248, '/' },
	/* lines: a full one, a dotted one */
	{ 0x2501, '=' }, { 0x254c, ':' }, { 0x254e, ':' }, { 0x2550, '=' },
	/* arrows, punctuation */
	{ 0x25b6, '>' }, { 0x25c0, '<' }, { 0x25c2, '<' }, { 0x2192, '>' }, { 0x2190, '<' }, { 0x2191, '^' }, { 0x2193, 'v' },
	{ 0x2013, '-' }, { 0x2014, '-' }, { 0x2026, '_' }, { 0x2018, '\'' }, { 0x2019, '\'' }, { 0x201c, '"' },
	{ 0x201d, '"' }, { 0x00d7, 'x' }, { 0x00b7, '.' }, { 0x00b5, 'u' }, { 0x03bc, 'u' },
	{ 0x2022, '*' }, { 0x2264, '<' }, { 0x2265, '>' }, { 0x2260, '^' }, { 0x00b1, '~' },
	{ 0x00a0, ' ' }, { 0x2212, '-' }, { 0x00a7, 'S' },
	{ 0x2715, 'x' }, { 0x00bb, '!' }, { 0x23f8, '=' }, { 0x2011, '-' }, { 0x25c7, 'o' },
};

char cells_twin(uint32_t ch)
{
	if (ch < 0x80)
		return (char)ch;
	for (size_t i = 0; i < sizeof(twins) / sizeof(twins[0]); i++)
		if (twins[i].ch == ch)
			return twins[i].twin;
	if (ch == 0x2500)
		return '-';
	if (ch == 0x2502)
		return '|';
	if ((ch >= 0x250c && ch <= 0x254b) || (ch >= 0x2552 && ch <= 0x256c))
		return '+';		/* every corner and crossing */
	return '?';
}

int cells_size(struct cells *c, int w, int h)
{
	struct term_cell *v = calloc((size_t)(w > 0 ? w : 1) * (size_t)(h > 0 ? h : 1), sizeof(*v));

	if (!v)
		return -ENOMEM;
	free(c->v);
	c->v = v;
	c->w = w;
	c->h = h;
	cells_clear(c);
	return 0;
}

void cells_clear(struct cells *c)
{
	for (int i = 0; i < c->w * c->h; i++)
		c->v[i] = (struct term_cell){ ' ', ST_NORMAL, 0 };
}

/* Overwriting one half of a wide character removes the other half too. */
static void part_wide(struct cells *c, int x, int y)
{
	struct term_cell *cell = &c->v[y * c->w + x];

	if (!cell->ch && x > 0)
		cell[-1].ch = ' ';
	if (cell->ch && x + 1 < c->w && !cell[1].ch)
		cell[1].ch = ' ';
}

static void put_cell(struct cells *c, int x, int y, uint32_t ch, int width, enum theme_style style,
		     unsigned int attr)
{
	struct term_cell *cell = &c->v[y * c->w + x];

	for (int i = 0; i < width; i++) {
		part_wide(c, x + i, y);
		cell[i] = (struct term_cell){ i ? 0 : ch, (uint8_t)style, (uint8_t)attr };
	}
}

int cells_put(struct cells *c, int x, int y, int max, enum theme_style style, unsigned int attr,
	      const char *text, size_t len, bool ascii)
{
	int used = 0;
	uint32_t ch;
	size_t n;

	len = strnlen(text, len);
	while ((n = utf8_decode(text, len, &ch)) > 0) {
		int w;

		text += n;
		len -= n;
		if (ch == '\n' || ch == '\t')
			ch = ' ';
		else if (!printable_char(ch))
			ch = UTF8_REPLACEMENT;	/* a text must not contain control characters of the terminal */
		w = width_char(ch);
		if (ascii && w) {
			ch = (uint32_t)cells_twin(ch);
			w = 1;
		}
		if (used + w > max)
			break;
		if (w && y >= 0 && y < c->h && x + used >= 0 && x + used + w <= c->w)
			put_cell(c, x + used, y, ch, w, style, attr);
		used += w;
	}
	return used;
}
