/*
 * words/translate_file.c - reads a file of translations.
 *
 *   file    = { comment | row }
 *   row     = TEXT ( KEY , string { string } )
 *   string  = as in C, of one line; strings behind each other are one text, with PRIu64 and the like between them
 *
 * Lives here:   rows, strings, comments, the line of a mistake.
 * Never here:   keys and arguments (translate.c).   Licence: MIT.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/infile.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "words/texts.h"
#include "words/translate.h"

#define KEY_BYTES 128
#define TEXT_BYTES ((size_t)4096)
#define FILE_BYTES_MAX ((size_t)1 << 20)

struct seen {
	struct seen *next;
	unsigned int line;
	char key[KEY_BYTES];
};

struct reader {
	const char *path, *at;
	unsigned int line;
	struct seen *seen;	/* keys of the rows so far */
	char *err;
	size_t err_size;
};

static int fail(const struct reader *r, unsigned int line, const char *why)
{
	snprintf(r->err, r->err_size, W(LANG_BAD_ROW), r->path, line, why);
	return -EINVAL;
}

/* Steps over blanks, newlines and comments. */
static int skip_blanks(struct reader *r)
{
	for (;; r->at++) {
		unsigned int begin = r->line;

		if (r->at[0] == '/' && r->at[1] == '*') {
			for (r->at += 2; *r->at && !(r->at[0] == '*' && r->at[1] == '/'); r->at++)
				r->line += *r->at == '\n';
			if (!*r->at)
				return fail(r, begin, W(LANG_ENDLESS_COMMENT));
			r->at++;
		} else if (*r->at == '\n') {
			r->line++;
		} else if (!*r->at || !strchr(" \t\r", *r->at)) {
			return 0;
		}
	}
}

static int expect(struct reader *r, const char *mark)
{
	size_t n = strlen(mark);
	int rc = skip_blanks(r);

	if (rc)
		return rc;
	if (strncmp(r->at, mark, n) != 0)
		return fail(r, r->line, W(LANG_EXPECTED_ROW));
	r->at += n;
	return 0;
}

static int read_key(struct reader *r, char key[KEY_BYTES])
{
	size_t n = 0;
	int rc = skip_blanks(r);

	while (!rc && (isalnum((unsigned char)r->at[n]) || (r->at[n] && strchr("._-()", r->at[n]))))
		n++;
	if (!rc && (!n || n >= KEY_BYTES))
		rc = fail(r, r->line, W(LANG_EXPECTED_ROW));
	if (!rc)
		snprintf(key, KEY_BYTES, "%.*s", (int)n, r->at);
	r->at += n;
	return rc;
}

/* The string at the quote; appended to @text. */
static int read_string(struct reader *r, struct strbuf *text)
{
	static const char escapes[] = "ntr\"\\", values[] = "\n\t\r\"\\";

	for (r->at++; *r->at != '"'; r->at++) {
		char c = *r->at;

		if (!c || c == '\n')
			return fail(r, r->line, W(LANG_ENDLESS_TEXT));
		if (c == '\\') {
			const char *escape = r->at[1] ? strchr(escapes, r->at[1]) : NULL;

			if (!escape)
				return fail(r, r->line, W(LANG_ESCAPE));
			c = values[escape - escapes];
			r->at++;
		} else if ((unsigned char)c < ' ' || c == 0x7f) {
			return fail(r, r->line, W(LANG_CONTROL));
		}
		strbuf_putc(text, c);
	}
	r->at++;
	return 0;
}

/* PRIu64 between two strings is what it is in C, as it differs between computers.  False: there is none. */
static bool read_format(struct reader *r, struct strbuf *text)
{
	static const struct {
		const char *name, *text;
	} formats[] = { { "PRIu64", PRIu64 }, { "PRId64", PRId64 }, { "PRIu32", PRIu32 }, { "PRId32", PRId32 } };

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strncmp(r->at, formats[i].name, strlen(formats[i].name)) != 0)
			continue;
		strbuf_puts(text, formats[i].text);
		r->at += strlen(formats[i].name);
		return true;
	}
	return false;
}

