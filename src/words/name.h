/*
 * words/name.h - the names of things, the same in every view, sentence and table.
 *
 * A pool is "CPU 0's pool", "CPU 0's highpri pool" or "unbound pool u16"; the number
 * is the kernel's, as ps, dmesg and wq_dump show it.  A thing without a name of its own
 * is called by its class and its id in the trace ("item 5").
 *
 * Lives here:   names by class and id, of locks and of softirqs.
 * Never here:   sentences (sentence.h), the kernel's own text forms (trace/export_*.c, model/tables.c).
 * Licence: MIT.
 */
#ifndef KW_WORDS_NAME_H
#define KW_WORDS_NAME_H

#include "base/strbuf.h"
#include "model/model.h"

#define WORDS_NAME 160

/* Never NULL; may use @buf.  Id 0: "no worker". */
const char *words_name(const struct trace_store *s, const struct model *m, enum trace_class cls,
		       uint32_t id, char buf[WORDS_NAME]);
/*
 * The name as it stands in a sentence: with "the" before a thing that is described
 * ("the barrier behind w0"), and with a capital letter where @begins.
 */
void words_put_name(const struct trace_store *s, const struct model *m, enum trace_class cls, uint32_t id,
		    bool begins, struct strbuf *out);
/* The same as a value, for an argument: printf("%s", words_named(...).text). */
struct words_name {
	char text[WORDS_NAME];
};
struct words_name words_named(const struct trace_store *s, const struct model *m, enum trace_class cls, uint32_t id);
/* "highpri", "normal", "BH", "unbound pool u16": a pool where its CPU is named beside it. */
const char *words_pool_kind(const struct trace_store *s, const struct model *m, uint32_t id, char buf[WORDS_NAME]);

/* "story", "detail", "machine". */
const char *words_level(enum trace_level level);

#endif
