/*
 * words/machine_text.h - the state of the machine as text.
 *
 * Line mode prints these texts where the screen draws a picture.  They name each CPU, worker
 * and waiting item with its state at one time.
 *
 * Lives here:   the whole machine as lines, what a thread is doing, what goes on in a pause.
 * Never here:   events (sentence.h), names (name.h), lines and columns, colours.
 * Context:      any thread; allocates nothing.
 * Licence: MIT.
 */
#ifndef KW_WORDS_MACHINE_TEXT_H
#define KW_WORDS_MACHINE_TEXT_H

#include "base/strbuf.h"
#include "model/model.h"

/* The whole machine, a line for each thing. */
void words_machine(const struct trace_store *s, const struct model *m, struct strbuf *out);
/*
 * The state at @now of a thread that is not idle: "wakes in 10.0 ms", "waits for
 * the mutex m, which a holds", "is ready to run", "has used 3.1 of 5.0 ms".  Nothing if there
 * is nothing to add to its state.
 */
void words_doing(const struct trace_store *s, const struct model *m, const struct model_task *t, uint64_t now,
		 struct strbuf *out);
/*
 * The activity from the state @m until @until, in which no story event happens: "20.0 ms pass,
 * every CPU is idle", "20.0 ms pass: kworker/0:1 runs w0".
 */
void words_pause(const struct trace_store *s, const struct model *m, uint64_t from, uint64_t until,
		 struct strbuf *out);

#endif
