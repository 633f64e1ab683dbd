/*
 * base/wholefile.c - see wholefile.h.   Licence: MIT.
 */
#include "base/wholefile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/shortage.h"

char *wholefile_read(const char *path, size_t max, size_t *n)
{
	FILE *f = infile_open(path);
	char *text = f ? shortage_need(malloc(max + 1)) : NULL;
	size_t len = text ? fread(text, 1, max, f) : 0;
	int err = f && ferror(f) ? EIO : errno;

	if (text && ferror(f)) {	/* a folder, a broken disk */
		free(text);
		text = NULL;
	}
	if (f)
		fclose(f);
	if (!text) {
		errno = err;
		return NULL;
	}
	text[len] = '\0';
	if (n)
		*n = len;
	return text;
}

int wholefile_named(const char *path, size_t max, char **out, size_t *n)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "rbe") : stdin;
	char *text = f ? malloc(max + 2) : NULL;
	int err = !f ? -errno : !text ? -ENOMEM : 0;

	*out = NULL;
	if (!err) {
		errno = EIO;
		*n = fread(text, 1, max + 1, f);
		err = ferror(f) ? -errno : *n > max ? -EFBIG : 0;
	}
	if (f && f != stdin)
		fclose(f);
	if (err) {
		free(text);
		return err;
	}
	text[*n] = '\0';
	*out = text;
	return 0;
}
