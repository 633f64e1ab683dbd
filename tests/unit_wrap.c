/*
 * tests/unit_wrap.c - columns of a text, and its lines.
 *
 * Lives here:   base/width, base/wrap.
 * Never here:   marks, boxes.   Licence: MIT.
 */
#define _GNU_SOURCE		/* wcwidth(), newlocale() */
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/rng.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "base/width.h"
#include "base/wrap.h"
#include "tests/test.h"

#define ACUTE "\xcc\x81"		/* U+0301 combining acute accent */
#define EURO "\xe2\x82\xac"
#define KAN "\xe6\xbc\xa2"		/* U+6F22, two columns */
#define FAMILY "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"	/* woman, joiner, girl */

/* ---- columns ------------------------------------------------------------------------------ */

/* Row: characters whose width glibc decides against the Unicode data. */
static const struct { uint32_t first, last; } known[] = {
	{ 0x3248, 0x324f },	/* circled numbers on black squares: ambiguous in Unicode, 2 in glibc */
	{ 0x4dc0, 0x4dff },	/* hexagrams: 1 in Unicode before 16, 2 in glibc */
};

static bool is_known(uint32_t ch)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (ch >= known[i].first && ch <= known[i].last)
			return true;
	return false;
}

/* The C library's table is the other source.  It has no width for control and unassigned characters. */
static void every_character_is_as_wide_as_in_the_c_library(void)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), before;
	unsigned int wrong = 0, compared = 0;

	REQUIRE_NOT_NULL(utf8);
	before = uselocale(utf8);
	for (uint32_t ch = 1; ch < 0x110000; ch++) {
		int theirs = wcwidth((wchar_t)ch);

		if (theirs < 0 || is_known(ch))
			continue;
		compared++;
		if (theirs != width_char(ch) && wrong++ < 10)
			test_note("U+%04" PRIX32 ": %d, wcwidth() %d", ch, width_char(ch), theirs);
	}
	uselocale(before);
	freelocale(utf8);
	CHECK_INT(wrong, 0);
	CHECK_GT(compared, 200000);
	CHECK_INT(width_char('\t'), 1);
	CHECK_INT(width_char(0x9b), 1);
	CHECK_INT(width_char(UTF8_REPLACEMENT), 1);
}

static void a_grapheme_is_a_letter_with_its_marks(void)
{
	static const struct { const char *text; size_t bytes; int columns; } rows[] = {
		{ "", 0, 0 }, { "ab", 1, 1 }, { "e" ACUTE "x", 3, 1 }, { "e" ACUTE ACUTE "x", 5, 1 },
		{ KAN ACUTE "x", 5, 2 }, { ACUTE "x", 2, 0 }, { "\xff" ACUTE "x", 3, 1 }, { "\r\n", 1, 1 },
		{ "\xf0\x9f\x87\xba\xf0\x9f\x87\xa6" "\xf0\x9f\x87\xba", 8, 2 },	/* a flag, half a flag */
		{ FAMILY "x", 11, 4 },	/* a terminal without emoji sequences shows both, two columns each */
		{ "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab" "x", 9, 2 },	/* one Hangul syllable of three letters */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int columns = -1;

		CHECK_INT(width_grapheme(rows[i].text, strlen(rows[i].text), &columns), rows[i].bytes);
		CHECK_INT(columns, rows[i].columns);
	}
	CHECK_INT(width_text("e" ACUTE KAN "\xff", 7), 4);
	CHECK_INT(width_before_last("ae" ACUTE, 4), 1);
	CHECK_INT(width_before_last(FAMILY, 11), 0);
	CHECK_INT(width_before_last("", 0), 0);
}

static void a_cut_text_takes_exactly_the_columns_it_may(void)
{
	static const struct { const char *text; int columns; const char *cut, *padded; } rows[] = {
		{ "abc", 3, "abc", "abc" }, { "abcd", 3, "ab\xe2\x80\xa6", "ab\xe2\x80\xa6" },
		{ "ab", 4, "ab", "ab  " }, { "abc", 0, "", "" }, { "", 2, "", "  " }, { "abc", -1, "", "" },
		{ "abe" ACUTE "f", 3, "ab\xe2\x80\xa6", "ab\xe2\x80\xa6" },
		{ "abe" ACUTE, 3, "abe" ACUTE, "abe" ACUTE },
		{ KAN KAN, 3, KAN "\xe2\x80\xa6", KAN "\xe2\x80\xa6" },
		{ KAN KAN, 2, "\xe2\x80\xa6", "\xe2\x80\xa6 " },	/* half a wide character cannot be shown */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		STRBUF(cut, 64);
		STRBUF(padded, 64);

		width_put_cut(&cut, rows[i].text, strlen(rows[i].text), rows[i].columns);
		width_put_padded(&padded, rows[i].text, strlen(rows[i].text), rows[i].columns);
		CHECK_STR(cut.buf, rows[i].cut);
		CHECK_STR(padded.buf, rows[i].padded);
	}
}

/* ---- lines -------------------------------------------------------------------------------- */

