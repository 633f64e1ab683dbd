/*
 * model/translation.c - see translation.h.
 *
 *   file    = "return" "translation" table
 *   table   = "{" [ field { ("," | ";") field } [ "," | ";" ] ] "}"
 *   field   = [ ( NAME | "[" string "]" ) "=" ] ( table | text )
 *   text    = string { ".." string }
 *   string  = as in Lua, between quotes, of one line
 *
 * Licence: MIT.
 */
#include "model/translation.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/utf8.h"
#include "base/wholefile.h"
#include "model/lesson_limits.h"
#include "trace/trace.h"

#define FILE_BYTES_MAX ((size_t)1 << 20)
#define ROWS_MAX 8192
#define DEPTH_MAX 5

struct reader {
	const char *text, *at, *end;
	struct translation *out;
	size_t cap;
	struct translation_fault *fault;
	char key[TRANSLATION_KEY_MAX];	/* of the table or text that is being read */
	struct strbuf value;
	char bytes[LESSON_TEXT_BYTES_MAX + 1];
};

static void place_of(const struct reader *r, const char *at, unsigned int *line, unsigned int *col)
{
	const char *begin = r->text;

	*line = 1;
	for (const char *p = r->text; p < at; p++)
		if (*p == '\n') {
			++*line;
			begin = p + 1;
		}
	*col = (unsigned int)(at - begin) + 1;
}

