/*
 * base/shortage.c - see shortage.h.   Licence: MIT.
 */
#include "base/shortage.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/exit_status.h"

#define STATUS_FIRST 100

static const struct {
	int err;
	const char *reason;
} shortages[] = {
	{ -ENOMEM, "this computer has no memory left" },
	{ -EAGAIN, "this computer has no process or thread left" },
};
#define NR_SHORTAGES ((int)(sizeof(shortages) / sizeof(shortages[0])))

bool shortage_silent;
void (*shortage_prepare)(void);

static int index_of(int err)
{
	int i = 0;

	while (i < NR_SHORTAGES && shortages[i].err != err)
		i++;
	return i;
}

const char *shortage_reason(int err)
{
	int i = index_of(err < 0 ? err : -err);

	return i < NR_SHORTAGES ? shortages[i].reason : strerror(err < 0 ? -err : err);
}

_Noreturn void shortage_end(int err, const char *whose)
{
	int i = index_of(err), n;
	char line[256];

	bug_on(i == NR_SHORTAGES);
	if (shortage_silent)
		_exit(STATUS_FIRST + i);
	if (shortage_prepare)
		shortage_prepare();
	fflush(stdout);		/* the lines printed so far are right */
	n = snprintf(line, sizeof(line), "kworkshop: %s%s%.120s\n", shortages[i].reason, whose ? " for " : "", whose ? whose : "");
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		i = 0;		/* without a reader the status alone reports it */
	_exit(EXIT_INTERNAL);
}

void *shortage_need(void *p)
{
	if (!p)
		shortage_end(-ENOMEM, NULL);
	return p;
}

int shortage_of(int wait_status)
{
	int i = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) - STATUS_FIRST : -1;

	return i >= 0 && i < NR_SHORTAGES ? shortages[i].err : 0;
}
