/*
 * cli/history.c - `kworkshop history`: the versions of an exercise's files that were checked or set aside.
 *
 * Lives here:   the list, one version and its difference from the present files.
 * Never here:   the folder and its versions (exercise/work.c).   Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "cli/exercise.h"
#include "words/texts.h"

#define RESULT_BYTES 8192

struct history_opts {
	struct cli_exercise ex;
	bool back;
};

static int failed(const char *err, int rc)
{
	cli_fail(err, rc);
	return exit_status_for(rc);
}

/* The first line of each version's result. */
static int list_versions(const struct exercise *x, const char *folder)
{
	unsigned int most = exercise_versions(folder), listed = 0;
	char err[1400], *result = malloc(RESULT_BYTES);

	for (unsigned int n = 1; result && n <= most; n++) {
		struct run_files *files = NULL;

		if (exercise_version_read(x, folder, n, &files, result, RESULT_BYTES, err, sizeof(err)) == 0) {
			printable_printf(stdout, "%3u  %.*s\n", n, (int)strcspn(result, "\n"), result);
			listed++;
		}
		run_files_put(files);
	}
	free(result);
	if (!listed)		/* none, or only some that a full disk cut off */
		printf("%s\n", W(HISTORY_NONE));
	return EXIT_RIGHT;
}

static void put_difference(void *arg, char side, int number, const char *text, int len)
{
	printable_printf(arg, "%c %4d  %.*s\n", side, number, len, text);
}

static void compare(const struct run_files *was, const struct run_files *is)
{
	for (size_t i = 0; i < was->n; i++) {
		const struct run_file *now = run_files_find(is, was->v[i].name);

		printf(W(HISTORY_FILE), was->v[i].name);
		if (exercise_diff(was->v[i].text, now ? now->text : "", put_difference, stdout) == -EFBIG)
			printf("%s\n", W(HISTORY_TOO_LONG));
	}
}

static int show_version(const struct exercise *x, const char *folder, unsigned int n)
{
	struct run_files *was = NULL, *is = NULL;
	char err[1400], *result = calloc(1, RESULT_BYTES);
	int rc = result ? exercise_version_read(x, folder, n, &was, result, RESULT_BYTES, err, sizeof(err)) : -ENOMEM;

	if (!rc) {
		rc = exercise_kept_read(x, folder, &is, err, sizeof(err));
		if (rc == -ENOENT) {
			is = run_files_new();
			rc = is ? 0 : -ENOMEM;
		}
	}
	if (!rc) {
		printable_printf(stdout, "%s\n", result);
		compare(was, is);
	}
	run_files_put(was);
	run_files_put(is);
	free(result);
	return rc ? failed(err, rc) : EXIT_RIGHT;
}

static int bring_back(const struct exercise *x, const char *folder, unsigned int n)
{
	unsigned int aside = 0;
	char err[1400];
	int rc = exercise_bring_back(x, folder, n, &aside, err, sizeof(err));

	if (rc)
		return failed(err, rc);
	printf(W(HISTORY_BACK), folder, n);
	if (aside)
		printf(W(RESTART_ASIDE), aside, x->at.name, aside);
	return EXIT_RIGHT;
}

static int history(const struct history_opts *o, const struct exercise *x, const char *number)
{
	char folder[1100], err[1400] = "", *end;
	unsigned long n = number ? strtoul(number, &end, 10) : 0;
	int rc = cli_exercise_work(&o->ex, x, folder, sizeof(folder), err, sizeof(err));

	if (rc)
		return failed(err, rc);
	if (!x->about.nr_files && !x->about.nr_settings)
		return cli_misuse("history", W(EXERCISE_HAS_NO_FILES), x->at.name);
	if (number && (*end || !n || n > 1000000))
		return cli_misuse("history", W(HISTORY_NUMBER), number);
	if (o->back && !number)
		return cli_misuse("history", "%s", W(HISTORY_BACK_WHICH));
	if (!number)
		return list_versions(x, folder);
	return o->back ? bring_back(x, folder, (unsigned int)n) : show_version(x, folder, (unsigned int)n);
}

static const struct cli_argument history_arguments[] = {
	{ "EXERCISE", "a name of `kworkshop list`, or a folder with an exercise.lua", 1, TAKES_FOLDER, NULL },
	{ "N", "a version: print its result and how the present files differ from it", 2, TAKES_ANY, NULL },
	{ .name = NULL }
};

static const struct cli_option history_options[] = {
	{ "back", NULL, "bring version N back; the present files become a version themselves", CLI_INTO(struct history_opts, back) },
	CLI_EXERCISE_FOLDER_OPTIONS(struct history_opts, ex), { .name = NULL }
};

static int history_main(int argc, char **argv)
{
	struct history_opts o = { .ex = CLI_EXERCISE_NONE };
	struct exercise *x;
	int code = cli_parse(&argc, argv, history_options, &o);

	if (!code && argc < 2)
		code = cli_misuse("history", "%s", W(TEST_NAME_EXERCISE));
	if (!code && argc > 3)
		code = cli_misuse("history", W(CLI_ARGUMENT), argv[3]);
	if (!code)
		code = cli_exercise_open(&o.ex, argv[1], &x);
	if (code)
		return code;
	code = history(&o, x, argc > 2 ? argv[2] : NULL);
	exercise_close(x);
	return code;
}

const struct cli_command cmd_history = {
	.name = "history",
	.args = "EXERCISE [N]",
	.summary = "the versions of your files of an exercise",
	.arguments = history_arguments,
	.options = history_options,
	.notes = "Every version that was checked is kept with its result, and so are files that were set aside.",
	.main = history_main,
};
