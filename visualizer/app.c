/*
 * visualizer/app.c - the main loop: it reads keys and time, applies their effects, draws a frame.
 *
 * A libuv loop with a poll on the terminal and a timer that runs only while
 * the picture changes: while it is paused, no timer wakes the process.  This file
 * alone reads the clock for the screen.
 *
 * Never here:   effects of keys (commands.c), pictures (ui.c, view_*.c).   Licence: MIT.
 */
#include "visualizer/app.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/exit_status.h"
#include "base/printable.h"
#include "base/shortage.h"
#include "base/time.h"
#include "visualizer/commands.h"
#include "visualizer/view.h"
#include "visualizer/work.h"
#include "words/texts.h"

#define FRAME_MS 33		/* 30 a second */
#define ASK_MS 200		/* between two questions to opts->leave() */
#define UPDATE_SECONDS_MAX 0.25	/* a machine that slept does not skip the playback */

struct app {
	struct ui ui;
	uv_loop_t loop;
	uv_poll_t keys;
	uv_timer_t timer, ask;
	uv_prepare_t before_wait;
	char mark[80];		/* the last one sent */
	uint64_t keys_read;
	uv_signal_t signals[5];
	unsigned int nr_signals;
	uv_process_t editor;
	bool editing;			/* .editor has the terminal */
	bool held;			/* keys are not read: ui_holds_keys() */
	uint64_t last_ns;
	bool updating;
	int signal;		/* that ended us, 0 = none */
};

static void draw(struct app *a)
{
	if (a->editing)
		return;
	ui_draw(&a->ui);
	term_flush(a->ui.term);
}

static void on_timer(uv_timer_t *t);

/* The timer runs exactly while the picture may change by itself. */
static void arm(struct app *a)
{
	bool want = ui_busy(&a->ui) || a->ui.film_left > 0;

	if (want && !a->updating) {
		a->last_ns = time_now_ns();
		uv_timer_start(&a->timer, on_timer, 1, FRAME_MS);
	} else if (!want && a->updating) {
		uv_timer_stop(&a->timer);
	}
	a->updating = want;
}

static void on_run_change(void *arg)
{
	struct app *a = arg;

	if (!a->updating) {
		a->last_ns = time_now_ns();
		uv_timer_start(&a->timer, on_timer, 1, FRAME_MS);
		a->updating = true;
	}
}

/* New scenes appear while a key is handled; each run calls on_run_change() when its state changes. */
static void watch_runs(struct app *a)
{
	struct scene *all[3] = { a->ui.scene, a->ui.what_if, a->ui.world };

	for (int i = 0; i < 3; i++)
		if (all[i] && all[i]->run)
			run_on_change(all[i]->run, on_run_change, a);
}

static void start_editor(struct app *a);
static void on_keys(uv_poll_t *p, int status, int events);

static void after(struct app *a, unsigned int effects)
{
	if (effects & EFF_LEAVE) {
		uv_stop(&a->loop);
		return;
	}
	watch_runs(a);
	if (effects & EFF_EDIT && !a->editing)
		start_editor(a);
	if (effects & EFF_DRAW)
		draw(a);
	arm(a);
}

/* ---- the student's editor ---------------------------------------------------------- */

