/*
 * cli/home.c - `kworkshop` without a command: home.
 *
 * Lives here:   its options.
 * Never here:   the screen (visualizer/), lines (show.c, plain.c).   Licence: MIT.
 */
#include "cli/session.h"

static int home_main(int argc, char **argv)
{
	struct cli_look look = { 0 };
	const struct cli_option options[] = {
		{ "student", CLI_TEXT, &look.student }, CLI_LOOK_OPTIONS(&look), { NULL, CLI_FLAG, NULL }
	};
	struct session_show home = { 0 };
	struct session *s;
	int code;

	argv[0] = (char *)cmd_home.name;	/* also when nobody typed it */
	code = cli_parse(&argc, argv, options);
	if (code)
		return code;
	if (argc > 1)
		return cli_misuse("home", "no argument called \"%s\"", argv[1]);
	code = cli_look_settle(&look);
	if (!code)
		code = session_open(&s, &look);
	if (code)
		return code;
	code = session_show(s, &look, &home);
	session_close(s);
	return code;
}

const struct cli_command cmd_home = {
	.name = "home",
	.args = "[--student ID] " CLI_LOOK_USAGE,
	.summary = "lessons, exercises, progress (also without a command)",
	.help =
		"  --student ID       the student's id (else KWORKSHOP_ID, else the config file)\n"
		CLI_LOOK_HELP,
	.main = home_main,
};
