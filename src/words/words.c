/*
 * words/words.c - see words.h.   Licence: MIT.
 */
#include "words/words.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/datadir.h"

#define PAGE_BYTES_MAX (256 << 10)
#define SENTENCE_BYTES 1024

struct page {
	const char *name;
	bool tried;
	char *text;	/* kept for the life of the program; NULL = not there */
};

static const char *page_text(struct page *p)
{
	char path[4096];
	size_t n;
	FILE *f;

	if (p->tried)
		return p->text;
	p->tried = true;
	if (datadir_find("kworkshop", p->name, path, sizeof(path)))
		return NULL;
	f = fopen(path, "r");
	if (!f)
		return NULL;
	p->text = malloc(PAGE_BYTES_MAX);
	if (p->text) {
		n = fread(p->text, 1, PAGE_BYTES_MAX - 1, f);
		p->text[n] = '\0';
	}
	fclose(f);
	return p->text;
}

/* The same word but for case and a plural s? */
static bool same_word(const char *a, size_t n, const char *b)
{
	size_t m = strlen(b);

	if (m == n + 1 && (b[n] == 's' || b[n] == 'S'))
		m--;
	return m == n && strncasecmp(a, b, n) == 0;
}

/* Is @word among the names of "**NAME / NAME**"? */
static bool named(const char *names, size_t len, const char *word)
{
	const char *end = names + len;

	while (names < end) {
		const char *cut = names;

		while (cut < end && strncmp(cut, " / ", 3) != 0)
			cut++;
		if (same_word(names, (size_t)(cut - names), word))
			return true;
		names = cut + 3;
	}
	return false;
}

static const char *explain(struct page *p, const char *word)
{
	static char sentence[SENTENCE_BYTES];
	const char *line = page_text(p), *end, *names;

	for (; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
		if (strncmp(line, "- **", 4) != 0)
			continue;
		names = line + 4;
		end = strstr(names, "**: ");
		if (!end || !named(names, (size_t)(end - names), word))
			continue;
		snprintf(sentence, sizeof(sentence), "%.*s: %.*s", (int)(end - names), names,
			 (int)strcspn(end + 4, "\n"), end + 4);
		return sentence;
	}
	return NULL;
}

const char *words_rule(const char *rule)
{
	static struct page rules = { .name = "docs/rules.md" };

	return explain(&rules, rule);
}

const char *words_explain(const char *word)
{
	static struct page glossary = { .name = "docs/glossary.md" };

	return explain(&glossary, word);
}
