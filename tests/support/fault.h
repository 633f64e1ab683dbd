/*
 * tests/support/fault.h - runs of C lessons in a process of their own, for the fault suites.
 * Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_FAULT_H
#define KW_TESTS_SUPPORT_FAULT_H

#include <stdbool.h>
#include <uv.h>

#include "run/director.h"
#include "run/run.h"

extern uv_loop_t fault_loop;
extern bool fault_changed;	/* run_on_change() called back since fault_loop_begin() */

void fault_loop_begin(void);
void fault_loop_end(void);
/* Opens @lesson ("null", ..) with the other members of @like, NULL = small defaults. */
struct run *fault_open(const char *lesson, const struct run_spec *like);
/* Runs the loop until the run no longer computes, or @seconds have passed. */
enum run_state fault_settle(struct run *r, int seconds);
/* Closes it and lets the loop forget it. */
void fault_close(struct run *r);
/* The n-th event's text if it is a PRINTK, else "". */
const char *fault_said(struct run *r, uint64_t n);

/* lesson "calls" (fault_confine.c): makes system calls, an event for each */
int fault_lesson_calls(const struct script_opts *o);
/* lessons "machine:NAME" (fault_machine.c): kernel threads that misbehave */
int fault_lesson_machine(const struct script_opts *o);

#endif
