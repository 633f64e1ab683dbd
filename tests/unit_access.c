/*
 * tests/unit_access.c - what docs/accessibility.md promises: contrast, signs, words.
 *
 * The contrast of two colours is that of WCAG 2: (L1 + 0.05) / (L2 + 0.05), L being the relative
 * luminance of an sRGB colour.  Colours by number are those of xterm.   Licence: MIT.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "tests/test.h"
#include "visualizer/cells.h"
#include "visualizer/theme.h"
#include "visualizer/worlds_internal.h"
#include "words/texts.h"
#include "words/worlds.h"

#define TEXT_MIN 4.5
#define SIGN_MIN 3.0

/* ---- colours ----------------------------------------------------------------------------- */

static const uint32_t xterm_16[16] = {
	0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
	0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
};

static uint32_t xterm_rgb(int number)
{
	static const uint32_t level[6] = { 0, 95, 135, 175, 215, 255 };
	uint32_t n = (uint32_t)number;

	if (n < 16)
		return xterm_16[n];
	if (n >= 232)
		return (8 + 10 * (n - 232)) * 0x010101;
	n -= 16;
	return level[n / 36] << 16 | level[n / 6 % 6] << 8 | level[n % 6];
}

static double linear(uint32_t byte)
{
	double v = byte / 255.0;

	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t rgb)
{
	return 0.2126 * linear(rgb >> 16 & 255) + 0.7152 * linear(rgb >> 8 & 255) + 0.0722 * linear(rgb & 255);
}