/* The loop has made the terminal's file non-blocking; most programs do not expect that. */
static void blocking(bool on)
{
	for (int fd = 0; fd < 3; fd++) {
		int flags = fcntl(fd, F_GETFL);

		if (flags >= 0)
			(void)fcntl(fd, F_SETFL, on ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
	}
}

static void take_terminal_back(struct app *a)
{
	a->editing = false;
	blocking(false);
	term_return(a->ui.term);
	uv_poll_start(&a->keys, UV_READABLE, on_keys);
	a->last_ns = time_now_ns();
}

static void on_editor_end(uv_process_t *p, int64_t status, int signal)
{
	struct app *a = p->data;

	uv_close((uv_handle_t *)p, NULL);
	take_terminal_back(a);
	after(a, work_edited(&a->ui, status, signal, 0) | EFF_DRAW);
}

static void start_editor(struct app *a)
{
	uv_stdio_container_t stdio[3];
	uv_process_options_t opts = { .exit_cb = on_editor_end, .file = "/bin/sh", .args = a->ui.work->editor.arg, .stdio = stdio,
				      .stdio_count = 3 };
	int rc;

	for (int fd = 0; fd < 3; fd++) {
		stdio[fd].flags = UV_INHERIT_FD;
		stdio[fd].data.fd = fd;
	}
	uv_poll_stop(&a->keys);
	a->editing = true;
	term_aside(a->ui.term);
	blocking(true);
	a->editor.data = a;
	rc = uv_spawn(&a->loop, &a->editor, &opts);
	if (!rc)
		return;
	uv_close((uv_handle_t *)&a->editor, NULL);
	take_terminal_back(a);
	work_edited(&a->ui, 0, 0, rc);
}

/* ---- time and keys -------------------------------------------------------------------- */

/* Keys that have been read wait in the terminal while the screen holds them. */
static unsigned int read_keys(struct app *a)
{
	struct term_event ev;
	unsigned int effects = 0;

	while (!(effects & EFF_LEAVE) && !ui_holds_keys(&a->ui) && term_event(a->ui.term, &ev)) {
		a->keys_read++;
		effects |= ui_key(&a->ui, &ev);
	}
	if (ui_holds_keys(&a->ui) && !a->held)
		uv_poll_stop(&a->keys);
	else if (!ui_holds_keys(&a->ui) && a->held && !a->editing)
		uv_poll_start(&a->keys, UV_READABLE, on_keys);
	a->held = ui_holds_keys(&a->ui);
	return effects;
}

static void on_timer(uv_timer_t *t)
{
	struct app *a = t->data;
	uint64_t now = time_now_ns();
	double seconds = (double)(now - a->last_ns) / 1e9;
	unsigned int effects;

	a->last_ns = now;
	effects = ui_update(&a->ui, seconds < UPDATE_SECONDS_MAX ? seconds : UPDATE_SECONDS_MAX);
	if (a->held && !(effects & EFF_LEAVE))
		effects |= read_keys(a);
	after(a, effects);
}

static void on_keys(uv_poll_t *p, int status, int events)
{
	struct app *a = p->data;

	(void)events;
	if (status < 0) {
		a->signal = SIGHUP;	/* the terminal is gone */
		uv_stop(&a->loop);
		return;
	}
	after(a, read_keys(a));
}

/* The caller may want the terminal back. */
static void on_ask(uv_timer_t *t)
{
	struct app_opts *opts = t->data;

	if (!opts->leave(opts->leave_arg))
		return;
	opts->left = true;
	uv_stop(t->loop);
}

static void on_signal(uv_signal_t *s, int signum)
{
	struct app *a = s->data;

	if (a->editing && signum == SIGINT)
		return;			/* Ctrl-C is the editor's */
	if (a->editing && signum == SIGTSTP) {
		raise(SIGSTOP);		/* so is the terminal; both stop, and go on together */
		return;
	}
	if (a->editing && signum == SIGWINCH)
		return;			/* term_return() asks for the size */
	switch (signum) {
	case SIGWINCH:
		term_resize(a->ui.term, 0, 0);
		draw(a);
		return;
	case SIGTSTP:
		term_suspend(a->ui.term);
		a->last_ns = time_now_ns();
		draw(a);
		return;
	default:
		a->signal = signum;
		uv_stop(&a->loop);
		return;
	}
}

/*
 * For programs that drive the screen, such as the tests: if KWORKSHOP_SCREEN_MARKS is 1,
 * each change of (keys read, size, rest or busy) is sent to the terminal as
 * ESC ] 777;kworkshop;KEYS;WxH;rest BEL, which terminals ignore.  "rest" means that the
 * timer does not run: the picture stays until a key, a signal or news of a run comes.
 */
static void on_before_wait(uv_prepare_t *p)
{
	struct app *a = p->data;
	char mark[sizeof(a->mark)];

	snprintf(mark, sizeof(mark), "\033]777;kworkshop;%llu;%dx%d;%s\a", (unsigned long long)a->keys_read,
		 term_width(a->ui.term), term_height(a->ui.term), a->updating ? "busy" : "rest");
	if (strcmp(mark, a->mark) == 0)
		return;
	memcpy(a->mark, mark, sizeof(mark));
	term_mark(a->ui.term, mark);
}

static void send_marks(struct app *a)
{
	const char *wanted = getenv("KWORKSHOP_SCREEN_MARKS");

	if (!wanted || strcmp(wanted, "1") != 0)
		return;
	uv_prepare_init(&a->loop, &a->before_wait);
	a->before_wait.data = a;
	uv_prepare_start(&a->before_wait, on_before_wait);
}

static void catch_signals(struct app *a)
{
	static const int which[] = { SIGWINCH, SIGTSTP, SIGINT, SIGTERM, SIGHUP };

	for (unsigned int i = 0; i < 5; i++) {
		uv_signal_init(&a->loop, &a->signals[i]);
		a->signals[i].data = a;
		uv_signal_start(&a->signals[i], on_signal, which[i]);
		a->nr_signals++;
	}
}

/* ---- start and end ---------------------------------------------------------------- */

static enum theme_depth depth_wanted(const struct app_opts *opts)
{
	const char *no = getenv("NO_COLOR");

	if (opts->color == APP_COLOR_ALWAYS)
		return DEPTH_TRUE;
	if (opts->color == APP_COLOR_NEVER || (no && *no))
		return DEPTH_MONO;
	return DEPTH_TRUE;
}

static int open_terminal(struct app *a, const struct app_opts *opts)
{
	struct term_opts to = { .depth_max = depth_wanted(opts), .ascii = opts->ascii, .mouse = !opts->no_mouse,
				.sync = opts->sync_output };
	char err[256];
	int theme = opts->theme ? theme_by_name(opts->theme) : (int)theme_for_background(getenv("COLORFGBG"));

	if (theme < 0) {
		fprintf(stderr, "kworkshop: ");
		fprintf(stderr, W(NO_THEME), opts->theme, theme_names());
		fputc('\n', stderr);
		return -1;
	}
	to.theme = a->ui.theme = (unsigned int)theme;
	if (term_open(&a->ui.term, &to, err, sizeof(err))) {
		fprintf(stderr, "kworkshop: %s\n", err);
		return -1;
	}
	return 0;
}

/* Opens the first scene that the options ask for. */
static bool first_scene(struct app *a, const struct app_opts *opts)
{
	struct ui *u = &a->ui;

	if (opts->sheet) {
		u->work = work_open(u, opts->sheet);
		u->at_home = true;
	} else if (opts->store) {
		struct scene *s = scene_open_store(opts->store, "");

		if (s)
			ui_set_scene(u, s);
	} else if (opts->spec) {
		ui_open_spec(u, opts->spec, opts->lesson ? opts->lesson : "");
		if (opts->at_wait && u->scene && u->scene->run)
			u->seen = UINT64_MAX;	/* events up to the wait are not played */
	} else if (opts->practise) {
		practice_open(u, APP_PRACTISE_DUE);
	} else if (opts->lesson) {
		ui_open_lesson(u, opts->lesson, opts->fresh ? APP_OPEN_FRESH : APP_OPEN_RESUME);
	} else {
		ui_home(u);
		if (u->home.intro && !u->home.met)
			ui_open_lesson(u, u->home.intro, APP_OPEN_FRESH);
	}
	return u->scene || u->at_home;
}

static int exit_code(const struct app *a)
{
	const struct scene *s = ui_run_scene(&a->ui);

	if (a->ui.work || a->ui.at_home || !s || !s->run)
		return 0;
	return run_exit_status(s->run, &s->lesson);
}

/* Return: @code, or another one if the recording cannot be written. */
static int record(const struct app *a, const struct app_opts *opts, int code)
{
	const struct scene *s = ui_run_scene(&a->ui);
	int err;

	if (!opts->record || !s || !s->run)
		return code;
	err = run_record(s->run, opts->record);
	if (!err)
		return code;
	printable_printf(stderr, W(CANNOT_WRITE), opts->record, strerror(-err));
	return code <= EXIT_WRONG ? exit_status_for(err) : code;
}

static void close_handle(uv_handle_t *h, void *arg)
{
	(void)arg;
	if (!uv_is_closing(h))
		uv_close(h, NULL);
}

static void close_all(struct app *a)
{
	what_if_leave(&a->ui);
	scene_close(a->ui.world);
	scene_close(a->ui.what_if);
	scene_close(a->ui.scene);
	work_close(a->ui.work);
	layout_free(a->ui.layout);
	ui_forget_help(&a->ui);
	uv_walk(&a->loop, close_handle, NULL);
	uv_run(&a->loop, UV_RUN_DEFAULT);
	uv_loop_close(&a->loop);
}

int app_main(struct app_opts *opts)
{
	struct app *a = shortage_need(calloc(1, sizeof(*a)));
	int code = 2, signum = 0, err = uv_loop_init(&a->loop);

	if (err) {
		fprintf(stderr, "kworkshop: %s\n", uv_strerror(err));
		free(a);
		return EXIT_INTERNAL;
	}
	a->ui.opts = opts;
	a->ui.loop = &a->loop;
	a->ui.wake = on_run_change;
	a->ui.wake_arg = a;
	a->ui.at_home = true;
	if (open_terminal(a, opts))
		goto out;
	uv_timer_init(&a->loop, &a->timer);
	uv_timer_init(&a->loop, &a->ask);
	a->ask.data = opts;
	a->timer.data = a;
	uv_poll_init(&a->loop, &a->keys, term_fd(a->ui.term));
	a->keys.data = a;
	catch_signals(a);
	send_marks(a);
	if (first_scene(a, opts)) {
		command_show_complaint(&a->ui);
		if (opts->message)
			ui_say(&a->ui, "%s", opts->message);
		if (opts->leave)
			uv_timer_start(&a->ask, on_ask, ASK_MS, ASK_MS);
		after(a, EFF_DRAW);
		uv_poll_start(&a->keys, UV_READABLE, on_keys);
		uv_run(&a->loop, UV_RUN_DEFAULT);
		code = exit_code(a);
		small_leave(&a->ui);
	}
	if (!a->ui.scene && !a->ui.at_home && *a->ui.message)
		code = 2;
	if (a->signal)
		command_report_progress(&a->ui);	/* a signal ended the program, so no key has saved the progress */
	term_close(a->ui.term);
	if (a->ui.scene && a->ui.scene->run && !a->ui.at_home)
		run_report_end(ui_run_scene(&a->ui)->run, STDOUT_FILENO);
	if (code == 2 && *a->ui.message)
		printable_printf(stderr, "kworkshop: %s\n", a->ui.message);
	if (!a->ui.to_plain)
		code = record(a, opts, code);
	signum = a->signal;
out:
	close_all(a);
	blocking(true);		/* for plain mode, which may go on, and for the shell */
	free(a);
	if (signum) {
		/* the terminal is restored: raise the signal again, so that the parent process sees it */
		signal(signum, SIG_DFL);
		raise(signum);
	}
	return code;
}
