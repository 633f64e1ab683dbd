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
/* Of a usual frame: it can be packed.  Half as many bytes make the file 3 % larger, an eighth 23 %. */
#define KWT_FRAME_EVENTS_BYTES (KWT_PACKED_EVENTS_MAX - ((size_t)64 << 10))

/* Rows of the event table and of the predicates, each by a hash. */
uint32_t kwt_row_hash(int kind);
uint32_t kwt_why_hash(int pred);

/* How a writer compresses. */
struct kwt_pack {
	uint32_t version;		/* of the resulting files */
	size_t frame_bytes;		/* a frame has fewer bytes of events than this and one event more */
	/* Return: the payload of a 'C' frame, valid until the next call; NULL: store the events as they are. */
	const uint8_t *(*pack)(void *arg, const uint8_t *events, size_t n, size_t *packed);
	void *arg;
};

int kwt_write_with(const char *path, const struct kwt_header *head, const struct trace_store *s,
		   const struct kwt_pack *how, char *err, size_t err_size);

/* kwt_write() with smaller frames, for tests. */
int kwt_write_frames(const char *path, const struct kwt_header *head, const struct trace_store *s, size_t frame_bytes,
		     char *err, size_t err_size);

/* Bytes of events that the payload of a 'C' frame claims to hold; 0: the payload is damaged. */
size_t kwt_unpacked_bytes(const uint8_t *payload, size_t n);
/* Writes kwt_unpacked_bytes() bytes to @to.  Return: 0, -EBADMSG: the payload is damaged, -ENOMEM. */
int kwt_unpack(const uint8_t *payload, size_t n, uint8_t *to);

/* Number of events in @n bytes of the log; 0 if they are not whole events. */
uint32_t kwt_count_events(const uint8_t *events, size_t n);
/* @to: as many bytes as the events have. */
void kwt_to_columns(const uint8_t *events, uint32_t nr, uint8_t *to);
/* Writes @n bytes to @events; false: the @n bytes at @from are not @nr events in columns. */
bool kwt_from_columns(const uint8_t *from, size_t n, uint32_t nr, uint8_t *events);

#endif