static double contrast(uint32_t a, uint32_t b)
{
	double x = luminance(a), y = luminance(b);

	return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

static void contrast_is_that_of_the_guidelines(void)
{
	CHECK_TRUE(fabs(contrast(0x000000, 0xffffff) - 21) < 1e-9);
	CHECK_TRUE(fabs(contrast(0x777777, 0xffffff) - 4.478) < 0.001);
	CHECK_INT(xterm_rgb(196), 0xff0000);
	CHECK_INT(xterm_rgb(244), 0x808080);
}

static const char *const style_names[ST_NR] = {
#define STYLE(ID, dark, light, dark16, light16, attr, plain) [ST_##ID] = #ID,
#include "visualizer/theme.def"
#undef STYLE
};

/* The style with the lowest contrast in a theme; 0: no style has a colour. */
static double lowest(unsigned int theme, enum theme_depth depth, bool sign, double least)
{
	double low = 100;

	for (int s = 0; s < ST_NR; s++) {
		struct theme_look look = theme_look(theme, (enum theme_style)s, depth, sign);
		double c;

		if (look.fg < 0 || (!sign && s == ST_BORDER))
			continue;
		c = contrast(depth == DEPTH_TRUE ? (uint32_t)look.fg : xterm_rgb(look.fg), theme_ground(theme));
		if (c < least)
			test_note("theme %s, depth %d: %s has %.2f:1", theme_name(theme), depth, style_names[s], c);
		CHECK_TRUE(c >= least);
		low = c < low ? c : low;
	}
	return low < 100 ? low : 0;
}

static const char *ratio(double c, char buf[16])
{
	/* rounded down: a page must not promise more than was measured */
	if (c > 0)
		snprintf(buf, 16, "%.1f", floor(c * 10) / 10);
	else
		snprintf(buf, 16, "%s", "own");
	return buf;
}

static void page_of(const char *path, char *text, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t n;

	REQUIRE_TRUE(f != NULL);
	n = fread(text, 1, size - 1, f);
	text[n] = '\0';
	fclose(f);
	REQUIRE_TRUE(n > 0 && n < size - 1);
}

/* The table of the page has the measured numbers. */
static void every_theme_can_be_read_on_its_ground(void)
{
	static char page[32768];

	page_of("docs/accessibility.md", page, sizeof(page));
	for (unsigned int t = 0; t < theme_count(); t++) {
		char row[160], a[16], b[16], c[16], d[16];

		snprintf(row, sizeof(row), "| `%s` | %s | %s | %s | %s | %s |", theme_name(t),
			 theme_ground(t) ? "white" : strcmp(theme_name(t), "mono") ? "black" : "any",
			 ratio(lowest(t, DEPTH_TRUE, false, TEXT_MIN), a), ratio(lowest(t, DEPTH_256, false, TEXT_MIN), b),
			 ratio(lowest(t, DEPTH_16, true, SIGN_MIN), c), ratio(lowest(t, DEPTH_8, true, SIGN_MIN), d));
		CHECK_HAS(page, row);
		lowest(t, DEPTH_TRUE, true, SIGN_MIN);
		lowest(t, DEPTH_256, true, SIGN_MIN);
	}
}

static void the_first_theme_suits_the_background(void)
{
	static const struct {
		const char *colorfgbg, *theme;
	} rows[] = { { NULL, "dark" }, { "", "dark" }, { "15;0", "dark" }, { "0;15", "light" }, { "0;default;15", "light" },
		     { "0;7", "light" }, { "15;17", "dark" }, { "default;default", "dark" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STR(theme_name(theme_for_background(rows[i].colorfgbg)), rows[i].theme);
}

static void with_few_colours_text_has_none(void)
{
	for (unsigned int t = 0; t < theme_count(); t++)
		for (int s = 0; s < ST_NR; s++)
			for (int d = DEPTH_MONO; d <= DEPTH_16; d++) {
				struct theme_look look = theme_look(t, (enum theme_style)s, (enum theme_depth)d, false);

				CHECK_INT(look.fg, -1);
				CHECK_INT((int)(look.attr & ~(unsigned int)(ATTR_BOLD | ATTR_REVERSE)), 0);
			}
}

static void letters_are_text_and_lines_are_signs(void)
{
	static const uint32_t text[] = { 'a', '*', '~', 0xb7, 0x2026, 0xe9, 0x4e00 };
	static const uint32_t signs[] = { 0x2500, 0x2588, 0x25cf, 0x25cb, 0x2714, 0x271a, 0x2192, 0x2298, 0x2260 };

	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		CHECK_FALSE(theme_is_sign(text[i]));
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		CHECK_TRUE(theme_is_sign(signs[i]));
}

/* ---- states ------------------------------------------------------------------------------ */

static char first_twin(const char *text)
{
	uint32_t ch = ' ';

	utf8_decode(text, strlen(text), &ch);
	return cells_twin(ch);
}

/* Without colour and in ASCII two states of an item in both worlds differ in words, in the label and in the lane. */
static void states_of_an_item_differ_in_signs_and_words(void)
{
	for (int a = WORLD_NONE; a <= WORLD_DONE; a++)
		for (int b = WORLD_NONE; b < a; b++) {
			const struct worlds_sign *x = worlds_sign((enum world_state)a), *y = worlds_sign((enum world_state)b);

			CHECK_NOT_STR(words_world_state((enum world_state)a), words_world_state((enum world_state)b));
			CHECK_NE(first_twin(x->label), first_twin(y->label));
			/* a lane is blank before and after an item */
			if (a != WORLD_DONE || b != WORLD_NONE)
				CHECK_NE(first_twin(x->lane), first_twin(y->lane));
		}
}

/* One entry of a legend: "● running". */
struct legend_entry {
	char twin;
	char words[80];
};

/* "workers|● running  ◌ asleep": its entries; return: how many. */
static unsigned int read_legend(const char *text, struct legend_entry entry[16])
{
	const char *p = strchr(text, '|');
	unsigned int nr = 0;

	REQUIRE_NOT_NULL(p);
	for (p++; *p && nr < 16; nr++) {
		const char *end = strstr(p, "  ");
		uint32_t sign;
		size_t bytes = utf8_decode(p, strlen(p), &sign);

		entry[nr].twin = cells_twin(sign);
		snprintf(entry[nr].words, sizeof(entry[nr].words), "%.*s", end ? (int)(end - p - (int)bytes) : 79, p + bytes);
		p = end ? end + 2 : p + strlen(p);
	}
	return nr;
}

/* In a legend of the page of keys each sign has one meaning: in ASCII, and without colour. */
static void signs_of_a_legend_differ_in_ascii_and_in_words(void)
{
	static const enum words_key legends[] = { W_SIGNS_WORKERS, W_SIGNS_ITEMS, W_SIGNS_LANES, W_SIGNS_INTERRUPTS };

	for (size_t i = 0; i < sizeof(legends) / sizeof(legends[0]); i++) {
		struct legend_entry entry[16];
		unsigned int nr = read_legend(words_fixed(legends[i]), entry);

		CHECK_GT(nr, 1);
		for (unsigned int a = 0; a < nr; a++) {
			CHECK_NE(entry[a].twin, '?');
			for (unsigned int b = 0; b < a; b++) {
				if (entry[a].twin == entry[b].twin)
					test_note("%s: %c is%s and%s", words_key_name(legends[i]), entry[a].twin, entry[a].words,
						  entry[b].words);
				CHECK_NE(entry[a].twin, entry[b].twin);
				CHECK_NOT_STR(entry[a].words, entry[b].words);
			}
		}
	}
}

/* A right answer, a wrong one and an open one; lessons at home: done, begun, new, faulty. */
static void marks_of_outcomes_differ_in_ascii(void)
{
	static const uint32_t marks[][4] = { { 0x2714, 0x2717, 0xb7 }, { 0x2714, 0x25b6, 0x25cb, 0x2716 } };

	for (size_t i = 0; i < 2; i++)
		for (int a = 0; a < 4 && marks[i][a]; a++)
			for (int b = 0; b < a; b++)
				CHECK_NE(cells_twin(marks[i][a]), cells_twin(marks[i][b]));
}

const struct test_case suite_unit_access[] = {
	T(signs_of_a_legend_differ_in_ascii_and_in_words),
	T(marks_of_outcomes_differ_in_ascii),
	T(contrast_is_that_of_the_guidelines),
	T(every_theme_can_be_read_on_its_ground),
	T(the_first_theme_suits_the_background),
	T(with_few_colours_text_has_none),
	T(letters_are_text_and_lines_are_signs),
	T(states_of_an_item_differ_in_signs_and_words),
	{ NULL, NULL }
};
