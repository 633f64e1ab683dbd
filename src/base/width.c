/*
 * base/width.c - see width.h.
 *
 * utf8proc_charwidth() and wcwidth() differ in three classes of characters.  This file
 * follows wcwidth(), because curses computes positions with it: with another width the
 * rest of a line would be shifted.
 *
 * Lives here:   the only use of libutf8proc.
 * Licence: MIT.
 */
#include "base/width.h"

#include <stdbool.h>
#include <utf8proc.h>

#include "base/strbuf.h"
#include "base/utf8.h"

#define ELLIPSIS "\xe2\x80\xa6"		/* U+2026, one column */

int width_char(uint32_t ch)
{
	const utf8proc_property_t *p;

	if (ch < 0x300 || (ch >= 0x2500 && ch < 0x25fd))	/* Latin with C0 and C1; lines, blocks and shapes of frames */
		return 1;
	p = utf8proc_get_property((utf8proc_int32_t)ch);
	switch (p->boundclass) {
	case UTF8PROC_BOUNDCLASS_V:	/* a vowel or final consonant is drawn into the */
	case UTF8PROC_BOUNDCLASS_T:	/* two columns of the first consonant */
		return 0;
	case UTF8PROC_BOUNDCLASS_PREPEND:
		if (p->category == UTF8PROC_CATEGORY_CF)
			return 1;	/* a sign drawn before or around the following digits */
		break;
	}
	if (p->category == UTF8PROC_CATEGORY_MC && !p->charwidth)
		return 1;		/* a mark with a column of its own */
	return (int)p->charwidth;
}

static bool is_ascii(char c)
{
	return (unsigned char)c < 0x80;
}

size_t width_grapheme(const char *text, size_t n, int *columns)
{
	utf8proc_int32_t state = 0;
	uint32_t ch, next;
	size_t at;
	int sum;

	if (n > 1 && is_ascii(text[0]) && is_ascii(text[1])) {		/* most are */
		if (columns)
			*columns = 1;
		return 1;
	}
	at = utf8_decode(text, n, &ch);
	sum = at ? width_char(ch) : 0;

	while (at < n) {
		size_t len = utf8_decode(text + at, n - at, &next);

		/* ASCII characters are graphemes of their own; CR LF is two as well, so that a line ends at each LF */
		if (ch < 0x80 && next < 0x80)
			break;
		if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)ch, (utf8proc_int32_t)next, &state))
			break;
		sum += width_char(next);
		at += len;
		ch = next;
	}
	if (columns)
		*columns = sum;
	return at;
}

int width_text(const char *text, size_t n)
{
	int columns = 0;

	while (n) {
		uint32_t ch;
		size_t len = is_ascii(*text) ? 1 : utf8_decode(text, n, &ch);

		columns += len == 1 && is_ascii(*text) ? 1 : width_char(ch);
		text += len;
		n -= len;
	}
	return columns;
}

size_t width_before_last(const char *text, size_t n)
{
	size_t at = 0, last = 0;

	while (at < n) {
		last = at;
		at += width_grapheme(text + at, n - at, NULL);
	}
	return last;
}

size_t width_fit(const char *text, size_t n, int columns)
{
	size_t at = 0, len;
	int w;

	while ((len = width_grapheme(text + at, n - at, &w)) > 0) {
		columns -= w;
		if (columns < 0)
			break;
		at += len;
	}
	return at;
}

/* Return: columns appended. */
static int put_cut(struct strbuf *out, const char *text, size_t n, int columns)
{
	size_t fits = width_fit(text, n, columns);

	if (fits == n) {
		strbuf_putn(out, text, n);
		return width_text(text, n);
	}
	if (columns < 1)
		return 0;
	fits = width_fit(text, n, columns - 1);
	strbuf_putn(out, text, fits);
	strbuf_puts(out, ELLIPSIS);
	return width_text(text, fits) + 1;
}

void width_put_cut(struct strbuf *out, const char *text, size_t n, int columns)
{
	put_cut(out, text, n, columns);
}

void width_put_padded(struct strbuf *out, const char *text, size_t n, int columns)
{
	for (int used = put_cut(out, text, n, columns); used < columns; used++)
		strbuf_putc(out, ' ');
}
