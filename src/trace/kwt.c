/*
 * trace/kwt.c - writes and loads recordings (the format: kwt.h).
 *
 * The header has a hash of every row of the event table with which it was written.  A
 * reader can load the file if its own table begins with the same rows, or is a prefix of
 * them: it skips unknown kinds.  Otherwise the recording is of another version, and the
 * message names the first row that differs.
 *
 * Lives here:   frames, checksums, the header's text.
 * Never here:   what events mean.
 * Licence: MIT.
 */
#include "trace/kwt.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rng.h"

static const uint8_t magic[8] = "KWTREC\r\n";

enum { FRAME_HEADER = 'H', FRAME_EVENTS = 'E', FRAME_END = 'Z' };

#define FRAME_HEAD_BYTES 16
#define FRAME_BYTES ((size_t)64 << 10)		/* about this many bytes of events per frame */
#define FRAME_BYTES_MAX ((size_t)16 << 20)
#define ROUND8(n) (((n) + 7) & ~(size_t)7)

/* ---- CRC-32 ---------------------------------------------------------------------------- */

static uint32_t crc_step(uint32_t c)
{
	return c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
}

uint32_t kwt_crc32(uint32_t crc, const void *data, size_t n)
{
	static uint32_t table[256];
	const uint8_t *p = data;

	if (!table[1])
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t c = i;

			for (int bit = 0; bit < 8; bit++)
				c = crc_step(c);
			table[i] = c;
		}
	crc = ~crc;
	while (n--)
		crc = table[(crc ^ *p++) & 0xff] ^ (crc >> 8);
	return ~crc;
}

/* ---- hashes of the table's rows -------------------------------------------------------------- */

static uint32_t row_hash(int kind)
{
	const struct trace_row *r = &trace_rows[kind];
	uint64_t h = rng_hash_bytes(r->name, strlen(r->name));

	for (unsigned int i = 0; i < r->nr_fields; i++) {
		h = rng_mix(h ^ rng_hash_bytes(r->fields[i].name, strlen(r->fields[i].name)));
		h = rng_mix(h ^ r->fields[i].type);
	}
	return (uint32_t)h;
}

static uint32_t why_hash(int pred)
{
	const struct trace_why_row *r = &trace_why_rows[pred];
	uint64_t h = rng_hash_bytes(r->name, strlen(r->name));

	for (int i = 0; i < 4; i++)
		h = rng_mix(h ^ rng_hash_bytes(r->values[i], strlen(r->values[i])));
	return (uint32_t)h;
}

static void put_hashes(FILE *f, const char *key, int nr, uint32_t (*hash)(int i))
{
	fprintf(f, "%s ", key);
	for (int i = 1; i < nr; i++)
		fprintf(f, "%08" PRIx32, hash(i));
	fputc('\n', f);
}

/* First row whose hash differs from that in @hex, 0 = none. */
static int first_difference(const char *hex, int nr, uint32_t (*hash)(int i))
{
	for (int i = 1; i < nr && strlen(hex) >= 8; i++, hex += 8) {
		char one[9] = "";

		memcpy(one, hex, 8);
		if (strtoul(one, NULL, 16) != hash(i))
			return i;
	}
	return 0;
}

/* ---- writing ------------------------------------------------------------------------------------ */

struct writer {
	FILE *f;
	bool failed;
};

static void put_frame(struct writer *w, uint32_t type, const void *payload, size_t n)
{
	static const uint8_t zeros[8];
	uint32_t head[4] = { type, (uint32_t)n, 0, 0 };

	head[2] = kwt_crc32(kwt_crc32(0, head, 8), payload, n);
	w->failed |= fwrite(head, sizeof(head), 1, w->f) != 1;
	w->failed |= n && fwrite(payload, n, 1, w->f) != 1;
	w->failed |= ROUND8(n) > n && fwrite(zeros, ROUND8(n) - n, 1, w->f) != 1;
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
	fprintf(f, "kworkshop-recording %d\n", KWT_VERSION);
	fprintf(f, "table %016" PRIx64 "\n", trace_table_hash());
	put_hashes(f, "rows", EV_NR, row_hash);
	put_hashes(f, "whys", WHY_NR, why_hash);
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
	put_frame(w, FRAME_HEADER, text, n);
	free(text);
	return 0;
}

