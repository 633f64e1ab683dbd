/*
 * cli/show.c - starts one of the two renderings: the screen, or lines.
 *
 * Lives here:   handing a session to visualizer/app.h or to plain.h; home as lines.
 * Never here:   drawing, the lines of a lesson, progress.   Licence: MIT.
 */
#include "cli/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/wrap.h"
#include "plain/plain.h"
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
		.why = why, .exe = cli_program(), .record = record, .id = id, .save = id ? save_plain : NULL, .save_arg = s,
		.bookmarks = session_bookmarks(s), .world = session_world, .world_arg = s,
	};
}

static int lesson_plain(struct session *s, const struct cli_look *look, const struct session_show *what)
{
	struct plain_opts opts = plain_opts_of(s, look->why_plain, what->id, what->record);
	struct run_spec spec;
	char err[600] = "";
	int status, code;

	if (what->spec)
		return plain_run(what->spec, &opts);
	status = session_spec(s, what->id, what->fresh ? APP_OPEN_FRESH : APP_OPEN_RESUME, &spec, err, sizeof(err));
	if (err[0])
		cli_say("%s", err);
	if (status)
		return exit_status_for(status);
	code = plain_run(&spec, &opts);
	run_inputs_fini(&spec.inputs);
	return code;
}

/* Each line of @text, wrapped. */
static void put_lines(const char *first, const char *text)
{
	while (*text) {
		char line[1024];
		size_t n = strcspn(text, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)n, text);
		wrap_print(stdout, plain_columns(stdout), first, line);
		text += n + (text[n] == '\n');
	}
}

static void print_row(const struct app_lesson *row, size_t number)
{
	static const enum words_key states[] = {
		[APP_LESSON_NEW] = W_LESSON_NEW, [APP_LESSON_STARTED] = W_LESSON_BEGUN, [APP_LESSON_DONE] = W_LESSON_DONE,
	};

	char text[512];

	snprintf(text, sizeof(text), W(HOME_ROW), number, row->title, words_fixed(states[row->state]), row->done, row->total,
		 row->minutes);
	put_lines("", text);
	put_lines("    ", row->fault ? row->fault : row->question);
}

static void print_home(const struct app_home *home)
{
	const char *part = NULL;
	size_t i;

	printable_printf(stdout, "\n%s\n", home->title);
	for (i = 0; i < home->nr; i++) {
		const struct app_lesson *row = &home->lessons[i];

		if (row->part && (!part || strcmp(part, row->part) != 0))
			printable_printf(stdout, "%s\n", row->part);
		part = row->part;
		print_row(row, i + 1);
	}
	put_lines("", W(HOME_PLAIN_HELP));
}

/* "3", "c 3", "r3", a lesson's name: the row meant, or NULL. */
static const struct app_lesson *row_meant(const struct app_home *home, char *line, char *verb)
{
	char *name = line + strspn(line, " \t"), *end;
	unsigned long n;
	size_t i;

	name[strcspn(name, "\r\n")] = '\0';
	*verb = ' ';
	if ((*name == 'c' || *name == 'r') && strspn(name + 1, " \t0123456789") == strlen(name + 1)) {
		*verb = *name++;
		name += strspn(name, " \t");
	}
	n = strtoul(name, &end, 10);
	if (end != name && *end == '\0' && n >= 1 && n <= home->nr)
		return &home->lessons[n - 1];
	for (i = 0; i < home->nr; i++)
		if (strcmp(home->lessons[i].id, name) == 0)
			return &home->lessons[i];
	return NULL;
}

/* One choice at home.  False: leave. */
static bool home_choice(struct session *s, const struct cli_look *look, const struct app_home *home)
{
	struct session_show what = { 0 };
	const struct app_lesson *row;
	char line[256], id[64], verb;

	printf("> ");
	fflush(stdout);
	if (ferror(stdout))
		return false;
	if (!fgets(line, sizeof(line), stdin)) {
		putchar('\n');
		return false;
	}
	if (strcmp(line, "q\n") == 0 || strcmp(line, ":q\n") == 0)
		return false;
	row = row_meant(home, line, &verb);
	if (!row) {
		printable_printf(stdout, W(HOME_NO_LESSON), line);
		return true;
	}
	if (row->fault) {
		printable_printf(stdout, "%s\n", row->fault);
		return true;
	}
	snprintf(id, sizeof(id), "%s", row->id);
	what.id = id;
	what.fresh = verb != 'c';
	if (verb == 'r')
		session_reset(s, id);
	lesson_plain(s, look, &what);
	return true;
}

static int home_plain(struct session *s, const struct cli_look *look)
{
	struct app_home home;
	char err[600] = "", text[256];
	int status;

	snprintf(text, sizeof(text), W(HOME_PLAIN_MODE), look->why_plain);
	put_lines("", text);
	do {
		status = session_home(s, &home, err, sizeof(err));
		if (status) {
			cli_say("%s", err);
			return exit_status_for(status);
		}
		print_home(&home);
	} while (home_choice(s, look, &home));
	return EXIT_RIGHT;
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
	}
	return what->id || what->spec ? code : home_plain(s, &lines);
}

static int show_screen(struct session *s, const struct cli_look *look, const struct session_show *what)
{
	struct app_plain plain = { 0 };
	struct app_opts opts = { .lesson = what->id, .fresh = what->fresh, .spec = what->spec, .record = what->record,
				 .plain = &plain };
	int code = cli_keys_apply();

	if (code)
		return code;
	cli_look_apply(look, &opts);
	session_callbacks(s, &opts.cb);
	session_on_screen(s, true);
	code = app_main(&opts);
	session_on_screen(s, false);
	return plain.wanted ? go_on_in_lines(s, look, what, &plain) : code;
}

int session_show(struct session *s, const struct cli_look *look, const struct session_show *what)
{
	if (!look->plain)
		return show_screen(s, look, what);
	return what->id || what->spec ? lesson_plain(s, look, what) : home_plain(s, look);
}
