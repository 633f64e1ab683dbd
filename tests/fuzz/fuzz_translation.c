/*
 * tests/fuzz/fuzz_translation.c - whatever the bytes, the reader of translations ends, and its rows are sound.
 *
 * With clang -fsanitize=fuzzer a libFuzzer target.  A row's text is valid UTF-8 and a valid template, each
 * key exists once, a place is in the file, and a mistake has a sentence and a place.
 * Licence: MIT.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/utf8.h"
#include "model/translation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(bool ok)
{
	if (!ok)
		abort();
}

static void check_rows(const struct translation *t, unsigned int lines)
{
	for (size_t i = 0; i < t->nr; i++) {
		const struct translation_row *row = &t->row[i];

		require(translation_find(t, row->key) == row);
		require(strlen(row->key) < TRANSLATION_KEY_MAX && utf8_valid(row->text, strlen(row->text)));
		require(!markup_names(row->text, strlen(row->text), NULL, NULL));
		require(row->line >= 1 && row->line <= lines && row->col >= 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct translation_fault fault;
	struct translation t;
	unsigned int lines = 1;
	char *text = malloc(n + 1);
	int rc;

	require(text != NULL);
	memcpy(text, data, n);
	text[n] = '\0';
	for (size_t i = 0; i < n; i++)
		lines += data[i] == '\n';
	rc = translation_parse(&t, text, n, &fault);
	require(rc == 0 || (rc == -EINVAL && fault.text[0] && fault.line >= 1 && fault.line <= lines && fault.col >= 1));
	check_rows(&t, lines);
	translation_fini(&t);
	free(text);
	return 0;
}
