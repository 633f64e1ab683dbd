/*
 * cli/help.c - `kworkshop help [WORD]`: the commands, or the explanation of a word.
 *
 * Lives here:   which page answers, and the nearest words if none does.
 * Never here:   the explanations (docs/).   Licence: MIT.
 */
#include "cli/cli.h"

static const struct cli_argument help_arguments[] = {
	{ "WORD", "a command", 1, TAKES_COMMAND, NULL }, { NULL }
};

static int help_main(int argc, char **argv)
{
	int code = cli_parse(&argc, argv, NULL, NULL);

	if (code)
		return code;
	if (argc > 2)
		return cli_misuse("help", "one word at a time");
	if (argc < 2) {
		cli_usage_all(stdout);
		return EXIT_RIGHT;
	}
	if (!cli_find_command(argv[1]))
		return cli_misuse("help", "unknown command \"%s\"", argv[1]);
	cli_usage(stdout, cli_find_command(argv[1]));
	return EXIT_RIGHT;
}

const struct cli_command cmd_help = {
	.name = "help",
	.args = "[WORD]",
	.summary = "explain a command",
	.arguments = help_arguments,
	.main = help_main,
};
