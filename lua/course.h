/*
 * lua/course.h - the headings of a course, read from its Lua files.
 *
 * main.c passes course_read() to the rooms that may not include lua/.  It evaluates
 * each file in a sandbox with stubs instead of the API, so no lesson runs, and in a
 * confined child process, so that no file can stop or crash the visible process.
 *
 * Lives here:   the reader of course and lesson headings.
 * Never here:   running a lesson.
 * Licence: MIT.
 */
#ifndef KW_LUA_COURSE_H
#define KW_LUA_COURSE_H

#include "run/course.h"

/* A course_read_fn (run/course.h).  The process must not have a running machine. */
int course_read(const char *dir, const char *only, struct course *out, char *err, size_t err_size);

#endif
