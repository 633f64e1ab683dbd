/*
 * base/json_write.c - the writer of json.h.   Licence: MIT.
 */
#define _GNU_SOURCE		/* newlocale(), uselocale() */
#include "base/json.h"

#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/printable.h"
#include "base/strbuf.h"
#include "base/utf8.h"

/* ---- output ------------------------------------------------------------------------------ */

static void put_strbuf(void *to, const char *bytes, size_t n)
{
	strbuf_putn(to, bytes, n);
}

static void put_file(void *to, const char *bytes, size_t n)
{
	fwrite(bytes, 1, n, to);
}

void json_to_strbuf(struct json_writer *w, struct strbuf *s)
{
	memset(w, 0, sizeof(*w));
	w->put = put_strbuf;
	w->to = s;
}

void json_to_file(struct json_writer *w, FILE *f)
{
	memset(w, 0, sizeof(*w));
	w->put = put_file;
	w->to = f;
}

static void put(struct json_writer *w, const char *text)
{
	w->put(w->to, text, strlen(text));
}

/* ---- structure ------------------------------------------------------------------------------ */

static void begin_line(struct json_writer *w)
{
	put(w, "\n");
	for (unsigned int i = 0; i < w->depth; i++)
		put(w, "  ");
}

/* Writes the comma, blank or line break before the next member of the innermost container. */
static void separate(struct json_writer *w)
{
	struct json_level *l = &w->level[w->depth - 1];

	if (l->has_members)
		put(w, l->layout == JSON_LINE ? ", " : ",");
	if (l->layout == JSON_LINES)
		begin_line(w);
	l->has_members = true;
}

static void begin_value(struct json_writer *w)
{
	if (!w->depth)
		return;
	bug_on(w->level[w->depth - 1].is_object != w->after_key);
	if (!w->after_key)
		separate(w);
	w->after_key = false;
}

static void begin_container(struct json_writer *w, bool is_object, enum json_layout layout)
{
	begin_value(w);
	bug_on(w->depth == JSON_DEPTH_MAX);
	bug_on(layout == JSON_LINES && w->depth && w->level[w->depth - 1].layout != JSON_LINES);
	w->level[w->depth++] = (struct json_level){ .layout = (unsigned char)layout, .is_object = is_object };
	put(w, is_object ? "{" : "[");
}

void json_begin_object(struct json_writer *w, enum json_layout layout)
{
	begin_container(w, true, layout);
}

void json_begin_array(struct json_writer *w, enum json_layout layout)
{
	begin_container(w, false, layout);
}

void json_end(struct json_writer *w)
{
	const struct json_level *l;

	bug_on(!w->depth || w->after_key);
	l = &w->level[--w->depth];
	if (l->layout == JSON_LINES && l->has_members)
		begin_line(w);
	put(w, l->is_object ? "}" : "]");
}

/* ---- strings --------------------------------------------------------------------------------- */

static void put_escape(struct json_writer *w, uint32_t ch)
{
	char text[8];

	if (ch == '\n')
		snprintf(text, sizeof(text), "\\n");
	else if (ch == '\t')
		snprintf(text, sizeof(text), "\\t");
	else if (ch == '"' || ch == '\\')
		snprintf(text, sizeof(text), "\\%c", (char)ch);
	else
		snprintf(text, sizeof(text), "\\u%04" PRIx32, ch);
	put(w, text);
}

static void put_quoted(struct json_writer *w, const char *text, size_t n)
{
	size_t plain = 0;		/* bytes from here to @at need no escape */
	size_t at = 0;

	put(w, "\"");
	while (at < n) {
		uint32_t ch;
		size_t len = utf8_decode(text + at, n - at, &ch);
		bool invalid = ch == UTF8_REPLACEMENT && len == 1;

		if (!invalid && ch != '"' && ch != '\\' && printable_char(ch)) {
			at += len;
			continue;
		}
		w->put(w->to, text + plain, at - plain);
		put_escape(w, ch);
		at += len;
		plain = at;
	}
	w->put(w->to, text + plain, n - plain);
	put(w, "\"");
}

void json_key(struct json_writer *w, const char *key)
{
	bug_on(!w->depth || !w->level[w->depth - 1].is_object || w->after_key);
	separate(w);
	put_quoted(w, key, strlen(key));
	put(w, w->level[w->depth - 1].layout == JSON_COMPACT ? ":" : ": ");
	w->after_key = true;
}

void json_string(struct json_writer *w, const char *text, size_t n)
{
	begin_value(w);
	put_quoted(w, text, n);
}

void json_text(struct json_writer *w, const char *text)
{
	if (text)
		json_string(w, text, strlen(text));
	else
		json_null(w);
}

/* ---- numbers and words ------------------------------------------------------------------------- */

void json_uint(struct json_writer *w, uint64_t n)
{
	char text[24];

	begin_value(w);
	snprintf(text, sizeof(text), "%" PRIu64, n);
	put(w, text);
}

void json_int(struct json_writer *w, int64_t n)
{
	char text[24];

	begin_value(w);
	snprintf(text, sizeof(text), "%" PRId64, n);
	put(w, text);
}

void json_bool(struct json_writer *w, bool yes)
{
	begin_value(w);
	put(w, yes ? "true" : "false");
}

void json_null(struct json_writer *w)
{
	begin_value(w);
	put(w, "null");
}

void json_fixed(struct json_writer *w, uint64_t n, unsigned int decimals)
{
	uint64_t unit = 1;
	char text[48];

	bug_on(decimals > 18);
	for (unsigned int i = 0; i < decimals; i++)
		unit *= 10;
	begin_value(w);
	if (decimals)
		snprintf(text, sizeof(text), "%" PRIu64 ".%0*" PRIu64, n / unit, (int)decimals, n % unit);
	else
		snprintf(text, sizeof(text), "%" PRIu64, n);
	put(w, text);
}

void json_real(struct json_writer *w, double x, int digits)
{
	char text[48];
	locale_t c, before;

	if (!isfinite(x)) {
		json_null(w);
		return;
	}
	/* printf() uses the decimal point of the current locale */
	c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
	before = c ? uselocale(c) : (locale_t)0;
	begin_value(w);
	snprintf(text, sizeof(text), "%.*g", digits, x);
	put(w, text);
	if (c) {
		uselocale(before);
		freelocale(c);
	}
}

/* ---- a key and its value -------------------------------------------------------------------------- */

void json_put_text(struct json_writer *w, const char *key, const char *text)
{
	json_key(w, key);
	json_text(w, text);
}

void json_put_uint(struct json_writer *w, const char *key, uint64_t n)
{
	json_key(w, key);
	json_uint(w, n);
}

void json_put_int(struct json_writer *w, const char *key, int64_t n)
{
	json_key(w, key);
	json_int(w, n);
}

void json_put_bool(struct json_writer *w, const char *key, bool yes)
{
	json_key(w, key);
	json_bool(w, yes);
}
