/*
 * main.c - the table of contents: one program, two kinds of process.
 *
 *   kworkshop --machine-process      src/run/director.c; started by the other one only:
 *                                    the machine, the engine, the lesson's Lua
 *   kworkshop [COMMAND ...]          src/cli/cli.c; what a person starts:
 *                                    a command, or home
 *
 * The machine process gets the Lua room from here (script_run), so that neither
 * run/ nor cli/ needs to know it.
 *
 * Lives here:   wiring.
 * Never here:   logic of any kind.
 * Read next:    docs/tour.md.   Licence: MIT.
 */
#include "cli/cli.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
