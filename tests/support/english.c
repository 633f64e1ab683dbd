/*
 * tests/support/english.c - see english.h.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/english.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FILE_BYTES_MAX ((size_t)1 << 20)
#define PROSE_BYTES_MAX ((size_t)1 << 16)	/* of one comment, literal or paragraph */
#define SENTENCE_BYTES 300

struct scan {
	const char *path;
	const struct english_words *words;
	void (*hit)(void *arg, const struct english_hit *h);
	void *arg;
	/* the prose being collected, and the line of each byte */
	char *prose;
	int *lines;
	size_t len;
	enum english_part part;
};

const char *english_habit_name(enum english_habit habit)
{
	static const char *const names[] = { "subject", "tell", "steps", "word" };

	return names[habit];
}

/* ---- sentences ------------------------------------------------------------------------- */

static bool is_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (c & 0x80);
}

static bool ends_sentence(const char *p)
{
	return (*p == '.' || *p == '!' || *p == '?') && (!p[1] || isspace((unsigned char)p[1]) || strchr("\")'*", p[1]));
}

/* "Lives here: what a test needs": the clause names things and is no subject. */
static bool is_list_of_a_file(const char *prose, const char *colon)
{
	return colon - prose > 5 && strncmp(colon - 5, " here", 5) == 0;
}

/* A clause begins after any of these as well. */
static bool ends_clause(const char *prose, const char *p)
{
	return ends_sentence(p) || ((*p == ':' || *p == ';') && (!p[1] || isspace((unsigned char)p[1])) &&
				    !is_list_of_a_file(prose, p));
}

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

/* Does the sentence that @p stands in end with a question mark? */
static bool is_question(const char *p)
{
	while (*p && !ends_sentence(p))
		p++;
	return *p == '?';
}

static void report(struct scan *s, size_t at, enum english_habit habit, const char *word)
{
	size_t from = at, to = at, n = 0;
	char sentence[SENTENCE_BYTES];

	while (from && !ends_sentence(s->prose + from - 1))
		from--;
	while (s->prose[to] && !ends_sentence(s->prose + to))
		to++;
	for (; from <= to && s->prose[from] && n + 1 < sizeof(sentence); from++)
		if (!isspace((unsigned char)s->prose[from]))
			sentence[n++] = s->prose[from];
		else if (n && sentence[n - 1] != ' ')
			sentence[n++] = ' ';
	sentence[n] = '\0';
	s->hit(s->arg, &(struct english_hit){ s->path, s->lines[at], s->part, habit, word, sentence });
}

static void check_word(struct scan *s, size_t at, const char *word, bool begins_clause)
{
	static const char *const subjects[] = { "who", "whoever", "what", "whatever", NULL };
	static const char *const tells[] = { "tell", "tells", "told", "telling", "say", "says", "said", "saying", NULL };

	if (strcmp(word, "whoever") == 0 || (begins_clause && is_one_of(word, subjects) && !is_question(s->prose + at)))
		report(s, at, ENGLISH_SUBJECT, word);
	if (is_one_of(word, tells))
		report(s, at, ENGLISH_TELL, word);
}

/* The same phrase, white space and case aside, as whole words? */
static bool has_phrase(const char *p, const char *phrase)
{
	for (; *phrase; phrase++) {
		if (*phrase == ' ') {
			if (!isspace((unsigned char)*p))
				return false;
			while (isspace((unsigned char)*p))
				p++;
		} else if (tolower((unsigned char)*p++) != *phrase) {
			return false;
		}
	}
	return !is_letter(*p);
}

static void check_phrases(struct scan *s, size_t at)
{
	if (has_phrase(s->prose + at, "in two steps"))
		report(s, at, ENGLISH_STEPS, "in two steps");
	for (size_t i = 0; i < s->words->nr; i++)
		if (has_phrase(s->prose + at, s->words->v[i]))
			report(s, at, ENGLISH_WORD, s->words->v[i]);
}

