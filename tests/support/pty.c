/*
 * tests/support/pty.c - see pty.h.   Licence: MIT.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "tests/support/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#include "base/utf8.h"
#include "base/width.h"
#include "tests/support/shell.h"

#define MARK "\033]777;kworkshop;"

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Reads all of @size bytes; false: the other end is closed. */
static bool read_whole(int fd, void *to, size_t size)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = read(fd, (char *)to + got, size - got);

		if (n == 0 || (n < 0 && errno != EINTR))
			return false;
		got += n > 0 ? (size_t)n : 0;
	}
	return true;
}

static void write_whole(int fd, const void *from, size_t size)
{
	if (write(fd, from, size) != (ssize_t)size)
		_exit(4);
}

/*
 * Stands in for the person's shell: leads the session, starts the program as a job in the
 * foreground, reports its pid and its status, and keeps the terminal.  If the program
 * itself led the session, its end would hang up the terminal before the guardian
 * (visualizer/term.c) can restore it.
 */
static _Noreturn void be_shell(int slave, int report, const struct pty_program *g)
{
	int status = 0;
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);	/* with its last reader the terminal hangs up, and the program with it */
	login_tty(slave);
	signal(SIGTTOU, SIG_IGN);	/* tcsetpgrp() from the background */
	pid = fork();
	if (pid < 0)
		_exit(4);
	if (pid == 0) {
		close(report);
		setpgid(0, 0);
		tcsetpgrp(STDIN_FILENO, getpid());
		shell_default_signals();
		if (g->settle)
			g->settle(g->arg);
		execve(g->argv[0], g->argv, g->env);
		_exit(127);
	}
	setpgid(pid, pid);
	write_whole(report, &pid, sizeof(pid));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	write_whole(report, &status, sizeof(status));
	for (;;)
		pause();	/* until pty_stop() */
}

/* The shell's process, or -errno.  The program's pid is known when this returns. */
static int start_shell(struct pty *p, int slave, const struct pty_program *g)
{
	int report[2];

	if (pipe(report) < 0)
		return -errno;
	fcntl(report[0], F_SETFD, FD_CLOEXEC);
	p->shell = fork();
	if (p->shell == 0) {
		close(report[0]);
		be_shell(slave, report[1], g);
	}
	close(report[1]);
	p->report = report[0];
	if (p->shell > 0 && read_whole(p->report, &p->pid, sizeof(p->pid)))
		return 0;
	close(p->report);
	if (p->shell > 0)
		waitpid(p->shell, NULL, 0);
	return -ECHILD;
}

int pty_start(struct pty *p, int w, int h, char *const argv[], char *const env[])
{
	return pty_start_as(p, w, h, &(struct pty_program){ .argv = argv, .env = env });
}

int pty_start_as(struct pty *p, int w, int h, const struct pty_program *g)
{
	struct winsize ws = { .ws_row = (unsigned short)h, .ws_col = (unsigned short)w };
	int slave, err;

	memset(p, 0, sizeof(*p));
	terminal_init(&p->terminal, w, h);
	if (openpty(&p->fd, &slave, NULL, NULL, &ws) < 0) {
		err = -errno;
		terminal_fini(&p->terminal);
		return err;
	}
	fcntl(p->fd, F_SETFD, FD_CLOEXEC);
	tcgetattr(p->fd, &p->before);	/* before the program can change them */
	err = start_shell(p, slave, g);
	close(slave);
	if (err) {
		close(p->fd);
		terminal_fini(&p->terminal);
	}
	return err;
}

/* Takes the program's status if it has ended. */
static void reap(struct pty *p)
{
	struct pollfd pfd = { .fd = p->report, .events = POLLIN };

	if (!p->ended && poll(&pfd, 1, 0) > 0)
		p->ended = read_whole(p->report, &p->status, sizeof(p->status));
}

void pty_stop(struct pty *p)
{
	reap(p);
	if (!p->ended)
		kill(-p->pid, SIGKILL);
	kill(p->shell, SIGKILL);
	waitpid(p->shell, NULL, 0);
	close(p->report);
	close(p->fd);
	terminal_fini(&p->terminal);
}

static void send_bytes(struct pty *p, const char *bytes, size_t n)
{
	while (n) {
		ssize_t done = write(p->fd, bytes, n);

		if (done <= 0)
			return;
		bytes += done;
		n -= (size_t)done;
	}
}

void pty_type(struct pty *p, const char *text)
{
	for (const char *c = text; *c; c++)
		p->keys_sent += !utf8_continues(*c);
	send_bytes(p, text, strlen(text));
}

/* An escape sequence is one key, whatever its length. */
static void send_key(struct pty *p, const char *bytes)
{
	p->keys_sent++;
	send_bytes(p, bytes, strlen(bytes));
}

/* The rest of a key's bytes may look like another key: wait until it is read. */
static bool key_read(struct pty *p, int ms)
{
	int64_t end = now_ms() + ms;

	while (p->keys_read < p->keys_sent && now_ms() < end)
		if (!pty_read(p, 100))
			return true;	/* the program has ended: this key was its last */
	return p->keys_read >= p->keys_sent;
}

