/*
 * base/width.h - the number of terminal columns that a text takes.
 *
 * Widths equal those of wcwidth(), which curses uses to place characters, but do not
 * depend on the locale: the data come from libutf8proc.  A grapheme (what a reader sees
 * as one character, such as a letter with its marks) is never divided; its width is the
 * sum of the widths of its characters.
 *
 * Lives here:   widths, graphemes, cutting and padding to a number of columns.
 * Never here:   bytes and characters (utf8.h), lines (wrap.h), ASCII substitutes.
 * Context:      any; allocates nothing.
 * Licence: MIT.
 */
#ifndef KW_BASE_WIDTH_H
#define KW_BASE_WIDTH_H

#include <stddef.h>
#include <stdint.h>

struct strbuf;

/*
 * Columns of one character: 0 for marks and joiners, 2 for East Asian wide characters
 * and emoji, otherwise 1.  A control character counts 1, because a substitute is shown for it.
 */
int width_char(uint32_t ch);

/* Columns of @n bytes; an invalid byte counts as U+FFFD does, 1. */
int width_text(const char *text, size_t n);

/* Bytes of the first grapheme of @text, 0 if @n is 0; *@columns (may be NULL) is its width. */
size_t width_grapheme(const char *text, size_t n, int *columns);

/* Bytes of @text without its last grapheme. */
size_t width_before_last(const char *text, size_t n);

/* Bytes of the longest beginning of @text that takes at most @columns; graphemes stay whole. */
size_t width_fit(const char *text, size_t n, int columns);

/* Appends @text if it takes at most @columns, otherwise its beginning and an ellipsis. */
void width_put_cut(struct strbuf *out, const char *text, size_t n, int columns);

/* The same, followed by blanks up to exactly @columns. */
void width_put_padded(struct strbuf *out, const char *text, size_t n, int columns);

#endif
