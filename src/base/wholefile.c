/*
 * base/wholefile.c - see wholefile.h.   Licence: MIT.
 */
#include "base/wholefile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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
