/*
 * base/json.h - JSON (RFC 8259): one writer, one strict parser.
 *
 * The writer adds commas, quotes and line breaks; its caller passes keys and values.
 * The parser builds a tree of a whole text and reports line and column of the first
 * error.  It also refuses some texts that RFC 8259 allows: a key twice in one object,
 * NUL in a string, half a surrogate pair, invalid UTF-8, a text beyond its limits.
 *
 * Lives here:   JSON text out and in.
 * Never here:   files, schemas.
 * Licence: MIT.
 */
#ifndef KW_BASE_JSON_H
#define KW_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct strbuf;

#define JSON_DEPTH_MAX 32		/* arrays and objects inside each other, both directions */

/* ---- writing ---------------------------------------------------------------------------- */

enum json_layout {
	JSON_COMPACT,			/* {"a":1,"b":[2,3]} */
	JSON_LINE,			/* {"a": 1, "b": [2, 3]} */
	JSON_LINES,			/* each member on a line of its own, two blanks deeper; only inside JSON_LINES */
};

/* Set it up with json_to_strbuf() or json_to_file(); no clean-up is needed. */
struct json_writer {
	void (*put)(void *to, const char *bytes, size_t n);
	void *to;
	unsigned int depth;
	bool after_key;
	struct json_level {
		unsigned char layout;
		bool is_object, has_members;
	} level[JSON_DEPTH_MAX];
};

void json_to_strbuf(struct json_writer *w, struct strbuf *s);	/* look at s->cut afterwards */
void json_to_file(struct json_writer *w, FILE *f);		/* look at ferror(f) afterwards */

/*
 * Inside an object, call json_key() before each value.  bug_on() aborts on a call out
 * of order and on a nesting deeper than JSON_DEPTH_MAX.
 */
void json_begin_object(struct json_writer *w, enum json_layout layout);
void json_begin_array(struct json_writer *w, enum json_layout layout);
void json_end(struct json_writer *w);	/* of the innermost object or array */
void json_key(struct json_writer *w, const char *key);

/* Bytes that are not UTF-8 become U+FFFD; control and bidirectional characters are escaped. */
void json_string(struct json_writer *w, const char *text, size_t n);
void json_text(struct json_writer *w, const char *text);	/* up to its NUL; NULL = null */
void json_uint(struct json_writer *w, uint64_t n);
void json_int(struct json_writer *w, int64_t n);
void json_bool(struct json_writer *w, bool yes);
void json_null(struct json_writer *w);
/* @n / 10^@decimals, exactly: json_fixed(w, 1005, 3) writes 1.005. */
void json_fixed(struct json_writer *w, uint64_t n, unsigned int decimals);
/* At most @digits significant digits, the same in every locale; infinity and NaN are written as null. */
void json_real(struct json_writer *w, double x, int digits);

/* A key and its value. */
void json_put_text(struct json_writer *w, const char *key, const char *text);
void json_put_uint(struct json_writer *w, const char *key, uint64_t n);
void json_put_int(struct json_writer *w, const char *key, int64_t n);
void json_put_bool(struct json_writer *w, const char *key, bool yes);

/* ---- reading ---------------------------------------------------------------------------- */

enum json_type {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json_value {
	const struct json_value *next;	/* of the same array or object */
	const char *key;		/* of a member of an object; otherwise NULL */
	uint32_t line, column;		/* where it begins; both count from 1, columns are characters */
	enum json_type type;
	union {
		bool yes;
		struct {		/* NUL-terminated; contains no other NUL */
			const char *text;
			size_t len;
		};
		struct {
			const struct json_value *first;
			size_t nr;
		};
		struct {
			double real;
			uint64_t magnitude;	/* if .whole */
			bool whole, negative;	/* .whole: written without "." and "e", and fits 64 bits */
		};
	};
};

struct json_limits {
	size_t bytes, values;
	unsigned int depth;		/* at most JSON_DEPTH_MAX */
};

struct json_error {
	uint32_t line, column;
	char text[160];			/* a sentence without a full stop; empty for -ENOMEM */
};

struct json;

/*
 * json_parse - read one JSON text
 * @limits: NULL = 16 MiB, a million values, JSON_DEPTH_MAX
 * @error:  filled in on failure
 * Return:  0; -EINVAL for a text that is not JSON, -E2BIG for one beyond @limits, -ENOMEM.
 * Owner:   json_free() frees the tree; @text is not used after the call.
 * A byte order mark at the beginning is skipped.
 */
int json_parse(struct json **out, const char *text, size_t len, const struct json_limits *limits,
	       struct json_error *error);
void json_free(struct json *json);
const struct json_value *json_root(const struct json *json);

/* The first member of an array or object; NULL if there is none, or @v is NULL or has another type. */
const struct json_value *json_first(const struct json_value *v);
#define json_for_each(v, container) for ((v) = json_first(container); (v); (v) = (v)->next)

/* The member of that name, or NULL: @object may be NULL or no object. */
const struct json_value *json_member(const struct json_value *object, const char *key);
/* False, and *@out unchanged, if @v is NULL, of another type, or out of range. */
bool json_get_uint(const struct json_value *v, uint64_t max, uint64_t *out);
bool json_get_int(const struct json_value *v, int64_t min, int64_t max, int64_t *out);
bool json_get_bool(const struct json_value *v, bool *out);
/* NULL if @v is NULL or no string. */
const char *json_get_text(const struct json_value *v);
const char *json_type_name(enum json_type type);	/* "a string", "an object", ... for messages */

#endif
