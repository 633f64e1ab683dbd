/*
 * cli/list.c - `kworkshop list`: the course by its parts, with the progress of the student.
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
#include "cli/exercise.h"
#include "cli/list_plan.h"
#include "cli/session.h"
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
	}
}

/* ---- exercises ----------------------------------------------------------------------- */

/* Those of the course; a course without a folder of them has none.  Owner: the caller frees *@all. */
static size_t find_exercises(const struct cli_look *look, struct exercise_place **all)
{
	char dir[1024];
	size_t nr = 0;

	*all = NULL;
	if (cli_exercises_dir(look, dir, sizeof(dir)) || exercise_list(dir, all, &nr))
		return 0;
	return nr;
}

static const char *const kinds[EXERCISE_KINDS] = {
	[EXERCISE_PREDICT] = "predict", [EXERCISE_OBSERVE] = "observe", [EXERCISE_CONFIGURE] = "configure",
	[EXERCISE_REPAIR] = "repair", [EXERCISE_SCHEDULER] = "scheduler", [EXERCISE_DUMP] = "dump",
};

/* The progress in an exercise that asks; false: its progress is in files, or it is none of the course. */
static bool load_exercise(struct session *s, const struct exercise_place *at, struct row *row)
{
	char id[sizeof(COURSE_EXERCISE) + sizeof(at->slug)];
	const struct course_lesson *l;

	snprintf(id, sizeof(id), COURSE_EXERCISE "%s", at->slug);
	l = course_find(session_course(s), id);
	if (!l || !course_asks(l))
		return false;
	load_row(s, l, row);
	return true;
}

static void print_exercise(struct session *s, const struct exercise_place *at)
{
	struct exercise *x = NULL;
	char points[16], err[1400], done[80];
	struct row row;
	STRBUF(title, 400);
	int rc = exercise_open(&x, at, 0, NULL, cli_script, err, sizeof(err));

	if (rc == -ENOMEM || rc == -EAGAIN)
		shortage_end(rc, NULL);		/* this computer's fault, not the exercise's */
	if (rc) {
		printable_printf(stdout, "  %-4s %-14s %s\n      %s\n", at->name, at->slug, W(LESSON_FAULTY), err);
		return;
	}
	width_put_padded(&title, x->about.title, strlen(x->about.title), TITLE_COLUMNS);
	printable_printf(stdout, "  %-4s %-14s %s %-9s ", at->name, at->slug, title.buf, kinds[x->about.kind]);
	printable_printf(stdout, W(LIST_POINTS), plain_points(x->about.halves, points));
	if (load_exercise(s, at, &row)) {
		put_done(&row, done, sizeof(done));
		printable_printf(stdout, "  %s%s%s", words_fixed(states[state_of(&row)].text), *done ? " " : "", done);
	}
	printable_printf(stdout, "\n");
	exercise_close(x);
}

static void print_exercises(struct session *s, const struct cli_look *look)
{
	struct exercise_place *all;
	size_t nr = find_exercises(look, &all);

	if (nr)
		printable_printf(stdout, "\n%s\n", W(LIST_EXERCISES));
	fflush(stdout);
	for (size_t i = 0; i < nr; i++)
		print_exercise(s, &all[i]);
	free(all);
}

static void put_exercises(struct session *s, struct json_writer *w, const struct cli_look *look)
{
	struct exercise_place *all;
	size_t nr = find_exercises(look, &all);
	struct row row;

	json_key(w, "exercises");
	json_begin_array(w, JSON_LINES);
	for (size_t i = 0; i < nr; i++) {
		json_begin_object(w, JSON_LINE);
		json_put_text(w, "name", all[i].name);
		json_put_text(w, "id", all[i].slug);
		json_put_text(w, "path", all[i].dir);
		if (load_exercise(s, &all[i], &row)) {
			json_put_text(w, "kind", row.lesson->kind);
			json_put_text(w, "state", states[state_of(&row)].word);
			json_put_uint(w, "questions", row.lesson->questions);
			json_put_uint(w, "answered", row.kept.answered);
			json_put_uint(w, "right", row.kept.right);
		}
		json_end(w);
	}
	json_end(w);
	free(all);
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

static void print_json(struct session *s, const struct cli_look *look)
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
	put_exercises(s, &w, look);
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
		print_json(s, &list.look);
	else
		print_text(s);
	if (!list.names && !list.json && !list.plan)
		print_exercises(s, &list.look);
	for (i = 0; i < session_course(s)->nr && !list.plan; i++)
		faulty |= session_course(s)->lessons[i].fault[0] != '\0';
	session_close(s);
	return faulty ? EXIT_MISUSE : EXIT_RIGHT;
}

const struct cli_command cmd_list = {
	.name = "list",
	.args = "",
	.summary = "the lessons by part, with your progress, and the exercises",
	.options = list_options,
	.main = list_main,
};