/* Looks through the prose collected so far and begins anew. */
static void finish(struct scan *s)
{
	bool begins = true;
	char word[32];

	s->prose[s->len] = '\0';
	for (size_t i = 0; i < s->len;) {
		size_t n = 0;

		if (!is_letter(s->prose[i])) {
			if (ends_clause(s->prose, s->prose + i))
				begins = true;
			i++;
			continue;
		}
		check_phrases(s, i);
		while (is_letter(s->prose[i + n]))
			n++;
		if (n < sizeof(word)) {
			for (size_t k = 0; k <= n; k++)
				word[k] = k < n ? (char)tolower((unsigned char)s->prose[i + k]) : '\0';
			check_word(s, i, word, begins);
		}
		begins = false;
		i += n;
	}
	s->len = 0;
}

static void add(struct scan *s, char c, int line)
{
	if (s->len + 1 >= PROSE_BYTES_MAX)
		finish(s);
	s->prose[s->len] = c;
	s->lines[s->len++] = line;
}

/* ---- Markdown --------------------------------------------------------------------------- */

static const char *end_of_line(const char *p)
{
	return p + strcspn(p, "\n");
}

/* One line without its code spans, addresses and emphasis; a cell of a table is a paragraph. */
static void markdown_line(struct scan *s, const char *p, int line)
{
	const char *end = end_of_line(p);
	bool row = *p == '|';

	for (; p < end; p++) {
		const char *close = NULL;

		if (*p == '`' && p + 1 < end)
			close = memchr(p + 1, '`', (size_t)(end - p - 1));
		else if (p[0] == ']' && p[1] == '(')
			close = memchr(p, ')', (size_t)(end - p));
		if (close) {
			add(s, *p == '`' ? 'X' : ' ', line);
			p = close;
		} else if (row && *p == '|') {
			finish(s);
		} else if (*p == '*') {
			add(s, ' ', line);
		} else {
			add(s, *p, line);
		}
	}
	add(s, '\n', line);
}

static void scan_markdown(struct scan *s, const char *p)
{
	bool fenced = false, hidden = false;
	int line = 1;

	s->part = ENGLISH_TEXT;
	for (; *p; p = end_of_line(p), p += *p == '\n', line++) {
		const char *text = p + strspn(p, " ");

		if (strncmp(text, "```", 3) == 0)
			fenced = !fenced;
		if (strncmp(text, "<!--", 4) == 0)
			hidden = true;
		if (!fenced && !hidden && strncmp(p, "    ", 4) != 0) {
			if (!*text || *text == '\n' || strchr("#|-*", *text) || isdigit((unsigned char)*text))
				finish(s);
			markdown_line(s, text, line);
			if (*text == '#' || *text == '|')
				finish(s);
		}
		if (hidden && strstr(text, "-->") && strstr(text, "-->") < end_of_line(p))
			hidden = false;
	}
	finish(s);
}

/* ---- programs ------------------------------------------------------------------------------ */

/* How a language writes comments and literals. */
struct language {
	const char *line_comment;
	const char *block_from, *block_to;
	const char *quotes;
};

/* Adds a character of a comment; code between backquotes and names of parameters are no prose. */
static const char *add_comment(struct scan *s, const char *p, const char *end, int line)
{
	const char *close;

	if (*p == '`' && (close = memchr(p + 1, '`', (size_t)(end - p - 1))) != NULL &&
	    !memchr(p, '\n', (size_t)(close - p))) {
		add(s, 'X', line);
		return close + 1;
	}
	add(s, *p, line);
	return p + 1;
}

static int count_lines(const char *from, const char *to)
{
	int n = 0;

	for (; from < to; from++)
		n += *from == '\n';
	return n;
}

/* Between the ends of a block comment: a line of stars and blanks ends a paragraph. */
static void block_comment(struct scan *s, const char *p, const char *end, int line)
{
	while (p < end) {
		const char *text = p + strspn(p, " \t*"), *stop = end_of_line(p);

		if (stop > end)
			stop = end;
		if (text >= stop || *text == '@')
			finish(s);
		for (const char *q = text; q < stop;)
			q = add_comment(s, q, stop, line);
		add(s, '\n', line++);
		p = stop + 1;
	}
	finish(s);
}

