/*
 * words/texts.h - every text that the program shows, by key.
 *
 *   ui_say(u, W(NOT_FOUND), u->search);      a text is a printf format
 *   { ACT_UP, W_HELP_UP }                    a table keeps keys; words_fixed(key) is the text
 *
 * The compiler checks the arguments against the English text.  A translation replaces
 * texts at run time (translate.h).
 *
 * Lives here:   the keys, the texts in force.
 * Never here:   sentences about events (sentence.def), texts of lessons.
 * Context:      any thread, as long as no translation is being loaded.
 * Licence: MIT.
 */
#ifndef KW_WORDS_TEXTS_H
#define KW_WORDS_TEXTS_H

#include <inttypes.h>

#define TEXT(KEY, text) W_##KEY,
enum words_key {
#include "words/texts.def"
	W_NR
};
#undef TEXT

/* One array for each text: the compiler reads a format out of it.  Those that a file does not use cost nothing. */
#define TEXT(KEY, text) __attribute__((unused)) static const char words_english_##KEY[] = text;
#include "words/texts.def"
#undef TEXT

#define W(KEY) words_text(W_##KEY, words_english_##KEY)

/* The text in force for @key; @english is what it is without a translation.  Use W(). */
const char *words_text(enum words_key key, const char *english) __attribute__((format_arg(2)));
/* The text of a key out of a table.  It is written as it is: such a text takes no arguments. */
const char *words_fixed(enum words_key key);
/* "4", "2½", "½": points, which are counted in halves. */
const char *words_halves(unsigned int halves, char buf[16]);

/* For words/translate.c: "NOT_FOUND", the English text; another text, borrowed until replaced (NULL: English). */
const char *words_key_name(enum words_key key);
const char *words_key_english(enum words_key key);
const char *words_key_set(enum words_key key, const char *text);	/* returns what was there, NULL = English */

#endif
