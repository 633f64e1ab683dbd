/*
 * words/topics.h - the words that can be explained, read from the pages of docs/.
 *
 * The pages are read when a word is first looked up and stay for the life of the
 * program.  Their forms are:
 *
 *   - **NAME / OTHER NAME**: sentence     rules.md, glossary.md
 *   ### NAME title                        errata.md, checklist.md; its lines follow as "- **Part:** text"
 *   | `NAME` | cell | cell |              lua.md, events.md, keys.md, settings.md
 *
 * Lives here:   reading them, finding a word by name, by mention and by likeness.
 * Never here:   the explanations (docs/), how they are printed (cli/help.c, the screen).
 * Context:      one thread.   Licence: MIT.
 */
#ifndef KW_WORDS_TOPICS_H
#define KW_WORDS_TOPICS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/nearest.h"

enum topic_kind {
	TOPIC_COMMAND,		/* these two are added by the command line */
	TOPIC_OPTION,
	TOPIC_GLOSSARY,
	TOPIC_FUNCTION,		/* functions and constants of lessons */
	TOPIC_SETTING,
	TOPIC_EVENT,
	TOPIC_PREDICATE,	/* a condition by which the engine decides */
	TOPIC_KEY,
	TOPIC_RULE,
	TOPIC_ERRATUM,
	TOPIC_POINT,		/* of the checklist */
	TOPIC_KINDS
};

struct topic {
	enum topic_kind kind;
	const char *names;	/* "pwq / pool_workqueue", "E1.2" */
	const char *title;	/* "" = none */
	const char *text;	/* Markdown; lines by \n */
};

/* Singular and plural of a kind: "rule", "rules". */
const char *topic_kind_name(enum topic_kind kind);
const char *topic_kind_plural(enum topic_kind kind);

/* All of them, in the order in which they were added and read.  *@nr may be 0: no page was found. */
const struct topic *topics_all(size_t *nr);
/* One more; the strings are the caller's, for the life of the program. */
void topics_add(enum topic_kind kind, const char *names, const char *title, const char *text);
/* The file name of page number @i that could not be read, or NULL. */
const char *topics_missing(int i);

/*
 * topics_find - the topics called @word
 * Case does not count, except for keys; nor do a plural s, "()" at the end, "--" at the
 * beginning, and the dot of "R4.3" if no topic is called "R43".
 * Return: how many there are; at most @max of them are stored.
 */
size_t topics_find(const char *word, const struct topic **out, size_t max);
/* The topics whose title or text has @word as a whole word, in any case.  Return: as topics_find(). */
size_t topics_mentioning(const char *word, const struct topic **out, size_t max);
/* Offers every name to @n. */
void topics_offer(struct nearest *n);
/* The @i-th of a topic's names into @name; false if there is none. */
bool topic_name(const struct topic *t, int i, char *name, size_t size);

#endif
