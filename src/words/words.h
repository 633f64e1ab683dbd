/*
 * words/words.h - one sentence for a word: rules by number, the glossary.
 *
 * Both are pages of docs/ in which a line "- **WORD / OTHER WORD**: sentence" has
 * a sentence; they are read when first asked for.
 *
 * Lives here:   finding such a line.
 * Never here:   the sentences (docs/rules.md, docs/glossary.md).
 * Licence: MIT.
 */
#ifndef KW_WORDS_WORDS_H
#define KW_WORDS_WORDS_H

/* One sentence for rule "R4.1"; NULL if there is none.  Valid until the next call. */
const char *words_rule(const char *rule);
/* One sentence for a word, however it is written (case, plural s); NULL if there is none. */
const char *words_explain(const char *word);

#endif
