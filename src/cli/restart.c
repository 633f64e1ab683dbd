/*
 * cli/restart.c - `kworkshop restart`: an exercise's starter files again.
 *
 * Lives here:   the command line.
 * Never here:   the folder and its history (exercise/work.c).   Licence: MIT.
 */
#include <stdio.h>

#include "cli/exercise.h"
#include "words/texts.h"

struct restart_opts {
	struct cli_exercise ex;
};

static int restart(const struct restart_opts *o, const struct exercise *x)
{
	char folder[1100], err[1400] = "";
	unsigned int aside = 0;
	int rc = cli_exercise_work(&o->ex, x, folder, sizeof(folder), err, sizeof(err));

	if (!x->about.nr_files && !x->about.nr_settings)
		return cli_misuse("restart", W(RESTART_NO_FILES), x->at.name, x->at.name);
	if (!rc)
		rc = exercise_restart(x, folder, &aside, err, sizeof(err));
	if (rc) {
		cli_fail(err, rc);
		return exit_status_for(rc);
	}
	printf(W(RESTART_DONE), folder);
	if (aside)
		printf(W(RESTART_ASIDE), aside, x->at.name, aside);
	return EXIT_RIGHT;
}

static const struct cli_argument restart_arguments[] = {
	{ "EXERCISE", "a name of `kworkshop list`, or a folder with an exercise.lua", 1, TAKES_FOLDER, NULL },
	{ .name = NULL }
};

static const struct cli_option restart_options[] = {
	CLI_EXERCISE_FOLDER_OPTIONS(struct restart_opts, ex), { .name = NULL }
};

static int restart_main(int argc, char **argv)
{
	struct restart_opts o = { .ex = CLI_EXERCISE_NONE };
	struct exercise *x;
	int code = cli_parse(&argc, argv, restart_options, &o);

	if (!code && argc < 2)
		code = cli_misuse("restart", "%s", W(TEST_NAME_EXERCISE));
	if (!code && argc > 2)
		code = cli_misuse("restart", W(CLI_ARGUMENT), argv[2]);
	if (!code)
		code = cli_exercise_open(&o.ex, argv[1], &x);
	if (code)
		return code;
	code = restart(&o, x);
	exercise_close(x);
	return code;
}

const struct cli_command cmd_restart = {
	.name = "restart",
	.args = "EXERCISE",
	.summary = "begin an exercise again with its starter files",
	.arguments = restart_arguments,
	.options = restart_options,
	.notes = "Your present files are kept as a version of `kworkshop history`.",
	.main = restart_main,
};
