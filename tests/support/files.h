/*
 * tests/support/files.h - files and environment variables that a test changes.
 *
 * Lives here:   writing a file, keeping a variable.
 * Never here:   the state folder of progress (progress_folder.h).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_FILES_H
#define KW_TESTS_SUPPORT_FILES_H

/* Writes @text to FOLDER/NAME, or to @name if @folder is NULL; a failure ends the test. */
void file_write(const char *folder, const char *name, const char *text);

/* A variable's value from before a test sets it. */
struct kept {
	const char *name;
	char *value;		/* NULL = it was not set */
};

struct kept env_keep(const char *name);
void env_give_back(struct kept *k);

#endif
