/*
 * base/json_parse.c - the parser of json.h.
 *
 * Recursive descent; JSON_DEPTH_MAX bounds the recursion.  Values and strings are
 * allocated from large blocks, and json_free() frees the blocks, also after an error.
 *
 * Lives here:   the grammar, positions of errors, the tree.
 * Never here:   writing (json_write.c).
 * Licence: MIT.
 */
#define _GNU_SOURCE		/* newlocale(), strtod_l() */
#include "base/json.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define BLOCK_BYTES ((size_t)32 << 10)
#define NUMBER_BYTES_MAX 64		/* a longer number is refused */

static const struct json_limits default_limits = { (size_t)16 << 20, 1000000, JSON_DEPTH_MAX };

struct block {
	struct block *next;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

struct json {
	struct block *blocks;
	struct json_value root;
};

struct parser {
	struct json *json;
	const char *at, *end;
	const char *counted;		/* .line and .column are the position of this byte; it only moves forward */
	uint32_t line, column;
	unsigned int depth;
	size_t nr_values;
	struct json_limits limits;
	struct json_error *error;
	locale_t c_locale;
};

/* ---- memory ------------------------------------------------------------------------------- */

static void *allocate(struct parser *p, size_t n)
{
	struct block *b = p->json->blocks;
	size_t size;
	void *got;

	n = (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (!b || b->size - b->used < n) {
		size = n > BLOCK_BYTES ? n : BLOCK_BYTES;
		b = malloc(sizeof(*b) + size);
		if (!b)
			return NULL;
		*b = (struct block){ .next = p->json->blocks, .size = size };
		p->json->blocks = b;
	}
	got = b->bytes + b->used;
	b->used += n;
	return got;
}

void json_free(struct json *json)
{
	struct block *b, *next;

	if (!json)
		return;
	for (b = json->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	free(json);
}

/* ---- errors -------------------------------------------------------------------------------- */

/* Advances line and column to @at.  A character counts once, whatever its bytes. */
static void count_to(struct parser *p, const char *at)
{
	for (; p->counted < at; p->counted++) {
		if (*p->counted == '\n') {
			p->line++;
			p->column = 1;
		} else if (!utf8_continues(*p->counted)) {
			p->column++;
		}
	}
}

__attribute__((format(printf, 3, 4)))
static int refuse(struct parser *p, int err, const char *fmt, ...)
{
	va_list ap;

	count_to(p, p->at);
	p->error->line = p->line;
	p->error->column = p->column;
	va_start(ap, fmt);
	vsnprintf(p->error->text, sizeof(p->error->text), fmt, ap);
	va_end(ap);
	return err;
}

/* "expected @what, found ..." */
static int expected(struct parser *p, const char *what)
{
	uint32_t ch;
	size_t len = utf8_decode(p->at, (size_t)(p->end - p->at), &ch);

	if (!len)
		return refuse(p, -EINVAL, "expected %s, found the end of the text", what);
	if (ch == '\n')
		return refuse(p, -EINVAL, "expected %s, found the end of the line", what);
	if (ch < ' ' || (ch >= 0x7f && ch < 0xa0) || (len == 1 && ch == UTF8_REPLACEMENT))
		return refuse(p, -EINVAL, "expected %s, found the byte 0x%02x", what, (unsigned char)*p->at);
	return refuse(p, -EINVAL, "expected %s, found %s%.*s%s", what, ch == '"' ? "'" : "\"", (int)len, p->at,
		      ch == '"' ? "'" : "\"");
}

/* ---- tokens --------------------------------------------------------------------------------- */

static void skip_blanks(struct parser *p)
{
	while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r'))
		p->at++;
}

static bool take(struct parser *p, char c)
{
	if (p->at == p->end || *p->at != c)
		return false;
	p->at++;
	return true;
}

static bool at_digit(const struct parser *p)
{
	return p->at < p->end && *p->at >= '0' && *p->at <= '9';
}

static int take_word(struct parser *p, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(p->end - p->at) < n || memcmp(p->at, word, n))
		return expected(p, "a value (true, false and null are written in lower case)");
	p->at += n;
	return 0;
}

/* ---- strings ---------------------------------------------------------------------------------- */

static int hex4(struct parser *p, uint32_t *out)
{
	*out = 0;
	for (int i = 0; i < 4; i++, p->at++) {
		char c = p->at < p->end ? *p->at : '\0';

		if (c >= '0' && c <= '9')
			*out = *out << 4 | (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			*out = *out << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
		else
			return expected(p, "four hexadecimal digits after \\u");
	}
	return 0;
}

/* After "\u": one character, of one escape or of a surrogate pair. */
static int escaped_character(struct parser *p, uint32_t *ch)
{
	uint32_t low;
	int err = hex4(p, ch);

	if (err)
		return err;
	if (!*ch)
		return refuse(p, -EINVAL, "a string may not contain \\u0000");
	if (*ch < 0xd800 || *ch > 0xdfff)
		return 0;
	if (*ch > 0xdbff || !take(p, '\\') || !take(p, 'u'))
		return refuse(p, -EINVAL, "half a surrogate pair: \\u%04x", *ch);
	err = hex4(p, &low);
	if (err)
		return err;
	if (low < 0xdc00 || low > 0xdfff)
		return refuse(p, -EINVAL, "half a surrogate pair: \\u%04x is not followed by its second half", *ch);
	*ch = 0x10000 + ((*ch - 0xd800) << 10) + (low - 0xdc00);
	return 0;
}

static int control_character(struct parser *p)
{
	if (*p->at == '\n')
		return refuse(p, -EINVAL, "a string does not end on its line (a line break is written \\n)");
	return refuse(p, -EINVAL, "a string contains the control character 0x%02x", (unsigned char)*p->at);
}

/* One character of a string, escaped or not, is appended at @to. */
static int string_character(struct parser *p, char **to)
{
	static const char escapes[] = "\"\"\\\\//b\bf\fn\nr\rt\t";	/* pairs: letter, character */
	size_t len = utf8_sequence(p->at, (size_t)(p->end - p->at));
	uint32_t ch;
	int err;

	if (!len)
		return refuse(p, -EINVAL, "invalid UTF-8: the byte 0x%02x", (unsigned char)*p->at);
	if (len == 1 && (unsigned char)*p->at < ' ')
		return control_character(p);
	if (*p->at != '\\') {
		memcpy(*to, p->at, len);
		*to += len;
		p->at += len;
		return 0;
	}
	p->at++;
	for (const char *e = escapes; *e; e += 2)
		if (take(p, *e)) {
			*(*to)++ = e[1];
			return 0;
		}
	if (!take(p, 'u'))
		return expected(p, "one of \"\\/bfnrtu after the backslash");
	err = escaped_character(p, &ch);
	if (!err)
		*to += utf8_encode(ch, *to);
	return err;
}

/* Reads the string whose opening quote is at @p->at. */
static int string(struct parser *p, const char **text, size_t *n)
{
	const char *close = p->at + 1;
	char *bytes, *to;
	int err;

	while (close < p->end && *close != '"')
		close += *close == '\\' && close + 1 < p->end ? 2 : 1;
	/* an escape is never shorter than the UTF-8 of its character */
	bytes = allocate(p, (size_t)(close - p->at));
	if (!bytes)
		return -ENOMEM;
	to = bytes;
	p->at++;
	while (!take(p, '"')) {
		if (p->at == p->end)
			return refuse(p, -EINVAL, "the text ends inside a string");
		err = string_character(p, &to);
		if (err)
			return err;
	}
	*to = '\0';
	*text = bytes;
	*n = (size_t)(to - bytes);
	return 0;
}

/* ---- numbers ----------------------------------------------------------------------------------- */

static int digits(struct parser *p, const char *after)
{
	if (!at_digit(p))
		return expected(p, after);
	while (at_digit(p))
		p->at++;
	return 0;
}

/* Moves @p->at over a number; *@whole: it has neither "." nor "e". */
static int number_form(struct parser *p, bool *whole)
{
	int err = 0;

	take(p, '-');
	*whole = true;
	if (take(p, '0')) {
		if (at_digit(p))
			return refuse(p, -EINVAL, "a number does not begin with 0");
	} else {
		err = digits(p, "a digit after \"-\"");
	}
	if (!err && take(p, '.')) {
		*whole = false;
		err = digits(p, "a digit after \".\"");
	}
	if (!err && p->at < p->end && (*p->at | 0x20) == 'e') {
		p->at++;
		*whole = false;
		if (!take(p, '+'))
			take(p, '-');
		err = digits(p, "a digit of the exponent");
	}
	return err;
}

static int number(struct parser *p, struct json_value *v)
{
	const char *from = p->at;
	char text[NUMBER_BYTES_MAX + 1];
	bool whole;
	size_t n;
	int err = number_form(p, &whole);

	if (err)
		return err;
	n = (size_t)(p->at - from);
	if (n > NUMBER_BYTES_MAX) {
		p->at = from + NUMBER_BYTES_MAX;
		return refuse(p, -E2BIG, "a number is longer than %d characters", NUMBER_BYTES_MAX);
	}
	memcpy(text, from, n);
	text[n] = '\0';
	v->negative = *text == '-';
	v->real = strtod_l(text, NULL, p->c_locale);
	if (!isfinite(v->real)) {
		p->at = from;
		return refuse(p, -EINVAL, "a number is too large: %s", text);
	}
	errno = 0;
	v->magnitude = whole ? strtoull(text + v->negative, NULL, 10) : 0;
	v->whole = whole && !errno && (!v->negative || v->magnitude <= (uint64_t)INT64_MAX + 1);
	return 0;
}

/* ---- values ------------------------------------------------------------------------------------- */

static int value(struct parser *p, struct json_value *v);

static int compare_keys(const void *a, const void *b)
{
	const struct json_value *const *x = a, *const *y = b;
	int order = strcmp((*x)->key, (*y)->key);

	if (order)
		return order;
	return (*x)->line != (*y)->line ? ((*x)->line < (*y)->line ? -1 : 1) :
	       (*x)->column < (*y)->column ? -1 : (*x)->column > (*y)->column;
}

/* Sorting finds a repeated key without comparing each key with all others. */
static int check_keys(struct parser *p, const struct json_value *object)
{
	const struct json_value **keys, *v;
	size_t n = 0, i;
	int err = 0;

	if (object->nr < 2)
		return 0;
	keys = malloc(object->nr * sizeof(*keys));
	if (!keys)
		return -ENOMEM;
	json_for_each(v, object)
		keys[n++] = v;
	qsort(keys, n, sizeof(*keys), compare_keys);
	for (i = 1; i < n && !err; i++)
		if (strcmp(keys[i - 1]->key, keys[i]->key) == 0) {
			err = refuse(p, -EINVAL, "the key \"%.64s\" appears twice in one object", keys[i]->key);
			p->error->line = keys[i]->line;
			p->error->column = keys[i]->column;
		}
	free(keys);
	return err;
}

/* Reads `"key":` in front of a member and sets v->key. */
static int member_key(struct parser *p, struct json_value *v)
{
	size_t n;
	int err;

	if (p->at == p->end || *p->at != '"')
		return expected(p, "a key in double quotes");
	err = string(p, &v->key, &n);
	if (err)
		return err;
	skip_blanks(p);
	if (!take(p, ':'))
		return expected(p, "\":\" after a key");
	skip_blanks(p);
	return 0;
}

/* Reads the members of @v up to @close. */
static int members(struct parser *p, struct json_value *v, char close)
{
	const struct json_value **link = &v->first;
	int err;

	skip_blanks(p);
	if (take(p, close))
		return 0;
	for (;;) {
		struct json_value *member = allocate(p, sizeof(*member));

		if (!member)
			return -ENOMEM;
		memset(member, 0, sizeof(*member));
		err = close == '}' ? member_key(p, member) : 0;
		if (!err)
			err = value(p, member);
		if (err)
			return err;
		*link = member;
		link = &member->next;
		v->nr++;
		skip_blanks(p);
		if (take(p, close))
			return 0;
		if (!take(p, ','))
			return expected(p, close == '}' ? "\",\" or \"}\"" : "\",\" or \"]\"");
		skip_blanks(p);
	}
}

static int container(struct parser *p, struct json_value *v)
{
	char close = *p->at == '{' ? '}' : ']';
	int err;

	if (p->depth == p->limits.depth)
		return refuse(p, -E2BIG, "values are nested deeper than %u levels", p->limits.depth);
	p->depth++;
	p->at++;
	v->first = NULL;
	v->nr = 0;
	err = members(p, v, close);
	p->depth--;
	return err || close == ']' ? err : check_keys(p, v);
}

/* Reads the value at @p->at, after blanks were skipped. */
static int value(struct parser *p, struct json_value *v)
{
	char c = p->at < p->end ? *p->at : '\0';

	if (++p->nr_values > p->limits.values)
		return refuse(p, -E2BIG, "the text has more than %zu values", p->limits.values);
	count_to(p, p->at);
	v->line = p->line;
	v->column = p->column;
	switch (c) {
	case '{': case '[':
		v->type = c == '{' ? JSON_OBJECT : JSON_ARRAY;
		return container(p, v);
	case '"':
		v->type = JSON_STRING;
		return string(p, &v->text, &v->len);
	case 't': case 'f':
		v->type = JSON_BOOL;
		v->yes = c == 't';
		return take_word(p, v->yes ? "true" : "false");
	case 'n':
		v->type = JSON_NULL;
		return take_word(p, "null");
	case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
		v->type = JSON_NUMBER;
		return number(p, v);
	default:
		return expected(p, "a value");
	}
}

static int whole_text(struct parser *p)
{
	int err;

	if ((size_t)(p->end - p->at) > p->limits.bytes)
		return refuse(p, -E2BIG, "the text is longer than %zu bytes", p->limits.bytes);
	if (p->end - p->at >= 3 && memcmp(p->at, "\xef\xbb\xbf", 3) == 0)
		p->counted = p->at += 3;
	skip_blanks(p);
	err = value(p, &p->json->root);
	if (err)
		return err;
	skip_blanks(p);
	return p->at == p->end ? 0 : expected(p, "the end of the text");
}

int json_parse(struct json **out, const char *text, size_t len, const struct json_limits *limits,
	       struct json_error *error)
{
	struct parser p = { .at = text, .end = text + len, .counted = text, .line = 1, .column = 1,
			    .limits = limits ? *limits : default_limits, .error = error };
	int err = -ENOMEM;

	memset(error, 0, sizeof(*error));
	if (p.limits.depth > JSON_DEPTH_MAX)
		p.limits.depth = JSON_DEPTH_MAX;
	p.c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
	p.json = calloc(1, sizeof(*p.json));
	if (p.json && p.c_locale)
		err = whole_text(&p);
	if (p.c_locale)
		freelocale(p.c_locale);
	if (err)
		json_free(p.json);
	else
		*out = p.json;
	return err;
}

/* ---- looking into the tree ------------------------------------------------------------------------ */

const struct json_value *json_root(const struct json *json)
{
	return &json->root;
}

const struct json_value *json_first(const struct json_value *v)
{
	return v && (v->type == JSON_ARRAY || v->type == JSON_OBJECT) ? v->first : NULL;
}

const struct json_value *json_member(const struct json_value *object, const char *key)
{
	const struct json_value *v = NULL;

	if (object && object->type == JSON_OBJECT)
		json_for_each(v, object)
			if (strcmp(v->key, key) == 0)
				break;
	return v;
}

bool json_get_uint(const struct json_value *v, uint64_t max, uint64_t *out)
{
	if (!v || v->type != JSON_NUMBER || !v->whole || (v->negative && v->magnitude) || v->magnitude > max)
		return false;
	*out = v->magnitude;
	return true;
}

bool json_get_int(const struct json_value *v, int64_t min, int64_t max, int64_t *out)
{
	int64_t n;

	if (!v || v->type != JSON_NUMBER || !v->whole || (!v->negative && v->magnitude > INT64_MAX))
		return false;
	n = (int64_t)(v->negative ? 0 - v->magnitude : v->magnitude);
	if (n < min || n > max)
		return false;
	*out = n;
	return true;
}

bool json_get_bool(const struct json_value *v, bool *out)
{
	if (!v || v->type != JSON_BOOL)
		return false;
	*out = v->yes;
	return true;
}

const char *json_get_text(const struct json_value *v)
{
	return v && v->type == JSON_STRING ? v->text : NULL;
}

const char *json_type_name(enum json_type type)
{
	static const char *const names[] = { "null", "true or false", "a number", "a string", "an array", "an object" };

	return names[type];
}
