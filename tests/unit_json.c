/*
 * tests/unit_json.c - JSON out and in.
 *
 * Lives here:   base/json.
 * Never here:   files in JSON.   Licence: MIT.
 */
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "tests/test.h"

/* ---- writing ---------------------------------------------------------------------------- */

static void expect_text(const struct strbuf *s, const char *want)
{
	CHECK_FALSE(s->cut);
	CHECK_STR(s->buf, want);
	if (strcmp(s->buf, want))
		test_note("have: %s", s->buf);
}

static void layouts_differ_in_blanks_only(void)
{
	static const char *const want[] = {
		"{\"a\":1,\"b\":[true,null,[]],\"c\":{\"d\":-5}}",
		"{\"a\": 1, \"b\": [true, null, []], \"c\": {\"d\": -5}}",
		"{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null,\n    []\n  ],\n  \"c\": {\"d\": -5}\n}",
	};

	for (int layout = JSON_COMPACT; layout <= JSON_LINES; layout++) {
		struct json_writer w;
		STRBUF(s, 256);

		json_to_strbuf(&w, &s);
		json_begin_object(&w, (enum json_layout)layout);
		json_put_uint(&w, "a", 1);
		json_key(&w, "b");
		json_begin_array(&w, (enum json_layout)layout);
		json_bool(&w, true);
		json_null(&w);
		json_begin_array(&w, (enum json_layout)layout);
		json_end(&w);
		json_end(&w);
		json_key(&w, "c");
		json_begin_object(&w, layout == JSON_LINES ? JSON_LINE : (enum json_layout)layout);
		json_put_int(&w, "d", -5);
		json_end(&w);
		json_end(&w);
		CHECK_INT(w.depth, 0);
		expect_text(&s, want[layout]);
	}
}

