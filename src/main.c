/*
 * main.c - the table of contents: one program, two kinds of process.
 *
 *   kworkshop [COMMAND ...]          src/cli/cli.c: the visible process: a command or home
 *   kworkshop --machine-process      src/run/director.c: started by the first for one lesson;
 *                                    the machine, the engine and the lesson's Lua live there
 *
 * The Lua room is handed down from here, so that neither run/ nor cli/ knows it.
 *
 * Lives here:   wiring.
 * Never here:   logic of any kind.
 * Read next:    docs/tour.md.   Licence: MIT.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "lua/api_where.h"
#include "lua/course.h"
#include "lua/script.h"
#include "machine/machine.h"
#include "run/uv_memory.h"

int main(int argc, char **argv)
{
	uv_memory_begin();
	(void)machine_baton_override(getenv("KW_BATON"));	/* for tests; runs are equal with each */
	if (argc == 2 && strcmp(argv[1], "--machine-process") == 0)
		return director_main(argc, argv, script_run);

	cli_script = script_run;
	cli_read_course = course_read;
	cli_put_luacheck = api_put_luacheck;
	cli_put_luarc = api_put_luarc;
	return cli_main(argc, argv);
}
