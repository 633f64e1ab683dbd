/*
 * trace/kwt_write.c - writes recordings (the format: kwt.h).
 *
 * Lives here:   frames out, the header's text.
 * Never here:   the meaning of events.
 * Licence: MIT.
 */
#include "trace/kwt_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/outfile.h"

static void put_hashes(FILE *f, const char *key, int nr, uint32_t (*hash)(int i))
{
	fprintf(f, "%s ", key);
	for (int i = 1; i < nr; i++)
		fprintf(f, "%08" PRIx32, hash(i));
	fputc('\n', f);
}

struct writer {
	FILE *f;
	const struct kwt_pack *how;
	bool failed;
};

static void put_frame(struct writer *w, uint32_t type, const void *payload, size_t n)
{
	static const uint8_t zeros[8];
	uint32_t head[4] = { type, (uint32_t)n, 0, 0 };

	head[2] = kwt_crc32(kwt_crc32(0, head, 8), payload, n);
	w->failed |= fwrite(head, sizeof(head), 1, w->f) != 1;
	w->failed |= n && fwrite(payload, n, 1, w->f) != 1;
	w->failed |= KWT_ROUND8(n) > n && fwrite(zeros, KWT_ROUND8(n) - n, 1, w->f) != 1;
}

/* Writes a header value, with control characters replaced so that it stays on its line. */
static void put_line(FILE *f, const char *key, const char *value)
{
	fprintf(f, "%s ", key);
	for (; *value; value++)
		fputc((unsigned char)*value < 0x20 ? '?' : *value, f);
	fputc('\n', f);
}

static void put_inputs(FILE *f, const char *inputs)
{
	while (inputs && *inputs) {
		size_t n = strcspn(inputs, "\n");

		fprintf(f, "input %.*s\n", (int)n, inputs);
		inputs += n + (inputs[n] == '\n');
	}
}

static int put_header(struct writer *w, const struct kwt_header *h)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return -ENOMEM;
	fprintf(f, "kworkshop-recording %" PRIu32 "\n", w->how->version);
	fprintf(f, "table %016" PRIx64 "\n", trace_table_hash());
	put_hashes(f, "rows", EV_NR, kwt_row_hash);
	put_hashes(f, "whys", WHY_NR, kwt_why_hash);
	put_line(f, "engine", h->engine);
	put_line(f, "lesson", h->lesson);
	put_line(f, "path", h->path);
	fprintf(f, "lesson-hash %016" PRIx64 "\n", h->lesson_hash);
	fprintf(f, "variant %" PRIu64 "\nseed %" PRIu64 "\ncpus %" PRIu32 "\n", h->variant, h->seed, h->cpus);
	put_line(f, "replay", h->replay);
	put_inputs(f, h->inputs);
	if (fclose(f)) {
		free(text);
		return -ENOMEM;
	}
	put_frame(w, KWT_FRAME_HEADER, text, n);
	free(text);
	return 0;
}

static void put_events_frame(struct writer *w, const uint8_t *events, size_t n)
{
	const struct kwt_pack *how = w->how;
	size_t packed;
	const uint8_t *payload = how->pack ? how->pack(how->arg, events, n, &packed) : NULL;

	if (payload)
		put_frame(w, KWT_FRAME_PACKED, payload, packed);
	else
		put_frame(w, KWT_FRAME_EVENTS, events, n);
}

static void put_events(struct writer *w, const struct trace_store *s)
{
	uint64_t start = 0;

	for (uint64_t n = 1; n <= s->nr; n++) {
		uint64_t end = n < s->nr ? s->offset[n] : s->bytes;

		if (end - start < w->how->frame_bytes && n < s->nr)
			continue;
		put_events_frame(w, s->base + start, end - start);
		start = end;
	}
}

static int put_all(FILE *f, const struct kwt_header *head, const struct trace_store *s, const struct kwt_pack *how)
{
	struct writer w = { .f = f, .how = how };
	int err;

	w.failed = fwrite(KWT_MAGIC, KWT_MAGIC_BYTES, 1, f) != 1;
	err = put_header(&w, head);
	if (err)
		return err;
	put_events(&w, s);
	put_frame(&w, KWT_FRAME_END, &s->nr, sizeof(s->nr));
	return w.failed || fflush(f) ? -(errno ? errno : EIO) : 0;
}

int kwt_write_with(const char *path, const struct kwt_header *head, const struct trace_store *s,
		   const struct kwt_pack *how, char *err, size_t err_size)
{
	struct outfile out;
	int ret = outfile_open(&out, path);

	if (!ret)
		ret = outfile_close(&out, put_all(out.f, head, s, how));
	if (ret)
		snprintf(err, err_size, "%s: cannot write the recording: %s", path, strerror(-ret));
	return ret;
}

int kwt_write_stored(const char *path, const struct kwt_header *head, const struct trace_store *s,
		     char *err, size_t err_size)
{
	static const struct kwt_pack how = { .version = 1, .frame_bytes = KWT_FRAME_EVENTS_BYTES };

	return kwt_write_with(path, head, s, &how, err, err_size);
}
