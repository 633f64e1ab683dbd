/*
 * words/topics.c - see topics.h.   Licence: MIT.
 */
#define _GNU_SOURCE	/* strcasestr() */
#include "words/topics.h"

#include <errno.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/datadir.h"
#include "base/infile.h"
#include "base/shortage.h"
#include "base/strbuf.h"
#include "words/texts.h"

#define PAGE_BYTES_MAX ((size_t)1 << 20)
#define CELLS_MAX 8
#define NAME_BYTES 80

static struct {
	struct topic *v;
	size_t nr, room;
	bool loaded;
} all;

static const enum words_key kind_names[TOPIC_KINDS][2] = {
	[TOPIC_COMMAND] = { W_TOPIC_IS_COMMAND, W_TOPICS_COMMANDS },
	[TOPIC_OPTION] = { W_TOPIC_IS_OPTION, W_TOPICS_OPTIONS },
	[TOPIC_GLOSSARY] = { W_TOPIC_IS_GLOSSARY, W_TOPICS_GLOSSARY },
	[TOPIC_FUNCTION] = { W_TOPIC_IS_FUNCTION, W_TOPICS_FUNCTIONS },
	[TOPIC_PREDICATE] = { W_TOPIC_IS_PREDICATE, W_TOPICS_PREDICATES },
	[TOPIC_SETTING] = { W_TOPIC_IS_SETTING, W_TOPICS_SETTINGS },
	[TOPIC_EVENT] = { W_TOPIC_IS_EVENT, W_TOPICS_EVENTS },
	[TOPIC_KEY] = { W_TOPIC_IS_KEY, W_TOPICS_KEYS },
	[TOPIC_RULE] = { W_TOPIC_IS_RULE, W_TOPICS_RULES },
	[TOPIC_ERRATUM] = { W_TOPIC_IS_ERRATUM, W_TOPICS_ERRATA },
	[TOPIC_POINT] = { W_TOPIC_IS_POINT, W_TOPICS_CHECKLIST },
};

const char *topic_kind_name(enum topic_kind kind)
{
	return words_fixed(kind_names[kind][0]);
}

const char *topic_kind_plural(enum topic_kind kind)
{
	return words_fixed(kind_names[kind][1]);
}

void topics_add(enum topic_kind kind, const char *names, const char *title, const char *text)
{
	if (all.nr == all.room) {
		size_t room = all.room ? all.room * 2 : 256;

		all.v = shortage_need(realloc(all.v, room * sizeof(*all.v)));
		all.room = room;
	}
	all.v[all.nr++] = (struct topic){ kind, names, title, text };
}

/* ---- a page's lines ----------------------------------------------------------------------- */

/* The state of a page's parser. */
struct reading {
	enum topic_kind kind;
	bool predicates;	/* events.md: below the heading "Predicates" */
};

/* "- **NAME / NAME**: sentence" */
static void read_sentence(struct reading *r, char *line, char *rest)
{
	char *end = strstr(line, "**: ");

	(void)rest;
	if (strncmp(line, "- **", 4) != 0 || !end)
		return;
	*end = '\0';
	topics_add(r->kind, line + 4, "", end + 4);
}

/* "### NAME title" and the lines up to an empty one; @rest begins after @line. */
static void read_entry(struct reading *r, char *line, char *rest)
{
	char *title, *end = strstr(rest, "\n\n"), *text;

	if (strncmp(line, "### ", 4) != 0)
		return;
	title = strchr(line + 4, ' ');
	text = shortage_need(end ? strndup(rest, (size_t)(end - rest)) : strdup(rest));
	if (!title || !text) {
		free(text);
		return;
	}
	*title = '\0';
	topics_add(r->kind, line + 4, title + 1, text);
}

/* The cells of "| a | b |"; "\|" is a bar.  Return: how many. */
static int split_cells(char *line, char *cells[CELLS_MAX])
{
	char *from = line + 1, *to;
	int nr = 0;

	if (line[0] != '|')
		return 0;
	while (*from && nr < CELLS_MAX) {
		char *end;

		while (*from == ' ')
			from++;
		cells[nr] = to = from;
		while (*from && *from != '|') {
			if (from[0] == '\\' && from[1] == '|')
				from++;
			*to++ = *from++;
		}
		end = to;
		while (end > cells[nr] && end[-1] == ' ')
			end--;
		if (*from)
			from++;
		*end = '\0';
		nr++;
	}
	return nr;
}

/* The text between the backquotes at the beginning of @cell, or NULL. */
static char *quoted(char *cell)
{
	char *end = *cell == '`' ? strrchr(cell + 1, '`') : NULL;

	if (!end || end == cell + 1)
		return NULL;
	*end = '\0';
	return cell + 1;
}

/* The name in a call: "queue_work" of "ok = queue_work(wq, w)", "recap" of `recap "text"`. */
static char *called_name(const char *call)
{
	size_t n = strcspn(call, "({\"[|");
	const char *from;

	while (n && call[n - 1] == ' ')
		n--;
	for (from = call + n; from > call && from[-1] != ' '; from--)
		;
	return strndup(from, (size_t)(call + n - from));
}

