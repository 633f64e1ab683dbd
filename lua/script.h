/*
 * lua/script.h - one lesson, run from its first line to its last.
 *
 * The lesson's text is read before the process is confined; its table is
 * evaluated in the sandbox before there is a machine (it says how many CPUs);
 * its function then is the director of the run.
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
 * Return:  0 right through (or nobody was there to go on), 2 faulty lesson
 *          (a FAULT event says file:line: what), 4 our own failure.
 * Emits:   LESSON .. LESSON_END, or FAULT.
 */
int script_run(const struct script_opts *opts);

/* The library in Lua, embedded at build time (lua/lib/, build's rule). */
struct script_lib {
	const char *name;
	const unsigned char *text;
	size_t size;
};
extern const struct script_lib script_libs[];	/* ends at name == NULL */

#endif
