/*
 * trace/kwt_load.c - loads recordings (the format: kwt.h).
 *
 * The header has a hash of every row of the event table with which it was written.  A
 * reader can load the file if its own table begins with the same rows, or is a prefix of
 * them: it skips unknown kinds.  Otherwise the recording is of another version, and the
 * message names the first row that differs.
 *
 * Lives here:   reading frames, the header's text, the whole part of a damaged file.
 * Never here:   the meaning of events.
 * Licence: MIT.
 */
#include "trace/kwt_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ_BYTES ((size_t)64 << 10)		/* initial size; doubled as needed */

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

struct loader {
	const uint8_t *bytes;
	size_t n, at;
	const char *name;
	struct kwt_recording *out;
	char *err;
	size_t err_size;
	size_t inputs_len, inputs_room;	/* of the header's inputs */
};

struct frame {
	uint32_t type;
	const uint8_t *payload;
	size_t n;
};

static void say_damaged(struct loader *l, size_t at)
{
	snprintf(l->out->note, sizeof(l->out->note), "%s: the frame that begins at byte %zu is damaged", l->name, at);
}

/* Reads the next whole frame.  False: there is none; .note has the reason unless the file ends here. */
static bool next_frame(struct loader *l, struct frame *f)
{
	size_t left = l->n - l->at;
	const uint8_t *p = l->bytes + l->at;
	struct kwt_recording *r = l->out;
	uint32_t crc;

	if (!left)
		return false;
	if (left < KWT_FRAME_HEAD_BYTES || trace_rd32(p + 4) > KWT_FRAME_BYTES_MAX ||
	    KWT_ROUND8((size_t)trace_rd32(p + 4)) > left - KWT_FRAME_HEAD_BYTES) {
		snprintf(r->note, sizeof(r->note), "%s: cut off at byte %zu, in the frame that begins at byte %zu",
			 l->name, l->n, l->at);
		return false;
	}
	f->type = trace_rd32(p);
	f->n = trace_rd32(p + 4);
	f->payload = p + KWT_FRAME_HEAD_BYTES;
	crc = kwt_crc32(kwt_crc32(0, p, 8), f->payload, f->n);
	if (crc != trace_rd32(p + 8)) {
		say_damaged(l, l->at);
		return false;
	}
	l->at += KWT_FRAME_HEAD_BYTES + KWT_ROUND8(f->n);
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

static int add_input(struct loader *l, const char *line)
{
	struct kwt_header *h = &l->out->head;
	size_t n = strlen(line), need = l->inputs_len + n + 2;

	if (need > l->inputs_room) {
		char *v = realloc(h->inputs, need * 2);

		if (!v)
			return -ENOMEM;
		h->inputs = v;
		l->inputs_room = need * 2;
	}
	memcpy(h->inputs + l->inputs_len, line, n);
	memcpy(h->inputs + l->inputs_len + n, "\n", 2);
	l->inputs_len += n + 1;
	return 0;
}

/* Fails unless the table of the recording is compatible with ours. */
static int check_rows(struct loader *l, const char *key, const char *hex)
{
	bool events = !strcmp(key, "rows");
	int row = events ? first_difference(hex, EV_NR, kwt_row_hash) : first_difference(hex, WHY_NR, kwt_why_hash);
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
		return add_input(l, value);
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

/* The events of all whole frames. */
struct events {
	uint8_t *bytes;
	size_t n, room;
	bool ended;		/* the end frame was found, */
	uint64_t promised;	/* with this number of events */
};

/* Room for @n more bytes; -ENOMEM, -EFBIG. */
static int make_room(struct events *e, size_t n)
{
	size_t room = e->room ? e->room : READ_BYTES;
	uint8_t *v;

	if (n > KWT_EVENTS_BYTES_MAX - e->n)
		return -EFBIG;
	if (e->bytes && n <= e->room - e->n)
		return 0;
	while (room < e->n + n)
		room *= 2;
	v = realloc(e->bytes, room);
	if (!v)
		return -ENOMEM;
	e->bytes = v;
	e->room = room;
	return 0;
}

/* Appends the events of @f; -EBADMSG if its payload is damaged. */
static int take_frame(struct events *e, const struct frame *f)
{
	size_t n = f->type == KWT_FRAME_PACKED ? kwt_unpacked_bytes(f->payload, f->n) : f->n;
	int err;

	if (!n || n % 8)
		return -EBADMSG;
	err = make_room(e, n);
	if (err)
		return err;
	if (f->type == KWT_FRAME_EVENTS)
		memcpy(e->bytes + e->n, f->payload, n);
	else
		err = kwt_unpack(f->payload, f->n, e->bytes + e->n);
	if (!err)
		e->n += n;
	return err;
}

static int read_frames(struct loader *l, struct events *e)
{
	int err = make_room(e, 8);
	struct frame f;
	size_t begin = l->at;

	while (!err && !e->ended) {
		begin = l->at;
		if (!next_frame(l, &f))
			break;
		if (f.type == KWT_FRAME_EVENTS || f.type == KWT_FRAME_PACKED) {
			err = take_frame(e, &f);
		} else if (f.type == KWT_FRAME_END && f.n == 8) {
			e->ended = true;
			e->promised = trace_rd64(f.payload);
		}	/* else: a frame type of a later version */
	}
	if (err != -EBADMSG)
		return err;
	say_damaged(l, begin);
	return 0;
}

static int load_events(struct loader *l)
{
	struct kwt_recording *r = l->out;
	struct events e = { .n = 0 };
	int err = read_frames(l, &e);

	if (err) {
		free(e.bytes);
		return fail(l, err, err == -EFBIG ? "the recording is too large" : "not enough memory");
	}
	err = trace_store_bytes(&r->store, e.bytes, e.n);
	if (err)
		return fail(l, err, "not enough memory");
	if (r->store.bad)
		snprintf(r->note, sizeof(r->note), "%s: damaged: no event follows event %" PRIu64 "",
			 l->name, r->store.nr);
	else if (e.ended && e.promised != r->store.nr)
		snprintf(r->note, sizeof(r->note), "%s: %" PRIu64 " events of %" PRIu64 " are here", l->name,
			 r->store.nr, e.promised);
	else if (!e.ended && !*r->note)
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
	struct loader l = { bytes, n, KWT_MAGIC_BYTES, name, out, err, err_size, 0, 0 };
	struct frame f;
	int ret;

	memset(out, 0, sizeof(*out));
	if (n < KWT_MAGIC_BYTES || memcmp(bytes, KWT_MAGIC, KWT_MAGIC_BYTES))
		return fail(&l, -EBADMSG, n >= 6 && !memcmp(bytes, KWT_MAGIC, 6)
			    ? "the recording was changed on its way (copied as text?)"
			    : "not a kworkshop recording");
	if (!next_frame(&l, &f) || f.type != KWT_FRAME_HEADER)
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
			uint8_t *v = realloc(*bytes, cap ? cap * 2 : READ_BYTES);

			if (!v) {
				err = -ENOMEM;
				break;
			}
			*bytes = v;
			cap = cap ? cap * 2 : READ_BYTES;
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