static void strings_are_escaped_where_json_or_a_terminal_needs_it(void)
{
	static const struct { const char *text, *want; } rows[] = {
		{ "plain \xc3\xa4 \xf0\x9f\x98\x80", "\"plain \xc3\xa4 \xf0\x9f\x98\x80\"" },
		{ "a\"\\\n\t\x01\x7f", "\"a\\\"\\\\\\n\\t\\u0001\\u007f\"" },
		{ "\x1b[31m", "\"\\u001b[31m\"" },
		{ "\xc2\x9b" "31m", "\"\\u009b31m\"" },		/* C1: a control sequence without ESC */
		{ "\xe2\x80\xae" "abc", "\"\\u202eabc\"" },		/* right-to-left override */
		{ "x\xff\xc3y", "\"x\\ufffd\\ufffdy\"" },
		{ "\xef\xbf\xbd", "\"\xef\xbf\xbd\"" },		/* U+FFFD itself */
		{ "", "\"\"" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_writer w;
		STRBUF(s, 128);

		json_to_strbuf(&w, &s);
		json_text(&w, rows[i].text);
		expect_text(&s, rows[i].want);
	}
}

static void numbers_are_the_same_in_every_locale(void)
{
	static const char *const locales[] = { "C", "de_DE.UTF-8", "uk_UA.UTF-8", "fr_FR.UTF-8" };

	for (size_t i = 0; i < sizeof(locales) / sizeof(locales[0]); i++) {
		struct json_error e;
		struct json *json;
		struct json_writer w;
		STRBUF(s, 256);

		if (!setlocale(LC_ALL, locales[i]))
			continue;	/* not installed */
		json_to_strbuf(&w, &s);
		json_begin_array(&w, JSON_COMPACT);
		json_real(&w, 1.5, 4);
		json_real(&w, 1e300 * 1e300, 4);
		json_fixed(&w, 1005, 3);
		json_fixed(&w, 7, 6);
		json_fixed(&w, 7, 0);
		json_uint(&w, UINT64_MAX);
		json_int(&w, INT64_MIN);
		json_end(&w);
		expect_text(&s, "[1.5,null,1.005,0.000007,7,18446744073709551615,-9223372036854775808]");
		REQUIRE_INT(json_parse(&json, s.buf, s.len, NULL, &e), 0);
		CHECK_NEAR(json_first(json_root(json))->real, 1.5, 0);
		json_free(json);
	}
	setlocale(LC_ALL, "C");
}

/* ---- reading ---------------------------------------------------------------------------- */

static struct json *must_parse(const char *text)
{
	struct json *json = NULL;
	struct json_error e;
	int err = json_parse(&json, text, strlen(text), NULL, &e);

	if (err)
		test_note("%s: %u:%u: %s", text, e.line, e.column, e.text);
	REQUIRE_INT(err, 0);
	return json;
}

static void a_tree_has_values_keys_and_positions(void)
{
	struct json *json = must_parse("\xef\xbb\xbf{\n  \"\xc3\xa4\": [1, -2.5e1, \"x\\n\\u00e4\\ud83d\\ude00\"],\r\n"
				       "\t\"empty\": {}, \"yes\": true, \"none\": null }\n");
	const struct json_value *v = json_member(json_root(json), "\xc3\xa4");
	uint64_t n = 0;
	bool yes = false;

	CHECK_INT(json_root(json)->nr, 4);
	REQUIRE_INT(v->type, JSON_ARRAY);
	CHECK_INT(v->line, 2);
	CHECK_INT(v->column, 8);		/* characters, not bytes */
	v = json_first(v);
	CHECK_TRUE(json_get_uint(v, 1, &n));
	CHECK_INT(n, 1);
	CHECK_NEAR(v->next->real, -25.0, 0);
	CHECK_FALSE(v->next->whole);
	CHECK_STR(v->next->next->text, "x\n\xc3\xa4\xf0\x9f\x98\x80");
	CHECK_INT(v->next->next->len, 8);
	CHECK_NULL(v->next->next->next);
	CHECK_INT(json_member(json_root(json), "empty")->nr, 0);
	if (CHECK_TRUE(json_get_bool(json_member(json_root(json), "yes"), &yes)))
		CHECK_TRUE(yes);
	CHECK_INT(json_member(json_root(json), "none")->type, JSON_NULL);
	CHECK_INT(json_member(json_root(json), "none")->line, 3);
	CHECK_NULL(json_member(json_root(json), "no such key"));
	json_free(json);
}

static void whole_numbers_keep_all_their_bits(void)
{
	struct json *json = must_parse("[18446744073709551615, -9223372036854775808, 9007199254740993,"
				       " 18446744073709551616, -0, 1.0, 1e2, 0.1]");
	const struct json_value *v = json_first(json_root(json));
	uint64_t n = 0;
	int64_t i = 0;

	if (CHECK_TRUE(json_get_uint(v, UINT64_MAX, &n)))
		CHECK_INT(n, UINT64_MAX);
	CHECK_FALSE(json_get_int(v, INT64_MIN, INT64_MAX, &i));
	v = v->next;
	if (CHECK_TRUE(json_get_int(v, INT64_MIN, INT64_MAX, &i)))
		CHECK_INT(i, INT64_MIN);
	CHECK_FALSE(json_get_uint(v, UINT64_MAX, &n));
	v = v->next;
	if (CHECK_TRUE(json_get_uint(v, UINT64_MAX, &n)))
		CHECK_INT(n, 9007199254740993u);
	CHECK_FALSE(json_get_uint(v, 9007199254740992u, &n));
	v = v->next;
	CHECK_FALSE(json_get_uint(v, UINT64_MAX, &n));
	CHECK_NEAR(v->real, 18446744073709551616.0, 0);
	v = v->next;
	if (CHECK_TRUE(json_get_uint(v, 0, &n)))
		CHECK_INT(n, 0);
	for (v = v->next; v; v = v->next)
		CHECK_FALSE(json_get_uint(v, UINT64_MAX, &n));
	CHECK_FALSE(json_get_uint(NULL, 1, &n));
	CHECK_FALSE(json_get_uint(json_root(json), 1, &n));
	CHECK_NULL(json_get_text(json_root(json)));
	json_free(json);
}

/* Row: a text that is not JSON, where its error is, and a part of the sentence. */
static const struct { const char *text; uint32_t line, column; const char *part; } refused[] = {
	{ "", 1, 1, "expected a value, found the end of the text" },
	{ " \n ", 2, 2, "end of the text" },
	{ "{\"a\": 1,\n \"b\" 2}", 2, 6, "expected \":\" after a key, found \"2\"" },
	{ "{\"a\": 1,}", 1, 9, "expected a key in double quotes, found \"}\"" },
	{ "[1,]", 1, 4, "expected a value, found \"]\"" },
	{ "[1 2]", 1, 4, "expected \",\" or \"]\"" },
	{ "{a: 1}", 1, 2, "key in double quotes" },
	{ "[1]\n[2]", 2, 1, "expected the end of the text, found \"[\"" },
	{ "True", 1, 1, "expected a value" },
	{ "tru", 1, 1, "lower case" },
	{ "nil", 1, 1, "lower case" },
	{ "'a'", 1, 1, "found \"'\"" },
	{ "[\"a\xc3\xa4\xc3\xa4\", x]", 1, 9, "found \"x\"" },
	{ "01", 1, 2, "does not begin with 0" },
	{ "-", 1, 2, "a digit after \"-\"" },
	{ "+1", 1, 1, "found \"+\"" },
	{ ".5", 1, 1, "found \".\"" },
	{ "1.", 1, 3, "a digit after \".\"" },
	{ "1e", 1, 3, "exponent" },
	{ "[1e999]", 1, 2, "too large" },
	{ "\"abc", 1, 5, "ends inside a string" },
	{ "\"a\nb\"", 1, 3, "does not end on its line" },
	{ "\"a\tb\"", 1, 3, "control character 0x09" },
	{ "\"\\x\"", 1, 3, "after the backslash" },
	{ "\"\\", 1, 3, "after the backslash" },
	{ "\"\\u12g4\"", 1, 6, "four hexadecimal digits" },
	{ "\"\\u0000\"", 1, 8, "\\u0000" },
	{ "\"\\ud800\"", 1, 8, "half a surrogate pair" },
	{ "\"\\ud800\\u0041\"", 1, 14, "half a surrogate pair" },
	{ "\"\\udc00\"", 1, 8, "half a surrogate pair" },
	{ "\"\xed\xa0\x80\"", 1, 2, "invalid UTF-8: the byte 0xed" },
	{ "[\x01]", 1, 2, "the byte 0x01" },
	{ "{\"a\": 1, \"b\": 2,\n\"a\": 3}", 2, 6, "the key \"a\" appears twice" },
	{ "[1111111111111111111111111111111111111111111111111111111111111111111]", 1, 66, "longer than 64" },
};

static void an_error_has_its_line_its_column_and_a_sentence(void)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct json *json = NULL;
		struct json_error e;
		int err = json_parse(&json, refused[i].text, strlen(refused[i].text), NULL, &e);

		CHECK_TRUE(err == -EINVAL || err == -E2BIG);
		CHECK_NULL(json);
		CHECK_INT(e.line, refused[i].line);
		CHECK_INT(e.column, refused[i].column);
		CHECK_HAS(e.text, refused[i].part);
		if (e.line != refused[i].line || e.column != refused[i].column || !strstr(e.text, refused[i].part))
			test_note("%s: %u:%u: %s", refused[i].text, e.line, e.column, e.text);
	}
}

