/*
 * words/words.h - one sentence for a word: rules by number, the glossary.
 *
 * Lessons and views name rules ("R4.1") and words of the field ("pwq").  These functions return
 * one sentence about each, which the screen and line mode print.
 *
 * Lives here:   the sentence as both front ends show it.
 * Never here:   finding the word (topics.h), the sentences (docs/).
 * Licence: MIT.
 */
#ifndef KW_WORDS_WORDS_H
#define KW_WORDS_WORDS_H

/* One sentence for rule "R4.1"; NULL if there is none.  Valid until the next call. */
const char *words_rule(const char *rule);
/* One sentence for a word, in any case and with or without a plural s; NULL if there is none. */
const char *words_explain(const char *word);

#endif
