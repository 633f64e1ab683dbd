/*
 * cli/show.c - starts one of the two renderings: the screen, or lines.
 *
 * Lives here:   handing a session to visualizer/app.h or to plain.h.
 * Never here:   drawing, the lines of home (home_lines.c) and of a lesson, progress.   Licence: MIT.
 */
#include "cli/home_lines.h"
#include "cli/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plain/plain.h"
#include "plain/work_lines.h"
#include "words/texts.h"

static enum app_color color_of(const char *when)
{
	if (strcmp(when, "always") == 0)
		return APP_COLOR_ALWAYS;
	return strcmp(when, "never") == 0 ? APP_COLOR_NEVER : APP_COLOR_AUTO;
}

void cli_look_apply(const struct cli_look *look, struct app_opts *opts)
{
	opts->exe = cli_program();
	opts->help = cli_help_text;
	opts->color = color_of(look->color);
	opts->theme = look->theme;
	opts->ascii = look->ascii;
	opts->no_mouse = look->no_mouse;
	opts->no_animation = look->no_animation;
	opts->sync_output = look->sync_output;
}

/* ---- lines ------------------------------------------------------------------------- */

static bool save_plain(void *arg, const char *id, struct run *run)
{
	return session_save(arg, id, run);
}

/* @id: the lesson whose attempt is kept, NULL = none is. */
static struct plain_opts plain_opts_of(struct session *s, const char *why, const char *id, const char *record)
{
	return (struct plain_opts){
		.why = why, .exe = cli_program(), .record = record, .id = id, .save = id || session_keeps(s) ? save_plain : NULL, .save_arg = s,
		.bookmarks = session_bookmarks(s), .world = session_world, .world_arg = s,
	};
}

/* The questions of a list one after the other, until the person goes on no further. */
static int practise_plain(struct session *s, const struct cli_look *look, enum app_practise which)
{
	for (;; which = APP_PRACTISE_NEXT) {
		struct app_practice now;
		struct plain_opts opts;
		struct run_spec spec;
		char err[600] = "", heading[300];
		bool stopped = false;
		int code, status = session_practise(s, which, &spec, &now, err, sizeof(err));

		if (status == -ENOENT)
			return EXIT_RIGHT;
		if (status) {
			cli_fail(err, status);
			return exit_status_for(status);
		}
		snprintf(heading, sizeof(heading), W(PRACTICE_OF), now.number, now.nr,
			 course_find(session_course(s), now.lesson)->title);
		opts = plain_opts_of(s, look->why_plain, now.lesson, NULL);
		opts.practise = now.question;
		opts.heading = heading;
		opts.stopped = &stopped;
		code = plain_run(&spec, &opts);
		run_inputs_fini(&spec.inputs);
		if (stopped || code > EXIT_WRONG)
			return code;
	}
}

static void print_practice_result(struct session *s)
{
	STRBUF(result, 300);

	session_practice_result(s, &result);
	home_put("", result.buf);
}

/* At the end of a lesson: its missed questions once more. */
static void offer_missed(struct session *s, const struct cli_look *look)
{
	unsigned int missed = session_missed(s);
	char prompt[200];

	if (!missed || ferror(stdout))
		return;
	snprintf(prompt, sizeof(prompt), missed == 1 ? W(PRACTICE_OFFER_ONE) : W(PRACTICE_OFFER), missed);
	if (!home_asks(prompt))
		return;
	practise_plain(s, look, APP_PRACTISE_MISSED);
	print_practice_result(s);
}

static int lesson_plain(struct session *s, const struct cli_look *look, const struct session_show *what, enum app_open how)
{
	struct plain_opts opts = plain_opts_of(s, look->why_plain, what->id, what->record);
	struct run_spec spec;
	char err[600] = "";
	int status, code;

	if (what->spec)
		return plain_run(what->spec, &opts);
	status = session_spec(s, what->id, how, &spec, err, sizeof(err));
	if (err[0])
		cli_say("%s", err);
	if (status)
		return exit_status_for(status);
	code = plain_run(&spec, &opts);
	run_inputs_fini(&spec.inputs);
	offer_missed(s, look);
	return code;
}

static void free_play_plain(struct session *s, const struct cli_look *look)
{
	struct plain_opts opts = plain_opts_of(s, look->why_plain, NULL, NULL);
	struct run_spec spec;
	char err[1400] = "";
	int status = session_free_play(s, &spec, err, sizeof(err));

	if (status)
		cli_fail(err, status);
	else
		plain_run(&spec, &opts);
}

static int work_plain(const char *why, struct worksheet *sheet)
{
	struct plain_opts plain = { .exe = cli_program(), .why = why };
	struct work_opts work = { .in = stdin, .out = stdout, .plain = &plain };

	return work_lines_run(sheet, &work);
}

