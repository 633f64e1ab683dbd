/*
 * visualizer/markup.c - see markup.h.   Licence: MIT.
 */
#include "visualizer/markup.h"

#include <ctype.h>
#include <string.h>

enum { MODE_BOLD = 1, MODE_CODE = 2, MODE_NAME = 4 };

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/*
 * Is the character at @p a mark?  Inside `code` only its end is.  A star is one
 * where it hugs a word ("5 * 3" has none), so that C in a sentence survives.
 */
static bool is_mark(const char *p, char before, size_t left, unsigned int mode)
{
	char after = left > 1 ? p[1] : ' ';

	if (*p == '`')
		return true;
	if (mode & MODE_CODE)
		return false;
	if (*p == '*')
		return mode & MODE_BOLD ? !isspace((unsigned char)before) :
			!word_char(before) && !isspace((unsigned char)after);
	if (*p == '{')
		return !(mode & MODE_NAME);
	return *p == '}' && mode & MODE_NAME;
}

static unsigned int toggle(unsigned int mode, char mark)
{
	switch (mark) {
	case '`': return mode ^ MODE_CODE;
	case '*': return mode ^ MODE_BOLD;
	case '{': return mode | MODE_NAME;
	default: return mode & ~(unsigned int)MODE_NAME;
	}
}

struct walk {
	const char *p;
	size_t left;
	unsigned int mode;
	char before;
};

/* Next visible character; return: its bytes, 0 at the end. */
static size_t next_char(struct walk *w, uint32_t *ch, const char **at)
{
	size_t n;

	while (w->left && *w->p && is_mark(w->p, w->before, w->left, w->mode)) {
		w->mode = toggle(w->mode, *w->p);
		w->before = *w->p;
		w->p++;
		w->left--;
	}
	n = term_utf8(w->p, w->left, ch);
	*at = w->p;
	if (n) {
		w->before = w->p[n - 1];
		w->p += n;
		w->left -= n;
	}
	return n;
}

/* One line from @w; leaves @w at the next line's beginning. */
static struct markup_line take_line(struct walk *w, int width)
{
	struct markup_line line = { w->p, 0, w->mode };
	struct walk space = *w;		/* just behind the last space */
	size_t space_len = 0;
	const char *at;
	uint32_t ch;
	int col = 0;

	while (next_char(w, &ch, &at)) {
		if (ch == '\n') {
			line.len = (size_t)(at - line.text);
			return line;
		}
		if (ch == ' ') {
			space = *w;
			space_len = (size_t)(at - line.text);
		}
		col += term_char_width(ch);
		if (col > width && ch != ' ') {
			if (space_len) {
				*w = space;
				line.len = space_len;
				return line;
			}
			line.len = (size_t)(at - line.text);	/* one word wider than the box */
			w->left += (size_t)(w->p - at);
			w->p = at;
			return line;
		}
	}
	line.len = (size_t)(w->p - line.text);
	return line;
}

unsigned int markup_wrap(const char *text, int width, struct markup_line *lines, unsigned int max)
{
	struct walk w = { text, strlen(text), 0, ' ' };
	unsigned int nr = 0;

	if (width < 1)
		width = 1;
	while (nr < max && w.left && *w.p)
		lines[nr++] = take_line(&w, width);
	return nr;
}

static enum theme_style style_of(unsigned int mode, enum theme_style style)
{
	return mode & MODE_CODE ? ST_CODE : mode & MODE_NAME ? ST_NAME : style;
}

int markup_put(struct term *t, int x, int y, int max, enum theme_style style, const struct markup_line *line)
{
	struct walk w = { line->text, line->len, line->mode, ' ' };
	const char *at;
	uint32_t ch;
	size_t n;
	int used = 0;

	while (used < max && (n = next_char(&w, &ch, &at)) > 0)
		used += term_put(t, x + used, y, max - used, style_of(w.mode, style),
				 w.mode & MODE_BOLD ? ATTR_BOLD : 0, at, n);
	return used;
}
