/*
 * base/utf8.h - the only UTF-8 decoder and encoder of the program.
 *
 * The decoder is strict.  Overlong forms, surrogates, values above U+10FFFF and
 * sequences that end early are invalid; an invalid byte decodes to U+FFFD and
 * the decoder continues with the next byte.
 *
 * Lives here:   decoding, encoding, boundaries between characters.
 * Never here:   columns of a terminal (width.h), lines (wrap.h), which characters are shown.
 * Licence: MIT.
 */
#ifndef KW_BASE_UTF8_H
#define KW_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_BYTES_MAX 4		/* of one character */
#define UTF8_REPLACEMENT UINT32_C(0xfffd)

/* True for the second and later bytes of a sequence. */
static inline bool utf8_continues(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Bytes of the valid sequence at the beginning of @text; 0 if there is none within @n bytes. */
size_t utf8_sequence(const char *text, size_t n);

/*
 * utf8_decode - the character at the beginning of @text
 * @ch: the character, or UTF8_REPLACEMENT where the first byte begins no valid sequence
 * Return: bytes consumed, 1 for an invalid byte; 0 only if @n is 0.
 */
size_t utf8_decode(const char *text, size_t n, uint32_t *ch);

/* Writes @ch to @out without a NUL and returns the bytes written; a value that is no character becomes U+FFFD. */
size_t utf8_encode(uint32_t ch, char out[UTF8_BYTES_MAX]);

bool utf8_valid(const char *text, size_t n);

/* The largest length of at most @n bytes at which @text can be cut without splitting a character. */
size_t utf8_cut(const char *text, size_t len, size_t n);

#endif
