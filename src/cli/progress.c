/*
 * cli/progress.c - `kworkshop progress`: show, export, import or delete the student's progress.
 *
 * Lives here:   its five verbs.
 * Never here:   the file (classroom/), courses: a lesson is named by its slug.   Licence: MIT.
 */
#include "classroom/progress.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/printable.h"
#include "base/wholefile.h"
#include "cli/cli.h"
#include "words/texts.h"

struct request {
	char **args;
	int n;
	bool yes;
};

struct verb {
	const char *name;
	int args_min, args_max;
	int (*run)(struct progress *p, const struct request *r);
};

static int fail(struct progress *p, const char *what, int err)
{
	if (p && *progress_error(p))
		cli_say("%s", progress_error(p));
	else
		cli_say("%s: %s", what, strerror(-err));
	return exit_status_for(err);
}

/* ---- show ---------------------------------------------------------------------------- */

static const enum words_key sure_words[] = { W_NONE, W_SURE_GUESS, W_SURE_FAIRLY, W_SURE_CERTAIN };

static int show_answer(void *arg, const struct progress_answer *a)
{
	(void)arg;
	printf(W(PROGRESS_ANSWER), a->question, a->ordinal);
	fputs(a->right < 0 ? W(PROGRESS_NO_VERDICT) : a->right ? W(PROGRESS_RIGHT) : W(PROGRESS_WRONG), stdout);
	if (a->sure >= 1 && a->sure <= 3)
		fputs(words_fixed(sure_words[a->sure]), stdout);
	if (a->hints)
		printf(a->hints == 1 ? W(PROGRESS_HINT) : W(PROGRESS_HINTS), a->hints);
	printable_printf(stdout, "  (%s)\n", a->value);
	return 0;
}

static int show_attempt(void *arg, const struct progress_attempt *a)
{
	printable_printf(stdout, W(PROGRESS_ATTEMPT), a->course, a->lesson, a->n, (unsigned long long)a->variant,
			 (unsigned long long)a->seed, a->options[0] ? ", " : "", a->options,
			 a->ended ? W(PROGRESS_ENDED) : W(PROGRESS_UNFINISHED));
	return progress_answers(arg, a->row, show_answer, NULL);
}

static int show_earlier(void *arg, const struct progress_earlier *e)
{
	(void)arg;
	printable_printf(stdout, e->finished == 1 ? W(PROGRESS_EARLIER_ONE) : W(PROGRESS_EARLIER), e->course, e->lesson,
			 e->finished, e->best);
	return 0;
}

static int show_practice(void *arg, const struct progress_practice *a)
{
	(void)arg;
	printable_printf(stdout, W(PROGRESS_PRACTICE), a->course, a->lesson, a->question, (unsigned long long)a->variant,
			 a->right == 1 ? W(PROGRESS_RIGHT) : W(PROGRESS_WRONG), a->value);
	return 0;
}

static int show_mark(void *arg, const struct progress_mark *m)
{
	(void)arg;
	printable_printf(stdout, W(PROGRESS_MARK), m->course, m->lesson, (unsigned long long)m->variant,
			 (unsigned long long)m->event, m->text[0] ? m->text : W(PROGRESS_BOOKMARK));
	return 0;
}

static int do_show(struct progress *p, const struct request *r)
{
	int err;

	(void)r;
	printf(W(PROGRESS_FILE), progress_path(p), progress_journal(p));
	err = progress_attempts(p, NULL, NULL, show_attempt, p);
	if (!err)
		err = progress_earlier(p, NULL, NULL, show_earlier, NULL);
	if (!err)
		err = progress_practice(p, NULL, NULL, show_practice, NULL);
	if (!err)
		err = progress_marks(p, NULL, NULL, show_mark, NULL);
	return err ? fail(p, "progress", err) : EXIT_RIGHT;
}

/* ---- export, import --------------------------------------------------------------------- */

static int do_export(struct progress *p, const struct request *r)
{
	int err = r->n ? progress_export_file(p, r->args[0]) : progress_export(p, stdout);

	if (!r->n && ferror(stdout))
		return EXIT_RIGHT;	/* reported at the end of the program */
	return err ? fail(p, r->n ? r->args[0] : W(PROGRESS_STDOUT), err) : EXIT_RIGHT;
}

static int do_import(struct progress *p, const struct request *r)
{
	const char *path = r->args[0];
	char *text, why[256] = "";
	size_t len;
	int err = wholefile_named(path, PROGRESS_JSON_BYTES_MAX, &text, &len);

	if (!err)
		err = progress_import(p, text, len, why, sizeof(why));
	free(text);
	if (err == -EINVAL && why[0]) {
		cli_say("%s:%s", path, why);
		return EXIT_MISUSE;
	}
	return err ? fail(p, path, err) : EXIT_RIGHT;
}

/* ---- reset, erase ---------------------------------------------------------------------- */

