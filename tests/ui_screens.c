/*
 * tests/ui_screens.c - keystrokes and expected screens, on the real program in a pseudo-terminal.
 *
 * A tests/ui/NAME.test reads from top to bottom:
 *
 *   # comment
 *   size 80x24               default
 *   env NAME value           on top of a clean environment
 *   args play SAMPLE         SAMPLE = a recording of tests/support/sample_trace.h, HERE = this tree, THERE = the test's folder
 *   wait TEXT                until it is on the screen and the screen is at rest
 *   lines TEXT               until it is on the screen; for plain mode, which sends no marks
 *   press KEY...             names of pty.h
 *   type TEXT                characters as they are
 *   line TEXT                a line for plain mode
 *   click TEXT               the left button where this text begins
 *   wheel up|down TEXT       the wheel there
 *   file NAME TEXT           a line more in this file of the test's folder, or of lessons/ in it, which is HOME; work/ has the student's files
 *   see TEXT   miss TEXT     is, is not on the screen, once it is at rest
 *   resize 120x40
 *   colours yes|no           was a colour ever sent?
 *   letters yes|no           did a letter ever have a colour?
 *   signal NAME              INT TERM HUP SEGV KILL
 *   gone CODE|SIGNAL         it ends with this exit code or signal name
 *   sane                     and leaves the terminal as it was
 *   screen ... end           the whole picture, rows without trailing spaces
 *
 * KW_UI_WRITE=1 writes the pictures anew; read the difference before committing it.
 *
 * Lives here:   the files' language, the list of files.
 * Never here:   processes (support/pty.c), the terminal (support/terminal.c).   Licence: MIT.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/sample_trace.h"
#include "tests/support/pty.h"
#include "trace/kwt.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) || \
	__has_feature(thread_sanitizer)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#define WAIT_MS (SANITIZED ? 60000 : 20000)
#define ENV_MAX 16
#define ARGS_MAX 16

static struct {
	const char *name;
	int line;
	char dir[64];			/* of this test's state and recording */
	struct pty pty;
	bool started;
	int w, h;
	char *env[ENV_MAX];
	int nr_env;
	FILE *out;			/* KW_UI_WRITE: the file as it will be */
} ui;

static const struct {
	const char *name;
	int number;
} signals[] = {
	{ "INT", SIGINT }, { "TERM", SIGTERM }, { "HUP", SIGHUP }, { "SEGV", SIGSEGV }, { "ABRT", SIGABRT },
	{ "BUS", SIGBUS }, { "FPE", SIGFPE }, { "ILL", SIGILL }, { "KILL", SIGKILL },
};

static int signal_by_name(const char *name)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (!strcmp(signals[i].name, name))
			return signals[i].number;
	return 0;
}

static void show_screen(void)
{
	char row[TERMINAL_ROW_BYTES];

	for (int y = 0; y < ui.pty.terminal.h; y++) {
		terminal_row(&ui.pty.terminal, y, row);
		test_note("  |%s", row);
	}
}

static void complain(const char *what, const char *arg)
{
	test_note("tests/ui/%s.test:%d: %s %s", ui.name, ui.line, what, arg);
	if (ui.started)
		show_screen();
	CHECK_FAIL("the screen is not as expected");
}

static void check(bool ok, const char *what, const char *arg)
{
	if (!ok)
		complain(what, arg);
}

/* ---- starting --------------------------------------------------------------------- */

static void write_sample(const char *path)
{
	struct kwt_header head = { .engine = "0.1", .lesson = "sample", .seed = 1, .cpus = 2,
				   .replay = "kworkshop run sample --seed 1 --variant 0" };
	char err[256];

	fake_open();
	sample_boot();
	sample_question();
	sample_verdict();
	sample_rescue();
	fake_read();
	REQUIRE_INT(kwt_write(path, &head, &fake.s, err, sizeof(err)), 0);
	fake_close();
}

static void add_env(const char *name, const char *value)
{
	if (ui.nr_env + 1 < ENV_MAX && asprintf(&ui.env[ui.nr_env], "%s=%s", name, value) > 0)
		ui.nr_env++;
}

