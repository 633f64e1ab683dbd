/*
 * visualizer/term.c - the curses device, and restoring the terminal.
 *
 * The only file that includes curses: its headers define words such as "timeout"
 * and "move" as macros.  Three mechanisms restore the terminal:
 * term_close() at every normal end; a signal handler for crashes that writes
 * a prepared sequence and restores the line settings (both async-signal-safe),
 * then raises the same signal; a guardian process for SIGKILL, which wakes when
 * our end of a pipe closes before a byte was written.
 * Standard error goes into memory meanwhile and is shown afterwards.
 *
 * Never here:   meanings of keys, of colours (theme.c), of pictures.   Licence: MIT.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* memfd_create(), pipe2() */
#endif
#include "visualizer/term.h"
#include "words/texts.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/shortage.h"
#include "base/utf8.h"
#include "visualizer/cells.h"

/* <term.h> declares these, and a struct term of its own, which is their void here */
extern int setupterm(const char *term_name, int fd, int *code);
extern void *set_curterm(void *terminal);
extern int del_curterm(void *terminal);

#define STDERR_SHOWN_MAX 65536	/* bytes of held-back errors shown at the end */

struct term {
	struct cells now, shown;
	enum theme_depth depth;
	unsigned int theme;
	bool headless, ascii, mouse, sync, all;	/* all: send every cell */
	int cursor_x, cursor_y;
	SCREEN *screen;
	bool aside;			/* another program has the terminal */
	int guardian;			/* its pid, -1 = there is none */
};

/* Data of the signal handler, written before the handler is installed. */
static struct {
	char restore[256];
	size_t restore_len;
	bool entered;			/* curses owns the screen: before, .restore would move the cursor */
	struct termios line;
	bool line_known;
	int farewell;			/* the pipe to the guardian, -1 = there is none */
	int old_stderr, held_stderr;
	struct sigaction old[NSIG];
} emergency = { .farewell = -1, .old_stderr = -1, .held_stderr = -1 };

static const int crashes[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSYS };

/* ---- giving back ------------------------------------------------------------ */

static void emergency_add(const char *sequence)
{
	size_t n;

	if (!sequence || sequence == (char *)-1)
		return;
	n = strlen(sequence);
	if (emergency.restore_len + n > sizeof(emergency.restore))
		return;
	memcpy(emergency.restore + emergency.restore_len, sequence, n);
	emergency.restore_len += n;
}

static void emergency_prepare(bool mouse, bool sync)
{
	emergency.restore_len = 0;
	emergency.entered = false;
	if (sync)
		emergency_add("\033[?2026l");
	if (mouse)
		emergency_add("\033[?1006l\033[?1002l\033[?1000l");
	emergency_add(tigetstr("sgr0"));
	emergency_add(tigetstr("op"));
	emergency_add(tigetstr("rmkx"));
	emergency_add(tigetstr("cnorm"));
	emergency_add(tigetstr("rmcup"));
	emergency.line_known = tcgetattr(STDIN_FILENO, &emergency.line) == 0;
}

/* Async-signal-safe throughout. */
static void emergency_restore(void)
{
	ssize_t n = emergency.entered ? write(STDOUT_FILENO, emergency.restore, emergency.restore_len) : 0;

	(void)n;
	if (emergency.line_known)
		tcsetattr(STDIN_FILENO, TCSANOW, &emergency.line);
}

static void show_held_stderr(void)
{
	char buf[512];
	off_t at = 0;
	ssize_t n;

	while (at < STDERR_SHOWN_MAX && (n = pread(emergency.held_stderr, buf, sizeof(buf), at)) > 0) {
		if (write(STDERR_FILENO, buf, (size_t)n) != n)
			return;
		at += n;
	}
}

static void stderr_back(void)
{
	if (emergency.old_stderr < 0)
		return;
	dup2(emergency.old_stderr, STDERR_FILENO);
	show_held_stderr();
}

/*
 * curses does not check for a malloc() that fails, and then reads through a NULL pointer.  errno, which is 0
 * when the call of curses begins, shows whether that was the reason; a later error of the call may hide it.
 */