static void limits_hold_exactly(void)
{
	const struct json_limits limits = { .bytes = 20, .values = 4, .depth = 3 };
	static const struct { const char *text; int err; } rows[] = {
		{ "[[[1]]]", 0 }, { "[[[[]]]]", -E2BIG }, { "[1,2,3]", 0 }, { "[1,2,3,4]", -E2BIG },
		{ "\"123456789012345678\"", 0 }, { "\"1234567890123456789\"", -E2BIG },
	};
	char deep[2 * JSON_DEPTH_MAX + 3] = "";

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json *json = NULL;
		struct json_error e;

		CHECK_INT(json_parse(&json, rows[i].text, strlen(rows[i].text), &limits, &e), rows[i].err);
		json_free(json);
	}
	for (int levels = JSON_DEPTH_MAX; levels <= JSON_DEPTH_MAX + 1; levels++) {
		struct json *json = NULL;
		struct json_error e;

		memset(deep, '[', (size_t)levels);
		memset(deep + levels, ']', (size_t)levels);
		CHECK_INT(json_parse(&json, deep, 2 * (size_t)levels, NULL, &e),
			  levels > JSON_DEPTH_MAX ? -E2BIG : 0);
		json_free(json);
	}
}

/*
 * A text of one line with many members: the time for positions and keys must not grow with the
 * square of its length.
 */
static void a_long_line_is_read_quickly(void)
{
	const size_t nr = 200000;
	char *text = malloc(nr * 16 + 2);
	struct json_error e;
	struct json *json;
	size_t n = 0;

	REQUIRE_NOT_NULL(text);
	text[n++] = '{';
	for (size_t i = 0; i < nr; i++)
		n += (size_t)snprintf(text + n, 16, "%s\"%zu\":%zu", i ? "," : "", i, i % 10);
	text[n++] = '}';
	REQUIRE_INT(json_parse(&json, text, n, NULL, &e), 0);
	CHECK_INT(json_root(json)->nr, nr);
	json_free(json);
	free(text);
}

const struct test_case suite_unit_json[] = {
	T(layouts_differ_in_blanks_only),
	T(strings_are_escaped_where_json_or_a_terminal_needs_it),
	T(numbers_are_the_same_in_every_locale),
	T(a_tree_has_values_keys_and_positions),
	T(whole_numbers_keep_all_their_bits),
	T(an_error_has_its_line_its_column_and_a_sentence),
	T(limits_hold_exactly),
	T(a_long_line_is_read_quickly),
	{ NULL, NULL }
};
