/*
 * base/check.c - see check.h.   Licence: MIT.
 */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

void (*check_context)(void);
bool check_suspended;

_Noreturn void check_failed(const char *condition, const char *file, int line)
{
	void (*context)(void) = check_context;

	check_context = NULL;	/* an assertion that fails inside check_context() must not call it again */
	fprintf(stderr, "kworkshop: %s:%d: internal error: %s\n", file, line, condition);
	if (context)
		context();
	abort();
}
