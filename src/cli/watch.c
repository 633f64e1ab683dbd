/*
 * cli/watch.c - `kworkshop watch`: an author's file is checked again at each save.
 *
 * A round is a fast check and the question that the author works at, as a student of one
 * variant and seed gets it, with its answer and evidence.  A save or a key begins the next
 * round.  `o` opens the lesson on the screen at that question; a save closes the screen, checks,
 * and opens it there again.  Of an exercise with files or settings each of its files is watched, and the
 * results of one set of files are shown in place of a question.
 *
 * Lives here:   rounds, keys, the terminal's mode while a key is waited for.
 * Never here:   checking (check/), noticing a save (run/saved.h), the screen (show.c).   Licence: MIT.
 */
#include "cli/session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <uv.h>

#include "base/printable.h"
#include "base/workers.h"
#include "check/check.h"
#include "classroom/identity.h"
#include "cli/check.h"
#include "cli/watch_exercise.h"
#include "run/saved.h"
#include "visualizer/app.h"
#include "words/texts.h"

struct watch {
	struct cli_look look;
	const char *first_question;	/* --question */
	uint64_t variant, seed;
	char path[1024];
	struct course course;
	bool has_course;
	struct exercise_place exercise;
	bool proved;			/* it is an exercise with files or settings, as of the last check */
	size_t set;			/* its files that are shown */
	char question[LESSON_ID_BYTES_MAX * 2];	/* the one that is shown; "" = the lesson has none */
	char (*asked)[LESSON_ID_BYTES_MAX * 2];	/* ids of the last check, in the order asked */
	size_t nr_asked;
	unsigned int errors, warnings;

	struct watched {
		struct watch *w;
		struct saved_watch *save;
		char path[1400];
	} *file;			/* WATCH_PATHS_MAX of them */
	size_t nr_files;
	const char *saved_path;		/* of the file that was saved last, NULL = none */
	uv_loop_t loop;
	uv_poll_t keys;
	uv_signal_t interrupt;
	bool has_keys, saved, quit;
	char key;			/* that ended the wait; 0 = a save did */
	struct termios before;
	bool by_key;			/* keys are read one by one; else lines are */
};

/* ---- a round -------------------------------------------------------------------------- */

static void fill_opts(struct watch *w, bool full, struct check_opts *o)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	*o = (struct check_opts){
		.script = cli_script, .talk_room = app_talk_room, .course = w->has_course ? &w->course : NULL,
		.jitter = full ? CHECK_JITTER : 0,
		.jobs = cpus < 1 ? 1 : cpus > WORKERS_MAX ? WORKERS_MAX : (unsigned int)cpus,
	};
}

static void keep_asked(struct watch *w, const struct check_result *r)
{
	free(w->asked);
	w->asked = calloc(r->nr_questions ? r->nr_questions : 1, sizeof(*w->asked));
	w->nr_asked = w->asked ? r->nr_questions : 0;
	for (size_t i = 0; i < w->nr_asked; i++)
		snprintf(w->asked[i], sizeof(w->asked[i]), "%s", r->question[i].id);
}

static size_t place_of_question(const struct watch *w)
{
	size_t i = 0;

	while (i < w->nr_asked && strcmp(w->asked[i], w->question))
		i++;
	return i;
}

/* The same question as before, while the lesson has it; a lesson with errors may not come to it. */
static void settle_question(struct watch *w)
{
	if (*w->question && w->nr_asked && !w->errors && place_of_question(w) == w->nr_asked) {
		printable_printf(stdout, W(WATCH_GONE), w->question);
		w->question[0] = '\0';
	}
	if (!*w->question && w->nr_asked)
		snprintf(w->question, sizeof(w->question), "%s", w->asked[0]);
}

static void check_file(struct watch *w, bool full)
{
	struct check_result result;
	struct check_opts o;
	int err;

	fill_opts(w, full, &o);
	fflush(stdout);			/* workers are forked: nothing is to be written twice */
	w->proved = check_is_proved(w->path, &w->exercise);
	check_opts_settle(&o, w->proved, !full);
	if (w->proved)
		err = check_exercise(&w->exercise, &o, !full, &result);
	else
		err = check_lesson(&o, w->path, &result);
	if (err) {
		cli_say(W(CHECK_NO_RUNS), w->path, strerror(-err));
	} else {
		result.nr_notes = 0;	/* those of the run below are shown */
		result.form.nr = 0;	/* the list is too long for each save */
		check_format_find("text")->lesson(stdout, &result, 1);
		keep_asked(w, &result);
	}
	w->errors = result.errors;
	w->warnings = result.warnings;
	check_result_fini(&result);
}

