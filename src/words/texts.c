/*
 * words/texts.c - see texts.h.   Licence: MIT.
 */
#include "words/texts.h"

#include <stddef.h>

#define TEXT(KEY, text) [W_##KEY] = { #KEY, text },
static const struct {
	const char *key, *english;
} texts[W_NR] = {
#include "words/texts.def"
};
#undef TEXT

static const char *replaced[W_NR];

const char *words_text(enum words_key key, const char *english)
{
	return replaced[key] ? replaced[key] : english;
}

const char *words_fixed(enum words_key key)
{
	return words_text(key, texts[key].english);
}

const char *words_key_name(enum words_key key)
{
	return texts[key].key;
}

const char *words_key_english(enum words_key key)
{
	return texts[key].english;
}

const char *words_key_set(enum words_key key, const char *text)
{
	const char *was = replaced[key];

	replaced[key] = text;
	return was;
}
