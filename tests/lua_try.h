/*
 * tests/lua_try.h - a lesson given as a text, run in this process; what came of it.
 *
 * Lives here:   running lessons for the unit_lua_* suites.
 * Never here:   what they should do.   Licence: MIT.
 */
#ifndef KW_TESTS_LUA_TRY_H
#define KW_TESTS_LUA_TRY_H

#include "lua/script.h"
#include "tests/test.h"
#include "trace/trace.h"

struct lua_try {
	int status;		/* of script_run() */
	char fault[1200];	/* FAULT's text, "" = none */
	struct trace trace;
	struct trace_store store;
};

/* "second=1;when=3.5": answers by question id; all else gets @answers' "*", default 1. */
void lua_try_file(struct lua_try *t, const char *text, size_t size, const char *answers, uint64_t seed, uint64_t variant);
void lua_try(struct lua_try *t, const char *text, const char *answers);
/* The text is the body of a lesson on two CPUs; p is its parameter. */
void lua_try_body(struct lua_try *t, const char *body, const char *answers);
void lua_try_done(struct lua_try *t);
/* Text of the @nth event of that kind (from 1); "" = no such. */
const char *lua_try_text(const struct lua_try *t, enum trace_kind kind, int nth);
uint64_t lua_try_count(const struct lua_try *t, enum trace_kind kind);

/* The body must end the lesson as faulty, with @words in the message (NULL: must be right through). */
struct lua_case {
	const char *body, *words;
};
void lua_try_cases(const struct lua_case *cases);	/* ends at body == NULL */

#endif
