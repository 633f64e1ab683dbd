/*
 * tests/support/pty.h - the real program in a pseudo-terminal: start, press keys, look.
 *
 * The program sends marks (KWORKSHOP_SCREEN_MARKS, visualizer/app.c): how many keys it has
 * read, and whether its picture is final.  So nothing here depends on how long it takes.
 *
 * Lives here:   the child process, its terminal, waiting for a picture.
 * Never here:   expectations (tests/ui_screens.c, tests/ui/NAME.test).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_PTY_H
#define KW_TESTS_SUPPORT_PTY_H

#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

#include "tests/support/terminal.h"

struct pty {
	int fd;
	pid_t shell, pid;		/* the session's leader; the program */
	int report;			/* from the shell: the program's status */
	struct terminal terminal;
	uint64_t keys_sent;
	/* of the last mark (visualizer/app.c): */
	uint64_t keys_read;
	int mark_w, mark_h;
	bool at_rest;
	char mark[64];			/* one that has not ended yet, or "" */
	size_t mark_len;
	int status;			/* of waitpid(), once it has ended */
	bool ended;
	struct termios before;		/* line settings the program found */
};

/* @env: "NAME=value" strings on top of a clean environment, NULL at the end.  0 or -errno. */
int pty_start(struct pty *p, int w, int h, char *const argv[], char *const env[]);
/* The same with something to do in the new process before it becomes the program. */
struct pty_program {
	char *const *argv, *const *env;
	void (*settle)(void *arg);	/* NULL = nothing */
	void *arg;
};
int pty_start_as(struct pty *p, int w, int h, const struct pty_program *g);
void pty_stop(struct pty *p);				/* ends it if it lives */
/* Bytes as they are; each character counts as a key. */
void pty_type(struct pty *p, const char *text);
/* A key by name: Enter Esc Up Down Left Right S-Left S-Right Home End PgUp PgDn Tab S-Tab
 * Space Backspace F1 .. F12 C-x, or characters as they are.  Returns when the program has read it. */
bool pty_key(struct pty *p, const char *name, int ms);
/* A button (1 left, 4 wheel up, 5 wheel down) in the first cell of @text; false if it is not on the screen or not read. */
bool pty_click(struct pty *p, const char *text, int button, int ms);
void pty_resize(struct pty *p, int w, int h);
/* Reads for at most @ms; return: false once the program has ended. */
bool pty_read(struct pty *p, int ms);
/*
 * Until the program has read all keys, has seen the size, and will draw nothing more by
 * itself; @text (or NULL) is then on the screen.  False after @ms, or if the program has ended.
 */
bool pty_rest(struct pty *p, const char *text, int ms);
bool pty_shows(const struct pty *p, const char *text);
/* Until it has ended; return: true, and .status. */
bool pty_gone(struct pty *p, int ms);
/* Is the terminal as a shell wants it: settings as before, cursor seen, no mouse, no alternate screen? */
bool pty_sane(struct pty *p);

#endif
