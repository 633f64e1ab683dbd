/*
 * tests/ui/vt.c - see vt.h.   Licence: MIT.
 */
#include "tests/ui/vt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "visualizer/cells.h"

#define ARGS_MAX 16

static const struct vt_cell blank = { .ch = ' ', .fg = -1, .bg = -1 };

void vt_init(struct vt *v, int w, int h)
{
	memset(v, 0, sizeof(*v));
	v->pen = blank;
	vt_resize(v, w, h);
	for (int y = 0; y < VT_H_MAX; y++)
		for (int x = 0; x < VT_W_MAX; x++)
			v->cell[y][x] = blank;
}

void vt_resize(struct vt *v, int w, int h)
{
	v->w = w < VT_W_MAX ? w : VT_W_MAX;
	v->h = h < VT_H_MAX ? h : VT_H_MAX;
	v->top = 0;
	v->bottom = v->h - 1;
	if (v->x >= v->w)
		v->x = v->w - 1;
	if (v->y >= v->h)
		v->y = v->h - 1;
}

static int clamp(int n, int low, int high)
{
	return n < low ? low : n > high ? high : n;
}

static void go(struct vt *v, int x, int y)
{
	v->x = clamp(x, 0, v->w - 1);
	v->y = clamp(y, 0, v->h - 1);
	v->wrap = false;
}

static void erase(struct vt *v, int y, int x0, int x1)
{
	struct vt_cell c = blank;

	c.bg = v->pen.bg;
	for (int x = clamp(x0, 0, v->w); x < clamp(x1, 0, v->w); x++)
		v->cell[y][x] = c;
}

static void scroll(struct vt *v, int top, int by)
{
	for (int i = 0; i < (by < 0 ? -by : by); i++) {
		if (by > 0) {
			memmove(v->cell[top], v->cell[top + 1], (size_t)(v->bottom - top) * sizeof(v->cell[0]));
			erase(v, v->bottom, 0, v->w);
		} else {
			memmove(v->cell[top + 1], v->cell[top], (size_t)(v->bottom - top) * sizeof(v->cell[0]));
			erase(v, top, 0, v->w);
		}
	}
}

static void line_feed(struct vt *v)
{
	if (v->y == v->bottom)
		scroll(v, v->top, 1);
	else if (v->y < v->h - 1)
		v->y++;
	v->wrap = false;
}

static void put(struct vt *v, uint32_t ch)
{
	int width = term_char_width(ch);
	struct vt_cell c = v->pen;

	if (!width)
		return;
	if (v->wrap) {
		v->x = 0;
		line_feed(v);
	}
	for (int i = 0; i < width && v->x + i < v->w; i++) {
		c.ch = i ? 0 : ch;
		v->cell[v->y][v->x + i] = c;
	}
	v->last = ch;
	v->wrap = v->x + width >= v->w;
	v->x = clamp(v->x + width, 0, v->w - 1);
}

static void shift_cells(struct vt *v, int by)
{
	int n = by < 0 ? -by : by, left = v->w - v->x;

	n = clamp(n, 0, left);
	if (by > 0) {
		memmove(&v->cell[v->y][v->x + n], &v->cell[v->y][v->x], (size_t)(left - n) * sizeof(struct vt_cell));
		erase(v, v->y, v->x, v->x + n);
	} else {
		memmove(&v->cell[v->y][v->x], &v->cell[v->y][v->x + n], (size_t)(left - n) * sizeof(struct vt_cell));
		erase(v, v->y, v->w - n, v->w);
	}
}

static int extended_colour(const int *a, int n, int *used)
{
	if (n >= 3 && a[1] == 5) {
		*used = 3;
		return a[2];
	}
	*used = 5;
	return n >= 5 ? a[2] << 16 | a[3] << 8 | a[4] : -1;
}

static void sgr(struct vt *v, const int *a, int n)
{
	for (int i = 0, used = 1; i < n; i += used, used = 1) {
		int p = a[i] < 0 ? 0 : a[i];

		if (p == 0)
			v->pen = blank;
		else if (p == 1)
			v->pen.bold = true;
		else if (p == 2)
			v->pen.dim = true;
		else if (p == 4)
			v->pen.underline = true;
		else if (p == 7)
			v->pen.reverse = true;
		else if (p == 22)
			v->pen.bold = v->pen.dim = false;
		else if (p == 24)
			v->pen.underline = false;
		else if (p == 27)
			v->pen.reverse = false;
		else if ((p >= 30 && p <= 37) || (p >= 90 && p <= 97))
			v->pen.fg = p >= 90 ? p - 82 : p - 30;
		else if ((p >= 40 && p <= 47) || (p >= 100 && p <= 107))
			v->pen.bg = p >= 100 ? p - 92 : p - 40;
		else if (p == 38)
			v->pen.fg = extended_colour(a + i, n - i, &used);
		else if (p == 48)
			v->pen.bg = extended_colour(a + i, n - i, &used);
		else if (p == 39)
			v->pen.fg = -1;
		else if (p == 49)
			v->pen.bg = -1;
	}
	v->coloured |= v->pen.fg >= 0 || v->pen.bg >= 0;
}

static void erase_display(struct vt *v, int how)
{
	if (how != 1)
		erase(v, v->y, v->x, v->w);
	if (how)
		erase(v, v->y, 0, how == 1 ? v->x + 1 : v->w);
	for (int y = how ? 0 : v->y + 1; y < (how == 1 ? v->y : v->h); y++)
		erase(v, y, 0, v->w);
}

