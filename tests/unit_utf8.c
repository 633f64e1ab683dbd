/*
 * tests/unit_utf8.c - characters from bytes, bytes from characters.
 *
 * Lives here:   base/utf8.
 * Never here:   columns.   Licence: MIT.
 */
#define _GNU_SOURCE		/* newlocale() */
#include <locale.h>
#include <string.h>
#include <wchar.h>

#include "base/printable.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "tests/test.h"

static bool is_character(uint32_t ch)
{
	return ch <= 0x10ffff && !(ch >= 0xd800 && ch <= 0xdfff);
}

static void every_character_is_decoded_as_it_was_encoded(void)
{
	uint32_t wrong = 0;

	for (uint32_t ch = 0; ch < 0x120000; ch++) {
		char bytes[UTF8_BYTES_MAX];
		uint32_t got;
		size_t n = utf8_encode(ch, bytes);

		wrong += utf8_sequence(bytes, n) != n || utf8_decode(bytes, n, &got) != n ||
			 got != (is_character(ch) ? ch : UTF8_REPLACEMENT) || (n > 1 && utf8_sequence(bytes, n - 1));
	}
	CHECK_INT(wrong, 0);
}

/* The C library's decoder under C.UTF-8 is the other source: all sequences of up to three bytes, and the
 * four-byte ones at the borders of each byte.  One known difference: glibc decodes values above U+10FFFF. */
static void sequences_are_valid_where_the_c_library_accepts_them(void)
{
	static const unsigned char borders[] = { 0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff };
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), before;
	uint32_t wrong = 0, tried = 0;

	REQUIRE_NOT_NULL(utf8);
	before = uselocale(utf8);
	for (uint32_t i = 0; i < 256u * 256 * 256; i++) {
		size_t last = sizeof(borders) - 1;

		/* ASCII first bytes need no second look at the others */
		if ((i >> 16) < 0x80 && (i & 0xffff))
			continue;
		for (size_t k = (i >> 16) < 0xf0 ? last : 0; k <= last; k++) {
			const char bytes[4] = { (char)(i >> 16), (char)(i >> 8), (char)i, (char)borders[k] };
			mbstate_t state = { 0 };
			wchar_t wide = 0;
			size_t theirs = mbrtowc(&wide, bytes, 4, &state);
			uint32_t ours;
			size_t n = utf8_decode(bytes, 4, &ours);

			if (theirs == (size_t)-1 || theirs == (size_t)-2 || wide > 0x10ffff)
				wrong += utf8_sequence(bytes, 4) != 0 || n != 1 || ours != UTF8_REPLACEMENT;
			else
				wrong += n != (theirs ? theirs : 1) || ours != (uint32_t)wide;
			tried++;
		}
	}
	uselocale(before);
	freelocale(utf8);
	CHECK_INT(wrong, 0);
	CHECK_GT(tried, 8000000);
}

static void an_invalid_byte_is_one_replacement_and_the_next_byte_counts_anew(void)
{
	/* cut, overlong, a surrogate, above U+10FFFF, a byte that begins nothing, then a letter */
	static const char *const bad[] = { "\xe2\x82", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[8];
		size_t n = strlen(bad[i]), at = 0;
		uint32_t ch;

		memcpy(text, bad[i], n);
		text[n++] = 'A';
		while (at < n - 1) {
			CHECK_INT(utf8_decode(text + at, n - at, &ch), 1);
			CHECK_INT(ch, UTF8_REPLACEMENT);
			at++;
		}
		CHECK_INT(utf8_decode(text + at, n - at, &ch), 1);
		CHECK_INT(ch, 'A');
		CHECK_FALSE(utf8_valid(text, n));
	}
	CHECK_INT(utf8_decode("", 0, &(uint32_t){ 0 }), 0);
	CHECK_TRUE(utf8_valid("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 10));
}

static void a_cut_keeps_characters_whole(void)
{
	static const char text[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80";	/* 1 + 2 + 3 + 4 bytes */
	static const size_t at[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10 };

	for (size_t n = 0; n < sizeof(at) / sizeof(at[0]); n++)
		CHECK_INT(utf8_cut(text, 10, n), at[n]);
	/* bytes that are no sequence may be cut anywhere */
	CHECK_INT(utf8_cut("\xe2\x82x", 3, 1), 1);
	CHECK_INT(utf8_cut("\x80\x80\x80\x80", 4, 3), 3);
}

/* ---- printable -------------------------------------------------------------------- */

static void filtered(const char *text, size_t n, const char *want)
{
	STRBUF(out, 256);

	printable_text(&out, text, n);
	CHECK_STR(out.buf, want);
}

static void control_characters_of_terminals_are_replaced(void)
{
	static const uint32_t kept[] = { ' ', '~', 0xa0, 0x200c, 0x200d, 0x202f, 0x2065, 0xfffd, 0x1f600 };
	static const uint32_t replaced[] = { 0, 7, 8, '\r', 27, 0x7f, 0x80, 0x9b, 0x9f, 0x61c, 0x200e, 0x200f, 0x2028,
					     0x202a, 0x202e, 0x2066, 0x2069, 0xfeff };

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		CHECK_TRUE(printable_char(kept[i]));
	for (size_t i = 0; i < sizeof(replaced) / sizeof(replaced[0]); i++)
		CHECK_FALSE(printable_char(replaced[i]));
	filtered("a\nb\tc", 5, "a\nb\tc");
	filtered("\033[31mred\a\r", 10, "\xef\xbf\xbd[31mred\xef\xbf\xbd\xef\xbf\xbd");
	filtered("\xc2\x9b" "31m", 5, "\xef\xbf\xbd" "31m");
	filtered("caf\xe9 \xff", 6, "caf\xef\xbf\xbd \xef\xbf\xbd");
	filtered("\xe2\x82", 2, "\xef\xbf\xbd\xef\xbf\xbd");	/* a sequence that ends early */
	filtered("x\0y", 3, "x\xef\xbf\xbdy");
	filtered("\xe5\xb7\xa5\xe4\xbd\x9c", 6, "\xe5\xb7\xa5\xe4\xbd\x9c");
}

static void a_printable_name_is_utf8_without_controls(void)
{
	CHECK_TRUE(printable_valid("my item", 7));
	CHECK_TRUE(printable_valid("\xe5\xb7\xa5", 3));
	CHECK_FALSE(printable_valid("a\nb", 3));
	CHECK_FALSE(printable_valid("a\tb", 3));
	CHECK_FALSE(printable_valid("a\x1b", 2));
	CHECK_FALSE(printable_valid("a\xe2\x80\xae", 4));
	CHECK_FALSE(printable_valid("caf\xe9", 4));
}

const struct test_case suite_unit_utf8[] = {
	T(every_character_is_decoded_as_it_was_encoded),
	T(sequences_are_valid_where_the_c_library_accepts_them),
	T(an_invalid_byte_is_one_replacement_and_the_next_byte_counts_anew),
	T(a_cut_keeps_characters_whole),
	T(control_characters_of_terminals_are_replaced),
	T(a_printable_name_is_utf8_without_controls),
	{ NULL, NULL }
};
