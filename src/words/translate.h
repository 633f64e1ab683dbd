/*
 * words/translate.h - texts in another language, checked before they are used.
 *
 * Lives here:   replacing a text or a sentence.
 * Never here:   files of translations; texts of lessons, of the kernel, names, inputs.
 * Context:      before other threads read texts.
 * Licence: MIT.
 */
#ifndef KW_WORDS_TRANSLATE_H
#define KW_WORDS_TRANSLATE_H

#include <stddef.h>

/*
 * words_replace - use @text for the key of that name, as in a file of translations
 * @key: "NOT_FOUND" as in texts.def; "event.kick_pool" for the sentence of an event;
 *       "why.need_more_worker.yes" and ".no" for the reason of a decision
 * @text: copied.  Its arguments have the types of the English ones; "%2$s" may change the order.
 * Return: 0; -ENOENT: no such key; -EINVAL: other arguments, or a brace that is no field or
 *         fact of the event; -ENOMEM.  @err then has one sentence.
 */
int words_replace(const char *key, const char *text, char *err, size_t err_size);
/* English again. */
void words_replace_none(void);

#endif
