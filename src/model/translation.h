/*
 * model/translation.h - the texts of one lesson in another language, read from NAME.LANG.lua.
 *
 *   return translation {
 *     title = "...",
 *     cards = { nic = "..." },
 *     questions = { second = { "...", choices = { once = "..." }, hints = { "..." } } },
 *   }
 *
 * The file is a Lua table of texts, so that editors know its form, and nothing in it is
 * executed: this reader takes names, texts, `..` between texts and tables, and refuses
 * everything else.  Each text has a key, the names on the way to it with "/" between them:
 * "title", "cards/nic", "questions/second/1", "questions/second/choices/once".
 *
 * A text is a template (base/markup.h) that takes its values from the payload of an event, so
 * a recording can be shown in any language, and the run knows of none.
 *
 * Lives here:   the file's grammar, its rows, a translated payload.
 * Never here:   which language (words/lesson_words.h), which text of an event has which key (lesson.c).
 * Context:      any; no state outside of the struct.   Licence: MIT.
 */
#ifndef KW_MODEL_TRANSLATION_H
#define KW_MODEL_TRANSLATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

#define TRANSLATION_KEY_MAX 200		/* bytes of a key with the NUL */
#define TRANSLATION_LANG_MAX 32		/* bytes of "pt_BR" with the NUL */

struct translation_row {
	char *key, *text;
	unsigned int line, col;		/* of the text, both from 1 */
};

struct translation {
	struct translation_row *row;	/* in the order of the file */
	size_t nr;
};

/* Where a file is wrong, and why: a sentence for its author, in English as all messages to authors. */
struct translation_fault {
	unsigned int line, col;
	char text[160];
};

/*
 * translation_parse - read the text of a file
 * @text: ends with a NUL at @len
 * Return: 0; -EINVAL with *@fault; -ENOMEM.  Owner: translation_fini(), after an error too.
 */
int translation_parse(struct translation *t, const char *text, size_t len, struct translation_fault *fault);
/* The same for a file; -ENOENT or another -errno if it cannot be read. */
int translation_read(struct translation *t, const char *path, struct translation_fault *fault);
void translation_fini(struct translation *t);

/* The row of @key, NULL if there is none. */
const struct translation_row *translation_find(const struct translation *t, const char *key);
/* Its text, NULL if there is none; the key is a format. */
const char *translation_text(const struct translation *t, const char *key, ...) __attribute__((format(printf, 2, 3)));

/*
 * translation_put - the translated @template with the values of @payload, appended to @out
 * @given, @right: take the place of the values of {given} and {right}; NULL = leave them
 */
void translation_put(const char *template, const char *payload, const char *given, const char *right, struct strbuf *out);

/* "lessons/02-life.lua", "de" -> "lessons/02-life.de.lua"; false: no room, or no .lua file. */
bool translation_path(const char *lesson, const char *lang, char *path, size_t size);
/* Is "02-life.de.lua" the name of a translation?  Then *@lang is "de"; @lang may be NULL. */
bool translation_is_name(const char *file, char lang[TRANSLATION_LANG_MAX]);

#endif
