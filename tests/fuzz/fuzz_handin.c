/*
 * tests/fuzz/fuzz_handin.c - whatever the bytes, a hand-in is read or refused with a sentence.
 *
 * With clang -fsanitize=fuzzer a libFuzzer target.  The bytes are the lines of a hand-in, to which
 * the right first line and sum are added: otherwise nearly all of them would be refused for these.
 * A hand-in that was read is written and read again, and must give the same text.   Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classroom/handin.h"
#include "trace/kwt.h"

#define FIRST "kworkshop hand-in 1\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int read_text(const char *text, size_t len, struct handin **out)
{
	char err[400];
	int rc;

	*out = calloc(1, sizeof(**out));
	if (!*out)
		abort();
	rc = handin_read(text, len, *out, NULL, NULL, err, sizeof(err));
	if (rc && rc != -EINVAL)
		abort();
	if (rc && (err[0] < '0' || err[0] > '9'))
		abort();
	return rc;
}

static char *write_text(const struct handin *h, size_t *len)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, len);

	if (!f || handin_write(h, f))
		abort();
	fclose(f);
	return text;
}

static void drop(struct handin *h)
{
	handin_fini(h);
	free(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t len = sizeof(FIRST) - 1 + n, len1, len2;
	char *text = malloc(len + 32), *one, *two;
	struct handin *h, *again;

	memcpy(text, FIRST, sizeof(FIRST) - 1);
	if (n)
		memcpy(text + sizeof(FIRST) - 1, data, n);
	len += (size_t)sprintf(text + len, "sum %08x\n", kwt_crc32(0, text, len));
	if (read_text(text, len, &h) == 0 && h->course[0] && h->engine[0]) {
		one = write_text(h, &len1);
		if (read_text(one, len1, &again))
			abort();
		two = write_text(again, &len2);
		if (len1 != len2 || memcmp(one, two, len1))
			abort();
		free(one);
		free(two);
		drop(again);
	}
	drop(h);
	free(text);
	return 0;
}
