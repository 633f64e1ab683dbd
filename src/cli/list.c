/*
 * cli/list.c - `kworkshop list`: the course by its parts, and how far somebody is.
 *
 * Lives here:   the list as text and as JSON.
 * Never here:   reading the course (session.c), home on the screen.   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "classroom/progress.h"
#include "cli/session.h"

#define LIST_JSON_VERSION 1

struct row {
	const struct course_lesson *lesson;
	struct progress_lesson kept;	/* zeros: nothing is kept */
	bool begun;
};

static void load_row(struct session *s, const struct course_lesson *l, struct row *row)
{
	memset(row, 0, sizeof(*row));
	row->lesson = l;
	if (session_progress(s) &&
	    progress_load(session_progress(s), session_course(s)->id, l->id, &row->kept) == 0) {
		row->begun = true;
		progress_lesson_fini(&row->kept);
	}
}

static const char *state_of(const struct row *row)
{
	if (row->lesson->fault[0])
		return "faulty";
	if (row->kept.finished)
		return "done";
	return row->begun ? "begun" : "new";
}

/* ---- text ------------------------------------------------------------------------- */

static void print_row(const struct row *row)
{
	const struct course_lesson *l = row->lesson;
	char done[48] = "";

	if (row->kept.finished)
		snprintf(done, sizeof(done), "best %u of %u right", row->kept.best, l->questions);
	else if (row->begun)
		snprintf(done, sizeof(done), "%u of %u answered", row->kept.answered, l->questions);
	printf("  %-3s %-14s %-28s %-7s %s\n", l->label, l->id, l->title, state_of(row), done);
	if (l->fault[0])
		printf("      %s\n", l->fault);
}

static void print_text(struct session *s)
{
	const struct course *c = session_course(s);
	const char *part = "";
	struct row row;
	size_t i;

	printf("%s\n", c->title);
	for (i = 0; i < c->nr; i++) {
		if (strcmp(part, c->lessons[i].part) != 0)
			printf("\n%s\n", c->lessons[i].part);
		part = c->lessons[i].part;
		load_row(s, &c->lessons[i], &row);
		print_row(&row);
	}
}

/* ---- JSON -------------------------------------------------------------------------- */

static void put_field(const char *name, const char *text)
{
	STRBUF(s, 8192);

	strbuf_json(&s, text, strlen(text));
	printf("\"%s\": %s, ", name, s.buf);
}

static void print_row_json(const struct row *row)
{
	const struct course_lesson *l = row->lesson;

	printf("    { ");
	put_field("id", l->id);
	put_field("label", l->label);
	put_field("title", l->title);
	put_field("question", l->question);
	put_field("part", l->part);
	put_field("needs", l->needs);
	put_field("fault", l->fault);
	put_field("path", l->path);
	put_field("hash", l->hash);
	put_field("state", state_of(row));
	printf("\"minutes\": %u, \"questions\": %u, \"answered\": %u, \"right\": %u, \"finished\": %u, \"best\": %u }",
	       l->minutes, l->questions, row->kept.answered, row->kept.right, row->kept.finished, row->kept.best);
}

static void print_json(struct session *s)
{
	const struct course *c = session_course(s);
	struct row row;
	size_t i;

	printf("{\n  \"format\": \"kworkshop-list\", \"version\": %d, ", LIST_JSON_VERSION);
	put_field("course", c->id);
	put_field("title", c->title);
	printf("\n  \"lessons\": [\n");
	for (i = 0; i < c->nr; i++) {
		load_row(s, &c->lessons[i], &row);
		print_row_json(&row);
		printf("%s\n", i + 1 < c->nr ? "," : "");
	}
	printf("  ]\n}\n");
}

static int list_main(int argc, char **argv)
{
	struct cli_look look = { 0 };
	bool json = false, faulty = false;
	const struct cli_option options[] = {
		{ "json", CLI_FLAG, &json }, { "course", CLI_TEXT, &look.course }, { NULL, CLI_FLAG, NULL }
	};
	struct session *s;
	size_t i;
	int code = cli_parse(&argc, argv, options);

	if (code)
		return code;
	if (argc > 1)
		return cli_misuse("list", "no argument called \"%s\"", argv[1]);
	code = session_open(&s, &look);
	if (code)
		return code;
	if (json)
		print_json(s);
	else
		print_text(s);
	for (i = 0; i < session_course(s)->nr; i++)
		faulty |= session_course(s)->lessons[i].fault[0] != '\0';
	session_close(s);
	return faulty ? EXIT_MISUSE : EXIT_RIGHT;
}

const struct cli_command cmd_list = {
	.name = "list",
	.args = "[--json] [--course DIR]",
	.summary = "lessons by part, and how far you are",
	.help = "  --json             for other programs\n"
		"  --course DIR       lessons from DIR/lessons\n",
	.main = list_main,
};
