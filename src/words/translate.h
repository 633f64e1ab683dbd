/*
 * words/translate.h - texts in another language, checked before they are used.
 *
 * Every text of the program has a key in a .def file.  A translation replaces the text of a key
 * after a check that it takes the same arguments, so a faulty file cannot crash the program.
 *
 * Lives here:   replacing a text or a sentence, reading a file of them.
 * Never here:   which language; texts of lessons, of the kernel, names, inputs.
 * Context:      before other threads read texts.
 * Licence: MIT.
 */
#ifndef KW_WORDS_TRANSLATE_H
#define KW_WORDS_TRANSLATE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * words_replace - use @text for the key of that name, as in a file of translations
 * @key: "NOT_FOUND" as in texts.def; "event.kick_pool" for the sentence of an event;
 *       "why.need_more_worker.yes" and ".no" for the reason of a decision;
 *       "table.option.run.seed" for a text of a table, see below
 * @text: copied.  Its arguments have the types of the English ones; "%2$s" may change the order.
 * Return: 0; -ENOENT: no such key; -EINVAL: other arguments, or a brace that is no field or
 *         fact of the event; -ENOMEM.  @err then has one sentence.
 */
int words_replace(const char *key, const char *text, char *err, size_t err_size);
/*
 * words_table_text - the text in force for "table.@key"
 * Tables of other rooms have rows that are complete without words: an option of the command
 * line has its help beside its name.  Such a text is written as it is, without arguments.
 */
const char *words_table_text(const char *key, const char *english);
/* @exists: is there a text of that key?  Set once, before translations are loaded; without it there is none. */
void words_table_keys(bool (*exists)(const char *key));

/*
 * words_load - read a file of translations (translate_file.c)
 * Rows have the form of texts.def: TEXT(KEY, "text"), in any order, with comments as in C.  A text
 * without a row stays English.
 * Return: 0; -EINVAL with "FILE:LINE: sentence" in @err; another -errno with a sentence in @err.
 *         After an error all texts are English.
 */
int words_load(const char *path, char *err, size_t err_size);

/* English again. */
void words_replace_none(void);

/* Translations that are read from now on, of lessons too, are written with ASCII's letters (base/ascii.h). */
void words_use_ascii(bool ascii);
bool words_ascii(void);

#endif
