/*
 * words/words.c - see words.h.   Licence: MIT.
 */
#include "words/words.h"

#include <stdio.h>

#include "words/topics.h"

#define FOUND_MAX 8

/* The first topic of @kind that is called @word, as "names: text". */
static const char *explain(enum topic_kind kind, const char *word)
{
	static char sentence[1024];
	const struct topic *found[FOUND_MAX];
	size_t nr = topics_find(word, found, FOUND_MAX);

	for (size_t i = 0; i < nr && i < FOUND_MAX; i++)
		if (found[i]->kind == kind) {
			snprintf(sentence, sizeof(sentence), "%s: %s", found[i]->names, found[i]->text);
			return sentence;
		}
	return NULL;
}

const char *words_rule(const char *rule)
{
	return explain(TOPIC_RULE, rule);
}

const char *words_explain(const char *word)
{
	return explain(TOPIC_GLOSSARY, word);
}