static volatile sig_atomic_t in_curses;

#define CURSES_BYTES ((size_t)1 << 20)	/* more than a large terminal takes */

static bool memory_ended(void)
{
	void *p = errno == ENOMEM ? NULL : malloc(CURSES_BYTES);

	free(p);
	return !p;
}

static void curses_begin(void)
{
	errno = 0;
	in_curses = 1;
}

static void curses_end(void)
{
	in_curses = 0;
}

static void curses_no_memory(void)
{
	if (memory_ended())
		shortage_end(-ENOMEM, NULL);
}

/* curses also calls exit() for want of memory. */
static void on_exit_of_curses(void)
{
	if (in_curses)
		shortage_end(-ENOMEM, NULL);
}

/* malloc() in a handler waits for ever if the crash was inside malloc(): SIGALRM ends the process then. */
static void limit_probe(void)
{
	sigset_t set;

	signal(SIGALRM, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	alarm(1);
}

static void on_crash(int sig)
{
	if (sig == SIGSEGV && in_curses) {
		in_curses = 0;
		limit_probe();
		if (memory_ended())
			shortage_end(-ENOMEM, NULL);
	}
	emergency_restore();
	stderr_back();
	sigaction(sig, &emergency.old[sig], NULL);
	raise(sig);
}

/* The process ends for want of memory: its sentence is for the person's screen, and nothing is written after it. */
static void on_shortage(void)
{
	emergency_restore();
	if (emergency.farewell >= 0 && write(emergency.farewell, "x", 1) != 1)
		emergency.farewell = -1;	/* the guardian has ended */
	stderr_back();
}

static void crashes_catch(void)
{
	static char stack[16384];	/* SIGSEGV may mean that the stack is used up */
	stack_t alt = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction sa = { .sa_handler = on_crash, .sa_flags = SA_ONSTACK | SA_NODEFER };

	sigaltstack(&alt, NULL);
	sigfillset(&sa.sa_mask);
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		sigaction(crashes[i], &sa, &emergency.old[crashes[i]]);
}

static void crashes_release(void)
{
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		sigaction(crashes[i], &emergency.old[crashes[i]], NULL);
}

static void stderr_hold(void)
{
	emergency.held_stderr = memfd_create("stderr", MFD_CLOEXEC);
	if (emergency.held_stderr < 0)
		return;
	emergency.old_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
	if (emergency.old_stderr >= 0)
		dup2(emergency.held_stderr, STDERR_FILENO);
}

static void stderr_release(void)
{
	stderr_back();
	if (emergency.old_stderr >= 0)
		close(emergency.old_stderr);
	if (emergency.held_stderr >= 0)
		close(emergency.held_stderr);
	emergency.old_stderr = emergency.held_stderr = -1;
}

/* Waits for a byte (all is well) or the end of the pipe (we were killed). */
static _Noreturn void guard(int from)
{
	static const int deaf[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTOU, SIGTTIN, SIGPIPE };
	char byte;
	ssize_t n;

	setpgid(0, 0);		/* a signal for the whole group is not for us */
	for (size_t i = 0; i < sizeof(deaf) / sizeof(deaf[0]); i++)
		signal(deaf[i], SIG_IGN);
	for (int fd = STDERR_FILENO; fd < 256; fd++)
		if (fd != from)
			close(fd);
	do {
		n = read(from, &byte, 1);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		emergency_restore();
	_exit(0);
}

static void guardian_start(struct term *t)
{
	int p[2];

	t->guardian = -1;
	if (pipe2(p, O_CLOEXEC) < 0)
		return;
	fflush(NULL);
	t->guardian = fork();
	if (t->guardian == 0) {
		close(p[1]);
		guard(p[0]);
	}
	close(p[0]);
	emergency.farewell = p[1];
}

static void guardian_stop(struct term *t)
{
	if (emergency.farewell < 0)
		return;
	if (write(emergency.farewell, "x", 1) != 1)
		emergency_restore();
	close(emergency.farewell);
	if (t->guardian > 0)
		while (waitpid(t->guardian, NULL, 0) < 0 && errno == EINTR)
			;
	emergency.farewell = -1;
}

/* ---- opening ---------------------------------------------------------------- */

static enum theme_depth device_depth(enum theme_depth most)
{
	enum theme_depth d = DEPTH_MONO;

	if (has_colors() && most != DEPTH_MONO) {
		start_color();
		use_default_colors();
		d = COLORS >= 0x1000000 || tigetflag("RGB") > 0 ? DEPTH_TRUE :
		    COLORS >= 256 ? DEPTH_256 : COLORS >= 16 ? DEPTH_16 : COLORS >= 8 ? DEPTH_8 : DEPTH_MONO;
	}
	return d < most ? d : most;
}

static void device_pairs(struct term *t)
{
	if (t->depth == DEPTH_MONO)
		return;
	for (int s = 0; s < ST_NR; s++)
		init_extended_pair(s + 1, theme_look(t->theme, (enum theme_style)s, t->depth, true).fg, -1);
}

/* Shift-arrows as most terminals send them, whatever terminfo knows. */
static void device_keys(void)
{
	define_key("\033[1;2D", KEY_SLEFT);
	define_key("\033[1;2C", KEY_SRIGHT);
}

static int device_open(struct term *t, const struct term_opts *opts, char *err, size_t err_size)
{
	int code;

	free(shortage_need(malloc(CURSES_BYTES)));
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		snprintf(err, err_size, W(TERM_NONE));
		return -ENOTTY;
	}
	crashes_catch();
	atexit(on_exit_of_curses);
	curses_begin();
	if (setupterm(NULL, STDOUT_FILENO, &code) == ERR) {
		curses_no_memory();
		curses_end();
		crashes_release();
		snprintf(err, err_size, W(TERM_UNKNOWN),
			 getenv("TERM") ? getenv("TERM") : "");
		return -ENOTTY;
	}
	if (!tigetstr("cup") || tigetstr("cup") == (char *)-1) {
		curses_end();
		crashes_release();
		snprintf(err, err_size, W(TERM_NO_CURSOR),
			 getenv("TERM"));
		return -ENOTTY;
	}
	emergency_prepare(opts->mouse, opts->sync);
	shortage_prepare = on_shortage;
	set_escdelay(25);
	/* newterm() reads the description of the terminal again */
	del_curterm(set_curterm(NULL));
	curses_begin();		/* errno of the calls between is no longer of interest */
	t->screen = newterm(NULL, stdout, stdin);
	if (!t->screen) {
		curses_no_memory();
		curses_end();
		crashes_release();
		snprintf(err, err_size, W(TERM_CLOSED));
		return -ENOTTY;
	}
	emergency.entered = true;
	guardian_start(t);
	stderr_hold();
	curses_begin();
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	device_keys();
	t->depth = device_depth(opts->depth_max);
	device_pairs(t);
	if (opts->mouse) {
		mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
		mouseinterval(0);
	}
	curs_set(0);
	curses_end();
	return 0;
}

int term_open(struct term **out, const struct term_opts *opts, char *err, size_t err_size)
{
	struct term *t = shortage_need(calloc(1, sizeof(*t)));
	int w = opts->width, h = opts->height, ret;

	t->headless = opts->headless;
	t->theme = opts->theme;
	t->sync = opts->sync;
	t->mouse = opts->mouse;
	t->ascii = opts->ascii;
	t->cursor_x = -1;
	t->depth = opts->depth_max;
	t->all = true;
	if (!t->headless) {
		setlocale(LC_CTYPE, "");
		if (strcmp(nl_langinfo(CODESET), "UTF-8"))
			t->ascii = true;
		ret = device_open(t, opts, err, err_size);
		if (ret) {
			free(t);
			return ret;
		}
		getmaxyx(stdscr, h, w);
	}
	if (cells_size(&t->now, w, h) || cells_size(&t->shown, w, h))
		shortage_end(-ENOMEM, NULL);	/* nothing can be shown without a screenful of memory */
	*out = t;
	return 0;
}

void term_close(struct term *t)
{
	if (!t)
		return;
	if (!t->headless) {
		curses_begin();
		curs_set(1);
		endwin();
		delscreen(t->screen);
		curses_end();
		shortage_prepare = NULL;
		crashes_release();
		guardian_stop(t);
		stderr_release();
	}
	free(t->now.v);
	free(t->shown.v);
	free(t);
}

/* ---- the frame -------------------------------------------------------------- */

int term_width(const struct term *t)
{
	return t->now.w;
}

int term_height(const struct term *t)
{
	return t->now.h;
}

bool term_ascii(const struct term *t)
{
	return t->ascii;
}

void term_set_theme(struct term *t, unsigned int theme)
{
	t->theme = theme;
	t->all = true;
	if (!t->headless)
		device_pairs(t);
}

void term_begin(struct term *t)
{
	cells_clear(&t->now);
	t->cursor_x = -1;
}

struct cells *term_frame(struct term *t)
{
	return &t->now;
}

int term_put(struct term *t, int x, int y, int max, enum theme_style style, unsigned int attr,
	     const char *text, size_t len)
{
	return cells_put(&t->now, x, y, max, style, attr, text, len, t->ascii);
}

void term_attr(struct term *t, int x, int y, int w, unsigned int attr)
{
	if (y < 0 || y >= t->now.h)
		return;
	for (int i = x < 0 ? 0 : x; i < x + w && i < t->now.w; i++)
		t->now.v[y * t->now.w + i].attr |= (uint8_t)attr;
}

void term_cursor(struct term *t, int x, int y)
{
	t->cursor_x = x;
	t->cursor_y = y;
}

const struct term_cell *term_cell(const struct term *t, int x, int y)
{
	return &t->now.v[y * t->now.w + x];
}

void term_row_text(const struct term *t, int y, char *buf, size_t size)
{
	size_t len = 0, keep = 0;

	for (int x = 0; x < t->now.w && len + 5 < size; x++) {
		uint32_t ch = term_cell(t, x, y)->ch;

		if (!ch)
			continue;
		len += utf8_encode(ch, buf + len);
		if (ch != ' ')
			keep = len;
	}
	buf[keep] = '\0';
}

static attr_t device_attr(unsigned int attr)
{
	return (attr & ATTR_BOLD ? A_BOLD : 0) | (attr & ATTR_REVERSE ? A_REVERSE : 0);
}

static void device_cell(struct term *t, int x, int y, const struct term_cell *c)
{
	struct theme_look look = theme_look(t->theme, (enum theme_style)c->style, t->depth, theme_is_sign(c->ch));
	/* reverse twice would be plain: marking a marked thing keeps the mark */
	attr_t attr = device_attr(look.attr | c->attr);
	wchar_t text[2] = { (wchar_t)c->ch, 0 };
	cchar_t cc;

	setcchar(&cc, text, attr, (short)(look.fg < 0 ? 0 : c->style + 1), NULL);
	mvadd_wch(y, x, &cc);
}

static bool same_cell(const struct term_cell *a, const struct term_cell *b)
{
	return a->ch == b->ch && a->style == b->style && a->attr == b->attr;
}

static int send_changes(struct term *t)
{
	int changed = 0;

	for (int y = 0; y < t->now.h; y++) {
		for (int x = 0; x < t->now.w; x++) {
			int i = y * t->now.w + x;

			if (!t->all && same_cell(&t->now.v[i], &t->shown.v[i]))
				continue;
			changed++;
			if (!t->headless && t->now.v[i].ch)
				device_cell(t, x, y, &t->now.v[i]);
			t->shown.v[i] = t->now.v[i];
		}
	}
	return changed;
}

static void device_sync(const struct term *t, const char *sequence)
{
	if (t->sync)
		putp(sequence);
}

int term_flush(struct term *t)
{
	int changed = send_changes(t);

	t->all = false;
	if (t->headless)
		return changed;
	curses_begin();
	if (t->cursor_x >= 0)
		move(t->cursor_y, t->cursor_x);
	else if (changed)
		move(t->now.h - 1, t->now.w - 1);
	curs_set(t->cursor_x >= 0);
	device_sync(t, "\033[?2026h");
	refresh();
	device_sync(t, "\033[?2026l");
	curses_end();
	fflush(stdout);
	return changed;
}

void term_resize(struct term *t, int width, int height)
{
	struct winsize ws;

	if (!t->headless) {
		if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) < 0 || !ws.ws_col || !ws.ws_row)
			return;
		width = ws.ws_col;
		height = ws.ws_row;
		resizeterm(height, width);
		clearok(curscr, TRUE);
		erase();
	}
	if (cells_size(&t->now, width, height) || cells_size(&t->shown, width, height))
		shortage_end(-ENOMEM, NULL);	/* nothing can be shown without a screenful of memory */
	t->all = true;
}

