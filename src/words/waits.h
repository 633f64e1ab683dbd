/*
 * words/waits.h - who waits for whom: a thread or an item, and what it cannot go on without.
 *
 * A chain begins with a thread or an item and names in turn what each link waits for: a flush
 * and the item it waits for, a lock and its owner, a completion and the item whose function
 * completes it (the author names it), a worker, the manager that makes one, memory.
 *
 * Lives here:   the links and their words.
 * Never here:   drawing, where a chain is shown.
 * Context:      any thread; allocates nothing.   Licence: MIT.
 */
#ifndef KW_WORDS_WAITS_H
#define KW_WORDS_WAITS_H

#include "model/model.h"
#include "words/name.h"

#define WAITS_LINKS_MAX 12

struct waits_link {
	enum trace_class cls;		/* CLS_NONE: only words */
	uint32_t id;
	char text[WORDS_NAME];
};

struct waits_chain {
	struct waits_link link[WAITS_LINKS_MAX];
	unsigned int nr;
	bool circle;			/* the last link is one that was named before: none of them can go on */
};

/* @out->nr is below 2 if it waits for nothing that can be named. */
void words_waits_of_task(const struct trace_store *s, const struct model *m, uint32_t task, struct waits_chain *out);
void words_waits_of_item(const struct trace_store *s, const struct model *m, uint32_t item, struct waits_chain *out);
/*
 * words_waits - all chains of this time, but no chain that is the rest of another one
 * @first: a thread whose chain comes first, 0 = none
 * Return: their number, at most @max; *@more: chains that had no room.
 */
unsigned int words_waits(const struct trace_store *s, const struct model *m, uint32_t first, struct waits_chain *v,
			 unsigned int max, unsigned int *more);
/* The links: @first between the first two, @between between the others. */
void words_waits_put(const struct waits_chain *c, const char *first, const char *between, struct strbuf *out);
/* A sentence for each chain.  Return: their number. */
unsigned int words_waits_lines(const struct trace_store *s, const struct model *m, struct strbuf *out);

#endif