static void start(char *args)
{
	static char binary[4096], sample[128], here[4096], work[128];
	char *argv[ARGS_MAX] = { binary };
	int n = 1;

	REQUIRE_NOT_NULL(realpath(test_binary(), binary));
	REQUIRE_NOT_NULL(getcwd(here, sizeof(here)));
	snprintf(sample, sizeof(sample), "%s/sample.kwt", ui.dir);
	snprintf(work, sizeof(work), "%s/work", ui.dir);
	for (char *word = strtok(args, " "); word && n + 1 < ARGS_MAX; word = strtok(NULL, " ")) {
		if (!strcmp(word, "SAMPLE")) {
			write_sample(sample);
			word = sample;
		}
		argv[n++] = !strcmp(word, "HERE") ? here : !strcmp(word, "THERE") ? ui.dir : word;
	}
	add_env("TERM", "xterm-256color");
	add_env("LC_ALL", "C.UTF-8");
	add_env("PATH", "/usr/bin:/bin");
	add_env("HOME", ui.dir);
	add_env("KWORKSHOP_WORK", work);
	add_env("XDG_STATE_HOME", ui.dir);
	add_env("KWORKSHOP_CONFIG_DIR", ui.dir);
	add_env("KWORKSHOP_SCREEN_MARKS", "1");
	if (ui.started)
		pty_stop(&ui.pty);	/* a second program, after the first has ended */
	REQUIRE_INT(pty_start(&ui.pty, ui.w, ui.h, argv, ui.env), 0);
	ui.started = true;
}

/* ---- the language ------------------------------------------------------------------ */

static void press(char *keys)
{
	for (char *key = strtok(keys, " "); key; key = strtok(NULL, " "))
		check(pty_key(&ui.pty, key, WAIT_MS), "the program does not read the key", key);
}

/* The screen stays as it is until the next key. */
static void rest(void)
{
	check(pty_rest(&ui.pty, NULL, WAIT_MS), "the screen does not come to rest", "");
}

static void gone(const char *how)
{
	int sig = signal_by_name(how);

	check(pty_gone(&ui.pty, WAIT_MS), "still there; expected to end with", how);
	if (!ui.pty.ended)
		return;
	/* a sanitizer reports a crash and exits: that the terminal is sane is what counts */
	if (sig && SANITIZED && WIFEXITED(ui.pty.status) && WEXITSTATUS(ui.pty.status))
		return;
	if (sig)
		check(WIFSIGNALED(ui.pty.status) && WTERMSIG(ui.pty.status) == sig, "did not end by signal", how);
	else
		check(WIFEXITED(ui.pty.status) && WEXITSTATUS(ui.pty.status) == atoi(how), "another exit code than", how);
}

static void compare_screen(FILE *f)
{
	char line[2048], row[TERMINAL_ROW_BYTES];
	bool ok = true;
	int y = 0;

	rest();
	while (fgets(line, sizeof(line), f)) {
		ui.line++;
		line[strcspn(line, "\n")] = '\0';
		if (!strcmp(line, "end"))
			break;
		if (y < ui.pty.terminal.h)
			terminal_row(&ui.pty.terminal, y, row);
		if (!ui.out && (y >= ui.pty.terminal.h || strcmp(line, row))) {
			if (ok)
				test_note("tests/ui/%s.test:%d: row %d is\n  |%s\nexpected\n  |%s", ui.name, ui.line, y,
					  y < ui.pty.terminal.h ? row : "(none)", line);
			ok = false;
		}
		y++;
	}
	for (int i = 0; ui.out && i < ui.pty.terminal.h; i++) {
		terminal_row(&ui.pty.terminal, i, row);
		fprintf(ui.out, "%s\n", row);
	}
	if (ui.out)
		fprintf(ui.out, "end\n");
	else
		check(ok && y == ui.pty.terminal.h, "the picture differs", "");
}

/* "config key.why = y" */
static void append_to_file(char *arg)
{
	char path[256], *text = strchr(arg, ' ');
	FILE *f;

	REQUIRE_NOT_NULL(text);
	*text++ = '\0';
	snprintf(path, sizeof(path), "%s/lessons", ui.dir);
	if (!strncmp(arg, "lessons/", 8))
		mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%s", ui.dir, arg);
	f = fopen(path, "a");
	REQUIRE_NOT_NULL(f);
	fprintf(f, "%s\n", text);
	fclose(f);
}

