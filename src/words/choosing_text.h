/*
 * words/choosing_text.h - the scheduler's choices as text, for both front ends.
 *
 * Lives here:   the next statement of a thing, why one cannot go on, the path, the result.
 * Never here:   letters and keys, what is shown when.
 * Context:      any thread; allocates nothing.   Licence: MIT.
 */
#ifndef KW_WORDS_CHOOSING_TEXT_H
#define KW_WORDS_CHOOSING_TEXT_H

#include "base/strbuf.h"
#include "model/choosing.h"

/* "free_irq(line)"; "interrupts: queue_work(...)"; "cannot: it is not queued" */
void words_choosing_next(const struct choosing_thing *t, struct strbuf *out);
/* The end of its row: "remove.lua:3", "2 times left"; "" = nothing. */
void words_choosing_side(const struct choosing_thing *t, struct strbuf *out);
const char *words_choosing_label(const struct choosing_thing *t);
/* A step in a word or two: "rmmod cancel_work_sync", "the card". */
void words_choosing_step(const struct choosing_step *s, struct strbuf *out);
/* "rmmod cancel_work_sync, the card": the last @most steps, "..." before them if there are more. */
void words_choosing_path(const struct choosing *c, unsigned int most, struct strbuf *out);
/* "Reached in 7 choices. The shortest way has 5." */
void words_choosing_result(const struct choosing *c, struct strbuf *out);

#endif
