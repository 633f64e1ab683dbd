/*
 * classroom/digest.h - SHA-256, which names the text of a course or an exercise in a hand-in.
 *
 * Lives here:   the digest of a file, as hexadecimal digits.
 * Never here:   protection: a hand-in is run again, not believed.   Licence: MIT.
 */
#ifndef KW_CLASSROOM_DIGEST_H
#define KW_CLASSROOM_DIGEST_H

#define DIGEST_BYTES 65		/* 64 digits and a NUL */

/* Of a regular file.  0, or -errno with "" in @out. */
int digest_file(const char *path, char out[DIGEST_BYTES]);

#endif