static void one_line(char *line, FILE *f)
{
	char *arg = strchr(line, ' ');
	int sig;

	if (arg)
		*arg++ = '\0';
	else
		arg = line + strlen(line);
	if (!strcmp(line, "size") || !strcmp(line, "resize")) {
		check(sscanf(arg, "%dx%d", &ui.w, &ui.h) == 2, "no size:", arg);
		if (ui.started)
			pty_resize(&ui.pty, ui.w, ui.h);
	} else if (!strcmp(line, "env")) {
		char *value = strchr(arg, ' ');

		if (value)
			*value++ = '\0';
		add_env(arg, value ? value : "");
	} else if (!strcmp(line, "args")) {
		start(arg);
	} else if (!strcmp(line, "wait")) {
		check(pty_rest(&ui.pty, arg, WAIT_MS), "never seen at rest:", arg);
	} else if (!strcmp(line, "lines")) {
		for (int i = 0; i < WAIT_MS / 20 && !pty_shows(&ui.pty, arg); i++)
			pty_read(&ui.pty, 20);
		check(pty_shows(&ui.pty, arg), "never printed:", arg);
	} else if (!strcmp(line, "press")) {
		press(arg);
	} else if (!strcmp(line, "type")) {
		pty_type(&ui.pty, arg);
	} else if (!strcmp(line, "line")) {
		pty_type(&ui.pty, arg);
		pty_type(&ui.pty, "\r");
	} else if (!strcmp(line, "click")) {
		rest();
		check(pty_click(&ui.pty, arg, 1, WAIT_MS), "cannot be clicked:", arg);
	} else if (!strcmp(line, "wheel")) {
		bool up = !strncmp(arg, "up ", 3);

		rest();
		check(pty_click(&ui.pty, strchr(arg, ' ') ? strchr(arg, ' ') + 1 : arg, up ? 4 : 5, WAIT_MS), "no wheel at", arg);
	} else if (!strcmp(line, "file")) {
		append_to_file(arg);
	} else if (!strcmp(line, "see")) {
		rest();
		check(pty_shows(&ui.pty, arg), "not on the screen:", arg);
	} else if (!strcmp(line, "miss")) {
		rest();
		check(!pty_shows(&ui.pty, arg), "should not be on the screen:", arg);
	} else if (!strcmp(line, "colours")) {
		check(ui.pty.terminal.coloured == !strcmp(arg, "yes"), "colours should be", arg);
	} else if (!strcmp(line, "letters")) {
		check(ui.pty.terminal.coloured_text == !strcmp(arg, "yes"), "colours of letters should be", arg);
	} else if (!strcmp(line, "signal")) {
		sig = signal_by_name(arg);
		check(sig != 0, "no such signal:", arg);
		kill(ui.pty.pid, sig);
	} else if (!strcmp(line, "gone")) {
		gone(arg);
	} else if (!strcmp(line, "sane")) {
		/* after a kill, the guardian process restores the terminal */
		for (int i = 0; i < WAIT_MS / 20 && !pty_sane(&ui.pty); i++)
			pty_read(&ui.pty, 20);
		check(pty_sane(&ui.pty), "the terminal is not as it was", "");
	} else if (!strcmp(line, "screen")) {
		compare_screen(f);
	} else {
		complain("no such word:", line);
	}
}

static void clean_up(const char *out_path, const char *path)
{
	char command[160];

	if (ui.started) {
		check(ui.pty.terminal.unknown == 0, "the test's terminal does not know", ui.pty.terminal.unknown_sequence);
		check(!ui.pty.terminal.blinked, "a text has blinked", "");
		pty_stop(&ui.pty);
	}
	while (ui.nr_env)
		free(ui.env[--ui.nr_env]);
	snprintf(command, sizeof(command), "rm -rf %s", ui.dir);
	if (system(command))
		test_note("could not remove %s", ui.dir);
	if (!ui.out)
		return;
	fclose(ui.out);
	if (rename(out_path, path))
		test_note("could not write %s", path);
}

static void play_file(const char *name)
{
	char path[256], out_path[272], line[2048];
	const char *write_anew = getenv("KW_UI_WRITE");
	FILE *f;

	memset(&ui, 0, sizeof(ui));
	ui.name = name;
	ui.w = 80;
	ui.h = 24;
	snprintf(ui.dir, sizeof(ui.dir), "/tmp/kworkshop-ui-XXXXXX");
	REQUIRE_NOT_NULL(mkdtemp(ui.dir));
	snprintf(path, sizeof(path), "tests/ui/%s.test", name);
	snprintf(out_path, sizeof(out_path), "%s.new", path);
	f = fopen(path, "r");
	if (!f)
		test_note("%s is missing", path);
	REQUIRE_NOT_NULL(f);
	if (write_anew && *write_anew)
		ui.out = fopen(out_path, "w");
	while (fgets(line, sizeof(line), f)) {
		ui.line++;
		if (ui.out)
			fputs(line, ui.out);
		line[strcspn(line, "\n")] = '\0';
		if (*line && *line != '#')
			one_line(line, f);
	}
	fclose(f);
	clean_up(out_path, path);
}

