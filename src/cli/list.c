/*
 * cli/list.c - `kworkshop list`: the course by its parts, lessons with the exercises that follow them, and the progress of the student.
 *
 * Lives here:   the list as text and as JSON.
 * Never here:   reading the course (session.c), plans (list_plan.c), home on the screen.   Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/printable.h"
#include "base/shortage.h"
#include "base/strbuf.h"
#include "base/width.h"
#include "classroom/progress.h"
#include "cli/list_plan.h"
#include "cli/session.h"
#include "plain/exercise.h"
#include "words/texts.h"

#define LIST_JSON_VERSION 1
#define TITLE_COLUMNS 28	/* at least */

struct row {
	const struct course_lesson *lesson;
	struct progress_summary kept;	/* zeros: nothing is kept */
	bool begun;
};

static void load_row(struct session *s, const struct course_lesson *l, struct row *row)
{
	memset(row, 0, sizeof(*row));
	row->lesson = l;
	if (session_progress(s)) {
		int err = progress_summarize(session_progress(s), course_id_of(session_course(s), l->id), l->id, &row->kept);

		if (err == -ENOMEM)
			shortage_end(err, NULL);
		row->begun = !err;
	}
}

enum row_state { ROW_FAULTY, ROW_DONE, ROW_BEGUN, ROW_NEW };

/* A state's word in JSON, and its text. */
static const struct {
	const char *word;
	enum words_key text;
} states[] = {
	[ROW_FAULTY] = { "faulty", W_LESSON_FAULTY }, [ROW_DONE] = { "done", W_LESSON_DONE },
	[ROW_BEGUN] = { "begun", W_LESSON_BEGUN }, [ROW_NEW] = { "new", W_LESSON_NEW },
};

static enum row_state state_of(const struct row *row)
{
	if (row->lesson->fault[0])
		return ROW_FAULTY;
	if (row->kept.finished)
		return ROW_DONE;
	return row->begun ? ROW_BEGUN : ROW_NEW;
}

/* ---- text ------------------------------------------------------------------------- */

/* "best 3 of 5"; "" = nothing was answered. */
static void put_done(const struct row *row, char *done, size_t size)
{
	done[0] = '\0';
	if (row->kept.finished)
		snprintf(done, size, W(LIST_BEST), row->kept.best, row->lesson->questions);
	else if (row->begun)
		snprintf(done, size, W(LIST_ANSWERED), row->kept.answered, row->lesson->questions);
}

static void print_row(const struct row *row)
{
	const struct course_lesson *l = row->lesson;
	int columns = width_text(l->title, strlen(l->title));
	STRBUF(title, sizeof(l->title) + TITLE_COLUMNS);
	char done[80];

	put_done(row, done, sizeof(done));
	width_put_padded(&title, l->title, strlen(l->title), columns > TITLE_COLUMNS ? columns : TITLE_COLUMNS);
	printable_printf(stdout, "  %-3s %-15s %s %-7s %s\n", l->label, l->id, title.buf,
			 words_fixed(states[state_of(row)].text), done);
	if (l->fault[0])
		printable_printf(stdout, "      %s\n", l->fault);
}

/* ---- exercises ----------------------------------------------------------------------- */

static const char *name_of(const struct course_lesson *x)
{
	return x->label[0] ? x->label : course_slug(x);
}

static enum row_state state_of_exercise(const struct course_lesson *x, const struct exercise_state *state)
{
	return x->fault[0] ? ROW_FAULTY : state->done ? ROW_DONE : state->begun ? ROW_BEGUN : ROW_NEW;
}

static void print_exercise(struct session *s, const struct course_lesson *x)
{
	struct exercise_state state;
	char points[16], of[16], done[80];
	struct row row;
	STRBUF(title, sizeof(x->title) + TITLE_COLUMNS);

	session_exercise_state(s, x, &state);
	width_put_padded(&title, x->title, strlen(x->title), TITLE_COLUMNS);
	if (x->fault[0]) {
		printable_printf(stdout, "      %-4s %-14s %s %s\n          %s\n", name_of(x), course_slug(x), title.buf, W(LESSON_FAULTY), x->fault);
		return;
	}
	printable_printf(stdout, "      %-4s %-14s %s %-9s ", name_of(x), course_slug(x), title.buf, x->kind);
	if (state.judged)
		printable_printf(stdout, W(WORK_POINTS), plain_points(state.halves, points), plain_points(state.of, of));
	else
		printable_printf(stdout, W(LIST_POINTS), plain_points(state.of, of));
	printable_printf(stdout, "  %s", words_fixed(states[state_of_exercise(x, &state)].text));
	if (course_asks(x)) {
		load_row(s, x, &row);
		put_done(&row, done, sizeof(done));
		printable_printf(stdout, "%s%s", *done ? " " : "", done);
	}
	putchar('\n');
}

/* Those that follow lesson number @lesson, or with .nr none of the lessons. */
static void print_exercises(struct session *s, size_t lesson)
{
	const struct course *c = session_course(s);
	bool first = lesson == c->nr;

	for (size_t i = c->nr; i < c->nr + c->nr_exercises; i++) {
		if (course_follows(c, &c->lessons[i]) != lesson)
			continue;
		if (first)
			printable_printf(stdout, "\n%s\n", W(HOME_OTHERS));
		first = false;
		print_exercise(s, &c->lessons[i]);
	}
}

static void print_text(struct session *s)
{
	const struct course *c = session_course(s);
	const char *part = "";
	struct row row;
	size_t i;

	session_translate(s);
	printable_printf(stdout, "%s\n", c->title);
	for (i = 0; i < c->nr; i++) {
		if (strcmp(part, c->lessons[i].part) != 0)
			printable_printf(stdout, "\n%s\n", c->lessons[i].part);
		part = c->lessons[i].part;
		load_row(s, &c->lessons[i], &row);
		print_row(&row);
		print_exercises(s, i);
	}
	print_exercises(s, c->nr);
}

