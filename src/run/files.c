/*
 * run/files.c - see files.h.   Licence: MIT.
 */
#include "run/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run_files *run_files_new(void)
{
	struct run_files *f = calloc(1, sizeof(*f));

	if (f)
		f->refs = 1;
	return f;
}

struct run_files *run_files_get(struct run_files *f)
{
	if (f)
		f->refs++;
	return f;
}

void run_files_put(struct run_files *f)
{
	if (!f || --f->refs)
		return;
	for (size_t i = 0; i < f->n; i++)
		free(f->v[i].text);
	free(f);
}

int run_files_add(struct run_files *f, const char *name, const char *text, size_t len, bool hidden)
{
	struct run_file *one = &f->v[f->n];

	if (f->n == RUN_FILES_MAX)
		return -ENOSPC;
	if (!*name || strlen(name) >= sizeof(one->name) || strpbrk(name, "/\n") || memchr(text, '\0', len))
		return -EINVAL;
	if (len > RUN_FILE_BYTES_MAX)
		return -EFBIG;
	one->text = malloc(len + 1);
	if (!one->text)
		return -ENOMEM;
	memcpy(one->text, text, len);
	one->text[len] = '\0';
	one->len = len;
	one->hidden = hidden;
	strcpy(one->name, name);
	f->n++;
	return 0;
}

int run_files_append(struct run_files *f, const char *text)
{
	struct run_file *one = &f->v[f->n - 1];
	size_t more = strlen(text);
	char *grown;

	if (one->len + more > RUN_FILE_BYTES_MAX)
		return -EFBIG;
	grown = realloc(one->text, one->len + more + 1);
	if (!grown)
		return -ENOMEM;
	memcpy(grown + one->len, text, more + 1);
	one->text = grown;
	one->len += more;
	return 0;
}

const struct run_file *run_files_find(const struct run_files *f, const char *name)
{
	for (size_t i = 0; f && i < f->n; i++)
		if (!f->v[i].hidden && strcmp(f->v[i].name, name) == 0)
			return &f->v[i];
	return NULL;
}
