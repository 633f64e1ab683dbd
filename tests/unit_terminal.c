/*
 * tests/unit_terminal.c - the terminal of the screen tests, and the widths that the program expects of it.
 *
 * Lives here:   support/terminal.
 * Never here:   screens of the program (ui_screens.c).   Licence: MIT.
 */
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "base/width.h"
#include "tests/support/terminal.h"
#include "tests/test.h"

static struct terminal t;

static void feed(const char *text)
{
	terminal_feed(&t, text, strlen(text));
}

static const char *row(int y)
{
	static char text[TERMINAL_ROW_BYTES];

	terminal_row(&t, y, text);
	return text;
}

static void text_motion_and_erasing_make_rows(void)
{
	terminal_init(&t, 20, 4);
	feed("one\r\ntwo\033[3;5Hthree\033[1;1HO\033[2;2H\033[K");
	CHECK_STR(row(0), "One");
	CHECK_STR(row(1), "t");
	CHECK_STR(row(2), "    three");
	CHECK_STR(row(3), "");
	feed("\033[H\033[2J=\033[9bX");
	CHECK_STR(row(0), "==========X");
	terminal_resize(&t, 5, 2);
	CHECK_STR(row(0), "=====");
	CHECK_INT(t.unknown, 0);
	terminal_fini(&t);
}

static void modes_and_colours_are_noticed(void)
{
	terminal_init(&t, 20, 4);
	feed("shell");
	CHECK_FALSE(t.alternate || t.mouse || t.cursor_hidden || t.coloured);
	feed("\033[?1049h\033[22;0;0t\033[?25l\033[?1000;1006h\033[2J\033[1;7mbold\033[m");
	CHECK_TRUE(t.alternate && t.mouse && t.cursor_hidden);
	CHECK_FALSE(t.coloured);
	CHECK_INT(t.unknown, 0);
	feed("\033[31m!\033[m\033[2J");
	CHECK_TRUE(t.coloured);
	feed("\033[?1000;1006l\033[?25h\033[?1049l");
	CHECK_FALSE(t.alternate || t.mouse || t.cursor_hidden);
	CHECK_STR(row(0), "shell");
	terminal_fini(&t);
}

static void an_unknown_sequence_is_counted_and_a_request_is_answered(void)
{
	char answer[32];

	terminal_init(&t, 20, 4);
	feed("\033[5;6y");
	CHECK_INT(t.unknown, 1);
	CHECK_HAS(t.unknown_sequence, "y");
	feed("\033[2;3H\033[6n");
	answer[terminal_answer(&t, answer, sizeof(answer) - 1)] = '\0';
	CHECK_STR(answer, "\033[2;3R");
	terminal_fini(&t);
}

/* Columns that libvterm's cursor moves for @text. */
static int columns_of(const char *text, size_t n)
{
	VTermPos pos;

	feed("\033[1;1H");
	terminal_feed(&t, text, n);
	vterm_state_get_cursorpos(vterm_obtain_state(t.emulator), &pos);
	return pos.col;
}

/* Every character outside ASCII of @path; return: how many. */
static unsigned int compare_widths(const char *path)
{
	FILE *f = fopen(path, "r");
	unsigned int seen = 0;
	char line[4096];

	if (!CHECK_NOT_NULL(f))
		return 0;
	while (fgets(line, sizeof(line), f)) {
		size_t n = strlen(line), step;

		for (size_t i = 0; i < n; i += step) {
			uint32_t ch;

			step = utf8_decode(line + i, n - i, &ch);
			if (ch < 0x80)
				continue;
			seen++;
			if (!CHECK_INT(columns_of(line + i, step), width_char(ch)))
				test_note("%s: U+%04X", path, (unsigned int)ch);
		}
	}
	fclose(f);
	return seen;
}

/* The program lays out its screens by its own widths: a terminal with other widths breaks the rows. */
static void characters_of_the_screens_are_as_wide_as_the_program_expects(void)
{
	static const char *const texts[] = { "visualizer/*.[ch]", "visualizer/*.def", "src/words/*", "lessons/*.lua", "tests/ui/*.test" };
	unsigned int seen = 0;

	terminal_init(&t, 20, 4);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		glob_t g;

		if (glob(texts[i], 0, NULL, &g))
			continue;
		for (size_t k = 0; k < g.gl_pathc; k++)
			seen += compare_widths(g.gl_pathv[k]);
		globfree(&g);
	}
	CHECK_GT(seen, 100);
	/* characters of the Unicode standard's classes: wide, combining, narrow */
	CHECK_INT(columns_of("\u5de5", 3), 2);
	CHECK_INT(columns_of("e\u0301", 3), 1);
	terminal_fini(&t);
}

const struct test_case suite_unit_terminal[] = {
	T(text_motion_and_erasing_make_rows),
	T(modes_and_colours_are_noticed),
	T(an_unknown_sequence_is_counted_and_a_request_is_answered),
	T(characters_of_the_screens_are_as_wide_as_the_program_expects),
	{ NULL, NULL }
};
