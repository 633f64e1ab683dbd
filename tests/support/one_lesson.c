/*
 * tests/support/one_lesson.c - see one_lesson.h.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/one_lesson.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/files.h"
#include "tests/support/shell.h"
#include "tests/test.h"

void one_lesson_make(char folder[ONE_LESSON_FOLDER_BYTES], char program[ONE_LESSON_PROGRAM_BYTES], const char *title,
		     const char *slug, const char *text)
{
	char path[128], contents[400], file[80];

	REQUIRE_NOT_NULL(realpath(test_binary(), program));
	strcpy(folder, "/tmp/kw-one-lesson-XXXXXX");
	folder_make(folder);
	snprintf(path, sizeof(path), "%s/lessons", folder);
	REQUIRE_INT(mkdir(path, 0700), 0);
	setenv("KWORKSHOP_STATE_DIR", folder, 1);
	setenv("KWORKSHOP_CONFIG_DIR", folder, 1);
	snprintf(contents, sizeof(contents), "return course { id = 't', title = '%s', order = { '%s' } }\n", title, slug);
	file_write(folder, "lessons/course.lua", contents);
	snprintf(file, sizeof(file), "lessons/01-%s.lua", slug);
	file_write(folder, file, text);
}

int one_lesson_run(const char *folder, const char *program, const char *args, const char *typed, char *out, size_t size)
{
	file_write(folder, "typed", typed);
	return shell_run(out, size, "cd '%s' && '%s' %s <typed 2>&1", folder, program, args);
}
