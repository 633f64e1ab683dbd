/*
 * trace/kwt_pack.c - compresses the events of a recording, frame by frame.
 *
 * A frame is compressed without reference to the others, so that a damaged frame does
 * not spoil those before it.
 *
 * Lives here:   the payload of a 'C' frame (kwt.h), the only use of libzstd.
 * Never here:   the order of the bytes in it (kwt_columns.c), frames and checksums (kwt_write.c, kwt_load.c).
 * Licence: MIT.
 */
#include "trace/kwt_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#define LEVEL 3				/* level 6 takes three times as long and saves a few percent */
#define PAYLOAD_HEAD_BYTES 8		/* u32 bytes of the events, u32 number of events in columns */

/* ---- packing ------------------------------------------------------------------------------ */

struct packer {
	ZSTD_CCtx *zstd;
	uint8_t *columns;		/* KWT_PACKED_EVENTS_MAX bytes */
	uint8_t *payload;
	size_t room;
};

/* Return: the payload, with its length in *@packed; NULL if it is not shorter than the events. */
static const uint8_t *pack(void *arg, const uint8_t *events, size_t n, size_t *packed)
{
	struct packer *p = arg;
	uint32_t head[2] = { (uint32_t)n, n <= KWT_PACKED_EVENTS_MAX ? kwt_count_events(events, n) : 0 };
	size_t got;

	if (!head[1])
		return NULL;
	kwt_to_columns(events, head[1], p->columns);
	got = ZSTD_compressCCtx(p->zstd, p->payload + PAYLOAD_HEAD_BYTES, p->room - PAYLOAD_HEAD_BYTES, p->columns, n,
				LEVEL);
	if (ZSTD_isError(got) || got + PAYLOAD_HEAD_BYTES >= n)
		return NULL;
	memcpy(p->payload, head, sizeof(head));
	*packed = got + PAYLOAD_HEAD_BYTES;
	return p->payload;
}

int kwt_write_frames(const char *path, const struct kwt_header *head, const struct trace_store *s, size_t frame_bytes,
		     char *err, size_t err_size)
{
	struct packer p = { .zstd = ZSTD_createCCtx(),
			    .room = PAYLOAD_HEAD_BYTES + ZSTD_compressBound(KWT_PACKED_EVENTS_MAX) };
	const struct kwt_pack how = { KWT_VERSION, frame_bytes, pack, &p };
	int ret = -ENOMEM;

	p.columns = malloc(KWT_PACKED_EVENTS_MAX);
	p.payload = malloc(p.room);
	if (p.zstd && p.columns && p.payload)
		ret = kwt_write_with(path, head, s, &how, err, err_size);
	else
		snprintf(err, err_size, "%s: cannot write the recording: not enough memory", path);
	ZSTD_freeCCtx(p.zstd);
	free(p.columns);
	free(p.payload);
	return ret;
}

int kwt_write(const char *path, const struct kwt_header *head, const struct trace_store *s,
	      char *err, size_t err_size)
{
	return kwt_write_frames(path, head, s, KWT_FRAME_EVENTS_BYTES, err, err_size);
}

/* ---- unpacking ---------------------------------------------------------------------------- */

size_t kwt_unpacked_bytes(const uint8_t *payload, size_t n)
{
	size_t bytes = n > PAYLOAD_HEAD_BYTES ? trace_rd32(payload) : 0;

	return bytes <= KWT_PACKED_EVENTS_MAX && bytes % 8 == 0 ? bytes : 0;
}

/* Never writes beyond @bytes, whatever the frame of zstd claims itself. */
static int decompress(const uint8_t *payload, size_t n, uint8_t *to, size_t bytes)
{
	size_t got = ZSTD_decompress(to, bytes, payload + PAYLOAD_HEAD_BYTES, n - PAYLOAD_HEAD_BYTES);

	if (ZSTD_isError(got) && ZSTD_getErrorCode(got) == ZSTD_error_memory_allocation)
		return -ENOMEM;
	return got == bytes ? 0 : -EBADMSG;
}

int kwt_unpack(const uint8_t *payload, size_t n, uint8_t *to)
{
	size_t bytes = kwt_unpacked_bytes(payload, n);
	uint32_t nr = bytes ? trace_rd32(payload + 4) : 0;
	uint8_t *columns;
	int err;

	if (!bytes)
		return -EBADMSG;
	if (!nr)			/* version 2: as in the log */
		return decompress(payload, n, to, bytes);
	columns = malloc(bytes);
	if (!columns)
		return -ENOMEM;
	err = decompress(payload, n, columns, bytes);
	if (!err && !kwt_from_columns(columns, bytes, nr, to))
		err = -EBADMSG;
	free(columns);
	return err;
}
