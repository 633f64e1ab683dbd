/*
 * plain/sentences.h - events and states as sentences, text as lines of a width.
 *
 * Lives here:   words.
 * Never here:   input, runs, what is told when (plain.c).
 * Licence: MIT.
 */
#ifndef KW_PLAIN_SENTENCES_H
#define KW_PLAIN_SENTENCES_H

#include <stdio.h>

#include "base/strbuf.h"
#include "model/model.h"

/* What one event changed, as a sentence; nothing when there is nothing to tell.  @m: the state after it. */
void plain_sentence(const struct model *m, const struct trace_store *s, const struct trace_event *ev,
		    struct strbuf *out);
/* The whole machine, a line a thing. */
void plain_machine(const struct model *m, const struct trace_store *s, struct strbuf *out);

#endif
