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

#include "cli/cli.h"

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
	cli_say("%s: %s", what, err == -EIO || err == -EBADMSG ? progress_error(p) : strerror(-err));
	return exit_status_for(err);
}

/* ---- show ---------------------------------------------------------------------------- */

static int show_answer(void *arg, const struct progress_answer *a)
{
	(void)arg;
	printf("    %-14s try %u: %s", a->question, a->ordinal, a->right < 0 ? "no verdict" : a->right ? "right" : "wrong");
	if (a->hints)
		printf(", after %u hint%s", a->hints, a->hints == 1 ? "" : "s");
	printf("  (%s)\n", a->value);
	return 0;
}

static int show_lesson(void *arg, const struct progress_lesson *l)
{
	printf("%s/%s: ", l->course, l->id);
	if (l->finished)
		printf("done %u time%s, best %u of %u; ", l->finished, l->finished == 1 ? "" : "s", l->best, l->total);
	printf("%s %u of %u answered, %u right\n", l->ended ? "last run" : "stopped with", l->answered, l->total, l->right);
	return progress_answers(arg, l->course, l->id, show_answer, NULL);
}

static int do_show(struct progress *p, const struct request *r)
{
	int err;

	(void)r;
	printf("kept in %s (journal: %s)\n", progress_path(p), progress_journal(p));
	err = progress_each(p, NULL, show_lesson, p);
	return err ? fail(p, "progress", err) : EXIT_RIGHT;
}

/* ---- export, import --------------------------------------------------------------------- */

static int do_export(struct progress *p, const struct request *r)
{
	int err = r->n ? progress_export_file(p, r->args[0]) : progress_export(p, stdout);

	return err ? fail(p, r->n ? r->args[0] : "standard output", err) : EXIT_RIGHT;
}

static int read_whole(FILE *f, char **out, size_t *len)
{
	char *text = malloc(PROGRESS_JSON_BYTES_MAX + 2);

	if (!text)
		return -ENOMEM;
	*len = fread(text, 1, PROGRESS_JSON_BYTES_MAX + 1, f);
	text[*len] = '\0';
	*out = text;
	return ferror(f) ? -EIO : *len > PROGRESS_JSON_BYTES_MAX ? -EFBIG : 0;
}

static int do_import(struct progress *p, const struct request *r)
{
	const char *path = r->args[0];
	FILE *f = strcmp(path, "-") ? fopen(path, "rb") : stdin;
	char *text = NULL, why[256];
	size_t len = 0;
	int err;

	if (!f)
		return fail(p, path, -errno);
	err = read_whole(f, &text, &len);
	if (f != stdin)
		fclose(f);
	if (!err)
		err = progress_import(p, text, len, why, sizeof(why));
	else
		why[0] = '\0';
	free(text);
	if (err == -EINVAL && why[0]) {
		cli_say("%s:1: %s", path, why);
		return EXIT_MISUSE;
	}
	return err ? fail(p, path, err) : EXIT_RIGHT;
}

/* ---- reset, erase ---------------------------------------------------------------------- */

struct matches {
	const char *id;
	char course[16][64];
	int nr;
};

static int note_match(void *arg, const struct progress_lesson *l)
{
	struct matches *m = arg;

	if (!strcmp(m->id, l->id) && m->nr < 16)
		snprintf(m->course[m->nr++], sizeof(m->course[0]), "%s", l->course);
	return 0;
}

/* The lesson of that name, in every course. */
static int do_reset(struct progress *p, const struct request *r)
{
	struct matches m = { .id = r->args[0] };
	int err = progress_each(p, NULL, note_match, &m), i;

	if (!err && !m.nr) {
		cli_say("progress: there is no progress of \"%s\"", m.id);
		return EXIT_WRONG;
	}
	for (i = 0; !err && i < m.nr; i++)
		err = progress_reset(p, m.course[i], m.id);
	return err ? fail(p, "progress", err) : EXIT_RIGHT;
}

static int do_erase(struct progress *p, const struct request *r)
{
	int err;

	if (!r->yes) {
		char line[16] = "";

		printf("Delete all progress in %s? Type yes: ", progress_path(p));
		fflush(stdout);
		if (!fgets(line, sizeof(line), stdin) || strcmp(line, "yes\n")) {
			printf("Nothing was deleted.\n");
			return EXIT_WRONG;
		}
	}
	err = progress_erase(p);
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
	{ "show", "lessons and answers", 1, TAKES_ITSELF, NULL },
	{ "export", "everything as JSON: into FILE, or to standard output without it", 1, TAKES_ITSELF, NULL },
	{ "import", "replace the lessons that FILE holds; - is standard input", 1, TAKES_ITSELF, NULL },
	{ "reset", "delete the progress of LESSON", 1, TAKES_ITSELF, NULL },
	{ "erase", "delete everything; asks first", 1, TAKES_ITSELF, NULL },
	{ "FILE", NULL, 2, TAKES_FILE, "json" },
	{ "LESSON", NULL, 2, TAKES_LESSON, NULL },
	{ NULL }
};

static const struct cli_option progress_options[] = {
	{ "yes", NULL, "erase: do not ask", CLI_INTO(struct request, yes) }, { NULL }
};

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
		return argc > 1 ? cli_misuse("progress", "expected show, export, import, reset or erase, got \"%s\"",
					       argv[1]) :
		       cli_misuse("progress", "name one of show, export, import, reset, erase");
	if (argc - 2 < v->args_min || argc - 2 > v->args_max)
		return cli_misuse("progress", "%s takes %s", v->name, v->args_max == 0 ? "no argument" :
				  v->args_min ? "one argument" : "at most one argument");
	err = progress_open(&p, NULL, note, sizeof(note));
	if (note[0])
		cli_say("%s", note);
	if (err)
		return exit_status_for(err);
	r.args = argv + 2;
	r.n = argc - 2;
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
