/*
 * base/utf8.c - see utf8.h.   Licence: MIT.
 */
#include "base/utf8.h"

/*
 * Row: first bytes of one kind of sequence, its length, and the range of its second byte.
 * The range excludes overlong forms (e0, f0), surrogates (ed) and values above U+10FFFF (f4).
 */
static const struct sequence {
	unsigned char first, last, len, second_min, second_max;
} sequences[] = {
	{ 0x00, 0x7f, 1, 0, 0 },
	{ 0xc2, 0xdf, 2, 0x80, 0xbf },
	{ 0xe0, 0xe0, 3, 0xa0, 0xbf },
	{ 0xe1, 0xec, 3, 0x80, 0xbf },
	{ 0xed, 0xed, 3, 0x80, 0x9f },
	{ 0xee, 0xef, 3, 0x80, 0xbf },
	{ 0xf0, 0xf0, 4, 0x90, 0xbf },
	{ 0xf1, 0xf3, 4, 0x80, 0xbf },
	{ 0xf4, 0xf4, 4, 0x80, 0x8f },
};
#define NR_SEQUENCES (sizeof(sequences) / sizeof(sequences[0]))

static bool is_character(uint32_t ch)
{
	return ch < 0xd800 || (ch > 0xdfff && ch <= 0x10ffff);
}

size_t utf8_sequence(const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;
	const struct sequence *s = sequences;

	if (!n)
		return 0;
	if (*p < 0x80)
		return 1;
	while (s < sequences + NR_SEQUENCES && !(*p >= s->first && *p <= s->last))
		s++;
	if (s == sequences + NR_SEQUENCES || s->len > n || p[1] < s->second_min || p[1] > s->second_max)
		return 0;
	for (size_t i = 2; i < s->len; i++)
		if (!utf8_continues(text[i]))
			return 0;
	return s->len;
}

size_t utf8_decode(const char *text, size_t n, uint32_t *ch)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t len = utf8_sequence(text, n);

	switch (len) {
	case 0:
		*ch = UTF8_REPLACEMENT;
		return n ? 1 : 0;
	case 1:
		*ch = *p;
		return 1;
	}
	*ch = *p & (0x7fu >> len);
	for (size_t i = 1; i < len; i++)
		*ch = *ch << 6 | (p[i] & 0x3fu);
	return len;
}

size_t utf8_encode(uint32_t ch, char out[UTF8_BYTES_MAX])
{
	static const unsigned char marks[UTF8_BYTES_MAX + 1] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };
	size_t len;

	if (!is_character(ch))
		ch = UTF8_REPLACEMENT;
	len = ch < 0x80 ? 1 : ch < 0x800 ? 2 : ch < 0x10000 ? 3 : 4;
	for (size_t i = len - 1; i; i--) {
		out[i] = (char)(0x80 | (ch & 0x3f));
		ch >>= 6;
	}
	out[0] = (char)(marks[len] | ch);
	return len;
}

bool utf8_valid(const char *text, size_t n)
{
	while (n) {
		size_t len = utf8_sequence(text, n);

		if (!len)
			return false;
		text += len;
		n -= len;
	}
	return true;
}

size_t utf8_cut(const char *text, size_t len, size_t n)
{
	if (n >= len)
		return len;
	/* a sequence that contains byte n begins at most three bytes before it */
	for (size_t back = 1; back < UTF8_BYTES_MAX && back <= n; back++)
		if (utf8_sequence(text + n - back, len - (n - back)) > back)
			return n - back;
	return n;
}
