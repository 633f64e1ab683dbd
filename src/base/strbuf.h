/*
 * base/strbuf.h - appends text to a buffer of fixed size.
 *
 * The caller owns the buffer.  Text that does not fit is cut, and .cut is set; a
 * caller to which that matters checks .cut afterwards.
 *
 * Lives here:   appending text.
 * Never here:   allocation, files.
 * Licence: MIT.
 */
#ifndef KW_BASE_STRBUF_H
#define KW_BASE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct strbuf {
	char *buf;	/* NUL-terminated at all times when size > 0 */
	size_t size;	/* bytes, the NUL included */
	size_t len;	/* bytes used, without the NUL */
	bool cut;	/* some text did not fit */
};

#define STRBUF(name, bytes)      \
	char name##_bytes[bytes]; \
	struct strbuf name = { name##_bytes, bytes, 0, false }; \
	name##_bytes[0] = '\0'

void strbuf_init(struct strbuf *s, char *buf, size_t size);
void strbuf_putc(struct strbuf *s, char c);
void strbuf_puts(struct strbuf *s, const char *text);
void strbuf_putn(struct strbuf *s, const char *bytes, size_t n);
void strbuf_putd(struct strbuf *s, long n);	/* "%ld" */
void strbuf_printf(struct strbuf *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vprintf(struct strbuf *s, const char *fmt, va_list ap);

#endif
