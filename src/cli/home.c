/*
 * cli/home.c - `kworkshop` without a command: home.
 *
 * Lives here:   its options.
 * Never here:   the screen (visualizer/), lines (show.c, plain.c).   Licence: MIT.
 */
#include "cli/session.h"
#include "words/texts.h"

struct home {
	struct cli_look look;
};

static const struct cli_option home_options[] = {
	CLI_STUDENT_OPTION(struct home, look), CLI_DATE_OPTION(struct home, look), CLI_LOOK_OPTIONS(struct home, look), { .name = NULL }
};

static int home_main(int argc, char **argv)
{
	struct home h = { 0 };
	struct session_show show = { 0 };
	struct session *s;
	int code;

	argv[0] = (char *)cmd_home.name;	/* also when no command was typed */
	code = cli_parse(&argc, argv, home_options, &h);
	if (code)
		return code;
	if (argc > 1)
		return cli_misuse("home", W(CLI_ARGUMENT), argv[1]);
	cli_look_settle(&h.look);
	code = session_open(&s, &h.look, NULL);
	if (code)
		return code;
	code = session_show(s, &h.look, &show);
	session_close(s);
	return code;
}

const struct cli_command cmd_home = {
	.name = "home",
	.args = "",
	.summary = "lessons, exercises, progress (also without a command)",
	.options = home_options,
	.main = home_main,
};
