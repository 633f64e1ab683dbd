/*
 * tests/ui/vt.h - as much of a terminal as our screen program needs to be looked at.
 *
 * Interprets what curses sends for xterm-256color: text, cursor motion, erasing,
 * inserting and deleting, scrolling regions, attributes and colours.
 *
 * Lives here:   bytes -> cells.
 * Never here:   processes (pty.c), expectations.   Licence: MIT.
 */
#ifndef KW_TESTS_UI_VT_H
#define KW_TESTS_UI_VT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VT_W_MAX 200
#define VT_H_MAX 80

struct vt_cell {
	uint32_t ch;		/* 0 = right half of a wide one */
	bool bold, reverse, underline, dim;
	int fg, bg;		/* -1 = default */
};

struct vt {
	int w, h, x, y, top, bottom;
	struct vt_cell pen;
	struct vt_cell cell[VT_H_MAX][VT_W_MAX];
	uint32_t last;		/* for REP */
	bool wrap;		/* the last column was written: the next character wraps */
	bool alternate, cursor_hidden, mouse, coloured /* a colour was ever set */;
	bool escaped;		/* ESC came: */
	char seq[64];		/* what came behind it, not complete yet */
	size_t seq_len;
	char utf8[4];
	size_t utf8_len, utf8_need;
	unsigned int unknown;	/* sequences we don't know: a test should fail on them */
	char unknown_seq[64];
};

void vt_init(struct vt *v, int w, int h);
void vt_resize(struct vt *v, int w, int h);
void vt_feed(struct vt *v, const char *bytes, size_t n);
/* A row as UTF-8 without trailing spaces. */
void vt_row(const struct vt *v, int y, char *buf, size_t size);

#endif