static void mode(struct vt *v, const int *a, int n, bool on)
{
	for (int i = 0; i < n; i++) {
		if (a[i] == 1049 || a[i] == 47)
			v->alternate = on;
		else if (a[i] == 25)
			v->cursor_hidden = !on;
		else if (a[i] == 1000 || a[i] == 1002 || a[i] == 1006)
			v->mouse = on;
	}
}

static void unknown(struct vt *v)
{
	v->unknown++;
	snprintf(v->unknown_seq, sizeof(v->unknown_seq), "%.*s", (int)v->seq_len, v->seq);
}

/* CSI .. final; seq holds everything behind ESC [ */
static void csi(struct vt *v, char final)
{
	const char *p = v->seq;
	bool private = *p == '?' || *p == '>' || *p == '!';
	int a[ARGS_MAX] = { -1 }, n = 0, first;
	int saved_top;

	p += private;
	for (; n < ARGS_MAX; n++) {
		a[n] = *p >= '0' && *p <= '9' ? (int)strtol(p, (char **)(uintptr_t)&p, 10) : -1;
		if (*p != ';')
			break;
		p++;
	}
	n++;
	first = a[0] > 0 ? a[0] : 1;
	if (private) {
		if (final == 'h' || final == 'l')
			mode(v, a, n, final == 'h');
		return;		/* requests and resets that change no cell */
	}
	switch (final) {
	case 'A': go(v, v->x, v->y - first); break;
	case 'B': go(v, v->x, v->y + first); break;
	case 'C': go(v, v->x + first, v->y); break;
	case 'D': go(v, v->x - first, v->y); break;
	case 'G': go(v, first - 1, v->y); break;
	case 'd': go(v, v->x, first - 1); break;
	case 'H': case 'f': go(v, (n > 1 && a[1] > 0 ? a[1] : 1) - 1, first - 1); break;
	case 'J': erase_display(v, a[0] > 0 ? a[0] : 0); break;
	case 'K': erase(v, v->y, a[0] > 0 ? 0 : v->x, a[0] == 1 ? v->x + 1 : v->w); break;
	case 'X': erase(v, v->y, v->x, v->x + first); break;
	case 'P': shift_cells(v, -first); break;
	case '@': shift_cells(v, first); break;
	case 'L': case 'M':
		saved_top = clamp(v->y, 0, v->bottom);
		scroll(v, saved_top, final == 'L' ? -first : first);
		break;
	case 'S': scroll(v, v->top, first); break;
	case 'T': scroll(v, v->top, -first); break;
	case 'b':
		for (int i = 0; i < first && v->last; i++)
			put(v, v->last);
		break;
	case 'm': sgr(v, a, n); break;
	case 'r':
		v->top = first - 1;
		v->bottom = n > 1 && a[1] > 0 ? clamp(a[1] - 1, 0, v->h - 1) : v->h - 1;
		go(v, 0, 0);
		break;
	case 'h': case 'l': case 't': case 'c': case 'n': case 'q': case 'p': break;
	default: unknown(v);
	}
}

/* One byte of an escape sequence; seq[0..] is what came behind ESC. */
static bool escape(struct vt *v, char c)
{
	if (v->seq_len + 1 < sizeof(v->seq))
		v->seq[v->seq_len++] = c;
	v->seq[v->seq_len] = '\0';
	if (v->seq[0] == '[') {
		if (v->seq_len > 1 && c >= '@' && c <= '~') {
			memmove(v->seq, v->seq + 1, v->seq_len);
			csi(v, c);
			return true;
		}
		return false;
	}
	if (v->seq[0] == '(' || v->seq[0] == ')')
		return v->seq_len == 2;		/* which alphabet: we only meet ASCII */
	if (v->seq[0] == ']')
		return c == 7;
	if (c == 'M' && v->y == v->top)
		scroll(v, v->top, -1);
	else if (c == 'M')
		go(v, v->x, v->y - 1);
	else if (c == 'D')
		line_feed(v);
	else if (!strchr("=>78c", c))
		unknown(v);
	return true;
}

static void utf8_byte(struct vt *v, char c)
{
	uint32_t ch;

	if (!v->utf8_need) {
		unsigned char u = (unsigned char)c;

		v->utf8_need = u >= 0xf0 ? 4 : u >= 0xe0 ? 3 : u >= 0xc0 ? 2 : 1;
		v->utf8_len = 0;
	}
	v->utf8[v->utf8_len++] = c;
	if (v->utf8_len < v->utf8_need)
		return;
	v->utf8_need = 0;
	term_utf8(v->utf8, v->utf8_len, &ch);
	put(v, ch);
}

void vt_feed(struct vt *v, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = bytes[i];

		if (v->escaped) {
			v->escaped = !escape(v, c);
			if (!v->escaped)
				v->seq_len = 0;
		} else if (c == 27) {
			v->escaped = true;
		} else if (c == '\r') {
			go(v, 0, v->y);
		} else if (c == '\n') {
			line_feed(v);
		} else if (c == '\b') {
			go(v, v->x - 1, v->y);
		} else if (c == '\t') {
			go(v, (v->x / 8 + 1) * 8, v->y);
		} else if ((unsigned char)c >= ' ') {
			utf8_byte(v, c);
		}
	}
}

void vt_row(const struct vt *v, int y, char *buf, size_t size)
{
	size_t len = 0, keep = 0;

	for (int x = 0; x < v->w && len + 5 < size; x++) {
		uint32_t ch = v->cell[y][x].ch;

		if (!ch)
			continue;
		len += cells_encode(ch, buf + len);
		if (ch != ' ')
			keep = len;
	}
	buf[keep] = '\0';
}