bool pty_key(struct pty *p, const char *name, int ms)
{
	static const struct {
		const char *name, *bytes;
	} keys[] = {
		{ "Enter", "\r" }, { "Esc", "\033" }, { "Up", "\033OA" }, { "Down", "\033OB" },
		{ "Right", "\033OC" }, { "Left", "\033OD" }, { "S-Left", "\033[1;2D" }, { "S-Right", "\033[1;2C" },
		{ "Home", "\033OH" }, { "End", "\033OF" }, { "PgUp", "\033[5~" }, { "PgDn", "\033[6~" },
		{ "Tab", "\t" }, { "S-Tab", "\033[Z" }, { "Space", " " }, { "Backspace", "\177" }, { "F1", "\033OP" },
		{ "F2", "\033OQ" }, { "F3", "\033OR" }, { "F4", "\033OS" }, { "F5", "\033[15~" }, { "F6", "\033[17~" },
		{ "F7", "\033[18~" }, { "F8", "\033[19~" }, { "F9", "\033[20~" }, { "F10", "\033[21~" },
		{ "F11", "\033[23~" }, { "F12", "\033[24~" },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(keys[i].name, name)) {
			send_key(p, keys[i].bytes);
			return key_read(p, ms);
		}
	if (name[0] == 'C' && name[1] == '-' && name[2] && !name[3])
		send_key(p, (char[]){ (char)(name[2] & 31), '\0' });
	else
		pty_type(p, name);
	return key_read(p, ms);
}

/* The cell in which @text begins. */
static bool find_text(const struct pty *p, const char *text, int *x, int *y)
{
	char row[TERMINAL_ROW_BYTES];

	for (*y = 0; *y < p->terminal.h; ++*y) {
		const char *at;

		terminal_row(&p->terminal, *y, row);
		at = strstr(row, text);
		if (!at)
			continue;
		*x = width_text(row, (size_t)(at - row));
		return true;
	}
	return false;
}

bool pty_click(struct pty *p, const char *text, int button, int ms)
{
	char bytes[64];
	int x, y;

	if (!find_text(p, text, &x, &y))
		return false;
	terminal_mouse(&p->terminal, x, y, button, true);
	p->keys_sent++;
	send_bytes(p, bytes, terminal_answer(&p->terminal, bytes, sizeof(bytes)));
	if (button == 1)	/* a wheel has no release */
		terminal_mouse(&p->terminal, x, y, button, false);
	send_bytes(p, bytes, terminal_answer(&p->terminal, bytes, sizeof(bytes)));
	return key_read(p, ms);
}

void pty_resize(struct pty *p, int w, int h)
{
	struct winsize ws = { .ws_row = (unsigned short)h, .ws_col = (unsigned short)w };

	terminal_resize(&p->terminal, w, h);
	ioctl(p->fd, TIOCSWINSZ, &ws);
}

/* Marks may be cut anywhere by the reads that bring them. */
static void take_marks(struct pty *p, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned long long keys;
		char state[8];

		if (p->mark_len < strlen(MARK) ? bytes[i] != MARK[p->mark_len] : p->mark_len + 1 == sizeof(p->mark)) {
			p->mark_len = 0;
			if (bytes[i] != MARK[0])
				continue;
		}
		p->mark[p->mark_len++] = bytes[i];
		if (bytes[i] != '\a')
			continue;
		p->mark[p->mark_len] = '\0';
		p->mark_len = 0;
		if (sscanf(p->mark + strlen(MARK), "%llu;%dx%d;%4s", &keys, &p->mark_w, &p->mark_h, state) == 4) {
			p->keys_read = keys;
			p->at_rest = strcmp(state, "rest") == 0;
		}
	}
}

bool pty_read(struct pty *p, int ms)
{
	/* while it lives, its end interrupts the wait for output */
	struct pollfd pfds[2] = { { .fd = p->fd, .events = POLLIN }, { .fd = p->report, .events = POLLIN } };
	char buf[16384];
	ssize_t n;

	if (poll(pfds, p->ended ? 1 : 2, ms) > 0 && pfds[0].revents && (n = read(p->fd, buf, sizeof(buf))) > 0) {
		take_marks(p, buf, (size_t)n);
		terminal_feed(&p->terminal, buf, (size_t)n);
		send_bytes(p, buf, terminal_answer(&p->terminal, buf, sizeof(buf)));
		return true;
	}
	reap(p);
	return !p->ended;
}

bool pty_shows(const struct pty *p, const char *text)
{
	char row[TERMINAL_ROW_BYTES];

	for (int y = 0; y < p->terminal.h; y++) {
		terminal_row(&p->terminal, y, row);
		if (strstr(row, text))
			return true;
	}
	return false;
}

bool pty_rest(struct pty *p, const char *text, int ms)
{
	int64_t end = now_ms() + ms;

	do {
		if (p->at_rest && p->keys_read >= p->keys_sent && p->mark_w == p->terminal.w &&
		    p->mark_h == p->terminal.h && (!text || pty_shows(p, text)))
			return true;
		if (!pty_read(p, 100))
			return false;
	} while (now_ms() < end);
	return false;
}

bool pty_gone(struct pty *p, int ms)
{
	int64_t end = now_ms() + ms;

	while (!p->ended && now_ms() < end)
		pty_read(p, 20);
	while (p->ended && pty_read(p, 0))
		;	/* its last output */
	return p->ended;
}

bool pty_sane(struct pty *p)
{
	struct termios t;

	if (p->terminal.alternate || p->terminal.mouse || p->terminal.cursor_hidden)
		return false;
	return tcgetattr(p->fd, &t) == 0 && t.c_lflag == p->before.c_lflag && t.c_iflag == p->before.c_iflag && t.c_oflag == p->before.c_oflag;
}
