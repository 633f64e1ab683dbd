/*
 * cli/list_plan.h - the plans of a course: which lessons and exercises are taken in which lab.
 *
 * Never here:   the contents page (lua/).   Licence: MIT.
 */
#ifndef KW_CLI_LIST_PLAN_H
#define KW_CLI_LIST_PLAN_H

#include <stdbool.h>

#include "run/course.h"

/* Prints them on standard output.  False: a lesson or an exercise of a plan is missing or faulty. */
bool list_plan(const struct course *c, bool json);

#endif
