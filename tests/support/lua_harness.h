/*
 * tests/support/lua_harness.h - runs a lesson, given as a string, in this process.
 *
 * Lives here:   running lessons for the unit_lua_* suites.
 * Never here:   expectations (unit_lua_*.c).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_LUA_HARNESS_H
#define KW_TESTS_SUPPORT_LUA_HARNESS_H

#include "lua/script.h"
#include "tests/test.h"
#include "trace/trace.h"

struct lua_harness {
	int status;		/* of script_run() */
	char fault[1200];	/* FAULT's text, "" = none */
	unsigned long long instructions;	/* that the run was charged for */
	struct trace trace;
	struct trace_store store;
};

/* "second=1;when=3.5": answers by question id; all else gets @answers' "*", default 1.  "q=1|2": a further try. */
void lua_harness_file(struct lua_harness *t, const char *text, size_t size, const char *answers, uint64_t seed, uint64_t variant);
void lua_harness(struct lua_harness *t, const char *text, const char *answers);
/* The text is the body of a lesson on two CPUs; p is its parameter. */
void lua_harness_body(struct lua_harness *t, const char *body, const char *answers);
void lua_harness_done(struct lua_harness *t);
/* Text of the @nth event of that kind (from 1); "" = no such. */
const char *lua_harness_text(const struct lua_harness *t, enum trace_kind kind, int nth);
/* The same payload as it is shown.  Valid until the fourth call after this one. */
const char *lua_harness_shown(const struct lua_harness *t, enum trace_kind kind, int nth);
/* The first question's verdict: "result=... given=... happened=...", then a line for each text; "" = none. */
const char *lua_harness_verdict(const struct lua_harness *t);
uint64_t lua_harness_count(const struct lua_harness *t, enum trace_kind kind);

/*
 * Checks that the body ends the lesson as faulty, with @words in the message (NULL: that it ends
 * without a fault).
 */
struct lua_case {
	const char *body, *words;
};
void lua_harness_cases(const struct lua_case *cases);	/* ends at body == NULL */

#endif