static void put_events(struct writer *w, const struct trace_store *s)
{
	uint64_t start = 0;

	for (uint64_t n = 1; n <= s->nr; n++) {
		uint64_t end = n < s->nr ? s->offset[n] : s->bytes;

		if (end - start < FRAME_BYTES && n < s->nr)
			continue;
		put_frame(w, FRAME_EVENTS, s->base + start, end - start);
		start = end;
	}
}

static int put_all(FILE *f, const struct kwt_header *head, const struct trace_store *s)
{
	struct writer w = { .f = f };
	int err;

	w.failed = fwrite(magic, sizeof(magic), 1, f) != 1;
	err = put_header(&w, head);
	if (err)
		return err;
	put_events(&w, s);
	put_frame(&w, FRAME_END, &s->nr, sizeof(s->nr));
	return w.failed || fflush(f) ? -(errno ? errno : EIO) : 0;
}

/* A pipe or a device is written directly; a file is written under another name and renamed. */
int kwt_write(const char *path, const struct kwt_header *head, const struct trace_store *s,
	      char *err, size_t err_size)
{
	struct stat st;
	bool direct = stat(path, &st) == 0 && !S_ISREG(st.st_mode);
	size_t room = strlen(path) + 8;
	char *temp = malloc(room);
	FILE *f;
	int ret;

	if (!temp)
		return -ENOMEM;
	snprintf(temp, room, direct ? "%s" : "%s.part", path);
	errno = 0;
	f = fopen(temp, "wb");
	ret = f ? put_all(f, head, s) : -errno;
	if (f && fclose(f) && !ret)
		ret = -errno;
	if (!ret && !direct && rename(temp, path))
		ret = -errno;
	if (ret) {
		snprintf(err, err_size, "%s: cannot write the recording: %s", path, strerror(-ret));
		if (f && !direct)
			unlink(temp);
	}
	free(temp);
	return ret;
}

/* ---- loading ---------------------------------------------------------------------------------------- */

struct loader {
	const uint8_t *bytes;
	size_t n, at;
	const char *name;
	struct kwt_recording *out;
	char *err;
	size_t err_size;
};

struct frame {
	uint32_t type;
	const uint8_t *payload;
	size_t n;
};

/* Reads the next whole frame.  False: there is none; .note has the reason unless the file ends here. */
static bool next_frame(struct loader *l, struct frame *f)
{
	size_t left = l->n - l->at;
	const uint8_t *p = l->bytes + l->at;
	struct kwt_recording *r = l->out;
	uint32_t crc;

	if (!left)
		return false;
	if (left < FRAME_HEAD_BYTES || trace_rd32(p + 4) > FRAME_BYTES_MAX ||
	    ROUND8((size_t)trace_rd32(p + 4)) > left - FRAME_HEAD_BYTES) {
		snprintf(r->note, sizeof(r->note), "%s: cut off at byte %zu, in the frame that begins at byte %zu",
			 l->name, l->n, l->at);
		return false;
	}
	f->type = trace_rd32(p);
	f->n = trace_rd32(p + 4);
	f->payload = p + FRAME_HEAD_BYTES;
	crc = kwt_crc32(kwt_crc32(0, p, 8), f->payload, f->n);
	if (crc != trace_rd32(p + 8)) {
		snprintf(r->note, sizeof(r->note), "%s: the frame that begins at byte %zu is damaged",
			 l->name, l->at);
		return false;
	}
	l->at += FRAME_HEAD_BYTES + ROUND8(f->n);
	return true;
}

