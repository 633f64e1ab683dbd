/*
 * base/printable.h - the one filter between texts of others and a terminal.
 *
 * A lesson's texts, names, titles and errors, a recording and the last words of a
 * process may hold anything.  Bytes that would act on a terminal, or change the
 * direction of the text around them, are shown as U+FFFD.
 *
 * Lives here:   which characters are shown, copying and printing with substitutes.
 * Never here:   decoding (utf8.h), widths (width.h), escapes of a format (json.h, trace).
 * Licence: MIT.
 */
#ifndef KW_BASE_PRINTABLE_H
#define KW_BASE_PRINTABLE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct strbuf;

/*
 * False for control characters (C0, DEL, C1), line and paragraph separators, and the
 * characters that set the direction of text.  A newline and a tab are control characters.
 */
bool printable_char(uint32_t ch);
/* Is it UTF-8 without such characters? */
bool printable_valid(const char *text, size_t n);

/* Appends @text; such characters but newline and tab, and bytes that are not UTF-8, become U+FFFD. */
void printable_text(struct strbuf *out, const char *text, size_t n);
/* The same to a stream. */
void printable_write(FILE *out, const char *text, size_t n);
void printable_printf(FILE *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void printable_vprintf(FILE *out, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

#endif