static int read_text(struct reader *r, struct strbuf *text)
{
	unsigned int begin = r->line;
	char why[120];
	int rc = skip_blanks(r);

	if (!rc && *r->at != '"')
		rc = fail(r, r->line, W(LANG_EXPECTED_ROW));
	while (!rc && (*r->at == '"' || *r->at == 'P')) {
		if (*r->at == '"')
			rc = read_string(r, text);
		else if (!read_format(r, text))
			rc = fail(r, r->line, W(LANG_EXPECTED_ROW));
		if (!rc)
			rc = skip_blanks(r);
	}
	if (rc)
		return rc;
	snprintf(why, sizeof(why), W(LANG_TOO_LONG), TEXT_BYTES - 1);
	if (text->cut)
		return fail(r, begin, why);
	return utf8_valid(text->buf, text->len) ? 0 : fail(r, begin, W(LANG_CONTROL));
}

/* Every key once: of two rows, one would be without effect. */
static int note_key(struct reader *r, const char *key, unsigned int line)
{
	struct seen *s = r->seen;
	char why[KEY_BYTES + 80];

	while (s && strcmp(s->key, key) != 0)
		s = s->next;
	if (s) {
		snprintf(why, sizeof(why), W(LANG_TWICE), key, s->line);
		return fail(r, line, why);
	}
	s = malloc(sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->next = r->seen;
	s->line = line;
	snprintf(s->key, sizeof(s->key), "%s", key);
	r->seen = s;
	return 0;
}

static int read_row(struct reader *r)
{
	STRBUF(text, TEXT_BYTES);
	STRBUF(ascii, 2 * TEXT_BYTES);
	unsigned int line = r->line;
	char key[KEY_BYTES] = "", why[TEXT_BYTES + 200] = "";
	int rc = expect(r, "TEXT");

	if (!rc)
		rc = expect(r, "(");
	if (!rc)
		rc = read_key(r, key);
	if (!rc)
		rc = expect(r, ",");
	if (!rc)
		rc = read_text(r, &text);
	if (!rc)
		rc = expect(r, ")");
	if (!rc)
		rc = note_key(r, key, line);
	if (rc)
		return rc;
	if (words_ascii())
		ascii_put(&ascii, text.buf);
	rc = words_replace(key, words_ascii() ? ascii.buf : text.buf, why, sizeof(why));
	return rc == -EINVAL || rc == -ENOENT ? fail(r, line, why) : rc;
}

static int read_rows(struct reader *r)
{
	int rc = skip_blanks(r);

	while (!rc && *r->at) {
		rc = read_row(r);
		if (!rc)
			rc = skip_blanks(r);
	}
	return rc;
}

/* The whole file with a NUL behind it, malloc'ed. */
static int read_file(const char *path, char **out)
{
	FILE *f = infile_open(path);
	char *text = f ? malloc(FILE_BYTES_MAX + 1) : NULL;
	size_t n;
	int rc = 0;

	if (!f)
		return -errno;
	if (!text) {
		fclose(f);
		return -ENOMEM;
	}
	errno = 0;
	n = fread(text, 1, FILE_BYTES_MAX + 1, f);
	if (ferror(f))
		rc = errno ? -errno : -EIO;
	else if (n > FILE_BYTES_MAX)
		rc = -EFBIG;
	else
		text[n] = '\0';
	fclose(f);
	if (rc)
		free(text);
	else
		*out = text;
	return rc;
}

int words_load(const char *path, char *err, size_t err_size)
{
	struct reader r = { .path = path, .line = 1, .err = err, .err_size = err_size };
	struct seen *s;
	char *text = NULL;
	int rc = read_file(path, &text);

	err[0] = '\0';
	if (!rc) {
		r.at = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
		rc = read_rows(&r);
	}
	if (rc && !err[0])
		snprintf(err, err_size, "%s: %s", path, strerror(-rc));
	if (rc)
		words_replace_none();
	while ((s = r.seen) != NULL) {
		r.seen = s->next;
		free(s);
	}
	free(text);
	return rc;
}
