/*
 * lua/script.h - one lesson, run from its first line to its last.
 *
 * script_run() reads the lesson's text before the process is confined.  It evaluates
 * the lesson's table in the sandbox before the machine starts, because the table gives
 * the number of CPUs.  The lesson's function is the director of the run.
 *
 * Lives here:   the one entry of the authors' Lua, as director.h asks for it.
 * Never here:   bindings (bind_*.c), the sandbox (sandbox.c), the command line.
 * Licence: MIT.
 */
#ifndef KW_LUA_SCRIPT_H
#define KW_LUA_SCRIPT_H

#include <stddef.h>

#include "run/director.h"

/*
 * script_run - the machine process's lesson
 * Context: a plain thread with no machine running; becomes the director.
 * Return:  0 the lesson ended, or its input did; 2 the lesson is faulty (the FAULT
 *          event has the text "FILE:LINE: reason"); 4 internal failure.
 * Emits:   LESSON .. LESSON_END, or FAULT.
 */
int script_run(const struct script_opts *opts);

/* The library in Lua, compiled at build time (lua/lib/, embed_main.c). */
struct script_lib {
	const char *name;
	const unsigned char *code;
	size_t size;
};
extern const struct script_lib script_libs[];	/* ends at name == NULL */

#endif
