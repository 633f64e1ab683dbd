/*
 * words/worlds.h - the difference between two runs in sentences, for the screen and for lines.
 *
 * Lives here:   words of states, numbers and sentences of model/worlds.h.
 * Never here:   cells, which lines fit.   Licence: MIT.
 */
#ifndef KW_WORDS_WORLDS_H
#define KW_WORDS_WORLDS_H

#include "base/strbuf.h"
#include "model/worlds.h"

const char *words_world_state(enum world_state state);
/* "15.1", "later" (not known before the fence) or "never". */
void words_world_end(const struct worlds *w, uint64_t end, struct strbuf *out);
/* "+14.9", "same" or nothing: the difference of the ends of @item. */
void words_world_difference(const struct worlds *w, const struct world_item *item, struct strbuf *out);
/* "Last one done: ..." and where the runs part, each ending in a newline. */
void words_world_last(const struct worlds *w, struct strbuf *out);
void words_world_parting(const struct worlds *w, struct strbuf *out);
/* Numbers for a table; before the lesson's end there are none, as they are known only then. */
struct world_number {
	const char *label;
	char run[2][16];		/* by WORLD_REAL, WORLD_OTHER */
};
#define WORLD_NUMBERS_MAX 5
unsigned int words_world_numbers(const struct worlds *w, struct world_number out[WORLD_NUMBERS_MAX]);
/*
 * The sentences of the comparison, the most important one first, each ending in a newline.
 * @threads_first: the number of threads comes before the ends
 */
void words_worlds(const struct worlds *w, bool threads_first, struct strbuf *out);
/* All of it in lines: a table of the ends, then the sentences. */
void words_worlds_plain(const struct worlds *w, bool threads_first, struct strbuf *out);

#endif
