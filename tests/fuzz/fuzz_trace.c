/*
 * tests/fuzz/fuzz_trace.c - whatever the bytes, reading them ends, and ends inside them.
 *
 * With clang -fsanitize=fuzzer a libFuzzer target; otherwise a plain driver
 * (-DFUZZ_PLAIN): each argument is a file, or --mutate FILE N damages a recording
 * N times.  The first byte chooses the target: an event, a log, a recording, a compressed frame.
 * Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/strbuf.h"
#include "model/model.h"
#include "model/tables.h"
#include "trace/export.h"
#include "trace/kwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void drop_line(void *arg, const char *text)
{
	*(size_t *)arg += strlen(text);
}

/* As `inspect` and `play` read it: states in any order, and the tables of each. */
static void seek_store(struct trace_store *s)
{
	size_t printed = 0;
	const struct table_out out = { drop_line, &printed };
	struct model_replay r;

	if (model_replay_init(&r, s))
		return;
	for (uint64_t part = 0; part <= 2; part++) {
		if (model_replay_seek(&r, s->nr * (2 - part) / 2))
			break;
		table_wq_monitor(&r.at, s, NULL, &out);
		table_wq_dump(&r.at, s, &out);
		table_ps(&r.at, s, &out);
		table_sysfs(&r.at, s, &out);
	}
	model_replay_fini(&r);
}

/* Every event that a store accepts must be safe to show and to apply. */
static void use_store(struct trace_store *s)
{
	static char bytes[8 * TRACE_EVENT_BYTES_MAX];
	struct trace_event ev;
	struct model m;

	if (model_init(&m))
		return;
	for (uint64_t i = 1; trace_store_event(s, i, &ev); i++) {
		struct strbuf line;

		strbuf_init(&line, bytes, sizeof(bytes));
		trace_format(s, &ev, &line);
		strbuf_init(&line, bytes, sizeof(bytes));
		trace_format_json(s, &ev, &line);
		if (model_apply(&m, &ev))
			break;
	}
	model_fini(&m);
	seek_store(s);
}

static void try_event(const uint8_t *data, size_t n)
{
	uint64_t *aligned = malloc(n + 8);
	struct trace_event ev;
	struct trace_value v;

	memcpy(aligned, data, n);
	if (trace_event_decode((uint8_t *)aligned, n, 0, &ev) > 0)
		for (unsigned int i = 0; trace_event_field(&ev, i, &v); i++)
			if (v.type == TY_text && strlen(v.text) != v.text_len)
				abort();
	free(aligned);
}

static void try_log(const uint8_t *data, size_t n)
{
	struct trace_store s;
	uint8_t *copy = malloc(n + 1);

	memcpy(copy, data, n);
	if (trace_store_bytes(&s, copy, n) == 0)
		use_store(&s);
	trace_store_close(&s);
}

static void try_recording(const uint8_t *data, size_t n)
{
	struct kwt_recording r;
	char err[256];

	if (kwt_load_bytes(data, n, "fuzz.kwt", &r, err, sizeof(err)))
		return;
	use_store(&r.store);
	kwt_fini(&r);
}

static uint8_t *put_frame(uint8_t *at, uint32_t type, const void *payload, size_t n)
{
	uint32_t head[4] = { type, (uint32_t)n, 0, 0 };

	head[2] = kwt_crc32(kwt_crc32(0, head, 8), payload, n);
	memcpy(at, head, sizeof(head));
	memset(at + sizeof(head), 0, n + 8);
	memcpy(at + sizeof(head), payload, n);
	return at + sizeof(head) + (n + 7) / 8 * 8;
}

/* The bytes as a compressed frame whose checksum is right, which chance would not find. */
static void try_packed_frame(const uint8_t *data, size_t n)
{
	static const char header[] = "kworkshop-recording 3\n";
	uint8_t *file = malloc(n + 256), *end;

	memcpy(file, "KWTREC\r\n", 8);
	end = put_frame(file + 8, 'H', header, sizeof(header) - 1);
	end = put_frame(end, 'C', data, n);
	try_recording(file, (size_t)(end - file));
	free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n < 1)
		return 0;
	switch (data[0] % 4) {
	case 0:
		try_event(data + 1, n - 1);
		break;
	case 1:
		try_log(data + 1, n - 1);
		break;
	case 3:
		try_packed_frame(data + 1, n - 1);
		break;
	default:
		try_recording(data + 1, n - 1);
	}
	return 0;
}

#ifdef FUZZ_PLAIN
static uint8_t *read_all(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	uint8_t *b = malloc((1 << 24) + 1);

	*n = f ? fread(b + 1, 1, 1 << 24, f) + 1 : 0;
	if (f)
		fclose(f);
	b[0] = 2;
	return b;
}

static void mutate(const char *path, uint64_t rounds)
{
	size_t n;
	uint8_t *b = read_all(path, &n), *copy = malloc(n ? n : 1);

	for (uint64_t i = 0; i < rounds && n > 1; i++) {
		size_t keep = i % 2 ? n : 1 + (size_t)rng_below(rng_hash4(i, 1, 0, 0), n);

		memcpy(copy, b, n);
		copy[0] = (uint8_t)(1 + i % 2);
		for (uint64_t j = 0; j < 1 + i % 8; j++)
			copy[1 + rng_below(rng_hash4(i, 2, j, 0), n - 1)] ^= (uint8_t)(1u << (j % 8));
		LLVMFuzzerTestOneInput(copy, keep);
	}
	free(copy);
	free(b);
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "--mutate")) {
		mutate(argv[2], strtoull(argv[3], NULL, 10));
		return 0;
	}
	for (int i = 1; i < argc; i++) {
		size_t n;
		uint8_t *b = read_all(argv[i], &n);

		LLVMFuzzerTestOneInput(b, n);
		free(b);
	}
	return 0;
}
#endif
