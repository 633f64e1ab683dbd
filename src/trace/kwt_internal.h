/*
 * trace/kwt_internal.h - what the writer and the loader of recordings share.
 *
 * Lives here:   the layout of a file (described in kwt.h) as constants.
 * Never here:   anything for other rooms (kwt.h).
 * Licence: MIT.
 */
#ifndef KW_TRACE_KWT_INTERNAL_H
#define KW_TRACE_KWT_INTERNAL_H

#include "trace/kwt.h"

#define KWT_MAGIC "KWTREC\r\n"
#define KWT_MAGIC_BYTES ((size_t)8)

enum kwt_frame_type { KWT_FRAME_HEADER = 'H', KWT_FRAME_EVENTS = 'E', KWT_FRAME_END = 'Z' };

#define KWT_FRAME_HEAD_BYTES 16
#define KWT_FRAME_BYTES_MAX ((size_t)16 << 20)
#define KWT_ROUND8(n) (((n) + 7) & ~(size_t)7)

/* Rows of the event table and of the predicates, each by a hash. */
uint32_t kwt_row_hash(int kind);
uint32_t kwt_why_hash(int pred);

#endif
