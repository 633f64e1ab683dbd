/*
 * words/lesson_words.c - see lesson_words.h.   Licence: MIT.
 */
#include "words/lesson_words.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/datadir.h"
#include "words/translate.h"

static char language[TRANSLATION_LANG_MAX];

void words_lesson_language(const char *code)
{
	snprintf(language, sizeof(language), "%s", code);
}

/* "life" is the lesson of 02-life.de.lua, with or without the number; @lang is "de". */
static bool belongs_to(const char *file, const char *id, const char *lang)
{
	char of[TRANSLATION_LANG_MAX];
	size_t digits = strspn(file, "0123456789");

	if (!translation_is_name(file, of) || strcmp(of, lang) != 0)
		return false;
	file += digits + (digits && file[digits] == '-');
	return !strncmp(file, id, strlen(id)) && file[strlen(id)] == '.';
}

/* Among the lessons of this program; false: there is none. */
static bool find_by_id(const char *id, const char *lang, char *path, size_t size)
{
	char dir[1024];
	struct dirent *e;
	bool found = false;
	DIR *d;

	if (datadir_find("kworkshop", "lessons", dir, sizeof(dir)) != 0)
		return false;
	d = opendir(dir);
	while (d && !found && (e = readdir(d)))
		if (belongs_to(e->d_name, id, lang))
			found = snprintf(path, size, "%s/%s", dir, e->d_name) < (int)size;
	if (d)
		closedir(d);
	return found;
}

/* A text without memory for it stays as it is. */
static void write_ascii(struct translation *t)
{
	for (size_t i = 0; i < t->nr; i++) {
		STRBUF(text, 2 * LESSON_TEXT_BYTES_MAX);
		char *copy;

		ascii_put(&text, t->row[i].text);
		copy = strdup(text.buf);
		if (!copy)
			return;
		free(t->row[i].text);
		t->row[i].text = copy;
	}
}

static bool read_in(const char *path, const char *id, const char *lang, struct translation *out)
{
	struct translation_fault fault;
	char file[1200];
	bool found = *path ? translation_path(path, lang, file, sizeof(file)) : find_by_id(id, lang, file, sizeof(file));

	if (found && translation_read(out, file, &fault) == 0) {
		if (words_ascii())
			write_ascii(out);
		return true;
	}
	if (found)
		translation_fini(out);
	return false;
}

bool words_lesson_translation(const char *path, const char *id, struct translation *out)
{
	char base[sizeof(language)];

	memset(out, 0, sizeof(*out));
	if (!language[0])
		return false;
	snprintf(base, sizeof(base), "%.*s", (int)strcspn(language, "_"), language);
	return read_in(path, id, language, out) || (strcmp(base, language) != 0 && read_in(path, id, base, out));
}

void words_lesson_init(struct lesson *l, const struct trace_store *store, const char *path)
{
	lesson_init(l, store);
	lesson_in_language(l, words_lesson_translation, path);
}
