/*
 * trace/kwt.h - recordings: a trace in a file, with all data needed to repeat its run.
 *
 *   "KWTREC\r\n"                       8 bytes; \r\n shows a transfer that changed it
 *   frame*                             u32 type, u32 payload bytes, u32 CRC-32, u32 zero,
 *                                      payload, zeros to a multiple of 8
 *   'H' once, first                    text, one "key value" per line: identity of the run
 *   'E' any number                     whole events, as in the log (trace.h)
 *   'C' any number, since version 2    the same compressed: u32 bytes of the events, u32 number of
 *                                      events, one zstd frame of them in columns (kwt_columns.c);
 *                                      version 2 has the number 0, and the events as in the log
 *   'Z' once, last                     u64 number of events: shows that none is missing
 *
 * The CRC covers type, length and payload.  A file that was cut off or damaged loads up
 * to its last whole frame, with the reason in .note.
 * A recording has no wall-clock time, host or user: equal runs give equal bytes (with the
 * same version of libzstd).
 *
 * Lives here:   writing and loading .kwt files.
 * Never here:   other programs' formats (export.h), running anything.
 * Licence: MIT.
 */
#ifndef KW_TRACE_KWT_H
#define KW_TRACE_KWT_H

#include "trace/trace.h"

#define KWT_VERSION 3			/* versions 1 to 3 are loaded */
#define KWT_EVENTS_BYTES_MAX ((size_t)1 << 30)	/* no log is as large: a recording with more is refused */

struct kwt_header {
	char engine[64];	/* version of the program and kernel profile */
	char lesson[128];	/* id */
	char path[1024];	/* of the lesson, as given */
	uint64_t lesson_hash;	/* of its text; 0 = unknown */
	uint64_t variant, seed;
	uint32_t cpus;
	char replay[2048];	/* the command that repeats the run */
	char *inputs;		/* text, an input a line (docs/inputs.md); malloc'ed, may be NULL */
	/* filled by kwt_load() */
	uint32_t version;
	uint64_t table_hash;
	bool other_table;	/* recorded with an older or newer event table that is compatible with ours */
};

struct kwt_recording {
	struct kwt_header head;
	struct trace_store store;
	bool cut;		/* events at the end are missing */
	char note[384];		/* then: a sentence with file name and byte offset */
};

/*
 * kwt_write - write a recording of all of @s
 * Return: 0, or -errno with a sentence ("FILE: ...") in @err.  An existing file is
 *         replaced only after the new one is complete.
 */
int kwt_write(const char *path, const struct kwt_header *head, const struct trace_store *s,
	      char *err, size_t err_size);
/* Writes version 1, without compression: libcmwq is built without libzstd. */
int kwt_write_stored(const char *path, const struct kwt_header *head, const struct trace_store *s,
		     char *err, size_t err_size);
/*
 * kwt_load - read a recording
 * Return: 0; -errno if unreadable; -EFBIG beyond KWT_EVENTS_BYTES_MAX; -EBADMSG if it is
 *         not a recording, or no event of it is whole; -ENOTSUP if recorded for another
 *         version; with a sentence in @err.
 * Owner:  caller; kwt_fini().
 */
int kwt_load(const char *path, struct kwt_recording *out, char *err, size_t err_size);
/* Like kwt_load(), from memory; @name is used instead of the file name in messages. */
int kwt_load_bytes(const uint8_t *bytes, size_t n, const char *name, struct kwt_recording *out,
		   char *err, size_t err_size);
void kwt_fini(struct kwt_recording *r);

uint32_t kwt_crc32(uint32_t crc, const void *data, size_t n);	/* IEEE 802.3, start with 0 */

#endif
