/*
 * visualizer/cells.c - see cells.h.   Licence: MIT.
 */
#include "visualizer/cells.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct range {
	uint32_t first, last;
};

/* Combining marks and joiners: they would sit on their neighbour; we leave them out. */
static const struct range zero_width[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x064b, 0x065f },
	{ 0x200b, 0x200f }, { 0x202a, 0x202e }, { 0x2060, 0x2064 }, { 0x20d0, 0x20ff },
	{ 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
};

static const struct range two_wide[] = {
	{ 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0x33ff }, { 0x3400, 0x4dbf },
	{ 0x4e00, 0x9fff }, { 0xa000, 0xa4cf }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff },
	{ 0xfe30, 0xfe4f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f },
	{ 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

/* Where only ASCII can be shown; the machine's glyphs first. */
static const struct {
	uint32_t ch;
	char twin;
} twins[] = {
	{ 0x25cf, '*' }, { 0x25cc, 'z' }, { 0x25cb, '.' }, { 0x25c6, 'M' }, { 0x271a, 'R' },
	{ 0x2716, 'x' }, { 0x25b8, '>' }, { 0x2298, '-' }, { 0x2714, '+' },
	{ 0x25b6, '>' }, { 0x25c0, '<' }, { 0x2590, '[' }, { 0x258c, ']' }, { 0x2588, '#' },
	{ 0x2593, '#' }, { 0x2592, '%' }, { 0x2591, '.' }, { 0x2504, '-' }, { 0x2508, '.' },
	{ 0x2192, '>' }, { 0x2190, '<' }, { 0x2191, '^' }, { 0x2193, 'v' }, { 0x2013, '-' },
	{ 0x2014, '-' }, { 0x2026, '~' }, { 0x2018, '\'' }, { 0x2019, '\'' }, { 0x201c, '"' },
	{ 0x201d, '"' }, { 0x00d7, 'x' }, { 0x00b7, '.' }, { 0x00b5, 'u' }, { 0x03bc, 'u' },
	{ 0x2022, '*' }, { 0x2264, '<' }, { 0x2265, '>' }, { 0x2260, '#' }, { 0x00b1, '~' },
	{ 0x00a0, ' ' }, { 0x2212, '-' }, { 0x00a7, 'S' }, { 0x2503, '|' }, { 0x2501, '=' },
	{ 0x2715, 'x' }, { 0x00bb, '!' }, { 0x23f8, '=' }, { 0x2011, '-' }, { 0x25c7, 'o' },
};

static bool in_ranges(uint32_t ch, const struct range *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ch >= r[i].first && ch <= r[i].last)
			return true;
	return false;
}

int term_char_width(uint32_t ch)
{
	if (ch < 0x300)
		return 1;
	if (in_ranges(ch, zero_width, sizeof(zero_width) / sizeof(zero_width[0])))
		return 0;
	return in_ranges(ch, two_wide, sizeof(two_wide) / sizeof(two_wide[0])) ? 2 : 1;
}

size_t term_utf8(const char *text, size_t len, uint32_t *ch)
{
	const unsigned char *p = (const unsigned char *)text;
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n;
	uint32_t v;

	if (!len || !*p)
		return 0;
	if (*p < 0x80) {
		*ch = *p;
		return 1;
	}
	n = *p >= 0xf0 && *p < 0xf5 ? 4 : *p >= 0xe0 && *p < 0xf0 ? 3 : *p >= 0xc2 && *p < 0xe0 ? 2 : 0;
	*ch = 0xfffd;
	if (!n || n > len)
		return 1;
	v = *p & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 1;
		v = v << 6 | (p[i] & 0x3f);
	}
	if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
		return 1;
	*ch = v;
	return n;
}

int term_text_width(const char *text, size_t len)
{
	uint32_t ch;
	size_t n;
	int w = 0;

	while ((n = term_utf8(text, len, &ch)) > 0) {
		w += term_char_width(ch);
		text += n;
		len -= n;
	}
	return w;
}

char cells_twin(uint32_t ch)
{
	if (ch < 0x80)
		return (char)ch;
	for (size_t i = 0; i < sizeof(twins) / sizeof(twins[0]); i++)
		if (twins[i].ch == ch)
			return twins[i].twin;
	if (ch == 0x2500 || ch == 0x254c)
		return '-';
	if (ch == 0x2502 || ch == 0x254e)
		return '|';
	if (ch >= 0x250c && ch <= 0x254b)
		return '+';		/* every corner and crossing */
	return '?';
}

size_t cells_encode(uint32_t ch, char *out)
{
	if (ch < 0x80) {
		out[0] = (char)ch;
		return 1;
	}
	if (ch < 0x800) {
		out[0] = (char)(0xc0 | ch >> 6);
		out[1] = (char)(0x80 | (ch & 0x3f));
		return 2;
	}
	if (ch < 0x10000) {
		out[0] = (char)(0xe0 | ch >> 12);
		out[1] = (char)(0x80 | (ch >> 6 & 0x3f));
		out[2] = (char)(0x80 | (ch & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | ch >> 18);
	out[1] = (char)(0x80 | (ch >> 12 & 0x3f));
	out[2] = (char)(0x80 | (ch >> 6 & 0x3f));
	out[3] = (char)(0x80 | (ch & 0x3f));
	return 4;
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

/* A wide character whose other half goes must go as well. */
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

	while ((n = term_utf8(text, len, &ch)) > 0) {
		int w = term_char_width(ch);

		text += n;
		len -= n;
		if (ch < ' ' || ch == 127)
			ch = ' ';	/* never let a text steer the terminal */
		if (ch >= 0x80 && ch < 0xa0)
			ch = ' ';
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
