/*
 * base/printable.c - see printable.h.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "base/printable.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"

static const struct range {
	uint32_t first, last;
} ranges[] = {
	{ 0x00, 0x1f }, { 0x7f, 0x9f },		/* C0, DEL, C1 */
	{ 0x61c, 0x61c }, { 0x200e, 0x200f },	/* marks of a direction */
	{ 0x2028, 0x202e },			/* separators of lines; embeddings and overrides */
	{ 0x2066, 0x2069 },			/* isolates */
	{ 0xfeff, 0xfeff },			/* a byte order mark */
};

bool printable_char(uint32_t ch)
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (ch >= ranges[i].first && ch <= ranges[i].last)
			return false;
	return true;
}

/* Bytes at the beginning of @text that need no substitute, newlines and tabs included. */
static size_t plain_span(const char *text, size_t n)
{
	size_t at = 0, len;
	uint32_t ch;

	while (at < n && (len = utf8_sequence(text + at, n - at)) > 0) {
		utf8_decode(text + at, n - at, &ch);
		if (!printable_char(ch) && ch != '\n' && ch != '\t')
			break;
		at += len;
	}
	return at;
}

bool printable_valid(const char *text, size_t n)
{
	return plain_span(text, n) == n && !memchr(text, '\n', n) && !memchr(text, '\t', n);
}

static void filter(const char *text, size_t n, void (*put)(void *arg, const char *text, size_t n), void *arg)
{
	while (n) {
		size_t len = plain_span(text, n);
		uint32_t ch;

		if (len)
			put(arg, text, len);
		text += len;
		n -= len;
		if (!n)
			break;
		put(arg, "\xef\xbf\xbd", 3);
		len = utf8_decode(text, n, &ch);
		text += len;
		n -= len;
	}
}

static void put_strbuf(void *arg, const char *text, size_t n)
{
	strbuf_putn(arg, text, n);
}

static void put_stream(void *arg, const char *text, size_t n)
{
	fwrite(text, 1, n, arg);
}

void printable_text(struct strbuf *out, const char *text, size_t n)
{
	filter(text, n, put_strbuf, out);
}

void printable_write(FILE *out, const char *text, size_t n)
{
	filter(text, n, put_stream, out);
}

void printable_vprintf(FILE *out, const char *fmt, va_list ap)
{
	char room[1024], *text = NULL;	/* the sentence about missing memory must not need any */
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(room, sizeof(room), fmt, ap);
	if (n >= (int)sizeof(room) && vasprintf(&text, fmt, again) < 0) {
		text = NULL;
		n = (int)sizeof(room) - 1;
	}
	va_end(again);
	if (n > 0)
		printable_write(out, text ? text : room, (size_t)n);
	free(text);
}

void printable_printf(FILE *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printable_vprintf(out, fmt, ap);
	va_end(ap);
}
