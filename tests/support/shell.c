/*
 * tests/support/shell.c - see shell.h.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/shell.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/test.h"

void shell_default_signals(void)
{
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);		/* fails for SIGKILL and SIGSTOP, which have no other */
}

int shell_run(char *out, size_t size, const char *line, ...)
{
	char *command;
	va_list ap;
	int status;
	size_t n;
	FILE *f;

	va_start(ap, line);
	status = vasprintf(&command, line, ap);
	va_end(ap);
	REQUIRE_GE(status, 0);
	f = popen(command, "r");
	free(command);
	REQUIRE_NOT_NULL(f);
	n = fread(out, 1, size - 1, f);
	out[n] = '\0';
	while (fgetc(f) != EOF)
		;	/* a closed pipe would end the command too early */
	status = pclose(f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

const char *shell_self(void)
{
	static char path[4096];

	if (!*path)
		REQUIRE_GT(readlink("/proc/self/exe", path, sizeof(path) - 1), 0);
	return path;
}

void folder_make(char *path)
{
	REQUIRE_NOT_NULL(mkdtemp(path));
}

void folder_remove(const char *path)
{
	char out[200];

	REQUIRE_STARTS(path, "/tmp/");
	if (!CHECK_INT(shell_run(out, sizeof(out), "rm -rf '%s' 2>&1", path), 0))
		test_note("%s", out);
}

char *file_read(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *text = NULL;
	size_t used = 0, got;

	if (!f)
		return NULL;
	do {
		text = realloc(text, used + 65536 + 1);
		REQUIRE_NOT_NULL(text);
		got = fread(text + used, 1, 65536, f);
		used += got;
	} while (got);
	fclose(f);
	text[used] = '\0';
	if (n)
		*n = used;
	return text;
}