/* | `call` | where | what | rule |, or | `constant` | what | */
static void read_function(struct reading *r, char *line, char *rest)
{
	char *cells[CELLS_MAX], *call, *name;
	int nr = split_cells(line, cells);
	STRBUF(text, 2048);

	(void)rest;
	call = nr >= 2 ? quoted(cells[0]) : NULL;
	name = call ? called_name(call) : NULL;
	if (!name)
		return;
	strbuf_puts(&text, cells[nr >= 4 ? 2 : 1]);
	if (nr >= 4 && *cells[3])
		strbuf_printf(&text, " (%s)", cells[3]);
	topics_add(r->kind, name, strcmp(call, name) == 0 ? "" : call, shortage_need(strdup(text.buf)));
}

/* | `event` | level | fields | meaning |, or | `predicate` | values | returned | if taken | if not | */
static void read_event(struct reading *r, char *line, char *rest)
{
	char *cells[CELLS_MAX], *name;
	int nr;
	STRBUF(text, 2048);

	(void)rest;
	if (strncmp(line, "## ", 3) == 0)
		r->predicates = strcmp(line, "## Predicates") == 0;
	nr = split_cells(line, cells);
	name = nr >= 4 ? quoted(cells[0]) : NULL;
	if (!name)
		return;
	if (r->predicates)
		strbuf_printf(&text, W(TOPIC_VALUES), cells[1], cells[3], nr > 4 ? cells[4] : "");
	else
		strbuf_printf(&text, W(TOPIC_LEVEL), cells[3], cells[1], *cells[2] ? cells[2] : W(TOPIC_NO_FIELDS));
	topics_add(r->predicates ? TOPIC_PREDICATE : TOPIC_EVENT, name, "", shortage_need(strdup(text.buf)));
}

/* | `key key` | does | where |; the keys have the same meaning */
static void read_key(struct reading *r, char *line, char *rest)
{
	char *cells[CELLS_MAX], *keys, *key;
	int nr = split_cells(line, cells);
	STRBUF(names, 256);
	STRBUF(text, 1024);

	(void)rest;
	keys = nr >= 3 ? quoted(cells[0]) : NULL;
	if (!keys)
		return;
	while ((key = strsep(&keys, " ")) != NULL)
		strbuf_printf(&names, "%s%s", names.len ? " / " : "", key);
	strbuf_printf(&text, W(TOPIC_WHERE), cells[1], cells[2]);
	topics_add(r->kind, shortage_need(strdup(names.buf)), "", shortage_need(strdup(text.buf)));
}

/* | `name` | default or mode | meaning | rule | */
static void read_setting(struct reading *r, char *line, char *rest)
{
	char *cells[CELLS_MAX], *name;
	int nr = split_cells(line, cells);
	STRBUF(text, 1024);

	(void)rest;
	name = nr >= 3 ? quoted(cells[0]) : NULL;
	if (!name)
		return;
	if (strcmp(cells[1], "read") == 0)
		strbuf_printf(&text, W(TOPIC_READ_ONLY), cells[2]);
	else if (strcmp(cells[1], "write") == 0)
		strbuf_printf(&text, W(TOPIC_WRITABLE), cells[2]);
	else
		strbuf_printf(&text, W(TOPIC_DEFAULT), cells[2], cells[1]);
	strbuf_printf(&text, "%s%s)", nr > 3 && *cells[3] ? "; " : "", nr > 3 ? cells[3] : "");
	topics_add(r->kind, name, "", shortage_need(strdup(text.buf)));
}

/* ---- the pages ----------------------------------------------------------------------------- */

static const struct page {
	const char *file;
	enum topic_kind kind;
	/* looks at one line; @rest begins after it */
	void (*read)(struct reading *r, char *line, char *rest);
	const char *from;	/* lines before the one that begins so are skipped */
} pages[] = {
	{ "docs/glossary.md", TOPIC_GLOSSARY, read_sentence, NULL },
	{ "docs/lua.md", TOPIC_FUNCTION, read_function, "<!-- api:begin" },
	{ "docs/settings.md", TOPIC_SETTING, read_setting, NULL },
	{ "docs/events.md", TOPIC_EVENT, read_event, NULL },
	{ "docs/keys.md", TOPIC_KEY, read_key, NULL },
	{ "docs/rules.md", TOPIC_RULE, read_sentence, NULL },
	{ "docs/errata.md", TOPIC_ERRATUM, read_entry, NULL },
	{ "docs/checklist.md", TOPIC_POINT, read_entry, NULL },
};
#define NR_PAGES ((int)(sizeof(pages) / sizeof(pages[0])))

/* The pages, which many names and titles point into; NULL = it could not be read. */
static char *texts[sizeof(pages) / sizeof(pages[0])];

static char *page_text(const char *file)
{
	char path[4096], *text;
	size_t n = 0;
	FILE *f;

	if (datadir_find("kworkshop", file, path, sizeof(path)))
		return NULL;
	f = infile_open(path);
	if (!f && errno == ENOMEM)
		shortage_end(-ENOMEM, NULL);	/* the page is not missing */
	text = f ? shortage_need(calloc(1, PAGE_BYTES_MAX)) : NULL;
	if (text)
		n = fread(text, 1, PAGE_BYTES_MAX - 1, f);
	if (f)
		fclose(f);
	return text ? shortage_need(realloc(text, n + 1)) : NULL;	/* the byte behind is 0 */
}