struct matches {
	const char *lesson;
	char course[16][64];
	int nr;
};

static void note_match(struct matches *m, const char *course, const char *lesson)
{
	int i;

	for (i = 0; i < m->nr; i++)
		if (!strcmp(m->course[i], course))
			return;
	if (!strcmp(m->lesson, lesson) && m->nr < 16)
		snprintf(m->course[m->nr++], sizeof(m->course[0]), "%s", course);
}

static int match_attempt(void *arg, const struct progress_attempt *a)
{
	note_match(arg, a->course, a->lesson);
	return 0;
}

static int match_earlier(void *arg, const struct progress_earlier *e)
{
	note_match(arg, e->course, e->lesson);
	return 0;
}

/* The lesson of that name, in each course that has it. */
static int do_reset(struct progress *p, const struct request *r)
{
	struct matches m = { .lesson = r->args[0] };
	int err = progress_attempts(p, NULL, m.lesson, match_attempt, &m), i;

	if (!err)
		err = progress_earlier(p, NULL, m.lesson, match_earlier, &m);
	if (!err && !m.nr) {
		cli_say(W(PROGRESS_NONE_OF), m.lesson);
		return EXIT_WRONG;
	}
	for (i = 0; !err && i < m.nr; i++)
		err = progress_reset(p, m.course[i], m.lesson);
	return err ? fail(p, "progress", err) : EXIT_RIGHT;
}

static void print_removed(void *arg, const char *path)
{
	(void)arg;
	printable_printf(stdout, W(PROGRESS_REMOVED), path);
}

static int do_erase(struct progress *p, const struct request *r)
{
	int err;

	if (!r->yes) {
		char line[16] = "";

		printf(W(PROGRESS_ERASE), progress_path(p));
		fflush(stdout);
		if (!fgets(line, sizeof(line), stdin) || strcmp(line, "yes\n")) {
			fputs(W(PROGRESS_KEPT), stdout);
			return EXIT_WRONG;
		}
	}
	err = progress_erase(p, print_removed, NULL);
	return err ? fail(p, "progress", err) : EXIT_RIGHT;
}

static const struct verb verbs[] = {
	{ "show", 0, 0, do_show },
	{ "export", 0, 1, do_export },
	{ "import", 1, 1, do_import },
	{ "reset", 1, 1, do_reset },
	{ "erase", 0, 0, do_erase },
};

static const struct cli_argument progress_arguments[] = {
	{ "show", "attempts, answers, what was practised, and bookmarks", 1, TAKES_ITSELF, NULL },
	{ "export", "everything as JSON: into FILE, or to standard output without it", 1, TAKES_ITSELF, NULL },
	{ "import", "add what FILE holds; nothing is overwritten; - is standard input", 1, TAKES_ITSELF, NULL },
	{ "reset", "delete the progress of LESSON", 1, TAKES_ITSELF, NULL },
	{ "erase", "delete everything; asks first", 1, TAKES_ITSELF, NULL },
	{ "FILE", NULL, 2, TAKES_FILE, "json" },
	{ "LESSON", NULL, 2, TAKES_LESSON, NULL },
	{ .name = NULL }
};

static const struct cli_option progress_options[] = {
	{ "yes", NULL, "erase: do not ask", CLI_INTO(struct request, yes) }, { .name = NULL }
};

static void print_damage(void *arg, const char *sentence)
{
	(void)arg;
	cli_say("%s", sentence);
}

static int progress_main(int argc, char **argv)
{
	const struct verb *v = NULL;
	struct progress *p;
	char note[600];
	struct request r = { 0 };
	size_t i;
	int code = cli_parse(&argc, argv, progress_options, &r), err;

	if (code)
		return code;
	for (i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(argv[1], verbs[i].name))
			v = &verbs[i];
	if (!v)
		return argc > 1 ? cli_misuse("progress", W(PROGRESS_EXPECTED), argv[1]) :
		       cli_misuse("progress", W(PROGRESS_NAME));
	if (argc - 2 < v->args_min || argc - 2 > v->args_max)
		return cli_misuse("progress", v->args_max == 0 ? W(PROGRESS_NO_ARGUMENT) :
				  v->args_min ? W(PROGRESS_ONE_ARGUMENT) : W(PROGRESS_MOST_ONE), v->name);
	err = progress_open(&p, NULL, note, sizeof(note));
	if (note[0])
		cli_say("%s", note);
	if (err)
		return exit_status_for(err);
	r.args = argv + 2;
	r.n = argc - 2;
	progress_on_damage(p, print_damage, NULL);
	code = v->run(p, &r);
	progress_close(p);
	return code;
}

const struct cli_command cmd_progress = {
	.name = "progress",
	.args = "show|export|import|reset|erase [FILE|LESSON]",
	.summary = "show, export, import or delete your progress",
	.arguments = progress_arguments,
	.options = progress_options,
	.main = progress_main,
};
