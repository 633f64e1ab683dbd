/*
 * lua/course.h - the headings of a course, read from its Lua files.
 *
 * Lives here:   the reader that main.c hands to those who may not include lua/.
 * Never here:   running a lesson.
 * Licence: MIT.
 */
#ifndef KW_LUA_COURSE_H
#define KW_LUA_COURSE_H

#include "run/course.h"

/* As course_read_fn says.  No machine may be running in this process. */
int course_read(const char *dir, struct course *out, char *err, size_t err_size);

#endif
