/*
 * trace/kwt_internal.h - shared by the writer and the loader of recordings.
 *
 * A recording (.kwt) is a sequence of frames with checksums: a header, frames of events, an
 * end.  Frames of events may be compressed. kwt.h describes the format and has the public
 * functions.
 *
 * Lives here:   the layout of a file (described in kwt.h) as constants.
 * Never here:   declarations for other rooms (kwt.h).
 * Licence: MIT.
 */
#ifndef KW_TRACE_KWT_INTERNAL_H
#define KW_TRACE_KWT_INTERNAL_H

#include "trace/kwt.h"

#define KWT_MAGIC "KWTREC\r\n"
#define KWT_MAGIC_BYTES ((size_t)8)

enum kwt_frame_type { KWT_FRAME_HEADER = 'H', KWT_FRAME_EVENTS = 'E', KWT_FRAME_PACKED = 'C', KWT_FRAME_END = 'Z' };

#define KWT_FRAME_HEAD_BYTES 16
#define KWT_FRAME_BYTES_MAX ((size_t)16 << 20)
#define KWT_ROUND8(n) (((n) + 7) & ~(size_t)7)
#define KWT_PACKED_EVENTS_MAX ((size_t)1 << 20)	/* a 'C' frame that claims more bytes of events is damaged */

/* Rows of the event table and of the predicates, each by a hash. */
uint32_t kwt_row_hash(int kind);
uint32_t kwt_why_hash(int pred);

/* How a writer compresses. */
struct kwt_pack {
	uint32_t version;		/* of the resulting files */
	/* Return: the payload of a 'C' frame, valid until the next call; NULL: store the events as they are. */
	const uint8_t *(*pack)(void *arg, const uint8_t *events, size_t n, size_t *packed);
	void *arg;
};

int kwt_write_with(const char *path, const struct kwt_header *head, const struct trace_store *s,
		   const struct kwt_pack *how, char *err, size_t err_size);

/* Bytes of events that the payload of a 'C' frame claims to hold; 0: the payload is damaged. */
size_t kwt_unpacked_bytes(const uint8_t *payload, size_t n);
/* Writes kwt_unpacked_bytes() bytes to @to; false: the payload is damaged. */
bool kwt_unpack(const uint8_t *payload, size_t n, uint8_t *to);

#endif