static void put_exercise(struct session *s, struct json_writer *w, const struct course_lesson *x)
{
	const struct course *c = session_course(s);
	size_t follows = course_follows(c, x);
	struct exercise_state state;
	char dir[sizeof(x->path)];
	struct row row;

	session_exercise_state(s, x, &state);
	snprintf(dir, sizeof(dir), "%s", x->path);
	if (strrchr(dir, '/'))
		*strrchr(dir, '/') = '\0';
	json_begin_object(w, JSON_LINE);
	json_put_text(w, "name", name_of(x));
	json_put_text(w, "id", course_slug(x));
	json_put_text(w, "path", dir);
	json_put_text(w, "title", x->title);
	json_put_text(w, "follows", follows < c->nr ? c->lessons[follows].id : "");
	json_put_text(w, "fault", x->fault);
	json_put_text(w, "kind", x->fault[0] ? "" : x->kind);
	json_put_text(w, "state", states[state_of_exercise(x, &state)].word);
	json_put_uint(w, "minutes", x->minutes);
	json_put_uint(w, "half_points", state.halves);
	json_put_uint(w, "half_points_of", state.of);
	if (course_asks(x)) {
		load_row(s, x, &row);
		json_put_uint(w, "questions", x->questions);
		json_put_uint(w, "answered", row.kept.answered);
		json_put_uint(w, "right", row.kept.right);
	}
	json_end(w);
}

static void put_exercises(struct session *s, struct json_writer *w)
{
	const struct course *c = session_course(s);

	json_key(w, "exercises");
	json_begin_array(w, JSON_LINES);
	for (size_t i = c->nr; i < c->nr + c->nr_exercises; i++)
		put_exercise(s, w, &c->lessons[i]);
	json_end(w);
}

/* ---- JSON -------------------------------------------------------------------------- */

static void put_row(struct json_writer *w, const struct row *row)
{
	const struct course_lesson *l = row->lesson;

	json_begin_object(w, JSON_LINE);
	json_put_text(w, "id", l->id);
	json_put_text(w, "label", l->label);
	json_put_text(w, "title", l->title);
	json_put_text(w, "question", l->question);
	json_put_text(w, "part", l->part);
	json_put_text(w, "needs", l->needs);
	json_put_text(w, "fault", l->fault);
	json_put_text(w, "path", l->path);
	json_put_text(w, "hash", l->hash);
	json_put_text(w, "state", states[state_of(row)].word);
	json_put_uint(w, "minutes", l->minutes);
	json_put_uint(w, "questions", l->questions);
	json_put_uint(w, "answered", row->kept.answered);
	json_put_uint(w, "right", row->kept.right);
	json_put_uint(w, "finished", row->kept.finished);
	json_put_uint(w, "best", row->kept.best);
	json_end(w);
}

static void print_json(struct session *s)
{
	const struct course *c = session_course(s);
	struct json_writer w;
	struct row row;

	json_to_file(&w, stdout);
	json_begin_object(&w, JSON_LINES);
	json_put_text(&w, "format", "kworkshop-list");
	json_put_uint(&w, "version", LIST_JSON_VERSION);
	json_put_text(&w, "course", c->id);
	json_put_text(&w, "title", c->title);
	json_key(&w, "lessons");
	json_begin_array(&w, JSON_LINES);
	for (size_t i = 0; i < c->nr; i++) {
		load_row(s, &c->lessons[i], &row);
		put_row(&w, &row);
	}
	json_end(&w);
	put_exercises(s, &w);
	json_end(&w);
	putchar('\n');
}

struct list {
	struct cli_look look;
	bool json, names, plan;
};

static const struct cli_option list_options[] = {
	{ "json", NULL, "print JSON, for other programs", CLI_INTO(struct list, json) },
	{ "names", NULL, "print only the lessons' names, one a line", CLI_INTO(struct list, names) },
	{ "plan", NULL, "the plans of the course instead: labs with their lessons, exercises and minutes", CLI_INTO(struct list, plan) },
	CLI_COURSE_OPTION(struct list, look), { .name = NULL }
};

static void print_names(struct session *s)
{
	for (size_t i = 0; i < session_course(s)->nr; i++)
		printable_printf(stdout, "%s\n", session_course(s)->lessons[i].id);
}

static int list_main(int argc, char **argv)
{
	struct list list = { 0 };
	bool faulty = false;
	struct session *s;
	size_t i;
	int code = cli_parse(&argc, argv, list_options, &list);

	if (code)
		return code;
	if (argc > 1)
		return cli_misuse("list", W(CLI_ARGUMENT), argv[1]);
	if (list.plan && list.names)
		return cli_misuse("list", "%s", W(LIST_PLAN_NAMES));
	code = session_open(&s, &list.look, NULL);
	if (code)
		return code;
	if (list.plan)
		faulty = !list_plan(session_course(s), list.json);
	else if (list.names)
		print_names(s);
	else if (list.json)
		print_json(s);
	else
		print_text(s);
	for (i = 0; i < session_course(s)->nr + session_course(s)->nr_exercises && !list.plan; i++)
		faulty |= session_course(s)->lessons[i].fault[0] != '\0';
	session_close(s);
	return faulty ? EXIT_MISUSE : EXIT_RIGHT;
}

const struct cli_command cmd_list = {
	.name = "list",
	.args = "",
	.summary = "the lessons and exercises by part, with your progress",
	.options = list_options,
	.main = list_main,
};