void term_repaint(struct term *t)
{
	t->all = true;
	if (!t->headless)
		clearok(curscr, TRUE);
}

void term_suspend(struct term *t)
{
	if (t->headless)
		return;
	def_prog_mode();
	endwin();
	raise(SIGSTOP);		/* we go on here when continued */
	reset_prog_mode();
	term_resize(t, 0, 0);
	term_repaint(t);
}

void term_aside(struct term *t)
{
	if (t->headless || t->aside)
		return;
	def_prog_mode();
	endwin();
	t->aside = true;
}

void term_return(struct term *t)
{
	if (t->headless || !t->aside)
		return;
	t->aside = false;
	reset_prog_mode();
	flushinp();		/* keys for the other program */
	term_resize(t, 0, 0);
	term_repaint(t);
}

/* ---- keys ------------------------------------------------------------------- */

static const struct {
	int curses;
	uint32_t key;
} key_map[] = {
	{ KEY_UP, KEYC_UP }, { KEY_DOWN, KEYC_DOWN }, { KEY_LEFT, KEYC_LEFT }, { KEY_RIGHT, KEYC_RIGHT },
	{ KEY_SLEFT, KEYC_SLEFT }, { KEY_SRIGHT, KEYC_SRIGHT }, { KEY_HOME, KEYC_HOME }, { KEY_END, KEYC_END },
	{ KEY_PPAGE, KEYC_PGUP }, { KEY_NPAGE, KEYC_PGDN }, { KEY_BTAB, KEYC_BTAB }, { KEY_DC, KEYC_DEL },
	{ KEY_ENTER, KEYC_ENTER }, { KEY_BACKSPACE, KEYC_BACKSPACE },
};