/* The lines of @text, each with its indentation, between bars. */
static const char *wrapped(const char *text, int width)
{
	static STRBUF(s, 512);
	struct wrap_line line;
	struct wrap w;

	strbuf_init(&s, s_bytes, sizeof(s_bytes));
	wrap_begin(&w, text, strlen(text), width);
	while (wrap_next(&w, &line))
		strbuf_printf(&s, "|%*s%.*s", line.indent, "", (int)(line.to - line.from), text + line.from);
	return s.buf;
}

static void lines_break_at_blanks_newlines_and_within_long_words(void)
{
	static const struct { const char *text; int width; const char *lines; } rows[] = {
		{ "", 5, "" },
		{ "one two three", 7, "|one two|three" },
		{ "one two three", 8, "|one two|three" },
		{ "one  two", 4, "|one|two" },
		{ "one  two", 8, "|one  two" },
		{ "one ", 3, "|one" },
		{ "one\ntwo\n", 9, "|one|two" },
		{ "one\n\ntwo\n\n", 9, "|one||two|" },
		{ "\n", 9, "|" },
		{ "   \nx", 9, "||x" },
		{ "abcdefgh", 3, "|abc|def|gh" },
		{ "a bcdefgh", 3, "|a|bcd|efg|h" },
		{ "abc def", 3, "|abc|def" },
		{ "x", 0, "|x" },
		{ "  - one two three", 9, "|  - one|  two|  three" },
		{ "        deep code", 8, "|    deep|    code" },	/* half the width at most */
		{ "one\n  two three\nfour", 7, "|one|  two|  three|four" },
		{ EURO EURO " " EURO EURO, 4, "|" EURO EURO "|" EURO EURO },
		{ KAN KAN KAN, 5, "|" KAN KAN "|" KAN },
		{ KAN KAN, 1, "|" KAN "|" KAN },		/* no character fits: one a line */
		{ "abe" ACUTE "f", 3, "|abe" ACUTE "|f" },
		{ "a\tb", 2, "|a|b" },
		{ "no\xc2\xa0" "break here", 8, "|no\xc2\xa0" "break|here" },	/* U+00A0 is no blank */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STR(wrapped(rows[i].text, rows[i].width), rows[i].lines);
}

/* With any text and any width no line is too wide, only blanks and newlines are lost, and wrapping ends. */
static void every_line_fits_and_every_character_is_on_one(void)
{
	static const char *const pieces[] = { "a", "word", " ", "  ", "\n", KAN, ("e" ACUTE), FAMILY, "\xff", "-", "\t" };

	for (uint64_t round = 0; round < 4000; round++) {
		STRBUF(text, 256);
		int width = 1 + (int)rng_below(rng_hash4(seed_from_env(1), round, 1, 0), 20);
		size_t shown = 0, bytes = 0;
		struct wrap_line line;
		struct wrap w;

		for (uint64_t i = 0; i < rng_below(rng_hash4(seed_from_env(1), round, 2, 0), 30); i++)
			strbuf_puts(&text, pieces[rng_below(rng_hash4(seed_from_env(1), round, 3, i), 11)]);
		for (size_t i = 0; i < text.len; i++)
			bytes += !strchr(" \n\t", text.buf[i]);
		wrap_begin(&w, text.buf, text.len, width);
		while (wrap_next(&w, &line)) {
			size_t first = width_grapheme(text.buf + line.from, line.to - line.from, NULL);

			CHECK_INT(width_text(text.buf + line.from, line.to - line.from), line.columns);
			if (first < line.to - line.from)	/* a grapheme wider than the line stands alone */
				CHECK_LE(line.indent + line.columns, width);
			for (size_t i = line.from; i < line.to; i++)
				shown += !strchr(" \n\t", text.buf[i]);
		}
		CHECK_INT(shown, bytes);
	}
}

static void printed_lines_follow_their_prefix(void)
{
	static const struct { const char *first, *text, *printed; } rows[] = {
		{ "  a  ", "one two three", "  a  one\n     two\n     three\n" },
		{ "> ", "", "> \n" },
		{ "> ", "one\n\ntwo", "> one\n\n  two\n" },
		{ "\xe2\x96\xb8 ", "one two three", "\xe2\x96\xb8 one two\n  three\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *have = NULL;
		size_t n;
		FILE *f = open_memstream(&have, &n);

		REQUIRE_NOT_NULL(f);
		wrap_print(f, 10, rows[i].first, rows[i].text);
		fclose(f);
		CHECK_STR(have, rows[i].printed);
		free(have);
	}
}

const struct test_case suite_unit_wrap[] = {
	T(every_character_is_as_wide_as_in_the_c_library),
	T(a_grapheme_is_a_letter_with_its_marks),
	T(a_cut_text_takes_exactly_the_columns_it_may),
	T(lines_break_at_blanks_newlines_and_within_long_words),
	T(every_line_fits_and_every_character_is_on_one),
	T(printed_lines_follow_their_prefix),
	{ NULL, NULL }
};