static void show_question(struct watch *w)
{
	struct check_opts o;
	struct check_preview p;
	int err;

	fill_opts(w, false, &o);
	o.variants = 1;
	o.first_variant = w->variant;
	o.seed = w->seed;
	o.question = *w->question ? w->question : NULL;
	fflush(stdout);
	err = check_preview(&o, w->path, &p);
	if (err)
		cli_say(W(CHECK_NO_RUNS), w->path, strerror(-err));
	else
		printable_write(stdout, p.text, strlen(p.text));
	free(p.text);
}

static struct cli_exercise exercise_opts(const struct watch *w)
{
	return (struct cli_exercise){ .look = w->look, .variant = w->variant };
}

static void play_round(struct watch *w, bool check, bool full)
{
	struct cli_exercise ex = exercise_opts(w);

	if (!w->look.plain)
		fputs("\033[H\033[2J", stdout);
	printable_printf(stdout, W(WATCH_ROUND), w->path);
	if (check)
		check_file(w, full);
	if (w->proved) {
		watch_set_show(&ex, &w->exercise, &w->set, w->saved_path, w->seed);
		w->saved_path = NULL;
	} else {
		settle_question(w);
		show_question(w);
	}
	printf(w->proved ? W(WATCH_KEYS_EXERCISE) : W(WATCH_KEYS), w->variant, w->seed);
	fflush(stdout);
}

/* ---- waiting for a save or a key -------------------------------------------------------- */

static void on_save(void *arg)
{
	struct watched *f = arg;
	struct watch *w = f->w;

	w->saved = true;
	w->saved_path = f->path;
	uv_stop(&w->loop);
}

static void on_interrupt(uv_signal_t *s, int signum)
{
	struct watch *w = s->data;

	(void)signum;
	w->quit = true;
	uv_stop(&w->loop);
}

static void on_key(uv_poll_t *p, int status, int events)
{
	struct watch *w = p->data;
	char buf[256];
	ssize_t n;

	(void)events;
	n = status < 0 ? -1 : read(STDIN_FILENO, buf, sizeof(buf));
	if (n < 0 && (errno == EAGAIN || errno == EINTR) && status == 0)
		return;
	if (n <= 0)
		w->quit = true;		/* the end of the input */
	for (ssize_t i = 0; i < n; i++)
		if (buf[i] != '\n' && buf[i] != '\r' && buf[i] != ' ')
			w->key = buf[i];
	if (w->key || w->quit)
		uv_stop(&w->loop);
}

static void read_by_key(struct watch *w, bool on)
{
	struct termios raw = w->before;

	if (!w->by_key)
		return;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, on ? &raw : &w->before);
}

/* Watches what is not watched yet: an author adds wrong solutions, a student's files come with the first run. */
static void watch_files(struct watch *w)
{
	char (*paths)[1400] = calloc(WATCH_PATHS_MAX, sizeof(*paths));
	struct cli_exercise ex = exercise_opts(w);
	size_t nr = 1, k;

	if (!paths)
		return;
	snprintf(paths[0], sizeof(paths[0]), "%s", w->path);
	if (w->proved)
		nr = watch_paths(&ex, &w->exercise, paths, WATCH_PATHS_MAX);
	for (size_t i = 0; i < nr && w->nr_files < WATCH_PATHS_MAX; i++) {
		for (k = 0; k < w->nr_files && strcmp(w->file[k].path, paths[i]); k++)
			;
		if (k < w->nr_files)
			continue;
		w->file[k].w = w;
		strcpy(w->file[k].path, paths[i]);
		w->file[k].save = saved_watch_open(&w->loop, paths[i], on_save, &w->file[k]);
		if (!w->file[k].save)
			break;
		w->nr_files++;
	}
	free(paths);
}

static void wait_for_more(struct watch *w)
{
	w->key = 0;
	w->saved = false;
	watch_files(w);
	if (w->has_keys)
		uv_poll_start(&w->keys, UV_READABLE, on_key);
	read_by_key(w, true);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	read_by_key(w, false);
	if (w->has_keys)
		uv_poll_stop(&w->keys);
}

/* ---- the lesson on the screen ---------------------------------------------------------------- */

