/*
 * visualizer/page.c - see page.h.   Licence: MIT.
 */
#include "visualizer/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/width.h"
#include "base/wrap.h"

#define TEXT_BYTES 1200

int page_begin(struct page *p, int w, int h, bool ascii)
{
	p->ascii = ascii;
	return cells_size(&p->cells, w, h);
}

int page_put(struct page *p, int x, int y, int max, enum theme_style style, const char *text)
{
	STRBUF(cut, TEXT_BYTES);

	if (max <= 0)
		return 0;
	width_put_cut(&cut, text, strlen(text), max);
	return cells_put(&p->cells, x, y, max, style, 0, cut.buf, cut.len, p->ascii);
}

int page_putf(struct page *p, int x, int y, int max, enum theme_style style, const char *fmt, ...)
{
	char text[TEXT_BYTES];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return page_put(p, x, y, max, style, text);
}

int page_put_right(struct page *p, int end, int y, int max, enum theme_style style, const char *text)
{
	int w = width_text(text, strlen(text));

	w = w > max ? max : w;
	page_put(p, end - w, y, w, style, text);
	return end - w;
}

void page_border(struct page *p, int y, const char *left, const char *right)
{
	int w = p->cells.w;

	page_put(p, 0, y, 1, ST_BORDER, left);
	for (int x = 1; x < w - 1; x++)
		page_put(p, x, y, 1, ST_BORDER, "─");
	page_put(p, w - 1, y, 1, ST_BORDER, right);
}

void page_sides(struct page *p, int y)
{
	page_put(p, 0, y, 1, ST_BORDER, "│");
	page_put(p, p->cells.w - 1, y, 1, ST_BORDER, "│");
}

int page_title_width(const char *text)
{
	return width_text(text, strlen(text)) + 2;
}

int page_title(struct page *p, int x, int y, int max, enum theme_style style, const char *text)
{
	int used;

	if (max < 3 || !*text)
		return 0;
	page_put(p, x, y, 1, ST_BORDER, " ");
	used = 1 + page_put(p, x + 1, y, max - 2, style, text);
	page_put(p, x + used, y, 1, ST_BORDER, " ");
	return used + 1;
}

int page_title_right(struct page *p, int end, int y, int max, enum theme_style style, const char *text)
{
	int w = page_title_width(text);

	w = w > max ? max : w;
	page_title(p, end - w, y, w, style, text);
	return end - w;
}

int page_wrap(struct page *p, int x, int y, int w, int skip, int rows, enum theme_style style, const char *text)
{
	struct wrap_line line;
	struct wrap wrap;
	int n = 0;

	wrap_begin(&wrap, text, strlen(text), w);
	for (; wrap_next(&wrap, &line); n++)
		if (n >= skip && n - skip < rows)
			cells_put(&p->cells, x + line.indent, y + n - skip, w - line.indent, style, 0, text + line.from,
				  line.to - line.from, p->ascii);
	return n;
}

#define EDGE 2u			/* rows between cursor and edge, as long as there are more */

unsigned int page_first_row(unsigned int top, unsigned int sel, unsigned int nr, unsigned int rows)
{
	unsigned int edge = rows > 2 * EDGE + 1 ? EDGE : 0, last = nr > rows ? nr - rows : 0;

	if (sel < top + edge)
		top = sel > edge ? sel - edge : 0;
	if (sel + edge >= top + rows)
		top = sel + edge + 1 - rows;
	return top > last ? last : top;
}

void page_attr(struct page *p, int x, int y, int w, unsigned int attr)
{
	for (int i = x; i < x + w && i < p->cells.w; i++)
		p->cells.v[y * p->cells.w + i].attr |= (uint8_t)attr;
}
