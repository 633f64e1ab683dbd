/*
 * tests/support/files.c - see files.h.   Licence: MIT.
 */
#include "tests/support/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

void file_write(const char *folder, const char *name, const char *text)
{
	char path[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s%s%s", folder ? folder : "", folder ? "/" : "", name);
	f = fopen(path, "w");
	REQUIRE_NOT_NULL(f);
	fputs(text, f);
	REQUIRE_INT(fclose(f), 0);
}

struct kept env_keep(const char *name)
{
	const char *v = getenv(name);
	struct kept k = { name, v ? strdup(v) : NULL };

	return k;
}

void env_give_back(struct kept *k)
{
	if (k->value)
		setenv(k->name, k->value, 1);
	else
		unsetenv(k->name);
	free(k->value);
}