/* A literal is a text if it has several words; C joins those that follow each other, Lua with "..". */
static void add_literal(struct scan *s, const char *p, const char *end, int line)
{
	for (; p < end; p++) {
		if (*p == '\\' && p + 1 < end) {
			p++;
			add(s, *p == 'n' ? '\n' : *p == 't' ? ' ' : *p, line);
			line += *p == '\n';
		} else if (*p == '`' && memchr(p + 1, '`', (size_t)(end - p - 1))) {
			p = memchr(p + 1, '`', (size_t)(end - p - 1));
			add(s, 'X', line);
		} else {
			add(s, *p, line);
			line += *p == '\n';
		}
	}
}

static const char *literal_end(const char *p)
{
	char quote = *p;

	for (p++; *p && *p != quote && *p != '\n'; p++)
		if (*p == '\\' && p[1])
			p++;
	return p;
}

/* A long bracket of Lua, [[..]]. */
static const char *long_literal(struct scan *s, const char *p, int line)
{
	const char *end = strstr(p, "]]");

	if (!end)
		end = p + strlen(p);
	finish(s);
	s->part = ENGLISH_TEXT;
	add_literal(s, p + 2, end, line);
	finish(s);
	return *end ? end + 2 : end;
}

static const char *one_literal(struct scan *s, const char *p, int line)
{
	const char *end = literal_end(p);

	if (memchr(p, ' ', (size_t)(end - p)) || (s->len && s->part == ENGLISH_TEXT)) {
		if (s->part != ENGLISH_TEXT)
			finish(s);
		s->part = ENGLISH_TEXT;
		add_literal(s, p + 1, end, line);
	}
	return *end == *p ? end + 1 : end;
}

static const char *one_comment(struct scan *s, const char *p, int line, const char *begin, const char *until)
{
	const char *from = p + strlen(begin), *end = until ? strstr(from, until) : end_of_line(p);

	if (!end)
		end = p + strlen(p);
	if (s->part != ENGLISH_COMMENT)
		finish(s);
	s->part = ENGLISH_COMMENT;
	if (until) {
		block_comment(s, from, end, line);
		return *end ? end + strlen(until) : end;
	}
	while (from < end)
		from = add_comment(s, from, end, line);
	return end;
}

static bool begins(const char *p, const char *with)
{
	return with && strncmp(p, with, strlen(with)) == 0;
}

static const struct language c_language = { NULL, "/*", "*/", "\"" };
static const struct language lua_language = { "--", NULL, NULL, "\"'" };
static const struct language shell_language = { "#", NULL, NULL, "\"'" };
static const struct language list_language = { "#", NULL, NULL, "" };

static void scan_code(struct scan *s, const char *p, const struct language *l)
{
	int line = 1;
	bool blank = true;	/* since the last comment or literal */

	while (*p) {
		const char *from = p;

		if (begins(p, l->block_from)) {
			p = one_comment(s, p, line, l->block_from, l->block_to);
			blank = true;
		} else if (begins(p, l->line_comment) && (l->line_comment[0] != '#' || p[1] != '{')) {
			p = one_comment(s, p, line, l->line_comment, NULL);
			blank = true;
		} else if (begins(p, "[[") && l->line_comment && l->line_comment[0] == '-') {
			p = long_literal(s, p, line);
		} else if (strchr(l->quotes, *p) && *p) {
			if (!blank)
				finish(s);
			p = one_literal(s, p, line);
			blank = true;
		} else if (*p == '#' && l->block_from && begins(p, "#include")) {
			p = end_of_line(p);
		} else {
			if (*p == '.' && l == &lua_language) {
				;	/* ".." joins */
			} else if (!isspace((unsigned char)*p)) {
				if (blank)
					finish(s);
				blank = false;
			} else if (*p == '\n') {
				if (p[1] == '\n')
					finish(s);
				else if (s->len)
					add(s, '\n', line);
			}
			p++;
		}
		line += count_lines(from, p);
	}
	finish(s);
}

