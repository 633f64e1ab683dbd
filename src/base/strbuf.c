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
	strbuf_putn(s, &c, 1);
}

void strbuf_puts(struct strbuf *s, const char *text)
{
	strbuf_putn(s, text, strlen(text));
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

/* Length of the valid UTF-8 sequence at @p (at most @n bytes), or 0. */
static size_t utf8_sequence(const unsigned char *p, size_t n)
{
	size_t want = p[0] < 0x80 ? 1 : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
		    : p[0] >= 0xe0 && p[0] < 0xf0 ? 3 : p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : 0;

	if (!want || want > n)
		return 0;
	for (size_t i = 1; i < want; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return want;
}

void strbuf_json(struct strbuf *s, const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;

	strbuf_putc(s, '"');
	while (n) {
		size_t len = utf8_sequence(p, n);

		if (*p == '"' || *p == '\\')
			strbuf_printf(s, "\\%c", *p);
		else if (*p == '\n')
			strbuf_puts(s, "\\n");
		else if (*p < 0x20 || *p == 0x7f)
			strbuf_printf(s, "\\u%04x", *p);
		else if (!len)
			strbuf_puts(s, "\\ufffd");
		else
			strbuf_putn(s, (const char *)p, len);
		len = len ? len : 1;
		p += len;
		n -= len;
	}
	strbuf_putc(s, '"');
}