static int fail(struct loader *l, int err, const char *what)
{
	snprintf(l->err, l->err_size, "%s: %s", l->name, what);
	return err;
}

static void copy_value(char *to, size_t size, const char *value)
{
	snprintf(to, size, "%s", value);
}

static int add_input(struct kwt_header *h, const char *line)
{
	size_t had = h->inputs ? strlen(h->inputs) : 0, n = strlen(line);
	char *v = realloc(h->inputs, had + n + 2);

	if (!v)
		return -ENOMEM;
	memcpy(v + had, line, n);
	memcpy(v + had + n, "\n", 2);
	h->inputs = v;
	return 0;
}

/* Fails unless the table of the recording is compatible with ours. */
static int check_rows(struct loader *l, const char *key, const char *hex)
{
	bool events = !strcmp(key, "rows");
	int row = events ? first_difference(hex, EV_NR, row_hash) : first_difference(hex, WHY_NR, why_hash);
	char what[256];

	if (!row)
		return 0;
	snprintf(what, sizeof(what), "recorded for another version: %s %d (%s here) has another form",
		 events ? "event kind" : "predicate", row,
		 events ? trace_rows[row].name : trace_why_rows[row].name);
	return fail(l, -ENOTSUP, what);
}

static int header_line(struct loader *l, const char *key, const char *value)
{
	struct kwt_header *h = &l->out->head;

	if (!strcmp(key, "kworkshop-recording"))
		h->version = (uint32_t)strtoul(value, NULL, 10);
	else if (!strcmp(key, "table"))
		h->table_hash = strtoull(value, NULL, 16);
	else if (!strcmp(key, "rows") || !strcmp(key, "whys"))
		return check_rows(l, key, value);
	else if (!strcmp(key, "engine"))
		copy_value(h->engine, sizeof(h->engine), value);
	else if (!strcmp(key, "lesson"))
		copy_value(h->lesson, sizeof(h->lesson), value);
	else if (!strcmp(key, "path"))
		copy_value(h->path, sizeof(h->path), value);
	else if (!strcmp(key, "lesson-hash"))
		h->lesson_hash = strtoull(value, NULL, 16);
	else if (!strcmp(key, "variant"))
		h->variant = strtoull(value, NULL, 10);
	else if (!strcmp(key, "seed"))
		h->seed = strtoull(value, NULL, 10);
	else if (!strcmp(key, "cpus"))
		h->cpus = (uint32_t)strtoul(value, NULL, 10);
	else if (!strcmp(key, "replay"))
		copy_value(h->replay, sizeof(h->replay), value);
	else if (!strcmp(key, "input"))
		return add_input(h, value);
	return 0;	/* unknown keys belong to a later version */
}

static int read_header(struct loader *l, const struct frame *f)
{
	char *text = malloc(f->n + 1), *line, *rest;
	int err = 0;

	if (!text)
		return fail(l, -ENOMEM, "not enough memory");
	memcpy(text, f->payload, f->n);
	text[f->n] = '\0';
	for (line = text; *line && !err; line = rest) {
		char *value;

		rest = line + strcspn(line, "\n");
		if (*rest)
			*rest++ = '\0';
		value = line + strcspn(line, " ");
		if (*value)
			*value++ = '\0';
		err = header_line(l, line, value);
		if (!err && l->out->head.version > KWT_VERSION)
			err = fail(l, -ENOTSUP, "recorded by a newer version of this program");
	}
	free(text);
	if (!err && !l->out->head.version)
		err = fail(l, -EBADMSG, "the recording's header is empty");
	l->out->head.other_table = l->out->head.table_hash != trace_table_hash();
	return err;
}

