/*
 * tests/support/shell.h - running a command line, folders and files of a test.
 *
 * Lives here:   the means to try a program from outside.
 * Never here:   a terminal (pty.h), expectations.   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_SHELL_H
#define KW_TESTS_SUPPORT_SHELL_H

#include <stddef.h>

/*
 * shell_run - run a line with sh and wait for its end
 * @out: its standard output, cut at @size - 1 bytes; the command may write more
 * Return: the exit status, or minus the signal that ended the shell.
 */
int shell_run(char *out, size_t size, const char *line, ...) __attribute__((format(printf, 3, 4)));

/* In a child, before exec: nohup and `&` of a shell let children ignore signals, and the program under test would inherit that. */
void shell_default_signals(void);

/* The path of this program. */
const char *shell_self(void);

/* A new folder in /tmp: @path is "/tmp/NAME-XXXXXX" and gets its name.  And away with it. */
void folder_make(char *path);
void folder_remove(const char *path);

/* The whole of a file with a NUL behind it, malloc'ed; *@n (or NULL) is its size.  NULL: it cannot be read. */
char *file_read(const char *path, size_t *n);

#endif