static void read_page(const struct page *p, char *text)
{
	struct reading r = { .kind = p->kind };
	char *line = text, *rest;
	bool begun = !p->from;

	for (; line && *line; line = rest) {
		rest = strchr(line, '\n');
		if (rest)
			*rest++ = '\0';
		if (!begun)
			begun = strncmp(line, p->from, strlen(p->from)) == 0;
		else
			p->read(&r, line, rest ? rest : "");
	}
}

static void load(void)
{
	if (all.loaded)
		return;
	all.loaded = true;
	for (int i = 0; i < NR_PAGES; i++) {
		texts[i] = page_text(pages[i].file);
		if (texts[i])
			read_page(&pages[i], texts[i]);
	}
}

const struct topic *topics_all(size_t *nr)
{
	load();
	*nr = all.nr;
	return all.v;
}

const char *topics_missing(int i)
{
	load();
	for (int page = 0; page < NR_PAGES; page++)
		if (!texts[page] && i-- == 0)
			return pages[page].file;
	return NULL;
}

/* ---- finding -------------------------------------------------------------------------------- */

bool topic_name(const struct topic *t, int i, char *name, size_t size)
{
	const char *from = t->names, *cut;

	for (;; from = cut + 3) {
		cut = strstr(from, " / ");
		if (i-- == 0)
			break;
		if (!cut)
			return false;
	}
	snprintf(name, size, "%.*s", cut ? (int)(cut - from) : (int)strlen(from), from);
	return true;
}

/* The same word but for case and a plural s? */
static bool same_word(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);

	if (m == n + 1 && n > 1 && tolower((unsigned char)b[n]) == 's')
		m--;
	return m == n && strncasecmp(a, b, n) == 0;
}

static bool without_dots(const char *a, const char *b)
{
	for (; *a || *b; a++, b++) {
		a += *a == '.';
		b += *b == '.';
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			break;
	}
	return true;
}

static bool is_called(const struct topic *t, const char *word, bool loosely)
{
	char name[NAME_BYTES];
	bool numbered = t->kind == TOPIC_RULE || t->kind == TOPIC_ERRATUM;

	for (int i = 0; topic_name(t, i, name, sizeof(name)); i++) {
		if (loosely ? numbered && without_dots(name, word) :
		    t->kind == TOPIC_KEY && !name[1] ? strcmp(name, word) == 0 : same_word(name, word))
			return true;
	}
	return !loosely && t->title[0] && (t->kind == TOPIC_ERRATUM || t->kind == TOPIC_POINT) && same_word(t->title, word);
}

/* @word without "--" in front and "()" behind. */
static void bare_word(const char *word, char *out, size_t size)
{
	size_t n;

	if (strncmp(word, "--", 2) == 0 && word[2])
		word += 2;
	snprintf(out, size, "%s", word);
	n = strlen(out);
	if (n > 2 && strcmp(out + n - 2, "()") == 0)
		out[n - 2] = '\0';
}

size_t topics_find(const char *word, const struct topic **out, size_t max)
{
	size_t nr, found = 0;
	const struct topic *t = topics_all(&nr);
	char bare[NAME_BYTES];

	bare_word(word, bare, sizeof(bare));
	for (int loosely = 0; loosely < 2 && !found && *bare; loosely++)
		for (size_t i = 0; i < nr; i++)
			if (is_called(&t[i], bare, loosely)) {
				if (found < max)
					out[found] = &t[i];
				found++;
			}
	return found;
}

static bool is_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool mentions(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = text; (p = strcasestr(p, word)) != NULL; p++)
		if ((p == text || !is_letter(p[-1]) || !is_letter(*word)) && (!is_letter(p[n]) || !is_letter(word[n - 1])))
			return true;
	return false;
}

size_t topics_mentioning(const char *word, const struct topic **out, size_t max)
{
	size_t nr, found = 0;
	const struct topic *t = topics_all(&nr);
	char bare[NAME_BYTES];

	bare_word(word, bare, sizeof(bare));
	if (strlen(bare) < 2)
		return 0;
	for (size_t i = 0; i < nr; i++)
		if (mentions(t[i].title, bare) || mentions(t[i].text, bare)) {
			if (found < max)
				out[found] = &t[i];
			found++;
		}
	return found;
}

void topics_offer(struct nearest *n)
{
	/* the names stay, as nearest_offer() keeps pointers */
	static char (*names)[NAME_BYTES];
	static size_t room;
	size_t nr, used = 0;
	const struct topic *t = topics_all(&nr);

	if (!names) {
		room = nr * 4;
		names = shortage_need(calloc(room ? room : 1, sizeof(*names)));
	}
	for (size_t i = 0; names && i < nr; i++)
		for (int k = 0; used < room && topic_name(&t[i], k, names[used], NAME_BYTES); k++)
			nearest_offer(n, names[used++]);
}
