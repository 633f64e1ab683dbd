/*
 * words/texts.c - see texts.h.   Licence: MIT.
 */
#include "words/texts.h"

#include <stddef.h>
#include <stdio.h>

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

const char *words_halves(unsigned int halves, char buf[16])
{
	if (halves == 1)
		snprintf(buf, 16, "%s", W(POINTS_HALF));
	else if (halves % 2)
		snprintf(buf, 16, "%u%s", halves / 2, W(POINTS_HALF));
	else
		snprintf(buf, 16, "%u", halves / 2);
	return buf;
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