static bool file_was_saved(void *arg)
{
	return saved_look(arg);
}

/* Return: true if a save has closed it. */
static bool open_screen_once(struct watch *w, struct session *s, struct saved *file)
{
	struct run_spec spec = { .seed = w->seed, .variant = w->variant, .jitter = -1, .notes = true };
	char err[1300] = "", message[200] = "";
	struct session_show what = { .spec = &spec, .at_wait = true, .leave = file_was_saved, .leave_arg = file,
				     .message = message };
	bool was_saved;
	int rc;

	snprintf(spec.lesson, sizeof(spec.lesson), "%s", w->path);
	rc = check_answers(cli_script, NULL, *w->question ? w->question : NULL, &spec, err, sizeof(err));
	if (rc) {
		cli_fail(err, rc);
	} else {
		snprintf(message, sizeof(message), W(WATCH_ON_SCREEN), w->errors, w->warnings);
		session_show(s, &w->look, &what);
	}
	was_saved = what.left;
	run_inputs_fini(&spec.inputs);
	return was_saved;
}

static void open_screen(struct watch *w)
{
	struct session *s;
	struct saved file;

	if (session_open(&s, &w->look, NULL))
		return;
	saved_init(&file, w->path);
	while (open_screen_once(w, s, &file)) {
		check_file(w, false);
		settle_question(w);
	}
	session_close(s);
}

/* ---- keys ------------------------------------------------------------------------------------- */

static void next_question(struct watch *w)
{
	size_t i = place_of_question(w);

	w->set++;
	if (w->nr_asked)
		snprintf(w->question, sizeof(w->question), "%s", w->asked[(i + 1) % w->nr_asked]);
}

static void act(struct watch *w)
{
	switch (w->key) {
	case 0:
		if (w->saved)
			play_round(w, true, false);
		break;
	case 'r':
	case 'f':
		play_round(w, true, w->key == 'f');
		break;
	case 'n':
		next_question(w);
		play_round(w, false, false);
		break;
	case 'v':
		w->variant = (w->variant + 1) % IDENTITY_VARIANTS;
		play_round(w, false, false);
		break;
	case 's':
		w->seed++;
		play_round(w, false, false);
		break;
	case 'o':
		if (w->proved) {
			printable_printf(stdout, W(WATCH_NO_SCREEN), w->exercise.dir);
			fflush(stdout);
			break;
		}
		open_screen(w);
		play_round(w, true, false);
		break;
	case 'q':
		w->quit = true;
		break;
	default:
		printable_printf(stdout, W(WATCH_NO_KEY));
		fflush(stdout);
	}
}

static int watch_file(struct watch *w)
{
	bool watching;

	w->file = calloc(WATCH_PATHS_MAX, sizeof(*w->file));
	if (!w->file || uv_loop_init(&w->loop))
		return EXIT_INTERNAL;
	watch_files(w);			/* before the first check, so that a save during it counts */
	watching = w->nr_files > 0;
	w->keys.data = w->interrupt.data = w;
	w->has_keys = uv_poll_init(&w->loop, &w->keys, STDIN_FILENO) == 0;	/* a plain file has no keys */
	uv_signal_init(&w->loop, &w->interrupt);
	uv_signal_start(&w->interrupt, on_interrupt, SIGINT);
	w->by_key = !w->look.plain && tcgetattr(STDIN_FILENO, &w->before) == 0;
	play_round(w, true, false);
	w->quit = !w->has_keys;
	while (watching && !w->quit) {
		wait_for_more(w);
		if (!w->quit)
			act(w);
	}
	for (size_t i = 0; i < w->nr_files; i++)
		saved_watch_close(w->file[i].save);
	uv_close((uv_handle_t *)&w->interrupt, NULL);
	if (w->has_keys)
		uv_close((uv_handle_t *)&w->keys, NULL);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	uv_loop_close(&w->loop);
	free(w->file);
	return watching ? EXIT_RIGHT : EXIT_INTERNAL;
}

/* ---- the command --------------------------------------------------------------------------------- */

/* The course beside a file, or the one in use: a lesson may need others of it. */
static void find_course(struct watch *w)
{
	const char *slash = strrchr(w->path, '/');
	char dir[1024], page[1100], err[600];

	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - w->path) : 1, slash ? w->path : ".");
	snprintf(page, sizeof(page), "%s/course.lua", dir);
	if (access(page, R_OK) != 0 && cli_lessons_dir(&w->look, dir, sizeof(dir)) != 0)
		return;
	w->has_course = cli_read_course(dir, NULL, &w->course, err, sizeof(err)) == 0;
}

