/*
 * visualizer/term.h - a terminal as a grid of cells, and its keys.
 *
 * A frame is built in memory: term_begin(), puts, term_flush(); only cells that
 * differ from what the terminal shows are sent.  The headless terminal is the
 * same field without a device: tests read the cells.
 * The terminal is restored at every end of the program: a normal end, a signal that
 * can be caught, a crash (the handler writes a restore sequence), and SIGKILL
 * (a guardian process waits for our end).
 *
 * Lives here:   cells, widths, ASCII twins, colours of the device, keys, mouse.
 * Never here:   pictures, meanings of keys.   Only term.c includes curses.
 * Context:      one thread.   Licence: MIT.
 */
#ifndef KW_VISUALIZER_TERM_H
#define KW_VISUALIZER_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "visualizer/theme.h"

struct term_cell {
	uint32_t ch;		/* code point; 0 = right half of a wide one */
	uint8_t style;		/* enum theme_style */
	uint8_t attr;		/* ATTR_* on top of the style's */
};

struct term_opts {
	bool headless;
	int width, height;		/* headless only */
	enum theme_depth depth_max;	/* DEPTH_MONO: no colour */
	unsigned int theme;
	bool ascii, mouse, sync;
};

/* Keys that are no character; a character is its code point, Ctrl-A is 1. */
enum term_key_code {
	KEYC_NONE = 0,
	KEYC_TAB = 9, KEYC_ENTER = 13, KEYC_ESC = 27, KEYC_BACKSPACE = 127,
	KEYC_UP = 0x110000, KEYC_DOWN, KEYC_LEFT, KEYC_RIGHT, KEYC_SLEFT, KEYC_SRIGHT,
	KEYC_HOME, KEYC_END, KEYC_PGUP, KEYC_PGDN, KEYC_BTAB, KEYC_DEL,
	KEYC_F1, KEYC_F2, KEYC_F3, KEYC_F4, KEYC_F5, KEYC_F6, KEYC_F7, KEYC_F8, KEYC_F9, KEYC_F10, KEYC_F11, KEYC_F12,
	KEYC_MOUSE, KEYC_OTHER
};

enum term_button { BUTTON_LEFT = 1, BUTTON_WHEEL_UP, BUTTON_WHEEL_DOWN };

struct term_event {
	uint32_t key;
	int x, y;		/* of KEYC_MOUSE */
	enum term_button button;
};

struct cells;
struct term;

int term_open(struct term **out, const struct term_opts *opts, char *err, size_t err_size);
void term_close(struct term *t);
int term_width(const struct term *t);
int term_height(const struct term *t);
bool term_ascii(const struct term *t);
void term_set_theme(struct term *t, unsigned int theme);

void term_begin(struct term *t);				/* an empty frame */
/* Puts UTF-8 from (x, y), at most @max columns; return: columns used. */
int term_put(struct term *t, int x, int y, int max, enum theme_style style, unsigned int attr,
	     const char *text, size_t len);
/* The frame being built. */
struct cells *term_frame(struct term *t);
void term_attr(struct term *t, int x, int y, int w, unsigned int attr);	/* adds to what is there */
void term_cursor(struct term *t, int x, int y);			/* where text is typed; -1 = hidden */
int term_flush(struct term *t);					/* return: cells that changed */
const struct term_cell *term_cell(const struct term *t, int x, int y);
/* A row of the frame as UTF-8 without trailing spaces (tests). */
void term_row_text(const struct term *t, int y, char *buf, size_t size);

bool term_event(struct term *t, struct term_event *ev);		/* next key; false = none now, headless: never */
void term_resize(struct term *t, int width, int height);	/* headless: to this; else asks the device */
void term_repaint(struct term *t);				/* the device's contents are unknown now */
void term_suspend(struct term *t);				/* Ctrl-Z: stops this process until continued */
/* Another program gets the terminal, and gives it back; both do nothing if it is so already. */
void term_aside(struct term *t);
void term_return(struct term *t);
void term_mark(struct term *t, const char *sequence);		/* sends a sequence that changes no cell */
int term_fd(const struct term *t);				/* to poll for keys; -1 headless */

#endif
