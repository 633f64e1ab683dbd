/*
 * lua/steps.h - the cards and questions of a lesson, read from its source text.
 *
 * The calls of `say`, `recap`, `predict` and `ask` are found by name, outside strings and
 * comments.  No code runs, so a question's text has the names of its values, not the values.
 *
 * Lives here:   the list of steps of a lesson.
 * Never here:   evaluating a file (course.c), the questions of a run (lib/question.lua).
 * Licence: MIT.
 */
#ifndef KW_LUA_STEPS_H
#define KW_LUA_STEPS_H

#include "run/course.h"

/* Fills in .step, .questions and .cards.  Return: 0 or -ENOMEM. */
int lesson_steps(const char *text, size_t len, struct course_lesson *l);

#endif
