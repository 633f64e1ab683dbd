/*
 * base/strbuf.c - see strbuf.h.   Licence: MIT.
 */
#include "base/strbuf.h"

#include <stdio.h>
#include <string.h>

void strbuf_init(struct strbuf *s, char *buf, size_t size)
{
	s->buf = buf;
	s->size = size;
	s->len = 0;
	s->cut = false;
	if (size)
		buf[0] = '\0';
}

void strbuf_putn(struct strbuf *s, const char *bytes, size_t n)
{
	size_t room = s->size > s->len + 1 ? s->size - s->len - 1 : 0;

	if (n > room) {
		n = room;
		s->cut = true;
	}
	if (!s->size)
		return;
	memcpy(s->buf + s->len, bytes, n);
	s->len += n;
	s->buf[s->len] = '\0';
}

void strbuf_putc(struct strbuf *s, char c)
{
	if (s->size <= s->len + 1) {
		s->cut = true;
		return;
	}
	s->buf[s->len++] = c;
	s->buf[s->len] = '\0';
}

void strbuf_puts(struct strbuf *s, const char *text)
{
	strbuf_putn(s, text, strlen(text));
}

void strbuf_putd(struct strbuf *s, long n)
{
	char digits[24], *p = digits + sizeof(digits);
	unsigned long left = n < 0 ? 0 - (unsigned long)n : (unsigned long)n;

	do
		*--p = (char)('0' + left % 10);
	while (left /= 10);
	if (n < 0)
		*--p = '-';
	strbuf_putn(s, p, (size_t)(digits + sizeof(digits) - p));
}

void strbuf_vprintf(struct strbuf *s, const char *fmt, va_list ap)
{
	size_t room = s->size > s->len ? s->size - s->len : 0;
	int n = vsnprintf(room ? s->buf + s->len : NULL, room, fmt, ap);

	if (n < 0)
		return;
	if ((size_t)n >= room) {
		s->cut = true;
		s->len = s->size ? s->size - 1 : 0;
	} else {
		s->len += (size_t)n;
	}
}

void strbuf_printf(struct strbuf *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vprintf(s, fmt, ap);
	va_end(ap);
}