static bool device_mouse(struct term_event *ev)
{
	MEVENT m;

	if (getmouse(&m) != OK)
		return false;
	ev->x = m.x;
	ev->y = m.y;
	ev->button = m.bstate & BUTTON1_PRESSED ? BUTTON_LEFT :
		     m.bstate & BUTTON4_PRESSED ? BUTTON_WHEEL_UP :
		     m.bstate & BUTTON5_PRESSED ? BUTTON_WHEEL_DOWN : 0;
	ev->key = KEYC_MOUSE;
	return ev->button != 0;
}

static bool device_event(struct term_event *ev)
{
	wint_t wc;
	int got;

	while ((got = get_wch(&wc)) != ERR) {
		if (got == OK) {
			ev->key = wc == '\n' ? KEYC_ENTER : wc == 8 ? KEYC_BACKSPACE : (uint32_t)wc;
			return true;
		}
		if (wc == KEY_MOUSE) {
			if (device_mouse(ev))
				return true;
			continue;
		}
		ev->key = wc >= KEY_F(1) && wc <= KEY_F(12) ? KEYC_F1 + (uint32_t)(wc - KEY_F(1)) : KEYC_OTHER;
		for (size_t i = 0; i < sizeof(key_map) / sizeof(key_map[0]); i++)
			if (key_map[i].curses == (int)wc)
				ev->key = key_map[i].key;
		if (ev->key != KEYC_OTHER)
			return true;
	}
	return false;
}

bool term_event(struct term *t, struct term_event *ev)
{
	memset(ev, 0, sizeof(*ev));
	return !t->headless && device_event(ev);
}

void term_mark(struct term *t, const char *sequence)
{
	if (t->headless)
		return;
	fputs(sequence, stdout);
	fflush(stdout);
}

int term_fd(const struct term *t)
{
	return t->headless ? -1 : STDIN_FILENO;
}
