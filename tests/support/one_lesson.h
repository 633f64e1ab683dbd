/*
 * tests/support/one_lesson.h - a course with one lesson of the test, and the program beside it.
 *
 * Lives here:   the folder, and calls of the program in it.
 * Never here:   lessons (the suites), files in general (files.h).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_ONE_LESSON_H
#define KW_TESTS_SUPPORT_ONE_LESSON_H

#include <stddef.h>

#define ONE_LESSON_FOLDER_BYTES 64
#define ONE_LESSON_PROGRAM_BYTES 4096

/*
 * Makes @folder with the course "t", titled @title, and @text as lesson @slug.  The state and the config are in it too.
 * @program: set to the path of the program.  folder_remove() removes all.
 */
void one_lesson_make(char folder[ONE_LESSON_FOLDER_BYTES], char program[ONE_LESSON_PROGRAM_BYTES], const char *title,
		     const char *slug, const char *text);
/* Runs the program with @args in @folder, and @typed on standard input; @out has both outputs.  Return: exit code. */
int one_lesson_run(const char *folder, const char *program, const char *args, const char *typed, char *out, size_t size);

#endif