static int find_path(struct watch *w, const char *arg)
{
	if (access(arg, R_OK) != 0 || strlen(arg) >= sizeof(w->path)) {
		cli_say("%s: %s", arg, strerror(strlen(arg) >= sizeof(w->path) ? ENAMETOOLONG : errno));
		return EXIT_MISSING;
	}
	strcpy(w->path, arg);
	find_course(w);
	return 0;
}

/* An exercise by number, name or folder; false: there is none. */
static bool find_exercise(struct watch *w, const char *arg)
{
	char dir[1024], err[1500], path[1100];
	struct exercise_place at;

	if (cli_exercises_dir(&w->look, dir, sizeof(dir)) || exercise_find(dir, arg, &at, err, sizeof(err)) ||
	    !exercise_path(&at, "exercise.lua", path, sizeof(path)) || strlen(path) >= sizeof(w->path))
		return false;
	strcpy(w->path, path);
	if (!w->has_course)
		find_course(w);
	return true;
}

/* A file's path, a lesson of the course, or an exercise. */
static int find_file(struct watch *w, const char *arg)
{
	size_t len = strlen(arg);
	const struct course_lesson *l;
	char dir[1024], err[600] = "";
	int code;

	if (strchr(arg, '/') && find_exercise(w, arg))
		return 0;
	if (strchr(arg, '/') || (len > 4 && !strcmp(arg + len - 4, ".lua")))
		return find_path(w, arg);
	code = cli_lessons_dir(&w->look, dir, sizeof(dir));
	if (code)
		return code;
	code = cli_read_course(dir, NULL, &w->course, err, sizeof(err));
	if (code) {
		cli_fail(err, code);
		return exit_status_for(code);
	}
	w->has_course = true;
	l = course_find(&w->course, arg);
	if ((!l || !l->path[0]) && find_exercise(w, arg))
		return 0;
	if (!l || !l->path[0]) {
		cli_say(W(SESSION_NO_LESSON), arg, dir);
		return EXIT_MISSING;
	}
	snprintf(w->path, sizeof(w->path), "%s", l->path);
	return 0;
}

static const struct cli_argument watch_arguments[] = {
	{ "NAME", "a lesson or exercise of the course (`kworkshop list`)", 1, TAKES_LESSON, NULL },
	{ "FILE", "a lesson's .lua file, or the folder of an exercise", 1, TAKES_FILE, "lua" },
	{ .name = NULL }
};

static const struct cli_option watch_options[] = {
	{ "question", "ID", "begin at this question; at the first one if not given", CLI_INTO(struct watch, first_question) },
	{ "variant", "N", "show the question in this variant", .def = "0", .lo = 0, .hi = IDENTITY_VARIANTS - 1,
	  CLI_INTO(struct watch, variant) },
	{ "seed", "N", "the schedule of the run that is shown", .def = "1", CLI_INTO(struct watch, seed) },
	CLI_LOOK_OPTIONS(struct watch, look),
	{ .name = NULL }
};

static int watch_main(int argc, char **argv)
{
	struct watch *w = calloc(1, sizeof(*w));
	int code;

	if (!w)
		return EXIT_INTERNAL;
	code = cli_parse(&argc, argv, watch_options, w);
	if (!code && argc != 2)
		code = argc < 2 ? cli_misuse("watch", "%s", W(WATCH_NAME)) : cli_misuse("watch", W(CLI_ARGUMENT), argv[2]);
	cli_look_settle(&w->look);
	if (!code)
		code = find_file(w, argv[1]);
	if (!code) {
		snprintf(w->question, sizeof(w->question), "%s", w->first_question ? w->first_question : "");
		code = watch_file(w);
	}
	if (w->has_course)
		course_free(&w->course);
	free(w->asked);
	free(w);
	return code;
}

const struct cli_command cmd_watch = {
	.name = "watch",
	.args = "NAME|FILE",
	.summary = "check a lesson or exercise at each save, and show a question",
	.arguments = watch_arguments,
	.options = watch_options,
	.notes = "Keys: r again, n next question, v next variant, s next seed, f full check, o the lesson on the screen, q quit. "
		 "Of an exercise with files each of its files is watched, and n shows the results of the next ones. "
		 "With --plain each key is a line.\n",
	.main = watch_main,
};
