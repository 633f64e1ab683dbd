/*
 * tests/support/pty.h - the real program in a pseudo-terminal: start, press keys, look.
 *
 * Lives here:   the child process, its terminal, waiting for a picture.
 * Never here:   what is expected (tests/ui_screens.c, *.test).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_PTY_H
#define KW_TESTS_SUPPORT_PTY_H

#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

#include "tests/support/terminal.h"

struct pty {
	int fd;
	pid_t pid;
	struct terminal terminal;
	uint64_t bytes, writes;		/* that came so far; reads that were not empty */
	int status;			/* of waitpid(), once it has ended */
	bool ended;
	struct termios before;		/* line settings the program found */
};

/* @env: "NAME=value" strings on top of a clean environment, NULL at the end.  0 or -errno. */
int pty_start(struct pty *p, int w, int h, char *const argv[], char *const env[]);
void pty_stop(struct pty *p);				/* ends it if it lives */
void pty_send(struct pty *p, const char *bytes, size_t n);
/* A key by name: Enter Esc Up Down Left Right S-Left S-Right Home End PgUp PgDn Tab S-Tab
 * Space Backspace F1 C-x, or characters as they are. */
bool pty_key(struct pty *p, const char *name);
void pty_resize(struct pty *p, int w, int h);
/* Reads for at most @ms; return: false once the program has ended. */
bool pty_read(struct pty *p, int ms);
/* Until @text is on the screen and nothing has come for a moment; false after @ms. */
bool pty_wait(struct pty *p, const char *text, int ms);
/* Until nothing has come for @quiet_ms. */
void pty_settle(struct pty *p, int quiet_ms, int ms);
bool pty_shows(const struct pty *p, const char *text);
/* Until it has ended; return: true, and .status. */
bool pty_gone(struct pty *p, int ms);
/* Is the terminal as a shell wants it: settings as before, cursor seen, no mouse, no alternate screen? */
bool pty_sane(struct pty *p);

#endif