/* Copies the events of all whole frames; *@ended is set if the end frame was found. */
static void read_frames(struct loader *l, uint8_t *events, size_t *n, bool *ended, uint64_t *promised)
{
	struct frame f;

	while (!*ended && next_frame(l, &f)) {
		if (f.type == FRAME_EVENTS && f.n % 8 == 0) {
			memcpy(events + *n, f.payload, f.n);
			*n += f.n;
		} else if (f.type == FRAME_END && f.n == 8) {
			*ended = true;
			*promised = trace_rd64(f.payload);
		}	/* else: a frame type of a later version */
	}
}

static int load_events(struct loader *l)
{
	struct kwt_recording *r = l->out;
	uint8_t *events = malloc(l->n + 8);
	uint64_t promised = 0;
	size_t n = 0;
	bool ended = false;
	int err;

	if (!events)
		return fail(l, -ENOMEM, "not enough memory");
	read_frames(l, events, &n, &ended, &promised);
	err = trace_store_bytes(&r->store, events, n);
	if (err)
		return fail(l, err, "not enough memory");
	if (r->store.bad)
		snprintf(r->note, sizeof(r->note), "%s: damaged: what follows event %" PRIu64 " is no event",
			 l->name, r->store.nr);
	else if (ended && promised != r->store.nr)
		snprintf(r->note, sizeof(r->note), "%s: %" PRIu64 " events of %" PRIu64 " are here", l->name,
			 r->store.nr, promised);
	else if (!ended && !*r->note)
		snprintf(r->note, sizeof(r->note), "%s: cut off at byte %zu: its last frame is missing",
			 l->name, l->n);
	r->cut = *r->note != '\0';
	if (!r->store.nr && r->cut)
		return fail(l, -EBADMSG, "no event of the recording is whole");
	return 0;
}

int kwt_load_bytes(const uint8_t *bytes, size_t n, const char *name, struct kwt_recording *out,
		   char *err, size_t err_size)
{
	struct loader l = { bytes, n, sizeof(magic), name, out, err, err_size };
	struct frame f;
	int ret;

	memset(out, 0, sizeof(*out));
	if (n < sizeof(magic) || memcmp(bytes, magic, sizeof(magic)))
		return fail(&l, -EBADMSG, n >= 6 && !memcmp(bytes, magic, 6)
			    ? "the recording was changed on its way (copied as text?)"
			    : "this is no kworkshop recording");
	if (!next_frame(&l, &f) || f.type != FRAME_HEADER)
		ret = fail(&l, -EBADMSG, "the recording's header is damaged or cut off");
	else
		ret = read_header(&l, &f);
	if (!ret)
		ret = load_events(&l);
	if (ret)
		kwt_fini(out);
	return ret;
}

/* Reads a whole file, or a pipe, into memory. */
static int read_file(const char *path, uint8_t **bytes, size_t *n)
{
	FILE *f = fopen(path, "rb");
	size_t cap = 0;
	int err = 0;

	*bytes = NULL;
	*n = 0;
	if (!f)
		return -errno;
	while (!err && !feof(f)) {
		if (*n == cap) {
			uint8_t *v = realloc(*bytes, cap ? cap * 2 : FRAME_BYTES);

			if (!v) {
				err = -ENOMEM;
				break;
			}
			*bytes = v;
			cap = cap ? cap * 2 : FRAME_BYTES;
		}
		*n += fread(*bytes + *n, 1, cap - *n, f);
		if (ferror(f))
			err = errno ? -errno : -EIO;
	}
	fclose(f);
	return err;
}

int kwt_load(const char *path, struct kwt_recording *out, char *err, size_t err_size)
{
	uint8_t *bytes;
	size_t n;
	int ret = read_file(path, &bytes, &n);

	memset(out, 0, sizeof(*out));
	if (ret)
		snprintf(err, err_size, "%s: cannot read: %s", path, strerror(-ret));
	else
		ret = kwt_load_bytes(bytes, n, path, out, err, err_size);
	free(bytes);
	return ret;
}

void kwt_fini(struct kwt_recording *r)
{
	trace_store_close(&r->store);
	free(r->head.inputs);
	memset(r, 0, sizeof(*r));
}