/* ---- roff: lines that are no requests -------------------------------------------------------- */

static void scan_roff(struct scan *s, const char *p)
{
	s->part = ENGLISH_TEXT;
	for (int line = 1; *p; p = end_of_line(p), p += *p == '\n', line++) {
		if (*p == '.') {
			if (!begins(p, ".B") && !begins(p, ".I"))
				finish(s);
			continue;
		}
		for (const char *q = p; q < end_of_line(p); q++)
			add(s, *q == '\\' ? ' ' : *q, line);
		add(s, '\n', line);
	}
	finish(s);
}

/* ---- files ------------------------------------------------------------------------------------ */

static const struct {
	const char *ending;
	void (*scan)(struct scan *s, const char *text);
	const struct language *language;
} kinds[] = {
	{ ".md", scan_markdown, NULL },
	{ ".c", NULL, &c_language },
	{ ".h", NULL, &c_language },
	{ ".def", NULL, &c_language },
	{ ".h.in", NULL, &c_language },
	{ ".cc", NULL, &c_language },
	{ ".lua", NULL, &lua_language },
	{ ".sh", NULL, &shell_language },
	{ "Makefile", NULL, &shell_language },
	{ ".test", NULL, &list_language },
	{ "known_deviations", NULL, &list_language },
	{ ".3", scan_roff, NULL },
	{ ".1", scan_roff, NULL },
};
#define NR_KINDS ((int)(sizeof(kinds) / sizeof(kinds[0])))

static int kind_of(const char *path)
{
	size_t n = strlen(path);

	for (int i = 0; i < NR_KINDS; i++) {
		size_t m = strlen(kinds[i].ending);

		if (n >= m && strcmp(path + n - m, kinds[i].ending) == 0)
			return i;
	}
	return -1;
}

bool english_reads(const char *path)
{
	return kind_of(path) >= 0;
}

void english_scan(const char *path, const char *text, const struct english_words *w,
		  void (*hit)(void *arg, const struct english_hit *h), void *arg)
{
	struct scan s = { .path = path, .words = w, .hit = hit, .arg = arg };
	int kind = kind_of(path);

	s.prose = malloc(PROSE_BYTES_MAX);
	s.lines = malloc(PROSE_BYTES_MAX * sizeof(*s.lines));
	if (s.prose && s.lines && kind >= 0) {
		if (kinds[kind].scan)
			kinds[kind].scan(&s, text);
		else
			scan_code(&s, text, kinds[kind].language);
	}
	free(s.prose);
	free(s.lines);
}

int english_scan_file(const char *path, const struct english_words *w,
		      void (*hit)(void *arg, const struct english_hit *h), void *arg)
{
	FILE *f = fopen(path, "r");
	char *text = f ? calloc(1, FILE_BYTES_MAX) : NULL;
	size_t n;

	if (!text) {
		int err = errno;

		if (f)
			fclose(f);
		return -err;
	}
	n = fread(text, 1, FILE_BYTES_MAX - 1, f);
	text[n] = '\0';
	fclose(f);
	english_scan(path, text, w, hit, arg);
	free(text);
	return 0;
}

int english_words_load(struct english_words *w, const char *path)
{
	FILE *f = fopen(path, "r");
	char line[128];

	*w = (struct english_words){ 0 };
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		char **v;

		line[strcspn(line, "#\n")] = '\0';
		while (*line && isspace((unsigned char)line[strlen(line) - 1]))
			line[strlen(line) - 1] = '\0';
		if (!*line)
			continue;
		v = realloc(w->v, (w->nr + 1) * sizeof(*v));
		if (!v)
			break;
		w->v = v;
		w->v[w->nr++] = strdup(line);
	}
	fclose(f);
	return 0;
}

void english_words_free(struct english_words *w)
{
	while (w->nr)
		free(w->v[--w->nr]);
	free(w->v);
	w->v = NULL;
}
