/*
 * tests/support/test.c - the functions of test.h.   Licence: MIT.
 */
#include "tests/test.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t seed_from_env(uint64_t def)
{
	const char *text = getenv("KW_SEED");

	return text && *text ? strtoull(text, NULL, 0) : def;
}

int test_rounds(int full, int quick)
{
	const char *text = getenv("KW_QUICK");

	return text && *text && strcmp(text, "0") != 0 ? quick : full;
}

const char *test_binary(void)
{
	const char *path = getenv("KW_BINARY");

	return path && *path ? path : "build/kworkshop";
}

void test_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
	fflush(stdout);
}

/* ---- skipping --------------------------------------------------------------------- */

static const char *skip_reason;

void test_skip(const char *why)
{
	skip_reason = why;
}

const char *test_skip_reason(void)
{
	return skip_reason;
}

void test_skip_forget(void)
{
	skip_reason = NULL;
}