static int __attribute__((format(printf, 3, 4))) fail(struct reader *r, const char *at, const char *fmt, ...)
{
	va_list ap;

	place_of(r, at, &r->fault->line, &r->fault->col);
	va_start(ap, fmt);
	vsnprintf(r->fault->text, sizeof(r->fault->text), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* ---- blanks, signs, names, strings ----------------------------------------------------------- */

static void skip_blanks(struct reader *r)
{
	for (;;) {
		while (r->at < r->end && isspace((unsigned char)*r->at))
			r->at++;
		if (strncmp(r->at, "--", 2) != 0)
			return;
		while (r->at < r->end && *r->at != '\n')
			r->at++;
	}
}

/* Steps over @sign if it is next. */
static bool take(struct reader *r, const char *sign)
{
	size_t n = strlen(sign);

	skip_blanks(r);
	if (strncmp(r->at, sign, n) != 0)
		return false;
	r->at += n;
	return true;
}

static size_t name_length(const char *p)
{
	size_t n = 0;

	while (isalnum((unsigned char)p[n]) || p[n] == '_')
		n++;
	return isdigit((unsigned char)*p) ? 0 : n;
}

static int take_word(struct reader *r, const char *word)
{
	skip_blanks(r);
	if (name_length(r->at) != strlen(word) || strncmp(r->at, word, strlen(word)) != 0)
		return fail(r, r->at, "expected: return translation { ... }");
	r->at += strlen(word);
	return 0;
}

/* A name that Lua reserves would make the file unreadable for editors. */
static bool is_reserved(const char *name, size_t n)
{
	static const char *const words[] = { "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if",
					     "in", "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == n && !strncmp(words[i], name, n))
			return true;
	return false;
}

/* The string at the quote, appended to r->value. */
static int read_string(struct reader *r)
{
	static const char escapes[] = "n\"'\\", values[] = "\n\"'\\";
	const char *begin = r->at;
	char quote = *r->at;

	for (r->at++; *r->at != quote; r->at++) {
		char c = *r->at;

		if (r->at >= r->end || c == '\n')
			return fail(r, begin, "the text has no closing %c in its line", quote);
		if (c == '\\') {
			const char *escape = r->at[1] ? strchr(escapes, r->at[1]) : NULL;

			if (!escape)
				return fail(r, r->at, "a backslash stands before n, a quote or a backslash");
			c = values[escape - escapes];
			r->at++;
		} else if ((unsigned char)c < ' ' || c == 0x7f) {
			return fail(r, r->at, "a text has no control characters");
		}
		strbuf_putc(&r->value, c);
	}
	r->at++;
	return 0;
}

static bool at_quote(struct reader *r)
{
	skip_blanks(r);
	return r->at < r->end && (*r->at == '"' || *r->at == '\'');
}

/* string { ".." string } */
static int read_strings(struct reader *r)
{
	const char *begin;
	int rc;

	strbuf_init(&r->value, r->bytes, sizeof(r->bytes));
	begin = at_quote(r) ? r->at : NULL;
	if (!begin)
		return fail(r, r->at, "expected a text in quotes, or a table of texts");
	rc = read_string(r);
	while (!rc && take(r, ".."))
		rc = at_quote(r) ? read_string(r) : fail(r, r->at, "expected a text in quotes after ..");
	if (!rc && r->value.cut)
		rc = fail(r, begin, "the text has more than %d bytes", LESSON_TEXT_BYTES_MAX);
	if (!rc && !utf8_valid(r->value.buf, r->value.len))
		rc = fail(r, begin, "the text is not valid UTF-8");
	return rc;
}

/* ---- rows ------------------------------------------------------------------------------------- */

static int add_row(struct reader *r, const char *at)
{
	const char *wrong = markup_names(r->value.buf, r->value.len, NULL, NULL);
	const struct translation_row *before = translation_find(r->out, r->key);
	struct translation_row *row;

	if (wrong)
		return fail(r, at, "%s", wrong);
	if (before)
		return fail(r, at, "%.80s was already translated in line %u", r->key, before->line);
	if (r->out->nr == ROWS_MAX)
		return fail(r, at, "more than %d texts", ROWS_MAX);
	if (r->out->nr == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 64;

		row = realloc(r->out->row, cap * sizeof(*row));
		if (!row)
			return -ENOMEM;
		r->out->row = row;
		r->cap = cap;
	}
	row = &r->out->row[r->out->nr];
	row->key = strdup(r->key);
	row->text = row->key ? strdup(r->value.buf) : NULL;
	if (!row->text) {
		free(row->key);
		return -ENOMEM;
	}
	place_of(r, at, &row->line, &row->col);
	r->out->nr++;
	return 0;
}

/* Adds a step to the key.  Return: the length to go back to, or -EINVAL. */
static int add_step(struct reader *r, const char *at, const char *name, size_t len)
{
	size_t was = strlen(r->key);

	if (!len || memchr(name, '/', len))
		return fail(r, at, "a name has at least one character, and no /");
	if (was + len + 2 > sizeof(r->key))
		return fail(r, at, "the name is too long");
	snprintf(r->key + was, sizeof(r->key) - was, "%s%.*s", was ? "/" : "", (int)len, name);
	return (int)was;
}

/* NAME = or ["NAME"] = before a value; without one the value has the next number. */
static int read_name(struct reader *r, unsigned int *next)
{
	const char *begin = r->at;
	size_t n = name_length(r->at);
	char number[16];
	int was;

	if (take(r, "[")) {
		if (!at_quote(r))
			return fail(r, r->at, "expected a name in quotes: [\"name\"] = ");
		was = read_strings(r);
		if (was)
			return was;
		if (!take(r, "]"))
			return fail(r, r->at, "expected ] after the name");
		was = add_step(r, begin, r->value.buf, r->value.len);
	} else if (n) {
		if (is_reserved(r->at, n))
			return fail(r, begin, "%.*s is a word of Lua: write [\"%.*s\"] = ", (int)n, begin, (int)n, begin);
		r->at += n;
		was = add_step(r, begin, begin, n);
	} else {
		snprintf(number, sizeof(number), "%u", ++*next);
		return add_step(r, begin, number, strlen(number));
	}
	return was < 0 || take(r, "=") ? was : fail(r, r->at, "expected = after the name");
}

static int read_table(struct reader *r, unsigned int depth)
{
	unsigned int next = 0;
	const char *begin;
	int rc = 0, was;

	while (!rc && !take(r, "}")) {
		if (r->at >= r->end)
			return fail(r, r->at, "the table has no closing }");
		was = read_name(r, &next);
		if (was < 0)
			return was;
		skip_blanks(r);
		begin = r->at;
		if (take(r, "{")) {
			rc = depth < DEPTH_MAX ? read_table(r, depth + 1) : fail(r, begin, "tables in tables, more than %d deep", DEPTH_MAX);
		} else {
			rc = read_strings(r);
			if (!rc)
				rc = add_row(r, begin);
		}
		r->key[was] = '\0';
		if (!rc && !take(r, ",") && !take(r, ";")) {
			skip_blanks(r);
			if (*r->at != '}')
				rc = fail(r, r->at, "expected , or } after the text");
		}
	}
	return rc;
}

int translation_parse(struct translation *t, const char *text, size_t len, struct translation_fault *fault)
{
	struct reader *r = calloc(1, sizeof(*r));
	int rc;

	memset(t, 0, sizeof(*t));
	memset(fault, 0, sizeof(*fault));
	if (!r)
		return -ENOMEM;
	r->text = r->at = text;
	r->end = text + len;
	r->out = t;
	r->fault = fault;
	rc = memchr(text, '\0', len) ? fail(r, text, "the file contains a NUL byte: it is no text") : take_word(r, "return");
	if (!rc)
		rc = take_word(r, "translation");
	if (!rc && !take(r, "{"))
		rc = fail(r, r->at, "expected: return translation { ... }");
	if (!rc)
		rc = read_table(r, 1);
	skip_blanks(r);
	if (!rc && r->at < r->end)
		rc = fail(r, r->at, "nothing may follow the table");
	free(r);
	return rc;
}

int translation_read(struct translation *t, const char *path, struct translation_fault *fault)
{
	size_t len = 0;
	char *text;
	int rc;

	memset(t, 0, sizeof(*t));
	memset(fault, 0, sizeof(*fault));
	errno = 0;
	text = wholefile_read(path, FILE_BYTES_MAX, &len);
	if (!text)
		return errno ? -errno : -EIO;
	rc = translation_parse(t, text, len, fault);
	free(text);
	return rc;
}

void translation_fini(struct translation *t)
{
	for (size_t i = 0; i < t->nr; i++) {
		free(t->row[i].key);
		free(t->row[i].text);
	}
	free(t->row);
	memset(t, 0, sizeof(*t));
}

/* ---- use ---------------------------------------------------------------------------------------- */

const struct translation_row *translation_find(const struct translation *t, const char *key)
{
	for (size_t i = 0; i < t->nr; i++)
		if (!strcmp(t->row[i].key, key))
			return &t->row[i];
	return NULL;
}

const char *translation_text(const struct translation *t, const char *key, ...)
{
	const struct translation_row *row;
	char buf[TRANSLATION_KEY_MAX];
	va_list ap;
	int n;

	va_start(ap, key);
	n = vsnprintf(buf, sizeof(buf), key, ap);
	va_end(ap);
	row = n > 0 && (size_t)n < sizeof(buf) ? translation_find(t, buf) : NULL;
	return row ? row->text : NULL;
}

/* Appends "\x1fNAME\x1eVALUE.." from @p up to @end, with another value if the name is @name. */
static bool put_other(struct strbuf *out, const char *p, const char *end, const char *name, const char *value)
{
	size_t len = strlen(name);

	if (!value || (size_t)(end - p) < len + 2 || strncmp(p + 1, name, len) != 0 || p[1 + len] != MARKUP_VALUE)
		return false;
	strbuf_printf(out, "%c%s%c%s", MARKUP_VALUES, name, MARKUP_VALUE, value);
	return true;
}

void translation_put(const char *template, const char *payload, const char *given, const char *right, struct strbuf *out)
{
	const char *p = payload + strcspn(payload, "\x1f"), *end;

	strbuf_puts(out, template);
	for (; *p; p = end) {
		end = p + 1 + strcspn(p + 1, "\x1f");
		if (!put_other(out, p, end, "given", given) && !put_other(out, p, end, "right", right))
			strbuf_putn(out, p, (size_t)(end - p));
	}
}

/* ---- names of files --------------------------------------------------------------------------------- */

bool translation_path(const char *lesson, const char *lang, char *path, size_t size)
{
	size_t len = strlen(lesson);
	int n;

	if (len < 5 || strcmp(lesson + len - 4, ".lua") != 0 || !*lang)
		return false;
	n = snprintf(path, size, "%.*s.%s.lua", (int)(len - 4), lesson, lang);
	return n > 0 && (size_t)n < size;
}

bool translation_is_name(const char *file, char lang[TRANSLATION_LANG_MAX])
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file, *dot = strchr(name, '.');
	size_t len = strlen(name), n;

	if (!dot || dot == name || len < 8 || strcmp(name + len - 4, ".lua") != 0 || dot == name + len - 4)
		return false;
	dot++;
	n = strspn(dot, "abcdefghijklmnopqrstuvwxyz");
	if (n < 2 || n > 3)
		return false;
	if (dot[n] == '_')
		n += 1 + strspn(dot + n + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
	if (n >= TRANSLATION_LANG_MAX || strcmp(dot + n, ".lua") != 0)
		return false;
	if (lang)
		snprintf(lang, TRANSLATION_LANG_MAX, "%.*s", (int)n, dot);
	return true;
}
