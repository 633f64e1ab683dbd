/*
 * cli/version.c - `kworkshop version`: of the program, the imitated kernel, the event table.
 *
 * Lives here:   that command.
 * Never here:   what this machine offers (doctor.c).   Licence: MIT.
 */
#include "cli/cli.h"

#include <stdio.h>

#include "words/texts.h"

#ifndef KW_VERSION
#define KW_VERSION "unknown"
#endif

static int version_main(int argc, char **argv)
{
	int err = cli_parse(&argc, argv, NULL, NULL);

	if (err)
		return err;
	if (argc > 1)
		return cli_misuse("version", W(CLI_ARGUMENT), argv[1]);
	printf("kworkshop %s\n", KW_VERSION);
	fputs(W(VERSION_PROFILE), stdout);
	printf(W(VERSION_EVENTS), (unsigned long long)trace_table_hash());
	return EXIT_RIGHT;
}

const struct cli_command cmd_version = {
	.name = "version",
	.args = "",
	.summary = "version, kernel profile, event table",
	.main = version_main,
};
