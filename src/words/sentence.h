/*
 * words/sentence.h - what an event did, as a sentence.
 *
 * The texts are rows of sentence.def.  A sentence depends on the event and on facts that
 * do not change in a run (names, pools, targets of barriers), so that any later state of
 * the model serves.
 *
 * Lives here:   sentences about events, and their contexts.
 * Never here:   decisions (why.h), names (name.h), states (machine_text.h), where sentences are drawn.
 * Context:      any thread; allocates nothing.
 * Licence: MIT.
 */
#ifndef KW_WORDS_SENTENCE_H
#define KW_WORDS_SENTENCE_H

#include "base/strbuf.h"
#include "model/model.h"

/* "reset is queued on events, for CPU 0's pool": appended, without time and full stop. */
void words_event(const struct trace_store *s, const struct model *m, const struct trace_event *ev,
		 struct strbuf *out);
/* "a sleep in atomic context": a kind of EV_BUG, enum trace_bug. */
const char *words_bug(uint32_t kind);
/* Was the worker of this kick woken before, without having run since? */
bool words_kick_is_again(const struct trace_store *s, const struct trace_event *ev);
/*
 * Are all braces of @text, a row for @kind, fields of that event or facts, and do they match?
 * Else *@bad is where the first wrong one begins.
 */
bool words_event_text_ok(enum trace_kind kind, const char *text, const char **bad);
/* A translation of a row, checked before; @text is copied.  0 or -ENOMEM.  Callers use words_replace(). */
int words_event_replace(enum trace_kind kind, const char *text);
void words_event_replace_none(void);
/* It has a sentence, and no translation of it. */
bool words_event_is_english(enum trace_kind kind);
/* Where the event happened: "CPU 1, in the interrupt handler of nic", "CPU 0, in kworker/0:1", "the lesson". */
void words_context(const struct trace_store *s, const struct model *m, const struct trace_event *ev,
		   struct strbuf *out);

#endif
