/*
 * tests/support/terminal.h - the terminal that screen tests look at: libvterm.
 *
 * An emulator of other people's making, so that what the program sends and how
 * the tests read it do not rest on the same ideas of widths and sequences.
 *
 * Lives here:   bytes -> rows of text, and the modes that a test asks about.
 * Never here:   processes (pty.c), expectations.   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_TERMINAL_H
#define KW_TESTS_SUPPORT_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <vterm.h>

#define TERMINAL_ROW_BYTES 1600	/* 200 columns, two characters of four bytes in each */

struct terminal {
	VTerm *emulator;
	VTermScreen *screen;
	int w, h;
	bool alternate, mouse, cursor_hidden;
	bool coloured;			/* a cell once had a colour */
	bool coloured_text;		/* a letter or digit once had a colour */
	bool blinked;			/* a cell once had blinking text */
	unsigned int unknown;		/* sequences that the emulator does not know: a test should fail on them */
	char unknown_sequence[64];	/* the last of them */
};

/* @t must stay where it is until terminal_fini(): the emulator calls back. */
void terminal_init(struct terminal *t, int w, int h);
void terminal_fini(struct terminal *t);
void terminal_resize(struct terminal *t, int w, int h);
void terminal_feed(struct terminal *t, const char *bytes, size_t n);
/* Button @button (1 left, 4 wheel up, 5 wheel down) is pressed, or released, in a cell; the bytes are an answer. */
void terminal_mouse(struct terminal *t, int x, int y, int button, bool pressed);
/* Copies the terminal's answers to requests of the program to @buf; return: bytes. */
size_t terminal_answer(struct terminal *t, char *buf, size_t size);
/* Row @y as UTF-8 without trailing spaces; @buf has TERMINAL_ROW_BYTES. */
void terminal_row(const struct terminal *t, int y, char *buf);

#endif