/* An exercise with files, a form or choices; once the choices reach the crash, its second part follows. */
static void exercise_plain(struct session *s, const struct cli_look *look, const char *id, enum app_open how)
{
	static struct app_work got;	/* large */

	do {
		struct plain_opts opts;
		char err[1400] = "";
		int status = session_work_open(s, id, how, &got, err, sizeof(err));

		if (status)
			cli_fail(err, status);
		else if (err[0])
			home_put("", err);
		opts = plain_opts_of(s, look->why_plain, NULL, NULL);
		if (!status && got.sheet)
			work_plain(look->why_plain, got.sheet);
		else if (!status)
			plain_run(&got.spec, &opts);
		how = APP_OPEN_RESUME;
	} while (session_work_done(s));
}

static int home_plain(struct session *s, const struct cli_look *look)
{
	struct app_home home;
	char err[600] = "", text[256];
	int status;

	snprintf(text, sizeof(text), W(HOME_PLAIN_MODE), look->why_plain);
	home_put("", text);
	for (;;) {
		struct session_show what = { 0 };
		const struct course_lesson *l;
		enum app_open how;
		char id[80];

		status = session_home(s, &home, err, sizeof(err));
		if (status) {
			cli_fail(err, status);
			return exit_status_for(status);
		}
		if (!home_lines(s, &home, id, sizeof(id), &how))
			return EXIT_RIGHT;
		if (!*id)
			continue;
		if (!strcmp(id, HOME_FREE_PLAY)) {
			free_play_plain(s, look);
			continue;
		}
		if (!strcmp(id, HOME_PRACTISE)) {
			practise_plain(s, look, APP_PRACTISE_DUE);
			print_practice_result(s);
			continue;
		}
		what.id = id;
		l = course_find(session_course(s), id);
		if (l && l->kind[0] && !course_asks(l))
			exercise_plain(s, look, id, how);
		else
			lesson_plain(s, look, &what, how);
	}
}

/* ---- the screen ------------------------------------------------------------------------------ */

/* The window was too small: the run that was open goes on in lines; after it comes home, if that is where it began. */
static int go_on_in_lines(struct session *s, const struct cli_look *look, const struct session_show *what,
			  struct app_plain *plain)
{
	struct plain_opts opts = plain_opts_of(s, W(SMALL_WINDOW), plain->id[0] ? plain->id : NULL, what->record);
	struct cli_look lines = *look;
	int code = EXIT_RIGHT;

	lines.plain = true;
	lines.why_plain = W(SMALL_WINDOW);
	if (plain->has_run) {
		opts.here = true;
		code = plain_run(&plain->spec, &opts);
		run_inputs_fini(&plain->spec.inputs);
		run_files_put(plain->spec.files);
	}
	if (what->practise)
		return practise_plain(s, &lines, APP_PRACTISE_DUE);
	return what->id || what->spec ? code : home_plain(s, &lines);
}

/* The screen with this session's answers, keys and look.  Return: the exit code. */
static int open_screen(struct session *s, const struct cli_look *look, struct app_opts *opts)
{
	int code = cli_keys_apply();

	if (code)
		return code;
	cli_look_apply(look, opts);
	session_callbacks(s, &opts->cb);
	session_on_screen(s, true);
	code = app_main(opts);
	session_on_screen(s, false);
	return code;
}

static int show_screen(struct session *s, const struct cli_look *look, struct session_show *what)
{
	struct app_plain plain = { 0 };
	struct app_opts opts = { .lesson = what->id, .fresh = what->fresh, .practise = what->practise, .spec = what->spec, .at_wait = what->at_wait, .part_two = what->part_two,
				 .record = what->record, .plain = &plain, .message = what->message,
				 .leave = what->leave, .leave_arg = what->leave_arg };
	int code = open_screen(s, look, &opts);

	what->left = opts.left;
	return plain.wanted ? go_on_in_lines(s, look, what, &plain) : code;
}

static int show(struct session *s, const struct cli_look *look, struct session_show *what)
{
	if (!look->plain)
		return show_screen(s, look, what);
	if (what->practise)
		return practise_plain(s, look, APP_PRACTISE_DUE);
	if (!what->id && !what->spec)
		return home_plain(s, look);
	return lesson_plain(s, look, what, what->fresh ? APP_OPEN_FRESH : APP_OPEN_RESUME);
}

int session_show(struct session *s, const struct cli_look *look, struct session_show *what)
{
	int code;

	session_keep_by(s, what->keep, what->keep_arg);
	code = show(s, look, what);
	session_keep_by(s, NULL, NULL);
	return code;
}

/* ---- an exercise ---------------------------------------------------------------------------------- */

int session_work(struct session *s, const struct cli_look *look, struct worksheet *sheet)
{
	struct app_plain plain = { 0 };
	struct app_opts opts = { .sheet = sheet, .plain = &plain };
	int code;

	if (look->plain)
		return work_plain(look->why_plain, sheet);
	code = open_screen(s, look, &opts);
	if (plain.wanted)
		return work_plain(W(SMALL_WINDOW), sheet);
	return code ? code : !sheet->checked || sheet_holds(sheet) ? EXIT_RIGHT : EXIT_WRONG;
}
