/*
 * tests/fuzz/fuzz_json.c - whatever the bytes, the JSON parser ends, and its tree survives the writer.
 *
 * With clang -fsanitize=fuzzer a libFuzzer target.  A text that is accepted is
 * written and parsed again: the second text must be the first one's equal, byte by byte.
 * Licence: MIT.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void write_value(struct json_writer *w, const struct json_value *v)
{
	const struct json_value *member;

	switch (v->type) {
	case JSON_NULL:
		json_null(w);
		return;
	case JSON_BOOL:
		json_bool(w, v->yes);
		return;
	case JSON_NUMBER:
		if (v->whole && v->negative && v->magnitude)
			json_int(w, (int64_t)(0 - v->magnitude));
		else if (v->whole && !v->negative)
			json_uint(w, v->magnitude);
		else
			json_real(w, v->real, 17);
		return;
	case JSON_STRING:
		if (strlen(v->text) != v->len || !utf8_valid(v->text, v->len))
			abort();
		json_string(w, v->text, v->len);
		return;
	case JSON_ARRAY:
		json_begin_array(w, JSON_COMPACT);
		break;
	case JSON_OBJECT:
		json_begin_object(w, JSON_COMPACT);
		break;
	}
	json_for_each(member, v) {
		if (member->key)
			json_key(w, member->key);
		write_value(w, member);
	}
	json_end(w);
}

static char *written(const struct json *json, size_t size)
{
	struct json_writer w;
	struct strbuf s;
	char *text = malloc(size);

	if (!text)
		abort();
	strbuf_init(&s, text, size);
	json_to_strbuf(&w, &s);
	write_value(&w, json_root(json));
	if (s.cut || w.depth)
		abort();
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t size = 30 * n + 64;	/* "1e9" is written with 17 digits, a byte of a string as \u0000 */
	struct json *json, *again;
	char *one, *two;
	struct json_error e;

	if (json_parse(&json, (const char *)data, n, NULL, &e)) {
		if (!e.line || !e.column || !e.text[0])
			abort();
		return 0;
	}
	one = written(json, size);
	if (json_parse(&again, one, strlen(one), NULL, &e))
		abort();
	two = written(again, size);
	if (strcmp(one, two))
		abort();
	free(one);
	free(two);
	json_free(json);
	json_free(again);
	return 0;
}