/* ---- the files ------------------------------------------------------------------------ */

#define UI_TESTS \
	UI(the_course_is_shown_at_home, "home") \
	UI(a_search_at_home_ends_with_home, "search") \
	UI(home_leads_to_the_exercises_and_back, "exercises") \
	UI(home_goes_on_in_lines_in_a_small_window, "small_home") \
	UI(a_recording_plays_from_card_to_question_to_verdict, "sample") \
	UI(a_large_screen_shows_text_lanes_and_events_side_by_side, "wide") \
	UI(every_view_draws_the_same_moment, "views") \
	UI(each_place_has_its_keys, "keys") \
	UI(a_student_has_keys_of_their_own, "own_keys") \
	UI(the_mouse_does_what_keys_do, "mouse") \
	UI(the_lanes_are_zoomed_apart_from_the_speed, "zoom") \
	UI(tab_completes_and_help_explains, "command") \
	UI(an_answer_has_keys_of_its_own, "answer_keys") \
	UI(a_student_points_at_things, "pick") \
	UI(a_view_ends_with_the_open_question, "fence") \
	UI(time_goes_both_ways, "time") \
	UI(no_key_goes_past_a_text_that_was_not_read, "forward") \
	UI(a_screen_without_utf8_has_ascii_twins, "ascii") \
	UI(no_color_means_no_colour, "nocolor") \
	UI(german_is_on_every_part_of_the_screen, "german") \
	UI(with_eight_colours_letters_have_none, "few_colours") \
	UI(a_resize_is_just_another_frame, "resize") \
	UI(a_window_that_is_too_small_goes_on_in_lines, "small") \
	UI(a_lesson_is_answered_and_judged, "lesson") \
	UI(a_run_up_to_a_question_opens_there, "question") \
	UI(the_code_is_folded_and_opened, "code") \
	UI(show_opens_a_view_until_the_lesson_goes_on, "show") \
	UI(a_pinned_question_stays_in_sight, "pin") \
	UI(a_card_brings_the_pool_that_it_looks_at_into_view, "look") \
	UI(an_interrupt_that_a_card_asks_for_is_an_input_of_the_run, "branch") \
	UI(a_what_if_leaves_run_question_and_score_as_they_were, "what_if") \
	UI(things_of_free_play_are_chosen_and_acted_on, "free_play") \
	UI(the_scheduler_chooses_takes_back_and_crashes_a_driver, "choose") \
	UI(a_crash_is_repaired_in_the_second_part, "choose_repair") \
	UI(a_dump_shows_no_machine_before_the_answer, "dump") \
	UI(a_repair_is_edited_checked_and_its_failing_run_opened, "repair") \
	UI(saves_are_noticed_and_faults_have_their_sentence, "repair_faults") \
	UI(the_free_before_a_use_after_free_is_one_key_away, "repair_freed") \
	UI(an_editor_that_is_killed_gives_the_screen_back, "repair_editor") \
	UI(a_form_is_filled_in_to_full_points, "configure") \
	UI(a_wrong_belief_is_run_beside_the_real_world, "worlds") \
	UI(progress_survives_and_is_continued, "continue") \
	UI(the_first_minute_ends_at_home_and_again_keeps_nothing, "again") \
	UI(a_missed_question_returns_at_home, "practise") \
	UI(missed_questions_are_asked_once_more_at_the_end, "once_more") \
	UI(a_bookmark_is_found_again, "bookmarks") \
	UI(a_faulty_lesson_is_told_with_its_line, "fault") \
	UI(home_reports_that_progress_is_not_kept, "no_progress") \
	UI(quitting_leaves_a_sane_terminal, "quit") \
	UI(an_interrupt_signal_leaves_a_sane_terminal, "sigint") \
	UI(termination_leaves_a_sane_terminal, "sigterm") \
	UI(a_crash_leaves_a_sane_terminal, "sigsegv") \
	UI(even_a_kill_leaves_a_sane_terminal, "sigkill")

#define UI(fn, file) \
	static void fn(void) \
	{ \
		play_file(file); \
	}
UI_TESTS
#undef UI

#define UI(fn, file) T(fn),
const struct test_case suite_ui_screens[] = {
	UI_TESTS
	{ NULL, NULL }
};
#undef UI
